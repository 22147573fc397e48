"""Communes against the chance of small numbers: the figure that stands in the place of a ranking (rule R9)."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from ctg_analysis.chapter.known import by_commune, source, unavailable
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display.drawings import funnel
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces import charts
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.quantities import number
from ctg_analysis.indicators.comparisons import compare_proportions, compare_rates, funnel_of_rates, funnel_of_shares
from ctg_analysis.indicators.spread import Comparison, apart
from ctg_analysis.model.indicator import OK, Indicator

FEWEST = 3  # communes: fewer make no funnel
NOTE = (
    "Chaque point est une commune. Entre les courbes, l'écart à l'ensemble du territoire est de ceux que le hasard "
    "produit seul : bande foncée, 95 % des cas ; bande claire, 99,8 %. Une commune sur vingt sort ainsi de la bande "
    "foncée par hasard : chacune est comparée aux autres réunies, sans elle, et ne sont nommées que celles qui "
    "s'en écartent trop pour cela, compte tenu du nombre de communes (Benjamini-Hochberg, 5 %). Elles ne sont pas "
    "classées."
)


def shares(territory: Territory, indicator: Indicator) -> Html:
    """The funnel of a share of persons by commune around that of the communes together."""
    rows = by_commune(territory, indicator)
    rows = rows[rows["status"].eq(OK)].rename(columns={"numerator": "events", "denominator": "size"})
    rows = rows.assign(size=rows["size"].round(), events=rows["events"].round())
    return _drawn(
        territory,
        indicator,
        rows,
        funnel_of_shares,
        compare_proportions,
        100.0,
        across="Effectif de la base (échelle logarithmique)",
    )


def rates(territory: Territory, indicator: Indicator, people: Indicator, per: float, title: str) -> Html:
    """The funnel of the events of several years by commune over its inhabitants, counted once a year.

    indicator: a Mean, whose rows hold the sum of its years and their number. people: inhabitants, at their latest date.
    """
    rows, known = by_commune(territory, indicator), by_commune(territory, people)
    inhabitants = known[known["status"].eq(OK)].set_index("territory")["value"]
    rows = rows[rows["status"].eq(OK)]
    size = rows["territory"].map(inhabitants).astype(float) * rows["denominator"]
    rows = rows.assign(events=rows["numerator"], size=size)
    described = replace(indicator, unit=f"pour {number(per)} habitants")
    note = f"Population de {known['period'].max()}, comptée chaque année." if len(known) else ""
    return _drawn(
        territory, described, rows, funnel_of_rates, compare_rates, per,
        title=title, note=note, beside=known, across="Habitants, comptés chaque année (échelle logarithmique)",
    )  # fmt: skip


def _drawn(
    territory: Territory,
    indicator: Indicator,
    rows: pd.DataFrame,
    limits_of: Callable[[float, pd.Series], pd.DataFrame],
    compare: Comparison,
    per: float,
    *,
    across: str,
    title: str = "",
    note: str = "",
    beside: pd.DataFrame | None = None,
) -> Html:
    """The figure. rows: columns name, period, source, events, size; those without inhabitants are left out."""
    rows = rows[rows["size"].gt(0)]
    if len(rows) < FEWEST:
        return unavailable(territory, indicator, f"{title or indicator.label}, par commune")
    reference = rows["events"].sum() / rows["size"].sum()
    sizes = funnel.grid(rows["size"].min(), rows["size"].max()).round().drop_duplicates()
    limits, rate = limits_of(reference, sizes) * per, rows["events"] / rows["size"]
    beyond = apart(rows["events"], rows["size"], compare)
    rows = rows.assign(value=rate * per, beyond=beyond, above=rate.gt(reference))
    drawing = funnel.funnel(rows, limits.assign(size=sizes), reference * per, decimals=1, across=across)
    lines = [
        [row.name, number(row.value, 1), number(row.events), number(row.size), _words(row)]
        for row in rows.itertuples(index=False)
    ]
    data = charts.Listing(["Commune", title or indicator.label, "Nombre", "Effectif", "Écart à l'ensemble"], lines)
    cited = source(territory, rows if beside is None else pd.concat([rows, beside]))
    return charts.chart(
        indicator, drawing, data, when=date_text(rows["period"].iloc[0]), source=cited, title=title,
        note=f"{NOTE} {note}".strip(), message=_message(int(beyond.sum()), len(rows)),
    )  # fmt: skip


def _words(row) -> str:
    if not row.beyond:
        return "ce que le hasard explique"
    return f"plus {'élevé' if row.above else 'faible'} que le hasard ne l'explique"


def _message(far: int, communes: int) -> str:
    if not far:
        return "Aucune commune ne s'écarte de ce que le hasard explique"
    some = f"{far} des {communes} communes s'écartent" if far > 1 else f"Une des {communes} communes s'écarte"
    return f"{some} de ce que le hasard explique"
