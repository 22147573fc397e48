"""What partners send: forms that read back or are refused, never shown below the threshold (R1, R18)."""

import datetime
import shutil

import pandas as pd
import pytest
import xlsxwriter
from raw_files import BOM, told_cases, values
from real_project import agreed

from ctg_analysis.clean.partner_files import clean_form, read_agreements
from ctg_analysis.clean.perimeter import Perimeter
from ctg_analysis.clean.received_forms import FORMS, cleaner, form_to_reference, read_private, with_thresholds
from ctg_analysis.demarche.empty_forms import write_forms
from ctg_analysis.indicators.observe import observe
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import InputError, in_order
from ctg_analysis.model.facts import facts
from ctg_analysis.model.form import NOT_ADDITIVE, YES_NO
from ctg_analysis.model.settings import DataRoot
from ctg_analysis.model.source import SOURCES
from ctg_analysis.model.territories import membership
from ctg_analysis.pipeline.works import with_msa
from ctg_analysis.raw.form_workbooks import TEXTS
from ctg_analysis.raw.tables import OWN_COLUMNS
from ctg_analysis.secrecy import rounding
from ctg_analysis.secrecy.rounding import rounded

EPCI, OTHER = "999999999", "999999998"
CASES = told_cases("forms")


def some_by_day(cases):
    """Return cases, four of them by day, all of them by night."""
    return [*cases[:4], *(pytest.param(*case, marks=pytest.mark.nightly) for case in cases[4:])]


YOUTH = SOURCES["mission_locale"]
SIGNED = {"recu_le": "2026-03-02", "convention": "convention du 12 janvier 2026", "seuil": 5}
COMMUNES = pd.DataFrame(
    [("99001", EPCI, "Haut"), ("99002", EPCI, "Haut"), ("99003", EPCI, None), ("99101", OTHER, None)],
    columns=["code", "epci", "secteur"],
    dtype=object,
).assign(
    kind="commune-actuelle", departement="99", region="99", zone="metro", parent=None, former_codes=None, name="Bas"
)
PLACES = pd.concat(
    [
        COMMUNES.assign(level="commune"),
        pd.DataFrame({"code": [EPCI, OTHER, "99"], "level": ["epci", "epci", "departement"]}),
    ],
    ignore_index=True,
)
WHOLE = Perimeter.between(COMMUNES, COMMUNES)


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """The forms of the invented EPCI, empty, as they are handed out, and no agreement."""
    home = tmp_path_factory.mktemp("empty") / "exemple"
    write_forms(EPCI, "CC des Monts d'Exemple", home / "private" / EPCI, csv=True)
    return DataRoot(home)


@pytest.fixture
def root(tmp_path, empty):
    """A data root with these forms, as CSV alone, that a test may fill."""
    shutil.copytree(empty.path, tmp_path / "exemple", ignore=shutil.ignore_patterns("*.xlsx"))
    return DataRoot(tmp_path / "exemple")


def fill(root, source, *rows, epci=EPCI):
    """Add rows to a form as a partner would: blank cells where nothing is said."""
    path = root.private / epci / f"{source}.csv"
    if not path.exists():
        write_forms(epci, "x", path.parent, csv=True)
    columns = path.read_text(encoding="utf-8").splitlines()[0].split(";")
    lines = [";".join(str(row.get(column, "")) for column in columns) for row in rows]
    path.write_text("\n".join([";".join(columns), *lines]) + "\n", encoding="utf-8")


def row(place, period, **cells):
    return {"territoire": place, "periode": period} | cells


def sign(root, epci=EPCI, **agreements):
    (root.private / epci).mkdir(parents=True, exist_ok=True)
    agreed(root.private / epci, {source: (SIGNED | more).values() for source, more in agreements.items()})


def told(root):
    findings = [finding for several in read_private(root, PLACES).findings.values() for finding in several]
    return [str(finding) for finding in in_order(set(findings))]


def youth(*rows):
    table = pd.DataFrame(rows, columns=["code", "level", "value"]).assign(period="2024", measure="youth_followed")
    return facts(table, YOUTH.id)


# The templates.


