"""Schools and facilities, counted by commune, and the way to them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.clean.layouts import clean_declared, observations_schema, read_melodi
from ctg_analysis.clean.perimeter import in_communes
from ctg_analysis.model.errors import Finding, InputError, each
from ctg_analysis.model.facts import facts
from ctg_analysis.model.form import NO_OTHER_KEY
from ctg_analysis.model.settings import project_path
from ctg_analysis.model.source import SOURCES
from ctg_analysis.model.territories import COMMUNE, former_communes, unit_of
from ctg_analysis.model.yaml_files import load_yaml
from ctg_analysis.raw.certificates import RawFolder
from ctg_analysis.raw.files import TEXT
from ctg_analysis.raw.tables import COMMUNE_CODE, commune_code, count, one_of, read, text

UAI = text(r"\d{7}[A-Z]", "l'UAI d'une école, tel que 0120386E")
START_OF_YEAR = text(r"(20\d\d)(?:-.*)?", "une année scolaire, telle que 2022-2023, ou l'année où elle commence")

SOCIAL_POSITION = pa.DataFrameSchema(
    {
        "rentree_scolaire": text(r"20\d\d-20\d\d", "une année scolaire, telle que 2022-2023"),
        "uai": UAI,
        "nom": pa.Column(TEXT),
        "code_insee_de_la_commune": commune_code(),
        "secteur": pa.Column(TEXT),
        "ips": count(nullable=True, words={"NS": "secret"}),
        "ecart_type_de_l_ips": count(required=False, nullable=True),
        "effectifs": count(required=False, nullable=True),
    },
    unique=["rentree_scolaire", "uai"],
)
# The export of 2022-2023 misspelt its column; a lycée has an index of each of its ways, and one of both.
ALIASES = {"nom_de_l_etablissment": "nom", "nom_de_l_etablissement": "nom", "ips_ensemble_gt_pro": "ips"}
KINDS = {"*ecoles*": "schools", "*colleges*": "lower_secondary"}
LYCEES = {"*lycees*": "upper_secondary"}  # read where there are some: an extract of few communes has none
# Bands of the index, from a bound to less than the next: a year's national means are some 103 to 106.
BANDS = {"under_90": (0, 90), "90_105": (90, 105), "105_120": (105, 120), "120_plus": (120, 1000)}

DIRECTORY = pa.DataFrameSchema(
    {
        "identifiant_de_l_etablissement": UAI,
        "type_etablissement": pa.Column(TEXT),
        "statut_public_prive": pa.Column(TEXT),
        "code_commune": text(COMMUNE_CODE + "|", "un code de commune"),
        "nombre_d_eleves": count(nullable=True),
        "etat": pa.Column(TEXT),
        "rpi_concentre": pa.Column(TEXT, required=False),
        "rpi_disperse": pa.Column(TEXT, required=False),
    }
)
EXAM = pa.DataFrameSchema(
    {
        "session": text(r"20\d\d(?:-.*)?", "l'année d'une session"),
        "uai": UAI,
        "nb_candidats_g": count(nullable=True),
        "taux_de_reussite_g": count(nullable=True),
        "note_a_l_ecrit_g": count(nullable=True),
    },
    unique=["session", "uai"],
)
SEATS = DIRECTORY.select_columns(["identifiant_de_l_etablissement", "code_commune"])
FIRST_SESSION = "2024"  # the marks of those before were corrected by académie: their results tell other levels
NO_GROUPING = r"\s*|0(?:[.,]0)?|N/?A|None|nan"  # in the columns of the regroupements pédagogiques
COUNTS = {
    "nombre_total_eleves": "pupils",
    "nombre_total_classes": "classes",
    "nombre_eleves_preelementaire_hors_ulis": "nursery_pupils",
    "nombre_eleves_elementaire_hors_ulis": "primary_pupils",
    "nombre_eleves_ulis": "ulis_pupils",
}
PUPILS = pa.DataFrameSchema(
    {
        "rentree_scolaire": START_OF_YEAR,
        "numero_ecole": UAI,
        "secteur": pa.Column(TEXT),
        "code_departement": pa.Column(TEXT, required=False),
        "commune": pa.Column(TEXT, required=False),
        "rep": count(nullable=True),
        "rep_plus": count(nullable=True),
        **{name: count(nullable=True) for name in COUNTS},
    },
    unique=["rentree_scolaire", "numero_ecole"],
)
IN_NO_EXTRACT = ("etat", *list(COUNTS)[2:])  # columns that an extract may lack, and a full file may not
SMALL_SCHOOL = 20  # pupils: a school below is followed as threatened
SECONDARY = {"Collège": "lower_secondary_pupils", "Lycée": "upper_secondary_pupils"}
PLACE = ["code", "period"]


def read_social_position(folder: RawFolder, pattern: str) -> pd.DataFrame:
    """Return the index of each school and school year, under the names of the schema."""
    tables = each(lambda name: read(folder, name, SOCIAL_POSITION, aliases=ALIASES), folder.some(pattern))
    return pd.concat(tables, ignore_index=True).drop_duplicates(["rentree_scolaire", "uai"])


def clean_social_position(folder: RawFolder) -> pd.DataFrame:
    """Return, by commune and year of the rentrée, the sum of the indices, and how many schools have one, by band.

    Each school counts for one; where the file says how many pupils its index is of (effectifs), each pupil too. These
    are not all the pupils of a school (0.78 of them in most): they weigh its index, and tell nothing of its size. Of
    lower secondary schools, how far apart the pupils of one are too, where the file says it (écart-type).
    """
    rows = []
    kinds = KINDS | (LYCEES if folder.matching(*LYCEES) else {})
    tables = each(lambda pattern: read_social_position(folder, pattern), kinds)
    for kind, table in zip(kinds.values(), tables, strict=True):
        table = table[table["ips"].notna()].rename(columns={"code_insee_de_la_commune": "code"})
        table = table.assign(period=table["rentree_scolaire"].str[:4])
        rows += _total_and_number(table, "ips", f"{kind}_ips_total", f"{kind}_with_ips")
        if kind in KINDS.values() and "effectifs" in table:
            pupils = table.assign(points=table["ips"] * table["effectifs"], pupils=table["effectifs"])
            for column, measure in (("points", f"{kind}_ips_points"), ("pupils", f"{kind}_ips_pupils")):
                rows += _total_and_number(pupils, column, measure, f"{measure}_schools")[:1]
        if "ecart_type_de_l_ips" in table:
            spread = f"{kind}_ips_deviation_total", f"{kind}_with_ips_deviation"
            rows += _total_and_number(table, "ecart_type_de_l_ips", *spread)
        for band, (low, high) in BANDS.items() if kind in KINDS.values() else ():
            within = table["ips"].ge(low) & table["ips"].lt(high)
            counted = table[PLACE].assign(value=within.astype(float)).groupby(PLACE, as_index=False)["value"].sum()
            rows.append(counted.assign(measure=f"{kind}_ips_{band}"))
    return facts(pd.concat(rows, ignore_index=True), folder.certificate.id, level="commune")


def _total_and_number(table: pd.DataFrame, column: str, total: str, number: str) -> list[pd.DataFrame]:
    by_place = table[table[column].notna()].groupby(PLACE)[column].agg(**{total: "sum", number: "size"})
    return [
        by_place[one].rename("value").astype(float).round(6).reset_index().assign(measure=one)
        for one in (total, number)
    ]


def clean_exam_results(folder: RawFolder) -> pd.DataFrame:
    """Return, by commune and session, the candidates of the general series at the brevet, who passed, and their marks.

    Each collège counts for its candidates. The directory says where it is; one that it does not have is left out.
    """
    files = {"*valeur-ajoutee-colleges*": EXAM, "*annuaire*": SEATS}
    results, seats = each(lambda pattern: _whole(folder, pattern, files[pattern]), files)
    seats = seats.drop_duplicates("identifiant_de_l_etablissement").set_index("identifiant_de_l_etablissement")
    rows = results.assign(period=results["session"].str[:4], code=results["uai"].map(seats["code_commune"]))
    rows = rows[rows["period"].ge(FIRST_SESSION) & rows["code"].fillna("").ne("")]
    rows = rows.dropna(subset=["nb_candidats_g", "taux_de_reussite_g", "note_a_l_ecrit_g"])
    candidates = rows["nb_candidats_g"]
    rows = rows.assign(
        exam_candidates=candidates,
        exam_passed=candidates * rows["taux_de_reussite_g"] / 100,
        exam_written_points=candidates * rows["note_a_l_ecrit_g"],
    )
    measures = ["exam_candidates", "exam_passed", "exam_written_points"]
    sums = rows.groupby(PLACE, as_index=False)[measures].sum().round(6)
    return facts(sums.melt(PLACE, measures, "measure"), folder.certificate.id, level="commune")


def clean_schools(folder: RawFolder, communes: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return schools, classes and pupils by commune and year, from the directory and the yearly counts.

    The schools of a regroupement pédagogique intercommunal are those that the directory says, for the latest year only.

    communes: those of the reference year, to place the schools that the directory does not have, and for the pupils of
    collèges and lycées (see `_secondary`). A school that cannot be placed is left out, and told by `ctg check` (see
    `schools_left_out`).
    """
    directory, pupils = _files(folder)
    pupils = _placed(directory, pupils, communes)
    pupils = pupils[pupils["code"].notna()]
    private = pupils["secteur"].str.upper().str.startswith("PRIV")
    pupils["private_pupils"] = pupils["nombre_total_eleves"].where(private, 0.0)
    pupils["schools"] = 1.0
    pupils["small_schools"] = pupils["nombre_total_eleves"].lt(SMALL_SCHOOL).astype(float)
    for network in ("rep", "rep_plus"):
        inside = pupils[network].eq(1)
        pupils[f"{network}_schools"] = inside.astype(float)
        pupils[f"{network}_pupils"] = pupils["nombre_total_eleves"].where(inside, 0.0)
    ours = ("private_pupils", "schools", "small_schools", "rep_schools", "rep_pupils", "rep_plus_schools")
    measures = COUNTS | {name: name for name in (*ours, "rep_plus_pupils")}
    measures = {column: measure for column, measure in measures.items() if column in pupils}
    sums = pupils.groupby(PLACE, as_index=False)[list(measures)].sum(min_count=1)
    rows = [sums[PLACE].assign(value=sums[column], measure=measure) for column, measure in measures.items()]
    if "grouped" in pupils:
        now = pupils[pupils["period"].eq(pupils["period"].max())]
        grouped = now.groupby(PLACE, as_index=False)["grouped"].sum()
        rows.append(grouped.rename(columns={"grouped": "value"}).assign(measure="grouped_schools"))
    by_commune = pd.concat(rows, ignore_index=True).assign(level="commune")
    # The year of the directory, whose pupils are of an earlier rentrée, which it does not tell.
    vintage = folder.certificate.millesime
    said = vintage.get("annuaire", "") if isinstance(vintage, dict) else ""
    state = re.search(r"20\d\d", f"{said} {folder.certificate.date_acces}")[0]
    secondary = _secondary(directory, communes).assign(period=state)
    return facts(pd.concat([by_commune, secondary], ignore_index=True), folder.certificate.id)


