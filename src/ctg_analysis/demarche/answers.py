"""Answers to the questionnaire: exports of survey tools read, checked, put in place."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ctg_analysis.demarche.columns import (
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
from ctg_analysis.demarche.declared_tables import TABLES
from ctg_analysis.demarche.material_files import read_material
from ctg_analysis.demarche.table_files import A_CODE
from ctg_analysis.model.errors import Finding, InputError
from ctg_analysis.model.habits import quote
from ctg_analysis.model.scratch import PART, for_owner_alone
from ctg_analysis.model.settings import DataRoot, broken, project_path
from ctg_analysis.model.yaml_files import BIDIRECTIONAL
from ctg_analysis.raw.files import MOST_COLUMNS, badly_encoded, is_workbook, rows_of

# The file that LimeSurvey or Framaforms gives, as it was downloaded: its columns, its cells, who was done and when.
# LimeSurvey: results exported with one line of headings: the codes of the questions, their full text, or both (« code.
# texte »). Framaforms, which is Drupal's Webform: three lines of header: the form; the question of a group of columns;
# the column. Both as text (CSV, delimited) or as a workbook, of which the first sheet is read. Source: the exporters of
# both (LimeSurvey application/helpers/admin/export, Webform 7.x-4 includes/webform.report.inc).

LARGEST = 500_000_000  # bytes
SEPARATORS = ";,\t"
SID = {"sid", "webformsid"}
DRAFT = {"draft", "webformdraft", "brouillon"}
NO_DATE = "1980-01-01"  # what LimeSurvey writes for the day of an answer when it keeps no date
OTHER = "autre"  # the code of the option that a respondent words
Place = tuple[str, str]  # what a column answers: a question, and one of its options or nothing
# The columns of LimeSurvey that are no question: by their code, their full text in English and in French.
WORDS = {
    "id": ("responseid", "iddelaréponse"),
    "submitdate": ("datesubmitted", "datedesoumission"),
    "lastpage": ("lastpage", "dernièrepage"),
    "startlanguage": ("startlanguage", "languededépart"),
    "seed": ("seed", "têtedesérie"),
    "startdate": ("datestarted", "datedelancement"),
    "datestamp": ("datelastaction", "datedeladernièreaction"),
    "ipaddr": ("ipaddress", "adresseip"),
    "refurl": ("referrerurl",),
    "token": ("accesscode", "codedaccès"),
    "interviewtime": ("totaltime", "tempstotal"),
}
FULL_TEXT = {words: code for code, both in WORDS.items() for words in both}
TIMES = ("submitdate", "startdate", "datestamp")
LIMESURVEY = re.compile(
    "|".join([*WORDS, r"firstname|lastname|email|emailstatus|attribute_\d+|(?:group|question)?\w*Time\d*"])
)
CODE_AND_TEXT = re.compile(r"^(\w+(?:\[\w+\])*)\. .*", re.DOTALL)
A_DAY = r"\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4}"
EITHER = "un export de LimeSurvey (CSV ou Excel) ou de Framaforms (texte délimité, avec les détails de la soumission)"


class Column(NamedTuple):
    """A column of an export: its name, and the question above it when it is one of a group."""

    group: str
    name: str

    def __str__(self) -> str:
        """Say it as the export does."""
        return f"{self.group}[{self.name}]" if self.group else self.name


class Export(NamedTuple):
    """An export: its columns, its cells (texts; columns numbered, index: the line), and for each answer its id, the
    moment it was sent or begun, whether it was sent to the end. technical: the columns that are no question.
    """

    columns: list[Column]
    cells: pd.DataFrame
    ids: pd.Series
    moments: pd.Series
    done: pd.Series
    technical: set[int]


def key(text: str) -> str:
    """A code or words without capitals, spaces and punctuation, which tools change.

    >>> key("Non concerné·e") == key("non_concernée"), key("Q1 : votre commune ?")
    (True, 'q1votrecommune')
    """
    return re.sub(r"[\W_]+", "", text.casefold())


def read_export(path: Path) -> Export:
    """What an export holds.

    Raises:
        InputError: not an export of either, bytes that are not UTF-8, lines of uneven length.
    """
    if path.stat().st_size > LARGEST:
        raise broken(path, None, f"{path.stat().st_size} octets", f"{LARGEST} au plus")
    rows, lines = _rows_of_workbook(path) if is_workbook(path) else _rows_of_text(path)
    if len(rows[0]) > MOST_COLUMNS:
        raise broken(path, 1, f"{len(rows[0])} colonnes", f"{MOST_COLUMNS} au plus")
    if len(rows) > 3 and any(key(name) in SID for name in rows[2]):
        return _framaforms(path, rows, lines)
    if any(re.match(r"id\. ", name) for name in rows[0]):
        rows = ([CODE_AND_TEXT.sub(r"\1", name) for name in rows[0]], *rows[1:])
    if "id" in map(_technical, rows[0]):
        return _limesurvey(path, rows, lines)
    raise broken(path, 1, f"{quote(rows[0][0][:40])}", EITHER)


def _rows_of_workbook(path: Path) -> tuple[tuple, tuple]:
    """The rows of the first sheet that holds any, and their numbers."""
    for _, rows, _ in rows_of(path):
        if filled := [(cells, line) for line, cells in enumerate(rows, start=1) if any(cells)]:
            return tuple(zip(*filled, strict=True))
    raise broken(path, 1, "un fichier vide", EITHER)


def _rows_of_text(path: Path) -> tuple[tuple, tuple]:
    """The rows of a delimited text that hold anything, and the lines where they end."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise badly_encoded(path) from error
    head = text.splitlines()[:3]
    if not head:
        raise broken(path, 1, "un fichier vide", EITHER)
    try:
        separator = max(SEPARATORS, key=lambda mark: max(len(cells) for cells in csv.reader(head, delimiter=mark)))
    except csv.Error as error:
        raise broken(path, 1, str(error), EITHER) from error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        rows, lines = zip(*((cells, reader.line_num) for cells in reader if any(cells)), strict=True)
    except csv.Error as error:
        raise broken(path, reader.line_num, str(error), EITHER) from error
    return rows, lines


