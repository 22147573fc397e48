"""Who and where: the portrait of a territory in five sentences at most, its facts, its locator map."""

import re
from functools import cache
from itertools import zip_longest
from typing import Annotated

import pandas as pd
from geopandas import GeoDataFrame, GeoSeries
from markupsafe import Markup
from pydantic import BaseModel

from ctg_analysis.chapter import known
from ctg_analysis.chapter.profiles import findings_of, of_which
from ctg_analysis.chapter.territory import PEOPLE, Territory
from ctg_analysis.display import markup, standing, texts
from ctg_analysis.display.markup import Html
from ctg_analysis.display.quantities import NEARLY, PLAINLY, agreed, in_letters, number, one_in, percent
from ctg_analysis.display.texts import capitalised, date_text, typography
from ctg_analysis.indicators.findings import BESIDE
from ctg_analysis.indicators.trends import trend_of
from ctg_analysis.model.catalogue import CATALOGUE, Declared
from ctg_analysis.model.indicator import OK
from ctg_analysis.model.settings import ACCOUNTS, settings
from ctg_analysis.model.yaml_files import load_yaml, with_words
from ctg_analysis.show import maps
from ctg_analysis.show.svg import svg

AGES = ("age_65_plus_share", "age_0_19_share")  # the higher one is told where both are remarkable
WHOLE, PART = "childcare_coverage_rate", "childcare_coverage_eaje_rate"  # the second is not told beside the first
GROWTH = ("population_change_rate", "natural_change_rate", "migratory_change_rate")
FAST = 2  # % a year, from which births that rise or fall are told
SENTENCES, MOST, OF_A_YEAR = 5, 3, 2  # of a portrait; facts of a theme, of a year
FIGURES = re.compile(r" \([^()]*\)$")
DEGREE, RANGE = re.compile("^(?:nettement|un peu) "), re.compile(r" \(de [^()]* communes?(?: où c'est publié)?\)")
HEARD = 5  # words that a sentence does not say twice
LOSSES = {  # of the inhabitants, since they were the most: with their article, and after « plus »
    1 / 3: ("le tiers", "du tiers"), 1 / 2: ("la moitié", "de la moitié"), 2 / 3: ("les deux tiers", "des deux tiers"),
    3 / 4: ("les trois quarts", "des trois quarts"),
}  # fmt: skip
SMALL, LEAST = 2, 0.1  # times the share of France, and of the schools: small ones that are told
GROWN = {"children_5_9_count": 5, "children_10_14_count": 10}  # children, and the youngest age of each group
SLIGHT = 0.1  # of a balance, in % a year: both sides are told to be even beside one four times as large
ARRIVALS, DEPARTURES = 110, 90  # children for 100 births of their years, beyond which families come or leave
LARGEST = 3  # communes named
KINDS = {  # by the first word of a name
    "CC": "communauté de communes", "CA": "communauté d'agglomération", "CU": "communauté urbaine",
    "Métropole": "métropole",
}  # fmt: skip
Said = Annotated[str, with_words("valeur", "unite", needed=("valeur",))] | tuple[str, str] | tuple[str, str, str]
Group = dict[Declared, Said]


class Words(BaseModel, extra="forbid", frozen=True):
    """What a portrait is written from, which an editor may change.

    groupes: facts in their order, and how each is said: a sentence with {valeur} or, of a share, of what, the
    verb of one and of several, what is said of them. toujours: beside what a fact is told at the least.
    selon_la_commune: told with their range. si_nombreux: told where they are many. classes: of density, of one commune.
    """

    groupes: tuple[Group, Group, Group]
    toujours: dict[Declared, str]
    selon_la_commune: tuple[Declared, ...]
    si_nombreux: tuple[Declared, ...]
    classes: dict[str, str]


@cache
def words() -> Words:
    """The words of portraits, data/reference/recits/00.yml, read once."""
    return load_yaml(settings().reference / ACCOUNTS / "00.yml", Words).value


