"""Every declaration is whole, and nothing declared is idle."""

import csv
import re
import string

import pytest
from raw_files import OFFICIAL
from worked_cases import hand_worked_cases

from ctg_analysis.chapter.groups import read_groups
from ctg_analysis.clean.facts import CLEANERS
from ctg_analysis.indicators.observe import POPULATION
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.form import EUROS, HOURS
from ctg_analysis.model.indicator import (
    LEVELS,
    AnnualChange,
    AnnualFlow,
    AnnualResidual,
    Published,
    Rate,
    Ratio,
    is_proportion,
    is_share,
)
from ctg_analysis.model.settings import all_chapters, settings
from ctg_analysis.model.source import SOURCES

INDICATORS = list(CATALOGUE.values())
CHAPTERS = {chapter.number for chapter in all_chapters()}
KINDS = ("_count", "_share", "_rate", "_median", "_index")
KINDS += ("_ratio", "_mean", "_amount", "_time", "_score", "_year")


def measures(one) -> set[str]:
    value = one.value
    match value:
        case Ratio():
            return {value.numerator, value.denominator}
        case AnnualChange():
            return {POPULATION}
        case AnnualFlow() | AnnualResidual():
            return {value.flow, getattr(value, "events", "") or value.flow, POPULATION}
        case Rate():
            return {value.events, value.population}
        case _:
            return {value.measure, getattr(value, "rounding", "") or value.measure}


def faults(one) -> list[str]:
    """Return what is wrong with a declaration beside what its model refuses."""
    written = {field for _, field, _, _ in string.Formatter().parse(one.reading) if field}
    part = one.id.endswith("_share")
    rate = one.id.endswith(("_rate", "_index")) and isinstance(one.value, Ratio)
    checks = {
        "id": one.id.endswith(KINDS) and re.fullmatch(r"[a-z0-9_]+", one.id),
        "blank": one.domain_ids and one.chapter and one.label and one.unit and one.levels and one.sources,
        "full stop": one.definition.endswith(".") and one.reading.endswith(".") and one.caveats[-1:] in ("", "."),
        "reading": {"value", "period"} <= written <= {"period", "value", "unit", "s"},
        "levels": set(one.levels) <= set(LEVELS),
        "direction": one.direction in (-1, 0, 1),
        "decimals": one.decimals >= 0,
        "chapter": one.chapter in CHAPTERS,
        "persons": set(one.persons) <= {"numerator", "denominator"},
        "sources": set(one.sources) <= set(SOURCES),
        "parts": set(one.parts) <= set(CATALOGUE),
        "strata": {name for part in one.strata for name in (part.of, *part.among)} <= set(CATALOGUE),
        "share": not part or ((is_share(one.value) or isinstance(one.value, Published)) and one.unit == "%"),
        "count": not one.id.endswith("_count") or not isinstance(one.value, Ratio),
        "rate": not rate or not one.value.bounded or one.unit == "%",
    }
    return [f"{one.id}: {what}" for what, right in checks.items() if not right]


def test_every_declaration_is_whole_and_its_id_names_the_kind_of_quantity():
    assert [fault for one in INDICATORS for fault in faults(one)] == []


def test_a_rate_in_percent_is_a_part_of_the_inhabitants():
    for one in INDICATORS:
        if isinstance(one.value, Rate) and one.unit == "%":
            assert is_proportion(one.value), one.id


def test_no_share_of_euros_or_hours_is_tested_as_persons_are():
    """The test of two proportions (R14) counts draws: of a million euros, any gap would be certain."""
    amounts = {
        field.measure for source in SOURCES.values() if source.form for field in source.form.numbers
        if field.kind in (EUROS, HOURS)
    }  # fmt: skip
    shares = [one for one in CATALOGUE.values() if isinstance(one.value, Ratio) and one.value.denominator in amounts]
    assert len(shares) > 5
    assert [one.id for one in shares if is_proportion(one.value)] == []


def test_no_share_of_the_pupils_of_whole_schools_is_tested_as_persons_are():
    """A school is private, or in REP, with all of its pupils or with none of them: they are not independent draws."""
    shares = [CATALOGUE[f"{name}_pupils_share"] for name in ("private", "rep", "rep_plus")]
    assert [one.id for one in shares if is_proportion(one.value)] == []


