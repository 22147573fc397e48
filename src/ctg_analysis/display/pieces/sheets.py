"""The synthèse and the sheet of each commune: pieces of a page made of observations."""

from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from ctg_analysis.display import markup, tables
from ctg_analysis.display.markup import Citation, Html, Table
from ctg_analysis.indicators.findings import ALERT, STRENGTH, TRAIT


class Side(NamedTuple):
    """The words of a side of the synthèse: of its list, of one of its messages, of a list without any."""

    heading: str
    one: str
    without: str = ""


SIDES = {
    STRENGTH: Side("Atouts", "Atout", "La règle ci-dessous n'en retient aucun."),
    ALERT: Side("Alertes", "Alerte", "La règle ci-dessous n'en retient aucune."),
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
    source: Citation
    page: str
    anchor: str
    label: str
    by_team: str = ""


@dataclass(frozen=True)
class Sheet:
    """What is said of a commune.

    lead: its sentence. map, history: drawings with their words, empty where there is nothing to draw. services: lines
    of texts, the service first. figures: header, then lines of texts, the label first.
    """

    code: str
    name: str
    lead: str
    map: str
    history: str
    services: list[list[str]]
    header: list[str]
    figures: list[list[str]]


def messages(synthesis: list[MessageText], rule: str) -> Html:
    """Return the strengths, the alerts and the traits of the synthèse, each with a link to its proof."""
    lists = [
        (words.heading, words.without, [message for message in synthesis if message.side == side])
        for side, words in SIDES.items()
    ]
    return markup.piece("messages.html.j2", lists=lists, rule=rule)


def sheets(communes: list[Sheet], note: str, years: tuple[str, str], source: Citation) -> Html:
    """Return one sheet for each commune, which prints on one page.

    note: of all. years: of the services and of the figures that tell none.
    """
    service_year, year = years
    services = f"Au plus près (à vol d'oiseau), en {service_year} sauf autre année"
    sections = [
        {
            **vars(sheet),
            **{name: Markup(getattr(sheet, name)) for name in ("map", "history")},
            "services": _table(services, ["Où", "Services"], sheet.services),
            "figures": _table(f"Chiffres de {year}, sauf autre année", sheet.header, sheet.figures),
            "signs": tables.signs([*sheet.services, *sheet.figures]),
        }
        for sheet in communes
    ]
    html = markup.piece("sheets.html.j2", sheets=sections, note=note, source=source).html
    return Html(html, {markup.SHEETS: [commune.code for commune in communes]})


def _table(caption: str, header: list[str], lines: list[list[str]]) -> Markup:
    return Markup(markup.table(Table(caption, header, lines)).html if lines else "")
