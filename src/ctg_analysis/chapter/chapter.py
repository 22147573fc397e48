"""The few verbs of a chapter: open it, read, draw, tabulate, define. Everything comes from OBSERVATIONS."""

from collections.abc import Callable
from functools import wraps

import pandas as pd
from matplotlib.axes import Axes

from ctg_analysis.chapter import (
    accounts,
    analyst,
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
    identity,
    large_communes,
    natural_balance,
    need_by_commune,
    profiles,
    projections,
    pyramid,
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
from ctg_analysis.display import markup
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces import sheets
from ctg_analysis.display.words import notes
from ctg_analysis.model.settings import DataRoot, data_root
from ctg_analysis.pipeline.run import ensure
from ctg_analysis.show.theme import use_theme


def open_chapter(epci: str | int) -> "Chapter":
    """The chapter of an EPCI named by its SIREN; papermill's `-p` may hand it over as a number.

    Raises:
        UserError: no such EPCI. InputError: raw files that cannot be trusted.
    """
    root = data_root(str(epci))
    ensure(root)
    prepare_shell()
    use_theme()
    return Chapter(str(epci), root)


def _of_territory(make: Callable) -> Callable:
    """The verb that gives what a function makes of the territory, with its words."""

    @wraps(make)
    def verb(chapter: "Chapter", *arguments, **options) -> object:
        return make(chapter.territory, *arguments, **options)

    return verb


def _of_indicators(make: Callable[..., Html]) -> Callable[..., Html]:
    """The verb that shows what a function makes of indicators named by their ids, which the piece tells."""

    @wraps(make)
    def verb(chapter: "Chapter", *names: str, **options) -> Html:
        several = [asked.indicator(chapter.territory, name) for name in names]
        return telling(make(chapter.territory, *several, **options), SHOWN, *names)

    return verb


def _of_family(make: Callable[..., Html]) -> Callable[..., Html]:
    """The verb that shows what a function makes of a family of indicators, which the piece tells."""

    @wraps(make)
    def verb(chapter: "Chapter", name: str, **options) -> Html:
        members = asked.family(chapter.territory, name)
        return telling(make(chapter.territory, name, members, **options), SHOWN, *(one.id for one in members))

    return verb


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

    data, find, peers_table, land = map(_of_territory, (analyst.data, analyst.find, analyst.peers_table, analyst.land))
    with_own, compare, picture, framed = map(_of_territory, (desk.with_own, desk.compare, desk.picture, desk.framed))
    figure = _of_territory(desk.figure)
    __repr__ = _of_territory(analyst.described)

    perimeter = _of_territory(identity.perimeter)
    essential, debate = map(_of_territory, (accounts.account, accounts.debate))
    show = _of_indicators(single_indicator.show)
    reading = _of_indicators(single_indicator.reading)
    chart = _of_indicators(single_indicator.chart)
    members = _of_territory(families.members)
    map = _of_indicators(figures.communes_map)
    pyramid = _of_territory(pyramid.pyramid)
    at_equal_ages = _of_indicators(equal_ages.table)
    expected_births = _of_territory(births.expected)
    births_change = _of_territory(births.change)
    projection = _of_territory(projections.projection)
    since_birth = _of_territory(projections.since_birth)
    large_communes = _of_indicators(large_communes.table)
    communes = _of_indicators(commune_sheets.communes)
    typology = _of_territory(typology.typology)
    matrix = _of_family(communes_tables.matrix)
    scores = _of_family(assessments.scores)
    norms = _of_territory(assessments.norms)
    approvals = _of_indicators(spaces.approvals)
    criteria = _of_family(spaces.criteria)
    childcare_reach = _of_territory(childcare_reach.childcare_reach)
    childcare_need = _of_territory(childcare_law.childcare_need)
    need_by_commune = _of_territory(need_by_commune.need_by_commune)
    commitments = _of_territory(commitments.commitments)
    team = _of_territory(summaries.team)

    def identity(self) -> Html:
        """Who and where: the kind of EPCI, its communes, its inhabitants, its locator map."""
        return telling(identity.identity(self.territory), SHOWN, identity.PEOPLE)

    def profile(self, *indicators: str) -> Html:
        """A line for each indicator: its value, its years, the places beside, its place among the peers, the test."""
        return telling(_of_indicators(profiles.profile)(self, *indicators), BESIDE_PEERS, *indicators)

    def natural_balance(self, balance: str, *, events: str, homes: str) -> Html:
        """Births less deaths by commune, with their interval and what a home for the elderly explains."""
        return _of_indicators(natural_balance.table)(self, balance, events, homes)

    def table(self, *indicators: str, unless: str = "") -> Html:
        """The communes and the comparators in rows, the indicators in columns, each at its own period.

        unless: a newer indicator; no table where the territory and its communes have it.
        """
        newer = asked.indicator(self.territory, unless).id if unless else ""
        return _of_indicators(communes_tables.table)(self, *indicators, unless=newer)

    def childcare_authority(self) -> Html:
        """Which authority organises childcare in each commune, and what the law asks of it."""
        return _of_indicators(childcare_law.childcare_authority)(self, "sppe_transferred_count", "population_count")

    def simulation(self, *, places: int, leaving: int) -> Html:
        """What more places in childcare centres and fewer childminders would make of the coverage rate."""
        simulated = _of_indicators(childcare_law.simulation)
        return simulated(self, "childcare_coverage_rate", places=places, leaving=leaving)

    def family_figure(self, ax: Axes, rows: pd.DataFrame, *, unless: pd.DataFrame | None = None) -> Html:
        """A chart of some members of a family as a page shows it.

        rows: what `members` gave, or a part of it. unless: the numbers that shares are of; nothing where they are 0.
        """
        piece, ids = families.figure(self.territory, ax, rows, unless), rows["indicator"].unique()
        return telling(telling(piece, SHOWN, *ids), BESIDE_PEERS, *ids)

    def trend_figure(self, ax: Axes, rows: pd.DataFrame) -> Html:
        """A line over the years as a page shows it; nothing of what does not move for sure. rows: what `data` gave."""
        return telling(figures.trend_figure(self.territory, ax, rows), SHOWN, *rows["indicator"].unique())

    def answers(self, name: str) -> Html:
        """What residents answered to a question: a family of indicators of the consultation."""
        piece = _of_family(families.answers)(self, name)
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
        return telling(_of_indicators(profiles.profile)(self, *names, beside=synthesis.BESIDE), BESIDE_PEERS, *names)

    def messages(self) -> Html:
        """The strengths, alerts and traits of the territory, by rule, each with its proof."""
        chosen = summaries.messages(self.territory)
        return telling(sheets.messages(chosen, synthesis.RULE), SHOWN, *(message.anchor for message in chosen))

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

    def _ids(self, names: tuple[str, ...]) -> list[str]:
        return [asked.indicator(self.territory, name).id for name in names]
