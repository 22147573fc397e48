"""How a territory stands to others and moves over the years, in a few words: what tests establish, never more."""

from collections.abc import Mapping, Sequence
from itertools import groupby

import pandas as pd

from ctg_analysis.display import sentences, texts
from ctg_analysis.display.quantities import agreed, number, one_in, percent
from ctg_analysis.display.texts import NARROW
from ctg_analysis.indicators.findings import AMONG, COMPARATORS, MOVING, SHORT
from ctg_analysis.indicators.peers import CHOOSES
from ctg_analysis.indicators.spread import MUCH
from ctg_analysis.indicators.trends import Trend
from ctg_analysis.model.indicator import OK, Indicator
from ctg_analysis.model.norms import norm, norms

NOT_ESTABLISHED = "écart non établi"
SIGNS = {True: ("▲", "△"), False: ("▼", "▽")}  # of what is above, of what is below: remarkable, not
PEERS = "EPCI comparables"
EACH = {"departement": "chacun de ses départements", "region": "chacune de ses régions"}
AGES, AT_EQUAL_AGES = ", sans tenir compte des âges", "à âges égaux"
SIDES = {True: "plus", False: "moins"}
COMPARED, ABOUT, UNSURE = "comme", "à peu près autant", "sans que l'écart soit établi"
ORDINARY = "proche de l'ordinaire"  # of the peers
MOVES = {1: "en hausse depuis plusieurs années", -1: "en baisse depuis plusieurs années"}
NOUNS = {"share": "une part", "rate": "un taux", "median": "un niveau"}  # by the end of an id
NO_TREND = "sans tendance établie"
BALANCES = ("natural_change_rate", "migratory_change_rate")  # of which a verb tells the sign
ONE_DECIMAL = 0.05  # a pace of which a bound is smaller is written with two

# rows: readable observations of comparators (see Territory.compared). gaps: see findings.differences.


def usual_zero(part: float) -> str:
    """Return « comme 76 % des EPCI » of a value of 0 that this part of the EPCIs have; nothing of none.

    >>> usual_zero(0.761), usual_zero(0)
    ('comme 76\u202f% des EPCI', '')
    """
    return f"{COMPARED} {percent(100 * part)} des EPCI" if part else ""


def test(rows: pd.DataFrame, gaps: pd.DataFrame) -> tuple[list[tuple[str, str]], frozenset[str]]:
    """Return signs with their words, and the levels of all the comparators that the territory is remarkable beside.

    The first comparator that it is above and the first that it is below have a sign each, and are named; else the first
    that differs surely, by a tenth or more. What is not established has words and no sign, nor has what is alike, which
    names the first comparator, nor what the peers are spread that wide of.
    """
    places, ranked = _ranked(rows, gaps)
    return _tested(places, [*ranked.values()])


def test_of_each(rows: pd.DataFrame, gaps: pd.DataFrame) -> dict[str, str]:
    """Return the sign and the words of `test` beside each place alone, by level."""
    places, ranked = _ranked(rows, gaps)
    return {level: "".join(" ".join(one) for one in _tested(places, [gap])[0]).strip() for level, gap in ranked.items()}


def _tested(places: Mapping[str, tuple], gaps: Sequence[tuple]) -> tuple[list[tuple[str, str]], frozenset[str]]:
    remarkable = [gap for gap in gaps if gap.remarkable]
    sides = {gap.higher: gap for gap in reversed(remarkable)}
    first = [gap for gap in remarkable if gap is sides[gap.higher]]
    first = first or [gap for gap in gaps if gap.sure and gap.times >= 1][:1]
    if first:
        words = [f"{_side(gap)} {_than(places, gap.level)}{f' {AT_EQUAL_AGES}' * gap.equal}" for gap in first]
        told = [(SIGNS[gap.higher][not remarkable], word) for gap, word in zip(first, words, strict=True)]
        return told, frozenset(gap.level for gap in remarkable)
    if any(not gap.sure and (not gap.alike if gap.times < 1 else gap.times >= 1 and pd.notna(gap.p)) for gap in gaps):
        return [("", NOT_ESTABLISHED)], frozenset()
    if any(gap.level == "peers" and gap.times >= 1 for gap in gaps):
        return [("", f"{ORDINARY} des {PEERS}")], frozenset()
    if not gaps or not all(gap.times < 1 for gap in gaps):
        return [], frozenset()
    how = _words(gaps[0])
    return [("", f"{how} {_after(how, places, gaps[0].level)}{f' {AT_EQUAL_AGES}' * gaps[0].equal}")], frozenset()


