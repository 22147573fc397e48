"""Children beside the places and the facilities of their commune and within reach, and the communes to examine."""

from typing import NamedTuple

import pandas as pd

from ctg_analysis.chapter import reach_inputs
from ctg_analysis.chapter.closing import SHOWN, telling
from ctg_analysis.chapter.known import by_commune, source, unavailable
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.pieces import tables
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.quantities import number, of_communes, percent
from ctg_analysis.indicators.childcare import facilities_within, supply_within_reach, to_examine
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import MISSING, NOT_APPLICABLE, OK, Indicator
from ctg_analysis.model.norms import norm

EXAMINED = "à examiner"
BEYOND = "Ce qui est au-delà du territoire ne compte pas"


class Kind(NamedTuple):
    """A need and what answers it, by the ids of indicators.

    caption: of the table (French). children: of the need, those that most communes have. together: the family whose
    members are added up, with the header of the sum. there: what else a commune has, with its header. places: what
    children share within a driving time; none: what the démarche lists. facilities: with the word for one. near: the
    share of the inhabitants near one. besides: what is no facility (French).
    """

    caption: str
    children: tuple[str, ...]
    together: tuple[str, str] | None
    there: dict[str, str]
    places: str | None
    facilities: str
    one: str
    near: str
    besides: str


FILE = "demarche_places_a_portee.csv"
CHILDREN = ("children_0_2_count", "births_3_year_count")  # the second where the first is not known
STEP = 5  # minutes more and less, to tell how much the limit matters
GATHERED, DRIVEN = "Démarche, services et trajets.", "Démarche, trajets."

CHILDCARE = Kind(
    caption="Jeunes enfants et accueil",
    children=(*CHILDREN, "children_0_4_count"),
    together=("authorised_places", "Places autorisées en EAJE"),
    there={
        "children_0_4_count": "Enfants de moins de 5 ans",
        "eaje_facilities_count": "EAJE",
        "active_childminders_count": "Assistants maternels en activité",
    },
    places=None,
    facilities="eaje_facilities_count",
    one="EAJE",
    near="childcare_centre_near_share",
    besides=", ni les assistants maternels",
)
LEISURE = Kind(
    caption="Enfants et accueils de loisirs",
    children=("children_3_11_count", "children_5_9_count"),
    together=None,
    there={
        "leisure_centres_count": "Accueils de loisirs",
        "leisure_places_wednesday_count": "Places le mercredi",
        "leisure_places_short_holidays_count": "Places aux petites vacances",
        "leisure_places_summer_count": "Places en été",
    },
    places="leisure_places_wednesday_count",
    facilities="leisure_centres_count",
    one="accueil de loisirs",
    near="leisure_centre_near_share",
    besides="",
)


KINDS = {"childcare": CHILDCARE, "leisure": LEISURE}


class Reached(NamedTuple):
    """What the communes reach. values: by commune; told: as a reader sees them, the whole too; enough: the least value
    that is not too little. rule: what makes a commune one to examine, note: what does not count, gathered: what of the
    démarche it comes from (French). rows: the observations that it comes from.
    """

    header: str
    values: pd.Series
    told: pd.Series
    enough: float
    rule: str
    note: str
    rows: pd.DataFrame
    gathered: str = ""


class Column(NamedTuple):
    """A column of the table: its header, its texts, by commune and for the territory, the rows that it comes from."""

    header: str
    cells: pd.Series
    rows: pd.DataFrame


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
    children, times = rows.set_index("territory")["value"], reach_inputs.minutes(territory, places.index)
    limits = (usual_time() - STEP, usual_time(), usual_time() + STEP)
    found = {limit: supply_within_reach(places, children, times, limit) * 100 for limit in limits}
    return Reach(indicator, rows, pd.DataFrame(found))


def usual_time() -> int:
    """The minutes that are within reach, unless told otherwise."""
    return int(norm("childcare_reach_minutes"))


