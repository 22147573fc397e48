"""The census of the population by theme: cubes of Melodi, which hold three vintages five years apart or more.

Codes were read in public code that imports the real files. The forms of family, occupation and detailed households
("exploitation complémentaire") are coded for a part of the dwellings only: rule R7.
"""

from ctg_analysis.core.layouts import Cube, Register, Table, Tally
from ctg_analysis.core.model import Download, Source

HORS_MAYOTTE = ("976",)
SAMPLED = (
    "Exploitation complémentaire : un logement sur cinq dans les communes de moins de 10 000 habitants. Les valeurs "
    "communales portent une erreur d'échantillonnage."
)
AGES = {"2_5": "Y2T5", "6_10": "Y6T10", "11_14": "Y11T14", "15_17": "Y15T17", "18_24": "Y18T24"}
OCCUPATIONS = {
    "farmers": "1",
    "craftsmen": "2",
    "executives": "3",
    "intermediate_professions": "4",
    "clerks": "5",
    "manual_workers": "6",
}


def melodi(dataset: str, year: int) -> Download:
    """Return the full file of a Melodi dataset: a zip with its data and its metadata."""
    url = f"https://api.insee.fr/melodi/file/{dataset}/{dataset}_{year}_CSV_FR"
    return Download(f"{dataset}_{year}_data.csv", url, member="*_data.csv")


def _census(id_: str, label: str, *layouts: Cube, sampled: bool = False) -> Source:
    """Return a source made of cubes, each named after its dataset."""
    return Source(
        id=id_,
        label=f"Recensement de la population 2023, {label}",
        producer="INSEE",
        outside=HORS_MAYOTTE,
        cog=2025,
        geography="communes au 1er janvier 2025",
        layouts=layouts,
        downloads=tuple(melodi(layout.files.removesuffix("_*.csv"), 2023) for layout in layouts),
        sampled=sampled,
        note=SAMPLED if sampled else "",
    )


def _activity(prefix: str, age: str, sex: str = "_T") -> dict[str, dict[str, str]]:
    """Return the measures of activity of an age group: population, employed, unemployed."""
    states = {"population": "_T", "employed": "1", "unemployed": "2"}
    return {f"{name}_{prefix}": {"AGE": age, "EMPSTA_ENQ": code, "SEX": sex} for name, code in states.items()}


