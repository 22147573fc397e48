"""Open data of the Caf (data.caf.fr). All of it leaves out the families paid by the MSA (rule R18)."""

from ctg_analysis.model import Source

_EXPORT = "https://data.caf.fr/api/explore/v2.1/catalog/datasets/{}/exports/csv?delimiter=%3B"

SOURCES = (
    Source(
        id="caf_txcouv_pe",
        label="Taux de couverture de l'accueil du jeune enfant",
        producer="Cnaf, Observatoire national de la petite enfance",
        additive=False,
        url=_EXPORT.format("txcouv_pe_epci"),
    ),
    Source(
        id="caf_nbpla_pe",
        label="Places offertes aux enfants de moins de 3 ans",
        producer="Cnaf, Observatoire national de la petite enfance",
        additive=False,
        url=_EXPORT.format("nbpla_pe_epci"),
    ),
    Source(
        id="caf_s_ben_com_f",
        label="Foyers allocataires par prestation et par commune (Caf, hors MSA)",
        producer="Cnaf",
        additive=False,
        rounding=5,
        url=_EXPORT.format("s_ben_com_f"),
        note=(
            "Effectifs arrondis à 5 par la Cnaf, règle d'arrondi non précisée : chaque nombre affiché peut s'écarter "
            "de la réalité de 2 en moins à 4 en plus, et les communes ne s'additionnent pas. Hors MSA."
        ),
    ),
    Source(
        id="caf_s_ben_epci_f",
        label="Foyers allocataires par prestation et par EPCI (Caf, hors MSA)",
        producer="Cnaf",
        additive=False,
        rounding=5,
        url=_EXPORT.format("s_ben_epci_f"),
    ),
)
