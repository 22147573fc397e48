"""The Word templates of data/reference/convention, as a program that can be read: `make templates` writes them again.

A démarche replaces one by its own file of the same name: any Word template whose tags and styles are those written here
(data/reference/convention/LISEZMOI.md describes them).
"""

import datetime

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from ctg_analysis.publishing.word.blocks import FACT, REMARK
from ctg_analysis.publishing.word.ooxml import CELL, NUMBER, TABLE
from ctg_analysis.publishing.word.paths import ACTION_SHEET, CHANGES, CONVENTION, models
from ctg_analysis.publishing.word.word import EPOCH, same_bytes

INK, ACCENT, FAINT = "1D1D1B", "0B4F6C", "57544D"
FONT = "Arial"
KEPT = (
    "Normal",
    "Header",
    "Footer",
    "Title",
    "Subtitle",
    "Heading 1",
    "Heading 2",
    "Heading 3",
    "List Bullet",
    "Caption",
)
ARTICLES, ANNEXES = 101, 102  # the lists that number the headings
NUMBERED = {ARTICLES: "Article %1 –", ANNEXES: "Annexe %1 –"}
LEFT_OUT = ("thumbnail", "extended-properties", "stylesWithEffects", "customXml")  # parts that no document needs
MARGIN, MEASURE = Mm(20), Mm(170)
VML = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
BEHIND = {
    "position": "absolute",
    "width": "430pt",
    "height": "130pt",
    "rotation": "315",
    "z-index": "-251658752",
    "mso-position-horizontal": "center",
    "mso-position-horizontal-relative": "margin",
    "mso-position-vertical": "center",
    "mso-position-vertical-relative": "margin",
}
WATERMARK = f"""<w:pict {nsdecls("w")} {VML}>
<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">
<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>
<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/>
<v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/>
<v:f eqn="sum @6 0 @5"/></v:formulas><v:path textpathok="t" o:connecttype="custom"
 o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/><v:textpath on="t" fitshape="t"/>
</v:shapetype><v:shape id="PowerPlusWaterMarkObject1" o:spid="_x0000_s2049" type="#_x0000_t136" alt="Projet"
 o:allowincell="f" style="{";".join(f"{name}:{value}" for name, value in BEHIND.items())}" fillcolor="#d9d9d9"
 stroked="f"><v:fill opacity=".5"/><v:textpath style="font-family:Arial;font-size:1pt" string="PROJET"/></v:shape>
</w:pict>"""


def rewrite() -> None:
    """Write the templates again."""
    for name, content in templates().items():
        (models() / name).write_bytes(content)


def templates() -> dict[str, bytes]:
    """Return the templates by the name of their files."""
    return {CONVENTION: _convention(), CHANGES: _changes(), ACTION_SHEET: _action_sheet()}


def _convention() -> bytes:
    document = _document("{{ intitule }}", watermark=True)
    _lines(document, "{%p if fictif %}", (REMARK, "{{ fictif }}"), "{%p endif %}")
    _lines(document, ("Title", "{{ intitule }}"), ("Subtitle", "{{ territoire }}"))
    _lines(document, "Période : {{ periode }}", "{{ statut }}")
    document.add_paragraph("Sommaire", "Titre sans numéro")
    _contents(document)
    _lines(document, ("Heading 1", "Signataires"), "Entre :", "{{p parties }}")
    document.paragraphs[-3].paragraph_format.page_break_before = True
    _lines(document, ("Heading 1", "Vu et considérant"), "{{p vu }}", "il est convenu ce qui suit.")
    _lines(document, ("Heading 1", "Préambule"), "{{p preambule }}", "{%p for article in articles %}")
    _numbered(document.add_paragraph("{{ article.titre }}", "Heading 1"), ARTICLES)
    _lines(document, "{{p article.texte }}", "{{p article.listes }}", "{%p endfor %}")
    _lines(document, ("Heading 1", "Signatures"), "Fait à …………………………, le …………………………", "{{p signatures }}")
    _lines(document, "{%p for annexe in annexes %}")
    heading = document.add_paragraph("{{ annexe.titre }}", "Heading 1")
    heading.paragraph_format.page_break_before = True
    _numbered(heading, ANNEXES)
    _lines(document, "{{p annexe.contenu }}", "{%p endfor %}")
    return _bytes(document)


