"""What the chapters of a démarche are made of: charts and tables with their source, links, amounts, actors."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes

from ctg_analysis.demarche.columns import OTHERS
from ctg_analysis.display import markup, tables, texts
from ctg_analysis.display.markup import Citation, Html, Table, together
from ctg_analysis.display.quantities import number, thousands
from ctg_analysis.display.tables import Listing
from ctg_analysis.model.settings import OF_DEMARCHE
from ctg_analysis.show.charts import cells
from ctg_analysis.show.svg import svg

CONSULTATION, INTERVIEWS, BILAN, ENJEUX, STRATEGY, FOLLOWUP = OF_DEMARCHE

# The addresses of a constat, of an enjeu, of an axis or an objective in the tree of the strategy, of the fiche of an
# action, of its follow-up: each takes an id.
to_constat, to_enjeu = f"{ENJEUX}#constat-{{}}".format, f"{ENJEUX}#enjeu-{{}}".format
to_axis, to_action = f"{STRATEGY}#but-{{}}".format, f"{STRATEGY}#action-{{}}".format
to_followup = f"{FOLLOWUP}#suivi-{{}}".format

UNKNOWN, NOTHING = "nd", "\u2014"
YES, NO = "oui", "non"
Cell = str | Markup
NO_SHADES: Mapping[tuple[int, int], int] = MappingProxyType({})
HEIGHT, TALL = re.compile(r' height="([\d.]+)"'), 420  # of a drawing: on paper it may fill a page

ACTORS = {  # of a démarche, as sentences name them
    "élu": "les élus",
    "Caf": "la Caf",
    "MSA": "la MSA",
    "Département": "le Département",
    "Éducation nationale": "l'Éducation nationale",
    "association": "les associations",
    "gestionnaire": "les gestionnaires",
    "santé": "les professionnels de santé",
    "habitant": "les habitants",
    OTHERS: "les autres acteurs",
}
ONE_ACTOR = {"santé": "professionnel de santé", OTHERS: "autre acteur"}


class Origin(NamedTuple):
    """Where the figures of a chart come from: their source line, the years that they are of, the file of their data."""

    source: Citation
    when: str
    file: str


def chart(ax: Axes, data: Listing, origin: Origin, *, message: str, what: str, note: str = "") -> Html:
    """A drawing with its words. message: its title; what: what is drawn. data: the texts behind it."""
    says = " ; ".join(f"{line[0]} : {', '.join(line[1:])}" for line in data.lines)
    subtitle, drawing = f"{what}, {origin.when}", svg(ax.figure)
    return markup.figure(
        drawing,
        file=origin.file,
        kind="chart tall" if float(HEIGHT.search(drawing)[1]) > TALL else "chart",
        title=message,
        subtitle=subtitle,
        alt=f"{message}. {subtitle} : {says}.",
        source=origin.source,
        note=note,
        data=Table(subtitle, data.header, data.lines, tables.signs(data.lines)),
    )


def table(
    caption: str,
    header: Sequence[Cell],
    lines: Iterable[Sequence[Cell]],
    source: Citation,
    note: str = "",
    *,
    marked: Iterable[int] = (),
    words: bool = True,
    shades: Mapping[tuple[int, int], int] = NO_SHADES,
) -> Html:
    """A table and its source; cells of Markup are written as they are: see link, anchored.

    marked: numbers of the rows to set apart. words: the cells are sentences rather than numbers. shades: 1 to 3,
    by row and column.
    """
    rows = [list(line) for line in lines]
    note = " ".join(text for text in (tables.signs(rows), note) if text)
    made = markup.table(Table(caption, list(header), rows, note, frozenset(marked), words, shades=shades))
    return together(made, markup.source(source))


def plain(text: str, beside: str = "") -> Html:
    """What there is to say when there is nothing to show."""
    return markup.piece("plain.html.j2", texts=[part for part in (text, beside) if part])


def link(text: str, address: str) -> Markup:
    """A link."""
    return Markup('<a href="{}">{}</a>').format(address, texts.typography(text))


def anchored(cell: Cell, name: str) -> Markup:
    """A cell that links lead to."""
    return Markup('<span id="{}">{}</span>').format(name, markup.french(cell))


def listed(cells: Iterable[Cell]) -> Markup:
    """Cells one after the other; a sign when there is none."""
    return Markup(", ").join(map(markup.french, cells)) or Markup(NOTHING)


def links(names: Iterable[str], address: Callable[[str], str]) -> Markup:
    """Links to some ids, each by its name, one after the other; a sign when there is none."""
    return listed(link(name, address(name)) for name in names)


def titled(ids: pd.Series, titles: pd.Series, address: Callable[[str], str]) -> dict[str, Markup]:
    """Id → a link that bears it and its title."""
    return dict(zip(ids, map(link, ids + " " + titles, ids.map(address)), strict=True))


def by_column(columns: Mapping[Cell, Iterable[Cell]]) -> tuple[list[Cell], list[list[Cell]]]:
    """The header and the lines of a table whose columns are given.

    >>> by_column({"Qui": ["PMI", "Caf"], "Combien": "12"})
    (['Qui', 'Combien'], [['PMI', '1'], ['Caf', '2']])
    """
    return list(columns), [list(line) for line in zip(*columns.values(), strict=True)]


def lines_of(table: pd.DataFrame, write: Callable[[object], str] = str) -> list[list[str]]:
    """The rows of a table as texts, each after its name in the index.

    >>> lines_of(pd.DataFrame({"2024": [1, 2]}, ["PMI", "Caf"]))
    [['PMI', '1'], ['Caf', '2']]
    """
    return [[name, *map(write, row)] for name, row in zip(table.index, table.to_numpy(), strict=True)]


def planned_and_spent(names: Iterable[str], amounts: pd.DataFrame, ends: tuple[str, str]) -> Axes:
    """Two bars for each row, of two amounts in euros. ends: what the two are."""
    table = amounts.set_axis([texts.typography(name) for name in names]).set_axis(ends, axis=1)
    return cells(table, table.map(thousands))


def written(cell: object) -> str:
    """What a cell of the material says; a sign when it is empty."""
    return text_of(cell) or NOTHING


def text_of(cell: object) -> str:
    """What a cell of the material says, its texts one after the other; nothing when it is empty."""
    if isinstance(cell, tuple):
        return " ; ".join(cell)
    return "" if pd.isna(cell) else str(cell)


def attended(present: float, invited: float, silent: str = UNKNOWN) -> str:
    """How many came, of those invited where it is known. silent: what is said of those not counted."""
    if pd.isna(present):
        return silent
    return number(present) if pd.isna(invited) else f"{number(present)} sur {number(invited)}"


def the_actors(kinds: Iterable[str]) -> str:
    """Return « les élus, la Caf et les associations »."""
    return texts.listed([ACTORS.get(kind, kind) for kind in kinds])


def actors(kind: str) -> str:
    """What many of a kind are called: « élus », « professionnels de santé », « Caf »."""
    return ACTORS[kind].removeprefix("les ") if _are_people(kind) else kind


def counted_actors(kind: str, count: int) -> str:
    """Return « 1 élu », « 4 associations », « 2 de la Caf », « 3 du Département »."""
    if _are_people(kind):
        return f"{number(count)} {actors(kind) if count > 1 else ONE_ACTOR.get(kind, kind)}"
    named = ACTORS.get(kind, kind)
    return f"{number(count)} {f'du {kind}' if named.startswith('le ') else f'de {named}'}"


def _are_people(kind: str) -> bool:
    return ACTORS.get(kind, kind).startswith("les ")