def _secondary(directory: pd.DataFrame, communes: pd.DataFrame | None) -> pd.DataFrame:
    """Return the pupils of collèges and lycées by commune and larger place, as far as the directory counts them.

    Its lines are no establishments: a section has one of its own, without pupils. It does not count those of an
    agricultural or independent lycée either: a commune that has only such ones is without a value, and larger places
    have the sum of what is counted.
    """
    rows = directory.assign(measure=directory["type_etablissement"].map(SECONDARY), value=directory["nombre_d_eleves"])
    rows = rows.dropna(subset="measure").rename(columns={"code_commune": "code"})[["code", "measure", "value"]]
    places = []
    if communes is not None:
        rows = rows.assign(code=in_communes(rows["code"], communes))
        nowhere = ~rows["code"].isin([*communes["code"], *former_communes(communes).index])  # such as Paris, 75100
        rows = rows[rows["value"].notna() | ~nowhere]
        places = [rows.assign(code=rows["code"].map(unit), level=level).dropna() for level, unit in unit_of(communes)]
    key = ["code", "level", "measure"]
    return pd.concat([rows.assign(level="commune"), *places]).groupby(key, as_index=False)["value"].sum(min_count=1)


def schools_left_out(folder: RawFolder, communes: pd.DataFrame) -> list[Finding]:
    """Return the schools of the yearly counts that no commune can be given to, the first ten by name, on one line."""
    pupils = _placed(*_files(folder), communes)
    lost = sorted(set(pupils.loc[pupils["code"].isna(), "numero_ecole"]))
    if not lost:
        return []
    left_out = f"{len(lost)} écoles sans commune, laissées de côté : {', '.join(lost[:10])}"
    expected = "leurs lignes, avec code_commune, dans un fichier *annuaire*.csv"
    return [Finding(project_path(folder.path), None, "numero_ecole", left_out, expected)]


