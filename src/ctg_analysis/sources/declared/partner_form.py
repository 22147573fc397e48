"""What the forms of partners have in common: a restricted source, whose file bears its name."""

from ctg_analysis.core.layouts import PERSONS, YEAR, Field, Form, Link, SiteForm
from ctg_analysis.core.model import SecrecyRule, Source

THRESHOLD = 5
RULE = SecrecyRule(threshold=THRESHOLD, reason=f"moins de {THRESHOLD} personnes (convention d'échange de données)")
CAF = "Caf, fichier transmis au titre de la convention"
EPCI = "Intercommunalité, relevé auprès des structures et des communes"
SDJES = "Services départementaux à la jeunesse, à l'engagement et aux sports (SDJES)"


def form(
    id_: str,
    producer: str,
    title: str,
    *fields: Field,
    written: str = YEAR,
    breakdowns: dict[str, tuple[str, ...]] | None = None,
    links: tuple[Link, ...] = (),
    tells: dict[str, str] | None = None,
    by_site: tuple[str, ...] = (),
) -> Source:
    """Return the source of a form; the file bears the source's name. by_site: see SiteForm, which it then is."""
    told = f"{id_}.csv", title, fields, written, breakdowns or {}, links, tells or {}
    return Source(
        id=id_,
        label=title,
        producer=producer,
        secrecy=RULE,
        form=SiteForm(*told, frozenset(by_site)) if by_site else Form(*told),
        geography="communes au 1er janvier de l'année de référence",
        licence="fichier restreint, hors du dépôt",
        how_to_get=f"formulaire {id_}.csv à faire remplir",
    )


def children(column: str, measure: str, label: str, part_of: str = "") -> Field:
    """Return the column of a number of children."""
    return Field(column, measure, label, PERSONS, part_of)
