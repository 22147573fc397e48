"""Chapter 11: how the residents were asked, who answered, what they say (rules R20 to R26)."""

import pandas as pd

from ctg_analysis.chapter import surveyed
from ctg_analysis.chapter.demarche import pieces
from ctg_analysis.chapter.demarche.pieces import DemarcheChapter, needing
from ctg_analysis.chapter.surveyed import (
    FEW,
    FRAGILE_UNDER,
    NOTHING,
    between,
    count,
    few_of,
    foremost,
    share,
    typographed,
)
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche.columns import CLOSED, SCALE, SEVERAL, UNKNOWN, labels
from ctg_analysis.display import markup, texts
from ctg_analysis.display.markup import Html
from ctg_analysis.display.quantities import counted, number
from ctg_analysis.display.standing import NOT_ESTABLISHED
from ctg_analysis.display.tables import Listing
from ctg_analysis.display.texts import short_date
from ctg_analysis.display.words import Words

ANSWERED = "consultation"
DRAWN_BY_LOT, UNDER = "probabiliste", "sous-représenté"
ESTABLISHED = "lien "  # how the words of an established link begin
TOLERATED = 0.02  # between a weighted share, of rounded counts, and that of the census
WAYS = {"mode": "Mode", "canal": "Canal"}
SECTEUR_LABEL = "Secteur d'habitation"
UNTRIED = "Aucun croisement : trop peu de réponses pour un test."


