"""What is known of indicators here, and what is not: communes, sources, boxes, method, comparable EPCIs."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from ctg_analysis.chapter import surveyed
from ctg_analysis.chapter.missing import LAST_THEME, entry, is_pointless, lacks, without_lycee
from ctg_analysis.chapter.territory import LOCAL, Territory
from ctg_analysis.demarche.declared_tables import TABLES
from ctg_analysis.display import markup, notes, quantities, sentences, tables, texts
from ctg_analysis.display.markup import SHOWN, Html, Table, telling
from ctg_analysis.display.quantities import number, percent
from ctg_analysis.display.sentences import each_row, value_text
from ctg_analysis.display.tables import head
from ctg_analysis.display.texts import date_text, typography
from ctg_analysis.display.titles import counted
from ctg_analysis.indicators.comparisons import last_year, latest_period
from ctg_analysis.indicators.peers import (
    ANY_DENSITY,
    SIZES,
    STEPS,
    VARIABLES,
    PeerGroup,
    Variable,
    chooses_peers,
    size_bounds,
)
from ctg_analysis.indicators.spread import least_large_gap
from ctg_analysis.model.catalogue import CATALOGUE, essentials
from ctg_analysis.model.indicator import CENSORED, MISSING, OK, SECRET, Count, Indicator, Mean, is_proportion
from ctg_analysis.model.source import PLAN, SOURCES, SURVEY
from ctg_analysis.model.territories import FRANCE

NO_MSA = "(outre-mer, la Caf paie aussi les familles du régime agricole)."
ANY_KIND = "EPCI à fiscalité propre"
# The square of the distance of two EPCIs drawn at random is, on average, twice the number of variables.
FAR = "la plupart sont plus éloignés de lui que ne le sont deux EPCI pris au hasard : ils ne lui ressemblent pas"
UNKNOWN = "pour ce territoire ou pour la plupart des EPCI de la même zone"


def by_commune(territory: Territory, indicator: Indicator) -> pd.DataFrame:
    """The communes by name, at the latest period that one of them has; no row when none has any."""
    rows = territory.readable(indicator).query("level == 'commune'")
    period = latest_period(rows)
    rows = rows[rows["period"].eq(period)] if period else rows.iloc[:0]
    return rows.sort_values("name", **texts.BY_NAME)


def is_of_all(territory: Territory, indicator: Indicator) -> bool:
    """Whether the territory has a value at the period at which its communes are shown."""
    return by_commune(territory, indicator)["period"].isin(territory.own(indicator)["period"]).any()


def on_map(territory: Territory, indicator: Indicator) -> pd.DataFrame:
    """The communes by name, at the period of the comparison when they have it, else their latest one.

    A number of things, which is not told beside other places, is shown at its latest period.
    """
    if isinstance(indicator.value, Count | Mean):
        return by_commune(territory, indicator)
    compared = territory.compared(indicator, with_peers=False)
    rows = territory.readable(indicator).query("level == 'commune'")
    wanted = compared["period"].iloc[0] if len(compared) else ""
    here = rows[rows["period"].eq(wanted)]
    if not here["status"].eq(OK).any():
        return by_commune(territory, indicator)
    return here.sort_values("name", **texts.BY_NAME)


def are_exact(indicator: Indicator, rows: pd.DataFrame) -> bool:
    """Whether the counts of all the communes are shown, and not rounded. rows: columns shown, source."""
    return rows["shown"].all() and not any(sentences.rounded(indicator, row) for row in rows.itertuples(index=False))


def without_contour(territory: Territory, rows: pd.DataFrame) -> str:
    """The sentence that names the communes that a map cannot draw; nothing where it draws them all."""
    drawn = territory.land.loc[territory.land.geometry.notna(), "territory"]
    without = list(rows.loc[~rows["territory"].isin(drawn), "name"])
    return f"Sans contour sur la carte : {texts.listed(without)}." if without else ""


def withheld(territory: Territory, indicator: Indicator) -> str:
    """The sentence that the value of the territory may not be shown, or not told from rounded numbers, when there is
    one; else nothing."""
    rows = territory.data(indicator)
    rows = rows[rows["level"].eq("epci") & rows["status"].isin([SECRET, CENSORED])]
    if rows.empty:
        return ""
    last = rows.sort_values("period", kind="stable").iloc[-1]
    why = "secret statistique, le chiffre ne peut pas être montré"
    if last["status"] == CENSORED:
        unsure = is_proportion(indicator.value) and last["high"] >= 100
        why = texts.UNSURE if unsure else sentences.value_text(indicator, last)
    return f"{indicator.label}, {date_text(last['period'])} : {why}."


def uncompared(territory: Territory, indicator: Indicator) -> str:
    """Which of the four comparators (département, région, France, peers) an indicator lacks, and why (rule R11).

    Nothing when it has them all. indicator: known here, and not a number of things.
    """
    rows = territory.against(indicator)
    there = rows[rows["status"].eq(OK)].iloc[1:]
    of = SOURCES[rows["source"].iloc[0]]
    if there.empty and of.id == PLAN:  # a convention is that of one territory
        return ""
    if there.empty and of.from_partners:
        return "Sans comparaison : ces données ne décrivent que le territoire."
    codes = there["territory"].mask(there["level"].eq("france"), FRANCE)
    known = {("epci", territory.epci), *zip(there["level"], codes, strict=True)}
    beside = territory.beside
    told = beside["name"][[place in known for place in zip(beside["level"], beside["code"], strict=True)]]
    # La Réunion, a département and a région, is told once.
    lacking = ", ".join(beside["name"][~beside["name"].isin(told)].unique())
    without = f"Sans valeur de même source et de même période : {lacking}" if lacking else ""
    if there["level"].eq("peers").any():
        return f"{without}." if without else ""
    if territory.peers.peers.empty:
        return f"{without}. Aucun EPCI comparable." if without else "Aucun EPCI comparable."
    if without:
        return f"{without} ; trop peu d'EPCI comparables en ont une."
    return "Trop peu d'EPCI comparables ont une valeur de même source et de même période."


def newer(territory: Territory, indicator: Indicator) -> str:
    """The sentence that tells a value of the territory that is newer than the comparison; else nothing."""
    compared, own = territory.compared(indicator, with_peers=False), territory.own(indicator)
    if compared.empty or last_year(own["period"].iloc[-1]) <= last_year(compared["period"].iloc[0]):
        return ""
    head = newer_head(territory, [indicator])
    return f"{head} : {own['text'].iloc[-1]} ({date_text(own['period'].iloc[-1])})."


def newer_head(territory: Territory, indicators: Iterable[Indicator]) -> str:
    """How newer values of the territory are told: as its own alone, where no larger place has one of that period."""
    for indicator in indicators:
        rows = territory.data(indicator)
        larger = rows[rows["status"].eq(OK) & ~rows["level"].isin([*LOCAL, "epci"])]
        if larger["period"].eq(territory.own(indicator)["period"].iloc[-1]).any():
            return "Plus récent"
    return "Plus récent, pour le territoire seul"


def unavailable(territory: Territory, indicator: Indicator, what: str, level: str = "") -> Html:
    """The box: what is missing, from whom, and the command that gets it, as `missing.lacks` says them.

    Where it has no object in any commune, because what it is about is known not to be there, a sentence says so;
    nothing of lycées, where the page says that there is none.
    """
    if without_lycee(territory, indicator):
        return Html("")
    rows = territory.data(indicator)
    if is_pointless(territory, indicator):
        return with_source(f"{what} : sans objet en {rows['period'].max()}.", source(territory, rows))
    said = withheld(territory, indicator)
    if said and territory.own(indicator).empty:
        return with_source(said, source(territory, rows))
    entries = [entry(lack) for lack in lacks(territory, indicator, level)]
    named = texts.uncapitalised(texts.titled(what))
    return markup.unavailable(texts.typography(f"{named}." if entries else f"{named} {NO_MSA}"), entries)


def to_fill(epci: str, what: str, files: Mapping[str, str]) -> Html:
    """The box of what waits for tables of the démarche: how each is filled, and the command that writes them."""
    entries = [
        {
            "label": texts.typography(f"{TABLES[name].title} ({TABLES[name].place})"),
            "how": texts.typography(how),
            "command": f"ctg new {epci}",
        }
        for name, how in files.items()
    ]
    return markup.unavailable(texts.typography(f"{what}."), entries)


def with_source(sentence: str, source: str, note: str = "") -> Html:
    """A sentence that stands alone, a note on it, and its source below."""
    return markup.together(markup.reading(texts.typography(sentence), texts.typography(note)), markup.source(source))


def source(territory: Territory, rows: pd.DataFrame, *, series: bool = False) -> str:
    """The source line: producers and datasets, the geography of a series; how residents were asked.

    The whole of it, with the date of extraction, is in the definitions of the chapter.
    """
    told = rows[rows["status"].ne(MISSING)] if "status" in rows else rows
    names = [name for name in dict.fromkeys((told if len(told) else rows)["source"]) if name in territory.received]
    if names == [SURVEY]:
        return surveyed.source(territory.demarche)
    used = [SOURCES[name] for name in names]
    parts = [notes.short_sources(used), notes.geography(used, territory.year) if series else ""]
    text = f"{'. '.join(filter(None, parts))}."
    return texts.typography(text)


def peers_told(group: PeerGroup, dated: pd.DataFrame) -> str:
    """Which EPCIs the peers are, without how they are measured: one French sentence. dated: see `vintages`."""
    if group.peers.empty:
        return peers_sentence(group, dated)
    number, among = len(group.peers), quantities.number(group.candidates)
    which = f"sont, parmi les {among} autres {_class_words(group)} dont les données sont connues, ceux qui "
    which += "ressemblent le plus au territoire"
    if number == group.candidates:
        which = f"sont tous les autres {_class_words(group)} dont les données sont connues"
    return f"Les EPCI comparables ({number}) {which}{f' ; {FAR}' if _are_far(group) else ''}."


def _are_far(group: PeerGroup) -> bool:
    return group.peers["distance"].median() > np.sqrt(2 * len(group.variables))


def peers_sentence(group: PeerGroup, dated: pd.DataFrame) -> str:
    """How the peers were chosen: one French sentence, typography left to do. dated: see `vintages`."""

    def labels(names: tuple[str, ...]) -> str:
        return ", ".join(_label(VARIABLES[name], dated) for name in names)

    if group.lacking and group.peers.empty:
        return f"Aucun EPCI comparable, faute de données pour ce territoire : {labels(group.lacking)}."
    if group.peers.empty:
        return "Aucun EPCI comparable : il n'y en a pas d'autre dont les données sont connues."
    whom, number = _class_words(group), len(group.peers)
    how = f"par la distance euclidienne entre variables centrées et réduites, de même poids : {labels(group.variables)}"
    text = f"Les EPCI comparables ({number}) sont tous les autres {whom} dont les données sont connues, rangés {how}"
    if number < group.candidates:
        text = f"Les EPCI comparables ({number}) sont, parmi les {quantities.number(group.candidates)} autres {whom} "
        text += f"dont les données sont connues, les plus proches du territoire {how}"
    if group.lacking:
        verb, several = ("n'entrent", "s") if len(group.lacking) > 1 else ("n'entre", "")
        text += f" ; {verb} pas dans le choix, faute d'être connu{several} {UNKNOWN} : {labels(group.lacking)}"
    if _are_far(group):
        text += f" ; {FAR}"
    graded = bool(group.own["density"])
    widened = [words for names, _, words in STEPS[1 : group.step + 1] if graded or words != ANY_DENSITY]
    if widened:
        text += f" ; la classe de départ, trop peu nombreuse, a été élargie {', puis '.join(widened)}"
    return f"{text}."


def _label(variable: Variable, dated: pd.DataFrame) -> str:
    """« part des 65 ans ou plus en 2021 », without a year when the variable has none or no EPCI has it."""
    period = dated["period"].get(variable.indicator)
    label = variable.label if period else variable.label.replace(" en {period}", "").replace(" {period}", "")
    return label.format(period=period)


def _class_words(group: PeerGroup) -> str:
    """« communautés de communes de France métropolitaine de moins de 15 000 habitants »."""
    (names, bands, _), own = STEPS[group.step], group.own
    words = f"{own['kind'] if 'kind' in names else ANY_KIND} {own['zone']}"
    bounds = size_bounds()
    low, high = bounds[int(max(own["size"] - bands, 0))], bounds[int(min(own["size"] + bands, len(SIZES))) + 1]
    if low and high < np.inf:
        words += f" de {quantities.number(low)} à {quantities.number(high)} habitants"
    elif low:
        words += f" de {quantities.number(low)} habitants ou plus"
    elif high < np.inf:
        words += f" de moins de {quantities.number(high)} habitants"
    return f"{words} de densité « {own['density']} »" if own["density"] and "density" in names else words


def whole_sources(territory: Territory) -> dict[str, list[str]]:
    """The sources of each indicator that is known here, in whole."""
    rows = territory.observations
    rows = rows.loc[rows["status"].eq(OK), ["indicator", "source"]].drop_duplicates()
    received = territory.received.items()
    told = {name: notes.whole_source(SOURCES[name], day) for name, day in received if name in set(rows["source"])}
    by_indicator = rows[rows["indicator"].isin(list(CATALOGUE))].groupby("indicator")["source"]
    return {one: [told[name] for name in names if name in told] for one, names in by_indicator}


def method(territory: Territory) -> list[dict]:
    """The entries of the methodological note, from the declarations of the indicators of all themes known here."""
    known = [one for one in CATALOGUE.values() if one.chapter <= LAST_THEME and territory.has(one, OK)]
    return notes.method(known, territory.year, peers_sentence(territory.peers, territory.vintages))


def peers(territory: Territory) -> Html:
    """Which the comparable EPCIs are, and their list."""
    group = territory.peers
    told = markup.reading(texts.typography(peers_told(group, territory.vintages)), "")
    if group.peers.empty:
        return told
    names = territory.territories[territory.territories["level"].eq("epci")].set_index("code")["name"]
    nearest = group.peers["peer"]
    people = nearest.map(territory.profiles["population"]).astype("Int64")
    rows = pd.DataFrame({"Nom": nearest.map(names), "Population": people})
    return markup.together(told, tables.listed(rows, "EPCI comparables, du plus proche au moins proche"))


def latest_values(territory: Territory) -> dict[str, str]:
    """The latest value of the territory, with its period, by indicator; of what is known of communes alone, that."""
    rows = territory.named
    known = rows[rows["status"].isin([OK, CENSORED]) & rows["indicator"].isin(list(CATALOGUE))]
    known = known.sort_values("period", kind="stable")
    own = known[known["level"].eq("epci")].drop_duplicates("indicator", keep="last")
    communes = known[known["level"].eq("commune")].drop_duplicates("indicator", keep="last")
    told = {row.indicator: f"par commune, {date_text(row.period)}" for row in each_row(communes)}
    own = own.assign(text=[value_text(CATALOGUE[row.indicator], row) for row in each_row(own)])
    for row in each_row(own):
        told[row.indicator] = f"{counted(CATALOGUE[row.indicator], row)} ({date_text(row.period)})"
    return {name: typography(text) for name, text in told.items()}


MOST = 3  # EPCIs
NOTE = "Parmi les EPCI comparables, ceux qui font mieux : une invitation à appeler, ni un classement, ni une cause."
BESIDE = {"population": number, "age_65_plus_share": lambda one: percent(one, 1), "living_standard": number}
HEADS = ["Habitants", "65 ans ou plus", "Niveau de vie médian (€)"]


def peers_to_call(territory: Territory, chapter: str) -> Html:
    """A table of up to three peers that stand better on the main figure of a chapter, the most alike first.

    The main figure: the first essential indicator of the chapter of which one way is better for families, whose value
    is known here, and which does not choose the peers. Nothing where there is none, or where no peer stands better.
    """
    for essential in essentials():
        indicator = essential.indicator
        if indicator.chapter == chapter and indicator.direction and not chooses_peers(indicator):
            own = territory.own(indicator).tail(1)
            if len(own):
                return _table(territory, indicator, own, better(territory, indicator, own.iloc[0]))
    return Html("", why="Aucun chiffre de ce chapitre dont un sens soit meilleur pour les familles.")


def better(territory: Territory, indicator: Indicator, own: pd.Series) -> pd.DataFrame:
    """The peers that stand better by a large gap, beyond both intervals where there are; the most alike first."""
    rows = territory.around.merge(territory.peers.peers, left_on="territory", right_on="peer")
    at_once = rows["period"].eq(own["period"]) & rows["source"].eq(own["source"]) & rows["status"].eq(OK)
    rows = rows[rows["indicator"].eq(indicator.id) & at_once]
    gap = indicator.direction * (rows["value"] - own["value"])
    worst, best = ("low", "high") if indicator.direction > 0 else ("high", "low")
    here = own["value"] if pd.isna(own[best]) else own[best]
    apart = indicator.direction * (rows[worst].fillna(rows["value"]) - here)
    rows = rows[gap.ge(least_large_gap(indicator, own["value"])) & apart.gt(0)]
    return rows.sort_values("distance", kind="stable").head(MOST)


def _table(territory: Territory, indicator: Indicator, own: pd.Series, rows: pd.DataFrame) -> Html:
    if rows.empty:
        return Html("", why="Aucun EPCI comparable ne fait nettement mieux.")
    places = territory.territories.drop_duplicates(["level", "code"]).set_index(["level", "code"])
    rows = territory.in_words(rows.assign(name=[places.loc[("epci", code), "name"] for code in rows["peer"]]))
    lines = []
    for row in [*own.itertuples(index=False), *rows.itertuples(index=False)]:
        codes = places.loc["epci", row.territory]["departement"].split("|")
        where = [places.loc["departement", code]["name"] for code in codes]
        profile = territory.profiles.loc[row.territory]
        beside = ["nd" if pd.isna(profile[name]) else write(profile[name]) for name, write in BESIDE.items()]
        lines.append([f"{row.name} ({texts.typography(', '.join(where))})", row.text, *beside])
    title = f"À qui parler : des EPCI comparables, {texts.uncapitalised(indicator.label)}"
    heads = [f"{head(indicator)}, {texts.date_text(own['period'].iloc[0])}", *HEADS]
    note, header = texts.typography(NOTE), ["EPCI", *map(texts.typography, heads)]
    table = markup.table(Table(texts.typography(title), header, lines, note=note, marked=frozenset({0})))
    cited = markup.source(source(territory, pd.concat([own, rows])))
    return telling(markup.together(table, cited), SHOWN, indicator.id)
