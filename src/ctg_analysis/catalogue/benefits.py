"""Chapter 02: households on benefit, Caf and MSA, and what `income_support` shares with them."""

from ctg_analysis.catalogue.kinds import count, share
from ctg_analysis.core.model import PERSONS, Indicator, Rate

CHAPTER = "02"

# The Caf publishes each level in another file, and no region; what partners send goes no higher than the département.
CAF = ("caf_s_ben_epci_f", "caf_s_ben_dep", "caf_s_ben_com_f")
CAF_LEVELS = ("commune", "epci", "departement", "france")
CAF_ABOVE_COMMUNE = CAF_LEVELS[1:]
BOTH_REGIMES, CAF_FORM = ("caf_et_msa",), ("caf_partenaire_familles",)
PARTNER_LEVELS = ("epci", "departement")

FROM_CAF = "Caf seulement, hors MSA (Mutualité sociale agricole) : les familles du régime agricole manquent."
ROUNDED = FROM_CAF + " Effectifs arrondis à 5 par la Cnaf pour les communes et les EPCI."
NUMERATOR_ONLY = " Le régime agricole manque parmi les personnes couvertes, non parmi les habitants."
FROM_BOTH = (
    "Somme du nombre de la Caf, arrondi à 5 pour l'EPCI, et de celui de la MSA, avec la même définition et à la même "
    "date. Sans envoi de la MSA, il n'y a pas de valeur."
)
EITHER = "de la caisse d'allocations familiales (Caf) ou de la Mutualité sociale agricole (MSA)"
COVERED = "Ces personnes sont l'allocataire, son conjoint et ceux qui sont à leur charge."


def both_regimes(chapter: str, name: str, label: str, which: str, definition: str, **fields) -> Indicator:
    """Return a count of households on a benefit that both regimes pay."""
    return count(
        name,
        name,
        reading=f"foyer{{s}} {which}, Caf et MSA",
        chapter=chapter,
        label=label + ", Caf et MSA",
        definition=f"Foyers qui {definition} {EITHER}. Un ménage peut réunir plusieurs foyers.",
        unit="foyers",
        sources=BOTH_REGIMES,
        chart="comparison",
        levels=PARTNER_LEVELS,
        caveats=FROM_BOTH,
        **fields,
    )


def households(benefits: tuple, **fields) -> tuple[Indicator, ...]:
    """Return the counts of households on each of these benefits."""
    return tuple(
        count(
            f"caf_{name}_households",
            f"caf_{name}_households",
            reading=f"foyer{{s}} bénéficiaire{{s}} {of}",
            domain_ids=codes,
            label=f"{label} (hors MSA)",
            definition=(
                f"Foyers bénéficiaires en décembre {of}, {what}, parmi les allocataires de la caisse d'allocations "
                "familiales (Caf)."
            ),
            unit="foyers",
            sources=CAF,
            chart="circles" if "commune" in levels else "comparison",
            levels=levels,
            caveats=ROUNDED,
            star="REV-06" in codes,
            **fields,
        )
        for name, codes, label, of, what, levels in benefits
    )


def _coverage(name: str, measure: str, payer: str, definition: str, **fields) -> Indicator:
    """Return the persons covered by a payer for 100 inhabitants."""
    return Indicator(
        id=f"{name}_rate",
        domain_ids=("FAM-07",),
        chapter=CHAPTER,
        definition=(
            f"Personnes des foyers qui ont droit en décembre à au moins une prestation {definition}, pour 100 "
            f"habitants (population municipale la plus récente, de trois ans plus ancienne au plus). {COVERED}"
        ),
        unit="%",
        decimals=1,
        value=Rate(measure, per=100, within=3, of=PERSONS),
        reading=f"En {{period}}, {{value}} des habitants du territoire sont couverts par {payer}.",
        chart="comparison",
        star=True,
        **fields,
    )


