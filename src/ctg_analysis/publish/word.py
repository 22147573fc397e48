"""A Word template filled, always the same bytes, and never over what a person has changed."""

import datetime
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import mistune
import pandas as pd
from docx.opc.exceptions import OpcError
from docxtpl import DocxTemplate, RichText
from jinja2 import Undefined
from lxml.etree import XMLSyntaxError
from markupsafe import Markup

from ctg_analysis.display.quantities import agreed, amount, quantity
from ctg_analysis.display.tags import FAULTS, Tags, line_of, what_is_wrong
from ctg_analysis.display.texts import NBSP, capitalised, date_text, span_phrase, typography
from ctg_analysis.model.errors import UserError, each
from ctg_analysis.model.processes import LimitError, Limits, News, in_child
from ctg_analysis.model.scratch import alone, put_in_place, restore, scratch
from ctg_analysis.model.settings import MATERIAL, MODELS, DataRoot, broken, data_root, project_path
from ctg_analysis.raw.workbook_safety import DAMAGED, refuse_doctype

# The tags are those of docxtpl (https://docxtpl.readthedocs.io). What is written in their place stays text, whatever it
# holds.

CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff]+")  # what no file of XML may hold
UNKNOWN = "non renseigné"
LARGEST = 20_000_000  # bytes of a template once unfolded: a Word file is a zip
FILTERS = ("capitalize", "default", "first", "join", "last", "length", "lower", "sort", "title", "trim", "upper")
QUOTED = 80  # letters of a paragraph
WRITTEN = str | int | float | datetime.date | RichText
LIMITS = Limits(seconds=600, silence=60, memory=500_000_000)  # the silence is of a document
A_TEMPLATE = "les balises que décrit data/reference/convention/LISEZMOI.md"


@dataclass(frozen=True)
class Filling:
    """A template and what fills it.

    context: texts and tables by the names that the tags use. title, date (ISO): of the properties of the file, where
    Word would write the moment.
    """

    template: Path
    context: Mapping[str, object]
    title: str
    date: str


def fill(template: Path, context: Mapping[str, object], *, title: str, date: str) -> bytes:
    """A template filled; see `fill_each`."""
    return fill_each([Filling(template, context, title, date)])[0]


def fill_each(fillings: Sequence[Filling]) -> list[bytes]:
    """Templates filled, in one child process whose time and memory are bound: a template may be anyone's.

    Raises:
        InputError: a file that is no Word template, a tag that is wrong or names nothing, one that takes or writes too
            much.
    """
    at = fillings[0].template if fillings else None

    def hear(template: Path) -> None:
        nonlocal at
        at = template

    def work(tell: News) -> list[bytes]:
        return each(lambda one: (tell(one.template), _filled(one))[1], fillings)

    try:
        return in_child(work, LIMITS, hear)
    except LimitError as error:
        found = f"des balises qui demandent trop ({error})"
        raise broken(at, None, found, A_TEMPLATE) from error


def _filled(one: Filling) -> bytes:
    document = _opened(one.template)
    tags = WordTags(autoescape=True, finalize=_written)
    tags.filters = {name: tags.filters[name] for name in FILTERS} | OURS
    try:
        document.render(dict(one.context), tags)
    except FAULTS as error:
        found = f"{what_is_wrong(error)}{tags.place(line_of(error))}"
        raise broken(one.template, None, found, A_TEMPLATE) from error
    filled = document.docx  # get_docx() would open the template again
    about = filled.core_properties
    about.title, about.language, about.revision = one.title, "fr-FR", 1
    about.author = about.last_modified_by = about.comments = ""
    about.created = about.modified = datetime.datetime.fromisoformat(one.date)
    content = same_bytes(filled)
    if len(content) > LARGEST:
        found = f"des balises qui écrivent plus de {LARGEST // 10**6} Mo"
        raise broken(one.template, None, found, A_TEMPLATE)
    return content


def _opened(template: Path) -> DocxTemplate:
    """A template, of which nothing is filled yet."""
    try:
        with zipfile.ZipFile(template) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST:
                raise broken(template, None, f"des parties de plus de {LARGEST // 10**6} Mo", "un modèle")
            for name in parts.namelist():
                refuse_doctype(template, parts, name)
        document = DocxTemplate(template)
        document.get_docx()
    except (*DAMAGED, OpcError, XMLSyntaxError, KeyError) as error:
        raise broken(template, None, "un fichier que Word n'ouvrirait pas", "un modèle .docx") from error
    return document


def _written(value: object) -> object:
    """Return what a tag writes: texts one after the other, in French typography; that nothing is known."""
    if isinstance(value, tuple):
        value = f"{NBSP}; ".join(value) or None
    if value is None:
        return UNKNOWN
    if isinstance(value, Undefined):
        return str(value)  # raises, naming it
    if not isinstance(value, WRITTEN):
        raise TypeError(f"{type(value).__name__} n'est pas un texte")
    return typography(CONTROL.sub(" ", value)) if isinstance(value, str) else value


def dated(value: float | None, moment: str | None, unit: str = "") -> str:
    """Return a value, its unit and its date: « 44 (2023) », « 25,6 % (2023) », « 1 place (2023) »."""
    words = quantity(value)
    if unit and pd.notna(value):
        words = f"{words}{NBSP}{agreed(unit, value)}"
    return f"{words}{NBSP}({date_text(moment)})" if isinstance(moment, str) else words


