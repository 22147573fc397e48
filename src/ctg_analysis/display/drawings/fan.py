"""What was counted, and what could follow."""

from collections.abc import Sequence

from ctg_analysis.display.drawings.axes import room_of, scale, tick_labels, ticks_between, value_axis
from ctg_analysis.display.drawings.drawing import Drawing, length
from ctg_analysis.display.drawings.lines import apart
from ctg_analysis.display.drawings.style import FAINT, OTHERS, SMALL, TERRITORY, WIDTH
from ctg_analysis.display.words.quantities import number

HEIGHT, TOP, BOTTOM = 220, 14, 24
DASHED, DOTTED = "6 4", "1.5 4"

Points = Sequence[tuple[int, float]]  # years and values, in their order


def fan(counted: Points, ahead: dict[str, Points]) -> str:
    """Return a line of counts, then those of what could follow, the first dashed, the others dotted.

    counted: from zero on the axis. ahead: by name. Each line begins at the last count, and is named at its end.
    """
    ahead = {name: [counted[-1], *points] for name, points in ahead.items()}
    ends = {name: f"{name} {number(points[-1][1])}" for name, points in ahead.items()}
    ticks = ticks_between(0, max(value for points in (counted, *ahead.values()) for _, value in points), whole=True)
    labels = tick_labels(ticks, 0)
    left = room_of(labels) + 8
    right = WIDTH - max(length(text, SMALL) for text in ends.values()) - 8
    highest = max(value for points in (counted, *ahead.values()) for _, value in points)
    drawing = Drawing(HEIGHT)

    x = scale(counted[0][0], max(points[-1][0] for points in ahead.values()), left, right)
    y = scale(0, highest, HEIGHT - BOTTOM, TOP)
    value_axis(drawing, y, ticks, labels, left - 8, right)
    for year in sorted({year for points in (counted, *ahead.values()) for year, _ in points}):
        drawing.text(x(year), HEIGHT - BOTTOM / 2 + 2, str(year), anchor="middle", size=SMALL, fill=FAINT)
    for rank, points in enumerate(ahead.values()):
        line = [(x(year), y(value)) for year, value in points]
        stroke, width, dash = (OTHERS["departement"], 2, DOTTED) if rank else (TERRITORY, 2.4, DASHED)
        drawing.line(line, stroke, width, stroke_dasharray=dash)
    drawing.line([(x(year), y(value)) for year, value in counted], TERRITORY, 2.4)
    for name, points in ahead.items():
        for year, value in points[1:]:
            with drawing.of(f"{name}, {year}", number(value)):
                drawing.circle(x(year), y(value), 2, FAINT)
    with drawing.halo():
        for year, value in counted:
            with drawing.of(str(year), number(value)):
                drawing.circle(x(year), y(value), 3, TERRITORY)
                drawing.text(x(year), y(value) - 12, number(value), anchor="middle", size=SMALL)
        beside = apart([y(ahead[name][-1][1]) for name in ends], 13)
        for text, place in zip(ends.values(), beside, strict=True):
            drawing.text(right + 6, place, text, size=SMALL)
    return drawing.svg()
