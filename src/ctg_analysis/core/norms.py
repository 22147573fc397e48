"""The numbers that a law, an institute or a usage of the field sets: data/reference/normes.yml, each with its text."""

from dataclasses import dataclass
from functools import cache

from ctg_analysis.core.declared_values import Day, Positive
from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.layouts import NO_OTHER_KEY
from ctg_analysis.core.settings import NORMS, project_path, settings
from ctg_analysis.core.yaml_files import load_yaml


@dataclass(frozen=True)
class Norm:
    """A number, the text that says it (French), where it was read, since when, and what is still to be checked."""

    __pydantic_config__ = NO_OTHER_KEY
    valeur: Positive
    texte: str
    source: str
    date: Day = ""
    a_verifier: str = ""


@cache
def norms() -> dict[str, Norm]:
    """The norms by name, read once.

    Raises:
        InputError: there is no such file, or what is wrong with it.
    """
    return load_yaml(settings().reference / NORMS, dict[str, Norm]).value


def norm(name: str) -> float:
    """The number that a norm sets.

    >>> norm("census_large_commune"), norm("census_coded_small")
    (10000.0, 0.2)

    Raises:
        InputError: as `norms` does; no norm of this name.
    """
    if name not in norms():
        raise InputError([Finding(project_path(settings().reference / NORMS), None, name, "rien", "cette norme")])
    return norms()[name].valeur
