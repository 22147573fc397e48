"""Persons drawn with their dwelling: how many times their variance is that of persons drawn one by one.

The design effects of data/reference/normes.yml come from here: families by their number of children (one, two, three,
four: 41, 37.5, 16 and 5.5 of a hundred with a minor, three or more being 21.5: Insee, Avoir trois enfants ou plus à la
maison, 2015), a child every three years and a half; half of the households with actives having two, alike by 0.4;
households by kind as the census has them, about.
"""

import numpy as np

CHILDREN = (0.41, 0.375, 0.16, 0.055)  # families with 1, 2, 3, 4 children
SPACING, YOUNG, GROWN = 3.5, 6, 18  # years between two children; under 6; until they leave
ALIKE = 0.4  # the correlation of two actives of a household
# Part of households, persons under 20, persons of 65 or more, other persons; about the census of 2021.
HOUSEHOLDS = (
    (0.16, 0, 1, 0), (0.22, 0, 0, 1), (0.14, 0, 2, 0), (0.12, 0, 0, 2), (0.10, 1, 0, 2), (0.10, 2, 0, 2),
    (0.04, 3, 0, 2), (0.01, 4, 0, 2), (0.05, 1, 0, 1), (0.03, 2, 0, 1), (0.01, 3, 0, 1), (0.02, 0, 1, 2),
)  # fmt: skip


def young_children(families: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the children under 6 of families that have some, and how many of them have a quality of their parents."""
    number = random.choice([1, 2, 3, 4], families * 4, p=CHILDREN)
    last = random.uniform(0, GROWN, families * 4)
    ages = last[:, None] + SPACING * np.arange(4)
    young = ((ages < YOUNG) & (np.arange(4) < number[:, None])).sum(axis=1)
    young = young[young > 0][:families]
    return young, young * (random.random(len(young)) < 0.25)


def actives(households: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the actives of households, one or two, and how many of them have a quality that couples share in part."""
    number = random.choice([1, 2], households)
    first = random.random(households) < 0.25
    second = np.where(random.random(households) < ALIKE, first, random.random(households) < 0.25)
    return number, first.astype(int) + second * (number == 2)


def inhabitants(households: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the persons of households, and how many are 65 or more: those who live most with their like."""
    parts, under_20, older, others = (np.array(column) for column in zip(*HOUSEHOLDS, strict=True))
    kind = random.choice(len(parts), households, p=parts / parts.sum())
    return (under_20 + older + others)[kind], older[kind]


def design_effect(persons: np.ndarray, having: np.ndarray) -> float:
    """Return the variance of the share of all that dwellings drawn have, over that of as many persons drawn."""
    share = having.sum() / persons.sum()
    residual = having - share * persons
    return float((residual**2).sum() / persons.sum() / (share * (1 - share)))
