"""The parameters of a chapter, checked before anything runs."""

import click
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ctg_analysis.comparisons import find_epci
from ctg_analysis.errors import UserError
from ctg_analysis.processing import ensure
from ctg_analysis.settings import data_root


class ParameterError(UserError, click.ClickException):
    """A parameter that the chapter does not know or cannot take; papermill's command shows it on one line."""

    def __init__(self, message: str):
        click.ClickException.__init__(self, message)


class ChapterParameters(BaseModel):
    """What every chapter takes."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)
    epci: str = Field(pattern=r"^\d{9}$", description="SIREN de l'EPCI, 9 chiffres")


def validated(parameters: dict) -> ChapterParameters:
    """Return the parameters; the EPCI exists in the reference geography.

    Raises:
        ParameterError: an unknown name, a wrong type, an unknown EPCI.
    """
    try:
        checked = ChapterParameters.model_validate(parameters)
    except ValidationError as error:
        raise ParameterError("; ".join(_line(problem) for problem in error.errors())) from error
    root = data_root(checked.epci)
    ensure(root)
    try:
        find_epci(pd.read_parquet(root.processed / "territories.parquet"), checked.epci)
    except UserError as error:
        raise ParameterError(str(error)) from error
    return checked


def _line(problem: dict) -> str:
    name = ".".join(map(str, problem["loc"]))
    if problem["type"] == "extra_forbidden":
        known = ", ".join(ChapterParameters.model_fields)
        return f"unknown parameter {name!r}: a chapter takes {known}"
    return f"parameter {name}: found {problem['input']!r}, expected a SIREN of 9 digits"
