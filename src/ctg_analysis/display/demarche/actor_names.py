"""The kinds of actors of a démarche as sentences name them."""

from collections.abc import Iterable

from ctg_analysis.demarche.columns import OTHERS
from ctg_analysis.display.words import quantities, texts

THE = {
    "élu": "les élus",
    "Caf": "la Caf",
    "MSA": "la MSA",
    "Département": "le Département",
    "Éducation nationale": "l'Éducation nationale",
    "association": "les associations",
    "gestionnaire": "les gestionnaires",
    "santé": "les professionnels de santé",
    "habitant": "les habitants",
    OTHERS: "les autres acteurs",
}
ONE = {"santé": "professionnel de santé", OTHERS: "autre acteur"}


def the(kinds: Iterable[str]) -> str:
    """Return « les élus, la Caf et les associations »."""
    return texts.listed([THE.get(kind, kind) for kind in kinds])


def several(kind: str) -> str:
    """What many of a kind are called: « élus », « professionnels de santé », « Caf »."""
    return THE[kind].removeprefix("les ") if _people(kind) else kind


def counted(kind: str, number: int) -> str:
    """Return « 1 élu », « 4 associations », « 2 de la Caf », « 3 du Département »."""
    if _people(kind):
        return f"{quantities.number(number)} {several(kind) if number > 1 else ONE.get(kind, kind)}"
    named = THE.get(kind, kind)
    return f"{quantities.number(number)} {f'du {kind}' if named.startswith('le ') else f'de {named}'}"


def _people(kind: str) -> bool:
    return THE.get(kind, kind).startswith("les ")