def type_text(density: object, massif: object) -> str:
    """The type of a commune: its class, then its massif; what is not known is not said.

    >>> type_text("Bourgs ruraux", "Massif Central"), type_text(None, "Massif du Jura|Massif des Alpes")
    ('bourg rural, Massif Central', 'Massif du Jura et Massif des Alpes')
    """
    told = [] if pd.isna(density) else [words().classes[density]]
    told += [] if pd.isna(massif) else [massif.replace("|", " et ")]
    return ", ".join(told)


def where_most_live(communes: pd.DataFrame, people: pd.Series) -> str:
    """The class of commune where most inhabitants live, their share, and the massifs; what is not known is not said.

    communes: columns code, density, massif. people: inhabitants, by code.

    >>> places = pd.DataFrame({"code": ["a", "b", "c"], "density": ["Bourgs ruraux"] * 2 + ["Petites villes"]})
    >>> where_most_live(places.assign(massif=None), pd.Series({"a": 300, "b": 200, "c": 1500}))
    'Petite ville (75\u202f% des habitants)'
    """
    held = communes["massif"].dropna().astype(str).str.split("|").explode().value_counts().sort_index()
    massifs = [name if "(" in name or count == len(communes) else f"{name} (en partie)" for name, count in held.items()]
    classes = communes.set_index("code")["density"]
    by_class = people.reindex(classes.index).groupby(classes).sum()
    if not by_class.sum():
        return ", ".join(massifs)
    share = percent(100 * by_class.max() / by_class.sum())
    return ", ".join([f"{capitalised(words().classes[by_class.idxmax()])} ({share} des habitants)", *massifs])


def growth_sentence(period: str, change: float, balances: list[float] | None, lost: tuple[str, float] | None) -> str:
    """Growth or decline, what balances make of it, after what is lost since a year.

    >>> growth_sentence("2018-2023", -0.6, [-1.3, 0.7], ("1876", 0.65)).replace("\\u202f", " ").partition(" : ")[0]
    'Le territoire a perdu les deux tiers de ses habitants depuis 1876 et en perd encore 0,6 % par an de 2018 à 2023'
    >>> growth_sentence("2018-2023", 1.2, None, None).replace("\\u202f", " ")
    'De 2018 à 2023, le territoire gagne 1,2 % d’habitants par an.'
    >>> growth_sentence("2018-2023", 0.0, [-1.3, 1.3], None).partition(" : ")[2]
    "l'excédent des arrivées sur les départs compense celui des décès sur les naissances."
    >>> growth_sentence("2018-2023", 1.0, [0.9, 0.1], None).partition(" : ")[2]
    "les naissances dépassent les décès, les arrivées et les départs s'équilibrent presque."
    """
    first, last = period.split("-")
    rounded = round(change, 1)
    pace, years = percent(abs(rounded), 1), f"de {first} à {last}"
    moves = f"{'gagne' if rounded > 0 else 'perd'} {pace} d’habitants par an" if rounded else "garde sa population"
    text = f"{capitalised(years)}, le territoire {moves}"
    if lost:
        now = f"{', mais en gagne' if rounded > 0 else ' et en perd encore'} {pace} par an"
        now = now if rounded else ", mais garde sa population"
        text = f"Le territoire a perdu {_loss(lost[1])} de ses habitants depuis {lost[0]}{now} {years}"
    return f"{text} : {_balances(rounded, *balances)}." if balances else f"{text}."


def _loss(share: float) -> str:
    """« près de la moitié », of what is a tenth less at most, else « plus du tiers »."""
    near = max(fraction for fraction in LOSSES if fraction <= (1 + NEARLY) * share)
    whole, more = LOSSES[near]
    return whole if abs(share / near - 1) <= PLAINLY else f"{'plus' if share > near else 'près'} {more}"


