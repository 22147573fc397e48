"""`ctg fetch` against a server that misbehaves: nothing bad lands in data/raw, and the command says what to do."""

import datetime
import email.utils
import gzip
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pandas as pd
import pyarrow
import pyarrow.parquet as parquet
import pytest
from environment import environment
from filelock import FileLock
from raw_files import certify

from ctg_analysis.cli import download_commands
from ctg_analysis.core.datasets import Download, Source
from ctg_analysis.core.errors import Busy, Finding, UserError
from ctg_analysis.processing import check_raw
from ctg_analysis.sources import SOURCES
from ctg_analysis.sources.certificates import integrity, read_certificate
from ctg_analysis.sources.fetching import campaign, transport
from ctg_analysis.sources.fetching import sizes as sizes_asked
from ctg_analysis.sources.fetching.by_hand import page_of
from ctg_analysis.sources.fetching.campaign import FAILED, GOT, SILENT, Outcome, amount, fetched
from ctg_analysis.sources.fetching.fetch import FORMER, address_place, fetch, undo
from ctg_analysis.sources.fetching.received import FetchError, refuse_foreign
from ctg_analysis.sources.fetching.sizes import asked_sizes
from ctg_analysis.sources.fetching.transport import mirrored
from ctg_analysis.sources.folders import source_folders

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

    def do_HEAD(self):
        """Tell a length, but for what is written as it is asked for, as `silent_on_size`."""
        self.seen.setdefault("HEAD", []).append(self.path)
        if self.path.endswith("slow_to_tell"):
            time.sleep(0.5)
        self.send_response(200)
        if not self.path.endswith("silent_on_size"):
            self.send_header("Content-Length", str(len(GOOD)))
        self.end_headers()

    def send(self, content, code=200, **headers):
        self.send_response(code)
        for key, value in {"Content_Length": str(len(content)), **headers}.items():
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
            told = f"bytes {start}-{len(GOOD) - 1}/{len(GOOD)}"
            self.send(GOOD[start:], 206, ETag='"1"', Content_Range=told)

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

    def resumed(self, first, asked):
        """Cut at half whenever it is asked from the start."""
        self.cut(asked is None, asked)

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

    def drip_of_bytes(self, first, asked):
        self.send_response(200)
        self.send_header("Content-Length", str(len(GOOD)))
        self.end_headers()
        for place in range(len(GOOD)):
            try:
                self.wfile.write(GOOD[place : place + 1])
            except OSError:
                return
            time.sleep(0.05)

    def unannounced(self, first, asked):
        """Of a length that nothing tells, and cut within its last number the first time."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(GOOD[:-2] if first else GOOD)

    def always_unannounced(self, first, asked):
        self.unannounced(True, asked)

    def chunks(self, first, asked):
        """Cut within a chunk the first time, between two chunks the second time."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        half, attempt = len(GOOD) // 2, len(self.seen["chunks"])
        for chunk in (GOOD[:half], GOOD[half:]):
            self.wfile.write(b"%x\r\n%s" % (len(chunk), chunk[:-5] if attempt == 1 else chunk + b"\r\n"))
            if attempt < 3 and chunk == GOOD[:half]:
                return
        self.wfile.write(b"0\r\n\r\n")

    def compressed(self, first, asked):
        self.send(gzip.compress(GOOD), Content_Encoding="gzip", ETag='"1"')

    def odd_length(self, first, asked):
        self.send(GOOD, Content_Length="many")

    def wrong_range(self, first, asked):
        """Asked to go on, it sends its file from another byte."""
        if first:
            self.cut(True, asked)
        elif asked:
            self.send(GOOD[7:], 206, ETag='"1"', Content_Range=f"bytes 7-{len(GOOD) - 1}/{len(GOOD)}")
        else:
            self.good(False, asked)

    def short_range(self, first, asked):
        """Asked to go on, it sends a part only of what is left."""
        if first:
            self.cut(True, asked)
        else:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            part = GOOD[start : start + 100_000]
            told = f"bytes {start}-{start + len(part) - 1}/{len(GOOD)}"
            self.send(part, 206, ETag='"1"', Content_Range=told)

    def too_many_until(self, first, asked):
        until = datetime.datetime.now(tz=datetime.UTC) + datetime.timedelta(seconds=1)
        self.send(b"", 429, Retry_After=email.utils.format_datetime(until, usegmt=True)) if first else self.good(0, 0)

    def long_wait_until(self, first, asked):
        until = datetime.datetime.now(tz=datetime.UTC) + datetime.timedelta(hours=1)
        self.send(b"", 503, Retry_After=email.utils.format_datetime(until, usegmt=True))

    def round_and_round(self, first, asked):
        self.send(b"", 302, Location="/www.example.org/round_and_round")

    def enormous(self, first, asked):
        self.send(GOOD, Content_Length="3000000000")

    def sentence(self, first, asked):
        self.send(b"Service momentanement indisponible, merci de patienter\n", Content_Type="text/csv")

    def apology(self, first, asked):
        """A message of two lines that could pass for a header and a row."""
        self.send(b"Service indisponible, merci de patienter\nContact : support\n", Content_Type="text/csv")

    def foreign_encoding(self, first, asked):
        self.send(GOOD, Content_Encoding="x-unknown")

    def lost(self, first, asked):
        self.send(b"", 302, Location="http://[nowhere/")

    def no_catalogue(self, first, asked):
        self.send(b"[" * 100_000)

    def binary(self, first, asked):
        self.send(zipped(**{"data.csv": GOOD}), Content_Type="text/csv")

    def ragged(self, first, asked):
        self.send(GOOD + b"2023;2000")

    def damaged(self, first, asked):
        content = bytearray(self.zip())
        content[60:70] = b"\xff" * 10
        self.send(bytes(content))

    def locked(self, first, asked):
        """A zip with a password: the flag is in both headers of the member."""
        content = bytearray(self.zip())
        content[6] |= 1
        content[content.rindex(b"PK\x01\x02") + 8] |= 1
        self.send(bytes(content))

    def page_within(self, first, asked):
        self.send(zipped(**{"DS_2023_data.csv": b"<!DOCTYPE html><html>Erreur</html>"}))

    def ragged_within(self, first, asked):
        self.send(zipped(**{"DS_2023_data.csv": GOOD + b"2023;2000"}))

    def dolls(self, first, asked):
        self.send(zipped(**{"a.zip": zipped(**{"b.zip": self.zip()})}))

    def zip(self):
        return zipped(**{"DS_2023_data.csv": GOOD})

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
    """All the files, but the lock that stays beside the sources."""
    return {str(path.relative_to(raw)) for path in raw.rglob("*") if path.is_file() and path.suffix != ".lock"}