def _technical(name: str) -> str:
    """The code of a column of LimeSurvey that is no question, be it written in full text.

    >>> _technical("ID de la réponse"), _technical("submitdate"), _technical("Votre commune ?")
    ('id', 'submitdate', 'Votre commune ?')
    """
    return FULL_TEXT.get(key(name), name)


def _cells(path: Path, rows: tuple, lines: tuple, header: int) -> pd.DataFrame:
    wide = len(rows[header - 1])
    findings = [
        Finding(project_path(path), line, None, f"{len(cells)} cases", f"{wide}, comme dans l'en-tête")
        for cells, line in zip(rows[header:], lines[header:], strict=True)
        if len(cells) != wide
    ]
    if findings:
        raise InputError(findings)
    return pd.DataFrame(list(rows[header:]), index=lines[header:], columns=range(wide), dtype=str)


def _limesurvey(path: Path, rows: tuple, lines: tuple) -> Export:
    cells, names = _cells(path, rows, lines, 1), [*map(_technical, rows[0])]
    columns = []
    for name in names:
        group, bracket, inside = name.partition("[")
        inside = inside.rstrip("]")
        columns.append(Column(group, OTHER if inside == "other" else inside) if bracket else Column("", name))
    place = {name: number for number, name in enumerate(names)}
    moments = pd.Series("", index=cells.index, dtype=str)
    for name in (name for name in TIMES if name in place):
        moments = moments.where(moments.ne(""), cells[place[name]].mask(cells[place[name]].str.startswith(NO_DATE), ""))
    done = cells[place["submitdate"]].ne("") if "submitdate" in place else pd.Series(True, index=cells.index)
    technical = {number for number, name in enumerate(names) if LIMESURVEY.fullmatch(name)}
    return Export(columns, cells, cells[place["id"]], moments, done, technical)


def _framaforms(path: Path, rows: tuple, lines: tuple) -> Export:
    """A group of columns has no mark of its end: the question above holds until the next one."""
    cells, group, columns = _cells(path, rows, lines, 3), "", []
    for above, name in zip(rows[1], rows[2], strict=True):
        group = above or group
        columns.append(Column(group, name))
    about = [number for number, column in enumerate(columns) if column.group == columns[0].group]
    dated = [number for number in about if cells[number].str.match(A_DAY).any()]
    drafts = [number for number in about if key(columns[number].name) in DRAFT]
    ids = next(number for number in about if key(columns[number].name) in SID)
    done = cells[drafts[0]].isin(["", "0"]) if drafts else pd.Series(True, index=cells.index)
    moments = cells[dated[0]] if dated else pd.Series("", index=cells.index, dtype=str)
    return Export(columns, cells, cells[ids], moments, done, set(about))