class Consultation(DemarcheChapter):
    """What the residents said, with the verbs of chapter 11."""

    BEGINS_WITH = ("questionnaire", "marges", "reponses")
    ANSWERS_FROM = (ANSWERED,)
    TELLS_FROM, WORKED_FROM, METHOD = (ANSWERED,), "reponses", "consultation"

    def __init__(self, territory: Territory):
        super().__init__(territory)
        self.questions = self.table("questionnaire").set_index("q_id")

    def _told(self) -> str:
        """How many answers there are, and whose they are."""
        by_lot = self._about["plan"] == DRAWN_BY_LOT
        whose = "de personnes tirées au sort" if by_lot else "de ceux qui ont voulu répondre"
        return f"{_usable(self._about)} réponses, {whose}"

    @needing("Consultation des habitants", ANSWERED)
    def method(self) -> Html:
        """Who was asked, how, when, and what the answers are worth."""
        about = self._about
        points = 100 * about["half_width"]
        margin = f"± {number(points, 1)} point{'s' if points >= 2 else ''}"
        worth = (
            f"La marge d'erreur à 95 % d'une part de 50 % est de {margin}."
            if about["plan"] == DRAWN_BY_LOT
            else "Ces répondants n'ont pas été tirés au sort : les intervalles sont indicatifs, et rien ne dit l'avis "
            "de ceux qui n'ont pas répondu."
        )
        weights = (
            f"Une fois redressées, ces réponses ont la précision de {count(about['n_eff'])} réponses sans poids "
            f"(effet de plan : {number(about['deff'], 2)}), soit {margin} sur une part de 50 %."
            if about["weighted"]
            else "Elles ne sont pas redressées, faute de marges du recensement."
        )
        spread = f"{about['diffusion'].rstrip('.')}. " if about["diffusion"] else ""
        days = " au ".join(short_date(about[day]) for day in ("start", "end"))
        how = " ; ".join(filter(None, [about["modes"].replace("|", ", "), f"du {days}"]))
        lead = f"{_usable(about)} réponses sont exploitables ({how}). {spread}{worth}"
        return pieces.together(markup.reading(lead, weights), markup.source(self._source))

    @needing("Nombre de réponses", ANSWERED)
    def response(self) -> Html:
        """How many were asked, began, finished and are kept, and by which way they came (rule R22)."""
        steps = self.table("participation").dropna(subset="least")
        parts = {"Part des envoyés": "of_sent", "Part des commencés": "of_started"}
        parts = {label: column for label, column in parts.items() if steps[column].notna().any()}
        lines = [
            [row["step"], between(row["least"], row["most"]), *(share(row[part]) for part in parts.values())]
            for row in steps.to_dict("records")
        ]
        ways = self.table("channels")
        by_way = [[f"{WAYS[row.kind]} : {row.label}", count(row.count)] for row in ways.itertuples()]
        source = self._source
        kept = "Exploitable : allée jusqu'au bout, ou remplie au moins à moitié."
        header = ["Questionnaires", "Nombre", *parts]
        return pieces.together(
            pieces.table(
                "Du questionnaire commencé à la réponse exploitable", header, lines, source, kept, words=False
            ),
            pieces.table("Par où sont venues les réponses", ["Voie", "Réponses"], by_way, source, words=False),
        )

    @needing("Marges du recensement", ANSWERED)
    def margins(self) -> Html:
        """Whether the weights make the profile of the respondents that of the census, and who is missing."""
        rows = self.table("profile")
        if rows.empty:
            return markup.reading("Le profil des répondants ne se compare pas, faute de marges du recensement.")
        far = (rows["after"] - rows["census"]).abs().max() > TOLERATED
        reached = f"Les poids {'ne ramènent pas' if far else 'ramènent'} chaque marge à celle du recensement."
        under = rows[rows["represented"].eq(UNDER)].groupby("libelle", sort=False)["modalite_libelle"]
        least = " ; ".join(f"« {label} » {', '.join(names)}" for label, names in under)
        beside = f"Moins entendus que leur part dans la population : {least}. " if least else ""
        margins = self.table("marges").drop_duplicates("source")
        cited = " ; ".join(f"{row.source}, {row.millesime} ({row.champ})" for row in margins.itertuples())
        return markup.reading(reached, f"{beside}Marges : {cited}.")

    def profile(self) -> pd.DataFrame:
        """The profile of the respondents before and after weights, beside the census, in %.

        Columns: block (what is told of them), label, value (before), après, recensement, text, represented.
        """
        rows = self.table("profile")
        if rows.empty:
            return pieces.nothing(Html("", why="Aucun profil à comparer."))
        return pieces.result(
            rows.assign(
                block=typographed(rows["libelle"]),
                label=typographed(rows["modalite_libelle"]),
                value=100 * rows["before"],
                text=rows["before"].map(share),
                **{"après": 100 * rows["after"], "recensement": 100 * rows["census"]},
            ),
            profile_words,
        )

    def answers(self, field: str) -> list[pd.DataFrame]:
        """What was answered to each closed question of a field of the convention, in %.

        Columns: label, value, low, high, text, then those of the table `distribution`. Answers come by rank, those of a
        scale in its order.
        """
        if box := self.missing("Réponses", ANSWERED):
            return [pieces.nothing(box)]
        by_question = {q_id: rows for q_id, rows in self.table("distribution").groupby("q_id")}
        asked = self.questions[self.questions["champ"].eq(field) & self.questions["type"].isin(CLOSED)]
        asked = asked[asked.index.isin(by_question)]
        if asked.empty:
            return [pieces.nothing(markup.reading("Aucune question de la consultation n'en parle."))]
        return [_of_question(asked.loc[name], by_question[name]) for name in asked.index]

    @needing("Ce qui était souhaité, ce qui est utilisé", ANSWERED)
    def wishes(self) -> Html:
        """How many use what they wished, for each pair of such questions."""
        told = [wish(self.label(row["q_id"]), row, self.interval) for _, row in self.table("wishes").iterrows()]
        if not told:
            return markup.reading("Trop peu de répondants, ou un questionnaire qui ne demande pas les deux.")
        return pieces.together(*told, markup.source(self._source))

    @needing("Depuis la consultation précédente", ANSWERED)
    def since(self) -> Html:
        """What was answered in the survey of the convention before, beside what is now; nothing without it."""
        rows = surveyed.since(self.table("distribution"), self.table("enquete_precedente"))
        if rows.empty:
            return Html("", why="Aucune consultation précédente.")
        lines = [
            [
                f"« {self.label(row.q_id)} » : {row.libelle}",
                f"{share(row.then)} ({row.annee})",
                share(row.now),
                ("en hausse" if row.now > row.then else "en baisse") if row.moved else NOT_ESTABLISHED,
            ]
            for row in rows.itertuples()
        ]
        header = ["Question et réponse", "Alors", "Cette fois", "Évolution"]
        note = "Ceux qui répondent ne sont pas les mêmes d'une fois à l'autre : l'évolution est indicative."
        return pieces.table("Parts des répondants", header, lines, self._source, note)

    @needing("Croisements", ANSWERED)
    def crossings(self) -> Html:
        """Which groups answer otherwise: the links that the tests establish, and how many were sought."""
        tried = self.table("crossings")
        tried = tried[tried["p"].notna()]
        if tried.empty:
            return markup.reading(UNTRIED)
        linked = self._links(tried).sort_values("v", ascending=False, kind="stable")
        groups = texts.listed([f"« {self.label(name)} »" for name in dict.fromkeys(tried["group"])])
        lead = markup.reading(f"{counted(len(linked), 'lien établi', 'liens établis')} par les tests, sur "
                           f"{number(len(tried))} croisements avec {groups}.")  # fmt: skip
        if linked.empty:
            return lead
        options = self.questions["modalites"].map(labels)
        lines = [
            [
                self.label(row.q_id) + (f" ({options[row.q_id][row.modalite]})" if row.modalite else ""),
                self.label(row.group),
                f"{between(row.base_least, row.base_most)} ({count(row.n_eff)})",
                number(row.chi2),
                number(row.v, 2),
                f"moins de {next(one for one in P_VALUES if row.p_adjusted < one)}".replace(".", ","),
                row.strength,
            ]
            for row in linked.itertuples()
        ]
        header = ["Question", "Selon", "Base (n_eff)", "χ²", "V", "p ajusté", "Lien"]
        note = "Un lien n'est pas une cause."
        return pieces.together(
            lead, pieces.table("Liens établis, du plus fort au plus faible", header, lines, self._source, note)
        )

    def groups(self) -> list[pd.DataFrame]:
        """What each group answered, for each link that is established, in %; groups under 20 are not shown.

        Columns: block (the answer), label (the group and its base), value, low, high, text, then those of the table
        `by_group`. Of two answers, the first: the other mirrors it.
        """
        if box := self.missing("Réponses par groupe", ANSWERED):
            return [pieces.nothing(box)]
        if not self.table("crossings")["p"].notna().any():
            return [pieces.nothing(Html("", why=UNTRIED))]
        by_group = self.table("by_group").groupby(["q_id", "variable"], sort=False)
        if not len(by_group):
            return [pieces.nothing(markup.reading("Les groupes répondent de même, aux tests près."))]
        return [of_groups(rows, self.links_of(*both)) for both, rows in by_group]

    def opened(self) -> list[pd.DataFrame]:
        """The themes of the answers to each open question, in numbers of respondents.

        Columns: label, value, text, then those of the table `open_themes`.
        """
        if box := self.missing("Réponses libres", ANSWERED):
            return [pieces.nothing(box)]
        told = [
            pieces.result(
                rows.assign(label=typographed(rows["theme"]), value=rows["count"], text=rows["count"].map(count)),
                opened_words,
                anchor=f"question-{q_id}",
            )
            for q_id, rows in self.table("open_themes").groupby("q_id", sort=False)
        ]
        return told or [pieces.nothing(markup.reading("Aucun thème n'a cinq réponses libres codées."))]

    def quotes(self, rows: pd.DataFrame) -> Html:
        """Extracts of the open answers that may be quoted, by theme. rows: of `opened`."""
        if rows.empty:
            return Html("", why="Rien à citer.")
        quotes = self.table("open_quotes")
        quotes = quotes[quotes["q_id"].isin(rows["q_id"])].drop_duplicates("extrait_nettoye")
        chosen = {theme: [*cells.head(QUOTES)] for theme, cells in quotes.groupby("theme")["extrait_nettoye"]}
        written = {texts.typography(theme): chosen[theme] for theme in rows["theme"] if theme in chosen}
        return markup.piece("quotes.html.j2", groups=written)

    @needing("Non-réponse, question par question", ANSWERED)
    def completion(self) -> Html:
        """How far each question was answered (rule R22)."""
        rows = self.table("completion")
        lines = [
            [
                row.libelle,
                between(row.put_least, row.put_most),
                between(row.answered_least, row.answered_most),
                count(row.no_answer),
                share(row.nonresponse),
            ]
            for row in rows.itertuples()
        ]
        header = ["Question", "Concernés", "Ont répondu", "Sans réponse", "Non-réponse"]
        note = "Ont répondu : « ne sait pas » compris."
        return pieces.table("Qui a répondu à chaque question", header, lines, self._source, note, words=False)

    @property
    def _about(self) -> pd.Series:
        return self.table(ANSWERED).iloc[0]

    @property
    def interval(self) -> str:
        """What the intervals of the shares are."""
        return self._about["interval"]

    @property
    def _source(self) -> str:
        return surveyed.source(self.demarche)

    def origin(self, table: str) -> pieces.Origin:
        """Where a result comes from. table: of `declared_tables`, that its CSV file holds."""
        years = dict.fromkeys(str(self._about[day].year) for day in ("start", "end"))
        return pieces.Origin(self._source, "-".join(years), f"demarche_{table}.csv")

    def links_of(self, q_id: str, by: str) -> pd.DataFrame:
        """The links that are established for a question and the groups of another."""
        links = self._links(self.table("crossings"))
        return links[links["q_id"].eq(q_id) & links["group"].eq(by)]

    def _links(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows["strength"].str.startswith(ESTABLISHED)]

    def label(self, q_id: str) -> str:
        """What a question asks, or what those who answer are sorted by."""
        return self.questions["libelle"].get(q_id, SECTEUR_LABEL)


