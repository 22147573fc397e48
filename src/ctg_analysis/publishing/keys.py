"""What a page is made from, as sums: a chapter whose sums are those of the latest edition is not run again."""

import platform
import re
from hashlib import sha256

from ctg_analysis.chapters import ChapterNotebook
from ctg_analysis.publishing.site import text_sources
from ctg_analysis.settings import MATERIAL, DataRoot, settings
from ctg_analysis.staleness import MANIFEST, library, locked

OF_ALL = "data"  # the part of a key that any change of any source changes


def keys(chapters: list[ChapterNotebook], root: DataRoot, parameters: dict) -> dict[str, dict[str, str]]:
    """Return, by chapter, what its page depends on: notebook, parameters, library, environment, data.

    No table is opened: `data` is the sum of the manifests of data/processed.
    """
    manifests = [(folder / MANIFEST).read_bytes() for folder in (root.processed, root.processed / MATERIAL)]
    common = {
        "parameters": repr(sorted(parameters.items())),
        "library": library(),
        "lock": locked(),
        "python": platform.python_version(),
        "kernels": settings().kernels,
        "readers": settings().readers,
        "texts": sha256(b"".join(path.read_bytes() for path in text_sources().values())).hexdigest(),
        OF_ALL: sha256(b"".join(manifests)).hexdigest(),
    }
    return {one.path.stem: common | {"notebook": sha256(one.path.read_bytes()).hexdigest()} for one in chapters}


def same_but_data(key: dict[str, str], former: dict[str, str]) -> bool:
    """Tell whether a page differs from the former one by its data at most."""
    return {**key, OF_ALL: ""} == {**former, OF_ALL: ""}


def named_in(notebook: str) -> set[str]:
    """Return the texts between quotes of a notebook: among them the indicators and the families that it reads."""
    return set(re.findall(r"[\"'\\]([a-z0-9_]+)[\"'\\]", notebook))
