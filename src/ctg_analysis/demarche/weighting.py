"""Redressement: weights that give the answers the profile of the population, and what they cost (rules R20 and R21)."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ctg_analysis.demarche.columns import CROSSED, LIST, NO_ANSWER, OUTSIDE
from ctg_analysis.indicators.uncertainty import Z, wilson_interval
from ctg_analysis.model.errors import Finding, InputError

PROBABILITY, QUOTA, VOLUNTEERS = "probabiliste", "quotas", "volontaires"

BOUNDS = (0.3, 3.0)  # of a weight, the mean being 1 (rule R21)
FEWEST = 10  # answers of a category of a margin: with fewer, it is put together with its neighbour
TOLERATED = 0.1  # points between a weighted share and that of the census
ROUNDS, NEAR = 1000, 1e-9  # of the raking: how many at most, and the gap (part of the whole) that ends it

UNDER, OVER, CLOSE = "sous-représenté", "surreprésenté", "proche"
MARGINS = "marges.csv"


class Weighting(NamedTuple):
    """Weights of mean 1, with the index of the answers, and what is to be told of them.

    profile: columns variable, modalite, category (modalities that were put together: a|b), count (answers), before,
    after and census (shares from 0 to 1), represented (before any weight, see `profile_words`). Those who do not say
    are the modality SR, without census: they keep their part.
    low, high: weights at the bounds. gap: largest difference of a category with the census, in points. converged: it is
    under 0.1. out_of_reach: categories, as variable=category, that no weights within the bounds bring to the census.
    """

    weights: pd.Series
    profile: pd.DataFrame
    low: int
    high: int
    gap: float
    converged: bool
    out_of_reach: list[str]
    n_eff: float
    deff: float


class KnownWeights(NamedTuple):
    """Weights that anyone can work out of the profile, since all follow one margin.

    question: that margin. of_groups: code → weight; "" for those who gave none. Empty for a margin of two questions.
    """

    question: str
    of_groups: dict[str, float]


class _Margin(NamedTuple):
    """A margin as the raking takes it: the category of each answer, and the part that each must have."""

    variable: str
    categories: pd.Series  # modality → category
    cells: pd.Series  # modality of each answer
    numbers: np.ndarray  # number of the category of each answer
    parts: pd.Series  # category → part of all the answers


def effective_size(weights: pd.Series) -> float:
    """The number of answers without weights that would be as precise: (Σw)² / Σw² (Kish 1965).

    >>> effective_size(pd.Series([1.0, 3.0]))  # 4² / (1 + 9)
    1.6
    """
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0


def design_effect(weights: pd.Series) -> float:
    """What the weights multiply the variance of a share by: n / n_eff (Kish 1965).

    >>> design_effect(pd.Series([1.0, 3.0]))  # 2 / 1.6
    1.25
    """
    return len(weights) / effective_size(weights)


def half_width(answers: float, deff: float = 1, population: float = np.inf) -> float:
    """The 95 % margin of error of a share of 50 %, the widest, from 0 to 1 (rule R20).

    Legitimate for a probability sample alone, see `interval_words`.

    Parameters:
        deff: see `design_effect`.
        population: of which the answers are a part.

    >>> round(half_width(100), 3), round(half_width(100, deff=4), 3)  # 1.96 × √(0.25 / 100), and twice as much
    (0.098, 0.196)
    >>> round(half_width(100, population=100), 3)  # everyone has answered
    0.0
    """
    return Z * float(np.sqrt(0.25 / answers * deff * (1 - answers / population)))


def interval_words(sample: str) -> str:
    """What the interval of a sample may be called: only a probability sample has a margin of error (rule R20).

    sample: PROBABILITY, QUOTA or VOLUNTEERS. Source: American Association for Public Opinion Research, 2016.

    >>> interval_words(VOLUNTEERS)
    'intervalle indicatif'
    """
    return "marge d'erreur à 95 %" if sample == PROBABILITY else "intervalle indicatif"


def rake(answers: pd.DataFrame, margins: pd.DataFrame, bounds: tuple[float, float] = BOUNDS) -> Weighting:
    """The weights that give the answers the margins of the census, and the profile before and after (rule R21).

    A category with fewer than 10 answers, or with nobody in the census, is put together with the neighbour, in the
    order of the margins, that has fewer answers.

    Parameters:
        answers: a column for each variable of the margins.
        margins: columns variable, modalite, effectif; the variable `a+b` crosses two columns. Margins count by their
            shares: those of households and of persons go together.
        bounds: of a weight, the mean being 1.

    Raises:
        InputError: a variable that no column holds, a modality that its margin lacks, a margin of 0.

    As many men as women in the census, 10 of 40 answers: 20 / 10 each, 20 / 30 a woman; 40² / (10 × 4 + 30 × 4 / 9).

    >>> answers = pd.DataFrame({"sexe": ["f"] * 30 + ["h"] * 10})
    >>> margins = pd.DataFrame({"variable": "sexe", "modalite": ["f", "h"], "effectif": [500, 500]})
    >>> raked = rake(answers, margins)
    >>> raked.weights.iloc[[0, -1]].round(3).tolist(), round(raked.n_eff, 9)
    ([0.667, 2.0], 30.0)
    """
    cells = _cells(answers, margins)
    census = {name: rows.set_index("modalite")["effectif"].astype(float) for name, rows in margins.groupby("variable")}
    used = [_margin(name, cells[name], census[name]) for name in cells]
    profiles, in_profile, counts = np.unique(
        np.column_stack([margin.numbers for margin in used]), axis=0, return_inverse=True, return_counts=True
    )
    parts = [margin.parts.to_numpy() for margin in used]
    of_profiles = bounded_raking(list(profiles.T), parts, counts, bounds)
    weights = pd.Series(of_profiles[in_profile], index=answers.index)
    gaps, out_of_reach = {}, []
    for margin in used:
        reached = np.bincount(margin.numbers, weights, minlength=len(margin.parts)) / weights.sum()
        gaps[margin.variable] = 100 * np.abs(reached - margin.parts).max()
        needed = margin.parts / (np.bincount(margin.numbers, minlength=len(margin.parts)) / len(answers))
        out_of_reach += [f"{margin.variable}={category}" for category in needed.index[~needed.between(*bounds)]]
    gap = max(gaps.values())
    return Weighting(
        weights=weights,
        profile=pd.concat([_profile(margin, census[margin.variable], weights) for margin in used], ignore_index=True),
        low=int(np.isclose(weights, bounds[0]).sum()),
        high=int(np.isclose(weights, bounds[1]).sum()),
        gap=float(gap),
        converged=bool(gap < TOLERATED),
        out_of_reach=out_of_reach,
        n_eff=effective_size(weights),
        deff=design_effect(weights),
    )


def known_weights(weighting: Weighting | None, answers: pd.DataFrame) -> KnownWeights | None:
    """The weights that the profile gives away; None where several margins, or none, make them.

    >>> answers = pd.DataFrame({"sexe": ["f"] * 20 + ["h"] * 20})
    >>> margins = pd.DataFrame({"variable": "sexe", "modalite": ["f", "h"], "effectif": [300, 100]})
    >>> known_weights(rake(answers, margins), answers)
    KnownWeights(question='sexe', of_groups={'f': 1.5, 'h': 0.5})
    """
    margins = weighting.profile["variable"].unique() if weighting else []
    if len(margins) != 1:
        return None
    (name,) = margins
    if CROSSED in name:
        return KnownWeights(name, {})
    groups = answers[name].mask(answers[name].isin([*OUTSIDE]), "")
    return KnownWeights(name, weighting.weights.groupby(groups).mean().to_dict())


def bounded_raking(
    categories: list[np.ndarray], parts: list[np.ndarray], counts: np.ndarray, bounds: tuple[float, float]
) -> np.ndarray:
    """The weight of each profile: the nearest to 1, within the bounds, that give every category its part.

    Each margin in turn multiplies what its categories lack, the weights being cut at the bounds: where they are not,
    this is the raking of Deming and Stephan (1940); where they are, its truncated form (Deville and Särndal 1992,
    JASA 87), which meets margins and bounds together whenever that can be.

    Parameters:
        categories: for each margin, the number of the category of each profile.
        parts: for each margin, the part of each category.
        counts: answers of each profile.

    >>> margin, parts = [np.array([0, 1])], [np.array([0.5, 0.5])]
    >>> bounded_raking(margin, parts, np.array([30, 10]), bounds=(0.3, 3)).round(3).tolist()  # 20 / 30 and 20 / 10
    [0.667, 2.0]
    >>> bounded_raking(margin, parts, np.array([36, 4]), bounds=(0.3, 3)).round(3).tolist()  # 20 / 4 is cut at 3
    [0.556, 3.0]
    """
    free, total = np.ones(len(counts)), counts.sum()
    for _ in range(ROUNDS):
        largest = 0.0
        for numbers, part in zip(categories, parts, strict=True):
            reached = np.bincount(numbers, counts * free.clip(*bounds), minlength=len(part)) / total
            largest = max(largest, np.abs(reached - part).max())
            free = (free * (part / reached)[numbers]).clip(NEAR, 1 / NEAR)
        if largest < NEAR:
            break
    return free.clip(*bounds)


def _cells(answers: pd.DataFrame, margins: pd.DataFrame) -> dict[str, pd.Series]:
    """The modality of each answer for each variable; SR for those who do not say."""
    cells, findings = {}, []
    for variable, rows in margins.groupby("variable", sort=False):
        columns = variable.split(CROSSED)
        absent = [name for name in columns if name not in answers]
        if absent:
            findings.append(Finding(MARGINS, None, "variable", variable, "des questions que les réponses ont"))
            continue
        if rows["effectif"].sum() <= 0:
            findings.append(Finding(MARGINS, None, "effectif", f"0 en tout pour {variable}", "une population"))
        silent = answers[columns].isin([*OUTSIDE, ""]).any(axis=1) | answers[columns].isna().any(axis=1)
        answered = (
            answers[columns[0]].str.cat([answers[name] for name in columns[1:]], sep=CROSSED).mask(silent, NO_ANSWER)
        )
        for modality in sorted({*answered} - {NO_ANSWER, *rows["modalite"]}):
            expected = "une marge pour chaque modalité des réponses"
            findings.append(Finding(MARGINS, None, variable, f"aucune modalité {modality!r}", expected))
        cells[variable] = answered
    if findings:
        raise InputError(findings)
    return cells


def _margin(variable: str, cells: pd.Series, census: pd.Series) -> _Margin:
    """A margin with its small categories put together, those who do not say keeping their part."""
    answered = cells.ne(NO_ANSWER)
    categories = merged(cells[answered].value_counts().reindex(census.index, fill_value=0), census)
    parts = census.groupby(categories, sort=False).sum() / census.sum() * answered.mean()
    if not answered.all():
        parts[NO_ANSWER] = 1 - answered.mean()
    numbers = parts.index.get_indexer(cells.map(categories).where(answered, NO_ANSWER))
    return _Margin(variable, categories, cells, numbers, parts)


def merged(counts: pd.Series, census: pd.Series) -> pd.Series:
    """Modality → category: modalities with too few answers, or nobody in the census, join a neighbour.

    counts: answers by modality, in the order of the margin. The category that has fewest goes first, and joins the
    neighbour that has fewer. census: people by modality.

    >>> ages = ["15-29", "30-59", "60+"]
    >>> merged(pd.Series([12, 4, 8], index=ages), pd.Series(1000, index=ages)).tolist()
    ['15-29', '30-59|60+', '30-59|60+']
    """
    groups = [[modality] for modality in counts.index]

    def size(group: list[str]) -> int:
        return int(counts[group].sum()) if census[group].sum() > 0 else 0

    while len(groups) > 1 and min(map(size, groups)) < FEWEST:
        place = min(range(len(groups)), key=lambda number: size(groups[number]))
        beside = [number for number in (place - 1, place + 1) if 0 <= number < len(groups)]
        neighbour = min(beside, key=lambda number: size(groups[number]))
        first, second = sorted((place, neighbour))
        groups[first : second + 1] = [groups[first] + groups[second]]
    return pd.Series({modality: LIST.join(group) for group in groups for modality in group})


def _profile(margin: _Margin, census: pd.Series, weights: pd.Series) -> pd.DataFrame:
    """The rows of `Weighting.profile` of one variable."""
    modalities = [*census.index, *([NO_ANSWER] if NO_ANSWER in margin.parts else [])]
    counts = margin.cells.value_counts().reindex(modalities, fill_value=0)
    after = weights.groupby(margin.cells).sum().reindex(modalities, fill_value=0) / weights.sum()
    table = pd.DataFrame(
        {
            "variable": margin.variable,
            "modalite": modalities,
            "category": margin.categories.reindex(modalities).fillna(NO_ANSWER).to_numpy(),
            "count": counts.to_numpy(),
            "before": counts.to_numpy() / len(weights),
            "after": after.to_numpy(),
            "census": (census / census.sum()).reindex(modalities).to_numpy(),
        }
    )
    return table.assign(represented=profile_words(table["count"], table["census"]))


def profile_words(counts: pd.Series, census: pd.Series) -> pd.Series:
    """Who is under-represented among those who say: beyond the 95 % interval of their share (rules R14, R22).

    >>> profile_words(pd.Series([30, 10]), pd.Series([0.5, 0.5])).tolist()  # 75 % is 60 to 86 %, 25 % is 14 to 40 %
    ['surreprésenté', 'sous-représenté']
    """
    known = counts.where(census.notna())
    low, high = wilson_interval(known, pd.Series(known.sum(), index=counts.index))
    words = pd.Series(CLOSE, index=counts.index).mask(high.lt(census), UNDER).mask(low.gt(census), OVER)
    return words.where(census.notna(), "")
