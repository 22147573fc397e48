"""The structures of a chapter by name: their list by commune, what no open register names, their points on a map."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from geopandas import GeoDataFrame, points_from_xy

from ctg_analysis.chapter.known import source
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche.unnamed import UNNAMED
from ctg_analysis.display import markup, texts
from ctg_analysis.display.markup import Html, Table, cited_with
from ctg_analysis.display.quantities import counted, number
from ctg_analysis.display.texts import NARROW, SIGNS, date_text
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import NOT_APPLICABLE

STRUCTURES_FILE = "structures.csv"  # in donnees/
AS_PUBLISHED = (
    "Noms tels que le producteur les publie, parfois sans accents ; un nom qui ne dit rien est suivi de la commune."
)
TEAM = texts.typography("Démarche, structures saisies par l'équipe.")
LISTED = 500  # structures that a page lists one by one; of more, those of each commune are counted
NAMED = 5  # structures of a commune that a map names
POINTS = 100  # structures that a map shows one by one; of more, those of each commune are counted
ON_A_SHEET = 12  # structures of a commune that its sheet names
SCHOOLS = "école"


def structures(territory: Territory, chapter: str) -> pd.DataFrame:
    """The structures of a chapter that open data or the team name, by commune: see `Territory.structures`.

    attrs: the chapter.
    """
    rows = territory.structures.query("chapter == @chapter")
    rows.attrs["chapter"] = chapter
    return rows


@dataclass(frozen=True)
class Column:
    """A column of the list: its head, and its cells, none of which is empty where it has no object."""

    head: str
    cells: Sequence[str]

    @property
    def is_told(self) -> bool:
        """Whether a cell says something."""
        return any(cell not in ("", SIGNS[NOT_APPLICABLE]) for cell in self.cells)


def structure_list(territory: Territory, rows: pd.DataFrame) -> Html:
    """The folded list of some structures, by commune, and how many the BPE counts that nobody has named.

    A line for each; beyond LISTED, a line for each commune. rows: see `structures`.
    """
    counts = unnamed(territory, rows.attrs.get("chapter", ""))
    if rows.empty:
        return counts if counts.html else Html("", why="Aucune structure de ce chapitre n'est nommée.")
    listing = _one_by_one(rows) if len(rows) <= LISTED else _by_commune(rows)
    opened = rows[rows["source"].ne("")]
    cited = [source(territory, opened)] * (len(opened) > 0) + [TEAM] * (len(opened) < len(rows))
    whole, note = "Les structures, par commune", AS_PUBLISHED * (len(opened) > 0)
    folded = markup.folded(whole, listing, file=STRUCTURES_FILE, source=cited_with(*cited), note=note)
    return markup.together(counts, folded)


def _one_by_one(rows: pd.DataFrame) -> Table:
    columns = [column for column in (_kinds(rows), *_details(rows)) if column.is_told]
    if rows["source"].eq("").any():  # of the team
        columns.append(Column("Source", list(rows["origin"])))
    heads = ["Commune", "Structure", *(column.head for column in columns)]
    lines = [list(line) for line in zip(rows["commune"], rows["name"], *(one.cells for one in columns), strict=True)]
    return Table(counted(len(rows), "structure"), heads, lines, words=True)


def _by_commune(rows: pd.DataFrame) -> Table:
    lines = [
        [commune, f"{NARROW}; ".join(f"{kind} ({count})" for kind, count in part["kind"].value_counts().items())]
        for commune, part in rows.groupby("commune", sort=False)
    ]
    told = f"{counted(len(rows), 'structure')}, par commune ; chacune dans le fichier des valeurs"
    return Table(texts.typography(told), ["Commune", "Structures"], lines, words=True)


def _kinds(rows: pd.DataFrame) -> Column:
    """« école primaire », « collège »."""
    pairs = zip(rows["kind"], rows["level"], strict=True)
    return Column("Type", [f"{kind} {level}".strip() if kind == SCHOOLS else kind for kind, level in pairs])


def _details(rows: pd.DataFrame) -> list[Column]:
    """The sector, the pupils, the network and the index of schools, with their years."""
    pupils, ips = _year(rows["pupils_period"]), _year(rows["ips_period"])
    index = _numbers(rows["ips"], 1)
    if not ips and rows["ips"].notna().any():  # of several years, each tells its own
        pairs = zip(index, rows["ips_period"], strict=True)
        index = [f"{told} ({date_text(when)})" if when else told for told, when in pairs]
    return [
        Column("Secteur", list(rows["sector"].replace("", SIGNS[NOT_APPLICABLE]))),
        Column(", ".join(filter(None, ["Élèves", pupils])), _numbers(rows["pupils"])),
        Column(", ".join(filter(None, ["Classes", pupils])), _numbers(rows["classes"])),
        Column("Éducation prioritaire", list(rows["network"].replace("", SIGNS[NOT_APPLICABLE]))),
        Column(", ".join(filter(None, ["IPS", ips])), index),
    ]


def _year(periods: pd.Series) -> str:
    """The one period of some figures; nothing where they are of several."""
    known = [period for period in periods.unique() if period]
    return date_text(known[0]) if len(known) == 1 else ""


def _numbers(values: pd.Series, decimals: int = 0) -> list[str]:
    return [SIGNS[NOT_APPLICABLE] if pd.isna(value) else number(value, decimals) for value in values]


def names_of(rows: pd.DataFrame) -> str:
    """The names of some structures, those of one name counted.

    >>> names_of(pd.DataFrame({"name": ["École, secteur public", "École Foch", "École, secteur public"]}))
    'École, secteur public (2)\u202f; École Foch'
    """
    counts = rows["name"].value_counts(sort=False).items()
    return f"{NARROW}; ".join(f"{name} ({count})" if count > 1 else name for name, count in counts)


def unnamed(territory: Territory, chapter: str) -> Html:
    """« 12 crèches d'après la BPE de 2025, dont trois sont nommées ici », of each kind that no open register names."""
    told, used = [], []
    for kind in (one for one in UNNAMED if one.chapter == chapter):
        own = territory.own(CATALOGUE[kind.indicator])[-1:]
        count = int(own["value"].iloc[0]) if len(own) else 0
        named = int(territory.structures["kind"].eq(kind.kind).sum())
        if named < count:
            told.append(kind.sentence(count, named, date_text(own["period"].iloc[0])))
            used.append(own)
    if not told:
        return Html("")
    said = texts.typography(" ".join(told))
    return markup.together(markup.reading(said), markup.source(source(territory, pd.concat(used))))


