"""What an analyst brings and shows: own figures, drawings and tables, other EPCIs, beside the observations."""

import io
import re
import sys
import warnings
from base64 import b64encode
from numbers import Integral, Real
from pathlib import Path

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib import pyplot
from matplotlib.ticker import ScalarFormatter

from ctg_analysis.chapter import analyst
from ctg_analysis.chapter.known import source as source_of
from ctg_analysis.chapter.known import unavailable
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import quantities, texts
from ctg_analysis.display.markup import SHOWN, Html, Table, piece, source, table, telling, together
from ctg_analysis.display.notes import short_sources
from ctg_analysis.display.tables import signs
from ctg_analysis.display.texts import alphabetical, date_text
from ctg_analysis.indicators.comparisons import newest
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import Finding, InputError, UserError
from ctg_analysis.model.habits import quote
from ctg_analysis.model.indicator import MISSING, SECRET
from ctg_analysis.model.settings import project_path
from ctg_analysis.model.source import SOURCES
from ctg_analysis.raw.files import load
from ctg_analysis.show.finish import of_axis
from ctg_analysis.show.on_page import figure_of

MOST_ROWS, MOST_COLUMNS = 60, 20  # of a table on a page, as pandas shows them
DOTS, SCREEN = 160, 96  # of a drawing, and of a page, by inch: sharp on paper too
FIGURES, MOST_DECIMALS = 3, 4  # of a number of a table
NOTHING, UNNAMED = "\u2014", "Ligne"  # what is missing; the head of a column that has none
YEARS, YEAR_NAMES = (1800, 2200), {"an", "annee", "année", "annees", "années", "period", "periode", "période", "year"}
CODE = "code"
CODES = ("code", "codgeo", "codeinsee", "codecommune", "insee", "com", "depcom")  # letters of a name, as files have it
COMMUNE = re.compile(r"\d[\dAB]\d{3}")
SPACES = re.compile(r"[\s\u00a0\u202f]+")
NUMBER = r"[+-]?\d+(?:[.,]\d+)?[%€]?"
WITHHELD, ABSENT = r"s|ss|secret|[<≤]\d+", r"nd|n\.d\.|na|n/a|nan|so|-|–|…"
TABLE = "le tableau"  # how an error names a DataFrame
MOST_CODES = 5  # that are named
COLUMN = "le code Insee d'une commune à chaque ligne, dans une colonne code, CODGEO ou code_insee"
Own = str | Path | pd.DataFrame | pd.Series  # a table of one's own, or a column of one by code


def frame(rows: pd.DataFrame | pd.Series, title: str = "", cited: str | None = None) -> Html:
    """A DataFrame as a table in French: its index names the rows, its first column where the index only counts them.

    What is missing bears a dash, a contour has no column. Of one without a source, the first rows and columns, and a
    note tells so, beside what `attrs["note"]` says.
    """
    whole = _flat(rows)
    if whole.empty:
        return piece("plain.html.j2", texts=["Tableau sans ligne."])
    shown = whole if cited else whole.iloc[:MOST_ROWS, :MOST_COLUMNS]
    columns = [_cells(shown.iloc[:, rank]) for rank in range(shown.shape[1])]
    lines = [list(line) for line in zip(*columns, strict=True)]
    words = [rank for rank in range(1, shown.shape[1]) if not _is_of_figures(shown.iloc[:, rank])]
    cut = [
        f"{quantities.number(some)} {what} sur {quantities.number(count)}"
        for some, count, what in zip(shown.shape, whole.shape, ("lignes", "colonnes"), strict=True)
        if some < count
    ]
    notes = [signs(lines), rows.attrs.get("note", ""), f"Seules sont montrées : {', '.join(cut)}." if cut else ""]
    caption, of_words = title or str(rows.attrs.get("title", "Tableau")), 0 < len(words) == shown.shape[1] - 1
    left, note = frozenset() if of_words else frozenset(words), " ".join(filter(None, notes))
    made = table(Table(caption, list(map(str, shown.columns)), lines, note=note, left=left, words=of_words))
    return together(made, source(cited)) if cited else made


