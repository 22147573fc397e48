"""What several commands take, and where they write to a person."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ctg_analysis.model.errors import UserError
from ctg_analysis.model.settings import settings

messages = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


def sirens(given: str | list[str] | None) -> str | list[str] | None:
    """Return the SIRENs of a command line; raise UserError for what is none, before it leads to any folder."""
    for epci in [given] if isinstance(given, str) else given or []:
        if not re.fullmatch("[0-9]{9}", epci):
            raise UserError(f"epci {epci!r}: expected a SIREN of 9 digits, `ctg list epci WORD` finds it")
    return given


def number_of(count: int, noun: str) -> str:
    """Return a number of things.

    >>> number_of(1, "file"), number_of(2, "file"), number_of(2, "address")
    ('1 file', '2 files', '2 addresses')
    """
    plural = "es" if noun.endswith("s") else "s"
    return f"{count} {noun}{'' if count == 1 else plural}"


@contextmanager
def interrupted(tell: Callable[[], str]) -> Iterator[None]:
    """Say what stands of a work that Ctrl-C stops. tell: in one line."""
    try:
        yield
    except KeyboardInterrupt:
        messages.print(tell())
        raise


def reports_folder(given: Path | None) -> Path:
    """Return the folder of the reports: the one given, else that of the settings."""
    return (given or settings().reports).resolve()


Epci = Annotated[str, typer.Argument(help="SIREN of an EPCI.", callback=sirens)]
Out = Annotated[Path | None, typer.Option(file_okay=False, help="Folder of the reports.", callback=reports_folder)]
