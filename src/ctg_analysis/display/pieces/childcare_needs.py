"""The need for childcare beside the supply: one sentence, and a slider of the families who wish for a place."""

from types import SimpleNamespace

from markupsafe import Markup

from ctg_analysis.display import markup, texts
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.quantities import number, percent
from ctg_analysis.display.texts import date_text
from ctg_analysis.indicators.childcare import PARENTS, Need, needed

HALF, ALL = 50, 100  # %: of the families who work, that wish for a formal mode
OF_100 = "pour 100 enfants de moins de 3 ans"
CAVEAT = (
    "Une place n'est pas un enfant : plusieurs enfants en partagent une, et une place théorique, chez un assistant "
    "maternel, peut ne pas être proposée. Les parents qui cherchent un emploi, se forment ou ont besoin de répit ne "
    "sont pas comptés ici ; des familles d'ailleurs prennent des places."
)


def need(found: Need, source: Citation) -> Html:
    """Return the sentence and the slider of a need."""
    at_work = found.at_work["value"]
    start = ALL if found.wished is None else round(found.wished["value"])
    text = texts.typography(f"Il faudrait {{}} places {OF_100}.")
    slider = markup.piece(
        "simulator.html.j2",
        asked=SimpleNamespace(before=0, children=100 * ALL / at_work, each=None, there=0),
        sliders=[(texts.typography("Familles en emploi qui souhaitent un accueil formel, en %"), start, ALL)],
        text=text,
        result=text.format(number(needed(at_work, start), 1)),
        basis=texts.typography(f"{basis(found)} {CAVEAT}"),
        source=Markup(""),
        scenario="",
    )
    return markup.together(markup.reading(sentence(found), ""), slider, markup.source(source))


def sentence(found: Need) -> str:
    """Return what the need would be if half, and if all of the families who work wished for a place; and the supply."""
    least, most = (number(needed(found.at_work["value"], share)) for share in (HALF, ALL))
    return texts.typography(
        "Selon que la moitié ou la totalité des familles en emploi souhaitent un accueil formel, il faudrait de "
        f"{least} à {most} places {OF_100}. En {date_text(found.supply['period'])}, il y en a "
        f"{number(found.supply['value'])}, places théoriques des assistants maternels comprises."
    )


def basis(found: Need) -> str:
    """Return what the families who work are known by, and what families have answered, where they were asked."""
    value = f"{percent(found.at_work['value'])} en {date_text(found.at_work['period'])}"
    if found.at_work["indicator"] == PARENTS:
        told = f"Familles en emploi : celles des enfants de 0 à 1 an dont tous les parents ont un emploi ({value})."
    else:
        told = (
            "Familles en emploi : faute de les connaître, le taux d'emploi des habitants de 15 à 64 ans "
            f"({value}) en tient lieu."
        )
    if found.wished is None:
        return f"{told} Ce que souhaitent les familles, seule une consultation le dirait."
    return f"{told} À la consultation, {percent(found.wished['value'])} des parents souhaitent un accueil formel."