@pytest.mark.parametrize(
    "behaviour",
    [
        *("good", "cut", "cut_without_ranges", "busy_once", "too_many", "too_many_until", "moved", "archive", "nested"),
        *("nothing_more", "unannounced", "chunks", "compressed", "odd_length", "wrong_range", "short_range"),
    ],
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
        ("long_wait_until", "", " seconds; run the command again then"),
        ("empty", "", "an empty answer came"),
        ("drip", "", "too slow"),
        ("drip_of_bytes", "", "too slow"),
        ("always_unannounced", "", f"stopped within a line, at {len(GOOD) - 2} bytes, 5 times"),
        ("round_and_round", "", "cannot be asked (TooManyRedirects)"),
        ("enormous", "", "more than 2 GB, expected a smaller file"),
        ("sentence", "", "a page or a message came, expected a data file"),
        ("apology", "", "a page or a message came, expected a data file"),
        ("foreign_encoding", "", "the file came compressed as x-unknown, expected as it is, or gzip"),
        ("lost", "", "cannot be asked (ValueError); has its address changed?"),
        ("binary", "", "a binary file came, expected a CSV file"),
        ("ragged", "", "the last line has 2 cells, expected 3"),
        ("damaged", "*_data.csv", "a damaged or foreign file came, expected a zip"),
        ("locked", "*_data.csv", "a damaged or foreign file came, expected a zip"),
        ("page_within", "*_data.csv", "a page or a message came, expected a data file"),
        ("ragged_within", "*_data.csv", "the last line has 2 cells, expected 3"),
        ("dolls", "*_data.csv", "0 files fit '*_data.csv' in the zip, expected one"),
        ("bomb", "*_data.csv", "the zip would grow to 60000000 bytes"),
        ("climber", "*_data.csv", "expected names inside its folder"),
        ("not_a_zip", "*_data.csv", "a damaged or foreign file came, expected a zip"),
        ("two_members", "*_data.csv", "2 files fit '*_data.csv' in the zip, expected one"),
    ],
)
def test_what_is_bad_never_takes_the_place_of_a_good_file(tmp_path, server, behaviour, member, said):
    fetch(source("good"), tmp_path, mirror=server)
    before = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
    seconds = 0.6 if behaviour.startswith("drip") else 60
    with pytest.raises(FetchError) as error:
        fetch(source(behaviour, member=member), tmp_path, mirror=server, seconds=seconds)
    assert said in str(error.value) and "\n" not in str(error.value)
    kept = {name for name in files(tmp_path) if "/.partial/" not in name}
    assert {name: (tmp_path / name).read_bytes() for name in kept} == before
    assert not list(tmp_path.glob("DS_*")) + list(tmp_path.parent.glob("DS_*")) + list(tmp_path.rglob("*DS_*"))


