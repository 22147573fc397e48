"""The info flash: what a CTG is, where the démarche stands, what comes next, whom to ask."""

import base64
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import segno
from markupsafe import Markup

from ctg_analysis.chapter.known import source
from ctg_analysis.chapter.territory import open_territory
from ctg_analysis.demarche.columns import JOIN, first_day, last_day, lines
from ctg_analysis.demarche.declared_tables import TABLES
from ctg_analysis.demarche.material_files import IMAGES, MaterialFiles, logos, open_material
from ctg_analysis.demarche.plan import DONE, NO_DATE, PLANNED, TO_COME, UNDER_WAY, as_of
from ctg_analysis.display import notes
from ctg_analysis.display.quantities import agreed
from ctg_analysis.display.texts import NBSP, date_text, span_phrase, typography
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import Finding, InputError, UserError
from ctg_analysis.model.indicator import OK
from ctg_analysis.model.settings import DataRoot, project_path
from ctg_analysis.model.territories import find_epci
from ctg_analysis.pipeline.derivation import read_places
from ctg_analysis.pipeline.faults import must_be_sound
from ctg_analysis.pipeline.run import ensure
from ctg_analysis.publish.site import page

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
    # What the table says counts for a step that should be over, or has no date.
    ends = steps["fin"].fillna(steps["debut"])
    coming = ends.map(lambda end: isinstance(end, str) and last_day(end) > last_day(moment)).astype(bool)
    status = as_of(steps.assign(statut=steps["statut"].mask(coming)), moment)
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


def _together(status: pd.Series) -> str:
    kinds = set(status) - {NO_DATE}
    return kinds.pop() if len(kinds) == 1 else UNDER_WAY if kinds else NO_DATE


def _span(rows: pd.DataFrame) -> str:
    begins, ends = rows["debut"].dropna(), rows["fin"].fillna(rows["debut"]).dropna()
    if begins.empty:
        return ""
    return span_phrase(min(begins, key=first_day)[:7], max(ends, key=last_day)[:7])


def acronyms(issue: Any, shown: Iterable[str]) -> list[tuple[str, str]]:
    """Return the acronyms that stand in an issue, each with its meaning. shown: its texts that are not its own."""
    words = [issue.titre, issue.qu_est_ce_que_la_ctg, issue.mentions, CTG, f"Caf{NBSP}", *shown]
    words += [issue.contact, issue.edito_texte]
    return [(term, notes.terms()[term]) for term in notes.terms_in(map(typography, filter(None, words)))]


def issue_page(epci: str, root: DataRoot, number: int | None = None, today: str = "") -> tuple[Any, str]:
    """Return an issue of the info flash, by default the latest, and its page, which asks nothing of any network.

    today: the day from which it is read and the steps are seen, ISO; by default the date of the issue, never that of a
    clock: the same issue gives the same page.

    Raises:
        InputError: material that cannot be trusted, a figure without value.
        UserError: no such issue.
    """
    places = read_places(root)
    material = open_material(root, epci, places)
    issue = _issue(material, number)
    findings: list[Finding] = []
    figures = list(_figures(issue, material, root, findings))
    if findings:
        raise InputError(findings)
    # Each is there, see consistency.of_info_flashes.
    extracts = material["extraits"].set_index("extrait_id").loc[list(issue.paroles or ())]
    quotes = [
        {"text": typography(row.texte_anonymise).removesuffix("."), "by": row.type_acteur}
        for row in extracts.itertuples()
    ]
    moment, territory = today or issue.date, find_epci(places, epci)["name"]
    phases = list(standing(material["calendrier"], moment))
    coming = _meetings_to_come(issue, material, moment)
    shown = [
        territory,
        *(step["name"] for phase in phases for step in phase["steps"]),
        *(meeting.texte for meeting in coming),
        *(quote["by"] for quote in quotes),
        *(figure[name] for figure in figures for name in ("label", "unit", "source")),
    ]
    return issue, page(
        "info_flash.html.j2",
        page={"territory": typography(territory), "fictional": root.fictional, "title": typography(issue.titre)},
        issue=issue,
        phases=phases,
        coming=coming,
        figures=figures,
        quotes=quotes,
        logos=[logo(path) for path in logos(root.material(epci))],
        moment=moment,
        convention=years_covered(_years(material, root), moment),
        code=Markup(_code(issue)),
        acronyms=acronyms(issue, shown),
    )


