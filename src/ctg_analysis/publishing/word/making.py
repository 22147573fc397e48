"""From the field material to the documents beside the reports."""

from collections.abc import Iterator
from pathlib import Path

from ctg_analysis.chapter.missing import missing
from ctg_analysis.chapter.requests import requests
from ctg_analysis.chapter.summaries import messages
from ctg_analysis.chapter.territory import Territory, open_territory
from ctg_analysis.core.errors import Finding, InputError, each
from ctg_analysis.core.locks import alone
from ctg_analysis.core.scratch import scratch
from ctg_analysis.core.settings import DataRoot, project_path
from ctg_analysis.demarche.files.material_files import MaterialFiles, no_convention, open_material
from ctg_analysis.demarche.proof_checks import breaks
from ctg_analysis.demarche.tables.columns import last_day
from ctg_analysis.demarche.tables.yaml_documents import Convention
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.processing.faults import must_be_sound
from ctg_analysis.processing.run import ensure
from ctg_analysis.publishing.pdf import write_pdf
from ctg_analysis.publishing.word import action_files, convention
from ctg_analysis.publishing.word.dossier import Dossier
from ctg_analysis.publishing.word.filling import fill
from ctg_analysis.publishing.word.issues import issue_page
from ctg_analysis.publishing.word.letters import letter
from ctg_analysis.publishing.word.paths import ACTION_SHEET, CONVENTION, template
from ctg_analysis.publishing.word.reference import read_reference
from ctg_analysis.publishing.word.writing import place, write

SHEETS = "fiches_action"


def write_convention(epci: str, root: DataRoot, out: Path) -> tuple[list[Path], str]:
    """Write the convention and the fiches-action; return their places, and a warning.

    Raises:
        InputError, UserError: see `read_dossier` and `writing.write`.
    """
    dossier = read_dossier(epci, root)
    paths = write(out, epci, convention_documents(dossier, root), alone_in=SHEETS)
    signed = dossier.since_signature
    warning = (
        f"validée le {date_text(signed)}, ses chiffres, ses listes et ses annexes sont du {date_text(dossier.date)} : "
        "garder le texte signé"
    )
    return paths, f"{project_path(paths[0])} : {warning}" if signed else ""


def write_issue(epci: str, root: DataRoot, number: int | None, out: Path, today: str = "") -> Iterator[Path]:
    """Write an issue of the info flash as a page, then as a PDF, and yield each when it is there.

    today: the day from which it is read, ISO; by default the date of the issue.

    Raises:
        InputError, UserError: see `issues.issue_page` and `writing.write`; no browser, once the page is there.
    """
    issue, html = issue_page(epci, root, number, today)
    name, home, lock = f"info_flash_{issue.numero}", place(out, epci).parent, f"flash{epci}"
    yield from write(out, epci, {f"{name}.html": html.encode("utf-8")})
    with alone(home, lock, f"{epci}: its info flash is being printed"), scratch(home, lock) as folder:
        pdf = folder / f"{name}.pdf"
        write_pdf(html, pdf, last_day(today or issue.date).isoformat())
        yield from write(out, epci, {pdf.name: pdf.read_bytes()})


def convention_documents(dossier: Dossier, root: DataRoot) -> dict[str, bytes]:
    """Return the convention and the fiches-action, by the names of their files."""
    reference = read_reference()
    made = {CONVENTION: (CONVENTION, convention.context(dossier, reference), dossier.convention.intitule)}
    made |= {
        f"{SHEETS}/{action}.docx": (ACTION_SHEET, context, f"Fiche-action {action}")
        for action, context in action_files.contexts(dossier).items()
    }
    models = {model: template(model, root, dossier.material.epci) for model, *_ in made.values()}
    filled = each(lambda one: fill(models[one[0]], one[1], title=one[2], date=dossier.date), made.values())
    return dict(zip(made, filled, strict=True))


def wrong_templates(epci: str, root: DataRoot) -> list[Finding]:
    """Return what keeps the templates of a démarche, of which nothing else is wrong, from being filled.

    Nothing is written nor recorded of what is made of them here.
    """
    ensure(root)
    seen = open_territory(epci, root)
    material = open_material(root, epci, seen.territories)
    date = max(seen.received.values())
    works = [
        lambda who=who, some=some: letter(seen, who, some, date)
        for who, some in requests(seen, missing(seen)).partners.items()
    ]
    if convention := material.convention:
        works.append(lambda: convention_documents(_dossier(seen, material, convention), root))
    try:
        each(lambda work: work(), works)
    except InputError as error:
        return error.findings
    return []


def read_dossier(epci: str, root: DataRoot) -> Dossier:
    """Return what the convention is made of.

    Raises:
        InputError: forms or material that cannot be trusted, or whose chain does not hold; no convention yet.
    """
    ensure(root)
    must_be_sound(root, epci)
    seen = open_territory(epci, root)
    material = open_material(root, epci, seen.territories)
    if findings := breaks(root, epci, seen.observations, seen.territories):
        raise InputError(findings)
    if material.convention is None:
        raise InputError([no_convention(material.folder)])
    return _dossier(seen, material, material.convention)


def _dossier(seen: Territory, material: MaterialFiles, convention: Convention) -> Dossier:
    places = seen.territories[seen.territories["level"].isin(["epci", "commune"])]
    return Dossier(
        material,
        convention,
        places.set_index("code")["name"].to_dict(),
        tuple(messages(seen)),
        max(seen.received.values()),
        seen.root.fictional,
    )
