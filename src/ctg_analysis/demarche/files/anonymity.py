"""Nobody is named in what is spread: free texts searched cell by cell, read by someone before they are shown."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ctg_analysis.core.errors import Finding
from ctg_analysis.core.personal_data import signs
from ctg_analysis.core.settings import project_path
from ctg_analysis.core.yaml_files import Place, ReadYaml
from ctg_analysis.demarche.files.reading import Read
from ctg_analysis.demarche.tables.annotations import marks
from ctg_analysis.demarche.tables.columns import LIST, FreeText

EXPECTED = "a text that names nobody: write a function, a place, or nothing; names of places go in noms_admis.txt"
TO_READ = ("public", "copil")


def personal_data(tables: Iterable[Read], allowed: tuple[str, ...] = ()) -> Iterator[Finding]:
    """Yield what may name or reach someone in the free texts, never quoting it, and extracts that nobody has re-read.

    Of the open answers once coded, those that may be quoted count. allowed: names of places.
    """
    for read in tables:
        texts = read.texts
        if read.table.name == "ouvertes_codees":
            texts = texts[texts["publiable"].eq("oui")]
        for column, field in read.table.row.model_fields.items():
            if marks(field, FreeText):
                for line, text in texts[column].items():
                    for sign in signs(text.replace(LIST, "\n"), allowed):
                        yield Finding(read.shown, int(line), column, _found(sign.kind, sign.start), EXPECTED)
        if read.table.name == "extraits":
            unread = read.rows["niveau_diffusion"].isin(TO_READ) & read.rows["relu_par"].isna()
            for line in read.rows.index[unread].tolist():
                expected = "who re-read the extract, before it leaves the team"
                yield Finding(read.shown, line, "relu_par", "a blank cell", expected)


def personal_data_in_yaml(read: ReadYaml, path: Path, allowed: tuple[str, ...] = ()) -> Iterator[Finding]:
    """Yield what may name or reach someone in the free texts of a YAML file, never quoting it."""
    for place, text in _free_texts(read.value):
        for sign in signs(text, allowed):
            column = ".".join(map(str, place))
            yield Finding(project_path(path), read.lines.get(place), column, _found(sign.kind, sign.start), EXPECTED)


def _free_texts(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Yield the places and the texts of what is written freely in a model or a list of models."""
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            part = getattr(value, name)
            if isinstance(part, str):
                if marks(field, FreeText):
                    yield (*place, name), part
            elif isinstance(part, tuple) and part and isinstance(part[0], str):
                if marks(field, FreeText):
                    yield from (((*place, name, rank), text) for rank, text in enumerate(part))
            else:
                yield from _free_texts(part, (*place, name))
    elif isinstance(value, tuple | list):
        for rank, part in enumerate(value):
            yield from _free_texts(part, (*place, rank))


def _found(kind: str, start: int) -> str:
    return f"{kind}, at the character {start + 1}"
