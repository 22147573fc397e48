"""Chapter 16: where the convention is, year after year, and what its evaluations will read."""

import datetime
import re
from collections.abc import Iterable
from functools import cached_property

import pandas as pd

from ctg_analysis.chapter import known
from ctg_analysis.chapter.demarche import bilan, pieces
from ctg_analysis.chapter.demarche.pieces import needing
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche import plan
from ctg_analysis.demarche.columns import DROPPED
from ctg_analysis.display import markup, texts
from ctg_analysis.display.markup import SHOWN, Html, cited_with, telling
from ctg_analysis.display.quantities import counted, euros, number, quantity, thousands
from ctg_analysis.display.tables import Listing
from ctg_analysis.display.texts import span_text
from ctg_analysis.display.words import Words
from ctg_analysis.indicators.comparisons import last_year
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.source import SOURCES
from ctg_analysis.show import plan_charts

FILE, INDICATORS = "demarche_suivi.csv", "demarche_indicateurs_suivi.csv"
EVALUATION = "évaluation"
DONE, LATE = "réalisée", "retardée"

REACHED = "cible atteinte"
BROKEN = "série rompue : définition ou source changée, le départ, la valeur et la cible ne se comparent pas"
PLAIN = re.compile(r"[\d\u202f\u2212]+(?:,\d+)?")
ENDS = ["baseline_text", "now_text", "target_text"]
NOT_MEASURED = "pas encore mesuré"
ORIGINS = {
    plan.REPORTED: "relevé du suivi",
    plan.OBSERVED: "recalculé du diagnostic",
    plan.BASELINE: "départ",
    plan.TARGET: "cible",
}
WAY = (
    "La barre va du départ à la cible ; une flèche dit qu'elle va plus loin, ou à l'opposé. Trait gris : où elle en "
    "serait à la date de la valeur, au rythme qui mène à la cible en son temps."
)


