"""The tables that chapters may read of each démarche, made from its field material."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ctg_analysis.core.errors import InputError
from ctg_analysis.core.settings import MATERIAL, DataRoot
from ctg_analysis.core.unread import Unread, where, write_unread
from ctg_analysis.processing.freshness import demarches, write_manifest

if TYPE_CHECKING:
    import pandas as pd


def derive_material(root: DataRoot, epci: str, places: "pd.DataFrame") -> "Mapping[str, pd.DataFrame]":
    """Return the tables that chapters may read of a démarche, see `demarche.tables.outputs`.

    Raises:
        InputError: with the findings of its files.
    """
    from ctg_analysis.demarche.files.material_files import open_material
    from ctg_analysis.demarche.files.restricted_files import open_restricted
    from ctg_analysis.demarche.results.results import results

    gathered = open_material(root, epci, places)
    return results(gathered, open_restricted(root, gathered), places)


def write_material(folder: Path, root: DataRoot, places: "pd.DataFrame", made_from: dict[str, str]) -> None:
    """Write these tables in a new folder, and what they were made from (see `freshness.material_inputs`).

    A démarche that has a fault is left out whole, and said to be.
    """
    from ctg_analysis.demarche.files.material_files import YAML_FILES
    from ctg_analysis.demarche.tables import TABLES

    names = {name for table in TABLES.values() for name in (table.file, table.workbook, table.sheet)} | {*YAML_FILES}
    unread: dict[str, Unread] = {}
    folder.mkdir()
    for epci in demarches(root):
        try:
            tables = derive_material(root, epci, places)
        except InputError as error:
            unread[epci] = {MATERIAL: where(error.findings[0], names)}
            continue
        (folder / epci).mkdir()
        for name, table in tables.items():
            table.to_parquet(folder / epci / f"{name}.parquet", index=False)
    write_unread(folder, unread)
    write_manifest(folder, made_from)
