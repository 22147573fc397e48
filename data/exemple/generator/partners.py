"""The forms of the partners for the territory that is shown, with a withheld cell, a blank and an agreement of 11."""

from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd

from ctg_analysis.model.form import EVIDENCE, NOT_ADDITIVE, SCORE, YES_NO, Field
from ctg_analysis.model.source import SOURCES, Source
from generator import partner_facts as said
from generator.places import COMMUNES, Commune

EPCI, DEPARTEMENT = "999999999", "99"
SUMS = {"financement_total": ("financement_caf", "financement_collectivites", "financement_autres")}
FOR_ALL = {column: (communes, *of) for communes, columns in said.FOR_ALL.items() for column, of in columns.items()}
QUOTIENTS = tuple(column for column in said.AT_HOME if column.startswith("foyers_qf_") and column[10].isdigit())
HERE = [commune for commune in COMMUNES if commune.epci == EPCI]
BESIDE = [commune for commune in COMMUNES if commune.departement == DEPARTEMENT and commune.epci != EPCI]
MORE = {column: factor for factor, columns in said.BESIDE.items() for column in columns.split()}
# How many of the schools of a commune are open to children: all of them, or so many.
OPEN = {
    "ecoles_matin": {said.BOURG: 3, said.ROCHE: 1, said.PONT: 1},
    "ecoles_midi": {said.BOURG: 3, said.ROCHE: 1, said.MODELE: 1, said.ESSAI: 1, said.MAQUETTES: 1, said.PONT: 1},
    "ecoles_soir": {said.BOURG: 3, said.ROCHE: 1, said.PONT: 1},
    "ecoles_mercredi": {said.BOURG: 2, said.ROCHE: 1, said.MODELE: 1, said.PONT: 1},
}
OF_PUPILS = {"eleves_couverts": "ecoles_soir", "eleves_cantine": "ecoles_midi"}


def _bases(table: np.ndarray) -> dict[str, float]:
    everyone = float(table.sum())
    return {
        said.PEOPLE: everyone,
        said.HOUSEHOLDS: everyone * 0.21,
        said.FAMILIES: everyone * 0.11,
        said.UNDER_3: float(table[:, :3].sum()),
        said.CHILDREN: float(table[:, 3:12].sum()),
        said.PUPILS: float(table[:, 3:11].sum()),
        said.YOUTH: float(table[:, 11:18].sum()),
    }


class Known:
    """What the forms are filled from: the inhabitants, and the schools that the official file has."""

    def __init__(self, raw: Path, people: dict[str, np.ndarray]):
        self.bases = {commune.code: _bases(people[commune.code]) for commune in HERE}
        schools = raw / "depp_ecoles"
        directory = pd.read_csv(schools / "fr-en-annuaire-education.csv", sep=";", dtype={"code_commune": str})
        counts = pd.read_csv(schools / "fr-en-ecoles-effectifs-nb_classes.csv", sep=";")
        place = directory.set_index("identifiant_de_l_etablissement")["code_commune"]
        self.schools = counts.assign(commune=counts["numero_ecole"].map(place))

    def whole(self, base: str, communes: tuple[str, ...], code: str) -> float:
        """Return the part of the base of the whole EPCI that falls to one of the communes that serve it."""
        total = sum(one[base] for one in self.bases.values())
        return total * self.bases[code][base] / sum(self.bases[one][base] for one in communes)

    def at_school(self, code: str, year: int) -> dict[str, float]:
        """Return what the official file says of the schools of a commune, and what they offer."""
        schools = self.schools[self.schools["commune"].eq(code) & self.schools["rentree_scolaire"].eq(year)]
        pupils = schools["nombre_total_eleves"].tolist()
        classes = float(schools["nombre_total_classes"].sum())
        row = {"ecoles": float(len(schools)), "eleves": float(sum(pupils)), "classes": classes}
        row |= {column: float(min(opened.get(code, 0), len(schools))) for column, opened in OPEN.items()}
        row |= {column: float(sum(pupils[: int(row[of])])) for column, of in OF_PUPILS.items()}
        row["eleves_cantine"] = float(round(row["eleves_cantine"] * 0.68))
        public = schools.loc[schools["secteur"].eq("PUBLIC"), "nombre_total_eleves"].sum()
        row["eleves_pedt"] = float(public) if code in said.CONTRACTS[year] else 0.0
        row["classes_multi_niveaux"] = float(round(classes * 0.1)) if len(schools) > 1 else classes
        return row