def test_every_form_has_an_empty_template_that_reads_back(empty):
    tables, agreements, *_ = read_private(empty, PLACES)
    assert tables == [] and agreements == {}
    written = {path.name for path in (empty.private / EPCI).iterdir()}
    forms = {source.form_file for source in FORMS.values()}
    workbooks = {"caf.xlsx", "msa.xlsx", "departement.xlsx", "communes.xlsx", "mission_locale.xlsx", "dsden.xlsx"}
    assert written == {*forms, *workbooks, "accords.csv"} and len(FORMS) >= 12
    for source in FORMS.values():
        assert len(cleaner(source)(source, empty.private / EPCI / source.form_file, {EPCI})) == 0


# Reading what came back.


def test_r4_the_end_of_what_there_is_none_of_does_not_apply(root):
    """99001 has no PEDT, 99002 has one whose end is not told, of 99003 nothing is told: three different blanks."""
    fill(
        root, "sdjes_accueils",
        row("99001", 2024, pedt=0), row("99002", 2024, pedt=1), row("99003", 2024), row(EPCI, 2024, pedt_fin=2027),
    )  # fmt: skip
    read = clean_form(SOURCES["sdjes_accueils"], root.private / EPCI / "sdjes_accueils.csv", {*COMMUNES["code"], EPCI})
    ends = read[read["measure"].eq("pedt_end_year")].set_index("code")["status"]
    assert ends.to_dict() == {"99001": "so", "99002": "nd", "99003": "nd", EPCI: "ok"}


def test_a_blank_is_unknown_and_not_0_and_a_form_may_come_from_a_spreadsheet(root):
    text = f"{BOM}territoire;periode;jeunes_suivis;permanences\r\n99001;2024;12;0,5\r\n99002;2024;;0\r\n;;;\r\n"
    (root.private / EPCI / "mission_locale.csv").write_bytes(text.encode())
    sign(root, mission_locale={"seuil": 11})
    ((source, table),), agreements, *_ = read_private(root, PLACES)
    assert source == "mission_locale" and agreements[source].seuil == 11
    assert values(table) == {
        ("99001", "2024", "youth_followed"): 12,
        ("99002", "2024", "youth_followed"): "nd",
        ("99001", "2024", "youth_sessions"): 0.5,
        ("99002", "2024", "youth_sessions"): 0,
    }


def test_a_column_of_names_cannot_slip_in(root):
    path = root.private / EPCI / "mission_locale.csv"
    path.write_text("territoire;periode;nom;jeunes_suivis;jeunes_suivis\n99001;2024;Dupont;1;1\n", encoding="utf-8")
    sign(root, mission_locale={})
    absent, personal, twice = sorted(told(root), key=lambda line: "trouvé pas" not in line)
    assert "ligne 1, colonne permanences : trouvé pas de colonne de ce nom" in absent
    lines = {line.partition("ligne 1, ")[2] for line in (personal, twice)}
    assert f"colonne nom : trouvé une colonne qui n'est pas de cette table, attendu {OWN_COLUMNS}" in lines
    assert "colonne jeunes_suivis : trouvé cette colonne une seconde fois, attendu chaque colonne une fois" in lines
    assert not any("Dupont" in line for line in told(root))


@pytest.mark.parametrize("cells, expected", some_by_day(CASES["cells"]))
def test_a_bad_cell_is_one_line(root, cells, expected):
    sign(root, enquete_locale_petite_enfance={})
    fill(root, "enquete_locale_petite_enfance", row("99002", "2024", demandes=5), row("99001", "2024") | cells)
    (line,) = told(root)
    assert "enquete_locale_petite_enfance.csv, ligne 3, colonne " in line and expected in line


@pytest.mark.parametrize("source, periods, expected", CASES["periods"])
def test_a_period_is_told_that_is_to_come_or_written_in_two_ways(root, source, periods, expected):
    sign(root, **{source: {}})
    fill(root, source, *(row(place, period) for place, period in zip(("99001", "99002"), periods, strict=False)))
    (line,) = told(root)
    assert expected in line


