"""What changed since the edition before: new periods, revised values, statuses, differences told otherwise by tests."""

from pathlib import Path

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.core.model import NOT_APPLICABLE, OK
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.sentences import value_text
from ctg_analysis.display.words.texts import typography
from ctg_analysis.publishing.editions import (
    OBSERVATIONS,
    comes_after,
    damaged,
    is_rounded,
    is_whole,
    record,
    the_latest,
    the_one_before,
)
from ctg_analysis.publishing.pages.site import page
from ctg_analysis.sources import SOURCES

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
        rows = changes(*compared(before, pd.read_parquet(folder / OBSERVATIONS))).to_dict("records")
    date = date_text(record(before)["date"])
    text = page("changements.html.j2", page=about | {"current": PAGE}, date=date, changes=rows)
    (folder / PAGE).write_text(text, encoding="utf-8")
    return before.name


def compared(edition: Path, now: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the observations of an edition, and those of now that they may be compared with: no restricted ones if it
    has not rounded them.
    """
    both = pd.read_parquet(edition / OBSERVATIONS), now
    return both if is_rounded(record(edition)) else tuple(rows[~rows["source"].isin(RESTRICTED)] for rows in both)


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


def changes_of(epci: str, out: Path) -> tuple[str | None, pd.DataFrame]:
    """Return the edition that the latest one is compared with, and what changed, see `changes`."""
    edition = the_latest(epci, out)
    if not is_whole(edition):
        raise damaged(edition)
    before = the_one_before(edition)
    now = pd.read_parquet(edition / OBSERVATIONS)
    if not before:
        return None, changes(now, now)
    return before.name, changes(*compared(before, now))


def withheld(latest: Path | None, folder: Path) -> list[str]:
    """Return the indicators of restricted sources that an edition tells more closely than a new one does.

    folder: of the new one. All those of restricted sources when nobody can say what the edition shows any more, or when
    its counts are not rounded.
    """
    if latest is None:
        return []
    now = pd.read_parquet(folder / OBSERVATIONS)
    if not (latest / OBSERVATIONS).is_file() or not is_rounded(record(latest)):
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
    """Return the value of one side as a reader sees it."""
    if pd.isna(getattr(row, f"status_{side}")):
        return "–"
    own = {name.removesuffix(f"_{side}"): value for name, value in row._asdict().items()}
    return value_text(CATALOGUE[row.indicator], pd.Series(own))
