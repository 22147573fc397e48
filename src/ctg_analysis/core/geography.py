"""The reference geography, as small tables kept by hand say it: its year, the names of places."""

import pandas as pd
import yaml

from ctg_analysis.core.settings import DataRoot


def read_names(root: DataRoot, file: str) -> pd.Series:
    """Return the names of the départements or régions of data/reference, by code."""
    return pd.read_csv(root.reference / file, sep=";", dtype=str).set_index("code")["nom"]


def read_geography(root: DataRoot) -> dict:
    """Return the reference geography of data/reference/geographie.yml: annee, note, france (code → name)."""
    return yaml.safe_load((root.reference / "geographie.yml").read_text(encoding="utf-8"))
