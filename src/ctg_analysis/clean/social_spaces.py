"""The spaces of social life, and what partners say in words: no person is named."""

import datetime
import re
from collections.abc import Iterable, Mapping

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.clean.partner_files import SITE, read_cells, words_of, wrong_periods
from ctg_analysis.model.errors import Finding, InputError
from ctg_analysis.model.facts import facts
from ctg_analysis.model.form import CHOICE, DAY, EVIDENCE, GRADE, HIGHEST, NAME, PERIOD, PLACE, Field, Form
from ctg_analysis.model.habits import NO_NAMES, as_shown
from ctg_analysis.model.indicator import NOT_APPLICABLE, OK
from ctg_analysis.model.source import SOURCES, Source
from ctg_analysis.raw.files import TEXT, place_of
from ctg_analysis.raw.personal_data import PERSON, signs
from ctg_analysis.raw.tables import (
    A_YEAR,
    COMMUNE_CODE,
    Filled,
    checked,
    commune_code,
    is_day,
    one_of,
    quote_originals,
    text,
    turned_round,
    validate,
    wrong_cells,
    year,
)

SPACES = "agrements_vie_sociale"
KINDS = {"centre social": "approved_social_centres", "EVS": "approved_local_spaces"}
MANAGED = {"association": "association_run_spaces", "publique": "public_run_spaces", "autre": "other_run_spaces"}
ASSESSED, FIRST, LAST = "spaces_assessed", "approval_start_year", "approval_end_year"
BEGIN, END = "begin", "end"
EXPECTED_DAY = "un jour qui existe, tel que 01/01/2023"
GRADES = pa.Check.isin(
    range(HIGHEST + 1), error=f"un nombre entier de 0 à {HIGHEST}, ou une case vide si rien n'a été évalué"
)


def clean_spaces(
    source: Source,
    path: Filled,
    places: set[str],
    received: datetime.date | None = None,
    names: Mapping[str, str] = NO_NAMES,
) -> pd.DataFrame:
    """Return the facts of the list: one row per commune, year and measure; a commune without a row has no structure.

    A list that came without any row says that there was none, in the year in which it came.

    A structure counts, by kind and by manager, when its approval runs on the 31 December of the year, or on the day
    the list was received in that year. approval_start_year and approval_end_year: years of the first approval to end,
    `so` where none runs. criterion_*: scores of the structures assessed, added up; spaces_assessed: how many they are.

    places: codes of the EPCI, of its communes and of its département(s). received: when the list came, if it is known.
    names: see `habits.place`.

    Raises:
        InputError: with every finding.
    """
    communes = sorted(code for code in places if re.fullmatch(COMMUNE_CODE, code))
    form = source.form
    texts, findings = read_cells(path, form, names)
    absent = {finding.column for finding in findings}
    ours = "une commune de l'EPCI, celle où la structure a son adresse"
    strangers = texts[PLACE][texts[PLACE].str.fullmatch(COMMUNE_CODE) & ~texts[PLACE].isin(communes)]
    findings += turned_round(texts, path) + _persons(texts, form, path) + wrong_cells(strangers, path, ours)
    table, wrong = checked(texts, _schema(form), path)
    findings += [finding for finding in wrong if finding.column not in absent]
    sites = _named(table, form)
    dated = table.loc[table[PERIOD].str.fullmatch(A_YEAR), PERIOD]
    findings += wrong_periods(dated, received, path) + _ended_before(sites, form, path)
    findings += _half_assessed(table, texts, form, path)
    if findings:
        raise InputError(quote_originals(findings, texts, path))
    if sites.empty and received is None:  # the form as it is handed out
        return facts(pd.DataFrame(columns=["code", "period", "measure", "value"]), source.id, level="commune")
    return facts(_counted(sites, communes, received or datetime.date.max), source.id, level="commune")


def spaces_of(source: Source, path: Filled, names: Mapping[str, str] = NO_NAMES) -> pd.DataFrame:
    """Return the structures of a list that `clean_spaces` reads.

    Columns: territory (the commune), period, site, kind, manager, management, begin and end of the approval (ISO), and
    criterion_* (0 to 3, missing where the structure is not assessed). names: see `habits.place`.
    """
    form = source.form
    texts, _ = read_cells(path, form, names)
    return _named(validate(texts, _schema(form), path), form)


def empty_spaces(source: Source) -> pd.DataFrame:
    """Return what `spaces_of` does of a list without rows."""
    numbers = {field.measure: float for field in source.form.numbers}
    names = _columns(source.form).values()
    return pd.DataFrame({name: pd.Series(dtype=numbers.get(name, str)) for name in names})


def _columns(form: Form) -> dict[str, str]:
    """Return the columns of the list, those of words left out → what they are called here."""
    return {PLACE: "territory", PERIOD: "period"} | {field.column: field.measure for field in _fields_of_data(form)}


def _fields_of_data(form: Form) -> list[Field]:
    return [field for field in form.fields if field.kind != EVIDENCE]


def _named(table: pd.DataFrame, form: Form) -> pd.DataFrame:
    names = _columns(form)
    return table[list(names)].rename(columns=names)


