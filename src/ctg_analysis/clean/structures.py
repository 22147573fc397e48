"""Structures by name, of the files of open data that list them: schools, France services, medico-social sites."""

from collections.abc import Iterable, Mapping, Sequence
from zlib import crc32

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.clean.establishments import SOURCES_READ as OF_EDUCATION
from ctg_analysis.clean.establishments import TEXTS
from ctg_analysis.clean.layouts import codes_of, matching, year_of
from ctg_analysis.clean.perimeter import in_communes
from ctg_analysis.clean.school_names import in_french_case, is_generic
from ctg_analysis.model.errors import each
from ctg_analysis.model.form import Structures
from ctg_analysis.model.habits import NO_NAMES
from ctg_analysis.model.source import Source
from ctg_analysis.model.territories import former_communes
from ctg_analysis.raw.certificates import RawFolder
from ctg_analysis.raw.files import TEXT
from ctg_analysis.raw.tables import read

STRUCTURES = "structures.parquet"
COLUMNS = ["id", "kind", "name", "commune", "chapter", "source", "period"]
OF_A_SOURCE = [*COLUMNS, "named", "listed"]  # whether its name is its own, whether the file lists it
DETAILS = ["longitude", "latitude", "sector", "level", "pupils", "classes", "pupils_period", "network", "ips"]
DETAILS += ["ips_period"]  # of establishments: see `establishments.establishments_of`
DEPP = {*OF_EDUCATION, "depp_ivac"}
PLACE = ["commune", "name"]
SECTORS = {"Public": ", secteur public", "Privé": ", secteur privé"}


def structures_of(source: Source, folders: Sequence[RawFolder], communes: pd.DataFrame) -> pd.DataFrame:
    """Return the structures that the files of a source name: columns OF_A_SOURCE, a row for each file that has one.

    Full files stand in the place of extracts, and of a merged commune the one that took it in; what is abroad is none.

    communes: of the reference year: code, kind, parent, former_codes.
    """
    folders = [folder for folder in folders if folder.full] or folders
    pairs = [(layout, folder) for layout in source.structures for folder in folders if folder.matching(layout.files)]
    tables = each(lambda pair: _listed(*pair), pairs)
    rows = pd.concat([pd.DataFrame(columns=OF_A_SOURCE), *tables], ignore_index=True).assign(source=source.id)
    codes = in_communes(rows["commune"], communes)
    rows["commune"] = codes.where(codes.isin(communes["code"]), codes.map(former_communes(communes)))
    return rows.dropna(subset="commune").astype({"named": bool, "listed": bool})[OF_A_SOURCE]


def each_once(
    tables: Iterable[pd.DataFrame], establishments: pd.DataFrame, names: Mapping[str, str] = NO_NAMES
) -> pd.DataFrame:
    """Return each structure once, by its id: as the latest file that names it has it, else as the latest that lists it.

    One of the ministry of education that its directory does not have has closed. A name that says nothing of its own
    is followed by that of the commune.

    tables: those of each source, columns OF_A_SOURCE. establishments: see `establishments_of`. names: of the communes,
    by code. Returns columns COLUMNS and DETAILS, by commune.
    """
    rows = pd.concat([pd.DataFrame(columns=OF_A_SOURCE), *tables], ignore_index=True)
    rows = rows[rows["id"].isin(rows.loc[rows["listed"].eq(True), "id"])]
    known = establishments.set_index("id")
    directory = known.index[known["name"].ne("") | known["sector"].ne("")]
    closed = rows["source"].isin(DEPP) & ~rows["id"].isin(directory) & bool(len(directory))
    own = rows["id"].map(known.loc[known["name"].ne(""), "name"]).astype(object)
    rows = rows.assign(name=own.fillna(rows["name"]), named=rows["named"].astype(bool) | own.notna())[~closed]
    rows = rows.sort_values(["named", "period"], ascending=False, kind="stable").drop_duplicates("id")
    where = rows["commune"].map(names)
    says_nothing = rows["name"].map(is_generic).astype(bool) & where.notna()
    rows["name"] = rows["name"].mask(says_nothing, rows["name"] + " (" + where + ")")
    rows = rows.sort_values(["commune", "kind", "name", "id"], ignore_index=True)[COLUMNS].astype(str)
    details = known.reindex(rows["id"])[DETAILS].reset_index(drop=True)
    texts = {name: details[name].fillna("") for name in DETAILS if name in TEXTS}
    return rows.join(details.assign(**texts))


def _listed(layout: Structures, folder: RawFolder) -> pd.DataFrame:
    """Return what the newest file of a folder lists; an id that it lacks is the one that an older file gives."""
    files = sorted(folder.matching(layout.files), key=lambda name: year_of(folder, name))
    *older, rows = each(lambda name: _rows(layout, folder, name), files)
    known = pd.concat([rows[[*PLACE, "id"]], *(table[[*PLACE, "id"]] for table in older)]).dropna()
    ids = rows["id"].fillna(rows[PLACE].join(known.drop_duplicates(PLACE).set_index(PLACE), on=PLACE)["id"])
    made = [f"{code}-{crc32(name.encode()):08x}" for code, name in rows[PLACE].astype(str).to_numpy()]
    return rows.assign(id=layout.prefix + ids.fillna(pd.Series(made, rows.index)), listed=layout.listed)


def _rows(layout: Structures, folder: RawFolder, name: str) -> pd.DataFrame:
    lacking = filter(None, (layout.id, layout.sector, layout.departement, layout.period, *layout.names))
    columns = dict.fromkeys(lacking, pa.Column(TEXT, nullable=True, required=False))
    columns |= dict.fromkeys(layout.where, pa.Column(TEXT)) | {layout.code: pa.Column(TEXT, nullable=True)}
    rows = read(folder, name, pa.DataFrameSchema(columns), keep=lambda rows: matching(rows, layout.where))
    rows = _latest(layout, rows.reindex(columns=[*columns]).astype(object), year_of(folder, name))
    if layout.open_in:
        ids = {column: pa.Column(TEXT, required=column == layout.open_id) for column in (layout.open_id, layout.period)}
        tables = each(lambda one: read(folder, one, pa.DataFrameSchema(ids)), folder.matching(layout.open_in))
        opened = _latest(layout, pd.concat(tables), rows["period"].max())
        rows = rows[rows[layout.id].isin(opened[layout.open_id])].assign(period=opened["period"].max())
    names = rows.reindex(columns=[*layout.names, "without"]).replace("", None).bfill(axis=1).iloc[:, 0]
    called = layout.called + rows.reindex(columns=[layout.sector]).iloc[:, 0].map(SECTORS).fillna("")
    told = {"id": rows[layout.id].replace("", None), "commune": codes_of(layout, rows), "period": rows["period"]}
    written = names.dropna().map(lambda name: in_french_case(name) if name == name.upper() else name)
    told |= {"name": written.reindex(rows.index).fillna(called), "named": names.notna()}
    return pd.DataFrame(told).assign(kind=layout.kind, chapter=layout.chapter)


def _latest(layout: Structures, rows: pd.DataFrame, year: str) -> pd.DataFrame:
    """Return the rows of the latest year, with their `period`: of a file that tells none, all of them and `year`."""
    if layout.period not in rows or rows[layout.period].isna().all():
        return rows.assign(period=year)
    years = rows[layout.period].str[:4]
    return rows.assign(period=years)[years.eq(years.max())]
