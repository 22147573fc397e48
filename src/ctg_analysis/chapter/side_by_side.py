"""EPCIs side by side, those of a département or of one's choice: their figures, tables and shapes (notebook 20)."""

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

import pandas as pd
from geopandas import GeoDataFrame, GeoSeries

from ctg_analysis.chapter import analyst, known, own
from ctg_analysis.chapter.territory import Territory, open_territory, with_one_france
from ctg_analysis.display import markup, texts
from ctg_analysis.display.markup import SHOWN, Html, Table, telling
from ctg_analysis.display.quantities import number, percent
from ctg_analysis.display.tables import head, signs
from ctg_analysis.display.texts import date_text
from ctg_analysis.indicators.comparisons import last_year
from ctg_analysis.indicators.observations import read_indicators
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import MISSING, OK, Count, Indicator, Mean, Ratio
from ctg_analysis.model.settings import DEFAULT_EPCI, data_root
from ctg_analysis.model.source import SOURCES
from ctg_analysis.model.territories import epcis_of, find_epci
from ctg_analysis.pipeline.run import ensure
from ctg_analysis.show import maps
from ctg_analysis.show.svg import use_theme

FEWEST = 2  # EPCIs of a known value: fewer have no median, nor thirds
MEDIAN = "Médiane de ces EPCI"
THIRDS = 3
ENTRUSTED = "aucune valeur ouverte de ces EPCI ; ce qu'un partenaire confie n'est pas montré à côté."
NONE = texts.SIGNS[MISSING]
GAPS = "Écart à la médiane de ces EPCI, en nombre"
SOURCE_OF_NONE = "aucune, faute de valeur."


def open_side_by_side(departement: str = "", epcis: str = "") -> "SideBySide":
    """The EPCIs with a commune in a département (12, 2A, 974), or those that are named, their SIREN between commas.

    Raises:
        UserError: no such département, no such EPCI, fewer than two.
    """
    root = data_root(DEFAULT_EPCI)
    ensure(root)
    use_theme()
    territories = pd.read_parquet(root.processed / "territories.parquet", filters=[("level", "!=", "commune")])
    sirens = [one.strip() for one in str(epcis).split(",") if one.strip()] or epcis_of(territories, str(departement))
    names = {siren: texts.typography(find_epci(territories, siren)["name"]) for siren in sirens}
    if len(names) < FEWEST:
        raise UserError(f"{len(names)} EPCI: expected two at least, side by side")
    return SideBySide(names, "" if epcis else str(departement), open_territory(next(iter(names)), root))


def compare(territory: Territory, *indicators: str, with_: str | list[str]) -> Html:
    """Some indicators here and in EPCIs of one's choice, at one period. with_: their SIREN, or their official names."""
    others = analyst.chosen(territory, with_)
    if not indicators or not others:
        raise UserError('compare: expected an indicator and another EPCI: compare("births_count", with_="243500139")')
    side = SideBySide({territory.epci: texts.typography(territory.row["name"]), **others}, "", territory)
    rows = side.data(*indicators)
    absent = [CATALOGUE[name] for name in indicators if name not in set(rows["indicator"])]
    boxes = [
        markup.reading(texts.typography(f"{one.label} : {ENTRUSTED}"))
        if len(territory.own(one))
        else known.unavailable(territory, one, one.label, "epci")
        for one in absent
    ]
    return markup.together(*([side.table(rows)] if len(rows) else []), *boxes)


