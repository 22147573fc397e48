"""Raw files written on the spot for the tests of the readers, with their certificate, and what is read from them."""

import shutil
from pathlib import Path

import pytest
import yaml

from ctg_analysis.model.errors import InputError
from ctg_analysis.model.settings import DataRoot
from ctg_analysis.raw.certificates import Certificate, CertifiedFile, RawFolder
from ctg_analysis.raw.folders import sha256

FEW = {"etalab_decoupage", "contours", "insee_etat_civil"}
BOM = "\ufeff"
OFFICIAL = Path(__file__).parent / "official"  # a few rows of official files, see its README


def received(tmp_path, texts, *, full=False, columns=None, vintage="celui du fichier", date="2026-11-24"):
    """A certified folder with these files: as fetched, or an extract whose certificate describes its columns."""
    home = tmp_path / "dataset" / "full" if full else tmp_path / "dataset"
    home.mkdir(parents=True, exist_ok=True)
    entries = []
    for name, text in texts.items():
        path = home / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        described = {"colonnes": dict.fromkeys(columns, "?")} if columns else {}
        entries.append(CertifiedFile(fichier=name, octets=path.stat().st_size, sha256=sha256(path), **described))
    words = dict.fromkeys(("titre", "producteur", "jeu_de_donnees", "geographie", "licence", "couverture"), "x")
    words |= {"secret_arrondi": "x", "millesime": vintage, "date_acces": date}
    return RawFolder(home, Certificate(id="dataset", fichiers=entries, **words))


def told_cases(name):
    """The cases of a file of told/, by group."""
    return yaml.safe_load(Path(__file__).with_name("told").joinpath(f"{name}.yml").read_text(encoding="utf-8"))


def keep(root, sources):
    """Remove the raw folders of a copy of a data root, but for those of some sources: the others take time to read."""
    for folder in root.raw.iterdir():
        if folder.name not in sources:
            shutil.rmtree(folder)


def certified(path, source):
    """A folder of files as it is, with a certificate."""
    words = dict.fromkeys(("titre", "producteur", "jeu_de_donnees", "millesime", "geographie", "licence"), "x")
    words |= {"couverture": "x", "secret_arrondi": "x", "date_acces": "2026-11-24"}
    sizes = {file: file.stat().st_size for file in path.iterdir() if file.is_file()}
    files = [CertifiedFile(fichier=file.name, octets=size, sha256=sha256(file)) for file, size in sizes.items()]
    return RawFolder(path, Certificate(id=source, fichiers=files, **words))


def values(facts):
    """place, period, measure → value, or the status when there is none."""
    shown = facts["status"] if "status" in facts else ["ok"] * len(facts)
    rows = zip(facts["code"], facts["period"], facts["measure"], facts["value"], shown, strict=True)
    return {
        (code, period, measure): value if status == "ok" else status for code, period, measure, value, status in rows
    }


def said(read, *arguments):
    """What a person is told, a line each."""
    with pytest.raises(InputError) as error:
        read(*arguments)
    return [str(finding) for finding in error.value.findings]


def copied(root, home, *more):
    """Copy a few sources of a data root, and those named."""
    shutil.copytree(root.path, home, ignore=shutil.ignore_patterns("*.py", "__pycache__", "private"))
    keep(DataRoot(home), FEW.union(more))
    return DataRoot(home)


def certify(path):
    """Write the sum of the spoilt file in its certificate: only its rows are wrong then."""
    certificate = path.with_name("source.yml")
    text = yaml.safe_load(certificate.read_text(encoding="utf-8"))
    for entry in text["fichiers"]:
        if entry["fichier"] == path.name:
            entry["sha256"] = sha256(path)
    certificate.write_text(yaml.safe_dump(text, allow_unicode=True), encoding="utf-8")


def add(root, file, lines):
    """Write one more file beside those of a source, and its entry in the certificate."""
    path = root.raw / file
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    certificate = path.with_name("source.yml")
    text = yaml.safe_load(certificate.read_text(encoding="utf-8"))
    text["fichiers"] += [{"fichier": path.name, "lignes": len(lines) - 1, "octets": path.stat().st_size, "sha256": "-"}]
    certificate.write_text(yaml.safe_dump(text, allow_unicode=True), encoding="utf-8")
    certify(path)
