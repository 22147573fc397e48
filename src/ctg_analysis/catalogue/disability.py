"""Chapter 08: disability; school and care with other children are in `inclusion`."""

from functools import partial

from ctg_analysis.catalogue.inclusion import INCLUSION
from ctg_analysis.core.model import PERSONS, Count, Indicator, Rate

CHAPTER = "08"
CAF = ("caf_s_ben_epci_f", "caf_s_ben_dep")
CAF_LEVELS = ("epci", "departement", "france")
FORM_LEVELS = ("epci", "departement")

AEEH = "l'allocation d'éducation de l'enfant handicapé (AEEH), versée pour un enfant de moins de 20 ans"
UNDERCOUNT = (
    "L'allocation suit une reconnaissance du handicap, qui vient souvent tard : elle compte peu de jeunes enfants et "
    "ne dit pas combien sont concernés."
)
ROUNDED = "Effectifs des EPCI arrondis à 5 par la Cnaf, exacts au-dessus."
WITHOUT_MSA = (
    "Caf seulement, hors MSA (Mutualité sociale agricole) : les familles du régime agricole manquent ; dans un taux, "
    f"elles manquent au numérateur seulement. {ROUNDED}"
)

_indicator = partial(Indicator, chapter=CHAPTER, decimals=0, star=True)
_allowance = partial(_indicator, sources=CAF, levels=CAF_LEVELS, caveats=WITHOUT_MSA)

# Who pays it: name of the measure, as the label says it, as the definition does, sources, levels, caveats.
_FUNDS = (
    ("caf_aeeh_beneficiaries", "hors MSA", "la Caf", CAF, CAF_LEVELS, WITHOUT_MSA),
    ("msa_aeeh_beneficiaries", "MSA seule", "la Mutualité sociale agricole (MSA)", ("msa_familles",), FORM_LEVELS, ""),
    (
        "aeeh_beneficiaries",
        "Caf et MSA",
        "la Caf ou la Mutualité sociale agricole (MSA)",
        ("caf_et_msa",),
        FORM_LEVELS,
        ROUNDED,
    ),
)


def _children_count(
    measure: str, fund: str, payer: str, sources: tuple[str, ...], levels: tuple[str, ...], caveats: str
) -> Indicator:
    return _indicator(
        id=f"{measure}_count",
        domain_ids=("HAN-01",),
        label=f"Enfants bénéficiaires de l'AEEH ({fund})",
        definition=f"Enfants pour lesquels {payer} verse en décembre {AEEH}.",
        unit="enfants",
        sources=sources,
        value=Count(measure),
        reading=f"En {{period}}, le territoire compte {{value}} enfant{{s}} bénéficiaire{{s}} de l'AEEH, {fund}.",
        chart="trend",
        levels=levels,
        caveats=f"{UNDERCOUNT} {caveats}".strip(),
    )


def _children_rate(
    measure: str, fund: str, payer: str, sources: tuple[str, ...], levels: tuple[str, ...], caveats: str
) -> Indicator:
    return _indicator(
        id=f"{measure}_rate",
        domain_ids=("HAN-01",),
        label=f"Enfants bénéficiaires de l'AEEH pour 1 000 jeunes ({fund})",
        definition=(
            f"Enfants pour lesquels {payer} verse en décembre {AEEH}, pour 1 000 habitants de 0 à 19 ans du dernier "
            "recensement."
        ),
        unit="enfants pour 1 000 habitants de moins de 20 ans",
        decimals=1,
        sources=sources,
        value=Rate(measure, per=1000, population="population_0_19", within=3, of=PERSONS),
        reading=f"En {{period}}, l'AEEH concerne sur le territoire, {fund}, {{value}} {{unit}}.",
        chart="comparison",
        levels=levels,
        caveats=f"{UNDERCOUNT} {caveats}",
    )


CHILDREN = (
    *(_children_count(*fund) for fund in _FUNDS),
    *(_children_rate(*fund) for fund in _FUNDS if fund[1] != "MSA seule"),
    _allowance(
        id="caf_aeeh_households_count",
        domain_ids=("HAN-01",),
        label="Foyers bénéficiaires de l'AEEH (hors MSA)",
        definition=f"Foyers qui reçoivent de la Caf en décembre {AEEH}.",
        unit="foyers",
        value=Count("caf_aeeh_households"),
        reading="En {period}, le territoire compte {value} foyer{s} bénéficiaire{s} de l'AEEH, hors MSA.",
        chart="trend",
        caveats=f"{UNDERCOUNT} {WITHOUT_MSA}",
    ),
)

ADULTS = (
    _allowance(
        id="caf_aah_beneficiaries_count",
        domain_ids=("HAN-06",),
        label="Bénéficiaires de l'AAH (hors MSA)",
        definition="Personnes à qui la Caf verse en décembre l'allocation aux adultes handicapés (AAH).",
        unit="personnes",
        value=Count("caf_aah_beneficiaries"),
        reading="En {period}, le territoire compte {value} bénéficiaire{s} de l'AAH de la Caf.",
        chart="trend",
        star=False,
    ),
    _allowance(
        id="caf_aah_beneficiaries_rate",
        domain_ids=("HAN-06",),
        label="Bénéficiaires de l'AAH pour 100 habitants de 20 à 64 ans (hors MSA)",
        definition=(
            "Personnes à qui la Caf verse en décembre l'allocation aux adultes handicapés (AAH), pour 100 habitants de "
            "20 à 64 ans du dernier recensement."
        ),
        unit="bénéficiaires pour 100 habitants de 20 à 64 ans",
        decimals=1,
        value=Rate("caf_aah_beneficiaries", per=100, population="population_20_64", within=3, of=PERSONS),
        reading="En {period}, le territoire compte, pour la Caf, {value} {unit}.",
        chart="comparison",
        caveats=f"{WITHOUT_MSA} Quelques bénéficiaires ont 65 ans ou plus.",
        star=False,
    ),
)

