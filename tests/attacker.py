"""Who reads all the counts that editions publish, and works out what the labels of the forms leave possible.

What counts say of each other is written here by hand, from the labels of the columns; nothing of it is declared by the
product. Of a form, one word per column: `a!` is told as it is (places open to all, hours, what a public list has);
`a<b` is within b; `a@b`: nobody without b; `a~b`: each of b has one to four; `a=b+c` is the sum of b and c.
"""

import re
from collections import Counter

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

BASE = 5
MONTHS = [
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
]
LABELS = {
    "mission_locale": "youth_followed",
    "pmi_assistants_maternels": "approved_childminders active_childminders<approved_childminders "
    "childminders_55_plus<active_childminders childminder_approved_places~active_childminders "
    "childminder_house_places<childminder_approved_places multi_care_places! micro_psu_places! micro_paje_places! "
    "family_nursery_places!",
    "caf_partenaire_petite_enfance": "eaje_funded! eaje_children@eaje_funded eaje_disabled_children<eaje_children "
    "eaje_inclusion_bonus<eaje_funded eaje_inclusion_bonus<eaje_disabled_children eaje_diversity_bonus<eaje_funded",
    "enquete_locale_petite_enfance": "childcare_requests=met_requests+unmet_requests waiting_children "
    f"childcare_requests={'+'.join(f'requests_{month}' for month in MONTHS)}",
    "enquete_locale_enfance": "local_schools! local_pupils "
    "local_pupils@local_schools pupils_with_evening_care<local_pupils pupils_at_canteen<local_pupils "
    "pupils_in_pedt<local_pupils leisure_disabled_children teenagers_attending children_3_11_attending",
    "sdjes_accueils": "leisure_staff=leisure_staff_under_6+leisure_staff_6_plus+leisure_staff_elsewhere "
    "leisure_qualified_staff<leisure_staff leisure_under_6 leisure_6_plus holiday_departures",
    "caf_partenaire_jeunesse_parentalite": "clas_sites! clas_children@clas_sites clas_parents@clas_sites laep_places! "
    "families_under_6 laep_families<families_under_6 laep_families@laep_places home_help_hours! "
    "home_help_families<home_help_hours holiday_help_eligible holiday_help_families<holiday_help_eligible "
    "leisure_funded leisure_inclusion_bonus<leisure_funded leisure_inclusion_bonus<leisure_disabled_children",
    "senacs_vie_sociale": "board_seats social_participants@board_seats volunteers@board_seats "
    "inhabitant_seats<board_seats inhabitant_seats<volunteers",
    "enquete_locale_droits": "digital_sites! digital_persons@digital_sites rights_hours! "
    "rights_appointments@rights_hours",
    "caf_partenaire_familles": "caf_p_qf_known=caf_p_qf_0_400+caf_p_qf_401_700+caf_p_qf_701_1000+caf_p_qf_1001_1500"
    "+caf_p_qf_1501_plus caf_p_reference caf_p_low_income<caf_p_reference caf_p_dependent_50<caf_p_reference "
    "caf_p_dependent_100<caf_p_dependent_50 caf_p_with_children caf_p_single_parents<caf_p_with_children",
    "dsden_inclusion": "pupils_with_plan pupils_in_ulis<pupils_with_plan pupils_with_aesh<pupils_with_plan",
    "msa_familles": "msa_persons msa_households<msa_persons msa_rsa_households<msa_households",
}
CENTRES = ["multi_care_places", "micro_psu_places", "micro_paje_places", "family_nursery_places"]
# What is derived of each commune: 1 where fewer than so many and none of others, else 0.
DERIVED = {"communes_without_childcare": ("active_childminders", 5, CENTRES)}
# Crèches, which a public list names, are told as they are; of those with a bonus, the last interval ends with all the
# crèches. They are no persons, and the children of whom a bonus tells, one at least, are bounded by the least of an
# interval alone, a multiple of five.
OF_EXACT = {"eaje_inclusion_bonus", "eaje_diversity_bonus"}
# What an indicator is made of, where its name is not that of a column with « _count ».
MADE_OF = {
    "active_childminders_share": "active_childminders approved_childminders",
    "childminders_55_plus_share": "childminders_55_plus active_childminders",
    "places_per_childminder_ratio": "childminder_approved_places active_childminders",
    "eaje_disabled_children_share": "eaje_disabled_children eaje_children",
    "eaje_inclusion_bonus_share": "eaje_inclusion_bonus eaje_funded",
    "eaje_diversity_bonus_share": "eaje_diversity_bonus eaje_funded",
    "unmet_requests_share": "unmet_requests childcare_requests",
    "met_requests_wait_mean": "met_requests",
    "pupils_with_evening_care_share": "pupils_with_evening_care local_pupils",
    "pupils_at_canteen_share": "pupils_at_canteen local_pupils",
    "pupils_in_pedt_share": "pupils_in_pedt local_pupils",
    "teenagers_attending_rate": "teenagers_attending",
    "children_3_11_attending_rate": "children_3_11_attending",
    "leisure_qualified_staff_share": "leisure_qualified_staff leisure_staff",
    "leisure_children_per_staff_under_6_ratio": "leisure_under_6 leisure_staff_under_6",
    "leisure_children_per_staff_6_plus_ratio": "leisure_6_plus leisure_staff_6_plus",
    "laep_sites_count": "laep_places",
    "laep_families_rate": "laep_families families_under_6",
    "holiday_help_share": "holiday_help_families holiday_help_eligible",
    "leisure_inclusion_bonus_share": "leisure_inclusion_bonus leisure_funded",
    "inhabitant_seats_share": "inhabitant_seats board_seats",
    "caf_low_income_households_share": "caf_p_low_income caf_p_reference",
    "caf_dependent_50_share": "caf_p_dependent_50 caf_p_reference",
    "caf_dependent_100_share": "caf_p_dependent_100 caf_p_reference",
    "caf_single_parent_households_share": "caf_p_single_parents caf_p_with_children",
    "pupils_in_ulis_share": "pupils_in_ulis pupils_with_plan",
    "pupils_with_aesh_share": "pupils_with_aesh pupils_with_plan",
    **{f"childcare_requests_{month}_count": f"requests_{month}" for month in MONTHS},
    **{
        f"caf_quotient_{one}_share": f"caf_p_qf_{one} caf_p_qf_known"
        for one in ("0_400", "401_700", "701_1000", "1001_1500", "1501_plus")
    },
}
BESIDE = {"local_schools"}  # told of each commune by shares of schools
WORDS = [(form, *re.fullmatch(r"(\w+)(.*)", word).groups()) for form, words in LABELS.items() for word in words.split()]
FORM_OF = {}
for each, first, rest in WORDS:
    for one in (first, *(rest[1:].split("+") if rest[:1] == "=" else ())):
        FORM_OF.setdefault(one, each)
