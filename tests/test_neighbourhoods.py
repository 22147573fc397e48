"""Priority neighbourhoods: each counted once in an EPCI, who lives there, one by one with the schools inside."""

import pandas as pd
import pytest
import shapely
from raw_files import received

from ctg_analysis.chapter.accounts import debate
from ctg_analysis.chapter.neighbourhoods import Neighbourhoods, neighbourhoods
from ctg_analysis.chapter.territory import Territory, open_territory
from ctg_analysis.clean.neighbourhoods import COLUMNS, clean_neighbourhoods, clean_residents, neighbourhoods_of
from ctg_analysis.indicators.observations import read_indicators
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI
from ctg_analysis.raw.certificates import read_certificate
from ctg_analysis.raw.folders import sha256

RENNES, REUNION, PARIS, MARSEILLE, NONE = "243500139", "249740119", "200054781", "200054807", "200066371"
# Two EPCIs of a département. 93002 (merged) is a part of 93001; 93004 was split from 93003 since the list was made.
COMMUNES = pd.DataFrame(
    {
        "code": ["93001", "93003", "93004", "97411", "75056", "75118"],
        "kind": ["commune-actuelle"] * 5 + ["arrondissement-municipal"],
        "epci": ["A", "B", "B", "R", "P", None],
        "parent": [None] * 5 + ["75056"],
        "former_codes": ["93002", None, None, None, None, None],
        "departement": ["93", "93", "93", "974", "75", "75"],
        "region": ["11", "11", "11", "04", "11", "11"],
        "zone": ["metro", "metro", "metro", "drom", "metro", "metro"],
    }
)
LIST = """QP;LIB_QP;LIST_COM_2025
QN09301M;La Plaine De L'Écluse;93001, 93002
QN09302I;Les Tilleuls;93001, 93003
QN09303N;Le Moulin;93003
QN97401M;Le Chaudron;97411
QN07501M;La Chapelle;75118
"""
FIGURES = """codeQPV;popMuniQPV;taux_pauvrete_60
QN09301M;1000;40
QN09302I;2000;
QN09303N;3000;50
QN97401M;4000;
QN07501M;5000;45
"""
THEN = "CODGEO;TP60;ABC\nQP093002;38,5;120\nQP093001;33;99\n"
SAME = "code_qp;CODGEO\nQN09302I;QP093002\n"


def by_place(facts):
    return {(row.code, row.level): row.value for row in facts[facts["status"].eq("ok")].itertuples()}


def test_a_neighbourhood_counts_in_each_of_its_communes_and_once_in_a_larger_place(tmp_path):
    """Two communes of it merged since: once in the one that they became. It lies in two EPCIs: in each."""
    counts = by_place(clean_neighbourhoods(received(tmp_path, {"TAG_QPV2024_2025.csv": LIST}), COMMUNES))
    assert (counts["93001", "commune"], counts["A", "epci"]) == (2, 2)
    assert (counts["93003", "commune"], counts["B", "epci"]) == (2, 2)
    assert ("93004", "commune") not in counts  # split from 93003: those of the list stay under its code
    assert counts["93", "departement"] == 3 and counts["75056", "commune"] == 1
    assert (counts["F", "france"], counts["FM", "france"]) == (5, 4)


def test_who_lives_in_a_part_of_a_neighbourhood_is_not_known_and_of_overseas_no_year_is(tmp_path):
    texts = {"TAG_QPV2024_2025.csv": LIST, "qpv_2024_chiffres.csv": FIGURES}
    facts = clean_residents(received(tmp_path, texts), COMMUNES)
    people = by_place(facts)
    assert people["A", "epci"] == 1000 + 2000 and people["B", "epci"] == 2000 + 3000
    assert people["93", "departement"] == 6000 and people["FM", "france"] == 11_000
    parts = facts[facts["code"].isin(["93001", "93003", "F"])]
    assert set(parts["status"]) == {"nd"} and len(parts) == 3
    assert not {"97411", "R", "974"} & {code for code, _ in people}


