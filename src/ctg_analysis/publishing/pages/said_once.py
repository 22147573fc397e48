"""What a page says once: a caveat that several charts or definitions share stands by the first of them."""

import re

NOTES = r'<p class="(?:note|beside)">|<li class="note">|<span class="caveats">|<dd>'
ASIDE = re.compile(rf"({NOTES})([^<]*)(?=</|<span)")  # of plain text: links and lists are not cut
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Ý«])")
LONG = 10  # words: a longer sentence is not said again
SAME = "Même définition que plus haut."


def said_once(body: str) -> str:
    """Return the HTML of a page without the long sentences that its notes and definitions say again.

    >>> caveat = '<p class="note">Une adresse compte dès qu’elle est ouverte au public toute l’année. Ici : {}.</p>'
    >>> said_once(caveat.format("A") + caveat.format("B")).count("ouverte au public"), said_once(caveat).count("Ici")
    (1, 1)
    >>> linked = '<dd><ul><li>Un constat que deux enjeux citent : chacun le montre en entier.</li></ul></dd>'
    >>> said_once(linked * 2) == linked * 2
    True
    """
    said: set[str] = set()

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


def is_long(sentence: str) -> bool:
    """Whether a sentence is of more than ten words, a number being one."""
    return len(re.findall(r"\w+", sentence.replace("\u202f", ""))) > LONG
