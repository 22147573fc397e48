"""What stands around the chapters of a territory, and the page that lists the reports of a folder."""

import os
import re
import shutil
import subprocess
from base64 import b64encode
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from ctg_analysis.display import html_tree
from ctg_analysis.display.texts import alphabetical, date_text, typography
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.scratch import alone, scratch
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_PREFIX, SIDE_BY_SIDE, data_root, settings
from ctg_analysis.pipeline.run import ensure
from ctg_analysis.publish.editions import latest, record, reports

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = files("ctg_analysis.publish") / "templates"
STYLE = ("style.css", "on_demand.css")
FONT = files("ctg_analysis") / "show" / "fonts" / "public-sans.woff2"
PACKAGES = ("papermill", "nbconvert", "pandas", "matplotlib", "seaborn", "scipy", "statsmodels", "geopandas")
MAIN = '<main id="contenu">'
TEXTS = {"guide.html": "guide_lecture.md", "accessibilite.html": "accessibilite.md"}
OF_ANY_OWNER = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}


def text_sources() -> dict[str, Path]:
    """Return the pages of a report that are written from a text of docs/, with that text."""
    return {name: settings().root / "docs" / source for name, source in TEXTS.items()}


@cache
def style() -> str:
    """Return the style sheet that every page carries, with its typeface."""
    font = b64encode(FONT.read_bytes()).decode()
    face = f'@font-face{{font-family:"Public Sans";font-weight:400 700;src:url(data:font/woff2;base64,{font})}}\n'
    return face + "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in STYLE)


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


LIST, OF_DEPARTEMENT = "index.html", "departement-"
PATIENCE = 60.0  # seconds that a list waits for another to be written, which takes one or two


def wanted(epcis: list[str], *, every: bool, departement: str) -> list[str]:
    """Return the SIREN numbers that are asked for, each once; the reference case when none is.

    Raises:
        UserError: several ways to ask at once, a département without EPCI.
    """
    if sum(map(bool, (epcis, every, departement))) > 1:
        raise UserError("ctg build : attendu des EPCI, --all ou --departement, un seul des trois")
    if not every and not departement:
        return list(dict.fromkeys(epcis)) or [DEFAULT_EPCI]
    import pandas as pd  # heavy, for a build that names its territories

    from ctg_analysis.model.territories import epcis_of

    root = data_root(DEFAULT_EPCI)
    ensure(root)
    table = pd.read_parquet(root.processed / "territories.parquet", filters=[("level", "==", "epci")])
    return epcis_of(table, departement) if departement else sorted(table["code"])


def part(epcis: list[str], shard: str) -> list[str]:
    """Return the i-th part of n of the territories, as "i/n" says; all of them when it says nothing.

    Raises:
        UserError: not the form of a part.
    """
    if not shard:
        return epcis
    asked = re.fullmatch(r"(\d+)/(\d+)", shard)
    i, n = map(int, asked.groups()) if asked else (0, 0)
    if not 1 <= i <= n:
        raise UserError(f"--shard {shard}: expected i/n, such as 3/20, with i from 1 to n")
    return epcis[i - 1 :: n]


def name_of(departement: str) -> str:
    """Return the name of the page of EPCIs side by side and of its workbook, without their suffixes."""
    return f"{OF_DEPARTEMENT}{departement}" if departement else "cote-a-cote"


def is_side_by_side(out: Path, departement: str) -> bool:
    """Tell whether the page of several EPCIs is there, and was written after its notebook."""
    place, notebook = out / f"{name_of(departement)}.html", settings().root / "notebooks" / SIDE_BY_SIDE
    return place.is_file() and place.stat().st_mtime >= notebook.stat().st_mtime


def is_listed(out: Path) -> bool:
    """Tell whether the page that lists the reports of a folder names those that are there, and no other."""
    place = out / LIST
    links = html_tree.links(place.read_text(encoding="utf-8")) if place.is_file() else []
    folders = [link.removesuffix(f"/{LIST}") for link in links if link.endswith(f"/{LIST}")]
    return place.is_file() and sorted(folders) == reports(out)


def write_list(out: Path) -> None:
    """Write the page that lists the reports of a folder, with a search; a former one is replaced whole."""
    with alone(out, "index", f"{out} : liste des rapports écrite", PATIENCE), scratch(out, "index") as folder:
        pending, pages = folder / LIST, sorted(out.glob(f"{OF_DEPARTEMENT}*.html"))
        beside = {path.name: path.stem.removeprefix(OF_DEPARTEMENT) for path in pages}
        pending.write_text(page("territoires.html.j2", territories=listed(out), beside=beside), encoding="utf-8")
        pending.replace(out / LIST)


def listed(out: Path) -> list[dict[str, str]]:
    """Return the reports of a folder by name: SIREN, name, words to search, what is to be said of it.

    One whose record is damaged has no name until it is built again.
    """
    entries = []
    for epci in reports(out):
        made_from = {"name": epci, "departements": ""}
        with suppress(UserError):
            made_from = record(latest(out, epci))
        note = "territoire fictif" if epci.startswith(EXAMPLE_PREFIX) else ""
        words = alphabetical(f"{made_from['name']} {epci} {made_from['departements']}")
        entries.append({"epci": epci, "name": made_from["name"], "note": note, "words": words})
    return sorted(entries, key=lambda entry: alphabetical(entry["name"]))
