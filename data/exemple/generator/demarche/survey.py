"""The consultation: about six hundred answers of volunteers, mostly women, few young people, as always."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from generator.demarche.tables import EPCI, Folder, texts
from generator.places import COMMUNES

ANSWERS, ABANDONED = 612, 0.05
UNUSABLE = 76  # begun, and left too soon to be kept
WOMEN = 0.76
AGES = {"A18_29": (18, 30), "A30_44": (30, 45), "A45_59": (45, 60), "A60_74": (60, 75), "A75": (75, 101)}
EAGER = {"A18_29": 0.7, "A30_44": 1.8, "A45_59": 1.2, "A60_74": 0.9, "A75": 0.5}  # to answer
UPLAND = {"99001", "99005", "99006", "99008"}
SECTEURS = ("Bas Pays", "Haut Pays")
DEGREES = {
    "D0": ("001T100_RP", "200_RP"),
    "D1": ("300_RP",),
    "D2": ("350T351_RP",),
    "D3": ("500_RP", "600_RP", "700_RP"),
}
AT_WORK = ("agri", "indep", "cadre", "interm", "employe", "ouvrier")
UNKNOWN, NOT_CONCERNED, NO_ANSWER = "NSP", "NC", "SR"
HANDICAP = 26  # answers to the sensitive question
HOURS = 1901  # the seed of the hours wanted, drawn apart: the other answers stay as they are

Answer = dict[str, Any]


def write(
    public: Folder, private: Folder, people: dict[str, np.ndarray], raw: Path, generator: np.random.Generator
) -> None:
    """Write the questionnaire, its margins, the answers, and until when they are kept."""
    said = texts("consultation")
    questions = said["questions"]
    for question in questions:
        question["obligatoire"] = question.get("obligatoire", "non")
        question["sensible"] = question.get("sensible", "non")
    public.write("questionnaire", questions)
    public.write("marges", margins(people, raw))
    former = [(one, code, part) for one in said["precedente"] for code, part in one.pop("parts").items()]
    public.write("enquete_precedente", [one | {"modalite": code, "part": part} for one, code, part in former])
    answers = sorted((respondent(people, said, generator) for _ in range(ANSWERS)), key=lambda one: one["rep_id"])
    _hours(answers, np.random.default_rng(HOURS))
    complete = ANSWERS
    for rank, answer in enumerate(answers):
        if generator.random() < ABANDONED:
            _abandon(answer, questions, rank)
            complete -= 1
    counts = {"commences": ANSWERS + UNUSABLE, "termines": complete}
    public.write("consultation", [said["consultation"] | counts])
    plain = [one["q_id"] for one in questions if one["type"] != "ouverte" and one["sensible"] == "non"]
    private.write("reponses", answers, plain)
    concerned = sorted(generator.choice(ANSWERS, HANDICAP, replace=False).tolist())
    sensitive = [_sensitive(answers[rank], generator) for rank in concerned]
    private.write("reponses_sensibles", sensitive, ["handicap_obstacles"])
    _open(private, answers, said["ouvertes"], generator)
    kept = ("acteurs", "reponses", "reponses_sensibles", "reponses_ouvertes", "ouvertes_codees")
    private.write("conservation", [{"fichier": name, "supprimer_le": "2099-12-31"} for name in kept])


def margins(people: dict[str, np.ndarray], raw: Path) -> list[Answer]:
    """Return the margins of the census: sex, age and secteur of adults, diplomas, children of the households."""
    own = {commune.code: people[commune.code] for commune in COMMUNES if commune.epci == EPCI}
    adults = sum(own.values())[:, 18:].sum(axis=1)
    rows = [("sexe", code, count, "adults") for code, count in zip("FH", adults, strict=True)]
    both = sum(own.values()).sum(axis=0)
    rows += [("age", code, both[low:high].sum(), "adults") for code, (low, high) in AGES.items()]
    for secteur in SECTEURS:
        count = sum(table[:, 18:].sum() for code, table in own.items() if (code in UPLAND) == (secteur == "Haut Pays"))
        rows.append(("secteur", secteur, count, "adults"))
    degrees = (
        _census(raw, "insee_rp_diplomes/DS_RP_DIPLOMES_PRINC_2023_data.csv", own).groupby("EDUC")["OBS_VALUE"].sum()
    )
    rows += [("diplome", code, degrees[list(levels)].sum(), "degrees") for code, levels in DEGREES.items()]
    families = _census(raw, "insee_rp_familles/DS_RP_FAMILLE_COMP_2023_data.csv", own)
    families = families[families["TFN"].eq("_T")].groupby("NCH")["OBS_VALUE"].sum()
    homes = _census(raw, "insee_rp_menages/DS_RP_MENAGES_COMP_2023_data.csv", own)
    homes = homes.loc[homes["RP_MEASURE"].eq("DWELLINGS") & homes["TPH"].eq("_T"), "OBS_VALUE"].sum()
    more = families["CH3_Y_LT25"] + families["CH_GE4_Y_LT25"]
    children = {"1": families["CH1_Y_LT25"], "2": families["CH2_Y_LT25"], "3": more}
    rows.append(("enfants", "0", homes - sum(children.values()), "homes"))
    rows += [("enfants", code, count, "homes") for code, count in children.items()]
    who = {
        "adults": ("Population par sexe et âge (territoire fictif)", "habitants de 18 ans ou plus"),
        "degrees": ("Diplômes (territoire fictif)", "habitants non scolarisés de 15 ans ou plus"),
        "homes": ("Familles et ménages (territoire fictif)", "ménages"),
    }
    names = ("variable", "modalite", "effectif", "source", "millesime", "champ")
    return [
        dict(zip(names, (variable, code, round(float(count)), who[field][0], "2023", who[field][1]), strict=True))
        for variable, code, count, field in rows
    ]


def _census(raw: Path, file: str, communes: dict[str, np.ndarray]) -> pd.DataFrame:
    table = pd.read_csv(raw / file, sep=";", dtype={"GEO": str, "TPH": str})
    return table[table["GEO"].isin(list(communes)) & table["TIME_PERIOD"].eq(2023)]


def respondent(people: dict[str, np.ndarray], said: Answer, generator: np.random.Generator) -> Answer:
    """Return an answer: who answers is drawn first, then what depends on it."""
    one = _who(people, generator)
    one |= _family(one, generator)
    one |= _work(one, generator)
    one |= _childcare(one, generator)
    one |= _needs(one, generator)
    one |= _access(one, generator)
    for name in ("parent_seul", "diplome", "numerique", "renoncement", "connait_evs", "isolement", "satisfaction"):
        if one.get(name) is not None and generator.random() < 0.035:
            one[name] = NO_ANSWER if generator.random() < 0.7 else UNKNOWN
    channels = list(said["canaux"])
    one["canal"] = channels[generator.choice(len(channels), p=list(said["canaux"].values()))]
    one["mode"] = _pick({"web": 0.8, "papier": 0.16, "face-à-face": 0.04}, generator)
    one["date"] = (
        f"2024-{'01' if (day := int(generator.integers(15, 56))) <= 31 else '02'}-{day if day <= 31 else day - 31:02d}"
    )
    one["rep_id"] = f"R{generator.integers(10**8, 10**9)}"
    return one


def _pick(weights: dict[str, float], generator: np.random.Generator) -> str:
    chances = np.array(list(weights.values()))
    return list(weights)[generator.choice(len(weights), p=chances / chances.sum())]


def _some(chances: dict[str, float], generator: np.random.Generator, otherwise: str) -> list[str]:
    chosen = [code for code, chance in chances.items() if generator.random() < chance]
    return chosen or [otherwise]


def _who(people: dict[str, np.ndarray], generator: np.random.Generator) -> Answer:
    own = [commune for commune in COMMUNES if commune.epci == EPCI]
    woman = generator.random() < WOMEN
    weights = {
        (commune.code, age): people[commune.code][0 if woman else 1, low:high].sum() * EAGER[age]
        for commune in own
        for age, (low, high) in AGES.items()
    }
    code, age = list(weights)[
        generator.choice(len(weights), p=np.array(list(weights.values())) / sum(weights.values()))
    ]
    return {"sexe": "F" if woman else "H", "age": age, "secteur": "Haut Pays" if code in UPLAND else "Bas Pays"}


def _family(one: Answer, generator: np.random.Generator) -> Answer:
    having = {"A18_29": 0.4, "A30_44": 0.8, "A45_59": 0.52, "A60_74": 0.06, "A75": 0.01}[one["age"]]
    if generator.random() > having:
        return {"enfants": "0"}
    number = _pick({"1": 0.36, "2": 0.47, "3": 0.17}, generator)
    ages = {
        "A18_29": {"E0_2": 0.8, "E3_5": 0.4},
        "A30_44": {"E0_2": 0.3, "E3_5": 0.4, "E6_10": 0.55, "E11_17": 0.25},
        "A45_59": {"E6_10": 0.15, "E11_17": 0.65, "E18": 0.45},
    }.get(one["age"], {"E18": 0.9})
    chosen = _some(ages, generator, "E6_10" if one["age"] == "A30_44" else next(iter(ages)))[: int(number)]
    alone = "oui" if generator.random() < 0.19 else "non"
    return {"enfants": number, "enfants_ages": chosen, "parent_seul": alone}


def _work(one: Answer, generator: np.random.Generator) -> Answer:
    degree = _pick({"D0": 0.12, "D1": 0.22, "D2": 0.22, "D3": 0.44}, generator)
    if one["age"] in ("A60_74", "A75"):
        job = "retraite" if generator.random() < 0.88 else "employe"
    else:
        graduate = degree == "D3"
        job = _pick(
            {"agri": 0.06, "indep": 0.06, "cadre": 0.2 if graduate else 0.03, "interm": 0.28 if graduate else 0.12,
             "employe": 0.3, "ouvrier": 0.04 if graduate else 0.17, "sans": 0.07, "foyer": 0.05,
             "etud": 0.05 if one["age"] == "A18_29" else 0.0},
            generator,
        )  # fmt: skip
    found = {"diplome": degree, "situation": job}
    found["voiture"] = _pick({"0": 0.05, "1": 0.33, "2": 0.62}, generator)
    if job in AT_WORK:
        odd = 0.34 if job in ("ouvrier", "employe", "agri") else 0.16
        found["horaires_atypiques"] = _pick({"jamais": 0.45, "parfois": 0.55 - odd, "souvent": odd}, generator)
        far = 30 if one["secteur"] == "Haut Pays" else 19
        found["temps_travail"] = str(int(np.clip(generator.gamma(3, far / 3), 1, 95)))
        if generator.random() < 0.04:
            found["temps_travail"] = NO_ANSWER
    return found


def _childcare(one: Answer, generator: np.random.Generator) -> Answer:
    if "E0_2" not in one.get("enfants_ages", ()):
        return {}
    wished = _pick(
        {"creche": 0.38, "micro": 0.1, "am": 0.34, "domicile": 0.05, "parent": 0.1, "famille": 0.03}, generator
    )
    chance = 0.35 if one["secteur"] == "Haut Pays" and wished in ("creche", "micro") else 0.66
    used = wished if generator.random() < chance else _pick({"am": 0.5, "parent": 0.32, "famille": 0.18}, generator)
    if generator.random() < 0.05:
        wished = UNKNOWN
    return {"garde_souhaitee": wished, "garde_utilisee": used}


def _hours(answers: list[Answer], generator: np.random.Generator) -> None:
    for one in answers:
        if {"E0_2", "E3_5", "E6_10"} & {*one.get("enfants_ages", ())} and generator.random() > 0.05:
            odd = {"souvent": 2.2, "parfois": 1.2}.get(one.get("horaires_atypiques"), 0.5)
            chances = {"avant8": 0.24, "apres1830": 0.2, "samedi": 0.16, "nuit": 0.05}
            wanted = {code: chance * odd for code, chance in chances.items()}
            one["horaires_souhaites"] = _some(wanted, generator, "aucun")


def _needs(one: Answer, generator: np.random.Generator) -> Answer:
    found: Answer = {}
    if one["enfants"] != "0":
        teens, alone = "E11_17" in one["enfants_ages"], one["parent_seul"] == "oui"
        chances = {
            "rencontre": 0.3,
            "ecoute": 0.16,
            "ecole": 0.22,
            "repit": 0.16 + 0.34 * alone,
            "ecrans": 0.34,
            "ados": 0.4 * teens,
        }
        found["besoins_parents"] = _some(chances, generator, "rien")
    if "E11_17" in one.get("enfants_ages", ()):
        upland = 0.2 * (one["secteur"] == "Haut Pays")
        chances = {
            "loisir": 0.38 + upland,
            "stage": 0.14 + upland,
            "parents": 0.78,
            "car": 0.35,
            "seuls": 0.22 - upland,
        }
        found["mobilite_jeunes"] = _some(chances, generator, NOT_CONCERNED)
    return found


def _access(one: Answer, generator: np.random.Generator) -> Answer:
    old = one["age"] in ("A60_74", "A75")
    hard = 0.12 + 0.2 * old + 0.12 * (one["diplome"] in ("D0", "D1"))
    digital = _pick({"1": 0.5 - hard, "2": 0.36, "3": 0.09 + hard * 0.6, "4": 0.05 + hard * 0.4}, generator)
    gave_up = 0.11 + 0.24 * (digital in ("3", "4")) + 0.25 * (one.get("parent_seul") == "oui")
    found: Answer = {"numerique": digital, "renoncement": "oui" if generator.random() < gave_up else "non"}
    if found["renoncement"] == "oui":
        chances = {"ligne": 0.45, "distance": 0.3, "complexe": 0.5, "delai": 0.25, "ignore": 0.2}
        found["renoncement_motif"] = _some(chances, generator, "complexe")
    upland = one["secteur"] == "Haut Pays"
    found["connait_evs"] = _pick(
        {"va": 0.02 if upland else 0.2, "nom": 0.28, "non": 0.7 if upland else 0.52}, generator
    )
    lonely = 0.05 + 0.05 * old + 0.16 * (one.get("parent_seul") == "oui") + 0.06 * upland
    found["isolement"] = _pick({"1": 0.42, "2": 0.3, "3": 0.18 + lonely / 2, "4": lonely}, generator)
    found["satisfaction"] = _pick({"1": 0.05 + 0.3 * upland, "2": 0.22 + 0.2 * upland, "3": 0.51, "4": 0.22}, generator)
    return found


def _abandon(answer: Answer, questions: list[Answer], rank: int) -> None:
    """Leave without answer what follows a question: the respondent stopped there."""
    names = [one["q_id"] for one in questions]
    for name in names[8 + rank % 8 :]:
        if answer.get(name) is not None:
            answer[name] = NO_ANSWER


def _sensitive(answer: Answer, generator: np.random.Generator) -> Answer:
    chances = {"garde": 0.3, "loisirs": 0.45, "ecole": 0.4, "soins": 0.55, "papiers": 0.5, "repit": 0.3}
    chosen = _some(chances, generator, UNKNOWN)
    return {"rep_id": answer["rep_id"], "consentement": True, "handicap_obstacles": chosen}


def _open(private: Folder, answers: list[Answer], themes: dict[str, list], generator: np.random.Generator) -> None:
    """Write the open answers, raw and coded; one in ten may not be quoted."""
    sentences = [(theme, *line) for theme, lines in themes.items() for line in lines]
    raw, coded = [], []
    used: Counter = Counter()
    for answer in answers:
        if generator.random() > 0.3:
            continue
        theme, part, tone, sentence = sentences[generator.integers(len(sentences))]
        used[sentence] += 1
        key = {"rep_id": answer["rep_id"], "q_id": "amelioration"}
        raw.append({**key, "texte": sentence})
        quoted = bool(generator.random() < 0.9)
        coded.append(
            {
                **key,
                "extrait_nettoye": sentence,
                "theme": theme,
                "sous_theme": part,
                "tonalite": tone,
                "codeur": "A",
                "publiable": quoted,
            }
        )
    private.write("reponses_ouvertes", raw)
    private.write("ouvertes_codees", coded)
