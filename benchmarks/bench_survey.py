"""Measure a survey: raking against weightipy, and 100 000 answers from the export to the tables, in one run.

    make bench

Raking: 5 000 answers, 4 margins; the import is that of a process of its own. The whole: 100 000 answers to 40 questions
as LimeSurvey exports them, read, weighted, tabled question by question and by secteur, crossed; pandas.read_csv of the
same file is the floor.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
import weightipy

from ctg_analysis.demarche.answers import read_answers
from ctg_analysis.demarche.questions import (
    by_group,
    completion,
    crossings,
    distribution,
    rounded,
    with_texts_filled,
)
from ctg_analysis.demarche.survey import design_effect, margin_sizes, rake

Result = TypeVar("Result")
PROFILE = {
    "sexe": {"f": 0.78, "h": 0.22},
    "age": {"a18": 0.12, "a30": 0.43, "a45": 0.25, "a60": 0.2},
    "secteur": {"centre": 0.5, "nord": 0.28, "sud": 0.22},
    "enfants": {"oui": 0.6, "non": 0.4},
}
CENSUS = {"f": 51, "h": 49, "a18": 16, "a30": 26, "a45": 28, "a60": 30, "centre": 44, "nord": 29, "sud": 27}
CENSUS |= {"oui": 41, "non": 59}
CHOICES, MULTIPLES, SCALES = 20, 8, 8
OPTIONS = [f"o{number}" for number in range(6)]


def profiles(n: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the profiles of n volunteers, and the margins of the census."""
    generator = np.random.default_rng(1)
    answers = pd.DataFrame(
        {name: generator.choice([*parts], n, p=[*parts.values()]) for name, parts in PROFILE.items()}
    )
    rows = [(name, code, CENSUS[code]) for name, parts in PROFILE.items() for code in parts]
    return answers, pd.DataFrame(rows, columns=["variable", "modalite", "effectif"])


def questionnaire() -> pd.DataFrame:
    """Return 40 questions."""
    codes = "|".join(f"{code}={code}" for code in OPTIONS)
    kinds = ["unique"] * CHOICES + ["multiple"] * MULTIPLES + ["échelle"] * SCALES
    rows = [(name, "unique", "|".join(f"{code}={code}" for code in parts)) for name, parts in PROFILE.items()]
    rows += [(f"q{number}", kind, codes) for number, kind in enumerate(kinds)]
    table = pd.DataFrame(rows, columns=["q_id", "type", "modalites"])
    return table.assign(libelle=table["q_id"], filtre="", sensible="non")


def export(path: Path, n: int) -> None:
    """Write n answers as LimeSurvey exports them."""
    generator, (table, _) = np.random.default_rng(2), profiles(n)
    columns = {"id": np.arange(n), "submitdate": "2023-02-10 18:03:11", "startlanguage": "fr"} | dict(table.items())
    for row in questionnaire().iloc[len(PROFILE) :].itertuples():
        if row.type == "multiple":
            columns |= {f"{row.q_id}[{code}]": generator.choice(["Y", ""], n) for code in OPTIONS}
        else:
            columns[row.q_id] = generator.choice([*OPTIONS, ""], n)
    pd.DataFrame(columns).to_csv(path, sep=";", index=False)


def timed(what: str, work: Callable[[], Result]) -> tuple[Result, float]:
    """Return the result of some work and its seconds, and print them."""
    start = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - start
    print(f"{what:44} {seconds:7.3f} s")
    return result, seconds


def imported(module: str) -> float:
    """Return the seconds that a process spends on importing a module, pandas being there."""
    code = f"import pandas, time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def raking() -> None:
    """Print the raking of 5 000 answers on 4 margins, and that of weightipy."""
    answers, margins = profiles(5000)
    targets = {name: rows.set_index("modalite")["effectif"].to_dict() for name, rows in margins.groupby("variable")}
    rake(answers, margins)  # the first call imports parts of pandas
    ours, seconds = timed("raking 5 000 x 4, bounded", lambda: rake(answers, margins))
    scheme = weightipy.scheme_from_dict(targets)
    _, theirs = timed("  weightipy, without bounds", lambda: weightipy.weight_dataframe(answers, scheme))
    effect = design_effect(margin_sizes(answers, ours, margins))
    print(f"  design effect {effect:.2f}; ratio {seconds / theirs:.2f}")
    for module in ("ctg_analysis.demarche.survey", "weightipy"):
        print(f"  import {module:36} {imported(module):7.3f} s")


def survey(folder: Path, n: int = 100_000) -> None:
    """Print the time of a survey of n answers, from its export to its tables."""
    asked, path = questionnaire(), folder / "export.csv"
    export(path, n)
    _, floor = timed(f"pandas.read_csv of {n} answers", lambda: pd.read_csv(path, sep=";", dtype=str))
    answers, reading = timed("reading the export", lambda: read_answers(path, asked))
    table, names = answers.closed, asked["q_id"].iloc[len(PROFILE) :]
    weights, weighing = timed("weights", lambda: rake(table, profiles(10)[1]))
    steps = {
        "tables of the questions": lambda: [distribution(table, weights, asked, name, deff=1) for name in names],
        "completion": lambda: completion(with_texts_filled(table, asked, answers.opened), asked, rounded(n)),
        "groups of the profile, and their tests": lambda: crossings(
            pd.concat([by_group(table, weights, asked, name, by, deff=1) for name in names for by in PROFILE]), asked
        ),
    }
    total = reading + weighing + sum(timed(what, work)[1] for what, work in steps.items())
    print(f"the whole {total:.1f} s; ratio to pandas.read_csv: {total / floor:.1f}")


if __name__ == "__main__":
    raking()
    with tempfile.TemporaryDirectory() as scratch:
        survey(Path(scratch))