def _files(folder: RawFolder) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the directory (a line for each establishment and section that has a commune) and the yearly counts."""
    files = {"*annuaire*": DIRECTORY, "*effectifs*": PUPILS}
    directory, pupils = each(lambda pattern: _whole(folder, pattern, files[pattern]), files)
    return directory[directory["code_commune"].ne("")].drop_duplicates("identifiant_de_l_etablissement"), pupils


def _placed(directory: pd.DataFrame, pupils: pd.DataFrame, communes: pd.DataFrame | None) -> pd.DataFrame:
    """Return the yearly counts of each school with the `code` of its commune and the `period`.

    The directory says where a school is, by its UAI; it loses those that close, which are placed by the name of their
    commune in their département. The code of a commune in the counts is a postal code, which is not used.
    """
    directory = directory.set_index("identifiant_de_l_etablissement")
    place = directory["code_commune"]
    pupils = pupils.assign(code=pupils["numero_ecole"].map(place), period=pupils["rentree_scolaire"].str[:4])
    groupings = [directory[column] for column in ("rpi_concentre", "rpi_disperse") if column in directory]
    if groupings:
        inside = pd.concat([~column.astype(str).str.fullmatch(NO_GROUPING) for column in groupings], axis=1).any(axis=1)
        pupils["grouped"] = pupils["numero_ecole"].map(inside.astype(float)).fillna(0.0)
    lost = pupils["code"].isna()
    if communes is None or not lost.any() or not {"code_departement", "commune"} <= set(pupils):
        return pupils
    named = communes.assign(place=communes["departement"] + " " + _plain(communes["name"]))
    named = named.drop_duplicates("place", keep=False).set_index("place")["code"]
    departement = pupils.loc[lost, "code_departement"].str.replace(r"^0(?=..$)", "", regex=True)
    by_name = (departement + " " + _plain(pupils.loc[lost, "commune"])).map(named)
    pupils.loc[lost, "code"] = by_name.to_numpy()
    return pupils


def _whole(folder: RawFolder, pattern: str, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Return the files of a pattern, without the columns that their certificate says an extract lacks."""

    def read_one(name: str) -> pd.DataFrame:
        lacking = [one for one in IN_NO_EXTRACT if one in schema.columns and not folder.holds(name, one)]
        return read(folder, name, schema.remove_columns(lacking))

    return pd.concat(each(read_one, folder.some(pattern)))


