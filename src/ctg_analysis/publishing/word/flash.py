"""The info flash: what a CTG is, where the démarche stands, what comes next, whom to ask. No statistics are needed."""

import re
from collections.abc import Iterable, Iterator

import pandas as pd

from ctg_analysis.demarche.plan.calendar import DONE, NO_DATE, PLANNED, TO_COME, UNDER_WAY, as_of
from ctg_analysis.demarche.tables import TABLES
from ctg_analysis.demarche.tables.columns import first_day, last_day
from ctg_analysis.demarche.tables.yaml_documents import InfoFlash
from ctg_analysis.display.words import glossary
from ctg_analysis.display.words.dates import span_phrase
from ctg_analysis.display.words.texts import NBSP, typography

PHASES = TABLES["calendrier"].columns["phase"].kind.choices
HEADS_A_PHASE = re.compile(r"Phase \d")
MARKS = {DONE: "✓", UNDER_WAY: "●", PLANNED: "○", TO_COME: "○", NO_DATE: "○"}
CTG = "CTG"


def years_covered(years: tuple[int, int] | None, moment: str) -> str:
    """Return which years the convention is of, as they are seen from a moment; nothing when they are not known."""
    if years is None:
        return ""
    first, last = years
    year = first_day(moment).year
    verb = "couvrira" if year < first else "couvrait" if year > last else "couvre"
    return f"La convention {verb} les années {first} à {last}."


def standing(steps: pd.DataFrame, moment: str) -> Iterator[dict]:
    """Yield the phases of a démarche as they stand at a moment: title, span, status, mark, steps.

    The step « Phase 1 : … » is the phase itself. A step without date of a phase to come is to come.
    """
    status = _seen_from(steps, moment)
    for number, phase in enumerate(PHASES, start=1):
        own = steps[steps["phase"].eq(phase)]
        heads = own["etape"].str.match(HEADS_A_PHASE)
        if own.empty:
            continue
        rows, head = own[~heads], own[heads].head(1)
        stands = status[head.index[0]] if len(head) else _together(status[rows.index])
        title = head["etape"].iloc[0] if len(head) else f"Phase {number} : {phase}"
        span = _span(head if len(head) else rows)
        lines = []
        for row in rows.itertuples():
            stage = status[row.Index]
            known = TO_COME if stage == NO_DATE and stands == TO_COME else stage
            step = {"name": typography(row.etape), "span": span_phrase(row.debut, row.fin)}
            lines.append(step | {"status": known, "mark": MARKS[known]})
        yield {"title": typography(title), "span": span, "status": stands, "mark": MARKS[stands], "steps": lines}


def _seen_from(steps: pd.DataFrame, moment: str) -> pd.Series:
    """Return where each step is at a moment.

    What the table says of a step is of the day it was written: it counts for one that should be over, or has no date.
    """
    ends = steps["fin"].fillna(steps["debut"])
    coming = ends.map(lambda end: isinstance(end, str) and last_day(end) > last_day(moment)).astype(bool)
    return as_of(steps.assign(statut=steps["statut"].mask(coming)), moment)


def _together(status: pd.Series) -> str:
    """Return where a phase stands by its steps: done or to come when all are, else under way."""
    kinds = set(status) - {NO_DATE}
    return kinds.pop() if len(kinds) == 1 else UNDER_WAY if kinds else NO_DATE


def _span(rows: pd.DataFrame) -> str:
    """Return from which month to which the rows last."""
    begins, ends = rows["debut"].dropna(), rows["fin"].fillna(rows["debut"]).dropna()
    if begins.empty:
        return ""
    return span_phrase(min(begins, key=first_day)[:7], max(ends, key=last_day)[:7])


def acronyms(issue: InfoFlash, shown: Iterable[str]) -> list[tuple[str, str]]:
    """Return the acronyms that stand in an issue, each with its meaning. shown: its texts that are not its own."""
    words = [issue.titre, issue.qu_est_ce_que_la_ctg, issue.mentions, CTG, f"Caf{NBSP}", *shown]
    words += [issue.participer.contact] if issue.participer else []
    words += [issue.edito.texte] if issue.edito else []
    return [(term, glossary.terms()[term]) for term in glossary.terms_in(map(typography, filter(None, words)))]
