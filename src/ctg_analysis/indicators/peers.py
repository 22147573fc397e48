"""Comparable EPCIs: their profiles, who they are, their values, the position among all."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from ctg_analysis.indicators.comparisons import producer
from ctg_analysis.indicators.observations import COLUMNS
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import (
    CENSORED,
    MISSING,
    OK,
    AnnualChange,
    AnnualFlow,
    AnnualResidual,
    Indicator,
    Rate,
    Ratio,
)
from ctg_analysis.model.norms import norm

# What EPCIs are compared by to find those that resemble one: a few structural variables, and classes (rule R11).

CHANGE = "population_change"  # what a change, a flow and a residual of the population are about


@dataclass(frozen=True)
class Variable:
    """A structural variable of an EPCI.

    label: French, with {period}. indicator: where OBSERVATIONS has it, "" when it is counted from the territories.
    measures, sources: an indicator that is made of one of them is not judged against the peers.
    log: an order of magnitude, compared by ratios.
    """

    label: str
    indicator: str = ""
    measures: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    log: bool = False


# The shares of all ages are parts of one whole: none is judged against peers that one of them has chosen. Nor is what
# Filosofi says of incomes judged against peers that the median has chosen.
AGES = frozenset({"population_65_plus", "population_60_plus", "population_all_ages"})
INHABITANTS, HOMES = frozenset({"population", "historical_population"}), frozenset({"dwellings", "secondary_dwellings"})
INCOMES = frozenset({"insee_filosofi_2019", "insee_filosofi_2021", "insee_filosofi_2023"})
EVOLUTION = "évolution annuelle de la population {period}"
SECOND_HOMES = "part des résidences secondaires en {period}"
JOBS = "emplois sur place pour 100 habitants en emploi en {period} (logarithme)"
VARIABLES = {
    "population": Variable("population en {period} (logarithme)", "population_count", INHABITANTS, log=True),
    "communes": Variable("nombre de communes (logarithme)", log=True),
    "population_change_rate": Variable(EVOLUTION, "population_change_rate", frozenset({CHANGE})),
    "secondary_dwellings_share": Variable(SECOND_HOMES, "secondary_dwellings_share", HOMES),
    "age_65_plus_share": Variable("part des 65 ans ou plus en {period}", "age_65_plus_share", AGES),
    "living_standard": Variable("niveau de vie médian en {period}", "living_standard_2021_median", sources=INCOMES),
    "jobs": Variable(JOBS, "jobs_per_employed_resident_ratio", frozenset({"jobs"}), log=True),
    "massif_share": Variable("part des habitants qui vivent dans un massif de montagne"),
}

METROPOLITAN, OVERSEAS, INVENTED = "de France métropolitaine", "d'outre-mer", "d'un pays inventé"
CITIES = "communautés urbaines et métropoles"
KINDS = {"CC": "communautés de communes", "CA": "communautés d'agglomération"}
KINDS |= {"CU": CITIES, "METRO": CITIES, "MET69": CITIES}
SIZES = "epci_population", "urban_area_population", "urban_community_population"  # norms that bound the size bands
DENSE, INTERMEDIATE, RURAL = "urbain dense", "urbain intermédiaire", "rural"
READ = ["territory", "level", "indicator", "period", "source", "status", "value"]  # of observations
DENSITIES = {"Grands centres urbains": DENSE} | dict.fromkeys(
    ("Centres urbains intermédiaires", "Petites villes", "Ceintures urbaines"), INTERMEDIATE
)


def vintages(observations: pd.DataFrame) -> pd.DataFrame:
    """The one period and source of each variable: those that most EPCIs have, the latest when several do.

    Columns: indicator (index), period, source. All EPCIs are described by the same vintage (rule R12).

    >>> rows = pd.DataFrame({"period": ["2022", "2022", "2023"], "level": "epci", "status": OK, "source": "rp"})
    >>> vintages(rows.assign(indicator="population_count"))["period"].to_dict()
    {'population_count': '2022'}
    >>> rows = rows.tail(2).assign(period=pd.Categorical(["2023", "2022"], ["2023", "2022"]))  # not in order
    >>> vintages(rows.assign(indicator="population_count"))["period"].to_dict()
    {'population_count': '2023'}
    """
    rows = _structural(observations)
    rows = rows[rows["level"].eq("epci") & rows["status"].eq(OK)]
    counts = rows.groupby(["indicator", "period", "source"], observed=True).size().reset_index(name="epcis")
    counts = counts.astype(dict.fromkeys(("indicator", "period", "source"), str))  # categories sort as they appear
    most = counts.sort_values(["epcis", "period", "source"]).drop_duplicates("indicator", keep="last")
    return most.set_index("indicator")[["period", "source"]].sort_index()


def profiles(observations: pd.DataFrame, territories: pd.DataFrame) -> pd.DataFrame:
    """The structural variables, one row per EPCI (index epci), NaN where unknown: nothing is filled.

    population (inhabitants) and communes (count): the scale of a service, and how many town halls share it.
    population_change_rate (% a year): growth or decline. secondary_dwellings_share (%): tourism, mountain and coast.
    age_65_plus_share (%): ageing. living_standard (€ a year): what families have to live on. jobs (per 100 employed
    residents): a centre of employment, or the dormitory of a city. massif_share (% of the inhabitants): mountain;
    unknown overseas, where a massif is most of an island, and tells one island from another.

    Few on purpose; docs/peers.md says why these, what was tried, and what each changes.
    """
    observations, dated = _structural(observations), vintages(observations)
    communes = _communes_of_epcis(territories)
    table = pd.DataFrame(index=pd.Index(sorted(territories.loc[territories["level"].eq("epci"), "code"]), name="epci"))
    for name, variable in VARIABLES.items():
        table[name] = _at(observations, dated, variable.indicator, "epci")
    table["communes"] = communes["epci"].value_counts().astype(float)
    metropolitan = communes[communes["zone"].eq("metro")]
    if metropolitan["massif"].notna().any():
        inhabitants = metropolitan["code"].map(_at(observations, dated, "population_count", "commune"))
        inside = inhabitants.where(metropolitan["massif"].notna(), inhabitants * 0)
        sums = [part.groupby(metropolitan["epci"]).sum(skipna=False) for part in (inside, inhabitants)]
        table["massif_share"] = sums[0] / sums[1] * 100
    return table[list(VARIABLES)].astype(float)


def _structural(observations: pd.DataFrame) -> pd.DataFrame:
    """The observations that variables are read from."""
    return observations[observations["indicator"].isin([variable.indicator for variable in VARIABLES.values()])]


def _communes_of_epcis(territories: pd.DataFrame) -> pd.DataFrame:
    return territories[territories["level"].eq("commune") & territories["epci"].notna()]


def _at(observations: pd.DataFrame, dated: pd.DataFrame, indicator: str, level: str) -> pd.Series:
    """The values of an indicator at its vintage, by territory; none when no EPCI has it."""
    if indicator not in dated.index:
        return pd.Series(dtype=float)
    wanted = {"indicator": indicator, "level": level, **dated.loc[indicator]}
    rows = observations[np.logical_and.reduce([observations[column].eq(value) for column, value in wanted.items()])]
    return rows.set_index("territory")["value"]


def density_of_epcis(observations: pd.DataFrame, territories: pd.DataFrame) -> pd.Series:
    """The class of density in which most inhabitants of each EPCI live, by SIREN: DENSE, INTERMEDIATE or RURAL.

    The seven classes of communes make three, as the INSEE groups them. None where the grid or the inhabitants are not
    known.
    """
    observations, communes = _structural(observations), _communes_of_epcis(territories)
    inhabitants = communes["code"].map(_at(observations, vintages(observations), "population_count", "commune"))
    words = communes["density"].map(DENSITIES).fillna(RURAL).where(communes["density"].notna())
    sums = inhabitants.groupby([communes["epci"], words]).sum(min_count=1).dropna().reset_index(name="inhabitants")
    sums.columns = ["epci", "words", "inhabitants"]
    largest = sums.sort_values(["inhabitants", "words"]).drop_duplicates("epci", keep="last")
    return largest.set_index("epci")["words"]


def size_bounds() -> tuple[float, ...]:
    """The bounds of the size bands of EPCIs, in inhabitants: from which the law allows one, a CA and a CU.

    >>> size_bounds()
    (0, 15000.0, 50000.0, 250000.0, inf)
    """
    return (0, *map(norm, SIZES), np.inf)


def classify(
    profiles: pd.DataFrame,
    territories: pd.DataFrame,
    epcis: pd.DataFrame,
    density: pd.Series | None = None,
    *,
    invented: bool = False,
) -> pd.DataFrame:
    """The class of each EPCI, index as profiles: zone, kind (both French), size (band 0 to 3), density.

    Parameters:
        epcis: columns code, kind, of clean.frame.clean_epcis.
        density: see `density_of_epcis`; "" where it has none, and overseas, whose few EPCIs it would leave alone.
        invented: the territories are.

    Returns:
        The size is NaN where the population is unknown.
    """
    zones = territories[territories["level"].eq("epci")].set_index("code")["zone"].reindex(profiles.index)
    table = pd.DataFrame(index=profiles.index)
    table["zone"] = INVENTED if invented else zones.eq("metro").map({True: METROPOLITAN, False: OVERSEAS})
    table["kind"] = epcis.set_index("code")["kind"].map(KINDS)
    table["size"] = pd.cut(profiles["population"], size_bounds(), right=False, labels=False)
    known = pd.Series(dtype=object) if density is None else density
    table["density"] = known.reindex(table.index).where(zones.eq("metro")).fillna("")
    return table


def chooses_peers(indicator: Indicator) -> bool:
    """Whether the peers are chosen by an indicator, or by one of the same kind: it is not judged against them.

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> chooses_peers(CATALOGUE["age_65_plus_share"]), chooses_peers(CATALOGUE["children_0_2_share"])
    (True, True)
    >>> chooses_peers(CATALOGUE["birth_rate"])
    False
    """
    match indicator.value:
        case Ratio():
            measures = {indicator.value.numerator, indicator.value.denominator}
        case Rate():
            measures = {indicator.value.events}
        case AnnualChange() | AnnualFlow() | AnnualResidual():
            measures = {CHANGE}
        case _:
            measures = {indicator.value.measure}
    sources = set(indicator.sources)
    return any(measures & one.measures or sources & one.sources for one in VARIABLES.values())


# The EPCIs that resemble one: same class first, then the nearest on a few structural variables (rule R11).
#
# The method is that of CIPFA's Nearest Neighbours: variables of mean 0 and standard deviation 1, Euclidean distance.
# Here they weigh the same; NFER's statistical neighbours (2007, for the Department for Education) weight them.

PEERS = 10
TIE = 9  # decimals to which two distances are equal
LEAST_KNOWN = 0.5  # of the variables, for an EPCI to have peers; of the EPCIs of a zone, for a variable to count there

ANY_DENSITY = "à toutes les classes de densité"
# The class, then what it is widened to: what its members share, how many size bands apart they may be, and in French.
# Neighbouring bands are of one class from the start: a band alone would part an island of 14 000 inhabitants from one
# of 16 000, and the population is a variable.
STEPS = (
    (("zone", "kind", "density"), 1, ""),
    (("zone", "density"), 1, "à toutes les catégories d'EPCI"),
    (("zone",), 1, ANY_DENSITY),
    (("zone",), np.inf, "à toutes les tailles"),
)


@dataclass(frozen=True, eq=False)
class PeerGroup:
    """The peers of an EPCI and how they were chosen.

    peers: columns peer (SIREN), distance (in standard deviations), nearest first. variables: those that choose.
    lacking: those that do not count, unknown for this EPCI or for most of its zone; without half of them, it has no
    peers. own: its row of `classify`. step: of STEPS, above 0 when the class was
    widened. candidates: how many others the class holds whose variables are all known.
    """

    epci: str
    peers: pd.DataFrame
    variables: tuple[str, ...]
    lacking: tuple[str, ...]
    own: pd.Series
    step: int
    candidates: int


def nearest(profiles: pd.DataFrame, epci: str, classes: pd.DataFrame, k: int = PEERS) -> PeerGroup:
    """The k EPCIs nearest to one: see `nearest_of_each`.

    10, 20, 30 and 60 % have the mean 30 and the standard deviation √350 = 18.71: from A, B lies 10 / 18.71 away.

    >>> profiles = pd.DataFrame({"age_65_plus_share": [10.0, 20, 30, 60]}, index=list("ABCD"))
    >>> alike = {"zone": "of one zone", "kind": "of one kind", "size": 0, "density": ""}
    >>> group = nearest(profiles, "A", pd.DataFrame(alike, index=profiles.index), k=2)
    >>> group.peers.round(3).to_numpy().tolist(), group.candidates
    ([['B', 0.535], ['C', 1.069]], 3)
    """
    return nearest_of_each(profiles, [epci], classes, k)[0]


def nearest_of_each(
    profiles: pd.DataFrame, epcis: Iterable[str], classes: pd.DataFrame, k: int = PEERS
) -> list[PeerGroup]:
    """The k EPCIs of the same class nearest to each; fewer when the widest class holds fewer.

    Parameters:
        profiles: a column per variable.
        classes: see `classify`.

    A variable is standardised over all the EPCIs for which it is known. One that this EPCI lacks, or most of its zone,
    does not count: Filosofi leaves out most of overseas. A class of fewer than k others is widened (STEPS);
    metropolitan France and overseas are never mixed. A tie goes to the smaller SIREN.

    Raises:
        UserError: no such EPCI among the profiles.
    """
    profiles = profiles.sort_index()
    members, sirens = classes.loc[profiles.index], profiles.index.to_numpy(dtype=str)
    points, zones = _standardised(profiles), members["zone"].to_numpy(dtype=str)
    known = ~np.isnan(points)
    counts = {zone: known[zones == zone].mean(axis=0) >= LEAST_KNOWN for zone in np.unique(zones)}
    shared = {name: members[name].to_numpy() for name in ("zone", "kind", "density")}
    shared = {name: np.unique(values.astype(str), return_inverse=True)[1] for name, values in shared.items()}
    groups = []
    for epci in epcis:
        if epci not in profiles.index:
            raise UserError(f"epci {epci!r} has no profile, expected an EPCI of the reference year")
        own = profiles.index.get_loc(epci)
        used = known[own] & counts[zones[own]]
        others = known[:, used].all(axis=1) & (sirens != epci)
        if used.mean() < LEAST_KNOWN:
            others[:] = False
        step, inside = _class_of(own, others, shared, members["size"].to_numpy(), k)
        distances = np.linalg.norm(points[np.ix_(inside, used)] - points[own, used], axis=1).round(TIE)
        first = np.lexsort([sirens[inside], distances])[:k]
        peers = pd.DataFrame({"peer": sirens[inside][first], "distance": distances[first]})
        chosen = tuple(profiles.columns[used]), tuple(profiles.columns[~used])
        groups.append(PeerGroup(epci, peers, *chosen, members.loc[epci], step, int(inside.sum())))
    return groups


def pairs(groups: Iterable[PeerGroup]) -> pd.DataFrame:
    """The peers of several EPCIs in one table: territory, peer, distance; peer missing when it has none."""
    names, tables = zip(*((group.epci, group.peers) for group in groups), strict=True)
    peers = pd.concat(tables, keys=names, names=["territory"]).reset_index(level=0)
    return pd.DataFrame({"territory": names}).merge(peers, on="territory", how="left", validate="1:m")


def _standardised(profiles: pd.DataFrame) -> np.ndarray:
    """The variables, after logarithms, with mean 0 and standard deviation 1; 0 where all are equal."""
    logs = [name for name in profiles.columns if name in VARIABLES and VARIABLES[name].log]
    values = profiles.assign(**np.log(profiles[logs]))
    spread = values.std(ddof=0).where(values.nunique().gt(1), 1.0)
    return ((values - values.mean()) / spread).to_numpy()


def _class_of(
    own: int, others: np.ndarray, shared: dict[str, np.ndarray], sizes: np.ndarray, k: int
) -> tuple[int, np.ndarray]:
    """The first step whose class holds k of the others, else the last, and who is in it."""
    apart = np.abs(sizes - sizes[own])
    alike = {name: values == values[own] for name, values in shared.items()}
    for step, (names, bands, _) in enumerate(STEPS):
        near = apart <= bands if np.isfinite(bands) else True
        inside = np.logical_and.reduce([alike[name] for name in names]) & near & others
        if inside.sum() >= k:
            return step, inside
    return step, inside


# What the peers of an EPCI have: the median and quartiles of their values, same period, same producer (rule R12).

FEWEST_VALUES = 5  # no median of fewer values than this, nor when less than half of the peers have one

SAME = ["indicator", "period", "producer", "denominator_period"]  # what a value and that of a peer have in common
ROW = ["territory", "indicator", "period", "source", "denominator_period"]

MEDIAN_LABEL = "Médiane des EPCI comparables"
CHOOSES = "critère de leur choix"  # of an indicator that has chosen them


def rows_of_peers(observations: pd.DataFrame, peers: pd.DataFrame, *indicators: str) -> pd.DataFrame:
    """The rows of level `peers` of some indicators, columns of Observations.

    The median is that of the values, each EPCI counting for one, never a rate pooled over EPCIs.

    Parameters:
        peers: see `peers.pairs`.

    Returns:
        One row for each period and source that the EPCI has a row of; territory is the SIREN whose peers they are.
        value, low, high: median and quartiles (not a 95 % interval) of the peers' values, interpolated linearly; `nd`
        under FEWEST_VALUES values or half of the peers. A peer of which the producer tells « 5 % ou moins » is below
        all the others. quality: the worst of the values used, at least 2 when a peer
        has none. Nothing is pooled: no numerator nor denominator. known, peers: of how many EPCIs, among how many.

    >>> peers = pd.DataFrame({"territory": "E", "peer": list("ABCDFGHIJK")})
    >>> rows = pd.DataFrame({"territory": list("EABCDF"), "value": [5.0, 10, 20, 30, 40, 90], "status": OK})
    >>> rows = rows.assign(level="epci", indicator="x", period="2023", source="insee_etat_civil", quality=1)
    >>> rows = rows.assign(denominator_period="")
    >>> rows_of_peers(rows, peers, "x")[["value", "low", "high", "quality"]].to_numpy().tolist()
    [[30.0, 20.0, 40.0, 2.0]]
    >>> rows_of_peers(rows.assign(status=[*[OK] * 4, CENSORED, OK]), peers, "x")[["value", "low"]].to_numpy().tolist()
    [[20.0, 10.0]]
    """
    rows = observations[observations["indicator"].isin(indicators)]
    rows = rows[rows["level"].eq("epci")].assign(producer=lambda table: table["source"].map(producer).astype(object))
    own = rows.loc[rows["territory"].isin(peers["territory"]), [*ROW, "producer"]]
    table = _summary(_values(rows, own, peers)).reset_index()
    table = table.assign(level="peers", **dict.fromkeys(("numerator", "denominator"), float("nan")))
    return table.assign(status=np.where(table["value"].notna(), OK, MISSING))[[*COLUMNS, "known", "peers"]]


def _values(observations: pd.DataFrame, own: pd.DataFrame, peers: pd.DataFrame) -> pd.DataFrame:
    """Own (ROW) once per peer, with the value of the peer."""
    rows = observations[["territory", *SAME, "value", "status", "quality"]]
    table = own.merge(peers[["territory", "peer"]], on="territory", how="left", validate="m:m")
    return table.merge(rows.rename(columns={"territory": "peer"}), on=["peer", *SAME], how="left", validate="m:1")


def _summary(values: pd.DataFrame) -> pd.DataFrame:
    """Median, quartiles and quality of the peers' values by territory, indicator, period and source."""
    lower = values["status"].eq(CENSORED)  # than all the others: « 5 % ou moins »
    known = values["status"].eq(OK) | lower
    marked = values.assign(peers=values["peer"].notna(), known=known, quality=values["quality"].where(known))
    marked["value"] = values["value"].where(known).mask(lower, -np.inf)
    grouped = marked.groupby(ROW, observed=True)
    table = grouped[["peers", "known"]].sum()
    enough = table["known"].ge(FEWEST_VALUES) & table["known"].mul(2).ge(table["peers"])
    for name, part in {"value": 0.5, "low": 0.25, "high": 0.75}.items():
        found = grouped["value"].quantile(part)
        table[name] = found.where(enough & np.isfinite(found))
    worst = grouped["quality"].max().clip(lower=np.where(table["known"].lt(table["peers"]), 2, 1))
    return table.assign(quality=worst.where(enough, 1).astype(int))