def _meetings_to_come(issue: Any, material: MaterialFiles, moment: str) -> list[Any]:
    """The dates that an issue announces, those that are past left out. moment: ISO."""
    meetings = [one for one in lines(material["info_flash_dates"]) if one.numero == issue.numero]
    return [one for one in meetings if last_day(one.date) >= first_day(moment)]


def _years(material: MaterialFiles, root: DataRoot) -> tuple[int, int] | None:
    if material.convention is None:
        return notes.convention(root, material.epci)
    return first_day(material.convention.debut).year, last_day(material.convention.fin).year


def _issue(material: MaterialFiles, number: int | None) -> Any:
    place = f"{project_path(material.folder)}/{TABLES['info_flash'].place}"
    issues = {issue.numero: issue for issue in lines(material["info_flash"])}
    if not issues:
        expected = f"attendu une ligne ; voir `ctg new {material.epci}`"
        raise UserError(f"{place} : aucun numéro de l'info flash encore, {expected}")
    if number is not None and number not in issues:
        raise UserError(f"{place} : aucun numéro {number}, attendu l'un de : {', '.join(map(str, sorted(issues)))}")
    return issues[max(issues) if number is None else number]


def _figures(issue: Any, material: MaterialFiles, root: DataRoot, findings: list[Finding]) -> Iterator[dict[str, str]]:
    if not issue.chiffres_cles:
        return
    ensure(root)
    must_be_sound(root, material.epci)
    seen = open_territory(material.epci, root)
    for figure in issue.chiffres_cles:
        name, place, period = figure.split(JOIN)
        indicator, rows = CATALOGUE[name], seen.readable(CATALOGUE[name])
        rows = rows[rows["territory"].eq(place) & rows["period"].eq(period) & rows["status"].eq(OK)]
        if rows.empty:
            expected = f"un chiffre que donne `ctg observations {material.epci}`"
            what = f"aucune valeur de {name} pour {place} en {period}"
            findings.append(material.tables["info_flash"].fault(issue.Index, "chiffres_cles", what, expected))
            continue
        row = rows.iloc[0]
        told = round(row["value"], indicator.decimals)
        yield {
            "value": row["text"],
            "unit": "" if indicator.unit.startswith("%") else agreed(indicator.unit, told),
            "label": typography(indicator.label),
            "place": typography(row["name"]),
            "period": date_text(row["period"]),
            "source": str(source(seen, rows.head(1))),
        }


def logo(path: Path) -> tuple[str, str]:
    """The name of a logo, from that of its file, and an address that holds the image whole."""
    name = path.stem.removeprefix("logo_").replace("_", " ")
    content = base64.b64encode(path.read_bytes()).decode()
    return typography(f"Logo : {name}"), f"data:{IMAGES[path.suffix]};base64,{content}"


def _code(issue: Any) -> str:
    """Return the address at which to take part, for telephones to read on paper; nothing without address."""
    if not issue.lien:
        return ""
    drawn = io.BytesIO()
    plain = {"xmldecl": False, "svgns": False, "svgclass": None, "lineclass": None, "omitsize": True}
    segno.make(issue.lien, error="m").save(drawn, kind="svg", border=2, **plain)
    alt = "Code à lire avec un téléphone, qui mène à l’adresse ci-contre"
    return drawn.getvalue().decode().strip().replace("<svg ", f'<svg role="img" aria-label="{alt}" ', 1)
