"""Chapter 08, continued: children with a disability at school and in care with other children."""

from functools import partial

from ctg_analysis.core.model import Count, Indicator, Ratio

CHAPTER = "08"
FORM_LEVELS = ("epci", "departement")
SCHOOLS = ("dsden_inclusion",)

_indicator = partial(Indicator, chapter=CHAPTER, decimals=0, star=True)
_school = partial(_indicator, sources=SCHOOLS, levels=FORM_LEVELS)

SCHOOLING = (
    _school(
        id="pupils_with_plan_count",
        domain_ids=("HAN-02",),
        label="Élèves en situation de handicap",
        definition="Élèves qui ont un projet personnalisé de scolarisation (PPS), à la rentrée.",
        unit="élèves",
        value=Count("pupils_with_plan"),
        reading="En {period}, le territoire compte {value} élève{s} avec un projet personnalisé de scolarisation.",
        chart="trend",
    ),
    *(
        _school(
            id=f"{measure}_share",
            domain_ids=("HAN-02", "EDU-07"),
            label=f"Élèves en situation de handicap {what}",
            definition=f"Élèves {who}, rapportés à ceux qui ont un projet personnalisé de scolarisation (PPS).",
            unit="%",
            decimals=1,
            value=Ratio(measure, "pupils_with_plan"),
            reading=f"En {{period}}, part des élèves en situation de handicap du territoire {what} : {{value}}.",
            chart="comparison",
            caveats=caveats,
        )
        for measure, what, who, caveats in (
            ("pupils_in_ulis", "en unité localisée", "en unité localisée pour l'inclusion scolaire (ULIS)", ""),
            (
                "pupils_with_aesh",
                "avec un accompagnement notifié",
                "qui ont une notification d'accompagnement humain",
                "Un accompagnement notifié n'est pas toujours un accompagnement en place.",
            ),
        )
    ),
    _school(
        id="aesh_fte_count",
        domain_ids=("HAN-02",),
        label="Accompagnants d'élèves en situation de handicap",
        definition="Équivalents temps plein (ETP) d'accompagnants d'élèves en situation de handicap (AESH).",
        unit="équivalents temps plein",
        decimals=1,
        value=Count("aesh_fte"),
        persons=(),
        reading="En {period}, le territoire compte {value} ETP d'accompagnants d'élèves en situation de handicap.",
        chart="trend",
    ),
    _school(
        id="aesh_fte_rate",
        domain_ids=("HAN-02",),
        label="Accompagnants pour 100 élèves à qui un accompagnement est notifié",
        definition=(
            "Équivalents temps plein (ETP) d'accompagnants d'élèves en situation de handicap (AESH), pour 100 élèves "
            "qui ont une notification d'accompagnement humain."
        ),
        unit="ETP pour 100 élèves notifiés",
        decimals=1,
        value=Ratio("aesh_fte", "pupils_with_aesh", bounded=False),
        persons=("denominator",),
        reading="En {period}, le territoire compte {value} {unit}.",
        chart="comparison",
        direction=1,
    ),
)

CARE = (
    _indicator(
        id="eaje_disabled_children_share",
        domain_ids=("HAN-03",),
        label="Enfants en situation de handicap parmi ceux que les EAJE accueillent",
        definition=(
            "Enfants bénéficiaires de l'allocation d'éducation de l'enfant handicapé (AEEH) ou en cours de diagnostic, "
            "rapportés à tous ceux que les établissements d'accueil du jeune enfant (EAJE) ont accueillis dans l'année."
        ),
        unit="%",
        decimals=1,
        sources=("caf_partenaire_petite_enfance",),
        value=Ratio("eaje_disabled_children", "eaje_children"),
        reading="En {period}, {value} des enfants accueillis en EAJE sur le territoire sont en situation de handicap.",
        chart="comparison",
        levels=FORM_LEVELS,
        caveats="Un accueil d'une heure compte comme un accueil de l'année : la part ne dit pas les heures.",
    ),
    _indicator(
        id="leisure_disabled_children_count",
        domain_ids=("HAN-03", "ENF-11"),
        label="Enfants en situation de handicap dans les accueils périscolaires et de loisirs",
        definition=(
            "Enfants en situation de handicap accueillis dans l'année par les accueils périscolaires et de loisirs, "
            "d'après les structures."
        ),
        unit="enfants",
        sources=("enquete_locale_enfance",),
        value=Count("leisure_disabled_children"),
        reading=(
            "En {period}, les accueils périscolaires et de loisirs du territoire ont reçu {value} enfant{s} en "
            "situation de handicap."
        ),
        chart="trend",
        levels=FORM_LEVELS,
        caveats="Ce que les familles ont dit aux structures : toutes ne le disent pas.",
    ),
    _indicator(
        id="care_refusals_count",
        domain_ids=("HAN-08",),
        label="Refus d'accueil liés au handicap",
        definition=(
            "Refus d'accueil liés au handicap d'un enfant, dans l'année, d'après les accueils périscolaires et de "
            "loisirs."
        ),
        unit="refus",
        sources=("enquete_locale_enfance",),
        value=Count("care_refusals"),
        reading="En {period}, les structures du territoire déclarent {value} refus d'accueil liés au handicap.",
        chart="trend",
        levels=("epci",),
        caveats="Une famille qui renonce à demander n'est pas comptée ; le formulaire ne donne pas les raisons.",
        direction=-1,
        star=False,
    ),
)

# Help of the Caf to include: who may have it, the help, since when, source.
_HELP = {
    "eaje": (
        "EAJE",
        "Établissements d'accueil du jeune enfant (EAJE)",
        "le bonus « inclusion handicap »",
        "Bonus créé en 2019.",
        "caf_partenaire_petite_enfance",
    ),
    "leisure": (
        "accueils de loisirs",
        "Accueils de loisirs",
        "le complément inclusif",
        "Complément versé depuis le 1er janvier 2024.",
        "caf_partenaire_jeunesse_parentalite",
    ),
}
HELP = tuple(
    _indicator(
        id=f"{kind}_inclusion_bonus_share",
        domain_ids=("HAN-04",),
        label=f"{places[:1].upper()}{places[1:]} ayant reçu {aid}",
        definition=f"{long} qui ont reçu dans l'année {aid} de la Caf, rapportés à ceux qu'elle finance.",
        unit="%",
        decimals=1,
        sources=(source,),
        value=Ratio(f"{kind}_inclusion_bonus", f"{kind}_funded"),
        persons=(),
        reading=f"En {{period}}, part des {places} du territoire qui ont reçu {aid} : {{value}}.",
        chart="comparison",
        levels=FORM_LEVELS,
        caveats=since,
    )
    for kind, (places, long, aid, since, source) in _HELP.items()
)

INCLUSION = SCHOOLING + CARE + HELP
