"""`ctg new`: the empty forms of a territory's partners, with what to write in each column."""

from pathlib import Path

from ctg_analysis.cleaning.partners.agreements import AGREEMENTS
from ctg_analysis.cleaning.partners.partner_files import PERIOD, PLACE, README
from ctg_analysis.core.datasets import Source
from ctg_analysis.core.forms import (
    CALENDAR_YEAR,
    CHOICE,
    DAY,
    DELAY,
    EUROS,
    EVIDENCE,
    GRADE,
    HOURS,
    MINUTES,
    NAME,
    NUMBER,
    PERSONS,
    PRICE,
    SCALE,
    SCORE,
    YES_NO,
    Form,
)
from ctg_analysis.core.layouts import MONTH
from ctg_analysis.core.placing import for_owner_alone, write_absent
from ctg_analysis.core.settings import project_path
from ctg_analysis.sources import SOURCES

KINDS = {
    PERSONS: "nombre de personnes ou de foyers",
    NUMBER: "nombre",
    HOURS: "nombre d'heures",
    EUROS: "montant en euros",
    PRICE: "prix en euros",
    SCALE: "nombre",
    YES_NO: "0 ou 1, commune par commune",
    SCORE: "somme des notes de 0 à 3 des sites évalués",
    CALENDAR_YEAR: "année",
    DELAY: "nombre de mois",
    MINUTES: "nombre de minutes",
    EVIDENCE: "quelques mots, publiés à côté de la note",
    NAME: "nom d'un organisme, publié",
    CHOICE: "un de ces mots",
    DAY: "jour, tel que 2023-01-01",
    GRADE: "note de 0 à 3, ou case vide si la structure n'est pas évaluée",
}
INTRODUCTION = """\
# Fichiers des partenaires, {name} ({epci})

Ces formulaires recueillent ce qu'aucune donnée ouverte ne contient. Ce dossier reste hors du dépôt et n'est lu par
aucun carnet : n'en sortent que des agrégats, passés par les règles du secret, et ce qui est dit publié ci-dessous.

- Une ligne par territoire et par année, ou par structure et par année quand la description du fichier le dit.
  `territoire` : code d'une commune (5 caractères), de l'EPCI (9 chiffres) ou du département. `periode` : une année
  (2024), ou un mois de décembre (2024-12) pour les effectifs de la Caf et de la MSA ; d'une ligne à l'autre, une même
  année s'écrit de la même façon, et aucune ne suit la réception du fichier.
- Une case vide veut dire « inconnu » ; écrire 0 quand il n'y en a pas. La virgule et le point décimal sont acceptés.
- Aucune colonne n'est à ajouter : le nom d'une personne, une adresse ou une date de naissance n'ont pas leur place ici.
- Les colonnes `preuve_` disent en quelques mots ce qui appuie une note ; ces mots sont publiés. Ils ne nomment personne
  et ne comptent pas moins de personnes que le seuil. `ctg check` refuse un nom, un téléphone, une adresse.
- Un total (ligne de l'EPCI) n'est nécessaire que si une commune manque : sinon il est la somme des communes.
- Enregistrer en CSV, séparateur point-virgule, encodage UTF-8. `ctg check` dit ce qui ne va pas, ligne par ligne.

Pour chaque fichier reçu, ajouter une entrée à `{agreements}` :

    nom_du_fichier_sans_extension:
      recu_le: 2026-03-02
      convention: "convention d'échange de données du 12 janvier 2026, article 4"
      seuil: 5

`seuil` : un nombre de personnes de 1 à seuil - 1 n'est jamais publié (5 si la convention n'en dit rien, 11 pour des
données fiscales). Un seuil plus bas que 5 est refusé.
"""

BY_SITE = """\
Dans ce fichier, une ligne par structure et par année, telle qu'elle était au 31 décembre (ou le jour de la réception) ;
`territoire` est la commune où la structure a son adresse. La liste est complète : une commune sans ligne n'a pas de
structure cette année-là. `ctg` en compte les structures dont l'agrément court, commune par commune. S'il n'y en a
aucune, laisser le fichier sans ligne et inscrire sa réception dans `accords.yml` : ce sera 0, et non « inconnu »."""


def write_templates(epci: str, name: str, folder: Path) -> list[Path]:
    """Write the empty forms, the agreements to fill and their LISEZMOI.md in a folder; return the new files.

    A file that exists is left as it is: what a partner has filled is never lost.
    """
    forms = [source for source in SOURCES.values() if source.form]
    texts = {source.form_file: ";".join(_columns(source.form)) + "\n" for source in forms}
    texts[AGREEMENTS] = "# Une entrée par fichier reçu : voir LISEZMOI.md\n"
    texts[README] = INTRODUCTION.format(name=name, epci=epci, agreements=AGREEMENTS) + "".join(map(_described, forms))
    with for_owner_alone(folder):
        return write_absent({folder / file: text for file, text in texts.items()})


def _columns(form: Form) -> list[str]:
    return [PLACE, PERIOD, *(field.column for field in form.fields)]


def _described(source: Source) -> str:
    """Return the section of the LISEZMOI that says what to write in a form."""
    lines = ["", f"## {source.form_file}", "", f"{source.label}. À demander à : {source.producer}.", ""]
    lines += ["| colonne | ce qu'on y écrit | nature |", "| --- | --- | --- |"]
    for field in source.form.fields:
        limit = f", au plus {field.part_of}" if field.part_of else ""
        lines.append(f"| {field.column} | {field.label} | {KINDS[field.kind]}{limit} |")
    if source.form.written == MONTH:
        lines += ["", "Dans ce fichier, `periode` est un mois de décembre (2024-12)."]
    if source.form.by_site:
        lines += ["", BY_SITE]
    return "\n".join(lines) + "\n"


def summary(epci: str, folder: Path, written: list[Path]) -> str:
    """Return what was written, in one line."""
    if not written:
        return f"{project_path(folder)}: all the forms of {epci} are there already, nothing was changed"
    return f"{project_path(folder)}: {len(written)} files; begin with {README}"
