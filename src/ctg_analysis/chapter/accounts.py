"""What a chapter says first: its answer, three figures, a map, and its account, sentences that an editor writes."""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache, partialmethod
from itertools import islice
from types import FunctionType
from typing import Annotated

import pandas as pd
from jinja2 import Template, meta, nodes
from markupsafe import Markup
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ctg_analysis.chapter.known import are_exact, on_map
from ctg_analysis.chapter.neighbourhoods import OF_NEIGHBOURHOODS, Neighbourhoods
from ctg_analysis.chapter.profiles import Drawn, findings_of, is_compared, is_told, ruler, told
from ctg_analysis.chapter.territory import OF_BIRTHS, Territory, with_one_france
from ctg_analysis.display import sentences, standing
from ctg_analysis.display.markup import MISSING, SHOWN, Html, piece, telling
from ctg_analysis.display.quantities import agreed, in_letters, number, one_in, percent
from ctg_analysis.display.tags import FAULTS, OF_NUMBERS, Tags, what_is_wrong
from ctg_analysis.display.texts import (
    capitalised,
    date_text,
    inside,
    listed,
    than,
    typography,
    uncapitalised,
    unit_text,
)
from ctg_analysis.indicators.spread import ALL_EPCIS
from ctg_analysis.indicators.trends import trend_of
from ctg_analysis.model.catalogue import AN_INDICATOR, CATALOGUE
from ctg_analysis.model.errors import Finding, InputError
from ctg_analysis.model.indicator import CENSORED, NOT_APPLICABLE, OK, Count, Indicator, Mean
from ctg_analysis.model.norms import norm
from ctg_analysis.model.settings import ACCOUNTS, project_path, settings
from ctg_analysis.model.source import SOURCES
from ctg_analysis.model.yaml_files import Place, ReadYaml, load_yaml

COUNTRY, DEPARTEMENT = "que_pays", "que_departement"  # the names that say « qu'en France », « que dans l'Aveyron »
NEIGHBOURHOODS = "quartiers"  # the name of the priority neighbourhoods, where there are some
NAMES_AT_MOST = 4  # communes that a sentence names
PARAGRAPH = 3  # sentences
RANKS, QUESTIONS = 2, 2  # places among the EPCIs that an account tells, questions that it raises, at most
LONGEST, SENTENCES_AT_MOST, FACTS_AT_MOST = 1_500, 20, 60  # letters of a sentence; of an account
FIGURES = 3
SIGNS = {"peers": "○", "france": "│", "departement": "│", ALL_EPCIS: "┆"}  # as they are drawn


def _short(text: str) -> str:
    if len(text) > LONGEST:
        raise ValueError(f"une phrase de {LONGEST} lettres au plus")
    return text


Sentence = Annotated[str, AfterValidator(_short)]
Sentences = Annotated[tuple[Sentence, ...], Field(max_length=SENTENCES_AT_MOST)]


