"""Where the parts of a démarche stand in the pages, and the way back from what proves a constat to it."""

from functools import lru_cache
from typing import NamedTuple

from ctg_analysis.demarche import columns
from ctg_analysis.demarche.demarche import Demarche
from ctg_analysis.display.texts import typography
from ctg_analysis.model.settings import OF_DEMARCHE

CONSULTATION, INTERVIEWS, BILAN, ENJEUX, STRATEGY, FOLLOWUP = OF_DEMARCHE

# The addresses of a constat, of an enjeu, of an axis or an objective in the tree of the strategy, of the fiche of an
# action, of its follow-up: each takes an id.
to_constat, to_enjeu = f"{ENJEUX}#constat-{{}}".format, f"{ENJEUX}#enjeu-{{}}".format
to_axis, to_action = f"{STRATEGY}#but-{{}}".format, f"{STRATEGY}#action-{{}}".format
to_followup = f"{FOLLOWUP}#suivi-{{}}".format

# kind of proof → how the ids that links lead to begin, what it is called.
PLACES = {
    columns.INDICATOR: ("", "Ce chiffre"),
    columns.SURVEY: ("question-", "Cette question"),
    columns.INTERVIEW: ("propos-", "Ce propos"),
    columns.WORKSHOP: ("contribution-", "Cette contribution"),
}


class Proved(NamedTuple):
    """A constat, what proves it (« Ce chiffre »), and what that does of it (appuie, nuance, contredit)."""

    what: str
    sense: str
    constat: str
    statement: str


def place_of(kind: str, ref: str) -> str:
    """The id under which a proof stands in its page, from the sort of proof and what it names."""
    return PLACES[kind][0] + ref.split(columns.JOIN)[0]


@lru_cache(maxsize=1)
def proved(demarche: Demarche) -> dict[str, list[Proved]]:
    """Id of what is shown → the constats that it proves, in the order of the proofs."""
    proofs, constats = demarche.table("preuves"), demarche.table("constats")
    statements = dict(zip(constats["constat_id"], constats["enonce"], strict=True))
    by_place: dict[str, list[Proved]] = {}
    for row in proofs[proofs["type"].isin(PLACES) & proofs["ref"].ne("")].itertuples(index=False):
        proof = Proved(PLACES[row.type][1], row.sens, row.constat_id, typography(statements[row.constat_id]))
        by_place.setdefault(place_of(row.type, row.ref), []).append(proof)
    return by_place