def in_arrow(content):
    buffer = io.BytesIO()
    parquet.write_table(pyarrow.table({"code": [content.decode()]}), buffer)
    return buffer.getvalue()


WORKBOOK = {"[Content_Types].xml": b"<Types/>" * 500, "xl__workbook.xml": b"<workbook/>" * 500}


@pytest.mark.parametrize(
    "name, whole",
    [
        ("a.xlsx", zipped(**WORKBOOK)),
        ("a.zip", zipped(**{"a.csv": GOOD})),
        ("a.parquet", in_arrow(GOOD)),
        ("a.json", b'{"features": [1, 2, 3]}'),
        ("a.csv.gz", gzip.compress(GOOD)),
        ("a.csv", GOOD),
        ("a.csv", GOOD.rstrip()),  # without an end of line, but with all its cells
        ("a.csv", GOOD + b"Source : Caf, 2024"),  # a footer
    ],
)
def test_a_file_is_opened_before_it_is_kept_cut_or_foreign_it_is_refused(tmp_path, name, whole):
    path = tmp_path / "part"
    path.write_bytes(whole)
    refuse_foreign(path, name, "address")
    foreign = zipped(**WORKBOOK) if name == "a.csv" else GOOD
    cut = whole[: GOOD.index(b"\n") + 12] if name == "a.csv" else whole[: len(whole) // 2]
    for bad in (cut, foreign, b"<html>"):
        path.write_bytes(bad)
        with pytest.raises(FetchError) as error:
            refuse_foreign(path, name, "address")
        assert re.fullmatch(r"address: (?:a .* came, expected a|the last line has 2 cells,).*", str(error.value))


def test_a_zip_that_is_no_workbook_and_a_workbook_that_would_grow_too_much_are_refused(tmp_path):
    path = tmp_path / "part"
    path.write_bytes(zipped(**{"data.csv": GOOD}))
    with pytest.raises(FetchError, match="a damaged or foreign file came, expected a whole workbook"):
        refuse_foreign(path, "a.xlsx", "address")
    path.write_bytes(zipped(**WORKBOOK, **{"xl__sheet.xml": b"\0" * 60_000_000}))
    with pytest.raises(FetchError, match="the zip would grow to"):
        refuse_foreign(path, "a.xlsx", "address")


def test_a_wait_is_asked_in_seconds_or_until_a_date():
    now = datetime.datetime.now(tz=datetime.UTC)
    shown = email.utils.format_datetime(now + datetime.timedelta(seconds=90), usegmt=True)
    assert 80 < transport.asked_wait(shown) <= 90
    assert transport.asked_wait("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert transport.asked_wait("7") == 7
    assert transport.asked_wait("Wed, 21 Oct 99999999999999999999 07:28:00 GMT") is None
    assert transport.asked_wait("soon") is None and transport.asked_wait("") is None


def test_a_mirror_without_http_and_a_folder_that_cannot_be_written_are_told_at_once(tmp_path, server):
    with pytest.raises(FetchError, match=r"localhost:1/.*: cannot be asked \(InvalidSchema\)"):
        fetch(source("good"), tmp_path, mirror="localhost:1")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "dataset").write_text("in the way")
    with pytest.raises(FetchError, match="expected room and the right to write") as error:
        fetch(source("good"), tmp_path / "raw", mirror=server)
    assert "\n" not in str(error.value)


ALONE = """
import sys; from pathlib import Path; from ctg_analysis.core.datasets import Download, Source
from ctg_analysis.sources.fetching.fetch import fetch
source = Source("dataset", "L", "P", downloads=(Download("data.csv", "https://www.example.org/" + sys.argv[3]),))
fetch(source, Path(sys.argv[1]), mirror=sys.argv[2])
"""


def test_a_second_fetch_of_a_source_says_who_holds_it_and_one_that_was_killed_holds_nothing(tmp_path, server):
    holder = subprocess.Popen([sys.executable, "-c", ALONE, str(tmp_path), server, "drip_of_bytes"])
    while "drip_of_bytes" not in Misbehaving.seen:
        time.sleep(0.02)
    with pytest.raises(Busy, match=f"^dataset: fetched by process {holder.pid}; run the command again"):
        fetch(source("good"), tmp_path, mirror=server)
    holder.kill()
    holder.wait()
    full = fetch(source("good"), tmp_path, mirror=server)
    assert (full / "data.csv").read_bytes() == GOOD
    assert {path.name for path in tmp_path.iterdir()} == {"dataset", ".dataset.lock"}


@pytest.mark.nightly
def test_the_command_exits_with_3_when_another_is_at_work(tmp_path, server):
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    command = [sys.executable, "-m", "ctg_analysis", "fetch", "caf_txcouv_pe", "--mirror", server]

    def run():
        return subprocess.run(
            command, capture_output=True, text=True, env=os.environ | {"CTG_ROOT": str(tmp_path)}, check=False
        )

    with FileLock(raw / ".caf_txcouv_pe.lock"):
        answer = run()
    assert answer.returncode == 3
    assert answer.stdout.startswith("busy     caf_txcouv_pe  fetched by another process; run the command again")
    assert len(answer.stdout.splitlines()) == 1
    answer = run()
    assert answer.returncode == 1 and answer.stdout.startswith(
        "failed   caf_txcouv_pe  data/raw/caf_txcouv_pe/.refused/"
    )
    assert answer.stderr.splitlines()[0] == "asking 1 server for the sizes of the files"


def test_the_former_folder_comes_back_when_the_new_one_did_not_come(tmp_path, server):
    full = fetch(source("good"), tmp_path, mirror=server)
    full.rename(full.with_name(".full.former"))  # killed between two renames, where folders cannot be exchanged
    with pytest.raises(FetchError):
        fetch(source("gone"), tmp_path, mirror=server)
    assert files(tmp_path) == {"dataset/full/data.csv", "dataset/full/source.yml"}


def test_files_that_cannot_be_read_are_put_aside_and_asked_for_again(tmp_path, server):
    good = fetch(source("good"), tmp_path, mirror=server)

    def without_column(one, folder):
        assert folder.name == "full" and one.id == "dataset" and read_certificate(good)
        return [Finding(f"{folder}/data.csv", 1, column, "no such column", "this one") for column in ("a", "b")]

    with pytest.raises(FetchError, match=r"dataset/\.refused/data\.csv, line 1, column a: .* \(and 1 more\); what was"):
        fetch(source("later"), tmp_path, mirror=server, wrong=without_column)
    assert files(tmp_path / "dataset") == {
        *("full/data.csv", "full/source.yml", ".refused/data.csv", ".refused/source.yml"),
    }
    asked = len(Misbehaving.seen["later"])
    fetch(source("later"), tmp_path, mirror=server)
    assert len(Misbehaving.seen["later"]) > asked


def test_the_columns_of_new_files_are_those_that_the_library_reads(tmp_path, example):
    fresh = tmp_path / "full"
    shutil.copytree(example.raw / "france_services" / "full", fresh)
    assert check_raw.wrong_in_new(example, "france_services", fresh) == []
    file = fresh / "liste_france_services.csv"
    header, _, rows = file.read_text(encoding="utf-8").partition("\n")
    file.write_text(f"{header.partition(';')[0]}_2027;{header.partition(';')[2]}\n{rows}", encoding="utf-8")
    certify(file)
    (finding,) = check_raw.wrong_in_new(example, "france_services", fresh)
    assert finding.found == "no such column" and finding.column == header.partition(";")[0]


@pytest.mark.parametrize(("codes", "told"), [(["12", "48"], "21 communes, in départements 12, 48"), (None, "")])
def test_an_extract_of_a_territory_is_no_full_file(tmp_path, codes, told):
    every = [f"{number:02}" for number in range(1, 96)]
    frame = SimpleNamespace(communes={2026: pd.DataFrame({"code": [f"{code}001" for code in every]})})
    places = [f"{(codes or every)[at % len(codes or every)]}{at:03}" for at in range(21 if codes else 300)]
    facts = pd.DataFrame({"level": "commune", "code": places})
    found = [one.found for one in check_raw.of_a_part(facts, frame, SimpleNamespace(path=tmp_path))]
    assert found == [told] * bool(told)


def test_the_former_files_are_kept_and_taken_back(tmp_path, server):
    one = source("good")
    with pytest.raises(FetchError, match="dataset: nothing was fetched, there is nothing to go back to"):
        undo(one, tmp_path)
    full = fetch(one, tmp_path, mirror=server)
    assert undo(one, tmp_path) is False and not full.exists()  # the extract counts again
    assert source_folders(tmp_path) == {}
    assert undo(one, tmp_path) is True and (full / "data.csv").read_bytes() == GOOD
    (full / "data.csv").write_bytes(b"former")
    fetch(one, tmp_path, mirror=server)
    assert (full / "data.csv").read_bytes() == GOOD
    assert undo(one, tmp_path) is True and (full / "data.csv").read_bytes() == b"former"
    assert undo(one, tmp_path) is True and (full / "data.csv").read_bytes() == GOOD
    assert files(tmp_path / "dataset") == {"full/data.csv", "full/source.yml", ".former/data.csv", ".former/source.yml"}


def test_the_command_goes_back(tmp_path, monkeypatch, capsys, server):
    monkeypatch.setattr(check_raw, "wrong_in_new", lambda *new: [])
    with environment(CTG_ROOT=tmp_path):
        with pytest.raises(UserError, match="expected the sources whose former files are wanted"):
            download_commands.fetch(None, undo=True)
        for _ in range(2):
            download_commands.fetch(["caf_txcouv_pe"], None, None, server)
        download_commands.fetch(["caf_txcouv_pe"], undo=True)
    today = datetime.datetime.now(tz=datetime.UTC).date()
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"data/raw/caf_txcouv_pe/full: the files of {today} are back, those that were here are kept; "
        "ctg fetch --undo caf_txcouv_pe takes it back"
    )


