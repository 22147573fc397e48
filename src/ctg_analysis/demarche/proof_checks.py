"""Proofs by an indicator: whether the observations of today still say what the constat was founded on."""

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from ctg_analysis.demarche import columns
from ctg_analysis.demarche.consistency import inconsistencies
from ctg_analysis.demarche.questions import HIDDEN_UNDER, answered
from ctg_analysis.demarche.table_files import WITH_QUESTIONS, TableFile
from ctg_analysis.indicators.comparisons import (
    ALPHA,
    CLOSE,
    HIGHER_FEMININE,
    LOWER,
    compare_proportions,
    compare_rates,
    tested,
    weight_in_tests,
)
from ctg_analysis.indicators.trends import LEAST_YEARS, is_sought, trend_of
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import Finding
from ctg_analysis.model.habits import number_text, quote
from ctg_analysis.model.indicator import CENSORED, EVENTS, OK, Count, Indicator, Rate, is_proportion
from ctg_analysis.model.source import SOURCES, SURVEY
from ctg_analysis.model.territories import find_epci

LEVELS = {"département": "departement", "région": "region", "France": "france", "EPCI": "epci"}
BENCHMARK = re.compile(rf"({'|'.join(LEVELS)})(?: (\w+))?")
COMPARED, LIMITS = (columns.HIGHER, columns.LOWER, columns.CLOSE), (columns.AT_LEAST, columns.AT_MOST)
SAME_WORD = {HIGHER_FEMININE: columns.HIGHER, LOWER: columns.LOWER, CLOSE: columns.CLOSE}
OPENED = ("reponses_ouvertes", "ouvertes_codees")
WITHDRAW = "corriger la preuve et relire le constat, ou le retirer"
UNTESTED = "sans test pour cet indicateur, sur les valeurs telles qu'elles sont écrites"
COUNTED = "sans test : ces valeurs sont comptées, non estimées, tout écart est réel"


def breaks(
    tables: Mapping[str, TableFile], observations: pd.DataFrame, territories: pd.DataFrame, epci: str
) -> list[Finding]:
    """Where the chain of a démarche does not hold, from its proofs to its actions.

    tables: those of OF_CHAIN, perhaps others. observations, territories: as in `no_longer`.
    """
    chain, exact = inconsistencies(tables), exact_baselines(tables["indicateurs_suivi"], observations, epci)
    return [*chain, *no_longer(tables["preuves"], observations, territories, epci), *exact]


def exact_baselines(followed: TableFile, observations: pd.DataFrame, epci: str) -> Iterator[Finding]:
    """The baselines that tell to the unit a count that secrecy rounds (rule R1): the convention would print them.

    observations: rows of the territory.
    """
    for row in followed.rows.dropna(subset=["indicateur", "date_reference", "valeur_reference"]).itertuples():
        own = observations["indicator"].eq(row.indicateur) & observations["territory"].eq(epci)
        for known in observations[own & observations["period"].eq(row.date_reference)].to_dict("records"):
            base = SOURCES[known["source"]].secrecy.base if known["low"] < known["high"] else 0
            if base and isinstance(CATALOGUE[row.indicateur].value, Count) and row.valeur_reference % base:
                expected = f"un multiple de {base} : publié arrondi, ce nombre ne se donne pas à l'unité"
                yield followed.fault(row.Index, "valeur_reference", number_text(row.valeur_reference), expected)


def no_longer(proofs: TableFile, observations: pd.DataFrame, territories: pd.DataFrame, epci: str) -> Iterator[Finding]:
    """The proofs by an indicator whose observation is gone, or no longer says what they say.

    A comparison follows the test that the pages use (`comparisons.tested`, rule R14); without a test, the figures as
    they are written. observations: rows of the territory and its comparators. territories: columns level, code, name,
    epci, departement, region.
    """
    rows = proofs.rows[proofs.rows["type"].eq(columns.INDICATOR)].dropna(subset=["lecture", "repere"])
    for row in rows.itertuples():
        parts = row.ref.split(columns.JOIN)
        if len(parts) == 3 and parts[0] in CATALOGUE and (fault := _fault(row, observations, territories, epci)):
            yield proofs.fault(row.Index, *fault)


