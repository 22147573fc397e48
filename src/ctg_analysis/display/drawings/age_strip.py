"""The ages of places side by side: a bar of three parts for each."""

from collections.abc import Sequence

from ctg_analysis.display.drawings.drawing import Drawing, length
from ctg_analysis.display.drawings.style import INK, PAPER, PARTS, SMALL, WIDTH
from ctg_analysis.display.words.quantities import percent

BANDS = {"moins de 20 ans": (PARTS[1], INK), "20 à 64 ans": ("#e4e0d6", INK), "65 ans ou plus": (PARTS[0], PAPER)}
ROW, BAR, HEAD, GAP = 25, 19, 18, 8


def age_strip(places: Sequence[tuple[str, Sequence[float]]]) -> str:
    """Return a bar for each place, of all its inhabitants. places: name, shares of the bands in hundredths."""
    left = max(length(name, SMALL) for name, _ in places) + GAP
    drawing = Drawing(HEAD + ROW * len(places))
    x = left
    for label, (shade, _) in BANDS.items():
        drawing.bar(x, 8, 10, 10, shade)
        drawing.text(x + 14, 8, label, size=SMALL)
        x += length(label, SMALL) + 28
    for rank, (name, shares) in enumerate(places):
        x, y = left, HEAD + ROW * (rank + 0.5)
        drawing.text(left - GAP, y, name, anchor="end", size=SMALL, bold=rank == 0)
        for share, (shade, ink) in zip(shares, BANDS.values(), strict=True):
            across, text = (WIDTH - left) * share / 100, percent(share)
            drawing.bar(x, y, across, BAR, shade)
            if length(text, SMALL) < across:
                drawing.text(x + across / 2, y, text, anchor="middle", size=SMALL, fill=ink)
            x += across
    return drawing.svg()
