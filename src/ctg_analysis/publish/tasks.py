"""What the processes of a build do for a report: its chapters, its data, the page of what is missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache, lru_cache
from hashlib import sha256
from itertools import groupby
from pathlib import Path

import pandas as pd

from ctg_analysis.chapter import known
from ctg_analysis.chapter.analyst import elsewhere
from ctg_analysis.chapter.chapter import Chapter, open_chapter
from ctg_analysis.chapter.demarche.bilan import Bilan
from ctg_analysis.chapter.demarche.consultation import Consultation
from ctg_analysis.chapter.demarche.enjeux import Enjeux
from ctg_analysis.chapter.demarche.followup import Followup
from ctg_analysis.chapter.demarche.interviews import Interviews
from ctg_analysis.chapter.demarche.pieces import ENJEUX, DemarcheChapter, proved
from ctg_analysis.chapter.demarche.strategy import Strategy
from ctg_analysis.chapter.known import latest_values, whole_sources
from ctg_analysis.chapter.missing import (
    FEW,
    FIRST_THEME,
    LAST_THEME,
    Figure,
    Request,
    completeness,
    known_of,
    missing,
    requests,
    unknown_chapters,
    why_absent,
)
from ctg_analysis.chapter.portrait import identity
from ctg_analysis.chapter.profiles import first_figures
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche.consistency import OF_CHAIN
from ctg_analysis.demarche.declared_tables import PUBLIC as PUBLIC_TABLES
from ctg_analysis.demarche.demarche import Demarche
from ctg_analysis.demarche.material_files import logos
from ctg_analysis.demarche.proof_checks import breaks
from ctg_analysis.demarche.table_files import read_folder
from ctg_analysis.display.quantities import counted
from ctg_analysis.display.texts import alphabetical, capitalised, date_text, typography
from ctg_analysis.model.errors import Finding, in_lines, room_in
from ctg_analysis.model.norms import read_geography
from ctg_analysis.model.settings import MATERIAL, OF_DEMARCHE, PUBLIC, ChapterNotebook, data_root, settings
from ctg_analysis.model.source import SOURCES, Source
from ctg_analysis.model.territories import codes_by_name
from ctg_analysis.pipeline.freshness import tables_of
from ctg_analysis.pipeline.run import hold
from ctg_analysis.publish.build import MISSING as PAGE
from ctg_analysis.publish.contents import Section
from ctg_analysis.publish.convention import letters
from ctg_analysis.publish.data_files import withheld, write_changes, write_charts, write_observations, write_tables
from ctg_analysis.publish.editions import Report
from ctg_analysis.publish.execution import execute
from ctg_analysis.publish.flash import logo, standing
from ctg_analysis.publish.page import chapter_page
from ctg_analysis.publish.site import page
from ctg_analysis.raw.folders import read_unread
from ctg_analysis.raw.form_workbooks import partner_workbook

NATIONAL = ("contours", "extents", "profiles", "projection_errors", "territories", "vintages")  # tables of all EPCIs


@lru_cache(maxsize=1)
def sum_of_data(seen: Territory, chosen: tuple[str, ...] = ()) -> str:
    """Return the SHA-256 of what the pages of a territory are made from, as it is now.

    chosen: the EPCIs that one of them sets it beside. A form of another EPCI changes tables of data/processed, and
    nothing of this.
    """
    digests, here = tables_of(seen.root, seen.epci), seen.places["territory"]
    absent = [why_absent(seen, source) for source in SOURCES.values()]
    said = ([digests[f"{name}.parquet"] for name in NATIONAL], absent, sorted(seen.received.items()), seen.convention)
    digest = sha256(repr(said).encode() + seen.demarche.sum())
    evidence = seen.evidence[seen.evidence["territory"].isin(here)]
    of_here = (seen.named, seen.around, seen.spread, seen.inequality.reset_index(), evidence, seen.blanks)
    for table in (*of_here, seen.spaces, seen.structures, seen.neighbourhoods, elsewhere(seen, chosen)):
        digest.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
    return digest.hexdigest()


def opened(report: Report) -> Chapter:
    """Return the verbs of a report's territory, its tables taken for up to date as the build found them to be."""
    hold(data_root(report.epci))
    return open_chapter(report.epci)


