"""The services of each commune: those that are there, else where the nearest of the territory are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from ctg_analysis.chapter.known import by_commune
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display.quantities import quantity
from ctg_analysis.display.texts import date_text
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK, Indicator

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


def services_known(territory: Territory) -> list[Service]:
    """The services whose number is known in all the communes."""
    found = (_service(territory, name, *ids) for name, ids in SERVICES.items())
    return [service for service in found if service]


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
    if away.isna().any():
        return "Ailleurs"
    return NOWHERE if away.empty else f"{names[away.idxmin()]}, à {quantity(round(max(away.min(), 1), 1))} km"


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
