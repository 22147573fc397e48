"""Datasets of other producers."""

from ctg_analysis.model import Source

SOURCES = (
    Source(
        id="contours",
        label="Contours simplifiés des communes",
        producer="IGN, ADMIN EXPRESS",
        additive=False,
        how_to_get="ADMIN EXPRESS COG, sur geoservices.ign.fr",
        note="Pour les cartes seulement : aucune surface n'en est calculée.",
    ),
    Source(
        id="urssaf_effectifs_salaries",
        label="Établissements et effectifs salariés du secteur privé, par commune",
        producer="Urssaf caisse nationale",
        how_to_get="établissements et effectifs salariés au niveau commune × APE, sur open.urssaf.fr",
        note="Emplois situés dans la commune, hors agriculture, fonction publique et indépendants.",
    ),
)
