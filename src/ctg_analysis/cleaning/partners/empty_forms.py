"""`ctg new`: the empty forms of a territory's partners, with what to write in each column."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ctg_analysis.cleaning.partners.agreements import AGREEMENTS
from ctg_analysis.cleaning.partners.partner_files import README
from ctg_analysis.cleaning.partners.received_forms import FORMS
from ctg_analysis.core.datasets import Source
from ctg_analysis.core.layouts import MONTH
from ctg_analysis.core.placing import for_owner_alone, free_name, write_absent
from ctg_analysis.core.settings import project_path
from ctg_analysis.core.sheets import sheets_there
from ctg_analysis.sources.form_sheets import headings
from ctg_analysis.sources.partner_workbooks import TEXTS, partner_workbook


def write_templates(
    epci: str, name: str, folder: Path, communes: Sequence[tuple[str, str]] = (), *, csv: bool = False
) -> list[Path]:
    """Write the empty forms, the agreements to fill and their LISEZMOI.md in a folder; return the new files.

    A form is a sheet of the workbook of its partner; csv: a CSV file too. A file that exists is left as it is: what a
    partner has filled is never lost; sheets that no workbook has go into one more.

    communes: codes and names of those of the EPCI.
    """
    texts: dict[Path, str | bytes] = {
        folder / source.form_file: ";".join(source.form.columns) + "\n" for source in FORMS.values() if csv
    }
    texts[folder / AGREEMENTS] = "# Une entrée par fichier reçu : voir LISEZMOI.md\n"
    introduction = TEXTS.introduction.format(name=name, epci=epci, agreements=AGREEMENTS)
    texts[folder / README] = "".join([f"{introduction}\n", *map(_described, FORMS.values())])
    places = [(epci, name), *communes]
    texts |= {path: partner_workbook(sources, name, places) for path, sources in _lacking(folder)}
    with for_owner_alone(folder):
        return write_absent(texts)


def _lacking(folder: Path) -> Iterator[tuple[Path, list[Source]]]:
    """The workbooks to write, each with its forms: those of which no workbook of the folder has a sheet."""
    there = sheets_there(folder, [headings(source) for source in FORMS.values()])
    for partner in dict.fromkeys(source.partner for source in FORMS.values()):
        sources = [source for source in FORMS.values() if source.partner == partner and source.id not in there]
        if sources:
            yield free_name(folder / sources[0].form_workbook), sources


def _described(source: Source) -> str:
    """Return the section of the LISEZMOI that says what to write in a form."""
    title = f"## {source.form_file}, feuille « {source.form.sheet} » de {source.form_workbook}"
    lines = ["", title, "", f"{source.label}. À demander à : {source.producer}.", ""]
    lines += ["| colonne | ce qu'on y écrit | nature |", "| --- | --- | --- |"]
    for field in source.form.fields:
        limit = f", au plus {field.part_of}" if field.part_of else ""
        lines.append(f"| {field.column} | {field.label} | {TEXTS.kinds[field.kind]}{limit} |")
    if source.form.written == MONTH:
        lines += ["", "Dans ce fichier, `periode` est un mois de décembre (2024-12)."]
    if source.form.by_site:
        lines += ["", TEXTS.by_site]
    return "\n".join(lines) + "\n"


def summary(epci: str, folder: Path, written: list[Path]) -> str:
    """Return what was written, in one line."""
    if not written:
        return f"{project_path(folder)} : tous les formulaires de {epci} y sont déjà, rien n'a changé"
    return f"{project_path(folder)} : {len(written)} fichiers ; commencer par {README}"
