"""The commands that tell what there is: lists, one line each; observations."""

import datetime
import re
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Literal

import pandas as pd
import typer

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.chapter.missing import completeness, known_of, missing
from ctg_analysis.chapter.territory import Territory, open_territory
from ctg_analysis.cli import Epci, messages
from ctg_analysis.demarche.columns import JOIN
from ctg_analysis.display.texts import alphabetical
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.habits import quote
from ctg_analysis.model.indicator import OK, Indicator
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, DataRoot, all_chapters, data_root
from ctg_analysis.model.source import SOURCES
from ctg_analysis.pipeline.run import ensure, hold
from ctg_analysis.raw.certificates import read_certificate
from ctg_analysis.raw.folders import FRANCE, FULL, source_folders

STAR = "★"
MOST_PERIODS = 2  # of an indicator: its latest value, and one to compare it with
STATES = {FULL: "complet", FRANCE: "extrait de la France"}


def list_(
    what: Annotated[str, typer.Argument(help="epci, indicators, sources, chapters, missing or coverage.")],
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[EPCI]... [WORD]", help="Of these EPCIs; only the lines with this word."),
    ] = None,
) -> None:
    """List the EPCIs, indicators, sources or chapters, one a line; what is missing of one.

    `chapters EPCI` tells how many indicators of each have a value there, `indicators EPCI` their values, as a proof
    names them. `missing EPCI`: indicator, place, why, who has
    it, command, form or file. `coverage`: of thirty EPCIs of every sort by default.
    """
    if what not in LISTS:
        raise UserError(f"ctg list {what} : attendu l'un de : {', '.join(LISTS)}")
    epcis, word = _epcis_and_word(what, words or [])
    lines_of, noun = LISTS[what]
    with messages.status("données"):  # which the first command after a change works out, for minutes
        lines = [line for line in lines_of(epcis) if alphabetical(word) in alphabetical(line)]
    print(*lines, sep="\n", end="\n" if lines else "")
    if word and not lines:
        raise UserError(f"ctg list {what} : rien avec {quote(word)}")
    starred = f", dont étoilés : {sum(STAR in line for line in lines)}" if what == "indicators" and not epcis else ""
    messages.print(f"{noun} : {len(lines)}{starred}")


def _epcis_and_word(what: str, words: list[str]) -> tuple[list[str], str]:
    """The SIREN numbers among words, where a list is of EPCIs, and the other words together."""
    epcis = [word for word in words if what in OF_EPCIS and re.fullmatch("[0-9]{9}", word)]
    return epcis, " ".join(word for word in words if word not in epcis)


def observations(
    epci: Epci = DEFAULT_EPCI,
    format_: Annotated[Literal["csv", "parquet"], typer.Option("--format", help="How to write them.")] = "csv",
) -> None:
    """Write the observations of an EPCI, its communes and its comparators to the standard output."""
    table = open_chapter(epci).territory.observations
    if format_ == "csv":
        sys.stdout.write(table.to_csv(index=False, lineterminator="\n"))
    else:
        sys.stdout.buffer.write(table.to_parquet(index=False))


def epcis(_: Sequence[str]) -> list[str]:
    """SIREN, name and départements of every EPCI, the invented ones last."""
    lines = []
    for root in (data_root(DEFAULT_EPCI), data_root(EXAMPLE_EPCI)):
        ensure(root)
        table = pd.read_parquet(root.processed / "territories.parquet", filters=[("level", "==", "epci")])
        note = "  territoire fictif" if root.fictional else ""
        for row in table.itertuples(index=False):
            lines.append(f"{row.code}  {row.name}  ({row.departement.replace('|', ', ')}){note}")
    return lines


def indicators(epcis: Sequence[str]) -> list[str]:
    """Id, codes of the field, label, unit and sources of every indicator; for an EPCI, those with a value there, as a
    proof names them, each with its value.
    """
    lines = [
        f"{indicator.id}  {', '.join(indicator.domain_ids)}{f' {STAR}' if indicator.star else ''}  "
        f"{indicator.label} ({indicator.unit})  {', '.join(indicator.sources)}"
        for indicator in CATALOGUE.values()
        if not epcis
    ]
    for territory in map(_opened, epcis):
        for one in CATALOGUE.values():
            for row in territory.own(one).tail(MOST_PERIODS).itertuples():
                lines.append(f"{JOIN.join([one.id, row.territory, row.period])}  {row.text}  {one.label} ({one.unit})")
    return lines


