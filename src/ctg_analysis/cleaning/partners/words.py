"""What partners say by name or in words: the spaces of social life, what scores rest on; no person is named."""

from collections.abc import Iterator

import pandas as pd

from ctg_analysis.cleaning.partners.partner_files import words_of
from ctg_analysis.cleaning.partners.received_forms import forms_in, homes
from ctg_analysis.cleaning.partners.social_spaces import SPACES, empty_spaces, spaces_of
from ctg_analysis.core.datasets import Source
from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.filled_tables import Filled
from ctg_analysis.core.personal_data import signs
from ctg_analysis.core.settings import DataRoot
from ctg_analysis.core.sheets import place_of
from ctg_analysis.core.territories import codes_by_name
from ctg_analysis.sources import SOURCES

COLUMNS = ["territory", "level", "period", "site", "measure", "words"]
LONGEST = 300  # letters: a few words, not a report


def read_evidence(root: DataRoot, places: pd.DataFrame) -> pd.DataFrame:
    """Return the words of all the forms, which `read_private` has read without a finding. Columns: COLUMNS.

    places: their names are those of no person.

    Raises:
        InputError: words that may name or reach someone, or too many of them; each with its line.
    """
    allowed = tuple(places["name"].dropna())
    tables, findings = [pd.DataFrame(columns=COLUMNS, dtype=str)], []
    for source, form, names in _filled(root, places):
        if not source.form.words:
            continue
        try:
            rows = words_of(source, form, names)
        except InputError as error:
            findings += error.findings
            continue
        for row in rows.itertuples():
            where = place_of(form), int(row.Index), row.column
            expected = "words that name nobody: what was done, not who did it"
            findings += [Finding(*where, sign.kind, expected) for sign in signs(row.words, allowed)]
            if len(row.words) > LONGEST:
                findings.append(Finding(*where, f"{len(row.words)} letters", f"at most {LONGEST}"))
        tables.append(rows.rename(columns={"code": "territory"})[COLUMNS])
    if findings:
        raise InputError(findings)
    table = pd.concat(tables, ignore_index=True).drop_duplicates()
    return table.sort_values(["territory", "measure", "period", "site"], ignore_index=True)


def read_spaces(root: DataRoot, places: pd.DataFrame) -> pd.DataFrame:
    """Return the centres sociaux and EVS that the forms name, which `read_private` has read without a finding.

    Columns: those of `cleaning.social_spaces.spaces_of`, in the order of the period, the commune, the name.
    """
    tables = [spaces_of(source, form, names) for source, form, names in _filled(root, places) if source.id == SPACES]
    table = pd.concat(tables, ignore_index=True) if tables else empty_spaces(SOURCES[SPACES])
    return table.sort_values(["period", "territory", "site"], ignore_index=True)


def _filled(root: DataRoot, places: pd.DataFrame) -> Iterator[tuple[Source, Filled, dict[str, str]]]:
    """The forms of every EPCI, each with its source and the names of its places (`habits.place`)."""
    for folder in homes(root):
        names = codes_by_name(places, folder.name)
        yield from ((SOURCES[name], form, names) for name, form in sorted(forms_in(folder).tables.items()))
