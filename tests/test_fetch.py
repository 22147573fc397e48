"""`ctg fetch` against a server that misbehaves: nothing bad lands in data/raw, and the command says what to do."""

import hashlib
import io
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
import yaml

from ctg_analysis.model import Download, Source
from ctg_analysis.sources import SOURCES, transport
from ctg_analysis.sources.certificates import integrity, read_certificate
from ctg_analysis.sources.fetching import _where, fetch
from ctg_analysis.sources.transport import FetchError, mirrored

GOOD = b"annee;numepci;txcouv_epci\n" + b"2023;200067171;66\n" * 20_000


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("DOTDOT", ".."), content)
    return buffer.getvalue()


class Misbehaving(BaseHTTPRequestHandler):
    """Answers by the last part of the path; `seen` counts the requests of each."""

    seen: ClassVar[dict[str, list]] = {}

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        name = self.path.rpartition("/")[2]
        asked = self.headers.get("Range")
        self.seen.setdefault(name, []).append(asked)
        first = len(self.seen[name]) == 1
        getattr(self, name.partition("?")[0], self.good)(first, asked)

    def send(self, content, code=200, **headers):
        self.send_response(code)
        for key, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def good(self, first, asked):
        self.send(GOOD, ETag='"1"')

    def cut(self, first, asked):
        if first:
            self.send_response(200)
            self.send_header("Content-Length", str(len(GOOD)))
            self.send_header("ETag", '"1"')
            self.end_headers()
            self.wfile.write(GOOD[: len(GOOD) // 2])
            self.wfile.flush()
            self.connection.close()
        else:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            self.send(GOOD[start:], 206, ETag='"1"')

    def cut_without_ranges(self, first, asked):
        if first:
            self.cut(True, asked)
        else:
            self.good(False, asked)

    def busy_once(self, first, asked):
        self.send(b"", 500) if first else self.good(first, asked)

    def too_many(self, first, asked):
        self.send(b"", 429, Retry_After="1") if first else self.good(first, asked)

    def always_busy(self, first, asked):
        self.send(b"", 503)

    def gone(self, first, asked):
        self.send(b"not here", 404)

    def page(self, first, asked):
        self.send(b"<html><body>Maintenance</body></html>", Content_Type="text/html; charset=utf-8")

    def disguised_page(self, first, asked):
        self.send(b"\n <!DOCTYPE html><html>Erreur</html>", Content_Type="text/csv")

    def message(self, first, asked):
        self.send(b'{"error": "quota exceeded"}', Content_Type="text/csv")

    def nothing_more(self, first, asked):
        if first:
            self.cut(True, asked)
        elif asked:
            self.send(b"", 416)
        else:
            self.good(False, asked)

    def long_wait(self, first, asked):
        self.send(b"", 429, Retry_After="7200")

    def empty(self, first, asked):
        self.send(b"")

    def drip(self, first, asked):
        self.send_response(200)
        self.send_header("Content-Length", str(len(GOOD)))
        self.send_header("ETag", '"1"')
        self.end_headers()
        for start in range(0, len(GOOD), transport.BLOCK):
            try:
                self.wfile.write(GOOD[start : start + transport.BLOCK])
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.25)

    def moved(self, first, asked):
        self.send(b"", 302, Location="/www.example.org/good")

    def archive(self, first, asked):
        self.send(zipped(**{"DS_2023_data.csv": GOOD, "DS_2023_metadata.csv": b"x"}))

    def nested(self, first, asked):
        self.send(zipped(**{"inner.zip": zipped(**{"a__DS_2023_data.csv": GOOD})}))

    def bomb(self, first, asked):
        self.send(zipped(**{"DS_2023_data.csv": b"\0" * 60_000_000}))

    def climber(self, first, asked):
        self.send(zipped(**{"DOTDOT__DOTDOT__DS_2023_data.csv": GOOD}))

    def not_a_zip(self, first, asked):
        self.send(GOOD)

    def two_members(self, first, asked):
        self.send(zipped(**{"DS_2022_data.csv": GOOD, "DS_2023_data.csv": GOOD}))


@pytest.fixture(scope="module")
def server():
    running = ThreadingHTTPServer(("127.0.0.1", 0), Misbehaving)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    Misbehaving.seen.clear()
    monkeypatch.setattr(transport, "_wait", lambda state: state.outcome.exception().wait or 0.01)


def source(behaviour, *, member="", sha256="", others=()):
    downloads = [Download("data.csv", f"https://www.example.org/{behaviour}", member=member, sha256=sha256)]
    downloads += [Download(f"{name}.csv", f"https://www.example.org/{name}") for name in others]
    return Source(id="dataset", label="Jeu de test", producer="P", downloads=tuple(downloads))


def files(raw: Path) -> set[str]:
    return {str(path.relative_to(raw)) for path in raw.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "behaviour",
    ["good", "cut", "cut_without_ranges", "busy_once", "too_many", "moved", "archive", "nested", "nothing_more"],
)
def test_what_passes_ends_with_the_whole_file_and_its_certificate(tmp_path, server, behaviour):
    member = "*_data.csv" if behaviour in ("archive", "nested") else ""
    full = fetch(source(behaviour, member=member), tmp_path, mirror=server)
    assert files(tmp_path) == {"dataset/full/data.csv", "dataset/full/source.yml"}
    assert (full / "data.csv").read_bytes() == GOOD
    folder = read_certificate(full)
    assert integrity(folder, "data.csv") == []
    entry = folder.entry("data.csv")
    assert entry.octets == len(GOOD) and entry.sha256 == hashlib.sha256(GOOD).hexdigest()


def test_a_cut_download_goes_on_from_where_it_stopped(tmp_path, server):
    fetch(source("cut"), tmp_path, mirror=server)
    asked = Misbehaving.seen["cut"]
    assert asked[0] is None and asked[1].startswith("bytes=") and asked[1] != "bytes=0-"


@pytest.mark.parametrize(
    "behaviour, member, said",
    [
        ("always_busy", "", "the server answered 503, 5 times; run the command again"),
        ("gone", "", "the server answered 404, expected the file; has its address changed?"),
        ("page", "", "a web page came, expected a data file"),
        ("disguised_page", "", "a page or a message came, expected a data file"),
        ("message", "", "a page or a message came, expected a data file"),
        ("long_wait", "", "the server asks to wait 7200 seconds"),
        ("empty", "", "an empty answer came"),
        ("drip", "", "too slow"),
        ("bomb", "*_data.csv", "the zip would grow to 60000000 bytes"),
        ("climber", "*_data.csv", "expected names inside its folder"),
        ("not_a_zip", "*_data.csv", "a damaged or foreign file came, expected a zip"),
        ("two_members", "*_data.csv", "2 files fit '*_data.csv' in the zip, expected one"),
    ],
)
def test_what_is_bad_never_takes_the_place_of_a_good_file(tmp_path, server, behaviour, member, said):
    fetch(source("good"), tmp_path, mirror=server)
    before = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
    seconds = 0.6 if behaviour == "drip" else 60
    with pytest.raises(FetchError) as error:
        fetch(source(behaviour, member=member), tmp_path, mirror=server, seconds=seconds)
    assert said in str(error.value) and "\n" not in str(error.value)
    kept = {name for name in files(tmp_path) if "/.partial/" not in name}
    assert {name: (tmp_path / name).read_bytes() for name in kept} == before
    assert not list(tmp_path.glob("DS_*")) + list(tmp_path.parent.glob("DS_*")) + list(tmp_path.rglob("*DS_*"))


def test_a_wrong_checksum_is_refused(tmp_path, server):
    with pytest.raises(FetchError, match="another sum came than 00ff"):
        fetch(source("good", sha256="00ff" * 16), tmp_path, mirror=server)
    assert not (tmp_path / "dataset" / "full").exists()
    fetch(source("good", sha256=hashlib.sha256(GOOD).hexdigest()), tmp_path, mirror=server)
    assert (tmp_path / "dataset" / "full" / "data.csv").read_bytes() == GOOD


def test_a_source_of_several_files_comes_whole_or_not_at_all(tmp_path, server):
    with pytest.raises(FetchError):
        fetch(source("good", others=["gone"]), tmp_path, mirror=server)
    assert not (tmp_path / "dataset" / "full").exists()
    fetch(source("good", others=["busy_once"]), tmp_path, mirror=server)
    assert len(Misbehaving.seen["good"]) == 1  # what had come already is not asked again
    assert files(tmp_path / "dataset" / "full") == {"data.csv", "busy_once.csv", "source.yml"}


def test_an_error_names_the_line_where_the_address_is_declared():
    for one in SOURCES.values():
        for download in one.downloads:
            assert "src/ctg_analysis/sources/" in _where(download), download.name
    assert "a guess so far" in _where(replace(SOURCES["caf_nbpla_pe"].downloads[0], seen=False))


def test_requests_to_melodi_are_spaced(monkeypatch):
    slept = []
    monkeypatch.setattr(transport.time, "sleep", slept.append)
    transport._last_request.clear()
    for _ in range(3):
        transport._be_polite("api.insee.fr")
    assert len(slept) == 2 and all(1.5 < pause <= 2 for pause in slept)
    transport._be_polite("data.caf.fr")
    assert len(slept) == 2


def test_a_mirror_repeats_the_sites_of_the_producers():
    url = "https://data.caf.fr/api/exports/csv?delimiter=%3B"
    assert mirrored(url, "http://localhost:8000/") == "http://localhost:8000/data.caf.fr/api/exports/csv?delimiter=%3B"
    assert mirrored(url, "") == url


def test_records_are_never_asked_of_opendatasoft():
    for one in SOURCES.values():
        for download in one.downloads:
            assert "/records" not in download.url and "use_labels" not in download.url
            assert "explore/v2.1" not in download.url or "/exports/" in download.url or "/attachments/" in download.url


@pytest.mark.slow
def test_killed_at_any_moment_and_run_again_it_ends_with_the_same_files(tmp_path, server):
    code = (
        "import sys; from pathlib import Path; from ctg_analysis.model import Download, Source\n"
        "from ctg_analysis.sources.fetching import fetch\n"
        "names = ['good', 'drip', 'archive']\n"
        "downloads = tuple(Download(n + '.csv', 'https://www.example.org/' + n, "
        "member='*_data.csv' if n == 'archive' else '') for n in names)\n"
        "fetch(Source('dataset', 'L', 'P', downloads=downloads), Path(sys.argv[1]), mirror=sys.argv[2])\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path), server]
    for moment in (0.4, 0.8, 1.1, 1.4, 1.7):
        running = subprocess.Popen(command)
        time.sleep(moment)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        full = tmp_path / "dataset" / "full"
        if full.exists():
            assert integrity(read_certificate(full), "good.csv") == []
    subprocess.run(command, check=True)
    folder = read_certificate(tmp_path / "dataset" / "full")
    sums = {entry.fichier: entry.sha256 for entry in folder.certificate.fichiers}
    assert set(sums.values()) == {hashlib.sha256(GOOD).hexdigest()} and len(sums) == 3
    assert files(tmp_path / "dataset") == {f"full/{name}" for name in [*sums, "source.yml"]}
    assert yaml.safe_load((tmp_path / "dataset/full/source.yml").read_text(encoding="utf-8"))["id"] == "dataset"
