"""French texts: typography, signs, lists, labels, dates, none of something, places after « de » and « à »."""

import csv
import datetime
import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import takewhile

from ctg_analysis.model.indicator import CENSORED, MISSING, NOT_APPLICABLE, SECRET
from ctg_analysis.model.settings import settings

NBSP, NARROW, MINUS = "\u00a0", "\u202f", "\u2212"

WEAK = "peu fiable"  # in the place of a figure on too small a sample (rule R7)
UNSURE = "l'arrondi ne permet pas de le dire"  # in the place of a verdict that rounded counts do not bear (rule R1)
FEW = "moins de 20"  # in the place of a percentage of too few, of which no count is known (rule R10)
SIGNS = {SECRET: "s", MISSING: "nd", NOT_APPLICABLE: "–", CENSORED: "≤"}
SIGN_WORDS = {
    "s": "secret statistique",
    "nd": "non disponible",
    "–": "sans objet",
    "≈": "arrondi, à 5 le plus souvent",
    "\u2014": "rien n'est inscrit",
    FEW: "trop peu d'unités pour un pourcentage",
    WEAK: "échantillon trop petit pour écrire un nombre",
}
BEFORE_MARK, THOUSANDS = re.compile(r" (?=[;?!%])"), re.compile(r"(?<=\d) (?=\d{3}\b)")
DISTANCE = re.compile(r"(?<=\d) (?=km\b)")
LINE = 100  # letters: what holds on a line below a chart
IS_VALUE, ALIKE = re.compile(r"\d(?!\d{3},?$)"), 3  # a number that is no year; words that sentences begin with
HOUR = re.compile(r"(?<=\d) h(?: (?=\d\d\b)|\b)")
WITH_ARTICLE = ("Creuse", "Drôme", "Loire", "Manche", "Marne", "Meuse", "Nièvre", "Sarthe", "Somme", "Vienne")
BARE = {  # after « de »: its article elsewhere
    **dict.fromkeys(("Loir-et-Cher", "Lot-et-Garonne", "Maine-et-Loire", "Tarn-et-Garonne", "Vaucluse"), "le "),
    **dict.fromkeys(("Meurthe-et-Moselle", "Saône-et-Loire", "Seine-et-Marne"), "la "),
    **dict.fromkeys(("Eure-et-Loir", "Ille-et-Vilaine", "Indre-et-Loire"), "l’"),
}
FRENCH = "fr_FR"
DAY, MONTH, YEAR = len("2023-01-19"), len("2023-01"), len("2023")
IN_WORDS = {DAY: "d MMMM y", MONTH: "MMMM y", YEAR: "y"}
Moment = str | datetime.date | None
FEMININE = {
    "action", "adresse", "association", "bibliothèque", "classe", "commune", "demande", "demandeuse", "demi-journée",
    "famille", "femme", "fois", "gare", "heure", "heure-enfant", "licence", "naissance", "personne", "pharmacie",
    "place", "résidence", "salle", "semaine", "structure", "tranche", "école",
}  # fmt: skip
COUNTED = re.compile(r"\b(?:(?P<ends>compt(?:e|ent|ait)|offre|suit)) 0 (?P<thing>[\w-]+)")


@lru_cache(maxsize=1 << 12)
def typography(text: str) -> str:
    """Return a French text with its spaces: unbreakable before : ; ? ! %, inside « », in « 7 h 30 » and « 6 km »."""
    text = text.replace("'", "’")
    text = BEFORE_MARK.sub(NARROW, text)
    text = text.replace(" :", f"{NBSP}:")
    text = text.replace("« ", "«" + NBSP).replace(" »", NBSP + "»")
    text = HOUR.sub(lambda hour: hour[0].replace(" ", NBSP), text)
    return DISTANCE.sub(NBSP, THOUSANDS.sub(NARROW, text))


def of(name: str) -> str:
    """Return the name of a place after « de »: de l’Aveyron, du Cantal, des Bouches-du-Rhône, de la France.

    >>> of("Le Palais"), of("Les Essarts"), of("La Roche")
    ('du Palais', 'des Essarts', 'de La Roche')
    """
    if name in _after_de():
        return _after_de()[name]
    if name.startswith(("France", "Région", "CC", "CA", "CU")):
        return f"de la {name}"
    if name.startswith("Pays "):
        return f"du {name}"
    if article := re.match("Les? ", name):  # of a commune
        return {"Le ": "du ", "Les ": "des "}[article[0]] + name[article.end() :]
    return f"d’{name}" if alphabetical(name[:2])[:1] in tuple("aeiouy") else f"de {name}"


