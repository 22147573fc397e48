"""The datasets: where each comes from, how it is laid out, what may be done with its figures."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from ctg_analysis.model.errors import Finding, InputError
from ctg_analysis.model.form import NO_OTHER_KEY, Cube, Form, Layout, Register, Structures, Table
from ctg_analysis.model.habits import folded, quote
from ctg_analysis.model.settings import project_path
from ctg_analysis.model.yaml_files import Years, load_yaml

COMPLEMENTARY, MAIN = "complementary", "main"


@dataclass(frozen=True)
class SecrecyRule:
    """Counts of persons are rounded down to a multiple of `base`. 0: the producer has already protected its figures.

    Thresholds belong to a source and its legal text, never to the whole project (rule R1).
    """

    __pydantic_config__ = NO_OTHER_KEY
    threshold: Annotated[int, Field(ge=0)] = 0
    reason: str = "figures déjà protégées par le producteur"

    @property
    def base(self) -> int:
        """The smallest multiple of 5 that is not under the threshold.

        >>> [SecrecyRule(threshold).base for threshold in (0, 5, 11)]
        [0, 5, 15]
        """
        return -(-self.threshold // 5) * 5


@dataclass(frozen=True)
class Download:
    """A full official file: the name it is kept under in data/raw/<source>/full/, and its address.

    member: pattern of the file to keep when the address gives a zip (a zip within it is opened too).
    seen: False when the address was not seen at work: a guess that the first fetch confirms or corrects.
    resource: pattern of the resource to keep when the address is that of a dataset of data.gouv.fr.
    sha256: the sum that the producer announces, when it does.
    """

    __pydantic_config__ = NO_OTHER_KEY
    name: str
    url: str
    member: str = ""
    resource: str = ""
    seen: bool = True
    sha256: str = ""


@dataclass(frozen=True)
class Geography:
    """The communes that the files of a source are written in.

    words: what a reader is told of them, in French.
    cog: year of the official geographic code that the communes of the files are in.
    epcis: year of the EPCIs that the files (the extract of France alone, of those with a lag) have figures of, where it
        is not that of their communes.
    joined: communes of which the files still hold the parts that have left them, by the year of the code. A part that
        has a row of its own, with a value, is no longer held.
    lag: for files of several years, each in its own geography: that of so many years after the period.
    years: the same where no lag says it: period → year of the code.
    carried: year of the code that its carrier has brought the extract of France to; other files have the lag.
    loose: a list that also has addresses abroad and communes of the past: codes that are no commune are left out.
    arrondissements: a list of things, each under the code of its commune or of its municipal arrondissement, never
        under both: those of Paris, Lyon and Marseille are added up.
    """

    __pydantic_config__ = NO_OTHER_KEY
    words: str = ""
    cog: Annotated[int, Field(ge=2003, le=2100)] = 0
    epcis: Annotated[int, Field(ge=2003, le=2100)] = 0
    joined: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    lag: Years | None = None
    years: Mapping[str, int] = field(default_factory=dict)
    carried: Annotated[int, Field(ge=2003, le=2100)] = 0
    loose: bool = False
    arrondissements: bool = False


@dataclass(frozen=True)
class Coverage:
    """What is known of the communes that the files of a source do not name, or give no value of.

    absent: what a commune without a row means: "" unknown, "secret" withheld by the producer, "zero" none,
        "uninhabited" none where nobody lives, unknown elsewhere.
    each: measures of which every commune has the same by definition, those without a row too.
    above: a commune of so many inhabitants or fewer has no value: the producer publishes none, nor does any file here.
    in_each_departement: every département has some of these things: a list that names no commune of one in a period has
        lost it, and its communes are unknown then.
    leaves_out: the list does not have all of these things: of a place where it has none, an index is unknown.
    doubtful: measures of which a 0 in an extract may be an empty cell that its carrier has filled: not known then.
    """

    __pydantic_config__ = NO_OTHER_KEY
    absent: Literal["", "secret", "zero", "uninhabited"] = ""
    each: frozenset[str] = frozenset()
    above: Annotated[int, Field(ge=0)] = 0
    in_each_departement: bool = False
    leaves_out: bool = False
    doubtful: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Totals:
    """How the communes of a source make larger places.

    additive: counts of communes may be added up. False for rates and medians.
    withheld_below: what the producer withholds is a count from 1 to this less one: a sum holds it between these bounds
        instead of being missing (rule R3). 0: nothing is known of it.
    alone: measures that are not added up, when the others are: medians.
    per_inhabitant: measures by commune, of which that of several is the mean of theirs, weighted by their inhabitants.
    outside: codes of the départements that the dataset leaves out; a total of France is then "hors ...".
    everywhere: measures that it has of these départements too.
    outside_of: measure → those that it leaves out of this measure, where they are not these.
    lost: pairs of periods and of the communes that the files lack by mistake, separated by spaces: the totals of
        the département, the région and France are without them, and say so.
    none_lost: measures of which they lack none of these communes.
    holes: the same where the extract of France has 0 for what is unknown; no total is without them.
    listed: a total is that of the communes that have a value: the others add nothing to it, and stay unknown.
    departements: régions and France that the producer does not publish are sums of its départements.
    """

    __pydantic_config__ = NO_OTHER_KEY
    additive: bool = True
    withheld_below: Annotated[int, Field(ge=0)] = 0
    alone: frozenset[str] = frozenset()
    per_inhabitant: frozenset[str] = frozenset()
    outside: tuple[str, ...] = ()
    everywhere: frozenset[str] = frozenset()
    outside_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    lost: tuple[tuple[str, str], ...] = ()
    none_lost: frozenset[str] = frozenset()
    holes: tuple[tuple[str, str], ...] = ()
    listed: bool = False
    departements: bool = False

    def of(self, measure: str) -> "Totals":
        """Return what holds for one measure, none of which is an exception any more."""
        outside = () if measure in self.everywhere else self.outside_of.get(measure, self.outside)
        lost = () if measure in self.none_lost else self.lost
        no_exception = dict.fromkeys(("alone", "everywhere", "none_lost"), frozenset())
        plain = replace(self, outside=outside, outside_of={}, lost=lost, **no_exception)
        return replace(plain, additive=False) if measure in self.alone else plain

    def lost_in(self, period: str) -> tuple[str, ...]:
        """Return the communes that the files lack in a period."""
        return tuple(code for periods, codes in self.lost if period in periods.split() for code in codes.split())


@dataclass(frozen=True)
class Precision:
    """How near the figures of a source are to what was counted.

    rounding: the producer rounds counts to this step, 0 if it does not; rule: how, when it is known (rule R3).
    sampled: the census, of a part of the dwellings (rule R7): COMPLEMENTARY forms, coded for one dwelling in five of a
        small commune; MAIN forms, all of a small commune and 40 % of the addresses of a large one.
    complementary: in a source of MAIN forms, what was counted on the COMPLEMENTARY ones: what indicators are over.
    design: denominators that count persons, who are drawn with their dwelling → whom: see uncertainty.design_effect.
    """

    __pydantic_config__ = NO_OTHER_KEY
    rounding: Annotated[int, Field(ge=0)] = 0
    rule: str = "unknown"
    sampled: Literal["", COMPLEMENTARY, MAIN] = ""
    complementary: frozenset[str] = frozenset()
    design: Mapping[str, Literal["children", "actives"]] = field(default_factory=dict)

    def forms(self, value: object) -> str:
        """Return the forms of the census that a value was counted on; "" when it is no sample."""
        over = getattr(value, "denominator", getattr(value, "measure", ""))
        return COMPLEMENTARY if over in self.complementary else self.sampled


@dataclass(frozen=True)
class Addition:
    """Figures that add an open source and a restricted one.

    sums: measure → the measure of the open source and that of the source `hides`, which it adds up. The open one stands
    beside the sum, so that the sum tells the other one: the gate guards it in the place of the sum.
    """

    __pydantic_config__ = NO_OTHER_KEY
    hides: str
    sums: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Source:
    """A dataset: where it comes from and what may be done with its figures, as model/declared/sources/*.yml says.

    The birth certificate beside the files (source.yml) holds vintage, licence, dates and checksums;
    this holds what the code must know.

    cubes, tables, registers: how the files are laid out, unless a function of `clean` reads them.
    structures: what of the files names structures one by one.
    guesses: the names and codes of these layouts that no real file has shown: the first full file confirms them.
    form: what a partner fills, kept in data/private/<siren>/ and never shown before the secrecy gate.
    counted: the measures that a function of `clean` makes of those that the layouts or the form hold.
    addition: for figures that add those of two other sources.
    partner: who is asked for its figures, in French; nobody is for open data.
    downloads: the full files that `ctg fetch` gets.
    how_to_get: what a person does to obtain what no address gives, in French.
    """

    __pydantic_config__ = NO_OTHER_KEY
    id: str
    label: str
    producer: str
    partner: str = ""
    geography: Geography = Geography()
    coverage: Coverage = Coverage()
    totals: Totals = Totals()
    precision: Precision = Precision()
    secrecy: SecrecyRule = SecrecyRule()
    cubes: tuple[Cube, ...] = ()
    tables: tuple[Table, ...] = ()
    registers: tuple[Register, ...] = ()
    structures: tuple[Structures, ...] = ()
    guesses: frozenset[str] = frozenset()
    form: Form | None = None
    counted: frozenset[str] = frozenset()
    addition: Addition | None = None
    downloads: tuple[Download, ...] = ()
    licence: str = "Licence Ouverte / Open Licence 2.0 (Etalab)"
    how_to_get: str = ""
    note: str = ""

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """Return how the files are laid out, of whatever kind."""
        return (*self.cubes, *self.tables, *self.registers)

    @property
    def measures(self) -> set[str]:
        """The measures that it is declared to give; none when a function of `clean` alone knows them."""
        laid_out = (
            [*part.measures.values(), *part.computed] if isinstance(part, Table) else part.measures
            for part in self.layouts
        )
        measures = {measure for several in laid_out for measure in several} | self.counted
        if self.form:
            measures |= {field.measure for field in self.form.fields} | self.form.by_site
        weighted = measures & self.totals.per_inhabitant
        measures |= {measure + suffix for measure in weighted for suffix in ("_total", "_inhabitants")}
        return measures | (self.addition.sums.keys() if self.addition else set())

    @property
    def added_up(self) -> set[tuple[str, str]]:
        """The levels and measures of which a figure as published adds up several counts, each rounded (rule R3)."""
        several = (one for one in self.layouts if isinstance(one, Table))
        return {(one.level, one.measures[column]) for one in several for column in one.parts}

    @property
    def open(self) -> bool:
        """Tell whether anyone may have its figures, without asking a partner nor the residents."""
        return not self.partner

    @property
    def withholds(self) -> bool:
        """Tell whether some of its figures may be withheld: its own, or those that it adds up."""
        return bool(self.secrecy.threshold or self.form or self.addition)

    @property
    def rounds(self) -> bool:
        """Tell whether its counts of persons are rounded: by the producer, or for secrecy."""
        return bool(self.precision.rounding or self.secrecy.base)

    @property
    def of_large_communes(self) -> set[str]:
        """The measures that the producer publishes of large communes only (Table.large)."""
        return {measure for table in self.tables if table.large for measure in table.measures.values()}

    @property
    def form_file(self) -> str:
        """Return the name of the form that a partner fills, in data/private/<siren>/."""
        return f"{self.id}.csv"

    @property
    def form_workbook(self) -> str:
        """Return the name of the workbook that is handed to its partner, maybe by another, a sheet for each form."""
        return f"{'_'.join(folded(word) for word in ADDRESSEES.get(self.partner, self.partner).split())}.xlsx"

    @property
    def form_names(self) -> set[str]:
        """Return the names of its form: those of its file, of the workbook of its partner, of its sheet there."""
        return {self.form_file, self.form_workbook, self.form.sheet}

    @property
    def form_place(self) -> str:
        """Return where its form is filled, for a person: a sheet of a workbook, or a file."""
        return f"{self.form_workbook}, feuille « {self.form.sheet} », ou {self.form_file}" if self.form else ""

    @property
    def from_partners(self) -> bool:
        """Tell whether its figures come from a form that a partner fills."""
        return bool(self.form or self.addition)


# The datasets: one declaration each, and their birth certificates.

SURVEY, PLAN = "enquete_habitants", "suivi_ctg"  # what the démarche itself gathers


def __getattr__(name: str) -> Any:
    """Return SOURCES, read when something asks for them first: a build that has nothing to do never does."""
    if name != "SOURCES":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = declared_sources()
    return globals()[name]


# The declarations of the datasets: YAML files, one for each producer or theme, each entry held to `Source`.

FOLDER = Path(__file__).parent / "declared" / "sources"
FORMS = "forms"  # the folder of what partners fill
THRESHOLD = 5
ADDRESSEES = {"SDJES": "DSDEN", "MDPH": "Département"}  # partners that one letter reaches with another
RULE = SecrecyRule(THRESHOLD, f"arrondi à {THRESHOLD} (convention d'échange de données)")  # rule R1


def declared_sources() -> dict[str, Source]:
    """Return the sources that the files declare, by id.

    Raises:
        InputError: an entry that is no source, or has the id of another, with its file and line.
    """
    sources: dict[str, Source] = {}
    findings = []
    for path in _files():
        read = load_yaml(path, tuple[Source, ...])
        for rank, source in enumerate(read.value):
            if source.id in sources:
                line = read.lines[rank, "id"]
                found = f"{quote(source.id)} une seconde fois"
                findings.append(Finding(project_path(path), line, "id", found, "un identifiant à elle seule"))
            if source.form:  # what all of them have in common: a restricted file, received by commune
                source = replace(
                    source,
                    secrecy=RULE,
                    geography=Geography("communes au 1er janvier de l'année de référence"),
                    licence="fichier restreint, hors du dépôt",
                    how_to_get=f"formulaire à faire remplir : {source.form_place}",
                )
            sources[source.id] = source
    if findings:
        raise InputError(findings)
    return sources


def _files() -> list[Path]:
    return [*sorted(FOLDER.glob("*.yml")), *sorted(FOLDER.glob(f"{FORMS}/*.yml"))]


def declared_at(source: Source, text: str) -> list[str]:
    """Return the files and the lines where a source declares a text, for a person to find it.

    It may be a word of a longer text: a column of what is computed of several. The lists of what is said of measures
    (`Coverage`, `Totals`) are no declaration.
    """
    lists = {field.name for part in (Coverage, Totals) for field in fields(part)}
    declared, entry, found = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)"), "", []
    for path in _files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith("- id: "):
                entry = line.removeprefix("- id: ")
            elif entry == source.id and declared.search(line) and line.strip().partition(":")[0] not in lists:
                found.append(f"{project_path(path)}, line {number}")
    return found
