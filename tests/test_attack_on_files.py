"""The attacker reads the files that two editions publish: CSV, Parquet, tables and alternatives of the pages (rule R2).

All is learnt from what is written for readers; the truth is read from the forms of the partners. Between the two
editions the secteurs are drawn anew, so that each commune is seen in two perimeters.
"""

import ast
import csv
import json
import re
import shutil
from typing import NamedTuple

import pandas as pd
import pytest
from attacker import THRESHOLD, Attacker
from raw_files import keep

from ctg_analysis import chapter as chapters
from ctg_analysis import derivation, processing, secrecy, staleness
from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.chapter import open_chapter
from ctg_analysis.chapters import all_chapters
from ctg_analysis.display import texts
from ctg_analysis.model import OK, Count, Mean, Rate, Ratio
from ctg_analysis.publishing.data_files import write_csv, write_observations
from ctg_analysis.settings import EXAMPLE_EPCI, DataRoot, data_root
from ctg_analysis.sources import SOURCES
from ctg_analysis.staleness import made_from, write_manifest

pytestmark = pytest.mark.slow
FORMS = ("pmi_assistants_maternels", "dsden_inclusion", "senacs_vie_sociale", "mission_locale")
LOCAL = ("commune", "secteur", "epci", "departement")
NEIGHBOUR, DEPARTEMENT = "999999998", "99"  # which the EPCI that is shown and its neighbour fill together
OPEN = {"etalab_decoupage", "contours", "insee_rp_population", "demarche"}  # open files that these forms go with
PERSONS = {
    "pmi_assistants_maternels": ("active_childminders", "approved_childminders", "childminders_55_plus"),
    "dsden_inclusion": ("pupils_with_plan", "pupils_in_ulis", "pupils_with_aesh"),
    "senacs_vie_sociale": ("social_participants", "volunteers"),
    "mission_locale": ("youth_followed",),
}


def meaning(one):
    """Return what a reader of the definitions knows an indicator to be made of: see Attacker.reads."""
    persons = {measure for measures in PERSONS.values() for measure in measures}
    match one.value:
        case Count(measure) | Rate(measure):
            top, bottom, years = measure, None, 1
        case Mean(measure, years):
            top, bottom = measure, None
        case Ratio(top, bottom):
            years = 1
        case _:
            return None, None, 1
    return top if top in persons else None, bottom if bottom in persons else None, years


MEANING = {one.id: meaning(one) for one in CATALOGUE.values() if set(one.sources) & set(FORMS)}
PARTS = {part: whole for name in FORMS for part, whole in SOURCES[name].form.parts()}


class Edition:
    """What is published of the processed data of a root: CSV, Parquet, and the outputs of the executed notebooks."""

    def __init__(self, folder, chapters=(), epci=EXAMPLE_EPCI):
        self.folder = folder
        chapter = open_chapter(epci)
        folder.mkdir(parents=True)
        write_csv(folder, chapter)
        write_observations(folder, chapter.seen)
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
            shown.append(eval(compile(ast.Expression(last.value), path.name, "eval"), names)._repr_html_())
    return "\n".join(shown)


def from_csv(folder):
    """Return the rows of the CSV files, of the indicators that the attacker knows."""
    lines = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file, delimiter=";"):
                if row["indicateur"] in MEANING and row["niveau"] in LOCAL and row["source"] in FORMS:
                    values = [float(row[name].replace(",", ".") or "nan") for name in ("numerateur", "denominateur")]
                    lines.append(
                        (row["code"], row["niveau"], row["periode"], row["indicateur"], *values, row["statut"])
                    )
    columns = ["territory", "level", "period", "indicator", "numerator", "denominator", "status"]
    return pd.DataFrame(lines, columns=columns)


def from_parquet(folder):
    table = pd.read_parquet(folder / "observations.parquet")
    table = table[table["indicator"].isin(MEANING) & table["level"].isin(LOCAL) & table["source"].isin(FORMS)]
    return table[["territory", "level", "period", "indicator", "numerator", "denominator", "status"]]


