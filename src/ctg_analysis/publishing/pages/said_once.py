"""What a page says once: a caveat or a source that several charts share stands in whole by the first of them."""

import re

from ctg_analysis.display.words.team import OF_TEAM
from ctg_analysis.display.words.texts import NARROW

NOTES = r'<p class="(?:note|beside)">|<li class="note">|<span class="caveats">|<dd>'
ASIDE = re.compile(rf"({NOTES})([^<]*)(?=</|<span)")  # of plain text: links and lists are not cut
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Ý«])")
LONG = 10  # words: a longer sentence is not said again
SAME = "Même définition que plus haut."
# What stands by itself, sheets that hang on a wall and texts of law, or is not seen by readers.
ALONE = r'<section class="sheet".*?</section>|<div class="references">.*?</div>'
APART = re.compile(f"({OF_TEAM.pattern}|{ALONE})", re.DOTALL)
SOURCE = re.compile(r'(<p class="source">Source\u00a0: )([^<]*)(?=</p>)')
OF_A_PRODUCER = re.compile(r"(^|[,;]\s*)[^,;()]*\(([A-Z]{3,})\)")  # a long name, then its acronym
IN_PARENTHESES, BETWEEN_PRODUCERS = re.compile(r"\s*\([^)]*\)"), re.compile(r"\s;\s")
ABOVE = "comme plus haut"


def said_once(body: str, *, sources: bool = True) -> str:
    """Return the HTML of a page without the long sentences that its notes and definitions say again.

    sources: those that it cites again are shortened.

    >>> caveat = '<p class="note">Une adresse compte dès qu’elle est ouverte au public toute l’année. Ici : {}.</p>'
    >>> said_once(caveat.format("A") + caveat.format("B")).count("ouverte au public"), said_once(caveat).count("Ici")
    (1, 1)
    >>> linked = '<dd><ul><li>Un constat que deux enjeux citent : chacun le montre en entier.</li></ul></dd>'
    >>> said_once(linked * 2) == linked * 2
    True
    """
    said: set[str] = set()
    if sources:
        parts = APART.split(body)
        parts[::2] = [SOURCE.sub(lambda line: line[1] + _source(line[2], said), part) for part in parts[::2]]
        body = "".join(parts)

    def kept(aside: re.Match[str]) -> str:
        sentences = SENTENCE.split(aside[2].strip())
        new = []
        for one in sentences:
            if not is_long(one) or one not in said:
                new.append(one)
            elif aside[1] == "<dd>" and one is sentences[0]:
                new.append(SAME)
            said.add(one)
        return aside[1] + " ".join(new) + " " * aside[2].endswith(" ")

    return (
        ASIDE.sub(kept, body)
        .replace('<p class="note"></p>', "")
        .replace('<p class="beside"></p>', "")
        .replace(' <span class="caveats"></span>', "")
    )


def _source(told: str, said: set[str]) -> str:
    """Return a source, whole the first time that a page tells it and shorter then. said: those told above."""
    first, *others = SENTENCE.split(told)
    if first not in said or not is_long(f"Source {first}"):
        said.add(first)
        return told
    return " ".join([f"{shortened(first.removesuffix('.'))}.", *others])


def shortened(source: str) -> str:
    """Return a source told above in ten words at most: each producer, by its acronym, and as much as there is room for.

    >>> shortened("Ministère de l’Éducation nationale (DEPP), annuaire de l’éducation et effectifs des écoles")
    'DEPP, annuaire de l’éducation et effectifs des écoles'
    >>> shortened("Enquête auprès des habitants (volontaires ; web, papier), du 15/01/2024 au 24/02/2024, n = 612")
    'Enquête auprès des habitants'
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
