"""Restricted counts as they may be published: rounded, with the interval that follows."""

import dataclasses
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from ctg_analysis.indicators.uncertainty import UNKNOWN, detect_rounding
from ctg_analysis.model.form import Form
from ctg_analysis.model.indicator import OK, Count, Indicator, Mean, Rate, Ratio
from ctg_analysis.model.source import Source

# Secrecy by rounding (rules R1 and R2): a restricted count of persons is an interval before anything is made of it.
# A count is rounded down to a multiple of its base, as the Cnaf does: « ≈ 145 » is 145 to 149, « moins de 5 » is 0 to
# 4, a true 0 among them. What is written afterwards depends on these intervals alone: two worlds whose counts fall in
# the same intervals give the same bytes, whatever has been published before.
# A total that stands beside few of its parts would narrow them (two parts under 5 that make 8 are 4 and 4): it is the
# sum of their intervals. Of more than `MOST_PARTS` parts, it narrows one only if all remainders are at their end; but
# secteurs may be drawn anew, which tells of a commune that moves: theirs is always a sum. A whole that is told as it is
# would narrow its parts too (≈ 15 at work of 15 approved): the last interval within it is a longer one.

MOST_PARTS = 10
SERIES = ["period", "measure"]
BOUNDS = ["least", "most"]
SUMS = {"least": ("least", "sum"), "most": ("most", "sum"), "known": ("least", "size")}
LEVELS = ("commune", "secteur", "epci", "departement")  # each after what it is made of


def rounded(
    facts: pd.DataFrame, source: Source, indicators: Iterable[Indicator], membership: pd.DataFrame
) -> pd.DataFrame:
    """The facts of a form, its counts of persons rounded: least and most bound them, value is their middle.

    Parameters:
        facts: columns of model.facts, with the totals of secteurs and EPCIs.
        indicators: what is published; a measure has parts when one of them is shown by commune.
        membership: columns territory, level, commune: what each place is made of.

    >>> from ctg_analysis.model.source import SOURCES
    >>> source = SOURCES["mission_locale"]
    >>> facts = pd.DataFrame({"code": ["A", "B"], "value": [3.0, 147], "level": "commune", "status": OK})
    >>> facts = facts.assign(period="2024", measure="youth_followed")
    >>> rounded(facts, source, [], pd.DataFrame(columns=["territory", "level", "commune"]))[BOUNDS].to_numpy().tolist()
    [[0.0, 4.0], [145.0, 149.0]]
    """
    base, form = source.secrecy.base, source.form
    by_measure = steps(form, base)
    counted, step = {*by_measure}, facts["measure"].astype(str).map(by_measure)
    mine = step.notna() & facts["status"].eq(OK)
    table = facts.assign(least=rounded_down(facts["value"], step).where(mine))
    table = table.assign(most=table["least"] + step - 1)
    for measure, whole in form.within_exact().items() if base else ():
        table = _within(table, measure, whole, base)
    shown = _levels_of(indicators)
    summed = {
        measure
        for several in _together(counted, form.breakdowns)
        if any("commune" in shown.get(one, ()) for one in several)
        for measure in several
    }
    parts = _parts_of_places(membership)
    for level in LEVELS:
        here = table["level"].eq(level)
        if level in parts:
            most = np.inf if level == "secteur" else MOST_PARTS
            of = here if level == "departement" else here & table["measure"].isin(summed)
            table = _sums_of_places(table, of, parts[level], most)
        for whole, classes in form.breakdowns.items():
            if all(level in shown.get(one, ()) for one in classes):
                alone = here & table["measure"].eq(whole) & (table["most"] - table["least"]).lt(base)
                table = _sum_of_classes(table, alone, classes)
    middle = (table["least"] + table["most"]) / 2
    return table.assign(value=middle.where(mine, table["value"]))


def steps(form: Form, base: int) -> dict[str, int]:
    """What each measure of a form is rounded to a multiple of: counts of persons; none where the base is 0."""
    return {field.measure: base * (field.rounded or 1) for field in form.fields if field.is_rounded} if base else {}


def rounded_down(values: pd.Series, step: pd.Series) -> pd.Series:
    """The largest multiples of a step that are not above the values; missing where there is no step.

    >>> rounded_down(pd.Series([3.0, 147, 9]), pd.Series([5.0, 5, np.nan])).tolist()
    [0.0, 145.0, nan]
    """
    return values // step * step


