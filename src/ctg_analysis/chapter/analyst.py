"""What an analyst asks in a notebook besides what chapters show: an indicator by a word, own figures beside."""

from pathlib import Path

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.files import load
from ctg_analysis.core.model import OK, Indicator
from ctg_analysis.core.settings import project_path
from ctg_analysis.display.words.texts import alphabetical

CODE = "code"
NUMBER = r"[+-]?\d+(?:[.,]\d+)?"


def find(territory: Territory, words: str) -> pd.DataFrame:
    """The indicators whose id, label or definition has all these words, whatever their accents and capitals.

    Columns: indicator, label, unit, latest (the latest period at which the territory or a commune has a value).
    """
    here = territory.observations
    known = here[here["status"].eq(OK) & here["level"].isin(["epci", "commune"])]
    latest = known.groupby("indicator", observed=True)["period"].max()
    asked = alphabetical(words).split()
    rows = [
        (indicator.id, indicator.label, indicator.unit, latest.get(indicator.id, ""))
        for indicator in CATALOGUE.values()
        if all(word in alphabetical(f"{indicator.id} {indicator.label} {indicator.definition}") for word in asked)
    ]
    return pd.DataFrame(rows, columns=["indicator", "label", "unit", "latest"])


def with_own(territory: Territory, indicator: Indicator, path: Path) -> pd.DataFrame:
    """The communes of the territory with the latest value of an indicator and the columns of a file.

    path: a CSV file in UTF-8, with ; or , between cells: a column `code` (that of INSEE), one line a commune, and any
    other columns; numbers may have a comma. Columns returned: code, name, period, the id of the indicator, status, then
    those of the file. A commune that the file leaves out has no value there.

    Raises:
        InputError: no such file, no column `code`, a code that comes twice or is of no commune of the territory.
    """
    rows = territory.data(indicator)
    rows = rows[rows["level"].eq("commune")].sort_values("period", kind="stable")
    rows = rows.drop_duplicates("territory", keep="last")
    rows = rows.rename(columns={"territory": CODE, "value": indicator.id}).sort_values(
        CODE, ignore_index=True, kind="stable"
    )
    own = _read(path, set(rows[CODE]))
    return rows[[CODE, "name", "period", indicator.id, "status"]].merge(own, on=CODE, how="left", validate="1:1")


def _read(path: Path, communes: set[str]) -> pd.DataFrame:
    place = project_path(path.absolute())
    if not path.is_file():
        raise InputError([Finding(place, None, None, "no file", "a CSV file with a column code")])
    table = load(path, lambda header: header).apply(lambda cells: cells.str.strip())
    if CODE not in table:
        raise InputError([Finding(place, 1, CODE, "no such column", "the INSEE code of a commune in each line")])
    again = table[CODE].duplicated()
    findings = [
        Finding(place, line, CODE, f"{code!r}{' again' if again[line] else ''}", "a commune of the territory, once")
        for line, code in table[CODE].items()
        if again[line] or code not in communes
    ]
    if findings:
        raise InputError(findings)
    return table.apply(_numbers).assign(code=table[CODE]).reset_index(drop=True)


def _numbers(cells: pd.Series) -> pd.Series:
    """A column as numbers when all its cells are, blank ones missing; else as it is."""
    filled = cells[cells.ne("")]
    if filled.empty or not filled.str.fullmatch(NUMBER).all():
        return cells
    return pd.to_numeric(cells.str.replace(",", "."), errors="coerce")
