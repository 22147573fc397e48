"""The command `ctg`."""

import signal
import sys
from importlib import import_module
from importlib.metadata import version
from typing import Annotated

import typer
from typer.core import TyperGroup

from ctg_analysis.cli.common_options import messages
from ctg_analysis.model.errors import UserError

COMMANDS = {  # in the order of `ctg --help`, which says this of each without importing it
    "build": "Build the chapters of one or several EPCIs, by default that of the reference case.",
    "changes": "Say what changed from the edition before to the latest one, a line for each observation.",
    "documents": "Make the documents of the latest edition of a report: PDF, slides, a file to send by mail.",
    "convention": "Write the convention of a démarche and its fiches-action as Word files.",
    "flash": "Write an issue of the info flash as a page and as a PDF, which a browser of this machine prints.",
    "gc": "Remove old editions and their documents; the latest and the one that it is compared with always stay.",
    "new_chapter": "Write the notebook of a chapter of one's own, which runs at once; never over what is there.",
    "init": "Make the folder of a project: notebooks, reference tables, data as shipped.",
    "data": "Read, check and clean the raw files, and write data/processed, for France and for the invented territory.",
    "fetch": "Download the full official files, verified; after a failure, what had come is not asked for again.",
    "check": "Check raw data, certificates, forms, the tables of démarches: a line for each finding.",
    "answers": "Put the answers of a survey tool in the private folder of a démarche, beside those that are there.",
    "purge": "Delete the personal data of a démarche that are due, and nothing else; exit code 1 when some are left.",
    "list_": "List the EPCIs, indicators, sources or chapters, one a line; what is missing of one, known of some.",
    "observations": "Write the observations of an EPCI, its communes and its comparators to the standard output.",
    "new": "Write the empty forms of partners and the tables of a démarche, with a LISEZMOI.md in French.",
}
MODULES = {
    "build_commands": ("build", "data", "init"),
    "check_command": ("check",),
    "list_commands": ("list_", "observations"),
    "demarche_commands": ("convention", "flash", "answers", "purge", "new"),
    "download_commands": ("fetch",),
    "report_commands": ("changes", "documents", "gc", "new_chapter"),
}
FUNCTIONS = {function.rstrip("_").replace("_", "-"): function for function in COMMANDS}


class Commands(TyperGroup):
    """The commands, each imported with its stage when it is the one that is asked for."""

    def resolve_command(self, ctx, args):
        """Return the name of the command that is asked for, the command and what follows it."""
        global debug
        debug = ctx.params["debug_"]
        name, _, rest = super().resolve_command(ctx, args)
        module = next(one for one, functions in MODULES.items() if FUNCTIONS[name] in functions)
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(name)(getattr(import_module(f"{__name__}.{module}"), FUNCTIONS[name]))
        return name, typer.main.get_command(alone), rest


app = typer.Typer(cls=Commands, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
for name, function in FUNCTIONS.items():
    app.command(name, help=COMMANDS[function])(lambda: None)
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
