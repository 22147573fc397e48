"""A Word template filled: its tags replaced, its contents listed, always the same bytes.

The tags are those of docxtpl (https://docxtpl.readthedocs.io). What is written in their place stays text, whatever it
holds.
"""

import datetime
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from xml.sax.saxutils import escape

from docx.document import Document
from docx.opc.exceptions import OpcError
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.text.paragraph import CT_P
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment, SecurityError
from lxml.etree import XMLSyntaxError

from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.settings import project_path
from ctg_analysis.core.zip_parts import DAMAGED
from ctg_analysis.publishing.office_files import same_bytes
from ctg_analysis.publishing.word.ooxml import words, xml

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
