"""Childcare: which authority organises it, commune by commune; the need; what a change of its supply would do."""

import math
from collections.abc import Mapping
from types import SimpleNamespace

import pandas as pd
from markupsafe import Markup

from ctg_analysis.chapter.known import by_commune, source, unavailable
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display import markup, tables, texts
from ctg_analysis.display.markup import SHOWN, Html, telling
from ctg_analysis.display.quantities import counted, in_letters, number, of_communes, percent
from ctg_analysis.display.texts import date_text, short_date
from ctg_analysis.indicators.childcare import (
    EMPLOYED,
    FOUR,
    HUB,
    NEEDED,
    OF_ALL_AGES,
    PARENTS,
    PLAN,
    RATE,
    WORKED_OUT_FROM,
    Missing,
    Need,
    Simulation,
    Threshold,
    authorities,
    by_population,
    need_of,
    needed,
    read_thresholds,
    simulate,
)
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import MISSING, NOT_APPLICABLE, Indicator
from ctg_analysis.model.settings import data_root

WORDS = {FOUR: ("les quatre", "recenser et informer"), PLAN: ("oui", "non"), HUB: ("oui", "non")}  # of each duty
AUTHORITY = ("sppe_transferred_count", "population_count")  # of which communes transferred, of how many inhabitants
UNSURE = "à vérifier sur la population totale"
COUNTED = "Le relevé ne dit pas quelles missions sont transférées : il est lu comme si toutes l'étaient."
LAW = "La loi compte la « population totale », un peu plus grande que la population municipale."
CALCULATION = "C'est un calcul, toutes choses égales par ailleurs, et non une prévision."
HALF, ALL = 50, 100  # %: of the families who work, that wish for a formal mode
OF_100 = "pour 100 enfants de moins de 3 ans"
AGES = {EMPLOYED: "25-54 ans", OF_ALL_AGES: "15-64 ans"}  # of those who stand for the parents
CAVEAT = (
    "Une place n'est pas un enfant : plusieurs enfants en partagent une, et une place théorique, chez un assistant "
    "maternel, peut ne pas être proposée. Les parents qui cherchent un emploi, se forment ou ont besoin de répit ne "
    "sont pas comptés ici ; des familles d'ailleurs prennent des places."
)
RESULT = "{}"  # where the page writes the rate that it works out


def authority(
    answers: pd.DataFrame, duties: pd.DataFrame, epci: str, thresholds: Mapping[str, Threshold], source: str
) -> Html:
    """Return the sentence and the table of the authorities that organise childcare.

    answers: columns name, transferred, period, total and census (of the population), one row per commune. duties: see
    indicators.childcare.authorities, the same rows and then that of the EPCI. epci: its name.
    """
    rows = duties.to_dict("records")
    communes = [
        "nd" if pd.isna(row["authority"]) else "conservée" if row["authority"] else "transférée" for row in rows
    ]
    held = [*communes[:-1], {"conservée": "reçue", "transférée": texts.SIGNS[NOT_APPLICABLE]}.get(communes[-1], "nd")]
    lines = [
        [name, word, *(_asked(row, text) for text in (_inhabitants(row), *_duties(row)))]
        for name, word, row in zip([*answers["name"], epci], held, rows, strict=True)
    ]
    silent = list(answers.loc[answers["transferred"].isna(), "name"])
    unanswered = f"Sans réponse : {texts.listed(silent)}. " if silent else ""
    note = f"{unanswered}Population comptée : {_basis(answers)}. {LAW} {COUNTED}"
    moved, total = int(answers["transferred"].eq(1).sum()), len(answers)
    who = f"{of_communes(moved, total)} {'ont' if moved > 1 else 'a'} transféré l'accueil du jeune enfant"
    who = who if moved else f"aucune des {total} communes ne dit avoir transféré l'accueil du jeune enfant"
    told = f"D'après le relevé de {answers['period'].iloc[0]}, {who} à l'intercommunalité."
    sentence = markup.reading(texts.typography(told), note)
    caption = "Ce que la loi demande à chaque autorité organisatrice de l'accueil du jeune enfant"
    table = _table(["Autorité", "Compétence", "Population comptée"], lines, caption, thresholds)
    return markup.together(sentence, table, markup.source(source))


