"""`ctg documents`: what is handed over beside the pages of a report: PDF, slides, a file to send by mail."""

import datetime
import io
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree
from lxml.html import HtmlElement, document_fromstring
from markupsafe import Markup
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Cm, Pt
from xlsxwriter import Workbook

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.chapter.figures import communes_map
from ctg_analysis.chapter.known import on_map, source
from ctg_analysis.chapter.profiles import essential
from ctg_analysis.chapter.synthesis import RULE, SIDES, decided_in, messages, synthesis
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import html_tree
from ctg_analysis.display.drawing import FAINT, INK, TERRITORY
from ctg_analysis.display.markup import for_readers
from ctg_analysis.display.texts import date_text, titled, typography
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import OK, Indicator
from ctg_analysis.model.scratch import alone, scratch
from ctg_analysis.model.settings import EXAMPLE_PREFIX, notebooks
from ctg_analysis.publish import editions
from ctg_analysis.publish.data_files import write_observations
from ctg_analysis.publish.pdf import picture, sheets_of, write_pdf
from ctg_analysis.publish.site import page
from ctg_analysis.publish.word import same_bytes

NAMES = {"id", "for", "aria-labelledby", "aria-describedby"}  # attributes that hold ids
LINKS, PAINT = {"href", "xlink:href"}, "url(#"  # what leads to an id: attributes, what begins a value
ELSEWHERE = re.compile(r"https?://|mailto:|tel:")


def joined(
    edition: Path,
    pages: list[str],
    title: str,
    numbers: dict[str, int] | None = None,
    more: Sequence[tuple[str, str]] = (),
) -> str:
    """Return pages of an edition as one page, made to be printed; several come after a cover that lists them.

    pages: their names, in order. numbers: the number of the sheet on which each begins, by name, once it is known.
    more: titles and contents of parts that are no pages, after them. Links to pages or files that are not among them
    are left as texts; buttons, which do nothing on paper, too.
    """
    made_from = editions.record(edition)
    about = {
        "territory": made_from["name"],
        "title": title,
        "date": date_text(made_from["date"]),
        "fictional": made_from["parameters"]["epci"].startswith(EXAMPLE_PREFIX),
    }
    parts = [_part(edition / name, pages) | {"number": (numbers or {}).get(name, "")} for name in pages]
    added = [{"name": f"suite-{at}", "title": name, "content": inert(html)} for at, (name, html) in enumerate(more, 1)]
    closing = _rewritten(_read(edition / "index.html").find(".//footer"), "index", pages)
    return page("document.html.j2", page=about, parts=parts + added, cover=len(parts) > 1, closing=closing)


def inert(html: str) -> str:
    """Return a piece of a page without what leads to other files, and without buttons."""
    return _rewritten(html_tree.tree(html), "", [])


def _part(path: Path, pages: list[str]) -> dict[str, str]:
    content = _read(path).find(".//main")
    title = html_tree.content(content.find(".//h1"))
    return {"name": path.stem, "title": title, "content": _rewritten(content, path.stem, pages)}


def _read(path: Path) -> HtmlElement:
    return document_fromstring(for_readers(path.read_text(encoding="utf-8")))


def _rewritten(content: HtmlElement, name: str, pages: list[str]) -> str:
    """Return the HTML within an element, its ids and what names them made those of a part of a document."""
    for one in content.iterdescendants(etree.Element):
        for attribute, value in one.items():
            if attribute in NAMES:
                one.set(attribute, " ".join(f"{name}--{id_}" for id_ in value.split()))
            elif attribute in LINKS:
                del one.attrib[attribute]
                if place := _target(value, name, pages):
                    one.set("href", place)
            elif PAINT in value:
                one.set(attribute, value.replace(PAINT, f"{PAINT}{name}--"))
    for button in list(content.iter("button")):
        button.drop_tag()
    return html_tree.content(content)


def _target(href: str, name: str, pages: list[str]) -> str:
    if ELSEWHERE.match(href):
        return href
    path, _, anchor = href.partition("#")
    if path and path not in pages:
        return ""
    inside = Path(path).stem if path else name
    return f"#{inside}--{anchor}" if anchor else f"#{inside}"


