"""The children five and ten years on: a fan for each age group, its sentence, and what such a projection was worth."""

from collections.abc import Collection

import pandas as pd

from ctg_analysis.core.norms import norm
from ctg_analysis.display import markup
from ctg_analysis.display.drawings.fan import fan
from ctg_analysis.display.markup import Citation, Html, Table
from ctg_analysis.display.pieces import charts, tables
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.quantities import number, percent
from ctg_analysis.indicators.projection import CENTRAL, GROUPS, HIGH, LOW, SCENARIOS, STAYING, UNCHANGED

FILE = "projection.csv"
LABELS = {"0_2": "Enfants de 0 à 2 ans", "3_10": "Enfants de 3 à 10 ans", "11_17": "Jeunes de 11 à 17 ans"}
NAMES = {LOW: "bas", CENTRAL: "central", HIGH: "haut", STAYING: "sans migration"}
WORSE = "la projection s'en serait éloignée davantage que l'hypothèse que rien ne change"
EMPTY = "une génération n'avait personne à l'un des recensements"
FEW = "trop peu d'EPCI ont les recensements qu'il faut pour l'éprouver"


def children(
    counted: pd.DataFrame,
    projected: pd.DataFrame,
    found: pd.DataFrame,
    shown: Collection[tuple[str, str]],
    source: Citation,
) -> Html:
    """Return a fan for each age group of which a scenario may be shown, and a sentence for the others.

    counted: the census, one row per year, columns GROUPS. projected: columns scenario, year, GROUPS. found: the errors,
    see `projection_errors.errors`. shown: see `projection_errors.may_be_shown`.
    """
    pieces, hidden = [], []
    for group in GROUPS:
        scenarios = [scenario for scenario in SCENARIOS if (group, scenario) in shown]
        if scenarios and len(projected):
            values = projected.pivot(index="year", columns="scenario", values=group)[scenarios]
            pieces.append(_fan(group, counted[group], values, source))
        else:
            hidden.append(texts.uncapitalised(LABELS[group]))
    if hidden:
        tested = len(found) and found["epcis"].max() >= norm("projection_tested_epcis")
        why = EMPTY if projected.empty else f"sur le dernier recensement, {WORSE}" if tested else FEW
        told = texts.typography(f"Non projetés : {texts.listed(hidden)} ; {why}.")
        pieces += [markup.reading(told, ""), markup.source(source)]
    return markup.together(*pieces)


def _fan(group: str, counted: pd.Series, values: pd.DataFrame, source: Citation) -> Html:
    label, last = LABELS[group], counted.index[-1]
    lines = [[str(year), number(value), *["–"] * len(values.columns)] for year, value in counted.items()]
    lines += [[str(year), "–", *(number(value) for value in row)] for year, row in values.iterrows()]
    header = ["Année", "Compté", *(texts.capitalised(NAMES[scenario]) for scenario in values)]
    points = {scenario: list(values[scenario].items()) for scenario in values}
    drawing = fan(
        list(counted.items()),
        *(points.get(scenario, []) for scenario in (CENTRAL, LOW, HIGH)),
        {NAMES[STAYING]: points[STAYING]} if STAYING in points else {},
        (NAMES[LOW], NAMES[CENTRAL], NAMES[HIGH]),
    )
    told = texts.typography(sentence(group, counted, values))
    title = f"{label}, comptés jusqu'en {last}, puis selon {_several(len(values.columns))}"
    message = headline(group, values)
    says = " ; ".join(f"{name} : {', '.join(_told(points[one]))}" for one, name in NAMES.items() if one in points)
    past = ", ".join(_told(list(counted.items())))
    chart = markup.figure(
        drawing,
        file=FILE,
        kind="chart",
        title=texts.typography(message),
        subtitle=texts.typography(f"{title}, {counted.index[0]}-{values.index[-1]}"),
        alt=texts.typography(f"{message}. {title}. Compté : {past}. Scénarios : {says}."),
        source=source,
        note=texts.typography("Bande claire : du scénario bas au scénario haut." if CENTRAL in points else ""),
        data=Table(
            texts.typography(title),
            header,
            [[texts.typography(cell) for cell in line] for line in lines],
            texts.typography(charts.signs(lines)),
        ),
    )
    return markup.together(markup.reading(told, ""), chart)


def headline(group: str, values: pd.DataFrame) -> str:
    """Return what the scenarios of an age group give at the first horizon. values: years by scenario."""
    who, year, first = texts.uncapitalised(LABELS[group]), values.index[0], values.iloc[0]
    if CENTRAL in values:
        return f"De {number(first[LOW])} à {number(first[HIGH])} {who} en {year}, selon le scénario"
    return f"{number(first[STAYING])} {who} en {year} si personne n'arrivait ni ne partait"


def _told(points: list[tuple[int, float]]) -> list[str]:
    return [f"{number(value)} en {year}" for year, value in points]


def _several(scenarios: int) -> str:
    return {1: "un scénario", 2: "deux scénarios", 3: "trois scénarios", 4: "quatre scénarios"}[scenarios]