OURS = {"date": date_text, "majuscule": capitalised, "montant": amount, "nombre": quantity, "periode": span_phrase}
OURS["valeur"] = dated


class WordTags(Tags):
    """Tags of a Word template: names, conditions, repetitions, nothing that calculates."""

    source = ""

    def from_string(self, source, *arguments, **options):
        """Make a template of the XML of a part, a paragraph a line."""
        self.source = source
        return super().from_string(source, *arguments, **options)

    def place(self, line: int | None) -> str:
        """The words of a line of the part that was read last, by which Word finds it.

        Paragraphs have no number there, and those of {%p %} are gone already.
        """
        if line is None:
            return ""
        text = Markup(self.source.split("\n")[line - 1]).striptags()
        return f", dans « {CONTROL.sub(' ', text)[:QUOTED]} »"


def paragraphs(source: str) -> list[dict[str, object]]:
    """Return the paragraphs of a Markdown text: puce, whether it is one of a list, and texte, to be written by {{r }}.

    Its HTML stays text; numbered lines keep their numbers.
    """
    return list(_paragraphs(mistune.create_markdown(renderer=None)(typography(source))))


def _paragraphs(tokens: list[dict], *, bullet: bool = False, before: str = "") -> Iterator[dict[str, object]]:
    for token in tokens:
        match token["type"]:
            case "list":
                ordered, first = token["attrs"]["ordered"], token["attrs"].get("start", 1)
                for number, item in enumerate(token["children"], start=first):
                    opening = f"{number}.{NBSP}" if ordered else ""
                    yield from _paragraphs(item["children"], bullet=not ordered, before=opening)
            case "block_quote":
                yield from _paragraphs(token["children"], bullet=bullet)
            case "blank_line" | "thematic_break":
                continue
            case kind:
                text = RichText(before)
                _add(text, token, bold=kind == "heading")
                yield {"puce": bullet, "texte": text}
        before = ""


def _add(text: RichText, token: dict, *, bold: bool = False, italic: bool = False) -> None:
    kind = token["type"]
    bold, italic = bold or kind == "strong", italic or kind == "emphasis"
    for child in token.get("children", ()):
        _add(text, child, bold=bold, italic=italic)
    if "children" not in token:
        words = " " if kind in ("softbreak", "linebreak") else token.get("raw", "").strip("\n")
        text.add(CONTROL.sub(" ", words), bold=bold, italic=italic)


# The documents of a démarche on the disk, beside the reports: nothing that a person has changed is ever written over.
# reports/demarche/200067171/convention.docx  fiches_action/F01.docx
#                            info_flash_1.html  info_flash_1.pdf  .documents.json

RECORD = ".documents.json"  # the sums of the files as they were written: any other sum is a person's work


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
    with alone(home.parent, epci, f"{epci} : documents écrits"), scratch(home.parent, epci) as folder:
        restore(home)
        known, ours = _known(home), _unchanged(home)
        _refuse_changed(home, documents, ours)
        gone = {name for name in known if alone_in and name.startswith(f"{alone_in}/") and name not in documents}
        fresh = folder / "fresh"
        shutil.copytree(home, fresh, symlinks=True) if home.exists() else fresh.mkdir()
        for name in gone & ours:
            (fresh / name).unlink()
        for name, content in documents.items():
            (fresh / name).parent.mkdir(exist_ok=True)
            (fresh / name).write_bytes(content)
        sums = {name: digests for name, digests in known.items() if name not in gone}
        sums |= {name: [_sum(content)] for name, content in documents.items()}
        (fresh / RECORD).write_text(json.dumps(sums, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        put_in_place(fresh, home)
    return [home / name for name in documents]


def _unchanged(home: Path) -> set[str]:
    """The documents that nobody has changed since they were written."""
    known = {name: sums for name, sums in _known(home).items() if (home / name).is_file()}
    return {name for name, sums in known.items() if _sum((home / name).read_bytes()) in sums}


def _refuse_changed(home: Path, documents: Mapping[str, bytes], ours: set[str]) -> None:
    for name, content in documents.items():
        path = home / name
        if path.exists() and name not in ours and path.read_bytes() != content:
            raise UserError(
                f"{project_path(path)} : ce fichier a été modifié depuis son écriture, rien n'a été remplacé ; "
                "le déplacer ou lui donner un autre nom, puis relancer la commande"
            )


def _sum(content: bytes) -> str:
    return sha256(content).hexdigest()


def _known(home: Path) -> dict[str, list[str]]:
    """Return the sums of the documents as they were written; none of a record that is damaged: what differs is kept."""
    try:
        sums = json.loads((home / RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return sums if isinstance(sums, dict) and all(isinstance(digests, list) for digests in sums.values()) else {}


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


EPOCH = (1980, 1, 1, 0, 0, 0)  # of a zip entry: the moment of writing is not told


def same_bytes(document) -> bytes:
    """Return the file without the moment of its writing; parts are not compressed, which differs between machines.

    document: of python-docx or python-pptx.
    """
    saved, same = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(same, "w") as file:
        for part in parts.infolist():
            entry = zipfile.ZipInfo(part.filename, EPOCH)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            file.writestr(entry, parts.read(part))
    return same.getvalue()
