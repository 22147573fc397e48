"""What the field material gives to OBSERVATIONS: the answers, the plan in numbers, once through the gate."""

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.demarche.files.material_files import MaterialFiles
from ctg_analysis.demarche.plan.plan_facts import plan_facts
from ctg_analysis.indicators.observations import COLUMNS, Observations, emptied
from ctg_analysis.indicators.observe import observe
from ctg_analysis.sources import PLAN, SOURCES


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
