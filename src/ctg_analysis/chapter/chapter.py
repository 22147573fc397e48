"""The verbs of a chapter: open it, read, draw, tabulate. Everything comes from OBSERVATIONS."""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache

import pandas as pd
from geopandas import GeoDataFrame

from ctg_analysis.chapter import (
    accounts,
    analyst,
    childcare,
    commune_sheets,
    demography,
    figures,
    known,
    neighbourhoods,
    own,
    portrait,
    profiles,
    side_by_side,
    structures,
    synthesis,
    tables,
)
from ctg_analysis.chapter.analyst import FAMILIES
from ctg_analysis.chapter.groups import columns_of, groups_of
from ctg_analysis.chapter.own import frame
from ctg_analysis.chapter.territory import Territory, open_territory
from ctg_analysis.display import markup, notes
from ctg_analysis.display.markup import ABOUT, PAGE, SHOWN, Html, telling
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import DataRoot, data_root
from ctg_analysis.pipeline.run import ensure
from ctg_analysis.show.theme import theme

WIDEST = 200  # letters of a cell of a DataFrame
CALL = re.compile(r"""(\w+)\.(\w+)\([^()]*["'](\w*)$""")  # up to the cursor, within the quotes of an argument of a verb
OF_FAMILIES = {"members", "scores"}
# Verbs whose texts are no ids.
OF_WORDS = {"find", "reference", "norms", "first_screen", "debate", "structures", "ages", "peers_to_call"}


def prepare_shell() -> None:
    """Prepare the IPython that runs this notebook; nothing elsewhere.

    Within the quotes of a verb, Tab gives ids. A DataFrame looks as pandas makes it, its labels and places of code
    whole, and has beside it what a page shows in its place (`markup.PAGE`), which Jupyter passes over.
    """
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    pd.set_option("display.max_colwidth", WIDEST)
    for kind in (pd.DataFrame, pd.Series):
        shell.display_formatter.mimebundle_formatter.for_type(kind, _on_page)
    if _matcher() not in shell.Completer.custom_matchers:
        shell.Completer.custom_matchers.append(_matcher())


def _on_page(table: pd.DataFrame | pd.Series) -> dict[str, object]:
    piece = frame(table)
    return {PAGE: piece.html, ABOUT: dict(piece.about)}


def ids_for(code: str, names: Mapping[str, object]) -> list[str]:
    """The ids that may stand at the end of a code, within the quotes of a verb: those that begin so, else hold it.

    names: what the variables of the notebook hold, a chapter among them.
    """
    call = CALL.search(code)
    if not call or call[2] in OF_WORDS or not isinstance(getattr(names.get(call[1]), "territory", None), Territory):
        return []
    known = FAMILIES if call[2] in OF_FAMILIES else CATALOGUE
    begun = [name for name in known if name.startswith(call[3])]
    return sorted(begun or [name for name in known if call[3] in name])


@cache
def _matcher():
    from IPython import get_ipython
    from IPython.core.completer import SimpleCompletion, context_matcher

    @context_matcher(identifier="ctg_analysis.ids")
    def ids(context):
        above = context.full_text.split("\n")[: context.cursor_line]
        found = ids_for("\n".join([*above, context.text_until_cursor]), get_ipython().user_ns)
        return {"completions": [SimpleCompletion(name, type="indicator") for name in found], "suppress": bool(found)}

    return ids


def open_chapter(epci: str | int) -> "Chapter":
    """The chapter of an EPCI named by its SIREN; papermill's `-p` may hand it over as a number.

    Raises:
        UserError: no such EPCI. InputError: raw files that cannot be trusted.
    """
    root = data_root(str(epci))
    ensure(root)
    prepare_shell()
    theme()
    pd.set_option("io.excel.xlsx.reader", "calamine")  # the one that is installed: pd.read_excel works
    return Chapter(str(epci), root)


