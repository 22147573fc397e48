"""The title of a chart: what it shows, in a few words that the figures and the tests allow, never more."""

import re

import pandas as pd

from ctg_analysis.display import texts
from ctg_analysis.model import OK, Count, Indicator, Mean

# Each returns a text without a final stop, or nothing when the figures allow no sentence: the label is then the title.


def comparison(one: Indicator, rows: pd.DataFrame) -> str:
    """Return how the territory stands to its comparators. rows: see Observed.compared, the territory first.

    Numbers of things are not compared: those of a larger place are larger.
    """
    if isinstance(one.value, Count | Mean):
        return ""
    known = rows[rows["status"].eq(OK)]
    own, others = known.iloc[0], known.iloc[1:]
    others = others[others["level"].ne("peers")]
    said = others[others["word"].notna()].groupby("word", sort=False)["name"].unique()
    if len(said):
        clauses = [_clause(words, [texts.of(name) for name in names]) for words, names in said.items()]
        return f"Un niveau {', '.join(clauses)}"
    if others.empty:
        return ""
    national = others[others["level"].eq("france")]
    other = others.iloc[0] if national.empty else national.iloc[0]
    return f"{counted(one, own)} dans le territoire, {other['text']} {_where(other)}"


def _where(row: pd.Series) -> str:
    """Return « en France », « dans le département de l’Aveyron », « dans la région Occitanie »."""
    if row["level"] == "departement":
        return f"dans le département {texts.of(row['name'])}"
    if row["level"] == "region":
        return f"dans la région {row['name'].removeprefix('Région ')}"
    return f"en {row['name']}" if row["name"].startswith("France") else f"({row['name']})"


def counted(one: Indicator, row: pd.Series) -> str:
    """Return a value with its unit, where it is a plain number and the unit is not in it."""
    plain = re.fullmatch(r"[\d\u202f,+\u2212]+", row["text"]) and not one.id.endswith("_year")
    if not plain or one.unit.startswith("%"):
        return row["text"]
    return f"{row['text']} {one.unit if abs(row['value']) >= 2 else texts.singular(one.unit)}"


def _clause(said: str, places: list[str]) -> str:
    """Return « plus élevé que celui d’Aveyron et de France », « proche de celui d’Occitanie »."""
    words = said.removesuffix(" de").removesuffix(" que").replace("élevée", "élevé")
    return f"{words} {'que celui' if said.endswith('que') else 'de celui'} {texts.listed(places)}"


def trend(one: Indicator, rows: pd.DataFrame) -> str:
    """Return the first and the last value. rows: readable observations of the territory, by period."""
    first, last = rows.iloc[0], rows.iloc[-1]
    years = first["period"][:4], last["period"][:4]
    if first["text"] == last["text"]:
        return f"{counted(one, first)} en {years[0]} comme en {years[1]}"
    return f"De {counted(one, first)} en {years[0]} à {last['text']} en {years[1]}"


def circles(rows: pd.DataFrame) -> str:
    """Return how spread a count is. rows: of all the communes; nothing when one is not known."""
    values = rows["value"].sort_values(ascending=False)
    if not rows["status"].eq(OK).all() or values.sum() <= 0 or len(values) < 3:
        return ""
    some = int(values.gt(0).sum())
    if some < len(values):
        return f"{some} des {len(values)} communes en {'comptent' if some > 1 else 'compte'}"
    few = int((values.cumsum() < values.sum() / 2).sum()) + 1
    return f"Au moins la moitié dans {f'{few} des {len(values)} communes' if few > 1 else 'une seule commune'}"


def concerned(one: Indicator, rows: pd.DataFrame) -> str:
    """Return how many of the communes have something, some but not all. rows: of all the communes."""
    some = int(rows["value"].gt(0).sum())
    return f"Soit {some} des {len(rows)} communes du territoire" if one.unit == "communes" else circles(rows)


def choropleth(one: Indicator, rows: pd.DataFrame) -> str:
    """Return the least and the greatest value that may be written. rows: columns value, text, shown."""
    shown = rows[rows["shown"]].sort_values("value")
    if len(shown) < 2 or shown["text"].iloc[0] == shown["text"].iloc[-1]:
        return ""
    return f"De {shown['text'].iloc[0]} à {counted(one, shown.iloc[-1])} selon la commune"


def parts(shares: pd.DataFrame, own: pd.Series) -> str:
    """Return the largest part of the territory. shares: columns name, part, value, text. own: the row of the whole."""
    here = shares[shares["name"].eq(own["name"]) & shares["status"].eq(OK)]
    if here.empty:
        return ""
    largest = here.sort_values("value").iloc[-1]
    return f"{largest['part']} : {largest['text']} sur {own['text']}"


def balance(shares: pd.DataFrame, period: str) -> str:
    """Return what the parts are in the latest period. shares: columns name (the period), part, text."""
    last = shares[shares["name"].eq(period)]
    labels = [label if not rank else texts.uncapitalised(label) for rank, label in enumerate(last["part"])]
    said = [f"{label} : {text}" for label, text in zip(labels, last["text"], strict=True)]
    return f"{' ; '.join(said)} par an ({period})" if said else ""


def timeline(rows: pd.DataFrame) -> str:
    """Return when the first and the last end. rows: columns value (a year), status."""
    years = rows.loc[rows["status"].eq(OK), "value"].astype(int)
    first, last = years.min(), years.max()
    return f"Échéance en {first}" if first == last else f"Échéances de {first} à {last}"