def _balances(change: float, natural: float, migratory: float) -> str:
    """Which balance makes the change, in words that agree with it as it is told."""
    slight = min(SLIGHT, max(abs(natural), abs(migratory)) / 4)
    balances = [0.0 if abs(one) <= slight else round(one, 1) for one in (natural, migratory)]
    pairs = dict(zip([("naissances", "décès"), ("arrivées", "départs")], balances, strict=True))
    ways = [pair if balance >= 0 else pair[::-1] for pair, balance in pairs.items()]
    if min(pairs.values()) < 0 < max(pairs.values()):
        (more, less), (others, fewer) = sorted(ways, key=lambda way: way not in pairs)
        how = "compense" if not change else "fait plus que compenser" if change > 0 else "ne compense pas"
        return f"l'excédent des {more} sur les {less} {how} celui des {others} sur les {fewer}"
    even = [f"s'équilibrent{' presque' * bool(round(one, 1))}" for one in (natural, migratory)]
    return ", ".join(
        f"les {more} dépassent les {less}" if balance else f"les {more} et les {less} {words}"
        for (more, less), balance, words in zip(ways, pairs.values(), even, strict=True)
    )


def of_each_year(facts: list[tuple[str, str]], most: int) -> list[str]:
    """Facts, the first ones first, two in the sentence of a year, that do not end alike « parmi les plus élevées »,
    « moins que dans le Nord ».

    most: how many years.

    >>> of_each_year([("2022", "on compte trois écoles"), ("2021", "une commune"), ("2022", "deux crèches")], 1)
    ['En 2022, on compte trois écoles ; deux crèches.']
    >>> of_each_year([("2022", f"{part}, moins que dans le Nord ({part})") for part in ("5 %", "7 %")], 1)
    ['En 2022, 5 %, moins que dans le Nord (5 %).']
    >>> of_each_year([("2022", f"{side} que dans chacun de ses départements (7 %)") for side in ("plus", "moins")], 1)
    ['En 2022, plus que dans chacun de ses départements (7 %).']
    >>> of_each_year([("2022", f"{part} (de 1 à 9 % selon la commune)") for part in ("5 %", "7 %")], 1)
    ['En 2022, 5 % (de 1 à 9 % selon la commune) ; 7 %.']
    """
    by_year: dict[str, list[str]] = {}
    for period, text in facts:
        told = by_year.setdefault(period, [])
        if len(told) < OF_A_YEAR and (not _end(text) or _end(text) not in map(_end, told)):
            told.append(RANGE.sub("", text) if any(map(RANGE.search, told)) else text)
    return [f"En {year}, {' ; '.join(told)}." for year, told in [*by_year.items()][:most]]


def _end(text: str) -> str:
    """How a fact ends, its figures and its degree left out, where it is long enough to be heard twice."""
    tenth, place = text.partition(" parmi ")[2], FIGURES.sub("", text).rpartition(", ")[2]
    side, _, where = DEGREE.sub("", place).partition(" ")
    alone = len(where.split()) >= HEARD  # heard twice whatever the side
    return tenth or (where if alone else f"{side} {where}" * (len(place.split()) >= HEARD))


def story(territory: Territory) -> list[str]:
    """Five sentences at most: who lives here, how that changes, fast births, then what is remarkable, by year."""
    told = [sentence for sentence in (_who(territory), _growth(territory), _births(territory)) if sentence]
    by_theme = zip_longest(*(_remarkable(territory, group)[:MOST] for group in words().groupes))
    facts = [fact for of_each in by_theme for fact in of_each if fact]
    return [typography(sentence) for sentence in [*told, *of_each_year(facts, SENTENCES - len(told))]]


def _who(territory: Territory) -> str:
    """The name of the territory, its inhabitants, its communes."""
    own, name = territory.own(CATALOGUE[PEOPLE]).tail(1), " ".join(territory.row["name"].split())
    short = name.partition(" ")[0]
    the = f"la {KINDS[short]} {name.partition(' ')[2]}" if short in KINDS else name
    if own.empty:
        return ""
    people, communes = own["text"].iloc[0], in_letters(len(territory.communes))
    return f"En {own['period'].iloc[0]}, {the} compte {people} habitants dans {communes} communes."


def _growth(territory: Territory) -> str:
    """How fast the inhabitants change, by which balances, and what is left of the most that they were."""
    change, *balances = (territory.own(CATALOGUE[name]).set_index("period")["value"] for name in GROWTH)
    if change.empty:
        return ""
    period = max(change.index)
    known = [one[period] for one in balances if period in one.index]
    past = pd.concat([territory.own(CATALOGUE[name]) for name in ("historical_population_count", "population_count")])
    inhabitants = past.drop_duplicates("period").set_index("period")["value"].sort_index()
    gone = 1 - inhabitants.iloc[-1] / inhabitants.max()
    lost = (inhabitants.idxmax(), gone) if gone >= min(LOSSES) else None
    are_known = len(known) == len(balances) and not territory.has_births_abroad
    return growth_sentence(period, change[period], known if are_known else None, lost)