def test_a_folder_that_a_fetch_has_left_empty_stops_no_build(tmp_path):
    (tmp_path / "rna").mkdir()
    assert source_folders(tmp_path) == {}


def test_a_catalogue_that_is_none_is_told_in_one_line(tmp_path, server):
    dataset = Download("data.csv", "https://www.example.org/no_catalogue", resource="*.csv")
    with pytest.raises(FetchError, match=r"no resource named like '\*.csv' came, expected a dataset of"):
        fetch(Source("dataset", "L", "P", downloads=(dataset,)), tmp_path, mirror=server)


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


def test_the_other_files_of_a_source_are_had_though_one_fails(tmp_path, server):
    one = source("gone", others=["good", "page"])
    with pytest.raises(FetchError, match="404"):
        fetch(one, tmp_path, mirror=server)
    assert files(tmp_path) == {"dataset/.partial/good.csv"}
    steps = campaign.by_hand(one, tmp_path)
    assert [step.rpartition("/")[2] for step in steps[:-1]] == ["data.csv", "page.csv"]


def test_an_error_names_the_line_where_the_address_is_declared():
    for one in SOURCES.values():
        for download in one.downloads:
            assert "src/ctg_analysis/sources/declared/" in address_place(one, download), download.name
    assert "a guess so far" in address_place(SOURCES["finess"], replace(SOURCES["finess"].downloads[0], seen=False))


