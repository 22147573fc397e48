"""Counts of partners held to open counts (rule R27): what cannot be is told, and not shown until it is confirmed."""

import re
import shutil
from functools import cache

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from raw_files import FEW, keep

from ctg_analysis.chapter.missing import TO_CONFIRM, missing
from ctg_analysis.chapter.territory import open_territory
from ctg_analysis.clean.partner_files import clean_form, rows_of
from ctg_analysis.clean.received_forms import AND, FORMS, HELD_TO, OPEN, forms_in, implausible
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import InputError
from ctg_analysis.model.form import CONFIRMED
from ctg_analysis.model.indicator import MISSING, OK
from ctg_analysis.model.settings import EXAMPLE_EPCI, DataRoot, data_root, settings
from ctg_analysis.model.source import SOURCES
from ctg_analysis.pipeline.check_raw import check_root
from ctg_analysis.pipeline.checks import implausible_figures
from ctg_analysis.pipeline.faults import fault_line
from ctg_analysis.pipeline.run import process
from ctg_analysis.pipeline.works import open_counts, read_plausible

EPCI, A, B, C, D = "200000001", "12001", "12002", "12003", "12004"
EPCI_OF = pd.Series(dict.fromkeys((A, B, C, D), EPCI))
UNDER_3, OF_6_11, CRECHE = "caf_p_children_0_2", "caf_p_children_6_11", "multi_care_places"
FAMILIES = SOURCES["caf_partenaire_familles"]
OPENED = [
    *((code, "births_3_year_count", "2024", births) for code, births in {A: 27, B: 40, C: 100, EPCI: 167}.items()),
    (A, "children_0_4_count", "2023", 9_999),  # births are known: these are not asked
    (B, "children_5_9_count", "2023", 30),
    (B, "children_10_14_count", "2023", 20),
    (C, "children_5_9_count", "2023", 30),  # and no more: half of a sum is no count
    (EPCI, "eaje_places_count", "2023", 49),
]


def level(code):
    return "epci" if len(code) == 9 else "commune"


def held(*told):
    """The counts that cannot be: what is told of them."""
    rows = [(code, level(code), period, measure, float(low)) for code, measure, period, low in told]
    opened = [(code, level(code), name, period, float(high)) for code, name, period, high in OPENED]
    wrong = implausible(
        pd.DataFrame(rows, columns=["code", "level", "period", "measure", "low"]),
        pd.DataFrame(opened, columns=["code", "level", "indicator", "period", "high"]),
        EPCI_OF,
    )
    return [*wrong[["code", "whole", "together", "high", "year", "most"]].itertuples(index=False, name=None)]


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ([(A, UNDER_3, "2024", 60)], []),  # 1.5 x 27 + 20 = 60.5
        ([(A, UNDER_3, "2024", 61)], [(A, A, 61, 27, 2024, 60.5)]),
        ([(A, UNDER_3, "2024-12", 1240)], [(A, A, 1240, 27, 2024, 60.5)]),
        ([(A, UNDER_3, "2019", 61)], [(A, A, 61, 27, 2024, 60.5)]),  # five years apart
        ([(A, UNDER_3, "2018", 61)], []),  # six: the census is nearer
        ([(EPCI, UNDER_3, "2024", 270)], []),  # 1.5 x 167 + 20 = 270.5
        ([(EPCI, UNDER_3, "2024", 271)], [(EPCI, EPCI, 271, 167, 2024, 270.5)]),
        ([(D, UNDER_3, "2024", 270)], []),
        ([(D, UNDER_3, "2024", 271)], [(D, EPCI, 271, 167, 2024, 270.5)]),  # by its EPCI alone
        ([(A, UNDER_3, "2024", 60), (B, UNDER_3, "2024", 80), (C, UNDER_3, "2024", 130)], []),  # 270 together
        (
            [(A, UNDER_3, "2024", 60), (B, UNDER_3, "2024", 80), (C, UNDER_3, "2024", 131)],  # 271: which, nobody knows
            [(code, EPCI, 271, 167, 2024, 270.5) for code in (A, B, C)],
        ),
        (  # one that cannot be by itself leaves the others as they are
            [(A, UNDER_3, "2024", 1240), (B, UNDER_3, "2024", 80), (C, UNDER_3, "2024", 130)],
            [(A, A, 1240, 27, 2024, 60.5)],
        ),
        ([(B, OF_6_11, "2024", 95)], []),  # 1.5 x (30 + 20) + 20
        ([(B, OF_6_11, "2024", 96)], [(B, B, 96, 50, 2023, 95)]),
        ([(C, OF_6_11, "2024", 9_999), (EPCI, OF_6_11, "2024", 9_999)], []),  # not openly counted
        ([(A, CRECHE, "2024", 118)], []),  # 2 x 49 + 20, of the EPCI
        ([(A, CRECHE, "2024", 119)], [(A, EPCI, 119, 49, 2023, 118)]),
        ([(A, "clas_children", "2024", 9_999)], []),  # nothing openly counts these
    ],
)
def test_r27_a_count_is_told_when_it_is_more_than_open_counts_allow(told, wrong):
    assert held(*told) == wrong


