"""What the cells of a questionnaire and of its answers stand for."""

from collections.abc import Iterable

import pandas as pd

UNKNOWN, NOT_CONCERNED, NO_ANSWER = "NSP", "NC", "SR"
OUTSIDE = {UNKNOWN: "ne sait pas", NOT_CONCERNED: "non concerné", NO_ANSWER: "sans réponse"}  # rule R25: three codes
CHOICE, SEVERAL, SCALE, NUMERIC, OPEN = "unique", "multiple", "échelle", "numérique", "ouverte"
CLOSED = (CHOICE, SEVERAL, SCALE)

LIST, PAIR = "|", "="
CROSSED = "+"  # between the questions of a margin that crosses two, and between their codes: sexe+age, f+18-29


def labels(cell: object) -> dict[str, str]:
    """The codes of a cell `code=texte|code=texte` and what each stands for; nothing for an empty cell.

    The pairs that a table's model has read already do as well.
    """
    if isinstance(cell, str):
        return dict(part.split(PAIR, 1) for part in cell.split(LIST) if part)
    return dict(cell) if isinstance(cell, Iterable) else {}


def is_yes(cell: object) -> bool:
    """Whether a cell says yes: `oui` in a file, True once it has been read."""
    return cell in ("oui", True)


def has_code(cells: pd.Series, code: str) -> pd.Series:
    """Which answers are this code, or hold it among several."""
    return (LIST + cells.fillna("") + LIST).str.contains(LIST + code + LIST, regex=False)


def is_asked(answers: pd.DataFrame, condition: object) -> pd.Series:
    """Which answers a question is put to: those that gave, to each question of its `filtre`, one of its codes.

    condition: question=code, several of them separated by |, or the pairs that a table's model has read already.
    """
    asked = pd.Series(True, index=answers.index)
    for question, codes in conditions(condition).items():
        asked &= pd.concat([has_code(answers[question], code) for code in codes], axis=1).any(axis=1)
    return asked


def conditions(cell: object) -> dict[str, list[str]]:
    """The questions of a `filtre` and, for each, the codes of which one is enough; nothing for an empty cell."""
    if isinstance(cell, str):
        pairs = [tuple(part.split(PAIR, 1)) for part in cell.split(LIST) if part]
    else:
        pairs = list(cell) if isinstance(cell, Iterable) else []
    wanted: dict[str, list[str]] = {}
    for question, code in pairs:
        wanted.setdefault(question, []).append(code)
    return wanted


def with_blanks_filled(answers: pd.DataFrame, questionnaire: pd.DataFrame) -> pd.DataFrame:
    """The answers without a blank: NC where a question was not put to someone, SR where it was (rule R25).

    What was answered to a question that was not put is NC too. questionnaire: columns q_id, filtre; a question that has
    no column in the answers is left out. The questions that filters name have one: join sensitive answers to the rest.
    """
    filled = answers.copy()
    for q_id, condition in questionnaire.set_index("q_id")["filtre"].items():
        if q_id in answers:
            blank, asked = answers[q_id].fillna("").eq(""), is_asked(answers, condition)
            filled[q_id] = answers[q_id].mask(asked & blank, NO_ANSWER).mask(~asked, NOT_CONCERNED)
    return filled
