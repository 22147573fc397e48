"""How often a test says what it should, and what the rules say of all the EPCIs of France, written in two pages."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from ctg_analysis.indicators.comparisons import ALPHA, chance, tested
from ctg_analysis.indicators.demography import at_equal_ages
from ctg_analysis.indicators.findings import ALERT, AMONG, FAR, STRENGTH, differences, findings, sides, under_norms
from ctg_analysis.indicators.observations import read_indicators
from ctg_analysis.indicators.spread import beside_spread, tenth, tenth_of_value
from ctg_analysis.indicators.uncertainty import (
    NEAREST,
    NOISE,
    chance_interval,
    complementary_interval,
    rounding_spread,
    sum_interval,
)
from ctg_analysis.model.catalogue import essentials
from ctg_analysis.model.indicator import EVENTS, OK, PERSONS
from ctg_analysis.model.norms import norm
from ctg_analysis.model.settings import DataRoot
from ctg_analysis.model.territories import FRANCE, METROPOLITAN_FRANCE
from ctg_analysis.pipeline.works import groups_of

DOCS = Path(__file__).parent.parent / "docs"
PAGE, RULES, BEGIN, END = DOCS / "calibration.md", DOCS / "rules.md", "<!-- epcis -->\n", "<!-- end of epcis -->\n"
DRAWS, SEED = 4000, 1
METROPOLES, SMALL_CC = "communautés urbaines et métropoles", 15_000  # inhabitants
HEADER = ["Kind", "Sizes", "False, %", "Covered, %", "Power, %"]
WORST = {"poverty": "poverty_2021_rate", "unemployment": "unemployment_15_64_rate"}
TOLD = 4  # alerts of a synthèse
SMALL = 5000  # inhabitants
NEARLY = 0.98
KINDS = {
    "events": "births, 1 %",
    "outcomes": "exam, 85 %",
    "sample": "one dwelling in five, 20 %",
    "survey": "40 % of addresses, 12 %",
    "rounded": "events, to 5 by commune, 5 %",
    "shares": "both counts to 5, 20 %",
}
SIZES = {
    "events": (15_000, 60_000, 300_000), "outcomes": (60, 300, 1500), "sample": (1000, 4000, 20_000),
    "survey": (5000, 20_000, 100_000), "rounded": (2000, 8000, 40_000), "shares": (300, 1500, 8000),
}  # fmt: skip
SHARE = {"events": 0.01, "outcomes": 0.85, "sample": 0.2, "survey": 0.12, "rounded": 0.05, "shares": 0.2}
WHOLE = 12  # times the territory: the place that holds it
TEXT = """# How often a test says what it should

Written by `make golden` (`tests/calibration.py`), held by `tests/test_calibration.py` and `tests/test_trends.py`. The
rule is R14 of [rules.md](rules.md).

## Differences

{draws} territories of each size, in a place {whole} times as large that holds them. *False*: the share is the same, and
the test at 5 % tells them apart. *Covered*: the interval at 95 % holds the truth. *Power*: a tenth more (of outcomes,
less) is told. What is counted whole has no test.

{of_draws}

At equal ages the interval is that of the value, with its design effect: it covers 93 to 97 % of children drawn with
their dwelling (`tests/test_equal_ages.py`).
"""
OF_FRANCE = """{epcis} EPCIs beside France, at the latest period that nearly all have: alerts/strengths, % of each type.

{of_types}

- No alert: {without} %. Nothing with a better side is far from France, in the worst tenth or under a norm; no source
  shipped for all has six years of what has one. {quiet} % of them have a strength.
- Worst tenth by value: {worst} have that alert, one of the {told} told; {among} alerts in all rest on a value whose
  interval reaches the next tenth.
