"""The numbers that a law, an institute or a usage of the field sets; the reference geography."""

from dataclasses import dataclass
from functools import cache

import pandas as pd

from ctg_analysis.model.errors import Finding, InputError
from ctg_analysis.model.form import NO_OTHER_KEY
from ctg_analysis.model.settings import NORMS, DataRoot, project_path, settings
from ctg_analysis.model.yaml_files import Day, Positive, load_yaml


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
    """The norms by name, read once."""
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


# The reference geography, as small tables kept by hand say it: its year, the names of places.

BOUNDS = ["west", "south", "east", "north"]  # columns of a contour, of an EPCI


@dataclass(frozen=True)
class ReferenceGeography:
    """The year that every series is brought to, what readers are told of it (French), the names of France by code."""

    __pydantic_config__ = NO_OTHER_KEY
    annee: int
    note: str
    france: dict[str, str]


def read_names(root: DataRoot, file: str) -> pd.Series:
    """Return the names of the départements or régions of data/reference, by code."""
    return pd.read_csv(root.reference / file, sep=";", dtype=str).set_index("code")["nom"]


def read_geography(root: DataRoot) -> ReferenceGeography:
    """Return the reference geography of data/reference/geographie.yml."""
    return load_yaml(root.reference / "geographie.yml", ReferenceGeography).value
