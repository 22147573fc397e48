"""What is missing of a territory, as one table: why, from whom, by which command; what is known of thirty EPCIs."""

import re

import pandas as pd
import pytest
import yaml
from shown import family

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.chapter.known import unavailable, withheld
from ctg_analysis.chapter.missing import (
    BLANK,
    ELSEWHERE,
    KEPT_BACK,
    LEFT_OUT,
    NO_ANSWER,
    NO_FILE,
    NOT_GIVEN,
    OPEN_DATA,
    SHORT,
    TO_CONFIRM,
    TO_GATHER,
    UNREADABLE,
    WITHHELD,
    Lack,
    completeness,
    entry,
    lacks,
    missing,
    standing,
    why_absent,
    without_value,
)
from ctg_analysis.chapter.territory import has_median, open_territory
from ctg_analysis.cli.list_commands import coverage, is_open, levels_beside, list_, sample
from ctg_analysis.display import texts
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import LEVELS, MISSING, NOT_APPLICABLE, OK, SECRET
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, DataRoot, settings
from ctg_analysis.model.source import SOURCES
from ctg_analysis.publish import tasks
from ctg_analysis.publish.tasks import sum_of_data

EPCI = "999999999"
COMMUNES = pd.DataFrame({"code": ["99001", "99002"], "name": ["Haut", "Bas"], "departement": "99", "epci": EPCI})
OWN = [(EPCI, "epci"), ("99001", "commune"), ("99002", "commune")]

WHYS = {NO_FILE, ELSEWHERE, SHORT, NOT_GIVEN, KEPT_BACK, WITHHELD, NO_ANSWER, BLANK, TO_CONFIRM, TO_GATHER, LEFT_OUT}
WHYS |= {UNREADABLE}


class Seen:
    """As much of a territory as `missing` asks of it: its communes, its files, the rows of its indicators."""

    def __init__(self, path, rows=()):
        self.epci, self.communes, self.root = EPCI, COMMUNES, DataRoot(path)
        columns = ["indicator", "territory", "level", "period", "status", "source"]
        self.rows = pd.DataFrame(rows, columns=columns, dtype=str)
        (path / "raw").mkdir(exist_ok=True)
        self.root.processed.mkdir(exist_ok=True)
        self.blanks = pd.DataFrame([["mission_locale", "2024", "youth_followed", "99002", False]])
        self.blanks.columns = ["source", "period", "measure", "territory", "doubted"]

    def data(self, indicator):
        return self.rows[self.rows["indicator"].eq(indicator.id)]

    def has(self, indicator, status, levels=LEVELS):
        rows = self.data(indicator)
        return (rows["status"].eq(status) & rows["level"].isin(levels)).any()

    @property
    def named(self):
        return self.rows

    def holds(self, source, folder="", **certificate):
        """Put a source in data/raw, with its certificate."""
        home = self.root.raw / source / folder
        home.mkdir(parents=True, exist_ok=True)
        said = dict.fromkeys(
            ("titre", "producteur", "jeu_de_donnees", "millesime", "geographie", "licence", "couverture"), "x"
        )
        said |= {"id": source, "date_acces": "2026-01-01", "secret_arrondi": "x"}
        said |= {"fichiers": [{"fichier": "a.csv", "octets": 1, "sha256": "0"}]} | certificate
        (home / "source.yml").write_text(yaml.safe_dump(said), encoding="utf-8")
        return self


def rows_of(indicator, statuses, source, period="2024"):
    return [
        (indicator, code, level, period, status, source) for (code, level), status in zip(OWN, statuses, strict=True)
    ]


# The files that there are of an open source, and why it gives nothing.
HELD = {
    NO_FILE: [],
    ELSEWHERE: [("", {}), ("france", {"etendue": {"departements": ["12"]}})],
    SHORT: [("france", {"etendue": "france_entiere"})],
    NOT_GIVEN: [("full", {}), ("", {})],
}


