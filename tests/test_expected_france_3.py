"""The figures that the whole-France extracts were said to give, worked out again from these files, by other code.

Of each row of expected_france_3.csv: how many EPCIs have a value, their median, that of two of them (of their
départements where the figure is of these alone). Where the library has others, for a reason that is known, the test
makes of the files what is expected of each EPCI, and holds to it which EPCIs have a value, and each value.
"""

import re
from functools import cache
from itertools import chain
from pathlib import Path

import pandas as pd
import pytest
import yaml
from pandas.testing import assert_series_equal

from ctg_analysis.indicators.observations import read_indicators
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import data_root

pytestmark = pytest.mark.nightly

EXPECTED = pd.read_csv(Path(__file__).with_name("expected_france_3.csv"), sep=";", dtype={"year": str})
TWO = {"200067171": "12", "243500139": "35"}  # EPCIs, and the département of each
TERNOIS = "200069672"  # left out: a commune of 136 inhabitants has 63 116 insured
LYON = "200046977"  # without ages: Pierre-Bénite is counted with Oullins in the file
HALF_IN_MOSELLE = ["245701404", "200070738"]  # of which the directory of associations has one part alone
OTHERWISE = ["caf_s_ben_epci_f", "caf_quotient_familial", "caf_familles", "caf_bas_revenus", "insee_filosofi_2021",
             "pass_sport", "cnam_fragilites", "insee_rp2020_ages"]  # fmt: skip
HELD = ["15031", "15035", "15047", "15171", "60694", "85165", "85212"]  # blank: the communes that they left have them
FORMULAS = yaml.safe_load((Path(__file__).with_name("told") / "other_code.yml").read_text())
YEARS = {"insee_bpe_2024_domaines": 2024, "insee_rp2020_ages": 2023}  # of the communes, where not those of today
PERIODS = ["annee", "dtreffre", "date", "TIME_PERIOD"]  # the columns that tell a period
APART = EXPECTED[EXPECTED["source"].isin(OTHERWISE) | EXPECTED["indicator"].eq("sports_clubs_rate")]


@cache
def read(pattern):
    (path,) = data_root().raw.glob(pattern)
    codes = dict.fromkeys(("code", "numepci", "numcomdo", "CODGEO", "code_commune", "GEO", "uai"), str)
    table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, sep=";", dtype=codes)
    table = table.set_index(next(name for name in codes if name in table))
    figures = table.select_dtypes("number").drop(columns=PERIODS, errors="ignore")
    return table[~(table.index.isin(HELD) & figures.isna().all(axis=1))]


def communes(year):
    return read(f"etalab_decoupage/communes_{year}.parquet")


def epcis(codes, year):
    """The EPCI of communes in a year; of a former one, that of the commune that it is part of."""
    there = communes(year)
    former = there["anciens_codes"].dropna().str.split("|").explode()
    former = pd.Series(former.index, former).groupby(level=0).first()
    return codes.where(codes.isin(there.index), codes.map(former)).map(there["epci"])


def by_epci(table, year):
    """The sums of communes; none where one is blank."""
    return table.groupby(epcis(table.index.to_series(), year)).sum(skipna=False)


def people(year, of):
    """The inhabitants that a file has, in the EPCIs of a year."""
    rows = communes(year).query("type == 'commune-actuelle' and departement != '976'")
    return by_epci(rows["population_municipale"].astype(float), of)


def changed(year):
    """The EPCIs that a commune has left or joined since."""
    then = communes(year)["epci"].fillna("")
    now = epcis(then.index.to_series(), 2026).fillna("")
    return {*then[then.ne(now)], *now[then.ne(now)]}


