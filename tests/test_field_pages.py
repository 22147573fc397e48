"""What residents and partners said, in the pages: scenarios 9 and 10, rules R6 and R20 to R26: nothing of a person."""

import json
import re
import shutil
from dataclasses import replace
from html import unescape

import pandas as pd
import pytest
from environment import environment
from material_files import add, change, copy_of, line_of
from matplotlib import pyplot
from typer.testing import CliRunner

from ctg_analysis.chapter.demarche.consultation import groups_words, of_groups, open_consultation
from ctg_analysis.chapter.demarche.enjeux import open_enjeux
from ctg_analysis.chapter.demarche.interviews import Interviews
from ctg_analysis.chapter.demarche.pieces import VOTED, DemarcheChapter
from ctg_analysis.cli import app
from ctg_analysis.demarche.columns import has_code
from ctg_analysis.demarche.declared_tables import MATERIAL_READ, RESULTS, columns_of, empty
from ctg_analysis.demarche.demarche import Demarche
from ctg_analysis.demarche.material_files import open_material
from ctg_analysis.demarche.restricted_files import open_restricted
from ctg_analysis.demarche.survey import BOUNDS, open_survey
from ctg_analysis.model.settings import EXAMPLE_EPCI, MATERIAL, data_root, settings
from ctg_analysis.model.source import SURVEY
from ctg_analysis.pipeline.faults import faults
from ctg_analysis.pipeline.run import process_material

CONSULTATION, INTERVIEWS = "11_consultation.html", "12_entretiens.html"
CAUSES = re.compile(r"\b(cause|causes|provoque|entraîne|grâce à|à cause|s’explique|conséquence)\b")


@pytest.fixture(scope="module")
def restricted(example, material):
    return open_restricted(example, material)


@pytest.fixture(scope="module")
def material(example):
    return open_material(example, EXAMPLE_EPCI, pd.read_parquet(example.processed / "territories.parquet"))


@pytest.fixture(scope="module")
def demarche(example):
    return Demarche(EXAMPLE_EPCI, example)


@pytest.fixture(scope="module")
def shown(example):
    return DemarcheChapter.open(EXAMPLE_EPCI)


@pytest.fixture
def root(example, tmp_path):
    """A data root with the field material alone, which a test may spoil."""
    root = copy_of(example, tmp_path)
    shutil.copytree(example.processed / MATERIAL, root.processed / MATERIAL)
    return root


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split()).replace("\u202f", " ").replace("\u00a0", " ")


# Scenario 9: 612 answers of volunteers, margins of the census


def test_scenario_9_weights_reach_the_margins_within_their_bounds(material, restricted, demarche):
    about = demarche.table("consultation").iloc[0]
    assert about[["usable_least", "usable_most"]].tolist() == [605, 617]
    assert (about["plan"], about["interval"]) == ("volontaires", "intervalle indicatif")
    survey = open_survey(material, restricted)
    for variable, margin in material["marges"].groupby("variable"):
        said = survey.answers[variable].isin(margin["modalite"])
        parts = survey.weights[said].groupby(survey.answers.loc[said, variable]).sum() / survey.weights[said].sum()
        census = margin.set_index("modalite")["effectif"].astype(float)
        assert (100 * (parts - census / census.sum())).abs().max() < 0.1, variable
    assert survey.weights.mean() == pytest.approx(1)
    assert BOUNDS[0] - 1e-9 <= survey.weights.min() and survey.weights.max() <= BOUNDS[1] + 1e-9
    answers = survey.weights.sum() ** 2 / (survey.weights**2).sum()
    assert about["n_eff"] == 611 / about["deff"] // 5 * 5 <= answers  # as rounded margins tell it: no more than it is


