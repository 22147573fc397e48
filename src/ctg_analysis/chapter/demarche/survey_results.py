"""Who answered a consultation and what they wrote: rows of `declared_tables` in, pieces of a page out (R20 to R24)."""

from typing import NamedTuple

import pandas as pd
from markupsafe import escape
from matplotlib.axes import Axes

from ctg_analysis.chapter.demarche import pieces
from ctg_analysis.chapter.surveyed import FEW, NOTHING, count, few_of, foremost, share, typographed
from ctg_analysis.demarche.columns import SCALE, SEVERAL, UNKNOWN
from ctg_analysis.display import markup, texts
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.quantities import number
from ctg_analysis.display.tables import Listing
from ctg_analysis.show.charts import plain_bars
from ctg_analysis.show.plan_charts import blocks

P_VALUES = (0.001, 0.01, 0.05)  # under which a link is told
QUOTES = 4  # of each theme


class ResultContext(NamedTuple):
    """What all results of a consultation have in common: their source line, their year, the word for intervals."""

    source: Citation
    when: str
    interval: str


def profile(rows: pd.DataFrame, context: ResultContext) -> Html:
    """Who answered, before and after weights, beside the census. rows: those of `profile`."""
    known = rows[rows["represented"].eq("sous-représenté")]
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


def of(rows: pd.DataFrame, word: str) -> str:
    """The modalities of the profile of which a test says a word, question by question; nothing without any."""
    modalities = rows[rows["represented"].eq(word)].groupby("libelle", sort=False)["modalite_libelle"]
    return " ; ".join(f"« {label} » {', '.join(names)}" for label, names in modalities)


def themes(q_id: str, label: str, rows: pd.DataFrame, quotes: pd.DataFrame, context: ResultContext) -> Html:
    """The themes of the answers to an open question, then some of those that may be quoted.

    rows: those of `open_themes`; quotes: those of `open_quotes`.
    """
    known = rows[rows["count"].gt(0)]
    if known.empty:
        return anchored(q_id, pieces.phrase(f"« {label} » : {FEW} répondants par thème."))
    few = rows.loc[rows["count"].eq(0), "theme"]
    drawn = known.assign(name=typographed(known["theme"]), value=known["count"], text=known["count"].map(count))
    lines = [[row.theme, count(row.count), row.tone or NOTHING] for row in known.itertuples()]
    chart = result_chart(
        "open_themes",
        plain_bars(drawn),
        Listing(["Thème", "Répondants", "Ton"], lines),
        _most_cited(rows),
        f"« {label} », nombre de répondants par thème, sur {count(rows['base'].iloc[0])} réponses libres codées",
        [
            "Un répondant peut parler de plusieurs thèmes. Le ton n'est dit qu'à partir de dix répondants.",
            f"{FEW.capitalize()} répondants : {texts.listed(list(few))}." if len(few) else "",
        ],
        context,
    )
    several = quotes.drop_duplicates("extrait_nettoye").groupby("theme")["extrait_nettoye"]
    chosen = {theme: cells.head(QUOTES) for theme, cells in several}
    written = {
        texts.typography(theme): [texts.typography(text) for text in chosen[theme]]
        for theme in rows["theme"]
        if theme in chosen
    }
    return anchored(q_id, pieces.together(chart, markup.piece("quotes.html.j2", groups=written)))


def _most_cited(rows: pd.DataFrame) -> str:
    """The theme of most respondents, or all those that as many cite. rows: columns theme, count."""
    most = rows[rows["count"].eq(rows["count"].max())]
    named = texts.listed([f"« {texts.uncapitalised(theme)} »" for theme in most["theme"]])
    each = f"{count(most['count'].iloc[0])} répondants"
    if len(most) == 1:
        return f"Le thème le plus cité : {named} ({each})"
    return f"Les thèmes les plus cités : {named} ({each} chacun)"


def anchored(q_id: str, piece: Html) -> Html:
    """A piece on a question, that links lead to."""
    return Html(f'<div id="question-{escape(q_id)}">\n{piece.html}\n</div>', piece.about)