@pytest.mark.parametrize("why", HELD)
def test_an_open_source_gives_nothing_by_what_the_files_here_cover(tmp_path, why):
    seen = Seen(tmp_path)
    for folder, certificate in HELD[why]:
        seen.holds("insee_etat_civil", folder, **certificate)
    assert why_absent(seen, SOURCES["insee_etat_civil"]) == why


def test_a_list_of_some_communes_of_the_territory_is_one_of_another_place(tmp_path):
    seen = Seen(tmp_path).holds("finess", "france", etendue={"departements": ["98"], "epci": []})
    assert why_absent(seen, SOURCES["finess"]) == ELSEWHERE
    seen = Seen(tmp_path / "..").holds("finess", "france", etendue={"departements": [], "epci": [EPCI]})
    assert why_absent(seen, SOURCES["finess"]) == SHORT


def test_a_partner_has_not_answered_or_left_blanks_and_those_are_named(tmp_path):
    youth = CATALOGUE["youth_followed_count"]
    waiting = Seen(tmp_path, rows_of(youth.id, [MISSING] * 3, "mission_locale", ""))
    command = f"ctg new {EPCI}"
    file = "mission_locale.xlsx, feuille « Jeunes suivis », ou mission_locale.csv"
    assert lacks(waiting, youth) == [Lack("mission_locale", NO_ANSWER, "Mission locale", file, command)]
    blank = Seen(tmp_path, rows_of(youth.id, [MISSING, OK, MISSING], "mission_locale"))
    assert lacks(blank, youth) == [Lack("mission_locale", BLANK, "Mission locale", file, command, ("Bas",))]
    said = "formulaire «\u00a0Jeunes suivis\u00a0» reçu, sans réponse pour Bas"
    assert entry(lacks(blank, youth)[0])["how"] == said


def test_what_is_to_be_confirmed_is_missing_of_the_territory_though_an_older_figure_is_known(tmp_path):
    children = CATALOGUE["caf_children_0_2_count"]
    rows = [
        (children.id, EPCI, "epci", year, status, "caf_partenaire_familles")
        for year, status in (("2023", OK), ("2024", MISSING))
    ]
    seen = Seen(tmp_path, rows)
    assert without_value(seen, children) == ("commune", [])
    blank = pd.DataFrame([["caf_partenaire_familles", "2024", "caf_p_children_0_2", "99002", True]])
    blank.columns = ["source", "period", "measure", "territory", "doubted"]
    seen.blanks = blank
    assert without_value(seen, children) == ("epci", [EPCI])
    (lack,) = lacks(seen, children)
    assert (lack.why, lack.command, lack.blank) == (TO_CONFIRM, f"ctg check {EPCI}", ("Bas (2024)",))
    assert entry(lack)["how"] == (
        "formulaire «\u00a0Foyers allocataires\u00a0» reçu, chiffre invraisemblable, non publié tant qu’il n’est pas "
        "corrigé ou confirmé\u00a0: Bas (2024)"
    )


def test_what_is_withheld_has_no_command_and_the_démarche_is_asked_of_nobody_else(tmp_path):
    youth = CATALOGUE["youth_followed_count"]
    seen = Seen(tmp_path, rows_of(youth.id, [SECRET, SECRET, MISSING], "mission_locale"))
    (lack,) = lacks(seen, youth)
    assert (lack.why, lack.command) == (WITHHELD, "") and "secret statistique" in entry(lack)["how"]
    assert {why_absent(seen, SOURCES[name]) for name in ("enquete_habitants", "suivi_ctg")} == {TO_GATHER}
    asked = Seen(tmp_path, rows_of("school_wish_share", [OK, MISSING, MISSING], "enquete_habitants"))
    assert [why_absent(asked, SOURCES[name]) for name in ("enquete_habitants", "suivi_ctg")] == [LEFT_OUT, TO_GATHER]


