"""Totals that producers publish, found again from the communes, and docs/back_test.md that lists what differs and why.

Each comparison has a table: index place; columns published, found, why. `why` is worked out from figures, never
from a list of places: a difference without it is not explained, and its test fails.
"""

from dataclasses import dataclass, field, replace

import pandas as pd
from raw_files import told_cases

from ctg_analysis.clean import frame as frame_
from ctg_analysis.clean import official
from ctg_analysis.clean.facts import CLEANERS, KNOWING_COMMUNES, restore_absent, with_absent
from ctg_analysis.clean.perimeter import Perimeter, to_reference
from ctg_analysis.model.facts import facts
from ctg_analysis.model.indicator import OK
from ctg_analysis.model.norms import read_names
from ctg_analysis.model.settings import data_root, settings
from ctg_analysis.model.source import SOURCES
from ctg_analysis.model.territories import joined_again, with_former
from ctg_analysis.raw.certificates import RawFolder, read_certificate

PAGE = settings().root / "docs" / "back_test.md"
START, END = "<!-- from the shipped files -->", "<!-- end of the shipped files -->"
EPCI, AVEYRON, MAYOTTE = "200067171", "12", "976"
YEARS = range(2021, 2027)
VINTAGES = {2021: ("2019", "2018"), 2022: ("2020", "2019"), 2023: ("2020", "2020"), 2024: ("2022", "2021")}
VINTAGES |= {2025: ("2023", "2022"), 2026: ("2023", "2022")}  # of the communes, of the EPCIs: see the certificate
RPLS = {EPCI: 129, AVEYRON: 8_626, "France": 5_366_986}  # of two republishers of the register, which agree
LARGEST = 4  # persons of a household, on average, in the smallest communes
FEWEST = 50  # households: a smaller commune has no row in Filosofi 2019

# INSEE, populations de référence, "France hors Mayotte": written on its pages, in no file that we hold.
FRANCE = {"2019": 66_988_403, "2020": 67_162_154, "2022": 67_760_573, "2023": 68_094_280}


@dataclass(frozen=True)
class Comparison:
    """A total by place, as published and as found. title: which of a kind. subject: the kind, with who published it."""

    title: str
    table: pd.DataFrame
    subject: str = ""

    @property
    def differences(self) -> pd.DataFrame:
        return self.table[self.table["found"].ne(self.table["published"])]

    @property
    def unexplained(self) -> pd.DataFrame:
        return self.differences[self.differences["why"].eq("")]


@dataclass(frozen=True)
class Holdings:
    """The figures of communes that are added up, by source; tables of places by year; what was published of EPCIs."""

    figures: dict[str, pd.DataFrame]
    members: dict[int, pd.DataFrame]
    communes: dict[int, pd.DataFrame]
    epcis: dict[int, pd.DataFrame]
    lists: dict[str, "ListOfThings"] = field(default_factory=dict)
    perimeters: dict[tuple[int, int, str, tuple[str, ...]], Perimeter] = field(default_factory=dict)

    def added_up(
        self,
        name: str,
        period: str,
        of: int,
        year: int,
        level: str = "epci",
        measure: str = "population",
        source: str = "etalab_decoupage",
    ) -> pd.Series:
        """Return the sums that the product makes of the communes of a year, in those of another: index place.

        Missing where a commune is.
        """
        joined = SOURCES[source].geography.joined.get(of, ())
        key = (of, year, level, joined)
        if key not in self.perimeters:
            then = joined_again(self.communes[of], self.communes[of - 1], joined) if joined else self.communes[of]
            whole = Perimeter.between(then, self.communes[year])
            self.perimeters[key] = replace(whole, units=whole.units.at("epci", level))
        table = self.figures[name]
        rows = table[table["level"].eq("commune") & table["period"].eq(period) & table["measure"].eq(measure)]
        summed = to_reference(rows, SOURCES[source], self.perimeters[key])  # the one by default is without Mayotte
        summed = summed[summed["level"].eq(level)].set_index("code")
        return summed["value"].where(summed["status"].eq(OK))


LOST = "the list has lost Corse: unknown"
UNDER_GUADELOUPE = "Saint-Martin and Saint-Barthélemy, which the file puts under Guadeloupe"
UNDER_FIFTY = "communes under 50 households have no row"


