"""Chapter 07: support to parents."""

from functools import partial

from ctg_analysis.catalogue.parenting_schemes import ITINERANT, SCHEMES
from ctg_analysis.core.model import Count, Indicator, Ratio

CHAPTER = "07"
FACILITIES = ("insee_bpe_2025",)
CAF_FORM = ("caf_partenaire_jeunesse_parentalite",)
FORM_LEVELS = ("epci", "departement")
WITHOUT_MSA = "Caf seulement, hors MSA (Mutualité sociale agricole) : les familles du régime agricole manquent."
NO_HOURS = "Une adresse n'est pas une heure d'ouverture : la base ne donne ni les horaires ni la fréquentation."

_indicator = partial(Indicator, chapter=CHAPTER, decimals=0, star=True)
_facility = partial(_indicator, sources=FACILITIES, chart="circles")
_funded = partial(_indicator, sources=CAF_FORM, levels=FORM_LEVELS)

PLACES = (
    _facility(
        id="parent_child_places_count",
        domain_ids=("PAR-01",),
        label="Lieux d'accueil enfants-parents",
        definition=(
            "Nombre de lieux d'accueil enfants-parents (LAEP), où parents et enfants de moins de 6 ans viennent "
            "ensemble (type D503 de la base permanente des équipements)."
        ),
        unit="lieux",
        value=Count("parent_child_places"),
        reading="En {period}, le territoire compte {value} adresse{s} de lieu d'accueil enfants-parents.",
        caveats=NO_HOURS,
    ),
    _funded(
        id="laep_sites_count",
        domain_ids=("PAR-01",),
        label="Lieux d'accueil enfants-parents que la Caf finance",
        definition="Nombre de lieux d'accueil enfants-parents (LAEP) que la Caf finance dans l'année.",
        unit="lieux",
        value=Count("laep_places"),
        persons=(),
        reading="En {period}, la Caf finance sur le territoire {value} site{s} d'accueil enfants-parents.",
        chart="trend",
    ),
    _funded(
        id="laep_hours_count",
        domain_ids=("PAR-01",),
        label="Heures d'ouverture des lieux d'accueil enfants-parents",
        definition="Heures d'ouverture de tous les lieux d'accueil enfants-parents (LAEP) dans l'année, ajoutées.",
        unit="heures",
        value=Count("laep_hours"),
        persons=(),
        reading="En {period}, les lieux d'accueil enfants-parents du territoire ont ouvert {value} heure{s}.",
        chart="trend",
        direction=1,
    ),
    _funded(
        id="laep_families_rate",
        domain_ids=("PAR-01",),
        label="Familles reçues en lieu d'accueil enfants-parents",
        definition=(
            "Familles différentes reçues dans l'année en lieu d'accueil enfants-parents (LAEP), pour 100 familles "
            "allocataires de la Caf qui ont un enfant de moins de 6 ans."
        ),
        unit="familles reçues pour 100 familles avec un enfant de moins de 6 ans",
        decimals=1,
        value=Ratio("laep_families", "families_under_6", bounded=False),
        reading="En {period}, les lieux d'accueil enfants-parents du territoire comptent {value} {unit}.",
        chart="comparison",
        caveats=(
            "Ce n'est pas une part : l'accueil est anonyme et reçoit aussi des familles d'ailleurs ou qui ne sont pas "
            "allocataires. " + WITHOUT_MSA
        ),
    ),
)

CONTACT = (
    _funded(
        id="contact_centres_count",
        domain_ids=("PAR-04",),
        label="Espaces de rencontre",
        definition=(
            "Nombre d'espaces de rencontre que la Caf finance, où un enfant voit un parent avec lequel il ne vit pas."
        ),
        unit="espaces",
        value=Count("contact_centres"),
        persons=(),
        reading="En {period}, le territoire compte {value} espace{s} de rencontre.",
        chart="circles",
        levels=("commune", *FORM_LEVELS),
    ),
    _funded(
        id="contact_centre_time",
        domain_ids=("PAR-04",),
        label="Temps jusqu'à l'espace de rencontre",
        definition=(
            "Minutes en voiture jusqu'à l'espace de rencontre le plus proche, dans le territoire ou au-delà, relevées "
            "par la Caf commune par commune, et pour l'ensemble depuis le centre du territoire."
        ),
        unit="minutes",
        value=Count("contact_centre_minutes"),
        persons=(),
        reading="En {period}, l'espace de rencontre le plus proche est à {value} minute{s} du centre du territoire.",
        chart="comparison",
        levels=("commune", "epci"),
        caveats="Le temps de l'ensemble n'est pas la moyenne de ceux des communes.",
        direction=-1,
    ),
)

