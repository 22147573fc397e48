"""What may name or reach someone in a text: e-mails, telephones, addresses, people, births, numbers of one person.

Precision comes first: a place that bears a name (rue Victor-Hugo, école Jeanne-Moulin, Saint-Jean) is no person. A
family name alone is not seen: the reading that every text needs before it is spread remains a person's. What is seen
and what is not is measured: docs/personal_data.md.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from stdnum import iban
from stdnum.fr import nir

from ctg_analysis.model.habits import folded
from ctg_analysis.model.yaml_files import load_yaml

EMAIL, PHONE, ADDRESS, PERSON = "un courriel", "un numéro de téléphone", "une adresse", "le nom d'une personne"
NIR, IBAN, BIRTH = "un numéro de sécurité sociale", "un compte bancaire", "une date de naissance"
PLATE, RECORD = "une plaque d'immatriculation", "un numéro d'allocataire"
ACCOUNT = "un compte sur un réseau social"
DOUBTS = (PERSON, ADDRESS, ACCOUNT)  # what may name a place or a service: a person may say so; the rest is refused
FIRST_NAMES, AROUND = Path(__file__).with_name("prenoms.txt"), Path(__file__).with_name("words_around_names.yml")
WORDS = {name: re.sub(r"\s*\|\s*", "|", words) for name, words in load_yaml(AROUND, dict[str, str]).value.items()}

CAPITAL, SMALL = "A-ZÀÂÇÉÈÊËÎÏÔÖÙÛÜŒ", "a-zàâçéèêëîïôöùûüÿœ"
WORD = rf"[{CAPITAL}][{SMALL}]+"
DASH = "–‑‐—‒−-"
BETWEEN = rf"[\s._/{DASH}]{{0,3}}"  # the digits of a number that is written in groups

OPEN, SHUT = r"\s?[\[({<\"'«]\s?", r"\s?[\])}>\"'»]\s?"
AROBASE = r"a\s?rr?obas[es]?"
AT = rf"(?:\s?[@＠]\s?|{OPEN}(?:@|at|chez|{AROBASE}){SHUT}|[_-](?:at|{AROBASE})[_-]|\s{{1,3}}(?:at|{AROBASE})\s{{1,3}})"
MAILS = "gmail|hotmail|icloud|laposte|outlook|protonmail|wanadoo|yahoo"
DOT = rf"(?:\.|\s\.\s|,(?=(?:fr|com|org|net)\b)|{OPEN}(?:\.|point|dot){SHUT}|[\s-](?:point|dot)[\s-]|\stiret\s)"
EMAILS = (
    re.compile(rf"(?<![\w.+-])[\w.+-]{{1,64}}?{AT}[\w-]{{1,64}}(?:{DOT}[\w-]{{1,64}})+", re.IGNORECASE),
    re.compile(r"(?<![\w.+-])[\w.+-]{2,64}[@＠][\w-]{2,64}"),
    re.compile(
        rf"(?<![\w.+-])[\w.+-]{{2,64}}\s?[\[(]\s?a\s?[\])]\s?[\w.-]{{1,64}}{DOT}(?:fr|com|org|net|eu)\b", re.IGNORECASE
    ),
    re.compile(rf"\b[\w.+-]{{2,64}}\s+(?:chez|à|{AROBASE})\s+(?:(?:{MAILS})\b|[\w-]+\s+point\s+\w+)", re.IGNORECASE),
    re.compile(rf"\b\w+[._]\w+\s+(?:sur\s+)?(?:{MAILS}|free|orange|sfr)\s?[.,]\s?(?:com|fr|net)\b", re.IGNORECASE),
)

ABROAD = rf"\(?(?:\+|00)\s?(?:3\s?3|262|590|594|596|508|681|687|689)\)?[\s.{DASH}]?(?:\(0\)\s?)?"
BEFORE = rf"(?<![\w.,])(?:{ABROAD}|\(?[0O]\)?\s?|33\s(?=[67]))"
IN_PAIRS = rf"[1-9]\)?(\s{{0,2}}[.:/_*|•{DASH}]?\s{{0,2}})\d\d(?:\1\d\d){{3}}"
NO_PHONE = rf"(?!\d\d[\s./{DASH}]\d\d[\s./{DASH}](?:19|20)\d\d|\d{{5}}\s\d{{5}}\b|\d{{3}}-\d{{4}}-\d{{3}}\b)"
# a date, two codes of communes, the number of an agreement
UNITS = "un|deux|trois|quatre|cinq|six|sept|huit|neuf"
NUMBER = rf"(?:z[ée]ro|{UNITS}|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|quarante|cinquante|soixante)"
IN_LETTERS = rf"{NUMBER}(?:[\s{DASH}](?:et[\s{DASH}])?{NUMBER}){{0,3}}"
MIXED = rf"[67]\)?(?:[\s./_*|•·'~=\\{DASH}]{{0,3}}\d){{8}}(?!\s?[./:h{DASH}]?\d)"  # the groups of a mobile
GAP = rf"[\s.{DASH}]+"
PHONE_IN_WORDS = re.compile(
    rf"(?<!\w)(?:z[ée]ro[\s,{DASH}]*(?:{UNITS}|[1-9])|0\s?(?:{UNITS}))\b(?:[\s,.{DASH}]+(?:\d\d|{IN_LETTERS})\b){{3,}}",
    re.IGNORECASE,
)
PHONES = (
    re.compile(
        rf"{NO_PHONE}{BEFORE}(?:{IN_PAIRS}|[1-9](?:[\s.{DASH}]?\d){{8}}(?!\s\d)|(?<!\d[./:{DASH}]0){MIXED})(?!\d)"
    ),
    PHONE_IN_WORDS,
    re.compile(
        rf"(?<!\w)0[1-9](?:(?:{GAP}\d\d){{3}}{GAP}{IN_LETTERS}|(?:{GAP}\d\d){{0,2}}{GAP}{IN_LETTERS}\b"
        rf"(?:{GAP}(?:\d\d|{IN_LETTERS})\b)+)",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?:wa\.me/|whatsapp\.com/send\S*?phone=)\+?\d{8,}", re.IGNORECASE),
)
MOBILE = re.compile(
    rf"(?:wa\.|whats|z[ée]ro[\s,{DASH}]+(?:six|sept)\b|{ABROAD}[67]|\(?[0Oo]\)?[\s.{DASH}]?[67]|33\s?[67])"
)

ARTICLE = r"(?:de\s+la|de\s+l['’]|des|du|de|d['’]|la|le|les|l['’])?\s*"
STREETS = r"rue|avenue|boulevard|chemin|impasse|allée|ruelle|lotissement|faubourg|montée|sentier"
STREETS += r"|av\.?|bd\.?|bld\.?|boul\.|r\.|pl\."
STREETS += r"|venelle|chem\.|imp\.|grand['’e]?[\s-]?rue\s+d"
SQUARES = "place|cours|route|quai|square|passage|voie|résidence|hameau|lieu-dit|cité|esplanade|promenade|clos|côte|mas"
SQUARES += r"|parvis|traverse|villa|all\.|ch\.|lot\.|rés\.|rte\.?"
LETTER = r"(?:\s?(?:bis|ter|quater|[a-dA-D])\b)?"
NO_NAME_OF_STREET = r"(?!(?:piéton\w*|cyclables?|sans|avec|à\s+sens|de\s+randonnée|d['’]eau|PMR|Habitat\s+Jeunes)\b)"
STREET = (
    rf"(?:(?i:{STREETS})\s+{NO_NAME_OF_STREET}{ARTICLE}\w|(?i:{SQUARES})\s+{NO_NAME_OF_STREET}{ARTICLE}[{CAPITAL}])"
)
PROPER = rf"[{CAPITAL}][\w'’-]*"
CALLED = (
    rf"\b(?i:{STREETS}|{SQUARES})\s+(?i:{ARTICLE}){PROPER}(?:\s+(?:(?:de|du|des|la)\s+)?{PROPER}){{0,5}}(?:,|\s-)?\s+"
)
ADDRESSES_IN_WORDS = (
    re.compile(
        rf"\b(?:au|numéro|n°)\s*(?:\d{{1,4}}{LETTER}|(?i:{IN_LETTERS}))\s+(?:de\s+la|de\s+l['’]|du|des)\s*{STREET}"
    ),
    re.compile(rf"\b(?!(?i:une?)\b)(?i:{IN_LETTERS})(?:\s(?:bis|ter))?\s?,?\s+(?i:{STREETS})\s+{ARTICLE}\w"),
)
ADDRESSES = (
    re.compile(rf"\b\d{{1,4}}(?:\s?-\s?\d{{1,4}})?{LETTER}\s?,?\s*{STREET}"),
    re.compile(rf"{CALLED}(?:(?:au|numéro)\s+|n°\s?)?\d{{1,3}}{LETTER}(?=\s*(?:[.,;:)\n]|$))"),
    re.compile(rf"{CALLED}\(?(?:(?i:appartement|appt|apt|lot|numéro)\s+|n°\s?)\d{{1,3}}\b"),
    re.compile(rf"\b\d{{1,4}}{LETTER}\s?,?\s*(?i:grand(?:e|['’])?[\s{DASH}]?rue)\b"),
    re.compile(r"\b(?i:appartement|appt\.?|apt\.?)\s(?:n°\s?)?\d{1,3}\b(?!\s?(?:m2|m²|pièces?|places?|personnes?|%))"),
    re.compile(r"(?<![\d.,])-?\d{1,2}\.\d{4,},?\s+-?\d{1,3}\.\d{4,}(?![\d%])"),  # degrees
)
A_HOUSE = "lieu[\\s-]?dit|hameau|ferme|mas|villa|moulin|domaine"
DWELLS = (
    r"habit(?:e|es|ent|ait|ant)|domicili[ée]e?s?|demeur(?:e|ent|ait|ant)|résid(?:e|ent|ait|ant)|logée?s?|vit|vivent"
)
# Houses without a number: in the country their name is their address.
HOUSES = re.compile(
    rf"\b(?i:lieu[\s-]?dit)\s*:?\s*[«\"“]?\s*{ARTICLE}[{CAPITAL}]"
    rf"|\b(?i:demeurant|domicilié(?:e|s|es)?)\s+(?:(?:à|aux?)\s+)?(?:L[ea]s?\s+|L['’])[{CAPITAL}]"
    rf"|\b(?i:bât\.?|bâtiment|esc\.?|escalier)\s?\w{{1,2}}\b[^\n]{{0,15}}\bporte\s\d"
    rf"|\b(?i:{DWELLS})\b[^.;:\n]{{0,20}}?\b(?i:{A_HOUSE})\s+{ARTICLE}[{CAPITAL}]"
    rf"|(?<![\w'’-])(?:L[ea]s?\s|L['’]|(?i:{A_HOUSE})\s+{ARTICLE}){PROPER}"
    rf"(?:\s(?:(?:de|du|des|la)\s+)?{PROPER}){{0,3}},?\s+\d{{5}}\s+[{CAPITAL}]"
)

MONTH = "janv|févr|fevr|mars|avril|mai|juin|juil|août|aout|sept|oct|nov|déc|dec"
A_MONTH = rf"(?:{MONTH})[{SMALL}]*\.?"
A_DAY = rf"(?:{IN_LETTERS}\s+{A_MONTH}|\d{{1,2}}(?:er)?[\s./{DASH}]{{1,3}}(?:\d{{1,2}}\b|{A_MONTH})|\d{{4}}-\d\d-\d\d)"
BORN = r"n[ée](?:e|\(e\)|[.·]e)?(?:s|\(s\)|[.·]s)?"
BIRTHS = re.compile(
    rf"\b(?:{BORN}\s?(?::\s?|\s(?:(?:le|un)\s+)?(?:\w+di\s+)?){A_DAY}|n[ée]e?\s+en\s+{A_MONTH}\s+\d{{4}}"
    rf"|(?:naiss(?:ance|\.)|ddn|dn(?=\s?:)|d\.d\.n\.)\s?:?\s?(?:le\s+)?{A_DAY}"
    rf"|(?:mon|ton|son|leur)\s+anniv(?:ersaire)?\b[^.;\n]{{0,15}}\ble\s+{A_DAY}"
    rf"|(?:il|elle|fils|fille)\s+(?:aura|a\s+eu)\s+(?:\d{{1,2}}|{IN_LETTERS})\s+ans\s+le\s+{A_DAY})",
    re.IGNORECASE,
)
BODIES = "communautés?|communes?|agglomération|métropole|EPCI|syndicat|associations?|fédération|structure"
A_BODY = (
    rf"(?:^|[.;:!?]\s+)(?:(?:la|le|cette|notre)\s+|l['’])?(?:{BODIES})\b[^.;:!?\n]{{0,60}}?"
    r"(?:\b(?:est|a\s+été)\s+|,\s)$"
)
OF_A_BODY = re.compile(A_BODY, re.IGNORECASE)  # before « né le »: no person

PAIR = "[A-HJ-NP-TV-Z]{2}"  # of the letters of a plate
NO_PAIR = "(?!AN|CE|DE|EN|ES|ET|HA|KM|LA|LE|NE|SE)"
OF_A_CAR = r"\b(?i:immat\w*|plaque|voiture|véhicule)\b[^.;\n]{0,30}?\b"
PLATES = (
    re.compile(rf"(?<![\w-]){NO_PAIR}{PAIR}(\s?[._{DASH}]?\s?)\d{{3}}\1{NO_PAIR}{PAIR}(?![\w-])"),
    re.compile(rf"(?<![\w-])(?i:{PAIR}([{DASH}])\d{{3}}\1{PAIR})(?![\w-])"),
    re.compile(rf"{OF_A_CAR}(?:(?i:{PAIR}\s\d{{3}}\s{PAIR})|\d{{1,4}}\s?[A-Z]{{1,3}}\s?(?:\d\d|2[AB]))\b"),
)

# Of numbers with a key it is checked, for others have as many digits.
NIRS = re.compile(rf"(?<!\w)[12](?:{BETWEEN}\d){{4}}{BETWEEN}(?:\d{BETWEEN}\d|2[ABab])(?:{BETWEEN}\d){{8}}(?!\w)")
NIRS_WITHOUT_KEY = re.compile(rf"(?i:nir|sécu|sécurité sociale)\b\D{{0,12}}[12](?:{BETWEEN}[\dABab]){{12}}(?!\w)")
WITHOUT_KEY = r"(?:0[1-9]|[1-8]\d|9[0-57-9]|2[ABab])\1\d{3}\1\d{3}"
RECORDS = re.compile(
    rf"(?:\b(?i:allocataire|matricule|assurée?|n°\s?alloc\.?|(?:n°|numéro|dossier|identifiant)\s(?:caf|msa|fiscal))\b)"
    rf"(?![^\n\d]{{0,20}}\d{{1,3}}(?:\s\d{{3}})+\s?(?:€|euros))[^\n\d]{{0,20}}\d(?:[\s.{DASH}]?\d){{5,12}}(?!\d|[\s.]\d)"
)
NETWORKS = r"facebook|fb|instagram|linkedin|snapchat|tiktok|twitter|threads|youtube"
OF_CODE = "cache|classmethod|dataclass|font|import|media|page|property|pytest|staticmethod"
ACCOUNTS = (
    re.compile(rf"\b(?:(?:{NETWORKS})\.com|fb\.me|m\.me|t\.me|x\.com|discord\.gg)/@?\w[\w./-]*", re.IGNORECASE),
    re.compile(rf"(?<![\w.@/])@(?!(?:{OF_CODE})\b)[^\W\d][\w.-]{{2,}}"),
    re.compile(
        rf"\b(?:{NETWORKS}|insta|snap|telegram|whatsapp|messenger|discord|skype)\s?:?\s+(?=\S*[\d_.]\w)[^\W\d][\w.]+",
        re.IGNORECASE,
    ),
)
NIRS_ALONE = re.compile(
    rf"(?<![\w.,])(?<!\d\s)[12]([\s.{DASH}]?)\d\d\1(?:0[1-9]|1[0-2])\1{WITHOUT_KEY}(?!\w|[\s.,{DASH}]?\d)"
)
RIBS = re.compile(
    rf"(?<![^\W_])(?<![A-Z]{{2}}\d\d\s)\d{{5}}{BETWEEN}\d{{5}}{BETWEEN}[A-Za-z\d]{{11}}{BETWEEN}\d\d(?!\w)"
)
RIBS_IN_WORDS = re.compile(r"\bbanque\D{0,5}(\d{5})\D{0,12}(\d{5})\D{0,12}([A-Z\d]{11})\D{0,8}(\d\d)\b", re.IGNORECASE)
OF_A_RIB = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")  # its key is that of these digits
IBANS = re.compile(rf"(?<![^\W_])[A-Za-z]{BETWEEN}[A-Za-z]{BETWEEN}\d{BETWEEN}\d(?:{BETWEEN}[A-Za-z\d]){{11,30}}")
SHORTEST, LONGEST = 15, 34  # characters of an IBAN

ITS_OBJECT = "ses|son|sa|leurs?|des|du"
A_NAME = (
    rf"(?!(?:{WORDS['no_name']})(?![\w-])|[{SMALL}]['’])[{SMALL}][{SMALL}'’-]+(?![{SMALL}'’-]|\s(?:{ITS_OBJECT})\b)"
)
PARTICLE = r"(?:[dD]e\s+[lL]a\s+|[dD](?:e|u|es)\s+|[dD]['’]|L[ea]\s+)?"
INITIAL = rf"[{CAPITAL}](?:\.|(?![\w'’]))"
SURNAME = rf"(?!L[ea]\s+(?i:{WORDS['roles']})\b)(?:{PARTICLE}{WORD}|[{CAPITAL}]['’]?[{CAPITAL}][\w-]*|{INITIAL})"
AFTER_A_ROLE = rf"(?!(?:{WORDS['no_surname']})\b)(?:{WORD}|(?!CCAS|CIAS|SDJES|DSDEN|EPCI)[{CAPITAL}]{{4,}})"
WRITTEN_OUT = "madame|monsieur|mademoiselle|mesdames|messieurs"
CIVILITY = rf"(?:M\.|MM\.|Mr\.?|Mmes?\.?|Mlles?|(?i:{WRITTEN_OUT}))"
THE = r"(?:[lL][ea]\s+|[lL]['’])"
NO_VERB = r"(?!\s(?:l[ae]s?|que?|une?)\b|\s(?:l|qu)['’])"  # « le maire rappelle que »
CIVILITIES = re.compile(
    rf"\b{CIVILITY}\s*\b(?!Madame|Monsieur|Mesdames|Messieurs)(?:{WORD}\s+)?{SURNAME}"
    rf"|(?<![\w'’.-])(?<!\d\s)M\s+(?:et\s+Mme\s+)?(?:{WORD}|[{CAPITAL}]{{3,}})"
    rf"|\b(?:(?<!\d\s)m\.|(?i:mr|mme|mlle|{WRITTEN_OUT}|docteure?|dr\.?))\s+{A_NAME}"
    rf"|\b{CIVILITY}\s+{THE}(?:[\w-]+\s*,?\s+{AFTER_A_ROLE}|(?i:{WORDS['roles']})\s+{A_NAME}{NO_VERB})"
    rf"|\b[lL][ea]\s+(?:[mM]aire|curé|préfète?|notaire|père|mère)\s+{AFTER_A_ROLE}"
    rf"|\b(?:Dr\.?|Pr\.?|Me|[mM]aître|(?i:docteure?|professeure?|abbé|sœur)|famille|époux|veuve)\s+{AFTER_A_ROLE}"
    rf"|\b[{CAPITAL}](?:\.-?|-)[{CAPITAL}]\.?\s+{WORD}"
)
KIN = (
    "couple|cousine?s?|dame|enfants|fille|fils|fratrie|frères?|gendre|mamie|mari|ménage|nounou|oncle|papi|papy"
    "|sœurs?|tante|tata|tatie|tonton|voisine?s?|clan|docteur"
)
NO_FAMILY = rf"(?!(?:{WORDS['no_surname']}|{WORDS['no_household']})\b)"
HOUSEHOLDS = re.compile(
    rf"\b(?:le|la|les|ma|mon|mes|notre|nos|sa|son|ses|du|des|aux?)\s+(?:{KIN})\s+{NO_FAMILY}{WORD}"
    rf"|\bsignée?\s?:\s?{AFTER_A_ROLE}"
    rf"|\bchez\s+(?:les|la\s+famille)\s+(?!(?:{WORDS['no_household']})\b)(?:{PARTICLE}{WORD}|[{CAPITAL}]{{4,}})"
    rf"|\bles\s+{NO_FAMILY}[{CAPITAL}][{SMALL}]{{3,}}(?<![sxz])(?![\w'’-])"
)
BY_INITIAL = re.compile(rf"(?<![\w'’.&/-])([{CAPITAL}])\.\s?{PARTICLE}([{CAPITAL}][{SMALL}]{{2,}})")
INITIAL_LAST = re.compile(
    rf"(?<![\w'’.-])(?!(?:{WORDS['lettered']})\b)({WORD}|[{CAPITAL}]{{4,}})\s[{CAPITAL}]\.(?![\w.])(?!\s[{CAPITAL}]\.)"
)
LETTERED = re.compile(rf"\b(?:{WORDS['lettered']})s?\s+$", re.IGNORECASE)  # before the letter of a part, a group
IN_ORDER = "ABCDEFIVX"  # the letters of the parts of a text, where they begin a line
IN_WORDS = {
    EMAIL: EMAILS,
    PERSON: (CIVILITIES, HOUSEHOLDS),
    PHONE: (PHONE_IN_WORDS,),
    ACCOUNT: ACCOUNTS,
    BIRTH: (BIRTHS,),
    ADDRESS: ADDRESSES_IN_WORDS,
}
WITH_DIGITS = {
    PHONE: PHONES,
    RECORD: (RECORDS,),
    ADDRESS: ADDRESSES,
    PLATE: PLATES,
    NIR: (NIRS_WITHOUT_KEY, NIRS_ALONE),
}
DIGIT = re.compile(r"\d")
NAMES = re.compile(rf"(?:(?<![\w'’-])|(?<=\bd['’]))(?:{WORD}|[{CAPITAL}]{{3,}})(?:[-\s](?:{WORD}|[{CAPITAL}]{{3,}}))*")
# A first name in small letters, but for those that are words then.
UNCAPITALISED = re.compile(rf"(?<![\w'’-])(?!(?:diane|marie|romaine?|romane)\b(?!-))[{SMALL}-]{{5,}}(?![\w'’-])")
LOOKALIKES = re.compile(r"(?<![^\W\d_])(?=[OoIl]*\d|[OoIl]{1,2}\b)[\dOoIl]+(?![^\W\d_])")
AS_DIGITS = str.maketrans("OoIl", "0011")
UNSEEN = re.compile("[\u034f\u20e3\ufe00-\ufe0f]")  # with the letters of the category Cf: nothing is seen of them
NEAR = 120  # letters before a sign that may say what it is
LONG_NAME = 5  # letters of a first name in capitals alone: shorter ones are acronyms too
ACCENTED = re.compile(".[\u0300-\u036f]*", re.DOTALL)
OF_A_PLACE = re.compile(
    rf"\b(?:{WORDS['places']})s?\s+(?:(?:{WORDS['of_which_kind']})\s+){{0,2}}(?:\w+\s+et\s+)?$", re.IGNORECASE
)
OF_A_STREET = re.compile(
    r"\b(?:rue|avenue|boulevard|place|square|impasse|allée|quai|pont)\s+(?:du\s+|de\s+l['’])?$", re.I
)


@dataclass(frozen=True)
class Sign:
    """A part of a text that may name or reach someone; kind: which, in words; start: where it begins, from 0."""

    kind: str
    start: int


def signs(text: str, allowed: tuple[str, ...] = ()) -> list[Sign]:
    """Return what may name or reach someone in a text, in its order.

    allowed: names of places, in which nothing is doubted (see DOUBTS); a number or an e-mail is seen there too.
    """
    at = _without(text, allowed)
    found = sorted(_all_signs(at), key=lambda sign: (sign.kind == PERSON, sign.start))
    every: list[Sign] = []
    for sign in found:  # a name close after another sign is told with it
        if sign.kind != PERSON or not any(0 <= sign.start - other.start <= 20 for other in every):
            every.append(sign)
    refused = [] if at == text else [sign for sign in signs(text) if sign.kind not in DOUBTS]
    return sorted({*every, *refused}, key=lambda sign: (sign.start, sign.kind))


def signs_beside_a_service(text: str, allowed: tuple[str, ...] = ()) -> list[Sign]:
    """Return what may name or reach someone in the address of a service: a mobile, who answers there.

    Its telephone, e-mail, page and street may be written. allowed: see `signs`.

    >>> signs_beside_a_service("Maison de la famille, 05 36 49 12 34, 2 rue du Four"), signs_beside_a_service("Julie")
    ([], [Sign(kind="le nom d'une personne", start=0)])
    """
    of_service = {EMAIL, ADDRESS, ACCOUNT}
    every = {sign for sign in _all_signs(_without(text, allowed)) if sign.kind in DOUBTS}
    every |= {sign for sign in _all_signs(text) if sign.kind not in DOUBTS}
    kept = [
        sign for sign in every if sign.kind not in of_service and (sign.kind != PHONE or _is_mobile(text, sign.start))
    ]
    return sorted(kept, key=lambda sign: (sign.start, sign.kind))


def _is_mobile(text: str, start: int) -> bool:
    return MOBILE.match(_plain(text[start:])[0].lower()) is not None


def _without(text: str, names: tuple[str, ...]) -> str:
    for name in names:
        text = text.replace(name, "·" * len(name))
    return text


def _plain(text: str) -> tuple[str, list[int]]:
    """Return a text as it is read, and where each of its letters stands in what is written.

    Wide, circled and other digits are those of everybody; what is not seen between two letters is left out.
    """
    if text.isascii():
        return text, [*range(len(text))]
    letters, places = [], []
    for match in ACCENTED.finditer(text):
        if unicodedata.category(match[0][0]) == "Cf" or UNSEEN.fullmatch(match[0]):
            continue
        for letter in unicodedata.normalize("NFKC", match[0]):
            letters.append(str(unicodedata.decimal(letter, letter)))
            places.append(match.start())
    return "".join(letters), places


def _all_signs(written: str) -> set[Sign]:
    text, places = _plain(written)
    every = {*_matching(IN_WORDS, text), *(Sign(PERSON, at) for at in (*_people(text), *_by_initial(text)))}
    every |= {Sign(ADDRESS, match.start()) for match in HOUSES.finditer(text) if not _of_a_service(text, match.start())}
    if DIGIT.search(text):
        every |= {*_matching(WITH_DIGITS, text), *_numbers(text)}
        digits = LOOKALIKES.sub(lambda match: match[0].translate(AS_DIGITS), text)
        if digits != text:
            every |= {*_matching(WITH_DIGITS, digits), *_numbers(digits)}
    return {Sign(sign.kind, places[sign.start]) for sign in every}


def _matching(patterns: dict[str, tuple[re.Pattern, ...]], text: str) -> Iterator[Sign]:
    for kind, some in patterns.items():
        for pattern in some:
            for match in pattern.finditer(text):
                before = _before(text, match.start())
                place = kind == PERSON and OF_A_STREET.search(before)
                if not (place or (kind == BIRTH and OF_A_BODY.search(before))):
                    yield Sign(kind, match.start())


def _before(text: str, at: int) -> str:
    """Return the letters before a place that may say what stands there."""
    return text[max(0, at - NEAR) : at]


def _of_a_service(text: str, at: int) -> bool:
    """Tell whether what stands before in the sentence is a place that all may go to."""
    sentence = re.split(r"[.!?\n]\s", _before(text, at))[-1]
    return re.search(rf"\b(?:{WORDS['places']}|{WORDS['services']})s?\b", sentence, re.IGNORECASE) is not None


def _by_initial(text: str) -> Iterator[int]:
    """Yield where a family name stands beside an initial, which is not the letter of a part of the text."""
    for match in BY_INITIAL.finditer(text):
        before = _before(text, match.start())
        begins = not before or before.endswith("\n")
        is_part = LETTERED.search(before) or (begins and match[1] in IN_ORDER)
        if not (is_part or OF_A_PLACE.search(before) or re.fullmatch(WORDS["no_name"], match[2], re.IGNORECASE)):
            yield match.start()
    for match in INITIAL_LAST.finditer(text):
        if not OF_A_PLACE.search(_before(text, match.start())) and not re.fullmatch(WORDS["no_surname"], match[1]):
            yield match.start()


def _numbers(text: str) -> Iterator[Sign]:
    """Yield the numbers whose key is right."""
    for match in NIRS.finditer(text):
        if nir.is_valid(_compact(match.group())):
            yield Sign(NIR, match.start())
    ribs = [(match.start(), match[0]) for match in RIBS.finditer(text)]
    ribs += [(match.start(), "".join(match.groups())) for match in RIBS_IN_WORDS.finditer(text)]
    for start, written in ribs:
        if int(_compact(written).upper().translate(OF_A_RIB)) % 97 == 0:
            yield Sign(IBAN, start)
    for match in IBANS.finditer(text):
        written = _compact(match.group())  # an IBAN may begin it: its country says how long it is
        if any(iban.is_valid(written[:size], check_country=False) for size in range(SHORTEST, LONGEST + 1)):
            yield Sign(IBAN, match.start())


def _compact(number: str) -> str:
    return re.sub(r"[\W_]", "", number)


def _people(text: str) -> Iterator[int]:
    """Yield where a run of capitalised words begins with a first name, or holds one before a family name.

    In small letters, where a first name stands that is nothing else.
    """
    sure, other = first_names()
    for word in UNCAPITALISED.finditer(text):
        parts = {folded(part) for part in word.group().split("-")}
        if parts <= sure | other and parts & sure and not OF_A_PLACE.search(_before(text, word.start())):
            yield word.start()
    for run in NAMES.finditer(text):
        if not OF_A_PLACE.search(_before(text, run.start())):
            yield from islice(_first_names_in(run, text), 1)


def _first_names_in(run: re.Match[str], text: str) -> Iterator[int]:
    """Yield where the first names of persons stand in a run of capitalised words of a text."""
    sure, _ = first_names()
    words, at = run.group().split(), run.start()
    for rank, word in enumerate(words):
        is_last = rank + 1 == len(words)
        followed = not is_last or bool(re.match(rf"\s[{CAPITAL}]\.", text[run.end() :]))
        alone = len(words) == 1 and len(word) >= LONG_NAME and folded(word.split("-")[0]) in sure
        named = (word != word.upper() or followed or alone) and _is_first_name(word, followed)
        if named and not OF_A_PLACE.search(_before(text, at)):
            yield at
        if not is_last:
            at = text.find(words[rank + 1], at + len(word))


def _is_first_name(word: str, followed: bool) -> bool:
    """Whether a word is a first name; one that may be another word, only when `followed`."""
    sure, other = first_names()
    parts = {folded(part) for part in word.split("-")}
    return parts <= sure | other and (followed or not parts.isdisjoint(sure))


@cache
def first_names() -> tuple[frozenset[str], frozenset[str]]:
    """Return the first names, in small letters without accents: those that are nothing else, and the others."""
    lines = FIRST_NAMES.read_text(encoding="utf-8").splitlines()
    sure = " ".join(line for line in lines if not line.startswith(("#", "~")))
    other = " ".join(line[1:] for line in lines if line.startswith("~"))
    return frozenset(map(folded, sure.split())), frozenset(map(folded, other.split()))
