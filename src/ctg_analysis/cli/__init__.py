"""The command `ctg`."""

import signal
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from ctg_analysis.cli.check_command import check
from ctg_analysis.cli.common_options import messages
from ctg_analysis.cli.data_commands import data, list_, observations
from ctg_analysis.cli.demarche_commands import answers, convention, flash, new, purge
from ctg_analysis.cli.download_commands import fetch
from ctg_analysis.cli.report_commands import build, changes, documents, gc, init, new_chapter
from ctg_analysis.core.errors import UserError

COMMANDS = [build, changes, documents, convention, flash, gc, new_chapter]
COMMANDS += [init, data, fetch, check, answers, purge, list_, observations, new]  # in the order of `ctg --help`
app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
for command in COMMANDS:
    app.command(command.__name__.rstrip("_").replace("_", "-"))(command)
INTERRUPTED = 130  # what typer ends with after Ctrl-C
TERMINATED = 128 + signal.SIGTERM
debug, terminated = False, False
(WrongUse,) = typer.BadParameter.__bases__  # of click, which typer may carry inside


def main() -> None:
    """Run the command; what a person must mend is said in one line, with exit code 1, or 3 when another is at work.

    SIGTERM, by which schedulers end a command, is taken as Ctrl-C is.
    """
    signal.signal(signal.SIGTERM, _terminate)
    try:
        code = app(prog_name="ctg", standalone_mode=False)
        if code == INTERRUPTED:
            messages.print("interrupted: what is here is whole; run the command again, it goes on from there")
        sys.exit(TERMINATED if code == INTERRUPTED and terminated else code)
    except WrongUse as error:
        if what := error.format_message():  # nothing for `ctg` alone, whose help typer has shown
            messages.print(f"{error.ctx.command_path}: {what}")
        sys.exit(1)
    except UserError as error:
        if debug:
            raise
        messages.print(str(error))
        sys.exit(error.exit_code)
    except OSError as error:  # a folder without the right to write, a full disk
        if debug:
            raise
        messages.print(f"{error.filename or 'ctg'}: {error.strerror or error}")
        sys.exit(1)


def _terminate(*_: object) -> None:
    global terminated
    terminated = True
    raise KeyboardInterrupt


def _tell_version(asked: bool) -> None:
    if asked:
        messages.print(f"ctg_analysis {version('ctg_analysis')}")
        raise typer.Exit


@app.callback()
def general_options(
    debug_: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version_: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_tell_version, is_eager=True)
    ] = False,
) -> None:
    """Build the shared diagnosis of a convention territoriale globale, for any EPCI of France."""
    global debug
    debug = debug_
