"""The commands that tell what there is: lists, observations."""

import re
import sys
from typing import Annotated, Literal

import typer

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.cli.common_options import Epci, messages
from ctg_analysis.cli.listing import LISTS, OF_EPCIS, counted, matching
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.settings import DEFAULT_EPCI


def list_(
    what: Annotated[str, typer.Argument(help="epci, indicators, sources, chapters, missing or coverage.")],
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[EPCI]... [WORD]", help="Of these EPCIs; only the lines with this word."),
    ] = None,
) -> None:
    """List the EPCIs, indicators, sources or chapters, one a line; what is missing of one, known of some.

    `chapters EPCI` tells how many indicators of each have a value there. `missing EPCI`: indicator, place, why, who has
    it, command, form or file. `coverage`: of thirty EPCIs of every sort by default.
    """
    if what not in LISTS | OF_EPCIS:
        raise UserError(f"ctg list {what}: expected one of {', '.join(LISTS | OF_EPCIS)}")
    words = words or []
    epcis = [word for word in words if what in OF_EPCIS and re.fullmatch("[0-9]{9}", word)]
    word = " ".join(word for word in words if word not in epcis)
    lines = matching(OF_EPCIS[what](epcis) if what in OF_EPCIS else LISTS[what](), word)
    print(*lines, sep="\n", end="\n" if lines else "")
    if word and not lines:
        raise UserError(f"ctg list {what}: nothing with {word!r}")
    if what != "coverage":
        messages.print(counted(what, lines))


def observations(
    epci: Epci = DEFAULT_EPCI,
    format_: Annotated[Literal["csv", "json", "parquet"], typer.Option("--format", help="How to write them.")] = "csv",
) -> None:
    """Write the observations of an EPCI, its communes and its comparators to the standard output."""
    table = open_chapter(epci).territory.observations
    if format_ == "csv":
        sys.stdout.write(table.to_csv(index=False, lineterminator="\n"))
    elif format_ == "json":
        sys.stdout.write(table.to_json(orient="records", lines=True, force_ascii=False))
    else:
        sys.stdout.buffer.write(table.to_parquet(index=False))