WIDE, HIGH, MARGIN = Cm(33.87), Cm(19.05), Cm(2)
TITLE_ONLY = 5  # of the layouts of python-pptx
OTHERS = "#8C8C8C"  # the bars of other places
PIXELS = (620, 620)
ALONE = (
    "<style>body {{ margin: 0; font-family: sans-serif }} figure {{ margin: 0 }} figcaption, details, figure > p {{ "
    "display: none }} svg {{ width: 600px; height: auto; max-height: 610px }}</style>{}"
)
FICTIONAL = "Territoire fictif : tout est inventé."
MAPS_ON_SLIDES, FEWEST = 3, 4  # maps; values that differ and may be written: fewer make no map


def write_deck(seen: Territory, date: str, path: Path) -> None:
    """Write the slides of a territory; a browser of this machine draws the maps. date: ISO, that of the edition."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDE, HIGH
    day, name = datetime.datetime.fromisoformat(date), typography(seen.row["name"])
    first = _slide(deck, name, 40)
    _words(first, ["Convention territoriale globale, diagnostic partagé.", f"Données au {date_text(date)}."], Cm(9), 20)
    for message in messages(seen):
        slide = _slide(deck, message.sentence.removesuffix(","), 28)
        _words(slide, [f"{SIDES[message.side].one} : {message.theme}", message.comparison], Cm(5.2), 18)
        _chart(slide, message.places, message.label, day)
        _words(slide, [f"Source : {message.source}"], Cm(17.2), 11)
    for indicator in mapped(seen, MAPS_ON_SLIDES):
        _map(deck, seen, indicator, path.parent)
    if (decided := decided_in(seen)) and decided.enjeux:
        numbered = [f"{rank}. {title}" for rank, title in enumerate(decided.enjeux, start=1)]
        _words(_slide(deck, decided.decided, 28), numbered, Cm(4.6), 18)
    if decided and decided.axes:
        lines = [f"{title} : {', '.join(filter(None, rest))}" for title, *rest in decided.axes]
        _words(_slide(deck, decided.total, 28), [*lines, decided.financers], Cm(4.6), 18)
    _words(_slide(deck, "Comment ces messages sont choisis", 28), [RULE], Cm(5), 18)
    for slide in deck.slides if seen.root.fictional else ():
        _words(slide, [FICTIONAL], Cm(0.3), 12)
    about = deck.core_properties
    about.title, about.language, about.author = f"Restitution, {name}", "fr", ""
    about.created = about.modified = day
    path.write_bytes(same_bytes(deck))


def _map(deck: Deck, seen: Territory, indicator: Indicator, scratch: Path) -> None:
    rows = on_map(seen, indicator)
    year = date_text(rows["period"].iloc[0])
    label = titled(indicator.label) + f" ({year})" * (year not in indicator.label)
    title = typography(f"{label}, par commune")
    slide = _slide(deck, title, 28)
    png = picture(ALONE.format(inert(for_readers(communes_map(seen, indicator).html))), PIXELS, scratch)
    drawn = slide.shapes.add_picture(io.BytesIO(png), MARGIN, Cm(4.6), height=Cm(12.4))
    _describe(drawn, f"{title} : {' ; '.join(f'{row.name} {row.text}' for row in rows.itertuples(index=False))}")
    _words(slide, [f"Source : {typography(str(source(seen, rows)))}"], Cm(17.2), 11)


def mapped(seen: Territory, most: int) -> list[Indicator]:
    """Return the figures of the synthèse to map: the first that enough communes have a value of that year."""

    def has_map(indicator: Indicator) -> bool:
        rows, told = on_map(seen, indicator), seen.compared(indicator)["period"].iloc[0]
        return rows["period"].eq(told).all() and rows.loc[rows["status"].eq(OK), "text"].nunique() >= FEWEST

    return list(islice(filter(has_map, synthesis(seen).figures), most))


def _slide(deck: Deck, title: str, size: int) -> Slide:
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    for shape in list(slide.placeholders):
        if shape.placeholder_format.type not in (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE):
            shape.element.getparent().remove(shape.element)
    head = slide.shapes.title
    head.left, head.top, head.width, head.height = MARGIN, Cm(1.2), WIDE - 2 * MARGIN, Cm(3.6)
    head.text_frame.word_wrap = True
    _write(head.text_frame.paragraphs[0], title, size, TERRITORY, bold=True)
    return slide


def _words(slide: Slide, lines: Sequence[str], top: int, size: int) -> None:
    frame = slide.shapes.add_textbox(MARGIN, top, WIDE - 2 * MARGIN, Cm(1)).text_frame
    frame.word_wrap = True
    for rank, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if rank == 0 else frame.add_paragraph()
        _write(paragraph, line, size, FAINT if size < 14 else INK)


def _write(paragraph, text: str, size: int, colour: str, *, bold: bool = False) -> None:
    run = paragraph.add_run()
    run.text = typography(text)
    run.font.size, run.font.bold = Pt(size), bold
    run.font.color.rgb, run.font.language_id = RGBColor.from_string(colour.removeprefix("#")), MSO_LANGUAGE_ID.FRENCH


def _chart(slide: Slide, places: Sequence[tuple[str, float, str]], label: str, day: datetime.datetime) -> None:
    """Draw bars whose numbers the team may change, written as that of the title is; the territory on top."""
    data = CategoryChartData(number_format=_format(places[0][-1]))
    data.categories = [name for name, *_ in reversed(places)]
    data.add_series(label, [value for _, value, _ in reversed(places)])
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, MARGIN, Cm(8), Cm(24), Cm(9), data)
    chart = frame.chart
    chart.part.chart_workbook.update_from_xlsx_blob(_workbook(data, day))
    chart.has_legend, chart.has_title, chart.font.size = False, True, Pt(14)
    chart.chart_title.text_frame.text = label
    plot = chart.plots[0]
    plot.gap_width, plot.has_data_labels, plot.vary_by_categories = 40, True, False
    chart.value_axis.visible, chart.value_axis.has_major_gridlines = False, False
    chart.value_axis.minimum_scale = min(0.0, *(value for _, value, _ in places))
    bars = plot.series[0]
    for filled, colour in ((bars, OTHERS), (bars.points[len(places) - 1], TERRITORY)):
        filled.format.fill.solid()
        filled.format.fill.fore_color.rgb = RGBColor.from_string(colour.removeprefix("#"))
    _describe(frame, f"{label} : {' ; '.join(f'{name} {text}' for name, _, text in places)}")


def _format(text: str) -> str:
    """The format of the numbers of a chart, from how one is written: « 5,2 % », « 20 400 € », « 4,1 »."""
    decimals, unit = re.search(r"^[^,%€]*(?:,(\d+))?[^%€]*([%€]?)$", text).groups("")
    return "#,##0" + f".{'0' * len(decimals)}".rstrip(".") + f'" {unit}"' * bool(unit)


def _workbook(data: CategoryChartData, day: datetime.datetime) -> bytes:
    written = io.BytesIO()
    with Workbook(written, {"in_memory": True}) as book:
        book.set_properties({"created": day})
        sheet, (series,) = book.add_worksheet(), data
        sheet.write_column(1, 0, [category.label for category in data.categories])
        sheet.write_string(0, 1, series.name)
        sheet.write_column(1, 1, series.values)
    return written.getvalue()


def _describe(shape, words: str) -> None:
    shape.element.xpath(".//p:cNvPr")[0].set("descr", typography(words))


SYNTHESIS, SHEETS, NOTES = "00_synthese.html", "17_fiche_commune.html", ("definitions.html", "guide.html")
NOTICE = """{name}
Diagnostic partagé de la convention territoriale globale, données au {date}.

