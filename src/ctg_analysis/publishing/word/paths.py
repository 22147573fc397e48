"""Where the models of the documents are, and a démarche's own."""

from pathlib import Path

from ctg_analysis.core.settings import MODELS, DataRoot, data_root

CONVENTION, ACTION_SHEET = "convention.docx", "fiche_action.docx"
LETTER = "demande.docx"
REFERENCE = "articles.yml"


def models() -> Path:
    """Return the folder of the templates and of the texts that a convention starts from."""
    return data_root().reference / MODELS


def template(name: str, root: DataRoot, epci: str) -> Path:
    """Return a template by the name of its file: that of the démarche if it has one, else ours."""
    own = root.material(epci) / name
    return own if own.is_file() else models() / name
