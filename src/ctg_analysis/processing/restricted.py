"""The restricted indicators: worked out from the forms of partners, rounded, and what they ask for beside."""

from pathlib import Path

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.cleaning.fact_files import read_facts
from ctg_analysis.cleaning.frame import Frame
from ctg_analysis.cleaning.partners.received_forms import (
    BOTH_REGIMES,
    form_to_reference,
    with_population_covered,
    without_childcare,
)
from ctg_analysis.cleaning.perimeter import Perimeter
from ctg_analysis.core.datasets import Source
from ctg_analysis.core.facts import COLUMNS
from ctg_analysis.core.model import OK
from ctg_analysis.core.territories import membership
from ctg_analysis.indicators.observations import emptied
from ctg_analysis.indicators.observe import NOTHING, observe
from ctg_analysis.indicators.uncertainty import rounding_interval
from ctg_analysis.processing.groups import RESTRICTED, groups, measures_read
from ctg_analysis.processing.works import read_populations
from ctg_analysis.secrecy.rounding import BOUNDS, rounded
from ctg_analysis.sources import SOURCES

ADDED = {caf for caf, _ in SOURCES[BOTH_REGIMES].addition.sums.values()}


def restricted_observations(
    frame: Frame,
    private: list[tuple[str, pd.DataFrame]],
    facts: list[Path],
    populations: Path,
    sources: dict[str, Source],
) -> pd.DataFrame:
    """Return the observations of the restricted indicators, their counts of persons rounded.

    Parameters:
        private: the facts of each form.
        facts: those that restricted indicators may ask for. populations: as they are kept.
    """
    if not private:
        return NOTHING
    whole, people = Perimeter.between(frame.now, frame.now), read_populations(populations)
    indicators = groups(CATALOGUE.values(), sources)[RESTRICTED]
    members = membership(frame.places)
    forms = []
    for name, table in private:
        source = sources[name]
        complete = without_childcare(with_population_covered(table, people), source.secrecy.base)
        forms.append(rounded(form_to_reference(complete, source, whole), source, indicators, members))
    codes = set(pd.concat(forms)["code"])
    around = read_facts(facts, measure=measures_read(indicators) | ADDED, code=codes)
    known = pd.concat([around.astype({"code": str}), *forms], ignore_index=True)
    return emptied(observe(indicators, with_msa(known, sources), sources))


def with_msa(facts: pd.DataFrame, sources: dict[str, Source]) -> pd.DataFrame:
    """Return the facts with those of both regimes, where Caf and MSA count the same thing in the same December (R18).

    The Caf's number is the one that it publishes for the place, never a sum of its communes. A sum has the bounds of
    both: it tells no more of the MSA's part than the MSA's own.
    """
    keys = ["code", "level", "period"]
    tables = [facts]
    both_regimes = sources[BOTH_REGIMES]
    published = [name for name, source in sources.items() if not source.totals.additive]
    for both, (caf, msa) in both_regimes.addition.sums.items():
        ours = facts[facts["measure"].eq(caf) & facts["level"].isin(["epci", "departement"])]
        ours = ours[ours["source"].isin(published)]
        theirs = facts[facts["measure"].eq(msa)]
        rows = ours.merge(theirs[[*keys, "status", *BOUNDS]], on=keys, suffixes=("", "_msa"), validate="m:1")
        precision = both_regimes.precision
        bounds = rounding_interval(rows["value"], precision.rounding, precision.rule)
        known = rows["status"].eq(OK) & rows["status_msa"].eq(OK)
        sums = {name: (bound + rows[f"{name}_msa"]).where(known) for name, bound in zip(BOUNDS, bounds, strict=True)}
        status = rows["status"].where(rows["status"].ne(OK), rows["status_msa"])
        rows = rows.assign(**sums, status=status, measure=both, source=BOTH_REGIMES)
        tables.append(rows.assign(value=(rows["least"] + rows["most"]) / 2)[[*COLUMNS, *BOUNDS]])
    return pd.concat(tables, ignore_index=True)
