"""Communes, EPCIs, départements, régions and France: who belongs to whom, and what became of whom."""

from collections import Counter

import pandas as pd

from ctg_analysis.model.errors import UserError
from ctg_analysis.model.habits import folded, quote

COMMUNE, ARRONDISSEMENT = "commune-actuelle", "arrondissement-municipal"
MAYOTTE = "976"  # which the census files leave out
FRANCE, METROPOLITAN_FRANCE = "F", "FM"
BORDER = {  # départements
    "01", "02", "04", "05", "06", "08", "09", "25", "31", "39", "54", "55", "57", "59", "64", "65", "66", "67", "68",
    "73", "74", "90",
}  # fmt: skip
OVERSEAS_COLLECTIVITIES = "com"  # zone of Saint-Pierre-et-Miquelon, Polynésie...: outside every total of France

MEMBERSHIP = {"secteur": "secteur", "epci": "epci", "departement": "departement", "region": "region"}


def territories(
    communes: pd.DataFrame, epcis: pd.DataFrame, departements: pd.Series, regions: pd.Series, france: dict[str, str]
) -> pd.DataFrame:
    """Return every territory of a year, one row each.

    Columns: code, level, name, epci, departement, region, zone, parent; of communes, total_population and total_census
    where they are known (see clean.frame). An EPCI that lies across several départements or régions has them all,
    separated by |, that of most of its communes first. Municipal arrondissements have the level `arrondissement` and
    their commune as parent.
    """
    places = communes.assign(level=communes["kind"].map({COMMUNE: "commune", ARRONDISSEMENT: "arrondissement"}))
    columns = ["code", "level", "name", "epci", "departement", "region", "zone", "parent"]
    places = places.reindex(columns=[*columns, "total_population", "total_census"])
    members = places[places["level"].eq("commune") & places["epci"].notna()]
    across = members.groupby("epci")[["departement", "region", "zone"]].agg(
        lambda codes: "|".join(code for code, _ in Counter(sorted(codes)).most_common())
    )
    epci_rows = epcis[["code", "name"]].assign(level="epci").merge(across, left_on="code", right_index=True)
    communes_in_france = places[places["zone"] != OVERSEAS_COLLECTIVITIES]
    departement_rows = communes_in_france.groupby("departement", as_index=False)[["region", "zone"]].first()
    codes = departement_rows["departement"]
    departement_rows = departement_rows.assign(code=codes, level="departement", name=codes.map(departements))
    region_rows = communes_in_france.groupby("region", as_index=False)[["zone"]].first()
    codes = region_rows["region"]
    region_rows = region_rows.assign(code=codes, level="region", name=codes.map(regions))
    france_rows = pd.DataFrame({"code": list(france), "level": "france", "name": list(france.values())})
    table = pd.concat([places, epci_rows, departement_rows, region_rows, france_rows], ignore_index=True)
    unnamed = table.loc[table["name"].isna(), "code"]
    if len(unnamed):
        raise UserError(f"data/reference: no name for {', '.join(unnamed)}, expected one line each")
    return table


def membership(territories: pd.DataFrame) -> pd.DataFrame:
    """Return what each territory is made of: columns territory, level, commune."""
    communes = territories[territories["level"].eq("commune")]
    rows = [pd.DataFrame({"territory": communes["code"], "level": "commune", "commune": communes["code"]})]
    for level, column in _levels(communes).items():
        inside = communes[communes[column].notna()]
        rows.append(pd.DataFrame({"territory": inside[column], "level": level, "commune": inside["code"]}))
    return pd.concat(rows, ignore_index=True)


