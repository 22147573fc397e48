"""The restricted indicators: worked out from the forms of partners and what they ask for beside, through the gate."""

from pathlib import Path

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.cleaning.fact_files import read_facts
from ctg_analysis.cleaning.frame import Frame
from ctg_analysis.cleaning.partners.received_forms import (
    BOTH_REGIMES,
    form_to_reference,
    with_msa,
    with_population_covered,
)
from ctg_analysis.cleaning.perimeter import Perimeter
from ctg_analysis.core.datasets import Source
from ctg_analysis.core.model import Indicator
from ctg_analysis.core.settings import DataRoot
from ctg_analysis.core.territories import membership
from ctg_analysis.indicators.observation_files import read_indicators
from ctg_analysis.indicators.observe import NOTHING, observe
from ctg_analysis.processing.groups import RESTRICTED, groups, groups_of, measures_read
from ctg_analysis.processing.linked_sources import restricted_lists
from ctg_analysis.processing.works import read_populations
from ctg_analysis.secrecy.earlier_editions import published_before
from ctg_analysis.secrecy.gate import EXPOSED, Gate, read_beside, withhold_beside
from ctg_analysis.secrecy.statements import Edition
from ctg_analysis.sources import SOURCES

KEY = ["territory", "level", "indicator", "period"]
ADDED = {caf for caf, _ in SOURCES[BOTH_REGIMES].addition.sums.values()}


def restricted_observations(
    root: DataRoot,
    frame: Frame,
    private: list[tuple[str, pd.DataFrame]],
    facts: list[Path],
    populations: Path,
    tables: Path,
    sources: dict[str, Source],
) -> Gate:
    """Return the observations of the restricted indicators of some forms, through the gate.

    Sources that say nothing of each other go through it one after the other: what it says of those that are linked is
    the same whether the other forms are given or not.

    Parameters:
        private: the facts of each form.
        facts: those that restricted indicators may ask for. populations: as they are kept.
        tables: the folder of the open observations.
    """
    whole, people = Perimeter.between(frame.now, frame.now), read_populations(populations)
    forms = {
        name: form_to_reference(with_population_covered(table, people), SOURCES[name], whole) for name, table in private
    }
    observed = _observed(groups(CATALOGUE.values(), sources)[RESTRICTED], list(forms.values()), facts, sources)
    published = published_before(root, {name for name, source in sources.items() if source.secrecy.threshold})
    members = membership(frame.places)
    gates = [Gate(observed[:0], pd.DataFrame(columns=EXPOSED, dtype=str))]
    for names in restricted_lists():
        received = [forms[name] for name in names if name in forms]
        if received:
            rows = observed[observed["source"].isin(names) & observed["territory"].isin(pd.concat(received)["code"])]
            gates.append(_through_gate(rows, {*names}, tables, sources, members, published))
    observations, exposed = (pd.concat(several, ignore_index=True) for several in zip(*gates, strict=True))
    return Gate(observations.sort_values(KEY, ignore_index=True), exposed)


def _observed(
    indicators: list[Indicator], forms: list[pd.DataFrame], facts: list[Path], sources: dict[str, Source]
) -> pd.DataFrame:
    """Return the observations of some indicators in the places of some forms, with what open facts say there."""
    if not forms:
        return NOTHING
    codes = set(pd.concat(forms)["code"])
    around = read_facts(facts, measure=measures_read(indicators) | ADDED, code=codes)
    known = pd.concat([around.astype({"code": str}), *forms], ignore_index=True)
    return observe(indicators, with_msa(known), sources)


def _through_gate(
    observed: pd.DataFrame,
    linked: set[str],
    tables: Path,
    sources: dict[str, Source],
    members: pd.DataFrame,
    published: list[Edition],
) -> Gate:
    """Return what passes the gate of the observations of linked sources; it sees what it reads of open ones beside."""
    added = {name: sources[name] for name in linked}
    opened = read_beside(CATALOGUE, added)
    editions = [
        Edition(rows[rows["source"].isin(linked) | rows["indicator"].isin(opened)], places)
        for rows, places in published
        if rows["source"].isin(linked).any()
    ]
    ids = {name for name, indicator in CATALOGUE.items() if not linked.isdisjoint(indicator.sources)}
    beside = read_beside(CATALOGUE, added, editions) - ids
    named = {territory for edition in editions for territory in edition.observations["territory"]}
    if beside:
        context = read_indicators(tables, beside, groups_of(beside), {*observed["territory"], *named})
        observed = pd.concat([observed, context], ignore_index=True)
    asked = {name: indicator for name, indicator in CATALOGUE.items() if name in ids | beside}
    gate = withhold_beside(observed, asked, sources, members, editions)
    return gate._replace(observations=gate.observations[gate.observations["indicator"].isin(ids)])
