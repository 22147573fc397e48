"""What the tables of the survey together would give away, and which figures are hidden so that they do not."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from ctg_analysis.demarche.columns import (
    CROSSED,
    LIST,
    NO_ANSWER,
    NOT_CONCERNED,
    OUTSIDE,
    SEVERAL,
    UNKNOWN,
    conditions,
    has_code,
    labels,
)
from ctg_analysis.demarche.crossings import INTERVAL
from ctg_analysis.demarche.declared_tables import OBSERVATIONS
from ctg_analysis.demarche.questions import CELL, OTHER_PATHS, Asked, used_of
from ctg_analysis.demarche.suppression import Block, protect
from ctg_analysis.demarche.weighting import KnownWeights

# Counts of respondents: what the figures of a survey add up, and what anyone knows of them before reading any.

ANSWERED = "*"  # code of whoever answered a question of several answers, a number or a text
BOTH = "**"  # code of whoever gave an answer to a question and to that of the groups, where no table tells them apart


class Count(NamedTuple):
    """The respondents who gave an answer to a question: all of them, or those of a group.

    code: of the question, NSP, NC, SR or ANSWERED; several separated by | when one of them is enough. by, group: a
    question of one answer and the code that they gave to it; no code for NSP, NC and SR together.
    """

    question: str
    code: str
    by: str = ""
    group: str = ""


Sum = dict[Count, float]


def plus(some: Sum, more: Sum, times: float = 1) -> Sum:
    """A sum of counts with so many times another one.

    >>> list(plus({Count("q", "a"): 2}, {Count("q", "a"): 1, Count("q", "b"): 1}, -1).values())  # 2a - (a + b)
    [1, -1]
    """
    return some | {count: some.get(count, 0) + times * part for count, part in more.items()}


def summed(sums: Iterable[Sum]) -> Sum:
    """The sum of some sums."""
    return reduce(plus, sums, {})


class Counts:
    """Sizes of counts, and sums of them that everyone knows.

    answers: without a blank, a column for each question (see `questions.with_texts_filled`). sizes: count →
    respondents. known: sums whose value is no secret: how many answered in all, to whom a question is put. positive:
    sums that are never negative.

    >>> asked = pd.DataFrame({"q_id": ["q"], "type": "unique", "modalites": "a=A|b=B", "filtre": None})
    >>> counts = Counts(pd.DataFrame({"q": ["a", "a", "b", UNKNOWN, NO_ANSWER, NOT_CONCERNED]}), asked)
    >>> [counts.size(total("q")) for total in (counts.inside, counts.base, counts.put, counts.everybody)]
    [3, 4, 5, 6]
    """

    def __init__(self, answers: pd.DataFrame, questionnaire: pd.DataFrame):
        asked = questionnaire[questionnaire["q_id"].isin(answers.columns)].set_index("q_id")
        self.codes = {row.Index: [*labels(row.modalites)] or [ANSWERED] for row in asked.itertuples()}
        self.sizes: dict[Count, float] = {}
        self.known: list[Sum] = []
        self.positive: list[Sum] = []
        self.crossed: set[tuple[str, str]] = set()
        self._answers, self._kinds = answers, asked["type"].to_dict()
        self._filters = {name: conditions(cell) for name, cell in asked["filtre"].items()}
        for name in self.codes:
            self._add(name)
            self.known.append(self.everybody(name))
        for name in self.codes:
            self._follow(name)

    def size(self, total: Sum) -> float:
        """How many respondents a sum comes to."""
        return sum(part * self.sizes[count] for count, part in total.items())

    def several(self, name: str) -> bool:
        """Whether several answers may be given to a question."""
        return self._kinds[name] == SEVERAL

    def gave(self, name: str, codes: Iterable[str]) -> Sum:
        """Those who gave one of some codes to a question."""
        if not self.several(name):
            return {Count(name, code): 1 for code in codes}
        union = Count(name, LIST.join(codes))
        if union not in self.sizes:
            each = {Count(name, code): 1.0 for code in codes}
            self._set(union)
            self.positive += [plus({union: 1}, {count: 1}, -1) for count in each]
            self.positive += [plus(each, {union: 1}, -1), plus(self.base(name), {union: 1}, -1)]
        return {union: 1}

    def answers(self, name: str, by: str = "", group: str = "") -> Sum:
        """All that was answered, « ne sait pas » among it."""
        return {Count(name, code, by, group): 1 for code in dict.fromkeys([*self.codes[name], UNKNOWN])}

    def base(self, name: str, by: str = "", group: str = "") -> Sum:
        """Who answered a question, « ne sait pas » among them."""
        return {Count(name, ANSWERED, by, group): 1} if self.several(name) else self.answers(name, by, group)

    def inside(self, name: str, by: str = "", group: str = "") -> Sum:
        """Who answered a question, but for « ne sait pas »."""
        return plus(self.base(name, by, group), {Count(name, UNKNOWN, by, group): 1}, -1)

    def put(self, name: str, by: str = "", group: str = "") -> Sum:
        """The respondents to whom a question was put."""
        return plus(self.base(name, by, group), {Count(name, NO_ANSWER, by, group): 1})

    def everybody(self, name: str, by: str = "", group: str = "") -> Sum:
        """All the respondents, or all those of a group, by what they answered to a question."""
        return plus(self.put(name, by, group), {Count(name, NOT_CONCERNED, by, group): 1})

    def both(self, name: str, by: str) -> Sum:
        """Who gave an answer to both questions, « ne sait pas » left out."""
        if (name, by) in self.crossed:
            return summed(self.inside(name, by, group) for group in self.codes[by])
        pair = Count(name, BOTH, by)
        if pair not in self.sizes:
            self._set(pair)
            here, there = (plus(self.inside(question), {pair: 1}, -1) for question in (name, by))
            self.positive += [here, there]
            for left, other in ((here, by), (there, name)):
                self.positive.append(plus(plus(self.everybody(other), self.inside(other), -1), left, -1))
            self._same(here, by in self._filters[name])
            self._same(there, name in self._filters[by])
        return {pair: 1}

    def cross(self, name: str, by: str) -> None:
        """Count the answers to a question by group of another one, whose groups make up all the respondents."""
        if (name, by) in self.crossed:
            return
        self.crossed.add((name, by))
        groups = [*self.codes[by], ""]
        for group in groups:
            self._add(name, by, group)
            whole = {Count(by, group): 1.0} if group else {Count(by, code): 1.0 for code in OUTSIDE}
            self.known.append(plus(self.everybody(name, by, group), whole, -1))
            put = self.put(name, by, group)
            if by in self._filters[name] and group not in self._filters[name][by]:
                self._same(put, True)
            elif group and self._filters[name] == self._filters[by]:
                self._same({Count(name, NOT_CONCERNED, by, group): 1}, True)
        for count in self.everybody(name) | self.answers(name):
            parts = {count._replace(by=by, group=group): 1.0 for group in groups}
            self.known.append(plus(parts, {count: 1}, -1))
        for follower in (
            follower
            for follower, other in sorted(self.crossed)
            if other == by and name in (follower, *self._filters[follower])
        ):
            for group in groups:
                self._follow(follower, by, group)

    def join(self, margin: str, modalities: Iterable[str]) -> None:
        """Count the respondents by what they answered to several questions at once, as a margin that crosses them."""
        names, each = margin.split(CROSSED), [Count(margin, modality) for modality in modalities]
        for count in each:
            codes = zip(names, count.code.split(CROSSED), strict=True)
            self.sizes[count] = int(
                pd.concat([self._answers[question].eq(code) for question, code in codes], axis=1).all(axis=1).sum()
            )
        for place, name in enumerate(names):
            for code in self.codes[name]:
                parts = {count: 1.0 for count in each if count.code.split(CROSSED)[place] == code}
                self._same(plus({Count(name, code): 1}, parts, -1), True)

    def _add(self, name: str, by: str = "", group: str = "") -> None:
        """Count the answers to a question: where several may be given, each is a part of who answered."""
        every = self.everybody(name, by, group) | self.answers(name, by, group)
        for count in every:
            self._set(count)
        if self.several(name):
            base, each = self.base(name, by, group), self.answers(name, by, group)
            self.positive += [plus(base, {count: 1}, -1) for count in each] + [plus(each, base, -1)]

    def _follow(self, name: str, by: str = "", group: str = "") -> None:
        """Know that a question is put to those who gave one of the codes of each question of its filter."""
        for question, codes in self._filters[name].items():
            if not by or (question, by) in self.crossed:
                chose = {Count(question, code, by, group): 1.0 for code in codes}
                told_apart = len(codes) == 1 or not self.several(question)
                self._same(plus(chose, self.put(name, by, group), -1), len(self._filters[name]) == 1 and told_apart)

    def _same(self, total: Sum, supposed: bool) -> None:
        """Know that a sum is never negative; that it is nothing, when everyone would suppose so and it is."""
        if supposed and self.size(total) == 0:
            self.known.append(total)
        else:
            self.positive.append(total)

    def _set(self, count: Count) -> None:
        cells = self._answers[count.question]
        if count.code == BOTH:
            answered = ~cells.isin([*OUTSIDE]) & ~self._answers[count.by].isin([*OUTSIDE])
        else:
            answered = self._gave(cells, count)
            if count.by:
                groups = self._answers[count.by]
                answered &= groups.eq(count.group) if count.group else groups.isin([*OUTSIDE])
        self.sizes[count] = int(answered.sum())

    def _gave(self, cells: pd.Series, count: Count) -> pd.Series:
        if count.code == ANSWERED:
            return ~cells.isin([NOT_CONCERNED, NO_ANSWER] if self.several(count.question) else [*OUTSIDE])
        if not self.several(count.question):
            return cells.eq(count.code)
        return pd.concat([has_code(cells, code) for code in count.code.split(LIST)], axis=1).any(axis=1)


# The figures of the survey that are hidden so that together they give away nobody: the fewest and cheapest ones.


class Cell(NamedTuple):
    """A figure: where it stands in a table, what it costs to hide it, the sums of counts that it tells."""

    table: str
    rows: list
    columns: list[str]
    cost: float
    says: list[Sum]


def to_hide(counts: Counts, cells: list[Cell], groups: list[Sum]) -> Iterator[Cell]:
    """The figures to hide.

    Parameters:
        groups: sums of 1 to 4 respondents, which nobody may bound more tightly than [0, 4].

    Of 15 who answered, 3 gave b: the number of those who gave a tells it, and costs less to hide than the 15.

    >>> import pandas as pd
    >>> asked = pd.DataFrame({"q_id": ["q"], "type": "unique", "modalites": "a=A|b=B", "filtre": None})
    >>> counts = Counts(pd.DataFrame({"q": ["a"] * 12 + ["b"] * 3}), asked)
    >>> a, b = {Count("q", "a"): 1.0}, {Count("q", "b"): 1.0}
    >>> cells = [Cell("t", [0], ["count"], 15, [a]), Cell("t", [0, 1], ["base"], 200, [counts.base("q")])]
    >>> [cell.columns for cell in to_hide(counts, cells, groups=[b])]
    [['count']]
    """
    columns = {count: number for number, count in enumerate(counts.sizes)}
    sums = {_key(total): total for total in (*counts.known, *(total for cell in cells for total in cell.says))}
    numbers = {key: number for number, key in enumerate(sums)}
    values = np.array([counts.size(total) for total in sums.values()])
    known = np.isin(np.arange(len(sums)), [numbers[_key(total)] for total in counts.known])
    tells = sparse.lil_array((len(cells), len(sums)))
    for place, cell in enumerate(cells):
        tells[place, [numbers[_key(total)] for total in cell.says]] = 1
    tells = tells.tocsr()
    statements, positive, small = (_matrix(some, columns) for some in (sums.values(), counts.positive, groups))
    costs, sizes = (np.array([*some], dtype=float) for some in ((cell.cost for cell in cells), counts.sizes.values()))
    for mine, here, stated, limits, few in _linked(statements, tells, positive, small):
        block = Block(
            statements=statements[stated][:, mine],
            values=values[stated],
            fixed=known[stated],
            bounds=positive[limits][:, mine],
            cells=tells[here][:, stated],
            costs=costs[here],
            groups=small[few][:, mine].toarray(),
            threshold=CELL,
        )
        hidden = protect(block, sizes[mine])
        yield from (cells[place] for place in here[hidden])


def _linked(
    statements: sparse.csr_array, tells: sparse.csr_array, positive: sparse.csr_array, small: sparse.csr_array
) -> Iterator[tuple[np.ndarray, ...]]:
    """What holds together around some groups: the numbers of counts, cells, sums, limits and groups."""
    links = [
        [None, None, statements.T, positive.T, small.T],
        [None, None, tells, None, None],
        [statements, tells.T, None, None, None],
        [positive, None, None, None, None],
        [small, None, None, None, None],
    ]
    _, part = connected_components(sparse.block_array(links))
    parts = np.split(
        part, np.cumsum([statements.shape[1], *(block.shape[0] for block in (tells, statements, positive))])
    )
    for block in np.unique(parts[-1]):
        yield tuple(np.flatnonzero(some == block) for some in parts)


def _key(total: Sum) -> frozenset:
    return frozenset((count, part) for count, part in total.items() if part)


def _matrix(sums: Collection[Sum], columns: dict[Count, int]) -> sparse.csr_array:
    table = sparse.lil_array((len(sums), len(columns)))
    for row, total in enumerate(sums):
        for count, part in total.items():
            table[row, columns[count]] = part
    return table.tocsr()


# The gate of the survey: which figures of all its tables together would give away 1 to 4 respondents (R1, R2).
#
# A figure is a sum of counts of respondents (`counts`); what hides the small groups is found by linear programming
# (`suppression`), in all the tables at once. A share is read as a number of respondents of its base, and tells that
# base, whether weighted or not. Where all weights follow one question of the profile, anyone can work them out from it:
# a weighted share is then a sum over the groups of that question.

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
