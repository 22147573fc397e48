"""From the communes of a dataset's own year to the communes, EPCIs and totals of the reference geography.

Merged communes are summed, split ones become `nd`, nothing is prorated (rule R16). A total is the sum of all
its communes or it is `nd`: a missing commune makes a sum missing, not smaller.
"""

from dataclasses import dataclass

import pandas as pd

from ctg_analysis.cleaning.facts import COLUMNS
from ctg_analysis.model import MISSING, OK, Source
from ctg_analysis.territories import COMMUNE, arrondissement_parents, passage, unit_of

KEY = ["period", "measure"]


class NotAdditiveError(ValueError):
    """A total was asked of figures that only their producer can add up."""


@dataclass(frozen=True)
class Perimeter:
    """How the communes of one year lead to the places of the reference year.

    parents: commune of each municipal arrondissement. ways: see territories.passage.
    units: what each level is made of. departements: the département of each commune of then.
    """

    parents: pd.Series
    ways: pd.DataFrame
    units: list["Units"]
    departements: pd.Series

    @classmethod
    def between(cls, then: pd.DataFrame, now: pd.DataFrame) -> "Perimeter":
        """Return the perimeter from the communes of one year to those of the reference year."""
        ways = passage(then, now)
        units = [Units.of(level, ways, unit) for level, several in unit_of(now).items() for unit in several]
        departements = then[then["kind"] == COMMUNE].set_index("code")["departement"]
        return cls(arrondissement_parents(then), ways, units, departements)


@dataclass(frozen=True)
class Units:
    """The units of a level, made of the communes of an earlier year.

    parts: pairs commune of then (code), unit that holds some of it now. whole: commune of then → the unit that
    holds all of it; a commune that was split between two units is in none, and missing from both.
    """

    level: str
    parts: pd.DataFrame
    whole: pd.Series

    @classmethod
    def of(cls, level: str, ways: pd.DataFrame, unit_of_commune: pd.Series) -> "Units":
        """Return the units of a level; unit_of_commune: commune of the reference year → unit."""
        parts = ways.assign(unit=ways["commune"].map(unit_of_commune))[["code", "unit"]].drop_duplicates()
        alone = ~parts["code"].duplicated(keep=False)
        whole = parts[alone & parts["unit"].notna()].set_index("code")["unit"]
        return cls(level, parts.dropna(), whole)

    def expected(self, left_out: pd.Index) -> pd.Series:
        """Return how many communes each unit is made of, but for those that a source leaves out of larger units."""
        outside = self.parts["code"].isin(left_out)
        wholly = outside.groupby(self.parts["unit"]).transform("all")
        return self.parts.loc[~outside | wholly, "unit"].value_counts()


def to_reference(facts: pd.DataFrame, source: Source, perimeter: Perimeter) -> pd.DataFrame:
    """Return the facts of one source in the reference geography, with every total that can be computed.

    Rows that the producer publishes above the commune are kept as they are.
    """
    whole = whole_communes(facts, source, perimeter.parents)
    published = whole[whole["level"] != "commune"]
    by_commune = whole[whole["level"] == "commune"]
    rows = [published, communes_now(by_commune, source, perimeter.ways)]
    if source.additive and len(by_commune):
        rows.append(totals(by_commune, source, perimeter, already=published))
    return pd.concat(rows, ignore_index=True)


def whole_communes(facts: pd.DataFrame, source: Source, parents: pd.Series) -> pd.DataFrame:
    """Return the facts with Paris, Lyon and Marseille as one commune each.

    Where the source gives arrondissements only, they are summed; where it gives the commune, they are dropped.
    """
    is_part = facts["level"].eq("commune") & facts["code"].isin(parents.index)
    parts, whole = facts[is_part], facts[~is_part]
    parts = parts.assign(code=parts["code"].map(parents))
    given = whole["code"][whole["code"].isin(parents.unique())]
    parts = parts[~parts["code"].isin(given)]
    if parts.empty:
        return whole
    summed = sum_up(parts, source, parents.value_counts())
    return pd.concat([whole, summed.assign(level="commune")], ignore_index=True)


def communes_now(facts: pd.DataFrame, source: Source, ways: pd.DataFrame) -> pd.DataFrame:
    """Return the facts of communes under the codes of the reference year."""
    moved = facts.merge(ways, on="code", validate="m:m").assign(code=lambda rows: rows["commune"])
    without_value = {"value": float("nan"), "status": MISSING}
    split = moved[moved["split"]].assign(**without_value).drop_duplicates(["code", *KEY])
    rest = moved[~moved["split"] & ~moved["code"].isin(split["code"])]
    is_merged = rest["code"].isin(_merged(ways))
    rows, merged = [rest[~is_merged], split], rest[is_merged]
    if len(merged) and source.additive:
        rows.append(sum_up(merged, source, ways["commune"].value_counts()))
    else:
        rows.append(merged.assign(**without_value).drop_duplicates(["code", *KEY]))
    return pd.concat(rows, ignore_index=True).assign(level="commune")[COLUMNS]


def _merged(ways: pd.DataFrame) -> pd.Index:
    """Return the communes of the reference year that several earlier ones became."""
    sizes = ways["commune"].value_counts()
    return sizes.index[sizes > 1]


def totals(facts: pd.DataFrame, source: Source, perimeter: Perimeter, already: pd.DataFrame) -> pd.DataFrame:
    """Return the facts of EPCIs, départements, régions and France, summed from communes.

    A commune that was split counts in a total when all its parts lie in it. Totals that the producer
    publishes (`already`) are not computed again; communes that the source leaves out by design are not expected.
    """
    left_out = perimeter.departements.index[perimeter.departements.isin(source.outside)]
    rows = []
    for units in perimeter.units:
        inside = facts.assign(code=facts["code"].map(units.whole))
        summed = sum_up(inside[inside["code"].notna()], source, units.expected(left_out))
        rows.append(summed.assign(level=units.level))
    summed = pd.concat(rows, ignore_index=True)
    known = pd.MultiIndex.from_frame(already[["level", "code", *KEY]])
    return summed[~pd.MultiIndex.from_frame(summed[["level", "code", *KEY]]).isin(known)]


def sum_up(facts: pd.DataFrame, source: Source, expected: pd.Series) -> pd.DataFrame:
    """Return the sums of facts by unit, period and measure.

    expected: how many parts each unit must have; a unit that lacks one, or has one without a value, is `nd`.

    Raises:
        NotAdditiveError: the source's figures cannot be added up (a rate, a median, rounded counts).
    """
    if not source.additive:
        raise NotAdditiveError(f"{source.id}: these figures cannot be added up, ask the producer for the total")
    grouped = facts.assign(known=facts["status"].eq(OK)).groupby(["code", *KEY], as_index=False, observed=True)
    sums = grouped.agg(value=("value", "sum"), known=("known", "sum"))
    complete = sums["known"].eq(sums["code"].map(expected))
    sums["value"] = sums["value"].round(6).where(complete)
    sums["status"] = complete.map({True: OK, False: MISSING})
    return sums.assign(source=source.id, level="")[COLUMNS]
