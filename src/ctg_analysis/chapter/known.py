"""What is known of an indicator here, and what is not: its communes, its source, the box that says how to get it."""

import pandas as pd

from ctg_analysis.chapter import surveyed
from ctg_analysis.chapter.territory import Observed
from ctg_analysis.core.model import NOT_APPLICABLE, OK, SECRET, Indicator
from ctg_analysis.core.territories import FRANCE
from ctg_analysis.display import markup
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.words import notes, sentences, texts
from ctg_analysis.display.words.dates import date_text, short_date
from ctg_analysis.indicators.comparisons import latest_period
from ctg_analysis.indicators.peers import left_out
from ctg_analysis.sources import PLAN, SOURCES, SURVEY


def by_commune(seen: Observed, one: Indicator) -> pd.DataFrame:
    """Return the communes by name, at the latest period that one of them has; no row when none has any."""
    rows = seen.readable(one)
    rows = rows[rows["level"].eq("commune")]
    period = latest_period(rows)
    rows = rows[rows["period"].eq(period)] if period else rows.iloc[:0]
    return rows.sort_values("name", key=lambda names: names.map(texts.alphabetical), kind="stable")


def on_map(seen: Observed, one: Indicator) -> pd.DataFrame:
    """Return the communes by name, at the period of the comparison when they have it, else their latest one."""
    compared = seen.compared(one, with_peers=False)
    rows = seen.readable(one)
    rows = rows[rows["level"].eq("commune")]
    wanted = compared["period"].iloc[0] if len(compared) else ""
    here = rows[rows["period"].eq(wanted)]
    if not here["status"].eq(OK).any():
        return by_commune(seen, one)
    return here.sort_values("name", key=lambda names: names.map(texts.alphabetical), kind="stable")


def only_commune(seen: Observed, one: Indicator) -> str:
    """Return the one commune that has what is counted, all being known exactly; else nothing."""
    rows = on_map(seen, one)
    some = list(rows.loc[rows["value"].gt(0), "name"])
    known = len(rows) > 1 and rows["status"].eq(OK).all() and are_exact(one, rows.assign(shown=True))
    return some[0] if known and len(some) == 1 else ""


def are_exact(one: Indicator, rows: pd.DataFrame) -> bool:
    """Tell whether the counts of all the communes are shown, and not rounded. rows: columns shown, source."""
    return rows["shown"].all() and not any(sentences.rounded(one, SOURCES[name]) for name in set(rows["source"]))


def withheld(seen: Observed, one: Indicator) -> str:
    """Return that the value of the territory may not be shown, when it exists all the same; else nothing."""
    if not seen.has(one, SECRET):
        return ""
    rows = seen.data(one)
    periods = rows.loc[rows["level"].eq("epci") & rows["status"].eq(SECRET), "period"]
    if periods.empty:
        return ""
    return f"{one.label}, {date_text(periods.max())} : secret statistique, le chiffre ne peut pas être montré."


def uncompared(seen: Observed, one: Indicator) -> str:
    """Return which of the four comparators (département, région, France, peers) an indicator lacks, and why (rule R11).

    Nothing when it has them all. one: known here, and not a number of things.
    """
    rows = seen.compared(one)
    there = rows[rows["status"].eq(OK)].iloc[1:]
    of = SOURCES[rows["source"].iloc[0]]
    if there.empty and (of.from_partners or of.id == PLAN):
        return "Sans comparaison : ces données ne décrivent que le territoire."
    codes = there["territory"].mask(there["level"].eq("france"), FRANCE)
    known = {("epci", seen.epci), *zip(there["level"], codes, strict=True)}
    lacking = [place.name for place in seen.beside.itertuples(index=False) if (place.level, place.code) not in known]
    named = ", ".join(dict.fromkeys(lacking))  # La Réunion is a département and a région
    said = f"Sans valeur de même source et de même période : {named}" if lacking else ""
    if there["level"].eq("peers").any():
        return f"{said}." if said else ""
    if seen.peers(left_out(one)).peers.empty:
        return f"{said}. Aucun EPCI comparable." if said else "Aucun EPCI comparable."
    if said:
        return f"{said} ; trop peu d'EPCI comparables en ont une."
    return "Trop peu d'EPCI comparables ont une valeur de même source et de même période."


def unavailable(seen: Observed, one: Indicator, what: str) -> Html:
    """Return the box: what is missing, from whom, and the command that says how to get it.

    Of a form that was received with blank cells, it names the communes of these. Where it has no object in any commune,
    because what it is about is known not to be there, a sentence says so.
    """
    rows = seen.data(one)
    if is_pointless(seen, one):
        return with_source(f"{what} : sans objet en {rows['period'].max()}.", source(seen, rows))
    used = set(rows.loc[rows["status"].eq(OK), "source"])
    missing = [SOURCES[name] for name in one.sources if name not in used] or [SOURCES[one.sources[0]]]
    asked = [measure for measure in vars(one.value).values() if isinstance(measure, str)]
    return markup.unavailable(
        texts.typography(f"{texts.uncapitalised(what).replace(' : ', ', ')}."),
        [notes.how_to_get(one, seen.epci, seen.blanks(one.id, asked) if one.form else []) for one in missing],
    )


def with_source(said: str, source: Citation) -> Html:
    """Return a sentence that stands alone, and its source below."""
    return markup.together(markup.reading(texts.typography(said), ""), markup.source(source))


def is_pointless(seen: Observed, one: Indicator) -> bool:
    """Tell whether an indicator has no object (`so`) in any commune at the latest period."""
    if not seen.has(one, NOT_APPLICABLE):
        return False
    rows = seen.data(one)
    latest = rows[rows["level"].eq("commune") & rows["period"].eq(rows["period"].max())]
    return len(latest) > 0 and latest["status"].eq(NOT_APPLICABLE).all()


def source(seen: Observed, rows: pd.DataFrame, *, series: bool = False) -> Citation:
    """Return the source line: producer, dataset, geography, date of extraction; how residents were asked."""
    names = [name for name in dict.fromkeys(rows["source"]) if name in seen.received]
    if names == [SURVEY]:
        return surveyed.source(seen.demarche)
    taken = max(seen.received[name] for name in names)
    cited = " ; ".join(notes.source_text(SOURCES[name]) for name in names)
    geography = notes.geography([SOURCES[name] for name in names], seen.year, series=series)
    text = f"{cited}. {geography}, extraction du {short_date(taken)}."
    return Citation(texts.typography(text), taken)