def need_by_commune(territory: Territory, name: str) -> Html:
    """The table of a need and its supply by commune, or the box of what is lacking: the children, or all supply.

    Raises:
        UserError: name is none of KINDS.
    """
    if name not in KINDS:
        raise UserError(f"need_by_commune: found {name!r}, expected {' or '.join(KINDS)}")
    kind = KINDS[name]
    need = _known_in_most(territory, kind.children)
    reached = _places(territory, kind) or _people_near(territory, kind) or _facilities_around(territory, kind)
    if need is None or reached is None:
        lacking = CATALOGUE[kind.children[0] if need is None else kind.facilities]
        return telling(unavailable(territory, lacking, f"{lacking.label}, par commune"), SHOWN, lacking.id)
    there = [one for one in map(CATALOGUE.get, kind.there) if len(by_commune(territory, one))]
    if kind.places in [one.id for one in there]:
        there = [one for one in there if one.id != kind.facilities]
    columns = [_column(territory, one, kind.there.get(one.id, one.label)) for one in dict.fromkeys((need, *there))]
    columns += _together(territory, *kind.together) if kind.together else []
    children, fewest = by_commune(territory, need).set_index("territory")["value"], norm("examined_children")
    found = to_examine(children, reached.values, fewest=fewest, enough=reached.enough)
    verdict = found.map({True: EXAMINED, False: ""}).fillna(texts.SIGNS[MISSING])
    codes = [*territory.communes["code"], territory.epci]
    cells = {column.header: column.cells for column in columns} | {reached.header: reached.told}
    table = pd.DataFrame({header: told.reindex(codes) for header, told in cells.items()}).fillna(texts.SIGNS[MISSING])
    table.insert(0, "Commune", [*territory.communes["name"], territory.row["name"]])
    table[texts.capitalised(EXAMINED)] = verdict.reindex(codes).fillna("")
    rule = f"À examiner : les communes d'au moins {number(fewest)} {need.unit} {reached.rule}. {reached.note}".strip()
    rows = pd.concat([*(column.rows for column in columns), reached.rows])
    cited = source(territory, rows)
    cited = markup.cited_with(cited, Citation(reached.gathered)) if reached.gathered else cited
    piece = markup.together(
        markup.reading(_sentence(territory, found), ""),
        tables.listed(table, kind.caption, frozenset({len(table) - 1}), rule),
        markup.source(cited),
    )
    return telling(piece, SHOWN, *rows["indicator"].unique())


def _known_in_most(territory: Territory, names: tuple[str, ...]) -> Indicator | None:
    """The indicator that most communes have, the first of those that as many have; none where no commune has any."""
    known = {name: by_commune(territory, CATALOGUE[name])["status"].eq(OK).sum() for name in names}
    name = max(names, key=known.get)
    return CATALOGUE[name] if known[name] else None


def _column(territory: Territory, indicator: Indicator, header: str) -> Column:
    """The column of an indicator, at the period of the communes."""
    period = by_commune(territory, indicator)["period"].iloc[0]
    rows = _at(territory, indicator, period)
    return Column(f"{header}, {date_text(period)}", rows.set_index("territory")["text"], rows)


def _at(territory: Territory, indicator: Indicator, period: str) -> pd.DataFrame:
    """The communes and the territory at a period."""
    rows = territory.readable(indicator)
    return rows[rows["period"].eq(period) & rows["level"].isin(["commune", "epci"])]


def _together(territory: Territory, family: str, name: str) -> list[Column]:
    """The column of the sums of a family, where all its members are known at one period; else none."""
    members = [one for one in CATALOGUE.values() if one.family == family]
    known = [by_commune(territory, one) for one in members]
    periods = set(pd.concat(known)["period"])
    if len(periods) != 1 or not all(map(len, known)):
        return []
    (period,) = periods
    rows = pd.concat([_at(territory, one, period) for one in members])
    sums = rows.pivot(index="territory", columns="indicator", values="value").sum(axis=1, skipna=False)
    return [Column(f"{name}, {date_text(period)}", sums.map(number, na_action="ignore"), rows)]