# Where a value stands in a group of others: their quartiles, their median, the place that its interval allows.

HIGHEST, LOWEST, MIDDLE = "highest quarter", "lowest quarter", "middle half"
ABOVE, BELOW = "above, not established", "below, not established"


class Position(NamedTuple):
    """The place of a value in a group: one of the five words above; the quartiles and the median of the group."""

    place: str
    low: float
    median: float
    high: float


def position_in(own: pd.Series, others: pd.Series) -> Position | None:
    """The place of a value in a group of others of the same period and producer; None where they are fewer than five.

    Beyond a quartile, the whole interval of the value must be: else it is not established. A value without an interval
    (minutes, what its producer works out) is taken as it is. Quartiles are interpolated linearly; the value itself is
    not one of the group.

    Parameters:
        own: value, low and high.
        others: the values of the group.

    >>> others = pd.Series([10.0, 20, 30, 40, 90])
    >>> position_in(pd.Series({"value": 45.0, "low": 41.0, "high": 49.0}), others)
    Position(place='highest quarter', low=20.0, median=30.0, high=40.0)
    >>> position_in(pd.Series({"value": 45.0, "low": 39.0, "high": 51.0}), others).place
    'above, not established'
    >>> position_in(pd.Series({"value": 12.0, "low": float("nan"), "high": float("nan")}), others).place
    'lowest quarter'
    >>> position_in(pd.Series({"value": 12.0, "low": 9.0, "high": 15.0}), others[:4]) is None
    True
    """
    if len(others) < FEWEST_VALUES:
        return None
    low, median, high = others.quantile([0.25, 0.5, 0.75]).tolist()
    value = own["value"]
    least, most = (value if pd.isna(own[bound]) else own[bound] for bound in ("low", "high"))
    if value > high:
        return Position(HIGHEST if least > high else ABOVE, low, median, high)
    if value < low:
        return Position(LOWEST if most < low else BELOW, low, median, high)
    return Position(MIDDLE, low, median, high)


# Places of a similar size: those that a small commune may stand beside.


def of_similar_size(people: pd.Series, place: str, *, most: int, times: float) -> list[str]:
    """The places whose population is the nearest to that of one, in proportion, the nearest first.

    Parameters:
        people: inhabitants, by code; a place whose inhabitants are not known is near none.
        most: how many places at most.
        times: how many times more or fewer inhabitants a place has at most.

    >>> people = pd.Series({"a": 100.0, "b": 200, "c": 60, "d": 500, "e": np.nan})
    >>> of_similar_size(people, "a", most=2, times=2), of_similar_size(people, "d", most=2, times=2)
    (['c', 'b'], [])
    """
    known = people[people.gt(0)]
    if place not in known.index:
        return []
    apart = np.log(known / known[place]).abs().drop(place)
    near = apart[apart.le(np.log(times) + 1e-9)].sort_values(kind="stable")
    return list(near.index[:most])
