"""Chapter 16: where the convention is, year after year, and what its evaluations will read."""

from collections.abc import Iterable
from functools import cached_property

import pandas as pd

from ctg_analysis.chapter import known
from ctg_analysis.chapter.closing import SHOWN, telling
from ctg_analysis.chapter.demarche.addresses import to_action
from ctg_analysis.chapter.demarche.demarche_chapter import DemarcheChapter, needing
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche import plan
from ctg_analysis.display.demarche import achievements, pieces
from ctg_analysis.display.demarche import yearly_followup as shown_as
from ctg_analysis.display.drawings import bars, progress
from ctg_analysis.display.markup import Html, cited_with
from ctg_analysis.display.pieces.charts import Listing
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.dates import date_text, span_text
from ctg_analysis.display.words.quantities import counted, euros
from ctg_analysis.indicators.comparisons import last_year
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.source import SOURCES

FILE, INDICATORS = "demarche_suivi.csv", "demarche_indicateurs_suivi.csv"
RESULT = "résultat"
EVALUATION = "évaluation"
LATE, DROPPED = "retardée", "abandonnée"


class Followup(DemarcheChapter):
    """The follow-up of the actions, with the verbs of chapter 16."""

    BEGINS_WITH = ("actions", "suivi", "indicateurs_suivi")

    def __init__(self, territory: Territory):
        super().__init__(territory)
        self.actions = plan.in_order(self.table("actions"), self.table("axes"), self.table("objectifs"))
        self.funding = plan.of_the_plan(self.table("financements"), self.actions)
        self.rows = self.table("suivi")
        self.followed = self.table("indicateurs_suivi")

    @needing("Statut des actions", "actions", "suivi")
    def statuses(self) -> Html:
        """How many actions have each status, year by year."""
        by_year = plan.status_by_year(self.rows)
        counts = pd.DataFrame(
            {
                str(year): [int(by_year[year].eq(status).sum()) for status in plan.YEARLY_STATUSES]
                for year in by_year.columns
            },
            index=list(plan.YEARLY_STATUSES),
        ).T
        last, when = counts.iloc[-1], counts.index[-1]
        counts_text = ", ".join(counted(count, status) for status, count in last.items())
        sentence = f"Fin {when}, sur {counted(last.sum(), 'action')} : {counts_text}."
        note = "Une action retardée se fera plus tard ; une action abandonnée ne se fera pas."
        years = when if len(counts) == 1 else f"{counts.index[0]}-{when}"
        data = Listing(["Année", *plan.YEARLY_STATUSES], pieces.lines_of(counts))
        figure = pieces.chart(
            progress.stacked(counts),
            data,
            pieces.Origin(self.source("suivi"), years, FILE),
            message=f"{counted(last[LATE], LATE)} et {counted(last[DROPPED], DROPPED)} fin {when}",
            what="Actions par statut à la fin de l'année (nombre)",
            note=note,
        )
        return pieces.together(pieces.phrase(sentence), figure)

    @needing("Tableau de bord", "actions", "suivi")
    def dashboard(self) -> Html:
        """The actions axis by axis, with their status in words."""
        by_year = plan.status_by_year(self.rows)
        last = plan.latest(self.rows).set_index("action_id")[["avancement_pct", "faits", "difficultes"]]
        rows = self.actions[["action_id", "titre", "axe"]].join(by_year, on="action_id").join(last, on="action_id")
        years = list(by_year.columns)
        header = ["Action", *(f"Fin {year}" for year in years), "Avancement", "Ce qui a été fait", "Difficultés"]
        made = []
        for axis, own in rows.groupby("axe", sort=False):
            lines = []
            for row in own.to_dict("records"):
                name = pieces.link(f"{row['action_id']} {row['titre']}", to_action(row["action_id"]))
                done = pieces.NOTHING if pd.isna(row["avancement_pct"]) else f"{row['avancement_pct']} %"
                lines.append(
                    [
                        pieces.anchored(name, f"suivi-{row['action_id']}"),
                        *(pieces.text_of(row[year]) or pieces.UNKNOWN for year in years),
                        done,
                        pieces.text_of(row["faits"]) or pieces.NOTHING,
                        pieces.text_of(row["difficultes"]) or pieces.NOTHING,
                    ]
                )
            made.append(pieces.table(f"Axe : {axis}", header, lines, self.source("suivi")))
        return pieces.together(*made)

    @needing("Indicateurs, du départ à la cible", "actions", "suivi", "indicateurs_suivi")
    def bullets(self) -> Html:
        """The indicators from their baseline to their target, axis by axis."""
        gaps = plan.gaps(self.followed, self._values)
        rows = gaps.merge(self.followed[["ind_id", "action_id", "libelle", "unite"]], on="ind_id", validate="1:1")
        rows = rows.assign(
            label=rows["action_id"] + " " + rows["libelle"],
            axe=rows["action_id"].map(self.actions.set_index("action_id")["axe"]),
        )
        axes = dict(list(rows.groupby("axe", sort=False)))
        ordered = [axis for axis in dict.fromkeys(self.actions["axe"]) if axis in axes]
        drawn = [shown_as.bullets(axes[axis], axis, self._origin(axes[axis]["ind_id"])) for axis in ordered]
        return telling(pieces.together(self._recomputed(rows), *drawn), SHOWN, *self._indicators())

    @needing("Trajectoires des indicateurs de résultat", "actions", "suivi", "indicateurs_suivi")
    def paths(self) -> Html:
        """The result indicators over the years; two definitions are never joined."""
        results = self.followed[self.followed["type"].eq(RESULT)]
        rows = self._values[self._values["ind_id"].isin(results["ind_id"])]
        labels = {row.ind_id: f"{row.action_id} {row.libelle} ({row.unite})" for row in results.itertuples(index=False)}
        labels = {name: label for name, label in labels.items() if name in set(rows["ind_id"])}
        return shown_as.paths(rows, labels, self._origin(labels))

    @needing("Argent prévu et dépensé", "actions", "suivi", "financements")
    def money(self) -> Html:
        """What was to be spent and what was."""
        rows = plan.money(self.funding, self.rows)
        known = rows.dropna(subset=["spent"])
        spent, planned = known["spent"].sum(), known["planned"].sum()
        sentence = f"Dépensé : {euros(spent)}, pour {euros(planned)} prévus les mêmes années."
        last = known.iloc[-1]
        ends = pieces.planned_and_spent(known["year"].astype(str), known["planned"], known["spent"])
        lines = [
            [str(row.year), euros(row.planned), euros(row.spent), f"{row.told} sur {row.actions}"]
            for row in rows.itertuples(index=False)
        ]
        silent = [str(row.year) for row in rows.itertuples(index=False) if row.told < row.actions]
        note = f"En {texts.listed(silent)}, toutes les actions ne disent pas leur dépense." if silent else ""
        years = f"{rows['year'].min()}-{rows['year'].max()}" if len(rows) > 1 else str(rows["year"].min())
        figure = pieces.chart(
            bars.dumbbell(ends, ("Prévu", "Dépensé")),
            Listing(["Année", "Prévu", "Dépensé", "Actions qui disent leur dépense"], lines),
            pieces.Origin(self.source("financements", "suivi"), years, FILE),
            message=f"En {last.year:.0f} : {euros(last.spent)} dépensés pour {euros(last.planned)} prévus",
            what="Argent prévu et dépensé par année (milliers d'euros)",
            note=note,
        )
        return pieces.together(pieces.phrase(sentence), figure)

    @needing("Décisions", "actions", "suivi")
    def decisions(self) -> Html:
        """The decisions about the actions, and those of the bodies since the convention began."""
        decided = self.rows.dropna(subset=["decision_copil"])
        rows = [
            (row.date, pieces.link(row.action_id, to_action(row.action_id)), row.decision_copil)
            for row in decided.itertuples(index=False)
        ]
        for row in self.table("reunions").itertuples(index=False):
            if self.span and row.date.year >= self.span[0]:
                rows += [(row.date, row.instance, decision) for decision in row.decisions or ()]
        if not rows:
            return pieces.plain("Aucune décision n'est encore inscrite.")
        ordered = sorted(rows, key=lambda row: row[0], reverse=True)
        lines = [[date_text(day), about, decision] for day, about, decision in ordered]
        return pieces.table(
            "Les décisions, des plus récentes aux plus anciennes",
            ["Date", "Sujet", "Décision"],
            lines,
            self.source("suivi", "reunions"),
        )

    def evaluations(self) -> Html:
        """When the convention is evaluated, by whom, and what comes out of it."""
        rows = self.table("calendrier")
        rows = rows[rows["etape"].str.lower().str.contains(EVALUATION)] if len(rows) else rows
        if rows.empty:
            return pieces.plain(
                "Le calendrier de la démarche ne prévoit pas encore d'évaluation, à mi-parcours ni finale : une étape "
                "par évaluation, dans calendrier.csv."
            )
        lines = [
            [
                row.etape,
                span_text(row.debut, row.fin) or "date à préciser",
                *(pieces.text_of(cell) or pieces.NOTHING for cell in (row.statut, row.responsable, row.livrable)),
            ]
            for row in rows.itertuples(index=False)
        ]
        header = ["Évaluation", "Date", "Statut", "Responsable", "Livrable"]
        return pieces.table("Les évaluations prévues", header, lines, self.source("calendrier"))

    @needing("Bilan à ce jour", "actions", "suivi")
    def bilan(self) -> Html:
        """The bilan of the convention under way, in the form of that of the convention before."""
        actions = plan.as_bilan(self.actions, self.followed, self.funding, self.rows)
        source = self.source("suivi", "financements")
        origin = pieces.Origin(source, f"fin {self.rows['annee'].max()}", FILE)
        names = {
            row.action_id: pieces.link(f"{row.action_id} {row.intitule}", to_action(row.action_id))
            for row in actions.itertuples(index=False)
        }
        return pieces.together(
            achievements.statuses(actions, plan.YEARLY_STATUSES, origin),
            achievements.quantities(actions, origin),
            achievements.costs(actions, origin),
            achievements.one_by_one(actions, "Le bilan à ce jour, action par action", source, names),
        )

    @property
    def _values(self) -> pd.DataFrame:
        return plan.values(self.followed, self.rows, self._observed())

    def _indicators(self) -> list[str]:
        return [name for name in self.followed["indicateur"].dropna().unique() if name in CATALOGUE]

    @cached_property
    def _own(self) -> dict[str, pd.DataFrame]:
        """The observations of the territory, by indicator, of those that have any."""
        own = {name: self.territory.own(CATALOGUE[name]) for name in self._indicators()}
        return {name: rows for name, rows in own.items() if len(rows)}

    def _observed(self) -> pd.DataFrame:
        """What the observations say of the territory about the indicators that are followed."""
        if not self._own:
            return plan.NOTHING_OBSERVED
        rows = pd.concat([rows.assign(indicateur=name) for name, rows in self._own.items()])
        rounded = rows["source"].map(lambda name: SOURCES[name].withholds).astype(bool)
        bounds = {name: rows[name].where(rounded) for name in ("low", "high")}
        return rows.assign(year=rows["period"].map(last_year), **bounds)[[*plan.NOTHING_OBSERVED]]

    def _origin(self, ids: Iterable[str]) -> pieces.Origin:
        """Where the values of indicators come from: the follow-up, and the sources of what is recomputed."""
        cited = self.source("indicateurs_suivi", "suivi")
        own = self.followed[self.followed["ind_id"].isin(list(ids))]["indicateur"]
        rows = [rows for name, rows in self._own.items() if name in set(own)]
        cited = cited_with(cited, known.source(self.territory, pd.concat(rows), series=True)) if rows else cited
        years = f"{self.span[0]}-{self.span[1]}" if self.span else str(self.rows["annee"].max())
        return pieces.Origin(cited, years, INDICATORS)

    def _recomputed(self, rows: pd.DataFrame) -> Html:
        count = int(rows["kind"].eq(plan.OBSERVED).sum())
        reported = int(rows["kind"].eq(plan.REPORTED).sum())
        waiting = len(rows) - count - reported
        sentence = (
            f"{counted(len(rows), 'indicateur')} : {count} recalculé{'s' if count > 1 else ''} des données du "
            f"diagnostic, {reported} relevé{'s' if reported > 1 else ''} dans le suivi"
            f"{f', {waiting} pas encore mesuré' if waiting else ''}{'s' if waiting > 1 else ''}."
        )
        return pieces.phrase(sentence)


open_followup = Followup.open