Décompressez ce fichier, puis ouvrez index.html\u00a0: les pages se lisent sans connexion.
donnees\u00a0: les valeurs de chaque graphique, pour un tableur.
"""
FOR_MACHINES = {".parquet"}  # what the next edition is compared with; donnees/ says the same to people
TITLE, MAPS = "L’essentiel", 4
BY_CHAPTER, ON_MAPS = "Chapitre par chapitre", "Commune par commune"


def write_documents(epci: str, out: Path, progress: Callable[[str], None] = lambda step: None) -> Iterator[Path]:
    """Make the documents of the latest edition of a report, and yield each as it is in its place, whole.

    progress: called with the name of each before it is made. The parcel comes first: it needs no browser.

    Raises:
        UserError: no report, one that is older than the data, no browser for the PDF. Busy: it is being built.
    """
    with alone(out, epci, f"{epci} : rapport en train d'être fait"):
        edition = editions.the_latest(epci, out)
        if not editions.is_whole(edition):
            raise editions.damaged(edition)
        seen = open_chapter(epci).territory
        home = out / editions.FOLDER / epci
        home.mkdir(parents=True, exist_ok=True)
        with scratch(out, epci) as folder:
            if write_observations(folder, seen) != editions.record(edition)["observations"]:
                raise UserError(f"{epci} : le rapport est plus ancien que les données, lancer d'abord ctg build {epci}")
            for name, write in _documents(edition, seen).items():
                progress(name)
                path = folder / name
                write(path)
                yield path.replace(home / name)
        editions.link_documents(edition, out, epci)


def _documents(edition: Path, seen: Territory) -> dict[str, Callable[[Path], object]]:
    made_from = editions.record(edition)
    chapters = [f"{stem}.html" for stem, entry in sorted(made_from["chapters"].items()) if not entry.get("silent")]
    whole = [*(name for name in chapters if name != SHEETS), *(name for name in NOTES if (edition / name).exists())]

    def write_whole(path: Path) -> None:
        title = "Diagnostic partagé, annexe"
        names = {Path(name).stem: name for name in whole}
        sheets = sheets_of(joined(edition, whole, title), list(names), path.parent)
        numbers = {names[stem]: number for stem, number in sheets.items()}
        write_pdf(joined(edition, whole, title, numbers), path, made_from["date"])

    name = editions.name_of_documents(seen.epci, edition)
    documents: dict[str, Callable[[Path], object]] = {f"envoi-{name}.zip": lambda path: write_parcel(edition, path)}
    if SYNTHESIS in chapters:
        synthesis, essential = joined(edition, [SYNTHESIS], "Synthèse"), short_report(edition, seen, SYNTHESIS)
        documents[f"synthese-{name}.pdf"] = lambda path: write_pdf(synthesis, path, made_from["date"])
        documents[f"essentiel-{name}.pdf"] = lambda path: write_pdf(essential, path, made_from["date"])
    if SHEETS in chapters:
        sheets = joined(edition, [SHEETS], "Fiches communales")
        documents[f"fiches-{name}.pdf"] = lambda path: write_pdf(sheets, path, made_from["date"])
    documents[f"restitution-{name}.pptx"] = lambda path: write_deck(seen, made_from["date"], path)
    return documents | {f"diagnostic-{name}.pdf": write_whole}


def short_report(edition: Path, seen: Territory, synthesis: str) -> str:
    """Return « L'essentiel » as a page to print. synthesis: the name of the page of the synthèse."""
    said = [message.anchor for message in messages(seen)]  # on its first sheets
    chapters = [
        (typography(notebook.title), Markup(piece.html))
        for notebook in notebooks()
        if notebook.title and (piece := essential(seen, notebook.number, said)).html
    ]
    maps = [Markup(for_readers(communes_map(seen, indicator).html)) for indicator in mapped(seen, MAPS)]
    parts = {BY_CHAPTER: {"chapters": chapters}, ON_MAPS: {"maps": maps}}
    more = [(title, page("essentiel.html.j2", page={}, **part)) for title, part in parts.items() if any(part.values())]
    return joined(edition, [synthesis], TITLE, more=more)


def write_parcel(edition: Path, parcel: Path) -> None:
    """Write the pages and the data of an edition as a zip file with a notice in French."""
    made_from = editions.record(edition)
    inside = parcel.stem
    year, month, day = map(int, made_from["date"].split("-"))
    with ZipFile(parcel, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(_contents(edition, made_from)):
            entry = ZipInfo(f"{inside}/{name}", (year, month, day, 0, 0, 0))
            entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, content)


def _contents(edition: Path, made_from: dict) -> Iterator[tuple[str, bytes]]:
    for path in edition.rglob("*"):
        if path.is_file() and path.suffix not in FOR_MACHINES:
            content = path.read_bytes()
            if path.suffix == ".html":
                content = editions.with_documents(for_readers(content.decode()), "").encode()
            yield path.relative_to(edition).as_posix(), content
    notice = NOTICE.format(name=made_from["name"], date=date_text(made_from["date"]))
    yield "LISEZMOI.txt", notice.replace("\n", "\r\n").encode("utf-8-sig")
