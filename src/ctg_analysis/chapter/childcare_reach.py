"""How many places of childcare families reach by car, shared with the children who reach them too."""

from typing import NamedTuple

import pandas as pd

from ctg_analysis.chapter import reach_inputs
from ctg_analysis.chapter.closing import SHOWN, telling
from ctg_analysis.chapter.known import by_commune, source, to_fill, unavailable, without_contour
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.quantities import number
from ctg_analysis.indicators.childcare import supply_within_reach
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK, Indicator
from ctg_analysis.model.norms import norm
from ctg_analysis.show import maps
from ctg_analysis.show.svg import svg, told

FILE = "demarche_places_a_portee.csv"
CHILDREN = ("children_0_2_count", "births_3_year_count")  # the second where the first is not known
UNIT = "places pour 100 enfants de moins de 3 ans"
KIND = "EAJE ou maison d'assistants maternels"
GATHERED = "Démarche, services et trajets."
DRIVEN = "Démarche, trajets."
STEP = 5  # minutes more and less, to tell how much the limit matters
NOTE = (
    "Places des EAJE et des maisons d'assistants maternels en service, rapportées d'abord aux enfants de toutes les "
    "communes qui les atteignent, puis ajoutées pour chaque commune (méthode des aires d'attraction flottantes en deux "
    "temps). Ni les places ni les enfants d'au-delà du territoire ne comptent, ni les assistants maternels à domicile. "
    "Dans sa commune, un service est toujours à portée."
)


class Reach(NamedTuple):
    """The places within reach. children: the indicator. rows: its communes. found: by commune (rows) and minutes."""

    children: Indicator
    rows: pd.DataFrame
    found: pd.DataFrame


def reach(territory: Territory) -> Reach | None:
    """The places that each commune reaches for 100 children, within the usual time, and five minutes less and more.

    None where a place, a driving time or the children of a commune are not known: none is taken for 0.
    """
    tables = [(CATALOGUE[name], by_commune(territory, CATALOGUE[name])) for name in CHILDREN]
    codes = set(territory.communes["code"])
    whole = [(one, rows) for one, rows in tables if set(rows.loc[rows["status"].eq(OK), "territory"]) == codes]
    if reach_inputs.lacking(territory) or not whole:
        return None
    indicator, rows = whole[0]
    places = reach_inputs.services(territory).groupby("commune")["capacite"].sum()
    children, minutes = rows.set_index("territory")["value"], reach_inputs.minutes(territory, places.index)
    limits = (usual_time() - STEP, usual_time(), usual_time() + STEP)
    found = {limit: supply_within_reach(places, children, minutes, limit) * 100 for limit in limits}
    return Reach(indicator, rows, pd.DataFrame(found))


def usual_time() -> int:
    """The minutes that are within reach, unless told otherwise."""
    return int(norm("childcare_reach_minutes"))


def childcare_reach(territory: Territory) -> Html:
    """The map and the table of the places that each commune reaches, with a shorter and a longer limit beside.

    The box when something that they rest on is not known.
    """
    first = CATALOGUE[CHILDREN[0]]
    if lacks := reach_inputs.lacking(territory):
        box = to_fill(territory.epci, "Places d'accueil à portée de chaque commune", lacks)
        return telling(box, SHOWN, first.id)
    known = reach(territory)
    if known is None:
        return telling(unavailable(territory, first, f"{first.label}, dans chaque commune"), SHOWN, first.id)
    cited = Citation(texts.typography(f"{GATHERED} {source(territory, known.rows)}"))
    return telling(_drawn(territory, known.rows, known.found, cited), SHOWN, known.children.id)


def _drawn(territory: Territory, rows: pd.DataFrame, found: pd.DataFrame, cited: Citation) -> Html:
    usual, when = usual_time(), date_text(rows["period"].iloc[0])
    texts_of = found.map(number)
    table = rows.assign(indicator="childcare_coverage_rate", shown=True, estimate=float("nan"), status=OK)
    table = table.assign(value=rows["territory"].map(found[usual]), text=rows["territory"].map(texts_of[usual]))
    lines = [
        [name, *texts_of.loc[code], children]
        for name, code, children in zip(rows["name"], rows["territory"], rows["text"], strict=True)
    ]
    low, high = number(found[usual].min()), number(found[usual].max())
    title = f"À {usual} minutes en voiture, dans le territoire : de {low} à {high} {UNIT} selon la commune"
    says = " ; ".join(f"{line[0]} {line[2]}" for line in lines)
    none = {limit: int(values.eq(0).sum()) for limit, values in found.items()}
    return markup.figure(
        svg(maps.rates(territory.land, table, sites=_sites(territory)).figure),
        file=FILE,
        kind="map",
        title=texts.typography(title),
        subtitle=texts.typography(f"{texts.capitalised(UNIT)}, à {usual} minutes au plus en voiture ; enfants, {when}"),
        alt=texts.typography(f"{title}, enfants de {when} : {says}."),
        source=cited,
        note=texts.typography(f"{_sensitivity(none)} {NOTE} {without_contour(territory, rows)}".strip()),
        data=markup.Table(
            texts.typography(f"{texts.capitalised(UNIT)}, selon le temps de trajet accepté"),
            ["Commune", *(texts.typography(f"À {limit} minutes") for limit in found), f"Enfants, {when}"],
            [[texts.typography(cell) for cell in line] for line in lines],
        ),
    )


def _sites(territory: Territory) -> pd.DataFrame:
    """The services by commune, as a map tells them: see `maps.rates`."""
    services = reach_inputs.services(territory).groupby("commune").agg({"nom": list, "capacite": "sum"})
    services = services.join(territory.communes.set_index("code")["name"], how="inner").reset_index(names="territory")
    sites = [
        told(row.name, f"{texts.listed(row.nom)} ({number(row.capacite)} places)")
        for row in services.itertuples(index=False)
    ]
    return services[["territory"]].assign(kind=KIND, site=sites)


def _sensitivity(none: dict[int, int]) -> str:
    """How many communes reach no place, by limit: « Communes sans place à portée : 3 à 10 minutes, 1 à 15… »."""
    counts = ", ".join(f"{number(count) if count else 'aucune'} à {limit} minutes" for limit, count in none.items())
    return f"Le résultat dépend du temps accepté. Communes sans place à portée : {counts}."
