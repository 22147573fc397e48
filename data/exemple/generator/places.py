"""The invented communes, and how their files are written."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd
import yaml

SEED = 20230119
YEARS = range(2021, 2027)
VINTAGES = (2012, 2017, 2023)  # of the census


@dataclass(eq=False)
class Commune:
    """An invented commune: population in 2023, yearly change, share of the under 20s."""

    code: str
    name: str
    population: int
    change: float
    young: float
    departement: str = "99"
    region: str = "99"
    epci: str | None = "999999999"
    former: list[str] = field(default_factory=list)
    has_contour: bool = True


FIRST = [
    Commune("99001", "Hautefictive", 92, -0.015, 0.13),
    Commune("99002", "Bourg-l'Exemple", 6012, 0.004, 0.22),
    Commune("99003", "Roche-Inventée", 1184, -0.004, 0.19, former=["99009"]),
    Commune("99004", "Saint-Modèle", 655, 0.009, 0.26),
    Commune("99005", "Val-d'Essai", 431, -0.011, 0.15),
    Commune("99006", "Les Maquettes", 287, -0.002, 0.17),
    Commune("99007", "Pont-du-Schéma", 843, 0.002, 0.21),
    Commune("99008", "L'Ébauche", 158, -0.02, 0.11, has_contour=False),
    Commune("99101", "Exempleville", 41250, 0.003, 0.24, epci="999999998"),
    Commune("99102", "Fausse-Rive", 5230, 0.007, 0.25, epci="999999998"),
    Commune("99103", "Les Prototypes", 2110, 0.006, 0.25, epci="999999998"),
    Commune("99104", "Mont-Brouillon", 780, -0.001, 0.2, epci="999999998"),
    Commune("98001", "Fiction-le-Grand", 18400, -0.002, 0.22, "98", "99", "999999997"),
    Commune("98002", "Fiction-le-Petit", 1020, -0.006, 0.19, "98", "99", "999999997"),
    Commune("98003", "Nulle-Part", 0, 0.0, 0.2, "98", "99", "999999997"),
    Commune("98004", "Île-du-Conte", 310, -0.003, 0.14, "98", "99", None),
    Commune("98101", "Ailleurs", 96000, 0.008, 0.26, "980", "98", "999999996"),
    Commune("98102", "Autre-Part", 8800, 0.005, 0.24, "980", "98", "999999996"),
]
# EPCIs of the class of the one that is shown, so that it has peers: SIREN, name, communes (name, population, yearly
# change, share of the under 20s). They have nothing but the official files.
NEIGHBOURS = (
    ("999999990", "CC du Pays de Conte", (("Conte-le-Bourg", 6420, -0.004, 0.2), ("Les Contes", 1310, 0.001, 0.22))),
    ("999999989", "CC des Hauts de Fable", (("Fable", 6105, -0.008, 0.17), ("Petite-Fable", 640, -0.012, 0.15))),
    ("999999988", "CC de la Vallée du Songe", (("Songe", 7850, 0.006, 0.24), ("Songe-d'en-Haut", 2240, 0.009, 0.25))),
    ("999999987", "CC du Causse Rêvé", (("Rêve-sur-Causse", 6030, -0.006, 0.18), ("Le Rêvoir", 480, -0.01, 0.14))),
    ("999999986", "CC des Bois Imaginaires", (("Bois-Imaginé", 8320, 0.002, 0.22), ("La Futaie", 1120, 0.004, 0.21))),
    ("999999985", "CC des Rives de Légende", (("Légende", 9410, 0.008, 0.25), ("Rive-Légende", 1960, 0.011, 0.26))),
    ("999999984", "CC de l'Utopie", (("Utopie", 6240, 0.0, 0.21), ("Basse-Utopie", 1730, -0.003, 0.19))),
    ("999999983", "CC des Mille Brouillons", (("Brouillon", 7120, -0.002, 0.19), ("Rature", 910, -0.007, 0.17))),
    ("999999982", "CC du Val Supposé", (("Val-Supposé", 6560, 0.003, 0.23), ("Hypothèse", 1480, 0.0, 0.2))),
    ("999999981", "CC des Coteaux Feints", (("Coteau-Feint", 4980, -0.005, 0.18), ("La Feinte", 820, -0.009, 0.16))),
    ("999999980", "CC des Trois Chimères", (("Chimère", 5640, 0.001, 0.2), ("Les Chimérettes", 1050, -0.002, 0.19))),
)  # fmt: skip
AROUND = [
    Commune(f"98{201 + 2 * rank + place}", name, size, change, young, "980", "98", siren)
    for rank, (siren, _, communes) in enumerate(NEIGHBOURS)
    for place, (name, size, change, young) in enumerate(communes)
]
COMMUNES = [*FIRST, *AROUND]
MERGED = Commune("99009", "Roche-Basse", 301, -0.004, 0.18)
EPCIS = {
    "999999999": ("CC des Monts d'Exemple", "CC"),
    "999999998": ("CA du Val d'Exemple", "CA"),
    "999999997": ("CC du Pays de Fiction", "CC"),
    "999999996": ("CA de l'Ailleurs", "CA"),
} | {siren: (name, "CC") for siren, name, _ in NEIGHBOURS}
# Names, and what they are after « de ».
DEPARTEMENTS = {"99": ("Exemple", "d'Exemple"), "98": ("Fiction", "de Fiction"), "980": ("Ailleurs", "d'Ailleurs")}
REGIONS = {
    "99": ("Région d'Exemple", "de la Région d'Exemple"),
    "98": ("Région d'Ailleurs", "de la Région d'Ailleurs"),
}


def population(commune: Commune, year: int) -> int:
    """Return the population of a commune in a year."""
    return round(commune.population * (1 + commune.change) ** (year - 2023))


def drawn(generator: np.random.Generator) -> Iterator[tuple[Commune, np.random.Generator]]:
    """Yield each commune with what draws for it: the neighbours draw apart, and so shift no figure of the others."""
    apart = generator.spawn(1)[0]
    for commune in COMMUNES:
        yield commune, apart if commune in AROUND else generator


def leaning(commune: Commune, name: str) -> float:
    """Return by how much a share of a neighbour leans from the common one: from 0.8 to 1.2, the same in its EPCI."""
    return 0.8 + crc32(f"{commune.epci} {name}".encode()) % 401 / 1000 if commune in AROUND else 1.0


def ages(commune: Commune, generator: np.random.Generator) -> np.ndarray:
    """Return the inhabitants of 2023 by sex (rows: women, men) and age from 0 to 100."""
    years = np.arange(101)
    weights = np.where(years < 20, commune.young / 20, 0.0)
    adult = np.exp(-(((years - 54) / 30) ** 2)) * (years >= 20)
    weights = weights + adult / adult.sum() * (1 - commune.young)
    both = np.stack([weights * (0.98 + years / 400), weights * (1.02 - years / 400)])
    return generator.multinomial(commune.population, (both / both.sum()).ravel()).reshape(2, 101)


def by_level(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return rows of communes (columns code, keys, value) followed by those of départements, régions and France."""
    place = {commune.code: commune for commune in COMMUNES}
    levels = [rows.assign(GEO=rows["code"], GEO_OBJECT="COM")]
    for level, code_of in (
        ("DEP", lambda code: place[code].departement),
        ("REG", lambda code: place[code].region),
        ("FRANCE", lambda code: "F"),
    ):
        summed = rows.assign(GEO=rows["code"].map(code_of)).groupby(["GEO", *keys], as_index=False, sort=False)
        levels.append(summed["value"].sum().assign(GEO_OBJECT=level))
    return pd.concat(levels, ignore_index=True)


