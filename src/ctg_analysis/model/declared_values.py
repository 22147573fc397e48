"""Values that declarations in YAML hold: a number that is finite, a day, a pattern, a text with places for words."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Years = Annotated[int, Field(ge=0, le=50)]  # how many


def _pattern(written: str) -> str:
    try:
        re.compile(written)
    except re.error as error:
        raise ValueError(f"une expression régulière ({error})") from error
    return written


def _day(written: str) -> str:
    try:
        date.fromisoformat(written if "-" in written else f"{written}-01-01")
    except ValueError as error:
        raise ValueError("une année ou un jour, tels que 2014 ou 2014-01-27") from error
    return written


def _several(written: Any) -> Any:
    """Return a list of which one value may be written alone, and none as such."""
    if written == "none":
        return ()
    return (written,) if isinstance(written, str) else written


Several = BeforeValidator(_several)
Names = Annotated[tuple[str, ...], Several]
Pattern = Annotated[str, AfterValidator(_pattern)]
Day = Annotated[str, AfterValidator(_day)]


def with_words(*names: str, needed: tuple[str, ...] = ()) -> AfterValidator:
    """What holds a text to the words that are put in it: {name} for these names, those that are needed among them.

    >>> with_words("value", "s", needed=("value",)).func("Il y a {value} enfant{s}.")
    'Il y a {value} enfant{s}.'
    """

    def held(written: str) -> str:
        try:
            written.format_map(dict.fromkeys(names, ""))
        except (KeyError, ValueError, AttributeError, IndexError) as error:
            told = ", ".join(f"{{{name}}}" for name in names) or "aucun"
            raise ValueError(f"entre accolades, les mots qui y seront mis : {told}") from error
        if absent := [name for name in needed if f"{{{name}}}" not in written]:
            raise ValueError(f"un texte avec {{{absent[0]}}}")
        return written

    return AfterValidator(held)
