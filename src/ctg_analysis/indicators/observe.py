"""Facts and declarations in, observations out: sums before divisions."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from ctg_analysis.indicators import observations
from ctg_analysis.indicators.intervals import of_few, with_intervals, with_known_zeros
from ctg_analysis.indicators.uncertainty import censor_floor
from ctg_analysis.model.facts import STATUS
from ctg_analysis.model.indicator import (
    MISSING,
    NOT_APPLICABLE,
    OK,
    SECRET,
    STATUSES,
    AnnualChange,
    AnnualFlow,
    AnnualResidual,
    Count,
    Indicator,
    Mean,
    Published,
    Rate,
    Ratio,
    Value,
)
from ctg_analysis.model.processes import at_once, give_memory_back
from ctg_analysis.model.source import Source
from ctg_analysis.model.territories import FRANCE
from ctg_analysis.raw.files import TEXT

# Years joined to years: means over several, changes between two dates, what a flow makes of a population.

PLACE = ["indicator", "code", "level", "period"]
PLACE_AND_END = [*PLACE[:3], "end"]


def status_of(*statuses: pd.Series) -> pd.Series:
    """The statuses of a figure made of several: ok where all are ok, secret where one is secret, nd elsewhere.

    >>> status_of(pd.Series([OK, OK, OK]), pd.Series([OK, SECRET, MISSING])).tolist()
    ['ok', 'secret', 'nd']
    """
    secret = np.logical_or.reduce([status.eq(SECRET) for status in statuses])
    known = np.logical_and.reduce([status.eq(OK) for status in statuses])
    codes = np.select([known, secret], [*map(STATUSES.index, (OK, SECRET))], STATUSES.index(MISSING))
    return pd.Series(pd.Categorical.from_codes(codes, dtype=STATUS), index=statuses[0].index)


def over_something(status: pd.Series, denominator: pd.Series) -> pd.Series:
    """The statuses, `so` (sans objet) where there is nothing to divide by: a commune without inhabitants.

    >>> over_something(pd.Series([OK, OK]), pd.Series([12, 0])).tolist()
    ['ok', 'so']
    """
    return status.mask(status.eq(OK) & denominator.eq(0), NOT_APPLICABLE)


def mean_of_years(rows: pd.DataFrame, years: int) -> pd.DataFrame:
    """The means over `years` consecutive years, at the last of them; a missing year makes the mean missing.

    Parameters:
        rows: columns of PLACE, source, value, status; period: a categorical of years.

    Returns:
        One row per place and last year: value; numerator: the sum of the years; denominator: how many they are.

    >>> place = {"indicator": "births", "code": "12001", "level": "commune", "source": "s", "status": OK}
    >>> births = pd.DataFrame({"period": pd.Categorical(["2021", "2022", "2023"]), "value": [8.0, 10.0, 15.0], **place})
    >>> mean_of_years(births, 3)[["period", "numerator", "value"]].to_numpy().tolist()
    [['2023', 33.0, 11.0]]
    """
    parts = _earlier(rows, range(years))
    there = np.logical_and.reduce([part["status"].notna() for part in parts])
    status = status_of(*(part["status"] for part in parts))
    total = pd.concat([part["value"] for part in parts], axis=1).sum(axis=1).where(status.eq(OK))
    means = {"numerator": total, "denominator": float(years), "value": total / years, "status": status}
    return rows[[*PLACE, "source"]].assign(**means)[there]


def _earlier(rows: pd.DataFrame, years: Iterable[int]) -> list[pd.DataFrame]:
    """Value and status of the place of each row so many years earlier; none where there are no facts of that year."""
    places = rows.groupby(PLACE[:3], observed=True, sort=False).ngroup() * len(rows["period"].cat.categories)
    known = rows[["value", "status"]].set_axis(places + rows["period"].cat.codes)
    periods = [years_later(rows["period"], -ago) for ago in years]
    then = [(places + period.cat.codes).where(period.notna(), -1) for period in periods]
    return [known.reindex(one).set_axis(rows.index) for one in then]


def years_later(periods: pd.Series, years: int) -> pd.Series:
    """The years so much later, as categories of the periods that there are; missing where there is none.

    >>> years_later(pd.Series(pd.Categorical(["2018", "2023"])), 5).tolist()
    ['2023', nan]
    """
    known = periods.cat.categories
    later = known.get_indexer([f"{int(period[:4]) + years}" for period in known])
    return pd.Series(pd.Categorical.from_codes(later[periods.cat.codes], known), index=periods.index)


def _two_dates(stock: pd.DataFrame, years: int) -> pd.DataFrame:
    """The stock at pairs of dates `years` apart (rule R8): value_before, value, the period "2018-2023"."""
    before = _earlier(stock, [years])[0]
    rows = stock.assign(value_before=before["value"], status_before=before["status"])[before["status"].notna()]
    status = status_of(rows["status"], rows["status_before"])
    period = rows["period"].map(lambda period: f"{int(period[:4]) - years}-{period}")
    return rows.assign(status=status, end=_year(rows["period"]), period=period)


def _year(periods: pd.Series) -> pd.Series:
    return periods.map(lambda period: int(period[:4])).astype(int)


def annual_change(stock: pd.DataFrame, years: int) -> pd.DataFrame:
    """The mean yearly change of a stock over `years` years, in %: (after / before) ^ (1 / years) - 1.

    Parameters:
        stock: columns of PLACE, value, status; period: a categorical of years.

    Returns:
        One row per place and pair of dates: value; numerator: the stock after; denominator: the stock before.

    Multiplied by 1.1 each year, 100 000 inhabitants are 161 051 five years later.

    >>> place = {"indicator": "x", "code": "12", "level": "departement", "status": OK}
    >>> stock = pd.DataFrame({"period": pd.Categorical(["2018", "2023"]), "value": [100_000.0, 161_051.0], **place})
    >>> annual_change(stock, 5)[["period", "value"]].round(9).to_numpy().tolist()
    [['2018-2023', 10.0]]
    """
    rows = _two_dates(stock, years)
    rows["status"] = over_something(rows["status"], rows["value_before"])
    value = ((rows["value"] / rows["value_before"]) ** (1 / years) - 1) * 100
    return rows.assign(
        numerator=rows["value"], denominator=rows["value_before"], value=value.where(rows["status"].eq(OK))
    )


def _until(flow: pd.DataFrame, years: int) -> pd.DataFrame:
    """The flow of the `years` years before each year, by source: the sum of those of each year, or the producer's."""
    spans = flow["period"].map(_span).astype(int)
    by_year, whole = mean_of_years(flow[spans.eq(0)], years), flow[spans.eq(years)]
    by_year = by_year.assign(end=_year(by_year["period"]) + 1)
    whole = whole.assign(end=_year(whole["period"]) + years, numerator=whole["value"])
    return pd.concat([by_year, whole])[[*PLACE_AND_END, "numerator", "status", "source"]]


