"""Chapter 14: from proof to enjeu, to vote, to decision; every link leads both ways."""

from functools import cached_property

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter.demarche import proof_texts
from ctg_analysis.chapter.demarche.demarche_chapter import DemarcheChapter, to_action, to_axis, to_constat, to_enjeu
from ctg_analysis.chapter.territory import Observed
from ctg_analysis.demarche.plan import chain as links
from ctg_analysis.demarche.tables import evidence
from ctg_analysis.demarche.tables.codes import LIST
from ctg_analysis.demarche.tables.statuses import DROPPED
from ctg_analysis.demarche.voices.priorities import OVERLOOKED
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

    def __init__(self, seen: Observed):
        super().__init__(seen)
        self.enjeux = self.table("enjeux")
        self.ranking = self.table("priorities")
        self.titles = dict(zip(self.enjeux["enjeu_id"], self.enjeux["titre"], strict=True))

    def overview(self) -> Html:
        """Return how long the chain is, from proofs to actions."""
        box = self.missing("Constats, preuves et enjeux", "constats", "preuves", "enjeux")
        if box:
            return box
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
        told = [f"{counted(contrary, 'preuve contredit', 'preuves contredisent')} un constat"] if contrary else []
        told += [f"{counted(alone, 'constat repose', 'constats reposent')} sur un seul entretien"] if alone else []
        return pieces.said(sentence, f"{' ; '.join(told)}." if told else "")

    def afom(self) -> Html:
        """Return the strengths, weaknesses, opportunities and threats of each field."""
        return self.missing("Atouts, faiblesses, opportunités, menaces", "constats") or pieces.together(
            linked.afom(self._constats), markup.source(self.source("constats"))
        )

    def constats(self) -> Html:
        """Return the constats with their proofs."""
        return self.missing("Constats et preuves", "constats", "preuves") or pieces.together(
            linked.constats(self._constats), markup.source(self.source("constats", "preuves"))
        )

    def chain(self) -> Html:
        """Return each enjeu, from its constats to its actions."""
        return self.missing("Enjeux", "enjeux") or pieces.together(
            linked.enjeux([self._enjeu(row) for row in self.enjeux.itertuples(index=False)]),
            markup.source(self.source("enjeux")),
        )

    def criteria(self) -> Html:
        """Return importance, urgence and faisabilité, each with its spread."""
        return self._votes("Notes données aux enjeux") or shown_as.criteria(
            self.ranking, self._when, self._source, RANKING
        )

    def matrix(self) -> Html:
        """Return the enjeux where importance and urgence cross."""
        return self._votes("Importance et urgence") or shown_as.matrix(self.ranking, to_enjeu, self._source)

    def ranks(self) -> Html:
        """Return the ranks and how sure they are."""
        return self._votes("Rang des enjeux") or shown_as.ranks(self.ranking, self._when, self._source, RANKING)

    def ways_of_counting(self) -> Html:
        """Return the ranks under other ways of counting."""
        return self._votes("Rang selon la façon de compter") or shown_as.ways_of_counting(
            self.table("sensitivity"), to_enjeu, self._source
        )

    def voters(self) -> Html:
        """Return the points that each kind of actors gave."""
        return self._votes("Points par sorte d'acteurs") or shown_as.voters(
            self.table("points_by_type"), to_enjeu, self._source
        )

    def divergences(self) -> Html:
        """Return on which enjeux the kinds of actors differ."""
        return self._votes("Divergences entre acteurs") or shown_as.divergences(
            self.table("divergences"), self.titles, to_enjeu, self._source
        )

    def overlooked(self) -> Html:
        """Return the enjeux that are little voted but well proved."""
        return self._votes("Enjeux peu votés mais étayés") or shown_as.overlooked(
            self.table("overlooked"), to_enjeu, to_constat, self.source("votes", "constats", "preuves")
        )

    def decisions(self) -> Html:
        """Return what the COPIL decided, apart from the votes."""
        return self._votes("Décision du COPIL") or shown_as.decisions(
            self.table("decisions"), to_enjeu, self.source("enjeux")
        )

    def figures(self) -> Html:
        """Return the figures of the diagnosis that prove something, each with the constats that rest on it."""
        box = self.missing("Chiffres qui servent de preuves", "preuves")
        if box:
            return box
        proofs = self.table("preuves")
        proofs = proofs[proofs["type"].eq(evidence.INDICATOR)]
        names = proofs["ref"].str.split(evidence.JOIN).str[0]
        lines = []
        for name, rows in proofs.groupby(names, sort=False):
            one = CATALOGUE[name]
            constats = [
                pieces.link(f"{row.constat_id} ({row.sens})", to_constat(row.constat_id))
                for row in rows.itertuples(index=False)
            ]
            lines.append([pieces.link(one.label, self.figure_of(one)), pieces.listed(constats)])
        return pieces.table("Du chiffre au constat", ["Chiffre", "Constats"], lines, self.source("preuves"))

    def method(self) -> Html:
        """Return how votes are counted, what a strong proof is, what is never overwritten."""
        return markup.definitions([{name: texts.typography(text) for name, text in entry.items()} for entry in METHOD])

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
                field=_capital(row.champ),
                statement=texts.typography(row.enonce),
                type=row.type,
                strength=linked.STRENGTHS[row.force_preuve],
                status=texts.typography(_status(row, meetings)),
                labels=[ONE_INTERVIEW] if row.constat_id in alone else [],
                proofs=proof_texts.told(self, row.constat_id),
                enjeux=pieces.listed(pieces.link(one, to_enjeu(one)) for one in enjeux.get(row.constat_id, [])),
                actions=pieces.listed(pieces.link(one, to_action(one)) for one in actions.get(row.constat_id, [])),
            )
            for row in table.itertuples(index=False)
        ]

    def _enjeu(self, row) -> linked.Enjeu:
        constats = self.table("constats").set_index("constat_id")
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
            about=texts.typography(_capital(" · ".join(text for text in about if text))),
            constats=[pieces.link(f"{name} {constats['enonce'][name]}", to_constat(name)) for name in row.constats],
            against=f"{counted(contrary, 'preuve contraire', 'preuves contraires')}" if contrary else "",
            vote=texts.typography(self._vote(row.enjeu_id)),
            decision=texts.typography(_decision(row)),
            axes=[
                pieces.link(f"{axes[one.axe_id]} › {one.titre}", to_axis(one.obj_id))
                for one in own.itertuples(index=False)
            ],
            actions=[
                pieces.link(f"{name} {actions['titre'][name]}{_dropped(actions['statut'][name])}", to_action(name))
                for name in serving
            ],
        )

    def _vote(self, enjeu: str) -> str:
        rows = self.ranking[self.ranking["enjeu_id"].eq(enjeu)]
        if rows.empty or pd.isna(rows["rank"].iloc[0]):
            return "Aucun vote."
        row = rows.iloc[0]
        low, high = int(row["rank_low"]), int(row["rank_high"])
        draws = f"de {low} à {high} dans 95 tirages sur 100" if low < high else f"{low} dans 95 tirages sur 100"
        marks = ", ".join(f"{title.lower()} {quantity(row[name])}" for name, title in shown_as.CRITERIA.items())
        return (
            f"Rang {row['rank']:.0f} sur {len(self.ranking)}, {row['words']} ({draws}) ; {marks} (notes médianes, de 1 "
            f"à 5) ; {number(row['points'])} points ; {row['voters']} bulletins.{self._apart(enjeu)}"
        )

    def _apart(self, enjeu: str) -> str:
        rows = self.table("divergences")
        rows = rows[rows["enjeu_id"].eq(enjeu) & rows["diverges"].astype(bool)]
        if rows.empty:
            return ""
        above, below = (actor_names.the(rows[side].iloc[0].split(LIST)) for side in ("above", "below"))
        return f" Les acteurs divergent : plus important pour {above} ; moins important pour {below}."

    def _votes(self, what: str) -> Html | None:
        box = self.missing(what, "enjeux")
        if box or len(self.ranking):
            return box
        return pieces.plain(f"{what} : les enjeux n'ont pas encore été soumis au vote.")

    @property
    def _source(self) -> Citation:
        return self.source("votes")

    @property
    def _when(self) -> str:
        return self.newest("votes")[:4] or "sans date"