- Doctors: {short} EPCIs have that alert only for the third of their inhabitants who live under the norm.
- EPCIs under 5 000 inhabitants are {small_all} of the EPCIs, {small_told} of the places in extreme tenths.
- Far from France, of {far} indicators: {least} to {most} of the EPCIs.
- Of {gaps} gaps to France, {sure} are different and {remarkable} are remarkable too, and named.
"""


def drawn(kind: str, base: int, share: float, random: np.random.Generator, draws: int = DRAWS) -> pd.DataFrame:
    """Return places of a base and a share, drawn as their kind is: value, low, high, denominator, truth."""
    n, truth = pd.Series(np.full(draws, float(base))), pd.Series(np.full(draws, share))
    match kind:
        case "events":
            counted = pd.Series(random.poisson(base * share, draws).astype(float))
            low, high = NOISE[EVENTS](counted, n)
        case "outcomes":
            counted = pd.Series(random.binomial(base, share, draws).astype(float))
            low, high = NOISE[PERSONS](counted, n)
        case "sample" | "survey":
            having = round(base * share)
            fraction = norm("census_coded_small") if kind == "sample" else norm("census_coded_large")
            seen = random.hypergeometric(having, base - having, round(base * fraction), draws) / fraction
            counted, truth = pd.Series(seen), truth * 0 + having / base
            low, high = (complementary_interval(counted, n, fraction)[name] for name in ("low", "high"))
        case "rounded":
            parts = 10 * max(1, base // 40_000)
            each = random.poisson(base * share / parts, (draws, parts))
            counted = pd.Series((5 * ((each + 2) // 5)).sum(axis=1).astype(float))
            low, high = chance_interval(bounds(counted, parts), bounds(n, 0), EVENTS)
        case "shares":
            counted, n = (pd.Series(5.0 * ((one + 2) // 5)) for one in (random.binomial(base, share, draws), n))
            low, high = chance_interval(bounds(counted, 1), bounds(n, 1), PERSONS, bounded=True)
    return pd.DataFrame({"value": counted / n, "low": low, "high": high, "denominator": n, "truth": truth})


def bounds(rounded: pd.Series, parts: int) -> pd.DataFrame:
    """Return what sums of so many counts rounded to 5 hold, and the part of it that errors of rounding make."""
    several = pd.Series(parts, rounded.index)
    low, high = sum_interval(rounded, several, 0 * several, 5, NEAREST)
    return pd.DataFrame({"low": low, "high": high, "within": rounding_spread(several, 5)})


def told_apart(kind: str, base: int, more: float, random: np.random.Generator) -> tuple[float, float]:
    """Return how often a territory is told from the place that holds it, and how often its interval holds the truth.

    more: how many times the share of the place its own is.
    """
    mine = drawn(kind, base, min(SHARE[kind] * more, 0.99), random)
    rest = drawn(kind, base * (WHOLE - 1), SHARE[kind], random)
    n = base * WHOLE
    value = (mine["value"] * base + rest["value"] * (n - base)) / n
    sides = {
        "low": [mine["value"] - mine["low"], rest["value"] - rest["low"]],
        "high": [mine["high"] - mine["value"], rest["high"] - rest["value"]],
    }
    width = {name: np.hypot(one * base, other * (n - base)) / n for name, (one, other) in sides.items()}
    whole = pd.DataFrame(
        {"value": value, "low": value - width["low"], "high": value + width["high"], "denominator": float(n)}
    )
    p = chance(mine, whole, pd.Series(False, mine.index))
    covered = mine["low"].le(mine["truth"]) & mine["high"].ge(mine["truth"])
    return float(p.lt(ALPHA).mean()), float(covered.mean())


def of_draws() -> pd.DataFrame:
    """Return, by kind and size: false, covered, power."""
    random, found = np.random.default_rng(SEED), []
    for kind, sizes in SIZES.items():
        for base in sizes:
            false, covered = told_apart(kind, base, 1.0, random)
            power, _ = told_apart(kind, base, 1.1 if kind != "outcomes" else 0.9, random)
            found.append((kind, base, false, covered, power))
    return pd.DataFrame(found, columns=["kind", "size", "false", "covered", "power"])


def latest(spread: pd.DataFrame) -> pd.DataFrame:
    """Return the spread of each indicator (index) at its latest period that nearly as many EPCIs have as any."""
    enough = spread["epcis"].ge(NEARLY * spread.groupby("indicator")["epcis"].transform("max"))
    return (
        spread[enough].sort_values(["period", "epcis"]).drop_duplicates("indicator", keep="last").set_index("indicator")
    )


@cache
def of_france(root: DataRoot) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the findings of all EPCIs with their sides, the tenths of all values, the gaps to France."""
    listed = {one.indicator.id: one.indicator for one in essentials()}
    norms = [name for name, indicator in listed.items() if indicator.norm]
    by_age = set().union(*(one.by_age for one in listed.values()))
    rows = read_indicators(root.processed, {*listed, *by_age}, groups_of(norms))
    rows = rows[rows["status"].eq(OK)].astype(
        {"indicator": object, "level": object, "period": object, "territory": object}
    )
    spread = pd.read_parquet(root.processed / "spread.parquet")
    counts = rows[rows["indicator"].isin(by_age) & rows["level"].isin(["epci", "france"])]
    counts = dict([*counts.groupby("territory")])
    rows = rows[rows["indicator"].isin(listed) & rows["period"].eq(rows["indicator"].map(latest(spread)["period"]))]
    france = rows[rows["level"].eq("france")].sort_values("territory").drop_duplicates("indicator")
    assert set(france["territory"]) <= {FRANCE, METROPOLITAN_FRANCE}
    epcis = rows[rows["level"].eq("epci")]
    epci_of = pd.read_parquet(root.processed / "territories.parquet").drop_duplicates("code").set_index("code")["epci"]
    communes = rows[rows["level"].eq("commune") & rows["indicator"].isin(norms)]
    communes = dict([*communes.groupby(communes["territory"].map(epci_of))])
    people = read_indicators(root.processed, ["population_count"], groups_of(["population_count"]))
    people = people[people["level"].eq("commune") & people["status"].eq(OK)]
    inhabitants = people.sort_values("period").drop_duplicates("territory", keep="last").set_index("territory")["value"]
    tables, gaps = [], []
    for epci, own in epcis.groupby("territory"):
        compared = tested(pd.concat([own, france[france["indicator"].isin(own["indicator"])]]), listed)
        of_ages = [counts[place] for place in (epci, FRANCE) if place in counts]
        compared = at_equal_ages(compared, pd.concat(of_ages), listed)
        under = under_norms(communes.get(epci, rows[:0]), inhabitants, listed)
        gaps.append(differences(compared, listed, spread))
        found = findings(compared, gaps[-1], essentials(), spread, {}, under)
        side = sides(found, gaps[-1], listed)
        tables.append(found.assign(side=side, epci=epci))
    places = epcis[["territory", "indicator", "value", "low", "high"]].reset_index(drop=True)
    beside = beside_spread(epcis.reset_index(drop=True), spread)
    placed = tenth(places, beside)
    places = places.assign(tenth=placed, reached=tenth_of_value(places["value"], beside))
    return pd.concat(tables, ignore_index=True), places, pd.concat(gaps, ignore_index=True)