def _span(period: str) -> int:
    """The years of a period such as "2018-2023"; 0 for a year."""
    first, _, last = period.partition("-")
    return int(last) - int(first) if len(last) == len(first) else 0


def annual_flow(flow: pd.DataFrame, stock: pd.DataFrame, years: int, *, residual: bool) -> pd.DataFrame:
    """The flow of the `years` years from the first date, or what it leaves of the change, in % a year.

    The denominator is the mean of the stock at both dates, times `years`.

    Parameters:
        flow, stock: columns of PLACE, value, status; period: a categorical of years. flow: source too; a period such as
            "2018-2023" holds what happened from the first to the other.
        residual: whether the numerator is the change of the stock less the flow, in place of the flow.

    From 900 to 1 100 inhabitants: 5 × 1 000 = 5 000 person-years. 10 a year are 50 of the 200 more, 150 are left.

    >>> place = {"indicator": "x", "code": "12", "level": "departement", "source": "s", "status": OK}
    >>> stock = pd.DataFrame({"period": pd.Categorical(["2018", "2023"]), "value": [900.0, 1100.0], **place})
    >>> flow = pd.DataFrame({"period": pd.Categorical([*map(str, range(2018, 2023))]), "value": 10.0, **place})
    >>> [annual_flow(flow, stock, 5, residual=residual)["value"].item() for residual in (False, True)]
    [1.0, 3.0]
    """
    rows = _two_dates(stock, years)
    rows = rows.merge(_until(flow, years), on=PLACE_AND_END, suffixes=("", "_flow"), validate="1:m")
    status = status_of(rows["status"], rows["status_flow"])
    change = rows["value"] - rows["value_before"]
    numerator = change - rows["numerator"] if residual else rows["numerator"]
    person_years = (rows["value"] + rows["value_before"]) / 2 * years
    status = over_something(status, person_years)
    value = (numerator / person_years * 100).where(status.eq(OK))
    return rows.assign(
        numerator=numerator, denominator=person_years, value=value, status=status, source=rows["source_flow"]
    )


