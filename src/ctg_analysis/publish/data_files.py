"""What was observed of a territory, for spreadsheets and as a Data Package; what changed since the edition before."""

import json
import shutil
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from ctg_analysis.chapter import demography
from ctg_analysis.chapter.chapter import Chapter
from ctg_analysis.chapter.demography import shown_projections
from ctg_analysis.chapter.neighbourhoods import NEIGHBOURHOODS_FILE
from ctg_analysis.chapter.profiles import FILE as POSITIONS_FILE
from ctg_analysis.chapter.profiles import all_beside
from ctg_analysis.chapter.structures import STRUCTURES_FILE
from ctg_analysis.chapter.tables import FILE as SPACES_FILE
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche.columns import LIST, PAIR
from ctg_analysis.display.drawing import plain
from ctg_analysis.display.sentences import value_text
from ctg_analysis.display.texts import date_text, typography
from ctg_analysis.model.catalogue import CATALOGUE, TITLES
from ctg_analysis.model.indicator import MISSING, NOT_APPLICABLE, OK
from ctg_analysis.model.source import SOURCES, Source
from ctg_analysis.model.yaml_files import load_yaml
from ctg_analysis.publish.editions import OBSERVATIONS, comes_after, record
from ctg_analysis.publish.site import page
from ctg_analysis.raw.folders import sha256 as sum_of_file

NAMES = load_yaml(Path(__file__).with_name("data_columns.yml"), dict[str, dict[str, str]]).value
BEHIND_CHARTS = ("bilan_actions", "priorities", "actions", "financements", "suivi", "indicateurs_suivi")
BEHIND_CHARTS += ("profile", "distribution", "by_group", "open_themes", "saturation", "attendance")
END = "\r\n"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_tables(folder: Path, chapter: Chapter) -> None:
    """Write donnees/*.csv, all the values behind the charts, as French spreadsheets open them, as a Data Package."""
    seen, data = chapter.territory, folder / DATA
    beside = all_beside(seen).table.sort_values(["indicator", "territory"], kind="stable")
    ranks = {name: rank for rank, name in enumerate(CATALOGUE)}
    observed = seen.named.sort_values("indicator", key=lambda names: names.map(ranks), kind="stable")
    files = observed["indicator"].map({one.id: one.file_name for one in CATALOGUE.values()})
    observed = _french(observed)
    spaces = _named(seen.spaces, "spaces")
    counted = seen.structures.astype(dict.fromkeys(("pupils", "classes"), "Int64"))
    tables = {
        **{f"demarche_{name}.csv": seen.demarche.table(name).map(_cell_text) for name in BEHIND_CHARTS},
        SPACES_FILE: spaces.map(spreadsheet_safe),
        STRUCTURES_FILE: _safe(_named(counted, "structures")),
        NEIGHBOURHOODS_FILE: _safe(_named(seen.neighbourhoods, "neighbourhoods")),
        demography.FILE: _projected(seen),
        POSITIONS_FILE: _french(beside),
    }
    tables = {name: table for name, table in tables.items() if len(table)}
    data.mkdir(exist_ok=True)  # the charts of a chapter may be there already
    header, *lines = _lines(observed)
    for name, some in pd.Series(lines, observed.index).groupby(files, sort=False):
        _write_lines(data / name, [header, *some])
    for name, table in tables.items():
        _write_lines(data / name, _lines(table))
    write_package(data, dict(iter(observed.groupby(files, sort=False))) | tables, seen)


def _lines(table: pd.DataFrame) -> list[str]:
    """The lines of a table as a CSV, its header first; a cell of two lines is in one line of these."""
    return table.to_csv(index=False, sep=";", decimal=",", lineterminator=END).removesuffix(END).split(END)


def _write_lines(path: Path, lines: Sequence[str]) -> None:
    path.write_text(END.join([*lines, ""]), encoding="utf-8-sig", newline="")


def _french(rows: pd.DataFrame) -> pd.DataFrame:
    said = {name: {one.id: getattr(one, name) for one in CATALOGUE.values()} for name in ("label", "unit")}
    words = {name: rows["indicator"].map(words) for name, words in said.items()}
    safe = rows.assign(**words, name=rows["name"].map(spreadsheet_safe))
    return _named(safe, "observations")


