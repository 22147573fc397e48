"""What is missing of a territory, why, from whom, what gets it, and what is asked of each partner."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ctg_analysis.chapter.territory import LOCAL, Territory
from ctg_analysis.display import texts
from ctg_analysis.display.notes import source_text
from ctg_analysis.display.texts import typography
from ctg_analysis.model.catalogue import CATALOGUE, TITLES
from ctg_analysis.model.form import MONTH
from ctg_analysis.model.indicator import CENSORED, MISSING, NOT_APPLICABLE, OK, SECRET, Indicator, measures_of
from ctg_analysis.model.settings import MATERIAL, all_chapters
from ctg_analysis.model.source import PLAN, SOURCES, SURVEY, Source
from ctg_analysis.model.territories import FRANCE
from ctg_analysis.raw.certificates import RawFolder, read_certificate
from ctg_analysis.raw.folders import CERTIFICATE, read_unread, source_folders

NO_FILE = "aucun fichier ici"
ELSEWHERE = "le fichier est d'un autre lieu"
SHORT = "absent du fichier livré"
NOT_GIVEN = "absent du fichier complet du producteur"
KEPT_BACK = "secret du producteur"
WITHHELD = "secret"
NO_ANSWER = "le partenaire n'a pas répondu"
BLANK = "le formulaire a des cases vides"
TO_CONFIRM = "non publié tant que le partenaire ne le confirme pas"
TO_GATHER = "pas encore recueilli"
LEFT_OUT = "absent de ce qui a été recueilli"
UNREADABLE = "reçu mais illisible"
ASKED_OF_NOBODY = (KEPT_BACK, WITHHELD, NOT_GIVEN)

OPEN_DATA = "Données ouvertes"
HERE = (*LOCAL, "epci")
# Indicators that depend on age, with the source that would tell elsewhere, by age, whom they count: none of it is read.
AGES_FROM = {"caf_rsa_households_count": "caf_rsa_ages"}
AT_EQUAL_AGES = "{} (à âges égaux)"
MSA = "MSA"  # overseas, the Caf pays the families of farmers too: Code de la sécurité sociale, article L. 751-1
LYCEES = ("upper_secondary_schools_count", "upper_secondary_ips_index")
PUPILS_OF_LYCEES = "upper_secondary_pupils_count"  # of the whole directory: 0 where no lycée is
PARTNERS = ("Caf", "MSA", "Département", "SDJES", "DSDEN", "MDPH", "Mission locale", "Communes")  # in this order
PERIODS = {True: "au 31 décembre des dernières années connues", False: "pour les dernières années connues"}
BY_SITE, BY_COMMUNE, WHOLE = "par structure", "par commune", "pour l'ensemble du territoire"
FIRST_THEME, LAST_THEME = "01", "10"  # the chapters after them tell the démarche
FEW = 5  # figures: a theme that has fewer says on its page who can tell more


class Lack(NamedTuple):
    """A source that does not give an indicator of a territory.

    source: its id. why: one of the reasons above. who: the partner to ask, in French, or OPEN_DATA. file: the form to
    fill, or the files that the source is made of. command: what gets or writes them, nothing where no command can.
    blank: the names of the communes of which a form, received, does not say it, or of the places of which what it says
    is doubted.
    """

    source: str
    why: str
    who: str
    file: str
    command: str
    blank: tuple[str, ...] = ()


def entry(lack: Lack) -> dict[str, str]:
    """The entry of a box: label of the source, how to get it, command."""
    source = SOURCES[lack.source]
    form = SOURCES[source.addition.hides] if source.addition else source
    sheet = form.form.sheet if form.form else ""
    unsaid = f"sans réponse pour {texts.listed(list(lack.blank))}" if lack.blank else "à compléter"
    said = {
        KEPT_BACK: "secret statistique, le producteur ne diffuse pas ce chiffre",
        LEFT_OUT: "absent de ce que la démarche a recueilli jusqu'ici",
        WITHHELD: "secret statistique, un chiffre connu qui ne peut être montré",
        NOT_GIVEN: "le fichier complet du producteur n'en dit pas plus",
        UNREADABLE: f"formulaire « {sheet} » reçu mais illisible" if form.form else "reçu mais illisible",
        TO_CONFIRM: f"formulaire « {sheet} » reçu, chiffre invraisemblable, non publié tant qu'il n'est pas corrigé ou "
        f"confirmé : {texts.listed(list(lack.blank) or [''])}",
        BLANK: f"formulaire « {sheet} » reçu, {unsaid}",
    }
    how = said.get(lack.why) or source.how_to_get or "fichier complet à télécharger"
    return {"label": texts.typography(source_text(source)), "how": texts.typography(how), "command": lack.command}


def known_of(known: int, of: int) -> str:
    """How many indicators have a value; nothing where there is none to have one.

    >>> known_of(54, 81), known_of(1, 8), known_of(0, 0)
    ('54 indicateurs sur 81', '1 indicateur sur 8', '')
    """
    return f"{known} indicateur{'s' if known > 1 else ''} sur {of}" if of else ""


COLUMNS = ["indicator", "chapter", "star", "level", "territory", *Lack._fields]


def missing(territory: Territory) -> pd.DataFrame:
    """What is missing of a territory: a row for each indicator without a value and each source that would give it.

    Columns: indicator, chapter, star; level and territory: those of the places without a value, the EPCI, or some of
    its communes, their codes joined by |, where the EPCI itself has one; then the fields of `Lack`. Last, what would
    tell of France, by age, an indicator that depends on it, and so set it beside at equal ages.
    """
    rows = []
    for indicator in CATALOGUE.values():
        level, places = without_value(territory, indicator)
        if places:
            where = [indicator.id, indicator.chapter, indicator.star, level, "|".join(places)]
            found = list(lacks(territory, indicator))
            silent = {SOURCES[lack.source].producer for lack in found if lack.why == KEPT_BACK}  # in all its files
            kept = [one for one in found if one.why == KEPT_BACK or SOURCES[one.source].producer not in silent]
            rows += [[*where, *lack] for lack in kept]
    for indicator in map(CATALOGUE.get, () if territory.root.fictional else AGES_FROM):
        where = [AT_EQUAL_AGES.format(indicator.id), indicator.chapter, indicator.star, "france", FRANCE]
        rows.append([*where, *_lack(territory, indicator, SOURCES[AGES_FROM[indicator.id]], withheld=False)])
    return pd.DataFrame(rows, columns=COLUMNS)


def without_value(territory: Territory, indicator: Indicator) -> tuple[str, list[str]]:
    """The level at which an indicator is missing, and the codes of the places there; none when it is known everywhere
    or has no object here.

    Of communes: those that have none at the latest period that one of them has.
    """
    state = standing(territory, indicator)
    doubted = any(to_confirm(territory, indicator, SOURCES[name]) for name in indicator.sources)
    if "epci" in indicator.levels and (state == MISSING or doubted):
        return "epci", [territory.epci]
    if state == NOT_APPLICABLE or not any(territory.has(indicator, lack, ["commune"]) for lack in (MISSING, SECRET)):
        return "commune", []
    rows = territory.data(indicator)
    communes = rows[rows["level"].eq("commune")]
    known = communes[communes["status"].isin([OK, CENSORED, NOT_APPLICABLE])]
    latest = communes[communes["period"].eq((known if len(known) else communes)["period"].max())]
    return "commune", sorted(latest.loc[latest["status"].isin([MISSING, SECRET]), "territory"])


def standing(territory: Territory, indicator: Indicator) -> str:
    """Whether an indicator has a value here (OK), no object (NOT_APPLICABLE), or neither (MISSING).

    Of the EPCI itself; of one of its communes, for what is shown by commune only; of each of them, for what a partner
    tells of communes and does not add up (a year).
    """
    own = ["epci" if "epci" in indicator.levels else "commune"]
    if any(territory.has(indicator, known, own) for known in (OK, CENSORED)) or _is_told_of_each(territory, indicator):
        return OK
    told = any(_tells_here(territory, SOURCES[name]) for name in indicator.sources)
    pointless = territory.has(indicator, NOT_APPLICABLE, own) or is_pointless(territory, indicator)
    pointless = pointless or without_lycee(territory, indicator)
    return NOT_APPLICABLE if pointless or not told else MISSING


def _is_told_of_each(territory: Territory, indicator: Indicator) -> bool:
    if not territory.has(indicator, OK, ["commune"]) or any(SOURCES[name].open for name in indicator.sources):
        return False
    rows = territory.data(indicator)
    latest = rows[rows["level"].eq("commune") & rows["period"].eq(rows["period"].max())]
    return latest["status"].eq(OK).any() and latest["status"].isin([OK, NOT_APPLICABLE]).all()


def completeness(territory: Territory, chapter: str) -> tuple[int, int]:
    """How many indicators of a chapter have a value here, and of how many: those that have an object here."""
    states = [standing(territory, indicator) for indicator in CATALOGUE.values() if indicator.chapter == chapter]
    return states.count(OK), len(states) - states.count(NOT_APPLICABLE)


def is_pointless(territory: Territory, indicator: Indicator) -> bool:
    """Whether an indicator has no object (`so`) in any commune at the latest period."""
    if not territory.has(indicator, NOT_APPLICABLE):
        return False
    rows = territory.data(indicator)
    latest = rows[rows["level"].eq("commune") & rows["period"].eq(rows["period"].max())]
    return len(latest) > 0 and latest["status"].eq(NOT_APPLICABLE).all()


def without_lycee(territory: Territory, indicator: Indicator) -> bool:
    """Whether an indicator, unknown here, is of lycées, and the directory of establishments has none of the EPCI."""
    if indicator.id not in LYCEES or territory.has(indicator, OK, HERE):
        return False
    pupils = territory.own(CATALOGUE[PUPILS_OF_LYCEES])
    return len(pupils) > 0 and pupils["value"].iloc[-1] == 0


def lacks(territory: Territory, indicator: Indicator, level: str = "") -> list[Lack]:
    """The sources that give nothing of an indicator here, each with why; the first one, when all give something.

    One withholds it when it does so at the level that is asked; where none is, at that where it is missing: of the EPCI
    itself, or of communes where the EPCI has a value.
    """
    rows = territory.data(indicator)
    rows = rows[rows["level"].isin(HERE)]
    used = set(rows.loc[rows["status"].isin([OK, CENSORED]), "source"])
    sources = [name for name in indicator.sources if _tells_here(territory, SOURCES[name])]
    local = [name for name in sources if _is_local(SOURCES[name])] or sources[:1]
    unused = [name for name in local if name not in used] or local[:1]
    own = "epci" in indicator.levels and standing(territory, indicator) == MISSING
    at = level or ("epci" if own else "commune")
    withheld = set(rows.loc[rows["level"].eq(at) & rows["status"].eq(SECRET), "source"])
    return [_lack(territory, indicator, SOURCES[name], withheld=name in withheld) for name in unused]


def _tells_here(territory: Territory, source: Source) -> bool:
    """Tell whether a source has something to say of a place: the MSA has nothing of the families overseas."""
    return source.partner != MSA or not territory.is_overseas


def _is_local(source: Source) -> bool:
    """Tell whether a source may say something of an EPCI or of communes, and not of larger places alone."""
    levels = {getattr(layout, "level", "commune") for layout in source.layouts}
    return not levels or bool(levels & set(HERE))


def _lack(territory: Territory, indicator: Indicator, source: Source, *, withheld: bool) -> Lack:
    secret = WITHHELD if source.secrecy.threshold else KEPT_BACK
    why = secret if withheld else why_absent(territory, source)
    form = SOURCES[source.addition.hides] if source.addition else source
    if doubted := to_confirm(territory, indicator, form):
        return Lack(source.id, TO_CONFIRM, source.partner, form.form_place, f"ctg check {territory.epci}", doubted)
    file = form.form_place or ", ".join(download.name for download in source.downloads)
    blank = blank_communes(territory, indicator, form) if why == BLANK else ()
    command = f"ctg fetch {source.id}" if source.downloads else f"ctg list sources {source.id}"
    command = f"ctg new {territory.epci}" if source.partner else command
    command = "" if why in ASKED_OF_NOBODY else command
    return Lack(source.id, why, source.partner or OPEN_DATA, file or source.how_to_get, command, blank)


def why_absent(territory: Territory, source: Source) -> str:
    """Why a source gives nothing here that is not withheld: one of the reasons above."""
    if source.id in (SURVEY, PLAN):
        if MATERIAL in read_unread(territory.root, territory.epci):
            return UNREADABLE
        return LEFT_OUT if source.id in telling_sources(territory) else TO_GATHER
    if source.form or source.addition:
        of = source.addition.hides if source.addition else source.id
        told = BLANK if of in telling_sources(territory) else NO_ANSWER
        return UNREADABLE if of in read_unread(territory.root, territory.epci) else told
    return _why_not_in_files(territory, source)


def _why_not_in_files(territory: Territory, source: Source) -> str:
    """Why the files of a source, which a producer publishes, give nothing here."""
    folders = _folders(territory).get(source.id, [])
    if not folders:
        return NO_FILE
    if territory.root.fictional or any(folder.full for folder in folders):
        return NOT_GIVEN
    covered = [folder.listed(territory.communes) for folder in folders]
    whole = any(listed is not None and len(listed) == len(territory.communes) for listed in covered)
    return SHORT if whole or source.id in telling_sources(territory) else ELSEWHERE


@lru_cache(maxsize=1)
def telling_sources(territory: Territory) -> set[str]:
    """The sources that say something of the territory or of its communes, be it that it is secret."""
    rows = territory.named
    return set(rows.loc[rows["level"].isin(HERE) & rows["status"].ne(MISSING), "source"])


def blank_communes(territory: Territory, indicator: Indicator, form: Source) -> tuple[str, ...]:
    """The names of the communes of which a form, received, says nothing of what an indicator is made of.

    At its latest period; none when it says nothing of any commune.
    """
    table = _blanks(territory, indicator, form)
    codes = table.loc[table["period"].eq(table["period"].max()), "territory"]
    return tuple(territory.communes.loc[territory.communes["code"].isin(codes), "name"])


def to_confirm(territory: Territory, indicator: Indicator, form: Source) -> tuple[str, ...]:
    """The places, and the periods, of which a form says what cannot be of what an indicator is made of (rule R27)."""
    if not territory.blanks["doubted"].any():
        return ()
    table = _blanks(territory, indicator, form)
    names = {territory.epci: "le territoire"} | territory.communes.set_index("code")["name"].to_dict()
    doubted = table[table["doubted"]].sort_values(["period", "territory"])
    places = zip(doubted["territory"], doubted["period"], strict=True)
    return tuple(dict.fromkeys(f"{names[code]} ({period[:4]})" for code, period in places))


def _blanks(territory: Territory, indicator: Indicator, form: Source) -> pd.DataFrame:
    table = territory.blanks
    return table[table["source"].eq(form.id) & table["measure"].isin(measures_of(indicator.value))]


@lru_cache(maxsize=1)
def _folders(territory: Territory) -> dict[str, list[RawFolder]]:
    """The folders of data/raw by source, with their certificates: what each covers."""
    return {
        source: [_certificate(folder, (folder / CERTIFICATE).stat().st_mtime_ns) for folder in several]
        for source, several in source_folders(territory.root.raw).items()
        if source in SOURCES
    }


@lru_cache(maxsize=256)
def _certificate(folder: Path, _written: int) -> RawFolder:
    return read_certificate(folder)


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
    rounded = {field.measure for field in form.form.fields if field.is_rounded} if form else set()
    secret = "aucun" if rounded.isdisjoint(measures_of(indicator.value)) else f"arrondi à {form.secrecy.base}"
    told = map(typography, (indicator.label, indicator.definition, level, period, secret))
    lacking = tuple(typography(names[code]) for code in places if code in names)
    return Figure(*told, lacking, typography(TITLES.get(indicator.family, "")))


@lru_cache(maxsize=1)
def unknown_chapters(territory: Territory) -> list[str]:
    """The pages of the thematic chapters of which nothing is known here, in their order.

    The indicators of other chapters that one shows stand in theirs: they make no chapter.
    """
    rows = territory.named
    known = set(rows.loc[rows["level"].isin(HERE) & rows["status"].ne(MISSING), "indicator"])
    with_figures = {CATALOGUE[name].chapter for name in known & CATALOGUE.keys()}
    return [
        chapter.page
        for chapter in all_chapters()
        if FIRST_THEME <= chapter.number <= LAST_THEME and chapter.number not in with_figures
    ]