def test_scenario_9_links_are_found_and_told_of_groups(demarche):
    tests = demarche.table("crossings")
    done = tests[tests["p"].notna()]
    linked = done[done["strength"].str.startswith("lien ")]
    assert len(linked) and tests["strength"].notna().all() and (done["p_adjusted"] >= done["p"]).all()
    groups = demarche.table("by_group")[["q_id", "variable"]].drop_duplicates()
    assert set(groups.itertuples(index=False, name=None)) == set(zip(linked["q_id"], linked["group"], strict=True))


def test_r22_who_is_missing_is_told_before_and_after_weights(demarche, shown):
    profile = demarche.table("profile")
    assert set(profile.loc[profile["represented"].eq("sous-représenté"), "modalite"]) >= {"H", "A18_29", "0"}
    known = profile[profile["census"].notna()]
    assert (known["before"] - known["census"]).abs().max() > 0.1
    assert demarche.table("participation")["step"].tolist()[1:] == ["commencés", "terminés", "exploitables"]


def test_r24_no_group_under_20_and_no_cell_under_5_can_be_read(demarche, material, restricted):
    groups = demarche.table("by_group")
    assert "count" not in groups and groups["base_least"].dropna().ge(20).all()
    told = demarche.table("distribution")
    survey = open_survey(material, restricted)
    cells = [has_code(survey.answers[row.q_id], row.modalite).sum() for row in told.itertuples()]
    few = told[pd.Series(cells).lt(5)]
    assert len(few) and few[["share", "low", "high"]].isna().all(axis=None)
    said = demarche.table("observations").query(f"source == '{SURVEY}' and status == 'ok'")
    assert len(said) and said["numerator"].mod(5).eq(0).all()
    assert said[["value", "low", "high"]].mod(1).eq(0).all(axis=None)


def test_r1_how_many_answered_is_told_by_five(shown):
    page = words(open_consultation(shown.territory.epci).completion().html)
    assert "Pour se déplacer, vos enfants de 11 à 17 ans 80 à 88 80 à 84 moins de 5 2 %" in page


def test_where_too_few_answered_no_link_is_told_to_be_sought(shown, monkeypatch):
    table = DemarcheChapter.table
    none = shown.demarche.table("crossings").assign(p=float("nan"))
    monkeypatch.setattr(DemarcheChapter, "table", lambda self, name: none if name == "crossings" else table(self, name))
    few = open_consultation(shown.territory.epci)
    assert words(few.crossings().html) == "Aucun croisement : trop peu de réponses pour un test."
    none_shown = {"crossings": none, "by_group": shown.demarche.table("by_group")[:0]}
    monkeypatch.setattr(DemarcheChapter, "table", lambda self, name: none_shown.get(name, table(self, name)))
    (instead,) = few.groups()
    assert instead.empty and few.figure(pyplot.figure(), instead).html == ""


def test_a_decision_without_a_vote_is_told(shown, monkeypatch):
    table = DemarcheChapter.table
    unvoted = {VOTED: shown.demarche.table(VOTED)[:0], "decisions": shown.demarche.table("decisions")[:0]}
    monkeypatch.setattr(DemarcheChapter, "table", lambda self, name: unvoted.get(name, table(self, name)))
    page = words(open_enjeux(shown.territory.epci).decisions().html)
    assert page.startswith("Le COPIL a décidé") and "Rang du vote" not in page and "retenu" in page


@pytest.mark.slow
def test_r26_nothing_is_said_to_be_the_cause_of_something(shipped):
    for page in (CONSULTATION, INTERVIEWS):
        html = (shipped / EXAMPLE_EPCI / page).read_text(encoding="utf-8")
        text = words(re.sub(r"<blockquote.*?</blockquote>", "", html, flags=re.DOTALL))
        said = [text[max(0, one.start() - 20) : one.end()] for one in CAUSES.finditer(text)]
        assert all("n’est pas une cause" in one for one in said), said


