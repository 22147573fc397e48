"""Chapter 13: what became of the convention before."""

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE, TITLES
from ctg_analysis.chapter import known
from ctg_analysis.chapter.closing import RECALLED, asking, telling
from ctg_analysis.chapter.demarche.demarche_chapter import DemarcheChapter
from ctg_analysis.chapter.territory import Observed
from ctg_analysis.core.errors import UserError
from ctg_analysis.core.model import Indicator
from ctg_analysis.demarche.plan.realisation import STATUSES
from ctg_analysis.demarche.tables.columns import last_day
from ctg_analysis.demarche.tables.statuses import ACTIVE
from ctg_analysis.display.demarche import achievements, pieces
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.quantities import counted, quantity

ACTIONS, FILE = "bilan_actions", "demarche_bilan_actions.csv"
NO_BASELINE = (
    "Le bilan ne dit pas la valeur à la signature : ce sont la plus ancienne et la plus récente valeur d'une même "
    "source, à la définition d'aujourd'hui et sur le périmètre d'aujourd'hui."
)


class Bilan(DemarcheChapter):
    """The actions of the convention before, with the verbs of chapter 13."""

    BEGINS_WITH = (ACTIONS, "competences", "equipements_services", "documents")

    def __init__(self, seen: Observed):
        super().__init__(seen)
        self.actions = self.table(ACTIONS)

    def statuses(self, family: str) -> Html:
        """Return how many actions were done, partly done, put off, given up, axis by axis.

        family: the indicators that tell it for the whole, which the chart stands for.
        Raises:
            UserError: a family that does not exist.
        """
        names = self._members(family)
        box = self._box("Statut des actions de la convention précédente")
        piece = box or achievements.statuses(self.actions, STATUSES, self._when, self._source, FILE)
        return telling(piece, RECALLED, *names)

    def quantities(self) -> Html:
        """Return what was planned and what was done."""
        return self._box("Quantités prévues et réalisées") or achievements.quantities(
            self.actions, self._when, self._source, FILE
        )

    def costs(self) -> Html:
        """Return what was to be spent and what was."""
        return self._box("Coûts prévus et réels") or achievements.costs(self.actions, self._when, self._source, FILE)

    def services(self) -> Html:
        """Return the equipments and services that the convention leaves, by sort: in service, planned, closed."""
        box = self.missing("Services créés, en projet ou fermés", "equipements_services")
        if box:
            return box
        rows = self.table("equipements_services")
        counts = rows.groupby("type", sort=False)["statut"].value_counts().unstack(fill_value=0)
        places = rows[rows["statut"].eq(ACTIVE)].groupby("type")["capacite"].sum(min_count=1)
        lines = [
            [
                name,
                *(str(counts.loc[name].get(status, 0)) for status in (ACTIVE, "en projet", "fermé")),
                quantity(places[name]) if name in places.dropna() else pieces.NOTHING,
            ]
            for name in counts.index
        ]
        header = ["Sorte", "En service", "En projet", "Fermés", "Places en service"]
        active = int(rows["statut"].eq(ACTIVE).sum())
        sentence = f"{counted(active, 'équipement ou service', 'équipements et services')} en service."
        source = self.source("equipements_services", day=self.newest(ACTIONS))
        return pieces.together(pieces.said(sentence), pieces.table("Équipements et services", header, lines, source))

    def one_by_one(self) -> Html:
        """Return the actions one by one."""
        return self._box("Bilan action par action") or achievements.one_by_one(
            self.actions, "Les actions de la convention précédente", self._source, {}
        )

    def lessons(self) -> Html:
        """Return what the bilan teaches."""
        return self._box("Enseignements du bilan") or achievements.lessons(self.actions, self._source)

    def then_and_now(self, *indicators: str) -> Html:
        """Return the first and the last value of indicators of one source, where there are two.

        Raises:
            UserError: an indicator that does not exist.
        """
        lines, absent, sources = [], [], []
        for name in indicators:
            if name not in CATALOGUE:
                raise UserError(f"no indicator {name!r}: `ctg list indicators WORD` finds their ids")
            one = CATALOGUE[name]
            rows = self.seen.own(one)
            rows = rows[rows["source"].eq(rows["source"].iloc[-1])] if len(rows) else rows
            if len(rows) < 2:
                absent.append(one.label)
                continue
            before, now = rows.iloc[0], rows.iloc[-1]
            told = [f"{row['text']} ({date_text(row['period'])})" for row in (before, now)]
            lines.append([pieces.link(one.label, self.figure_of(one)), one.unit, *told])
            sources.append(rows)
        note = f"{NO_BASELINE}{f' Sans deux valeurs comparables : {texts.listed(absent)}.' if absent else ''}"
        if not lines:
            nothing = pieces.plain("Aucun de ces indicateurs n'a deux valeurs d'une même source.", note)
            return telling(nothing, RECALLED, *indicators)
        header = ["Indicateur", "Unité", "Avant", "Aujourd'hui"]
        source = known.source(self.seen, pd.concat(sources), series=True)
        table = pieces.table("Les indicateurs, hier et aujourd'hui", header, lines, source, note)
        return telling(table, RECALLED, *indicators)

    def competences(self, family: str) -> Html:
        """Return who exercises each competence, place by place.

        family: the indicators that count the communes where the intercommunalité does, which the table stands for.
        Raises:
            UserError: a family that does not exist.
        """
        members = self._members(family)
        box = self.missing("Compétences, par commune", "competences")
        return telling(box or self._competences(), RECALLED, *members)

    def _competences(self) -> Html:
        rows = self.table("competences")
        names = list(dict.fromkeys(rows["competence"]))
        told = {(row.territoire, row.competence): row.exercee_par for row in rows.itertuples(index=False)}
        since = [
            f"{name} : {who}, depuis {texts.listed(sorted(own['depuis'].dropna().unique()))}"
            for (name, who), own in rows.groupby(["competence", "exercee_par"], sort=False)
            if own["depuis"].notna().any()
        ]
        epci = self.seen.epci
        whole = {name: told.get((epci, name), "") for name in names}
        lines = [
            [self.place(code), *(told.get((code, name)) or whole[name] or pieces.UNKNOWN for name in names)]
            for code in self.seen.communes["code"]
        ]
        lines.append([self.place(epci), *(whole[name] or "selon la commune" for name in names)])
        header = ["Territoire", *(name[:1].upper() + name[1:] for name in names)]
        source = self.source("competences")
        note = f"{' ; '.join(since)}." if since else ""
        return pieces.table("Qui exerce quelle compétence", header, lines, source, note, marked={len(lines) - 1})

    def by_year(self, family: str) -> Html:
        """Return the members of a family of indicators year by year, on one scale, each year from its own zero.

        Raises:
            UserError: a family that does not exist.
        """
        members = self._members(family)
        first = next(iter(members.values()))
        rows = pd.concat([self.seen.own(one).assign(name=one.label) for one in members.values()])
        if rows.empty:
            piece = known.unavailable(self.seen, first, f"{TITLES[family]}, par année")
        else:
            piece = achievements.by_year(rows, TITLES[family], first, known.source(self.seen, rows, series=True))
        return telling(piece, RECALLED, *members)

    def _members(self, family: str) -> dict[str, Indicator]:
        """Return the indicators of a family by id, whose definitions the chapter will give."""
        members = {name: one for name, one in CATALOGUE.items() if one.family == family}
        if not members:
            raise UserError(f"no family {family!r}: `ctg list indicators` shows the families")
        return members

    def glossary(self) -> Html:
        """Return the definitions of the indicators of the verbs of this class that the chapter shows."""
        return asking("recalled", "Définitions et sources")

    @property
    def _source(self) -> Citation:
        return self.source(ACTIONS, day=self._day)

    @property
    def _day(self) -> str:
        """Return the last day of the newest document that the bilan cites, ISO; empty when it cites none."""
        cited = {name for names in self.actions["preuve"].dropna() for name in names}
        documents = self.table("documents")
        days = [last_day(date).isoformat() for date in documents.loc[documents["doc_id"].isin(cited), "date"]]
        return max(days, default="")

    @property
    def _when(self) -> str:
        return f"bilan de {self._day[:4]}" if self._day else "bilan non daté"

    def _box(self, what: str) -> Html | None:
        return self.missing(what, ACTIONS)


open_bilan = Bilan.open
