"""`ctg doctor`: the state of an installation on one screen, and the three commands that would help most."""

import datetime
import platform
import re
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, NamedTuple

import typer

from ctg_analysis.cli.common_options import Epci, number_of
from ctg_analysis.core.errors import Finding, InputError, UserError, in_lines, in_order
from ctg_analysis.core.settings import DEFAULT_EPCI, DataRoot, data_root, project_path, settings

if TYPE_CHECKING:
    import pandas as pd

OLDEST_DAYS = 365  # of fetched files, after which the producer has most often published others
NAMED = 4  # of what may be many, so many are named
OFFICE = ("soffice", "libreoffice")


class Advice(NamedTuple):
    """A command and what it brings: how many indicators, and in words; the one that brings most comes first."""

    gain: int
    command: str
    brings: str


def doctor(epci: Epci = DEFAULT_EPCI) -> None:
    """Say on one screen what is installed, fetched, stale, guessed and missing, and which three commands help most.

    Exit code 1 when something must be mended first.
    """
    root = data_root(epci)
    faults = faults_of(root)
    current = not faults and is_current(root)
    lacks = lacks_of(root, epci) if current else None
    told = {
        "installed": installed(),
        "fetched": fetched(root),
        "stale": stale(root, current=current),
        "guessed": guessed(root),
        "missing": missing_of(epci, lacks) if lacks is not None else ["known once `ctg data` has run"],
        "to mend": faults or ["nothing"],
        "helps most": [f"{advice.command}: {advice.brings}" for advice in advices(epci, lacks, mend=bool(faults))],
    }
    for title, lines in told.items():
        for rank, line in enumerate(lines):
            print(f"{'' if rank else title:11}{line}")
    if faults:
        raise typer.Exit(1)


def installed() -> list[str]:
    """Return what runs the project: Python, its packages beside the lock, the programs that documents need."""
    others = [name for name, wanted in locked().items() if _version(name) not in (wanted, None)]
    packages = (
        f"{number_of(len(others), 'package')} of other versions than requirements.lock ({named(others)})"
        if others
        else ""
    )
    office = next(filter(None, map(shutil.which, OFFICE)), "none")
    return [
        f"Python {platform.python_version()}; {packages}",
        f"browser for PDFs: {_browser()}; LibreOffice, for the tests alone: {office}",
    ]


def locked() -> dict[str, str]:
    """Return the versions of requirements.lock by package, of those that it pins for any system and Python."""
    lock = settings().root / "requirements.lock"
    text = lock.read_text(encoding="utf-8") if lock.is_file() else ""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;]+) \\$", text, re.MULTILINE))


