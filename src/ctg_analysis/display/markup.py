"""The HTML pieces of a page: texts are escaped, in French typography, every figure has its words and its data."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from ctg_analysis.display.texts import NARROW, typography

OF_THE_SAME = (", par commune", ", évolution", ", pour l’ensemble du territoire")
ABOUT = "application/vnd.ctg.piece+json"  # beside text/html in a notebook; Jupyter and nbconvert pass it over
PAGE = "application/vnd.ctg.page"  # HTML that a page shows in the place of what a notebook does
MISSING, DEFINITIONS = "missing", "definitions"  # what a piece may tell of itself
VALUES = {"chart": "Valeurs du graphique", "map": "Valeurs de la carte"}
SHEETS, ROWS, TEXTS, CHARTS = "sheets", "rows", "texts", "charts"
SHOWN = "indicators"  # ids that a piece tells: the page of definitions has them
TEAM = "<!--team-->", "<!--/team-->"  # what stands between


def french(shown: object) -> object:
    """Return what a template shows, a text with its French spaces and quotes; HTML stays as it is."""
    return typography(shown) if type(shown) is str else shown


TEMPLATES = Environment(
    loader=PackageLoader("ctg_analysis.display"), autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=french
)


@dataclass(frozen=True, repr=False)
class Html:
    """A piece of a page, that Jupyter shows and nbconvert publishes, with what its page needs to know of it.

    about: JSON. missing: the boxes that the piece is, see `boxes`, when it is nothing else. definitions: the entries of
    what it defines, see `definitions`. sheets: the codes of the communes that it has a section on. rows: for each table
    not behind a chart, the names of its rows. texts: those of law, when it is nothing else. charts: the title and the
    SVG of each. why: what a notebook shows in the place of an empty piece, and no page.
    """

    html: str
    about: Mapping[str, list] = field(default_factory=dict)
    why: str = "Rien à montrer ici."

    def __repr__(self) -> str:
        """Return what a notebook keeps beside the piece, for who reads no HTML."""
        return f"<{len(self.html)} characters of HTML>" if self.html else self.why

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, object]:
        shown = {"text/html": self.html} if self.html else {}
        return shown | {"text/plain": repr(self), ABOUT: dict(self.about)}


def together(*pieces: Html) -> Html:
    """Several pieces as one, with what each tells of itself; boxes beside something else are not boxes alone.

    >>> together(Html("<p>1</p>", {"sheets": [1]}), Html(""), Html("<p>2</p>", {"missing": [2]})).about
    {'sheets': [1]}
    """
    pieces = [piece for piece in pieces if piece.html]
    about: dict[str, list] = {}
    for piece in pieces:
        for name, entries in piece.about.items():
            about[name] = [*about.get(name, []), *entries]
    if not all(MISSING in piece.about for piece in pieces):
        about.pop(MISSING, None)
    return Html("\n".join(piece.html for piece in pieces), about)


def telling(piece: Html, what: str, *names: str) -> Html:
    """A piece that tells some names before those that it tells already.

    >>> telling(Html("<p>1</p>", {"indicators": ["births_count"]}), SHOWN, "population_count").about
    {'indicators': ['population_count', 'births_count']}
    """
    return replace(piece, about={**piece.about, what: [*names, *piece.about.get(what, [])]})


def cited_with(*sources: str) -> str:
    """Several sources as one."""
    return " ".join(sources)


@dataclass(frozen=True)
class Table:
    """A table of texts.

    header: one text per column, the first for the names of the rows. rows: the name first.
    marked: numbers of the rows to set apart (totals, comparators). words: the cells are sentences rather than numbers.
    left: numbers of the columns of words among columns of numbers. zeros: what has a row of zeros, told by the note.
    name: what it is read aloud as, the caption unless given. shades: 1 to 3, by row and column.
    bars: where the bar under a number begins and ends, in hundredths of its cell, by row and column.
    """

    caption: str
    header: list[str]
    rows: list[list[str]]
    note: str = ""
    marked: frozenset[int] = frozenset()
    words: bool = False
    left: frozenset[int] = frozenset()
    zeros: tuple[str, ...] = ()
    name: str = ""
    shades: Mapping[tuple[int, int], int] = field(default_factory=dict)
    bars: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)


def table(content: Table) -> Html:
    """Return a table with its caption and scopes."""
    names = [french(name) for name in (*(row[0] for row in content.rows), *content.zeros)]
    return Html(piece("table.html.j2", table=content).html, {ROWS: [names]})


def figure(
    drawing: str, *, file: str, kind: str, title: str, subtitle: str, alt: str, source: str, note: str, data: Table
) -> Html:
    """Return a chart with its title, its text alternative, its source and the table of its data, folded.

    drawing: an SVG element of our own making. file: the CSV file of its values, empty when they are those of others.
    kind: chart or map.
    Raises ValueError without text alternative or source: no chart goes without them.
    """
    if not alt.strip() or not source.strip():
        raise ValueError(f"chart {title}: a text alternative and a source are required")
    shown = described(drawing, alt)
    made = piece(
        "figure.html.j2",
        drawing=Markup(shown),
        file=file,
        kind=kind,
        title=title,
        subtitle=subtitle,
        source=source,
        note=note,
        data=Markup(table(replace(data, caption=VALUES[kind.partition(" ")[0]], name=data.caption)).html),
    )
    return made if kind == "map" else Html(made.html, {CHARTS: [[french(title), shown]]})


def folded(summary: str, data: Table, *, file: str, source: str, note: str = "") -> Html:
    """Return a table that unfolds, with its source. file: the CSV file of its values."""
    return piece(
        "by_commune.html.j2", summary=summary, data=Markup(table(data).html), file=file, source=source, note=note
    )


def reading(text: str, beside: str = "") -> Html:
    """Return a reading sentence and, below, the figures to compare it with."""
    return piece("reading.html.j2", text=text, beside=beside)


def unavailable(what: str, sources: list[dict[str, str]]) -> Html:
    """The box of what is not available, and who has it: label, how (the way to get it), command of each source."""
    return boxes([[what, sources]])


def boxes(missing: list[list]) -> Html:
    """One box for all that is not available, with one entry for what the same sources have.

    missing: of each, what it is, and who has it, see `unavailable`.
    """
    by_sources: dict[str, tuple[list[str], list[dict[str, str]]]] = {}
    for what, whose in missing:
        by_sources.setdefault(repr(whose), ([], whose))[0].append(what.strip().removesuffix("."))
    kept = [(_without_repeats(whats), whose) for whats, whose in by_sources.values()]
    entries = [(len(whats), f"{NARROW}; ".join(whats), sources) for whats, sources in kept]
    html = for_team(piece("unavailable.html.j2", entries=entries).html)
    return Html(html, {MISSING: missing})


def _without_repeats(whats: list[str]) -> list[str]:
    """What is missing, without what only says the same of the communes or of the years.

    >>> _without_repeats(["demandes", "demandes, par commune", "demandes, évolution", "places, par commune"])
    ['demandes', 'places, par commune']
    """
    bases = {what: next((what.removesuffix(end) for end in OF_THE_SAME if what.endswith(end)), None) for what in whats}
    return [what for what, base in bases.items() if base not in whats]


def definitions(entries: list[dict]) -> Html:
    """Return the list of definitions.

    entries: label, definition, caveats; names, the ids of the indicators that it is of: none for words of method; part,
    the heading that words on the method of the whole report stand under in the page of definitions.
    """
    return Html(piece("definitions.html.j2", entries=entries).html, {DEFINITIONS: entries})


def sources(told: list[str]) -> Html:
    """Return the list of sources, each once; nothing without any."""
    return piece("sources.html.j2", sources=told)


def source(cited: str) -> Html:
    """Return the line that says where a table comes from."""
    return piece("source.html.j2", text=cited)


def references(entries: list[dict[str, str]]) -> Html:
    """Return the folded box of dated texts; those of which something is still to be checked are for the team.

    entries: texte, source, date, a_verifier.
    """
    read = [entry for entry in entries if "a_verifier" not in entry]
    to_check = [entry for entry in entries if "a_verifier" in entry]
    html = piece("references.html.j2", entries=read).html if read else ""
    html += for_team(piece("references.html.j2", entries=to_check).html) if to_check else ""
    return Html(html, {TEXTS: [entry["texte"] for entry in entries]})


def described(drawing: str, alt: str) -> str:
    """Return an SVG element with its text alternative."""
    return drawing.replace("<svg ", f'<svg role="img" aria-label="{Markup.escape(typography(alt))}" ', 1)


def piece(template: str, **context) -> Html:
    """Return a template of display/templates, filled; texts are escaped, in French typography."""
    return Html(TEMPLATES.get_template(template).render(**context).strip())


def for_team(html: str) -> str:
    """HTML that the team alone sees; never one within another.

    >>> for_readers("<p>12 places</p>" + for_team("<p>ctg new 200067171</p>"))
    '<p>12 places</p>'
    """
    return f'{TEAM[0]}<div class="for-team">{html}</div>{TEAM[1]}'


def for_readers(html: str) -> str:
    """HTML without what is for the team."""
    first, *others = html.split(TEAM[0])
    return first + "".join(other.partition(TEAM[1])[2] for other in others)
