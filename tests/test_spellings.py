"""What is seen of persons, measured: on the spellings of `spellings.yml` and on the names of all communes of France."""

from pathlib import Path

import pytest
import yaml
from material_files import places_of

from ctg_analysis.model.settings import settings
from ctg_analysis.raw.personal_data import signs, signs_beside_a_service

SPELLINGS = Path(__file__).with_name("spellings.yml")
PAGE = "docs/personal_data.md"
START, END = "<!-- measured: make golden -->", "<!-- end -->"
NOBODY, IN_A_CONTACT = "nobody", "nobody, in a contact"


@pytest.fixture(scope="module")
def communes(france):
    names = places_of(france).query("level == 'commune'")["name"]
    assert len(names) > 34_000
    return names


def seen(kind, text):
    return kind in {sign.kind for sign in signs(text)}


def measured(lists, communes):
    """Return the recall of each kind and the false alarms, in Markdown, with all that is missed or wrongly seen."""
    lines = ["| what | seen, first list | second list | third list |", "| --- | --- | --- | --- |"]
    counts = {
        kind: [(sum(seen(kind, one) for one in some.get(kind, [])), len(some.get(kind, []))) for some in lists]
        for kind in lists[0]
    }
    del counts[NOBODY]
    counts["together"] = [tuple(map(sum, zip(*column, strict=True))) for column in zip(*counts.values(), strict=True)]
    for kind, cells in counts.items():
        lines.append(f"| {kind} | {' | '.join(f'{found} of {size}' for found, size in cells)} |")
    wrong = [[one for one in some[NOBODY] if signs(one)] for some in lists]
    alarms = " | ".join(f"{len(some)} of {len(list_[NOBODY])}" for some, list_ in zip(wrong, lists, strict=True))
    lines.append(f"| false alarms, of texts that name nobody | {alarms} |")
    taken = [name for name in communes if signs(name)]
    missed = [
        one
        for some in lists
        for kind in some
        if not kind.startswith(NOBODY)
        for one in some[kind]
        if not seen(kind, one)
    ]
    return "\n".join(
        [
            *lines,
            "",
            f"Of the names of {len(communes)} communes, {len(taken)} are taken for those of persons.",
            "",
            *("Missed:", "", *(f"- {one}" for one in missed), ""),
            *("Wrongly seen:", "", *(f"- {one}" for one in [one for some in wrong for one in some] or ["none"])),
        ]
    )


@pytest.mark.nightly
def test_the_page_says_what_is_seen_and_what_is_missed(request, communes):
    lists = list(yaml.load_all(SPELLINGS.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))
    text = measured(lists, communes)
    page = settings().root / PAGE
    before, rest = page.read_text(encoding="utf-8").split(START)
    if request.config.getoption("--rewrite-golden"):
        page.write_text(f"{before}{START}\n\n{text}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")
    assert page.read_text(encoding="utf-8").split(START)[1].split(END)[0].strip() == text


def test_most_is_seen_and_little_else(communes):
    """The floor, whatever the page says: 9 of 10, no false alarm, and of the names of places fewer than 2 in 1 000."""
    lists = [*yaml.load_all(SPELLINGS.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)]
    for some in lists:
        written = [(kind, one) for kind in some if not kind.startswith(NOBODY) for one in some[kind]]
        assert sum(seen(*one) for one in written) > 0.9 * len(written)
    assert [one for some in lists for one in some[NOBODY] if signs(one)] == []
    assert [one for one in lists[-1][IN_A_CONTACT] if signs_beside_a_service(one)] == []
    assert sum(bool(signs(name)) for name in communes) < 0.002 * len(communes)
