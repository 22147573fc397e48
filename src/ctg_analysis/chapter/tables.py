"""Tables of a chapter: indicators by commune, scores with what they rest on, norms, social centres one by one (R17)."""

import datetime
from collections import Counter
from collections.abc import Mapping

import pandas as pd

from ctg_analysis.chapter import analyst
from ctg_analysis.chapter.known import by_commune, source, unavailable
from ctg_analysis.chapter.missing import is_pointless
from ctg_analysis.chapter.territory import LOCAL, PEOPLE, Span, Territory, with_one_france
from ctg_analysis.demarche.columns import first_day, last_day
from ctg_analysis.display import markup, notes, tables, texts
from ctg_analysis.display.markup import SHOWN, Html, Table, telling
from ctg_analysis.display.quantities import number
from ctg_analysis.display.texts import date_text, span_text
from ctg_analysis.indicators.comparisons import last_year, latest_period
from ctg_analysis.model.catalogue import CATALOGUE, SCALES, TITLES
from ctg_analysis.model.indicator import MISSING, OK, Count, Indicator, Mean

UNKNOWN = 2 / 3  # of the communes: a column of fewer known ones is left out, where the territory has no value either
UNSAID = "non précisé"
APPROVALS = "agrements_vie_sociale"
FILE = "structures_vie_sociale.csv"  # in donnees/


def table(territory: Territory, *indicators: Indicator) -> Html:
    """The communes and the comparators in rows, the indicators in columns: of one period, where they have one.

    An indicator that no place here has is in a box below, without a column; the box stands for a table of such ones,
    or of the inhabitants alone, who stand beside something else.
    """
    if all(is_pointless(territory, indicator) for indicator in indicators):
        labels = texts.listed([texts.uncapitalised(indicator.label) for indicator in indicators])
        return unavailable(territory, indicators[0], f"{texts.capitalised(labels)}, par commune")
    known, absent = {}, []
    for indicator in indicators:
        rows = territory.data(indicator)
        if is_absent(indicator, rows):
            absent.append(indicator)
        else:
            known[indicator] = rows
    boxes = [unavailable(territory, indicator, f"{indicator.label}, par commune") for indicator in absent]
    if not known or (len(indicators) > 1 and list(known) == [CATALOGUE[PEOPLE]]):
        return markup.together(*boxes)
    periods = _periods(territory, known)
    shown = pd.concat([rows[rows["period"].eq(periods[one])] for one, rows in known.items()])
    medians = territory.medians_of_all(shown)
    shown = territory.in_words(with_one_france(pd.concat([shown, medians])))
    cited = source(territory, shown)
    of_each = dict(iter(shown.groupby("indicator")))
    columns = [(one, periods[one], _with_part(territory, one, of_each[one.id])) for one in known]
    places = pd.concat([territory.places, medians[["territory", "level", "name"]][:1]])
    piece = tables.places_by_indicator(places, columns, source=cited)
    told = telling(piece, SHOWN, *(one.parts[0] for one in known if one.unit == "communes" and one.parts))
    return markup.together(told, *boxes)


def _periods(
    territory: Territory,
    tables: Mapping[Indicator, pd.DataFrame],
) -> Mapping[Indicator, str]:
    """The periods of the columns of a table, by indicator. tables: the observations of each."""
    own = {}
    for one, rows in tables.items():
        own[one] = territory.periods.get(one.id) or latest_period(rows) or rows["period"].max()
    return own if len({*own.values()}) < 2 else aligned(tables, own)


def is_absent(indicator: Indicator, rows: pd.DataFrame) -> bool:
    """Whether the territory has no value of an indicator, nor its communes: that of larger places is not of it.

    So it is where neither the territory nor two communes in three have any: a column of « nd » tells nobody anything.

    rows: its observations, columns level, status.

    >>> rows = pd.DataFrame({"level": ["epci", "france"], "status": ["nd", "ok"]})
    >>> is_absent(CATALOGUE["poverty_rate"], rows), is_absent(CATALOGUE["rsa_all_schemes_count"], rows)
    (True, False)
    """
    here = [*LOCAL, "epci"]
    near = rows["level"].isin(here) if set(here) & set(indicator.shown_at) else rows["level"].notna()
    missing = rows["status"].eq(MISSING)
    communes, whole = missing[rows["level"].eq("commune")], missing[rows["level"].eq("epci")]
    return bool(missing[near].all() or (whole.all() and len(communes) and communes.mean() > UNKNOWN))


def aligned(tables: Mapping[Indicator, pd.DataFrame], own: Mapping[Indicator, str]) -> dict[Indicator, str]:
    """The periods of the columns of a table that have several: the one that most of them have, for those that have it.

    Of two, that of most comparators, then the newest. Where it is not of all the columns, a number of things alone goes
    to it: a share stays where it is compared.

    Parameters:
        tables: the observations of each, columns level, period, status. own: the period of each by itself.
    """
    known = {one: rows[rows["status"].eq(OK)] for one, rows in tables.items()}
    here = {one: set(rows.loc[rows["level"].eq("commune"), "period"]) for one, rows in known.items()}
    beside = pd.concat([rows.loc[~rows["level"].isin(LOCAL), "period"] for rows in known.values()]).value_counts()
    having = Counter(period for periods in here.values() for period in periods)
    most = max(having, key=lambda period: (having[period], beside.get(period, 0), last_year(period)), default="")
    whole = having[most] == len(here)
    moves = {one for one in tables if most in here[one] and (whole or isinstance(one.value, Count | Mean))}
    return {one: most if one in moves else period for one, period in own.items()}


