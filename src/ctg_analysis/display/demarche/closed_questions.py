"""What was answered to the closed questions of a consultation, in charts with their tables (rules R20 to R24)."""

import pandas as pd

from ctg_analysis.demarche.columns import SCALE, SEVERAL, UNKNOWN
from ctg_analysis.display import texts
from ctg_analysis.display.demarche import pieces
from ctg_analysis.display.demarche.survey_results import (
    FEW,
    NOTHING,
    ResultContext,
    anchored,
    count,
    result_chart,
    share,
    typographed,
)
from ctg_analysis.display.drawings import bars, drawn_answers
from ctg_analysis.display.markup import Html
from ctg_analysis.display.quantities import number
from ctg_analysis.display.tables import Listing
from ctg_analysis.indicators.uncertainty import Z

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
    drawn = known.assign(
        name=typographed(known["libelle"]), level="", value=known["share"], text=known["share"].map(share)
    )
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
            bars.comparison(drawn),
            data,
            foremost(drawn, "citée" if several else "fréquente"),
            f"« {asked['libelle']} », en % des {count(base)} répondants concernés",
            note,
            context,
        ),
    )


def few_of(names: pd.Series) -> str:
    """Which answers are not in a drawing, and why; nothing when all are."""
    return f"{FEW.capitalize()} répondants : {texts.listed(typographed(names))}." if len(names) else ""


def foremost(rows: pd.DataFrame, word: str) -> str:
    """The answer that comes first, and those that no test tells from it (rule R14).

    rows: columns name, text, share, n_eff. The variance of the difference is that of answers that exclude each other;
    where several may be given, it is less.
    """
    rows = rows.sort_values("share", ascending=False, kind="stable")
    first, others = rows.iloc[0], rows.iloc[1:]
    gap = first["share"] - others["share"]
    error = ((first["share"] + others["share"] - gap**2) / first["n_eff"]) ** 0.5
    close = others[gap <= Z * error]
    sentence = f"La réponse la plus {word} : « {texts.uncapitalised(first['name'])} » ({first['text']})"
    if close.empty:
        return sentence
    other = f"« {texts.uncapitalised(close.iloc[0]['name'])} » ({close.iloc[0]['text']})"
    return f"{sentence}, sans écart établi avec {f'{len(close)} autres' if len(close) > 1 else other}"


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
        drawn_answers.blocks(drawn),
        data,
        f"{_contrast(drawn)} selon la réponse à « {by} »",
        f"« {label} », en % de chaque groupe ({first['strength']}, V de {number(first['v'], 2)})",
        note,
        context,
    )


def _contrast(rows: pd.DataFrame) -> str:
    """The answer in which two groups differ most.

    rows: columns block, group_label, value, text.
    """
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
