"""The age pyramid of a territory, against the outline of that of its département."""

import pandas as pd

from ctg_analysis.chapter.known import source, unavailable
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup
from ctg_analysis.display.markup import Html
from ctg_analysis.display.quantities import percent
from ctg_analysis.indicators.comparisons import latest_period
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.show import charts
from ctg_analysis.show.svg import svg

SEXES = {"men": "Hommes", "women": "Femmes"}
AGES = {f"{age}_{age + 4}": f"{age} à {age + 4} ans" for age in range(0, 95, 5)} | {"95_plus": "95 ans ou plus"}
UNDER_20, FROM_65 = slice(4), slice(13, None)  # of the ages


def pyramid(territory: Territory) -> Html:
    """The age pyramid of the territory against the outline of its (first) département."""
    example = CATALOGUE["women_0_4_count"]
    period = latest_period(territory.own(example))
    if period is None:
        return unavailable(territory, example, "Population par sexe et âge, pour la pyramide des âges")
    beside = territory.beside[territory.beside["level"].eq("departement")].iloc[0]
    own = shares(territory, "epci", territory.epci, period)
    outline = shares(territory, "departement", beside["code"], period)
    young, old = _young_and_old(own)
    fullest = own.sum(axis=1).idxmax()
    men, women = (percent(share, 1) for share in own.loc[fullest])
    alt = (
        f"Pyramide des âges, {territory.row['name']}, {period} : les moins de 20 ans forment {young} de la population, "
        f"les 65 ans ou plus {old}. Âge le plus nombreux : {fullest}, {men} d'hommes et {women} de femmes."
    )
    told = own.set_axis(SEXES.values(), axis=1)
    if outline is not None:
        alt += f" {beside['name']} : {' et '.join(_young_and_old(outline))}."
        told = told.join(outline.set_axis([f"{sex}, {beside['name']}" for sex in SEXES.values()], axis=1))
    lines = told.map(lambda share: percent(share, 1)).reset_index().to_numpy().tolist()
    return markup.figure(
        svg(charts.pyramid(own, outline, beside["name"]).figure),
        file="pyramid.csv",
        kind="chart",
        title=f"{old} de 65 ans ou plus, {young} de moins de 20 ans",
        subtitle=f"Pyramide des âges, part de chaque âge dans la population, en %, {period}",
        alt=alt,
        source=source(territory, territory.own(example)),
        note="",
        data=markup.Table(f"Part de chaque âge dans la population, {period}", ["Âge", *told], lines),
    )


def shares(territory: Territory, level: str, code: str, period: str) -> pd.DataFrame | None:
    """The shares of the population of a place, in %, index the ages, columns men and women; None when one lacks."""
    ids = {sex: [f"{sex}_{age}_count" for age in AGES] for sex in SEXES}
    rows = territory.of([*ids["men"], *ids["women"]])
    rows = rows[rows["level"].eq(level) & rows["territory"].eq(code) & rows["period"].eq(period)]
    counts = rows.set_index("indicator")["value"]
    table = pd.DataFrame({sex: counts.reindex(own).to_numpy() for sex, own in ids.items()}, AGES.values())
    return None if table.isna().any(axis=None) else table / table.to_numpy().sum() * 100


def _young_and_old(own: pd.DataFrame) -> list[str]:
    return [percent(own.iloc[ages].to_numpy().sum(), 1) for ages in (UNDER_20, FROM_65)]