def _with_part(territory: Territory, indicator: Indicator, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of an indicator with the value of its part, when it has one that is counted apart."""
    if indicator.unit != "communes" or not indicator.parts:
        return rows
    part = territory.data(CATALOGUE[indicator.parts[0]])
    values = part.set_index(["level", "territory", "period"])["value"].rename("part")
    return rows.join(values, on=["level", "territory", "period"])


def scores(territory: Territory, name: str) -> pd.DataFrame:
    """The scores of a family, structure by structure where these are named, else commune by commune.

    Columns: those of the table, among them what each score rests on. attrs: its title and its note, see `own.frame`.
    """
    members = analyst.family_of(name)
    measures = [indicator.value.numerator for indicator in members]
    of_sites = set(measures) <= set(territory.spaces)
    words = territory.evidence.set_index(["territory", "period", "site", "measure"])["words"]
    lines, periods = [], set()
    for indicator, measure in zip(members, measures, strict=True):
        if of_sites:
            rows = territory.spaces.dropna(subset=measures)
            rows = rows.assign(name=rows["site"], value=rows[measure])
        else:
            rows = by_commune(territory, indicator).query("status == @OK").assign(site="")
        for row in rows.itertuples(index=False):
            told = words.get((row.territory, row.period, row.site, measure), UNSAID)
            lines.append([indicator.label, row.name, meaning(row.value, SCALES[name]), told])
        periods |= set(rows["period"])
    heads = ["Critère", "Structure"] if of_sites else ["Axe", "Commune"]
    table = pd.DataFrame(lines, columns=[*heads, "Note", "Ce qui l'appuie"])
    when = date_text(max(periods)) if lines else ""
    table.attrs["title"] = ", ".join(filter(None, [TITLES[name], "structure par structure" * of_sites, when]))
    scale = f"Échelle : {', '.join(f'{rank} {meant}' for rank, meant in enumerate(SCALES[name]))}."
    table.attrs["note"] = scale if of_sites else f"{scale} De plusieurs sites d'une commune, la note est la moyenne."
    return table


def meaning(value: float, scale: tuple[str, ...]) -> str:
    """A score with its words: « 2 sur 3 : bien avancé », « 1,5 sur 3 : entre engagé et bien avancé »."""
    below, whole = int(value), float(value).is_integer()
    words = scale[below] if whole else f"entre {scale[below]} et {scale[below + 1]}"
    return f"{number(value, 0 if whole else 1)} sur {len(scale) - 1} : {words}"


def norms(territory: Territory, name: str) -> pd.DataFrame:
    """What is measured here beside the most that the dated texts of data/reference/<name>.yml allow: a norm a row."""
    lines, head = [], ""
    for indicator, most, whom in notes.read_norms(name):
        head = f"Ici ({CATALOGUE[indicator].unit})"
        for _, own in territory.compared(CATALOGUE[indicator], with_peers=False).head(1).iterrows():
            low, high = (own["value"] if pd.isna(own[bound]) else own[bound] for bound in ("low", "high"))
            verdict = "dans la limite" if high <= most else "au-delà de la limite" if low > most else texts.UNSURE
            lines.append((whom, own["text"], most, verdict, date_text(own["period"])))
    return pd.DataFrame(lines, columns=["Public", head, "Au plus, d'après les textes", "En moyenne", "Période"])


def approvals(territory: Territory, indicator: Indicator) -> Html:
    """The approval of each structure in a table, beside the convention; else the box.

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
    told = markup.reading(texts.typography(f"{early(rows['end'], span)}."), "")
    cited = source(territory, pd.DataFrame({"source": [APPROVALS]}))
    return markup.together(told, _table(rows, span, asked, when, cited))


def early(ends: pd.Series, span: Span | None) -> str:
    """How many of the approvals end before the convention does. ends: days (ISO)."""
    if not span:
        first, last = date_text(ends.min()), date_text(ends.max())
        return f"Fin le {first}" if first == last else f"Fins du {first} au {last}"
    before, whole = sum(last_day(day) < last_day(span[1]) for day in ends), len(ends)
    if whole == 1:
        return f"L'agrément {'prend fin avant' if before else 'couvre'} la fin de la convention"
    if before in (0, whole):
        verb = "prennent fin avant" if before else "couvrent"
        return f"Les {whole} agréments {verb} la fin de la convention"
    some = "Un agrément" if before == 1 else f"{before} agréments"
    return f"{some} sur {whole} {'prend' if before == 1 else 'prennent'} fin avant la fin de la convention"


def _table(rows: pd.DataFrame, span: Span | None, asked: datetime.date, when: str, cited: str) -> Html:
    lines = []
    for row in rows.itertuples(index=False):
        approval = f"du {date_text(row.begin)} au {date_text(row.end)}{_not_running(row, asked)}"
        beside = [against(row.end, span)] if span else []
        lines.append([row.site, approval, *beside, row.kind, row.commune, row.manager])
    beside = ["Fin, au regard de la convention"] if span else []
    header = ["Structure", "Agrément", *beside, "Type", "Commune", "Gestionnaire"]
    note = f"Convention territoriale globale : {span_text(*span)}." if span else ""
    made = markup.table(Table(f"Agréments, structure par structure, {when}", header, lines, note, words=True))
    return markup.together(made, markup.source(cited))


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
        return "avec la convention" if day == last else "après la fin de la convention"
    months = (last.year - day.year) * 12 + last.month - day.month
    return f"{months or 'moins d’un'} mois avant la fin de la convention"
