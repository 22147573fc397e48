"""What each observation leaves open: noise of events, rounding by the producer, zeros that are known."""

import numpy as np
import pandas as pd
from statsmodels.stats.rates import confint_poisson_2indep

from ctg_analysis.indicators.uncertainty import (
    chance_interval,
    coded_fraction,
    complementary_count_interval,
    complementary_interval,
    design_effect,
    is_drawn,
    ratio_interval,
    rounding_spread,
    sum_interval,
)
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import (
    CENSORED,
    MISSING,
    OK,
    PERSONS,
    SECRET,
    AnnualFlow,
    Count,
    Indicator,
    Rate,
    Ratio,
)
from ctg_analysis.model.norms import norm
from ctg_analysis.model.source import COMPLEMENTARY, MAIN, Source
from ctg_analysis.raw.files import TEXT

SURE, WITH_ITS_INTERVAL, TOO_WEAK = 1, 2, 3  # quality (rule R19)
COUNTED, COUNTED_OVER = "numerator", "denominator"
ROUNDED = ("least", "most", "least_of", "most_of")  # what bounds them where secrecy rounds them (rule R1)


def with_intervals(
    rows: pd.DataFrame, indicator: Indicator, sources: dict[str, Source], fractions: pd.DataFrame | None
) -> pd.DataFrame:
    """The rows with low, high and quality: 1 sure, 2 to be read with its interval, 3 too weak for a number.

    Parameters:
        rows: columns level, code, source, status, numerator, denominator, value, and parts, few, parts_of, few_of: how
            many counts the numerator and the denominator add up, and how many of these are 0 or withheld; those of
            ROUNDED, where there are some; counted: the events that a flow is the difference of.
        fractions: of the dwellings coded, by level and territory (see `coded_fractions`).

    A count that the Caf gives as 20 is 18 to 24, two of them 36 to 48; a sum of 20 is known to 1.96 x √(2 x 20) = 12,
    and may be 40 below the truth. A rate is sure from 20 events on.

    >>> from ctg_analysis.model.source import SOURCES
    >>> rows = pd.DataFrame({"numerator": [20.0, 40, 400], "parts": [1, 2, 20], "few": 0, "status": OK})
    >>> rows = rows.assign(source="caf_s_ben_com_f")
    >>> with_intervals(rows, CATALOGUE["caf_households_count"], SOURCES, None)[["low", "high"]].to_numpy().tolist()
    [[18.0, 24.0], [36.0, 48.0], [388.0, 452.0]]
    >>> births = pd.DataFrame({"numerator": [19.0, 20], "denominator": 1000.0, "parts": 1, "few": 0, "status": OK})
    >>> births = births.assign(source="insee_etat_civil")
    >>> with_intervals(births, CATALOGUE["birth_rate"], SOURCES, None)["quality"].tolist()
    [2, 1]
    """
    usual = {"low": float("nan"), "high": float("nan"), "quality": SURE}
    rows = rows.assign(**usual, **{name: float("nan") for name in ROUNDED if name not in rows})
    here = rows["source"].unique()
    step = rows["source"].map({name: sources[name].precision.rounding for name in here}).astype(int)
    step = step.where(rows["parts"].gt(0), 0)  # an exact figure of a source that rounds others
    forms = rows["source"].astype(object).map({name: sources[name].precision.forms(indicator.value) for name in here})
    coded = forms.eq(COMPLEMENTARY)
    known = rows["status"].eq(OK)
    is_rounded = step.gt(0) | rows["least"].notna() | rows["least_of"].notna()
    drawn = known & rows["source"].isin([name for name in here if is_drawn(indicator, sources[name])])
    if drawn.any():
        rows = _kept(rows, drawn, *_by_chance(rows, indicator, sources), WITH_ITS_INTERVAL)
        rows["quality"] = rows["quality"].mask(drawn & ~is_rounded & rows["numerator"].ge(norm("few_events")), SURE)
    if isinstance(indicator.value, AnnualFlow) and indicator.value.events:
        rows = _of_balance(rows, known)
    if isinstance(indicator.value, Count):
        bounds = _rounded(rows, COUNTED, sources)
        rows = _kept(rows, known & is_rounded, bounds["low"], bounds["high"], WITH_ITS_INTERVAL)
        if fractions is not None and coded.any():
            rows = _sampled(rows, known & coded, None, fractions[COMPLEMENTARY])
    if isinstance(indicator.value, Ratio):
        bounds = _of_rounded_ratio(rows, indicator.value, sources)
        rows = _kept(rows, known & is_rounded & ~drawn, *bounds, WITH_ITS_INTERVAL)
        if fractions is not None:
            rows = _of_sampled_ratio(rows, indicator, sources, fractions, forms)
    return rows


