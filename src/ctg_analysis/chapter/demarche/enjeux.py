"""Chapter 14: from proof to enjeu, to vote, to decision; every link leads both ways."""

import pandas as pd
from markupsafe import Markup

from ctg_analysis.chapter.demarche import pieces
from ctg_analysis.chapter.demarche.pieces import VOTED, DemarcheChapter, definitions, needing, place_of
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche import columns, plan
from ctg_analysis.demarche.columns import DROPPED, LIST, OTHERS
from ctg_analysis.demarche.proof_checks import BENCHMARK, COMPARED, LEVELS, holds, test_beside
from ctg_analysis.demarche.voices import FOLLOWED, OVERLOOKED, RANKED, STABLE
from ctg_analysis.display import markup, texts
from ctg_analysis.display.markup import Html
from ctg_analysis.display.quantities import agreed, counted, number, quantity
from ctg_analysis.display.tables import Listing
from ctg_analysis.display.texts import date_text
from ctg_analysis.display.words import Words
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK, Indicator

RANKING = "demarche_priorities.csv"
AFOM = ("atout", "faiblesse", "opportunité", "menace")
STRENGTHS = {1: "preuve faible", 2: "preuve moyenne", 3: "preuve forte"}
ONE_INTERVIEW = "repose sur un seul entretien"
AGAINST = "contredit"
DRAWN = (
    "Trait : rangs obtenus dans 95 des 100 tirages où l'on refait le vote avec autant de bulletins, tirés au hasard "
    "parmi ceux de chaque rencontre et de chaque sorte d'acteurs. Un rang est dit stable quand ce trait couvre deux "
    "rangs voisins au plus ; la part des tirages est celle où le rang change d'un rang au plus."
)
CRITERIA = {"importance": "Importance", "urgence": "Urgence", "faisabilite": "Faisabilité"}


