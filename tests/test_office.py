"""The convention in LibreOffice: it opens without a warning and turns into a PDF that lists exactly what is active.

It skips where LibreOffice or pdftotext is not found. `.ci/run` installs both and sets CTG_OFFICE=required: it fails
there.
"""

import os
import re
import shutil
import subprocess

import pytest
from convention_texts import as_project, filled

from ctg_analysis.model.settings import EXAMPLE_EPCI
from ctg_analysis.publish.convention import SHEETS, convention_documents, read_dossier
from ctg_analysis.publish.word import CONVENTION

pytestmark = [pytest.mark.slow, pytest.mark.nightly]

NONE_FOUND = "no LibreOffice or no pdftotext: apt install libreoffice-writer-nogui poppler-utils (Debian, Ubuntu)"
OF_THE_MACHINE = re.compile(r"javaldx|^$")  # LibreOffice says that it found no Java, which nothing here needs
COMMAND = ("soffice", "--headless", "--norestore", "--convert-to", "pdf")


@pytest.fixture(scope="module")
def one(example):
    return read_dossier(EXAMPLE_EPCI, example)


@pytest.fixture(scope="module")
def converted(one, example, tmp_path_factory):
    """The text of each document once LibreOffice has made it a PDF, what LibreOffice said, the convention by cells."""
    if not (shutil.which("soffice") and shutil.which("pdftotext")):
        if os.environ.get("CTG_OFFICE") == "required":
            pytest.fail(NONE_FOUND)
        pytest.skip(NONE_FOUND)
    folder = tmp_path_factory.mktemp("office")
    made = convention_documents(one, example)
    chosen = {"convention": made[CONVENTION], "F03": made[f"{SHEETS}/F03.docx"]}
    chosen["project"] = filled(as_project(one))
    for name, content in chosen.items():
        (folder / f"{name}.docx").write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    files = [f"{name}.docx" for name in chosen]
    answer = subprocess.run([*COMMAND, profile, *files], cwd=folder, capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0
    texts = {name: read(folder / f"{name}.pdf", "-layout") for name in chosen}
    return texts, answer, read(folder / "convention.pdf", "-raw")


def read(pdf, order: str) -> str:
    """Return the text of a PDF; order: `-layout`, as it lies on the page, or `-raw`, cell by cell."""
    return subprocess.run(["pdftotext", order, pdf, "-"], capture_output=True, text=True, check=True).stdout


@pytest.mark.nightly
def test_libreoffice_opens_them_without_a_warning(converted):
    texts, answer, _ = converted
    said = [
        *answer.stderr.splitlines(),
        *(line for line in answer.stdout.splitlines() if not line.startswith("convert ")),
    ]
    assert [line for line in said if not OF_THE_MACHINE.search(line)] == []
    assert answer.stdout.count("convert ") == len(texts)


def test_the_pdf_bears_projet_until_the_convention_is_validated(converted):
    texts, _, _ = converted
    assert "PROJET" in texts["project"] and "PROJET" not in texts["convention"]
