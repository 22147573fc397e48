"""The text of an article, written in Markdown, as paragraphs: bold, italics and lists; anything else is its words."""

from collections.abc import Iterator

from ctg_analysis.display.words.texts import typography
from ctg_analysis.publishing.word.content import BULLET, TEXT, Blocks, Paragraph, Piece


def paragraphs(source: str) -> Blocks:
    """Return the paragraphs of a Markdown text. Its HTML stays text; numbered lines keep their numbers."""
    import mistune

    parsed = mistune.create_markdown(renderer=None)(typography(source))
    return list(_paragraphs(parsed, TEXT))


def _paragraphs(tokens: list[dict], style: str, before: tuple[Piece, ...] = ()) -> Iterator[Paragraph]:
    for token in tokens:
        match token["type"]:
            case "list":
                ordered = token["attrs"]["ordered"]
                first = token["attrs"].get("start", 1)
                for number, item in enumerate(token["children"], start=first):
                    opening = (Piece(f"{number}.\u00a0"),) if ordered else ()
                    yield from _paragraphs(item["children"], TEXT if ordered else BULLET, opening)
            case "block_quote":
                yield from _paragraphs(token["children"], style)
            case "blank_line" | "thematic_break":
                continue
            case kind:
                yield Paragraph((*before, *_pieces(token, bold=kind == "heading", italic=False)), style)
        before = ()


def _pieces(token: dict, *, bold: bool, italic: bool) -> Iterator[Piece]:
    match token["type"]:
        case "softbreak" | "linebreak":
            yield Piece(" ", bold, italic)
        case "strong":
            bold = True
        case "emphasis":
            italic = True
    if "children" in token:
        for child in token["children"]:
            yield from _pieces(child, bold=bold, italic=italic)
    elif "raw" in token:
        yield Piece(token["raw"].strip("\n"), bold, italic)
