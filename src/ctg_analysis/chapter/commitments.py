"""What the démarche has decided: the enjeux retained, the actions of each axis, the money and who brings it."""

from dataclasses import dataclass

import pandas as pd

from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche import plan
from ctg_analysis.demarche.consistency import active
from ctg_analysis.display import markup
from ctg_analysis.display.markup import Html
from ctg_analysis.display.quantities import counted, short_euros
from ctg_analysis.display.texts import date_text, listed, typography
from ctg_analysis.model.settings import DEMARCHE, notebooks

ENJEUX, STRATEGY = "14", "15"  # the chapters that tell more


@dataclass(frozen=True)
class Commitments:
    """What a démarche has decided, in words: see `decided_in`.

    enjeux: the titles of those retained; decided: how many, and when. axes: title, actions, euros; total: of all;
    financers: who brings them.
    """

    enjeux: list[str]
    decided: str
    axes: list[tuple[str, str, str]]
    total: str
    financers: str


def decided_in(territory: Territory) -> Commitments | None:
    """The enjeux, their decisions, the actions and their euros; nothing as long as none is written."""
    territory.read.add(DEMARCHE)
    table = territory.demarche.table
    every, actions = table("enjeux"), active(table("actions"))
    enjeux = every[every["retenu"].fillna(False).astype(bool)]
    if enjeux.empty and actions.empty:
        return None
    funding = plan.of_the_plan(table("financements"), table("actions"))
    return Commitments(
        enjeux=[typography(title) for title in enjeux["titre"]],
        decided=typography(_decided(every, enjeux)),
        axes=[tuple(map(typography, line)) for line in _axes(table("axes"), actions, funding)],
        total=typography(_total(actions, funding)),
        financers=typography(_financers(funding)),
    )


def commitments(territory: Territory) -> Html:
    """What a démarche has decided, with links to the chapters that tell more."""
    decided = decided_in(territory)
    pages = {notebook.number: notebook.page for notebook in notebooks()}
    to = {"enjeux": pages.get(ENJEUX), "strategy": pages.get(STRATEGY)}
    return markup.piece("commitments.html.j2", **vars(decided), pages=to) if decided else Html("")


def _decided(enjeux: pd.DataFrame, retained: pd.DataFrame) -> str:
    """How many enjeux the COPIL has retained, and when."""
    days = sorted(set(retained["decide_le"].dropna()))
    when = f", {'le' if len(days) == 1 else 'dont le dernier le'} {date_text(days[-1])}" if days else ""
    kept = "retenu" if len(retained) == 1 else "retenus"
    return f"{counted(len(retained), 'enjeu', 'enjeux')} {kept} sur {len(enjeux)} par le comité de pilotage{when}"


def _axes(axes: pd.DataFrame, actions: pd.DataFrame, funding: pd.DataFrame) -> list[tuple[str, str, str]]:
    """The title of each axis, its actions and its euros, all years; no euros where nobody brings any yet."""
    euros = funding.merge(actions[["action_id", "axe_id"]], on="action_id").groupby("axe_id")["montant"].sum()
    return [
        (
            axis.titre,
            counted(int(actions["axe_id"].eq(axis.axe_id).sum()), "action"),
            short_euros(euros[axis.axe_id]) if axis.axe_id in euros else "",
        )
        for axis in axes.sort_values("ordre", kind="stable").itertuples(index=False)
    ]


def _total(actions: pd.DataFrame, funding: pd.DataFrame) -> str:
    """How many actions, their euros, their years."""
    if funding.empty:
        return counted(len(actions), "action")
    first, last = funding["annee"].min(), funding["annee"].max()
    span = f"de {first} à {last}" if first < last else f"en {first}"
    return f"{counted(len(actions), 'action')}, {short_euros(funding['montant'].sum())} {span}"


def _financers(funding: pd.DataFrame) -> str:
    """Who brings the euros, the first financer first; nothing where nobody brings any yet."""
    sums = funding.groupby("financeur", sort=False)["montant"].sum().sort_values(ascending=False, kind="stable")
    return listed([f"{name} {short_euros(euros)}" for name, euros in sums.items()])
