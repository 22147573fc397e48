"""The title of a map of shares or rates: the least and the greatest value, of the communes that bear them alone."""

import pandas as pd

from ctg_analysis.display import texts
from ctg_analysis.display.quantities import number
from ctg_analysis.display.words.messages import BOUNDS, NAMED, about, counted, in_communes, with_unit
from ctg_analysis.indicators.spread import bears_its_value, comparison_of, is_apart_on_few
from ctg_analysis.model.indicator import CENSORED, Indicator
from ctg_analysis.model.norms import norm

APART = "qui s'écarte{} de l'ensemble"
ON_ENOUGH = ", sur {} cas ou plus"  # where others are apart on fewer
NONE_APART = "aucune commune ne s'écarte de l'ensemble plus que le hasard ne l'explique"
TOO_SMALL = "Le titre laisse de côté les communes trop petites pour que leur valeur en dise quelque chose."


def choropleth(indicator: Indicator, rows: pd.DataFrame) -> str:
    """The least and the greatest value that a map may tell; nothing where it shows none, or sums of rounded counts.

    Of what a test exists for, the values of the communes that differ from the others by more than chance, or that none
    does; where others do so on few cases, the title says of how many it speaks. Else the values of the communes that
    are large enough. Where a producer only bounds the least ones, that bound:
    « de 5 % ou moins à 21 % ».

    Parameters:
        rows: columns name, value, text, shown, status, numerator, denominator, source, a row for each commune.
    """
    written = rows[rows["shown"]].sort_values("value", kind="stable")
    if written.empty:
        return ""
    if indicator.norm:
        return _short_of(indicator, written, norm(indicator.norm))
    low, high = written.iloc[0], written.iloc[-1]
    if BOUNDS in low["text"] + high["text"]:
        return ""
    bounds = rows.loc[rows["status"].eq(CENSORED), "text"]
    if len(bounds):
        sign = texts.SIGNS[CENSORED]
        least = bounds.iloc[0].removeprefix(sign).strip() + " ou moins" * bounds.iloc[0].startswith(sign)
        return about(indicator, f"de {least} à {with_unit(indicator, high)} selon la commune")
    if low["text"] == high["text"]:
        return about(indicator, f"{with_unit(indicator, high)} dans {in_communes(list(written['name']), len(rows))}")
    told = written[bears_its_value(written, indicator)]
    tested = comparison_of(indicator) is not None
    enough = ON_ENOUGH.format(number(norm("few_events"))) if is_apart_on_few(written, indicator).any() else ""
    apart = APART.format("nt" if len(told) > 1 else "") + enough if tested and len(told) < len(rows) else ""
    if told.empty:
        return about(indicator, NONE_APART + enough) if tested else indicator.label
    low, high = told.iloc[0], told.iloc[-1]
    if low["text"] == high["text"]:
        some = in_communes(list(told["name"]), len(rows))
        return about(indicator, ", ".join(filter(None, [f"{with_unit(indicator, high)} dans {some}", apart])))
    where = f"dans les {len(told)} communes {apart}" if apart else "selon la commune"
    return about(indicator, f"de {low['text']} à {with_unit(indicator, high)} {where}")


def _short_of(indicator: Indicator, rows: pd.DataFrame, least: float) -> str:
    """The communes that do not reach a norm, named where they are few. rows: those shown, the lowest value first."""
    short = list(rows.loc[rows["value"].lt(least), "name"])
    limit = counted(indicator, pd.Series({"text": number(least, indicator.decimals), "value": least}))
    if not short:
        return about(indicator, f"aucune commune au-dessous de {limit}")
    where = texts.listed(short) if len(short) <= NAMED else in_communes(short, len(rows))
    return about(indicator, f"au-dessous de {limit} : {where}")


def leaves_some_out(indicator: Indicator, rows: pd.DataFrame) -> bool:
    """Whether the title of a map leaves out communes for their size alone; that of a norm, none. rows: as above."""
    written = rows[rows["shown"]]
    return not indicator.norm and comparison_of(indicator) is None and not bears_its_value(written, indicator).all()
