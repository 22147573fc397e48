"""What only the residents can tell: their answers to the consultation, each in the chapter that it belongs to.

A value is the share, among those who answered a question, of those who gave one of some codes: the denominator is named
by the question, the numerator by `question=code|code`. They are those of the questionnaire that `ctg new` writes; a
questionnaire without them leaves the indicator without a figure.
"""

from functools import partial

from ctg_analysis.core.model import Indicator, Ratio
from ctg_analysis.sources import SURVEY

WHO = "Part des personnes concernées qui ont répondu à la question"
_asked = partial(
    Indicator, unit="%", decimals=0, sources=(SURVEY,), levels=("epci",), chart="comparison", persons=("denominator",)
)


def share(question: str, *codes: str) -> Ratio:
    """Return the share of the respondents who gave one of some codes to a question."""
    return Ratio(f"{question}={'|'.join(codes)}", question)


_need = partial(
    _asked,
    domain_ids=("PAR-08",),
    chapter="07",
    family="parents_needs",
    star=True,
    caveats="Plusieurs réponses étaient possibles : le total dépasse 100 %.",
)
_NEEDS = {
    "rencontre": ("meeting_place", "Un lieu où rencontrer d'autres parents"),
    "ecoute": ("listening", "Une écoute"),
    "ecole": ("school_help", "Une aide pour la scolarité"),
    "repit": ("respite", "Du répit"),
    "ecrans": ("screens_advice", "Des repères sur les écrans"),
    "ados": ("teenagers_advice", "Un appui avec les adolescents"),
    "rien": ("nothing", "Rien de cela"),
}
NEEDS = tuple(
    _need(
        id=f"parents_need_{name}_share",
        label=label,
        definition=f"{WHO} et qui disent avoir besoin, comme parents, de : {label[0].lower()}{label[1:]}.",
        value=share("besoins_parents", code),
        reading=f"En {{period}}, {{value}} des parents ont répondu « {label[0].lower()}{label[1:]} ».",
    )
    for code, (name, label) in _NEEDS.items()
)

_obstacle = partial(
    _asked,
    domain_ids=("HAN-07",),
    chapter="08",
    family="disability_obstacles",
    star=True,
    caveats=(
        "Très peu de familles répondent : ces parts ouvrent une discussion, les entretiens et les rencontres la "
        "nourrissent. Plusieurs réponses étaient possibles."
    ),
)
_OBSTACLES = {
    "garde": ("childcare", "Trouver un accueil"),
    "loisirs": ("leisure", "Accéder aux loisirs"),
    "ecole": ("school", "L'accompagnement à l'école"),
    "soins": ("care_delay", "L'attente des soins"),
    "papiers": ("formalities", "Les démarches"),
    "repit": ("respite", "Le manque de répit"),
}
OBSTACLES = tuple(
    _obstacle(
        id=f"disability_obstacle_{name}_share",
        label=label,
        definition=f"{WHO}, dont une personne du foyer est en situation de handicap, et qui citent : {label.lower()}.",
        value=share("handicap_obstacles", code),
        reading=f"En {{period}}, {{value}} des familles concernées citent « {label.lower()} ».",
    )
    for code, (name, label) in _OBSTACLES.items()
)

_right = partial(_asked, domain_ids=("DRO-08",), chapter="10", star=True, direction=-1)
_REASONS = {
    "ligne": ("online", "Les démarches en ligne"),
    "distance": ("distance", "La distance"),
    "complexe": ("complexity", "La complexité"),
    "delai": ("delay", "Les délais"),
    "ignore": ("unaware", "Ne pas savoir que l'on y avait droit"),
}
RIGHTS = (
    _right(
        id="gave_up_right_share",
        label="Habitants qui ont renoncé à un droit ou à une démarche",
        definition=f"{WHO} et qui disent avoir renoncé, depuis un an, à un droit ou à une démarche.",
        value=share("renoncement", "oui"),
        reading="En {period}, {value} des répondants disent avoir renoncé à un droit ou à une démarche depuis un an.",
        caveats="C'est un indice du non-recours, qu'aucun fichier ne mesure à cette échelle.",
    ),
    _right(
        id="online_steps_difficult_share",
        label="Habitants pour qui les démarches en ligne sont difficiles",
        definition=f"{WHO} et qui trouvent plutôt difficile ou très difficile de faire leurs démarches en ligne.",
        value=share("numerique", "3", "4"),
        reading="En {period}, {value} des répondants trouvent difficile de faire leurs démarches en ligne.",
        caveats="Un questionnaire en ligne touche mal ceux qu'internet arrête : la part est sans doute plus forte.",
    ),
    *(
        _right(
            id=f"gave_up_reason_{name}_share",
            label=label,
            definition=f"{WHO}, qui ont renoncé à un droit ou à une démarche, et qui citent : {label.lower()}.",
            value=share("renoncement_motif", code),
            reading=f"En {{period}}, {{value}} de ceux qui ont renoncé citent « {label.lower()} ».",
            caveats="Plusieurs réponses étaient possibles : le total dépasse 100 %.",
            family="gave_up_reasons",
            direction=0,
        )
        for code, (name, label) in _REASONS.items()
    ),
)