SOURCES = (
    _census(
        "insee_rp_logement",
        "logements",
        Cube(
            "DS_RP_LOGEMENT_PRINC_*.csv",
            {
                "dwellings": {"RP_MEASURE": "DWELLINGS"},
                "secondary_dwellings": {"RP_MEASURE": "DWELLINGS", "OCS": "DW_SEC_DW_OCC"},
                "vacant_dwellings": {"RP_MEASURE": "DWELLINGS", "OCS": "DW_VAC"},
                "main_dwellings": {"RP_MEASURE": "DWELLINGS", "OCS": "DW_MAIN"},
                "owner_dwellings": {"RP_MEASURE": "DWELLINGS", "OCS": "DW_MAIN", "TSH": "100"},
                "private_rental_dwellings": {"RP_MEASURE": "DWELLINGS", "OCS": "DW_MAIN", "TSH": "211"},
                "social_rental_dwellings": {"RP_MEASURE": "DWELLINGS", "OCS": "DW_MAIN", "TSH": "221"},
                "households_without_car": {"RP_MEASURE": "DWELLINGS", "OCS": "DW_MAIN", "CARS": "C0"},
            },
        ),
    ),
    _census(
        "insee_rp_familles",
        "familles",
        Cube(
            "DS_RP_FAMILLE_COMP_*.csv",
            {
                "families": {},
                "families_with_children": {"NCH": "CH1_Y_LT25 CH2_Y_LT25 CH3_Y_LT25 CH_GE4_Y_LT25"},
                "families_1_child": {"NCH": "CH1_Y_LT25"},
                "families_2_children": {"NCH": "CH2_Y_LT25"},
                "large_families": {"NCH": "CH3_Y_LT25 CH_GE4_Y_LT25"},
                "single_parent_families": {"TFN": "1"},
                "couples_with_children": {"TFN": "22"},
                "families_with_children_at_home": {"TFN": "1 22"},
            },
        ),
        Cube(
            "DS_RP_TD_FAMILLE_AGEENF_COMP_*.csv",
            {
                f"children_{ages}_{name}": {"AGE": codes, "TFN": parents}
                for ages, codes in (("0_1", "Y_LT2"), ("0_5", "Y_LT2 Y2T5"))
                for name, parents in (
                    ("by_parents", "A111 A112 A121 A122 A221 A222 A223 A224"),
                    ("all_parents_employed", "A111 A121 A221"),
                    ("single_parent", "A111 A112 A121 A122"),
                )
                if (ages, name) != ("0_1", "single_parent")
            },
        ),
        sampled=True,
    ),
    _census(
        "insee_rp_menages",
        "ménages",
        Cube(
            "DS_RP_MENAGES_COMP_*.csv",
            {
                "households": {"RP_MEASURE": "DWELLINGS"},
                "household_population": {"RP_MEASURE": "DWELLINGS_POPSIZE"},
                "one_person_households": {"RP_MEASURE": "DWELLINGS", "TPH": "11"},
            },
        ),
        sampled=True,
    ),
    _census(
        "insee_rp_personnes_seules",
        "personnes vivant seules, par âge",
        Cube(
            "DS_RP_MENAGES_PRINC_*.csv",
            {
                "living_alone_65_plus": {"RP_MEASURE": "ONEPERS", "AGE": "Y65T79 Y_GE80"},
                "household_population_65_plus": {"RP_MEASURE": "DWELLINGS_POPSIZE", "AGE": "Y65T79 Y_GE80"},
                "living_alone_80_plus": {"RP_MEASURE": "ONEPERS", "AGE": "Y_GE80"},
                "household_population_80_plus": {"RP_MEASURE": "DWELLINGS_POPSIZE", "AGE": "Y_GE80"},
            },
        ),
    ),
    _census(
        "insee_rp_emploi",
        "activité et navettes",
        Cube(
            "DS_RP_EMPLOI_LR_PRINC_*.csv",
            _activity("15_64", "Y15T64")
            | {"active_15_64": {"AGE": "Y15T64", "EMPSTA_ENQ": "1 2"}}
            | {
                f"{name}_{sex}": {"AGE": "Y15T64", "EMPSTA_ENQ": states, "SEX": code}
                for sex, code in (("women", "F"), ("men", "M"))
                for name, states in (("population_15_64", "_T"), ("employed_15_64", "1"), ("active_15_64", "1 2"))
            }
            | _activity("15_24", "Y15T24")
            | {
                "active_15_24": {"AGE": "Y15T24", "EMPSTA_ENQ": "1 2"},
                "not_in_work_or_studies_15_24": {"AGE": "Y15T24", "EMPSTA_ENQ": "2 35T36"},
            },
        ),
        Cube(
            "DS_RP_NAVETTES_PRINC_*.csv",
            {
                "workers": {"AGE": "Y_GE15", "EMPSTA_ENQ": "1"},
                "workers_outside_commune": {"AGE": "Y_GE15", "EMPSTA_ENQ": "1", "WORK_AREA": "21 22 23 24T30"},
                "workers_outside_departement": {"AGE": "Y_GE15", "EMPSTA_ENQ": "1", "WORK_AREA": "22 23 24T30"},
                "workers_by_car": {"AGE": "Y_GE15", "EMPSTA_ENQ": "1", "TRANS": "5"},
            },
        ),
    ),
    Source(
        id="insee_rp_flux",
        label="Recensement de la population 2022, mobilités domicile-travail de commune à commune",
        producer="INSEE",
        outside=HORS_MAYOTTE,
        absent="zero",
        cog=2025,
        geography="communes au 1er janvier 2025",
        sampled=True,
        downloads=(
            Download(
                "base-flux-mobilite-domicile-lieu-travail-2022.csv",
                "https://www.insee.fr/fr/statistiques/fichier/8582949/"
                "base-flux-mobilite-domicile-lieu-travail-2022_csv.zip",
                member="base-flux-mobilite-domicile-lieu-travail-2022.csv",
            ),
        ),
        note=SAMPLED + " Sortir de l'EPCI s'entend de sa composition à l'année de référence.",
    ),
    _census(
        "insee_rp_professions",
        "catégories socioprofessionnelles",
        Cube(
            "DS_RP_EMPLOI_LR_COMP_*.csv",
            {"active_by_occupation": {"AGE": "Y15T64", "EMPSTA_ENQ": "1T2", "PCS": " ".join(OCCUPATIONS.values())}}
            | {
                f"active_{name}": {"AGE": "Y15T64", "EMPSTA_ENQ": "1T2", "PCS": code}
                for name, code in OCCUPATIONS.items()
            },
        ),
        sampled=True,
    ),
    _census(
        "insee_rp_diplomes",
        "diplômes",
        Cube(
            "DS_RP_DIPLOMES_PRINC_*.csv",
            {
                "out_of_school_15_plus": {
                    "AGE": "Y_GE15",
                    "EDUC": "001T100_RP 200_RP 300_RP 350T351_RP 500_RP 600_RP 700_RP",
                },
                "without_diploma_15_plus": {"AGE": "Y_GE15", "EDUC": "001T100_RP"},
                "higher_education_15_plus": {"AGE": "Y_GE15", "EDUC": "500_RP 600_RP 700_RP"},
            },
        ),
    ),
    _census(
        "insee_rp_scolarisation",
        "scolarisation",
        Cube(
            "DS_RP_EDUCATION_PRINC_*.csv",
            {f"aged_{age}": {"AGE": code} for age, code in AGES.items()}
            | {f"enrolled_{age}": {"AGE": code, "STUD": "1"} for age, code in AGES.items()},
        ),
        Cube(
            "DS_RP_TD_EDUCATION_PRINC_*.csv",
            {"enrolled_2": {"AGE": "Y2"}, "enrolled_3_5": {"AGE": "Y3 Y4 Y5"}},
        ),
        Cube("DS_RP_TD_POPULATION_AGESEX_PRINC_*.csv", {"aged_2": {"AGE": "Y2"}, "aged_3_5": {"AGE": "Y3 Y4 Y5"}}),
    ),
    Source(
        id="insee_rp_base_2022",
        label="Recensement de la population 2022, bases comparateur : population, couples, familles, ménages",
        producer="INSEE",
        outside=HORS_MAYOTTE,
        cog=2025,
        geography="communes au 1er janvier 2025",
        layouts=(
            *(
                Table(
                    "base-cc-evol-struct-pop-2022.csv",
                    code="CODGEO",
                    level="commune",
                    period=f"20{year}",
                    measures={f"P{year}_POP": "population_rp"},
                )
                for year in ("11", "16", "22")
            ),
            Table(
                "base-cc-evol-struct-pop-2022.csv",
                code="CODGEO",
                level="commune",
                period="2022",
                measures={
                    "P22_POP0014": "population_0_14",
                    "P22_POP6074": "population_60_74",
                    "P22_POP7589": "population_75_89",
                    "P22_POP90P": "population_90_plus",
                },
            ),
            Table(
                "base-cc-coupl-fam-men-2022.csv",
                code="CODGEO",
                level="commune",
                period="2022",
                measures={
                    "C22_MEN": "households",
                    "C22_MENPSEUL": "one_person_households",
                    "C22_FAM": "families",
                    "C22_FAMMONO": "single_parent_families",
                    "C22_COUPAENF": "couples_with_children",
                },
            ),
            Register(
                "base-ic-diplomes-formation-2022.csv",
                code="COM",
                measures={"aged_2_5": Tally(of="P22_POP0205"), "enrolled_2_5": Tally(of="P22_SCOL0205")},
            ),
        ),
        downloads=(
            Download(
                "base-cc-evol-struct-pop-2022.csv",
                "https://www.insee.fr/fr/statistiques/fichier/8581696/base-cc-evol-struct-pop-2022_csv.zip",
                member="base-cc-evol-struct-pop-2022.CSV",
            ),
            Download(
                "base-cc-coupl-fam-men-2022.csv",
                "https://www.insee.fr/fr/statistiques/fichier/8582452/base-cc-coupl-fam-men-2022_csv.zip",
                member="base-cc-coupl-fam-men-2022.CSV",
            ),
            Download(
                "base-ic-diplomes-formation-2022.csv",
                "https://www.insee.fr/fr/statistiques/fichier/8647010/base-ic-diplomes-formation-2022_csv.zip",
                member="base-ic-diplomes-formation-2022.CSV",
            ),
        ),
        note="Millésime 2022 : partage quatre années d'enquête avec 2023, ne s'y compare pas.",
    ),
)
