"""Sport, objects of associations, entrances, the insured of the general scheme, results and sites of schooling."""

from pathlib import Path

import pandas as pd

from generator.places import COMMUNES, Commune, Writer, leaning

AGES = ("1 à 4", "5 à 9", "10 à 14", "15 à 19")
LICENCES = {"FF Football": (0.2, 0.9), "FF Handisport": (0.004, 0.006), "UNSS": (0.24, 0.3)}  # of girls, of boys
OBJECTS = ("006000", "007000", "009000", "011000", "015000", "018000", "019025", "020000", "036000", "011000")


def _share(commune: Commune, name: str, part: float) -> int:
    """Return so much of the inhabitants of a commune, neighbours leaning from it."""
    return round(commune.population * part * leaning(commune, name))


def sport(raw: Path) -> None:
    """Write licences, clubs, facilities and passes."""
    writer = Writer(raw, "injep_licences", "Licences et clubs", "2022", full=True)
    licences, clubs = [], []
    for commune in COMMUNES:
        young = commune.population * commune.young
        for name, shares in LICENCES.items():
            girls, boys = ([round(young * leaning(commune, name) * share / 8) for _ in AGES] for share in shares)
            licences.append((commune.code, name, *girls, *boys, sum(girls) + sum(boys)))
            clubs.append((commune.code, name, _share(commune, "clubs", 1 / 1400), 0))
    columns = [f"{sex} - {age} ans" for sex in "FH" for age in AGES]
    header = ["Code Commune", "Fédération", *columns, "Total"]
    writer.write("lic-data-2022.csv", pd.DataFrame(licences, columns=header))
    writer.write("clubs-data-2022.csv", pd.DataFrame(clubs, columns=["Code Commune", "Fédération", "Clubs", "EPA"]))
    writer.certify()
    rows = [
        (f"E{commune.code}{rank:04d}", commune.code, str(rank % 5 > 1).lower(), str(rank % 3 > 0).lower())
        for commune in COMMUNES
        for rank in range(_share(commune, "facilities", 1 / 150))
    ]
    writer = Writer(raw, "data_es", "Équipements sportifs", "2025", full=True)
    columns = ["equip_numero", "new_code", "equip_acc_libre", "inst_acc_handi_bool"]
    writer.write("data-es_2025.csv", pd.DataFrame(rows, columns=columns))
    writer.certify()
    rows = [(c.code, _share(c, "passes", 0.017), _share(c, "passes", 0.02)) for c in COMMUNES]
    writer = Writer(raw, "pass_sport", "Pass'Sport", "2022 et 2023")
    columns = ["code", "total_activations_2022", "total_activations_2023"]
    writer.write("pass_sport_2022-2023.csv", pd.DataFrame(rows, columns=columns))
    writer.certify()


def places(raw: Path) -> None:
    """Write associations with their object, and entrances described."""
    table = pd.read_csv(raw / "rna" / "full" / "waldec.csv", sep=";", dtype=str)
    writer = Writer(raw, "rna_objets", "Associations, selon leur objet", "2026", full=True)
    writer.write("waldec.csv", table.assign(objet_social1=[OBJECTS[rank % len(OBJECTS)] for rank in table.index]))
    writer.certify()
    rows = [
        (commune.code, ("True", "True", "False", "", "True")[rank % 5])
        for commune in COMMUNES
        for rank in range(_share(commune, "entrances", 1 / 120))
    ]
    writer = Writer(raw, "acceslibre", "Accessibilité des lieux publics", "2024", full=True)
    writer.write("acceslibre.csv", pd.DataFrame(rows, columns=["code_insee", "entree_plain_pied"]))
    writer.certify()


def insured(raw: Path) -> None:
    """Write the insured of the general scheme; in a commune, fewer than 10 are not told."""
    rows = []
    for commune in COMMUNES:
        people = commune.population * 0.9
        young, adults = people * commune.young * 0.8, people * (1 - commune.young * 0.8)
        parts = {
            "rg_pop": people, "rg_0_15": young, "rg_16_24": people * 0.1, "ras_16_24": people * 0.009,
            "dent_16_24": people * 0.04, "trait_16": adults * 0.12, "cssnp_pop": people * 0.06,
            "cssp_pop": people * 0.02, "cssnp_0_15": young * 0.1, "cssp_0_15": young * 0.03,
        }  # fmt: skip
        within = {"rg_pop", "rg_0_15", "rg_16_24"}
        rows.append({n: round(v * (1 if n in within else leaning(commune, n))) for n, v in parts.items()})
    table = pd.DataFrame(rows).assign(code=[c.code for c in COMMUNES])
    writer = Writer(raw, "cnam_fragilites", "Observatoire des fragilités", "2024")
    numbers = table.columns.drop("code")
    communes = table.assign(**{name: table[name].where(table[name].ge(10)).astype("Int64") for name in numbers})
    writer.write("fragilites_communes_2024.csv", communes)
    for level, of in (("epci", lambda c: c.epci), ("dep", lambda c: c.departement)):
        sums = table.assign(code=[of(c) for c in COMMUNES]).groupby("code", as_index=False).sum()
        writer.write(f"fragilites_{level}_2024.csv", sums)
    writer.certify()


def schooling(raw: Path) -> None:
    """Write the results of the collèges of the directory, medico-social sites and centres of guidance."""
    directory = pd.read_csv(raw / "depp_ecoles" / "fr-en-annuaire-education.csv", sep=";", dtype=str)
    colleges = directory[directory["type_etablissement"].eq("Collège") & directory["nombre_d_eleves"].notna()]
    rows = [
        (year, uai, int(pupils) // 4, 82 + rank * 7 % 17, round(9.5 + rank * 3 % 30 / 10, 1))
        for rank, (uai, pupils) in enumerate(
            zip(colleges["identifiant_de_l_etablissement"], colleges["nombre_d_eleves"], strict=True)
        )
        for year in (2023, 2024)
    ]
    writer = Writer(raw, "depp_ivac", "Résultats des collèges", "sessions 2023 et 2024", full=True)
    columns = ["session", "uai", "nb_candidats_g", "taux_de_reussite_g", "note_a_l_ecrit_g"]
    writer.write("fr-en-indicateurs-valeur-ajoutee-colleges.csv", pd.DataFrame(rows, columns=columns))
    seats = colleges[["identifiant_de_l_etablissement", "code_commune"]]
    writer.write("fr-en-annuaire-education_colleges.csv", seats)
    writer.certify()
    rows = [
        (f"097{rank:04d}{letter}", kind, "Public", commune.code)
        for letter, kind, least in (("M", "Médico-social", 5000), ("O", "Information et orientation", 9000))
        for rank, commune in enumerate(COMMUNES)
        if commune.population > least
    ]
    writer = Writer(raw, "depp_medico_social", "Annuaire de l'éducation", "2025", full=True)
    columns = ["identifiant_de_l_etablissement", "type_etablissement", "statut_public_prive", "code_commune"]
    writer.write("fr-en-annuaire-education.csv", pd.DataFrame(rows, columns=columns))
    writer.certify()


def write(raw: Path) -> None:
    """Write all these sources."""
    sport(raw)
    places(raw)
    insured(raw)
    schooling(raw)
