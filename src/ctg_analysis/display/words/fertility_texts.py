"""Births and fertility, in words."""

from typing import NamedTuple

import pandas as pd

from ctg_analysis.display.words.equal_age_texts import FEWER, MORE, hundredths, word
from ctg_analysis.display.words.quantities import counted, number
from ctg_analysis.display.words.texts import SIGNS
from ctg_analysis.indicators.demography import BirthsChange, fertility
from ctg_analysis.model.indicator import MISSING, NOT_APPLICABLE

CAPTION = "Naissances, femmes en âge d'être mères et fécondité"
HEADER = [
    "Territoire",
    "Naissances",
    "Femmes de 20 à 39 ans",
    "Naissances pour 1 000 d'entre elles",
    "Attendues aux taux de la France",
    "Comptées pour 100 attendues (intervalle)",
]
CHANGE = "Évolution des naissances : nombre de femmes, âge et fécondité"
CHANGE_HEADER = ["Ce qui change", "Avant", "Après", "Naissances par an en plus ou en moins"]
CHANGE_NOTE = (
    "Naissances par an : moyenne de l'année qui précède le 1er janvier du recensement et de celle qui le suit. La part "
    "de chaque facteur est la moyenne de ce qu'il change selon l'ordre où les facteurs changent (Kitagawa, Das Gupta). "
    "L'âge des mères n'est pas connu ici : la fécondité est le rapport des naissances à celles qu'auraient, aux taux "
    "de chaque âge en France, les femmes de 15 à 49 ans du territoire. Entre parenthèses, l'intervalle à 95 % que "
    "laisse le hasard des naissances."
)


class Ratio(NamedTuple):
    """The births expected, and the ratio of those counted to them, with its interval."""

    expected: float
    ratio: float
    low: float
    high: float


def line(row, ratio: Ratio | None) -> list[str]:
    """The cells of a place. row: of the rate, readable; ratio: None where women of each age are not known."""
    nothing = SIGNS[MISSING]
    told = [number(ratio.expected), hundredths(*ratio[1:])] if ratio else [nothing, nothing]
    return [row.name, number(row.numerator), number(row.denominator), row.text, *told]


def line_of_years(row, years: tuple[str, str], births: float, ratio: Ratio) -> list[str]:
    """The cells of the births of several years of a place, from the first to the last."""
    nothing = SIGNS[NOT_APPLICABLE]
    told = [number(ratio.expected), hundredths(*ratio[1:])]
    return [f"{row.name}, de {years[0]} à {years[1]}", number(births), nothing, nothing, *told]


def sentence(row, ratio: Ratio | None, several: tuple[tuple[str, str], float, Ratio] | None) -> str:
    """The sentence of the territory's own row, and of its births of several years."""
    births = counted(row.numerator, "naissance")
    if ratio is None:
        return f"En {row.period}, {births} pour {number(row.denominator)} femmes de 20 à 39 ans."
    told = {MORE: "il y en a plus qu'attendu", FEWER: "il y en a moins qu'attendu"}.get(
        word(ratio.low, ratio.high), "l'écart n'est pas établi"
    )
    of_year = (
        f"En {row.period}, {births} pour {number(row.denominator)} femmes de 20 à 39 ans. Si les femmes de chaque âge "
        f"avaient la fécondité de cet âge en France, il y en aurait {number(ratio.expected)} : {told}, "
        f"{hundredths(*ratio[1:])} pour 100 attendues."
    )
    if several is None:
        return of_year
    (first, last), born, ratio = several
    return (
        f"{of_year} De {first} à {last}, {number(born)} naissances pour {number(ratio.expected)} attendues : "
        f"{hundredths(*ratio[1:])}."
    )


def note(with_rates: bool) -> str:
    """The line below: where the rates of France come from."""
    if not with_rates:
        return "Les taux de fécondité de la France ne sont pas connus pour cette année."
    return (
        f"Taux de chaque âge en France : {fertility().source}. Publiés au dixième, ils donnent le nombre attendu à un "
        "ou deux centièmes près. Les femmes sont celles du recensement le plus proche ; celles de 50 ans ne sont pas "
        "comptées. Une année de naissances varie par hasard : l'intervalle le dit."
    )


def change_lines(
    found: BirthsChange, women: tuple[pd.Series, pd.Series], births: tuple[float, float], years: tuple[str, str]
) -> list[list[str]]:
    """The lines of the table of a change (CHANGE_HEADER)."""

    def signed(value: float) -> str:
        return number(value, 1, signed=True)

    nothing = SIGNS[NOT_APPLICABLE]
    between = f"{signed(found.fertility)} ({signed(found.low)} à {signed(found.high)})"
    number_of = [number(each.sum()) for each in women]
    return [
        ["Nombre de femmes de 15 à 49 ans", *number_of, signed(found.women)],
        ["Âge de ces femmes", nothing, nothing, signed(found.ages)],
        ["Fécondité à chaque âge", nothing, nothing, between],
        [f"Naissances par an, autour du 1er janvier {years[0]} et {years[1]}", *(number(one, 1) for one in births),
         signed(found.change)],
    ]  # fmt: skip


def change_sentence(found: BirthsChange, births: tuple[float, float], years: tuple[str, str]) -> str:
    """The sentence that tells what a change in births is made of."""
    before, after = (number(one, 1) for one in births)
    sure = not found.low <= 0 <= found.high
    fertility_part = (
        f"la fécondité, {number(found.fertility, 1, signed=True)}"
        if sure
        else f"la fécondité, {number(found.fertility, 1, signed=True)}, que le hasard peut expliquer"
    )
    return (
        f"De {before} naissances par an autour de {years[0]} à {after} autour de {years[1]} : le nombre de femmes "
        f"compte pour {number(found.women, 1, signed=True)}, leur âge pour {number(found.ages, 1, signed=True)}, et "
        f"{fertility_part}."
    )
