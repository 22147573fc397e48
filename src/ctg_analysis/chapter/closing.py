"""What closes a report: definitions of what its chapters show, its sources, its method, its comparable EPCIs."""

import numpy as np
import pandas as pd

from ctg_analysis.chapter.missing import LAST_THEME
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup, notes, quantities, tables, texts
from ctg_analysis.display.markup import Html
from ctg_analysis.display.sentences import value_text
from ctg_analysis.display.texts import date_text, typography
from ctg_analysis.display.titles import counted
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
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import ALL_OR_NOTHING, CAF_ALONE, CENSORED, OK
from ctg_analysis.model.source import SOURCES

ANY_KIND = "EPCI à fiscalité propre"
# The square of the distance of two EPCIs drawn at random is, on average, twice the number of variables.
FAR = "la plupart sont plus éloignés de lui que ne le sont deux EPCI pris au hasard : ils ne lui ressemblent pas"
CHOOSING = (
    "Cet indicateur, ou un autre de même nature, sert à choisir les EPCI comparables : l'écart à leur médiane n'est "
    "pas jugé."
)
UNKNOWN = "pour ce territoire ou pour la plupart des EPCI de la même zone"


def peers_listed(group: PeerGroup, profiles: pd.DataFrame, territories: pd.DataFrame) -> pd.DataFrame:
    """The list of the peers for a reader, nearest first: Nom, Population (inhabitants)."""
    names = territories[territories["level"].eq("epci")].set_index("code")["name"]
    peers = group.peers["peer"]
    return pd.DataFrame({"Nom": peers.map(names), "Population": peers.map(profiles["population"]).astype("Int64")})


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
    if number < group.candidates:
        text = f"Les EPCI comparables ({number}) sont, parmi les {quantities.number(group.candidates)} autres {whom} "
        text += f"dont les données sont connues, les plus proches du territoire {how}"
    else:
        text = (
            f"Les EPCI comparables ({number}) sont tous les autres {whom} dont les données sont connues, rangés {how}"
        )
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


def place_among_peers(rows: pd.DataFrame) -> str:
    """Where the territory stands among its peers, if its interval allows to say it: one French sentence, else nothing.

    What each commune has all or none of has neither interval nor test: its value is beyond their quartiles or not. A
    difference to their median that is not large is not told. Nor is what the Caf alone pays over a population: how
    many farming families each of them has is not known (rule R18). What has chosen them is told to have (rule R11).

    rows: see Territory.compared, the territory first.
    """
    own, peers = rows.iloc[0], rows[rows["level"].eq("peers") & rows["status"].eq(OK)]
    indicator = CATALOGUE[own["indicator"]]
    if peers.empty or indicator.untested == CAF_ALONE:
        return ""
    if chooses_peers(indicator):
        return CHOOSING
    median = peers["value"].iloc[0]
    if abs(own["value"] - median) < least_large_gap(indicator, median):
        return ""
    if indicator.untested == ALL_OR_NOTHING:
        own = own.fillna({"low": own["value"], "high": own["value"]})
    low, high = peers[["low", "high"]].iloc[0]  # quartiles, which the whole interval is beyond
    words = "les plus élevées" if own["low"] > high else "les plus faibles" if own["high"] < low else ""
    return f"Cette valeur est parmi {words} des EPCI comparables." if words else ""


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
    told = {name: notes.sources([(SOURCES[name], day)])[0] for name, day in received if name in set(rows["source"])}
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
    rows = peers_listed(group, territory.profiles, territory.territories)
    return markup.together(told, tables.listed(rows, "EPCI comparables, du plus proche au moins proche"))


def latest_values(territory: Territory) -> dict[str, str]:
    """The latest value of the territory, with its period, by indicator; of what is known of communes alone, that."""
    rows = territory.named
    known = rows[rows["status"].isin([OK, CENSORED]) & rows["indicator"].isin(list(CATALOGUE))]
    known = known.sort_values("period", kind="stable")
    own = known[known["level"].eq("epci")].drop_duplicates("indicator", keep="last")
    communes = known[known["level"].eq("commune")].drop_duplicates("indicator", keep="last")
    told = {row["indicator"]: f"par commune, {date_text(row['period'])}" for _, row in communes.iterrows()}
    for _, row in own.iterrows():
        indicator = CATALOGUE[row["indicator"]]
        row["text"] = value_text(indicator, row)
        told[indicator.id] = f"{counted(indicator, row)} ({date_text(row['period'])})"
    return {name: typography(text) for name, text in told.items()}
