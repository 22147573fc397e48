"""The indicators as their files declare them: one YAML file a theme, in `declared`, in the order of their names.

A field is that of `core.model.Indicator`. What a whole file or a group shares is written once, under `defaults`; a
sentence that several indicators share, under `texts`, and called by its name: `caveats: "{by_pmi}"`.
"""

import re
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Annotated, Any, get_origin

from pydantic import BaseModel, BeforeValidator, PlainValidator, TypeAdapter, ValidationError, create_model

from ctg_analysis.core import model
from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.model import Indicator, Value
from ctg_analysis.core.settings import project_path
from ctg_analysis.core.yaml_files import Place, ReadYaml, expected_of, load_yaml
from ctg_analysis.sources import SOURCES

# How a value is written: its kind with what it is made of, then its options: {ratio: [births, deaths], per: 1}.
KINDS = {
    "count": model.Count,
    "mean": model.Mean,
    "ratio": model.Ratio,
    "rate": model.Rate,
    "published": model.Published,
    "annual_change": model.AnnualChange,
    "annual_flow": model.AnnualFlow,
    "annual_residual": model.AnnualResidual,
}
MEASURES = ("measure", "numerator", "denominator", "events", "flow")  # of a value, those that its sources give
NONE = "none"
OF_THE_GROUP = ("id", "family")  # not written with the fields of an indicator: its key, and the name of its group
NAMED = re.compile(r"\{(\w*)\}")


def read_value(written: Any) -> Value:
    """Return a value from how it is written.

    >>> read_value({"ratio": ["vacant_dwellings", "dwellings"]})
    Ratio(numerator='vacant_dwellings', denominator='dwellings', per=100, bounded=True, tested=True)

    Raises:
        ValueError: another kind, a part that is missing or that the kind does not have.
    """
    kinds = [key for key in written if key in KINDS] if isinstance(written, dict) else []
    if len(kinds) != 1:
        raise ValueError(f"l'une de ces clés : {', '.join(KINDS)}, telle que {{count: births}}")
    options = dict(written)
    first = options.pop(kinds[0])
    kind = KINDS[kinds[0]]
    names = [field.name for field in fields(kind)]
    made_of = dict(zip(names, first, strict=False)) if isinstance(first, list) else {names[0]: first}
    unknown = set(options) - set(names)
    if unknown or set(made_of) & set(options):
        raise ValueError(f"à côté de {kinds[0]}, seulement {', '.join(names[len(made_of) :]) or 'rien'}")
    try:
        return _ADAPTERS[kind].validate_python(made_of | options)
    except ValidationError as error:
        problem = error.errors()[0]
        raise ValueError(f"{problem['loc'][-1]} : {expected_of(problem)}") from error


_ADAPTERS = {kind: TypeAdapter(kind) for kind in KINDS.values()}


def _several(written: Any) -> Any:
    """Return a list of values of which one may be written alone, and none as such."""
    if written == NONE:
        return ()
    return (written,) if isinstance(written, str) else written


def _as_written(annotation: Any) -> Any:
    if annotation is Value:
        return Annotated[Value, PlainValidator(read_value)]
    return Annotated[annotation, BeforeValidator(_several)] if get_origin(annotation) is tuple else annotation


# The fields of an indicator, any of which a file, a group or the indicator itself may give.
Fields = create_model(
    "Fields",
    __config__={"extra": "forbid"},
    **{field.name: (_as_written(field.type), None) for field in fields(Indicator) if field.name not in OF_THE_GROUP},
)
REQUIRED = [field.name for field in fields(Indicator) if field.default is MISSING and field.name not in OF_THE_GROUP]


class Group(BaseModel, extra="forbid"):
    """Indicators that stand together; a family when they are members of one breakdown, with one hand-worked case.

    title: of the chart that draws the family, a bar each. scale: what its notes mean, from 0. classes: what their width
    is counted in, of members that are classes of one quantity (« année d'âge »).
    """

    family: str = ""
    title: str = ""
    scale: tuple[str, ...] = ()
    classes: str = ""
    defaults: Fields = Fields()
    indicators: dict[str, Fields]


