"""What makes the Axes of a notebook fit for a page: French numbers, no name of a column, a word for each mark."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection

from ctg_analysis.display.texts import date_text
from ctg_analysis.show.charts import with_axes
from ctg_analysis.show.svg import tell

COLUMNS = frozenset(
    ["value", "year", "date", "name", "label", "period", "territory", "level", "indicator"]
)  # no words for a reader


def drawn(ax: Axes, rows: pd.DataFrame) -> Axes:
    """The Axes of a notebook as a page shows them; those of `charts`, which has told its marks, as they are.

    A bar or a point tells the row whose value it stands for: its place or, of one place, its date.

    rows: what is drawn, columns name, period, value, text.
    """
    if any(mark.get_url() for mark in ax.get_children()) or not ax.axison:
        return ax
    for axis, name in ((ax.xaxis, ax.get_xlabel()), (ax.yaxis, ax.get_ylabel())):
        axis.set_label_text("" if name in COLUMNS else name)
    left = [row for row in rows.itertuples(index=False) if pd.notna(row.value)]
    several = rows["name"].nunique() > 1

    def told(*ends: float) -> tuple[str, str] | None:
        found = next((row for row in left if any(abs(row.value - end) < 1e-9 for end in ends)), None)
        if found is None:
            return None
        left.remove(found)
        when = date_text(found.period)
        return (found.name if several else when), (f"{found.text} ({when})" if several else found.text)

    for bar in ax.patches:
        if words := told(bar.get_height(), bar.get_width()):
            tell(bar, *words)
    points = [spot for line in ax.lines if line.get_marker() not in ("None", "", None) for spot in line.get_xydata()]
    points += [spot for one in ax.collections if isinstance(one, PathCollection) for spot in one.get_offsets()]
    for x, y in points:
        if words := told(y, x):
            (point,) = ax.plot(x, y, "o", color="none", markersize=8)
            tell(point, *words)
    return with_axes(ax)
