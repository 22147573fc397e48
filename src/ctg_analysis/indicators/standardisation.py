"""Indirect standardisation: what is counted here beside what the ages here would give at the rates of elsewhere.

Source: Breslow and Day (1987), Statistical Methods in Cancer Research, volume 2, chapter 2; the method of Public Health
England's PHEindicatormethods (`calculate_ISRatio`, `calculate_ISRate`).
"""

import pandas as pd

from ctg_analysis.indicators.uncertainty import poisson_interval


def rates_of_standard(counts: pd.Series, people: pd.Series, total: float) -> pd.Series:
    """The rates by age of a standard population, that give it its own total.

    The counts by age that a producer rounds do not add up to the total that it publishes: their rates are all raised or
    lowered alike, so that the ratio of the standard to itself is 1.

    Parameters:
        counts, people: by age, of the standard.
        total: counted there at all ages.

    >>> counts, people = pd.Series({"65_79": 240.0, "80_plus": 230.0}), pd.Series({"65_79": 1000.0, "80_plus": 500.0})
    >>> rates_of_standard(counts, people, 470).tolist(), rates_of_standard(counts, people, 517).round(3).tolist()
    ([0.24, 0.46], [0.264, 0.506])
    """
    return counts / people * (total / counts.sum(skipna=False))


def expected_counts(people: pd.DataFrame, rates: pd.Series) -> pd.Series:
    """How many would be counted in each place if each age had there the rate of the standard.

    Nothing where the people of one age are not known.

    Parameters:
        people: a row for each place, a column for each age.
        rates: by age.

    The first three ages of the example of PHEindicatormethods: 636, 558 and 609 persons, at the rates of its standard.

    >>> standard = pd.DataFrame({"count": [10_303.0, 2824, 3225], "people": [50_520.0, 57_173, 60_213]})
    >>> people = pd.DataFrame([[636.0, 558, 609]])
    >>> rates = rates_of_standard(standard["count"], standard["people"], standard["count"].sum())
    >>> expected_counts(people, rates).round(4).tolist()  # 129.7052 + 27.5618 + 32.6180
    [189.885]
    """
    return people[rates.index].mul(rates).sum(axis=1, skipna=False)


def standardised_ratio(observed: pd.Series, expected: pd.Series, worth: float = 1.0) -> pd.DataFrame:
    """The ratio of what is counted to what is expected, with its interval at 95 %: columns ratio, low, high.

    Byar's limits from 10 counted on, exact ones below. Of a sample, each counted has the variance of `worth` (rule R7):
    what is counted has the interval of as many times fewer. The standard is taken for known.

    65 counted have the limits 50.165 and 82.848 of Byar.

    >>> standardised_ratio(pd.Series([65.0]), pd.Series([50.0])).round(4).iloc[0].tolist()
    [1.3, 1.0033, 1.657]
    >>> standardised_ratio(pd.Series([65.0]), pd.Series([50.0]), worth=4.0).round(4).iloc[0].tolist()
    [1.3, 0.7463, 2.1035]
    """
    low, high = poisson_interval(observed / worth)
    expected = expected.where(expected > 0)
    return pd.DataFrame(
        {
            "ratio": observed / expected,
            "low": low * worth / expected,
            "high": high * worth / expected,
        }
    )
