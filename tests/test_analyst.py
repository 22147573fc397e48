"""What an analyst asks in a notebook: an indicator by a word, plain tables, own figures beside the observations."""

import re
from io import StringIO
from math import nan

import jedi
import pandas as pd
import pytest
import seaborn as sns

from ctg_analysis.chapter.chapter import ids_for, open_chapter
from ctg_analysis.display.drawing import SMALL
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import InputError, UserError
from ctg_analysis.model.settings import EXAMPLE_EPCI, settings
from ctg_analysis.model.source import SOURCES
from ctg_analysis.publish.tasks import sum_of_data
from ctg_analysis.show.charts import HEIGHT


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
    found = chapter.find("ACTIVITE ASSISTANTS maternels")
    assert chapter.find("creche").equals(chapter.find("Crèche")) and len(chapter.find("creche")) >= 5
    assert len(found) and set(found["indicator"]) < set(chapter.find("maternels")["indicator"])
    assert list(found) == ["indicator", "family", "label", "unit", "latest"]
    lines = chapter.find("children_0_2_count")
    assert lines.iloc[0].tolist() == [
        "children_0_2_count",
        "childhood_count",
        "Enfants de 0 à 2 ans",
        "enfants",
        "2023",
    ]


def test_own_figures_stand_beside_the_latest_ones(chapter, own):
    path = own("\ufeffcode;abonnes;taux;note\n99002;1240;12,5;ouvert\n99001;9;;\n99003;-3;+4.5;fermé\n")
    table = chapter.with_own("children_0_2_count", path)
    assert list(table) == ["territory", "name", "period", "children_0_2_count", "status", "abonnes", "taux", "note"]
    assert list(table["territory"]) == [f"9900{number}" for number in range(1, 9)] and set(table["period"]) == {"2023"}
    line = table.set_index("territory").loc["99002"]
    assert (line["children_0_2_count"], line["abonnes"], line["taux"], line["note"]) == (190, 1240, 12.5, "ouvert")
    assert list(table["abonnes"].iloc[:3]) == [9, 1240, -3] and table["abonnes"].iloc[3:].isna().all()
    assert table["taux"].iloc[2] == 4.5 and table["taux"].isna().sum() == 6


@pytest.mark.parametrize(
    "given",
    [
        pd.DataFrame([["99001", 1, 2]], columns=["code", "x", "x"]),
        pd.DataFrame([["99001", 1]], columns=pd.MultiIndex.from_tuples([("code", ""), ("x", "y")])),
        ["99001"],
        None,
    ],
)
def test_what_is_no_table_of_communes_is_told_in_one_line(chapter, given):
    with pytest.raises(UserError) as told:
        chapter.with_own("children_0_2_count", given)
    assert "\n" not in str(told.value) and "attendu" in str(told.value)


def test_a_withheld_figure_stays_withheld_beside_own_ones(chapter, own):
    rows = chapter.observations
    hidden = rows[rows["status"].eq("secret") & rows["level"].eq("commune")].sort_values("period").iloc[-1]
    table = chapter.with_own(hidden["indicator"], own("code,x\n99001,1\n")).set_index("territory")
    assert table.loc[hidden["territory"], "status"] == "secret"
    assert table.loc[hidden["territory"], [hidden["indicator"]]].isna().all()
    both = chapter.with_own([hidden["indicator"], "population_count"], own("code,x\n99001,1\n"))
    secret = both.set_index("territory")[f"{hidden['indicator']}_status"]
    assert secret[hidden["territory"]] == "secret" and both.attrs["note"].startswith("Sous secret : ")


def test_what_is_withheld_in_an_own_table_is_told_under_it_and_may_be_hatched_on_its_map(chapter, own):
    beside = chapter.with_own("population_count", own("code;abonnes\n99001;s\n99002;12\n99003;<5\n99004;nd\n"))
    names = beside.set_index("territory")["name"]
    note = f"Sous secret : abonnes ({names['99001']}, {names['99003']})."
    assert beside.attrs["note"] == note
    framed = chapter.framed(beside, title="Abonnés", source="Bibliothèque")
    assert note in framed.html.replace("\u00a0", " ")
    land = chapter.land.merge(beside, on=["territory", "name"])
    assert set(land.loc[land["abonnes_status"].eq("secret"), "territory"]) == {"99001", "99003"}
    assert beside["abonnes"].isna().sum() == len(beside) - 1


