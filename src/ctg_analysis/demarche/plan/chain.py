"""The chain from proof to action: what is linked to what, both ways."""

from collections.abc import Iterable

import pandas as pd

from ctg_analysis.demarche.files.consistency import active


def enjeux_by_constat(enjeux: pd.DataFrame) -> dict[str, list[str]]:
    """Constat_id → the enjeux that it founds. enjeux: columns enjeu_id, constats."""
    return _turned(zip(enjeux["enjeu_id"], enjeux["constats"], strict=True))


def enjeux_by_action(actions: pd.DataFrame, objectives: pd.DataFrame) -> dict[str, list[str]]:
    """Action_id → the enjeux that it serves: those that it names, then those of its objective."""
    served = objectives.set_index("obj_id")["enjeux"]
    return {
        action: list(dict.fromkeys([*(named or ()), *served.get(objective, ())]))
        for action, named, objective in zip(actions["action_id"], actions["enjeu_ids"], actions["obj_id"], strict=True)
    }


def actions_by_enjeu(actions: pd.DataFrame, objectives: pd.DataFrame) -> dict[str, list[str]]:
    """Enjeu_id → the actions that serve it, those that were given up too."""
    return _turned(enjeux_by_action(actions, objectives).items())


def actions_by_constat(actions: pd.DataFrame) -> dict[str, list[str]]:
    """Constat_id → the actions that name it."""
    return _turned(
        (action, named or ()) for action, named in zip(actions["action_id"], actions["constat_ids"], strict=True)
    )


def coverage(enjeux: pd.DataFrame, actions: pd.DataFrame, objectives: pd.DataFrame) -> pd.DataFrame:
    """Which actions serve each retained enjeu; what was given up serves nothing.

    Columns: enjeu_id, titre, actions (ids, in a tuple), covered.
    """
    serving = actions_by_enjeu(active(actions), objectives)
    retained = enjeux[enjeux["retenu"].fillna(False).astype(bool)].reset_index(drop=True)
    by_enjeu = [tuple(serving.get(enjeu, ())) for enjeu in retained["enjeu_id"]]
    return retained[["enjeu_id", "titre"]].assign(actions=by_enjeu, covered=[bool(ids) for ids in by_enjeu])


def _turned(pairs: Iterable[tuple[str, Iterable[str]]]) -> dict[str, list[str]]:
    """The links the other way round."""
    turned: dict[str, list[str]] = {}
    for name, others in pairs:
        for other in others:
            turned.setdefault(other, []).append(name)
    return turned