class Enjeux(DemarcheChapter):
    """The chain of a démarche, with the verbs of chapter 14."""

    ANSWERS_FROM = ("enjeux",)
    BEGINS_WITH = ("constats", "preuves", "enjeux")

    def __init__(self, territory: Territory):
        super().__init__(territory)
        self.enjeux = self.table("enjeux")
        self.retained = int(self.enjeux["retenu"].fillna(False).sum())
        self.ranking = self.table(VOTED)
        self.links = pieces.titled(self.enjeux["enjeu_id"], self.enjeux["titre"], pieces.to_enjeu)

    def _told(self) -> str:
        """How many enjeux there are, and how many the COPIL retained."""
        kept = f", dont {self.retained} retenu{'s' * (self.retained > 1)} par le COPIL" if self.retained else ""
        return f"{counted(len(self.enjeux), 'enjeu', 'enjeux')}{kept}"

    @needing("Constats, preuves et enjeux", "constats", "preuves", "enjeux")
    def overview(self) -> Html:
        """How long the chain is, from proofs to actions."""
        constats, proofs = self.table("constats"), self.table("preuves")
        contrary = int(proofs["sens"].eq(AGAINST).sum())
        alone = len(self.table("one_interview"))
        sentence = (
            f"{counted(len(proofs), 'preuve')}, {counted(len(constats), 'constat')}, "
            f"{counted(len(self.enjeux), 'enjeu', 'enjeux')} dont {self.retained} "
            f"retenu{'s' * (self.retained > 1)} par le COPIL, {counted(len(self.table('actions')), 'action')}."
        )
        warnings = [f"{counted(contrary, 'preuve contredit', 'preuves contredisent')} un constat"] if contrary else []
        warnings += [f"{counted(alone, 'constat repose', 'constats reposent')} sur un seul entretien"] if alone else []
        return markup.reading(sentence, f"{' ; '.join(warnings)}." if warnings else "")

    @needing("Constats et preuves", "constats", "preuves")
    def constats(self) -> Html:
        """The strengths, weaknesses, opportunities and threats of each field, with their proofs."""
        constats, enjeux = self.table("constats"), plan.naming(self.enjeux, "constats")
        actions = plan.naming(self.table("actions"), "constat_ids")
        alone = set(self.table("one_interview")["constat_id"])
        fields: dict[str, list[dict]] = {texts.capitalised(field): [] for field in constats["champ"]}
        for row in sorted(constats.itertuples(index=False), key=lambda row: AFOM.index(row.type)):
            one = {
                "id": row.constat_id,
                "statement": row.enonce,
                "type": row.type,
                "strength": STRENGTHS[row.force_preuve],
                "status": self._status(row),
                "labels": [ONE_INTERVIEW] if row.constat_id in alone else [],
                "proofs": proofs_of(self, row.constat_id),
                "enjeux": pieces.links(enjeux.get(row.constat_id, []), pieces.to_enjeu),
                "actions": pieces.links(actions.get(row.constat_id, []), pieces.to_action),
            }
            fields[texts.capitalised(row.champ)].append(one)
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
        told = {"Enjeu": voted["enjeu_id"].map(self.links)}
        for name, title in CRITERIA.items():
            told[title] = [_marks(*row) for row in voted[[name, f"{name}_q1", f"{name}_q3"]].to_numpy()]
        told["Bulletins"] = voted["voters"].map(number)
        caption = "Notes données aux enjeux, de 1 à 5 : médiane (quartiles)"
        return pieces.table(caption, *pieces.by_column(told), self._source, words=False)

    @needing("Importance et urgence", "enjeux", VOTED)
    def matrix(self) -> Html:
        """The enjeux where importance and urgence cross."""
        voted = self.ranking.dropna(subset=["importance", "urgence"])
        links = map(pieces.link, voted["enjeu_id"], voted["enjeu_id"].map(pieces.to_enjeu))
        told = map(Markup("{} ({})").format, links, voted["faisabilite"].map(quantity))
        wide = voted.assign(cell=[*told]).pivot_table(
            index="urgence", columns="importance", values="cell", aggfunc=pieces.listed
        )
        wide = wide.sort_index(ascending=False).fillna(pieces.NOTHING).rename(index=quantity)
        lines, header = pieces.lines_of(wide, Markup), ["Urgence", *(f"Importance {quantity(one)}" for one in wide)]
        note = "Notes médianes, de 1 à 5 ; entre parenthèses, la faisabilité."
        return pieces.table("Importance et urgence des enjeux", header, lines, self._source, note, words=False)

    def ranks(self) -> pd.DataFrame:
        """The rank of each enjeu, and those that it has in 95 of 100 draws.

        Columns: label, value (the rank), low, high, text, words (whether it is stable), stability, score, points.
        """
        if box := self.missing("Rang des enjeux", "enjeux", VOTED):
            return pieces.nothing(box)
        known = self.ranking.dropna(subset=["rank"])
        bounds = known[["rank", "rank_low", "rank_high"]].astype(int).to_numpy()
        return pieces.result(
            known.assign(
                label=known["enjeu_id"] + " " + known["titre"],
                value=known["rank"],
                low=known["rank_low"],
                high=known["rank_high"],
                text=[str(rank) if low == high else f"{rank} ({low} à {high})" for rank, low, high in bounds],
            ),
            ranks_words,
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
        header = ["Sorte d'acteurs", *(pieces.link(name, pieces.to_enjeu(name)) for name in wide)]
        caption = "Points donnés aux enjeux par chaque sorte d'acteurs"
        return pieces.table(caption, header, lines, self._source, note, marked={len(lines) - 1}, words=False)

    @needing("Divergences entre acteurs", "enjeux", VOTED)
    def divergences(self) -> Html:
        """The enjeux on which the kinds of actors differ."""
        apart = self._diverging
        if apart.empty:
            return pieces.plain("Aucun enjeu ne sépare les sortes d'acteurs de deux notes ou plus sur son importance.")
        told = {
            "Enjeu": apart["enjeu_id"].map(self.links),
            "Écart entre médianes": apart["spread"].map(quantity),
            "Plus important pour": apart["above"].str.split(LIST).map(pieces.the_actors),
            "Moins important pour": apart["below"].str.split(LIST).map(pieces.the_actors),
        }
        divided = counted(len(apart), "enjeu divise", "enjeux divisent")
        sentence = f"{divided} les acteurs : deux notes ou plus entre leurs médianes d'importance."
        made = pieces.table("Là où les acteurs ne sont pas d'accord", *pieces.by_column(told), self._source)
        return pieces.together(markup.reading(sentence), made)

    @needing("Enjeux peu votés mais étayés", "enjeux", VOTED)
    def overlooked(self) -> Html:
        """The enjeux that are little voted but well proved."""
        rows, cited = self.table("overlooked"), self.source("votes", "constats", "preuves")
        if rows.empty:
            return pieces.plain("Aucun enjeu étayé n'est dans le dernier tiers des votes.", OVERLOOKED)
        told = {
            "Enjeu": rows["enjeu_id"].map(self.links),
            "Rang du vote": rows["rank"].map(quantity),
            "Points": rows["points"].map(quantity),
            "Constats à preuve forte": [
                pieces.links(names.split(LIST), pieces.to_constat) for names in rows["constats"]
            ],
            "Sortes de preuves": rows["kinds"].map(str),
        }
        sentence = f"{counted(len(rows), 'enjeu est peu voté mais étayé', 'enjeux sont peu votés mais étayés')}."
        made = pieces.table("Peu votés mais étayés", *pieces.by_column(told), cited)
        return pieces.together(markup.reading(sentence, OVERLOOKED), made)

    @needing("Décision du COPIL", "enjeux")
    def decisions(self) -> Html:
        """What the COPIL decided, apart from the votes, if there were some."""
        rows, voted = self.table("decisions"), not self.table(VOTED).empty
        if not voted:
            rows = self.table("enjeux").assign(rank=float("nan"), against=FOLLOWED, unexplained=False)
        decisions = rows["retenu"].map(_decision_text, na_action=None)
        counts = decisions.value_counts()
        decided = ", ".join(counted(counts[word], word) for word in ("retenu", "non retenu") if word in counts)
        waiting = int(counts.get("pas encore décidé", 0))
        days, apart = [date_text(day) for day in rows["decide_le"]], not rows["against"].eq(FOLLOWED).all()
        dated = len({*days}) > 1
        when = "" if dated or not any(days) else f" le {days[0]}"
        sentence = f"Le COPIL a décidé{when} : {decided}." if decided else "Le COPIL n'a encore rien décidé."
        beside = f"{counted(waiting, 'enjeu attend', 'enjeux attendent')} sa décision." if waiting and decided else ""
        told = {
            "Enjeu": pieces.titled(rows["enjeu_id"], rows["titre"], pieces.to_enjeu).values(),
            **({"Rang du vote": rows["rank"].map(quantity)} if voted else {}),
            "Décision": decisions,
            "Motif": rows["motif"].fillna(rows["retenu"].isna().map({True: pieces.NOTHING, False: "sans motif"})),
        }
        if dated:
            told["Date"] = [day or pieces.NOTHING for day in days]
        if apart:
            told["Par rapport au vote"] = rows["against"] + rows["unexplained"].map({True: ", sans motif", False: ""})
        made = pieces.table(
            "La décision du COPIL" + ", à part du vote" * voted, *pieces.by_column(told), self.source("enjeux")
        )
        return pieces.together(markup.reading(sentence, beside), made)

    def method(self) -> Html:
        """How votes are counted, what a strong proof is, what is never overwritten."""
        return definitions("enjeux")

    def _status(self, row) -> str:
        if not isinstance(row.valide_en, str):
            return row.statut
        meeting = self.table("ateliers").set_index("atelier_id").loc[row.valide_en]
        return f"{row.statut} ({meeting['type']} du {date_text(meeting['date'])})"

    def _enjeu(self, row) -> dict[str, object]:
        proofs = self.table("preuves")
        contrary = int((proofs["constat_id"].isin(row.constats) & proofs["sens"].eq(AGAINST)).sum())
        objectives = self.table("objectifs")
        axes = self.table("axes").set_index("axe_id")["titre"]
        own = objectives[objectives["enjeux"].map(lambda ids: row.enjeu_id in (ids or ()))]
        actions = self.table("actions").set_index("action_id")
        serving = plan.actions_by_enjeu(self.table("actions"), objectives).get(row.enjeu_id, [])
        about = [", ".join(row.champ), pieces.text_of(row.population_concernee), "transversal" * bool(row.transversal)]
        return dict(
            id=row.enjeu_id,
            title=row.titre,
            about=texts.capitalised(" · ".join(filter(None, about))),
            constats=pieces.links(row.constats, pieces.to_constat),
            against=counted(contrary, "preuve contraire", "preuves contraires") if contrary else "",
            vote=self._vote(row.enjeu_id),
            decision=_decision(row),
            axes=[
                pieces.link(f"{axes[objective.axe_id]} › {objective.titre}", pieces.to_axis(objective.obj_id))
                for objective in own.itertuples(index=False)
            ],
            actions=[
                pieces.link(f"{name} {titre}{' (abandonnée)' if statut == DROPPED else ''}", pieces.to_action(name))
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
        for row in self._diverging[self._diverging["enjeu_id"].eq(enjeu)].itertuples():
            above, below = (pieces.the_actors(side.split(LIST)) for side in (row.above, row.below))
            return f" Les acteurs divergent : plus important pour {above} ; moins important pour {below}."
        return ""

    @property
    def _diverging(self) -> pd.DataFrame:
        rows = self.table("divergences")
        return rows[rows["diverges"].astype(bool)]

    @property
    def _source(self) -> str:
        return self.source("votes")

    @property
    def origin(self) -> pieces.Origin:
        """Where the ranks come from."""
        return pieces.Origin(self._source, self.newest("votes")[:4] or "sans date", RANKING)


open_enjeux = Enjeux.open


def ranks_words(chapter: Enjeux, rows: pd.DataFrame) -> Words:
    """How many ranks are stable. rows: of `ranks`."""
    stable = int(rows["words"].eq(STABLE).sum())
    told = {
        "Enjeu": rows["label"],
        "Rang (dans 95 tirages sur 100)": rows["text"],
        "Dit": rows["words"],
        "Part des tirages": [f"{number(100 * part)} %" for part in rows["stability"]],
        "Note moyenne": [number(score, 2) for score in rows["score"]],
        "Points": rows["points"].map(number),
    }
    doubt = "Le classement n'est pas sûr : deux rangs voisins ne se départagent pas toujours."
    return pieces.words(
        Listing(*pieces.by_column(told)),
        chapter.origin,
        title=_stability(stable, len(rows)),
        what="Rang des enjeux selon les votes",
        note=" ".join([RANKED, *([] if stable == len(rows) else [doubt]), DRAWN]),
    )


def _decision(row) -> str:
    decision = texts.capitalised(_decision_text(row.retenu))
    day = f" le {date_text(row.decide_le)}" if not pd.isna(row.decide_le) else ""
    why = f" : {texts.uncapitalised(row.motif)}" if isinstance(row.motif, str) else ""
    return f"{decision}{day}{why}."


def _marks(median: float, low: float, high: float) -> str:
    return pieces.UNKNOWN if pd.isna(median) else f"{quantity(median)} ({quantity(low)} à {quantity(high)})"


def _stability(stable: int, known: int) -> str:
    if stable == known:
        return f"Le vote donne un rang stable à {counted(known, 'enjeu', 'enjeux')} sur {known}"
    if not stable:
        return f"Le vote ne donne de rang stable à aucun enjeu sur {known}"
    others = "celui de l'autre" if known - stable == 1 else f"celui des {known - stable} autres"
    return f"Le vote donne un rang stable à {counted(stable, 'enjeu', 'enjeux')} sur {known} ; {others} est incertain"


def _decision_text(retained: object) -> str:
    return "pas encore décidé" if pd.isna(retained) else "retenu" if retained else "non retenu"


SENSES = {"appuie": "Appuie", "nuance": "Nuance", "contredit": "Contredit"}
KINDS = {
    columns.INDICATOR: "Chiffre",
    columns.SURVEY: "Consultation des habitants",
    columns.INTERVIEW: "Entretien",
    columns.DOCUMENT: "Document",
    columns.WORKSHOP: "Rencontre",
}
BESIDE = {  # level → the place as a comparison names it, and where its value is
    "departement": ("le département", "dans le département"),
    "region": ("la région", "dans la région"),
    "france": ("la France", "en France"),
    "epci": ("l'intercommunalité", "dans l'intercommunalité"),
}
LIMITS = {columns.AT_LEAST: "la preuve tient à partir de", columns.AT_MOST: "la preuve tient jusqu'à"}
NOT_QUOTED = "propos qui ne peuvent pas être cités ici"
NO_RESULT = "question dont aucun résultat n'est publié"
GONE, NOT_ANY_MORE = "valeur qui n'est plus dans le diagnostic", "ce que dit la preuve n'est plus vrai aujourd'hui"


def proofs_of(chapter: DemarcheChapter, constat: str) -> list[dict[str, str]]:
    """The proofs of a constat in words, those that contradict it too, in the order of the file."""
    rows, proofs = chapter.table("preuves"), []
    for row in rows[rows["constat_id"].eq(constat)].itertuples(index=False):
        text, address, fault = _WORDS[row.type](chapter, row)
        words = {"text": text, "address": address, "fault": fault}
        proofs.append(words | {"sense": SENSES[row.sens], "kind": KINDS[row.type]})
    return proofs


def _indicator(chapter: DemarcheChapter, row) -> tuple[str, str, str]:
    name, place, period = row.ref.split(columns.JOIN)
    indicator, territory = CATALOGUE[name], chapter.territory
    rows = territory.readable(indicator)
    rows = rows[rows["period"].eq(period)]
    own = rows[rows["territory"].eq(place) & rows["level"].ne("departement")]
    where = "" if place == territory.epci else f", {own['name'].iloc[0] if len(own) else place}"
    head = f"{indicator.label}{where}, {date_text(period)}"
    if own.empty or own["status"].iloc[0] != OK:
        return head, chapter.figure_of(indicator), GONE
    value = f"{head} : {own['text'].iloc[0]}{_unit(indicator, own['value'].iloc[0])}"
    gaps = territory.gaps(indicator) if (place, period) == (territory.epci, territory.periods.get(name)) else None
    alike = set() if gaps is None else set(gaps.loc[gaps["times"].lt(1), "level"])
    text = f"{value}, {_benchmark(indicator, own, rows, row, alike)}" if isinstance(row.lecture, str) else value
    true = not isinstance(row.lecture, str) or holds(
        row, territory.data(indicator), territory.territories, territory.epci
    )
    return text, chapter.figure_of(indicator), "" if true else NOT_ANY_MORE


def _unit(indicator: Indicator, value: float) -> str:
    in_label = indicator.unit.startswith("%") or indicator.unit.casefold() in indicator.label.casefold()
    return "" if in_label else f" {agreed(indicator.unit, round(value, indicator.decimals))}"


def _benchmark(indicator: Indicator, own: pd.DataFrame, rows: pd.DataFrame, row, alike: set[str]) -> str:
    """What a figure is held to show: « plus faible que le département (23,4 %) », « en hausse depuis 2018 ».

    alike: the levels that the chapter of the figure tells it to be like.
    """
    if row.lecture in LIMITS:
        percent = " %" if indicator.unit.startswith("%") else ""
        return f"{LIMITS[row.lecture]} {row.repere.replace('.', ',')}{percent}"
    match = BENCHMARK.fullmatch(row.repere)
    if row.lecture not in COMPARED or not match:
        return f"{row.lecture} {row.repere}"
    level = LEVELS[match[1]]
    place, there = BESIDE[level]
    others = rows[rows["level"].eq(level) & rows["status"].eq(OK)]
    others = others[others["territory"].eq(match[2])] if match[2] else others
    if len(others) and (level in alike or not test_beside(own, others)[0]):
        return f"contre {others['text'].iloc[0]} {there}"
    value = f" ({others['text'].iloc[0]})" if len(others) else ""
    reading = "écart non établi avec" if row.lecture == columns.CLOSE else row.lecture
    return f"{reading} {place}{value}"


def _placed(page: str, row, there: bool) -> str:
    """The address of a proof in the page of a chapter: that of the page when it is not shown there."""
    return f"{page}#{place_of(row.type, row.ref)}" if there else page


def _survey(chapter: DemarcheChapter, row) -> tuple[str, str, str]:
    questions = chapter.table("questionnaire").set_index("q_id")
    closed = set(questions.index[questions["champ"].notna()]) & set(chapter.table("distribution")["q_id"])
    answered = closed | set(chapter.table("open_themes")["q_id"])  # what the page of the consultation shows
    shares = chapter.table("distribution").dropna(subset="share")["q_id"]
    told = row.ref in {*shares, *chapter.table("open_themes")["q_id"]}
    label = questions["libelle"].get(row.ref, row.ref)
    return f"« {label} »", _placed(pieces.CONSULTATION, row, row.ref in answered), "" if told else NO_RESULT


def _interview(chapter: DemarcheChapter, row) -> tuple[str, str, str]:
    extracts = chapter.table("extraits").set_index("extrait_id")
    address = _placed(pieces.INTERVIEWS, row, row.ref in extracts.index)
    if row.ref not in extracts.index:
        return NOT_QUOTED, address, ""
    extract = extracts.loc[row.ref]
    return f"« {extract['texte_anonymise']} » ({extract['type_acteur']})", address, ""


def _document(chapter: DemarcheChapter, row) -> tuple[str, str, str]:
    name, _, page = row.ref.partition(columns.JOIN)
    document = chapter.table("documents").set_index("doc_id").loc[name]
    where = f", page\u00a0{page}" if page else ""
    return f"{document['titre']} ({document['auteur']}, {date_text(document['date'])}){where}", "", ""


def _workshop(chapter: DemarcheChapter, row) -> tuple[str, str, str]:
    contribution = chapter.table("contributions").set_index("contrib_id").loc[row.ref]
    meeting = chapter.table("ateliers").set_index("atelier_id").loc[contribution["atelier_id"]]
    text = f"« {contribution['texte']} » ({meeting['type']} du {date_text(meeting['date'])})"
    return text, _placed(pieces.INTERVIEWS, row, True), ""


_WORDS = {
    columns.INDICATOR: _indicator,
    columns.SURVEY: _survey,
    columns.INTERVIEW: _interview,
    columns.DOCUMENT: _document,
    columns.WORKSHOP: _workshop,
}
