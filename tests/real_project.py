"""A project whose territories are real ones to the library: the invented ones under other SIRENs, with one form.

It has what little the gate needs: communes, contours, secteurs, how many young people the mission locale follows.
"""

import json
import shutil
from pathlib import Path

import nbformat
import pandas as pd
import yaml
from raw_files import keep

from ctg_analysis.model.settings import EXAMPLE_EPCI, EXAMPLE_PREFIX, DataRoot, settings
from ctg_analysis.raw.folders import sha256

EPCI, NEIGHBOUR = "299999999", "299999998"
INVENTED, REAL = EXAMPLE_PREFIX, EPCI[: len(EXAMPLE_PREFIX)]  # how their SIRENs begin
FORM, SOURCE, INDICATOR = "mission_locale.csv", "mission_locale", "youth_followed_count"
YOUTH = {"99001": 20, "99002": 22, "99003": 13, "99004": 12, "99005": 2, "99006": 16, "99007": 13, "99008": 18}


def project(home: Path, example: DataRoot) -> DataRoot:
    """Write the project in a folder; return its data root."""
    root = DataRoot(home / "data")
    shutil.copytree(example.path, root.path, ignore=shutil.ignore_patterns("processed", "generat*", "__pycache__"))
    keep(root, {"etalab_decoupage", "contours"})
    shutil.rmtree(root.private / EXAMPLE_EPCI / "demarche")
    for path in sorted(root.path.rglob("*"), reverse=True):
        if is_former(path.name):
            path.unlink()
            continue
        if path.suffix == ".parquet":
            table = pd.read_parquet(path)
            table.replace(f"^{INVENTED}", REAL, regex=True).to_parquet(path, index=False)
        elif path.is_file():
            path.write_bytes(path.read_bytes().replace(INVENTED.encode(), REAL.encode()))
        path.rename(path.with_name(path.name.replace(INVENTED, REAL)))
    for path in root.raw.glob("*/source.yml"):
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        told["fichiers"] = [entry for entry in told["fichiers"] if not is_former(entry["fichier"])]
        for entry in told["fichiers"]:
            file = path.with_name(entry["fichier"])
            entry |= {"octets": file.stat().st_size, "sha256": sha256(file)}
        path.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    for path in settings().reference.iterdir():
        if not (root.reference / path.name).exists():
            (root.reference / path.name).symlink_to(path)
    for name in ("docs", "requirements.lock"):
        (home / name).symlink_to(settings().root / name)
    for path in (root.private / EPCI).iterdir():
        path.unlink()
    write_form(root, EPCI, YOUTH)
    agree(root, EPCI, 5)
    (home / "notebooks").mkdir()
    write_notebook(home, f'chapter.table("{INDICATOR}")')
    return root


def is_former(name: str) -> bool:
    """Tell whether a file is the geography of an earlier year, which takes time to read."""
    return name.startswith(("communes_20", "epci_20")) and "2026" not in name


def write_form(root: DataRoot, epci: str, youth: dict[str, int]) -> None:
    lines = ["territoire;periode;jeunes_suivis;permanences"]
    lines += [f"{place};2024;{count};1" for place, count in youth.items()]
    (root.private / epci).mkdir(exist_ok=True)
    (root.private / epci / FORM).write_text("\n".join([*lines, ""]), encoding="utf-8")


def agree(root: DataRoot, epci: str, threshold: int) -> None:
    agreed(root.private / epci, {SOURCE: ("2026-03-02", "convention inventée", threshold)})


def agreed(folder: Path, said: dict[str, tuple]) -> None:
    """Write the agreements of some forms: the day they came, the title, the threshold."""
    lines = ["formulaire;recu_le;convention;seuil", *(";".join(map(str, [name, *one])) for name, one in said.items())]
    (folder / "accords.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")


def write_notebook(home: Path, *cells: str) -> None:
    parameters = nbformat.v4.new_code_cell(f'epci = "{EPCI}"  # SIREN')
    parameters.metadata["tags"] = ["parameters"]
    opened = "from ctg_analysis.chapter import open_chapter\n\nchapter = open_chapter(epci)"
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Un essai\n\nCombien ?"),
            parameters,
            *map(nbformat.v4.new_code_cell, [opened, *cells]),
        ],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        },
    )
    for number, cell in enumerate(notebook.cells):
        cell["id"] = str(number)
    (home / "notebooks" / "05_essai.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