def named(root: DataRoot) -> pd.DataFrame:
    """Return, of the editorial list, the spread of the EPCIs and the share of them that are far from France."""
    usual = latest(pd.read_parquet(root.processed / "spread.parquet"))
    rows = read_indicators(root.processed, usual.index, groups=()).query(f"status == {OK!r}")
    rows = rows[rows["period"].eq(rows["indicator"].map(usual["period"]))]
    france = rows[rows["level"].eq("france")].sort_values("territory").drop_duplicates("indicator")
    epcis = rows[rows["level"].eq("epci")]
    gap = (epcis["value"] - epcis["indicator"].map(france.set_index("indicator")["value"])).abs()
    is_far = gap.ge(epcis["indicator"].map(usual["far"]))[gap.notna()]
    return usual.assign(named=is_far.groupby(epcis["indicator"]).mean())


def kinds(profiles: pd.DataFrame) -> pd.Series:
    """Return the type of each EPCI."""
    metropole, agglomeration = (profiles["class_kind"].eq(kind) for kind in (METROPOLES, "communautés d'agglomération"))
    overseas, small = profiles["class_zone"].ne("de France métropolitaine"), profiles["population"].lt(SMALL_CC)
    types = {"overseas": overseas, "métropoles, CU": metropole, "CA": agglomeration, "CC under 15 000": small}
    found = np.select([*types.values()], [*types], "other CC")
    return pd.Series(found, profiles.index).astype(pd.CategoricalDtype([*[*types][1:], "other CC", "overseas"]))


