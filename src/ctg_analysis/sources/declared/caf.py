"""Open data of the Caf (data.caf.fr). All of it leaves out the families paid by the MSA (rule R18)."""

from ctg_analysis.core.layouts import MONTH, Guess, Table
from ctg_analysis.core.model import Download, Source

UNLOCATED = r"|XXX?"  # rows that belong to no place; by commune they are also those of a département, or abroad
UNLOCATED_COMMUNE = UNLOCATED + r"|\d{2}XXX|99"

ROUNDED = (
    "Effectifs arrondis à 5. Tant que les données n'établissent pas comment, la réalité va de 2 en moins à 4 en plus "
    "de chaque nombre ; une somme de communes porte l'intervalle qui en résulte."
)
EXACT = "Effectifs exacts, publiés au niveau du département et de la France seulement."

# Households (indfoy) and persons (indnbp) on each benefit, beneficiaries (indben) where the producer counts them.
BENEFITS = {
    "indfoy_ndur": "caf_households",
    "indnbp_ndur": "caf_persons",
    "indfoy_ndurpaje": "caf_paje_households",
    "indfoy_cmg": "caf_cmg_households",
    "indfoy_prepare": "caf_prepare_households",
    "indfoy_af": "caf_family_allowance_households",
    "indfoy_ars": "caf_back_to_school_households",
    "indfoy_asf": "caf_family_support_households",
    "indfoy_ndural": "caf_housing_households",
    "indfoy_rsa": "caf_rsa_households",
    "indfoy_ppa": "caf_activity_bonus_households",
}
DISABILITY = {
    "indfoy_aah": "caf_aah_households",
    "indfoy_aeeh": "caf_aeeh_households",
    "indben_aah": "caf_aah_beneficiaries",
    "indben_aeeh": "caf_aeeh_beneficiaries",
}
BRACKETS = {
    "under_400": "Moins de 400 euros",
    "400_799": "Entre 400 et 799 euros",
    "800_1199": "Entre 800 et 1199 euros",
    "1200_1599": "Entre 1200 et 1599 euros",
    "1600_1999": "Entre 1600 et 1999 euros",
    "2000_3999": "Entre 2000 et 3999 euros",
    "4000_plus": "4000 euros ou plus",
}

COVERAGE = {
    "txcouv": "childcare_coverage",
    "txcouv_eaje": "childcare_coverage_eaje",
    "txcouv_am_ind": "childcare_coverage_childminders",
    "txcouv_prescol": "childcare_coverage_preschool",
    "txcouv_gad_ind": "childcare_coverage_at_home",
}
PLACES = {
    "tot_offre": "childcare_places",
    "pl_eaje": "eaje_places",
    "pl_psu_col": "eaje_psu_places",
    "pl_hors_psu_col": "eaje_other_places",
    "pl_am_ind": "childminder_places",
    "pl_prescol": "preschool_places",
    "pl_gad_ind": "at_home_places",
}
# Suffix of the files and of their columns: the column of the place, and its level.
LEVELS = {
    "com": ("numcom", "commune"),
    "epci": ("numepci", "epci"),
    "dep": ("numdep", "departement"),
    "reg": ("numregi", "region"),
    "nat": ("national", "france"),
}


def _export(dataset: str, *, seen: bool = True) -> Download:
    """Return a whole dataset of data.caf.fr: its `exports`, for its `records` stop at 100 rows."""
    url = f"https://data.caf.fr/api/explore/v2.1/catalog/datasets/{dataset}/exports/csv?delimiter=%3B"
    return Download(f"{dataset}.csv", url, seen=seen)


def _outside(level: str) -> str:
    return UNLOCATED_COMMUNE if level == "commune" else UNLOCATED


def _by_level(dataset: str, stems: dict[str, str], levels: tuple[str, ...], suffix: str = "") -> tuple[Table, ...]:
    """Return one table per level: its columns have the level in their names."""
    return tuple(
        Table(
            files=f"{dataset}_{level}{suffix}{end}",
            code=LEVELS[level][0],
            level=LEVELS[level][1],
            period="annee",
            outside=_outside(LEVELS[level][1]),
            measures={f"{stem}_{level}": measure for stem, measure in stems.items()},
        )
        for level in levels
        for end in (".csv", "_extrait.csv")
    )


def _households(dataset: str, code: str, level: str, measures: dict[str, str], **options) -> Table:
    return Table(
        files=f"{dataset}*.csv",
        code=code,
        level=level,
        period="dtreffre",
        written=MONTH,
        outside=_outside(level),
        measures=measures,
        **options,
    )


