"""The SVG of a chart of matplotlib in a page: text as text, what each mark tells, the same bytes."""

import io
import re
from collections.abc import Iterator
from itertools import groupby
from xml.sax.saxutils import escape
from zlib import crc32

import numpy as np
from lxml import etree
from matplotlib import pyplot, rc_context
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from ctg_analysis.display.drawing import INK, SIZE, element, of_page
from ctg_analysis.display.texts import NBSP, typography

NS, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
NUMBER, DIGITS, CURVE = re.compile(r"-?\d+\.\d+"), re.compile(r"-?\d+(?:\.\d+)?"), re.compile("[CQ]")
LONG = 300  # letters of a path
DISC, CURVES = re.compile(r"M 0 ([\d.]+) "), 8  # of a disc that matplotlib draws
TURNED = re.compile(r"rotate\(-?[1-9].*")
LINE = re.compile(r"translate\(([\d.-]+) ([\d.-]+)\)(?: rotate\((-?[\d.]+)\))?")  # of a text of several
FONT = re.compile(r"(?=.*?\b([\d.]+)px)(?=.*?\b(bold|700)\b)?")
KEPT = [
    "fill",
    "fill-opacity",
    "opacity",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "stroke-linecap",
    "text-anchor",
]
PLAIN = {"opacity": "1", "stroke-width": "1", "text-anchor": "start", "fill-opacity": "1"}  # goes without saying


def tell(mark: Artist, name: str, value: str) -> None:
    """Tell of a mark what it is and what it is worth: who points at it reads both, « name : value »."""
    mark.set_url(told(name, value))


def told(name: str, value: str) -> str:
    """The words of a mark, which `urls` gives to each mark of a collection."""
    return f"{typography(name)}{NBSP}: {typography(value)}"


def svg(figure: Figure) -> str:
    """The SVG of a figure, which is then closed.

    What matplotlib takes for the links of its marks is what they tell; the link of a text is the colour of its rim.
    """
    written = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "ctg"}):
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
    drawn = etree.fromstring(written.getvalue().encode(), etree.XMLParser(remove_comments=True, remove_blank_text=True))
    shapes = {shape.get("id"): shape.get("d") for shape in drawn.iter(f"{NS}path") if shape.get("id")}
    width, height = (round(float(side)) for side in drawn.get("viewBox").split()[2:])
    marks = "".join(
        _together(link, [mark for _, mark in several])
        for link, several in groupby(_written(drawn, shapes), key=lambda one: one[0])
    )
    for pattern in drawn.iter(f"{NS}pattern"):  # of a hatch; its name is that of no other drawing of a page
        name = f"{pattern.get('id')}-{crc32(marks.encode()):x}"
        marks = _pattern(pattern, name) + marks.replace(f"url(#{pattern.get('id')})", f"url(#{name})")
    return element(marks, width, height)


def _together(link: str, marks: list[str]) -> str:
    """Marks that follow each other with one title, or one rim."""
    if not link:
        return "".join(marks)
    if link.startswith("#"):
        rim = f'paint-order="stroke" stroke="{of_page(link)}" stroke-width="2.5" stroke-linejoin="round"'
        return f"<g {rim}>{''.join(marks)}</g>"
    return f"<g><title>{escape(link)}</title>{''.join(marks)}</g>"


def _pattern(pattern: etree._Element, name: str) -> str:
    ground, lines = pattern
    style = _attributes(_style(lines))
    size = f'width="{pattern.get("width")}" height="{pattern.get("height")}" patternUnits="userSpaceOnUse"'
    ground = f'<path d="M0 0H73V73H0z" fill="{of_page(ground.get("fill"))}"/>'
    return f'<defs><pattern id="{name}" {size}>{ground}<path d="{_path(lines.get("d"))}"{style}/></pattern></defs>'


def _style(mark: etree._Element) -> dict[str, str]:
    return dict(part.split(": ", 1) for part in mark.get("style", "").rstrip(";").split("; ") if part)


