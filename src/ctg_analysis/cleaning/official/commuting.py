"""Where people work, commune by commune: INSEE's flows from home to work."""

import re

import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.reading import commune_code, count, read
from ctg_analysis.core.errors import each
from ctg_analysis.core.facts import facts
from ctg_analysis.core.files import TEXT
from ctg_analysis.core.territories import arrondissement_parents, former_communes
from ctg_analysis.sources.certificates import RawFolder

FLOWS = "base-flux-mobilite-domicile-lieu-travail-*.csv"
WORKERS = r"NBFLUX_C\d\d_ACTOCC15P"  # of 15 years or more; the two digits are the vintage

SCHEMA = pa.DataFrameSchema({"CODGEO": commune_code(), "DCLT": pa.Column(TEXT), WORKERS: count(regex=True)})


def clean_flows(folder: RawFolder, communes: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return, by commune of residence, the workers of the flows and those whose work lies outside its EPCI.

    communes: those of the reference year (code, kind, epci, parent, former_codes), whose EPCIs count. A commune without
    EPCI is counted as one of its own; who works abroad works outside. Without `communes`, the workers only.

    Raises:
        InputError: a file that is not one of flows.
    """
    tables = each(lambda name: _by_residence(folder, name, communes), folder.some(FLOWS))
    return facts(pd.concat(tables, ignore_index=True), folder.certificate.id, level="commune")


def _by_residence(folder: RawFolder, name: str, communes: pd.DataFrame | None) -> pd.DataFrame:
    rows = read(folder, name, SCHEMA)
    column = next(name for name in rows if re.fullmatch(WORKERS, name))
    counted = {"workers_in_flows": rows[column]}
    if communes is not None:
        units = _units(communes)
        home, work = (rows[code].map(units).fillna(rows[code]) for code in ("CODGEO", "DCLT"))
        counted["workers_outside_epci"] = rows[column].where(home.ne(work), 0.0)
    sums = pd.DataFrame(counted).groupby(rows["CODGEO"]).sum()
    long = sums.reset_index(names="code").melt("code", var_name="measure", value_name="value")
    return long.assign(period=re.search(r"20\d\d", name)[0])


def _units(communes: pd.DataFrame) -> dict[str, str]:
    """Return the EPCI, else itself, of each commune, of its arrondissements and of the former communes it holds."""
    units = communes.set_index("code")["epci"]
    known = units.fillna(units.index.to_series()).to_dict()
    holders = {**former_communes(communes), **arrondissement_parents(communes)}
    return known | {code: known[holder] for code, holder in holders.items() if holder in known}
