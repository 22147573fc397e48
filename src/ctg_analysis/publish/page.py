"""Executed notebook to page, of a chapter or of several EPCIs side by side."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from itertools import accumulate, groupby, takewhile
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import nbformat
import pandas as pd
from markupsafe import Markup
from nbconvert import TemplateExporter
from nbformat import NotebookNode

from ctg_analysis.chapter.demarche.pieces import Proved
from ctg_analysis.chapter.groups import read_groups
from ctg_analysis.chapter.known import source
from ctg_analysis.chapter.side_by_side import MEDIAN, SideBySide, open_side_by_side
from ctg_analysis.display import html_tree
from ctg_analysis.display.markup import (
    ABOUT,
    CHARTS,
    MISSING,
    SHOWN,
    TEAM,
    TEXTS,
    Html,
    boxes,
    for_readers,
    for_team,
    piece,
)
from ctg_analysis.display.notes import with_meanings
from ctg_analysis.display.texts import date_text, typography
from ctg_analysis.model.catalogue import CATALOGUE, TITLES, themes
from ctg_analysis.model.errors import room_in
from ctg_analysis.model.indicator import CENSORED
from ctg_analysis.model.norms import read_geography
from ctg_analysis.model.scratch import alone, scratch
from ctg_analysis.model.settings import DEFAULT_EPCI, SIDE_BY_SIDE, data_root, settings
from ctg_analysis.pipeline.run import hold
from ctg_analysis.publish.contents import contents, entries_of, html_outputs, slug, told, with_sections
from ctg_analysis.publish.data_files import spreadsheet_safe
from ctg_analysis.publish.execution import HERE, run_notebook
from ctg_analysis.publish.own_outputs import of_cell, published
from ctg_analysis.publish.site import PATIENCE, TEMPLATES, name_of, page

# What a chapter has for the team in the place of figures: its boxes put together, its sections that hold nothing else.
# A chapter that waits for a file of a partner has a box for each of its indicators: twenty of them, one under the
# other, say no more than one does. Readers see no box, and no section that would be a heading without a figure.

HEADING = re.compile(r"^(#{1,6}) ", re.MULTILINE)


def merged(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Return the cells with one box for each run of them; the other cells of the run then show nothing.

    cells: executed. A run goes through code cells that show boxes and nothing else.
    """
    kept = []
    for is_box, run in groupby(cells, key=lambda cell: bool(_boxes(cell))):
        run = list(run)
        found = [box for cell in run for box in _boxes(cell)]
        if is_box and len(found) > 1:
            run = [_showing(run[0], boxes(found)), *(_showing(cell, Html("")) for cell in run[1:])]
        kept += run
    return kept