def _written(group: etree._Element, shapes: dict[str, str], link: str = "") -> Iterator[tuple[str, str]]:
    """The marks of a group of matplotlib, one after the other, each after what it tells or the rim of its text."""
    for mark in group:
        kind, style = mark.tag.removeprefix(NS), _style(mark)
        is_seen = style.get("fill") != "none" or "stroke" in style
        if kind in ("g", "a"):
            yield from _written(mark, shapes, mark.get(XLINK, link))
        elif kind == "text" and mark.text:
            yield link, _text(mark, style)
        elif kind == "path" and mark.get("d") and not mark.get("id") and is_seen:
            yield link, f'<path d="{_path(mark.get("d"))}"{_attributes(style)}/>'
        elif kind == "use":
            x, y = (_short(mark.get(side)) for side in "xy")
            shape = shapes[mark.get(XLINK)[1:]]
            disc = DISC.match(shape)
            place = (
                f'circle cx="{x}" cy="{y}" r="{_short(disc[1])}"'
                if disc and shape.count("C") == CURVES
                else f'path transform="translate({x} {y})" d="{_path(shape)}"'
            )
            yield link, f"<{place}{_attributes(style)}/>"


def _text(mark: etree._Element, style: dict[str, str]) -> str:
    size, weight = FONT.search(mark.get("style")).groups()
    more = f' font-size="{_short(size)}"' if float(size) != SIZE else ""
    more += ' font-weight="bold"' if weight else ""
    turn, x, y = mark.get("transform", ""), mark.get("x"), mark.get("y")
    if line := LINE.match(turn):
        x, y, angle = line.groups("0")
        turn = f"rotate({angle} {x} {y})"
    if turned := TURNED.match(turn):
        more += f' transform="{NUMBER.sub(lambda one: _short(one[0]), turned[0])}"'
    x, y = _short(x), _short(y)
    shade = {} if style.get("fill") != INK else {"fill": ""}
    return f'<text x="{x}" y="{y}"{more}{_attributes(style | shade)}>{escape(mark.text)}</text>'


def _attributes(style: dict[str, str]) -> str:
    """A style of CSS as attributes, without what goes without saying."""
    kept = {name: style[name] for name in KEPT if style.get(name)}
    if "stroke" not in kept:
        kept.pop("stroke-width", None)
    return "".join(
        f' {name}="{NUMBER.sub(lambda one: _short(one[0]), of_page(value))}"'
        for name, value in kept.items()
        if PLAIN.get(name) != value
    )


def _path(path: str) -> str:
    """A path with a decimal, without its spaces; a long line goes by the step from each of its points to the next.

    >>> _path("M 10.04 20.5 L 30 40.96 z")
    'M10 20.5L30 41z'
    """
    if len(path) > LONG and not CURVE.search(path):
        return "".join(_steps(line) for line in path.split("M")[1:])
    short = NUMBER.sub(lambda one: _short(one[0]), " ".join(path.split()))
    return re.sub(r" ?([A-Za-z]) ?", r"\1", short)


def _steps(line: str) -> str:
    points = np.round(np.array(DIGITS.findall(line), float).reshape(-1, 2) * 10).astype(int)
    steps = [step for step in np.diff(points, axis=0).tolist() if any(step)]
    moves = "l".join(f"{_tenth(across)}{'' if down < 0 else ' '}{_tenth(down)}" for across, down in steps)
    x, y = points[0].tolist()
    return f"M{_tenth(x)} {_tenth(y)}" + (f"l{moves}" if moves else "") + ("z" if "z" in line else "")


def _tenth(tenths: int) -> str:
    whole, rest = divmod(abs(tenths), 10)
    return f"{'-' * (tenths < 0)}{whole}{f'.{rest}' if rest else ''}"


def _short(number: str) -> str:
    text = f"{float(number) + 0:.1f}"
    return "0" if text in ("-0.0", "0.0") else text.removesuffix(".0")
