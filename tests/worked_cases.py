"""The hand-worked cases of tests/cases/*.yml, of each indicator."""

from functools import cache
from pathlib import Path

import yaml

FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where libyaml is


@cache
def hand_worked_cases() -> dict[str, list[dict]]:
    texts = [path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "cases").glob("*.yml"))]
    files = [yaml.load(text, Loader=FAST) for text in texts]
    return {file["indicator"]: file["cases"] for file in files}
