"""The attacker reads the files that two editions publish: CSV, Parquet, tables and alternatives of the pages (rule R2).

All is learnt from what is written for readers; the truth is read from the forms of the partners. Between the two
editions the secteurs are drawn anew, so that each commune is seen in two perimeters.
"""

import ast
import csv
import json
import os
import re
import shutil
from typing import NamedTuple

import pandas as pd
import pytest
from form_attack import GUARDED, LOCAL, MEANING, PERSONS, attacker_of, victims
from raw_files import keep

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter import chapter as chapters
from ctg_analysis.chapter import open_chapter
from ctg_analysis.core.model import OK, Count
from ctg_analysis.core.notebooks import all_chapters
from ctg_analysis.core.settings import EXAMPLE_EPCI, DataRoot, data_root
from ctg_analysis.demarche.files.material_files import SYNTHESIS
from ctg_analysis.display.words import texts
from ctg_analysis.indicators.observation_files import CODED, FOLDER
from ctg_analysis.indicators.observation_files import write_observations as write_group
from ctg_analysis.processing import restricted, run
from ctg_analysis.processing.freshness import made_from, write_manifest
from ctg_analysis.processing.groups import RESTRICTED, groups
from ctg_analysis.publishing.pages.data_files import write_csv, write_observations
from ctg_analysis.publishing.recording import record_observed
from ctg_analysis.secrecy import gate
from ctg_analysis.sources import SOURCES

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
OPEN = {"etalab_decoupage", "contours", "insee_rp_population", "demarche"}  # open files that these forms go with


class Edition:
    """What is published of the processed data of a root: CSV, Parquet, and the outputs of the executed notebooks."""

    def __init__(self, folder, chapters=(), epci=EXAMPLE_EPCI):
        self.folder = folder
        chapter = open_chapter(epci)
        folder.mkdir(parents=True)
        write_csv(folder, chapter)
        write_observations(folder, chapter.territory)
        self.pages = {one.number: executed(one.path) for one in chapters}
        rows = pd.concat([from_csv(folder / "donnees"), from_parquet(folder)], ignore_index=True)
        self.rows = rows[rows["period"].ne("")]  # what nobody has counted has no period
        made = pd.read_parquet(folder / "places.parquet")
        made = made[made["level"].isin(LOCAL)]
        self.places = made.groupby(["level", "territory"])["commune"].agg(list).to_dict()


def executed(path):
    """Return all the HTML that the cells of a notebook show."""
    names, shown = {}, []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        code = ast.parse("".join(cell["source"]).replace("200067171", EXAMPLE_EPCI))
        last = code.body.pop() if isinstance(code.body[-1], ast.Expr) else None
        exec(compile(code, path.name, "exec"), names)
        if last:
            shown.append(eval(compile(ast.Expression(last.value), path.name, "eval"), names).html)
    return "\n".join(shown)


def from_csv(folder):
    """Return the rows of the CSV files, of the indicators that the attacker knows."""
    lines = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file, delimiter=";"):
                if row["indicateur"] in MEANING and row["niveau"] in LOCAL and row["source"] in GUARDED:
                    values = [float(row[name].replace(",", ".") or "nan") for name in ("numerateur", "denominateur")]
                    lines.append(
                        (row["code"], row["niveau"], row["periode"], row["indicateur"], *values, row["statut"])
                    )
    columns = ["territory", "level", "period", "indicator", "numerator", "denominator", "status"]
    return pd.DataFrame(lines, columns=columns)


def from_parquet(folder):
    table = pd.read_parquet(folder / "observations.parquet")
    table = table[table["indicator"].isin(MEANING) & table["level"].isin(LOCAL) & table["source"].isin(GUARDED)]
    return table[["territory", "level", "period", "indicator", "numerator", "denominator", "status"]]