def _births(territory: Territory) -> str:
    """How fast births rise or fall, where it is fast."""
    births = CATALOGUE["births_count"]
    rows = territory.own(births)
    found = trend_of(rows, births)
    slow = found is None or not found.is_established or abs(found.change) < FAST
    if slow or territory.has_births_abroad:
        return ""
    way = "augmentent" if found.change > 0 else "baissent"
    return f"Les naissances {way} de {standing.pace(births, rows, found)} de {found.start} à {found.end}."


def _remarkable(territory: Territory, group: Group) -> list[tuple[str, str]]:
    """The remarkable facts of a group, those beside France or in a tenth first: their years and clauses."""
    found, (who, *_, services) = findings_of(territory).set_index("indicator"), words().groupes
    told = _most_remarkable(territory, group, found)
    facts = []
    for name in told:
        rows, gaps = territory.compared(CATALOGUE[name]), territory.gaps(CATALOGUE[name])
        beside = standing.shortly(CATALOGUE[name], rows, gaps, found.loc[name], placed_first=group is who)
        facts.append(_fact(territory, name, group[name], rows, beside))
    always = {name: place for name, place in words().toujours.items() if name in group and name not in told}
    facts += [_plain(territory, name, group[name], place) for name, place in always.items()]
    if group is services:
        facts = [*_families(territory), *facts, *_small_schools(territory)]
    return [fact for fact in facts if fact]


def _most_remarkable(territory: Territory, group: Group, found: pd.DataFrame) -> list[str]:
    """The indicators of a group that the portrait tells, in its order; none of value 0.

    found: the findings, by indicator.
    """
    known = [name for name in group if name in found.index]
    told = [name for name in known if territory.compared(CATALOGUE[name])["value"].iloc[0]]
    told = [name for name in told if name not in words().si_nombreux or found.loc[name, "higher"]]
    if {*AGES} <= {*told}:
        told = [name for name in told if name not in AGES or found.loc[name, "higher"]]
    told = [name for name in told if name != PART or WHOLE not in told]
    first = sorted(told, key=lambda name: found.loc[name, "why"] == BESIDE)[:MOST]
    return sorted(first, key=[*group].index)


def _range(territory: Territory, name: str, period: str, value: float) -> str:
    """« (de 3 à 9 % selon la commune) », of the same period; nothing where it is not worked out, nor where so few
    communes make it that it leaves out the value of all.
    """
    rows = territory.inequality[territory.inequality["period"].eq(period)]
    if name not in rows.index or name not in words().selon_la_commune or pd.isna(rows.loc[name, "least"]):
        return ""
    row, written = rows.loc[name], percent if CATALOGUE[name].unit == "%" else number
    if not row["least"] < value < row["most"]:
        return ""
    return f" (de {number(row['least'])} à {written(row['most'])} {of_which(territory, row)})"


def _fact(territory: Territory, name: str, said: Said, rows: pd.DataFrame, beside: str) -> tuple[str, str]:
    """A fact as a sentence has it: its period, its clause. said: see `Words`. rows: see `Territory.compared`."""
    period, text, value = rows[["period", "text", "value"]].iloc[0]
    if isinstance(said, tuple):
        noun, verbs, *what = said
        many = f"{text} des {noun}s {verbs.partition('|')[2]}" if "%" in beside else one_in(value, text, noun, verbs)
        clause = " ".join([many, *what])
    else:
        told = round(value, CATALOGUE[name].decimals)
        clause = said.format(valeur=text, unite=agreed(CATALOGUE[name].unit, told))
    return period, f"{clause}{_range(territory, name, period, value)}{', ' * bool(beside)}{beside}"


