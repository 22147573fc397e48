"""An observation as a reader sees it: its value, its interval, its sentence, what it compares with."""

import math
import re
from collections import namedtuple
from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd

from ctg_analysis.display.quantities import agreed, money, number, percent, quantity, sampled
from ctg_analysis.display.texts import (
    FEW,
    MINUS,
    NARROW,
    NBSP,
    SIGNS,
    WEAK,
    date_text,
    typography,
    uncapitalised,
    with_none,
)
from ctg_analysis.indicators.spread import ALL_EPCIS
from ctg_analysis.indicators.uncertainty import goes_further, is_drawn
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import (
    CENSORED,
    OK,
    Count,
    Indicator,
    Mean,
    Published,
    Rate,
    Ratio,
    is_proportion,
    is_share,
)
from ctg_analysis.model.norms import norm
from ctg_analysis.model.source import COMPLEMENTARY, MAIN, SOURCES, SURVEY

TOO_WEAK = 3  # the quality of a figure of the 20 % forms on too small a sample (rule R7)
SMALLEST_BASE = 20  # no percentage on a smaller denominator (rule R10)
COUNTED_WHOLE = ("population", "births", "deaths")  # by the law or a register, whatever file they are in
ALL_AGES = ("population_all_ages", "population")  # a page has one number of inhabitants, that of the law
PERCENT = 100
DECIMALS_FROM = 1000  # no decimals in a percentage on a smaller denominator (rule R10)
YEARS = re.compile(r"^(\d{4})-(\d{4})$")
HUNDREDS = re.compile(r"\bpour 1[  ]?000? ")  # « pour 100 », « pour 1 000 »
SUMMED = ("indicator", "level", "status", "source", "value", "numerator", "denominator", "low", "high")
OF_WHAT = re.compile(r"(?:\{value\} des|parmi les|part des) ([^\W\d_]+)")


def each_row(rows: pd.DataFrame) -> list[tuple]:
    """What `rows.itertuples(index=False)` does, in a fifth of the time where rows are few."""
    row = _row(tuple(rows.columns))
    return [row(*values) for values in rows.to_numpy(dtype=object).tolist()]


@cache
def _row(columns: tuple[str, ...]) -> type[tuple]:
    return namedtuple("Row", columns)


def value_text(indicator: Indicator, row) -> str:
    """Return the value of an observation as a reader sees it, or the sign of what it lacks.

    A percentage or a rate on fewer than 20 is said as counts; a percentage on fewer than 1 000 has no decimals.
    A count that its producer or secrecy rounds is said to be one; of a sum of such counts, or a share of one, only the
    bounds are.
    """
    if row.status == CENSORED:
        return _under(indicator, row)
    if row.status != OK:
        return SIGNS[row.status]
    if is_weak(row):
        return WEAK
    if indicator.id.endswith("_year"):
        return f"{row.value:.0f}"
    if is_sum_of_rounded(indicator, row):
        low, high = (_written(indicator, row, bound) for bound in (row.low, row.high))
        return f"entre {low.removesuffix(f'{NARROW}%')} et {high}" if low != high else low
    if rounded(indicator, row):
        none = row.value == 0 and row.level != "peers"
        return f"moins de {number(row.high + 1)} (arrondi)" if none else f"≈{NBSP}{number(row.value)}"
    if _is_of_few(indicator, row):
        return FEW
    if _is_on_a_small_base(indicator, row):
        return (" sur " if is_share(indicator.value) else " pour ").join(_made_of(indicator, row))
    return _near_an_end(indicator, row) or _written(indicator, row, row.value)


def _near_an_end(indicator: Indicator, row) -> str:
    """Return « moins de 1 % » of a share that rounding would make nothing, « plus de 99 % » of one that it would make
    all; else nothing."""
    if not is_share(indicator.value) or indicator.value.per != PERCENT:
        return ""
    step = 10.0 ** -_decimals(indicator, row)
    if 0 < row.value < step / 2:
        return f"moins de {_written(indicator, row, step)}"
    return f"plus de {_written(indicator, row, PERCENT - step)}" if PERCENT - step / 2 < row.value < PERCENT else ""


def _under(indicator: Indicator, row) -> str:
    """Return what a value that is only known to be small is told by: « ≤ 5 % », « moins de 5 », « moins de 4 % »."""
    if indicator.floor is not None:
        return f"≤{NBSP}{rounded_text(indicator, indicator.floor)}"
    if isinstance(indicator.value, Count):
        return f"moins de {number(row.high + 1)}"
    return f"moins de {rounded_text(indicator, math.floor(row.high) + 1)}"


