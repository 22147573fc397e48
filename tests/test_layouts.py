"""Any declared layout is read from the extract and from the full file alike; a wrong guess says its line."""

from dataclasses import replace

import pandas as pd
import pytest
from raw_files import BOM, received, said, values

from ctg_analysis.clean.layouts import clean_declared, read_cube, read_tables
from ctg_analysis.model import source as source_
from ctg_analysis.model.form import MONTH, QUARTER, SHEET, Cube, Table
from ctg_analysis.model.settings import project_path
from ctg_analysis.model.source import SOURCES, Source

# Cubes of Melodi.

FAMILIES = Cube("DS_*.csv", {"families": {}, "large": {"NCH": "CH3 CH4"}, "single": {"TFN": "1"}})
HEADER = "GEO;GEO_OBJECT;TFN;NCH;SEX;TIME_PERIOD;OBS_STATUS;CONF_STATUS;UNIT_MULT;OBS_VALUE"


def read_table(layout, folder, name):
    """Return the measures of one layout."""
    (table,) = read_tables([layout], folder, name)
    return table


def cube(*rows):
    return "\n".join([HEADER, *rows]) + "\n"


WHOLE = [
    "01001;COM;_T;_T;_T;2023;A;F;0;100",
    "01001;COM;_T;CH3;_T;2023;A;F;0;10.5",
    "01001;COM;_T;CH4;_T;2023;A;F;0;4.25",
    "01001;COM;1;_T;_T;2023;A;F;0;30",
    "01002;COM;_T;_T;_T;2023;A;F;0;50",
    "01002;COM;_T;CH3;_T;2023;A;F;0;7",
    "01004;COM;_T;CH3;_T;2023;A;F;0;7",
    "01004;COM;_T;CH4;_T;2023;A;C;0;",
]


@pytest.mark.parametrize("full", [False, True])
def test_codes_of_a_cube_are_added_up_and_a_place_that_lacks_one_is_missing(tmp_path, full):
    facts = values(read_cube(FAMILIES, received(tmp_path, {"DS_1.csv": cube(*WHOLE)}, full=full), "DS_1.csv"))
    assert facts[("01001", "2023", "large")] == 14.75
    assert facts[("01002", "2023", "large")] == "nd"  # not 7
    assert facts[("01004", "2023", "large")] == "secret"  # not missing, and not 7
    assert facts[("01001", "2023", "families")] == 100 and facts[("01001", "2023", "single")] == 30


def test_only_the_totals_of_the_dimensions_that_nobody_asks_for(tmp_path):
    rows = [*WHOLE, "01001;COM;_T;_T;F;2023;A;F;0;60", "01001;COM;1;CH3;_T;2023;A;F;0;3"]
    facts = values(read_cube(FAMILIES, received(tmp_path, {"DS_1.csv": cube(*rows)}, full=True), "DS_1.csv"))
    assert facts[("01001", "2023", "families")] == 100 and facts[("01001", "2023", "large")] == 14.75


@pytest.mark.parametrize("full", [False, True])
def test_what_is_counted_in_another_commune_is_left_out(tmp_path, full):
    rows = [*WHOLE, "01003;COM;_T;_T;_T;2023;K;F;0;", "01005;COM;_T;_T;_T;2023;O;F;0;"]
    facts = values(read_cube(FAMILIES, received(tmp_path, {"DS_1.csv": cube(*rows)}, full=full), "DS_1.csv"))
    assert ("01003", "2023", "families") not in facts and facts[("01005", "2023", "families")] == "nd"


def test_a_full_file_has_zonings_that_we_do_not_know_and_an_extract_has_none(tmp_path):
    rows = [*WHOLE, "12;BV2022;_T;_T;_T;2023;A;F;0;9"]
    facts = read_cube(FAMILIES, received(tmp_path, {"DS_1.csv": cube(*rows)}, full=True), "DS_1.csv")
    assert set(facts["level"]) == {"commune"}
    (line,) = said(read_cube, FAMILIES, received(tmp_path, {"DS_1.csv": cube(*rows)}), "DS_1.csv")
    assert "ligne 10, colonne GEO_OBJECT : trouvé « BV2022 »" in line