@dataclass(frozen=True)
class ListOfThings:
    """A file of things, or of counts by commune, as its own rows have them: columns departement, value.

    It says of its things in which département they are, or the first digits of a code do. year: that of its communes.
    lost: communes that its source declares lost.
    """

    title: str
    measure: str
    period: str
    year: int
    rows: pd.DataFrame
    lost: tuple[str, ...] = ()


def counted(table: pd.DataFrame, what: str | dict) -> pd.Series:
    """Return what a list counts of each row: a thing, the sum of columns, whether a column has one of some values."""
    if what == "each":
        return pd.Series(1.0, table.index)
    if isinstance(what, dict):
        return table[[*what]].isin(what).all(axis=1).astype(float)
    return table[what.split(" + ")].astype(float).sum(axis=1, min_count=1)


OF_COMMUNES = {"insee_com", "Code_insee", "CODGEO", "DEPCOM_ARM"}


def lists_of_things(folder: dict[str, RawFolder]) -> dict[str, list[ListOfThings]]:
    """Return what the lists of the whole of France count, by source: their own rows, nothing placed or added up."""
    found: dict[str, list[ListOfThings]] = {}
    for source, title, measure, period, year, file, column, value in told_cases("lists")["lists"]:
        (path,) = folder[source].path.glob(file)
        table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, sep=";", dtype=str)
        if table[column].eq("75056").any() and table[column].eq("75101").any():  # both ways
            table = table[~table[column].str.match("751|6938|132")]
        where = table[column]
        if column in OF_COMMUNES:
            where = where.str[:3].where(where.str[:2].isin(["97", "98"]), where.str[:2])
        where = where.str.replace(r"^0(?=..$)", "", regex=True)
        rows = pd.DataFrame({"departement": where, "value": counted(table, value)}).dropna()
        lost = SOURCES[source].totals.lost_in(period)
        found.setdefault(source, []).append(ListOfThings(title, measure, period, year, rows, lost))
    return found


def shipped() -> Holdings:
    """Return what data/raw holds, the extracts alone."""
    raw = data_root().raw
    folder = {path.name: read_certificate(path) for path in raw.iterdir() if (path / "source.yml").is_file()}
    of_france = {path.parent.name: read_certificate(path) for path in raw.glob("*/france")}
    frame = folder["etalab_decoupage"]
    files = {year: pd.read_parquet(frame.path / f"communes_{year}.parquet") for year in YEARS}
    figures = {
        f"etalab_decoupage {year} {column}": facts(
            table[["code"]].assign(value=table[column]).dropna(),
            "etalab_decoupage",
            level="commune",
            period=VINTAGES[year][column.endswith("epci")],
            measure="population",
        )
        for year, table in files.items()
        for column in ("population_municipale", "population_municipale_epci", "population_totale_epci")
    }
    nurses = pd.read_parquet(of_france["drees_apl"].path / "apl_infirmiers_extrait.parquet")
    figures |= {
        "insee_iris_rp2021": infracommunal_census(folder["insee_iris_rp2021"]),
        "insee_population_historique": official.clean_historic_population(folder["insee_population_historique"]),
        "insee_rp_population": official.clean_age_sex(folder["insee_rp_population"]),
        "insee_filosofi_2019": households(of_france["insee_filosofi_2019"]),
        **{
            name: CLEANERS[name](of_france[name])
            for name in ("insee_filosofi_2021", "insee_comparateur", "sdes_rpls", "drees_minima")
        },
        "drees_apl": facts(
            nurses.set_axis(["year", "code", "index", "standardised", "value"], axis=1),
            "drees_apl",
            level="commune",
            period=(nurses["Millésime"].astype(int) - 2).astype(str),
            measure="population",
        ),
    }
    members = {year: table[table["type"].eq(frame_.COMMUNE)] for year, table in files.items()}
    epcis = {year: pd.read_parquet(frame.path / f"epci_{year}.parquet").set_index("code") for year in YEARS}
    communes = frame_.clean_communes(frame)
    lived_in = [
        with_absent(rows, SOURCES["drees_apl"], communes[int(period) + 3], None)
        for period, rows in figures["drees_apl"].groupby("period")
    ]
    figures["drees_apl"] = pd.concat(lived_in, ignore_index=True)
    lists = {}
    for source, several in lists_of_things(of_france).items():
        known = {"communes": communes[2026]} if source in KNOWING_COMMUNES else {}
        read = CLEANERS[source](of_france[source], **known)
        for one in several:
            then = communes[one.year]
            facts_of_one = read[read["measure"].eq(one.measure) & read["period"].eq(one.period)]
            name = f"{source} {one.title}"
            figures[name] = with_absent(facts_of_one, SOURCES[source], then, of_france[source].listed(then))
            lists[name] = one
    return Holdings(figures, members, communes, epcis, lists)


