"""Open data of the Caf (data.caf.fr). All of it leaves out the families paid by the MSA (rule R18)."""

from ctg_analysis.model import Download, Source


def _export(dataset: str) -> Download:
    """Return a whole dataset of data.caf.fr: its `exports`, for its `records` stop at 100 rows."""
    url = f"https://data.caf.fr/api/explore/v2.1/catalog/datasets/{dataset}/exports/csv?delimiter=%3B"
    return Download(f"{dataset}.csv", url)


_ROUNDED = (
    "La règle d'arrondi n'est pas précisée : la réalité va de 2 en moins à 4 en plus de chaque nombre, et les "
    "communes ne s'additionnent pas."
)

SOURCES = (
    Source(
        id="caf_txcouv_pe",
        label="Taux de couverture de l'accueil du jeune enfant",
        producer="Cnaf, Observatoire national de la petite enfance",
        additive=False,
        downloads=(_export("txcouv_pe_epci"), _export("txcouv_pe_dep"), _export("txcouv_pe_nat")),
    ),
    Source(
        id="caf_nbpla_pe",
        label="Places offertes aux enfants de moins de 3 ans",
        producer="Cnaf, Observatoire national de la petite enfance",
        additive=False,
        downloads=(_export("nbpla_pe_epci"), _export("nbpla_pe_dep")),
    ),
    Source(
        id="caf_s_ben_com_f",
        label="Foyers allocataires par prestation et par commune (Caf, hors MSA)",
        producer="Cnaf",
        additive=False,
        rounding=5,
        downloads=(_export("s_ben_com_f"),),
        note=_ROUNDED,
    ),
    Source(
        id="caf_s_ben_epci_f",
        label="Foyers allocataires par prestation et par EPCI (Caf, hors MSA)",
        producer="Cnaf",
        additive=False,
        rounding=5,
        downloads=(_export("s_ben_epci_f"),),
        note=_ROUNDED,
    ),
)
