"""The name of a file brings nothing into a message that is not seen there: no line feed, no escape, no mark."""

import pytest
from material_files import copy_of, found_in
from typer.testing import CliRunner

from ctg_analysis.cli import app, messages
from ctg_analysis.demarche.restricted_files import read_restricted
from ctg_analysis.model.errors import Finding, InputError, in_one_line
from ctg_analysis.model.settings import EXAMPLE_EPCI

# What a name may hold that is not seen, or that a terminal, a browser or an editor takes for an order.
UNSEEN = {
    "line feed": "\n",
    "carriage return": "\r",
    "both": "\r\n",
    "vertical tab": "\v",
    "form feed": "\f",
    "tab": "\t",
    "backspace": "\b\b\b",
    "bell": "\a",
    "escape": "\x1b",
    "red": "\x1b[31m",
    "clear": "\x1b[2J\x1b[H",
    "title of the window": "\x1b]0;root\a",
    "link": "\x1b]8;;exemple.invalid\x1b\\",
    "delete": "\x7f",
    "next line": "\x85",
    "CSI in one letter": "\x9b31m",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "right to left": "\u202e",
    "left to right": "\u202d",
    "embedding": "\u202b",
    "isolate": "\u2067",
    "end of an isolate": "\u2069",
    "mark of the right": "\u200f",
    "mark of Arabic": "\u061c",
    "no width": "\u200b",
    "joiner": "\u200d",
    "byte order": "\ufeff",
    "tag": "\U000e0041",
    "no UTF-8": "\udcff",
}
NAMES = [f"a{unseen}csv.exe : rien à corriger" for unseen in UNSEEN.values()]


LETTERS = {letter for unseen in UNSEEN.values() for letter in unseen if not " " <= letter <= "~"}


def is_plain(line):
    """Whether a line holds nothing of what is not seen."""
    return not LETTERS.intersection(line)


def test_thirty_names_are_told_on_one_line_each(tmp_path, example):
    """Of the files that nothing reads and of the workbooks that are none."""
    assert len(UNSEEN) == 30
    root = copy_of(example, tmp_path)
    for folder in (root.material(EXAMPLE_EPCI), root.restricted_material(EXAMPLE_EPCI)):
        for name in NAMES:
            (folder / name).write_text("rien", encoding="utf-8")
            (folder / f"{name}.xlsx").write_bytes(b"PK")
    lines = str(InputError(found_in(root))).splitlines()
    assert len([line for line in lines if "exe : rien" in line]) >= 40
    assert [line for line in lines if not is_plain(line)] == []
    faults = [str(fault) for fault in read_restricted(root, EXAMPLE_EPCI).findings]
    assert len(faults) == len(NAMES) and all(map(is_plain, faults)), faults


@pytest.mark.parametrize("unseen", UNSEEN)
def test_a_name_given_to_a_command_is_told_on_one_line(tmp_path, unseen):
    name = f"export{UNSEEN[unseen]}200067171 : rien à corriger.csv"
    error = CliRunner().invoke(app, ["answers", EXAMPLE_EPCI, str(tmp_path / name)]).exception
    assert "aucun fichier de ce nom" in str(error) and is_plain(str(error)), str(error)


def test_what_a_message_holds_of_others_is_written_out_but_for_the_ends_of_its_lines(capsys):
    messages.print("premier\nsecond \x1b[2J\u202e fin")
    assert capsys.readouterr().err == "premier\nsecond \\x1b[2J\\u202e fin\n"


def test_what_has_a_meaning_stays():
    plain = "Réponses\u202f: « été », n°\u00a01, 12\u2009%, 𝒳, 日本"
    assert in_one_line(plain) == plain and str(Finding(plain, 1, None, "x", "y")).startswith(plain)