def _version(package: str) -> str | None:
    """Return the version of a package that is installed; None of one that is not: only tests need it."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _browser() -> str:
    from ctg_analysis.publishing.pdf import browser

    try:
        return browser()
    except UserError as error:
        return str(error)


def fetched(root: DataRoot) -> list[str]:
    """Return how many open sources have their full files, an extract, nothing."""
    from ctg_analysis.sources import SOURCES

    full, shipped = _held(root)
    rest = [source for source in SOURCES.values() if source.open and source.id not in full | shipped]
    by_hand = [source.id for source in rest if not source.downloads]
    whole = number_of(len(full), "open source")
    line = f"{whole} whole, {len(shipped)} by an extract that is shipped, {len(rest)} not at all"
    return [line, *([f"by hand: {named(by_hand)} (`ctg list sources ID` says where)"] if by_hand else [])]


def _held(root: DataRoot) -> tuple[set[str], set[str]]:
    """Return the open sources that have full files, and those that have an extract alone."""
    from ctg_analysis.sources import SOURCES
    from ctg_analysis.sources.folders import FULL, source_folders

    folders = {name: several for name, several in source_folders(root.raw).items() if name in SOURCES}
    full = {name for name, several in folders.items() if several[0].name == FULL}
    return full, folders.keys() - full


def stale(root: DataRoot, *, current: bool) -> list[str]:
    """Return what is older than what it was made from, or than a year."""
    from ctg_analysis.sources.certificates import read_certificate
    from ctg_analysis.sources.folders import FULL

    today, (full, _) = datetime.date.today(), _held(root)
    old = []
    for name in sorted(full):
        try:
            taken = read_certificate(root.raw / name / FULL).certificate.date_acces
        except InputError:
            continue  # told among what is to mend
        old += [name] if (today - taken).days > OLDEST_DAYS else []
    lines = [] if current else [f"{project_path(root.processed)}: made of other files, or not yet"]
    lines += [f"fetched more than {OLDEST_DAYS} days ago: {named(old)}"] if old else []
    return lines or ["nothing"]


def guessed(root: DataRoot) -> list[str]:
    """Return how many names and addresses of sources no real file has shown yet."""
    from ctg_analysis.sources import SOURCES

    full, _ = _held(root)
    rest = [source for source in SOURCES.values() if source.id not in full]
    addresses = sum(not download.seen for source in rest for download in source.downloads)
    names = sum(len(source.guesses) for source in rest)
    if not addresses + names:
        return ["nothing"]
    unseen = f"{number_of(addresses, 'address')} and {number_of(names, 'name')}"
    return [f"{unseen} in files, until they are fetched (docs/assumptions.md)"]


def faults_of(root: DataRoot) -> list[str]:
    """Return what must be mended before anything else: files astray, a Python that is too old."""
    from ctg_analysis.processing.check_raw import strays

    old = [] if sys.version_info >= (3, 11) else [f"Python {platform.python_version()}: expected 3.11 or newer"]
    return [*old, *in_lines(in_order([*strays(root.raw), *_certificates(root)]))]


def _certificates(root: DataRoot) -> list[Finding]:
    """Return what is wrong with the certificates; `ctg check` reads the files too."""
    from ctg_analysis.sources.certificates import read_certificate
    from ctg_analysis.sources.folders import source_folders

    findings = []
    for folder in (folder for several in source_folders(root.raw).values() for folder in several):
        try:
            read_certificate(folder)
        except InputError as error:
            findings += error.findings
    return findings


def is_current(root: DataRoot) -> bool:
    """Tell whether data/processed is what the files here make."""
    from ctg_analysis.processing.freshness import is_stale

    return not is_stale(root)


def lacks_of(root: DataRoot, epci: str) -> "pd.DataFrame":
    """Return what is missing of the EPCI itself, see `missing.missing`."""
    from ctg_analysis.chapter.missing import missing
    from ctg_analysis.chapter.territory import open_territory

    table = missing(open_territory(epci, root))
    return table[table["level"].eq("epci")]


def missing_of(epci: str, lacks: "pd.DataFrame") -> list[str]:
    """Return how many indicators an EPCI lacks, and how many each would give, some of them the same."""
    counts = lacks.groupby("who")["indicator"].nunique().sort_values(ascending=False, kind="stable")
    each = ", ".join(f"{who} {count}" for who, count in counts.items())
    return [
        f"{epci}: {lacks['indicator'].nunique()} indicators (`ctg list missing {epci}` names them)",
        *filter(None, [each]),
    ]


def advices(epci: str, lacks: "pd.DataFrame | None", *, mend: bool = False) -> list[Advice]:
    """Return the three commands that would help most. lacks: None when data/processed is not up to date."""
    if mend:
        return [Advice(0, "ctg check", "says all that is wrong with the files, line by line")]
    if lacks is None:
        return [
            Advice(0, "ctg data", "reads the files of data/raw"),
            Advice(0, f"ctg doctor {epci}", "then says what is missing"),
        ]
    commands = lacks["command"].str.replace(r"^ctg fetch .*", f"ctg fetch --for {epci}", regex=True)
    gains = lacks["indicator"].groupby(commands).nunique()
    brings = {
        f"ctg fetch --for {epci}": "up to {} indicators from the producers' files",
        f"ctg new {epci}": "the forms and tables that would give {} indicators, to send or to fill",
    }
    found = [Advice(gain, name, brings[name].format(gain)) for name, gain in gains.items() if name in brings]
    build = Advice(0, f"ctg build {epci}", "makes the report of what is known")
    check = Advice(0, "ctg check", "says whether every file is as its certificate tells")
    return [*sorted(found, key=lambda advice: -advice.gain), build, check][:3]


def named(names: list[str]) -> str:
    """Return some names, so many of them, and how many there are more.

    >>> named(["a", "b"]), named(["a", "b", "c", "d", "e", "f"])
    ('a, b', 'a, b, c, d and 2 more')
    """
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
