"""Whom to call: EPCIs like this one that stand better on the main figure of a chapter."""

import pandas as pd

from ctg_analysis.chapter.known import source
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup, texts
from ctg_analysis.display.markup import SHOWN, Html, Table, telling
from ctg_analysis.display.quantities import number, percent
from ctg_analysis.display.tables import head
from ctg_analysis.indicators.peers import chooses_peers
from ctg_analysis.indicators.spread import least_large_gap
from ctg_analysis.model.catalogue import essentials
from ctg_analysis.model.indicator import OK, Indicator

MOST = 3  # EPCIs
NOTE = "Une invitation à appeler : ni un classement, ni une cause. À droite, ce en quoi ils diffèrent."
BESIDE = {"population": number, "age_65_plus_share": lambda one: percent(one, 1), "living_standard": number}
HEADS = ["Habitants", "65 ans ou plus", "Niveau de vie médian (€)"]


def to_call(territory: Territory, chapter: str) -> Html:
    """A table of up to three peers that stand better on the main figure of a chapter, the most alike first.

    The main figure: the first essential indicator of the chapter of which one way is better for families, whose value
    is known here, and which does not choose the peers. Nothing where there is none, or where no peer stands better.
    """
    for essential in essentials():
        indicator = essential.indicator
        if indicator.chapter == chapter and indicator.direction and not chooses_peers(indicator):
            own = territory.own(indicator).tail(1)
            if len(own):
                return _table(territory, indicator, own, better(territory, indicator, own.iloc[0]))
    return Html("", why="Aucun chiffre de ce chapitre dont un sens soit meilleur pour les familles.")


def better(territory: Territory, indicator: Indicator, own: pd.Series) -> pd.DataFrame:
    """The peers that stand better by a large gap, beyond both intervals where there are; the most alike first."""
    rows = territory.around.merge(territory.peers.peers, left_on="territory", right_on="peer")
    at_once = rows["period"].eq(own["period"]) & rows["source"].eq(own["source"]) & rows["status"].eq(OK)
    rows = rows[rows["indicator"].eq(indicator.id) & at_once]
    gap = indicator.direction * (rows["value"] - own["value"])
    worst, best = ("low", "high") if indicator.direction > 0 else ("high", "low")
    here = own["value"] if pd.isna(own[best]) else own[best]
    apart = indicator.direction * (rows[worst].fillna(rows["value"]) - here)
    rows = rows[gap.ge(least_large_gap(indicator, own["value"])) & apart.gt(0)]
    return rows.sort_values("distance", kind="stable").head(MOST)


def _table(territory: Territory, indicator: Indicator, own: pd.Series, rows: pd.DataFrame) -> Html:
    if rows.empty:
        return Html("", why="Aucun EPCI comparable ne fait nettement mieux.")
    places = territory.territories.drop_duplicates(["level", "code"]).set_index(["level", "code"])
    rows = territory.in_words(
        indicator, rows.assign(name=[places.loc[("epci", code), "name"] for code in rows["peer"]])
    )
    lines = []
    for row in [*own.itertuples(index=False), *rows.itertuples(index=False)]:
        where = [
            places.loc["departement", code]["name"]
            for code in places.loc["epci", row.territory]["departement"].split("|")
        ]
        profile = territory.profiles.loc[row.territory]
        beside = ["nd" if pd.isna(profile[name]) else write(profile[name]) for name, write in BESIDE.items()]
        lines.append([f"{row.name} ({texts.typography(', '.join(where))})", row.text, *beside])
    title = f"À qui parler : des EPCI comparables, {texts.uncapitalised(indicator.label)}"
    heads = [f"{head(indicator)}, {texts.date_text(own['period'].iloc[0])}", *HEADS]
    note, header = texts.typography(NOTE), ["EPCI", *map(texts.typography, heads)]
    table = markup.table(Table(texts.typography(title), header, lines, note=note, marked=frozenset({0})))
    cited = markup.source(source(territory, pd.concat([own, rows])))
    return telling(markup.together(table, cited), SHOWN, indicator.id)