SOURCES = (
    Source(
        id="caf_txcouv_pe",
        label="Taux de couverture de l'accueil du jeune enfant",
        producer="Cnaf, Observatoire national de la petite enfance",
        additive=False,
        lag=1,
        above=10_000,
        geography="communes et EPCI au 1er janvier de l'année suivante, jamais recalculés",
        layouts=(
            *_by_level("txcouv_pe", COVERAGE, ("com", "epci", "dep", "reg", "nat")),
            *_by_level("txcouv_pe", COVERAGE, ("epci",), "_hist"),
        ),
        downloads=(
            _export("txcouv_pe_com"),
            _export("txcouv_pe_epci"),
            _export("txcouv_pe_dep"),
            _export("txcouv_pe_reg", seen=False),
            _export("txcouv_pe_nat"),
            _export("txcouv_pe_epci_hist"),
        ),
        note="Aucune valeur pour les communes de 10 000 habitants et moins.",
    ),
    Source(
        id="caf_nbpla_pe",
        label="Places offertes aux enfants de moins de 3 ans",
        producer="Cnaf, Observatoire national de la petite enfance",
        additive=False,
        lag=1,
        geography="communes et EPCI au 1er janvier de l'année suivante, jamais recalculés",
        layouts=(
            *_by_level("nbpla_pe", PLACES, ("com", "epci", "dep")),
            *_by_level("nbpla_pe", PLACES, ("com", "epci"), "_hist"),
        ),
        downloads=(
            _export("nbpla_pe_com"),
            _export("nbpla_pe_epci"),
            _export("nbpla_pe_dep"),
            _export("nbpla_pe_com_hist"),
            _export("nbpla_pe_epci_hist"),
        ),
    ),
    Source(
        id="caf_s_ben_com_f",
        label="Foyers allocataires par prestation et par commune (Caf, hors MSA)",
        producer="Cnaf",
        additive=False,
        rounding=5,
        lag=1,
        geography="communes au 1er janvier de l'année suivante, jamais recalculées",
        layouts=(_households("s_ben_com_f", "numcomdo", "commune", BENEFITS),),
        downloads=(_export("s_ben_com_f"),),
        note=ROUNDED,
    ),
    Source(
        id="caf_s_ben_epci_f",
        label="Foyers allocataires par prestation et par EPCI (Caf, hors MSA)",
        producer="Cnaf",
        additive=False,
        rounding=5,
        lag=1,
        geography="EPCI au 1er janvier de l'année suivante, jamais recalculés",
        layouts=(_households("s_ben_epci_f", "numepci", "epci", BENEFITS | DISABILITY),),
        downloads=(_export("s_ben_epci_f"),),
        note=ROUNDED,
    ),
    Source(
        id="caf_s_ben_dep",
        label="Foyers allocataires par prestation, par département et pour la France (Caf, hors MSA)",
        producer="Cnaf",
        additive=False,
        lag=1,
        geography="départements",
        layouts=(
            _households("s_ben_dep", "numdep", "departement", BENEFITS | DISABILITY, repeated=True),
            Table(
                files="s_ben_nat*.csv",
                code="dtreffre",
                level="france",
                period="dtreffre",
                written=MONTH,
                measures=BENEFITS | DISABILITY,
                repeated=True,
            ),
        ),
        downloads=(_export("s_ben_dep"), _export("s_ben_nat")),
        note=EXACT,
    ),
    Source(
        id="caf_quotient_familial",
        label="Foyers allocataires par tranche de quotient familial et par commune (Caf, hors MSA)",
        producer="Cnaf",
        rounding=5,
        lag=1,
        geography="communes au 1er janvier de l'année suivante, jamais recalculées",
        layouts=tuple(
            _households(
                "ndur_s_qf_400_com_f", "numcomdo", "commune", {"indfoy_ndur": f"caf_qf_{name}"}, where={"qf_400": label}
            )
            for name, label in BRACKETS.items()
        ),
        downloads=(_export("ndur_s_qf_400_com_f"),),
        note=ROUNDED,
    ),
    Source(
        id="caf_rsa_type",
        label="Foyers bénéficiaires du RSA par type et par commune (Caf, hors MSA)",
        producer="Cnaf",
        rounding=5,
        lag=1,
        geography="communes au 1er janvier de l'année suivante, jamais recalculées",
        layouts=(
            _households(
                "rsa_s_type_com_f",
                "numcomdo",
                "commune",
                {"indfoy_rsa": "caf_rsa_increased_households"},
                where={"rsa_type": Guess("(?!.*non).*[Mm]ajor.*")},
            ),
        ),
        downloads=(_export("rsa_s_type_com_f"),),
        note=ROUNDED,
    ),
)
