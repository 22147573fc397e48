"""The types of the communes, on a map: class of density, massif."""

import pandas as pd

from ctg_analysis.chapter.known import by_commune, source, unavailable, with_source, without_contour
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup
from ctg_analysis.display.markup import Html
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.commune_types import CLASSES, most_lived_in, type_text
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.quantities import number
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import MISSING
from ctg_analysis.show import maps
from ctg_analysis.show.svg import svg

PEOPLE = "population_count"
GRID, MASSIFS = "insee_densite", "anct_massifs"
NEARLY_ALL = 0.9  # of the communes
UNKNOWN = "La grille communale de densité n'est pas là : les types des communes ne sont pas connus."


def typology(territory: Territory) -> Html:
    """The map of the classes of density and the inhabitants; a sentence where nearly all communes are of one class.

    The massif of a commune is told where it is not that of all of them.
    """
    communes = territory.communes
    classes = communes.set_index("code")["density"].dropna()
    if classes.empty:
        return markup.reading(texts.typography(UNKNOWN), "")
    people = by_commune(territory, CATALOGUE[PEOPLE])
    if people.empty:
        return unavailable(territory, CATALOGUE[PEOPLE], "Types des communes et habitants de chacune")
    zonings = [GRID, *[MASSIFS] * bool(communes["massif"].notna().any())]
    cited = source(territory, pd.DataFrame({"source": [*zonings, *people["source"]]}))
    title = " ; ".join(filter(None, [_most(classes, people), _massifs(communes)]))
    if classes.value_counts(normalize=True).max() >= NEARLY_ALL:
        return with_source(f"{title}.", cited)
    massifs = communes["massif"] if communes["massif"].nunique(dropna=False) > 1 else [None] * len(communes)
    types = [type_text(*one) or texts.SIGNS[MISSING] for one in zip(communes["density"], massifs, strict=True)]
    rows = communes.rename(columns={"code": "territory", "density": "class"}).assign(type=types)
    rows["text"] = rows["territory"].map(people.set_index("territory")["text"]).fillna(texts.SIGNS[MISSING])
    when = date_text(people["period"].iloc[0])
    says = " ; ".join(f"{row.name} : {row.type}, {row.text} habitants" for row in rows.itertuples())
    return markup.figure(
        svg(maps.types(territory.land, rows, [name for name in CLASSES if name in set(classes)]).figure),
        file=CATALOGUE[PEOPLE].file_name,
        kind="map",
        title=title,
        subtitle=f"Type de chaque commune, selon la grille communale de densité en sept niveaux ; habitants, {when}",
        alt=f"{title}. Type de chaque commune et habitants, {when} : {says}.",
        source=cited,
        note=without_contour(territory, rows),
        data=markup.Table(
            "Type de chaque commune",
            ["Commune", "Type", f"Habitants, {when}"],
            rows[["name", "type", "text"]].to_numpy().tolist(),
            left=frozenset({1}),
        ),
    )


def _most(classes: pd.Series, people: pd.DataFrame) -> str:
    """« Grand centre urbain : 59 % des habitants, dans 2 des 43 communes ». classes: by code."""
    most, share = most_lived_in(classes, people.set_index("territory")["value"])
    name, count = type_text(most, None), int(classes.eq(most).sum())
    if count == len(classes):
        return f"Toutes les communes : {name}"
    where = f"une des {len(classes)} communes" if count == 1 else f"{count} des {len(classes)} communes"
    return f"{texts.capitalised(name)} : {share} des habitants, dans {where}"


def _massifs(communes: pd.DataFrame) -> str:
    """« toutes dans le Massif Central », « 3 dans le Massif du Jura »; nothing without any."""
    counts = communes["massif"].dropna().value_counts()
    return ", ".join(
        f"{'toutes' if count == len(communes) else number(count)} dans le {name.replace('|', ' et le ')}"
        for name, count in sorted(counts.items())
    )
