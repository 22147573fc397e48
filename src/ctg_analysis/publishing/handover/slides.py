"""The slides of a restitution: the messages of the synthèse, one a slide, in one page that works without network."""

from markupsafe import Markup

from ctg_analysis.chapter.summaries import messages
from ctg_analysis.chapter.synthesis import RULE
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display.words import glossary
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.texts import typography
from ctg_analysis.publishing.pages.site import page


def slides(seen: Territory, date: str) -> str:
    """Return the slides of a territory: title, messages, how they were chosen. date: ISO, that of the edition."""
    entries = [
        {**vars(message), "drawing": Markup(message.drawing), "terms": _terms(message.sentence, message.comparison)}
        for message in messages(seen)
    ]
    about = {
        "territory": typography(seen.row["name"]),
        "date": date_text(date),
        "fictional": seen.root.fictional,
    }
    return page("restitution.html.j2", page=about, messages=entries, rule=typography(RULE))


def _terms(*words: str) -> str:
    """Return the meaning of the terms that stand in texts, for who is in the room and does not know them."""
    meanings = [f"{term} : {glossary.terms()[term].removesuffix('.')}" for term in glossary.terms_in(words)]
    return typography(" ; ".join(meanings) + "." if meanings else "")
