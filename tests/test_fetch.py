"""`ctg fetch` against a server that misbehaves: nothing bad lands in data/raw, and the command says what to do."""

import gzip
import hashlib
import io
import json
import re
import resource
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

import hostile_server
import pandas as pd
import pytest
from dying import deaths
from environment import environment
from raw_files import certify, told_cases

from ctg_analysis.cli import download_commands
from ctg_analysis.model.errors import Busy, Finding, UserError
from ctg_analysis.model.processes import Limits
from ctg_analysis.model.source import SOURCES, Download, Source
from ctg_analysis.pipeline import check_raw
from ctg_analysis.raw import exchange
from ctg_analysis.raw.certificates import integrity, read_certificate
from ctg_analysis.raw.fetch import FAILED, GOT, SILENT, FetchError, by_hand, fetch, fetch_each

GOOD = b"annee;numepci;txcouv_epci\n" + b"2023;200067171;66\n" * 20_000


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("DOTDOT", ".."), content)
    return buffer.getvalue()


ZIP, CSV = zipped(**{"DS_2023_data.csv": GOOD}), {"Content-Type": "text/csv"}
ANSWERS = {  # by the last part of the path: content, code, headers; any other name is that of a good file
    "always_busy": (b"", 503, {}),
    "gone": (b"not here", 404, {}),
    "page": (b"<html><body>Maintenance</body></html>", 200, {"Content-Type": "text/html; charset=utf-8"}),
    "disguised_page": (b"\n <!DOCTYPE html><html>Erreur</html>", 200, CSV),
    "long_wait": (b"", 429, {"Retry-After": "7200"}),
    "empty": (b"", 200, {}),
    "compressed": (gzip.compress(GOOD), 200, {"Content-Encoding": "gzip"}),
    "round_and_round": (b"", 302, {"Location": "/www.example.org/round_and_round"}),
    "enormous": (GOOD, 200, {"Content-Length": "3000000000"}),
    "lost": (b"", 302, {"Location": "http://[nowhere/"}),
    "moved": (b"", 302, {"Location": "/www.example.org/good"}),
    "archive": (zipped(**{"DS_2023_data.csv": GOOD, "DS_2023_metadata.csv": b"x"}), 200, {}),
    "nested": (zipped(**{"inner.zip": zipped(**{"a__DS_2023_data.csv": GOOD})}), 200, {}),
    "dolls": (zipped(**{"a.zip": zipped(**{"b.zip": ZIP})}), 200, {}),
    "bomb": (zipped(**{"DS_2023_data.csv": b"\0" * 6_000_000}), 200, {}),
    "climber": (zipped(**{"DOTDOT__DOTDOT__DS_2023_data.csv": GOOD}), 200, {}),
    "two_members": (zipped(**{"DS_2022_data.csv": GOOD, "DS_2023_data.csv": GOOD}), 200, {}),
    "not_a_zip": (GOOD, 200, {}),
    "good": (GOOD, 200, {}),
}


