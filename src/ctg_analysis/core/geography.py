"""The reference geography, as small tables kept by hand say it: its year, the names of places."""

from dataclasses import dataclass

import pandas as pd

from ctg_analysis.core.layouts import NO_OTHER_KEY
from ctg_analysis.core.settings import DataRoot
from ctg_analysis.core.yaml_files import load_yaml

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
    """Return the reference geography of data/reference/geographie.yml.

    Raises:
        InputError: there is no such file, or what is wrong with it.
    """
    return load_yaml(root.reference / "geographie.yml", ReferenceGeography).value
