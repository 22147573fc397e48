"""Which types of INSEE's base permanente des équipements (BPE) are counted as what: facility_types.yml."""

from dataclasses import dataclass
from pathlib import Path

from ctg_analysis.core.layouts import NO_OTHER_KEY
from ctg_analysis.core.yaml_files import load_yaml

FILE = Path(__file__).with_suffix(".yml")
Types = tuple[str, ...]


@dataclass(frozen=True)
class FacilityTypes:
    """The types of what is counted, of the services of the basket, of what is reached; the words of the ranges.

    types_2020: those of the edition of 2020, whose codes are not the same.
    """

    __pydantic_config__ = NO_OTHER_KEY
    types: dict[str, Types]
    types_2020: dict[str, Types]
    basket: dict[str, Types]
    reached: dict[str, Types]
    ranges: dict[str, str]


FACILITY_TYPES: FacilityTypes = load_yaml(FILE, FacilityTypes).value
