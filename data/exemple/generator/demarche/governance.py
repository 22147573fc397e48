"""Meetings, constats and their proofs, enjeux and votes, services, bodies, calendar, convention and info flashes."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from generator.demarche.tables import EPCI, Folder, rows_of, texts
from generator.partner_facts import SOCIAL_SPACE
from generator.places import COMMUNES

ALL = [commune.code for commune in COMMUNES if commune.epci == EPCI]
VOTERS = {  # sort → how many ballots, and whose average importance it follows
    "élu": (14, 0), "Caf": (3, 1), "MSA": (2, 1), "Département": (4, 1), "Éducation nationale": (5, 1),
    "association": (9, 2), "gestionnaire": (8, 2), "santé": (3, 2), "habitant": (12, 3),
}  # fmt: skip
POINTS = 5  # that each ballot shares out
PE, LEISURE, YOUTH = "petite enfance", "accueil de loisirs", "jeunesse"
AT_SECOND_SEMINAR = "SEM2"
SERVICE = ["service_id", "nom", "type", "champ", "gestionnaire", "statut_juridique", "commune", "capacite", "ouverture"]
# Of kinds of actors of whom three or more were heard.
QUOTED = {2: ["PE_PLACES 1", "EJ_MOBILITE 4"], 3: ["CO_COOPERATION 3", "VS_LIEUX 2", "PA_LIEUX 1"]}
# Of the convention, the text is invented and follows no model.
WRITTEN = ("convention", "signataires", "articles", "annexes", "info_flash", "info_flash_dates", "synthese")


def write(public: Folder, root: Path, extracts: dict[str, str], generator: np.random.Generator) -> None:
    """Write all that was shared and decided; extracts: their ids by code and rank."""
    said, evidence = texts("gouvernance"), texts("constats")
    public.write("calendrier", rows_of("calendrier", said["calendrier"]))
    columns = ["doc_id", "titre", "auteur", "date", "type", "champ", "resume", "constats_extraits", "page"]
    public.write("documents", rows_of("documents", said["documents"], columns))
    public.write("equipements_services", _services(said, root, generator))
    public.write("competences", _competences(root))
    workshops = rows_of(
        "ateliers",
        said["ateliers"],
        ["atelier_id", "type", "numero_seance", "champ", "date", "lieu", "animateur", "invites", "presents_par_type"],
    )
    public.write("ateliers", [{**one, "presents": sum(one["presents_par_type"].values())} for one in workshops])
    public.write("contributions", rows_of("contributions", said["contributions"]))
    _evidence(public, evidence["constats"], extracts)
    public.write("enjeux", [_enjeu(one) for one in evidence["enjeux"]])
    public.write("votes", _votes(evidence["enjeux"], generator))
    public.write("instances", rows_of("instances", said["instances"]))
    public.write("reunions", rows_of("reunions", said["reunions"]))
    for issue in said["info_flash"]:
        issue["paroles"] = [extracts[name] for name in QUOTED.get(issue["numero"], [])]
    for name in WRITTEN:
        public.write(name, said[name])


def _services(said: dict[str, Any], root: Path, generator: np.random.Generator) -> list[dict[str, Any]]:
    contours = pd.read_parquet(root / "raw" / "contours" / "communes.parquet").set_index("code")["geometry"]
    centres = {code: shapely.from_wkb(shape).representative_point() for code, shape in contours.items()}
    statuses = {"services": "en service", "projets": "en projet", "fermes": "fermé"}
    lines = [(line[:9], status) for key, status in statuses.items() for line in said[key]]
    rows = []
    for values, status in lines:
        row = dict(zip(SERVICE, values, strict=True)) | {"statut": status, "source": "recensement local"}
        shift = generator.uniform(-0.01, 0.01, 2)
        if point := centres.get(row["commune"]):
            row |= {"x": round(point.x + shift[0], 4), "y": round(point.y + shift[1], 4)}
        wide = row["type"] not in ("accueil périscolaire", "accueil de loisirs", "EAJE", "point numérique")
        row["zone_intervention"] = ALL if wide else [row["commune"]]
        if row["type"] in ("EVS", "centre social"):
            row["zone_intervention"] = sorted(SOCIAL_SPACE[2024])
        if status == "en service":
            staff = round(float(generator.uniform(0.8, 1.6)) * (row["capacite"] or 12) / 8, 1)
            row |= {"etp": staff, "agrement_debut": "2023-01-01", "agrement_fin": "2026-12-31"}
            row |= {
                "soutien_collectivite_eur": float(round(staff * 9000, -2)),
                "ps_caf_eur": float(round(staff * 11500, -2)),
            }
            row["financeurs"] = [
                "Caf",
                "communes" if row["statut_juridique"] == "commune" else "communauté de communes",
            ]
        rows.append(row)
    return rows


def _competences(root: Path) -> list[dict[str, Any]]:
    """Return who exercises what: childcare as the form of 2024 says, the rest as is usual."""
    form = pd.read_csv(
        root / "private" / EPCI / "enquete_locale_petite_enfance.csv", sep=";", decimal=",", dtype={"territoire": str}
    )
    moved = form[form["periode"].eq(2024)].set_index("territoire")["sppe_transferee"]
    rows = []
    for code in ALL:
        own = "EPCI" if moved.get(code) == 1 else "commune"
        rows += [
            {"territoire": code, "competence": PE, "exercee_par": own, "depuis": "2020" if own == "EPCI" else None},
            {"territoire": code, "competence": "périscolaire", "exercee_par": "commune"},
        ]
    for name, holder, since in ((LEISURE, "EPCI", "2017"), (YOUTH, "EPCI", "2017"), ("action sociale", "EPCI", "2018"),
                                ("transport", "syndicat", "2021")):  # fmt: skip
        rows.append({"territoire": EPCI, "competence": name, "exercee_par": holder, "depuis": since})
    return rows


def _evidence(public: Folder, constats: list[dict[str, Any]], extracts: dict[str, str]) -> None:
    rows, proofs = [], []
    for one in constats:
        status = one.get("statut", "validé" if "valide" in one else "proposé")
        rows.append(
            {"constat_id": one["id"], "champ": one["champ"], "enonce": one["enonce"], "type": one["type"],
             "force_preuve": one["force"], "valide_en": one.get("valide"), "statut": status}
        )  # fmt: skip
        for kind, what, sense, *shown in one["preuves"]:
            reading, benchmark = shown or (None, None)
            ref = extracts[what] if kind == "entretien" else what
            proofs.append(
                {
                    "constat_id": one["id"],
                    "type": kind,
                    "ref": ref,
                    "sens": sense,
                    "lecture": reading,
                    "repere": benchmark,
                }
            )
    public.write("constats", rows)
    public.write("preuves", proofs)


def _enjeu(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "enjeu_id": one["id"], "titre": one["titre"], "champ": one["champ"], "constats": one["constats"],
        "population_concernee": one["public"], "transversal": one.get("transversal", "non"), "retenu": one["retenu"],
        "motif": one["motif"], "decide_le": "2024-06-27",
    }  # fmt: skip


def _votes(enjeux: list[dict[str, Any]], generator: np.random.Generator) -> list[dict[str, Any]]:
    """Return the ballots of the second seminar: five points to share out, and three marks for each enjeu."""
    rows = []
    ballots = generator.permutation(sum(count for count, _ in VOTERS.values())) + 1
    numbers = iter(ballots.tolist())
    for actor, (count, group) in VOTERS.items():
        for _ in range(count):
            ballot = f"B{next(numbers):02d}"
            wishes = np.array([one["votes"][group] for one in enjeux]) + generator.normal(0, 0.8, len(enjeux))
            chances = np.exp(1.3 * wishes)
            points = generator.multinomial(POINTS, chances / chances.sum())
            for one, wish, given in zip(enjeux, wishes, points, strict=True):
                marks = [wish, generator.normal(one["urgence"], 0.8), generator.normal(one["faisabilite"], 0.9)]
                importance, urgency, ease = (int(np.clip(round(mark), 1, 5)) for mark in marks)
                rows.append(
                    {"atelier_id": AT_SECOND_SEMINAR, "bulletin": ballot, "objet_id": one["id"], "type_votant": actor,
                     "points": int(given), "importance_1_5": importance, "urgence_1_5": urgency,
                     "faisabilite_1_5": ease}
                )  # fmt: skip
    return rows