def from_pages(edition, names):
    """Return what tables and text alternatives say of counts: (indicator, territory, period, number, which of both)."""
    counts = {texts.typography(one.label): one for one in CATALOGUE.values() if isinstance(one.value, Count)}
    said = []
    for html in edition.pages.values():
        for table in re.findall(r"<table>.*?</table>", html, flags=re.DOTALL):
            header = re.findall(r'<th scope="col">([^<]*)</th>', table)
            of_all = "".join(re.findall(r"<caption><span>[^<]*, (\d{4})</span></caption>", table))
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
    """A data root that is not taken for the invented one, whose earlier editions the gate reads."""
    root = DataRoot(tmp_path_factory.mktemp("attack") / "data")
    shutil.copytree(example.path, root.path, ignore=shutil.ignore_patterns("processed"))
    keep(root, OPEN)
    return root


class Telling(NamedTuple):
    """Two editions, the second with other secteurs; the second again, a person moved from a withheld count to another.

    asked: what the gate was asked for each of the three.
    """

    first: Edition
    second: Edition
    moved: Edition
    asked: list[tuple]


@pytest.fixture(scope="module")
def telling(root, tmp_path_factory):
    """The three editions; the gate reads the first from the folder of the editions, chapters open the data root."""
    folder = tmp_path_factory.mktemp("editions")
    asked = []

    def listening(*told):
        asked.append(told)
        return secrecy.withhold(*told)

    def edition(place, chapters=()):
        processing.process(root)
        return Edition(place, chapters)

    with pytest.MonkeyPatch.context() as patch:
        for module in (derivation, staleness):
            patch.setattr(module, "reports", lambda: folder / "reports")
        patch.setattr(derivation, "withhold", listening)
        patch.setattr(chapters, "data_root", lambda *epci: root if epci else data_root())
        patch.setattr(chapters, "ensure", lambda root: None)
        first = edition(folder / "reports" / ".editions" / EXAMPLE_EPCI / "1")
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
    """Return the counts of the forms: (measure, commune, year) → persons."""
    counts = {}
    for name in FORMS:
        form = SOURCES[name].form
        measure = {one.column: one.measure for one in form.fields if one.measure in PERSONS[name]}
        table = pd.read_csv(root.private / EXAMPLE_EPCI / form.file, sep=";", decimal=",", dtype={"territoire": str})
        for row in table[table["territoire"].str.len().eq(5)].to_dict("records"):
            counts |= {
                (said, row["territoire"], str(row["periode"])[:4]): row[column] for column, said in measure.items()
            }
    return counts


def victims(counts):
    """Return the groups of 1 to 4 persons in a commune: those counted, and those of a whole outside of a part."""
    groups = [
        (measure, (place,), (year,), None) for (measure, place, year), count in counts.items() if 1 <= count < THRESHOLD
    ]
    for part, whole in PARTS.items():
        for (measure, place, year), count in counts.items():
            if measure == whole and 1 <= count - counts.get((part, place, year), count) < THRESHOLD:
                groups.append((whole, (place,), (year,), part))
    return sorted(groups, key=str)


def attack(published, root):
    """Return the groups that the files of the editions bound more tightly than [0, threshold - 1]."""
    attacker = Attacker(PARTS)
    for edition in published:
        attacker.reads(edition.rows, edition.places, MEANING)
    return attacker.finds_out(victims(truth(root)))


def test_no_withheld_count_can_be_found_out_from_the_files_of_two_editions(root, telling):
    first, second, *_ = telling
    assert len(victims(truth(root))) > 20
    assert attack([first, second], root) == []
    names = {texts.typography(name): code for code, name in names_of(root).items()}
    rows = second.rows[second.rows["level"].eq("commune")]
    shown = rows[rows["status"].eq(OK)].set_index(["indicator", "territory", "period"])["numerator"].to_dict()
    said = from_pages(second, names)
    assert len(said) > 20 and rows["status"].eq("secret").sum() > 20
    assert sum(where == "alternative" for *_, where in said) > 5
    assert [one for one in said if shown.get(one[:3]) != one[3]] == []  # the pages say no count that the CSV do not


def names_of(root):
    places = pd.read_parquet(root.processed / "territories.parquet")
    communes = places[places["level"].eq("commune") & places["epci"].eq(EXAMPLE_EPCI)]
    return dict(zip(communes["code"], communes["name"], strict=True))


def test_the_same_attack_succeeds_when_the_secondary_rule_is_switched_off(root, telling, tmp_path, monkeypatch):
    monkeypatch.setattr(secrecy, "secondary", lambda *_: ([], []))
    observed, indicators, sources, membership, _ = telling.asked[1]
    bolder = secrecy.withhold(observed, indicators, sources, membership).observations
    assert len(attack([edition_of(bolder, root, tmp_path / "bolder")], root)) > 3


