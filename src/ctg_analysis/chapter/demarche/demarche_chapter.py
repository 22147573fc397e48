"""A chapter of a démarche: its tables, the box where one is missing, the words of its source, its pages."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple, Self

import pandas as pd

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.chapter.demarche.backlinks import proved
from ctg_analysis.chapter.territory import Observed
from ctg_analysis.core.model import Indicator
from ctg_analysis.core.notebooks import DEMARCHE, notebooks
from ctg_analysis.demarche.tables import PUBLIC, TABLES
from ctg_analysis.demarche.tables.columns import last_day
from ctg_analysis.display import markup
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.dates import short_date


class Dated(NamedTuple):
    """Which column of which table tells when a table was last true."""

    table: str
    column: str


PLAN, VOTE = Dated("actions", "valide_le"), Dated("ateliers", "date")
DATES = {
    "suivi": Dated("suivi", "date"),
    "reunions": Dated("reunions", "date"),
    "enjeux": Dated("enjeux", "decide_le"),
    "decisions": Dated("enjeux", "decide_le"),
    "bilan_actions": Dated("documents", "date"),
    "competences": Dated("documents", "date"),
    **dict.fromkeys(("actions", "financements", "axes", "objectifs", "indicateurs_suivi", "instances"), PLAN),
    **dict.fromkeys(("constats", "preuves", "votes"), VOTE),
}
TITLES = {"votes": "Votes des rencontres"}


class DemarcheChapter:
    """A démarche beside the observations of its territory: what chapters 11 to 16 have in common.

    BEGINS_WITH: the tables that a chapter begins with, the first to fill.
    """

    BEGINS_WITH: tuple[str, ...] = ()

    def __init__(self, seen: Observed):
        self.seen, self.demarche = seen, seen.demarche
        seen.read.add(DEMARCHE)

    @classmethod
    def open(cls, epci: str | int) -> Self:
        """Return the chapter of an EPCI, whose démarche may not have begun.

        Raises:
            UserError: no such EPCI. InputError: files that cannot be trusted.
        """
        return cls(open_chapter(epci).seen)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table, see demarche.tables.outputs."""
        return self.demarche.table(name)

    @cached_property
    def span(self) -> tuple[int, int] | None:
        """Return the first and the last year of the convention; of the plan, where there is no convention yet."""
        years = self.table("financements")["annee"]
        return self.seen.years_of_convention or ((int(years.min()), int(years.max())) if len(years) else None)

    def missing(self, what: str, *names: str) -> Html | None:
        """Return the box when a table without which there is nothing to show has no row; nothing when all have some."""
        absent = [name for name in names if self.table(name).empty]
        if not absent:
            return None
        return self.box(what, *absent)

    def box(self, what: str, *names: str, **told: str) -> Html:
        """Return the box of what is missing: the tables to fill, each with how, and the command that writes them.

        names: tables of which nothing more is to be said. told: others, and what is.
        """
        files = dict.fromkeys(names, "modèle à remplir pendant la démarche") | told
        return markup.unavailable(
            texts.typography(f"{what}."),
            [
                {
                    "label": texts.typography(f"{TABLES[name].title} ({TABLES[name].file})"),
                    "how": texts.typography(how),
                    "command": f"ctg new {self.seen.epci}",
                }
                for name, how in files.items()
            ],
        )

    def begin(self) -> Html:
        """Return how to begin the chapter, when none of the tables of BEGINS_WITH has a row; nothing once one has."""
        if any(len(self.table(name)) for name in self.BEGINS_WITH):
            return Html("")
        tables = [PUBLIC[name] for name in self.BEGINS_WITH]
        files = [{"file": table.file, "title": texts.typography(table.title)} for table in tables]
        return markup.begin(self.seen.epci, files)

    def proves(self, place: str) -> Html:
        """Return which constats rest on what stands under an id, with links to them; nothing when none does."""
        constats = proved(self.demarche).get(place)
        return markup.piece("proves.html.j2", constats=constats) if constats else Html("")

    def source(self, *names: str, day: str = "") -> Citation:
        """Return where figures come from: the tables, and the day at which they were true.

        day: ISO; by default the newest one that the tables tell, or else that any table tells.
        """
        titles = [TITLES.get(name) or PUBLIC[name].title for name in names]
        what = " ; ".join(texts.uncapitalised(title) for title in titles)
        told = day or self.newest(*names) or self.newest(*DATES)
        state = f"état au {short_date(told)}" if told else "état non daté"
        return Citation(texts.typography(f"Démarche de la convention territoriale globale, {what}, {state}."), told)

    def newest(self, *names: str) -> str:
        """Return the newest day that tables tell, ISO; empty when none does."""
        days = [day for name in names if name in DATES for day in self._days(DATES[name])]
        return max(days, default="")

    def _days(self, dated: Dated) -> Iterable[str]:
        rows = self.table(dated.table)
        if dated.table == "reunions":
            rows = rows[rows["presents"].notna()]
        cells = rows[dated.column].dropna()
        return [(last_day(cell) if isinstance(cell, str) else cell.date()).isoformat() for cell in cells]

    @cached_property
    def pages(self) -> dict[str, str]:
        """Return the page of each chapter, by number; that of one whose notebook is refused may have stayed."""
        return {one.number: one.page for one in notebooks()}

    def figure_of(self, one: Indicator) -> str:
        """Return the address of the figure of an indicator, in its chapter."""
        return f"{self.pages[one.chapter]}#{one.id}"

    def place(self, code: str) -> str:
        """Return the name of a place of the territory."""
        places = self.seen.places
        return places.loc[places["territory"].eq(code), "name"].iloc[0]


ENJEUX, STRATEGY, FOLLOWUP = "14_enjeux.html", "15_strategie.html", "16_suivi.html"


def to_constat(name: str) -> str:
    """Return the address of a constat."""
    return f"{ENJEUX}#constat-{name}"


def to_enjeu(name: str) -> str:
    """Return the address of an enjeu."""
    return f"{ENJEUX}#enjeu-{name}"


def to_axis(name: str) -> str:
    """Return the address of an axis or of an objective in the tree of the strategy."""
    return f"{STRATEGY}#but-{name}"


def to_action(name: str) -> str:
    """Return the address of the fiche of an action."""
    return f"{STRATEGY}#action-{name}"


def to_followup(name: str) -> str:
    """Return the address of the follow-up of an action."""
    return f"{FOLLOWUP}#suivi-{name}"


def explanations(meanings: Mapping[str, str]) -> Html:
    """Return the meaning of words, by word."""
    blank = {"caveats": "", "sources": ""}
    words = [(texts.typography(word), texts.typography(meaning)) for word, meaning in meanings.items()]
    return markup.definitions([{"label": word, "definition": meaning} | blank for word, meaning in words])
