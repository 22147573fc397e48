"""The indicators that a reader must meet first: data/reference/essentiel.yml, by theme, each with its reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.model import Count, Indicator, Mean
from ctg_analysis.core.settings import project_path, settings
from ctg_analysis.core.yaml_files import ReadYaml, load_yaml

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
    if findings := list(_findings(read, project_path(path))):
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


def _findings(read: ReadYaml, file: str) -> Iterator[Finding]:
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
                expected = "un identifiant : `ctg list indicators MOT` les trouve"
                yield Finding(file, line, name, "aucun indicateur de ce nom", expected)
            elif isinstance(CATALOGUE[name].value, Count | Mean):
                yield Finding(file, line, name, "un effectif", "ce qui se compare à un autre lieu")
            if name in seen:
                yield Finding(file, line, name, "cet indicateur une seconde fois", "un indicateur une seule fois")
            seen.add(name)
