"""French numbers, quantities and euros, with their units in the singular or the plural."""

import re
from functools import cache
from math import floor

import pandas as pd
from babel import Locale
from babel.numbers import NumberPattern, format_decimal, parse_pattern

from ctg_analysis.display.texts import FEMININE, MINUS, NARROW, NBSP, SIGNS
from ctg_analysis.model.indicator import MISSING

FRENCH = Locale("fr", "FR")
MOST_DECIMALS = 6
MILLION, TO_THE_THOUSAND, ROUNDED_FROM = 1_000_000, 10_000, 100_000  # euros
HUNDREDS_FROM, TENS_FROM = 1000, 20  # of a sample
COUNTED, WORD = re.compile(r"(?= (?:pour|par|de|en|à) | d['’])"), re.compile(r"[^ -]+")
PLURAL_IN_AUX, PLURAL = re.compile(r"(?<!e)aux$"), re.compile(r"s$|(?<=[aeo]u)x$")
UNCHANGED = {"accès", "avis", "bus", "cours", "décès", "fois", "mois", "parcours", "refus", "relais", "repas", "temps"}
UNCHANGED |= {"tiers", "vous"}  # words in -s that have no other singular, « rendez-vous » too
FRACTIONS = {1: (2, 3, 4, 5, 6, 7, 8, 10), 2: (3, 5), 3: (4, 5, 10), 4: (5,), 7: (10,), 9: (10,)}  # as people say them
PLAINLY, NEARLY = 0.03, 0.1  # of a fraction: how far a share that is told by it may be from it


def number(value: float, decimals: int = 0, *, signed: bool = False) -> str:
    """A number with narrow spaces and a comma; signed: a rise bears its sign too.

    >>> number(12345.64, 1), number(-0.04, 1), number(2, signed=True), number(pd.Series([4.65])[0], 1)
    ('12\\u202f345,6', '0,0', '+2', '4,7')
    """
    value = round(float(value), decimals) + 0.0  # no negative zero; numpy would round 4.65 to 4.6
    text = format_decimal(value, format=_pattern(decimals), locale=FRENCH).replace("-", MINUS)
    return f"+{text}" if signed and value > 0 else text


def sampled(value: float) -> int:
    """A count of a sample, no finer than it is known (rule R7): to the hundred from 1 000 on, to the ten from 20 on.

    >>> sampled(25_502), sampled(497), sampled(12.3)
    (25500, 500, 12)
    """
    step = 100 if value >= HUNDREDS_FROM else 10 if value >= TENS_FROM else 1
    return step * floor(value / step + 0.5)


@cache
def _pattern(decimals: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + "0" * decimals if decimals else ""))


def percent(value: float, decimals: int = 0, *, signed: bool = False) -> str:
    """A number of hundredths with its sign.

    >>> percent(12.34, 1)
    '12,3\\u202f%'
    """
    return f"{number(value, decimals, signed=signed)}{NARROW}%"


def amount(value: float) -> str:
    """An amount of money without its sign, with cents when it has some; « nd » when it is not known.

    >>> amount(12345.0), amount(12345.5), amount(float("nan"))
    ('12\\u202f345', '12\\u202f345,50', 'nd')
    """
    return SIGNS[MISSING] if pd.isna(value) else number(value, 0 if float(value).is_integer() else 2)


def euros(value: float) -> str:
    """An amount of money with its sign; « nd » when it is not known.

    >>> euros(12345)
    '12\\u202f345\\xa0€'
    """
    return SIGNS[MISSING] if pd.isna(value) else f"{amount(value)}{NBSP}€"


def short_euros(value: float) -> str:
    """An amount of money as a person tells it: to three figures in millions, to the thousand from 10 000 on.

    >>> short_euros(1_083_400), short_euros(443_210), short_euros(9_960.0), short_euros(float("nan"))
    ('1,08\\xa0M€', '443\\u202f000\\xa0€', '9\\u202f960\\xa0€', 'nd')
    """
    if value >= MILLION:
        return f"{number(value / MILLION, 2)}{NBSP}M€"
    return euros(1000 * floor(value / 1000 + 0.5)) if value >= TO_THE_THOUSAND else euros(value)


