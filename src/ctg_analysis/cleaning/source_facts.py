"""The facts of one source in the reference geography, with every total that can be computed."""

from collections.abc import Collection, Iterator

import numpy as np
import pandas as pd

from ctg_analysis.cleaning.absences import with_absent, without_small
from ctg_analysis.cleaning.frame import GEOGRAPHY, Frame
from ctg_analysis.cleaning.perimeter import Perimeter, communes_named, to_reference, without_changed_epcis
from ctg_analysis.cleaning.raw_data import Folders, Given, given_of, strangers
from ctg_analysis.cleaning.sums import with_inhabitants
from ctg_analysis.core.datasets import Source
from ctg_analysis.core.errors import InputError
from ctg_analysis.core.facts import COLUMNS, coded
from ctg_analysis.core.model import OK
from ctg_analysis.core.processes import at_once, give_memory_back

POPULATION = "population"
ROWS_AT_ONCE = 300_000


def facts_of_source(source: str, folders: Folders, frame: Frame) -> Iterator[pd.DataFrame]:
    """Yield the facts of an official source in the reference geography, some measures at a time, in their order.

    The full files of a source and its extracts are brought there together. folders: of this source, and of the
    geography. Sums for all the larger places take several times the memory of what they are of.

    Raises:
        InputError: what is wrong with its files; codes of communes that do not exist in the geography of the source.
    """
    declared, together, perimeters = _given_together(source, folders, frame)
    give_memory_back()  # that of what was read
    for some in _at_once(together):
        tables = [
            to_reference(facts.drop(columns="perimeter"), declared, perimeters[number])
            for number, facts in some.groupby("perimeter", sort=False)
        ]
        yield pd.concat(tables, ignore_index=True)


def _given_together(source: str, folders: Folders, frame: Frame) -> tuple[Source, pd.DataFrame, dict[int, Perimeter]]:
    """Return the source, its facts as published, with the perimeter of each in a column `perimeter`, and these."""
    several = [
        (given, frame.perimeter(given.year, given.source.geography.joined))
        for given in given_of(source, folders, frame)
    ]
    findings = [
        finding
        for given, perimeter in several
        for finding in strangers(given.facts, given.source, perimeter, given.folder.path)
    ]
    if findings:
        raise InputError(findings)
    declared, inhabitants = several[0][0].source, None
    if declared.totals.per_inhabitant:  # the reference populations, in the geography of their own years
        inhabitants = pd.concat([given.facts for given in given_of(GEOGRAPHY, folders, frame)])
    perimeters: dict[int, Perimeter] = {}
    parts = []
    for given, whole in several:
        changed = frame.changed_epcis(given.source.geography.epcis or given.year)
        published = without_changed_epcis(given.facts, changed)
        for perimeter, facts in by_period_of_former(published, whole, frame.now):
            perimeters[id(perimeter)] = perimeter
            parts.append(_as_published(given, facts, perimeter, inhabitants).assign(perimeter=id(perimeter)))
    return declared, coded(pd.concat(parts, ignore_index=True)), perimeters


def _at_once(facts: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield some measures of facts at a time, those that have few rows; of one that has many, some years at a time."""
    sizes = facts["measure"].value_counts(sort=False).sort_index()
    for measures in at_once(sizes.items(), ROWS_AT_ONCE):
        some = facts[facts["measure"].isin(measures)]
        periods = np.unique(some["period"].astype(object))
        for part in np.array_split(periods, min(1 + len(some) // ROWS_AT_ONCE, len(periods))):
            yield some[some["period"].isin(part)]


def _as_published(
    given: Given, facts: pd.DataFrame, perimeter: Perimeter, inhabitants: pd.DataFrame | None
) -> pd.DataFrame:
    """Return facts with what the source says of the communes that its files leave out."""
    source, then = given.source, perimeter.communes
    if source.geography.loose:
        facts = facts[facts["code"].isin(then["code"]) | facts["level"].ne("commune")]
    facts = without_small(facts, source, then) if source.coverage.above else facts
    facts = with_absent(facts, source, then, given.folder.listed(then))
    return facts if inhabitants is None else weighted(facts, inhabitants, source.totals.per_inhabitant)


def by_period_of_former(
    facts: pd.DataFrame, perimeter: Perimeter, now: pd.DataFrame
) -> list[tuple[Perimeter, pd.DataFrame]]:
    """Return the facts with their perimeter: where a period names former communes, its geography is an older one."""
    if not perimeter.former(communes_named(facts)):
        return [(perimeter, facts)]
    parts = []
    for _, rows in facts.groupby("period", observed=True):
        codes = communes_named(rows)
        parts.append((perimeter.naming(codes, now) if perimeter.former(codes) else perimeter, rows))
    return parts


def weighted(facts: pd.DataFrame, populations: pd.DataFrame, measures: Collection[str]) -> pd.DataFrame:
    """Return, for each of some measures, two that add up: _total (x inhabitants) and _inhabitants.

    populations: facts of the reference populations, in the geography of their own years (see `with_inhabitants`). The
    other measures are kept: counts, and what its producer has weighted.
    """
    asked = facts["measure"].isin(measures)
    others, facts = facts[~asked], facts[asked]
    rows = with_inhabitants(facts, populations[populations["measure"].eq(POPULATION)])
    people = rows["inhabitants"].where(rows["status"].eq(OK))
    tables = [
        rows.assign(measure=rows["measure"] + suffix, value=value)
        for suffix, value in (("_total", rows["value"] * people), ("_inhabitants", people))
    ]
    return pd.concat([others, *tables], ignore_index=True)[COLUMNS]