def test_of_two_answers_the_first_is_told_for_the_other_mirrors_it(shown, monkeypatch):
    rows = pd.DataFrame([(code, group, share) for code, low in (("oui", 0.15), ("non", 0.85)) for group, share in
                         (("a", low), ("b", 1 - low))], columns=["libelle", "group_label", "share"])  # fmt: skip
    rows = rows.assign(modalite=rows["libelle"], group=rows["group_label"], base_least=60, base_most=64)
    rows = rows.assign(low=rows["share"] - 0.1, high=rows["share"] + 0.1, word="plus élevé que")
    rows = rows.assign(q_id="Q1", variable="Q2")
    links = pd.DataFrame([{"q_id": "Q1", "group": "Q2", "modalite": "", "strength": "lien moyen", "v": 0.4}])
    table = DemarcheChapter.table
    told = {"by_group": rows, "crossings": links}
    monkeypatch.setattr(DemarcheChapter, "table", lambda self, name: told.get(name, table(self, name)))
    kept = of_groups(rows, links)
    words = groups_words(open_consultation(shown.territory.epci), kept)
    assert kept["block"].tolist() == ["oui", "oui"]
    assert words.title.startswith("« oui » : de 15\u202f% (« a ») à 85\u202f% (« b ») selon la réponse")
    assert words.subtitle.startswith("«") and "(lien moyen, V de 0,40)" in words.subtitle


# Scenario 10: twenty interviews


@pytest.mark.nightly
def test_scenario_10_a_new_code_makes_matrix_saturation_and_quotes_again(root):
    before = Demarche(EXAMPLE_EPCI, root)
    sums, themes, known = before.sum(), before.table("themes_by_type"), before.table("saturation")["total"].max()
    assert set(themes["type_acteur"]) == {"association", "gestionnaire", "élu", "autres acteurs", "ensemble"}
    folder = root.material(EXAMPLE_EPCI)
    add(folder / "codebook.csv", code="LOG_JEUNES", theme="Logement", definition="Se loger quand on est jeune",
        version="v2")  # fmt: skip
    said = "Un jeune couple ne trouve rien à louer."
    add(folder / "extraits.csv", extrait_id="X900", ent_pseudo="E10", type_acteur="association", champ="parentalité",
        code="LOG_JEUNES", texte_anonymise=said, tonalite="besoin", niveau_diffusion="public",
        relu_par="chargée d'études")  # fmt: skip
    process_material(root)
    after = Demarche(EXAMPLE_EPCI, root)
    assert after.sum() != sums
    matrix = after.table("themes_by_type").set_index(["theme", "type_acteur"])["count"]
    assert (matrix["Logement", "association"], matrix["Logement", "ensemble"]) == (1, 1)
    assert matrix["entretiens", "ensemble"] == 20
    assert after.table("saturation")["total"].iloc[-1] == known + 1
    assert said in after.table("extraits")["texte_anonymise"].tolist()


def test_scenario_10_a_text_that_names_somebody_blocks_the_publication_of_the_demarche(root):
    path = root.material(EXAMPLE_EPCI) / "extraits.csv"
    change(path, 5, "texte_anonymise", "Madame Berthier-Lombard refuse les nouveaux.")
    process_material(root)
    (finding,) = faults(root, EXAMPLE_EPCI)
    assert (finding.line, finding.column, finding.found.split(",")[0]) == (
        5,
        "texte_anonymise",
        "le nom d'une personne",
    )
    assert "Berthier" not in str(finding)
    after = Demarche(EXAMPLE_EPCI, root)
    assert not after.folder.is_dir() and after.unread == "extraits.csv, ligne 5"


def test_scenario_10_few_speakers_are_never_quoted_nor_named(material, demarche):
    extracts = material["extraits"]
    heard = extracts.groupby("type_acteur")["ent_pseudo"].nunique()
    few = set(heard.index[heard.lt(3)])
    assert few and not few & set(demarche.table("extraits")["type_acteur"])
    assert not few & set(demarche.table("themes_by_type")["type_acteur"])


