"""The figures of a chapter: what was observed, told or drawn, with its words, its source and its data."""

import sys
from collections.abc import Iterable
from dataclasses import replace

import pandas as pd
from matplotlib import pyplot

from ctg_analysis.chapter import analyst, surveyed
from ctg_analysis.chapter.figure_words import at_shared_period, figure_words, told_apart
from ctg_analysis.chapter.known import is_of_all, newer, on_map, source, unavailable, uncompared, withheld
from ctg_analysis.chapter.structures import points, with_structures
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup, sentences, standing, texts
from ctg_analysis.display.markup import SHOWN, Html, telling
from ctg_analysis.model.catalogue import CATALOGUE, TITLES
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import OK, Count, Indicator, Mean
from ctg_analysis.model.source import SURVEY
from ctg_analysis.show import maps
from ctg_analysis.show.finish import of_axis
from ctg_analysis.show.maps import with_estimates
from ctg_analysis.show.on_page import figure_of, on_page

NOT_IN_ROWS = "est dessiné, sans être dans les lignes"
CLOSE = 1e-9  # of a value: one that is so close is the same
COLUMNS = {"indicator", "label", "level", "place", "territory", "period", "value", "text", "source"}


def figure(
    territory: Territory, drawing: object, rows: pd.DataFrame, *, title: str = "", note: str = "", alt: str = ""
) -> Html:
    """A drawing of rows as a page shows it: French numbers, words for each mark, its source, its rows as a table.

    The headline is what is found in the rows (`figure_words`), else the title. What no drawing is worth is told in its
    place: values that are missing, a few of them, years that no test finds to move. A mark that no row names tells
    nothing; a value that is drawn and is not that of its row is told on the standard error.

    Parameters:
        drawing: axes or a figure of matplotlib, or what a function of seaborn, pandas or geopandas returns.
        rows: what is drawn, of `Chapter.data`, `members`, `ages` or `computed`.
        title: what one sees (French).
        note: what a reader must know of the drawing.
        alt: what it shows, for who does not see it; its title and its values unless given.

    Raises:
        UserError: rows of something else; values that are no more those of the observations.
    """
    if lacking := sorted(COLUMNS - set(rows)):
        own = 'for rows of chapter.data(…); of a table of yours, chapter.picture(ax, alt="…", source="…", title="…")'
        what = f"no column {', '.join(lacking)} in the rows"
        raise UserError(f"figure: {what}: expected chapter.figure(ax, rows) {own}")
    rows = rows.reset_index(drop=True)
    _held_to(territory, rows)
    words, whole = figure_words(territory, rows, title=title), figure_of(drawing, "figure")
    if isinstance(words, Html):
        pyplot.close(whole)
        return words
    drawn = on_page(whole, rows, rows if "geometry" in rows else territory.land)
    for value in drawn.unknown:
        print(f"figure « {title or words.title} » : {of_axis(value)} {NOT_IN_ROWS}", file=sys.stderr)
    if drawn.unknown and title:
        words = replace(words, title=title)  # what is found in the rows is not what is drawn
    said = texts.typography(" ".join(filter(None, [note, drawn.note, words.note])))
    words = replace(words, note=said, alt=alt or words.alt)
    shown = markup.figure(drawn.svg, kind=drawn.kind, **vars(words))
    return telling(shown, SHOWN, *(name for name in rows["indicator"].unique() if name in CATALOGUE))


def _held_to(territory: Territory, rows: pd.DataFrame) -> None:
    """Refuse rows whose values were changed after they were written in words: the page would print the old ones.

    Raises:
        UserError: such rows.
    """
    if "computed" in rows:
        return
    key = ["territory", "level", "period", "indicator"]
    ids = [name for name in rows["indicator"].unique() if name in CATALOGUE]
    observed = pd.concat([territory.readable(CATALOGUE[name]) for name in ids]) if ids else rows[:0]
    columns = [*key, "value", "text"]
    both = rows[columns].merge(observed[columns], on=key, suffixes=("", "_observed")).dropna()
    is_other = (both["value"] - both["value_observed"]).abs() > CLOSE * both["value"].abs().clip(lower=1)
    if is_other.any() or both["text"].ne(both["text_observed"]).any():
        changed = "values" if is_other.any() else "texts"
        what = f"{changed} are no more those of the observations"
        raise UserError(f'figure: {what}: expected chapter.computed(rows, value, label="…"), which writes them')