@cache
def files(year):
    """What the files give by EPCI, and inhabitants of 2021 in the EPCIs of a year: a column for each of theirs."""
    ages = by_epci(read("insee_rp2020_ages/france/*.parquet"), 2023)
    tables = [
        people(2025, 2025),
        ages[ages["P20_POP"].gt(people(2023, 2023).reindex(ages.index) - 4)],
        by_epci(read("insee_iris_rp2021/*.parquet")[["pop_0_19", "pop_20_64"]], year),
        by_epci(read("injep_licences/france/clubs*"), 2025),
        by_epci(read("pass_sport/france/*.parquet").filter(like="total"), 2025),
        read("caf_s_ben_epci_f/france/s_ben_epci_f_2023*"),
        read("caf_s_ben_epci_f/france/s_ben_epci_f_2016*").query("dtreffre == '2021-12'").filter(like="indben"),
        read("caf_quotient_familial/france/*_epci_f_*").pivot(columns="qf_400", values="indfoy_ndur"),
        read("caf_familles/france/*_epci_*").drop(columns="annee"),
        read("caf_bas_revenus/france/*.parquet").query("annee == '2019'"),
        read("insee_filosofi_2021_ages/france/*_EPCI_*"),
        read("cnam_fragilites/france/*_epci_*"),
    ]
    return pd.concat(tables, axis=1)


@cache
def of_communes():
    return by_epci(read("caf_s_ben_com_f/france/*.parquet").filter(like="ind"), 2026).join(people(2025, 2026))


def worked_out(columns, table):
    """The figure of each place that the words of expected_france_3.csv tell of columns."""
    formula = re.sub(r" \((?:etalab|insee|caf)_[^)]*\)", "", columns).replace("×", "*")
    return table.eval(re.sub(".* where qf_400 = (.*)", r"`\1`", formula)).astype(float)


@pytest.fixture(scope="module")
def found(france):
    some = {*EXPECTED["indicator"], *chain.from_iterable(FORMULAS.values())}
    rows = read_indicators(france.processed, some, groups=()).query("status in ('ok', 'censored')")
    return rows.assign(year=rows["period"].astype(str).str.findall(r"\d{4}").str[-1])


def of_level(rows, row):
    rows = rows[rows["indicator"].eq(row["indicator"]) & rows["year"].eq(row["year"])]
    return rows[rows["level"].eq("departement" if row["level"] == "département" else "epci")].set_index("territory")


def test_two_epcis_have_the_figures_that_were_worked_out_apart(found):
    faults = []
    for row in EXPECTED[EXPECTED["indicator"].ne("sports_clubs_rate")].to_dict("records"):
        values = of_level(found, row)["value"]
        for epci, departement in TWO.items():
            value = values.get(departement if row["level"] == "département" else epci)
            if pd.notna(row[epci]) and value != pytest.approx(row[epci], rel=2e-4):
                faults.append((row["indicator"], epci, value, row[epci]))
    assert faults == []


@pytest.mark.parametrize("row", APART.to_dict("records"), ids=lambda row: row["indicator"])
def test_where_the_library_has_others_each_epci_has_what_the_files_and_the_rule_give(found, row):
    published, wanted = (worked_out(row["columns"], files(year)).dropna() for year in (2023, 2026))
    assert len(published) == row["coverage"]
    assert published.median() == pytest.approx(row["median_over_epci"], rel=1e-4)
    left_out = {"cnam_fragilites": TERNOIS, "insee_rp2020_ages": LYON}.get(row["source"])
    wanted = wanted[wanted.index != left_out]
    if row["indicator"] == "sports_clubs_rate":  # clubs of 2022 over the inhabitants of then
        wanted *= people(2025, 2026) / people(2024, 2026)
    if row["level"] == "epci" or row["indicator"] == "pass_sport_rate":  # of EPCIs as they were (rule R16)
        gone = changed(2023 if row["source"] == "insee_filosofi_2021" else max(2021, int(row["year"]) + 1))
        wanted = wanted[~wanted.index.isin(gone)]
        if "caf_s_ben_com_f" in CATALOGUE[row["indicator"]].sources:  # of those, the sums of their communes are told
            sums = worked_out(row["columns"], of_communes().reindex(columns=files(2026).columns))
            wanted = pd.concat([wanted, sums[sums.index.isin(gone)].dropna()])
    rows = of_level(found, row)
    five_or_less = wanted.eq(5) & (row["source"] == "insee_filosofi_2021")
    assert {*rows.index[rows["status"].eq("censored")]} == {*wanted.index[five_or_less]}
    wanted = wanted.mask(five_or_less).sort_index()
    assert_series_equal(rows["value"].sort_index(), wanted, check_names=False, rtol=1e-6)


