"""The synthèse and the sheet of each commune: pieces of a page made of observations."""

from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from ctg_analysis.display import markup
from ctg_analysis.display.drawings.axes import scale
from ctg_analysis.display.drawings.drawing import Drawing, length
from ctg_analysis.display.drawings.lines import SHORTEST
from ctg_analysis.display.drawings.style import FAINT, PAPER, SMALL, TERRITORY, WIDTH
from ctg_analysis.display.markup import Citation, Html, Table
from ctg_analysis.display.pieces import charts
from ctg_analysis.display.words import glossary, texts

ACROSS = 22  # squares in a row


@dataclass(frozen=True)
class MessageText:
    """A message of the synthèse in words: its theme, its sentence, a comparison, a drawing, a source, its proof."""

    theme: str
    sentence: str
    comparison: str
    drawing: str
    source: Citation
    page: str
    anchor: str
    label: str


@dataclass(frozen=True)
class Sheet:
    """What is said of a commune: its code and name, a sentence, a drawing, and lines of texts (label first)."""

    code: str
    name: str
    lead: str
    drawing: str
    lines: list[list[str]]


def messages(synthesis: list[MessageText], rule: str) -> Html:
    """Return the messages of the synthèse, each with a link to its proof."""
    entries = [{**vars(message), "drawing": Markup(message.drawing)} for message in synthesis]
    html = markup.piece("messages.html.j2", messages=entries, rule=texts.typography(rule)).html
    return markup.dated(html, *(message.source for message in synthesis))


def meanings(sentences: list[str]) -> Html:
    """Return the meaning of every term that stands in what was said."""
    return markup.piece(
        "glossary.html.j2", entries=[(term, glossary.terms()[term]) for term in glossary.terms_in(sentences)]
    )


def sheets(communes: list[Sheet], header: list[str], source: Citation) -> Html:
    """Return one sheet for each commune, which prints on one page."""
    sections = [
        {
            **vars(sheet),
            "drawing": Markup(sheet.drawing),
            "table": Markup(
                markup.table(Table(f"{sheet.name} en chiffres", header, sheet.lines, _signs(sheet.lines))).html
            ),
        }
        for sheet in communes
    ]
    html = markup.piece("sheets.html.j2", sheets=sections, source=source).html
    return markup.dated(html, source, **{markup.SHEETS: [commune.code for commune in communes]})


def _signs(lines: list[list[str]]) -> str:
    return texts.typography(charts.signs(lines))


def history(rows: pd.DataFrame, what: str) -> str:
    """Return a small line over the years, its first and last values written. rows: columns period, value, text."""
    points = [(int(row.period[:4]), row.value, row.text) for row in rows.itertuples(index=False)]
    if len(points) < SHORTEST:
        return ""
    (first, _, first_text), (last, _, last_text) = points[0], points[-1]
    ends = [f"{first_text} en {first}", f"{last_text} en {last}"]
    left, right = length(ends[0], SMALL) + 8, WIDTH - length(ends[1], SMALL) - 8
    x, y = scale(first, last, left, right), scale(0, max(value for _, value, _ in points), 44, 6)
    line = [(x(year), y(value)) for year, value, _ in points]
    drawing = Drawing(50)
    drawing.line([(left, 44), (right, 44)], "#b9b5ab")
    drawing.line(line, TERRITORY, 2)
    for point, (year, _, text) in zip(line, points, strict=True):
        with drawing.of(str(year), text):
            drawing.circle(*point, 3 if year == last else 1.4, TERRITORY)
    drawing.text(left - 6, line[0][1], ends[0], anchor="end", size=SMALL, fill=FAINT)
    drawing.text(right + 6, line[-1][1], ends[1], size=SMALL)
    return markup.described(drawing.svg(), texts.typography(f"{what} : {ends[0]}, {ends[1]}."))


def some_of(some: int, whole: int) -> str:
    """Return a square for each of so many communes, the first ones filled, and their numbers below."""
    drawing = Drawing(22 + 20 * -(-whole // ACROSS))
    for rank in range(whole):
        x, y = 1 + rank % ACROSS * 20, 9 + rank // ACROSS * 20
        drawing.bar(x, y, 15, 15, TERRITORY if rank < some else PAPER, stroke=TERRITORY)
    drawing.text(0, drawing.height - 9, f"{some} sur {whole}", bold=True)
    return drawing.svg()