open_consultation = Consultation.open


def _usable(about: pd.Series) -> str:
    return between(about["usable_least"], about["usable_most"])


P_VALUES = (0.001, 0.01, 0.05)  # under which a link is told
QUOTES = 4  # of each theme


def profile_words(chapter: Consultation, rows: pd.DataFrame) -> Words:
    """Who is the least heard of, beside the census. rows: of `profile`."""
    known = rows[rows["represented"].eq(UNDER)]
    title = "Les répondants ont le profil de la population"
    if len(known):
        least = known.loc[(known["before"] - known["census"]).idxmin()]
        title = (
            f"Les moins entendus : qui répond « {least['modalite_libelle']} » à « {least['libelle']} », "
            f"{least['text']} des répondants pour {share(least['census'])} de la population"
        )
    lines = [
        [
            f"{row.block} : {row.label}",
            count(row.count),
            *map(share, (row.before, row.after, row.census)),
            row.represented or NOTHING,
        ]
        for row in rows.itertuples()
    ]
    header = ["Profil", "Répondants", "Avant redressement", "Après", "Recensement", "Avant redressement, le test dit"]
    what = "Profil des répondants avant et après redressement, et de la population, en %"
    return pieces.words(Listing(header, lines), chapter.origin("profile"), title=title, what=what)


