"""Communes that a file does not name: what their absence says of them, where its source says it."""

import pandas as pd

from ctg_analysis.cleaning.arrondissements import added_arrondissements, in_communes
from ctg_analysis.core.datasets import Coverage, Source
from ctg_analysis.core.facts import alike
from ctg_analysis.core.model import OK, SECRET
from ctg_analysis.core.territories import COMMUNE, OVERSEAS_COLLECTIVITIES

SERIES = ["period", "measure", "source"]


def with_absent(
    facts: pd.DataFrame, source: Source, communes: pd.DataFrame, listed: pd.DataFrame | None
) -> pd.DataFrame:
    """Return the facts with the communes that have no row, when the source says what that means.

    listed: of the communes, those that the files cover (see `certificates.RawFolder.listed`). What a list of France
    says nothing of in an overseas collectivity (Polynésie) is unknown, not 0.
    """
    match source.coverage.absent:
        case "secret":
            of_large = facts["measure"].isin(source.of_large_communes)
            return pd.concat([restore_absent(facts[~of_large], communes), facts[of_large]], ignore_index=True)
        case "zero":
            covered = communes if listed is None else listed
            covered = covered[covered["zone"].ne(OVERSEAS_COLLECTIVITIES)] if "zone" in covered else covered
            covered = covered[~covered["departement"].isin(source.totals.outside)]
            facts = added_arrondissements(facts, communes) if source.geography.arrondissements else facts
            return fill_zeros(facts, covered, source.coverage, everywhere=listed is not None)
        case "uninhabited":
            return with_uninhabited(facts, source, communes)
        case _:
            return facts


def restore_absent(facts: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the facts with a `secret` row for each commune that the producer left out as too small.

    Until 2019, Filosofi has no row for a commune of fewer than 50 tax households. communes: those of the year of
    the source's geography (code, kind, epci, parent). Each period and measure given by commune is completed for
    the EPCIs that have a row there, and for them only: an extract is not taken for the whole of France, nor is a
    département that the source does not cover, or an island without EPCI, taken for a secret.
    """
    named = _named(facts, communes)
    absent = _unnamed(_of_these_epcis(named, communes), named)
    return _with_rows(facts, absent.assign(value=float("nan"), status=SECRET))


def fill_zeros(facts: pd.DataFrame, communes: pd.DataFrame, coverage: Coverage, *, everywhere: bool) -> pd.DataFrame:
    """Return the facts with a 0 for each commune that a whole list does not name: it has none of these things.

    everywhere: the list covers every commune; else those of the EPCIs that it names.
    """
    named = _named(facts, communes)
    by_period = named[["period", "code"]].drop_duplicates()
    if everywhere:
        codes = communes.loc[communes["kind"].eq(COMMUNE), ["code"]]
        covered = by_period[["period"]].drop_duplicates().merge(codes, "cross")
    else:
        covered = pd.concat([by_period, _of_these_epcis(by_period, communes)]).drop_duplicates()
    if coverage.in_each_departement:
        covered = _of_these_departements(covered, by_period, communes)
    none = _unnamed(named[SERIES].drop_duplicates().merge(covered, on="period"), named)
    same = facts[facts["level"].eq("commune") & facts["measure"].isin(coverage.each)]
    same = same.groupby(SERIES, as_index=False)["value"].max()
    none = none.merge(same, on=SERIES, how="left").fillna({"value": 0.0})
    return _with_rows(facts, none.assign(status=OK))


def with_uninhabited(facts: pd.DataFrame, source: Source, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the facts with a 0 for each commune without inhabitants, of the départements that they name.

    Where nobody lives, a file of homes has no row: without this, larger places would have no total. Measures that
    are not added up (`Totals.alone`) stay without a value there.
    """
    alone = facts["measure"].isin(source.totals.alone)
    named = communes.loc[communes["code"].isin(facts["code"]), "departement"]
    empty = communes[communes["population"].eq(0) & communes["departement"].isin(named)]
    added = fill_zeros(facts[~alone], empty, source.coverage, everywhere=True)
    return pd.concat([added, facts[alone]], ignore_index=True)


def without_small(facts: pd.DataFrame, source: Source, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the facts without a value for the communes of `Coverage.above` inhabitants or fewer, as its producer does.

    communes: those of the year of the source's geography, with their population. One whose population is unknown has
    no value either.
    """
    large = communes.loc[communes["population"].gt(source.coverage.above), "code"]
    small = facts["level"].eq("commune") & ~facts["code"].isin(large)
    return facts[~small]


def _named(facts: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the communes that each series of facts names: a municipal arrondissement names its commune."""
    rows = facts.loc[facts["level"].eq("commune"), [*SERIES, "code"]]
    return rows.assign(code=in_communes(rows["code"], communes)).drop_duplicates()


def _of_these_epcis(named: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Return every commune of the EPCIs that have one among those that are named, with what they are named with."""
    members = communes.loc[communes["kind"].eq(COMMUNE) & communes["epci"].notna(), ["code", "epci"]]
    epcis = named.merge(members, on="code").drop(columns="code").drop_duplicates()
    return epcis.merge(members, on="epci").drop(columns="epci")


def _of_these_departements(covered: pd.DataFrame, named: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the communes covered in a period that are in a département of which one is named then."""
    members = communes.loc[communes["kind"].eq(COMMUNE), ["code", "departement"]]
    there = named.merge(members, on="code")[["period", "departement"]].drop_duplicates()
    return covered.merge(members, on="code").merge(there, on=["period", "departement"])[covered.columns]


def _unnamed(rows: pd.DataFrame, named: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of communes that a series does not name."""
    key = [*SERIES, "code"]
    again = pd.concat([named[key], rows[key]], ignore_index=True).duplicated()
    return rows[~again.to_numpy()[len(named) :]]


def _with_rows(facts: pd.DataFrame, added: pd.DataFrame) -> pd.DataFrame:
    rows = alike(added.assign(level="commune", parts=1, few=0), facts)
    return pd.concat([facts, rows], ignore_index=True)
