"""What `ctg list` lists, one line each; how much of the diagnosis open data give, EPCI by EPCI."""

import datetime
from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

import pandas as pd

from ctg_analysis.chapter.missing import completeness, missing
from ctg_analysis.chapter.territory import Territory, open_territory
from ctg_analysis.display.texts import alphabetical
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK, Indicator
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, DataRoot, all_chapters, data_root
from ctg_analysis.model.source import SOURCES
from ctg_analysis.pipeline.run import ensure, hold
from ctg_analysis.raw.certificates import read_certificate
from ctg_analysis.raw.folders import FRANCE, FULL, source_folders

SEED, DRAWN = 34, 30
ISLANDS = ["241700459", "241700624", "245600465", "248500191", "249710047"]  # each of one island
NEWEST = ["200096634", "200096642", "200096675", "200096683", "200096956"]  # of 2022: none has been created since
COMPARATORS = 3  # of département, région, France and peers: enough for a comparison that tells something
STAR = "★"
STATES = {FULL: "full", FRANCE: "extract of France"}


class Coverage(NamedTuple):
    """What is known of an EPCI, of the indicators that have an open source.

    known: those with a value of the EPCI itself. starred: of these, the starred ones. compared: of the starred ones,
    those that stand beside COMPARATORS or more, at the same period and of the same source. with_peers: of the compared
    ones, those with the peers' median among these.
    """

    epci: str
    name: str
    known: int
    starred: int
    compared: int
    with_peers: int

    def words(self) -> list[str]:
        """The texts of a line."""
        return [
            self.epci,
            f"{self.known:4} open indicators",
            f"{self.starred:4} starred",
            f"{self.compared:4} of them with {COMPARATORS} comparators or more",
            f"{self.with_peers:4} with peers",
            self.name,
        ]


def coverage(territory: Territory) -> Coverage:
    """What is known of an EPCI from open data."""
    rows = territory.observations
    own = set(rows.loc[rows["level"].eq("epci") & rows["status"].eq(OK), "indicator"])
    known = [indicator for indicator in CATALOGUE.values() if indicator.id in own and is_open(indicator)]
    starred = [indicator for indicator in known if indicator.star]
    beside = [levels_beside(territory, indicator) for indicator in starred]
    compared = [levels for levels in beside if len(levels) >= COMPARATORS]
    with_peers = sum("peers" in levels for levels in compared)
    return Coverage(territory.epci, territory.row["name"], len(known), len(starred), len(compared), with_peers)


def is_open(indicator: Indicator) -> bool:
    """Whether an indicator has a source that asks nothing of a partner."""
    return any(SOURCES[name].open for name in indicator.sources)


def levels_beside(territory: Territory, indicator: Indicator) -> list[str]:
    """The levels of the places with a value beside that of an EPCI, of the same period and producer; one of La Réunion,
    which is a département and a région.
    """
    rows = territory.against(indicator)
    others = rows[rows["status"].eq(OK) & rows["level"].ne("epci")]
    return list(others.drop_duplicates(["name", "value"])["level"])


def sample(root: DataRoot) -> list[str]:
    """Thirty EPCIs drawn by SEED, the same each time: overseas, islands, métropoles, communautés de communes of fewer
    than 5 000 inhabitants, the newest, then any.
    """
    places = pd.read_parquet(root.processed / "territories.parquet", filters=[("level", "==", "epci")])
    names = places.set_index("code")["name"].sort_index()
    inhabitants = pd.read_parquet(root.processed / "profiles.parquet").set_index("epci")["population"]
    strata = [
        (3, places.loc[places["zone"].eq("drom"), "code"]),
        (2, ISLANDS),
        (2, names.index[~names.str.match("C[ACU] ")]),
        (2, names.index[names.str.startswith("CC ") & inhabitants.lt(5000)]),
        (1, NEWEST),
        (DRAWN, names.index),
    ]
    drawn: list[str] = []
    for number, codes in strata:
        left = pd.Series(sorted(set(codes) - set(drawn)))
        drawn += left.sample(min(number, DRAWN - len(drawn)), random_state=SEED).tolist()
    return drawn


def summary(rows: Sequence[Coverage]) -> list[str]:
    """The least and the median of each count, over some EPCIs.

    >>> summary([Coverage("1", "A", 10, 2, 0, 0), Coverage("2", "B", 20, 4, 3, 1)])[1]
    'median      15 open, 3 starred, 1.5 compared, 0.5 with peers'
    """
    counts = list(zip(*((row.known, row.starred, row.compared, row.with_peers) for row in rows), strict=True))
    told = {"least": map(min, counts), "median": map(median, counts)}
    line = "{:10}  {:g} open, {:g} starred, {:g} compared, {:g} with peers"
    return [line.format(name, *values) for name, values in told.items()]


