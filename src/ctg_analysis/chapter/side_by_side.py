"""EPCIs side by side, those of a département or of one's choice: their figures, tables and shapes (notebook 20)."""

import re
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame, GeoSeries

from ctg_analysis.chapter import analyst, figures, known, own
from ctg_analysis.chapter.groups import groups_of
from ctg_analysis.chapter.territory import Territory, open_territory, with_one_france
from ctg_analysis.display import markup, texts
from ctg_analysis.display.markup import SHOWN, Html, Table, telling
from ctg_analysis.display.quantities import counted, number, percent
from ctg_analysis.display.sentences import is_change
from ctg_analysis.display.tables import head, signs
from ctg_analysis.display.texts import date_text
from ctg_analysis.indicators.comparisons import last_year
from ctg_analysis.indicators.observations import read_indicators
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import CENSORED, MISSING, OK, Count, Indicator, Mean, Ratio
from ctg_analysis.model.settings import DEFAULT_EPCI, data_root
from ctg_analysis.model.source import SOURCES
from ctg_analysis.model.territories import epcis_of, find_epci
from ctg_analysis.pipeline.run import ensure
from ctg_analysis.show import maps
from ctg_analysis.show.theme import theme

FEWEST = 2  # EPCIs of a known value: fewer have no median, nor thirds
MEDIAN = "Médiane de ces EPCI"
LOWEST, HIGHEST = "Valeur la plus faible", "Valeur la plus forte"
THIRDS = 3
LEAST_LAND = 0.1  # of the frame around EPCIs, that their land fills on a map
ENTRUSTED = "aucune valeur ouverte de ces EPCI ; ce qu'un partenaire confie n'est pas montré à côté."
NONE = texts.SIGNS[MISSING]
NOTE = "Les teintes partagent ces EPCI en tiers, sans dire lequel va mieux\u00a0; le trait part de zéro."
ACROSS = "EPCI sur plusieurs départements, montrés en entier\u00a0:"
CAPTION = "Valeurs de chaque EPCI, à l'année que dit sa colonne"
GAPS = "Écart à la médiane de ces EPCI, en nombre"
UNCOUNTED = "un nombre non connu"
PLACES = "childcare_coverage_rate"
COUNTED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        PLACES: ("Places d'accueil du jeune enfant", "births_3_year_count"),
        "single_parent_households_share": ("Familles monoparentales", ""),
        "unemployment_15_64_rate": ("Chômeurs de 15 à 64 ans", ""),
        "social_dwellings_rate": ("Logements sociaux", ""),
        "households_without_car_share": ("Ménages sans voiture", ""),
    }
)  # what a rate counts; what it is of, where its producer does not give it: births of three years, for children under 3


