"""French texts: typography, signs, lists, labels, names of places after « de » and « à »."""

import csv
import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

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
HOUR = re.compile(r"(?<=\d) h(?: (?=\d\d\b)|\b)")


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


def to(name: str) -> str:
    """Return the name of a place after « à »: à l’Aveyron, au Cantal, aux Bouches-du-Rhône, à la France."""
    article, rest = re.match(r"(du |des |de |d’)(.*)", of(name)).groups()
    return {"du ": "au ", "des ": "aux "}.get(article, "à ") + rest


def the(name: str) -> str:
    """Return the name of a place with its article.

    >>> [the(name) for name in ("Aveyron", "Morbihan", "Bouches-du-Rhône", "France", "Mayotte")]
    ['l’Aveyron', 'le Morbihan', 'les Bouches-du-Rhône', 'la France', 'Mayotte']
    """
    article, rest = re.match(r"(du |des |de |d’)(.*)", of(name)).groups()
    return {"du ": "le ", "des ": "les "}.get(article, "") + rest


WITH_ARTICLE = ("Creuse", "Drôme", "Loire", "Manche", "Marne", "Meuse", "Nièvre", "Sarthe", "Somme", "Vienne")


def inside(name: str) -> str:
    """Return the name of a place after « en », « dans » or « à »: en France, dans l’Aveyron, à La Réunion.

    A département that « de la » precedes is told with « en », but for ten of them; a région with « en », unless « du »
    or « des » precedes it.
    """
    article, rest = re.match(r"(du |des |de la |de l’|de |d’)(.*)", of(name)).groups()
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
