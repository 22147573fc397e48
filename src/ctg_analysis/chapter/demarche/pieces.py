"""What the chapters of a démarche have in common: charts, tables, links, amounts, actors; their boxes and sources."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, wraps
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Self

import pandas as pd
from markupsafe import Markup
from matplotlib import pyplot
from pydantic import BaseModel

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.chapter.known import to_fill
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche import columns, plan
from ctg_analysis.demarche.columns import FIELDS, OTHERS, last_day
from ctg_analysis.demarche.declared_tables import PUBLIC, TABLES
from ctg_analysis.demarche.demarche import Demarche
from ctg_analysis.display import markup, tables, texts
from ctg_analysis.display.markup import SHOWN, Html, Table, telling, together
from ctg_analysis.display.quantities import euros, number
from ctg_analysis.display.tables import Listing
from ctg_analysis.display.texts import date_text, short_date, typography
from ctg_analysis.display.words import Words
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import Indicator
from ctg_analysis.model.settings import OF_DEMARCHE, notebooks
from ctg_analysis.model.yaml_files import load_yaml
from ctg_analysis.show.finish import of_axis
from ctg_analysis.show.on_page import figure_of, on_page

CONSULTATION, INTERVIEWS, BILAN, ENJEUX, STRATEGY, FOLLOWUP = OF_DEMARCHE

# The addresses of a constat, of an enjeu, of an axis or an objective in the tree of the strategy, of the fiche of an
# action, of its follow-up: each takes an id.
to_constat, to_enjeu = f"{ENJEUX}#constat-{{}}".format, f"{ENJEUX}#enjeu-{{}}".format
to_axis, to_action = f"{STRATEGY}#but-{{}}".format, f"{STRATEGY}#action-{{}}".format
to_followup = f"{FOLLOWUP}#suivi-{{}}".format

UNKNOWN, NOTHING = "nd", "\u2014"
YES, NO = "oui", "non"
Cell = str | Markup
NO_SHADES: Mapping[tuple[int, int], int] = MappingProxyType({})
NUMBERS = ("value", "low", "high", "year", "entretien")  # columns
ROWS = ("label", "place", "period", "text", "statut", "année", "argent", "block", "words", *NUMBERS)

ACTORS = {  # of a démarche, as sentences name them
    "élu": "les élus",
    "Caf": "la Caf",
    "MSA": "la MSA",
    "Département": "le Département",
    "Éducation nationale": "l'Éducation nationale",
    "association": "les associations",
    "gestionnaire": "les gestionnaires",
    "santé": "les professionnels de santé",
    "habitant": "les habitants",
    OTHERS: "les autres acteurs",
}
ONE_ACTOR = {"santé": "professionnel de santé", OTHERS: "autre acteur"}


class Origin(NamedTuple):
    """Where the figures of a chart come from: their source line, the years that they are of, the file of their data."""

    source: str
    when: str
    file: str


@dataclass(frozen=True)
class Result:
    """What rows are a result of, which goes with them (`DataFrame.attrs`).

    words: what is said of what is left of the rows, in their chapter. anchor: the id that links to it lead to. shown:
    the ids of the indicators that it stands for. instead: what is shown in its place, where there is nothing to draw.
    """

    words: Callable[["DemarcheChapter", pd.DataFrame], Words] | None = None
    anchor: str = ""
    shown: tuple[str, ...] = ()
    instead: Html | None = None


def result(
    rows: pd.DataFrame,
    words: Callable[[Any, pd.DataFrame], Words],
    *,
    anchor: str = "",
    shown: Iterable[str] = (),
) -> pd.DataFrame:
    """The rows of a result as a drawing takes them. rows: columns label, value, text; low and high where it has them.

    They have the columns that the marks of any drawing are known by besides: see `show.marks`.
    """
    place = rows.get("place", "")
    made = rows.assign(level="epci", territory="", place=place, period="", year=float("nan"), date=pd.NaT)
    bounds = {bound: float("nan") for bound in ("low", "high") if bound not in rows}
    made = made.assign(**bounds).reset_index(drop=True)
    made.attrs["result"] = Result(words, anchor, tuple(shown))
    return made


def by_cell(table: pd.DataFrame, column: str, write: Callable[[Any], str]) -> pd.DataFrame:
    """A row for each cell of a table: columns label (its row), then one that names its column, value, text.

    >>> by_cell(pd.DataFrame({"2024": [1, 2]}, ["PMI", "Caf"]), "année", str).to_numpy().tolist()
    [['PMI', '2024', 1, '1'], ['Caf', '2024', 2, '2']]
    """
    rows = table.reset_index(names="label").melt("label", var_name=column)
    return rows.assign(text=rows["value"].map(write))


def by_name(rows: pd.DataFrame, column: str, cell: str = "text") -> pd.DataFrame:
    """The table of which `by_cell` made rows, in their order."""
    order = {"index": rows["label"].unique(), "columns": rows[column].unique()}
    return rows.pivot(index="label", columns=column, values=cell).reindex(**order)


def first_financer(table: pd.DataFrame) -> str:
    """Who brings the most of a whole; nothing of it without the column of totals.

    table: of `by_name`, amounts in euros by financer and year; the row of the totals last, where there is one.
    """
    totals = {plan.TOTAL, plan.ALL}
    if plan.TOTAL not in table:
        return ""
    brought = table.loc[~table.index.isin(totals), plan.TOTAL]
    return f"Premier financeur : {brought.idxmax()}, {euros(brought.max())} sur {euros(brought.sum())}"


def nothing(instead: Html, shown: Iterable[str] = ()) -> pd.DataFrame:
    """No row, and what a page shows in their place."""
    columns = {name: pd.Series(dtype=float if name in NUMBERS else str) for name in ROWS}
    empty = pd.DataFrame(columns)
    empty.attrs["result"] = Result(shown=tuple(shown), instead=instead)
    return empty


def words(data: Listing, origin: Origin, *, title: str, what: str, note: str = "") -> Words:
    """The words of a result. title: what is found, if anything; what: what is drawn. data: the texts behind it."""
    says = " ; ".join(f"{line[0]} : {', '.join(line[1:])}" for line in data.lines)
    subtitle = f"{what}, {origin.when}"
    return Words(
        title=title or what,
        subtitle=subtitle if title else origin.when,
        alt=f"{title or what}. {subtitle} : {says}.",
        source=origin.source,
        data=Table(subtitle, data.header, data.lines, tables.signs(data.lines)),
        note=note,
        file=origin.file,
    )


def drawn(drawing: object, rows: pd.DataFrame, said: Words) -> Html:
    """A drawing of rows with its words."""
    shown = on_page(figure_of(drawing, "figure"), rows)
    for value in shown.unknown:
        print(f"figure « {said.title} » : {of_axis(value)} est dessiné, sans être dans les lignes", file=sys.stderr)
    note = " ".join(filter(None, [shown.note, said.note]))
    return markup.figure(shown.svg, kind=shown.kind, **vars(replace(said, note=note)))


def table(
    caption: str,
    header: Sequence[Cell],
    lines: Iterable[Sequence[Cell]],
    source: str,
    note: str = "",
    *,
    marked: Iterable[int] = (),
    words: bool = True,
    shades: Mapping[tuple[int, int], int] = NO_SHADES,
) -> Html:
    """A table and its source; cells of Markup are written as they are: see link, anchored.

    marked: numbers of the rows to set apart. words: the cells are sentences rather than numbers. shades: 1 to 3,
    by row and column.
    """
    rows = [list(line) for line in lines]
    note = " ".join(text for text in (tables.signs(rows), note) if text)
    made = markup.table(Table(caption, list(header), rows, note, frozenset(marked), words, shades=shades))
    return together(made, markup.source(source))


def plain(text: str, beside: str = "") -> Html:
    """What there is to say when there is nothing to show."""
    return markup.piece("plain.html.j2", texts=[part for part in (text, beside) if part])


def link(text: str, address: str) -> Markup:
    """A link."""
    return Markup('<a href="{}">{}</a>').format(address, texts.typography(text))


def anchored(cell: Cell, name: str) -> Markup:
    """A cell that links lead to."""
    return Markup('<span id="{}">{}</span>').format(name, markup.french(cell))


def anchored_piece(name: str, piece: Html) -> Html:
    """A piece that links lead to."""
    return Html(f'<div id="{Markup.escape(name)}">\n{piece.html}\n</div>', piece.about)


def listed(cells: Iterable[Cell]) -> Markup:
    """Cells one after the other; a sign when there is none."""
    return Markup(", ").join(map(markup.french, cells)) or Markup(NOTHING)


def links(names: Iterable[str], address: Callable[[str], str]) -> Markup:
    """Links to some ids, each by its name, one after the other; a sign when there is none."""
    return listed(link(name, address(name)) for name in names)


def titled(ids: pd.Series, titles: pd.Series, address: Callable[[str], str]) -> dict[str, Markup]:
    """Id → a link that bears it and its title."""
    return dict(zip(ids, map(link, ids + " " + titles, ids.map(address)), strict=True))


def by_column(columns: Mapping[Cell, Iterable[Cell]]) -> tuple[list[Cell], list[list[Cell]]]:
    """The header and the lines of a table whose columns are given.

    >>> by_column({"Qui": ["PMI", "Caf"], "Combien": "12"})
    (['Qui', 'Combien'], [['PMI', '1'], ['Caf', '2']])
    """
    return list(columns), [list(line) for line in zip(*columns.values(), strict=True)]


def lines_of(table: pd.DataFrame, write: Callable[[object], str] = str) -> list[list[str]]:
    """The rows of a table as texts, each after its name in the index; a sign where there is none.

    >>> lines_of(pd.DataFrame({"2024": [1, 2]}, ["PMI", "Caf"]))
    [['PMI', '1'], ['Caf', '2']]
    """
    cells = table.astype(object).map(lambda cell: NOTHING if pd.isna(cell) else write(cell))
    return [[name, *row] for name, row in zip(cells.index, cells.to_numpy(), strict=True)]


def written(cell: object) -> str:
    """What a cell of the material says; a sign when it is empty."""
    return text_of(cell) or NOTHING


def text_of(cell: object) -> str:
    """What a cell of the material says, its texts one after the other; nothing when it is empty."""
    if isinstance(cell, tuple):
        return " ; ".join(cell)
    return "" if pd.isna(cell) else str(cell)


def attended(present: float, invited: float, silent: str = UNKNOWN) -> str:
    """How many came, of those invited where it is known. silent: what is said of those not counted."""
    if pd.isna(present):
        return silent
    return number(present) if pd.isna(invited) else f"{number(present)} sur {number(invited)}"


def the_actors(kinds: Iterable[str]) -> str:
    """Return « les élus, la Caf et les associations »."""
    return texts.listed([ACTORS.get(kind, kind) for kind in kinds])


def actors(kind: str) -> str:
    """What many of a kind are called: « élus », « professionnels de santé », « Caf »."""
    return ACTORS[kind].removeprefix("les ") if _are_people(kind) else kind


def counted_actors(kind: str, count: int) -> str:
    """Return « 1 élu », « 4 associations », « 2 de la Caf », « 3 du Département »."""
    if _are_people(kind):
        return f"{number(count)} {actors(kind) if count > 1 else ONE_ACTOR.get(kind, kind)}"
    named = ACTORS.get(kind, kind)
    return f"{number(count)} {f'du {kind}' if named.startswith('le ') else f'de {named}'}"


def _are_people(kind: str) -> bool:
    return ACTORS.get(kind, kind).startswith("les ")


# A chapter of a démarche: its tables, the box where one is missing, the words of its source, its pages.

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
TITLES = {"votes": "Votes des rencontres"}
METHOD_TEXTS = Path(__file__).with_name("method_texts.yml")
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
        return markup.piece("answer.html.j2", answer=told) if told else Html("", why="Rien à répondre.")

    def _told(self) -> str:
        """The answer of the chapter, one line of French."""
        return ""

    def figure(self, drawing: object, rows: pd.DataFrame, *, title: str = "", note: str = "", alt: str = "") -> Html:
        """Any drawing of the rows of a result as a page shows it, with its words.

        Parameters:
            drawing: axes or a figure of matplotlib, or what a function of seaborn or pandas returns.
            rows: of a verb of the chapter; what is left of them is what is told.
            title: what one sees; what is found in the rows unless given. note: a line below. alt: what the drawing
                shows, for who does not see it.

        Raises:
            UserError: rows of something else.
        """
        found = rows.attrs.get("result")
        if not isinstance(found, Result):
            of = "expected chapter.figure(ax, rows) for rows of a verb of this chapter"
            raise UserError(f"figure: rows of something else: {of}")
        if found.words is None or rows.empty:
            pyplot.close(figure_of(drawing, "figure"))
            return telling(found.instead or plain("Aucune ligne à dessiner."), SHOWN, *found.shown)
        said = found.words(self, rows)
        said = replace(said, title=title or said.title, note=" ".join(filter(None, [note, said.note])))
        shown = telling(drawn(drawing, rows, replace(said, alt=alt or said.alt)), SHOWN, *found.shown)
        return anchored_piece(found.anchor, together(shown, self.proves(found.anchor))) if found.anchor else shown

    def words(self) -> Html:
        """What the words of the chapter mean; nothing where they say nothing yet."""
        return Html("") if any(self.table(name).empty for name in self.ANSWERS_FROM) else definitions(self.METHOD)

    def decided_since(self, year: int, beside: Html | None = None) -> Html:
        """The decisions of the bodies since a year, the newest first. beside: those that are written elsewhere."""
        rows = self.table("reunions").sort_values("date", ascending=False, kind="stable")
        lines = [
            [date_text(row.date), row.instance, decision]
            for row in rows.itertuples(index=False)
            if row.date.year >= year
            for decision in row.decisions or ()
        ]
        if not lines:
            return beside or plain("Aucune décision n'est encore inscrite.")
        caption = "Les décisions, des plus récentes aux plus anciennes"
        made = table(caption, ["Date", "Instance", "Décision"], lines, self.source("reunions"))
        return together(made, beside) if beside else made

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
            return plain(f"{what} : les enjeux n'ont pas encore été soumis au vote.")
        files = [name if name in PUBLIC else self.WORKED_FROM for name in absent if name != VOTED]
        told = dict.fromkeys(files, "modèle à remplir pendant la démarche")
        return to_fill(self.territory.epci, what, told) if absent else None

    def by_field(self, rows: pd.DataFrame, said: Callable[[Any], tuple[str, str, str]]) -> Html:
        """What was said, by field, with the constats that rest on it. said: row → its id, its text, of whom it is."""
        groups: dict[str, list[dict[str, object]]] = {}
        for field, part in rows.assign(champ=pd.Categorical(rows["champ"], FIELDS)).groupby("champ", observed=True):
            groups[texts.capitalised(field)] = [
                {"id": place, "text": text, "who": who, "proves": Markup(self.proves(place).html)}
                for place, text, who in map(said, part.itertuples())
            ]
        return markup.piece("sayings.html.j2", groups=groups)

    def first_files(self) -> list[dict[str, str]]:
        """The tables that a chapter begins with: title, and where it is filled."""
        tables = [TABLES[name] for name in self.BEGINS_WITH]
        return [{"place": texts.typography(table.place), "title": texts.typography(table.title)} for table in tables]

    def proves(self, place: str) -> Html:
        """Which constats rest on what stands under an id, with links to them; nothing when none does."""
        constats = proved(self.demarche).get(place)
        return markup.piece("proves.html.j2", constats=constats) if constats else Html("")

    def source(self, *names: str, day: str = "") -> str:
        """Where figures come from: the tables, and the day at which they were true.

        day: ISO; by default the newest one that the tables tell, or else that any table tells.
        """
        titles = [TITLES.get(name) or PUBLIC[name].title for name in names]
        what = " ; ".join(texts.uncapitalised(title) for title in titles)
        date = day or self.newest(*names) or self.newest(*DATES)
        state = f"état au {short_date(date)}" if date else "état non daté"
        whole = f"Démarche, {what}, {state}."
        return texts.typography(whole if len(whole) <= texts.LINE else f"Démarche, {state}.")

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


class Definition(BaseModel, extra="forbid"):
    """What a chapter says of its method under a term; caveats: what is to be kept in mind."""

    label: str
    definition: str
    caveats: str = ""


def definitions(chapter: str) -> Html:
    """The definitions of the terms of a chapter: consultation, interviews or enjeux."""
    entries = load_yaml(METHOD_TEXTS, dict[str, list[Definition]]).value[chapter]
    written = [{name: texts.typography(text) for name, text in entry} for entry in entries]
    return markup.definitions(written)
