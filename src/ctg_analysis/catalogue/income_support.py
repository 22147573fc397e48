"""Chapter 03: minimum incomes, family quotient and low incomes, as the Caf and the MSA see them."""

from ctg_analysis.catalogue.benefits import (
    CAF,
    CAF_ABOVE_COMMUNE,
    CAF_FORM,
    CAF_LEVELS,
    FROM_CAF,
    NUMERATOR_ONLY,
    PARTNER_LEVELS,
    ROUNDED,
    both_regimes,
    households,
)
from ctg_analysis.catalogue.kinds import count, share
from ctg_analysis.core.model import PERSONS, Indicator, Rate

CHAPTER = "03"
# The Caf publishes these by commune only: above, they are sums of rounded counts, with an interval that says so.
SUMMED_LEVELS = ("commune", "epci", "departement")
SUMMED = FROM_CAF + (
    " La Cnaf publie ici des nombres arrondis à 5 par commune : celui du territoire en est la somme, à lire avec son "
    "intervalle."
)

# Each benefit: name, codes of the field, label, the same after "bénéficiaires", what it is, its levels.
INCOME_SUPPORT = (
    (
        "rsa",
        ("REV-06",),
        "Revenu de solidarité active",
        "du revenu de solidarité active (RSA)",
        "qui assure un minimum de ressources",
        CAF_LEVELS,
    ),
    (
        "activity_bonus",
        ("REV-06",),
        "Prime d'activité",
        "de la prime d'activité",
        "qui complète les revenus du travail",
        CAF_LEVELS,
    ),
    (
        "housing",
        ("REV-10",),
        "Aide au logement",
        "d'une aide au logement",
        "qui réduit le loyer ou la mensualité d'emprunt",
        CAF_LEVELS,
    ),
    (
        "aah",
        ("REV-10",),
        "Allocation aux adultes handicapés",
        "de l'allocation aux adultes handicapés (AAH)",
        "qui assure un minimum de ressources aux personnes handicapées",
        CAF_ABOVE_COMMUNE,
    ),
)

SUPPORTED = tuple(
    share(
        f"caf_{name}_households",
        f"caf_{name}_households",
        "caf_households",
        reading=f"foyers allocataires de la Caf du territoire bénéficient {of}",
        domain_ids=codes,
        chapter=CHAPTER,
        label=f"{label}, part des foyers allocataires (hors MSA)",
        definition=(
            f"Foyers bénéficiaires en décembre {of}, rapportés aux foyers qui ont droit à au moins une prestation de "
            "la caisse d'allocations familiales (Caf)."
        ),
        sources=CAF,
        levels=CAF_ABOVE_COMMUNE,
        caveats=ROUNDED + " Un foyer peut cumuler plusieurs prestations.",
        star="REV-06" in codes,
        family="caf_income_support_share",
    )
    for name, codes, label, of, _, _ in INCOME_SUPPORT
)

RSA = (
    both_regimes(
        CHAPTER,
        "rsa_households",
        "Foyers bénéficiaires du RSA",
        "bénéficiaire{s} du RSA",
        "reçoivent en décembre le revenu de solidarité active (RSA)",
        domain_ids=("REV-06",),
        star=True,
    ),
    count(
        "caf_rsa_increased_households",
        "caf_rsa_increased_households",
        reading="foyer{s} bénéficiaire{s} du RSA majoré",
        domain_ids=("REV-06",),
        chapter=CHAPTER,
        label="Foyers bénéficiaires du RSA majoré (hors MSA)",
        definition=(
            "Foyers qui reçoivent en décembre de la caisse d'allocations familiales (Caf) le revenu de solidarité "
            "active (RSA) majoré, versé pour un temps à un parent isolé ou à une femme enceinte isolée."
        ),
        unit="foyers",
        sources=("caf_rsa_type",),
        chart="circles",
        levels=SUMMED_LEVELS,
        caveats=SUMMED,
    ),
)

# Adults covered by a benefit: name, acronym or words, the same at length.
_COVERED = (
    ("rsa", "le RSA", "du revenu de solidarité active (RSA)"),
    ("activity_bonus", "la prime d'activité", "de la prime d'activité"),
)
ADULTS = tuple(
    Indicator(
        id=f"caf_{name}_covered_rate",
        domain_ids=("REV-06",),
        chapter=CHAPTER,
        label=f"Adultes couverts par {short} (hors MSA)",
        definition=(
            f"Personnes de 15 à 64 ans des foyers bénéficiaires {of} de la caisse d'allocations familiales (Caf), "
            "allocataire et conjoint, pour 100 habitants de cet âge du dernier recensement."
        ),
        unit="%",
        decimals=1,
        sources=CAF_FORM,
        value=Rate(f"caf_p_{name}_persons", per=100, population="population_15_64", within=3, of=PERSONS),
        reading=f"En {{period}}, {{value}} des habitants de 15 à 64 ans du territoire sont couverts par {short}.",
        chart="comparison",
        levels=PARTNER_LEVELS,
        caveats=FROM_CAF + NUMERATOR_ONLY,
        star=True,
        persons=("numerator",),
    )
    for name, short, of in _COVERED
)

