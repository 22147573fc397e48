import pytest
from hypothesis import settings as hypothesis_settings

from ctg_analysis.processing import ensure
from ctg_analysis.settings import EXAMPLE_EPCI, data_root

hypothesis_settings.register_profile("steady", max_examples=40, deadline=None, derandomize=True)
hypothesis_settings.load_profile("steady")


def pytest_addoption(parser):
    parser.addoption("--rewrite-golden", action="store_true", help="write tests/golden again instead of comparing")


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
