"""The tables that chapters may read of each démarche, made from its field material."""

from pathlib import Path
from typing import TYPE_CHECKING

from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.settings import DataRoot
from ctg_analysis.processing.freshness import demarches, write_manifest

if TYPE_CHECKING:
    import pandas as pd

    Tables = dict[str, pd.DataFrame]


def derive_material(root: DataRoot, places: "pd.DataFrame") -> "dict[str, Tables]":
    """Return the tables that chapters may read of each démarche, see `demarche.tables.outputs`.

    Raises:
        InputError: with the findings of all of them.
    """
    from ctg_analysis.demarche.files.material_files import open_material
    from ctg_analysis.demarche.files.restricted_files import open_restricted
    from ctg_analysis.demarche.results.results import results

    findings: list[Finding] = []
    derived = {}
    for epci in demarches(root):
        try:
            gathered = open_material(root, epci, places)
            derived[epci] = results(gathered, open_restricted(root, gathered), places)
        except InputError as error:
            findings += error.findings
    if findings:
        raise InputError(findings)
    return derived


def write_material(folder: Path, root: DataRoot, places: "pd.DataFrame", made_from: dict[str, str]) -> None:
    """Write these tables in a new folder, and what they were made from (see `freshness.material_inputs`).

    Raises:
        InputError: as `derive_material` does.
    """
    derived = derive_material(root, places)
    folder.mkdir()
    for epci, tables in derived.items():
        (folder / epci).mkdir()
        for name, table in tables.items():
            table.to_parquet(folder / epci / f"{name}.parquet", index=False)
    write_manifest(folder, made_from)