def test_the_other_figures_are_those_worked_out_apart(found):
    faults = []
    for row in EXPECTED[EXPECTED["level"].ne("département")].drop(APART.index).to_dict("records"):
        rows = of_level(found, row)  # of the under 15, the EPCIs that this file lacks are told by another
        values = rows.loc[rows["source"].eq(row["source"]) | rows["source"].ne("insee_rp2022_communes"), "value"]
        without = HALF_IN_MOSELLE if row["source"] == "rna_objets" else []
        median = pytest.approx(row["median_over_epci"], rel=1e-3 if without else 1e-4, abs=6e-5)
        if len(values) != row["coverage"] - len(without) or values.median() != median:
            faults.append((row["indicator"], len(values), row["coverage"], values.median(), row["median_over_epci"]))
    assert faults == []


def read_source(source):
    """The files of a source, of EPCIs where it has some: places in the index, a column for each figure."""
    folder = f"{source}/france/"
    match source:
        case "caf_s_ben_epci_f":
            return pd.concat([read(folder + "*2016*"), read(folder + "*2023*")])
        case "pass_sport":
            years = read(folder + "*.parquet").filter(regex="total_activations_202[23]")
            return years.melt(ignore_index=False, var_name="date", value_name="total_activations")
        case "caf_quotient_familial":
            return read(folder + "*_epci_f_*").pivot(columns="qf_400", values="indfoy_ndur")
        case "depp_ivac":
            schools = read(folder + "*indicateurs*").query("session == '2024'")
            pupils = schools["nb_candidats_g"].astype(float)
            passed, points = pupils * schools["taux_de_reussite_g"], pupils * schools["note_a_l_ecrit_g"]
            places = read(folder + "*annuaire*")["identifiant_de_l_etablissement"]
            codes = schools.index.map(pd.Series(places.index, places))
            return schools.assign(passed=passed, points=points).set_index(codes)
        case "depp_medico_social":
            sites = read(folder + "*.csv")["type_etablissement"]
            return pd.crosstab(sites.index, sites)
        case "insee_etat_civil":
            kinds = [[read(f"{folder}*{kind}*{of}*") for of in ("2008", "mayotte")] for kind in ("NAIS", "DECES")]
            births, deaths = (pd.concat(kind).set_index("TIME_PERIOD", append=True)["OBS_VALUE"] for kind in kinds)
            return pd.DataFrame({"births": births, "deaths": deaths}).reset_index("TIME_PERIOD")
        case "insee_bpe_2024_groupes":  # a commune without a row has none
            there = communes(2026).query("type == 'commune-actuelle'").index
            return read(folder + "*communes*").reindex(there, fill_value=0)
        case "insee_rp2022_epci":
            return read(folder + "*sommes*").join(read(folder + "rp2022_epci_extrait*").drop(columns="P22_POP"))
        case "injep_licences":
            return read(folder + "lic*").join(read(folder + "clubs*"))
    kind = "*_epci_*" if source.startswith("c") else "*_EPCI_*" if "filosofi" in source else "*communes*"
    return read(folder + ("*.parquet" if source in ("caf_s_ben_com_f", "dares_demandeurs_emploi") else kind))


