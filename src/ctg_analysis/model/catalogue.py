"""The indicators, declared in YAML, one file a theme; those that a reader must meet first."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, TypeAdapter, ValidationError

from ctg_analysis.model.errors import Finding, InputError
from ctg_analysis.model.habits import quote
from ctg_analysis.model.indicator import Count, Indicator, Mean, measures_of
from ctg_analysis.model.settings import project_path, settings
from ctg_analysis.model.source import SOURCES
from ctg_analysis.model.yaml_files import Place, ReadYaml, finding, load_yaml

# The indicators as their files declare them: one YAML file a theme, in `declared`, in the order of their names.
# A field is that of `model.indicator.Indicator`. What a whole file or a group shares is written once, under `defaults`;
# a sentence that several indicators share, under `texts`, and called by its name: `caveats: "{by_pmi}"`.

INDICATOR = TypeAdapter(Indicator)
OF_THE_GROUP = ("id", "family")  # not written with the fields of an indicator: its key, and the name of its group


class Group(BaseModel, extra="forbid"):
    """Indicators that stand together; a family when they are members of one breakdown, with one hand-worked case.

    title: of the chart that draws the family, a bar each. scale: what its notes mean, from 0.
    """

    family: str = ""
    title: str = ""
    scale: tuple[str, ...] = ()
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
                    again = "cet identifiant une seconde fois", "un identifiant à lui seul"
                    findings.append(Finding(file, read.lines[place], name, *again))
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
    """Return an indicator from the parts that give its fields, by place: the last one that gives a field prevails."""
    given = {field: written for part in parts.values() for field, written in part.items()}
    place_of = {field: place for place, part in parts.items() for field in part}
    here = [*parts][-1]

    def wrong(field: str, found: str, expected: str) -> Finding:
        return Finding(file, read.lines[*place_of[field], field], field, quote(found), expected)

    findings = [wrong(field, given[field], "aucune clé de ce nom") for field in OF_THE_GROUP if field in given]
    try:
        indicator = INDICATOR.validate_python(given | {"id": name, "family": family}, context=read.value.texts)
    except ValidationError as error:
        for problem in error.errors():
            place = (*place_of.get(problem["loc"][0], here), *problem["loc"])
            findings.append(finding(problem | {"loc": place}, read.lines, file))
        raise InputError(findings) from error
    expected = "l'identifiant d'une source : `ctg list sources` les donne"
    findings += [wrong("sources", source, expected) for source in indicator.sources if source not in SOURCES]
    expected = "une mesure que donne l'une de ses sources"
    line = read.lines[*place_of["value"], "value"]
    findings += [Finding(file, line, f"{name}.value", quote(one), expected) for one in _undeclared(indicator)]
    if findings:
        raise InputError(findings)
    return indicator


def _undeclared(indicator: Indicator) -> set[str]:
    """Return the measures of a value that its sources do not give, when each of these declares what it gives."""
    given_by = [SOURCES[name].measures for name in indicator.sources if name in SOURCES]
    elsewhere = {getattr(indicator.value, name, "") for name in ("population", "among")}
    named = measures_of(indicator.value) - elsewhere
    return named.difference(*given_by) if all(given_by) else set()


# The indicators: declarations only, in the YAML files of `declared`, one a theme.

FOLDER = Path(__file__).parent / "declared" / "indicators"
CATALOGUE, _FAMILIES = read_themes(FOLDER)
# By family: the title of the chart that draws it, a bar a member; what its notes mean, from 0.
TITLES = {name: group.title for name, group in _FAMILIES.items() if group.title}
SCALES = {name: group.scale for name, group in _FAMILIES.items() if group.scale}


AN_INDICATOR = "un indicateur : `ctg list indicators MOT` les trouve"


def _known(name: str) -> str:
    if name not in CATALOGUE:
        raise ValueError(AN_INDICATOR)
    return name


Declared = Annotated[str, AfterValidator(_known)]  # the id of an indicator, in a file that an editor changes


def declared_indicator(name: str) -> str:
    """Return the file and the line where an indicator is declared."""
    found = (
        f"{project_path(path)}, line {number}"
        for path in sorted(FOLDER.glob("*.yml"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if line.strip() == f"{name}:"
    )
    return next(found, "")


# The indicators that a reader must meet first: data/reference/essentiel.yml, by theme, each with its reason.

ESSENTIALS = "essentiel.yml"  # of data/reference


@dataclass(frozen=True)
class Essential:
    """An indicator of the editorial list: its theme and the reason why a reader must meet it (French)."""

    indicator: Indicator
    theme: str
    reason: str


@cache
def essentials() -> tuple[Essential, ...]:
    """The editorial list, in its order: by theme, the most telling indicator of a theme first.

    Raises:
        InputError: there is no such file, or what is wrong with it.
    """
    path = settings().reference / ESSENTIALS
    read = load_yaml(path, dict[str, dict[str, str]])
    if findings := list(_wrong_essentials(read, project_path(path))):
        raise InputError(findings)
    return tuple(
        Essential(CATALOGUE[name], theme, reason)
        for theme, members in read.value.items()
        for name, reason in members.items()
    )


@cache
def themes() -> dict[str, str]:
    """The theme of each indicator of the editorial list, by id, in its order."""
    return {essential.indicator.id: essential.theme for essential in essentials()}


def _wrong_essentials(read: ReadYaml, file: str) -> Iterator[Finding]:
    """What the model of the file cannot see: ids unknown, repeated or of numbers of things, themes of two chapters."""
    seen: set[str] = set()
    for theme, members in read.value.items():
        chapters = {CATALOGUE[name].chapter for name in members if name in CATALOGUE}
        if len(chapters) > 1:
            expected = "des indicateurs d'un seul chapitre"
            yield Finding(file, read.lines[theme,], theme, " et ".join(sorted(chapters)), expected)
        for name in members:
            line = read.lines[theme, name]
            if name not in CATALOGUE:
                yield Finding(file, line, name, "aucun indicateur de ce nom", AN_INDICATOR)
            elif isinstance(CATALOGUE[name].value, Count | Mean):
                yield Finding(file, line, name, "un effectif", "ce qui se compare à un autre lieu")
            if name in seen:
                yield Finding(file, line, name, "cet indicateur une seconde fois", "un indicateur une seule fois")
            seen.add(name)