def passage(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return what each commune of one year became in a later year.

    Columns: code (of the earlier year), commune (of the later year), split. A merged commune leads to the one
    that took it in. A commune that was split leads to each of its parts, with `split` True: its figures
    cannot be shared out between them (rule R16).
    """
    before, after = _communes(before), _communes(after)
    codes = before["code"].tolist()
    current, existed = set(after["code"].tolist()), set(codes)
    heir = {former: code for code, former in _former_codes(after)}
    own = [(code, code if code in current else heir.get(code)) for code in codes]
    reborn = [(code, part) for code, part in _former_codes(before) if part in current and part not in existed]
    rows = pd.DataFrame(own + reborn, columns=["code", "commune"], dtype=str)
    lost = rows.loc[rows["commune"].isna(), "code"]
    if len(lost):
        raise UserError(f"communes without an heir: {', '.join(lost)}, expected them among the anciens_codes")
    return _ways(rows)


def former_communes(communes: pd.DataFrame) -> pd.Series:
    """Return the commune that holds each former one: index former code, value code."""
    pairs = pd.DataFrame(_former_codes(communes), columns=["code", "former"], dtype=str)
    return pairs.drop_duplicates("former", keep="last").set_index("former")["code"]


def with_former(communes: pd.DataFrame, codes: set[str]) -> pd.DataFrame:
    """Return the communes of a year with the former ones that a file still names: its geography is an older one.

    codes: those that the file names. A commune that the file does not name, where it names one that this commune
    holds, is left out: it did not exist yet, or bore another code.
    """
    held = former_communes(communes)
    held = held[held.index.isin(codes - set(communes["code"]))]
    rows = communes.set_index("code").loc[held].reset_index().assign(code=held.index, former_codes=None)
    newer = set(held) - codes
    return pd.concat([communes[~communes["code"].isin(newer)], rows], ignore_index=True)


def joined_again(communes: pd.DataFrame, before: pd.DataFrame, codes: tuple[str, ...]) -> pd.DataFrame:
    """Return the communes of a year with some as they were in an earlier one: a file still has their parts in them.

    before: the communes of that year. codes: those that the parts have left.
    """
    older = before[before["code"].isin(codes)]
    parts = former_communes(older).index
    return pd.concat([communes[~communes["code"].isin([*codes, *parts])], older], ignore_index=True)


def ways_between(codes: pd.DataFrame, year: int, end: int) -> pd.DataFrame:
    """Return what each commune of one year became in a later one, by a table of codes.

    codes: one column per year; each row follows one commune, with the code of the one that held it that year,
    missing when there was none (see clean.frame). Columns: those of `passage`.

    Raises:
        UserError: the table does not go back to that year.
    """
    if year not in codes:
        known = f"{min(codes.columns)} to {max(codes.columns)}"
        raise UserError(f"no communes of {year} in the passage table, expected a year from {known}")
    return _ways(pd.DataFrame({"code": codes[year], "commune": codes[end]}).dropna())


def follow(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Return the ways that lead from the start of `earlier`, through its end, to the end of `later`.

    A commune that was split and whose parts have met again is whole: its figures were never to be shared out.

    Raises:
        UserError: communes at the end of `earlier` that `later` does not start from.
    """
    after = later.rename(columns={"code": "commune", "commune": "now"})[["commune", "now"]]
    rows = earlier[["code", "commune"]].merge(after, on="commune", how="left")
    lost = rows.loc[rows["now"].isna(), "commune"].unique()
    if len(lost):
        raise UserError(f"communes without an heir: {', '.join(lost[:10])}, expected those of the passage table's end")
    return _ways(pd.DataFrame({"code": rows["code"], "commune": rows["now"]}))


def communes_along(ways: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Return the communes that ways start from, and the municipal arrondissements, as far as the ways tell.

    Columns: code, kind, departement, epci, parent. The département is that of the code; the EPCI is the one that
    the commune, or one of its parts, belongs to in the reference year.

    Raises:
        UserError: Paris, Lyon or Marseille is in `now` and not among the ways.
    """
    arrondissements = now[now["kind"].eq(ARRONDISSEMENT)]
    lost = sorted(set(arrondissements["parent"]) - set(ways["code"]))
    if lost:
        raise UserError(f"no commune {', '.join(lost)} in the passage table, expected it besides its arrondissements")
    first = ways.drop_duplicates("code")
    codes = first["code"]
    communes = pd.DataFrame(
        {
            "code": codes,
            "kind": COMMUNE,
            "departement": codes.str[:3].where(codes.str[:2].isin(["97", "98"]), codes.str[:2]),
            "epci": first["commune"].map(_communes(now).set_index("code")["epci"]),
            "parent": None,
        }
    )
    return pd.concat([communes, arrondissements[list(communes)]], ignore_index=True)


def arrondissement_parents(communes: pd.DataFrame) -> pd.Series:
    """Return the commune of each municipal arrondissement (Paris, Lyon, Marseille)."""
    arrondissements = communes[communes["kind"] == ARRONDISSEMENT]
    return arrondissements.set_index("code")["parent"]


def unit_of(communes: pd.DataFrame) -> list[tuple[str, pd.Series]]:
    """Return, for each level above the commune, the unit of each commune; missing when it belongs to none.

    France comes twice: whole, and metropolitan.
    """
    table = _communes(communes).set_index("code")
    in_france = table["zone"].ne(OVERSEAS_COLLECTIVITIES)
    units = [(level, table[column].where(in_france)) for level, column in _levels(table).items()]
    whole = in_france.map({True: FRANCE, False: None})
    metropolitan = table["zone"].eq("metro").map({True: METROPOLITAN_FRANCE, False: None})
    return [*units, ("france", whole), ("france", metropolitan)]


def _levels(communes: pd.DataFrame) -> dict[str, str]:
    """Return the levels above the commune, and their columns; secteurs are there for some EPCIs or for none."""
    return {level: column for level, column in MEMBERSHIP.items() if column in communes}


def _ways(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs code, commune, each once, and whether the commune was split."""
    rows = rows.drop_duplicates()
    return rows.assign(split=rows["code"].duplicated(keep=False)).sort_values("code", ignore_index=True, kind="stable")


def _former_codes(communes: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the pairs commune, former commune that it holds."""
    table = communes[communes["former_codes"].notna()]
    pairs = zip(table["code"].tolist(), table["former_codes"].tolist(), strict=True)
    return [(code, former) for code, codes in pairs for former in codes.split("|")]


def _communes(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["kind"] == COMMUNE]


def find_epci(territories: pd.DataFrame, epci: str) -> pd.Series:
    """Return the row of an EPCI.

    Raises:
        UserError: no EPCI of the reference year bears this SIREN.
    """
    row = territories[territories["level"].eq("epci") & territories["code"].eq(epci)]
    if row.empty:
        raise UserError(
            f"EPCI {quote(epci)} : aucun de ce SIREN ni de ce nom dans l'année de référence, "
            "`ctg list epci MOT` le trouve"
        )
    return row.iloc[0]


def members(territories: pd.DataFrame, epci: str) -> pd.DataFrame:
    """Return the communes of an EPCI."""
    return territories[territories["level"].eq("commune") & territories["epci"].eq(epci)]


def codes_by_name(territories: pd.DataFrame, epci: str) -> dict[str, str]:
    """Return the codes of an EPCI and of its communes by their names, folded; of two of one name, neither."""
    own = pd.concat([territories[territories["code"].eq(epci)], members(territories, epci)])
    names = own.set_index("code")["name"].dropna().map(folded).drop_duplicates(keep=False)
    return dict(zip(names, names.index, strict=True))


def of_same_departements(territories: pd.DataFrame, epci: str) -> list[str]:
    """Return the other EPCIs of the département(s) of an EPCI, by SIREN."""
    own = set(find_epci(territories, epci)["departement"].split("|"))
    others = territories[territories["level"].eq("epci") & territories["code"].ne(epci)]
    shared = others["departement"].str.split("|").map(lambda codes: not own.isdisjoint(codes))
    return sorted(others.loc[shared.astype(bool), "code"])


def epcis_of(territories: pd.DataFrame, departement: str) -> list[str]:
    """Return the EPCIs with a commune in a département, by SIREN.

    Raises:
        UserError: there is none.
    """
    epcis = territories[territories["level"].eq("epci")]
    codes = sorted(epcis.loc[epcis["departement"].str.split("|").map(lambda some: departement in some), "code"])
    if not codes:
        raise UserError(f"département {quote(departement)} : aucun EPCI, attendu un code tel que 01, 2A ou 974")
    return codes


def comparators(territories: pd.DataFrame, epci: str) -> pd.DataFrame:
    """Return the EPCI, then its département(s), région(s) and France, in this order."""
    row = find_epci(territories, epci)
    wanted = [("epci", epci)]
    wanted += [("departement", code) for code in row["departement"].split("|")]
    wanted += [("region", code) for code in row["region"].split("|")]
    wanted += [("france", FRANCE)]
    return territories[territories["level"].ne("commune")].set_index(["level", "code"]).loc[wanted].reset_index()
