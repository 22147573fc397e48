"""The types of the communes, as a key to tables and maps: class of density, massif; and figures of each class."""

import pandas as pd

from ctg_analysis.chapter.known import by_commune, source, unavailable, with_source, without_contour
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup
from ctg_analysis.display.drawings import maps
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.pieces import tables
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.commune_types import CLASSES, most_lived_in, type_text
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.quantities import number, percent
from ctg_analysis.display.words.sentences import DECIMALS_FROM, SMALLEST_BASE
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import MISSING, OK, Count, Indicator, is_share
from ctg_analysis.model.source import SOURCES

PEOPLE = "population_count"
GRID, MASSIFS = "insee_densite", "anct_massifs"
NEARLY_ALL = 0.9  # of the communes
UNKNOWN = "La grille communale de densité n'est pas là : les types des communes ne sont pas connus."


def typology(territory: Territory, *indicators: Indicator) -> Html:
    """The map of the classes of density, and a table of each class: its communes, its inhabitants, some indicators.

    Where all communes are of one type, a sentence; where nearly all are, no map. An indicator of a class is a ratio of
    sums, or a sum; not available as soon as a commune of the class has no value that is shown, and where its producer
    rounds the counts.
    """
    communes = territory.communes[territory.communes["density"].notna()]
    if communes.empty:
        return markup.reading(texts.typography(UNKNOWN), "")
    people = by_commune(territory, CATALOGUE[PEOPLE])
    if people.empty:
        return unavailable(territory, CATALOGUE[PEOPLE], "Types des communes et habitants de chacune")
    classes = [name for name in CLASSES if name in set(communes["density"])]
    key = communes.set_index("code")["density"]
    zonings = [GRID, *[MASSIFS] * bool(communes["massif"].notna().any())]
    cited = source(territory, pd.DataFrame({"source": [*zonings, *people["source"]]}))
    title = " ; ".join(filter(None, [_most(key, people), _massifs(communes)]))
    told = with_source(f"{title}.", cited)
    if len(classes) == 1 and communes["massif"].nunique(dropna=False) == 1:
        return told
    lines = [_line(territory, name, list(key.index[key.eq(name)]), people, indicators) for name in classes]
    header = ["Classe de densité", "Communes", "Habitants", *(_headed(territory, one) for one in indicators)]
    table = tables.listed(pd.DataFrame(lines, columns=header), "Les communes par classe de densité")
    counted = pd.concat([people, *(_rows(territory, one) for one in indicators)])
    behind = markup.source(source(territory, counted))
    alike = key.value_counts(normalize=True).max() >= NEARLY_ALL
    return markup.together(told if alike else _map(territory, people, classes, title, cited), table, behind)


def _map(territory: Territory, people: pd.DataFrame, classes: list[str], title: str, cited: Citation) -> Html:
    communes = territory.communes.rename(columns={"code": "territory", "density": "class"})
    communes = _with_types(territory, communes.assign(name=[texts.typography(name) for name in communes["name"]]))
    rows = communes.merge(
        people[["territory", "value", "text"]].rename(columns={"value": "inhabitants"}),
        on="territory",
        how="left",
        validate="1:1",
    )
    types = rows["commune_type"].where(rows["commune_type"].ne(""), texts.SIGNS[MISSING])
    inhabitants = rows["text"].fillna(texts.SIGNS[MISSING])
    told = [list(line) for line in zip(rows["name"], types, inhabitants, strict=True)]
    when = date_text(people["period"].iloc[0])
    says = " ; ".join(f"{name} : {words}, {count} habitants" for name, words, count in told)
    return markup.figure(
        maps.by_class(territory.land, rows, classes),
        file=CATALOGUE[PEOPLE].file_name,
        kind="map",
        title=texts.typography(title),
        subtitle=texts.typography(
            f"Type de chaque commune, selon la grille communale de densité en sept niveaux ; habitants, {when}"
        ),
        alt=texts.typography(f"{title}. Type de chaque commune et habitants, {when} : {says}."),
        source=cited,
        note=texts.typography(without_contour(territory, rows)),
        data=markup.Table(
            "Type de chaque commune", ["Commune", "Type", f"Habitants, {when}"], told, left=frozenset({1})
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


def _line(
    territory: Territory, name: str, codes: list[str], people: pd.DataFrame, indicators: tuple[Indicator, ...]
) -> list[str]:
    inhabitants = of_class(CATALOGUE[PEOPLE], people, codes)
    figures = [of_class(one, _rows(territory, one), codes) for one in indicators]
    return [name, number(len(codes)), inhabitants, *figures]


def _rows(territory: Territory, indicator: Indicator) -> pd.DataFrame:
    """The communes at the period that the territory is compared at, else their latest one."""
    rows = territory.readable(indicator)
    rows = rows[rows["level"].eq("commune") & rows["period"].eq(territory.periods.get(indicator.id))]
    return rows if rows["status"].eq(OK).any() else by_commune(territory, indicator)


def _headed(territory: Territory, indicator: Indicator) -> str:
    rows = _rows(territory, indicator)
    period = f", {date_text(rows['period'].iloc[0])}" if len(rows) else ""
    return f"{indicator.label}{period}"


def of_class(indicator: Indicator, rows: pd.DataFrame, codes: list[str]) -> str:
    """The figure of several communes: all of them have a value that is shown, exact, of one source."""
    inside = rows[rows["territory"].isin(codes)]
    exact = not (inside["source"].map(lambda name: SOURCES[name].rounds) & inside["low"].notna()).any()
    if len(inside) < len(codes) or not inside["status"].eq(OK).all() or inside["source"].nunique() != 1 or not exact:
        return texts.SIGNS[MISSING]
    top, bottom = inside["numerator"].sum(), inside["denominator"].sum()
    if isinstance(indicator.value, Count):
        return number(inside["value"].sum())
    if not is_share(indicator.value) or not bottom:
        return texts.SIGNS[MISSING]
    if bottom < SMALLEST_BASE:
        return f"{number(top)} sur {number(bottom)}"
    return percent(top / bottom * 100, indicator.decimals if bottom >= DECIMALS_FROM else 0)


def _with_types(territory: Territory, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of communes with the type of each, in a column commune_type: "" where it is not known.

    The massif is told where it is not that of all the communes.
    """
    communes = territory.communes
    massifs = communes["massif"] if communes["massif"].nunique(dropna=False) > 1 else [None] * len(communes)
    words = [texts.typography(type_text(*one)) for one in zip(communes["density"], massifs, strict=True)]
    types = dict(zip(communes["code"], words, strict=True))
    return rows.assign(commune_type=rows["territory"].map(types).fillna(""))