def _counted(sites: pd.DataFrame, communes: list[str], received: datetime.date) -> pd.DataFrame:
    place = ["territory", "period"]
    years = sorted(set(sites["period"])) or [str(received.year)]
    every = pd.MultiIndex.from_product([communes, years], names=place)
    day = (sites["period"] + "-12-31").clip(upper=received.isoformat())
    running = sites[BEGIN].le(day) & sites[END].ge(day)
    grades = [name for name in sites if name.startswith("criterion_")]
    numbers = {measure: running & sites["kind"].eq(kind) for kind, measure in KINDS.items()}
    numbers |= {measure: running & sites["management"].eq(manager) for manager, measure in MANAGED.items()}
    numbers |= {ASSESSED: sites[grades[0]].notna()} | {name: sites[name] for name in grades}
    sums = sites[place].assign(**numbers).groupby(place).sum().reindex(every, fill_value=0)
    first = sites[running].sort_values([END, BEGIN]).drop_duplicates(place).set_index(place).reindex(every)
    ends = {FIRST: first[BEGIN].str[:4], LAST: first[END].str[:4]}
    rows = sums.astype(float).assign(**{name: years.astype(float) for name, years in ends.items()})
    rows = rows.melt(var_name="measure", ignore_index=False).reset_index().rename(columns={"territory": "code"})
    return rows.assign(status=rows["value"].isna().map({True: NOT_APPLICABLE, False: OK}))


def _schema(form: Form) -> pa.DataFrameSchema:
    kinds = {
        NAME: lambda field: text(r".*\S.*", "le nom d'un organisme"),
        CHOICE: lambda field: one_of(set(field.choices)),
        DAY: lambda field: pa.Column(TEXT, pa.Check(is_day, error=EXPECTED_DAY)),
        GRADE: lambda field: pa.Column(float, GRADES, nullable=True, description=GRADES.error),
    }
    fields = {field.column: kinds[field.kind](field) for field in _fields_of_data(form)}
    site = next(field.column for field in form.fields if field.measure == SITE)
    return pa.DataFrameSchema({PLACE: commune_code(), PERIOD: year(), **fields}, unique=[PLACE, PERIOD, site])


def _persons(texts: pd.DataFrame, form: Form, path: Filled) -> list[Finding]:
    """Return the names that are, or begin with, those of persons, and what reaches them; a place may bear a name."""
    expected = "le nom d'un organisme, tel que Centre social Jean-Moulin"
    return [
        Finding(place_of(path), int(line), field.column, sign.kind, expected)
        for field in form.fields
        if field.kind == NAME
        for line, name in texts[field.column].items()
        for sign in signs(name)
        if sign.kind != PERSON or sign.start == 0
    ]


def _ended_before(sites: pd.DataFrame, form: Form, path: Filled) -> list[Finding]:
    column = {field.measure: field.column for field in form.fields}
    wrong = sites[is_day(sites[BEGIN]) & is_day(sites[END]) & sites[END].lt(sites[BEGIN])]
    after = f"un jour après {column[BEGIN]}, "
    return [
        Finding(place_of(path), int(line), column[END], as_shown(end), after + as_shown(begin))
        for line, begin, end in wrong[[BEGIN, END]].itertuples()
    ]


def _half_assessed(table: pd.DataFrame, texts: pd.DataFrame, form: Form, path: Filled) -> list[Finding]:
    """Return the blank scores of the structures that have others: their means would not be of the same structures."""
    grades = [field.column for field in form.numbers]
    some = table[grades].notna().any(axis=1)
    expected = "une note pour chaque critère, ou pour aucun"
    return [
        Finding(place_of(path), int(line), column, "une case vide", expected)
        for column in grades
        for line in table.index[some & texts[column].eq("")]
    ]


COLUMNS = ["territory", "level", "period", "site", "measure", "words"]
LONGEST = 300  # letters: a few words, not a report


def words_in(
    source: Source, form: Filled, allowed: tuple[str, ...], names: Mapping[str, str] = NO_NAMES
) -> pd.DataFrame:
    """Return the words of a form that `partner_files.clean_form` reads. Columns: COLUMNS.

    allowed: names that are those of no person. names: see `habits.place`.

    Raises:
        InputError: words that may name or reach someone, or too many of them; each with its line.
    """
    if not source.form.words:
        return pd.DataFrame(columns=COLUMNS, dtype=str)
    rows, findings = words_of(source, form, names), []
    for row in rows.itertuples():
        where = place_of(form), int(row.Index), row.column
        expected = "des mots qui ne nomment personne : ce qui a été fait, non qui l'a fait"
        findings += [Finding(*where, sign.kind, expected) for sign in signs(row.words, allowed)]
        if len(row.words) > LONGEST:
            findings.append(Finding(*where, f"{len(row.words)} lettres", f"au plus {LONGEST}"))
    if findings:
        raise InputError(findings)
    return rows.rename(columns={"code": "territory"})[COLUMNS]


def evidence(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the words of all the forms. tables: of `words_in`."""
    table = pd.concat([pd.DataFrame(columns=COLUMNS, dtype=str), *tables], ignore_index=True).drop_duplicates()
    return table.sort_values(["territory", "measure", "period", "site"], ignore_index=True)


def spaces(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the centres sociaux and EVS that all the forms name, in the order of the period, the commune, the name.

    tables: of `social_spaces.spaces_of`.
    """
    table = pd.concat(tables, ignore_index=True) if tables else empty_spaces(SOURCES[SPACES])
    return table.sort_values(["period", "territory", "site"], ignore_index=True)
