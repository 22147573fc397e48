"""Datasets of the ministry of education (data.education.gouv.fr)."""

from ctg_analysis.core.model import Download, Source


def _export(dataset: str) -> Download:
    """Return a whole dataset: its `exports`, for its `records` stop at 100 rows."""
    url = f"https://data.education.gouv.fr/api/explore/v2.1/catalog/datasets/{dataset}/exports/csv?delimiter=%3B"
    return Download(f"{dataset}.csv", url)


SOURCES = (
    Source(
        id="depp_ecoles",
        label="Annuaire de l'éducation et effectifs des écoles",
        producer="Ministère de l'Éducation nationale (DEPP)",
        absent="zero",
        cog=2026,
        geography="communes de l'annuaire",
        downloads=(_export("fr-en-annuaire-education"), _export("fr-en-ecoles-effectifs-nb_classes")),
        note=(
            "Une école est placée dans sa commune par son identifiant (UAI), que donne l'annuaire ; une école fermée, "
            "qui n'y est plus, par le nom de sa commune."
        ),
    ),
    Source(
        id="depp_ips",
        label="Indice de position sociale (IPS) des écoles et des collèges",
        producer="Ministère de l'Éducation nationale (DEPP)",
        absent="zero",
        lag=0,
        geography="communes des établissements",
        downloads=(
            _export("fr-en-ips-ecoles-ap2022"),
            _export("fr-en-ips-colleges-ap2022"),
            _export("fr-en-ips-colleges-ap2023"),
        ),
        note="Les écoles de très petit effectif n'ont pas d'indice : elles manquent dans la moyenne.",
    ),
)
