"""From the field material and the answers of persons to what may be shown of them."""

from collections.abc import Iterator, Mapping

import pandas as pd

from ctg_analysis.demarche import columns, declared_tables, voices
from ctg_analysis.demarche.columns import ACTIVE, COPIL, PUBLIC, first_day, not_quotable
from ctg_analysis.demarche.consistency import active, one_interview
from ctg_analysis.demarche.material_files import MaterialFiles
from ctg_analysis.demarche.plan import of_the_plan
from ctg_analysis.demarche.survey import Survey, of_survey, open_survey
from ctg_analysis.indicators.observations import COLUMNS, Observations, emptied
from ctg_analysis.indicators.observe import observe
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.facts import COLUMNS as COLUMNS_OF_FACTS
from ctg_analysis.model.facts import facts
from ctg_analysis.model.source import PLAN, SOURCES, SURVEY

# What the convention before, the plan and its follow-up come to in numbers: facts of the EPCI and of its communes.
# A fact is there when the table that gives it holds something. Those of the convention before are of its last year,
# those of a state at the signature of the first year of the convention.

FORMER = {
    "réalisée": "done",
    "partielle": "partly_done",
    "en cours": "ongoing",
    "reportée": "postponed",
    "abandonnée": "abandoned",
}
PLACES = "places"  # the unit of `bilan_actions` that counts places
FINANCERS = {"Caf": "caf", "EPCI": "epci", "communes": "communes"}
OTHERS = "others"
FIELDS = {
    "petite enfance": "early_childhood",
    "enfance et jeunesse": "childhood_and_youth",
    "éducation": "education",
    "parentalité": "parenting",
    "handicap": "disability",
    "animation de la vie sociale": "social_life",
    "accès aux droits et aux services": "rights",
}
COMPETENCES = {
    "petite enfance": "early_childhood",
    "périscolaire": "school_care",
    "accueil de loisirs": "leisure",
    "jeunesse": "youth",
    "action sociale": "social_action",
    "transport": "transport",
}
STEERING = ("COPIL", "COTECH")

Fact = tuple[str, str, float]  # measure, period, value


def plan_facts(material: MaterialFiles, communes: list[str]) -> pd.DataFrame:
    """The facts of a démarche. communes: codes of those of the EPCI."""
    year = signature(material)
    rows = [*_by_year(material), *_meetings(material), *_targets(material)]
    if year:
        rows += [(name, str(year - 1), value) for name, value in _former(material["bilan_actions"])]
        rows += [(name, str(year), value) for name, value in _state(material)]
    table = pd.DataFrame(rows, columns=["measure", "period", "value"]).assign(code=material.epci, level="epci")
    tables = [facts(table, PLAN)] if len(table) else []
    if year and len(material["competences"]):
        tables.append(facts(_competences(material, communes), PLAN, period=str(year)))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=COLUMNS_OF_FACTS)


def signature(material: MaterialFiles) -> int | None:
    """The first year of the convention; before it is written, the year after the démarche began."""
    if material.convention:
        return first_day(material.convention.debut).year
    begun = material["calendrier"]["debut"].dropna()
    return first_day(begun.min()).year + 1 if len(begun) else None


def last_past_day(material: MaterialFiles) -> pd.Timestamp:
    """The last day that the plan and its follow-up tell of as past; NaT when there is none."""
    meetings = material["reunions"]
    days = [
        material["suivi"]["date"],
        material["actions"]["valide_le"],
        material["enjeux"]["decide_le"],
        meetings.loc[meetings["presents"].notna(), "date"],
    ]
    return pd.concat(days).max()


def _former(actions: pd.DataFrame) -> Iterator[tuple[str, float]]:
    if actions.empty:
        return
    yield "former_actions", len(actions)
    counts = actions["statut"].value_counts()
    for status, name in FORMER.items():
        yield f"former_actions_{name}", counts.get(status, 0)
    places = actions[actions["unite"].eq(PLACES)]
    if len(places):
        yield "former_places_planned", places["prevu"].sum(skipna=False)
        yield "former_places_created", places["realise"].sum(skipna=False)


def _state(material: MaterialFiles) -> Iterator[tuple[str, float]]:
    """What stands at the signature: the staff of the actions, the money and the staff of the services."""
    actions, services = active(material["actions"]), material["equipements_services"]
    services = services[services["statut"].eq(ACTIVE)]
    if len(actions):
        yield "plan_fte", actions["moyens_humains_etp"].sum()
    if services.empty:
        return
    yield "services_funding_caf", services["ps_caf_eur"].sum(skipna=False)
    yield "services_funding_local", services["soutien_collectivite_eur"].sum(skipna=False)
    staff = services.groupby("champ")["etp"].agg(lambda cells: cells.sum(skipna=False))
    for field, name in FIELDS.items():
        yield f"services_{name}_fte", staff.get(field, 0.0)