class Account(BaseModel):
    """What a file of accounts holds.

    faits: the short name of each fact, and its indicator. titre: the answer of the chapter in a line, the first that
    can be said. recit: sentences in their order; one is said where all the facts that it names are known, and has words
    left once its conditions are.
    inconnu: what the chapter does not tell, by indicator, said of those unknown here, with who can be asked.
    debattre: questions for the COPIL, told as sentences are.
    taux: of a number of things on the first screen, the rate that stands below it and beside other places.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    faits: Annotated[dict[str, str], Field(max_length=FACTS_AT_MOST)]
    titre: Sentences = ()
    recit: Sentences
    inconnu: dict[str, str] = {}
    debattre: Sentences = ()
    taux: Annotated[dict[str, str], Field(max_length=FACTS_AT_MOST)] = {}


class Fact:
    """An indicator of a territory as a sentence tells it; its French names are those that the templates use.

    rows: the territory, or its départements where a figure is of these alone, then what it is compared with.
    gaps: see `Territory.gaps`.
    """

    def __init__(self, territory: Territory, indicator: Indicator, rows: pd.DataFrame, gaps: pd.DataFrame):
        self._territory, self._indicator, self._rows, self._gaps = territory, indicator, rows, gaps
        rounded = round(rows["value"].iloc[0], indicator.decimals)  # −0,04 % is 0
        self.valeur = float(rounded)  # one of numpy over 0 would be infinite
        self.tenth = findings_of(territory).set_index("indicator")["tenth"].get(indicator.id, 0)
        self.annee = sentences.YEARS.sub(r"\1 et \2", date_text(rows["period"].iloc[0]))

    def __str__(self) -> str:
        """Return the value as a reader sees it."""
        return self._rows["text"].iloc[0]

    def face(self, *places: str) -> str:
        """« , plus qu'en France (60,9), comme dans l'Aveyron (68,1) ». places: france, region, departement.

        The comparable EPCIs stand for them where none of them is known.
        """
        known = [place for place in places if self._gaps["level"].eq(place).any()] or ["peers"]
        told = standing.against(self._indicator, self._rows, self._gaps, known, self.tenth)
        return f", {told}" if told else ""

    def valeurs(self, *places: str) -> str:
        """« , contre −0,6 % dans la Meuse et +0,4 % en France », without a word on them: beside a verb of change."""
        told = standing.figures(self._rows, places)
        return f", {told}" if told else ""

    def sur(self, noun: str, verbs: str, whole: "Fact | None" = None) -> str:
        """« plus d'un habitant sur trois vit », of its share; or of what it is of another fact: see `one_in`."""
        text = str(self) if whole is None else percent(100 * self.valeur / whole.valeur)
        return one_in(self.valeur if whole is None else 100 * self.valeur / whole.valeur, text, noun, verbs)

    @property
    def departements(self) -> str:
        """« 5,2 mois dans l'Aveyron », of a figure that is of départements alone."""
        rows = self._rows[self._rows["level"].eq("departement")]
        told = [f"{row.text} {agreed(self._indicator.unit, row.value)} {inside(row.name)}" for row in rows.itertuples()]
        return listed(told)

    @property
    def base(self) -> str:
        """The number of what a mean or a share is of."""
        return number(self._rows["denominator"].iloc[0])

    @property
    def absolu(self) -> str:
        """The value without its sign, for a verb that tells it."""
        return str(self).lstrip("+\u2212")

    @property
    def unite(self) -> str:
        """The unit, in the singular under 2."""
        return agreed(self._indicator.unit, self.valeur)

    @property
    def lettres(self) -> str:
        """A number of things in letters, feminine."""
        return in_letters(round(self.valeur))

    @property
    def regime(self) -> str:
        """« (hors MSA) » of what the Caf alone counts, but overseas, where it pays all."""
        return " (hors MSA)" if "hors MSA" in self._territory.said(self._indicator.label) else ""

    @property
    def rang(self) -> str:
        """« , une part parmi les plus élevées de France », or nothing."""
        return f", {standing.placed(self._indicator, self.tenth)}" if self.tenth else ""

    @property
    def norme(self) -> str:
        """« ; un habitant sur trois vit dans une commune sous le seuil de 2,5 (DREES) », or nothing."""
        part = findings_of(self._territory).set_index("indicator")["under"].get(self._indicator.id, 0)
        return f" ; {standing.under(self._indicator, part)}" if part >= norm("inhabitants_under_a_norm") else ""

    @property
    def seuil(self) -> str:
        """The norm of the indicator: « 2,5 »."""
        return number(norm(self._indicator.norm), self._indicator.decimals)

    @property
    def sous(self) -> str:
        """« trois des 21 communes (A, B et C) » under the norm of the indicator; nothing where one is unknown."""
        rows = on_map(self._territory, self._indicator)
        if not rows["status"].isin([OK, NOT_APPLICABLE]).all():
            return ""
        return _among(rows, rows["status"].eq(OK) & rows["value"].lt(norm(self._indicator.norm)))

    def plus(self, level: str, *, higher: bool = True) -> bool:
        """Whether the territory is surely above a place by a tenth or more."""
        gaps = self._gaps[self._gaps["level"].eq(level)]
        return bool(len(gaps) and (gaps["sure"] & gaps["times"].ge(1) & gaps["higher"].eq(higher)).all())

    moins = partialmethod(plus, higher=False)

    @property
    def evolution(self) -> str:
        """« en baisse depuis 2008, de 1,5 % par an », nothing without a trend that no year alone makes."""
        rows = self._territory.own(self._indicator)
        found = trend_of(rows, self._indicator)
        if found is None or not found.is_established:
            return ""
        return f"{standing.way(found)}, de {standing.pace(self._indicator, rows, found)}"

    @property
    def communes(self) -> str:
        """« quatre des 21 communes (A, B, C et D) » that have some; nothing where not all are known exactly."""
        rows = on_map(self._territory, self._indicator)
        if rows.empty or not rows["status"].eq(OK).all() or not are_exact(self._indicator, rows.assign(shown=True)):
            return ""
        return _among(rows, rows["value"].gt(0)) or "aucune commune"


