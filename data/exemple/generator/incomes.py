"""What households live on: income as three generations of files told it."""

from pathlib import Path

import numpy as np
import pandas as pd

from generator.census import bases, own_share
from generator.places import AROUND, COMMUNES, DEPARTEMENTS, EPCIS, NEIGHBOURS, REGIONS, Commune, Writer

SMALL, RATED = 120, 2000  # inhabitants: below, income is not published, nor the poverty rate
AT_THE_FLOOR = "99004"  # its poverty rate is published as the smallest that is
TAXED = 0.97  # of the households: the others have no ordinary dwelling or no declaration
# What income is made of, for 100 euros of it before taxes, between two bounds; then taxes.
SOURCES_OF_INCOME = {"PTSA": (42, 62), "PBEN": (4, 12), "PCHO": (2, 4), "PPEN": (24, 38), "PPAT": (6, 14)}
SOURCES_OF_INCOME |= {"PPFAM": (1.4, 3.2), "PPMINI": (1, 3.4), "PPLOGT": (0.5, 1.6)}
TAXES = (10, 18)
LARGE = 5000  # inhabitants: below, no poverty rate of tenants, of owners, of an age
POOR = {"TOL1": 0.5, "TOL2": 1.9, "AGE1": 1.3, "AGE2": 1.2, "AGE3": 1.15, "AGE4": 1.05, "AGE5": 0.8, "AGE6": 0.75}
DECILES = {1: 0.56, 2: 0.7, 3: 0.81, 4: 0.9, 6: 1.1, 7: 1.22, 8: 1.39, 9: 1.72}  # of the median
COMPOSITION = [f"{name}21" for name in ("PIMP", *SOURCES_OF_INCOME, "PIMPOT")]


def _members(level: str, code: str) -> list[Commune]:
    """Return the communes of a place of the files of income."""
    belongs = {
        "COM": lambda one: one.code,
        "EPCI": lambda one: one.epci,
        "DEP": lambda one: one.departement,
        "REG": lambda one: one.region,
    }
    return [one for one in COMMUNES if level == "METROPOLE" or belongs[level](one) == code]


def _mean(values: dict[str, float], members: list[Commune]) -> float:
    """Return the mean of the values of communes, by their inhabitants."""
    return float(np.average([values[one.code] for one in members], weights=[max(one.population, 1) for one in members]))


def _tax_households(people: dict[str, np.ndarray], members: list[Commune], year: int) -> int:
    """Return the households that tax files know, nearly all of those of the census, commune by commune."""
    counts = [bases(one, people[one.code], year)["households"] for one in members]
    return sum(round(number * TAXED) for number in counts)


def _spread(median: float, width: float) -> list[str]:
    """Return the deciles around a median, further apart where width is larger, and the ratio of both ends."""
    ratios = {decile: 1 + (ratio - 1) * width for decile, ratio in DECILES.items()}
    return [*(f"{median * ratio:.0f}" for ratio in ratios.values()), f"{ratios[9] / ratios[1]:.1f}".replace(".", ",")]


def _composition(members: list[Commune]) -> list[float]:
    """Return the share of taxed households of some communes, and what their income is made of, which makes 100."""

    def mean(name: str, bounds: tuple[float, float]) -> float:
        return _mean({one.code: own_share(one, name, *bounds) for one in members}, members)

    taxes = round(mean("PIMPOT", TAXES), 1)
    parts = {name: mean(name, bounds) for name, bounds in SOURCES_OF_INCOME.items()}
    parts = {name: round(part / sum(parts.values()) * (100 + taxes), 1) for name, part in parts.items()}
    parts["PTSA"] = round(parts["PTSA"] + 100 + taxes - sum(parts.values()), 1)
    return [mean("PIMP", (38, 62)), *parts.values(), -taxes]


