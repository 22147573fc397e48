"""The settings of another project, or of other readers, in the process that tests."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ctg_analysis.model import settings


@contextmanager
def environment(**variables: object) -> Iterator[None]:
    """Let the commands of this process see some environment variables."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, str(value))
        settings.settings.cache_clear()
        try:
            yield
        finally:
            settings.settings.cache_clear()
