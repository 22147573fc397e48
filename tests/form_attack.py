"""What the attacker knows of the forms of partners: what each indicator is made of, and what their fields say of each
other (docs/security.md).
"""

import math

from attacker import THRESHOLD, Attacker

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.cleaning.partners.received_forms import FORMS
from ctg_analysis.core.model import Count, Mean, Rate, Ratio
from ctg_analysis.secrecy.statements import counted
from ctg_analysis.sources import SOURCES

LOCAL = ("commune", "secteur", "epci", "departement")
GUARDED = {name: SOURCES[name].form for name in (source.id for source in FORMS.values())}
LINKS = [(dict(link.terms), link.communes) for form in GUARDED.values() for link in form.links]
PARTS = sorted({pair for form in GUARDED.values() for pair in form.parts()})
BREAKDOWNS = [(whole, parts) for form in GUARDED.values() for whole, parts in form.breakdowns.items()]
LINKS += [
    (terms, False)
    for whole, parts in BREAKDOWNS
    for terms in ({whole: 1} | dict.fromkeys(parts, -1), {whole: -1} | dict.fromkeys(parts, 1))
]
# An answer says that there is nobody; without crèche, that it is no says that there is somebody.
CRECHES = ("multi_care_places", "micro_psu_places", "micro_paje_places", "family_nursery_places")
ANSWERS = [
    ({"active_childminders": -1, "communes_without_childcare": -float("inf")}, True),
    ({"active_childminders": 1, "communes_without_childcare": 1} | dict.fromkeys(CRECHES, 1), None),
]


def meaning(one):
    """Return what a reader of the definitions knows an indicator to be made of: see Attacker.reads."""
    match one.value:
        case Count(measure) | Rate(measure):
            return measure, None, 1
        case Mean(measure, years):
            return measure, None, years
        case Ratio(top, bottom):
            return top, bottom, 1
        case _:
            return None, None, 1


OF_FORMS = {one.id: one for one in CATALOGUE.values() if set(one.sources) & set(GUARDED)}
MEANING = {name: meaning(one) for name, one in OF_FORMS.items()}
PERSONS = {
    measure
    for name, one in OF_FORMS.items()
    for column, measure in zip(("numerator", "denominator"), MEANING[name][:2], strict=True)
    if measure and column in counted(one)
}


def victims(truth, *editions):
    """Return the groups of 1 to 4 persons that a row of the editions speaks of, shown or not: those counted, and those
    of a whole outside of a part. truth: (measure, (commune,), year) → count.
    """
    groups = set()
    for table, places in editions:
        for row in table[table["indicator"].isin(MEANING)].to_dict("records"):
            top, bottom, _ = MEANING[row["indicator"]]
            place, year = places[row["level"], row["territory"]], row["period"][:4]
            size = {
                measure: sum(truth.get((measure, (commune,), year), math.nan) for commune in place)
                for measure in (top, bottom)
            }
            if (top, bottom) in PARTS:
                size[bottom, top] = size[bottom] - size[top]
            for measure, count in size.items():
                whole, without = measure if isinstance(measure, tuple) else (measure, None)
                if whole in PERSONS and 1 <= count < THRESHOLD:
                    groups.add((whole, tuple(place), (year,), without))
    return sorted(groups, key=str)


def attacker_of(*editions, truth, links=LINKS, parts=PARTS):
    """Return who has read the rows printed in some editions (table, places), of indicators that forms feed."""
    attacker = Attacker(parts, links, truth)
    for table, places in editions:
        rows = table[table["indicator"].isin(MEANING) & table["level"].isin(LOCAL) & table["period"].ne("")]
        attacker.reads(rows, places, MEANING)
    return attacker


def tightens(group, before, after, truth):
    """Tell whether who reads all editions knows more of a group than who has read the first ones: within the counts
    that are sensitive.
    """
    if not before:
        return True
    (low, high), (lowest, highest) = (attacker_of(*some, truth=truth).range_of(*group) for some in (after, before))
    return low > lowest + 1e-4 or high < min(highest, THRESHOLD - 1) - 1e-4
