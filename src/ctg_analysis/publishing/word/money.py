"""What financers bring, by year, as a table whose totals are the sums of its lines."""

import pandas as pd

from ctg_analysis.demarche.tables import TABLES
from ctg_analysis.demarche.tables.columns import first_day, last_day
from ctg_analysis.display.words.quantities import amount
from ctg_analysis.display.words.texts import capitalised
from ctg_analysis.publishing.word.content import Blocks, table
from ctg_analysis.publishing.word.dossier import NONE

TOTAL = "Total"
ORDER = [value for name in ("financeur", "nature") for value in TABLES["financements"].columns[name].kind.choices]


def funding_table(caption: str, funding: pd.DataFrame, years: list[int], by: list[str]) -> Blocks:
    """Return amounts by line and year, with the totals of both. by: the columns whose values name a line.

    funding: columns financeur, annee, nature, montant (euros). The lines are in the order of the declared values.
    """
    sums = funding.groupby([*by, "annee"])["montant"].sum()
    kinds = funding[by].drop_duplicates().sort_values(by[::-1], key=lambda cells: cells.map(ORDER.index))
    lines = kinds.itertuples(index=False, name=None)
    rows = [[capitalised(", ".join(line)), *_cells([sums.get((*line, year), 0.0) for year in years])] for line in lines]
    by_year = funding.groupby("annee")["montant"].sum()
    rows.append([TOTAL, *_cells([by_year.get(year, 0.0) for year in years])])
    header = ["Financeur" if "financeur" in by else "Nature", *map(str, years), TOTAL]
    return table(f"{caption}, en euros", header, rows, marked=frozenset({len(rows) - 1}))


def years(begin: str, end: str) -> list[int]:
    """Return the years of a period."""
    return list(range(first_day(begin).year, last_day(end).year + 1))


def _cells(amounts: list[float]) -> list[str]:
    return [amount(euros) if euros else NONE for euros in [*amounts, sum(amounts)]]