def test_requests_to_melodi_are_spaced(monkeypatch):
    slept = []
    monkeypatch.setattr(transport.time, "sleep", slept.append)
    transport._last_request.clear()
    for _ in range(3):
        transport.be_polite("api.insee.fr")
    assert len(slept) == 2 and all(1.5 < pause <= 2 for pause in slept)
    transport.be_polite("data.caf.fr")
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


# Several sources, one after the other.


def several(*behaviours, host="www.example.org"):
    downloads = {name: (Download("data.csv", f"https://{host}/{name}"),) for name in behaviours}
    return [Source(id=name, label="L", producer="P", downloads=files) for name, files in downloads.items()]


def outcomes_of(sources, raw, mirror, **options):
    return [*fetched(sources, raw, mirror=mirror, progress=lambda *told: None, **options)]


def test_one_that_fails_does_not_stop_the_others_and_what_is_left_to_do_is_said(tmp_path, server):
    sources = [
        *several("good", "gone", "page", "cut"),
        Source("typed", "T", "P", how_to_get="classeur, sur exemple.fr"),
    ]
    came = outcomes_of(sources[:-1], tmp_path, server)
    assert [(one.source.id, one.state) for one in came] == [
        ("good", GOT),
        ("gone", FAILED),
        ("page", FAILED),
        ("cut", GOT),
    ]
    assert (came[0].files, came[0].size) == (1, len(GOOD)) and "404" in came[1].why
    lines = download_commands.summary(came, sources[-1:], tmp_path)
    assert lines[0] == "got      good   1 file, 0.4 MB"
    assert lines[1].startswith(f"failed   gone   {server}/www.example.org/gone: the server answered 404")
    assert "  open https://www.example.org/gone and save the file as data/downloads/data.csv" in lines
    assert "  then: ctg fetch gone --from data/downloads" in lines
    assert lines[4] == "by hand  typed  no address is known" and "  classeur, sur exemple.fr" in lines
    assert f"  its place: {tmp_path}/typed/full, with a source.yml beside" in lines
    assert download_commands.exit_code(came) == 1 and download_commands.exit_code(came[:1]) == 0
    assert campaign.by_hand(SOURCES["mission_locale"], tmp_path) == [
        "formulaire à faire remplir : mission_locale.xlsx, feuille « Jeunes suivis », ou mission_locale.csv"
    ]