EXACT = {measure for _, measure, sign in WORDS if sign == "!"}
WITHIN = [(part, sign[1:]) for _, part, sign in WORDS if sign[:1] == "<"]
WITHOUT = [(persons, sign[1:]) for _, persons, sign in WORDS if sign[:1] == "@"]
SUMS = [(whole, sign[1:].split("+")) for _, whole, sign in WORDS if sign[:1] == "="]
EACH = [(things, sign[1:]) for _, things, sign in WORDS if sign[:1] == "~"]


def drawn(seed, communes):
    """Return small counts that hold together as the labels say: (measure, commune) → count."""
    draw = np.random.default_rng(seed)
    counts = {}
    for commune in communes:
        told = dict.fromkeys(CENTRES, 0) if draw.random() < 0.5 else {}
        size = draw.choice([1, 1, 2, 6])

        def count(measure, told=told, size=size):
            if measure not in told:
                most = [count(whole) for part, whole in WITHIN if part == measure]
                most += [10_000 * (count(site) > 0) for persons, site in WITHOUT if persons == measure]
                several = [count(persons) for things, persons in EACH if things == measure]
                value = size * draw.choice([0, 0, 1, 2, 3, 4, 5, 8, 13, 30]) * (50 if measure.endswith("_hours") else 1)
                if several:
                    value = sum(draw.integers(1, 5, several[0]))
                elif most and min(most) < 10_000:
                    value = draw.binomial(min(most), draw.choice([0, 0.3, 0.9, 1]))
                told[measure] = int(min([value, *most]))
            return told[measure]

        for whole, classes in SUMS:
            parts = draw.multinomial(count(whole), np.ones(len(classes)) / len(classes))
            told |= {name: int(part) for name, part in zip(classes, parts, strict=True)}
        for measure in FORM_OF:
            count(measure)
        counts |= {(measure, commune): value for measure, value in told.items()}
    return counts


def few_of(measure, place, told):
    """Return the most that columns told as they are leave to a count, where this is less than a rounding: 0 without a
    site, 2 of 2 crèches.
    """
    most = told.get((measure, place), (0, np.inf))[1] if measure in EXACT else np.inf
    ends = [most] if most < BASE - 1 else []
    ends += [few_of(whole, place, told) for part, whole in WITHIN if part == measure]
    ends += [4 * few_of(persons, place, told) for things, persons in EACH if things == measure]
    ends += [0 if few_of(site, place, told) == 0 else np.inf for persons, site in WITHOUT if persons == measure]
    return min(ends, default=np.inf)


