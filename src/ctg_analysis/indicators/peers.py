"""The EPCIs that resemble one: same class first, then the nearest on a few structural variables (rule R11).

The method is that of CIPFA's Nearest Neighbours: variables of mean 0 and standard deviation 1, Euclidean distance.
Here they weigh the same; NFER's statistical neighbours (2007, for the Department for Education) weight them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ctg_analysis.core.errors import UserError
from ctg_analysis.core.model import OK, AnnualChange, AnnualFlow, AnnualResidual, Indicator, Rate, Ratio
from ctg_analysis.core.norms import norm

PEERS = 10
TIE = 9  # decimals to which two distances are equal

CHANGE = "population_change"  # what a change, a flow and a residual of the population are about


@dataclass(frozen=True)
class Variable:
    """A structural variable of an EPCI.

    label: French, with {period}. indicator: where OBSERVATIONS has it, "" when it is counted from the territories.
    measures: an indicator that is made of one of them is compared without this variable.
    log: an order of magnitude, compared by ratios.
    """

    label: str
    indicator: str = ""
    measures: frozenset[str] = frozenset()
    log: bool = False


# The shares of all ages are parts of one whole: none is compared among peers that one of them has chosen.
AGES = frozenset({"population_65_plus", "population_60_plus", "population_all_ages"})
INHABITANTS, HOMES = frozenset({"population", "historical_population"}), frozenset({"dwellings", "secondary_dwellings"})
LARGEST = "part de la commune la plus peuplée dans la population en {period}"
EVOLUTION = "évolution annuelle de la population {period}"
VARIABLES = {
    "population": Variable("population en {period} (logarithme)", "population_count", INHABITANTS, log=True),
    "communes": Variable("nombre de communes (logarithme)", log=True),
    "largest_commune_share": Variable(LARGEST, "population_count"),
    "population_change_rate": Variable(EVOLUTION, "population_change_rate", frozenset({CHANGE})),
    "secondary_dwellings_share": Variable(
        "part des résidences secondaires en {period}", "secondary_dwellings_share", HOMES
    ),
    "age_65_plus_share": Variable("part des 65 ans ou plus en {period}", "age_65_plus_share", AGES),
}

METROPOLITAN, OVERSEAS, INVENTED = "de France métropolitaine", "d'outre-mer", "d'un pays inventé"
CITIES = "communautés urbaines et métropoles"
KINDS = {"CC": "communautés de communes", "CA": "communautés d'agglomération"}
KINDS |= {"CU": CITIES, "METRO": CITIES, "MET69": CITIES}
SIZES = "epci_population", "urban_area_population", "urban_community_population"  # norms that bound the size bands

ANY_DENSITY = "à toutes les classes de densité"
# The class, then what it is widened to: what its members share, how many size bands apart they may be, and in French.
STEPS = (
    (("zone", "kind", "density"), 0, ""),
    (("zone", "kind", "density"), 1, "aux tranches de population voisines"),
    (("zone", "density"), 1, "à toutes les catégories d'EPCI"),
    (("zone",), 1, ANY_DENSITY),
    (("zone",), np.inf, "à toutes les tailles"),
)


@dataclass(frozen=True, eq=False)
class PeerGroup:
    """The peers of an EPCI and how they were chosen.

    peers: columns peer (SIREN), distance (in standard deviations), nearest first. variables, without: those that
    choose, those left out. lacking: variables unknown for this EPCI, which has then no peers.
    own: its row of `classify`. step: of STEPS, above 0 when the class was widened.
    candidates: how many others the class holds whose variables are all known.
    """

    epci: str
    peers: pd.DataFrame
    variables: tuple[str, ...]
    without: tuple[str, ...]
    lacking: tuple[str, ...]
    own: pd.Series
    step: int
    candidates: int


def vintages(observations: pd.DataFrame) -> pd.DataFrame:
    """The one period and source of each variable: those that most EPCIs have, the latest when several do.

    Columns: indicator (index), period, source. All EPCIs are described by the same vintage (rule R12).

    >>> rows = pd.DataFrame({"period": ["2022", "2022", "2023"], "level": "epci", "status": OK, "source": "rp"})
    >>> vintages(rows.assign(indicator="population_count"))["period"].to_dict()
    {'population_count': '2022'}
    """
    wanted = {variable.indicator for variable in VARIABLES.values()}
    rows = observations[observations["level"].eq("epci") & observations["status"].eq(OK)]
    rows = rows[rows["indicator"].isin(wanted)]
    counts = rows.groupby(["indicator", "period", "source"], observed=True).size().reset_index(name="epcis")
    most = counts.sort_values(["epcis", "period", "source"]).drop_duplicates("indicator", keep="last")
    return most.set_index("indicator")[["period", "source"]].sort_index()


def profiles(observations: pd.DataFrame, territories: pd.DataFrame) -> pd.DataFrame:
    """The structural variables, one row per EPCI (index epci), NaN where unknown: nothing is filled.

    population (inhabitants) and communes (count): the scale of a service, and how many town halls share it.
    largest_commune_share (%): one centre, or none. population_change_rate (% a year): growth or decline.
    secondary_dwellings_share (%): tourism, mountain and coast. age_65_plus_share (%): ageing.
    Few on purpose, and offline all known for every EPCI but those of Mayotte. The share of the young would repeat
    that of the old (correlation -0.92 in 2021); income, employment and services are what reports compare.
    """
    dated = vintages(observations)
    communes = territories[territories["level"].eq("commune") & territories["epci"].notna()]
    table = pd.DataFrame(index=pd.Index(sorted(territories.loc[territories["level"].eq("epci"), "code"]), name="epci"))
    table["population"] = _at(observations, dated, "population_count", "epci")
    table["communes"] = communes["epci"].value_counts().astype(float)
    inhabitants = communes["code"].map(_at(observations, dated, "population_count", "commune"))
    largest = inhabitants.groupby(communes["epci"]).max(skipna=False)
    table["largest_commune_share"] = largest / table["population"] * 100
    for name in ("population_change_rate", "secondary_dwellings_share", "age_65_plus_share"):
        table[name] = _at(observations, dated, name, "epci")
    return table[list(VARIABLES)]


def _at(observations: pd.DataFrame, dated: pd.DataFrame, indicator: str, level: str) -> pd.Series:
    """The values of an indicator at its vintage, by territory; none when no EPCI has it."""
    if indicator not in dated.index:
        return pd.Series(dtype=float)
    wanted = {"indicator": indicator, "level": level, **dated.loc[indicator]}
    rows = observations[np.logical_and.reduce([observations[column].eq(value) for column, value in wanted.items()])]
    return rows.set_index("territory")["value"]


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
        epcis: columns code, kind, of cleaning.yearly_geography.clean_epcis.
        density: French class of each EPCI, by SIREN, when there is a density grid; "" elsewhere.
        invented: the territories are.

    Returns:
        The size is NaN where the population is unknown.
    """
    zones = territories[territories["level"].eq("epci")].set_index("code")["zone"]
    table = pd.DataFrame(index=profiles.index)
    table["zone"] = INVENTED if invented else zones.eq("metro").map({True: METROPOLITAN, False: OVERSEAS})
    table["kind"] = epcis.set_index("code")["kind"].map(KINDS)
    table["size"] = pd.cut(profiles["population"], size_bounds(), right=False, labels=False)
    table["density"] = "" if density is None else density.reindex(table.index).fillna("")
    return table


