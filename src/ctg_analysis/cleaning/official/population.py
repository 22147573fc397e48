"""Population by sex and age, since 1876, and by large age group: the census."""

import re

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.official.melodi import observations_schema, read_melodi
from ctg_analysis.cleaning.reading import at_most, commune_code, count, one_of, read, text
from ctg_analysis.core.errors import each
from ctg_analysis.core.facts import LEVEL, facts, melt
from ctg_analysis.sources.certificates import RawFolder

OPEN_ENDED = 200  # upper bound of the last age band

# Age bands that the indicators use, named after their first and last ages.
CHILDREN = ["0_2", "3_5", "6_10", "11_14", "15_17", "0_4", "5_9", "10_14", "15_19", "0_19", "3_11", "6_17", "11_17"]
ADULTS = ["18_24", "15_24", "15_64", "16_25", "20_64", "60_plus", "65_plus"]
BANDS = [*CHILDREN, *ADULTS, "0_14", "80_plus", "all_ages"]
PYRAMID_BANDS = [*(f"{age}_{age + 4}" for age in range(0, 95, 5)), "95_plus"]
SEXES = {"F": "women", "M": "men"}
MOTHERS = "20_39"  # the women of these ages have nearly all the births
AT_YEAR_END = f"women_{MOTHERS}_at_year_end"

AGE = r"Y\d{1,2}|Y\d{1,2}T\d{1,2}|Y_GE\d{2,3}"

AGESEX = observations_schema(
    {
        "SEX": one_of({"F", "M", "_T"}),
        "AGE": text(AGE + "|_T", "le code d'un âge, tel que Y0, Y0T4 ou Y_GE95"),
        "RP_MEASURE": one_of({"POP"}),
    }
)

HISTORIC = pa.DataFrameSchema(
    {
        "CODGEO": commune_code(),
        r"^(?:PMUN|PSDC|PTOT)(?:18|19|20)\d\d$": count(regex=True),
    },
    unique=["CODGEO"],
)

IRIS = pa.DataFrameSchema(
    {
        "code": commune_code(),
        **{name: count() for name in ("pop", "pop_0_19", "pop_20_64", "pop_65p")},
        **{name: count() for name in ("logements", "res_principales", "res_secondaires", "logements_vacants")},
    },
    checks=[
        at_most("pop_0_19", "pop"),
        at_most("pop_20_64", "pop"),
        at_most("pop_65p", "pop"),
        at_most("res_secondaires", "logements"),
        at_most("res_principales", "logements"),
        at_most("logements_vacants", "logements"),
    ],
    unique=["code"],
)


def clean_iris_rp2021(folder: RawFolder) -> pd.DataFrame:
    """Return population by large age group and dwellings of every commune, census of 2021."""
    table = read(folder, folder.some("*.parquet")[0], IRIS)
    # The age groups are summed from rounded figures too: they, not `pop`, make up the whole of the shares.
    table["all_ages"] = table[["pop_0_19", "pop_20_64", "pop_65p"]].sum(axis=1)
    measures = {
        "pop": "population",
        "all_ages": "population_all_ages",
        "pop_0_19": "population_0_19",
        "pop_20_64": "population_20_64",
        "pop_65p": "population_65_plus",
        "logements": "dwellings",
        "res_principales": "main_dwellings",
        "res_secondaires": "secondary_dwellings",
        "logements_vacants": "vacant_dwellings",
    }
    return melt(table, measures, "insee_iris_rp2021", code="code", level="commune", period="2021")


def clean_historic_population(folder: RawFolder) -> pd.DataFrame:
    """Return the population of communes since 1876, and the population municipale of recent years."""
    rows = []
    for table in each(lambda name: read(folder, name, HISTORIC), folder.some("base-pop-historiques*")):
        columns = [column for column in table if re.fullmatch(r"P(?:MUN|SDC|TOT)\d{4}", column)]
        long = table.melt(id_vars="CODGEO", value_vars=columns, var_name="column").rename(columns={"CODGEO": "code"})
        long["period"] = long["column"].str[-4:]
        rows.append(long.assign(measure="historical_population"))
        rows.append(long[long["column"].str.startswith("PMUN")].assign(measure="population"))
    return facts(pd.concat(rows, ignore_index=True), "insee_population_historique", level="commune")


def clean_age_sex(folder: RawFolder) -> pd.DataFrame:
    """Return population by age band, and by sex and five-year band; single years and bands are read alike.

    A band that the ages of the file do not tile exactly is left out, never estimated. The women who may be mothers are
    those of the end of the year before: they are set beside its births, and beside those of the next one.
    """
    table = pd.concat(each(lambda name: read_melodi(folder, name, AGESEX), folder.some("*.csv")), ignore_index=True)
    table = table[table["SEX"].isin(SEXES) & table["AGE"].ne("_T")]
    bounds = {age: _bounds(age) for age in table["AGE"].unique()}
    ages = pd.DataFrame(table["AGE"].map(bounds).tolist(), columns=["first", "last"], index=table.index)
    places = table.groupby(["code", "level", "period"])
    table = table.join(ages).assign(place=places.ngroup())
    rows = []
    for name in BANDS:
        rows.append(_band(table, *_ages(name)).assign(measure=f"population_{name}"))
    for sex, word in SEXES.items():
        part = table[table["SEX"] == sex]
        for name in PYRAMID_BANDS:
            rows.append(_band(part, *_ages(name)).assign(measure=f"{word}_{name}"))
    rows.append(_band(table[table["SEX"] == "F"], *_ages(MOTHERS)).assign(measure=AT_YEAR_END))
    known = places.size().index.to_frame(index=False).astype({"level": LEVEL})
    del table, ages  # half of all that is held
    rows = pd.concat(rows, ignore_index=True).join(known, on="place")
    year_before = (rows["period"].astype(int) - 1).astype(str)
    rows["period"] = rows["period"].mask(rows["measure"].eq(AT_YEAR_END), year_before)
    return facts(rows, "insee_rp_population")


def _ages(band: str) -> tuple[int, int]:
    """Return the first and last age of a band: 0_2 → 0, 2; 60_plus → 60, open-ended."""
    if band == "all_ages":
        return 0, OPEN_ENDED
    first, last = band.split("_")
    return int(first), OPEN_ENDED if last == "plus" else int(last)


def _bounds(age: str) -> tuple[int, int]:
    """Return the first and last age of a code: Y7 → 7, 7; Y5T9 → 5, 9; Y_GE95 → 95, open-ended."""
    numbers = [int(number) for number in re.findall(r"\d+", age)]
    if age.startswith("Y_GE"):
        return numbers[0], OPEN_ENDED
    return numbers[0], numbers[-1]


def _band(table: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return the population of an age band by place, of no place when the ages of the table do not tile the band."""
    inside = table[table["first"].ge(first) & table["last"].le(last)]
    bands = inside[["first", "last"]].drop_duplicates()
    covered = (bands["last"] - bands["first"] + 1).sum()
    if covered != last - first + 1:
        inside = inside.iloc[:0]
    return inside.groupby("place")["value"].sum(skipna=False).round(6).reset_index()
