"""The slides of a restitution: messages, maps, enjeux and decisions, in one page that works without network."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from markupsafe import Markup

from ctg_analysis.chapter.commitments import Commitments, decided_in
from ctg_analysis.chapter.figures import communes_map
from ctg_analysis.chapter.known import on_map, source
from ctg_analysis.chapter.summaries import messages
from ctg_analysis.chapter.synthesis import RULE, synthesis
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.core.model import OK, Indicator
from ctg_analysis.display.pieces.sheets import SIDES, MessageText
from ctg_analysis.display.words import glossary
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.team import for_readers
from ctg_analysis.display.words.texts import titled, typography
from ctg_analysis.publishing.handover.joining import inert
from ctg_analysis.publishing.pages.site import page

MAPS, FEWEST = 3, 4  # maps; values that differ and may be written: fewer make no map


class ShownMap(NamedTuple):
    """A map of a slide. told: its values, for who does not see it."""

    title: str
    source: str
    drawing: Markup
    told: str


@dataclass(frozen=True)
class Shown:
    """What the slides of a territory show. date, day: of the edition, in words and ISO."""

    territory: str
    fictional: bool
    date: str
    day: str
    messages: list[MessageText]
    maps: list[ShownMap]
    decided: Commitments | None

    def kind(self, message: MessageText) -> str:
        """Return what a message is: a strength, an alert, a trait."""
        return SIDES[message.side].one


def shown_of(seen: Territory, date: str) -> Shown:
    """Return what the slides of a territory show. date: ISO, that of the edition."""
    name = typography(seen.row["name"])
    maps = [_map(seen, indicator) for indicator in mapped(seen, MAPS)]
    return Shown(name, seen.root.fictional, date_text(date), date, messages(seen), maps, decided_in(seen))


def slides(shown: Shown) -> str:
    """Return the slides of a territory: title, messages, maps, enjeux, how they were chosen."""
    entries = [
        {
            **vars(message),
            "kind": shown.kind(message),
            "drawing": Markup(message.drawing),
            "terms": _terms(message.sentence, message.comparison),
        }
        for message in shown.messages
    ]
    return page("restitution.html.j2", page=shown, messages=entries, rule=typography(RULE))


def _map(seen: Territory, indicator: Indicator) -> ShownMap:
    rows = on_map(seen, indicator)
    year = date_text(rows["period"].iloc[0])
    label = titled(indicator.label) + f" ({year})" * (year not in indicator.label)
    told = " ; ".join(f"{row.name} {row.text}" for row in rows.itertuples(index=False))
    drawing = Markup(inert(for_readers(communes_map(seen, indicator).html)))
    title = typography(f"{label}, par commune")
    return ShownMap(title, typography(str(source(seen, rows))), drawing, typography(f"{title} : {told}"))


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
