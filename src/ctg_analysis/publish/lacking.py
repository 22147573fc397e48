"""The page of what is missing, and of whom to ask it, with the empty forms and the letters."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from itertools import groupby

from ctg_analysis.chapter import known
from ctg_analysis.chapter.missing import Figure, Request, missing, requests
from ctg_analysis.chapter.portrait import identity
from ctg_analysis.chapter.profiles import first_figures
from ctg_analysis.display.quantities import counted
from ctg_analysis.display.texts import alphabetical, capitalised, typography
from ctg_analysis.model.errors import room_in
from ctg_analysis.model.settings import MATERIAL
from ctg_analysis.model.source import SOURCES
from ctg_analysis.publish.build import MISSING as PAGE
from ctg_analysis.publish.contents import Section
from ctg_analysis.publish.convention import letter
from ctg_analysis.publish.editions import Report
from ctg_analysis.publish.flash import standing
from ctg_analysis.publish.site import page
from ctg_analysis.publish.tasks import about, chapters_to_come, opened
from ctg_analysis.raw.folders import read_unread
from ctg_analysis.raw.form_workbooks import partner_workbook

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

    identity: HTML. figures: six, see `first_figures`. phases: of the démarche, as they stand at the date of the data.
    years: the first and the last of the convention. method, peers: what the page of definitions says of them.
    """
    write_missing(report)
    seen = opened(report).territory
    return {
        "identity": identity(seen).html,
        "figures": first_figures(seen),
        "phases": list(standing(seen.demarche.table("calendrier"), max(seen.received.values()))),
        "years": seen.years_of_convention,
        "method": known.method(seen),
        "peers": known.peers(seen).html,
    }


def write_missing(report: Report) -> None:
    """Write the page of what is missing; beside it, the forms to fill, and a letter to each partner."""
    seen, folder = opened(report).territory, report.fresh
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
        (folder / FOLDER).mkdir()
        (folder / PAGE).write_text(html, encoding="utf-8")
        places = [(seen.epci, seen.row["name"]), *zip(seen.communes["code"], seen.communes["name"], strict=True)]
        for partner, (who, several) in zip(partners, asked.partners.items(), strict=True):
            (folder / partner["letter"]).write_bytes(letter(seen, who, several, max(seen.received.values())))
            sources = [SOURCES[name] for name in dict.fromkeys(request.source for request in several)]
            (folder / partner["workbook"]).write_bytes(partner_workbook(sources, seen.row["name"], places))
            for source in sources:
                (folder / FOLDER / source.form_file).write_text(";".join(source.form.columns) + "\n", encoding="utf-8")


def _left_out(name: str, place: str) -> str:
    """Return what was received and cannot be read: the form, the démarche or a file, and where the first fault is."""
    form = SOURCES[name].form if name in SOURCES else None
    what = f"« {form.sheet} » ({SOURCES[name].partner}) : {place}" if form else place
    return typography(f"La démarche : {place}" if name == MATERIAL else capitalised(what))


def _partner(who: str, several: list[Request]) -> dict:
    """Return what the page says of a partner: its id there, its files, its name, how many figures, its requests."""
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