def from_pages(edition, names):
    """Return what tables and text alternatives say of counts: (indicator, territory, period, number, which of both)."""
    counts = {texts.typography(one.label): one for one in CATALOGUE.values() if isinstance(one.value, Count)}
    said = []
    for html in edition.pages.values():
        for table in re.findall(r'<div class="table".*?</table>', html, flags=re.DOTALL):
            header = re.findall(r'<th scope="col">([^<]*)</th>', table)
            of_all = "".join(re.findall(r'aria-label="[^"]*, (\d{4})"', table))
            for line in re.findall(r"<tr[^>]*>(<th scope=\"row\">.*?)</tr>", table, flags=re.DOTALL):
                name, *cells = re.findall(r">([^<]*)</t[hd]>", line)
                for head, cell in zip(header[1:], cells, strict=False):
                    dated = re.fullmatch(r"(.*), (\d{4})", head)
                    label, period = dated.groups() if dated else (head, of_all)
                    said.append((counts.get(re.sub(r" \([^)]*\)$", "", label)), name, period, cell, "table"))
        for alternative in re.findall(r'aria-label="([^"]*)"', html):
            told = re.search(r"(?:^|\. )([^.]*), (\d{4})\u00a0: ([^.]*)\.$", alternative)  # after the title, if any
            label, period, values = told.groups() if told else ("", "", "")
            for place in values.split("\u202f; "):
                name, _, cell = place.rpartition(" ")
                said.append((counts.get(label), name, period, cell, "alternative"))
    wanted = [each for each in said if each[0] and each[0].id in MEANING and each[1] in names]
    return [
        (one.id, names[name], period, float(cell.replace("\u202f", "")), where)
        for one, name, period, cell, where in wanted
        if period and re.fullmatch(r"[\d\u202f]+", cell)
    ]


@pytest.fixture(scope="module")
def root(tmp_path_factory, example):
    """A data root that is not taken for the invented one: what is published of it is recorded, for the gate."""
    root = DataRoot(tmp_path_factory.mktemp("attack") / "data")
    shutil.copytree(example.path, root.path, ignore=shutil.ignore_patterns("processed"))
    keep(root, OPEN)
    (root.material(EXAMPLE_EPCI) / SYNTHESIS).unlink()  # it names figures that these few sources do not have
    for path in (root.private / EXAMPLE_EPCI / "demarche").glob("*.csv"):
        if path.name != "entretiens.csv":  # the survey has an attacker of its own
            path.unlink()
    return root


class Telling(NamedTuple):
    """Two editions, the second with other secteurs; the second again, a person moved from a withheld count to another.

    asked: what the gate was asked of all linked sources, for each of the three.
    """

    first: Edition
    second: Edition
    moved: Edition
    asked: list[tuple]


@pytest.fixture(scope="module")
def telling(root, tmp_path_factory):
    """The three editions; the gate reads the first in the record, chapters open the data root."""
    folder = tmp_path_factory.mktemp("editions")
    told, asked = [], []

    def listening(*arguments):
        told.append(arguments)
        return gate.withhold_beside(*arguments)

    def edition(place, chapters=()):
        told.clear()
        run.process(root)
        asked.append((pd.concat([observed for observed, *_ in told], ignore_index=True), CATALOGUE, *told[0][2:4]))
        return Edition(place, chapters)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(restricted, "withhold_beside", listening)
        patch.setattr(os, "sched_getaffinity", lambda _: {0})  # in this process, which listens
        patch.setattr(chapters, "data_root", lambda *epci: root if epci else data_root())
        patch.setattr(chapters, "ensure", lambda root: None)
        first = edition(folder / "first")
        record_observed(open_chapter(EXAMPLE_EPCI).territory)
        (path,) = (root.reference / "secteurs").glob("*.csv")
        path.write_text(path.read_text(encoding="utf-8").replace("99005;Haut Pays", "99005;Bas Pays"), encoding="utf-8")
        second = edition(folder / "second", all_chapters())
        before = {path: path.read_bytes() for path in (root.private / EXAMPLE_EPCI).glob("*.csv")}
        move_one_person(root)
        moved = edition(folder / "moved", all_chapters())
        for path, content in before.items():
            path.write_bytes(content)
        yield Telling(first, second, moved, asked)


def truth(root):
    """Return the counts of the forms: (measure, (commune,), year) → count."""
    counts = {}
    for name, form in GUARDED.items():
        path = root.private / EXAMPLE_EPCI / f"{name}.csv"
        table = pd.read_csv(path, sep=";", decimal=",", dtype={"territoire": str, "periode": str})
        communes = table[table["territoire"].str.len().eq(5)]
        for field in (field for field in form.numbers if field.column in table):
            rows = communes[["territoire", "periode", field.column]].dropna()
            counts |= {
                (field.measure, (code,), period[:4]): value for code, period, value in rows.itertuples(index=False)
            }
    return counts


def attack(published, root):
    """Return the groups that the files of the editions bound more tightly than [0, threshold - 1]."""
    counts, editions = truth(root), [(edition.rows, edition.places) for edition in published]
    attacker = attacker_of(*editions, truth=counts)
    return attacker.finds_out(victims(counts, *editions)) + attacker.counts_together(PERSONS)


