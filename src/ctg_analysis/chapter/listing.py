"""`ctg list`: what there is, one line each."""

import datetime
from collections.abc import Callable

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.core.notebooks import all_chapters
from ctg_analysis.core.settings import DEFAULT_EPCI, EXAMPLE_EPCI, data_root
from ctg_analysis.display.words.texts import alphabetical
from ctg_analysis.processing.run import ensure
from ctg_analysis.sources import SOURCES
from ctg_analysis.sources.certificates import read_certificate
from ctg_analysis.sources.folders import FRANCE, FULL, source_folders

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


def chapters() -> list[str]:
    """Number, title and question of every chapter."""
    return [f"{chapter.number}  {chapter.title}  {chapter.question}" for chapter in all_chapters()]


LISTS: dict[str, Callable[[], list[str]]] = {
    "epci": epcis,
    "indicators": indicators,
    "sources": sources,
    "chapters": chapters,
}


def counted(what: str, lines: list[str]) -> str:
    """How many lines there are: « 397 indicators, 298 starred »."""
    starred = sum(STAR in line for line in lines)
    noun = what.removesuffix("s") if len(lines) == 1 else what
    return f"{len(lines)} {noun}" + (f", {starred} starred" if what == "indicators" else "")


def matching(lines: list[str], word: str) -> list[str]:
    """The lines that hold a word, whatever its accents and capitals."""
    return [line for line in lines if alphabetical(word) in alphabetical(line)]