def _written(indicator: Indicator, row, value: float) -> str:
    decimals = _decimals(indicator, row)
    if indicator.unit.startswith("euros"):
        return money(value, decimals)
    if not indicator.unit.startswith("%"):
        counted = isinstance(indicator.value, Count) and is_sampled(indicator, row)
        return number(sampled(value)) if counted else number(value, decimals)
    return percent(value, decimals, signed=is_change(indicator))


def is_sampled(indicator: Indicator, row) -> bool:
    """Tell whether a count, or those that a share is made of, are known from a sample of the census alone (rule R7).

    Its supplementary coding; of its main one, what has an interval, or is of a place with a commune large enough to be
    sampled: `drawn` where the row says it, else what is of as many as such a commune.
    """
    value, kind = indicator.value, SOURCES[row.source].precision.forms(indicator.value)
    if isinstance(value, Count) and value.measure in COUNTED_WHOLE:
        return False
    many = row.value if isinstance(value, Count) else row.denominator
    return kind == COMPLEMENTARY or (kind == MAIN and (row.low < row.high or _is_drawn(row, many)))


def _is_drawn(row, many: float) -> bool:
    drawn = getattr(row, "drawn", None)
    return many >= norm("census_large_commune") if drawn is None else drawn


def on_one_scale(indicator: Indicator, rows):
    """Return the rows of a territory and its comparators on one scale: « 53,6 pour 100 » beside « 8,9 pour 17 ».

    rows: columns of observations and text, the territory first.
    """
    if rows.empty or is_share(indicator.value) or not _is_on_a_small_base(indicator, rows.iloc[0]):
        return rows
    per = f" pour {number(indicator.value.per)}"
    told = [row.text + per * (row.text == _written(indicator, row, row.value)) for row in rows.itertuples(index=False)]
    return rows.assign(text=told)


def rounded_text(indicator: Indicator, value: float) -> str:
    """Return a value without decimals, beside one that is written so."""
    return percent(value) if indicator.unit.startswith("%") else number(value)


def is_printed(indicator: Indicator, row) -> bool:
    """Tell whether a share or a rate may be written as a number: enough units (R10), a reliable sample (R7)."""
    return not _is_on_a_small_base(indicator, row) and not is_weak(row) and not _is_of_few(indicator, row)


def _is_on_a_small_base(indicator: Indicator, row) -> bool:
    """Tell whether a value for a hundred or more is of fewer than twenty, which is told as counts (R10)."""
    value = indicator.value
    hundreds = isinstance(value, Rate | Ratio) and value.per >= PERCENT
    return (hundreds or is_share(value)) and row.denominator < SMALLEST_BASE


def _made_of(indicator: Indicator, row) -> tuple[str, str]:
    """Return what a value on a small base is made of: « ≈ 15 » of persons, but 8,9 ETP, 3 crèches, 12 inhabitants."""
    value, known = indicator.value, number(row.denominator)
    top = number(row.numerator) if is_share(value) else quantity(round(row.numerator, 1))
    if not _rounding(row):
        return top, known
    measures = (value.numerator, value.denominator) if isinstance(value, Ratio) else (value.events, None)
    above, below = (f"≈{NBSP}" if one and one not in _exact() else "" for one in measures)
    return f"{above}{top}", f"{below}{known}"


@cache
def _exact() -> set[str]:
    """Return the measures of forms that secrecy does not round."""
    forms = [source.form for source in SOURCES.values() if source.form]
    return {field.measure for form in forms for field in form.fields if not field.is_rounded}


def _is_of_few(indicator: Indicator, row) -> bool:
    """Tell whether a share that its producer works out is of too few for a percentage (rule R10)."""
    return isinstance(indicator.value, Published) and bool(indicator.value.over) and row.denominator < SMALLEST_BASE


def is_weak(row) -> bool:
    """Tell whether the sample is too small for the value of a commune or secteur to be written (rule R7)."""
    return row.quality == TOO_WEAK and row.level in ("commune", "secteur")


def rounded(indicator: Indicator, row) -> bool:
    """Tell whether a count is rounded, by its producer (rule R3) or for secrecy (rule R1)."""
    return bool(_rounding(row)) and isinstance(indicator.value, Count)


def _rounding(row) -> int:
    """Return the step that counts of an observation are rounded to, 0 where they are exact."""
    return 0 if math.isnan(row.low) else _steps().get(row.source, 0)


