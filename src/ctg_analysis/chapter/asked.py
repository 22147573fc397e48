"""The indicators and the families that somebody asks for by their ids."""

from collections.abc import Iterable
from difflib import get_close_matches

from ctg_analysis.chapter.territory import Territory
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.indicator import Indicator

FAMILIES = dict.fromkeys(indicator.family for indicator in CATALOGUE.values() if indicator.family)


def indicator(territory: Territory, name: str) -> Indicator:
    """An indicator by its id; the chapter reads it.

    Raises:
        UserError: no indicator has this id; says which ones are close to it.
    """
    if not isinstance(name, str) or name not in CATALOGUE:
        raise UserError(f'no indicator {name!r}: {_close(name, CATALOGUE)}chapter.find("WORD") finds their ids')
    territory.read.add(name)
    return CATALOGUE[name]


def family(territory: Territory, name: str) -> list[Indicator]:
    """The indicators of a family, by its name; the chapter reads them.

    Raises:
        UserError: no family has this name; says which ones are close to it.
    """
    members = [one for one in CATALOGUE.values() if name and one.family == name]
    if not members:
        raise UserError(f"no family {name!r}: {_close(name, FAMILIES)}`ctg list indicators` shows the families")
    return [indicator(territory, one.id) for one in members]


def _close(name: str, known: Iterable[str]) -> str:
    """« did you mean births_count, birth_rate? »; nothing when none is close."""
    close = get_close_matches(str(name), list(known), 3)
    return f"did you mean {', '.join(close)}? " if close else ""
