"""What was observed of a territory, its communes and what it is compared with, as a reader sees it."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame, GeoSeries

from ctg_analysis.demarche.columns import CLOSED_DOWN, FIELD_OF, PLANNED, first_day, last_day
from ctg_analysis.demarche.declared_tables import STRUCTURES as OF_THE_TEAM
from ctg_analysis.demarche.demarche import Demarche
from ctg_analysis.demarche.unnamed import TO_NAME
from ctg_analysis.display import notes, sentences, texts
from ctg_analysis.display.quantities import in_letters
from ctg_analysis.display.texts import listed
from ctg_analysis.indicators.comparisons import PEERS, common_periods, comparable_rows, tested
from ctg_analysis.indicators.demography import EQUAL, at_equal_ages
from ctg_analysis.indicators.findings import differences
from ctg_analysis.indicators.observations import complete, read_observations
from ctg_analysis.indicators.peers import (
    CHOOSES,
    MEDIAN_LABEL,
    VARIABLES,
    PeerGroup,
    chooses_peers,
    nearest,
    pairs,
    rows_of_peers,
)
from ctg_analysis.indicators.spread import ALL_EPCIS, MEDIAN_OF_ALL, beside_spread
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import LEVELS, OK, Indicator, Published, is_over_population
from ctg_analysis.model.norms import BOUNDS, norm, read_geography
from ctg_analysis.model.settings import MATERIAL, DataRoot
from ctg_analysis.model.source import SOURCES
from ctg_analysis.model.territories import (
    BORDER,
    FRANCE,
    METROPOLITAN_FRANCE,
    comparators,
    find_epci,
    members,
    of_same_departements,
)
from ctg_analysis.pipeline.freshness import MANIFEST
from ctg_analysis.show import maps

LOCAL = ("commune", "secteur")
OF_BIRTHS = {"births_count", "natural_change_rate", "migratory_change_rate"}  # not told where many are born abroad
MOST_EPCIS = 0.5  # of the EPCIs: what so many have is usual
NOT_PAID = {"976": {"caf_family_support_households_share", "caf_paje_single_parent_share"}}  # by law, see HCFEA (2024)
YEARS, FEW_BORN = 14, 0.65  # of births, before the census; of the children under 15 who then live there
WHOLE_FROM = 3  # communes whose values are all whole numbers: they are not known to a decimal
LARGER = ("departement", "region", "france")
OVERSEAS, OF_MAYOTTE = {"971", "972", "973", "974", "976"}, {"976": "Mayotte"}
PEOPLE = "population_count"
ENTRUSTED = [name for name, source in SOURCES.items() if source.secrecy.threshold]  # by partners, each for one report
TEXTS_OF_DETAILS = ["sector", "level", "network", "pupils_period", "ips_period"]
NEIGHBOURHOODS = ["code", "name", "communes", "shared", "population_2020", "poverty_2021", "poverty_2018"]
NEIGHBOURHOODS += ["job_seekers_2021", "schools", "schools_with_ips", "ips"]
DETAILS = ["longitude", "latitude", *TEXTS_OF_DETAILS, "pupils", "classes", "ips"]  # of structures
Span = tuple[str, str]  # two moments: days, or years where no more is known
_opened_here: dict[str, set[str]] = {}


class ByIndicator:
    """A table of observations, the rows of one indicator within reach. table: sorted by indicator."""

    def __init__(self, table: pd.DataFrame):
        strings = dict.fromkeys(table.columns[table.dtypes.eq("str")], object)  # of which few rows are taken faster
        ordered = table.astype(strings).sort_values("indicator", kind="stable", ignore_index=True)
        self.table = ordered.copy()  # columns of one type lie together: rows are taken at once, not column by column
        self._names = self.table["indicator"].to_numpy(dtype=object)

    def rows(self, name: str) -> pd.DataFrame:
        """The rows of an indicator."""
        first, end = (int(np.searchsorted(self._names, name, side)) for side in ("left", "right"))
        return self.table.iloc[first:end].reset_index(drop=True)


def which_france(rows: pd.DataFrame) -> dict[str, str]:
    """Return, by indicator, the whole country, or metropolitan France when the producer gives that one only."""
    known = rows[rows["level"].eq("france") & rows["status"].eq(OK)]
    only = {*known["indicator"]} - {*known.loc[known["territory"].eq(FRANCE), "indicator"]}
    return dict.fromkeys(rows["indicator"], FRANCE) | dict.fromkeys(only, METROPOLITAN_FRANCE)


def name_of_place(indicator: Indicator, row, larger: Mapping[str, set[str]], names: dict[str, str]) -> str:
    """Return the name of a département, a région or France, and what a total of it is without.

    France is told without what its population lacks too. larger: of each commune that files lack, the codes of the
    places that hold it. names: of the départements, by code.
    """
    over = getattr(indicator.value, "denominator", getattr(indicator.value, "measure", ""))
    totals = SOURCES[row.source].totals.of(over)
    outside = totals.outside or tuple(OF_MAYOTTE) * is_over_population(indicator.value)
    lost = [code for code in totals.lost_in(row.period) if row.level == "france" or row.territory in larger[code]]
    known = OF_MAYOTTE | names
    some = ["outre-mer"] if {*outside} >= OVERSEAS else [known.get(code, code) for code in outside]
    without = some * (row.territory == FRANCE)
    without += [f"{in_letters(len(lost))} commune{'s' * (len(lost) > 1)}"] * bool(lost)
    return f"{row.name} hors {listed(without)}" if without and row.status == OK else row.name


def with_one_france(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of places with one row of France, the one that there is, under the code of the whole country."""
    national = rows["level"].eq("france")
    kept = rows[~national | rows["territory"].eq(rows["indicator"].map(which_france(rows)))]
    return kept.assign(territory=kept["territory"].mask(kept["level"].eq("france"), FRANCE))


