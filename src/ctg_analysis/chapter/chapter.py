"""The verbs of a chapter: open it, read, draw, tabulate. Everything comes from OBSERVATIONS."""

import re
import sys
from collections.abc import Callable, Mapping
from functools import cache, wraps

import pandas as pd
from geopandas import GeoDataFrame
from matplotlib.axes import Axes

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
from ctg_analysis.chapter.analyst import FAMILIES, of_territory
from ctg_analysis.chapter.own import frame
from ctg_analysis.chapter.territory import Territory, open_territory
from ctg_analysis.display import markup, notes
from ctg_analysis.display.markup import ABOUT, PAGE, SHOWN, Html, telling
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import DataRoot, data_root
from ctg_analysis.pipeline.run import ensure
from ctg_analysis.show.svg import use_theme

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
    use_theme()
    return Chapter(str(epci), root)


def _of_indicators(make: Callable[..., Html]) -> Callable[..., Html]:
    """The verb that shows what a function makes of indicators named by their ids, which the piece tells."""

    @wraps(make)
    def verb(chapter: "Chapter", *names: str, **options) -> Html:
        several = [analyst.indicator_of(name) for name in names]
        return telling(make(chapter.territory, *several, **options), SHOWN, *names)

    del verb.__wrapped__  # lest help tell an Indicator where an id is asked
    return verb


def _of_rows(make: Callable[..., Html]) -> Callable[..., Html]:
    """The verb that shows axes drawn of rows, whose indicators the piece tells."""

    @wraps(make)
    def verb(chapter: "Chapter", ax: Axes, rows: pd.DataFrame, **options) -> Html:
        return telling(make(chapter.territory, ax, rows, **options), SHOWN, *rows["indicator"].unique())

    return verb


class Chapter:
    """A territory, its communes and its comparators, with the verbs that a notebook uses.

    A verb remembers nothing: its piece tells what it shows, from which the page of definitions is written.
    """

    def __init__(self, epci: str, root: DataRoot):
        self.territory = open_territory(epci, root)

    @property
    def observations(self) -> pd.DataFrame:
        """The observations of the territory, its communes and its comparators."""
        return self.territory.observations

    @property
    def land(self) -> GeoDataFrame:
        """The communes and those around them with their contours: see `show.maps`."""
        return self.territory.land.copy(deep=False)

    data, find, how = map(of_territory, (analyst.data, analyst.find, analyst.how))
    peers_table = of_territory(analyst.peers_table)
    with_own, figure, picture, framed = map(of_territory, (own.with_own, own.figure, own.picture, own.framed))
    compare = of_territory(side_by_side.compare)
    __repr__ = of_territory(analyst.described)

    peers, peers_to_call = map(of_territory, (known.peers, known.peers_to_call))
    portrait = of_territory(portrait.portrait)
    first_screen, debate = map(of_territory, (accounts.first_screen, accounts.debate))
    reading = _of_indicators(figures.reading)
    members = of_territory(figures.members)
    family_figure, trend_figure = map(_of_rows, (figures.family_figure, figures.trend_figure))
    map_figure = _of_rows(figures.map_figure)
    ages, pyramid_figure = map(of_territory, (demography.ages, demography.pyramid_figure))
    projection = of_territory(demography.projection)
    communes = _of_indicators(commune_sheets.communes)
    table = _of_indicators(tables.table)
    structures, structure_list = map(of_territory, (structures.structures, structures.structure_list))
    neighbourhoods = of_territory(neighbourhoods.neighbourhoods)
    scores, norms = map(of_territory, (tables.scores, tables.norms))
    approvals = _of_indicators(tables.approvals)
    childcare_authority = of_territory(childcare.childcare_authority)
    childcare_need = of_territory(childcare.childcare_need)
    simulation = of_territory(childcare.simulation)
    profile = of_territory(profiles.profile)
    key_figures, messages = map(of_territory, (synthesis.key_figures, synthesis.messages_shown))
    commitments, team = map(of_territory, (synthesis.commitments, synthesis.team))
    map = _of_indicators(figures.communes_map)  # the last: what follows has it in the place of Python's

    def reference(self, name: str) -> Html:
        """The dated texts of data/reference/<name>.yml, with their sources and what is still to be checked."""
        return markup.references(notes.read_reference(name))
