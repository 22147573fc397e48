"""Years older than the yearly tables, brought to the reference year (R16) by the passage table; the grid of density.

The figures are powers of two, so that a sum tells its parts.
"""

import pandas as pd
import pytest
import xlsxwriter
from raw_files import certified

from ctg_analysis.chapter.portrait import where_most_live
from ctg_analysis.clean import frame
from ctg_analysis.clean.facts import by_period_of_former
from ctg_analysis.clean.frame import clean_communes, with_zonings
from ctg_analysis.clean.perimeter import Perimeter, perimeter_from, to_reference, with_split, without_changed_epcis
from ctg_analysis.model.errors import InputError, UserError
from ctg_analysis.model.facts import COLUMNS
from ctg_analysis.model.indicator import MISSING, OK
from ctg_analysis.model.settings import data_root
from ctg_analysis.model.source import Source, Totals
from ctg_analysis.model.territories import communes_along, follow, joined_again, passage, ways_between
from ctg_analysis.raw.certificates import read_certificate

TITLE = [["Table de passage annuelle"], ["Mise en ligne le 01/04/2025"], [], ["© Insee"]]
LABELS = ["Niveau géographique", *["Code", "Libellé"] * 3]
HEADER = ["NIVGEO", "CODGEO_2016", "LIBGEO_2016", "CODGEO_2017", "LIBGEO_2017", "CODGEO_2025", "LIBGEO_2025"]
ARGENCES = ["12005", "12112", "12117", "12223", "12279", "12304"]  # merged on 1 January 2017
NEUSSARGUES = ["15031", "15035", "15047", "15141", "15171"]  # merged in December 2016, apart again in 2025
CITIES = ["13055", "69123", "75056"]
SOURCE = Source(id="register", label="Registre", producer="P")
MEDIAN = Source(id="register", label="Registre", producer="P", totals=Totals(additive=False))


def followed(code, *codes, level="COM"):
    return [level, *(cell for one in (code, *codes) for cell in (one, f"nom {one}"))]


PASSAGE = [
    *(followed(code, "12223", "12223") for code in ARGENCES),
    *(followed(code, "15141", code) for code in NEUSSARGUES),
    *(followed(code, code, code) for code in ["12119", *CITIES]),
    followed("", "55138", "55138"),  # no such commune in 2016
    followed("75101", "75101", "75101", level="ARM"),
]


def write_workbook(path, **sheets):
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)


@pytest.fixture(scope="module")
def years():
    return clean_communes(read_certificate(data_root().raw / "etalab_decoupage"))


@pytest.fixture
def folder(tmp_path):
    fusions = [*TITLE, ["ANNEE_MODIF", "COM_INI", "COM_FIN"], [2017, "12005", "12223"]]
    table = [*TITLE, LABELS, HEADER, *PASSAGE]
    write_workbook(tmp_path / "table_passage_annuelle_2025.xlsx", COM=table, **{"Liste des fusions": fusions})
    return certified(tmp_path, "insee_passage")


@pytest.fixture
def codes(folder):
    return frame.clean_passage(folder)


def perimeter(codes, year, years):
    return perimeter_from(year, years, 2026, codes)


def facts(values):
    table = pd.DataFrame({"code": list(values), "value": [float(value) for value in values.values()]})
    return table.assign(level="commune", period="2016", measure="births", status=OK, source="register", parts=1, few=0)


def communes_of(moved):
    return moved[moved["level"].eq("commune")].set_index("code")


def powers(names):
    return {name: 2**rank for rank, name in enumerate(names)}


def test_six_communes_merged_in_2017_are_summed(codes, years):
    moved = to_reference(facts(powers(ARGENCES)), SOURCE, perimeter(codes, 2016, years))
    argences = communes_of(moved).loc["12223"]
    assert argences["value"] == 63 and argences["status"] == OK
    lacking = facts(powers(ARGENCES[:-1]))
    argences = communes_of(to_reference(lacking, SOURCE, perimeter(codes, 2016, years))).loc["12223"]
    assert pd.isna(argences["value"]) and argences["status"] == MISSING


def test_a_commune_split_since_is_missing_not_shared_out(codes, years):
    moved = communes_of(to_reference(facts({"15141": 5}), SOURCE, perimeter(codes, 2017, years)))
    assert set(moved.index) == set(NEUSSARGUES)
    assert set(moved["status"]) == {MISSING} and moved["value"].isna().all()