def left_out(indicator: Indicator) -> tuple[str, ...]:
    """The variables that must not choose the peers for an indicator: what it compares (rule R11).

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> left_out(CATALOGUE["population_count"]), left_out(CATALOGUE["births_count"])
    (('population',), ())
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
    return tuple(name for name, variable in VARIABLES.items() if measures & variable.measures)


def nearest(
    profiles: pd.DataFrame, epci: str, classes: pd.DataFrame, k: int = PEERS, without: Iterable[str] = ()
) -> PeerGroup:
    """The k EPCIs nearest to one: see `nearest_of_each`.

    10, 20, 30 and 60 % have the mean 30 and the standard deviation √350 = 18.71: from A, B lies 10 / 18.71 away.

    >>> profiles = pd.DataFrame({"age_65_plus_share": [10.0, 20, 30, 60]}, index=list("ABCD"))
    >>> alike = {"zone": METROPOLITAN, "kind": KINDS["CC"], "size": 0, "density": ""}
    >>> group = nearest(profiles, "A", pd.DataFrame(alike, index=profiles.index), k=2)
    >>> group.peers.round(3).to_numpy().tolist(), group.candidates
    ([['B', 0.535], ['C', 1.069]], 3)
    """
    return nearest_of_each(profiles, [epci], classes, k, without)[0]


def nearest_of_each(
    profiles: pd.DataFrame, epcis: Iterable[str], classes: pd.DataFrame, k: int = PEERS, without: Iterable[str] = ()
) -> list[PeerGroup]:
    """The k EPCIs of the same class nearest to each; fewer when the widest class holds fewer.

    Parameters:
        profiles: a column per variable.
        classes: see `classify`.
        without: variables left out.

    Variables are standardised over all the EPCIs for which all are known. A class of fewer than k others is widened
    (STEPS); metropolitan France and overseas are never mixed. A tie goes to the smaller SIREN.

    Raises:
        UserError: no such EPCI among the profiles. KeyError: a variable left out that the profiles do not have.
    """
    without = tuple(without)
    profiles = profiles.drop(columns=list(without)).sort_index()
    known = profiles.dropna()
    points, members = _standardised(known), classes.loc[known.index]
    shared = {name: members[name].to_numpy() for name in ("zone", "kind", "density")}
    shared = {name: np.unique(values.astype(str), return_inverse=True)[1] for name, values in shared.items()}
    sizes, sirens = members["size"].to_numpy(), known.index.to_numpy(dtype=str)
    groups = []
    for epci in epcis:
        if epci not in profiles.index:
            raise UserError(f"epci {epci!r} has no profile, expected an EPCI of the reference year")
        own = sirens == epci
        step, inside = _class_of(own, shared, sizes, k) if own.any() else (0, own)
        distances = np.linalg.norm(points[inside] - points[own], axis=1).round(TIE)
        first = np.lexsort([sirens[inside], distances])[:k]
        peers = pd.DataFrame({"peer": known.index[inside][first], "distance": distances[first]})
        lacking = () if own.any() else tuple(profiles.columns[profiles.loc[epci].isna()])
        chosen = (tuple(profiles.columns), without, lacking, classes.loc[epci])
        groups.append(PeerGroup(epci, peers, *chosen, step=step, candidates=int(inside.sum())))
    return groups


def pairs(groups: Iterable[PeerGroup]) -> pd.DataFrame:
    """The peers of several EPCIs in one table: territory, peer, distance; peer missing when it has none."""
    names, tables = zip(*((group.epci, group.peers) for group in groups), strict=True)
    peers = pd.concat(tables, keys=names, names=["territory"]).reset_index(level=0)
    return pd.DataFrame({"territory": names}).merge(peers, on="territory", how="left", validate="1:m")


def _standardised(known: pd.DataFrame) -> np.ndarray:
    """The variables, after logarithms, with mean 0 and standard deviation 1; 0 where all are equal."""
    logs = [name for name in known.columns if name in VARIABLES and VARIABLES[name].log]
    values = known.assign(**np.log(known[logs])).to_numpy()
    points, varying = np.zeros_like(values), (values != values[:1]).any(axis=0)
    if varying.any():
        points[:, varying] = (values[:, varying] - values[:, varying].mean(axis=0)) / values[:, varying].std(axis=0)
    return points


def _class_of(own: np.ndarray, shared: dict[str, np.ndarray], sizes: np.ndarray, k: int) -> tuple[int, np.ndarray]:
    """The first step whose class holds k others, else the last, and who is in it."""
    apart = np.abs(sizes - sizes[own])
    alike = {name: values == values[own] for name, values in shared.items()}
    for step, (names, bands, _) in enumerate(STEPS):
        inside = np.logical_and.reduce([alike[name] for name in names]) & (apart <= bands) & ~own
        if inside.sum() >= k:
            return step, inside
    return step, inside
