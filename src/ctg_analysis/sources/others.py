"""Datasets of other producers."""

from ctg_analysis.model import Download, Source


def _accessibility(name: str, profession: str, *, seen: bool = True) -> Download:
    """Return the workbook of a profession."""
    dataset = "530_l-accessibilite-potentielle-localisee-apl"
    url = f"https://data.drees.solidarites-sante.gouv.fr/api/explore/v2.1/catalog/datasets/{dataset}/attachments/"
    return Download(name, f"{url}indicateur_d_apl_aux_{profession}_xlsx", seen=seen)


SOURCES = (
    Source(
        id="contours",
        label="Contours simplifiés des communes",
        producer="IGN, ADMIN EXPRESS",
        additive=False,
        how_to_get="ADMIN EXPRESS COG, sur geoservices.ign.fr",
        note="Pour les cartes seulement : aucune surface n'en est calculée.",
    ),
    Source(
        id="drees_apl",
        label="Accessibilité potentielle localisée aux professionnels de santé",
        producer="DREES",
        additive=False,
        geography="communes du classeur",
        downloads=(
            _accessibility("apl_generalistes.xlsx", "medecins_generalistes"),
            _accessibility("apl_infirmiers.xlsx", "infirmieres"),
            _accessibility("apl_chirurgiens_dentistes.xlsx", "chirurgiens_dentistes"),
            _accessibility("apl_sages_femmes.xlsx", "sages_femmes", seen=False),
        ),
    ),
)
