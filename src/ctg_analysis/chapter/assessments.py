"""Scores with what they rest on, and figures held to a norm: tables that say what a number means."""

import pandas as pd

from ctg_analysis.chapter.known import by_commune, source, unavailable
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup, notes, tables, texts
from ctg_analysis.display.markup import Html
from ctg_analysis.display.quantities import number
from ctg_analysis.display.texts import date_text
from ctg_analysis.model.catalogue import CATALOGUE, SCALES, TITLES
from ctg_analysis.model.indicator import OK, Indicator

UNSAID = "non précisé"


def scores(territory: Territory, name: str, members: list[Indicator]) -> Html:
    """The scores of a family, commune by commune, each with its meaning and the words that it rests on."""
    scale, lines, used = SCALES[name], [], []
    for indicator in members:
        rows = by_commune(territory, indicator)
        rows = rows[rows["status"].eq(OK)]
        used.append(rows)
        evidence = territory.evidence[territory.evidence["measure"].eq(indicator.value.numerator)]
        words = evidence.set_index(["territory", "period"])["words"]
        for row in rows.itertuples(index=False):
            lines.append(
                (indicator.label, row.name, meaning(row.value, scale), words.get((row.territory, row.period), UNSAID))
            )
    if not lines:
        return unavailable(territory, members[0], f"{TITLES[name]}, par commune")
    period = date_text(max(rows["period"].max() for rows in used if len(rows)))
    table = pd.DataFrame(lines, columns=["Axe", "Commune", "Note", "Ce qui l'appuie"])
    steps = ", ".join(f"{rank} {words}" for rank, words in enumerate(scale))
    note = f"Échelle : {steps}. De plusieurs sites d'une commune, la note est la moyenne."
    listed = tables.listed(table, f"{TITLES[name]}, {period}", note=note)
    return markup.together(listed, markup.source(source(territory, pd.concat(used))))


def meaning(value: float, scale: tuple[str, ...]) -> str:
    """A score with its words: « 2 sur 3 : bien avancé », « 1,5 sur 3 : entre engagé et bien avancé »."""
    below, whole = int(value), float(value).is_integer()
    words = scale[below] if whole else f"entre {scale[below]} et {scale[below + 1]}"
    return f"{number(value, 0 if whole else 1)} sur {len(scale) - 1} : {words}"


def norms(territory: Territory, name: str) -> Html:
    """What is measured here beside the most that the dated texts of data/reference/<name>.yml allow."""
    lines, used = [], []
    for indicator, most, whom in notes.read_norms(name):
        measured = CATALOGUE[indicator]
        rows = territory.compared(measured, with_peers=False)
        if rows.empty:
            return unavailable(territory, measured, measured.label)
        own = rows.iloc[0]
        low, high = (own["value"] if pd.isna(own[bound]) else own[bound] for bound in ("low", "high"))
        verdict = "dans la limite" if high <= most else "au-delà de la limite" if low > most else texts.UNSURE
        lines.append((whom, own["text"], number(most), verdict, date_text(own["period"])))
        used.append(rows.iloc[[0]])
    header = ["Public", f"Ici ({CATALOGUE[indicator].unit})", "Au plus, d'après les textes", "En moyenne", "Période"]
    listed = tables.listed(pd.DataFrame(lines, columns=header), "Encadrement mesuré et norme")
    return markup.together(listed, markup.source(source(territory, pd.concat(used))))
