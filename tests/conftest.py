import os
import signal
import sys

import pytest
from browser import NONE_FOUND, chromium
from filelock import FileLock
from hypothesis import settings as hypothesis_settings

from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, all_chapters, data_root
from ctg_analysis.pipeline.run import ensure
from ctg_analysis.publish.build import build

hypothesis_settings.register_profile("day", max_examples=10, deadline=None, derandomize=True)
hypothesis_settings.register_profile("night", max_examples=40, deadline=None, derandomize=True)
hypothesis_settings.load_profile("day")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # by a shell that runs the tests in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what tests start then has it too

LONG = {"slow", "nightly"}  # marks
PROCESSED = {"france", "example", "shipped"}  # fixtures
LONGEST = ["browser", "calibration", "kills", "engine", "findings", "attack", "lab", "on_demand"]  # files
LONGEST += ["two_worlds", "trends", "projects", "build", "documents", "synthesis", "convention", "display", "peers"]


def pytest_addoption(parser):
    parser.addoption("--kills", type=int, default=6, help="how many commands tests/test_kills.py kills")
    parser.addoption("--rewrite-golden", action="store_true", help="write tests/golden and docs/back_test.md again")


def pytest_collection_modifyitems(items):
    """Mark as `unit` each test that takes no time and reads no processed data; begin with the longest files."""
    for item in items:
        if not {mark.name for mark in item.iter_markers()} & LONG and not PROCESSED.intersection(item.fixturenames):
            item.add_marker("unit")
    rank = {f"test_{name}.py": number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(rank)))


def pytest_runtest_teardown():
    """Close what a test has drawn and left open: pyplot would have the next one draw on it."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


@pytest.fixture(scope="session")
def france():
    """The data root of the real France, processed."""
    root = data_root()
    ensure(root)
    return root


@pytest.fixture(scope="session")
def example():
    """The data root of the invented territory, processed."""
    root = data_root(EXAMPLE_EPCI)
    ensure(root)
    return root


@pytest.fixture
def public(root):
    """What anyone may read of the démarche of the invented territory, in the data root of a test."""
    return root.material(EXAMPLE_EPCI)


@pytest.fixture
def private(root):
    """What persons have said of it."""
    return root.restricted_material(EXAMPLE_EPCI)


@pytest.fixture(scope="session")
def shipped(tmp_path_factory, france, example):
    """The reports of both shipped territories, whole: built once, whatever the number of processes that test."""
    ours = tmp_path_factory.getbasetemp()
    out = (ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours) / "reports"
    with FileLock(f"{out}.lock"):
        built = list(build([DEFAULT_EPCI, EXAMPLE_EPCI], all_chapters(), out))
    assert [one.error or one.failed for one in built] == [{}] * 2
    return out


@pytest.fixture(scope="module")
def browser():
    """A browser. Not for the whole run: as long as it is open, no other event loop runs in its thread."""
    with chromium() as found:
        if found is None:
            (pytest.fail if os.environ.get("CTG_BROWSER") == "required" else pytest.skip)(NONE_FOUND)
        yield found