@pytest.mark.parametrize(
    "text, said",
    [
        ("code;x\n99001;1\n99001;2\n", "ligne 3, colonne code : trouvé « 99001 » une seconde fois"),
        ("commune;x\n99001;1\n", "ligne 1, colonne code : trouvé pas de colonne de ce nom"),
        ("code;x\n99001;1;2\n", "ligne 2 : trouvé 3 cases, attendu 2"),
        ("", "ligne 1 : trouvé un fichier vide"),
    ],
)
def test_a_file_that_does_not_fit_is_told_with_its_line(chapter, own, text, said):
    with pytest.raises(InputError) as error:
        chapter.with_own("children_0_2_count", own(text))
    assert said in str(error.value) and "\n" not in str(error.value)


def test_synonyms_plurals_and_words_close_to_others_are_known(chapter):
    """« nounou » is in no label; « crehe » is no word."""
    assert set(chapter.find("nounous")["indicator"]) >= set(chapter.find("assistante maternelle")["indicator"])
    assert chapter.find("CRÈCHES").equals(chapter.find("crèche"))
    with pytest.raises(UserError, match="no indicator with 'crehe': did you mean crèche"):
        chapter.find("crehe")
    with pytest.raises(UserError, match="no indicator with 'xyzzy': expected words"):
        chapter.find("xyzzy")


@pytest.mark.parametrize(
    "ask, said",
    [
        (lambda chapter: chapter.reading("birth_count"), "no indicator 'birth_count': did you mean births_count, "),
        (lambda chapter: chapter.members("xyzzy"), "no family 'xyzzy': chapter.find(\"WORD\") finds them"),
        (lambda chapter: chapter.data(), "no indicator: expected their ids"),
        (lambda chapter: chapter.compare("births_count", with_=1), "EPCI « 1 » : aucun de ce SIREN ni de ce nom"),
        (
            lambda chapter: chapter.figure(None, pd.DataFrame(), title="x"),
            "figure: no column indicator, label, level, p",
        ),
        (lambda chapter: chapter.compare("births_count", with_=[EXAMPLE_EPCI]), "compare: expected an indicator and"),
    ],
)
def test_a_mistake_is_one_line_in_a_notebook_too(chapter, ask, said):
    with pytest.raises(UserError) as error:
        ask(chapter)
    (line,) = error.value._render_traceback_()
    assert line.startswith(said) and "\n" not in line


def test_ids_complete_within_the_quotes_of_a_verb_and_nowhere_else(chapter):
    names = {"ours": chapter, "pd": pd}
    expected = {
        'x = ours.data("births_c': ["births_count"],
        "ours.data(\n    'population_count',\n    'births_c": ["births_count"],
        'ours.reading("irths_count': ["births_count"],
        'ours.find("births_c': [],
        'pd.read_csv("births_c': [],
        'theirs.data("births_c': [],
        'ours.data("births_count").query("': [],
    }
    found = {code: ids_for(code, names) for code in expected}
    assert {code: found[code] for code in expected if found[code] != expected[code]} == {}
    assert set(ids_for('ours.members("', names)) == {one.family for one in CATALOGUE.values() if one.family}


def test_jedi_knows_the_verbs_and_their_signatures(chapter):
    """As Tab and Shift-Tab of JupyterLab ask it, in a notebook that runs and in a file."""
    opened = "from ctg_analysis.chapter import open_chapter\nchapter = open_chapter('200067171')\nchapter."
    live = jedi.Interpreter("chapter.", [{"chapter": chapter}]).complete()
    assert {"data", "members", "figure", "profile", "everywhere"} <= {one.name for one in live}
    assert {one.name for one in jedi.Script(opened).complete()} >= {one.name for one in live if one.name[0] != "_"}
    verbs = [name for name in dir(type(chapter)) if name[0] != "_" and callable(getattr(type(chapter), name))]
    told = {verb: jedi.Interpreter(f"chapter.{verb}(", [{"chapter": chapter}]).get_signatures() for verb in verbs}
    assert [verb for verb, signatures in told.items() if len(signatures) != 1] == [] and len(verbs) > 30
    assert [verb for verb, (one,) in told.items() if not one.docstring(raw=True)] == []
    assert "wide: bool=False" in told["data"][0].to_string()


def test_an_indicator_is_had_in_every_epci_of_france(chapter):
    """With names and inhabitants; what a partner entrusts of the territory is left out."""
    rows = chapter.everywhere("births_count")
    assert rows["territory"].nunique() > 10 and rows[["name", "population"]].notna().all(axis=None)
    assert (
        rows.loc[rows["status"].eq("ok"), "value"].notna().all() and not rows.duplicated(["territory", "period"]).any()
    )
    assert EXAMPLE_EPCI not in set(chapter.everywhere("waiting_children_count").query("status == 'ok'")["territory"])