def of_rules(root: DataRoot) -> str:
    """Return what the page of rules says of the EPCIs of France."""
    found, placed, gaps = of_france(root)
    profiles = pd.read_parquet(root.processed / "profiles.parquet").set_index("epci")
    alerts, strengths = (found[found["side"].eq(side)] for side in (ALERT, STRENGTH))
    types = [*profiles.index.groupby(kinds(profiles)).items(), ("all", profiles.index)]
    names = dict.fromkeys([*alerts["indicator"].value_counts().index, *strengths["indicator"].value_counts().index])
    sides = {f"`{name}`": [side[side["indicator"].eq(name)] for side in (alerts, strengths)] for name in names}
    sides["any"] = [alerts, strengths]
    of_types = [
        [name, *("/".join(f"{100 * epcis.isin(side['epci']).mean():.0f}" for side in both) for _, epcis in types)]
        for name, both in sides.items()
    ]
    doctors = alerts[alerts["indicator"].eq("general_practitioner_accessibility_index")]
    value = placed.set_index(["indicator", "territory"])["value"].loc["general_practitioner_accessibility_index"]
    reaches = doctors["epci"].map(value).ge(norm("sub_density_of_general_practitioners"))
    only = reaches & doctors["tenth"].ge(0) & ~(doctors["why"].eq(FAR) & ~doctors["higher"].astype(bool))
    told = alerts.groupby("epci").head(TOLD).set_index(["epci", "indicator"]).index
    worst = {label: placed[placed["indicator"].eq(name) & placed["reached"].eq(1)] for label, name in WORST.items()}
    worst = [
        f"{pd.MultiIndex.from_frame(rows[['territory', 'indicator']]).isin(told).sum()} of {len(rows)} of {label}"
        for label, rows in worst.items()
    ]
    small = placed["territory"].map(profiles["population"]).lt(SMALL)
    share = named(root)["named"].reindex([one.indicator.id for one in essentials()]).dropna()
    quiet = profiles.index[~profiles.index.isin(alerts["epci"])]
    return OF_FRANCE.format(
        epcis=len(profiles), told=TOLD, worst=" and ".join(worst), short=only.sum(),
        among=alerts["why"].eq(AMONG).sum(),
        without=f"{100 * len(quiet) / len(profiles):.0f}", quiet=f"{100 * quiet.isin(strengths['epci']).mean():.0f}",
        gaps=len(gaps), sure=_percent(gaps["sure"].mean()), remarkable=_percent(gaps["remarkable"].mean()),
        far=len(share), least=_percent(share.min()), most=_percent(share.max()),
        of_types=_table(["Indicator", *(f"{one} ({len(epcis)})" for one, epcis in types)], of_types),
        small_told=_percent(small[placed["tenth"].ne(0)].mean()), small_all=_percent(small.mean()),
    )  # fmt: skip


def page() -> str:
    """Return the page of docs, but for its trends."""
    draws = _table(HEADER, [*map(_of_kind, of_draws().groupby("kind", sort=False))])
    return TEXT.format(draws=DRAWS, whole=WHOLE, of_draws=draws)


def _of_kind(group: tuple[str, pd.DataFrame]) -> list[str]:
    kind, of = group
    rates = [", ".join(f"{100 * rate:.1f}" for rate in of[name]) for name in ("false", "covered", "power")]
    return [f"{kind}: {KINDS[kind]}", ", ".join(map(str, of["size"])), *rates]


def _table(header: list[str], lines: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in [header, ["---"] * len(header), *lines])


def _percent(part: float) -> str:
    return f"{100 * part:.1f} %"
