"""Interviews: which themes which actors speak of, in numbers of interviews, never in %.

extracts: columns extrait_id, ent_pseudo, type_acteur, code, texte_anonymise, tonalite, niveau_diffusion, relu_par,
double_codage. codebook: columns code, theme. An actor type of which fewer than three were heard is never named: its
figures go with « autres acteurs », its words are not quoted.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from ctg_analysis.demarche.files.quotable import names_of_types
from ctg_analysis.demarche.tables.actors import OTHERS
from ctg_analysis.indicators.uncertainty import Z

FAVOURABLE, UNFAVOURABLE = {"atout"}, {"faiblesse", "besoin"}
SHARED, OPPOSED, ALONE = "convergence", "divergence", "un seul type d'acteurs"
NO_LEAN = "pas de tendance commune"
DEALT, SEED = 999, 20230119
AGREEMENTS = ((0.4, "accord faible"), (0.6, "accord modéré"), (0.8, "accord fort"), (np.inf, "accord presque parfait"))


class Kappa(NamedTuple):
    """Agreement of two coders: extracts coded twice, part coded alike, Cohen's κ and its 95 % interval, words."""

    count: int
    agreement: float
    kappa: float
    low: float
    high: float
    words: str


def themes_by_type(extracts: pd.DataFrame, codebook: pd.DataFrame) -> pd.DataFrame:
    """How many interviews of each type of actor speak of each theme, the most frequent theme first.

    Index: theme, every theme of the codebook. Columns: the types, those heard most first, « autres acteurs » last;
    `ensemble`. The last row, `entretiens`, counts the interviews of each type.
    """
    spoken = _spoken(extracts, codebook)
    table = spoken.groupby(["theme", "type"])["ent_pseudo"].nunique().unstack(fill_value=0)
    heard = spoken.groupby("type")["ent_pseudo"].nunique()
    types = sorted(heard.index, key=lambda kind: (kind == OTHERS, -heard[kind], kind))
    table = table.reindex(index=sorted(codebook["theme"].unique()), columns=types, fill_value=0)
    table["ensemble"] = spoken.groupby("theme")["ent_pseudo"].nunique().reindex(table.index, fill_value=0)
    table = table.sort_values("ensemble", ascending=False, kind="stable")
    table.loc["entretiens"] = [*heard[types], spoken["ent_pseudo"].nunique()]
    return table.rename_axis(columns=None).astype(int)


def saturation(extracts: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """How many new codes each interview brought: columns rank, new, total, low, high.

    order: pseudonyms of all the interviews, as they were held. low, high: of the total after as many interviews, in 95
    of 100 orders among 999 drawn at random (fixed seed): a curve within them flattens for want of new codes, not
    because similar people were heard at the end.
    """
    codes = pd.crosstab(extracts["ent_pseudo"], extracts["code"]).reindex(order, fill_value=0).to_numpy() > 0
    total = np.logical_or.accumulate(codes).sum(axis=1)
    generator = np.random.default_rng(SEED)
    dealt = [np.logical_or.accumulate(codes[generator.permutation(len(order))]).sum(axis=1) for _ in range(DEALT)]
    low, high = np.quantile(dealt, [0.025, 0.975], axis=0, method="inverted_cdf")
    ranks = np.arange(1, len(order) + 1)
    return pd.DataFrame({"rank": ranks, "new": np.diff(total, prepend=0), "total": total, "low": low, "high": high})


def coders_agreement(extracts: pd.DataFrame) -> Kappa:
    """How far two coders agree, over the extracts that both have coded: the columns code and double_codage.

    NaN and no words where none was, or where both gave one code to all. Source: Cohen (1960), and for the interval
    Fleiss, Cohen and Everitt (1969), Psychological Bulletin 72, 323-327; words after Landis and Koch (1977).
    """
    twice = extracts[extracts["double_codage"].fillna("").ne("")]
    codes = sorted({*twice["code"], *twice["double_codage"]})
    table = pd.crosstab(twice["code"], twice["double_codage"]).reindex(index=codes, columns=codes, fill_value=0)
    n = len(twice)
    if not n or len(codes) == 1:
        return Kappa(n, 1.0 if n else np.nan, np.nan, np.nan, np.nan, "")
    parts = table.to_numpy() / n
    rows, columns = parts.sum(axis=1), parts.sum(axis=0)
    alike, chance = parts.trace(), rows @ columns
    kappa = (alike - chance) / (1 - chance)
    on = (parts.diagonal() * (1 - (rows + columns) * (1 - kappa)) ** 2).sum()
    apart = (parts * (columns[:, np.newaxis] + rows) ** 2).sum() - (parts.diagonal() * (rows + columns) ** 2).sum()
    variance = on + (1 - kappa) ** 2 * apart - (kappa - chance * (1 - kappa)) ** 2
    error = Z * np.sqrt(max(variance, 0) / n) / (1 - chance)
    words = next(phrase for limit, phrase in AGREEMENTS if round(kappa, 9) < limit)
    return Kappa(n, float(alike), float(kappa), float(kappa - error), float(kappa + error), words)


def convergence(extracts: pd.DataFrame, codebook: pd.DataFrame) -> pd.DataFrame:
    """The themes on which the types of actors agree or not, the most frequent first.

    A type leans to the tone (atout; faiblesse and besoin) that more of its interviews have. Columns: theme, interviews;
    favourable, unfavourable, undecided: types that lean to each, separated by |; verdict: `divergence` when two types
    lean apart, `convergence` when two or more lean alike and none apart, `un seul type d'acteurs` when one alone
    speaks, else `pas de tendance commune`.
    """
    spoken = _spoken(extracts, codebook)
    heard = {
        name: spoken[spoken["tonalite"].isin(tones)].groupby(["theme", "type"])["ent_pseudo"].nunique()
        for name, tones in (("favourable", FAVOURABLE), ("unfavourable", UNFAVOURABLE))
    }
    leaning = pd.DataFrame(heard).reindex(spoken.set_index(["theme", "type"]).index.unique()).fillna(0)
    balance = np.sign(leaning["favourable"] - leaning["unfavourable"])
    rows = []
    for theme, sides in balance.groupby(level="theme"):
        types = {side: sorted(sides.index[sides.eq(side)].get_level_values("type")) for side in (1, -1, 0)}
        rows.append((theme, *("|".join(types[side]) for side in (1, -1, 0)), _verdict(types)))
    table = pd.DataFrame(rows, columns=["theme", "favourable", "unfavourable", "undecided", "verdict"])
    table.insert(1, "interviews", table["theme"].map(spoken.groupby("theme")["ent_pseudo"].nunique()))
    return table.sort_values(["interviews", "theme"], ascending=[False, True], ignore_index=True)


def _verdict(types: Mapping[int, list[str]]) -> str:
    """What the types that lean to each side (1, -1) or to none (0) come to."""
    if sum(map(len, types.values())) == 1:
        return ALONE
    if types[1] and types[-1]:
        return OPPOSED
    return SHARED if len(types[1]) + len(types[-1]) > 1 else NO_LEAN


def _spoken(extracts: pd.DataFrame, codebook: pd.DataFrame) -> pd.DataFrame:
    """The extracts with their theme and the type of actor as it is shown."""
    table = extracts.merge(codebook[["code", "theme"]], on="code", how="inner", validate="m:1")
    return table.assign(type=table["type_acteur"].map(names_of_types(extracts)))
