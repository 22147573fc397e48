"""The gate of the survey: which figures of all its tables together would give away 1 to 4 respondents (R1, R2).

A figure is a sum of counts of respondents (`counts`); what hides the small groups is found by linear programming
(`suppression`), in all the tables at once. A share is read as a number of respondents of its base, and tells that base,
whether weighted or not. Where all weights follow one question of the profile, anyone can work them out from it: a
weighted share is then a sum over the groups of that question.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from ctg_analysis.demarche.survey.blanks import INTERVAL
from ctg_analysis.demarche.survey.counts import Count, Counts, Sum, plus, summed
from ctg_analysis.demarche.survey.hidden_figures import Cell, to_hide
from ctg_analysis.demarche.survey.measured import Asked
from ctg_analysis.demarche.survey.questions import CELL
from ctg_analysis.demarche.survey.response import OTHER_PATHS, used_of
from ctg_analysis.demarche.survey.weighting import KnownWeights
from ctg_analysis.demarche.tables.codes import CROSSED, NO_ANSWER, NOT_CONCERNED, OUTSIDE, UNKNOWN
from ctg_analysis.demarche.tables.outputs import OBSERVATIONS

Tables = dict[str, pd.DataFrame]
VALUES = ["numerator", "denominator", "value", "low", "high"]

# What it costs to hide a figure
BASE, SHARE, COUNT, SILENT, CITATIONS = 200, 40, 15, 4, 3  # of a question
INDICATOR, GROUP_BASE, GROUP_SHARE, CROSSING, MEAN, PATH, PATH_BASE, GOT = 60, 10, 2, 0.5, 1, 4, 30, 40
NOBODY = 20  # times as much, for a figure that is 0: it would hide little


def hide(
    tables: Tables,
    counts: Counts,
    asked: Sequence[Asked],
    unsure: Collection[str] = (),
    weights: KnownWeights | None = None,
) -> None:
    """Blank the figures that would give away 1 to 4 respondents, or bound them more tightly than [0, 4].

    Parameters:
        tables: as they would be published, those of 1 to 4 left out, the observations of the survey among them.
        asked: what these observations are.
        unsure: questions in which nobody is said not to know.
    """
    counts.known += [{Count(name, UNKNOWN): 1.0} for name in unsure]
    for name in tables["distribution"]["q_id"].unique() if weights and weights.of_groups else ():
        if name != weights.question:
            counts.cross(name, weights.question)
    cells = list(_cells(tables, counts, asked, weights))
    groups = [total for total in _groups(tables, counts, asked) if 0 < counts.size(total) < CELL]
    for cell in to_hide(counts, cells, groups):
        tables[cell.table].loc[cell.rows, cell.columns] = np.nan


def _cells(tables: Tables, counts: Counts, asked: Sequence[Asked], weights: KnownWeights | None) -> Iterator[Cell]:
    """The figures of the tables."""
    yield from _by_group(tables["by_group"], counts)
    yield from _distribution(tables["distribution"], counts, weights)
    yield from _completion(tables["completion"], counts)
    yield from _profile(tables["profile"], counts)
    yield from _paths(tables["paths"], counts)
    yield from _both(tables["crossings"], counts)
    for row in _printed(tables["summary"], "base"):
        yield Cell("summary", [row.Index], ["base", "n_eff"], MEAN, [counts.inside(row.q_id)])
    by_indicator = {measure.indicator: measure for measure in asked}
    for row in _printed(tables[OBSERVATIONS], "value"):
        measure = by_indicator[row.indicator]
        sums = _shared(counts, measure.q_id, measure.codes, row.value / 100, weights)
        yield Cell(OBSERVATIONS, [row.Index], VALUES, INDICATOR, sums)


def _printed(table: pd.DataFrame, column: str) -> Iterator:
    """The rows of a table where a figure is printed."""
    return table[table[column].notna()].itertuples() if len(table) else iter(())


def _by_group(table: pd.DataFrame, counts: Counts) -> Iterator[Cell]:
    for (name, by), rows in _totals(table, ["q_id", "variable"]):
        counts.cross(name, by)
        base_of = counts.base if has_unknown(rows) else counts.inside
        for group, mine in rows.groupby("group", sort=False):
            base = base_of(name, by, group)
            if mine["base"].notna().any():
                yield Cell("by_group", [*mine.index], ["base", "n_eff"], GROUP_BASE, [base])
            for row in _printed(mine, "share"):
                total = {Count(name, row.modalite, by, group): 1.0}
                yield Cell("by_group", [row.Index], INTERVAL, _cost(counts, GROUP_SHARE, total), [total, base])


def has_unknown(rows: pd.DataFrame) -> bool:
    """Whether « ne sait pas » is in the bases of a question.

    >>> has_unknown(pd.DataFrame({"modalite": ["a", UNKNOWN], "in_base": [True, False]}))
    False
    """
    return bool(rows.loc[rows["modalite"].eq(UNKNOWN), "in_base"].all())


def _distribution(table: pd.DataFrame, counts: Counts, weights: KnownWeights | None) -> Iterator[Cell]:
    for (name,), rows in _totals(table, ["q_id"]):
        base = counts.base(name)
        if rows["base"].notna().any():
            yield Cell("distribution", [*rows.index], ["base", "n_eff"], BASE, [base])
        for row in _printed(rows, "count"):
            total = {Count(name, row.modalite): 1.0}
            cost = _cost(counts, COUNT, total) if row.in_base else SILENT
            yield Cell("distribution", [row.Index], ["count"], cost, [total])
        for row in _printed(rows, "share"):
            sums = _shared(counts, name, [row.modalite], row.share, weights)
            cost = _cost(counts, SHARE, {Count(name, row.modalite): 1})
            yield Cell("distribution", [row.Index], INTERVAL, cost, sums)
        if rows["citations"].notna().any():
            yield Cell("distribution", [*rows.index], ["citations"], CITATIONS, [counts.answers(name)])


def _shared(counts: Counts, name: str, codes: Collection[str], share: float, weights: KnownWeights | None) -> list[Sum]:
    """What a share of all tells: its base, how many gave one of the codes; both weighted, by known weights."""
    sums = [counts.gave(name, codes), counts.base(name)]
    by = weights.question if weights else ""
    if (name, by) in counts.crossed:
        weighted: Sum = {}
        for group, weight in weights.of_groups.items():
            weighted = plus(weighted, {Count(name, code, by, group): weight for code in codes})
            weighted = plus(weighted, counts.base(name, by, group), -share * weight)
        sums.append(weighted)
    return sums


def _completion(table: pd.DataFrame, counts: Counts) -> Iterator[Cell]:
    columns = {"put": counts.put, "answered": counts.base}
    columns |= {"no_answer": lambda name: {Count(name, NO_ANSWER): 1.0}}
    columns |= {"not_concerned": lambda name: {Count(name, NOT_CONCERNED): 1.0}}
    for column, sum_of in columns.items():
        for row in _printed(table, column):
            yield Cell("completion", [row.Index], [column], SILENT, [sum_of(row.q_id)])


def _profile(table: pd.DataFrame, counts: Counts) -> Iterator[Cell]:
    for (name,), rows in _totals(table, ["variable"]):
        crossed = CROSSED in name
        if crossed:
            counts.join(name, rows.loc[rows["modalite"].ne(NO_ANSWER), "modalite"])
        for row in _printed(rows, "count"):
            if row.modalite != NO_ANSWER:
                total = {Count(name, row.modalite): 1.0}
            elif crossed:
                others = {Count(name, code): 1.0 for code in rows["modalite"] if code != NO_ANSWER}
                total = plus(counts.everybody(name.partition(CROSSED)[0]), others, -1)
            else:
                total = {Count(name, code): 1.0 for code in OUTSIDE}
            yield Cell("profile", [row.Index], ["count", "before"], _cost(counts, COUNT, total), [total])


def _paths(table: pd.DataFrame, counts: Counts) -> Iterator[Cell]:
    for (name,), rows in _totals(table, ["q_id"]):
        used = used_of(name)
        counts.cross(name, used)
        both = counts.both(name, used)
        if rows["base"].notna().any():
            yield Cell("paths", [*rows.index], ["base"], PATH_BASE, [both])
        if rows["got"].notna().any():
            got = {count: part for count, part in both.items() if count.code == count.group}
            yield Cell("paths", [*rows.index], ["got"], GOT, [got, both])
        for row in _printed(rows[rows["wished"].ne(OTHER_PATHS)], "share"):
            total = {Count(name, row.wished, used, row.used): 1.0}
            yield Cell("paths", [row.Index], ["share"], _cost(counts, PATH, total), [total, both])


def _both(table: pd.DataFrame, counts: Counts) -> Iterator[Cell]:
    for (name, by), rows in _totals(table, ["q_id", "group"]):
        if rows["base"].notna().any():
            yield Cell("crossings", [*rows.index], ["base", "n_eff"], CROSSING, [counts.both(name, by)])


def _cost(counts: Counts, cost: float, total: Sum) -> float:
    """What it costs to hide a number of respondents: more for a larger one, and for none at all."""
    size = counts.size(total)
    return cost * (1 + size / 1000) if size else cost * NOBODY


def _groups(tables: Tables, counts: Counts, asked: Sequence[Asked]) -> Iterator[Sum]:
    """The groups that a line of a table is about, and what the withheld lines of a total come to together."""
    for name, rows in _totals(tables["distribution"], ["q_id"]):
        yield from _of_total(counts, rows, *name)
    for (name, by), rows in _totals(tables["by_group"], ["q_id", "variable"]):
        for group in counts.codes[by]:
            yield counts.base(name, by, group)
            yield from _of_total(counts, rows, name, by, group)
        for count in _lines(counts, rows, name):
            yield from _few_together(counts, [{count._replace(by=by, group=group): 1.0} for group in counts.codes[by]])
    for (name,), _ in _totals(tables["paths"], ["q_id"]):
        yield from _of_paths(counts, name, used_of(name))
    yield from ({count: 1.0} for count in counts.sizes if CROSSED in count.question)
    for measure in asked:
        gave = counts.gave(measure.q_id, measure.codes)
        yield from (gave, plus(counts.base(measure.q_id), gave, -1))


def _totals(table: pd.DataFrame, keys: list[str]) -> Iterator[tuple[tuple, pd.DataFrame]]:
    """The rows of each question of a table, or of each crossing."""
    yield from table.groupby(keys, sort=False) if len(table) else ()


def _lines(counts: Counts, rows: pd.DataFrame, name: str, by: str = "", group: str = "") -> list[Count]:
    """The answers that a table tells of: « ne sait pas » is none where it is counted as no answer."""
    lines = counts.answers(name, by, group)
    return [count for count in lines if count.code != UNKNOWN or has_unknown(rows)]


def _of_total(counts: Counts, rows: pd.DataFrame, name: str, by: str = "", group: str = "") -> Iterator[Sum]:
    """The groups of a total: those who gave each answer, and where several may be given, those who did not."""
    parts = [{count: 1.0} for count in _lines(counts, rows, name, by, group)]
    yield from parts
    if counts.several(name):
        yield from (plus(counts.base(name, by, group), part, -1) for part in parts)
    else:
        yield from _few_together(counts, parts)


def _of_paths(counts: Counts, name: str, used: str) -> Iterator[Sum]:
    """The groups of the paths to what is used: each, the rare ones together, those who got what they wished."""
    codes = counts.codes[name], counts.codes[used]
    paths = [[{Count(name, wish, used, other): 1.0} for other in codes[1]] for wish in codes[0]]
    each = summed(path for row in paths for path in row)
    yield from ({path: 1.0} for path in each)
    for total in (*paths, *zip(*paths, strict=True), [{path: 1.0} for path in each]):
        yield from _few_together(counts, total)
    got = {path: 1.0 for path in each if path.code == path.group}
    yield from (got, plus(each, got, -1))


def _few_together(counts: Counts, parts: Iterable[Sum]) -> Iterator[Sum]:
    few = [part for part in parts if 0 < counts.size(part) < CELL]
    if len(few) > 1:
        yield summed(few)
