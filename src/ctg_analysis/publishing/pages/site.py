"""What stands around the chapters of a territory: their templates, the mark of a dated one, the versions they tell."""

import os
import re
import shutil
import subprocess
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from ctg_analysis.core.settings import settings
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.texts import typography

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = files("ctg_analysis.publishing.pages") / "templates"
STYLE = ("style.css", "on_demand.css")
PACKAGES = ("papermill", "nbconvert", "pandas", "matplotlib", "seaborn", "scipy", "geopandas")
MAIN = '<main id="contenu">'
EDITION = re.compile(r'(<p class="date">Édition du |"Diagnostic partagé, édition du )[^<",]+')  # in page.html.j2
TEXTS = {"guide.html": "guide_lecture.md", "accessibilite.html": "accessibilite.md"}
OF_ANY_OWNER = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}


def text_sources() -> dict[str, Path]:
    """Return the pages of a report that are written from a text of docs/, with that text."""
    return {name: settings().root / "docs" / source for name, source in TEXTS.items()}


@cache
def style() -> str:
    """Return the style sheet that every page carries."""
    return "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in STYLE)


@cache
def script(name: str) -> Markup:
    """Return a script of the pages; page.js is on every one."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


@cache
def script_policy(*names: str) -> Markup:
    """Return what the policy of a page allows to run: these scripts, by their sums, and no other."""
    sums = (b64encode(sha256(script(name).encode()).digest()).decode() for name in names)
    return Markup(" ".join(f"'sha256-{one}'" for one in sums))


def page(template: str, **context) -> str:
    """Return a page written from a template."""
    return templates().get_template(template).render(**context, style=style()).strip() + "\n"


@cache
def templates() -> "Environment":
    """Return the templates of all pages, each compiled when it is first asked for."""
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(str(TEMPLATES)), autoescape=True, trim_blocks=True)
    environment.globals |= {"script": script, "script_policy": script_policy}
    environment.filters |= {"css_text": css_text, "date": date_text, "typography": typography}
    return environment


def css_text(text: str) -> Markup:
    """Return a text as a string of CSS, that ends neither itself nor the style element it stands in."""
    return Markup('"' + re.sub(r'["\\\\<\n]', lambda letter: f"\\{ord(letter[0]):x} ", str(text)) + '"')


def dated(html: str, date: str) -> str:
    """Return the page of a chapter with a banner that gives its date; a page that has one keeps it.

    date: ISO, that of the newest data of the edition that the page comes from.
    """
    if '<p class="banner dated">' in html:
        return html
    text = (
        f"<strong>Chapitre daté.</strong> Ces chiffres sont ceux de l’édition du {date_text(date)}\u00a0: "
        "la mise à jour de ce chapitre n’a pas abouti."
    )
    return html.replace(MAIN, f'{MAIN}<p class="banner dated">{text}</p>\n', 1)


def of_edition(html: str, date: str) -> str:
    """Return the page of a chapter that nothing changed, with the date of the edition that it is in now, in French."""
    return EDITION.sub(rf"\g<1>{date}", html)


@cache
def code() -> dict[str, str | dict]:
    """Return the versions of the library and of what it draws and counts with, for the record of an edition.

    Read once: they are those of the modules that this process has in memory.
    """
    return {
        "ctg_analysis": version("ctg_analysis"),
        "commit": git_commit(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def git_commit() -> str:
    """Return the commit of the working tree, with a mark when it has changes; empty outside a repository, without git.

    The tree may be another user's: its code runs here already.
    """
    if not shutil.which("git"):
        return ""
    answer = subprocess.run(
        ["git", "-C", str(settings().root), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | OF_ANY_OWNER,
    )
    return answer.stdout.strip()
