"""The few verbs of a chapter: open it, read, draw, tabulate, define. Everything comes from OBSERVATIONS."""

from collections.abc import Callable

import pandas as pd

from ctg_analysis.chapter import (
    asked,
    assessments,
    births,
    childcare_law,
    childcare_reach,
    closing,
    commitments,
    commune_sheets,
    communes_tables,
    desk,
    equal_ages,
    families,
    figures,
    funnels,
    identity,
    large_communes,
    natural_balance,
    need_by_commune,
    positions,
    profiles,
    projections,
    single_indicator,
    spaces,
    summaries,
    synthesis,
    typology,
)
from ctg_analysis.chapter.closing import BESIDE_PEERS, LIST, SHOWN, asking, telling
from ctg_analysis.chapter.notebook_shell import prepare_shell
from ctg_analysis.chapter.story import story
from ctg_analysis.chapter.territory import open_territory
from ctg_analysis.core.settings import DataRoot, data_root
from ctg_analysis.display import markup
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces import sheets
from ctg_analysis.display.words import notes
from ctg_analysis.processing.run import ensure


def open_chapter(epci: str | int) -> "Chapter":
    """The chapter of an EPCI named by its SIREN; papermill's `-p` may hand it over as a number.

    Raises:
        UserError: no such EPCI. InputError: raw files that cannot be trusted.
    """
    root = data_root(str(epci))
    ensure(root)
    prepare_shell()
    return Chapter(str(epci), root)