class Attacker:
    """Knows intervals of totals, and what the labels say; an unknown for each count of a commune, of each edition that
    has corrected it.
    """

    def __init__(self):
        self.unknowns, self.rows, self.cells = {}, [], {}

    def reads(self, measures, intervals, places, corrected=(), edition=0):
        """Learn from an edition. What a column that is told as it is says by itself (nobody without a site, three
        bonuses of three crèches at most) is told.

        Parameters:
            measures: those of the forms that are filled.
            intervals: (measure, place) → least, most of what is published. places: place → communes.
            corrected: (measure, commune) whose counts are others than in the first edition.
        """

        def unknown(measure, commune):
            which = edition if (measure, commune) in corrected else 0
            return self.unknowns.setdefault((measure, commune, which), len(self.unknowns))

        for measure in measures:
            for place, communes in places.items():
                terms = [(unknown(measure, one), 1) for one in communes]
                least, most = intervals.get((measure, place), (0, np.inf))
                told = least, min(most, few_of(measure, place, intervals))
                self.rows.append((terms, *told))
                self.cells.setdefault((measure, *sorted(terms)), (measure, place, terms, told))
        for commune in (communes[0] for communes in places.values() if len(communes) == 1):
            for derived, (measure, few, others) in DERIVED.items():
                if measure in measures and (derived, commune) in intervals:
                    is_one = intervals[derived, commune][0] == 1
                    none = all(intervals.get((one, commune), (1, 1))[1] == 0 for one in others)
                    ends = (0, few - 1) if is_one else (few, np.inf) if none else (0, np.inf)
                    self.rows.append(([(unknown(measure, commune), 1)], *ends))
            for part, whole in WITHIN:
                self.rows.append(([(unknown(whole, commune), 1), (unknown(part, commune), -1)], 0, np.inf))
            for whole, classes in SUMS:
                terms = [(unknown(whole, commune), 1), *((unknown(one, commune), -1) for one in classes)]
                self.rows.append((terms, 0, 0))
            for persons, site in WITHOUT:
                self.rows.append(([(unknown(site, commune), 10_000), (unknown(persons, commune), -1)], 0, np.inf))
            for things, persons in EACH:
                self.rows.append(([(unknown(things, commune), 1), (unknown(persons, commune), -1)], 0, np.inf))
                self.rows.append(([(unknown(persons, commune), 4), (unknown(things, commune), -1)], 0, np.inf))

    def finds(self):
        """Return how many cells there are by measure, how many exact, those bounded more tightly than told."""
        cells, found = Counter(), []
        for measure, place, told, (least, most) in self.ranges():
            cells[measure] += 1
            cells["exact"] += int(least == most and told[0] < told[1] and measure not in OF_EXACT)
            if most - least < BASE - 1 and told != (least, most) and measure not in OF_EXACT:
                found.append((measure, place, told, (least, most)))
        return cells, found

    def ranges(self):
        """Return the least and the most of each cell that is not told as it is: measure, place, what is told, ends."""
        size = len(self.unknowns)
        rows = [*dict.fromkeys((tuple(terms), least, most) for terms, least, most in self.rows)]  # once of editions
        lines = [(number, column, each) for number, (terms, *_) in enumerate(rows) for column, each in terms]
        number, column, each = (np.array(part) for part in zip(*lines, strict=True))
        system = csr_array((each.astype(float), (number, column)), shape=(len(rows), size))
        low, high = (np.array(ends, dtype=float) for ends in zip(*(row[1:] for row in rows), strict=True))
        _, group = connected_components(abs(system.T) @ abs(system), directed=False)
        of_rows = np.array([group[terms[0][0]] for terms, *_ in rows])
        cells = [cell for cell in self.cells.values() if cell[0] not in EXACT]
        for one in range(group.max() + 1):
            mine, here = np.flatnonzero(group == one), of_rows == one
            yield from _ranges(
                [cell for cell in cells if group[cell[2][0][0]] == one],
                mine,
                system[here][:, mine],
                low[here],
                high[here],
            )


def _ranges(cells, columns, system, low, high):
    """Return the ends of some cells: linear programs, rounded to whole persons; none for an end that a world found
    before is at already.
    """
    place = {column: number for number, column in enumerate(columns)}
    is_in = np.zeros((len(cells), len(columns)))
    for row, (_, _, terms, _) in enumerate(cells):
        is_in[row, [place[column] for column, _ in terms]] = 1
    alone, one = np.diff(system.indptr) == 1, {}
    for row in np.flatnonzero(alone):
        column = system.indices[system.indptr[row]]
        least, most = one.get(column, (0, np.inf))
        one[column] = max(least, low[row]), min(most, high[row])
    limited, several = np.isfinite(high) & ~alone, system.toarray()
    bounds = {
        "A_ub": csr_array(np.vstack([several[limited], -several[~alone]])),
        "b_ub": np.concatenate([high[limited], -low[~alone]]),
        "bounds": [one.get(column, (0, np.inf)) for column in range(len(columns))],
        "method": "highs",
    }
    reached = np.full((len(cells), 2), np.nan)
    for row, (measure, where, _, told) in enumerate(cells):
        for side, sign in enumerate((1, -1)):
            if reached[row, side] == told[side]:
                continue
            answer = linprog(sign * is_in[row], **bounds)
            assert answer.status in (0, 3), answer.message
            if answer.status == 3:
                reached[row, side] = np.inf
                continue
            value = np.round(is_in @ answer.x, 6)
            reached[:, 0] = np.fmin(reached[:, 0], np.ceil(value))
            reached[:, 1] = np.fmax(reached[:, 1], np.floor(value))
        yield measure, where, told, tuple(reached[row])