USABLE_FROM = 0.5  # share of the questions put to a respondent that an answer not sent must hold to be kept
CONTEXT = {"mode": "web", "canal": "lien", "secteur": ""}  # columns besides the questions, and what their absence means
CONSENT = "consentement"
TICKED, NOT_TICKED = {"y", "oui", "yes", "1", "x"}, {"n", "non", "no", "0", "na", "sansobjet"}
SPOKEN = {"jenesaispas": UNKNOWN, "nonconcernée": NOT_CONCERNED, "oth": OTHER, "y": "oui", "x": "oui", "n": "non"}
SPOKEN |= {key(words): code for code, words in OUTSIDE.items()} | {key(code): code for code in OUTSIDE}

Wrong = tuple[int, str, str]  # line, what was found, what was expected


class Answers(NamedTuple):
    """What an export holds, as the tables of a démarche; the order of the answers tells nothing.

    closed: rep_id, date, mode, canal, secteur, then one column per question that is neither open nor sensitive.
    sensitive: rep_id, consentement, then one column per sensitive question; only of those who consented.
    opened: rep_id, q_id, texte.
    Cells hold codes, several of them separated by |. A question without an answer is NC when it was not put to the
    respondent, SR when it was (rule R25); what was answered to a question not put is left out.
    started, complete: how many answers the export holds, how many of those kept were sent. Those kept were sent and
    not blank, or hold half of what was asked. dropped: columns of the export that none of the tables has.
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
    findings += _lacking(place, questions, places)
    again = export.ids[export.ids.duplicated()]
    if len(again):
        more = f", et {len(again) - 1} autres de même" if len(again) > 1 else ""
        expected = "un identifiant qui ne vient qu'une fois : un seul export, tel qu'il a été téléchargé"
        found = f"{quote(again.iloc[0])} une seconde fois{more}"
        findings.append(Finding(place, again.index[0], "id", found, expected))
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


def _places(
    export: Export,
    questions: pd.DataFrame,
) -> tuple[dict[int, Place], list[str], list[str]]:
    """What each column of an export answers, by its rank; the columns left out; those unknown."""
    known = {key(words): question for question, words in questions["libelle"].items()}
    known |= {key(question): question for question in questions.index}
    places, dropped, unknown, strangers = {}, [], [], set()
    for number, column in enumerate(export.columns):
        above, is_technical = known.get(key(column.group), ""), number in export.technical
        meant = _meant(column, above, known, questions)
        if place := next((one for one in meant if one not in places.values()), None):
            places[number] = place
        elif key(column.name) in {*CONTEXT, CONSENT}:
            continue
        elif _is_left_out(column, above, is_technical=is_technical, begun=bool(places)):
            dropped.append(str(column))
        elif is_technical or above or not column.group:
            unknown.append(column.name if is_technical else str(column))
        elif column.group not in strangers:
            strangers.add(column.group)
            unknown.append(column.group)
    return places, dropped, unknown


def _meant(
    column: Column,
    above: str,
    known: Mapping[str, str],
    questions: pd.DataFrame,
) -> list[Place]:
    """What a column may answer, the likeliest first: an option of the question above, a question.

    known: the ids of questions, by their words and by themselves.
    """
    meant = []
    if above and questions.at[above, "type"] == SEVERAL:
        option = _codes(questions.loc[above]).get(key(column.name), "")
        meant += [(above, option)] if option else []
    question = known.get(key(column.group + column.name)) or known.get(key(column.name))
    return [*meant, (question, "")] if question else meant


def _is_left_out(column: Column, above: str, *, is_technical: bool, begun: bool) -> bool:
    """Whether a column holds no answer: a comment on the question above, a record of the tool.

    begun: whether a question came before it.
    """
    if above and (column.name == OTHER or column.name.endswith("comment")):
        return True
    return is_technical and not (begun and column.group)


def _lacking(place: str, questions: pd.DataFrame, places: dict[int, tuple[str, str]]) -> Iterator[Finding]:
    """The questions that have no column, in one finding; the options that have none where others of theirs have one.

    A lost option would be told as one that nobody ticked.
    """
    present = {question for question, _ in places.values()}
    if absent := [name for name in questions.index if name not in present]:
        several = len(absent) > 1
        found = f"aucune colonne pour {'les questions' if several else 'la question'} {', '.join(absent)}"
        expected = (
            "l'export de toutes les questions, ou la feuille « Questionnaire » sans celles qui n'ont pas été posées"
        )
        yield Finding(place, 1, None, found, expected)
    for name in questions.index.intersection(present, sort=False):
        ticked = {option for question, option in places.values() if question == name} - {""}
        for option in labels(questions.at[name, "modalites"]) if ticked else ():
            if option not in ticked and option != OTHER:
                expected = f"une colonne pour chaque réponse de {name} : reprendre l'export sans rien en retirer"
                yield Finding(place, 1, f"{name}[{option}]", "aucune colonne pour cette réponse", expected)


def _codes(question: pd.Series) -> dict[str, str]:
    named = labels(question["modalites"])
    spoken = {name: code for name, code in SPOKEN.items() if code in named or code in OUTSIDE}
    return spoken | {key(words): code for code, words in named.items()} | {key(code): code for code in named}


def _coded(cells: pd.DataFrame, options: list[str], question: pd.Series) -> tuple[pd.Series, list[Wrong]]:
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
        quoted = quote(text) if re.fullmatch(A_CODE, text) else f"un texte de {len(text)} caractères"
        wrong.append((lines[0], quoted + more, expected))
    return texts.map(codes), wrong


def _tables(table: pd.DataFrame, export: Export, questions: pd.DataFrame, dropped: list[str]) -> Answers:
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
        int((export.done & usable).sum()),
        dropped,
    )


def _about(export: Export) -> pd.DataFrame:
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


def take_in(root: DataRoot, epci: str, export: Path) -> list[str]:
    """Write the answers of an export in the private folder of a démarche; return what is to be told, a line each.

    An answer that is there already is replaced, the others stay: those typed from paper, those of an earlier export.
    Nothing is written where all are there as they are.

    Raises:
        InputError: a questionnaire or an export that cannot be trusted; nothing is written then.
    """
    questionnaire = read_material(root.material(epci)).tables["questionnaire"]
    if questionnaire.findings:
        raise InputError(questionnaire.findings)
    answers = read_answers(export, questionnaire.rows)
    folder = root.restricted_material(epci)
    tables = {"reponses": answers.closed, "reponses_sensibles": answers.sensitive, "reponses_ouvertes": answers.opened}
    written = {folder / TABLES[name].file: joined(folder / TABLES[name].file, rows) for name, rows in tables.items()}
    if all(path.is_file() and _same(written[path], _read(path)) for path in written):
        kept = f"les {len(answers.closed)} réponses de cet export y sont déjà"
        return [f"{project_path(folder)} : rien n'a changé, {kept} ({_counts(answers)})"]
    parts = {path.with_name(f".{path.name}{PART}"): path for path in written}
    with for_owner_alone(folder):
        for part, path in parts.items():
            written[path].to_csv(part, sep=";", index=False, lineterminator="\n")
        for part, path in parts.items():
            part.replace(path)
    dropped = f" ; colonnes laissées de côté : {', '.join(answers.dropped)}" if answers.dropped else ""
    return [
        f"{project_path(folder)} : {len(answers.closed)} réponses gardées ({_counts(answers)}){dropped}",
        f"{project_path(root.material(epci))}/{TABLES['consultation'].place} : écrire {_counts(answers)}, et qui a "
        "répondu ; y ajouter les réponses qui viennent d'ailleurs (papier, autre export)",
    ]


def _counts(answers: Answers) -> str:
    return f"{answers.started} réponses commencées, {answers.complete} terminées"


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")


def _same(table: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether two tables hold the same rows, in any order."""
    return [*table] == [*other] and sorted(map(tuple, table.to_numpy())) == sorted(map(tuple, other.to_numpy()))


def joined(path: Path, rows: pd.DataFrame) -> pd.DataFrame:
    """The answers of a file with new ones, which take the place of those with the same rep_id."""
    rows = rows.apply(lambda cells: cells.map(_safe))
    if not path.is_file():
        return rows
    there = _read(path)
    kept = there[~there["rep_id"].isin(rows["rep_id"])]
    return pd.concat([kept, rows], ignore_index=True).fillna("").sort_values("rep_id", kind="stable")


RUN = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")  # how a cell begins that a spreadsheet may run


def _safe(cell: str) -> str:
    """A cell that a spreadsheet takes for a text; a negative number stays one.

    >>> _safe("=1+1"), _safe("- les horaires"), _safe("-5"), _safe("＝A1"), _safe("plus = mieux")
    ("'=1+1", "'- les horaires", '-5', "'＝A1", 'plus = mieux')
    """
    cell = BIDIRECTIONAL.sub("", cell)
    return f"'{cell}" if cell.startswith(RUN) and not re.fullmatch(r"-\d+(\.\d+)?", cell) else cell
