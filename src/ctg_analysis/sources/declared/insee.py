"""Datasets of the INSEE, and those derived from its official geographic code."""

from ctg_analysis.core.model import Download, Source
from ctg_analysis.sources.declared.census import HORS_MAYOTTE, melodi

SOURCES = (
    Source(
        id="etalab_decoupage",
        label="Communes, EPCI et populations de référence",
        producer="INSEE et DGCL, diffusés par Etalab",
        outside=HORS_MAYOTTE,
        also_in_epcis=True,
        geography="1er janvier de chaque année, 2021 à 2026",
        note="Mayotte n'a que sa population de 2017 : les totaux de la France sont « hors Mayotte ».",
    ),
    Source(
        id="insee_population_historique",
        label="Populations communales depuis 1876",
        producer="INSEE",
        cog=2025,
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
        cog=2023,
        outside=HORS_MAYOTTE,
        geography="communes au 1er janvier 2023",
        how_to_get="bases infracommunales du recensement 2021, sur insee.fr",
        note="Sommes d'IRIS arrondis à l'unité : quelques unités d'écart avec le total communal officiel.",
    ),
    Source(
        id="insee_rp_population",
        label="Recensement de la population 2023, population par sexe et âge",
        producer="INSEE",
        cog=2025,
        geography="communes au 1er janvier 2025",
        outside=HORS_MAYOTTE,
        downloads=(melodi("DS_RP_TD_POPULATION_AGESEX_PRINC", 2023),),
    ),
    Source(
        id="insee_etat_civil",
        label="État civil, naissances et décès domiciliés",
        producer="INSEE",
        also_in_epcis=True,
        cog=2026,
        geography="communes au 1er janvier 2026",
        downloads=(melodi("DS_ETAT_CIVIL_NAIS_COMMUNES", 2025), melodi("DS_ETAT_CIVIL_DECES_COMMUNES", 2025)),
    ),
    Source(
        id="insee_filosofi_2019",
        label="Revenus localisés (Filosofi) de 2016 à 2019, revenu disponible",
        producer="INSEE",
        cog=2020,
        absent="secret",
        additive=False,
        geography="communes au 1er janvier 2020, EPCI de la diffusion",
        how_to_get="fichiers FILO{année}_DISP de Filosofi, sur insee.fr (2016 : fichier 4190004)",
        note="Une commune de moins de 50 ménages fiscaux n'est pas diffusée.",
    ),
    Source(
        id="insee_filosofi_2021",
        label="Revenus localisés (Filosofi) de 2021, base comparateur",
        producer="INSEE",
        cog=2024,
        absent="secret",
        additive=False,
        geography="communes au 1er janvier 2024",
        how_to_get="base comparateur Filosofi 2021, sur insee.fr",
    ),
    Source(
        id="insee_filosofi_2023",
        label="Revenus localisés (Filosofi) de 2023, niveau de vie et pauvreté",
        producer="INSEE",
        cog=2025,
        additive=False,
        geography="communes au 1er janvier 2025",
        downloads=(melodi("DS_FILOSOFI_CC", 2023),),
        note="« Filosofi 2 » : ne se compare pas à 2021 et avant.",
    ),
    Source(
        id="insee_passage",
        label="Table de passage annuelle des communes",
        producer="INSEE",
        additive=False,
        geography="communes de 2003 à 2026",
        downloads=(
            Download(
                "table_passage_annuelle_2026.xlsx",
                "https://www.insee.fr/fr/statistiques/fichier/7671867/table_passage_annuelle_2026.zip",
                member="*.xlsx",
                seen=False,
            ),
        ),
        note="Sert à ramener les séries d'avant 2021 à la géographie de référence ; une scission donne « nd ».",
    ),
    Source(
        id="insee_densite",
        label="Grille communale de densité à sept niveaux",
        producer="INSEE",
        additive=False,
        cog=2024,
        geography="communes au 1er janvier 2024",
        downloads=(
            Download(
                "grille_densite_7_niveaux_2024.xlsx",
                "https://www.insee.fr/fr/statistiques/fichier/6439600/grille_densite_7_niveaux_2024.xlsx",
            ),
        ),
    ),
)