ACTIONS = (
    _funded(
        id="parenting_actions_count",
        domain_ids=("PAR-02",),
        label="Actions de soutien à la parentalité",
        definition=(
            "Actions que la Caf finance dans l'année au titre du réseau d'écoute, d'appui et d'accompagnement des "
            "parents (REAAP) ou du fonds parentalité."
        ),
        unit="actions",
        value=Count("parenting_actions"),
        persons=(),
        reading="En {period}, la Caf a financé sur le territoire {value} action{s} de soutien à la parentalité.",
        chart="trend",
    ),
    _funded(
        id="parenting_participants_count",
        domain_ids=("PAR-02",),
        label="Parents participants aux actions de soutien à la parentalité",
        definition=(
            "Parents qui ont pris part dans l'année à une action financée au titre du réseau d'écoute, d'appui et "
            "d'accompagnement des parents (REAAP) ou du fonds parentalité."
        ),
        unit="parents",
        value=Count("parenting_participants"),
        reading="En {period}, ces actions ont réuni {value} parent{s} sur le territoire.",
        chart="trend",
        caveats="Un parent qui vient à plusieurs actions peut être compté plusieurs fois.",
    ),
    _funded(
        id="clas_parents_count",
        domain_ids=("PAR-03",),
        label="Parents engagés dans l'accompagnement à la scolarité",
        definition=(
            "Parents qui ont pris part dans l'année au volet destiné aux parents du contrat local d'accompagnement à "
            "la scolarité (CLAS)."
        ),
        unit="parents",
        value=Count("clas_parents"),
        reading="En {period}, l'accompagnement à la scolarité a réuni {value} parent{s} sur le territoire.",
        chart="trend",
    ),
    _funded(
        id="home_help_families_count",
        domain_ids=("PAR-06",),
        label="Familles aidées à domicile",
        definition=(
            "Familles aidées dans l'année, à leur domicile, par un technicien de l'intervention sociale et familiale "
            "(TISF) ou un auxiliaire de vie sociale (AVS) que la Caf finance."
        ),
        unit="familles",
        value=Count("home_help_families"),
        reading="En {period}, l'aide à domicile a concerné {value} famille{s} du territoire.",
        chart="trend",
        caveats=WITHOUT_MSA,
        star=False,
    ),
    _funded(
        id="home_help_hours_count",
        domain_ids=("PAR-06",),
        label="Heures d'aide à domicile aux familles",
        definition=(
            "Heures d'aide à domicile faites dans l'année par les techniciens de l'intervention sociale et familiale "
            "(TISF) et les auxiliaires de vie sociale (AVS) que la Caf finance."
        ),
        unit="heures",
        value=Count("home_help_hours"),
        persons=(),
        reading="En {period}, les familles du territoire ont reçu {value} heure{s} d'aide à domicile.",
        chart="trend",
        caveats=WITHOUT_MSA,
        star=False,
    ),
    _funded(
        id="holiday_help_share",
        domain_ids=("PAR-09",),
        label="Familles parties avec une aide aux vacances",
        definition=(
            "Familles parties dans l'année avec une aide aux vacances de la Caf, rapportées à celles qui y ont droit."
        ),
        unit="%",
        decimals=1,
        value=Ratio("holiday_help_families", "holiday_help_eligible"),
        reading=(
            "En {period}, {value} des familles du territoire qui ont droit à une aide aux vacances sont parties avec."
        ),
        chart="comparison",
        caveats=WITHOUT_MSA,
        direction=1,
        star=False,
    ),
)

SEPARATIONS = (
    _facility(
        id="family_mediation_count",
        domain_ids=("PAR-04",),
        label="Lieux de médiation familiale",
        definition="Nombre de lieux de médiation familiale (type D507 de la base permanente des équipements).",
        unit="lieux",
        value=Count("family_mediation"),
        reading="En {period}, le territoire compte {value} adresse{s} de médiation familiale.",
        caveats=NO_HOURS,
    ),
    _indicator(
        id="caf_family_support_households_count",
        domain_ids=("PAR-07", "REV-10"),
        label="Foyers bénéficiaires de l'allocation de soutien familial (hors MSA)",
        definition=(
            "Foyers qui reçoivent de la Caf en décembre l'allocation de soutien familial (ASF), versée à qui élève un "
            "enfant privé de l'aide de l'un de ses parents ou des deux."
        ),
        unit="foyers",
        sources=("caf_s_ben_epci_f", "caf_s_ben_dep", "caf_s_ben_com_f"),
        value=Count("caf_family_support_households"),
        reading=(
            "En {period}, le territoire compte {value} foyer{s} bénéficiaire{s} de l'allocation de soutien familial."
        ),
        chart="trend",
        levels=("commune", "epci", "departement", "france"),
        caveats=(
            f"{WITHOUT_MSA} Effectifs des communes et des EPCI arrondis à 5 par la Cnaf. Ce n'est pas le nombre des "
            "séparations : une pension payée n'ouvre pas droit à l'allocation."
        ),
        star=False,
    ),
)

HEALTH = (
    _facility(
        id="maternal_child_health_centres_count",
        domain_ids=("PAR-10",),
        label="Centres de protection maternelle et infantile",
        definition=(
            "Nombre de centres de protection maternelle et infantile (PMI) : catégorie 223 du fichier national des "
            "établissements (FINESS), ou type D115 de la base permanente des équipements."
        ),
        unit="centres",
        sources=("finess", "insee_bpe_2025"),
        value=Count("maternal_child_health_centres"),
        reading="En {period}, le territoire compte {value} adresse{s} de protection maternelle et infantile.",
        caveats=NO_HOURS,
        star=False,
    ),
    _facility(
        id="midwives_count",
        domain_ids=("PAR-10", "DRO-02"),
        label="Sages-femmes",
        definition="Nombre de sages-femmes installées (type D278 de la base permanente des équipements).",
        unit="sages-femmes",
        value=Count("midwives"),
        reading="En {period}, le nombre de sages-femmes installées sur le territoire est de {value}.",
        caveats="Un lieu d'exercice n'est pas un temps de présence : qui exerce en deux communes compte dans chacune.",
        star=False,
    ),
)

INDICATORS = PLACES + CONTACT + ACTIONS + SCHEMES + ITINERANT + SEPARATIONS + HEALTH