def _by_year(material: MaterialFiles) -> Iterator[Fact]:
    """The money of each year: what financers bring to the actions that were not given up, what was spent."""
    until = max([signature(material) or 0, *material["suivi"]["annee"]])
    money = of_the_plan(material["financements"], material["actions"])
    money = money[money["annee"].le(until)]
    sums = money.groupby(["annee", money["financeur"].map(FINANCERS).fillna(OTHERS)])["montant"].sum()
    for year in sorted(money["annee"].unique()):
        for name in (*FINANCERS.values(), OTHERS):
            yield f"plan_funding_{name}", str(year), sums.get((year, name), 0.0)
    spent = material["suivi"].dropna(subset="depense")
    for year, rows in spent.groupby("annee"):
        yield "plan_spent", str(year), rows["depense"].sum()


def _meetings(material: MaterialFiles) -> Iterator[Fact]:
    kinds = material["instances"].set_index("instance")["type"]
    meetings = material["reunions"]
    due = meetings["date"].le(last_past_day(material))
    meetings = meetings[meetings["instance"].map(kinds).isin(STEERING) & due]
    for year, rows in meetings.groupby(meetings["date"].dt.year):
        known = rows.dropna(subset=["invites", "presents"])
        yield "steering_meetings", str(year), len(rows)
        yield "steering_meetings_held", str(year), rows["presents"].notna().sum()
        if len(known):
            yield "steering_invited", str(year), known["invites"].sum()
            yield "steering_present", str(year), known["presents"].sum()


def _targets(material: MaterialFiles) -> Iterator[Fact]:
    reported = [
        (name, row.annee, value)
        for row in material["suivi"].itertuples()
        if isinstance(row.valeurs_indicateurs, tuple)
        for name, value in row.valeurs_indicateurs
    ]
    if not reported:
        return
    values = pd.DataFrame(reported, columns=["ind_id", "annee", "value"]).sort_values("annee", kind="stable")
    values = values.groupby("ind_id")["value"]
    table = material["indicateurs_suivi"].dropna(subset=["valeur_reference", "cible"])
    table = table.assign(value=table["ind_id"].map(values.last())).dropna(subset="value")
    upwards = table["cible"].ge(table["valeur_reference"])
    reached = table["value"].ge(table["cible"]).where(upwards, table["value"].le(table["cible"]))
    period = str(max(year for _, year, _ in reported))
    yield "targets_followed", period, len(table)
    yield "targets_reached", period, reached.sum()


def _competences(material: MaterialFiles, communes: list[str]) -> pd.DataFrame:
    """Return, for each competence, 1 or 0 by commune, as the EPCI exercises it, and how many for the EPCI."""
    exercised_by = material["competences"].set_index(["competence", "territoire"])["exercee_par"]
    rows = []
    for competence, name in COMPETENCES.items():
        whole = exercised_by.get((competence, material.epci))
        who = pd.Series(
            [exercised_by.get((competence, code), whole) for code in communes], index=communes, dtype=object
        )
        values = who.eq("EPCI").astype(float).where(who.notna())
        rows += [(code, "commune", f"competence_{name}", value) for code, value in values.items()]
        rows.append((material.epci, "epci", f"competence_{name}", values.sum(skipna=False)))
    return pd.DataFrame(rows, columns=["code", "level", "measure", "value"])


Tables = dict[str, pd.DataFrame]


def of_interviews(material: MaterialFiles, restricted: Mapping[str, pd.DataFrame]) -> Tables:
    """What may be shown of the interviews: see `declared_tables.RESULTS`. Without their dates, no saturation."""
    extracts, codebook = material["extraits"], material["codebook"]
    if extracts.empty:
        return {}
    themes = voices.themes_by_type(extracts, codebook).rename_axis("theme").reset_index()
    kappa = voices.coders_agreement(extracts)
    reasons = pd.concat([not_quotable(extracts, readers).assign(readers=readers) for readers in (PUBLIC, COPIL)])
    held = restricted["entretiens"].sort_values(["date", "ent_id"])
    order = held["ent_pseudo"].tolist()
    return {
        "themes_by_type": themes.melt("theme", var_name="type_acteur", value_name="count"),
        "saturation": voices.saturation(extracts, order) if order else pd.DataFrame(),
        "coders_agreement": pd.DataFrame([kappa._asdict()]) if kappa.count else pd.DataFrame(),
        "convergence": voices.convergence(extracts, codebook),
        "not_quoted": reasons.groupby(["readers", "motif"], as_index=False).size().rename(columns={"size": "count"}),
        "interviews": _held(held, extracts),
    }


def _held(held: pd.DataFrame, extracts: pd.DataFrame) -> pd.DataFrame:
    """One row: how many interviews, between when, how many extracts; the interviews heard when the rest is gone."""
    known = len(held) > 0
    row = {
        "count": len(held) if known else extracts["ent_pseudo"].nunique(),
        "extracts": len(extracts),
        "start": held["date"].min() if known else pd.NaT,
        "end": held["date"].max() if known else pd.NaT,
        "minutes": float(held["duree_min"].astype(float).median()) if known else float("nan"),
    }
    return pd.DataFrame([row])


