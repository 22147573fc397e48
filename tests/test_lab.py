"""The notebooks in the real JupyterLab: opened in a browser, "Run All Cells", no error, every chart there."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from urllib.request import Request, urlopen

import nbformat
import pytest
from accessibility import violations, with_axe
from notebook_files import build, code_cells, faults, project

from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, all_chapters, settings

NOTEBOOKS = settings().root / "notebooks"
START = "commencer_ici.ipynb"
TOKEN = "only-for-this-test"
SETTINGS = {
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none", "kernelShutdown": True},
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}
# Whether the notebook in sight has run to its end, or to an error.
ENDED = """() => {
  const cells = [...document.querySelectorAll(".jp-MainAreaWidget:not(.lm-mod-hidden) .jp-CodeCell")];
  return cells.every(one => /\\d/.test(one.querySelector(".jp-InputPrompt").textContent))
    || cells.some(one => one.querySelector("[data-mime-type='application/vnd.jupyter.stderr']"));  // where errors are
}"""
SHOWN = """() => [...document.querySelectorAll(".jp-MainAreaWidget:not(.lm-mod-hidden) .jp-OutputArea-output")]
  .flatMap(one => [...one.querySelectorAll("svg[role=img], img")])
  .filter(one => one.getBoundingClientRect().width > 100).length"""
IDLE = "Python 3 (ipykernel) | Idle"
SECONDS = 60  # that a notebook may take, kernel included


def test_the_first_notebook_is_committed_empty_and_does_what_a_chapter_may():
    notebook = nbformat.read(NOTEBOOKS / START, as_version=4)
    assert all(not cell.outputs and cell.execution_count is None for cell in code_cells(notebook))
    assert [found for cell in code_cells(notebook) for found in faults(cell.source)] == []
    texts = [cell.source.replace("UTF-8", "") for cell in notebook.cells if cell.cell_type == "markdown"]
    assert not [text for text in texts if re.search(r"\d", text)]
    assert START not in [chapter.path.name for chapter in all_chapters()]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A project with a copy of the notebooks, beside it the settings of a JupyterLab of its own."""
    home = project(tmp_path_factory.mktemp("lab") / "project")
    shutil.copytree(NOTEBOOKS, home / "notebooks", dirs_exist_ok=True)
    for name, content in SETTINGS.items():
        path = home / "settings" / f"{name.replace(':', '/')}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def lab(desk, france, example):
    """The address of a JupyterLab on this copy."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    folders = ("_CONFIG_DIR", "_DATA_DIR", "_RUNTIME_DIR", "LAB_WORKSPACES_DIR")
    environment = os.environ | {f"JUPYTER{name}": str(desk / name.lower()) for name in folders}
    environment |= {"JUPYTERLAB_SETTINGS_DIR": str(desk / "settings"), "IPYTHONDIR": str(desk / "ipython")}
    environment |= {"CTG_ROOT": str(desk)}
    options = [
        f"--port={address.rpartition(':')[2]}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={TOKEN}",
    ]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", *options]
    with (desk / "log").open("w") as log:
        server = subprocess.Popen([*command, str(desk / "notebooks" / START)], env=environment, stdout=log, stderr=log)
        try:
            while server.poll() is None and not answers(address):
                time.sleep(0.1)
            assert server.poll() is None, (desk / "log").read_text(encoding="utf-8")
            yield address
        finally:
            server.terminate()
            server.wait(30)


def answers(address: str) -> bool:
    try:
        return urlopen(Request(f"{address}/api", headers={"Authorization": f"token {TOKEN}"})).status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def tab(browser, lab):
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(f"{lab}/lab?token={TOKEN}")
    page.locator(f".jp-DirListing-item:has-text('{START}')").wait_for()
    page.add_locator_handler(page.locator(".jp-Dialog"), lambda: page.get_by_role("button", name="Discard").click())
    return page


def expected(name, shipped) -> int:
    """Return how many drawings a notebook has: those of the published page of its chapter."""
    if name == START:
        return 5
    page = (shipped / DEFAULT_EPCI / name).with_suffix(".html")
    text = page.read_text(encoding="utf-8") if page.is_file() else ""  # a chapter of which nothing is known has none
    return re.sub("<td.*?</td>", "", text, flags=re.DOTALL).count('<svg role="img"')  # small ones stand in cells


@pytest.mark.nightly
@pytest.mark.parametrize("name", [START, *(one.path.name for one in all_chapters())])
def test_run_all_cells_gives_every_chart_and_no_error(tab, desk, shipped, name):
    run_all(tab, name)
    shown = tab.evaluate(SHOWN)
    assert errors(tab, desk / "notebooks" / name) == []
    assert shown == expected(name, shipped)
    tab.locator(".lm-TabBar-tab.lm-mod-current .lm-TabBar-tabCloseIcon:visible").last.click()


def run_all(tab, name):
    """Open a notebook of the list and run all its cells."""
    tab.locator(f".jp-DirListing-item:has-text('{name}')").dblclick()
    tab.locator(f".lm-TabBar-tab.lm-mod-current:has-text('{name}')").wait_for()
    tab.get_by_text(IDLE).wait_for(timeout=SECONDS * 1000)
    tab.locator(".lm-MenuBar-itemLabel:text-is('Run')").click()
    tab.locator(".lm-Menu-itemLabel:text-is('Run All Cells')").click()
    tab.wait_for_function(ENDED, timeout=SECONDS * 1000)
    tab.get_by_text(IDLE).wait_for(timeout=SECONDS * 1000)


def errors(tab, path):
    """Save the notebook in sight; return the errors of its cells."""
    with tab.expect_response(lambda one: one.request.method == "PUT" and path.name in one.url):
        tab.keyboard.press("Control+s")
    outputs = [output for cell in code_cells(nbformat.read(path, as_version=4)) for output in cell.outputs]
    return [output.evalue for output in outputs if output.output_type == "error"]


@pytest.mark.nightly
def test_a_chapter_of_ones_own_is_made_drawn_completed_and_published(tab, browser, desk):
    """Scenario: a command writes it, JupyterLab runs it, Tab completes an id, `ctg build` publishes it with its alt."""
    command = [sys.executable, "-m", "ctg_analysis", "new-chapter", "18", "Mobilité"]
    subprocess.run(command, check=True, env=os.environ | {"CTG_ROOT": str(desk)})
    path = desk / "notebooks" / "18_mobilite.ipynb"
    tab.get_by_role("button", name="Refresh the file browser").click()
    run_all(tab, path.name)
    assert tab.evaluate(SHOWN) == 1  # the picture; the drawings of the profile are small
    notebook = tab.locator(".jp-MainAreaWidget:not(.lm-mod-hidden) .jp-Notebook")
    notebook.locator(".jp-CodeCell .cm-content").last.click()
    tab.keyboard.press("Escape")
    tab.keyboard.press("b")
    tab.keyboard.press("Enter")
    tab.keyboard.type('chapter.data("births_c')
    tab.keyboard.press("Tab")
    tab.locator(".jp-Completer-match").first.wait_for()
    assert tab.locator(".jp-Completer-match").all_inner_texts() == ["births_count"]
    tab.keyboard.press("Enter")
    assert notebook.locator(".jp-CodeCell .cm-content").last.inner_text() == 'chapter.data("births_count'
    tab.keyboard.press("Escape")
    tab.keyboard.press("d")
    tab.keyboard.press("d")
    assert errors(tab, path) == []
    out = desk / "reports"
    answer = build(desk, EXAMPLE_EPCI, out, "--chapters", "18")
    assert answer.returncode == 0, answer.stderr
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"file://{out}/{EXAMPLE_EPCI}/18_mobilite.html")
    drawn = page.get_by_role("img", name=re.compile("Habitants du territoire, année par année"))
    assert drawn.bounding_box()["width"] > 300
    assert violations(with_axe(page)) == []
    page.close()
