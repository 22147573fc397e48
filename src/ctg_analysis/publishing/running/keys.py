"""What a page is made from, as sums: a chapter whose sums are those of the latest edition is not run again."""

import json
import platform
from hashlib import sha256
from pathlib import Path

from ctg_analysis.core.notebooks import ChapterNotebook
from ctg_analysis.core.settings import MODELS, DataRoot, settings
from ctg_analysis.processing.freshness import library, locked, public_inputs, tables_of
from ctg_analysis.publishing.pages.site import text_sources

OF_ALL = "data"  # the part of a key that any change of any source changes


def keys(chapters: list[ChapterNotebook], root: DataRoot, epci: str) -> dict[str, dict[str, str]]:
    """Return, by chapter, what its page depends on: notebook, parameters, library, environment, data, links.

    No table is opened: `data` is the sum of the files of data/processed, which are past the gate of secrecy, as its
    manifest says it once they were found whole. The sum of what they were made from would let restricted figures be
    guessed.
    """
    texts = [*text_sources().values(), *sorted(settings().reference.glob("*.yml"))]
    texts += sorted((settings().reference / MODELS).glob("*.docx"))  # of the letters beside the pages
    beside = sorted((settings().root / "notebooks").rglob("*"))  # what an analyst reads: tables, modules
    texts += [path for path in beside if path.is_file() and path.suffix != ".ipynb" and _is_seen(path)]
    common = {
        "parameters": repr([("epci", epci)]),
        "library": library(),
        "lock": locked(),
        "python": platform.python_version(),
        "kernels": settings().kernels,
        "readers": settings().readers,
        "chapters": sha256(repr([(chapter.page, chapter.title) for chapter in chapters]).encode()).hexdigest(),
        "texts": sha256(b"".join(path.read_bytes() for path in texts)).hexdigest(),
        OF_ALL: sha256(json.dumps([public_inputs(root, epci), tables_of(root, epci)]).encode()).hexdigest(),
    }
    sums = {
        chapter.path.stem: "" if chapter.fault else sha256(chapter.path.read_bytes()).hexdigest()
        for chapter in chapters
    }
    return {stem: common | {"notebook": digest} for stem, digest in sums.items()}


def _is_seen(path: Path) -> bool:
    """Tell whether no part of a path is hidden: not what JupyterLab and Python keep for themselves."""
    return not any(name.startswith((".", "__")) for name in path.relative_to(settings().root).parts)


def same_but_data(key: dict[str, str], former: dict[str, str]) -> bool:
    """Tell whether a page differs from the former one by its data at most."""
    return {**key, OF_ALL: ""} == {**former, OF_ALL: ""}