QUOTIENT = (
    "Le quotient familial est la somme mensuelle des revenus et des prestations d'un foyer, divisée par son nombre de "
    "parts."
)
PARTLY_KNOWN = " Il n'est connu que d'une partie des familles : ce ne sont pas toutes celles du territoire."
# Brackets of the quotient, as in the names of the measures, and in French.
ASKED_BRACKETS = {
    "0_400": "de 0 à 400 €",
    "401_700": "de 401 à 700 €",
    "701_1000": "de 701 à 1 000 €",
    "1001_1500": "de 1 001 à 1 500 €",
    "1501_plus": "de 1 501 € ou plus",
}
OPEN_BRACKETS = {
    "under_400": "de moins de 400 €",
    "400_799": "de 400 à 799 €",
    "800_1199": "de 800 à 1 199 €",
    "1200_1599": "de 1 200 à 1 599 €",
    "1600_1999": "de 1 600 à 1 999 €",
    "2000_3999": "de 2 000 à 3 999 €",
    "4000_plus": "de 4 000 € ou plus",
}
QUOTIENTS = tuple(
    share(
        f"caf_quotient_{name}",
        f"caf_p_qf_{name}",
        "caf_p_qf_known",
        reading=f"foyers du territoire dont la Caf connaît le quotient familial ont un quotient {bracket}",
        domain_ids=("REV-05",),
        chapter=CHAPTER,
        label=f"Quotient familial {bracket} (hors MSA)",
        definition=(
            f"Foyers allocataires de la caisse d'allocations familiales (Caf) au quotient familial {bracket}, "
            f"rapportés aux foyers dont le quotient est connu. {QUOTIENT}"
        ),
        sources=CAF_FORM,
        levels=PARTNER_LEVELS,
        caveats=FROM_CAF + PARTLY_KNOWN,
        star=True,
        family="caf_quotient_share",
    )
    for name, bracket in ASKED_BRACKETS.items()
) + tuple(
    count(
        f"caf_quotient_{name}",
        f"caf_qf_{name}",
        reading=f"foyer{{s}} allocataire{{s}} au quotient familial {bracket}",
        domain_ids=("REV-05",),
        chapter=CHAPTER,
        label=f"Quotient familial {bracket} (hors MSA)",
        definition=(
            f"Foyers allocataires de la caisse d'allocations familiales (Caf) au quotient familial {bracket} en "
            f"décembre. {QUOTIENT}"
        ),
        unit="foyers",
        sources=("caf_quotient_familial",),
        chart="circles",
        levels=SUMMED_LEVELS,
        caveats=SUMMED,
        family="caf_quotient_count",
    )
    for name, bracket in OPEN_BRACKETS.items()
)

REFERENCE = "foyers de référence, ceux dont la Caf retient les ressources pour cette mesure"
POVERTY = (
    share(
        "caf_low_income_households",
        "caf_p_low_income",
        "caf_p_reference",
        reading="foyers allocataires de référence du territoire sont à bas revenus",
        domain_ids=("REV-07",),
        chapter=CHAPTER,
        label="Foyers allocataires à bas revenus (hors MSA)",
        definition=(
            "Foyers allocataires de la caisse d'allocations familiales (Caf) dont les ressources sont sous le seuil de "
            f"bas revenus de la Caf, rapportés aux {REFERENCE}."
        ),
        sources=CAF_FORM,
        levels=PARTNER_LEVELS,
        caveats=FROM_CAF + " Le seuil n'est pas celui du taux de pauvreté de l'Insee.",
        direction=-1,
        star=True,
    ),
    *(
        share(
            f"caf_dependent_{percent}",
            f"caf_p_dependent_{percent}",
            "caf_p_reference",
            reading=f"foyers allocataires de référence du territoire ont des prestations pour {level} des ressources",
            domain_ids=("REV-08",),
            chapter=CHAPTER,
            label=f"Prestations : {level} des ressources (hors MSA)",
            definition=(
                f"Foyers allocataires de la caisse d'allocations familiales (Caf) dont les prestations forment {level} "
                f"des ressources, rapportés aux {REFERENCE}."
            ),
            sources=CAF_FORM,
            levels=PARTNER_LEVELS,
            caveats=FROM_CAF + " Les foyers à 100 % comptent aussi parmi ceux à 50 % ou plus.",
            star=True,
            family="caf_dependency",
        )
        for percent, level in ((50, "50 % ou plus"), (100, "100 %"))
    ),
)

INDICATORS = (
    households(INCOME_SUPPORT, chapter=CHAPTER, family="caf_income_support_count")
    + SUPPORTED
    + RSA
    + ADULTS
    + QUOTIENTS
    + POVERTY
)