def opened_words(chapter: Consultation, rows: pd.DataFrame) -> Words:
    """The themes that are cited the most. rows: of `opened`."""
    lines = [[row.label, row.text, row.tone or NOTHING] for row in rows.itertuples()]
    base = between(rows["base_least"].iloc[0], rows["base_most"].iloc[0])
    label = chapter.label(rows["q_id"].iloc[0])
    notes = [
        "Un répondant peut parler de plusieurs thèmes. Le ton n'est dit qu'à partir de dix répondants.",
        f"Un thème de {FEW} répondants n'est pas nommé.",
    ]
    return pieces.words(
        Listing(["Thème", "Répondants", "Ton"], lines),
        chapter.origin("open_themes"),
        title=_most_cited(rows),
        what=f"« {label} », nombre de répondants par thème, sur {base} réponses libres codées",
        note=" ".join(notes),
    )


def _most_cited(rows: pd.DataFrame) -> str:
    most = rows[rows["count"].eq(rows["count"].max())]
    named = texts.listed([f"« {texts.uncapitalised(theme)} »" for theme in most["theme"]])
    each = f"{count(most['count'].iloc[0])} répondants"
    if len(most) == 1:
        return f"Le thème le plus cité : {named} ({each})"
    return f"Les thèmes les plus cités : {named} ({each} chacun)"


