"""The few verbs of a chapter: open it, read, draw, tabulate, define. Everything comes from OBSERVATIONS."""

from pathlib import Path

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter import (
    analyst,
    assessments,
    figures,
    funnels,
    large_communes,
    spaces,
    summaries,
    surveyed,
    synthesis,
)
from ctg_analysis.chapter.territory import observed
from ctg_analysis.core.errors import UserError
from ctg_analysis.core.geography import read_geography
from ctg_analysis.core.model import MISSING, OK, Count, Indicator, Mean
from ctg_analysis.core.settings import DataRoot, data_root
from ctg_analysis.display import markup
from ctg_analysis.display.drawings import lines
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces import childcare, sheets, tables
from ctg_analysis.display.words import comparable, notes, sentences, texts
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.indicators.childcare_authority import authorities, read_thresholds
from ctg_analysis.indicators.comparisons import common_period, latest_period
from ctg_analysis.indicators.significance import notable
from ctg_analysis.indicators.simulation import RATE, WORKED_OUT_FROM, Missing, simulate
from ctg_analysis.processing.run import ensure

DRAWN = {
    "trend": figures.trend,
    "circles": figures.communes_map,
    "choropleth": figures.communes_map,
    "comparison": figures.comparison,
    "parts": figures.parts,
    "balance": figures.balance,
    "timeline": figures.timeline,
}
TOLD_ABOVE = "La façon dont ils sont choisis précède leur liste, plus haut."


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
        self._texts: list[str] = []
        self._compared: list[str] = []
        self._peers_told = False

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

    def find(self, words: str) -> pd.DataFrame:
        """Return the indicators that some words name, with the latest period that is known here."""
        return analyst.find(self.seen, words)

    def with_own(self, indicator: str, path: str | Path) -> pd.DataFrame:
        """Return the communes with the latest value of an indicator and the columns of an own CSV file beside."""
        return analyst.with_own(self.seen, self._indicator(indicator), Path(path))

    def perimeter(self) -> Html:
        """Return which communes, and the geography they are in."""
        beside = self.seen.beside
        departements = beside.loc[beside["level"].eq("departement"), "name"]
        count = len(self.seen.communes)
        lead = f"{self.seen.territory['name']} : {count} communes ({texts.listed(list(departements))})."
        said = markup.reading(texts.typography(lead), texts.typography(read_geography(self.seen.root)["note"]))
        return self._noted(said)

    def show(self, indicator: str) -> Html:
        """Return the sentence and the chart of an indicator, or the box when no place here has it.

        A chart that would say no more than the sentence is left out: one bar alone, a map of zeros, a map of one
        circle, whose commune is named. Several years of the territory alone are drawn as a line.
        """
        one = self._indicator(indicator)
        if not self.seen.has(one, OK):
            return self.reading(indicator)
        alone = isinstance(one.value, Count | Mean) or self.seen.compared(one)["status"].eq(OK).sum() == 1
        if one.chart == "comparison" and alone:
            years = [sentences.is_printed(one, row) for row in self.seen.own(one).itertuples(index=False)]
            long = len(years) >= lines.SHORTEST and all(years)
            return self._read_and(self.trend(indicator), one) if long else self.reading(indicator)
        if one.chart == "circles" and not figures.on_map(self.seen, one)["value"].any():
            return self.reading(indicator)
        only = figures.only_commune(self.seen, one) if one.chart == "circles" else ""
        if only and len(self.seen.compared(one)):
            return self.reading(indicator, f"Dans une seule commune : {only}.")
        return self._read_and(self.chart(indicator), one)

    def reading(self, indicator: str, more: str = "") -> Html:
        """Return the sentence of an indicator here, the same figure elsewhere and its source; else the box.

        more: what is said below a number of things.
        """
        one = self._indicator(indicator)
        rows = self.seen.compared(one)
        said = self._read(one, more)
        return said if rows.empty else markup.together(said, markup.source(figures.source(self.seen, rows)))

    def _read_and(self, chart: Html, one: Indicator) -> Html:
        return markup.together(self._read(one), chart)

    def _read(self, one: Indicator, more: str = "") -> Html:
        rows = self.seen.compared(one)
        if rows.empty:
            secret = figures.withheld(self.seen, one)
            if secret:
                return markup.reading(texts.typography(secret), "")
            by_commune = self.seen.has(one, OK)
            return figures.unavailable(
                self.seen, one, f"{one.label}, pour l'ensemble du territoire" if by_commune else one.label
            )
        own, others = rows.iloc[0], rows.iloc[1:]
        text = sentences.sentence(one, own)
        if surveyed.is_surveyed(one):
            return markup.reading(text, surveyed.base(own))
        if isinstance(one.value, Count | Mean):
            return markup.reading(text, texts.typography(more))
        self._compared.append(one.id)
        said = [sentences.beside(others), figures.uncompared(self.seen, one)]
        return markup.reading(text, texts.typography(" ".join(filter(None, said))))

    def chart(self, indicator: str) -> Html:
        """Return the chart that the indicator declares, or the box when there is nothing to draw."""
        one = self._indicator(indicator)
        if one.chart not in DRAWN:
            raise UserError(f"{one.id} is drawn with its family: use chapter.{one.chart}()")
        self._compared += [one.id] if one.chart == "comparison" else []
        return DRAWN[one.chart](self.seen, one)

    def comparison(self, indicator: str) -> Html:
        """Return the bars of an indicator: the territory, its comparators and the median of its peers."""
        self._compared.append(indicator)
        return figures.comparison(self.seen, self._indicator(indicator))

    def trend(self, indicator: str) -> Html:
        """Return the line of an indicator over the years."""
        return figures.trend(self.seen, self._indicator(indicator))

    def slope(self, indicator: str) -> Html:
        """Return an indicator at its first and last years, at least five apart, here and elsewhere."""
        return figures.slope(self.seen, self._indicator(indicator))

    def dumbbell(self, first: str, second: str, *, ends: tuple[str, str], title: str) -> Html:
        """Return two indicators of one unit side by side, here and elsewhere. ends: what each is (« Femmes »)."""
        return figures.dumbbell(self.seen, self._indicator(first), self._indicator(second), ends, title)

    def funnel(self, indicator: str) -> Html:
        """Return a share by commune against what chance alone does, in the place of a ranking."""
        return funnels.shares(self.seen, self._indicator(indicator))

    def funnel_of_events(self, indicator: str, *, people: str, per: int, title: str) -> Html:
        """Return the events of some years over the inhabitants, by commune, against what chance alone does."""
        return funnels.rates(self.seen, self._indicator(indicator), self._indicator(people), per, title)

    def map(self, indicator: str) -> Html:
        """Return the map of an indicator by commune: shades for a rate, circles for a count."""
        return figures.communes_map(self.seen, self._indicator(indicator))

    def table(self, *indicators: str) -> Html:
        """Return the communes and the comparators in rows, the indicators in columns, each at its own period.

        An indicator that no place has is named below, without a column; the box stands for a table of such ones.
        """
        several = [self._indicator(name) for name in indicators]
        if all(figures.is_pointless(self.seen, one) for one in several):
            labels = texts.listed([texts.uncapitalised(one.label) for one in several])
            return figures.unavailable(self.seen, several[0], f"{labels[:1].upper()}{labels[1:]}, par commune")
        columns, absent = [], []
        for one in several:
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
            return figures.unavailable(self.seen, absent[0], f"{texts.listed(labels)}, par commune")
        note = f"Donnée non disponible : {texts.listed(labels)}." if labels else ""
        source = figures.source(self.seen, pd.concat([rows for *_, rows in columns]))
        local = len(self.seen.communes)
        return tables.places_by_indicator(self.seen.places, columns, local=local, source=source, note=note)

    def large_communes(self, *indicators: str) -> Html:
        """Return indicators in the communes large enough for the producer to publish them, or that none is."""
        return large_communes.table(self.seen, [self._indicator(name) for name in indicators])

    def matrix(self, name: str) -> Html:
        """Return a family of indicators by commune: yes or no, or the value of each."""
        family = self._family(name)
        columns = []
        for one in family:
            rows = self.seen.readable(one)
            period = latest_period(rows[rows["level"].eq("commune")]) or latest_period(rows)
            if period is None:
                return figures.unavailable(self.seen, family[0], f"{one.label}, par commune")
            columns.append((one, period, self._with_part(one, rows[rows["period"].eq(period)])))
        places = self.seen.places[self.seen.places["level"].isin(["commune", "epci"])]
        source = figures.source(self.seen, pd.concat([rows for *_, rows in columns]))
        return tables.matrix(places, columns, source=source)

    def _with_part(self, one: Indicator, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of an indicator with the value of its part, when it has one that is counted apart."""
        if not one.parts:
            return rows
        part = self.seen.readable(self._indicator(one.parts[0]))
        values = part.set_index(["level", "territory", "period"])["value"].rename("part")
        return rows.join(values, on=["level", "territory", "period"])

    def scores(self, name: str) -> Html:
        """Return the scores of a family by commune, what they mean and what they rest on."""
        return assessments.scores(self.seen, name, self._family(name))

    def approvals(self, indicator: str) -> Html:
        """Return the approval of each centre social and EVS beside the convention. indicator: what the box is about."""
        return spaces.approvals(self.seen, self._indicator(indicator))

    def criteria(self, name: str) -> Html:
        """Return the scores of a family by structure, what they mean and what they rest on."""
        return spaces.criteria(self.seen, name, self._family(name))

    def norms(self, name: str) -> Html:
        """Return what is measured here beside the most that the texts of data/reference/<name>.yml allow."""
        return assessments.norms(self.seen, name)

    def timeline(self, indicator: str) -> Html:
        """Return the year in which something ends, commune by commune, beside the period of the convention."""
        return figures.timeline(self.seen, self._indicator(indicator))

    def childcare_authority(self) -> Html:
        """Return which authority organises childcare in each commune, and what the law asks of it."""
        one = self._indicator("sppe_transferred_count")
        told, people = (
            figures.by_commune(self.seen, one),
            figures.by_commune(self.seen, self._indicator("population_count")),
        )
        if told.empty:
            return figures.unavailable(self.seen, one, f"{one.label}, par commune")
        inhabitants = told["territory"].map(people.set_index("territory")["value"])
        answers = told.assign(transferred=told["value"], population=inhabitants, counted=people["period"].max())
        thresholds = read_thresholds(data_root().reference / "seuils.yml")
        duties = authorities(answers, self.seen.epci, thresholds)
        source = figures.source(self.seen, pd.concat([told, people]))
        return childcare.authority(answers, duties, self.seen.territory["name"], thresholds, source)

    def simulation(self, *, places: int, leaving: int) -> Html:
        """Return what more places in childcare centres and fewer childminders would make of the coverage rate."""
        one = self._indicator(RATE)
        rows = self.seen.of(WORKED_OUT_FROM)
        found = simulate(rows[rows["level"].eq("epci")], places=places, leaving=leaving)
        if isinstance(found, Missing):
            lacking = self._indicator(found.indicator)
            year = f" ({date_text(found.period)})" if found.period else ""
            return figures.unavailable(
                self.seen, lacking, f"Simulation, faute de : {texts.uncapitalised(lacking.label)}{year}"
            )
        parts = figures.labelled_parts(self.seen, one)
        parts = parts[parts["level"].eq("epci") & parts["period"].eq(found.period) & parts["status"].eq(OK)]
        return childcare.simulation(
            one, found, parts, figures.source(self.seen, pd.DataFrame({"source": found.sources}))
        )

    def pyramid(self) -> Html:
        """Return the age pyramid of the territory against the outline of its (first) département."""
        return figures.pyramid(self.seen)

    def family(self, name: str) -> Html:
        """Return the territory's values of a family of indicators (the ages of childhood), one bar each."""
        members = self._family(name)
        self._compared += [one.id for one in members]
        return figures.family(self.seen, name, members)

    def reference(self, name: str) -> Html:
        """Return the dated texts of data/reference/<name>.yml, with their sources and what is still to be checked."""
        return markup.references(notes.read_reference(name))

    def peers(self) -> Html:
        """Return how the comparable EPCIs were chosen, what of theirs the chapter has shown, and their list."""
        group = self.seen.peers()
        self._peers_told = True
        used = [CATALOGUE[name] for name in dict.fromkeys(self._compared)]
        number = sum(self.seen.compared(one)["level"].eq("peers").any() for one in used)
        said = texts.typography(comparable.medians(number))
        how = markup.reading(
            texts.typography(comparable.sentence(group, self.seen.vintages)), "" if group.peers.empty else said
        )
        if group.peers.empty:
            return how
        listed = comparable.listed(group, self.seen.profiles, self.seen.territories)
        return markup.together(how, tables.listed(listed, "EPCI comparables, du plus proche au moins proche"))

    def messages(self) -> Html:
        """Return the messages of the synthèse, chosen by rule, each with its number, a comparison and its proof."""
        said = summaries.messages(self.seen)
        self._used += [one.anchor for one in said]
        return self._noted(sheets.messages(said, synthesis.RULE))

    def overview(self) -> Html:
        """Return where the territory stands to its place of reference, indicator by indicator."""
        return self._noted(figures.overview(self.seen))

    def meanings(self) -> Html:
        """Return the meaning of every term of the messages and of the overview shown so far."""
        return sheets.meanings(self._texts)

    def _noted(self, shown: Html) -> Html:
        """Return what is shown, its words noted for the meanings."""
        self._texts.append(shown.html)
        return shown

    def communes(self, *indicators: str) -> Html:
        """Return one sheet for each commune, with these indicators, the EPCI beside; no rank, no weak percentage."""
        return summaries.communes(self.seen, [self._indicator(name) for name in indicators])

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
        return markup.definitions(notes.definitions(one for one in CATALOGUE.values() if one.id in self._used))

    def method(self) -> Html:
        """Return the methodological note of the chapter, written from the declarations of what it has shown."""
        used = [CATALOGUE[name] for name in dict.fromkeys(self._used)]
        how = TOLD_ABOVE if self._peers_told else comparable.sentence(self.seen.peers(), self.seen.vintages)
        return markup.definitions(notes.method(used, self.seen.year, how))

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
        self.seen.read.add(name)
        return CATALOGUE[name]
