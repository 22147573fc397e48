"""The title of a chart or a map: what it shows, in a few words that the figures and the tests allow, never more."""

import re
from collections.abc import Sequence

import pandas as pd

from ctg_analysis.display import standing, texts
from ctg_analysis.display.quantities import agreed, number, sampled
from ctg_analysis.display.texts import date_text
from ctg_analysis.indicators.findings import COMPARATORS
from ctg_analysis.indicators.spread import bears_its_value, comparison_of, is_apart_on_few
from ctg_analysis.indicators.trends import LEAST_YEARS, Trend, has_gaps, is_sought
from ctg_analysis.model.indicator import CENSORED, Indicator
from ctg_analysis.model.norms import norm

# Each returns a text without a final stop, or nothing when the figures allow no sentence: the label is then the title.

PLAIN = re.compile(r"(?:≈\u00a0)?[\d\u202f,+\u2212]+")  # a number without its unit
LONGEST_UNIT = 20  # letters; a longer one stands below the title only
LONGEST = 110  # letters of a title: two lines of a page; one that would be longer tells less
BOTH_ENDS = 105  # letters of a title that tells both ends of a family, or its two greatest
FAR = {"minutes": "Le plus loin", "mois": "Le plus long"}  # the greatest of what is not wished for
OF_A_QUANTILE = re.compile(r" \([DQ]\d\)$")  # the sign that its name in letters needs not: « Premier décile (D1) »
BOUNDS = "entre "  # begins what is told by its bounds, see sentences.value_text: it does not go « de ... à ... »
AS_MUCH = 0.005  # of the greatest of a family: another that is so close is as great
NAMED = 3  # communes that a title names
WHOLE, TEN = 100, 10  # per cent; a total from which a title tells no decimals
LONG = 8  # years of a history with gaps that tells its extremes
APART = "qui s'écarte{} des autres"
ON_ENOUGH = ", sur {} cas ou plus"  # where others are apart on fewer
NONE_APART = "aucune commune ne s'écarte des autres plus que le hasard ne l'explique"
TOO_SMALL = "Le titre laisse de côté les communes trop petites pour que leur valeur en dise quelque chose."


def about(indicator: Indicator, text: str) -> str:
    """Return what is said of an indicator after its name."""
    return f"{texts.headed(indicator.label)} {text}"


def with_unit(indicator: Indicator, row: pd.Series) -> str:
    """Return a value after the name of its indicator: with its unit when it is short and not in the name."""
    in_name = indicator.unit.split(" ")[0] in indicator.label.lower()
    return row["text"] if in_name or len(indicator.unit) > LONGEST_UNIT else counted(indicator, row)


def counted(indicator: Indicator, row) -> str:
    """Return a value with its unit, where it is a plain number and the unit is not in it."""
    plain = PLAIN.fullmatch(row.text) and not indicator.id.endswith("_year")
    if not plain or indicator.unit.startswith("%"):
        return row.text
    return f"{row.text} {agreed(indicator.unit, round(row.value, indicator.decimals))}"


def trend(indicator: Indicator, rows: pd.DataFrame, found: Trend | None) -> str:
    """Return how a series moves, since when and how fast; or that no trend is established.

    Of years too few for any trend, the latest value alone.

    rows: readable observations of the territory, by period. found: their trend, see trends.trend_of.
    """
    begin, here, gaps = rows["period"].iloc[0][:4], latest(indicator, rows), has_gaps(rows)
    if gaps and len(rows) >= LONG:
        ends = {"haut": rows.loc[rows["value"].idxmax()], "bas": rows.loc[rows["value"].idxmin()]}
        past = {at: row for at, row in ends.items() if row["period"] != rows["period"].iloc[-1]}
        return ", ".join([here, *(f"au plus {at} {row['text']} en {row['period'][:4]}" for at, row in past.items())])
    if gaps or not is_sought(indicator):
        return here
    if rows["value"].nunique() == 1:
        return f"{here}, comme à chaque date connue depuis {begin}"
    if found is None and len(rows) < LEAST_YEARS:
        return here
    if found is None:
        return f"{here}, {standing.NO_TREND} de {begin} à {rows['period'].iloc[-1][:4]}"
    if found.hangs_on:
        ends = ", ".join(f"{row['text']} en {row['period'][:4]}" for _, row in rows.iloc[[0, -1]].iterrows())
        move = "hausse" if found.change > 0 else "baisse"
        return about(indicator, f"{ends}, une {move} qui n'est plus établie sans {found.hangs_on}")
    way, pace = standing.way(found), standing.pace(indicator, rows, found)
    return about(indicator, f"{way}, de {pace}") if found.is_established else f"{here}, {way}"


