"""What the last cells of a chapter list: taken from what the outputs of its executed notebook tell, in their order.

A piece tells the indicators that it shows beside its HTML (`display.markup.ABOUT`), the box of what is missing those
that it does not. A closing verb called without a
list gives a piece that asks for one; `close` puts the list in its place, when all the cells have run.
"""

from collections.abc import Sequence
from dataclasses import replace

from nbformat import NotebookNode

from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup
from ctg_analysis.display.markup import ABOUT, Html
from ctg_analysis.display.pieces import tables
from ctg_analysis.display.words import comparable, notes, texts
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK
from ctg_analysis.model.source import SOURCES

SHOWN, BESIDE_PEERS, RECALLED = "indicators", "beside_peers", "recalled"  # ids that a piece tells
LAST_THEME = "10"  # the chapters after it tell the démarche
LIST = "list"  # the piece asks for a list: the name of a closing verb


def telling(piece: Html, what: str, *names: str) -> Html:
    """A piece that tells some names before those that it tells already.

    >>> telling(Html("<p>1</p>", {"indicators": ["births_count"]}), SHOWN, "population_count").about
    {'indicators': ['population_count', 'births_count']}
    """
    return replace(piece, about={**piece.about, what: [*names, *piece.about.get(what, [])]})


def asking(verb: str, what: str) -> Html:
    """The piece that stands for a list until the chapter is published. what: what will be there (French)."""
    text = texts.typography(f"{what} : à la publication du chapitre, d'après tout ce qu'il montre.")
    return telling(markup.reading(text, ""), LIST, verb)


def close(notebook: NotebookNode, territory: Territory) -> None:
    """Write the lists that an executed notebook asks for in the place of the pieces that ask."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    outputs = [output for output in outputs if ABOUT in output.get("data", {})]
    about = [output.data[ABOUT] for output in outputs]
    shown = [tells for tells in about if markup.MISSING not in tells]
    names = {
        what: list(dict.fromkeys(name for tells in shown for name in tells.get(what, [])))
        for what in (SHOWN, BESIDE_PEERS, RECALLED, LIST)
    }
    for output in outputs:
        for verb in output.data[ABOUT].get(LIST, []):
            match verb:
                case "definitions":
                    piece = definitions(territory, names[SHOWN])
                case "method":
                    themes = (one for one in CATALOGUE.values() if one.chapter <= LAST_THEME)
                    piece = method(territory, [one.id for one in themes if territory.has(one, OK)])
                case "peers":
                    piece = peers(territory, names[BESIDE_PEERS])
                case "recalled":
                    piece = recalled(names[RECALLED])
            output.data = NotebookNode(piece._repr_mimebundle_())


def definitions(territory: Territory, names: Sequence[str]) -> Html:
    """The definitions of indicators known here, in the order of the catalogue, then their sources, each once."""
    known = [one for one in CATALOGUE.values() if one.id in names and territory.has(one, OK)]
    rows = territory.of([one.id for one in known])
    used = [name for name in dict.fromkeys(rows.loc[rows["status"].eq(OK), "source"]) if name in territory.received]
    cited = [(SOURCES[name], territory.received[name]) for name in used]
    return markup.together(markup.definitions(notes.definitions(known)), markup.sources(notes.sources(cited)))


def whole_sources(territory: Territory) -> dict[str, list[str]]:
    """The sources of each indicator that is known here, in whole."""
    rows = territory.observations
    rows = rows.loc[rows["status"].eq(OK), ["indicator", "source"]].drop_duplicates()
    received = territory.received.items()
    told = {name: notes.sources([(SOURCES[name], day)])[0] for name, day in received if name in set(rows["source"])}
    by_indicator = rows[rows["indicator"].isin(list(CATALOGUE))].groupby("indicator")["source"]
    return {one: [told[name] for name in names if name in told] for one, names in by_indicator}


def recalled(names: Sequence[str]) -> Html:
    """The definitions of indicators in the order in which they were named; nothing when there is none."""
    entries = notes.definitions(CATALOGUE[name] for name in dict.fromkeys(names))
    return markup.definitions(entries) if entries else Html("")


def method(territory: Territory, names: Sequence[str]) -> Html:
    """The methodological note of a chapter, written from the declarations of the indicators that it shows."""
    how = comparable.sentence(territory.peers, territory.vintages)
    return markup.definitions(notes.method([CATALOGUE[name] for name in names], territory.year, how))


def peers(territory: Territory, names: Sequence[str] | None) -> Html:
    """Which the comparable EPCIs are, whether they have a median of some indicators, and their list.

    names: None as long as it is not known which indicators are beside them; nothing is then said of medians.
    """
    group, count = territory.peers, ""
    if names is not None and not group.peers.empty:
        some = any(territory.compared(CATALOGUE[name])["level"].eq("peers").any() for name in names)
        count = texts.typography(comparable.medians(some=some))
    how = markup.reading(texts.typography(comparable.told(group, territory.vintages)), count)
    if group.peers.empty:
        return how
    rows = comparable.listed(group, territory.profiles, territory.territories)
    return markup.together(how, tables.listed(rows, "EPCI comparables, du plus proche au moins proche"))
