"""The barometer of the results of public action: a row for each indicator, place and date."""

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.reading import DEPARTEMENT_CODE, count, read, text
from ctg_analysis.core.errors import each
from ctg_analysis.core.facts import facts
from ctg_analysis.core.files import TEXT
from ctg_analysis.core.territories import FRANCE
from ctg_analysis.sources.certificates import RawFolder

VALUE, TARGET = "indic_va", "indic_vc"
MEASURES = {
    "IND-200": "culture_pass_share",
    "IND-296": "mdph_request_months",
    "IND-297": "aah_request_months",
    "IND-315": "ulis_units",
    "IND-439": "civic_service_volunteers",
}
IN_FRANCE, IN_DEPARTEMENT = "FRANCE", f"D(?:{DEPARTEMENT_CODE})"
SCHEMA = pa.DataFrameSchema(
    {
        "indic_id": pa.Column(TEXT),
        "enforce_zone_id": text(rf"{IN_FRANCE}|{IN_DEPARTEMENT}|R\w+", "FRANCE, D12 ou R76"),
        "metric_enforce_date": text(r"20\d\d-\d\d-\d\d", "une date, telle que 2024-09-01"),
        **{name: count(nullable=True, required=False) for name in (VALUE, TARGET)},
    }
)


def clean_barometer(folder: RawFolder) -> pd.DataFrame:
    """Return values and targets of départements and France: of the dates of a year, the latest that has one."""
    rows = pd.concat(each(lambda name: read(folder, name, SCHEMA, keep=_asked), folder.some("*")), ignore_index=True)
    place = rows["enforce_zone_id"]
    rows = rows.assign(
        code=place.str.removeprefix("D").mask(place.eq(IN_FRANCE), FRANCE),
        level=place.eq(IN_FRANCE).map({True: "france", False: "departement"}),
        period=rows["metric_enforce_date"].str[:4],
        measure=rows["indic_id"].map(MEASURES),
    )
    values = [
        rows.assign(value=rows[column], measure=rows["measure"] + suffix)
        for column, suffix in ((VALUE, ""), (TARGET, "_target"))
        if column in rows
    ]
    rows = pd.concat(values, ignore_index=True)
    rows = rows.dropna(subset="value").sort_values("metric_enforce_date", kind="stable")
    rows = rows.drop_duplicates(["measure", "level", "code", "period"], keep="last")
    return facts(rows[["code", "level", "period", "measure", "value"]], folder.certificate.id)


def _asked(rows: pd.DataFrame) -> pd.Series:
    """Tell the rows of the indicators that are read, of départements and of France."""
    return rows["indic_id"].isin([*MEASURES]) & ~rows["enforce_zone_id"].astype(str).str.startswith("R")