def _table(header: list[str], lines: list[list[str]], caption: str, thresholds: Mapping[str, Threshold]) -> Html:
    """Return the table of the duties of authorities, the EPCI last. header: of the columns before the duties."""
    dated = [f"{name.capitalize()}, depuis le {short_date(thresholds[name].date)}" for name in (PLAN, HUB)]
    table = pd.DataFrame(lines, columns=[*header, "Missions obligatoires", *dated])
    return tables.listed(table, caption, marked=frozenset({len(lines) - 1}))


def population_duties(
    populations: pd.DataFrame, duties: pd.DataFrame, epci: str, thresholds: Mapping[str, Threshold], source: str
) -> Html:
    """Return the sentence and the table of what population alone has the law ask, while no transfer is known.

    populations: columns name, population, total, census, one row per commune. duties: the same rows and then that of
    the EPCI, see indicators.childcare.by_population. epci: its name.
    """
    communes = duties.iloc[:-1].assign(name=list(populations["name"]))
    whole = duties.iloc[-1].to_dict()
    least = communes[FOUR].fillna(True)
    asked = communes[least].sort_values("low", ascending=False, kind="stable")
    rest = communes[~least]
    others = list(rest["name"])
    if len(rest) > 1:
        others = [f"Chacune des {len(rest)} {'autres ' if len(asked) else ''}communes"]
    names = [*asked["name"], *others, f"{epci}, si toutes transfèrent"]
    rows = [*asked.to_dict("records"), *([rest.iloc[0].to_dict()] if len(rest) else []), whole]
    counted = [_inhabitants(row) for row in rows]
    if len(rest) > 1:
        counted[len(asked)] = f"{number(rest['low'].min())} à {number(rest['low'].max())}"
    lines = [[name, people, *_duties(row)] for name, people, row in zip(names, counted, rows, strict=True)]
    near = [*communes.loc[communes["near"], "name"], *([names[-1]] if whole["near"] else [])]
    close = f"Tout près d'un seuil, qu'un autre recensement peut faire passer : {texts.listed(near)}. " if near else ""
    note = f"{close}{LAW}"
    caption = "Ce que la loi demande d'après la population, tant que chaque commune garde la compétence"
    table = _table(["Autorité", texts.capitalised(_basis(populations))], lines, caption, thresholds)
    four, plan = (int(communes[duty].fillna(False).sum()) for duty in (FOUR, PLAN))
    first, second = (number(thresholds[duty].seuil) for duty in (FOUR, PLAN))
    who = f"{of_communes(four, len(communes))} {'ont' if four > 1 else 'a'}"
    who = who if four else f"aucune des {len(communes)} communes n'a"
    who = f"chacune des {len(communes)} communes a" if four == len(communes) > 1 else who
    larger = f", et même plus de {second}" if plan == four else f", dont {in_letters(plan)} plus de {second}"
    who += f" plus de {first} habitants{larger * bool(plan)}"
    law = f"la loi lui demande de recenser et d'informer ; au-dessus de {first} habitants, les quatre missions"
    told = f"D'après la {_basis(populations)}, {who}. Tant qu'une commune garde la compétence, {law}."
    sentence = markup.reading(texts.typography(told), note)
    return markup.together(sentence, table, markup.source(source))


def _basis(populations: pd.DataFrame) -> str:
    """Return which population is counted, and of which census. populations: columns total, census."""
    known = populations[populations["population"].notna()]
    names = known["total"].map({True: "population totale", False: "population municipale"})
    of = list(
        dict.fromkeys(f"{name}, recensement de {year}" for name, year in zip(names, known["census"], strict=True))
    )
    return texts.listed(of) if of else "population inconnue"


def _asked(row: Mapping, text: str) -> str:
    """Return a text about an authority; a sign when the place is none, or when it is not known."""
    if pd.isna(row["authority"]):
        return texts.SIGNS[MISSING]
    return text if row["authority"] else texts.SIGNS[NOT_APPLICABLE]


def _inhabitants(row: Mapping) -> str:
    """Return the population counted, or the least that it can be."""
    if row["low"] == row["high"]:
        return number(row["low"])
    return f"au moins {number(row['low'])}" if row["low"] > 0 else texts.SIGNS[MISSING]


def _duties(row: Mapping) -> list[str]:
    """Return the duties of an authority (WORDS); « à vérifier » where the population known does not tell one."""
    unknown = UNSURE if row["low"] == row["high"] else texts.SIGNS[MISSING]
    return [unknown if pd.isna(row[duty]) else yes if row[duty] else no for duty, (yes, no) in WORDS.items()]