def test_scenario_10_what_the_copil_alone_may_read_is_in_its_build_alone(example, shown, monkeypatch, material):
    kept = pd.read_parquet(example.processed_demarche(EXAMPLE_EPCI) / "extraits.parquet")
    theirs = kept.loc[kept["niveau_diffusion"].eq("copil"), "texte_anonymise"]
    assert len(theirs)
    public = words(Interviews(shown.territory).quotes().html)
    assert not any(words(text).replace("'", "’") in public for text in theirs)
    for module in ("demarche.demarche", "chapter.demarche.interviews"):
        monkeypatch.setattr(f"ctg_analysis.{module}.settings", lambda: replace(settings(), readers="copil"))
    monkeypatch.setattr(shown.territory, "demarche", Demarche(EXAMPLE_EPCI, example))
    mine = words(Interviews(shown.territory).quotes().html)
    assert all(words(text).replace("'", "’") in mine for text in theirs)
    assert mine.count("réservé au comité de pilotage") == len(theirs)
    internal = material["extraits"].query("niveau_diffusion == 'interne'")["texte_anonymise"]
    assert len(internal) and not any(words(text).replace("'", "’") in mine for text in internal)


@pytest.mark.nightly
def test_scenario_10_the_build_of_the_copil_has_its_own_folder_and_says_so(shipped, tmp_path):
    told = pd.read_parquet(data_root(EXAMPLE_EPCI).processed_demarche(EXAMPLE_EPCI) / "extraits.parquet")
    reserved = words(told.loc[told["niveau_diffusion"].eq("copil"), "texte_anonymise"].iloc[0]).replace("'", "’")
    command = ["build", EXAMPLE_EPCI, "--chapters", "12", "--out", str(tmp_path)]
    with environment(CTG_READERS="copil"):
        assert CliRunner().invoke(app, command).exit_code == 0
    page = words((tmp_path / EXAMPLE_EPCI / INTERVIEWS).read_text(encoding="utf-8"))
    assert "Réservé au comité de pilotage." in page and reserved in page
    again = CliRunner().invoke(app, command)
    assert again.exit_code == 1 and "pour d'autres lecteurs" in again.stderr
    public = words((shipped / EXAMPLE_EPCI / INTERVIEWS).read_text(encoding="utf-8"))
    assert reserved not in public and "Réservé" not in public
    assert replace(settings(), readers="copil").reports != settings().reports


# Nothing of a person


def readable_tables(root) -> list[pd.DataFrame]:
    return [pd.read_parquet(path) for path in root.processed_demarche(EXAMPLE_EPCI).glob("*.parquet")]


def cells_of(tables) -> set[str]:
    return {str(cell) for table in tables for column in table for cell in table[column].dropna()}


def planted(root) -> list[str]:
    """Write marks in all that is personal, and return them."""
    private = root.restricted_material(EXAMPLE_EPCI)
    marks = {
        ("acteurs.csv", "contact"): "zzcontact@exemple.fr",
        ("acteurs.csv", "organisation"): "zzorganisation",
        ("entretiens.csv", "enqueteur"): "zzenqueteur",
        ("reponses_ouvertes.csv", "texte"): "zzbrut",
    }
    for (file, column), mark in marks.items():
        change(private / file, 2, column, mark)
    coded = private / "ouvertes_codees.csv"
    change(coded, line_of(coded, "publiable", "non"), "extrait_nettoye", "zzretenu")
    return [*marks.values(), "zzretenu"]


def test_nothing_that_tells_persons_apart_is_in_what_chapters_may_read(example):
    private = example.restricted_material(EXAMPLE_EPCI)
    tables = [pd.read_csv(path, sep=";", dtype=str).fillna("") for path in private.glob("*.csv")]
    names = ("rep_id", "ent_id", "acteur_id")
    ids = {one for table in tables for column in table.columns.intersection(names) for one in table[column]}
    read = readable_tables(example)
    columns = {name for table in read for name in table}
    assert not columns & {"rep_id", "ent_id", "ent_pseudo", "acteur_id", "bulletin", "contact", "enqueteur"}
    assert len(ids) > 600 and not ids & cells_of(read)


