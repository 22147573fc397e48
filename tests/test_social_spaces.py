"""The Caf's list of centres sociaux and EVS: one row per structure, from which communes are counted (rule R17)."""

import datetime
import re

import pandas as pd
import pytest
from raw_files import copied, said, told_cases, values
from real_project import agreed
from shown import family

from ctg_analysis.chapter import tables
from ctg_analysis.chapter.chapter import Chapter
from ctg_analysis.chapter.territory import ByIndicator, open_territory
from ctg_analysis.clean import social_spaces
from ctg_analysis.clean.social_spaces import SPACES, clean_spaces, empty_spaces, spaces_of
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import EXAMPLE_EPCI
from ctg_analysis.model.source import SOURCES
from ctg_analysis.pipeline.run import process
from ctg_analysis.publish.tasks import sum_of_data

SOURCE = SOURCES[SPACES]
PLACES = {EXAMPLE_EPCI, "99", "99001", "99002", "99003"}
CENTRE = {
    "territoire": "99001",
    "periode": "2024",
    "structure": "Centre social Jean-Moulin",
    "type": "centre social",
    "gestionnaire": "Ville du Haut",
    "gestion": "publique",
    "agrement_debut": "2022-07-01",
    "agrement_fin": "2026-06-30",
}
EVS = CENTRE | {
    "structure": "L'Esquisse",
    "type": "EVS",
    "gestionnaire": "association L'Esquisse",
    "gestion": "association",
    "agrement_debut": "2024-01-01",
    "agrement_fin": "2025-12-31",
}
CRITERIA = [field.column for field in SOURCE.form.numbers]


def written(folder, *rows):
    columns = ["territoire", "periode", *(field.column for field in SOURCE.form.fields)]
    path = folder / SOURCE.form_file
    lines = [";".join(str(row.get(name, "")) for name in columns) for row in rows]
    path.write_text("\n".join([";".join(columns), *lines]) + "\n", encoding="utf-8")
    return path


def scored(*scores):
    return dict(zip(CRITERIA, scores, strict=True))


def test_communes_are_counted_from_their_structures_and_one_without_a_row_has_none(tmp_path):
    """99001 has a public centre until 2026 and an EVS of an association until 2025, which ends first; 99002 nothing."""
    read = clean_spaces(SOURCE, written(tmp_path, CENTRE | scored(3, 2, 1, 0, 3), EVS | scored(1, 1, 1, 1, 1)), PLACES)
    assert set(read["level"]) == {"commune"} and set(read["code"]) == {"99001", "99002", "99003"}
    found = {(code, measure): value for (code, _, measure), value in values(read).items()}
    expected = {
        "approved_social_centres": 1,
        "approved_local_spaces": 1,
        "association_run_spaces": 1,
        "public_run_spaces": 1,
        "other_run_spaces": 0,
        "approval_start_year": 2024,
        "approval_end_year": 2025,
        "criterion_participation": 4,
        "criterion_openness": 1,
        "spaces_assessed": 2,
    }
    assert {name: found["99001", name] for name in expected} == expected
    assert found["99002", "approved_social_centres"] == found["99002", "spaces_assessed"] == 0
    assert found["99002", "approval_end_year"] == "so"


def test_an_approval_that_does_not_run_at_the_end_of_the_year_is_not_counted(tmp_path):
    over = EVS | {"agrement_debut": "2020-01-01", "agrement_fin": "2024-12-30"}
    path = written(tmp_path, over, CENTRE | {"agrement_debut": "2025-01-01"})
    found = values(clean_spaces(SOURCE, path, PLACES))
    assert found["99001", "2024", "approved_local_spaces"] == found["99001", "2024", "approved_social_centres"] == 0
    assert found["99001", "2024", "approval_end_year"] == "so"
    assert len(spaces_of(SOURCE, path)) == 2


def test_the_list_of_a_year_under_way_is_counted_on_the_day_it_came(tmp_path):
    path = written(tmp_path, EVS | {"periode": "2025", "agrement_fin": "2025-06-30"})
    for received, count in ((datetime.date(2025, 3, 2), 1), (datetime.date(2026, 3, 2), 0)):
        assert values(clean_spaces(SOURCE, path, PLACES, received))["99001", "2025", "approved_local_spaces"] == count


def test_a_structure_that_was_not_assessed_is_in_no_mean(tmp_path):
    found = values(clean_spaces(SOURCE, written(tmp_path, CENTRE | scored(3, 2, 1, 0, 3), EVS), PLACES))
    assert found["99001", "2024", "spaces_assessed"] == 1 and found["99001", "2024", "criterion_participation"] == 3


@pytest.mark.parametrize("cells, expected", told_cases("forms")["sites"])
def test_a_bad_cell_of_the_list_is_told(tmp_path, cells, expected):
    path = written(tmp_path, EVS, CENTRE | cells)
    lines = said(clean_spaces, SOURCE, path, PLACES, datetime.date(2026, 3, 2))
    assert all(f"{SOURCE.form_file}, ligne " in line for line in lines)
    if "une seconde fois" not in expected:
        (line,) = lines
        assert f"{SOURCE.form_file}, ligne 3, {expected}" in line
    else:
        assert any(expected in line for line in lines)