def _among(rows: pd.DataFrame, has: pd.Series) -> str:
    """« quatre des 21 communes (A, B, C et D) » of which something is so; nothing where it is of none."""
    some, of = list(rows.loc[has, "name"]), f"des {in_letters(len(rows))} communes"
    if len(some) in (0, len(rows)):
        return f"chacune {of}" if some else ""
    return f"{in_letters(len(some))} {of}{f' ({listed(some)})' if len(some) <= NAMES_AT_MOST else ''}"


def fact(territory: Territory, indicator: Indicator) -> Fact | None:
    """An indicator as sentences tell it; None where they do not, or it has no value that may be written as a number."""
    if indicator.id in territory.untold:
        return None
    counted = isinstance(indicator.value, Count | Mean)
    rows = territory.own(indicator)[-1:] if counted else territory.compared(indicator)
    if "epci" not in indicator.levels:
        known = with_one_france(territory.readable(indicator)).query("status == @OK")
        known = known.sort_values("level", kind="stable")
        last = known.loc[known["level"].eq("departement"), "period"].max()
        rows = known[known["period"].eq(last) & known["level"].isin(["departement", "france"])]
    first = sentences.each_row(rows[:1])
    if not first or first[0].status != OK or not sentences.is_printed(indicator, first[0]):
        return None
    return Fact(territory, indicator, rows, territory.gaps(indicator))


OF_A_FACT = {"valeur", "annee", *(name for name in vars(Fact) if name[0] != "_")}  # what sentences may ask of one
CALLED = {name for name in OF_A_FACT if isinstance(vars(Fact).get(name), FunctionType | partialmethod)}


def _word(value: object) -> str:
    """What a tag of a sentence writes: a text or a fact, which says its value as a reader sees it."""
    if isinstance(value, str | Fact):
        return str(value)
    raise TypeError(f"{type(value).__name__} n'est ni un texte ni un fait")


# The language of sentences has no repetition and no definition, and its signs are those of numbers: what a sentence
# takes and writes is in proportion to its letters, so that it needs no process of its own.
SENTENCES = Tags(signs=OF_NUMBERS, finalize=_word)
SENTENCES.filters = {name: SENTENCES.filters[name] for name in ("min", "max")}
LANGUAGE = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name, nodes.Getattr, nodes.Call)
LANGUAGE += (nodes.Keyword, nodes.List, nodes.Filter, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand)
LANGUAGE += (nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div)


