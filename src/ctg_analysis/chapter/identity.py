"""Who and where: the kind of EPCI, its communes, its inhabitants, its place among those of its départements."""

import pandas as pd
from geopandas import GeoDataFrame, GeoSeries
from markupsafe import Markup

from ctg_analysis.chapter import known
from ctg_analysis.chapter.story import story
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup, texts
from ctg_analysis.display.markup import Html
from ctg_analysis.display.texts import date_text
from ctg_analysis.display.words.commune_types import where_most_live
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.show import maps
from ctg_analysis.show.svg import svg

PEOPLE = "population_count"
LARGEST = 3  # communes named
KINDS = {"CC": "Communauté de communes", "CA": "Communauté d'agglomération", "CU": "Communauté urbaine"}
METROPOLIS = "Métropole"  # what the official list names without one of these letters


def kind_of(name: str) -> str:
    """The kind of an EPCI, from its name in the official list.

    >>> kind_of("CU Angers Loire Métropole"), kind_of("Rennes Métropole")
    ('Communauté urbaine', 'Métropole')
    """
    return KINDS.get(name[:2], METROPOLIS) if name[2:3] == " " else METROPOLIS


def identity(territory: Territory) -> Html:
    """The facts that tell a territory from another, beside its locator map."""
    facts = {label: texts.typography(text) for label, text in _facts(territory).items() if text}
    return markup.piece("identity.html.j2", facts=facts, map=situation(territory))


def portrait(territory: Territory) -> Html:
    """The territory in a few sentences, by rule, beside its locator map; nothing where none is known."""
    told = " ".join(story(territory))
    map_ = situation(territory)
    return markup.piece("identity.html.j2", portrait=told, map=map_) if told else Html("", why="Aucun fait à raconter.")


def situation(territory: Territory) -> str:
    """The locator map, with its text alternative; nothing where the contours of the communes are not known."""
    if territory.land.loc[territory.land["own"], "geometry"].isna().all():
        return ""
    ax = maps.locator(_of_departements(territory))
    among = f"parmi les {len(territory.near) + 1} EPCI" if territory.near else "seul EPCI"
    where = f"{territory.row['name']}, {among} {texts.listed(list(map(texts.of, _beside(territory, 'departement'))))}"
    towns = f" ; repères : {texts.listed([town.get_text() for town in ax.texts])}" if ax.texts else ""
    alt = texts.typography(f"Carte de situation : {where}{towns}.")
    return Markup(markup.described(svg(ax.figure), alt))


def _of_departements(territory: Territory) -> GeoDataFrame:
    """The communes of the EPCIs of its départements: see `maps.locator`."""
    processed, here = territory.root.processed, [("epci", "in", [territory.epci, *territory.near])]
    contours = pd.read_parquet(processed / "contours.parquet", columns=["code", "geometry"], filters=here)
    of_communes = [("level", "==", "commune"), *here]
    communes = contours.merge(pd.read_parquet(processed / "territories.parquet", filters=of_communes), on="code")
    communes = communes.sort_values("code", kind="stable", ignore_index=True)
    people = communes["code"].map(_people(territory).set_index("territory")["value"])
    communes = communes.assign(
        own=communes["epci"].eq(territory.epci),
        inside=communes["departement"].isin(territory.row["departement"].split("|")),
        population=communes["total_population"].fillna(people),  # the geography tells none of an invented territory
    )
    return GeoDataFrame(communes, geometry=GeoSeries.from_wkb(communes["geometry"]))


def _facts(territory: Territory) -> dict[str, str]:
    departements, regions = (_beside(territory, level) for level in ("departement", "region"))
    people = _people(territory)
    own = territory.own(CATALOGUE[PEOPLE]).tail(1)
    largest = [f"{row.name} ({row.text})" for row in people.head(LARGEST).itertuples(index=False)]
    named = f", dont {texts.listed(largest)}" if len(people) > LARGEST else ""
    span = territory.years_of_convention
    return {
        "Forme": kind_of(territory.row["name"]),
        "Département" + "s" * (len(departements) > 1): texts.listed(departements),
        "Région" + "s" * (len(regions) > 1): texts.listed(regions),
        "Communes": f"{len(territory.communes)}{named}",
        "Habitants": f"{own['text'].iloc[0]} ({date_text(own['period'].iloc[0])})" if len(own) else "",
        "Espace": where_most_live(territory.communes, people.set_index("territory")["value"]),
        "Convention": f"{span[0]}-{span[1]}" if span else "",
    }


def _people(territory: Territory) -> pd.DataFrame:
    """The communes with their inhabitants, the largest first."""
    return known.by_commune(territory, CATALOGUE[PEOPLE]).sort_values("value", ascending=False, kind="stable")


def _beside(territory: Territory, level: str) -> list[str]:
    return list(map(texts.typography, territory.beside.loc[territory.beside["level"].eq(level), "name"]))
