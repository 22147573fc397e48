"""Registers of things are counted by commune, and every declaration says what it guesses."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from raw_files import BOM, received, said, values

from ctg_analysis.clean.facts import by_period_of_former, with_absent
from ctg_analysis.clean.layouts import clean_declared
from ctg_analysis.clean.perimeter import Perimeter, to_reference
from ctg_analysis.model import source as source_
from ctg_analysis.model.errors import InputError
from ctg_analysis.model.form import Register, Tally
from ctg_analysis.model.settings import project_path
from ctg_analysis.model.source import SOURCES, Source
from ctg_analysis.raw.certificates import complementary
from ctg_analysis.raw.folders import source_folders


def test_things_are_counted_or_summed_by_commune(tmp_path):
    layout = Register(
        "r*.csv", code="c", measures={"sites": Tally(), "open": Tally({"etat": "O.*"}), "seats": Tally(of="n")}
    )
    text = "c;etat;n\n01001;Ouvert;10\n01001;Fermé;2\n01002;Fermé;\n"
    source = Source("dataset", "L", "P", registers=(layout,))
    facts = values(clean_declared(source, received(tmp_path, {"r_2026.csv": text})))
    assert facts[("01001", "2026", "sites")] == 2 and facts[("01001", "2026", "open")] == 1
    assert facts[("01001", "2026", "seats")] == 12 and facts[("01002", "2026", "sites")] == 1
    assert ("01002", "2026", "open") not in facts
    assert facts[("01002", "2026", "seats")] == "nd"  # a blank is not a 0


FINESS = "nofinesset;commune;departement;categetab\n"


@pytest.mark.parametrize(
    "departement, commune, code",
    [
        ("01", "004", "01004"),
        ("12", "4", "12004"),
        ("2A", "041", "2A041"),
        ("9A", "105", "97105"),
        ("9D", "411", "97411"),
        ("971", "105", "97105"),
        ("976", "608", "97608"),
    ],
)
def test_a_code_in_two_parts_shares_a_digit_overseas(tmp_path, departement, commune, code):
    text = FINESS + f"1;{commune};{departement};183\n"
    facts = clean_declared(SOURCES["finess"], received(tmp_path, {"finess_etablissements.csv": text}, vintage="2026"))
    assert list(facts["code"]) == [code] and list(facts["measure"]) == ["finess_ime"]


def test_what_stands_under_a_former_code_is_in_the_commune_that_took_it(tmp_path):
    """Conques-en-Rouergue, under two codes in one list."""
    text = FINESS + "1;076;12;182\n2;218;12;182\n3;004;12;182\n"
    facts = clean_declared(SOURCES["finess"], received(tmp_path, {"finess_etablissements_2026.csv": text}))
    now = pd.DataFrame({"code": ["12218", "12004", "12005"], "former_codes": ["12076|12114", None, None]})
    now = now.assign(kind="commune-actuelle", departement="12", region="76", epci="A", parent=None, zone="metro")
    ((perimeter, rows),) = by_period_of_former(facts, Perimeter.between(now, now), now)
    covered = with_absent(rows, SOURCES["finess"], perimeter.communes, perimeter.communes)
    found = values(to_reference(covered, SOURCES["finess"], perimeter))
    assert found[("12218", "2026", "finess_sessad")] == 2 and found[("12", "2026", "finess_sessad")] == 3
    assert found[("12005", "2026", "finess_sessad")] == 0 and ("12076", "2026", "finess_sessad") not in found


def test_two_dates_of_a_list_are_two_periods_and_one_without_formats_says_nothing_of_them(tmp_path):
    texts = {
        "liste-fs-20240801.csv": "insee_com;format_fs\n01001;Fixe\n01001;Multisites\n01002;Bus_équivalent\n",
        "liste_2025.csv": "insee_com;lib_fs\n01001;A\n01002;B\n01002;C\n01002;D\n",
    }
    source = SOURCES["france_services"]
    folder = received(tmp_path, texts)
    assert "colonne format_fs : trouvé pas de colonne de ce nom" in said(clean_declared, source, folder)[0]
    files = [
        entry.model_copy(update={"colonnes": dict.fromkeys(texts[entry.fichier].splitlines()[0].split(";"), "?")})
        for entry in folder.certificate.fichiers
    ]
    folder = replace(folder, certificate=folder.certificate.model_copy(update={"fichiers": files}))
    assert values(clean_declared(source, folder)) == {
        ("01001", "2024", "france_services"): 2,
        ("01002", "2024", "france_services"): 1,
        ("01001", "2024", "fixed_france_services"): 2,
        ("01002", "2024", "travelling_france_services"): 1,
        ("01001", "2025", "france_services"): 1,
        ("01002", "2025", "france_services"): 3,
    }


def test_associations_one_row_each_or_counted_already(tmp_path):
    register = "id;adrs_codeinsee;position\nW1;01001;A\nW2;01001;D\nW3;01001;A\n"
    counts = "code_commune;associations_position_A;creations_2020_2025\n01001;17;1\n"
    for name, text, number in (("waldec_2026.csv", register, 2), ("associations_rna_2026.csv", counts, 17)):
        facts = values(clean_declared(SOURCES["rna"], received(tmp_path / name, {name: text})))
        assert facts == {("01001", "2026", "associations"): number}


def test_a_full_register_without_a_category_says_which(tmp_path):
    categories = ("182", "183", "186", "189", "190", "500")
    text = FINESS + "".join(f"{n};004;01;{kind}\n" for n, kind in enumerate(categories))
    (line,) = said(
        clean_declared, SOURCES["finess"], received(tmp_path, {"finess_etablissements.csv": text}, full=True)
    )
    assert (
        "colonne categetab : trouvé aucune ligne avec 223" in line
        and "corriger src/ctg_analysis/model/declared/sources/health.yml" in line
    )


def test_what_has_no_commune_is_left_out_of_a_register(tmp_path):
    kinds = ("caf", "msa", "cpam", "france_travail", "mission_locale")
    cells = [f'01001;"[{{""type_service_local"": ""{kind}""}}]"' for kind in kinds] + [
        ';"[{""type_service_local"": ""caf""}]"'
    ]
    text = "\n".join([f"{BOM}code_insee_commune;pivot", *cells]) + "\n"
    facts = values(
        clean_declared(
            SOURCES["annuaire_service_public"],
            received(tmp_path, {"api-lannuaire-administration.csv": text}, full=True),
        )
    )
    assert set(facts.values()) == {1} and len(facts) == 5
    codes = ("01001", "", "0", "INSEE", "75 01", "00000", "2B033")
    text = "id;adrs_codeinsee;position\n" + "".join(f"W{code};{code};A\n" for code in codes) + "W9;01001;D\n"
    facts = values(clean_declared(SOURCES["rna"], received(tmp_path, {"waldec.csv": text}, full=True)))
    assert {code for code, _, _ in facts} == {"01001", "2B033"} and set(facts.values()) == {1}


# The declarations themselves.


def test_a_declaration_that_is_wrong_is_told_with_its_file_and_line(tmp_path, monkeypatch):
    entry = "- id: a\n  label: L\n  producer: P\n  totals: {aditive: false}\n"
    entry += "  tables:\n    - {files: t.csv, level: commune}\n"
    form = "  form:\n    fields:\n      - {column: c, measure: m, label: l, kind: persones}\n"
    link = "    links:\n      - {persons: m, without: n}\n"
    (tmp_path / "p.yml").write_text(entry + form + link, encoding="utf-8")
    monkeypatch.setattr(source_, "FOLDER", tmp_path)
    with pytest.raises(InputError) as error:
        source_.declared_sources()
    lines = [line.removeprefix(project_path(tmp_path / "p.yml")) for line in str(error.value).splitlines()]
    assert [line.partition(" : trouvé")[0] for line in lines] == [
        ", ligne 4, colonne 0.totals.aditive",
        ", ligne 6, colonne 0.tables.0.code",
        ", ligne 9, colonne 0.form.fields.0.kind",
        ", ligne 10, colonne 0.form.links",
    ]
    assert (
        "attendu aucune clé de ce nom" in lines[0]
        and "persones », attendu l'une de ces valeurs : 'persons', 'number'" in lines[2]
    )


def test_every_full_file_is_read_by_a_layout_of_its_source():
    """That of the BPE of 2024 is laid out as that of 2025: a function of its own reads it (test_france_3_a)."""
    for source in SOURCES.values():
        for download in source.downloads if source.layouts and source.id != "insee_bpe_2024" else ():
            assert any(Path(download.name).match(layout.files) for layout in source.layouts), download.name


def test_the_full_files_come_before_the_extracts(tmp_path):
    extract, both, full = tmp_path / "extract", tmp_path / "both", tmp_path / "fetched" / "full"
    for folder in (extract, both / "full", both / "france", full):
        folder.mkdir(parents=True)
    for home in (extract, both):
        (home / "source.yml").write_text("id: one", encoding="utf-8")
    (tmp_path / "empty").mkdir()  # what a fetch has begun
    assert source_folders(tmp_path) == {
        "extract": [extract],
        "both": [both / "full", both / "france", both],
        "fetched": [full],
    }


def test_the_extract_keeps_what_the_full_files_do_not_have():
    """Series by series: a year, a level or a measure that the full files lack; not a place of a year that they have.

    Nor an index that they have with its weight.
    """
    columns = ["level", "period", "measure", "code", "value"]
    weighted = [("commune", "2022", f"index_{part}", "01001", 9.0) for part in ("total", "inhabitants")]
    full = pd.DataFrame([("commune", "2021", "people", "01001", 1.0), *weighted], columns=columns)
    rows = [
        ("commune", "2021", "people", "01002", 2.0),
        ("commune", "2020", "people", "01001", 3.0),
        ("epci", "2021", "people", "200067171", 4.0),
        ("commune", "2021", "births", "01001", 5.0),
        ("commune", "2022", "index", "01001", 6.0),
    ]
    tables = complementary([full, pd.DataFrame(rows, columns=columns)])
    assert [list(table["value"]) for table in tables] == [[1.0, 9.0, 9.0], [3.0, 4.0, 5.0]]
