"""What an analyst asks in a notebook: an indicator by a word, own figures beside the observations."""

import pytest

from ctg_analysis.chapter import open_chapter
from ctg_analysis.core.errors import InputError
from ctg_analysis.core.settings import EXAMPLE_EPCI


@pytest.fixture(scope="module")
def chapter(example):
    return open_chapter(EXAMPLE_EPCI)


@pytest.fixture
def own(tmp_path):
    def written(text: str, encoding: str = "utf-8"):
        path = tmp_path / "own.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return written


def test_an_indicator_is_found_by_words_in_any_order_without_accents(chapter):
    found = chapter.find("RETRAITE ASSISTANTS maternels")
    assert chapter.find("creche").equals(chapter.find("Crèche")) and len(chapter.find("creche")) >= 5
    assert set(found["indicator"]) <= set(chapter.find("maternels")["indicator"])
    assert chapter.find("zeppelin").empty and list(chapter.find("zeppelin")) == ["indicator", "label", "unit", "latest"]
    lines = chapter.find("children_0_2_count")
    assert lines.iloc[0].tolist() == ["children_0_2_count", "Enfants de 0 à 2 ans", "enfants", "2023"]


def test_own_figures_stand_beside_the_latest_ones(chapter, own):
    path = own("\ufeffcode;abonnes;taux;note\n99002;1240;12,5;ouvert\n99001;9;;\n99003;-3;+4.5;fermé\n")
    table = chapter.with_own("children_0_2_count", path)
    assert list(table) == ["code", "name", "period", "children_0_2_count", "status", "abonnes", "taux", "note"]
    assert list(table["code"]) == [f"9900{number}" for number in range(1, 9)] and set(table["period"]) == {"2023"}
    line = table.set_index("code").loc["99002"]
    assert (line["children_0_2_count"], line["abonnes"], line["taux"], line["note"]) == (190, 1240, 12.5, "ouvert")
    assert list(table["abonnes"].iloc[:3]) == [9, 1240, -3] and table["abonnes"].iloc[3:].isna().all()
    assert table["taux"].iloc[2] == 4.5 and table["taux"].isna().sum() == 6


def test_a_withheld_figure_stays_withheld_beside_own_ones(chapter, own):
    rows = chapter.observations
    hidden = rows[rows["status"].eq("secret") & rows["level"].eq("commune")].sort_values("period").iloc[-1]
    table = chapter.with_own(hidden["indicator"], own("code,x\n99001,1\n")).set_index("code")
    assert table.loc[hidden["territory"], "status"] == "secret"
    assert table.loc[hidden["territory"], [hidden["indicator"]]].isna().all()


@pytest.mark.parametrize(
    "text, said",
    [
        (
            "code;x\n99001;1\n12001;2\n",
            "own.csv, line 3, column code: found '12001', expected a commune of",
        ),
        ("code;x\n99001;1\n99001;2\n", "line 3, column code: found '99001' again"),
        ("commune;x\n99001;1\n", "line 1, column code: found no such column"),
        ("code;x\n99001;1;2\n", "line 2: found 3 cells, expected 2"),
        ("", "line 1: found an empty file"),
    ],
)
def test_a_file_that_does_not_fit_is_told_with_its_line(chapter, own, text, said):
    with pytest.raises(InputError) as error:
        chapter.with_own("children_0_2_count", own(text))
    assert said in str(error.value) and "\n" not in str(error.value)


def test_a_file_in_another_encoding_or_that_is_not_there_is_told(chapter, own, tmp_path):
    with pytest.raises(InputError, match="line 2: found the byte 0xe9, expected text in UTF-8"):
        chapter.with_own("children_0_2_count", own("code;x\n99001;fermé\n", "cp1252"))
    with pytest.raises(InputError, match=r"nowhere\.csv: found no file, expected a CSV file with a column code"):
        chapter.with_own("children_0_2_count", tmp_path / "nowhere.csv")
