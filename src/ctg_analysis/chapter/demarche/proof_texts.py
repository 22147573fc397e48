"""The proofs of the constats in words: what each says, whether it still holds, where to see it."""

import pandas as pd

from ctg_analysis.chapter.demarche.addresses import place_of
from ctg_analysis.chapter.demarche.demarche_chapter import DemarcheChapter
from ctg_analysis.demarche import columns
from ctg_analysis.demarche.proof_checks import BENCHMARK, COMPARED, LEVELS, holds, word_of_test
from ctg_analysis.display import texts
from ctg_analysis.display.quantities import agreed
from ctg_analysis.display.texts import date_text
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK, Indicator

SURVEY, INTERVIEWS = "11", "12"  # chapters
SENSES = {"appuie": "Appuie", "nuance": "Nuance", "contredit": "Contredit"}
KINDS = {
    columns.INDICATOR: "Chiffre",
    columns.SURVEY: "Consultation des habitants",
    columns.INTERVIEW: "Entretien",
    columns.DOCUMENT: "Document",
    columns.WORKSHOP: "Rencontre",
}
BESIDE = {"departement": "le département", "region": "la région", "france": "la France", "epci": "l'intercommunalité"}
IN = {
    "departement": "dans le département",
    "region": "dans la région",
    "france": "en France",
    "epci": "dans l'intercommunalité",
}
LIMITS = {columns.AT_LEAST: "la preuve tient à partir de", columns.AT_MOST: "la preuve tient jusqu'à"}
NOT_QUOTED = "propos qui ne peuvent pas être cités ici"
GONE, NOT_ANY_MORE = "valeur qui n'est plus dans le diagnostic", "ce que dit la preuve n'est plus vrai aujourd'hui"


def proofs_of(chapter: DemarcheChapter, constat: str) -> list[dict[str, str]]:
    """The proofs of a constat in words, those that contradict it too, in the order of the file."""
    rows, proofs = chapter.table("preuves"), []
    for row in rows[rows["constat_id"].eq(constat)].itertuples(index=False):
        text, address, fault = _WORDS[row.type](chapter, row)
        words = {"text": texts.typography(text), "address": address, "fault": texts.typography(fault)}
        proofs.append(words | {"sense": SENSES[row.sens], "kind": KINDS[row.type]})
    return proofs


def _indicator(chapter: DemarcheChapter, row) -> tuple[str, str, str]:
    name, place, period = row.ref.split(columns.JOIN)
    indicator, territory = CATALOGUE[name], chapter.territory
    rows = territory.readable(indicator)
    rows = rows[rows["period"].eq(period)]
    own = rows[rows["territory"].eq(place) & rows["level"].ne("departement")]
    where = "" if place == territory.epci else f", {own['name'].iloc[0] if len(own) else place}"
    head = f"{indicator.label}{where}, {date_text(period)}"
    if own.empty or own["status"].iloc[0] != OK:
        return head, chapter.figure_of(indicator), GONE
    value = f"{head} : {own['text'].iloc[0]}{_unit(indicator, own['value'].iloc[0])}"
    text = f"{value}, {_benchmark(indicator, own, rows, row)}" if isinstance(row.lecture, str) else value
    true = not isinstance(row.lecture, str) or holds(
        row, territory.data(indicator), territory.territories, territory.epci
    )
    return text, chapter.figure_of(indicator), "" if true else NOT_ANY_MORE


def _unit(indicator: Indicator, value: float) -> str:
    in_label = indicator.unit.startswith("%") or indicator.unit.casefold() in indicator.label.casefold()
    return "" if in_label else f" {agreed(indicator.unit, value)}"


def _benchmark(indicator: Indicator, own: pd.DataFrame, rows: pd.DataFrame, row) -> str:
    """What a figure is held to show: « plus faible que le département (23,4 %) », « en hausse depuis 2018 ».

    Beside a place that no test compares it with, both figures, and no word: « contre 23,4 % dans le département ».
    """
    if row.lecture in LIMITS:
        percent = " %" if indicator.unit.startswith("%") else ""
        return f"{LIMITS[row.lecture]} {row.repere.replace('.', ',')}{percent}"
    match = BENCHMARK.fullmatch(row.repere)
    if row.lecture not in COMPARED or not match:
        return f"{row.lecture} {row.repere}"
    level = LEVELS[match[1]]
    others = rows[rows["level"].eq(level) & rows["status"].eq(OK)]
    others = others[others["territory"].eq(match[2])] if match[2] else others
    if len(others) and not word_of_test(own, others):
        return f"contre {others['text'].iloc[0]} {IN[level]}"
    value = f" ({others['text'].iloc[0]})" if len(others) else ""
    reading = "écart non établi avec" if row.lecture == columns.CLOSE else row.lecture
    return f"{reading} {BESIDE[level]}{value}"


def _placed(chapter: DemarcheChapter, number: str, row, there: bool) -> str:
    """The address of a proof in the page of a chapter: that of the page when it is not shown there."""
    page = chapter.pages[number]
    return f"{page}#{place_of(row.type, row.ref)}" if there else page


def _survey(chapter: DemarcheChapter, row) -> tuple[str, str, str]:
    questions = chapter.table("questionnaire").set_index("q_id")
    closed = set(questions.index[questions["champ"].notna()]) & set(chapter.table("distribution")["q_id"])
    answered = closed | set(chapter.table("open_themes")["q_id"])  # what the page of the consultation shows
    label = questions["libelle"].get(row.ref, row.ref)
    return f"« {label} »", _placed(chapter, SURVEY, row, row.ref in answered), ""


def _interview(chapter: DemarcheChapter, row) -> tuple[str, str, str]:
    extracts = chapter.table("extraits").set_index("extrait_id")
    address = _placed(chapter, INTERVIEWS, row, row.ref in extracts.index)
    if row.ref not in extracts.index:
        return NOT_QUOTED, address, ""
    extract = extracts.loc[row.ref]
    return f"« {extract['texte_anonymise']} » ({extract['type_acteur']})", address, ""


def _document(chapter: DemarcheChapter, row) -> tuple[str, str, str]:
    name, _, page = row.ref.partition(columns.JOIN)
    document = chapter.table("documents").set_index("doc_id").loc[name]
    where = f", page\u00a0{page}" if page else ""
    return f"{document['titre']} ({document['auteur']}, {date_text(document['date'])}){where}", "", ""


def _workshop(chapter: DemarcheChapter, row) -> tuple[str, str, str]:
    contribution = chapter.table("contributions").set_index("contrib_id").loc[row.ref]
    meeting = chapter.table("ateliers").set_index("atelier_id").loc[contribution["atelier_id"]]
    text = f"« {contribution['texte']} » ({meeting['type']} du {date_text(meeting['date'])})"
    return text, _placed(chapter, INTERVIEWS, row, True), ""


_WORDS = {
    columns.INDICATOR: _indicator,
    columns.SURVEY: _survey,
    columns.INTERVIEW: _interview,
    columns.DOCUMENT: _document,
    columns.WORKSHOP: _workshop,
}
