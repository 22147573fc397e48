"""Datasets of the INSEE, and those derived from its official geographic code."""

from ctg_analysis.model import Download, Source

HORS_MAYOTTE = ("976",)


def _melodi(dataset: str, year: int) -> Download:
    """Return the full file of a Melodi dataset: a zip with its data and its metadata."""
    url = f"https://api.insee.fr/melodi/file/{dataset}/{dataset}_{year}_CSV_FR"
    return Download(f"{dataset}_{year}_data.csv", url, member="*_data.csv")


SOURCES = (
    Source(
        id="etalab_decoupage",
        label="Communes, EPCI et populations de référence",
        producer="INSEE et DGCL, diffusés par Etalab",
        outside=HORS_MAYOTTE,
        geography="1er janvier de chaque année, 2021 à 2026",
        note="Mayotte n'a que sa population de 2017 : les totaux de la France sont « hors Mayotte ».",
    ),
    Source(
        id="insee_population_historique",
        label="Populations communales depuis 1876",
        producer="INSEE",
        geography="communes au 1er janvier 2025",
        downloads=(
            Download(
                "base-pop-historiques-1876-2023.xlsx",
                "https://www.insee.fr/fr/statistiques/fichier/3698339/base-pop-historiques-1876-2023.xlsx",
            ),
        ),
    ),
    Source(
        id="insee_iris_rp2021",
        label="Recensement de la population 2021, bases infracommunales",
        producer="INSEE",
        outside=HORS_MAYOTTE,
        geography="communes au 1er janvier 2023",
        how_to_get="bases infracommunales du recensement 2021, sur insee.fr",
        note="Sommes d'IRIS arrondis à l'unité : quelques unités d'écart avec le total communal officiel.",
    ),
    Source(
        id="insee_rp_population",
        label="Recensement de la population 2023, population par sexe et âge",
        producer="INSEE",
        outside=HORS_MAYOTTE,
        downloads=(_melodi("DS_RP_TD_POPULATION_AGESEX_PRINC", 2023),),
    ),
    Source(
        id="insee_rp_logement",
        label="Recensement de la population 2023, logements",
        producer="INSEE",
        outside=HORS_MAYOTTE,
        downloads=(_melodi("DS_RP_LOGEMENT_PRINC", 2023),),
    ),
    Source(
        id="insee_etat_civil",
        label="État civil, naissances et décès domiciliés",
        producer="INSEE",
        downloads=(_melodi("DS_ETAT_CIVIL_NAIS_COMMUNES", 2025), _melodi("DS_ETAT_CIVIL_DECES_COMMUNES", 2025)),
    ),
    Source(
        id="insee_bpe_2025",
        label="Base permanente des équipements 2025",
        producer="INSEE",
        downloads=(_melodi("DS_BPE", 2025),),
    ),
    Source(
        id="insee_filosofi_2019",
        label="Filosofi 2016 à 2019, revenu disponible",
        producer="INSEE",
        additive=False,
        geography="communes au 1er janvier 2020, EPCI de la diffusion",
        how_to_get="fichiers FILO{année}_DISP de Filosofi, sur insee.fr",
        note="Une commune de moins de 50 ménages fiscaux n'est pas diffusée.",
    ),
    Source(
        id="insee_filosofi_2021",
        label="Filosofi 2021, base comparateur",
        producer="INSEE",
        additive=False,
        geography="communes au 1er janvier 2022",
        how_to_get="base comparateur Filosofi 2021, sur insee.fr",
    ),
    Source(
        id="insee_filosofi_2023",
        label="Filosofi 2023, niveau de vie et pauvreté",
        producer="INSEE",
        additive=False,
        geography="communes au 1er janvier 2025",
        downloads=(_melodi("DS_FILOSOFI_CC", 2023),),
        note="« Filosofi 2 » : ne se compare pas à 2021 et avant.",
    ),
)
