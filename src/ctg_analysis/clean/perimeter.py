"""From the communes of a dataset's own year to the communes, EPCIs and totals of the reference geography."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from ctg_analysis.model.errors import UserError
from ctg_analysis.model.facts import LEVEL, STATUS, alike, everywhere
from ctg_analysis.model.indicator import MISSING, OK, SECRET
from ctg_analysis.model.norms import norm
from ctg_analysis.model.source import Source
from ctg_analysis.model.territories import (
    COMMUNE,
    arrondissement_parents,
    communes_along,
    follow,
    former_communes,
    passage,
    unit_of,
    ways_between,
    with_former,
)

KEY = ["source", "period", "measure"]
ADDED = ["value", "known", "parts", "few"]  # known: whether there is a figure
OLDEST = 3  # years: a population may be that much older than what is counted over it


class NotAdditiveError(ValueError):
    """A total was asked of figures that only their producer can add up."""


def sum_up(facts: pd.DataFrame, source: Source, expected: pd.Series) -> pd.DataFrame:
    """Return the sums of facts by unit, period and measure, as facts of communes.

    expected: how many parts each unit must have; a unit that lacks one, or has one without a value, is `nd`, unless its
    source is a list (see source.Totals): then it is the sum of the parts with a value. What is withheld below a known
    number (`Totals.withheld_below`) counts as 1, the least that it is (rule R3).

    Raises:
        NotAdditiveError: the source's figures cannot be added up (a rate, a median).
    """
    grouped = addends(facts, source).groupby(["code", *KEY], as_index=False, observed=True)
    return finish(grouped[ADDED].sum(), source, expected, facts)


def addends(facts: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Return facts with what is added up of each: ADDED.

    Raises:
        NotAdditiveError: as `sum_up` does.
    """
    if not source.totals.additive:
        raise NotAdditiveError(f"{source.id}: these figures cannot be added up, ask the producer for the total")
    known, alone = facts["status"].eq(OK), facts["parts"].eq(1)
    withheld = facts["status"].eq(SECRET) & bool(source.totals.withheld_below)
    few = facts["few"].mask(alone, (withheld | facts["value"].eq(0)).astype(int))
    return facts.assign(value=facts["value"].mask(withheld, 1.0), known=known | withheld, few=few)


def finish(sums: pd.DataFrame, source: Source, expected: pd.Series, facts: pd.DataFrame) -> pd.DataFrame:
    """Return sums of ADDED by unit (`code`), period and measure as facts like those that they are of."""
    complete = sums["known"].gt(0) if source.totals.listed else sums["known"].eq(sums["code"].map(expected))
    sums["value"] = sums["value"].round(6).where(complete)
    status = everywhere(OK, STATUS, sums).where(complete, MISSING)
    return alike(sums.assign(level=everywhere("commune", LEVEL, sums), status=status), facts)


def with_inhabitants(facts: pd.DataFrame, populations: pd.DataFrame) -> pd.DataFrame:
    """Return facts with the inhabitants of their places: the latest count of the year or before, OLDEST years at most.

    populations: of a place and year, the first counts. A fact of which no population is known is `nd`.
    """
    known = populations[populations["status"].eq(OK)]
    known = known.assign(year=known["period"].astype(int), inhabitants=known["value"])
    known = known.sort_values("year", kind="stable")
    known = known.drop_duplicates(["code", "year"])[["code", "year", "inhabitants"]].astype({"code": object})
    rows = facts.astype({"code": object}).assign(year=facts["period"].str[:4].astype(int))
    rows = pd.merge_asof(rows.sort_values("year", kind="stable"), known, on="year", by="code", tolerance=OLDEST)
    return rows.assign(status=rows["status"].mask(rows["status"].eq(OK) & rows["inhabitants"].isna(), MISSING))


