"""What is not French in a text that a reader sees."""

import re

from ctg_analysis.display.texts import NBSP

# Frequent words of English that are none of French.
WORDS = """
the of and to is that it was for with be by are this from at have not they which you were their been has would what will
there if can all her she who more when said its about into than them only other some could these two may then any my now
like our over even most made after also did many before must through where much your way well down should because each
just those people how too little us very make world still own see men work here get both between being under never same
another know while last might great since against come right used take three few house during without again around
however small found thought went say once high upon school every does number missing available value values count share
rate year years unknown error warning null true false children households municipality department chapter search data
file loading click hidden shown
"""
ENGLISH = frozenset(WORDS.split())
ADDRESS = re.compile(r"https?://\S+|\b[a-zA-Z][\w-]*(?:\.[\w*-]+)+\b(?:/\S*)?")  # of a page, a file, a site
NAMED = re.compile(r"(?:C[AC]|^) [A-Z].* - .*")  # the name of an intercommunality, whose CC may be a button
DATASET = re.compile(r"\bData ES\b")  # the name of the census of sports facilities
NOT_DECIMALS = re.compile(r"n° ?\d[\d-]*|Licence Ouverte 2\.0|[LD]\. \d+(?:-\d+)*|(?:RGAA|WCAG) \d\.\d")
LONG = re.compile(r"(?<![\d/,])\d{4,}(?!\d)")
MACHINE = re.compile(  # what only a machine writes, wherever it stands
    r"contre aucune variation|fait varier|pas encore de matière|hasard déduit|non établie sans l.année|"
    r"0 pour les autres|Sans valeur à montrer|\d{4}\s: ni |\bsur \d{2,},\d|"
    r"au-dess[ou]us de (?:l.|la )?[A-ZÉÎ][\w-]+ \("
)
SENTENCE = re.compile(r"(?<=[.?!]) (?=[A-ZÀÉŒ0-9])")
LIST = re.compile(r"(?:[^\d,;:.()]{2,60}, ){4,}[^\d,;:.()]{2,60} et ")  # of more than four
GROUP = 5  # words that a sentence says once
WHOLE = re.compile(r"1[89]\d\d|20\d\d|\d[\dAB]\d{3}|[1-9]\d{8}|71120")  # a year, a commune or a post code, a SIREN


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:’[^\W\d_]+)?", text.lower())


def faults(text: str) -> list[str]:
    """Return what is not French in a text that a reader sees."""
    bare = ADDRESS.sub("", text)
    numbers = NOT_DECIMALS.sub("", bare)
    found = {
        "undefined": re.search(r"\b(?:nan|none|null|inf|undefined|nat|true|false)\b", text, re.IGNORECASE),
        "a space that breaks before : ; ? ! % »": re.search(r" [:;?!%»]", bare),
        "no space before : ; ? ! %": re.search(r"[^\s\d/][;?!]|[^\W\d]:(?!\d)|\d%", bare),
        "« » without its unbreakable spaces": re.search(rf"«(?!{NBSP})|(?<!{NBSP})»", bare),
        "a straight apostrophe or quotation mark": re.search(r"['\"]", bare),
        "a decimal point": re.search(r"\d\.\d", numbers),
        "thousands without their narrow space": [one for one in LONG.findall(numbers) if not WHOLE.fullmatch(one)],
        "thousands with another space": re.search(rf"\d[ {NBSP}]\d{{3}}(?!\d)", numbers),
        "the first of a month": re.search(
            r"\b1 (?:janvier|févr|mars|avril|mai\b|juin|juil|août|sept|octobre|nov|déc)", bare
        ),
        "a hyphen for a dash": " - " in NAMED.sub("", bare),
        "three points": "..." in text,
        "œ in two letters": re.search(r"\b(?:oe(?:uvre|uf|il)|coeur|soeur|voeu|noeud|moeurs)", bare, re.IGNORECASE),
        "an English word": ENGLISH & set(words(DATASET.sub("", bare))),
    }
    return [f"{fault}: {text}" for fault, seen in found.items() if seen]


def mechanical(text: str) -> list[str]:
    """Return what a person would not write in the sentences of an account: chains, lists, a group of words twice."""
    found = []
    for one in SENTENCE.split(text):
        said = re.findall(r"[^\W\d_][^\s,;:.()]*", one.lower())
        groups = [tuple(said[rank : rank + GROUP]) for rank in range(len(said) - GROUP + 1)]
        faults_of = {
            "written by a machine": MACHINE.search(one),
            "more than one « ; »": one.count(";") > 1,
            "a list of more than four": LIST.search(one),
            "the same words twice": len(set(groups)) < len(groups),
        }
        found += [f"{fault}: {one}" for fault, seen in faults_of.items() if seen]
    return found