class Chapter:
    """A territory, its communes and its comparators, with the verbs that a notebook uses.

    A verb remembers nothing: its piece tells what it shows, from which the page of definitions is written.
    """

    def __init__(self, epci: str, root: DataRoot):
        self.territory = open_territory(epci, root)

    def __repr__(self) -> str:
        """What is known of the territory and what is missing, in a few lines."""
        return analyst.described(self.territory)

    # What there is: tables.

    @property
    def observations(self) -> pd.DataFrame:
        """The observations of the territory, its communes and its comparators."""
        return self.territory.observations

    @property
    def land(self) -> GeoDataFrame:
        """The communes and those around them with their contours: see `show.maps`."""
        return self.territory.land.copy(deep=False)

    def find(self, words: str) -> pd.DataFrame:
        """The indicators whose id, label or definition has all these words: see `analyst.find`."""
        return analyst.find(self.territory, words)

    def how(self, indicator: str) -> pd.DataFrame:
        """How an indicator is made, from its declaration to the columns of the files: see `analyst.how`."""
        return analyst.how(self.territory, indicator)

    def data(self, *indicators: str, wide: bool = False, with_: str | int | Iterable[str] = ()) -> pd.DataFrame:
        """The observations of some indicators, a row for each place and period: see `analyst.data`.

        wide: a column for each indicator. with_: other EPCIs to add, by SIREN or official name.
        """
        return analyst.data(self.territory, *indicators, wide=wide, with_=with_)

    def members(self, *names: str, with_: str | int | Iterable[str] = ()) -> pd.DataFrame:
        """The members of a family, or some indicators of one unit, here and beside: see `figures.members`.

        with_: other EPCIs to add, by SIREN or official name.
        """
        return figures.members(self.territory, *names, with_=with_)

    def computed(
        self, rows: pd.DataFrame, value: pd.Series, label: str | pd.Series, unit: str = "", decimals: int = 0
    ) -> pd.DataFrame:
        """Rows with values of one's own, their label and their texts: see `analyst.computed`."""
        return analyst.computed(rows, value, label, unit, decimals)

    def everywhere(self, indicator: str) -> pd.DataFrame:
        """The values of an indicator in every EPCI of France, with names and inhabitants: see `analyst.everywhere`."""
        return analyst.everywhere(self.territory, indicator)

    def ages(self, beside: str = "") -> pd.DataFrame:
        """The shares of each age and sex in the population, in %, here and in a place beside: see `demography.ages`.

        beside: its level (departement, region, france).
        """
        return demography.ages(self.territory, beside)

    def structures(self, chapter: str) -> pd.DataFrame:
        """The structures of a chapter, by its number, that open data or the team name, by commune."""
        return structures.structures(self.territory, chapter)

    def scores(self, family: str) -> pd.DataFrame:
        """The scores of a family, structure by structure or commune by commune: see `tables.scores`."""
        return tables.scores(self.territory, family)

    def norms(self, name: str) -> pd.DataFrame:
        """What is measured here beside the most that the texts of data/reference/<name>.yml allow."""
        return tables.norms(self.territory, name)

    def peers_table(self) -> pd.DataFrame:
        """The EPCI, then its peers, with the variables that they were chosen by: see `analyst.peers_table`."""
        return analyst.peers_table(self.territory)

    def with_own(self, indicators: str | list[str], table: own.Own) -> pd.DataFrame:
        """The communes with the latest value of indicators and the columns of a table of one's own: `own.with_own`."""
        return own.with_own(self.territory, indicators, table)

    # What a page shows: pieces.

    def figure(self, ax: object, rows: pd.DataFrame, *, title: str = "", note: str = "", alt: str = "") -> Html:
        """Any axes or figure of matplotlib, seaborn, pandas or geopandas as a page shows it: see `figures.figure`.

        The headline is what is found in the rows, else the title. See `ctg_analysis.chapter.figures.figure`.

        Parameters:
            ax: axes or a figure of matplotlib, or what a function of seaborn, pandas or geopandas returns.
            rows: what is drawn, of `data`, `members`, `ages` or `computed`: also the table below the drawing.
            title: what one sees (French). note: a line below. alt: what the drawing shows, for who does not see it.

        Raises:
            UserError: rows of something else; values or texts that are no more those of the observations.
        """
        return _telling(figures.figure(self.territory, ax, rows, title=title, note=note, alt=alt), rows)

    def picture(self, drawing: object, *, alt: str, source: str, title: str = "") -> Html:
        """A drawing of a table of one's own, as an image: see `own.picture`."""
        return own.picture(self.territory, drawing, alt=alt, source=source, title=title)

    def framed(self, table: pd.DataFrame, *, source: str, title: str = "") -> Html:
        """A DataFrame as a page shows it, whole, under a title: see `own.framed`."""
        return own.framed(self.territory, table, source=source, title=title)

    def map(self, *indicators: str, structures: str = "") -> Html:
        """The map by commune of the first of some indicators that is known of all: see `figures.communes_map`.

        structures: the number of the chapter of those that the map shows too.
        """
        several = [analyst.indicator_of(name) for name in indicators]
        return telling(figures.communes_map(self.territory, *several, structures=structures), SHOWN, *indicators)

    def first_screen(self, chapter: str, land: Html) -> Html:
        """What a chapter says first: its answer, three of its figures (data/reference), a map, its account."""
        return accounts.first_screen(self.territory, chapter, groups_of(chapter).premier_ecran, land)

    def profile(self, *names: str) -> Html:
        """A line for each figure of a chapter, by its number, or of some indicators: see `profiles.profile`."""
        is_chapter = len(names) == 1 and names[0].isdigit()
        under = groups_of(names[0]).profil if is_chapter else {"": names}
        return profiles.profile(self.territory, under)

    def table(self, *names: str) -> Html:
        """The communes and the comparators in rows, the columns of a chapter or some indicators: see `tables.table`."""
        return _of_indicators(tables.table, self.territory, columns_of(names))

    def communes(self, *names: str) -> Html:
        """One sheet for each commune, with the figures of a chapter, by its number, or some indicators."""
        return _of_indicators(commune_sheets.communes, self.territory, columns_of(names))

    def reading(self, indicator: str) -> Html:
        """The sentence of an indicator here, the same figure elsewhere and its source."""
        return _of_indicators(figures.reading, self.territory, (indicator,))

    def approvals(self, indicator: str) -> Html:
        """The approval of each social centre, beside the convention. indicator: the one that tells when they end."""
        return _of_indicators(tables.approvals, self.territory, (indicator,))

    def compare(self, *indicators: str, with_: str | list[str]) -> Html:
        """Some indicators here and in EPCIs of one's choice. with_: their SIREN, or their official names."""
        return side_by_side.compare(self.territory, *indicators, with_=with_)

    def debate(self, chapter: str) -> Html:
        """The questions that the figures of a chapter, by its number, raise for the COPIL."""
        return accounts.debate(self.territory, chapter)

    def peers(self) -> Html:
        """Which the comparable EPCIs are, and their list."""
        return known.peers(self.territory)

    def peers_to_call(self, chapter: str) -> Html:
        """Up to three peers that stand better on the main figure of a chapter, by its number."""
        return known.peers_to_call(self.territory, chapter)

    def structure_list(self, rows: pd.DataFrame) -> Html:
        """The folded list of some structures. rows: see `structures`."""
        return structures.structure_list(self.territory, rows)

    def neighbourhoods(self) -> Html:
        """The table of the priority neighbourhoods (QPV); nothing where there is none."""
        return neighbourhoods.neighbourhoods(self.territory)

    def projection(self) -> Html:
        """The children that the births known give to come, and the lines of three ages."""
        return demography.projection(self.territory)

    def childcare_authority(self) -> Html:
        """Which authority organises childcare in each commune, and what the law asks of it."""
        return childcare.childcare_authority(self.territory)

    def childcare_need(self) -> Html:
        """The places that the families who work would ask for, beside those that there are."""
        return childcare.childcare_need(self.territory)

    def simulation(self, *, places: int, leaving: int) -> Html:
        """What more places in childcare centres and fewer childminders would make of the coverage rate."""
        return childcare.simulation(self.territory, places=places, leaving=leaving)

    def portrait(self) -> Html:
        """The territory in a few sentences, by rule, beside its locator map."""
        return portrait.portrait(self.territory)

    def key_figures(self) -> Html:
        """The twelve figures of the synthèse."""
        return synthesis.key_figures(self.territory)

    def messages(self) -> Html:
        """The strengths, alerts and traits of the territory, by rule, each with a link to its proof."""
        return synthesis.messages_shown(self.territory)

    def commitments(self) -> Html:
        """What a démarche has decided, with links to the chapters that tell more."""
        return synthesis.commitments(self.territory)

    def team(self) -> Html:
        """What the team says of the synthèse, who signs it and when."""
        return synthesis.team(self.territory)

    def reference(self, name: str) -> Html:
        """The dated texts of data/reference/<name>.yml, with their sources and what is still to be checked."""
        return markup.references(notes.read_reference(name))


def _of_indicators(make: Callable[..., Html], territory: Territory, names: tuple[str, ...]) -> Html:
    """What a function makes of indicators named by their ids, which the piece tells."""
    several = [analyst.indicator_of(name) for name in names]
    return telling(make(territory, *several), SHOWN, *names)


def _telling(piece: Html, rows: pd.DataFrame) -> Html:
    """A piece that tells the indicators of the rows it is drawn of."""
    return telling(piece, SHOWN, *rows["indicator"].unique())
