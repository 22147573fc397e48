"""What closes a report: definitions of what its chapters show, its sources, its method, its comparable EPCIs."""

from collections.abc import Sequence

from ctg_analysis.chapter.missing import LAST_THEME
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup, notes, tables, texts
from ctg_analysis.display.markup import Html
from ctg_analysis.display.words import comparable
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK
from ctg_analysis.model.source import SOURCES


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


def method(territory: Territory) -> list[dict]:
    """The entries of the methodological note, from the declarations of the indicators of all themes known here."""
    known = [one for one in CATALOGUE.values() if one.chapter <= LAST_THEME and territory.has(one, OK)]
    return notes.method(known, territory.year, comparable.sentence(territory.peers, territory.vintages))


def peers(territory: Territory) -> Html:
    """Which the comparable EPCIs are, and their list."""
    group = territory.peers
    told = markup.reading(texts.typography(comparable.told(group, territory.vintages)), "")
    if group.peers.empty:
        return told
    rows = comparable.listed(group, territory.profiles, territory.territories)
    return markup.together(told, tables.listed(rows, "EPCI comparables, du plus proche au moins proche"))