def test_a_commune_split_since_has_the_inhabitants_of_all_its_parts_where_they_are_known(codes, years):
    """1 + 2 + 4 + 8 + 16 of them; a year in which one is unknown has the row of the commune itself alone."""
    people = facts(powers(NEUSSARGUES)).assign(measure="population")
    ways = perimeter(codes, 2017, years).ways
    found = with_split(people, ways).drop_duplicates("code").set_index("code")["value"]
    assert found.to_dict() == powers(NEUSSARGUES) | {"15141": 31}
    assert with_split(people[1:], ways)["value"].tolist() == people["value"].tolist()[1:]


def test_communes_merged_and_apart_again_keep_their_own_figures(codes, years):
    moved = communes_of(to_reference(facts(powers(NEUSSARGUES)), SOURCE, perimeter(codes, 2016, years)))
    assert moved["value"].to_dict() == powers(NEUSSARGUES) and set(moved["status"]) == {OK}


def test_totals_expect_the_communes_of_that_year(codes, years):
    known = [*ARGENCES, "12119"]
    moved = to_reference(facts(powers(known)), SOURCE, perimeter(codes, 2016, years)).set_index(["level", "code"])
    assert moved.loc[("epci", "200067171"), "value"] == 127
    moved = to_reference(facts(powers(ARGENCES)), SOURCE, perimeter(codes, 2016, years)).set_index(["level", "code"])
    assert moved.loc[("epci", "200067171"), "status"] == MISSING


def test_a_year_that_the_table_does_not_reach_is_said(codes):
    with pytest.raises(UserError, match=r"no communes of 2002 in the passage table, expected a year from 2016 to 2025"):
        ways_between(codes, 2002, 2025)


def test_without_passage_table_the_oldest_year_stands_for_an_earlier_one(years):
    assert perimeter_from(2016, years, 2026).communes.equals(years[2021])
    for unknown in (0, 2002, 2027):
        with pytest.raises(UserError, match=f"no communes of {unknown}, expected a year from 2003 to 2026"):
            perimeter_from(unknown, years, 2026)
    with pytest.raises(UserError, match="no communes of 2024"):
        perimeter_from(2024, {year: years[year] for year in (2021, 2026)}, 2026)


def test_the_end_of_a_table_that_leads_nowhere_is_said(codes, years):
    with pytest.raises(UserError, match="communes without an heir: 15031"):
        follow(ways_between(codes, 2016, 2025), passage(years[2024], years[2026]))


def test_parts_that_met_again_are_whole():
    split = pd.DataFrame({"code": ["A", "A"], "commune": ["A", "B"], "split": True})
    merged = pd.DataFrame({"code": ["A", "B"], "commune": ["A", "A"], "split": False})
    assert follow(split, merged).to_dict("records") == [{"code": "A", "commune": "A", "split": False}]
    apart = follow(merged, split)
    assert len(apart) == 4 and apart["split"].all()


def test_a_city_without_its_commune_is_said(codes, years):
    without = ways_between(codes[codes[2025].ne("75056")], 2016, 2025)
    with pytest.raises(UserError, match="no commune 75056 in the passage table"):
        communes_along(without, years[2026])


@pytest.mark.parametrize("stop", [2022, 2024, 2025])
def test_two_steps_lead_where_one_does(years, stop):
    steps = follow(passage(years[2021], years[stop]), passage(years[stop], years[2026]))
    assert steps.equals(passage(years[2021], years[2026]))


def test_what_ways_tell_of_the_communes_of_a_year_agrees_with_its_table(years):
    told = communes_along(passage(years[2021], years[2026]), years[2026]).set_index("code")
    known = years[2021].set_index("code")
    assert set(told.index) == set(known.index)
    both = known.join(told.add_suffix("_told"))
    assert both["departement"].equals(both["departement_told"]) and both["kind"].equals(both["kind_told"])
    moved = both[both["epci"].notna() & both["epci"].ne(both["epci_told"])]
    assert 0 < len(moved) < 150  # communes that changed of EPCI since


def test_another_passage_table_is_refused(tmp_path):
    write_workbook(tmp_path / "table_passage_geo2003_geo2025.xlsx", table=[["CODGEO_INI", "CODGEO_2025"]])
    with pytest.raises(InputError, match="aucun fichier connu, attendu table_passage_annuelle"):
        frame.clean_passage(certified(tmp_path, "insee_passage"))


