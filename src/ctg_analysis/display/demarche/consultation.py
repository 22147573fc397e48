"""What a consultation says, in charts and tables: rows of `tables.outputs` in, pieces of a page out (R20 to R24)."""

from typing import NamedTuple

import pandas as pd
from markupsafe import escape

from ctg_analysis.demarche.tables.codes import NO_ANSWER, NOT_CONCERNED, SCALE, SEVERAL, UNKNOWN
from ctg_analysis.display import markup
from ctg_analysis.display.demarche import demarche as pieces
from ctg_analysis.display.drawings import answers, bars
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.pieces.charts import Listing
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.quantities import counted, number, percent
from ctg_analysis.indicators.uncertainty import Z

SECRET, TOO_FEW, NOTHING = "s", "base insuffisante", "–"
FEW = "moins de cinq répondants, ou pour que cela ne se déduise pas"
SECRET_MEANS = f"{SECRET} : {FEW}."
UNSURE_OUT = "« Ne sait pas », dit par moins de cinq, compte avec les sans réponse."
P_VALUES = (0.001, 0.01, 0.05)  # under which a link is told
FRAGILE = "base de moins de 30 répondants, à lire avec prudence"
SHARE = "share"  # what is shown of a row
PERCENT_FROM, SURE_FROM = 20, 30  # respondents
QUOTES = 4  # of each theme
OTHER_PATHS, MOST_OTHERS = "autres parcours", 0.5  # the part of them beyond which no path is drawn


class Said(NamedTuple):
    """What all results of a consultation have in common: their source line, their year, the word for intervals."""

    source: Citation
    when: str
    interval: str


def question(one: pd.Series, rows: pd.DataFrame, said: Said) -> Html:
    """Return the chart of a closed question: bars by rank, those of a scale in its order.

    one: its row in `questionnaire`, named by its id. rows: those of `distribution`.
    """
    outside = rows[~rows["in_base"]].set_index("modalite")["count"]
    unsure_out = UNKNOWN in outside
    rows = rows[rows["in_base"] & ~(rows["count"].eq(0) & rows["modalite"].eq(UNKNOWN))]
    base, several = rows["base"].iloc[0], one["type"] == SEVERAL
    if not rows["shown"].eq(SHARE).any():
        how = "moins de 10, ou secret" if pd.isna(base) else f"{number(base)}, trop peu pour des parts"
        return anchored(one.name, pieces.said(f"« {one['libelle']} » : répondants, {how}."))
    if one["type"] != SCALE:
        rows = rows.assign(last=rows["modalite"].eq(UNKNOWN)).sort_values(["last", "share"], ascending=[True, False])
    written = [_told(row) for row in rows.itertuples()]
    drawn = rows.assign(name=_written(rows["libelle"]), level="", value=rows["share"], text=written)
    lines = [[row.name, row.text, _between(row), count(row.count, few=True)] for row in drawn.itertuples()]
    data = Listing(["Réponse", "Part", "Intervalle", "Répondants"], lines)
    if several and rows["citations"].notna().any():
        data = data.beside("Part des citations", [share(cell) for cell in rows["citations"]])
    note = [
        f"Traits : {said.interval}.",
        "Plusieurs réponses étaient possibles : le total dépasse 100 %." if several else "",
        _outside(outside),
        UNSURE_OUT if unsure_out else "",
        f"Attention, {FRAGILE}." if base < SURE_FROM else "",
        _unshown(drawn),
    ]
    return anchored(
        one.name,
        _chart(
            "distribution",
            bars.comparison(drawn[drawn["text"].ne(SECRET)]),
            data,
            _first(drawn, "citée" if several else "fréquente", several=several),
            f"« {one['libelle']} », en % des {number(base)} répondants concernés",
            note,
            said,
        ),
    )