def _value(field: Field, commune: Commune, known: Known, row: dict[str, float], year: int) -> float | str:
    column, code = field.column, commune.code
    growth = 1 + 0.02 * (year - 2023)
    if column in row:
        return row[column]
    if column in SUMS:
        return sum(row[part] for part in SUMS[column])
    if column in said.COUNTS:
        return float(said.COUNTS[column].get(code, 0))
    if column in said.BY_YEAR:
        return float(said.BY_YEAR[column][year].get(code, 0))
    if column in said.DATES:
        return float(said.DATES[column][year].get(code, np.nan))
    if field.kind == SCORE:
        sites = row["pm_sites"]
        return max(said.SCORES[column].get(code, 0) - sites * (said.YEARS[-1] - year), 0.0) if sites else 0.0
    if field.kind == EVIDENCE:
        return said.WORDS[column].get(code, "") if year == said.YEARS[-1] else ""
    if field.kind == YES_NO:  # the missions of the authority that organises childcare
        return float((HERE.index(commune) * 7 + len(column) + year) % 4 != 0)
    if column in said.PRICES:
        return said.PRICES[column]
    if column in said.MINUTES:
        return float(said.MINUTES[column] + 4 * HERE.index(commune))
    if column == "locaux_4g":
        return float(round(row["locaux"] * said.MOBILE[code]))
    if column in FOR_ALL:
        communes, base, share = FOR_ALL[column]
        exact = known.whole(base, communes, code) * share * growth if code in communes else 0.0
    elif column in said.AT_HOME:
        base, share = said.AT_HOME[column]
        exact = known.bases[code][base] * share * growth
    else:
        return np.nan
    value = round(exact, 1) if column.endswith("etp") else float(round(exact))
    return min(value, row[field.part_of]) if field.part_of else value


def _form(source: Source, known: Known) -> pd.DataFrame:
    """Return a form filled by each commune, then what the EPCI alone can say."""
    rows = []
    ordered = sorted(source.form.fields, key=lambda field: (field.kind == SCORE, field.column in SUMS))
    for commune in HERE:
        for year in said.YEARS:
            row = known.at_school(commune.code, year) if source.id == "enquete_locale_enfance" else {}
            for field in ordered:
                row[field.column] = _value(field, commune, known, row, year)
            rows.append({"territoire": commune.code, "periode": str(year)} | row)
    own = said.OF_THE_EPCI.get(source.id, {})
    for rank, year in enumerate(said.YEARS if own else ()):
        values = {column: float(values[rank]) for column, values in own.items()}
        rows.append({"territoire": EPCI, "periode": str(year)} | values)
    table = pd.DataFrame(rows)
    columns = ["territoire", "periode", *(field.column for field in source.form.fields)]
    return table[columns].sort_values(["periode", "territoire"], ignore_index=True)


def _spaces(source: Source) -> pd.DataFrame:
    """Return the list of the structures, as the Caf sends it: one row for each and for each year."""
    columns = ["territoire", "periode", *(field.column for field in source.form.fields)]
    rows = []
    for year in said.YEARS:
        begin, end = next(span for span in said.APPROVALS if span[0] <= f"{year}-12-31" <= span[1])
        for space in said.SPACES:
            row = space | {"periode": str(year), "agrement_debut": begin, "agrement_fin": end}
            for field in source.form.numbers:
                row[field.column] = max(space[field.column] - (said.YEARS[-1] - year), 0)
            for field in source.form.words:
                row[field.column] = space[field.column] if year == said.YEARS[-1] else ""
            rows.append(row)
    return pd.DataFrame(rows)[columns]