def _of_balance(rows: pd.DataFrame, known: pd.Series) -> pd.DataFrame:
    """The rows of a flow, the difference of events (`counted`), with the part of chance."""
    counted, balance = rows["counted"], rows["numerator"]
    more, less = (counted + balance) / 2, (counted - balance) / 2
    people = rows["denominator"].where(rows["denominator"].gt(0)) / 100
    low, high = confint_poisson_2indep(
        more, people, less, people, method="mover", compare="diff", method_mover="exact-c"
    )
    low, high = pd.Series(low, rows.index), pd.Series(high, rows.index)
    rows = _kept(rows, known, low, high, WITH_ITS_INTERVAL)
    rows["quality"] = rows["quality"].where(counted.lt(norm("few_events")), SURE)
    return rows


def _of_rounded_ratio(
    rows: pd.DataFrame,
    ratio: Ratio,
    sources: dict[str, Source],
) -> tuple[pd.Series, pd.Series]:
    """The bounds of a ratio whose counts are rounded."""
    top, bottom = (_rounded(rows, column, sources) for column in (COUNTED, COUNTED_OVER))
    ends = top["low"], top["high"], bottom["low"], bottom["high"]
    return ratio_interval(*ends, ratio.per, bounded=ratio.bounded)


def _of_sampled_ratio(
    rows: pd.DataFrame,
    indicator: Indicator,
    sources: dict[str, Source],
    fractions: pd.DataFrame,
    forms: pd.Series,
) -> pd.DataFrame:
    """The rows of a ratio with the sampling error of the census.

    fractions: see `with_intervals`. forms: the exploitation of the census that each row is of.
    """
    known, coded, surveyed = rows["status"].eq(OK), forms.eq(COMPLEMENTARY), forms.eq(MAIN)
    effects = {name: design_effect(sources[name], indicator) for name in rows["source"].unique()}
    design = rows["source"].astype(object).map(effects).astype(float)
    if coded.any():
        shares = fractions[COMPLEMENTARY]
        rows = _sampled(rows, known & coded, indicator.value, shares, design)
    if indicator.value.bounded and surveyed.any():
        rows = _of_large_communes(rows, known & surveyed, indicator, fractions[MAIN], design)
    return rows


def _by_chance(rows: pd.DataFrame, indicator: Indicator, sources: dict[str, Source]) -> tuple[pd.Series, pd.Series]:
    """The bounds of what chance has a part in."""
    value, counts = indicator.value, _rounded(rows, COUNTED, sources)
    if isinstance(value, Rate):
        bases = pd.DataFrame({"low": rows["denominator"], "high": rows["denominator"], "within": 0.0})
        low, high = chance_interval(counts, bases, value.of)
    else:
        low, high = chance_interval(counts, _rounded(rows, COUNTED_OVER, sources), PERSONS, bounded=True)
    return low * value.per, high * value.per


def _of_large_communes(
    rows: pd.DataFrame, where: pd.Series, indicator: Indicator, fractions: pd.Series, design: pd.Series
) -> pd.DataFrame:
    """The rows with the sampling error of the surveys of large communes, where it is seen in the decimals written."""
    wider = _sampled(rows, where, indicator.value, fractions, design)
    seen = where & (wider["high"] - wider["low"]).ge(2 * 10.0**-indicator.decimals)
    return rows.assign(**{name: rows[name].mask(seen, wider[name]) for name in ("low", "high", "quality")})


