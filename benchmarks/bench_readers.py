"""Measure the reading of national files of each size class against pandas.read_csv, in one run.

    make bench

Two generated files: wide (35 000 communes, 30 columns) and long (5 million rows, Melodi's form, of which the rows of
communes are kept). Each reading runs in its own process; time and peak memory are those of the process.
"""

import multiprocessing
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from ctg_analysis.raw.certificates import Certificate, CertifiedFile
from ctg_analysis.raw.folders import sha256

WIDE = """
import pandera.pandas as pa
from ctg_analysis.raw.tables import commune_code, count, read
schema = pa.DataFrameSchema({"code": commune_code(), **{f"v{n}": count() for n in range(29)}}, unique=["code"])
table = read(folder, "wide.csv", schema)
"""
LONG = """
from ctg_analysis.clean.layouts import observations_schema, read_melodi
from ctg_analysis.raw.tables import one_of
table = read_melodi(folder, "long.csv", observations_schema({"SEX": one_of({"_T"})}))
"""
PANDAS = """
import pandas as pd
table = pd.read_csv(path / "{name}.csv", sep=";", dtype=str)
"""
FRAME = """
import resource, sys, time
from pathlib import Path
path = Path(sys.argv[1])
if {ours}:
    from ctg_analysis.raw.certificates import read_certificate
    folder = read_certificate(path)
start = time.perf_counter()
{code}
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
print(time.perf_counter() - start, peak, len(table))
"""


def generate(folder: Path) -> None:
    """Write the two files and their certificate."""
    generator = np.random.default_rng(1)
    codes = [f"{departement:02d}{number:03d}" for departement in range(21, 81) for number in range(1, 600)][:35_000]
    values = {f"v{number}": generator.integers(0, 5000, len(codes)) for number in range(29)}
    pd.DataFrame({"code": codes} | values).to_csv(folder / "wide.csv", sep=";", index=False)
    rows = 5_000_000
    pd.DataFrame(
        {
            "GEO": np.tile(codes, rows // len(codes) + 1)[:rows],
            "GEO_OBJECT": "COM",
            "AGE": np.repeat([f"Y{age}" for age in range(150)], rows // 150 + 1)[:rows],
            "SEX": "_T",
            "TIME_PERIOD": "2023",
            "OBS_VALUE": generator.integers(0, 300, rows),
        }
    ).assign(AGE=lambda table: table["AGE"].where(table["AGE"].ne("Y0"), "_T")).to_csv(
        folder / "long.csv", sep=";", index=False
    )
    words = {name: "x" for name in ("titre", "producteur", "jeu_de_donnees", "geographie", "licence", "couverture")}
    files = [
        CertifiedFile(fichier=path.name, octets=path.stat().st_size, sha256=sha256(path))
        for path in sorted(folder.glob("*.csv"))
    ]
    certificate = Certificate(
        id=folder.name, millesime="x", secret_arrondi="x", date_acces="2026-01-01", fichiers=files, **words
    )
    (folder / "source.yml").write_text(yaml.safe_dump(certificate.model_dump()), encoding="utf-8")


def measure(code: str, folder: Path, *, ours: bool) -> tuple[float, float, int]:
    """Return seconds, peak memory in GB and number of rows of a reading."""
    script = FRAME.format(code=code, ours=ours)
    answer = subprocess.run([sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=True)
    seconds, peak, rows = answer.stdout.split()
    return float(seconds), float(peak), int(rows)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "generated"
        folder.mkdir()
        # In a process of its own: a child inherits the peak memory of its parent.
        maker = multiprocessing.get_context("spawn").Process(target=generate, args=(folder,))
        maker.start()
        maker.join()
        for name, code in (("wide", WIDE), ("long", LONG)):
            ours = measure(code, folder, ours=True)
            theirs = measure(PANDAS.format(name=name), folder, ours=False)
            for who, (seconds, peak, rows) in (("ours", ours), ("pandas.read_csv", theirs)):
                print(f"{name}  {who:16} {seconds:6.1f} s  {peak:5.2f} GB  {rows:>9} rows kept")
            print(f"{name}  ratio            {ours[0] / theirs[0]:6.2f}")
