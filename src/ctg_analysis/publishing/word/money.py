"""What financers bring, by year, as a table whose totals are the sums of its lines."""

import pandas as pd

from ctg_analysis.demarche.tables import TABLES
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
    sums = funding.pivot_table(index=by, columns="annee", values="montant", aggfunc="sum", fill_value=0.0)
    sums = sums.reindex(columns=years, fill_value=0.0).sort_index(
        level=by[::-1], key=lambda names: names.map(ORDER.index)
    )
    names = [capitalised(", ".join(line if isinstance(line, tuple) else (line,))) for line in sums.index]
    amounts = [*sums.to_numpy(), sums.sum().to_numpy()]
    rows = [
        [name, *(amount(euros) if euros else NONE for euros in (*line, line.sum()))]
        for name, line in zip([*names, TOTAL], amounts, strict=True)
    ]
    header = ["Financeur" if "financeur" in by else "Nature", *map(str, years), TOTAL]
    return table(f"{caption}, en euros", header, rows, total=True)
