"""What stands beside the chapters of a report and asks for words of the démarche: what is missing, the first page."""

from dataclasses import asdict

from ctg_analysis.publishing.lacking import write_missing
from ctg_analysis.publishing.running.tasks import Report


def write_beside(report: Report) -> dict:
    """Write the page of what is missing; return what the first page tells of the territory and of its démarche.

    identity: HTML. figures: six, see `first_figures`. phases: of the démarche, as they stand at the date of the data.
    years: the first and the last of the convention.
    """
    from ctg_analysis.chapter.chapter import open_chapter
    from ctg_analysis.chapter.first_figures import first_figures
    from ctg_analysis.chapter.identity import identity
    from ctg_analysis.publishing.word.flash import standing

    write_missing(report)
    seen = open_chapter(report.epci).territory
    return {
        "identity": identity(seen).html,
        "figures": [asdict(figure) for figure in first_figures(seen)],
        "phases": standing(seen.demarche.table("calendrier"), max(seen.received.values())),
        "years": seen.years_of_convention,
    }
