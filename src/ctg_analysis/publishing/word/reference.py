"""The texts that a convention starts from: they stand until the signatories have written their own."""

from typing import Annotated

from pydantic import AfterValidator

from ctg_analysis.core.yaml_files import load_yaml
from ctg_analysis.demarche.tables.columns import Id, Row, Text, Whole, some
from ctg_analysis.publishing.word.paths import REFERENCE, models


class ReferenceArticle(Row):
    """An article of reference."""

    no: Whole
    titre: Text
    texte_md: Text


class Reference(Row):
    """The texts of reference. a_verifier: what is still to be checked before anyone signs them."""

    version: Id
    a_verifier: Text
    preambule: Text
    vu: Annotated[tuple[Text, ...], AfterValidator(some)]
    articles: Annotated[tuple[ReferenceArticle, ...], AfterValidator(some)]

    def text(self, number: int) -> str:
        """Return the text of an article; nothing when there is none of that number."""
        return next((article.texte_md for article in self.articles if article.no == number), "")


def read_reference() -> Reference:
    """Return the texts of reference of data/reference/convention.

    Raises:
        InputError: a file that is not of their model.
    """
    return load_yaml(models() / REFERENCE, Reference).value
