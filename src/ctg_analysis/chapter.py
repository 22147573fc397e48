"""The few verbs of a chapter: open it, read, draw, tabulate, define. Everything comes from OBSERVATIONS."""

from dataclasses import replace

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.catalogue.breakdowns import TITLES
from ctg_analysis.childcare_authority import authorities, read_thresholds
from ctg_analysis.cleaning.geography import read_geography
from ctg_analysis.comparisons import common_period, last_year, latest_period
from ctg_analysis.display import bars, charts, childcare, lines, maps, markup, messages, notes, tables, texts
from ctg_analysis.display.markup import Html
from ctg_analysis.errors import UserError
from ctg_analysis.model import MISSING, OK, Count, Indicator, Mean
from ctg_analysis.observed import observed
from ctg_analysis.peers import published, sentence
from ctg_analysis.processing import ensure
from ctg_analysis.settings import DataRoot, data_root
from ctg_analysis.significance import notable
from ctg_analysis.simulation import RATE, Missing, simulate
from ctg_analysis.sources import SOURCES

SHORTEST_LINE = 3  # years: two points make no trend
QUARTILES = "EPCI comparables : la boîte va du premier au troisième quartile, le trait est à la médiane."


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
        self.seen = observed(epci, root)
        self._used: list[str] = []

    @property
    def observations(self) -> pd.DataFrame:
        """The observations of the territory, its communes and its comparators."""
        return self.seen.observations

    @property
    def named(self) -> pd.DataFrame:
        """The same observations with the names of the territories, by indicator."""
        return self.seen.named

    def data(self, indicator: str) -> pd.DataFrame:
        """Return the observations of an indicator as a plain table, with the names of the territories."""
        return self.seen.data(self._indicator(indicator))

    def perimeter(self) -> Html:
        """Return which communes, and the geography they are in."""
        beside = self.seen.beside
        departements = beside.loc[beside["level"].eq("departement"), "name"]
        count = len(self.seen.communes)
        lead = f"{self.seen.territory['name']} : {count} communes ({texts.listed(list(departements))})."
        return markup.reading(texts.typography(lead), texts.typography(read_geography(self.seen.root)["note"]))

    def show(self, indicator: str) -> Html:
        """Return the sentence and the chart of an indicator, or the box when no place here has it.

        A chart that would say no more than the sentence is left out: one bar alone, a map of zeros. Several years of
        the territory alone are drawn as a line.
        """
        one = self._indicator(indicator)
        if not self.data(indicator)["status"].eq(OK).any():
            return self.reading(indicator)
        if one.chart == "comparison" and self.seen.compared(one)["status"].eq(OK).sum() == 1:
            years = [texts.is_printed(one, row) for row in self.seen.own(one).itertuples(index=False)]
            line = len(years) >= SHORTEST_LINE and all(years)
            return self._read_and(self.trend(indicator), one) if line else self.reading(indicator)
        if one.chart == "circles" and not self._communes(one)["value"].any():
            return self.reading(indicator)
        return self._read_and(self.chart(indicator), one)

    def reading(self, indicator: str) -> Html:
        """Return the sentence of an indicator here, the same figure elsewhere and its source; else the box."""
        one = self._indicator(indicator)
        rows = self.seen.compared(one)
        said = self._read(one)
        return said if rows.empty else Html(f"{said.html}\n{markup.source(self._source(rows)).html}")

    def _read_and(self, chart: Html, one: Indicator) -> Html:
        return Html(f"{self._read(one).html}\n{chart.html}")

    def _read(self, one: Indicator) -> Html:
        rows = self.seen.compared(one)
        if rows.empty:
            by_commune = self.data(one.id)["status"].eq(OK).any()
            return self._unavailable(one, f"{one.label}, pour l'ensemble du territoire" if by_commune else one.label)
        own, others = rows.iloc[0], rows.iloc[1:]
        text = texts.sentence(one, own)
        if others.empty or isinstance(one.value, Count | Mean):
            return markup.reading(text, "")
        return markup.reading(text, texts.typography(texts.beside(others)))

    def chart(self, indicator: str) -> Html:
        """Return the chart that the indicator declares, or the box when there is nothing to draw."""
        one = self._indicator(indicator)
        verbs = {"trend": self.trend, "circles": self.map, "choropleth": self.map, "comparison": self.comparison}
        verbs |= {"parts": self._parts, "balance": self._balance, "timeline": self.timeline}
        if one.chart not in verbs:
            raise UserError(f"{one.id} is drawn with its family: use chapter.{one.chart}()")
        return verbs[one.chart](one.id)

    def comparison(self, indicator: str) -> Html:
        """Return the bars of an indicator: the territory, its comparators and the median of its peers."""
        one = self._indicator(indicator)
        rows = self.seen.compared(one)
        if rows.empty:
            return self._unavailable(one, one.label)
        peers = rows[rows["level"].eq("peers")]
        note = QUARTILES if peers["low"].notna().any() else ""
        drawing = bars.comparison(rows[rows["status"].eq(OK)])
        return self._drawn(one, drawing, rows, over_years=False, note=note, message=messages.comparison(rows))

    def trend(self, indicator: str) -> Html:
        """Return the line of an indicator over the years."""
        one = self._indicator(indicator)
        rows = self.seen.own(one)
        if len(rows) < 2:
            return self._unavailable(one, f"{one.label}, évolution")
        means = [name for name in one.parts if isinstance(CATALOGUE[name].value, Mean)]
        smooth = self.seen.own(CATALOGUE[means[0]]) if means else None
        drawing = lines.trend(rows, smooth, one.decimals)
        return self._drawn(one, drawing, rows, over_years=True, message=messages.trend(rows))

    def map(self, indicator: str) -> Html:
        """Return the map of an indicator by commune: shades for a rate, circles for a count."""
        one = self._indicator(indicator)
        rows = self.seen.readable(one)
        rows = rows[rows["level"].eq("commune")]
        period = self._map_period(one, rows)
        if period is None:
            return self._unavailable(one, f"{one.label}, par commune")
        rows = rows[rows["period"].eq(period)].sort_values("name", key=lambda names: names.map(texts.alphabetical))
        if isinstance(one.value, Count | Mean):
            drawing = maps.circles(self.seen.land, rows)
            exact = not any(texts.rounded(one, SOURCES[name]) for name in set(rows["source"]))
            message = messages.circles(rows) if exact else ""
        else:
            printed = [row.status == OK and texts.is_printed(one, row) for row in rows.itertuples(index=False)]
            rows = rows.assign(shown=printed)
            drawing = maps.choropleth(self.seen.land, rows, one, diverging=texts.is_change(one))
            message = messages.choropleth(rows)
        without = rows.loc[~rows["territory"].isin(self.seen.land.paths.keys()), "name"]
        note = f"Sans contour sur la carte : {texts.listed(list(without))}." if len(without) else ""
        return self._drawn(one, drawing, rows, over_years=False, kind="map", note=note, message=message)

    def table(self, *indicators: str) -> Html:
        """Return the communes and the comparators in rows, the indicators in columns, each at its own period.

        An indicator that no place has is named below, without a column; the box stands for a table of such ones.
        """
        columns, absent = [], []
        for one in map(self._indicator, indicators):
            rows = self.seen.readable(one)
            if rows["status"].eq(MISSING).all():
                absent.append(one)
                continue
            period = (
                common_period(rows[rows["level"].ne("commune")], self.seen.epci)
                or latest_period(rows)
                or rows["period"].max()
            )
            columns.append((one, period, rows[rows["period"].eq(period)]))
        labels = [texts.uncapitalised(one.label) for one in absent]
        if not columns:
            return self._unavailable(absent[0], f"{texts.listed(labels)}, par commune")
        note = f"Donnée non disponible : {texts.listed(labels)}." if labels else ""
        source = self._source(pd.concat([rows for *_, rows in columns]))
        local = len(self.seen.communes)
        return tables.places_by_indicator(self.seen.places, columns, local=local, source=source, note=note)

    def matrix(self, name: str) -> Html:
        """Return a family of indicators by commune: yes or no, or the value of each."""
        family = self._family(name)
        columns = []
        for one in family:
            rows = self.seen.readable(one)
            period = latest_period(rows[rows["level"].eq("commune")]) or latest_period(rows)
            if period is None:
                return self._unavailable(family[0], f"{one.label}, par commune")
            columns.append((one, period, rows[rows["period"].eq(period)]))
        places = self.seen.places[self.seen.places["level"].isin(["commune", "epci"])]
        source = self._source(pd.concat([rows for *_, rows in columns]))
        return tables.matrix(places, columns, source=source)

    def timeline(self, indicator: str) -> Html:
        """Return the year in which something ends, commune by commune, beside the period of the convention."""
        one = self._indicator(indicator)
        rows = self._communes(one)
        if rows.empty:
            return self._unavailable(one, f"{one.label}, par commune")
        span = notes.convention(self.seen.root, self.seen.epci)
        note = f"Bande claire : durée de la convention territoriale globale ({span[0]}-{span[1]})." if span else ""
        drawing = lines.timeline(rows[rows["status"].eq(OK)], span)
        return self._drawn(one, drawing, rows, over_years=False, note=note, message=messages.timeline(rows))

    def childcare_authority(self) -> Html:
        """Return which authority organises childcare in each commune, and what the law asks of it."""
        one = self._indicator("sppe_transferred_count")
        told, people = self._communes(one), self._communes(self._indicator("population_count"))
        if told.empty:
            return self._unavailable(one, f"{one.label}, par commune")
        inhabitants = told["territory"].map(people.set_index("territory")["value"])
        answers = told.assign(transferred=told["value"], population=inhabitants, counted=people["period"].max())
        thresholds = read_thresholds(data_root().reference / "seuils.yml")
        duties = authorities(answers, self.seen.epci, thresholds)
        source = self._source(pd.concat([told, people]))
        return childcare.authority(answers, duties, self.seen.territory["name"], thresholds, source)

    def simulation(self, *, places: int, leaving: int) -> Html:
        """Return what more places in childcare centres and fewer childminders would make of the coverage rate."""
        one = self._indicator(RATE)
        own = self.observations[self.observations["level"].eq("epci")]
        found = simulate(own, places=places, leaving=leaving)
        if isinstance(found, Missing):
            lacking = self._indicator(found.indicator)
            year = f" ({texts.period_text(found.period)})" if found.period else ""
            return self._unavailable(lacking, f"Simulation, faute de : {texts.uncapitalised(lacking.label)}{year}")
        parts = self._labelled_parts(one)
        parts = parts[parts["level"].eq("epci") & parts["period"].eq(found.period) & parts["status"].eq(OK)]
        return childcare.simulation(one, found, parts, self._source(pd.DataFrame({"source": found.sources})))

    def pyramid(self) -> Html:
        """Return the age pyramid of the territory against the outline of its (first) département."""
        example = CATALOGUE["women_0_4_count"]
        period = latest_period(self.seen.own(example))
        if period is None:
            return self._unavailable(example, "Population par sexe et âge, pour la pyramide des âges")
        beside = self.seen.beside
        departement = beside[beside["level"].eq("departement")].iloc[0]
        return charts.pyramid(
            self._ages("epci", self.seen.epci, period),
            self.seen.territory["name"],
            self._ages("departement", departement["code"], period),
            departement["name"],
            period=period,
            source=self._source(self.seen.own(example)),
        )

    def family(self, name: str) -> Html:
        """Return the territory's values of a family of indicators (the ages of childhood), one bar each."""
        family = self._family(name)
        compared = {one.id: self.seen.compared(one) for one in family}
        known = [one for one in family if len(compared[one.id])]
        if not known or family[0] not in known:
            return self._unavailable(family[0], TITLES[name])
        own = pd.concat([compared[one.id].iloc[[0]].assign(name=texts.typography(one.label)) for one in known])
        data = charts.family_listing(known, compared, self.seen.territory["name"])
        period = texts.period_text(own["period"].iloc[0])
        drawing = bars.comparison(own)
        units = {one.unit for one in known}
        first = known[0] if len(units) == 1 else replace(known[0], unit="nombre")
        return charts.chart(first, drawing, data, when=period, source=self._source(own), title=TITLES[name])

    def reference(self, name: str) -> Html:
        """Return the dated texts of data/reference/<name>.yml, with their sources and what is still to be checked."""
        return markup.references(notes.read_reference(name))

    def peers(self) -> Html:
        """Return how the comparable EPCIs were chosen, and their list with distances."""
        group = self.seen.peers()
        how = markup.reading(texts.typography(sentence(group, self.seen.vintages)), "")
        if group.peers.empty:
            return how
        listed = published(group, self.seen.profiles, self.seen.territories)
        return Html(how.html + "\n" + tables.listed(listed, "EPCI comparables, du plus proche au moins proche").html)

    def notable(self) -> Html:
        """Return the differences of this chapter, so far, that may be called notable (Benjamini-Hochberg, rule R14)."""
        found = []
        for name in dict.fromkeys(self._used):
            rows = self.seen.compared(CATALOGUE[name], with_peers=False)
            if len(rows):
                others = rows.iloc[1:].assign(own=rows["text"].iloc[0], label=CATALOGUE[name].label)
                found.append(others[others["p"].notna()])
        gaps = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["p", "word"])
        kept = gaps[notable(gaps["p"]) & gaps["word"].ne("proche de")] if len(gaps) else gaps
        return tables.notable_gaps(kept, tested=len(gaps))

    def glossary(self) -> Html:
        """Return the definition, the caveats and the sources of all that the chapter has shown so far."""
        used = [one for one in CATALOGUE.values() if one.id in self._used]
        families: dict[str, list[Indicator]] = {}
        for one in used:
            families.setdefault(one.family or one.id, []).append(one)
        return markup.definitions([notes.definition(*family) for family in families.values()])

    def method(self) -> Html:
        """Return the methodological note of the chapter, written from the declarations of what it has shown."""
        used = [CATALOGUE[name] for name in dict.fromkeys(self._used)]
        return markup.definitions(notes.method(used, self.seen.year))

    def _communes(self, one: Indicator) -> pd.DataFrame:
        """Return the communes by name, at the latest period that one of them has; no row when none has any."""
        rows = self.seen.readable(one)
        rows = rows[rows["level"].eq("commune")]
        period = latest_period(rows)
        rows = rows[rows["period"].eq(period)] if period else rows.iloc[:0]
        return rows.sort_values("name", key=lambda names: names.map(texts.alphabetical))

    def _family(self, name: str) -> list[Indicator]:
        family = [self._indicator(one.id) for one in CATALOGUE.values() if one.family == name]
        if not family:
            raise UserError(f"no family {name!r}: `ctg list indicators` shows the families")
        return family

    def _indicator(self, name: str) -> Indicator:
        """Return an indicator by its id, and note that the chapter uses it."""
        if name not in CATALOGUE:
            raise UserError(f"no indicator {name!r}: `ctg list indicators WORD` finds their ids")
        self._used.append(name)
        return CATALOGUE[name]

    def _parts(self, indicator: str) -> Html:
        one = self._indicator(indicator)
        totals = self.seen.compared(one, with_peers=False)
        if totals.empty:
            return self._unavailable(one, one.label)
        totals = totals[totals["status"].eq(OK)]
        parts = self._labelled_parts(one)
        parts = parts[parts["period"].eq(totals["period"].iloc[0]) & parts["name"].isin(totals["name"])]
        message = messages.parts(parts, totals.iloc[0])
        return self._drawn(one, bars.parts(parts, totals), totals, over_years=False, parts=parts, message=message)

    def _balance(self, indicator: str) -> Html:
        one = self._indicator(indicator)
        parts = self._labelled_parts(one)
        parts = parts[parts["level"].eq("epci") & parts["status"].eq(OK)]
        totals = self.seen.own(one)
        totals = totals[totals["period"].isin(parts["period"])]
        if totals.empty:
            return self._unavailable(CATALOGUE[one.parts[0]], "Part des naissances et décès, part des migrations")
        parts = parts[parts["period"].isin(totals["period"])]
        spans = [rows.assign(name=rows["period"]) for rows in (parts, totals)]
        message = messages.balance(spans[0], spans[1]["name"].iloc[-1])
        return self._drawn(one, bars.balance(*spans), totals, over_years=True, parts=parts, message=message)

    def _labelled_parts(self, one: Indicator) -> pd.DataFrame:
        label = {name: texts.typography(CATALOGUE[name].label) for name in one.parts}
        return pd.concat([self.seen.readable(CATALOGUE[name]).assign(part=label[name]) for name in one.parts])

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
        when = f"{periods[0][:4]}-{last_year(periods[-1])}" if over_years else texts.period_text(periods[0])
        data = charts.listing(one, rows, over_years=over_years, parts=parts)
        source = self._source(rows, series=over_years)
        return charts.chart(one, drawing, data, when=when, source=source, **words)

    def _map_period(self, one: Indicator, communes: pd.DataFrame) -> str | None:
        """Return the period of the comparison when the communes have it, else their latest one."""
        compared = self.seen.compared(one, with_peers=False)
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
        rows = self.data(one.id)
        used = set(rows.loc[rows["status"].eq(OK), "source"])
        missing = [SOURCES[name] for name in one.sources if name not in used] or [SOURCES[one.sources[0]]]
        return markup.unavailable(
            texts.typography(f"{texts.uncapitalised(what)}."),
            [notes.how_to_get(source, self.seen.epci) for source in missing],
        )

    def _source(self, rows: pd.DataFrame, *, series: bool = False) -> str:
        """Return the source line: producer, dataset, geography, date of extraction."""
        names = [name for name in dict.fromkeys(rows["source"]) if name in self.seen.received]
        taken = max(self.seen.received[name] for name in names)
        cited = " ; ".join(texts.source_text(SOURCES[name]) for name in names)
        geography = texts.geography([SOURCES[name] for name in names], self.seen.year, series=series)
        return texts.typography(f"{cited}. {geography}, extraction du {texts.date_text(taken)}.")
