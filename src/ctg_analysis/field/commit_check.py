"""No personal data enter git: `python -m ctg_analysis.field.commit_check FILE...`, run by pre-commit on what is added.

A file of data/private is refused, whatever it holds; what is written freely in a démarche, in the private files of an
invented territory and in notebooks is searched.
"""

import json
import sys
from pathlib import Path

from ctg_analysis.errors import Finding
from ctg_analysis.field.anonymity import EXPECTED, personal_data, personal_data_in_yaml
from ctg_analysis.field.material import YAML_FILES, admitted
from ctg_analysis.field.reading import read_table
from ctg_analysis.field.tables import PUBLIC
from ctg_analysis.field.yaml_files import read_yaml
from ctg_analysis.personal_data import signs
from ctg_analysis.settings import MATERIAL, project_path, settings


def found_in(path: Path) -> list[Finding]:
    """Return what a file that is about to enter git says of someone."""
    inside = path.relative_to(settings().root).parts
    if inside[:2] == ("data", "private"):
        expected = "nothing of data/private in git: `git restore --staged` the file"
        return [Finding(project_path(path), None, None, "a private file", expected)]
    if path.suffix == ".ipynb":
        return _in_notebook(path)
    if MATERIAL not in inside or path.suffix not in (".csv", ".yml"):
        return []
    return _in_cells(path) if "private" in inside else _in_material(path)


def _in_material(path: Path) -> list[Finding]:
    allowed = admitted(path.parent)
    if path.name in YAML_FILES:
        return list(personal_data_in_yaml(read_yaml(path, YAML_FILES[path.name]), path, allowed))
    table = next((table for table in PUBLIC.values() if table.file == path.name), None)
    return list(personal_data([read_table(path, table)], allowed)) if table else []


def _in_cells(path: Path) -> list[Finding]:
    """Search all that is written in a private file of an invented territory: there too nobody is real."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        Finding(project_path(path), number, None, sign.kind, EXPECTED)
        for number, line in enumerate(lines, start=1)
        for sign in signs(line.replace(";", " ; "))
    ]


def _in_notebook(path: Path) -> list[Finding]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [
        Finding(project_path(path), None, f"cell {number}", sign.kind, EXPECTED)
        for number, cell in enumerate(cells, start=1)
        for sign in signs("".join(cell["source"]))
    ]


def main(names: list[str]) -> int:
    """Print what is found in some files, one a line; return 1 when there is something."""
    findings = [finding for name in names for finding in found_in(Path(name).resolve())]
    for finding in findings:
        print(finding)
    return int(bool(findings))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
