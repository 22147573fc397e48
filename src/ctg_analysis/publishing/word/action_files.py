"""The fiches-action as Word files, one for each action that was not given up."""

import pandas as pd

from ctg_analysis.demarche.plan.chain import enjeux_by_action
from ctg_analysis.display.words.dates import span_phrase
from ctg_analysis.display.words.texts import typography
from ctg_analysis.publishing.word.annexes import DRAFT, means
from ctg_analysis.publishing.word.content import Blocks, bullets, facts, table, text
from ctg_analysis.publishing.word.convention import common
from ctg_analysis.publishing.word.dossier import Dossier, cell_text
from ctg_analysis.publishing.word.lists import dated


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
