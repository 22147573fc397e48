"""The records of values and indicators."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo

from ctg_analysis.model.form import NO_OTHER_KEY
from ctg_analysis.model.yaml_files import Names, Positive, Several, Years, with_words

LEVELS = ("commune", "secteur", "epci", "departement", "region", "france", "peers")


EVENTS, PERSONS, PLACES = "events", "persons", "places"
ALL_OR_NOTHING, CAF_ALONE, VOLUNTEERS = "all_or_nothing", "caf_alone", "volunteers"

OK, SECRET, MISSING, NOT_APPLICABLE, CENSORED = "ok", "secret", "nd", "so", "censored"  # rules R4 and R5
STATUSES = (OK, SECRET, MISSING, NOT_APPLICABLE, CENSORED)


@dataclass(frozen=True)
class Count:
    """A number of things: the measure as it is.

    rounding: the measure of what the rounding of the shares that some are made from leaves open, on each side.
    """

    __pydantic_config__ = NO_OTHER_KEY
    measure: str
    rounding: str = ""
    kind: Literal["count"] = "count"


@dataclass(frozen=True)
class Mean:
    """The mean of a yearly measure over `years` consecutive years; the period is the last one."""

    __pydantic_config__ = NO_OTHER_KEY
    measure: str
    years: Years
    kind: Literal["mean"] = "mean"


@dataclass(frozen=True)
class Ratio:
    """Numerator over denominator, both of the same source and period, times `per`.

    For a group of communes it is the ratio of the sums, never the mean of the ratios (rule R13).
    `bounded` when the numerator is a part of the denominator. Not `tested` when no test of proportions holds: a million
    euros are not a million draws, nor are the pupils of a school, that the numerator has all or none of.
    among: what the whole list counts of the things that an index is of; where it has none, the index has no object.
    published: the measure of the ratio as its producer publishes it: it goes before what the parts make.
    """

    __pydantic_config__ = NO_OTHER_KEY
    numerator: str
    denominator: str
    per: Positive = 100
    bounded: bool = True
    tested: bool = True
    among: str = ""
    published: str = ""
    kind: Literal["ratio"] = "ratio"


@dataclass(frozen=True)
class Rate:
    """What a register counts over a population, times `per`.

    population: the reference population of the same year, or an age group of the census: then that of the latest
    census, up to `within` years before the events. of: EVENTS, any number of which may befall one person; PERSONS of
    that population, whose rate is a proportion; PLACES declared, facilities, associations: chance has no part in them.
    """

    __pydantic_config__ = NO_OTHER_KEY
    events: str
    per: Positive = 1000
    population: str = "population"
    within: Years = 0
    of: Literal[EVENTS, PERSONS, PLACES] = EVENTS
    kind: Literal["rate"] = "rate"


@dataclass(frozen=True)
class Published:
    """A figure that only its producer can compute (a rate, a median). It cannot be added up.

    over: the measure of what a share is of, at most, where the producer tells it: that of too few is not written.
    """

    __pydantic_config__ = NO_OTHER_KEY
    measure: str
    over: str | None = None
    kind: Literal["published"] = "published"


@dataclass(frozen=True)
class AnnualChange:
    """Mean yearly change of the reference population over `years` years, in %: (P2 / P1)^(1/years) - 1."""

    __pydantic_config__ = NO_OTHER_KEY
    years: Years
    kind: Literal["annual_change"] = "annual_change"


@dataclass(frozen=True)
class AnnualFlow:
    """Yearly flow between two censuses `years` apart, in % of the mean population of the two.

    events: the measure of the events that the flow is the difference of, all together, births and deaths: chance makes
    them more or fewer.
    """

    __pydantic_config__ = NO_OTHER_KEY
    flow: str
    years: Years
    events: str = ""
    kind: Literal["annual_flow"] = "annual_flow"


@dataclass(frozen=True)
class AnnualResidual:
    """Change of the reference population that `flow` does not explain, in % a year of the mean population."""

    __pydantic_config__ = NO_OTHER_KEY
    flow: str
    years: Years
    kind: Literal["annual_residual"] = "annual_residual"


Value = Annotated[
    Count | Mean | Ratio | Rate | Published | AnnualChange | AnnualFlow | AnnualResidual, Field(discriminator="kind")
]
# The fields of a value that name measures.
MEASURES = ("measure", "numerator", "denominator", "events", "flow")
MEASURES += ("population", "over", "among", "published", "rounding")


def measures_of(value: Value) -> set[str]:
    """The measures that a value names.

    >>> sorted(measures_of(Rate("births")))
    ['births', 'population']
    """
    return {getattr(value, name, None) for name in MEASURES} - {None, ""}


def is_share(value: Value) -> bool:
    """Tell whether a value is that of a part over the whole of it, of a population or not."""
    return (isinstance(value, Ratio) and value.bounded) or is_proportion(value)


def is_proportion(value: Value) -> bool:
    """Tell whether a value is that of a part of a population over the whole of it."""
    if isinstance(value, Ratio):
        return value.bounded and value.tested
    return isinstance(value, Rate) and value.of == PERSONS


def is_over_population(value: Value) -> bool:
    """Tell whether a value is over the inhabitants that the census counts."""
    return isinstance(value, Rate | AnnualFlow | AnnualResidual)


@dataclass(frozen=True)
class Stratum:
    """An age, or an age of one sex, of what an indicator counts: ids of counts, or of the share of this age.

    of: what is counted at this age. among: the people of this age, who are added up.
    """

    __pydantic_config__ = NO_OTHER_KEY
    of: str
    among: tuple[str, ...]


def _with_texts(written: str, info: ValidationInfo) -> str:
    """Return a text with the shared ones, which the context of its validation has by name, in their places."""
    texts = info.context or {}
    if absent := [name for name in NAMED.findall(written) if name not in texts]:
        those = ", ".join(texts) or "il n'en a pas"
        raise ValueError(f"à la place de {{{absent[0]}}}, l'un des textes de ce fichier : {those}")
    return NAMED.sub(lambda name: texts[name[1]], written)


NAMED = re.compile(r"\{(\w*)\}")
Told = Annotated[str, AfterValidator(_with_texts)]


@dataclass(frozen=True)
class Indicator:
    """All that the product knows of one quantity: see docs/adding_an_indicator.md.

    id: ends with the kind of quantity (_count, _share, _rate, _median, _index, _ratio, _mean, _amount, _time...).
    domain_ids: codes of the field's list of indicators, docs/indicators_of_the_field.csv (DEM-01 ...).
    label, definition, unit, reading, caveats: French, shown to readers.
    reading: a sentence about the territory, with {period}, {value} and, if wanted, {unit} and
        {s}, the mark of the plural; of a change, three between « | »: of none, of a rise, of a fall, told without sign.
    sources: by order of preference; for each period the first that has it, the whole country before one territory.
    levels: the levels at which a value may be shown.
    parts: ids of what makes it up, of its smoothed series, or of what it is the outcome of.
    direction: +1 when higher is better for families, -1 when lower is, 0 when neither.
    star: an élu or a Caf adviser would notice its absence.
    strata: what it counts by age, by which it is set beside other places at equal ages (indirect standardisation).
    family: members of one breakdown (an age pyramid) share it, and one hand-worked case.
    width: of a class, in years of age, hundreds of euros or points; None when it has no end.
    floor: the producer publishes any smaller value as this one: it is then shown as "≤" (rule R5).
    persons: which of numerator and denominator count persons or households; the source's secrecy rule guards these.
    untested: why no test compares it: a commune has ALL_OR_NOTHING of it, it counts what the CAF_ALONE pays over a
        population that the MSA serves too (rule R18), or what VOLUNTEERS have described. The position of the first
        among comparable EPCIs is told instead.
    norm: of data/reference/normes.yml: the title of its map tells the communes that do not reach it.
    no_zero: its 0 means nothing, such as that of an index or a mark, or no place is near it, such as a median of
        incomes: what is large is told by how far apart EPCIs are.
    ages: it depends on the ages of the inhabitants: it is not told first where no strata set them apart.
    """

    __pydantic_config__ = NO_OTHER_KEY
    id: str
    domain_ids: Names
    chapter: Annotated[str, Field(pattern=r"^\d\d$")]
    label: str
    definition: Told
    unit: str
    decimals: Annotated[int, Field(ge=0, le=6)]
    sources: Names
    value: Value
    reading: Annotated[str, with_words("period", "value", "unit", "s", needed=("period", "value"))]
    levels: Annotated[tuple[Literal[LEVELS], ...], Several] = ("commune", "epci", "departement", "region", "france")
    caveats: Told = ""
    direction: Annotated[int, Field(ge=-1, le=1)] = 0
    star: bool = False
    parts: Names = ()
    strata: tuple[Stratum, ...] = ()
    family: str = ""
    width: Positive | None = None
    floor: Positive | None = None
    persons: Annotated[tuple[Literal["numerator", "denominator"], ...], Several] = ("numerator", "denominator")
    untested: Literal["", ALL_OR_NOTHING, CAF_ALONE, VOLUNTEERS] = ""
    norm: str = ""
    no_zero: bool = False
    ages: bool = False

    @property
    def shown_at(self) -> tuple[str, ...]:
        """Return the levels at which a value may be shown; secteurs, groups of communes, wherever communes are."""
        return (*self.levels, "secteur") if "commune" in self.levels else self.levels

    @property
    def by_age(self) -> set[str]:
        """Return the ids that its strata name."""
        return {name for stratum in self.strata for name in (stratum.of, *stratum.among)}

    @property
    def file_name(self) -> str:
        """Return the name of the CSV file that holds its values: one for a whole family."""
        return f"{self.family or self.id}.csv"
