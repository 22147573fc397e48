"""The indicators in groups, each derived and kept apart from the others: those of the same first source."""

from collections.abc import Collection, Iterable

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.core.datasets import Source
from ctg_analysis.core.model import AnnualChange, AnnualFlow, AnnualResidual, Indicator, measures_of
from ctg_analysis.indicators.observe import POPULATION
from ctg_analysis.sources import SOURCES

RESTRICTED = "restricted"
TOGETHER = 24  # indicators, lest a group of one source with forty hold all the memory, or one core


def groups(indicators: Iterable[Indicator], sources: dict[str, Source]) -> dict[str, list[Indicator]]:
    """Return the indicators by group, in the order in which they are declared.

    RESTRICTED holds those of which a source is a partner's. Open ones are grouped by the source that they prefer: each
    group costs whoever opens a territory a file.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> from ctg_analysis.sources import SOURCES
    >>> some = ("births_count", "deaths_count", "approved_childminders_count")
    >>> named = groups((CATALOGUE[name] for name in some), SOURCES)
    >>> {name: [indicator.id for indicator in group] for name, group in named.items()}
    {'insee_etat_civil-1': ['births_count', 'deaths_count'], 'restricted': ['approved_childminders_count']}
    """
    alike: dict[str, list[Indicator]] = {}
    restricted: list[Indicator] = []
    for indicator in indicators:
        if any(sources[name].withholds for name in indicator.sources):
            restricted.append(indicator)
        else:
            alike.setdefault(indicator.sources[0], []).append(indicator)
    named = {
        f"{source}-{1 + start // TOGETHER}": several[start : start + TOGETHER]
        for source, several in alike.items()
        for start in range(0, len(several), TOGETHER)
    }
    return named | ({RESTRICTED: restricted} if restricted else {})


def groups_of(indicators: Collection[str]) -> list[str]:
    """Return the groups that hold some indicators, by their ids."""
    named = groups(CATALOGUE.values(), SOURCES)
    return [name for name, group in named.items() if any(indicator.id in indicators for indicator in group)]


def measures_read(indicators: Iterable[Indicator]) -> set[str]:
    """Return the measures that some indicators are worked out from.

    >>> from ctg_analysis.catalogue import CATALOGUE
    >>> sorted(measures_read([CATALOGUE["birth_rate"]]))
    ['births', 'population']
    """
    values = [indicator.value for indicator in indicators]
    of_population = {POPULATION for value in values if isinstance(value, AnnualChange | AnnualFlow | AnnualResidual)}
    return of_population.union(*map(measures_of, values))
