"""The answers to a questionnaire, from the export of a survey tool to the tables of a démarche."""

import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.settings import project_path
from ctg_analysis.demarche.survey.exports import OTHER, Export, key, read_export
from ctg_analysis.demarche.tables.codes import (
    LIST,
    NOT_CONCERNED,
    NUMERIC,
    OPEN,
    OUTSIDE,
    SEVERAL,
    UNKNOWN,
    is_yes,
    labels,
    with_blanks_filled,
)

USABLE_FROM = 0.5  # share of the questions put to a respondent that an answer not sent must hold to be kept
CONTEXT = {"mode": "web", "canal": "lien", "secteur": ""}  # columns besides the questions, and what their absence means
CONSENT = "consentement"
TICKED, NOT_TICKED = {"y", "oui", "yes", "1", "x"}, {"n", "non", "no", "0", "na", "sansobjet"}
SPOKEN = {"jenesaispas": UNKNOWN, "nonconcernée": NOT_CONCERNED, "oth": OTHER, "y": "oui", "n": "non"}
SPOKEN |= {key(words): code for code, words in OUTSIDE.items()} | {key(code): code for code in OUTSIDE}
A_CODE = r"[\w.-]{1,15}"  # what an error may quote: a longer text may be someone's own words

Wrong = tuple[int, str, str]  # line, what was found, what was expected


class Answers(NamedTuple):
    """What an export holds, as the tables of a démarche; the order of the answers tells nothing.

    closed: rep_id, date, mode, canal, secteur, then one column per question that is neither open nor sensitive.
    sensitive: rep_id, consentement, then one column per sensitive question; only of those who consented.
    opened: rep_id, q_id, texte.
    Cells hold codes, several of them separated by |. A question without an answer is NC when it was not put to the
    respondent, SR when it was (rule R25); what was answered to a question not put is left out.
    started, complete: how many answers the export holds, and how many of them were sent. Those kept were sent, or hold
    half of what was asked. dropped: columns of the export that none of the tables has.
    """

    closed: pd.DataFrame
    sensitive: pd.DataFrame
    opened: pd.DataFrame
    started: int
    complete: int
    dropped: list[str]


def read_answers(path: Path, questionnaire: pd.DataFrame) -> Answers:
    """The answers of an export of LimeSurvey or of Framaforms, see `exports`.

    A column of the export is that of the question whose id or words it bears, and a cell that of the modality, but for
    capitals, spaces and punctuation.

    Parameters:
        questionnaire: columns q_id, libelle, type, modalites, filtre, sensible.

    Raises:
        InputError: one finding for each question that the questionnaire or the export lacks, each code that a question
            does not have, each id that comes twice; those of `read_export`.
    """
    export, questions = read_export(path), questionnaire.set_index("q_id", drop=False).rename_axis(None)
    place = project_path(path)
    places, dropped, unknown = _places(export, questions)
    expected = "une question du questionnaire, ou l'une de ses modalités"
    findings = [Finding(place, 1, name, "une colonne que le questionnaire n'a pas", expected) for name in unknown]
    present = {question for question, _ in places.values()}
    findings += [
        Finding(place, 1, identifier, "aucune question de ce nom", "une colonne de celle-ci")
        for identifier in questions.index.difference(present)
    ]
    again = export.ids[export.ids.duplicated()]
    findings += [
        Finding(place, line, "id", f"{identifier!r} une seconde fois", "un identifiant qui ne vient qu'une fois")
        for line, identifier in again.items()
    ]
    table = {}
    for question in questions.index.intersection(present, sort=False):
        columns = {column: option for column, (identifier, option) in places.items() if identifier == question}
        table[question], wrong = _coded(export.cells[list(columns)], list(columns.values()), questions.loc[question])
        findings += [Finding(place, line, question, *fault) for line, *fault in wrong]
    if not export.moments.ne("").any():
        findings.append(
            Finding(place, None, None, "aucune date", "le jour d'une réponse au moins : exporter aussi les dates")
        )
    if findings:
        raise InputError(findings)
    return _tables(pd.DataFrame(table, index=export.cells.index), export, questions, dropped)


def _places(export: Export, questions: pd.DataFrame) -> tuple[dict[int, tuple[str, str]], list[str], list[str]]:
    """The question and the option (empty unless one of several) of each column, the dropped and the unknown.

    A column under a question is one of its options if it bears the name of one that no column before it bears: where
    a group has no mark of its end, the next question may have the same name.
    """
    known = {key(words): question for question, words in questions["libelle"].items()}
    known |= {key(question): question for question in questions.index}
    places, dropped, unknown, strangers = {}, [], [], set()
    for number, column in enumerate(export.columns):
        above = known.get(key(column.group), "")
        options = _codes(questions.loc[above]) if above and questions.at[above, "type"] == SEVERAL else {}
        option = options.get(key(column.name), "")
        question = known.get(key(column.group + column.name)) or known.get(key(column.name))
        if option and (above, option) not in places.values():
            places[number] = above, option
        elif question and (question, "") not in places.values():
            places[number] = question, ""
        elif key(column.name) in {*CONTEXT, CONSENT}:
            continue
        elif (above and (column.name == OTHER or column.name.endswith("comment"))) or (
            number in export.technical and not (places and column.group)
        ):
            dropped.append(str(column))
        elif number in export.technical or above or not column.group:
            unknown.append(column.name if number in export.technical else str(column))
        elif column.group not in strangers:
            strangers.add(column.group)
            unknown.append(column.group)
    return places, dropped, unknown


def _codes(question: pd.Series) -> dict[str, str]:
    """What the modalities of a question may be called → code."""
    named = labels(question["modalites"])
    spoken = {name: code for name, code in SPOKEN.items() if code in named or code in OUTSIDE}
    return spoken | {key(words): code for code, words in named.items()} | {key(code): code for code in named}


