"""What was answered to the closed questions of a consultation, in charts with their tables (rules R20 to R24)."""

import pandas as pd

from ctg_analysis.demarche.columns import NO_ANSWER, NOT_CONCERNED, SCALE, SEVERAL, UNKNOWN
from ctg_analysis.display import markup
from ctg_analysis.display.demarche import pieces
from ctg_analysis.display.demarche.survey_results import (
    FEW,
    NOTHING,
    SECRET,
    ResultContext,
    anchored,
    count,
    result_chart,
    share,
    typographed,
    v_text,
)
from ctg_analysis.display.drawings import bars, drawn_answers
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces.charts import Listing
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.quantities import number, percent
from ctg_analysis.indicators.uncertainty import Z

TOO_FEW = "base insuffisante"
SECRET_MEANS = f"{SECRET} : {FEW}."
UNSURE_OUT = "« Ne sait pas », dit par moins de cinq, compte avec les sans réponse."
FRAGILE = "base de moins de 30 répondants, à lire avec prudence"
SHARE = "share"  # what is shown of a row
PERCENT_FROM, SURE_FROM = 20, 30  # respondents
OTHER_PATHS, MOST_OTHERS = "autres parcours", 0.5  # the part of them beyond which no path is drawn


def question(asked: pd.Series, rows: pd.DataFrame, context: ResultContext) -> Html:
    """The chart of a closed question: bars by rank, those of a scale in its order.

    asked: its row in `questionnaire`, named by its id. rows: those of `distribution`.
    """
    outside = rows[~rows["in_base"]].set_index("modalite")["count"]
    unsure_out = UNKNOWN in outside
    rows = rows[rows["in_base"] & ~(rows["count"].eq(0) & rows["modalite"].eq(UNKNOWN))]
    base, several = rows["base"].iloc[0], asked["type"] == SEVERAL
    if not rows["shown"].eq(SHARE).any():
        how = "moins de 10, ou secret" if pd.isna(base) else f"{count(base)}, trop peu pour des parts"
        return anchored(asked.name, pieces.phrase(f"« {asked['libelle']} » : répondants, {how}."))
    if asked["type"] != SCALE:
        rows = rows.assign(last=rows["modalite"].eq(UNKNOWN)).sort_values(["last", "share"], ascending=[True, False])
    written = [_share_text(row) for row in rows.itertuples()]
    drawn = rows.assign(name=typographed(rows["libelle"]), level="", value=rows["share"], text=written)
    lines = [[row.name, row.text, _between(row), count(row.count, few=True)] for row in drawn.itertuples()]
    data = Listing(["Réponse", "Part", "Intervalle", "Répondants"], lines)
    if several and rows["citations"].notna().any():
        data = data.beside("Part des citations", [share(cell) for cell in rows["citations"]])
    note = [
        f"Traits : {context.interval}.",
        "Plusieurs réponses étaient possibles : le total dépasse 100 %." if several else "",
        _outside(outside),
        UNSURE_OUT if unsure_out else "",
        f"Attention, {FRAGILE}." if base < SURE_FROM else "",
        _unshown(drawn),
    ]
    return anchored(
        asked.name,
        result_chart(
            "distribution",
            bars.comparison(drawn[drawn["text"].ne(SECRET)]),
            data,
            foremost(drawn, "citée" if several else "fréquente", several=several),
            f"« {asked['libelle']} », en % des {count(base)} répondants concernés",
            note,
            context,
        ),
    )


def foremost(rows: pd.DataFrame, word: str, *, several: bool) -> str:
    """The answer that comes first, and those that no test tells from it (rule R14).

    rows: columns name, text, share, base, n_eff. The variance of the difference is that of answers that exclude each
    other; where several may be given, it is less. What is not shown may come before.
    """
    hidden = rows[rows["share"].isna() & rows["modalite"].ne(UNKNOWN)]
    rows = rows[rows["share"].notna()].sort_values("share", ascending=False, kind="stable")
    first, others = rows.iloc[0], rows.iloc[1:]
    gap = first["share"] - others["share"]
    size = first["base"] if pd.isna(first["n_eff"]) else first["n_eff"]
    error = ((first["share"] + others["share"] - gap**2) / size) ** 0.5
    close = others[gap <= Z * error]
    before = len(hidden) and (several or 1 - rows["share"].sum() > first["share"])
    among = ", de celles qui sont montrées" if before else ""
    sentence = f"La réponse la plus {word}{among} : « {texts.uncapitalised(first['name'])} » ({first['text']})"
    if close.empty:
        return sentence
    other = f"« {texts.uncapitalised(close.iloc[0]['name'])} » ({close.iloc[0]['text']})"
    return f"{sentence}, sans écart établi avec {f'{len(close)} autres' if len(close) > 1 else other}"


