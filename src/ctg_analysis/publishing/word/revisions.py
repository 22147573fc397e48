"""What changed from one version of the articles to another: words inserted, words deleted, article by article."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby

from ctg_analysis.display.words.texts import typography
from ctg_analysis.publishing.word.content import BULLET, SECTION, TEXT, Blocks, Paragraph, Piece, table, text, together
from ctg_analysis.publishing.word.markdown import paragraphs
from ctg_analysis.publishing.word.reference import Written

SAME, CHANGED, ADDED, REMOVED = "inchangé", "modifié", "ajouté", "supprimé"
BREAK, POINT = "\n", "• "
TOKEN = re.compile(r"\n|\S+[^\S\n]*")
ALIKE = 0.35  # under it, two texts are told one after the other: a text of scattered words would say nothing


def comparison(before: Sequence[Written], now: Sequence[Written]) -> Blocks:
    """Return what becomes of each article, then the text of those that changed with its insertions and deletions.

    An article is found again by its title, else by its number.
    """
    pairs = list(_pairs(before, now))
    lines = [[_name(new or old), _what(old, new)] for old, new in pairs]
    changed = [(old, new) for old, new in pairs if _what(old, new) != SAME]
    if not changed:
        return text("Aucun article ne change.")
    revised = together(text(_name(new or old), SECTION) + _revised(old, new) for old, new in changed)
    return table("Ce que devient chaque article", ["Article", "Changement"], lines) + revised


def _pairs(
    before: Sequence[Written], now: Sequence[Written]
) -> Iterator[tuple[Written, None] | tuple[None, Written] | tuple[Written, Written]]:
    by_title, by_number = {article.title: article for article in before}, {article.no: article for article in before}
    titles = {article.title for article in now}
    met = set()
    for article in now:
        same_number = by_number.get(article.no)
        other = same_number if same_number is not None and same_number.title not in titles else None
        former = by_title.get(article.title, other)
        met.add(former.no if former else None)
        yield former, article
    yield from ((article, None) for article in before if article.no not in met)


def _name(article: Written) -> str:
    return f"Article {article.no} – {article.title}"


def _what(old: Written | None, new: Written | None) -> str:
    if old is None or new is None:
        return ADDED if old is None else REMOVED
    return SAME if (old.title, _tokens(old.text)) == (new.title, _tokens(new.text)) else CHANGED


def _revised(old: Written | None, new: Written | None) -> Blocks:
    title = Blocks()
    if old and new and old.title != new.title:
        title = _merged(_tokens(old.title), _tokens(new.title))
    return title + _merged(_tokens(old.text if old else ""), _tokens(new.text if new else ""))


def _tokens(source: str) -> list[str]:
    """Return the words of a text with the spaces after them, and a break between its paragraphs."""
    lines = [
        (POINT if part.style == BULLET else "") + "".join(piece.text for piece in part.pieces).strip()
        for part in paragraphs(source).parts
    ]
    return TOKEN.findall(BREAK.join(lines))


def _merged(old: list[str], new: list[str]) -> Blocks:
    pieces = [Piece(token, change=change) for token, change in _changes(old, new)]
    lines = [list(group) for is_break, group in groupby(pieces, lambda piece: piece.text == BREAK) if not is_break]
    return Blocks(tuple(Paragraph(tuple(_joined(line)), TEXT) for line in lines))


def _changes(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < ALIKE:
        yield from ((token, "deleted") for token in old)
        yield from ((token, "inserted") for token in [BREAK, *new])
        return
    for kind, first, end, new_first, new_end in matcher.get_opcodes():
        if kind == "equal":
            yield from ((token, "") for token in new[new_first:new_end])
            continue
        yield from ((token, "deleted") for token in old[first:end])
        yield from ((token, "inserted") for token in new[new_first:new_end])


def _joined(pieces: list[Piece]) -> Iterator[Piece]:
    for change, group in groupby(pieces, lambda piece: piece.change):
        yield Piece(typography("".join(piece.text for piece in group)), change=change)
