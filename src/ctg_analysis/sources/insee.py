"""Datasets of the INSEE, and those derived from its official geographic code."""

from ctg_analysis.model import Source

HORS_MAYOTTE = ("976",)

SOURCES = (
    Source(
        id="etalab_decoupage",
        label="Communes, EPCI et populations de référence",
        producer="INSEE et DGCL, diffusés par Etalab",
        outside=HORS_MAYOTTE,
        url="https://www.insee.fr/fr/information/2560452",
        note="Mayotte n'a que sa population de 2017 : les totaux de la France sont « hors Mayotte ».",
    ),
    Source(
        id="insee_population_historique",
        label="Populations communales depuis 1876",
        producer="INSEE",
        url="https://www.insee.fr/fr/statistiques/3698339",
    ),
    Source(
        id="insee_iris_rp2021",
        label="Recensement de la population 2021, bases infracommunales",
        producer="INSEE",
        outside=HORS_MAYOTTE,
        url="https://www.insee.fr/fr/statistiques/8268806",
        note="Sommes d'IRIS arrondis à l'unité : quelques unités d'écart avec le total communal officiel.",
    ),
    Source(
        id="insee_rp_population",
        label="Recensement de la population 2023, population par sexe et âge",
        producer="INSEE",
        outside=HORS_MAYOTTE,
        url="https://api.insee.fr/melodi/file/DS_RP_TD_POPULATION_AGESEX_PRINC/DS_RP_TD_POPULATION_AGESEX_PRINC_2023_CSV_FR",
    ),
    Source(
        id="insee_rp_logement",
        label="Recensement de la population 2023, logements",
        producer="INSEE",
        outside=HORS_MAYOTTE,
        url="https://api.insee.fr/melodi/file/DS_RP_LOGEMENT_PRINC/DS_RP_LOGEMENT_PRINC_2023_CSV_FR",
    ),
    Source(
        id="insee_etat_civil",
        label="État civil, naissances et décès domiciliés",
        producer="INSEE",
        url="https://api.insee.fr/melodi/file/DS_ETAT_CIVIL_NAIS_COMMUNES/DS_ETAT_CIVIL_NAIS_COMMUNES_2025_CSV_FR",
    ),
    Source(
        id="insee_bpe_2025",
        label="Base permanente des équipements 2025",
        producer="INSEE",
        url="https://api.insee.fr/melodi/file/DS_BPE/DS_BPE_2025_CSV_FR",
    ),
)