def _within(table: pd.DataFrame, measure: str, whole: str, base: int) -> pd.DataFrame:
    """The table, a measure bounded by the whole that it is within, which is told as it is: to its end, by one interval
    of `base` counts at least. A whole of fewer tells by itself what it tells.
    """
    key = ["code", "period"]
    known = table[table["measure"].eq(whole) & table["status"].eq(OK)].astype(dict.fromkeys(key, str))
    places = pd.MultiIndex.from_frame(table[key].astype(str))
    end = known.set_index(key)["value"].reindex(places).set_axis(table.index)
    begin = ((end + 1) // base - 1) * base
    last = table["measure"].eq(measure) & begin.ge(0) & table["least"].ge(begin) & table["value"].le(end)
    return table.assign(least=table["least"].mask(last, begin), most=table["most"].mask(last, end))


def _levels_of(indicators: Iterable[Indicator]) -> dict[str, set[str]]:
    """The levels at which each measure is published."""
    levels: dict[str, set[str]] = {}
    for indicator in indicators:
        for measure in measures(indicator).values():
            levels.setdefault(measure, set()).update(indicator.shown_at)
    return levels


def _together(counted: set[str], breakdowns: Mapping[str, tuple[str, ...]]) -> list[set[str]]:
    """The measures, in one set those of which one is the sum of others: what tells one by commune bounds them all."""
    several = [{whole, *parts} for whole, parts in breakdowns.items()]
    return [*several, *({one} for one in counted.difference(*several))]


def measures(indicator: Indicator) -> dict[str, str]:
    """The measures that the numerator and the denominator of an indicator add up."""
    match indicator.value:
        case Count(measure) | Mean(measure, _) | Rate(measure, _):
            return {"numerator": measure}
        case Ratio(numerator, denominator):
            return {"numerator": numerator, "denominator": denominator}
        case _:
            return {}


def _parts_of_places(membership: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What each place is made of: columns territory, part. An EPCI is of its secteurs where these are all of it, a
    département of its EPCIs, else of their communes.
    """
    communes = {level: membership[membership["level"].eq(level)].drop(columns="level") for level in LEVELS}
    parts = {"secteur": communes["secteur"].rename(columns={"commune": "part"})}
    for level, below in (("epci", "secteur"), ("departement", "epci")):
        within = communes[level].merge(communes[below], on="commune", how="left", suffixes=("", "_below"))
        divided = within["territory_below"].notna().groupby(within["territory"]).transform("all")
        part = within["territory_below"].where(divided, within["commune"])
        parts[level] = within.assign(part=part)[["territory", "part"]].drop_duplicates()
    return parts


def _sums_of_places(table: pd.DataFrame, of: pd.Series, parts: pd.DataFrame, most: float) -> pd.DataFrame:
    """The table, some of its totals bounded by their parts, where these are few and all known.

    of: the rows of these totals. parts: columns territory, part. most: how many parts are few.
    """
    size = parts.groupby("territory")["part"].transform("size")
    few = parts.assign(size=size)[size.le(most)]
    key = ["territory", "size", *SERIES]
    below = table[["code", *SERIES, *BOUNDS]].dropna().merge(few, left_on="code", right_on="part")
    sums = below.groupby(key, as_index=False, observed=True).agg(**SUMS)
    return _bounded(table, of, sums[sums["known"].eq(sums["size"])].rename(columns={"territory": "code"}))


def _sum_of_classes(table: pd.DataFrame, of: pd.Series, classes: tuple[str, ...]) -> pd.DataFrame:
    """The table, some of its wholes bounded by their classes, where these are few and all known. of: their rows."""
    if len(classes) > MOST_PARTS or not of.any():
        return table
    below = table[table["measure"].isin(classes)].dropna(subset=BOUNDS)
    sums = below.groupby(["code", "period"], as_index=False, observed=True).agg(**SUMS)
    sums = sums[sums["known"].eq(len(classes))]
    return _bounded(table, of, sums.assign(measure=table.loc[of, "measure"].iloc[0]))


def _bounded(table: pd.DataFrame, of: pd.Series, sums: pd.DataFrame) -> pd.DataFrame:
    """The table with sums in the place of the bounds that they meet: of other counts (persons of no known commune) they
    do not.

    of: the rows concerned. sums: columns code, period, measure, least, most.
    """
    key = ["code", *SERIES]
    texts = dict.fromkeys(key, str)
    both = (
        table[key]
        .astype(texts)
        .merge(sums[[*key, *BOUNDS]].astype(texts), on=key, how="left", validate="m:1")
        .set_index(table.index)
    )
    meets = of & both["least"].le(table["most"]) & both["most"].ge(table["least"])
    return table.assign(**{name: table[name].mask(meets, both[name]) for name in BOUNDS})


# How the Caf rounds its counts, as its communes and its EPCIs together show it (rule R3).

CAF_BY_COMMUNE, CAF_BY_EPCI = "caf_s_ben_com_f", "caf_s_ben_epci_f"


def rounding_rule(facts: pd.DataFrame, epci_of: pd.Series, step: int) -> str:
    """Return the way the Caf rounds. facts: those of both files. epci_of: the EPCI of each commune, by its code."""
    known = facts[facts["status"].eq(OK)]
    communes = known[known["source"].eq(CAF_BY_COMMUNE) & known["level"].eq("commune")]
    communes = communes.assign(epci=communes["code"].map(epci_of)).dropna(subset="epci")
    epci = known[known["source"].eq(CAF_BY_EPCI)].rename(columns={"code": "epci"})
    columns = ["epci", "period", "measure", "value"]
    return detect_rounding(communes[columns], epci[columns], step)


def with_rounding_rule(sources: dict[str, Source], rule: str) -> dict[str, Source]:
    """Return the sources with the way the Caf rounds.

    One treatment rounds all that it publishes by commune and by EPCI: the rule is that of each of these files.
    """
    rounded = [name for name, source in sources.items() if source.precision.rounding and "Cnaf" in source.producer]
    precise = {name: dataclasses.replace(sources[name].precision, rule=rule) for name in rounded}
    return sources | {name: dataclasses.replace(sources[name], precision=precise[name]) for name in rounded}


def rounding_note(rule: str) -> str:
    """Return what is said of the way the Caf rounds: which bounds hold around its counts."""
    if rule == UNKNOWN:
        return "rounding by the Caf (règle d'arrondi): undetermined (indéterminée), the wider bounds are used"
    return f"rounding by the Caf (règle d'arrondi): {rule}, as its communes and EPCIs show"