def communes_map(territory: Territory, *indicators: Indicator, structures: str = "") -> Html:
    """The map of an indicator by commune: shades for a rate, circles for a count.

    Of several, the newest first, the one shown is the first that the territory has too: its communes are read beside
    it. structures: the chapter of those that each commune tells besides (see `Territory.structures`).
    """
    indicator = next((one for one in indicators if is_of_all(territory, one)), indicators[0])
    rows = on_map(territory, indicator)
    if rows.empty:
        return unavailable(territory, indicator, f"{indicator.label}, par commune")
    rows = with_estimates(indicator, rows)
    land = with_structures(territory, structures) if structures else territory.land
    is_count = isinstance(indicator.value, Count | Mean)
    if not is_count:
        whole = territory.own(indicator)
        rows = pd.concat([rows, whole[whole["period"].eq(rows["period"].iloc[0])].assign(shown=True)])
    sites = points(territory, structures) if structures else None
    ax = maps.counts(land, rows, sites) if is_count else maps.rates(land, rows, sites)
    return figure(territory, ax, analyst.tidy(rows.assign(label=indicator.label)))


def members(territory: Territory, *names: str, with_: str | int | Iterable[str] = ()) -> pd.DataFrame:
    """The members of a family (the ages of childhood), or some indicators of one unit, here and beside, each at its
    period of comparison.

    Columns: those of `analyst.data` and of `Territory.compared`; label: that of the member, without what all say;
    family: its id, nothing of some indicators. A member without a value here has a row of the territory alone, with the
    status that tells why. with_: other EPCIs to add, by SIREN or official name, of the level « chosen ».
    """
    family = names[0] if len(names) == 1 and names[0] not in CATALOGUE else ""
    several = analyst.family_of(family) if family else [analyst.indicator_of(name) for name in names]
    compared = _compared(territory, several)
    label = _labels(several, at_shared_period(several, compared), TITLES[family] if family else "")
    rows = []
    for one in several:
        table = compared[one.id]
        if table.empty:
            table = territory.here(one).tail(1).assign(value=float("nan"))
        rows.append(table)
        then = table["period"].iloc[0] if len(table) else ""
        rows += [more[more["period"].eq(then)] for more in analyst.of_chosen(territory, [one], with_)]
    every = pd.concat(rows, ignore_index=True)
    return analyst.tidy(every.assign(label=every["indicator"].map(label), family=family))


def _compared(territory: Territory, several: list[Indicator]) -> dict[str, pd.DataFrame]:
    """The rows of some indicators here and beside, at the period that most of them have where they have it."""
    alone = {one.id for one in several if isinstance(one.value, Count | Mean) and newer(territory, one)}
    compared = {one.id: territory.own(one).tail(1) if one.id in alone else territory.compared(one) for one in several}
    known = at_shared_period(several, compared)
    shared = compared[known[0].id]["period"].iloc[0] if known else ""
    for one in several:
        if one not in known:
            then = [rows[rows["period"].eq(shared)] for rows in (territory.compared(one), territory.own(one))]
            compared[one.id] = next((rows for rows in then if len(rows)), compared[one.id])
    return compared


def _labels(several: list[Indicator], known: list[Indicator], title: str) -> dict[str, str]:
    """What each member is called: its label, without what those that are known all say."""
    short, _ = told_apart([one.label for one in known], title) if known else ([], "")
    named = {one.id: name for one, name in zip(known, short, strict=True)}
    return {one.id: texts.typography(named.get(one.id, one.label)) for one in several}


def reading(territory: Territory, indicator: Indicator) -> Html:
    """The sentence of an indicator here, the same figure elsewhere and its source; else the box.

    A number of things is told at its latest period, without others.
    """
    rows, number = territory.compared(indicator), isinstance(indicator.value, Count | Mean)
    if rows.empty:
        if secret := withheld(territory, indicator):
            return markup.reading(texts.typography(secret), "")
        whole = ", pour l'ensemble du territoire" if territory.has(indicator, OK) else ""
        return unavailable(territory, indicator, f"{indicator.label}{whole}")
    told = territory.own(indicator).tail(1) if number else rows
    beside = []
    if SURVEY in indicator.sources:
        beside = [surveyed.base(territory.demarche, told.iloc[0])]
    elif not number:
        words = texts.listed([word for _, word in standing.test(rows, territory.gaps(indicator))[0]] or [""])
        beside = [sentences.beside(rows.iloc[1:]), f"{texts.capitalised(words)}." * bool(words)]
        beside += [uncompared(territory, indicator), newer(territory, indicator)]
    words = texts.typography(" ".join(filter(None, beside)))
    said = markup.reading(sentences.sentence(indicator, told.iloc[0]), words)
    return markup.together(said, markup.source(source(territory, told)))
