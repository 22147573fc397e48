"""The attacker reads the files of three editions themselves, of every format (rules R1, R2).

The forms of the invented territory are filled with counts drawn at random; single counts are corrected afterwards and a
commune moves to the other secteur.
"""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from attacker import BASE, EXACT, MADE_OF, Attacker, drawn, few_of
from browser import NAMES
from published import HERE, lines_of, plain, readings, text_of, unpacked
from test_two_worlds import project

from ctg_analysis.model.settings import EXAMPLE_EPCI

NONE_FOUND = "no Chromium or no pdfinfo: apt install chromium poppler-utils (Debian, Ubuntu)"
PERIODS = ("2022", "2023", "2024")
# The columns of the forms, in the order of the measures of `LABELS` that they hold.
COLUMNS = {
    "mission_locale": "youth_followed=jeunes_suivis",
    "pmi_assistants_maternels": "approved_childminders=am_agrees active_childminders=am_en_activite "
    "childminders_55_plus=am_55_ans_et_plus childminder_approved_places=places_am childminder_house_places=places_mam",
    "caf_partenaire_petite_enfance": "eaje_funded=eaje_nombre eaje_children=enfants_accueillis "
    "eaje_disabled_children=enfants_aeeh eaje_inclusion_bonus=eaje_bonus_inclusion "
    "eaje_diversity_bonus=eaje_bonus_mixite",
    "enquete_locale_petite_enfance": "childcare_requests=demandes unmet_requests=demandes_non_satisfaites "
    "met_requests=demandes_pourvues waiting_children=liste_attente",
    "sdjes_accueils": "leisure_staff=animateurs leisure_qualified_staff=animateurs_qualifies "
    "leisure_under_6=enfants_moins_6_ans leisure_staff_under_6=animateurs_moins_6_ans "
    "leisure_6_plus=enfants_6_ans_plus leisure_staff_6_plus=animateurs_6_ans_plus holiday_departures=departs_sejours",
    "enquete_locale_enfance": "local_schools=ecoles local_pupils=eleves pupils_with_evening_care=eleves_couverts "
    "pupils_in_pedt=eleves_pedt pupils_at_canteen=eleves_cantine children_3_11_attending=enfants_3_11_accueillis "
    "teenagers_attending=ados_11_17_accueillis leisure_disabled_children=enfants_handicap_accueillis",
    "caf_partenaire_jeunesse_parentalite": "clas_sites=clas_sites clas_children=clas_enfants clas_parents=clas_parents "
    "laep_places=laep_lieux laep_families=laep_familles families_under_6=familles_moins_6_ans "
    "home_help_families=tisf_familles home_help_hours=tisf_heures holiday_help_families=vacances_beneficiaires "
    "holiday_help_eligible=vacances_eligibles leisure_funded=acm_nombre "
    "leisure_inclusion_bonus=acm_complement_inclusif",
    "senacs_vie_sociale": "social_participants=participants volunteers=benevoles board_seats=sieges_instances "
    "inhabitant_seats=sieges_habitants",
    "enquete_locale_droits": "rights_hours=permanences_heures digital_sites=numerique_lieux "
    "digital_persons=numerique_personnes rights_appointments=rendez_vous_droits",
    "caf_partenaire_familles": "caf_p_qf_known=foyers_qf_connu caf_p_qf_0_400=foyers_qf_0_400 "
    "caf_p_qf_401_700=foyers_qf_401_700 caf_p_qf_701_1000=foyers_qf_701_1000 caf_p_qf_1001_1500=foyers_qf_1001_1500 "
    "caf_p_qf_1501_plus=foyers_qf_1501_plus caf_p_reference=foyers_reference caf_p_low_income=foyers_bas_revenus "
    "caf_p_dependent_50=foyers_dependance_50 caf_p_dependent_100=foyers_dependance_100 "
    "caf_p_with_children=foyers_avec_enfants caf_p_single_parents=foyers_monoparentaux",
    "dsden_inclusion": "pupils_with_plan=eleves_pps pupils_in_ulis=eleves_ulis pupils_with_aesh=eleves_notifies_aesh",
}
FILLED = {
    form: dict(pair.split("=") for pair in words.split()) for form, words in COLUMNS.items()
}  # form → measure → column
# Forms whose figures are held to open counts, where who fills them says that they are as they are.
HELD = {"mission_locale", "pmi_assistants_maternels", "caf_partenaire_petite_enfance", "enquete_locale_enfance"}
HELD |= {"caf_partenaire_jeunesse_parentalite", "caf_partenaire_familles"}
MEASURES = [measure for several in FILLED.values() for measure in several]
# The places as pages name them, and as poppler cuts a word at the ligature of a PDF.
PLACES = {
    **{"Hautefictive": "99001", "Bourg-l'Exemple": "99002", "Roche-Inventée": "99003", "Saint-Modèle": "99004"},
    **{"Val-d'Essai": "99005", "Les Maquettes": "99006", "Pont-du-Schéma": "99007", "L'Ébauche": "99008"},
    **{"Hauteﬁ": "99001", "Bas Pays": f"{EXAMPLE_EPCI}-1", "Haut Pays": f"{EXAMPLE_EPCI}-2"},
    **dict.fromkeys(("CC des Monts d'Exemple", HERE, "Ensemble", "Avant", "Aujourd'hui"), EXAMPLE_EPCI),
}
BOURG, EVERY = "99002", [f"9900{number}" for number in range(1, 9)]
# Counts of the Bourg whose digits stand nowhere by chance, neither ends of intervals nor middles; enough of others.
RARE = {
    **{"social_participants": 3061, "digital_persons": 4083, "rights_appointments": 5161, "holiday_departures": 6098},
    **{"clas_parents": 4933, "home_help_families": 7013, "waiting_children": 3821},
}
ENOUGH = {"board_seats": 24, "digital_sites": 3, "rights_hours": 900, "clas_sites": 4, "home_help_hours": 9000}
# Readings of restricted figures that there are at least, by format.
FLOOR = {"html": 600, "csv": 1500, "parquet": 1500, "observations": 1500, "pdf": 20, "zip": 700}
FORMATS = ("html", "csv", "parquet", "observations", "json", "pdf", "pptx", "docx", "xlsx", "zip")
# Of each edition: what is corrected of the first, the secteur of Saint-Modèle.
EDITIONS = [
    ({}, "Bas Pays"),
    ({("youth_followed", "99003"): 23, ("leisure_under_6", "99008"): 8}, "Bas Pays"),
    (
        {("youth_followed", "99003"): 3, ("waiting_children", "99005"): 14, ("teenagers_attending", "99006"): 1},
        "Haut Pays",
    ),
]


