"""The tables of a démarche in files: sheets, CSV, questionnaire; no person named where none may be."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import pandas as pd
from pydantic import ValidationError

from ctg_analysis.demarche.columns import CLOSED, COPIL, LIST, NUMERIC, OPEN, OUTSIDE, READERS, SEVERAL, labels, lines
from ctg_analysis.demarche.declared_tables import TABLES, Column, Table, how_written
from ctg_analysis.model.errors import Finding, InputError, first_ones
from ctg_analysis.model.habits import NO_NAMES, SheetPlace, folded, quote
from ctg_analysis.model.settings import project_path
from ctg_analysis.raw.files import REMARK, Sheet, place_of
from ctg_analysis.raw.form_workbooks import DAY, NOTHING, NUMBER, TEXT, workbook
from ctg_analysis.raw.form_workbooks import Column as SheetColumn
from ctg_analysis.raw.form_workbooks import Table as SheetTable
from ctg_analysis.raw.personal_data import DOUBTS, Sign, signs, signs_beside_a_service
from ctg_analysis.raw.tables import (
    A_VALUE,
    BLANK,
    COLUMN_TWICE,
    Filled,
    load_filled,
    no_headings,
    quote_original,
    tables_in,
    turned_round,
    wrong_columns,
)

FORMULA_STARTS = ("=", "+", "@", "\t")
WITH_QUESTIONS = ("reponses", "reponses_sensibles")  # a column for each question follows those of the model


DELETIONS = "suppressions.csv"  # beside the private tables: what was deleted when it was due
MOST_ROWS = 100_000  # of a table
LONGEST = 30_000  # characters in a cell, of which Excel takes no more than 32 767
TOTALS = {"total", "totaux", "soustotal", "totalgeneral"}  # folded


@dataclass(frozen=True)
class TableFile:
    """What a file gave. Index of both tables: the line, as a person counts, the header being the first.

    texts: every row as it is read. original: the same cells as a person has typed them. rows: the valid rows, in their
    types; the questions of answers as they are written. findings: what is wrong with the others. unread: it could not
    be read whole, so that what names it is not followed. form: the CSV file, or the sheet of a workbook. workbook: the
    one that has the other tables of its folder, where there is neither.
    """

    table: Table
    form: Filled
    texts: pd.DataFrame
    original: pd.DataFrame
    rows: pd.DataFrame
    findings: tuple[Finding, ...] = ()
    unread: bool = False
    workbook: Path | None = None

    @property
    def path(self) -> Path:
        """The file that holds it, alone or with others."""
        return self.form.path if isinstance(self.form, Sheet) else self.form

    @property
    def label(self) -> str:
        """What a message calls it: the name of its file, or its sheet."""
        if isinstance(self.form, Sheet):
            return f"la feuille « {self.form.name} »"
        return f"la feuille « {self.table.sheet} »" if self.workbook else self.table.file

    @property
    def outlived(self) -> bool:
        """Whether personal data were deleted, so that what names them has nothing to find any more."""
        return self.purged or (self.table.private and not self.path.is_file())

    @property
    def purged(self) -> bool:
        """Whether personal data of its folder were deleted when they were due."""
        return self.table.private and self.path.with_name(DELETIONS).is_file()

    @property
    def place(self) -> str:
        """The path, or the sheet, as a person reads it."""
        if self.workbook:
            return SheetPlace.of(project_path(self.workbook), self.table.sheet, {})
        return place_of(self.form)

    def fault(self, line: int | None, column: str | None, found: str, expected: str) -> Finding:
        """What is wrong at a place of it, a cell quoted as a person has typed it."""
        return quote_original(Finding(self.place, line, column, found, expected), self.texts, self.original)

    @property
    def wrong_lines(self) -> pd.Index:
        """The lines that are wrong, which have no row."""
        return self.texts.index.difference(self.rows.index)


def read_folder(
    folder: Path, tables: Mapping[str, Table], codes: Mapping[str, str] = NO_NAMES
) -> tuple[dict[str, TableFile], list[Finding]]:
    """The tables of a folder, by name, without rows where neither a file nor a sheet has them; what is wrong with its
    workbooks.

    What a sheet that cannot be read may hold is unread, but for what another file gives. codes: see `habits.place`.
    """
    held = tables_in(folder, [table.headings for table in tables.values()])
    told = {(one.path, one.line, one.column) for one in held.findings}  # cells without a value, which are read as blank
    workbook = next((one.path for one in held.tables.values() if isinstance(one, Sheet)), None)
    files = {}
    for name, table in tables.items():
        file = read_table(held.tables.get(name, folder / table.file), table, codes)
        lost = name in held.unread and not len(file.texts)
        others = tuple(one for one in file.findings if (one.path, one.line, one.column) not in told)
        missing = None if name in held.tables or not table.workbook else workbook
        files[name] = replace(file, unread=file.unread or lost, findings=others, workbook=missing)
    return files, held.findings


def read_table(path: Filled, table: Table, codes: Mapping[str, str] = NO_NAMES) -> TableFile:
    """The rows of a file or a sheet of the field material and what is wrong with it; no row when it is absent."""
    if isinstance(path, Path) and not path.is_file():
        return _nothing(path, table)
    try:
        findings: list[Finding] = []
        texts = load_filled(path, lambda header: _columns(header, table, path, findings), MOST_ROWS, footer=REMARK)
    except InputError as error:
        return replace(_nothing(path, table), findings=tuple(error.findings), unread=True)
    texts.index = texts.index.astype(int)
    lacking = [name for name in table.columns if name not in texts]
    original = texts.assign(**dict.fromkeys(lacking, ""))
    totals = _totals(original, table, path)
    original = original.drop([one.line for one in totals])
    read = {name: cache(partial(column.kind.as_read, codes=codes)) for name, column in table.columns.items()}
    texts = original.assign(**{name: original[name].map(as_read) for name, as_read in read.items()})
    findings += totals + _repeated(texts, table, path) + _hostile(texts, path)
    if table.single:
        place, others = place_of(path), texts.index[1:]
        findings += [Finding(place, line, None, "une autre ligne", "une seule") for line in others]
    valid, wrong = _valid_rows(texts, table)
    findings += [_finding(*one, path, table) for one in wrong if one[0]["loc"][0] not in lacking]
    valid = valid.join(texts.drop(columns=list(table.columns)))
    findings = first_ones(quote_original(one, texts, original) for one in findings)
    return TableFile(table, path, texts, original, valid, tuple(findings), unread=bool(lacking))


def _valid_rows(texts: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, list[tuple[dict, int]]]:
    """The rows that the model of a table takes, in its types; the problems of others, by line."""
    rows, lines, wrong = [], [], []
    for line, cells in zip(texts.index.tolist(), texts[list(table.columns)].to_dict("records"), strict=True):
        try:
            rows.append(table.row.model_validate({name: cell for name, cell in cells.items() if cell}))
            lines.append(line)
        except ValidationError as error:
            wrong += [(problem, line) for problem in error.errors()]
    return _in_types(rows, lines, table), wrong


def _nothing(path: Filled, table: Table) -> TableFile:
    nothing = pd.DataFrame(columns=list(table.columns), dtype=str)
    return TableFile(table, path, nothing, nothing, _in_types([], [], table))


def _totals(original: pd.DataFrame, table: Table, path: Filled) -> list[Finding]:
    """The lines that add up others, which a person has written below them."""
    first = original[[*table.columns]].where(original.ne("")).bfill(axis=1).iloc[:, 0].fillna("")
    lines = first.index[first.map(folded).isin(TOTALS)].tolist()
    expected = "des lignes de la table, sans leur total : supprimer cette ligne"
    return [Finding(place_of(path), line, None, quote(first[line]), expected) for line in lines]


def _columns(header: list[str], table: Table, path: Filled, findings: list[Finding]) -> list[str]:
    if not set(table.columns) & set(header):
        raise InputError([no_headings(path)])
    with_questions = table.name in WITH_QUESTIONS
    own = [name for name in header if name in table.columns]
    twice = [name for name in dict.fromkeys(header) if header.count(name) > 1]
    findings += [Finding(place_of(path), 1, name, *COLUMN_TWICE) for name in twice]
    findings += wrong_columns(path, table.columns, own if with_questions else header)
    if twice:
        raise InputError(findings)
    return header if with_questions else own


def _repeated(texts: pd.DataFrame, table: Table, path: Filled) -> list[Finding]:
    key = list(table.key)
    again = texts[texts.duplicated(key) & texts[key].ne("").all(axis=1)]
    expected = "une clé qui ne vient qu'une fois : en donner une autre à cette ligne, ou la supprimer"
    return [
        Finding(place_of(path), line, ", ".join(key), f"{quoted(' '.join(cells), table)} une seconde fois", expected)
        for line, *cells in again[key].itertuples()
    ]


def _finding(problem: dict, line: int, path: Path, table: Table) -> Finding:
    column = str(problem["loc"][0])
    if problem["type"] == "missing":
        return Finding(place_of(path), line, column, BLANK, A_VALUE)
    match problem["type"]:
        case "value_error":
            expected = str(problem["ctx"]["error"])
        case "literal_error":
            expected = "l'une de ces valeurs : " + problem["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
        case _:
            expected = problem["msg"]
    return Finding(place_of(path), line, column, quoted(str(problem["input"]), table), expected)


def quoted(text: str, table: Table) -> str:
    """A cell as a message shows it; only its length when the table holds personal data."""
    return f"un texte de {len(text)} caractères" if table.private else quote(text)


def _hostile(texts: pd.DataFrame, path: Filled) -> list[Finding]:
    place = place_of(path)
    plain = f"un texte qui ne commence pas par {' '.join(FORMULA_STARTS).strip()}"
    cells = [(line, column, cell) for column in texts for line, cell in texts[column].items()]
    formulas = [(line, column) for line, column, cell in cells if cell.startswith(FORMULA_STARTS)]
    long = [(line, column, len(cell)) for line, column, cell in cells if len(cell) > LONGEST]
    return [
        *turned_round(texts, path),
        *(Finding(place, line, column, "une formule", plain) for line, column in formulas),
        *(Finding(place, *of, f"{length} caractères", f"{LONGEST} au plus") for *of, length in long),
    ]


def _in_types(rows: list, lines: list[int], table: Table) -> pd.DataFrame:
    cells = {name: [getattr(row, name) for row in rows] for name in table.columns}
    frame = pd.DataFrame(cells, index=pd.Index(lines, dtype=int), dtype=object)
    return frame.astype(table.dtypes)


HOLDS = {"datetime64[s]": DAY, "float64": NUMBER, "Int64": NUMBER}  # dtype of a column → what a sheet takes in it
YES_OR_NO = ("oui", "non")


def table_workbook(
    title: str,
    what_to_do: Sequence[str],
    tables: Mapping[str, Table],
    places: Sequence[tuple[str, str]] = (),
    rows: Mapping[str, pd.DataFrame] | None = None,
    beside: Mapping[str, Sequence[str]] = NOTHING,
) -> bytes:
    """The workbook of some tables. places: codes and names of the EPCI and its communes. rows: the texts that are
    there, by table; questions, which no table declares, have a column after its own. beside: see `workbook`.
    """
    named, there = [f"{code} {name}" for code, name in places], rows or {}
    sheets = [_sheet(table, named, tables, there.get(name)) for name, table in tables.items()]
    return workbook(title, what_to_do, sheets, beside)


def _sheet(table: Table, places: list[str], tables: Mapping[str, Table], rows: pd.DataFrame | None) -> SheetTable:
    columns = [_column(code, column, places, tables) for code, column in table.columns.items()]
    if rows is None:
        return SheetTable(table.sheet, columns)
    questions = [name for name in rows if name not in table.columns]
    columns += [SheetColumn(name, name) for name in questions]
    texts = rows.reindex(columns=[*table.columns, *questions]).astype(object).fillna("")
    return SheetTable(table.sheet, columns, texts.to_numpy().tolist())


def _column(code: str, column: Column, places: list[str], tables: Mapping[str, Table]) -> SheetColumn:
    kind, several = column.kind, column.kind.dtype == "object"
    note = how_written(column) + (" ; peut rester vide" if column.optional else "")
    note += " ; une nouvelle ligne (Alt+Entrée) vaut |" if several else ""
    choices = () if several else YES_OR_NO if column.type == "yes_no" else kind.choices
    choices = places if column.type == "code" else choices
    named = None
    if len(column.of) == 1 and not several and column.of[0] in tables:
        target = TABLES[column.of[0]]
        named = target.sheet, list(target.columns).index(column.of_column or target.key[0])
    return SheetColumn(
        code,
        column.label,
        note,
        HOLDS.get(kind.dtype, TEXT),
        choices,
        refused=column.type != "code",
        named=named,
        wide=kind.free_text or several,
    )


SECTEUR = "secteur"  # a column of the answers that the margins know, and that is no question
A_CODE = r"[\w.-]{1,15}"  # what may be shown: a longer text may be an answer in its author's own words
A_NUMBER = r"\d{1,6}(?:[.,]\d{1,2})?"


def questions_wrong(questionnaire: TableFile, margins: TableFile, former: TableFile) -> Iterator[Finding]:
    """The questions without what their type needs; the filters, margins and former answers that name no modality."""
    if questionnaire.unread:
        return
    codes = codes_of(questionnaire.rows)
    for row in questionnaire.rows.itertuples():
        several = isinstance(row.modalites, tuple)
        if several != (row.type in CLOSED):
            written = "des modalités" if several else "une case vide"
            expected = f"{'une case vide' if several else 'code=libellé|code=libellé'} pour une question {row.type}"
            yield questionnaire.fault(row.Index, "modalites", written, expected)
        for code in sorted(codes[row.q_id] & set(OUTSIDE)):
            expected = f"d'autres codes que {', '.join(OUTSIDE)}, qu'a toute question"
            yield questionnaire.fault(row.Index, "modalites", quote(code), expected)
        for question, code in row.filtre if isinstance(row.filtre, tuple) else ():
            if code not in codes.get(question, set()):
                expected = "question=code, d'une question de la feuille et de l'un de ses codes, ou une case vide"
                yield questionnaire.fault(row.Index, "filtre", quote(f"{question}={code}"), expected)
    for table, column in ((margins, "variable"), (former, "q_id")):
        for row in table.rows[table.rows[column].ne(SECTEUR)].itertuples():
            question = getattr(row, column)
            if question not in codes:
                expected = f"une question de {questionnaire.label}" + f", ou {SECTEUR}" * (table is margins)
                yield table.fault(row.Index, column, quote(question), expected)
            elif row.modalite not in codes[question]:
                expected = f"un code de {question} dans {questionnaire.label}"
                yield table.fault(row.Index, "modalite", quote(row.modalite), expected)


def codes_of(questions: pd.DataFrame) -> dict[str, set[str]]:
    """The codes of each question; none for a number or a text."""
    return {row.q_id: {*labels(row.modalites)} for row in questions.itertuples()}


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
            expected = _where(name, questions, source)
            yield answers.fault(1, name, "une colonne qui n'est aucune de ses questions", expected)
    for name in here.index.difference(columns, sort=False):
        expected = f"une colonne pour cette question, ou pas de question de ce nom dans {source}"
        yield answers.fault(1, name, "pas de colonne de ce nom", expected)
    codes = codes_of(questionnaire.rows)
    for name in here.index.intersection(columns, sort=False):
        yield from _cells_wrong(answers, name, here.at[name, "type"], codes[name], source)


def totals_wrong(consultation: TableFile, answers: TableFile) -> Iterator[Finding]:
    """The totals of the consultation that contradict each other or the answers: no step counts more than the one before
    it.

    An answer that was not finished may be kept, but none that was not begun; each that was finished is. Answers that
    cannot be read, or were deleted when they were due, are not counted.
    """
    kept = len(answers.rows)
    counted = not (answers.unread or answers.purged)
    for row in lines(consultation.rows):
        if counted and row.termines is not None and row.termines > kept:
            expected = f"{kept} au plus, les réponses de {answers.label} : « ctg answers » y met celles d'un export"
            yield consultation.fault(row.Index, "termines", str(row.termines), expected)
        for column, of in (("commences", "envoyes"), ("termines", "commences")):
            count, limit = getattr(row, column), getattr(row, of)
            if None not in (count, limit) and count > limit:
                yield consultation.fault(row.Index, column, str(count), f"{limit} au plus, comme le dit {of}")
        if row.commences is not None and kept > row.commences:
            expected = f"{kept} au moins, les réponses de {answers.label}"
            yield consultation.fault(row.Index, "commences", str(row.commences), expected)


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
    for code, places in wrong.groupby(wrong, sort=False).groups.items():
        others = len(places) - 1
        more = f" (et dans {others} autre{'s' * (others > 1)} ligne{'s' * (others > 1)})" if others else ""
        quoted = quote(code) if re.fullmatch(A_CODE, str(code)) else f"un texte de {len(str(code))} caractères"
        yield answers.fault(int(places[0]), name, quoted + more, expected)


EXPECTED = (
    "un texte qui ne nomme personne : écrire une fonction, un lieu ou rien ; les noms de lieux vont dans la feuille "
    "« Noms admis »"
)
NO_NUMBER = "rien qui joigne ou désigne une seule personne : le retirer ; « Noms admis » ne le couvre pas"


def expected_of(sign: Sign) -> str:
    """What is expected in the place of a sign: a doubt may be the name of a place, a number is one of somebody."""
    return EXPECTED if sign.kind in DOUBTS else NO_NUMBER


def personal_data(files: Iterable[TableFile], allowed: tuple[str, ...] = ()) -> Iterator[Finding]:
    """What may name or reach someone in the free texts, never quoting it, and extracts that nobody has re-read.

    Of the open answers once coded, those that may be quoted count. allowed: names of places.
    """
    for file in files:
        texts = file.texts
        if file.table.name == "ouvertes_codees":
            texts = texts[texts["publiable"].eq("oui")]
        for name, column in file.table.columns.items():
            if not (column.kind.free_text or column.kind.of_service):
                continue
            search = signs_beside_a_service if column.kind.of_service else signs
            for line, text in texts[name].items():
                for sign in search(text.replace(LIST, "\n"), allowed):
                    found = f"{sign.kind}, au caractère {sign.start + 1}"
                    yield file.fault(int(line), name, found, expected_of(sign))
        if file.table.name == "extraits":
            unread = file.rows["niveau_diffusion"].isin(READERS[COPIL]) & file.rows["relu_par"].isna()
            for line in file.rows.index[unread].tolist():
                expected = "qui a relu l'extrait, avant qu'il ne sorte de l'équipe"
                yield file.fault(line, "relu_par", "une case vide", expected)
