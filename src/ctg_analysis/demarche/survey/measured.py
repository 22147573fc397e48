"""Indicators that only the residents can tell (PAR-08, HAN-07, DRO-08, EMP-05, JEU-08, AVS-11), as observations."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from ctg_analysis.core.model import MISSING, OK, SECRET, Indicator
from ctg_analysis.demarche.survey.questions import CELL, FRAGILE_UNDER, HIDDEN_UNDER
from ctg_analysis.demarche.survey.weighting import effective_size
from ctg_analysis.demarche.tables.codes import LIST, NO_ANSWER, NOT_CONCERNED, PAIR, has_code, labels
from ctg_analysis.indicators.intervals import TOO_WEAK, WITH_ITS_INTERVAL
from ctg_analysis.indicators.observations import COLUMNS
from ctg_analysis.indicators.uncertainty import wilson_interval
from ctg_analysis.sources import SURVEY

LEVEL = "epci"


class Asked(NamedTuple):
    """The share that an indicator is: those who gave one of these codes among those who answered the question."""

    indicator: str
    q_id: str
    codes: tuple[str, ...]


def asked_of(indicators: Iterable[Indicator], questionnaire: pd.DataFrame, answers: pd.DataFrame) -> list[Asked]:
    """What the indicators of the consultation ask, for those whose question and codes the questionnaire has.

    Their declaration names the question (denominator) and the codes (numerator: question=code|code).
    """
    codes = {row.q_id: set(labels(row.modalites)) for row in questionnaire.itertuples()}
    measures = []
    for indicator in (indicator for indicator in indicators if SURVEY in indicator.sources):
        q_id, _, wanted = indicator.value.numerator.partition(PAIR)
        asked = Asked(indicator.id, q_id, tuple(wanted.split(LIST)))
        if q_id in answers and set(asked.codes) <= codes.get(q_id, set()):
            measures.append(asked)
    return measures


def survey_observations(
    answers: pd.DataFrame, weights: pd.Series, asked: Iterable[Asked], territory: str, period: str
) -> pd.DataFrame:
    """One observation per indicator, of the whole EPCI, for the secrecy gate.

    Returns:
        The columns of Observations. denominator: the respondents concerned who answered (rule R25). value: the
        weighted share of them, in %; numerator: what it comes to among them, so that the rules on small numbers see
        respondents, not weights. low, high: 95 %, on the effective size. quality: 2, to be read with its interval; 3,
        too weak for a number, under a base of 30. status: `secret` for a base under 10 (rule R24), and for 1 to 4
        respondents in the share or out of it (rule R1); `nd` when nobody was concerned.

    >>> answers = pd.DataFrame({"q": ["oui"] * 30 + ["non"] * 10 + [NOT_CONCERNED] * 5})
    >>> asked = [Asked("x", "q", ("oui",))]
    >>> rows = survey_observations(answers, pd.Series(1.0, index=answers.index), asked, "200000172", "2023")
    >>> rows[["denominator", "value", "low", "high"]].round(1).to_numpy().tolist()
    [[40.0, 75.0, 59.8, 85.8]]
    """
    rows = [(measure.indicator, *_measured(answers[measure.q_id], weights, measure.codes)) for measure in asked]
    table = pd.DataFrame(rows, columns=["indicator", "count", "denominator", "share", "n_eff"])
    low, high = wilson_interval(table["share"] * table["n_eff"], table["n_eff"])
    few = [group.gt(0) & group.lt(CELL) for group in (table["count"], table["denominator"] - table["count"])]
    secret = table["denominator"].lt(HIDDEN_UNDER) | few[0] | few[1]
    status = np.select([table["denominator"].eq(0), secret], [MISSING, SECRET], OK)
    figures = {
        "numerator": table["share"] * table["denominator"],
        "denominator": table["denominator"].astype(float),
        "value": 100 * table["share"],
        "low": 100 * low,
        "high": 100 * high,
    }
    return table.assign(
        **{name: column.where(status == OK) for name, column in figures.items()},
        status=status,
        quality=np.where(table["denominator"].lt(FRAGILE_UNDER), TOO_WEAK, WITH_ITS_INTERVAL),
        territory=territory,
        level=LEVEL,
        period=period,
        source=SURVEY,
        denominator_period="",
    )[COLUMNS]


def _measured(cells: pd.Series, weights: pd.Series, codes: tuple[str, ...]) -> tuple[int, int, float, float]:
    """The respondents who gave one of the codes, those who answered, the weighted share, the effective size."""
    base = ~cells.isin([NOT_CONCERNED, NO_ANSWER])
    cells, weights = cells[base], weights[base]
    gave = pd.concat([has_code(cells, code) for code in codes], axis=1).any(axis=1)
    share = float(weights[gave].sum() / weights.sum()) if len(cells) else np.nan
    return int(gave.sum()), len(cells), share, effective_size(weights) if len(cells) else np.nan