def sentence(group: str, counted: pd.Series, values: pd.DataFrame) -> str:
    """Return what the scenarios of an age group give at both horizons. values: years by scenario."""
    who, last = texts.uncapitalised(LABELS[group]), counted.index[-1]
    said = []
    for year, row in values.iterrows():
        if CENTRAL in values:
            around = f"de {number(row[LOW])} (bas) à {number(row[HIGH])} (haut)"
            said.append(f"en {year}, environ {number(row[CENTRAL])} dans le scénario central, {around}")
        if STAYING in values:
            said.append(f"en {year}, environ {number(row[STAYING])} si personne n'arrivait ni ne partait")
    return f"Le territoire comptait {number(counted[last])} {who} en {last}. Selon les scénarios : {' ; '.join(said)}."


def worth(test: pd.DataFrame, found: pd.DataFrame, inside: pd.Series, shown: Collection[tuple[str, str]]) -> Html:
    """Return the table of what the same projection, made from the census before, would have been worth.

    test: that of the territory, see `projection_errors.back_test`. found, inside: `errors` and `between` of all.
    """
    if found.empty:
        return Html("")
    own = test.set_index(["group", "scenario"])
    lines = []
    for group in GROUPS:
        for scenario, name in {CENTRAL: "central", STAYING: "sans migration", UNCHANGED: "rien ne change"}.items():
            here = own.loc[(group, scenario)] if (group, scenario) in own.index else None
            row = found.loc[(group, scenario)]
            verdict = "référence" if scenario == UNCHANGED else "oui" if (group, scenario) in shown else "non"
            cells = ["nd"] * 3 if here is None else [number(here["projected"]), number(here["counted"]), _gap(here)]
            errors = [percent(row["median"] * 100, 1), percent(row["most"] * 100, 1)]
            lines.append([LABELS[group], name, *cells, *errors, verdict])
    launch, target = (test[column].iloc[0] if len(test) else "" for column in ("launch", "target"))
    when = f"{launch} projeté à {target}" if launch else "Dernier recensement, projeté depuis le précédent"
    header = ["Âge", "Scénario", "Projeté", "Compté", "Écart ici", "Écart de la moitié des EPCI, au plus"]
    header += ["Écart de neuf EPCI sur dix, au plus", "Montré"]
    count = int(found["epcis"].max())
    within = ", ".join(f"{texts.uncapitalised(LABELS[group])} {percent(inside[group] * 100)}" for group in GROUPS)
    note = (
        f"Éprouvé sur {number(count)} EPCI. Un scénario qui s'éloigne du compte plus que « rien ne change » n'est pas "
        f"montré. Part des EPCI dont le compte est tombé entre les scénarios bas et haut : {within}. À dix ans, "
        "l'erreur ne peut pas encore être mesurée ; elle est plus grande."
    )
    caption = f"Ce que la même projection aurait valu : {texts.uncapitalised(when)}"
    return tables.listed(pd.DataFrame(lines, columns=header), caption, note=note)


def _gap(row: pd.Series) -> str:
    return percent((row["projected"] / row["counted"] - 1) * 100, 1, signed=True)


def since_birth(found: pd.DataFrame, census: str, source: Citation) -> Html:
    """Return what a census counts of the generations born since, for 100 births.

    found: see `since_birth.children_per_100_births`, one row or more. census: its year.
    """
    named = [ages.replace("_", " à ") for ages in found["ages"]]
    first, *others = zip(map(number, found["per_100"]), named, strict=True)
    each = [f"{first[0]} enfants de {first[1]} ans", *(f"{per} de {ages} ans" for per, ages in others)]
    lead = (
        f"Au recensement de {census}, le territoire compte {texts.listed(each)} pour 100 naissances des mêmes "
        "générations."
    )
    beside = (
        "Au-dessus de 100, il est arrivé plus d'enfants qu'il n'en est parti depuis leur naissance, car les décès "
        "d'enfants sont rares. Les naissances viennent de l'état civil, les enfants du recensement, dont l'enquête "
        "dure cinq ans : quelques points d'écart à 100 ne disent rien."
    )
    table = pd.DataFrame(
        {
            "Âge": [f"{ages} ans" for ages in named],
            "Nés de": [f"{row.first} à {row.last}" for row in found.itertuples(index=False)],
            "Naissances": list(map(number, found["births"])),
            f"Enfants en {census}": list(map(number, found["children"])),
            "Pour 100 naissances": list(map(number, found["per_100"])),
        }
    )
    listed = tables.listed(table, f"Les générations nées depuis quinze ans, au recensement de {census}")
    reading = markup.reading(texts.typography(lead), texts.typography(beside))
    return markup.together(reading, listed, markup.source(source))


def assumptions() -> Html:
    """Return what each scenario supposes."""
    fertility, points = percent(norm("projection_fertility_share") * 100), norm("projection_migration_points")
    lead = (
        "Central : chaque génération continue de croître ou de diminuer comme entre les deux derniers recensements, et "
        "il y a autant d'enfants de moins de 5 ans pour une femme de 20 à 39 ans. "
        f"Bas et haut : {fertility} d'enfants de moins ou de plus pour une femme, et un solde des arrivées et des "
        f"départs plus faible ou plus fort de {number(points, 1)} points en cinq ans. "
        "Sans migration : personne n'arrive ni ne part."
    )
    beside = (
        "Ce sont des calculs à partir d'hypothèses, et non des prévisions : une école, un lotissement n'y sont pas."
    )
    return markup.reading(texts.typography(lead), texts.typography(beside))
