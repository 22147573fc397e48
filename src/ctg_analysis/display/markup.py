"""The HTML pieces of a chapter: every text is escaped, every figure has its words and its data."""

from dataclasses import dataclass

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

_templates = Environment(
    loader=PackageLoader("ctg_analysis.display"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True, repr=False)
class Html:
    """A piece of a page, that Jupyter shows and nbconvert publishes."""

    html: str

    def __repr__(self) -> str:
        """Return what a notebook keeps beside the piece, for who reads no HTML."""
        return f"<{len(self.html)} characters of HTML>"

    def _repr_html_(self) -> str:
        return self.html


@dataclass(frozen=True)
class Table:
    """A table of texts.

    header: one text per column, the first for the names of the rows. rows: the name first.
    marked: numbers of the rows to set apart (totals, comparators). words: the cells are sentences rather than numbers.
    left: numbers of the columns of words among columns of numbers.
    """

    caption: str
    header: list[str]
    rows: list[list[str]]
    note: str = ""
    marked: frozenset[int] = frozenset()
    words: bool = False
    left: frozenset[int] = frozenset()


def table(content: Table) -> Html:
    """Return a table with its caption and scopes."""
    return piece("table.html.j2", table=content)


def figure(
    drawing: str, *, file: str, kind: str, title: str, subtitle: str, alt: str, source: str, note: str, data: Table
) -> Html:
    """Return a chart with its title, its text alternative, its source and the table of its data.

    drawing: an SVG element of our own making. file: the CSV file of its values, empty when they are those of others.
    kind: chart or map.
    Raises ValueError without text alternative or source: no chart goes without them.
    """
    if not alt.strip() or not source.strip():
        raise ValueError(f"chart {title}: a text alternative and a source are required")
    return piece(
        "figure.html.j2",
        drawing=Markup(described(drawing, alt)),
        file=file,
        kind=kind,
        title=title,
        subtitle=subtitle,
        source=source,
        note=note,
        data=Markup(table(data).html),
    )


def reading(text: str, beside: str) -> Html:
    """Return a reading sentence and, below, the figures to compare it with."""
    return piece("reading.html.j2", text=text, beside=beside)


def unavailable(what: str, sources: list[dict[str, str]]) -> Html:
    """Return the box of what is not available. sources: label, how (the way to get it), command."""
    return piece("unavailable.html.j2", what=what, sources=sources)


def definitions(entries: list[dict[str, str]]) -> Html:
    """Return the list of definitions. entries: label, definition, caveats, sources."""
    return piece("definitions.html.j2", entries=entries)


def source(text: str) -> Html:
    """Return the line that says where a table comes from."""
    return piece("source.html.j2", text=text)


def references(entries: list[dict[str, str]]) -> Html:
    """Return dated texts. entries: texte, source, date, a_verifier."""
    return piece("references.html.j2", entries=entries)


def banner(text: str) -> Html:
    """Return a line that says something of the whole page."""
    return piece("banner.html.j2", text=text)


def described(drawing: str, alt: str) -> str:
    """Return an SVG element with its text alternative."""
    return drawing.replace("<svg ", f'<svg role="img" aria-label="{Markup.escape(alt)}" ', 1)


def piece(template: str, **context) -> Html:
    """Return a template of display/templates, filled; texts are escaped."""
    return Html(_templates.get_template(template).render(**context).strip())
