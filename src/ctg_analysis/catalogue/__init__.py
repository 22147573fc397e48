"""The indicators: declarations only, one file per chapter."""

from ctg_analysis.catalogue import early_childhood, population
from ctg_analysis.model import Indicator

CATALOGUE: dict[str, Indicator] = {
    indicator.id: indicator for module in (population, early_childhood) for indicator in module.INDICATORS
}
