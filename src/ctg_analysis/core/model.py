"""The frozen records that everything shares: sources, values, indicators."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ctg_analysis.core.layouts import Form, Layout

LEVELS = ("commune", "secteur", "epci", "departement", "region", "france", "peers")

CHARTS = ("comparison", "trend", "parts", "balance", "circles", "choropleth", "pyramid", "matrix", "timeline")

EVENTS, PERSONS, PLACES = "events", "persons", "places"

OK, SECRET, MISSING, NOT_APPLICABLE, CENSORED = "ok", "secret", "nd", "so", "censored"  # rules R4 and R5
STATUSES = (OK, SECRET, MISSING, NOT_APPLICABLE, CENSORED)


@dataclass(frozen=True)
class SecrecyRule:
    """Counts of persons from 1 to `threshold` - 1 are withheld. 0: the producer has already protected its figures.

    Thresholds belong to a source and its legal text, never to the whole project (rule R1).
    """

    threshold: int = 0
    reason: str = "figures déjà protégées par le producteur"


@dataclass(frozen=True)
class Download:
    """A full official file: the name it is kept under in data/raw/<source>/full/, and its address.

    member: pattern of the file to keep when the address gives a zip (a zip within it is opened too).
    seen: False when the address was not seen at work: a guess that the first fetch confirms or corrects.
    resource: pattern of the resource to keep when the address is that of a dataset of data.gouv.fr.
    sha256: the sum that the producer announces, when it does.
    """

    name: str
    url: str
    member: str = ""
    resource: str = ""
    seen: bool = True
    sha256: str = ""


@dataclass(frozen=True)
class Source:
    """A dataset: where it comes from and what may be done with its figures.

    The birth certificate beside the files (source.yml) holds vintage, licence, dates and checksums;
    this holds what the code must know.

    additive: counts of communes may be added up. False for rates, medians and counts that the producer rounds.
    alone: measures that are not added up, when the others are: medians.
    rounding: the producer rounds counts to this step, 0 if it does not; rule: how, when it is known (rule R3).
    sampled: coded for a part of the dwellings only (exploitation complémentaire of the census, rule R7).
    outside: codes of the départements that the dataset leaves out; a total of France is then "hors ...".
    also_in_epcis: totals without the communes that are in no EPCI stand beside the whole ones: older populations lack
        these communes, and a change between two dates is that of the same ones.
    absent: what a commune without a row means: "" unknown, "secret" withheld by the producer, "zero" none,
        "uninhabited" none where nobody lives, unknown elsewhere.
    each: measures of which every commune has the same by definition, those without a row too.
    above: a commune of so many inhabitants or fewer has no value: the producer publishes none, nor does any file here.
    per_inhabitant: an index by commune; that of several is the mean of theirs, weighted by their inhabitants.
    loose: a list that also has addresses abroad and communes of the past: codes that are no commune are left out.
    cog: year of the official geographic code that the communes of the files are in. geography: the same, in French.
    lag: for files of several years, each in its own geography: that of so many years after the period.
    layouts: how the files are laid out, unless a function of `cleaning` reads them.
    form: what a partner fills, kept in data/private/<siren>/ and never shown before the secrecy gate.
    sums: measure → the measure of an open source and that of the source `hides`, which it adds up. The open one stands
        beside the sum, so that the sum tells the other one: the gate guards it in the place of the sum.
    surveyed: answers of residents: values are of those who answered, their intervals indicative (rule R20).
    downloads: the full files that `ctg fetch` gets.
    how_to_get: what a person does to obtain what no address gives, in French.
    """

    id: str
    label: str
    producer: str
    secrecy: SecrecyRule = SecrecyRule()
    additive: bool = True
    alone: frozenset[str] = frozenset()
    rounding: int = 0
    rule: str = "unknown"
    sampled: bool = False
    outside: tuple[str, ...] = ()
    also_in_epcis: bool = False
    absent: str = ""
    each: frozenset[str] = frozenset()
    above: int = 0
    per_inhabitant: bool = False
    loose: bool = False
    cog: int = 0
    lag: int | None = None
    layouts: tuple[Layout, ...] = ()
    form: Form | None = None
    sums: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    hides: str = ""
    surveyed: bool = False
    downloads: tuple[Download, ...] = ()
    geography: str = ""
    licence: str = "Licence Ouverte / Open Licence 2.0 (Etalab)"
    how_to_get: str = ""
    note: str = ""


@dataclass(frozen=True)
class Count:
    """A number of things: the measure as it is."""

    measure: str


@dataclass(frozen=True)
class Mean:
    """The mean of a yearly measure over `years` consecutive years; the period is the last one."""

    measure: str
    years: int


@dataclass(frozen=True)
class Ratio:
    """Numerator over denominator, both of the same source and period, times `per`.

    For a group of communes it is the ratio of the sums, never the mean of the ratios (rule R13).
    `bounded` when the numerator is a part of the denominator. `amounts` when both are sums of money, which no test of
    proportions holds for: a million euros are not a million draws.
    """

    numerator: str
    denominator: str
    per: float = 100
    bounded: bool = True
    amounts: bool = False


@dataclass(frozen=True)
class Rate:
    """What a register counts over a population, times `per`.

    population: the reference population of the same year, or an age group of the census: then that of the latest
    census, up to `within` years before the events. of: EVENTS, any number of which may befall one person; PERSONS of
    that population, whose rate is a proportion; PLACES declared, which chance has no part in.
    """

    events: str
    per: float = 1000
    population: str = "population"
    within: int = 0
    of: Literal[EVENTS, PERSONS, PLACES] = EVENTS


@dataclass(frozen=True)
class Published:
    """A figure that only its producer can compute (a rate, a median). It cannot be added up."""

    measure: str


@dataclass(frozen=True)
class AnnualChange:
    """Mean yearly change of the reference population over `years` years, in %: (P2 / P1)^(1/years) - 1."""

    years: int


@dataclass(frozen=True)
class AnnualFlow:
    """Yearly flow between two censuses `years` apart, in % of the mean population of the two."""

    flow: str
    years: int


@dataclass(frozen=True)
class AnnualResidual:
    """Change of the reference population that `flow` does not explain, in % a year of the mean population."""

    flow: str
    years: int


Value = Count | Mean | Ratio | Rate | Published | AnnualChange | AnnualFlow | AnnualResidual


def is_proportion(value: Value) -> bool:
    """Tell whether a value is that of a part of a population over the whole of it."""
    if isinstance(value, Ratio):
        return value.bounded and not value.amounts
    return isinstance(value, Rate) and value.of == PERSONS


def is_over_population(value: Value) -> bool:
    """Tell whether a value is over the inhabitants that the census counts."""
    return isinstance(value, Rate | AnnualFlow | AnnualResidual)


@dataclass(frozen=True)
class Indicator:
    """All that the product knows of one quantity: see docs/adding_an_indicator.md.

    id: ends with the kind of quantity (_count, _share, _rate, _median, _index, _ratio, _mean, _amount, _time...).
    domain_ids: codes of the field's list of indicators, docs/indicators_of_the_field.csv (DEM-01 ...).
    label, definition, unit, reading, caveats: French, shown to readers.
    reading: a sentence about the territory, with {period}, {value} and, if wanted, {unit} and
        {s}, the mark of the plural.
    sources: by order of preference; for each period the first that has it is taken.
    levels: the levels at which a value may be shown.
    chart: one of CHARTS.
    parts: ids of the indicators that are drawn with this one: what makes it up, or its smoothed series.
    direction: +1 when higher is better for families, -1 when lower is, 0 when neither.
    star: an élu or a Caf adviser would notice its absence.
    family: members of one breakdown (an age pyramid) share it, and one hand-worked case.
    floor: the producer publishes any smaller value as this one: it is then shown as "≤" (rule R5).
    persons: which of numerator and denominator count persons or households; the source's secrecy rule guards these.
    """

    id: str
    domain_ids: tuple[str, ...]
    chapter: str
    label: str
    definition: str
    unit: str
    decimals: int
    sources: tuple[str, ...]
    value: Value
    reading: str
    chart: Literal[CHARTS]
    levels: tuple[Literal[LEVELS], ...] = ("commune", "epci", "departement", "region", "france")
    caveats: str = ""
    direction: int = 0
    star: bool = False
    parts: tuple[str, ...] = ()
    family: str = ""
    floor: float | None = None
    persons: tuple[Literal["numerator", "denominator"], ...] = ("numerator", "denominator")

    @property
    def shown_at(self) -> tuple[str, ...]:
        """Return the levels at which a value may be shown; secteurs, groups of communes, wherever communes are."""
        return (*self.levels, "secteur") if "commune" in self.levels else self.levels

    @property
    def file_name(self) -> str:
        """Return the name of the CSV file that holds its values: one for a whole family."""
        return f"{self.family or self.id}.csv"
