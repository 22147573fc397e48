"""The figures of each chapter, declared in data/reference: read, or refused with the line."""

import pytest

from ctg_analysis.chapter.groups import Groups, columns_of, groups_of, read_groups
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.yaml_files import read_yaml


def test_each_id_of_a_profile_is_declared_once():
    twice = {
        chapter: [one for one in names if names.count(one) > 1]
        for chapter, groups in read_groups().items()
        for names in ([one for several in groups.profil.values() for one in several],)
    }
    assert {chapter: names for chapter, names in twice.items() if names} == {} and len(twice) > 10


def test_an_id_that_no_indicator_has_is_told_with_its_line(tmp_path):
    path = tmp_path / "chapitres.yml"
    path.write_text(
        '"04":\n  premier_ecran: [births_count]\n  tableau:\n    [births_count,\n     birth_count]\n', "utf-8"
    )
    (found,) = read_yaml(path, dict[str, Groups]).findings
    assert (found.line, found.found) == (5, "« birth_count »")


def test_a_chapter_without_figures_is_told_in_one_line():
    assert groups_of("04").tableau == columns_of(("04",)) and columns_of(("births_count",)) == ("births_count",)
    with pytest.raises(UserError, match="no figures of a chapter '99': expected one of 01, 02"):
        groups_of("99")
