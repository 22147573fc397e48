"""What is asked of whom: every figure that is missing, once, of who has it, in the letter that asks for it."""

import io

import pytest
from docx import Document

from ctg_analysis.chapter.missing import ASKED_OF_NOBODY, OPEN_DATA, PARTNERS, Requests, missing, requests
from ctg_analysis.chapter.territory import open_territory
from ctg_analysis.display.texts import typography
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI
from ctg_analysis.model.source import SOURCES
from ctg_analysis.publish.convention import letters


@pytest.fixture(scope="module")
def seen(france):
    return open_territory(DEFAULT_EPCI, france)


@pytest.fixture(scope="module")
def asked(seen):
    return requests(seen, missing(seen))


def labels(several):
    return {figure.label for request in several for figure in request.figures}


def labels_of(table):
    return {typography(CATALOGUE[name].label) for name in table["indicator"] if name in CATALOGUE}


def test_every_figure_that_is_missing_is_asked_of_who_has_it(seen, asked):
    table = missing(seen)
    kept = table["why"].isin(ASKED_OF_NOBODY)
    assert labels(asked.kept) == labels_of(table[kept])
    assert labels(asked.open_data) == labels_of(table[~kept & table["who"].eq(OPEN_DATA) & table["level"].ne("france")])
    for who in PARTNERS:
        assert labels(asked.partners.get(who, [])) == labels_of(table[~kept & table["who"].eq(who)]), who
    assert labels(asked.demarche) == labels_of(table[~kept & table["who"].eq("Démarche")])


def test_what_both_regimes_count_is_asked_of_the_msa_by_its_form(asked):
    (form,) = {(request.workbook, request.file) for request in asked.partners["MSA"]}
    assert form == ("msa.xlsx", "msa_familles.csv") and SOURCES["msa_familles"].form_file == form[1]


def test_a_letter_lists_the_figures_of_a_partner_and_no_other(seen, asked):
    base = SOURCES["msa_familles"].secrecy.base
    for who, several in asked.partners.items():
        document = Document(io.BytesIO(letters(seen, {who: several}, "2026-11-24")[who]))
        rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows[1:]]
        assert {row[0] for row in rows} == labels(several), who
        assert all(all(row) for row in rows)
        written = "\n".join(paragraph.text for paragraph in document.paragraphs)
        assert who in written and "arrondi vers le bas" in written, who
        assert all(request.form in written for request in several)
    secrets = {row[0]: row[-1] for row in rows}
    assert secrets["Demandes d’accueil"] == f"arrondi à {base}"


def test_nothing_is_asked_where_nothing_is_missing(example):
    seen = open_territory(EXAMPLE_EPCI, example)
    assert requests(seen, missing(seen).iloc[:0]) == Requests({}, [], [], [])
