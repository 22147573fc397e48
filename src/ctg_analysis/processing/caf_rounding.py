"""How the Caf rounds its counts, as its communes and its EPCIs together show it (rule R3a)."""

import dataclasses

import pandas as pd

from ctg_analysis.core.datasets import Source
from ctg_analysis.core.model import OK
from ctg_analysis.indicators.uncertainty import UNKNOWN, detect_rounding

CAF_BY_COMMUNE, CAF_BY_EPCI = "caf_s_ben_com_f", "caf_s_ben_epci_f"


def rounding_rule(facts: pd.DataFrame, epci_of: pd.Series, step: int) -> str:
    """Return the way the Caf rounds. facts: those of both files. epci_of: the EPCI of each commune, by its code."""
    known = facts[facts["status"].eq(OK)]
    communes = known[known["source"].eq(CAF_BY_COMMUNE) & known["level"].eq("commune")]
    communes = communes.assign(epci=communes["code"].map(epci_of)).dropna(subset="epci")
    epci = known[known["source"].eq(CAF_BY_EPCI)].rename(columns={"code": "epci"})
    columns = ["epci", "period", "measure", "value"]
    return detect_rounding(communes[columns], epci[columns], step)


def with_rounding_rule(sources: dict[str, Source], rule: str) -> dict[str, Source]:
    """Return the sources with the way the Caf rounds.

    One treatment rounds all that it publishes by commune and by EPCI: the rule is that of each of these files.
    """
    rounded = [name for name, source in sources.items() if source.precision.rounding and "Cnaf" in source.producer]
    precise = {name: dataclasses.replace(sources[name].precision, rule=rule) for name in rounded}
    return sources | {name: dataclasses.replace(sources[name], precision=precise[name]) for name in rounded}


def rounding_note(rule: str) -> str:
    """Return what is said of the way the Caf rounds: which bounds hold around its counts."""
    if rule == UNKNOWN:
        return "rounding by the Caf (règle d'arrondi): undetermined (indéterminée), the wider bounds are used"
    return f"rounding by the Caf (règle d'arrondi): {rule}, as its communes and EPCIs show"
