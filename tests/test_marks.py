"""Any drawing of an analyst, by seaborn, pandas, matplotlib or geopandas: each mark tells its row, never another's."""

import re
from html import unescape

import matplotlib.pyplot as plt
import pytest
import seaborn as sns

from ctg_analysis.chapter import open_chapter
from ctg_analysis.display.texts import date_text
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.settings import EXAMPLE_EPCI

MODES = [f"childcare_coverage_{mode}_rate" for mode in ("childminders", "eaje", "preschool", "at_home")]
PALETTE = sns.husl_palette(20)


def reversed_(rows, column="place"):
    return list(rows[column].unique())[::-1]


def twin(rows):
    ax = sns.lineplot(rows.query("level == 'epci'"), x="year", y="value")
    sns.lineplot(rows.query("level == 'departement'"), x="year", y="value", ax=ax.twinx())
    return ax


def wide(rows, index, columns):
    return rows.pivot(index=index, columns=columns, values="value")


def of_two(rows):
    both = wide(rows, "territory", "indicator")
    return plt.scatter(both.iloc[:, 0], both.iloc[:, 1]).axes


# How each is drawn, of which rows (see `tables`), and how many of its marks a row names: all, unless it is told.
KINDS = {
    "bar": ("own", lambda rows: sns.barplot(rows, x="label", y="value"), None),
    "barh": ("own", lambda rows: sns.barplot(rows, x="value", y="label"), None),
    "grouped bar": ("modes", lambda rows: sns.barplot(rows, x="value", y="label", hue="place"), None),
    "stacked": ("modes", lambda rows: wide(rows, "place", "label").plot.barh(stacked=True), None),
    "one line": ("births", lambda rows: sns.lineplot(rows, x="year", y="value"), None),
    "several lines": ("both", lambda rows: sns.lineplot(rows, x="year", y="value", hue="place"), None),
    "line of markers": ("births", lambda rows: sns.pointplot(rows, x="year", y="value"), None),
    "dates": ("births", lambda rows: sns.lineplot(rows, x="date", y="value"), None),
    "scatter": ("modes", lambda rows: sns.scatterplot(rows, x="value", y="label", hue="level"), None),
    "scatter of two": ("two", of_two, 8),
    "strip": ("modes", lambda rows: sns.stripplot(rows, x="value", y="label", hue="place", jitter=False), None),
    "box": ("communes", lambda rows: sns.boxplot(rows, x="value", showfliers=False), 0),
    "histogram": ("communes", lambda rows: sns.histplot(rows, x="value"), 0),
    "heatmap": ("modes", lambda rows: sns.heatmap(wide(rows, "label", "place")), 0),
    "regplot": ("births", lambda rows: sns.regplot(rows, x="year", y="value", seed=1), None),
    "figure of relplot": ("both", lambda rows: sns.relplot(rows, x="year", y="value", hue="place", kind="line"), None),
    "facets": ("modes", lambda rows: sns.catplot(rows, x="value", y="label", col="level", kind="bar"), None),
    "facets of lines": ("both", lambda rows: sns.relplot(rows, x="year", y="value", col="place", kind="line"), None),
    "pandas": ("communes", lambda rows: rows.set_index("place")["value"].plot.bar(), None),
    "pandas line": ("births", lambda rows: rows.set_index("year")["value"].plot(), None),
    "twin axes": ("both", twin, None),
    "log scale": ("communes", lambda rows: sns.barplot(rows, x="value", y="place", log_scale=True), None),
    "ties": ("ties", lambda rows: sns.barplot(rows, x="value", y="place", order=reversed_(rows)), None),
    "negative": ("change", lambda rows: sns.barplot(rows, x="value", y="place"), None),
    "one value": ("one", lambda rows: sns.barplot(rows, x="value", y="place"), None),
    "reversed": ("communes", lambda rows: sns.barplot(rows, x="value", y="place", order=reversed_(rows)), None),
    "twenty colours": (
        "modes",
        lambda rows: sns.barplot(rows, x="value", y="label", hue="place", palette=PALETTE[: rows["place"].nunique()]),
        None,
    ),
    "missing": ("missing", lambda rows: sns.barplot(rows, x="value", y="place"), None),
    "computed": ("index", lambda rows: sns.lineplot(rows, x="year", y="value", hue="place"), None),
}


@pytest.fixture(scope="module")
def chapter(example):
    return open_chapter(EXAMPLE_EPCI)