def _changes() -> bytes:
    document = _document("Modifications, {{ intitule }}")
    _lines(document, "{%p if fictif %}", (REMARK, "{{ fictif }}"), "{%p endif %}")
    _lines(document, ("Title", "Ce qui change dans la convention"), ("Subtitle", "{{ intitule }}, {{ territoire }}"))
    _lines(document, "{{ statut }}", "{{ mode_d_emploi }}")
    _lines(document, "{%p for comparaison in comparaisons %}", ("Heading 1", "{{ comparaison.titre }}"))
    _lines(document, "{{p comparaison.contenu }}", "{%p endfor %}")
    return _bytes(document)


def _action_sheet() -> bytes:
    document = _document("Fiche-action {{ numero }}")
    _lines(document, "{%p if fictif %}", (REMARK, "{{ fictif }}"), "{%p endif %}")
    _lines(document, ("Title", "{{ numero }} – {{ titre }}"), ("Subtitle", "{{ axe }}"), "{{p en_bref }}")
    for title, tag in (
        ("Pourquoi", "pourquoi"),
        ("Ce qui sera fait", "contenu"),
        ("Qui", "acteurs"),
        ("Avec quels moyens", "moyens"),
        ("Comment on saura si cela marche", "evaluation"),
    ):
        _lines(document, ("Heading 1", title), f"{{{{p {tag} }}}}")
    return _bytes(document)


def _lines(document, *lines: str | tuple[str, str]) -> None:
    """Add paragraphs: texts, or (style, text)."""
    for line in lines:
        style, text = line if isinstance(line, tuple) else ("Normal", line)
        document.add_paragraph(text, style)


def _document(running: str, *, watermark: bool = False):
    """Return an empty document with its styles, its header and its footer. running: what the header says."""
    document = Document()
    for paragraph in list(document.paragraphs):
        paragraph._p.getparent().remove(paragraph._p)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    _styles(document)
    _numberings(document)
    _modern(document)
    header = section.header.paragraphs[0]
    header.text = running + "{% if projet %} – PROJET, version {{ version }}{% endif %}"
    if watermark:
        section.header.add_paragraph("{%p if projet %}", "Header")
        section.header.add_paragraph("", "Header").add_run()._r.append(parse_xml(WATERMARK))
        section.header.add_paragraph("{%p endif %}", "Header")
    footer = section.footer.paragraphs[0]
    footer.text = "{{ territoire }}{% if fictif %} – territoire fictif{% endif %}\tPage "
    footer.paragraph_format.tab_stops.add_tab_stop(MEASURE, WD_TAB_ALIGNMENT.RIGHT)
    _field(footer, "PAGE")
    footer.add_run(" sur ")
    _field(footer, "NUMPAGES")
    return document


def _styles(document) -> None:
    styles = document.styles
    for style in list(styles):
        default = style.element.get(qn("w:default"))
        if style.name not in KEPT and not default:
            style.element.getparent().remove(style.element)
    language = parse_xml(f'<w:lang {nsdecls("w")} w:val="fr-FR" w:eastAsia="fr-FR" w:bidi="fr-FR"/>')
    defaults = styles.element.xpath("./w:docDefaults/w:rPrDefault/w:rPr")[0]
    for former in defaults.findall(qn("w:lang")):
        defaults.remove(former)
    defaults.append(language)
    _font(styles["Normal"], 10.5, after=6)
    styles["Normal"].paragraph_format.line_spacing = 1.15
    styles["Normal"].paragraph_format.widow_control = True
    _font(styles["Title"], 22, bold=True, color=ACCENT, before=24, after=6)
    _font(styles["Subtitle"], 14, color=FAINT, after=18)
    _font(styles["Heading 1"], 15, bold=True, color=ACCENT, before=20, after=6, keep=True)
    _font(styles["Heading 2"], 12.5, bold=True, color=ACCENT, before=14, after=4, keep=True)
    _font(styles["Heading 3"], 11, bold=True, before=12, after=3, keep=True)
    _font(styles["Caption"], 9, color=FAINT, before=6, after=2, keep=True)
    _font(styles["List Bullet"], 10.5, after=3)
    for name in ("Header", "Footer"):
        _font(styles[name], 8.5, color=FAINT)
        for tabs in styles[name].element.xpath("./w:pPr/w:tabs"):
            tabs.getparent().remove(tabs)
    _font(_new(styles, "Titre sans numéro"), 15, bold=True, color=ACCENT, before=30, after=6, keep=True)
    _font(_new(styles, "toc 1"), 10.5, after=3)
    _font(_new(styles, CELL), 9, before=1, after=1)
    numbers = _new(styles, NUMBER, base=CELL)
    numbers.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _font(_new(styles, FACT), 10.5, after=2)
    _font(_new(styles, REMARK), 9.5, before=4, after=8, color="6B3410")
    rule = parse_xml(f'<w:pBdr {nsdecls("w")}><w:left w:val="single" w:sz="18" w:space="6" w:color="9C4A12"/></w:pBdr>')
    styles[REMARK].element.get_or_add_pPr().insert_element_before(rule, "w:spacing", "w:ind", "w:jc")
    _font(_new(styles, "Signataire"), 10.5, before=3, after=48)
    styles["Signataire"].paragraph_format.keep_together = True
    styles.element.append(parse_xml(_table_style()))


