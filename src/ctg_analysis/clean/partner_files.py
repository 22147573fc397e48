"""The cells of one form that a partner has filled, read and checked; the agreements on forms."""

import datetime
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.model import habits
from ctg_analysis.model.errors import Finding, InputError
from ctg_analysis.model.facts import COLUMNS, facts
from ctg_analysis.model.form import (
    CALENDAR_YEAR,
    CHOICE,
    CONFIRMED,
    DAY,
    DELAY,
    EUROS,
    EVIDENCE,
    HOURS,
    MINUTES,
    MONTH,
    NAME,
    NOT_ADDITIVE,
    PERIOD,
    PERSONS,
    PLACE,
    PRICE,
    YES,
    YES_NO,
    Field,
    Form,
)
from ctg_analysis.model.habits import NO_NAMES, as_shown, is_withheld, number_text, quote
from ctg_analysis.model.indicator import MISSING, NOT_APPLICABLE, OK, SECRET
from ctg_analysis.model.source import Source
from ctg_analysis.raw.files import TEXT, place_of, read_workbook, workbooks_in
from ctg_analysis.raw.form_workbooks import AGREEMENTS
from ctg_analysis.raw.tables import (
    COLUMN_TWICE,
    COMMUNE_CODE,
    DEPARTEMENT_CODE,
    SIREN,
    Filled,
    at_most,
    checked,
    count,
    is_day,
    load_filled,
    no_headings,
    quote_originals,
    text,
    turned_round,
    wrong_cells,
    wrong_columns,
)

MOST_ROWS = 20_000  # of a form
MOST_COUNTED, TOO_LARGE = 999_999_999, r"[1-9]\d{9,}(?:[.,]\d+)?"
SITE = "site"  # measure of the column that names the site, in a form of sites
UNITS = {  # that may follow a number of a kind
    EUROS: habits.MONEY,
    PRICE: habits.MONEY,
    HOURS: "h|heures?",
    DELAY: "mois",
    MINUTES: "mn|min|minutes?",
}
LIMITS = {
    YES_NO: pa.Check.isin([0.0, 1.0], error="oui ou non"),
    CALENDAR_YEAR: pa.Check.in_range(2015, 2050, error="une année de quatre chiffres"),
}
A_COUNT = "un nombre ; une case vide s'il n'est pas connu, « s » ou « <5 » s'il ne peut être dit"
A_WHOLE = r"\d{1,9}", "un nombre entier"
A_DECIMAL = r"\d{1,9}(?:[.,]\d{1,2})?", "un nombre de deux décimales au plus, tel que 1234 ou 12,5"
A_PLACE = f"{COMMUNE_CODE}|{SIREN}|{DEPARTEMENT_CODE}"
A_YEAR = r"20\d\d(?:-12)?", "une année, ou un mois de décembre tel que 12/2024"
A_DECEMBER = r"20\d\d-12", "un mois de décembre, tel que 12/2024"


def clean_form(
    source: Source,
    path: Filled,
    places: set[str],
    received: datetime.date | None = None,
    names: Mapping[str, str] = NO_NAMES,
) -> pd.DataFrame:
    """Return the facts of a form: one row per place, year and measure; a blank cell is unknown.

    places: codes of the EPCI, of its communes and of its département(s). received: when the form came, if it is known.
    names: see `habits.place`.

    Raises:
        InputError: with every finding.
    """
    form_facts, findings = sound_facts(source, path, places, received, names)
    if findings:
        raise InputError(findings)
    return form_facts


