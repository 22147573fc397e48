"""The datasets: one declaration each, and their birth certificates."""

from typing import Any

SURVEY, PLAN = "enquete_habitants", "suivi_ctg"  # what the démarche itself gathers


def __getattr__(name: str) -> Any:
    """Return SOURCES, read when something asks for them first: a build that has nothing to do never does."""
    if name != "SOURCES":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ctg_analysis.sources.declared_sources import declared_sources

    globals()[name] = declared_sources()
    return globals()[name]