def _table_style() -> str:
    line = 'w:val="single" w:sz="4" w:space="0" w:color="B9B4A8"'
    return (
        f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="{TABLE}"><w:name w:val="{TABLE}"/>'
        f'<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders><w:top {line}/><w:bottom {line}/><w:insideH {line}/>'
        '</w:tblBorders><w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar>'
        '</w:tblPr><w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr>'
        f'<w:tcBorders><w:bottom w:val="single" w:sz="12" w:space="0" w:color="{INK}"/></w:tcBorders>'
        '<w:shd w:val="clear" w:color="auto" w:fill="F1EEE6"/></w:tcPr></w:tblStylePr></w:style>'
    )


def _modern(document) -> None:
    """Say that the file is of the format of today: Word would open it in a mode of compatibility."""
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def _new(styles, name: str, base: str = "Normal"):
    style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = styles[base]
    style.quick_style = True
    return style


def _font(
    style, size: float, *, bold: bool = False, color: str = INK, before: float = 0, after: float = 0, keep: bool = False
) -> None:
    for theme in list(style.element.get_or_add_rPr()):
        style.element.rPr.remove(theme)
    for border in style.element.xpath("./w:pPr/w:pBdr"):
        border.getparent().remove(border)
    style.font.name, style.font.size, style.font.bold = FONT, Pt(size), bold
    style.font.color.rgb = RGBColor.from_string(color)
    style.element.rPr.rFonts.set(qn("w:cs"), FONT)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    style.paragraph_format.keep_with_next = keep


def _numberings(document) -> None:
    """Add the lists that number articles and annexes: an article that its readers add in Word gets its number."""
    lists = document.part.numbering_part.element
    for number, pattern in NUMBERED.items():
        level = (
            f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:suff w:val="space"/>'
            f'<w:lvlText w:val="{pattern}"/><w:lvlJc w:val="left"/></w:lvl>'
        )
        abstract = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}"><w:multiLevelType w:val="singleLevel"/>{level}'
            "</w:abstractNum>"
        )
        lists.insert(0, abstract)
        lists.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'))


def _numbered(paragraph, number: int) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val, properties.get_or_add_numId().val = 0, number


def _contents(document) -> None:
    """Add the table of contents, whose lines are written when the template is filled."""
    _field(document.add_paragraph("", "toc 1"), r'TOC \o "1-1" \h \z \u')


def _field(paragraph, instruction: str) -> None:
    """Add a field: what Word works out, such as the number of a page."""
    for kind in ("begin", instruction, "separate", "end"):
        run = paragraph.add_run()
        if kind == instruction:
            words = parse_xml(f'<w:instrText {nsdecls("w")} xml:space="preserve"/>')
            words.text = f" {instruction} "
            run._r.append(words)
        else:
            run._r.append(parse_xml(f'<w:fldChar {nsdecls("w")} w:fldCharType="{kind}"/>'))


def _bytes(document) -> bytes:
    properties = document.core_properties
    properties.author = properties.comments = properties.last_modified_by = ""
    properties.language = "fr-FR"
    properties.created = properties.modified = datetime.datetime(*EPOCH)
    for owner in (document.part.package, document.part):
        for relation in list(owner.rels.values()):
            if relation.reltype.rpartition("/")[2] in LEFT_OUT:
                del owner.rels[relation.rId]
    return same_bytes(document)
