"""Counts of respondents: what the figures of a survey add up, and what anyone knows of them before reading any."""

from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple

import pandas as pd

from ctg_analysis.demarche.tables.codes import (
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

    answers: without a blank, a column for each question (see `response.with_texts_filled`). sizes: count → respondents.
    known: sums whose value is no secret: how many answered in all, to whom a question is put. positive: sums that are
    never negative.

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
