"""What was observed of a territory, for spreadsheets and for the next edition."""

from pathlib import Path

import numpy as np
import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter.chapter import Chapter
from ctg_analysis.chapter.childcare_reach import FILE as REACH_FILE
from ctg_analysis.chapter.childcare_reach import reach
from ctg_analysis.chapter.positions import FILE as POSITIONS_FILE
from ctg_analysis.chapter.positions import all_beside
from ctg_analysis.chapter.projections import shown_projections
from ctg_analysis.chapter.spaces import FILE as SPACES_FILE
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche.tables.codes import LIST, PAIR
from ctg_analysis.display.pieces import projections
from ctg_analysis.publishing.editions import OBSERVATIONS
from ctg_analysis.sources.folders import sha256

FRENCH_COLUMNS = {
    "territory": "code",
    "name": "territoire",
    "level": "niveau",
    "period": "periode",
    "indicator": "indicateur",
    "label": "libelle",
    "value": "valeur",
    "low": "borne_basse",
    "high": "borne_haute",
    "numerator": "numerateur",
    "denominator": "denominateur",
    "unit": "unite",
    "status": "statut",
    "quality": "fiabilite",
    "source": "source",
    "denominator_period": "periode_du_denominateur",
}
SPACES_COLUMNS = {
    "territory": "code",
    "commune": "territoire",
    "period": "periode",
    "site": "structure",
    "kind": "type",
    "manager": "gestionnaire",
    "management": "gestion",
    "begin": "agrement_debut",
    "end": "agrement_fin",
}
BEHIND_CHARTS = ("bilan_actions", "priorities", "actions", "financements", "reunions", "suivi", "indicateurs_suivi")
BEHIND_CHARTS += ("profile", "distribution", "crossings", "by_group", "paths", "open_themes")
BEHIND_CHARTS += ("themes_by_type", "saturation", "attendance")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_tables(folder: Path, chapter: Chapter) -> None:
    """Write donnees/*.csv: all the values behind the charts, as French spreadsheets open them."""
    seen, data = chapter.territory, folder / "donnees"
    beside = all_beside(seen).sort_values(["indicator", "territory"], kind="stable")
    spaces = seen.spaces[list(SPACES_COLUMNS)].rename(columns=SPACES_COLUMNS)
    tables = {
        **_by_indicator(chapter.named),
        **{f"demarche_{name}.csv": _as_written(seen.demarche.table(name)) for name in BEHIND_CHARTS},
        SPACES_FILE: spaces.map(spreadsheet_safe),
        projections.FILE: _projected(seen),
        POSITIONS_FILE: _french(_declared(beside, "label", "unit")),
        REACH_FILE: _reached(seen),
    }
    data.mkdir()
    for name, table in tables.items():
        if len(table):
            form = {"sep": ";", "decimal": ",", "lineterminator": "\r\n", "encoding": "utf-8-sig"}
            table.to_csv(data / name, index=False, **form)


def _by_indicator(observed: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the observations of each file, in the order of the catalogue."""
    ranks = {name: rank for rank, name in enumerate(CATALOGUE)}
    table = observed.sort_values("indicator", key=lambda names: names.map(ranks), kind="stable")
    table = _declared(table, "label", "unit", "file_name")
    return {name: _french(rows) for name, rows in table.groupby("file_name", sort=False)}


def _declared(rows: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Return observations with what the catalogue says of their indicators."""
    said = {name: {one.id: getattr(one, name) for one in CATALOGUE.values()} for name in names}
    return rows.assign(**{name: rows["indicator"].map(words) for name, words in said.items()})


def _french(rows: pd.DataFrame) -> pd.DataFrame:
    """Return observations under French names."""
    safe = rows.assign(name=rows["name"].map(spreadsheet_safe))
    return safe.rename(columns=FRENCH_COLUMNS)[list(FRENCH_COLUMNS.values())]


def _reached(seen: Territory) -> pd.DataFrame:
    """Return the places of childcare that each commune reaches; nothing where they are not known."""
    known = reach(seen)
    if known is None:
        return pd.DataFrame()
    rows = known.rows[["territory", "name", "period", "value"]].rename(columns=FRENCH_COLUMNS | {"value": "enfants"})
    found = known.found.rename(columns=lambda limit: f"places_pour_100_a_{limit}_minutes")
    table = rows.merge(found, left_on="code", right_index=True, validate="1:1")
    return table.assign(territoire=table["territoire"].map(spreadsheet_safe))


def _as_written(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of the démarche as a person writes it."""
    return table.apply(lambda cells: cells.map(_cell_text))


def _projected(seen: Territory) -> pd.DataFrame:
    """Return the projected children that a page shows; nothing where there are none."""
    table = shown_projections(seen)
    if table.empty:
        return pd.DataFrame()
    values = table["value"].map("{:.1f}".format).str.replace(".", ",")
    told = {"age": table["group"].map(projections.LABELS), "scenario": table["scenario"].map(projections.NAMES)}
    return pd.DataFrame(told | {"annee": table["year"], "valeur": values})


def _cell_text(cell: object) -> str:
    """Return a cell as a person writes it: lists and pairs in one text, a decimal comma, oui or non."""
    if isinstance(cell, tuple):
        parts = [PAIR.join(map(_cell_text, part)) if isinstance(part, tuple) else part for part in cell]
        return spreadsheet_safe(LIST.join(parts))
    if pd.isna(cell):
        return ""
    if isinstance(cell, bool | np.bool_):
        return "oui" if cell else "non"
    if isinstance(cell, float):
        return f"{cell:g}".replace(".", ",") if abs(cell) < 1e6 else f"{cell:.0f}"
    return cell.date().isoformat() if isinstance(cell, pd.Timestamp) else spreadsheet_safe(str(cell))


def spreadsheet_safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_observations(folder: Path, seen: Territory) -> str:
    """Write observations.parquet, all that was observed of the territory and beside; return its SHA-256.

    Columns: those of OBSERVATIONS, name, and word, what the tests say of the comparison at the period of comparison.
    """
    keys = ["territory", "level", "period", "indicator"]
    words = seen.tested[[*keys, "word"]]
    table = seen.named.merge(words, on=keys, how="left", validate="m:1").sort_values(keys, ignore_index=True)
    table.astype(dict.fromkeys(table.select_dtypes("category"), str)).to_parquet(folder / OBSERVATIONS, index=False)
    return sha256(folder / OBSERVATIONS)