def latest(indicator: Indicator, rows: pd.DataFrame) -> str:
    """Return the last value, and nothing of what the years before do not establish. rows: as above."""
    last = rows.iloc[-1]
    return about(indicator, f"{with_unit(indicator, last)} en {date_text(last['period'])}")


def circles(indicator: Indicator, rows: pd.DataFrame) -> str:
    """Return where a count is the largest, or where alone it is found. rows: of all the communes, the exact values."""
    rows = rows.sort_values("value", ascending=False, kind="stable")
    if rows["value"].sum() <= 0:
        return about(indicator, "dans aucune commune")
    some = rows[rows["value"].gt(0)]
    if len(some) == len(rows) and some["value"].nunique() == 1:
        return about(indicator, f"{with_unit(indicator, rows.iloc[0])} dans {in_communes(rows['name'], len(rows))}")
    if len(some) <= NAMED:
        return about(indicator, _each(some))
    whole = counted(indicator, _sum(indicator, rows))
    if some["value"].iloc[1] == some["value"].iloc[2]:  # none stands out but the first, if any
        lead = f"{_each(some[:1])}, sur " if some["value"].iloc[0] > some["value"].iloc[1] else ""
        return about(indicator, f"{lead}{whole}{'' if lead else f' dans {len(some)} communes'}")
    return about(indicator, f"{_each(some[:2])}, sur {whole}")


def _each(rows: pd.DataFrame) -> str:
    return texts.listed([_valued(row["name"], row["text"]) for _, row in rows.iterrows()])


def _valued(name: str, value: str) -> str:
    return f"{texts.titled(name)} ({value})"


def _sum(indicator: Indicator, rows: pd.DataFrame) -> pd.Series:
    total = float(rows["value"].sum())
    each = zip(rows["text"], rows["value"], strict=True)
    coarse = any(text == number(sampled(value)) != number(value) for text, value in each)
    text = number(sampled(total) if coarse else total, 0 if total >= TEN else indicator.decimals)
    return pd.Series({"text": text, "value": total})


def in_communes(names: Sequence[str], communes: int) -> str:
    """Return so many communes, the name of one alone."""
    if len(names) == communes > 1:
        return "chaque commune"
    return f"une seule commune, {names[0]}" if len(names) == 1 else f"{len(names)} des {communes} communes"


def largest(indicator: Indicator, rows: pd.DataFrame) -> str:
    """Return the two largest counts among the communes that may be shown. rows: columns name, value, text, shown."""
    written = rows[rows["shown"]]
    if written.empty:
        return ""
    order = written.sort_values("value", ascending=False, kind="stable")
    tops = order[order["text"].eq(order["text"].iloc[0])]
    where = _each(order[:2]) if len(tops) < 3 else f"{with_unit(indicator, tops.iloc[0])} dans {len(tops)} communes"
    among = "" if len(written) == len(rows) else f", parmi les {len(written)} communes montrées"
    return about(indicator, f"{where}{among}")


def family(title: str, unit: str, rows: pd.DataFrame) -> str:
    """Return the greatest of a family and the one that follows it; of deciles, the two ends.

    rows: columns name, value, text, and low and high where they are estimates: of two whose intervals meet, none is
    told to be the greater, nor of two that are as close (AS_MUCH). Two that are written alike are told together;
    nothing where more are.
    """
    quantiles = rows["name"].str.contains(OF_A_QUANTILE)
    rows = rows.assign(name=rows["name"].str.replace(OF_A_QUANTILE, "", regex=True))
    order = rows.sort_values("value", ascending=False, kind="stable")
    high = order.iloc[0]
    if len(rows) == 1:
        return f"{texts.headed(high['name'])} {high['text']}"
    second, low = order.iloc[1], order.iloc[-1]
    if low["text"] == high["text"] and len(rows) > 2:
        return f"{texts.headed(title)} {high['text']} dans chaque cas"
    if len(rows) == 2:
        first, last = (row for _, row in rows.iterrows())
        pair = f"{_valued(first['name'], _in_units(unit, first))} et {_second(last)}"
        if len(pair) <= LONGEST:
            return pair
    alike = order["text"].eq(high["text"]).sum()
    if alike > 2 or alike == len(rows) or (alike > 1 and quantiles.any()):
        return ""
    if quantiles.any():
        return _ends(unit, low, high) if order["text"].eq(low["text"]).sum() == 1 else ""
    if alike > 1:
        first, other = rows.loc[rows["text"].eq(high["text"]), "name"]
        each = f"{high['text']}{' dans chaque cas' * unit.startswith('%')}"  # lest they be read as the share of both
        both = {"name": f"{first} et {texts.uncapitalised(other)}", "text": each}
        both |= {"low": order["low"].iloc[:2].min()} if "low" in order else {}
        high, second = pd.Series({**high, **both}), order.iloc[2]
    overlap = second.get("high", float("nan")) >= high.get("low", float("nan"))
    if overlap or (alike == 1 and unit not in FAR and high["value"] - second["value"] <= AS_MUCH * high["value"]):
        return _both(unit, high, second)
    if unit.startswith("%") and WHOLE - rows["value"].sum() > high["value"]:  # what is not among them may be greater
        return _both(unit, high, second) if second["value"] > 0 else f"{texts.headed(high['name'])} {high['text']}"
    alone = f"{high['name']} d'abord ({_in_units(unit, high)})"
    if unit in FAR:
        alone = f"{FAR[unit]} : {texts.uncapitalised(high['name'])}, {_in_units(unit, high)}"
    both = f"{alone}, puis {_second(second)}"
    follows = second["value"] > 0 and order["text"].eq(second["text"]).sum() == 1
    return both if follows and len(both) <= BOTH_ENDS else alone * (len(alone) <= LONGEST)