def beside(indicator: Indicator, rows: pd.DataFrame, gaps: pd.DataFrame, found: pd.Series) -> str:
    """Return what a finding is beside: « un taux parmi les plus élevés de France, nettement plus qu'en France (12,1 %),
    comme dans les EPCI comparables (médiane : 27,1 %) ».

    France comes first, or the comparator of the finding; the peers say whether it is usual in such territories, and
    « mais » that they are on the other side. Of a change, whose verb tells its sign, figures alone.

    Parameters:
        found: its row of `findings`, of which why, level, tenth, move and under are read.
    """
    places, gaps = _ranked(rows, gaps)
    lead = next((level for level in ("france", found["level"], "departement", "region") if level in gaps), "")
    words = {level: _words(gaps[level]) for level in (lead, found["level"], "peers") if level in gaps}
    text = _clauses(indicator, places, words, placed=bool(found["tenth"]))
    if sentences.is_change(indicator):
        text = figures(rows, [*words])
        text = text.replace("contre ", "contre un solde de ") if indicator.id in BALANCES else text
    told = [MOVES[found["move"]] if found["why"] == MOVING else ""]
    told.append(placed(indicator, found["tenth"]) if found["tenth"] else "")
    told.append(f"sans doute {placed(indicator, 1 if found['higher'] else -1)}" if found["why"] == AMONG else "")
    text = ", ".join(filter(None, [*told, text]))
    if text and "peers" in places and "peers" not in gaps:
        chosen = ", choisis sur ce critère" * (CHOOSES in places["peers"].name)
        median = f"médiane des {PEERS}{chosen} : {places['peers'].text})"
        text = f"{text[:-1]} ; {median}" if text.endswith(")") else f"{text} ({median}"
    if found["under"] >= norm("inhabitants_under_a_norm"):
        text += f"{' ; ' * bool(text)}{under(indicator, found['under'])}"
    return f"{text}{AGES}" if _is_of_ages(indicator, gaps) and text else text


def against(indicator: Indicator, rows: pd.DataFrame, gaps: pd.DataFrame, levels: Sequence[str], tenth: int = 0) -> str:
    """Return what a value is beside some places: « nettement plus qu'en France (12,1 %) et que dans l'Aveyron (8 %) ».

    levels: of the places, in the order to tell them; those that have no figure, or are not judged, are left out.
    tenth: as `findings` have it; what it tells needs no « nettement » nor « comme ».
    """
    places, gaps = _ranked(rows, gaps)
    words = {level: _words(gaps[level]) for level in levels if level in gaps}
    text = _clauses(indicator, places, words, placed=bool(tenth))
    return f"{text}{AGES}" if _is_of_ages(indicator, gaps) and text else text


def side(indicator: Indicator, rows: pd.DataFrame, gaps: pd.DataFrame, level: str) -> str:
    """Return on which side of a place a value surely is, « plus qu'en France »; nothing where ages may make it."""
    places, gaps = _ranked(rows, gaps)
    way = _words(gaps[level]).split()[-1] if level in gaps and not _is_of_ages(indicator, gaps) else ""
    return f"{way} {_than(places, level)}" if way in SIDES.values() else ""


def figures(rows: pd.DataFrame, levels: Sequence[str]) -> str:
    """Return « contre −0,6 % dans la Meuse et +0,4 % en France », without a word on them: beside a verb of change.

    What is written as the figure of the territory is told first: « comme dans la Meuse, contre +0,4 % en France ».
    """
    known = rows[rows["level"].isin(levels) & rows["status"].eq(OK) & rows["level"].ne("peers")]
    told = [(row.text, texts.inside(row.name.partition(" hors ")[0])) for row in sentences.each_row(known)]
    same = [place for text, place in told if text == rows["text"].iloc[0]]
    others = [f"{text} {place}" for text, place in told if place not in same]
    return ", ".join(f"{how} {texts.listed(some)}" for how, some in (("comme", same), ("contre", others)) if some)


