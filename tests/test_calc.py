"""The forms of three partners, filled in LibreOffice Calc, give the same tables as the CSV files.

It skips where LibreOffice Calc or its Python is not found. `.ci/run` installs both and sets CTG_OFFICE=required: it
fails there.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from ctg_analysis.clean.partner_files import words_of
from ctg_analysis.clean.received_forms import cleaner, forms_in
from ctg_analysis.demarche import empty_forms
from ctg_analysis.model.form import DAY, PERIOD, PLACE, YES_NO
from ctg_analysis.model.settings import EXAMPLE_EPCI, DataRoot
from ctg_analysis.model.source import SOURCES
from ctg_analysis.raw.files import Sheet

pytestmark = [pytest.mark.slow, pytest.mark.nightly]

NONE_FOUND = "no LibreOffice Calc: apt install libreoffice-calc-nogui python3-uno (Debian, Ubuntu)"
PYTHONS = ("/usr/bin/python3", "/usr/lib/libreoffice/program/python")  # that may have the module uno
PARTNERS = ("Caf", "Communes", "Département")
FIRST = 2  # row of the first cell to fill, from 0
LOCALE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>fr-FR</value></prop></item></oor:items>
"""


def python_of_office():
    """Return the Python that drives LibreOffice Calc; skip, or fail where it is required, without."""
    office = shutil.which("soffice")
    has_calc = office and (Path(office).resolve().parent / "libsclo.so").is_file()  # that of Writer alone has none
    for one in PYTHONS if has_calc else ():
        if Path(one).is_file() and subprocess.run([one, "-c", "import uno"], capture_output=True).returncode == 0:
            return one
    if os.environ.get("CTG_OFFICE") == "required":
        pytest.fail(NONE_FOUND)
    pytest.skip(NONE_FOUND)


def csv_of(path):
    return pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")


def french(text):
    """A day, a month or a number as they are typed in France."""
    parts = text.split("-")
    return "/".join(reversed(parts)) if len(parts) in (2, 3) and all(part.isdigit() for part in parts) else text


def typed_in_form(form, rows, names):
    """The cells of a form; the list of communes gives their name with their code."""
    kinds = {field.column: field.kind for field in form.fields}
    cells = []
    for at, name in enumerate(form.columns):
        for row, text in enumerate(rows.get(name, []), start=FIRST):
            if name == PLACE:
                text = f"{text} {names[text]}" if text in names else text
            elif name == PERIOD or kinds.get(name) == DAY:
                text = french(text)
            elif text and kinds.get(name) == YES_NO:
                text = {"1": "Oui", "0": "Non"}[text[0]]
            if text:
                cells.append((row, at, text))
    return cells


@pytest.fixture(scope="module")
def typed(example, tmp_path_factory):
    """The data root of workbooks filled in Calc, saved as .xlsx but for one as .ods, and nothing else."""
    python, root = python_of_office(), DataRoot(tmp_path_factory.mktemp("calc"))
    office = tmp_path_factory.mktemp("office")
    places = pd.read_parquet(example.processed / "territories.parquet")
    communes = places[places["level"].eq("commune") & places["epci"].eq(EXAMPLE_EPCI)]
    names = dict(zip(communes["code"], communes["name"], strict=True))
    folder = root.private / EXAMPLE_EPCI
    empty_forms.write_forms(EXAMPLE_EPCI, "CC des Monts d'Exemple", folder, [*names.items()])
    works = []
    for partner in PARTNERS:
        forms = [source for source in SOURCES.values() if source.form and source.partner == partner]
        cells = {
            source.form.sheet: typed_in_form(
                source.form, csv_of(example.private / EXAMPLE_EPCI / source.form_file), names
            )
            for source in forms
        }
        book = folder / forms[0].form_workbook
        filled = (office / book.name).with_suffix(".ods" if partner == "Caf" else ".xlsx")
        works.append({"open": str(book), "save": str(filled), "cells": cells})
    (office / "profile" / "user").mkdir(parents=True)
    (office / "profile" / "user" / "registrymodifications.xcu").write_text(LOCALE, encoding="utf-8")
    address = f"pipe,name=ctg{os.getpid()}"
    asked = office / "asked.json"
    asked.write_text(json.dumps({"address": address, "works": works}), encoding="utf-8")
    profile = f"-env:UserInstallation={(office / 'profile').as_uri()}"
    calc = subprocess.Popen(["soffice", "--headless", "--norestore", profile, f"--accept={address};urp;"])
    try:
        script = Path(__file__).with_name("typing_in_calc.py")
        answer = subprocess.run([python, script, asked], capture_output=True, text=True, timeout=900)
        assert answer.returncode == 0, answer.stderr
    finally:
        calc.terminate()
        calc.wait(60)
    for path in [*folder.glob("*.csv"), *folder.glob("*.xlsx")]:
        path.unlink()
    for work in works:
        shutil.copy(work["save"], folder)
    return root


def test_the_forms_of_three_partners_filled_in_calc_are_those_of_the_csv_files(typed, example):
    places = pd.read_parquet(example.processed / "territories.parquet")
    members = places[places["level"].eq("commune") & places["epci"].eq(EXAMPLE_EPCI)]
    own = {EXAMPLE_EPCI, *members["code"], *members["departement"]}
    csv, calc = (forms_in(root.private / EXAMPLE_EPCI) for root in (example, typed))
    forms = [name for name in csv.tables if SOURCES[name].partner in PARTNERS]
    assert not calc.findings and len(forms) == 10
    for name in forms:
        source = SOURCES[name]
        assert isinstance(calc.tables[name], Sheet)
        before, after = (cleaner(source)(source, held.tables[name], own) for held in (csv, calc))
        keys = ["code", "level", "period", "measure"]
        pd.testing.assert_frame_equal(
            *(facts.sort_values(keys).reset_index(drop=True) for facts in (before, after)), check_categorical=False
        )
        if source.form.words:
            words = [words_of(source, held.tables[name]).reset_index(drop=True) for held in (csv, calc)]
            pd.testing.assert_frame_equal(*words)
