"""docs/architecture.md: the packages in their order, and paths that exist."""

import re

from test_architecture import ORDER, PACKAGE

from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import settings

ROOT = settings().root
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_the_page_shows_the_packages_in_the_order_of_their_imports():
    picture = PAGE.split("```")[1]
    assert [line.split()[0] for line in picture.splitlines() if line] == ORDER


def test_each_path_and_indicator_that_the_page_names_is_there():
    paths = re.findall(r"`([\w./]+/[\w.]*)`", PAGE)
    generated = "data/processed/"
    wrong = [
        path
        for path in paths
        if not path.startswith(generated) and not any((home / path).exists() for home in (PACKAGE, ROOT))
    ]
    assert len(paths) > 10 and wrong == []
    walked = set(re.findall(r"`(\w+_rate)`", PAGE))
    assert walked and walked <= set(CATALOGUE)
