"""A Chromium for the tests of the pages and for `make screenshots`: the system's, or that of playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NONE_FOUND = "no Chromium: apt install chromium (Debian, Ubuntu), or .venv/bin/playwright install chromium"
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")


def program(playwright: Playwright) -> str | None:
    """Return the path of a Chromium of this machine; None when there is none."""
    named = os.environ.get("CTG_CHROMIUM")
    own = playwright.chromium.executable_path
    found = [named, *map(shutil.which, NAMES), own if Path(own).exists() else None]
    return next(filter(None, found), None)


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """Give a browser without a window; None when the machine has none."""
    with sync_playwright() as playwright:
        path = program(playwright)
        if path is None:
            yield None
            return
        with playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *QUIET]) as browser:
            yield browser
