"""All the worlds of small consultations: what is published of one leaves five values to each count of it (rule R1).

A world is how many respondents gave each answer to a question, and how many answered it. Worlds of which the same is
published cannot be told apart; of those of a box whose sides are whole intervals, all are looked at.
"""

from functools import cache
from itertools import chain, product

import numpy as np
import pandas as pd
import pytest

from ctg_analysis.demarche.columns import CHOICE, SEVERAL
from ctg_analysis.demarche.declared_tables import RESULTS
from ctg_analysis.demarche.questions import open_themes, shares, whole
from ctg_analysis.demarche.survey import DIGITS, channels, participation

FEWEST = 5  # values that are left of each count
CORRECTED = {CHOICE: 6, SEVERAL: 5}  # respondents at most, from one edition to the next
# (by six, where all tick one answer: 4 values in 400 of 466 300 pairs, for no fewer answered than ticked it before)
BOX = {"a": (10, 25), "b": (5, 20), "NSP": (0, 10)}  # respondents who gave each answer: from, to (not with it)
SMALLER = {"a": (10, 20), "b": (10, 15), "d": (5, 10), "NSP": (0, 5)}


def worlds_of(box, kind):
    """Return all the worlds of a box: a row each, respondents by answer, then those who answered.

    Who is unsure says nothing else; where several answers may be given, as many answered as the answers allow.
    """
    worlds = []
    for counts in product(*(range(*ends) for ends in box.values())):
        said, unsure = counts[:-1], counts[-1]
        sizes = range(max(said), sum(said) + 1) if kind == SEVERAL else [sum(said)]
        worlds += [(*counts, size + unsure) for size in sizes]
    return np.array(worlds)


def cells_of(world, options):
    """Return the answers of the respondents of a world, who tick in turn."""
    *said, unsure, size = (int(number) for number in world)
    ticks = [option for option, number in zip(options, said, strict=False) for _ in range(number)]
    persons = size - unsure
    return ["|".join(ticks[person::persons]) for person in range(persons)] + ["NSP"] * unsure


def published(worlds, box, kind):
    """Return what is published of a question in each world, as a number: the same where nothing differs."""
    options = [*box][:-1]
    cells = pd.Series([*chain.from_iterable(cells_of(world, options) for world in worlds)])
    number = pd.Series(np.repeat(np.arange(len(worlds)), worlds[:, -1]))
    question = pd.Series({"type": kind, "modalites": "|".join(f"{code}={code}" for code in options)}, name="q")
    table = shares(cells, pd.Series(1.0, cells.index), question, 1.0, number, range(len(worlds)))
    given = table["part"] / table.groupby("group")["part"].transform("sum")
    table = table.assign(citations=given.where(table["share"].notna() & (kind == SEVERAL))).round(DIGITS)
    told = table[[name for name in RESULTS["distribution"] if name not in ("q_id", "modalite", "libelle")]]
    return numbered(told.fillna(-1).to_numpy().reshape(len(worlds), -1))


def numbered(rows):
    """Return the number of each row among those that differ."""
    return np.unique(rows, axis=0, return_inverse=True)[1].ravel()


def left(told, counts):
    """Return how many values each count of each world may have, what is told being known."""
    return pd.DataFrame(counts).groupby(told).transform("nunique").to_numpy()


def pairs(worlds, kind):
    """Return all pairs of worlds of which one answer may be corrected: numbers of both, the answer, by how many.

    Where one answer is given, there are as many more or fewer respondents; where several may be, those who answered
    stay, and those who are unsure.
    """
    found = []
    for answer in range(worlds.shape[1] - 1 - (kind == SEVERAL)):
        same = np.delete(worlds, [answer, -1], axis=1)
        size = worlds[:, -1] - (worlds[:, answer] if kind == CHOICE else 0)
        for _, alike in pd.Series(range(len(worlds))).groupby(numbered(np.column_stack([same, size]))):
            before, after = (side.ravel() for side in np.meshgrid(alike, alike))
            more = worlds[after, answer] - worlds[before, answer]
            found.append(np.column_stack([before, after, np.full(len(before), answer), more]))
    return np.concatenate(found)


@pytest.mark.parametrize("box", [BOX, SMALLER], ids=["two answers", "three answers"])
@pytest.mark.parametrize("kind", [CHOICE, SEVERAL])
def test_every_count_keeps_five_values_in_one_edition_and_in_two(kind, box):
    worlds = worlds_of(box, kind)
    told = published(worlds, box, kind)
    assert len(set(told.tolist())) > 1
    values = left(told, worlds)
    assert values.min() >= FEWEST, worlds[values.min(axis=1) < FEWEST][:5]
    before, after, answer, more = pairs(worlds, kind).T
    both, few = numbered(np.column_stack([told[before], told[after], answer])), np.abs(more) <= CORRECTED[kind]
    for edition in (before, after):
        values = left(both, worlds[edition])[few]
        assert values.min() >= FEWEST, worlds[edition][few][values.min(axis=1) < FEWEST][:5]


def test_themes_are_told_alike_whether_nobody_or_four_speak_of_others():
    """A theme is named from five on, so that those that are not leave room for any number who speak of something."""
    persons = [f"r{number}" for number in range(24)]

    def told(*others):
        rows = [(person, "horaires") for person in persons[:12]]
        rows += [(person, theme) for theme, count in others for person in persons[:count]]
        coded = pd.DataFrame(rows, columns=["rep_id", "theme"]).assign(q_id="q", tonalite="neutre")
        return open_themes(coded).to_csv(index=False)

    alone = told()
    assert alone == told(("tarifs", 1)) == told(("tarifs", 4), ("accueil", 4))
    assert alone != told(("tarifs", 5))


def test_every_mode_has_its_row_and_a_channel_of_few_is_not_named():
    none = channels(pd.Series({"web": 64, "papier": 0}), pd.Series({"école": 64}))
    some = channels(pd.Series({"web": 64, "papier": 4}), pd.Series({"école": 64, "marché": 3, "mairie": 1}))
    pd.testing.assert_frame_equal(none, some)
    assert none["label"].tolist() == ["web", "papier", "école", "autres"]


@cache
def steps_told(done, usable):
    """Return what is published of those who began, finished and are kept."""
    return participation(24, done, usable).round(DIGITS).drop(columns="step").fillna(-1).to_numpy().ravel()


def test_who_finished_leaves_five_values_to_each_mode():
    """Of 10 to 14 and 0 to 9 by three modes who are kept, any number finished: the steps are told of each world."""
    worlds = [
        (web, paper, face, done)
        for web in range(10, 15)
        for paper in range(10)
        for face in range(5)
        for done in range(web + paper + face + 1)
    ]
    told = [(*np.array(modes) // 5, *steps_told(done, whole(pd.Series(modes)))) for *modes, done in worlds]
    assert left(numbered(np.array(told, dtype=float)), np.array(worlds)).min() >= FEWEST