def test_the_structures_of_all_the_lists_are_read_with_no_words_of_theirs(tmp_path):
    for epci, row in ((EXAMPLE_EPCI, CENTRE | scored(3, 2, 1, 0, 3)), ("999999998", EVS | {"territoire": "99101"})):
        folder = tmp_path / "private" / epci
        folder.mkdir(parents=True)
        written(folder, row)
    table = social_spaces.spaces([spaces_of(SOURCE, path) for path in sorted(tmp_path.rglob(SOURCE.form_file))][::-1])
    assert list(table) == list(empty_spaces(SOURCE)) and not any("preuve" in name for name in table)
    assert table[["territory", "site", "manager", "begin", "end"]].to_numpy().tolist() == [
        ["99001", "Centre social Jean-Moulin", "Ville du Haut", "2022-07-01", "2026-06-30"],
        ["99101", "L'Esquisse", "association L'Esquisse", "2024-01-01", "2025-12-31"],
    ]
    assert table["criterion_project"].tolist()[0] == 2 and table["criterion_project"].isna().tolist()[1]
    assert social_spaces.spaces([]).empty


# On the page.


@pytest.mark.parametrize(
    "end, expected",
    [
        ("2023-12-31", "avant le début de la convention"),
        ("2026-12-31", "12 mois avant la fin de la convention"),
        ("2027-12-30", "moins d’un mois avant la fin de la convention"),
        ("2027-12-31", "avec la convention"),
        ("2028-01-01", "après la fin de la convention"),
    ],
)
@pytest.mark.parametrize("span", [("2024-01-01", "2027-12-31"), ("2024", "2027")])
def test_the_end_of_an_approval_stands_to_that_of_the_convention(end, expected, span):
    assert tables.against(end, span) == expected


@pytest.mark.parametrize(
    "ends, expected",
    [
        (["2026-12-31"] * 2, "Les 2 agréments prennent fin avant la fin de la convention"),
        (["2026-12-31", "2027-12-31", "2028-06-30"], "Un agrément sur 3 prend fin avant la fin de la convention"),
        (["2026-12-31", "2026-12-31", "2028-06-30"], "2 agréments sur 3 prennent fin avant la fin de la convention"),
        (["2027-12-31", "2029-12-31"], "Les 2 agréments couvrent la fin de la convention"),
        (["2026-12-31"], "L'agrément prend fin avant la fin de la convention"),
    ],
)
def test_how_many_approvals_end_before_the_convention(ends, expected):
    assert tables.early(pd.Series(ends), ("2024-01-01", "2027-12-31")) == expected


def test_an_approval_that_is_over_says_so_and_nothing_is_said_of_a_convention_that_is_not_known(example, monkeypatch):
    seen = open_territory(EXAMPLE_EPCI, example)
    table = seen.spaces.assign(end=["2023-12-31", "2028-06-30"], begin=["2020-01-01", "2025-01-01"])
    monkeypatch.setattr(seen, "spaces", table)
    monkeypatch.setattr(seen, "convention", None)
    html = tables.approvals(seen, CATALOGUE["social_approval_end_year"]).html
    assert "2023 (échu)" in html and "2028 (à venir)" in html
    assert "convention territoriale" not in html and "regard" not in html


@pytest.mark.nightly
def test_a_list_that_came_without_any_row_says_that_there_is_none(tmp_path, example):
    """The form as it is handed out says nothing; with the day it came, it is the Caf's answer: none, in that year."""
    day = datetime.date(2026, 3, 2)
    assert clean_spaces(SOURCE, written(tmp_path), PLACES).empty
    found = {
        (code, name): value
        for (code, _, name), value in values(clean_spaces(SOURCE, written(tmp_path), PLACES, day)).items()
    }
    assert {found[code, "approved_local_spaces"] for code in ("99001", "99002", "99003")} == {0}
    root = copied(example, tmp_path / "exemple")
    home = root.private / EXAMPLE_EPCI
    home.mkdir(parents=True)
    written(home)
    agreed(home, {SPACES: (day, "essai", 5)})
    process(root)
    chapter = Chapter(EXAMPLE_EPCI, root)
    for name in ("approved_social_centres_count", "approved_local_spaces_count"):
        (row,) = chapter.territory.own(CATALOGUE[name]).to_dict("records")
        assert (row["period"], row["value"]) == ("2026", 0)
    assert "En 2026, le nombre de centres sociaux agréés" in chapter.reading("approved_social_centres_count").html
    shown = [
        chapter.approvals("social_approval_end_year"),
        chapter.framed(chapter.scores("social_criteria"), source="criterion_participation_score"),
        family(chapter, "social_criteria"),
        chapter.table("social_approval_start_year", "social_approval_end_year"),
    ]
    for one in shown:
        assert "\u00a0: sans objet en 2026." in one.html and not re.search("unavailable|<svg|<table", one.html)
    assert "unavailable" not in family(chapter, "space_managers").html


def test_chapters_run_again_when_anything_of_their_data_has_changed(example, monkeypatch):
    seen = open_territory(EXAMPLE_EPCI, example)

    def summed():
        sum_of_data.cache_clear()
        return sum_of_data(seen)

    before = summed()
    for owner, name, value in (
        (seen, "spaces", seen.spaces.assign(manager="une autre association")),
        (seen, "evidence", seen.evidence.assign(words="autre chose")),
        (seen, "convention", ("2024", "2028")),
        (seen, "around", seen.around.assign(value=1.0)),
        (seen, "_named", ByIndicator(seen.named.assign(value=1.0))),
        (type(seen.demarche), "sum", lambda own: b"other"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, value)
            assert summed() != before, name
    assert summed() == before
