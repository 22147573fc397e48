"""The indicators: declarations only, one file per chapter."""

from ctg_analysis.catalogue import (
    childhood,
    convention,
    disability,
    early_childhood,
    education,
    families,
    parenting,
    population,
    resources,
    rights,
    social_life,
    surveyed,
)
from ctg_analysis.core.model import Indicator

_CHAPTERS = (
    population,
    families,
    resources,
    early_childhood,
    childhood,
    education,
    parenting,
    disability,
    social_life,
    rights,
    surveyed,
    convention,
)
CATALOGUE: dict[str, Indicator] = {indicator.id: indicator for module in _CHAPTERS for indicator in module.INDICATORS}
