"""The two commonest kinds of indicator, a share and a count: what all their declarations have in common."""

from ctg_analysis.core.model import Count, Indicator, Ratio

ABOVE_COMMUNE = ("epci", "departement", "region", "france")


def share(name: str, numerator: str, denominator: str, *, reading: str, **fields) -> Indicator:
    """Return the share, in %, of a part in its whole; its reading goes on after "En {period}, {value} des"."""
    return Indicator(
        id=f"{name}_share",
        unit="%",
        decimals=1,
        value=Ratio(numerator, denominator),
        reading=f"En {{period}}, {{value}} des {reading}.",
        **{"chart": "comparison"} | fields,
    )


def count(name: str, measure: str, *, reading: str, **fields) -> Indicator:
    """Return a count; its reading goes on after "En {period}, le territoire compte {value}"."""
    return Indicator(
        id=f"{name}_count",
        decimals=0,
        value=Count(measure),
        reading=f"En {{period}}, le territoire compte {{value}} {reading}.",
        **fields,
    )