def _by_month(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the EPCI that share out its requests among the months; the last takes what is left."""
    months = [column for column in table if column.startswith("demandes_") and column not in (
        "demandes_non_satisfaites", "demandes_pourvues")]  # fmt: skip
    rows = []
    for year, total in table.groupby("periode")["demandes"].sum().items():
        parts = [float(round(total * share / 100)) for share in said.MONTHS[:-1]]
        rows.append(
            {"territoire": EPCI, "periode": year} | dict(zip(months, [*parts, total - sum(parts)], strict=True))
        )
    return pd.DataFrame(rows)


def _departement(source: Source, table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the département: what the EPCI has, and what is beside it, by inhabitant nearly the same.

    table: the rows of the communes and of the EPCI.
    """
    rows = []
    for rank, (period, told) in enumerate(table.groupby("periode")):
        own, communes = told[told["territoire"].eq(EPCI)], told[told["territoire"].ne(EPCI)]
        beside: dict[str, float] = {}
        row = {"territoire": DEPARTEMENT, "periode": period}
        for field in source.form.numbers:
            if field.kind in (YES_NO, SCORE, *NOT_ADDITIVE):
                continue
            said_of_the_epci = own[field.column].notna().any()
            here = float((own if said_of_the_epci else communes)[field.column].sum())
            beside[field.column] = _beside(field, here, beside)
            row[field.column] = round(here + beside[field.column], 1)
        given = {column: float(values[rank]) for column, values in said.OF_THE_DEPARTEMENT.get(source.id, {}).items()}
        rows.append(row | given)
    return pd.DataFrame(rows)


def _beside(field: Field, here: float, beside: dict[str, float]) -> float:
    """Return what the rest of the département has; beside: the same, of the columns before this one."""
    parts = QUOTIENTS if field.column == "foyers_qf_connu" else SUMS.get(field.column)
    if parts:
        return sum(beside[part] for part in parts)
    if field.column in said.BESIDE_ONLY:
        return said.BESIDE_ONLY[field.column]
    inhabitants = [sum(commune.population for commune in communes) for communes in (BESIDE, HERE)]
    leaning = 0.92 + crc32(field.measure.encode()) % 161 / 1000
    exact = here * inhabitants[0] / inhabitants[1] * MORE.get(field.column, 1.0) * leaning
    value = round(exact, 1) if field.column.endswith("etp") else float(round(exact))
    return min(value, beside.get(field.part_of, value))


def write(private: Path, raw: Path, people: dict[str, np.ndarray]) -> None:
    """Write every form of the invented EPCI, and its agreements; raw: the official files, already written."""
    folder = private / EPCI
    folder.mkdir(parents=True, exist_ok=True)
    known = Known(raw, people)
    agreements = []
    for source in SOURCES.values():
        if not source.form:
            continue
        table = _spaces(source) if source.form.by_site else _form(source, known)
        if source.id == "msa_familles":  # one row for the EPCI, as the MSA sends it, and two Decembers
            numbers = [field.column for field in source.form.fields]
            table = table.groupby("periode", as_index=False)[numbers].sum().assign(territoire=EPCI)
            table = table[["territoire", "periode", *numbers]]
            table["periode"] = table["periode"] + "-12"
        if source.id == "enquete_locale_petite_enfance":  # a commune that did not answer
            last = table["periode"].eq(str(said.YEARS[-1]))
            table.loc[last & table["territoire"].eq("99005"), ["sppe_planifier", "sppe_qualite"]] = np.nan
            table = pd.concat([table, _by_month(table)], ignore_index=True)
        if source.id in said.OF_ALL_THE_DEPARTEMENT:
            table = pd.concat([table, _departement(source, table)], ignore_index=True)
        table.to_csv(folder / source.form_file, sep=";", decimal=",", index=False, lineterminator="\n")
        agreements.append(
            {
                "formulaire": source.id,
                "recu_le": "2026-03-02",
                "convention": "convention inventée du 12 janvier 2026, article 4",
                "seuil": 11 if source.id == "mission_locale" else 5,
            }
        )
    pd.DataFrame(agreements).to_csv(folder / "accords.csv", sep=";", index=False, lineterminator="\n")
