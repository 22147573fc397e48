"""Raw files written on the spot for the tests of the readers, with their certificate, and what is read from them."""

import shutil

import pytest

from ctg_analysis.core.errors import InputError
from ctg_analysis.sources.certificates import Certificate, CertifiedFile, RawFolder
from ctg_analysis.sources.folders import sha256

BOM = "\ufeff"


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


def keep(root, sources):
    """Remove the raw folders of a copy of a data root, but for those of some sources: the others take time to read."""
    for folder in root.raw.iterdir():
        if folder.name not in sources:
            shutil.rmtree(folder)


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