def opened(tmp_path, **texts):
    return [received(tmp_path / "-".join(texts), {f"{name}.csv": text for name, text in texts.items()})]


@pytest.fixture
def table(tmp_path):
    square = shapely.box(2.0, 48.0, 2.1, 48.1)
    pd.DataFrame({"code_qp": ["QN09303N", "QN09301M"], "geometry": [shapely.to_wkb(square), b""]}).head(1).to_parquet(
        tmp_path / "contours.parquet"
    )
    outlines = received(tmp_path, {"qpv_contours.parquet": (tmp_path / "contours.parquet").read_bytes()})
    folders = {
        "insee_qpv": opened(tmp_path, TAG_QPV2024_2025=LIST),
        "insee_qpv_2024": opened(tmp_path, TAG_QPV2024_2025=LIST, qpv_2024_chiffres=FIGURES),
        "insee_qpv_2015": opened(tmp_path, qpv_edition=THEN, qpv_inchanges=SAME),
        "anct_qpv_2024": [outlines],
    }
    schools = pd.DataFrame(
        {"longitude": [2.05, 2.01, 3.0, None], "latitude": [48.05, 48.09, 48.05, 48.05], "ips": [80.0, None, 99, 70]}
    )
    return neighbourhoods_of(folders, COMMUNES, schools).set_index(["epci", "code"])


def test_each_neighbourhood_of_an_epci_has_its_row_with_what_is_published_of_it(table):
    assert [*table.reset_index()] == COLUMNS
    of_epcis = {"A": ["QN09301M", "QN09302I"], "B": ["QN09302I", "QN09303N"], "P": ["QN07501M"], "R": ["QN97401M"]}
    assert table.index.tolist() == [(epci, code) for epci, codes in of_epcis.items() for code in codes]
    assert table["shared"].tolist() == [False, True, True, False, False, False]
    assert table.loc[("A", "QN09301M"), ["name", "communes"]].tolist() == ["La Plaine de l'Écluse", "93001"]
    straddling = table.loc[("B", "QN09302I")]
    assert (straddling["population_2020"], straddling["poverty_2018"], straddling["job_seekers_2021"]) == (
        2000,
        38.5,
        120,
    )
    assert pd.isna(straddling["poverty_2021"]) and pd.isna(table.loc[("R", "QN97401M"), "population_2020"])
    assert table["poverty_2018"].notna().sum() == 2  # of 2015: only of the one whose outline is the same


def test_the_schools_of_a_neighbourhood_are_those_whose_point_is_inside(table):
    inside = table.loc[("B", "QN09303N")]
    assert (inside["schools"], inside["schools_with_ips"], inside["ips"]) == (2, 1, 80)
    assert table["schools"].isna().sum() == 5  # without an outline, not known rather than none


def test_without_their_list_there_is_none(tmp_path):
    assert neighbourhoods_of({}, COMMUNES, pd.DataFrame()).empty


def test_the_bytes_are_those_of_the_certificates_and_no_column_of_the_carrier_is_of_foreigners(france):
    for name in ("insee_qpv", "insee_qpv_2024", "insee_qpv_2015", "anct_qpv_2024", "depp_ecoles"):
        folder = read_certificate(france.raw / name / "france")
        for entry in folder.certificate.fichiers:
            assert sha256(folder.path / entry.fichier) == entry.sha256
            told = str(entry.model_extra["colonnes"]).lower()
            assert "étranger" not in told and "immigr" not in told


@pytest.fixture(scope="module")
def shipped(france):
    return pd.read_parquet(france.processed / "neighbourhoods.parquet")


