"""The few verbs of a chapter: open it, read, draw, tabulate, define. Everything comes from OBSERVATIONS."""

from functools import cached_property

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.cleaning.geography import read_geography
from ctg_analysis.comparisons import common_period, comparators, find_epci, latest_period, members
from ctg_analysis.display import charts, figures, maps, markup, texts
from ctg_analysis.display.markup import Html, Table
from ctg_analysis.errors import UserError
from ctg_analysis.model import OK, Count, Indicator, Mean
from ctg_analysis.observations import complete, read_observations
from ctg_analysis.processing import ensure
from ctg_analysis.settings import DataRoot, data_root
from ctg_analysis.sources import SOURCES
from ctg_analysis.sources.certificates import Certificate, read_certificate, source_folders


def open_chapter(epci: str | int) -> "Chapter":
    """Return the chapter of an EPCI named by its SIREN; papermill's `-p` may hand it over as a number.

    Raises:
        UserError: no such EPCI. InputError: raw files that cannot be trusted.
    """
    root = data_root(str(epci))
    ensure(root)
    return Chapter(str(epci), root)


class Chapter:
    """A territory, its communes and its comparators, with the verbs that a notebook uses."""

    def __init__(self, epci: str, root: DataRoot):
        self.epci, self.root = epci, root
        table = pd.read_parquet(root.processed / "territories.parquet")
        self.territory = find_epci(table, epci)
        self.communes = members(table, epci).sort_values("name", key=lambda names: names.map(texts.alphabetical))
        self.beside = comparators(table, epci)
        self.places = pd.concat([self.communes, self.beside]).rename(columns={"code": "territory"})
        keys = self.places[["territory", "level"]]
        observed = read_observations(root.processed, list(keys["territory"])).merge(keys, on=["territory", "level"])
        self.observations = complete(observed, keys, CATALOGUE.values())
        self._used: set[str] = set()

    def data(self, indicator: str) -> pd.DataFrame:
        """Return the observations of an indicator as a plain table, with the names of the territories."""
        rows = self.observations[self.observations["indicator"].eq(self._indicator(indicator).id)]
        names = self.places[["territory", "level", "name"]]
        return rows.merge(names, on=["territory", "level"], how="left", validate="m:1")

    def perimeter(self) -> Html:
        """Return which communes, and the geography they are in."""
        departements = self.beside.loc[self.beside["level"].eq("departement"), "name"]
        lead = f"{self.territory['name']} : {len(self.communes)} communes ({texts.listed(list(departements))})."
        return markup.reading(texts.typography(lead), texts.typography(read_geography(self.root)["note"]))

    def show(self, indicator: str) -> Html:
        """Return the sentence and the chart of an indicator, or the box when no place here has it."""
        if not self.data(indicator)["status"].eq(OK).any():
            return self.reading(indicator)
        return Html(self.reading(indicator).html + "\n" + self.chart(indicator).html)

    def reading(self, indicator: str) -> Html:
        """Return the sentence of an indicator for the territory, and the same figure elsewhere; else the box."""
        one = self._indicator(indicator)
        rows = self._compared(one)
        if rows.empty:
            by_commune = self.data(one.id)["status"].eq(OK).any()
            return self._unavailable(one, f"{one.label}, pour l'ensemble du territoire" if by_commune else one.label)
        own, others = rows.iloc[0], rows.iloc[1:]
        text = texts.sentence(one, own)
        if others.empty or isinstance(one.value, Count | Mean):
            return markup.reading(text, "")
        known = others["status"].eq(OK)
        return markup.reading(text, texts.typography(_beside(others[known], others[~known])))

    def chart(self, indicator: str) -> Html:
        """Return the chart that the indicator declares, or the box when there is nothing to draw."""
        one = self._indicator(indicator)
        verbs = {"trend": self.trend, "circles": self.map, "choropleth": self.map, "comparison": self.comparison}
        verbs |= {"parts": self._parts, "balance": self._balance}
        if one.chart not in verbs:
            raise UserError(f"{one.id} is drawn with its family: use chapter.{one.chart}()")
        return verbs[one.chart](one.id)

    def comparison(self, indicator: str) -> Html:
        """Return the bars of an indicator: the territory and its comparators."""
        one = self._indicator(indicator)
        rows = self._compared(one)
        if rows.empty:
            return self._unavailable(one, one.label)
        drawing = figures.comparison(rows[rows["status"].eq(OK)])
        return self._drawn(one, drawing, rows, over_years=False)

    def trend(self, indicator: str) -> Html:
        """Return the line of an indicator over the years."""
        one = self._indicator(indicator)
        rows = self._own(one)
        if len(rows) < 2:
            return self._unavailable(one, f"{one.label}, évolution")
        smooth = self._own(CATALOGUE[one.parts[0]]) if one.parts else None
        return self._drawn(one, figures.trend(rows, smooth), rows, over_years=True)

    def map(self, indicator: str) -> Html:
        """Return the map of an indicator by commune: shades for a rate, circles for a count."""
        one = self._indicator(indicator)
        rows = self._readable(one)
        rows = rows[rows["level"].eq("commune")]
        period = self._map_period(one, rows)
        if period is None:
            return self._unavailable(one, f"{one.label}, par commune")
        rows = rows[rows["period"].eq(period)].sort_values("name", key=lambda names: names.map(texts.alphabetical))
        shapes = maps.read_contours(self.root.processed, self.epci)
        if isinstance(one.value, Count | Mean):
            drawing = maps.circles(shapes, rows)
        else:
            enough = ~rows["denominator"].lt(texts.SMALLEST_BASE)
            drawing = maps.choropleth(
                shapes, rows.assign(shown=rows["status"].eq(OK) & enough), one, diverging=texts.is_change(one)
            )
        without = rows.loc[~rows["territory"].isin(shapes["territory"]), "name"]
        note = f"Sans contour sur la carte : {texts.listed(list(without))}." if len(without) else ""
        return self._drawn(one, drawing, rows, over_years=False, kind="map", note=note)

    def table(self, *indicators: str) -> Html:
        """Return the communes and the comparators in rows, the indicators in columns, each at its own period."""
        header, columns, names = ["Territoire"], [], {}
        for one in map(self._indicator, indicators):
            rows = self._readable(one)
            period = common_period(rows[rows["level"].ne("commune")], self.epci) or latest_period(rows) or ""
            unit = f" ({one.unit})" if one.unit not in ("%", "habitants") else ""
            header.append(f"{one.label}{unit}, {texts.period_text(period)}" if period else f"{one.label}{unit}")
            at = rows[rows["period"].eq(period)]
            keys = list(zip(at["level"], at["territory"], strict=True))
            columns.append(dict(zip(keys, at["text"], strict=True)))
            names |= dict(zip(keys, at["name"], strict=True))
        lines = [
            [
                names.get((place.level, place.territory), place.name),
                *(column.get((place.level, place.territory), "nd") for column in columns),
            ]
            for place in self.places.itertuples(index=False)
        ]
        marked = frozenset(range(len(self.communes), len(lines)))
        note = texts.typography(charts.signs(lines))
        lines = [[texts.typography(text) for text in line] for line in lines]
        caption = "Les communes, puis le territoire et ce à quoi il se compare"
        return markup.table(Table(caption, [texts.typography(text) for text in header], lines, note, marked))

    def pyramid(self) -> Html:
        """Return the age pyramid of the territory against the outline of its (first) département."""
        example = CATALOGUE["women_0_4_count"]
        period = latest_period(self._own(example))
        if period is None:
            return self._unavailable(example, "Population par sexe et âge, pour la pyramide des âges")
        departement = self.beside[self.beside["level"].eq("departement")].iloc[0]
        return charts.pyramid(
            self._ages("epci", self.epci, period),
            self.territory["name"],
            self._ages("departement", departement["code"], period),
            departement["name"],
            period=period,
            source=self._source(self._own(example)),
        )

    def family(self, name: str) -> Html:
        """Return the territory's values of a family of indicators (the ages of childhood), one bar each."""
        members = [self._indicator(one.id) for one in CATALOGUE.values() if one.family == name]
        compared = {one.id: self._compared(one) for one in members}
        if any(rows.empty for rows in compared.values()):
            return self._unavailable(members[0], f"{members[0].label}, et les âges suivants")
        own = pd.concat(
            [rows.iloc[[0]].assign(name=one.label) for one, rows in zip(members, compared.values(), strict=True)]
        )
        data = charts.listing(members[0], own, over_years=False)
        for place in compared[members[0].id]["name"].iloc[1:]:
            data = data.beside(place, [rows.set_index("name").at[place, "text"] for rows in compared.values()])
        data = charts.Listing(["Âge", self.territory["name"], *data.header[2:]], data.lines)
        period = texts.period_text(own["period"].iloc[0])
        return charts.chart(
            members[0], figures.comparison(own), data, when=period, source=self._source(own), title="Par âge"
        )

    def glossary(self) -> Html:
        """Return the definition, the caveats and the sources of all that the chapter has shown so far."""
        used = [one for one in CATALOGUE.values() if one.id in self._used]
        families = {one.family or one.id: one for one in reversed(used)}
        return markup.definitions([self._definition(one) for one in used if families[one.family or one.id] is one])

    def _indicator(self, name: str) -> Indicator:
        """Return an indicator by its id, and note that the chapter uses it."""
        if name not in CATALOGUE:
            raise UserError(f"no indicator {name!r}: `ctg list indicators WORD` finds their ids")
        self._used.add(name)
        return CATALOGUE[name]

    def _parts(self, indicator: str) -> Html:
        one = self._indicator(indicator)
        totals = self._compared(one)
        if totals.empty:
            return self._unavailable(one, one.label)
        totals = totals[totals["status"].eq(OK)]
        parts = self._labelled_parts(one)
        parts = parts[parts["period"].eq(totals["period"].iloc[0]) & parts["name"].isin(totals["name"])]
        return self._drawn(one, figures.stacked(parts, totals), totals, over_years=False, parts=parts)

    def _balance(self, indicator: str) -> Html:
        one = self._indicator(indicator)
        parts = self._labelled_parts(one)
        parts = parts[parts["level"].eq("epci") & parts["status"].eq(OK)]
        totals = self._own(one)
        totals = totals[totals["period"].isin(parts["period"])]
        if totals.empty:
            return self._unavailable(CATALOGUE[one.parts[0]], "Part des naissances et décès, part des migrations")
        parts = parts[parts["period"].isin(totals["period"])]
        spans = [rows.assign(name=rows["period"]) for rows in (parts, totals)]
        return self._drawn(one, figures.balance(*spans), totals, over_years=True, parts=parts)

    def _labelled_parts(self, one: Indicator) -> pd.DataFrame:
        return pd.concat([self._readable(CATALOGUE[part]).assign(part=CATALOGUE[part].label) for part in one.parts])

    def _drawn(
        self,
        one: Indicator,
        drawing: str,
        rows: pd.DataFrame,
        *,
        over_years: bool,
        parts: pd.DataFrame | None = None,
        **words: str,
    ) -> Html:
        periods = sorted(rows["period"])
        when = f"{periods[0][:4]}-{periods[-1][-4:]}" if over_years else texts.period_text(periods[0])
        data = charts.listing(one, rows, over_years=over_years, parts=parts)
        return charts.chart(one, drawing, data, when=when, source=self._source(rows), **words)

    def _readable(self, one: Indicator) -> pd.DataFrame:
        """Return the observations of an indicator with what a reader sees: name, text, interval."""
        rows = self.data(one.id)
        each = list(rows.itertuples(index=False))
        return rows.assign(
            text=[texts.value_text(one, row) for row in each],
            interval=[texts.interval_text(one, row) for row in each],
            name=[texts.typography(self._france(row) if row.level == "france" else row.name) for row in each],
        )

    def _france(self, row) -> str:
        """Return which France a total covers, when there is one."""
        partial = SOURCES[row.source].outside and row.status == OK and not self.root.fictional
        return "France hors Mayotte" if partial else row.name

    def _own(self, one: Indicator) -> pd.DataFrame:
        """Return the values of the territory itself, by period."""
        rows = self._readable(one)
        return rows[rows["level"].eq("epci") & rows["status"].eq(OK)].sort_values("period")

    def _compared(self, one: Indicator) -> pd.DataFrame:
        """Return the territory, then its comparators, at the period to compare; no row without a value here."""
        rows = self._readable(one)
        rows = rows[rows["level"].ne("commune")]
        period = common_period(rows, self.epci)
        order = self.beside[["level", "code"]].rename(columns={"code": "territory"})
        return order.merge(rows[rows["period"].eq(period)], on=["level", "territory"], how="inner")

    def _map_period(self, one: Indicator, communes: pd.DataFrame) -> str | None:
        """Return the period of the comparison when the communes have it, else their latest one."""
        compared = self._compared(one)
        known = communes[communes["status"].eq(OK)]
        if len(compared) and compared["period"].iloc[0] in set(known["period"]):
            return compared["period"].iloc[0]
        return latest_period(known)

    def _ages(self, level: str, code: str, period: str) -> pd.DataFrame | None:
        rows = self.observations
        rows = rows[rows["level"].eq(level) & rows["territory"].eq(code) & rows["period"].eq(period)]
        values = dict(zip(rows["indicator"], rows["value"], strict=True))
        keys = [(sex, band) for sex in charts.SEXES for band in charts.BANDS]
        return charts.shares_by_age({(sex, band): values[f"{sex}_{band}_count"] for sex, band in keys})

    def _unavailable(self, one: Indicator, what: str) -> Html:
        """Return the box: what is missing, from whom, and the command that says how to get it."""
        used = set(self.data(one.id).query("status == 'ok'")["source"])
        missing = [SOURCES[name] for name in one.sources if name not in used] or [SOURCES[one.sources[0]]]
        lines = [
            {
                "label": texts.typography(texts.source_text(source)),
                "how": texts.typography(source.how_to_get or "fichier complet à télécharger"),
                "command": f"ctg {'fetch' if source.downloads else 'list sources'} {source.id}",
            }
            for source in missing
        ]
        return markup.unavailable(texts.typography(f"{texts.uncapitalised(what)}."), lines)

    def _definition(self, one: Indicator) -> dict[str, str]:
        sources = [SOURCES[name] for name in one.sources]
        notes = [one.caveats, *(source.note for source in sources)]
        return {
            "label": texts.typography(one.label),
            "definition": texts.typography(f"{one.definition} Unité : {one.unit}."),
            "caveats": texts.typography(" ".join(note for note in notes if note)),
            "sources": texts.typography(f"Source : {' ; '.join(texts.source_text(source) for source in sources)}."),
        }

    def _source(self, rows: pd.DataFrame) -> str:
        """Return the source line: producer, dataset, geography, date of extraction."""
        names = list(dict.fromkeys(rows["source"]))
        cited = " ; ".join(texts.source_text(SOURCES[name]) for name in names)
        geography = read_geography(self.root)["annee"]
        taken = max(self._certificates[name].date_acces for name in names)
        text = f"{cited}. Géographie au 01/01/{geography}, extraction du {texts.date_text(taken)}."
        return texts.typography(text)

    @cached_property
    def _certificates(self) -> dict[str, Certificate]:
        folders = source_folders(self.root.raw)
        return {source: read_certificate(path).certificate for source, path in folders.items() if source in SOURCES}


def _beside(known: pd.DataFrame, unknown: pd.DataFrame) -> str:
    """Return the figures to compare with, and the territories that have none."""
    shown = ", ".join(f"{row.name} {row.text}" for row in known.itertuples(index=False))
    text = f"Pour comparer : {shown}." if shown else ""
    if len(unknown):
        text += f" Valeur non disponible : {', '.join(unknown['name'])}."
    return text.strip()