def test_no_withheld_count_can_be_found_out_from_the_files_of_two_editions(root, telling):
    first, second, *_ = telling
    assert len(victims(truth(root), (second.rows, second.places))) > 20
    assert attack([first, second], root) == []
    names = {texts.typography(name): code for code, name in names_of(root).items()}
    rows = second.rows[second.rows["level"].eq("commune")]
    shown = rows[rows["status"].eq(OK)].set_index(["indicator", "territory", "period"])["numerator"].to_dict()
    said = from_pages(second, names)
    assert len(said) > 20 and rows["status"].eq("secret").sum() > 20
    assert sum(where == "alternative" for *_, where in said) > 3
    assert [one for one in said if shown.get(one[:3]) != one[3]] == []  # the pages say no count that the CSV do not


def names_of(root):
    places = pd.read_parquet(root.processed / "territories.parquet")
    communes = places[places["level"].eq("commune") & places["epci"].eq(EXAMPLE_EPCI)]
    return dict(zip(communes["code"], communes["name"], strict=True))


def test_the_same_attack_succeeds_when_the_secondary_rule_is_switched_off(root, telling, tmp_path, monkeypatch):
    monkeypatch.setattr(gate, "secondary", lambda *_: ([], []))
    observed, indicators, sources, membership = telling.asked[1]
    bolder = gate.withhold(observed, indicators, sources, membership).observations
    assert len(attack([edition_of(bolder, root, tmp_path / "bolder")], root)) > 3


def edition_of(observations, root, folder):
    """Return the edition of some observations, put in the place of those of the root."""
    ids = {one.id for one in groups(CATALOGUE.values(), SOURCES)[RESTRICTED]}
    places, home = pd.read_parquet(root.processed / "territories.parquet"), root.processed / FOLDER / RESTRICTED
    shutil.rmtree(home)
    home.mkdir()
    epci_of = places[places["level"].isin(["commune", "secteur"])].set_index("code")["epci"]
    write_group(observations[observations["indicator"].isin(ids)].astype(CODED), epci_of, home)
    write_manifest(root.processed, made_from(root))  # so that they are opened again, and taken for up to date
    return Edition(folder)


# Form, column, a commune that has one fewer in the second telling, a commune of its secteur that has one more.
MOVED = [
    ("enquete_locale_droits.csv", "rendez_vous_droits", "99004", "99007"),
    ("enquete_locale_droits.csv", "numerique_personnes", "99001", "99008"),
    ("enquete_locale_petite_enfance.csv", "liste_attente", "99003", "99007"),
    ("mission_locale.csv", "jeunes_suivis", "99006", "99008"),
]


def move_one_person(root):
    """Move one person from a withheld count to another, of each of some forms: nothing that is printed changes."""
    for file, column, fewer, more in MOVED:
        path = root.private / EXAMPLE_EPCI / file
        table = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False)
        latest = table["periode"].eq(table.loc[table["territoire"].eq(fewer), "periode"].max())
        for place, change in ((fewer, -1), (more, 1)):
            at = latest & table["territoire"].eq(place)
            count = float(table.loc[at, column].item().replace(",", ".")) + change
            assert count > 0
            table.loc[at, column] = f"{count:.1f}".replace(".", ",")
        path.write_text(table.to_csv(sep=";", index=False), encoding="utf-8")


def published(edition):
    """Return all that an edition says: its files, and all that the cells of the executed notebooks show."""
    files = {str(path.relative_to(edition.folder)): path for path in edition.folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items()} | edition.pages


def test_no_file_and_no_word_of_a_page_depends_on_a_withheld_count(telling):
    """Words, tables, drawings, alternatives, CSV, Parquet; the JSON of the search is read from them."""
    one, other = published(telling.second), published(telling.moved)
    assert len(one) > 100 and one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []


def nothing_withheld(observed, *_):
    numbers = ["value", "numerator", "denominator", "low", "high"]
    return observed.assign(**observed[numbers].where(observed["status"].eq(OK)))


def test_without_the_gate_what_is_published_depends_on_them(root, telling, tmp_path):
    one, other = (
        published(edition_of(nothing_withheld(*told), root, tmp_path / str(number)))
        for number, told in enumerate(telling.asked[1:3])
    )
    assert one.keys() == other.keys()
    assert sum(one[name] != other[name] for name in one) > len(MOVED)