def test_the_periods_up_to_the_day_the_form_came_are_read(root):
    sign(root, mission_locale={}, msa_familles={"recu_le": "2026-12-01"})
    fill(root, YOUTH.id, row("99001", "2025-12"), row("99001", "2026"))
    fill(root, "msa_familles", row("99001", "2026-12"))
    assert len(read_private(root, PLACES)[0]) == 2


def test_a_workbook_of_another_kind_is_to_be_saved_as_xlsx_and_any_other_file_is_a_short_line(root):
    for name in ("caf.xls", "b.XLSM", "pmi.pdf", "envoi.csv"):
        (root.private / EPCI / name).write_bytes(b"x")
    said = str(InputError(read_private(root, PLACES).findings[EPCI]))
    other = "trouvé un fichier que rien ne lit, attendu "
    other += "un classeur (.xlsx, .ods), ou un CSV du nom que donne `ctg new --csv`"
    assert [line.partition(f"{EPCI}/")[2] for line in said.splitlines()] == [
        "b.XLSM : trouvé un classeur enregistré en .xlsm, attendu un classeur enregistré en .xlsx",
        "caf.xls : trouvé un classeur enregistré en .xls, attendu un classeur enregistré en .xlsx",
        f"envoi.csv : {other}",
        f"pmi.pdf : {other}",
    ]


def test_what_windows_and_macos_make_by_themselves_is_no_fault(root):
    for name in ("Thumbs.db", "desktop.ini", "Desktop.ini", ".DS_Store", "~$caf.xlsx", "._caf.xlsx"):
        (root.private / EPCI / name).write_bytes(b"x")
    assert told(root) == []


def test_a_folder_where_what_came_back_was_put_is_told(root):
    fill(root, YOUTH.id)
    for name in ("demarche", ".git", "Retours"):
        (root.private / EPCI / name).mkdir()
    (root.private / EPCI / "Retours" / "caf.xlsx").write_bytes(b"")
    (line,) = told(root)
    assert line.endswith("Retours : trouvé un dossier que rien ne lit, attendu des fichiers seulement")


# The agreements.

GOOD = "formulaire;recu_le;convention;seuil\ndsden_inclusion;2026-03-02;x;5\n"


@pytest.mark.parametrize("line, expected", some_by_day(CASES["agreements"]))
def test_a_bad_agreement_is_one_line_and_the_others_are_read_all_the_same(root, line, expected):
    (root.private / EPCI / "accords.csv").write_text(GOOD + line, encoding="utf-8")
    (said,) = told(root)
    assert "accords.csv, ligne 3, colonne " in said and expected in said
    fill(root, "dsden_inclusion", row("99001", "2024"))
    assert told(root) == [said]
    fill(root, YOUTH.id, row("99001", "2024", jeunes_suivis=-1))
    lines = told(root)
    assert said in lines and len(lines) == 3
    assert sum("mission_locale.csv, ligne 2" in one for one in lines) == 1
    assert sum("mission_locale.csv : trouvé un formulaire sans accord valable" in one for one in lines) == 1


def test_a_threshold_that_no_agreement_fixes_is_that_of_the_rule_and_days_are_those_of_france(root):
    agreed(root.private / EPCI, {YOUTH.id: ("02/03/2026", "x", "")})
    agreements, findings = read_agreements(root.private / EPCI, {YOUTH.id: 11})
    assert findings == []
    assert agreements == {YOUTH.id: (datetime.date(2026, 3, 2), "x", 11)}


def test_all_that_is_wrong_with_an_agreement_and_its_columns_is_told_in_one_run(root):
    path = root.private / EPCI / "accords.csv"
    path.write_text("formulaire;recu_le;convention;seuil;nom\nmission_locale;hier;;3;D\n", encoding="utf-8")
    assert [line.partition("accords.csv, ")[2] for line in told(root)] == [
        f"ligne 1, colonne nom : trouvé une colonne qui n'est pas de cette table, attendu {OWN_COLUMNS}",
        "ligne 2, colonne convention : trouvé une case vide, attendu le titre de l'accord",
        "ligne 2, colonne recu_le : trouvé « hier », attendu une date, telle que 02/03/2026",
        "ligne 2, colonne seuil : trouvé 3, attendu un nombre entier, 5 ou plus",
    ]
    path.write_text("formulaire;recu_le\nmission_locale;02/03/2026\n", encoding="utf-8")
    assert [line.partition("colonne ")[2].partition(" ")[0] for line in told(root)] == ["convention", "seuil"]
    for day in ("2026-3-2", "2026-02-30", "2150-03-02"):
        path.write_text(GOOD.replace("2026-03-02", day), encoding="utf-8")
        (line,) = told(root)
        assert f"colonne recu_le : trouvé « {day} », attendu une date" in line
    path.write_bytes(GOOD.encode() + "x;y;\xe9;5".encode("latin-1"))
    (line,) = told(root)
    assert "accords.csv, ligne 3 : trouvé l'octet 0xe9, attendu un texte en UTF-8" in line


