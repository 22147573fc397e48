"""What is handed over beside the pages: PDF with tags and bookmarks, slides, a file to send by mail."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from html import unescape
from itertools import islice
from zipfile import ZipFile

import pikepdf
import pytest
from french_text import faults
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from processes import living

from ctg_analysis.chapter.territory import open_territory
from ctg_analysis.display.markup import for_readers
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, Settings, data_root
from ctg_analysis.publish import pdf
from ctg_analysis.publish.documents import (
    FICTIONAL,
    joined,
    short_report,
    write_documents,
    write_parcel,
)
from ctg_analysis.publish.editions import (
    EMPTY,
    collect_documents,
    is_whole,
    latest,
    name_of_documents,
    publish,
    record,
    write_links,
)

# The types of PDF 1.7 (ISO 32000-1, 14.8.4) that text, tables and drawings may have.
STANDARD = {"Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "NonStruct", "P", "H1", "H2", "H3", "H4"}
STANDARD |= {"L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD", "THead", "TBody", "TFoot"}
STANDARD |= {"Span", "Quote", "Note", "Code", "Link", "Figure"}
SHOWING = ("Tj", "TJ", "'", '"')


def edition(folder, pages: dict[str, str]):
    """Write a small edition: the content of each page."""
    folder.mkdir()
    told = {"name": "CC d’Ici", "date": "2026-03-01", "parameters": {"epci": "200067171"}, "after": None}
    told |= {"chapters": {}, "observations": ""}
    (folder / "provenance.json").write_text(json.dumps(told), encoding="utf-8")
    for name, content in pages.items():
        html = f'<html><main id="contenu">{content}</main><footer><p>Fin</p></footer></html>'
        (folder / name).write_text(html, encoding="utf-8")
    return folder


def test_links_lead_inside_what_is_joined_or_nowhere(tmp_path):
    one = '<h1>Un</h1><a href="02_b.html#ici">là</a><a href="#ici">ici</a><b id="ici"></b><a href="donnees/x.csv">x</a>'
    two = '<h1>Deux</h1><a href="01_a.html">un</a> <a href="https://exemple.fr/a#b">dehors</a><b id="ici"></b>'
    pages = {"index.html": "<h1>Accueil</h1>", "01_a.html": one, "02_b.html": two}
    html = joined(edition(tmp_path / "e", pages), ["01_a.html", "02_b.html"], "Tout", {"02_b.html": 7})
    names = re.findall(r'\sid="([^"]+)"', html)
    assert len(names) == len(set(names)) and {"01_a", "02_b", "01_a--ici", "02_b--ici"} <= set(names)
    links = re.findall(r'<a href="([^"]+)"', html)
    assert links == ["#01_a", "#02_b", "#02_b--ici", "#01_a--ici", "#01_a", "https://exemple.fr/a#b"]
    assert "<a>x</a>" in html and "</span>7</span>" in html


def test_drawings_keep_their_hatching_and_nothing_is_left_to_click(tmp_path):
    drawing = '<svg><pattern id="h"></pattern><rect fill="url(#h)"/></svg>'
    one = f'<h1>Un</h1>{drawing}<button popovertarget="t" type="button">CTG</button>'
    pages = {"index.html": "<h1>Accueil</h1>", "01_a.html": one, "02_b.html": one}
    html = joined(edition(tmp_path / "e", pages), ["01_a.html", "02_b.html"], "Tout")
    assert 'id="01_a--h"' in html and "url(#01_a--h)" in html and "url(#02_b--h)" in html
    assert "<button" not in html and "CTG" in html


@pytest.fixture
def no_browser(monkeypatch):
    monkeypatch.setattr(pdf, "settings", lambda: Settings(chromium=""))
    monkeypatch.setattr(pdf, "PROGRAMS", ())
    monkeypatch.setattr(pdf, "PLACES", ())


def test_a_machine_without_browser_is_told_in_one_line(no_browser):
    with pytest.raises(UserError) as error:
        pdf.browser()
    assert "apt install chromium" in str(error.value) and "\n" not in str(error.value)


def test_a_browser_that_is_not_there_or_fails_is_told_in_one_line(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "settings", lambda: Settings(chromium="/nowhere/chrome"))
    with pytest.raises(UserError, match="CTG_CHROMIUM : trouvé « /nowhere/chrome »"):
        pdf.browser()
    program = tmp_path / "chrome"
    program.write_text("#!/bin/sh\necho first >&2\necho 'no display' >&2\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(pdf, "settings", lambda: Settings(chromium=str(program)))
    with pytest.raises(UserError, match="n'a pas pu être imprimé, le navigateur dit : no display"):
        pdf.write_pdf("<h1>a</h1>", tmp_path / "a.pdf", "2026-03-01")
    assert [path.name for path in tmp_path.iterdir()] == ["chrome"]


PRINTING = "import sys; from pathlib import Path; from ctg_analysis.publish.pdf import write_pdf\n"
PRINTING += "write_pdf('<h1>a</h1>', Path(sys.argv[1]), '2026-03-01')"


@pytest.mark.skipif(sys.platform != "linux", reason="not Linux")
def test_a_command_that_is_killed_leaves_no_browser(tmp_path):
    program, began, marker = tmp_path / "chrome", tmp_path / "began", f"CTG_TEST_MARKER={tmp_path.name}"
    program.write_text(f"#!/bin/sh\nsleep 1000 &\necho > {began}\nsleep 1000\n", encoding="utf-8")
    program.chmod(0o755)
    told = dict([marker.split("=")]) | {"CTG_CHROMIUM": str(program)}
    command = subprocess.Popen([sys.executable, "-c", PRINTING, str(tmp_path / "a.pdf")], env=os.environ | told)
    while not began.exists() and command.poll() is None:
        time.sleep(0.02)
    assert len(living(marker)) >= 4  # the command, the browser, what it started and waits for
    command.kill()
    command.wait()
    deadline = time.monotonic() + 30
    while living(marker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert living(marker) == []


@pytest.fixture(scope="module")
def out(tmp_path_factory, shipped):
    """A folder of reports that holds the latest edition of both territories, and what is made from them."""
    folder = tmp_path_factory.mktemp("handed")
    for epci in (DEFAULT_EPCI, EXAMPLE_EPCI):
        shutil.copytree(latest(shipped, epci), folder / "copy")
        publish(folder / "copy", folder, epci)
    return folder


@pytest.fixture(scope="module")
def printing():
    """A browser that prints, as the product finds it."""
    try:
        return pdf.browser()
    except UserError as error:
        if os.environ.get("CTG_BROWSER") == "required":
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def handed(out, printing):
    """The documents of the invented territory, by kind."""
    return {path.name.partition("-")[0]: path for path in write_documents(EXAMPLE_EPCI, out)}


@pytest.fixture(scope="module")
def synthesis(out, printing):
    """Its synthèse: the second of its documents, of which the whole report takes most of the time."""
    paths = write_documents(EXAMPLE_EPCI, out)
    *_, path = islice(paths, 2)
    paths.close()
    return path


@pytest.fixture(
    scope="module", params=[pytest.param(one, marks=pytest.mark.nightly) for one in ("synthese", "diagnostic")]
)
def printed(request):
    whole = request.param == "diagnostic"
    path = request.getfixturevalue("handed")[request.param] if whole else request.getfixturevalue("synthesis")
    with pikepdf.open(path) as document:
        yield document


def elements(kids):
    waiting = [kids]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Array):
            waiting += list(one)
        elif isinstance(one, pikepdf.Dictionary) and "/S" in one:
            yield one
            waiting += [one.K] if "/K" in one else []


def bookmarks(document):
    with document.open_outline() as outline:
        return [(item.title, [child.title for child in item.children]) for item in outline.root]


@pytest.mark.slow
def test_a_pdf_says_its_language_its_title_and_no_time_of_printing(printed):
    assert printed.Root.Lang == "fr" and printed.Root.MarkInfo.Marked and printed.Root.ViewerPreferences.DisplayDocTitle
    with printed.open_metadata() as told:
        assert re.fullmatch("(Synthèse|Diagnostic partagé, annexe) – CC des Monts d’Exemple", told["dc:title"])
        assert told["pdfuaid:part"] == "1"
    assert str(printed.docinfo.CreationDate).startswith("D:20261124000000")


@pytest.mark.slow
def test_each_tag_of_a_pdf_is_whole(printed):
    """Drawings have their words, header cells their direction, items their body, links their description."""
    found = list(elements(printed.Root.StructTreeRoot.K))
    kinds = {str(one.S).removeprefix("/") for one in found}
    assert kinds <= STANDARD | set(pdf.ROLES) and {"H1", "H2", "P", "Figure"} <= kinds
    figures = [str(one.get("/Alt", "")) for one in found if pikepdf.Name.Figure == one.S]
    assert figures
    assert [words for words in figures if len(words) < 30 or not re.search(r"\d|nd|^Carte de situation", words)] == []
    for one in found:
        if one.S == pikepdf.Name.TH:
            assert any("/Scope" in kind for kind in one.A)
        if one.S == pikepdf.Name.LI:
            assert {str(kid.S) for kid in one.K} <= {"/Lbl", "/LBody"}
    for page in printed.pages:
        for link in page.get("/Annots", []):
            assert str(link.Contents) and page.Tabs == pikepdf.Name.S


@pytest.mark.slow
def test_no_text_of_a_pdf_is_outside_the_tags(printed):
    for page in printed.pages:
        depth = 0
        for step in pikepdf.parse_content_stream(page):
            word = str(step.operator)
            depth += (word in ("BDC", "BMC")) - (word == "EMC")
            assert depth or word not in SHOWING


@pytest.mark.slow
def test_the_bookmarks_are_the_headings_of_the_pages(printed, out):
    shown = latest(out, EXAMPLE_EPCI)
    named = dict(bookmarks(printed))
    for path in sorted(shown.glob("[01][0-6]*.html")) if len(named) > 1 else [shown / "00_synthese.html"]:
        content = for_readers(re.search(r"<main.*?</main>", path.read_text(encoding="utf-8"), re.DOTALL)[0])
        headings = {
            level: [
                " ".join(unescape(re.sub("<[^>]+>", "", one)).split(" "))
                for one in re.findall(rf"<h{level}[^>]*>(.*?)</h{level}>", content, re.DOTALL)
            ]
            for level in (1, 2)
        }
        assert named[headings[1][0]] == headings[2]


@pytest.mark.slow
@pytest.mark.nightly
def test_links_lead_to_another_page_of_the_pdf_and_the_contents_tell_the_right_sheet(handed):
    with pikepdf.open(handed["diagnostic"]) as document:
        numbers = {page.objgen: number for number, page in enumerate(document.pages, start=1)}
        targets = {str(name): numbers[place[0].objgen] for name, place in document.Root.Dests.items()}
        links = [str(link.Dest) for page in document.pages for link in page.get("/Annots", []) if "/Dest" in link]
        proofs = [name for name in links if "--" in name]
        assert (
            set(links) <= set(targets)
            and len(proofs) >= 5
            and min(targets[name] for name in proofs) > targets["/00_synthese"]
        )
        whole = {str(link.Dest): str(link.Contents) for link in document.pages[0].Annots}
    assert whole.pop("/00_synthese") == "Synthèse page 2"
    assert len(whole) >= 11 and all(words.endswith(str(targets[name])) for name, words in whole.items())


@pytest.mark.slow
@pytest.mark.nightly
def test_no_heading_nor_caption_is_parted_from_what_it_heads(handed, out):
    """Neither stands on the last line of a sheet, above the footer."""
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext: apt install poppler-utils (Debian, Ubuntu)")
    command = ["pdftotext", "-layout", handed["diagnostic"], "-"]
    sheets = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\f")
    pages = [*latest(out, EXAMPLE_EPCI).glob("[01][0-6]*.html")]
    heads = {
        " ".join(unescape(re.sub("<[^>]+>", "", one)).split())
        for path in pages
        for _, one in re.findall(r"<(h2|caption)[^>]*>(.*?)</\1>", path.read_text(encoding="utf-8"), re.DOTALL)
    }
    lines = [[" ".join(line.split()) for line in sheet.splitlines() if line.strip()] for sheet in sheets]
    assert len(heads) > 100 and sum(heads.isdisjoint(sheet) for sheet in lines) < len(lines)
    assert [sheet[-2] for sheet in lines if len(sheet) > 1 and sheet[-2] in heads] == []


@pytest.mark.slow
@pytest.mark.nightly
def test_the_sheets_of_the_communes_are_a_document_of_their_own(handed):
    """Their list, a sheet for each of the eight, the end of the last one."""
    assert 9 <= len(sheets_of_paper(handed["fiches"])) <= 10
    with pikepdf.open(handed["diagnostic"]) as document:
        assert "Fiches communales" not in dict(bookmarks(document))


@pytest.mark.nightly
@pytest.mark.slow
def test_the_same_edition_gives_the_same_pdf_on_a_machine(out, synthesis, tmp_path):
    told = record(latest(out, EXAMPLE_EPCI))
    html = joined(latest(out, EXAMPLE_EPCI), ["00_synthese.html"], "Synthèse")
    pdf.write_pdf(html, tmp_path / "again.pdf", told["date"])
    assert (tmp_path / "again.pdf").read_bytes() == synthesis.read_bytes()


A4 = (595, 842)  # points


def sheets_of_paper(path):
    """Return the sizes of the sheets of a PDF, in points."""
    with pikepdf.open(path) as document:
        return [tuple(round(float(side)) for side in page.mediabox[2:]) for page in document.pages]


@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.parametrize("epci", [pytest.param(DEFAULT_EPCI, marks=pytest.mark.nightly), EXAMPLE_EPCI])
def test_the_synthese_is_two_sheets_as_a_document_and_as_a_page_that_is_printed(out, browser, tmp_path, epci):
    path = latest(out, epci) / "00_synthese.html"
    pdf.write_pdf(joined(path.parent, [path.name], "Synthèse"), tmp_path / "document.pdf", "2026-11-24")
    page = browser.new_page()
    page.goto(path.resolve().as_uri())
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    for name in ("document.pdf", "page.pdf"):
        sheets = sheets_of_paper(tmp_path / name)
        assert len(sheets) == 2 and all(abs(a - b) <= 1 for one in sheets for a, b in zip(one, A4, strict=True)), name


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.parametrize("epci", [DEFAULT_EPCI, EXAMPLE_EPCI])
def test_l_essentiel_is_four_sheets(out, printing, tmp_path, epci):
    seen = open_territory(epci, data_root(epci))
    pdf.write_pdf(short_report(latest(out, epci), seen, "00_synthese.html"), tmp_path / "short.pdf", "2026-11-24")
    assert len(sheets_of_paper(tmp_path / "short.pdf")) == 4


@pytest.mark.slow
@pytest.mark.nightly
def test_the_deck_has_a_slide_for_each_message_with_its_source_and_charts_that_may_be_changed(out, handed):
    deck = Presentation(str(handed["restitution"]))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    synthesis = (latest(out, EXAMPLE_EPCI) / "00_synthese.html").read_text(encoding="utf-8")
    plain = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", synthesis)))
    of_messages = [slide for slide in deck.slides if any(shape.has_chart for shape in slide.shapes)]
    assert len(of_messages) == synthesis.count('class="theme"') >= 4
    for slide in of_messages:
        said = slide.shapes.title.text_frame.text
        assert re.sub(r"\s+", " ", said) in plain and not said.endswith((",", ":", ";"))
        assert any(re.match(r"Source\s:", shape.text_frame.text) for shape in slide.shapes if shape.has_text_frame)
    assert sum(title.endswith("par commune") for title in titles) == 3
    assert any("enjeux retenus" in title for title in titles)
    texts = [shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame]
    assert [fault for text in texts for line in text.splitlines() for fault in faults(line)] == []
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) >= 3 and all(list(chart.plots[0].categories)[-1] == titles[0] for chart in charts)
    pictures = [shape for slide in deck.slides for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    assert len(pictures) == 3 and all(shape.element.xpath(".//p:cNvPr/@descr") for shape in pictures)
    told = [[re.sub(r"\s", " ", s.text_frame.text) for s in one.shapes if s.has_text_frame] for one in deck.slides]
    assert all(any(FICTIONAL in text for text in texts) for texts in told)
    books = [ZipFile(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)) for chart in charts]
    written = [re.findall(r"created [^>]*>([^<]*)<", book.read("docProps/core.xml").decode()) for book in books]
    assert {*map(tuple, written)} == {("2026-11-24T00:00:00Z",)}  # the date of the data, not of the writing
    numbers = [re.findall(r"<v>([^<]*)</v>", book.read("xl/worksheets/sheet1.xml").decode()) for book in books]
    values = [chart.plots[0].series[0].values for chart in charts]
    assert [[float(n) for n in told][-1] for told in numbers] == pytest.approx([of_chart[-1] for of_chart in values])


@pytest.mark.nightly
@pytest.mark.slow
def test_without_browser_the_parcel_is_made_all_the_same(out, no_browser):
    made = []
    with pytest.raises(UserError, match="apt install chromium"):
        made.extend(write_documents(DEFAULT_EPCI, out))
    assert [path.name.partition("-")[0] for path in made] == ["envoi"]
    assert sorted((out / "documents" / DEFAULT_EPCI).iterdir()) == sorted(made)


@pytest.fixture(scope="module")
def parcel(out, tmp_path_factory):
    path = tmp_path_factory.mktemp("parcel") / "envoi-x.zip"
    write_parcel(latest(out, EXAMPLE_EPCI), path)
    return path


@pytest.mark.slow
def test_a_parcel_has_the_same_bytes_and_the_date_of_the_data(out, parcel, tmp_path):
    again = tmp_path / parcel.name
    write_parcel(latest(out, EXAMPLE_EPCI), again)
    assert again.read_bytes() == parcel.read_bytes()
    with ZipFile(parcel) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 11, 24, 0, 0, 0)}
        assert archive.testzip() is None


@pytest.mark.slow
def test_a_parcel_holds_what_its_pages_lead_to_and_nothing_private(parcel):
    with ZipFile(parcel) as archive:
        names = {name.removeprefix("envoi-x/") for name in archive.namelist()}
        for name in names:
            if name.endswith(".html"):
                for href in re.findall(r'href="([^"#:]+)', archive.read(f"envoi-x/{name}").decode()):
                    assert href in names, (name, href)
        notice = archive.read("envoi-x/LISEZMOI.txt").decode("utf-8-sig")
    assert "CC des Monts d’Exemple" in notice and "24 novembre 2026" in notice
    assert [fault for line in notice.splitlines() for fault in faults(line)] == []
    assert not [name for name in names if name.startswith("private") or name.endswith(".parquet")]


@pytest.mark.slow
def test_a_report_older_than_the_data_is_refused(out, tmp_path):
    shutil.copytree(latest(out, EXAMPLE_EPCI), tmp_path / "copy")
    told = record(tmp_path / "copy")
    (tmp_path / "copy" / "provenance.json").write_text(json.dumps(told | {"observations": "0"}), encoding="utf-8")
    publish(tmp_path / "copy", tmp_path, EXAMPLE_EPCI)
    with pytest.raises(UserError, match=f"plus ancien que les données, lancer d'abord ctg build {EXAMPLE_EPCI}"):
        next(write_documents(EXAMPLE_EPCI, tmp_path))
    with pytest.raises(UserError, match="aucun rapport dans"):
        next(write_documents(DEFAULT_EPCI, tmp_path))


@pytest.mark.slow
@pytest.mark.nightly
def test_documents_of_an_edition_that_is_no_more_are_removed(out, synthesis):
    home = out / "documents" / EXAMPLE_EPCI
    before = sorted(home.iterdir())
    old = home / f"restitution-{EXAMPLE_EPCI}-2025-01-01-000000000000.pptx"
    old.write_text("", encoding="utf-8")
    assert collect_documents(out, EXAMPLE_EPCI) == [old]
    assert sorted(home.iterdir()) == before


@pytest.mark.slow
@pytest.mark.nightly
def test_the_latest_edition_leads_to_its_documents_and_stays_whole(out, handed):
    edition = latest(out, EXAMPLE_EPCI)
    index = (edition / "index.html").read_text(encoding="utf-8")
    links = re.findall(r'href="\.\./(documents/[^"]+)"', index)
    assert len(links) == 6 and all((out / link).is_file() for link in links)
    assert is_whole(edition)
    assert {path.name for path in write_documents(EXAMPLE_EPCI, out)} == {link.rpartition("/")[2] for link in links}
    assert latest(out, EXAMPLE_EPCI) == edition


def test_the_index_leads_to_the_documents_that_exist_and_their_name_stays(tmp_path):
    made = edition(tmp_path / "e", {"index.html": f"<h1>Accueil</h1>{EMPTY}", "01_a.html": "<h1>Un</h1>"})
    name = name_of_documents("200067171", made)
    assert not write_links(made, tmp_path, "200067171")
    home = tmp_path / "documents" / "200067171"
    home.mkdir(parents=True)
    for file in (f"synthese-{name}.pdf", f"envoi-{name}.zip", "synthese-200067171-2025-01-01-0.pdf"):
        (home / file).write_text("", encoding="utf-8")
    assert write_links(made, tmp_path, "200067171") and not write_links(made, tmp_path, "200067171")
    html = (made / "index.html").read_text(encoding="utf-8")
    links = re.findall(r'href="([^"]+)"', html)
    assert links == [
        f"../documents/200067171/{one}-{name}.{end}" for one, end in (("synthese", "pdf"), ("envoi", "zip"))
    ]
    assert name_of_documents("200067171", made) == name
    (made / "01_a.html").write_text("autre", encoding="utf-8")
    assert write_links(made, tmp_path, "200067171")
    assert EMPTY in (made / "index.html").read_text(encoding="utf-8")