def test_a_code_of_the_passage_table_without_its_zero_is_an_error(tmp_path):
    rows = [*TITLE, LABELS, HEADER, followed("1001", "01001", "01001")]
    write_workbook(tmp_path / "table_passage_annuelle_2025.xlsx", COM=rows)
    with pytest.raises(InputError, match=r"ligne 7, colonne CODGEO_2016 : trouvé « 1001 », attendu un code de commune"):
        frame.clean_passage(certified(tmp_path, "insee_passage"))


DENSITY_HEADER = ["CODGEO", "LIBGEO", "DENS", "LIBDENS", "PMUN21"]


def density(tmp_path, *rows):
    title = [["Grille communale de densité à 7 niveaux"], ["Géographie au 01/01/2024"], [], ["© Insee"]]
    write_workbook(tmp_path / "grille_densite_7_niveaux_2024.xlsx", Grille=[*title, DENSITY_HEADER, *rows])
    return frame.clean_density(certified(tmp_path, "insee_grille_densite"))


def test_the_density_grid_gives_a_class_by_commune_from_its_label(tmp_path):
    """Copies number the third and the fourth class either way: the label alone says which it is."""
    rows = [["01001", "A", 3, "Ceintures urbaines", 800], ["12119", "B", 4, "Petites villes", 1200]]
    table = density(tmp_path, *rows)
    assert table.set_index("code")["density"].to_dict() == {"01001": "Ceintures urbaines", "12119": "Petites villes"}


@pytest.mark.parametrize("bad", ["Rural", "3", ""])
def test_a_class_that_is_none_is_an_error(tmp_path, bad):
    with pytest.raises(
        InputError,
        match=r"ligne 7, colonne LIBDENS : trouvé .*, attendu (?:l'une de ces valeurs : Bourgs ruraux|une valeur)",
    ):
        density(tmp_path, ["01001", "A", 6, "Bourgs ruraux", 800], ["12119", "B", 7, bad, 1200])


def massifs(tmp_path, *rows):
    (tmp_path / "massifs.csv").write_text("\n".join(["insee_com;massif;lib_massif", *rows]), encoding="utf-8")
    return frame.clean_massifs(certified(tmp_path, "anct_massifs"))


def test_the_massifs_of_communes_make_those_of_their_epci(tmp_path):
    known = massifs(tmp_path, "12119;06;Massif Central", "48009;06;Massif Central", "11001;08;Massif des Pyrénées")
    rows = [("12119", "commune", "E"), ("48009", "commune", "E"), ("11001", "commune", "E"), ("75056", "commune", "G")]
    places = pd.DataFrame([*rows, ("E", "epci", None), ("G", "epci", None)], columns=["code", "level", "epci"])
    found = with_zonings(places, None, known).set_index("code")
    assert found["massif"].dropna().to_dict() == {
        "12119": "Massif Central",
        "48009": "Massif Central",
        "11001": "Massif des Pyrénées",
        "E": "Massif Central|Massif des Pyrénées",
    }
    assert found["density"].isna().all()
    grid = pd.DataFrame({"code": ["12119", "E"], "density": "Bourgs ruraux"})
    assert with_zonings(places, grid, None).set_index("code")["density"].dropna().to_dict() == {
        "12119": "Bourgs ruraux"
    }


def test_a_massif_overseas_holds_parts_of_communes(tmp_path):
    known = massifs(tmp_path, "12119;06;Massif Central", "97411;09;Massif des Hauts de la Réunion")
    told = ["Massif Central", "Massif des Hauts de la Réunion (en tout ou en partie)"]
    assert list(known["massif"]) == told
    places = pd.DataFrame({"code": ["a", "b"], "density": "Bourgs ruraux", "massif": [told[0], None]})
    people = pd.Series({"a": 1, "b": 1})
    assert where_most_live(places, people).endswith("(100\u202f% des habitants), Massif Central (en partie)")
    assert where_most_live(places.assign(massif=told[1]), people).endswith("Réunion (en tout ou en partie)")
    assert where_most_live(places.assign(massif=told[0]), people).endswith("Massif Central")


@pytest.mark.parametrize("bad", ["12119;06;Central", "1001;03;Massif du Jura", "12119;06;"])
def test_a_massif_without_its_name_or_a_broken_code_is_an_error(tmp_path, bad):
    with pytest.raises(InputError, match=r"ligne 3, colonne (?:lib_massif|insee_com)"):
        massifs(tmp_path, "48009;06;Massif Central", bad)