class SideBySide:
    """Some EPCIs, with the verbs of notebook 20.

    names: of the EPCIs, by SIREN. departement: its code, where they are those of one.
    """

    def __init__(self, names: Mapping[str, str], departement: str, territory: Territory):
        self.names = dict(sorted(names.items(), key=lambda one: texts.alphabetical(one[1])))
        self.departement, self.territory = departement, territory

    find, figure, framed = map(analyst.of_territory, (analyst.find, own.figure, own.framed))

    @property
    def title(self) -> str:
        """The name of the département, or how many EPCIs there are."""
        larger = self.territory.territories[self.territory.territories["level"].eq("departement")]
        names = larger.set_index("code")["name"]
        return texts.typography(names[self.departement]) if self.departement else f"{len(self.names)} intercommunalités"

    @property
    def edition(self) -> pd.Timestamp:
        """The day of the newest data."""
        return pd.Timestamp(max(self.territory.received.values()))

    def data(self, *ids: str) -> pd.DataFrame:
        """The values of some indicators in the EPCIs, then in the département and in France, in words.

        Of each indicator one period and one source: those that most of the EPCIs have, the newest of them. What
        partners entrust of a territory is left out.

        Columns: those of observations, name, text, label, per (what a rate is for), hundredth: its place among all
        EPCIs of France, 100 the highest value.
        """
        several = [analyst.indicator_of(one) for one in ids]
        every = read_indicators(self.territory.root.processed, ids, groups=())
        every = every[every["status"].eq(OK) & every["level"].eq("epci")]
        found = [self._at_one_period(one, every[every["indicator"].eq(one.id)]) for one in several]
        return (
            pd.concat([rows for rows in found if len(rows)], ignore_index=True) if any(map(len, found)) else every[:0]
        )

    def _at_one_period(self, indicator: Indicator, every: pd.DataFrame) -> pd.DataFrame:
        """See `data`. every: the known values of all EPCIs."""
        entrusted = every["source"].map(lambda name: bool(SOURCES[name].secrecy.threshold)).astype(bool)
        counts = every[every["territory"].isin(self.names) & ~entrusted].value_counts(["period", "source"])
        if counts.empty:
            return every[:0]
        period, source = max(counts.index, key=lambda one: (counts[one], last_year(one[0])))
        every = every[every["period"].eq(period) & every["source"].eq(source)]
        hundredth = (100 * every["value"].rank(pct=True)).set_axis(every["territory"])
        rows = analyst.elsewhere(self.territory, tuple(self.names))
        rows = rows[rows["indicator"].eq(indicator.id) & rows["period"].eq(period) & rows["source"].eq(source)]
        larger = with_one_france(self.territory.data(indicator))
        is_larger = larger["level"].eq("france") | (
            larger["level"].eq("departement") & larger["territory"].eq(self.departement)
        )
        rows = pd.concat([rows, larger[is_larger & larger["period"].eq(period) & larger["status"].eq(OK)]])
        rows = self.territory.in_words(indicator, rows)
        per = indicator.value.per if isinstance(indicator.value, Ratio) else 100
        return rows.assign(label=indicator.label, per=per, hundredth=rows["territory"].map(hundredth))

    def of_departement(self, *ids: str) -> pd.DataFrame:
        """The values of the département alone at all its dates, in words; none of EPCIs that one chose.

        Columns: those of `Territory.readable`, label, when (the period in French).
        """
        several = [analyst.indicator_of(one) for one in ids]
        found = [self.territory.readable(one).assign(label=one.label) for one in several]
        rows = pd.concat([rows[rows["territory"].eq(self.departement) & rows["status"].eq(OK)] for rows in found])
        rows = rows.sort_values("period", kind="stable", ignore_index=True)
        return rows.assign(when=rows["period"].map(date_text))

    def table(self, rows: pd.DataFrame) -> Html:
        """The EPCIs by name, the indicators in columns shaded by thirds; their median, the département and France last.

        rows: see `data`.
        """
        ids = list(rows["indicator"].unique())
        written = rows.pivot_table("text", "territory", "indicator", aggfunc="first").reindex(columns=ids)
        values = self.values(rows).reindex(columns=ids)
        larger = rows[rows["level"].ne("epci")].drop_duplicates("territory").set_index("territory")["name"]
        lines = [[name, *_cells(written, code)] for code, name in self.names.items()]
        lines.append([MEDIAN, *(_text(CATALOGUE[one], values[one].median()) for one in ids)])
        lines += [[name, *_cells(written, code)] for code, name in larger.items()]
        rates = [one for one in ids if not isinstance(CATALOGUE[one].value, Count | Mean)]
        thirds = (values[rates].rank(pct=True) * THIRDS).clip(upper=THIRDS - 0.01) // 1 + 1
        shades = {
            (line, ids.index(one) + 1): int(thirds.loc[code, one])
            for line, code in enumerate(self.names)
            for one in rates
            if pd.notna(thirds[one].get(code))
        }
        periods = rows.drop_duplicates("indicator").set_index("indicator")["period"]
        heads = [f"{head(CATALOGUE[one])}, {date_text(periods[one])}" for one in ids]
        note = f"Les teintes partagent ces EPCI en tiers, sans dire lequel va mieux. {signs(lines)}".strip()
        marked = frozenset(range(len(self.names), len(lines)))
        content = Table(self.title, ["EPCI", *heads], lines, note=texts.typography(note), marked=marked, shades=shades)
        cited = markup.source(known.source(self.territory, rows))
        return telling(markup.together(markup.table(content), cited), SHOWN, *ids)

    def values(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The numbers of the EPCIs, by SIREN and indicator. rows: see `data`."""
        one = rows[rows["level"].eq("epci") & rows["status"].eq(OK)]
        return one.pivot_table("value", "territory", "indicator", aggfunc="first").reindex(list(self.names))

    def gaps(
        self, rows: pd.DataFrame, words: Mapping[str, str], bases: Mapping[str, str] = MappingProxyType({})
    ) -> Html:
        """A table of how many more, or fewer, each EPCI has than the median rate of all of them would make there.

        rows: see `data`. words: what an indicator counts (French), by id: places, ménages. bases: the id of a number to
        take for what a rate is of, where its producer does not give it: births of three years, for children under 3.
        """
        several = {}
        for one, word in words.items():
            of = rows[rows["level"].eq("epci") & rows["indicator"].eq(one)].set_index("territory")
            base = self.values(self.data(bases[one]))[bases[one]] if one in bases else of["denominator"]
            gap = ((of["value"] - of["value"].median()) * base / of["per"]).reindex(list(self.names))
            if gap.isna().all():
                continue
            label = f"{CATALOGUE[one].label} ({word})"
            several[label] = [NONE if pd.isna(one) else number(one, signed=True) for one in gap]
        lines = [list(line) for line in zip(self.names.values(), *several.values(), strict=True)]
        content = Table(GAPS, ["EPCI", *map(texts.typography, several)], lines, note=signs(lines))
        cited = markup.source(known.source(self.territory, rows[rows["indicator"].isin(words)]))
        return telling(markup.together(markup.table(content), cited), SHOWN, *words)

    @cached_property
    def land(self) -> GeoDataFrame:
        """The shapes of the EPCIs, as fine as a small map shows: columns territory, geometry."""
        contours = pd.read_parquet(
            self.territory.root.processed / "contours.parquet",
            columns=["epci", "geometry"],
            filters=[("epci", "in", list(self.names))],
        )
        shapes = GeoDataFrame(contours[["epci"]].assign(own=True), geometry=GeoSeries.from_wkb(contours["geometry"]))
        return maps.generalised(shapes).dissolve("epci").reset_index(names="territory")[["territory", "geometry"]]

    def source(self, rows: pd.DataFrame) -> str:
        """The producers of some rows, as a source line names them."""
        return known.source(self.territory, rows).text if len(rows) else SOURCE_OF_NONE


def _cells(written: pd.DataFrame, code: str) -> list[str]:
    return list(written.loc[code].fillna(NONE)) if code in written.index else [NONE] * written.shape[1]


def _text(indicator: Indicator, value: float) -> str:
    """A number as its indicator writes it."""
    if pd.isna(value):
        return NONE
    return (percent if indicator.unit.startswith("%") else number)(value, indicator.decimals)