ON_BENEFIT = (
    both_regimes(
        CHAPTER,
        "households_on_benefit",
        "Foyers allocataires",
        "allocataire{s}",
        "ont droit en décembre à au moins une prestation",
        domain_ids=("FAM-06",),
        star=True,
    ),
    both_regimes(
        CHAPTER,
        "paje_households",
        "Foyers bénéficiaires de la Paje",
        "bénéficiaire{s} de la Paje",
        "reçoivent en décembre la prestation d'accueil du jeune enfant (Paje)",
        domain_ids=("FAM-06",),
    ),
    count(
        "caf_persons",
        "caf_persons",
        reading="personne{s} couverte{s} par la Caf",
        domain_ids=("FAM-07",),
        chapter=CHAPTER,
        label="Personnes couvertes par la Caf (hors MSA)",
        definition=(
            "Personnes des foyers qui ont droit en décembre à au moins une prestation de la caisse d'allocations "
            f"familiales (Caf). {COVERED}"
        ),
        unit="personnes",
        sources=CAF,
        chart="circles",
        levels=CAF_LEVELS,
        caveats=ROUNDED,
    ),
    _coverage(
        "caf_coverage",
        "caf_persons",
        "la Caf",
        "de la caisse d'allocations familiales (Caf)",
        label="Part des habitants couverts par la Caf (hors MSA)",
        sources=CAF,
        levels=CAF_ABOVE_COMMUNE,
        caveats=ROUNDED + NUMERATOR_ONLY,
    ),
    _coverage(
        "benefit_coverage",
        "persons_on_benefit",
        "la Caf ou la MSA",
        EITHER,
        label="Part des habitants couverts par la Caf ou la MSA",
        sources=BOTH_REGIMES,
        levels=PARTNER_LEVELS,
        caveats=FROM_BOTH,
    ),
    share(
        "caf_single_parent_households",
        "caf_p_single_parents",
        "caf_p_with_children",
        reading="foyers allocataires avec enfant(s) du territoire sont monoparentaux",
        domain_ids=("FAM-08",),
        chapter=CHAPTER,
        label="Foyers allocataires monoparentaux (hors MSA)",
        definition=(
            "Foyers d'un seul parent avec enfant(s) à charge, rapportés aux foyers avec enfant(s) à charge, parmi les "
            "allocataires de la caisse d'allocations familiales (Caf)."
        ),
        sources=CAF_FORM,
        levels=PARTNER_LEVELS,
        caveats=FROM_CAF + " À ne pas confondre avec la part des familles monoparentales, au recensement.",
    ),
)

CHILDREN = tuple(
    count(
        f"caf_children_{first}_{last}",
        f"caf_p_children_{first}_{last}",
        reading=f"enfant{{s}} de {first} à {last} ans couvert{{s}} par la Caf",
        domain_ids=("FAM-09",),
        chapter=CHAPTER,
        label=f"Enfants de {first} à {last} ans couverts par la Caf (hors MSA)",
        definition=(
            f"Enfants de {first} à {last} ans révolus à la charge d'un foyer allocataire de la caisse d'allocations "
            "familiales (Caf)."
        ),
        unit="enfants",
        sources=CAF_FORM,
        chart="comparison",
        levels=PARTNER_LEVELS,
        caveats=FROM_CAF,
        star=True,
        family="caf_children",
    )
    for first, last in ((0, 2), (3, 5), (6, 11), (12, 15), (16, 17), (18, 20))
)

# Each benefit: name, codes of the field, label, the same after "bénéficiaires", what it is, its levels.
FAMILY_BENEFITS = (
    (
        "family_allowance",
        ("FAM-06",),
        "Allocations familiales",
        "des allocations familiales",
        "versées aux familles d'au moins deux enfants de moins de 20 ans (un seul outre-mer)",
        CAF_LEVELS,
    ),
    (
        "back_to_school",
        ("FAM-06",),
        "Allocation de rentrée scolaire",
        "de l'allocation de rentrée scolaire",
        "versée sous condition de ressources pour un enfant scolarisé de 6 à 18 ans",
        CAF_LEVELS,
    ),
    (
        "cmg",
        ("FAM-06",),
        "Complément de libre choix du mode de garde",
        "du complément de libre choix du mode de garde",
        "versé pour un jeune enfant gardé par un assistant maternel, à domicile ou en micro-crèche",
        CAF_LEVELS,
    ),
    (
        "prepare",
        ("FAM-06",),
        "Prestation partagée d'éducation de l'enfant",
        "de la prestation partagée d'éducation de l'enfant",
        "versée au parent qui réduit ou cesse son activité pour un jeune enfant",
        CAF_LEVELS,
    ),
)

INDICATORS = ON_BENEFIT + CHILDREN + households(FAMILY_BENEFITS, chapter=CHAPTER, family="caf_family_benefits")