def test_an_extract_may_lack_a_measure_or_a_dimension_and_a_full_file_may_not(tmp_path):
    header, *rows = cube(*(row for row in WHOLE if ";1;" not in row)).splitlines()
    rows = [";".join(cell for place, cell in enumerate(row.split(";")) if place != 2) for row in [header, *rows]]
    text = "\n".join(rows) + "\n"
    facts = read_cube(FAMILIES, received(tmp_path, {"DS_1.csv": text}), "DS_1.csv")
    assert set(facts["measure"]) == {"families", "large"}
    (line,) = said(read_cube, FAMILIES, received(tmp_path, {"DS_1.csv": text}, full=True), "DS_1.csv")
    assert "ligne 1, colonne TFN : trouvé pas de colonne de ce nom" in line


def test_a_code_that_a_full_file_lacks_is_told_once(tmp_path):
    layout = Cube("DS_*.csv", {"large": {"NCH": "CH3 CH5"}, "larger": {"NCH": "CH5", "TFN": "1"}})
    lines = said(read_cube, layout, received(tmp_path, {"DS_1.csv": cube(*WHOLE)}, full=True), "DS_1.csv")
    assert len(lines) == 1 and "colonne NCH : trouvé aucune ligne avec CH5, attendu le code de large" in lines[0]
    facts = read_cube(layout, received(tmp_path, {"DS_1.csv": cube(*WHOLE)}), "DS_1.csv")
    assert set(facts["measure"]) == {"large"} and set(facts["status"]) == {"nd"}


DECLARED = "- id: dataset\n  label: L\n  producer: P\n"


