"""A chapter of a démarche: its tables, the box where one is missing, the words of its source, its pages."""

from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache, wraps
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Self

import pandas as pd
from markupsafe import Markup
from pydantic import BaseModel

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.chapter.demarche import pieces
from ctg_analysis.chapter.known import to_fill
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche import columns
from ctg_analysis.demarche.columns import FIELDS, last_day
from ctg_analysis.demarche.declared_tables import PUBLIC, TABLES
from ctg_analysis.demarche.demarche import Demarche
from ctg_analysis.demarche.voices import OVERLOOKED
from ctg_analysis.display import markup, texts
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.texts import date_text, short_date, typography
from ctg_analysis.model.declared_values import with_words
from ctg_analysis.model.indicator import Indicator
from ctg_analysis.model.settings import notebooks
from ctg_analysis.model.yaml_files import load_yaml

# kind of proof → how the ids that links lead to begin, what it is called.
PLACES = {
    columns.INDICATOR: ("", "Ce chiffre"),
    columns.SURVEY: ("question-", "Cette question"),
    columns.INTERVIEW: ("propos-", "Ce propos"),
    columns.WORKSHOP: ("contribution-", "Cette contribution"),
}


class Proved(NamedTuple):
    """A constat, what proves it (« Ce chiffre »), and what that does of it (appuie, nuance, contredit)."""

    what: str
    sense: str
    constat: str
    statement: str


def place_of(kind: str, ref: str) -> str:
    """The id under which a proof stands in its page, from the sort of proof and what it names."""
    return PLACES[kind][0] + ref.split(columns.JOIN)[0]


@lru_cache(maxsize=1)
def proved(demarche: Demarche) -> dict[str, list[Proved]]:
    """Id of what is shown → the constats that it proves, in the order of the proofs."""
    proofs, constats = demarche.table("preuves"), demarche.table("constats")
    statements = dict(zip(constats["constat_id"], constats["enonce"], strict=True))
    by_place: dict[str, list[Proved]] = {}
    for row in proofs[proofs["type"].isin(PLACES) & proofs["ref"].ne("")].itertuples(index=False):
        proof = Proved(PLACES[row.type][1], row.sens, row.constat_id, typography(statements[row.constat_id]))
        by_place.setdefault(place_of(row.type, row.ref), []).append(proof)
    return by_place


PLAN, VOTE = ("actions", "valide_le"), ("ateliers", "date")
DATES = {  # which column of which table tells when a table was last true
    "suivi": ("suivi", "date"),
    "reunions": ("reunions", "date"),
    "enjeux": ("enjeux", "decide_le"),
    "decisions": ("enjeux", "decide_le"),
    "bilan_actions": ("documents", "date"),
    "competences": ("documents", "date"),
    **dict.fromkeys(("actions", "financements", "axes", "objectifs", "indicateurs_suivi", "instances"), PLAN),
    **dict.fromkeys(("constats", "preuves", "votes"), VOTE),
}
DECISIONS = "Les décisions, des plus récentes aux plus anciennes"
TITLES = {"votes": "Votes des rencontres"}
METHOD_TEXTS = Path(__file__).with_name("method_texts.yml")
DRAWN = (
    "Trait : rangs obtenus dans 95 des 100 tirages où l'on refait le vote avec autant de bulletins, tirés au hasard "
    "parmi ceux de chaque rencontre et de chaque sorte d'acteurs. Un rang est dit stable quand ce trait couvre deux "
    "rangs voisins au plus ; la part des tirages est celle où le rang change d'un rang au plus."
)
RULES = {"drawn": DRAWN, "overlooked": OVERLOOKED}  # what a text of method_texts.yml names, stated where it is applied
VOTED = "priorities"  # the table that there is once the enjeux were put to the vote


def needing(what: str, *names: str) -> Callable[[Callable[..., Html]], Callable[..., Html]]:
    """A verb that needs some tables: the box of what is missing takes its place, see `DemarcheChapter.missing`."""

    def with_box(verb: Callable[..., Html]) -> Callable[..., Html]:
        @wraps(verb)
        def box_or_verb(chapter: "DemarcheChapter", *arguments: str) -> Html:
            return chapter.missing(what, *names) or verb(chapter, *arguments)

        return box_or_verb

    return with_box