def infracommunal_census(folder: RawFolder) -> pd.DataFrame:
    """Return the population of communes in 2021, and of how many IRIS each is the sum."""
    sizes = pd.read_parquet(folder.path / "communes_rp2021.parquet").rename(columns={"nb_iris": "value"})
    sizes = facts(sizes, folder.certificate.id, level="commune", period="2021", measure="iris")
    return pd.concat([CLEANERS["insee_iris_rp2021"](folder), sizes], ignore_index=True)


def households(folder: RawFolder) -> pd.DataFrame:
    """Return tax households and their persons in 2019, at each level: the second, no indicator reads."""
    read = CLEANERS["insee_filosofi_2019"](folder)
    tables = [read[read["measure"].eq("tax_households") & read["period"].eq("2019")]]
    for layout in (table for table in SOURCES["insee_filosofi_2019"].tables if not table.large):
        for path in folder.path.glob(layout.files.replace("FILO*", "FILO2019")):
            if path.suffix == ".parquet":
                table = pd.read_parquet(path)
            else:
                table = pd.read_csv(path, sep=";", dtype=str, encoding="utf-8-sig")
            codes = table["CODGEO"].replace({"1": layout.france})
            rows = pd.DataFrame({"code": codes, "value": table["NBPERS19"].astype(float)})
            tables.append(facts(rows, folder.certificate.id, level=layout.level, period="2019", measure="persons"))
    return pd.concat(tables, ignore_index=True)


def absent_communes(codes: pd.Series, communes: pd.DataFrame) -> pd.Series:
    """Return the communes that are not among the codes, of the EPCIs that have a commune among them."""
    rows = facts(pd.DataFrame({"code": codes.to_numpy(), "value": 1.0}), "", level="commune", period="", measure="")
    return restore_absent(rows, communes)["code"].iloc[len(rows) :]


def totals(published, found):
    """Return the table of a comparison, nothing explained yet."""
    table = pd.DataFrame({"published": published.astype(float), "found": found.astype(float)})
    return table.assign(why="")


def explained(table, where, why):
    """Return the table with the reason of the differences that a figure proves."""
    differs = table["found"].ne(table["published"]) & table["why"].eq("") & where
    return table.assign(why=table["why"].mask(differs, why))


def of_mayotte(rows, communes):
    """Explain the EPCIs of Mayotte, which a file has not."""
    mayotte = set(communes.loc[communes["departement"].eq(MAYOTTE), "epci"].dropna())
    return explained(rows, rows["found"].isna() & rows.index.isin(mayotte), "Mayotte: not in the file")


def number_of_communes(held):
    for year in YEARS:
        epci, found = held.epcis[year], held.members[year].groupby("epci").size()
        yield Comparison(f"{year}", totals(epci["nb_communes"], found.reindex(epci.index)))


def populations_of_epcis(held):
    """The DGCL's two populations, communes and EPCIs of one file."""
    for year in range(2021, 2026):
        for kind in ("municipale", "totale"):
            found = held.added_up(f"etalab_decoupage {year} population_{kind}_epci", VINTAGES[year][1], year, year)
            yield Comparison(f"{kind}, {year}", totals(held.epcis[year][f"population_{kind}"], found))


