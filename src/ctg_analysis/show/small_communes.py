"""What is said of the share of a small commune: its counts as they are, and an estimate beside, told as one."""

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from ctg_analysis.display import sentences
from ctg_analysis.display.quantities import number, percent
from ctg_analysis.indicators.comparisons import weight_in_tests
from ctg_analysis.indicators.uncertainty import smoothed_shares
from ctg_analysis.model.indicator import OK, Indicator, is_proportion
from ctg_analysis.model.norms import norm
from ctg_analysis.model.source import SOURCES, SURVEY

ESTIMATE = "Estimation lissée"
EXPLAINED = (
    "Estimation lissée (traits fins) : là où la part repose sur moins de {few} cas et n'est connue qu'à plus de "
    "{points} points près, ou ne peut pas être écrite, elle est rapprochée de celle des communes du territoire, "
    "d'autant plus que la commune en compte peu ; intervalle à 95 % entre parenthèses. "
    "L'estimation lissée ne classe pas les communes."
)


def with_estimates(indicator: Indicator, rows: pd.DataFrame) -> pd.DataFrame:
    """The communes with what may be drawn of them: columns shown, estimate (in the unit, or NaN), estimate_text.

    shown: the value stands as it is. It does not where it is not printed, nor where an estimate stands in its place: of
    few cases, and known within more than the widest half-width of a figure that is written (rules R7, R9, R10).
    The estimate is worked out of the counts of the communes that are published, and of these alone: nothing that is
    withheld has a part in it, and a commune whose count is withheld or unknown has none.

    Parameters:
        rows: readable observations of communes, of one period.
    """
    printed = [row.status == OK and sentences.is_printed(indicator, row) for row in rows.itertuples(index=False)]
    rows = rows.assign(shown=printed, estimate=float("nan"), estimate_text="")
    known = rows[rows["status"].eq(OK)]
    if known.empty or not _is_smoothed(indicator, set(known["source"])):
        return rows
    weights = known["source"].map(lambda name: weight_in_tests(SOURCES[name], indicator)).astype(float)
    counts, bases = known["numerator"] * weights, known["denominator"].where(known["denominator"].gt(0)) * weights
    low, high = proportion_confint(counts, bases, method="wilson")
    wide = ((high - low) / 2).gt(norm("widest_half_width")) & known["numerator"].lt(norm("few_events"))
    weak = known.index[known["denominator"].ge(1) & (~known["shown"] | wide)]
    found = smoothed_shares(counts, bases)
    found = found.loc[found.index.intersection(weak)] * indicator.value.per
    rows.loc[found.index, "estimate"] = found["value"]
    rows.loc[found.index, "shown"] = False
    published = rows.loc[found.index, ["numerator", "denominator"]]
    rows.loc[found.index, "estimate_text"] = [
        f"{_part(value)} ({number(low)} à {number(high)}), pour {number(count)} sur {number(base)}"
        for (value, low, high), (count, base) in zip(found.to_numpy(), published.to_numpy(), strict=True)
    ]
    return rows


def _is_smoothed(indicator: Indicator, sources: set[str]) -> bool:
    """Whether a share is of persons or things each of which has it or not, counted one by one by one source."""
    exact = not any(SOURCES[name].rounds or name == SURVEY for name in sources)
    shared = is_proportion(indicator.value) and not indicator.untested
    return shared and indicator.unit.startswith("%") and len(sources) == 1 and exact


def _part(value: float) -> str:
    return percent(value) if value >= 1 else f"moins de {percent(1)}"


def explained(rows: pd.DataFrame) -> str:
    """The note on estimates, where there is one; else nothing. rows: see `with_estimates`."""
    points = number(norm("widest_half_width") * 100)
    told = EXPLAINED.format(few=number(norm("few_events")), points=points)
    return told if rows["estimate"].notna().any() else ""