def path(label: str, rows: pd.DataFrame, context: ResultContext) -> Html:
    """The ways from what was wished to what is used. label: the question. rows: those of `paths`."""
    base, got = rows["base"].iloc[0], rows["got"].iloc[0]
    message = (
        f"{share(got)} utilisent ce qu'ils souhaitaient"
        if pd.notna(got)
        else "De ce qui est souhaité à ce qui est utilisé"
    )
    if rows.loc[rows["wished"].eq(OTHER_PATHS), "share"].sum() > MOST_OTHERS:
        few = (
            "La plupart des parcours ont moins de cinq répondants, ou les feraient connaître : ils ne sont pas montrés."
        )
        what = f"« {label} » : {message[0].lower() + message[1:]}, sur {count(base, few=True)} répondants concernés."
        return pieces.together(pieces.phrase(what, few), markup.source(context.source))
    rows = rows.assign(wished=typographed(rows["wished_label"]), used=typographed(rows["used_label"]))
    lines = [[row.wished, row.used, share(row.share)] for row in rows.itertuples()]
    note = [
        "Foncé : qui utilise ce qu'il souhaitait. Gris, ensemble : les parcours de moins de cinq répondants, et ceux "
        "qui les feraient connaître.",
        f"Attention, {FRAGILE}." if base < SURE_FROM else "",
    ]
    return result_chart(
        "paths",
        drawn_answers.paths(rows, ("souhaité", "utilisé")),
        Listing(["Souhaité", "Utilisé", "Part"], lines),
        message,
        f"« {label} », et ce qui est utilisé, en % des répondants concernés (base : {count(base, few=True)})",
        note,
        context,
    )


def group(label: str, by: str, rows: pd.DataFrame, links: pd.DataFrame, context: ResultContext) -> Html:
    """What each group answered to a question, where a link is established.

    label, by: the question and that of the groups. rows: those of `by_group`; links: those of `crossings` that are
    established for both.
    """
    options = set(links["modalite"]) - {""}
    unsure_out = not rows.loc[rows["modalite"].eq(UNKNOWN), "in_base"].all()
    rows = rows[rows["in_base"] & rows["modalite"].ne(UNKNOWN)]
    rows = rows[rows["modalite"].isin(options)] if options else rows
    hidden = list(dict.fromkeys(rows.loc[rows["base"].isna(), "group_label"]))
    rows = rows[rows["base"].notna()]
    written = [TOO_FEW if row.base < PERCENT_FROM else _share_text(row) for row in rows.itertuples()]
    names = [texts.typography(f"{row.group_label} ({count(row.base)})") for row in rows.itertuples()]
    drawn = rows.assign(block=typographed(rows["libelle"]), name=names, value=rows["share"], text=written)
    words = [word if isinstance(word, str) else NOTHING for word in rows["word"]]
    lines = [[f"{row.block} : {row.name}", row.text, _between(row)] for row in drawn.itertuples()]
    data = Listing(["Réponse et groupe", "Part", "Intervalle"], lines).beside("Face aux autres répondants", words)
    first = links.sort_values("v_corrected", kind="stable").iloc[-1]
    note = [
        f"Groupes selon la réponse à « {by} » ; entre parenthèses, la base. Traits : {context.interval}.",
        f"Non montré, moins de 10 répondants ou pour les protéger : {texts.listed(hidden)}." if hidden else "",
        f"Attention, {FRAGILE}, pour certains groupes." if rows["base"].lt(SURE_FROM).any() else "",
        "Sans ceux qui ont dit « ne sait pas »." if unsure_out else "",
        SECRET_MEANS if SECRET in written else "",
    ]
    strength = f"{first['strength']}, V de {v_text(first)}, {first['method']}"
    return result_chart(
        "by_group",
        drawn_answers.blocks(drawn),
        data,
        f"{_contrast(drawn)} selon la réponse à « {by} »",
        f"« {label} », en % de chaque groupe ({strength})",
        note,
        context,
    )


def _contrast(rows: pd.DataFrame) -> str:
    """The answer in which two groups differ most; of two answers, the first one: the other mirrors it.

    rows: columns block, group_label, value, text.
    """
    rows = rows[rows["value"].notna()]
    spread = rows.groupby("block", sort=False)["value"].agg(lambda values: values.max() - values.min())
    answer = spread.index[0] if len(spread) == 2 else spread.idxmax()
    rows = rows[rows["block"].eq(answer)].sort_values("value", kind="stable")
    least, most = rows.iloc[0], rows.iloc[-1]
    return (
        f"« {answer} » : de {least['text']} (« {least['group_label']} ») à {most['text']} (« {most['group_label']} »)"
    )


def _outside(counts: pd.Series) -> str:
    """How many did not answer or were not concerned. counts: by modality, missing when they may not be told."""
    if counts[[NO_ANSWER, NOT_CONCERNED]].isna().all():
        return "Le nombre des sans réponse et des non concernés est secret."
    silent, elsewhere = (count(counts[name], few=True) for name in (NO_ANSWER, NOT_CONCERNED))
    return f"Sans réponse : {silent} ; non concernés : {elsewhere}."


def _share_text(row) -> str:
    return percent(100 * row.share) if row.shown == SHARE else SECRET


def _between(row) -> str:
    return NOTHING if pd.isna(row.low) else f"{number(100 * row.low)} à {number(100 * row.high)}"


def _unshown(rows: pd.DataFrame) -> str:
    """Which answers are not in the drawing, and why; nothing when all are."""
    names = list(rows.loc[rows["text"].eq(SECRET), "name"])
    return f"Non montré, {FEW} : {texts.listed(names)}." if names else ""
