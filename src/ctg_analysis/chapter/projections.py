"""The children of the territory five and ten years on (DEM-12), where the ages are told and the back test allows."""

from collections.abc import Collection

import pandas as pd

from ctg_analysis.chapter.known import source, unavailable
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup, tables, texts
from ctg_analysis.display.markup import SHOWN, Citation, Html, telling
from ctg_analysis.display.pieces import projections
from ctg_analysis.display.pieces.projections import FILE, LABELS, NAMES
from ctg_analysis.display.quantities import number
from ctg_analysis.indicators.demography import children_ahead, children_per_100_births
from ctg_analysis.indicators.projection import (
    BY_AGE,
    BY_SEX,
    FALLING,
    GROUPS,
    HELD,
    SCENARIOS,
    WORKED_OUT_FROM,
    ages_of,
    errors,
    fertility_changes,
    latest_two,
    may_be_shown,
    project,
)
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK
from ctg_analysis.model.norms import norm
from ctg_analysis.show.charts import fan
from ctg_analysis.show.svg import svg

WORSE = "la projection s'en serait éloignée davantage que si les enfants avaient suivi la population"
EMPTY = "une génération n'avait personne à l'un des recensements"
FEW = "trop peu d'EPCI ont les recensements qu'il faut pour l'éprouver"
FIRST, BIRTHS = CATALOGUE[BY_AGE[0]], CATALOGUE["births_count"]


def projection(territory: Territory) -> Html:
    """The children that the births known give to come; the lines of three ages, what they suppose, their worth."""
    births = territory.own(BIRTHS)
    by_year = births.set_index(births["period"].astype(int))["value"]
    ahead = Html("")
    if len(births):
        counted = source(territory, births, series=True)
        ahead = projections.ahead(children_ahead(by_year), by_year.index.max(), counted)
    rows = own_rows(territory)
    ages = ages_of(rows).droplevel("territory")
    two = latest_two(list(ages.index))
    if not two:
        return telling(markup.together(ahead, unavailable(territory, FIRST, lacking(rows, ages))), SHOWN, FIRST.id)
    tested = tested_projections(territory)
    found = errors(tested)
    shown = may_be_shown(found)
    counted = ages[list(GROUPS)].set_axis(ages.index.astype(int))
    cited = source(territory, rows, series=True)
    drawn = children(counted, projected(territory), found, shown, cited)
    own = tested[tested["territory"].eq(territory.epci)]
    worth = projections.worth(own, found, shown)
    supposed = projections.assumptions() if shown else Html("")
    return telling(markup.together(ahead, drawn, supposed, worth, markup.source(cited)), SHOWN, *BY_AGE)


def children(
    counted: pd.DataFrame, ahead: pd.DataFrame, found: pd.DataFrame, shown: Collection[str], cited: Citation
) -> Html:
    """The lines of each age group whose projection may be shown, and a sentence for the others.

    counted: the census, one row per year, columns GROUPS. ahead: `projected`. found: `projection.errors`.
    """
    told = [group for group in GROUPS if group in shown and len(ahead)]
    pieces = [
        _fan(group, counted[group], ahead.pivot(index="year", columns="scenario", values=group), cited)
        for group in told
    ]
    if hidden := [texts.uncapitalised(LABELS[group]) for group in GROUPS if group not in told]:
        tested = len(found) and found["epcis"].max() >= norm("projection_tested_epcis")
        why = EMPTY if ahead.empty else f"sur le dernier recensement, {WORSE}" if tested else FEW
        pieces += [markup.reading(f"Non projetés : {texts.listed(hidden)} ; {why}.", ""), markup.source(cited)]
    return markup.together(*pieces)