def write_chapter(report: Report, chapter: ChapterNotebook, former: dict) -> dict:
    """Run a chapter and write its page, unless it is the former one: made from the same data.

    former: the record of that one, empty to run it anyway. Returns the sum of the data and the EPCIs that were chosen
    to be set beside, whether it ran, then what its page holds for the search and what is to be said of what it shows.
    One that has nothing to tell yet has no page.
    """
    territory = opened(report).territory
    if chapter.page in untold(territory):
        made = {"chosen": [], "data": sum_of_data(territory)}
        return made | {"run": False, "contents": {}, "remarks": []}
    if former and sum_of_data(territory, tuple(former["chosen"])) == former["data"]:
        return {"chosen": former["chosen"], "data": former["data"], "run": False}
    with room_in(report.out):
        notebook = execute(chapter, report.epci, report.executed)
        territory = open_chapter(report.epci).territory
        known, of = completeness(territory, chapter.number)
        page = about(report) | {"title": typography(chapter.title), "current": chapter.page, "waiting": of - known}
        if FIRST_THEME <= chapter.number <= LAST_THEME and known < FEW:
            lacks = missing(territory).query("chapter == @chapter.number")
            page["partners"] = [_partner(*one) for one in requests(territory, lacks).partners.items()]
        if any(one.page == ENJEUX for one in report.chapters):
            page["proofs"] = proved(territory.demarche)
        made = chapter_page(notebook, page)
        (report.fresh / chapter.page).write_text(made.html, encoding="utf-8")
        write_charts(report.fresh, chapter.path.stem, made.drawings)
    chosen = notebook.metadata["ctg"]["chosen"]
    sums = {"chosen": chosen, "data": sum_of_data(territory, tuple(chosen))}
    return sums | {"run": True, "contents": made.contents, "remarks": made.remarks}


def write_data(report: Report) -> dict:
    """Write the data files and what changed since the edition before; return what the index and the record say."""
    chapter, page = opened(report), about(report)
    territory = chapter.territory
    with room_in(report.out):
        write_tables(report.fresh, chapter)
        observations = write_observations(report.fresh, chapter.territory)
        after = write_changes(report.fresh, report.latest, observations, page)
    numbers = {one.page: one.number for one in report.chapters}
    chapters = [one | {"known": known_of(*completeness(territory, numbers[one["page"]]))} for one in page["chapters"]]
    to_come = chapters_to_come(report)
    without_data = unknown_chapters(territory)
    found = [] if read_unread(territory.root, report.epci) else chain_breaks(territory)
    on_index = {
        "chapters": chapters,
        "to_come": to_come,
        "unknown": [typography(one.title) for one in report.chapters if one.page in without_data],
        "values": latest_values(territory),
        "sources": whole_sources(territory),
    }
    return {
        "page": page | on_index,
        "departements": chapter.territory.row["departement"],
        "date": page["edition"],
        "observations": observations,
        "after": after,
        "withheld": withheld(report.latest, report.fresh),
        "voices": chapter.territory.demarche.sum(of_persons=True).hex(),
        "breaks": in_lines(found),
    }


def chain_breaks(seen: Territory) -> list[Finding]:
    """Where the chain of a démarche does not hold, with the lines of its files."""
    read = {name: PUBLIC_TABLES[name] for name in OF_CHAIN}
    tables, _ = read_folder(seen.root.material(seen.epci), read, codes_by_name(seen.territories, seen.epci))
    return breaks(tables, seen.observations, seen.territories, seen.epci)


def chapters_to_come(report: Report) -> list[dict]:
    """Return the chapters of the démarche that have nothing to tell yet: title, files to begin with."""
    seen = opened(report).territory
    return [
        {"title": typography(chapter.title), "files": CHAPTERS[chapter.page](seen).first_files()}
        for chapter in report.chapters
        if chapter.page in silent(seen.demarche)
    ]


def about(report: Report) -> dict:
    """Return what every page of a report shows: the territory, the links to its chapters that tell something, the date
    of its newest data (edition: ISO, date: in French).
    """
    territory = _of_territory(report.epci)
    links = [
        {"title": typography(chapter.title), "question": typography(chapter.question), "page": chapter.page}
        for chapter in report.chapters
        if chapter.page not in territory["silent"]
    ]
    return territory | {"chapters": links, "current": "index.html"}


@cache
def _of_territory(epci: str) -> dict:
    root = data_root(epci)
    seen = open_chapter(epci).territory
    edition = max(seen.received.values())
    return {
        "edition": edition,
        "date": date_text(edition),
        "epci": epci,
        "territory": typography(seen.row["name"]),
        "fictional": root.fictional,
        "reserved": settings().readers != PUBLIC,
        "geography": typography(read_geography(root).note),
        "silent": untold(seen),
        "communes": {row.code: typography(row.name) for row in seen.communes.itertuples(index=False)},
    }


KINDS: tuple[type[DemarcheChapter], ...] = Consultation, Interviews, Bilan, Enjeux, Strategy, Followup
CHAPTERS = dict(zip(OF_DEMARCHE, KINDS, strict=True))


def untold(territory: Territory) -> list[str]:
    """The pages of all the chapters that have nothing to tell of a territory, in their order."""
    return [*unknown_chapters(territory), *silent(territory.demarche)]


def silent(demarche: Demarche) -> list[str]:
    """The pages of the chapters of a démarche that have nothing to tell, in their order; of one that could not be read
    it is not known.
    """
    if demarche.unread:
        return []
    return [
        page
        for page, chapter in CHAPTERS.items()
        if all(demarche.table(name).empty for name in chapter.TELLS_FROM or chapter.BEGINS_WITH)
    ]


# The page of what is missing, and of whom to ask it, with the empty forms and the letters.

TITLE = "Ce qui manque, et à qui le demander"
FOLDER = "demandes"
NAMED, TOGETHER = 3, 3  # communes that the page names at most; figures of a family that it tells by their title
OTHERS = {
    "demarche": "La démarche elle-même",
    "open-data": "Les données ouvertes",
    "secret": "Ce que personne ne peut donner",
}


