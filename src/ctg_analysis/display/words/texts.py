"""French numbers, dates and sentences, with their typography."""

import csv
import math
import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import takewhile

from babel import Locale
from babel.numbers import NumberPattern, format_decimal, parse_pattern

from ctg_analysis.core.datasets import Source
from ctg_analysis.core.model import CENSORED, MISSING, NOT_APPLICABLE, OK, SECRET, Count, Indicator, Rate, is_proportion
from ctg_analysis.core.settings import settings
from ctg_analysis.sources import SOURCES, SURVEY

NBSP, NARROW = "\u00a0", "\u202f"
MINUS = "\u2212"

WEAK, TOO_WEAK = "peu fiable", 3  # a figure of the 20 % forms on too small a sample (quality 3, rule R7)
SIGNS = {SECRET: "s", MISSING: "nd", NOT_APPLICABLE: "–", CENSORED: "≤"}
SIGN_WORDS = {
    "s": "secret statistique",
    "nd": "non disponible",
    "–": "sans objet",
    "≈": "arrondi à 5 par le producteur",
    "\u2014": "rien n'est inscrit",
    WEAK: "échantillon trop petit pour écrire un nombre",
}

SMALLEST_BASE = 20  # no percentage on a smaller denominator (rule R10)
PERCENT = 100
DECIMALS_FROM = 1000  # no decimals in a percentage on a smaller denominator (rule R10)

FRENCH = Locale("fr", "FR")
MONTH, YEARS = re.compile(r"(\d{4})-(\d{2})"), re.compile(r"^(\d{4})-(\d{4})$")
COUNTED, WORD = re.compile(r"(?= (?:pour|par|de|en|à) | d['’])"), re.compile(r"[^ -]+")
PLURAL_IN_AUX, PLURAL = re.compile(r"(?<!e)aux$"), re.compile(r"s$|(?<=[aeo]u)x$")
BEFORE_MARK, THOUSANDS = re.compile(r" (?=[;?!%])"), re.compile(r"(?<=\d) (?=\d{3}\b)")
HOUR = re.compile(r"(?<=\d) h(?: (?=\d\d\b)|\b)")
MONTHS = {"12": "décembre"}
UNCHANGED = {"accès", "avis", "bus", "cours", "décès", "fois", "mois", "parcours", "refus", "relais", "repas", "temps"}
UNCHANGED |= {"tiers", "vous"}  # words in -s that have no other singular, « rendez-vous » too


def number(value: float, decimals: int = 0, *, signed: bool = False) -> str:
    """Return a number as French writes it: 12 345,6 with a narrow space and a comma."""
    value = round(value, decimals) + 0.0  # no negative zero
    text = format_decimal(value, format=_pattern(decimals), locale=FRENCH)
    text = text.replace("-", MINUS)
    return f"+{text}" if signed and value > 0 else text


@cache
def _pattern(decimals: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + "0" * decimals if decimals else ""))


def period_text(period: str) -> str:
    """Return a period in words: 2021, 2018-2023, « décembre 2024 »."""
    if match := MONTH.fullmatch(period):
        return f"{MONTHS[match[2]]} {match[1]}"
    return period


def value_text(indicator: Indicator, row) -> str:
    """Return the value of an observation as a reader sees it, or the sign of what it lacks.

    A percentage on fewer than 20 is said as counts; on fewer than 1 000 it has no decimals.
    A count that its producer rounds is said to be one.
    """
    if row.status == CENSORED and indicator.floor is not None:
        percent = f"{NARROW}%" if indicator.unit.startswith("%") else ""
        return f"≤{NBSP}{number(indicator.floor)}{percent}"
    if row.status != OK:
        return SIGNS[row.status]
    if is_weak(row):
        return WEAK
    if indicator.id.endswith("_year"):
        return f"{row.value:.0f}"
    if rounded(indicator, SOURCES[row.source]):
        return f"moins de {number(row.high + 1)} (arrondi)" if row.value == 0 else f"≈{NBSP}{number(row.value)}"
    if is_proportion(indicator.value) and row.denominator < SMALLEST_BASE:
        return f"{number(row.numerator)} sur {number(row.denominator)}"
    text = number(row.value, _decimals(indicator, row), signed=is_change(indicator))
    return f"{text}{NARROW}%" if indicator.unit.startswith("%") else text


def rounded_text(indicator: Indicator, value: float) -> str:
    """Return a value without decimals, beside one that is written so."""
    return f"{number(value)}{NARROW}%" if indicator.unit.startswith("%") else number(value)


def is_printed(indicator: Indicator, row) -> bool:
    """Tell whether a share or a rate may be written as a number: enough units (R10), a reliable sample (R7)."""
    small = is_proportion(indicator.value) and row.denominator < SMALLEST_BASE
    return not small and not is_weak(row)


