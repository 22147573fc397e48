"""The info flash: built before any data exist, it says all of the reference case; its figures are those of the report.

Scenario 15 of the acceptance scenarios.
"""

import re
import shutil
from itertools import pairwise

import pikepdf
import pytest
from accessibility import HEIGHT, NARROWEST, PHONE, WIDE, violations, with_axe
from convention_texts import HOSTILE
from french_text import faults
from material_files import add, change, line_of
from reader import Text

from ctg_analysis.demarche.columns import first_day
from ctg_analysis.demarche.material_files import heavy_logos, logos, open_material
from ctg_analysis.display.texts import date_text, span_phrase
from ctg_analysis.model.errors import InputError, UserError
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, DataRoot
from ctg_analysis.pipeline.derivation import read_places
from ctg_analysis.publish.convention import write_issue
from ctg_analysis.publish.flash import issue_page, logo

ISSUES = [(DEFAULT_EPCI, 1), (EXAMPLE_EPCI, 1), (EXAMPLE_EPCI, 2), (EXAMPLE_EPCI, 3)]


@pytest.fixture(scope="module")
def pages(france, example):
    """The issues of both territories, by territory and number."""
    roots = {DEFAULT_EPCI: france, EXAMPLE_EPCI: example}
    return {(epci, number): issue_page(epci, roots[epci], number)[1] for epci, number in ISSUES}


def read(html: str) -> str:
    """Return what a reader sees of a page, on one line."""
    return re.sub(r"\s+", " ", " ".join(Text(html).pieces))


def before_any_data(root: DataRoot, folder, epci: str) -> DataRoot:
    """Return a data root at launch: the communes, the calendar, and nothing that was ever derived."""
    launch = DataRoot(folder / root.path.name)
    launch.raw.mkdir(parents=True)
    (launch.raw / "etalab_decoupage").symlink_to(root.raw / "etalab_decoupage")
    shutil.copytree(root.reference, launch.reference)
    for file in ("calendrier.csv", "info_flash.csv", "info_flash_dates.csv"):
        launch.material(epci).mkdir(parents=True, exist_ok=True)
        shutil.copy(root.material(epci) / file, launch.material(epci))
    return launch


@pytest.mark.nightly
def test_the_first_issue_is_built_before_any_data_exist(pages, france, tmp_path):
    launch = before_any_data(france, tmp_path, DEFAULT_EPCI)
    assert issue_page(DEFAULT_EPCI, launch)[1] == pages[DEFAULT_EPCI, 1]
    assert not launch.processed.exists()


@pytest.mark.nightly
def test_an_issue_is_read_from_the_day_that_is_given_and_knows_the_years_of_the_convention(pages, example, france):
    """No clock: without a day, the page is that of the date of the issue, however late it is made."""
    assert "La convention couvrira les années 2024 à 2027." in read(pages[EXAMPLE_EPCI, 1])
    assert "La convention couvre les années 2023 à 2026." not in read(pages[DEFAULT_EPCI, 1])  # of December 2022
    later = read(issue_page(EXAMPLE_EPCI, example, 1, "2028-01-15")[1])
    assert "La convention couvrait les années 2024 à 2027." in later and "vu du 15 janvier 2028" in later
    ours = read(issue_page(DEFAULT_EPCI, france, 1, "2026-11-26")[1])
    assert ours.count("○ prévue") == 5 and "faite" not in ours  # nothing says that any of it was done
    assert "Prochaines dates" not in later and "Restitutions du diagnostic ○ à venir" not in later


@pytest.mark.nightly
def test_a_key_figure_that_the_observations_do_not_have_is_refused_in_one_line(example, tmp_path):
    root = DataRoot(tmp_path / "exemple")
    (root.path / "raw").mkdir(parents=True)
    (root.raw / "etalab_decoupage").symlink_to(example.raw / "etalab_decoupage")
    for name in ("reference", "private", "processed"):
        shutil.copytree(example.path / name, root.path / name)
    for path in example.raw.iterdir():
        if not (root.raw / path.name).exists() and path.name != "demarche":
            (root.raw / path.name).symlink_to(path)
    shutil.copytree(example.material(EXAMPLE_EPCI), root.material(EXAMPLE_EPCI))
    change(root.material(EXAMPLE_EPCI) / "info_flash.csv", 3, "chiffres_cles", f"births_count+{EXAMPLE_EPCI}+1999")
    with pytest.raises(
        InputError, match=r"info_flash\.csv, ligne 3, colonne chiffres_cles : trouvé aucune valeur de births_count"
    ):
        issue_page(EXAMPLE_EPCI, root, 2)


def launched(example, tmp_path) -> DataRoot:
    """Return the invented territory at launch, with its first issue alone."""
    root = before_any_data(example, tmp_path, EXAMPLE_EPCI)
    for file, kept in (("info_flash", 2), ("info_flash_dates", 3)):
        path = root.material(EXAMPLE_EPCI) / f"{file}.csv"
        path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:kept]) + "\n", encoding="utf-8")
    return root


def test_a_quote_that_may_not_be_made_is_refused(example, tmp_path):
    root = launched(example, tmp_path)
    shutil.copy(example.material(EXAMPLE_EPCI) / "extraits.csv", root.material(EXAMPLE_EPCI))
    shutil.copy(example.material(EXAMPLE_EPCI) / "codebook.csv", root.material(EXAMPLE_EPCI))
    extracts = root.material(EXAMPLE_EPCI) / "extraits.csv"
    alone = extracts.read_text(encoding="utf-8").splitlines()[line_of(extracts, "type_acteur", "Caf") - 1].split(";")[0]
    change(root.material(EXAMPLE_EPCI) / "info_flash.csv", 2, "paroles", alone)
    change(extracts, line_of(extracts, "extrait_id", alone), "niveau_diffusion", "public")
    with pytest.raises(
        InputError, match=rf"ligne 2, colonne paroles : trouvé « {alone} », attendu un extrait .* moins de 3"
    ):
        issue_page(EXAMPLE_EPCI, root)


