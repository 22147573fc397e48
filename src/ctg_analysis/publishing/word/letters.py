"""The letters that ask partners for figures, one for each of them, ready to be dated, signed and sent."""

from collections.abc import Sequence

from ctg_analysis.chapter.requests import Request
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display.words.quantities import counted
from ctg_analysis.display.words.texts import typography
from ctg_analysis.publishing.word.content import bullets, table, together
from ctg_analysis.publishing.word.convention import FICTIONAL
from ctg_analysis.publishing.word.filling import fill
from ctg_analysis.publishing.word.paths import LETTER, template
from ctg_analysis.sources import SOURCES

HEADER = ["Chiffre", "Ce que c'est", "Niveau", "Secret"]


def letter(seen: Territory, partner: str, requests: Sequence[Request], date: str) -> bytes:
    """Return the letter to a partner. requests: of its figures, each with a form. date: ISO, of the file.

    Raises:
        InputError: a template that cannot be filled.
    """
    title, model = f"Demande de données, {partner}", template(LETTER, seen.root, seen.epci)
    return fill(model, context(seen, partner, requests), title=title, date=date)


def context(seen: Territory, partner: str, requests: Sequence[Request]) -> dict[str, object]:
    """Return what the tags of the template of a letter stand for."""
    figures = {figure.label for request in requests for figure in request.figures}
    secrets = dict.fromkeys(SOURCES[request.source].secrecy.reason.removeprefix("arrondi ") for request in requests)
    return {
        "territoire": typography(seen.row["name"]),
        "fictif": typography(FICTIONAL) if seen.root.fictional else "",
        "partenaire": partner,
        "nombre": typography(counted(len(figures), "chiffre")),
        "formulaires": bullets(f"{request.form} : {request.label}" for request in requests),
        "chiffres": together(
            table(
                f"{request.label}, {request.figures[0].period}",
                HEADER,
                [
                    [one.label, one.definition, ", ".join(one.places) or one.level, one.secret]
                    for one in request.figures
                ],
            )
            for request in requests
        ),
        "secret": typography(
            f"Tout effectif de personnes est montré arrondi vers le bas, {' ou '.join(secrets)}. À 5, votre 147 se "
            "lira « ≈ 145 », et de 0 à 4 « moins de 5 » ; vos nombres exacts restent dans un dossier privé."
        ),
    }
