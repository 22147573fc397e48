"""The convention, the fiches-action and the letters, as Word files that people edit."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from ctg_analysis.chapter.missing import Request, missing, requests
from ctg_analysis.chapter.synthesis import messages
from ctg_analysis.chapter.territory import Territory, open_territory
from ctg_analysis.demarche.columns import Id, Row, Text, Whole, first_day, last_day, some
from ctg_analysis.demarche.material_files import MaterialFiles, no_convention, open_material
from ctg_analysis.demarche.proof_checks import breaks
from ctg_analysis.demarche.yaml_documents import Convention, Party
from ctg_analysis.display.quantities import counted
from ctg_analysis.display.texts import date_text, span_phrase
from ctg_analysis.model.errors import Finding, InputError, each
from ctg_analysis.model.scratch import alone, scratch
from ctg_analysis.model.settings import DataRoot, project_path
from ctg_analysis.model.source import SOURCES
from ctg_analysis.model.yaml_files import load_yaml
from ctg_analysis.pipeline.faults import must_be_sound
from ctg_analysis.pipeline.run import ensure
from ctg_analysis.publish.dossier import Dossier, lines, lists, sheet
from ctg_analysis.publish.flash import issue_page
from ctg_analysis.publish.pdf import write_pdf
from ctg_analysis.publish.word import (
    ACTION_SHEET,
    CONVENTION,
    LETTER,
    REFERENCE,
    fill,
    models,
    paragraphs,
    place,
    template,
    write,
)

# The texts that a convention starts from: they stand until the signatories have written their own.


class ReferenceArticle(Row):
    """An article of reference."""

    no: Whole
    titre: Text
    texte_md: Text


class Reference(Row):
    """The texts of reference. a_verifier: what is still to be checked before anyone signs them."""

    version: Id
    a_verifier: Text
    preambule: Text
    vu: Annotated[tuple[Text, ...], AfterValidator(some)]
    articles: Annotated[tuple[ReferenceArticle, ...], AfterValidator(some)]

    def text(self, number: int) -> str:
        """Return the text of an article; nothing when there is none of that number."""
        return next((article.texte_md for article in self.articles if article.no == number), "")


def read_reference() -> Reference:
    """Return the texts of reference of data/reference/convention.

    Raises:
        InputError: a file that is not of their model.
    """
    return load_yaml(models() / REFERENCE, Reference).value


# The convention as a Word file that people edit.

PROJECT = "projet"
FICTIONAL = "Territoire fictif. Tout est inventé : ce document montre ce que l'outil sait faire."


def convention_context(dossier: Dossier, reference: Reference) -> dict[str, object]:
    """Return what the tags of the template of the convention stand for."""
    convention = dossier.convention
    doubt = f"{reference.a_verifier} Version {reference.version}." if convention.statut == PROJECT else ""
    signed = dossier.since_signature
    return (
        common(dossier)
        | lists(dossier)
        | {
            "periode": span_phrase(first_day(convention.periode.debut), last_day(convention.periode.fin)),
            "parties": [_party(party) for party in convention.parties],
            "vu": convention.vu or reference.vu,
            "vu_doute": "" if convention.vu else doubt,
            "preambule": paragraphs(convention.preambule or reference.preambule),
            "preambule_doute": "" if convention.preambule else doubt,
            "articles": [
                {
                    "titre": article.titre,
                    "texte": paragraphs(article.texte_md or reference.text(article.no)),
                    "doute": "" if article.texte_md else doubt,
                    "listes": article.champs_auto,
                }
                for article in convention.articles
            ],
            "signataires": convention.parties,
            "annexes": convention.annexes,
            "donnees_du": date_text(dossier.date),
            "signee_le": date_text(signed) if signed else "",
        }
    )


def common(dossier: Dossier) -> dict[str, object]:
    """Return what the tags of every template stand for."""
    convention = dossier.convention
    project = convention.statut == PROJECT
    approved = f", validée le {date_text(convention.validee_le)}" if convention.validee_le else ", validée"
    return {
        "intitule": convention.intitule,
        "territoire": dossier.territory,
        "version": convention.version,
        "projet": project,
        "statut": f"Projet, version {convention.version}" if project else f"Version {convention.version}{approved}",
        "fictif": FICTIONAL if dossier.fictional else "",
    }


def _party(party: Party) -> str:
    by = (
        f", représentée par {party.representant or 'sa ' + party.qualite}"
        if party.representant or party.qualite
        else ""
    )
    role = f", {party.qualite}" if party.representant and party.qualite else ""
    number, day = party.deliberation_no, date_text(party.deliberation_date)
    allowed = f", autorisée par la délibération n° {number}{f' du {day}' if day else ''}" if number else ""
    return f"{party.nom}{by}{role}{allowed} ;"


# The fiches-action as Word files, one for each action that was not given up.


def contexts(dossier: Dossier) -> dict[str, dict[str, object]]:
    """Return, by action, what the tags of the template of a fiche-action stand for."""
    return {
        row.action_id: common(dossier) | sheet(row, dossier) | {"numero": row.action_id, "version": row.version}
        for row in lines(dossier.actions)
    }


# The letters that ask partners for figures, one for each of them, ready to be dated, signed and sent.


def letter(seen: Territory, partner: str, requests: Sequence[Request], date: str) -> bytes:
    """Return the letter to a partner. requests: of its figures, each with a form. date: ISO, of the file.

    Raises:
        InputError: a template that cannot be filled.
    """
    title, model = f"Demande de données, {partner}", template(LETTER, seen.root, seen.epci)
    return fill(model, letter_context(seen, partner, requests), title=title, date=date)


def letter_context(seen: Territory, partner: str, requests: Sequence[Request]) -> dict[str, object]:
    """Return what the tags of the template of a letter stand for."""
    figures = {figure.label for request in requests for figure in request.figures}
    secrets = dict.fromkeys(SOURCES[request.source].secrecy.reason.removeprefix("arrondi ") for request in requests)
    return {
        "territoire": seen.row["name"],
        "fictif": FICTIONAL if seen.root.fictional else "",
        "partenaire": partner,
        "nombre": counted(len(figures), "chiffre"),
        "demandes": requests,
        "arrondi": " ou ".join(secrets),
    }


# From the field material to the documents beside the reports.

SHEETS = "fiches_action"


def write_convention(epci: str, root: DataRoot, out: Path) -> tuple[list[Path], str]:
    """Write the convention and the fiches-action; return their places, and a warning.

    Raises:
        InputError, UserError: see `read_dossier` and `word.write`.
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
        InputError, UserError: see `flash.issue_page` and `word.write`; no browser, once the page is there.
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
    made = {CONVENTION: (CONVENTION, convention_context(dossier, reference), dossier.convention.intitule)}
    made |= {
        f"{SHEETS}/{action}.docx": (ACTION_SHEET, context, f"Fiche-action {action}")
        for action, context in contexts(dossier).items()
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
