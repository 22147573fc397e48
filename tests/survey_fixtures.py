"""Small consultations drawn at random, and what is published of them."""

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from material_files import with_rows

from ctg_analysis.demarche.material_files import MaterialFiles, open_material
from ctg_analysis.demarche.restricted_files import open_restricted
from ctg_analysis.demarche.results import results
from ctg_analysis.model.settings import DataRoot

EPCI = "999999999"
COMMUNES = [f"9900{number}" for number in range(1, 5)]
PLACES = pd.DataFrame(
    [("epci", EPCI, "Fictive", None), *(("commune", code, f"Commune {code}", EPCI) for code in COMMUNES)],
    columns=["level", "code", "name", "epci"],
)
NOWHERE = DataRoot(Path("no-such-folder"))
QUESTIONS = [  # q_id, type, modalites, filtre, champ, sensible
    ("sexe", "unique", "F H", "", None, False),
    ("age", "unique", "a18 a30 a45 a60", "", None, False),
    ("commune", "unique", "c1 c2 c3 c4", "", None, False),
    ("enfants", "unique", "0 1 2", "", None, False),
    ("garde_souhaitee", "unique", "creche am parent", "enfants=1 enfants=2", "petite enfance", False),
    ("garde_utilisee", "unique", "creche am parent", "enfants=1 enfants=2", "petite enfance", False),
    ("besoins_parents", "multiple", "rencontre ecoute repit rien", "enfants=1 enfants=2", "parentalité", False),
    ("renoncement", "unique", "oui non", "", "accès aux droits et aux services", False),
    ("renoncement_motif", "multiple", "ligne distance delai", "renoncement=oui", "accès aux droits et aux services",
     False),
    ("isolement", "échelle", "1 2 3 4", "", "animation de la vie sociale", False),
    ("connait_evs", "unique", "va nom non", "", "animation de la vie sociale", False),
    ("temps_travail", "numérique", "", "", "accès aux droits et aux services", False),
    ("handicap_obstacles", "multiple", "garde loisirs ecole", "", "handicap", True),
    ("amelioration", "ouverte", "", "renoncement=oui", "accès aux droits et aux services", False),
]  # fmt: skip


class Consulted(NamedTuple):
    """A consultation: its material, its private tables, what is published of it."""

    material: MaterialFiles
    restricted: dict[str, pd.DataFrame]
    tables: dict[str, pd.DataFrame]


def questionnaire(names: Collection[str]) -> pd.DataFrame:
    """Return some questions as the model of the table reads them, with those that decide to whom they are put."""
    rows = [
        {
            "q_id": name,
            "libelle": name,
            "type": kind,
            "modalites": tuple((code, code) for code in codes.split()) or None,
            "filtre": tuple(tuple(pair.split("=")) for pair in condition.split()) or None,
            "champ": field,
            "obligatoire": False,
            "sensible": sensitive,
        }
        for name, kind, codes, condition, field, sensitive in QUESTIONS
        if name in names
    ]
    return pd.DataFrame(rows)


