"""What the cells of an analyst's own show, as HTML of a page, through a gate that lets nothing run."""

import re
from base64 import b64decode
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple
from urllib.parse import quote

import nbformat
import nh3
from lxml import etree
from markupsafe import Markup, escape
from mistune.util import escape_url
from nbconvert.filters import strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from ctg_analysis.chapter.figures import NOT_IN_ROWS
from ctg_analysis.chapter.own import UNNAMED, image
from ctg_analysis.display import html_tree
from ctg_analysis.display.markup import ABOUT, PAGE
from ctg_analysis.display.texts import typography

RUNS = "that a page does not show: show an image or a table"
ELSEWHERE = "an image of a file or of a site, that a page does not load: paste it in the cell, or show it by its code"
HEAVIEST, MOST_TAGS = 1_500_000, 40_000  # characters, tags: more takes minutes
TOO_HEAVY = f"that a page does not show: expected {HEAVIEST / 1e6} MB at most, fewer points or rows"
TOO_MANY = f"tags that a page does not show: expected {MOST_TAGS} at most, fewer points or rows"

ACTIVE = {"script", "iframe", "object", "embed", "form", "video", "audio", "canvas"}
SWALLOWED = {"script", "style", "title", "template", "noscript", "iframe", "object", "head", "svg"}  # content too
TAGS = {"a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl", "dt", "em"}
TAGS |= {"h2", "h3", "h4", "hr", "i", "img", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "small", "span"}
TAGS |= {"strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"}
OF_CELLS = {"colspan", "rowspan", "style"}
ATTRIBUTES = {"*": set(), "a": {"href"}, "img": {"src", "alt", "width", "height"}, "abbr": {"title"}}
ATTRIBUTES |= {"th": OF_CELLS, "td": OF_CELLS}
LINK = re.compile(r"(?:https?://|mailto:|#)|(?!//)[\w./%-]+(?:#[\w-]*)?$")
DRAWING = re.compile(r"data:image/[a-z+]+;base64,")
NO_WORDS = re.compile(r"(?:.*\.(?:png|jpe?g|gif|webp|svg))?\s*", re.I | re.S)  # nothing, or the name of a file
FRAME = {"class": "table", "role": "group", "aria-label": "Tableau", "tabindex": "0"}  # of a table


class Passed(NamedTuple):
    """HTML that a page takes, and what is to be said of what was left out or is missing."""

    html: str
    lacks: list[str]


