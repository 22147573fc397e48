"""The datasets: one declaration each, and their birth certificates."""

from ctg_analysis.core.model import Source
from ctg_analysis.sources.declared import (
    caf,
    census,
    demarche,
    education,
    facilities,
    health,
    insee,
    others,
    partners,
    services,
)

SOURCES: dict[str, Source] = {
    source.id: source
    for module in (insee, census, facilities, caf, education, health, services, others, partners, demarche)
    for source in module.SOURCES
}
