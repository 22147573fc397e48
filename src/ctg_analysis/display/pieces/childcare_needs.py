"""The need for childcare beside the supply: the table of the scenarios, and the sentence of what they span."""

from collections.abc import Collection

import pandas as pd

from ctg_analysis.display import markup
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.pieces import tables
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.quantities import counted, number, percent
from ctg_analysis.indicators.childcare_need import AGED_55_PLUS, AT_WORK, WISHED, Supply

UNKNOWN = {
    AT_WORK: "la part des enfants dont tous les parents ont un emploi",
    WISHED: "la part de ceux pour qui un accueil formel est souhaité, que seule une consultation dirait,",
    AGED_55_PLUS: "l'âge des assistants maternels",
}
KNOWN = {
    AT_WORK: "Parents en emploi : ceux des enfants de 0 à 1 an, au recensement, avec les bornes de l'intervalle.",
    WISHED: (
        "Accueil formel souhaité : par les parents qui ont répondu à la consultation, en emploi ou non, avec les "
        "bornes de l'intervalle."
    ),
}
AHEAD = "Les enfants à venir suivent les scénarios du chapitre 01, avec les parts du milieu."
OF_100 = "pour 100 enfants de moins de 3 ans"
CAVEAT = (
    "Une place n'est pas un enfant : plusieurs enfants en partagent une, à des heures différentes, et une place agréée "
    "peut ne pas être proposée. Les parents qui cherchent un emploi, se forment ou ont besoin de répit ne sont pas "
    "comptés ici ; des familles d'ailleurs prennent des places."
)


def need(
    found: pd.DataFrame, supply: Supply, told: Collection[str], older: float | None, change: str, source: Citation
) -> Html:
    """Return the sentence and the table of a grid.

    found: see `childcare_need.grid`. told: the indicators whose value is known here. older: the share of the
    childminders who are 55 or more, in %, when it is. change: that of the offer « simulated », as a header.
    """
    keys, names = ["children", "at_work", "wished", "needed"], list(found["offer"].unique())
    wide = found.pivot_table(index=keys, columns="offer", values="balance", sort=False).reset_index()
    lines = [
        [
            row["children"],
            *(percent(row[share]) for share in ("at_work", "wished")),
            *(number(row[name], signed=name != "needed") for name in ("needed", *names)),
        ]
        for row in wide.to_dict("records")
    ]
    header = ["Enfants en", "Parents en emploi", "Accueil formel souhaité", "Places qu'il faudrait"]
    header += [change if name == "simulated" else offer_name(name, of_ages=older is not None) for name in names]
    unit = "en places" if supply.counted else f"en places {OF_100}"
    when = f"offre de {date_text(supply.period)}"
    if found["children"].nunique() == 1:
        header, lines = header[1:], [line[1:] for line in lines]
        when = f"enfants de {found['children'].iloc[0]}, {when}"
    caption = f"Places de plus (+) ou de moins (−) que le besoin, {unit}, {when}"
    note = texts.typography(f"{basis(supply, told, older)} {CAVEAT}")
    if found["children"].nunique() > 1:
        note += texts.typography(f" {AHEAD}")
    table = tables.listed(pd.DataFrame(lines, columns=header), caption)
    return markup.together(markup.reading(sentence(found, supply), note), table, markup.source(source))


def offer_name(offer: str, *, of_ages: bool) -> str:
    """Return the name of an offer. of_ages: the share that stops is that of the ages of childminders.

    >>> offer_name("20 %", of_ages=False)
    '20\u202f% des places d’assistants maternels en moins'
    """
    who = "des assistants maternels s'arrêtent" if of_ages else "des places d'assistants maternels en moins"
    return texts.typography("Offre d'aujourd'hui" if offer == "today" else f"{offer} {who}")


def sentence(found: pd.DataFrame, supply: Supply) -> str:
    """Return what the scenarios of a grid span."""
    low, high = found["balance"].min(), found["balance"].max()
    where = "" if supply.counted else f" {OF_100}"
    count = f"Selon les {len(found)} scénarios de ce tableau"
    if high < 0:
        return texts.typography(f"{count}, il manquerait de {number(-high)} à {counted(-low, 'place')}{where}.")
    if low >= 0:
        return texts.typography(f"{count}, il resterait de {number(low)} à {counted(high, 'place')}{where}.")
    lacking = int(found["balance"].lt(0).sum())
    return texts.typography(
        f"{count}, l'offre irait de {counted(-low, 'place')} de moins que le besoin à {number(high)} de plus{where} : "
        f"elle manque dans {lacking} d'entre eux."
    )


def basis(supply: Supply, told: Collection[str], older: float | None) -> str:
    """Return what of a grid is known here, and what is supposed. As in `need`."""
    unknown = [words for name, words in UNKNOWN.items() if name not in told]
    said = [KNOWN[name] for name in KNOWN if name in told]
    if older is not None:
        said.append(
            f"Environ {percent(older)} des assistants maternels ont 55 ans ou plus : la moitié d'entre eux, ou tous, "
            "s'arrêtent."
        )
    if unknown:
        said.append(f"Rien ne dit ici {texts.listed(unknown)} : le tableau en fait des hypothèses.")
    if not supply.counted:
        said.append("Le nombre d'enfants que compte la Cnaf n'est pas connu : le tableau est pour 100 d'entre eux.")
    return " ".join(said)