def _kept(rows: pd.DataFrame, where: pd.Series, low: pd.Series, high: pd.Series, quality: int) -> pd.DataFrame:
    return rows.assign(
        low=low.where(where & np.isfinite(low), rows["low"]),
        high=high.where(where & np.isfinite(high), rows["high"]),
        quality=rows["quality"].mask(where, quality),
    )


def _rounded(rows: pd.DataFrame, column: str, sources: dict[str, Source]) -> pd.DataFrame:
    """The bounds of counts that secrecy rounds (rule R1), that the producer does, or of their sums (rule R3): low, high
    and within (see `uncertainty.chance_interval`).
    """
    of = "" if column == COUNTED else "_of"
    bounds = {end: rows[f"{name}{of}"].fillna(rows[column]) for end, name in (("low", "least"), ("high", "most"))}
    bounds = pd.DataFrame(bounds).assign(within=0.0)
    for name in rows["source"].unique():
        step, rule = sources[name].precision.rounding, sources[name].precision.rule
        mine = rows["source"].eq(name) & rows[f"least{of}"].isna()
        if not step or not mine.any():
            continue
        count, number, few = (rows.loc[mine, each] for each in (column, f"parts{of}", f"few{of}"))
        few = few.mask(number.eq(1), count.eq(0).astype(few.dtype))
        bounds.loc[mine, ["low", "high"]] = np.column_stack(sum_interval(count, number, few, step, rule))
        bounds.loc[mine, "within"] = rounding_spread(number - few, step)
    return bounds


def of_few(rows: pd.DataFrame, indicator: Indicator, sources: dict[str, Source]) -> pd.DataFrame:
    """The rows as secrecy tells their counts (rule R1): rounded down; what may be nobody is `censored`, « moins de 5 »,
    with its bounds alone, and so is a share of it; over what may be nobody nothing is told, nor shares of classes of
    fewer than a hundred.

    A sum of intervals, wider than the base, is told by its middle. What is not `ok` is emptied afterwards.

    Parameters:
        rows: as `with_intervals` returns them.

    >>> from ctg_analysis.model.source import SOURCES
    >>> bounds = {"least": [0.0, 145, 15], "most": [4.0, 149, 35], "least_of": float("nan"), "most_of": float("nan")}
    >>> rows = pd.DataFrame({"numerator": [2.0, 147, 25], "denominator": 1.0, "status": OK, "source": "mission_locale"})
    >>> rows = rows.assign(**bounds)
    >>> of_few(rows, CATALOGUE["youth_followed_count"], SOURCES)[["status", "value"]].to_numpy().tolist()
    [['censored', 0.0], ['ok', 145.0], ['ok', 25.0]]
    """
    known = rows["status"].eq(OK)
    if not (rows["least"].notna() | rows["least_of"].notna()).any():
        return rows
    base = rows["source"].map({name: sources[name].secrecy.base for name in rows["source"].unique()}).astype(int)
    told = {}
    for column, least, most in (("numerator", "least", "most"), ("denominator", "least_of", "most_of")):
        alone = (rows[most] - rows[least]).lt(base)
        told[column] = rows[column].mask(alone, rows[least])
    nobody = known & rows["least"].eq(0) & base.gt(0)
    fewest = norm("classes_base") if indicator.family and isinstance(indicator.value, Ratio) else 1
    over_nobody = known & rows["least_of"].lt(fewest)
    status = rows["status"].mask(nobody, CENSORED).mask(over_nobody, SECRET)
    if isinstance(indicator.value, Count):
        told["value"] = told["numerator"]
    return rows.assign(status=status, **told)


