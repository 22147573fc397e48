"""The attacker reads five editions of forms filled at random, published for the public and for the COPIL (rule R2).

Two EPCIs of one département, with two secteurs each, that are drawn anew; a commune that goes from one to the other; a
year more. All that is published is in the record, wherever and for whomever: the gate reads it there, the attacker has
read it all. Groups of 1 to 4 persons of whom a row speaks, shown or not, are to stay within [0, 4].
"""

from dataclasses import replace
from functools import cache
from itertools import compress
from operator import not_

import pandas as pd
import pytest
from form_attack import PERSONS, attacker_of, tightens, victims
from random_forms import FORMS, ONE, counts_of, membership_of, observations_of, of_edition, places_of

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.core.model import SECRET
from ctg_analysis.core.settings import DataRoot
from ctg_analysis.secrecy import gate, secondary
from ctg_analysis.secrecy.earlier_editions import entry_of, published_before, remember
from ctg_analysis.secrecy.gate import withhold_beside
from ctg_analysis.sources import SOURCES

pytestmark = pytest.mark.slow
# Communes in the first secteur of each EPCI, communes that have moved to the second EPCI, years, and the report.
EDITIONS = [
    ((3, 2), (), ["2023"], "reports"),
    ((3, 2), (), ["2023"], "reports_copil"),
    ((2, 3), (), ["2023"], "elsewhere"),
    ((2, 3), ("12005",), ["2023"], "reports_copil"),
    ((2, 2), ("12005",), ["2023", "2024"], "reports"),
]
REPORTS = tuple(dict.fromkeys(report for *_, report in EDITIONS))
YEARS = EDITIONS[-1][2]
CHILDHOOD, PEDT, RIGHTS, CHILDMINDERS = (
    "enquete_locale_enfance",
    "sdjes_accueils",
    "enquete_locale_droits",
    "pmi_assistants_maternels",
)


@cache
def drawn(seed):
    """Return the counts of a draw, and the observations of all editions before the gate."""
    counts = counts_of(seed, YEARS)
    return counts, observations_of(counts, [places_of(secteurs, moved) for secteurs, moved, *_ in EDITIONS], YEARS)


def published(root, seed, editions, *, forms=FORMS, remembered=REPORTS, sources=SOURCES):
    """Publish editions one after the other, each put in the record; return those, what they were before the gate, and
    the groups that it said to be given away.

    forms: those that are filled. remembered: the reports that the record knows of.
    """
    shown, asked, exposed = [], [], []
    for secteurs, moved, years, report in editions:
        places = places_of(secteurs, moved)
        observed = of_edition(drawn(seed)[1], places, years, forms)
        before = published_before(root, set(SOURCES))
        gate = withhold_beside(observed, CATALOGUE, dict(sources), membership_of(places), before)
        if report in remembered:
            remember(root, ONE, entry_of(gate.observations, membership_of(places)), "2026-01-01")
        shown.append((gate.observations, places))
        asked.append((observed, places))
        exposed.append(gate.exposed)
    return shown, asked, pd.concat(exposed)


def found(shown, asked, counts):
    """Return the victims that the editions give away, those that a total leaves together among them; and apart, those
    that were given away before any row spoke of them.
    """
    attacker = attacker_of(*shown, truth=counts)
    groups = attacker.finds_out(victims(counts, *asked)) + attacker.counts_together(PERSONS)
    spoken = [victims(counts, edition) for edition in asked]
    first = [next((number for number, said in enumerate(spoken) if group in said), 0) for group in groups]
    new = [tightens(group, shown[:number], shown, counts) for group, number in zip(groups, first, strict=True)]
    return list(compress(groups, new)), list(compress(groups, map(not_, new)))


@pytest.mark.nightly
@pytest.mark.parametrize("seed", [13, 1, 10])
def test_no_withheld_group_is_bounded_by_five_editions(seed, tmp_path):
    shown, asked, exposed = published(DataRoot(tmp_path), seed, EDITIONS)
    counts, _ = drawn(seed)
    assert len(victims(counts, *asked)) > 40
    assert sum(table["status"].eq(SECRET).sum() for table, _ in shown) > 100
    assert found(shown, asked, counts) == ([], [])
    assert exposed.empty


def test_what_an_edition_had_bounded_before_any_row_spoke_of_it_is_said(tmp_path):
    """12 childminders work in three communes, 9 at most in the third, before two are a secteur: 3 at least."""
    shown, asked, exposed = published(DataRoot(tmp_path), 5, [EDITIONS[0], EDITIONS[2]], forms=[CHILDMINDERS])
    two = ("12001", "12002")
    assert found(shown, asked, drawn(5)[0]) == ([], [("active_childminders", two, ("2023",), None)])
    assert exposed[["measure", "communes"]].to_numpy().tolist() == [["active_childminders", "|".join(two)]]


UNLINKED = {name: replace(one, form=one.form and replace(one.form, links=())) for name, one in SOURCES.items()}
# The draw, the editions, the forms that are enough for a victim, what is not known, what is not done.
WITHOUT = {
    "the links between fields": (13, EDITIONS[:1], (CHILDHOOD, PEDT), {"sources": UNLINKED}, {}),
    "the secondary rule": (13, EDITIONS[:1], (CHILDHOOD,), {}, {(gate, "secondary"): lambda *_: ([], [])}),
    "a look at what is withheld together": (
        13,
        EDITIONS[:1],
        (CHILDMINDERS,),
        {},
        {(secondary, "remains"): lambda *_: {}},
    ),
    "what the COPIL has read": (13, [EDITIONS[1], EDITIONS[3]], (RIGHTS,), {"remembered": ()}, {}),
    "what another folder tells": (13, [EDITIONS[2], EDITIONS[4]], (RIGHTS,), {"remembered": ("reports",)}, {}),
    "what an earlier edition withheld": (
        1,
        [EDITIONS[2], EDITIONS[3]],
        (CHILDMINDERS,),
        {},
        {(secondary, "withheld_before"): lambda *_: []},
    ),
}


@pytest.mark.parametrize("protection", WITHOUT)
def test_the_attacker_finds_victims_again_without(protection, tmp_path, monkeypatch):
    seed, editions, forms, unknown, undone = WITHOUT[protection]
    for (module, name), nothing in undone.items():
        monkeypatch.setattr(module, name, nothing)
    shown, asked, _ = published(DataRoot(tmp_path), seed, editions, forms=forms, **unknown)
    assert found(shown, asked, drawn(seed)[0])[0]


@pytest.mark.parametrize("protection", WITHOUT)
def test_the_attacker_finds_no_victim_of_these_editions_with_all_protections(protection, tmp_path):
    seed, editions, forms, *_ = WITHOUT[protection]
    shown, asked, _ = published(DataRoot(tmp_path), seed, editions, forms=forms)
    assert not found(shown, asked, drawn(seed)[0])[0]