def test_sizes_are_asked_before_and_those_that_nobody_tells_are_counted(tmp_path, server):
    sources = several("good", "silent_on_size")
    sizes, silent = asked_sizes(sources, tmp_path, server)
    assert silent == set() and list(sizes.values()) == [len(GOOD), None]
    assert len(Misbehaving.seen["HEAD"]) == 2 and "good" not in Misbehaving.seen
    told = download_commands.told(sources, amount(sources, sizes))
    assert told == (
        "2 sources, 2 files: 0.4 MB for 1 of them, about 1 minute at 16 Mbit/s; 1 of a size that no server tells"
    )
    outcomes_of(sources, tmp_path, server)
    sizes, _ = asked_sizes(sources, tmp_path, server)
    assert list(sizes.values()) == [len(GOOD), len(GOOD)]  # as the certificate of what was fetched says


def test_a_server_that_is_slow_to_tell_a_size_is_not_asked_of_the_others(tmp_path, monkeypatch, server):
    monkeypatch.setattr(sizes_asked, "SECONDS_TO_ANSWER", 0.1)
    sizes, silent = asked_sizes(several("good", "slow_to_tell", "cut"), tmp_path, server)
    assert silent == set() and list(sizes.values()) == [len(GOOD), None, None]
    assert [path.rpartition("/")[2] for path in Misbehaving.seen["HEAD"]] == ["good", "slow_to_tell"]


def test_a_network_that_is_down_is_given_up_after_the_first_refusals(tmp_path, monkeypatch, server):
    sources = several("good", "cut") + several("busy_once", "moved", "archive", host="www.example.com")
    dead = "http://127.0.0.1:9"
    asked = []
    real = transport.requests.get
    monkeypatch.setattr(transport.requests, "get", lambda url, **options: (asked.append(url), real(url, **options))[1])
    sizes, silent = asked_sizes(sources, tmp_path, dead)
    assert silent == {"127.0.0.1:9"} and set(sizes.values()) == {None}
    came = outcomes_of(sources, tmp_path, dead, silent=silent)
    assert asked == [] and {one.state for one in came} == {SILENT}
    assert came[0].why == "good: 127.0.0.1:9 does not answer"
    monkeypatch.setattr(campaign, "host_of", lambda download, mirror: download.url)  # as many servers as files
    came = outcomes_of(sources, tmp_path, dead)
    assert len(set(asked)) == 2 and len(asked) == 2  # none is asked twice
    assert [one.why.rpartition(": ")[2] for one in came[2:]] == ["not asked for, the network is down"] * 3
    lines = download_commands.summary(came, [], tmp_path)
    assert len(lines) == len(came) + 2 and lines[-1].startswith("no server answers: run the command again where")
    assert download_commands.exit_code(came) == 1
    came = outcomes_of(several("gone", "page", "good"), tmp_path, server)  # servers that answer are no dead network
    assert [one.state for one in came] == [FAILED, FAILED, GOT]