open_enjeux = Enjeux.open


def _status(row, meetings: pd.DataFrame) -> str:
    if not isinstance(row.valide_en, str):
        return row.statut
    meeting = meetings.loc[row.valide_en]
    return f"{row.statut} ({meeting['type']} du {date_text(meeting['date'])})"


def _decision(row) -> str:
    said = _capital(shown_as.decision_text(row.retenu))
    day = f" le {date_text(row.decide_le)}" if not pd.isna(row.decide_le) else ""
    why = f" : {texts.uncapitalised(row.motif)}" if isinstance(row.motif, str) else ""
    return f"{said}{day}{why}."


def _dropped(status: str) -> str:
    return " (abandonnée)" if status == DROPPED else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


METHOD = (
    {
        "label": "Force d'une preuve",
        "definition": "Un constat noté 3 s'appuie sur deux sortes de preuves au moins ; celui qui repose sur un seul "
        "entretien est noté 1 et le dit. Les preuves qui nuancent ou contredisent un constat sont montrées avec "
        "celles qui l'appuient.",
        "caveats": "Une preuve par un chiffre est comparée aux données de cette édition : quand elles ne disent plus "
        "la même chose, le constat est « à relire ».",
        "sources": "",
    },
    {
        "label": "Rang et stabilité",
        "definition": "La note d'un enjeu est la moyenne de son importance, de son urgence et de sa faisabilité, à "
        "poids égaux ; à égalité, le nombre de points départage. " + shown_as.DRAWN,
        "caveats": "Le vote fait reculer ce qui touche peu de gens : c'est pourquoi les enjeux peu votés mais étayés "
        f"sont listés. {OVERLOOKED}",
        "sources": "",
    },
    {
        "label": "Décision du COPIL",
        "definition": "Elle est enregistrée à part, avec son motif et sa date : aucun calcul ne la change.",
        "caveats": "",
        "sources": "",
    },
)