def has_median(indicator: Indicator) -> bool:
    """Whether values of peers have a median worth showing; years have none.

    That of numbers of things tells what is usual in EPCIs of a like size: it stands in tables, no sentence nor drawing
    sets a number beside it.
    """
    return not indicator.id.endswith("_year")


def open_territory(epci: str, root: DataRoot) -> "Territory":
    """What was observed of a territory; opened again only after another one, or when `ctg data` has run."""
    _opened_here.setdefault(epci, set())
    made = (root.processed, root.processed / MATERIAL)
    return _opened(epci, root, tuple((folder / MANIFEST).stat().st_mtime_ns for folder in made))


def opened() -> dict[str, list[str]]:
    """The territories that this process has opened, by SIREN, with the EPCIs that each was set beside by choice."""
    return {epci: sorted(chosen) for epci, chosen in _opened_here.items()}


def forget_chosen() -> None:
    """Leave out the EPCIs that were chosen so far: they were not by the cells to come."""
    for chosen in _opened_here.values():
        chosen.clear()


@lru_cache(maxsize=1)
def _opened(epci: str, root: DataRoot, written: tuple[int, ...]) -> "Territory":
    return Territory(epci, root)


class Territory:
    """The observations of a territory with the names of the places and the texts of the values.

    epci: SIREN. territories: all but the communes of other EPCIs. row: its own. communes, secteurs, beside: the places,
    in the order to show. places: all of them. chosen: the EPCIs that verbs have set it beside, by their SIREN.
    """

    def __init__(self, epci: str, root: DataRoot):
        self.epci, self.root, self.chosen = epci, root, _opened_here.setdefault(epci, set())
        here_or_larger = [[("level", "!=", "commune")], [("epci", "==", epci)]]
        self.territories = pd.read_parquet(root.processed / "territories.parquet", filters=here_or_larger)
        self.row = find_epci(self.territories, epci)
        self.communes = members(self.territories, epci).sort_values("name", **texts.BY_NAME)
        of_the_epci = self.territories["level"].eq("secteur") & self.territories["epci"].eq(epci)
        self.secteurs = self.territories[of_the_epci].sort_values("name", **texts.BY_NAME)
        self.beside = comparators(self.territories, epci)
        self.places = pd.concat([self.communes, self.secteurs, self.beside], ignore_index=True)
        self.places = self.places.rename(columns={"code": "territory"})
        metropolitan = self.territories["level"].eq("france") & self.territories["code"].eq(METROPOLITAN_FRANCE)
        known = pd.concat([self.places, self.territories[metropolitan].rename(columns={"code": "territory"})])
        self._names = known[["territory", "level", "name"]]
        keys = self._names[["territory", "level"]]
        self.demarche = Demarche(epci, root)
        observations = read_observations(root.processed, keys["territory"], epci)
        observations = observations.merge(keys, on=["territory", "level"])
        of_material = self.demarche.table("observations")
        observations = pd.concat([observations, of_material]) if len(of_material) else observations
        self._observations = complete(observations, keys, CATALOGUE.values())
        named = self._observations.merge(self._names, on=["territory", "level"], how="left", validate="m:1")
        self._named = ByIndicator(named.assign(summed=sentences.sums_of_rounded(named)))
        self._statuses = set(zip(named["indicator"], named["status"], named["level"], strict=True))
        self._readable: dict[str, pd.DataFrame] = {}

    @cached_property
    def untold(self) -> set[str]:
        """The indicators that no sentence tells: what is not paid in its département, births where many are abroad."""
        not_paid = (NOT_PAID.get(code, set()) for code in self.row["departement"].split("|"))
        return set().union(*not_paid, OF_BIRTHS if self.has_births_abroad else ())

    @cached_property
    def has_births_abroad(self) -> bool:
        """Whether so few children were born to it, for those who live there, that mothers give birth across the border:
        the civil register does not count them (Monaco, Genève, Dinant, Puigcerdà)."""
        children, births = (self.own(CATALOGUE[name]) for name in ("children_0_14_count", "births_count"))
        if children.empty or BORDER.isdisjoint(self.row["departement"].split("|")):
            return False
        year = int(children["period"].iloc[-1])
        born = births.loc[births["period"].astype(int).between(year - YEARS, year - 1), "value"]
        return len(born) == YEARS and bool(born.sum() < FEW_BORN * children["value"].iloc[-1])

    @cached_property
    def year(self) -> int:
        """The year of the reference geography."""
        return read_geography(self.root).annee

    @cached_property
    def received(self) -> dict[str, str]:
        """The date each source was had; that of both regimes is that of the MSA's file."""
        table = pd.read_parquet(self.root.processed / "sources.parquet").set_index("source")["date"]
        both = {"caf_et_msa": table["msa_familles"]} if "msa_familles" in table else {}
        return dict(table) | both | dict(self.demarche.table("received").set_index("source")["date"])

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """What partners say that scores rest on: columns territory, level, period, site, measure, words."""
        return pd.read_parquet(self.root.processed / "evidence.parquet")

    @cached_property
    def blanks(self) -> pd.DataFrame:
        """What forms leave blank, or say that cannot be, of the territory and its communes: see `clean.received_forms`.

        Columns source, measure, territory, period, doubted.
        """
        table = pd.read_parquet(self.root.processed / "blanks.parquet")
        return table[table["territory"].isin([self.epci, *self.communes["code"]])]

    @cached_property
    def spaces(self) -> pd.DataFrame:
        """The centres sociaux and EVS of the territory that the Caf's list names, at its latest period.

        Columns: those of `clean.social_spaces.spaces_of`, and commune, the name of the commune.
        """
        names = self.communes.set_index("code")["name"]
        table = pd.read_parquet(self.root.processed / "spaces.parquet")
        table = table[table["territory"].isin(names.index)]
        table = table.assign(commune=table["territory"].map(names))
        return table[table["period"].eq(table["period"].max())].reset_index(drop=True)

    @cached_property
    def structures(self) -> pd.DataFrame:
        """The structures that the team or open data name, each once by its id: of both, what the team says.

        Columns territory, commune (its name), id, name, kind, chapter, source, period: of open data alone; origin: its
        source in short; DETAILS: what is published of it. One that the team has not named yet is left out.
        """
        names = self.communes.set_index("code")["name"]
        here = [("commune", "in", [*names.index])]
        opened = pd.read_parquet(self.root.processed / "structures.parquet", filters=here)
        origin = [f"{notes.producers([SOURCES[row.source]])}, {row.period}" for row in opened.itertuples()]
        heads = {"service_id": "id", "nom": "name", "type": "kind", "source": "origin"}
        team = self.demarche.table(OF_THE_TEAM).rename(columns=heads)
        team = team[~team["name"].str.startswith(TO_NAME)].reset_index(drop=True)
        chapters = team["champ"].map({field: chapter for chapter, field in FIELD_OF.items()})
        planned = team["statut"].eq(PLANNED).map({True: f" ({PLANNED})", False: ""})
        team = team.assign(name=team["name"] + planned, chapter=chapters, origin=team["origin"].fillna("Démarche"))
        rows = pd.concat([team.assign(source="", period=""), opened.assign(origin=origin)]).drop_duplicates("id")
        rows = rows[rows["statut"].ne(CLOSED_DOWN)].rename(columns={"commune": "territory"})
        rows["commune"] = rows["territory"].map(names).fillna(self.row["name"])  # of the whole EPCI
        rows = rows.drop(columns=DETAILS).merge(opened[["id", *DETAILS]], on="id", how="left", validate="1:1")
        rows["longitude"], rows["latitude"] = rows["x"].fillna(rows["longitude"]), rows["y"].fillna(rows["latitude"])
        rows = rows.fillna(dict.fromkeys(TEXTS_OF_DETAILS, ""))
        heads = ["territory", "commune", "id", "name", "kind", "chapter", "source", "period", "origin", *DETAILS]
        rows = rows[heads]
        rows = rows.sort_values(["kind", "name", "id"], kind="stable")
        return rows.sort_values("commune", ignore_index=True, **texts.BY_NAME)

    @cached_property
    def neighbourhoods(self) -> pd.DataFrame:
        """The priority neighbourhoods (QPV) of the territory, one by one: see `clean.neighbourhoods`.

        Columns: those of the table but for its outlines; communes are names.
        """
        path, mine = self.root.processed / "neighbourhoods.parquet", [("epci", "==", self.epci)]
        rows = pd.read_parquet(path, columns=NEIGHBOURHOODS, filters=mine)
        names = self.communes.set_index("code")["name"]
        rows["communes"] = [", ".join(names[code] for code in codes.split("|")) for codes in rows["communes"]]
        rows = rows.sort_values("name", **texts.BY_NAME)
        return rows.sort_values("communes", kind="stable", ignore_index=True)

    @cached_property
    def convention(self) -> Span | None:
        """When the convention begins and ends, as it is written, else by the years that are known of it."""
        for row in self.demarche.table("convention").itertuples():
            return row.debut, row.fin
        years = notes.convention(self.root, self.epci)
        return (str(years[0]), str(years[1])) if years else None

    @property
    def years_of_convention(self) -> tuple[int, int] | None:
        """The first and the last year of the convention."""
        return (first_day(self.convention[0]).year, last_day(self.convention[1]).year) if self.convention else None

    @cached_property
    def is_overseas(self) -> bool:
        """Whether its communes are overseas, where the Caf pays the families of farmers too."""
        return self.communes["departement"].str.startswith("97").any()

    def said(self, label: str) -> str:
        """A label as it is here: overseas, where the Caf pays all, nothing is « hors MSA »."""
        return label.replace(" (hors MSA)", "") if self.is_overseas else label

    @cached_property
    def land(self) -> GeoDataFrame:
        """The communes and those around that a map shows, in metres, in the legal projection of the place.

        Columns territory, name, own, epci, epci_name, population, geometry (see `show.maps`): no finer than a page
        shows, none where the contour of a commune is not known.
        """
        processed, mine = self.root.processed, [("epci", "==", self.epci)]
        extent = pd.read_parquet(processed / "extents.parquet", filters=mine).iloc[0]
        west, south, east, north = maps.frame(extent[BOUNDS])
        near = [("west", "<", east), ("east", ">", west), ("south", "<", north), ("north", ">", south)]
        columns, alike = ["code", "epci", "geometry"], [("crs", "==", extent["crs"]), *near]
        shapes = pd.read_parquet(processed / "contours.parquet", columns=columns, filters=alike)
        communes = shapes.merge(self.communes[["code", "epci"]], on=["code", "epci"], how="outer", validate="1:1")
        codes = [*communes["code"], *communes["epci"].dropna().unique()]
        columns = ["code", "name", "total_population"]
        places = pd.read_parquet(processed / "territories.parquet", columns=columns, filters=[("code", "in", codes)])
        places = places.assign(name=places["name"].map(texts.typography)).drop_duplicates("code").set_index("code")
        land = GeoDataFrame(
            {
                "territory": communes["code"],
                "name": communes["code"].map(places["name"]),
                "own": communes["epci"].eq(self.epci),
                "epci": communes["epci"],
                "epci_name": communes["epci"].map(places["name"]),
                "population": communes["code"].map(places["total_population"]),
            },
            geometry=GeoSeries.from_wkb(communes["geometry"], crs=int(extent["crs"])),
        )
        return maps.generalised(land)

    @property
    def observations(self) -> pd.DataFrame:
        """The observations of the territory, its communes and its comparators."""
        return self._observations.copy(deep=False)

    @property
    def named(self) -> pd.DataFrame:
        """The observations with the names of the territories, and `summed` as in `around`, by indicator."""
        return self._named.table.copy(deep=False)

    @property
    def tested(self) -> pd.DataFrame:
        """The territory and its comparators at the period of comparison, with the word of the test (see `compared`)."""
        return self._beside.table.copy(deep=False)

    def of(self, indicators: Collection[str]) -> pd.DataFrame:
        """The observations of several indicators, by their ids."""
        return self._observations[self._observations["indicator"].isin(indicators)]

    def data(self, indicator: Indicator) -> pd.DataFrame:
        """The observations of an indicator, with the names of the territories."""
        return self._named.rows(indicator.id)

    def has(self, indicator: Indicator, status: str, levels: Collection[str] = LEVELS) -> bool:
        """Whether an observation of an indicator, of any place of some levels and any period, has this status."""
        return any((indicator.id, status, level) in self._statuses for level in levels)

    def readable(self, indicator: Indicator) -> pd.DataFrame:
        """The observations of an indicator with what a reader sees: name, text, interval.

        How a value of the census is told depends on how many inhabitants the communes have (see `_is_drawn`).
        """
        if indicator.id not in self._readable:
            self._readable[indicator.id] = self.in_words(self.data(indicator))
        return self._readable[indicator.id].copy(deep=False)

    def here(self, indicator: Indicator) -> pd.DataFrame:
        """The rows of `readable` that are of the territory itself, by period."""
        return self._here.rows(indicator.id)

    @cached_property
    def _here(self) -> ByIndicator:
        rows = self._named.table
        rows = rows[rows["level"].eq("epci") & rows["indicator"].isin(list(CATALOGUE))]
        return ByIndicator(self.in_words(rows.sort_values("period", kind="stable")))

    def in_words(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Observations, with their names, as `readable` gives them; drawn: see `_is_drawn`."""
        rows = rows.assign(
            drawn=[self._is_drawn(*place) for place in zip(rows["level"], rows["territory"], strict=True)]
        )
        each, fictional = sentences.each_row(rows), self.root.fictional
        several = [CATALOGUE[name] for name in rows["indicator"]]
        written = [
            replace(one, decimals=0) if row.level == "commune" and one.id in self._whole else one
            for one, row in zip(several, each, strict=True)
        ]
        names = [
            row.name
            if fictional or row.level not in LARGER
            else name_of_place(one, row, self._larger, self._departements)
            for one, row in zip(several, each, strict=True)
        ]
        return rows.assign(
            text=list(map(sentences.value_text, written, each)),
            interval=list(map(sentences.interval_text, several, each)),
            name=list(map(texts.typography, names)),
        )

    @cached_property
    def _whole(self) -> set[str]:
        """The indicators that the producer gives communes in whole numbers, and larger places with a decimal, by id."""
        rows = self._named.table
        decimal = [one.id for one in CATALOGUE.values() if isinstance(one.value, Published) and one.decimals]
        known = rows[rows["level"].eq("commune") & rows["value"].notna() & rows["indicator"].isin(decimal)]
        whole = known["value"].mod(1).eq(0).groupby(known["indicator"]).agg(["size", "all"])
        return set(whole.index[whole["all"] & whole["size"].ge(WHOLE_FROM)])

    @cached_property
    def _departements(self) -> dict[str, str]:
        rows = self.territories[self.territories["level"].eq("departement")]
        return dict(zip(rows["code"], rows["name"], strict=True))

    @cached_property
    def _larger(self) -> dict[str, set[str]]:
        """The département and the région of each commune that the files of some source lack."""
        lost = {code for one in SOURCES.values() for _, codes in one.totals.lost for code in codes.split()}
        rows = self.territories[self.territories["level"].eq("commune") & self.territories["code"].isin(lost)]
        held = {row.code: {row.departement, row.region} for row in rows.itertuples()}
        return {code: set() for code in lost} | held

    def _is_drawn(self, level: str, code: str) -> bool | None:
        """Whether the census knows a place, or a commune of it, by a sample of dwellings (rule R7); None: not known."""
        if level in LOCAL:
            return code in self._drawn
        if level == "epci":
            return bool(self._drawn) if code == self.epci else None
        return None if level in (PEERS, ALL_EPCIS) else True

    @cached_property
    def _drawn(self) -> set[str]:
        """Its communes that the census surveys by a yearly sample, and the secteurs that hold one."""
        people = self._named.rows(PEOPLE)
        people = people[people["level"].eq("commune") & people["status"].eq(OK)].sort_values("period", kind="stable")
        latest = people.drop_duplicates("territory", keep="last")
        large = set(latest.loc[latest["value"].ge(norm("census_large_commune")), "territory"])
        return large | set(self.communes.loc[self.communes["code"].isin(large), "secteur"].dropna())

    def own(self, indicator: Indicator) -> pd.DataFrame:
        """The values of the territory itself, by period."""
        rows = self.here(indicator)
        return rows[rows["status"].eq(OK)]

    def against(self, indicator: Indicator) -> pd.DataFrame:
        """What `compared` does, before it is put in words."""
        return self._against.rows(indicator.id)

    def gaps(self, indicator: Indicator) -> pd.DataFrame:
        """What separates the territory from each place of `against` (see findings.differences)."""
        return self._gaps.rows(indicator.id)

    def compared(self, indicator: Indicator, *, with_peers: bool = True) -> pd.DataFrame:
        """The territory, then its comparators and the median of its peers, at the period to compare.

        Where France is not known, the median of the EPCIs is the last one, of the level `ALL_EPCIS`.

        Columns besides those of `readable`: word (« plus élevée que », « proche de »...), p: see
        comparisons.tested; equal, equal_low, equal_high: see demography.at_equal_ages.
        No row without a value here. All the rows are of the producer of the territory's own figure (rule R12). La
        Réunion is a département and a région: where both have the same value, it has one row.
        """
        told = sentences.on_one_scale(indicator, self._compared.rows(indicator.id))
        rows = told if told["name"].is_unique else told.drop_duplicates(["name", "text"])
        return rows if with_peers else rows[~rows["level"].isin([PEERS, ALL_EPCIS])]

    @cached_property
    def _compared(self) -> ByIndicator:
        return ByIndicator(self.in_words(self._against.table))

    @cached_property
    def _beside(self) -> ByIndicator:
        """What `compared` does without the peers, for all indicators in one pass."""
        rows = self._comparable
        rows = rows[rows["period"].eq(rows["indicator"].map(self.periods))]
        rows = rows[rows["level"].ne("france") | rows["territory"].eq(rows["indicator"].map(which_france(rows)))]
        places = list(zip(self.beside["level"], self.beside["code"].replace(FRANCE, ""), strict=True))
        codes = rows["territory"].where(rows["level"].ne("france"), "")
        order = [places.index(place) for place in zip(rows["level"], codes, strict=True)]
        rows = tested(rows.assign(order=order).sort_values(["indicator", "order"]), CATALOGUE)
        return ByIndicator(at_equal_ages(rows, self._named.table.query("level not in @LOCAL"), CATALOGUE))

    @cached_property
    def _against(self) -> ByIndicator:
        """The same with the medians of the peers, and those of all the EPCIs where France is not known."""
        rows, medians = self._beside.table, self._medians.table
        then = medians["indicator"].map(dict(zip(rows["indicator"], rows["period"], strict=True)))
        return ByIndicator(pd.concat([rows, medians[medians["period"].eq(then)], self.medians_of_all(rows)]))

    def medians_of_all(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The median of the EPCIs for each figure of the territory that no France stands beside: level `ALL_EPCIS`.

        No verdict rests on it: `findings.differences` takes no such row.

        Parameters:
            rows: observations of the territory and of places beside, of one period of each indicator.
        """
        own = rows[rows["level"].eq("epci")]
        france = rows.loc[rows["level"].eq("france") & rows["status"].eq(OK), "indicator"]
        own = own[own["status"].eq(OK) & ~own["indicator"].isin(france)]
        told = {"level": ALL_EPCIS, "territory": "", "name": MEDIAN_OF_ALL, "quality": 1, "word": None, "summed": False}
        unknown = dict.fromkeys(["numerator", "denominator", "low", "high", "p", *EQUAL], float("nan"))
        medians = own.assign(**told, **unknown, value=beside_spread(own, self.spread)["median"].astype(float))
        return medians[medians["value"].notna()]

    def zeros(self, indicator: Indicator) -> float:
        """The part of the EPCIs that have none, where the territory has none and most are so; 0 elsewhere."""
        own = self.against(indicator)[:1]
        if own.empty or not own["value"].eq(0).all() or own["high"].gt(0).any():
            return 0.0
        beside = beside_spread(own, self.spread).iloc[0]
        part = float(beside["zeros"] / beside["epcis"])
        return part if part > MOST_EPCIS else 0.0

    @cached_property
    def _gaps(self) -> ByIndicator:
        return ByIndicator(differences(self._against.table, CATALOGUE, self.spread))

    @cached_property
    def spread(self) -> pd.DataFrame:
        """How the EPCIs of France are spread: see `indicators.spread.spread_of`."""
        return pd.read_parquet(self.root.processed / "spread.parquet")

    @cached_property
    def inequality(self) -> pd.DataFrame:
        """How far apart its communes are: see `indicators.spread.inequality`."""
        table = pd.read_parquet(self.root.processed / "inequality.parquet")
        return table[table["territory"].eq(self.epci)].set_index("indicator")

    @cached_property
    def periods(self) -> dict[str, str]:
        """The period that the places and the peers are compared at, by indicator that the territory has a value of."""
        return common_periods(pd.concat([self._comparable, self._medians.table]), self.epci)

    @cached_property
    def _comparable(self) -> pd.DataFrame:
        return comparable_rows(self._named.table.query("level not in @LOCAL"), self.epci)

    @cached_property
    def _medians(self) -> ByIndicator:
        """The medians of the peers, of each indicator at each period of the territory's own values."""
        names = [indicator.id for indicator in CATALOGUE.values() if has_median(indicator)]
        rows = rows_of_peers(self.around, pairs([self.peers]), *names).query("status == @OK")
        chosen = rows["indicator"].map(lambda name: chooses_peers(CATALOGUE[name])).astype(bool)
        counted = [
            MEDIAN_LABEL if known == peers else f"Médiane de {known} des {peers} EPCI comparables"
            for known, peers in zip(rows["known"], rows["peers"], strict=True)
        ]
        label = pd.Series(counted, rows.index, dtype=object) + np.where(chosen, f" ({CHOOSES})", "")
        rows = rows.drop(columns=["known", "peers"])
        return ByIndicator(rows.assign(name=label, word=None, p=float("nan"), summed=False))

    @cached_property
    def near(self) -> list[str]:
        """The other EPCIs of its département(s), by SIREN."""
        return of_same_departements(self.territories, self.epci)

    @cached_property
    def around(self) -> pd.DataFrame:
        """The observations of the EPCI; the open ones of its peers and of the other EPCIs of its département.

        What partners entrust of an EPCI is for its own report: an agreement speaks of no other. Columns: those of
        observations, and summed (see `sentences.sums_of_rounded`).
        """
        rows = read_observations(self.root.processed, sorted({self.epci, *self.peers.peers["peer"], *self.near}))
        rows = rows[rows["territory"].eq(self.epci) | ~rows["source"].isin(ENTRUSTED)]
        return rows.assign(summed=sentences.sums_of_rounded(rows))

    @cached_property
    def profiles(self) -> pd.DataFrame:
        """What EPCIs are compared by to find their peers."""
        return pd.read_parquet(self.root.processed / "profiles.parquet").set_index("epci")

    @cached_property
    def vintages(self) -> pd.DataFrame:
        """The period and the source of each of these variables."""
        return pd.read_parquet(self.root.processed / "vintages.parquet").set_index("indicator")

    @cached_property
    def peers(self) -> PeerGroup:
        """The EPCIs most like this one: those of every median (rule R11)."""
        classes = self.profiles.filter(like="class_").rename(columns=lambda name: name.removeprefix("class_"))
        return nearest(self.profiles[list(VARIABLES)], self.epci, classes)