def places_of(number):
    """Return place → communes."""
    high = {"99001", "99005", "99006", "99008"} | ({"99004"} if EDITIONS[number][1] == "Haut Pays" else set())
    secteurs = {f"{EXAMPLE_EPCI}-1": [one for one in EVERY if one not in high], f"{EXAMPLE_EPCI}-2": sorted(high)}
    return {one: [one] for one in EVERY} | secteurs | {EXAMPLE_EPCI: EVERY}


def counts_of(number):
    """Return the counts of an edition: period → (measure, commune) → count."""
    told = {}
    for seed, period in enumerate(PERIODS):
        counts = drawn(seed, EVERY)
        enough = {(one, BOURG): max(least, counts[one, BOURG]) for one, least in ENOUGH.items()}
        rare = {(one, BOURG): count for one, count in RARE.items()}
        told[period] = counts | enough | rare | EDITIONS[number][0]
    return told


def fill(root, number):
    """Fill the forms with the counts of an edition, and draw its secteurs."""
    counts = counts_of(number)
    for form, columns in FILLED.items():
        path = root / "private" / EXAMPLE_EPCI / f"{form}.csv"
        table = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False)
        table = table[table["territoire"].isin(EVERY)].reset_index(drop=True)
        table[table.columns[2:]] = ""
        for measure, column in columns.items():
            told = [counts[row.periode][measure, row.territoire] for row in table.itertuples()]
            table = table.assign(**{column: told})
        table = table.assign(confirme="oui") if form in HELD else table
        table.to_csv(path, sep=";", index=False, lineterminator="\n")
    path = root / "reference" / "secteurs" / f"{EXAMPLE_EPCI}.csv"
    text = re.sub("99004;.*", f"99004;{EDITIONS[number][1]}", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")


def run(home, *command):
    """Run a command in a project; return what it wrote."""
    ctg = Path(sys.executable).with_name("ctg")
    ran = subprocess.run([ctg, *command], cwd=home, env=os.environ | {"CTG_ROOT": str(home)}, capture_output=True)
    assert ran.returncode in (0, 2), ran.stderr.decode()  # the constats of its team no longer hold
    return ran.stdout


def edition(home, number):
    """Return the bytes of all that is published of an edition, by file: of the last, in a folder for the COPIL, all
    chapters and documents, of the others the chapters of what is told by commune. The convention is not written on
    constats that the figures no longer bear: `test_two_worlds` reads it.
    """
    fill(home / "data" / "exemple", number)
    last = number == len(EDITIONS) - 1
    folder, chapters = ("copil", ()) if last else ("reports", ("--chapters", "04,05,09,10,17"))
    run(home, "build", EXAMPLE_EPCI, "--out", folder, *chapters)
    assert json.loads((home / "data" / "exemple" / "processed" / "unread.json").read_text(encoding="utf-8")) == {}
    kept = [home / folder / EXAMPLE_EPCI]
    if last:
        run(home, "documents", EXAMPLE_EPCI, "--out", folder)
        kept.append(home / folder / "documents")
    files = {str(path): path.read_bytes() for one in kept for path in one.resolve().rglob("*.*") if path.is_file()}
    return files | {"observations": run(home, "observations", EXAMPLE_EPCI)}


@pytest.fixture(scope="module")
def published(tmp_path_factory, example):
    """The files of each edition, unpacked: name → content."""
    if not (shutil.which("pdfinfo") and any(map(shutil.which, (*NAMES, os.environ.get("CTG_CHROMIUM", ""))))):
        (pytest.fail if os.environ.get("CTG_BROWSER") == "required" else pytest.skip)(NONE_FOUND)
    home = tmp_path_factory.mktemp("project")
    project(home, example)
    return [unpacked(edition(home, number)) for number in range(len(EDITIONS))]


def kind_of(name):
    """Return the format of a file; of what a zip holds, that."""
    return "zip" if ".zip/" in name else name.rpartition(".")[2]


def measures_of(indicator):
    """Return what an indicator is made of: one or two measures of the forms, none of another indicator."""
    made = MADE_OF.get(indicator, indicator.removesuffix("_count")).split()
    return made if set(made) <= {*MEASURES} else []


def told_of(files):
    """Return the readings of the files of an edition: format, file, indicator, place, year, least, most, alone."""
    labels = {}
    for name, content in files.items():
        if "/donnees/" in name and name.endswith(".csv"):
            table = pd.read_csv(io.BytesIO(content), sep=";", dtype=str)
            if {"indicateur", "libelle"} <= {*table}:
                table = table.dropna(subset=["indicateur", "libelle"])
                labels |= {plain(label): one for label, one in zip(table["libelle"], table["indicateur"], strict=True)}
    return [
        (kind_of(name), name, *reading)
        for name, content in files.items()
        if "/diagnostic-" not in name  # the pages once more, two minutes to read; `test_the_digits` reads its text
        for reading in readings(lines_of(name, content), labels, PLACES)
        if measures_of(reading[0])
    ]


@pytest.fixture(scope="module")
def told(published):
    """The readings of each edition."""
    return [told_of(files) for files in published]


def observed(files):
    """Return what `ctg observations` tells: (indicator, place, year) → least, most, value."""
    table = pd.read_csv(io.BytesIO(files["observations"]), dtype={"territory": str, "period": str})
    ends = zip(table["low"].fillna(table["value"]), table["high"].fillna(table["value"]), table["value"], strict=True)
    return dict(zip(zip(table["indicator"], table["territory"], table["period"], strict=True), ends, strict=True))


@pytest.mark.nightly
@pytest.mark.slow
def test_no_file_tells_a_figure_more_closely_than_the_observations_do(published, told):
    """Each is read again in pages, search, CSV, Parquet, PDF and zip. One figure alone is a share of the middles, or a
    count: the least or the middle of its interval.
    """
    closer, read = [], Counter()
    for number, files in enumerate(published):
        known = observed(files)
        closer += [
            (number, cell, value, (low, high))
            for cell, (low, high, value) in known.items()
            if cell[0].endswith("_count") and measures_of(cell[0]) and value not in (low, (low + high) / 2)
            if pd.notna(value)
        ]
        for kind, name, indicator, place, year, least, most, alone in told[number]:
            latest = max((one[2] for one in known if one[:2] == (indicator, place)), default="")
            low, high, value = known.get((indicator, place, year or latest), (np.nan,) * 3)
            read[kind] += 1
            holds = least - 1e-6 <= low and high <= most + 1e-6
            if not (holds or (alone and not indicator.endswith("_count") and least - 1e-6 <= value <= most + 1e-6)):
                closer.append((number, name, indicator, place, year, (least, most), (low, high)))
    assert closer == []
    assert {kind: count for kind, count in FLOOR.items() if read[kind] < count} == {}, read


@pytest.mark.nightly
@pytest.mark.slow
def test_who_reads_all_files_of_three_editions_knows_no_count_to_less_than_its_rounding(told):
    """All counts of eight communes, two secteurs and their EPCI, which parts add up to, of three years."""
    first, wrong, cells, found = counts_of(0), [], Counter(), []
    for period in PERIODS:
        attacker = Attacker()
        for number, several in enumerate(told):
            intervals, ratios, places = {}, {}, places_of(number)
            for _, _, indicator, place, year, least, most, alone in several:
                if (year or PERIODS[-1]) != period:
                    continue
                made = measures_of(indicator)
                if len(made) == 1 and indicator.endswith("_count"):
                    low, high = intervals.get((*made, place), (0, np.inf))
                    intervals[*made, place] = max(low, least), min(high, most)
                elif len(made) == 2 and not alone:
                    scale = 100 if indicator.endswith(("_share", "_rate")) else 1
                    low, high = ratios.get((*made, place), (0, np.inf))
                    ratios[*made, place] = max(low, least / scale), min(high, most / scale)
            counts = counts_of(number)[period]
            true = {cell: sum(counts[cell[0], one] for one in places[cell[1]]) for cell in intervals}
            wrong += [
                (number, cell, true[cell], ends)
                for cell, ends in intervals.items()
                if not ends[0] <= true[cell] <= ends[1]
            ]
            close = [cell for cell, (low, high) in intervals.items() if high - low < BASE - 1 and cell[0] not in EXACT]
            found += [
                (number, cell, intervals[cell]) for cell in close if intervals[cell][1] != few_of(*cell, intervals)
            ]
            corrected = {one for one in counts if counts[one] != first[period][one]}
            within = [(*one, *ends) for one, ends in ratios.items()]
            attacker.reads(MEASURES, intervals, places, corrected, number, within)
        of_period, tighter = attacker.finds()
        cells, found = cells + of_period, found + tighter
    assert (wrong, cells.pop("exact", 0), found) == ([], 0, []), cells.total()
    assert cells.total() > 2000, cells


@pytest.mark.nightly
@pytest.mark.slow
def test_the_digits_of_a_count_of_a_form_stand_in_no_file(published):
    digits = re.compile("|".join(rf"(?<![\w,.]){n // 1000}\s?{n % 1000:03}(?!\w)" for n in RARE.values()))
    said = Counter()
    for number, files in enumerate(published):
        for name, content in files.items():
            if not re.search(r"\.(png|woff2?|zip)$", name):
                text = text_of(name, content)
                said[kind_of(name)] += len(text)
                assert digits.search(text) is None, (number, name, digits.search(text))
    assert min(said[kind] for kind in FORMATS) > 1000, said
