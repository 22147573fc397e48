"""The strategy as a page shows it: the tree of axes, objectives and actions; one sheet for each action."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from ctg_analysis.display import markup
from ctg_analysis.display.demarche.pieces import NOTHING, Cell, lines_of
from ctg_analysis.display.markup import Table
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.quantities import number


@dataclass(frozen=True)
class Branch:
    """A node of the tree: its id, what it is, its title, what stands beside it, its branches."""

    id: str
    kind: str
    title: str
    beside: Markup
    branches: Sequence["Branch"] = ()


@dataclass(frozen=True)
class ActionSheet:
    """A fiche-action: its id, title, state, place in the strategy; parts of label and content; steps; tables."""

    id: str
    title: str
    state: str
    place: Markup
    why: Sequence[tuple[str, Cell]]
    what: Sequence[tuple[str, Cell]]
    steps: Sequence[str]
    who: Sequence[tuple[str, Cell]]
    means: Sequence[tuple[str, Cell]]
    money: Markup
    indicators: Markup
    after: Sequence[tuple[str, Cell]]
    followup: Markup


def inner_table(
    caption: str, header: Sequence[str], lines: Sequence[Sequence[Cell]], note: str = "", *, last_apart: bool = False
) -> Markup:
    """A table that stands within a sheet. last_apart: its last row is a total; the others are words."""
    rows = [[cell if isinstance(cell, Markup) else texts.typography(cell) for cell in line] for line in lines]
    head = [texts.typography(text) for text in header]
    marked = frozenset({len(rows) - 1} if last_apart else ())
    made = markup.table(
        Table(texts.typography(caption), head, rows, texts.typography(note), marked, words=not last_apart)
    )
    return Markup(made.html)


def amounts(by_financer: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """The header and the lines of a table of euros by financer and year. by_financer: see demarche.plan.by_financer."""
    lines = lines_of(by_financer, lambda value: number(value) if value else NOTHING)
    return ["Financeur", *map(str, by_financer.columns)], lines
