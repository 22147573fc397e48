"""Datasets of other producers."""

from ctg_analysis.model import Source

SOURCES = (
    Source(
        id="contours",
        label="Contours simplifiés des communes",
        producer="IGN, ADMIN EXPRESS",
        additive=False,
        url="https://geoservices.ign.fr/adminexpress",
        note="Pour les cartes seulement : aucune surface n'en est calculée.",
    ),
)