def median(rows: pd.DataFrame) -> str:
    """Return in which of ordered classes the median is; nothing where their bounds do not tell it. rows: as above.

    >>> rows = pd.DataFrame({"name": ["0 à 2 ans", "3 à 5 ans", "6 ans ou plus"], "value": [10.0, 30, 35]})
    >>> median(rows), median(rows.assign(low=[10.0, 25, 35], high=[12.0, 30, 40]))
    ('Médiane : 3 à 5 ans', '')
    """
    low, high = (rows.get(bound, rows["value"]).fillna(rows["value"]).to_numpy() for bound in ("low", "high"))
    for rank, name in enumerate(rows["name"]):
        if low[: rank + 1].sum() > high[rank + 1 :].sum() and low[rank:].sum() > high[:rank].sum():
            return f"Médiane : {texts.uncapitalised(name)}"
    return ""


def beside(title: str, several: Sequence[tuple[Indicator, pd.DataFrame, pd.DataFrame]]) -> str:
    """Return on which side of France all the members of a family are, or of another place if none is on the other side
    of any; else what those that differ are beside it.

    several: the rows and the gaps of each member, as `standing` has them; as many are told as there is room for, none
    where that would leave out what is on the other side.
    """
    sides = {level: [standing.side(*one, level) for one in several] for level in COMPARATORS}
    ways = {one.split()[0] for found in sides.values() for one in found if one}
    for level, alike in sides.items():
        if alike[0] and len(set(alike)) == 1 and (level == "france" or len(ways) == 1):
            return f"{texts.headed(title)} {'chaque fois ' * (len(alike) > 1)}{alike[0]}"
    for level, found in sorted(sides.items(), key=lambda one: not any(one[1])):
        if level != "france" and len(ways) > 1:
            continue
        pairs, told, cut = zip(found, several, strict=True), "", False
        for _, (indicator, rows, gaps) in sorted(pairs, key=lambda one: (not one[0], -one[1][1]["value"].iloc[0])):
            words, name = standing.against(indicator, rows, gaps, [level]), rows["name"].iloc[0]
            more = f"{_valued(texts.uncapitalised(name) if told else name, rows['text'].iloc[0])} : {words}"
            if words and len(told) + len(more) <= LONGEST:
                told += f"{' ; ' * bool(told)}{more}"
            elif words:
                cut = True
        if cut and len({one.split()[0] for one in found if one}) > 1:
            return _on_both_sides(found, several)
        if told:
            return told
    return ""


def _on_both_sides(found: Sequence[str], several: Sequence[tuple]) -> str:
    """Return the greatest member that a place has less of and the greatest that it has more of, in fewer words than
    `beside`; nothing where they are long too. found: the side of each member.
    """
    greatest: dict[str, tuple] = {}
    for side, (_, rows, _) in sorted(zip(found, several, strict=True), key=lambda one: -one[1][1]["value"].iloc[0]):
        if side:
            greatest.setdefault(side.split()[0], (side, rows["name"].iloc[0], rows["text"].iloc[0]))
    (side, *one), (other, *two) = greatest.values()
    for first, last in ((_valued(*one), _valued(*two)), (one[0], two[0])):
        text = f"{first} : {side} ; {texts.uncapitalised(last)} : {other.split()[0]}"
        if len(text) <= LONGEST:
            return text
    return ""