def with_split(populations: pd.DataFrame, ways: pd.DataFrame) -> pd.DataFrame:
    """Return populations, first those of communes that were split since: the sum of their parts, where all are known.

    ways: see `territories.passage`.
    """
    parts = ways.loc[ways["split"], ["code", "commune"]].rename(columns={"code": "whole", "commune": "code"})
    key = ["whole", "period", "measure"]
    rows = populations[populations["status"].eq(OK)].merge(parts, on="code")
    of_all = rows.groupby(key, observed=True)["value"]
    complete = of_all.transform("size").eq(rows["whole"].map(parts["whole"].value_counts()))
    sums = rows.assign(value=of_all.transform("sum"), code=rows["whole"])[complete].drop_duplicates(key)
    return pd.concat([sums[populations.columns], populations], ignore_index=True)


def whole_communes(facts: pd.DataFrame, source: Source, parents: pd.Series) -> pd.DataFrame:
    """Return the facts with Paris, Lyon and Marseille as one commune each.

    Where a source gives arrondissements only, for a period and a measure, they are summed, and left out if its figures
    cannot be added up; where it gives the commune, they are dropped.
    """
    is_part = facts["level"].eq("commune") & facts["code"].isin(parents.index)
    if not is_part.any():
        return facts
    parts, whole = facts[is_part], facts[~is_part]
    parts = parts.assign(code=parts["code"].map(parents))
    given = whole.loc[whole["level"].eq("commune") & whole["code"].isin(parents), ["code", *KEY]]
    series = pd.MultiIndex.from_frame(parts[["code", *KEY]].astype(str))
    parts = parts[~series.isin(pd.MultiIndex.from_frame(given.astype(str)))]
    if parts.empty or not source.totals.additive:
        return whole
    summed = sum_up(parts, source, parents.value_counts())
    return pd.concat([whole, summed], ignore_index=True)


def in_communes(codes: pd.Series, communes: pd.DataFrame) -> pd.Series:
    """Return codes of communes, that of its commune in the place of each arrondissement's."""
    parents = arrondissement_parents(communes)
    parts = codes.isin(parents.index)
    return codes.where(~parts, codes[parts].map(parents)) if parts.any() else codes


