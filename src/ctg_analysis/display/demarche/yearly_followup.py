"""The indicators of the actions as a page shows them: over the years, and how far they are from their targets."""

import re

import pandas as pd

from ctg_analysis.demarche import plan
from ctg_analysis.display.demarche import pieces
from ctg_analysis.display.drawings import progress
from ctg_analysis.display.markup import Html
from ctg_analysis.display.pieces.charts import Listing
from ctg_analysis.display.words import quantities, texts
from ctg_analysis.display.words.quantities import counted, quantity

REACHED = "cible atteinte"
BROKEN = "série rompue : définition ou source changée, le départ, la valeur et la cible ne se comparent pas"
PLAIN = re.compile(r"[\d\u202f\u2212]+(?:,\d+)?")
ENDS = ["baseline_text", "now_text", "target_text"]
NOT_MEASURED = "pas encore mesuré"
ORIGINS = {
    plan.REPORTED: "relevé du suivi",
    plan.OBSERVED: "recalculé du diagnostic",
    plan.BASELINE: "départ",
    plan.TARGET: "cible",
}
PATHS = (
    "Anneau : valeur de départ ; disques : valeurs relevées ; trait épais : cible. Chaque ligne a sa propre échelle. "
    "Un trait vertical coupe une série dont la définition ou la source a changé : ses deux parts ne sont pas reliées."
)
WAY = (
    "La barre va du départ à la cible ; une flèche dit qu'elle va plus loin, ou à l'opposé. Trait gris : où elle en "
    "serait à la date de la valeur, au rythme qui mène à la cible en son temps."
)


def bullets(rows: pd.DataFrame, what: str, origin: pieces.Origin) -> Html:
    """How far the indicators of an axis are between their baseline and their target.

    rows: those of field.tracking.gaps, with label, unite.
    """
    written = rows.assign(
        baseline_text=[quantity(value) for value in rows["baseline"]],
        now_text=[_bare(text) or quantity(value) for text, value in zip(rows["text"], rows["now"], strict=True)],
        target_text=[quantity(value) for value in rows["target"]],
        word=["série rompue" if broken else "" for broken in rows["broken"]],
    )
    drawn = written.assign(
        label=[f"{label} ({unit})" for label, unit in zip(rows["label"], rows["unite"], strict=True)],
        **pd.DataFrame([_alike(row) for row in rows.itertuples(index=False)], rows.index, ENDS),
    )
    lines = [
        [
            row.label,
            row.unite,
            *(
                _at(getattr(row, f"{name}_text"), getattr(row, f"{name}_year"))
                for name in ("baseline", "now", "target")
            ),
            ORIGINS.get(row.kind, pieces.NOTHING),
            _word(row),
        ]
        for row in written.itertuples(index=False)
    ]
    header = ["Indicateur", "Unité", "Départ", "Actuel", "Cible", "D'où vient l'actuel", "Lecture"]
    compared = rows[rows["way"].notna()]
    return pieces.chart(
        progress.bullets(drawn),
        Listing(header, lines),
        origin,
        message=f"{_on_course(compared)} : {what}",
        what=f"{what}, indicateurs du départ à la cible",
        note=WAY,
    )


def _alike(row) -> list[str]:
    """The baseline, the value and the target of an indicator with the decimals that the diagnosis gives it.

    Its unit stands in the label. A value of the diagnosis that is no plain number is written as it is there.
    """
    now = _bare(row.text)
    if not now or not PLAIN.fullmatch(now):
        return [quantity(row.baseline), now or quantity(row.now), quantity(row.target)]
    return [_rounded(row.baseline, _decimals(now)), now, _rounded(row.target, _decimals(now))]


def _alike_over_years(rows: pd.DataFrame) -> list[str]:
    """The values of an indicator, each with the fewest decimals that the diagnosis gives one of them."""
    bare = [_bare(text) for text in rows["text"]]
    fewest = min((_decimals(text) for text in bare if PLAIN.fullmatch(text)), default=None)
    write = quantity if fewest is None else lambda value: _rounded(value, fewest)
    return [
        write(value) if not text or PLAIN.fullmatch(text) else text
        for text, value in zip(bare, rows["value"], strict=True)
    ]


def _bare(text: str) -> str:
    """How an observed value is written, without the sign of its unit, which has its own place."""
    return re.sub(r"\s*%", "", text)


def _decimals(number: str) -> int:
    return len(number.partition(",")[2])


def _rounded(value: float, decimals: int) -> str:
    return pieces.UNKNOWN if pd.isna(value) else quantities.number(value, decimals)


def _at(text: str, year: float) -> str:
    return text if pd.isna(year) else f"{text} ({year:.0f})"


def _on_course(rows: pd.DataFrame) -> str:
    """How many indicators are as far as they would be at an even pace. rows: those that can be compared.

    >>> _on_course(pd.DataFrame({"way": [1.0, 0.499, 0.2], "due": [0.5, 0.5, 0.5]}))
    '2 indicateurs sur 3 au rythme de leur cible, dont 1 cible atteinte'
    """
    written = rows[["way", "due"]].fillna(1).mul(100).round()  # as each line is told
    ahead, reached = int(written["way"].ge(written["due"]).sum()), int(rows["way"].ge(1).sum())
    if not ahead:
        return f"Aucun indicateur sur {len(rows)} au rythme de sa cible"
    head = f"{counted(ahead, 'indicateur')} sur {len(rows)} au rythme de {'leur' if ahead > 1 else 'sa'} cible"
    return f"{head}, dont {counted(reached, 'cible atteinte', 'cibles atteintes')}" if reached else head


def _word(row) -> str:
    if pd.isna(row.now):
        return NOT_MEASURED
    if row.broken:
        return BROKEN
    if row.unsure:
        return texts.UNSURE
    if pd.isna(row.way):
        return pieces.NOTHING
    if row.way >= 1:
        return REACHED
    if row.way < 0:
        return "à l'opposé de la cible"
    pace = "" if pd.isna(row.due) else f", {quantities.number(100 * row.due)} % du temps"
    return f"{quantities.number(100 * row.way)} % du chemin{pace}"


def paths(rows: pd.DataFrame, labels: dict[str, str], origin: pieces.Origin) -> Html:
    """The values of indicators over the years. rows: see demarche.plan.values. labels: ind_id → its label."""
    drawn = pd.concat([own.assign(text=_alike_over_years(own)) for _, own in rows.groupby("ind_id", sort=False)])
    written = [_bare(text) or quantity(value) for text, value in zip(rows["text"], rows["value"], strict=True)]
    rows = rows.assign(text=written)
    years = sorted(rows["year"].unique())
    lines = []
    for name, label in labels.items():
        own = rows[rows["ind_id"].eq(name)]
        cells = [own[own["year"].eq(year)] for year in years]
        by_year = [", ".join(f"{row.text} ({ORIGINS[row.kind]})" for row in cell.itertuples()) for cell in cells]
        lines.append([label, *(text or pieces.NOTHING for text in by_year)])
    broken = rows.groupby("ind_id")["part"].nunique().gt(1).sum()
    message = f"{counted(len(labels), 'indicateur de résultat', 'indicateurs de résultat')} suivis d'année en année"
    if broken:
        message += f", dont {counted(broken, 'série rompue', 'séries rompues')}"
    return pieces.chart(
        progress.paths(drawn, labels),
        Listing(["Indicateur", *map(str, years)], lines),
        origin,
        message=message,
        what="Indicateurs de résultat, valeurs relevées et cible",
        note=PATHS,
    )
