"""Who steers the convention: its bodies, their meetings, what they decided."""

import pandas as pd

from ctg_analysis.chapter.demarche.demarche_chapter import DemarcheChapter, needing
from ctg_analysis.demarche import plan
from ctg_analysis.display.demarche import pieces
from ctg_analysis.display.drawings import gantt
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces.charts import Listing
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.quantities import counted

FILE = "demarche_reunions.csv"


@needing("Instances de la gouvernance", "instances")
def bodies(chapter: DemarcheChapter) -> Html:
    """The bodies of the governance."""
    header = ["Instance", "Rôle", "Composition", "Présidence", "Fréquence", "Secrétariat"]
    lines = [
        [
            pieces.anchored(
                f"{row.instance} ({row.type})" if row.type != row.instance else row.instance, f"instance-{row.instance}"
            ),
            row.role,
            *(
                pieces.text_of(cell) or pieces.NOTHING
                for cell in (row.composition, row.presidence, row.frequence, row.secretariat)
            ),
        ]
        for row in chapter.table("instances").itertuples(index=False)
    ]
    return pieces.table("Les instances", header, lines, chapter.source("instances"))


@needing("Réunions des instances", "instances", "reunions")
def meetings(chapter: DemarcheChapter) -> Html:
    """The meetings held and planned, with their attendance."""
    rows = chapter.table("reunions")
    held = rows["presents"].notna()
    drawn = gantt.meetings(
        pd.DataFrame({"name": rows["instance"], "year": [plan.as_year(day) for day in rows["date"]], "held": held})
    )
    lines = [
        [row.instance, date_text(row.date), "tenue" if was else "prévue", _attendance(row)]
        for row, was in zip(rows.itertuples(index=False), held, strict=True)
    ]
    planned = int((~held).sum())
    message = f"{counted(int(held.sum()), 'réunion tenue', 'réunions tenues')}"
    message += f", {counted(planned, 'prévue', 'prévues')}" if planned else ""
    years = sorted({day.year for day in rows["date"]})
    return pieces.chart(
        drawn,
        Listing(["Instance", "Date", "Réunion", "Présents sur invités"], lines),
        pieces.Origin(chapter.source("reunions"), f"{years[0]}-{years[-1]}" if len(years) > 1 else str(years[0]), FILE),
        message=message,
        what="Réunions des instances (nombre)",
    )


@needing("Décisions des instances", "reunions")
def decisions(chapter: DemarcheChapter) -> Html:
    """The decisions of the bodies, the newest first."""
    rows = chapter.table("reunions").sort_values("date", ascending=False, kind="stable")
    lines = [
        [date_text(row.date), row.instance, decision]
        for row in rows.itertuples(index=False)
        for decision in row.decisions or ()
    ]
    if not lines:
        return pieces.plain("Aucune décision n'est encore inscrite.")
    source = chapter.source("reunions")
    return pieces.table(
        "Les décisions, des plus récentes aux plus anciennes", ["Date", "Instance", "Décision"], lines, source
    )


def _attendance(row) -> str:
    if pd.isna(row.presents):
        return pieces.NOTHING
    return f"{row.presents} sur {row.invites}" if not pd.isna(row.invites) else str(row.presents)