def test_each_count_is_held_to_open_ones_of_as_many_or_more_and_the_page_of_rules_tells_which():
    for name in OPEN:
        assert all(SOURCES[source].open for source in CATALOGUE[name].sources) and "epci" in CATALOGUE[name].levels
    rows = re.findall(
        r"^\| `(\w+)` \| ([^|]*) \|$", (settings().root / "docs/rules.md").read_text("utf-8"), re.MULTILINE
    )
    told = {measure: tuple(each.strip().replace("`", "") for each in text.split(", else ")) for measure, text in rows}
    assert told == HELD_TO


@cache
def opened_of_the_example():
    root = data_root(EXAMPLE_EPCI)
    places = pd.read_parquet(root.processed / "territories.parquet")
    communes = places[places["level"].eq("commune")].set_index("code")["epci"].dropna()
    return open_counts(root.processed, {*communes.index}, places), communes


@given(seed=st.integers(0, 10_000))
def test_no_plausible_form_is_doubted(example, seed):
    """Of each open count, what a partner knows of: 30 to 120 %, as chance makes it, one to four years later."""
    opened, epci_of = opened_of_the_example()
    draw = np.random.default_rng(seed)
    newest = opened[opened["period"].eq(opened.groupby("indicator")["period"].transform("max"))]
    counts = newest.set_index(["code", "indicator"])["value"].to_dict()
    rows = []
    for measure, (names, *_) in HELD_TO.items():
        part, year = draw.uniform(0.3, 1.2), newest.loc[newest["indicator"].eq(names.split(AND)[0]), "period"].max()
        for code in [*epci_of.index, *epci_of.unique()]:
            known = [counts[code, name] for name in names.split(AND) if (code, name) in counts]
            if len(known) == len(names.split(AND)):
                count = draw.poisson(part * sum(known))
                rows.append((code, level(code), str(int(year[:4]) + draw.integers(1, 5)), measure, float(count)))
    told = pd.DataFrame(rows, columns=["code", "level", "period", "measure", "low"])
    told = told.drop_duplicates(["code", "period", "measure"])
    assert len(told) > 200 and len(implausible(told, opened, epci_of)) == 0


def test_the_forms_of_the_invented_territory_are_plausible(example):
    assert implausible_figures(example) == []
    assert not pd.read_parquet(example.processed / "blanks.parquet")["doubted"].any()


# A figure typed wrong, told, confirmed.


@pytest.fixture
def typed(example, tmp_path):
    """A copy of the invented territory, and what types a figure of its Caf form."""
    root = DataRoot(tmp_path / "data" / "exemple")
    shutil.copytree(example.path, root.path, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = root.private / EXAMPLE_EPCI / FAMILIES.form_file
    table = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False)
    path.unlink()
    there = table["territoire"].eq("99002") & table["periode"].eq("2024")

    def write(figure, confirmed=None, **others):
        now = table.assign(**({} if confirmed is None else {"Confirmé": ""}))
        now.loc[there, ["enfants_0_2", *others]] = [figure, *others.values()]
        if confirmed is not None:
            now.loc[there, "Confirmé"] = confirmed
        with xlsxwriter.Workbook(path.with_name("Caf reçu.xlsx")) as book:
            sheet = book.add_worksheet(FAMILIES.form.sheet)
            for at, row in enumerate([[*now], *now.to_numpy().tolist()]):
                sheet.write_row(at, 0, row)
        return root

    return write


