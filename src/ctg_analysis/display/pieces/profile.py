"""The profile of a territory: a line for each figure, with its years, the places beside, its peers and the test."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from ctg_analysis.display import texts
from ctg_analysis.display.markup import ROWS, Citation, Html, described, piece

NAMES = {"departement": "Département", "region": "Région", "france": "France"}  # of places that are several


@dataclass(frozen=True)
class Drawn:
    """A small drawing with its text alternative, and the words beside it."""

    drawing: str
    alt: str
    words: str = ""

    def __html__(self) -> str:
        """Return the element, then the words."""
        drawn = described(self.drawing, self.alt) if self.drawing else ""
        words = Markup("<span>{}</span>").format(texts.typography(self.words)) if self.words else ""
        return Markup(drawn) + words


@dataclass(frozen=True)
class Line:
    """A figure of the profile.

    label, unit; name: the id of the indicator, which leads to its definition; value, when: the latest, and its period;
    then: the value at the period of the comparison, where that is an older one; series, peers: drawings, where there is
    something to draw; places: level → value there; apart: levels of the places that it differs from, surely and
    largely; test: signs and words of the first ones that it differs from; tests: level → sign and words, of each;
    group: the heading that it stands under.
    """

    label: str
    unit: str
    value: str
    when: str
    then: str = ""
    series: Drawn | None = None
    peers: Drawn | None = None
    places: dict[str, str] = field(default_factory=dict)
    apart: frozenset[str] = frozenset()
    test: Sequence[tuple[str, str]] = ()
    tests: dict[str, str] = field(default_factory=dict)
    name: str = ""
    group: str = ""


def profile(
    lines: Sequence[Line], names: dict[str, str], source: Citation, note: str, beside: Sequence[str] = tuple(NAMES)
) -> Html:
    """The profile as a table; a column in which no line has anything is left out.

    names: level → name of the place beside, where it is one. note: which France each line speaks of, signs. beside: the
    levels to show.
    """
    levels = [level for level in beside if any(line.places.get(level) for line in lines)]
    filled = piece(
        "profile.html.j2",
        lines=lines,
        levels=levels,
        names={level: names.get(level, NAMES[level]) for level in levels},
        has={what: any(getattr(line, what) for line in lines) for what in ("series", "peers", "test")},
        source=source,
        note=note,
    )
    return Html(filled.html, {ROWS: [[texts.typography(line.label) for line in lines]]})


def essential(findings: Sequence[tuple[str, str]]) -> Html:
    """The findings of a chapter. findings: what is found, and what it is beside."""
    return piece("essential.html.j2", findings=findings)


@dataclass(frozen=True)
class LargeFigure:
    """A figure of the first screen of a chapter.

    label, when, unit; value: as a reader sees it; ruler: where it stands, drawn; others: sign, name and value of each
    place beside; way: how it moves, where a test tells it.
    """

    name: str
    label: str
    when: str
    value: str
    unit: str
    ruler: Drawn | None
    others: Sequence[tuple[str, str, str]]
    way: str


def first_screen(
    answer: str, figures: Sequence[LargeFigure], land: str, account: Sequence[str], findings: Sequence[tuple[str, str]]
) -> Html:
    """What a chapter says first: its answer, its figures beside a map, its account, then the findings it does not tell.

    land: HTML of the map. account: its paragraphs.
    """
    return piece(
        "first_screen.html.j2", answer=answer, figures=figures, land=Markup(land), account=account, findings=findings
    )


def debate(questions: Sequence[str]) -> Html:
    """The questions that a chapter raises."""
    return piece("debate.html.j2", questions=questions)
