"""The priority neighbourhoods (QPV) of a territory: one by one in a table, and as an account tells them."""

import numpy as np
import pandas as pd

from ctg_analysis.chapter.known import source
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup, tables, texts
from ctg_analysis.display.markup import Html, Table
from ctg_analysis.display.quantities import counted, in_letters, number, percent
from ctg_analysis.display.texts import NBSP, SIGNS, date_text
from ctg_analysis.model.indicator import MISSING, NOT_APPLICABLE

NEIGHBOURHOODS_FILE = "quartiers.csv"  # in donnees/
# What is published of each, under its head; how it is written; where it comes from.
COLUMNS = {
    "population_2020": ("Habitants, 2020", number, "insee_qpv_2024"),
    "poverty_2021": ("Taux de pauvreté, 2021", percent, "insee_qpv_2024"),
    "poverty_2018": (f"Taux de pauvreté, 2018{NBSP}*", lambda value: percent(value, 1), "insee_qpv_2015"),
    "job_seekers_2021": (f"Demandeurs d'emploi (A, B, C), fin 2021{NBSP}*", number, "insee_qpv_2015"),
    "schools": ("Écoles", number, "depp_ecoles"),
    "ips": ("IPS moyen des écoles", lambda value: number(value, 1), "depp_ips"),
}
UNCHANGED = "* Quartiers dont le périmètre de 2024 est celui de 2015 ; les autres n'ont pas de valeur."
SHARED = "« (en partie) » : le quartier s'étend sur un autre EPCI ; ses chiffres sont ceux du quartier entier."
INSIDE = "Écoles : celles dont l'adresse est dans le contour, simplifié, du quartier ; d'autres sont à sa porte."
ENOUGH = 1 / 2  # of the neighbourhoods: what fewer have of 2015 is left out


def neighbourhoods(territory: Territory) -> Html:
    """The table of the neighbourhoods; nothing where there is none. A column that no one has a value of is left out."""
    rows = territory.neighbourhoods
    if rows.empty:
        return Html("", why="Aucun quartier prioritaire sur le territoire.")
    shown = _shown_columns(rows)
    names = rows["name"] + rows["shared"].map({True: " (en partie)", False: ""})
    cells = [[_cell(value, COLUMNS[name][1]) for value in rows[name]] for name in shown]
    if "ips" in shown:  # where no school is inside, there is nothing to be the mean of
        none = rows["schools"].eq(0)
        cells[shown.index("ips")] = np.where(none, SIGNS[NOT_APPLICABLE], cells[shown.index("ips")]).tolist()
    lines = [list(line) for line in zip(rows["communes"], names, *cells, strict=True)]
    notes = (
        [tables.signs(lines)]
        + [INSIDE] * ("schools" in shown)
        + [UNCHANGED] * any("*" in COLUMNS[name][0] for name in shown)
    )
    notes += [SHARED] * bool(rows["shared"].any())
    heads = ["Commune", "Quartier", *(_head(territory, name) for name in shown)]
    table = Table(
        counted(len(rows), "quartier"), [*map(texts.typography, heads)], lines, texts.typography(" ".join(notes)),
        left=frozenset([1]), name="Quartiers prioritaires",
    )  # fmt: skip
    cited = ["insee_qpv", *dict.fromkeys(COLUMNS[name][2] for name in shown)]
    return markup.together(markup.table(table), markup.source(source(territory, pd.DataFrame({"source": cited}))))


def _shown_columns(rows: pd.DataFrame) -> list[str]:
    """The columns of the table: of those that a neighbourhood has a value of, the newest poverty.

    Of 2015, job seekers where enough neighbourhoods have them.
    """
    known = [name for name in COLUMNS if rows[name].notna().any()]
    left_out = {"poverty_2018"} if "poverty_2021" in known else set()
    if rows["job_seekers_2021"].notna().mean() < ENOUGH:
        left_out.add("job_seekers_2021")
    return [name for name in known if name not in left_out]


def _cell(value: float, write) -> str:
    return SIGNS[MISSING] if pd.isna(value) else write(value)


def _head(territory: Territory, name: str) -> str:
    """The head of a column; that of schools with the years of those of the territory."""
    dated = {"schools": "pupils_period", "ips": "ips_period"}
    if name not in dated:
        return COLUMNS[name][0]
    schools = territory.structures[territory.structures["kind"].eq("école")]
    years = sorted({date_text(period) for period in schools[dated[name]] if period})
    return ", ".join(filter(None, [COLUMNS[name][0], " et ".join(years)]))


class Neighbourhoods:
    """The neighbourhoods of a territory as a sentence tells them; the French names are those that templates use."""

    def __init__(self, rows: pd.DataFrame):
        self._rows = rows
        self.nombre = len(rows)
        self.partages = int(rows["shared"].sum())

    @property
    def lettres(self) -> str:
        """« cinq quartiers prioritaires »."""
        several = f"{in_letters(self.nombre)} quartiers prioritaires"
        return several if self.nombre > 1 else "un quartier prioritaire"

    @property
    def pauvrete(self) -> str:
        """« allait de 48 % à 54 % en 2021 », of those where it is published; nothing where it is of none."""
        known = self._rows["poverty_2021"].dropna()
        if known.empty:
            return ""
        low, high = percent(known.min()), percent(known.max())
        told = f"était de {low} en 2021" if low == high else f"allait de {low} à {high} en 2021"
        left = len(self._rows) - len(known)
        return f"{told}, dans les {len(known)} où il est publié" if left and len(known) > 1 else told


OF_NEIGHBOURHOODS = {"nombre", "partages", *(name for name in vars(Neighbourhoods) if name[0] != "_")}