@cache
def inhabitants():
    """Those of the EPCIs of today, by the year of the census, whose file of the law may be of a later one."""
    before = [read(f"insee_comparateur/france/*_{year}_*").filter(regex="P.._POP$") for year in (2018, 2021)]
    cities = communes(2026)["commune_parente"].dropna().unique()  # whose arrondissements are there too
    before = pd.concat([by_epci(rows.drop(cities, errors="ignore"), 2026) for rows in before], axis=1)
    before.columns = "20" + before.columns.str[1:3]
    law = {"2019": 2021, "2020": 2022, "2022": 2024, "2023": 2025}
    return before.assign(**{census: people(year, 2026) for census, year in law.items()})


def of_epcis(source):
    """The figures of a source by EPCI and period, and the inhabitants of the law by year.

    None where a commune of the EPCI is unknown: blank, or without a row in a file that has one for each.
    """
    rows = read_source(source).copy()
    column = next((name for name in PERIODS if name in rows), None)
    periods = rows.pop(column).astype(str) if column else pd.Series("", rows.index)
    periods = periods.str.replace("-12|-T4|total_activations_", "", regex=True)
    if source == "rna_objets":
        rows["objects"] = rows.loc[:, "actpol01":"divers50"].sum(axis=1, skipna=False)
    rows, codes = rows.apply(pd.to_numeric, errors="coerce"), rows.index.to_series()
    if codes.str.len().max() == 5:
        there = communes(YEARS.get(source, 2026))
        there = there.index[there["type"].eq("commune-actuelle") & ~there.index.isin(there["commune_parente"])]
        absent = epcis(there.difference([*codes, *HELD]).to_series(), 2026) if not source.startswith("depp") else []
        rows = rows.groupby([epcis(codes, 2026).to_numpy(), periods.to_numpy()]).sum(skipna=False)
        rows = rows[~rows.index.isin(absent, level=0)]
    else:
        rows = rows.set_index([rows.index, periods])
    rows = rows.rename_axis(["territory", "period"])
    if source == "insee_etat_civil":
        rows["births_of_3_years"] = rows["births"].unstack().T.rolling(3).sum().T.stack()
        there = communes(2026).query("type == 'commune-actuelle' and departement == '976'")
        of_2017 = by_epci(there["population_municipale"].astype(float), 2026).to_frame("2017")  # none since, in Mayotte
        rows["population"] = pd.concat([inhabitants().stack(), of_2017.stack()])
        for first, last in (("2013", "2018"), ("2018", "2023")):
            years = rows.index.get_level_values("period")
            sums = rows[(years >= first) & (years < last)].groupby(level=0)[["births", "deaths"]].sum()
            sums = sums.assign(before=inhabitants()[first], after=inhabitants()[last], period=f"{first}-{last}")
            rows = pd.concat([rows, sums.set_index("period", append=True)])
    if source == "depp_medico_social":
        rows = rows.reindex([(epci, "") for epci in communes(2026)["epci"].dropna().unique()], fill_value=0)
    return rows.join(inhabitants().add_prefix("population_"), on="territory")


@pytest.mark.nightly
@pytest.mark.parametrize("source", FORMULAS)
def test_each_value_of_an_epci_is_that_worked_out_by_other_code(found, source):
    """Of all indicators and periods of the extracts; of all EPCIs but ours, which has files of its own."""
    table = of_epcis(source)
    table = table.join(files(2026)[files(2026).columns.difference(table.columns)], on="territory")
    worked = pd.concat({name: table.eval(formula) for name, formula in FORMULAS[source].items()}, names=["indicator"])
    rows = found[found["source"].eq(source) & found["level"].eq("epci") & found["territory"].ne("200067171")]
    rows = rows[rows["status"].eq("ok")].assign(period=rows["period"].str.removesuffix("-12"))
    assert {*rows["indicator"]} == {*FORMULAS[source]} or source == "caf_s_ben_com_f"  # where EPCIs have no other
    if not any(table.index.get_level_values("period")):  # a file of one period
        rows = rows.assign(period="")
    rows = rows.set_index(["indicator", "territory", "period"])["value"]
    wrong = rows[~rows.sub(worked).reindex(rows.index).abs().le(1e-6 * rows.abs())]
    assert wrong.to_dict() == {}
