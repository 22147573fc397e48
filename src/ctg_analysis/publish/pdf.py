"""A page as a tagged PDF: printed by a Chromium of this machine, then completed with what PDF/UA asks besides.

Chromium gives tags, bookmarks, links and the language; it leaves out descriptions of links, marks on what the
margins hold, bodies of list items and the metadata of PDF/UA (ISO 14289-1), and writes the time of printing.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pikepdf
from lxml.html import document_fromstring
from pikepdf import Array, ContentStreamInstruction, Dictionary, Name, Operator, Pdf, String

from ctg_analysis.display import html_tree
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.habits import quote
from ctg_analysis.model.processes import run_program
from ctg_analysis.model.scratch import temporary
from ctg_analysis.model.settings import settings

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PROGRAMS += ("microsoft-edge", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
OPTIONS = (
    *("--headless", "--disable-gpu", "--no-first-run", "--disable-sync", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND"),
    *("--no-pdf-header-footer", "--generate-pdf-document-outline"),
)
LONGEST = 600  # seconds that a browser may print
ROLES = {"Strong": Name.Span, "Em": Name.Span}  # tags of PDF 2.0, in words that PDF 1.7 has
MARGIN = ContentStreamInstruction([Name.Artifact, Dictionary(Type=Name.Pagination)], Operator("BDC"))
BEGIN, END = ContentStreamInstruction([Name.Artifact], Operator("BMC")), ContentStreamInstruction([], Operator("EMC"))
PAINTED = {"Do", "S", "s", "f", "f*", "B", "B*", "b", "b*", "sh"}


def browser() -> str:
    """Return the program that prints.

    Raises:
        UserError: there is none on this machine.
    """
    named = settings().chromium
    if named and not shutil.which(named):
        raise UserError(
            f"CTG_CHROMIUM : trouvé {quote(named)}, attendu le chemin d'un Chromium, d'un Chrome ou d'un Edge"
        )
    program = next(filter(None, map(shutil.which, (named, *PROGRAMS, *PLACES))), None)
    if program is None:
        raise UserError(
            "aucun navigateur pour imprimer le PDF : installer Chromium (Debian, Ubuntu : apt install chromium), ou "
            "donner le chemin d'un Chrome ou d'un Edge dans CTG_CHROMIUM"
        )
    return program


def write_pdf(html: str, pdf: Path, date: str) -> None:
    """Write a page as a PDF. date: ISO, that of the data, written in the place of the time of printing."""
    with _printed(html, pdf.parent) as document:
        complete(document, html, date)
        document.save(pdf, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def sheets_of(html: str, anchors: list[str], scratch: Path) -> dict[str, int]:
    """Return the number of the sheet on which each anchor of a page is printed; those that a link leads to."""
    with _printed(html, scratch) as document:
        numbers = {page.objgen: number for number, page in enumerate(document.pages, start=1)}
        places = document.Root.Dests
        return {name: numbers[places[f"/{name}"][0].objgen] for name in anchors if f"/{name}" in places}


@contextmanager
def _printed(html: str, scratch: Path) -> Iterator[Pdf]:
    with TemporaryDirectory(dir=scratch, prefix="print-") as folder:
        page, raw = Path(folder) / "page.html", Path(folder) / "page.pdf"
        page.write_text(html, encoding="utf-8")
        program = browser()
        with temporary(scratch) as sockets:
            _print(program, page, raw, Path(folder) / "profile", sockets)
        with pikepdf.open(raw) as document:
            if not {"/StructTreeRoot", "/Outlines"} <= set(document.Root.keys()):
                raise UserError(
                    f"{program} : trouvé un PDF sans balises ni signets, attendu Chromium 124 ou plus récent"
                )
            yield document


def picture(html: str, size: tuple[int, int], scratch: Path) -> bytes:
    """Return a page as a PNG of so many pixels, each drawn as two by two. scratch: a folder that it may write in."""
    with TemporaryDirectory(dir=scratch, prefix="draw-") as folder, temporary(scratch) as sockets:
        page, png = Path(folder) / "page.html", Path(folder) / "page.png"
        page.write_text(html, encoding="utf-8")
        of_size = (f"--window-size={size[0]},{size[1]}", "--force-device-scale-factor=2", "--hide-scrollbars")
        _print(browser(), page, png, Path(folder) / "profile", sockets, (f"--screenshot={png}", *of_size))
        return png.read_bytes()


def _print(program: str, page: Path, made: Path, profile: Path, sockets: Path, options: Sequence[str] = ()) -> None:
    options = options or (f"--print-to-pdf={made}",)
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # Chromium refuses it for root
    command = [program, *OPTIONS, *root, f"--user-data-dir={profile}", *options, page.as_uri()]
    try:
        answer = run_program(command, LONGEST, TMPDIR=str(sockets))
    except subprocess.TimeoutExpired as error:
        raise UserError(f"{program} : le PDF n'est pas imprimé en {LONGEST} s, attendu moins d'une minute") from error
    if answer.returncode or not made.is_file():
        message = (answer.stderr.strip().splitlines() or ["rien"])[-1]
        raise UserError(f"{program} : le PDF n'a pas pu être imprimé, le navigateur dit : {message}")


def complete(document: Pdf, html: str, date: str) -> None:
    """Add to a PDF printed from a page what PDF/UA asks and Chromium leaves out."""
    whole = document_fromstring(html)
    _complete_tags(document)
    _complete_titles(document, [html_tree.words(one) for one in whole.iter("h1", "h2", "h3", "h4", "h5", "h6")])
    anchors = reversed(whole.findall(".//a[@href]"))
    links = {one.get("href"): html_tree.words(one) for one in anchors}  # the first words win
    for page in document.pages:
        _describe_links(page, links)
        page.Contents = document.make_stream(pikepdf.unparse_content_stream(_marked(page)))
    title = html_tree.words(whole.find(".//title"))
    producer = str(document.docinfo.get("/Producer", ""))
    with document.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:title"], metadata["dc:language"] = title, {"fr"}
        metadata["pdfuaid:part"], metadata["pdf:Producer"] = "1", producer
        metadata["xmp:CreateDate"] = metadata["xmp:ModifyDate"] = f"{date}T00:00:00Z"
    document.Root.PageMode = Name.UseOutlines


def _complete_tags(document: Pdf) -> None:
    """Give list items their body, leave to the drawing alone the name of figure, map the tags of PDF 2.0.

    Header cells have their direction; their ids, which Chromium draws anew at each print, go with what names them.
    """
    tree = document.Root.StructTreeRoot
    tree.RoleMap = Dictionary(**ROLES)
    for name in {"/IDTree"} & set(tree.keys()):
        del tree[name]
    for element in list(_elements(tree.K)):
        attributes = element.get("/A", Array())
        for part in (element, *(attributes if isinstance(attributes, Array) else [attributes])):
            for name in {"/ID", "/Headers"} & set(part.keys() if isinstance(part, Dictionary) else ()):
                del part[name]
        if _is(element, Name.Figure) and "/Alt" not in element:
            element.S = Name.Div
        if _is(element, Name.LI):
            _give_body(document, element)


def _elements(kids: pikepdf.Object) -> Iterator[Dictionary]:
    waiting = [kids]
    while waiting:
        element = waiting.pop()
        if isinstance(element, Array):
            waiting += list(element)
        elif isinstance(element, Dictionary) and "/S" in element:
            yield element
            waiting += [element.K] if "/K" in element else []


def _give_body(document: Pdf, item: Dictionary) -> None:
    kids = list(item.K) if isinstance(item.get("/K"), Array) else [item.K] if "/K" in item else []
    labels = [kid for kid in kids if _is(kid, Name.Lbl)]
    rest = [kid for kid in kids if not _is(kid, Name.Lbl)]
    if not rest or any(_is(kid, Name.LBody) for kid in rest):
        return
    body = document.make_indirect(Dictionary(Type=Name.StructElem, S=Name.LBody, P=item, K=Array(rest)))
    for kid in rest:
        if isinstance(kid, Dictionary) and "/S" in kid:
            kid.P = body
    item.K = Array([*labels, body])


def _is(kid: pikepdf.Object, kind: Name) -> bool:
    return isinstance(kid, Dictionary) and kid.get("/S") == kind


def _complete_titles(document: Pdf, headings: Sequence[str]) -> None:
    """Write bookmarks as the headings are: Chromium forgets the space where one breaks, and says some twice."""
    as_written = {_squeezed(words): words for words in headings}
    with document.open_outline() as outline:
        waiting = list(outline.root)
        while waiting:
            item = waiting.pop()
            title = _squeezed(item.title)
            item.title = as_written.get(title) or as_written.get(title[: len(title) // 2], item.title)
            waiting += item.children


def _describe_links(page: pikepdf.Page, links: dict[str, str]) -> None:
    """Give each link its words as a description, and the page the order of its tags."""
    for link in page.get("/Annots", []):
        if link.Subtype == Name.Link and "/Contents" not in link:
            href = f"#{str(link.Dest).removeprefix('/')}" if "/Dest" in link else str(link.A.get("/URI", ""))
            link.Contents = String(links.get(href, href))
    if "/Annots" in page:
        page.Tabs = Name.S


def _marked(page: pikepdf.Page) -> list[ContentStreamInstruction]:
    """Return what draws a page, with what has no tag (lines in the margins) marked as no content."""
    drawn, depth = [], 0
    for step in pikepdf.parse_content_stream(page):
        word = str(step.operator)
        depth += (word in ("BDC", "BMC")) - (word == "EMC")
        bare = depth == 0 and word != "EMC"
        tagged = bare and word == "Do" and "/StructParents" in page.Resources.XObject[step.operands[0]]  # within
        if bare and word in PAINTED and not tagged:
            drawn += [BEGIN, step, END]
        else:
            drawn += [MARGIN] * (bare and word == "BT") + [step] + [END] * (bare and word == "ET")
    return drawn


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)