def _fan(group: str, counted: pd.Series, values: pd.DataFrame, cited: Citation) -> Html:
    """The count and the scenarios of an age group; one alone of those who are born. values: by year."""
    differ = not values[HELD].equals(values[FALLING])
    values = (
        values[[HELD, FALLING]].rename(columns=NAMES) if differ else values[[HELD]].set_axis(["projection"], axis=1)
    )
    written = pd.concat([counted.rename("compté"), values], axis=1).map(number, na_action="ignore").fillna("–")
    lines = written.reset_index().astype(str).to_numpy().tolist()
    label, year = LABELS[group], values.index[0]
    ends = list(dict.fromkeys(map(number, values.loc[year])))
    message = f"{' ou '.join(ends)} {texts.uncapitalised(label)} en {year}, après {_told(counted.iloc[-1:])}"
    title = f"{label}, comptés jusqu'en {counted.index[-1]}, puis projetés"
    says = " ; ".join(f"{name} : {_told(column)}" for name, column in values.items())
    return markup.figure(
        svg(fan(counted, values).figure),
        file=FILE,
        kind="chart",
        title=message,
        subtitle=f"{title}, {counted.index[0]}-{values.index[-1]}",
        alt=f"{message}. {title}. Compté : {_told(counted)}. {says}.",
        source=cited,
        note="",
        data=markup.Table(title, ["Année", *map(texts.capitalised, written)], lines, tables.signs(lines)),
    )


def _told(values: pd.Series) -> str:
    """« 120 en 2017, 110 en 2022 »."""
    return ", ".join(f"{number(value)} en {year}" for year, value in values.items())


def children_since_birth(territory: Territory) -> tuple[pd.DataFrame, str]:
    """The same as a table, and the census: see `demography.children_per_100_births`."""
    births, rows = territory.own(BIRTHS), _by_sex(territory)
    census = rows["period"].iloc[0] if len(rows) else ""
    bands = rows["indicator"].str.removeprefix("women_").str.removeprefix("men_").str.removesuffix("_count")
    both = rows.groupby(bands)["value"].agg(["sum", "size"]).query("size == 2")["sum"]
    by_year = births.set_index(births["period"].astype(int))["value"]
    return children_per_100_births(by_year, both, int(census or 0)), census


def _by_sex(territory: Territory) -> pd.DataFrame:
    """The inhabitants by age and sex at the latest census that has them."""
    rows = own_rows(territory)
    rows = rows[rows["status"].eq(OK) & rows["indicator"].isin(BY_SEX)]
    return rows[rows["period"].eq(rows["period"].max())] if len(rows) else rows


def own_rows(territory: Territory) -> pd.DataFrame:
    """The observations of the EPCI that a projection is worked out from."""
    rows = territory.of(WORKED_OUT_FROM)
    return rows[rows["level"].eq("epci")]


def tested_projections(territory: Territory) -> pd.DataFrame:
    """The projections of all EPCIs held to their latest census: see `projection.back_test`."""
    return pd.read_parquet(territory.root.processed / "projection_errors.parquet")


def projected(territory: Territory) -> pd.DataFrame:
    """The children of each scenario and year: columns scenario, year, GROUPS; no row without two censuses by age."""
    ages = ages_of(own_rows(territory))
    two = latest_two(list(ages.index.get_level_values("period")))
    if not two:
        return pd.DataFrame(columns=["scenario", "year", *GROUPS])
    before, now = (ages.xs(period, level="period") for period in two)
    changes = {scenario: fertility_changes(int(two[1]), scenario) for scenario in SCENARIOS}
    rows = project(before, now, int(two[1]) - int(two[0]), changes)
    return rows.assign(year=int(two[1]) + rows["horizon"])[["scenario", "year", *GROUPS]].reset_index(drop=True)


def shown_projections(territory: Territory) -> pd.DataFrame:
    """What the lines show, for a spreadsheet: columns group, scenario, year, value."""
    long = projected(territory).melt(["scenario", "year"], list(GROUPS), "group", "value")
    shown = may_be_shown(errors(tested_projections(territory)))
    return long.loc[long["group"].isin(shown), ["group", "scenario", "year", "value"]]


def lacking(rows: pd.DataFrame, ages: pd.DataFrame) -> str:
    """What a projection lacks: the ages, year by year, of two censuses at least. ages: the censuses that tell them."""
    bands = sorted(set(rows.loc[rows["value"].notna(), "period"]))
    known = list(ages.index) or bands
    how = "" if len(ages) else ", par tranches d'âge"
    which = "celui" if len(known) == 1 else "ceux"
    here = f" ; ici, {which} de {texts.listed(known)} seulement{how}" if known else ""
    apart = "d'au moins deux recensements à cinq ans d'écart"
    return f"Enfants à cinq et à dix ans, faute de la population par âge {apart}{here}"
