"""Which territories to build, a part of them, and the page that lists the reports of a folder."""

import re
from pathlib import Path

from ctg_analysis.core.errors import UserError
from ctg_analysis.core.locks import alone
from ctg_analysis.core.scratch import scratch
from ctg_analysis.core.settings import DEFAULT_EPCI, EXAMPLE_PREFIX, data_root
from ctg_analysis.display.words.texts import alphabetical
from ctg_analysis.processing.run import ensure
from ctg_analysis.publishing.editions import recorded, reports
from ctg_analysis.publishing.pages.site import page

LIST = "index.html"
LISTED = re.compile(r'<a href="([^"/]+)/index\.html">')
PATIENCE = 60.0  # seconds that a list waits for another to be written, which takes one or two


def wanted(epcis: list[str], *, every: bool, departement: str) -> list[str]:
    """Return the SIREN numbers that are asked for, each once; the reference case when none is.

    Raises:
        UserError: several ways to ask at once, a département without EPCI.
    """
    if sum(map(bool, (epcis, every, departement))) > 1:
        raise UserError("ctg build: expected EPCIs, or --all, or --departement, one of them")
    if not every and not departement:
        return list(dict.fromkeys(epcis)) or [DEFAULT_EPCI]
    import pandas as pd  # heavy, for a build that names its territories

    root = data_root(DEFAULT_EPCI)
    ensure(root)
    table = pd.read_parquet(root.processed / "territories.parquet", filters=[("level", "==", "epci")])
    inside = table["departement"].str.split("|").map(lambda codes: every or departement in codes)
    codes = sorted(table.loc[inside, "code"])
    if not codes:
        raise UserError(f"--departement {departement}: no EPCI there, expected a code such as 01, 2A or 974")
    return codes


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


def is_listed(out: Path) -> bool:
    """Tell whether the page that lists the reports of a folder names those that are there, and no other."""
    place = out / LIST
    return place.is_file() and sorted(LISTED.findall(place.read_text(encoding="utf-8"))) == reports(out)


def write_list(out: Path) -> None:
    """Write the page that lists the reports of a folder, with a search; a former one is replaced whole."""
    with alone(out, "index", f"{out}: its list of reports is being written", PATIENCE), scratch(out, "index") as folder:
        pending = folder / LIST
        pending.write_text(page("territoires.html.j2", territories=listed(out)), encoding="utf-8")
        pending.replace(out / LIST)


def listed(out: Path) -> list[dict[str, str]]:
    """Return the reports of a folder by name: SIREN, name, words to search, what is to be said of it.

    One whose record is damaged has the name that its edition before had, or none, until it is built again.
    """
    entries = []
    for epci in reports(out):
        _, made_from = next(recorded(out, epci), (None, {"name": epci, "departements": ""}))
        note = "territoire fictif" if epci.startswith(EXAMPLE_PREFIX) else ""
        words = alphabetical(f"{made_from['name']} {epci} {made_from['departements']}")
        entries.append({"epci": epci, "name": made_from["name"], "note": note, "words": words})
    return sorted(entries, key=lambda entry: alphabetical(entry["name"]))