def test_members_of_a_family_read_the_measure_of_their_own_ages():
    for one in INDICATORS:
        if one.family and re.search(r"\d", one.id):
            measure = one.value.numerator if isinstance(one.value, Ratio) else one.value.measure
            assert re.findall(r"\d+", one.id) == re.findall(r"\d+", measure), one.id
            label = re.sub(r"(?<=\d) (?=\d{3})", "", one.label)
            assert re.findall(r"\d+", one.id) == re.findall(r"\d+", label), one.id


def test_each_family_has_a_hand_worked_case_and_no_case_is_of_another_indicator():
    cases, names = hand_worked_cases().keys(), {one.family or one.id for one in INDICATORS}
    assert names - {CATALOGUE[case].family or case for case in cases} == set()
    assert cases <= CATALOGUE.keys()


# What no page shows: one index of social position is told, of the schools; a line of account singles out no commune;
# months, deciles; what a share at equal ages and a story are worked out from.
IN_FILES_ALONE = re.compile(
    r"ccas_.*_amount|lower_secondary_ips_(?!index).*|schools_ips_by_pupil_index|upper_secondary_ips_index|living_standard_d\d_amount|"
    r"childcare_requests_(?!count).*|job_seekers_abc_(?:wo)?men_.*|living_alone_65_79_count|"
    r"household_population_.*|children_(?:0_1|2_5)_(?:single_parent|by_parents)_count|social_approval_start_year|"
    r"living_standard_decile_until_2019_ratio|tax_households_count|vital_events_rate|elderly_homes_count|"
    r"maternal_child_health_centres_count"
)


def test_a_chapter_shows_every_indicator():
    notebooks = "\n".join(chapter.path.read_text(encoding="utf-8") for chapter in all_chapters())
    shown = {one.id for one in INDICATORS if f'\\"{one.id}\\"' in notebooks}
    shown |= {name for groups in read_groups().values() for name in groups.every()}
    shown |= {one.id for one in INDICATORS if one.family and f'\\"{one.family}\\"' in notebooks}
    shown |= {one.id for one in INDICATORS if one.family == "pyramid" and "charts.pyramid(" in notebooks}
    shown |= {part for one in INDICATORS if one.id in shown for part in one.parts}
    assert [one for one in CATALOGUE if (one in shown) == bool(IN_FILES_ALONE.fullmatch(one))] == []


def test_a_source_of_an_indicator_counts_what_that_is_made_of():
    """One that does not is named for nothing where the indicator is missing: a ratio is of one source alone."""
    named = [(one, name, SOURCES[name].measures) for one in INDICATORS for name in one.sources]
    counted = {
        (one.id, name): (all if isinstance(one.value, Ratio) else any)(measure in known for measure in measures(one))
        for one, name, known in named
        if known
    }
    assert [pair for pair, all_there in counted.items() if not all_there] == []


@pytest.mark.nightly
def test_every_measure_cleaned_is_used_and_every_measure_asked_for_is_cleaned(example):
    import pandas as pd

    from ctg_analysis.clean.facts import certified_folders, given_of, sources_with_figures
    from ctg_analysis.clean.frame import read_frame

    folders, _ = certified_folders(example)
    frame = read_frame(example, folders)
    facts = pd.concat(
        [given.facts for name in sources_with_figures(folders) for given in given_of(name, folders, frame)]
    )
    asked = {measure for one in INDICATORS for measure in measures(one)}
    asked = {measure.removesuffix("_total").removesuffix("_inhabitants") for measure in asked} | asked
    assert set(facts["measure"]) - asked == set()
    readable = {measure for one in INDICATORS if set(one.sources) & set(CLEANERS) for measure in measures(one)}
    # What clean.facts.weighted makes of an index.
    derived = {measure for measure in readable if measure.endswith(("_inhabitants", "_total"))}
    assert readable - derived - set(facts["measure"]) == set()


def test_what_is_only_published_is_never_added_up():
    for one in INDICATORS:
        if isinstance(one.value, Published):
            for source in (SOURCES[name] for name in one.sources):
                assert not source.totals.additive or one.value.measure in source.totals.alone, one.id