def _named(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    return table[list(NAMES[kind])].rename(columns=NAMES[kind])


def _safe(table: pd.DataFrame) -> pd.DataFrame:
    """A table whose texts no spreadsheet takes for a formula; yes or no in French."""
    said = {name: table[name].map({True: "oui", False: "non"}) for name in table.select_dtypes(bool)}
    texts = {name: table[name].map(spreadsheet_safe) for name in table.select_dtypes(["str", "object"])}
    return table.assign(**said, **texts)


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
    table = seen.named.drop(columns="summed").merge(words, on=keys, how="left", validate="m:1")
    table = table.sort_values(keys, ignore_index=True)
    table.astype(dict.fromkeys(table.select_dtypes("category"), str)).to_parquet(folder / OBSERVATIONS, index=False)
    return sum_of_file(folder / OBSERVATIONS)


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
    rows = changes(*(pd.read_parquet(one / OBSERVATIONS) for one in (before, folder))).to_dict("records")
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
    names = ("value", "numerator", "denominator", "status", "word")
    pairs = [(both[f"{name}_before"], both[f"{name}_now"]) for name in names]
    same = [before.eq(now) | (before.isna() & now.isna()) for before, now in pairs]
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

    folder: of the new one.
    """
    if latest is None:
        return []
    before, now = (pd.read_parquet(one / OBSERVATIONS) for one in (latest, folder))
    both = before.merge(now, on=KEYS, how="left", suffixes=("_before", "_now"))
    published = [both[f"status_{side}"].isin([OK, NOT_APPLICABLE]) for side in ("before", "now")]
    gone = both["source_before"].isin(RESTRICTED) & published[0] & ~published[1]
    return sorted(set(both.loc[gone, "indicator"]))


def _text(row, side: str) -> str:
    if pd.isna(getattr(row, f"status_{side}")):
        return "–"
    own = {name.removesuffix(f"_{side}"): value for name, value in row._asdict().items()}
    return value_text(CATALOGUE[row.indicator], pd.Series(own))


# The tables and charts of a report as a Data Package: what each file holds, from whom, how to read its columns.

DATA, PACKAGE, SCHEMA, CHARTS = "donnees", "datapackage.json", "observations.schema.json", "graphiques"
OPEN_LICENCE = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}
OF_WHOM = (
    "Les chiffres des producteurs publics sont sous la licence indiquée ; ceux que la démarche a recueillis "
    "appartiennent à qui la conduit."
)


def write_package(folder: Path, tables: Mapping[str, pd.DataFrame], seen: Territory) -> None:
    """Write datapackage.json beside the CSV files of a folder (Data Package 1, of Frictionless Data).

    The columns of most of them are the same, and stand in a file of their own. tables: by name of their file, as they
    were written there.
    """
    columns = list(NAMES["observations"].values())
    observed = [name for name, table in tables.items() if list(table) == columns]
    for name in observed[:1]:
        _write_json(folder / SCHEMA, _schema(tables[name]))
    used = dict.fromkeys(name for table in tables.values() for name in _sources(table))
    package = {
        "profile": "data-package",
        "name": f"diagnostic-{seen.epci}",
        "title": f"Diagnostic partagé : {seen.row['name']}",
        "description": OF_WHOM,
        "licenses": [OPEN_LICENCE],
        "sources": [_source(SOURCES[name], seen.received.get(name, "")) for name in used],
        "resources": [
            _resource(folder / name, table) | {"schema": SCHEMA if name in observed else _schema(table)}
            for name, table in tables.items()
        ],
    }
    _write_json(folder / PACKAGE, package)


def write_charts(folder: Path, chapter: str, drawings: Sequence[str]) -> None:
    """Write the drawing of each chart of a chapter as an SVG file, in colours that need no page."""
    (folder / DATA / CHARTS).mkdir(parents=True, exist_ok=True)
    for rank, drawing in enumerate(drawings, start=1):
        (folder / DATA / CHARTS / f"{chapter}_{rank}.svg").write_text(plain(drawing), encoding="utf-8")


def name_charts(folder: Path, latest: Path | None, titles: Mapping[str, Sequence[str]]) -> None:
    """Name the charts of a report in its Data Package; those of a page that stays come from the edition before.

    titles: those of the charts of each chapter, in their order.
    """
    data = folder / DATA
    package = json.loads((data / PACKAGE).read_text(encoding="utf-8"))
    for chapter, titles_there in titles.items():
        for rank, title in enumerate(titles_there, start=1):
            name = f"{chapter}_{rank}"
            path = f"{CHARTS}/{name}.svg"
            if not (data / path).exists():
                (data / CHARTS).mkdir(exist_ok=True)
                shutil.copyfile(latest / DATA / path, data / path)
            package["resources"].append(
                {"name": name, "path": path, "title": title, "format": "svg", "mediatype": "image/svg+xml"}
            )
    _write_json(data / PACKAGE, package)


def _write_json(path: Path, content: dict) -> None:
    path.write_text(f"{json.dumps(content, ensure_ascii=False, indent=1)}\n", encoding="utf-8")


def _sources(table: pd.DataFrame) -> list[str]:
    if not {"source", "statut"} <= set(table):
        return []
    told = zip(table["source"], table["statut"], strict=True)
    return [name for name, status in told if status != MISSING and name in SOURCES]


def _source(source: Source, received: str) -> dict[str, str]:
    said = {"name": source.id, "title": f"{source.producer}, {source.label}", "licence": source.licence}
    address = {"path": source.downloads[0].url} if source.downloads else {}
    return said | address | ({"date": received} if received else {})


def _resource(path: Path, table: pd.DataFrame) -> dict:
    content = path.read_bytes()
    return {
        "profile": "tabular-data-resource",
        "name": path.stem,
        "path": path.name,
        "title": _title(path.stem, table),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "dialect": {"delimiter": ";"},
        "bytes": len(content),
        "hash": f"sha256:{sha256(content).hexdigest()}",
    }


def _title(name: str, table: pd.DataFrame) -> str:
    if name in TITLES or name in CATALOGUE:
        return TITLES.get(name) or CATALOGUE[name].label
    labels = table["libelle"].unique() if "libelle" in table else []
    return " ; ".join(labels) if 0 < len(labels) < 4 else name.replace("_", " ")


def _schema(table: pd.DataFrame) -> dict:
    return {"fields": [_field(name, table[name]) for name in table], "missingValues": [""]}


def _field(name: str, column: pd.Series) -> dict[str, str]:
    number = pd.api.types.is_float_dtype(column)
    kind = "number" if number else "integer" if pd.api.types.is_integer_dtype(column) else "string"
    described = {"description": NAMES["descriptions"][name]} if name in NAMES["descriptions"] else {}
    return {"name": name, "type": kind} | ({"decimalChar": ","} if number else {}) | described