def _plain(territory: Territory, name: str, said: Said, place: str) -> tuple[str, str] | None:
    """A fact that is told beside another, whatever its size; nothing where it is none."""
    rows = territory.compared(CATALOGUE[name])
    if rows.empty or not rows["value"].iloc[0] > 0:
        return None
    beside = standing.against(CATALOGUE[name], rows, territory.gaps(CATALOGUE[name]), [place])
    return _fact(territory, name, said, rows, beside)


def _families(territory: Territory) -> list[tuple[str, str]]:
    """The children of 5 to 14 for 100 births of their years, where their families have come or left."""
    births = territory.own(CATALOGUE["births_count"])
    born = births.set_index(births["period"].astype(int))["value"]
    told = []
    for name, youngest in GROWN.items():
        for row in territory.own(CATALOGUE[name]).tail(1).itertuples(index=False):
            years = range(int(row.period) - youngest - 5, int(row.period) - youngest)
            told.append(100 * row.value / born.reindex(years).sum(min_count=5))
    come, leave = min(told, default=0) > ARRIVALS, max(told, default=100) < DEPARTURES
    if len(told) < len(GROWN) or not come | leave or territory.has_births_abroad:
        return []
    bounds = " à ".join(dict.fromkeys(number(bound) for bound in sorted(told)))
    children = f"on compte {bounds} enfants de 5 à 14 ans pour 100 naissances des mêmes années"
    return [(row.period, f"{children} : des familles sont {'arrivées' if come else 'parties'}")]


def _small_schools(territory: Territory) -> list[tuple[str, str]]:
    """How many of the schools are small, where they are twice the part that they are in France."""
    rows = territory.of(["small_schools_count", "schools_count"])
    rows = rows[rows["status"].eq(OK) & rows["level"].isin(["epci", "france"])]
    period = rows.loc[rows["level"].eq("epci"), "period"].max()
    rows = rows[rows["period"].eq(period)].drop_duplicates(["indicator", "level"])
    counts = rows.set_index(["level", "indicator"])["value"].unstack().reindex(["epci", "france"])
    counts = counts.reindex(columns=["small_schools_count", "schools_count"])
    share = counts["small_schools_count"] / counts["schools_count"]
    if counts.loc["epci", "small_schools_count"] < 2 or not share["epci"] >= max(SMALL * share["france"], LEAST):
        return []
    small, schools = (in_letters(int(count)) for count in counts.loc["epci"])
    return [(period, f"{small} des {schools} écoles ont moins de 20 élèves")]


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
    people = communes["code"].map(_inhabitants(territory).set_index("territory")["value"])
    communes = communes.assign(
        own=communes["epci"].eq(territory.epci),
        inside=communes["departement"].isin(territory.row["departement"].split("|")),
        population=communes["total_population"].fillna(people),  # the geography tells none of an invented territory
    )
    return GeoDataFrame(communes, geometry=GeoSeries.from_wkb(communes["geometry"]))


def _facts(territory: Territory) -> dict[str, str]:
    departements, regions = (_beside(territory, level) for level in ("departement", "region"))
    people = _inhabitants(territory)
    own = territory.own(CATALOGUE[PEOPLE]).tail(1)
    largest = [f"{row.name} ({row.text})" for row in people.head(LARGEST).itertuples(index=False)]
    named = f", dont {texts.listed(largest)}" if len(people) > LARGEST else ""
    span = territory.years_of_convention
    return {
        "Département" + "s" * (len(departements) > 1): texts.listed(departements),
        "Région" + "s" * (len(regions) > 1): texts.listed(regions),
        "Communes": f"{len(territory.communes)}{named}",
        "Habitants": f"{own['text'].iloc[0]} ({date_text(own['period'].iloc[0])})" if len(own) else "",
        "Espace": where_most_live(territory.communes, people.set_index("territory")["value"]),
        "Convention": f"{span[0]}-{span[1]}" if span else "",
    }


def _inhabitants(territory: Territory) -> pd.DataFrame:
    """The communes with their inhabitants, the largest first."""
    return known.by_commune(territory, CATALOGUE[PEOPLE]).sort_values("value", ascending=False, kind="stable")


def _beside(territory: Territory, level: str) -> list[str]:
    return list(map(texts.typography, territory.beside.loc[territory.beside["level"].eq(level), "name"]))
