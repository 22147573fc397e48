"""The examples that docstrings give of formulas hold."""

import doctest
from importlib import import_module

from test_architecture import modules


def test_the_examples_of_docstrings_hold():
    named = [name for name, path in modules().items() if ">>> " in path.read_text(encoding="utf-8")]
    results = {name: doctest.testmod(import_module(f"ctg_analysis.{name}")) for name in named}
    assert sum(one.attempted for one in results.values()) > 200
    assert {name: one.failed for name, one in results.items() if one.failed} == {}
