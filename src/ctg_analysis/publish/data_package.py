"""The tables and charts of a report as a Data Package: what each file holds, from whom, and how to read its columns."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from html import unescape
from pathlib import Path

import pandas as pd

from ctg_analysis.chapter.territory import Territory
from ctg_analysis.model.catalogue import CATALOGUE, TITLES
from ctg_analysis.model.indicator import MISSING
from ctg_analysis.model.source import SOURCES, Source

PACKAGE, SCHEMA, CHARTS = "datapackage.json", "observations.schema.json", "graphiques"
FIGURE = re.compile(r'<figure class="chart.*?</figure>', re.S)
CHART = re.compile(r'<strong class="title">(.*?)</strong>.*?(<svg .*?</svg>)', re.S)
TAG = re.compile(r"<[^>]+>")
OPEN_LICENCE = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}
OF_WHOM = (
    "Les chiffres des producteurs publics sont sous la licence indiquée ; ceux que la démarche a recueillis "
    "appartiennent à qui la conduit."
)
DESCRIPTIONS = {
    "code": "Code Insee de la commune, du département ou de la région, SIREN de l'EPCI",
    "niveau": "commune, secteur, epci, departement, region, france ou peers (médiane des EPCI comparables)",
    "periode": "Année, mois (2024-12) ou années (2019-2023)",
    "indicateur": "Identifiant de l'indicateur, le même d'une édition à l'autre",
    "borne_basse": "Borne basse de l'intervalle à 95 %, ou de ce qu'un arrondi laisse possible",
    "borne_haute": "Borne haute, de même",
    "statut": "ok, secret, nd (non disponible), so (sans objet) ou censored (connu seulement comme petit)",
    "fiabilite": "1 : bonne ; 2 : à lire avec prudence ; 3 : échantillon trop petit",
    "source": "Identifiant de la source, décrite dans « sources »",
}


def write_package(folder: Path, tables: Mapping[str, pd.DataFrame], seen: Territory) -> None:
    """Write datapackage.json beside the CSV files of a folder (Data Package 1, of Frictionless Data).

    The columns of most of them are the same, and stand in a file of their own. tables: by name of their file, as they
    were written there.
    """
    schemas = {name: _schema(table) for name, table in tables.items()}
    common = next((schemas[name] for name, table in tables.items() if "statut" in table), None)
    if common:
        _write(folder / SCHEMA, common)
    used = dict.fromkeys(name for table in tables.values() for name in _sources(table))
    package = {
        "profile": "data-package",
        "name": f"diagnostic-{seen.epci}",
        "title": f"Diagnostic partagé : {seen.row['name']}",
        "description": OF_WHOM,
        "licenses": [OPEN_LICENCE],
        "sources": [_source(SOURCES[name], seen.received.get(name, "")) for name in used],
        "resources": [
            _resource(folder / name, table) | {"schema": SCHEMA if schemas[name] == common else schemas[name]}
            for name, table in tables.items()
        ],
    }
    _write(folder / PACKAGE, package)


def add_charts(report: Path) -> None:
    """Write the drawing of each chart of the pages of a report as an SVG file, and name it in the Data Package."""
    data = report / "donnees"
    package = json.loads((data / PACKAGE).read_text(encoding="utf-8"))
    (data / CHARTS).mkdir()
    for page in sorted(report.glob("[0-9][0-9]_*.html")):
        drawn = filter(None, map(CHART.search, FIGURE.findall(page.read_text(encoding="utf-8"))))
        for rank, (title, drawing) in enumerate((chart.groups() for chart in drawn), start=1):
            name = f"{page.stem}_{rank}"
            (data / CHARTS / f"{name}.svg").write_text(drawing, encoding="utf-8")
            about = {"name": name, "path": f"{CHARTS}/{name}.svg", "title": unescape(TAG.sub("", title))}
            package["resources"].append(about | {"format": "svg", "mediatype": "image/svg+xml"})
    _write(data / PACKAGE, package)


def _write(path: Path, content: dict) -> None:
    path.write_text(f"{json.dumps(content, ensure_ascii=False, indent=1)}\n", encoding="utf-8")


def _sources(table: pd.DataFrame) -> list[str]:
    if not {"source", "statut"} <= set(table):
        return []
    return [name for name in table.loc[table["statut"].ne(MISSING), "source"].unique() if name in SOURCES]


def _source(source: Source, received: str) -> dict[str, str]:
    said = {"name": source.id, "title": f"{source.producer}, {source.label}", "licence": source.licence}
    address = {"path": source.downloads[0].url} if source.downloads else {}
    return said | address | ({"date": received} if received else {})


def _resource(path: Path, table: pd.DataFrame) -> dict:
    content = path.read_bytes()
    return {
        "profile": "tabular-data-resource",
        "name": path.stem,
        "path": path.name,
        "title": _title(path.stem, table),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "dialect": {"delimiter": ";"},
        "bytes": len(content),
        "hash": f"sha256:{sha256(content).hexdigest()}",
    }


def _schema(table: pd.DataFrame) -> dict:
    return {"fields": [_field(name, table[name]) for name in table], "missingValues": [""]}


def _title(name: str, table: pd.DataFrame) -> str:
    """The title of the chart of a family, the labels of up to three indicators; else the name of the file."""
    if name in TITLES or name in CATALOGUE:
        return TITLES.get(name) or CATALOGUE[name].label
    labels = table["libelle"].unique() if "libelle" in table else []
    return " ; ".join(labels) if 0 < len(labels) < 4 else name.replace("_", " ")


def _field(name: str, column: pd.Series) -> dict[str, str]:
    number = pd.api.types.is_float_dtype(column)
    kind = "number" if number else "integer" if pd.api.types.is_integer_dtype(column) else "string"
    described = {"description": DESCRIPTIONS[name]} if name in DESCRIPTIONS else {}
    return {"name": name, "type": kind} | ({"decimalChar": ","} if number else {}) | described
