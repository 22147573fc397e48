"""The convention as a Word file that people edit."""

from ctg_analysis.demarche.tables.columns import first_day, last_day
from ctg_analysis.demarche.tables.yaml_documents import Party
from ctg_analysis.display.words.dates import date_text, span_phrase
from ctg_analysis.display.words.texts import typography
from ctg_analysis.publishing.word.annexes import ANNEXES
from ctg_analysis.publishing.word.content import FACT, REMARK, Blocks, bullets, text, together
from ctg_analysis.publishing.word.dossier import Dossier
from ctg_analysis.publishing.word.lists import LISTS
from ctg_analysis.publishing.word.markdown import paragraphs
from ctg_analysis.publishing.word.reference import Reference

PROJECT = "projet"
FICTIONAL = "Territoire fictif. Tout est inventé : ce document montre ce que l'outil sait faire."


def context(dossier: Dossier, reference: Reference) -> dict[str, object]:
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
