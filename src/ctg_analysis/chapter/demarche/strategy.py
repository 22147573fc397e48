"""Chapter 15: axes, objectives, actions; their money, their pilotes, their governance."""

from collections.abc import Sequence
from functools import cached_property

import pandas as pd
from markupsafe import Markup

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter import known
from ctg_analysis.chapter.demarche import governance
from ctg_analysis.chapter.demarche.action_sheets import links, sheet
from ctg_analysis.chapter.demarche.demarche_chapter import DemarcheChapter, to_action, to_enjeu
from ctg_analysis.chapter.territory import Observed
from ctg_analysis.core.model import OK
from ctg_analysis.core.settings import data_root
from ctg_analysis.demarche.files.consistency import active
from ctg_analysis.demarche.plan import budget, chain, plan
from ctg_analysis.demarche.tables.statuses import DROPPED
from ctg_analysis.display import markup
from ctg_analysis.display.demarche import action_plan as shown_as
from ctg_analysis.display.demarche import pieces
from ctg_analysis.display.demarche.action_plan import Branch
from ctg_analysis.display.drawings import gantt
from ctg_analysis.display.markup import Citation, Html, cited_with
from ctg_analysis.display.pieces.charts import Listing
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.dates import date_text, span_text
from ctg_analysis.display.words.quantities import counted
from ctg_analysis.indicators.childcare_authority import COUNTED, read_thresholds

ACTIONS, FUNDING = "demarche_actions.csv", "demarche_financements.csv"
Marks = Sequence[tuple[float, str]]