def is_weak(row) -> bool:
    """Tell whether the sample is too small for the value of a commune or secteur to be written (rule R7)."""
    return row.quality == TOO_WEAK and row.level in ("commune", "secteur")


def rounded(indicator: Indicator, source: Source) -> bool:
    """Tell whether the source publishes these counts rounded."""
    return bool(source.precision.rounding) and isinstance(indicator.value, Count)


def is_change(indicator: Indicator) -> bool:
    """Tell whether values are changes, whose sign matters."""
    return indicator.unit.endswith("par an") and indicator.unit.startswith("%")


def interval_text(indicator: Indicator, row) -> str:
    """Return the interval of an observation, « 4,1 à 7,6 », « quartiles : 4,1 à 7,6 » of peers, or nothing."""
    if row.status != OK or math.isnan(row.low) or not is_printed(indicator, row):
        return ""
    decimals = _decimals(indicator, row)
    bounds = " à ".join(number(bound, decimals, signed=is_change(indicator)) for bound in (row.low, row.high))
    return f"quartiles : {bounds}" if row.level == "peers" else bounds


def _decimals(indicator: Indicator, row) -> int:
    """Return the decimals of a value: none in a percentage on a denominator under 1 000 (rule R10)."""
    percentage = is_proportion(indicator.value) and indicator.value.per == PERCENT
    return 0 if percentage and row.denominator < DECIMALS_FROM else indicator.decimals


def sentence(indicator: Indicator, row) -> str:
    """Return the reading sentence of an observation, with its interval if it has one."""
    plural = "s" if row.value >= 2 else ""
    unit = indicator.unit if row.value >= 2 else singular(indicator.unit)
    words = {"period": YEARS.sub(r"\1 et \2", period_text(row.period)), "unit": unit}
    text = indicator.reading.format(**words, value=value_text(indicator, row), s=plural)
    interval = interval_text(indicator, row)
    if interval:
        only_rounded = SOURCES[row.source].precision.rounding and not isinstance(indicator.value, Rate)
        kind = "intervalle indicatif à 95 %" if row.source == SURVEY else "intervalle à 95 %"
        kind = _rounding_text(indicator, row) if only_rounded else kind
        text = f"{text.removesuffix('.')} ({kind} : {interval})."
    return typography(text)


def _rounding_text(indicator: Indicator, row) -> str:
    """Return what the interval of a rounded figure is: of one count or of a sum, and how it is known to be rounded.

    The bounds tell it: those of a sum go further than one rounding does; where the producer may have rounded down,
    they go further above than below.
    """
    source = SOURCES[row.source]
    if not rounded(indicator, source):
        return "arrondi"
    above, below = row.high - row.value, row.value - row.low
    way = ", au plus proche ou vers le bas" if above > below > 0 and row.low > 0 else ""
    way = " vers le bas" if below <= 0 < row.value else way
    if above < source.precision.rounding:
        return f"arrondi{way}"
    return f"somme d'arrondis{way}, intervalle à 95 %"


@lru_cache(maxsize=1 << 12)
def typography(text: str) -> str:
    """Return a French text with its spaces: unbreakable before : ; ? ! %, inside « » and in « 7 h 30 »."""
    text = text.replace("'", "’")
    text = BEFORE_MARK.sub(NARROW, text)
    text = text.replace(" :", f"{NBSP}:")
    text = text.replace("« ", "«" + NBSP).replace(" »", NBSP + "»")
    text = HOUR.sub(lambda hour: hour[0].replace(" ", NBSP), text)
    return THOUSANDS.sub(NARROW, text)


def beside(rows) -> str:
    """Return the figures to compare with, and what a test allows to say of them.

    rows: columns name, level, text, interval, status, word.
    """
    known = rows[rows["status"].eq(OK)]
    each = [
        f"{row.name} {row.text}"
        if row.level != "peers"
        else f"{uncapitalised(row.name)} {row.text}{f' ({row.interval})' if row.interval else ''}"
        for row in known.itertuples(index=False)
    ]
    shown = " ; ".join(dict.fromkeys(each))  # La Réunion is a département and a région
    sentences = [f"Pour comparer : {shown}."] if shown else []
    said = known[known["word"].notna()].groupby("word", sort=False)["name"].agg(list)
    parts = [
        f"{words.replace(' que', '')} {_than(words)} {listed([of(name) for name in dict.fromkeys(names)])}"
        for words, names in said.items()
    ]
    if parts:
        sentences.append(f"La valeur du territoire est {' ; '.join(parts)}.")
    return " ".join(sentences)


