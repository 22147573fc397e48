"""Chapter 13: what became of the convention before."""

import pandas as pd

from ctg_analysis.chapter import known
from ctg_analysis.chapter.closing import SHOWN, telling
from ctg_analysis.chapter.demarche.demarche_chapter import DemarcheChapter, needing
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche import plan
from ctg_analysis.demarche.columns import ACTIVE, last_day
from ctg_analysis.display.demarche import achievements, pieces
from ctg_analysis.display.drawings.amounts import grid
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.pieces.charts import Listing
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.quantities import counted, euros, quantity, thousands
from ctg_analysis.model.catalogue import CATALOGUE, TITLES
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import Indicator

ACTIONS, FILE = "bilan_actions", "demarche_bilan_actions.csv"
NO_BASELINE = (
    "Le bilan ne dit pas la valeur à la signature : ce sont la plus ancienne et la plus récente valeur d'une même "
    "source, à la définition d'aujourd'hui et sur le périmètre d'aujourd'hui."
)


class Bilan(DemarcheChapter):
    """The actions of the convention before, with the verbs of chapter 13."""

    BEGINS_WITH = (ACTIONS, "competences", "equipements_services", "documents")

    def __init__(self, territory: Territory):
        super().__init__(territory)
        self.actions = self.table(ACTIONS)

    def statuses(self, family: str) -> Html:
        """How many actions were done, partly done, put off, given up, axis by axis.

        family: the indicators that tell it for the whole, which the chart stands for.
        Raises:
            UserError: a family that does not exist.
        """
        names = self._members(family)
        box = self.missing("Statut des actions de la convention précédente", ACTIONS)
        piece = box or achievements.statuses(self.actions, plan.PAST_STATUSES, self._origin)
        return telling(piece, SHOWN, *names)

    @needing("Quantités prévues et réalisées", ACTIONS)
    def quantities(self) -> Html:
        """What was planned and what was done."""
        return achievements.quantities(self.actions, self._origin)

    @needing("Coûts prévus et réels", ACTIONS)
    def costs(self) -> Html:
        """What was to be spent and what was."""
        return achievements.costs(self.actions, self._origin)

    @needing("Services créés, en projet ou fermés", "equipements_services")
    def services(self) -> Html:
        """The equipments and services that the convention leaves, by sort: in service, planned, closed."""
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
        return pieces.together(pieces.phrase(sentence), pieces.table("Équipements et services", header, lines, source))

    @needing("Bilan action par action", ACTIONS)
    def one_by_one(self) -> Html:
        """The actions one by one."""
        return achievements.one_by_one(self.actions, "Les actions de la convention précédente", self._source, {})

    @needing("Enseignements du bilan", ACTIONS)
    def lessons(self) -> Html:
        """What the bilan teaches."""
        counts = self.actions["suite"].value_counts()
        next_steps = [f"{counts[word]} à {word}" for word in ("poursuivre", "adapter", "arrêter") if word in counts]
        if not next_steps:
            return pieces.plain("La suite à donner n'est pas encore décidée.")
        return pieces.phrase(f"Pour la suite : {texts.listed(next_steps)}.")

    def then_and_now(self, *indicators: str) -> Html:
        """The first and the last value of indicators of one source, where there are two.

        Raises:
            UserError: an indicator that does not exist.
        """
        lines, absent, sources = [], [], []
        for name in indicators:
            if name not in CATALOGUE:
                raise UserError(f"no indicator {name!r}: `ctg list indicators WORD` finds their ids")
            indicator = CATALOGUE[name]
            rows = self.territory.own(indicator)
            rows = rows[rows["source"].eq(rows["source"].iloc[-1])] if len(rows) else rows
            if len(rows) < 2:
                absent.append(indicator.label)
                continue
            before, now = rows.iloc[0], rows.iloc[-1]
            ends = [f"{row['text']} ({date_text(row['period'])})" for row in (before, now)]
            lines.append([pieces.link(indicator.label, self.figure_of(indicator)), indicator.unit, *ends])
            sources.append(rows)
        note = f"{NO_BASELINE}{f' Sans deux valeurs comparables : {texts.listed(absent)}.' if absent else ''}"
        if not lines:
            nothing = pieces.plain("Aucun de ces indicateurs n'a deux valeurs d'une même source.", note)
            return telling(nothing, SHOWN, *indicators)
        header = ["Indicateur", "Unité", "Avant", "Aujourd'hui"]
        source = known.source(self.territory, pd.concat(sources), series=True)
        table = pieces.table("Les indicateurs, hier et aujourd'hui", header, lines, source, note)
        return telling(table, SHOWN, *indicators)

    def competences(self, family: str) -> Html:
        """Who exercises each competence, place by place.

        family: the indicators that count the communes where the intercommunalité does, which the table stands for.
        Raises:
            UserError: a family that does not exist.
        """
        members = self._members(family)
        box = self.missing("Compétences, par commune", "competences")
        return telling(box or self._competences(), SHOWN, *members)

    def _competences(self) -> Html:
        rows = self.table("competences")
        names = list(dict.fromkeys(rows["competence"]))
        exercised_by = {(row.territoire, row.competence): row.exercee_par for row in rows.itertuples(index=False)}
        since = [
            f"{name} : {who}, depuis {texts.listed(sorted(own['depuis'].dropna().unique()))}"
            for (name, who), own in rows.groupby(["competence", "exercee_par"], sort=False)
            if own["depuis"].notna().any()
        ]
        epci = self.territory.epci
        whole = {name: exercised_by.get((epci, name), "") for name in names}
        lines = [
            [self.place(code), *(exercised_by.get((code, name)) or whole[name] or pieces.UNKNOWN for name in names)]
            for code in self.territory.communes["code"]
        ]
        lines.append([self.place(epci), *(whole[name] or "selon la commune" for name in names)])
        header = ["Territoire", *map(texts.capitalised, names)]
        source = self.source("competences")
        note = f"{' ; '.join(since)}." if since else ""
        return pieces.table("Qui exerce quelle compétence", header, lines, source, note, marked={len(lines) - 1})

    def by_year(self, family: str) -> Html:
        """The members of a family of indicators year by year, on one scale, each year from its own zero.

        Raises:
            UserError: a family that does not exist.
        """
        members = self._members(family)
        first = next(iter(members.values()))
        rows = pd.concat([self.territory.own(indicator).assign(name=indicator.label) for indicator in members.values()])
        if rows.empty:
            return telling(known.unavailable(self.territory, first, f"{TITLES[family]}, par année"), SHOWN, *members)
        wide = rows.pivot_table(index="name", columns="period", values="value", sort=False)
        whole = wide.sum()
        most = wide.sum(axis=1)
        wide.loc[plan.ALL] = whole
        wide = wide.assign(Total=wide.sum(axis=1))
        piece = pieces.chart(
            grid(wide, wide.map(thousands)),
            Listing(["Financeur", *wide.columns], pieces.lines_of(wide, euros)),
            pieces.Origin(
                known.source(self.territory, rows, series=True),
                f"{whole.index[0]}-{whole.index[-1]}",
                first.file_name,
            ),
            message=f"Premier financeur : {most.idxmax()}, {euros(most.max())} sur {euros(whole.sum())}",
            what=f"{TITLES[family]} (milliers d'euros)",
            note=first.caveats,
        )
        return telling(piece, SHOWN, *members)

    def _members(self, family: str) -> dict[str, Indicator]:
        """The indicators of a family by id, whose definitions the chapter will give."""
        members = {name: indicator for name, indicator in CATALOGUE.items() if indicator.family == family}
        if not members:
            raise UserError(f"no family {family!r}: `ctg list indicators` shows the families")
        return members

    @property
    def _source(self) -> Citation:
        return self.source(ACTIONS, day=self._day)

    @property
    def _day(self) -> str:
        """The last day of the newest document that the bilan cites, ISO; empty when it cites none."""
        cited = {name for names in self.actions["preuve"].dropna() for name in names}
        documents = self.table("documents")
        days = [last_day(date).isoformat() for date in documents.loc[documents["doc_id"].isin(cited), "date"]]
        return max(days, default="")

    @property
    def _origin(self) -> pieces.Origin:
        return pieces.Origin(self._source, f"bilan de {self._day[:4]}" if self._day else "bilan non daté", FILE)


open_bilan = Bilan.open