def _both(unit: str, high: pd.Series, second: pd.Series) -> str:
    """Return two of a family, none of which is told to be the greater; nothing where that would be long."""
    both = f"{_valued(high['name'], _in_units(unit, high))} et {_second(second)}"
    return both if len(both) <= BOTH_ENDS else ""


def _ends(unit: str, low: pd.Series, high: pd.Series) -> str:
    """Return the least and the greatest of a family in order; nothing where that would be long."""
    names = [texts.uncapitalised(end["name"]) for end in (low, high)]
    both = f"De {low['text']} ({names[0]}) à {_in_units(unit, high)} ({names[1]})"
    if BOUNDS in low["text"] + high["text"]:
        both = f"{low['name']} ({low['text']}), {names[1]} ({_in_units(unit, high)})"
    return both if len(both) <= BOTH_ENDS and both.count("(") == 2 else ""


def _second(row: pd.Series) -> str:
    return _valued(texts.uncapitalised(row["name"]), row["text"])


def _in_units(unit: str, row: pd.Series) -> str:
    """Return a value with a short unit that its name does not hold; numbers and marks are told as they are."""
    known = len(unit) > LONGEST_UNIT or unit.split(" ")[0] in ("%", "nombre", "note") or unit in row["name"].lower()
    return row["text"] if known or not PLAIN.fullmatch(row["text"]) else f"{row['text']} {agreed(unit, row['value'])}"


def choropleth(indicator: Indicator, rows: pd.DataFrame) -> str:
    """The least and the greatest value that a map may tell; nothing where it shows none, or sums of rounded counts.

    Of what a test exists for, the values of the communes that differ from the others by more than chance, or that none
    does; where others do so on few cases, the title says of how many it speaks. Else the values of the communes that
    are large enough. Where a producer only bounds the least ones, that bound:
    « de 5 % ou moins à 21 % ».

    Parameters:
        rows: columns name, value, text, shown, status, numerator, denominator, source, a row for each commune.
    """
    written = rows[rows["shown"]].sort_values("value", kind="stable")
    if written.empty:
        return ""
    if indicator.norm:
        return _short_of(indicator, written, norm(indicator.norm))
    low, high = written.iloc[0], written.iloc[-1]
    if BOUNDS in low["text"] + high["text"]:
        return ""
    bounds = rows.loc[rows["status"].eq(CENSORED), "text"]
    if len(bounds):
        sign = texts.SIGNS[CENSORED]
        least = bounds.iloc[0].removeprefix(sign).strip() + " ou moins" * bounds.iloc[0].startswith(sign)
        return about(indicator, f"de {least} à {with_unit(indicator, high)} selon la commune")
    if low["text"] == high["text"]:
        return about(indicator, f"{with_unit(indicator, high)} dans {in_communes(list(written['name']), len(rows))}")
    told = written[bears_its_value(written, indicator)]
    tested = comparison_of(indicator) is not None
    enough = ON_ENOUGH.format(number(norm("few_events"))) if is_apart_on_few(written, indicator).any() else ""
    apart = APART.format("nt" if len(told) > 1 else "") + enough if tested and len(told) < len(rows) else ""
    if told.empty:
        return about(indicator, NONE_APART + enough) if tested else indicator.label
    low, high = told.iloc[0], told.iloc[-1]
    if low["text"] == high["text"]:
        some = in_communes(list(told["name"]), len(rows))
        return about(indicator, ", ".join(filter(None, [f"{with_unit(indicator, high)} dans {some}", apart])))
    some = f"{len(told)} communes" if enough else f"les {len(told)} communes"
    where = f"dans {some} {apart}" if apart else "selon la commune"
    return about(indicator, f"de {low['text']} à {with_unit(indicator, high)} {where}")


def _short_of(indicator: Indicator, rows: pd.DataFrame, least: float) -> str:
    """The communes that do not reach a norm, named where they are few. rows: those shown, the lowest value first."""
    short = list(rows.loc[rows["value"].lt(least), "name"])
    limit = counted(indicator, pd.Series({"text": number(least, indicator.decimals), "value": least}))
    if not short:
        return about(indicator, f"aucune commune au-dessous de {limit}")
    named = f" ({texts.listed(short)})" if 1 < len(short) <= NAMED else ""
    return about(indicator, f"moins de {limit} dans {in_communes(short, len(rows))}{named}")


def leaves_some_out(indicator: Indicator, rows: pd.DataFrame) -> bool:
    """Whether the title of a map leaves out communes for their size alone; that of a norm, none. rows: as above."""
    written = rows[rows["shown"]]
    return not indicator.norm and comparison_of(indicator) is None and not bears_its_value(written, indicator).all()