def without_law_alone(cells: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Return the cells with the texts of law for the team, in the sections that show readers nothing else."""
    section = list(accumulate(0 < _level(cell) <= 2 for cell in cells))
    figures = {one for one, cell in zip(section, cells, strict=True) if _is_seen(cell) and not _is_law(cell)}
    kept = []
    for one, cell in zip(section, cells, strict=True):
        if _is_law(cell) and one not in figures:
            shown = "".join(bundle["text/html"] for bundle in html_outputs(cell))
            cell = _showing(cell, Html(for_team(shown.replace(TEAM[0], "").replace(TEAM[1], ""))))
        kept.append(cell)
    return kept


def _is_law(cell: NotebookNode) -> bool:
    return bool(entries_of([cell], TEXTS))


def for_team_alone(cells: Sequence[NotebookNode]) -> list[bool]:
    """Return which cells no reader sees: code that shows them nothing, headings of second level or below, with their
    text, under which verbs show them nothing.

    A heading under which no verb is asked anything stays: what an analyst has written is for readers.
    """
    return [
        not _is_seen(cell) if cell.cell_type == "code" else _is_hollow(cells, rank) for rank, cell in enumerate(cells)
    ]


def _is_hollow(cells: Sequence[NotebookNode], rank: int) -> bool:
    level = _level(cells[rank])
    if level < 2 or len(HEADING.findall(cells[rank].source)) > 1:
        return False
    section = list(takewhile(lambda cell: not 0 < _level(cell) <= level, cells[rank + 1 :]))
    shown = [output.get("data", {}) for cell in section for output in cell.get("outputs", [])]
    asked = any("text/html" in data or ABOUT in data for data in shown)  # an empty piece has no HTML
    return asked and not any(cell.cell_type == "code" and _is_seen(cell) for cell in section)


def _level(cell: NotebookNode) -> int:
    heading = HEADING.search(cell.source) if cell.cell_type == "markdown" else None
    return len(heading[1]) if heading else 0


def _is_seen(cell: NotebookNode) -> bool:
    return any(for_readers(bundle["text/html"]).strip() for bundle in html_outputs(cell))


def _boxes(cell: NotebookNode) -> list[list]:
    missing = [output.get(ABOUT, {}).get(MISSING, []) for output in html_outputs(cell)]
    return [box for entries in missing for box in entries] if all(missing) else []


def _showing(cell: NotebookNode, piece: Html) -> NotebookNode:
    data = NotebookNode({"text/html": piece.html})
    output = NotebookNode(output_type="display_data", data=data, metadata=NotebookNode())
    return NotebookNode(cell | {"outputs": [output]})


# The cells of a page that show an indicator: what links lead to, and what the search finds there.
# The code of a cell tells which: its links stand, whether figures came or a box, and in a notebook of anyone.

NAME = re.compile(r'"([a-z0-9_]+)"')
NONE: Mapping[str, list[Proved]] = MappingProxyType({})


def placed(cells: list[NotebookNode], proofs: Mapping[str, list[Proved]] = NONE) -> list[NotebookNode]:
    """Return the cells with what the template writes on them, `metadata.page`: ids and labels of indicators, proofs.

    An indicator, or a family, has its id on one cell of the page: of those that show readers something, failing that of
    all, the first that shows it with the fewest others. team: no reader sees the cell, see `for_team_alone`.
    proofs: indicator → the constats that it proves, which stand where its id does.
    """
    named, team = [_named(cell) for cell in cells], for_team_alone(cells)
    best: dict[str, int] = {}
    for rank, names in enumerate(named):
        for name in names:
            if name not in best or (team[rank], len(names)) < (team[best[name]], len(named[best[name]])):
                best[name] = rank
    pages = []
    for rank, (cell, names) in enumerate(zip(cells, named, strict=True)):
        here = [name for name in names if best[name] == rank]
        constats = [constat for name in here for constat in proofs.get(name, [])]
        proves = piece("proves.html.j2", constats=constats).html if constats else ""
        labels = [typography(TITLES[name] if name in TITLES else CATALOGUE[name].label) for name in here]
        page = NotebookNode(ids=here, labels=labels, proves=proves, team=team[rank])
        pages.append(NotebookNode(cell | {"metadata": NotebookNode(cell.metadata | {"page": page})}))
    return pages


def _named(cell: NotebookNode) -> list[str]:
    """Return the indicators and the families that the code of a cell names; a family is followed by its members.

    A chapter that it names by its number stands for the figures declared for it that the cell shows.
    """
    names, ids = NAME.findall(cell.source) if cell.cell_type == "code" else [], []
    for name in names:
        declared = set(read_groups()[name].every()) if name in read_groups() else set()
        ids += [one for one in entries_of([cell], SHOWN) if one in declared]
        ids += [name] if name in TITLES or name in CATALOGUE else []
        ids += [one.id for one in CATALOGUE.values() if name in TITLES and one.family == name]
    return list(dict.fromkeys(ids))


ALL_FIGURES = "tous-les-chiffres"  # the id of a section
ENDS_A_PART = "descendant-or-self::h2 | self::div[@popover]"  # a heading, the meaning of a term


def folded(body: str) -> str:
    """Return the HTML of a page with its part « Tous les chiffres » folded, under its heading.

    >>> folded('<h2 id="tous-les-chiffres">Tous</h2><p>1</p><h2>Sources</h2>')
    '<details class="all"><summary><h2 id="tous-les-chiffres">Tous</h2></summary><p>1</p></details><h2>Sources</h2>'
    """
    whole = html_tree.tree(body)
    for heading in whole.findall(f"h2[@id='{ALL_FIGURES}']"):
        part = list(takewhile(lambda one: not one.xpath(ENDS_A_PART), heading.itersiblings()))
        box, summary = html_tree.element("details", {"class": "all"}), html_tree.element("summary", {})
        heading.addprevious(box)
        tail, heading.tail = heading.tail, None
        summary.append(heading)
        summary.tail = tail
        box.append(summary)
        box.extend(part)
    return html_tree.content(whole)


class ChapterPage(NamedTuple):
    """The page of a chapter, what others take from it (see `contents`), remarks on its outputs, its drawings."""

    html: str
    contents: dict[str, list]
    remarks: list[str]
    drawings: list[str]


def chapter_page(notebook: nbformat.NotebookNode, about: dict) -> ChapterPage:
    """Return the page of an executed chapter.

    about: what tasks.about says, title, current (the name of the page), waiting (how many of its indicators have no
    value), proofs (see `pieces.proved`).
    """
    here = about["current"][:2]
    own = {indicator.id for indicator in CATALOGUE.values() if indicator.chapter == here}
    proofs = {name: constats for name, constats in about.get("proofs", {}).items() if name in own}
    shown = published(notebook.cells)
    cells = placed(without_law_alone(merged(shown.cells)), proofs)
    body, sections = with_sections(body_of(notebook, cells))
    whole = Markup(folded(with_meanings(body)))
    html = page("chapitre.html.j2", page=about, body=whole, sections=sections, place=slug(about["title"]))
    told_of = contents(cells, sections, about.get("communes", {})) | {"shown": told(shown.cells)}
    return ChapterPage(html, told_of, shown.remarks, [drawing for _, drawing in entries_of(cells, CHARTS)])


def body_of(notebook: NotebookNode, cells: list[NotebookNode]) -> str:
    """Return the HTML of cells. cells: as `placed` gives them."""
    body, _ = _exporter().from_notebook_node(NotebookNode(notebook | {"cells": cells}))
    return body


@cache
def _exporter() -> TemplateExporter:
    """Return nbconvert's exporter with our template; no preprocessor, for they cost more than the page."""
    return TemplateExporter(
        template_name="chapter",
        template_file="cells.html.j2",
        extra_template_basedirs=[str(TEMPLATES)],
        filters={"written": lambda cell: of_cell(cell).html, "for_team": for_team},
        raw_mimetypes=["text/html", ""],
        default_preprocessors=[],
    )


# The page of several EPCIs side by side, those of a département or of one's choice, and its workbook.

SHEET, LOCK, FRANCE = "Indicateurs", "beside", "France"
TITLE = "Les intercommunalités côte à côte"
GAPS, A3 = "Écarts à la médiane, en nombre", 8  # the paper, for a workbook


def write_side_by_side(epcis: Collection[str], departement: str, out: Path) -> str:
    """Write the page and the workbook of some EPCIs beside their reports, and return the name of the page."""
    root = data_root(DEFAULT_EPCI)
    hold(root)
    listed = "" if departement else ",".join(epcis)
    side, name = open_side_by_side(departement, listed), name_of(departement)
    with room_in(out), alone(out, LOCK, f"{out} : {name}, page écrite", PATIENCE), scratch(out, LOCK) as folder:
        given = {"departement": departement, "epcis": listed}
        notebook, _ = run_notebook(settings().root / "notebooks" / SIDE_BY_SIDE, given, folder, HERE)
        notebook.cells[0]["source"] = notebook.cells[0]["source"].replace(TITLE, f"Les {side.title} côte à côte")
        body = body_of(notebook, placed(published(notebook.cells).cells, {}))
        about = {
            "territory": side.title,
            "date": date_text(side.edition.date()),
            "geography": typography(read_geography(root).note),
            "epcis": side.names,
            "workbook": f"{name}.xlsx",
        }
        html = page("cote_a_cote.html.j2", page=about, body=Markup(with_meanings(body)))
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
        write_workbook(side, folder / f"{name}.xlsx")
        for written in (f"{name}.xlsx", f"{name}.html"):
            (folder / written).replace(out / written)
    return f"{name}.html"


def write_workbook(side: SideBySide, place: Path) -> None:
    """Write the essential indicators as numbers: a line each, a column for each EPCI, their median, larger places.

    A second sheet has the gaps to the median, in numbers: a line for each EPCI.
    """
    rows = side.data(*themes())
    of_france = rows[rows["level"].eq("france")].set_index("indicator")["name"]
    rows = rows.assign(name=rows["name"].mask(rows["level"].eq("france"), FRANCE))
    values = rows.pivot_table("value", "indicator", "name", aggfunc="first", sort=False)
    epcis = [name for name in side.names.values() if name in values]
    larger = [name for name in values if name not in epcis]
    about = rows.drop_duplicates("indicator").set_index("indicator")
    table = pd.DataFrame(
        {
            "Indicateur": about["label"].map(typography),
            "Unité": about.index.map(lambda one: CATALOGUE[one].unit),
            "Période": about["period"].map(date_text),
            "Champ de la France": of_france.reindex(about.index).fillna(""),
            "Source": [source(side.territory, rows[rows["indicator"].eq(one)]) for one in about.index],
        },
        about.index,
    )
    table = table.map(spreadsheet_safe).join(values[epcis]).assign(**{MEDIAN: values[epcis].median(axis=1)})
    table = table.join(values[larger]).round(2).astype(object)
    for row in rows[rows["status"].eq(CENSORED)].itertuples(index=False):
        table.loc[row.indicator, row.name] = row.text
    gaps = (
        side.all_gaps(rows)
        .round()
        .set_axis(list(side.names.values()))
        .rename(columns=typography)
        .rename_axis("EPCI")
        .reset_index()
    )
    with pd.ExcelWriter(place, engine="xlsxwriter") as book:
        book.book.set_properties({"created": side.edition})  # and not the moment of its writing: the same bytes
        table.to_excel(book, sheet_name=SHEET, index=False, freeze_panes=(1, 1))
        gaps.to_excel(book, sheet_name=GAPS, index=False, freeze_panes=(1, 1))
        for sheet in book.sheets.values():
            sheet.set_column(0, 0, 60)
            sheet.set_column(1, table.shape[1], 18)
            sheet.set_landscape()
            sheet.set_paper(A3)
            sheet.fit_to_pages(1, 0)