def account(territory: Territory, chapter: str) -> tuple[str, list[str]]:
    """The answer of a chapter in a line, and the paragraphs that its figures fill; each may be empty."""
    written = read_account(chapter)
    last = [typography(one) for one in _unknown(territory, written.inconnu)]
    title, sentences_told, _ = map(list, _told(territory, chapter))
    found = findings_of(territory)
    beside = found.loc[found["chapter"].eq(chapter) & ~found["indicator"].isin(written.faits.values()), "indicator"][:1]
    of_findings = [" ".join(told(territory, CATALOGUE[name])) for name in beside]
    abroad = [ABROAD] * (territory.has_births_abroad and not OF_BIRTHS.isdisjoint(written.faits.values()))
    lead, others = sentences_told[:1], [*sentences_told[1:], *abroad, *of_findings, *last]
    paragraphs = [" ".join(others[rank : rank + PARAGRAPH]) for rank in range(0, len(others), PARAGRAPH)]
    return "".join(title[:1]), [*lead, *paragraphs]


ABROAD = typography(
    "Bien des enfants d'ici naissent de l'autre côté de la frontière, où l'état civil ne les compte pas : les "
    "naissances publiées sont trop peu nombreuses, et les soldes qui en viennent sont faux."
)
IN_ITS_PLACE = {  # who answers for a partner in a département, or in an EPCI
    "Département": {
        "200046977": "à la Métropole de Lyon",
        **dict.fromkeys(("67", "68"), "à la Collectivité européenne d'Alsace"),
        **dict.fromkeys(("2A", "2B"), "à la Collectivité de Corse"),
        "972": "à la Collectivité territoriale de Martinique",
        "973": "à la Collectivité territoriale de Guyane",
        "75": "à la Ville de Paris",
    },
    "SDJES": dict.fromkeys(("971", "972", "973", "974", "976"), "à la DRAJES"),
}


def _unknown(territory: Territory, words: dict[str, str]) -> list[str]:
    """What a chapter does not tell, and of whom the rest is to be asked. words: see `Account.inconnu`."""
    asked: dict[str, list[str]] = {}
    for name, what in words.items():
        if territory.own(CATALOGUE[name]).empty and not territory.has(CATALOGUE[name], CENSORED, ["epci"]):
            asked.setdefault(SOURCES[CATALOGUE[name].sources[0]].partner, []).append(what)
    of_nobody = [f"Le diagnostic ne dit pas {' ni '.join(asked.pop(''))}."] if "" in asked else []
    places, several = _departements(territory), int(territory.communes["total_population"].ne(0).sum())
    names = {"Caf": "à la Caf", "Communes": f"aux {in_letters(several)} communes" if several > 1 else "à la commune"}
    codes = territory.beside.loc[territory.beside["level"].eq("departement"), "code"]
    for partner, others in IN_ITS_PLACE.items():
        each = [others.get(territory.epci) or others.get(code, f"au {partner}") for code in codes]
        names[partner] = listed([*dict.fromkeys(each)])
    where = f", {inside(places[0])}," if len(places) == 1 and asked.keys() - {"Communes"} else ""
    of_each = [f"{names.get(partner, f'au {partner}')} {listed(what)}" for partner, what in asked.items()]
    return [*of_nobody, *([f"Reste à demander{where} {', et '.join(of_each)}."] if of_each else [])]


def _departements(territory: Territory) -> list[str]:
    return list(territory.beside.loc[territory.beside["level"].eq("departement"), "name"])


def debate(territory: Territory, chapter: str) -> Html:
    """The questions that the figures of a chapter raise for the COPIL."""
    *_, questions = map(list, _told(territory, chapter))
    return piece("debate.html.j2", questions=questions[:QUESTIONS]) if questions else Html("")


