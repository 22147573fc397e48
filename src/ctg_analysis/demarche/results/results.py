"""From the field material and the answers of persons to what may be shown of them: the tables of `outputs`."""

from collections.abc import Mapping

import pandas as pd
from pydantic import BaseModel

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.demarche.files.consistency import one_interview
from ctg_analysis.demarche.files.material_files import CONVENTION, INFO_FLASH, SYNTHESIS, MaterialFiles
from ctg_analysis.demarche.files.quotable import COPIL, PUBLIC, quotable
from ctg_analysis.demarche.plan.plan_facts import last_past_day, plan_facts
from ctg_analysis.demarche.survey.blanks import told
from ctg_analysis.demarche.survey.survey import of_survey
from ctg_analysis.demarche.survey.weighted_answers import Survey, open_survey
from ctg_analysis.demarche.tables import evidence
from ctg_analysis.demarche.tables.columns import first_day
from ctg_analysis.demarche.tables.outputs import MATERIAL_READ, OBSERVATIONS, RECEIVED, RESULTS, WRITTEN, stored
from ctg_analysis.demarche.voices import priorities
from ctg_analysis.demarche.voices.voices import of_interviews, of_meetings
from ctg_analysis.indicators.observations import COLUMNS, Observations, emptied
from ctg_analysis.indicators.observe import observe
from ctg_analysis.sources import PLAN, SOURCES, SURVEY

Tables = dict[str, pd.DataFrame]


def results(
    material: MaterialFiles,
    restricted: Mapping[str, pd.DataFrame],
    places: pd.DataFrame,
) -> Tables:
    """The tables that chapters may read, without those that hold nothing.

    restricted: the tables that hold personal data, see `restricted_files`. places: those of the data root. An extract
    is there when somebody may read it (see `files.quotable`), under a name that tells nothing of the interview; a proof
    that is not there names nothing.
    """
    extracts, names = extracts_of(material["extraits"])
    tables = {name: material[name] for name in MATERIAL_READ}
    tables["preuves"] = _proofs(material["preuves"], names)
    tables |= {"extraits": extracts, WRITTEN: _written(material, names)}
    alone = one_interview(material["preuves"], material["extraits"])
    tables["one_interview"] = pd.DataFrame({"constat_id": sorted(alone)}, dtype=str)
    survey = open_survey(material, restricted)
    published = told(of_survey(survey, restricted, material.epci)) if survey else {}
    surveyed = published.pop(OBSERVATIONS, None)
    tables |= published | of_interviews(material, restricted) | of_meetings(material) | of_votes(material)
    tables[OBSERVATIONS] = material_observations(material, surveyed, places)
    tables[RECEIVED] = received(material, survey)
    return {name: stored(name, table) for name, table in tables.items() if len(table)}


def material_observations(material: MaterialFiles, surveyed: pd.DataFrame | None, places: pd.DataFrame) -> pd.DataFrame:
    """The observations of a démarche that may be shown: columns of Observations.

    Parameters:
        surveyed: those of the answers, see `survey.of_survey`.
        places: those of the data root.
    """
    mine = places[places["epci"].eq(material.epci) | places["code"].eq(material.epci)]
    communes = mine.loc[mine["level"].eq("commune"), "code"].tolist()
    facts = plan_facts(material, communes)
    tables = (
        [observe([indicator for indicator in CATALOGUE.values() if PLAN in indicator.sources], facts, SOURCES)]
        if len(facts)
        else []
    )
    if surveyed is not None and len(surveyed):  # no indicator asks what this questionnaire does
        tables.append(surveyed)
    if not tables:
        return pd.DataFrame(columns=COLUMNS)
    rows = pd.concat(tables, ignore_index=True)[COLUMNS]
    return Observations.validate(emptied(rows).astype({"quality": int})[COLUMNS])


def extracts_of(extracts: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """What may be quoted, and extrait_id → the name that it has there.

    niveau_diffusion: `public`, or `copil` for what the COPIL alone may read.
    """
    for_all = set(_quotable(extracts, PUBLIC).index)
    quoted = _quotable(extracts, COPIL).sort_values(["champ", "code", "tonalite", "texte_anonymise"])
    names = {name: f"V{rank}" for rank, name in enumerate(quoted["extrait_id"], start=1)}
    level = quoted.index.isin(for_all)
    quoted = quoted.assign(niveau_diffusion=pd.Series(level, index=quoted.index).map({True: PUBLIC, False: COPIL}))
    return quoted.assign(extrait_id=quoted["extrait_id"].map(names))[RESULTS["extraits"]], names


def _quotable(extracts: pd.DataFrame, readers: str) -> pd.DataFrame:
    _, others = quotable(extracts, readers)
    return extracts[~extracts["extrait_id"].isin(others["extrait_id"])]


def _proofs(proofs: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """The proofs, those by an interview under the name of what may be quoted of it."""
    heard = proofs["type"].eq(evidence.INTERVIEW)
    return proofs.assign(ref=proofs["ref"].mask(heard, proofs["ref"].map(names).fillna("")))


def _written(material: MaterialFiles, names: dict[str, str]) -> pd.DataFrame:
    """The convention, the synthèse and the info flashes as JSON; these quote extracts by the names they have here."""
    written = [(CONVENTION, material.convention), (SYNTHESIS, material.synthesis)]
    documents: list[tuple[str, BaseModel]] = [(file, model) for file, model in written if model]
    for issue in material.info_flashes:
        quoted = tuple(names[extract] for extract in issue.paroles if extract in names)
        documents.append((INFO_FLASH, issue.model_copy(update={"paroles": quoted})))
    return pd.DataFrame(
        [(file, model.model_dump_json()) for file, model in documents], columns=RESULTS[WRITTEN], dtype=str
    )


def received(material: MaterialFiles, survey: Survey | None) -> pd.DataFrame:
    """The day of what was gathered: the last answer; the last day that the plan and its follow-up name."""
    last = last_past_day(material)
    if pd.isna(last) and material.convention:
        last = pd.Timestamp(first_day(material.convention.periode.debut))
    rows = [] if pd.isna(last) else [(PLAN, f"{last:%Y-%m-%d}")]
    rows += [(SURVEY, f"{survey.answers['date'].max():%Y-%m-%d}")] if survey else []
    return pd.DataFrame(rows, columns=RESULTS[RECEIVED], dtype=str)


def of_votes(material: MaterialFiles) -> Tables:
    """What the votes say of the enjeux; no ballot."""
    votes, enjeux = material["votes"], material["enjeux"]
    if votes["objet_id"].isin(enjeux["enjeu_id"]).sum() == 0:
        return {}
    ranking = priorities.priorities(votes, enjeux)
    return {
        "priorities": ranking,
        "sensitivity": _long(priorities.sensitivity(votes, enjeux), "scheme", "rank"),
        "divergences": priorities.divergences(votes, enjeux),
        "points_by_type": _long(priorities.points_by_type(votes, enjeux), "type_votant", "points"),
        "overlooked": priorities.overlooked(ranking, enjeux, material["constats"], material["preuves"]),
        "decisions": priorities.decisions(ranking, enjeux),
    }


def _long(table: pd.DataFrame, name: str, value: str) -> pd.DataFrame:
    """A table with a column for each of its columns as one row for each cell."""
    return table.reset_index().melt(table.index.name, var_name=name, value_name=value)
