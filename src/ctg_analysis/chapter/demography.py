"""The children to come (DEM-12): what the births give, what a projection is worth; the age pyramid."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from ctg_analysis.chapter import analyst
from ctg_analysis.chapter.known import source, unavailable
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup, tables, texts
from ctg_analysis.display.markup import SHOWN, Html, telling
from ctg_analysis.display.quantities import number, percent
from ctg_analysis.indicators.comparisons import latest_period
from ctg_analysis.indicators.demography import (
    BY_AGE,
    DECLINE,
    FALLING,
    GROUPS,
    HELD,
    RIVAL,
    SCENARIOS,
    WORKED_OUT_FROM,
    ages_of,
    children_ahead,
    errors,
    fertility_changes,
    latest_two,
    may_be_shown,
    project,
    total_fertility,
)
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.norms import norm
from ctg_analysis.show.charts import fan
from ctg_analysis.show.svg import svg

FILE = "projection.csv"
LABELS = {"0_2": "Enfants de 0 à 2 ans", "3_10": "Enfants de 3 à 10 ans", "11_17": "Jeunes de 11 à 17 ans"}
NAMES = {HELD: "fécondité maintenue", FALLING: "baisse poursuivie"}
WORSE = "la projection s'en serait éloignée davantage que si les enfants avaient suivi la population"
EMPTY = "une génération n'avait personne à l'un des recensements"
FEW = "trop peu d'EPCI ont les recensements qu'il faut pour l'éprouver"
FIRST, BIRTHS = CATALOGUE[BY_AGE[0]], CATALOGUE["births_count"]
FIRST_AGE = CATALOGUE["women_0_4_count"]
SEXES = {"men": "Hommes", "women": "Femmes"}
AGES = {f"{age}_{age + 4}": f"{age} à {age + 4} ans" for age in range(0, 95, 5)} | {"95_plus": "95 ans ou plus"}


def worth(test: pd.DataFrame, found: pd.DataFrame, shown: Collection[str]) -> Html:
    """Return the table of what the same projection, made from the census before, would have been worth.

    test: that of the territory, see `projection.back_test`. found: `errors` of all.
    """
    if found.empty:
        return Html("")
    own, lines = test.set_index(["group", "scenario"]), []
    for group in GROUPS:
        for scenario, name in {HELD: "projection", RIVAL: "comme la population"}.items():
            here = own.loc[(group, scenario)] if (group, scenario) in own.index else None
            row = found.loc[(group, scenario)]
            verdict = "référence" if scenario == RIVAL else "oui" if group in shown else "non"
            cells = ["nd"] * 3 if here is None else [number(here["projected"]), number(here["counted"]), _gap(here)]
            errors = [percent(row["median"] * 100, 1), percent(row["most"] * 100, 1)]
            lines.append([LABELS[group], name, *cells, *errors, verdict])
    launch, target = (test[column].iloc[0] if len(test) else "" for column in ("launch", "target"))
    when = f"{launch} projeté à {target}" if launch else "Dernier recensement, projeté depuis le précédent"
    header = ["Âge", "Calcul", "Projeté", "Compté", "Écart ici", "Écart de la moitié des EPCI, au plus"]
    header += ["Écart de neuf EPCI sur dix, au plus", "Montré"]
    note = (
        f"Éprouvé sur {number(int(found['epcis'].max()))} EPCI. « Comme la population » : les enfants croissent comme "
        "la population de leur EPCI, et leur part comme celle de tous les EPCI. Une projection qui s'éloigne du compte "
        "davantage n'est pas montrée. À dix ans, l'erreur ne peut pas encore être mesurée ; elle est plus grande."
    )
    caption = f"Ce que la même projection aurait valu : {texts.uncapitalised(when)}"
    return tables.listed(pd.DataFrame(lines, columns=header), caption, note=note)


def _gap(row: pd.Series) -> str:
    return percent((row["projected"] / row["counted"] - 1) * 100, 1, signed=True)


def children_to_come(found: pd.DataFrame, last: int, source: str) -> Html:
    """Return the children under 3 and the entries into nursery school that the births known give.

    found: see `demography.children_ahead`. last: the latest year of births.
    """
    entries = found[found["year"].gt(last)].dropna(subset="entering")
    each = texts.listed([f"{number(row.entering)} à la rentrée {row.year}" for row in entries.itertuples(index=False)])
    lead = f"Enfants de mères domiciliées ici à leur naissance, à l'âge d'entrer à l'école maternelle : {each}."
    beside = (
        "Un compte de naissances, et non une projection : les familles qui arrivent et partent n'y sont pas. Ce "
        "qu'elles ont changé pour les générations d'avant se lit dans les enfants recensés pour 100 naissances, où "
        "l'âge est connu. Moins de 3 ans : nés les trois années d'avant le 1er janvier. École : 3 ans dans l'année."
    )
    table = found[["year", "under_3", "entering"]].astype({"year": str})
    for name in ("under_3", "entering"):
        table[name] = table[name].map(number, na_action="ignore").astype(object).fillna("nd")
    table.columns = ["Année", "Moins de 3 ans au 1er janvier", "3 ans dans l'année"]
    listed = tables.listed(table, f"Les enfants déjà nés, d'après les naissances connues jusqu'en {last}")
    return markup.together(markup.reading(lead, beside), listed, markup.source(source))


def assumptions() -> Html:
    """Return what each scenario supposes."""
    told = total_fertility()
    last, first = told.index.max(), max(told.index.min(), told.index.max() - DECLINE)
    held = f"{last} ({number(told[last], 2)} enfant par femme)"
    lead = (
        "Chaque génération continue de croître ou de diminuer comme entre les deux derniers recensements. Il naît "
        "autant d'enfants pour une femme de 20 à 39 ans qu'au dernier recensement, au rythme de la France : fécondité "
        f"maintenue à celle de {held}, ou baisse poursuivie comme depuis {first} ({number(told[first], 2)})."
    )
    beside = (
        "Ce sont des calculs à partir d'hypothèses, et non des prévisions : une école, un lotissement n'y sont pas."
    )
    return markup.reading(lead, beside)


def projection(territory: Territory) -> Html:
    """The children that the births known give to come; the lines of three ages, what they suppose, their worth."""
    births = territory.own(BIRTHS)
    by_year = births.set_index(births["period"].astype(int))["value"]
    ahead = Html("")
    if len(births):
        counted = source(territory, births, series=True)
        ahead = children_to_come(children_ahead(by_year), by_year.index.max(), counted)
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
    supposed = assumptions() if shown else Html("")
    pieces = ahead, drawn, supposed, worth(own, found, shown), markup.source(cited)
    return telling(markup.together(*pieces), SHOWN, *BY_AGE)


def children(
    counted: pd.DataFrame, ahead: pd.DataFrame, found: pd.DataFrame, shown: Collection[str], cited: str
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


def _fan(group: str, counted: pd.Series, values: pd.DataFrame, cited: str) -> Html:
    """The count and the scenarios of an age group; one alone of those who are born. values: by year."""
    differ = not values[HELD].equals(values[FALLING])
    values = (
        values[[HELD, FALLING]].rename(columns=NAMES) if differ else values[[HELD]].set_axis(["projection"], axis=1)
    )
    table = pd.concat([counted.rename("compté"), values], axis=1).rename_axis("year")
    written = table.map(number, na_action="ignore").fillna("–")
    lines = written.reset_index().astype(str).to_numpy().tolist()
    rows = table.melt(ignore_index=False, var_name="scenario").dropna().reset_index()
    rows = rows.assign(text=rows["value"].map(number))
    label, year = LABELS[group], values.index[0]
    ends = list(dict.fromkeys(map(number, values.loc[year])))
    message = f"{' ou '.join(ends)} {texts.uncapitalised(label)} en {year}, après {_told(counted.iloc[-1:])}"
    title = f"{label}, comptés jusqu'en {counted.index[-1]}, puis projetés"
    says = " ; ".join(f"{name} : {_told(column)}" for name, column in values.items())
    return markup.figure(
        svg(fan(rows).figure),
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


def ages(territory: Territory, beside: str = "") -> pd.DataFrame:
    """The shares of each age and sex in the population, in %, from the youngest: none has a value where one lacks.

    Columns: those of `analyst.data`, then age and sex (French). beside: the level of a place to add, the first of those
    beside (departement, region, france).

    Raises:
        UserError: another level.
    """
    places = {one["level"]: one for _, one in territory.beside[::-1].iterrows()} | {"epci": territory.row}
    if beside and beside not in places:
        raise UserError(f"ages: found level {beside!r}, expected one of {', '.join(sorted(places))}")
    period = latest_period(territory.own(FIRST_AGE))
    ids = {f"{sex}_{age}_count": (word, SEXES[sex]) for sex in SEXES for age, word in AGES.items()}
    every = territory.of(list(ids)).assign(text="", interval="")
    every = every[every["period"].eq(period or every["period"].max())]
    tables = []
    for level in dict.fromkeys(["epci", *filter(None, [beside])]):
        place = places[level]
        rows = every[every["level"].eq(level) & every["territory"].eq(place["code"])]
        rows = rows.set_index("indicator").reindex(list(ids)).rename_axis("indicator").reset_index()
        rows = rows.assign(name=texts.typography(place["name"]), level=level, territory=place["code"], period=period)
        age, sex = zip(*ids.values(), strict=True)
        rows = analyst.tidy(rows.assign(age=age, sex=sex, label=[", ".join(pair) for pair in ids.values()]))
        share = 100 * rows["value"] / rows["value"].sum() if rows["value"].notna().all() else np.nan
        tables.append(analyst.computed(rows, share, rows["label"], "%", 1))
    return pd.concat(tables, ignore_index=True)
