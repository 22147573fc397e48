"""Figures of an analyst's own beside the observations of the communes, and what of them is left out."""

import re
from pathlib import Path

import pandas as pd

from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display.texts import alphabetical
from ctg_analysis.model.errors import Finding, InputError, UserError
from ctg_analysis.model.indicator import MISSING, Indicator
from ctg_analysis.model.settings import project_path
from ctg_analysis.raw.files import load

CODE = "code"
CODES = ("code", "codgeo", "codeinsee", "codecommune", "insee", "com", "depcom")  # letters of a name, as files have it
COMMUNE = re.compile(r"\d[\dAB]\d{3}")
SPACES = re.compile(r"[\s\u00a0\u202f]+")
NUMBER = r"[+-]?\d+(?:[.,]\d+)?[%€]?"
WITHHELD, ABSENT = r"s|ss|secret|[<≤]\d+", r"nd|n\.d\.|na|n/a|nan|so|-|–|…"
TABLE = "le tableau"  # how an error names a DataFrame
MOST_CODES = 5  # that are named
COLUMN = "le code Insee d'une commune à chaque ligne, dans une colonne code, CODGEO ou code_insee"


Own = str | Path | pd.DataFrame | pd.Series  # a table of one's own, or a column of one by code


def with_own(territory: Territory, indicator: Indicator, own: Own) -> tuple[pd.DataFrame, list[str]]:
    """The communes of the territory with the latest value of an indicator and the columns of a table of one's own.

    Parameters:
        own: a DataFrame, or a file (CSV in UTF-8, with ; or , between cells, .xlsx, .parquet): a column of INSEE codes
            (code, CODGEO, code_insee), one line a commune, any other columns. « 1 240 », « 12,5 » and « 12 % » are
            numbers; « s » and « <5 » are withheld, so missing.

    Returns:
        Columns code, name, period, the id of the indicator, status, then those of the table: a commune that it leaves
        out has no value there, one of which the indicator says nothing is kept. And what is left out, a line each.

    Raises:
        InputError: no such file, no column of codes, a commune or a column that comes twice. UserError: no table.
    """
    rows = territory.data(indicator)
    rows = rows[rows["level"].eq("commune")].sort_values("period", kind="stable")
    rows = rows.drop_duplicates("territory", keep="last").rename(columns={"territory": CODE, "value": indicator.id})
    table, left_out = _read(own, set(territory.communes["code"]), territory.row["name"])
    communes = territory.communes[[CODE, "name"]].sort_values(CODE, ignore_index=True, kind="stable")
    beside = communes.merge(rows[[CODE, "period", indicator.id, "status"]], on=CODE, how="left", validate="1:1")
    beside["status"] = beside["status"].fillna(MISSING)
    return beside.merge(table, on=CODE, how="left", validate="1:1", suffixes=("", "_own")), left_out


def _read(own: Own, communes: set[str], name: str) -> tuple[pd.DataFrame, list[str]]:
    """The lines of the communes of a territory, their numbers read, and what is left out. name: of the territory."""
    place, first, table = _opened(own)
    if table.columns.nlevels > 1 or not table.columns.is_unique:
        twice = "un en-tête de plusieurs lignes" if table.columns.nlevels > 1 else "une colonne qui vient deux fois"
        raise InputError([Finding(place, first, None, twice, "chaque colonne une fois, sous un seul nom")])
    column = next(
        (one for code in CODES for one in table if re.sub("[^a-z]", "", alphabetical(str(one))) == code), None
    )
    if column is None:
        raise InputError([Finding(place, first, CODE, "pas de colonne de ce nom", COLUMN)])
    codes = _codes(table[column])
    is_commune, is_own = codes.str.fullmatch(COMMUNE.pattern), codes.isin(communes)
    again = codes[is_own & codes.duplicated()]
    if len(again):
        once = "une commune du territoire, une seule fois"
        raise InputError(
            [Finding(place, line, str(column), f"{code!r} une seconde fois", once) for line, code in again.items()]
        )
    left_out = [
        f"{place}, ligne {line} : laissée de côté, {code!r} n'est pas une commune"
        for line, code in codes[~is_commune].items()
    ]
    if len(others := codes[is_commune & ~is_own]):
        some = ", ".join(others[:MOST_CODES]) + ", …" * (len(others) > MOST_CODES)
        s = "s" * (len(others) > 1)
        left_out.append(f"{place} : {len(others)} ligne{s} laissée{s} de côté, de communes hors de {name} : {some}")
    kept = table.drop(columns=column)[is_own]
    read = {column: _figures(kept[column]) for column in kept}
    left_out += [f"{place}, colonne {column} : {told}" for column, (_, told) in read.items() if told]
    figures = pd.DataFrame({column: cells for column, (cells, _) in read.items()}, index=kept.index)
    figures.insert(0, CODE, codes[is_own])
    return figures.reset_index(drop=True), left_out


def _opened(own: Own) -> tuple[str, int | None, pd.DataFrame]:
    """How errors name a table, the line of its header, and it; index: its lines as a person counts them."""
    if isinstance(own, pd.Series):
        own = own.to_frame()
    if isinstance(own, pd.DataFrame):
        table = own.reset_index() if own.index.name is not None else own
        return TABLE, None, table.set_axis(range(1, len(table) + 1))
    if not isinstance(own, str | Path):
        raise UserError(f"trouvé {type(own).__name__}, attendu un DataFrame ou le nom d'un fichier")
    own = Path(own)
    place = project_path(own.absolute())
    if not own.is_file():
        raise InputError([Finding(place, None, None, "aucun fichier", "un fichier CSV avec une colonne code")])
    table = load(own, lambda header: header)
    table = table.drop(columns="sheet") if own.suffix == ".xlsx" else table
    return place, 1, table.apply(lambda cells: cells.str.strip())


def _codes(cells: pd.Series) -> pd.Series:
    """Codes of communes as the INSEE writes them: a spreadsheet may have taken 01001 for a number.

    >>> _codes(pd.Series([1001, 12001])).tolist(), _codes(pd.Series(["2a004", " 1001", "Total"])).tolist()
    (['01001', '12001'], ['2A004', '01001', 'TOTAL'])
    """
    texts = cells.astype(str).str.strip().str.removesuffix(".0").str.upper()
    return texts.where(~texts.str.fullmatch(r"\d{4}"), "0" + texts)


def _figures(cells: pd.Series) -> tuple[pd.Series, str]:
    """A column as numbers when all its filled cells are or say why there is none, else as it is; what was withheld.

    >>> _figures(pd.Series(["1 240", "12,5 %", "s", ""]))[0].tolist()
    [1240.0, 12.5, nan, nan]
    """
    if not pd.api.types.is_string_dtype(cells) and cells.dtype != object:
        return cells, ""
    plain = cells.fillna("").astype(str).str.replace(SPACES, "", regex=True).str.replace("−", "-")
    withheld, absent = (plain.str.fullmatch(one, case=False) for one in (WITHHELD, ABSENT))
    filled = plain[plain.ne("") & ~withheld & ~absent]
    if filled.empty or not filled.str.fullmatch(NUMBER).all():
        return cells, ""
    numbers = pd.to_numeric(plain.str.rstrip("%€").str.replace(",", "."), errors="coerce")
    count = int(withheld.sum())
    return numbers, f"{count} sous secret (s ou <5), sans valeur" if count else ""