def the(name: str) -> str:
    """Return the name of a place with its article.

    >>> [the(name) for name in ("Aveyron", "Morbihan", "Bouches-du-Rhône", "France", "Mayotte", "Seine-et-Marne")]
    ['l’Aveyron', 'le Morbihan', 'les Bouches-du-Rhône', 'la France', 'Mayotte', 'la Seine-et-Marne']
    """
    if name in BARE:
        return BARE[name] + name
    article, rest = re.match(r"(du |des |de |d’)(.*)", of(name)).groups()
    return {"du ": "le ", "des ": "les "}.get(article, "") + rest


def inside(name: str) -> str:
    """Return the name of a place after « en », « dans » or « à »: en France, dans l’Aveyron, à La Réunion.

    A département that « de la » precedes is told with « en », but for ten of them; a région with « en », unless « du »
    or « des » precedes it.
    """
    article, rest = re.match(r"(du |des |de la |de l’|de |d’)(.*)", of(name)).groups()
    if name.startswith("chacun"):
        return f"dans {name}"
    if name in ("La Réunion", "Mayotte", "Paris"):
        return f"à {name}"
    if name.startswith("Centre") or name.startswith(("Île-de-France", "Occitanie")):
        return f"en {name}"
    if article in ("du ", "des ", "de l’"):
        return {"du ": "dans le ", "des ": "dans les ", "de l’": "dans l’"}[article] + rest
    return f"dans la {rest}" if name in WITH_ARTICLE else f"en {rest}"


@cache
def _after_de() -> dict[str, str]:
    """Return what data/reference says of the départements and the régions."""
    names = {}
    for file in ("regions.csv", "departements.csv"):
        with (settings().reference / file).open(encoding="utf-8") as rows:
            names |= {typography(row["nom"]): typography(row["de"]) for row in csv.DictReader(rows, delimiter=";")}
    return names


def unit_text(unit: str) -> str:
    """Return a unit as it opens the line under a title: « Habitants », « En % par an »."""
    return f"En {unit}" if unit.startswith("%") else capitalised(unit)


