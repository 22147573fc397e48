"""Numbered notebooks that are no chapter: refused by name, with the remedy, before anything runs."""

import re

import pytest
from notebook_files import EPCI, write_notebook

from ctg_analysis.model import settings as module
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.settings import Settings, all_chapters, chosen_chapters, notebooks

REFUSED = {
    "18_a.ipynb": (dict(tag="other"), r"tag parameters: in JupyterLab, give that tag to the cell that sets epci"),
    "19_b.ipynb": (dict(parameters="siren = 1\nepci == 2"), r"cell 2: sets no epci: write there epci = "),
    "20_c.ipynb": (dict(title="Un titre"), r"cell 1: no title: begin it with # and the title"),
    "21_d.ipynb": (dict(title="#   \n\nUne question ?"), r"refused: cell 1: no title"),
    "22_e.ipynb": ({}, r"another notebook bears the number 22, 22_f\.ipynb: give it a number of its own"),
    "22_f.ipynb": ({}, r"another notebook bears the number 22, 22_e\.ipynb: give it"),
    "23_g-Copy1.ipynb": ({}, r"a copy that JupyterLab made: give it a number and a name of its own, or remove it"),
    "25 espace.ipynb": (
        {},
        r"a name that does not begin with two digits and _: rename it 25_name\.ipynb, or begin its name wit",
    ),
    "26-tiret.ipynb": ({}, r"rename it 26_name\.ipynb"),
    "27.ipynb": ({}, r"rename it 27_name\.ipynb"),
    "5_x.ipynb": ({}, r"rename it 05_name\.ipynb"),
    "24_h.ipynb": (dict(title="Un titre", tag="other"), r"cell 1: no title.*; no code cell with the tag parameters"),
}
SOUND = {
    "23_g.ipynb": {},
    "25_i.ipynb": dict(parameters='epci: str = "200067171"  # SIREN'),
    "26_j.ipynb": dict(parameters=f"année = 2024\n{EPCI}\n"),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "settings", lambda: Settings(root=tmp_path))
    (tmp_path / "notebooks").mkdir()
    return tmp_path / "notebooks"


def test_what_is_no_chapter_is_refused_by_name_with_the_remedy(folder):
    for name, (written, _) in REFUSED.items():
        write_notebook(folder / name, **written)
    for name, written in SOUND.items():
        write_notebook(folder / name, **written)
    for name in ("Untitled.ipynb", "2026 bilan.ipynb", "1er essai.ipynb", "commencer_ici.ipynb"):
        write_notebook(folder / name)
    (folder / "27_k.ipynb").write_text('{"cells": [\n', encoding="utf-8")
    (folder / "28_l.ipynb").write_text('{"cells": [1]}', encoding="utf-8")
    (folder / "29_m.ipynb").write_bytes(b"\xff")
    (folder / "30_n.ipynb").symlink_to(folder / "nowhere")
    (folder / "31_o.ipynb").mkdir()
    (folder / "32_p.ipynb").write_text("[" * 200_000, encoding="utf-8")
    found = {one.path.name: one.fault for one in notebooks()}
    expected = {name: why for name, (_, why) in REFUSED.items()}
    expected |= {"27_k.ipynb": ": refused: line 2, column 1: no Jupyter notebook: take it back from git, or remove it"}
    expected |= dict.fromkeys(("28_l.ipynb", "29_m.ipynb"), "no Jupyter notebook")
    expected |= dict.fromkeys(("30_n.ipynb", "31_o.ipynb", "32_p.ipynb"), "take it back from git")
    assert {name for name, fault in found.items() if fault} == set(expected)
    for name, why in expected.items():
        assert re.match(f"notebooks/{re.escape(name)}: refused: ", found[name]), found[name]
        assert re.search(why, found[name]) and "\n" not in found[name], found[name]
    assert [one.path.name for one in all_chapters()] == list(SOUND)


def test_a_refused_chapter_that_is_asked_for_alone_is_an_error_and_beside_others_none(folder):
    write_notebook(folder / "01_a.ipynb")
    write_notebook(folder / "02_b.ipynb", tag="other")
    assert [one.number for one in chosen_chapters(["01", "02"])] == ["01", "02"]
    with pytest.raises(UserError, match=r"notebooks/02_b\.ipynb: .*tag parameters"):
        chosen_chapters(["02"])
    with pytest.raises(UserError, match="aucun chapitre 03 : attendu parmi 01, 02"):
        chosen_chapters(["01", "03"])
