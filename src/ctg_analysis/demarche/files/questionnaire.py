"""The questionnaire and its answers: they must still be made for each other."""

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from ctg_analysis.core.errors import Finding
from ctg_analysis.core.settings import project_path
from ctg_analysis.core.yaml_files import ReadYaml
from ctg_analysis.demarche.files.table_files import TableFile
from ctg_analysis.demarche.tables.codes import CLOSED, LIST, NUMERIC, OPEN, OUTSIDE, SEVERAL

SECTEUR = "secteur"  # a column of the answers that the margins know, and that is no question
TOTALS = ("envoyes", "commences", "termines")
A_CODE = r"[\w.-]{1,15}"  # what may be shown: a longer text may be an answer in its author's own words
A_NUMBER = r"\d{1,6}(?:[.,]\d{1,2})?"


def questions_wrong(questionnaire: TableFile, margins: TableFile) -> Iterator[Finding]:
    """The questions without what their type needs, the filters and the margins that name no modality."""
    if questionnaire.unread:
        return
    codes = codes_of(questionnaire.rows)
    for row in questionnaire.rows.itertuples():
        several = isinstance(row.modalites, tuple)
        if several != (row.type in CLOSED):
            written, expected = (
                ("des modalités", "une case vide") if several else ("une case vide", "code=libellé|code=libellé")
            )
            yield Finding(
                questionnaire.place, row.Index, "modalites", written, f"{expected} pour une question {row.type}"
            )
        for code in sorted(codes[row.q_id] & set(OUTSIDE)):
            expected = f"d'autres codes que {', '.join(OUTSIDE)}, qu'a toute question"
            yield Finding(questionnaire.place, row.Index, "modalites", repr(code), expected)
        for question, code in row.filtre if isinstance(row.filtre, tuple) else ():
            if code not in codes.get(question, set()):
                expected = "question=code, d'une question et de l'un de ses codes"
                yield Finding(questionnaire.place, row.Index, "filtre", repr(f"{question}={code}"), expected)
    for row in margins.rows[margins.rows["variable"].ne(SECTEUR)].itertuples():
        if row.variable not in codes:
            expected = f"une question de {questionnaire.label}, ou {SECTEUR}"
            yield Finding(margins.place, row.Index, "variable", repr(row.variable), expected)
        elif row.modalite not in codes[row.variable]:
            expected = f"un code de {row.variable} dans {questionnaire.label}"
            yield Finding(margins.place, row.Index, "modalite", repr(row.modalite), expected)


def codes_of(questions: pd.DataFrame) -> dict[str, set[str]]:
    """The codes of each question; none for a number or a text."""
    return {
        row.q_id: {code for code, _ in row.modalites} if isinstance(row.modalites, tuple) else set()
        for row in questions.itertuples()
    }


def answers_wrong(answers: TableFile, questionnaire: TableFile) -> Iterator[Finding]:
    """What the answers hold that the questionnaire does not have, or no longer: a line for each column or code.

    An answer is a code, several separated by | when the question takes several, a number, or one of NSP, NC and SR; it
    is blank when the question was not put. Sensitive questions stand in reponses_sensibles, open ones in
    reponses_ouvertes.
    """
    if answers.texts.empty or questionnaire.unread:
        return
    sensitive = answers.table.name == "reponses_sensibles"
    questions = questionnaire.rows.set_index("q_id")
    here = questions[questions["type"].ne(OPEN) & questions["sensible"].eq(sensitive)]
    columns = [name for name in answers.texts if name not in answers.table.columns]
    source = questionnaire.label
    for name in columns:
        if name not in here.index:
            yield Finding(
                answers.place, 1, name, "une colonne qui n'est aucune de ses questions", _where(name, questions, source)
            )
    for name in here.index.difference(columns, sort=False):
        expected = f"une colonne pour cette question, ou pas de question de ce nom dans {source}"
        yield Finding(answers.place, 1, name, "pas de colonne de ce nom", expected)
    codes = codes_of(questionnaire.rows)
    for name in here.index.intersection(columns, sort=False):
        yield from _cells_wrong(answers, name, here.at[name, "type"], codes[name], source)


def totals_wrong(consultation: ReadYaml, path: Path, answers: TableFile) -> Iterator[Finding]:
    """The totals of the consultation that contradict each other: no step counts more than the one before it.

    An answer that was not finished may be kept, but none that was not begun.
    """
    if consultation.value is None:
        return
    sent, started, complete = (getattr(consultation.value, name) for name in TOTALS)
    kept = len(answers.rows)
    for column, count, limit, of in (
        ("commences", started, sent, "envoyes"),
        ("termines", complete, started, "commences"),
    ):
        if None not in (count, limit) and count > limit:
            line = consultation.lines.get((column,))
            yield Finding(project_path(path), line, column, str(count), f"{limit} au plus, comme le dit {of}")
    if started is not None and kept > started:
        expected = f"{kept} au moins, les réponses de {answers.label}"
        yield Finding(project_path(path), consultation.lines.get(("commences",)), "commences", str(started), expected)


def _where(name: str, questions: pd.DataFrame, source: str) -> str:
    if name not in questions.index:
        return f"une question de {source} : a-t-elle été renommée ou retirée après les premières réponses ?"
    if questions.at[name, "type"] == OPEN:
        return "les réponses ouvertes dans reponses_ouvertes.csv"
    sensitive = questions.at[name, "sensible"]
    return f"les réponses à cette question dans {'reponses_sensibles' if sensitive else 'reponses'}.csv"


def _cells_wrong(answers: TableFile, name: str, kind: str, codes: set[str], source: str) -> Iterator[Finding]:
    """One finding for each code that the question does not have, at the first line where it stands."""
    cells = answers.texts[name]
    cells = cells[cells.ne("")]
    if kind == NUMERIC:
        wrong = cells[~cells.isin(list(OUTSIDE)) & ~cells.str.fullmatch(A_NUMBER)]
        expected = f"un nombre, ou l'une de ces valeurs : {', '.join(OUTSIDE)}"
    else:
        parts = cells.str.split(LIST).explode() if kind == SEVERAL else cells
        wrong = parts[~parts.isin([*codes, *OUTSIDE])]
        expected = f"l'une de ces valeurs : {', '.join([*sorted(codes), *OUTSIDE])}, comme dans {source}"
    for code, lines in wrong.groupby(wrong, sort=False).groups.items():
        more = f" (et dans {len(lines) - 1} autres lignes)" if len(lines) > 1 else ""
        quoted = repr(code) if re.fullmatch(A_CODE, str(code)) else f"un texte de {len(str(code))} caractères"
        yield Finding(answers.place, int(lines[0]), name, quoted + more, expected)
