"""Raw files in, tidy tables out: one function per source."""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from ctg_analysis.cleaning import caf, facilities, health, housing, income, population, vital_statistics
from ctg_analysis.sources.certificates import RawFolder


class Cleaner(NamedTuple):
    """The function that cleans a source, and the year of the geography its communes are in."""

    clean: Callable[[RawFolder], pd.DataFrame]
    geography: int


CLEANERS: dict[str, Cleaner] = {
    "insee_population_historique": Cleaner(population.clean_historic_population, 2025),
    "insee_iris_rp2021": Cleaner(population.clean_iris_rp2021, 2023),
    "insee_rp_population": Cleaner(population.clean_age_sex, 2025),
    "insee_rp_logement": Cleaner(housing.clean_dwellings, 2025),
    "insee_etat_civil": Cleaner(vital_statistics.clean_vital_statistics, 2026),
    "insee_filosofi_2019": Cleaner(income.clean_disposable_income, 2021),
    "insee_filosofi_2021": Cleaner(income.clean_income_2021, 2022),
    "insee_filosofi_2023": Cleaner(income.clean_income_2023, 2025),
    "drees_apl": Cleaner(health.clean_accessibility, 2024),
    "insee_bpe_2025": Cleaner(facilities.clean_facilities, 2025),
    "caf_s_ben_com_f": Cleaner(caf.clean_households_by_commune, 2025),
    "caf_s_ben_epci_f": Cleaner(caf.clean_households_by_epci, 2025),
    "caf_txcouv_pe": Cleaner(caf.clean_coverage, 2024),
    "caf_nbpla_pe": Cleaner(caf.clean_places, 2024),
}
