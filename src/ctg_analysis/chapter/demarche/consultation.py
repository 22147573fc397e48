"""Chapter 11: how the residents were asked, who answered, what they say (rules R20 to R26)."""

from typing import NamedTuple

import pandas as pd
from markupsafe import escape
from matplotlib.axes import Axes

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
from ctg_analysis.show.charts import bars
from ctg_analysis.show.plan_charts import blocks

ANSWERED = "consultation"
DRAWN_BY_LOT, UNDER = "probabiliste", "sous-représenté"
ESTABLISHED = "lien "  # how the words of an established link begin
TOLERATED = 0.02  # between a weighted share, of rounded counts, and that of the census
WAYS = {"mode": "Mode", "canal": "Canal"}
SECTEUR_LABEL = "Secteur d'habitation"
UNTRIED = "Aucun croisement : trop peu de réponses pour un test."


class ResultContext(NamedTuple):
    """What all results of a consultation have in common: their source line, their year, the word for intervals."""

    source: str
    when: str
    interval: str


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
        return pieces.together(markup.reading(lead, weights), markup.source(self._context.source))

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
        source = self._context.source
        kept = "Exploitable : allée jusqu'au bout, ou remplie au moins à moitié."
        header = ["Questionnaires", "Nombre", *parts]
        return pieces.together(
            pieces.table(
                "Du questionnaire commencé à la réponse exploitable", header, lines, source, kept, words=False
            ),
            pieces.table("Par où sont venues les réponses", ["Voie", "Réponses"], by_way, source, words=False),
        )

    @needing("Profil des répondants", ANSWERED)
    def profile(self) -> Html:
        """The profile of the respondents before and after weights, beside the census; who is missing."""
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
        words = markup.reading(reached, f"{beside}Marges : {cited}.")
        return pieces.together(words, profile(rows, self._context))

    @needing("Réponses", ANSWERED)
    def answers(self, field: str) -> Html:
        """What was answered to each closed question of a field of the convention."""
        by_question = {q_id: rows for q_id, rows in self.table("distribution").groupby("q_id")}
        silent = self.table("completion").set_index("q_id")
        asked = self.questions[self.questions["champ"].eq(field) & self.questions["type"].isin(CLOSED)]
        charts = [
            pieces.together(
                question(self.questions.loc[name], by_question[name], silent.loc[name], self._context),
                self.proves(f"question-{name}"),
            )
            for name in asked.index
            if name in by_question
        ]
        return pieces.together(*charts) if charts else markup.reading("Aucune question de la consultation n'en parle.")

    @needing("Ce qui était souhaité, ce qui est utilisé", ANSWERED)
    def wishes(self) -> Html:
        """How many use what they wished, for each pair of such questions."""
        told = [wish(self._label(row["q_id"]), row, self._context) for _, row in self.table("wishes").iterrows()]
        if not told:
            return markup.reading("Trop peu de répondants, ou un questionnaire qui ne demande pas les deux.")
        return pieces.together(*told, markup.source(self._context.source))

    @needing("Depuis la consultation précédente", ANSWERED)
    def since(self) -> Html:
        """What was answered in the survey of the convention before, beside what is now; nothing without it."""
        rows = surveyed.since(self.table("distribution"), self.table("enquete_precedente"))
        if rows.empty:
            return Html("", why="Aucune consultation précédente.")
        lines = [
            [
                f"« {self._label(row.q_id)} » : {row.libelle}",
                f"{share(row.then)} ({row.annee})",
                share(row.now),
                ("en hausse" if row.now > row.then else "en baisse") if row.moved else NOT_ESTABLISHED,
            ]
            for row in rows.itertuples()
        ]
        header = ["Question et réponse", "Alors", "Cette fois", "Évolution"]
        note = "Ceux qui répondent ne sont pas les mêmes d'une fois à l'autre : l'évolution est indicative."
        return pieces.table("Parts des répondants", header, lines, self._context.source, note)

    @needing("Croisements", ANSWERED)
    def crossings(self) -> Html:
        """Which groups answer otherwise: the links that the tests establish, and how many were sought."""
        tried = self.table("crossings")
        tried = tried[tried["p"].notna()]
        if tried.empty:
            return markup.reading(UNTRIED)
        linked = self._links(tried).sort_values("v", ascending=False, kind="stable")
        groups = texts.listed([f"« {self._label(name)} »" for name in dict.fromkeys(tried["group"])])
        lead = markup.reading(f"{counted(len(linked), 'lien établi', 'liens établis')} par les tests, sur "
                           f"{number(len(tried))} croisements avec {groups}.")  # fmt: skip
        if linked.empty:
            return lead
        options = self.questions["modalites"].map(labels)
        lines = [
            [
                self._label(row.q_id) + (f" ({options[row.q_id][row.modalite]})" if row.modalite else ""),
                self._label(row.group),
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
            lead, pieces.table("Liens établis, du plus fort au plus faible", header, lines, self._context.source, note)
        )

    @needing("Réponses par groupe", ANSWERED)
    def groups(self) -> Html:
        """What each group answered, for each link that is established; groups under 20 are not shown."""
        if not self.table("crossings")["p"].notna().any():
            return Html("", why=UNTRIED)
        links, charts = self._links(self.table("crossings")), []
        for (q_id, by), rows in self.table("by_group").groupby(["q_id", "variable"], sort=False):
            of_both = links[links["q_id"].eq(q_id) & links["group"].eq(by)]
            charts.append(group(self._label(q_id), self._label(by), rows, of_both, self._context))
        return pieces.together(*charts) if charts else markup.reading("Les groupes répondent de même, aux tests près.")

    @needing("Réponses libres", ANSWERED)
    def opened(self) -> Html:
        """The themes of the open answers once coded, and extracts that may be quoted."""
        quotes = self.table("open_quotes")
        charts = [
            themes(q_id, self._label(q_id), rows, quotes[quotes["q_id"].eq(q_id)], self._context)
            for q_id, rows in self.table("open_themes").groupby("q_id", sort=False)
        ]
        return pieces.together(*charts) if charts else markup.reading("Aucun thème n'a cinq réponses libres codées.")

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
        return pieces.table("Qui a répondu à chaque question", header, lines, self._context.source, note, words=False)

    @property
    def _about(self) -> pd.Series:
        return self.table(ANSWERED).iloc[0]

    @property
    def _context(self) -> ResultContext:
        about = self._about
        years = dict.fromkeys(str(about[day].year) for day in ("start", "end"))
        return ResultContext(surveyed.source(self.demarche), "-".join(years), about["interval"])

    def _links(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows["strength"].str.startswith(ESTABLISHED)]

    def _label(self, q_id: str) -> str:
        return self.questions["libelle"].get(q_id, SECTEUR_LABEL)


open_consultation = Consultation.open


def _usable(about: pd.Series) -> str:
    return between(about["usable_least"], about["usable_most"])


P_VALUES = (0.001, 0.01, 0.05)  # under which a link is told
QUOTES = 4  # of each theme


def profile(rows: pd.DataFrame, context: ResultContext) -> Html:
    """Who answered, before and after weights, beside the census. rows: those of `profile`."""
    known = rows[rows["represented"].eq(UNDER)]
    least = known.loc[(known["before"] - known["census"]).idxmin()] if len(known) else None
    drawn = rows.assign(
        block=typographed(rows["libelle"]),
        name=typographed(rows["modalite_libelle"]),
        value=rows["before"],
        text=rows["before"].map(share),
    )
    lines = [
        [
            f"{row.block} : {row.name}",
            count(row.count),
            *(share(part) for part in (row.before, row.after, row.census)),
            row.represented or NOTHING,
        ]
        for row in drawn.itertuples()
    ]
    header = ["Profil", "Répondants", "Avant redressement", "Après", "Recensement", "Avant redressement, le test dit"]
    return result_chart(
        "profile",
        blocks(drawn, "avant redressement", [("after", "après"), ("census", "recensement")]),
        Listing(header, lines),
        f"Les moins entendus : qui répond « {least['modalite_libelle']} » à « {least['libelle']} », "
        f"{share(least['before'])} des répondants pour {share(least['census'])} de la population"
        if least is not None
        else "Les répondants ont le profil de la population",
        "Profil des répondants avant et après redressement, et de la population, en %",
        [],
        context,
    )


def themes(q_id: str, label: str, rows: pd.DataFrame, quotes: pd.DataFrame, context: ResultContext) -> Html:
    """The themes of the answers to an open question, then some of those that may be quoted.

    rows: those of `open_themes`; quotes: those of `open_quotes`.
    """
    drawn = rows.assign(name=typographed(rows["theme"]), value=rows["count"], text=rows["count"].map(count))
    lines = [[row.theme, count(row.count), row.tone or NOTHING] for row in rows.itertuples()]
    base = between(rows["base_least"].iloc[0], rows["base_most"].iloc[0])
    chart = result_chart(
        "open_themes",
        bars(drawn),
        Listing(["Thème", "Répondants", "Ton"], lines),
        _most_cited(rows),
        f"« {label} », nombre de répondants par thème, sur {base} réponses libres codées",
        [
            "Un répondant peut parler de plusieurs thèmes. Le ton n'est dit qu'à partir de dix répondants.",
            f"Un thème de {FEW} répondants n'est pas nommé.",
        ],
        context,
    )
    quoted = quotes.drop_duplicates("extrait_nettoye").groupby("theme")["extrait_nettoye"]
    chosen = {theme: [*cells.head(QUOTES)] for theme, cells in quoted}
    written = {texts.typography(theme): chosen[theme] for theme in rows["theme"] if theme in chosen}
    return anchored(q_id, pieces.together(chart, markup.piece("quotes.html.j2", groups=written)))


def _most_cited(rows: pd.DataFrame) -> str:
    most = rows[rows["count"].eq(rows["count"].max())]
    named = texts.listed([f"« {texts.uncapitalised(theme)} »" for theme in most["theme"]])
    each = f"{count(most['count'].iloc[0])} répondants"
    if len(most) == 1:
        return f"Le thème le plus cité : {named} ({each})"
    return f"Les thèmes les plus cités : {named} ({each} chacun)"


def anchored(q_id: str, piece: Html) -> Html:
    """A piece on a question, that links lead to."""
    return Html(f'<div id="question-{escape(q_id)}">\n{piece.html}\n</div>', piece.about)


def result_chart(
    table: str, ax: Axes, data: Listing, message: str, what: str, note: list[str], context: ResultContext
) -> Html:
    """The chart of a result. table: of `declared_tables`, that its CSV file holds."""
    return pieces.chart(
        ax,
        data,
        pieces.Origin(context.source, context.when, f"demarche_{table}.csv"),
        message=message,
        what=what,
        note=" ".join(filter(None, note)),
    )


FRAGILE = "base de moins de 30 répondants, à lire avec prudence"
UNSHOWN = "moins de 20 répondants une fois arrondis"
OUTSIDE = {"Sans réponse": "no_answer", "Non concernés": "not_concerned"}


def question(asked: pd.Series, rows: pd.DataFrame, silent: pd.Series, context: ResultContext) -> Html:
    """The chart of a closed question: bars by rank, those of a scale in its order.

    asked: its row in `questionnaire`, named by its id. rows: those of `distribution`. silent: its row of `completion`.
    """
    base, several = rows.iloc[0], asked["type"] == SEVERAL
    known = rows[rows["share"].notna()]
    if known.empty:
        return anchored(asked.name, markup.reading(f"« {asked['libelle']} » : {UNSHOWN}, pas de résultat."))
    if asked["type"] != SCALE:
        known = known.assign(last=known["modalite"].eq(UNKNOWN)).sort_values(["last", "share"], ascending=[True, False])
    few = rows.loc[rows["share"].isna() & rows["modalite"].ne(UNKNOWN), "libelle"]
    drawn = known.assign(name=typographed(known["libelle"]), value=known["share"], text=known["share"].map(share))
    data = Listing(
        ["Réponse", "Part", "Intervalle"], [[row.name, row.text, _between(row)] for row in drawn.itertuples()]
    )
    if several:
        data = data.beside("Part des citations", [share(cell) for cell in known["citations"]])
    note = [
        f"Traits : {context.interval}.",
        "Plusieurs réponses étaient possibles : le total dépasse 100 %." if several else "",
        *(f"{label} : {count(silent[name])}." for label, name in OUTSIDE.items() if silent[name]),
        f"Attention, {FRAGILE}." if base["base_least"] < FRAGILE_UNDER else "",
        few_of(few),
    ]
    return anchored(
        asked.name,
        result_chart(
            "distribution",
            bars(drawn),
            data,
            foremost(drawn, "citée" if several else "fréquente"),
            f"« {asked['libelle']} », en % des {between(base['base_least'], base['base_most'])} répondants concernés",
            note,
            context,
        ),
    )


def wish(label: str, row: pd.Series, context: ResultContext) -> Html:
    """How many use what they wished. label: the question. row: of `wishes`."""
    ends = f"{context.interval} : {number(100 * row['low'])} à {number(100 * row['high'])}"
    fragile = f" Attention, {FRAGILE}." if row["base_least"] < FRAGILE_UNDER else ""
    return markup.reading(
        f"« {label} » : {share(row['share'])} utilisent ce qu'ils souhaitaient ({ends}), sur "
        f"{between(row['base_least'], row['base_most'])} répondants concernés.{fragile}"
    )


def group(label: str, by: str, rows: pd.DataFrame, links: pd.DataFrame, context: ResultContext) -> Html:
    """What each group answered to a question, where a link is established; of two answers, the first.

    label, by: the question and that of the groups. rows: those of `by_group`; links: those of `crossings` that are
    established for both.
    """
    options = set(links["modalite"]) - {""}
    rows = rows[rows["modalite"].ne(UNKNOWN)]
    rows = rows[rows["modalite"].isin(options)] if options else rows
    hidden = list(dict.fromkeys(rows.loc[rows["base_least"].isna(), "group_label"]))
    rows = rows[rows["base_least"].notna()]
    rows = rows[rows.groupby("modalite")["share"].transform("count").gt(0)]
    mirrored = not options and rows["modalite"].nunique() == 2
    rows = rows[rows["modalite"].eq(rows["modalite"].iloc[0])] if mirrored else rows
    written = [FEW if pd.isna(part) else share(part) for part in rows["share"]]
    bases = [between(*bounds) for bounds in zip(rows["base_least"], rows["base_most"], strict=True)]
    names = [texts.typography(f"{name} ({base})") for name, base in zip(rows["group_label"], bases, strict=True)]
    drawn = rows.assign(block=typographed(rows["libelle"]), name=names, value=rows["share"], text=written)
    words = [word if isinstance(word, str) else NOTHING for word in rows["word"]]
    lines = [[f"{row.block} : {row.name}", row.text, _between(row)] for row in drawn.itertuples()]
    data = Listing(["Réponse et groupe", "Part", "Intervalle"], lines).beside("Face à l'ensemble", words)
    first = links.sort_values("v", kind="stable").iloc[-1]
    note = [
        f"Groupes selon la réponse à « {by} » ; entre parenthèses, la base. Traits : {context.interval}.",
        f"Non montré, {UNSHOWN} : {texts.listed(hidden)}." if hidden else "",
        f"Attention, {FRAGILE}, pour certains groupes." if rows["base_least"].lt(FRAGILE_UNDER).any() else "",
        f"« {FEW} » : nombre de répondants." if FEW in written else "",
    ]
    return result_chart(
        "by_group",
        blocks(drawn),
        data,
        f"{_contrast(drawn)} selon la réponse à « {by} »",
        f"« {label} », en % de chaque groupe ({first['strength']}, V de {number(first['v'], 2)})",
        note,
        context,
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
    return NOTHING if pd.isna(row.low) else f"{number(100 * row.low)} à {number(100 * row.high)}"