@pytest.mark.nightly
def test_nothing_personal_is_in_what_chapters_may_read(root):
    marks = planted(root)
    process_material(root)
    cells = cells_of(readable_tables(root))
    assert not [mark for mark in marks if any(mark in cell for cell in cells)]


@pytest.mark.slow
def test_nothing_of_a_person_is_in_any_file_of_a_report(shipped, restricted, material):
    coded, raw = restricted["ouvertes_codees"], restricted["reponses_ouvertes"]
    quoted = set(coded.loc[coded["publiable"], "extrait_nettoye"])
    written = [*coded.loc[~coded["publiable"], "extrait_nettoye"], *raw["texte"]]
    secret = {text for text in written if text not in quoted}
    extracts = material["extraits"]
    heard = extracts.groupby("type_acteur")["ent_pseudo"].nunique()
    few = extracts["type_acteur"].map(heard).lt(3)
    reserved = extracts[few | extracts["niveau_diffusion"].ne("public") | extracts["relu_par"].isna()]
    said = set(extracts.loc[~extracts.index.isin(reserved.index), "texte_anonymise"])
    secret |= {text for text in reserved["texte_anonymise"] if text not in said}
    answers = set(restricted["reponses"]["rep_id"])
    interviews = set(restricted["entretiens"]["ent_id"])
    assert len(secret) > 20 and len(answers) == 612 and len(interviews) == 20
    wanted = {words(one).replace("'", "’") for one in secret}
    ids = re.compile(r"\bR\d{9}\b|\bN\d{4}\b")
    files = [path for path in (shipped / EXAMPLE_EPCI).rglob("*") if path.is_file()]
    assert len(files) > 40
    for path in files:
        text = text_of(path)
        assert not set(ids.findall(text)) & (answers | interviews), path
        plain = words(text).replace("'", "’")
        assert [one for one in wanted if one in plain] == [], path


def text_of(path) -> str:
    if path.suffix == ".parquet":
        table = pd.read_parquet(path)
        return " ".join(str(cell) for column in table for cell in table[column].unique())
    text = path.read_bytes().decode("utf-8", errors="ignore")
    return json.dumps(json.loads(text), ensure_ascii=False) if path.suffix == ".json" else text


def test_the_tables_of_the_material_are_read_as_they_were_written(material, demarche):
    names = [name for name in MATERIAL_READ if name != "preuves"]
    assert [name for name in names if demarche.table(name).empty] == []
    assert [name for name in names if not demarche.table(name).equals(material[name].reset_index(drop=True))] == []


def test_a_territory_without_material_has_empty_tables_of_the_same_columns_and_types(france, demarche):
    nothing = Demarche("200066645", france)
    assert not nothing.folder.is_dir()
    for name in [*MATERIAL_READ, *RESULTS]:
        table = nothing.table(name)
        assert table.empty and list(table) == columns_of(name), name
    pd.testing.assert_series_equal(empty("actions").dtypes, demarche.table("actions").dtypes)


@pytest.mark.parametrize("readers", ["public", "copil"])
def test_a_proof_by_an_interview_names_only_what_these_readers_may_read(readers, material, example, monkeypatch):
    for_them = replace(settings(), readers=readers)
    monkeypatch.setattr("ctg_analysis.demarche.demarche.settings", lambda: for_them)
    read = Demarche(EXAMPLE_EPCI, example)
    heard = read.table("preuves").query("type == 'entretien'")["ref"]
    assert set(heard) - {""} <= set(read.table("extraits")["extrait_id"])
    assert (heard == "").any() and (heard != "").any() and not set(heard) & set(material["extraits"]["extrait_id"])
