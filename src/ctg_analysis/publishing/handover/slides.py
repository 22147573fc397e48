"""The slides of a restitution: messages, maps, enjeux and decisions, in one page that works without network."""

from collections.abc import Iterator
from itertools import islice

from markupsafe import Markup

from ctg_analysis.chapter.commitments import commitments
from ctg_analysis.chapter.figures import communes_map
from ctg_analysis.chapter.known import on_map
from ctg_analysis.chapter.summaries import messages
from ctg_analysis.chapter.synthesis import RULE, synthesis
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.core.model import OK, Indicator
from ctg_analysis.display.pieces.sheets import SIDES
from ctg_analysis.display.words import glossary
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.team import for_readers
from ctg_analysis.display.words.texts import typography
from ctg_analysis.publishing.handover.joining import inert
from ctg_analysis.publishing.pages.site import page

MAPS, FEWEST = 3, 4  # maps; values that differ and may be written: fewer make no map


def slides(seen: Territory, date: str) -> str:
    """Return the slides of a territory: title, messages, maps, enjeux, how they were chosen.

    date: ISO, that of the edition.
    """
    entries = [
        {
            **vars(message),
            "kind": SIDES[message.side].one,
            "drawing": Markup(message.drawing),
            "terms": _terms(message.sentence, message.comparison),
        }
        for message in messages(seen)
    ]
    about = {
        "territory": typography(seen.row["name"]),
        "date": date_text(date),
        "fictional": seen.root.fictional,
    }
    drawn = [Markup(inert(for_readers(communes_map(seen, indicator).html))) for indicator in mapped(seen, MAPS)]
    decided = Markup(inert(commitments(seen).html))
    return page("restitution.html.j2", page=about, messages=entries, maps=drawn, decided=decided, rule=typography(RULE))


def mapped(seen: Territory, most: int) -> list[Indicator]:
    """Return the figures of the synthèse to show on a map: the first that enough communes have a value of."""
    return list(islice(_with_map(seen), most))


def _with_map(seen: Territory) -> Iterator[Indicator]:
    for indicator in synthesis(seen).figures:
        rows = on_map(seen, indicator)
        if rows.loc[rows["status"].eq(OK), "text"].nunique() >= FEWEST:
            yield indicator


def _terms(*words: str) -> str:
    """Return the meaning of the terms that stand in texts, for who is in the room and does not know them."""
    meanings = [f"{term} : {glossary.terms()[term].removesuffix('.')}" for term in glossary.terms_in(words)]
    return typography(" ; ".join(meanings) + "." if meanings else "")
