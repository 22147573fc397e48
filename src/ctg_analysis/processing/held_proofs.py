"""The proofs by an indicator held to the observations as they are now, but for those of which that is known."""

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from types import MappingProxyType

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.core.errors import Finding
from ctg_analysis.core.settings import DataRoot
from ctg_analysis.demarche.files.table_files import TableFile, read_folder
from ctg_analysis.demarche.tables import PUBLIC
from ctg_analysis.demarche.tables.evidence import INDICATOR, JOIN
from ctg_analysis.processing.freshness import library, material_inputs
from ctg_analysis.processing.groups import restricted_sources
from ctg_analysis.processing.known_findings import KnownFindings
from ctg_analysis.processing.run import ensure, restricted_now, tables_now
from ctg_analysis.processing.side_by_side import processes
from ctg_analysis.sources import PLAN, SURVEY

PROOFS = "preuves"
NOTHING_BEGUN: Mapping[str, Future] = MappingProxyType({})


@contextmanager
def begin(root: DataRoot, epcis: Collection[str], known: KnownFindings | None) -> Iterator[Mapping[str, Future]]:
    """Give what other processes are finding of the proofs of some EPCIs, see `no_longer`, while the rest is checked.

    None begins where the open data have changed: what is wrong with them is to be found first.
    """
    with processes() as pool:
        begun = {}
        for epci in epcis if pool and known and known.are_sound("raw/") else ():
            left = _left(epci, _read(root, epci), known)
            if len(left):
                begun[epci] = pool.submit(_held, root, epci, [*left.index], _restricted(left["ref"]))
        yield begun


def no_longer(
    root: DataRoot, epci: str, proofs: TableFile, known: KnownFindings | None, begun: Mapping[str, Future]
) -> list[Finding]:
    """Return what is said of the proofs of an EPCI that do not hold any more; those not known are held to the data.

    begun: as `begin` gives it.
    """
    if epci in begun:
        found = begun[epci].result()
    else:
        left = _left(epci, proofs, known)
        found = _held(root, epci, [*left.index]) if len(left) else []
    if not known:
        return found
    return [
        replace(finding, path=proofs.place)
        for row in _by_indicator(proofs).itertuples()
        for finding in known.of(
            _key(epci, proofs, row, known), lambda line=row.Index: [one for one in found if one.line == line]
        )
    ]


def gathered_no_longer(root: DataRoot, epci: str, known: KnownFindings | None) -> list[Finding]:
    """Return what is said of the proofs by an indicator of what the démarche itself gathers that do not hold any more.

    The tables of the démarches are brought up to date: nothing is wrong with their files.
    """
    proofs = _read(root, epci)
    rows = proofs.rows[proofs.rows["type"].eq(INDICATOR) & _is_gathered(proofs.rows["ref"])]

    def find() -> list[Finding]:
        from ctg_analysis.demarche import proof_checks  # heavy, and seldom needed

        ensure(root)
        observations = pd.read_parquet(root.processed_demarche(epci) / "observations.parquet")
        places = pd.read_parquet(root.processed / "territories.parquet")
        return [*proof_checks.no_longer(replace(proofs, rows=rows), observations, places, epci)]

    if rows.empty:
        return []
    key = [epci, proofs.place, rows.to_csv(), material_inputs(root)[epci], library()]
    return [replace(one, path=proofs.place) for one in known.of(key, find)] if known else find()


def _by_indicator(proofs: TableFile) -> pd.DataFrame:
    """Return the proofs by an indicator of what the démarche does not gather itself."""
    return proofs.rows[proofs.rows["type"].eq(INDICATOR) & ~_is_gathered(proofs.rows["ref"])]


def _is_gathered(proofs: pd.Series) -> pd.Series:
    gathered = {name for name, one in CATALOGUE.items() if {SURVEY, PLAN}.issuperset(one.sources)}
    return proofs.str.split(JOIN).str[0].isin(gathered)


def _left(epci: str, proofs: TableFile, known: KnownFindings | None) -> pd.DataFrame:
    """Return the proofs by an indicator of which it is not known whether they hold."""
    rows = _by_indicator(proofs)
    held = [bool(known) and known.has(_key(epci, proofs, row, known)) for row in rows.itertuples()]
    return rows[~pd.Series(held, index=rows.index, dtype=bool)]


def _key(epci: str, proofs: TableFile, row: tuple, known: KnownFindings) -> object:
    """Return all that tells whether a proof holds."""
    return [epci, proofs.place, list(row), known.key_of_observations(_restricted([row.ref]))]


def _restricted(proofs: Collection[str]) -> set[str]:
    """Return the restricted sources of some proofs."""
    named = (CATALOGUE.get(proof.split(JOIN)[0]) for proof in proofs)
    return restricted_sources(indicator for indicator in named if indicator)


def _read(root: DataRoot, epci: str) -> TableFile:
    return read_folder(root.material(epci), {PROOFS: PUBLIC[PROOFS]}).files[PROOFS]


def _held(root: DataRoot, epci: str, lines: list[int], sources: Collection[str] | None = None) -> list[Finding]:
    """Return what is said of some proofs, by their lines, that do not hold.

    sources: those that are restricted, when the open data are those of data/processed.
    """
    from ctg_analysis.demarche import proof_checks  # heavy, and seldom needed
    from ctg_analysis.indicators.observation_files import read_observations

    proofs = _read(root, epci)
    held = replace(proofs, rows=proofs.rows.loc[lines])
    now = restricted_now(root, sources) if sources is not None else None
    with tables_now(root) if now is None else nullcontext(root.processed) as folder:
        places = pd.read_parquet(folder / "territories.parquet")
        codes = places.loc[places["level"].ne("commune") | places["epci"].eq(epci), "code"]
        opened = now is None or not all(_restricted([proof]) for proof in held.rows["ref"])
        observations = read_observations(folder, codes, epci) if opened else now[:0]
    if now is not None:
        former = observations["source"].isin(sources)
        observations = pd.concat([observations[~former], now[now["territory"].isin(codes)]], ignore_index=True)
    return [*proof_checks.no_longer(held, observations, places, epci)]
