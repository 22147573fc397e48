"""Who knows all that is printed, and works out by linear programming what it leaves possible; no code of the gate."""

import numpy as np
from scipy.optimize import linprog

from ctg_analysis.model import NOT_APPLICABLE, OK

THRESHOLD = 5


class Attacker:
    """Knows the rows printed in some editions, and which communes each place was made of in each.

    parts: a measure → the measure that it is a part of.
    """

    def __init__(self, parts):
        self.parts, self.unknowns, self.known = parts, {}, []

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
        self.known.append(([self.unknown(measure, commune, year) for commune in place for year in years], total))

    def range_of(self, measure, place, years, without=None, whole=False):
        """Return the lowest and the highest count of a group that what is printed leaves possible."""
        goal = [(self.unknown(measure, commune, year), 1) for commune in place for year in years]
        if without:
            goal += [(self.unknown(without, commune, year), -1) for commune in place for year in years]
        for part, commune, year in list(self.unknowns):
            if part in self.parts:
                self.unknown(self.parts[part], commune, year)
        size = len(self.unknowns)
        equal, below = np.zeros((len(self.known), size)), []
        for line, (columns, _) in zip(equal, self.known, strict=True):
            line[columns] = 1
        for (part, commune, year), column in self.unknowns.items():
            if part in self.parts:
                below.append(np.zeros(size))
                below[-1][[column, self.unknowns[self.parts[part], commune, year]]] = 1, -1
        cost = np.zeros(size)
        for column, sign in goal:
            cost[column] = sign
        ends = []
        for sign in (1, -1):
            answer = linprog(
                sign * cost,
                A_eq=equal if len(equal) else None,
                b_eq=[total for _, total in self.known] or None,
                A_ub=np.array(below) if below else None,
                b_ub=np.zeros(len(below)) if below else None,
                integrality=whole * np.ones(size),
                method="highs",
            )
            assert answer.status in (0, 3, 4), answer.message
            ends.append(sign * answer.fun if answer.status == 0 else -sign * float("inf"))
        return tuple(ends)

    def finds_out(self, groups, **options):
        """Return the groups that are bounded more tightly than [0, threshold - 1]."""
        found = []
        for group in groups:
            low, high = self.range_of(*group, **options)
            if low > 1e-4 or high < THRESHOLD - 1 - 1e-4:
                found.append(group)
        return found