@lru_cache(maxsize=1)
def _told(territory: Territory, chapter: str) -> list[dict[str, set[str]]]:
    """The titles, the sentences and the questions whose facts are all known here, filled; the facts that each names."""
    written = read_account(chapter)
    facts = {short: fact(territory, CATALOGUE[name]) for short, name in written.faits.items()}
    names = {short: one for short, one in facts.items() if one}
    for one in [one for one in names.values() if one.tenth][RANKS:]:
        one.tenth = 0
    names[COUNTRY] = than(territory.beside["name"].iloc[-1])
    places = _departements(territory)
    names[DEPARTEMENT] = than(places[0]) if len(places) == 1 else "que dans chacun de ses départements"
    if len(territory.neighbourhoods):
        names[NEIGHBOURHOODS] = Neighbourhoods(territory.neighbourhoods)
    return [_filled(chapter, part, getattr(written, part), names) for part in ("titre", "recit", "debattre")]


def _filled(chapter: str, part: str, texts: tuple[str, ...], names: dict[str, object]) -> dict[str, set[str]]:
    """The sentences of a part whose names are all known, filled, and the names of each."""
    told = {}
    for rank, text in enumerate(texts):
        asked = meta.find_undeclared_variables(SENTENCES.parse(text))
        if asked <= names.keys():
            try:
                words = _template(text).render(names).split()
            except FAULTS as error:
                path = settings().reference / ACCOUNTS / f"{chapter}.yml"
                lines = load_yaml(path, Account).lines
                raise InputError([_fault(project_path(path), lines, part, rank, error)]) from error
            if words:
                told[typography(capitalised(" ".join(words)))] = asked
    return told


@cache
def _template(text: str) -> Template:
    """A sentence ready to be filled: the same are, for each territory."""
    return SENTENCES.from_string(text)


def _fault(file: str, lines: dict[Place, int], part: str, rank: int, error: Exception) -> Finding:
    line = lines.get((part, rank), lines.get((part,)))
    return Finding(file, line, f"{part}, phrase {rank + 1}", what_is_wrong(error), A_SENTENCE)


A_SENTENCE = "une phrase, avec {{ fait }} et {% if … %}, comme LISEZMOI.md le dit"


@cache
def read_account(chapter: str) -> Account:
    """The account of a chapter as it is written.

    Raises:
        InputError: no file, or what is wrong with it: an indicator or a name that does not exist, a sentence that Jinja
            does not read.
    """
    path = settings().reference / ACCOUNTS / f"{chapter}.yml"
    read = load_yaml(path, Account)
    if findings := _wrong(read, project_path(path)):
        raise InputError(findings)
    return read.value


def _wrong(read: ReadYaml, file: str) -> list[Finding]:
    written: Account = read.value
    named = [*((("faits", short), name) for short, name in written.faits.items())]
    named += [(("inconnu", name), name) for name in written.inconnu]
    named += [(("taux", name), one) for name, rate in written.taux.items() for one in (name, rate)]
    wrong = [
        Finding(file, read.lines.get(place), ".".join(place), name, AN_INDICATOR)
        for place, name in named
        if name not in CATALOGUE
    ]
    for part, texts in {"titre": written.titre, "recit": written.recit, "debattre": written.debattre}.items():
        for rank, text in enumerate(texts):
            line = read.lines.get((part, rank), read.lines.get((part,)))
            try:
                sentence = SENTENCES.parse(text)
                found = _strange(sentence, {*written.faits, COUNTRY, DEPARTEMENT, NEIGHBOURHOODS})
                if not found:
                    _template(text)
            except FAULTS as error:
                wrong.append(_fault(file, read.lines, part, rank, error))
                continue
            column = f"{part}, phrase {rank + 1}"
            wrong += [Finding(file, line, column, *one) for one in found]
    return wrong


def _strange(sentence: nodes.Template, names: set[str]) -> list[tuple[str, str]]:
    """What of a sentence is not of its language, each with what is expected in its place."""
    every = list(sentence.find_all(nodes.Node))
    foreign = sorted({type(one).__name__ for one in every if not isinstance(one, LANGUAGE)})
    found = [(f"une balise d'une autre sorte ({name})", A_SENTENCE) for name in foreign]
    unknown = sorted(meta.find_undeclared_variables(sentence) - names)
    found += [(name, "un nom de faits") for name in unknown]
    called = [one.node for one in every if isinstance(one, nodes.Call)]
    for one in called:
        if getattr(one, "attr", "") not in CALLED:
            found.append(("des parenthèses", f"après l'un de ces mots : {listed(sorted(CALLED))}"))
    asked = [one for one in every if isinstance(one, nodes.Getattr)]
    found += [wrong for one in asked for wrong in _wrong_of_fact(one, called)]
    return list(dict.fromkeys(found))