def placed(indicator: Indicator, tenth: int) -> str:
    """Return that a value is in an extreme tenth of the EPCIs, 1 of the highest, -1 of the lowest.

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> placed(CATALOGUE["unemployment_15_64_rate"], 1), placed(CATALOGUE["age_65_plus_share"], 1)
    ('un taux parmi les plus élevés de France', 'une part parmi les plus élevées de France')
    """
    noun, low = NOUNS.get(indicator.id.rpartition("_")[2], "une valeur"), "faibles"
    if sentences.is_change(indicator):
        noun, low = "une évolution", "basses"
    high = "élevées" if noun.startswith("une ") else "élevés"
    return f"{noun} parmi les plus {high if tenth > 0 else low} de France"


def _clauses(indicator: Indicator, places: Mapping[str, tuple], words: Mapping[str, str], *, placed: bool) -> str:
    """Return « plus qu'en France (12), mais moins que dans l'Aveyron (20) » of the words on each place, by level.

    places: see `_ranked`. placed: whether the tenth of the EPCIs is told after them.
    """
    if placed:
        words = {level: how for level, how in words.items() if level != "france" or how not in (COMPARED, ABOUT)}
    text, first = "", next(iter(words.values()), "")
    for how, levels in ((how, [*alike]) for how, alike in groupby(words, words.get)):
        contrary = text and {how.split()[-1], first.split()[-1]} == {"plus", "moins"}
        told = [f"{_after(how, places, level)} ({_figure(indicator, places, level)})" for level in levels]
        beside = " ".join(f"ni {place}" for place in told) if how == UNSURE and told[1:] else texts.listed(told)
        text += f"{(', mais ' if contrary else ', ') * bool(text)}{how} {beside}"
    head, equal, tail = text.partition(f"ici {AT_EQUAL_AGES}")
    return f"{head}{equal}{tail.replace(equal, 'ici')}" if equal else text


def shortly(
    indicator: Indicator, rows: pd.DataFrame, gaps: pd.DataFrame, found: pd.Series, *, placed_first: bool
) -> str:
    """Return what a finding is beside in a few words: France, or the tenth of the EPCIs, or the norm.

    placed_first: whether the tenth is told rather than France.
    """
    places, gaps = _ranked(rows, gaps)
    far = {level: gap for level, gap in gaps.items() if gap.times >= 1}
    level = found["level"] if found["level"] and found["level"] != "peers" and "france" not in far else "france"
    beside = {
        level: f"{_more(gap)} {_than(places, level)} ({_figure(indicator, places, level)})"
        for level, gap in far.items()
        if gap.sure
    }
    if found["tenth"] and (placed_first or level not in beside):
        return placed(indicator, found["tenth"])
    if level in beside:
        return beside[level]
    if found["why"] == AMONG:
        return f"sans doute {placed(indicator, 1 if found['higher'] else -1)}"
    if found["why"] == SHORT and found["under"]:
        return f"et {under(indicator, found['under'])}"
    return beside.get("peers") or MOVES.get(found["move"], "")


def under(indicator: Indicator, part: float) -> str:
    """Return how many inhabitants live in communes under the norm: « un habitant sur quatre vit … sous le seuil … ».

    >>> from ctg_analysis.model.catalogue import CATALOGUE
    >>> doctors = CATALOGUE["general_practitioner_accessibility_index"]
    >>> [under(doctors, part).partition(" dans")[0] for part in (0.27, 0.46, 1)]
    ["plus d'un habitant sur quatre vit", "près d'un habitant sur deux vit", 'tous les habitants vivent']
    """
    limit = norms()[indicator.norm]
    who = one_in(100 * part, percent(100 * part), "habitant", "vit|vivent") if part < 1 else "tous les habitants vivent"
    least, author = number(limit.valeur, indicator.decimals), limit.source.partition(",")[0]
    return f"{who} dans une commune sous le seuil de {least} ({author})"


def _ranked(rows: pd.DataFrame, gaps: pd.DataFrame) -> tuple[dict[str, tuple], dict[str, tuple]]:
    """Return a row of each level, that of the territory first, then the gaps to the places that have a row, the first
    comparator first: the région of La Réunion has none. Several places of a level are told together.
    """
    each, places = sentences.each_row(rows), {}
    for row in each:
        places.setdefault(row.level, row)
    for level in EACH.keys() & places.keys():
        several = [row.text for row in each if row.level == level]
        if several[1:]:
            places[level] = places[level]._replace(name=EACH[level], text=texts.listed(several))
    held = {gap.level: gap for gap in sentences.each_row(gaps)}
    return places, {level: held[level] for level in COMPARATORS if level in held and level in places}


