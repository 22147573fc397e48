"""From the communes of a dataset's own year to the communes, EPCIs and totals of the reference geography.

Merged communes are summed, split ones become `nd`, nothing is prorated (rule R16). A total is the sum of all
its communes or it is `nd`: a missing commune makes a sum missing, not smaller.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from ctg_analysis.core.datasets import Source
from ctg_analysis.core.errors import UserError
from ctg_analysis.core.facts import COLUMNS, IN_EPCIS
from ctg_analysis.core.model import MISSING, OK, SECRET
from ctg_analysis.core.territories import (
    COMMUNE,
    MAYOTTE,
    arrondissement_parents,
    communes_along,
    follow,
    former_communes,
    passage,
    unit_of,
    ways_between,
    with_former,
)

KEY = ["period", "measure"]
FIRST_PASSAGE = 2003  # the first year of the INSEE's passage table


class NotAdditiveError(ValueError):
    """A total was asked of figures that only their producer can add up."""


@dataclass(frozen=True)
class Perimeter:
    """How the communes of one year lead to the places of the reference year.

    communes: those of the earlier year (code, kind, departement, epci, parent). ways: see territories.passage.
    units: what each level is made of.
    """

    communes: pd.DataFrame
    ways: pd.DataFrame
    units: list["Units"]

    @classmethod
    def between(cls, then: pd.DataFrame, now: pd.DataFrame) -> "Perimeter":
        """Return the perimeter from the communes of one year to those of the reference year."""
        return cls._of(then, passage(then, now), now)

    @classmethod
    def along(cls, ways: pd.DataFrame, now: pd.DataFrame) -> "Perimeter":
        """Return the perimeter from an earlier year of which only the ways to the reference year are known."""
        return cls._of(communes_along(ways, now), ways, now)

    def naming(self, codes: set[str], now: pd.DataFrame) -> "Perimeter":
        """Return the perimeter with the former communes that a file names, when it is older than its geography."""
        return Perimeter.between(with_former(self.communes, codes), now)

    def former(self, codes: set[str]) -> set[str]:
        """Return which codes are former communes of this year's; none is known when a passage table led here."""
        return codes & self._former - self.known

    @classmethod
    def _of(cls, then: pd.DataFrame, ways: pd.DataFrame, now: pd.DataFrame) -> "Perimeter":
        units = [Units.of(level, ways, unit) for level, several in unit_of(now).items() for unit in several]
        return cls(then, ways, units)

    @cached_property
    def known(self) -> set[str]:
        """Return the codes of this year's communes."""
        return set(self.communes["code"].tolist())

    @cached_property
    def _former(self) -> set[str]:
        return set(former_communes(self.communes).index) if "former_codes" in self.communes else set()

    @property
    def parents(self) -> pd.Series:
        """Return the commune of each municipal arrondissement."""
        return arrondissement_parents(self.communes)

    @cached_property
    def without_epci(self) -> pd.Series:
        """Return the communes of the earlier year no part of which belongs to an EPCI of the reference year."""
        members = {code for units in self.units if units.level == "epci" for code in units.parts["code"].tolist()}
        return self.communes.loc[self.communes["kind"].eq(COMMUNE) & ~self.communes["code"].isin(members), "code"]

    def in_departements(self, codes: tuple[str, ...]) -> pd.Series:
        """Return the communes of the earlier year that lie in some départements."""
        inside = self.communes["kind"].eq(COMMUNE) & self.communes["departement"].isin(codes)
        return self.communes.loc[inside, "code"]


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

    @cached_property
    def sizes(self) -> pd.Series:
        """Return how many communes each unit is made of."""
        return self.parts["unit"].value_counts()

    def holding(self, communes: pd.Series) -> "Units":
        """Return the units that hold some of these communes."""
        named = self.parts.loc[self.parts["code"].isin(communes), "unit"]
        return replace(self, whole=self.whole[self.whole.isin(named)])

    def expected(self, left_out: pd.Series) -> pd.Series:
        """Return how many communes each unit is made of, but for those that a source leaves out of larger units."""
        outside = self.parts["code"].isin(left_out)
        if not outside.any():
            return self.sizes
        wholly = outside.groupby(self.parts["unit"]).transform("all")
        return self.parts.loc[~outside | wholly, "unit"].value_counts()


