"""Chapter 04, continued: coverage by mode of childcare, places, facilities."""

from functools import partial

from ctg_analysis.catalogue.kinds import count
from ctg_analysis.core.model import Indicator, Published

CHAPTER = "04"
COVERAGE_UNIT = "places pour 100 enfants de moins de 3 ans"
THEORETICAL = (
    "Places théoriques à la fin de l'année, et non enfants accueillis ; le taux peut dépasser 100. La Cnaf ne "
    "publie pas de valeur pour les communes de 10 000 habitants et moins."
)


def _coverage(suffix: str, measure: str, label: str, definition: str, **options) -> Indicator:
    return Indicator(
        id=f"childcare_coverage{suffix}_rate",
        chapter=CHAPTER,
        label=label,
        definition=definition,
        unit=COVERAGE_UNIT,
        decimals=1,
        sources=("caf_txcouv_pe",),
        value=Published(measure),
        reading="En {period}, le territoire offre {value} {unit}" + options.pop("mode", "") + ".",
        star=True,
        **options,
    )


COVERAGE = (
    _coverage(
        "",
        "childcare_coverage",
        "Taux de couverture de l'accueil du jeune enfant",
        "Places d'accueil théoriques (établissements d'accueil du jeune enfant, dits EAJE, assistants maternels, garde "
        "à domicile, école à 2 ans) pour 100 enfants de moins de 3 ans, au sens de la Caisse nationale des allocations "
        "familiales (Cnaf).",
        domain_ids=("PE-01", "PE-02"),
        chart="parts",
        parts=(
            "childcare_coverage_eaje_rate",
            "childcare_coverage_childminders_rate",
            "childcare_coverage_preschool_rate",
            "childcare_coverage_at_home_rate",
        ),
        caveats=THEORETICAL + " Les composantes ne redonnent pas exactement le total.",
        direction=1,
    ),
    _coverage(
        "_eaje",
        "childcare_coverage_eaje",
        "Accueil en EAJE (crèches, micro-crèches)",
        "Places en établissement d'accueil du jeune enfant (EAJE) pour 100 enfants de moins de 3 ans.",
        mode=" en établissement d'accueil du jeune enfant",
        domain_ids=("PE-02", "PE-04"),
        chart="comparison",
        caveats=THEORETICAL,
        direction=1,
    ),
    _coverage(
        "_childminders",
        "childcare_coverage_childminders",
        "Accueil chez un assistant maternel",
        "Places chez les assistants maternels en activité pour 100 enfants de moins de 3 ans.",
        mode=" chez un assistant maternel",
        domain_ids=("PE-02",),
        chart="comparison",
        caveats=THEORETICAL,
    ),
    _coverage(
        "_preschool",
        "childcare_coverage_preschool",
        "École maternelle à 2 ans",
        "Élèves de 2 ans scolarisés pour 100 enfants de moins de 3 ans.",
        mode=" à l'école maternelle",
        domain_ids=("PE-02",),
        chart="comparison",
        caveats=THEORETICAL + " À ne pas confondre avec le taux de scolarisation à 2 ans.",
    ),
    _coverage(
        "_at_home",
        "childcare_coverage_at_home",
        "Garde à domicile",
        "Places de garde par un salarié au domicile des parents pour 100 enfants de moins de 3 ans.",
        mode=" en garde à domicile",
        domain_ids=("PE-02",),
        chart="comparison",
        caveats=THEORETICAL,
    ),
)

_places = partial(
    count,
    chapter=CHAPTER,
    unit="places",
    sources=("caf_nbpla_pe",),
    levels=("epci", "departement"),
    persons=(),
    star=True,
)
FOR_UNDER_3 = "Places pour les enfants de moins de 3 ans "
AT_THE_END = ", à la fin de l'année, au sens de la Caisse nationale des allocations familiales (Cnaf)."
NOT_CHILDREN = "Places théoriques à un moment donné, et non enfants accueillis."

