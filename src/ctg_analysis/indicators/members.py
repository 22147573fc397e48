"""Who belongs to whom, as ranks: what is added up of the communes of all larger places at once."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ctg_analysis.core.territories import unit_of_places

LARGER = ("departement", "region", "france")  # whose communes tell how far two are apart: the first that has enough


class Members(NamedTuple):
    """Who belongs to whom, by ranks among the communes and among the larger places; -1 where there is none.

    ranks: of the codes of each level, from its first one on. units: of each kind of larger place, that of each commune.
    above: the département, the région and France that each larger place lies in, alone, or is. concentrations: the sum
    of the squared parts that its communes have in the inhabitants of each.
    """

    ranks: dict[str, tuple[int, pd.Index]]
    units: list[tuple[str, np.ndarray]]
    above: dict[str, np.ndarray]
    concentrations: np.ndarray

    def of(self, rows: pd.DataFrame) -> np.ndarray:
        """The ranks of places, each among those of its kind. rows: columns level, code."""
        codes, levels = rows["code"].astype("category").cat, rows["level"].to_numpy(dtype=object)
        found = np.full(len(rows), -1)
        for level, (first, index) in self.ranks.items():
            ranks, here = index.get_indexer(codes.categories), levels == level
            found[here] = np.where(ranks < 0, -1, ranks + first)[codes.codes[here]]
        return found


def members_of(places: pd.DataFrame) -> Members:
    """What dispersions need to know of the territories. places: as data/processed holds them."""
    communes = places[places["level"].eq("commune")]
    ranks, units, size = {"commune": (0, pd.Index(communes["code"]))}, [], 0
    for level, of in unit_of_places(places):
        codes = pd.Index(of.dropna().unique())
        if level in ranks:  # France, whole, then metropolitan
            first, before = ranks[level]
            ranks[level] = (first, before.append(codes))
        else:
            ranks[level] = (size, codes)
        units.append((level, np.where(of.isna(), -1, codes.get_indexer(of) + size)))
        size += len(codes)
    inhabitants = communes["total_population"].to_numpy(dtype=float)
    squared = sum_by(units, size, np.nan_to_num(inhabitants) ** 2)
    with np.errstate(invalid="ignore"):
        concentrations = squared / sum_by(units, size, np.nan_to_num(inhabitants)) ** 2
    larger = dict(units[::-1])
    above = {level: _alone(units, size, larger[level]) for level in LARGER}
    return Members(ranks, units, above, concentrations)


def sum_by(units: list[tuple[str, np.ndarray]], size: int, numbers: np.ndarray) -> np.ndarray:
    """The sum of the numbers of communes for each larger place. units, size: see `members_of`."""
    return sum(np.bincount(of[of >= 0], numbers[of >= 0], size) for _, of in units)


def _alone(units: list[tuple[str, np.ndarray]], size: int, larger: np.ndarray) -> np.ndarray:
    """The unit that all the communes of each place are in; -1 where there are several."""
    least, most = np.full(size, size), np.full(size, -1)
    for _, of in units:
        both = (of >= 0) & (larger >= 0)
        np.minimum.at(least, of[both], larger[both])
        np.maximum.at(most, of[both], larger[both])
    return np.where(least == most, most, -1)