def test_a_secret_of_a_commune_is_not_one_of_the_epci(tmp_path):
    one = next(one for one in CATALOGUE.values() if len(one.sources) == 1 and SOURCES[one.sources[0]].open)
    whys = {
        statuses: lacks(Seen(tmp_path, rows_of(one.id, statuses, *one.sources)), one)[0].why
        for statuses in [(MISSING, OK, SECRET), (SECRET, OK, SECRET), (OK, OK, SECRET)]
    }
    assert list(whys.values()) == [NO_FILE, KEPT_BACK, KEPT_BACK]
    seen = Seen(tmp_path, rows_of(one.id, (OK, OK, SECRET), *one.sources))  # of the EPCI, a year is not there
    assert [lacks(seen, one, level)[0].why for level in ("epci", "commune")] == [NO_FILE, KEPT_BACK]


def test_where_a_figure_is_missing_the_epci_or_these_communes_or_nowhere(tmp_path):
    births = CATALOGUE["births_count"]

    def found(*statuses, indicator=births, source="insee_etat_civil"):
        seen = Seen(tmp_path, rows_of(indicator.id, statuses, source))
        return standing(seen, indicator), *without_value(seen, indicator)

    assert found(OK, OK, OK) == (OK, "commune", [])
    assert found(MISSING, OK, MISSING) == (MISSING, "epci", [EPCI])
    assert found(OK, OK, MISSING) == (OK, "commune", ["99002"])
    assert found(OK, MISSING, MISSING) == (OK, "commune", ["99001", "99002"])
    assert found(NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE) == (NOT_APPLICABLE, "commune", [])
    # An end of agreement is told commune by commune: there is none of the EPCI, and nothing more to ask.
    ends = {"indicator": CATALOGUE["pedt_end_year"], "source": "sdjes_accueils"}
    assert found(MISSING, OK, NOT_APPLICABLE, **ends) == (OK, "commune", [])
    assert found(MISSING, OK, MISSING, **ends) == (MISSING, "epci", [EPCI])


def test_files_of_departements_are_not_asked_for_what_an_epci_lacks(tmp_path):
    both = next(one for one in CATALOGUE.values() if {"caf_s_ben_dep", "caf_s_ben_epci_f"} <= set(one.sources))
    found = [one.source for one in lacks(Seen(tmp_path, rows_of(both.id, [MISSING] * 3, both.sources[0])), both)]
    assert "caf_s_ben_epci_f" in found and "caf_s_ben_dep" not in found


@pytest.mark.parametrize("epci", [DEFAULT_EPCI, pytest.param(EXAMPLE_EPCI, marks=pytest.mark.nightly)])
def test_the_boxes_of_the_pages_say_what_the_table_says(epci, france, example):
    seen = open_territory(epci, example if epci == EXAMPLE_EPCI else france)
    table = missing(seen)
    assert set(table["why"]) <= WHYS and not table.duplicated(["indicator", "source"]).any()
    assert (table["who"].eq(OPEN_DATA) == table["source"].map(lambda name: SOURCES[name].open)).all()
    for name, rows in table[table["indicator"].isin(CATALOGUE.keys())].groupby("indicator"):
        box = unavailable(seen, CATALOGUE[name], CATALOGUE[name].label)
        if (said := withheld(seen, CATALOGUE[name])) and seen.own(CATALOGUE[name]).empty:
            assert texts.typography(said) in box.html and {KEPT_BACK, WITHHELD} & set(rows["why"]), name
            continue
        told = [entry(Lack(*row)) for row in rows[list(Lack._fields)].itertuples(index=False)]
        assert box.about["missing"][0][1] == told, name
        assert all(one["command"] in box.html for one in told)
    counted = [completeness(seen, chapter) for chapter in {one.chapter for one in CATALOGUE.values()}]
    assert sum(of for _, of in counted) <= len(CATALOGUE)
    own = table[table["level"].eq("epci")]["indicator"].nunique()
    only = {one.id for one in CATALOGUE.values() if "epci" not in one.levels and standing(seen, one) == MISSING}
    assert sum(of - known for known, of in counted) == own + len(only)


def test_what_would_set_an_indicator_at_equal_ages_is_told_and_is_no_lack_of_the_territory(france):
    table = missing(open_territory(DEFAULT_EPCI, france))
    row = table[table["source"].eq("caf_rsa_ages")].squeeze()
    assert (row["level"], row["territory"], row["why"]) == ("france", "F", NO_FILE)
    assert "RSA et PA, répartition des allocataires selon l'âge" in row["file"]
    assert "caf_rsa_households_count" not in set(table["indicator"])