def _sampled(
    rows: pd.DataFrame, where: pd.Series, ratio: Ratio | None, fractions: pd.Series, design: pd.Series | float = 1.0
) -> pd.DataFrame:
    """The rows with the sampling error of the census (rule R7).

    ratio: how the value is made; None for a count. Of a ratio whose numerator is no part of the denominator, a mean
    size, the numerator is in question.
    """
    keys = pd.MultiIndex.from_frame(rows[["level", "code"]])
    fraction = pd.Series(fractions.reindex(keys).to_numpy(dtype=float), index=rows.index)
    where = where & fraction.lt(1)
    if ratio and ratio.bounded:
        where = where & rows["denominator"].gt(0)
        error, factor = complementary_interval(rows["numerator"], rows["denominator"], fraction, design), ratio.per
    else:
        error = complementary_count_interval(rows["numerator"], fraction)
        factor = ratio.per / rows["denominator"] if ratio else 1.0
    rows = _kept(rows, where, error["low"] * factor, error["high"] * factor, WITH_ITS_INTERVAL)
    return rows.assign(quality=rows["quality"].mask(where & error["unreliable"].astype(bool), TOO_WEAK))


def coded_fractions(populations: pd.DataFrame, membership: pd.DataFrame) -> pd.DataFrame:
    """The fraction of dwellings read by each exploitation of the census, by level and territory (rule R7).

    Parameters:
        populations: one population by commune: columns code, value.
        membership: columns territory, level, commune.

    900 inhabitants of whom one in five is coded leave 4 times as many, 12 000 of whom 40 % are 1.5 times as many:
    12 900 / (12 900 + 21 600). The main exploitation leaves none of the 900.

    >>> populations = pd.DataFrame({"code": ["12001", "12002"], "value": [900.0, 12_000]})
    >>> members = pd.DataFrame({"territory": "E", "level": "epci", "commune": ["12001", "12002"]})
    >>> coded_fractions(populations, members).round(4).loc[("epci", "E")].to_dict()
    {'complementary': 0.3739, 'main': 0.4175}
    """
    inhabitants = populations.drop_duplicates("code").set_index("code")["value"]
    rows = membership.assign(population=membership["commune"].map(inhabitants)).dropna(subset="population")
    rows = rows[rows["population"].gt(0)]
    unit = [rows["level"], rows["territory"]]
    year = int(norm("census_vintage"))
    kinds = {kind: coded_fraction(rows["population"], unit, year, kind) for kind in (COMPLEMENTARY, MAIN)}
    return pd.DataFrame(kinds).rename_axis(["level", "code"])


# Parts of a published whole that nobody publishes and that are 0: the other parts leave nothing of it (rule R5).

WHOLE = CATALOGUE["childcare_coverage_rate"]
MEASURES = {name: CATALOGUE[name].value.measure for name in WHOLE.parts}
KEY = ["code", "level", "period"]
STEP = 0.1  # of what is published: each figure is known to half of it


def with_known_zeros(rows: pd.DataFrame, by_measure: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The rows of an indicator and its like, a missing part of the whole being 0 where the others make the whole.

    It is 0 where what the known parts leave is one step at most, with for high what the rounding of all leaves to it.
    by_measure: facts. 24.0 less 22.9, 0.6 and 0.5 leaves 0.0, and 4 times 0.05 at most.
    """
    sought = rows["status"].eq(MISSING) & rows["indicator"].isin(MEASURES)
    if not sought.any() or WHOLE.value.measure not in by_measure:
        return rows
    whole = _published(by_measure[WHOLE.value.measure])
    known = {name: _published(by_measure[measure]) for name, measure in MEASURES.items() if measure in by_measure}
    parts = pd.DataFrame(known).reindex(whole.index)
    left = (whole - parts.sum(axis=1)).round(6)
    high = (left + STEP / 2 * (1 + parts.notna().sum(axis=1))).clip(lower=0)[left.le(STEP)]
    found = pd.Series(high.reindex(_places(rows)).to_numpy(), rows.index).where(sought)
    zero = found.notna()
    zeros = {"value": 0.0, "low": 0.0, "high": found, "status": OK, "quality": WITH_ITS_INTERVAL}
    return rows.assign(**{name: rows[name].mask(zero, one) for name, one in zeros.items()})


def _published(facts: pd.DataFrame) -> pd.Series:
    rows = facts[facts["status"].eq(OK)]
    return pd.Series(rows["value"].to_numpy(), _places(rows))


def _places(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[KEY].astype(TEXT))
