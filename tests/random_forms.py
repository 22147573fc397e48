"""Forms filled at random, true to their own links: two EPCIs of one département, each in two secteurs, small counts."""

import math

import numpy as np
import pandas as pd
from form_attack import BREAKDOWNS, GUARDED, LINKS, OF_FORMS, PARTS

from ctg_analysis.core.facts import facts
from ctg_analysis.core.forms import NOT_ADDITIVE, PERSONS, YES_NO
from ctg_analysis.core.model import Rate
from ctg_analysis.indicators.observe import observe
from ctg_analysis.sources import SOURCES

FORMS = (
    "enquete_locale_enfance",
    "sdjes_accueils",
    "enquete_locale_droits",
    "senacs_vie_sociale",
    "enquete_locale_petite_enfance",
    "pmi_assistants_maternels",
)
ONE, TWO, DEPARTEMENT = "200000001", "200000002", "12"
COMMUNES = {ONE: [f"1200{number}" for number in range(1, 8)], TWO: [f"1210{number}" for number in range(1, 7)]}
ADDED = [field for form in FORMS for field in GUARDED[form].numbers if field.kind not in NOT_ADDITIVE]
SOURCE = {field.measure: form for form in FORMS for field in GUARDED[form].numbers}
KINDS = {field.measure: field.kind for field in ADDED}
PLACES = ("childminder_approved_places", "childminder_house_places")  # drawn after their childminders
ADDED_UP = {part for _, parts in BREAKDOWNS for part in parts}  # drawn before their whole
SHOWN = [one for one in OF_FORMS.values() if set(one.sources) & set(FORMS) and not isinstance(one.value, Rate)]


def counts_of(seed, years):
    """Return (measure, (commune,), year) → count, drawn so that parts, wholes and links hold."""
    draw = np.random.default_rng(seed)
    links = LINKS + [({whole: 1, part: -1}, False) for part, whole in PARTS]
    links = [(terms, communes) for terms, communes in links if set(terms) <= set(KINDS)]
    order = sorted(
        KINDS, key=lambda name: (KINDS[name] == PERSONS or name in PLACES, name not in ADDED_UP, depth(name))
    )
    counts = {}
    for communes in COMMUNES.values():
        for commune in communes:
            for year in years:
                told = {}
                for name in order:
                    told[name] = float(value_of(name, told, links, draw))
                counts |= {(name, (commune,), year): value for name, value in told.items()}
    return counts


def depth(measure):
    """Return how many wholes a measure is within."""
    wholes = [whole for part, whole in PARTS if part == measure]
    return 1 + max(map(depth, wholes)) if wholes else 2 * (measure in PLACES)


def value_of(name, told, links, draw):
    """Return a small count at random, within what links say of those that are told already."""
    if KINDS[name] == YES_NO:
        value = draw.integers(0, 2)
    elif KINDS[name] == PERSONS:
        value = draw.choice([0, 1, 2, 3, 4, 6, 9, 14, 25, 40])
    else:
        value = draw.choice([0, 0, 1, 2, 3, 8])
    low, high = 0.0, math.inf
    for terms, per_commune in links:
        if name not in terms or not all(other in told for other in terms if other != name):
            continue
        weights = {measure: math.copysign(min(abs(each), 1e4), each) for measure, each in terms.items()}
        rest = sum(weights[other] * told[other] for other in terms if other != name) + 1e4 * bool(per_commune)
        if weights[name] > 0:
            low = max(low, -rest / weights[name])
        else:
            high = min(high, rest / -weights[name])
    return math.floor(min(max(value, math.ceil(low)), high))


def places_of(secteurs, moved=()):
    """Return (level, territory) → communes. secteurs: how many communes of each EPCI are in the first of its two.
    moved: communes of the first EPCI that are in the second one.
    """
    epcis = {ONE: [one for one in COMMUNES[ONE] if one not in moved], TWO: COMMUNES[TWO] + list(moved)}
    places = {("commune", commune): [commune] for communes in epcis.values() for commune in communes}
    for (epci, communes), first in zip(epcis.items(), secteurs, strict=True):
        places |= {("secteur", f"{epci}-1"): communes[:first], ("secteur", f"{epci}-2"): communes[first:]}
        places["epci", epci] = communes
    return places | {("departement", DEPARTEMENT): [one for communes in epcis.values() for one in communes]}


def observations_of(counts, every, years):
    """Return the observations of several editions before the secrecy gate, worked out once: sums of communes.

    every: the places of each edition; the territory of a row is made of its communes (see `of_edition`).
    """
    places = {(level, "+".join(communes)): communes for one in every for (level, _), communes in one.items()}
    rows = [
        (code, level, year, name, sum(counts[name, (commune,), year] for commune in communes), SOURCE[name])
        for (level, code), communes in places.items()
        for name in KINDS
        for year in years
    ]
    table = pd.DataFrame(rows, columns=["code", "level", "period", "measure", "value", "source"])
    tables = [facts(part, str(source)) for source, part in table.groupby("source")]
    return observe(SHOWN, pd.concat(tables, ignore_index=True), SOURCES)


def of_edition(observations, places, years, forms=FORMS):
    """Return the observations of the places of an edition, each under its own name."""
    names = pd.DataFrame(
        [(level, "+".join(communes), code) for (level, code), communes in places.items()],
        columns=["level", "territory", "name"],
    )
    rows = observations[observations["period"].isin(years) & observations["source"].isin(forms)]
    rows = rows.merge(names, on=["level", "territory"])
    rows = rows.assign(territory=rows.pop("name"))
    return rows.sort_values(["territory", "level", "indicator", "period"], ignore_index=True)


def membership_of(places):
    """Return what each place is made of, as the gate reads it."""
    rows = [(territory, level, one) for (level, territory), communes in places.items() for one in communes]
    return pd.DataFrame(rows, columns=["territory", "level", "commune"])
