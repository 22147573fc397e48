"""`ctg new`: the empty forms of a territory's partners, with what to write in each column."""

from dataclasses import dataclass
from pathlib import Path

from ctg_analysis.cleaning.partners.agreements import AGREEMENTS
from ctg_analysis.cleaning.partners.partner_files import README
from ctg_analysis.core.datasets import Source
from ctg_analysis.core.layouts import MONTH, NO_OTHER_KEY
from ctg_analysis.core.placing import for_owner_alone, write_absent
from ctg_analysis.core.settings import project_path
from ctg_analysis.core.yaml_files import load_yaml
from ctg_analysis.sources import SOURCES


@dataclass(frozen=True)
class Texts:
    """What a partner reads: of all the forms, of those with a row for each structure, of each kind of column."""

    __pydantic_config__ = NO_OTHER_KEY
    introduction: str
    by_site: str
    kinds: dict[str, str]


TEXTS: Texts = load_yaml(Path(__file__).with_suffix(".yml"), Texts).value


def write_templates(epci: str, name: str, folder: Path) -> list[Path]:
    """Write the empty forms, the agreements to fill and their LISEZMOI.md in a folder; return the new files.

    A file that exists is left as it is: what a partner has filled is never lost.
    """
    forms = [source for source in SOURCES.values() if source.form]
    texts = {source.form_file: ";".join(source.form.columns) + "\n" for source in forms}
    texts[AGREEMENTS] = "# Une entrée par fichier reçu : voir LISEZMOI.md\n"
    introduction = TEXTS.introduction.format(name=name, epci=epci, agreements=AGREEMENTS)
    texts[README] = "".join([f"{introduction}\n", *map(_described, forms)])
    with for_owner_alone(folder):
        return write_absent({folder / file: text for file, text in texts.items()})


def _described(source: Source) -> str:
    """Return the section of the LISEZMOI that says what to write in a form."""
    lines = ["", f"## {source.form_file}", "", f"{source.label}. À demander à : {source.producer}.", ""]
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
        return f"{project_path(folder)}: all the forms of {epci} are there already, nothing was changed"
    return f"{project_path(folder)}: {len(written)} files; begin with {README}"