FRAGILE = "base de moins de 30 répondants, à lire avec prudence"
UNSHOWN = "moins de 20 répondants une fois arrondis"
OUTSIDE = {"Sans réponse": "no_answer", "Non concernés": "not_concerned"}


def _of_question(asked: pd.Series, rows: pd.DataFrame) -> pd.DataFrame:
    """The answers to a question. asked: its row in `questionnaire`, named by its id. rows: of `distribution`."""
    anchor, known = f"question-{asked.name}", rows[rows["share"].notna()]
    if known.empty:
        unshown = markup.reading(f"« {asked['libelle']} » : {UNSHOWN}, pas de résultat.")
        return pieces.nothing(pieces.anchored_piece(anchor, unshown))
    if asked["type"] != SCALE:
        known = known.assign(last=known["modalite"].eq(UNKNOWN)).sort_values(["last", "share"], ascending=[True, False])
    return pieces.result(_in_percent(known).assign(label=typographed(known["libelle"])), answers_words, anchor=anchor)


def _in_percent(rows: pd.DataFrame) -> pd.DataFrame:
    """Shares and their bounds, in %. rows: columns share, low, high."""
    return rows.assign(
        value=100 * rows["share"], low=100 * rows["low"], high=100 * rows["high"], text=rows["share"].map(share)
    )


def answers_words(chapter: Consultation, rows: pd.DataFrame) -> Words:
    """The answer that comes first, and what is not told. rows: of `answers`."""
    base, asked = rows.iloc[0], chapter.questions.loc[rows["q_id"].iloc[0]]
    every, several = chapter.table("distribution").query("q_id == @asked.name"), asked["type"] == SEVERAL
    silent = chapter.table("completion").set_index("q_id").loc[asked.name]
    few = every.loc[every["share"].isna() & every["modalite"].ne(UNKNOWN), "libelle"]
    lines = [[row.label, row.text, _between(row)] for row in rows.itertuples()]
    data = Listing(["Réponse", "Part", "Intervalle"], lines)
    if several:
        data = data.beside("Part des citations", [share(cell) for cell in rows["citations"]])
    notes = [
        f"Traits : {chapter.interval}.",
        "Plusieurs réponses étaient possibles : le total dépasse 100 %." if several else "",
        *(f"{label} : {count(silent[name])}." for label, name in OUTSIDE.items() if silent[name]),
        f"Attention, {FRAGILE}." if base["base_least"] < FRAGILE_UNDER else "",
        few_of(few),
    ]
    return pieces.words(
        data,
        chapter.origin("distribution"),
        title=foremost(rows, "citée" if several else "fréquente"),
        what=f"« {asked['libelle']} », en % des {between(base['base_least'], base['base_most'])} répondants concernés",
        note=" ".join(filter(None, notes)),
    )


