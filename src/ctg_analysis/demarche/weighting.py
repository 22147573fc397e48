"""Redressement: weights that give the answers the profile of the population, and what they cost (rules R20 and R21)."""

import numpy as np
import pandas as pd

from ctg_analysis.demarche.columns import CROSSED, LIST, NO_ANSWER, OUTSIDE
from ctg_analysis.indicators.uncertainty import Z, wilson_interval
from ctg_analysis.model.errors import Finding, InputError

PROBABILITY, VOLUNTEERS = "probabiliste", "volontaires"

BOUNDS = (0.3, 3.0)  # of a weight, the mean being 1 (rule R21)
FEWEST = 10  # answers of a category of a margin: with fewer, it is put together with its neighbour
ROUNDS, NEAR = 1000, 1e-9  # of the raking: how many at most, and the gap (part of the whole) that ends it

UNDER, OVER, CLOSE = "sous-représenté", "surreprésenté", "proche"
MARGINS = "marges.csv"


def effective_size(weights: pd.Series) -> float:
    """The number of answers without weights that would be as precise: (Σw)² / Σw² (Kish 1965).

    >>> effective_size(pd.Series([1.0, 3.0]))  # 4² / (1 + 9)
    1.6
    """
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0


def half_width(answers: float, deff: float = 1, population: float = np.inf) -> float:
    """The 95 % margin of error of a share of 50 %, the widest, from 0 to 1 (rule R20).

    Legitimate for a probability sample alone, see `interval_words`.

    Parameters:
        deff: what the weights multiply the variance by: answers / n_eff.
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


def rake(answers: pd.DataFrame, margins: pd.DataFrame, bounds: tuple[float, float] = BOUNDS) -> pd.Series:
    """The weights, of mean 1, that give the answers the margins of the census (rule R21).

    A category with fewer than 10 answers, or with nobody in the census, is put together with the neighbour, in the
    order of the margins, that has fewer answers. Those who do not say keep their part.

    Parameters:
        answers: a column for each variable of the margins.
        margins: columns variable, modalite, effectif; the variable `a+b` crosses two columns. Margins count by their
            shares: those of households and of persons go together.
        bounds: of a weight, the mean being 1.

    Raises:
        InputError: a variable that no column holds, a modality that its margin lacks, a margin of 0.

    As many men as women in the census, 10 of 40 answers: 20 / 10 each, 20 / 30 a woman.

    >>> answers = pd.DataFrame({"sexe": ["f"] * 30 + ["h"] * 10})
    >>> margins = pd.DataFrame({"variable": "sexe", "modalite": ["f", "h"], "effectif": [500, 500]})
    >>> rake(answers, margins).iloc[[0, -1]].round(3).tolist()
    [0.667, 2.0]
    """
    used = [_margin(cells, census_of(margins, name)) for name, cells in margin_cells(answers, margins).items()]
    numbers, parts = zip(*used, strict=True)
    profiles, in_profile, counts = np.unique(np.column_stack(numbers), axis=0, return_inverse=True, return_counts=True)
    return pd.Series(bounded_raking(list(profiles.T), parts, counts, bounds)[in_profile], index=answers.index)


def census_of(margins: pd.DataFrame, variable: str) -> pd.Series:
    """Modality → people in the census, in the order of the margin."""
    return margins[margins["variable"].eq(variable)].set_index("modalite")["effectif"].astype(float)


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


def margin_cells(answers: pd.DataFrame, margins: pd.DataFrame) -> dict[str, pd.Series]:
    """Variable → modality of each answer; SR for those who do not say.

    Raises:
        InputError: see `rake`.
    """
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


def _margin(cells: pd.Series, census: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """The number of the category of each answer, and the part of all the answers that each category must have, small
    ones put together, those who do not say keeping their part.
    """
    answered = cells.ne(NO_ANSWER)
    categories = merged(cells[answered].value_counts().reindex(census.index, fill_value=0), census)
    parts = census.groupby(categories, sort=False).sum() / census.sum() * answered.mean()
    if not answered.all():
        parts[NO_ANSWER] = 1 - answered.mean()
    numbers = parts.index.get_indexer(cells.map(categories).where(answered, NO_ANSWER))
    return numbers, parts.to_numpy()


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


def profile_words(counts: pd.Series, census: pd.Series) -> pd.Series:
    """Who is under-represented among those who say: beyond the 95 % interval of their share (rules R14, R22).

    >>> profile_words(pd.Series([30, 10]), pd.Series([0.5, 0.5])).tolist()  # 75 % is 60 to 86 %, 25 % is 14 to 40 %
    ['surreprésenté', 'sous-représenté']
    """
    known = counts.where(census.notna())
    low, high = wilson_interval(known, pd.Series(known.sum(), index=counts.index))
    words = pd.Series(CLOSE, index=counts.index).mask(high.lt(census), UNDER).mask(low.gt(census), OVER)
    return words.where(census.notna(), "")