def with_structures(territory: Territory, chapter: str) -> GeoDataFrame:
    """The land of a map with, in a column `beside`, the structures of a chapter in each commune: how many, if many."""
    each = territory.structures.query("chapter == @chapter").groupby("territory")
    some = ((code, names_of(rows) if len(rows) <= NAMED else f"{len(rows)} structures") for code, rows in each)
    told = {code: texts.typography(f" – {words}") for code, words in some}
    return territory.land.assign(beside=[told.get(code, "") for code in territory.land["territory"]])


def points(territory: Territory, chapter: str) -> GeoDataFrame:
    """The structures of a chapter whose place is known, as points on the land: columns told, kind; none of too many.

    told: the name of each.
    """
    rows = structures(territory, chapter).dropna(subset=["longitude", "latitude"])
    rows = rows if len(rows) <= POINTS else rows[:0]
    spots = points_from_xy(rows["longitude"], rows["latitude"], crs=4326)
    return GeoDataFrame(rows[["kind"]].assign(told=rows["name"]), geometry=spots).to_crs(territory.land.crs)


def on_sheet(territory: Territory, code: str) -> str:
    """« Par leur nom : École Foch ; Collège du Carladez. » of a commune; of many, how many of each kind."""
    rows = territory.structures[territory.structures["territory"].eq(code)]
    if rows.empty:
        return ""
    if len(rows) <= ON_A_SHEET:
        return texts.typography(f"Par leur nom : {names_of(rows)}.")
    counts = [f"{kind} ({count})" for kind, count in rows["kind"].value_counts().items()]
    return texts.typography(f"Nommés dans le fichier des structures : {', '.join(counts)}.")
