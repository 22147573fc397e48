"""The names of the communes of a map: those that find room, the largest communes first."""

import math

import pandas as pd

from ctg_analysis.display.drawings.drawing import Drawing, length
from ctg_analysis.display.drawings.land import Land
from ctg_analysis.display.drawings.neighbours import overlap
from ctg_analysis.display.drawings.style import FAINT, LETTERS, LINE, ON_A_PHONE, PAPER, SEQUENTIAL, WIDTH

NAMED_UP_TO = 24  # communes; beyond, only the largest are named
CLEAR = 2  # units between a name and the disc of another commune


def write_names(
    drawing: Drawing, ground: Land, rows: pd.DataFrame, *, by: str, dark: set[str] = frozenset()
) -> set[str]:
    """Write the names that find room, those of the largest communes first; the table below the map has them all.

    No name comes upon the circle of another commune, nor nearer to it than to its own.

    by: the column that says which are large; « value » when a circle shows it, which is then written too unless zero.
    dark: the communes that are shaded so dark that their names are written in white. Returns the communes whose value
    is written.
    """
    placed = rows[rows["territory"].isin(ground.points.keys())]
    order = placed.sort_values([by, "inhabitants", "territory"], ascending=[False, False, True])
    discs = [(*ground.points[row.territory], row.radius) for row in order.itertuples(index=False) if row.radius]
    if len(order) > NAMED_UP_TO:
        order = order.head(8)
    taken, spots, valued = [], [], set()
    for row in order.itertuples(index=False):
        with_value = [f"{row.name}\n{row.text}"] if by == "value" and row.value != 0 else []
        for words in [*with_value, row.name]:
            spot = _free(words, ground.points[row.territory], row.radius, taken, discs, ground.height)
            if spot:
                taken.append(spot[2])
                spots.append((row.territory in dark, words, *spot[:2]))
                valued |= {row.territory} if "\n" in words else set()
                break
    for on_dark in (False, True):
        ink = {"fill": PAPER} if on_dark else {}
        with drawing.halo(SEQUENTIAL[-1] if on_dark else PAPER):
            for is_dark, words, x, y in spots:
                if is_dark == on_dark:
                    drawing.text(x, y, words, anchor="middle", size=LETTERS, **ink)
    for label in ground.labels:  # the neighbours and the main towns that no name or disc of the territory covers
        if any(overlap(label.box, other) for other in taken) or any(_gap(label.box, disc) < 0 for disc in discs):
            continue
        if label.town:
            drawing.circle(*label.town, 1.6, FAINT)
        style = {} if label.town else {"font_style": "italic"}
        drawing.text(label.x, label.y, label.words, anchor="middle", size=LETTERS, fill=FAINT, **style)
    return valued


def _free(words: str, point: tuple[float, float], radius: float, taken: list, discs: list, height: float):
    """Return where words may stand near a disc (below, above, beside it) or on a point, and the box that they take."""
    x, y = point
    across, down = length(words, ON_A_PHONE), ON_A_PHONE * LINE * (words.count("\n") + 1)
    under, aside = radius + CLEAR + down / 2, radius + CLEAR + across / 2
    places = [(x, y + under), (x, y - under)]
    places += [(x + aside, y), (x - aside, y)] if radius else []
    places += [(x + side * across / 3, y + low * under) for low in (1, -1) for side in (1, -1)] if radius else []
    corners = [(x + right * aside, y + low * (radius + down / 2)) for low in (1, -1) for right in (1, -1)]
    places += corners if radius else []
    for left, top in places if radius else [(x, y), *places]:
        left = min(max(left, across / 2), WIDTH - across / 2)
        box = (left - across / 2, top - down / 2, left + across / 2, top + down / 2)
        own = _gap(box, (x, y, radius)) if radius else CLEAR
        near = [_gap(box, disc) for disc in discs if disc != (x, y, radius)]
        apart = own > CLEAR / 2 and all(gap > own for gap in near)
        clear = apart and not any(overlap(box, other) for other in taken)
        if box[1] >= 0 and box[3] <= height and clear:
            return left, top, box
    return None


def _gap(box: tuple[float, float, float, float], disc: tuple[float, float, float]) -> float:
    """Return how far a box is from a disc, below zero when it comes upon it."""
    x, y, radius = disc
    across, down = max(box[0] - x, x - box[2], 0), max(box[1] - y, y - box[3], 0)
    return math.hypot(across, down) - radius