def open_side_by_side(departement: str = "", epcis: str = "") -> "SideBySide":
    """The EPCIs with a commune in a département (12, 2A, 974), or those that are named, their SIREN between commas.

    Raises:
        UserError: no such département, no such EPCI, fewer than two.
    """
    root = data_root(DEFAULT_EPCI)
    ensure(root)
    theme()
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

    def find(self, words: str) -> pd.DataFrame:
        """The indicators whose id, label or definition has all these words: see `analyst.find`."""
        return analyst.find(self.territory, words)

    def heads(self, chapter: str) -> Mapping[str, str]:
        """The ids of the columns of a table, each with its head, as data/reference declares them of a chapter."""
        return groups_of(chapter).en_tetes

    def computed(
        self, rows: pd.DataFrame, value: pd.Series, label: str | pd.Series, unit: str = "", decimals: int = 0
    ) -> pd.DataFrame:
        """Rows with values of one's own, their label and their texts: see `analyst.computed`."""
        return analyst.computed(rows, value, label, unit, decimals)

    def figure(self, ax: object, rows: pd.DataFrame, *, title: str, note: str = "", alt: str = "") -> Html:
        """Any axes or figure of matplotlib, seaborn, pandas or geopandas as a page shows it: see `figures.figure`."""
        return figures.figure(self.territory, ax, rows, title=title, note=note, alt=alt)

    def framed(self, table: pd.DataFrame, *, source: str, title: str = "") -> Html:
        """A DataFrame as a page shows it, whole, under a title: see `own.framed`."""
        return own.framed(self.territory, table, source=source, title=title)

    @property
    def title(self) -> str:
        """How many EPCIs there are, and in which département."""
        count, names = f"{len(self.names)} intercommunalités", self.territory.territories.set_index("code")["name"]
        return texts.typography(f"{count} {texts.of(names[self.departement])}" if self.departement else count)

    @property
    def edition(self) -> pd.Timestamp:
        """The day of the newest data."""
        return pd.Timestamp(max(self.territory.received.values()))

    def data(self, *ids: str) -> pd.DataFrame:
        """The values of some indicators in the EPCIs, then in the département and in France, in words.

        Of each indicator one period and one source: those that most of the EPCIs have, the newest of them. What
        partners entrust of a territory is left out.

        Columns: those of observations, value the bound of what its producer only says to be small (« ≤ 5 % »); name,
        text, label, per (what a rate is for), hundredth: its place among all EPCIs of France, 100 the highest value.
        """
        several = [analyst.indicator_of(one) for one in ids]
        every = read_indicators(self.territory.root.processed, ids, groups=())
        every = every[every["status"].isin([OK, CENSORED]) & every["level"].eq("epci")]
        found = (self._at_one_period(one, every[every["indicator"].eq(one.id)]) for one in several)
        known = [rows for rows in found if len(rows)]
        return pd.concat(known, ignore_index=True) if known else every[:0]

    def _at_one_period(self, indicator: Indicator, every: pd.DataFrame) -> pd.DataFrame:
        """See `data`. every: the known values of all EPCIs."""
        entrusted = every["source"].map(lambda name: bool(SOURCES[name].secrecy.threshold)).astype(bool)
        counts = every[every["territory"].isin(self.names) & ~entrusted].value_counts(["period", "source"])
        if counts.empty:
            return every[:0]
        period, source = max(counts.index, key=lambda one: (counts[one], last_year(one[0])))
        every = every[every["period"].eq(period) & every["source"].eq(source)]
        bounded = every["value"].mask(every["status"].eq(CENSORED), indicator.floor)
        hundredth = (100 * bounded.rank(pct=True)).set_axis(every["territory"])
        rows = analyst.elsewhere(self.territory, tuple(self.names))
        rows = rows[rows["indicator"].eq(indicator.id) & rows["period"].eq(period) & rows["source"].eq(source)]
        larger = with_one_france(self.territory.data(indicator))
        is_larger = larger["level"].eq("france") | (
            larger["level"].eq("departement") & larger["territory"].eq(self.departement)
        )
        rows = pd.concat([rows, larger[is_larger & larger["period"].eq(period) & larger["status"].eq(OK)]])
        rows = self.territory.in_words(rows)
        per = indicator.value.per if isinstance(indicator.value, Ratio) else 100
        value = rows["value"].mask(rows["status"].eq(CENSORED), indicator.floor)
        hundredths = rows["territory"].map(hundredth)
        return analyst.tidy(rows.assign(value=value, label=indicator.label, per=per, hundredth=hundredths))

    def followed(self, targets: Mapping[str, str], title: str) -> Html:
        """A table of what is known of the département alone, beside France and a target; nothing for EPCIs one chose.

        targets: of indicators, by id, the id of the target, or nothing.
        """
        ids = dict.fromkeys([*targets, *filter(None, targets.values())])
        rows = pd.concat([self.territory.readable(analyst.indicator_of(one)) for one in ids])
        rows = rows[rows["status"].eq(OK) & (rows["territory"].eq(self.departement) | rows["level"].eq("france"))]
        rows = rows.assign(told=rows["text"] + " (" + rows["period"].map(date_text) + ")").sort_values(
            "period", kind="stable"
        )
        told = rows.groupby(["indicator", "level"])["told"].agg(list).to_dict()
        lines = []
        for one, target in targets.items():
            if here := told.get((one, "departement")):
                france, aim = (told.get(of, [NONE])[-1] for of in ((one, "france"), (target, "departement")))
                label = texts.with_unit(CATALOGUE[one].label.removesuffix(" (département)"), CATALOGUE[one].unit)
                lines.append([label, here[-2] if here[1:] else NONE, here[-1], france, aim])
        if not lines:
            return Html("", why=NONE)
        content = Table(title, ["Indicateur", "Avant", "Dernière valeur", "France", "Cible"], lines, signs(lines))
        cited = markup.source(known.source(self.territory, rows))
        return telling(markup.together(markup.table(content), cited), SHOWN, *targets)

    def table(self, rows: pd.DataFrame, heads: Mapping[str, str] = MappingProxyType({})) -> Html:
        """The EPCIs by name, the indicators in columns shaded by thirds; their spread, the département and France last.

        rows: see `data`. heads: the heads of columns (French), by indicator; their labels unless given.
        """
        ids = list(rows["indicator"].unique())
        written = rows.pivot_table("text", "territory", "indicator", aggfunc="first").reindex(columns=ids)
        values = self.values(rows).reindex(columns=ids)
        larger = rows[rows["level"].ne("epci")].drop_duplicates("territory").set_index("territory")["name"]
        frances = rows.loc[rows["level"].eq("france"), "name"].unique()
        lines = [[name, *_cells(written, code)] for code, name in self.names.items()]
        lines.append([LOWEST, *(written.at[values[one].idxmin(), one] for one in ids)])
        lines.append([MEDIAN, *(_text(CATALOGUE[one], values[one].median()) for one in ids)])
        lines.append([HIGHEST, *(written.at[values[one].idxmax(), one] for one in ids)])
        lines += [[re.sub("^France .*", "France", name), *_cells(written, code)] for code, name in larger.items()]
        periods = rows.drop_duplicates("indicator").set_index("indicator")["period"].map(date_text)
        labels = [heads.get(one) or head(CATALOGUE[one]) for one in ids]
        labels = [one if periods[id] in one else f"{one}, {periods[id]}" for id, one in zip(ids, labels, strict=True)]
        which = f"La France est, selon la colonne : {', '.join(frances)}." if len(frances) else ""
        note = " ".join(filter(None, [NOTE, which, signs(lines)]))
        marked = frozenset(range(len(self.names), len(lines)))
        note, shades, bars = texts.typography(note), _thirds(values), _bars(values)
        content = Table(CAPTION, ["EPCI", *labels], lines, note, marked, shades=shades, bars=bars)
        cited = markup.source(known.source(self.territory, rows))
        return telling(markup.together(markup.table(content), cited), SHOWN, *ids)

    def values(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The numbers of the EPCIs, by SIREN and indicator. rows: see `data`."""
        one = rows[rows["level"].eq("epci")]
        return one.pivot_table("value", "territory", "indicator", aggfunc="first").reindex(list(self.names))

    @cached_property
    def bases(self) -> pd.DataFrame:
        """The rows of what rates of `COUNTED` are of, where their producers do not give it."""
        return self.data(*(base for _, base in COUNTED.values() if base))

    def gap(self, rows: pd.DataFrame, one: str, rate: float | None = None) -> pd.Series:
        """How many more, or fewer, each EPCI has than a rate would make there, by SIREN.

        rows: see `data`. one: an indicator of `COUNTED`. rate: the median of the EPCIs unless given.
        """
        of = rows[rows["level"].eq("epci") & rows["indicator"].eq(one)].set_index("territory")
        base = COUNTED[one][1]
        many = self.values(self.bases).reindex(columns=[base])[base] if base else of["denominator"]
        gap = (of["value"] - (of["value"].median() if rate is None else rate)) * many / of["per"]
        return gap.reindex(list(self.names)).rename(f"{COUNTED[one][0]}, {date_text(of['period'].iloc[0])}")

    def all_gaps(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The gaps to the median that are known, by SIREN and by what is counted. rows: see `data`."""
        gaps = [self.gap(rows, one) for one in COUNTED if one in set(rows["indicator"])]
        return pd.DataFrame({gap.name: gap for gap in gaps}, list(self.names)).dropna(axis=1, how="all")

    def gaps(self, rows: pd.DataFrame) -> Html:
        """A table of the gaps between the EPCIs and their median, in numbers of what rates count. rows: see `data`."""
        gaps = self.all_gaps(rows)
        if gaps.empty:
            return Html("", why=NONE)
        told = gaps.map(lambda gap: NONE if pd.isna(gap) else number(gap, signed=True))
        lines = [[name, *told.loc[code]] for code, name in self.names.items()]
        content = Table(GAPS, ["EPCI", *map(texts.typography, gaps)], lines, note=signs(lines), bars=_bars(gaps))
        cited = known.source(self.territory, pd.concat([rows[rows["indicator"].isin(COUNTED)], self.bases]))
        return telling(markup.together(markup.table(content), markup.source(cited)), SHOWN, *COUNTED)

    def lacking(self, rows: pd.DataFrame) -> Html:
        """Sentences on how many places for young children these EPCIs lack to reach their median, and France.

        rows: see `data`.
        """
        of, indicator = rows[rows["indicator"].eq(PLACES)], CATALOGUE[PLACES]
        values = of[of["level"].eq("epci")].set_index("territory")["value"].reindex(list(self.names))
        if values.count() < FEWEST:
            return Html("", why=NONE)
        low, high = (_text(indicator, end) for end in (values.min(), values.max()))
        told = [f"De {low} à {high} {indicator.unit} selon l'EPCI, en {date_text(of['period'].iloc[0])}."]
        of_france = of[of["level"].eq("france")]
        aims = {f"le taux {texts.of(row.name)}": row.value for row in of_france.itertuples(index=False)}
        for name, aim in ({"leur médiane": values.median()} | aims).items():
            lack = -self.gap(rows, PLACES, aim)[values < aim].round().loc[lambda gap: gap.ne(0)]
            lack = lack.sort_values(key=pd.isna, kind="stable")
            many = ", ".join(
                f"{number(lack[at]) if lack[at] >= 0 else UNCOUNTED} pour {texts.the(self.names[at])}"
                for at in lack.index
            )
            if lack.sum() > 0:
                places = f"il faudrait environ {counted(lack.sum(), 'places')} de plus : {many}."
                told.append(f"Pour que tous atteignent {name} ({_text(indicator, aim)}), {places}")
        places = self.territory.territories.set_index("code")["departement"]
        across = [name for code, name in self.names.items() if "|" in places[code]]
        told += [f"{ACROSS} {', '.join(across)}."] if across else []
        cited = markup.source(known.source(self.territory, pd.concat([of, self.bases])))
        return telling(markup.together(*(markup.reading(texts.typography(one)) for one in told), cited), SHOWN, PLACES)

    @cached_property
    def land(self) -> GeoDataFrame:
        """The shapes of the EPCIs, as fine as a small map shows, a row for each part: columns territory, geometry."""
        file, here = self.territory.root.processed / "contours.parquet", [("epci", "in", list(self.names))]
        contours = pd.read_parquet(file, columns=["epci", "geometry"], filters=here)
        shapes = GeoDataFrame(contours[["epci"]].assign(own=True), geometry=GeoSeries.from_wkb(contours["geometry"]))
        parts = maps.generalised(shapes).dissolve("epci").explode().reset_index(names="territory")
        return parts[["territory", "geometry"]]

    @property
    def is_one_land(self) -> bool:
        """Whether a map can show the EPCIs together: their land fills a tenth of its frame."""
        west, south, east, north = self.land.total_bounds
        return self.land.area.sum() > LEAST_LAND * (east - west) * (north - south)


def _thirds(values: pd.DataFrame) -> dict[tuple[int, int], int]:
    """The third of the EPCIs, 1 to 3, that each rate is in, by row and column; of a number, none.

    values: see `SideBySide.values`.
    """
    rates = [one for one in values if not isinstance(CATALOGUE[one].value, Count | Mean)]
    ranks = values[rates].rank(pct=True).reindex(columns=values.columns)
    thirds = (ranks * THIRDS).clip(upper=THIRDS - 0.01) // 1 + 1
    return {
        (line, column + 1): int(thirds.iat[line, column])
        for line, column in zip(*np.nonzero(thirds.notna().to_numpy()), strict=True)
    }


def _bars(values: pd.DataFrame) -> dict[tuple[int, int], tuple[int, int]]:
    """Where the bar of each number begins and ends, in hundredths of its cell, by row and column; from zero."""
    low, high = values.min().clip(upper=0), values.max().clip(lower=0)
    begin, end = (100 * (values.clip(**to) - low) / (high - low) for to in ({"upper": 0}, {"lower": 0}))
    return {
        (line, column + 1): (round(begin.iat[line, column]), round(end.iat[line, column]))
        for line, column in zip(*np.nonzero(end.notna().to_numpy()), strict=True)
    }


def _cells(written: pd.DataFrame, code: str) -> list[str]:
    return list(written.loc[code].fillna(NONE)) if code in written.index else [NONE] * written.shape[1]


def _text(indicator: Indicator, value: float) -> str:
    """A number as its indicator writes it."""
    if pd.isna(value):
        return NONE
    written = percent if indicator.unit.startswith("%") else number
    return written(value, indicator.decimals, signed=is_change(indicator))