class Strategy(DemarcheChapter):
    """The axes, the actions and their governance, with the verbs of chapter 15."""

    BEGINS_WITH = ("axes", "objectifs", "actions", "financements", "indicateurs_suivi", "instances", "reunions")

    def __init__(self, seen: Observed):
        super().__init__(seen)
        self.actions = plan.in_order(self.table("actions"), self.table("axes"), self.table("objectifs"))
        self.funding = budget.of_the_plan(self.table("financements"), self.actions)

    def tree(self) -> Html:
        """Return the axes, their objectives, their actions."""
        box = self.missing("Axes, objectifs et actions", "axes", "objectifs", "actions")
        if box:
            return box
        axes = self.table("axes").sort_values("ordre", kind="stable")
        kept = len(active(self.actions))
        dropped = len(self.actions) - kept
        sentence = (
            f"{counted(len(axes), 'axe')}, {counted(len(self.table('objectifs')), 'objectif')}, "
            f"{counted(kept, 'action')}"
            f"{', et ' + counted(dropped, 'action abandonnée', 'actions abandonnées') if dropped else ''}."
        )
        branches = [self._axis(row) for row in axes.itertuples(index=False)]
        source = markup.source(self.source("axes", "objectifs", "actions"))
        return pieces.together(pieces.said(sentence), shown_as.tree(branches), source)

    def sheets(self) -> Html:
        """Return one fiche for each action, which prints on one page."""
        box = self.missing("Fiches-action", "actions")
        if box:
            return box
        agreed = budget.reconciliation(self.actions, self.funding).set_index("action_id")["agrees"]
        made = [
            sheet(self, row, agrees=agreed.get(row.action_id, True)) for row in self.actions.itertuples(index=False)
        ]
        source = self.source("actions", "financements", "indicateurs_suivi")
        return pieces.together(shown_as.sheets(made), markup.source(source))

    def gantt(self) -> Html:
        """Return the actions over the years of the convention."""
        box = self.missing("Calendrier des actions", "actions")
        return box or self._drawn(self.actions, (), "Calendrier des actions", by_axis=True)

    def pedt(self, end: str) -> Html:
        """Return the actions of the PEDT beside the years in which PEDTs end. end: the indicator of these years."""
        box = self.missing("Actions liées au PEDT", "actions")
        if box:
            return box
        rows = known.by_commune(self.seen, CATALOGUE[end])
        rows = rows[rows["status"].eq(OK)]
        marks = [
            (
                year + 0.5,
                f"{year:.0f} : fin du PEDT de {counted(len(names), 'commune')} ({texts.listed(list(names))})",
            )
            for year, names in rows.groupby("value")["name"]
        ]
        tied = self.actions[self.actions["lien_pedt"].fillna(False).astype(bool)]
        sources = [known.source(self.seen, rows)] if len(rows) else []
        return self._drawn(tied, marks, "Actions liées au PEDT", *sources)

    def sppe(self) -> Html:
        """Return the actions of the service public de la petite enfance beside the dates of the law."""
        box = self.missing("Actions liées au service public de la petite enfance", "actions")
        if box:
            return box
        thresholds = read_thresholds(data_root().reference / "seuils.yml").values()
        dates: dict = {}
        for one in thresholds:
            if one.obligation != COUNTED:
                dates.setdefault(one.date, []).append(one.obligation)
        marks = [(plan.as_year(day), f"{date_text(day)} : {', '.join(names)}") for day, names in sorted(dates.items())]
        tied = self.actions[self.actions["lien_sppe"].fillna(False).astype(bool)]
        law = "Dates de la loi : voir les textes de référence du chapitre « Petite enfance »."
        what = "Actions liées au service public de la petite enfance"
        return self._drawn(tied, marks, what, Citation(texts.typography(law)))

    def budget(self) -> Html:
        """Return the money of the plan by financer and year, and whether it reconciles."""
        box = self.missing("Financement des actions", "actions", "financements")
        if box:
            return box
        table = budget.by_financer(self.funding)
        source = self.source("financements")
        drawn = shown_as.budget_by_financer(table, self._years, source, FUNDING)
        header, lines = shown_as.amounts(table)
        listed = pieces.table(
            "Financement des actions, en euros", header, lines, source, marked={len(lines) - 1}, words=False
        )
        agreed = budget.reconciliation(self.actions, self.table("financements"))
        told = shown_as.reconciliation(agreed, self.source("actions", "financements"), self._links)
        return pieces.together(told, drawn, listed)

    def load(self) -> Html:
        """Return what each pilote leads."""
        return self.missing("Charge des pilotes", "actions") or shown_as.load(
            plan.load(self.actions, self.funding), self._years, self.source("actions"), ACTIONS
        )

    def bodies(self) -> Html:
        """Return the bodies of the governance."""
        return governance.bodies(self)

    def meetings(self) -> Html:
        """Return the meetings held and planned, with their attendance."""
        return governance.meetings(self)

    def decisions(self) -> Html:
        """Return the decisions of the bodies, the newest first."""
        return governance.decisions(self)

    def coverage(self) -> Html:
        """Return whether each retained enjeu has an action, and each action what it needs."""
        box = self.missing("Couverture des enjeux", "enjeux", "actions")
        if box:
            return box
        enjeux = self.table("enjeux")
        names = {
            row.enjeu_id: pieces.link(f"{row.enjeu_id} {row.titre}", to_enjeu(row.enjeu_id))
            for row in enjeux.itertuples()
        }
        short = {name: pieces.link(name, to_action(name)) for name in self.actions["action_id"]}
        rows = chain.coverage(enjeux, self.actions, self.table("objectifs"))
        needs = plan.completeness(self.actions, self.table("financements"), self.table("indicateurs_suivi"))
        source = self.source("enjeux", "actions")
        return pieces.together(
            shown_as.covered(rows, names, short, source),
            shown_as.complete(needs, self._links, self.source("actions", "financements", "indicateurs_suivi")),
        )

    @cached_property
    def _links(self) -> dict[str, Markup]:
        return {
            row.action_id: pieces.link(f"{row.action_id} {row.titre}", to_action(row.action_id))
            for row in self.actions.itertuples(index=False)
        }

    @property
    def _years(self) -> str:
        first, last = self.span
        return f"{first}-{last}"

    def _axis(self, row) -> Branch:
        objectives = self.table("objectifs")
        own = objectives[objectives["axe_id"].eq(row.axe_id)]
        grown = [self._objective(one) for one in own.itertuples(index=False)]
        return Branch(f"but-{row.axe_id}", f"Axe {row.ordre}", texts.typography(row.titre), Markup(""), grown)

    def _objective(self, row) -> Branch:
        enjeux = pieces.listed(pieces.link(one, to_enjeu(one)) for one in row.enjeux)
        beside = Markup(' <span class="marks">(enjeux\u00a0: {}{})</span>').format(enjeux, _until(row))
        own = self.actions[self.actions["obj_id"].eq(row.obj_id)]
        grown = [Branch("", "", "", self._leaf(one)) for one in own.itertuples(index=False)]
        return Branch(f"but-{row.obj_id}", "Objectif", texts.typography(row.titre), beside, grown)

    def _leaf(self, row) -> Markup:
        told = [text for text in ("abandonnée" if row.statut == DROPPED else "", links(row)) if text]
        beside = Markup(' <span class="marks">({})</span>').format(", ".join(told)) if told else Markup("")
        return self._links[row.action_id] + beside

    def _drawn(self, actions: pd.DataFrame, marks: Marks, what: str, *sources: Citation, by_axis: bool = False) -> Html:
        """Return actions on the calendar of the convention; what has no date is named below."""
        rows = plan.in_time(actions)
        without = list(actions.loc[~actions["action_id"].isin(rows["action_id"]), "action_id"])
        note = "Bande claire : durée de la convention."
        note += f" Sans calendrier : {texts.listed(without)}." if without else ""
        if rows.empty:
            return pieces.plain(f"{what} : aucune.", note if without else "")
        drawn = rows.assign(
            name=rows["action_id"] + " " + rows["titre"],
            group=rows["axe"] if by_axis else "",
            dropped=rows["statut"].eq(DROPPED),
        )
        lines = [
            [
                row.name,
                span_text(row.calendrier_debut, row.calendrier_fin),
                row.statut if row.dropped else "active",
                row.axe,
            ]
            for row in drawn.itertuples(index=False)
        ]
        kept = drawn.loc[~drawn["dropped"], "begin"].astype(int)
        return pieces.chart(
            gantt.gantt(drawn, self.span, marks),
            Listing(["Action", "Calendrier", "État", "Axe"], lines),
            message=_beginnings(kept),
            what=what,
            when=self._years,
            source=cited_with(self.source("actions"), *sources),
            file=ACTIONS,
            note=note,
        )


open_strategy = Strategy.open


def _until(row) -> str:
    return f"\u202f; échéance {row.echeance}" if isinstance(row.echeance, str) else ""


def _beginnings(years: pd.Series) -> str:
    """Return how many actions there are and when the first ones begin. years: that of the beginning of each."""
    said = counted(len(years), "action")
    first = years.eq(years.min()).sum()
    if first == len(years):
        return f"{said} dès {years.min()}" if len(years) else said
    return f"{said}, dont {first} {'commence' if first == 1 else 'commencent'} en {years.min()}"
