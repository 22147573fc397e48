"""The twenty interviews: who was heard, when, and the extracts, some of them coded twice."""

import datetime

import numpy as np

from generator.demarche.tables import Folder, rows_of, texts

FIRST_DAY = datetime.date(2024, 1, 22)
CODED_TWICE, AGREED = 0.3, 0.8
WORDS = {
    "Haut Pays": "association du Haut Pays",
    "Bas Pays": "structure du Bas Pays",
    None: "organisation départementale",
}


def write(public: Folder, private: Folder, generator: np.random.Generator) -> dict[str, str]:
    """Write the guide, the codebook, the interviews, their extracts; return the id of an extract by code and rank."""
    said = texts("entretiens")
    public.write("grille", rows_of("grille", said["grille"], ("rubrique", "question", "relance")))
    public.write(
        "codebook", [{**code, "version": "v2" if code["code"].startswith("CO_") else "v1"} for code in said["codes"]]
    )
    heard = [(f"E{rank:02d}", *one) for rank, one in enumerate(said["entretiens"], start=1)]
    _interviews(private, heard, generator)
    rows, names = [], {}
    turns = _turns(heard, said["codes"], generator)
    for code in said["codes"]:
        for rank, (tone, spread, text) in enumerate(code["extraits"], start=1):
            pseudo, actor, secteur = next(turns[code["code"]])
            extract = f"X{len(rows) + 1:03d}"
            names[f"{code['code']} {rank}"] = extract
            rows.append(
                {"extrait_id": extract, "ent_pseudo": pseudo, "type_acteur": actor, "champ": code["champ"],
                 "code": code["code"],
                 "texte_anonymise": text, "tonalite": tone, "territoire": secteur, "niveau_diffusion": spread,
                 "relu_par": "chargée d'études" if spread != "interne" else None,
                 "double_codage": _second_code(code["code"], said["codes"], generator)}
            )  # fmt: skip
    public.write("extraits", rows)
    return names


def _turns(heard: list[tuple], codes: list[dict], generator: np.random.Generator) -> dict:
    """Return, by code, the interviews in the order in which they speak of it: nobody twice before everyone once."""
    turns, spoken = {}, dict.fromkeys((pseudo for pseudo, *_ in heard), 0)
    for code in codes:
        order = sorted(heard, key=lambda one: (spoken[one[0]], generator.random()))
        for pseudo, *_ in order[: len(code["extraits"])]:
            spoken[pseudo] += 1
        turns[code["code"]] = iter(order)
    return turns


def _second_code(code: str, codes: list[dict], generator: np.random.Generator) -> str | None:
    if generator.random() > CODED_TWICE:
        return None
    if generator.random() < AGREED:
        return code
    others = [one["code"] for one in codes if one["code"][:2] == code[:2] and one["code"] != code]
    return others[generator.integers(len(others))] if others else codes[0]["code"]


def _interviews(private: Folder, heard: list[tuple], generator: np.random.Generator) -> None:
    actors, interviews, day = [], [], FIRST_DAY
    for rank, (pseudo, actor, secteur) in enumerate(heard, start=1):
        day += datetime.timedelta(days=int(generator.integers(0, 3)))
        day += datetime.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
        key = f"P{rank:02d}"
        actors.append(
            {
                "acteur_id": key,
                "organisation": WORDS[secteur],
                "type": actor,
                "territoire": secteur,
                "consentement": True,
            }
        )
        interviews.append(
            {"ent_id": f"N{generator.integers(1000, 10000)}", "ent_pseudo": pseudo, "acteur_id": key, "date": day,
             "mode": ["présentiel", "téléphone", "visio"][generator.choice(3, p=[0.6, 0.2, 0.2])],
             "duree_min": int(generator.integers(35, 95)), "enqueteur": "chargée d'études", "grille_version": "v1",
             "consentement": "écrit" if generator.random() < 0.4 else "oral", "suppression_prevue_le": "2099-12-31"}
        )  # fmt: skip
    private.write("acteurs", actors)
    private.write("entretiens", interviews)
