"""Forms of partners without what cannot be, and what is said of it: to be corrected, or confirmed (rule R27)."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.cleaning.partners.agreements import Agreement
from ctg_analysis.cleaning.partners.partner_files import rows_of
from ctg_analysis.cleaning.partners.plausibility import AND, HELD_TO, KEY, OPEN, implausible
from ctg_analysis.cleaning.partners.received_forms import FORMS, codes_of, forms_in, homes, read_folder, read_private
from ctg_analysis.core.errors import Finding, InputError, in_lines
from ctg_analysis.core.filled_tables import Filled
from ctg_analysis.core.forms import CONFIRMED, YES
from ctg_analysis.core.model import MISSING, OK
from ctg_analysis.core.settings import DataRoot
from ctg_analysis.core.sheets import place_of
from ctg_analysis.indicators.observation_files import read_indicators
from ctg_analysis.indicators.observe import NOTHING
from ctg_analysis.processing.freshness import is_whole
from ctg_analysis.processing.groups import groups_of
from ctg_analysis.processing.run import tables_now

Forms = list[tuple[str, pd.DataFrame]]  # as `read_private` returns them
HELD = [name for name, source in FORMS.items() if source.form.held_to]
ROW = ["source", "code", "period"]


def read_plausible(
    root: DataRoot, places: pd.DataFrame, tables: Path, sources: Collection[str] = frozenset(FORMS)
) -> tuple[Forms, dict[str, Agreement], pd.DataFrame]:
    """Return the forms and agreements of `read_private`, without the figures that cannot be and that nobody has
    confirmed: they are missing, and so are the sums that they would be part of.

    tables: the folder of the open observations. The last table is of these figures: source, period, measure, territory.

    Raises:
        InputError: as `read_private` does.
    """
    private, agreements = read_private(root, places, sources)
    rows = pd.concat([_rows({}), *(_rows(forms_in(folder).tables) for folder in homes(root))])
    wrong = doubted(private, rows, places, open_counts(tables, {*rows["code"]}, places))
    lost = pd.MultiIndex.from_frame(wrong[["source", *KEY]])
    kept = [(name, _without(facts, lost)) for name, facts in private]
    return kept, agreements, wrong.rename(columns={"code": "territory"})[["source", "period", "measure", "territory"]]


def _without(facts: pd.DataFrame, lost: pd.MultiIndex) -> pd.DataFrame:
    gone = pd.MultiIndex.from_frame(facts[["source", *KEY]].astype(str)).isin(lost)
    return facts.assign(value=facts["value"].mask(gone), status=facts["status"].mask(gone, MISSING))


def open_counts(tables: Path, codes: Collection[str], places: pd.DataFrame) -> pd.DataFrame:
    """Return what `implausible` asks of the open observations of a folder, of some places and of their EPCIs."""
    around = {*codes, *places.loc[places["code"].isin(codes), "epci"].dropna()}
    rows = read_indicators(tables, OPEN, groups_of(OPEN), around) if codes else NOTHING
    rows = rows[rows["status"].eq(OK)].rename(columns={"territory": "code"})
    return rows.assign(high=rows["high"].fillna(rows["value"]))


def doubted(forms: Forms, rows: pd.DataFrame, places: pd.DataFrame, opened: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of forms that cannot be and that are not confirmed: `implausible`, and source.

    rows: as `_rows` returns them. opened: as `open_counts` returns them.
    """
    facts = [facts[facts["measure"].isin(HELD_TO) & facts["status"].eq(OK)] for _, facts in forms]
    told = pd.concat([pd.DataFrame(columns=["source", *KEY, "value"]), *facts]).rename(columns={"value": "low"})
    told = told.merge(rows.loc[rows["confirmed"], ROW].drop_duplicates(), on=ROW, how="left", indicator=True)
    told = told[told["_merge"].eq("left_only")].astype(dict.fromkeys(KEY, str) | {"low": float})
    epci_of = places[places["level"].eq("commune")].set_index("code")["epci"]
    source = {measure: name for name in HELD for measure in FORMS[name].form.held_to}
    wrong = implausible(told, opened, epci_of)
    return wrong.assign(source=wrong["measure"].map(source))


def _rows(forms: Mapping[str, Filled]) -> pd.DataFrame:
    """Return the rows of the forms that are held to open counts: source, code, period, confirmed, line."""
    tables = [pd.DataFrame(columns=[*ROW, "line"]).assign(confirmed=pd.Series(dtype=bool))]
    for name, form in forms.items():
        if name in HELD:
            try:
                tables.append(rows_of(FORMS[name], form).reset_index(names="line").assign(source=name))
            except InputError:
                continue  # told with the form
    return pd.concat(tables, ignore_index=True)


def implausible_figures(
    root: DataRoot, epcis: Collection[str] | None = None, *, derived: bool = False
) -> list[Finding]:
    """Return what is said of the figures of partners that cannot be, as their forms are now; of all EPCIs by default.

    They are held to the open counts of data/processed, where it is whole. derived: it was made from all the files as
    they are, and tells in which forms there are such figures.
    """
    folders = [folder for folder in homes(root) if epcis is None or folder.name in epcis]
    if not folders:
        return []
    with nullcontext(root.processed) if is_whole(root.processed) else tables_now(root) as tables:
        places = pd.read_parquet(tables / "territories.parquet")
        codes = {folder: codes_of(places, folder.name) for folder in folders}
        if derived:
            blanks = pd.read_parquet(tables / "blanks.parquet")
            known = {*blanks.loc[blanks["doubted"], "territory"]}
            folders = [folder for folder in folders if not known.isdisjoint(codes[folder])]
        opened = open_counts(tables, set().union(*(codes[folder] for folder in folders)), places)
        return [finding for folder in folders for finding in _of_folder(folder, places, opened)]


def _of_folder(folder: Path, places: pd.DataFrame, opened: pd.DataFrame) -> Iterator[Finding]:
    """Yield a finding for each figure of the forms of an EPCI, for the largest of those that cannot be together."""
    forms = forms_in(folder).tables
    rows = _rows(forms)
    received = read_folder(folder, places, HELD)[1]
    wrong = doubted([*received.items()], rows, places, opened).merge(rows, on=ROW)
    alone = wrong["low"].eq(wrong["together"])
    wrong = wrong.assign(alone=wrong["code"].where(alone, "")).sort_values("low", ascending=False, kind="stable")
    wrong = wrong.drop_duplicates(["source", "period", "measure", "whole", "alone"])
    names = places.set_index("code")["name"]
    for row in wrong.itertuples(index=False):
        column = next(field.column for field in FORMS[row.source].form.fields if field.measure == row.measure)
        labels = AND.join(CATALOGUE[name].label for name in row.held_to.split(AND))
        found = f"{row.low:.0f}" + ("" if row.alone else f", {row.together:.0f} with other communes")
        allowed = f"at most {row.most:.0f}, for {names[row.whole]} has {row.high:.0f} in {row.year} ({labels})"
        expected = f"{allowed}: correct it, or write {YES} in {CONFIRMED} on this line"
        yield Finding(place_of(forms[row.source]), int(row.line), column, found, expected)


def lines_to_confirm(root: DataRoot, epci: str) -> list[str]:
    """Return, for a build of an EPCI on tables that are up to date, a line for each figure that it does not publish."""
    return in_lines(implausible_figures(root, [epci], derived=True), french=True)
