"""The examples that docstrings give of formulas hold, and every public formula gives one."""

import doctest
from importlib import import_module
from inspect import getmembers, isfunction

from test_architecture import modules

# Modules of formulas, and what in them is none: it reads, puts tables or matrices together, or goes through steps.
FORMULAS = {
    "core.norms": set(),
    "demarche.survey.blanks": {"of_groups", "of_paths", "without_telling_sizes"},
    "demarche.survey.counts": set(),
    "demarche.survey.crossings": {"judged", "of_what_is_shown"},
    "demarche.survey.disclosure": {"hide"},
    "demarche.survey.exports": {"read_export"},
    "demarche.survey.hidden_figures": set(),
    "demarche.survey.measured": {"asked_of"},
    "demarche.survey.questions": {"question_of", "worded"},
    "demarche.survey.response": {"quotable_answers"},
    "demarche.survey.weighted_answers": {"open_survey"},
    "demarche.survey.weighting": set(),
    "indicators.catchments": set(),
    "indicators.births_and_deaths": set(),
    "indicators.census_sample": set(),
    "indicators.childcare_authority": {"read_thresholds"},
    "indicators.communes_apart": {"comparison_of"},
    "indicators.childcare_need": set(),
    "indicators.comparisons": {"producer"},
    "indicators.decomposition": set(),
    "indicators.fertility": set(),
    "indicators.findings": set(),
    "indicators.dispersion": {"is_of_events", "is_flow", "with_dispersion"},
    "indicators.intervals": set(),
    "indicators.lasting_gaps": set(),
    "indicators.need_and_supply": set(),
    "indicators.peer_values": set(),
    "indicators.peer_profiles": {"profiles", "density_of_epcis", "classify"},
    "indicators.peers": {"nearest_of_each", "pairs"},
    "indicators.projection": set(),
    "indicators.projection_errors": {"back_test"},
    "indicators.significance": set(),
    "indicators.simulation": set(),
    "indicators.standardisation": set(),
    "indicators.positions": set(),
    "indicators.similar_places": set(),
    "indicators.small_areas": {"possible_laws"},
    "indicators.since_birth": set(),
    "indicators.strengths": set(),
    "indicators.trends": set(),
    "indicators.uncertainty": set(),
    "indicators.years": set(),
    "secrecy.rounding": {"measures", "steps"},
    "demarche.survey.suppression": {
        "search",
        "show_again",
        "witnesses",
        "explore",
        "nearest_world",
    },
}

# The other modules of these packages, and what they do in place of formulas.
WITHOUT = {
    "demarche.survey.answers": "reads an export",
    "demarche.survey.gated": "puts the observations together",
    "demarche.survey.intake": "writes the tables of answers",
    "demarche.survey.profile_groups": "puts the tables of groups together",
    "demarche.survey.survey": "puts all the tables together",
    "indicators.known_zeros": "completes a published whole",
    "indicators.members": "who belongs to whom",
    "indicators.observation_files": "writes and reads the observations",
    "indicators.observations": "the columns of the observations",
    "indicators.observe": "puts the observations together",
    "indicators.preferred_sources": "chooses the source of a figure",
}


def test_the_examples_of_docstrings_hold():
    named = [name for name, path in modules().items() if ">>> " in path.read_text(encoding="utf-8")]
    results = {name: doctest.testmod(import_module(f"ctg_analysis.{name}")) for name in named}
    assert sum(one.attempted for one in results.values()) > 200
    assert {name: one.failed for name, one in results.items() if one.failed} == {}


def test_every_public_formula_gives_an_example():
    faults = []
    for name, others in FORMULAS.items():
        module = import_module(f"ctg_analysis.{name}")
        public = {one for one, made in getmembers(module, isfunction) if made.__module__ == module.__name__}
        without = {one for one in public if one[0] != "_" and ">>> " not in (getattr(module, one).__doc__ or "")}
        faults += [f"{name}.{one}: {'no example' if one in without else 'has one'}" for one in without ^ others]
    assert faults == []


def test_every_module_of_indicators_survey_and_secrecy_is_known_for_its_formulas_or_has_none():
    packages = ("indicators", "demarche.survey", "secrecy")
    here = {name for name in modules() if name.rpartition(".")[0] in packages} - {f"{one}.__init__" for one in packages}
    assert here == WITHOUT.keys() | FORMULAS.keys() - {"core.norms"}
