"""The command `ctg`: what its commands take, where they write to a person."""

import ast
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from typer.core import TyperGroup

from ctg_analysis.model.errors import UserError, in_one_line
from ctg_analysis.model.habits import quote
from ctg_analysis.model.settings import settings


class Messages(Console):
    """Where the commands write to a person: what is not seen in a text is written out, but for the ends of lines."""

    def print(self, *objects, **options) -> None:
        """Print texts, and what else Rich prints."""
        super().print(*(_seen(one) if isinstance(one, str) else one for one in objects), **options)


def _seen(text: str) -> str:
    return "\n".join(map(in_one_line, text.split("\n")))


messages = Messages(stderr=True, soft_wrap=True, highlight=False, markup=False)


def sirens(given: str | list[str] | None) -> str | list[str] | None:
    """Return the SIRENs of a command line; raise UserError for what is none, before it leads to any folder."""
    for epci in [given] if isinstance(given, str) else given or []:
        if not re.fullmatch("[0-9]{9}", epci):
            raise UserError(f"EPCI {quote(epci)} : attendu un SIREN de 9 chiffres, `ctg list epci MOT` le trouve")
    return given


@contextmanager
def interrupted(tell: Callable[[], str]) -> Iterator[None]:
    """Say what stands of a work that Ctrl-C stops. tell: in one line."""
    try:
        yield
    except KeyboardInterrupt:
        messages.print(tell())
        raise


def _reports(given: Path | None) -> Path:
    return (given or settings().reports).resolve()


Epci = Annotated[str, typer.Argument(help="SIREN of an EPCI.", callback=sirens)]
Out = Annotated[Path | None, typer.Option(file_okay=False, help="Folder of the reports.", callback=_reports)]
COMMANDS = {  # by module, in the order of `ctg --help`, which says the first line of each without importing it
    "build_commands": ("build", "data", "init"),
    "report_commands": ("documents", "gc", "new_chapter"),
    "demarche_commands": ("new", "answers", "convention", "flash", "purge"),
    "check_command": ("check",),
    "download_commands": ("fetch",),
    "list_commands": ("list_", "observations"),
}


def _named(function: str) -> str:
    return function.rstrip("_").replace("_", "-")


class Commands(TyperGroup):
    """The commands, each imported with its stage when it is the one that is asked for."""

    def resolve_command(self, ctx, args):
        """Return the name of the command that is asked for, the command and what follows it."""
        global debug
        debug = ctx.params["debug_"]
        name, _, rest = super().resolve_command(ctx, args)
        module, function = next(
            (module, one) for module, functions in COMMANDS.items() for one in functions if _named(one) == name
        )
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(name)(getattr(import_module(f"{__name__}.{module}"), function))
        return name, typer.main.get_command(alone), rest


app = typer.Typer(cls=Commands, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
for module, functions in COMMANDS.items():
    tree = ast.parse(Path(__file__).with_name(f"{module}.py").read_text(encoding="utf-8"))
    told = {one.name: ast.get_docstring(one) for one in tree.body if isinstance(one, ast.FunctionDef)}
    for function in functions:
        app.command(_named(function), help=told[function].partition("\n")[0])(lambda: None)
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
            messages.print(
                "interrompu : ce qui est là est entier ; relancer la commande, elle reprend où elle en était"
            )
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
        where = in_one_line(str(error.filename or "ctg"))
        messages.print(f"{where}: {error.strerror or error}")
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