def test_pandas_reads_a_workbook(chapter, tmp_path):
    pd.DataFrame({"code": ["99001"], "x": [1240]}).to_excel(tmp_path / "own.xlsx", index=False, engine="xlsxwriter")
    assert pd.read_excel(tmp_path / "own.xlsx", dtype={"code": str}).loc[0].tolist() == ["99001", 1240]


def test_data_comes_long_or_wide_with_years_and_dates(chapter):
    names = ["births_count", "population_count"]
    rows = chapter.data(*names)
    assert set(rows["indicator"]) == set(names) and set(rows["unit"]) == {"naissances", "habitants"}
    assert rows["year"].dtype == int and rows["date"].dt.strftime("%Y-12-31").eq(rows["date"].astype(str)).all()
    wide = chapter.data(*names, wide=True)
    assert list(wide) == ["territory", "level", "name", "period", "year", "date", *names]
    assert len(wide) == len(rows[["territory", "level", "period"]].drop_duplicates())
    long = rows.set_index(["indicator", "territory", "level", "period"])["value"].dropna()
    for name in names:
        found = wide.set_index(["territory", "level", "period"])[name].dropna()
        assert found.sort_index().equals(long[name].rename(name).sort_index())


def test_epcis_of_ones_choice_stand_beside_of_open_figures_alone(chapter):
    peer = chapter.peers_table().iloc[1]
    piece = chapter.compare("age_65_plus_share", "births_count", with_=peer["epci"])
    rows = pd.read_html(StringIO(piece.html))[0]
    names = {chapter.territory.row["name"].replace("'", "’"), peer["name"].replace("'", "’")}
    assert set(rows["EPCI"][:2]) == names and rows.iloc[:, 1].str.contains("%").all()
    assert piece.about["indicators"] == ["age_65_plus_share", "births_count"]
    assert peer["epci"] in chapter.territory.chosen
    assert len({sum_of_data(chapter.territory, names) for names in ((), (peer["epci"],), (EXAMPLE_EPCI,))}) == 3
    drawn = chapter.data("births_count", with_=peer["name"])
    added = drawn[drawn["territory"].eq(peer["epci"])]
    assert len(drawn) == len(chapter.data("births_count")) + len(added) and added["text"].ne("").all() and len(added)
    own = chapter.observations.query("level == 'epci' and status == 'ok'")
    entrusted = own[own["source"].map(lambda name: SOURCES[name].secrecy.threshold > 0)]
    one = entrusted["indicator"].iloc[0]
    kept = chapter.compare(one, with_=peer["epci"])
    assert chapter.data(one, with_=peer["epci"])["territory"].ne(peer["epci"]).all()
    assert "qu'un partenaire confie" in kept.html.replace("’", "'") and "<table" not in kept.html


def test_a_drawing_has_room_for_the_words_of_its_axes_and_french_numbers(chapter):
    rows = chapter.data("births_count").query("level == 'epci'")
    ax = sns.lineplot(rows, x="year", y="value")
    ax.set(xlabel="Année", ylabel="Base 100")
    drawing = chapter.figure(ax, rows, title="Naissances").html
    places = {text: (x, y) for x, y, text in re.findall(r'<text x="([^"]+)" y="([^"]+)".*?>(.*?)<', drawing)}
    assert float(places["Base 100"][0]) > SMALL and float(places["Année"][1]) < HEIGHT
    ax = sns.scatterplot(x=[0.5, 27.5], y=[1, 2_000_000])
    chapter.picture(ax, alt="Deux points", source="Comptage")
    assert [axis.get_major_formatter()(-27.5) for axis in (ax.xaxis, ax.yaxis)] == ["−27,5"] * 2


def test_peers_and_contours_are_plain_tables(chapter):
    peers, land = chapter.peers_table(), chapter.land
    assert peers["distance"].is_monotonic_increasing and list(peers)[:3] == ["epci", "name", "distance"]
    assert peers.loc[0, "epci"] == EXAMPLE_EPCI and len(peers) == 11
    periods, own = peers.attrs["periods"], chapter.data("population_count").query("level == 'epci'").set_index("period")
    assert peers.loc[0, "population"] == own.at[periods["population"], "value"] and "communes" not in periods
    assert {"territory", "name", "epci", "population", "geometry"} <= set(land) and land.crs.is_projected
    drawn, land = land.merge(chapter.data("population_count"), on=["territory", "name"]), land[land["own"]]
    assert len(land) == 8 and set(drawn["territory"]) == set(land["territory"])
    assert set(land["territory"]) == set(chapter.territory.communes["code"]) and not (land.area <= 0).any()


