"""The sheet of each commune: where it lies, its people, its services, and communes of its size beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from markupsafe import Markup

from ctg_analysis.chapter.known import by_commune
from ctg_analysis.chapter.portrait import type_text
from ctg_analysis.chapter.structures import on_sheet
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup, notes, tables, texts
from ctg_analysis.display.markup import SHOWN, Html, Table, telling
from ctg_analysis.display.quantities import quantity
from ctg_analysis.display.texts import date_text
from ctg_analysis.indicators.comparisons import latest_period
from ctg_analysis.indicators.peers import of_similar_size
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import MISSING, OK, Indicator
from ctg_analysis.model.norms import norm
from ctg_analysis.model.source import SOURCES
from ctg_analysis.show.charts import history
from ctg_analysis.show.maps import ESTIMATE, small_maps, with_estimates
from ctg_analysis.show.svg import svg

SERVICES = {  # what each is called: the indicator that counts it, that of the time to it by car
    "école": ("schools_count", "school_time"),
    "crèche": ("eaje_facilities_count", "childcare_centre_time"),
    "accueil de loisirs": ("leisure_centres_count", "leisure_centre_time"),
    "médecin généraliste": ("general_practitioners_count", "general_practitioner_time"),
    "pharmacie": ("pharmacies_count", None),
    "commerce d'alimentation": ("food_shops_count", None),
    "bibliothèque": ("libraries_count", None),
    "France services": ("france_services_count", "france_services_time"),
    "gare": ("train_stations_count", None),
}


HERE, BY_CAR, NOWHERE = "Sur place", "Ailleurs, en voiture", "Pas dans le territoire"
PEOPLE, PAST = CATALOGUE["population_count"], CATALOGUE["historical_population_count"]
YOUNG, OLD = CATALOGUE["age_0_19_share"], CATALOGUE["age_65_plus_share"]
INSTEAD = {  # what is shown where another one is not known
    **dict.fromkeys(
        ("children_0_4_count", "children_5_9_count", "children_10_14_count", "youth_15_19_count"), "children_0_2_count"
    ),
    "living_standard_2021_median": "living_standard_median",
}
BESIDE = 2  # communes of its size
SHORTEST = 3  # years: two points make no trend
FIRST = ("école", "crèche", "médecin généraliste")  # of the services, those that the sentence names
NOTE = (
    "À côté de chaque commune : les deux du territoire dont la population est la plus proche, de la moitié au double ; "
    "aucune quand il n'y en a pas de cette taille. Services : leur nombre, la durée moyenne du trajet en voiture où "
    "elle est connue, sinon la commune du territoire la plus proche qui en a, à vol d'oiseau, d'un point à l'intérieur "
    "de chacune. Le type de commune est celui de la grille de densité de l'Insee."
)


@dataclass(frozen=True)
class Service:
    """A service whose number is known in all the communes.

    counts: readable, by the code of the commune: name, value, text. minutes: the time to it by car, as a reader sees
    it, by code, where it is known.
    """

    name: str
    indicators: tuple[Indicator, ...]
    period: str
    counts: pd.DataFrame
    minutes: dict[str, str]

    def is_in(self, code: str) -> bool:
        """Whether a commune has it."""
        return bool(self.counts.loc[code, "value"] > 0)


def _service(territory: Territory, name: str, count: str, time: str | None) -> Service | None:
    rows = by_commune(territory, CATALOGUE[count]).set_index("territory")
    if not rows["status"].eq(OK).all() or len(rows) < len(territory.communes):
        return None
    minutes = by_commune(territory, CATALOGUE[time]).set_index("territory") if time else rows.iloc[:0]
    minutes = dict(minutes.loc[minutes["status"].eq(OK), "text"])
    used = tuple(CATALOGUE[one] for one in ([count, time] if minutes else [count]))
    return Service(name, used, rows["period"].iloc[0], rows[["name", "value", "text"]], minutes)


def services_of(services: Sequence[Service], apart: pd.DataFrame, code: str, year: str) -> list[list[str]]:
    """Where each service of a commune is: lines of a place and its services, those of the commune first.

    apart: kilometres between communes. year: that of the services named without one.
    """
    lines: dict[str, list[str]] = {HERE: []}
    for service in services:
        when = date_text(service.period)
        told = [service.counts.loc[code, "text"]] if service.is_in(code) else []
        told += [f"{service.minutes[code]} min"] if code in service.minutes else []
        told += [when] if when != year else []
        lines.setdefault(_where(service, apart, code), []).append(
            f"{service.name} ({', '.join(told)})" if told else service.name
        )
    nowhere = lines.pop(NOWHERE, [])
    return [[place, ", ".join(some)] for place, some in (lines | {NOWHERE: nowhere}).items() if some]


def _where(service: Service, apart: pd.DataFrame, code: str) -> str:
    """Where a service is for a commune; the nearest that has it is told as the crow flies."""
    if service.is_in(code):
        return HERE
    if code in service.minutes:
        return BY_CAR
    names = service.counts.loc[service.counts["value"].gt(0), "name"]
    away = apart.loc[code, names.index]
    if away.isna().all():
        return "Ailleurs" if len(away) else NOWHERE
    at_most = "au plus " * bool(away.isna().any())
    return f"{names[away.idxmin()]}, à {at_most}{quantity(round(max(away.min(), 1), 1))} km"


def kilometres(territory: Territory) -> pd.DataFrame:
    """How far the communes are from each other as the crow flies, from a point within each; NaN without a contour."""
    mine = [("epci", "==", territory.epci)]
    contours = pd.read_parquet(
        territory.root.processed / "contours.parquet", columns=["code", "geometry"], filters=mine
    )
    points = shapely.get_coordinates(shapely.point_on_surface(shapely.from_wkb(contours["geometry"]))) / 1000
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    codes, communes = list(contours["code"]), list(territory.communes["code"])
    return pd.DataFrame(apart, codes, codes).reindex(index=communes, columns=communes)


def _table(caption: str, header: list[str], lines: list[list[str]]) -> Markup:
    return Markup(markup.table(Table(caption, header, lines)).html if lines else "")


@dataclass(frozen=True)
class Column:
    """An indicator of the sheets: its label with its year when that is another one, and its texts by level and code."""

    indicator: Indicator
    period: str
    cells: dict[tuple[str, str], str]

    def label(self, year: str) -> str:
        """The label, with its unit where the value does not show it, and its year unless it is this one or is there."""
        one, when = self.indicator, date_text(self.period)
        told = one.unit.startswith(("%", "euros")) or " " not in one.unit
        named = one.label if told else texts.with_unit(one.label, one.unit)
        return named if when == year or when in named else f"{named}, {when}"


@dataclass(frozen=True)
class Known:
    """What the sheets are made of: columns and services, with the year of most of them; kilometres between communes;
    maps; past and present people of the communes.
    """

    columns: list[Column]
    year: str
    services: list[Service]
    service_year: str
    apart: pd.DataFrame
    maps: dict[str, str]
    past: pd.DataFrame
    people: pd.DataFrame


def communes(territory: Territory, *indicators: Indicator) -> Html:
    """One sheet for each commune; an indicator that no commune has is left out."""
    known = _known(territory, indicators)
    sheets = [_sheet(territory, known, place) for place in territory.communes.itertuples(index=False)]
    shown = [PEOPLE, PAST, *(column.indicator for column in known.columns)]
    shown += [indicator for service in known.services for indicator in service.indicators]
    ids = list(dict.fromkeys(one.id for one in shown))
    lacking = [texts.uncapitalised(one.indicator.label) for one in known.columns if not _whole(territory, one)]
    note = f"{NOTE} Sans valeur pour l'ensemble : {texts.listed(lacking)}." if lacking else NOTE
    html = markup.piece("sheets.html.j2", sheets=sheets, note=note, source=_source(territory, ids)).html
    return telling(Html(html, {markup.SHEETS: [sheet["code"] for sheet in sheets]}), SHOWN, *ids)


def _known(territory: Territory, indicators: Sequence[Indicator]) -> Known:
    columns = list(_columns(territory, (PEOPLE, YOUNG, OLD, *indicators)))
    services = [one for one in (_service(territory, name, *ids) for name, ids in SERVICES.items()) if one]
    past, recent = (territory.readable(one) for one in (PAST, PEOPLE))
    past, recent = (rows[rows["level"].eq("commune") & rows["status"].eq(OK)] for rows in (past, recent))
    past = pd.concat([past, recent[~recent["territory"].isin(past["territory"])]]).sort_values("period", kind="stable")
    people = by_commune(territory, PEOPLE)
    people = people[people["status"].eq(OK)].sort_values("value", ascending=False, kind="stable")
    years = [pd.Series([date_text(one.period) for one in group], dtype=object) for group in (columns, services)]
    year, service_year = (told.mode().max() if len(told) else "" for told in years)  # of most, the latest of two
    of, names = territory.row["name"], territory.communes.set_index("code")["name"]
    maps = {
        code: markup.described(drawing, texts.typography(f"Carte de situation : {names[code]}, dans {of}."))
        for code, drawing in small_maps(territory.land).items()
    }
    return Known(columns, year, services, service_year, kilometres(territory), maps, past, people)


def _columns(territory: Territory, indicators: Sequence[Indicator]) -> Iterator[Column]:
    """The indicators that a commune has a value of, without those that stand for another one that is known.

    Of the whole too, if only one of the two is: a commune is read beside it.
    """
    found = []
    for indicator in indicators:
        rows = territory.readable(indicator)
        period = latest_period(rows[rows["level"].eq("commune")])
        if period:
            found.append(Column(indicator, period, _cells(indicator, rows[rows["period"].eq(period)])))
    whole = {column.indicator.id for column in found if _whole(territory, column)}
    alone = {newer for older, newer in INSTEAD.items() if older in whole and newer not in whole}
    found = [column for column in found if column.indicator.id not in alone]
    known = {column.indicator.id for column in found}
    return (column for column in found if INSTEAD.get(column.indicator.id) not in known)


def _cells(indicator: Indicator, rows: pd.DataFrame) -> dict[tuple[str, str], str]:
    """The text of each place, with the estimate of a commune whose share is not reliable."""
    cells = dict(zip(zip(rows["level"], rows["territory"], strict=True), rows["text"], strict=True))
    communes = with_estimates(indicator, rows[rows["level"].eq("commune")])
    communes = communes[communes["estimate"].notna()]
    for row in communes.itertuples(index=False):
        counts_told = " sur " in row.text
        estimate = row.estimate_text.partition(", pour ")[0] if counts_told else row.estimate_text
        cells["commune", row.territory] = f"{row.text} ; {texts.uncapitalised(ESTIMATE)} : {estimate}"
    return cells


def _sheet(territory: Territory, known: Known, place) -> dict[str, object]:
    """What is said of a commune, under the names of the template."""
    code = place.code
    own = known.past[known.past["territory"].eq(code)]
    line = ""
    if len(own) >= SHORTEST:
        ends = [f"{row.text} en {row.period[:4]}" for row in own.iloc[[0, -1]].itertuples(index=False)]
        line = markup.described(svg(history(own).figure), f"Population : {', '.join(ends)}.")
    names, cells = _beside(known, code)
    lines = [
        [column.label(known.year), *of_communes, _whole(territory, column)]
        for column, of_communes in zip(known.columns, cells, strict=True)
    ]
    figures = [line for line in lines if line[1] != texts.SIGNS[MISSING]]
    services = services_of(known.services, known.apart, code, known.service_year)
    where = f"Au plus près (à vol d'oiseau), en {known.service_year} sauf autre année"
    return {
        "code": code,
        "name": texts.typography(place.name),
        "lead": texts.typography(_sentence(known, place, own)),
        "map": Markup(known.maps.get(code, "")),
        "history": Markup(line),
        "services": _table(where, ["Où", "Services"], services),
        "structures": on_sheet(territory, code),
        "figures": _table(
            f"Chiffres de {known.year}, sauf autre année", ["Indicateur", "Ici", *names, "Ensemble"], figures
        ),
        "signs": tables.signs([*services, *figures]),
    }


def _whole(territory: Territory, column: Column) -> str:
    """The text of the whole territory; nothing where it has no value, which the note of all the sheets says."""
    text = column.cells.get(("epci", territory.epci), "")
    return "" if text == texts.SIGNS[MISSING] else text


def _sentence(known: Known, place, past: pd.DataFrame) -> str:
    """The sentence of a commune: its type, its people and when they were the most, the first services there or not."""
    own = known.people[known.people["territory"].eq(place.code)]
    kind = texts.capitalised(type_text(place.density, place.massif))
    said = [f"{own['text'].iloc[0]} habitants en {date_text(own['period'].iloc[0])}"] if len(own) else []
    if (
        past["indicator"].eq(PAST.id).any()
        and (most := past.loc[past["value"].idxmax()])["period"] < past["period"].iloc[-1]
    ):
        said.append(f"au plus {most['text']} en {date_text(most['period'])}")
    there = {service.name: service.is_in(place.code) for service in known.services if service.name in FIRST}
    here = [name for name, is_there in there.items() if is_there]
    away = [name for name, is_there in there.items() if not is_there]
    services = [f"{texts.listed(here)} sur place"] if here else []
    services += [f"ni {' ni '.join(away)}" if len(away) > 1 else f"pas {texts.of(away[0])}"] if away else []
    counted = " ; ".join(filter(None, [", ".join(said), ", ".join(services)]))
    return f"{kind} : {counted}." if kind else f"{counted}."


def _beside(known: Known, code: str) -> tuple[list[str], list[list[str]]]:
    """The names of the communes of the territory of its size; its texts and theirs, column by column."""
    people = known.people.set_index("territory")
    near = of_similar_size(people["value"], code, most=BESIDE, times=norm("similar_size"))
    unknown = texts.SIGNS[MISSING]
    cells = [
        [column.cells.get(("commune", code), unknown)]
        + [column.cells.get(("commune", one), unknown).partition(" ; ")[0] for one in near]
        for column in known.columns
    ]
    return [people.loc[one, "name"] for one in near], cells


def _source(territory: Territory, ids: Sequence[str]) -> str:
    """The producers of what the sheets show; the whole of their names is in the page of definitions."""
    rows = territory.of(ids)
    rows = rows[rows["level"].eq("commune") & rows["status"].eq(OK)]
    names = [name for name in dict.fromkeys(rows["source"]) if name in territory.received]
    return texts.typography(f"{notes.producers(SOURCES[name] for name in names)}.")