def _wrong_of_fact(asked: nodes.Getattr, called: list[nodes.Node]) -> list[tuple[str, str]]:
    """What is wrong with what is asked of a fact."""
    if getattr(asked.node, "name", "") == NEIGHBOURHOODS:
        return [(asked.attr, listed(sorted(OF_NEIGHBOURHOODS)))] if asked.attr not in OF_NEIGHBOURHOODS else []
    if asked.attr not in OF_A_FACT:
        return [(asked.attr, listed(sorted(OF_A_FACT)))]
    if not isinstance(asked.node, nodes.Name):
        return [(f".{asked.attr}", "un nom de faits devant le point")]
    if asked.attr in CALLED and not any(one is asked for one in called):
        return [(f"{asked.node.name}.{asked.attr}", f"{asked.attr}(…), avec ses parenthèses")]
    return []


def first_screen(territory: Territory, chapter: str, indicators: Iterable[str], land: Html) -> Html:
    """What a chapter says first.

    chapter: its number. indicators: their ids; the first three that have a value here, beside others, are the figures,
    in this order; what the answer tells takes the place of the last, where none of them is of it. land: the map, of
    `Chapter.map`.
    """
    figures = large_figures(territory, chapter, indicators)
    answer, told_here = account(territory, chapter)
    screen = piece("first_screen.html.j2", answer=answer, figures=figures, land=Markup(land.html), account=told_here)
    about = {what: told for what, told in land.about.items() if what != MISSING}
    shown = [one[name] for one in figures for name in ("name", "rate") if one[name]]
    return telling(Html(screen.html, about), SHOWN, *shown)


def large_figures(territory: Territory, chapter: str, indicators: Iterable[str]) -> list[dict[str, object]]:
    """The large figures of the first screen of a chapter, three at most: see `first_screen` and `large_figure`.

    A figure that nothing stands beside is none of them: a number of things without its rate, what few EPCIs have.
    """
    written = read_account(chapter)
    answers, *_ = _told(territory, chapter)
    named = next(iter(answers.values()), set())
    answer = [name for short, name in written.faits.items() if short in named]

    def figures(names: Iterable[str]) -> Iterator[dict[str, object]]:
        for indicator in (CATALOGUE[name] for name in names):
            if _is_written(territory, indicator):
                figure = large_figure(territory, indicator, CATALOGUE.get(written.taux.get(indicator.id, "")))
                if figure["others"]:
                    yield figure

    shown = [*islice(figures(indicators), FIGURES)]
    if {one[name] for one in shown for name in ("name", "rate")}.isdisjoint(answer):
        of_answer = [*islice(figures(answer), 1)]
        shown = [*shown[: FIGURES - len(of_answer)], *of_answer]
    return shown


def _is_written(territory: Territory, indicator: Indicator) -> bool:
    own = sentences.each_row(territory.own(indicator)[-1:])
    if not own or (own[0].value == 0 and is_compared(indicator) and SOURCES[own[0].source].precision.rounding):
        return False  # 0 of a rounded count may be a few
    return sentences.is_printed(indicator, own[0])


