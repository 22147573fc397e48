"""The functions that make an indicator of the files of its sources, for a person who looks for a line of code."""

from collections.abc import Callable
from pathlib import Path

from ctg_analysis.clean.facts import CLEANERS, weighted
from ctg_analysis.clean.frame import clean_populations
from ctg_analysis.clean.partner_files import clean_form
from ctg_analysis.clean.perimeter import to_reference, totals
from ctg_analysis.clean.received_forms import form_to_reference
from ctg_analysis.indicators.observe import observe_alike, populations_of
from ctg_analysis.model.indicator import Value
from ctg_analysis.model.settings import project_path
from ctg_analysis.model.source import SOURCES, Source
from ctg_analysis.secrecy.rounding import rounded


def functions_of(source: Source, *, means: bool) -> list[tuple[str, str]]:
    """Return the functions that make facts of the files of a source, as they run one after the other: name, place.

    means: of measures whose sum is a mean weighted by inhabitants.
    """
    if not source.open:
        return [_place(one) for one in (clean_form, form_to_reference, rounded)]
    read = CLEANERS.get(source.id, clean_populations)
    several = [getattr(read, "func", read), to_reference, *[weighted] * means, *[totals] * source.totals.additive]
    return [_place(one) for one in several]


def observer() -> tuple[str, str]:
    """Return the function that makes observations of facts."""
    return _place(observe_alike)


def populations_under(value: Value) -> list[tuple[str, str]]:
    """Return the label and the folder of each source of the population that a value is over: see `populations_of`."""
    return [(SOURCES[name].label, f"data/raw/{name}") for name in populations_of(value)]


def _place(function: Callable) -> tuple[str, str]:
    code = function.__code__
    return function.__name__, f"{project_path(Path(code.co_filename))}, line {code.co_firstlineno}"
