"""The page of what is missing, and of whom to ask it, with the empty forms and the letters."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from ctg_analysis.chapter.missing import missing
from ctg_analysis.chapter.requests import Request, requests
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display.words.quantities import counted
from ctg_analysis.display.words.texts import alphabetical, capitalised
from ctg_analysis.publishing.pages.sections import Section
from ctg_analysis.publishing.pages.site import page
from ctg_analysis.publishing.word.letters import letter
from ctg_analysis.sources import SOURCES

PAGE, TITLE = "manques.html", "Ce qui manque, et à qui le demander"
FOLDER = "demandes"
OTHERS = {
    "demarche": "La démarche elle-même",
    "open-data": "Les données ouvertes",
    "secret": "Ce que personne ne peut donner",
}


def write_missing(folder: Path, seen: Territory, about: dict, to_come: Sequence[dict]) -> None:
    """Write the page of what is missing; beside it, the forms to fill, and a letter to each partner.

    about: what tasks.about says. to_come: the chapters that have nothing to tell yet: title, files.
    """
    asked = requests(seen, missing(seen))
    (folder / FOLDER).mkdir()
    forms = {request.form: request.source for several in asked.partners.values() for request in several}
    for name, source in forms.items():
        (folder / FOLDER / name).write_text(";".join(SOURCES[source].form.columns) + "\n", encoding="utf-8")
    for who, several in asked.partners.items():
        (folder / _letter(who)).write_bytes(letter(seen, who, several, max(seen.received.values())))
    partners = [_partner(who, several) for who, several in asked.partners.items()]
    lists = {"demarche": asked.demarche, "open_data": asked.open_data, "kept": asked.kept}
    html = page(
        "manques.html.j2",
        page=about | {"title": TITLE, "current": PAGE},
        sections=[*_sections(partners, [asked.demarche or to_come, asked.open_data, asked.kept])],
        partners=partners,
        to_come=to_come,
        **{name: [_written(request) for request in several] for name, several in lists.items()},
    )
    (folder / PAGE).write_text(html, encoding="utf-8")


def _partner(who: str, several: list[Request]) -> dict:
    """Return what the page says of a partner: its id there, its name, how many figures, its requests."""
    figures = {figure.label for request in several for figure in request.figures}
    return {
        "id": _name(who),
        "letter": _letter(who),
        "name": who,
        "count": counted(len(figures), "chiffre"),
        "requests": [_written(request) for request in several],
    }


def _name(who: str) -> str:
    return alphabetical(who).replace(" ", "-")


def _letter(who: str) -> str:
    return f"{FOLDER}/lettre_{_name(who)}.docx"


def _written(request: Request) -> dict:
    address = f"{FOLDER}/{request.form}" if request.form else ""
    return asdict(request) | {"address": address, "how": capitalised(request.how)}


def _sections(partners: list[dict], others: list) -> Iterator[Section]:
    yield from (Section(one["id"], one["name"]) for one in partners)
    yield from (Section(name, title) for (name, title), some in zip(OTHERS.items(), others, strict=True) if some)
