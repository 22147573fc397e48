"""Which authority organises childcare for children under 3, and what the law asks of it.

Code de l'action sociale et des familles, article L. 214-1-3: every commune is an authority. Those that transferred this
to their EPCI count together, and the EPCI is their authority. Its duties depend on the number of inhabitants counted.
"""

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict

from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.norms import norm
from ctg_analysis.core.settings import project_path
from ctg_analysis.core.yaml_files import load_yaml

TWO, FOUR, PLAN, HUB = "deux missions", "quatre missions", "schéma pluriannuel", "relais petite enfance"
DUTIES, COUNTED, EXEMPTED = (TWO, FOUR, PLAN, HUB), "population comptée", "dispense du schéma"


class Threshold(BaseModel):
    """A duty of the authorities of more than `seuil` inhabitants, of all where it is « aucun »; date: since when.

    a_verifier: what could not be read in the text itself.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    obligation: Literal[(*DUTIES, COUNTED, EXEMPTED)]
    seuil: Annotated[int | None, BeforeValidator(lambda written: None if written == "aucun" else written)]
    texte: str
    source: str
    date: datetime.date
    a_verifier: str = ""


def read_thresholds(path: Path) -> dict[str, Threshold]:
    """The thresholds of data/reference/seuils.yml by duty.

    Raises:
        InputError: an entry that lacks something, or names no known duty; a duty without entry.
    """
    thresholds = {entry.obligation: entry for entry in load_yaml(path, list[Threshold]).value}
    absent = [duty for duty in DUTIES if duty not in thresholds]
    if absent:
        expected = f"une entrée pour {', '.join(DUTIES)}"
        raise InputError([Finding(project_path(path), None, "obligation", f"rien pour {', '.join(absent)}", expected)])
    return thresholds


def authorities(answers: pd.DataFrame, epci: str, thresholds: Mapping[str, Threshold]) -> pd.DataFrame:
    """One row per commune, then that of the EPCI, with what the law asks of each.

    Parameters:
        answers: columns territory, transferred (1 or 0; NaN: no answer), population (inhabitants; NaN: unknown), total
            (whether it is the population totale, which the law counts, or the municipal one, a little smaller).
        thresholds: of each duty, see `read_thresholds`.

    Returns:
        Columns territory, authority (whether it organises childcare), low and high (bounds of the population counted,
        the same when all is known), and one per duty (whether the law asks it). A boolean is NA where an answer or a
        population is missing and could change it, or is municipal and a little below the threshold.

    A has transferred its 2 000 inhabitants, B has not, C has not said: the EPCI counts 2 000 or 3 500, at most 3 500.

    >>> from ctg_analysis.core.settings import settings
    >>> answers = {"territory": ["A", "B", "C"], "transferred": [1, 0, None], "population": [2000.0, 900, 1500]}
    >>> answers = pd.DataFrame(answers).assign(total=True)
    >>> table = authorities(answers, "E", read_thresholds(settings().reference / "seuils.yml"))
    >>> table.loc[table["territory"].eq("E"), ["authority", "low", "high", FOUR]].to_numpy().tolist()
    [[True, 2000.0, 3500.0, False]]
    """
    moved = answers["transferred"].map({1: True, 0: False}).astype("boolean")
    own = answers["population"].where(~moved.fillna(False))
    communes = pd.DataFrame(
        {
            "territory": answers["territory"],
            "authority": ~moved,
            "low": own.fillna(0).where(~moved.fillna(False)),
            "high": own.fillna(float("inf")).where(~moved.fillna(False)),
            "total": answers["total"],
        }
    )
    certain, possible = (answers.loc[moved.fillna(unsure), "population"] for unsure in (False, True))
    whole = pd.DataFrame(
        {
            "territory": epci,
            "authority": pd.array([moved.any(skipna=False)], dtype="boolean"),
            "low": certain.fillna(0).sum(),
            "high": possible.fillna(float("inf")).sum(),
            "total": answers.loc[moved.fillna(True), "total"].all(),
        }
    )
    table = pd.concat([communes, whole], ignore_index=True)
    for duty in DUTIES:
        above = thresholds[duty].seuil
        table[duty] = table["authority"] if above is None else table["authority"] & _more_than(above, table)
    return table.drop(columns="total")


def by_population(populations: pd.DataFrame, epci: str, thresholds: Mapping[str, Threshold]) -> pd.DataFrame:
    """One row per commune, as long as it keeps childcare, then that of the EPCI, if all its communes transferred it.

    Parameters:
        populations: columns territory, population and total, see `authorities`.

    Returns:
        The columns of `authorities`, and near (whether a population is so close to a threshold that another census may
        find it on the other side).

    A has 3 400 inhabitants, B 4 000: B is above 3 500, A is 2.9 % below, and both together are 7 400.

    >>> from ctg_analysis.core.settings import settings
    >>> populations = pd.DataFrame({"territory": ["A", "B"], "population": [3400.0, 4000], "total": True})
    >>> table = by_population(populations, "E", read_thresholds(settings().reference / "seuils.yml"))
    >>> table[["territory", "low", FOUR, PLAN, "near"]].to_numpy().tolist()
    [['A', 3400.0, False, False, True], ['B', 4000.0, True, False, False], ['E', 7400.0, True, False, False]]
    """
    kept = authorities(populations.assign(transferred=0.0), epci, thresholds).iloc[:-1]
    moved = authorities(populations.assign(transferred=1.0), epci, thresholds).iloc[-1:]
    table = pd.concat([kept, moved], ignore_index=True)
    above = {thresholds[duty].seuil for duty in DUTIES} - {None}
    margin = norm("near_a_threshold")
    close = [table["low"].between(number * (1 - margin), number * (1 + margin)) for number in above]
    return table.assign(near=pd.concat(close, axis=1).any(axis=1))


def _more_than(above: int, table: pd.DataFrame) -> pd.Series:
    """Whether the population counted is above a threshold; NA when its bounds do not tell.

    The municipal population, smaller than the one that the law counts, does not tell it a little below.
    """
    enough = table["high"].lt(above * (1 - norm("near_a_threshold"))).mask(table["total"], table["high"].le(above))
    result = pd.Series(pd.NA, index=table.index, dtype="boolean")
    return result.mask(table["low"].gt(above), True).mask(enough, False)
