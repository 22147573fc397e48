"""A dataset of data.gouv.fr gives the address of its latest file; anything else is said in one line."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from ctg_analysis.core.datasets import Download, Source
from ctg_analysis.sources.fetching import transport
from ctg_analysis.sources.fetching.fetch import fetch
from ctg_analysis.sources.fetching.transport import FetchError

OLD, NEW = b"insee_com;lib_fs\n01001;A\n", b"insee_com;lib_fs\n01001;A\n01002;B\n"
DATASET = "https://www.data.gouv.fr/api/1/datasets/france-services/"


def resource(name, modified, **more):
    url = f"https://static.data.gouv.fr/resources/{name}"
    return {"title": "Liste", "url": url, "last_modified": modified} | more


class Catalogue(BaseHTTPRequestHandler):
    """Answers the catalogue with `answer`, and the files by their name."""

    answer: ClassVar[bytes] = b""
    files: ClassVar[dict[str, bytes]] = {"liste-2024.csv": OLD, "liste-2026.csv": NEW, "notice.pdf": b"%PDF"}
    asked: ClassVar[list[str]] = []

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        self.asked.append(self.path)
        name = self.path.partition("?")[0].rpartition("/")[2]
        content = self.files.get(name, self.answer)
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", '"1"')
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture(scope="module")
def mirror():
    running = ThreadingHTTPServer(("127.0.0.1", 0), Catalogue)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    Catalogue.asked.clear()
    monkeypatch.setattr(transport, "_wait", lambda state: 0.01)


def dataset(pattern="*.csv"):
    download = Download("liste.csv", DATASET, resource=pattern, seen=False)
    return Source(id="dataset", label="Jeu de test", producer="P", downloads=(download,))


def catalogue(*resources):
    Catalogue.answer = json.dumps({"resources": list(resources)}).encode()


def test_the_latest_resource_that_fits_is_fetched_through_the_mirror(tmp_path, mirror):
    latest = resource("20260301/liste-2026.csv", "2026-03-01T10:00:00")
    latest["url"] += "?v=2"
    pdf = resource("20260401/notice.pdf", "2026-04-01T10:00:00")
    catalogue(latest, pdf, resource("20240101/liste-2024.csv", "2024-01-01T10:00:00"))
    full = fetch(dataset(), tmp_path, mirror=mirror)
    assert (full / "liste.csv").read_bytes() == NEW
    assert {path.name for path in full.iterdir()} == {"liste.csv", "source.yml"}
    assert Catalogue.asked == [
        "/www.data.gouv.fr/api/1/datasets/france-services/",
        "/static.data.gouv.fr/resources/20260301/liste-2026.csv?v=2",
    ]


@pytest.mark.parametrize(
    "answer",
    [
        json.dumps({"resources": [resource("a/notice.pdf", "2026")]}).encode(),
        json.dumps({"resources": []}).encode(),
        json.dumps({"resources": [{"title": "sans adresse"}]}).encode(),
        json.dumps({"message": "Not found"}).encode(),
        json.dumps(["autre chose"]).encode(),
        b"pas du JSON",
        b"\xff\xfe\x00",
    ],
)
def test_a_catalogue_without_the_file_is_one_line_and_the_former_file_stays(tmp_path, mirror, answer):
    catalogue(resource("a/liste-2024.csv", "2024"))
    full = fetch(dataset(), tmp_path, mirror=mirror)
    Catalogue.answer = answer
    with pytest.raises(FetchError) as error:
        fetch(dataset(), tmp_path, mirror=mirror)
    assert "\n" not in str(error.value)
    assert f"dataset: {DATASET}: no resource named like '*.csv' came, expected a dataset of data.gouv.fr" in str(
        error.value
    )
    assert (full / "liste.csv").read_bytes() == OLD
    assert not list(tmp_path.rglob("*.dataset.json"))
