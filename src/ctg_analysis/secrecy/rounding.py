"""Restricted counts as they may be published: rounded, with the interval that follows."""

import dataclasses
from collections.abc import Collection, Iterable, Mapping

import pandas as pd

from ctg_analysis.indicators.uncertainty import UNKNOWN, detect_rounding
from ctg_analysis.model.form import Form
from ctg_analysis.model.indicator import OK, Count, Indicator, Mean, Rate, Ratio
from ctg_analysis.model.source import Source

# Secrecy by rounding (rules R1 and R2): a restricted count of persons is an interval before anything is made of it.
# A count is rounded down to a multiple of its base, as the Cnaf does: « ≈ 145 » is 145 to 149, « moins de 5 » is 0 to
# 4, a true 0 among them. What is written afterwards depends on these intervals alone: two worlds whose counts fall in
# the same intervals give the same bytes, whatever has been published before.
# What has a rounded part is rounded too: both intervals begin at multiples of one base, so that neither narrows the
# other, in one edition or between two.
# A total that stands beside few of its parts would narrow them (two parts under 5 that make 8 are 4 and 4): it is the
# sum of their intervals. Of more than `MOST_PARTS` parts, it narrows one only if all remainders are at their end; but
# secteurs may be drawn anew, which tells of a commune that moves: theirs is always a sum. So are the totals of a whole
# and of its parts where both are told of each commune, which two roundings of the truth would narrow together.

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
    step = facts["measure"].astype(str).map(by_measure)
    mine = step.notna() & facts["status"].eq(OK)
    table = facts.assign(least=rounded_down(facts["value"], step).where(mine))
    table = table.assign(most=table["least"] + step - 1)
    shown = _levels_of(indicators)
    summed, however_many = _measures_with_sums(form, by_measure, shown)
    parts = _parts_of_places(membership)
    for level in LEVELS:
        here = table["level"].eq(level)
        if level in parts:
            of = here if level == "departement" else here & table["measure"].isin(summed)
            any_size = table["measure"].isin(however_many) | (level == "secteur")
            table = _sums_of_places(table, of & any_size, parts[level])
            table = _sums_of_places(table, of & ~any_size, _of_few_parts(parts[level]))
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

    >>> rounded_down(pd.Series([3.0, 147, 9]), pd.Series([5.0, 5, None])).tolist()
    [0.0, 145.0, nan]
    """
    return values // step * step


def _levels_of(indicators: Iterable[Indicator]) -> dict[str, set[str]]:
    """The levels at which each measure is published."""
    levels: dict[str, set[str]] = {}
    for indicator in indicators:
        for measure in measures(indicator).values():
            levels.setdefault(measure, set()).update(indicator.shown_at)
    return levels


def _measures_with_sums(
    form: Form, measures: Collection[str], shown: Mapping[str, set[str]]
) -> tuple[set[str], set[str]]:
    """The measures of which totals of few communes are sums of intervals, and those of which all totals are.

    What tells a part or a whole by commune bounds its whole family. shown: the levels at which each is published.
    """
    by_commune = {measure for measure in measures if "commune" in shown.get(measure, ())}
    families = [family for family in form.families(measures) if family & by_commune]
    related = set().union(*(family for family in families if len(family) > 1))
    return set().union(*families), by_commune & related


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


def _of_few_parts(parts: pd.DataFrame) -> pd.DataFrame:
    """The parts of the places that have few. Columns territory, part."""
    return parts[parts.groupby("territory")["part"].transform("size").le(MOST_PARTS)]


def _sums_of_places(table: pd.DataFrame, of: pd.Series, parts: pd.DataFrame) -> pd.DataFrame:
    """The table, some of its totals bounded by their parts, where these are all known.

    of: the rows of these totals. parts: columns territory, part.
    """
    parts = parts.assign(size=parts.groupby("territory")["part"].transform("size"))
    key = ["territory", "size", *SERIES]
    below = table[["code", *SERIES, *BOUNDS]].dropna().merge(parts, left_on="code", right_on="part")
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