def declared(folder, monkeypatch, text):
    """Return the source that a file declares."""
    place = folder / "declared"
    place.mkdir()
    (place / "p.yml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(source_, "FOLDER", place)
    return source_.declared_sources()["dataset"]


def test_a_guessed_code_names_the_file_and_the_line_of_its_declaration(tmp_path, monkeypatch):
    text = DECLARED + "  cubes:\n    - {files: DS_*.csv, measures: {large: {NCH: CH5}}}\n  guesses: [CH5]\n"
    source = declared(tmp_path, monkeypatch, text)
    (line,) = said(clean_declared, source, received(tmp_path, {"DS_1.csv": cube(*WHOLE)}, full=True))
    assert "trouvé aucune ligne avec CH5, attendu le code de large ; « CH5 » n'est encore qu'une supposition" in line
    assert line.endswith(f"corriger {project_path(tmp_path / 'declared' / 'p.yml')}, line 5")


# Tables of places.


def benefits(**options):
    written = {"code": "numcomdo", "level": "commune", "period": "dtreffre", "written": MONTH}
    return Table("s_*.csv", **written | {"measures": {"foyers": "households"}} | options)


def test_what_the_current_file_holds_is_not_read_from_that_of_former_years(tmp_path):
    files = {
        "s_epci.csv": "numcomdo;annee;foyers\n01001;2022;15\n",
        "s_epci_hist.csv": "numcomdo;annee;foyers\n01001;2021;12\n01001;2022;14\n01002;2022;9\n",
    }
    source = Source("dataset", "L", "P", tables=(benefits(period="annee", written="year", former="*_hist.csv"),))
    facts = values(clean_declared(source, received(tmp_path, files, full=True)))
    assert facts == {("01001", "2022", "households"): 15, ("01001", "2021", "households"): 12}


def test_a_figure_in_two_files_is_one_line(tmp_path):
    files = {name: "numcomdo;annee;foyers\n01001;2022;15\n" for name in ("s_1.csv", "s_2.csv")}
    source = Source("dataset", "L", "P", tables=(benefits(period="annee", written="year"),))
    (line,) = said(clean_declared, source, received(tmp_path, files, full=True))
    assert "trouvé households de 2022 (commune) dans deux fichiers, attendu chaque chiffre dans un seul fichier" in line


@pytest.mark.parametrize("months", [("2024-12", "2024-06"), ("202412", "202406"), ("2024-12-01", "2024-06-01")])
def test_of_months_only_december_is_kept_however_it_is_written(tmp_path, months):
    december, june = months
    text = f"{BOM}dtreffre;numcomdo;foyers\r\n{december};01001;15\r\n{june};01001;20\r\n"
    facts = values(read_table(benefits(), received(tmp_path, {"s_1.csv": text}, full=True), "s_1.csv"))
    assert facts == {("01001", "2024-12", "households"): 15}


def test_a_month_that_is_none_is_an_error_and_not_left_out(tmp_path):
    text = "dtreffre;numcomdo;foyers\ndécembre;01001;15\n2024-12;01001;5\n"
    (line,) = said(read_table, benefits(), received(tmp_path, {"s_1.csv": text}), "s_1.csv")
    assert "ligne 2, colonne dtreffre : trouvé « décembre », attendu un mois, tel que 2024-12 ou 202412" in line


def test_of_quarters_only_the_last_is_kept(tmp_path):
    layout = Table("q*.csv", code="c", level="commune", period="d", written=QUARTER, measures={"n": "seekers"})
    text = "d;c;n\n2024-T4;01001;15\n2024-T2;01001;10\n"
    facts = values(read_table(layout, received(tmp_path, {"q.csv": text}), "q.csv"))
    assert facts == {("01001", "2024", "seekers"): 15}


def test_rows_that_belong_to_no_place_are_left_out(tmp_path):
    outside = SOURCES["caf_s_ben_com_f"].layouts[0].outside
    codes = ("XX", "04XXX", "99", "", "01001")
    text = "dtreffre;numcomdo;foyers\n" + "".join(f"2024-12;{code};195\n" for code in codes)
    facts = read_table(benefits(outside=outside), received(tmp_path, {"s_1.csv": text}), "s_1.csv")
    assert list(facts["code"]) == ["01001"]
    (line,) = said(
        read_table, benefits(outside=outside), received(tmp_path, {"s_1.csv": text + "2024-12;1001;1\n"}), "s_1.csv"
    )
    assert "ligne 7, colonne numcomdo : trouvé « 1001 »" in line


def test_the_words_of_secrecy_decimal_commas_and_footers(tmp_path):
    layout = Table(
        "t*.csv", code="c", level="commune", measures={"n": "rate"}, words={"": "secret", "s": "secret", "nd": "nd"}
    )
    text = f'{BOM}c,n\n01001,"12,5"\n01002,s\n01004,nd\n01005,\n,\n"Source : Insee, 2023"\n'
    facts = values(read_table(layout, received(tmp_path, {"t_2023.csv": text}), "t_2023.csv"))
    assert [facts[(f"0100{n}", "2023", "rate")] for n in (1, 2, 4, 5)] == [12.5, "secret", "nd", "secret"]
    text = "c;n;x\n01001;3.5;1\nNote : chiffres provisoires;;\n"
    facts = values(read_table(layout, received(tmp_path, {"t_2024.csv": text}), "t_2024.csv"))
    assert facts == {("01001", "2024", "rate"): 3.5}
    (line,) = said(read_table, layout, received(tmp_path, {"t_2024.csv": "c;n;x\n01001;3.5;1\n0100\n"}), "t_2024.csv")
    assert "ligne 3 : trouvé 1 cases, attendu 3" in line  # cut short: no footer


def test_of_repeated_rows_the_highest_even_beside_a_blank(tmp_path):
    layout = benefits(repeated=True, measures={"foyers": "households", "personnes": "persons"})
    rows = ["2024-12;01001;1;1", "2024-12;01001;915;2100", "2024-12;01001;;", "2024-12;01002;;"]
    text = "\n".join(["dtreffre;numcomdo;foyers;personnes", *rows]) + "\n"
    facts = values(read_table(layout, received(tmp_path, {"s_1.csv": text}), "s_1.csv"))
    assert facts[("01001", "2024-12", "households")] == 915 and facts[("01001", "2024-12", "persons")] == 2100
    assert facts[("01002", "2024-12", "households")] == "nd"
    (line, *_) = said(read_table, benefits(), received(tmp_path, {"s_1.csv": text}), "s_1.csv")
    assert "une seconde fois, attendu une clé qui ne vient qu'une fois" in line


def test_a_flag_is_raised_by_its_pattern_not_by_any_word(tmp_path):
    source = SOURCES["dgcl_frr"]
    column = "Classement FRR et FRR+ au 10 juillet 2025"
    kinds = ("Non classée", "FRR socle", "FRR+", "FRR bénéficiaire", "Classée FRR partiellement", "")
    text = f"Code_insee;Commune;{column};\n" + "".join(f"0100{n};x;{kind};\n" for n, kind in enumerate(kinds, start=1))
    facts = clean_declared(source, received(tmp_path, {"liste-communes-FRR-juillet2025.csv": text}, full=True))
    told = {measure: list(rows) for measure, rows in facts.groupby("measure")["value"]}
    assert told == {"revitalisation_zone": [0, 1, 1, 0, 0, 0], "revitalisation_zone_partly": [0, 0, 0, 0, 1, 0]}
    assert set(facts["period"]) == {"2025"}
    lines = said(  # of the communes that are wholly in it, and of those that are in part
        clean_declared,
        source,
        received(
            tmp_path,
            {"liste-communes-FRR-juillet2025.csv": text.replace("FRR", "ZRR").replace("ZRR et ZRR+", "FRR et FRR+")},
            full=True,
        ),
    )
    assert [line.partition("aucune ligne avec ")[2][:7] for line in lines] == ["Classée", "FRR soc"]
    assert all(f"colonne {column} : trouvé" in line for line in lines)


def test_only_the_rows_asked_for_and_a_guessed_label_that_no_row_has(tmp_path):
    text = "dtreffre;numcomdo;foyers;type\n2024-12;01001;15;RSA majoré\n2024-12;01001;40;RSA non majoré\n"
    layout = benefits(where={"type": "(?!.*non).*majoré"})
    facts = values(read_table(layout, received(tmp_path, {"s_1.csv": text}, full=True), "s_1.csv"))
    assert facts == {("01001", "2024-12", "households"): 15}
    source = Source("dataset", "L", "P", tables=(benefits(where={"type": "Majoré"}),), guesses=frozenset({"Majoré"}))
    (line,) = said(clean_declared, source, received(tmp_path, {"s_1.csv": text}, full=True))
    assert (
        "colonne type : trouvé aucune ligne avec Majoré" in line
        and "« Majoré » n'est encore qu'une supposition" in line
    )
    assert len(clean_declared(source, received(tmp_path, {"s_1.csv": text}))) == 0  # an extract may have none


def test_a_column_under_the_name_of_another_vintage_is_sifted_too(tmp_path):
    layout = benefits(aliases={"mois": "dtreffre", "kind": "type"}, where={"type": "A"})
    text = "mois;numcomdo;foyers;kind\n2024-12;01001;15;A\n2024-12;01001;20;B\n2024-06;01001;30;A\n"
    facts = values(read_table(layout, received(tmp_path, {"s_1.csv": text}), "s_1.csv"))
    assert facts == {("01001", "2024-12", "households"): 15}


def test_a_column_that_a_full_file_lacks_and_that_an_extract_may_lack(tmp_path, monkeypatch):
    text = (
        DECLARED
        + """  tables:
    - files: s_*.csv
      level: commune
      code: numcomdo
      period: dtreffre
      written: month
      measures: {foyers: households, enfants: children, personnes: persons}
  guesses: [enfants]
"""
    )
    source = declared(tmp_path, monkeypatch, text)
    text = "dtreffre;numcomdo;foyers\n2024-12;01001;15\n"
    guessed, plain = said(clean_declared, source, received(tmp_path, {"s_1.csv": text}, full=True))
    place = project_path(tmp_path / "declared" / "p.yml")
    assert guessed.endswith(f"« enfants » n'est encore qu'une supposition : corriger {place}, line 10")
    assert (
        "colonne personnes : trouvé pas de colonne de ce nom, attendu cette colonne parmi les titres" in plain
        and "guess" not in plain
    )
    columns = ["dtreffre", "numcomdo", "foyers"]
    facts = clean_declared(source, received(tmp_path, {"s_1.csv": text}, columns=columns))
    assert set(facts["measure"]) == {"households"}
    (line,) = said(clean_declared, source, received(tmp_path, {"s_1.csv": text}, columns=columns[:2]))
    assert "trouvé aucune colonne connue, attendu l'une de ces valeurs : foyers, enfants, personnes" in line


def test_the_year_of_a_file_without_period(tmp_path):
    layout = Table("t*.csv", code="c", level="commune", measures={"n": "rate"})
    text = "c;n\n01001;3\n"
    periods = [
        read_table(layout, received(tmp_path, {name: text}, vintage=vintage, date="2026-03-02"), name)["period"][0]
        for name, vintage in (("t_2021_2023.csv", "2019"), ("t.csv", "2018 et 2019"), ("t.csv", "celui du fichier"))
    ]
    assert periods == ["2023", "2019", "2026"]
    layout = Table("t*.csv", code="c", level="commune", measures={"n": "rate"}, period="2011")
    assert read_table(layout, received(tmp_path, {"t_2022.csv": text}), "t_2022.csv")["period"][0] == "2011"


def test_a_sheet_named_after_its_year_is_read_where_the_layout_says_so(tmp_path):
    file = received(tmp_path, {"t.csv": "y;c;n\nAPL 2023;01001;3\n"})
    layout = {"code": "c", "level": "commune", "measures": {"n": "rate"}, "period": "y"}
    assert read_table(Table("t*.csv", **layout, written=SHEET), file, "t.csv")["period"][0] == "2023"
    (line,) = said(read_table, Table("t*.csv", **layout), file, "t.csv")
    assert "trouvé « APL 2023 », attendu une année de quatre chiffres" in line


def test_the_file_of_france_has_the_code_that_its_layout_declares(tmp_path):
    layout = Table("t*.csv", code="c", level="france", measures={"n": "rate"}, codes="1", france="FM", period="2019")
    read = {code: received(tmp_path / code, {"t.csv": f"c;n\n{code};3\n"}) for code in ("1", "2")}
    assert list(read_table(layout, read["1"], "t.csv")["code"]) == ["FM"]
    (line,) = said(read_table, layout, read["2"], "t.csv")
    assert "trouvé « 2 », attendu le code d'un lieu (france)" in line


def test_a_zero_of_a_part_of_the_coverage_is_not_known_in_an_extract_and_is_one_in_the_file_of_the_caf(tmp_path):
    """The carrier wrote 0 in empty cells; the total is right, and the file of the Caf has empty cells."""
    source, name = SOURCES["caf_txcouv_pe"], "txcouv_pe_epci.csv"
    header = "annee;numepci;txcouv_epci;txcouv_eaje_epci;txcouv_am_ind_epci;txcouv_prescol_epci;txcouv_gad_ind_epci\n"
    texts = {name: header + "2023;200000172;0;15.4;34.4;0;1\n2023;200000438;76.3;6.8;;2.1;1.2\n"}
    for full, preschool in ((False, "nd"), (True, 0)):
        (tmp_path / str(full)).mkdir()
        read = values(clean_declared(source, received(tmp_path / str(full), texts, full=full)))
        assert read[("200000172", "2023", "childcare_coverage_preschool")] == preschool
        assert read[("200000172", "2023", "childcare_coverage")] == 0
        assert read[("200000438", "2023", "childcare_coverage_childminders")] == "nd"


def test_a_sum_a_difference_a_number_below_zero_and_the_blanks_of_a_parquet(tmp_path):
    layout = Table(
        "t*.parquet",
        code="c",
        level="commune",
        period="2013-2018",
        words={"": "secret"},
        measures={"taxes": "taxes"},
        computed={"balance": "births - deaths", "both": "births + deaths"},
        signed={"taxes"},
    )
    table = pd.DataFrame(
        {"c": ["01001", "01002"], "births": [3.0, 4], "deaths": [5, float("nan")], "taxes": [-13.5, 1]}
    )
    table.to_parquet(tmp_path / "t.parquet")
    folder = received(tmp_path, {"t_1.parquet": (tmp_path / "t.parquet").read_bytes()})
    facts = values(read_table(layout, folder, "t_1.parquet"))
    assert [facts[("01001", "2013-2018", name)] for name in ("balance", "both", "taxes")] == [-2, 8, -13.5]
    assert [facts[("01002", "2013-2018", name)] for name in ("balance", "both")] == ["secret", "secret"]
    assert ("01001", "2013-2018", "births") not in facts  # a part that no indicator asks for
    counted = replace(layout, signed=frozenset())
    (line,) = said(read_table, counted, folder, "t_1.parquet")
    assert "colonne taxes : trouvé -13,5, attendu un nombre, 0 ou plus" in line
