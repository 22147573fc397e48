"""Parts of a published whole that nobody publishes and that are 0: the other parts leave nothing of it (rule R5)."""

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.core.files import TEXT
from ctg_analysis.core.model import MISSING, OK
from ctg_analysis.indicators.intervals import WITH_ITS_INTERVAL

WHOLE = CATALOGUE["childcare_coverage_rate"]
MEASURES = {name: CATALOGUE[name].value.measure for name in WHOLE.parts}
KEY = ["code", "level", "period"]
STEP = 0.1  # of what is published: each figure is known to half of it


def with_known_zeros(rows: pd.DataFrame, by_measure: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The rows of an indicator and its like, a missing part of the whole being 0 where the others make the whole.

    It is 0 where what the known parts leave is one step at most, with for high what the rounding of all leaves to it.
    by_measure: facts. 24.0 less 22.9, 0.6 and 0.5 leaves 0.0, and 4 times 0.05 at most.
    """
    sought = rows["status"].eq(MISSING) & rows["indicator"].isin(MEASURES)
    if not sought.any() or WHOLE.value.measure not in by_measure:
        return rows
    whole = _published(by_measure[WHOLE.value.measure])
    known = {name: _published(by_measure[measure]) for name, measure in MEASURES.items() if measure in by_measure}
    parts = pd.DataFrame(known).reindex(whole.index)
    left = (whole - parts.sum(axis=1)).round(6)
    high = (left + STEP / 2 * (1 + parts.notna().sum(axis=1))).clip(lower=0)[left.le(STEP)]
    found = pd.Series(high.reindex(_places(rows)).to_numpy(), rows.index).where(sought)
    zero = found.notna()
    zeros = {"value": 0.0, "low": 0.0, "high": found, "status": OK, "quality": WITH_ITS_INTERVAL}
    return rows.assign(**{name: rows[name].mask(zero, one) for name, one in zeros.items()})


def _published(facts: pd.DataFrame) -> pd.Series:
    rows = facts[facts["status"].eq(OK)]
    return pd.Series(rows["value"].to_numpy(), _places(rows))


def _places(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[KEY].astype(TEXT))
