"""What the figures of the diagnosis prove: the way back from a figure to the constats that rest on it."""

from typing import NamedTuple

from ctg_analysis.demarche import Demarche
from ctg_analysis.display.texts import typography
from ctg_analysis.field.tables import evidence


class Proved(NamedTuple):
    """A constat that rests on a figure, and what the figure does of it (appuie, nuance, contredit)."""

    constat: str
    statement: str
    sense: str


def proved(demarche: Demarche) -> dict[str, list[Proved]]:
    """Return indicator → the constats that it proves, in the order of the proofs."""
    proofs, constats = demarche.table("preuves"), demarche.table("constats")
    statements = dict(zip(constats["constat_id"], constats["enonce"], strict=True))
    found: dict[str, list[Proved]] = {}
    for row in proofs[proofs["type"].eq(evidence.INDICATOR)].itertuples(index=False):
        name = row.ref.split(evidence.JOIN)[0]
        found.setdefault(name, []).append(Proved(row.constat_id, typography(statements[row.constat_id]), row.sens))
    return found