class Misbehaving(BaseHTTPRequestHandler):
    """Answers by the last part of the path; `seen` counts the requests of each."""

    seen: ClassVar[dict[str, list]] = {}
    answer: ClassVar[bytes] = b""

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        name = self.path.partition("?")[0].rpartition("/")[2]
        self.seen.setdefault(name, []).append(self.path)
        if behave := getattr(self, name, None):
            behave(len(self.seen[name]) == 1)
        else:
            self.answered(name)

    def send(self, content, code=200, headers=None):
        self.send_response(code)
        for key, value in ({"Content-Length": str(len(content))} | (headers or {})).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(content)

    def answered(self, name="good"):
        self.send(*ANSWERS.get(name, ANSWERS["good"]))

    def cut(self, first):
        self.send(GOOD[: len(GOOD) // 2] if first else GOOD, headers={"Content-Length": str(len(GOOD))})

    def busy_once(self, first):
        self.send(b"", 500) if first else self.answered()

    def too_many(self, first):
        self.send(b"", 429, {"Retry-After": "1"}) if first else self.answered()

    def drip_of_bytes(self, first):
        self.send_response(200)
        self.send_header("Content-Length", str(len(GOOD)))
        self.end_headers()
        for place in range(len(GOOD)):
            try:
                self.wfile.write(GOOD[place : place + 1])
            except OSError:
                return
            time.sleep(0.05)

    def unannounced(self, first):
        """Of a length that nothing tells, and cut within its last number the first time."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(GOOD[:-2] if first else GOOD)

    def always_unannounced(self, first):
        self.unannounced(True)

    def chunks(self, first):
        """Cut within a chunk the first time, between two chunks the second time."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        half, attempt = len(GOOD) // 2, len(self.seen["chunks"])
        for chunk in (GOOD[:half], GOOD[half:]):
            self.wfile.write(b"%x\r\n%s" % (len(chunk), chunk[:-5] if attempt == 1 else chunk + b"\r\n"))
            if attempt < 3 and chunk == GOOD[:half]:
                return
        self.wfile.write(b"0\r\n\r\n")

    def damaged(self, first):
        content = bytearray(ZIP)
        content[60:70] = b"\xff" * 10
        self.send(bytes(content))

    def locked(self, first):
        """A zip with a password: the flag is in both headers of the member."""
        content = bytearray(ZIP)
        content[6] |= 1
        content[content.rindex(b"PK\x01\x02") + 8] |= 1
        self.send(bytes(content))

    def catalogue(self, first):
        self.send(self.answer)


@pytest.fixture(scope="module")
def server():
    running = ThreadingHTTPServer(("127.0.0.1", 0), Misbehaving)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    Misbehaving.seen.clear()
    monkeypatch.setattr(exchange, "BACKOFF", lambda state: 0.01)


def source(behaviour, *, member="", sha256="", others=()):
    downloads = [Download("data.csv", f"https://www.example.org/{behaviour}", member=member, sha256=sha256)]
    downloads += [Download(f"{name}.csv", f"https://www.example.org/{name}") for name in others]
    return Source(id="dataset", label="Jeu de test", producer="P", downloads=tuple(downloads))


def plain(text: str) -> str:
    """A text with the spaces of a keyboard."""
    return " ".join(re.split(r"[\u00a0\u202f]", text))


def files(raw: Path) -> set[str]:
    """All the files, but the lock that stays beside the sources."""
    return {str(path.relative_to(raw)) for path in raw.rglob("*") if path.is_file() and path.suffix != ".lock"}


@pytest.mark.parametrize(
    "behaviour",
    [
        *("good", "cut", "busy_once", "too_many", "moved", "unannounced", "chunks", "compressed"),
        *("archive", "nested", "climber"),
    ],
)
def test_what_passes_ends_with_the_whole_file_and_its_certificate(tmp_path, server, behaviour):
    member = "*_data.csv" if behaviour in ("archive", "nested", "climber") else ""
    full = fetch(source(behaviour, member=member), tmp_path, mirror=server)
    assert files(tmp_path) == {"dataset/full/data.csv", "dataset/full/source.yml"}
    assert (full / "data.csv").read_bytes() == GOOD
    folder = read_certificate(full)
    assert integrity(folder, "data.csv") == []
    entry = folder.entry("data.csv")
    assert entry.octets == len(GOOD) and entry.sha256 == hashlib.sha256(GOOD).hexdigest()


@pytest.mark.parametrize("behaviour, member, said", told_cases("fetch")["bad"])
def test_what_is_bad_never_takes_the_place_of_a_good_file(tmp_path, monkeypatch, server, behaviour, member, said):
    fetch(source("good"), tmp_path, mirror=server)
    before = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
    seconds = 0.6 if behaviour == "drip_of_bytes" else 60
    monkeypatch.setattr(exchange, "LIMITS", replace(exchange.LIMITS, seconds=seconds))
    monkeypatch.setattr(exchange, "MAXIMUM_BYTES", 5_000_000 if behaviour == "bomb" else 2_000_000_000)
    with pytest.raises(FetchError) as error:
        fetch(source(behaviour, member=member), tmp_path, mirror=server)
    assert said in str(error.value) and "\n" not in str(error.value)
    kept = {name for name in files(tmp_path) if "/.partial/" not in name}
    assert {name: (tmp_path / name).read_bytes() for name in kept} == before


def test_a_mirror_without_http_and_a_folder_that_cannot_be_written_are_told_at_once(tmp_path, server):
    with pytest.raises(FetchError, match=r"localhost:1/.* : adresse impossible à suivre \(InvalidSchema\)"):
        fetch(source("good"), tmp_path, mirror="localhost:1")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "dataset").write_text("in the way")
    with pytest.raises(FetchError, match="attendu de la place et le droit d'écrire") as error:
        fetch(source("good"), tmp_path / "raw", mirror=server)
    assert "\n" not in str(error.value)


ALONE = """
import sys; from pathlib import Path; from ctg_analysis.model.source import Download, Source
from ctg_analysis.raw.fetch import fetch
source = Source("dataset", "L", "P", downloads=(Download("data.csv", "https://www.example.org/" + sys.argv[3]),))
fetch(source, Path(sys.argv[1]), mirror=sys.argv[2])
"""


def test_a_second_fetch_of_a_source_says_who_holds_it_and_one_that_was_killed_holds_nothing(tmp_path, server):
    holder = subprocess.Popen([sys.executable, "-c", ALONE, str(tmp_path), server, "drip_of_bytes"])
    while "drip_of_bytes" not in Misbehaving.seen:
        time.sleep(0.02)
    with pytest.raises(Busy, match=f"^dataset : téléchargé par le processus {holder.pid} ; relancer la commande"):
        fetch(source("good"), tmp_path, mirror=server)
    holder.kill()
    holder.wait()
    full = fetch(source("good"), tmp_path, mirror=server)
    assert (full / "data.csv").read_bytes() == GOOD
    assert {path.name for path in tmp_path.iterdir()} == {"dataset", ".dataset.lock"}


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
        return [
            Finding(f"{folder}/data.csv", 1, column, "pas de colonne de ce nom", "this one") for column in ("a", "b")
        ]

    with pytest.raises(
        FetchError, match=r"dataset/\.refused/data\.csv, ligne 1, colonne a : .* \(et 1 autre\) ; ce qui était là"
    ):
        fetch(source("later"), tmp_path, mirror=server, wrong=without_column)
    assert files(tmp_path / "dataset") == {
        *("full/data.csv", "full/source.yml", ".refused/data.csv", ".refused/source.yml")
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
    assert finding.found == "pas de colonne de ce nom" and finding.column == header.partition(";")[0]
    for bad in (f"{header}\n{rows}".encode()[:-20], b'{"error": "quota exceeded"}', ZIP, b"\0" + rows.encode()):
        file.write_bytes(bad)  # cut, a message, a foreign file, a damaged one
        certify(file)
        assert check_raw.wrong_in_new(example, "france_services", fresh)


@pytest.mark.parametrize(("codes", "told"), [(["12", "48"], "21 communes, des départements 12, 48"), (None, "")])
def test_an_extract_of_a_territory_is_no_full_file(tmp_path, codes, told):
    every = [f"{number:02}" for number in range(1, 96)]
    frame = SimpleNamespace(communes={2026: pd.DataFrame({"code": [f"{code}001" for code in every]})})
    places = [f"{(codes or every)[at % len(codes or every)]}{at:03}" for at in range(21 if codes else 300)]
    facts = pd.DataFrame({"level": "commune", "code": places})
    found = [one.found for one in check_raw.of_a_part(facts, frame, SimpleNamespace(path=tmp_path))]
    assert found == [told] * bool(told)


def test_the_latest_resource_that_fits_is_fetched_through_the_mirror(tmp_path, server):
    resources = [("a/notice.pdf", "2026-04"), ("b/good?v=2", "2026-03"), ("c/good", "2024-01")]
    listed = [{"url": f"https://static.data.gouv.fr/{url}", "last_modified": when} for url, when in resources]
    dataset = Download("liste.csv", "https://www.data.gouv.fr/catalogue", resource="go*d")
    one = Source("dataset", "L", "P", downloads=(dataset,))
    Misbehaving.answer = json.dumps({"resources": listed}).encode()
    full = fetch(one, tmp_path, mirror=server)
    assert files(full) == {"liste.csv", "source.yml"} and (full / "liste.csv").read_bytes() == GOOD
    assert Misbehaving.seen["good"] == ["/static.data.gouv.fr/b/good?v=2"]
    none = ({"resources": listed[:1]}, {"resources": []}, {"resources": [{"title": ""}]}, {"message": ""}, [""])
    for answer in (*(json.dumps(each).encode() for each in none), b"no JSON", b"\xff\xfe\x00", b"[" * 100_000):
        Misbehaving.answer = answer
        with pytest.raises(
            FetchError, match=rf"^dataset : {dataset.url} : trouvé une autre réponse, .* une ressource 'go\*d'"
        ):
            fetch(one, tmp_path, mirror=server)
        assert files(full) == {"liste.csv", "source.yml"}


def test_a_wrong_checksum_is_refused(tmp_path, server):
    with pytest.raises(FetchError, match=r"trouvé la somme [0-9a-f]{64}, attendu 00ff"):
        fetch(source("good", sha256="00ff" * 16), tmp_path, mirror=server)
    assert not (tmp_path / "dataset" / "full").exists()
    fetch(source("good", sha256=hashlib.sha256(GOOD).hexdigest()), tmp_path, mirror=server)
    assert (tmp_path / "dataset" / "full" / "data.csv").read_bytes() == GOOD


def test_a_source_of_several_files_comes_whole_or_not_at_all(tmp_path, server):
    left = tmp_path / "dataset" / ".partial" / "left_by_an_older_version.csv"
    left.parent.mkdir(parents=True)
    left.write_bytes(GOOD)
    with pytest.raises(FetchError):
        fetch(source("good", others=["gone"]), tmp_path, mirror=server)
    assert not (tmp_path / "dataset" / "full").exists()
    fetch(source("good", others=["busy_once"]), tmp_path, mirror=server)
    assert len(Misbehaving.seen["good"]) == 1  # what had come already is not asked again
    assert files(tmp_path / "dataset") == {"full/data.csv", "full/busy_once.csv", "full/source.yml"}


def test_the_other_files_of_a_source_are_had_though_one_fails(tmp_path, server):
    one = source("gone", others=["good", "page"])
    with pytest.raises(FetchError, match="404"):
        fetch(one, tmp_path, mirror=server)
    assert files(tmp_path) == {"dataset/.partial/full/good.csv", "dataset/.partial/good.csv.adresse"}
    steps = by_hand(one, tmp_path)
    assert [step.rpartition("/")[2] for step in steps[:-1]] == ["data.csv", "page.csv"]


def test_an_error_names_the_line_where_the_address_is_declared(tmp_path, server):
    for name, guess in {"caf_txcouv_pe": False, "finess": True}.items():
        one = SOURCES[name]
        one = replace(one, downloads=tuple(replace(each, seen=not guess) for each in one.downloads))
        said = rf"\(l'adresse{', une supposition jusqu.ici,' * guess} est déclarée dans src/.*/declared/.*, line \d+\)$"
        with pytest.raises(FetchError, match=said):
            fetch(one, tmp_path, mirror=f"{server}/gone?")


def test_requests_to_melodi_are_spaced(tmp_path, monkeypatch, server):
    slept = []
    monkeypatch.setattr(exchange.time, "sleep", slept.append)
    fetch(several("good", host="api.insee.fr")[0], tmp_path, mirror=server)
    fetch(several("cut")[0], tmp_path, mirror=server)
    assert slept[0] == 2 and max(slept[1:]) < 1


# Several sources, one after the other.


def several(*behaviours, host="www.example.org"):
    downloads = {name: (Download("data.csv", f"https://{host}/{name}"),) for name in behaviours}
    return [Source(id=name, label="L", producer="P", downloads=files) for name, files in downloads.items()]


def outcomes_of(sources, raw, mirror, **options):
    return [*fetch_each(sources, raw, mirror=mirror, **options)]


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
    assert plain(lines[0]) == plain("téléchargé    good   1 fichier, 0,4 Mo")
    assert lines[1].startswith(f"échec         gone   {server}/www.example.org/gone : le serveur a répondu 404")
    assert "  ouvrir https://www.example.org/gone et enregistrer le fichier sous data/downloads/data.csv" in lines
    assert "  puis : ctg fetch gone --from data/downloads" in lines
    assert lines[4] == "à la main     typed  aucune adresse connue" and "  classeur, sur exemple.fr" in lines
    assert f"  sa place : {tmp_path}/typed/full, avec un source.yml à côté" in lines
    assert download_commands.exit_code(came) == 1 and download_commands.exit_code(came[:1]) == 0
    assert by_hand(SOURCES["mission_locale"], tmp_path) == [
        "formulaire à faire remplir : mission_locale.xlsx, feuille « Jeunes suivis », ou mission_locale.csv"
    ]


def test_a_server_that_does_not_answer_is_asked_no_more(tmp_path, monkeypatch, server):
    asked, really = [], exchange.in_child

    def counted(*arguments):
        asked.append(arguments)
        return really(*arguments)

    monkeypatch.setattr(exchange, "in_child", counted)
    came = outcomes_of(several("good", "cut"), tmp_path, "http://127.0.0.1:9")
    assert len(asked) == 1 and {one.state for one in came} == {SILENT}
    assert came[1].why == "cut : 127.0.0.1:9 ne répond pas"


def test_what_a_person_has_downloaded_is_taken_in_whole_and_of_its_kind_or_refused(tmp_path, server):
    raw, given = tmp_path / "raw", tmp_path / "downloads"
    given.mkdir()
    (zip_source,) = several("archive_csv.zip")
    zip_source = replace(zip_source, downloads=(replace(zip_source.downloads[0], member="*_data.csv"),))
    (plain,) = several("gone")
    (given / "archive_csv.zip").write_bytes(zipped(**{"DS_2023_data.csv": GOOD}))
    (given / "data.csv").write_bytes(b"<html>Maintenance</html>")
    came = outcomes_of([plain], raw, "http://127.0.0.1:9", given=given)
    assert came[0].state == FAILED and f"{given}/data.csv : trouvé une page web" in came[0].why
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
    monkeypatch.setattr(download_commands, "wrong_in_new", lambda *new: [])
    with environment(CTG_ROOT=tmp_path):
        download_commands.fetch(None, "200067171", None, server)
        with pytest.raises(UserError, match="l'un des deux"):
            download_commands.fetch(["finess"], "200067171", None, server)
        lacking = {}
        download_commands.fetch(None, "200067171", None, server)
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert (
        plain(lines[0]).startswith("déjà là       finess         1 fichier, 0,4 Mo")
        and "finess" not in Misbehaving.seen
    )
    assert plain(lines[1]).startswith("téléchargé    caf_txcouv_pe  6 fichiers")
    assert lines[2].startswith("à la main     insee_acces")
    assert "`ctg data` lit les nouveaux fichiers" in lines[-1]
    assert [*map(plain, said.err.splitlines()[:2])] == [
        "1 sur 1  caf_txcouv_pe, 6 fichiers",
        "1 sur 1  téléchargé  caf_txcouv_pe",
    ]
    assert said.err.splitlines()[-1] == "200067171 : aucun fichier ouvert ne donnerait ce qui manque à son rapport"


def test_what_a_report_lacks_is_had_from_open_sources(france):
    commands = download_commands.lacking_sources("200067171")
    assert commands["caf_nbpla_pe"] == "ctg fetch caf_nbpla_pe"
    assert commands["insee_acces"] == "ctg list sources insee_acces"
    assert all(SOURCES[name].open for name in commands)


@pytest.mark.nightly
def test_killed_at_any_moment_and_run_again_it_ends_with_the_same_files(tmp_path, server):
    """Each time in a folder that holds an older fetch."""
    several = [Download(f"{name}.csv", f"https://www.example.org/{name}") for name in ("good", "other")]
    several.append(Download("archive.csv", "https://www.example.org/archive", member="*_data.csv"))
    new = {f"dataset/full/{name}" for name in ("archive.csv", "good.csv", "other.csv", "source.yml")}
    seen, folders = (
        [],
        deaths(
            tmp_path,
            ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir"),
            lambda folder: fetch(Source("dataset", "L", "P", downloads=tuple(several)), folder, mirror=server),
        ),
    )
    for folder in folders:
        fetch(source("good"), folder, mirror=server)
        before = files(folder)
        next(folders)
        seen.append({name for name in files(folder) if name.startswith("dataset/full/")})
        assert seen[-1] in (before, new)
        fetch(Source("dataset", "L", "P", downloads=tuple(several)), folder, mirror=server)
        assert files(folder) == new
        kept = read_certificate(folder / "dataset" / "full")
        assert {entry.sha256 for entry in kept.certificate.fichiers} == {hashlib.sha256(GOOD).hexdigest()}
        assert [found for entry in kept.certificate.fichiers for found in integrity(kept, entry.fichier)] == []
    assert len(seen) > 30


# A server made to harm, of more than thirty answers.

SHORT = Limits(seconds=3, silence=1, memory=150_000_000)
FOLLOWED = {"redirect to endless", "redirect of unknown length", "redirect to a bomb", "redirect that drips"}
FOLLOWED |= {"a length that is none", "good"}
PRIVATE = ("this machine", "a private network", "metadata", "a number", "IPv6")


def test_an_answer_made_to_harm_ends_within_its_limit_and_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(exchange, "LIMITS", SHORT)
    monkeypatch.setattr(exchange, "ATTEMPTS", 1)
    monkeypatch.setattr(exchange, "MAXIMUM_BYTES", 300_000_000)
    before, wrong, lines = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, {}, []
    with hostile_server.serving() as address:
        for name in hostile_server.ANSWERS:
            download = Download("data.csv", f"https://www.example.org/{name.replace(' ', '%20')}")
            if "catalogue" in name:
                download = replace(download, resource="*.csv")
            began = time.monotonic()
            (came,) = fetch_each([Source(name, "L", "P", downloads=(download,))], tmp_path, mirror=address)
            seconds = time.monotonic() - began
            largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            lines.append(f"{name:30} {came.state:6} {seconds:4.1f} s {largest / 1e3:5.0f} Mo  {came.why}")
            state = GOT if name in FOLLOWED else FAILED
            private = not name.endswith(PRIVATE) or "réseau privé" in came.why
            if came.state != state or seconds > 5 * SHORT.seconds or "\n" in came.why or not private:
                wrong[name] = came
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with capsys.disabled():
        print("", *lines, f"this process: {before / 1e3:.0f} Mo before, {after / 1e3:.0f} after", sep="\n")
    assert wrong == {} and len(lines) >= 30
    assert after - before < 100_000 and largest < before + 500_000  # kilobytes
