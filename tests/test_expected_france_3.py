"""The figures that the whole-France extracts were said to give, worked out apart: found, or their difference known.

Of each row of expected_france_3.csv: how many EPCIs have a value, their median, that of two of them (of their
départements where the figure is of these alone).
"""

from pathlib import Path

import pandas as pd
import pytest

from ctg_analysis.indicators.observations import read_indicators

EXPECTED = Path(__file__).with_name("expected_france_3.csv")
TWO = {"200067171": "12", "243500139": "35"}  # EPCIs, and the département of each

CHANGED = "EPCIs whose communes have changed since are withheld (rule R16)"
TERNOIS = "CC du Ternois is left out: a commune of 136 inhabitants has 63 116 insured"
OULLINS = "the Métropole de Lyon: Pierre-Bénite is counted with Oullins in the file"
OTHERWISE = {  # source → indicators → why the EPCIs that have a value, or their median, differ: by 5 and 4 % at most
    "caf_s_ben_epci_f": CHANGED,
    "caf_quotient_familial": CHANGED,
    "caf_familles": CHANGED,
    "caf_bas_revenus": CHANGED,
    "insee_filosofi_2021": CHANGED,
    "pass_sport": CHANGED,
    "cnam_fragilites": TERNOIS,
    "insee_rp2020_ages": OULLINS,
}
APART = {
    "sports_clubs_rate": "clubs of 2022 over the inhabitants of 2022, where those of 2023 were taken",
}


@pytest.fixture(scope="module")
def found(france):
    expected = pd.read_csv(EXPECTED, sep=";", dtype={"year": str})
    rows = read_indicators(france.processed, expected["indicator"], groups=()).query("status == 'ok'")
    return expected, rows.assign(year=rows["period"].astype(str).str.findall(r"\d{4}").str[-1])


def of_level(rows, row):
    rows = rows[rows["indicator"].eq(row.indicator) & rows["year"].eq(row.year)]
    return rows[rows["level"].eq("departement" if row.level == "département" else "epci")].set_index("territory")[
        "value"
    ]


def test_two_epcis_have_the_figures_that_were_worked_out_apart(found):
    expected, rows = found
    faults = []
    for row in expected.itertuples():
        values = of_level(rows, row)
        for epci, departement in TWO.items():
            wanted = expected.at[row.Index, epci]
            value = values.get(departement if row.level == "département" else epci)
            if pd.notna(wanted) and row.indicator != "sports_clubs_rate" and value != pytest.approx(wanted, rel=2e-4):
                faults.append((row.indicator, epci, value, wanted))
    assert faults == []


def test_the_epcis_that_have_a_value_and_their_median_are_those_worked_out_apart(found):
    expected, rows = found
    faults = []
    for row in expected[expected["level"].ne("département")].itertuples():
        values = of_level(rows, row)
        why = APART.get(row.indicator, OTHERWISE.get(row.source))
        few, far = (0.95, 0.04) if why else (1.0, 1e-4)
        known = few * row.coverage <= len(values) <= row.coverage
        known |= row.indicator == "poverty_couples_with_children_rate" and len(values) >= 0.85 * row.coverage
        if not known or values.median() != pytest.approx(row.median_over_epci, rel=far, abs=6e-5):
            faults.append((row.indicator, len(values), row.coverage, values.median(), row.median_over_epci))
    assert faults == []
