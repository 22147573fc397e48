"""The hand-worked cases of tests/cases/*.yml, of each indicator."""

from functools import cache
from pathlib import Path

from ctg_analysis.core.plain_text import values_of


@cache
def hand_worked_cases() -> dict[str, list[dict]]:
    files = map(values_of, sorted((Path(__file__).parent / "cases").glob("*.yml")))
    return {file["indicator"]: file["cases"] for file in files}
