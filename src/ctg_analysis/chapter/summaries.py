"""The synthèse and the sheets of the communes: what was observed of a territory, chosen and put in words."""

import pandas as pd

from ctg_analysis.chapter import known, profiles, synthesis
from ctg_analysis.chapter.essential import findings_of
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup, sentences, texts
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces import sheets
from ctg_analysis.display.texts import date_text
from ctg_analysis.indicators.findings import ALERT, STRENGTH, TRAIT
from ctg_analysis.model.catalogue import themes
from ctg_analysis.model.indicator import OK, Indicator
from ctg_analysis.model.settings import ChapterNotebook, notebooks


def messages(territory: Territory) -> list[sheets.MessageText]:
    """The strengths, alerts and traits of the synthèse in words; none of a chapter whose notebook tells no title."""
    chapters = {notebook.number: notebook for notebook in notebooks() if notebook.title}
    proposed, rewritten = synthesis.synthesis(territory), territory.demarche.synthesis.phrases
    of_team = {phrase.indicateur: texts.typography(phrase.texte) for phrase in rewritten}
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
) -> sheets.MessageText:
    rows = territory.compared(indicator)
    sentence, comparison = _told(territory, indicator, rows)
    by_team, when = indicator.id in of_team, date_text(rows["period"].iloc[0])
    told = [territory.own(indicator).tail(1), rows]  # the latest may be of another source than what is compared
    return sheets.MessageText(
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
    edition = territory.demarche.synthesis
    if not edition.mot and not edition.signature:
        return Html("", why="L'équipe n'a rien écrit dans synthese.yml.")
    signed, newest = edition.signature, max(territory.received.values())
    line = f"Relu par : {signed.par}, le {date_text(signed.le)}" if signed else ""
    if signed and signed.le.isoformat() < newest:
        line += f" ; les chiffres sont du {date_text(newest)}, après cette relecture"
    return markup.piece("team.html.j2", words=texts.typography(edition.mot or ""), signed=texts.typography(line))
