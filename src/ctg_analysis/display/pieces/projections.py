"""The children five and ten years on: a fan for each age group, its sentence, and what such a projection was worth."""

from collections.abc import Collection

import pandas as pd

from ctg_analysis.display import markup
from ctg_analysis.display.drawings.fan import fan
from ctg_analysis.display.markup import Citation, Html, Table
from ctg_analysis.display.pieces import charts, tables
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.quantities import number, percent
from ctg_analysis.indicators.demography import total_fertility
from ctg_analysis.indicators.projection import DECLINE, FALLING, GROUPS, HELD, RIVAL
from ctg_analysis.model.norms import norm

FILE = "projection.csv"
LABELS = {"0_2": "Enfants de 0 à 2 ans", "3_10": "Enfants de 3 à 10 ans", "11_17": "Jeunes de 11 à 17 ans"}
NAMES = {HELD: "fécondité maintenue", FALLING: "baisse poursuivie"}
WORSE = "la projection s'en serait éloignée davantage que si les enfants avaient suivi la population"
EMPTY = "une génération n'avait personne à l'un des recensements"
FEW = "trop peu d'EPCI ont les recensements qu'il faut pour l'éprouver"


def children(
    counted: pd.DataFrame, projected: pd.DataFrame, found: pd.DataFrame, shown: Collection[str], source: Citation
) -> Html:
    """Return the lines of each age group whose projection may be shown, and a sentence for the others.

    counted: the census, one row per year, columns GROUPS. projected: columns scenario, year, GROUPS. found: the errors,
    see `projection.errors`. shown: see `projection.may_be_shown`.
    """
    told = [group for group in GROUPS if group in shown and len(projected)]
    pieces = [
        _fan(group, counted[group], projected.pivot(index="year", columns="scenario", values=group), source)
        for group in told
    ]
    if hidden := [texts.uncapitalised(LABELS[group]) for group in GROUPS if group not in told]:
        tested = len(found) and found["epcis"].max() >= norm("projection_tested_epcis")
        why = EMPTY if projected.empty else f"sur le dernier recensement, {WORSE}" if tested else FEW
        pieces += [markup.reading(f"Non projetés : {texts.listed(hidden)} ; {why}.", ""), markup.source(source)]
    return markup.together(*pieces)


def _fan(group: str, counted: pd.Series, values: pd.DataFrame, source: Citation) -> Html:
    """Return the count and the scenarios of an age group; one alone of those who are born. values: by year."""
    differ = not values[HELD].equals(values[FALLING])
    values = values[[HELD, FALLING] if differ else [HELD]]
    names = NAMES if differ else {HELD: "projection"}
    lines = [[str(year), number(value), *["–"] * len(values.columns)] for year, value in counted.items()]
    lines += [[str(year), "–", *(number(value) for value in row)] for year, row in values.iterrows()]
    points = {names[scenario]: list(values[scenario].items()) for scenario in values}
    label, year = LABELS[group], values.index[0]
    ends = list(dict.fromkeys(number(value) for value in values.loc[year]))
    now = f"{number(counted.iloc[-1])} en {counted.index[-1]}"
    message = f"{' ou '.join(ends)} {texts.uncapitalised(label)} en {year}, après {now}"
    title = f"{label}, comptés jusqu'en {counted.index[-1]}, puis projetés"
    says = " ; ".join(f"{name} : {', '.join(_told(told))}" for name, told in points.items())
    return markup.figure(
        fan(list(counted.items()), points),
        file=FILE,
        kind="chart",
        title=message,
        subtitle=f"{title}, {counted.index[0]}-{values.index[-1]}",
        alt=f"{message}. {title}. Compté : {', '.join(_told(list(counted.items())))}. {says}.",
        source=source,
        note="",
        data=Table(title, ["Année", "Compté", *map(texts.capitalised, points)], lines, charts.signs(lines)),
    )


def _told(points: list[tuple[int, float]]) -> list[str]:
    return [f"{number(value)} en {year}" for year, value in points]


