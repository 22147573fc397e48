"""`ctg answers`: the export of a survey tool becomes the private tables of answers, beside those on paper."""

from pathlib import Path

import pandas as pd

from ctg_analysis.core.errors import InputError
from ctg_analysis.core.placing import for_owner_alone
from ctg_analysis.core.plain_text import BIDIRECTIONAL
from ctg_analysis.core.scratch import PART
from ctg_analysis.core.settings import DataRoot, project_path
from ctg_analysis.demarche.files.material_files import read_material
from ctg_analysis.demarche.files.table_files import FORMULA_STARTS
from ctg_analysis.demarche.survey.answers import read_answers
from ctg_analysis.demarche.tables import TABLES

SAFE = "'"  # before a text that a spreadsheet would run


def take_in(root: DataRoot, epci: str, export: Path) -> list[str]:
    """Write the answers of an export in the private folder of a démarche; return what is to be told, a line each.

    An answer that is there already is replaced, the others stay: those typed from paper, those of an earlier export.

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
    parts = {path.with_name(f".{path.name}{PART}"): path for path in written}
    with for_owner_alone(folder):
        for part, path in parts.items():
            written[path].to_csv(part, sep=";", index=False, lineterminator="\n")
        for part, path in parts.items():
            part.replace(path)
    dropped = f" ; colonnes laissées de côté : {', '.join(answers.dropped)}" if answers.dropped else ""
    return [
        f"{project_path(folder)} : {len(answers.closed)} réponses gardées sur {answers.started} commencées et "
        f"{answers.complete} envoyées{dropped}",
        f"{project_path(root.material(epci))}/consultation.yml : ôter les # et écrire plan, "
        f"commences: {answers.started}, termines: {answers.complete}",
    ]


def joined(path: Path, rows: pd.DataFrame) -> pd.DataFrame:
    """The answers of a file with new ones, which take the place of those with the same rep_id."""
    rows = rows.apply(lambda cells: cells.map(_safe))
    if not path.is_file():
        return rows
    there = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    kept = there[~there["rep_id"].isin(rows["rep_id"])]
    return pd.concat([kept, rows], ignore_index=True).fillna("").sort_values("rep_id", kind="stable")


def _safe(cell: str) -> str:
    cell = BIDIRECTIONAL.sub("", cell)
    return SAFE + cell if cell.startswith(FORMULA_STARTS) else cell