# Each mode of childcare: measure, label, the same in a sentence, what it is.
_MODES = (
    (
        "eaje_psu_places",
        "Places en EAJE financés par la PSU",
        "dans les EAJE que finance la prestation de service unique",
        "dans les établissements d'accueil du jeune enfant (EAJE) que finance la prestation de service unique (PSU) de "
        "la Caf",
    ),
    (
        "eaje_other_places",
        "Places dans les autres EAJE",
        "dans les EAJE que ne finance pas la prestation de service unique",
        "dans les établissements d'accueil du jeune enfant (EAJE), surtout des micro-crèches, que la prestation de "
        "service unique (PSU) de la Caf ne finance pas",
    ),
    (
        "childminder_places",
        "Places chez les assistants maternels",
        "chez un assistant maternel",
        "chez les assistants maternels en activité",
    ),
    (
        "preschool_places",
        "Places à l'école maternelle à 2 ans",
        "à l'école maternelle pour les enfants de 2 ans",
        "à l'école maternelle, comptées par les élèves de 2 ans",
    ),
    (
        "at_home_places",
        "Places de garde à domicile",
        "de garde à domicile",
        "au domicile de leurs parents, gardés par un salarié",
    ),
)
PLACES = (
    _places(
        "childcare_places",
        "childcare_places",
        reading="place{s} d'accueil pour les enfants de moins de 3 ans",
        domain_ids=("PE-01", "PE-03"),
        label="Places d'accueil du jeune enfant",
        definition=(
            f"{FOR_UNDER_3}dans les établissements d'accueil du jeune enfant (EAJE), chez les assistants maternels, à "
            f"l'école à 2 ans et en garde à domicile{AT_THE_END}"
        ),
        chart="trend",
        caveats=NOT_CHILDREN,
        direction=1,
    ),
    _places(
        "eaje_places",
        "eaje_places",
        reading="place{s} en EAJE",
        domain_ids=("PE-03",),
        label="Places en EAJE",
        definition=f"{FOR_UNDER_3}dans les établissements d'accueil du jeune enfant (EAJE){AT_THE_END}",
        chart="trend",
        caveats=NOT_CHILDREN,
        direction=1,
    ),
    *(
        _places(
            measure,
            measure,
            reading=f"place{{s}} {where}",
            domain_ids=("PE-03",),
            label=label,
            definition=FOR_UNDER_3 + what + AT_THE_END,
            chart="comparison",
            caveats=NOT_CHILDREN,
            family="childcare_places_by_mode",
        )
        for measure, label, where, what in _MODES
    ),
)

# Types of places that the Département authorises in an EAJE: measure, label, the same in a sentence, what they are.
_TYPES = (
    (
        "multi_care_places",
        "Places en crèche collective ou multi-accueil",
        "en crèche collective ou multi-accueil",
        "en crèche collective ou multi-accueil",
    ),
    (
        "micro_psu_places",
        "Places en micro-crèche financée par la PSU",
        "en micro-crèche que finance la prestation de service unique",
        "en micro-crèche financée par la prestation de service unique (PSU) de la Caf",
    ),
    (
        "micro_paje_places",
        "Places en micro-crèche financée par la Paje",
        "en micro-crèche que finance la prestation d'accueil du jeune enfant",
        "en micro-crèche dont les familles reçoivent un complément de la prestation d'accueil du jeune enfant (Paje)",
    ),
    (
        "family_nursery_places",
        "Places en crèche familiale",
        "en crèche familiale",
        "en crèche familiale, qui emploie des assistants maternels",
    ),
)
AUTHORISED = tuple(
    count(
        measure,
        measure,
        reading=f"place{{s}} {where}",
        domain_ids=("PE-03",),
        chapter=CHAPTER,
        label=label,
        definition=(
            f"Places {what}, d'après l'autorisation ou l'avis du Département (protection maternelle et infantile, PMI)."
        ),
        unit="places",
        sources=("pmi_assistants_maternels",),
        chart="circles",
        levels=("commune", "epci", "departement"),
        caveats="Places autorisées, à tout âge : toutes ne sont pas ouvertes, ni réservées aux moins de 3 ans.",
        star=True,
        family="authorised_places",
        persons=(),
    )
    for measure, label, where, what in _TYPES
)

FACILITIES = (
    count(
        "eaje_facilities",
        "childcare_centres",
        reading="établissement{s} d'accueil du jeune enfant",
        domain_ids=("PE-03",),
        chapter=CHAPTER,
        label="Établissements d'accueil du jeune enfant",
        definition="Nombre d'établissements (type D502 de la base permanente des équipements).",
        unit="établissements",
        sources=("insee_bpe_2025",),
        chart="circles",
        caveats="Un établissement n'est pas une place : la base ne donne pas ici les capacités.",
        star=True,
    ),
)

SUPPLY = COVERAGE + PLACES + AUTHORISED + FACILITIES
