"""The page of several EPCIs side by side, those of a département or of one's choice, and its workbook."""

from collections.abc import Collection
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from ctg_analysis.chapter.side_by_side import MEDIAN, SideBySide, open_side_by_side
from ctg_analysis.display.notes import with_meanings
from ctg_analysis.display.texts import date_text, typography
from ctg_analysis.model.catalogue import CATALOGUE, themes
from ctg_analysis.model.errors import room_in
from ctg_analysis.model.norms import read_geography
from ctg_analysis.model.scratch import alone, scratch
from ctg_analysis.model.settings import DEFAULT_EPCI, SIDE_BY_SIDE, data_root, settings
from ctg_analysis.pipeline.run import hold
from ctg_analysis.publish.data_files import spreadsheet_safe
from ctg_analysis.publish.execution import HERE, run_notebook
from ctg_analysis.publish.own_outputs import published
from ctg_analysis.publish.page import body_of, placed
from ctg_analysis.publish.site import PATIENCE, name_of, page

SHEET, LOCK, FRANCE = "Indicateurs", "beside", "France"


def write_side_by_side(epcis: Collection[str], departement: str, out: Path) -> str:
    """Write the page and the workbook of some EPCIs beside their reports, and return the name of the page."""
    root = data_root(DEFAULT_EPCI)
    hold(root)
    listed = "" if departement else ",".join(epcis)
    side, name = open_side_by_side(departement, listed), name_of(departement)
    with room_in(out), alone(out, LOCK, f"{out}: {name} is being written", PATIENCE), scratch(out, LOCK) as folder:
        given = {"departement": departement, "epcis": listed}
        notebook, _ = run_notebook(settings().root / "notebooks" / SIDE_BY_SIDE, given, folder, HERE)
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
    """Write the essential indicators as numbers: a line each, a column for each EPCI, their median, larger places."""
    rows = side.data(*themes())
    of_france = rows[rows["level"].eq("france")].set_index("indicator")["name"]
    rows = rows.assign(name=rows["name"].mask(rows["level"].eq("france"), FRANCE))
    values = rows.pivot_table("value", "indicator", "name", aggfunc="first", sort=False)
    epcis = [name for name in side.names.values() if name in values]
    larger = [name for name in values if name not in epcis]
    about = rows.drop_duplicates("indicator").set_index("indicator")
    table = pd.DataFrame(
        {
            "Indicateur": about["label"],
            "Unité": about.index.map(lambda one: CATALOGUE[one].unit),
            "Période": about["period"].map(date_text),
            "Champ de la France": of_france.reindex(about.index).fillna(""),
            "Source": [side.source(rows[rows["indicator"].eq(one)]) for one in about.index],
        },
        about.index,
    )
    table = table.map(spreadsheet_safe).join(values[epcis]).assign(**{MEDIAN: values[epcis].median(axis=1)})
    table = table.join(values[larger]).round(2)
    with pd.ExcelWriter(place, engine="xlsxwriter") as book:
        book.book.set_properties({"created": side.edition})  # and not the moment of its writing: the same bytes
        table.to_excel(book, sheet_name=SHEET, index=False, freeze_panes=(1, 1))
        book.sheets[SHEET].set_column(0, 0, 60)
        book.sheets[SHEET].set_column(1, table.shape[1], 18)
