"""`ctg list`: what there is, one line each."""

import datetime
from collections.abc import Callable, Sequence

import pandas as pd

from ctg_analysis.chapter.coverage import coverage, sample, summary
from ctg_analysis.chapter.missing import completeness, missing
from ctg_analysis.chapter.territory import Territory, open_territory
from ctg_analysis.display.words.texts import alphabetical
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, all_chapters, data_root
from ctg_analysis.model.source import SOURCES
from ctg_analysis.pipeline.run import ensure, hold
from ctg_analysis.raw.certificates import read_certificate
from ctg_analysis.raw.folders import FRANCE, FULL, source_folders

STAR = "★"
STATES = {FULL: "full", FRANCE: "extract of France"}


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
    """What is known of EPCIs from open data, by default those of `coverage.sample`; the least and the median."""
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
    "chapters": chapters,
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
