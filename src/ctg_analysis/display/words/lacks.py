"""Why a figure is missing, who has it and how to get it, in words: an entry for each source that would give it."""

from typing import NamedTuple

from ctg_analysis.display.words import texts
from ctg_analysis.display.words.notes import source_text
from ctg_analysis.model.source import SOURCES

NO_FILE = "no file is here"
ELSEWHERE = "the file here is of another place"
SHORT = "not in the file that is shipped"
NOT_GIVEN = "not in the producer's full file"
KEPT_BACK = "withheld by the producer"
WITHHELD = "secret"
NO_ANSWER = "the partner has not answered"
BLANK = "the form has blanks"
TO_CONFIRM = "not published until the partner confirms it"
TO_GATHER = "not gathered yet"
LEFT_OUT = "not in what was gathered"
UNREADABLE = "received, but it cannot be read"
WHYS = (NO_FILE, ELSEWHERE, SHORT, NOT_GIVEN, KEPT_BACK, WITHHELD, NO_ANSWER, BLANK, TO_CONFIRM, TO_GATHER, LEFT_OUT)
WHYS += (UNREADABLE,)
ASKED_OF_NOBODY = (KEPT_BACK, WITHHELD, NOT_GIVEN)

OPEN_DATA = "Données ouvertes"


class Lack(NamedTuple):
    """A source that does not give an indicator of a territory.

    source: its id. why: one of WHYS. who: the partner to ask, in French, or OPEN_DATA. file: the form to fill, or the
    files that the source is made of. command: what gets or writes them, nothing where no command can. blank: the names
    of the communes of which a form, received, does not say it, or of the places of which what it says is doubted.
    """

    source: str
    why: str
    who: str
    file: str
    command: str
    blank: tuple[str, ...] = ()


def entry(lack: Lack) -> dict[str, str]:
    """The entry of a box: label of the source, how to get it, command."""
    source = SOURCES[lack.source]
    form = SOURCES[source.addition.hides] if source.addition else source
    sheet = form.form.sheet if form.form else ""
    unsaid = f"sans réponse pour {texts.listed(list(lack.blank))}" if lack.blank else "à compléter"
    said = {
        KEPT_BACK: "secret statistique, le producteur ne diffuse pas ce chiffre",
        LEFT_OUT: "absent de ce que la démarche a recueilli jusqu'ici",
        WITHHELD: "secret statistique, un chiffre connu qui ne peut être montré",
        NOT_GIVEN: "le fichier complet du producteur n'en dit pas plus",
        UNREADABLE: f"formulaire « {sheet} » reçu mais illisible" if form.form else "reçu mais illisible",
        TO_CONFIRM: f"formulaire « {sheet} » reçu, chiffre invraisemblable, non publié tant qu'il n'est pas corrigé ou "
        f"confirmé : {texts.listed(list(lack.blank) or [''])}",
        BLANK: f"formulaire « {sheet} » reçu, {unsaid}",
    }
    how = said.get(lack.why) or source.how_to_get or "fichier complet à télécharger"
    return {"label": texts.typography(source_text(source)), "how": texts.typography(how), "command": lack.command}


def known_of(known: int, of: int) -> str:
    """How many indicators of a chapter have a value, of its own: it shows others too; nothing where it has none.

    >>> known_of(54, 81), known_of(1, 8), known_of(0, 0)
    ('54 indicateurs propres sur 81', '1 indicateur propre sur 8', '')
    """
    plural = "s" if known > 1 else ""
    return f"{known} indicateur{plural} propre{plural} sur {of}" if of else ""
