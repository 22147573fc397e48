"""The official files as certified folders: the full ones, where they are beside the project, and a few rows of each."""

from pathlib import Path

from ctg_analysis.model.settings import settings
from ctg_analysis.raw.certificates import Certificate, CertifiedFile, RawFolder
from ctg_analysis.raw.folders import sha256

OFFICIAL = settings().root.parent / "shared" / "data" / "official"
ROWS = Path(__file__).parent / "official"  # see its README


def certified(path: Path, source: str) -> RawFolder:
    words = dict.fromkeys(("titre", "producteur", "jeu_de_donnees", "millesime", "geographie", "licence"), "x")
    words |= {"couverture": "x", "secret_arrondi": "x", "date_acces": "2026-11-24"}
    files = [
        CertifiedFile(fichier=file.name, octets=file.stat().st_size, sha256=sha256(file))
        for file in path.iterdir()
        if file.is_file()
    ]
    return RawFolder(path, Certificate(id=source, fichiers=files, **words))
