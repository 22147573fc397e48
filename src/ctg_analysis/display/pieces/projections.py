"""The children to come: what a projection supposes, what it was worth, what the births known give."""

from collections.abc import Collection

import pandas as pd

from ctg_analysis.display import markup, tables, texts
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.quantities import number, percent
from ctg_analysis.indicators.demography import total_fertility
from ctg_analysis.indicators.projection import DECLINE, FALLING, GROUPS, HELD, RIVAL

FILE = "projection.csv"
LABELS = {"0_2": "Enfants de 0 à 2 ans", "3_10": "Enfants de 3 à 10 ans", "11_17": "Jeunes de 11 à 17 ans"}
NAMES = {HELD: "fécondité maintenue", FALLING: "baisse poursuivie"}


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
