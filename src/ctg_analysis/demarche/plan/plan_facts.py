"""What the convention before, the plan and its follow-up come to in numbers: facts of the EPCI and of its communes.

A fact is there when the table that gives it holds something. Those of the convention before are of its last year, those
of a state at the signature of the first year of the convention.
"""

from collections.abc import Iterator

import pandas as pd

from ctg_analysis.core.facts import COLUMNS, facts
from ctg_analysis.demarche.files.consistency import active
from ctg_analysis.demarche.files.material_files import MaterialFiles
from ctg_analysis.demarche.tables.columns import first_day
from ctg_analysis.demarche.tables.statuses import ACTIVE
from ctg_analysis.sources import PLAN

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
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=COLUMNS)


def signature(material: MaterialFiles) -> int | None:
    """The first year of the convention; before it is written, the year after the démarche began."""
    if material.convention:
        return first_day(material.convention.periode.debut).year
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
    """What the convention before came to; places when they are written for all actions that count them."""
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
    """The money of each year: what financers bring to the actions that were not given up, what was spent.

    Years to come are no observation: none after the last year of the follow-up, or of the signature before it begins.
    """
    until = max([signature(material) or 0, *material["suivi"]["annee"]])
    money = material["financements"]
    money = money[money["action_id"].isin(active(material["actions"])["action_id"]) & money["annee"].le(until)]
    names = [*FINANCERS.values(), OTHERS]
    sums = money.groupby(["annee", money["financeur"].map(FINANCERS).fillna(OTHERS)])["montant"].sum()
    for year in sorted(money["annee"].unique()):
        for name in names:
            yield f"plan_funding_{name}", str(year), sums.get((year, name), 0.0)
    spent = material["suivi"].dropna(subset="depense")
    for year, rows in spent.groupby("annee"):
        yield "plan_spent", str(year), rows["depense"].sum()


def _meetings(material: MaterialFiles) -> Iterator[Fact]:
    """How many meetings of the COPIL and the COTECH were planned and held each year, and who came.

    Those after the last day that is told of are to come.
    """
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
    """How many indicators of the actions have a value, and how many have reached their target."""
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
