"""Interviews, meetings and votes: which themes which actors speak of, what comes first."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from statsmodels.stats.inter_rater import cohens_kappa

from ctg_analysis.demarche.columns import LIST, OTHERS, SPEAKERS, is_yes, labels, named_types, names_of_types

# Interviews: which themes which actors speak of, in numbers of interviews, never in %.
# extracts: columns extrait_id, ent_pseudo, type_acteur, code, texte_anonymise, tonalite, niveau_diffusion, relu_par,
# double_codage. codebook: columns code, theme. An actor type of which fewer than three were heard is never named: its
# figures go with « autres acteurs », its words are not quoted.

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
    found = cohens_kappa(table.to_numpy())
    words = next(phrase for limit, phrase in AGREEMENTS if round(found.kappa, 9) < limit)
    bounds = (float(bound) for bound in (found.kappa, found.kappa_low, found.kappa_upp))
    return Kappa(n, float(table.to_numpy().trace() / n), *bounds, words)


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
    if sum(map(len, types.values())) == 1:
        return ALONE
    if types[1] and types[-1]:
        return OPPOSED
    return SHARED if len(types[1]) + len(types[-1]) > 1 else NO_LEAN


def _spoken(extracts: pd.DataFrame, codebook: pd.DataFrame) -> pd.DataFrame:
    table = extracts.merge(codebook[["code", "theme"]], on="code", how="inner", validate="m:1")
    return table.assign(type=table["type_acteur"].map(names_of_types(extracts)))


# Meetings: who came, what was said there. workshops: columns atelier_id, type, numero_seance, champ, date, invites,
# presents, presents_par_type (type=nombre, separated by |). contributions: atelier_id, type, champ, lien_constat.

KINDS = ["constat", "besoin", "idée", "désaccord"]


def attendance(workshops: pd.DataFrame) -> pd.DataFrame:
    """Who came to each meeting where it was noted, kind by kind, the meetings in the order of their dates.

    Columns: atelier_id, turnout (present of those invited, 0 to 1; nothing when either is not known), type_acteur,
    presents: 0 for a kind that came to other meetings alone.
    """
    table = workshops.sort_values(["date", "atelier_id"], ignore_index=True)
    invited, came = (pd.to_numeric(table[name]).astype(float) for name in ("invites", "presents"))
    counts = pd.DataFrame([labels(cell) for cell in table["presents_par_type"]]).apply(pd.to_numeric)
    known = counts.sort_index(axis=1).fillna(0).where(counts.notna().any(axis=1), axis=0)
    rows = known.assign(atelier_id=table["atelier_id"], turnout=came / invited.where(invited > 0))
    return rows.melt(["atelier_id", "turnout"], var_name="type_acteur", value_name="presents").dropna(subset="presents")


def contributions_by_field(contributions: pd.DataFrame) -> pd.DataFrame:
    """What was said by field: columns champ, constat, besoin, idée, désaccord, total, linked, meetings.

    linked: how many throw light on a constat of the diagnosis. meetings: in how many meetings the field came up.
    """
    table = pd.crosstab(contributions["champ"], contributions["type"]).reindex(columns=KINDS, fill_value=0)
    table["total"] = table.sum(axis=1)
    by_field = contributions.groupby("champ")
    table["linked"] = by_field["lien_constat"].apply(lambda cells: int(cells.fillna("").ne("").sum()))
    table["meetings"] = by_field["atelier_id"].nunique()
    return table.rename_axis(columns=None).reset_index()


# From votes to priorities: what comes first, how sure that is, on whom it depends; and what the COPIL decided.
# votes: one row per ballot and enjeu: atelier_id, bulletin, objet_id, type_votant, points, importance_1_5, urgence_1_5,
# faisabilite_1_5. enjeux: enjeu_id, titre, constats (several), retenu, motif, decide_le.

CRITERIA = {"importance": "importance_1_5", "urgence": "urgence_1_5", "faisabilite": "faisabilite_1_5"}
RANKED = "Le rang suit la note moyenne des trois critères, de 1 à 5 ; les points ne départagent que des notes égales."

DRAWS, SEED_OF_VOTES = 999, 20230119
STABLE, UNSURE = "rang stable", "rang incertain"
APART = 2.0  # steps, of five, between the medians of two kinds of voters: they diverge

STRONG, PROOFS, LAST_THIRD = 3, 2, 2 / 3
OVERLOOKED = (
    "Enjeu peu voté mais étayé : un de ses constats au moins a une preuve forte (3 sur 3), s'appuie sur deux sortes de "
    "preuves ou plus et n'est pas contesté, et l'enjeu est dans le dernier tiers par le rang."
)
UNDECIDED, FOLLOWED, SET_ASIDE, KEPT = (
    "pas encore décidé",
    "suit le rang du vote",
    "écarté malgré son rang",
    "retenu malgré son rang",
)


class _Ballots(NamedTuple):
    """Marks by criterion, ballot and enjeu, points by ballot and enjeu, the meeting and kind of each ballot."""

    marks: np.ndarray
    points: np.ndarray
    strata: np.ndarray


def priorities(votes: pd.DataFrame, enjeux: pd.DataFrame) -> pd.DataFrame:
    """The enjeux in the order of the votes, one row each.

    Columns: enjeu_id, titre, voters (ballots), points; importance, urgence, faisabilite: medians, each with _q1 and
    _q3; score: the mean of the three means, from 1 to 5; rank: by score, then by points; rank_low, rank_high: in 95 of
    100 draws of as many ballots, within each meeting and kind of voters (fixed seed); stability: part of the draws in
    which the rank is the same, more or less one; words: `rang stable` when rank_low and rank_high are the same or
    neighbours, else `rang incertain`.
    An enjeu without a mark has no rank. The columns of the COPIL's decision are not read: see `decisions`.
    """
    ballots = _ballots(votes, enjeux)
    table = enjeux[["enjeu_id", "titre"]].reset_index(drop=True)
    once = np.ones((1, len(ballots.strata)))
    score, points = _scores(ballots, once)[0], (once @ np.nan_to_num(ballots.points))[0]
    given = ~np.isnan(ballots.marks).all(axis=0) | ~np.isnan(ballots.points)
    table = table.assign(voters=given.sum(axis=0), points=points)
    for name, marks in zip(CRITERIA, ballots.marks, strict=True):
        for suffix, part in (("", 0.5), ("_q1", 0.25), ("_q3", 0.75)):
            table[name + suffix] = pd.DataFrame(marks).quantile(part).to_numpy()
    ranks = _ranks(score, points)
    drawn = _ranks(_scores(ballots, draws := _draws(ballots)), draws @ np.nan_to_num(ballots.points))
    known = ~np.isnan(score)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0, method="inverted_cdf")
    table["score"], table["rank"] = score, np.where(known, ranks, np.nan)
    table["rank_low"], table["rank_high"] = np.where(known, low, np.nan), np.where(known, high, np.nan)
    table["stability"] = np.where(known, (np.abs(drawn - ranks) <= 1).mean(axis=0), np.nan)
    narrow = table["rank_high"].sub(table["rank_low"]).le(1)
    table["words"] = np.select([~known, narrow], ["", STABLE], UNSURE)
    return table.sort_values(["rank", "enjeu_id"], ignore_index=True)


def divergences(votes: pd.DataFrame, enjeux: pd.DataFrame) -> pd.DataFrame:
    """How far kinds of voters differ on the importance of each enjeu, the widest gap first.

    Columns: enjeu_id, spread: between the highest and the lowest of their medians; above, below: the kinds that have
    them, separated by |; diverges: by two steps of five or more. Kinds with fewer than three ballots are not compared.
    """
    marks = votes.dropna(subset=CRITERIA["importance"])
    by_type = marks.groupby(["objet_id", "type_votant"])[CRITERIA["importance"]].agg(["median", "size"])
    by_type = by_type[by_type["size"].ge(SPEAKERS)]["median"].astype(float)
    rows = []
    for enjeu, medians in by_type.groupby(level=0):
        if enjeu in set(enjeux["enjeu_id"]) and len(medians) > 1:
            types = medians.droplevel(0)
            sides = [LIST.join(sorted(types.index[types.eq(end)])) for end in (types.max(), types.min())]
            rows.append((enjeu, types.max() - types.min(), *sides))
    table = pd.DataFrame(rows, columns=["enjeu_id", "spread", "above", "below"])
    table = table.assign(diverges=table["spread"].ge(APART))
    return table.sort_values(["spread", "enjeu_id"], ascending=[False, True], ignore_index=True)


def points_by_type(votes: pd.DataFrame, enjeux: pd.DataFrame) -> pd.DataFrame:
    """The points that each kind of voters gave: index enjeu_id, one column per kind; few go together."""
    ballots = votes.drop_duplicates(["atelier_id", "bulletin"]).groupby("type_votant").size()
    kinds = votes["type_votant"].map(named_types(ballots))
    table = votes.groupby(["objet_id", kinds])["points"].sum().unstack(fill_value=0)
    return table.reindex(enjeux["enjeu_id"], fill_value=0).rename_axis(columns=None).astype(int)


def overlooked(
    ranking: pd.DataFrame, enjeux: pd.DataFrame, constats: pd.DataFrame, proofs: pd.DataFrame
) -> pd.DataFrame:
    """The enjeux that are « peu votés mais étayés », by the rule OVERLOOKED, which the page prints.

    ranking: see `priorities`. constats: constat_id, force_preuve, statut. proofs: constat_id, type, sens.
    Columns: enjeu_id, titre, rank, points, constats (strongly proved, separated by |), kinds (of proofs for them).
    """
    kinds = proofs[proofs["sens"].eq("appuie")].groupby("constat_id")["type"].nunique()
    strong = constats[constats["force_preuve"].astype(int).eq(STRONG) & constats["statut"].ne("contesté")]
    strong = set(strong.loc[strong["constat_id"].map(kinds).ge(PROOFS), "constat_id"])
    named = enjeux[["enjeu_id", "constats"]].explode("constats", ignore_index=True)
    named = named[named["constats"].isin(strong)].assign(kinds=named["constats"].map(kinds))
    backing = named.groupby("enjeu_id").agg(constats=("constats", LIST.join), kinds=("kinds", "max"))
    low = ranking["rank"].isna() | ranking["rank"].gt(LAST_THIRD * len(ranking))
    table = ranking.loc[low, ["enjeu_id", "titre", "rank", "points"]]
    return table.merge(backing.astype({"kinds": int}), on="enjeu_id")


def decisions(ranking: pd.DataFrame, enjeux: pd.DataFrame) -> pd.DataFrame:
    """What the COPIL decided next to the ranks, which change nothing in it.

    Columns: enjeu_id, titre, rank, retenu, motif, decide_le, as recorded; against: how the decision stands to the vote,
    had as many enjeux been retained by rank; unexplained: against the vote, without a motif.
    """
    table = ranking[["enjeu_id", "titre", "rank"]].merge(
        enjeux[["enjeu_id", "retenu", "motif", "decide_le"]], on="enjeu_id", validate="1:1"
    )
    retained = table["retenu"].astype(object)
    decided = retained.notna() & retained.ne("")
    kept = retained.where(decided, "").map(is_yes)
    by_rank = table["rank"].le(kept.sum())
    table["against"] = np.select([~decided, kept & ~by_rank, ~kept & by_rank], [UNDECIDED, KEPT, SET_ASIDE], FOLLOWED)
    return table.assign(unexplained=table["against"].isin([KEPT, SET_ASIDE]) & table["motif"].fillna("").eq(""))


def _ballots(votes: pd.DataFrame, enjeux: pd.DataFrame) -> _Ballots:
    """The ballots as arrays, in an order that is not that of the file."""
    mine = votes[votes["objet_id"].isin(enjeux["enjeu_id"])]
    cast = mine.set_index(["atelier_id", "type_votant", "bulletin", "objet_id"])[[*CRITERIA.values(), "points"]]
    wide = cast.astype(float).unstack("objet_id").sort_index()
    arrays = [wide[column].reindex(columns=enjeux["enjeu_id"]).to_numpy() for column in (*CRITERIA.values(), "points")]
    strata = wide.groupby(level=["atelier_id", "type_votant"]).ngroup().to_numpy()
    return _Ballots(np.array(arrays[:3]), arrays[3], strata)


def _draws(ballots: _Ballots) -> np.ndarray:
    generator, times = np.random.default_rng(SEED_OF_VOTES), np.zeros((DRAWS, len(ballots.strata)))
    for stratum in np.unique(ballots.strata):
        places = np.flatnonzero(ballots.strata == stratum)
        times[:, places] = generator.multinomial(len(places), np.full(len(places), 1 / len(places)), DRAWS)
    return times


def _scores(ballots: _Ballots, times: np.ndarray) -> np.ndarray:
    """The scores of the enjeux, one row per row of `times`: how much each ballot counts."""
    given = ~np.isnan(ballots.marks)
    sums, counts = times @ np.nan_to_num(ballots.marks), times @ given.astype(float)
    return (sums / np.where(counts > 0, counts, np.nan)).mean(axis=0)


def _ranks(scores: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The ranks, 1 the highest score, then the most points; equal ones share it; last without a score."""
    most = np.maximum(points.max(axis=-1, keepdims=True), 1)
    order = np.nan_to_num(np.round(scores, 9), nan=-1) + 1e-7 * points / most
    return rankdata(-np.round(order, 12), method="min", axis=-1)