def test_a_label_stays_text_whatever_it_holds(example, tmp_path):
    root = launched(example, tmp_path)
    hostile = f"<script>alert(1)</script>{HOSTILE}".replace("\x0b", "")
    add(root.material(EXAMPLE_EPCI) / "calendrier.csv", etape=hostile, phase="stratégie")
    page = issue_page(EXAMPLE_EPCI, root)[1]
    assert (
        "<script>" not in page
        and "&lt;script&gt;alert(1)" in page
        and "{{ 7*7 }}" in page
        and 'href="http://x' not in page
    )


def test_the_logos_of_a_folder_stand_in_the_page_and_a_heavy_one_is_told(example, tmp_path):
    root = launched(example, tmp_path)
    folder = root.material(EXAMPLE_EPCI)
    (folder / "logo_la_caf.png").write_bytes(b"small")
    assert [(name, address[:22]) for name, address in map(logo, logos(folder))] == [
        ("Logo\u00a0: la caf", "data:image/png;base64,")
    ]
    assert '<img alt="Logo\u00a0: la caf" src="data:image/png;base64,' in issue_page(EXAMPLE_EPCI, root)[1]
    assert not list(heavy_logos(folder))
    (folder / "logo_la_caf.png").write_bytes(bytes(300_000))
    (told,) = heavy_logos(folder)
    assert logos(folder) == []  # not shown, and it stops nothing
    open_material(root, EXAMPLE_EPCI, read_places(example))
    assert str(told).endswith("logo_la_caf.png : trouvé une image de 300 Ko, attendu 100 Ko au plus")


def test_an_address_begins_with_https_or_is_that_of_a_file(example, tmp_path):
    root = launched(example, tmp_path)
    change(root.material(EXAMPLE_EPCI) / "info_flash.csv", 2, "lien", "//autre.invalid/avis")
    with pytest.raises(InputError, match=r"lien : trouvé « //autre\.invalid/avis », attendu une adresse"):
        issue_page(EXAMPLE_EPCI, root)


@pytest.mark.nightly
def test_an_issue_that_does_not_exist_is_told(france, example):
    with pytest.raises(UserError, match="aucun numéro 9, attendu l'un de : 1, 2, 3"):
        issue_page(EXAMPLE_EPCI, example, 9)
    with pytest.raises(UserError, match="aucun numéro de l'info flash encore"):
        issue_page("243500139", france)


@pytest.mark.nightly
@pytest.mark.parametrize("which", ISSUES, ids=str)
def test_an_issue_is_french_and_asks_nothing_of_any_network(which, pages):
    page = pages[which]
    assert [fault for piece in Text(page).pieces for fault in faults(piece)] == []
    assert '<html lang="fr">' in page and not re.search(r'(?:src|href)="(?:https?:)?//(?!exemple\.invalid)', page)
    levels = [int(level) for level in re.findall(r"<h(\d)", page)]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.nightly
def test_axe_finds_nothing_in_the_issues_on_any_screen(browser, pages, tmp_path):
    tab = browser.new_page()
    for (epci, number), html in pages.items():
        path = tmp_path / f"{epci}_{number}.html"
        path.write_text(html, encoding="utf-8")
        for width, scheme in ((WIDE, "light"), (PHONE, "light"), (WIDE, "dark")):
            tab.emulate_media(color_scheme=scheme)
            tab.set_viewport_size({"width": width, "height": HEIGHT})
            tab.goto(path.as_uri())
            assert violations(with_axe(tab)) == [], (epci, number, width, scheme)
        tab.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
        assert tab.evaluate("document.documentElement.scrollWidth") <= NARROWEST


@pytest.mark.nightly
def test_an_issue_is_two_to_four_pages_of_tagged_pdf_the_same_each_time(browser, example, tmp_path):
    first, second = (list(write_issue(EXAMPLE_EPCI, example, 3, tmp_path / name))[1] for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
    with pikepdf.open(first) as document:
        assert 2 <= len(document.pages) <= 4 and str(document.Root.Lang) == "fr"
        assert document.Root.MarkInfo.Marked and "/StructTreeRoot" in document.Root
        width, height = (float(side) / 72 * 25.4 for side in document.pages[0].MediaBox[2:])
        assert (round(width), round(height)) == (210, 297)


@pytest.mark.parametrize(
    "begin, end, said",
    [
        ("2022-12", "2023-03", "de décembre 2022 à mars 2023"),
        ("2023-04", "2023-06", "d’avril à juin 2023"),
        ("2023-02-07", "2023-02-09", "du 7 au 9 février 2023"),
        ("2024-01-15", "2024-02-25", "du 15 janvier au 25 février 2024"),
        ("2023-12-30", "2024-01-02", "du 30 décembre 2023 au 2 janvier 2024"),
        ("2024-07-12", "2024-09", "du 12 juillet 2024 à septembre 2024"),
        ("2023", "2024", "de 2023 à 2024"),
        ("2024-03-01", None, "1er mars 2024"),
        (None, None, ""),
    ],
)
def test_a_span_of_time_in_french(begin, end, said):
    assert span_phrase(begin, end) == said


def test_a_moment_in_french():
    assert [date_text(one) for one in ("2024-08-01", "2024-08", "2024")] == ["1er août 2024", "août 2024", "2024"]
    assert first_day("2024-08").isoformat() == "2024-08-01"