def test_no_more_servers_are_asked_when_none_of_the_first_ones_answers(tmp_path, monkeypatch):
    asked, told = [], []
    monkeypatch.setattr(
        sizes_asked, "_announced", lambda downloads, mirror: asked.append(downloads) or time.sleep(0.01)
    )
    sources = [several("good", host=f"www.example{number}.org")[0] for number in range(60)]
    _, silent = asked_sizes(sources, tmp_path, "", told.append)
    assert len(silent) == 60 and len(asked) < 30
    assert told[0] == "asking 60 servers for the sizes of the files" and told[-1].endswith("the network is down")


def test_what_a_person_has_downloaded_is_taken_in_whole_and_of_its_kind_or_refused(tmp_path, server):
    raw, given = tmp_path / "raw", tmp_path / "downloads"
    given.mkdir()
    (zip_source,) = several("archive_csv.zip")
    zip_source = replace(zip_source, downloads=(replace(zip_source.downloads[0], member="*_data.csv"),))
    (plain,) = several("gone")
    (given / "archive_csv.zip").write_bytes(zipped(**{"DS_2023_data.csv": GOOD}))
    (given / "data.csv").write_bytes(b"<html>Maintenance</html>")
    came = outcomes_of([plain], raw, "http://127.0.0.1:9", given=given)
    assert came[0].state == FAILED and f"{given}/data.csv: a page or a message came" in came[0].why
    (given / "data.csv").write_bytes(GOOD)
    came = outcomes_of([plain], raw, "http://127.0.0.1:9", given=given)
    assert came[0].state == GOT and (raw / "gone" / "full" / "data.csv").read_bytes() == GOOD
    (given / "data.csv").unlink()
    full = fetch(zip_source, raw, mirror=server, given=given)
    assert (full / "data.csv").read_bytes() == GOOD and (given / "archive_csv.zip").is_file()
    assert integrity(read_certificate(full), "data.csv") == [] and "archive_csv.zip" not in Misbehaving.seen


def test_the_command_gets_what_a_report_lacks_and_keeps_what_is_there(tmp_path, monkeypatch, capsys, server):
    raw = tmp_path / "data" / "raw"
    (raw / "finess" / "full").mkdir(parents=True)
    (raw / "finess" / "full" / "finess.csv").write_bytes(GOOD)
    lacking = {"caf_txcouv_pe": "ctg fetch caf_txcouv_pe", "finess": "", "insee_acces": "ctg list sources insee_acces"}
    monkeypatch.setattr(download_commands, "lacking_sources", lambda epci: lacking)
    monkeypatch.setattr(check_raw, "wrong_in_new", lambda *new: [])
    with environment(CTG_ROOT=tmp_path):
        download_commands.fetch(None, "200067171", None, server)
        with pytest.raises(UserError, match="one of them"):
            download_commands.fetch(["finess"], "200067171", None, server)
        lacking = {}
        download_commands.fetch(None, "200067171", None, server)
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[0].startswith("kept     finess         1 file, 0.4 MB") and "finess" not in Misbehaving.seen
    assert lines[1].startswith("got      caf_txcouv_pe  6 files") and lines[2].startswith("by hand  insee_acces")
    assert "`ctg data` reads the new files" in lines[-1]
    assert said.err.splitlines()[:4] == [
        "asking 1 server for the sizes of the files",
        "1 source, 6 files: 2.2 MB for 6 of them, about 1 minute at 16 Mbit/s",
        "1 of 1  caf_txcouv_pe",
        "1 of 1  got  caf_txcouv_pe",
    ]
    assert said.err.splitlines()[-1] == "200067171: no open file would give what its report lacks"


