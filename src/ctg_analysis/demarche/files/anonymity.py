"""Nobody is named in what is spread: free texts searched cell by cell, read by someone before they are shown."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from ctg_analysis.core.errors import Finding
from ctg_analysis.core.personal_data import Sign, signs
from ctg_analysis.core.settings import project_path
from ctg_analysis.core.yaml_files import Place, ReadYaml
from ctg_analysis.demarche.files.table_files import TableFile
from ctg_analysis.demarche.tables.codes import LIST
from ctg_analysis.demarche.tables.columns import FreeText

EXPECTED = (
    "un texte qui ne nomme personne : écrire une fonction, un lieu ou rien ; les noms de lieux vont dans noms_admis.txt"
)
TO_READ = ("public", "copil")
FREE = FreeText()


def personal_data(files: Iterable[TableFile], allowed: tuple[str, ...] = ()) -> Iterator[Finding]:
    """What may name or reach someone in the free texts, never quoting it, and extracts that nobody has re-read.

    Of the open answers once coded, those that may be quoted count. allowed: names of places.
    """
    for file in files:
        texts = file.texts
        if file.table.name == "ouvertes_codees":
            texts = texts[texts["publiable"].eq("oui")]
        for name, column in file.table.columns.items():
            if column.kind.free_text:
                for line, text in texts[name].items():
                    for sign in signs(text.replace(LIST, "\n"), allowed):
                        yield Finding(file.place, int(line), name, _kind_and_place(sign), EXPECTED)
        if file.table.name == "extraits":
            unread = file.rows["niveau_diffusion"].isin(TO_READ) & file.rows["relu_par"].isna()
            for line in file.rows.index[unread].tolist():
                expected = "qui a relu l'extrait, avant qu'il ne sorte de l'équipe"
                yield Finding(file.place, line, "relu_par", "une case vide", expected)


def personal_data_in_yaml(read: ReadYaml, path: Path, allowed: tuple[str, ...] = ()) -> Iterator[Finding]:
    """What may name or reach someone in the free texts of a YAML file, never quoting it."""
    for place, text in _free_texts(read.value):
        for sign in signs(text, allowed):
            column = ".".join(map(str, place))
            yield Finding(project_path(path), read.lines.get(place), column, _kind_and_place(sign), EXPECTED)


def _free_texts(value: Any, place: Place = (), *, free: bool = False) -> Iterator[tuple[Place, str]]:
    """The places and the texts of what is written freely in a model or a list of models."""
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            is_free = FREE in field.metadata or _is_free(field.annotation)
            yield from _free_texts(getattr(value, name), (*place, name), free=is_free)
    elif isinstance(value, tuple | list):
        for rank, part in enumerate(value):
            yield from _free_texts(part, (*place, rank), free=free)
    elif free and isinstance(value, str):
        yield place, value


def _is_free(annotation: Any) -> bool:
    return any(part == FREE or _is_free(part) for part in get_args(annotation))


def _kind_and_place(sign: Sign) -> str:
    return f"{sign.kind}, au caractère {sign.start + 1}"