class Followup(bilan.WithActions):
    """The follow-up of the actions, with the verbs of chapter 16."""

    ANSWERS_FROM = ("actions", "suivi")
    BEGINS_WITH = ("actions", "suivi", "indicateurs_suivi")

    def __init__(self, territory: Territory):
        super().__init__(territory)
        self.actions = plan.in_order(self.table("actions"), self.table("axes"), self.table("objectifs"))
        self.funding = plan.of_the_plan(self.table("financements"), self.actions)
        self.rows = self.table("suivi")
        self.followed = self.table("indicateurs_suivi")

    def _told(self) -> str:
        """How many of the actions are done, late and given up at the end of the last year."""
        last = self._by_status().iloc[-1]
        told = [counted(last[one], one) for one in (DONE, LATE, DROPPED)]
        return f"Fin {last.name}, sur {counted(last.sum(), 'action')} : {texts.listed(told)}"

    def _by_status(self) -> pd.DataFrame:
        counts = plan.status_by_year(self.rows).apply(lambda year: year.value_counts())
        return counts.reindex(plan.YEARLY_STATUSES).fillna(0).astype(int).T.rename(index=str)

    def statuses(self) -> pd.DataFrame:
        """How many actions have each status, year by year. Columns: label (the year), statut, value, text."""
        if box := self.missing("Statut des actions", "actions", "suivi"):
            return pieces.nothing(box)
        return pieces.result(pieces.by_cell(self._by_status(), "statut", str), yearly_words)

    @needing("Tableau de bord", "actions", "suivi")
    def dashboard(self) -> Html:
        """The actions axis by axis, with their status in words."""
        by_year = plan.status_by_year(self.rows)
        last = plan.latest(self.rows).set_index("action_id")[["avancement_pct", "faits", "difficultes"]]
        rows = self.actions[["action_id", "titre", "axe"]].join(by_year, on="action_id").join(last, on="action_id")
        made = []
        for axis, own in rows.groupby("axe", sort=False):
            named = pieces.titled(own["action_id"], own["titre"], pieces.to_action).values()
            told = {
                "Action": map(pieces.anchored, named, "suivi-" + own["action_id"]),
                **{f"Fin {year}": own[year].fillna(pieces.UNKNOWN) for year in by_year},
                "Avancement": [pieces.NOTHING if pd.isna(done) else f"{done} %" for done in own["avancement_pct"]],
                "Ce qui a été fait": own["faits"].map(pieces.written),
                "Difficultés": own["difficultes"].map(pieces.written),
            }
            made.append(pieces.table(f"Axe : {axis}", *pieces.by_column(told), self.source("suivi")))
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
        drawn = [
            bullets(axes[axis], axis, self._origin(axes[axis]["ind_id"]), "" if rank else WAY)
            for rank, axis in enumerate(ordered)
        ]
        return telling(pieces.together(self._recomputed(rows), *drawn), SHOWN, *self._indicators())

    @needing("Trajectoires des indicateurs de résultat", "actions", "suivi", "indicateurs_suivi")
    def paths(self) -> Html:
        """The result indicators over the years, from their baseline to their target."""
        results = self.followed[self.followed["type"].eq(plan.RESULT)]
        rows = self._values[self._values["ind_id"].isin(results["ind_id"])]
        results = results.set_index("ind_id")
        labels = results["action_id"] + " " + results["libelle"] + " (" + results["unite"] + ")"
        written = [_bare(text) or quantity(value) for text, value in zip(rows["text"], rows["value"], strict=True)]
        values = pd.Series(written, rows.index) + " (" + rows["kind"].map(ORIGINS) + ")"
        by_year = values.groupby([rows["ind_id"], rows["year"]]).agg(", ".join).unstack(fill_value=pieces.NOTHING)
        by_year = by_year.reindex([name for name in labels.index if name in by_year.index]).rename(index=labels)
        broken = rows.groupby("ind_id")["part"].nunique().loc[lambda parts: parts.gt(1)].index
        note = f"{BROKEN.capitalize()} : {texts.listed(list(labels[broken]))}." if len(broken) else ""
        caption, header = "Indicateurs de résultat, valeurs relevées et cible", ["Indicateur", *map(str, by_year)]
        source = self._origin(rows["ind_id"]).source
        return pieces.table(caption, header, pieces.lines_of(by_year), source, note)

    def money(self) -> pd.DataFrame:
        """What was to be spent and what was, year by year, in euros.

        Columns: label (the year), argent, value, text, told (actions that say their spending), actions.
        """
        if box := self.missing("Argent prévu et dépensé", "actions", "suivi", "financements"):
            return pieces.nothing(box)
        rows = plan.money(self.funding, self.rows).rename(columns={"planned": "Prévu", "spent": "Dépensé"})
        rows = rows.assign(label=rows["year"].map(str))
        cells = pieces.by_cell(rows.set_index("label")[["Prévu", "Dépensé"]], "argent", thousands)
        cells = cells.assign(text=cells["text"].where(cells["value"].notna(), pieces.UNKNOWN))
        return pieces.result(cells.merge(rows[["label", "told", "actions"]], on="label"), money_words)

    @needing("Décisions", "actions", "suivi")
    def decisions(self) -> Html:
        """The decisions of the bodies since the convention began, then those of the COPIL on an action."""
        since = self.span[0] if self.span else datetime.MAXYEAR
        rows = self.rows.dropna(subset="decision_copil").sort_values("annee", ascending=False, kind="stable")
        if rows.empty:
            return self.decided_since(since)
        names = pieces.titled(self.actions["action_id"], self.actions["titre"], pieces.to_action)
        told = {
            "Année": rows["annee"].map(str),
            "Action": rows["action_id"].map(names),
            "Décision": rows["decision_copil"],
        }
        caption = "Décisions du COPIL sur une action, au suivi annuel"
        return self.decided_since(since, pieces.table(caption, *pieces.by_column(told), self.source("suivi")))

    def evaluations(self) -> Html:
        """When the convention is evaluated, by whom, and what comes out of it."""
        rows = self.table("calendrier")
        rows = rows[rows["etape"].str.lower().str.contains(EVALUATION)] if len(rows) else rows
        if rows.empty:
            return pieces.plain(
                "Le calendrier de la démarche ne prévoit pas encore d'évaluation, à mi-parcours ni finale : une étape "
                "par évaluation, dans la feuille « Calendrier »."
            )
        told = {
            "Évaluation": rows["etape"],
            "Date": [span_text(*span) or "date à préciser" for span in zip(rows["debut"], rows["fin"], strict=True)],
            "Statut": rows["statut"].map(pieces.written),
            "Responsable": rows["responsable"].map(pieces.written),
            "Livrable": rows["livrable"].map(pieces.written),
        }
        return pieces.table("Les évaluations prévues", *pieces.by_column(told), self.source("calendrier"))

    @property
    def as_bilan(self) -> pd.DataFrame:
        """The actions of the convention under way in the form of the bilan of the convention before."""
        return plan.as_bilan(self.actions, self.followed, self.funding, self.rows)

    def statuses_by_axis(self) -> pd.DataFrame:
        """How many actions of each axis have each status to this day: see `Bilan.statuses`."""
        if box := self.missing("Bilan à ce jour", "actions", "suivi"):
            return pieces.nothing(box)
        return bilan.statuses(self.as_bilan, plan.YEARLY_STATUSES)

    def quantities(self) -> pd.DataFrame:
        """What was done of what is planned, to this day, action by action, in %: see `Bilan.quantities`."""
        if self.missing("Bilan à ce jour", "actions", "suivi"):
            return pieces.nothing(Html("", why="Aucun suivi."))
        return bilan.quantities(self.as_bilan)

    def costs(self) -> pd.DataFrame:
        """What is to be spent and what was to this day, by axis, in euros: see `Bilan.costs`."""
        if self.missing("Bilan à ce jour", "actions", "suivi"):
            return pieces.nothing(Html("", why="Aucun suivi."))
        return bilan.costs(self.as_bilan, bilan.DECLARED)

    def one_by_one(self) -> Html:
        """The actions one by one, to this day."""
        if self.missing("Bilan à ce jour", "actions", "suivi"):
            return Html("", why="Aucun suivi.")
        actions = self.as_bilan
        names = pieces.titled(actions["action_id"], actions["intitule"], pieces.to_action)
        return bilan.one_by_one(actions, "Le bilan à ce jour, action par action", self.origin.source, names)

    @property
    def origin(self) -> pieces.Origin:
        """Where the actions of the convention under way come from."""
        return pieces.Origin(self.source("suivi", "financements"), f"fin {self.rows['annee'].max()}", FILE)

    @property
    def _values(self) -> pd.DataFrame:
        return plan.values(self.followed, self.rows, self._observed())

    def _indicators(self) -> list[str]:
        return [name for name in self.followed["indicateur"].dropna().unique() if name in CATALOGUE]

    @cached_property
    def _own(self) -> dict[str, pd.DataFrame]:
        own = {name: self.territory.own(CATALOGUE[name]) for name in self._indicators()}
        return {name: rows for name, rows in own.items() if len(rows)}

    def _observed(self) -> pd.DataFrame:
        if not self._own:
            return plan.NOTHING_OBSERVED
        rows = pd.concat([rows.assign(indicateur=name) for name, rows in self._own.items()])
        rounded = rows["source"].map(lambda name: SOURCES[name].withholds).astype(bool)
        bounds = {name: rows[name].where(rounded) for name in ("low", "high")}
        return rows.assign(year=rows["period"].map(last_year), **bounds)[[*plan.NOTHING_OBSERVED]]

    def _origin(self, ids: Iterable[str]) -> pieces.Origin:
        cited = self.source("indicateurs_suivi", "suivi")
        own = self.followed[self.followed["ind_id"].isin(list(ids))]["indicateur"]
        rows = [rows for name, rows in self._own.items() if name in set(own)]
        cited = cited_with(cited, known.source(self.territory, pd.concat(rows), series=True)) if rows else cited
        years = f"{self.span[0]}-{self.span[1]}" if self.span else str(self.rows["annee"].max())
        return pieces.Origin(cited, years, INDICATORS)

    def _recomputed(self, rows: pd.DataFrame) -> Html:
        observed, reported = (rows["kind"].eq(kind).sum() for kind in (plan.OBSERVED, plan.REPORTED))
        waiting = len(rows) - observed - reported
        told = [f"{counted(observed, 'recalculé')} des données du diagnostic"]
        told += [f"{counted(reported, 'relevé')} dans le suivi"]
        told += [counted(waiting, "pas encore mesuré")] if waiting else []
        return markup.reading(f"{counted(len(rows), 'indicateur')} : {', '.join(told)}.")


