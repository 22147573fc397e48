"""What is said of the figures of partners that cannot be: to be corrected, or confirmed (rule R27)."""

from collections.abc import Collection, Iterator
from pathlib import Path

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.cleaning.partners.plausibility import AND
from ctg_analysis.cleaning.partners.received_forms import FORMS, codes_of, forms_in, homes, read_private
from ctg_analysis.core.errors import Finding
from ctg_analysis.core.forms import CONFIRMED, YES
from ctg_analysis.core.settings import DataRoot
from ctg_analysis.core.sheets import place_of
from ctg_analysis.core.territories import codes_by_name
from ctg_analysis.core.unread import is_doubted
from ctg_analysis.processing.freshness import is_whole
from ctg_analysis.processing.plausible import HELD, ROW, doubted, form_rows, open_counts
from ctg_analysis.processing.run import ensure


def implausible_figures(
    root: DataRoot, epcis: Collection[str] | None = None, *, derived: bool = False
) -> list[Finding]:
    """Return what is said of the figures of partners that cannot be, as their forms are now; of all EPCIs by default.

    They are held to the open counts of data/processed, where it is whole. derived: it was made from all the files as
    they are, and tells in which forms there are such figures.
    """
    folders = [folder for folder in homes(root) if epcis is None or folder.name in epcis]
    if derived:
        folders = [folder for folder in folders if is_doubted(root, folder.name)]
    if not folders:
        return []
    if not is_whole(root.processed):
        ensure(root)
    places = pd.read_parquet(root.processed / "territories.parquet")
    codes = set().union(*(codes_of(places, folder.name) for folder in folders))
    opened = open_counts(root.processed, codes, places)
    return [finding for folder in folders for finding in _of_folder(root, folder, places, opened)]


def _of_folder(root: DataRoot, folder: Path, places: pd.DataFrame, opened: pd.DataFrame) -> Iterator[Finding]:
    """Yield a finding for each figure of the forms of an EPCI, for the largest of those that cannot be together."""
    forms = forms_in(folder).tables
    rows = form_rows(forms, codes_by_name(places, folder.name))
    received = read_private(root, places, HELD, [folder.name])
    wrong = doubted(received, rows, places, opened).merge(rows, on=ROW)
    alone = wrong["low"].eq(wrong["together"])
    wrong = wrong.assign(alone=wrong["code"].where(alone, "")).sort_values("low", ascending=False, kind="stable")
    wrong = wrong.drop_duplicates(["source", "period", "measure", "whole", "alone"])
    names = places.set_index("code")["name"]
    for row in wrong.itertuples(index=False):
        column = next(field.column for field in FORMS[row.source].form.fields if field.measure == row.measure)
        labels = AND.join(CATALOGUE[name].label for name in row.held_to.split(AND))
        found = f"{row.value:.0f}" + ("" if row.alone else f", {row.together:.0f} avec d'autres communes")
        allowed = f"au plus {row.most:.0f}, car {names[row.whole]} en compte {row.high:.0f} en {row.year} ({labels})"
        confirm = f"si le partenaire le confirme, écrire {YES} sur cette ligne dans la colonne {CONFIRMED}"
        expected = f"{allowed} : corriger ou, {confirm}"
        yield Finding(place_of(forms[row.source]), int(row.line), column, found, expected)
