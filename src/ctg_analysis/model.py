"""The frozen records that everything shares: sources, values, indicators."""

from dataclasses import dataclass

LEVELS = ("commune", "secteur", "epci", "departement", "region", "france", "peers")

OK, SECRET, MISSING, NOT_APPLICABLE, CENSORED = "ok", "secret", "nd", "so", "censored"
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
    sha256: the sum that the producer announces, when it does.
    """

    name: str
    url: str
    member: str = ""
    seen: bool = True
    sha256: str = ""


@dataclass(frozen=True)
class Source:
    """A dataset: where it comes from and what may be done with its figures.

    The birth certificate beside the files (source.yml) holds vintage, licence, dates and checksums;
    this holds what the code must know.

    additive: counts of communes may be added up. False for rates, medians and counts that the producer rounds.
    rounding: the producer rounds counts to this step, 0 if it does not (rule R3).
    outside: codes of the départements that the dataset leaves out; a total of France is then "hors ...".
    downloads: the full files that `ctg fetch` gets. geography: of those files, in French.
    how_to_get: what a person does to obtain what no address gives, in French.
    """

    id: str
    label: str
    producer: str
    secrecy: SecrecyRule = SecrecyRule()
    additive: bool = True
    rounding: int = 0
    outside: tuple[str, ...] = ()
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
    `bounded` when the numerator is a part of the denominator.
    """

    numerator: str
    denominator: str
    per: float = 100
    bounded: bool = True


@dataclass(frozen=True)
class Rate:
    """Events of a register over the reference population of the same year, times `per`."""

    events: str
    per: float = 1000


@dataclass(frozen=True)
class Published:
    """A figure that only its producer can compute (a rate, a median). It cannot be added up."""

    measure: str


@dataclass(frozen=True)
class AnnualChange:
    """Mean yearly change of the reference population over `years` years, in %: (P2 / P1)^(1/years) - 1."""

    years: int = 5


@dataclass(frozen=True)
class AnnualFlow:
    """Yearly flow between two censuses `years` apart, in % of the mean population of the two."""

    flow: str
    years: int = 5


@dataclass(frozen=True)
class AnnualResidual:
    """Change of the reference population that `flow` does not explain, in % a year of the mean population."""

    flow: str
    years: int = 5


Value = Count | Mean | Ratio | Rate | Published | AnnualChange | AnnualFlow | AnnualResidual


@dataclass(frozen=True)
class Indicator:
    """All that the product knows of one quantity: see docs/adding_an_indicator.md.

    id: ends with the kind of quantity (_count, _share, _rate, _median, _index).
    domain_ids: names in the field's list of indicators (DEM-01 ...).
    label, definition, unit, reading, caveats: French, shown to readers.
    reading: a sentence about the territory, with {period}, {value} and, if wanted, {unit} and
        {s}, the mark of the plural.
    sources: by order of preference; for each period the first that has it is taken.
    levels: the levels at which a value may be shown.
    chart: comparison, trend, parts, balance, circles, choropleth or pyramid.
    parts: ids of the indicators that are drawn with this one: what makes it up, or its smoothed series.
    direction: +1 when higher is better for families, -1 when lower is, 0 when neither.
    star: an élu or a Caf adviser would notice its absence.
    family: members of one breakdown (an age pyramid) share it, and one hand-worked case.
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
    chart: str
    levels: tuple[str, ...] = ("commune", "epci", "departement", "region", "france")
    caveats: str = ""
    direction: int = 0
    star: bool = False
    parts: tuple[str, ...] = ()
    family: str = ""
    persons: tuple[str, ...] = ("numerator", "denominator")

    @property
    def file_name(self) -> str:
        """Return the name of the CSV file that holds its values: one for a whole family."""
        return f"{self.family or self.id}.csv"