def write_beside(report: Report) -> dict:
    """Write the page of what is missing; return what the first page tells of the territory and of its démarche.

    identity: HTML. figures: six, see `first_figures`. logos: see `flash.logo`. phases: of the démarche, as they stand
    at the date of the data. years: the first and the last of the convention. method, peers: what the page of
    definitions says of them.
    """
    write_missing(report)
    seen = opened(report).territory
    return {
        "identity": identity(seen).html,
        "figures": first_figures(seen),
        "logos": [logo(path) for path in logos(seen.root.material(seen.epci))],
        "phases": list(standing(seen.demarche.table("calendrier"), max(seen.received.values()))),
        "years": seen.years_of_convention,
        "method": known.method(seen),
        "peers": known.peers(seen).html,
    }


def write_missing(report: Report) -> None:
    """Write the page of what is missing; beside it, the forms to fill, and a letter to each partner."""
    seen = opened(report).territory
    asked, to_come = requests(seen, missing(seen)), chapters_to_come(report)
    partners = [_partner(who, several) for who, several in asked.partners.items()]
    above = {request.label: f"{request.label.partition(',')[0]}, comme plus haut" for request in asked.open_data}
    kept = [replace(one, label=above.get(one.label, one.label)) for one in asked.kept]
    lists = {"demarche": asked.demarche, "open_data": asked.open_data, "kept": kept}
    others = zip(OTHERS.items(), (asked.demarche or to_come, asked.open_data, kept), strict=True)
    sections = [Section(one["id"], one["name"]) for one in partners]
    sections += [Section(name, title) for (name, title), some in others if some]
    html = page(
        "manques.html.j2",
        page=about(report) | {"title": TITLE, "current": PAGE},
        sections=sections,
        partners=partners,
        to_come=to_come,
        unread=[_left_out(*one) for one in read_unread(seen.root, seen.epci).items() if any(one)],
        **{name: [_written(request) for request in several] for name, several in lists.items()},
    )
    with room_in(report.out):
        (report.fresh / PAGE).write_text(html, encoding="utf-8")
        _write_demands(report.fresh, seen, asked.partners)


def _write_demands(folder: Path, seen: Territory, partners: Mapping[str, list[Request]]) -> None:
    """Write what is sent to partners: a letter to each, its forms, their workbook.

    folder: of the report.
    """
    (folder / FOLDER).mkdir()
    forms: dict[str, list[Source]] = {}  # by the workbook, which may be that of two partners
    written = letters(seen, partners, max(seen.received.values()))
    for who, several in partners.items():
        partner = _partner(who, several)
        (folder / partner["letter"]).write_bytes(written[who])
        sources = [SOURCES[name] for name in dict.fromkeys(one.source for one in several)]
        forms.setdefault(partner["workbook"], []).extend(sources)
        for source in sources:
            header = ";".join(source.form.columns) + "\n"
            (folder / FOLDER / source.form_file).write_text(header, encoding="utf-8")
    communes = zip(seen.communes["code"], seen.communes["name"], strict=True)
    places = [(seen.epci, seen.row["name"]), *communes]
    for workbook, sources in forms.items():
        (folder / workbook).write_bytes(partner_workbook(sources, seen.row["name"], places))


def _left_out(name: str, place: str) -> str:
    """Return what was received and cannot be read: the form, the démarche or a file, and where the first fault is."""
    form = SOURCES[name].form if name in SOURCES else None
    what = f"« {form.sheet} » ({SOURCES[name].partner}) : {place}" if form else place
    return typography(f"La démarche : {place}" if name == MATERIAL else capitalised(what))


def _partner(who: str, several: list[Request]) -> dict:
    figures = {figure.label for request in several for figure in request.figures}
    name = alphabetical(who).replace(" ", "-")
    return {
        "id": name,
        "letter": f"{FOLDER}/lettre_{name}.docx",
        "workbook": f"{FOLDER}/{several[0].workbook}",
        "name": who,
        "count": counted(len(figures), "chiffre"),
        "requests": [_written(request) for request in several],
    }


def _written(request: Request) -> dict:
    address = f"{FOLDER}/{request.file}" if request.file else ""
    form = SOURCES[request.source].form if request.source in SOURCES else None
    return asdict(request) | {
        "address": address,
        "sheet": typography(form.sheet) if form else "",
        "how": capitalised(request.how),
        "asked": [*_asked(request.figures)],
    }


def _asked(figures: Sequence[Figure]) -> Iterator[tuple[str, str]]:
    """Yield the labels of figures and where alone they are missing; of a family, its title and how many they are.

    The letter to a partner says each of them, and names each commune.
    """
    for family, group in groupby(figures, key=lambda figure: figure.family):
        members = list(group)
        if family and len(members) >= TOGETHER:
            yield family, counted(len(members), "chiffre")
            continue
        for one in members:
            places = counted(len(one.places), "commune") if len(one.places) > NAMED else ", ".join(one.places)
            yield one.label, places
