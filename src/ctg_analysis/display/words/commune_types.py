"""The type of a commune in words: its class in the grid of density, its massif."""

import pandas as pd

from ctg_analysis.display.words.texts import capitalised

CLASSES = {  # of the grid of density, from the densest, as one commune is said to be
    "Grands centres urbains": "grand centre urbain",
    "Centres urbains intermédiaires": "centre urbain intermédiaire",
    "Petites villes": "petite ville",
    "Ceintures urbaines": "ceinture urbaine",
    "Bourgs ruraux": "bourg rural",
    "Rural à habitat dispersé": "rural à habitat dispersé",
    "Rural à habitat très dispersé": "rural à habitat très dispersé",
}


def type_text(density: object, massif: object) -> str:
    """The type of a commune: its class, then its massif; what is not known is not said.

    >>> type_text("Bourgs ruraux", "Massif Central"), type_text(None, "Massif du Jura|Massif des Alpes")
    ('bourg rural, Massif Central', 'Massif du Jura et Massif des Alpes')
    """
    words = [] if pd.isna(density) else [CLASSES[density]]
    words += [] if pd.isna(massif) else [massif.replace("|", " et ")]
    return ", ".join(words)


def type_sentence(density: object, massif: object) -> str:
    """The type of a commune as a sentence; nothing where nothing is known of it.

    >>> type_sentence("Petites villes", None), type_sentence(None, None)
    ('Petite ville.', '')
    """
    words = type_text(density, massif)
    return f"{capitalised(words)}." if words else ""


def most_common_type(communes: pd.DataFrame) -> str:
    """The class that most of the communes are of, how many of them, and their massifs; what is not known is not said.

    communes: columns density, massif.

    >>> places = pd.DataFrame({"density": ["Bourgs ruraux", "Bourgs ruraux", "Petites villes"], "massif": None})
    >>> most_common_type(places), most_common_type(places.assign(density=None))
    ('Bourg rural (2 communes sur 3)', '')
    """
    classes = communes["density"].dropna()
    massifs = sorted({name for names in communes["massif"].dropna() for name in names.split("|")})
    if classes.empty:
        return ", ".join(massifs)
    most, among = classes.value_counts().index[0], len(classes)
    some = int(classes.eq(most).sum())
    count = f"{some} commune{'s' if some > 1 else ''} sur {among}"
    return ", ".join([f"{capitalised(CLASSES[most])} ({count})", *massifs])