def worth(test: pd.DataFrame, found: pd.DataFrame, shown: Collection[str]) -> Html:
    """Return the table of what the same projection, made from the census before, would have been worth.

    test: that of the territory, see `projection.back_test`. found: `errors` of all.
    """
    if found.empty:
        return Html("")
    own, lines = test.set_index(["group", "scenario"]), []
    for group in GROUPS:
        for scenario, name in {HELD: "projection", RIVAL: "comme la population"}.items():
            here = own.loc[(group, scenario)] if (group, scenario) in own.index else None
            row = found.loc[(group, scenario)]
            verdict = "référence" if scenario == RIVAL else "oui" if group in shown else "non"
            cells = ["nd"] * 3 if here is None else [number(here["projected"]), number(here["counted"]), _gap(here)]
            errors = [percent(row["median"] * 100, 1), percent(row["most"] * 100, 1)]
            lines.append([LABELS[group], name, *cells, *errors, verdict])
    launch, target = (test[column].iloc[0] if len(test) else "" for column in ("launch", "target"))
    when = f"{launch} projeté à {target}" if launch else "Dernier recensement, projeté depuis le précédent"
    header = ["Âge", "Calcul", "Projeté", "Compté", "Écart ici", "Écart de la moitié des EPCI, au plus"]
    header += ["Écart de neuf EPCI sur dix, au plus", "Montré"]
    note = (
        f"Éprouvé sur {number(int(found['epcis'].max()))} EPCI. « Comme la population » : les enfants croissent comme "
        "la population de leur EPCI, et leur part comme celle de tous les EPCI. Une projection qui s'éloigne du compte "
        "davantage n'est pas montrée. À dix ans, l'erreur ne peut pas encore être mesurée ; elle est plus grande."
    )
    caption = f"Ce que la même projection aurait valu : {texts.uncapitalised(when)}"
    return tables.listed(pd.DataFrame(lines, columns=header), caption, note=note)


def _gap(row: pd.Series) -> str:
    return percent((row["projected"] / row["counted"] - 1) * 100, 1, signed=True)


def ahead(found: pd.DataFrame, last: int, source: Citation) -> Html:
    """Return the children under 3 and the entries into nursery school that the births known give.

    found: see `demography.children_ahead`. last: the latest year of births.
    """
    entries = found[found["year"].gt(last)].dropna(subset="entering")
    each = texts.listed([f"{number(row.entering)} à la rentrée {row.year}" for row in entries.itertuples(index=False)])
    lead = f"Enfants de mères domiciliées ici à leur naissance, à l'âge d'entrer à l'école maternelle : {each}."
    beside = (
        "Un compte de naissances, et non une projection : les familles qui arrivent et partent n'y sont pas. Ce "
        "qu'elles ont changé pour les générations d'avant se lit dans les enfants recensés pour 100 naissances, où "
        "l'âge est connu. Moins de 3 ans : nés les trois années d'avant le 1er janvier. École : 3 ans dans l'année."
    )
    table = found[["year", "under_3", "entering"]].astype({"year": str})
    for name in ("under_3", "entering"):
        table[name] = table[name].map(number, na_action="ignore").astype(object).fillna("nd")
    table.columns = ["Année", "Moins de 3 ans au 1er janvier", "3 ans dans l'année"]
    listed = tables.listed(table, f"Les enfants à venir, d'après les naissances connues jusqu'en {last}")
    return markup.together(markup.reading(lead, beside), listed, markup.source(source))


def assumptions() -> Html:
    """Return what each scenario supposes."""
    told = total_fertility()
    last, first = told.index.max(), max(told.index.min(), told.index.max() - DECLINE)
    held = f"{last} ({number(told[last], 2)} enfant par femme)"
    lead = (
        "Chaque génération continue de croître ou de diminuer comme entre les deux derniers recensements. Il naît "
        "autant d'enfants pour une femme de 20 à 39 ans qu'au dernier recensement, au rythme de la France : fécondité "
        f"maintenue à celle de {held}, ou baisse poursuivie comme depuis {first} ({number(told[first], 2)})."
    )
    beside = (
        "Ce sont des calculs à partir d'hypothèses, et non des prévisions : une école, un lotissement n'y sont pas."
    )
    return markup.reading(lead, beside)
