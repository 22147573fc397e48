"""Who reads all that is published of a consultation, and works out what it leaves possible of each group; no code of
the gate.

A figure that is printed is a sum of numbers of respondents: a share with its base is one of them, weighted or not. When
the weights follow one margin, the weight of each of its answers is known too.
"""

from collections.abc import Callable
from functools import reduce

import pandas as pd
from survey_answers import ANSWERED, OUTSIDE, Answers, Terms, plus

THRESHOLD = 5
OTHER_PATHS = "autres parcours"
EXACT = 1e-4


class SurveyAttacker(Answers):
    """Knows what is published of a consultation.

    tables: name → table that chapters may read; observations: rows of the survey. meaning: indicator → its question and
    codes. count: asked for figures printed alone; where all answers weigh the same, it must be what is printed.
    """

    def __init__(
        self,
        questionnaire: pd.DataFrame,
        tables: dict[str, pd.DataFrame],
        observations: pd.DataFrame,
        meaning: dict[str, tuple[str, tuple[str, ...]]],
        count: Callable[[Terms], float],
    ):
        super().__init__(questionnaire, float(tables["consultation"]["usable"].iloc[0]), count)
        self.tables, self.meaning = tables, meaning
        self.weighted = bool(tables["consultation"]["weighted"].iloc[0])
        self.victims: dict[str, Terms] = {}
        self.most: dict[str, float] = {}
        self.weights = self._known_weights()
        for name in tables["distribution"]["q_id"].unique() if self.weights[1] else ():
            if name != self.weights[0]:
                self.cross(name, self.weights[0])
        for read in (self._groups, self._distribution, self._completion, self._profile, self._summary, self._paths):
            read()
        self._crossings()
        for row in observations.itertuples():
            self._observation(row)

    def reads(self, terms: Terms, printed: float | None = None, base: float = 0) -> None:
        """Learn a sum from a figure. printed: what it gives, where no weight stands between both; base: of which it is
        a part in whole percents. He knows it to the last person.
        """
        true = self.count(terms)
        if printed is not None and told(printed) and not self.weighted:
            assert abs(printed - true) < 0.01 + 0.005 * base, (terms, printed, true)
        self.learn(terms, true)

    def _distribution(self) -> None:
        for row in self.tables["distribution"].itertuples():
            one = (row.q_id, row.modalite)
            if told(row.base):
                self.reads(self._base_told(row.q_id), row.base)
            if told(row.count):
                self.reads(self._silent(row.q_id) if row.modalite == "SR" else {one: 1}, row.count)
            if told(row.share) and row.in_base:
                self._share(row.q_id, [row.modalite], row.share, row.base)
            if told(row.citations):
                self.reads({(row.q_id, code): 1 for code in (*self.codes(row.q_id), "NSP")})

    def left_out(self, name: str) -> bool:
        """Tell whether those who do not know are counted with those who did not answer.

        The distribution says so; of a number, which has none, he guesses it from the size of the base.
        """
        table = self.tables["distribution"]
        rows = table[table["q_id"].eq(name) & table["modalite"].eq("NSP")]
        if len(rows):
            return not bool(rows["in_base"].iloc[0])
        answered = self.tables["completion"].set_index("q_id")["answered"].get(name)
        return told(answered) and answered == self.count(self.inside(name)) != self.count(self.base(name))

    def _base_told(self, name: str, *among: str) -> Terms:
        return self.inside(name, *among) if self.left_out(name) else self.base(name, *among)

    def _silent(self, name: str) -> Terms:
        """Return who is counted among those who did not answer."""
        return {(name, "SR"): 1} | ({(name, "NSP"): 1} if self.left_out(name) else {})

    def _completion(self) -> None:
        for row in self.tables["completion"].itertuples():
            name = row.q_id
            for terms, printed in (
                (plus(self.base(name), {(name, "SR"): 1}), row.put),
                (self._base_told(name), row.answered),
                (self._silent(name), row.no_answer),
                ({(name, "NC"): 1}, row.not_concerned),
            ):
                if told(printed):
                    self.reads(terms, printed)

    def _profile(self) -> None:
        for (variable,), rows in totals(self.tables.get("profile"), ["variable"]):
            names = variable.split("+")
            if len(names) == 2:
                self.cross(*names)
            for row in rows.itertuples():
                if not told(row.count) and not told(row.before):
                    continue
                codes = row.modalite.split("+")
                if len(names) == 1 and row.modalite == "SR":
                    self.reads({(variable, code): 1 for code in OUTSIDE}, row.count)
                elif len(names) == 1:
                    self.reads({(variable, row.modalite): 1}, row.count)
                elif row.modalite != "SR":
                    self.reads({(names[0], codes[0], names[1], codes[1]): 1}, row.count)

    def _summary(self) -> None:
        for row in self.tables.get("summary", pd.DataFrame()).itertuples():
            if told(row.base):
                self.reads(self.inside(row.q_id), row.base)
            if told(row.mean) and self.asked[row.q_id].type == "échelle":
                for power in (1, 2):  # both moments, from the mean and its interval
                    steps = enumerate(self.codes(row.q_id), start=1)
                    self.reads({(row.q_id, code): step**power for step, code in steps})

    def _groups(self) -> None:
        for (name, by), rows in totals(self.tables.get("by_group"), ["q_id", "variable"]):
            self.cross(name, by)
            without = "NSP" not in set(rows["modalite"])
            for row in rows.itertuples():
                base = self.inside(name, by, row.group) if without else self.base(name, by, row.group)
                if told(row.base):
                    self.reads(base, row.base)
                if told(row.share) and row.in_base:
                    self.reads({(name, row.modalite, by, row.group): 1}, row.share * row.base, row.base)
                    self.reads(base)

    def _known_weights(self) -> tuple[str, dict[str, float]]:
        """Return the one margin that all weights follow, and the weight of each of its answers.

        What a category counts after weights is its part of the census where the profile does not say it; how many
        answered is told by the others where the profile does not.
        """
        profile = self.tables.get("profile", pd.DataFrame(columns=["variable"]))
        by = profile["variable"].iloc[0] if profile["variable"].nunique() == 1 else "+"
        if "+" in by:
            return "", {}
        silent = self.count({(by, code): 1 for code in OUTSIDE}) / self.people
        weights = dict.fromkeys(OUTSIDE, 1.0)
        for _, rows in profile[profile["modalite"].ne("SR")].groupby("category"):
            before = self.count({(by, code): 1 for code in rows["modalite"]}) / self.people
            after = rows["after"].fillna((1 - silent) * rows["census"]).sum()
            weights |= dict.fromkeys(rows["modalite"], after / before)
        return by, weights

    def _share(self, name: str, codes: list[str], printed: float, asked: float) -> None:
        """Learn what a share of all says: a number of respondents, and that number weighted by known weights.

        asked: of how many it is a share.
        """
        base, (by, weights) = self._base_told(name), self.weights
        self.reads(base)
        self.reads({(name, code): 1 for code in codes}, printed * asked, asked)
        if (name, by) not in self.crossed:
            return
        gave: Terms = {}
        whole: Terms = {}
        for group, weight in weights.items():
            gave = plus(gave, {(name, code, by, group): weight for code in codes})
            whole = plus(whole, self._base_told(name, by, group), weight)
        half = 0.005 if abs(printed - round(printed, 2)) < 1e-9 else 1e-9
        self.at_most(gave, {term: part * (printed + half) for term, part in whole.items()})
        self.at_most({term: part * (printed - half) for term, part in whole.items()}, gave)

    def _paths(self) -> None:
        for (wished,), rows in totals(self.tables.get("paths"), ["q_id"]):
            used = wished.replace("_souhaitee", "_utilisee")
            self.cross(wished, used)
            both = {(wished, one, used, other): 1 for one in self.codes(wished) for other in self.codes(used)}
            shown = {(wished, row.wished, used, row.used): 1 for row in rows.itertuples() if row.wished != OTHER_PATHS}
            for row in rows.itertuples():
                if told(row.base):
                    self.reads(both, row.base)
                if told(row.share):
                    one = {(wished, row.wished, used, row.used): 1}
                    others = {term: 1 for term in both if term not in shown}  # told by the sum of their shares
                    told_of = others if row.wished == OTHER_PATHS else one
                    self.reads(told_of, row.share * row.base, row.base * len(told_of))
                    self.reads(both)
                if told(row.got):
                    self.reads({term: 1 for term in both if term[1] == term[3]}, row.got * row.base, row.base)

    def _crossings(self) -> None:
        for (name, by), rows in totals(self.tables.get("crossings"), ["q_id", "group"]):
            alone = rows[~rows["strength"].str.startswith("lien ")]  # the others are of what a table of groups shows
            if alone["base"].isna().all():
                continue
            groups = [self.inside(name, by, group) for group in self.codes(by)]
            both = reduce(plus, groups) if (name, by) in self.crossed else self._classes(name, by)
            self.reads(both, alone["base"].dropna().iloc[0])

    def _observation(self, row) -> None:
        if row.status != "ok" or row.indicator not in self.meaning:
            return
        name, codes = self.meaning[row.indicator]
        assert len(codes) == 1 or not self.several(name)
        self.reads(self._base_told(name), row.denominator)
        self._share(name, [*codes], row.value / 100, row.denominator)

    def finds_out(self, groups: dict[str, Terms]) -> dict[str, tuple[float, float]]:
        """Return the groups that are bounded more tightly than [0, threshold - 1], and how tightly.

        Who does not know, where a table counts them with those who did not answer: than [0, all of these].
        """
        found = {}
        for name, terms in groups.items():
            low, high = self.range_of(terms)
            if low > EXACT or high < min(THRESHOLD - 1, self.most.get(name, THRESHOLD)) - EXACT:
                found[name] = (round(low, 3), round(high, 3))
        return found

    def groups(self) -> dict[str, Terms]:
        """Return the groups of 1 to threshold - 1 respondents that a table has a line for, or two of its figures."""
        for one in self.asked.values():
            if one.type in ("unique", "multiple", "échelle"):
                self._lines(one.q_id)
        for (name, by), rows in totals(self.tables.get("by_group"), ["q_id", "variable"]):
            for group in self.codes(by):
                self._lines(name, by, group)
                self._victim(f"{name} | {by}={group}", self.base(name, by, group))
                if "NSP" not in set(rows["modalite"]):
                    out = {(name, code, by, group): 1 for code in ("NSP", "SR")}
                    self.most[f"{name}=NSP | {by}={group}"] = self.count(out)
        for (wished,), _ in totals(self.tables.get("paths"), ["q_id"]):
            used = wished.replace("_souhaitee", "_utilisee")
            for one in self.codes(wished):
                for other in self.codes(used):
                    self._victim(f"{wished}={one} | {used}={other}", {(wished, one, used, other): 1})
        for indicator, (name, codes) in self.meaning.items():
            gave = {(name, code): 1 for code in codes}
            self._victim(indicator, gave)
            self._victim(f"not {indicator}", plus(self._base_told(name), gave, -1))
        for variable in {name for name in self.tables.get("profile", {"variable": ()})["variable"] if "+" in name}:
            first, second = variable.split("+")
            for one in self.codes(first):
                for other in self.codes(second):
                    self._victim(f"{one}+{other}", {(first, one, second, other): 1})
        return self.victims

    def _victim(self, name: str, terms: Terms) -> None:
        if 0 < self.count(terms) < THRESHOLD:
            self.victims[name] = terms

    def _lines(self, name: str, *among: str) -> None:
        where = f" | {'='.join(among)}" if among else ""
        for code in (*self.codes(name), "NSP"):
            one = {(name, code, *among): 1}
            self._victim(f"{name}={code}{where}", one)
            if self.several(name):
                self._victim(f"{name}≠{code}{where}", plus({(name, ANSWERED, *among): 1}, one, -1))


def told(*values: object) -> bool:
    """Tell whether all of some cells are printed."""
    return all(not pd.isna(value) for value in values)


def totals(table: pd.DataFrame | None, keys: list[str]) -> list[tuple[tuple, pd.DataFrame]]:
    """Return the rows of each question of a table, or of each crossing."""
    return [] if table is None else list(table.groupby(keys))