# Without the passage table: the former codes that each year's table of communes holds.


def counted(period, **values):
    rows = [(code.removeprefix("c"), value) for code, value in values.items()]
    table = pd.DataFrame(rows, columns=["code", "value"]).assign(level="commune", period=period, measure="people")
    return table.assign(status=OK, source="register", parts=1, few=0)[COLUMNS]


def at_reference(years, facts, source=SOURCE):
    perimeter = perimeter_from(2025, years, 2026)
    tables = [to_reference(part, source, one) for one, part in by_period_of_former(facts, perimeter, years[2026])]
    return pd.concat(tables).query("level == 'commune'").set_index(["period", "code"])


def test_the_years_of_a_file_that_are_older_than_its_geography_are_summed(years):
    """The six communes that became Argences en Aubrac in 2017, and Argences itself later: powers of two tell."""
    former = {f"c{code}": 2.0**power for power, code in enumerate(ARGENCES)}
    moved = at_reference(years, pd.concat([counted("2015", **former, c12119=100), counted("2024", c12223=7)]))
    assert moved.loc[("2015", "12223"), "value"] == 63 and moved.loc[("2015", "12119"), "value"] == 100
    assert moved.loc[("2024", "12223"), "value"] == 7 and set(moved["status"]) == {OK}
    medians = at_reference(years, counted("2015", **former), MEDIAN)
    assert medians.loc[("2015", "12223"), "status"] == MISSING


def test_a_commune_that_took_another_code_is_followed(years):
    """27676, Les Trois Lacs, was 27058 on 1 January 2021 and 27676 before and after."""
    old = perimeter_from(2020, years, 2026)
    assert old.former({"27676", "27001"}) == {"27676"}
    named = old.naming({"27676", "27001"}, years[2026])
    assert "27058" not in set(named.communes["code"])
    moved = to_reference(counted("2019", c27676=5), MEDIAN, named).set_index("code")
    assert moved.loc["27676", "value"] == 5 and moved.loc["27676", "status"] == OK


def places_of_a_year(epcis, **former):
    """The communes of a year with their EPCI, and the former communes of some, as the yearly tables have them."""
    rows = {"code": list(epcis), "epci": list(epcis.values()), "kind": "commune-actuelle", "parent": None}
    more = {"departement": "12", "region": "76", "zone": "metro", "secteur": None}
    return pd.DataFrame(rows).assign(**more, former_codes=[former.get(f"c{code}") for code in epcis])


def test_an_epci_that_has_won_or_lost_a_commune_has_no_figure_that_was_published_before():
    """C goes from S to T; U has a commune that merged, V one that was split: both hold what they held."""
    then = places_of_a_year({"A": "S", "C": "S", "D": "T", "E": "U", "F": "U", "G": "V"}, cG="H")
    now = places_of_a_year({"A": "S", "C": "T", "D": "T", "E": "U", "G": "V", "H": "V"}, cE="F")
    changed = Perimeter.between(then, now).changed_epcis
    assert changed == {"S", "T"}
    published = facts({"S": 20_000, "U": 21_000}).assign(level="epci")
    kept = without_changed_epcis(published, changed).set_index("code")
    assert kept["status"].to_dict() == {"S": MISSING, "U": OK} and kept.loc["U", "value"] == 21_000
    assert without_changed_epcis(facts({"S": 20_000}), changed)["status"].eq(OK).all()  # a commune of that code


def test_a_file_that_still_holds_the_parts_of_a_commune_tells_of_its_epci_and_not_of_the_parts():
    """G and H were one until this year; the file has the sum under G. V has both, W has a part of neither."""
    before = places_of_a_year({"A": "W", "G": "V"}, cG="H")
    now = places_of_a_year({"A": "W", "G": "V", "H": "V"})
    joined = Perimeter.between(joined_again(now, before, ("G",)), now)
    moved = to_reference(facts({"A": 5, "G": 12}), SOURCE, joined).set_index(["level", "code"])
    assert moved.loc[("epci", "V"), "value"] == 12 and moved.loc[("departement", "12"), "value"] == 17
    assert moved.loc[("commune", ["G", "H"]), "status"].tolist() == [MISSING, MISSING]
    apart = to_reference(facts({"A": 5, "G": 12}), SOURCE, Perimeter.between(now, now)).set_index(["level", "code"])
    assert apart.loc[("epci", "V"), "status"] == MISSING
