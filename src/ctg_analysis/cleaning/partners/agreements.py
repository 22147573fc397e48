"""What was agreed with partners on their files: data/private/<siren>/accords.yml."""

import datetime
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from ctg_analysis.core import habits
from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.settings import project_path
from ctg_analysis.core.yaml_files import composed

AGREEMENTS = "accords.yml"
KEYS = "recu_le, convention et seuil"
EXPECTED = {"recu_le": "une date, telle que 02/03/2026", "convention": "le titre de l'accord"}


class Agreement(BaseModel):
    """What was agreed with a partner for one file: when it came, under which text, the threshold of secrecy.

    Read in the context of the least threshold that its source may have, which is its own where none is agreed.
    """

    model_config = ConfigDict(extra="forbid")
    recu_le: datetime.date = Field(ge=datetime.date(2000, 1, 1))
    convention: str = Field(min_length=1)
    seuil: int

    @field_validator("recu_le", mode="before")
    @classmethod
    def _as_in_france(cls, day: object) -> object:
        return habits.day(day) if isinstance(day, str) else day

    @field_validator("seuil")
    @classmethod
    def _not_loosened(cls, threshold: int, info: ValidationInfo) -> int:
        if threshold < info.context:
            raise ValueError(f"un nombre entier, {info.context} ou plus")
        return threshold


def read_agreements(folder: Path, least: Mapping[str, int]) -> tuple[dict[str, Agreement], list[Finding]]:
    """Return the valid agreements of an EPCI, by source, and what is wrong with the other entries, line by line.

    least: the threshold of each source's own rule, which no agreement may loosen.
    """
    path = folder / AGREEMENTS
    if not path.is_file():
        return {}, []
    file = project_path(path)
    try:
        root = composed(path)
    except InputError as error:
        return {}, error.findings
    if root is None:
        return {}, []
    if not isinstance(root, yaml.MappingNode):
        return {}, [Finding(file, _line(root), None, "aucune entrée par fichier", "le nom d'un fichier, puis " + KEYS)]
    agreements: dict[str, Agreement] = {}
    findings: list[Finding] = []
    twice: set[str] = set()
    for key, node in root.value:
        source, line = str(key.value), _line(key)
        if source not in least:
            expected = "l'une de ces valeurs : " + ", ".join(sorted(f"{name}.csv" for name in least))
            findings.append(Finding(file, line, source, "un formulaire qui n'est pas connu", expected))
        elif source in agreements:
            twice.add(source)
            findings.append(Finding(file, line, source, "cette entrée une seconde fois", "une entrée par fichier"))
        elif wrong := list(_wrong(node, file, source, line, least[source])):
            findings += wrong
        else:
            agreements[source] = _agreement(node, least[source])
    return {source: agreement for source, agreement in agreements.items() if source not in twice}, findings


def _wrong(node: yaml.Node, file: str, source: str, line: int, least: int) -> Iterator[Finding]:
    """Yield what is wrong with an entry, at the line of its field, or of the entry when the field is not there."""
    if not isinstance(node, yaml.MappingNode):
        yield Finding(file, line, source, "aucune entrée sous ce nom", KEYS)
        return
    lines: dict[str, int] = {}
    for key, _ in node.value:
        if key.value in lines:
            yield Finding(
                file, _line(key), f"{source}.{key.value}", "ce champ une seconde fois", "chaque champ une fois"
            )
        lines[str(key.value)] = _line(key)
    expected_of = EXPECTED | {"seuil": f"un nombre entier, {least} ou plus"}
    try:
        _agreement(node, least)
    except ValidationError as error:
        for problem in error.errors():
            field = str(problem["loc"][0])
            written = "rien" if problem["type"] == "missing" else repr(problem["input"])[:60]
            expected = expected_of.get(field, f"{KEYS} seulement")
            yield Finding(file, lines.get(field, line), f"{source}.{field}", written, expected)


def _agreement(node: yaml.MappingNode, least: int) -> Agreement:
    """Return an entry, of which a field of several values is none; a threshold may be left out, or blank."""
    fields = {str(key.value): field.value if isinstance(field, yaml.ScalarNode) else None for key, field in node.value}
    written = {name: value for name, value in fields.items() if (name, value) != ("seuil", "")}
    return Agreement.model_validate({"seuil": least} | written, context=least)


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1
