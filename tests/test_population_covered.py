"""The inhabitants of the communes that a form says to be in a zone d'intervention."""

import pandas as pd
import pytest

from ctg_analysis.clean.received_forms import with_population_covered
from ctg_analysis.model.facts import facts

SENACS, REFERENCE = "senacs_vie_sociale", "etalab_decoupage"


def told(*rows):
    return facts(pd.DataFrame(rows, columns=["code", "level", "period", "measure", "value", "status"]), SENACS)


def zone(code, period, value, status="ok", level="commune"):
    return code, level, period, "covered_by_social_space", value, status


def populations(*rows):
    table = pd.DataFrame(rows, columns=["code", "period", "value", "status"])
    return facts(table, REFERENCE, level="commune", measure="population")


def result(form, known):
    rows = with_population_covered(form, known)
    rows = rows[rows["measure"].isin(["population_in_social_space", "population_of_form"])]
    assert set(rows["source"]) <= {SENACS}
    return rows.set_index(["code", "period", "measure"])[["value", "status"]]


def test_r17_a_commune_of_the_zone_counts_whole_or_not_at_all():
    rows = result(
        told(zone("99001", "2024", 1.0), zone("99002", "2024", 0.0)),
        populations(("99001", "2023", 400.0, "ok"), ("99002", "2023", 90.0, "ok")),
    )
    assert rows.at[("99001", "2024", "population_in_social_space"), "value"] == 400
    assert rows.at[("99002", "2024", "population_in_social_space"), "value"] == 0
    assert rows.at[("99001", "2024", "population_of_form"), "value"] == 400
    assert rows.at[("99002", "2024", "population_of_form"), "value"] == 90
    assert set(rows["status"]) == {"ok"}


@pytest.mark.parametrize("period", ["2024", "2024-12"])
def test_the_population_is_the_latest_up_to_the_year_of_the_form(period):
    known = populations(("99001", "2021", 380.0, "ok"), ("99001", "2022", 400.0, "ok"), ("99001", "2025", 420.0, "ok"))
    assert result(told(zone("99001", period, 1.0)), known).at[("99001", period, "population_of_form"), "value"] == 400


def test_a_population_four_years_older_is_none():
    rows = result(told(zone("99001", "2024", 1.0)), populations(("99001", "2020", 380.0, "ok")))
    assert rows["value"].isna().all() and set(rows["status"]) == {"nd"}


def test_a_commune_without_answer_or_population_is_missing_in_both():
    rows = result(
        told(zone("99001", "2024", None, "nd"), zone("99002", "2024", 1.0)),
        populations(("99001", "2023", 400.0, "ok"), ("99002", "2023", None, "nd")),
    )
    assert rows["value"].isna().all() and set(rows["status"]) == {"nd"}


def test_only_the_zone_of_communes_is_read_and_the_rest_is_kept():
    form = told(zone("999999999", "2024", 1.0, level="epci"), ("99001", "commune", "2024", "volunteers", 7.0, "ok"))
    known = populations(("99001", "2023", 400.0, "ok"))
    pd.testing.assert_frame_equal(with_population_covered(form, known), form, check_dtype=False)


@pytest.mark.parametrize("measure", ["covered_by_social_space", "volunteers"])
def test_codes_of_any_kind_of_text_meet(measure):
    """Codes of a form are objects, those of the communes of France strings of pyarrow; a form may say nothing of it."""
    form = told(("99001", "commune", "2024", measure, 1.0, "ok"))
    known = populations(("99001", "2023", 90.0, "ok")).astype({"code": "str"})
    rows = with_population_covered(form.astype({"code": object}), known)
    said = rows[rows["measure"].eq("population_in_social_space")]
    assert list(said["value"]) == ([90.0] if measure == "covered_by_social_space" else [])