def large_figure(territory: Territory, indicator: Indicator, rate: Indicator | None = None) -> dict[str, object]:
    """A figure at the period of its comparison, a number of things at its latest, under the names of the template.

    Where it stands is drawn (ruler), with the sign, the name and the value of each place beside (others); how it moves
    (way) is told where a test tells it.

    Parameters:
        indicator: known here.
        rate: what makes a number of things readable: it is written below, and drawn in its place.
    """
    rows = _of_comparison(territory, indicator)
    here = rows.iloc[0]
    rate = rate if rate and _is_written(territory, rate) else None
    placed, of_place = (_of_comparison(territory, rate), rate) if rate else (rows, indicator)
    beside = _places_beside(territory, of_place, placed)
    usual = capitalised(standing.usual_zero(territory.zeros(of_place)))
    label = territory.said(indicator.label)
    when = date_text(here["period"])
    return {
        "name": indicator.id,
        "label": label,
        "when": "" if when in label else when,
        "value": here["text"],
        "unit": _unit_beside(indicator, here),
        "rate": rate.id if rate else "",
        "told": _rate_told(territory, rate, placed.iloc[0]) if rate else "",
        "ruler": _ruler_beside(of_place, placed, beside) if len(beside) else None,
        "others": [(SIGNS[row.level], row.name, row.text) for row in sentences.each_row(beside)],
        "way": "" if rate else _trend(territory, indicator) or usual,
    }


def _ruler_beside(indicator: Indicator, rows: pd.DataFrame, beside: pd.DataFrame) -> Drawn:
    """The ruler of a large figure, all its values told in words. rows: the territory first."""
    said = [f"{indicator.label}, {date_text(rows['period'].iloc[0])} : {rows['text'].iloc[0]}"]
    said += [f"{row.name} : {row.text}" for row in sentences.each_row(beside)]
    others = dict(beside[["level", "value"]].to_numpy())
    return Drawn(ruler(rows["value"].iloc[0], others), " ; ".join(said))


def _trend(territory: Territory, indicator: Indicator) -> str:
    """The way that a figure goes and its pace; nothing where no test tells them."""
    own = territory.own(indicator)
    found = trend_of(own, indicator)
    if not found or not found.is_established:
        return ""
    return f"{capitalised(standing.way(found))}, de {standing.pace(indicator, own, found)}"


def _of_comparison(territory: Territory, indicator: Indicator) -> pd.DataFrame:
    """The territory and the places beside, at the period of the comparison; a number of things alone, at its latest."""
    own = territory.own(indicator)[-1:]
    rows = territory.compared(indicator) if is_compared(indicator) else own
    rows = rows[rows["status"].eq(OK)]
    return rows if len(rows) else own


def _places_beside(territory: Territory, indicator: Indicator, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the places that a large figure is drawn beside: the peers and France, else the département.

    The median of the EPCIs stands in the place of France. What the Caf alone pays, or volunteers describe, is judged by
    nothing (rule R18): France alone, or that median, is written beside it.
    """
    judged = set(territory.gaps(indicator)["level"])
    levels = judged & {"peers", "france"} or judged & {"departement"}
    levels |= {ALL_EPCIS} if judged else {"france", ALL_EPCIS}
    beside = rows[rows["level"].isin(levels) & ~rows["level"].duplicated(keep=False)]  # of two départements, neither
    order = [*SIGNS]
    return beside.sort_values("level", key=lambda each: each.map(order.index), kind="stable")


def _unit_beside(indicator: Indicator, row: pd.Series) -> str:
    """The unit that stands beside a large value, unless the value or the label tells it."""
    value = round(row["value"], indicator.decimals)
    unit = "" if is_told(indicator) else agreed(uncapitalised(unit_text(indicator.unit)), value)
    return unit.removeprefix("euros").strip() if "€" in row["text"] else unit  # « 13 650 € par an »


def _rate_told(territory: Territory, rate: Indicator, row: pd.Series) -> str:
    """« 21,3 élèves par classe, 2024 », « −0,4 % par an, 2018-2023 », « Part des 65 ans ou plus : 20,5 %, 2021 »."""
    unit = agreed(rate.unit, row["value"]).removeprefix("%").strip()
    figure = f"{row['text']} {unit}" if unit else f"{territory.said(rate.label)} : {row['text']}"
    return typography(f"{figure}, {date_text(row['period'])}")
