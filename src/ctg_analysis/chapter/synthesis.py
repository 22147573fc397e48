"""The synthèse: figures, strengths, alerts and traits chosen by rule, which the team may reorder; what is decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from ctg_analysis.chapter import known, profiles
from ctg_analysis.chapter.profiles import findings_of, printed, sides_of
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche import plan
from ctg_analysis.demarche.columns import lines
from ctg_analysis.demarche.consistency import active
from ctg_analysis.demarche.declared_tables import TABLES
from ctg_analysis.display import markup, sentences, texts
from ctg_analysis.display.markup import SHOWN, Html, telling
from ctg_analysis.display.quantities import counted, in_letters, short_euros
from ctg_analysis.display.texts import date_text, listed, typography
from ctg_analysis.indicators.findings import ALERT, STRENGTH, TRAIT
from ctg_analysis.model.catalogue import CATALOGUE, Essential, themes
from ctg_analysis.model.errors import Finding, InputError
from ctg_analysis.model.habits import quote
from ctg_analysis.model.indicator import OK, Indicator
from ctg_analysis.model.settings import ChapterNotebook, notebooks, project_path

FIGURES, ALERTS, STRENGTHS, TRAITS, IN_ALL = 12, 4, 3, 3, 8  # at most
NAMED = ("chiffre", "atout", "alerte")  # what the team puts first
BESIDE = ("departement", "france")  # of the figures, besides the peers
KEY = (  # the twelve figures that a reader expects; what is remarkable here stands for one that is not known
    "population_count", "population_change_rate", "births_count", "age_65_plus_share", "poverty_2021_rate",
    "unemployment_15_64_rate", "single_parent_households_share", "social_dwellings_rate", "childcare_coverage_rate",
    "pupils_count", "schools_ips_index", "general_practitioner_accessibility_index",
)  # fmt: skip
RULE = (
    f"Choisis par une règle, jamais à la main, {in_letters(IN_ALL)} au plus, les autres étant dans les chapitres : ce "
    "qui place le territoire dans le dixième des EPCI le plus haut ou le plus bas, l'éloigne de la France, sinon d'un "
    "autre lieu, plus que les deux tiers d'entre eux, met un habitant sur trois sous une norme ou évolue sûrement. Une "
    "alerte est défavorable aux familles ; un atout, favorable, sans commune sous la norme, et suivi d'effet : des "
    "médecins proches n'en sont pas un où plus d'habitants qu'en France sont sans médecin traitant."
)
ENJEUX, STRATEGY = "14", "15"  # the chapters that tell more


class Side(NamedTuple):
    """The words of a side of the synthèse: of its list, of one of its messages, of a list without any."""

    heading: str
    one: str
    without: str = ""


SIDES = {
    STRENGTH: Side("Atouts", "Atout", "Aucun, selon la règle ci-dessous."),
    ALERT: Side("Alertes", "Alerte", "Aucune, selon la règle ci-dessous."),
    TRAIT: Side("Traits marquants, ni bons ni mauvais en soi", "Trait marquant"),
}


@dataclass(frozen=True)
class MessageText:
    """A message of the synthèse in words: its side, its theme and chapter, its sentence, a comparison, its proof.

    places: the values and their texts, the territory first. label: what they are, and their period.
    side: see `indicators.findings`. by_team: « phrase » of the sentence that the team has written, « place » of the
    side that it has chosen.
    """

    side: str
    theme: str
    chapter: str
    sentence: str
    comparison: str
    places: tuple[tuple[str, float, str], ...]
    source: str
    page: str
    anchor: str
    label: str
    by_team: str = ""


@dataclass(frozen=True)
class Synthesis:
    """What the synthèse shows, in its order. by_team: the indicators that the team has put where the rule had not."""

    figures: tuple[Indicator, ...]
    strengths: tuple[Indicator, ...]
    alerts: tuple[Indicator, ...]
    traits: tuple[Indicator, ...]
    by_team: frozenset[str] = frozenset()


def synthesis(territory: Territory) -> Synthesis:
    """The synthèse of a territory: what the team names first, then what the rule adds.

    Raises:
        InputError: the team names indicators of which nothing can be written here.
    """
    edition = territory.demarche.table("synthese")
    figures, strengths, alerts = (list(edition.loc[edition["place"].eq(place), "indicateur"]) for place in NAMED)
    found = findings_of(territory)
    found = found.assign(side=sides_of(territory, found))
    of_rule = {side: list(found.loc[found["side"].eq(side), "indicator"]) for side in (STRENGTH, ALERT, TRAIT)}
    named = [*strengths, *alerts]
    known = printed(territory)
    if findings := unwritten(territory, edition):
        raise InputError(findings)
    moved = {*strengths} - {*of_rule[STRENGTH]} | {*alerts} - {*of_rule[ALERT]}
    strengths = _first(strengths, of_rule[STRENGTH], named, STRENGTHS)
    alerts = _first(alerts, of_rule[ALERT], named, ALERTS)
    left = min(TRAITS, IN_ALL - len(strengths) - len(alerts))
    traits = tuple(CATALOGUE[name] for name in of_rule[TRAIT] if name not in named)[:left]
    figures = _figures(territory, figures, list(found["indicator"]), known)
    return Synthesis(figures, strengths, alerts, traits, frozenset(moved))


def _first(named: Sequence[str], of_rule: Sequence[str], taken: Sequence[str], most: int) -> tuple[Indicator, ...]:
    """What the team names, then what the rule adds, so many in all. taken: what the team has put somewhere."""
    names = [*named, *(name for name in of_rule if name not in taken)]
    return tuple(CATALOGUE[name] for name in names[:most])


def unwritten(territory: Territory, edition: pd.DataFrame, place: str = "") -> list[Finding]:
    """What the team puts in the synthèse of which nothing can be written here.

    edition: the sheet « Synthèse ». place: where it is, for findings to tell its lines.
    """
    written = {essential.indicator.id for essential in printed(territory)}
    where = place or f"{project_path(territory.root.material(territory.epci))}/{TABLES['synthese'].place}"
    expected = "un indicateur de data/reference/essentiel.yml dont la valeur est connue ici et peut être écrite"
    wrong = edition[edition["place"].isin(NAMED) & ~edition["indicateur"].isin(written)]
    return [
        Finding(where, int(row.Index) if place else None, "indicateur", quote(row.indicateur), expected)
        for row in wrong.itertuples()
    ]


def _figures(
    territory: Territory, named: Sequence[str], found: Sequence[str], known: Sequence[Essential]
) -> tuple[Indicator, ...]:
    """Twelve indicators at most, one a theme: those that the team names, then the expected ones, then findings."""
    theme = themes()
    compared = [one.indicator.id for one in known if territory.against(one.indicator)["status"].eq(OK).sum() > 1]
    written = {one.indicator.id for one in known}
    key = [name for name in KEY if name in written or (name not in theme and len(territory.own(CATALOGUE[name])))]
    chosen: dict[str, str] = {}
    for name in [*named, *key, *found, *compared]:
        if len(chosen) < FIGURES:
            chosen.setdefault(theme.get(name, name), name)
    return tuple(CATALOGUE[name] for name in chosen.values())


def key_figures(territory: Territory) -> Html:
    """The twelve figures of the synthèse: here, the years, the places beside, the test."""
    return profiles.profile(territory, {"": [one.id for one in synthesis(territory).figures]}, BESIDE)


def messages_shown(territory: Territory) -> Html:
    """The strengths, alerts and traits of the territory, by rule, each with a link to its proof."""
    chosen = messages(territory)
    lists = [
        (words.heading, words.without, [message for message in chosen if message.side == side])
        for side, words in SIDES.items()
    ]
    piece = markup.piece("messages.html.j2", lists=lists, rule=RULE)
    return telling(piece, SHOWN, *(message.anchor for message in chosen))


def messages(territory: Territory) -> list[MessageText]:
    """The strengths, alerts and traits of the synthèse in words; none of a chapter whose notebook tells no title."""
    chapters = {notebook.number: notebook for notebook in notebooks() if notebook.title}
    proposed, edition = synthesis(territory), territory.demarche.table("synthese")
    rewritten = edition[edition["place"].eq("phrase")]
    of_team = {phrase.indicateur: texts.typography(phrase.texte) for phrase in rewritten.itertuples()}
    lists = {STRENGTH: proposed.strengths, ALERT: proposed.alerts, TRAIT: proposed.traits}
    told = [(side, indicator) for side, indicators in lists.items() for indicator in indicators]
    return [
        _in_words(territory, indicator, chapters[indicator.chapter], side, of_team, proposed.by_team)
        for side, indicator in told
        if indicator.chapter in chapters
    ]


def _in_words(
    territory: Territory,
    indicator: Indicator,
    chapter: ChapterNotebook,
    side: str,
    of_team: dict[str, str],
    moved: frozenset[str],
) -> MessageText:
    rows = territory.compared(indicator)
    sentence, comparison = _told(territory, indicator, rows)
    by_team, when = indicator.id in of_team, date_text(rows["period"].iloc[0])
    told = [territory.own(indicator).tail(1), rows]  # the latest may be of another source than what is compared
    return MessageText(
        side=side,
        theme=texts.typography(themes()[indicator.id]),
        chapter=texts.typography(chapter.title),
        sentence=of_team.get(indicator.id, texts.typography(sentence)),
        comparison=texts.typography(f"{sentence} {comparison}" if by_team else comparison),
        places=tuple(rows.loc[rows["status"].eq(OK), ["name", "value", "text"]].itertuples(index=False, name=None)),
        source=known.source(territory, pd.concat(told)),
        page=chapter.page,
        anchor=indicator.id,
        label=texts.typography(indicator.label if when in indicator.label else f"{indicator.label}, {when}"),
        by_team="phrase" if by_team else "place" if indicator.id in moved else "",
    )


def _told(territory: Territory, indicator: Indicator, rows: pd.DataFrame) -> tuple[str, str]:
    """The statement of an indicator, and what it is beside; that of a finding, or what the team alone puts forward."""
    if indicator.id in set(findings_of(territory)["indicator"]):
        return profiles.told(territory, indicator)
    told = f"{sentences.beside(rows)} {known.newer(territory, indicator)}".strip()
    return sentences.statement(indicator, rows.iloc[0]), told


def team(territory: Territory) -> Html:
    """What the team says of the synthèse, who signs it and when."""
    said = {row.place: row for row in lines(territory.demarche.table("synthese"))}
    word, signed = said.get("mot"), said.get("signature")
    if not word and not signed:
        return Html("", why="L'équipe n'a rien écrit dans la feuille « Synthèse ».")
    newest = max(territory.received.values())
    line = f"Relu par : {signed.par}, le {date_text(signed.le)}" if signed else ""
    if signed and f"{signed.le:%Y-%m-%d}" < newest:
        line += f" ; les chiffres sont du {date_text(newest)}, après cette relecture"
    words = texts.typography(word.texte) if word else ""
    return markup.piece("team.html.j2", words=words, signed=texts.typography(line))


@dataclass(frozen=True)
class Commitments:
    """What a démarche has decided, in words: see `decided_in`.

    enjeux: the titles of those retained; decided: how many, and when. axes: title, actions, euros; total: of all;
    financers: who brings them.
    """

    enjeux: list[str]
    decided: str
    axes: list[tuple[str, str, str]]
    total: str
    financers: str


def decided_in(territory: Territory) -> Commitments | None:
    """The enjeux, their decisions, the actions and their euros; nothing as long as none is written."""
    table = territory.demarche.table
    every, actions = table("enjeux"), active(table("actions"))
    enjeux = every[every["retenu"].fillna(False).astype(bool)]
    if enjeux.empty and actions.empty:
        return None
    funding = plan.of_the_plan(table("financements"), table("actions"))
    return Commitments(
        enjeux=[typography(title) for title in enjeux["titre"]],
        decided=typography(_decided(every, enjeux)),
        axes=[tuple(map(typography, line)) for line in _axes(table("axes"), actions, funding)],
        total=typography(_total(actions, funding)),
        financers=typography(_financers(funding)),
    )


def commitments(territory: Territory) -> Html:
    """What a démarche has decided, with links to the chapters that tell more."""
    decided = decided_in(territory)
    pages = {notebook.number: notebook.page for notebook in notebooks()}
    to = {"enjeux": pages.get(ENJEUX), "strategy": pages.get(STRATEGY)}
    return markup.piece("commitments.html.j2", **vars(decided), pages=to) if decided else Html("")


def _decided(enjeux: pd.DataFrame, retained: pd.DataFrame) -> str:
    """How many enjeux the COPIL has retained, and when."""
    days = sorted(set(retained["decide_le"].dropna()))
    when = f", {'le' if len(days) == 1 else 'dont le dernier le'} {date_text(days[-1])}" if days else ""
    kept = "retenu" if len(retained) == 1 else "retenus"
    return f"{counted(len(retained), 'enjeu', 'enjeux')} {kept} sur {len(enjeux)} par le comité de pilotage{when}"


def _axes(axes: pd.DataFrame, actions: pd.DataFrame, funding: pd.DataFrame) -> list[tuple[str, str, str]]:
    """The title of each axis, its actions and its euros, all years; no euros where nobody brings any yet."""
    euros = funding.merge(actions[["action_id", "axe_id"]], on="action_id").groupby("axe_id")["montant"].sum()
    return [
        (
            axis.titre,
            counted(int(actions["axe_id"].eq(axis.axe_id).sum()), "action"),
            short_euros(euros[axis.axe_id]) if axis.axe_id in euros else "",
        )
        for axis in axes.sort_values("ordre", kind="stable").itertuples(index=False)
    ]


def _total(actions: pd.DataFrame, funding: pd.DataFrame) -> str:
    """How many actions, their euros, their years."""
    if funding.empty:
        return counted(len(actions), "action")
    first, last = funding["annee"].min(), funding["annee"].max()
    span = f"de {first} à {last}" if first < last else f"en {first}"
    return f"{counted(len(actions), 'action')}, {short_euros(funding['montant'].sum())} {span}"


def _financers(funding: pd.DataFrame) -> str:
    """Who brings the euros, the first financer first; nothing where nobody brings any yet."""
    sums = funding.groupby("financeur", sort=False)["montant"].sum().sort_values(ascending=False, kind="stable")
    return listed([f"{name} {short_euros(euros)}" for name, euros in sums.items()])