CODES = [
    *csv.DictReader(
        (settings().root / "docs/indicators_of_the_field.csv").read_text(encoding="utf-8").splitlines(), delimiter=";"
    )
]
# The codes that a Caf adviser or an élu would miss, of the field's list of indicators: all of them.
STARRED = {row["code"] for row in CODES if row["star"] == "yes"}
# Told by residents, by the bilan of the convention before or by the plan, which other chapters read.
OF_THE_DEMARCHE = {"PAR-08", "HAN-07", "DRO-08", *(f"BIL-{number:02d}" for number in (1, 2, 3, 4, 5, 6, 8))}


def test_every_starred_code_is_declared_with_a_star():
    starred = {code for one in INDICATORS if one.star for code in one.domain_ids}
    assert len(STARRED) == 93 and STARRED >= OF_THE_DEMARCHE
    assert sorted(STARRED - OF_THE_DEMARCHE - starred) == []
    assert {code for one in INDICATORS for code in one.domain_ids} & STARRED <= starred


def test_every_code_that_is_named_is_defined_and_every_one_defined_is_covered_or_it_is_said_why():
    root, code = settings().root, re.compile(r"\b(?:DEM|FAM|REV|EMP|LOG|PE|ENF|EDU|JEU|PAR|HAN|AVS|DRO|BIL)-\d\d\b")
    defined = {row["code"]: row for row in CODES}
    assert len(defined) == len(CODES) and all(code.fullmatch(name) for name in defined)
    assert [name for name, row in defined.items() if not (row["name"] and row["definition"])] == []
    files = [path for folder in ("src", "tests", "docs", "notebooks") for path in (root / folder).rglob("*.*")]
    files = [path for path in files if path.suffix in {".py", ".yml", ".md", ".ipynb", ".html"}]
    files = [path for path in files if "hostile" not in path.parent.name]  # some are no text
    named = {name: path for path in files for name in code.findall(path.read_text(encoding="utf-8"))}
    assert {name: path for name, path in named.items() if name not in defined} == {}
    declared = {name for one in INDICATORS for name in one.domain_ids}
    assert declared == {name for name, row in defined.items() if row["covered"] == "catalogue"}
    wrong = []
    for name, row in defined.items():
        covered = row["covered"]
        if covered.endswith(".py"):
            right = name in (root / "src" / "ctg_analysis" / covered).read_text(encoding="utf-8")
        else:
            right = covered in ("catalogue", "no") or set(covered.split(", ")) <= declared
        if not right or (covered == "catalogue") == bool(row["why"]):
            wrong.append(name)
    assert wrong == []


# The EPCI's own surveys, and a partner who works for it alone, tell nothing of the département.
OF_THE_EPCI = {"enquete_locale_droits", "enquete_locale_enfance", "mission_locale"}


@pytest.fixture(scope="module")
def compared(example):
    """The comparators of the invented territory that have a value: indicator → levels."""
    import pandas as pd

    table = pd.read_parquet(
        example.processed / "observations.parquet", columns=["territory", "level", "indicator", "status"]
    )
    table = table[table["status"].eq("ok") & table["territory"].isin(["99", "F", "FM"])]
    return table.groupby("indicator", observed=True)["level"].agg(lambda levels: set(levels.astype(str))).to_dict()


def test_every_comparator_that_is_declared_is_there(compared):
    """A level at which a starred indicator may be shown, and has no value there, would not be noticed on the pages."""
    missing = {
        (one.id, level)
        for one in INDICATORS
        for level in ("departement", "region", "france")
        if one.star and level in one.levels and level not in compared.get(one.id, set())
        if not set(one.sources) <= OF_THE_EPCI
    }
    assert sorted(missing) == []


def test_names_of_departements_are_those_of_the_insee():
    import pandas as pd

    theirs = pd.read_csv(
        OFFICIAL / "filosofi" / "FILO2019_DISP_DEP.csv", sep=";", dtype=str, encoding="utf-8-sig"
    ).set_index("CODGEO")["LIBGEO"]
    ours = pd.read_csv(settings().root / "data/reference/departements.csv", sep=";", dtype=str).set_index("code")["nom"]
    assert ours.loc[theirs.index].tolist() == theirs.tolist()
