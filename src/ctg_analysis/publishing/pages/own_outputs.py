"""What the cells of an analyst's own show, as HTML of a page: images, Markdown, printed text, tables, values.

What the verbs of a chapter return is HTML of ours, which tells so (`markup.ABOUT`); all other HTML, what data may have
put in it and the cells of text go through the gate.
"""

import re
from base64 import b64decode
from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode

from ctg_analysis.display.markup import ABOUT, PAGE
from ctg_analysis.display.pieces.own_pieces import image
from ctg_analysis.publishing.pages.gate import (
    HEAVIEST,
    RUNS,
    TOO_HEAVY,
    Contents,
    Passed,
    excess,
    is_told,
    lacks_of_images,
    sanitised,
)
from ctg_analysis.publishing.pages.written_cells import of_cell, rendered

INJECTED = "injected-parameters"  # the tag of papermill's own cell
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml")
HTML, MARKDOWN, PLAIN = "text/html", "text/markdown", "text/plain"
DRAWN = "Graphique sans texte de remplacement"
WITHOUT_ALT = 'an image without a text alternative: give it one with chapter.picture(figure, alt="…", source="…")'
ACTS = f"a script or a frame {RUNS}"
OTHER = "that a page does not show: expected HTML, an image, Markdown, a table or text"
SVG_OWN = re.compile(r"<metadata>.*?</metadata>|<!--.*?-->", re.S)
ID = re.compile(r'\bid="([^"]+)"')


class Published(NamedTuple):
    """Cells whose outputs are all HTML of ours, and what is to be said of the others, a line each."""

    cells: list[NotebookNode]
    remarks: list[str]


def published(cells: Sequence[NotebookNode]) -> Published:
    """Return the cells of an executed chapter with the outputs that its page shows.

    What is written to standard error is for the analyst, not for the page; nor is the value that a cell ends with where
    it draws, or the name and the address of an object. Lines name the cell of the notebook, from 1.
    """
    kept, remarks, number = [], [], 0
    for cell in cells:
        number += INJECTED not in cell.metadata.get("tags", [])
        outputs = cell.get("outputs", [])
        if cell.cell_type != "code":
            remarks += [f"cell {number}: {lack}" for lack in of_cell(cell).lacks]
        if all(_is_ours(output) for output in outputs):
            kept.append(cell)
            continue
        draws = any(set(IMAGES) & set(output.get("data", {})) for output in outputs)
        shown = []
        for output in outputs:
            if _is_ours(output):
                shown.append(output)
                continue
            html, lacks = _as_html(output, draws=draws)
            shown += [_output(html, output)] if html else []
            remarks += [f"cell {number}: {lack}" for lack in lacks]
        kept.append(NotebookNode(cell | {"outputs": shown}))
    return Published(kept, list(dict.fromkeys(remarks)))


def _is_ours(output: NotebookNode) -> bool:
    data = output.get("data", {})
    return ABOUT in data and PAGE not in data


def _output(html: str, output: NotebookNode) -> NotebookNode:
    about = {ABOUT: output.data[ABOUT]} if ABOUT in output.get("data", {}) else {}
    return NotebookNode(output_type="display_data", data=NotebookNode({HTML: html} | about), metadata=NotebookNode())


def _as_html(output: NotebookNode, *, draws: bool) -> Passed:
    """Return an output as HTML, nothing when a page does not show it, and what is to be said of it."""
    data = {PLAIN: output.text} if output.get("name") == "stdout" else output.get("data", {})
    heavy = max((len(part) for part in data.values() if isinstance(part, str)), default=0)
    if heavy > HEAVIEST:
        return Passed("", [f"{heavy / 1e6:.1f} MB {TOO_HEAVY}"])
    if PAGE in data:
        return Passed(data[PAGE], [])
    drawn = next((kind for kind in IMAGES if kind in data), "")
    if drawn and (HTML not in data or Contents(data[HTML]).is_active):
        alt = output.metadata.get(drawn, {}).get("alt", "")  # of IPython's Image(alt=…)
        plain = _settled(data[drawn]).encode() if drawn == "image/svg+xml" else b64decode(data[drawn])
        return Passed(image(plain, drawn, alt or DRAWN).html, [] if is_told(alt) else [WITHOUT_ALT])
    if whole := data.get(HTML) or (rendered(data[MARKDOWN], {}) if MARKDOWN in data else ""):
        if too_much := excess(whole):
            return Passed("", too_much)
        html, held = sanitised(whole).strip(), Contents(whole)
        acts = [ACTS] if held.is_active else []
        shows = not acts or "<img" in html or Markup(html).striptags()
        return Passed(html if shows else "", acts + lacks_of_images(held, Contents(html), WITHOUT_ALT))
    if others := [kind for kind in data if kind != PLAIN]:
        return Passed("", [f"{others[0]} {OTHER}"])
    if output.output_type == "stream":
        return Passed(_text(output.text) if output.name == "stdout" else "", [])
    text = data.get(PLAIN, "")
    return Passed("" if draws or text.startswith("<") else _text(text), [])


def _text(text: str) -> str:
    """Return printed text, without the colours of a terminal and what it wrote over."""
    lines = [line.rsplit("\r", 1)[-1] for line in strip_ansi(text).replace("\r\n", "\n").rstrip().split("\n")]
    said = escape("\n".join(lines))
    return f'<pre class="said" tabindex="0">{said}</pre>' if said.strip() else ""


def _settled(svg: str) -> str:
    """Return an SVG without its date, its ids by order: matplotlib draws them at random.

    >>> _settled('<svg><metadata>today</metadata><g id="p3f"/><use href="#p3f"/></svg>')
    '<svg><g id="i0"/><use href="#i0"/></svg>'
    """
    svg = SVG_OWN.sub("", svg)
    names = {name: f"i{rank}" for rank, name in enumerate(dict.fromkeys(ID.findall(svg)))}
    svg = ID.sub(lambda one: f'id="{names[one[1]]}"', svg)
    return re.sub(r"#([\w.:-]+)", lambda one: f"#{names.get(one[1], one[1])}", svg)
