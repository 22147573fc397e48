"""Who knows all that is printed, and works out by linear programming what it leaves possible; no code of the gate."""

import math

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from ctg_analysis.core.model import NOT_APPLICABLE, OK

THRESHOLD = 5
MANY = 1e4  # persons: more than any count of the tests


class Attacker:
    """Knows the rows printed in some editions, which communes each place was made of in each, and what counts say of
    each other.

    parts: pairs (part, whole) of measures, or a dict of them. links: pairs of terms (measure → coefficient) and of
    whether MANY is added for each commune: counts so weighted never come to less than 0 (`layouts.Link`). truth:
    (measure, (commune,), year) → count: a link is not believed where it is false, for that would find nothing out.
    """

    def __init__(self, parts, links=(), truth=()):
        pairs = list(parts.items() if isinstance(parts, dict) else parts)
        self.links = [({whole: 1, part: -1}, False) for part, whole in pairs] + list(links)
        self.truth = dict(truth)
        self.pairs = pairs
        self.unknowns, self.known, self.system, self.parts = {}, {}, None, {}

    def reads(self, table, places, meaning):
        """Learn from the rows of an edition. meaning: indicator → numerator, denominator, years that it adds up."""
        for row in table.to_dict("records"):
            top, bottom, length = meaning[row["indicator"]]
            years = [str(int(row["period"][:4]) - ago) for ago in range(length)]
            place = places[row["level"], row["territory"]]
            if top and row["status"] == OK:
                self.learn(top, place, years, row["numerator"])
            if bottom and row["status"] == OK:
                self.learn(bottom, place, years, row["denominator"])
            if bottom and row["status"] == NOT_APPLICABLE:
                self.learn(bottom, place, years, 0.0)

    def unknown(self, measure, commune, year):
        return self.unknowns.setdefault((measure, commune, year), len(self.unknowns))

    def learn(self, measure, place, years, total):
        self.known[measure, frozenset(place), tuple(years)] = total
        self.system = None
        for commune in place:
            for year in years:
                self.unknown(measure, commune, year)

    def solve(self):
        """Lay down all that is known as equations and inequalities, and which unknowns hang together."""
        for part, whole in self.pairs:
            for measure, commune, year in list(self.unknowns):
                if measure == part:
                    self.unknown(whole, commune, year)
        equal = [
            ([(self.unknowns[what, commune, year], 1) for commune in sorted(place) for year in years], total)
            for (what, place, years), total in self.known.items()
        ]
        bounds = list(self.bounds())
        size = len(self.unknowns)
        rows = matrix([terms for terms, _ in equal + bounds], size)
        joined = csr_array(np.abs(rows.T) @ np.abs(rows))
        _, self.component = connected_components(joined, directed=False)
        self.system, self.parts = (equal, bounds), {}

    def bounds(self):
        """Return what the links say: lists of (unknown, coefficient) that never come to less than a number."""
        where = sorted({(commune, year) for _, commune, year in self.unknowns})
        for terms, per_commune in self.links:
            each = {measure: math.copysign(min(abs(weight), MANY), weight) for measure, weight in terms.items()}
            wrong = self.contradicted(each, MANY if per_commune else 0)
            for commune, year in where:
                columns = [self.unknowns.get((measure, commune, year)) for measure in terms]
                true = [self.truth.get((measure, (commune,), year), 0) for measure in terms]
                wrong |= {(commune, year)} if np.dot(true, [*each.values()]) + MANY * bool(per_commune) < 0 else set()
                if None not in columns and (commune, year) not in wrong:
                    yield list(zip(columns, each.values(), strict=True)), -MANY if per_commune else 0.0

    def contradicted(self, terms, more):
        """Return where and when what is printed contradicts a link, in the smallest places of which it is said."""
        found = []
        for place, years in {(place, years) for measure, place, years in self.known if measure in terms}:
            values = [self.known.get((measure, place, years)) for measure in terms]
            if None not in values and np.dot(values, list(terms.values())) + more * len(place) < -1e-4:
                found.append((place, years))
        least = [one for one in found if not any(two[0] < one[0] and two[1] == one[1] for two in found)]
        return {(commune, year) for place, years in least for commune in place for year in years}

    def range_of(self, measure, place, years, without=None, whole=False):
        """Return the lowest and the highest count of a group that what is printed leaves possible."""
        goal = [(self.unknown(measure, commune, year), 1) for commune in place for year in years]
        if without:
            goal += [(self.unknown(without, commune, year), -1) for commune in place for year in years]
        if self.system is None or len(self.component) != len(self.unknowns):
            self.solve()
        columns, (known, equal), (least, bounds) = self.near({self.component[column] for column, _ in goal})
        cost = np.zeros(len(columns))
        for column, sign in goal:
            cost[columns[column]] += sign
        ends = []
        for sign in (1, -1):
            answer = linprog(
                sign * cost,
                A_eq=equal,
                b_eq=known,
                A_ub=-bounds,
                b_ub=-least,
                integrality=whole * np.ones(len(columns)),
                method="highs",
            )
            assert answer.status in (0, 3, 4), answer.message
            ends.append(sign * answer.fun if answer.status == 0 else -sign * float("inf"))
        return tuple(ends)

    def near(self, components):
        """Return the unknowns that hang together with some others, each with its number, and what is known of them:
        numbers and matrix of the equations, then of the inequalities.
        """
        key = frozenset(components)
        if key not in self.parts:
            some = np.flatnonzero(np.isin(self.component, [*key]))
            columns = {int(column): number for number, column in enumerate(some)}
            self.parts[key] = [columns]
            for rows in self.system:
                told = [
                    ([(columns[column], each) for column, each in terms], value)
                    for terms, value in rows
                    if terms[0][0] in columns
                ]
                values, terms = np.array([value for _, value in told]), [terms for terms, _ in told]
                self.parts[key].append((values, matrix(terms, len(columns))))
        return self.parts[key]

    def finds_out(self, groups, **options):
        """Return the groups that are bounded more tightly than [0, threshold - 1]."""
        found = []
        for group in groups:
            low, high = self.range_of(*group, **options)
            if low > 1e-4 or high < THRESHOLD - 1 - 1e-4:
                found.append(group)
        return found

    def counts_together(self, persons):
        """Return the groups of 1 to threshold - 1 persons that a total leaves, less all that is printed within it."""
        found = set()
        for (measure, place, years), total in self.known.items():
            if measure not in persons:
                continue
            left, size = set(place), total
            inside = [
                (part, count)
                for (what, part, when), count in self.known.items()
                if (what, when) == (measure, years) and part < place
            ]
            for part, count in sorted(inside, key=lambda one: len(one[0])):
                if part <= left:
                    left, size = left - part, size - count
            if left and 0 < round(size, 4) < THRESHOLD:
                found.add((measure, tuple(sorted(left)), years, None))
        return sorted(found, key=str)


def matrix(rows, size):
    """Return rows of (column, coefficient) as a sparse matrix."""
    entries = [(number, column, each) for number, row in enumerate(rows) for column, each in row]
    if not entries:
        return csr_array((len(rows), size))
    where, column, each = zip(*entries, strict=True)
    return csr_array((each, (where, column)), shape=(len(rows), size))