def money(value: float, decimals: int = 0) -> str:
    """An amount of money in a sentence or a cell: whole below 100 000, else as `short_euros` tells it.

    >>> money(19122), money(9.22, 2), money(443211), money(1083211)
    ('19\\u202f122\\xa0€', '9,22\\xa0€', '443\\u202f000\\xa0€', '1,08\\xa0M€')
    """
    return short_euros(value) if value >= ROUNDED_FROM else f"{number(value, decimals)}{NBSP}€"


def thousands(value: float) -> str:
    """An amount of money in thousands.

    >>> thousands(12345)
    '12,3'
    """
    return number(value / 1000, 1)


def quantity(value: float) -> str:
    """A number with as many decimals as it was written with; « nd » when it is not known.

    >>> quantity(12.0), quantity(0.25), quantity(float("nan"))
    ('12', '0,25', 'nd')
    """
    if pd.isna(value):
        return SIGNS[MISSING]
    enough = (places for places in range(MOST_DECIMALS) if round(value, places) == value)
    return number(value, next(enough, MOST_DECIMALS))


def counted(value: float, thing: str, several: str = "", *, decimals: int = 0) -> str:
    """A number of things, in the plural from two on.

    >>> counted(0, "action"), counted(2, "action"), counted(1.94, "place", decimals=1), counted(2, "mois")
    ('0 action', '2 actions', '1,9 place', '2 mois')
    """
    plural = several or (thing if thing.endswith("s") else f"{thing}s")
    return f"{number(value, decimals)} {thing if value < 2 else plural}"


def singular(unit: str) -> str:
    """A unit as it follows a number under 2: its nouns and adjectives, not what they are counted for.

    >>> singular("places pour 100 enfants"), singular("lieux"), singular("centres sociaux"), singular("mois")
    ('place pour 100 enfants', 'lieu', 'centre social', 'mois')
    """
    things, *rest = COUNTED.split(unit, maxsplit=1)
    of_one = {word: PLURAL.sub("", PLURAL_IN_AUX.sub("al", word)) for word in WORD.findall(things)}
    return WORD.sub(lambda word: word[0] if word[0] in UNCHANGED else of_one[word[0]], things) + "".join(rest)


def agreed(unit: str, value: float) -> str:
    """A unit as it follows a value.

    >>> agreed("places", 1.5), agreed("places", -2)
    ('place', 'places')
    """
    return unit if abs(value) >= 2 else singular(unit)


def of_communes(some: int, communes: int) -> str:
    """So many communes of several.

    >>> of_communes(1, 77), of_communes(3, 77)
    ('une des 77 communes', '3 des 77 communes')
    """
    return f"{'une' if some == 1 else some} des {communes} communes"


def in_letters(value: int) -> str:
    """A number of things, feminine, in letters up to ten; a larger one in figures.

    >>> in_letters(1), in_letters(4), in_letters(12)
    ('une', 'quatre', '12')
    """
    few = ("aucune", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")
    return few[value] if value < len(few) else number(value)


def one_in(share: float, text: str, noun: str, verbs: str = "|") -> str:
    """A share as people say it: a fraction at most 3 % from it, « plus de » or « près de » one at most 10 % from it;
    as figures where no fraction is as near.

    share: in %. text: as a page writes it. noun: of what, singular. verbs: what follows one, and several.

    >>> one_in(36.3, "36,3 %", "habitant", "a|ont"), one_in(8.9, "8,9 %", "habitant", "vit|vivent")
    ("plus d'un habitant sur trois a", '8,9 % des habitants vivent')
    >>> one_in(62, "62,0 %", "place"), one_in(33.5, "33,5 %", "logement", "est|sont")
    ('plus de trois places sur cinq', 'un logement sur trois est')
    """
    one, several = verbs.split("|")
    parts = [(abs(share * of / some / 100 - 1), some, of) for some, each in FRACTIONS.items() for of in each]
    far, some, of = min(parts)
    if far > NEARLY or not text[0].isdigit() or not text.endswith("%"):
        return f"{text} des {noun}s {several}".rstrip()
    many = in_letters(some) if some > 1 or noun in FEMININE else "un"
    said = f"{many} {noun}{'s' * (some > 1)} sur {in_letters(of)}"
    if far > PLAINLY:
        of_them = "de " if some > 1 else "d'"
        said = f"{'plus' if share * of > 100 * some else 'près'} {of_them}{said}"
    return f"{said} {one if some == 1 else several}".rstrip()
