"""Who answered a consultation and what they wrote: rows of `declared_tables` in, pieces of a page out (R20 to R24)."""

from typing import NamedTuple

import pandas as pd
from markupsafe import escape

from ctg_analysis.display import markup, texts
from ctg_analysis.display.demarche import pieces
from ctg_analysis.display.drawings import bars, drawn_answers
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.quantities import number, percent
from ctg_analysis.display.tables import Listing

FEW, NOTHING = "moins de 5", "–"
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
    drawn = rows.assign(block=typographed(rows["libelle"]), name=typographed(rows["modalite_libelle"]))
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
        drawn_answers.profile(drawn),
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
    known = rows[rows["count"].gt(0)].assign(low=float("nan"), high=float("nan"), level="")
    if known.empty:
        return anchored(q_id, pieces.phrase(f"« {label} » : {FEW} répondants par thème."))
    few = rows.loc[rows["count"].eq(0), "theme"]
    drawn = known.assign(name=typographed(known["theme"]), value=known["count"], text=known["count"].map(count))
    lines = [[row.theme, count(row.count), row.tone or NOTHING] for row in known.itertuples()]
    chart = result_chart(
        "open_themes",
        bars.comparison(drawn),
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


def share(part: float) -> str:
    """A part from 0 to 1 as a percentage, a sign when there is none."""
    return NOTHING if pd.isna(part) else percent(100 * part)


def p_text(p: float) -> str:
    """The p of a link that is established, as far as it is of use."""
    limit = next(limit for limit in P_VALUES if p < limit)
    return f"moins de {str(limit).replace('.', ',')}"


def count(respondents: float) -> str:
    """A number of respondents, rounded down to 5."""
    if pd.isna(respondents):
        return "nd"
    return f"≈{texts.NBSP}{number(respondents)}" if respondents else FEW


def typographed(labels: pd.Series) -> list[str]:
    """Labels as a page writes them."""
    return [texts.typography(label) for label in labels]


def result_chart(
    table: str, drawing: str, data: Listing, message: str, what: str, note: list[str], context: ResultContext
) -> Html:
    """The chart of a result. table: of `declared_tables`, that its CSV file holds."""
    return pieces.chart(
        drawing,
        data,
        pieces.Origin(context.source, context.when, f"demarche_{table}.csv"),
        message=message,
        what=what,
        note=" ".join(filter(None, note)),
    )
