"""Potential local accessibility (APL) of health professionals: DREES."""

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.reading import commune_code, count, read, text
from ctg_analysis.core.errors import each
from ctg_analysis.core.facts import facts
from ctg_analysis.sources.certificates import RawFolder

# Files, the column of the index, and its measure.
PROFESSIONS = {
    "*generalistes*": ("APL aux médecins généralistes", "accessibility_gp"),
    "*infirmier*": ("APL aux infirmières", "accessibility_nurse"),
    "*kinesitherapeutes*": ("APL aux masseurs-kinésithérapeutes", "accessibility_physiotherapist"),
    "*sages_femmes*": ("APL aux sages-femmes", "accessibility_midwife"),
    "*chirurgiens_dentistes*": ("APL aux chirurgiens-dentistes", "accessibility_dentist"),
}


def clean_accessibility(folder: RawFolder) -> pd.DataFrame:
    """Return the accessibility of each profession by commune and year, from extracts (CSV) or workbooks (xlsx).

    A workbook has one sheet per year, named "APL 2023"; the line of units below its header is left out.
    """
    folder.some("*apl*")
    files = [(pattern, name) for pattern in PROFESSIONS for name in folder.matching(pattern)]
    rows = each(lambda file: _of_a_profession(folder, file[1], *PROFESSIONS[file[0]]), files)
    return facts(pd.concat(rows, ignore_index=True), folder.certificate.id, level="commune")


def _of_a_profession(folder: RawFolder, name: str, column: str, measure: str) -> pd.DataFrame:
    schema = pa.DataFrameSchema(
        {
            "Code commune INSEE": commune_code(),
            column: count(),
            "Millésime": text(r"20\d\d", "a year of four digits", required=False),
            "sheet": text(r"APL 20\d\d", "a sheet named after its year", required=False),
        }
    )
    table = read(folder, name, schema, keep=_has_a_code)
    period = table["sheet"].str[-4:] if "sheet" in table else table["Millésime"]
    part = pd.DataFrame({"code": table["Code commune INSEE"], "value": table[column], "period": period})
    return part.assign(measure=measure)


def _has_a_code(rows: pd.DataFrame) -> pd.Series:
    """Tell the rows of communes from the line of units below the header of a workbook."""
    return rows.get("Code commune INSEE", pd.Series("?", index=rows.index)).ne("")
