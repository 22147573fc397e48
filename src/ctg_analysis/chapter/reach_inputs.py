"""What reach is worked out from: places by service, driving times, distances; what is lacking of the first two."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import shapely

from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display.words import texts
from ctg_analysis.model.settings import DEMARCHE

SERVICES, TIMES = "equipements_services", "temps_de_trajet"
KINDS = ("EAJE", "MAM")


def services(territory: Territory) -> pd.DataFrame:
    """The childcare centres and the houses of childminders in service, as the démarche lists them."""
    territory.read.add(DEMARCHE)
    table = territory.demarche.table(SERVICES)
    return table[table["type"].isin(KINDS) & table["statut"].eq("en service")]


def minutes(territory: Territory, points: Iterable[str]) -> pd.DataFrame:
    """The driving times from each commune (rows) to some (columns); 0 within one, NaN if unknown."""
    territory.read.add(DEMARCHE)
    table = territory.demarche.table(TIMES)
    known = table.drop_duplicates(["depart", "arrivee"]).pivot(index="depart", columns="arrivee", values="minutes")
    times = known.reindex(index=territory.communes["code"], columns=sorted(set(points)))
    for code in times.columns.intersection(times.index):
        times.loc[code, code] = 0.0
    return times.astype(float)


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


def lacking(territory: Territory) -> dict[str, str]:
    """The tables that do not say enough, and what they lack, in French; none when all is there."""
    some = services(territory)
    if some.empty:
        how = "les EAJE et les MAM en service, leur commune et leurs places, à inscrire"
        return {
            SERVICES: how,
            TIMES: "les trajets en voiture vers leurs communes, à demander à un service de cartographie",
        }
    found = {}
    unknown = list(some.loc[some["capacite"].isna(), "nom"])
    if unknown:
        found[SERVICES] = f"places inconnues : {texts.listed(unknown)}"
    missing = int(minutes(territory, some["commune"]).isna().sum().sum())
    if missing:
        found[TIMES] = f"{missing} trajet{'s' if missing > 1 else ''} d'une commune à un service, à compléter"
    return found
