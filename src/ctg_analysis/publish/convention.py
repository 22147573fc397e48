"""The convention, the fiches-action and the letters, as Word files that people edit."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import AfterValidator

from ctg_analysis.chapter.missing import missing
from ctg_analysis.chapter.requests import Request, requests
from ctg_analysis.chapter.summaries import messages
from ctg_analysis.chapter.territory import Territory, open_territory
from ctg_analysis.demarche.columns import Id, Row, Text, Whole, first_day, last_day, some
from ctg_analysis.demarche.material_files import MaterialFiles, no_convention, open_material
from ctg_analysis.demarche.plan import enjeux_by_action
from ctg_analysis.demarche.proof_checks import breaks
from ctg_analysis.demarche.yaml_documents import Convention, Party
from ctg_analysis.display.words.dates import date_text, span_phrase
from ctg_analysis.display.words.quantities import counted
from ctg_analysis.display.words.texts import typography
from ctg_analysis.model.errors import Finding, InputError, each
from ctg_analysis.model.scratch import alone, scratch
from ctg_analysis.model.settings import DataRoot, project_path
from ctg_analysis.model.source import SOURCES
from ctg_analysis.model.yaml_files import load_yaml
from ctg_analysis.pipeline.faults import must_be_sound
from ctg_analysis.pipeline.run import ensure
from ctg_analysis.publish.annexes import ANNEXES, DRAFT, LISTS, Dossier, cell_text, dated, means
from ctg_analysis.publish.flash import issue_page
from ctg_analysis.publish.pdf import write_pdf
from ctg_analysis.publish.word import (
    ACTION_SHEET,
    CONVENTION,
    FACT,
    LETTER,
    REFERENCE,
    REMARK,
    Blocks,
    bullets,
    facts,
    fill,
    models,
    paragraphs,
    place,
    table,
    template,
    text,
    together,
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
    doubt = text(f"{reference.a_verifier} Version {reference.version}.", REMARK) if convention.statut == PROJECT else []
    return common(dossier) | {
        "periode": span_phrase(first_day(convention.periode.debut), last_day(convention.periode.fin)),
        "parties": bullets(map(_party, convention.parties)),
        "vu": bullets(f"{formula} ;" for formula in convention.vu or reference.vu) + ([] if convention.vu else doubt),
        "preambule": paragraphs(convention.preambule or reference.preambule) + ([] if convention.preambule else doubt),
        "articles": [
            {
                "titre": typography(article.titre),
                "texte": paragraphs(article.texte_md or reference.text(article.no))
                + ([] if article.texte_md else doubt),
                "listes": together(LISTS[name](dossier) for name in article.champs_auto),
            }
            for article in convention.articles
        ],
        "signatures": together(map(_signatory, convention.parties)),
        "annexes": [
            {"titre": typography(annex.titre), "contenu": ANNEXES[annex.contenu](dossier)}
            for annex in convention.annexes
        ],
    }


def common(dossier: Dossier) -> dict[str, object]:
    """Return what the tags of every template stand for."""
    convention = dossier.convention
    project = convention.statut == PROJECT
    approved = f", validée le {date_text(convention.validee_le)}" if convention.validee_le else ", validée"
    return {
        "intitule": typography(convention.intitule),
        "territoire": typography(dossier.territory),
        "version": convention.version,
        "projet": project,
        "statut": f"Projet, version {convention.version}" if project else f"Version {convention.version}{approved}",
        "fictif": typography(FICTIONAL) if dossier.fictional else "",
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


def _signatory(party: Party) -> Blocks:
    who = ", ".join(filter(None, (party.representant, party.qualite)))
    return text(who or "signataire", FACT, lead=party.nom) + text("Date et signature :", "Signataire")


# The fiches-action as Word files, one for each action that was not given up.


def contexts(dossier: Dossier) -> dict[str, dict[str, object]]:
    """Return, by action, what the tags of the template of a fiche-action stand for."""
    return {row.action_id: _context(row, dossier) for row in dossier.actions.itertuples()}


def _context(row, dossier: Dossier) -> dict[str, object]:
    short = {
        "Objectif": row.objectif,
        "Public": cell_text(row.public_cible),
        "Territoire": cell_text(row.territoire),
        "Calendrier": span_phrase(row.calendrier_debut, row.calendrier_fin) or cell_text(None),
        "Priorité": cell_text(row.priorite),
        "Fiche": f"version {row.version}" + (", en projet" if row.statut == DRAFT else ""),
    }
    return common(dossier) | {
        "projet": row.statut == DRAFT,
        "version": str(row.version),
        "numero": row.action_id,
        "titre": typography(row.titre),
        "axe": typography(f"Axe : {row.axe}"),
        "en_bref": facts(short),
        "pourquoi": _why(row, dossier),
        "contenu": text(cell_text(row.description))
        + bullets(row.etapes or ())
        + facts({"Jalons": cell_text(row.jalons)}),
        "acteurs": facts(
            {
                "Pilote": cell_text(row.pilote),
                "Copilotes": cell_text(row.copilotes),
                "Partenaires": cell_text(row.partenaires),
                "Référent à la Caf": cell_text(row.pilote_caf),
            }
        ),
        "moyens": means(row, dossier) + facts({"Dispositifs de la Caf": cell_text(row.dispositifs_caf)}) + _links(row),
        "evaluation": _indicators(row, dossier)
        + facts({"Modalités": cell_text(row.modalites_evaluation), "Risques": cell_text(row.risques)}),
    }


def _why(row, dossier: Dossier) -> Blocks:
    """Return the context, the enjeux and the constats that the action answers."""
    enjeux = dossier.material["enjeux"].set_index("enjeu_id")["titre"]
    constats = dossier.material["constats"].set_index("constat_id")["enonce"]
    served = enjeux_by_action(dossier.actions, dossier.material["objectifs"])[row.action_id]
    context = [] if pd.isna(row.contexte) else text(row.contexte)
    proved = text("Constats :") + bullets(constats[list(row.constat_ids)]) if row.constat_ids else []
    return context + text("Enjeux :") + bullets(enjeux[served]) + proved


def _links(row) -> Blocks:
    links = {"lien_pedt": "du projet éducatif de territoire", "lien_sppe": "du service public de la petite enfance"}
    named = [name for column, name in links.items() if pd.notna(getattr(row, column)) and getattr(row, column)]
    return text(f"Cette action fait partie {' et '.join(named)}.") if named else []


def _indicators(row, dossier: Dossier) -> Blocks:
    followed = dossier.material["indicateurs_suivi"]
    lines = [
        [own.libelle, own.type, dated(own.valeur_reference, own.date_reference, own.unite),
         dated(own.cible, own.cible_date, own.unite), cell_text(own.collecteur)]
        for own in followed[followed["action_id"].eq(row.action_id)].itertuples()
    ]  # fmt: skip
    header = ["Indicateur", "Sorte", "Départ", "Cible", "Relevé par"]
    return table("Indicateurs", header, lines) if lines else text("Aucun indicateur n'est renseigné.")


# The letters that ask partners for figures, one for each of them, ready to be dated, signed and sent.

HEADER = ["Chiffre", "Ce que c'est", "Niveau", "Secret"]


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
        "territoire": typography(seen.row["name"]),
        "fictif": typography(FICTIONAL) if seen.root.fictional else "",
        "partenaire": partner,
        "nombre": typography(counted(len(figures), "chiffre")),
        "formulaires": bullets(f"{request.form} : {request.label}" for request in requests),
        "chiffres": together(
            table(
                f"{request.label}, {request.figures[0].period}",
                HEADER,
                [
                    [one.label, one.definition, ", ".join(one.places) or one.level, one.secret]
                    for one in request.figures
                ],
            )
            for request in requests
        ),
        "secret": typography(
            f"Tout effectif de personnes est montré arrondi vers le bas, {' ou '.join(secrets)}. À 5, votre 147 se "
            "lira « ≈ 145 », et de 0 à 4 « moins de 5 » ; vos nombres exacts restent dans un dossier privé."
        ),
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
