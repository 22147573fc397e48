"""Forms of partners without what cannot be and nobody has confirmed (rule R27)."""

from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from ctg_analysis.cleaning.partners.partner_files import rows_of
from ctg_analysis.cleaning.partners.plausibility import HELD_TO, KEY, OPEN, implausible
from ctg_analysis.cleaning.partners.received_forms import FORMS, Private, forms_in, homes, read_private
from ctg_analysis.core.datasets import SecrecyRule
from ctg_analysis.core.errors import InputError
from ctg_analysis.core.filled_tables import Filled
from ctg_analysis.core.habits import NO_NAMES
from ctg_analysis.core.model import MISSING, OK
from ctg_analysis.core.settings import DataRoot
from ctg_analysis.core.territories import codes_by_name
from ctg_analysis.indicators.observation_files import read_indicators
from ctg_analysis.indicators.observe import NOTHING
from ctg_analysis.processing.groups import groups_of
from ctg_analysis.secrecy.rounding import rounded_down, steps

HELD = [name for name, source in FORMS.items() if source.form.held_to]
ROW = ["source", "code", "period"]


def read_plausible(root: DataRoot, places: pd.DataFrame, tables: Path) -> tuple[Private, pd.DataFrame]:
    """Return what `read_private` does, without the figures that cannot be and that nobody has confirmed: they are
    missing, and so are the sums that they would be part of.

    tables: the folder of the open observations. The table is of these figures: source, period, measure, territory.
    """
    private = read_private(root, places)
    tables_of = [(forms_in(folder).tables, codes_by_name(places, folder.name)) for folder in homes(root)]
    rows = pd.concat([form_rows({}), *(form_rows(*one) for one in tables_of)])
    wrong = doubted(private, rows, places, open_counts(tables, {*rows["code"]}, places))
    lost = pd.MultiIndex.from_frame(wrong[["source", *KEY]])
    kept = private._replace(facts=[(name, _without(facts, lost)) for name, facts in private.facts])
    return kept, wrong.rename(columns={"code": "territory"})[["source", "period", "measure", "territory"]]


def _without(facts: pd.DataFrame, lost: pd.MultiIndex) -> pd.DataFrame:
    gone = pd.MultiIndex.from_frame(facts[["source", *KEY]].astype(str)).isin(lost)
    return facts.assign(value=facts["value"].mask(gone), status=facts["status"].mask(gone, MISSING))


def open_counts(tables: Path, codes: Collection[str], places: pd.DataFrame) -> pd.DataFrame:
    """Return what `implausible` asks of the open observations of a folder, of some places and of their EPCIs."""
    around = {*codes, *places.loc[places["code"].isin(codes), "epci"].dropna()}
    rows = read_indicators(tables, OPEN, groups_of(OPEN), around) if codes else NOTHING
    rows = rows[rows["status"].eq(OK)].rename(columns={"territory": "code"})
    return rows.assign(high=rows["high"].fillna(rows["value"]))


def doubted(private: Private, rows: pd.DataFrame, places: pd.DataFrame, opened: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of forms that cannot be and that are not confirmed: `implausible`, source, value.

    A count that secrecy rounds is held as it is told, lest what is published depend on a digit that is hidden.

    rows: as `form_rows` returns them. opened: as `open_counts` returns them.
    """
    tables = [pd.DataFrame(columns=["source", *KEY, "value", "low"])]
    for name, facts in private.facts:
        held = facts[facts["measure"].isin(HELD_TO) & facts["status"].eq(OK)]
        base = SecrecyRule(private.agreements[name].seuil).base if name in private.agreements else 1
        step = held["measure"].astype(str).map(steps(FORMS[name].form, base))
        tables.append(held.assign(low=rounded_down(held["value"], step).fillna(held["value"])))
    told = pd.concat(tables)
    told = told.merge(rows.loc[rows["confirmed"], ROW].drop_duplicates(), on=ROW, how="left", indicator=True)
    told = told[told["_merge"].eq("left_only")].astype(dict.fromkeys(KEY, str) | {"low": float, "value": float})
    epci_of = places[places["level"].eq("commune")].set_index("code")["epci"]
    source = {measure: name for name in HELD for measure in FORMS[name].form.held_to}
    wrong = implausible(told, opened, epci_of)
    wrong = wrong.assign(source=wrong["measure"].map(source))
    return wrong.merge(told[["source", *KEY, "value"]], on=["source", *KEY])


def form_rows(forms: Mapping[str, Filled], names: Mapping[str, str] = NO_NAMES) -> pd.DataFrame:
    """Return the rows of the forms that are held to open counts: source, code, period, confirmed, line.

    names: see `habits.place`.
    """
    tables = [pd.DataFrame(columns=[*ROW, "line"]).assign(confirmed=pd.Series(dtype=bool))]
    for name, form in forms.items():
        if name in HELD:
            try:
                tables.append(rows_of(FORMS[name], form, names).reset_index(names="line").assign(source=name))
            except InputError:
                continue  # told with the form
    return pd.concat(tables, ignore_index=True)
