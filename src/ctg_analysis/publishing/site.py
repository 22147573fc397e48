"""What stands beside the chapters of a territory: index, data files, provenance."""

import json
import subprocess
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter import Chapter
from ctg_analysis.publishing.html import TEMPLATES, style
from ctg_analysis.settings import settings

FRENCH_COLUMNS = {
    "territory": "code",
    "name": "territoire",
    "level": "niveau",
    "period": "periode",
    "indicator": "indicateur",
    "label": "libelle",
    "value": "valeur",
    "low": "borne_basse",
    "high": "borne_haute",
    "numerator": "numerateur",
    "denominator": "denominateur",
    "unit": "unite",
    "status": "statut",
    "quality": "fiabilite",
    "source": "source",
}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
PACKAGES = ("papermill", "nbconvert", "pandas", "matplotlib", "seaborn", "scipy", "geopandas")


def write_index(folder: Path, page: dict) -> None:
    """Write index.html, which links the chapters."""
    templates = Environment(loader=FileSystemLoader(str(TEMPLATES)), autoescape=True, trim_blocks=True)
    html = templates.get_template("index.html.j2").render(page=page | {"style": style()})
    (folder / "index.html").write_text(html.strip() + "\n", encoding="utf-8")


def write_data(folder: Path, chapter: Chapter) -> None:
    """Write donnees/*.csv: all the values behind the charts, as French spreadsheets open them."""
    data = folder / "donnees"
    data.mkdir()
    ranks = {name: rank for rank, name in enumerate(CATALOGUE)}
    table = chapter.named.sort_values("indicator", key=lambda names: names.map(ranks), kind="stable")
    for column in ("label", "unit", "file_name"):
        table[column] = table["indicator"].map({one.id: getattr(one, column) for one in CATALOGUE.values()})
    table["name"] = table["name"].map(spreadsheet_safe)
    files = table["file_name"]
    table = table.rename(columns=FRENCH_COLUMNS)[list(FRENCH_COLUMNS.values())]
    for name, rows in table.groupby(files, sort=False):
        text = rows.to_csv(sep=";", decimal=",", index=False, lineterminator="\r\n")
        (data / name).write_bytes(text.encode("utf-8-sig"))


def spreadsheet_safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_provenance(folder: Path, parameters: dict, inputs: dict[str, str]) -> None:
    """Write provenance.json: what the pages were made from, without any clock."""
    record = {
        "parameters": parameters,
        "code": {"ctg_analysis": version("ctg_analysis"), "commit": git_commit()},
        "packages": {name: version(name) for name in PACKAGES},
        "inputs": inputs,
    }
    text = json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True)
    (folder / "provenance.json").write_text(text + "\n", encoding="utf-8")


def git_commit() -> str:
    """Return the commit of the working tree, with a mark when it has changes; empty outside a repository."""
    root = settings().root
    answer = subprocess.run(
        ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip()
