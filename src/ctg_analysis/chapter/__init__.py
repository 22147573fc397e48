"""The verbs of a notebook, which `open_chapter` opens; of several EPCIs, `open_side_by_side`."""

from ctg_analysis.chapter.chapter import open_chapter
from ctg_analysis.chapter.side_by_side import open_side_by_side

__all__ = ["open_chapter", "open_side_by_side"]