def _first(rows: pd.DataFrame, word: str, *, several: bool) -> str:
    """Return the answer that comes first, and those that no test tells from it (rule R14).

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
    said = f"La réponse la plus {word}{among} : « {texts.uncapitalised(first['name'])} » ({first['text']})"
    if close.empty:
        return said
    if len(close) > 1:
        return f"{said}, proche de {len(close)} autres"
    return f"{said}, proche de « {texts.uncapitalised(close.iloc[0]['name'])} » ({close.iloc[0]['text']})"


def path(label: str, rows: pd.DataFrame, said: Said) -> Html:
    """Return the ways from what was wished to what is used. label: the question. rows: those of `paths`."""
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
        return pieces.together(pieces.said(what, few), markup.source(said.source))
    rows = rows.assign(wished=_written(rows["wished_label"]), used=_written(rows["used_label"]))
    lines = [[row.wished, row.used, share(row.share)] for row in rows.itertuples()]
    note = [
        "Foncé : qui utilise ce qu'il souhaitait. Gris, ensemble : les parcours de moins de cinq répondants, et ceux "
        "qui les feraient connaître.",
        f"Attention, {FRAGILE}." if base < SURE_FROM else "",
    ]
    return _chart(
        "paths",
        answers.paths(rows, ("souhaité", "utilisé")),
        Listing(["Souhaité", "Utilisé", "Part"], lines),
        message,
        f"« {label} », et ce qui est utilisé, en % des répondants concernés (base : {count(base, few=True)})",
        note,
        said,
    )


def group(label: str, by: str, rows: pd.DataFrame, links: pd.DataFrame, said: Said) -> Html:
    """Return what each group answered to a question, where a link is established.

    label, by: the question and that of the groups. rows: those of `by_group`; links: those of `crossings` that are
    established for both.
    """
    options = set(links["modalite"]) - {""}
    unsure_out = not rows.loc[rows["modalite"].eq(UNKNOWN), "in_base"].all()
    rows = rows[rows["in_base"] & rows["modalite"].ne(UNKNOWN)]
    rows = rows[rows["modalite"].isin(options)] if options else rows
    hidden = list(dict.fromkeys(rows.loc[rows["base"].isna(), "group_label"]))
    rows = rows[rows["base"].notna()]
    written = [TOO_FEW if row.base < PERCENT_FROM else _told(row) for row in rows.itertuples()]
    names = [texts.typography(f"{row.group_label} ({number(row.base)})") for row in rows.itertuples()]
    drawn = rows.assign(block=_written(rows["libelle"]), name=names, value=rows["share"], text=written)
    words = [word if isinstance(word, str) else NOTHING for word in rows["word"]]
    lines = [[f"{row.block} : {row.name}", row.text, _between(row)] for row in drawn.itertuples()]
    data = Listing(["Réponse et groupe", "Part", "Intervalle"], lines).beside("Face aux autres répondants", words)
    first = links.sort_values("v_corrected", kind="stable").iloc[-1]
    note = [
        f"Groupes selon la réponse à « {by} » ; entre parenthèses, la base. Traits : {said.interval}.",
        f"Non montré, moins de 10 répondants ou pour les protéger : {texts.listed(hidden)}." if hidden else "",
        f"Attention, {FRAGILE}, pour certains groupes." if rows["base"].lt(SURE_FROM).any() else "",
        "Sans ceux qui ont dit « ne sait pas »." if unsure_out else "",
        SECRET_MEANS if SECRET in written else "",
    ]
    strength = f"{first['strength']}, V de {number(first['v_corrected'], 2)}, {first['method']}"
    return _chart(
        "by_group",
        answers.blocks(drawn),
        data,
        f"{_contrast(drawn)} selon la réponse à « {by} »",
        f"« {label} », en % de chaque groupe ({strength})",
        note,
        said,
    )


def profile(rows: pd.DataFrame, said: Said) -> Html:
    """Return who answered, before and after weights, beside the census. rows: those of `profile`."""
    known = rows[rows["represented"].eq("sous-représenté")]
    least = known.loc[(known["before"] - known["census"]).idxmin()] if len(known) else None
    drawn = rows.assign(block=_written(rows["libelle"]), name=_written(rows["modalite_libelle"]))
    lines = [
        [
            f"{row.block} : {row.name}",
            count(row.count, few=True),
            *(share(part, few=True) for part in (row.before, row.after)),
            share(row.census),
            row.represented or NOTHING,
        ]
        for row in drawn.itertuples()
    ]
    header = ["Profil", "Répondants", "Avant redressement", "Après", "Recensement", "Avant redressement, le test dit"]
    return _chart(
        "profile",
        answers.profile(drawn),
        Listing(header, lines),
        f"Les moins entendus : qui répond « {least['modalite_libelle']} » à « {least['libelle']} », "
        f"{share(least['before'])} des répondants pour {share(least['census'])} de la population"
        if least is not None
        else "Les répondants ont le profil de la population",
        "Profil des répondants avant et après redressement, et de la population, en %",
        [],
        said,
    )


def of(rows: pd.DataFrame, word: str) -> str:
    """Return the modalities of the profile of which a test says a word, question by question; nothing without any."""
    said = rows[rows["represented"].eq(word)].groupby("libelle", sort=False)["modalite_libelle"]
    return " ; ".join(f"« {label} » {', '.join(names)}" for label, names in said)


def themes(q_id: str, label: str, rows: pd.DataFrame, quotes: pd.DataFrame, said: Said) -> Html:
    """Return the themes of the answers to an open question, then some of those that may be quoted.

    rows: those of `open_themes`; quotes: those of `open_quotes`.
    """
    known = rows[rows["count"].notna()].assign(low=float("nan"), high=float("nan"), level="")
    drawn = known.assign(name=_written(known["theme"]), value=known["count"], text=known["count"].map(number))
    counts = ["count", "positive", "neutre", "négative"]
    lines = [[row["theme"], *(count(row[one], few=True) for one in counts)] for row in rows.to_dict("records")]
    chart = _chart(
        "open_themes",
        bars.comparison(drawn),
        Listing(["Thème", "Répondants", "Ton positif", "Neutre", "Négatif"], lines),
        _most_cited(rows),
        f"« {label} », nombre de répondants par thème, sur {number(rows['base'].iloc[0])} réponses libres codées",
        [
            "Un répondant peut parler de plusieurs thèmes. Le ton n'est dit qu'à partir de dix répondants.",
            f"{SECRET} : moins de cinq répondants, ou caché pour que cela ne se déduise pas.",
        ],
        said,
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
    """Return the theme of most respondents, or all those that as many cite. rows: columns theme, count."""
    most = rows[rows["count"].eq(rows["count"].max())]
    named = texts.listed([f"« {texts.uncapitalised(theme)} »" for theme in most["theme"]])
    if len(most) == 1:
        return f"Le thème le plus cité : {named} ({counted(most['count'].iloc[0], 'répondant')})"
    return f"Les thèmes les plus cités : {named} ({counted(most['count'].iloc[0], 'répondant')} chacun)"


def anchored(q_id: str, piece: Html) -> Html:
    """Return a piece on a question, that links lead to."""
    return Html(f'<div id="question-{escape(q_id)}">\n{piece.html}\n</div>', piece.about)


def share(part: float, *, few: bool = False) -> str:
    """Return a part from 0 to 1 as a percentage, a sign when there is none. few: as in `count`."""
    return (SECRET if few else NOTHING) if pd.isna(part) else percent(100 * part)


def p_text(p: float) -> str:
    """Return the p of a link that is established, as far as it is of use."""
    limit = next(limit for limit in P_VALUES if p < limit)
    return f"moins de {str(limit).replace('.', ',')}"


def count(respondents: float, *, few: bool = False) -> str:
    """Return a number of respondents. few: one that is not told is too small."""
    return (SECRET if few else "nd") if pd.isna(respondents) else number(respondents)


def _written(labels: pd.Series) -> list[str]:
    return [texts.typography(label) for label in labels]


def _unshown(rows: pd.DataFrame) -> str:
    """Return which answers are not in the drawing, and why; nothing when all are."""
    names = list(rows.loc[rows["text"].eq(SECRET), "name"])
    return f"Non montré, {FEW} : {texts.listed(names)}." if names else ""


def _contrast(rows: pd.DataFrame) -> str:
    """Return the answer in which two groups differ most; of two answers, the first one: the other mirrors it.

    rows: columns block, group_label, value, text.
    """
    rows = rows[rows["value"].notna()]
    spread = rows.groupby("block", sort=False)["value"].agg(lambda values: values.max() - values.min())
    told = spread.index[0] if len(spread) == 2 else spread.idxmax()
    rows = rows[rows["block"].eq(told)].sort_values("value", kind="stable")
    least, most = rows.iloc[0], rows.iloc[-1]
    return f"« {told} » : de {least['text']} (« {least['group_label']} ») à {most['text']} (« {most['group_label']} »)"


def _outside(counts: pd.Series) -> str:
    """Return how many did not answer or were not concerned. counts: by modality, missing when they may not be told."""
    if counts[[NO_ANSWER, NOT_CONCERNED]].isna().all():
        return "Le nombre des sans réponse et des non concernés est secret."
    silent, elsewhere = (count(counts[name], few=True) for name in (NO_ANSWER, NOT_CONCERNED))
    return f"Sans réponse : {silent} ; non concernés : {elsewhere}."


def _told(row) -> str:
    return percent(100 * row.share) if row.shown == SHARE else SECRET


def _between(row) -> str:
    return NOTHING if pd.isna(row.low) else f"{number(100 * row.low)} à {number(100 * row.high)}"


def _chart(table: str, drawing: str, data: Listing, message: str, what: str, note: list[str], said: Said) -> Html:
    return pieces.chart(
        drawing,
        data,
        message=message,
        what=what,
        when=said.when,
        source=said.source,
        file=f"demarche_{table}.csv",
        note=" ".join(filter(None, note)),
    )