def edition_of(observations, root, folder):
    """Return the edition of some observations, put in the place of those of the root."""
    observations = observations.astype({"level": "category", "status": "category"})
    observations.to_parquet(root.processed / "observations.parquet", index=False)
    write_manifest(root.processed, made_from(root))  # so that they are opened again, and taken for up to date
    return Edition(folder)


# What the neighbour counts in 2024 of each form: small groups of persons, and a few who are not in a part.
BESIDE = {
    "dsden_inclusion": {"eleves_pps": 160, "eleves_ulis": 3, "eleves_notifies_aesh": 157, "aesh_etp": 40},
    "pmi_assistants_maternels": {"am_agrees": 172, "am_en_activite": 171, "am_55_ans_et_plus": 2, "places_am": 580},
    "senacs_vie_sociale": {"participants": 60, "benevoles": 4, "etp": 5},
}


@pytest.fixture
def neighbour(root, telling, example, monkeypatch, tmp_path):
    """Let the neighbour send forms with the totals of its EPCI alone; the département is the sum of both.

    Nothing was published before: what an edition has given away cannot be withheld any more.
    """
    for module in (derivation, staleness):
        monkeypatch.setattr(module, "reports", lambda: tmp_path / "reports")
    before = {path: path.read_bytes() for path in (root.private / EXAMPLE_EPCI).glob("*.csv")}
    home = root.private / NEIGHBOUR
    home.mkdir()
    shutil.copy(root.private / EXAMPLE_EPCI / "accords.yml", home)
    for name, counts in BESIDE.items():
        path = root.private / EXAMPLE_EPCI / SOURCES[name].form.file
        table = pd.read_csv(path, sep=";", decimal=",", dtype={"territoire": str, "periode": str})
        latest = table["periode"].eq("2024")
        ours = table[latest & table["territoire"].str.len().eq(5)]
        of_all = table.index[latest & table["territoire"].eq(DEPARTEMENT)].item()
        beside = pd.DataFrame([{"territoire": NEIGHBOUR, "periode": "2024"} | counts], columns=table.columns)
        for column in table.columns.drop(["territoire", "periode"]):
            table.loc[of_all, column] = ours[column].sum() + counts[column] if column in counts else float("nan")
        table.to_csv(path, sep=";", decimal=",", index=False)
        beside.to_csv(home / path.name, sep=";", decimal=",", index=False)
    yield beside_victims(example)
    shutil.rmtree(home)
    for path, content in before.items():
        path.write_bytes(content)


def beside_victims(example):
    """Return the groups of 1 to 4 persons that the neighbour counts: its own total, or those who are not in a part."""
    places = pd.read_parquet(example.processed / "territories.parquet")
    place = tuple(places.loc[places["level"].eq("commune") & places["epci"].eq(NEIGHBOUR), "code"])
    counts = {
        field.measure: BESIDE[name][field.column]
        for name in BESIDE
        for field in SOURCES[name].form.fields
        if field.column in BESIDE[name] and field.measure in PERSONS[name]
    }
    groups = [(measure, place, ("2024",), None) for measure, count in counts.items() if count < THRESHOLD]
    return groups + [
        (whole, place, ("2024",), part)
        for part, whole in PARTS.items()
        if {part, whole} <= set(counts) and counts[whole] - counts[part] < THRESHOLD
    ]


def found_beside(root, home, victims):
    """Return what is found out of the neighbour from the files of both EPCIs: the département less the other one."""
    processing.process(root)
    attacker = Attacker(PARTS)
    for epci in (EXAMPLE_EPCI, NEIGHBOUR):
        edition = Edition(home / epci, epci=epci)
        attacker.reads(edition.rows, edition.places, MEANING)
    return attacker.finds_out(victims)


def test_no_epci_is_found_out_as_what_another_one_leaves_of_their_departement(root, tmp_path, neighbour):
    assert len(neighbour) == 5
    assert found_beside(root, tmp_path, neighbour) == []


def test_the_departement_gives_its_epci_away_when_the_secondary_rule_is_switched_off(
    root, tmp_path, neighbour, monkeypatch
):
    monkeypatch.setattr(secrecy, "secondary", lambda *_: ([], []))
    assert found_beside(root, tmp_path, neighbour) == neighbour


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
