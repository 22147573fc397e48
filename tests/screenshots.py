"""`make screenshots`: each page of both shipped territories as a reader sees it, for people to look at.

screenshots/<siren>/<page>-1280.png  -390.png  -dark.png      on a screen
screenshots/<siren>/<page>.pdf  <page>-print-1.png ...         on paper (PNG where pdftoppm is found)
"""

import shutil
import subprocess
import sys
from pathlib import Path

from browser import NONE_FOUND, chromium

from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, settings

WIDTHS = (1280, 390)
PAPER = {"format": "A4", "prefer_css_page_size": True, "tagged": True, "outline": True}


def main(reports: Path, out: Path, names: list[str]) -> None:
    """Draw the pages of the reports of a folder, all or those whose name begins with one of these names."""
    shutil.rmtree(out, ignore_errors=True)
    with chromium() as browser:
        if browser is None:
            sys.exit(NONE_FOUND)
        for epci in (DEFAULT_EPCI, EXAMPLE_EPCI):
            pages = [
                path for path in sorted((reports / epci).glob("*.html")) if path.name.startswith(tuple(names) or "")
            ]
            for path in pages:
                draw(browser, path, out / epci / path.stem)
                print(f"{out.name}/{epci}/{path.stem}", flush=True)


def draw(browser, path: Path, stem: Path) -> None:
    """Draw a page at each width, in dark, and on paper."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    for width in WIDTHS:
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(path.resolve().as_uri())
        page.screenshot(path=f"{stem}-{width}.png", full_page=True)
        if width == WIDTHS[0]:
            page.emulate_media(color_scheme="dark")
            page.screenshot(path=f"{stem}-dark.png", full_page=True)
            page.pdf(path=f"{stem}.pdf", **PAPER)
        page.close()
    if shutil.which("pdftoppm"):
        subprocess.run(["pdftoppm", "-r", "70", "-png", f"{stem}.pdf", f"{stem}-print"], check=True)


if __name__ == "__main__":
    folder = settings().root
    main(Path(sys.argv[1]) if sys.argv[1:] else folder / "reports", folder / "screenshots", sys.argv[2:])