def income(raw: Path, people: dict[str, np.ndarray], generator: np.random.Generator) -> None:
    """Write income as three generations of files did: blanks, the letter s, CONF_STATUS; a rate of 5 at the floor.

    Larger places have what their communes have: the sum of the households, means of the rest.
    """
    places = [("COM", commune.code) for commune in COMMUNES]
    places += [("EPCI", epci) for epci in EPCIS] + [("DEP", code) for code in DEPARTEMENTS] + [("METROPOLE", "1")]
    size = {code: sum(one.population for one in _members(level, code)) for level, code in places}
    others = {commune.code for commune in AROUND} | {siren for siren, *_ in NEIGHBOURS}
    apart, more = generator.spawn(1)[0], np.random.default_rng([41, 2])
    draws = {code: apart if code in others else generator for _, code in places}
    known = {code: float(draws[code].normal(21500, 1500)) for _, code in places}
    median = {code: round(_mean(known, _members(level, code)), -1) for level, code in places}
    known = {one.code: float(more.uniform(0.88, 1.14)) for one in COMMUNES}
    width = {code: _mean(known, _members(level, code)) for level, code in places}
    known = {one.code: 5.2 * (21500 / median[one.code]) ** 2 * float(more.uniform(0.85, 1.15)) for one in COMMUNES}
    benefits = {code: _mean(known, _members(level, code)) for level, code in places}
    writer = Writer(raw, "insee_filosofi_2019", "Revenu disponible", "2017 et 2019")
    for year in ("17", "19"):
        for suffix in ("COM", "EPCI", "DEP", "METROPOLE"):
            lines = []
            for level, code in places:
                if level != suffix or (suffix == "COM" and size[code] < SMALL):
                    continue
                value = median[code] * (0.96 if year == "17" else 1.0)
                spread = [*_spread(value, width[code]), f"{benefits[code]:.1f}".replace(".", ",")]
                spread = spread if size[code] >= 1000 else [""] * len(spread)
                number = _tax_households(people, _members(level, code), 2000 + int(year))
                lines.append((code, number, f"{value:.0f}", *spread))
            header = [
                "CODGEO",
                f"NBMEN{year}",
                f"Q2{year}",
                *(f"D{one}{year}" for one in DECILES),
                "RD",
                f"PPSOC{year}",
            ]
            writer.write(f"FILO20{year}_DISP_{suffix}_exemple.csv", pd.DataFrame(lines, columns=header))
    writer.certify()
    drawn_rate = {
        one.code: float(draws[one.code].uniform(8, 17))
        for one in COMMUNES
        if one.population >= RATED and one.code != AT_THE_FLOOR
    }
    known = {code: float(draws[code].uniform(9, 16)) for _, code in places}
    known[AT_THE_FLOOR] = 4.6
    poverty = {code: _mean(known, _members(level, code)) for level, code in places}
    lines, groups = [], [f"TP60{name}21" for name in POOR]
    for one in COMMUNES:
        ratio = _spread(1.0, width[one.code])[-1]
        rate, parts = ["s", "s"], ["s"] * len(COMPOSITION)
        if one.code == AT_THE_FLOOR:
            rate = ["5", ratio]
        elif one.code in drawn_rate:
            rate = [f"{poverty[one.code] + (drawn_rate[one.code] - 12.5) / 5:.0f}", ratio]
            parts = [f"{share:.1f}".replace(".", ",") for share in _composition([one])]
        poor = [
            f"{max(poverty[one.code] * times, 5):.0f}" if one.population >= LARGE else "s" for times in POOR.values()
        ]
        number = _tax_households(people, [one], 2021)
        middle = f"{median[one.code] * 1.04:.0f}" if size[one.code] >= SMALL else "s"
        lines.append((one.code, number, middle, *rate, *parts, *poor))
    writer = Writer(raw, "insee_filosofi_2021", "Niveau de vie et pauvreté", "2021")
    columns = ["CODGEO", "NBMENFISC21", "MED21", "TP6021", "RD21", *COMPOSITION]
    writer.write("cc_filosofi_2021_COM_exemple.csv", pd.DataFrame(lines, columns=[*columns, *groups]))
    lines = []
    for epci in EPCIS:
        members = _members("EPCI", epci)
        shares = [f"{share:.1f}" for share in _composition(members)]
        ratio = _spread(1.0, width[epci])[-1].replace(",", ".")
        number, middle = _tax_households(people, members, 2021), f"{median[epci] * 1.04:.0f}"
        lines.append((epci, number, middle, f"{poverty[epci]:.1f}", ratio, *shares))
    writer.write("cc_filosofi_2021_EPCI_exemple.csv", pd.DataFrame(lines, columns=columns))
    whole = pd.DataFrame({"CODGEO": ["FRANCE"], "MED21": [f"{round(median['1'] * 1.04, -3):.0f}"]})
    whole = whole.assign(TP6021=f"{poverty['1']:.1f}")  # the median of the country, as a sentence rounds it
    writer.write("FILO2021_FRANCE_exemple.csv", whole)
    writer.certify()
    writer = Writer(raw, "insee_filosofi_2021_ages", "Pauvreté selon l'âge et la famille", "2021")
    ages = [f"TP60{name}21" for name in POOR if name.startswith("AGE")]
    for suffix, codes in (("EPCI", EPCIS), ("DEP", DEPARTEMENTS)):
        lines = []
        for code in codes:
            poor = [f"{max(poverty[code] * times, 5):.1f}" for name, times in POOR.items() if name.startswith("AGE")]
            middle, alone = f"{median[code] * 1.04:.0f}", f"{median[code] * 0.78:.0f}"
            hidden = size[code] < RATED  # secret: too few single parents
            families = ["" if hidden else f"{poverty[code] * 2:.1f}", f"{max(poverty[code] * 0.9, 5):.1f}", alone]
            lines.append((code, middle, f"{poverty[code]:.1f}", *poor, *families))
        columns = ["CODGEO", "MED21", "TP6021", *ages, "TP60_MONO", "TP60_CAE", "MED_MONO"]
        writer.write(f"FILO2021_ages_menages_{suffix}_exemple.csv", pd.DataFrame(lines, columns=columns))
    writer.certify()
    lines = []
    objects = {"COM": "COM", "EPCI": "EPCI", "DEP": "DEP", "REG": "REG", "METROPOLE": "FRANCE"}
    for level, code in [*places, *(("REG", code) for code in REGIONS)]:
        geo, members = "F" if level == "METROPOLE" else code, _members(level, code)
        middle = round(_mean(median, members), -1) if level == "REG" else median[code]
        rate = _mean(poverty, members) if level == "REG" else poverty[code]
        for measure, shown, least in (("MED_SL", f"{middle * 1.18:.0f}", SMALL), ("PR_MD60", f"{rate:.1f}", RATED)):
            hidden = sum(one.population for one in members) < least
            status = "C" if hidden else "F"
            lines.append((geo, objects[level], measure, 2023, status, "A", "" if hidden else shown))
    columns = "GEO GEO_OBJECT FILOSOFI_MEASURE TIME_PERIOD CONF_STATUS OBS_STATUS OBS_VALUE"
    writer = Writer(raw, "insee_filosofi_2023", "Niveau de vie et pauvreté", "2023")
    writer.write("DS_FILOSOFI_CC_2023.csv", pd.DataFrame(lines, columns=columns.split()))
    writer.certify()