@pytest.fixture(scope="module")
def tables(chapter):
    births = chapter.data("births_count").query("status == 'ok'")
    both = births.query("level in ['epci', 'departement']")
    people = chapter.data("population_count", "age_65_plus_share").query("level == 'commune' and period == '2023'")
    communes = people.query("indicator == 'population_count'")
    change = chapter.data("population_change_rate").query("level == 'commune' and status == 'ok'")
    ties = chapter.data("libraries_count").query("level == 'commune' and status == 'ok'")
    modes = chapter.members(*MODES)
    first = both.groupby("territory")["value"].transform("first")
    return {
        "modes": modes,
        "own": modes.query("level == 'epci'"),
        "births": births.query("level == 'epci'"),
        "both": both,
        "two": people,
        "communes": communes,
        "change": change.query("period == period.max()"),
        "ties": ties.query("period == period.max()"),
        "one": communes.head(1),
        "missing": communes.assign(value=communes["value"].where(communes["value"].gt(communes["value"].min()))),
        "index": chapter.computed(both, 100 * both["value"] / first, label="Naissances, 100 au début"),
    }


def titles(html):
    return [unescape(one).replace("\u00a0: ", "|") for one in re.findall("<title>(.*?)</title>", html)]


def published(chapter, rows, draw):
    plt.close("all")
    return chapter.figure(draw(rows), rows, title="Un dessin").html


@pytest.mark.parametrize("kind", KINDS)
def test_each_mark_tells_its_row_and_the_same_bytes_come_twice(chapter, tables, kind, capsys):
    table, draw, expected = KINDS[kind]
    rows = tables[table]
    html = published(chapter, rows, draw)
    assert html == published(chapter, rows, draw) and "<svg" in html and len(html) < 40_000
    known, told = rows[rows["value"].notna()], titles(html)
    assert len(told) == (len(known) if expected is None else expected) and capsys.readouterr().err == ""
    if kind == "scatter of two":
        return
    columns = [known["label"], known["place"], known["period"].map(date_text)]
    columns = [one for one in columns if one.nunique() > 1] or [known["place"]]
    true = {f"{', '.join(words)}|{text}" for *words, text in zip(*columns, known["text"], strict=True)}
    assert {one.replace("’", "'") for one in told} - {one.replace("’", "'") for one in true} == set()


def test_bars_in_another_order_bear_the_name_of_their_own_place(chapter, tables):
    """Two of ten bore it, where values tied."""
    rows = tables["ties"]
    assert rows["value"].duplicated().any()
    html = published(chapter, rows, lambda rows: sns.barplot(rows, x="value", y="place", order=reversed_(rows)))
    assert [one.partition("|")[0] for one in titles(html)] == [one.replace("'", "’") for one in reversed_(rows)]


def test_an_area_of_a_map_tells_its_commune_whatever_the_order_of_the_rows(chapter, tables):
    land = chapter.land.merge(tables["communes"].drop(columns="name"), on="territory").iloc[::-1]
    told = titles(published(chapter, tables["communes"], lambda rows: land.plot("value")))
    drawn = land[land.geometry.notna()]
    true = dict(zip(drawn["place"], drawn["text"], strict=True))
    assert {one.replace("’", "'") for one in told} == {
        f"{name}|{text}".replace("’", "'") for name, text in true.items()
    }


def test_a_value_that_is_not_in_the_rows_is_told_to_the_analyst(chapter, tables, capsys):
    rows = tables["communes"]
    published(chapter, rows, lambda rows: sns.barplot(rows.assign(value=rows["value"] + 1), x="value", y="place"))
    assert capsys.readouterr().err.count("est dessiné, sans être dans les lignes") == len(rows)


def test_values_changed_by_hand_are_refused_and_computed_ones_have_their_texts(chapter, tables):
    rows = tables["births"]
    twice = rows.assign(value=2 * rows["value"])
    with pytest.raises(UserError, match=r"figure: values are no more those of the observations: expected chapter.c"):
        chapter.figure(sns.lineplot(twice, x="year", y="value"), twice, title="Deux fois")
    index = tables["index"]
    html = published(chapter, index, KINDS["computed"][1])
    assert "Naissances, 100 au début" in html and ">100<" in html


def test_data_and_members_have_the_same_columns_and_one_france(chapter):
    data, members = chapter.data("births_count", "age_65_plus_share"), chapter.members("household_types")
    assert list(data)[:14] == list(members)[:14]
    assert set(data.query("level == 'france'")["place"]) <= {"France"}
    for rows in (data, members):
        assert not rows.duplicated(["indicator", "level", "territory", "period"]).any()
    peer = chapter.peers_table().iloc[1]["name"]
    assert peer.replace("'", "’") in set(chapter.members("household_types", with_=peer)["place"])
