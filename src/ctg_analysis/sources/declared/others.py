"""Datasets of other producers."""

from ctg_analysis.core.model import Source

SOURCES = (
    Source(
        id="contours",
        label="Contours simplifiés des communes",
        producer="IGN, ADMIN EXPRESS",
        additive=False,
        how_to_get="ADMIN EXPRESS COG, sur geoservices.ign.fr",
        note="Pour les cartes seulement : aucune surface n'en est calculée.",
    ),
)
