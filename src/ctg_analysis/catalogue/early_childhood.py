"""Chapter 04: childcare for children under 3, under 6."""

from ctg_analysis.catalogue.benefits import CAF, CAF_LEVELS, ROUNDED
from ctg_analysis.catalogue.childcare_activity import ACTIVITY
from ctg_analysis.catalogue.childcare_authority import AUTHORITY
from ctg_analysis.catalogue.childcare_supply import SUPPLY
from ctg_analysis.catalogue.childminders import CHILDMINDERS, HUBS, PLACES
from ctg_analysis.catalogue.kinds import ABOVE_COMMUNE, count
from ctg_analysis.core.model import Indicator, Ratio

CHAPTER = "04"

CHILDREN = (
    count(
        "children_0_4",
        "population_0_4",
        reading="enfant{s} de moins de 5 ans",
        domain_ids=("DEM-06",),
        chapter=CHAPTER,
        label="Enfants de moins de 5 ans",
        definition="Nombre d'habitants de 0 à 4 ans révolus.",
        unit="enfants",
        sources=("insee_rp_population",),
        chart="circles",
    ),
    Indicator(
        id="schooling_at_2_rate",
        domain_ids=("PE-09",),
        chapter=CHAPTER,
        label="Taux de scolarisation à 2 ans",
        definition="Enfants de 2 ans scolarisés pour 100 enfants de cet âge, au recensement.",
        unit="%",
        decimals=1,
        sources=("insee_rp_scolarisation",),
        value=Ratio("enrolled_2", "aged_2"),
        reading="En {period}, {value} des enfants de 2 ans du territoire vont à l'école.",
        chart="trend",
        levels=ABOVE_COMMUNE,
        star=True,
    ),
)

FAMILIES = (
    count(
        "caf_households",
        "caf_households",
        reading="foyer{s} allocataire{s} de la Caf",
        domain_ids=("FAM-06",),
        chapter=CHAPTER,
        label="Foyers allocataires de la Caf (hors MSA)",
        definition=(
            "Foyers qui ont droit à au moins une prestation de la caisse d'allocations familiales (Caf) en décembre."
        ),
        unit="foyers",
        sources=CAF,
        chart="circles",
        levels=CAF_LEVELS,
        caveats=ROUNDED,
        star=True,
    ),
    count(
        "caf_paje_households",
        "caf_paje_households",
        reading="foyer{s} bénéficiaire{s} de la Paje",
        domain_ids=("FAM-06",),
        chapter=CHAPTER,
        label="Foyers bénéficiaires de la Paje (hors MSA)",
        definition=(
            "Foyers qui reçoivent de la Caf en décembre la prestation d'accueil du jeune enfant (Paje), versée aux "
            "familles d'enfants de moins de 3 ans, ou de moins de 6 ans gardés."
        ),
        unit="foyers",
        sources=CAF,
        chart="circles",
        levels=CAF_LEVELS,
        caveats=ROUNDED,
    ),
)

INDICATORS = SUPPLY + ACTIVITY + CHILDMINDERS + PLACES + HUBS + CHILDREN + FAMILIES + AUTHORITY