def test_the_agreements_of_several_workbooks_are_read_together_by_sheet_and_cell(root):
    folder = root.private / EPCI
    for name, *cells in (("caf", "caf_partenaire_familles", "02/03/2026"), ("dsden", "dsden_inclusion", "hier")):
        with xlsxwriter.Workbook(folder / f"{name}.xlsx") as book:
            sheet = book.add_worksheet("Accords")
            sheet.write_row(1, 0, ["formulaire", "recu_le", "convention", "seuil"])
            sheet.write_row(2, 0, [*cells, "convention de 2026"])
            sheet.write_row(3, 0, ["msa_familles"])  # as it is handed out
    agreements, findings = read_agreements(folder, dict.fromkeys(FORMS, 5))
    assert [*agreements] == ["caf_partenaire_familles"]
    assert [str(one).partition("dsden.xlsx, ")[2] for one in findings] == [
        "feuille « Accords », B3 (recu_le) : trouvé « hier », attendu une date, telle que 02/03/2026"
    ]
    assert told(root) == [str(findings[0])]


def test_a_folder_that_is_no_epci_is_told(root):
    write_forms("123456789", "x", root.private / "123456789")
    (root.private / "LISEZMOI.txt").write_text("?", encoding="utf-8")
    (line,) = told(root)
    assert line.endswith("private/123456789 : trouvé « 123456789 », attendu le SIREN d'un EPCI")


@pytest.mark.parametrize("source, cells, expected", CASES["parts"])
def test_no_part_exceeds_a_whole_that_the_form_declares(root, source, cells, expected):
    fill(root, source, row("99001", "2024", **cells))
    sign(root, **{source: {}})
    (line,) = told(root)
    assert line.endswith(f"csv, {expected}")


@pytest.mark.parametrize("thresholds", [(5, 11), pytest.param((11, 5), marks=pytest.mark.nightly)])
def test_the_strictest_threshold_holds_and_a_departement_is_given_once(root, thresholds):
    for epci, threshold in zip((EPCI, OTHER), thresholds, strict=True):
        fill(root, YOUTH.id, row("99", "2024", jeunes_suivis=300), epci=epci)
        sign(root, epci, mission_locale={"seuil": threshold})
    ((_, table),), agreements, *_ = read_private(root, PLACES)
    assert agreements["mission_locale"].seuil == 11 and len(table[table["measure"].eq("youth_followed")]) == 1
    fill(root, YOUTH.id, row("99", "2024", jeunes_suivis=301), epci=OTHER)
    (line,) = told(root)
    assert "trouvé deux chiffres de 99 en 2024, attendu les mêmes chiffres dans chaque mission_locale.csv" in line
    fill(root, YOUTH.id, row("99", "2024-12", jeunes_suivis=300), epci=OTHER)
    assert told(root) == [line]


# From the rows of a form to the totals, through the gate.


def test_the_total_of_an_epci_is_the_sum_of_all_its_communes_or_it_is_missing():
    form = youth(("99001", "commune", 12), ("99002", "commune", 3), ("99003", "commune", 5))
    whole = values(form_to_reference(form, YOUTH, WHOLE))
    assert whole[(EPCI, "2024", "youth_followed")] == 20 and whole[("Haut", "2024", "youth_followed")] == 15
    assert not {"99", "F", "FM"} & {code for code, _, _ in whole}
    for lacking in (
        form[form["code"].ne("99003")],
        youth(("99001", "commune", 12), ("99002", "commune", 3), ("99003", "commune", None)),
    ):
        fewer = values(form_to_reference(lacking, YOUTH, WHOLE))
        assert fewer[(EPCI, "2024", "youth_followed")] == "nd" and fewer[("Haut", "2024", "youth_followed")] == 15


