"""The fiches-action: all that is known of each action on one sheet."""

from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from ctg_analysis.chapter.demarche.addresses import to_axis, to_constat, to_enjeu, to_followup
from ctg_analysis.chapter.demarche.demarche_chapter import DemarcheChapter
from ctg_analysis.demarche import plan
from ctg_analysis.demarche.columns import DROPPED
from ctg_analysis.demarche.plan import enjeux_by_action
from ctg_analysis.display import markup, texts
from ctg_analysis.display.demarche import pieces
from ctg_analysis.display.markup import Table
from ctg_analysis.display.quantities import euros, number, quantity
from ctg_analysis.display.texts import date_text, span_text
from ctg_analysis.model.catalogue import CATALOGUE

Facts = list[tuple[str, pieces.Cell]]
Lines = Sequence[Sequence[pieces.Cell]]
STATES = {"projet": "fiche en projet", "validée": "fiche validée", "abandonnée": "action abandonnée"}
UNSAID = "non renseigné"


def sheet(chapter: DemarcheChapter, row, *, agrees: bool) -> dict[str, object]:
    """What the sheet of an action tells, as its template takes it.

    row: of demarche.plan.in_order. agrees: its financers bring its budget.
    """
    enjeux = chapter.table("enjeux").set_index("enjeu_id")["titre"]
    constats = chapter.table("constats").set_index("constat_id")["enonce"]
    served = enjeux_by_action(chapter.table("actions"), chapter.table("objectifs"))[row.action_id]
    why: Facts = [
        *_if_written("Contexte", row.contexte),
        ("Enjeux", _links(served, enjeux, to_enjeu)),
        ("Constats", _links(row.constat_ids or (), constats, to_constat)),
    ]
    staff = row.moyens_humains_etp
    return dict(
        id=row.action_id,
        title=texts.typography(row.titre),
        state=_state(row),
        place=Markup("{} › {}").format(
            pieces.link(row.axe, to_axis(row.axe_id)), pieces.link(row.objectif, to_axis(row.obj_id))
        ),
        why=why,
        what=[
            ("Description", _written(row.description)),
            ("Public", _written(row.public_cible)),
            ("Territoire", _written(row.territoire)),
            ("Calendrier", _written(span_text(row.calendrier_debut, row.calendrier_fin) or None)),
            *(_if_written("Jalons", row.jalons) if _apart_from_steps(row) else []),
        ],
        steps=[texts.typography(step) for step in row.etapes or ()],
        who=[
            ("Pilote", _written(row.pilote)),
            *_if_written("Copilotes", row.copilotes),
            ("Partenaires", _written(row.partenaires)),
            ("Pilote à la Caf", _written(row.pilote_caf)),
        ],
        means=[
            ("Équivalents temps plein", quantity(staff) if pd.notna(staff) else UNSAID),
            *_if_written("Dispositifs de la Caf", row.dispositifs_caf),
            *_if_written("Liens", links(row)),
        ],
        money=_money(chapter, row, agrees),
        indicators=_indicators(chapter, row.action_id),
        after=[("Évaluation", _written(row.modalites_evaluation)), *_if_written("Risques", row.risques)],
        followup=_followup(chapter, row.action_id),
    )


def _apart_from_steps(row) -> bool:
    """Whether an action has milestones that are not among its steps."""
    steps = row.etapes or ()
    milestones = row.jalons if isinstance(row.jalons, tuple) else (row.jalons,)
    return not set(milestones) <= set(steps)


def links(row) -> str:
    """The programmes that an action belongs to besides the convention."""
    named = [("PEDT", row.lien_pedt), ("service public de la petite enfance", row.lien_sppe)]
    return ", ".join(name for name, cell in named if pd.notna(cell) and cell)


def _written(cell: object) -> str:
    return texts.typography(pieces.text_of(cell) or UNSAID)


def _if_written(label: str, cell: object) -> Facts:
    """What an action may have and need not have, where it has it."""
    return [(label, _written(cell))] if pieces.text_of(cell) else []


def _links(ids, titles: pd.Series, address) -> pieces.Cell:
    return Markup("<br>").join(pieces.link(f"{name} {titles[name]}", address(name)) for name in ids) or UNSAID


def _state(row) -> str:
    words = [STATES[row.statut], f"version {row.version}", f"priorité {row.priorite}"]
    if row.statut != DROPPED and not pd.isna(row.valide_le):
        words[0] += f" le {date_text(row.valide_le)}"
    return texts.typography(" · ".join(words))


def _money(chapter: DemarcheChapter, row, agrees: bool) -> Markup:
    """What the financers bring by year, and whether it is the budget of the action."""
    own = chapter.table("financements")
    own = own[own["action_id"].eq(row.action_id)]
    planned = {"fonctionnement": row.budget_fonct, "investissement": row.budget_invest}
    budget_text = ", ".join(f"{word} {euros(amount)}" for word, amount in planned.items() if pd.notna(amount))
    if own.empty:
        return Markup("<p>{}</p>").format(
            texts.typography(f"Budget : {budget_text or UNSAID}. Aucun financement n'est inscrit.")
        )
    header, lines = amounts(plan.by_financer(own))
    note = f"Budget : {budget_text or UNSAID}.{'' if agrees else ' Les apports des financeurs ne font pas ce budget.'}"
    return inner_table("Financement, en euros", header, lines, note, last_apart=True)


def _indicators(chapter: DemarcheChapter, action: str) -> Markup:
    rows = chapter.table("indicateurs_suivi")
    rows = rows[rows["action_id"].eq(action)]
    if rows.empty:
        return Markup("<p>{}</p>").format(texts.typography("Aucun indicateur n'est inscrit."))
    told = {
        "Indicateur": [_measured(chapter, row) for row in rows.itertuples(index=False)],
        "Sorte": rows["type"],
        "Départ": map(dated, rows["valeur_reference"], rows["date_reference"]),
        "Cible": map(dated, rows["cible"], rows["cible_date"]),
        "Recueilli par": rows["collecteur"].map(pieces.text_of).replace("", UNSAID),
    }
    return inner_table("Indicateurs", *pieces.by_column(told))


def _measured(chapter: DemarcheChapter, row) -> pieces.Cell:
    """What is measured, with a link to its figure when it is one of the diagnosis."""
    label = f"{row.libelle} ({row.unite})"
    indicator = CATALOGUE.get(row.indicateur) if isinstance(row.indicateur, str) else None
    return pieces.link(label, chapter.figure_of(indicator)) if indicator else label


def dated(value: float, moment: object) -> str:
    """A value and its date: « 44 (2023) »."""
    return f"{quantity(value)} ({date_text(moment)})" if isinstance(moment, str) else quantity(value)


def _followup(chapter: DemarcheChapter, action: str) -> Markup:
    rows = chapter.table("suivi")
    rows = rows[rows["action_id"].eq(action)].sort_values("annee", kind="stable")
    if rows.empty:
        return Markup("")
    last = rows.iloc[-1]
    return pieces.link(f"Suivi {last['annee']} : {last['statut']}", to_followup(action))


def inner_table(
    caption: str, header: Sequence[str], lines: Lines, note: str = "", *, last_apart: bool = False
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
    lines = pieces.lines_of(by_financer, lambda value: number(value) if value else pieces.NOTHING)
    return ["Financeur", *map(str, by_financer.columns)], lines