def few_answers(tables: Mapping[str, TableFile]) -> Iterator[Finding]:
    """The proofs by a question that nobody answered, or too few for a result to be shown (rules R10, R24).

    Answers that cannot be read, or were deleted when they were due, prove what they proved.

    Parameters:
        tables: the public and the private ones.
    """
    proofs, asked = tables["preuves"], tables["questionnaire"].rows.set_index("q_id", drop=False)
    surveyed = proofs.rows.loc[proofs.rows["type"].eq(columns.SURVEY), "ref"]
    for line, name in surveyed[surveyed.isin(asked.index)].items():
        question = asked.loc[name]
        files = [tables[one] for one in (OPENED if question["type"] == columns.OPEN else WITH_QUESTIONS)]
        if any(file.unread or file.purged for file in files):
            continue
        cells = _answers_to(question, files)
        if cells.empty:
            found = f"{quote(name)}, question sans aucune réponse"
        elif question["type"] in columns.CLOSED and answered(cells, question).least < HIDDEN_UNDER:
            few = f"question de moins de {HIDDEN_UNDER} réponses une fois arrondies, dont rien n'est publié"
            found = f"{quote(name)}, {few}"
        else:
            continue
        expected = "une autre preuve, ou cette ligne retirée et le constat relu (règle R10)"
        yield proofs.fault(int(line), "ref", found, expected)


def _answers_to(question: pd.Series, files: list[TableFile]) -> pd.Series:
    """The answers to a question, as they are written: the texts of an open one."""
    if question["type"] == columns.OPEN:
        rows = [file.texts for file in files]
        return pd.concat([table.loc[table["q_id"].eq(question["q_id"]), "rep_id"] for table in rows])
    cells = [file.texts[question["q_id"]] for file in files if question["q_id"] in file.texts]
    cells = pd.concat(cells) if cells else pd.Series(dtype=str)
    return cells[~cells.isin(["", columns.NOT_CONCERNED, columns.NO_ANSWER])]


def holds(proof, observations: pd.DataFrame, territories: pd.DataFrame, epci: str) -> bool:
    """Whether the observations still say what a proof by an indicator says; as `no_longer`, for one row."""
    return not _fault(proof, observations, territories, epci)


def _fault(row, observations, territories, epci) -> tuple[str, str, str] | None:
    """The column at fault, what was found there, what was expected."""
    name, place, period = row.ref.split(columns.JOIN)
    told = (OK, CENSORED) if row.lecture in LIMITS else (OK,)
    known = observations[observations["indicator"].eq(name) & observations["status"].isin(told)]
    own = known[
        known["territory"].eq(place)
        & known["period"].eq(period)
        & known["level"].eq({9: "epci", 5: "commune"}.get(len(place), "secteur"))
    ]
    if own.empty:
        periods = ", ".join(sorted(known.loc[known["territory"].eq(place), "period"].unique())[-3:]) or "aucune période"
        return "ref", f"aucune valeur de {row.ref}", f"une observation (il y en a pour : {periods}) ; {WITHDRAW}"
    if row.lecture in COMPARED:
        return _compared(own, row, known, territories, epci, period)
    if row.lecture in LIMITS:
        return _beside_a_number(own.iloc[0], row)
    return _since(CATALOGUE[name], own, row, known)


def _compared(own, row, known, territories, epci, period) -> tuple[str, str, str] | None:
    match = BENCHMARK.fullmatch(row.repere)
    if not match:
        one_of = f"l'une de ces valeurs : {', '.join(LEVELS)}, et le code s'il y en a plusieurs"
        return "repere", quote(row.repere), one_of
    level = LEVELS[match[1]]
    code = match[2] or _code_of(level, territories, epci)
    other = known[known["level"].eq(level) & known["territory"].eq(code) & known["period"].eq(period)]
    if other.empty:
        found = f"aucune valeur de {row.repere} en {period}"
        return "repere", found, f"un point de comparaison qui en a une ; {WITHDRAW}"
    word, p = test_beside(own, other)
    tested = f"au test de la règle R14, p = {p:.3f}".replace(".", ",")
    test = UNTESTED if not word else tested if pd.notna(p) else COUNTED
    side = _side(own.iloc[0], other.iloc[0])
    word = word or {1: columns.HIGHER, -1: columns.LOWER}.get(side, columns.CLOSE)
    if word != row.lecture:
        values = f"ici {_value(own.iloc[0])} en {period}, {row.repere} {_value(other.iloc[0])}"
        return "lecture", f"{quote(row.lecture)} ({values})", f"{quote(word)}, {test} ; {WITHDRAW}"
    return None