def test_the_total_that_the_partner_gives_is_kept_and_a_blank_one_is_left_to_the_communes():
    communes = [("99001", "commune", 12), ("99002", "commune", 3), ("99003", "commune", 5)]
    given = values(form_to_reference(youth(*communes, (EPCI, "epci", 22), ("99", "departement", 90)), YOUTH, WHOLE))
    assert given[(EPCI, "2024", "youth_followed")] == 22
    assert given[("99", "2024", "youth_followed")] == 90  # and no region, which bears the same code
    blank = values(form_to_reference(youth(*communes, (EPCI, "epci", None)), YOUTH, WHOLE))
    assert blank[(EPCI, "2024", "youth_followed")] == 20


def test_prices_and_years_have_no_total_and_yes_or_no_is_counted():
    for source in FORMS.values():
        rows = [
            (code, "commune", "2024", field.measure, 1.0)
            for field in source.form.numbers
            for code in ("99001", "99002", "99003")
        ]
        table = pd.DataFrame(rows, columns=["code", "level", "period", "measure", "value"])
        totals = values(form_to_reference(facts(table, source.id), source, WHOLE))
        for field in source.form.numbers:
            expected = None if field.kind in NOT_ADDITIVE else 3
            assert totals.get((EPCI, "2024", field.measure)) == expected, field.column
    kinds = {field.kind for source in FORMS.values() for field in source.form.fields}
    assert kinds == set(TEXTS.kinds) and YES_NO in kinds


def shown(form, seuil, root):
    fill(root, YOUTH.id, *form)
    sign(root, mission_locale={"seuil": seuil})
    ((name, table),), agreements, *_ = read_private(root, PLACES)
    sources = with_thresholds(SOURCES, agreements)
    asked = [CATALOGUE["youth_followed_count"]]
    moved = rounded(form_to_reference(table, SOURCES[name], WHOLE), sources[name], asked, membership(PLACES))
    rows = observe(asked, moved, sources)
    return {
        (code, status): value
        for code, status, value in zip(rows["territory"], rows["status"], rows["value"], strict=True)
    }


@pytest.mark.parametrize("most, bounds", [(5, (25, 45)), (4, (35, 39))])
def test_a_whole_is_bounded_by_its_classes_where_they_are_few(monkeypatch, most, bounds):
    """Five classes of 7, each 5 to 9: their whole, 35, is told by their sum up to five parts, else as it is rounded."""
    monkeypatch.setattr(rounding, "MOST_PARTS", most)
    source = SOURCES["caf_partenaire_familles"]
    ((whole, classes),) = source.form.breakdowns.items()
    table = pd.DataFrame({"measure": [whole, *classes], "value": [35.0] + [7.0] * len(classes)})
    table = table.assign(code=EPCI, period="2024", level="epci", status="ok")
    made = rounded(table, source, CATALOGUE.values(), membership(PLACES)).set_index("measure")
    assert tuple(made.loc[whole, ["least", "most"]]) == bounds


@pytest.mark.parametrize("parts, bounds", [(10, (50, 90)), (11, (75, 79))])
def test_a_total_of_ten_communes_is_their_sum_and_of_eleven_is_rounded_alone(parts, bounds):
    """Each has 7 young people, 5 to 9 (rule R2): ten are 50 to 90; eleven make 77, told as 75 to 79."""
    codes = [f"99{number:03d}" for number in range(parts)]
    places = COMMUNES.iloc[[2] * parts].assign(code=codes, level="commune")
    rows = [(code, "commune", 7.0) for code in codes] + [(EPCI, "epci", 7.0 * parts)]
    table = pd.DataFrame(rows, columns=["code", "level", "value"])
    table = table.assign(measure="youth_followed", period="2024", status="ok", source=YOUTH.id)
    asked = [CATALOGUE["youth_followed_count"]]
    made = rounded(table, YOUTH, asked, membership(places)).set_index("code")
    assert tuple(made.loc[EPCI, ["least", "most"]]) == bounds