def populations_of_communes(held):
    """INSEE's communes against the DGCL's EPCIs."""
    for of, year in ((2021, 2022), (2022, 2023), (2023, 2023), (2024, 2025)):
        found = held.added_up(reference(of), VINTAGES[of][0], of, year)
        rows = totals(held.epcis[year]["population_municipale"], found)
        if of == year:
            rows = at_their_former_size(held, rows, of)
        yield Comparison(f"communes of {of}, EPCIs of {year}", rows)


def at_their_former_size(held, rows, of):
    """Explain what merged communes lack of their parts.

    The file of 2023 repeats the populations of 2022: a commune that grew by a merger on 1 January has its former one.
    """
    now = held.figures[reference(of)].set_index("code")["value"]
    lacking = (held.added_up(reference(of - 1), VINTAGES[of - 1][0], of - 1, of, "commune") - now).dropna()
    merged = held.communes[of].set_index("code").join(lacking[lacking.gt(0)].rename("lacking"), how="inner")
    by_epci = merged.groupby("epci")["lacking"].sum().reindex(rows.index)
    where = by_epci.eq(rows["published"] - rows["found"])
    return explained(rows, where, "communes merged on 1 January, at their former size in this file")


def reference(year):
    return f"etalab_decoupage {year} population_municipale"


def france(held):
    """INSEE's figure for France but Mayotte, from its communes."""
    rows = {}
    for year, period in ((2021, "2019"), (2022, "2020"), (2024, "2022"), (2025, "2023")):
        table, communes = held.figures[reference(year)], held.communes[year]
        here = communes[
            communes["kind"].eq(frame_.COMMUNE) & communes["departement"].ne(MAYOTTE) & communes["zone"].ne("com")
        ]
        rows[period] = FRANCE[period], table.loc[table["code"].isin(here["code"]), "value"].sum()
    yield Comparison("all communes", labelled(rows))


def france_of_epcis(held):
    """The same from the communes that have an EPCI: four islands out, Mayotte in."""
    rows, proved = {}, []
    for of, year in ((2021, 2022), (2022, 2023), (2024, 2025)):
        communes, period = held.communes[year], VINTAGES[of][0]
        table = held.figures[reference(of)].set_index("code")["value"]
        here = communes[communes["kind"].eq(frame_.COMMUNE)]
        islands = table[here.loc[here["epci"].isna() & here["zone"].ne("com"), "code"]].sum()
        mayotte = table[here.loc[here["departement"].eq(MAYOTTE), "code"]].sum()
        total = held.added_up(reference(of), period, of, year).sum(skipna=False)
        rows[period] = FRANCE[period], total
        proved += [period] if total - FRANCE[period] == mayotte - islands else []
    table = labelled(rows)
    yield Comparison("EPCIs", explained(table, table.index.isin(proved), "with Mayotte, without four islands"))


def labelled(rows):
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["published", "found"])
    return totals(table["published"], table["found"])


def arrondissements(held):
    for year in YEARS:
        table = held.figures[reference(year)].set_index("code")["value"]
        communes = held.communes[year].set_index("code")
        found = of_the_parts(communes, table)
        yield Comparison(f"{year}", totals(communes.loc[found.index, "population"], found))
    table = held.figures["insee_comparateur"].query("measure == 'population' and period == '2018'")
    table = table.set_index("code")["value"]
    found = of_the_parts(held.communes[2021].set_index("code"), table)
    yield Comparison("comparateur, 2018", totals(table[found.index], found))


def of_the_parts(communes, table):
    parts = communes.index[communes["kind"].eq(frame_.ARRONDISSEMENT)]
    return table.reindex(parts).groupby(communes.loc[parts, "parent"]).agg(lambda values: values.sum(skipna=False))


def of_the_aveyron(held):
    """The département in the census by age; each of its communes that we have, by adding up the ages."""
    ages = held.figures["insee_rp_population"]
    ages = ages[ages["measure"].eq("population_all_ages")].set_index("code")["value"]
    communes = held.communes[2026].set_index("code")
    found = held.added_up(reference(2026), "2023", 2026, 2026, "departement")
    yield Comparison("the département", totals(ages[[AVEYRON]], found[[AVEYRON]]))
    here = communes.index[communes["epci"].eq(EPCI)]
    rows = totals(communes.loc[here, "population"], ages.reindex(here))
    cells = 2 * 20
    near = (rows["found"] - rows["published"]).abs().le(cells * 0.05)
    yield Comparison("the communes of the EPCI", explained(rows, near, f"{cells} cells rounded to a tenth"))


