"""What was observed of a territory, its communes and what it is compared with, as a reader sees it."""

from functools import cached_property, lru_cache

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.cleaning.geography import read_geography
from ctg_analysis.comparisons import common_period, comparators, find_epci, members, tested
from ctg_analysis.display import texts
from ctg_analysis.model import OK, Indicator
from ctg_analysis.observations import complete, read_observations
from ctg_analysis.peer_values import MEDIAN_LABEL, rows_of_peers
from ctg_analysis.peers import VARIABLES, PeerGroup, left_out, nearest, pairs
from ctg_analysis.settings import DataRoot
from ctg_analysis.sources import SOURCES
from ctg_analysis.territories import FRANCE, METROPOLITAN_FRANCE

LOCAL = ("commune", "secteur")


def observed(epci: str, root: DataRoot) -> "Observed":
    """Return what was observed of a territory; opened again only after another one, or when `ctg data` has run."""
    return _opened(epci, root, (root.processed / "observations.parquet").stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _opened(epci: str, root: DataRoot, written: int) -> "Observed":
    return Observed(epci, root)


class Observed:
    """The observations of a territory with the names of the places and the texts of the values.

    epci: SIREN. territory: its row. communes, secteurs, beside: the places, in the order to show. places: all of them.
    """

    def __init__(self, epci: str, root: DataRoot):
        self.epci, self.root = epci, root
        self.territories = pd.read_parquet(root.processed / "territories.parquet")
        self.territory = find_epci(self.territories, epci)
        by_name = {"key": lambda names: names.map(texts.alphabetical)}
        self.communes = members(self.territories, epci).sort_values("name", **by_name)
        of_the_epci = self.territories["level"].eq("secteur") & self.territories["epci"].eq(epci)
        self.secteurs = self.territories[of_the_epci].sort_values("name", **by_name)
        self.beside = comparators(self.territories, epci)
        self.places = pd.concat([self.communes, self.secteurs, self.beside]).rename(columns={"code": "territory"})
        metropolitan = self.territories["level"].eq("france") & self.territories["code"].eq(METROPOLITAN_FRANCE)
        known = pd.concat([self.places, self.territories[metropolitan].rename(columns={"code": "territory"})])
        self._names = known[["territory", "level", "name"]]
        keys = self._names[["territory", "level"]]
        found = read_observations(root.processed, list(keys["territory"])).merge(keys, on=["territory", "level"])
        self.observations = complete(found, keys, CATALOGUE.values())
        named = self.observations.merge(self._names, on=["territory", "level"], how="left", validate="m:1")
        self._of_indicator = {str(name): rows.reset_index(drop=True) for name, rows in named.groupby("indicator")}
        self._readable: dict[str, pd.DataFrame] = {}
        self._compared: dict[tuple[str, bool], pd.DataFrame] = {}
        self._groups: dict[tuple[str, ...], PeerGroup] = {}
        self._seen: dict[tuple[str, ...], pd.DataFrame] = {}

    @cached_property
    def year(self) -> int:
        """Return the year of the reference geography."""
        return read_geography(self.root)["annee"]

    @cached_property
    def received(self) -> dict[str, str]:
        """Return the date each source was had; that of both regimes is that of the MSA's file."""
        table = pd.read_parquet(self.root.processed / "sources.parquet").set_index("source")["date"]
        return dict(table) | ({"caf_et_msa": table["msa_familles"]} if "msa_familles" in table else {})

    def data(self, one: Indicator) -> pd.DataFrame:
        """Return the observations of an indicator, with the names of the territories."""
        return self._of_indicator[one.id].copy()

    def readable(self, one: Indicator) -> pd.DataFrame:
        """Return the observations of an indicator with what a reader sees: name, text, interval."""
        if one.id not in self._readable:
            self._readable[one.id] = self._in_words(one, self.data(one))
        return self._readable[one.id].copy()

    def _in_words(self, one: Indicator, rows: pd.DataFrame) -> pd.DataFrame:
        each = list(rows.itertuples(index=False))
        return rows.assign(
            text=[texts.value_text(one, row) for row in each],
            interval=[texts.interval_text(one, row) for row in each],
            name=[texts.typography(self._france(row) if row.level == "france" else row.name) for row in each],
        )

    def _france(self, row) -> str:
        """Return which France a total covers, when there is one."""
        partial = SOURCES[row.source].outside and row.status == OK and not self.root.fictional
        return "France hors Mayotte" if partial else row.name

    def own(self, one: Indicator) -> pd.DataFrame:
        """Return the values of the territory itself, by period."""
        rows = self.readable(one)
        return rows[rows["level"].eq("epci") & rows["status"].eq(OK)].sort_values("period")

    def compared(self, one: Indicator, *, with_peers: bool = True) -> pd.DataFrame:
        """Return the territory, then its comparators and the median of its peers, at the period to compare.

        Columns besides those of `readable`: word (« plus élevé que », « proche de »...), p: see comparisons.tested. No
        row without a value here. All the rows are of the source of the territory's own figure, or of the files in
        which the same producer gives the same thing for larger places (rule R12).
        """
        key = one.id, with_peers
        if key not in self._compared:
            self._compared[key] = self._beside(one, with_peers=with_peers)
        return self._compared[key].copy()

    def _beside(self, one: Indicator, *, with_peers: bool) -> pd.DataFrame:
        """Return what `compared` does, worked out."""
        rows = self.readable(one)
        rows = rows[~rows["level"].isin(LOCAL)]
        period = common_period(rows, self.epci)
        order = self.beside[["level", "code"]].rename(columns={"code": "territory"})
        order = order.replace({"territory": {FRANCE: self._which_france(rows[rows["period"].eq(period)])}})
        found = order.merge(rows[rows["period"].eq(period)], on=["level", "territory"], how="inner")
        if found.empty:
            return found.assign(word=None, p=None)
        found = tested(found, one)
        peers = self._median_of_peers(one, period, found["source"].iloc[0]) if with_peers else None
        return found if peers is None else pd.concat([found, peers], ignore_index=True)

    def _which_france(self, rows: pd.DataFrame) -> str:
        """Return the whole country, or metropolitan France when the producer gives that one only."""
        known = set(rows.loc[rows["level"].eq("france") & rows["status"].eq(OK), "territory"])
        return METROPOLITAN_FRANCE if known == {METROPOLITAN_FRANCE} else FRANCE

    def _median_of_peers(self, one: Indicator, period: str, source: str) -> pd.DataFrame | None:
        """Return the row of the median of the peers, when it is known; a number of things has none."""
        if one.id.endswith(("_count", "_amount", "_year")):
            return None
        group = self.peers(left_out(one))
        if group.peers.empty:
            return None
        seen = self._of_peers(group)
        rows = rows_of_peers(seen[seen["indicator"].eq(one.id)], pairs([group]), one.id)
        rows = rows[rows["period"].eq(period) & rows["source"].eq(source) & rows["status"].eq(OK)]
        if rows.empty:
            return None
        rows = rows.assign(name=MEDIAN_LABEL, low=float("nan"), high=float("nan"))
        return self._in_words(one, rows).assign(word=None, p=None)

    @cached_property
    def profiles(self) -> pd.DataFrame:
        """Return what EPCIs are compared by to find their peers."""
        return pd.read_parquet(self.root.processed / "profiles.parquet").set_index("epci")

    @cached_property
    def vintages(self) -> pd.DataFrame:
        """Return the period and the source of each of these variables."""
        return pd.read_parquet(self.root.processed / "vintages.parquet").set_index("indicator")

    def peers(self, without: tuple[str, ...] = ()) -> PeerGroup:
        """Return the EPCIs most like this one, chosen without some variables (rule R11)."""
        if without not in self._groups:
            classes = self.profiles.filter(like="class_").rename(columns=lambda name: name.removeprefix("class_"))
            self._groups[without] = nearest(self.profiles[list(VARIABLES)], self.epci, classes, without=without)
        return self._groups[without]

    def _of_peers(self, group: PeerGroup) -> pd.DataFrame:
        """Return the observations of the territory and of its peers."""
        if group.without not in self._seen:
            sirens = sorted({self.epci, *group.peers["peer"]})
            self._seen[group.without] = read_observations(self.root.processed, sirens)
        return self._seen[group.without]