def sums_of_rounded(rows: pd.DataFrame, indicators: Mapping[str, Indicator] = CATALOGUE) -> pd.Series:
    """Which counts add up counts that are rounded: their bounds go further than one rounding.

    Or shares, whose numerator or denominator adds up such counts; or rates of a sum of them. rows: columns of SUMMED.
    """
    index, rows = rows.index, rows.reset_index(drop=True)
    known = rows["level"].ne("peers") & rows["status"].eq(OK) & rows["low"].notna() & rows["source"].ne(SURVEY)
    part = rows[known & rows["source"].isin(list(_steps()))]
    step = part["source"].map(_steps())
    below, above = part["value"] - part["low"], part["high"] - part["value"]
    by_producer = part["source"].map(lambda name: SOURCES[name].precision.rounding > 0).astype(bool)
    wide = ((below.ge(step) | above.ge(step)) & by_producer) | ((below + above).ge(step) & ~by_producer)
    counts = part["indicator"].map(lambda name: isinstance(indicators[name].value, Count)).astype(bool)
    summed = pd.Series(False, rows.index)
    summed[part.index] = wide.where(counts, goes_further(part, indicators))
    return summed.set_axis(index)


@cache
def _steps() -> dict[str, int]:
    """Return the step of the counts of each source that are rounded, by its producer or for secrecy."""
    steps = {one.id: one.precision.rounding or one.secrecy.base for one in SOURCES.values()}
    return {name: step for name, step in steps.items() if step}


def is_sum_of_rounded(indicator: Indicator, row) -> bool:
    """Tell whether an observation is one of `sums_of_rounded`, which its column summed says where there is one."""
    summed = getattr(row, "summed", None)
    if summed is None and _rounding(row):
        one = {name: getattr(row, name, math.nan) for name in SUMMED} | {"indicator": indicator.id}
        summed = sums_of_rounded(pd.DataFrame([one]), {indicator.id: indicator}).item()
    return bool(summed)


def _is_rounded_further(indicator: Indicator, row) -> bool:
    """Tell whether a count is one that an agreement has rounded further than the rule: 90 to 104, not 90 to 98."""
    base, size = SOURCES[row.source].secrecy.base, row.high - row.low + 1
    return isinstance(indicator.value, Count) and bool(base) and size % base == 0 and row.low % size == 0


def is_change(indicator: Indicator) -> bool:
    """Tell whether values are changes, whose sign matters."""
    return indicator.unit.endswith("par an") and indicator.unit.startswith("%")


def interval_text(indicator: Indicator, row) -> str:
    """Return the interval of an observation, « 4,1 à 7,6 », « quartiles : 4,1 à 7,6 » of peers, or nothing."""
    if row.status != OK or math.isnan(row.low) or not is_printed(indicator, row) or is_sum_of_rounded(indicator, row):
        return ""
    decimals, low, high = _decimals(indicator, row), row.low, row.high
    if isinstance(indicator.value, Count) and row.level != "peers" and is_sampled(indicator, row):
        low, high = sampled(low), sampled(high)
    bounds = " à ".join(number(bound, decimals, signed=is_change(indicator)) for bound in (low, high))
    return f"quartiles : {bounds}" if row.level == "peers" else bounds


def _decimals(indicator: Indicator, row) -> int:
    """Return the decimals of a value: none in a percentage on a denominator under 1 000 (rule R10), nor in a mean of
    numbers of things from a hundred on."""
    value = indicator.value
    if isinstance(value, Mean) and row.value >= PERCENT:
        return 0
    percentage = (is_share(value) and value.per == PERCENT) or (isinstance(value, Published) and bool(value.over))
    return 0 if percentage and row.denominator < DECIMALS_FROM else indicator.decimals


def counts_text(indicator: Indicator, row) -> str:
    """Return the counts that a share or a rate is made of: « 497 foyers sur 1 655 », « 52 places pour 98 enfants ».

    Nothing where they are not known, stand in the place of the percentage, add up what the producer may have rounded,
    or are the weighted answers of a survey. A share of what a list leaves some out of always tells of how many it is.
    """
    value, source = indicator.value, SOURCES[row.source]
    known = row.status == OK and not math.isnan(row.numerator) and not math.isnan(row.denominator)
    exact = not (_rounding(row) if source.withholds else source.precision.rounding) and source.id != SURVEY
    whole = is_proportion(value) or (is_share(value) and source.coverage.leaves_out)
    if not (whole or isinstance(value, Rate)) or not known or not exact or not is_printed(indicator, row):
        return ""
    if isinstance(value, Ratio):
        things = _units().get(value.numerator) or _units().get(value.denominator) or _named(indicator.reading)
        about, top, bottom = "", row.numerator, row.denominator
        if is_sampled(indicator, row):
            about, top, bottom = "environ ", sampled(top), sampled(bottom)
        base = "" if value.denominator in ALL_AGES else f" sur {number(bottom)}"
        return f"{about}{_counted(top, things)}{base}"
    things, base = _units().get(value.events, ""), _units().get(value.population, "")
    when = f" en {row.denominator_period}" if row.denominator_period else ""
    link = "sur" if whole else "pour"
    if value.population not in COUNTED_WHOLE and _is_drawn(row, row.denominator):  # of the census
        return f"{_counted(row.numerator, things)} {link} environ {_counted(sampled(row.denominator), base)}{when}"
    return f"{_counted(row.numerator, things)} {link} {_counted(row.denominator, base)}{when}"