def test_the_command_lists_what_is_missing(france, capsys):
    list_("missing", [DEFAULT_EPCI, "sdjes"])
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert len(lines) >= 15 and f"manques : {len(lines)}" in said.err
    (form,) = {line.split("  ")[-1] for line in lines}
    assert form.startswith("dsden.xlsx, feuille « ") and form.endswith(" », ou sdjes_accueils.csv")
    assert len({line.index("SDJES") for line in lines}) == 1  # in columns
    for words, told in (
        (["123456789"], "aucun de ce SIREN ni de ce nom"),
        ([DEFAULT_EPCI, "zzz"], "rien avec « zzz »"),
    ):
        with pytest.raises(UserError, match=told):
            list_("missing", words)
    list_("chapters", [DEFAULT_EPCI])
    (line,) = [one for one in capsys.readouterr().out.splitlines() if one.startswith("01")]
    of = sum(one.chapter == "01" for one in CATALOGUE.values())
    assert re.search(rf"  \d+ indicateurs sur {of}$", line)


# How much of the country open data tell.


@pytest.mark.nightly
def test_thirty_epcis_drawn_have_a_diagnosis_worth_reading_or_are_named(france):
    text = (settings().root / "docs" / "getting_data.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\d{9}", "".join(re.findall(r"^- Short: .+$", text, re.MULTILINE))))
    rows = [coverage(open_territory(epci, france)) for epci in sample(france)]
    short = {row["epci"] for row in rows if row["known"] < 150 or row["compared"] < 60}
    assert len(rows) == len({row["epci"] for row in rows}) == 30
    assert short == named & {row["epci"] for row in rows} and min(row["known"] for row in rows) >= 90


@pytest.mark.nightly
def test_the_territory_of_reference_has_most_of_its_open_indicators(france):
    row = coverage(open_territory(DEFAULT_EPCI, france))
    assert row["known"] >= 260 and row["starred"] >= 120


@pytest.mark.parametrize("epci", ["243500139", "249740119"])
def test_each_starred_figure_that_has_a_median_stands_beside_the_peers(epci, france):
    seen = open_territory(epci, france)
    starred = [one for one in CATALOGUE.values() if one.star and is_open(one) and seen.has(one, OK, ["epci"])]
    alone = {one.id for one in starred if has_median(one) and "peers" not in levels_beside(seen, one)}
    assert {one for one in alone if CATALOGUE[one].sources != ("insee_bpe_2025",)} == set()  # of two territories


def test_overseas_nothing_is_asked_of_the_msa(france):
    """The Caf pays the families of farmers too: what the two funds would make together has no object."""
    overseas, metropolitan = (missing(open_territory(epci, france)) for epci in ("249740119", DEFAULT_EPCI))
    assert "MSA" in set(metropolitan["who"]) and "MSA" not in set(overseas["who"])
    seen = open_territory("249740119", france)
    for name in ("households_on_benefit_count", "msa_aeeh_beneficiaries_count"):
        assert standing(seen, CATALOGUE[name]) == NOT_APPLICABLE and lacks(seen, CATALOGUE[name]) == []


def test_what_is_known_at_another_date_than_most_of_its_family_is_not_told_to_be_missing(france):
    html = family(open_chapter(DEFAULT_EPCI), "tenure").html
    assert "Connu à une autre date : locataires du parc privé, non meublé." in html.replace("\u00a0", " ")
    assert "Sans valeur" not in html


def test_a_chapter_runs_again_when_what_its_boxes_say_has_changed(france, monkeypatch):
    seen = open_territory(DEFAULT_EPCI, france)
    before = sum_of_data(seen)
    monkeypatch.setattr(tasks, "why_absent", lambda territory, source: BLANK)
    sum_of_data.cache_clear()
    assert sum_of_data(seen) != before
    sum_of_data.cache_clear()