def test_what_a_report_lacks_is_had_from_open_sources(france):
    commands = download_commands.lacking_sources("200067171")
    assert commands["caf_nbpla_pe"] == "ctg fetch caf_nbpla_pe"
    assert commands["insee_acces"] == "ctg list sources insee_acces"
    assert all(SOURCES[name].open for name in commands)


def test_nothing_is_fetched_for_the_invented_territory(example):
    assert set(download_commands.lacking_sources("999999999").values()) <= {""}


def test_progress_is_told_in_lines_where_there_is_no_terminal(capsys, monkeypatch):
    clock = iter([0, 9, 11, 12, 30])
    monkeypatch.setattr(download_commands.time, "monotonic", lambda: next(clock))
    with download_commands.progress_of(several("good", "cut")) as (advance, done):
        for size in range(1_000_000, 6_000_000, 1_000_000):
            advance(source("good"), "data.csv", size, 5_000_000)
        done(Outcome(source("good"), GOT))
    assert capsys.readouterr().err.splitlines() == [
        "dataset: data.csv, 3.0 MB of 5.0 MB",
        "dataset: data.csv, 5.0 MB of 5.0 MB",
        "1 of 2  got  dataset",
    ]


def test_the_pages_to_open_are_those_of_the_producers():
    pages = {page_of(download) for one in SOURCES.values() for download in one.downloads}
    assert "https://data.caf.fr/explore/dataset/txcouv_pe_com/" in pages
    assert "https://www.data.gouv.fr/datasets/liste-des-structures-labellisees-france-services/" in pages
    assert not [page for page in pages if "/api/explore/" in page or "/exports/" in page]


# Dies, as if killed, before the n-th thing that it does to a file, n = 1, 2, 3... until it ends; each time in a new
# folder that holds an older fetch, and is then run again to its end. Prints how many things there are.
KILLED = """
import os, shutil, sys; from pathlib import Path; from ctg_analysis.core.datasets import Download, Source
from ctg_analysis.sources.fetching import transport
from ctg_analysis.sources.fetching.fetch import fetch
transport._wait = lambda state: 0
home, mirror, left = Path(sys.argv[1]), sys.argv[2], None

def count(event, arguments):
    global left
    if left is not None and (event, str(arguments[0]).startswith(str(home))) in WATCHED:
        left -= 1
        if left == 0:
            os._exit(9)

WATCHED = {(event, True) for event in ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir")}
sys.addaudithook(count)
downloads = tuple(Download(n + ".csv", "https://www.example.org/" + n, member="*_data.csv" if n == "archive" else "")
                  for n in ("good", "archive", "resumed"))

def run(folder, limit):
    global left
    child = os.fork()
    if not child:
        left = limit
        fetch(Source("dataset", "L", "P", downloads=downloads), folder, mirror=mirror)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

moment, code = 0, 9
while code == 9:
    moment += 1
    shutil.copytree(home / "former", home / str(moment))
    code = run(home / str(moment), moment)
    full = home / str(moment) / "dataset" / "full"
    print(moment, code, sorted(path.name for path in full.iterdir()) if full.is_dir() else None, flush=True)
    assert run(home / str(moment), None) == 0
assert code == 0, code
"""


@pytest.mark.nightly
def test_killed_at_any_moment_and_run_again_it_ends_with_the_same_files(tmp_path, server):
    fetch(source("good"), tmp_path / "former", mirror=server)
    answer = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), server], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    moments = answer.stdout.splitlines()
    assert len(moments) > 30
    new = ["archive.csv", "good.csv", "resumed.csv", "source.yml"]
    whole = [str(state) for state in (["data.csv", "source.yml"], new)]
    assert [line for line in moments if not line.endswith(tuple(whole))] == []
    for moment in range(1, len(moments) + 1):
        home = tmp_path / str(moment)
        now = {name for name in files(home) if FORMER not in name}  # kept to go back to
        assert now == {f"dataset/full/{name}" for name in new}, moment
        folder = read_certificate(home / "dataset" / "full")
        assert {entry.sha256 for entry in folder.certificate.fichiers} == {hashlib.sha256(GOOD).hexdigest()}
        assert [found for name in new[:3] for found in integrity(folder, name)] == []