class Theme(BaseModel, extra="forbid"):
    """What a file declares."""

    texts: dict[str, str] = {}
    defaults: Fields = Fields()
    groups: list[Group]


def read_themes(folder: Path) -> tuple[dict[str, Indicator], dict[str, Group]]:
    """Return the indicators that the files of a folder declare, by id, and the groups that are families, by name.

    Raises:
        InputError: everything that is wrong with the first file that is, each finding with its line.
    """
    catalogue: dict[str, Indicator] = {}
    families: dict[str, Group] = {}
    for path in sorted(folder.glob("*.yml")):
        read = load_yaml(path, Theme)
        if findings := list(_findings(read, project_path(path), catalogue)):
            raise InputError(findings)
        for _, group, name, merged in _members(read.value):
            catalogue[name] = Indicator(id=name, family=group.family, **_with_texts(merged, read.value.texts))
            if group.family:
                families[group.family] = group
    return catalogue, families


def _members(theme: Theme) -> Iterator[tuple[Place, Group, str, dict[str, Any]]]:
    """Yield the indicators of a theme: where it is written, its group, its id, its fields with those that it shares."""
    for rank, group in enumerate(theme.groups):
        for name, own in group.indicators.items():
            given = _given(theme.defaults) | _given(group.defaults) | _given(own)
            yield ("groups", rank, "indicators", name), group, name, given


def _given(part: BaseModel) -> dict[str, Any]:
    return {name: getattr(part, name) for name in part.model_fields_set}


def _with_texts(given: dict[str, Any], texts: dict[str, str]) -> dict[str, Any]:
    """Return the fields with each shared sentence in the place of its name."""
    named = {name: given[name] for name in ("definition", "caveats") if name in given}
    return given | {name: NAMED.sub(lambda match: texts[match[1]], text) for name, text in named.items()}


def _findings(read: ReadYaml, file: str, others: dict[str, Indicator]) -> Iterator[Finding]:
    """Yield what no model of a part can see: fields that nobody gives, an id of another indicator, names unknown."""
    theme, lines, here = read.value, read.lines, set()
    for place, _, name, given in _members(theme):
        for field in REQUIRED:
            if field not in given:
                yield Finding(file, lines[place], f"{name}.{field}", "rien", "une valeur, ici ou sous defaults")
        if name in others or name in here:
            yield Finding(file, lines[place], name, "cet identifiant une seconde fois", "un identifiant à lui seul")
        here.add(name)
        line = lines.get((*place, "value"), lines[place])
        for measure in _undeclared(given):
            yield Finding(file, line, f"{name}.value", repr(measure), "une mesure que donne l'une de ses sources")
    yield from _unknown(theme.defaults, ("defaults",), read, file)
    for rank, group in enumerate(theme.groups):
        yield from _unknown(group.defaults, ("groups", rank, "defaults"), read, file)
        for name, own in group.indicators.items():
            yield from _unknown(own, ("groups", rank, "indicators", name), read, file)


def _undeclared(given: dict[str, Any]) -> list[str]:
    """Return the measures of a value that its sources do not give, when each of these declares what it gives."""
    given_by = [SOURCES[name].measures for name in given.get("sources", ()) if name in SOURCES]
    named = [getattr(given.get("value"), name, "") for name in MEASURES]
    return [name for name in named if name and all(given_by) and name not in set().union(*given_by)]


def _unknown(part: BaseModel, place: Place, read: ReadYaml, file: str) -> Iterator[Finding]:
    """Yield the sources and the texts that a part names and that do not exist."""
    given = _given(part)
    for source in given.get("sources", ()):
        if source not in SOURCES:
            expected = "l'identifiant d'une source : `ctg list sources` les donne"
            yield Finding(file, read.lines[*place, "sources"], "sources", repr(source), expected)
    for field in ("definition", "caveats"):
        for text in NAMED.findall(given.get(field, "")):
            if text not in read.value.texts:
                expected = f"l'un des textes de ce fichier : {', '.join(read.value.texts) or 'il n’en a pas'}"
                yield Finding(file, read.lines[*place, field], field, f"{{{text}}}", expected)