def p_text(p: float) -> str:
    """The p of a link that is established, as far as it is of use."""
    limit = next(limit for limit in P_VALUES if p < limit)
    return f"moins de {str(limit).replace('.', ',')}"


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
OUTSIDE = {"Sans réponse": "no_answer", "Non concernés": "not_concerned"}
HIDDEN_UNDER, SURE_FROM = 20, 30  # respondents


def question(asked: pd.Series, rows: pd.DataFrame, silent: pd.Series, context: ResultContext) -> Html:
    """The chart of a closed question: bars by rank, those of a scale in its order.

    asked: its row in `questionnaire`, named by its id. rows: those of `distribution`. silent: its row of `completion`.
    """
    base, several = rows["base"].iloc[0], asked["type"] == SEVERAL
    known = rows[rows["share"].notna()]
    if known.empty:
        few = f"moins de {HIDDEN_UNDER} répondants, pas de résultat"
        return anchored(asked.name, pieces.phrase(f"« {asked['libelle']} » : {few}."))
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
        f"Attention, {FRAGILE}." if base < SURE_FROM else "",
        few_of(few),
    ]
    return anchored(
        asked.name,
        result_chart(
            "distribution",
            plain_bars(drawn),
            data,
            foremost(drawn, "citée" if several else "fréquente"),
            f"« {asked['libelle']} », en % des {count(base)} répondants concernés",
            note,
            context,
        ),
    )


def wish(label: str, row: pd.Series, context: ResultContext) -> Html:
    """How many use what they wished. label: the question. row: of `wishes`."""
    between = f"{context.interval} : {number(100 * row['low'])} à {number(100 * row['high'])}"
    fragile = f" Attention, {FRAGILE}." if row["base"] < SURE_FROM else ""
    return pieces.phrase(
        f"« {label} » : {share(row['share'])} utilisent ce qu'ils souhaitaient ({between}), sur {count(row['base'])} "
        f"répondants concernés.{fragile}"
    )


def group(label: str, by: str, rows: pd.DataFrame, links: pd.DataFrame, context: ResultContext) -> Html:
    """What each group answered to a question, where a link is established; of two answers, the first.

    label, by: the question and that of the groups. rows: those of `by_group`; links: those of `crossings` that are
    established for both.
    """
    options = set(links["modalite"]) - {""}
    rows = rows[rows["modalite"].ne(UNKNOWN)]
    rows = rows[rows["modalite"].isin(options)] if options else rows
    hidden = list(dict.fromkeys(rows.loc[rows["base"].isna(), "group_label"]))
    rows = rows[rows["base"].notna()]
    rows = rows[rows.groupby("modalite")["share"].transform("count").gt(0)]
    mirrored = not options and rows["modalite"].nunique() == 2
    rows = rows[rows["modalite"].eq(rows["modalite"].iloc[0])] if mirrored else rows
    written = [FEW if pd.isna(part) else share(part) for part in rows["share"]]
    names = [texts.typography(f"{row.group_label} ({count(row.base)})") for row in rows.itertuples()]
    drawn = rows.assign(block=typographed(rows["libelle"]), name=names, value=rows["share"], text=written)
    words = [word if isinstance(word, str) else NOTHING for word in rows["word"]]
    lines = [[f"{row.block} : {row.name}", row.text, _between(row)] for row in drawn.itertuples()]
    data = Listing(["Réponse et groupe", "Part", "Intervalle"], lines).beside("Face à l'ensemble", words)
    first = links.sort_values("v", kind="stable").iloc[-1]
    note = [
        f"Groupes selon la réponse à « {by} » ; entre parenthèses, la base. Traits : {context.interval}.",
        f"Non montré, moins de {HIDDEN_UNDER} répondants : {texts.listed(hidden)}." if hidden else "",
        f"Attention, {FRAGILE}, pour certains groupes." if rows["base"].lt(SURE_FROM).any() else "",
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
    """The answer in which two groups differ most."""
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
