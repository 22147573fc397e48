"""What may name or reach someone in a text: e-mails, telephone numbers, addresses, people.

Precision comes first: a place that bears a name (rue Victor-Hugo, école Jeanne-Moulin, Saint-Jean) is no person. A
family name alone is not seen: the reading that every text needs before it is spread remains a person's.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

EMAIL, PHONE, ADDRESS, PERSON = "an e-mail address", "a telephone number", "a street address", "the name of a person"
FIRST_NAMES = Path(__file__).with_name("prenoms.txt")

CAPITAL, SMALL = "A-ZÀÂÇÉÈÊËÎÏÔÖÙÛÜŒ", "a-zàâçéèêëîïôöùûüÿœ"
WORD = rf"[{CAPITAL}][{SMALL}]+"
PARTICLE = r"(?:[dD]e\s+[lL]a\s+|[dD](?:e|u|es)\s+|[dD]['’]|L[ea]\s+)?"
SURNAME = rf"(?:{PARTICLE}{WORD}|[{CAPITAL}]{{2,}}|[{CAPITAL}](?:\.|(?![\w'’])))"
EMAILS = re.compile(r"(?<![\w.+-])[\w.+-]+\s?(?:@|\[at\]|\(at\))\s?[\w-]+(?:\.[\w-]+)+")
SPELLED = r"\s(?:point|tiret)\s"
EMAILS_SPELLED = re.compile(rf"\b\w[\w.+-]*(?:{SPELLED}[\w-]+)*\s+arr?obase\s+[\w-]+(?:(?:\.|{SPELLED})[\w-]+)+")
ABROAD = r"(?:\+|00)\s?(?:33|262|590|594|596|508|681|687|689)[\s.]?(?:\(0\)\s?)?"
PHONES = re.compile(rf"(?<![\d.,])(?:{ABROAD}|0)[1-9](?:[\s ./-]?\d\d){{4}}(?!\d)")
ARTICLE = r"(?:de\s+la|de\s+l['’]|des|du|de|d['’]|la|le|les|l['’])?\s*"
STREETS = "rue|avenue|boulevard|chemin|impasse|allée|ruelle|lotissement|faubourg|montée|sentier"
SQUARES = "place|cours|route|quai|square|passage|voie|résidence|hameau|lieu-dit|cité"
ADDRESSES = re.compile(
    rf"\b\d{{1,4}}(?:\s?(?:bis|ter|quater|[a-dA-D]))?\s?,?\s+"
    rf"(?:(?i:{STREETS}|av\.|bd|bld)\s+{ARTICLE}[\w]|(?i:{SQUARES})\s+{ARTICLE}[{CAPITAL}])[^,;.\n]{{0,30}}"
)
CIVILITIES = re.compile(
    rf"\b(?:M\.|MM\.|Mr\.?|Mme|Mmes|Mlle|Mlles|(?i:madame|monsieur|mademoiselle))\s+(?:{WORD}\s+)?{SURNAME}"
    rf"|\b(?:Dr\.?|Pr\.?|(?i:docteure?|professeure?))\s+{WORD}"
)
PATTERNS = {EMAIL: (EMAILS, EMAILS_SPELLED), PHONE: (PHONES,), ADDRESS: (ADDRESSES,), PERSON: (CIVILITIES,)}
NAMES = re.compile(rf"(?<![\w'’-])(?:{WORD}|[{CAPITAL}]{{3,}})(?:[-\s](?:{WORD}|[{CAPITAL}]{{3,}}))*")
PLACES = (
    "rue|avenue|boulevard|place|square|impasse|allée|chemin|quai|pont|école|collège|lycée|maternelle|primaire|"
    "groupe scolaire|salle|stade|gymnase|complexe|piscine|espace|centre|crèche|micro-crèche|maison|pôle|médiathèque|"
    "bibliothèque|ludothèque|théâtre|musée|parc|jardin|hôpital|clinique|résidence|EHPAD|foyer|fondation|institut|cité|"
    "quartier|hameau|château|église|chapelle|prix|loi|rapport|saint|sainte|st|ste"
)
OF_WHICH_KIND = (
    "primaire|maternelle|élémentaire|publique?|privée?|social|municipale?|communale?|intercommunale?|de loisirs"
)
OF_A_PLACE = re.compile(rf"\b(?:{PLACES})s?\s+(?:(?:{OF_WHICH_KIND})\s+){{0,2}}$", re.IGNORECASE)


@dataclass(frozen=True)
class Sign:
    """A part of a text that may name or reach someone; kind: which, in words; start: where it begins, from 0."""

    kind: str
    start: int


def signs(text: str, allowed: tuple[str, ...] = ()) -> list[Sign]:
    """Return what may name or reach someone in a text, in its order; allowed: names of places, which are none."""
    for name in allowed:
        text = text.replace(name, "·" * len(name))
    found = [
        Sign(kind, match.start())
        for kind, patterns in PATTERNS.items()
        for pattern in patterns
        for match in pattern.finditer(text)
    ]
    known = {sign.start for sign in found}
    found += [Sign(PERSON, start) for start in _people(text) if not any(0 <= start - one <= 20 for one in known)]
    return sorted(found, key=lambda sign: sign.start)


def _people(text: str) -> Iterator[int]:
    """Yield where a run of capitalised words begins with a first name, or holds one before a family name."""
    sure, other = first_names()
    for run in NAMES.finditer(text):
        words = run.group().split()
        at = run.start()
        for rank, word in enumerate(words):
            parts = [_key(part) for part in word.split("-")]
            before, followed = text[:at], rank + 1 < len(words) or _initial_follows(text[run.end() :])
            named = all(part in sure | other for part in parts) and (followed or any(part in sure for part in parts))
            if named and (word != word.upper() or followed) and not OF_A_PLACE.search(before):
                yield at
                break
            at = text.find(words[rank + 1], at + len(word)) if rank + 1 < len(words) else at


def _initial_follows(rest: str) -> bool:
    return bool(re.match(rf"\s[{CAPITAL}]\.", rest))


def _key(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()


@cache
def first_names() -> tuple[frozenset[str], frozenset[str]]:
    """Return the first names, in small letters without accents: those that are nothing else, and the others."""
    lines = FIRST_NAMES.read_text(encoding="utf-8").splitlines()
    sure = " ".join(line for line in lines if not line.startswith(("#", "~")))
    other = " ".join(line[1:] for line in lines if line.startswith("~"))
    return frozenset(map(_key, sure.split())), frozenset(map(_key, other.split()))