def _places(territory: Territory, kind: Kind) -> Reached | None:
    """The places for 100 children within the usual driving time; None where one thing of it is not known."""
    if kind.places is None:
        known = reach(territory)
        if known is None:
            return None
        children, found = known.rows.set_index("territory")["value"], known.found[usual_time()]
        rows, unit, gathered = known.rows, known.children.unit, GATHERED
    else:
        need = _known_in_most(territory, kind.children)
        both = [by_commune(territory, one) for one in (need, CATALOGUE[kind.places])] if need else []
        if not both or not all(len(one) and one["status"].eq(OK).all() for one in both):
            return None
        children, places = (one.set_index("territory")["value"] for one in both)
        minutes = reach_inputs.minutes(territory, places.index[places.gt(0)])
        if minutes.isna().any(axis=None):
            return None
        found = supply_within_reach(places[places.gt(0)], children, minutes, usual_time()) * 100
        rows, unit, gathered = pd.concat(both), need.unit, DRIVEN
    mean, share = (found * children).sum() / children.sum(), norm("examined_supply")
    told = found.map(number)
    told.loc[territory.epci] = number(mean)
    what = "places le mercredi" if kind.places else "places"
    return Reached(
        header=f"{texts.capitalised(what)} à {usual_time()} minutes, pour 100 {unit}",
        values=found,
        told=told,
        enough=mean * share,
        rule=(
            f"qui ont, à {usual_time()} minutes en voiture, moins de {percent(share * 100)} des {what} pour 100 "
            f"{unit} qu'a le territoire entier"
        ),
        note=f"{BEYOND}{kind.besides and f'{kind.besides} à domicile'}.",
        rows=rows,
        gathered=gathered,
    )


def _people_near(territory: Territory, kind: Kind) -> Reached | None:
    """The share of the inhabitants near a facility, be it beyond the territory; None where no commune has it."""
    near = CATALOGUE[kind.near]
    rows = by_commune(territory, near)
    if rows.empty:
        return None
    column = _column(territory, near, f"Habitants à vingt minutes d'un {kind.one}")
    enough = norm("examined_supply") * 100
    rule = f"dont moins de {percent(enough)} des habitants sont à vingt minutes d'un {kind.one}"
    values = rows.set_index("territory")["value"]
    return Reached(column.header, values, column.cells, enough, rule, "", column.rows)


def _facilities_around(territory: Territory, kind: Kind) -> Reached | None:
    """The facilities of the communes around, as the crow flies; None where those of one commune are not known."""
    rows, limit = by_commune(territory, CATALOGUE[kind.facilities]), norm("around_kilometres")
    if rows.empty or not rows["status"].eq(OK).all():
        return None
    found = facilities_within(rows.set_index("territory")["value"], reach_inputs.kilometres(territory), limit)
    told = found.map(number, na_action="ignore")
    told.loc[territory.epci] = texts.SIGNS[NOT_APPLICABLE]
    short = kind.there[kind.facilities]
    header = f"{short} à {number(limit)} km au plus à vol d'oiseau, {date_text(rows['period'].iloc[0])}"
    rule = f"sans {kind.one} à {number(limit)} km au plus, à vol d'oiseau"
    return Reached(header, found, told, 0.0, rule, f"{BEYOND}{kind.besides}.", rows)


def _sentence(territory: Territory, found: pd.Series) -> str:
    """Which communes are to be examined."""
    here = territory.communes[territory.communes["code"].isin(found.index[found.eq(True)])]
    if here.empty:
        return "Aucune commune n’est à examiner."
    are = "sont" if len(here) > 1 else "est"
    who = texts.capitalised(of_communes(len(here), len(territory.communes)))
    return texts.typography(f"{who} {are} {EXAMINED} : {texts.listed(list(here['name']))}.")
