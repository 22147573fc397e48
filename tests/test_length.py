"""How long the report of the default territory is: its words as a reader sees them, its sheets of paper."""

import re
from html import unescape

import pikepdf
import pytest
from shipped_pages import PAGES_OF

from ctg_analysis.display.markup import for_readers
from ctg_analysis.model.settings import DEFAULT_EPCI
from ctg_analysis.publish.documents import joined
from ctg_analysis.publish.editions import record
from ctg_analysis.publish.pdf import write_pdf

pytestmark = [pytest.mark.slow, pytest.mark.nightly]

MOST_WORDS, MOST_SHEETS = 47_500, 86  # a quarter of the words define the indicators
# Values that a drawing tells when it is asked; what no reader sees.
ON_DEMAND = re.compile(r"<title>.*?</title>|<(script|style)\b.*?</\1>", re.DOTALL)


def words(html: str) -> int:
    """Count the words of the content of a page: text, tables folded or not, notes, letters of drawings."""
    content = re.search(r"<main.*?</main>", for_readers(html), re.DOTALL)[0]
    return len(unescape(re.sub("<[^>]+>", " ", ON_DEMAND.sub("", content))).split())


def test_words_are_counted_as_a_reader_sees_them():
    drawing = "<svg><title>A : 1</title><text>deux mots</text></svg>"
    assert words(f"<p>hors du contenu</p><main><p>Un&nbsp;texte de <b>cinq</b> mots</p>{drawing}</main>") == 7


def test_the_default_report_is_short(shipped):
    pages = {
        name: words((shipped / DEFAULT_EPCI / name).read_text(encoding="utf-8")) for name in PAGES_OF[DEFAULT_EPCI]
    }
    assert sum(pages.values()) <= MOST_WORDS, pages


def test_its_diagnosis_and_its_notes_fit_on_few_sheets(shipped, browser, tmp_path):
    """The sheets of the communes are a document of their own."""
    edition = shipped / DEFAULT_EPCI
    names = [name for name in PAGES_OF[DEFAULT_EPCI] if re.match("0|10", name)]
    html = joined(edition, [*names, "definitions.html", "guide.html"], "Diagnostic partagé, annexe")
    write_pdf(html, tmp_path / "whole.pdf", record(edition)["date"])
    with pikepdf.open(tmp_path / "whole.pdf") as document:
        assert len(document.pages) <= MOST_SHEETS