def simulation_sentence(indicator: Indicator, result: Simulation) -> str:
    """Return what the rate would be."""
    text = (
        f"{change(result)}, le taux de couverture de {date_text(result.period)} passerait de "
        f"{number(result.before, 1)} à {number(result.after, 1)} {indicator.unit}."
    )
    if result.capped:
        text += " Ces départs dépassent ce que le territoire compte : toutes ces places sont perdues, et pas plus."
    return texts.typography(text)


def change(result: Simulation) -> str:
    """Return what changes, as a sentence begins with it."""
    parts = []
    if result.added:
        parts.append(f"{counted(result.added, 'place')} de plus en EAJE")
    if result.leaving:
        parts.append(f"{counted(result.leaving, 'assistant maternel', 'assistants maternels')} en activité de moins")
    return f"Avec {' et '.join(parts)}" if parts else "Sans changement du nombre de places"


def basis(result: Simulation) -> str:
    """Return that a simulation is a calculation, and what it was worked out from."""
    text = (
        f"{CALCULATION} Il compte {counted(result.children, 'enfant')} de moins de 3 ans : c'est le nombre que "
        f"donnent ensemble le taux et les {counted(result.places, 'place')} que la Cnaf publie pour "
        f"{date_text(result.period)}."
    )
    each = result.each
    if each and each.at_work:
        text += (
            f" Un assistant maternel y compte pour {counted(each.places, 'place', decimals=1)} : les places que la "
            "Cnaf compte chez eux, rapportées à ceux que la PMI dit en activité."
        )
    elif each:
        text += (
            f" Un assistant maternel y compte pour ses places agréées ({number(each.places, 1)} en moyenne en "
            f"{date_text(each.period)}) : des enfants plus grands en occupent, et la perte est un maximum."
        )
    return texts.typography(text)


def need_shown(found: Need, source: str) -> Html:
    """Return the sentence and the slider of a need."""
    at_work = found.at_work["value"]
    start = ALL if found.wished is None else round(found.wished["value"])
    text = texts.typography(f"Il faudrait {_at_most(found)}{{}} places {OF_100}{_as_all(found)}.")
    slider = markup.piece(
        "simulator.html.j2",
        asked=SimpleNamespace(before=0, children=100 * ALL / at_work, each=None, there=0),
        sliders=[(texts.typography("Familles en emploi qui souhaitent un accueil formel, en %"), start, ALL)],
        text=text,
        digits=0,
        result=text.format(number(needed(at_work, start))),
        basis=texts.typography(f"{need_basis(found)} {CAVEAT}"),
        source=Markup(""),
        scenario="",
    )
    return markup.together(markup.reading(need_sentence(found), ""), slider, markup.source(source))


def _as_all(found: Need) -> str:
    """Return who stands for the parents, where the census does not tell them."""
    ages = AGES.get(found.at_work["indicator"])
    return f", si les parents travaillaient comme les {ages}" if ages else ""


def _at_most(found: Need) -> str:
    """Return « au plus » where the rate of persons stands for that of couples, both of whom have to work."""
    return "au plus " * (found.at_work["indicator"] == EMPLOYED)


def need_sentence(found: Need) -> str:
    """Return what the need would be if half, and if all of the families who work wished for a place; and the supply."""
    least, most = (number(needed(found.at_work["value"], share)) for share in (HALF, ALL))
    there = number(found.supply["value"], CATALOGUE[RATE].decimals)
    return texts.typography(
        "Selon que la moitié ou la totalité des familles en emploi souhaitent un accueil formel, il faudrait "
        f"{_at_most(found)}{least} ou {most} places {OF_100}{_as_all(found)}. En {date_text(found.supply['period'])}, "
        f"il y en a {there}, places théoriques des assistants maternels comprises."
    )


def need_basis(found: Need) -> str:
    """Return what the families who work are known by, and what families have answered, where they were asked."""
    value = f"{percent(found.at_work['value'])} en {date_text(found.at_work['period'])}"
    if found.at_work["indicator"] == PARENTS:
        told = f"Familles en emploi : celles des enfants de 0 à 1 an dont tous les parents ont un emploi ({value})."
    else:
        told = (
            f"Familles en emploi : faute de les connaître, le taux d'emploi des {AGES[found.at_work['indicator']]} "
            f"({value}) en tient lieu."
        )
    if _at_most(found):
        told += " C'est un majorant : dans un couple, il faut que les deux travaillent."
    if found.wished is None:
        return f"{told} Ce que souhaitent les familles, seule une consultation le dirait."
    return f"{told} À la consultation, {percent(found.wished['value'])} des parents souhaitent un accueil formel."