# Establishments and services: for whom, what, and their types in the base permanente des équipements.
_PUBLICS = {
    "children": ("enfants", "d'établissements d'hébergement et de services à domicile ou ambulatoires", "D601 et D602"),
    "adults": (
        "adultes",
        "d'établissements d'accueil ou d'hébergement, de services d'aide ou de soins et de lieux de travail protégé",
        "D603 à D606",
    ),
}
FACILITIES = tuple(
    _indicator(
        id=f"disabled_{public}_facilities_count",
        domain_ids=("HAN-05",),
        label=f"Établissements et services pour {people} handicapés",
        definition=f"Nombre {what} pour {people} handicapés (types {types} de la base permanente des équipements).",
        unit="adresses",
        sources=("insee_bpe_2025",),
        value=Count(f"disabled_{public}_facilities"),
        reading=(
            "En {period}, le territoire compte {value} adresse{s} d'établissement ou de service pour "
            f"{people} handicapés."
        ),
        chart="circles",
        caveats="Une adresse n'est pas une place : la base ne donne ni les capacités ni les délais.",
    )
    for public, (people, what, types) in _PUBLICS.items()
)

# Services for children: name of the measure, its acronym with what it does, what it is called, after "adresse".
_SERVICES = {
    "camsp": ("CAMSP (action précoce)", "de centre d'action médico-sociale précoce"),
    "cmpp": ("CMPP (psycho-pédagogie)", "de centre médico-psycho-pédagogique"),
    "sessad": ("SESSAD (à domicile)", "de service d'éducation spéciale et de soins à domicile"),
    "ime": ("IME (médico-éducatif)", "d'institut médico-éducatif"),
    "itep": ("ITEP (thérapeutique)", "d'institut thérapeutique, éducatif et pédagogique"),
}
SERVICES = tuple(
    _indicator(
        id=f"finess_{name}_count",
        domain_ids=("HAN-05",),
        label=label,
        definition=(
            f"Nombre d'adresses {singular} ({name.upper()}) au fichier national des établissements sanitaires et "
            "sociaux (FINESS)."
        ),
        unit="adresses",
        sources=("finess",),
        value=Count(f"finess_{name}"),
        reading=f"En {{period}}, le territoire compte {{value}} adresse{{s}} {singular}.",
        chart="circles",
        caveats="Une adresse n'est pas une place : le fichier ne donne pas les délais d'attente.",
        family="disability_services",
    )
    for name, (label, singular) in _SERVICES.items()
)

_partner = partial(_indicator, domain_ids=("HAN-05",), sources=("services_handicap",))
HUB = (
    _partner(
        id="inclusion_hub_sessions_count",
        label="Permanences du pôle ressources handicap",
        definition="Demi-journées de permanence que le pôle ressources handicap tient chaque mois dans la commune.",
        unit="demi-journées par mois",
        value=Count("inclusion_hub_sessions"),
        persons=(),
        reading="En {period}, le pôle tient sur le territoire {value} demi-journée{s} de permanence par mois.",
        chart="circles",
        levels=("commune", *FORM_LEVELS),
        direction=1,
    ),
    _partner(
        id="inclusion_hub_families_count",
        label="Familles accompagnées par le pôle ressources handicap",
        definition="Familles que le pôle ressources handicap a accompagnées dans l'année vers un accueil ordinaire.",
        unit="familles",
        value=Count("inclusion_hub_families"),
        reading="En {period}, le pôle a accompagné {value} famille{s} du territoire.",
        chart="trend",
        levels=FORM_LEVELS,
    ),
    _partner(
        id="inclusion_hub_time",
        label="Temps jusqu'au pôle ressources handicap",
        definition=(
            "Minutes en voiture jusqu'au pôle ressources handicap le plus proche, relevées commune par commune, et "
            "pour l'ensemble depuis le centre du territoire."
        ),
        unit="minutes",
        value=Count("inclusion_hub_minutes"),
        persons=(),
        reading="En {period}, le pôle le plus proche est à {value} minute{s} du centre du territoire.",
        chart="comparison",
        levels=("commune", "epci"),
        caveats="Le temps de l'ensemble n'est pas la moyenne de ceux des communes.",
        direction=-1,
    ),
)
# Services that say how long one waits: name, "to" it in a sentence, "of" it.
_WAITS = {"camsp": ("au CAMSP", "le CAMSP"), "sessad": ("au SESSAD", "le SESSAD"), "ime": ("à l'IME", "l'IME")}
WAITS = tuple(
    _partner(
        id=f"{name}_wait_time",
        label=f"Attente : {_SERVICES[name][0]}",
        definition=f"Mois d'attente, en moyenne, avant l'entrée dans {the} le plus proche, d'après le service.",
        unit="mois",
        decimals=1,
        value=Count(f"{name}_wait"),
        persons=(),
        reading=f"En {{period}}, l'attente est de {{value}} mois avant l'entrée {to} le plus proche.",
        chart="comparison",
        levels=FORM_LEVELS,
        caveats="Ceux qui ont renoncé à attendre ne comptent pas.",
        direction=-1,
        family="disability_waits",
    )
    for name, (to, the) in _WAITS.items()
)

INDICATORS = CHILDREN + ADULTS + INCLUSION + FACILITIES + SERVICES + HUB + WAITS