def _counted(value: float, unit: str) -> str:
    return f"{number(value)} {agreed(unit, round(value))}".strip()


def _named(reading: str) -> str:
    """Return what a sentence gives a share of: « foyers » of « {value} des foyers du territoire »; else nothing."""
    found = OF_WHAT.search(reading)
    return found[1] if found else ""


@cache
def _units() -> dict[str, str]:
    """Return what measures count, of those that an indicator is the number of."""
    return {one.value.measure: one.unit for one in CATALOGUE.values() if isinstance(one.value, Count)}


def statement(indicator: Indicator, row) -> str:
    """Return the reading sentence of an observation alone."""
    told = round(row.value, indicator.decimals)
    plural = "s" if told >= 2 else ""
    words = {"period": YEARS.sub(r"\1 et \2", date_text(row.period)), "unit": agreed(indicator.unit, told)}
    value = value_text(indicator, row)
    if row.value == 0 and value == "0,0" and not row.high > 10.0**-indicator.decimals:
        value = "0"  # « ne compte aucune place »
    if isinstance(indicator.value, Count) and row.value >= 1 and value[0].isdigit() and is_sampled(indicator, row):
        value = f"environ {value}"
    reading = indicator.reading
    if len(signed := reading.split(" | ")) == 3:
        reading = signed[int(np.sign(told))]  # none, rise, fall
        value = value.lstrip(f"+{MINUS}")
    text = with_none(reading.format(**words, value=value, s=plural))
    if row.status == OK and _is_on_a_small_base(indicator, row) and not is_share(indicator.value):
        top = {"unit": agreed(indicator.unit, row.numerator), "s": "s" if row.numerator >= 2 else ""}
        above, below = _made_of(indicator, row)
        text = indicator.reading.format(**words | top, value=above)
        text = HUNDREDS.sub(f"pour {below} ", text)
    return typography(text)


def sentence(indicator: Indicator, row) -> str:
    """Return the statement of an observation with the counts that it is made of and its interval, if any."""
    text = statement(indicator, row)
    told = [counts_text(indicator, row)]
    if is_sum_of_rounded(indicator, row):
        way = _way(row) if isinstance(indicator.value, Count) else ""
        by_chance = SOURCES[row.source].precision.rounding or isinstance(indicator.value, Rate)
        of_sums = ", bornes à 95 %" if by_chance else ""
        what = "nombre arrondi" if _is_rounded_further(indicator, row) else "somme de nombres arrondis"
        told.append(f"{what}{way}{of_sums}")
    elif interval := interval_text(indicator, row):
        in_steps = _rounding(row) or getattr(indicator.value, "rounding", "")
        only_rounded = in_steps and row.source != SURVEY and not is_drawn(indicator, SOURCES[row.source])
        kind = "intervalle indicatif à 95 %" if row.source == SURVEY else "intervalle à 95 %"
        if only_rounded:
            kind = f"arrondi{_way(row) if rounded(indicator, row) else ''}"
        told.append(f"{kind} : {interval}")
    if more := " ; ".join(filter(None, told)):
        text = f"{text.removesuffix('.')} ({more})."
    return typography(text)


def _way(row) -> str:
    """Return how a count is known to be rounded: where it may be down, the bounds go further above than below."""
    above, below = row.high - row.value, row.value - row.low
    if below <= 0 < row.value:
        return " vers le bas"
    return ", au plus proche ou vers le bas" if above > below > 0 and row.low > 0 else ""


def beside(rows) -> str:
    """Return the figures to compare with. rows: columns name, level, text, interval, status."""
    each = []
    for row in rows[rows["status"].eq(OK)].itertuples(index=False):
        quartiles = f" ({row.interval})" if row.level == "peers" and row.interval else ""
        name = uncapitalised(row.name) if row.level in ("peers", ALL_EPCIS) else row.name
        each.append(f"{name} {row.text}{quartiles}")
    return f"Pour comparer : {' ; '.join(dict.fromkeys(each))}." if each else ""  # La Réunion is a département too
