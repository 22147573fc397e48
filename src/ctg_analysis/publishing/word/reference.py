"""The texts that a convention starts from, and the articles as they stand: those of the signatories, else these."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from ctg_analysis.core.yaml_files import load_yaml
from ctg_analysis.demarche.tables.columns import Id, Row, Text, Whole, some
from ctg_analysis.demarche.tables.yaml_documents import Article, Convention
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


@dataclass(frozen=True)
class Written:
    """The text of an article or of the preamble as it stands in the convention. ours: it is a text of reference."""

    title: str
    text: str
    ours: bool
    lists: tuple[str, ...] = ()


def read_reference() -> Reference:
    """Return the texts of reference of data/reference/convention.

    Raises:
        InputError: a file that is not of their model.
    """
    return load_yaml(models() / REFERENCE, Reference).value


def written_articles(convention: Convention, reference: Reference) -> list[Written]:
    """Return the articles of a convention; one without text has that of reference with its number, if there is one."""
    texts = {article.no: article.texte_md for article in reference.articles}
    return [_written(article, texts.get(article.no, "")) for article in convention.articles]


def _written(article: Article, text: str) -> Written:
    own = article.texte_md
    return Written(article.titre, own or text, ours=not own, lists=article.champs_auto)
