"""A page as its readers get it, without a browser: what is written, what is said, what is behind each chart."""

import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser

from ctg_analysis.display.markup import for_readers
from ctg_analysis.display.notes import SENTENCE, is_long

UNSEEN = ("style", "script", "code")


class Text(HTMLParser):
    """What a reader sees and hears: texts, and alternatives of images."""

    def __init__(self, html):
        super().__init__()
        self.pieces, self.hidden, self.tags = [], 0, []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.hidden += tag in UNSEEN
        self.pieces += [text for name, text in attributes if name in ("aria-label", "alt", "title")]

    def handle_endtag(self, tag):
        self.hidden -= tag in UNSEEN

    def handle_data(self, data):
        if not self.hidden:
            self.pieces.append(data)


def said_twice(page: str) -> list[str]:
    """Return the long sentences that a page says more than once, titles and captions among them, sources apart.

    The sheet of a commune or of an action is a page of its own, and so is a text of law; cells are not sentences. What
    stands under a figure is read with it alone: its note, what it proves, its source.
    """
    body = for_readers(page[page.index("<main") : page.index("</main>")])
    alone = r'<(section|article|div) class="(?:sheet|action|references)".*?</\1>'
    body = re.sub(alone, " ", body, flags=re.DOTALL)
    body = re.sub(r'<(p|ul) class="(?:source|sources|note|proves)">.*?</\1>', " ", body, flags=re.DOTALL)
    body = re.sub(r"<(svg|pre|nav|thead|tbody)\b.*?</\1>", " ", body, flags=re.DOTALL)
    starts = r'p|li|dd|dt|h\d|div|figcaption|caption|strong class="title"|span class="\w+"'
    blocks = re.split(rf"</?(?:{starts})\b[^>]*>", body)
    texts = [unescape(re.sub(r"<[^>]+>", "", block)).strip() for block in blocks]
    told = Counter(one for text in texts for one in SENTENCE.split(text) if is_long(one))
    return [one for one, times in told.items() if times > 1]


FIGURE = re.compile(r"<figure.*?</figure>", re.DOTALL)


def rows_of(html: str) -> list[list[str]]:
    """Return the cells of each row of the tables of a piece, heads included."""
    rows = re.findall(r"<tr.*?</tr>", html, re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


def faults(figure: str, own: str = "") -> list[str]:
    """Return what the text alternative of a chart lacks: the indicator, the period, the values behind it.

    figure: markup of display/templates/figure.html.j2. Its title or its subtitle names the indicator; the period is
    that of the subtitle, or of each line; the cells of its table are the values. own: the name of the territory, whose
    line of the table, where it has one, holds the value to say.
    """
    drawing = re.search(r"<svg [^>]*>", figure)[0]
    label = unescape((re.search(r' aria-label="([^"]*)"', drawing) or [None, ""])[1]).strip()
    if not label:
        return ["no text alternative"]
    title = _text(figure, r'class="title">(.*?)</strong>')
    subtitle = _text(figure, r'class="subtitle">(.*?)</span>')
    years = set(re.findall(r"\d{4}", subtitle))
    beyond = label.replace(subtitle, "")
    told = {
        "does not name the indicator": any(_key_words(text) <= _key_words(label) for text in (title, subtitle)),
        "does not tell the period": re.search(r"\d{4}", label) and years <= set(re.findall(r"\d{4}", label)),
        "says no value": any(_stands(value, beyond) for value in _values(figure, own)),
        "is not an image": 'role="img"' in drawing,
    }
    return [fault for fault, right in told.items() if not right]


def _values(figure: str, own: str) -> list[str]:
    """Return the cells with a figure of the table behind a chart: of the line of the territory, else of all."""
    lines = re.findall(r'<tr[^>]*><th scope="row">(.*?)</th>(.*?)</tr>', figure)
    cells = {_plain(head): [_plain(cell) for cell in re.findall(r"<td>(.*?)</td>", rest)] for head, rest in lines}
    of_all = [cell for row in cells.values() for cell in row]
    return [cell for cell in cells.get(own, of_all) if re.search(r"\d", cell)]


def _stands(value: str, text: str) -> bool:
    """Tell whether a value is written in a text, and not as a part of a longer number."""
    return bool(re.search(rf"(?<![\d,\u202f]){re.escape(value)}(?![,\u202f]?\d)", text))


def _text(figure: str, pattern: str) -> str:
    return _plain(re.search(pattern, figure, re.DOTALL)[1])


def _plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


def _key_words(text: str) -> set[str]:
    return {word for word in re.findall(r"[^\W\d]{4,}", text.lower())}
