"""The strategy as a page shows it: the tree of axes, objectives and actions; one sheet for each action."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from ctg_analysis.demarche.plan import budget
from ctg_analysis.demarche.plan.plan import NEEDS
from ctg_analysis.display import markup
from ctg_analysis.display.demarche.pieces import (
    NO,
    NOTHING,
    YES,
    Cell,
    Origin,
    chart,
    lines_of,
    phrase,
    table,
    together,
)
from ctg_analysis.display.drawings import bars
from ctg_analysis.display.drawings.amounts import grid
from ctg_analysis.display.markup import Citation, Html, Table
from ctg_analysis.display.pieces.charts import Listing
from ctg_analysis.display.words import quantities, texts
from ctg_analysis.display.words.quantities import euros, number, thousands


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


def tree(branches: Sequence[Branch]) -> Html:
    """The axes, their objectives, their actions."""
    return markup.piece("tree.html.j2", branches=branches)


def sheets(actions: Sequence[ActionSheet]) -> Html:
    """One sheet for each action, which prints on one page."""
    return markup.piece("actions.html.j2", actions=actions)


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
    """The header and the lines of a table of euros by financer and year. by_financer: see demarche.plan.budget."""
    lines = lines_of(by_financer, lambda value: number(value) if value else NOTHING)
    return ["Financeur", *map(str, by_financer.columns)], lines


def budget_by_financer(by_financer: pd.DataFrame, origin: Origin) -> Html:
    """The money of the plan by financer and year."""
    header, lines = amounts(by_financer)
    written = by_financer.map(lambda value: thousands(value) if value else NOTHING)
    first = by_financer.drop(index=budget.TOTAL)[budget.TOTAL].sort_values(ascending=False, kind="stable")
    whole, most = euros(by_financer.loc[budget.TOTAL, budget.TOTAL]), euros(first.iloc[0])
    return chart(
        grid(by_financer, written),
        Listing([f"{header[0]}, en euros", *header[1:]], lines),
        origin,
        message=f"Premier financeur : {first.index[0]}, {most} sur {whole}",
        what="Financement des actions, par financeur et par année (milliers d'euros)",
    )


def reconciliation(rows: pd.DataFrame, source: Citation, links: dict[str, Markup]) -> Html:
    """Whether the budgets of the actions are what their financers bring, and where they are not."""
    apart = rows[~rows["agrees"]]
    planned, brought = euros(rows["budget"].sum()), euros(rows["brought"].sum())
    totals = f"Budgets des actions : {planned} ; apports des financeurs : {brought}."
    if apart.empty:
        return phrase(
            "Le budget est équilibré : pour chaque action, les apports des financeurs font son budget.", totals
        )
    sentence = f"Le budget n'est pas équilibré pour {quantities.counted(len(apart), 'action')} sur {len(rows)}."
    lines = [
        [links[row.action_id], euros(row.budget), euros(row.brought), euros(row.brought - row.budget)]
        for row in apart.itertuples(index=False)
    ]
    header = ["Action", "Budget", "Apports des financeurs", "Écart"]
    note = "Fonctionnement et investissement sont comparés à part : un écart nul peut en cacher deux qui se compensent."
    return together(phrase(sentence, totals), table("Les budgets à revoir", header, lines, source, note))


def load(rows: pd.DataFrame, origin: Origin) -> Html:
    """How many actions each pilote leads."""
    counted = pd.DataFrame(
        {
            "name": [texts.typography(texts.capitalised(text)) for text in rows["pilote"]],
            "level": "",
            "value": rows["count"].astype(float),
            "low": float("nan"),
            "high": float("nan"),
            "text": [str(count) for count in rows["count"]],
        }
    )
    lines = [
        [
            name,
            f"{row.count} ({', '.join(row.actions)})",
            str(row.first),
            "nd" if pd.isna(row.etp) else number(row.etp, 1),
            euros(row.budget),
        ]
        for name, row in zip(counted["name"], rows.itertuples(index=False, name="Load"), strict=True)
    ]
    header = ["Pilote", "Actions", "Dont priorité 1", "Équivalents temps plein", "Financements"]
    top = rows.iloc[0]
    return chart(
        bars.comparison(counted),
        Listing(header, lines),
        origin,
        message=f"{quantities.counted(top['count'], 'action')} pour le pilote le plus chargé : {top['pilote']}",
        what="Actions par pilote (nombre)",
    )


def covered(rows: pd.DataFrame) -> str:
    """Whether each retained enjeu has an action. rows: see demarche.plan.chain.coverage."""
    bare = rows[~rows["covered"]]
    sentence = "Chaque enjeu retenu a une action au moins."
    if len(bare):
        how_many = quantities.counted(len(bare), "enjeu retenu n’a", "enjeux retenus n’ont")
        sentence = f"{how_many} pas d'action : {texts.listed(list(bare['enjeu_id']))}."
    return sentence


def complete(before: str, rows: pd.DataFrame, actions: dict[str, Markup], source: Citation) -> Html:
    """What the actions that lack something have of what they need. rows: see demarche.plan.plan.completeness.

    before: what is said first.
    """
    lacking = rows[~rows[list(NEEDS)].all(axis=1)]
    if lacking.empty:
        whole = "a un pilote, un calendrier, un budget, ses financeurs et un indicateur de résultat complet"
        return together(phrase(f"{before} Chaque action {whole}."), markup.source(source))
    incomplete = quantities.counted(len(lacking), "action est incomplète", "actions sont incomplètes")
    sentence = f"{before} {incomplete} sur {len(rows)}."
    lines = [
        [actions[row["action_id"]], *(YES if row[name] else NO for name in NEEDS)] for row in lacking.to_dict("records")
    ]
    note = "Un indicateur de résultat est complet avec sa valeur de départ, sa cible, leurs dates et qui le recueille."
    made = table("Ce que chaque action doit avoir", ["Action", *NEEDS.values()], lines, source, note)
    return together(phrase(sentence), made)
