"""What a page says once: a caveat or a source that several charts share stands in whole by the first of them."""

import re

from ctg_analysis.display.words.team import OF_TEAM
from ctg_analysis.display.words.texts import NARROW

DEFINITION = '<dd class="definition">'
NOTES = rf'<p class="(?:note|beside)">|<li class="note">|<span class="caveats">|{DEFINITION}'
ASIDE = re.compile(rf"({NOTES})([^<]*)(?=</|<span)")  # of plain text: links and lists are not cut
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Ý«])")
LONG = 10  # words: a longer sentence is not said again
SAME = "Même définition que plus haut."
# What stands by itself, sheets of communes and of actions and texts of law, or is not seen by readers.
ALONE = "|".join(
    rf'<{tag} class="{name}".*?</{tag}>'
    for tag, name in (("section", "sheet"), ("article", "action"), ("div", "references"))
)
APART = re.compile(f"({OF_TEAM.pattern}|{ALONE})", re.DOTALL)
SOURCE = re.compile(r'(<p class="source">Source\u00a0: )([^<]*)(?=</p>)')
OF_A_PRODUCER = re.compile(r"(^|[,;]\s*)[^,;()]*\(([A-Z]{3,})\)")  # a long name, then its acronym
IN_PARENTHESES, BETWEEN_PRODUCERS = re.compile(r"\s*\([^)]*\)"), re.compile(r"\s;\s")
ABOVE = "comme plus haut"
CONSTAT = re.compile(r'(le constat <a href="[^"]*">[^<]*</a>)(\u00a0: [^<]*)(?=</li>)')


def said_once(body: str) -> str:
    """Return the HTML of a page without what it says again: long sentences of notes and definitions, the wording of a
    constat after its code; a source cited again is shortened. What stands alone is left as it is.

    >>> caveat = '<p class="note">Une adresse compte dès qu’elle est ouverte au public toute l’année. Ici : {}.</p>'
    >>> said_once(caveat.format("A") + caveat.format("B")).count("ouverte au public"), said_once(caveat).count("Ici")
    (1, 1)
    >>> proof = '<li>Il appuie le constat <a href="14.html#constat-C16">C16</a>\u00a0: Le bénévolat vieillit.</li>'
    >>> said_once(proof * 2).count("vieillit")
    1
    """
    said: set[str] = set()
    parts = APART.split(body)
    for rule, written in ((SOURCE, _source), (ASIDE, _aside), (CONSTAT, _constat)):
        parts[::2] = [rule.sub(lambda found, written=written: written(found, said), part) for part in parts[::2]]
    return (
        "".join(parts)
        .replace('<p class="note"></p>', "")
        .replace('<p class="beside"></p>', "")
        .replace(' <span class="caveats"></span>', "")
    )


def _aside(found: re.Match[str], said: set[str]) -> str:
    """Return a note or a definition without its long sentences told above. said: those told above, here and below."""
    sentences = SENTENCE.split(found[2].strip())
    new = []
    for one in sentences:
        if not is_long(one) or one not in said:
            new.append(one)
        elif found[1] == DEFINITION and one is sentences[0]:
            new.append(SAME)
        said.add(one)
    return found[1] + " ".join(new) + " " * found[2].endswith(" ")


def _constat(found: re.Match[str], said: set[str]) -> str:
    """Return the code of a constat, with its wording the first time that a page tells it."""
    if found[2] in said:
        return f"{found[1]}."
    said.add(found[2])
    return found[0]


def _source(found: re.Match[str], said: set[str]) -> str:
    """Return a source, whole the first time that a page tells it and shorter then."""
    first, *others = SENTENCE.split(found[2])
    if first not in said or not is_long(f"Source {first}"):
        said.add(first)
        return found[0]
    return " ".join([f"{found[1]}{shortened(first.removesuffix('.'))}.", *others])


def shortened(source: str) -> str:
    """Return a source told above in ten words at most: each producer, by its acronym, and as much as there is room for.

    >>> shortened("Ministère de l’Éducation nationale (DEPP), annuaire de l’éducation et effectifs des écoles")
    'DEPP, annuaire de l’éducation et effectifs des écoles'
    >>> shortened("Enquête auprès des habitants, volontaires, n = 612 (web, papier ; du 15/01/2024 au 24/02/2024)")
    'Enquête auprès des habitants, volontaires, n = 612'
    >>> shortened("Insee et DGCL, diffusés par Etalab, communes et EPCI ; Insee, recensement de la population 2021")
    'Insee et DGCL\\u202f; Insee, recensement de la population 2021'
    """
    plain = IN_PARENTHESES.sub("", OF_A_PRODUCER.sub(r"\1\2", source))
    items = [item.split(", ") for item in BETWEEN_PRODUCERS.split(plain)]
    kept = [item[:1] for item in items]
    if is_long(_joined(kept)):
        return f"{items[0][0]}, {ABOVE}"
    wholes = [(rank, len(item)) for rank, item in enumerate(items)]
    chunks = [(rank, size) for rank, length in wholes for size in range(2, length)]
    for rank, size in [*wholes, *chunks]:
        longer = [items[rank][: max(size, len(one))] if rank == other else one for other, one in enumerate(kept)]
        if not is_long(_joined(longer)):
            kept = longer
    return _joined(kept).removeprefix("Source ")


def _joined(items: list[list[str]]) -> str:
    return "Source " + f"{NARROW}; ".join(", ".join(item) for item in items)


def is_long(sentence: str) -> bool:
    """Whether a sentence is of more than ten words, a number being one."""
    return len(re.findall(r"\w+", sentence.replace("\u202f", ""))) > LONG
