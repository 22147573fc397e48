"""Tables and forms to fill, as `ctg new` hands them out."""

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from ctg_analysis.clean.partner_files import AGREEMENTS
from ctg_analysis.clean.partner_files import README as PARTNER_README
from ctg_analysis.clean.received_forms import FORMS
from ctg_analysis.demarche.columns import FIELD_OF
from ctg_analysis.demarche.declared_tables import PUBLIC, RESTRICTED, STRUCTURES, Table, how_written
from ctg_analysis.demarche.material_files import ALLOWED, YAML_FILES, admitted
from ctg_analysis.demarche.restricted_files import EXPORTS, RECORDINGS, RETENTION, Retention
from ctg_analysis.demarche.table_files import table_workbook
from ctg_analysis.model.form import MONTH
from ctg_analysis.model.scratch import for_owner_alone, free_name, write_absent
from ctg_analysis.model.settings import DataRoot, project_path
from ctg_analysis.model.source import SOURCES, Source
from ctg_analysis.raw.files import sheets_there
from ctg_analysis.raw.form_workbooks import TEXTS as WORKBOOK_TEXTS
from ctg_analysis.raw.form_workbooks import headings, partner_workbook
from ctg_analysis.raw.personal_data import signs

README, NOTICE = "LISEZMOI.md", "notice_information.md"
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
    """Write the empty files of a démarche, public and private; return the new ones.

    A table is a sheet of a workbook, those of the answers of persons a CSV file; csv: each is a CSV file too. The sheet
    of the questionnaire holds questions to begin with, among them the commune, in a list; that of the structures those
    that open data name. A file that exists is left as it is: what has been filled is never lost; sheets that no
    workbook has go into one more.

    communes: codes and names of those of the EPCI. structures: of the EPCI, columns of `clean.structures.COLUMNS`.
    """
    public, private = root.material(epci), root.restricted_material(epci)
    names = {"name": name, "epci": epci, "private": project_path(private)}
    texts: dict[Path, str | bytes] = {
        public / table.file: ";".join(table.columns) + "\n" for table in PUBLIC.values() if csv
    }
    files = (table for table in RESTRICTED.values() if csv or not table.workbook)
    closed: dict[Path, str | bytes] = {private / table.file: ";".join(table.columns) + "\n" for table in files}
    for file in (*YAML_FILES, ALLOWED, NOTICE):
        texts[public / file] = (TEXTS / file).read_text(encoding="utf-8")
    dates = "".join(f"# {name}: 31/12/2027\n" for name in Retention.model_fields)
    closed[private / RETENTION] = (TEXTS / RETENTION).read_text(encoding="utf-8") + dates
    places = [(epci, name), *communes]
    rows = {"questionnaire": _questions(communes or places)}
    if structures is not None:
        alike = [name for name in structures["name"].unique() if signs(name)]  # names like those of persons
        texts[public / ALLOWED] += "".join(f"{name}\n" for name in alike)
        written = (public / ALLOWED).is_file()  # and may be a team's by now
        allowed = (*admitted(public), *dict(places).values()) if written else alike
        rows[STRUCTURES] = known_structures(structures, dict(places), allowed)
    rows = {name: some for name, some in rows.items() if not (public / PUBLIC[name].file).exists()}  # by hand, in CSV
    texts |= _workbook(public, PUBLIC, f"La démarche – {name}", places, rows)
    by_hand = {name: table for name, table in RESTRICTED.items() if table.workbook}
    closed |= _workbook(private, by_hand, f"La démarche, données personnelles – {name}", places)
    names |= {"recordings": RECORDINGS, "exports": EXPORTS, "retention": RETENTION}
    for readme, text, tables in ((texts, README, PUBLIC), (closed, "LISEZMOI_prive.md", RESTRICTED)):
        head = (TEXTS / text).read_text(encoding="utf-8").format(**names)
        readme[(public if readme is texts else private) / README] = head + "".join(map(_of_table, tables.values()))
    with for_owner_alone(private):
        of_persons = write_absent(closed)
    return write_absent(texts) + of_persons


