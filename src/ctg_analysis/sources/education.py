"""Datasets of the ministry of education (DEPP)."""

from ctg_analysis.model import Download, Source

SOURCES = (
    Source(
        id="depp_effectifs_ecoles",
        label="Effectifs d'élèves des écoles",
        producer="Ministère de l'Éducation nationale (DEPP)",
        downloads=(
            Download(
                "fr-en-ecoles-effectifs-nb_classes.csv",
                "https://data.education.gouv.fr/api/explore/v2.1/catalog/datasets/"
                "fr-en-ecoles-effectifs-nb_classes/exports/csv?delimiter=%3B",
            ),
        ),
    ),
)
