"""The figures of each chapter, declared once in data/reference/chapitres.yml: those that it shows first, its profile
by headings, the columns of its table of communes.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from ctg_analysis.model.catalogue import Declared
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.settings import settings
from ctg_analysis.model.yaml_files import load_yaml

FILE = "chapitres.yml"


class Groups(BaseModel):
    """The ids of the figures of a chapter, as they are declared.

    premier_ecran: those of the first screen, the first ones first. profil: those of the profile, by heading. tableau:
    the columns of the table. en_tetes: columns with the head of each.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    premier_ecran: tuple[Declared, ...] = ()
    profil: Mapping[str, tuple[Declared, ...]] = Field(default_factory=dict)
    tableau: tuple[Declared, ...] = ()
    en_tetes: Mapping[Declared, str] = Field(default_factory=dict)

    def every(self) -> Iterator[str]:
        """Every id that is declared, in the order of a page."""
        yield from self.premier_ecran
        for names in self.profil.values():
            yield from names
        yield from (*self.tableau, *self.en_tetes)


@cache
def read_groups() -> Mapping[str, Groups]:
    """The figures of all chapters, by the number of the chapter.

    Raises:
        InputError: an id that no indicator has, with its line; no such file.
    """
    return load_yaml(settings().reference / FILE, dict[str, Groups]).value


def groups_of(chapter: str) -> Groups:
    """The figures of a chapter, by its number.

    Raises:
        UserError: a chapter of which none is declared.
    """
    declared = read_groups()
    if chapter not in declared:
        raise UserError(
            f"no figures of a chapter {chapter!r}: expected one of {', '.join(declared)} (data/reference/{FILE})"
        )
    return declared[chapter]


def columns_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """The ids of the columns of a table: those that are given, or those declared for the chapter whose number is.

    >>> columns_of(("births_count",)), len(columns_of(("17",))) > 8
    (('births_count',), True)
    """
    is_chapter = len(names) == 1 and str(names[0]).isdigit()
    return groups_of(names[0]).tableau if is_chapter else names