open_followup = Followup.open


def yearly_words(chapter: Followup, rows: pd.DataFrame) -> Words:
    """How many actions are late, and how many given up, at the end of the last year. rows: of `statuses`."""
    counts = pieces.by_name(rows, "statut", "value")
    last, when = counts.reindex(columns=[LATE, DROPPED], fill_value=0).iloc[-1], counts.index[-1]
    return pieces.words(
        Listing(["Année", *counts], pieces.lines_of(counts.map("{:.0f}".format))),
        pieces.Origin(chapter.source("suivi"), _between(counts.index), FILE),
        title=f"{counted(last[LATE], LATE)} et {counted(last[DROPPED], DROPPED)} fin {when}",
        what="Actions par statut à la fin de l'année (nombre)",
        note="Une action retardée se fera plus tard ; une action abandonnée ne se fera pas.",
    )


def money_words(chapter: Followup, rows: pd.DataFrame) -> Words:
    """What was spent of what was to be, over the years that tell it. rows: of `money`."""
    table, years = pieces.by_name(rows, "argent", "value"), rows.drop_duplicates("label")
    told = {
        "Année": table.index,
        **{name: table[name].map(euros) for name in table},
        "Actions qui disent leur dépense": years["told"].map(str) + " sur " + years["actions"].map(str),
    }
    silent = list(years.loc[years["told"] < years["actions"], "label"])
    return pieces.words(
        Listing(*pieces.by_column(told)),
        pieces.Origin(chapter.source("financements", "suivi"), _between(table.index), FILE),
        title=_spent(table.dropna()) if len(table.columns) > 1 else "",
        what="Argent prévu et dépensé par année (milliers d'euros)",
        note=f"En {texts.listed(silent)}, toutes les actions ne disent pas leur dépense." if silent else "",
    )


