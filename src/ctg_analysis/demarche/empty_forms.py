"""Tables and forms to fill, as `ctg new` hands them out."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from ctg_analysis.clean.received_forms import FORMS
from ctg_analysis.demarche.columns import FIELD_OF
from ctg_analysis.demarche.declared_tables import PUBLIC, RESTRICTED, STRUCTURES, Table
from ctg_analysis.demarche.material_files import ALLOWED, admitted
from ctg_analysis.demarche.restricted_files import RETAINED, RETENTION
from ctg_analysis.demarche.table_files import table_workbook
from ctg_analysis.model.scratch import for_owner_alone, free_name, write_absent
from ctg_analysis.model.settings import DataRoot
from ctg_analysis.model.source import SOURCES, Source
from ctg_analysis.raw.files import NOTICE, sheets_there
from ctg_analysis.raw.form_workbooks import AGREEMENTS, agreements_sheet, headings, partner_workbook, workbook
from ctg_analysis.raw.personal_data import signs

TEXTS = Path(__file__).with_name("texts")


def write_tables(
    root: DataRoot,
    epci: str,
    name: str,
    communes: Sequence[tuple[str, str]] = (),
    structures: pd.DataFrame | None = None,
    *,
    csv: bool = False,
) -> list[Path]:
    """Write the empty workbooks of a démarche, public and private; return the new files.

    A table is a sheet of a workbook, but those of the answers of persons, which `ctg answers` writes; csv: each is a
    CSV file too. The sheet of the questionnaire holds questions to begin with, among them the commune, in a list; that
    of the structures those that open data name; those of the articles and annexes the order of the national model. A
    file that exists is left as it is: what has been filled is never lost; sheets that no workbook has go into one more.

    communes: codes and names of those of the EPCI. structures: of the EPCI, columns of `clean.structures.COLUMNS`.
    """
    public, private = root.material(epci), root.restricted_material(epci)
    texts: dict[Path, str | bytes] = {public / one.file: _header(one.columns) for one in PUBLIC.values() if csv}
    closed: dict[Path, str | bytes] = {private / one.file: _header(one.columns) for one in RESTRICTED.values() if csv}
    places = [(epci, name), *communes]
    named = "|".join(f"{code}={name}" for code, name in communes or places)
    rows = {table: _begun(table, communes=named) for table in ("questionnaire", "articles", "annexes")}
    rows[RETENTION] = pd.DataFrame({"fichier": RETAINED})
    if structures is not None:
        alike = [name for name in structures["name"].unique() if signs(name)]  # names like those of persons
        written = (public / PUBLIC[ALLOWED].file).is_file() or sheets_there(public, [PUBLIC[ALLOWED].headings])
        allowed = (*admitted(public), *dict(places).values()) if written else alike  # a team's by now
        rows[ALLOWED] = pd.DataFrame({"nom": alike})
        rows[STRUCTURES] = known_structures(structures, dict(places), allowed)
    texts |= _workbook(public, PUBLIC, f"La démarche – {name}", places, rows)
    by_hand = {name: table for name, table in RESTRICTED.items() if table.workbook}
    closed |= _workbook(private, by_hand, f"La démarche, données personnelles – {name}", places, rows)
    with for_owner_alone(private):
        of_persons = write_absent(closed)
    return write_absent(texts) + of_persons


def _header(columns: Iterable[str]) -> str:
    return ";".join(columns) + "\n"


def _begun(table: str, **words: str) -> pd.DataFrame:
    """The rows that a table is handed out with."""
    text = (TEXTS / PUBLIC[table].file).read_text(encoding="utf-8").format(**words)
    return pd.read_csv(io.StringIO(text), sep=";", dtype=str, keep_default_na=False)


def known_structures(structures: pd.DataFrame, names: Mapping[str, str], allowed: Sequence[str] = ()) -> pd.DataFrame:
    """The rows of the sheet « Structures »: what open data tell, and no more.

    structures: columns of `clean.structures.COLUMNS`. names: of the communes, by code. allowed: names that may be
    written though they look like those of persons; others give way to the kind of the structure.
    """
    rows = structures.sort_values(["chapter", "commune"], kind="stable")
    personal = [bool(signs(name, tuple(allowed))) for name in rows["name"]]
    producers = rows["source"].map({name: source.producer for name, source in SOURCES.items()})
    columns = {
        "service_id": rows["id"],
        "nom": rows["name"].mask(personal, rows["kind"]),
        "type": rows["kind"],
        "champ": rows["chapter"].map(FIELD_OF),
        "commune": rows["commune"] + " " + rows["commune"].map(names),
        "source": producers + ", " + rows["period"],
    }
    return pd.DataFrame(columns)


def _workbook(
    folder: Path,
    tables: Mapping[str, Table],
    title: str,
    places: list[tuple[str, str]],
    rows: Mapping[str, pd.DataFrame],
) -> dict[Path, bytes]:
    there = sheets_there(folder, [table.headings for table in tables.values()])
    lacking = {name: table for name, table in tables.items() if name not in there}
    if not lacking:
        return {}
    rows = {name: some for name, some in rows.items() if name in lacking and not (folder / tables[name].file).exists()}
    (file,) = {table.workbook for table in tables.values()}
    beside = {NOTICE: _lines(TEXTS / "notice_information.md")} if tables is PUBLIC and not there else {}
    content = table_workbook(title, _lines((TEXTS / file).with_suffix(".md")), lacking, places, rows, beside)
    return {free_name(folder / file): content}


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def write_forms(
    epci: str, name: str, folder: Path, communes: Sequence[tuple[str, str]] = (), *, csv: bool = False
) -> list[Path]:
    """Write the empty forms in a folder; return the new files.

    A form is a sheet of the workbook of its partner, which has one for the agreements too; csv: a CSV file too. A file
    that exists is left as it is: what a partner has filled is never lost; sheets that no workbook has go into one more.

    communes: codes and names of those of the EPCI.
    """
    columns = {source.form_file: source.form.columns for source in FORMS.values()}
    columns |= {f"{AGREEMENTS.name}.csv": [*AGREEMENTS.columns]}
    texts: dict[Path, str | bytes] = {folder / file: _header(names) for file, names in columns.items() if csv}
    places = [(epci, name), *communes]
    workbooks = {path: partner_workbook(sources, name, places) for path, sources in _lacking(folder)}
    known = (folder / f"{AGREEMENTS.name}.csv").is_file() or sheets_there(folder, [AGREEMENTS])
    if not workbooks and not known:  # those of a version that had no sheet for them
        rows = ({"formulaire": form} for form in FORMS)
        workbooks[folder / f"{AGREEMENTS.name}.xlsx"] = workbook(f"Accords – {name}", (), [agreements_sheet(rows)])
    texts |= workbooks
    with for_owner_alone(folder):
        return write_absent(texts)


def _lacking(folder: Path) -> Iterator[tuple[Path, list[Source]]]:
    """The workbooks to write, each with its forms: those of which no workbook of the folder has a sheet."""
    there = sheets_there(folder, [headings(source) for source in FORMS.values()])
    for file in dict.fromkeys(source.form_workbook for source in FORMS.values()):
        sources = [source for source in FORMS.values() if source.form_workbook == file and source.id not in there]
        if sources:
            yield free_name(folder / file), sources