def _value(row: pd.Series) -> str:
    indicator = CATALOGUE[row["indicator"]]
    low, high = (f"{bound:,.{indicator.decimals}f}".replace(",", "\u202f").replace(".", ",") for bound in _bounds(row))
    return f"{low if low == high else f'de {low} à {high}'} {indicator.unit}"


def _bounds(row: pd.Series) -> tuple[float, float]:
    """What an observation is at least and at most: a verdict on what secrecy rounds holds for both (rule R1)."""
    rounded = SOURCES[row["source"]].secrecy.base and row["source"] != SURVEY and pd.notna(row["low"])
    bounds = (row["low"], row["high"]) if rounded else (row["value"], row["value"])
    return tuple(round(bound, CATALOGUE[row["indicator"]].decimals) for bound in bounds)


def _side(own: pd.Series, other: pd.Series) -> int:
    """1 where an observation is above another whatever both are, -1 where it is below, else 0."""
    (low, high), (other_low, other_high) = _bounds(own), _bounds(other)
    return int(low > other_high) - int(high < other_low)


def test_beside(own: pd.DataFrame, other: pd.DataFrame) -> tuple[str, float]:
    """The word that a test allows of a territory beside a place that holds it, nothing without a test, and its p.

    own, other: observations of one indicator and period, the first of each counts.
    """
    row = tested(pd.concat([own.head(1), other.head(1)]), CATALOGUE).iloc[-1]
    return SAME_WORD.get(row["word"], ""), row["p"]


def _code_of(level: str, territories: pd.DataFrame, epci: str) -> str:
    if level == "france":
        return territories.loc[territories["level"].eq("france"), "code"].iloc[0]
    return epci if level == "epci" else find_epci(territories, epci)[level].split("|")[0]


def _beside_a_number(own: pd.Series, row) -> tuple[str, str, str] | None:
    if not re.fullmatch(r"-?\d+(?:[.,]\d+)?", row.repere):
        return "repere", quote(row.repere), "un nombre, tel que 20 ou 12,5"
    limit, (low, high) = float(row.repere.replace(",", ".")), _bounds(own)
    if low >= limit if row.lecture == columns.AT_LEAST else high <= limit:
        return None
    found = f"{quote(row.lecture)} {row.repere} (ici {_value(own)} en {own['period']})"
    return "lecture", found, f"une lecture que cette valeur vérifie ; {WITHDRAW}"


def _since(indicator: Indicator, own: pd.DataFrame, row, known: pd.DataFrame) -> tuple[str, str, str] | None:
    """Whether a change is of the sign that was said and, for a share or a rate, more than chance explains."""
    here = known[known["territory"].eq(own.iloc[0]["territory"]) & known["level"].eq(own.iloc[0]["level"])]
    before, years = here[here["period"].eq(row.repere)], here[here["period"].between(row.repere, own.iloc[0]["period"])]
    if before.empty:
        return "repere", f"aucune valeur en {row.repere}", f"une période d'avant qui en a une ; {WITHDRAW}"
    same_sign = _side(own.iloc[0], before.iloc[0]) == (1 if row.lecture == columns.RISING else -1)
    sought = len(years) >= LEAST_YEARS and is_sought(indicator)
    found = trend_of(years.sort_values("period", kind="stable"), indicator) if same_sign and sought else None
    if same_sign and not sought and _probable(indicator, own.head(1), before.head(1)):
        return None
    if found is not None and found.is_established:
        return None
    values = f"{_value(before.iloc[0])} en {row.repere}, {_value(own.iloc[0])} en {own.iloc[0]['period']}"
    test = f"que la tendance de {len(years)} années établit" if sought else "que le hasard n'explique pas (test à 5 %)"
    if not same_sign:
        test = "de ce sens"
    return "lecture", f"{quote(row.lecture)} {row.repere} ({values})", f"une évolution {test} ; {WITHDRAW}"


def _probable(indicator: Indicator, own: pd.DataFrame, before: pd.DataFrame) -> bool:
    events = isinstance(indicator.value, Rate) and indicator.value.of == EVENTS
    if not events and not is_proportion(indicator.value):
        return True
    compare = compare_rates if events else compare_proportions
    numbers = [
        table[name].reset_index(drop=True) * weight_in_tests(SOURCES[table["source"].iloc[0]], indicator)
        for table in (own, before)
        for name in ("numerator", "denominator")
    ]
    return bool(compare(*numbers).iloc[0] < ALPHA)