def sound_facts(
    source: Source,
    path: Filled,
    places: set[str],
    received: datetime.date | None = None,
    names: Mapping[str, str] = NO_NAMES,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the facts of a form as `clean_form` does, of its cells that are right, and what is wrong elsewhere."""
    form = source.form
    texts, findings = read_cells(path, form, names)
    if texts.empty and not findings:  # the form as it is handed out
        return pd.DataFrame(columns=COLUMNS), []
    read, ours = texts.copy(), "l'EPCI, l'une de ses communes ou son département"
    strangers = texts[PLACE][texts[PLACE].str.fullmatch(A_PLACE) & ~texts[PLACE].isin(places)]
    numbers = [field.column for field in form.numbers if field.kind != YES_NO]
    withheld = texts[numbers].map(is_withheld)
    large = texts[numbers].apply(lambda cells: cells.str.fullmatch(TOO_LARGE))
    findings += turned_round(texts, path) + wrong_cells(strangers, path, ours)
    if CONFIRMED in texts:
        confirmed = texts.pop(CONFIRMED)
        findings += wrong_cells(confirmed[~confirmed.isin(["", "non", YES])], path, f"{YES}, ou une case vide")
    for column in numbers:
        findings += wrong_cells(texts.loc[large[column], column], path, f"au plus {MOST_COUNTED}")
    texts[numbers] = texts[numbers].mask(withheld | large, "")
    findings += _not_plain(texts, form, path)
    table, wrong = checked(texts, _schema(form), path)
    placed = table[table[PLACE].isin([*places]) & table[PERIOD].str.fullmatch(A_YEAR[0])]
    findings += wrong + wrong_periods(placed[PERIOD], received, path) + _answers_above(placed, form, path)
    findings += _less_than_its_communes(placed.drop_duplicates([PLACE, PERIOD]), form, path)
    table = _without_faults(table, findings)
    rows = pd.DataFrame({"code": table[PLACE], "level": table[PLACE].map(_level), "period": table[PERIOD]})
    parts = [
        rows.assign(value=table[field.column], measure=field.measure, status=_status(table, field, withheld))
        for field in form.numbers
    ]
    return facts(pd.concat(parts, ignore_index=True), source.id), quote_originals(findings, read, path)


def _without_faults(table: pd.DataFrame, findings: list[Finding]) -> pd.DataFrame:
    """Return the cells of a form that are right: no row whose place or period is wrong, no number that is."""
    rows = {one.line for one in findings if one.column in (None, PLACE, PERIOD)}
    table = table[~table.index.isin(rows)].copy()
    for one in findings:
        if one.line in table.index and one.column in table:
            table.loc[one.line, one.column] = math.nan
    return table


def read_cells(path: Filled, form: Form, names: Mapping[str, str]) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the cells of a form without what a spreadsheet or its user has made of them (`model.habits`), and what is
    wrong with its columns; one that is not there is blank.

    Raises:
        InputError: no place, no period, or a column twice.
    """
    findings: list[Finding] = []
    texts = load_filled(path, lambda header: known_columns(header, form.columns, path, findings), MOST_ROWS)
    read = {PLACE: partial(habits.place, names=names), PERIOD: habits.period}
    read |= {CONFIRMED: habits.yes_no} if CONFIRMED in form.columns else {}
    read |= {field.column: _habit(field) for field in form.fields if field.kind not in (EVIDENCE, NAME)}
    texts = texts.reindex(columns=form.columns, fill_value="")
    return texts.assign(**{name: texts[name].map(habit) for name, habit in read.items()}), findings


def _habit(field: Field) -> Callable[[str], str]:
    match field.kind:
        case kind if kind == CHOICE:
            return partial(habits.choice, choices=field.choices)
        case kind if kind == DAY:
            return habits.day
        case kind if kind == YES_NO:
            return lambda text: "" if habits.is_unknown(text) else habits.yes_no(text, "1", "0")
    return partial(habits.count, unit=UNITS.get(field.kind, ""))


def _status(table: pd.DataFrame, field: Field, withheld: pd.DataFrame) -> pd.Series:
    """Return the status of cells: ok, and why blank ones are: withheld (`secret`), about nothing (`so`), or `nd`."""
    nothing = table[[*field.about]].eq(0).all(axis=1) if field.about else pd.Series(False, index=table.index)
    status = nothing.map({True: NOT_APPLICABLE, False: MISSING})
    if field.column in withheld:
        status = status.mask(withheld[field.column], SECRET)
    return status.where(table[field.column].isna(), OK)


def words_of(source: Source, path: Filled, names: Mapping[str, str] = NO_NAMES) -> pd.DataFrame:
    """Return what a form says that its scores rest on, for a form that `clean_form` reads; a blank cell gives no row.

    Columns: code, level, period, site (its name, blank in a form without sites), measure (that of the scores), words,
    column; index: the line in the file. names: see `habits.place`.
    """
    sites = [field.column for field in source.form.fields if field.measure == SITE]
    table, _ = read_cells(path, source.form, names)
    rows = pd.DataFrame({"code": table[PLACE], "level": table[PLACE].map(_level), "period": table[PERIOD], SITE: ""})
    for name in sites:
        rows[SITE] = table[name].str.strip()
    parts = [
        rows.assign(measure=field.measure, words=table[field.column].str.strip(), column=field.column)
        for field in source.form.words
    ]
    rows = pd.concat(parts)
    return rows[rows["words"].ne("")]


def rows_of(source: Source, path: Filled, names: Mapping[str, str] = NO_NAMES) -> pd.DataFrame:
    """Return the rows of a form that `clean_form` reads: code, period, confirmed; index: the line in the file."""
    table, _ = read_cells(path, source.form, names)
    return table[[PLACE, PERIOD]].set_axis(["code", "period"], axis=1).assign(confirmed=table[CONFIRMED].eq(YES))


def known_columns(header: list[str], columns: list[str], path: Filled, findings: list[Finding]) -> list[str]:
    """Return the columns to read; a form holds all its columns and no other, so that nothing personal slips in.

    findings: those about the columns are added.

    Raises:
        InputError: the rows cannot be read.
    """
    if not set(columns) & set(header):
        raise InputError([no_headings(path)])
    findings += wrong_columns(path, [name for name in columns if name in header or name != CONFIRMED], header)
    twice = [name for name in dict.fromkeys(header) if name in columns and header.count(name) > 1]
    findings += [Finding(place_of(path), 1, name, *COLUMN_TWICE) for name in twice]
    if not {PLACE, PERIOD} <= set(header) or len(set(header)) < len(header):
        raise InputError(findings)
    return [name for name in columns if name in header]


def wrong_periods(periods: pd.Series, received: datetime.date | None, path: Filled) -> list[Finding]:
    """Return the periods later than the form itself, and the Decembers of a year that other rows write as a year."""
    findings, written = [], set(periods)
    for line, period in periods.items():
        if received and period > received.isoformat()[: len(period)]:
            expected = f"une période d'avant la réception du formulaire, le {received:%d/%m/%Y}"
            findings.append(Finding(place_of(path), int(line), PERIOD, quote(period), expected))
        if len(period) > len("2024") and period[:4] in written:
            expected = f"{quote(period[:4])} à chaque ligne, ou {quote(as_shown(period))} à chaque ligne"
            findings.append(Finding(place_of(path), int(line), PERIOD, quote(period), expected))
    return findings


def _not_plain(texts: pd.DataFrame, form: Form, path: Filled) -> list[Finding]:
    findings = []
    for field in form.numbers:
        cells = texts[field.column].astype(str).str.strip()
        numbers = pd.to_numeric(cells.str.replace(",", ".", regex=False), errors="coerce")
        pattern, expected = A_WHOLE if field.kind == PERSONS else A_DECIMAL
        odd = numbers.ge(0) & numbers.lt(math.inf) & ~cells.str.fullmatch(pattern + r"|\d+[.,]00?")
        findings += wrong_cells(cells[odd], path, expected)
    return findings


def _less_than_its_communes(table: pd.DataFrame, form: Form, path: Filled) -> list[Finding]:
    level = table[PLACE].map(_level)
    columns = [field.column for field in form.numbers if field.kind not in NOT_ADDITIVE]
    whole = table[level.eq("epci")]
    parts = table[level.eq("commune")].groupby(PERIOD)[columns].sum()
    parts = parts.reindex(whole[PERIOD], fill_value=0.0).set_index(whole.index)
    return [
        Finding(
            place_of(path), int(line), column, number_text(whole.loc[line, column]),
            f"au moins {number_text(parts.loc[line, column])}, ce que ses communes ont ensemble",
        )
        for column in columns
        for line in whole.index[parts[column].gt(whole[column] + 1e-6)]
    ]  # fmt: skip


def _nested(pairs: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pairs (part, whole), those of a part of a part among them."""
    every = set(pairs)
    while more := {(part, whole) for part, middle in every for again, whole in every if middle == again} - every:
        every |= more
    return sorted(every)


def _answers_above(table: pd.DataFrame, form: Form, path: Filled) -> list[Finding]:
    """Return the answers 0 or 1 that are not given by a commune: of an EPCI, it is its communes that are counted."""
    above = table[table[PLACE].map(_level).ne("commune")]
    expected = "une case vide : cette colonne se remplit commune par commune"
    return [
        Finding(place_of(path), int(line), field.column, number_text(value), expected)
        for field in form.numbers
        if field.kind == YES_NO
        for line, value in above[field.column].dropna().items()
    ]


def _schema(form: Form) -> pa.DataFrameSchema:
    column = {field.measure: field.column for field in form.numbers}
    numbers = {name: count(nullable=True, description=A_COUNT) for name in column.values()}
    for field in form.numbers:
        if limit := LIMITS.get(field.kind):
            numbers[field.column] = pa.Column(float, limit, nullable=True, description=limit.error)
    return pa.DataFrameSchema(
        {
            PLACE: text(A_PLACE, "le code d'une commune, de l'EPCI ou du département"),
            PERIOD: text(*(A_DECEMBER if form.written == MONTH else A_YEAR)),
            **numbers,
        },
        checks=[at_most(column[part], column[whole]) for part, whole in _nested(form.parts())],
        unique=[PLACE, PERIOD],
    )


def _level(code: str) -> str:
    return {5: "commune", 9: "epci"}.get(len(code), "departement")


class Agreement(NamedTuple):
    """What was agreed with a partner for one form: when it came, under which text, the threshold of secrecy."""

    recu_le: datetime.date
    convention: str
    seuil: int


def read_agreements(folder: Path, least: Mapping[str, int]) -> tuple[dict[str, Agreement], list[Finding]]:
    """Return the valid agreements of an EPCI, by form, and what is wrong with the other lines.

    They stand in accords.csv and in the sheets « Accords » of workbooks; one that cannot be opened is told with its
    forms. least: the threshold of each form's own rule, which no agreement may loosen.
    """
    alone, findings, agreements = folder / f"{AGREEMENTS.name}.csv", [], {}
    tables: list[Filled] = [alone] if alone.is_file() else []
    for path in workbooks_in(folder):
        with suppress(InputError):
            read = read_workbook(path, [AGREEMENTS])
            tables += read.tables.values()
            findings += read.unread.values()
    for table in tables:
        try:
            texts = load_filled(table, lambda header: [*map(str, header)], MOST_ROWS)
            texts = texts.apply(lambda cells: cells.map(habits.day) if cells.name == "recu_le" else cells).astype(TEXT)
            rows, wrong = checked(texts, _AGREED, table)
        except InputError as error:
            findings += error.findings
            continue
        findings += turned_round(texts, table) + wrong
        findings += wrong_columns(table, AGREEMENTS.columns, texts.columns)
        wrong_lines = {one.line for one in wrong}
        for line, name, day, title, threshold in rows[[*AGREEMENTS.columns]].itertuples():
            fault = partial(Finding, place_of(table), int(line))
            if name not in least:
                expected = f"l'une de ces valeurs : {', '.join(sorted(least))}"
                findings.append(fault("formulaire", quote(name), expected))
            elif name in agreements:
                findings.append(fault("formulaire", f"{name} une seconde fois", "un formulaire une seule fois"))
            elif threshold < least[name] or threshold % 1 > 0:
                findings.append(fault("seuil", number_text(threshold), f"un nombre entier, {least[name]} ou plus"))
            elif line not in wrong_lines:
                agreed = least[name] if math.isnan(threshold) else int(threshold)
                agreements[name] = Agreement(datetime.date.fromisoformat(day), title, agreed)
    return agreements, findings


_AGREED = pa.DataFrameSchema(
    {
        "formulaire": pa.Column(TEXT),
        "recu_le": pa.Column(TEXT, pa.Check(is_day, error="une date, telle que 02/03/2026")),
        "convention": text(r"(?s).+", "le titre de l'accord"),
        "seuil": count(nullable=True, description="un nombre entier, ou une case vide"),
    },
)
