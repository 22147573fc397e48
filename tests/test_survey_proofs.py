"""A proof is never empty, a total never more than the answers, a date never ahead."""

import datetime

import pytest
from material_files import add, change, copy_of, line_of

from ctg_analysis.demarche.consistency import ahead
from ctg_analysis.demarche.material_files import read_material
from ctg_analysis.demarche.proof_checks import few_answers
from ctg_analysis.demarche.restricted_files import read_restricted
from ctg_analysis.demarche.table_files import DELETIONS, totals_wrong
from ctg_analysis.model.settings import EXAMPLE_EPCI

TODAY = datetime.date(2026, 11, 24)
ANSWERS = ("reponses", "reponses_sensibles", "reponses_ouvertes", "ouvertes_codees")


@pytest.fixture
def root(tmp_path, example):
    return copy_of(example, tmp_path)


def tables(root):
    """Return the public and the private tables as they are now."""
    return {**read_material(root.material(EXAMPLE_EPCI)).tables, **read_restricted(root, EXAMPLE_EPCI).tables}


def of_the_end(findings):
    """Return what is found and expected, without the place of the file."""
    return [str(finding).split("demarche/999999999/")[-1] for finding in findings]


def totals(root):
    read = tables(root)
    return of_the_end(totals_wrong(read["consultation"], read["reponses"]))


def test_a_proof_by_a_question_that_nobody_answered_is_refused_unless_the_answers_were_purged(root):
    private = root.restricted_material(EXAMPLE_EPCI)
    assert [*few_answers(tables(root))] == []
    for name in ANSWERS:
        (private / f"{name}.csv").unlink()
    lines = of_the_end(few_answers(tables(root)))
    proved = read_material(root.material(EXAMPLE_EPCI))["preuves"]["type"].eq("enquête").sum()
    assert len(lines) == proved > 0 and all("question sans aucune réponse" in line for line in lines)
    (private / DELETIONS).write_text(
        "date;fichier;lignes;motif\n2026-01-01;reponses.csv;612;échéance\n", encoding="utf-8"
    )
    assert [*few_answers(tables(root))] == []


def test_a_proof_by_an_open_question_that_nobody_answered_is_refused(root):
    public = root.material(EXAMPLE_EPCI)
    add(
        public / "questionnaire.csv", q_id="autre_chose", libelle="Autre chose ?", type="ouverte", obligatoire="non",
        sensible="non",
    )  # fmt: skip
    line = add(public / "preuves.csv", constat_id="C01", type="enquête", ref="autre_chose", sens="appuie")
    assert of_the_end(few_answers(tables(root))) == [
        f"preuves.csv, ligne {line}, colonne ref : trouvé « autre_chose », question sans aucune réponse, attendu "
        "une autre preuve, ou cette ligne retirée et le constat relu (règle R10)"
    ]


@pytest.mark.parametrize("kept", [12, 0])
def test_those_who_finished_are_among_the_answers(root, kept):
    assert totals(root) == []
    path = root.restricted_material(EXAMPLE_EPCI) / "reponses.csv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(rows[: kept + 1]), encoding="utf-8")
    finished = read_material(root.material(EXAMPLE_EPCI))["consultation"]["termines"].iloc[0]
    line = (
        f"consultation.csv, ligne 2, colonne termines : trouvé {finished}, attendu {kept} au plus, les réponses de "
        "reponses.csv : « ctg answers » y met celles d'un export"
    )
    assert totals(root) == [line]
    if not kept:
        path.unlink()
        assert totals(root) == [line]


def test_what_is_told_as_done_is_not_to_come(root):
    public = root.material(EXAMPLE_EPCI)
    assert [*ahead(tables(root), TODAY)] == []
    change(public / "suivi.csv", 3, "date", "15/12/2027")
    change(public / "reunions.csv", line_of(public / "reunions.csv", "date", "2025-12-11"), "date", "2026-12-11")
    step = line_of(public / "calendrier.csv", "statut", "faite")
    change(public / "calendrier.csv", step, "fin", "12/2026")
    expected = "attendu une date jusqu'au 24/11/2026 : la corriger, ou attendre que ce soit fait"
    lines = of_the_end(ahead(tables(root), TODAY))
    assert sorted(line.split(" : trouvé ")[1] for line in lines) == [
        f"11/12/2026, {expected}",
        f"12/2026, {expected}",
        f"15/12/2027, {expected}",
    ]
    assert [*ahead(tables(root), datetime.date(2027, 12, 15))] == []


def test_a_meeting_to_come_is_planned_and_says_nothing(root):
    public = root.material(EXAMPLE_EPCI)
    add(public / "reunions.csv", instance="COPIL", date="2027-03-11", invites="20")
    assert [*ahead(tables(root), TODAY)] == []
