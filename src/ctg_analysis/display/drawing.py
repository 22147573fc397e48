"""A drawing in SVG, written as it is: text kept as text, the same bytes for the same marks; the palette of all charts.

A page draws the colours of `OF_PAGE` as its part and the hour ask; elsewhere (a notebook, a slide, a file) they stay
what they are.

A general library takes some 60 ms for a chart; these take 1 ms, and a table has one or two in each of its lines.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from textwrap import wrap

from markupsafe import escape

from ctg_analysis.display.texts import NBSP, typography

TERRITORY = "#0b4f6c"
OTHERS = {"departement": "#c65d21", "region": "#8a7fb5", "france": "#8c8c8c", "peers": "#4f7a4a"}
INK, FAINT, PAPER, LAND, RULE = "#1d1d1b", "#57544d", "#ffffff", "#f1efe9", "#b9b5ab"
GRID, WARM = "#e4e0d6", "#a8480f"  # fainter than a rule; of words about what is orange
AROUND = "#ece8de"  # the land around that of a map
SEQUENTIAL = ("#e3eef3", "#b3d0dd", "#77a9c0", "#3c7d9b", TERRITORY)
BAND = SEQUENTIAL[0]
FALLS = ("#b5541c", "#e3a77c")
DIVERGING = (*FALLS, LAND, SEQUENTIAL[2], TERRITORY)
PARTS = (TERRITORY, SEQUENTIAL[2], "#e0a458", FAINT)
# The variables of style.css that stand for colours of drawings.
OF_PAGE = {
    **{TERRITORY: "--accent", INK: "--ink", FAINT: "--faint", PAPER: "--paper", WARM: "--warm"},
    **{RULE: "--line", GRID: "--grid", LAND: "--land", AROUND: "--around"},
    **{shade: f"--tone-{rank}" for rank, shade in enumerate(SEQUENTIAL[:-1], start=1)},
    **{shade: f"--fall-{rank}" for rank, shade in zip((2, 1), FALLS, strict=True)},
}
DARK, GREY = 100, 16  # of 255: the highest part of a dark colour, how far those of a grey are from each other
VARIABLE = re.compile(r"var\(--[\w-]+,(#\w{6})\)")

WIDTH = 440  # of a drawing, in its own units: narrow, so that the text stays readable on a phone
SIZE, SMALL = 12, 11.5  # of letters, in the same units: 10 px at least on a screen of 390
LETTERS, ON_A_PHONE = 10.5, 11.5  # of the names of a map; on a phone (style.css), where they must still find room
LINE = 1.18  # from a line of text to the next, in letters


FONTS = "Public Sans,system-ui,-apple-system,Segoe UI,Roboto,Helvetica Neue,Arial,DejaVu Sans,sans-serif"
WIDTHS = {  # of letters of DejaVu Sans, the widest of the fonts, in letters
    0.36: "iljI.,:;’'!|[] \u00a0\u202f",
    0.42: "tfr()-",
    0.75: "ABCDEFGHJKLNOPQRSTUVXYZÀÂÉÈÊËÎÏÔÙÛÇ",
    0.85: "+\u2212≈≤=–",
    0.98: "mwMWŒœÆæ%@",
}
WIDTH_OF = {letter: width for width, letters in WIDTHS.items() for letter in letters}

Point = tuple[float, float]


class Drawing:
    """A drawing so many units high, WIDTH wide unless told; y grows downwards.

    Every method takes more attributes of SVG by name, with _ for -.
    """

    def __init__(self, height: float, width: float = WIDTH):
        self.height, self.width = height, width
        self._marks: list[str] = []

    def bar(self, x: float, y: float, width: float, height: float, fill: str, **more: object) -> None:
        """Draw a bar from x, to the left when its width is below zero; y is that of its middle."""
        self._mark("rect", x=min(x, x + width), y=y - height / 2, width=abs(width), height=height, fill=fill, **more)

    def line(self, points: Iterable[Point], stroke: str, width: float = 1, **more: object) -> None:
        """Draw a line through points."""
        path = "M" + "L".join(f"{written(x)} {written(y)}" for x, y in points)
        self._mark("path", d=path, fill="none", stroke=stroke, stroke_width=width, **more)

    def area(self, path: str, fill: str = "", **more: object) -> None:
        """Fill a path, given as SVG writes it. fill: that of its group, unless given."""
        self._mark("path", d=path, fill=fill, **more)

    def circle(self, x: float, y: float, radius: float, fill: str = "", **more: object) -> None:
        """Draw a disc. fill: that of its group, unless given."""
        self._mark("circle", cx=x, cy=y, r=radius, fill=fill, **more)

    @contextmanager
    def of(self, name: str, value: str) -> Iterator[None]:
        """Tell of what is drawn within what it is and what it is worth: who points at it reads both."""
        before = len(self._marks)
        yield
        if len(self._marks) > before:
            title = escape(typography(f"{name}{NBSP}: {value}"))
            self._marks[before:] = [f"<g><title>{title}</title>", *self._marks[before:], "</g>"]

    def svg(self) -> str:
        """Return the drawing as an SVG element."""
        return element("".join(self._marks), self.width, self.height)

    def _mark(self, kind: str, **attributes: object) -> None:
        """Add a mark with its attributes as SVG writes them, those that are empty left out."""
        texts = {name: of_page(one) if isinstance(one, str) else written(one) for name, one in attributes.items()}
        told = "".join(f' {name.replace("_", "-")}="{text}"' for name, text in texts.items() if text)
        self._marks.append(f"<{kind}{told}/>")


def element(marks: str, width: float, height: float) -> str:
    """Return an SVG element of marks, of such a size."""
    size = f'width="{written(width)}" height="{written(height)}"'
    size = f'viewBox="0 0 {written(width)} {written(height)}" {size}'
    font = f'font-family="{FONTS}" font-size="{SIZE}" fill="{of_page(INK)}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>{marks}</svg>'


def of_page(colour: str) -> str:
    """Return a colour as a page draws it, by its part, by day and by night; another text as it is.

    A dark grey, in which seaborn draws the edges of its boxes, is the ink of the page.

    >>> of_page("#0b4f6c"), of_page("#c65d21"), of_page("#333333")
    ('var(--accent,#0b4f6c)', '#c65d21', 'var(--ink,#333333)')
    """
    if not colour.startswith("#"):
        return colour
    levels = bytes.fromhex(colour[1:])
    is_ink = max(levels) < DARK and max(levels) - min(levels) < GREY
    name = OF_PAGE.get(colour) or ("--ink" if is_ink else "")
    return f"var({name},{colour})" if name else colour


def plain(svg: str) -> str:
    """Return a drawing of a page in the colours that it has without one.

    >>> plain('<circle fill="var(--accent,#0b4f6c)"/>')
    '<circle fill="#0b4f6c"/>'
    """
    return VARIABLE.sub(r"\1", svg)


def written(number: float) -> str:
    """Return a number to one decimal, as short as SVG reads it."""
    text = f"{number:.1f}"
    return text[:-2] if text.endswith(".0") else text


def length(words: str, size: float = SIZE, *, bold: bool = False) -> float:
    """Return how long the longest line of words is in the widest of the fonts of the page."""
    longest = max(sum(WIDTH_OF.get(letter, 0.64) for letter in line) for line in words.split("\n"))
    return size * longest * (1.13 if bold else 1)


def folded(words: str, width: int) -> str:
    """Return words, in French typography, on lines of at most so many letters; a longer word stays whole."""
    words = typography(words)
    return "\n".join(wrap(words, width, break_long_words=False)) or words