def test_a_threshold_of_11_rounds_to_15(root):
    form = [row(code, "2024", jeunes_suivis=n) for code, n in (("99001", 8), ("99002", 40), ("99003", 60))]
    assert shown(form, 5, root)[("99001", "ok")] == 5
    strict = shown(form, 11, root)
    assert ("99001", "censored") in strict and (strict["99002", "ok"], strict["99003", "ok"]) == (30, 60)
    assert strict[EPCI, "ok"] == 90 + 42 / 2  # 0 to 14, 30 to 44 and 60 to 74
    assert with_thresholds(SOURCES, {})["mission_locale"].secrecy.threshold == 5


# Both regimes.


def caf(value, period="2024-12", status="ok", level="epci", code=EPCI):
    return code, level, period, "caf_households", value, status, "caf_s_ben_epci_f"


def msa(value, period="2024-12", status="ok", level="epci", code=EPCI):
    return code, level, period, "msa_households", value, status, "msa_familles"


def both(*rows):
    columns = ["code", "level", "period", "measure", "value", "status", "source"]
    known = pd.DataFrame(rows, columns=columns).assign(parts=1, few=0)
    mine = known["source"].eq("msa_familles")
    table = with_msa(known.assign(least=known["value"].where(mine), most=known["value"].where(mine) + 4), SOURCES)
    assert len(table[table["measure"].ne("households_on_benefit")]) == len(rows)
    joined = table[table["measure"].eq("households_on_benefit")]
    assert set(joined["source"]) <= {"caf_et_msa"}
    return {(code, period): value for (code, period, _), value in values(joined).items()}


def test_both_regimes_are_added_up_at_the_same_december_only():
    """The Caf's 300 are 298 to 304, the 40 of the MSA 40 to 44: 338 to 348, told by their middle."""
    assert both(caf(300), msa(40)) == {(EPCI, "2024-12"): 343}
    assert both(caf(300), msa(40, "2023-12"), msa(41, "2024")) == {}
    assert both(caf(300, code="99", level="departement"), msa(90, code="99", level="departement")) == {
        ("99", "2024-12"): 393
    }
    assert both(caf(30, code="99001", level="commune"), msa(9, code="99001", level="commune")) == {}


def test_a_sum_of_the_communes_of_the_caf_is_not_added_to_the_msa():
    """Nor does it make a second row beside what the Caf publishes for the EPCI."""
    summed = (*caf(295)[:-1], "caf_s_ben_com_f")
    assert both(summed, msa(40)) == {} and both(summed, caf(300), msa(40)) == {(EPCI, "2024-12"): 343}


def test_both_regimes_are_absent_without_one_of_them():
    assert both(caf(300), msa(5)) == {(EPCI, "2024-12"): 308} and both(caf(300), msa(0)) == {(EPCI, "2024-12"): 303}
    assert both(caf(300)) == {} and both(msa(40)) == {}
    assert both(caf(300), msa(None, status="nd")) == {(EPCI, "2024-12"): "nd"}
    assert both(caf(None, status="nd"), msa(40)) == {(EPCI, "2024-12"): "nd"}


def test_both_regimes_follow_the_agreement_of_the_msa(root):
    sign(root, msa_familles={"seuil": 11})
    sources = with_thresholds(SOURCES, read_private(root, PLACES)[1])
    assert sources["caf_et_msa"].secrecy.threshold == sources["msa_familles"].secrecy.threshold == 11


def test_what_a_partner_withholds_is_secret(root):
    given = [row(code, "2024", jeunes_suivis=value) for code, value in (("99001", 60), ("99002", 37), ("99003", "s"))]
    seen = shown([*given, row(EPCI, "2024", jeunes_suivis=100)], 5, root)
    assert ("99003", "secret") in seen and seen[EPCI, "ok"] == 100
    alone = shown([row("99001", "2024", jeunes_suivis=60), row("99003", "2024", jeunes_suivis="<5")], 5, root)
    assert alone["99001", "ok"] == 60 and ("99003", "secret") in alone and (EPCI, "nd") in alone