def alphabetical(name: str) -> str:
    """Return the key that sorts names as French does, whatever their accents and the form of their apostrophes."""
    decomposed = unicodedata.normalize("NFKD", name.casefold().replace("’", "'"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


BY_NAME = {"key": lambda names: names.map(alphabetical), "kind": "stable"}  # of `sort_values`: as French sorts names


def than(name: str) -> str:
    """Return the name of a place after « plus »: qu'en France, que dans l’Aveyron, qu'à La Réunion."""
    told = inside(name)
    return f"qu'{told}" if told[0] in "aeà" else f"que {told}"


def listed(items: list[str]) -> str:
    """Return « a, b et c »."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} et {items[-1]}"


def in_one(told: Sequence[str]) -> str:
    """Return sentences that begin alike as one, told once up to their first number; others as they are.

    >>> in_one(["En 2026, le territoire a 1 point de la Caf.", "En 2026, le territoire a 1 point de la MSA."])
    'En 2026, le territoire a 1 point de la Caf et 1 point de la MSA.'
    >>> in_one([f"Le territoire ne compte aucune école en {word}." for word in ("REP", "REP+")])
    'Le territoire ne compte aucune école en REP ni REP+.'
    """
    words = [one.removesuffix(".").split(" ") for one in told]
    alike = takewhile(lambda same: len(set(same)) == 1 and not IS_VALUE.match(same[0]), zip(*words, strict=False))
    head = [same[0] for same in alike]
    if len(told) < 2 or len(head) < ALIKE:
        return " ".join(told)
    rest = [" ".join(one[len(head) :]) for one in words]
    return f"{' '.join(head)} {' ni '.join(rest) if {'aucun', 'aucune'}.intersection(head) else listed(rest)}."


def uncapitalised(text: str) -> str:
    """Return a text with a small first letter, unless it opens with an acronym or a name."""
    return text if text[1:2].isupper() or text.startswith("France") else text[:1].lower() + text[1:]


def capitalised(text: str) -> str:
    """Return a text with a capital first letter."""
    return text[:1].upper() + text[1:]


def without_common_head(labels: Sequence[str]) -> list[str]:
    """Return labels without what they all say before a colon: « Temps moyen : crèche » among others, « Crèche »."""
    heads = {label.partition(" : ")[0] for label in labels if " : " in label}
    if len(labels) < 2 or len(heads) != 1 or not all(" : " in label for label in labels):
        return list(labels)
    return [capitalised(label.partition(" : ")[2]) for label in labels]


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
    """Return a label as it opens a title, before what is said of it: « Temps moyen (crèche) : »."""
    return f"{titled(label)} :"


def titled(label: str) -> str:
    """Return a label without its colon, what follows it in parentheses.

    >>> titled("Temps moyen : crèche"), titled("Temps moyen : école, en voiture (minutes)"), titled("Naissances")
    ('Temps moyen (crèche)', 'Temps moyen, école, en voiture (minutes)', 'Naissances')
    """
    head, colon, rest = label.partition(" : ")
    return f"{head} ({rest})" if colon and not set("(:,") & set(rest) else label.replace(" : ", ", ")


def date_text(moment: Moment) -> str:
    """A moment or a period in words; nothing when there is none (None, NaT).

    >>> date_text("2024-03-01"), date_text("2024-11-22"), date_text("2024-08"), date_text("2018-2023")
    ('1er mars 2024', '22 novembre 2024', 'août 2024', '2018-2023')
    """
    from babel.dates import format_date  # a build that has nothing to do does without it

    moment = _iso(moment)
    if len(moment) not in IN_WORDS:
        return moment
    day = datetime.date.fromisoformat(f"{moment}-01-01"[:DAY])
    pattern = IN_WORDS[len(moment)]
    return format_date(day, pattern.replace("d ", "d'er' ") if day.day == 1 else pattern, locale=FRENCH)


def short_date(moment: Moment) -> str:
    """A day in figures; a month or a year in words.

    >>> short_date("2026-11-24"), short_date("2026-11")
    ('24/11/2026', 'novembre 2026')
    """
    moment = _iso(moment)
    return "/".join(reversed(moment.split("-"))) if len(moment) == DAY else date_text(moment)


def span_text(begin: Moment, end: Moment) -> str:
    """Two moments as a cell holds them; one when they are the same or one is missing, nothing when both are.

    >>> span_text("2024-09", "2027-12")
    'septembre 2024 – décembre 2027'
    """
    return " – ".join(dict.fromkeys(filter(None, map(date_text, (begin, end)))))


def span_phrase(begin: Moment, end: Moment) -> str:
    """Two moments as a sentence says them; nothing without the first.

    >>> span_phrase("2023-02-07", "2023-02-09"), span_phrase("2022-12", "2023-03"), span_phrase("2024", "2024")
    ('du 7 au 9 février 2023', 'de décembre 2022 à mars 2023', '2024')
    >>> span_phrase("2024-01-01", "2027-12-31"), span_phrase("2024-08", "2024-10")
    ('du 1er janvier 2024 au 31 décembre 2027', 'd’août à octobre 2024')
    """
    begin, end = _iso(begin), _iso(end)
    if not begin or end in ("", begin):
        return date_text(begin)
    first = date_text(begin)
    if len(begin) == len(end) > YEAR and begin[:YEAR] == end[:YEAR]:
        first = first.removesuffix(f" {begin[:YEAR]}")
        if begin[:MONTH] == end[:MONTH]:
            first = first.partition(" ")[0]
    opening = "du " if len(begin) == DAY else "d’" if first[0] in "ao" else "de "  # avril, août, octobre
    return f"{opening}{first} {'au' if len(end) == DAY else 'à'} {date_text(end)}"


def _iso(moment: Moment) -> str:
    """A moment in ISO 8601; nothing for one that is missing."""
    if isinstance(moment, str):
        return moment
    return f"{moment:%Y-%m-%d}" if isinstance(moment, datetime.date) and moment == moment else ""  # NaT is not itself


def with_none(sentence: str) -> str:
    """A sentence that says of a place that it has none of something.

    >>> with_none("En 2020, le territoire compte 0 gare de voyageurs.")
    'En 2020, le territoire ne compte aucune gare de voyageurs.'
    >>> with_none("À la rentrée 2024, le territoire compte 0 lycée."), with_none("Le territoire compte 10 écoles.")
    ('À la rentrée 2024, le territoire ne compte aucun lycée.', 'Le territoire compte 10 écoles.')
    """
    none = "aucune" if (found := COUNTED.search(sentence)) and found["thing"] in FEMININE else "aucun"
    return COUNTED.sub(rf"ne \g<ends> {none} \g<thing>", sentence).replace("ne offre ", "n'offre ")