def _plain(names: pd.Series) -> pd.Series:
    """Return names of communes without accents, capitals, signs or the abbreviation of Saint, to compare them."""
    letters = names.str.normalize("NFKD").str.encode("ascii", "ignore").str.decode("ascii").str.upper()
    words = letters.str.replace(r"[^A-Z0-9]+", " ", regex=True).str.strip()
    return words.str.replace(r"\bST(E?)\b", r"SAINT\1", regex=True)


FILE = Path(__file__).with_name("facility_types.yml")
Types = tuple[str, ...]


@dataclass(frozen=True)
class FacilityTypes:
    """The types of what is counted, of the services of the basket, of what is reached; the words of the ranges."""

    __pydantic_config__ = NO_OTHER_KEY
    types: dict[str, Types]
    basket: dict[str, Types]
    reached: dict[str, Types]
    ranges: dict[str, str]


FACILITY_TYPES: FacilityTypes = load_yaml(FILE, FacilityTypes).value


A_TYPE = text(r"[A-Z]\d{3}|", "un type d'équipement, tel que D502")
FACILITIES_SCHEMA = observations_schema({"FACILITY_TYPE": A_TYPE, "BPE_MEASURE": one_of({"FACILITIES"})})
COVERED_TYPES = pa.DataFrameSchema({"FACILITY_TYPE": A_TYPE})
COVERED = "types_couverts.csv"
COMPOSITION = "BPE_gammes_equipements*"  # the file that says what the ranges are made of
TYPES, BASKET = FACILITY_TYPES.types, FACILITY_TYPES.basket
RANGE = pa.DataFrameSchema(
    {
        "TYPEQU": text(r"[A-Z]\d{3}", "un type d'équipement, tel que D502"),
        "TYPEQU_REGROUPEMENT": pa.Column(TEXT, nullable=True),
        "GAMME": pa.Column(TEXT, nullable=True),
    }
)


