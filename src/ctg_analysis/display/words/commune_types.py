"""The type of a commune in words: its class in the grid of density, its massif."""

import pandas as pd

from ctg_analysis.display.quantities import percent
from ctg_analysis.display.texts import capitalised

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


def where_most_live(communes: pd.DataFrame, people: pd.Series) -> str:
    """The class of commune where most inhabitants live, their share, and the massifs; what is not known is not said.

    communes: columns code, density, massif. people: inhabitants, by code.

    >>> places = pd.DataFrame({"code": ["a", "b", "c"], "density": ["Bourgs ruraux"] * 2 + ["Petites villes"]})
    >>> where_most_live(places.assign(massif=None), pd.Series({"a": 300, "b": 200, "c": 1500}))
    'Petite ville (75\u202f% des habitants)'
    """
    held = communes["massif"].dropna().astype(str).str.split("|").explode().value_counts().sort_index()
    massifs = [name if "(" in name or count == len(communes) else f"{name} (en partie)" for name, count in held.items()]
    most = most_lived_in(communes.set_index("code")["density"], people)
    return ", ".join([f"{capitalised(CLASSES[most[0]])} ({most[1]} des habitants)", *massifs] if most else massifs)


def most_lived_in(classes: pd.Series, people: pd.Series) -> tuple[str, str] | None:
    """The class of commune where most inhabitants live, and their share; None where no inhabitant is known.

    classes, people: of density, inhabitants, by code.

    >>> most_lived_in(pd.Series({"a": "Bourgs ruraux", "b": "Petites villes"}), pd.Series({"a": 50, "b": 150}))
    ('Petites villes', '75\u202f%')
    """
    by_class = people.reindex(classes.index).groupby(classes).sum()
    if not by_class.sum():
        return None
    return by_class.idxmax(), percent(100 * by_class.max() / by_class.sum())