def of_lists(held):
    """Each list of the whole of France by département and région and as a whole, against its own rows.

    Paris, Lyon and Marseille are there by arrondissement, as one commune or both ways; communes have merged since. An
    overseas collectivity that a list puts under a département is in none here, nor in France.
    """
    names = {level: set(read_names(data_root(), f"{level}s.csv").index) for level in ("departement", "region")}
    names["france"] = {"F"}
    now = held.communes[2026]
    departements = now[now["kind"].eq(frame_.COMMUNE) & now["zone"].ne("com")]
    region = departements.drop_duplicates("departement").set_index("departement")["region"]
    for name, one in held.lists.items():
        source, rows = name.split()[0], one.rows.assign(region=one.rows["departement"].map(region), france="F")
        rows.loc[rows["region"].isna(), "france"] = None
        places = held.communes[one.year].set_index("code")
        inside = held.figures[name]["code"].map(places["zone"].ne("com")).fillna(True)
        apart = held.figures[name][~inside]["value"].sum()
        absent = places.loc[list(one.lost)]
        lost = SOURCES[source].coverage.in_each_departement and "2A" not in set(one.rows["departement"])
        for level in ("departement", "region", "france"):
            if source == "finess" and level == "france":
                continue  # one région of France: there is no total of it
            published = rows[rows["region"].notna()].groupby(level)["value"].sum()
            found = held.added_up(name, one.period, one.year, 2026, level, one.measure, source)
            found = found[found.index.isin([*published.index, *found.dropna().index]) & found.index.isin(names[level])]
            table = totals(published.reindex(found.index, fill_value=0).round(3), found.round(3))
            gap = (table["published"] - table["found"] - apart).abs().lt(1e-3)
            table = explained(table, gap & (apart > 0) & table.index.isin(["971", "01", "F"]), UNDER_GUADELOUPE)
            if one.lost and level != "france":
                without = table["found"].isna() & table.index.isin(absent[level])
                table = explained(table, without, f"{', '.join(absent['name'])}: not in the file")
            table = explained(table, table["found"].isna() & table.index.isin(["94", "F"]) & lost, LOST)
            yield Comparison(f"{one.title}, by {level}", table)


def of_the_epci(held):
    """What another producer says of the inhabitants of the 21 communes, against the DGCL's figure of the EPCI."""
    found = held.added_up("insee_population_historique", "2020", 2023, 2023).reindex([EPCI])
    yield Comparison("2020", totals(held.epcis[2023].loc[[EPCI], "population_municipale"], found))


def of_access_to_care(held):
    """The inhabitants of the communes of the DREES, Paris, Lyon and Marseille by arrondissement, in every EPCI."""
    for period, year in (("2020", 2023), ("2021", 2024)):
        epci = held.epcis[year]
        found = held.added_up("drees_apl", period, year, year).reindex(epci.index)
        rows = totals(epci["population_municipale"], found)
        yield Comparison(period, of_mayotte(rows, held.communes[year]))


def infracommunal(held):
    """The census of 2021 by IRIS, each of whose figures is a whole number: EPCIs, then France."""
    epci = held.epcis[2024]
    found, cells = (
        held.added_up("insee_iris_rp2021", "2021", 2023, 2024, measure=name) for name in ("population", "iris")
    )
    rows = totals(epci["population_municipale"], found.reindex(epci.index))
    rounded = (rows["found"] - rows["published"]).abs().le(cells.reindex(epci.index) / 2)
    rows = explained(rows, rounded, "IRIS rounded to the unit: half a person each at most")
    yield Comparison("2021", of_mayotte(rows, held.communes[2024]))


