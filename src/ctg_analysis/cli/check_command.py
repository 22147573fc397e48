"""The command that says all that is wrong with the files: in French, for those who fill them, most urgent first."""

import datetime
import os
import re
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from ctg_analysis.chapter.synthesis import unwritten
from ctg_analysis.chapter.territory import open_territory
from ctg_analysis.cli import messages
from ctg_analysis.demarche.material_files import read_material
from ctg_analysis.model.errors import Finding, InputError, in_lines, in_order
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, DataRoot, data_root, project_path
from ctg_analysis.model.territories import find_epci
from ctg_analysis.pipeline.check_raw import check_root
from ctg_analysis.pipeline.checks import check_material, implausible_figures
from ctg_analysis.pipeline.freshness import changed, demarches, inputs, is_whole
from ctg_analysis.pipeline.run import ensure
from ctg_analysis.raw.certificates import read_certificate
from ctg_analysis.raw.folders import CACHE, FULL, known_sums, source_folders

DATA = "data"
OLDEST_DAYS = 365  # of fetched files, after which the producer has most often published others
# How the count names each urgency, in the order in which they are told.
COUNTED = {
    "persons": "{} sur une personne nommée ou une donnée à supprimer",
    DATA: "{} dans les données et les formulaires",
    "files": "{} dans les fichiers de la démarche",
    "chain": "{} sur la chaîne des preuves aux actions et la convention",
}


def check(
    what: Annotated[
        str | None, typer.Argument(metavar="[EPCI|PATH]", help="A SIREN, or a data folder that holds raw/.")
    ] = None,
) -> None:
    """Check raw data, certificates, forms, the tables of démarches: a line for each finding.

    In French, most urgent first, with a count at the end; exit code 1. What `ctg data` has read and has not changed
    since is not read again.
    """
    roots, epcis = _asked(what)
    found = _found(roots, epcis)
    for findings in found.values():
        if findings:
            print(*in_lines(in_order(findings)), sep="\n")
    if any(found.values()):
        messages.print(count_of({urgency: len(findings) for urgency, findings in found.items()}))
    for root in (root for root in roots if not epcis and root.raw.is_dir()):
        if aged := fetched_long_ago(root):
            messages.print(f"téléchargé il y a plus d'un an, à reprendre : `ctg fetch {' '.join(aged)}`")
    if any(found.values()):
        raise typer.Exit(1)
    where = what or " et ".join(project_path(root.raw) for root in roots)
    after = f"`ctg build {what}`, puis, le plan écrit, `ctg convention {what}`" if epcis else "`ctg build`"
    messages.print(f"{where} : rien à corriger ; la suite : {after}")


def _asked(what: str | None) -> tuple[list[DataRoot], list[str] | None]:
    """The data roots that a command names, and of which EPCIs; no EPCI means all of them."""
    if not what:
        return [data_root(DEFAULT_EPCI), data_root(EXAMPLE_EPCI)], None
    if not re.fullmatch("[0-9]{9}", what):
        return [DataRoot(Path(what).resolve())], None
    _must_be_known(what)
    return [data_root(what)], [what]


def _found(roots: list[DataRoot], epcis: list[str] | None) -> dict[str, set[Finding]]:
    """The findings about data roots, by urgency. epcis: see `by_urgency`."""
    found: dict[str, set[Finding]] = {urgency: set() for urgency in COUNTED}
    with messages.status("") as status:
        for root in roots:
            status.update(project_path(root.raw))
            for urgency, findings in by_urgency(root, epcis, changed(root, inputs(root))).items():
                found[urgency] |= {*findings}
            if os.access(root.path / CACHE, os.W_OK):
                known_sums(root.path).save()
    return found


def fetched_long_ago(root: DataRoot) -> list[str]:
    """The sources whose full files were fetched more than OLDEST_DAYS ago, but for damaged certificates: faults."""
    aged = []
    for name, (folder, *_) in source_folders(root.raw).items() if not root.fictional else ():
        with suppress(InputError):
            if folder.name == FULL:
                days = (datetime.date.today() - read_certificate(folder).certificate.date_acces).days
                aged += [name] if days > OLDEST_DAYS else []
    return aged


def by_urgency(
    root: DataRoot, epcis: list[str] | None, changed: Collection[str] | None = None
) -> dict[str, list[Finding]]:
    """Return the findings about a data root, by urgency. changed: see `check_raw.check_root`."""
    here = [epci for epci in demarches(root) if epcis is None or epci in epcis]
    wrong = check_root(root, changed)
    if epcis:  # what is wrong in the files of another EPCI is for those who ask of it
        wrong = [one for one in wrong if not re.search(rf"/private/(?!{epcis[0]}/)\d{{9}}/", f"/{one.path}")]
    found = check_material(root, datetime.date.today(), sound=not wrong, epcis=here)
    if not wrong and not any(found.values()):
        for epci in here:
            found["chain"] += _of_synthesis(root, epci)
    if not wrong or is_whole(root.processed):
        wrong += implausible_figures(root, epcis, derived=changed == set())
    return found | {DATA: wrong}


def _of_synthesis(root: DataRoot, epci: str) -> list[Finding]:
    """Return the indicators that a team puts in its synthèse, which a convention opens with, and that have no value."""
    file = read_material(root.material(epci)).tables["synthese"]
    if file.rows.empty:
        return []
    ensure(root)
    return unwritten(open_territory(epci, root), file.rows, file.place)


def _must_be_known(epci: str) -> None:
    processed = data_root(epci).processed
    if is_whole(processed):
        find_epci(pd.read_parquet(processed / "territories.parquet", columns=["level", "code"]), epci)


def count_of(counts: dict[str, int]) -> str:
    """Return the count that ends the findings, in French.

    >>> count_of({"persons": 1, "data": 0, "files": 2, "chain": 0})
    '3 défauts : 1 sur une personne nommée ou une donnée à supprimer, 2 dans les fichiers de la démarche'
    """
    total = sum(counts.values())
    parts = [COUNTED[urgency].format(count) for urgency, count in counts.items() if count]
    return f"{total} défaut{'s' if total > 1 else ''} : {', '.join(parts)}"
