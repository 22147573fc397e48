"""The declarations of the datasets: YAML files, one for each producer or theme, each entry held to `Source`."""

import re
from dataclasses import replace
from pathlib import Path

from ctg_analysis.core.datasets import Geography, SecrecyRule, Source
from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.settings import project_path
from ctg_analysis.core.yaml_files import load_yaml

FOLDER = Path(__file__).parent / "declared"
FORMS = "forms"  # the folder of what partners fill
THRESHOLD = 5
RULE = SecrecyRule(THRESHOLD, f"arrondi à {THRESHOLD} (convention d'échange de données)")  # rule R1


def declared_sources() -> dict[str, Source]:
    """Return the sources that the files declare, by id.

    Raises:
        InputError: an entry that is no source, or has the id of another, with its file and line.
    """
    sources: dict[str, Source] = {}
    findings = []
    for path in _files():
        read = load_yaml(path, tuple[Source, ...])
        for rank, source in enumerate(read.value):
            if source.id in sources:
                line = read.lines[rank, "id"]
                found = f"{source.id!r} une seconde fois"
                findings.append(Finding(project_path(path), line, "id", found, "un identifiant à elle seule"))
            sources[source.id] = _of_a_partner(source) if source.form else source
    if findings:
        raise InputError(findings)
    return sources


def _files() -> list[Path]:
    return [*sorted(FOLDER.glob("*.yml")), *sorted(FOLDER.glob(f"{FORMS}/*.yml"))]


def _of_a_partner(source: Source) -> Source:
    """Return the source of a form with what all of them have in common: a restricted file, received by commune."""
    return replace(
        source,
        secrecy=RULE,
        geography=Geography("communes au 1er janvier de l'année de référence"),
        licence="fichier restreint, hors du dépôt",
        how_to_get=f"formulaire à faire remplir : {source.form_place}",
    )


def declared_at(source: Source, text: str) -> str:
    """Return the file and the line where a source declares a text, for a person to correct it; "" if it does not.

    It may be a word of a longer text: a column of what is computed of several.
    """
    declared, entry = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)"), ""
    for path in _files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith("- id: "):
                entry = line.removeprefix("- id: ")
            elif entry == source.id and declared.search(line):
                return f"{project_path(path)}, line {number}"
    return ""