def disposable_income(held, communes, level, unit, measures=("tax_households", "persons")):
    """Tax households and persons of Filosofi 2019, whose communes of fewer than 50 households have no row.

    communes: those of 2021, the nearest to the file's. unit: commune → place of the level.
    """
    for measure in measures:
        table = held.figures["insee_filosofi_2019"]
        rows = table[table["measure"].eq(measure)]
        by_commune = rows[rows["level"].eq("commune")].set_index("code")["value"]
        published = rows[rows["level"].eq(level)].set_index("code")["value"]
        found = by_commune.groupby(unit.reindex(by_commune.index)).sum()
        absent = communes[communes["code"].isin(absent_communes(by_commune.index.to_series(), communes))]
        most = absent["population"].clip(upper=LARGEST * (FEWEST - 1)).groupby(absent["code"].map(unit)).sum()
        number = absent.groupby(absent["code"].map(unit)).size().reindex(published.index).fillna(0)
        room, slack = number * (FEWEST - 1), 0.0
        if measure == "persons":
            room = most.reindex(published.index).fillna(0)
            slack = (unit.value_counts().reindex(published.index) + 1) / 2
        result = totals(published, found.reindex(published.index))
        lacking = result["published"] - result["found"]
        result = explained(result, number.gt(0) & lacking.between(-slack, room + slack), UNDER_FIFTY)
        if measure == "persons":
            result = explained(result, lacking.abs().le(slack), "half persons rounded up, commune by commune")
        result = merged_epcis(result, published, found)
        if level == "epci":
            result = elsewhere_in_2020(result, by_commune, communes, room)
        # Of persons, an absent commune may have as many as a small one.
        yield Comparison(f"{measure}, by {level}", result)


def merged_epcis(result, published, found):
    """Explain the EPCIs of the file that are one in 2021, with the same households."""
    former, new = published[~published.index.isin(found.index)], found[~found.index.isin(published.index)]
    same = bool(len(former)) and former.sum() == new.sum()
    return explained(result, result.index.isin(former.index) & same, "merged in 2020 into one that has their sum")


def elsewhere_in_2020(result, by_commune, communes, room):
    """Explain what a commune that has changed EPCI since the file makes too much here, and lacks there."""
    places = communes.set_index("code")
    for place, row in result[result["why"].eq("")].iterrows():
        here = by_commune.reindex(places.index[places["epci"].eq(place)])
        (*same,) = here.index[here.eq(row["found"] - row["published"])]
        if len(same) != 1:
            continue
        lacking = result["published"] - result["found"] - here[same[0]]
        unsaid = result["why"].eq("")
        there = unsaid & lacking.eq(0) if (unsaid & lacking.eq(0)).any() else unsaid & lacking.between(0, room)
        if there.sum() == 1:
            result = explained(result, (result.index == place) | there, "a commune changed EPCI between 2020 and 2021")
    return result


def comparator(held):
    """The populations of the comparateur, against the DGCL's."""
    epci = held.epcis[2021]
    found = held.added_up("insee_comparateur", "2018", 2021, 2021).reindex(epci.index)
    yield Comparison("2018", of_mayotte(totals(epci["population_municipale"], found), held.communes[2021]))


def tax_households_2021(held):
    """Tax households of Filosofi 2021: communes of 2024, EPCIs of 2025; those of small communes are secret."""
    table = held.figures["insee_filosofi_2021"].query("measure == 'tax_households'")
    ways = Perimeter.between(held.communes[2024], held.communes[2025]).ways.drop_duplicates("code").set_index("code")
    unit = ways["commune"].map(held.communes[2025].set_index("code")["epci"]).dropna()
    by_commune = table[table["level"].eq("commune") & table["code"].isin(unit.index)].set_index("code")
    published = table[table["level"].eq("epci")].set_index("code")["value"]
    place = unit.reindex(by_commune.index)
    rows = totals(published, by_commune["value"].groupby(place).sum().reindex(published.index))
    hidden = by_commune["status"].ne(OK).groupby(place).sum().reindex(published.index)
    few = hidden.gt(0) & (rows["published"] - rows["found"]).between(0, hidden * (FEWEST - 1))
    yield Comparison("2021", explained(rows, few, "communes under 50 households are secret"))


def social_dwellings(held):
    """The register of social dwellings, against the totals of the certificate and of a second republisher."""
    table = held.figures["sdes_rpls"].query("measure == 'social_dwellings'").set_index("code")["value"]
    inside = held.communes[2024].set_index("code").reindex(table.index)
    found = {
        EPCI: table[inside["epci"].eq(EPCI)].sum(),
        AVEYRON: table[inside["departement"].eq(AVEYRON)].sum(),
        "France": table.sum(),
    }
    yield Comparison("2024", totals(pd.Series(RPLS), pd.Series(found)))


