"""What an analyst draws and tabulates, as a page shows it: a DataFrame in its frame, an image with its alternative."""

import io
import warnings
from base64 import b64encode
from numbers import Integral, Real

import numpy as np
import pandas as pd
from markupsafe import Markup

from ctg_analysis.display import quantities, texts
from ctg_analysis.display.markup import Citation, Html, Table, piece, source, table, together
from ctg_analysis.display.texts import date_text
from ctg_analysis.model.errors import UserError

MOST_ROWS, MOST_COLUMNS = 60, 20  # of a table on a page, as pandas shows them
DOTS, SCREEN = 160, 96  # of a drawing, and of a page, by inch: sharp on paper too
FIGURES, MOST_DECIMALS = 3, 4  # of a number of a table
NOTHING, UNNAMED = "\u2014", "Ligne"  # what is missing; the head of a column that has none
YEARS, YEAR_NAMES = (1800, 2200), {"an", "annee", "année", "annees", "années", "period", "periode", "période", "year"}


def frame(rows: pd.DataFrame | pd.Series, title: str = "", cited: Citation | None = None) -> Html:
    """A DataFrame as a table in French: its index names the rows, its first column where the index only counts them.

    What is missing bears a dash, a contour has no column; a note tells the rows and the columns that are left out.
    """
    whole = _flat(rows)
    if whole.empty:
        return piece("plain.html.j2", texts=["Tableau sans ligne."])
    shown = whole.iloc[:MOST_ROWS, :MOST_COLUMNS]
    columns = [_cells(shown.iloc[:, rank]) for rank in range(shown.shape[1])]
    lines = [list(line) for line in zip(*columns, strict=True)]
    words = [rank for rank in range(1, shown.shape[1]) if not _is_of_figures(shown.iloc[:, rank])]
    cut = [
        f"{quantities.number(some)} {what} sur {quantities.number(count)}"
        for some, count, what in zip(shown.shape, whole.shape, ("lignes", "colonnes"), strict=True)
        if some < count
    ]
    note = f"Seules sont montrées : {', '.join(cut)}." if cut else ""
    caption = title or str(rows.attrs.get("title", "Tableau"))
    made = table(Table(caption, list(map(str, shown.columns)), lines, note=note, left=frozenset(words)))
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


def picture(drawing: object, alt: str, cited: Citation, title: str = "") -> Html:
    """A drawing of matplotlib or seaborn, with its text alternative and its source; it is then closed.

    drawing: a figure, axes, or what a function of seaborn returns.

    Raises:
        UserError: something else; no text alternative, or no source.
    """
    if not alt.strip():
        raise UserError('picture: no text alternative: expected alt="what it shows, for who does not see it" (French)')
    if not cited.text.strip():
        raise UserError('picture: no source: expected source="the id of an indicator, or a text" (French)')
    figure = drawing if hasattr(drawing, "savefig") else getattr(drawing, "figure", None)
    if not hasattr(figure, "savefig"):
        raise UserError(f"picture: found {type(drawing).__name__}, expected a figure of matplotlib or its axes")
    from matplotlib import pyplot

    written = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of letters that a font has not: seen in the notebook
        figure.savefig(written, format="png", dpi=DOTS, bbox_inches="tight", metadata={"Software": None})
    pyplot.close(getattr(figure, "figure", figure))
    return image(written.getvalue(), "image/png", alt, title=title, cited=cited, by_inch=DOTS)


def image(
    content: bytes, kind: str, alt: str, *, title: str = "", cited: Citation | None = None, by_inch: int = 0
) -> Html:
    """An image in its frame. kind: its MIME type. by_inch: dots, of a PNG to be shown at the size of its inches."""
    width = round(int.from_bytes(content[16:20]) * SCREEN / by_inch) if by_inch else 0
    return piece(
        "picture.html.j2",
        kind=kind,
        image=Markup(b64encode(content).decode("ascii")),
        alt=alt,
        title=title,
        source=cited.text if cited else "",
        width=width,
    )
