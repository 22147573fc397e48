"""The parameters of chapters: their names and their types, which nothing heavy is imported to check."""

import click
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ctg_analysis.model.errors import UserError
from ctg_analysis.model.settings import DEFAULT_EPCI


class ParameterError(UserError, click.ClickException):
    """A parameter that the chapter does not know or cannot take; papermill's command shows it on one line."""

    def __init__(self, message: str):
        click.ClickException.__init__(self, message)


class ChapterParameters(BaseModel):
    """What every chapter takes."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)
    epci: str = Field(DEFAULT_EPCI, pattern=r"^\d{9}$", description="a SIREN of 9 digits")


class EarlyChildhoodParameters(ChapterParameters):
    """What chapter 04 takes besides: the change of the supply to simulate. None: what the notebook says."""

    nouvelles_places: int | None = Field(None, ge=0, strict=True, description="a whole number, 0 or more")
    departs_assistants_maternels: int | None = Field(None, ge=0, strict=True, description="a whole number, 0 or more")


CHAPTERS = {"04": EarlyChildhoodParameters}


def parameters_of(parameters: dict, chapter: str = "") -> ChapterParameters:
    """Return the parameters of a chapter, by its number.

    Raises:
        ParameterError: an unknown name, a wrong type.
    """
    model = CHAPTERS.get(chapter, ChapterParameters)
    try:
        return model.model_validate(parameters)
    except ValidationError as error:
        raise ParameterError("; ".join(_line(problem, model) for problem in error.errors())) from error


def _line(problem: dict, model: type[ChapterParameters]) -> str:
    name = ".".join(map(str, problem["loc"]))
    if problem["type"] == "extra_forbidden":
        return f"unknown parameter {name!r}: a chapter takes {', '.join(model.model_fields)}"
    return f"parameter {name}: found {problem['input']!r}, expected {model.model_fields[name].description}"