# Which source a figure is of, where several have it.


def first_available(rows: pd.DataFrame, sources: tuple[str, ...]) -> pd.DataFrame:
    """Return one row per place and period: that of the first source that has a value, else the first row (`first`)."""
    order = rows["source"].astype(object).map({source: rank for rank, source in enumerate(sources)})
    return first(rows.assign(order=order)).drop(columns="order")


def of_sources(rows: pd.DataFrame, sources: Sequence[tuple[str, ...]]) -> pd.DataFrame:
    """Return the facts of the sources of each indicator, with the `order` in which it prefers them."""
    ranks = np.array([pd.Index(some).get_indexer(rows["source"].cat.categories) for some in sources])
    order = ranks[rows["indicator"].cat.codes, rows["source"].cat.codes]
    return rows.assign(order=order)[order >= 0]


def first(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per place and period: the first by `order` that has a value, else the first.

    What one source has of the whole country goes before what another has of one territory.
    """
    if not rows["order"].any():
        return rows
    place = [name for name in PLACE if name in rows]
    again = rows.duplicated(place, keep=False)
    if not again.any():
        return rows
    several = rows.assign(narrow=narrow(rows))[again]
    best_first = np.lexsort([several["order"], several["narrow"], several["status"].ne(OK)])
    return pd.concat([rows[~again], several.iloc[best_first].drop_duplicates(place)[rows.columns]])


def narrow(rows: pd.DataFrame) -> pd.Series:
    """Tell the rows of a source that has, of a period, some EPCIs, but less than half of those that another one has.

    The extract of one territory: its figure would stand beside no other of the same source. A file of larger places,
    which has no EPCI, is not one.
    """
    period = [rows[name] for name in ("indicator", "period") if name in rows]
    known = rows["level"].eq("epci") & rows["status"].eq(OK)
    epcis = known.groupby([*period, rows["order"]], observed=True).transform("sum")
    return epcis.gt(0) & epcis.mul(2).lt(epcis.groupby(period, observed=True).transform("max"))


# Every function takes the facts of the reference geography (columns of model.facts) and returns rows with
# numerator, denominator, value and status, by place, period and source.

ALONE = {"parts": 1, "few": 0, "least": float("nan"), "most": float("nan")}  # a figure that adds up no others, as it is
COUNTED = [*ALONE]
ALONE |= {f"{name}_of": usual for name, usual in ALONE.items()}
COLUMNS = [*PLACE, "numerator", "denominator", "value", "status", "source", "denominator_period", "counted", *ALONE]

WORDS = [*observations.KEY, "status", "source", "denominator_period"]
NUMBERS = dict.fromkeys(observations.NUMBERS, float) | {"quality": int}
NOTHING = pd.DataFrame(columns=observations.COLUMNS, dtype=TEXT).astype(NUMBERS)

# The populations that rates and changes refer to. Sums of rounded IRIS serve where there is nothing better, but in
# no difference between two dates.
POPULATION = "population"
REFERENCE_POPULATIONS = ("etalab_decoupage", "insee_population_historique", "insee_comparateur")
DENOMINATORS = (*REFERENCE_POPULATIONS, "insee_iris_rp2021")
ROWS_AT_ONCE = 400_000  # what is worked out of them takes ten times their memory


def populations_of(value: Value) -> tuple[str, ...]:
    """Return the sources of the population of all ages that a value is over, or changes by, in their order.

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> [populations_of(CATALOGUE[name].value)[:1] for name in ("birth_rate", "births_count")]
    [('etalab_decoupage',), ()]
    """
    if isinstance(value, Rate):
        return DENOMINATORS if value.population == POPULATION else ()
    return REFERENCE_POPULATIONS if isinstance(value, AnnualChange | AnnualFlow | AnnualResidual) else ()


def observe(
    indicators: Iterable[Indicator], facts: pd.DataFrame, sources: dict[str, Source], *more: pd.DataFrame
) -> pd.DataFrame:
    """Return the observations of all the indicators, none `emptied` yet, their words as texts."""
    rows = observe_coded(indicators, facts, sources, *more).astype(dict.fromkeys(WORDS, TEXT) | {"territory": object})
    return rows.sort_values(["territory", "level", "indicator", "period"], ignore_index=True)


def observe_coded(
    indicators: Iterable[Indicator],
    facts: pd.DataFrame,
    sources: dict[str, Source],
    fractions: pd.DataFrame | None = None,
    units: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the observations of all the indicators, none emptied yet, their words as categories, in no order.

    fractions: of the dwellings coded in the census, by level and territory (see intervals.coded_fractions).
    units: columns commune, level, code: the larger places that hold each commune.
    Columns: those of Observations.
    """
    facts = facts.astype({name: "category" for name in ("code", "level", "period", "source")})
    by_measure = {str(measure): rows for measure, rows in facts.groupby("measure", observed=True, sort=False)}
    del facts  # as large as what is made of it
    give_memory_back()  # what it took to set the measures apart
    alike: dict[tuple, list[Indicator]] = {}
    for indicator in indicators:
        if _first_measure(indicator) in by_measure:
            alike.setdefault(_form(indicator), []).append(indicator)
    tables = (
        observe_alike(some, by_measure, sources, fractions, units)
        for several in alike.values()
        for some in at_once([(one, len(by_measure[_first_measure(one)])) for one in several], ROWS_AT_ONCE)
    )
    return _together([part for part in tables if len(part)] or [NOTHING])


def _together(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return tables of observations one below the other, their words as categories, in the order of these."""

    def words(column: pd.Series) -> pd.Series:
        coded = column.astype("category").cat
        return coded.rename_categories(coded.categories.astype(TEXT))

    coded = {
        name: union_categoricals([words(table[name]) for table in tables], sort_categories=True, ignore_order=True)
        for name in WORDS
    }
    numbers = pd.concat([table[[*NUMBERS]] for table in tables], ignore_index=True)
    return numbers.astype(NUMBERS).assign(**coded)[observations.COLUMNS]


def _form(indicator: Indicator) -> tuple:
    """Return all that the working out of an indicator depends on, but its measures and their sources."""
    named = {"measure", "numerator", "denominator", "events"}
    rest = tuple(item for item in vars(indicator.value).items() if item[0] not in named)
    is_class = bool(indicator.family)  # see `intervals.of_few`
    return type(indicator.value), rest, indicator.shown_at, indicator.floor, is_class


def _first_measure(indicator: Indicator) -> str:
    """Return the measure without which an indicator has no observation at all."""
    match indicator.value:
        case Ratio():
            return indicator.value.numerator
        case Rate():
            return indicator.value.events
        case AnnualFlow() | AnnualResidual():
            return indicator.value.flow
        case AnnualChange():
            return POPULATION
        case _:
            return indicator.value.measure


def observe_alike(
    indicators: Sequence[Indicator],
    by_measure: dict[str, pd.DataFrame],
    sources: dict[str, Source],
    fractions: pd.DataFrame | None = None,
    units: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the observations of indicators that differ by their measures and sources alone.

    by_measure: facts whose code, level, period and source are categories, the same in all the tables.
    """
    form = indicators[0]
    rows = compute(indicators, by_measure, sources, units)
    rows = rows[rows["level"].isin(form.shown_at)]
    if form.floor is not None:
        rows = censor_floor(rows, form.floor)
    rows = of_few(with_intervals(rows, form, sources, fractions), form, sources)
    rows = with_known_zeros(rows, by_measure).rename(columns={"code": "territory"})
    return rows[observations.COLUMNS].astype({"denominator_period": "category"})


def compute(
    indicators: Sequence[Indicator],
    by_measure: dict[str, pd.DataFrame],
    sources: dict[str, Source],
    units: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return place, period, numerator, denominator, value, status and source of indicators that are alike."""

    def facts_of(column: str, some: Sequence[Indicator] = indicators) -> pd.DataFrame:
        """Return the facts of what each indicator names: the measure in a field of its value, else the same for all."""
        named = {indicator.id: getattr(indicator.value, column, column) for indicator in some}
        tables = {indicator: by_measure[name] for indicator, name in named.items() if name in by_measure}
        rows = pd.concat(tables.values()) if tables else next(iter(by_measure.values()))[:0]
        ranks = np.repeat([*map([*named].index, tables)], [*map(len, tables.values())])
        rows = rows.assign(indicator=pd.Categorical.from_codes(ranks, [*named]))
        return rows.assign(**{name: ALONE[name] for name in COUNTED if name not in rows})

    def preferred(column: str) -> pd.DataFrame:
        return of_sources(facts_of(column), [indicator.sources for indicator in indicators])

    def population() -> pd.DataFrame:
        return first(of_sources(facts_of(POPULATION), [populations_of(indicators[0].value)] * len(indicators)))

    def of_all() -> pd.DataFrame:
        """Return the population that all the indicators are counted over, once."""
        return first(of_sources(facts_of(POPULATION, indicators[:1]), [populations_of(indicators[0].value)])).drop(
            columns="indicator"
        )

    def of_the_census() -> pd.DataFrame:
        """Return the facts of the sources that an indicator names, of any where it names none that has them."""
        named, any_source = first(preferred("population")), facts_of("population")
        return pd.concat([named, any_source[~any_source["indicator"].isin(named["indicator"])]])

    value = indicators[0].value
    match value:
        case Count():
            rows = first(preferred("measure"))
            rows = rows.assign(numerator=rows["value"], denominator=float("nan"))
            rows = _with_rounding(rows, preferred("rounding")) if value.rounding else rows
        case Published():
            rows = first(preferred("measure")).assign(numerator=float("nan"), denominator=float("nan"))
            if value.over:
                over = first(preferred("over"))[[*PLACE, "value"]].rename(columns={"value": "denominator"})
                rows = rows.drop(columns="denominator").merge(over, on=PLACE, how="left")
        case Mean():
            rows = mean_of_years(first(preferred("measure")), value.years)
        case Ratio():
            rows = _divide(preferred("numerator"), preferred("denominator"), value.per, [*PLACE, "source"])
            rows = first(_as_published(rows, facts_of("published")) if value.published else rows)
            rows = _unlisted(rows, sources, facts_of("among"))
        case Rate():
            below = of_all() if value.population == POPULATION else of_the_census()
            rows = _rates(first(preferred("events")), below, value, sources, units)
        case AnnualChange(years):
            rows = annual_change(population(), years)
        case AnnualFlow(_, years) | AnnualResidual(_, years):

            def flow(column: str, *, residual: bool = False) -> pd.DataFrame:
                below = population()
                top = over_the_same_places(preferred(column), below, sources)
                pairs = by_loss(top, below, sources, units)
                flows = pd.concat([annual_flow(*pair, years, residual=residual) for pair in pairs])
                return first(of_sources(flows, [indicator.sources for indicator in indicators]))

            rows = flow("flow", residual=isinstance(value, AnnualResidual))
            if getattr(value, "events", ""):
                events = flow("events").rename(columns={"numerator": "counted"})[[*PLACE, "source", "counted"]]
                rows = rows.merge(events, on=[*PLACE, "source"], how="left")
    usual = ALONE | {"denominator_period": "", "counted": float("nan")}
    return rows.assign(**{name: one for name, one in usual.items() if name not in rows})[COLUMNS]


def _rates(
    events: pd.DataFrame,
    population: pd.DataFrame,
    rate: Rate,
    sources: dict[str, Source],
    units: pd.DataFrame | None,
) -> pd.DataFrame:
    """The rates of events, in places that both sides are of. units: see `observe_coded`."""
    events = over_the_same_places(events, population, sources)
    pairs = by_loss(events, population, sources, units)
    return pd.concat([_per_inhabitant(*pair, rate.per, rate.within) for pair in pairs])


def over_the_same_places(events: pd.DataFrame, population: pd.DataFrame, sources: dict[str, Source]) -> pd.DataFrame:
    """Return the events with those of France without the places that its population of then leaves out.

    The events of Mayotte are counted each year, its population is not (Totals.outside), and a file may have lost some
    communes (Totals.lost): a rate of France is of the rest on both sides.
    """
    of_france = population[population["code"].eq(FRANCE) & population["status"].eq(OK)]
    lacking = {
        str(row.period): {*sources[row.source].totals.outside, *sources[row.source].totals.lost_in(row.period)}
        for row in of_france.itertuples()
    }
    if not lacking:
        return events
    parts = events[events["code"].isin(set().union(*lacking.values())) & events["status"].eq(OK)]
    of_whole = np.flatnonzero(events["code"].eq(FRANCE))
    whole, value = events.iloc[of_whole], events["value"].to_numpy(float, copy=True)
    for period in whole["period"].unique():
        then = max((known for known in lacking if known <= period), default=min(lacking))
        apart = parts[parts["period"].eq(period) & parts["code"].isin(lacking[then])]
        less = apart.groupby(["indicator", "source"], observed=True)["value"].sum()
        now = whole["period"].eq(period).to_numpy()
        there = pd.MultiIndex.from_frame(whole.loc[now, ["indicator", "source"]])
        value[of_whole[now]] -= less.reindex(there).fillna(0).to_numpy()
    return events.assign(value=value)


def by_loss(
    events: pd.DataFrame, population: pd.DataFrame, sources: dict[str, Source], units: pd.DataFrame | None
) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """Return events beside the population of the same communes: without those that their source has lost.

    A total of a département, a région or France lacks them (Totals.lost): its rate is of the others on both sides.
    units: see `observe_coded`.
    """
    never = {
        name: {code for _, codes in sources[name].totals.lost for code in codes.split()}
        - {*events.loc[events["source"].eq(name) & events["status"].eq(OK), "code"]}
        for name in ([] if units is None else events["source"].unique())
    }
    never = {name: lost for name, lost in never.items() if lost}
    place = ["level", "code", *(name for name in ("indicator", "period") if name in population)]
    pairs = [(events[~events["source"].isin([*never])], population)]
    for name, lost in never.items():
        apart = population[population["code"].isin(lost) & population["status"].eq(OK)]
        apart = apart.drop_duplicates(place).drop(columns="level").rename(columns={"code": "commune"})
        less = apart.astype({"commune": str}).merge(units, on="commune").groupby(place, observed=True)["value"].sum()
        larger = np.flatnonzero(population["level"].ne("commune"))
        there = pd.MultiIndex.from_frame(population.iloc[larger][place].astype({"level": str, "code": str}))
        value = population["value"].to_numpy(float, copy=True)
        value[larger] -= less.reindex(there).fillna(0).to_numpy()
        pairs.append((events[events["source"].eq(name)], population.assign(value=value)))
    return [pair for pair in pairs if len(pair[0])] or pairs[:1]


def _divide(top: pd.DataFrame, bottom: pd.DataFrame, per: float, key: list[str]) -> pd.DataFrame:
    below = bottom[[*key, "value", "status", *COUNTED]].rename(
        columns=lambda name: f"{name}_of" if name in COUNTED else name
    )
    rows = top.merge(below, on=key, suffixes=("", "_bottom"), validate="1:1")
    rows = rows.rename(columns={"value": "numerator", "value_bottom": "denominator"})
    status = over_something(status_of(rows["status"], rows["status_bottom"]), rows["denominator"])
    value = (rows["numerator"] / rows["denominator"] * per).where(status.eq(OK))
    return rows.assign(value=value, status=status)


def _as_published(rows: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Return ratios, with those that their producer publishes in the place of what the parts make, or do not."""
    known = published[published["status"].eq(OK)].set_index([*PLACE, "source"])["value"]
    value = pd.Series(known.reindex(pd.MultiIndex.from_frame(rows[known.index.names])).to_numpy(), rows.index)
    return rows.assign(value=value.fillna(rows["value"]), status=rows["status"].mask(value.notna(), OK))


def _with_rounding(rows: pd.DataFrame, rounding: pd.DataFrame) -> pd.DataFrame:
    """Return counts with the bounds that the rounding of shares leaves to those that are made from some."""
    known = rounding[rounding["value"].gt(0)].set_index([*PLACE, "source"])["value"]
    around = pd.Series(known.reindex(pd.MultiIndex.from_frame(rows[known.index.names])).to_numpy(), rows.index)
    return rows.assign(least=(rows["value"] - around).clip(lower=0), most=rows["value"] + around)


def _unlisted(rows: pd.DataFrame, sources: dict[str, Source], things: pd.DataFrame) -> pd.DataFrame:
    """Return ratios, missing where a list that does not have all (Coverage.leaves_out) has nothing to divide by.

    A commune whose only school is too small for an index has a school: its index is unknown, not without object. Where
    the facts of the whole list (Ratio.among), `things`, never have one, it is without object.
    """
    place = ["indicator", "level", "code"]
    partial = [name for name in rows["source"].unique() if sources[name].coverage.leaves_out]
    nothing = rows["status"].eq(NOT_APPLICABLE) & rows["source"].isin(partial)
    most = things[things["status"].eq(OK)].groupby(place, observed=True)["value"].max()
    none = pd.MultiIndex.from_frame(rows[place]).isin(most.index[most.eq(0)])
    return rows.assign(status=rows["status"].mask(nothing & ~none, MISSING))


def _per_inhabitant(events: pd.DataFrame, population: pd.DataFrame, per: float, within: int) -> pd.DataFrame:
    """Return the events over the latest population known, of their indicator or of all, at most `within` years earlier.

    A year that few EPCIs have (see `narrow`) comes after one that most have: the places of a chart have one year. What
    is counted of a December may be over what is counted of the same one, and of a year over that of its December.
    """
    place = [name for name in PLACE[:3] if name in population]
    there = population.drop_duplicates([*place, "period"])[[*place, "period", "value", "status"]]
    there = there.rename(columns={"period": "of"})
    december = events["period"].isin([period for period in events["period"].cat.categories if "-" in period])
    tables = []
    for ago in (None, *range(within + 1)):
        rows = events[december] if ago is None else events
        if ago == 0:
            there = there.assign(of=years_later(there["of"], 0)).dropna(subset="of")
            there = there.drop_duplicates([*place, "of"])
        of = rows["period"] if ago is None else years_later(rows["period"], -ago)
        part = rows.assign(of=of, order=ago or 0)
        tables.append(part.merge(there, on=[*place, "of"], suffixes=("", "_bottom"), validate="m:1"))
    rows = pd.concat(tables, ignore_index=True)
    rows["status"] = status_of(rows["status"], rows["status_bottom"])
    rows = first(rows.rename(columns={"value": "numerator", "value_bottom": "denominator"}))
    status = over_something(rows["status"], rows["denominator"])
    value = (rows["numerator"] / rows["denominator"] * per).where(status.eq(OK))
    of = rows["of"].astype(str).where(rows["order"].gt(0) & status.eq(OK), "")
    return rows.assign(value=value, status=status, denominator_period=of)