def added_arrondissements(facts: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the facts of a list with what stands under an arrondissement and under its commune added up.

    Where one of them is without a value, so is the commune.
    """
    place = in_communes(facts["code"], communes)
    ours = facts["level"].eq("commune") & place.isin(arrondissement_parents(communes))
    parts = facts[ours].assign(code=place, unknown=facts["status"].ne(OK))
    sums = parts.groupby(["code", *KEY], as_index=False, observed=True)
    whole = sums[["value", "unknown", "parts", "few"]].sum()
    known = whole["unknown"].eq(0)
    status = known.map({True: OK, False: MISSING})
    whole = whole.assign(level="commune", value=whole["value"].where(known), status=status)
    return pd.concat([facts[~ours], alike(whole, facts)], ignore_index=True)


# Merged communes are summed, split ones become `nd`, nothing is prorated (rule R16). A total is the sum of all
# its communes or it is `nd`: a missing commune makes a sum missing, not smaller.


@dataclass(frozen=True)
class Perimeter:
    """How the communes of one year lead to the places of the reference year.

    communes: those of the earlier year (code, kind, departement, epci, parent). ways: see territories.passage.
    units: what each level is made of.
    """

    communes: pd.DataFrame
    ways: pd.DataFrame
    units: "Units"

    @classmethod
    def between(cls, then: pd.DataFrame, now: pd.DataFrame) -> "Perimeter":
        """Return the perimeter from the communes of one year to those of the reference year."""
        ways = passage(then, now)
        return cls(then, ways, Units.of(ways, now))

    @classmethod
    def along(cls, ways: pd.DataFrame, now: pd.DataFrame) -> "Perimeter":
        """Return the perimeter from an earlier year of which only the ways to the reference year are known."""
        return cls(communes_along(ways, now), ways, Units.of(ways, now))

    def naming(self, codes: set[str], now: pd.DataFrame) -> "Perimeter":
        """Return the perimeter with the former communes that a file names, when it is older than its geography."""
        return Perimeter.between(with_former(self.communes, codes), now)

    def former(self, codes: set[str]) -> set[str]:
        """Return which codes are former communes of this year's; none is known when a passage table led here."""
        return codes & self._former - self.known

    @cached_property
    def known(self) -> set[str]:
        """Return the codes of this year's communes."""
        return set(self.communes["code"].tolist())

    @cached_property
    def _former(self) -> set[str]:
        return set(former_communes(self.communes).index) if "former_codes" in self.communes else set()

    @cached_property
    def parents(self) -> pd.Series:
        """Return the commune of each municipal arrondissement."""
        return arrondissement_parents(self.communes)

    @cached_property
    def moved(self) -> pd.DataFrame:
        """Return the ways that do not lead a whole commune to one that is nothing else under the same code."""
        merged = self.ways["commune"].duplicated(keep=False)
        return self.ways.assign(merged=merged)[merged | self.ways["split"] | self.ways["code"].ne(self.ways["commune"])]

    @cached_property
    def changed_epcis(self) -> set[str]:
        """Return the EPCIs that are not made of the same communes in the earlier year and in the reference year."""
        then = self.communes.loc[self.communes["kind"].eq(COMMUNE) & self.communes["epci"].notna(), ["code", "epci"]]
        units = self.units.at("epci")
        codes, epcis = units.codes[units.parts["commune"]], units.places["code"].loc[units.parts["unit"]]
        members = pd.concat([then, pd.DataFrame({"code": codes, "epci": epcis.to_numpy()})])
        return set(members.loc[~members.duplicated(keep=False), "epci"])


@dataclass(frozen=True)
class Units:
    """The units of every level, made of the communes of an earlier year.

    codes: the communes of then. places: level and code of each unit, numbered from 0. parts: pairs commune of then
    (its rank among the codes), unit that holds some of it now (its number), whether it holds all of it, and the
    partition that the unit is of (see territories.unit_of); a commune that was split between two units is missing from
    both.
    """

    codes: pd.Index
    places: pd.DataFrame
    parts: pd.DataFrame

    @classmethod
    def of(cls, ways: pd.DataFrame, now: pd.DataFrame) -> "Units":
        """Return the units of the communes of the reference year, reached by these ways (see territories.passage)."""
        ranks, codes = pd.factorize(ways["code"])
        split = ways["split"].to_numpy()
        every = unit_of(now)
        there = every[0][1].index.get_indexer(ways["commune"])
        places, parts = [], []
        for partition, (level, unit_of_commune) in enumerate(every):
            numbers, units = pd.factorize(unit_of_commune)
            numbers = numbers[there]
            pairs = pd.DataFrame({"commune": ranks, "unit": numbers})
            pairs = pd.concat([pairs[~split], pairs[split].drop_duplicates()])
            whole = ~pairs["commune"].duplicated(keep=False)
            first = sum(map(len, places))
            places.append(pd.DataFrame({"level": level, "code": units}))
            pairs = pairs.assign(unit=pairs["unit"] + first, whole=whole, partition=partition)[pairs["unit"].ge(0)]
            parts.append(pairs)
        units = pd.concat(places, ignore_index=True).astype({"level": LEVEL})
        return cls(pd.Index(codes), units, pd.concat(parts, ignore_index=True))

    def at(self, *levels: str) -> "Units":
        """Return the units of some levels only."""
        kept = self.places["level"].isin(levels).to_numpy()
        return replace(self, parts=self.parts[kept[self.parts["unit"]]])

    def expected(self, left_out: pd.Series) -> pd.Series:
        """Return how many communes each unit is made of, but France for those that a source leaves out."""
        unit = self.parts["unit"]
        sizes = unit.value_counts()
        there = unit[~self.parts["commune"].isin(self.codes.get_indexer(left_out.unique()))].value_counts()
        return sizes.where(self.places["level"].reindex(sizes.index).ne("france"), there.reindex(sizes.index))

    @cached_property
    def _holders(self) -> list[np.ndarray]:
        """Return, for each partition, the unit that holds all of each commune of then, by its rank; -1 if none does."""
        holders = []
        for _, parts in self.parts[self.parts["whole"]].groupby("partition"):
            units = np.full(len(self.codes), -1)
            units[parts["commune"]] = parts["unit"]
            holders.append(units)
        return holders

    def sums(self, figures: pd.DataFrame, series: np.ndarray) -> pd.DataFrame:
        """Return the sums of figures of communes (`code`) by unit (its number, `code`) and series.

        series: the number of that of each row. Whole figures are added up exactly: their decimals are added up apart.
        """
        communes, count = self.codes.get_indexer(figures["code"]), series.max() + 1
        names = [name for name in figures if name != "code"]
        decimals, whole = np.modf(np.nan_to_num(figures[names].to_numpy(float).T))
        columns = [[part for part in parts if part.any()] or [parts[0]] for parts in zip(whole, decimals, strict=True)]
        cells_of, sums_of = [], []
        for holders in self._holders:
            units = np.where(communes < 0, -1, holders[communes])
            there = np.flatnonzero(units >= 0)
            ranks, cells = pd.factorize(units[there] * count + series[there])
            cells_of.append(cells)
            sums_of.append([sum(np.bincount(ranks, part[there], len(cells)) for part in parts) for parts in columns])
        cells = np.concatenate(cells_of)
        sums = dict(zip(names, np.hstack(sums_of), strict=True))
        return pd.DataFrame({"code": cells // count, "series": cells % count} | sums)


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
    first = int(norm("first_passage_year"))
    if not first <= year < min(years):
        raise UserError(f"no communes of {year}, expected a year from {first} to {max(years)}")
    if codes is None:
        return Perimeter.between(years[min(years)], now)
    end = max(known for known in years if known in codes and known <= reference)
    return Perimeter.along(follow(ways_between(codes, year, end), passage(years[end], now)), now)


def to_reference(facts: pd.DataFrame, source: Source, perimeter: Perimeter) -> pd.DataFrame:
    """Return the facts of sources that add up alike in the reference geography, with every total that can be computed.

    Rows that the producer publishes above the commune are kept as they are.
    """
    rules = {measure: source.totals.of(measure) for measure in facts["measure"].unique()}
    if {*rules.values()} - {source.totals}:
        alike = [(rule, [name for name in rules if rules[name] == rule]) for rule in dict.fromkeys(rules.values())]
        parts = [(facts[facts["measure"].isin(names)], replace(source, totals=rule)) for rule, names in alike]
        return pd.concat([to_reference(part, of, perimeter) for part, of in parts], ignore_index=True)
    whole = whole_communes(facts, source, perimeter.parents)
    is_commune = whole["level"].eq("commune")
    published, by_commune = whole[~is_commune], whole[is_commune]
    if source.totals.departements:
        published = pd.concat([published, of_departements(published, source, perimeter)], ignore_index=True)
    rows = [published, communes_now(by_commune, source, perimeter.moved)]
    if source.totals.additive and len(by_commune):
        rows.append(totals(by_commune, source, perimeter, already=published))
    return pd.concat(rows, ignore_index=True)


def of_departements(published: pd.DataFrame, source: Source, perimeter: Perimeter) -> pd.DataFrame:
    """Return the facts of régions and France that are not published, summed from those of départements, which are.

    A région that has a département which the source leaves out is missing; France is without it.
    """
    rows = published[published["level"].eq("departement")].rename(columns={"code": "departement"})
    additive = replace(source, totals=replace(source.totals, additive=True))
    communes = perimeter.communes[perimeter.communes["kind"].eq(COMMUNE)].set_index("code")
    tables = []
    for level, unit in unit_of(perimeter.communes):
        if level in ("region", "france"):
            within = pd.DataFrame({"departement": communes["departement"], "code": unit}).dropna().drop_duplicates()
            left_out = within["departement"].isin(source.totals.outside) & (level == "france")
            expected = within.loc[~left_out, "code"].value_counts()
            tables.append(sum_up(rows.merge(within, on="departement"), additive, expected).assign(level=level))
    rows = pd.concat([published, alike(pd.concat(tables, ignore_index=True), published)], ignore_index=True)
    again = rows[["level", "code", *KEY]].duplicated()
    return rows[~again & (rows.index >= len(published))]


def without_changed_epcis(facts: pd.DataFrame, changed: set[str]) -> pd.DataFrame:
    """Return facts without the figures that are published of EPCIs whose communes have changed since (rule R16)."""
    gone = facts["level"].eq("epci") & facts["code"].isin(changed)
    return facts.assign(value=facts["value"].mask(gone), status=facts["status"].mask(gone, MISSING))


def communes_now(facts: pd.DataFrame, source: Source, moved: pd.DataFrame) -> pd.DataFrame:
    """Return the facts of communes under the codes of the reference year. moved: see `Perimeter.moved`."""
    same = ~facts["code"].isin(moved["code"])
    others = facts[~same].merge(moved, on="code", validate="m:m").assign(code=lambda rows: rows["commune"])
    without_value = {"value": float("nan"), "status": MISSING}
    split = others[others["split"]].assign(**without_value).drop_duplicates(["code", *KEY])
    rest = others[~others["split"] & ~others["code"].isin(split["code"])]
    rows, merged = [rest[~rest["merged"]], split], rest[rest["merged"]]
    if len(merged) and source.totals.additive:
        rows.append(sum_up(merged, source, moved["commune"].value_counts()))
    else:
        rows.append(merged.assign(**without_value).drop_duplicates(["code", *KEY]))
    return pd.concat([facts[same], *(alike(some, facts) for some in rows if len(some))], ignore_index=True)


def totals(facts: pd.DataFrame, source: Source, perimeter: Perimeter, already: pd.DataFrame) -> pd.DataFrame:
    """Return the facts of EPCIs, départements, régions and France, summed from communes.

    A commune that was split counts in a total when all its parts lie in it. Totals that the producer
    publishes (`already`) are not computed again; France is without the communes that the source leaves out by design.
    """
    communes = perimeter.communes[perimeter.communes["kind"].eq(COMMUNE)]
    left_out = communes.loc[communes["departement"].isin(source.totals.outside), "code"]
    summed = _by_units(facts, source, perimeter.units, left_out)
    if already.empty:
        return summed
    known = pd.MultiIndex.from_frame(already[["level", "code", *KEY]])
    return summed[~pd.MultiIndex.from_frame(summed[["level", "code", *KEY]]).isin(known)]


def _by_units(facts: pd.DataFrame, source: Source, units: Units, left_out: pd.Series) -> pd.DataFrame:
    """Return the sums of communes by unit. left_out: communes that are not expected in them.

    In the sums of départements, régions and France, those that the files lack (`Totals.lost`) count as known.
    """
    series = facts.groupby(KEY, observed=True).ngroup().to_numpy()
    keys = facts[KEY].assign(series=series).drop_duplicates("series").set_index("series")
    sums = units.sums(addends(facts, source)[["code", *ADDED]], series).join(keys, on="series")
    if source.totals.lost:
        cells = pd.MultiIndex.from_frame(sums[["series", "code"]])
        lacking = _lacking(facts, source, series, keys["period"].astype(str), units)
        sums["known"] += lacking.reindex(cells, fill_value=0).to_numpy()
    sums = finish(sums.astype({"parts": int, "few": int}), source, units.expected(left_out), facts)
    place = units.places.loc[sums["code"]].reset_index(drop=True)
    return alike(sums.assign(**place), facts)


def _lacking(facts: pd.DataFrame, source: Source, series: np.ndarray, periods: pd.Series, units: Units) -> pd.Series:
    """Return how many communes that the files lack (`Totals.lost`) have no value, by series and larger unit.

    periods: that of each series.
    """
    lost = [(number, code) for number, period in periods.items() for code in source.totals.lost_in(period)]
    known = facts["status"].eq(OK) & facts["code"].isin({code for _, code in lost})
    known = set(zip(series[known], facts.loc[known, "code"], strict=True))
    lost = pd.DataFrame([one for one in lost if one not in known], columns=["series", "code"])
    parts = units.at("departement", "region", "france").parts
    held = lost.assign(commune=units.codes.get_indexer(lost["code"])).merge(parts[parts["whole"]], on="commune")
    return held.groupby(["series", "unit"]).size()