def _coded(cells: pd.DataFrame, options: list[str], question: pd.Series) -> tuple[pd.Series, list[Wrong]]:
    """The cells of one question in its codes, empty where nothing was said; and what is wrong."""
    first, codes = cells.iloc[:, 0], _codes(question)
    expected = f"l'une de ces valeurs : {', '.join([*labels(question['modalites']), *OUTSIDE])}"
    match question["type"]:
        case kind if kind == OPEN:
            return first.str.strip(), []
        case kind if kind == NUMERIC:
            return _translated(first, _number, "un nombre")
        case kind if kind != SEVERAL:
            return _translated(first, lambda cell: codes.get(key(cell)), expected)
    if options == [""]:
        return _translated(first, lambda cell: _several(cell, codes), expected)
    chosen, wrong = pd.Series("", index=cells.index, dtype=str), []
    for column, option in zip(cells, options, strict=True):
        ticks, faults = _translated(cells[column], lambda cell, taken=option: _tick(cell, taken), "Y, X, Oui ou rien")
        chosen = chosen.where(ticks.eq(""), chosen + LIST + option)
        wrong += faults
    return chosen.str.removeprefix(LIST), wrong


def _number(cell: str) -> str | None:
    plain = re.sub(r"\s", "", cell).replace(",", ".")
    return SPOKEN.get(key(cell)) or (plain if re.fullmatch(r"-?\d{1,9}(\.\d{1,6})?", plain) else None)


def _several(cell: str, codes: dict[str, str]) -> str | None:
    parts = [codes.get(key(part)) for part in re.split(r"[,|]", cell)]
    return None if None in parts else LIST.join(parts)


def _tick(cell: str, option: str) -> str | None:
    """Whether an option was taken; the words that stand for « autre » say that it was."""
    if key(cell) in NOT_TICKED:
        return ""
    return option if key(cell) in TICKED or option == OTHER else None


def _translated(
    cells: pd.Series, translate: Callable[[str], str | None], expected: str
) -> tuple[pd.Series, list[Wrong]]:
    """The cells in codes, and each text that has none: the line where it first stands, how often it comes."""
    texts = cells.str.strip()
    codes = {text: translate(text) if text else "" for text in texts.unique()}
    wrong = []
    for text in (text for text, code in codes.items() if code is None):
        lines = texts.index[texts.eq(text)]
        more = f", et {len(lines) - 1} fois de plus" if len(lines) > 1 else ""
        quoted = repr(text) if re.fullmatch(A_CODE, text) else f"un texte de {len(text)} caractères"
        wrong.append((lines[0], quoted + more, expected))
    return texts.map(codes), wrong


def _tables(table: pd.DataFrame, export: Export, questions: pd.DataFrame, dropped: list[str]) -> Answers:
    """The tables of a démarche from the codes of an export."""
    kinds = questions["type"].reindex(table.columns)
    opened, closed = table.loc[:, kinds.eq(OPEN)], table.loc[:, kinds.ne(OPEN)]
    blank, closed = closed.eq(""), with_blanks_filled(closed, questions)
    put, answered = closed.ne(NOT_CONCERNED).sum(axis=1), (closed.ne(NOT_CONCERNED) & ~blank).sum(axis=1)
    usable = answered.gt(0) & (export.done | answered.ge(USABLE_FROM * put))
    about = _about(export)
    order = about.loc[usable, "rep_id"].sort_values(kind="stable").index
    about, closed, opened = about.loc[order], closed.loc[order], opened.loc[order]
    sensitive = [q_id for q_id in closed if is_yes(questions.at[q_id, "sensible"])]
    consented = about[CONSENT].eq("oui") & bool(sensitive)
    if sensitive and not consented.any():
        dropped = [*dropped, *sensitive]
    words = opened.assign(rep_id=about["rep_id"]).melt("rep_id", var_name="q_id", value_name="texte")
    return Answers(
        about.drop(columns=[CONSENT, *about.columns.intersection(closed.columns)])
        .join(closed.drop(columns=sensitive))
        .reset_index(drop=True),
        about.loc[consented, ["rep_id", CONSENT]].join(closed[sensitive]).reset_index(drop=True),
        words[words["texte"].ne("")].reset_index(drop=True),
        len(table),
        int(export.done.sum()),
        dropped,
    )


def _about(export: Export) -> pd.DataFrame:
    """Rep_id, date, mode, canal, secteur and consentement of each answer.

    rep_id is drawn from the id and the moment of the answer: the same in a later export, it tells neither.
    """
    pairs = zip(export.ids, export.moments, strict=True)
    drawn = [sha256(f"{answer_id}|{moment}".encode()).hexdigest()[:12] for answer_id, moment in pairs]
    about = pd.DataFrame({"rep_id": drawn, "date": _days(export.moments)}, index=export.ids.index)
    named = {key(column.name): number for number, column in enumerate(export.columns)}
    for name, default in CONTEXT.items():
        about[name] = export.cells[named[name]].str.strip() if name in named else default
    about[CONSENT] = "non"
    if CONSENT in named:
        about.loc[export.cells[named[CONSENT]].map(key).isin(TICKED), CONSENT] = "oui"
    return about


def _days(moments: pd.Series) -> pd.Series:
    """The days of moments such as 2023-02-10 18:03 or 10/02/2023 - 18:03; empty where none was kept."""
    year_first = moments.str.extract(r"^(\d{4}-\d\d-\d\d)")[0]
    parts = moments.str.extract(r"(\d\d)/(\d\d)/(\d{4})")
    return year_first.fillna(parts[2] + "-" + parts[1] + "-" + parts[0]).fillna("")
