"""The pages of a report joined into one, for paper: what led from a page to another leads inside it."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from ctg_analysis.core.settings import EXAMPLE_PREFIX
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.team import for_readers
from ctg_analysis.publishing.editions import record
from ctg_analysis.publishing.pages.site import page

TAG = re.compile(r"<[a-z][^<>]*>")
NAMES = re.compile(r'(\s(?:id|for|aria-labelledby|aria-describedby)=")([^"]+)')
PAINT = re.compile(r"url\(#([^)]+)\)")
HREF = re.compile(r'\s(?:xlink:)?href="([^"]*)"')
BUTTON = re.compile(r"</?button\b[^<>]*>")
ELSEWHERE = re.compile(r"https?://|mailto:|tel:")


def joined(
    edition: Path,
    pages: list[str],
    title: str,
    numbers: dict[str, int] | None = None,
    more: Sequence[tuple[str, str]] = (),
) -> str:
    """Return pages of an edition as one page, made to be printed; several come after a cover that lists them.

    pages: their names, in order. numbers: the number of the sheet on which each begins, by name, once it is known.
    more: titles and contents of parts that are no pages, after them. Links to pages or files that are not among them
    are left as texts; buttons, which do nothing on paper, too.
    """
    made_from = record(edition)
    about = {
        "territory": made_from["name"],
        "title": title,
        "date": date_text(made_from["date"]),
        "fictional": made_from["parameters"]["epci"].startswith(EXAMPLE_PREFIX),
    }
    parts = [_part(edition / name, pages) | {"number": (numbers or {}).get(name, "")} for name in pages]
    added = [
        {"name": f"suite-{rank}", "title": name, "content": inert(html)} for rank, (name, html) in enumerate(more, 1)
    ]
    footer = _between(for_readers((edition / "index.html").read_text(encoding="utf-8")), "footer")
    closing = _rewritten(footer, "index", pages)
    return page("document.html.j2", page=about, parts=parts + added, cover=len(parts) > 1, closing=closing)


def inert(html: str) -> str:
    """Return a piece of a page without what leads to other files, and without buttons."""
    return _rewritten(html, "", [])


def _part(path: Path, pages: list[str]) -> dict[str, str]:
    """Return a page as a part of the whole: its name, the text of its title, its content."""
    content = _between(for_readers(path.read_text(encoding="utf-8")), "main")
    title = re.search(r"<h1\b[^>]*>(.*?)</h1>", content, re.DOTALL)[1]
    return {"name": path.stem, "title": title, "content": _rewritten(content, path.stem, pages)}


def _between(html: str, element: str) -> str:
    """Return what the first element of a name holds."""
    return re.search(rf"<{element}\b[^>]*>(.*?)</{element}>", html, re.DOTALL)[1]


def _rewritten(content: str, name: str, pages: list[str]) -> str:
    """Return the content of a page with names that no other page has, and links to where things now are."""
    return TAG.sub(lambda tag: _tag(tag[0], name, lambda href: _target(href, name, pages)), BUTTON.sub("", content))


def _tag(tag: str, name: str, target: Callable[[str], str]) -> str:
    tag = NAMES.sub(lambda match: match[1] + " ".join(f"{name}--{id_}" for id_ in match[2].split()), tag)
    tag = PAINT.sub(rf"url(#{name}--\1)", tag)
    return HREF.sub(lambda match: f' href="{place}"' if (place := target(match[1])) else "", tag)


def _target(href: str, name: str, pages: list[str]) -> str:
    """Return where a link of a page leads in the whole; nothing when what it leads to is not there."""
    if ELSEWHERE.match(href):
        return href
    path, _, anchor = href.partition("#")
    if path and path not in pages:
        return ""
    inside = Path(path).stem if path else name
    return f"#{inside}--{anchor}" if anchor else f"#{inside}"