def _is_of_ages(indicator: Indicator, gaps: Mapping[str, tuple]) -> bool:
    """Whether ages alone may make what is told, which no gap at equal ages tells."""
    return indicator.ages and not any(gap.equal for gap in gaps.values())


def _words(gap: tuple) -> str:
    """Return « nettement plus », « comme », « proche de l'ordinaire » of the peers, or that no test tells it."""
    if not gap.times >= 1:
        if gap.alike:
            return COMPARED if gap.near else _more(gap) if gap.sure else ABOUT
        if gap.sure:  # how much, rounding does not tell
            return _side(gap)
    elif gap.sure:
        return _more(gap)
    return ORDINARY if gap.level == "peers" else UNSURE


def _figure(indicator: Indicator, places: Mapping[str, tuple], level: str) -> str:
    """Return the figure of a place and, at equal ages, what that of the territory is beside it where it is another."""
    own, place = next(iter(places.values())), places[level]
    if pd.notna(getattr(place, "equal", None)):
        here = sentences.value_text(indicator, own._replace(value=place.equal))
        return f"{place.text}{f', {AT_EQUAL_AGES}' if here == own.text else f', contre {here} ici {AT_EQUAL_AGES}'}"
    return f"médiane : {place.text}" if level == "peers" else place.text


def _more(gap: tuple) -> str:
    how = "nettement " if gap.times >= MUCH else "" if gap.times >= 1 else "un peu "
    return f"{how}{_side(gap)}"


def _side(gap: tuple) -> str:
    return SIDES[bool(gap.higher)]


def _after(how: str, places: Mapping[str, tuple], level: str) -> str:
    """Return « en France » after « comme », « avec la France » of what is not established, « qu'en France » else."""
    if how == ORDINARY:
        return f"des {PEERS}"
    if how == UNSURE:
        return f"avec {texts.the(_name(places, level))}"
    if how != COMPARED:
        return _than(places, level)
    return f"dans les {PEERS}" if level == "peers" else texts.inside(_name(places, level))


def _than(places: Mapping[str, tuple], level: str) -> str:
    return f"que dans les {PEERS}" if level == "peers" else texts.than(_name(places, level))


def _name(places: Mapping[str, tuple], level: str) -> str:
    """Return the name of a place alone: what « France hors Mayotte » is without, its column in the tables says."""
    return places[level].name.partition(" hors ")[0]


def with_bounds(indicator: Indicator, rows: pd.DataFrame, found: Trend) -> str:
    """Return a pace and its interval at 95 %: « −1,5 % par an (−2,6 à −0,4) ».

    That of a percentage is the points that it makes of the mean of the years (rule R10).

    rows: readable observations of the territory, by period. found: their trend.
    """
    scale, unit = _of_pace(indicator, rows, found)
    figures = [scale * figure for figure in (found.change, found.low, found.high)]
    decimals = 1 if min(map(abs, figures)) >= ONE_DECIMAL else 2
    change, low, high = (number(figure, decimals, signed=True) for figure in figures)
    return f"{change}{unit} par an{f' ({low} à {high})' if low != high else ''}"


def pace(indicator: Indicator, rows: pd.DataFrame, found: Trend) -> str:
    """Return a pace for a sentence whose words tell its direction: « 1,5 % par an »."""
    scale, unit = _of_pace(indicator, rows, found)
    change = abs(scale * found.change)
    return f"{number(change, 1 if change >= ONE_DECIMAL else 2)}{unit} par an"


def _of_pace(indicator: Indicator, rows: pd.DataFrame, found: Trend) -> tuple[float, str]:
    """Return what a pace in % is multiplied by, and its unit."""
    if not indicator.unit.startswith("%"):
        return 1.0, f"{NARROW}%"
    scale = rows["value"].mean() / 100
    return scale, f" {agreed('points', scale * found.change)}"


def way(found: Trend) -> str:
    """Return whether a series rises, falls, or does neither for all that is known, and between which years.

    >>> way(Trend(2008, 2025, -1.5, -2.6, -0.4, 0.01)), way(Trend(2008, 2025, -0.1, -0.7, 0.6, 0.8))
    ('en baisse de 2008 à 2025', 'sans tendance établie de 2008 à 2025')
    """
    if not found.is_established:
        return f"{NO_TREND} de {found.start} à {found.end}"
    return f"{'en hausse' if found.change > 0 else 'en baisse'} de {found.start} à {found.end}"
