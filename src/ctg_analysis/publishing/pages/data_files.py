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
from ctg_analysis.demarche.results.demarche import Demarche
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
END = "\r\n"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(folder: Path, chapter: Chapter) -> None:
    """Write donnees/*.csv: all the values behind the charts, as French spreadsheets open them."""
    data = folder / "donnees"
    data.mkdir()
    ranks = {name: rank for rank, name in enumerate(CATALOGUE)}
    table = chapter.named.sort_values("indicator", key=lambda names: names.map(ranks), kind="stable")
    for column in ("label", "unit", "file_name"):
        table[column] = table["indicator"].map(
            {indicator.id: getattr(indicator, column) for indicator in CATALOGUE.values()}
        )
    table["name"] = table["name"].map(spreadsheet_safe)
    written = _french(table)
    header, *lines = written.removesuffix(END).split(END)
    if len(lines) != len(table):
        raise ValueError("an end of line in a label, a unit or a name")
    for name, places in table.groupby("file_name", sort=False).indices.items():
        text = END.join([header, *(lines[place] for place in places), ""])
        (data / name).write_bytes(text.encode("utf-8-sig"))


def write_positions(folder: Path, seen: Territory) -> None:
    """Write the values of the other EPCIs that the territory is placed among, beside the others."""
    rows = all_beside(seen).sort_values(["indicator", "territory"], kind="stable")
    rows = rows.assign(
        **{name: [getattr(CATALOGUE[one], name) for one in rows["indicator"]] for name in ("label", "unit")}
    )
    text = _french(rows.assign(name=rows["name"].map(spreadsheet_safe)))
    (folder / "donnees" / POSITIONS_FILE).write_bytes(text.encode("utf-8-sig"))


def write_reach(folder: Path, seen: Territory) -> None:
    """Write the places of childcare that each commune reaches, when they are known, beside the others."""
    known = reach(seen)
    if known is None:
        return
    rows = known.rows[["territory", "name", "period", "value"]].rename(columns=FRENCH_COLUMNS | {"value": "enfants"})
    found = known.found.rename(columns=lambda limit: f"places_pour_100_a_{limit}_minutes")
    table = rows.merge(found, left_on="code", right_index=True, validate="1:1")
    table["territoire"] = table["territoire"].map(spreadsheet_safe)
    text = table.to_csv(sep=";", decimal=",", index=False, lineterminator=END)
    (folder / "donnees" / REACH_FILE).write_bytes(text.encode("utf-8-sig"))


def _french(table: pd.DataFrame) -> str:
    """Return rows of observations as French spreadsheets open them, under French names."""
    columns = table.rename(columns=FRENCH_COLUMNS)[list(FRENCH_COLUMNS.values())]
    return columns.to_csv(sep=";", decimal=",", index=False, lineterminator=END)


def write_material(folder: Path, demarche: Demarche) -> None:
    """Write the tables behind the charts of the démarche, beside the others, as a person wrote them."""
    for name in BEHIND_CHARTS:
        table = demarche.table(name)
        if not table.empty:
            _write(folder / "donnees" / f"demarche_{name}.csv", table.apply(lambda cells: cells.map(_cell_text)))


def write_spaces(folder: Path, seen: Territory) -> None:
    """Write the centres sociaux and EVS that the Caf's list names, when there is one, beside the others."""
    if len(seen.spaces):
        table = seen.spaces[list(SPACES_COLUMNS)].rename(columns=SPACES_COLUMNS)
        _write(folder / "donnees" / SPACES_FILE, table.map(spreadsheet_safe))


def write_projection(folder: Path, seen: Territory) -> None:
    """Write the projected children that a page shows, when there are some, beside the others."""
    table = shown_projections(seen)
    if len(table):
        told = table["group"].map(projections.LABELS), table["scenario"].map(projections.NAMES), table["year"]
        columns = dict(zip(["age", "scenario", "annee"], told, strict=True))
        columns["valeur"] = table["value"].map("{:.1f}".format).str.replace(".", ",")
        _write(folder / "donnees" / projections.FILE, pd.DataFrame(columns))


def _write(path: Path, table: pd.DataFrame) -> None:
    path.write_bytes(table.to_csv(sep=";", index=False, lineterminator=END).encode("utf-8-sig"))


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
