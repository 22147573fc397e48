"""What was observed of a territory, for spreadsheets, and what changed since the edition before."""

from pathlib import Path

import numpy as np
import pandas as pd

from ctg_analysis.chapter import demography
from ctg_analysis.chapter.chapter import Chapter
from ctg_analysis.chapter.demography import shown_projections
from ctg_analysis.chapter.profiles import FILE as POSITIONS_FILE
from ctg_analysis.chapter.profiles import all_beside
from ctg_analysis.chapter.tables import FILE as SPACES_FILE
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche.columns import LIST, PAIR
from ctg_analysis.display.sentences import value_text
from ctg_analysis.display.texts import date_text, typography
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import NOT_APPLICABLE, OK
from ctg_analysis.model.source import SOURCES
from ctg_analysis.publish.data_package import write_package
from ctg_analysis.publish.editions import OBSERVATIONS, comes_after, record
from ctg_analysis.publish.site import page
from ctg_analysis.raw.folders import sha256

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
BEHIND_CHARTS = ("bilan_actions", "priorities", "actions", "financements", "suivi", "indicateurs_suivi")
BEHIND_CHARTS += ("profile", "distribution", "by_group", "open_themes", "saturation", "attendance")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_tables(folder: Path, chapter: Chapter) -> None:
    """Write donnees/*.csv, all the values behind the charts, as French spreadsheets open them, as a Data Package."""
    seen, data = chapter.territory, folder / "donnees"
    beside = all_beside(seen).sort_values(["indicator", "territory"], kind="stable")
    spaces = seen.spaces[list(SPACES_COLUMNS)].rename(columns=SPACES_COLUMNS)
    tables = {
        **_by_indicator(seen.named),
        **{f"demarche_{name}.csv": seen.demarche.table(name).map(_cell_text) for name in BEHIND_CHARTS},
        SPACES_FILE: spaces.map(spreadsheet_safe),
        demography.FILE: _projected(seen),
        POSITIONS_FILE: _french(_declared(beside, "label", "unit")),
    }
    tables = {name: table for name, table in tables.items() if len(table)}
    data.mkdir()
    for name, table in tables.items():
        form = {"sep": ";", "decimal": ",", "lineterminator": "\r\n", "encoding": "utf-8-sig"}
        table.to_csv(data / name, index=False, **form)
    write_package(data, tables, seen)


def _by_indicator(observed: pd.DataFrame) -> dict[str, pd.DataFrame]:
    ranks = {name: rank for rank, name in enumerate(CATALOGUE)}
    table = observed.sort_values("indicator", key=lambda names: names.map(ranks), kind="stable")
    table = _declared(table, "label", "unit", "file_name")
    return {name: _french(rows) for name, rows in table.groupby("file_name", sort=False)}


def _declared(rows: pd.DataFrame, *names: str) -> pd.DataFrame:
    said = {name: {one.id: getattr(one, name) for one in CATALOGUE.values()} for name in names}
    return rows.assign(**{name: rows["indicator"].map(words) for name, words in said.items()})


def _french(rows: pd.DataFrame) -> pd.DataFrame:
    safe = rows.assign(name=rows["name"].map(spreadsheet_safe))
    return safe.rename(columns=FRENCH_COLUMNS)[list(FRENCH_COLUMNS.values())]


def _projected(seen: Territory) -> pd.DataFrame:
    table = shown_projections(seen)
    if table.empty:
        return pd.DataFrame()
    values = table["value"].map("{:.1f}".format).str.replace(".", ",")
    told = {"age": table["group"].map(demography.LABELS), "scenario": table["scenario"].map(demography.NAMES)}
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


KEYS = ["territory", "level", "period", "indicator"]
NEW, REVISED, STATUS, TESTED, GONE = "nouveau millésime", "valeur révisée", "statut", "écart testé", "retiré"
PAGE = "changements.html"
RESTRICTED = [name for name, source in SOURCES.items() if source.secrecy.threshold]


