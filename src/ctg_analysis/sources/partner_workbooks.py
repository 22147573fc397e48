"""The workbook that a partner fills: a sheet for each of its forms, and a first one that says what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ctg_analysis.core.datasets import Source
from ctg_analysis.core.form_workbooks import workbook
from ctg_analysis.core.layouts import NO_OTHER_KEY
from ctg_analysis.core.yaml_files import load_yaml
from ctg_analysis.sources.form_sheets import form_sheet


@dataclass(frozen=True)
class Texts:
    """What a partner reads: of all the forms, of those with a row for each structure, of the column where a
    row is confirmed, of each kind of column, of a workbook.
    """

    __pydantic_config__ = NO_OTHER_KEY
    introduction: str
    by_site: str
    confirmed: str
    kinds: dict[str, str]
    workbook: tuple[str, ...]


TEXTS: Texts = load_yaml(Path(__file__).with_suffix(".yml"), Texts).value


def partner_workbook(sources: Sequence[Source], name: str, places: list[tuple[str, str]]) -> bytes:
    """The workbook of some forms of a partner: its first sheet says what to fill and what secrecy does with it.

    name: of the EPCI. places: codes and names, the EPCI first, then its communes.
    """
    partner, base = sources[0].partner, max(source.secrecy.base for source in sources)
    what_to_do = [line.format(name=name, base=base) for line in TEXTS.workbook]
    of_which = [f"« {source.form.sheet} » : {source.label} ({source.id})" for source in sources]
    tables = [form_sheet(source, places, TEXTS.kinds, TEXTS.confirmed) for source in sources]
    return workbook(f"{partner} – {name}", [*what_to_do, "", *of_which], tables)
