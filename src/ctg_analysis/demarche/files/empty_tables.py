"""`ctg new`: the empty files of a démarche, with what to write in them, in French."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ctg_analysis.core.placing import for_owner_alone, free_name, write_absent
from ctg_analysis.core.settings import DataRoot, project_path
from ctg_analysis.core.sheets import sheets_there
from ctg_analysis.demarche.files.material_files import ALLOWED, YAML_FILES
from ctg_analysis.demarche.files.restricted_files import EXPORTS, RECORDINGS, RETENTION, Retention
from ctg_analysis.demarche.files.table_sheets import table_workbook
from ctg_analysis.demarche.tables import PUBLIC, RESTRICTED
from ctg_analysis.demarche.tables.declared_tables import Table, how_written

README, NOTICE = "LISEZMOI.md", "notice_information.md"
TEXTS = Path(__file__).with_name("texts")


def write_templates(
    root: DataRoot, epci: str, name: str, communes: Sequence[tuple[str, str]] = (), *, csv: bool = False
) -> list[Path]:
    """Write the empty files of a démarche, public and private; return the new ones.

    A table is a sheet of a workbook, those of the answers of persons a CSV file; csv: each is a CSV file too. A file
    that exists is left as it is: what has been filled is never lost; sheets that no workbook has go into
    one more. communes: codes and names of those of the EPCI.
    """
    public, private = root.material(epci), root.restricted_material(epci)
    names = {"name": name, "epci": epci, "private": project_path(private)}
    texts: dict[Path, str | bytes] = {public / table.file: _header(table) for table in PUBLIC.values() if csv}
    files = (table for table in RESTRICTED.values() if csv or not table.workbook)
    closed: dict[Path, str | bytes] = {private / table.file: _header(table) for table in files}
    for file in (*YAML_FILES, ALLOWED, NOTICE):
        texts[public / file] = (TEXTS / file).read_text(encoding="utf-8")
    closed[private / RETENTION] = _retention()
    places = [(epci, name), *communes]
    texts |= _workbook(public, PUBLIC, f"La démarche – {name}", places)
    by_hand = {name: table for name, table in RESTRICTED.items() if table.workbook}
    closed |= _workbook(private, by_hand, f"La démarche, données personnelles – {name}", places)
    texts[public / README] = _text(README, **names) + "".join(map(_described, PUBLIC.values()))
    names |= {"recordings": RECORDINGS, "exports": EXPORTS, "retention": RETENTION}
    closed[private / README] = _text("LISEZMOI_prive.md", **names) + "".join(map(_described, RESTRICTED.values()))
    with for_owner_alone(private):
        written = write_absent(closed)
    return write_absent(texts) + written


def summary(root: DataRoot, epci: str, written: list[Path]) -> str:
    """What was written, in one line."""
    folder = project_path(root.material(epci))
    if not written:
        return f"{folder} : toutes les tables de {epci} y sont déjà, rien n'a changé"
    private = project_path(root.restricted_material(epci))
    return f"{folder} : {len(written)} fichiers de la démarche, dont dans {private}"


def _workbook(
    folder: Path, tables: Mapping[str, Table], title: str, places: list[tuple[str, str]]
) -> dict[Path, bytes]:
    """The workbook of the tables of which no workbook of a folder has a sheet; nothing when all have one."""
    there = sheets_there(folder, [table.headings for table in tables.values()])
    lacking = {name: table for name, table in tables.items() if name not in there}
    (file,) = {table.workbook for table in tables.values()}
    what_to_do = _text(Path(file).stem + ".md").splitlines()
    return {free_name(folder / file): table_workbook(title, what_to_do, lacking, places)} if lacking else {}


def _header(table: Table) -> str:
    return ";".join(table.columns) + "\n"


def _text(file: str, **names: str) -> str:
    return (TEXTS / file).read_text(encoding="utf-8").format(**names)


def _retention() -> str:
    lines = (TEXTS / RETENTION).read_text(encoding="utf-8")
    return lines + "".join(f"# {name}: 31/12/2027\n" for name in Retention.model_fields)


def _described(table: Table) -> str:
    """The section of the LISEZMOI that says what to write in a table."""
    lines = [
        "",
        f"## {table.file}, feuille « {table.sheet} »",
        "",
        f"{table.title}. Ce qui ne vient qu'une fois : {', '.join(table.key)}.",
        "",
    ]
    lines += ["| colonne | ce qu'on y écrit | comment | vide permis |", "| --- | --- | --- | --- |"]
    for name, column in table.columns.items():
        cells = (name, column.label, how_written(column), "oui" if column.optional else "non")
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"