_hours = partial(_asked, domain_ids=("EMP-05",), chapter="03")
HOURS = (
    _hours(
        id="atypical_hours_share",
        label="Actifs qui travaillent tôt, tard, la nuit ou le week-end",
        definition=f"{WHO}, en emploi, et qui travaillent parfois ou souvent tôt, tard, la nuit ou le week-end.",
        value=share("horaires_atypiques", "parfois", "souvent"),
        reading="En {period}, {value} des répondants en emploi travaillent tôt, tard, la nuit ou le week-end.",
    ),
    _hours(
        id="often_atypical_hours_share",
        label="dont souvent",
        definition=f"{WHO}, en emploi, et qui travaillent souvent tôt, tard, la nuit ou le week-end.",
        value=share("horaires_atypiques", "souvent"),
        reading="En {period}, {value} des répondants en emploi ont souvent de tels horaires.",
    ),
)

_MOVES = {
    "loisir": ("gave_up_leisure", "Ont renoncé à un loisir"),
    "stage": ("gave_up_work", "Ont renoncé à un stage ou un emploi"),
    "parents": ("driven", "Sont conduits par leurs parents"),
    "car": ("coach", "Prennent le car"),
    "seuls": ("alone", "Se déplacent seuls"),
}
MOVES = tuple(
    _asked(
        id=f"teenagers_{name}_share",
        domain_ids=("JEU-08",),
        chapter="05",
        label=label,
        definition=f"{WHO}, parents d'enfants de 11 à 17 ans, et qui disent qu'ils {label[0].lower()}{label[1:]}.",
        value=share("mobilite_jeunes", code),
        reading=f"En {{period}}, selon {{value}} de leurs parents, les 11-17 ans {label[0].lower()}{label[1:]}.",
        family="teenagers_mobility",
    )
    for code, (name, label) in _MOVES.items()
)

_social = partial(_asked, domain_ids=("AVS-11",), chapter="09")
SOCIAL = (
    _social(
        id="feeling_lonely_share",
        label="Habitants qui se sentent seuls",
        definition=f"{WHO} et qui se sentent seuls parfois ou souvent.",
        value=share("isolement", "3", "4"),
        reading="En {period}, {value} des répondants se sentent seuls parfois ou souvent.",
        direction=-1,
    ),
    _social(
        id="social_space_known_share",
        label="Habitants qui connaissent le centre social ou l'espace de vie sociale",
        definition=f"{WHO} et qui vont au centre social ou à l'espace de vie sociale, ou le connaissent de nom.",
        value=share("connait_evs", "va", "nom"),
        reading="En {period}, {value} des répondants connaissent le centre social ou l'espace de vie sociale.",
        direction=1,
    ),
    _social(
        id="social_space_used_share",
        label="Habitants qui vont au centre social ou à l'espace de vie sociale",
        definition=f"{WHO} et qui vont au centre social ou à l'espace de vie sociale.",
        value=share("connait_evs", "va"),
        reading="En {period}, {value} des répondants vont au centre social ou à l'espace de vie sociale.",
        caveats="Ceux qui y vont reçoivent plus souvent le questionnaire : la part est sans doute moins forte.",
        direction=1,
    ),
)

INDICATORS = NEEDS + OBSTACLES + RIGHTS + HOURS + MOVES + SOCIAL