class Contents:
    """What some HTML holds: how often each tag; its links, its events, the alternatives of its images."""

    def __init__(self, html: str):
        self.tags: Counter[str] = Counter()
        self.alternatives: list[str] = []
        self.links = self.events = 0
        etree.fromstring(html.encode("utf-8", "replace"), etree.HTMLParser(target=self, encoding="utf-8"))

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Count a tag."""
        self.tags[tag] += 1
        self.links += tag == "a" and "href" in attributes
        self.events += any(name.startswith("on") for name in attributes)
        if tag == "img":
            self.alternatives.append(attributes.get("alt") or "")

    def close(self) -> None:
        """End."""

    @property
    def is_active(self) -> bool:
        """Whether something in it would run or load something."""
        return not ACTIVE.isdisjoint(self.tags)


def excess(html: str) -> list[str]:
    """Return what is too much in some HTML for a page to take it, if anything."""
    if len(html) > HEAVIEST:
        return [f"{len(html) / 1e6:.1f} MB {TOO_HEAVY}"]
    if (tags := html.count("<")) > MOST_TAGS:
        return [f"{tags} {TOO_MANY}"]
    return []


def sanitised(html: str, tags: frozenset[str] = frozenset(TAGS)) -> str:
    """Return HTML of anybody without what runs, loads or restyles anything, its tables in their frame.

    >>> sanitised('<p onclick="x()">Un <b style="color:red">mot</b><script>x()</script></p>')
    '<p>Un <b>mot</b></p>'
    """
    clean = nh3.clean(
        html,
        tags=set(tags),
        clean_content_tags=SWALLOWED,
        attributes=ATTRIBUTES,
        attribute_filter=_allowed,
        url_schemes={"http", "https", "mailto", "data"},
        filter_style_properties={"text-align"},
        link_rel=None,
    )
    return _finished(clean) if "<table" in clean or "<img" in clean else clean.replace("&nbsp;", "\u00a0")


def _finished(clean: str) -> str:
    """Return sanitised HTML with its tables in their frame, their heads said of what, without images of nothing."""
    whole = html_tree.tree(clean)
    for one in whole.xpath(".//img[not(@src)]"):
        one.drop_tree()
    for head in whole.iter("th"):
        is_column = next(head.iterancestors("thead"), None) is not None
        head.set("scope", "col" if is_column else "row")
        if is_column and not len(head) and not (head.text or "").strip():
            head.text = UNNAMED
    for table in list(whole.iter("table")):
        frame = html_tree.element("div", FRAME)
        table.addprevious(frame)
        frame.tail, table.tail = table.tail, None
        frame.append(table)
    return html_tree.content(whole)


def _allowed(tag: str, name: str, value: str) -> str | None:
    expected = {"href": LINK, "src": DRAWING}.get(name)
    return value if not expected or expected.match(value) else None


def is_told(alternative: str) -> bool:
    """Return whether an alternative of an image has words of its own.

    >>> is_told("Plan du quartier"), is_told("plan du quartier.png"), is_told("")
    (True, False, False)
    """
    return not NO_WORDS.fullmatch(alternative)


def lacks_of_images(whole: Contents, passed: Contents, without_alt: str) -> list[str]:
    """Return what is to be said of the images of some HTML, once it is sanitised."""
    said = {
        f"a drawing within HTML {RUNS}": whole.tags["svg"],
        ELSEWHERE: passed.tags["img"] < whole.tags["img"],
        without_alt: not all(map(is_told, passed.alternatives)),
    }
    return [line for line, is_so in said.items() if is_so]


HEADINGS = frozenset(TAGS | {"h1", "h5", "h6"})
NOT_TEXT = "a script, a frame, a form or a style, that a page does not take: take it out of the text"
NO_LINK = "a link that a page does not follow: expected https://, mailto:, a page of the report or #"
UNTOLD = "an image without a text alternative: write what it shows, not the name of its file: ![what it shows](…)"


@cache
def written(text: str) -> Passed:
    """Return a text as a page takes it; kept, for those of the chapters are the same for all territories."""
    return _passed(rendered(text, {}))


def of_cell(cell: nbformat.NotebookNode) -> Passed:
    """Return a cell of text, Markdown or raw, as a page takes it."""
    if cell.cell_type == "raw":
        return _passed(cell.source)
    return _passed(rendered(cell.source, cell.attachments)) if cell.get("attachments") else written(cell.source)


def _passed(whole: str) -> Passed:
    if too_much := excess(whole):
        return Passed("", too_much)
    html = sanitised(whole, HEADINGS)
    held, kept = Contents(whole), Contents(html)
    said = {NOT_TEXT: held.is_active or held.tags["style"] or held.events, NO_LINK: kept.links < held.links}
    return Passed(html, [line for line, is_so in said.items() if is_so] + lacks_of_images(held, kept, UNTOLD))


class Renderer(IPythonRenderer):
    """That of nbconvert; a box of a list of tasks is a sign, which a page shows."""

    def task_list_item(self, text: str, *, checked: bool = False) -> str:
        """Return an item of a list of tasks."""
        return f"<li>{'☑' if checked else '☐'} {text}</li>\n"


def rendered(text: str, attachments: dict) -> str:
    """Return a text in French typography, as HTML. attachments: the images that a cell carries."""
    addresses = (escape_url(typography(quote(name, safe=";,/?:@&=+$!*'()#"))) for name in attachments)  # of JupyterLab
    named = attachments | dict(zip(addresses, attachments.values(), strict=True))
    renderer = Renderer(escape=False, attachments=named, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(typography(text))


# What the verbs of a chapter return is HTML of ours, which tells so (`markup.ABOUT`); all other HTML, what data may
# have put in it and the cells of text go through the gate.

INJECTED = "injected-parameters"  # the tag of papermill's own cell
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml")
HTML, MARKDOWN, PLAIN = "text/html", "text/markdown", "text/plain"
UNDESCRIBED = "Graphique sans texte de remplacement"
WITHOUT_ALT = 'an image without a text alternative: give it one with chapter.picture(figure, alt="…", source="…")'
ACTS = f"a script or a frame {RUNS}"
OTHER = "that a page does not show: expected HTML, an image, Markdown, a table or text"
NAMED = re.compile(r"#([\w.:-]+)")  # in a value of an attribute, the id of another element


class Published(NamedTuple):
    """Cells whose outputs are all HTML of ours, and what is to be said of the others, a line each."""

    cells: list[NotebookNode]
    remarks: list[str]


def published(cells: Sequence[NotebookNode]) -> Published:
    """Return the cells of an executed chapter with the outputs that its page shows.

    What is written to standard error is for the analyst, not for the page; of it, a value drawn that no row has is a
    remark too. The value that a cell ends with where it draws, or the name and the address of an object, is for nobody.
    Lines name the cell of the notebook, from 1.
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
    """The HTML of an output of a cell, of its richest form. draws: whether the cell draws."""
    data = {PLAIN: output.text} if output.get("name") == "stdout" else output.get("data", {})
    heavy = max((len(part) for part in data.values() if isinstance(part, str)), default=0)
    if heavy > HEAVIEST:
        return Passed("", [f"{heavy / 1e6:.1f} MB {TOO_HEAVY}"])
    if PAGE in data:
        return Passed(data[PAGE], [])
    if drawn := _image_kind(data):
        return _image(data[drawn], drawn, output.metadata.get(drawn, {}).get("alt", ""))
    if whole := data.get(HTML) or (rendered(data[MARKDOWN], {}) if MARKDOWN in data else ""):
        return _of_anybody(whole)
    if others := [kind for kind in data if kind != PLAIN]:
        return Passed("", [f"{others[0]} {OTHER}"])
    return Passed(_plain_text(output, draws=draws), _not_in_rows(output))


