"""Facilities and the time to reach them: INSEE's base permanente des équipements (BPE)."""

from ctg_analysis.core.model import Download, Source
from ctg_analysis.sources.declared.census import melodi

# Codes of the BPE since 2024, from its own labels; older editions bear other codes and are not read with these.
TYPES = {
    "childcare_centres": ("D502",),
    "childminder_hubs": ("D504",),
    "parent_child_places": ("D503",),
    "leisure_centres": ("D505",),
    "social_centres": ("D506",),
    "family_mediation": ("D507",),
    "maternal_child_health_centres": ("D115",),
    "nursery_schools": ("C107",),
    "primary_schools": ("C108", "C109"),
    "lower_secondary_schools": ("C201",),
    "upper_secondary_schools": ("C301", "C302", "C303"),
    "libraries": ("F307",),
    "cinemas": ("F303",),
    "music_schools": ("F305",),
    "sports_halls": ("F121",),
    "swimming_pools": ("F101",),
    "culture_sport_facilities": ("F307", "F303", "F305", "F121", "F101"),
    "disabled_children_facilities": ("D601", "D602"),
    "disabled_adults_facilities": ("D603", "D604", "D605", "D606"),
    "general_practitioners": ("D265",),
    "midwives": ("D278",),
    "pharmacies": ("D307",),
    "health_centres": ("D113", "D108"),
}
# The services of everyday life that a family with children looks for near its home: our basket, one point each.
BASKET = {
    "école": ("C107", "C108", "C109"),
    "accueil du jeune enfant": ("D502", "D509"),
    "accueil de loisirs": ("D505",),
    "médecin généraliste": ("D265",),
    "infirmier": ("D281",),
    "pharmacie": ("D307",),
    "boulangerie": ("B207",),
    "épicerie ou supérette": ("B201", "B202", "B105"),
    "service postal": ("A206", "A207", "A208"),
    "bibliothèque": ("F307",),
    "terrain ou salle de sport": ("F113", "F121", "F111"),
    "France services": ("A128",),
}

# What the time to reach is given of: kind → types of the base.
REACHED = {
    "childcare_centre": ("D502",),
    "school": ("C107", "C108", "C109"),
    "leisure_centre": ("D505",),
    "social_centre": ("D506",),
    "family_mediation": ("D507",),
    "france_services": ("A128",),
    "general_practitioner": ("D265",),
    "disabled_children_facility": ("D601", "D602"),
}
# The ranges of INSEE, as the file of their composition names them: name of the measures → words of the file.
RANGES = {
    "proximity": "Gamme de proximité",
    "intermediate": "Gamme intermédiaire",
    "higher": "Gamme supérieure",
}
COMPOSITION = "BPE_gammes_equipements*"

SOURCES = (
    Source(
        id="insee_bpe_2025",
        label="Base permanente des équipements 2025",
        producer="INSEE",
        absent="zero",
        each=frozenset({"basket_services", *(f"{name}_types" for name in RANGES)}),
        cog=2025,
        geography="communes au 1er janvier 2025",
        downloads=(
            melodi("DS_BPE", 2025),
            Download(
                "BPE_gammes_equipements_2025.xlsx",
                "https://www.insee.fr/fr/statistiques/fichier/8217535/BPE_gammes_equipements_2025.xlsx",
            ),
        ),
    ),
    Source(
        id="insee_acces",
        label="Temps d'accès aux équipements",
        producer="INSEE, base permanente des équipements et distancier",
        alone=frozenset(f"{kind}_median" for kind in REACHED),
        absent="uninhabited",
        cog=2025,
        geography="communes au 1er janvier 2025",
        how_to_get="fichiers régionaux « temps d'accès aux équipements » (donnees_2025_reg*.parquet), sur insee.fr",
        note="Temps de trajet en voiture, en heures creuses, depuis le lieu de résidence.",
    ),
)