def test_the_figures_of_the_shipped_neighbourhoods_are_those_that_were_worked_out_apart(france, shipped):
    some = ["priority_neighbourhoods_count", "priority_neighbourhood_residents_rate"]
    rows = read_indicators(france.processed, some, groups=()).set_index(["indicator", "territory"])["value"]
    counts = rows["priority_neighbourhoods_count"]
    assert counts[[RENNES, REUNION, DEFAULT_EPCI, NONE, PARIS, MARSEILLE]].tolist() == [5, 16, 0, 0, 175, 66]
    assert shipped["epci"].value_counts().reindex([RENNES, REUNION, PARIS, MARSEILLE]).tolist() == [5, 16, 175, 66]
    assert shipped["epci"].nunique() == 344 and counts["F"] == 1518
    once = shipped.drop_duplicates("code")
    assert len(once) == 1518 and shipped.groupby("code").size().eq(2).sum() == 10
    assert (once["population_2020"].notna().sum(), once["population_2020"].sum()) == (1362, 5_307_455)
    assert once["poverty_2021"].notna().sum() == 1299
    assert rows["priority_neighbourhood_residents_rate"][DEFAULT_EPCI] == 0
    assert REUNION not in rows["priority_neighbourhood_residents_rate"].dropna()


def test_the_schools_inside_the_shipped_outlines_are_those_that_were_counted_apart(france, shipped):
    """By the outlines of the file, not those that are kept; a school has the network and the index that pages show."""
    schools = pd.read_parquet(france.processed / "structures.parquet").query("kind == 'école'")
    outlines = pd.read_parquet(france.raw / "anct_qpv_2024/france/qpv_2024_contours_extrait.parquet")
    tree = shapely.STRtree(shapely.from_wkb(outlines["geometry"]))
    found, _ = tree.query(shapely.points(schools[["longitude", "latitude"]].fillna(0)), predicate="within")
    inside = pd.Series(range(len(schools)), schools.index).isin(found)
    assert inside.sum() == 4112 == shipped.drop_duplicates("code")["schools"].sum()
    in_network = 100 * schools["network"].ne("").groupby(inside).mean()
    assert in_network.round(1).to_dict() == {True: 74.3, False: 8.2}
    then = schools[schools["ips_period"].eq("2022-2023")]
    assert then["ips"].groupby(inside).mean().round(1).to_dict() == {True: 81.3, False: 106.1}
    once = shipped.drop_duplicates("code")
    assert (once["ips"] * once["schools_with_ips"]).sum() / once["schools_with_ips"].sum() == pytest.approx(
        81.3, abs=0.05
    )


def test_the_table_of_a_territory_leaves_out_the_columns_without_a_value(france):
    table = neighbourhoods(open_territory(RENNES, france)).html
    for words in ("Le Blosne", "11\u202f809", "49\u202f%", "Habitants, 2020", "Taux de pauvreté, 2021", "Écoles, 2024"):
        assert words in table
    assert "2018" not in table and "Demandeurs" not in table  # of one of five neighbourhoods
    overseas = neighbourhoods(open_territory(REUNION, france)).html
    assert "Taux de pauvreté, 2018" in overseas and "périmètre de 2024 est celui de 2015" in overseas
    assert "Habitants" not in overseas and overseas.count("<tr") == 17
    assert neighbourhoods(open_territory(PARIS, france)).html.count(" (en partie)<") == 2
    assert neighbourhoods(open_territory(DEFAULT_EPCI, france)).html == ""


def test_sentences_tell_the_range_of_what_is_published_and_questions_ask_where_services_are(example, france):
    rows = pd.DataFrame({"shared": [True, False, False], "poverty_2021": [40.0, 61, None]})
    told = Neighbourhoods(rows)
    assert (told.lettres, told.partages) == ("trois quartiers prioritaires", 1)
    assert told.pauvrete == "allait de 40\u202f% à 61\u202f% en 2021, dans les 2 où il est publié"
    assert Neighbourhoods(rows[2:]).pauvrete == "" and Neighbourhoods(rows[:1]).pauvrete == "était de 40\u202f% en 2021"
    assert "quartier prioritaire, où sont le centre social" in debate(Territory(EXAMPLE_EPCI, example), "03").html
    assert "quartier" not in debate(Territory(DEFAULT_EPCI, france), "03").html