class Chapter:
    """A territory, its communes and its comparators, with the verbs that a notebook uses.

    A verb remembers nothing: its piece tells what it shows, from which the last cells are written (see `closing`).
    """

    def __init__(self, epci: str, root: DataRoot):
        self.territory = open_territory(epci, root)

    @property
    def observations(self) -> pd.DataFrame:
        """The observations of the territory, its communes and its comparators."""
        return self.territory.observations

    @property
    def named(self) -> pd.DataFrame:
        """The same observations with the names of the territories, by indicator."""
        return self.territory.named

    data, find, with_own, compare = desk.data, desk.find, desk.with_own, desk.compare
    peers_table, land, picture, framed = desk.peers_table, desk.land, desk.picture, desk.framed
    __repr__ = desk.described

    def perimeter(self) -> Html:
        """Which communes, and the geography they are in."""
        return identity.perimeter(self.territory)

    def essential(self, number: str) -> Html:
        """The findings of the chapter of this number, three at most (see docs/rules.md)."""
        return profiles.essential(self.territory, number)

    def profile(self, *indicators: str) -> Html:
        """A line for each indicator: its value, its years, the places beside, its place among the peers, the test."""
        return telling(self._piece(profiles.profile, *indicators), BESIDE_PEERS, *indicators)

    def identity(self) -> Html:
        """Who and where: the kind of EPCI, its communes, its inhabitants, its locator map."""
        return telling(identity.identity(self.territory), SHOWN, identity.PEOPLE)

    def show(self, indicator: str) -> Html:
        """The sentence of an indicator, and its chart unless it says no more; or the box when no place here has it."""
        return self._piece(single_indicator.show, indicator)

    def reading(self, indicator: str) -> Html:
        """The sentence of an indicator here, the same figure elsewhere and its source; else the box."""
        return self._piece(single_indicator.reading, indicator)

    def chart(self, indicator: str) -> Html:
        """The chart that the indicator declares, or the box when there is nothing to draw."""
        return self._piece(single_indicator.chart, indicator)

    def position(self, indicator: str) -> Html:
        """The territory among the EPCIs of its département, and among its peers: a strip for each."""
        return self._piece(positions.position, indicator)

    def trend(self, indicator: str) -> Html:
        """The line of an indicator over the years."""
        return self._piece(figures.trend, indicator)

    def slope(self, indicator: str) -> Html:
        """An indicator at its first and last years, at least five apart, here and elsewhere."""
        return self._piece(figures.slope, indicator)

    def dumbbell(self, first: str, second: str, *, ends: tuple[str, str], title: str) -> Html:
        """Two indicators of one unit side by side, here and elsewhere. ends: what each is (« Femmes »)."""
        return self._piece(figures.dumbbell, first, second, ends=ends, title=title)

    def funnel(self, indicator: str) -> Html:
        """A share by commune against what chance alone does, in the place of a ranking."""
        return self._piece(funnels.shares, indicator)

    def funnel_of_events(self, indicator: str, *, people: str, per: int, title: str) -> Html:
        """The events of some years over the inhabitants, by commune, against what chance alone does."""
        return self._piece(funnels.rates, indicator, people, per=per, title=title)

    def map(self, *indicators: str) -> Html:
        """The map of an indicator by commune: shades for a rate, circles for a count.

        Of several vintages, the newest first: the first that the territory has as its communes do.
        """
        return self._piece(figures.communes_map, *indicators)

    def natural_balance(self, balance: str, *, events: str, homes: str) -> Html:
        """Births less deaths by commune, with their interval and what a home for the elderly explains."""
        return self._piece(natural_balance.table, balance, events, homes)

    def table(self, *indicators: str, unless: str = "") -> Html:
        """The communes and the comparators in rows, the indicators in columns, each at its own period.

        unless: a newer indicator; no table where the territory and its communes have it.
        """
        newer = asked.indicator(self.territory, unless).id if unless else ""
        return self._piece(communes_tables.table, *indicators, unless=newer)

    def at_equal_ages(self, *indicators: str) -> Html:
        """Indicators counted, crude and standardised by age, against the places beside."""
        return self._piece(equal_ages.table, *indicators)

    def expected_births(self) -> Html:
        """Births for 1 000 women, and those that women of these ages have in France."""
        return births.expected(self.territory)

    def births_change(self) -> Html:
        """What the change in births owes to how many women there are, to their ages and to their fertility."""
        return births.change(self.territory)

    def large_communes(self, *indicators: str) -> Html:
        """Indicators in the communes large enough for the producer to publish them, or that none is."""
        return self._piece(large_communes.table, *indicators)

    def matrix(self, name: str) -> Html:
        """A family of indicators by commune: yes or no, or the value of each."""
        return self._family(communes_tables.matrix, name)

    def scores(self, name: str) -> Html:
        """The scores of a family by commune, what they mean and what they rest on."""
        return self._family(assessments.scores, name)

    def approvals(self, indicator: str) -> Html:
        """The approval of each centre social and EVS beside the convention. indicator: what the box is about."""
        return self._piece(spaces.approvals, indicator)

    def criteria(self, name: str) -> Html:
        """The scores of a family by structure, what they mean and what they rest on."""
        return self._family(spaces.criteria, name)

    def norms(self, name: str) -> Html:
        """What is measured here beside the most that the texts of data/reference/<name>.yml allow."""
        return assessments.norms(self.territory, name)

    def timeline(self, indicator: str) -> Html:
        """The year in which something ends, commune by commune, beside the period of the convention."""
        return self._piece(figures.timeline, indicator)

    def childcare_authority(self) -> Html:
        """Which authority organises childcare in each commune, and what the law asks of it."""
        return self._piece(childcare_law.childcare_authority, "sppe_transferred_count", "population_count")

    def childcare_reach(self) -> Html:
        """The places of childcare that each commune reaches by car, and how much the limit matters."""
        return childcare_reach.childcare_reach(self.territory)

    def need_by_commune(self, name: str) -> Html:
        """The children of each commune beside its supply and that within reach. name: childcare or leisure."""
        return need_by_commune.need_by_commune(self.territory, name)

    def simulation(self, *, places: int, leaving: int) -> Html:
        """What more places in childcare centres and fewer childminders would make of the coverage rate."""
        return self._piece(childcare_law.simulation, "childcare_coverage_rate", places=places, leaving=leaving)

    def childcare_need(self) -> Html:
        """The need for childcare beside the supply: a sentence and a slider."""
        return childcare_law.childcare_need(self.territory)

    def projection(self) -> Html:
        """The children of three age groups five and ten years on, by scenario, and what such a projection was worth."""
        return projections.projection(self.territory)

    def typology(self, *indicators: str) -> Html:
        """The type of each commune (class of density, massif), and these indicators by class: a key to tables, maps."""
        return self._piece(typology.typology, *indicators)

    def since_birth(self) -> Html:
        """The children of the latest census for 100 births of their years: who came, who left."""
        return projections.since_birth(self.territory)

    def pyramid(self) -> Html:
        """The age pyramid of the territory against the outline of its (first) département."""
        return figures.pyramid(self.territory)

    def family(self, name: str, *, unless: str = "") -> Html:
        """The territory's values of a family of indicators (the ages of childhood), one bar each.

        unless: a family of numbers; nothing where the territory has none of them.
        """
        numbers = asked.family(self.territory, unless) if unless else []
        piece = self._family(families.family, name, unless=numbers)
        return telling(piece, BESIDE_PEERS, *piece.about[SHOWN])

    def reference(self, name: str) -> Html:
        """The dated texts of data/reference/<name>.yml, with their sources and what is still to be checked."""
        return markup.references(notes.read_reference(name))

    def portrait(self) -> Html:
        """The territory in a few sentences, by rule; nothing where none is known."""
        told = story(self.territory)
        return markup.reading(" ".join(told), "") if told else Html("", why="Aucun fait à raconter.")

    def key_figures(self) -> Html:
        """The twelve figures of the synthèse: here, the years, the places beside, the test."""
        names = [indicator.id for indicator in synthesis.synthesis(self.territory).figures]
        return telling(self._piece(profiles.profile, *names, beside=synthesis.BESIDE), BESIDE_PEERS, *names)

    def messages(self) -> Html:
        """The strengths, alerts and traits of the territory, by rule, each with its proof."""
        chosen = summaries.messages(self.territory)
        return telling(sheets.messages(chosen, synthesis.RULE), SHOWN, *(message.anchor for message in chosen))

    def commitments(self) -> Html:
        """The enjeux, the decisions, the actions and the euros of the démarche, where it has them."""
        return commitments.commitments(self.territory)

    def team(self) -> Html:
        """What the team says of the synthèse, who signs it and when; nothing as long as it has written nothing."""
        return summaries.team(self.territory)

    def communes(self, *indicators: str) -> Html:
        """One sheet for each commune: these indicators, communes of its size and the EPCI beside; no rank."""
        return self._piece(commune_sheets.communes, *indicators)

    def peers(self, *indicators: str) -> Html:
        """Which the comparable EPCIs are, how many indicators they stand beside, and their list.

        indicators: here and below, by default those that the whole chapter shows, once it has run.
        """
        ids = self._ids(indicators)
        piece = closing.peers(self.territory, ids or None)
        return piece if ids else telling(piece, LIST, "peers")

    def glossary(self, *indicators: str) -> Html:
        """The definitions, the caveats and the sources."""
        ids = self._ids(indicators)
        return closing.definitions(self.territory, ids) if ids else asking("definitions", "Définitions et sources")

    def method(self, *indicators: str) -> Html:
        """The methodological note, written from the declarations."""
        ids = self._ids(indicators)
        return closing.method(self.territory, ids) if ids else asking("method", "La méthode")

    def _piece(self, make: Callable[..., Html], *names: str, **options: object) -> Html:
        """What a function makes of some indicators, which the piece tells."""
        several = [asked.indicator(self.territory, name) for name in names]
        return telling(make(self.territory, *several, **options), SHOWN, *names)

    def _family(self, make: Callable[..., Html], name: str, **options: object) -> Html:
        """What a function makes of a family of indicators, which the piece tells."""
        members = asked.family(self.territory, name)
        return telling(make(self.territory, name, members, **options), SHOWN, *(indicator.id for indicator in members))

    def _ids(self, names: tuple[str, ...]) -> list[str]:
        return [asked.indicator(self.territory, name).id for name in names]
