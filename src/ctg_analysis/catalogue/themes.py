"""The indicators as their files declare them: one YAML file a theme, in `declared`, in the order of their names.

A field is that of `core.model.Indicator`. What a whole file or a group shares is written once, under `defaults`; a
sentence that several indicators share, under `texts`, and called by its name: `caveats: "{by_pmi}"`.
"""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.model import Indicator, measures_of
from ctg_analysis.core.settings import project_path
from ctg_analysis.core.yaml_files import Place, ReadYaml, finding, load_yaml
from ctg_analysis.sources import SOURCES

INDICATOR = TypeAdapter(Indicator)
OF_THE_GROUP = ("id", "family")  # not written with the fields of an indicator: its key, and the name of its group


class Group(BaseModel, extra="forbid"):
    """Indicators that stand together; a family when they are members of one breakdown, with one hand-worked case.

    title: of the chart that draws the family, a bar each. scale: what its notes mean, from 0. classes: what their width
    is counted in, of members that are classes of one quantity (« année d'âge »).
    """

    family: str = ""
    title: str = ""
    scale: tuple[str, ...] = ()
    classes: str = ""
    defaults: dict[str, Any] = {}
    indicators: dict[str, dict[str, Any]]


class Theme(BaseModel, extra="forbid"):
    """What a file declares."""

    texts: dict[str, str] = {}
    defaults: dict[str, Any] = {}
    groups: list[Group]


def read_themes(folder: Path) -> tuple[dict[str, Indicator], dict[str, Group]]:
    """Return the indicators that the files of a folder declare, by id, and the groups that are families, by name.

    Raises:
        InputError: everything that is wrong with the first file that is, each finding with its line.
    """
    catalogue: dict[str, Indicator] = {}
    families: dict[str, Group] = {}
    for path in sorted(folder.glob("*.yml")):
        read, file = load_yaml(path, Theme), project_path(path)
        findings: list[Finding] = []
        for rank, group in enumerate(read.value.groups):
            shared = {("defaults",): read.value.defaults, ("groups", rank, "defaults"): group.defaults}
            for name, own in group.indicators.items():
                place = ("groups", rank, "indicators", name)
                if name in catalogue:
                    expected = "un identifiant à lui seul"
                    findings.append(
                        Finding(file, read.lines[place], name, "cet identifiant une seconde fois", expected)
                    )
                try:
                    catalogue[name] = _indicator(name, group.family, shared | {place: own}, read, file)
                except InputError as error:
                    findings += error.findings
            if group.family:
                families[group.family] = group
        if findings:
            raise InputError(dict.fromkeys(findings))  # what is wrong with a shared part is told once
    return catalogue, families


def _indicator(name: str, family: str, parts: dict[Place, dict[str, Any]], read: ReadYaml, file: str) -> Indicator:
    """Return an indicator from the parts that give its fields, by place: the last one that gives a field prevails.

    Raises:
        InputError: what is wrong with it, each finding at the line where the field is written.
    """
    given = {field: written for part in parts.values() for field, written in part.items()}
    place_of = {field: place for place, part in parts.items() for field in part}
    here = [*parts][-1]
    findings = [
        Finding(file, read.lines[*place_of[field], field], field, repr(given[field]), "aucune clé de ce nom")
        for field in OF_THE_GROUP
        if field in given
    ]
    try:
        indicator = INDICATOR.validate_python(given | {"id": name, "family": family}, context=read.value.texts)
    except ValidationError as error:
        problems = [
            problem | {"loc": (*place_of.get(problem["loc"][0], here), *problem["loc"])} for problem in error.errors()
        ]
        raise InputError([*findings, *(finding(problem, read.lines, file) for problem in problems)]) from error
    for source in indicator.sources:
        if source not in SOURCES:
            expected = "l'identifiant d'une source : `ctg list sources` les donne"
            line = read.lines[*place_of["sources"], "sources"]
            findings.append(Finding(file, line, "sources", repr(source), expected))
    for measure in _undeclared(indicator):
        line = read.lines[*place_of["value"], "value"]
        expected = "une mesure que donne l'une de ses sources"
        findings.append(Finding(file, line, f"{name}.value", repr(measure), expected))
    if findings:
        raise InputError(findings)
    return indicator


def _undeclared(indicator: Indicator) -> set[str]:
    """Return the measures of a value that its sources do not give, when each of these declares what it gives."""
    given_by = [SOURCES[name].measures for name in indicator.sources if name in SOURCES]
    named = measures_of(indicator.value) - {getattr(indicator.value, "population", "")}
    return named.difference(*given_by) if all(given_by) else set()