def communes_named(facts: pd.DataFrame) -> set[str]:
    """Return the codes of the communes that some facts are of."""
    return set(facts.loc[facts["level"].eq("commune"), "code"].unique().tolist())


def perimeter_from(
    year: int, years: dict[int, pd.DataFrame], reference: int, codes: pd.DataFrame | None = None
) -> Perimeter:
    """Return the perimeter from the communes of a year to those of the reference year (rule R16).

    years: the yearly tables that we have. codes: the passage table, for the years before them. Without it, the
    oldest of our tables stands for an earlier year, with the former communes that the file names (`naming`).

    Raises:
        UserError: a year of which nothing is known.
    """
    now = years[reference]
    if year in years:
        return Perimeter.between(years[year], now)
    if not FIRST_PASSAGE <= year < min(years):
        raise UserError(f"no communes of {year}, expected a year from {FIRST_PASSAGE} to {max(years)}")
    if codes is None:
        return Perimeter.between(years[min(years)], now)
    end = max(known for known in years if known in codes and known <= reference)
    return Perimeter.along(follow(ways_between(codes, year, end), passage(years[end], now)), now)


def to_reference(facts: pd.DataFrame, source: Source, perimeter: Perimeter) -> pd.DataFrame:
    """Return the facts of one source in the reference geography, with every total that can be computed.

    Rows that the producer publishes above the commune are kept as they are.
    """
    if source.totals.alone:
        alone = facts["measure"].isin(source.totals.alone)
        added = replace(source.totals, alone=frozenset())
        parts = (
            (facts[~alone], replace(source, totals=added)),
            (facts[alone], replace(source, totals=replace(added, additive=False))),
        )
        return pd.concat([to_reference(part, of, perimeter) for part, of in parts], ignore_index=True)
    whole = whole_communes(facts, source, perimeter.parents)
    published = whole[whole["level"] != "commune"]
    by_commune = whole[whole["level"] == "commune"]
    rows = [published, communes_now(by_commune, source, perimeter.ways)]
    if source.totals.additive and len(by_commune):
        rows.append(totals(by_commune, source, perimeter, already=published))
        if source.totals.also_in_epcis:
            rows.append(totals_in_epcis(by_commune, source, perimeter))
    return pd.concat(rows, ignore_index=True)


