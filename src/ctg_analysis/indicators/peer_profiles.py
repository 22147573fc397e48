"""What EPCIs are compared by to find those that resemble one: a few structural variables, and classes (rule R11)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ctg_analysis.core.model import OK, AnnualChange, AnnualFlow, AnnualResidual, Indicator, Rate, Ratio
from ctg_analysis.core.norms import norm

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
        epcis: columns code, kind, of cleaning.yearly_geography.clean_epcis.
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

    >>> from ctg_analysis.catalogue import CATALOGUE
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