def wish(label: str, row: pd.Series, interval: str) -> Html:
    """How many use what they wished. label: the question. row: of `wishes`. interval: what its bounds are."""
    ends = f"{interval} : {number(100 * row['low'])} à {number(100 * row['high'])}"
    fragile = f" Attention, {FRAGILE}." if row["base_least"] < FRAGILE_UNDER else ""
    return markup.reading(
        f"« {label} » : {share(row['share'])} utilisent ce qu'ils souhaitaient ({ends}), sur "
        f"{between(row['base_least'], row['base_most'])} répondants concernés.{fragile}"
    )


def of_groups(rows: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """What each group answered to a question.

    rows: those of `by_group`; links: those of `crossings` that are established for the question and the groups.
    """
    options = set(links["modalite"]) - {""}
    rows = rows[rows["modalite"].ne(UNKNOWN)]
    rows = rows[rows["modalite"].isin(options)] if options else rows
    rows = rows[rows["base_least"].notna()]
    rows = rows[rows.groupby("modalite")["share"].transform("count").gt(0)]
    mirrored = not options and rows["modalite"].nunique() == 2
    rows = rows[rows["modalite"].eq(rows["modalite"].iloc[0])] if mirrored else rows
    bases = [between(*bounds) for bounds in zip(rows["base_least"], rows["base_most"], strict=True)]
    named = [texts.typography(f"{name} ({base})") for name, base in zip(rows["group_label"], bases, strict=True)]
    drawn = _in_percent(rows).assign(block=typographed(rows["libelle"]), label=named)
    return pieces.result(drawn.assign(text=drawn["text"].mask(drawn["value"].isna(), FEW)), groups_words)


def groups_words(chapter: Consultation, rows: pd.DataFrame) -> Words:
    """The answer on which the groups differ the most. rows: of `groups`."""
    q_id, by = rows[["q_id", "variable"]].iloc[0]
    every = chapter.table("by_group").query("q_id == @q_id and variable == @by")
    hidden = list(dict.fromkeys(every.loc[every["base_least"].isna() & every["modalite"].ne(UNKNOWN), "group_label"]))
    first = chapter.links_of(q_id, by).sort_values("v", kind="stable").iloc[-1]
    words = [word if isinstance(word, str) else NOTHING for word in rows["word"]]
    lines = [[f"{row.block} : {row.label}", row.text, _between(row)] for row in rows.itertuples()]
    asked, of = chapter.label(q_id), chapter.label(by)
    notes = [
        f"Groupes selon la réponse à « {of} » ; entre parenthèses, la base. Traits : {chapter.interval}.",
        f"Non montré, {UNSHOWN} : {texts.listed(hidden)}." if hidden else "",
        f"Attention, {FRAGILE}, pour certains groupes." if rows["base_least"].lt(FRAGILE_UNDER).any() else "",
        f"« {FEW} » : nombre de répondants." if rows["text"].eq(FEW).any() else "",
    ]
    return pieces.words(
        Listing(["Réponse et groupe", "Part", "Intervalle"], lines).beside("Face à l'ensemble", words),
        chapter.origin("by_group"),
        title=f"{_contrast(rows)} selon la réponse à « {of} »",
        what=f"« {asked} », en % de chaque groupe ({first['strength']}, V de {number(first['v'], 2)})",
        note=" ".join(filter(None, notes)),
    )


def _contrast(rows: pd.DataFrame) -> str:
    rows = rows[rows["value"].notna()]
    spread = rows.groupby("block", sort=False)["value"].agg(lambda values: values.max() - values.min())
    answer = spread.idxmax()
    rows = rows[rows["block"].eq(answer)].sort_values("value", kind="stable")
    least, most = rows.iloc[0], rows.iloc[-1]
    if len(rows) == 1:
        return f"« {answer} » : {most['text']} (« {most['group_label']} »), {FEW} répondants ailleurs,"
    return (
        f"« {answer} » : de {least['text']} (« {least['group_label']} ») à {most['text']} (« {most['group_label']} »)"
    )


def _between(row) -> str:
    return NOTHING if pd.isna(row.low) else f"{number(row.low)} à {number(row.high)}"
