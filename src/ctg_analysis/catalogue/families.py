"""Chapter 02: families, households, housing; the counts of the Caf and of the MSA are in `benefits`."""

from ctg_analysis.catalogue import benefits
from ctg_analysis.catalogue.kinds import ABOVE_COMMUNE, count, share
from ctg_analysis.core.model import Indicator, Ratio

CHAPTER = "02"
HOUSEHOLDS, FAMILIES, DWELLINGS = ("insee_rp_menages",), ("insee_rp_familles",), ("insee_rp_logement",)

SAMPLED = "Estimation sur la partie des logements dont les questionnaires sont exploités en entier."
IN_COMMUNITIES = "Les résidents des communautés (maisons de retraite, internats) n'y sont pas comptés."

HOMES = (
    count(
        "households",
        "main_dwellings",
        reading="ménage{s}",
        domain_ids=("FAM-01",),
        chapter=CHAPTER,
        label="Ménages",
        definition=(
            "Nombre de ménages : les personnes, parentes ou non, qui partagent une résidence principale ; il y en a "
            "autant que de résidences principales."
        ),
        unit="ménages",
        sources=DWELLINGS,
        chart="circles",
        star=True,
    ),
    Indicator(
        id="household_size_mean",
        domain_ids=("FAM-01",),
        chapter=CHAPTER,
        label="Taille moyenne des ménages",
        definition="Personnes qui vivent en ménage, rapportées au nombre de ménages. " + IN_COMMUNITIES,
        unit="personnes par ménage",
        decimals=2,
        sources=HOUSEHOLDS,
        value=Ratio("household_population", "households", per=1, bounded=False),
        reading="En {period}, un ménage du territoire compte en moyenne {value} personne{s}.",
        chart="trend",
        levels=ABOVE_COMMUNE,
        caveats=SAMPLED,
        star=True,
    ),
    share(
        "one_person_households",
        "one_person_households",
        "households",
        reading="ménages du territoire sont des personnes seules",
        domain_ids=("FAM-02",),
        chapter=CHAPTER,
        label="Ménages d'une seule personne",
        definition="Ménages d'une seule personne, rapportés à l'ensemble des ménages.",
        sources=HOUSEHOLDS,
        caveats=SAMPLED,
        star=True,
    ),
    *(
        share(
            f"living_alone_{age}_plus",
            f"living_alone_{age}_plus",
            f"household_population_{age}_plus",
            reading=f"habitants de {age} ans ou plus du territoire, hors communautés, vivent seuls",
            domain_ids=("FAM-11",),
            chapter=CHAPTER,
            label=f"Personnes de {age} ans ou plus vivant seules",
            definition=(
                f"Personnes de {age} ans ou plus qui sont seules dans leur logement, rapportées aux personnes de cet "
                f"âge qui vivent en ménage. {IN_COMMUNITIES}"
            ),
            sources=("insee_rp_personnes_seules",),
            family="living_alone",
        )
        for age in (65, 80)
    ),
)

# By number of children: name, label, end of the sentence, end of the definition.
HOW_MANY = (
    ("families_1_child", "Familles de 1 enfant", "un seul enfant", "un seul enfant de moins de 25 ans"),
    ("families_2_children", "Familles de 2 enfants", "deux enfants", "deux enfants de moins de 25 ans"),
    (
        "large_families",
        "Familles nombreuses (trois enfants ou plus)",
        "trois enfants ou plus",
        "au moins trois enfants de moins de 25 ans",
    ),
)
# By type: name, label, end of the sentence, who the parents are.
WHO = (
    ("couples_with_children", "Couples avec enfant(s)", "couple{s} avec enfant(s) au domicile", "Couples"),
    (
        "single_parent_families",
        "Familles monoparentales",
        "famille{s} monoparentale{s}",
        "Adultes sans conjoint au domicile",
    ),
)

