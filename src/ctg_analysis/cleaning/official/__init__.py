"""Raw files in, tidy tables out: a declared layout, or one function for what no layout describes."""

from collections.abc import Callable
from functools import partial

import pandas as pd

from ctg_analysis.cleaning.official import (
    access,
    commuting,
    facilities,
    local_finance,
    population,
    public_barometer,
    schools,
    vital_statistics,
)
from ctg_analysis.cleaning.official.declared import clean_declared
from ctg_analysis.sources import SOURCES
from ctg_analysis.sources.certificates import RawFolder

Cleaner = Callable[[RawFolder], pd.DataFrame]

KNOWING_COMMUNES = ("depp_ecoles", "insee_acces", "insee_rp_flux")
CLEANERS: dict[str, Cleaner] = {
    source.id: partial(clean_declared, source) for source in SOURCES.values() if source.layouts
} | {
    "insee_population_historique": population.clean_historic_population,
    "insee_iris_rp2021": population.clean_iris_rp2021,
    "insee_rp_population": population.clean_age_sex,
    "insee_etat_civil": vital_statistics.clean_vital_statistics,
    "insee_bpe_2025": facilities.clean_facilities,
    "insee_bpe_2024": facilities.clean_facilities_2024,
    "insee_bpe_2020": facilities.clean_facilities_2020,
    "insee_acces": access.clean_access_times,
    "insee_rp_flux": commuting.clean_flows,
    "ditp_barometre": public_barometer.clean_barometer,
    "depp_ecoles": schools.clean_schools,
    "depp_ivac": schools.clean_exam_results,
    "depp_ips": schools.clean_social_position,
    "ofgl_ccas": local_finance.clean_ccas,
}


def cleaners(communes: pd.DataFrame | None) -> dict[str, Cleaner]:
    """Return the cleaning functions by source, those that must know the communes of a year with them, if they are."""
    return CLEANERS | {name: partial(CLEANERS[name], communes=communes) for name in KNOWING_COMMUNES}