def drawn(seed: int, size: int) -> dict[str, pd.DataFrame]:
    """Return answers in which groups differ, some codes are rare, and some questions are left without an answer."""
    generator = np.random.default_rng(seed)

    def pick(chances: dict[str, float], count: int = size) -> np.ndarray:
        weights = np.array(list(chances.values()))
        return generator.choice(list(chances), count, p=weights / weights.sum())

    table = pd.DataFrame(
        {
            "rep_id": [f"r{number}" for number in range(size)],
            "date": pd.Timestamp("2024-02-01"),
            "mode": pick({"web": 80, "papier": 15, "face-à-face": 5}),
            "canal": pick({"école": 60, "mairie": 30, "marché": 3}),
            "secteur": pick({"Nord": 60, "Sud": 40}),
            "sexe": pick({"F": 75, "H": 25}),
            "age": pick({"a18": 6, "a30": 45, "a45": 35, "a60": 14}),
            "commune": pick({"c1": 50, "c2": 30, "c3": 14, "c4": 6}),
            "enfants": pick({"0": 25, "1": 40, "2": 35}),
        }
    )
    man, old = table["sexe"].eq("H"), table["age"].isin(["a45", "a60"])
    small, parent = table["commune"].isin(["c3", "c4"]), table["enfants"].ne("0")
    table["isolement"] = np.where(old, pick({"1": 8, "2": 25, "3": 50, "4": 17}), pick({"1": 60, "2": 34, "3": 6}))
    table["connait_evs"] = np.where(small, pick({"va": 5, "nom": 20, "non": 75}), pick({"va": 50, "nom": 44, "non": 6}))
    table["renoncement"] = np.where(man, pick({"oui": 75, "non": 25}), pick({"oui": 35, "non": 65}))
    table["temps_travail"] = pick({"10": 4, "20": 3, "45": 1})
    table["garde_souhaitee"] = pick({"creche": 60, "am": 35, "parent": 5})
    stays = generator.random(size) < 0.75
    table["garde_utilisee"] = np.where(stays, table["garde_souhaitee"], pick({"am": 70, "parent": 20, "creche": 10}))
    needs = {"rencontre": np.where(man, 0.1, 0.55), "ecoute": np.where(old, 0.3, 0.06), "repit": 0.3}
    table["besoins_parents"] = _several(generator, needs, size, "rien")
    reasons = {"ligne": 0.6, "distance": np.where(small, 0.6, 0.1), "delai": 0.12}
    table["renoncement_motif"] = _several(generator, reasons, size, "ligne")
    for name in ("isolement", "connait_evs", "renoncement", "garde_souhaitee", "besoins_parents", "temps_travail"):
        luck = generator.random(size)
        table[name] = table[name].where(luck > 0.09, "SR").where(luck > 0.03, "NSP")
    answered = parent.to_numpy()
    for name in ("garde_souhaitee", "garde_utilisee", "besoins_parents"):
        table[name] = table[name].where(answered, "")
    gave_up = table["renoncement"].eq("oui")
    table["renoncement_motif"] = table["renoncement_motif"].where(gave_up, "")
    concerned = sorted(generator.choice(size, 24, replace=False))
    obstacles = _several(generator, {"garde": 0.3, "loisirs": 0.5, "ecole": 0.15}, len(concerned), "NSP")
    words = table.loc[gave_up, ["rep_id"]].assign(q_id="amelioration", texte="…").iloc[: 3 * int(gave_up.sum()) // 4]
    return {
        "reponses": table,
        "reponses_sensibles": pd.DataFrame(
            {
                "rep_id": table["rep_id"].iloc[concerned].to_numpy(),
                "consentement": True,
                "handicap_obstacles": obstacles,
            }
        ),
        "reponses_ouvertes": words.reset_index(drop=True),
    }


def _several(generator: np.random.Generator, chances: dict[str, object], size: int, otherwise: str) -> list[str]:
    ticks = {code: generator.random(size) < chance for code, chance in chances.items()}
    cells = ["|".join(code for code in ticks if ticks[code][place]) for place in range(size)]
    return [cell or otherwise for cell in cells]


def margins(*variables: str) -> pd.DataFrame:
    """Return margins of the census, far from who answers, for some questions of the profile."""
    census = {
        "sexe": {"F": 50, "H": 50},
        "age": {"a18": 25, "a30": 25, "a45": 25, "a60": 25},
        "commune": {"c1": 30, "c2": 30, "c3": 25, "c4": 15},
        "sexe+enfants": {f"{sex}+{child}": 16 for sex in "FH" for child in "012"},
    }
    rows = [
        (variable, modality, count * 100, "Insee", "2021", "habitants")
        for variable in variables
        for modality, count in census[variable].items()
    ]
    return pd.DataFrame(rows, columns=["variable", "modalite", "effectif", "source", "millesime", "champ"])


@cache
def _nothing() -> tuple[MaterialFiles, dict[str, pd.DataFrame]]:
    material = open_material(NOWHERE, EPCI, PLACES)
    return material, dict(open_restricted(NOWHERE, material))


def published_of(private: dict[str, pd.DataFrame], weighted_on: pd.DataFrame, names: Collection[str]) -> Consulted:
    """Return what is published of some answers. weighted_on: margins, see `margins`."""
    asked, (bare, nobody) = questionnaire(names), _nothing()
    others = {name for name, *_ in QUESTIONS} - {*names}
    private = {name: table.drop(columns=list(others), errors="ignore") for name, table in private.items()}
    sensitive, opened = private["reponses_sensibles"], private["reponses_ouvertes"]
    private["reponses_sensibles"] = sensitive if len(sensitive.columns) > 2 else sensitive[:0]
    private["reponses_ouvertes"] = opened[opened["q_id"].isin([*names])]
    material = with_rows(bare, questionnaire=asked, marges=weighted_on)
    restricted = {**nobody, **private}
    return Consulted(material, restricted, results(material, restricted, PLACES))