def epcis() -> list[str]:
    """SIREN, name and départements of every EPCI, the invented ones last."""
    lines = []
    for root in (data_root(DEFAULT_EPCI), data_root(EXAMPLE_EPCI)):
        ensure(root)
        table = pd.read_parquet(root.processed / "territories.parquet", filters=[("level", "==", "epci")])
        names = [
            f"{row.code}  {row.name}  ({row.departement.replace('|', ', ')})" for row in table.itertuples(index=False)
        ]
        lines += [f"{name}  territoire fictif" for name in names] if root.fictional else names
    return lines


def indicators() -> list[str]:
    """Id, codes of the field, label, unit and sources of every indicator."""
    return [
        f"{indicator.id}  {', '.join(indicator.domain_ids)}{f' {STAR}' if indicator.star else ''}  "
        f"{indicator.label} ({indicator.unit})  {', '.join(indicator.sources)}"
        for indicator in CATALOGUE.values()
    ]


def sources() -> list[str]:
    """Id, state (full, extract or absent), vintage, age, licence, producer, and how to get it."""
    raw = data_root(DEFAULT_EPCI).raw
    folders = source_folders(raw)
    lines = []
    for source in SOURCES.values():
        state, vintage, age, licence = "absent", "-", "-", source.licence
        if source.id in folders:
            certificate = read_certificate(folders[source.id][0]).certificate
            state = " and ".join(STATES.get(folder.name, "extract") for folder in folders[source.id])
            vintage, licence = certificate.vintage, certificate.licence
            days = (datetime.datetime.now(tz=datetime.UTC).date() - certificate.date_acces).days
            age = f"{days} days old"
        how = f"ctg fetch {source.id}" if source.downloads else source.how_to_get
        how = f"ctg new EPCI: {how}" if source.from_partners else how
        lines.append("  ".join([source.id, state, vintage, age, licence, f"{source.producer}, {source.label}", how]))
    return lines


def chapters(epcis: Sequence[str] = ()) -> list[str]:
    """Number, title and question of every chapter; for an EPCI, how many of its indicators have a value there."""
    lines = {chapter.number: f"{chapter.number}  {chapter.title}  {chapter.question}" for chapter in all_chapters()}
    for epci in epcis:
        territory = _opened(epci)
        for name in dict.fromkeys(indicator.chapter for indicator in CATALOGUE.values()):
            value, of = completeness(territory, name)
            lines[name] = f"{lines[name]}  {value} of {of} indicators"
    return list(lines.values())


def lacking(epcis: Sequence[str]) -> list[str]:
    """What is missing of an EPCI: indicator, place, why, who has it, the command that gets it, the form or file."""
    tables = [missing(_opened(epci)) for epci in epcis or [DEFAULT_EPCI]]
    rows = [
        [row.indicator, _place(row.territory), row.why, row.who, row.command, row.file]
        for row in pd.concat(tables).itertuples(index=False)
    ]
    return in_columns(rows)


def _place(codes: str) -> str:
    """The place of a row of `missing.missing`: its code, or how many communes.

    >>> _place("200067171"), _place("12001|12002")
    ('200067171', '2 communes')
    """
    several = codes.split("|")
    return codes if len(several) == 1 else f"{len(several)} communes"


def covered(epcis: Sequence[str]) -> list[str]:
    """What is known of EPCIs from open data, by default those of `sample`; the least and the median."""
    root = data_root(DEFAULT_EPCI)
    ensure(root)
    rows = [coverage(_opened(epci)) for epci in epcis or sample(root)]
    return [*in_columns([row.words() for row in rows]), *summary(rows)]


def _opened(epci: str) -> Territory:
    root = data_root(epci)
    ensure(root)
    hold(root)
    return open_territory(epci, root)


def in_columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of texts as lines, their columns one under the other.

    >>> in_columns([["a", "bcd", "e"], ["abc", "", "f"]])
    ['a    bcd  e', 'abc       f']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


LISTS: dict[str, Callable[[], list[str]]] = {
    "epci": epcis,
    "indicators": indicators,
    "sources": sources,
}
OF_EPCIS: dict[str, Callable[[Sequence[str]], list[str]]] = {
    "chapters": chapters,
    "missing": lacking,
    "coverage": covered,
}


def counted(what: str, lines: list[str]) -> str:
    """How many lines there are: « 397 indicators, 298 starred »."""
    starred = sum(STAR in line for line in lines)
    noun = what.removesuffix("s") if len(lines) == 1 else what
    return f"{len(lines)} {noun}" + (f", {starred} starred" if what == "indicators" else "")


def matching(lines: list[str], word: str) -> list[str]:
    """The lines that hold a word, whatever its accents and capitals."""
    return [line for line in lines if alphabetical(word) in alphabetical(line)]