def sources(_: Sequence[str]) -> list[str]:
    """Id, state (full, extract or absent), vintage, age, licence, producer, and how to get it."""
    folders = source_folders(data_root(DEFAULT_EPCI).raw)
    lines = []
    for source in SOURCES.values():
        state, vintage, age, licence = "absent", "-", "-", source.licence
        if source.id in folders:
            certificate = read_certificate(folders[source.id][0]).certificate
            state = " et ".join(STATES.get(folder.name, "extrait") for folder in folders[source.id])
            vintage, licence = certificate.vintage, certificate.licence
            age = f"il y a {(datetime.datetime.now(tz=datetime.UTC).date() - certificate.date_acces).days} jours"
        how = f"ctg fetch {source.id}" if source.downloads else source.how_to_get
        how = f"ctg new EPCI: {how}" if source.from_partners else how
        lines.append("  ".join([source.id, state, vintage, age, licence, f"{source.producer}, {source.label}", how]))
    return lines


def chapters(epcis: Sequence[str]) -> list[str]:
    """Number, title and question of every chapter; for an EPCI, how many of its indicators have a value there."""
    lines = {chapter.number: f"{chapter.number}  {chapter.title}  {chapter.question}" for chapter in all_chapters()}
    for epci in epcis:
        territory = _opened(epci)
        for name in dict.fromkeys(indicator.chapter for indicator in CATALOGUE.values()):
            lines[name] = f"{lines[name]}  {known_of(*completeness(territory, name))}"
    return list(lines.values())


def lacking(epcis: Sequence[str]) -> list[str]:
    """What is missing of an EPCI, in columns: indicator, place or how many communes, why, who has it, the command that
    gets it, the form or file.
    """
    table = pd.concat([missing(_opened(epci)) for epci in epcis or [DEFAULT_EPCI]])
    several = table["territory"].str.count(r"\|") + 1
    table["territory"] = table["territory"].mask(several.gt(1), several.astype(str) + " communes")
    labels = {name: f"{name}  {one.label}" for name, one in CATALOGUE.items()}
    table["indicator"] = table["indicator"].map(lambda name: labels.get(name, name))
    texts = table[["indicator", "territory", "why", "who", "command", "file"]]
    columns = [column.str.ljust(column.str.len().max()) for _, column in texts.items()]
    return ["  ".join(row).rstrip() for row in zip(*columns, strict=True)]


HEADINGS = {  # of `coverage`
    "name": "nom",
    "known": "connus",
    "starred": "étoilés",
    "compared": "comparés",
    "with_peers": "avec les pairs",
}


def covered(epcis: Sequence[str]) -> list[str]:
    """What is known of EPCIs from open data, by default those of `sample`; the least and the median."""
    root = data_root(DEFAULT_EPCI)
    ensure(root)
    table = pd.DataFrame(coverage(_opened(epci)) for epci in epcis or sample(root))
    table = table.rename(columns=HEADINGS)
    counts = table[[*HEADINGS.values()][1:]].agg(["min", "median"]).rename({"min": "minimum", "median": "médiane"})
    return [*table.to_string(index=False).splitlines(), *counts.to_string().splitlines()]


def _opened(epci: str) -> Territory:
    root = data_root(epci)
    ensure(root)
    hold(root)
    return open_territory(epci, root)


SEED, DRAWN = 34, 30
ISLANDS = ["241700459", "241700624", "245600465", "248500191", "249710047"]  # each of one island
NEWEST = ["200096634", "200096642", "200096675", "200096683", "200096956"]  # of 2022: none has been created since
COMPARATORS = 3  # of département, région, France and peers: enough for a comparison that tells something


def coverage(territory: Territory) -> dict[str, str | int]:
    """What is known of an EPCI from open data, of the indicators that have a source which asks nothing of a partner.

    known: those with a value of the EPCI itself. starred: of these, the starred ones. compared: of the starred ones,
    those that stand beside COMPARATORS or more, at the same period and of the same source. with_peers: of the compared
    ones, those with the peers' median among these.
    """
    known = [one for one in CATALOGUE.values() if territory.has(one, OK, ["epci"]) and is_open(one)]
    beside = [levels_beside(territory, one) for one in known if one.star]
    compared = [levels for levels in beside if len(levels) >= COMPARATORS]
    counts = {"known": len(known), "starred": len(beside), "compared": len(compared)}
    with_peers = sum("peers" in levels for levels in compared)
    return {"epci": territory.epci, "name": territory.row["name"]} | counts | {"with_peers": with_peers}


def is_open(indicator: Indicator) -> bool:
    """Whether an indicator has a source that asks nothing of a partner."""
    return any(SOURCES[name].open for name in indicator.sources)


def levels_beside(territory: Territory, indicator: Indicator) -> list[str]:
    """The levels of the places with a value beside that of an EPCI; one of La Réunion, a département and a région."""
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


LISTS: dict[str, tuple[Callable[[Sequence[str]], list[str]], str]] = {
    "epci": (epcis, "EPCI"),
    "indicators": (indicators, "indicateurs"),
    "sources": (sources, "sources"),
    "chapters": (chapters, "chapitres"),
    "missing": (lacking, "manques"),
    "coverage": (covered, "lignes"),
}
OF_EPCIS = ("indicators", "chapters", "missing", "coverage")
