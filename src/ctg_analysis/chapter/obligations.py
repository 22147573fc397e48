"""The calendar of what is due: by the law and the branch, by the size of the communes, by the convention itself."""

import datetime
import re
from typing import Annotated

import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict

from ctg_analysis.chapter.known import by_commune
from ctg_analysis.chapter.territory import PEOPLE, Territory
from ctg_analysis.display import markup
from ctg_analysis.display.markup import Citation, Html, Table
from ctg_analysis.display.quantities import number
from ctg_analysis.display.texts import date_text, typography
from ctg_analysis.indicators.childcare import Threshold, read_thresholds
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import settings
from ctg_analysis.model.yaml_files import load_yaml

CAPTION = "Ce qui est dû, par date"
HEADER = ["Pour le", "Quoi", "Qui", "Texte"]
ARTICLE = re.compile(r".*?(?= ;| \(|$)")  # of a source that goes on with who cites it
DONE = {
    "deux missions": "Recenser les besoins et les modes d'accueil du jeune enfant, informer les familles",
    "quatre missions": "Planifier l'accueil du jeune enfant, en soutenir la qualité",
    "schéma pluriannuel": "Schéma pluriannuel de l'offre d'accueil du jeune enfant",
    "relais petite enfance": "Relais petite enfance",
}
CONVENTION = "Fin de la convention territoriale globale", "Caf et collectivités signataires", "La convention"


class Obligation(BaseModel):
    """Something due: what, by whom, its next last day, how often, its text, where it was read, what could not be."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    quoi: str
    qui: str
    pour: Annotated[datetime.date, BeforeValidator(datetime.date.fromisoformat)]
    tous_les: str
    texte: str
    source: str
    a_verifier: str = ""


def obligations(territory: Territory) -> Html:
    """The table of what is due here, the first first; what could not be read in its text is said below.

    Raises:
        InputError: what is wrong with data/reference/obligations.yml or seuils.yml.
    """
    reference = settings().reference
    dated = load_yaml(reference / "obligations.yml", list[Obligation]).value
    lines = [(one.pour, f"{one.quoi} ({one.tous_les})", one.qui, one.texte) for one in dated]
    counted = by_commune(territory, CATALOGUE[PEOPLE]).set_index("territory")["value"]
    people = territory.communes.set_index("code")["total_population"].fillna(counted)  # none of an invented territory
    lines += [
        (duty.date, DONE[duty.obligation], asked_of(duty, people), ARTICLE.match(duty.source)[0])
        for duty in read_thresholds(reference / "seuils.yml").values()
        if duty.obligation in DONE
    ]
    if years := territory.years_of_convention:
        lines.append((datetime.date(years[1], 12, 31), *CONVENTION))
    today = pd.Timestamp(max(territory.received.values())).date()  # of the data: a page does not change with the day
    rows = [[f"{'depuis le ' * (day <= today)}{date_text(day)}", *told] for day, *told in sorted(lines)]
    unread = " ".join(f"{one.quoi} : {one.a_verifier}" for one in dated if one.a_verifier)
    written = [[typography(cell) for cell in row] for row in rows]
    content = Table(CAPTION, HEADER, written, note=typography(f"À vérifier. {unread}"), words=True)
    cited = Citation("les textes cités.")
    return markup.together(markup.table(content), markup.source(cited))


def asked_of(duty: Threshold, people: pd.Series) -> str:
    """Of whom a duty of the service public de la petite enfance is asked here. people: of the communes.

    >>> hub = Threshold(obligation="relais petite enfance", seuil=10000, texte="", source="", date="2026-01-01")
    >>> asked_of(hub, pd.Series([1500.0, 9000])).replace("\\u202f", " ")
    "aucune commune ; l'intercommunalité (10 500 habitants) si toutes lui confient la compétence"
    >>> asked_of(hub, pd.Series([1500.0, 12000])).partition(" ;")[0]
    '1 des 2 communes'
    """
    if duty.seuil is None:
        return "chaque commune, ou l'intercommunalité à qui elle l'a confié"
    bound, whole = people.gt(duty.seuil).sum(), people.sum()
    here = f"{bound} des {len(people)} communes" if bound else "aucune commune"
    if whole <= duty.seuil:
        return here
    return f"{here} ; l'intercommunalité ({number(whole)} habitants) si toutes lui confient la compétence"
