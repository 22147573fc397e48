"""A Word template filled, always the same bytes, and never over what a person has changed."""

import datetime
import json
import os
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from docx.document import Document
from docx.opc.exceptions import OpcError
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.text.paragraph import CT_P
from docxtpl import DocxTemplate
from jinja2 import Environment, PackageLoader, StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment, SecurityError
from lxml.etree import XMLSyntaxError
from markupsafe import Markup

from ctg_analysis.display.markup import Table
from ctg_analysis.display.words.texts import typography
from ctg_analysis.model.errors import Finding, InputError, UserError
from ctg_analysis.model.scratch import alone, put_in_place, restore, scratch
from ctg_analysis.model.settings import MATERIAL, MODELS, DataRoot, data_root, project_path
from ctg_analysis.publish.pdf import same_bytes
from ctg_analysis.raw.workbook_safety import DAMAGED

# What a Word document holds, before it is Word: paragraphs of a named style, tables of texts.

TEXT, BULLET, FACT, REMARK = "Normal", "List Bullet", "Fait", "Remarque"
SECTION, SUBSECTION = "Heading 2", "Heading 3"


class Piece(NamedTuple):
    """A piece of a paragraph."""

    text: str
    bold: bool = False
    italic: bool = False


class Paragraph(NamedTuple):
    """A paragraph, in a style of the template that its readers may change."""

    pieces: tuple[Piece, ...]
    style: str = TEXT


Blocks = list[Paragraph | Table]  # one below the other


def text(words: str, style: str = TEXT, *, lead: str = "") -> Blocks:
    """Return a paragraph; lead: words before it, in bold (« Pilote : »)."""
    opening = (Piece(typography(f"{lead} : "), bold=True),) if lead else ()
    return [Paragraph((*opening, Piece(typography(words))), style)]


def facts(named: Mapping[str, str]) -> Blocks:
    """Return short lines, each with its name."""
    return together(text(value, FACT, lead=name) for name, value in named.items())


def bullets(lines: Iterable[str]) -> Blocks:
    """Return a list."""
    return together(text(line, BULLET) for line in lines)


def table(caption: str, header: list[str], rows: list[list[str]], *, total: bool = False) -> Blocks:
    """Return a table with its caption, its header row and its rows. total: the last row is set apart."""
    written = [list(map(typography, row)) for row in rows]
    marked = frozenset({len(rows) - 1} if total else ())
    return [Table(typography(caption), list(map(typography, header)), written, marked=marked)]


def together(blocks: Iterable[Blocks]) -> Blocks:
    """Return blocks, one below the other."""
    return list(chain.from_iterable(blocks))


# Paragraphs and tables as Word writes them, see word_templates/blocks.xml.j2.

CELL, NUMBER = "Cellule", "Cellule nombre"
NUMERIC = re.compile(r"(?:[-+\u2212]?\d[\d\s\u00a0\u202f,]*(?:\u202f?%)?|nd|s|–|)")
CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff]+")
WIDTH, MEASURE = 9638, 92  # of an A4 page with margins of 20 mm: twentieths of a point, and letters of the cells
AROUND = 3  # letters that the margins of a cell take, and what wide letters take more
TOGETHER = 14  # a table of so many rows stays on one page


def words(text: str) -> str:
    """Return a text without what no file of XML may hold."""
    return CONTROL.sub(" ", text)


