"""The command that makes a project, for who has the package without its checkout."""

from pathlib import Path
from typing import Annotated

import typer

from ctg_analysis.cli.common_options import messages
from ctg_analysis.core.errors import room_in
from ctg_analysis.core.projects import write_project


def init(folder: Annotated[Path, typer.Argument(help="New, or empty.")]) -> None:
    """Make the folder of a project: notebooks, reference tables, data as shipped.

    Commands run in it, or with CTG_ROOT that names it.
    """
    with room_in(folder):
        write_project(folder)
    messages.print(
        f"{folder}: made; next: cd {folder}, then ctg build, or ctg list epci WORD, which finds another territory"
    )
