"""The chain from proof to action as a page shows it: constats with their proofs, enjeux with all that follows."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ctg_analysis.display import markup
from ctg_analysis.display.markup import Html

AFOM = {"atout": "Atouts", "faiblesse": "Faiblesses", "opportunité": "Opportunités", "menace": "Menaces"}
STRENGTHS = {1: "preuve faible", 2: "preuve moyenne", 3: "preuve forte"}


@dataclass(frozen=True)
class Proof:
    """A proof: what it does of the constat, its kind, its words, where to see it, what is wrong with it now."""

    sense: str
    kind: str
    text: str
    address: str
    fault: str


@dataclass(frozen=True)
class Constat:
    """A constat: its place in the AFOM, how strong it is, labels, its proofs, links to what it leads to."""

    id: str
    field: str
    statement: str
    type: str
    strength: str
    status: str
    labels: Sequence[str]
    proofs: Sequence[Proof]
    enjeux: Markup
    actions: Markup


@dataclass(frozen=True)
class Enjeu:
    """An enjeu, from its constats to its actions: links; what the votes say and what the COPIL decided apart."""

    id: str
    title: str
    about: str
    constats: Sequence[Markup]
    against: str
    vote: str
    decision: str
    axes: Sequence[Markup]
    actions: Sequence[Markup]


def constats(rows: Sequence[Constat]) -> Html:
    """The constats field by field, each with its proofs and what it leads to."""
    fields = {
        name: [constat for constat in rows if constat.field == name]
        for name in dict.fromkeys(constat.field for constat in rows)
    }
    return markup.piece("constats.html.j2", fields=fields)


def afom(rows: Sequence[Constat]) -> Html:
    """The strengths, weaknesses, opportunities and threats of each field, each with a link to its proofs."""
    fields = {
        name: {
            title: [constat for constat in rows if constat.field == name and constat.type == kind]
            for kind, title in AFOM.items()
        }
        for name in dict.fromkeys(constat.field for constat in rows)
    }
    return markup.piece("afom.html.j2", fields=fields)


def enjeux(rows: Sequence[Enjeu]) -> Html:
    """The enjeux, each from its constats to its actions."""
    return markup.piece("enjeux.html.j2", enjeux=rows)
