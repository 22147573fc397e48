"""Chapter 14: from proof to enjeu, to vote, to decision; every link leads both ways."""

from functools import cached_property

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter.demarche import proof_texts
from ctg_analysis.chapter.demarche.addresses import to_action, to_axis, to_constat, to_enjeu
from ctg_analysis.chapter.demarche.demarche_chapter import VOTED, DemarcheChapter, definitions, needing
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche.plan import chain as links
from ctg_analysis.demarche.tables import evidence
from ctg_analysis.demarche.tables.codes import LIST
from ctg_analysis.demarche.tables.statuses import DROPPED
from ctg_analysis.display import markup
from ctg_analysis.display.demarche import actor_names, pieces
from ctg_analysis.display.demarche import proof_chain as linked
from ctg_analysis.display.demarche import ranked_enjeux as shown_as
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.quantities import counted, number, quantity

RANKING = "demarche_priorities.csv"
ONE_INTERVIEW = "repose sur un seul entretien"
AGAINST = "contredit"


class Enjeux(DemarcheChapter):
    """The chain of a démarche, with the verbs of chapter 14."""

    BEGINS_WITH = ("constats", "preuves", "enjeux")

    def __init__(self, territory: Territory):
        super().__init__(territory)
        self.enjeux = self.table("enjeux")
        self.ranking = self.table(VOTED)
        self.titles = dict(zip(self.enjeux["enjeu_id"], self.enjeux["titre"], strict=True))

    @needing("Constats, preuves et enjeux", "constats", "preuves", "enjeux")
    def overview(self) -> Html:
        """How long the chain is, from proofs to actions."""
        constats, proofs = self.table("constats"), self.table("preuves")
        contrary = int(proofs["sens"].eq(AGAINST).sum())
        retained = int(self.enjeux["retenu"].fillna(False).sum())
        alone = len(self.table("one_interview"))
        sentence = (
            f"{counted(len(proofs), 'preuve')}, {counted(len(constats), 'constat')}, "
            f"{counted(len(self.enjeux), 'enjeu', 'enjeux')} dont {retained} "
            f"retenu{'s' if retained > 1 else ''} par le COPIL, "
            f"{counted(len(self.table('actions')), 'action')}."
        )
        warnings = [f"{counted(contrary, 'preuve contredit', 'preuves contredisent')} un constat"] if contrary else []
        warnings += [f"{counted(alone, 'constat repose', 'constats reposent')} sur un seul entretien"] if alone else []
        return pieces.phrase(sentence, f"{' ; '.join(warnings)}." if warnings else "")

    @needing("Constats et preuves", "constats", "preuves")
    def constats(self) -> Html:
        """The strengths, weaknesses, opportunities and threats of each field, with their proofs."""
        return pieces.together(linked.constats(self._constats), markup.source(self.source("constats", "preuves")))

    @needing("Enjeux", "enjeux")
    def chain(self) -> Html:
        """Each enjeu, from its constats to its actions."""
        return pieces.together(
            linked.enjeux([self._enjeu(row) for row in self.enjeux.itertuples(index=False)]),
            markup.source(self.source("enjeux")),
        )

    @needing("Notes données aux enjeux", "enjeux", VOTED)
    def criteria(self) -> Html:
        """Importance, urgence and faisabilité, each with its spread."""
        return shown_as.criteria(self.ranking, self._origin)

    @needing("Importance et urgence", "enjeux", VOTED)
    def matrix(self) -> Html:
        """The enjeux where importance and urgence cross."""
        return shown_as.matrix(self.ranking, to_enjeu, self._source)

    @needing("Rang des enjeux", "enjeux", VOTED)
    def ranks(self) -> Html:
        """The ranks and how sure they are."""
        return shown_as.ranks(self.ranking, self._origin)

    @needing("Rang selon la façon de compter", "enjeux", VOTED)
    def ways_of_counting(self) -> Html:
        """The ranks under other ways of counting."""
        return shown_as.ways_of_counting(self.table("sensitivity"), to_enjeu, self._source)

    @needing("Points par sorte d'acteurs", "enjeux", VOTED)
    def voters(self) -> Html:
        """The points that each kind of actors gave."""
        return shown_as.voters(self.table("points_by_type"), to_enjeu, self._source)

    @needing("Divergences entre acteurs", "enjeux", VOTED)
    def divergences(self) -> Html:
        """The enjeux on which the kinds of actors differ."""
        return shown_as.divergences(self.table("divergences"), self.titles, to_enjeu, self._source)

    @needing("Enjeux peu votés mais étayés", "enjeux", VOTED)
    def overlooked(self) -> Html:
        """The enjeux that are little voted but well proved."""
        return shown_as.overlooked(
            self.table("overlooked"), to_enjeu, to_constat, self.source("votes", "constats", "preuves")
        )

    @needing("Décision du COPIL", "enjeux", VOTED)
    def decisions(self) -> Html:
        """What the COPIL decided, apart from the votes."""
        return shown_as.decisions(self.table("decisions"), to_enjeu, self.source("enjeux"))

    @needing("Chiffres qui servent de preuves", "preuves")
    def figures(self) -> Html:
        """The figures of the diagnosis that prove something, each with the constats that rest on it."""
        proofs = self.table("preuves")
        proofs = proofs[proofs["type"].eq(evidence.INDICATOR)]
        names = proofs["ref"].str.split(evidence.JOIN).str[0]
        lines = []
        for name, rows in proofs.groupby(names, sort=False):
            indicator = CATALOGUE[name]
            constats = [
                pieces.link(f"{row.constat_id} ({row.sens})", to_constat(row.constat_id))
                for row in rows.itertuples(index=False)
            ]
            lines.append([pieces.link(indicator.label, self.figure_of(indicator)), pieces.listed(constats)])
        return pieces.table("Du chiffre au constat", ["Chiffre", "Constats"], lines, self.source("preuves"))

    def method(self) -> Html:
        """How votes are counted, what a strong proof is, what is never overwritten."""
        return definitions("enjeux")

    @cached_property
    def _constats(self) -> list[linked.Constat]:
        table = self.table("constats")
        enjeux = links.enjeux_by_constat(self.enjeux)
        actions = links.actions_by_constat(self.table("actions"))
        alone = set(self.table("one_interview")["constat_id"])
        meetings = self.table("ateliers").set_index("atelier_id")
        return [
            linked.Constat(
                id=row.constat_id,
                field=texts.capitalised(row.champ),
                statement=texts.typography(row.enonce),
                type=row.type,
                strength=linked.STRENGTHS[row.force_preuve],
                status=texts.typography(_status(row, meetings)),
                labels=[ONE_INTERVIEW] if row.constat_id in alone else [],
                proofs=proof_texts.proofs_of(self, row.constat_id),
                enjeux=pieces.listed(pieces.link(name, to_enjeu(name)) for name in enjeux.get(row.constat_id, [])),
                actions=pieces.listed(pieces.link(name, to_action(name)) for name in actions.get(row.constat_id, [])),
            )
            for row in table.itertuples(index=False)
        ]

    def _enjeu(self, row) -> linked.Enjeu:
        proofs = self.table("preuves")
        contrary = int((proofs["constat_id"].isin(row.constats) & proofs["sens"].eq(AGAINST)).sum())
        objectives = self.table("objectifs")
        axes = self.table("axes").set_index("axe_id")["titre"]
        own = objectives[objectives["enjeux"].map(lambda ids: row.enjeu_id in (ids or ()))]
        actions = self.table("actions").set_index("action_id")
        serving = links.actions_by_enjeu(self.table("actions"), objectives).get(row.enjeu_id, [])
        about = [
            ", ".join(row.champ),
            pieces.text_of(row.population_concernee),
            "transversal" if row.transversal else "",
        ]
        return linked.Enjeu(
            id=row.enjeu_id,
            title=texts.typography(row.titre),
            about=texts.typography(texts.capitalised(" · ".join(text for text in about if text))),
            constats=pieces.listed(pieces.link(name, to_constat(name)) for name in row.constats),
            against=f"{counted(contrary, 'preuve contraire', 'preuves contraires')}" if contrary else "",
            vote=texts.typography(self._vote(row.enjeu_id)),
            decision=texts.typography(_decision(row)),
            axes=[
                pieces.link(f"{axes[objective.axe_id]} › {objective.titre}", to_axis(objective.obj_id))
                for objective in own.itertuples(index=False)
            ],
            actions=[
                pieces.link(f"{name} {titre}{' (abandonnée)' if statut == DROPPED else ''}", to_action(name))
                for name, titre, statut in actions.loc[serving, ["titre", "statut"]].itertuples()
            ],
        )

    def _vote(self, enjeu: str) -> str:
        rows = self.ranking[self.ranking["enjeu_id"].eq(enjeu)]
        if rows.empty or pd.isna(rows["rank"].iloc[0]):
            return "Aucun vote."
        row = rows.iloc[0]
        low, high = int(row["rank_low"]), int(row["rank_high"])
        sure = row["words"].removeprefix("rang ") + (f" (de {low} à {high})" if low < high else "")
        marks = ", ".join(f"{title.lower()} {quantity(row[name])}" for name, title in shown_as.CRITERIA.items())
        return (
            f"Rang {row['rank']:.0f} sur {len(self.ranking)}, {sure} ; note moyenne {number(row['score'], 2)} "
            f"(médianes : {marks}) ; {number(row['points'])} points.{self._apart(enjeu)}"
        )

    def _apart(self, enjeu: str) -> str:
        rows = self.table("divergences")
        rows = rows[rows["enjeu_id"].eq(enjeu) & rows["diverges"].astype(bool)]
        if rows.empty:
            return ""
        above, below = (actor_names.the(rows[side].iloc[0].split(LIST)) for side in ("above", "below"))
        return f" Les acteurs divergent : plus important pour {above} ; moins important pour {below}."

    @property
    def _source(self) -> Citation:
        return self.source("votes")

    @property
    def _origin(self) -> pieces.Origin:
        return pieces.Origin(self._source, self.newest("votes")[:4] or "sans date", RANKING)


open_enjeux = Enjeux.open


def _status(row, meetings: pd.DataFrame) -> str:
    if not isinstance(row.valide_en, str):
        return row.statut
    meeting = meetings.loc[row.valide_en]
    return f"{row.statut} ({meeting['type']} du {date_text(meeting['date'])})"


def _decision(row) -> str:
    decision = texts.capitalised(shown_as.decision_text(row.retenu))
    day = f" le {date_text(row.decide_le)}" if not pd.isna(row.decide_le) else ""
    why = f" : {texts.uncapitalised(row.motif)}" if isinstance(row.motif, str) else ""
    return f"{decision}{day}{why}."