def _flat(rows: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """A DataFrame whose columns are all there is to show, under names of one level."""
    flat = pd.DataFrame(rows.to_frame() if isinstance(rows, pd.Series) else rows)
    flat = flat[[name for name in flat if str(flat.dtypes[name]) != "geometry"]] if flat.columns.is_unique else flat
    names = [" ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in flat.columns]
    flat = flat.set_axis(names, axis=1)
    if flat.index.nlevels == 1 and flat.index.name is None and pd.api.types.is_integer_dtype(flat.index):
        return flat
    return flat.reset_index(
        names=[UNNAMED if name is None else str(name) for name in flat.index.names], allow_duplicates=True
    )


def _is_of_figures(cells: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells)


def _cells(cells: pd.Series) -> list[str]:
    """The cells of a column, as a reader sees them.

    >>> _cells(pd.Series([1240.0, None, 3])), _cells(pd.Series([0.125, 12.0])), _cells(pd.Series(["12001", "s"]))
    (['1\\u202f240', '—', '3'], ['0,125', '12,000'], ['12001', 's'])
    >>> _cells(pd.Series([2023, 2024], name="year")), _cells(pd.Series([2023, 2024]))
    (['2023', '2024'], ['2\\u202f023', '2\\u202f024'])
    """
    if not _is_of_figures(cells):
        return [_text(cell) for cell in cells]
    known = cells.dropna()
    if str(cells.name).lower() in YEAR_NAMES and known.between(*YEARS).all():
        return [NOTHING if pd.isna(cell) else f"{cell:.0f}" for cell in cells]
    decimals = _decimals(known.to_numpy(dtype=float))
    return [NOTHING if pd.isna(cell) else _number(cell, decimals) for cell in cells]


def _decimals(values: np.ndarray) -> int:
    """The fewest decimals that keep three figures of each number and one decimal, or all that it has.

    >>> [_decimals(np.array(values)) for values in ([3.0, 40], [12.34, 5.5], [0.125], [0.1 + 0.2], [1234.56, 99.6])]
    [0, 1, 3, 1, 1]
    """
    finite = values[np.isfinite(values) & (values != 0)]
    wanted = np.maximum(1, FIGURES - 1 - np.floor(np.log10(np.abs(finite))))
    for decimals in range(MOST_DECIMALS):
        if np.all((wanted <= decimals) | np.isclose(np.round(finite, decimals), finite, rtol=1e-12, atol=0)):
            return decimals
    return MOST_DECIMALS


def _number(value: float, decimals: int) -> str:
    """A number; one that its decimals would make a zero is written with its power of ten."""
    if not np.isfinite(value):
        return "∞" if value > 0 else f"{texts.MINUS}∞"
    if value and not round(value, decimals):
        return f"{value:.1e}".replace(".", ",").replace("-", texts.MINUS)
    return quantities.number(float(value), decimals)


def _text(cell: object) -> str:
    if isinstance(cell, bool | np.bool_):
        return "oui" if cell else "non"
    if not isinstance(cell, list | tuple | set | dict | np.ndarray) and pd.isna(cell):
        return NOTHING
    if isinstance(cell, pd.Timestamp) and cell == cell.normalize():
        return date_text(cell)
    if isinstance(cell, Real) and not isinstance(cell, Integral):
        return _number(float(cell), _decimals(np.array([float(cell)])))
    return texts.typography(str(cell))


def image(content: bytes, kind: str, alt: str, *, title: str = "", cited: str | None = None, by_inch: int = 0) -> Html:
    """An image in its frame. kind: its MIME type. by_inch: dots, of a PNG to be shown at the size of its inches."""
    width = round(int.from_bytes(content[16:20]) * SCREEN / by_inch) if by_inch else 0
    return piece(
        "picture.html.j2",
        kind=kind,
        image=Markup(b64encode(content).decode("ascii")),
        alt=alt,
        title=title,
        source=cited or "",
        width=width,
    )


def with_own(territory: Territory, indicators: str | list[str], own: Own) -> pd.DataFrame:
    """The communes with the latest value of an indicator, or of several, and the columns of a table of one's own.

    What of it is left out is said on the standard error, which no page shows.

    Parameters:
        own: a DataFrame, or a file (CSV in UTF-8, with ; or , between cells, .xlsx, .parquet): a column of INSEE codes
            (code, CODGEO, code_insee), one line a commune, any other columns. « 1 240 », « 12,5 » and « 12 % » are
            numbers; « s » and « <5 » are withheld, so missing.

    Returns:
        Columns territory, name, period, the id of the indicator, status (of several, their ids alone), then those of
        the table: a commune that it leaves out has no value there, one of which the indicator says nothing is kept.
        What is withheld, of a column « x », has « secret » in « x_status »; attrs["note"] names it under a table.

    Raises:
        InputError: no such file, no column of codes, a commune or a column that comes twice. UserError: no table.
    """
    names = indicators if isinstance(indicators, list | tuple) else [indicators]
    several = [analyst.indicator_of(name) for name in names]
    table, left_out = _read(own, set(territory.communes["code"]), territory.row["name"])
    for line in left_out:
        print(line, file=sys.stderr)
    beside = territory.communes[[CODE, "name"]].sort_values(CODE, ignore_index=True, kind="stable")
    beside["name"] = beside["name"].map(texts.typography)
    for indicator in several:
        rows = territory.data(indicator)
        rows = rows[rows["level"].eq("commune")].sort_values("period", kind="stable")
        rows = rows.drop_duplicates("territory", keep="last").rename(columns={"territory": CODE, "value": indicator.id})
        if len(several) > 1 and rows["status"].eq(SECRET).any():
            rows = with_status(rows, indicator.id, rows["status"].eq(SECRET))
        named = [name for name in (indicator.id, status_of(indicator.id)) if name in rows]
        rows = rows[[CODE, *named] if len(several) > 1 else [CODE, "period", indicator.id, "status"]]
        beside = beside.merge(rows, on=CODE, how="left", validate="1:1")
    if "status" in beside:
        beside["status"] = beside["status"].fillna(MISSING)
    beside = beside.merge(table, on=CODE, how="left", validate="1:1", suffixes=("", "_own"))
    beside = beside.rename(columns={CODE: "territory"})
    beside.attrs["note"] = withheld(beside, several[0].id)
    return beside


def status_of(column: str) -> str:
    """The column that tells of which communes a column is withheld."""
    return f"{column}_status"


def with_status(table: pd.DataFrame, column: str, is_secret: pd.Series) -> pd.DataFrame:
    """A table with a column after another one: « secret » where it is withheld, nothing elsewhere."""
    table = table.copy()
    table.insert(table.columns.get_loc(column) + 1, status_of(column), is_secret.map({True: SECRET, False: ""}))
    return table


def withheld(beside: pd.DataFrame, indicator: str) -> str:
    """Of which communes which columns are withheld, in a sentence; nothing where none is.

    indicator: the one whose status stands in the column « status ».

    >>> withheld(pd.DataFrame({"name": ["A", "B"], "x": [1.0, None], "x_status": ["", "secret"]}), "births_count")
    'Sous secret : x (B).'
    """
    columns = {indicator: "status"} | {name: status_of(name) for name in beside}
    said = []
    for name, status in columns.items():
        places = beside.loc[beside[status].eq(SECRET), "name"] if status in beside else []
        label = CATALOGUE[name].label if name in CATALOGUE else name
        said += [f"{label} ({', '.join(places)})"] if len(places) else []
    return f"Sous secret : {' ; '.join(said)}." if said else ""


def _read(own: Own, communes: set[str], name: str) -> tuple[pd.DataFrame, list[str]]:
    """The lines of the communes of a territory, their numbers read, and what is left out. name: of the territory."""
    place, first, table = _opened(own)
    column = _column_of_codes(table, place, first)
    codes = _codes(table[column])
    is_commune, is_own = codes.str.fullmatch(COMMUNE.pattern), codes.isin(communes)
    again = codes[is_own & codes.duplicated()]
    if len(again):
        once = "une commune du territoire, une seule fois"
        raise InputError(
            [Finding(place, line, str(column), f"{quote(code)} une seconde fois", once) for line, code in again.items()]
        )
    left_out = [
        f"{place}, ligne {line} : laissée de côté, {quote(code)} n'est pas une commune"
        for line, code in codes[~is_commune].items()
    ]
    if len(others := codes[is_commune & ~is_own]):
        some = ", ".join(others[:MOST_CODES]) + ", …" * (len(others) > MOST_CODES)
        s = "s" * (len(others) > 1)
        left_out.append(f"{place} : {len(others)} ligne{s} laissée{s} de côté, de communes hors de {name} : {some}")
    kept = table.drop(columns=column)[is_own]
    read = {column: _figures(kept[column]) for column in kept}
    left_out += [f"{place}, colonne {column} : {told}" for column, (_, told) in read.items() if told]
    figures = pd.DataFrame({column: cells for column, (cells, _) in read.items()}, index=kept.index)
    for column, (cells, said) in read.items():
        figures = with_status(figures, column, is_secret(kept[column]) & cells.isna()) if said else figures
    figures.insert(0, CODE, codes[is_own])
    return figures.reset_index(drop=True), left_out


def _opened(own: Own) -> tuple[str, int | None, pd.DataFrame]:
    """How errors name a table, the line of its header, and it; index: its lines as a person counts them."""
    if isinstance(own, pd.Series):
        own = own.to_frame()
    if isinstance(own, pd.DataFrame):
        table = own.reset_index() if own.index.name is not None else own
        return TABLE, None, table.set_axis(range(1, len(table) + 1))
    if not isinstance(own, str | Path):
        raise UserError(f"trouvé {type(own).__name__}, attendu un DataFrame ou le nom d'un fichier")
    own = Path(own)
    place = project_path(own.absolute())
    if not own.is_file():
        raise InputError(
            [Finding(place, None, None, "aucun fichier", "un fichier CSV ou .xlsx, avec une colonne code")]
        )
    table = load(own, lambda header: header)
    table = table.drop(columns="sheet") if own.suffix == ".xlsx" else table
    return place, 1, table.apply(lambda cells: cells.str.strip())


def _column_of_codes(table: pd.DataFrame, place: str, first: int | None) -> object:
    """The name of the column of the codes of communes. place, first: see `_opened`.

    Raises:
        InputError: no such column, a header of several lines, a column that comes twice.
    """
    if table.columns.nlevels > 1 or not table.columns.is_unique:
        several = table.columns.nlevels > 1
        found = "un en-tête de plusieurs lignes" if several else "une colonne qui vient deux fois"
        once = "chaque colonne une fois, sous un seul nom"
        raise InputError([Finding(place, first, None, found, once)])
    letters = [re.sub("[^a-z]", "", alphabetical(str(name))) for name in table]
    for code in CODES:
        if code in letters:
            return table.columns[letters.index(code)]
    raise InputError([Finding(place, first, CODE, "pas de colonne de ce nom", COLUMN)])


def _codes(cells: pd.Series) -> pd.Series:
    """Codes of communes as the INSEE writes them: a spreadsheet may have taken 01001 for a number.

    >>> _codes(pd.Series([1001, 12001])).tolist(), _codes(pd.Series(["2a004", " 1001", "Total"])).tolist()
    (['01001', '12001'], ['2A004', '01001', 'TOTAL'])
    """
    texts = cells.astype(str).str.strip().str.removesuffix(".0").str.upper()
    return texts.where(~texts.str.fullmatch(r"\d{4}"), "0" + texts)


def _figures(cells: pd.Series) -> tuple[pd.Series, str]:
    """A column as numbers when all its filled cells are or say why there is none, else as it is; what was withheld.

    >>> _figures(pd.Series(["1 240", "12,5 %", "s", ""]))[0].tolist()
    [1240.0, 12.5, nan, nan]
    """
    if not pd.api.types.is_string_dtype(cells) and cells.dtype != object:
        return cells, ""
    plain, secret = _plain(cells), is_secret(cells)
    filled = plain[plain.ne("") & ~secret & ~plain.str.fullmatch(ABSENT, case=False)]
    if filled.empty or not filled.str.fullmatch(NUMBER).all():
        return cells, ""
    numbers = pd.to_numeric(plain.str.rstrip("%€").str.replace(",", "."), errors="coerce")
    count = int(secret.sum())
    return numbers, f"{count} sous secret (s ou <5), sans valeur" if count else ""


def _plain(cells: pd.Series) -> pd.Series:
    return cells.fillna("").astype(str).str.replace(SPACES, "", regex=True).str.replace("−", "-")


def is_secret(cells: pd.Series) -> pd.Series:
    """Which cells of a column say that who gave it withholds a number: « s », « <5 »."""
    return _plain(cells).str.fullmatch(WITHHELD, case=False)


def picture(territory: Territory, drawing: object, *, alt: str, source: str, title: str = "") -> Html:
    """A drawing of matplotlib or seaborn as a page shows it; it is then closed.

    drawing: a figure, axes, or what a function of seaborn returns. alt: what it shows, for who does not see it. source:
    the id of an indicator, whose source is cited, or a text.

    Raises:
        UserError: something else; no text alternative, or no source.
    """
    if not alt.strip():
        raise UserError('picture: no text alternative: expected alt="what it shows, for who does not see it" (French)')
    if not source.strip():
        raise UserError('picture: no source: expected source="the id of an indicator, or a text" (French)')
    whole = figure_of(drawing, "picture")
    for axis in (axis for ax in whole.get_axes() for axis in (ax.xaxis, ax.yaxis)):
        if type(axis.get_major_formatter()) is ScalarFormatter:
            axis.set_major_formatter(of_axis)
    written = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of letters that a font has not: seen in the notebook
        whole.savefig(written, format="png", dpi=DOTS, bbox_inches="tight", metadata={"Software": None})
    pyplot.close(whole)
    piece = image(written.getvalue(), "image/png", alt, title=title, cited=_cited(territory, source), by_inch=DOTS)
    return _citing(piece, source)


def framed(territory: Territory, table: pd.DataFrame, *, source: str, title: str = "") -> Html:
    """A DataFrame as a page shows it, whole, under a title: `attrs["title"]` unless given. source: as for a picture.

    One without a row, of an indicator that is not known here: the box of who has it.

    Raises:
        UserError: no title.
    """
    title = title or table.attrs.get("title", "")
    if not title:
        raise UserError('framed: no title: expected title="what the table shows" (French)')
    if table.empty and source in CATALOGUE and territory.own(CATALOGUE[source]).empty:
        return _citing(unavailable(territory, CATALOGUE[source], title), source)
    return _citing(frame(table, title, _cited(territory, source)), source)


def _cited(territory: Territory, source: str) -> str:
    """A text; of an indicator, the source of its latest figures here, failing that those that it is declared with."""
    if source not in CATALOGUE:
        return source
    rows = territory.data(CATALOGUE[source])
    rows = rows[rows["status"].ne(MISSING) & rows["source"].isin(territory.received)]
    if rows.empty:
        return f"{short_sources([SOURCES[name] for name in CATALOGUE[source].sources])}."
    return source_of(territory, rows[rows["period"].eq(newest(rows["period"]))])


def _citing(piece: Html, source: str) -> Html:
    """A piece that tells the indicator that its source is named by, so that the chapter defines it."""
    return telling(piece, SHOWN, source) if source in CATALOGUE else piece
