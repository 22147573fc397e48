"""The bilan of a convention: the same charts and tables for the one before and, at its end, for the one under way."""

from collections.abc import Sequence

import pandas as pd

from ctg_analysis.demarche import plan
from ctg_analysis.display.demarche import pieces
from ctg_analysis.display.drawings import bars, progress
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.pieces.charts import Listing
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.quantities import agreed, counted, euros, quantity

PER_ACTION = (
    "Chaque ligne a sa propre unité : la barre dit la part de ce qui était prévu qui a été faite, les nombres la "
    "quantité elle-même."
)
BOTH_KNOWN = "Seules comptent les actions dont le coût prévu et le coût réel sont tous deux connus"


def statuses(actions: pd.DataFrame, order: Sequence[str], origin: pieces.Origin) -> Html:
    """How many actions have each status, axis by axis. order: all the statuses, shown even where none has it."""
    counts = plan.by_axis(actions, order)
    whole = counts.loc[plan.ALL]
    counts_text = [counted(whole[status], status) for status in order]
    data = Listing(["Axe", *order, "Total"], pieces.lines_of(counts))
    return pieces.chart(
        progress.stacked(counts.drop(columns="total", index=plan.ALL)),
        data,
        origin,
        message=f"Sur {counted(whole['total'], 'action')} : {', '.join(counts_text)}",
        what="Actions par axe et par statut (nombre)",
    )


def quantities(actions: pd.DataFrame, origin: pieces.Origin) -> Html:
    """What was planned and what was done, action by action."""
    rows = plan.quantities(actions)
    if rows.empty:
        return pieces.plain("Aucune action ne dit à la fois ce qui était prévu et ce qui a été réalisé.")
    units = [pieces.text_of(unit) for unit in rows["unite"]]
    drawn = rows.assign(
        label=[f"{name} ({unit})" if unit else name for name, unit in zip(rows["intitule"], units, strict=True)],
        way=rows["part"],
        due=float("nan"),
        word="",
        baseline_text=[quantity(value) for value in rows["realise"]],
        now_text="",
        target_text=[quantity(value) for value in rows["prevu"]],
    )
    whole = rows["part"].ge(1).sum()
    lines = [
        [row.intitule, _counted(row.prevu, unit), _counted(row.realise, unit)]
        for row, unit in zip(rows.itertuples(index=False), units, strict=True)
    ]
    return pieces.chart(
        progress.bullets(drawn, ("", "prévu"), ("fait", "", "prévu")),
        Listing(["Action", "Prévu", "Réalisé"], lines),
        origin,
        message=f"Tout ce qui était prévu a été fait pour {counted(whole, 'action')} sur {len(rows)}",
        what="Quantités prévues et réalisées, par action",
        note=PER_ACTION,
    )


def _counted(value: float, unit: str) -> str:
    """Return « 1 place », « 8 places »."""
    return f"{quantity(value)} {agreed(unit, value)}".strip()


def costs(actions: pd.DataFrame, origin: pieces.Origin) -> Html:
    """What was to be spent and what was, by axis."""
    rows = plan.costs(actions)
    whole = rows.loc[plan.ALL]
    gap = whole["spent"] - whole["planned"]
    word = "de plus" if gap > 0 else "de moins"
    gap_text = f"{euros(abs(gap))} {word} que prévu" if gap else "exactement ce qui était prévu"
    sentence = (
        f"Coût réel ({origin.when}) : {euros(whole['spent'])} pour {euros(whole['planned'])} prévus, soit {gap_text}."
    )
    drawn = rows.drop(index=plan.ALL)  # of another scale
    drawn = drawn[drawn["planned"].gt(0) | drawn["spent"].gt(0)]
    ends = pieces.planned_and_spent(map(texts.typography, drawn.index), drawn["planned"], drawn["spent"])
    data = Listing(
        ["Axe", "Coût prévu", "Coût réel", "Actions comptées"],
        [
            [name, euros(row.planned), euros(row.spent), f"{row.known} sur {row.actions}"]
            for name, row in zip(rows.index, rows.itertuples(index=False), strict=True)
        ],
    )
    figure = pieces.chart(
        bars.dumbbell(ends, ("Prévu", "Réel")),
        data,
        origin,
        message=_widest_gap(drawn),
        what="Coût prévu et coût réel, par axe (milliers d'euros)",
        note=f"{BOTH_KNOWN} : {whole['known']:.0f} sur {len(actions)}." if whole["known"] < len(actions) else "",
    )
    return pieces.together(pieces.phrase(sentence), figure)


def _widest_gap(rows: pd.DataFrame) -> str:
    """The line whose cost is the farthest from its plan. rows: columns planned, spent, one of them known."""
    gaps = (rows["spent"] - rows["planned"]).abs()
    if not gaps.max() > 0:
        return "Chaque axe a coûté ce qui était prévu"
    widest = rows.loc[gaps.idxmax()]
    return f"Plus grand écart : {widest.name}, {euros(widest['spent'])} pour {euros(widest['planned'])} prévus"


def one_by_one(actions: pd.DataFrame, caption: str, source: Citation, names: dict[str, pieces.Cell]) -> Html:
    """The actions one by one: what was done, what differs, why, what follows. names: id → its first cell."""
    header = ["Action", "Axe", "Statut", "Réalisé sur prévu", "Écart et explication", "Suite"]
    lines = [
        [
            names.get(row.action_id, f"{row.action_id} {row.intitule}"),
            row.axe,
            row.statut,
            _done(row),
            ". ".join(text.removesuffix(".") for text in map(pieces.text_of, (row.ecart, row.explication)) if text)
            or pieces.NOTHING,
            pieces.text_of(row.suite) or pieces.NOTHING,
        ]
        for row in actions.itertuples(index=False)
    ]
    return pieces.table(caption, header, lines, source)


def _done(row) -> str:
    if pd.isna(row.prevu) and pd.isna(row.realise):
        return pieces.UNKNOWN
    return f"{quantity(row.realise)} sur {_counted(row.prevu, pieces.text_of(row.unite))}"