def minimum_incomes(held):
    """The départements of the DREES, added up, against its totals, rounded to the hundred."""
    rows = {}
    for (year, measure), each in held.figures["drees_minima"].groupby(["period", "measure"]):
        of = each[each["level"].eq("departement")]
        metropolitan = of[~of["code"].str.startswith("97")]
        published = each[each["level"].eq("france")].set_index("code")["value"]
        for name, inside in (("F", of), ("FM", metropolitan)):
            rows[name, measure, year] = published[name], inside["value"].sum()
    result = labelled(rows)
    gap = (result["found"] - result["published"]).abs()
    yield Comparison("all", explained(result, gap.le(50), "published to the nearest hundred"))


def from_shipped(held: Holdings) -> list[Comparison]:
    """Return every comparison that data/raw allows."""
    codes = held.figures["insee_filosofi_2019"].query("level == 'commune'")["code"]
    communes = with_former(held.communes[2021], set(codes))
    communes = communes[communes["kind"].eq(frame_.COMMUNE)]
    places = communes.set_index("code")
    by_epci = held, communes, "epci", places["epci"].dropna(), ("tax_households",)
    subjects = {
        "Communes of each EPCI, 2021 to 2026: DGCL": number_of_communes(held),
        "Populations of each EPCI, from the DGCL's communes: DGCL": populations_of_epcis(held),
        "Population of each EPCI, from INSEE's communes: DGCL": populations_of_communes(held),
        "Population of France without Mayotte: INSEE (typed from its pages)": france(held),
        "The same, from the communes that have an EPCI: INSEE": france_of_epcis(held),
        "Paris, Lyon and Marseille, from their arrondissements: INSEE": arrondissements(held),
        "Population of the Aveyron, of its communes by age: INSEE": of_the_aveyron(held),
        "Population of 200067171, from insee_population_historique: DGCL": of_the_epci(held),
        "Population of each EPCI, from drees_apl: DGCL": of_access_to_care(held),
        "Population of each EPCI, from the IRIS: DGCL": infracommunal(held),
        "Population of each EPCI, from insee_comparateur: DGCL": comparator(held),
        "Filosofi 2019, of each EPCI: INSEE": disposable_income(*by_epci),
        "Filosofi 2019, of each département: INSEE": disposable_income(
            held, communes, "departement", places["departement"]
        ),
        "Filosofi 2021, of each EPCI: INSEE": tax_households_2021(held),
        "Social dwellings of the EPCI, the Aveyron, France: SDES, republished twice": social_dwellings(held),
        "AAH and RSA, Caf and MSA, of France: DREES": minimum_incomes(held),
    }
    named = [replace(one, subject=subject) for subject, several in subjects.items() for one in several]
    lists = [replace(one, subject=f"{one.title.split(',')[0]}: the file's own rows") for one in of_lists(held)]
    return [*named, *lists]


def told(comparisons: list[Comparison]) -> str:
    """Return the comparisons in Markdown, one subject a line, with how many places differ for each reason."""
    lines = [
        "| total: published by | sums | places | found exactly | different, and why |",
        "| --- | --- | --- | --- | --- |",
    ]
    for subject in dict.fromkeys(one.subject for one in comparisons):
        several = [one for one in comparisons if one.subject == subject]
        differ = pd.concat([one.differences for one in several])
        places = sum(len(one.table) for one in several)
        reasons = differ["why"].replace("", "NOT EXPLAINED").value_counts(sort=False)
        why = "; ".join(f"{reason}: {count}" for reason, count in reasons.items())
        lines.append(f"| {subject} | {len(several)} | {places} | {places - len(differ)} | {why or '0'} |")
    return "\n".join(lines)


def written() -> str:
    """Return what the page says of the shipped files."""
    return PAGE.read_text(encoding="utf-8").split(START)[1].split(END)[0].strip("\n")


def rewrite(text: str) -> None:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    PAGE.write_text(f"{before}{START}\n\n{text}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")
