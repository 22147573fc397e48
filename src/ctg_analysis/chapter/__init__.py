"""The few verbs of a notebook, which `open_chapter` opens."""

from ctg_analysis.chapter.chapter import open_chapter

__all__ = ["open_chapter"]