FAMILY = (
    count(
        "families",
        "families",
        reading="famille{s}",
        domain_ids=("FAM-03",),
        chapter=CHAPTER,
        label="Familles",
        definition=(
            "Nombre de couples, avec ou sans enfant au domicile, et d'adultes sans conjoint avec enfant(s). Une "
            "personne seule n'est pas une famille."
        ),
        unit="familles",
        sources=FAMILIES,
        chart="trend",
        levels=ABOVE_COMMUNE,
        caveats=SAMPLED,
    ),
    count(
        "families_with_children",
        "families_with_children",
        reading="famille{s} avec enfant(s) de moins de 25 ans",
        domain_ids=("FAM-03",),
        chapter=CHAPTER,
        label="Familles avec enfant(s) de moins de 25 ans",
        definition="Nombre de familles dont au moins un enfant de moins de 25 ans vit au domicile.",
        unit="familles",
        sources=FAMILIES,
        chart="trend",
        levels=ABOVE_COMMUNE,
        caveats=SAMPLED,
        star=True,
    ),
    *(
        share(
            name,
            name,
            "families_with_children",
            reading=f"familles avec enfant(s) de moins de 25 ans du territoire ont {says}",
            domain_ids=("FAM-05",) if name == "large_families" else ("FAM-03",),
            chapter=CHAPTER,
            label=label,
            definition=f"Familles avec {what} au domicile, rapportées aux familles avec enfant(s) de moins de 25 ans.",
            sources=FAMILIES,
            caveats=SAMPLED,
            star=True,
            family="families_by_children",
        )
        for name, label, says, what in HOW_MANY
    ),
    share(
        "single_parent_families",
        "single_parent_families",
        "families_with_children_at_home",
        reading="familles avec enfant(s) au domicile, sur le territoire, sont monoparentales",
        domain_ids=("FAM-04",),
        chapter=CHAPTER,
        label="Part des familles monoparentales",
        definition=(
            "Adultes sans conjoint au domicile qui vivent avec un ou plusieurs enfants, rapportés aux familles avec "
            "enfant(s) au domicile, quel que soit l'âge des enfants."
        ),
        sources=FAMILIES,
        caveats=(
            "Le recensement diffusé ne croise pas le type de famille et le nombre d'enfants de moins de 25 ans : un "
            "enfant adulte qui vit avec un parent compte aussi. D'autres publications prennent pour base toutes les "
            "familles, ou tous les ménages : elles ne se comparent pas à celle-ci. " + SAMPLED
        ),
        star=True,
    ),
    *(
        count(
            name,
            name,
            reading=says,
            domain_ids=("FAM-03", "FAM-04"),
            chapter=CHAPTER,
            label=label,
            definition=f"{who} qui vivent avec un ou plusieurs enfants, quel que soit l'âge des enfants.",
            unit="familles",
            sources=FAMILIES,
            chart="comparison",
            levels=ABOVE_COMMUNE,
            caveats=SAMPLED,
            family="family_types",
        )
        for name, label, says, who in WHO
    ),
    share(
        "children_0_5_single_parent",
        "children_0_5_single_parent",
        "children_0_5_by_parents",
        reading="enfants de 0 à 5 ans du territoire vivent avec un seul parent",
        domain_ids=("FAM-10",),
        chapter=CHAPTER,
        label="Enfants de 0 à 5 ans vivant avec un seul parent",
        definition=(
            "Enfants de 0 à 5 ans révolus dont un seul parent habite le logement, rapportés aux enfants de cet âge qui "
            "vivent avec un parent ou deux."
        ),
        sources=FAMILIES,
        caveats="Un enfant en résidence alternée est compté dans un seul logement. " + SAMPLED,
    ),
)

# By tenure: name, label, end of the sentence, who lives there.
TENURES = (
    ("owner_dwellings", "Propriétaires", "occupées par leur propriétaire", "occupées par leur propriétaire"),
    (
        "private_rental_dwellings",
        "Locataires d'un logement privé vide",
        "louées vides à un bailleur privé",
        "louées vides à un bailleur autre que social",
    ),
    (
        "social_rental_dwellings",
        "Locataires d'un logement HLM",
        "louées vides à un organisme HLM",
        "louées vides à un organisme d'habitations à loyer modéré (HLM)",
    ),
)

HOUSING = (
    share(
        "households_without_car",
        "households_without_car",
        "main_dwellings",
        reading="ménages du territoire n'ont pas de voiture",
        domain_ids=("EMP-07",),
        chapter=CHAPTER,
        label="Ménages sans voiture",
        definition=(
            "Ménages qui ne disposent d'aucune voiture, rapportés à l'ensemble des ménages (une résidence principale "
            "abrite un ménage)."
        ),
        sources=DWELLINGS,
        chart="choropleth",
        star=True,
    ),
    *(
        share(
            name,
            name,
            "main_dwellings",
            reading=f"résidences principales du territoire sont {says}",
            domain_ids=("LOG-01",),
            chapter=CHAPTER,
            label=label,
            definition=f"Résidences principales {what}, rapportées à l'ensemble des résidences principales.",
            sources=DWELLINGS,
            caveats="Les logements loués meublés et ceux prêtés gratuitement forment le reste.",
            family="tenure",
        )
        for name, label, says, what in TENURES
    ),
    share(
        "vacant_dwellings",
        "vacant_dwellings",
        "dwellings",
        reading="logements du territoire sont vacants",
        domain_ids=("LOG-02",),
        chapter=CHAPTER,
        label="Logements vacants",
        definition=(
            "Logements sans occupant (à vendre, à louer, en attente d'occupation ou laissés vides), rapportés à "
            "l'ensemble des logements, résidences secondaires comprises."
        ),
        sources=DWELLINGS,
        chart="choropleth",
        persons=(),
    ),
)

INDICATORS = HOMES + FAMILY + benefits.INDICATORS + HOUSING