def test_a_chapter_tells_its_territory_what_is_known_and_what_is_missing(chapter):
    place, known, lacking = repr(chapter).split("\n")
    assert place == "CC des Monts d'Exemple (999999999, invented): 8 communes, geography of 2026"
    assert known.startswith("known: ") and " of " in known and "sources, had from 20" in known
    assert lacking.startswith("missing: ") and lacking.endswith("`ctg list missing 999999999`")


MESSY = {
    "CODGEO": [99001, 99002, "12001", "Total"],
    "inscrits": ["1\u202f240", "s", "3", "1 243"],
    "part": ["12 %", "<5", "", "9"],
}


def test_a_table_as_spreadsheets_have_it_is_read_and_what_is_left_out_is_said(chapter, own, capsys):
    """Codes as numbers, spaces in numbers, %, withheld cells, another commune, a total."""
    expected = {"99001": [1240, 12], "99002": [nan, nan]}
    lines = [";".join(map(str, line)) for line in zip(*MESSY.values(), strict=True)]
    text = "\n".join(["CODGEO;inscrits;part", *lines])
    for given, place in ((pd.DataFrame(MESSY), "le tableau"), (own(text.replace("CODGEO", "Code INSEE")), "own.csv")):
        table = chapter.with_own("children_0_2_count", given).set_index("territory")
        for code, figures in expected.items():
            assert table.loc[code, ["inscrits", "part"]].astype(float).tolist() == pytest.approx(figures, nan_ok=True)
        said = capsys.readouterr()
        assert said.out == "" and [line.partition(place)[2] for line in said.err.splitlines()] == [
            f", ligne {5 if place == 'own.csv' else 4} : laissée de côté, « TOTAL » n'est pas une commune",
            " : 1 ligne laissée de côté, de communes hors de CC des Monts d'Exemple : 12001",
            ", colonne inscrits : 1 sous secret (s ou <5), sans valeur",
            ", colonne part : 1 sous secret (s ou <5), sans valeur",
        ]
    book = own("").with_suffix(".xlsx")
    pd.DataFrame(MESSY).to_excel(book, index=False, engine="xlsxwriter")
    assert chapter.with_own("children_0_2_count", book)["inscrits"].sum() == 1240
    both = chapter.with_own(["children_0_2_count", "population_count"], book)
    own_columns = ["inscrits", "inscrits_status", "part", "part_status"]
    assert list(both) == ["territory", "name", "children_0_2_count", "population_count", *own_columns]
    assert both[["children_0_2_count", "population_count"]].notna().all(axis=None) and len(both) == 8
    again = pd.DataFrame({"code_insee": ["99001", "99001"], "x": [1, 2]})
    with pytest.raises(InputError, match="le tableau, ligne 2, colonne code_insee : trouvé « 99001 » une seconde fois"):
        chapter.with_own("children_0_2_count", again)


def test_an_analyst_follows_a_figure_to_the_columns_of_the_files(chapter):
    steps = chapter.how("childcare_coverage_rate")
    places = dict(zip(steps["step"], steps["where"], strict=True))
    declared, line = places["value"].split(", line ")
    assert (settings().root / declared).read_text(encoding="utf-8").splitlines()[int(line) - 1].strip() == (
        "childcare_coverage_rate:"
    )
    declared, line = places["measure"].split(", line ")
    assert "childcare_coverage" in (settings().root / declared).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert places["source"] == "data/raw/caf_txcouv_pe" and "indicators" in places["function"]


def test_each_function_that_makes_a_figure_is_named_at_its_line(chapter):
    """Of a register, of inhabitants, of a layout, of a form."""
    made = {
        "natural_change_rate": ["clean_vital_statistics", "to_reference", "totals", "observe_alike"],
        "population_count": ["clean_populations", "to_reference", "totals"],
        "general_practitioner_accessibility_index": ["clean_declared", "to_reference", "weighted", "totals"],
        "youth_followed_count": ["clean_form", "form_to_reference", "rounded", "observe_alike"],
    }
    for name, functions in made.items():
        steps = chapter.how(name).query("step == 'function'")
        where = dict(zip(steps["what"], steps["where"], strict=True))
        assert set(functions) <= set(where)
        for function, place in where.items():
            file, line = place.split(", line ")
            lines = (settings().root / file).read_text(encoding="utf-8").splitlines()
            assert lines[int(line) - 1].startswith(f"def {function}(")
    over = chapter.how("birth_rate").query("step == 'population'")
    assert "data/raw/etalab_decoupage" in set(over["where"])
    assert "population" not in set(chapter.how("births_count")["step"])