def of_meetings(material: MaterialFiles) -> Tables:
    """Who came to the meetings, and what was said there by field."""
    meetings, contributions = material["ateliers"], material["contributions"]
    tables: Tables = {}
    if len(meetings):
        tables["attendance"] = voices.attendance(meetings)
    if len(contributions):
        tables["contributions_by_field"] = voices.contributions_by_field(contributions)
    return tables


def results(material: MaterialFiles, restricted: Mapping[str, pd.DataFrame], places: pd.DataFrame) -> Tables:
    """The tables that chapters may read, without those that hold nothing.

    restricted: the tables that hold personal data, see `restricted_files`. places: those of the data root. An extract
    is there when somebody may read it (see `not_quotable`), under a name that tells nothing of the interview; a
    proof that is not there names nothing.
    """
    extracts, names = extracts_of(material["extraits"])
    tables = {name: material[name] for name in declared_tables.MATERIAL_READ}
    proofs = material["preuves"]  # those by an interview under the name of what may be quoted of it
    quoted = proofs["ref"].mask(proofs["type"].eq(columns.INTERVIEW), proofs["ref"].map(names).fillna(""))
    tables["preuves"] = proofs.assign(ref=quoted)
    tables["extraits"] = extracts
    alone = one_interview(material["preuves"], material["extraits"])
    tables["one_interview"] = pd.DataFrame({"constat_id": sorted(alone)}, dtype=str)
    survey = open_survey(material, restricted)
    published = of_survey(survey, restricted, material.epci) if survey else {}
    surveyed = published.pop(declared_tables.OBSERVATIONS, None)
    tables |= published | of_interviews(material, restricted) | of_meetings(material) | of_votes(material)
    tables[declared_tables.OBSERVATIONS] = material_observations(material, surveyed, places)
    tables[declared_tables.RECEIVED] = received(material, survey)
    return {name: declared_tables.stored(name, table) for name, table in tables.items() if len(table)}


def material_observations(material: MaterialFiles, surveyed: pd.DataFrame | None, places: pd.DataFrame) -> pd.DataFrame:
    """The observations of a démarche that may be shown: columns of Observations.

    Parameters:
        surveyed: those of the answers, see `survey.of_survey`.
        places: those of the data root.
    """
    mine = places[places["epci"].eq(material.epci) | places["code"].eq(material.epci)]
    communes = mine.loc[mine["level"].eq("commune"), "code"].tolist()
    facts = plan_facts(material, communes)
    planned = [indicator for indicator in CATALOGUE.values() if PLAN in indicator.sources]
    tables = [observe(planned, facts, SOURCES)] if len(facts) else []
    tables += [surveyed] if surveyed is not None and len(surveyed) else []  # else no indicator asks what is asked here
    if not tables:
        return pd.DataFrame(columns=COLUMNS)
    rows = pd.concat(tables, ignore_index=True)[COLUMNS]
    return Observations.validate(emptied(rows).astype({"quality": int})[COLUMNS])


def extracts_of(extracts: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """What may be quoted, and extrait_id → the name that it has there.

    niveau_diffusion: `public`, or `copil` for what the COPIL alone may read.
    """
    kept_back = {readers: not_quotable(extracts, readers)["extrait_id"] for readers in (PUBLIC, COPIL)}
    reserved = extracts["extrait_id"].isin(kept_back[PUBLIC])
    quoted = extracts.assign(niveau_diffusion=reserved.map({True: COPIL, False: PUBLIC}))
    quoted = quoted[~quoted["extrait_id"].isin(kept_back[COPIL])]
    quoted = quoted.sort_values(["champ", "code", "tonalite", "texte_anonymise"])
    names = {name: f"V{rank}" for rank, name in enumerate(quoted["extrait_id"], start=1)}
    return quoted.assign(extrait_id=quoted["extrait_id"].map(names))[declared_tables.RESULTS["extraits"]], names


def received(material: MaterialFiles, survey: Survey | None) -> pd.DataFrame:
    """The day of what was gathered: the last answer; the last day that the plan and its follow-up name."""
    last = last_past_day(material)
    if pd.isna(last) and material.convention:
        last = pd.Timestamp(first_day(material.convention.debut))
    rows = [] if pd.isna(last) else [(PLAN, f"{last:%Y-%m-%d}")]
    rows += [(SURVEY, f"{survey.answers['date'].max():%Y-%m-%d}")] if survey else []
    return pd.DataFrame(rows, columns=declared_tables.RESULTS[declared_tables.RECEIVED], dtype=str)


def of_votes(material: MaterialFiles) -> Tables:
    """What the votes say of the enjeux; no ballot."""
    votes, enjeux = material["votes"], material["enjeux"]
    if votes["objet_id"].isin(enjeux["enjeu_id"]).sum() == 0:
        return {}
    ranking, points = voices.priorities(votes, enjeux), voices.points_by_type(votes, enjeux)
    return {
        "priorities": ranking,
        "divergences": voices.divergences(votes, enjeux),
        "points_by_type": points.reset_index().melt("enjeu_id", var_name="type_votant", value_name="points"),
        "overlooked": voices.overlooked(ranking, enjeux, material["constats"], material["preuves"]),
        "decisions": voices.decisions(ranking, enjeux),
    }