def write_changes(folder: Path, latest: Path | None, observations: str, about: dict) -> str | None:
    """Write the page "ce qui a changé"; return the edition that it compares with. The first edition has no such page.

    The edition before is the latest whose observations are not these: a new page of the same figures does not make
    the last changes disappear. observations: the sum of those of the folder.
    """
    before = comes_after(latest, observations) if latest else None
    if not before:
        return None
    rows = []
    if (before / OBSERVATIONS).is_file():
        both = (pd.read_parquet(one / OBSERVATIONS) for one in (before, folder))
        rows = changes(*both).to_dict("records")
    date = date_text(record(before)["date"])
    text = page("changements.html.j2", page=about | {"current": PAGE}, date=date, changes=rows)
    (folder / PAGE).write_text(text, encoding="utf-8")
    return before.name


def changes(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Return what changed from one table of observations to the next, the territory first, its communes last.

    before, now: columns of data_files.write_observations. Columns: kind, territory, name, level, indicator, label,
    period, before, now (as a reader sees them).
    """
    both = before.merge(now, on=KEYS, how="outer", suffixes=("_before", "_now"), indicator="found")
    same = [_same(both, name) for name in ("value", "numerator", "denominator", "status", "word")]
    both = both[both["indicator"].isin(list(CATALOGUE)) & ~pd.concat(same, axis=1).all(axis=1)]
    known = [both[f"status_{side}"].eq(OK) for side in ("before", "now")]
    appeared = both["found"].eq("right_only") & known[1]
    gone = both["found"].eq("left_only") & known[0]
    there = both["found"].eq("both")
    text = {side: [_text(row, side) for row in both.itertuples(index=False)] for side in ("before", "now")}
    both = both.assign(**text, kind=None)
    both.loc[there & both["before"].ne(both["now"]), "kind"] = STATUS
    both.loc[there & known[0] & known[1] & both["before"].ne(both["now"]), "kind"] = REVISED
    both.loc[appeared, "kind"] = NEW
    both.loc[gone, "kind"] = GONE
    words = both[there & both["word_before"].fillna("").ne(both["word_now"].fillna(""))]
    words = words.assign(kind=TESTED, before=words["word_before"].fillna("–"), now=words["word_now"].fillna("–"))
    table = pd.concat([both[both["kind"].notna()], words])
    table = table.assign(
        name=table["name_now"].fillna(table["name_before"]).map(typography),
        label=table["indicator"].map({indicator.id: typography(indicator.label) for indicator in CATALOGUE.values()}),
        order=table["level"].map({"epci": 0, "commune": 2, "secteur": 2}).fillna(1),
    )
    table = table.sort_values(["order", "kind", "label", "period", "name"], kind="stable", ignore_index=True)
    return table[["kind", "territory", "name", "level", "indicator", "label", "period", "before", "now"]]


def withheld(latest: Path | None, folder: Path) -> list[str]:
    """Return the indicators of restricted sources that an edition tells more closely than a new one does.

    folder: of the new one. All those of restricted sources when nobody can say what the edition shows any more.
    """
    if latest is None:
        return []
    now = pd.read_parquet(folder / OBSERVATIONS)
    if not (latest / OBSERVATIONS).is_file():
        return sorted(set(now.loc[now["source"].isin(RESTRICTED), "indicator"]))
    before = pd.read_parquet(latest / OBSERVATIONS)
    both = before.merge(now, on=KEYS, how="left", suffixes=("_before", "_now"))
    published = [both[f"status_{side}"].isin([OK, NOT_APPLICABLE]) for side in ("before", "now")]
    gone = both["source_before"].isin(RESTRICTED) & published[0] & ~published[1]
    return sorted(set(both.loc[gone, "indicator"]))


def _same(both: pd.DataFrame, name: str) -> pd.Series:
    before, now = both[f"{name}_before"], both[f"{name}_now"]
    return before.eq(now) | (before.isna() & now.isna())


def _text(row, side: str) -> str:
    if pd.isna(getattr(row, f"status_{side}")):
        return "–"
    own = {name.removesuffix(f"_{side}"): value for name, value in row._asdict().items()}
    return value_text(CATALOGUE[row.indicator], pd.Series(own))