class Writer:
    """Writes the files of a source and, at the end, its certificate.

    full: a list of the whole country, such as `ctg fetch` gets: a commune that it does not name has none.
    """

    def __init__(self, raw: Path, source: str, title: str, vintage: str, *, full: bool = False):
        self.folder = raw / source / "full" if full else raw / source
        self.folder.mkdir(parents=True, exist_ok=True)
        self.certificate = {
            "id": source,
            "titre": f"{title} (territoire fictif)",
            "producteur": "ctg_analysis, données inventées",
            "jeu_de_donnees": "data/exemple/generate.py",
            "millesime": vintage,
            "geographie": "communes inventées",
            "licence": "MIT",
            "date_acces": "2026-11-24",
            "couverture": f"{len(COMMUNES)} communes inventées",
            "secret_arrondi": "comme le fichier officiel du même nom",
            "reserves": ["Tout est inventé : aucune de ces valeurs ne décrit un lieu réel."],
            "fichiers": [],
        }

    def write(self, name: str, table: pd.DataFrame, **said) -> None:
        """Write a table, as CSV or Parquet by its name."""
        path = self.folder / name
        if path.suffix == ".parquet":
            texts = table.select_dtypes("str").columns  # the same bytes however pandas keeps text
            table = table.astype(dict.fromkeys(texts, pd.StringDtype("pyarrow", na_value=np.nan)))
            table.to_parquet(path, index=False, compression="zstd")
        else:
            table.to_csv(path, sep=";", index=False, lineterminator="\n")
        content = path.read_bytes()
        self.certificate["fichiers"].append(
            {
                "fichier": name,
                "lignes": len(table),
                **said,
                "octets": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )

    def certify(self) -> None:
        """Write source.yml."""
        text = yaml.safe_dump(self.certificate, allow_unicode=True, sort_keys=False)
        (self.folder / "source.yml").write_text(text, encoding="utf-8")
