"""The need for childcare beside the supply: a grid of scenarios, never one number.

Need: children under 3, times the share whose parents all have a job, times the share of those for whom a formal mode is
wished. Supply: the places that the Cnaf counts, less those of the childminders who stop. A factor that nothing tells
here is an axis of the grid. Children and places are of one source and one year (rule R12), as in `simulation`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import pandas as pd

from ctg_analysis.core.model import OK
from ctg_analysis.indicators.simulation import AT_CHILDMINDERS, PLACES, RATE, Missing, Simulation

AT_WORK, WISHED = "children_0_1_all_parents_employed_share", "formal_childcare_wished_share"
AGED_55_PLUS = "childminders_55_plus_share"
NEEDED = (RATE, AT_CHILDMINDERS, PLACES, AT_WORK, WISHED, AGED_55_PLUS)
PER_100 = 100.0  # children, where their number is not known: the grid is then in places for 100 of them
SHARES = {AT_WORK: (50.0, 65.0, 80.0), WISHED: (60.0, 80.0, 100.0)}  # %: the axes where nothing tells
STOPPING = (10.0, 20.0)  # % of the places of childminders, where their ages are not told
COLUMNS = ["children", "at_work", "wished", "needed", "offer", "places", "balance"]


@dataclass(frozen=True)
class Supply:
    """The places that the Cnaf counts for so many children: all, and those at childminders.

    counted: the children are counted; otherwise they are 100, and so are the places.
    """

    period: str
    children: float
    places: float
    at_childminders: float
    counted: bool
    sources: tuple[str, ...]


def supply_of(rows: pd.DataFrame) -> Supply | Missing:
    """The latest supply of a territory, with the children that the rate and the places imply, or 100.

    rows: observations of one territory: columns indicator, period, value, status, source.

    >>> values = {RATE: 50.0, AT_CHILDMINDERS: 30.0, PLACES: 100.0}
    >>> rows = pd.DataFrame({"indicator": values.keys(), "value": values.values(), "period": "2023", "status": OK})
    >>> one = supply_of(rows.assign(source="cnaf"))
    >>> float(one.children), float(one.places), float(one.at_childminders)
    (200.0, 100.0, 60.0)
    """
    known = rows[rows["status"].eq(OK)]
    periods = {name: set(known.loc[known["indicator"].eq(name), "period"]) for name in (RATE, AT_CHILDMINDERS)}
    common = periods[RATE] & periods[AT_CHILDMINDERS]
    if not common:
        return Missing(AT_CHILDMINDERS if periods[RATE] else RATE, max(periods[RATE], default=""))
    here = known[known["period"].eq(max(common))].set_index("indicator")
    rate, at_childminders = here.at[RATE, "value"], here.at[AT_CHILDMINDERS, "value"]
    counted = PLACES in here.index and rate > 0
    children = here.at[PLACES, "value"] / rate * 100 if counted else PER_100
    used = [RATE, AT_CHILDMINDERS, *([PLACES] if counted else [])]
    sources = tuple(dict.fromkeys(here.loc[used, "source"]))
    places = (rate * children / 100, at_childminders * children / 100)
    return Supply(max(common), children, *places, counted, sources)


def needed(children: float, at_work: float, wished: float) -> float:
    """The places needed for children whose parents all have a job and wish a formal mode. at_work, wished: in %.

    200 children, 70 % of parents at work, 80 % of wishes: 112 places.

    >>> needed(200, 70, 80)
    112.0
    """
    return children * at_work * wished / 100**2


def shares(rows: pd.DataFrame, indicator: str) -> tuple[float, ...]:
    """The value of a share between the bounds of its interval, or the axis of the grid where nothing tells it.

    rows: as in `supply_of`, and columns low, high.

    >>> rows = pd.DataFrame({"indicator": [WISHED], "period": ["2024"], "value": [85.0], "status": [OK]})
    >>> shares(rows.assign(low=70.0, high=95.0), WISHED), shares(rows, AT_WORK)
    ((70.0, 85.0, 95.0), (50.0, 65.0, 80.0))
    """
    known = rows[rows["indicator"].eq(indicator) & rows["status"].eq(OK)].sort_values("period", kind="stable")
    if known.empty:
        return SHARES[indicator]
    return tuple(float(bound) for bound in known.iloc[-1][["low", "value", "high"]].dropna())


def middle(axis: tuple[float, ...]) -> tuple[float, ...]:
    """The value in the middle of an axis, alone.

    >>> middle((70.0, 85.0, 95.0)), middle((70.0,))
    ((85.0,), (70.0,))
    """
    return axis[len(axis) // 2 :][:1]


def latest(rows: pd.DataFrame, indicator: str) -> float | None:
    """The latest value of an indicator; None where nothing tells it. rows: as in `supply_of`.

    >>> rows = pd.DataFrame({"indicator": PLACES, "period": ["2022", "2023"], "value": [9.0, 8.0], "status": OK})
    >>> latest(rows, PLACES), latest(rows, AGED_55_PLUS)
    (8.0, None)
    """
    known = rows[rows["indicator"].eq(indicator) & rows["status"].eq(OK)].sort_values("period", kind="stable")
    return float(known["value"].iloc[-1]) if len(known) else None


def offers(supply: Supply, older: float | None, changed: Simulation | Missing) -> dict[str, float]:
    """The places that are there today, those left when childminders stop, those after a simulated change.

    older: the share of the childminders who are 55 or more, in %; None where it is not told.

    >>> supply = Supply("2023", 200.0, 100.0, 60.0, True, ("cnaf",))
    >>> offers(supply, 40.0, Missing(PLACES, "2023"))
    {'today': 100.0, '20 %': 88.0, '40 %': 76.0}
    """
    stopping = STOPPING if older is None else (older / 2, older)
    kept = {"today": supply.places}
    kept |= {f"{share:.0f} %": supply.places - supply.at_childminders * share / 100 for share in stopping}
    if isinstance(changed, Simulation) and (changed.added or changed.leaving):
        kept["simulated"] = supply.places + sum(changed.change.values()) * supply.children / 100
    return kept


def grid(
    children: Mapping[str, float], at_work: Sequence[float], wished: Sequence[float], offered: Mapping[str, float]
) -> pd.DataFrame:
    """Every scenario: what is needed, what is offered, and what is left over or, below zero, lacks. COLUMNS.

    >>> grid({"2023": 200.0}, [70.0], [50.0, 80.0], {"today": 100.0})["balance"].tolist()
    [30.0, -12.0]
    """
    rows = []
    for (name, number), work, wish in product(children.items(), at_work, wished):
        need = needed(number, work, wish)
        rows += [(name, work, wish, need, offer, places, places - need) for offer, places in offered.items()]
    return pd.DataFrame(rows, columns=COLUMNS)
