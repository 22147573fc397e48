import doctest
import importlib
import pkgutil

from ctg_analysis import indicators

FEWEST = 18  # examples: one that is taken away is missed


def test_the_examples_of_the_formulas_are_true():
    names = [f"{indicators.__name__}.{module.name}" for module in pkgutil.iter_modules(indicators.__path__)]
    results = {name: doctest.testmod(importlib.import_module(name)) for name in names}
    assert {name: result.failed for name, result in results.items() if result.failed} == {}
    assert sum(result.attempted for result in results.values()) >= FEWEST
