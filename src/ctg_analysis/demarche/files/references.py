"""What one table says of another: every id that is named must exist where it should."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ctg_analysis.catalogue import CATALOGUE
from ctg_analysis.catalogue.essentials import essentials
from ctg_analysis.core.errors import Finding
from ctg_analysis.core.settings import project_path
from ctg_analysis.core.yaml_files import ReadYaml
from ctg_analysis.demarche.files.quotable import PUBLIC, quotable
from ctg_analysis.demarche.files.table_files import TableFile
from ctg_analysis.demarche.tables import evidence
from ctg_analysis.demarche.tables.statuses import VALID

Tables = Mapping[str, TableFile]

# What a proof of a sort names.
PROVED_BY = {
    evidence.SURVEY: "questionnaire",
    evidence.INTERVIEW: "extraits",
    evidence.DOCUMENT: "documents",
    evidence.WORKSHOP: "contributions",
}
OF_THE_CATALOGUE = "un indicateur de `ctg list indicators`"
MEANS = {"indicateurs_realisation": ("réalisation", "moyens"), "indicateurs_resultat": ("résultat", "impact")}


def dangling(tables: Tables, places: set[str] | None = None) -> list[Finding]:
    """What names something that does not exist, or not where it should.

    tables: those of the folders at hand. What names personal data of a folder where some were deleted is not followed,
    nor what names a file that cannot be read. places: codes of the EPCI and its communes; None when they are not known.
    """
    findings = [finding for file in tables.values() for finding in _named(file, tables)]
    if places is not None:
        findings += [finding for file in tables.values() for finding in _strangers(file, places)]
    return [*findings, *_proofs(tables), *_of_actions(tables), *_of_the_catalogue(tables)]


def ids(file: TableFile, column: str = "") -> set[str]:
    """The ids of a table, those of the lines that are wrong too, so that no fault is named twice."""
    return set(file.texts[column or file.table.key[0]])


def cells(file: TableFile, column: str) -> Iterator[tuple[int, str]]:
    """The line and each value of a column, the parts of a list one by one."""
    for line, value in file.rows[column].dropna().items():
        for part in value if isinstance(value, tuple) else (value,):
            yield int(line), str(part[0] if isinstance(part, tuple) else part)


def _named(file: TableFile, tables: Tables) -> Iterator[Finding]:
    for name, column in file.table.columns.items():
        targets = [tables[of] for of in column.of if of in tables]
        if not targets or any(target.unread or target.outlived for target in targets):
            continue
        known = set().union(*(ids(target, column.of_column) for target in targets))
        files = " ou ".join(target.label for target in targets)
        for line, value in cells(file, name):
            if value not in known:
                yield Finding(
                    file.place, line, name, repr(value), f"un identifiant de {files} : le corriger ou l'y ajouter"
                )


def _strangers(file: TableFile, places: set[str]) -> Iterator[Finding]:
    expected = "le code de l'EPCI ou de l'une de ses communes"
    for name, column in file.table.columns.items():
        for line, code in cells(file, name) if column.kind.places else ():
            if code not in places:
                yield Finding(file.place, line, name, repr(code), expected)


def _proofs(tables: Tables) -> Iterator[Finding]:
    proofs = tables["preuves"]
    for row in proofs.rows.itertuples():
        parts = row.ref.split(evidence.JOIN)
        ref = Finding(proofs.place, row.Index, "ref", repr(row.ref), "")
        filled = [column for column in ("lecture", "repere") if isinstance(getattr(row, column), str)]
        if row.type == evidence.INDICATOR:
            if len(parts) != 3:
                yield replace(ref, expected="indicateur+territoire+periode, tel que births_count+999999999+2023")
            elif parts[0] not in CATALOGUE:
                yield replace(ref, expected=OF_THE_CATALOGUE)
            for column in {"lecture", "repere"} - set(filled):
                expected = "ce que le chiffre doit montrer, pour que l'édition suivante puisse le dire"
                yield Finding(proofs.place, row.Index, column, "une case vide", expected)
            continue
        for column in filled:
            expected = "une case vide, sauf pour un indicateur"
            yield Finding(proofs.place, row.Index, column, repr(getattr(row, column)), expected)
        target = tables[PROVED_BY[row.type]]
        if target.unread:
            continue
        if parts[0] not in ids(target) or len(parts) > (2 if row.type == evidence.DOCUMENT else 1):
            yield replace(ref, expected=f"un identifiant de {target.label} : le corriger ou l'y ajouter")


def _of_actions(tables: Tables) -> Iterator[Finding]:
    """The indicators that belong to another action or are of another sort, the objectives of another axis."""
    actions, followed, follow_up = tables["actions"], tables["indicateurs_suivi"], tables["suivi"]
    owner = followed.rows.set_index("ind_id")["action_id"].to_dict()
    sort = followed.rows.set_index("ind_id")["type"].to_dict()
    axis = tables["objectifs"].rows.set_index("obj_id")["axe_id"].to_dict()
    for row in actions.rows.itertuples():
        if axis.get(row.obj_id, row.axe_id) != row.axe_id:
            expected = f"{axis[row.obj_id]!r}, l'axe de l'objectif {row.obj_id}"
            yield Finding(actions.place, row.Index, "axe_id", repr(row.axe_id), expected)
        for column, sorts in MEANS.items():
            for name in _parts(getattr(row, column)):
                if owner.get(name, row.action_id) != row.action_id:
                    expected = f"un indicateur de {row.action_id} : celui-ci est de {owner[name]}"
                    yield Finding(actions.place, row.Index, column, repr(name), expected)
                elif sort.get(name, sorts[0]) not in sorts:
                    expected = f"un indicateur de type {' ou '.join(sorts)} : celui-ci est de type {sort[name]}"
                    yield Finding(actions.place, row.Index, column, repr(name), expected)
    for row in follow_up.rows.itertuples() if not followed.unread else ():
        for name, _ in _parts(row.valeurs_indicateurs):
            if owner.get(name) != row.action_id:
                expected = f"un indicateur de {row.action_id} dans {followed.label}"
                yield Finding(follow_up.place, row.Index, "valeurs_indicateurs", repr(name), expected)


def _parts(value: object) -> Iterable:
    return value if isinstance(value, tuple) else ()


def _of_the_catalogue(tables: Tables) -> Iterator[Finding]:
    followed = tables["indicateurs_suivi"]
    for line, name in cells(followed, "indicateur"):
        if name not in CATALOGUE:
            yield Finding(followed.place, line, "indicateur", repr(name), OF_THE_CATALOGUE)


def of_convention(read: ReadYaml, path: Path) -> Iterator[Finding]:
    """The articles and annexes that are out of order, and what a validated convention leaves unsaid.

    Word numbers them one after the other. A text that was signed does not follow one of reference, which may change.
    """
    file, convention = project_path(path), read.value
    if convention is None:
        return
    for name in ("articles", "annexes"):
        for rank, part in enumerate(getattr(convention, name)):
            if part.no != rank + 1:
                line, expected = read.lines[(name, rank, "no")], f"{rank + 1} : à la suite, à partir de 1"
                yield Finding(file, line, f"{name}.{rank}.no", str(part.no), expected)
    if convention.statut != VALID:
        return
    unsaid = "rien, dans une convention validée"
    for rank, article in enumerate(convention.articles):
        if not article.texte_md:
            line, column = read.lines[("articles", rank)], f"articles.{rank}.texte_md"
            yield Finding(file, line, column, unsaid, "le texte signé")
    for name, expected in {
        "validee_le": "une date",
        "preambule": "le texte signé",
        "vu": "un au moins",
    }.items():
        if not getattr(convention, name):
            yield Finding(file, read.lines[("statut",)], name, unsaid, expected)


def of_info_flashes(read: ReadYaml, tables: Tables, path: Path) -> Iterator[Finding]:
    """The numbers that come twice, the extracts that may not be quoted, the figures that no indicator gives."""
    file, numbers = project_path(path), set()
    extracts = tables["extraits"].rows
    kept_back = quotable(extracts, PUBLIC)[1].set_index("extrait_id")["motif"].to_dict()
    known = set(extracts["extrait_id"])
    for rank, issue in enumerate(read.value or ()):
        if issue.numero in numbers:
            line, column = read.lines[(rank, "numero")], f"{rank}.numero"
            yield Finding(file, line, column, f"{issue.numero} une seconde fois", "un numéro une seule fois")
        numbers.add(issue.numero)
        for place, extract in enumerate(issue.paroles):
            if (extract not in known or extract in kept_back) and not tables["extraits"].unread:
                reason = f" : {kept_back[extract]}" if extract in kept_back else ""
                expected = f"un extrait de la table extraits que chacun peut lire{reason}"
                yield Finding(file, read.lines[(rank, "paroles")], f"{rank}.paroles.{place}", repr(extract), expected)
        for place, figure in enumerate(issue.chiffres_cles):
            if figure.indicateur not in CATALOGUE:
                line, column = read.lines[(rank, "chiffres_cles")], f"{rank}.chiffres_cles.{place}.indicateur"
                yield Finding(file, line, column, repr(figure.indicateur), OF_THE_CATALOGUE)


def of_synthesis(read: ReadYaml, path: Path) -> Iterator[Finding]:
    """The indicators that are not in the editorial list, and those that come twice."""
    if read.value is None:
        return
    file, known = project_path(path), {essential.indicator.id for essential in essentials()}
    for name in ("chiffres", "atouts", "alertes", "phrases"):
        ids = [row if isinstance(row, str) else row.indicateur for row in getattr(read.value, name)]
        for rank, indicator in enumerate(ids):
            column = f"{name}.{rank}"
            line = read.lines.get((name, rank)) or read.lines[name,]
            if indicator not in known:
                yield Finding(file, line, column, repr(indicator), "un indicateur de data/reference/essentiel.yml")
            elif indicator in ids[:rank]:
                yield Finding(file, line, column, f"{indicator!r} une seconde fois", "un indicateur une seule fois")