def simulator(indicator: Indicator, asked: Simulation, cited: str) -> Html:
    """Return the sliders of a simulation and the sentence that stands in their place without script and on paper.

    indicator: of the rate. asked: where the sliders stand first.
    """
    half = math.ceil(asked.places / 20) * 10  # of the places that there are
    sliders = [("Places de plus en EAJE", asked.added, max(half, 2 * asked.added))]
    if asked.each:
        most = max(math.ceil(asked.there / asked.each.places), asked.leaving)
        sliders.append(("Assistants maternels de moins", asked.leaving, most))
    text = texts.typography(
        f"Le taux de couverture de {date_text(asked.period)} passerait de {number(asked.before, 1)} à {RESULT} "
        f"{indicator.unit}."
    )
    sentence = markup.reading(simulation_sentence(indicator, asked), "")
    return markup.piece(
        "simulator.html.j2",
        asked=asked,
        sliders=sliders,
        text=text,
        digits=1,
        result=text.replace(RESULT, number(asked.after, 1)),
        basis=basis(asked),
        source=Markup(markup.source(cited).html),
        scenario=Markup(markup.together(sentence, markup.source(cited)).html),
    )


def childcare_authority(territory: Territory) -> Html:
    """Which authority organises childcare in each commune, and what the law asks of it.

    Where no commune has told whether it transferred: what its population alone would have the law ask of it.
    """
    indicator, people = (CATALOGUE[name] for name in AUTHORITY)
    transferred, inhabitants = by_commune(territory, indicator), by_commune(territory, people)
    thresholds = read_thresholds(data_root().reference / "seuils.yml")
    populations = _counted(territory, inhabitants)
    if transferred.empty:
        duties = by_population(populations, territory.epci, thresholds)
        cited = source(territory, inhabitants)
        table = population_duties(populations, duties, territory.row["name"], thresholds, cited)
        box = unavailable(territory, indicator, f"{indicator.label}, par commune")
        return telling(markup.together(table, box), SHOWN, *AUTHORITY)
    told = populations[["territory", "population", "total", "census"]]
    answers = transferred.assign(transferred=transferred["value"]).merge(told, on="territory", how="left")
    duties = authorities(answers, territory.epci, thresholds)
    cited = source(territory, pd.concat([transferred, inhabitants]))
    return telling(authority(answers, duties, territory.row["name"], thresholds, cited), SHOWN, *AUTHORITY)


def _counted(territory: Territory, inhabitants: pd.DataFrame) -> pd.DataFrame:
    """The population totale of each commune, which the law counts, the municipal one where it is not known.

    inhabitants: observations of the municipal population. Columns: theirs, then population, total (whether it is the
    population totale), census (its year).
    """
    places = territory.communes.set_index("code").loc[inhabitants["territory"]].reset_index()
    total, own = places["total_population"].astype(float), inhabitants.reset_index(drop=True)
    census = places["total_census"].fillna(own["period"])
    return own.assign(population=total.fillna(own["value"]), total=total.notna(), census=census)


def simulation(territory: Territory, *, places: int, leaving: int) -> Html:
    """What more places in childcare centres and fewer childminders would make of the coverage rate."""
    rows = territory.of(WORKED_OUT_FROM)
    result = simulate(rows[rows["level"].eq("epci")], places=places, leaving=leaving)
    if isinstance(result, Missing):
        lacking = CATALOGUE[result.indicator]
        year = f" ({date_text(result.period)})" if result.period else ""
        what = f"Simulation, faute du chiffre « {texts.uncapitalised(texts.titled(lacking.label))} »{year}"
        return telling(unavailable(territory, lacking, what), SHOWN, RATE, lacking.id)
    cited = source(territory, pd.DataFrame({"source": result.sources}))
    return telling(simulator(CATALOGUE[RATE], result, cited), SHOWN, RATE)


def childcare_need(territory: Territory) -> Html:
    """The places that the families who work would ask for, beside those that there are."""
    rows = territory.of(NEEDED)
    found = need_of(rows[rows["level"].eq("epci")])
    if isinstance(found, Missing):
        lacking = CATALOGUE[found.indicator]
        return telling(unavailable(territory, lacking, "Besoin d'accueil du jeune enfant"), SHOWN, lacking.id)
    cited = source(territory, pd.DataFrame([row for row in found if row is not None]))
    return telling(need_shown(found, cited), SHOWN, *(row["indicator"] for row in found if row is not None))
