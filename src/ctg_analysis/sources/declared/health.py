"""Datasets of the ministry of health: access to care (DREES), establishments (FINESS)."""

from ctg_analysis.core.layouts import Guess, Register, Tally
from ctg_analysis.core.model import Download, Source

# Categories of establishments: measure → code of FINESS.
CATEGORIES = {
    "finess_sessad": "182",
    "finess_ime": "183",
    "finess_itep": "186",
    "finess_cmpp": "189",
    "finess_camsp": "190",
    "maternal_child_health_centres": Guess("223"),
}


def _accessibility(name: str, profession: str, *, seen: bool = True) -> Download:
    """Return the workbook of a profession."""
    dataset = "530_l-accessibilite-potentielle-localisee-apl"
    url = f"https://data.drees.solidarites-sante.gouv.fr/api/explore/v2.1/catalog/datasets/{dataset}/attachments/"
    return Download(name, f"{url}indicateur_d_apl_aux_{profession}_xlsx", seen=seen)


SOURCES = (
    Source(
        id="drees_apl",
        label="Accessibilité potentielle localisée aux professionnels de santé",
        producer="DREES",
        per_inhabitant=True,
        lag=1,
        geography="communes du 1er janvier de l'année suivante",
        downloads=(
            _accessibility("apl_generalistes.xlsx", "medecins_generalistes"),
            _accessibility("apl_infirmiers.xlsx", "infirmieres"),
            _accessibility("apl_kinesitherapeutes.xlsx", "kinesitherapeutes"),
            _accessibility("apl_chirurgiens_dentistes.xlsx", "chirurgiens_dentistes"),
            _accessibility("apl_sages_femmes.xlsx", "sages_femmes", seen=False),
        ),
    ),
    Source(
        id="finess",
        label="Fichier national des établissements sanitaires et sociaux (FINESS)",
        producer="Agence du numérique en santé",
        loose=True,
        absent="zero",
        cog=2026,
        geography="communes des établissements",
        layouts=(
            Register(
                "finess_etablissements*.csv",
                code="commune",
                departement="departement",
                outside=r"|\d{4,}",
                measures={measure: Tally({"categetab": code}) for measure, code in CATEGORIES.items()},
            ),
        ),
        downloads=(
            Download(
                "finess_etablissements.csv",
                "https://object.files.data.gouv.fr/data-pipeline-open/finess/finess_etablissements.csv",
            ),
        ),
        note="Adresse de l'établissement : un service à domicile intervient au-delà de sa commune.",
    ),
)