def _not_in_rows(output: NotebookNode) -> list[str]:
    """What a figure says on standard error of the values that it draws and that no row has."""
    told = output.text.splitlines() if output.get("name") == "stderr" else []
    return [line for line in told if NOT_IN_ROWS in line]


def _plain_text(output: NotebookNode, *, draws: bool) -> str:
    """The text of an output that has no other form: printed, or of the value at the cell's end.

    Nothing of standard error, of an object by its address, of a value where the cell draws.
    """
    if output.output_type == "stream":
        return _text(output.text) if output.name == "stdout" else ""
    text = output.get("data", {}).get(PLAIN, "")
    return "" if draws or text.startswith("<") else _text(text)


def _image_kind(data: NotebookNode) -> str:
    """The kind of the image that a page shows of an output; nothing where its HTML will do."""
    drawn = next((kind for kind in IMAGES if kind in data), "")
    has_better = drawn and HTML in data and not Contents(data[HTML]).is_active
    return "" if has_better else drawn


def _image(written: str, kind: str, alt: str) -> Passed:
    """Return an image of a cell. alt: that of IPython's Image(alt=…), if it has one."""
    plain = _settled(written).encode() if kind == "image/svg+xml" else b64decode(written)
    return Passed(image(plain, kind, alt or UNDESCRIBED).html, [] if is_told(alt) else [WITHOUT_ALT])


def _of_anybody(whole: str) -> Passed:
    """Return HTML of a library, cleaned; nothing of what only acts."""
    if too_much := excess(whole):
        return Passed("", too_much)
    html, held = sanitised(whole).strip(), Contents(whole)
    acts = [ACTS] if held.is_active else []
    shows = not acts or "<img" in html or Markup(html).striptags()
    return Passed(html if shows else "", acts + lacks_of_images(held, Contents(html), WITHOUT_ALT))


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
    parser = etree.XMLParser(recover=True, remove_comments=True, resolve_entities=False, no_network=True)
    whole = etree.fromstring(svg.encode(), parser)
    if whole is None:
        return ""
    etree.strip_elements(whole, "{*}metadata", with_tail=False)
    ids = dict.fromkeys(one.get("id") for one in whole.iter(etree.Element) if one.get("id"))
    names = {name: f"i{rank}" for rank, name in enumerate(ids)}
    for one in whole.iter(etree.Element):
        for attribute, value in one.items():
            named = names[value] if attribute == "id" else NAMED.sub(lambda at: f"#{names.get(at[1], at[1])}", value)
            one.set(attribute, named)
    return etree.tostring(whole, encoding="unicode")
