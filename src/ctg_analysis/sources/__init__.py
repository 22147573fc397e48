"""The datasets: one declaration each, and their birth certificates."""

from ctg_analysis.model import Source
from ctg_analysis.sources import caf, education, insee, others, partners

SOURCES: dict[str, Source] = {
    source.id: source for module in (insee, caf, education, others, partners) for source in module.SOURCES
}