def _spent(table: pd.DataFrame) -> str:
    return f"Dépensé : {euros(table['Dépensé'].sum())}, pour {euros(table['Prévu'].sum())} prévus les mêmes années"


def _between(years: pd.Index) -> str:
    return years[0] if len(years) == 1 else f"{years[0]}-{years[-1]}"


def bullets(rows: pd.DataFrame, what: str, origin: pieces.Origin, note: str = "") -> Html:
    """How far the indicators of an axis are between their baseline and their target.

    rows: those of `plan.gaps`, with label, unite. note: how to read it.
    """
    drawn = rows.assign(
        label=rows["label"] + " (" + rows["unite"] + ")",
        word=rows["broken"].map({True: "série rompue", False: ""}),
        **pd.DataFrame([_alike(row) for row in rows.itertuples(index=False)], rows.index, ENDS),
    )
    told = {
        "Indicateur": rows["label"],
        "Unité": rows["unite"],
        "Départ": map(_at, drawn["baseline_text"], rows["baseline_year"]),
        "Actuel": map(_at, drawn["now_text"], rows["now_year"]),
        "Cible": map(_at, drawn["target_text"], rows["target_year"]),
        "D'où vient l'actuel": rows["kind"].map(ORIGINS).fillna(pieces.NOTHING),
        "Lecture": [_word(row) for row in rows.itertuples(index=False)],
    }
    said = pieces.words(
        Listing(*pieces.by_column(told)),
        origin,
        title=f"{_on_course(rows[rows['way'].notna()])} : {what}",
        what=f"{what}, indicateurs du départ à la cible",
        note=note,
    )
    return pieces.drawn(plan_charts.bullets(drawn), drawn, said)


def _alike(row) -> list[str]:
    """The baseline, the value and the target of an indicator with the decimals that the diagnosis gives it."""
    now = _bare(row.text)
    if not now or not PLAIN.fullmatch(now):
        return [quantity(row.baseline), now or quantity(row.now), quantity(row.target)]
    decimals = len(now.partition(",")[2])
    ends = [pieces.UNKNOWN if pd.isna(end) else number(end, decimals) for end in (row.baseline, row.target)]
    return [ends[0], now, ends[1]]


def _bare(text: str) -> str:
    """How an observed value is written, without the sign of its unit, which has its own place."""
    return re.sub(r"\s*%", "", text)


def _at(text: str, year: float) -> str:
    return text if pd.isna(year) else f"{text} ({year:.0f})"


def _on_course(rows: pd.DataFrame) -> str:
    """How many indicators are as far as they would be at an even pace. rows: those that can be compared.

    >>> _on_course(pd.DataFrame({"way": [1.0, 0.499, 0.2], "due": [0.5, 0.5, 0.5]}))
    '2 indicateurs sur 3 au rythme de leur cible, dont 1 cible atteinte'
    """
    written = rows[["way", "due"]].fillna(1).mul(100).round()  # as each line is told
    ahead, reached = int(written["way"].ge(written["due"]).sum()), int(rows["way"].ge(1).sum())
    if not ahead:
        return f"Aucun indicateur sur {len(rows)} au rythme de sa cible"
    head = f"{counted(ahead, 'indicateur')} sur {len(rows)} au rythme de {'leur' if ahead > 1 else 'sa'} cible"
    return f"{head}, dont {counted(reached, 'cible atteinte', 'cibles atteintes')}" if reached else head


def _word(row) -> str:
    if pd.isna(row.now):
        return NOT_MEASURED
    if row.broken:
        return BROKEN
    if row.unsure:
        return texts.UNSURE
    if pd.isna(row.way):
        return pieces.NOTHING
    if row.way >= 1:
        return REACHED
    if row.way < 0:
        return "à l'opposé de la cible"
    pace = "" if pd.isna(row.due) else f", {number(100 * row.due)} % du temps"
    return f"{number(100 * row.way)} % du chemin{pace}"
