"""What is wrong with the files of one EPCI: left out of data/processed, which all others are built from."""

from functools import lru_cache

from ctg_analysis.model.errors import Finding, InputError, in_order
from ctg_analysis.model.settings import MATERIAL, DataRoot
from ctg_analysis.pipeline.freshness import MANIFEST
from ctg_analysis.raw.folders import faulty_forms, is_doubted, read_unread


def faults(root: DataRoot, epci: str) -> list[Finding]:
    """Return what is wrong with the files of an EPCI of which data/processed leaves something out.

    These files are read again: nothing that someone wrote in one that is at fault is kept anywhere.
    """
    unread = read_unread(root, epci)
    if not unread:
        return []
    found = {*_of_forms(root, (root.processed / MANIFEST).stat().st_mtime_ns).get(epci, [])}
    if MATERIAL in unread:
        found |= {*_of_material(root, epci)}
    return in_order(found)


def fault_line(root: DataRoot, epci: str) -> str:
    """Return in one line, in French, what is wrong with the files of an EPCI; nothing where nothing is left out."""
    found, said = faults(root, epci), "reçu mais illisible, publié sans"
    if not found and is_doubted(root, epci):
        from ctg_analysis.pipeline.checks import implausible_figures  # heavy

        found, said = implausible_figures(root, [epci], derived=True), "à corriger ou à confirmer, publié sans"
    if not found:
        return ""
    more = len(found) - 1
    others = f" ; et {more} autre{'s' if more > 1 else ''} défaut{'s' if more > 1 else ''} : ctg check {epci}"
    return f"{epci} : {said} : {found[0]}{others if more else ''}"


def must_be_sound(root: DataRoot, epci: str) -> None:
    """Raise InputError with what is wrong with the files of an EPCI, for what is made of all of them or not at all."""
    if found := faults(root, epci):
        raise InputError(found)


@lru_cache(maxsize=2)
def _of_forms(root: DataRoot, _written: int) -> dict[str, list[Finding]]:
    import pandas as pd

    from ctg_analysis.clean.received_forms import FORMS, read_private  # heavy

    epcis = faulty_forms(root)
    if not epcis:
        return {}
    return read_private(root, pd.read_parquet(root.processed / "territories.parquet"), FORMS, epcis).findings


def _of_material(root: DataRoot, epci: str) -> list[Finding]:
    import pandas as pd

    from ctg_analysis.pipeline.works import derive_material

    try:
        derive_material(root, epci, pd.read_parquet(root.processed / "territories.parquet"))
    except InputError as error:
        return error.findings
    return []
