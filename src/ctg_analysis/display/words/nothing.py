"""None of something, as it is said in French: « aucune école », and not « 0 école »."""

import re

from ctg_analysis.display.words import texts

FEMININE = {
    "action", "adresse", "association", "bibliothèque", "classe", "commune", "demande", "demandeuse", "demi-journée",
    "famille", "femme", "fois", "gare", "heure", "heure-enfant", "licence", "naissance", "personne", "pharmacie",
    "place", "résidence", "salle", "semaine", "structure", "tranche", "école",
}  # fmt: skip
NO_CHANGE = re.compile(r"\bfait varier (?P<what>[^,]*?) de [+−]?0,0\s?% par an")
COUNTED = re.compile(r"\b(?:(?P<ends>compt(?:e|ent|ait)|offre|suit)) 0 (?P<thing>[\w-]+)")


def with_none(sentence: str) -> str:
    """A sentence that says of a place that it has none of something.

    >>> with_none("En 2020, le territoire compte 0 gare de voyageurs.")
    'En 2020, le territoire ne compte aucune gare de voyageurs.'
    >>> with_none("À la rentrée 2024, le territoire compte 0 lycée."), with_none("Le territoire compte 10 écoles.")
    ('À la rentrée 2024, le territoire ne compte aucun lycée.', 'Le territoire compte 10 écoles.')
    >>> with_none("Le solde fait varier la population de 0,0 % par an.")
    'Le solde ne fait pas varier la population.'
    """
    sentence = NO_CHANGE.sub(r"ne fait pas varier \g<what>", sentence)
    sentence = COUNTED.sub(lambda found: f"ne {found['ends']} {none(found['thing'])} {found['thing']}", sentence)
    return sentence.replace("ne offre ", "n'offre ")


def none(thing: str) -> str:
    """« aucune » of what is feminine, « aucun » of the rest.

    >>> none("école"), none("lycée")
    ('aucune', 'aucun')
    """
    return "aucune" if thing in FEMININE else "aucun"


def none_of(text: str, names: list[str]) -> str:
    """That several members of a family are all nothing: « ni écoles en REP, ni écoles en REP+ ».

    Parameters:
        text: their value, « 0 » or « 0 % ».

    >>> none_of("0", ["Écoles en REP", "Écoles en REP+"])
    'ni écoles en REP, ni écoles en REP+'
    >>> none_of("0 %", ["Élèves des écoles en REP", "Élèves des écoles en REP+"])
    '0 % (élèves des écoles en REP et élèves des écoles en REP+)'
    """
    things = [*map(texts.uncapitalised, names)]
    return ", ".join(f"ni {thing}" for thing in things) if text == "0" else f"{text} ({texts.listed(things)})"
