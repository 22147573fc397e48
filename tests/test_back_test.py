"""Totals that the producers publish, found again from the communes; each difference is listed and explained."""

import re

import back_test
import pytest

from ctg_analysis.model.settings import data_root

pytestmark = [pytest.mark.slow, pytest.mark.nightly]


@pytest.fixture(scope="module")
def held():
    return back_test.shipped()


@pytest.fixture(scope="module")
def from_shipped(held):
    return back_test.from_shipped(held)


def unexplained(comparisons):
    return {(one.subject, one.title): list(one.unexplained.index) for one in comparisons if len(one.unexplained)}


def test_every_published_total_is_found_again_or_its_difference_explained(from_shipped):
    assert unexplained(from_shipped) == {}
    assert len(from_shipped) > 30 and sum(len(one.table) for one in from_shipped) > 25_000


def test_the_page_says_what_the_shipped_files_give(from_shipped, pytestconfig):
    told = back_test.told(from_shipped)
    if pytestconfig.getoption("--rewrite-golden"):
        back_test.rewrite(told)
    assert back_test.written() == told, "docs/back_test.md is behind: make golden"


def test_every_source_is_compared_or_the_page_says_why_not(held):
    compared = {name.split()[0] for name in held.figures}
    folders = {path.name for path in data_root().raw.iterdir() if path.is_dir()}
    named = set(re.findall(r"^- `(\w+)`: ", back_test.PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert folders == compared | named and not compared & named
