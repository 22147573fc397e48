"""Chapter 04, continued: what the childcare centres do with their places, as the Caf that funds them sees it."""

from functools import partial

from ctg_analysis.catalogue.kinds import count, share
from ctg_analysis.core.model import Indicator, Ratio

_of_eaje = {"chapter": "04", "sources": ("caf_partenaire_petite_enfance",), "levels": ("epci", "departement")}
_ratio = partial(Indicator, chart="comparison", persons=(), **_of_eaje)

EAJE = "établissements d'accueil du jeune enfant (EAJE)"
FUNDED = "Établissements que finance la Caf seulement."

OCCUPANCY = (
    _ratio(
        id="eaje_occupancy_rate",
        domain_ids=("PE-05",),
        label="Taux d'occupation des EAJE",
        definition=f"Heures de présence des enfants dans les {EAJE}, rapportées à leur capacité théorique en heures.",
        unit="%",
        decimals=1,
        value=Ratio("eaje_hours_attended", "eaje_hours_capacity", bounded=False),
        reading="En {period}, les EAJE du territoire sont occupés à {value}.",
        caveats=FUNDED + " Taux dit réel : il compte les heures de présence, et non les heures facturées.",
        star=True,
    ),
    _ratio(
        id="eaje_invoiced_occupancy_rate",
        domain_ids=("PE-05",),
        label="Taux d'occupation des EAJE, en heures facturées",
        definition=f"Heures que les {EAJE} facturent aux familles, rapportées à leur capacité théorique en heures.",
        unit="%",
        decimals=1,
        value=Ratio("eaje_hours_invoiced", "eaje_hours_capacity", bounded=False),
        reading="En {period}, les heures facturées par les EAJE du territoire font {value} de leur capacité.",
        caveats=FUNDED + " Taux dit financier : il compte les heures facturées, et non les heures de présence.",
        star=True,
    ),
    _ratio(
        id="eaje_invoicing_rate",
        domain_ids=("PE-06",),
        label="Taux de facturation des EAJE",
        definition=f"Heures que les {EAJE} facturent aux familles, rapportées aux heures de présence des enfants.",
        unit="%",
        decimals=1,
        value=Ratio("eaje_hours_invoiced", "eaje_hours_attended", bounded=False),
        reading="En {period}, les EAJE du territoire facturent {value} des heures de présence.",
        caveats=FUNDED + " Au-dessus de 100 %, les familles paient plus d'heures que leurs enfants n'en passent.",
    ),
)

COSTS = (
    _ratio(
        id="eaje_hourly_cost_amount",
        domain_ids=("PE-06",),
        label="Prix de revient d'une heure facturée en EAJE",
        definition=f"Dépenses de fonctionnement des {EAJE}, rapportées aux heures facturées aux familles.",
        unit="euros par heure facturée",
        decimals=2,
        value=Ratio("eaje_expenses", "eaje_hours_invoiced", per=1, bounded=False),
        reading="En {period}, une heure facturée dans les EAJE du territoire revient à {value} euro{s}.",
        caveats=FUNDED + " Ce que coûte l'heure, et non ce que paient les familles.",
    ),
    _ratio(
        id="eaje_place_cost_amount",
        domain_ids=("PE-06",),
        label="Prix de revient d'une place en EAJE",
        definition=f"Dépenses de fonctionnement de l'année des {EAJE}, rapportées à leurs places financées.",
        unit="euros par place et par an",
        decimals=0,
        value=Ratio("eaje_expenses", "eaje_funded_places", per=1, bounded=False),
        reading="En {period}, une place dans les EAJE du territoire revient à {value} euro{s}.",
        caveats=FUNDED,
    ),
)

PUBLIC = (
    count(
        "eaje_children",
        "eaje_children",
        reading="enfant{s} accueilli{s} en EAJE dans l'année",
        domain_ids=("PE-05",),
        label="Enfants accueillis en EAJE",
        definition=f"Enfants que les {EAJE} du territoire ont accueillis dans l'année, même une seule heure.",
        unit="enfants",
        chart="trend",
        caveats=FUNDED + " Un enfant accueilli par deux établissements peut être compté deux fois.",
        **_of_eaje,
    ),
    share(
        "eaje_diversity_bonus",
        "eaje_diversity_bonus",
        "eaje_funded",
        reading="EAJE du territoire ont reçu le bonus « mixité sociale »",
        domain_ids=("PE-15",),
        label="EAJE ayant reçu le bonus « mixité sociale »",
        definition=f"Part des {EAJE} que finance la Caf qui ont reçu d'elle dans l'année le bonus « mixité sociale ».",
        persons=(),
        **_of_eaje,
    ),
)

OPENING = tuple(
    _ratio(
        id=f"eaje_{name}_mean",
        domain_ids=("PE-03",),
        label=label,
        definition=f"{what} des {EAJE} que finance la Caf, ajoutés puis rapportés à leur nombre.",
        unit=unit,
        decimals=decimals,
        value=Ratio(f"eaje_{name}", "eaje_funded", per=1, bounded=False),
        reading=f"En {{period}}, un EAJE du territoire est ouvert en moyenne {{value}} {words}.",
        caveats=FUNDED + " Chaque établissement compte pour un, quelle que soit sa taille.",
        star=True,
    )
    for name, label, what, unit, decimals, words in (
        (
            "open_days",
            "Jours d'ouverture d'un EAJE",
            "Jours d'ouverture dans l'année",
            "jours par an",
            0,
            "jour{s} par an",
        ),
        (
            "weekly_hours",
            "Heures d'ouverture d'un EAJE",
            "Heures d'ouverture par semaine",
            "heures par semaine",
            1,
            "heure{s} par semaine",
        ),
    )
)

ACTIVITY = OPENING + OCCUPANCY + COSTS + PUBLIC