def under_3(root):
    """The children under 3 of the invented EPCI in 2024, by what `ctg data` reads of the forms."""
    places = pd.read_parquet(root.processed / "territories.parquet")
    private, doubted = read_plausible(root, places, root.processed)
    facts = dict(private.facts)[FAMILIES.id]
    here = facts[facts["code"].eq("99002") & facts["period"].eq("2024") & facts["measure"].eq(UNDER_3)]
    return here[["value", "status"]].fillna(0).to_numpy().tolist(), doubted["territory"].tolist()


@pytest.mark.nightly
def test_a_figure_that_cannot_be_is_told_and_withheld_until_it_is_confirmed(typed):
    root = typed("1240")
    (finding,) = implausible_figures(root)
    assert str(finding).endswith(
        "exemple/private/999999999/Caf reçu.xlsx, feuille « Foyers allocataires », O19 (enfants_0_2) : trouvé 1 240, "
        "attendu au plus 281, car Bourg-l'Exemple en compte 174 en 2024 (Naissances des trois dernières années) : "
        "corriger ou, si le partenaire le confirme, écrire oui sur cette ligne dans la colonne confirme"
    )
    assert under_3(root) == ([[0, MISSING]], ["99002"])
    root = typed("1240", "oui")
    assert implausible_figures(root) == [] and under_3(root) == ([[1240, OK]], [])
    root = typed("1240", "non")
    assert implausible_figures(root) == [finding]
    (form,) = [form for name, form in forms_in(root.private / EXAMPLE_EPCI).tables.items() if name == FAMILIES.id]
    assert rows_of(FAMILIES, form)["confirmed"].sum() == 0
    typed("1240", "peut-être")
    (form,) = [form for name, form in forms_in(root.private / EXAMPLE_EPCI).tables.items() if name == FAMILIES.id]
    with pytest.raises(InputError, match=r"\(confirme\) : trouvé « peut-être », attendu oui, ou une case vide"):
        clean_form(FAMILIES, form, {"99002", *rows_of(FAMILIES, form)["code"]})


@pytest.mark.nightly
def test_a_figure_that_cannot_be_is_told_beside_the_other_faults_of_its_form(typed):
    (finding,) = implausible_figures(typed("1240"))
    root = typed("1240", enfants_3_5="environ 30")
    keep(root, FEW)
    assert implausible_figures(root) == [finding]
    (other,) = check_root(root)
    assert "(enfants_3_5) : trouvé « environ 30 », attendu un nombre" in str(other)
    assert implausible_figures(typed("environ 1240")) == []  # which is told as no number


@pytest.mark.nightly
def test_the_sum_is_missing_too_and_the_page_of_what_is_missing_names_the_commune(typed):
    root = typed("1240")
    process(root)
    seen = open_territory(EXAMPLE_EPCI, root)
    rows = seen.data(CATALOGUE["caf_children_0_2_count"])
    here = rows[rows["territory"].eq(EXAMPLE_EPCI)].set_index("period")["status"]
    assert here["2024"] == MISSING and here["2023"] == OK
    lacks = missing(seen).set_index("indicator").loc["caf_children_0_2_count"]
    assert (lacks["why"], lacks["level"], lacks["blank"]) == (TO_CONFIRM, "epci", ("Bourg-l'Exemple (2024)",))
    (finding,) = implausible_figures(root)
    assert fault_line(root, EXAMPLE_EPCI).endswith(f"à confirmer, publié sans : {finding}")
    process(typed("1240", "oui"))
    rows = open_territory(EXAMPLE_EPCI, root).data(CATALOGUE["caf_children_0_2_count"])
    assert rows[rows["territory"].eq(EXAMPLE_EPCI)].set_index("period")["value"]["2024"] > 1240
    assert fault_line(root, EXAMPLE_EPCI) == ""


def test_forms_that_are_held_to_open_counts_have_the_column_and_are_read_without_it():
    for name, source in FORMS.items():
        assert (CONFIRMED in source.form.columns) == bool(HELD_TO.keys() & source.measures), name
