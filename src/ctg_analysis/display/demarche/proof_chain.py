"""The chain from proof to action as a page shows it: constats with their proofs, enjeux with all that follows."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

AFOM = ("atout", "faiblesse", "opportunité", "menace")
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
    constats: Markup
    against: str
    vote: str
    decision: str
    axes: Sequence[Markup]
    actions: Sequence[Markup]
