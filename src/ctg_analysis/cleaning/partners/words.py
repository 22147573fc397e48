"""What partners say by name or in words: the spaces of social life, what scores rest on; no person is named."""

from collections.abc import Iterable, Mapping

import pandas as pd

from ctg_analysis.cleaning.partners.partner_files import words_of
from ctg_analysis.cleaning.partners.social_spaces import SPACES, empty_spaces
from ctg_analysis.core.datasets import Source
from ctg_analysis.core.errors import Finding, InputError
from ctg_analysis.core.filled_tables import Filled
from ctg_analysis.core.habits import NO_NAMES
from ctg_analysis.core.personal_data import signs
from ctg_analysis.core.sheets import place_of
from ctg_analysis.sources import SOURCES

COLUMNS = ["territory", "level", "period", "site", "measure", "words"]
LONGEST = 300  # letters: a few words, not a report


def words_in(
    source: Source, form: Filled, allowed: tuple[str, ...], names: Mapping[str, str] = NO_NAMES
) -> pd.DataFrame:
    """Return the words of a form that `partner_files.clean_form` reads. Columns: COLUMNS.

    allowed: names that are those of no person. names: see `habits.place`.

    Raises:
        InputError: words that may name or reach someone, or too many of them; each with its line.
    """
    if not source.form.words:
        return pd.DataFrame(columns=COLUMNS, dtype=str)
    rows, findings = words_of(source, form, names), []
    for row in rows.itertuples():
        where = place_of(form), int(row.Index), row.column
        expected = "des mots qui ne nomment personne : ce qui a été fait, non qui l'a fait"
        findings += [Finding(*where, sign.kind, expected) for sign in signs(row.words, allowed)]
        if len(row.words) > LONGEST:
            findings.append(Finding(*where, f"{len(row.words)} lettres", f"au plus {LONGEST}"))
    if findings:
        raise InputError(findings)
    return rows.rename(columns={"code": "territory"})[COLUMNS]


def evidence(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the words of all the forms. tables: of `words_in`."""
    table = pd.concat([pd.DataFrame(columns=COLUMNS, dtype=str), *tables], ignore_index=True).drop_duplicates()
    return table.sort_values(["territory", "measure", "period", "site"], ignore_index=True)


def spaces(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the centres sociaux and EVS that all the forms name, in the order of the period, the commune, the name.

    tables: of `social_spaces.spaces_of`.
    """
    table = pd.concat(tables, ignore_index=True) if tables else empty_spaces(SOURCES[SPACES])
    return table.sort_values(["period", "territory", "site"], ignore_index=True)