def of(name: str) -> str:
    """Return the name of a place after « de »: de l’Aveyron, du Cantal, des Bouches-du-Rhône, de la France."""
    if name in _after_de():
        return _after_de()[name]
    if name.startswith(("France", "Région", "CC", "CA", "CU")):
        return f"de la {name}"
    if name.startswith("Pays "):
        return f"du {name}"
    return f"d’{name}" if alphabetical(name[:2])[:1] in tuple("aeiouy") else f"de {name}"


def to(name: str) -> str:
    """Return the name of a place after « à »: à l’Aveyron, au Cantal, aux Bouches-du-Rhône, à la France."""
    article, rest = re.match(r"(du |des |de |d’)(.*)", of(name)).groups()
    return {"du ": "au ", "des ": "aux "}.get(article, "à ") + rest


@cache
def _after_de() -> dict[str, str]:
    """Return what data/reference says of the départements and the régions."""
    found = {}
    for file in ("regions.csv", "departements.csv"):
        with (settings().reference / file).open(encoding="utf-8") as rows:
            found |= {typography(row["nom"]): typography(row["de"]) for row in csv.DictReader(rows, delimiter=";")}
    return found


def _than(words: str) -> str:
    return "que celle" if words.endswith("que") else "celle"


def geography(sources: list[Source], year: int, *, series: bool) -> str:
    """Return which geography figures are in; a series says that it is at a constant perimeter, when it is (R16)."""
    if not series:
        return f"Géographie au 01/01/{year}"
    if all(source.totals.additive for source in sources):
        return f"À périmètre constant, géographie au 01/01/{year}"
    published = " ; ".join(dict.fromkeys(source.geography.words for source in sources if source.geography.words))
    return f"Valeurs publiées par le producteur ({published})"


def singular(unit: str) -> str:
    """Return a unit as it follows a number under 2: « place pour 100 enfants », « lieu », « centre social »."""
    counted, *rest = COUNTED.split(unit, maxsplit=1)
    return WORD.sub(lambda word: _one(word[0]), counted) + "".join(rest)


def _one(word: str) -> str:
    """Return a noun or an adjective in the singular: place, social, lieu, bureau."""
    return word if word in UNCHANGED else PLURAL.sub("", PLURAL_IN_AUX.sub("al", word))


def unit_text(unit: str) -> str:
    """Return a unit as it opens the line under a title: « Habitants », « En % par an »."""
    return f"En {unit}" if unit.startswith("%") else unit[:1].upper() + unit[1:]


def alphabetical(name: str) -> str:
    """Return the key that sorts names as French does, whatever their accents."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def listed(items: list[str]) -> str:
    """Return « a, b et c »."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} et {items[-1]}"


def uncapitalised(text: str) -> str:
    """Return a text with a small first letter, unless it opens with an acronym or a name."""
    return text if text[1:2].isupper() or text.startswith("France") else text[:1].lower() + text[1:]


def without_common_head(labels: Sequence[str]) -> list[str]:
    """Return labels without what they all say before a colon: « Temps moyen : crèche » among others, « Crèche »."""
    heads = {label.partition(" : ")[0] for label in labels if " : " in label}
    if len(labels) < 2 or len(heads) != 1 or not all(" : " in label for label in labels):
        return list(labels)
    return [tail[:1].upper() + tail[1:] for tail in (label.partition(" : ")[2] for label in labels)]


def beyond(label: str, first: str) -> str:
    """Return what a label says after the words that another one begins with too, as it follows that one."""
    words, others = label.split(), first.split()
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(words, others, strict=False)))
    return uncapitalised(" ".join(words[shared:]))


def shared_tail(labels: Sequence[str]) -> str:
    """Return what all labels end with, from a comma or a parenthesis on: « , part des foyers (hors MSA) »."""
    first = min(labels, key=len)
    ends = [first[match.start() :] for match in re.finditer(r", | \(", first)]
    return next((end for end in ends if len(labels) > 1 and all(label.endswith(end) for label in labels)), "")


def with_unit(label: str, unit: str) -> str:
    """Return a label and its unit, unless it says it already."""
    if unit.casefold() in label.casefold():
        return label
    return f"{label}, {unit}" if label.endswith(")") else f"{label} ({unit})"


def headed(label: str) -> str:
    """Return a label as it opens a title, before what is said of it: « Temps moyen, crèche : »."""
    return f"{label.replace(' : ', ', ')} :"


def in_letters(number: int) -> str:
    """Return a small number in letters, a larger one in figures."""
    return {2: "deux", 3: "trois", 4: "quatre", 5: "cinq", 6: "six"}.get(number, str(number))


def date_text(iso: str) -> str:
    """Return a date as French writes it: 24/11/2026."""
    year, month, day = iso.split("-")
    return f"{day}/{month}/{year}"


def source_text(source: Source) -> str:
    """Return a source as a reader sees it under a chart."""
    return f"{source.producer}, {uncapitalised(source.label)}"