class DemarcheChapter:
    """A démarche beside the observations of its territory: what chapters 11 to 16 have in common.

    BEGINS_WITH: the tables that a chapter begins with, the first to fill. TELLS_FROM: those without which it has
    nothing to tell, where they are others. WORKED_FROM: the one that what it shows is counted from. ANSWERS_FROM: those
    that its answer is told from. METHOD: its words in method_texts.yml.
    """

    BEGINS_WITH: tuple[str, ...] = ()
    TELLS_FROM: tuple[str, ...] = ()
    ANSWERS_FROM: tuple[str, ...] = ()
    WORKED_FROM = METHOD = ""

    def __init__(self, territory: Territory):
        self.territory, self.demarche = territory, territory.demarche

    @classmethod
    def open(cls, epci: str | int) -> Self:
        """The chapter of an EPCI, whose démarche may not have begun."""
        return cls(open_chapter(epci).territory)

    def answer(self) -> Html:
        """What the chapter answers, in the place of its title; nothing where it is not known yet."""
        told = "" if any(self.table(name).empty for name in self.ANSWERS_FROM) else self._told()
        return markup.piece("answer.html.j2", answer=typography(told)) if told else Html("", why="Rien à répondre.")

    def _told(self) -> str:
        """The answer of the chapter, one line of French."""
        return ""

    def words(self) -> Html:
        """What the words of the chapter mean; nothing where they say nothing yet."""
        return Html("") if any(self.table(name).empty for name in self.ANSWERS_FROM) else definitions(self.METHOD)

    def decided_since(self, year: int) -> Html:
        """The decisions of the bodies since a year, the newest first."""
        rows = self.table("reunions").sort_values("date", ascending=False, kind="stable")
        lines = [
            [date_text(row.date), row.instance, decision]
            for row in rows.itertuples(index=False)
            if row.date.year >= year
            for decision in row.decisions or ()
        ]
        if not lines:
            return pieces.plain("Aucune décision n'est encore inscrite.")
        return pieces.table(DECISIONS, ["Date", "Instance", "Décision"], lines, self.source("reunions"))

    def table(self, name: str) -> pd.DataFrame:
        """A table, see demarche.declared_tables."""
        return self.demarche.table(name)

    @cached_property
    def span(self) -> tuple[int, int] | None:
        """The first and the last year of the convention; of the plan, where there is no convention yet."""
        years = self.table("financements")["annee"]
        return self.territory.years_of_convention or ((int(years.min()), int(years.max())) if len(years) else None)

    def missing(self, what: str, *names: str) -> Html | None:
        """The box of the tables to fill when one without which there is nothing to show has no row, else nothing.

        What waits for a vote alone is a sentence: no table is to be filled for it.
        """
        absent = [name for name in names if self.table(name).empty]
        if absent == [VOTED]:
            return pieces.plain(f"{what} : les enjeux n'ont pas encore été soumis au vote.")
        files = [name if name in PUBLIC else self.WORKED_FROM for name in absent if name != VOTED]
        told = dict.fromkeys(files, "modèle à remplir pendant la démarche")
        return to_fill(self.territory.epci, what, told) if absent else None

    def by_field(self, rows: pd.DataFrame, said: Callable[[Any], tuple[str, str, str]]) -> Html:
        """What was said, by field, with the constats that rest on it. said: row → its id, its text, of whom it is."""
        groups: dict[str, list[dict[str, object]]] = {}
        for field, part in rows.assign(champ=pd.Categorical(rows["champ"], FIELDS)).groupby("champ", observed=True):
            written = [
                {"id": place, "text": texts.typography(text), "who": who, "proves": Markup(self.proves(place).html)}
                for place, text, who in map(said, part.itertuples())
            ]
            groups[texts.typography(texts.capitalised(field))] = written
        return markup.piece("sayings.html.j2", groups=groups)

    def first_files(self) -> list[dict[str, str]]:
        """The tables that a chapter begins with: title, and where it is filled."""
        tables = [TABLES[name] for name in self.BEGINS_WITH]
        return [{"place": texts.typography(table.place), "title": texts.typography(table.title)} for table in tables]

    def proves(self, place: str) -> Html:
        """Which constats rest on what stands under an id, with links to them; nothing when none does."""
        constats = proved(self.demarche).get(place)
        return markup.piece("proves.html.j2", constats=constats) if constats else Html("")

    def source(self, *names: str, day: str = "") -> Citation:
        """Where figures come from: the tables, and the day at which they were true.

        day: ISO; by default the newest one that the tables tell, or else that any table tells.
        """
        titles = [TITLES.get(name) or PUBLIC[name].title for name in names]
        what = " ; ".join(texts.uncapitalised(title) for title in titles)
        date = day or self.newest(*names) or self.newest(*DATES)
        state = f"état au {short_date(date)}" if date else "état non daté"
        whole = f"Démarche, {what}, {state}."
        return Citation(texts.typography(whole if len(whole) <= texts.LINE else f"Démarche, {state}."))

    def newest(self, *names: str) -> str:
        """The newest day that tables tell, ISO; empty when none does."""
        days = [day for name in names if name in DATES for day in self._days(*DATES[name])]
        return max(days, default="")

    def _days(self, table: str, column: str) -> Iterable[str]:
        rows = self.table(table)
        cells = rows.loc[rows["presents"].notna() if table == "reunions" else slice(None), column].dropna()
        return [(last_day(cell) if isinstance(cell, str) else cell.date()).isoformat() for cell in cells]

    @cached_property
    def pages(self) -> dict[str, str]:
        """The page of each chapter, by number; that of one whose notebook is refused may have stayed."""
        return {notebook.number: notebook.page for notebook in notebooks()}

    def figure_of(self, indicator: Indicator) -> str:
        """The address of the figure of an indicator, in its chapter."""
        return f"{self.pages[indicator.chapter]}#{indicator.id}"

    def place(self, code: str) -> str:
        """The name of a place of the territory."""
        places = self.territory.places
        return places.loc[places["territory"].eq(code), "name"].iloc[0]


Text = Annotated[str, with_words(*RULES)]


class Definition(BaseModel, extra="forbid"):
    """What a chapter says of its method under a term; caveats: what is to be kept in mind."""

    label: Text
    definition: Text
    caveats: Text = ""


def definitions(chapter: str) -> Html:
    """The definitions of the terms of a chapter: consultation, interviews or enjeux."""
    entries = load_yaml(METHOD_TEXTS, dict[str, list[Definition]]).value[chapter]
    written = [{name: texts.typography(text.format(**RULES)) for name, text in entry} for entry in entries]
    return markup.definitions(written)