def restore_absent(facts: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the facts with a `secret` row for each commune that the producer left out as too small.

    Until 2019, Filosofi has no row for a commune of fewer than 50 tax households. communes: those of the year of
    the source's geography (code, kind, epci, parent). Each period and measure given by commune is completed for
    the EPCIs that have a row there, and for them only: an extract is not taken for the whole of France, nor is a
    département that the source does not cover, or an island without EPCI, taken for a secret.
    """
    tables = [facts]
    for key, rows in facts[facts["level"].eq("commune")].groupby([*KEY, "source"], observed=True):
        period, measure, source = key
        absent = absent_communes(rows["code"], communes).to_frame("code")
        secret = absent.assign(level="commune", period=period, measure=measure, source=source)
        tables.append(secret.assign(value=float("nan"), status=SECRET, parts=1)[COLUMNS])
    return pd.concat(tables, ignore_index=True)


def fill_zeros(facts: pd.DataFrame, communes: pd.DataFrame, *, everywhere: bool, each: frozenset[str]) -> pd.DataFrame:
    """Return the facts with a 0 for each commune that a whole list does not name: it has none of these things.

    everywhere: the list covers every commune; else those of the EPCIs that it names. each: see model.Source.
    """
    tables = [facts]
    by_commune = facts[facts["level"].eq("commune")]
    for period, rows in by_commune.groupby("period", observed=True):
        covered = communes.loc[communes["kind"].eq(COMMUNE), "code"]
        if not everywhere:
            named = rows["code"].drop_duplicates()
            covered = pd.concat([named, absent_communes(named, communes)])
        for (measure, source), part in rows.groupby(["measure", "source"], observed=True):
            present = _whole(part["code"], communes)
            none = pd.DataFrame({"code": covered[~covered.isin(present)]})
            none = none.assign(level="commune", period=period, measure=measure, source=source)
            value = part["value"].max() if measure in each else 0.0
            tables.append(none.assign(value=value, status=OK, parts=1)[COLUMNS])
    return pd.concat(tables, ignore_index=True)


def absent_communes(codes: pd.Series, communes: pd.DataFrame) -> pd.Series:
    """Return the communes that are not among the codes, of the EPCIs that have a commune among them."""
    present = _whole(codes, communes)
    table = communes[communes["kind"].eq(COMMUNE)]
    here = table["code"].isin(present)
    covered = table["epci"].isin(table.loc[here, "epci"].dropna())
    return table.loc[covered & ~here, "code"]


def _whole(codes: pd.Series, communes: pd.DataFrame) -> pd.Series:
    """Return the codes of communes, a municipal arrondissement told as its commune."""
    parents = dict(arrondissement_parents(communes))
    return codes.map(lambda code: parents.get(code, code))


def whole_communes(facts: pd.DataFrame, source: Source, parents: pd.Series) -> pd.DataFrame:
    """Return the facts with Paris, Lyon and Marseille as one commune each.

    Where the source gives arrondissements only, they are summed, and left out if its figures cannot be added up; where
    it gives the commune, they are dropped.
    """
    is_part = facts["level"].eq("commune") & facts["code"].isin(parents.index)
    parts, whole = facts[is_part], facts[~is_part]
    parts = parts.assign(code=parts["code"].map(parents))
    given = whole["code"][whole["code"].isin(parents.unique())]
    parts = parts[~parts["code"].isin(given)]
    if parts.empty or not source.totals.additive:
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
    if len(merged) and source.totals.additive:
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
    left_out = perimeter.in_departements(source.totals.outside)
    summed = _by_units(facts, source, perimeter.units, left_out)
    if already.empty:
        return summed
    known = pd.MultiIndex.from_frame(already[["level", "code", *KEY]])
    return summed[~pd.MultiIndex.from_frame(summed[["level", "code", *KEY]]).isin(known)]


def totals_in_epcis(facts: pd.DataFrame, source: Source, perimeter: Perimeter) -> pd.DataFrame:
    """Return the totals without the communes that are in no EPCI, of the places that hold one: `<measure>_in_epcis`.

    Mayotte, whose only population is that of 2017, is left out too. The communes are those of the EPCIs of the
    reference year, whatever the period and the source: two dates, or a flow and a population, are of the same ones.
    """
    alone = perimeter.without_epci
    left_out = pd.concat([perimeter.in_departements((MAYOTTE,)), alone])
    holding = [units.holding(alone) for units in perimeter.units]
    summed = _by_units(facts[~facts["code"].isin(left_out)], source, holding, left_out)
    return summed.assign(measure=summed["measure"].astype(str) + IN_EPCIS)


def _by_units(facts: pd.DataFrame, source: Source, levels: list[Units], left_out: pd.Series) -> pd.DataFrame:
    """Return the sums of communes by unit of each level. left_out: communes that are not expected in them.

    Codes, periods and measures become categories, numbered once for all the levels.
    """
    numbered = facts.astype(dict.fromkeys(["code", *KEY], "category"))
    communes = numbered["code"].cat
    tables = [numbered[:0].assign(level="")]
    for units in levels:
        of_commune = pd.Categorical(units.whole.reindex(communes.categories))
        unit = pd.Categorical.from_codes(of_commune.codes[communes.codes], dtype=of_commune.dtype)
        inside = numbered.assign(code=unit)[~unit.isna()]
        tables.append(sum_up(inside, source, units.expected(left_out)).assign(level=units.level))
    text = facts.dtypes[["code", *KEY]].to_dict()
    return pd.concat([table.astype(text) for table in tables], ignore_index=True)[COLUMNS]


def sum_up(facts: pd.DataFrame, source: Source, expected: pd.Series) -> pd.DataFrame:
    """Return the sums of facts by unit, period and measure.

    expected: how many parts each unit must have; a unit that lacks one, or has one without a value, is `nd`.

    Raises:
        NotAdditiveError: the source's figures cannot be added up (a rate, a median, rounded counts).
    """
    if not source.totals.additive:
        raise NotAdditiveError(f"{source.id}: these figures cannot be added up, ask the producer for the total")
    grouped = facts.assign(known=facts["status"].eq(OK)).groupby(["code", *KEY], as_index=False, observed=True)
    sums = grouped[["value", "known", "parts"]].sum()
    complete = sums["known"].eq(sums["code"].astype(object).map(expected))
    sums["value"] = sums["value"].round(6).where(complete)
    sums["status"] = complete.map({True: OK, False: MISSING})
    return sums.assign(source=source.id, level="")[COLUMNS]
