"""The slides of a restitution as a PowerPoint file, whose words and charts the team may change."""

import datetime
import io
import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

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

from ctg_analysis.chapter.commitments import decided_in
from ctg_analysis.chapter.figures import communes_map
from ctg_analysis.chapter.known import on_map, source
from ctg_analysis.chapter.summaries import messages
from ctg_analysis.chapter.synthesis import RULE, synthesis
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.core.model import OK, Indicator
from ctg_analysis.display.drawings.style import FAINT, INK, TERRITORY
from ctg_analysis.display.pieces.sheets import SIDES
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.team import for_readers
from ctg_analysis.display.words.texts import titled, typography
from ctg_analysis.publishing.handover.joining import inert
from ctg_analysis.publishing.office_files import same_bytes
from ctg_analysis.publishing.pdf import picture

WIDE, HIGH, MARGIN = Cm(33.87), Cm(19.05), Cm(2)
TITLE_ONLY = 5  # of the layouts of python-pptx
PIXELS = (620, 620)
ALONE = (
    "<style>body {{ margin: 0; font-family: sans-serif }} figure {{ margin: 0 }} figcaption, details, figure > p {{ "
    "display: none }} svg {{ width: 600px; height: auto; max-height: 610px }}</style>{}"
)
FICTIONAL = "Territoire fictif : tout est inventé."
MAPS, FEWEST = 3, 4  # maps; values that differ and may be written: fewer make no map


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
    for indicator in mapped(seen, MAPS):
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
    """Add the slide of a map, its values told to who does not see it."""
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
    fill = plot.series[0].format.fill
    fill.solid()
    fill.fore_color.rgb = RGBColor.from_string("8C8C8C")
    own = plot.series[0].points[len(places) - 1].format.fill
    own.solid()
    own.fore_color.rgb = RGBColor.from_string(TERRITORY.removeprefix("#"))
    _describe(frame, f"{label} : {' ; '.join(f'{name} {text}' for name, _, text in places)}")


def _format(text: str) -> str:
    """The format of the numbers of a chart, from how one is written: « 5,2 % », « 20 400 € », « 4,1 »."""
    decimals, unit = re.search(r"^[^,%€]*(?:,(\d+))?[^%€]*([%€]?)$", text).groups("")
    return "#,##0" + f".{'0' * len(decimals)}".rstrip(".") + f'" {unit}"' * bool(unit)


def _workbook(data: CategoryChartData, day: datetime.datetime) -> bytes:
    """Return the numbers of a chart where python-pptx looks for them, without the moment of their writing."""
    written = io.BytesIO()
    with Workbook(written, {"in_memory": True}) as book:
        book.set_properties({"created": day})
        sheet, (series,) = book.add_worksheet(), data
        sheet.write_column(1, 0, [category.label for category in data.categories])
        sheet.write_string(0, 1, series.name)
        sheet.write_column(1, 1, series.values)
    return written.getvalue()


def _describe(shape, words: str) -> None:
    """Give a shape its text alternative."""
    shape.element.xpath(".//p:cNvPr")[0].set("descr", typography(words))
