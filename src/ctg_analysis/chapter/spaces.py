"""Centres sociaux and EVS, structure by structure: their zones, approvals and criteria (rule R17)."""

import datetime

import pandas as pd

from ctg_analysis.chapter.assessments import UNSAID, meaning
from ctg_analysis.chapter.known import source, unavailable
from ctg_analysis.chapter.territory import Span, Territory
from ctg_analysis.demarche.columns import first_day, last_day
from ctg_analysis.demarche.plan import as_year
from ctg_analysis.display import markup
from ctg_analysis.display.markup import Citation, Html, Table
from ctg_analysis.display.pieces.charts import signs
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.dates import date_text, span_text
from ctg_analysis.model.catalogue import SCALES, TITLES
from ctg_analysis.model.indicator import Indicator
from ctg_analysis.show.plan_charts import gantt
from ctg_analysis.show.svg import svg

APPROVALS = "agrements_vie_sociale"
FILE = "structures_vie_sociale.csv"  # in donnees/


def approvals(territory: Territory, indicator: Indicator) -> Html:
    """The approval of each structure, on a calendar and in a table, beside the convention; else the box.

    indicator: the indicator that the box is about.
    """
    rows = (
        territory.spaces.sort_values("site").sort_values("commune", **texts.BY_NAME).sort_values("end", kind="stable")
    )
    if rows.empty:
        return unavailable(
            territory, indicator, "Agréments des centres sociaux et des espaces de vie sociale, un par un"
        )
    span = territory.convention
    asked = datetime.date.fromisoformat(min(f"{rows['period'].iloc[0]}-12-31", territory.received[APPROVALS]))
    when = f"situation au {date_text(asked)}"
    cited = _cited(territory)
    return markup.together(_calendar(rows, span, when, cited), _one_by_one(rows, span, asked, when, cited))


def _calendar(rows: pd.DataFrame, span: Span | None, when: str, cited: Citation) -> Html:
    drawn = pd.DataFrame(
        {
            "name": rows["site"],
            "group": rows["commune"],
            "begin": [as_year(first_day(day)) for day in rows["begin"]],
            "end": [as_year(last_day(day), after=True) for day in rows["end"]],
            "dropped": False,
        }
    ).sort_values("group", **texts.BY_NAME)
    years = (first_day(span[0]).year, last_day(span[1]).year) if span else None
    marks = [(as_year(last_day(span[1])), f"Fin de la convention : {date_text(span[1])}")] if span else []
    note = f"Bande claire : durée de la convention territoriale globale ({span_text(*span)})." if span else ""
    title, about = early(rows["end"], span), "Agréments des centres sociaux et des espaces de vie sociale"
    lines = [[row.site, *map(date_text, (row.begin, row.end))] for row in rows.itertuples(index=False)]
    spans = " ; ".join(f"{site}, du {begin} au {end}" for site, begin, end in lines)
    return markup.figure(
        svg(gantt(drawn, years, marks).figure),
        file=FILE,
        kind="chart",
        title=texts.typography(title),
        subtitle=texts.typography(f"{about}, {when}"),
        alt=texts.typography(f"{title}. {about}, {when} : {spans}."),
        source=cited,
        note=texts.typography(note),
        data=Table(
            texts.typography(f"{about}, {when}"),
            ["Structure", texts.typography("Début de l'agrément"), texts.typography("Fin de l'agrément")],
            [list(map(texts.typography, line)) for line in lines],
        ),
    )


def early(ends: pd.Series, span: Span | None) -> str:
    """How many of the approvals end before the convention does. ends: days (ISO)."""
    if not span:
        first, last = date_text(ends.min()), date_text(ends.max())
        return f"Fin le {first}" if first == last else f"Fins du {first} au {last}"
    before, whole = sum(last_day(day) < last_day(span[1]) for day in ends), len(ends)
    if whole == 1:
        return "L'agrément prend fin avant la convention" if before else "L'agrément couvre la fin de la convention"
    if before in (0, whole):
        verb = "prennent fin avant" if before else "couvrent la fin de"
        return f"Les {whole} agréments {verb} la convention"
    some = "Un agrément" if before == 1 else f"{before} agréments"
    return f"{some} sur {whole} {'prend' if before == 1 else 'prennent'} fin avant la convention"


def _one_by_one(rows: pd.DataFrame, span: Span | None, asked: datetime.date, when: str, cited: Citation) -> Html:
    lines = []
    for row in rows.itertuples(index=False):
        approval = f"du {date_text(row.begin)} au {date_text(row.end)}{_not_running(row, asked)}"
        beside = [against(row.end, span)] if span else []
        lines.append([row.site, approval, *beside, row.kind, row.commune, row.manager])
    beside = ["Fin, au regard de la convention"] if span else []
    header = ["Structure", "Agrément", *beside, "Type", "Commune", "Gestionnaire"]
    note = f"Convention territoriale globale : {span_text(*span)}." if span else ""
    return _table(f"Agréments, structure par structure, {when}", header, lines, cited, note)


def _not_running(row, asked: datetime.date) -> str:
    if last_day(row.end) < asked:
        return " (échu)"
    return " (à venir)" if first_day(row.begin) > asked else ""


def against(end: str, span: Span) -> str:
    """Where the end of an approval stands to the convention. end: a day (ISO)."""
    day, first, last = last_day(end), first_day(span[0]), last_day(span[1])
    if day < first:
        return "avant le début de la convention"
    if day >= last:
        return "avec la convention" if day == last else "après la convention"
    months = (last.year - day.year) * 12 + last.month - day.month
    return f"{months} mois avant la convention" if months else "moins d'un mois avant la convention"


def criteria(territory: Territory, name: str, members: list[Indicator]) -> Html:
    """The scores of a family, structure by structure, each with its meaning and the words that it rests on."""
    keys = ["territory", "period", "site"]
    rows = territory.spaces.dropna(subset=[indicator.value.numerator for indicator in members])
    if rows.empty:
        return unavailable(territory, members[0], f"{TITLES[name]}, par structure")
    lines = []
    for indicator in members:
        evidence = territory.evidence[territory.evidence["measure"].eq(indicator.value.numerator)].set_index(keys)[
            "words"
        ]
        for row in rows.itertuples(index=False):
            score = meaning(getattr(row, indicator.value.numerator), SCALES[name])
            lines.append(
                (indicator.label, row.site, score, evidence.get((row.territory, row.period, row.site), UNSAID))
            )
    steps = ", ".join(f"{rank} {words}" for rank, words in enumerate(SCALES[name]))
    caption = f"{TITLES[name]}, structure par structure, {date_text(rows['period'].iloc[0])}"
    header = ["Critère", "Structure", "Note", "Ce qui l'appuie"]
    return _table(caption, header, lines, _cited(territory), f"Échelle : {steps}.")


def _table(caption: str, header: list[str], lines: list, cited: Citation, note: str) -> Html:
    made = markup.table(Table(caption, header, lines, f"{signs(lines)} {note}".strip(), words=True))
    return markup.together(made, markup.source(cited))


def _cited(territory: Territory) -> Citation:
    return source(territory, pd.DataFrame({"source": [APPROVALS]}))