def xml(blocks: Blocks, style_id: Callable[[str], str]) -> Markup:
    """Return paragraphs and tables as Word writes them. style_id: name of a style → its id in the template."""
    parts = [(part, _layout(part) if isinstance(part, Table) else None) for part in blocks]
    return Markup(_template().render(parts=parts, style_id=style_id).replace("\n", ""))  # `words` leaves none in a text


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader(__package__, "word_templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["words"] = words
    return environment.get_template("blocks.xml.j2")


def _layout(content: Table) -> dict[str, object]:
    """Return the widths of the columns of a table, the styles of their cells, whether its rows stay on one page.

    Numbers are to the right. A column has the width of its longest word, then a part of what is left for what its cells
    ask besides.
    """
    styles, least, asked = [], [], []
    for header, *cells in zip(content.header, *content.rows, strict=True):
        styles.append(NUMBER if cells and all(map(NUMERIC.fullmatch, cells)) else CELL)
        least.append(AROUND + max(len(word) for cell in (header, *cells) for word in re.split(r"[ -]", cell)))
        usual = AROUND + sorted(map(len, (header, *cells)))[(len(cells) + 1) * 9 // 10]
        asked.append(max(usual - least[-1], 0) + 1)
    left = max(MEASURE - sum(least), 0)
    parts = [low + left * more / sum(asked) for low, more in zip(least, asked, strict=True)]
    widths = [int(WIDTH * part / sum(parts)) for part in parts]
    return {"widths": widths, "styles": styles, "together": len(content.rows) <= TOGETHER}


# A Word template filled: its tags replaced, its contents listed, always the same bytes.
#
# The tags are those of docxtpl (https://docxtpl.readthedocs.io). What is written in their place stays text, whatever it
# holds.

LARGEST = 20_000_000  # bytes of a template once unfolded: a Word file is a zip
FILTERS = ("capitalize", "default", "first", "join", "last", "length", "lower", "sort", "title", "trim", "upper")
OF_A_TAG = (ArithmeticError, AttributeError, LookupError, RecursionError, SyntaxError, TypeError, ValueError)
CONTENTS = "TOC"  # the instruction of a table of contents
FIRST_LEVEL = "heading 1"


def fill(template: Path, context: Mapping[str, object], *, title: str, date: str) -> bytes:
    """Return a template filled. context: texts, lists and Blocks by the names that its tags use.

    title, date (ISO): of the properties of the file, where Word would write the moment.

    Raises:
        InputError: a file that is no Word template, a tag that is wrong or names nothing, a style that is missing.
    """
    place = project_path(template)
    try:
        with zipfile.ZipFile(template) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST:
                raise _wrong(place, f"des parties de plus de {LARGEST // 10**6} Mo", "un modèle")
        document = DocxTemplate(template)
        styles = {style.name.casefold(): style.style_id for style in document.get_docx().styles}
    except (*DAMAGED, OpcError, XMLSyntaxError, KeyError) as error:
        raise _wrong(place, "un fichier que Word n'ouvrirait pas", "un modèle .docx") from error

    def style_id(name: str) -> str:
        if name.casefold() not in styles:
            raise _wrong(place, f"aucun style {name!r}", "tous les styles du modèle qu'il remplace")
        return styles[name.casefold()]

    def written(value: object) -> object:
        if isinstance(value, list):
            return xml(value, style_id)
        return words(value) if isinstance(value, str) else value

    environment = Tags(autoescape=True, undefined=StrictUndefined, finalize=written)
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    environment.globals.clear()
    try:
        document.render(dict(context), environment)
    except (TemplateError, *OF_A_TAG) as error:
        message = (str(error).splitlines() or [type(error).__name__])[0][:200]
        expected = "les balises que décrit data/reference/convention/LISEZMOI.md"
        raise _wrong(place, f"une balise qui ne va pas ({message})", expected) from error
    filled = document.docx  # get_docx() would open the template again
    about = filled.core_properties
    about.title, about.language, about.revision = title, "fr-FR", 1
    about.author = about.last_modified_by = about.comments = ""
    about.created = about.modified = datetime.datetime.fromisoformat(date)
    _list_contents(filled)
    return same_bytes(filled)


def _wrong(place: str, found: str, expected: str) -> InputError:
    """Return the error of a template that cannot be filled."""
    return InputError([Finding(place, None, None, found, expected)])


class Tags(SandboxedEnvironment):
    """Tags of a template: names, conditions, repetitions, nothing that calculates or swells."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context, operator, left, right):
        """Refuse a sign."""
        raise SecurityError(f"{operator} is no sign of a template, which calculates nothing")


def _list_contents(document: Document) -> None:
    """Write the table of contents of a template that has one: a line that leads to each heading of first level.

    Word adds the numbers of the pages when its user updates the field; without these lines, it would be empty until
    then, or Word would ask at each opening whether to update it.
    """
    instructions = document.element.body.iter(qn("w:instrText"))
    contents = next(
        (instruction for instruction in instructions if (instruction.text or "").strip().startswith(CONTENTS)), None
    )
    headings = list(_headings(document))
    if contents is None or not headings:
        return
    line = next(contents.iterancestors(qn("w:p")))
    *_, end = line.iter(qn("w:r"))
    line.remove(end)
    model = deepcopy(line.pPr)
    for number, (heading, text) in enumerate(headings, start=1):
        name = f"_Toc{number:08}"
        marks = [parse_xml(f'<w:bookmark{kind} {nsdecls("w")} w:id="{number}"/>') for kind in ("Start", "End")]
        marks[0].set(qn("w:name"), name)
        heading.insert(1 if heading.pPr is not None else 0, marks[0])
        heading.append(marks[1])
        link = parse_xml(
            f'<w:hyperlink {nsdecls("w")} w:anchor="{name}" w:history="1">'
            f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:hyperlink>'
        )
        if number > 1:
            after = parse_xml(f"<w:p {nsdecls('w')}/>")
            after.append(deepcopy(model))
            line.addnext(after)
            line = after
        line.append(link)
    line.append(end)


def _headings(document: Document) -> Iterator[tuple[CT_P, str]]:
    """Yield the headings of first level with their texts as they are seen, numbers included: « Article 1 – Objet »."""
    counts: Counter[str] = Counter()
    for paragraph, element in zip(document.paragraphs, document.element.body.xpath("./w:p"), strict=True):
        if paragraph.style.name.casefold() == FIRST_LEVEL and paragraph.text.strip():
            text = paragraph.text
            for number in element.xpath("./w:pPr/w:numPr/w:numId/@w:val[. != '0']"):
                lists = document.part.numbering_part.element
                abstract = lists.num_having_numId(int(number)).abstractNumId.val
                levels = f'./w:abstractNum[@w:abstractNumId="{abstract}"]/w:lvl[@w:ilvl="0"]/w:lvlText/@w:val'
                counts[number] += 1
                text = f"{lists.xpath(levels)[0].replace('%1', str(counts[number]))} {text}"
            yield element, text


# The text of an article, written in Markdown, as paragraphs: bold, italics and lists; anything else is its words.


def paragraphs(source: str) -> Blocks:
    """Return the paragraphs of a Markdown text. Its HTML stays text; numbered lines keep their numbers."""
    import mistune

    parsed = mistune.create_markdown(renderer=None)(typography(source))
    return list(_paragraphs(parsed, TEXT))


def _paragraphs(tokens: list[dict], style: str, before: tuple[Piece, ...] = ()) -> Iterator[Paragraph]:
    for token in tokens:
        match token["type"]:
            case "list":
                ordered = token["attrs"]["ordered"]
                first = token["attrs"].get("start", 1)
                for number, item in enumerate(token["children"], start=first):
                    opening = (Piece(f"{number}.\u00a0"),) if ordered else ()
                    yield from _paragraphs(item["children"], TEXT if ordered else BULLET, opening)
            case "block_quote":
                yield from _paragraphs(token["children"], style)
            case "blank_line" | "thematic_break":
                continue
            case kind:
                yield Paragraph((*before, *_pieces(token, bold=kind == "heading", italic=False)), style)
        before = ()


def _pieces(token: dict, *, bold: bool, italic: bool) -> Iterator[Piece]:
    match token["type"]:
        case "softbreak" | "linebreak":
            yield Piece(" ", bold, italic)
        case "strong":
            bold = True
        case "emphasis":
            italic = True
    if "children" in token:
        for child in token["children"]:
            yield from _pieces(child, bold=bold, italic=italic)
    elif "raw" in token:
        yield Piece(token["raw"].strip("\n"), bold, italic)


# The documents of a démarche on the disk, beside the reports: nothing that a person has changed is ever written over.
#
# reports/demarche/200067171/convention.docx  fiches_action/F01.docx
#                            info_flash_1.html  info_flash_1.pdf  .documents.json

RECORD = ".documents.json"  # the sums of the files as they were written: any other sum is a person's work
SAVED_MEANWHILE = "_modifie"  # added to the name of a document that a person saved while it was written again


def place(out: Path, epci: str) -> Path:
    """Return the folder of the documents of a démarche. out: that of the reports."""
    return out / MATERIAL / epci


def write(out: Path, epci: str, documents: Mapping[str, bytes], *, alone_in: str = "") -> list[Path]:
    """Write documents by their names, all of them or none; return their places.

    They are written beside, with all else that the folder holds, and take the place of the folder in one operation.
    alone_in: a folder that holds no others: what was written there before and nobody has changed since is removed.

    Raises:
        UserError: one that is there was changed since it was written. Busy: they are being written.
    """
    home = place(out, epci)
    with alone(home.parent, epci, f"{epci}: its documents are being written"), scratch(home.parent, epci) as folder:
        restore(home)
        known = _known(home)
        ours = {name for name in known if (home / name).is_file() and _sum((home / name).read_bytes()) in known[name]}
        for name, content in documents.items():
            path = home / name
            if path.exists() and name not in ours and path.read_bytes() != content:
                raise UserError(
                    f"{project_path(path)} : ce fichier a été modifié depuis son écriture, rien n'a été remplacé ; "
                    "le déplacer ou lui donner un autre nom, puis relancer la commande"
                )
        gone = {name for name in known if alone_in and name.startswith(f"{alone_in}/") and name not in documents}
        fresh = folder / "fresh"
        _copy(home, fresh, without={*documents, *(gone & ours), RECORD})
        for name, content in documents.items():
            (fresh / name).parent.mkdir(exist_ok=True)
            (fresh / name).write_bytes(content)
        sums = {name: [_sum(content)] for name, content in documents.items()}
        sums = {name: digests for name, digests in known.items() if name not in gone} | sums
        (fresh / RECORD).write_text(json.dumps(sums, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        put_in_place(fresh, home)
        _keep_saved_meanwhile(fresh, home, known)
    return [home / name for name in documents]


def _copy(home: Path, fresh: Path, without: set[str]) -> None:
    """Make a folder with all that another one holds, but for some files: the same files, where the disk can."""

    def left_out(folder: str, names: list[str]) -> set[str]:
        return {name for name in names if (Path(folder) / name).relative_to(home).as_posix() in without}

    if home.exists():
        shutil.copytree(home, fresh, symlinks=True, ignore=left_out, copy_function=_linked)
    else:
        fresh.mkdir()


def _linked(path: str, copy: str) -> None:
    try:
        os.link(path, copy)
    except OSError:  # a disk without such links
        shutil.copy2(path, copy)


def _keep_saved_meanwhile(former: Path, home: Path, known: Mapping[str, list[str]]) -> None:
    """Put back what a person saved in the former folder while it was copied."""
    for path in sorted(path for path in former.rglob("*") if path.is_file() and not path.is_symlink()):
        name = path.relative_to(former).as_posix()
        now, digest = home / name, _sum(path.read_bytes())
        if name == RECORD or digest in known.get(name, ()) or (now.exists() and digest == _sum(now.read_bytes())):
            continue
        path.replace(now.with_stem(now.stem + SAVED_MEANWHILE) if now.exists() else now)


def _sum(content: bytes) -> str:
    return sha256(content).hexdigest()


def _known(home: Path) -> dict[str, list[str]]:
    """Return the sums of the documents as they were written; none of a record that is damaged: what differs is kept."""
    try:
        sums = json.loads((home / RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return sums if isinstance(sums, dict) and all(isinstance(digests, list) for digests in sums.values()) else {}


# Where the models of the documents are, and a démarche's own.

CONVENTION, ACTION_SHEET = "convention.docx", "fiche_action.docx"
LETTER = "demande.docx"
REFERENCE = "articles.yml"


def models() -> Path:
    """Return the folder of the templates and of the texts that a convention starts from."""
    return data_root().reference / MODELS


def template(name: str, root: DataRoot, epci: str) -> Path:
    """Return a template by the name of its file: that of the démarche if it has one, else ours."""
    own = root.material(epci) / name
    return own if own.is_file() else models() / name
