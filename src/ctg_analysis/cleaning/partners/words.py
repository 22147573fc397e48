"""What partners say by name or in words: the spaces of social life, what scores rest on; no person is named."""

import pandas as pd

from ctg_analysis.cleaning.partners.partner_files import words_of
from ctg_analysis.cleaning.partners.received_forms import FORMS
from ctg_analysis.cleaning.partners.social_spaces import SPACES, empty_spaces, spaces_of
from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.personal_data import signs
from ctg_analysis.core.settings import DataRoot, project_path
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
    for path in sorted(root.private.glob("*/*.csv")):
        source = FORMS.get(path.name)
        if source is None or not source.form.words:
            continue
        rows = words_of(source, path)
        for row in rows.itertuples():
            where = project_path(path), int(row.Index), row.column
            expected = "words that name nobody: what was done, not who did it"
            findings += [Finding(*where, sign.kind, expected) for sign in signs(row.words, allowed)]
            if len(row.words) > LONGEST:
                findings.append(Finding(*where, f"{len(row.words)} letters", f"at most {LONGEST}"))
        tables.append(rows.rename(columns={"code": "territory"})[COLUMNS])
    if findings:
        raise InputError(findings)
    table = pd.concat(tables, ignore_index=True).drop_duplicates()
    return table.sort_values(["territory", "measure", "period", "site"], ignore_index=True)


def read_spaces(root: DataRoot) -> pd.DataFrame:
    """Return the centres sociaux and EVS that the forms name, which `read_private` has read without a finding.

    Columns: those of `cleaning.social_spaces.spaces_of`, in the order of the period, the commune, the name.
    """
    source = SOURCES[SPACES]
    tables = [spaces_of(source, path) for path in sorted(root.private.glob(f"*/{source.form_file}"))]
    table = pd.concat(tables, ignore_index=True) if tables else empty_spaces(source)
    return table.sort_values(["period", "territory", "site"], ignore_index=True)
