"""The invented territory goes through the whole chain: a changed number, with what it carries (R19), is in the diff,
as is a changed word or finding.
"""

import importlib.util
from pathlib import Path

import pandas as pd
import pytest
from page_texts import difference, lines_of, lines_of_word
from spoilt_demarche import told_of_each

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.chapter.missing import missing, requests
from ctg_analysis.chapter.territory import open_territory
from ctg_analysis.demarche.empty_forms import write_forms
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI
from ctg_analysis.publish.convention import SHEETS, convention_documents, letters, read_dossier
from ctg_analysis.publish.flash import issue_page
from ctg_analysis.publish.word import CONVENTION
from ctg_analysis.raw.files import rows_of

FOLDER = Path(__file__).parent / "golden"
GOLDEN = FOLDER / "observations.csv"
SHOWN = 3  # differences


def rendered(table: pd.DataFrame) -> str:
    return table.round(6).to_csv(index=False, lineterminator="\n")


def test_the_observations_of_the_invented_territory(pytestconfig):
    text = rendered(open_chapter(EXAMPLE_EPCI).observations)
    if pytestconfig.getoption("--rewrite-golden"):
        GOLDEN.write_text(text, encoding="utf-8")
    expected = GOLDEN.read_text(encoding="utf-8")
    changed = set(text.splitlines()) ^ set(expected.splitlines())
    assert text == expected, f"{len(changed)} lines changed: make golden, and say why in the changelog"


def held(pytestconfig, folder, pattern, texts):
    """Hold texts, by their names, against the files of a folder, or write these again."""
    if pytestconfig.getoption("--rewrite-golden"):
        folder.mkdir(exist_ok=True)
        for path in folder.glob(pattern):
            path.unlink()
        for name, lines in texts.items():
            (folder / name).write_text("\n".join([*lines, ""]), encoding="utf-8")
    known = {path.name: path.read_text(encoding="utf-8").splitlines() for path in folder.glob(pattern)}
    changed = [
        difference(texts.get(name, []), known.get(name, []), name)
        for name in sorted(texts.keys() | known.keys())
        if texts.get(name) != known.get(name)
    ]
    said = "\n".join(changed[:SHOWN])
    assert not changed, f"{len(changed)} texts changed: make golden, and read the diff. The first ones:\n{said}"


def test_the_words_of_the_pages_of_the_invented_territory(pytestconfig, shipped):
    """What stands around a page, its menu and its foot, is held once, with the index."""
    pages = {path.stem: path.read_text(encoding="utf-8") for path in (shipped / EXAMPLE_EPCI).glob("*.html")}
    texts = {f"{name}.txt": lines_of(page, "body" if name == "index" else "main") for name, page in pages.items()}
    held(pytestconfig, FOLDER / "pages", "*.txt", texts)


@pytest.mark.nightly
def test_the_words_of_the_documents(pytestconfig, france, example, tmp_path):
    """The convention and a fiche, the issues of both territories, a letter, what partners are told of their forms."""
    documents = convention_documents(read_dossier(EXAMPLE_EPCI, example), example)
    texts = {"convention.txt": lines_of_word(documents[CONVENTION])}
    texts["fiche_F03.txt"] = lines_of_word(documents[f"{SHEETS}/F03.docx"])
    for epci, root, number in ((DEFAULT_EPCI, france, 1), *((EXAMPLE_EPCI, example, rank) for rank in (1, 2, 3))):
        texts[f"info_flash_{epci}_{number}.txt"] = lines_of(issue_page(epci, root, number)[1])
    seen = open_territory(DEFAULT_EPCI, france)
    asked = requests(seen, missing(seen)).partners["Caf"]
    texts["lettre_caf.txt"] = lines_of_word(letters(seen, {"Caf": asked}, "2026-11-24")["Caf"])
    forms = tmp_path / "private" / EXAMPLE_EPCI
    write_forms(EXAMPLE_EPCI, "CC des Monts d'Exemple", forms)
    texts["formulaires.txt"] = [
        line
        for path in sorted(forms.glob("*.xlsx"))
        for name, rows, _ in rows_of(path)
        for line in ("", f"{path.name}, {name}", *(" | ".join(row).strip(" |") for row in rows))
    ]
    held(pytestconfig, FOLDER / "documents", "*.txt", texts)


@pytest.mark.nightly
def test_what_the_check_says_of_copies_of_the_invented_demarche_spoilt_in_many_ways(pytestconfig, example, tmp_path):
    held(pytestconfig, FOLDER, "check.txt", {"check.txt": told_of_each(example, tmp_path)})


def test_the_golden_case_holds_the_edges_it_is_there_for():
    table = pd.read_csv(GOLDEN, dtype={"territory": str, "period": str})
    rows = table.set_index(["territory", "indicator", "period"])
    # Merged in 2021: the population of 2018 is the sum of both communes.
    assert rows.loc[("99003", "population_count", "2018"), "value"] == 1208
    # A missing year of one commune makes the EPCI's sum missing, not smaller.
    assert rows.loc[("999999999", "births_count", "2014"), "status"] == "nd"
    assert rows.loc[("999999999", "births_3_year_mean_count", "2016"), "status"] == "nd"
    assert rows.loc[("999999999", "natural_change_rate", "2010-2015"), "status"] == "nd"
    # Counts rounded to 5: the interval of what they may be, a 0 being anything under 5 (rule R3).
    assert rows.loc[("99001", "caf_paje_households_count", "2024-12"), ["low", "high"]].tolist() == [0, 4]
    # A poverty rate at its floor, a share of the 20 % forms that is too weak, fewer than five persons (rule R1).
    assert {"censored", "so"} <= set(table["status"]) and 3 in set(table["quality"])
    few = table[table["status"].eq("censored") & table["source"].eq("pmi_assistants_maternels")]
    assert len(few) > 5 and few[["numerator", "denominator", "value"]].isna().all(axis=None)
    assert few["low"].eq(0).all() and few["high"].ge(4).all()
    # Levels that the producer publishes beside that of the EPCI.
    coverage = table[table["indicator"].eq("childcare_coverage_rate") & table["period"].eq("2023")].set_index("level")
    assert coverage.loc["departement", "value"] == 62 and coverage.loc["region", "value"] == 70.6
    assert set(table["status"]) >= {"ok", "nd"}


@pytest.mark.nightly
def test_its_raw_files_are_what_the_generator_makes(tmp_path, example):
    spec = importlib.util.spec_from_file_location("generate", example.path / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.generate(tmp_path)
    for made in sorted(tmp_path.rglob("*")):
        committed = example.path / made.relative_to(tmp_path)
        if made.suffix == ".parquet":
            pd.testing.assert_frame_equal(pd.read_parquet(made), pd.read_parquet(committed))
        elif made.is_file():
            assert made.read_bytes() == committed.read_bytes(), committed


def test_the_invented_territory_never_enters_a_french_total(france):
    invented = [("territory", "in", [EXAMPLE_EPCI, "999999998", "99001"])]
    assert pd.read_parquet(france.processed / "observations.parquet", filters=invented).empty
