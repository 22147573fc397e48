"""Which restricted sources are linked: what one shows may tell what another hides."""

from collections.abc import Collection
from functools import cache

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.secrecy.links import linked_sources
from ctg_analysis.sources import SOURCES


@cache
def restricted_lists() -> list[list[str]]:
    """Return the restricted sources, in lists of which none says anything of another: `links.linked_sources`."""
    return linked_sources(CATALOGUE, SOURCES)


def linked(source: str) -> Collection[str]:
    """Return the restricted sources that are linked with one, itself among them; none with an open one.

    >>> linked("msa_familles"), linked("insee_etat_civil")
    (['caf_et_msa', 'msa_familles'], ())
    """
    return next((names for names in restricted_lists() if source in names), ()) if SOURCES[source].withholds else ()
