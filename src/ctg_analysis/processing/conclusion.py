"""The tables of data/processed: what is open as it was kept, what is restricted rounded, what goes beside."""

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.cleaning.frame import Frame
from ctg_analysis.cleaning.partners.agreements import Agreement
from ctg_analysis.cleaning.partners.received_forms import blanks, with_thresholds
from ctg_analysis.cleaning.raw_data import Folders
from ctg_analysis.core.settings import DataRoot
from ctg_analysis.core.unread import write_doubted, write_unread
from ctg_analysis.indicators.inequality import OF, inequality
from ctg_analysis.indicators.observation_files import (
    CODED,
    FOLDER,
    join_above,
    local_files,
    read_groups,
    read_indicators,
    write_observations,
)
from ctg_analysis.indicators.peer_profiles import READ, VARIABLES, classify, density_of_epcis, profiles, vintages
from ctg_analysis.indicators.projection import WORKED_OUT_FROM, ages_of
from ctg_analysis.indicators.projection_errors import back_test
from ctg_analysis.indicators.spread import spread_of
from ctg_analysis.processing.caf_rounding import rounding_note, with_rounding_rule
from ctg_analysis.processing.freshness import NOTES
from ctg_analysis.processing.groups import RESTRICTED, groups_of
from ctg_analysis.processing.kept import keeping
from ctg_analysis.processing.plausible import read_plausible
from ctg_analysis.processing.restricted import restricted_observations
from ctg_analysis.processing.works import Work, epci_of_local, frame_of_work
from ctg_analysis.sources import SOURCES

COMPARED = {variable.indicator for variable in VARIABLES.values() if variable.indicator}
ROWS_TOGETHER = 8192  # so that the rows of one EPCI are read without those of all


def conclude(
    work: Work,
    folders: Folders,
    facts: list[Path],
    kept: dict[str, Path],
    populations: Path,
    rule: str,
    contours: Path,
) -> None:
    """Write the tables of a data root, but for those of `make_profiles`: observations, territories, contours,
    evidence, spaces, blanks, sources, projection_errors, spread, inequality, notes.

    Parameters:
        work: its folder is that of the tables.
        folders: those of the sources.
        facts: those that restricted indicators may ask for.
        kept: the observations of each group of open indicators.
        populations, contours: as they are kept.
        rule: how the Caf rounds.
    """
    root, fresh, frame = work.root, work.folder, frame_of_work(work)
    places = frame.places
    fresh.mkdir()
    link(contours.glob("*.parquet"), fresh)
    for name, folder in kept.items():
        link(local_files(folder), fresh / FOLDER / name)
    join_above(kept.values(), fresh)
    private, doubted = read_plausible(root, places, fresh)
    sources = with_thresholds(with_rounding_rule(SOURCES, rule), private.agreements)
    restricted = restricted_observations(frame, private.facts, facts, populations, sources)
    if len(restricted):
        home = work.aside / RESTRICTED
        home.mkdir()
        write_observations(restricted.astype(CODED), epci_of_local(frame), home)
        link(local_files(home), fresh / FOLDER / RESTRICTED)
        join_above([*kept.values(), home], fresh)
    larger = read_indicators(fresh, CATALOGUE, groups=())
    tables = {
        "territories": places,
        "spread": spread_of(larger, CATALOGUE),
        "inequality": inequality(_communes(fresh, places), CATALOGUE),
        "evidence": private.words,
        "spaces": private.spaces,
        "blanks": pd.concat(
            [doubted.assign(doubted=True), blanks(private.facts, places).assign(doubted=False)]
        ).drop_duplicates([*doubted.columns]),
        "sources": received(folders, private.agreements),
        "projection_errors": back_test(ages_of(read_indicators(fresh, WORKED_OUT_FROM, groups=()))),
    }
    _write(tables, fresh)
    write_unread(fresh, private.unread)
    here = places[places["code"].isin(doubted["territory"])]
    write_doubted(fresh, {*here["epci"].fillna(here["code"])})
    (fresh / NOTES).write_text(f"{json.dumps([rounding_note(rule)], ensure_ascii=False)}\n", encoding="utf-8")


def _communes(fresh: Path, places: pd.DataFrame) -> pd.DataFrame:
    """Return the communes of which the inequality between them is told, under the EPCI that they are of."""
    rows = read_indicators(fresh, OF, groups_of(OF)).query("level == 'commune'")
    known = places.drop_duplicates("code").set_index("code")
    epci, inhabitants = (rows["territory"].astype(object).map(known[name]) for name in ("epci", "total_population"))
    return rows.assign(territory=epci, weight=rows["denominator"].fillna(inhabitants)).dropna(subset="territory")


def make_profiles(work: Work, kept: list[Path]) -> None:
    """Keep what EPCIs are compared by to find their peers: profiles, vintages. kept: the observations of COMPARED."""
    observed = read_groups(kept, COMPARED, READ)
    profiles = peer_profiles(work.root, frame_of_work(work), observed)
    with keeping(work.folder, work.aside) as fresh:
        _write({"vintages": vintages(observed).reset_index(), "profiles": profiles}, fresh)


def _write(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False, compression="zstd", row_group_size=ROWS_TOGETHER)


def link(paths: Iterable[Path], folder: Path) -> None:
    """Put tables in a folder, without copying them where the disk can."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        try:
            os.link(path, folder / path.name)
        except OSError:  # a disk that has no links
            shutil.copy2(path, folder / path.name)


def received(folders: Folders, agreements: dict[str, Agreement]) -> pd.DataFrame:
    """Return when each source was had, as text: columns source, date (ISO), vintage.

    Of full files beside an extract: the date of the full files, both vintages.
    """
    rows = [
        (source, several[0].certificate.date_acces.isoformat(), " ; ".join(dict.fromkeys(vintages)))
        for source, several in folders.items()
        for vintages in [[folder.certificate.vintage for folder in several]]
    ]
    rows += [(source, agreement.recu_le.isoformat(), "") for source, agreement in agreements.items()]
    return pd.DataFrame(sorted(rows), columns=["source", "date", "vintage"], dtype=str)


def peer_profiles(root: DataRoot, frame: Frame, observations: pd.DataFrame) -> pd.DataFrame:
    """Return what EPCIs are compared by to find their peers, and their classes: one row per EPCI."""
    variables = profiles(observations, frame.places)
    density = density_of_epcis(observations, frame.places)
    classes = classify(variables, frame.places, frame.epcis[frame.year], density, invented=root.fictional)
    return variables.join(classes.add_prefix("class_")).reset_index()