def _questions(communes: Sequence[tuple[str, str]]) -> pd.DataFrame:
    named = "|".join(f"{code}={name}" for code, name in communes)
    text = (TEXTS / "questionnaire.csv").read_text(encoding="utf-8").format(communes=named)
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
    rows: Mapping[str, pd.DataFrame] | None = None,
) -> dict[Path, bytes]:
    there = sheets_there(folder, [table.headings for table in tables.values()])
    lacking = {name: table for name, table in tables.items() if name not in there}
    (file,) = {table.workbook for table in tables.values()}
    what_to_do = (TEXTS / file).with_suffix(".md").read_text(encoding="utf-8").splitlines()
    return {free_name(folder / file): table_workbook(title, what_to_do, lacking, places, rows)} if lacking else {}


def write_forms(
    epci: str, name: str, folder: Path, communes: Sequence[tuple[str, str]] = (), *, csv: bool = False
) -> list[Path]:
    """Write the empty forms, the agreements to fill and their LISEZMOI.md in a folder; return the new files.

    A form is a sheet of the workbook of its partner; csv: a CSV file too. A file that exists is left as it is: what a
    partner has filled is never lost; sheets that no workbook has go into one more.

    communes: codes and names of those of the EPCI.
    """
    texts: dict[Path, str | bytes] = {
        folder / source.form_file: ";".join(source.form.columns) + "\n" for source in FORMS.values() if csv
    }
    texts[folder / AGREEMENTS] = "# Une entrée par fichier reçu : voir LISEZMOI.md\n"
    introduction = WORKBOOK_TEXTS.introduction.format(name=name, epci=epci, agreements=AGREEMENTS)
    texts[folder / PARTNER_README] = "".join([f"{introduction}\n", *map(_of_form, FORMS.values())])
    places = [(epci, name), *communes]
    texts |= {path: partner_workbook(sources, name, places) for path, sources in _lacking(folder)}
    with for_owner_alone(folder):
        return write_absent(texts)


def _lacking(folder: Path) -> Iterator[tuple[Path, list[Source]]]:
    """The workbooks to write, each with its forms: those of which no workbook of the folder has a sheet."""
    there = sheets_there(folder, [headings(source) for source in FORMS.values()])
    for partner in dict.fromkeys(source.partner for source in FORMS.values()):
        sources = [source for source in FORMS.values() if source.partner == partner and source.id not in there]
        if sources:
            yield free_name(folder / sources[0].form_workbook), sources


def _of_table(table: Table) -> str:
    about = f"{table.title}. Ce qui ne vient qu'une fois : {', '.join(table.key)}."
    rows = [
        (name, one.label, how_written(one), "oui" if one.optional else "non") for name, one in table.columns.items()
    ]
    header = ("colonne", "ce qu'on y écrit", "comment", "vide permis")
    return _section(f"{table.file}, feuille « {table.sheet} »", about, header, rows)


def _of_form(source: Source) -> str:
    form, rows = source.form, []
    for field in form.fields:
        limit = f", au plus {field.part_of}" if field.part_of else ""
        rows.append((field.column, field.label, f"{WORKBOOK_TEXTS.kinds[field.kind]}{limit}"))
    notes = ["Dans ce fichier, `periode` est un mois de décembre (2024-12)."] if form.written == MONTH else []
    notes += [WORKBOOK_TEXTS.by_site] if form.by_site else []
    title = f"{source.form_file}, feuille « {form.sheet} » de {source.form_workbook}"
    about = f"{source.label}. À demander à : {source.producer}."
    return _section(title, about, ("colonne", "ce qu'on y écrit", "nature"), rows, notes)


def _section(title: str, about: str, header: Sequence[str], rows: Sequence, notes: Sequence[str] = ()) -> str:
    table = [header, ["---"] * len(header), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    lines = ["", f"## {title}", "", about, "", *(f"| {' | '.join(row)} |" for row in table)]
    return "\n".join([*lines, *(part for note in notes for part in ("", note)), ""])
