"""What the processes of a build do for a report."""

from functools import cache

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter.chapter import Chapter, open_chapter
from ctg_analysis.chapter.closing import close, whole_sources
from ctg_analysis.chapter.demarche.addresses import ENJEUX
from ctg_analysis.chapter.demarche.backlinks import proved
from ctg_analysis.chapter.demarche.silent import silent, to_begin, untold
from ctg_analysis.chapter.latest import latest_values
from ctg_analysis.chapter.missing import completeness
from ctg_analysis.chapter.unknown_chapters import unknown
from ctg_analysis.core.errors import in_lines, room_in
from ctg_analysis.core.geography import read_geography
from ctg_analysis.core.notebooks import DEMARCHE, ChapterNotebook
from ctg_analysis.core.settings import PUBLIC, data_root, settings
from ctg_analysis.core.unread import read_unread
from ctg_analysis.demarche.proof_checks import breaks
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.lacks import known_of
from ctg_analysis.display.words.texts import typography
from ctg_analysis.processing.run import hold
from ctg_analysis.publishing.build_result import Report
from ctg_analysis.publishing.pages.changes import withheld, write_changes
from ctg_analysis.publishing.pages.data_files import write_observations, write_tables
from ctg_analysis.publishing.pages.html import chapter_page
from ctg_analysis.publishing.running.execution import execute
from ctg_analysis.publishing.running.input_sums import sum_of_inputs


def opened(report: Report) -> Chapter:
    """Return the verbs of a report's territory, its tables taken for up to date as the build found them to be."""
    hold(data_root(report.epci))
    return open_chapter(report.epci)


def write_chapter(report: Report, chapter: ChapterNotebook, former: dict) -> dict:
    """Run a chapter and write its page, unless what it reads is what it read in the former edition.

    former: what it read and the sum of it, empty to run it anyway. Returns both now, whether it ran, then what its page
    holds for the search and what is to be said of what it shows. One that has nothing to tell yet has no page.
    """
    territory = opened(report).territory
    if chapter.page in untold(territory):
        read = [DEMARCHE] if chapter.page in silent(territory.demarche) else []
        sums = {"read": read, "observations": sum_of_inputs(territory, read)}
        return sums | {"run": False, "contents": {}, "remarks": []}
    if former and sum_of_inputs(territory, former["read"]) == former["observations"]:
        return former | {"run": False}
    with room_in(report.out):
        notebook = execute(chapter, report.epci, report.executed)
        territory = open_chapter(report.epci).territory
        close(notebook, territory)
        known, of = completeness(territory, chapter.number)
        page = about(report) | {"title": typography(chapter.title), "current": chapter.page, "waiting": of - known}
        html, contents, remarks = chapter_page(notebook, page)
        (report.fresh / chapter.page).write_text(html, encoding="utf-8")
    counted = {indicator.id for indicator in CATALOGUE.values() if indicator.chapter == chapter.number}
    read = sorted(counted.union(notebook.metadata["ctg"]["read"]))
    sums = {"read": read, "observations": sum_of_inputs(territory, read)}
    return sums | {"run": True, "contents": contents, "remarks": remarks}


def write_data(report: Report) -> dict:
    """Write the data files and what changed since the edition before; return what the index and the record say."""
    chapter, page = opened(report), about(report)
    territory = chapter.territory
    with room_in(report.out):
        write_tables(report.fresh, chapter)
        observations = write_observations(report.fresh, chapter.territory)
        after = write_changes(report.fresh, report.latest, observations, page)
    numbers = {one.page: one.number for one in report.chapters}
    chapters = [
        link | {"known": known_of(*completeness(territory, numbers[link["page"]]))} for link in page["chapters"]
    ]
    to_come = chapters_to_come(report)
    without_data = unknown(territory)
    of_chain = (territory.root, territory.epci, territory.observations, territory.territories)
    found = [] if read_unread(territory.root, report.epci) else breaks(*of_chain)
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


def chapters_to_come(report: Report) -> list[dict]:
    """Return the chapters of the démarche that have nothing to tell yet: title, files to begin with."""
    seen = opened(report).territory
    return [
        {"title": typography(chapter.title), "files": to_begin(seen, chapter.page)}
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
    proofs = territory["proofs"] if any(chapter.page == ENJEUX for chapter in report.chapters) else {}
    return territory | {"chapters": links, "current": "index.html", "proofs": proofs}


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
        "proofs": proved(seen.demarche),
        "silent": untold(seen),
        "communes": {row.code: typography(row.name) for row in seen.communes.itertuples(index=False)},
    }
