"""How the answers to a questionnaire hold together, whoever gave them: what anyone knows before reading a figure.

One unknown per answer of each question, and per pair of answers to two questions where a table crosses them: the tuples
(question, code) and (question, code, other question, its code). A sum of them is known, or is at most another one.
"""

from collections import defaultdict
from collections.abc import Callable
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog

OUTSIDE = ("NSP", "NC", "SR")
ANSWERED = "answered"  # of a question of several answers, a number or a text
CLASSES = ("in", *OUTSIDE)  # of the answers to a question, where a crossing is not shown

Terms = dict[tuple, float]


class Answers:
    """Numbers of respondents that are not known, and sums of them that are.

    questionnaire: the questions, which are public. people: how many answered. count: the true number of respondents of
    a sum of unknowns.
    """

    def __init__(self, questionnaire: pd.DataFrame, people: float, count: Callable[[Terms], float]):
        self.asked = {row.q_id: row for row in questionnaire.itertuples()}
        self.people, self.count = people, count
        self.unknowns: dict[tuple, int] = {}
        self.equal: list[tuple[Terms, float]] = []
        self.below: list[tuple[Terms, float]] = []
        self.crossed: set[tuple[str, str]] = set()
        for name in self.asked:
            self._question(name)
        self._routing()

    def several(self, name: str) -> bool:
        """Tell whether several answers may be given to a question."""
        return self.asked[name].type == "multiple"

    def codes(self, name: str) -> list[str]:
        """Return the codes of a question, but for NSP, NC and SR."""
        pairs = self.asked[name].modalites
        return [code for code, _ in pairs] if isinstance(pairs, tuple) else [ANSWERED]

    def base(self, name: str, *among: str) -> Terms:
        """Return who answered a question, those who do not know among them."""
        codes = [ANSWERED] if self.several(name) else [*self.codes(name), "NSP"]
        return {(name, code, *among): 1 for code in codes}

    def inside(self, name: str, *among: str) -> Terms:
        """Return who answered a question, but for those who do not know."""
        if self.several(name):
            return {(name, ANSWERED, *among): 1, (name, "NSP", *among): -1}
        return {(name, code, *among): 1 for code in self.codes(name)}

    def everybody(self, name: str, *among: str) -> Terms:
        """Return all the respondents, by their answer to a question."""
        return self.base(name, *among) | {(name, code, *among): 1 for code in ("NC", "SR")}

    def _question(self, name: str, *among: str) -> None:
        """Know how the answers to a question, of all or of a group, hold together."""
        if among:
            by, group = among
            self.learn(plus(self.everybody(name, *among), {(by, group): -1}), 0)
        else:
            self.learn(self.everybody(name), self.people)
        if self.several(name):
            answers = {(name, code, *among): 1 for code in (*self.codes(name), "NSP")}
            for answer in answers:
                self.at_most({answer: 1}, {(name, ANSWERED, *among): 1})
            self.at_most({(name, ANSWERED, *among): 1}, answers)

    def cross(self, name: str, by: str) -> None:
        """Know that the groups of a question of one answer make up all the answers to another one."""
        if (name, by) in self.crossed:
            return
        self.crossed.add((name, by))
        groups = [*self.codes(by), *OUTSIDE]
        for group in groups:
            self._question(name, by, group)
        for code in {*self.everybody(name), *((name, code) for code in (*self.codes(name), "NSP"))}:
            self.learn(plus({(*code, by, group): 1 for group in groups}, {code: -1}), 0)
        self._put_to(name, by, groups)

    def conditions(self, name: str) -> dict[str, list[str]]:
        """Return the questions of the filter of a question, and their codes."""
        wanted = defaultdict(list)
        for question, code in pairs_of(self.asked[name].filtre):
            wanted[question].append(code)
        return dict(wanted)

    def _routing(self) -> None:
        """Know that a question is put to those who gave one of the codes of its filter, and to no others."""
        for name in self.asked:
            conditions = self.conditions(name)
            for question, codes in conditions.items():
                chose = {(question, code): 1 for code in codes}
                put = plus(self.base(name), {(name, "SR"): 1})
                self.at_most(put, chose)
                told_apart = not (self.several(question) and codes[1:])
                if len(conditions) == 1 and not self.asked[name].sensible and told_apart:
                    self.learn_if_true(plus(put, chose, -1), 0)

    def _put_to(self, name: str, by: str, groups: list[str]) -> None:
        conditions = self.conditions(name)
        for group in groups:
            put = plus(self.base(name, by, group), {(name, "SR", by, group): 1})
            if by in conditions and group not in conditions[by]:
                self.learn(put, 0)
            elif conditions and conditions == self.conditions(by) and group != "NC":
                self.learn_if_true({(name, "NC", by, group): 1}, 0)
            for question, codes in conditions.items():
                if (question, by) in self.crossed:
                    self.at_most(put, {(question, code, by, group): 1 for code in codes})

    def _classes(self, name: str, by: str) -> Terms:
        """Return who answered both questions, where nothing says what each group answered."""
        cells = {(one, other): (name, one, by, other) for one in CLASSES for other in CLASSES}
        for place, question in enumerate((name, by)):
            for one in CLASSES:
                mine = {cell: 1 for pair, cell in cells.items() if pair[place] == one}
                self.learn(plus(mine, self.inside(question) if one == "in" else {(question, one): 1}, -1), 0)
        for one, other in ((name, by), (by, name)):
            for question in self.conditions(one):
                if question == other:  # nobody was asked who did not answer it
                    for out in OUTSIDE:
                        pair = ("in", out) if one == name else (out, "in")
                        self.learn({cells[pair]: 1}, 0)
        return {cells["in", "in"]: 1}

    def learn(self, terms: Terms, total: float) -> None:
        """Know what a sum of counts comes to."""
        self.equal.append((self._placed(terms), total))

    def learn_if_true(self, terms: Terms, total: float) -> None:
        """Suppose what everybody would, where it is so: that nobody says by himself that a question is not for him."""
        if self.count(terms) == total:
            self.learn(terms, total)

    def at_most(self, less: Terms, more: Terms, room: float = 0) -> None:
        """Know that a sum is no larger than another one, but for some room."""
        self.below.append((self._placed(plus(less, more, -1)), room))

    def _placed(self, terms: Terms) -> Terms:
        for term in terms:
            self.unknowns.setdefault(term, len(self.unknowns))
        return terms

    def range_of(self, terms: Terms) -> tuple[float, float]:
        """Return the fewest and the most respondents that a group may hold."""
        equal, totals, below, room = self._matrices
        cost = np.zeros(len(self.unknowns))
        for term, part in terms.items():
            cost[self.unknowns[term]] = part
        ends = []
        for sign in (1, -1):
            answer = linprog(sign * cost, A_eq=equal, b_eq=totals, A_ub=below, b_ub=room, method="highs")
            assert answer.status in (0, 3), answer.message
            ends.append(sign * answer.fun if answer.status == 0 else -sign * float("inf"))
        return tuple(ends)

    @cached_property
    def _matrices(self) -> tuple:
        """Return all that he knows: coefficients of what sums come to, and of what is at most some room."""

        def matrix(rows: list[tuple[Terms, float]]) -> tuple[sparse.csr_array, list[float]]:
            table = sparse.lil_array((len(rows), len(self.unknowns)))
            for line, (said, _) in enumerate(rows):
                for term, part in said.items():
                    table[line, self.unknowns[term]] = part
            return table.tocsr(), [total for _, total in rows]

        return *matrix(self.equal), *matrix(self.below)


def pairs_of(cell: object) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a cell of the questionnaire; none of a blank."""
    return cell if isinstance(cell, tuple) else ()


def plus(some: Terms, more: Terms, times: float = 1) -> Terms:
    """Return the sum of both, the second so many times."""
    return some | {term: some.get(term, 0) + times * part for term, part in more.items()}
