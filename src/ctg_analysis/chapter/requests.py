"""What is asked of whom, so that a report lacks nothing: the figures of each partner, the form that brings them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import pandas as pd

from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display.notes import source_text
from ctg_analysis.display.texts import typography
from ctg_analysis.display.words.lacks import ASKED_OF_NOBODY, OPEN_DATA, TO_CONFIRM, Lack, entry
from ctg_analysis.model.catalogue import CATALOGUE, TITLES
from ctg_analysis.model.form import MONTH
from ctg_analysis.model.indicator import Indicator, measures_of
from ctg_analysis.model.source import PLAN, SOURCES, SURVEY, Source

PARTNERS = ("Caf", "MSA", "Département", "SDJES", "DSDEN", "MDPH", "Mission locale", "Communes")  # in this order
PERIODS = {True: "au 31 décembre des dernières années connues", False: "pour les dernières années connues"}
BY_SITE, BY_COMMUNE, WHOLE = "par structure", "par commune", "pour l'ensemble du territoire"


@dataclass(frozen=True)
class Figure:
    """A figure that is asked: its label, its definition, at what level, of what period, what of it is not shown.

    places: the communes of which alone it is missing. family: the title of those that it is told with, if any.
    """

    label: str
    definition: str
    level: str
    period: str
    secret: str
    places: tuple[str, ...] = ()
    family: str = ""


@dataclass(frozen=True)
class Request:
    """What a source would bring. command: what gets it. how: in French, without a form.

    form: where it is filled. workbook, file: the workbook of its partner, the CSV file. doubted: how says what, in
    the form, is to be corrected or confirmed.
    """

    source: str
    label: str
    figures: tuple[Figure, ...]
    form: str = ""
    workbook: str = ""
    file: str = ""
    command: str = ""
    how: str = ""
    doubted: bool = False


@dataclass(frozen=True)
class Requests:
    """What is asked: of each partner; of nobody, for it is public; of the démarche; what nobody may give, and why."""

    partners: dict[str, list[Request]]
    open_data: list[Request]
    demarche: list[Request]
    kept: list[Request]


def requests(territory: Territory, lacks: pd.DataFrame) -> Requests:
    """What is asked so that a report lacks nothing. lacks: of `missing.missing`."""
    lacks = lacks[lacks["indicator"].isin(list(CATALOGUE))]
    kept = lacks["why"].isin(ASKED_OF_NOBODY)
    asked = lacks[~kept]
    partners = [*PARTNERS, *sorted(set(asked["who"]) - {*PARTNERS, OPEN_DATA, SOURCES[PLAN].partner})]
    by_partner = {who: list(_requests(territory, asked[asked["who"].eq(who)])) for who in partners}
    return Requests(
        {who: several for who, several in by_partner.items() if several},
        list(_requests(territory, asked[asked["who"].eq(OPEN_DATA)])),
        list(_requests(territory, asked[asked["source"].isin([SURVEY, PLAN])])),
        list(_requests(territory, lacks[kept])),
    )


def _requests(territory: Territory, lacks: pd.DataFrame) -> Iterator[Request]:
    """A request for each form or source, its figures in the order of the catalogue, each once."""
    for _, rows in lacks.groupby(["file", "why"], sort=False):
        lack = Lack(*rows.iloc[0][list(Lack._fields)])._replace(blank=tuple(dict.fromkeys(chain(*rows["blank"]))))
        form = _form(SOURCES[lack.source])
        source = form or SOURCES[lack.source]
        figures = tuple(
            _figure(territory, CATALOGUE[row.indicator], row.territory.split("|"), form)
            for row in rows.drop_duplicates("indicator").itertuples(index=False)
        )
        label = typography(form.label if form else source_text(source))
        files = (typography(form.form_place), form.form_workbook, form.form_file) if form else ("", "", "")
        yield Request(source.id, label, figures, *files, lack.command, entry(lack)["how"], lack.why == TO_CONFIRM)


def _form(source: Source) -> Source | None:
    """The source of the form that brings what a source is made of; nothing when no partner fills one."""
    of = SOURCES[source.addition.hides] if source.addition else source
    return of if of.form else None


def _figure(territory: Territory, indicator: Indicator, places: list[str], form: Source | None) -> Figure:
    """A figure with what a partner needs to know of it."""
    names = dict(zip(territory.communes["code"], territory.communes["name"], strict=True))
    level = BY_COMMUNE if "commune" in indicator.levels else WHOLE
    if form and form.form.by_site:
        level = BY_SITE
    period = PERIODS[bool(form) and form.form.written == MONTH]
    secret = f"arrondi à {form.secrecy.base}" if form and _counts_persons(indicator, form) else "aucun"
    told = map(typography, (indicator.label, indicator.definition, level, period, secret))
    lacking = tuple(typography(names[code]) for code in places if code in names)
    return Figure(*told, lacking, typography(TITLES.get(indicator.family, "")))


def _counts_persons(indicator: Indicator, form: Source) -> bool:
    """Whether an indicator counts persons or households that a form tells."""
    counted = {field.measure for field in form.form.fields if field.is_rounded}
    return not counted.isdisjoint(measures_of(indicator.value))
