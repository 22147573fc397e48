"""Chapter 14: from proof to enjeu, to vote, to decision; every link leads both ways."""

from functools import cached_property

import pandas as pd
from markupsafe import Markup

from ctg_analysis.chapter.demarche import proof_texts
from ctg_analysis.chapter.demarche.addresses import to_action, to_axis, to_constat, to_enjeu
from ctg_analysis.chapter.demarche.demarche_chapter import DRAWN, VOTED, DemarcheChapter, definitions, needing
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche import columns
from ctg_analysis.demarche import plan as links
from ctg_analysis.demarche.columns import DROPPED, LIST, OTHERS
from ctg_analysis.demarche.voices import FOLLOWED, OVERLOOKED, RANKED, STABLE
from ctg_analysis.display import markup
from ctg_analysis.display.demarche import pieces
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.pieces.charts import Listing
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.quantities import counted, number, quantity
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.show import plan_charts
from ctg_analysis.show.svg import svg

RANKING = "demarche_priorities.csv"
AFOM = ("atout", "faiblesse", "opportunité", "menace")
STRENGTHS = {1: "preuve faible", 2: "preuve moyenne", 3: "preuve forte"}
ONE_INTERVIEW = "repose sur un seul entretien"
AGAINST = "contredit"
CRITERIA = {"importance": "Importance", "urgence": "Urgence", "faisabilite": "Faisabilité"}
SPREAD = "Disque : note médiane, de 1 à 5 ; bande : la moitié centrale des notes."
MOVED = 3  # ranks


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
        fields: dict[str, list[dict]] = {one["field"]: [] for one in self._constats}
        for one in sorted(self._constats, key=lambda one: AFOM.index(one["type"])):
            fields[one["field"]].append(one)
        made = markup.piece("constats.html.j2", fields=fields)
        return pieces.together(made, markup.source(self.source("constats", "preuves")))

    @needing("Enjeux", "enjeux")
    def chain(self) -> Html:
        """Each enjeu, from its constats to its actions."""
        enjeux = [self._enjeu(row) for row in self.enjeux.itertuples(index=False)]
        return pieces.together(markup.piece("enjeux.html.j2", enjeux=enjeux), markup.source(self.source("enjeux")))

    @needing("Notes données aux enjeux", "enjeux", VOTED)
    def criteria(self) -> Html:
        """Importance, urgence and faisabilité, each with its spread."""
        voted = self.ranking[self.ranking["voters"].gt(0)]
        labels = [f"{row.enjeu_id} {row.titre}" for row in voted.itertuples(index=False)]
        header = ["Enjeu", *(f"{title} : médiane (quartiles)" for title in CRITERIA.values()), "Bulletins"]
        lines = [
            [label, *(_marks(row, name) for name in CRITERIA), number(row["voters"])]
            for label, row in zip(labels, voted.to_dict("records"), strict=True)
        ]
        return pieces.chart(
            svg(plan_charts.criteria(voted.assign(label=labels), CRITERIA).figure),
            Listing(header, lines),
            self._origin,
            message=_foremost(voted),
            what="Notes données aux enjeux, de 1 à 5",
            note=f"{SPREAD} {_ballots(voted)}",
        )

    @needing("Importance et urgence", "enjeux", VOTED)
    def matrix(self) -> Html:
        """The enjeux where importance and urgence cross."""
        voted = self.ranking.dropna(subset=["importance", "urgence"])
        across, down = (sorted(voted[name].unique(), reverse=name == "urgence") for name in ("importance", "urgence"))
        lines = []
        for urgency in down:
            cells = []
            for importance in across:
                here = voted[voted["importance"].eq(importance) & voted["urgence"].eq(urgency)]
                cells.append(pieces.listed(_in_cell(row) for row in here.itertuples(index=False)))
            lines.append([quantity(urgency), *cells])
        header = ["Urgence", *(f"Importance {quantity(importance)}" for importance in across)]
        note = "Notes médianes, de 1 à 5 ; entre parenthèses, la faisabilité."
        return pieces.table("Importance et urgence des enjeux", header, lines, self._source, note, words=False)

    @needing("Rang des enjeux", "enjeux", VOTED)
    def ranks(self) -> Html:
        """The ranks and how sure they are."""
        known = self.ranking.dropna(subset=["rank"])
        texts_ = [_rank_text(row) for row in known.itertuples(index=False)]
        labels = [f"{row.enjeu_id} {row.titre}" for row in known.itertuples(index=False)]
        stable = int(known["words"].eq(STABLE).sum())
        lines = [
            [label, text, row.words, number(100 * row.stability) + " %", number(row.score, 2), number(row.points)]
            for label, text, row in zip(labels, texts_, known.itertuples(index=False), strict=True)
        ]
        header = ["Enjeu", "Rang (dans 95 tirages sur 100)", "Dit", "Part des tirages", "Note moyenne", "Points"]
        doubt = "Le classement n'est pas sûr : deux rangs voisins ne se départagent pas toujours."
        return pieces.chart(
            svg(plan_charts.ranks(known.assign(label=labels, text=texts_)).figure),
            Listing(header, lines),
            self._origin,
            message=_stability(stable, len(known)),
            what="Rang des enjeux selon les votes",
            note=" ".join([RANKED, *([] if stable == len(known) else [doubt]), DRAWN]),
        )

    @needing("Rang selon la façon de compter", "enjeux", VOTED)
    def ways_of_counting(self) -> Html:
        """The ranks under other ways of counting."""
        sensitivity = self.table("sensitivity")
        wide = sensitivity.pivot(index="scheme", columns="enjeu_id", values="rank")
        wide = wide.loc[list(dict.fromkeys(sensitivity["scheme"]))].sort_values(
            sensitivity["scheme"].iloc[0], axis=1, kind="stable"
        )
        moved = int((wide.max() - wide.min()).ge(MOVED).sum())
        lines = pieces.lines_of(wide.rename(index=texts.capitalised))
        lines.append(["Du meilleur au moins bon", *(f"{wide[name].min()} à {wide[name].max()}" for name in wide)])
        header = ["Façon de compter", *(pieces.link(name, to_enjeu(name)) for name in wide)]
        many = counted(moved, "enjeu change", "enjeux changent")
        caption = "Rang des enjeux selon la façon de compter"
        return pieces.together(
            pieces.phrase(f"Selon la façon de compter, {many} de trois rangs ou plus."),
            pieces.table(caption, header, lines, self._source, marked={len(lines) - 1}, words=False),
        )

    @needing("Points par sorte d'acteurs", "enjeux", VOTED)
    def voters(self) -> Html:
        """The points that each kind of actors gave."""
        points = self.table("points_by_type")
        wide = points.pivot(index="type_votant", columns="enjeu_id", values="points").fillna(0).astype(int)
        wide = wide.loc[sorted(wide.index, key=lambda name: (name == OTHERS, -wide.loc[name].sum(), name))]
        wide.index = [pieces.actors(name) for name in wide.index]
        wide.loc["Ensemble"] = wide.sum()
        wide = wide[wide.loc["Ensemble"].sort_values(ascending=False, kind="stable").index]
        lines = pieces.lines_of(wide.rename(index=texts.capitalised))
        note = "Une sorte d'acteurs dont moins de trois personnes ont voté n'est pas nommée."
        header = ["Sorte d'acteurs", *(pieces.link(name, to_enjeu(name)) for name in wide)]
        caption = "Points donnés aux enjeux par chaque sorte d'acteurs"
        return pieces.table(caption, header, lines, self._source, note, marked={len(lines) - 1}, words=False)

    @needing("Divergences entre acteurs", "enjeux", VOTED)
    def divergences(self) -> Html:
        """The enjeux on which the kinds of actors differ."""
        rows = self.table("divergences")
        apart = rows[rows["diverges"].astype(bool)]
        if apart.empty:
            return pieces.plain("Aucun enjeu ne sépare les sortes d'acteurs de deux notes ou plus sur son importance.")
        lines = [
            [
                pieces.link(f"{row.enjeu_id} {self.titles[row.enjeu_id]}", to_enjeu(row.enjeu_id)),
                quantity(row.spread),
                pieces.the_actors(row.above.split(LIST)),
                pieces.the_actors(row.below.split(LIST)),
            ]
            for row in apart.itertuples(index=False)
        ]
        header = ["Enjeu", "Écart entre médianes", "Plus important pour", "Moins important pour"]
        divided = counted(len(apart), "enjeu divise", "enjeux divisent")
        sentence = f"{divided} les acteurs : deux notes ou plus entre leurs médianes d'importance."
        return pieces.together(
            pieces.phrase(sentence), pieces.table("Là où les acteurs ne sont pas d'accord", header, lines, self._source)
        )

    @needing("Enjeux peu votés mais étayés", "enjeux", VOTED)
    def overlooked(self) -> Html:
        """The enjeux that are little voted but well proved."""
        rows, cited = self.table("overlooked"), self.source("votes", "constats", "preuves")
        if rows.empty:
            return pieces.plain("Aucun enjeu étayé n'est dans le dernier tiers des votes.", OVERLOOKED)
        lines = [
            [
                pieces.link(f"{row.enjeu_id} {row.titre}", to_enjeu(row.enjeu_id)),
                pieces.UNKNOWN if pd.isna(row.rank) else quantity(row.rank),
                quantity(row.points),
                pieces.listed(pieces.link(name, to_constat(name)) for name in row.constats.split(LIST)),
                str(row.kinds),
            ]
            for row in rows.itertuples(index=False)
        ]
        header = ["Enjeu", "Rang du vote", "Points", "Constats à preuve forte", "Sortes de preuves"]
        sentence = f"{counted(len(rows), 'enjeu est peu voté mais étayé', 'enjeux sont peu votés mais étayés')}."
        return pieces.together(
            pieces.phrase(sentence, OVERLOOKED), pieces.table("Peu votés mais étayés", header, lines, cited)
        )

    @needing("Décision du COPIL", "enjeux", VOTED)
    def decisions(self) -> Html:
        """What the COPIL decided, apart from the votes."""
        rows = self.table("decisions")
        counts = rows["retenu"].map(_decision_text, na_action=None).value_counts()
        decided = ", ".join(
            f"{counts[word]} {word}{'s' if counts[word] > 1 else ''}"
            for word in ("retenu", "non retenu")
            if word in counts
        )
        waiting = int(counts.get("pas encore décidé", 0))
        days, apart = [date_text(day) for day in rows["decide_le"]], not rows["against"].eq(FOLLOWED).all()
        dated = len({*days}) > 1
        when = "" if dated or not any(days) else f" le {days[0]}"
        as_voted = "" if apart else ", selon le rang du vote"
        sentence = f"Le COPIL a décidé{when} : {decided}{as_voted}." if decided else "Le COPIL n'a encore rien décidé."
        beside = f"{counted(waiting, 'enjeu attend', 'enjeux attendent')} sa décision." if waiting and decided else ""
        lines = [
            [
                pieces.link(f"{row.enjeu_id} {row.titre}", to_enjeu(row.enjeu_id)),
                pieces.UNKNOWN if pd.isna(row.rank) else quantity(row.rank),
                _decision_text(row.retenu),
                pieces.text_of(row.motif) or ("sans motif" if not pd.isna(row.retenu) else pieces.NOTHING),
                *([date_text(row.decide_le) or pieces.NOTHING] if dated else []),
                *([f"{row.against}, sans motif" if row.unexplained else row.against] if apart else []),
            ]
            for row in rows.itertuples(index=False)
        ]
        header = ["Enjeu", "Rang du vote", "Décision", "Motif", *(["Date"] if dated else [])]
        header += ["Par rapport au vote"] if apart else []
        made = pieces.table("La décision du COPIL, à part du vote", header, lines, self.source("enjeux"))
        return pieces.together(pieces.phrase(sentence, beside), made)

    @needing("Chiffres qui servent de preuves", "preuves")
    def figures(self) -> Html:
        """The figures of the diagnosis that prove something, each with the constats that rest on it."""
        proofs = self.table("preuves")
        proofs = proofs[proofs["type"].eq(columns.INDICATOR)]
        names = proofs["ref"].str.split(columns.JOIN).str[0]
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
    def _constats(self) -> list[dict]:
        table = self.table("constats")
        enjeux = links.enjeux_by_constat(self.enjeux)
        actions = links.actions_by_constat(self.table("actions"))
        alone = set(self.table("one_interview")["constat_id"])
        meetings = self.table("ateliers").set_index("atelier_id")
        return [
            dict(
                id=row.constat_id,
                field=texts.capitalised(row.champ),
                statement=texts.typography(row.enonce),
                type=row.type,
                strength=STRENGTHS[row.force_preuve],
                status=texts.typography(_status(row, meetings)),
                labels=[ONE_INTERVIEW] if row.constat_id in alone else [],
                proofs=proof_texts.proofs_of(self, row.constat_id),
                enjeux=pieces.listed(pieces.link(name, to_enjeu(name)) for name in enjeux.get(row.constat_id, [])),
                actions=pieces.listed(pieces.link(name, to_action(name)) for name in actions.get(row.constat_id, [])),
            )
            for row in table.itertuples(index=False)
        ]

    def _enjeu(self, row) -> dict[str, object]:
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
        return dict(
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
        marks = ", ".join(f"{title.lower()} {quantity(row[name])}" for name, title in CRITERIA.items())
        return (
            f"Rang {row['rank']:.0f} sur {len(self.ranking)}, {sure} ; note moyenne {number(row['score'], 2)} "
            f"(médianes : {marks}) ; {number(row['points'])} points.{self._apart(enjeu)}"
        )

    def _apart(self, enjeu: str) -> str:
        rows = self.table("divergences")
        rows = rows[rows["enjeu_id"].eq(enjeu) & rows["diverges"].astype(bool)]
        if rows.empty:
            return ""
        above, below = (pieces.the_actors(rows[side].iloc[0].split(LIST)) for side in ("above", "below"))
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
    decision = texts.capitalised(_decision_text(row.retenu))
    day = f" le {date_text(row.decide_le)}" if not pd.isna(row.decide_le) else ""
    why = f" : {texts.uncapitalised(row.motif)}" if isinstance(row.motif, str) else ""
    return f"{decision}{day}{why}."


def _foremost(voted: pd.DataFrame) -> str:
    """Which enjeux have the highest median importance, and the highest urgency too when some have both."""
    important = voted[voted["importance"].eq(voted["importance"].max())]
    both = important[important["urgence"].eq(voted["urgence"].max())]
    first = both if len(both) else important
    single, many = ("le plus important et le plus urgent", "les plus importants et les plus urgents")
    if both.empty:
        single, many = "le plus important", "les plus importants"
    if len(first) == 1:
        return f"L'enjeu jugé {single} : {texts.uncapitalised(first['titre'].iloc[0])}"
    return f"{len(first)} enjeux sur {len(voted)} sont jugés {many}"


def _marks(row: dict, name: str) -> str:
    if pd.isna(row[name]):
        return pieces.UNKNOWN
    return f"{quantity(row[name])} ({quantity(row[f'{name}_q1'])} à {quantity(row[f'{name}_q3'])})"


def _ballots(voted: pd.DataFrame) -> str:
    least, most = int(voted["voters"].min()), int(voted["voters"].max())
    return f"{least} bulletins." if least == most else f"De {least} à {most} bulletins selon l'enjeu."


def _in_cell(row) -> Markup:
    return Markup("{} ({})").format(pieces.link(row.enjeu_id, to_enjeu(row.enjeu_id)), quantity(row.faisabilite))


def _stability(stable: int, known: int) -> str:
    """How many enjeux have a rank that the vote makes stable."""
    if stable == known:
        return f"Le vote donne un rang stable à {counted(known, 'enjeu', 'enjeux')} sur {known}"
    if not stable:
        return f"Le vote ne donne de rang stable à aucun enjeu sur {known}"
    left = known - stable
    others = "celui de l'autre" if left == 1 else f"celui des {left} autres"
    return f"Le vote donne un rang stable à {counted(stable, 'enjeu', 'enjeux')} sur {known} ; {others} est incertain"


def _rank_text(row) -> str:
    low, high = int(row.rank_low), int(row.rank_high)
    return f"{row.rank:.0f}" if low == high else f"{row.rank:.0f} ({low} à {high})"


def _decision_text(retained: object) -> str:
    """What the COPIL decided."""
    return "pas encore décidé" if pd.isna(retained) else "retenu" if retained else "non retenu"