def clean_facilities(folder: RawFolder) -> pd.DataFrame:
    """Return the number of facilities of each kind, and how many services of the basket and of the ranges each has.

    A type that the file covers and a commune lacks is a true 0; a kind with a type that the file does not cover
    is unknown and gives no row, and so is a range. The full file covers all the types. Of the ranges, the file that
    tells their composition gives the types; those that INSEE groups (post office, relay, agency) count for one.

    Raises:
        InputError: a full file without one of the types.
    """
    known = {code for types in (*TYPES.values(), *BASKET.values()) for code in types}
    codes = {"FACILITY_TYPE": known, "BPE_MEASURE": {"FACILITIES"}} if folder.full else None
    tables = each(lambda name: read_melodi(folder, name, FACILITIES_SCHEMA, codes), folder.some("DS_BPE*.csv"))
    table = pd.concat(tables, ignore_index=True)
    table = table[table["level"].eq("commune")]
    covered = _covered_types(folder, table, known)
    by_type = table.pivot_table("value", ["code", "period"], "FACILITY_TYPE", aggfunc="sum", fill_value=0.0)
    numbers = {measure: _number(by_type, types) for measure, types in TYPES.items() if covered.issuperset(types)}
    if all(covered.intersection(types) for types in BASKET.values()):
        numbers["basket_services_present"] = _present(by_type, BASKET.values())
        numbers["basket_services"] = pd.Series(float(len(BASKET)), by_type.index)
    for measure, services in _ranges(folder).items():
        if all(covered.issuperset(types) for types in services):
            numbers[f"{measure}_types_present"] = _present(by_type, services)
            numbers[f"{measure}_types"] = pd.Series(float(len(services)), by_type.index)
    long = pd.concat(numbers, names=["measure"]).rename("value").reset_index()
    return facts(long, folder.certificate.id, level="commune")


def _covered_types(folder: RawFolder, table: pd.DataFrame, known: set[str]) -> set[str]:
    """The types that a file covers, those of its list where there is one. known: those counted."""
    covered = set(table["FACILITY_TYPE"])
    if folder.full and known - covered:
        expected = f"une ligne de ce type, ou son nouveau code dans {project_path(FILE)}"
        unknown = (f"aucune ligne avec {code}" for code in sorted(known - covered))
        path = project_path(folder.path)
        raise InputError(Finding(path, None, "FACILITY_TYPE", one, expected) for one in unknown)
    if folder.matching(COVERED):
        return set(read(folder, COVERED, COVERED_TYPES)["FACILITY_TYPE"])
    return covered


def clean_facilities_2024(folder: RawFolder) -> pd.DataFrame:
    """Return the facilities of the edition of 2024: its full file is laid out as that of 2025, its extract is not."""
    source = SOURCES["insee_bpe_2024"]
    if not folder.full:
        return clean_declared(source, folder)
    table = clean_facilities(folder)
    return table[table["measure"].isin(source.measures)].reset_index(drop=True)


def _ranges(folder: RawFolder) -> dict[str, list[tuple[str, ...]]]:
    """Return what each range is made of: services, each with its types; nothing without the file that tells it."""
    rows = [read(folder, name, RANGE) for name in folder.matching(COMPOSITION + ".*")]
    if not rows:
        return {}
    table = pd.concat(rows, ignore_index=True)
    group = table["TYPEQU_REGROUPEMENT"].fillna("").str.strip()
    service = group.where(group.ne(""), table["TYPEQU"])
    return {
        measure: [tuple(types) for _, types in table["TYPEQU"][table["GAMME"].str.strip().eq(words)].groupby(service)]
        for measure, words in FACILITY_TYPES.ranges.items()
    }


