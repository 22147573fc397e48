"""Figures at equal ages, in words: what is counted, what is expected, their ratio."""

from typing import NamedTuple

import pandas as pd

from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.quantities import number, percent
from ctg_analysis.display.words.texts import of
from ctg_analysis.model.indicator import Indicator

HUNDRED = 100
CAPTION = "À structure d'âge égale"
HEADER = [
    "Indicateur",
    "Comparé à",
    "Nombre compté",
    "Taux brut ici",
    "Taux brut là-bas",
    "Nombre attendu",
    "Compté pour 100 attendus (intervalle)",
    "Taux à âge égal",
    "Ce que dit l'intervalle",
]
NOTE = (
    "Nombre attendu : celui qu'il y aurait ici si chaque âge avait le taux qu'il a là-bas (standardisation indirecte). "
    "Le territoire compte aussi dans l'ensemble auquel il se compare. Taux à âge égal : le taux brut de là-bas, "
    "multiplié par le rapport du compté à l'attendu. Intervalle à 95 % : ce que laissent ouvert le hasard, le sondage "
    "du recensement, les arrondis. Deux territoires se lisent chacun face à la référence, non l'un face à l'autre."
)
MORE, FEWER, AS_MANY = "plus nombreux", "moins nombreux", "écart non établi"


class AtEqualAges(NamedTuple):
    """What is counted in a territory, and what is expected of its ages at the rates of a standard.

    crude, crude_of_standard, rate: texts. ratio, low, high: of what is counted to what is expected.
    """

    counted: float
    crude: str
    standard: str
    crude_of_standard: str
    expected: float
    ratio: float
    low: float
    high: float
    rate: str
    period: str


def of_row(indicator: Indicator, own: pd.Series, place) -> AtEqualAges:
    """What is told of a territory beside a place, from the rows that `Territory.compared` has of them."""
    ratio, low, high = (bound / place.value for bound in (place.equal, place.equal_low, place.equal_high))
    written = percent if indicator.unit == "%" else number
    return AtEqualAges(
        counted=own["numerator"],
        crude=own["text"],
        standard=place.name,
        crude_of_standard=place.text,
        expected=own["numerator"] / ratio,
        ratio=ratio,
        low=low,
        high=high,
        rate=written(place.equal, indicator.decimals),
        period=own["period"],
    )


def word(low: float, high: float) -> str:
    """What the interval of a ratio says of it.

    >>> word(1.02, 1.3), word(0.7, 0.95), word(0.9, 1.1)
    ('plus nombreux', 'moins nombreux', 'écart non établi')
    """
    return MORE if low > 1 else FEWER if high < 1 else AS_MANY


def hundredths(ratio: float, low: float, high: float) -> str:
    """A ratio for 100 expected, with its interval.

    >>> hundredths(1.157, 1.0574, 1.2634)
    '116 (106 à 126)'
    """
    shown, least, most = (number(HUNDRED * value) for value in (ratio, low, high))
    return f"{shown} ({least} à {most})"


def line(indicator: Indicator, found: AtEqualAges) -> list[str]:
    """The cells of a line of the table (HEADER)."""
    return [
        f"{_things(indicator)}, {date_text(found.period)}",
        found.standard,
        number(found.counted),
        found.crude,
        found.crude_of_standard,
        number(found.expected),
        hundredths(found.ratio, found.low, found.high),
        found.rate,
        word(found.low, found.high),
    ]


def sentence(indicator: Indicator, found: AtEqualAges) -> str:
    """The sentence that tells what is counted and what is expected."""
    gap = percent(HUNDRED * (found.ratio - 1), signed=True)
    low, high = (percent(HUNDRED * (bound - 1), signed=True) for bound in (found.low, found.high))
    told = f"l'écart est de {gap} (intervalle : {low} à {high})"
    if word(found.low, found.high) == AS_MANY:
        told = f"l'écart n'est pas établi (intervalle : {low} à {high})"
    return (
        f"{_things(indicator)}, {date_text(found.period)} : le territoire en compte {number(found.counted)}, et en "
        f"compterait {number(found.expected)} si chaque âge y avait le taux {of(found.standard)} ; {told}."
    )


def _things(indicator: Indicator) -> str:
    """What an indicator counts, by its label without whom it is counted among."""
    return indicator.label.partition(", pour 100")[0]
