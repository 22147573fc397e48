"""The EPCIs that resemble one: same class first, then the nearest on a few structural variables (rule R11).

The method is that of CIPFA's Nearest Neighbours: variables of mean 0 and standard deviation 1, Euclidean distance.
Here they weigh the same; NFER's statistical neighbours (2007, for the Department for Education) weight them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ctg_analysis.core.errors import UserError
from ctg_analysis.indicators.peer_profiles import VARIABLES

PEERS = 10
TIE = 9  # decimals to which two distances are equal
LEAST_KNOWN = 0.5  # of the variables, for an EPCI to have peers; of the EPCIs of a zone, for a variable to count there

ANY_DENSITY = "à toutes les classes de densité"
# The class, then what it is widened to: what its members share, how many size bands apart they may be, and in French.
# Neighbouring bands are of one class from the start: a band alone would part an island of 14 000 inhabitants from one
# of 16 000, and the population is a variable.
STEPS = (
    (("zone", "kind", "density"), 1, ""),
    (("zone", "density"), 1, "à toutes les catégories d'EPCI"),
    (("zone",), 1, ANY_DENSITY),
    (("zone",), np.inf, "à toutes les tailles"),
)


@dataclass(frozen=True, eq=False)
class PeerGroup:
    """The peers of an EPCI and how they were chosen.

    peers: columns peer (SIREN), distance (in standard deviations), nearest first. variables: those that choose.
    lacking: those that do not count, unknown for this EPCI or for most of its zone; without half of them, it has no
    peers. own: its row of `peer_profiles.classify`. step: of STEPS, above 0 when the class was
    widened. candidates: how many others the class holds whose variables are all known.
    """

    epci: str
    peers: pd.DataFrame
    variables: tuple[str, ...]
    lacking: tuple[str, ...]
    own: pd.Series
    step: int
    candidates: int


def nearest(profiles: pd.DataFrame, epci: str, classes: pd.DataFrame, k: int = PEERS) -> PeerGroup:
    """The k EPCIs nearest to one: see `nearest_of_each`.

    10, 20, 30 and 60 % have the mean 30 and the standard deviation √350 = 18.71: from A, B lies 10 / 18.71 away.

    >>> profiles = pd.DataFrame({"age_65_plus_share": [10.0, 20, 30, 60]}, index=list("ABCD"))
    >>> alike = {"zone": "of one zone", "kind": "of one kind", "size": 0, "density": ""}
    >>> group = nearest(profiles, "A", pd.DataFrame(alike, index=profiles.index), k=2)
    >>> group.peers.round(3).to_numpy().tolist(), group.candidates
    ([['B', 0.535], ['C', 1.069]], 3)
    """
    return nearest_of_each(profiles, [epci], classes, k)[0]


def nearest_of_each(
    profiles: pd.DataFrame, epcis: Iterable[str], classes: pd.DataFrame, k: int = PEERS
) -> list[PeerGroup]:
    """The k EPCIs of the same class nearest to each; fewer when the widest class holds fewer.

    Parameters:
        profiles: a column per variable.
        classes: see `peer_profiles.classify`.

    A variable is standardised over all the EPCIs for which it is known. One that this EPCI lacks, or most of its zone,
    does not count: Filosofi leaves out most of overseas. A class of fewer than k others is widened (STEPS);
    metropolitan France and overseas are never mixed. A tie goes to the smaller SIREN.

    Raises:
        UserError: no such EPCI among the profiles.
    """
    profiles = profiles.sort_index()
    members, sirens = classes.loc[profiles.index], profiles.index.to_numpy(dtype=str)
    points, zones = _standardised(profiles), members["zone"].to_numpy(dtype=str)
    known = ~np.isnan(points)
    counts = {zone: known[zones == zone].mean(axis=0) >= LEAST_KNOWN for zone in np.unique(zones)}
    shared = {name: members[name].to_numpy() for name in ("zone", "kind", "density")}
    shared = {name: np.unique(values.astype(str), return_inverse=True)[1] for name, values in shared.items()}
    groups = []
    for epci in epcis:
        if epci not in profiles.index:
            raise UserError(f"epci {epci!r} has no profile, expected an EPCI of the reference year")
        own = profiles.index.get_loc(epci)
        used = known[own] & counts[zones[own]]
        others = known[:, used].all(axis=1) & (sirens != epci)
        if used.mean() < LEAST_KNOWN:
            others[:] = False
        step, inside = _class_of(own, others, shared, members["size"].to_numpy(), k)
        distances = np.linalg.norm(points[np.ix_(inside, used)] - points[own, used], axis=1).round(TIE)
        first = np.lexsort([sirens[inside], distances])[:k]
        peers = pd.DataFrame({"peer": sirens[inside][first], "distance": distances[first]})
        chosen = tuple(profiles.columns[used]), tuple(profiles.columns[~used])
        groups.append(PeerGroup(epci, peers, *chosen, members.loc[epci], step, int(inside.sum())))
    return groups


def pairs(groups: Iterable[PeerGroup]) -> pd.DataFrame:
    """The peers of several EPCIs in one table: territory, peer, distance; peer missing when it has none."""
    names, tables = zip(*((group.epci, group.peers) for group in groups), strict=True)
    peers = pd.concat(tables, keys=names, names=["territory"]).reset_index(level=0)
    return pd.DataFrame({"territory": names}).merge(peers, on="territory", how="left", validate="1:m")


def _standardised(profiles: pd.DataFrame) -> np.ndarray:
    """The variables, after logarithms, with mean 0 and standard deviation 1; 0 where all are equal."""
    logs = [name for name in profiles.columns if name in VARIABLES and VARIABLES[name].log]
    values = profiles.assign(**np.log(profiles[logs]))
    spread = values.std(ddof=0).where(values.nunique().gt(1), 1.0)
    return ((values - values.mean()) / spread).to_numpy()


def _class_of(
    own: int, others: np.ndarray, shared: dict[str, np.ndarray], sizes: np.ndarray, k: int
) -> tuple[int, np.ndarray]:
    """The first step whose class holds k of the others, else the last, and who is in it."""
    apart = np.abs(sizes - sizes[own])
    alike = {name: values == values[own] for name, values in shared.items()}
    for step, (names, bands, _) in enumerate(STEPS):
        near = apart <= bands if np.isfinite(bands) else True
        inside = np.logical_and.reduce([alike[name] for name in names]) & near & others
        if inside.sum() >= k:
            return step, inside
    return step, inside