def _number(by_type: pd.DataFrame, types: Iterable[str]) -> pd.Series:
    """Return the number of facilities of some types in each commune and year. by_type: a column for each type."""
    return by_type[by_type.columns.intersection(list(types))].sum(axis=1).astype(float)


def _present(by_type: pd.DataFrame, services: Iterable[Iterable[str]]) -> pd.Series:
    return sum(_number(by_type, types).gt(0).astype(float) for types in services)


NEAR = 20  # minutes: the usual limit of what is said to be near

ACCESS_SCHEMA = pa.DataFrameSchema(
    {
        "depcom": commune_code(),
        "pop": count(),
        "typeeq_id": text(r"[A-Z]\d{3}", "un type d'équipement, tel que D502"),
        "duree": count(nullable=True),
        "idSrc": pa.Column(TEXT),
    }
)


def clean_access_times(folder: RawFolder, communes: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return, by commune and type, inhabitants × minutes, the inhabitants, those within 20 minutes, and medians.

    One row of the file is a place of residence (idSrc) with its population; of the types of one kind the nearest
    counts. A place from which no time is known is left out of numerator and denominator.

    communes: those of the reference year, for the medians, which do not add up (see `_medians`).
    """
    tables = each(lambda name: _nearest(folder, name), folder.some("donnees_*.parquet"))
    nearest = pd.concat(tables, ignore_index=True)
    rows = _by_commune(nearest).assign(level="commune")
    if communes is not None:
        rows = pd.concat([rows, _medians(nearest, communes)], ignore_index=True)
    return facts(rows, folder.certificate.id)


def _nearest(folder: RawFolder, name: str) -> pd.DataFrame:
    table = read(folder, name, ACCESS_SCHEMA)
    tables = []
    for kind, types in FACILITY_TYPES.reached.items():
        part = table[table["typeeq_id"].isin(types) & table["duree"].notna()]
        nearest = part.sort_values("duree", kind="stable").drop_duplicates(["idSrc", "depcom"])
        tables.append(nearest.assign(kind=kind))
    return pd.concat(tables, ignore_index=True).assign(period=name.split("_")[1])


def _by_commune(nearest: pd.DataFrame) -> pd.DataFrame:
    people, near = nearest["pop"], nearest["duree"].le(NEAR)
    counted = {"minutes": people * nearest["duree"], "population": people, "population_near": people.where(near, 0.0)}
    sums = pd.DataFrame(counted).groupby([nearest[column] for column in ("kind", "period", "depcom")]).sum()
    rows = sums.melt(var_name="measure", ignore_index=False).reset_index().rename(columns={"depcom": "code"})
    return rows.assign(measure=rows["kind"] + "_" + rows["measure"])


def _medians(nearest: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the time that half of the inhabitants do not exceed, by commune and by larger place that is whole.

    A larger place is whole when each of its communes that has inhabitants is in the files.

    communes: columns code, kind, epci, departement, region, population. Measures: `<kind>_median`.
    """
    current = communes[communes["kind"].eq(COMMUNE)].set_index("code")
    inhabited = current[~current["population"].eq(0)]
    tables = [_median_by(nearest, nearest["depcom"]).assign(level="commune")]
    for level in ("epci", "departement", "region"):
        lacking = inhabited.loc[~inhabited.index.isin(nearest["depcom"]), level]
        unit = nearest["depcom"].map(current[level])
        tables.append(_median_by(nearest, unit.mask(unit.isin(lacking))).assign(level=level))
    return pd.concat(tables, ignore_index=True)


def _median_by(nearest: pd.DataFrame, unit: pd.Series) -> pd.DataFrame:
    """Return the medians weighted by inhabitants of the rows of each unit: the first time that half of them reach."""
    keys = ["kind", "period", "code"]
    rows = nearest.assign(code=unit).dropna(subset="code").sort_values([*keys, "duree"], kind="stable")
    rows = rows[rows["pop"].gt(0)]
    people = rows.groupby(keys)["pop"]
    half = rows[people.cumsum().ge(people.transform("sum") / 2)].drop_duplicates(keys)
    return half.assign(value=half["duree"], measure=half["kind"] + "_median")[["code", "period", "measure", "value"]]
