"""Tables of a démarche held to each other: links that lead somewhere, words that agree."""

import datetime
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pandas as pd

from ctg_analysis.demarche.columns import (
    DOCUMENT,
    DROPPED,
    INDICATOR,
    INTERVIEW,
    JOIN,
    LIST,
    PUBLIC,
    SURVEY,
    VALID,
    WORKSHOP,
    first_day,
    last_day,
    lines,
    not_quotable,
)
from ctg_analysis.demarche.table_files import TableFile
from ctg_analysis.model.catalogue import CATALOGUE, essentials
from ctg_analysis.model.errors import Finding
from ctg_analysis.model.habits import as_shown, number_text, quote

Tables = Mapping[str, TableFile]

FINISHED = "faite"  # a step of the calendar
STRONG, KINDS = 3, 2  # a constat rated 3 rests on at least two kinds of proof
CENT = 0.005
BUDGETS = {"budget_fonct": "fonctionnement", "budget_invest": "investissement"}
MUST_HAVE = {
    "pilote": "une fonction, qui pilote l'action",
    "calendrier_debut": "quand elle commence, tel que 09/2024",
    "calendrier_fin": "quand elle finit, tel que 12/2026",
}
OF_A_RESULT = ("valeur_reference", "date_reference", "cible", "cible_date", "collecteur")


def inconsistencies(tables: Tables) -> list[Finding]:
    """Each break of the chain; tables: those of OF_CHAIN. What was given up is not held to anything.

    A check waits until each table that it reads can be read; what a wrong line names counts, its amounts do not.
    """
    return [
        finding
        for check, needed in CHECKS.items()
        if not any(tables[name].unread for name in needed)
        for finding in check(tables)
    ]


def one_interview(proofs: pd.DataFrame, extracts: pd.DataFrame) -> set[str]:
    """The constats that rest on one interview alone, which the pages label."""
    proofs = _supporting(proofs)
    speakers = proofs["ref"].map(extracts.set_index("extrait_id")["ent_pseudo"])
    told = proofs.assign(speaker=speakers.where(proofs["type"].eq(INTERVIEW)))
    counts = told.groupby("constat_id")[["type", "speaker"]].nunique()
    return set(counts.index[counts.eq(1).all(axis=1)])


def _supporting(proofs: pd.DataFrame) -> pd.DataFrame:
    return proofs[proofs["sens"].eq("appuie")]


def active(actions: pd.DataFrame) -> pd.DataFrame:
    """The actions that were not given up."""
    return actions[actions["statut"].ne(DROPPED)]


def _enjeux(tables: Tables) -> Iterator[Finding]:
    """The retained enjeux that no action serves, and the decisions without reason or date."""
    file, actions, objectives = tables["enjeux"], active(tables["actions"].texts), tables["objectifs"].texts
    pursued = objectives.loc[objectives["obj_id"].isin(actions["obj_id"]), "enjeux"]
    served = {enjeu for named in [*actions["enjeu_ids"], *pursued] for enjeu in named.split(LIST)}
    for row in lines(file.rows):
        if row.retenu and row.enjeu_id not in served and len(actions):
            expected = f"une action de {tables['actions'].label} qui le nomme, ou un objectif qui le fait"
            yield file.fault(row.Index, "enjeu_id", f"{row.enjeu_id}, retenu sans action", expected)
        for column in ("motif", "decide_le"):
            if row.retenu is not None and getattr(row, column) is None:
                expected = "pourquoi et quand le COPIL a décidé"
                yield file.fault(row.Index, column, f"rien pour la décision sur {row.enjeu_id}", expected)


def _actions(tables: Tables) -> Iterator[Finding]:
    """What an action lacks: who leads it, when, who pays, how its result is measured."""
    file, followed = tables["actions"], tables["indicateurs_suivi"]
    paid = ids(tables["financements"], "action_id")
    results = followed.rows[followed.rows["type"].eq("résultat")]
    wrong = set(followed.texts.loc[followed.wrong_lines, "ind_id"])  # of which nobody knows what they are
    for row in lines(active(file.rows)):
        name = row.action_id
        for column, expected in MUST_HAVE.items():
            if getattr(row, column) is None:
                yield file.fault(row.Index, column, f"rien pour {name}", expected)
        if (row.budget_fonct, row.budget_invest) == (None, None):
            expected = "un budget en euros, 0 si elle ne coûte rien de plus"
            yield file.fault(row.Index, "budget_fonct", f"{name}, sans budget", expected)
        elif name not in paid and (row.budget_fonct, row.budget_invest) != (0, 0):
            expected = f"une ligne par financeur et par année dans {tables['financements'].label}"
            yield file.fault(row.Index, "action_id", f"{name}, sans financeur", expected)
        of_it = results[results["ind_id"].isin(row.indicateurs_resultat or ())]
        if of_it.empty and wrong.isdisjoint(row.indicateurs_resultat or ()):
            expected = f"un indicateur de type résultat de {followed.label}"
            yield file.fault(row.Index, "indicateurs_resultat", f"{name}, sans indicateur de résultat", expected)
        for indicator in lines(of_it):
            for column in OF_A_RESULT:
                if getattr(indicator, column) is None:
                    expected = "sa valeur de départ, sa valeur visée, leurs dates et qui le recueille"
                    fault = f"rien pour {indicator.ind_id} de {name}"
                    yield followed.fault(indicator.Index, column, fault, expected)


def _budgets(tables: Tables) -> Iterator[Finding]:
    file, brought_by = tables["actions"], tables["financements"]
    sums = brought_by.rows.groupby(["action_id", "nature"])["montant"].sum()
    partly = brought_by.texts.loc[brought_by.wrong_lines, "action_id"]  # some of its money is not known
    actions, paid = active(file.rows), brought_by.rows["action_id"]
    for row in lines(actions[actions["action_id"].isin(paid) & ~actions["action_id"].isin(partly)]):
        for column, nature in BUDGETS.items():
            brought, budget = sums.get((row.action_id, nature), 0.0), getattr(row, column)
            if abs(brought - (budget or 0)) > CENT:
                total = number_text(brought)
                expected = f"{total}, ce qu'apportent les financeurs de {row.action_id} dans {brought_by.label}"
                written = "une case vide" if budget is None else number_text(budget)
                yield file.fault(row.Index, column, written, expected)


def _constats(tables: Tables) -> Iterator[Finding]:
    file, proofs = tables["constats"], tables["preuves"]
    kinds = _supporting(proofs.texts).groupby("constat_id")["type"].nunique()
    alone = one_interview(tables["preuves"].rows, tables["extraits"].rows)
    for row in file.rows.itertuples():
        count = kinds.get(row.constat_id, 0)
        if row.force_preuve == STRONG and count < KINDS:
            expected = f"{KINDS} au moins dans {proofs.label}, ou une note plus basse"
            fault = f"{row.constat_id}, noté {STRONG} avec {count} sorte de preuve"
            yield file.fault(row.Index, "force_preuve", fault, expected)
        elif row.constat_id in alone and row.force_preuve > 1:
            expected = "1, ou une autre preuve"
            fault = f"{row.constat_id}, noté {row.force_preuve} sur un seul entretien"
            yield file.fault(row.Index, "force_preuve", fault, expected)


def _orders(tables: Tables) -> Iterator[Finding]:
    """What ends before it begins."""
    for name, begins, ends in (
        ("convention", "debut", "fin"),
        ("calendrier", "debut", "fin"),
        ("actions", "calendrier_debut", "calendrier_fin"),
        ("indicateurs_suivi", "date_reference", "cible_date"),
        ("equipements_services", "agrement_debut", "agrement_fin"),
    ):
        file = tables[name]
        moments = file.rows[[begins, ends]].dropna().map(lambda moment: str(moment)[:10])  # a day too
        for line, begin, end in moments.itertuples():
            if last_day(end) < first_day(begin):
                yield file.fault(line, ends, quote(end), f"une date après {as_shown(begin)}, de {begins}")


def _attendance(tables: Tables) -> Iterator[Finding]:
    file = tables["ateliers"]
    for row in lines(file.rows.dropna(subset=["presents", "presents_par_type"])):
        total = sum(count for _, count in row.presents_par_type)
        if total != row.presents:
            yield file.fault(row.Index, "presents", str(row.presents), f"{total}, la somme de presents_par_type")


def _outside(tables: Tables) -> Iterator[Finding]:
    """The periods that are not within the years of the convention, the baselines later than its signature."""
    convention = next(iter(lines(tables["convention"].rows)), None)
    if convention is None:
        return
    begin, end = first_day(convention.debut), last_day(convention.fin)
    expected = f"dans les années de la convention, {begin:%d/%m/%Y} à {end:%d/%m/%Y}"
    dropped = set(tables["actions"].rows["action_id"]) - set(active(tables["actions"].rows)["action_id"])
    for name, columns in (
        ("actions", ("calendrier_debut", "calendrier_fin")),
        ("financements", ("annee",)),
        ("suivi", ("annee",)),
        ("objectifs", ("echeance",)),
        ("indicateurs_suivi", ("cible_date",)),
    ):
        file = tables[name]
        rows = file.rows[~file.rows["action_id"].isin(dropped)] if "action_id" in file.rows else file.rows
        for column in columns:
            for line, moment in rows[column].dropna().items():
                moment = str(moment)
                if not begin <= first_day(moment) <= last_day(moment) <= end:
                    yield file.fault(int(line), column, quote(moment), expected)
    file, signed = tables["indicateurs_suivi"], convention.validee_le and convention.validee_le.date()
    kept = file.rows.loc[~file.rows["action_id"].isin(dropped), "date_reference"].dropna()
    for line, moment in kept.items() if signed else ():
        if first_day(moment) > signed:
            expected = f"une valeur de départ du {signed:%d/%m/%Y} au plus tard, quand la convention a été validée"
            yield file.fault(int(line), "date_reference", quote(moment), expected)


# What tells what was done: table → its date, and what must be filled for it to be done; a line without it is planned.
DONE = {
    "documents": ("date", ""),
    "entretiens": ("date", ""),
    "reponses": ("date", ""),
    "enquete_precedente": ("annee", ""),
    "ateliers": ("date", "presents"),
    "reunions": ("date", "presents"),
    "enjeux": ("decide_le", ""),
    "actions": ("valide_le", ""),
    "suivi": ("date", ""),
    "convention": ("validee_le", ""),
    "signataires": ("deliberation_date", "deliberation_no"),
    "synthese": ("le", ""),
    "indicateurs_suivi": ("date_reference", "valeur_reference"),
}


def ahead(tables: Tables, today: datetime.date) -> Iterator[Finding]:
    """The days after today of what is told as done: pages and documents would bear them.

    Parameters:
        tables: the public and the private ones.
    """
    for name, (column, filled) in DONE.items():
        file = tables[name]
        rows = file.rows.dropna(subset=[column, filled] if filled else column)
        yield from _after(file, column, rows[column], today)
    steps = tables["calendrier"]
    done = steps.rows[steps.rows["statut"].eq(FINISHED)]
    yield from _after(steps, "debut", done["debut"].dropna(), today)
    yield from _after(steps, "fin", done["fin"].dropna(), today)
    followed = tables["suivi"]
    yield from _after(followed, "annee", followed.rows["annee"], today)


def _after(file: TableFile, column: str, moments: pd.Series, today: datetime.date) -> Iterator[Finding]:
    """A finding for each moment that begins after a day, at the first line that has it.

    Parameters:
        moments: days, or the texts of days, months and years; index: the line.
    """
    texts = moments.map(lambda moment: str(moment)[:10])
    for text, places in texts.groupby(texts, sort=False).groups.items():
        if first_day(text) > today:
            others = len(places) - 1
            more = f" (et dans {others} autre{'s' * (others > 1)} ligne{'s' * (others > 1)})" if others else ""
            found = "une date à venir" if file.table.private else as_shown(text)
            expected = f"une date jusqu'au {today:%d/%m/%Y} : la corriger, ou attendre que ce soit fait"
            yield file.fault(int(places[0]), column, found + more, expected)


OF_CHAIN = ("actions", "ateliers", "calendrier", "constats", "convention", "enjeux", "equipements_services")
OF_CHAIN += ("extraits", "financements", "indicateurs_suivi", "objectifs", "preuves", "suivi")
CHECKS: dict[Callable[[Tables], Iterator[Finding]], tuple[str, ...]] = {
    _enjeux: ("enjeux", "actions", "objectifs"),
    _actions: ("actions", "financements", "indicateurs_suivi"),
    _budgets: ("actions", "financements"),
    _constats: ("constats", "preuves", "extraits"),
    _orders: (),
    _attendance: (),
    _outside: ("actions",),
}


PROVED_BY = {SURVEY: "questionnaire", INTERVIEW: "extraits", DOCUMENT: "documents", WORKSHOP: "contributions"}
OF_THE_CATALOGUE = "un indicateur de `ctg list indicators`"
UNSAID, MOST_IN_AN_ISSUE = "rien, dans une convention validée", {"chiffres_cles": 6, "paroles": 3}
OF_A_PLACE = {  # of the synthèse → the columns that it needs, how often it may come
    "chiffre": (["indicateur"], 12),
    "atout": (["indicateur"], 3),
    "alerte": (["indicateur"], 3),
    "phrase": (["indicateur", "texte"], 12),
    "mot": (["texte"], 1),
    "signature": (["par", "le"], 1),
}
MEANS = {"indicateurs_realisation": ("réalisation", "moyens"), "indicateurs_resultat": ("résultat", "impact")}


def dangling(tables: Tables, places: set[str] | None = None) -> list[Finding]:
    """What names something that does not exist, or not where it should.

    tables: those of the folders at hand. What names personal data of a folder where some were deleted is not followed,
    nor what names a file that cannot be read. places: codes of the EPCI and its communes; None when they are not known.
    """
    findings = [finding for file in tables.values() for finding in _named(file, tables)]
    if places is not None:
        findings += [finding for file in tables.values() for finding in _strangers(file, places)]
    followed = tables["indicateurs_suivi"]
    findings += [
        followed.fault(line, "indicateur", quote(name), OF_THE_CATALOGUE)
        for line, name in cells(followed, "indicateur")
        if name not in CATALOGUE
    ]
    return [*findings, *_proofs(tables), *_of_actions(tables)]


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
                yield file.fault(line, name, quote(value), f"un identifiant de {files} : le corriger ou l'y ajouter")


def _strangers(file: TableFile, places: set[str]) -> Iterator[Finding]:
    expected = "le code de l'EPCI ou de l'une de ses communes"
    for name, column in file.table.columns.items():
        for line, code in cells(file, name) if column.kind.places else ():
            if code not in places:
                yield file.fault(line, name, quote(code), expected)


def _proofs(tables: Tables) -> Iterator[Finding]:
    proofs = tables["preuves"]
    for row in lines(proofs.rows):
        parts = row.ref.split(JOIN)
        ref = proofs.fault(row.Index, "ref", quote(row.ref), "")
        filled = [column for column in ("lecture", "repere") if getattr(row, column)]
        if row.type == INDICATOR:
            if len(parts) != 3:
                yield replace(ref, expected="indicateur+territoire+periode, tel que births_count+999999999+2023")
            elif parts[0] not in CATALOGUE:
                yield replace(ref, expected=OF_THE_CATALOGUE)
            for column in {"lecture", "repere"} - set(filled):
                expected = "ce que le chiffre doit montrer, pour que l'édition suivante puisse le dire"
                yield proofs.fault(row.Index, column, "une case vide", expected)
            continue
        for column in filled:
            expected = "une case vide, sauf pour un indicateur"
            yield proofs.fault(row.Index, column, quote(getattr(row, column)), expected)
        target = tables[PROVED_BY[row.type]]
        if target.unread:
            continue
        if parts[0] not in ids(target) or len(parts) > (2 if row.type == DOCUMENT else 1):
            yield replace(ref, expected=f"un identifiant de {target.label} : le corriger ou l'y ajouter")


def _of_actions(tables: Tables) -> Iterator[Finding]:
    """The indicators that belong to another action or are of another sort, the objectives of another axis."""
    actions, followed, follow_up = tables["actions"], tables["indicateurs_suivi"], tables["suivi"]
    owner = followed.rows.set_index("ind_id")["action_id"].to_dict()
    sort = followed.rows.set_index("ind_id")["type"].to_dict()
    axis = tables["objectifs"].rows.set_index("obj_id")["axe_id"].to_dict()
    for row in lines(actions.rows):
        if axis.get(row.obj_id, row.axe_id) != row.axe_id:
            expected = f"{quote(axis[row.obj_id])}, l'axe de l'objectif {row.obj_id}"
            yield actions.fault(row.Index, "axe_id", quote(row.axe_id), expected)
        for column, sorts in MEANS.items():
            for name in getattr(row, column) or ():
                if owner.get(name, row.action_id) != row.action_id:
                    expected = f"un indicateur de {row.action_id} : celui-ci est de {owner[name]}"
                    yield actions.fault(row.Index, column, quote(name), expected)
                elif sort.get(name, sorts[0]) not in sorts:
                    expected = f"un indicateur de type {' ou '.join(sorts)} : celui-ci est de type {sort[name]}"
                    yield actions.fault(row.Index, column, quote(name), expected)
    for row in lines(follow_up.rows) if not followed.unread else ():
        for name, _ in row.valeurs_indicateurs or ():
            if owner.get(name) != row.action_id:
                expected = f"un indicateur de {row.action_id} dans {followed.label}"
                yield follow_up.fault(row.Index, "valeurs_indicateurs", quote(name), expected)


def of_convention(tables: Tables) -> Iterator[Finding]:
    """The articles and annexes that are out of order, what a convention lacks, what a validated one leaves unsaid.

    Word numbers them one after the other. A text that was signed does not follow one of reference, which may change.
    """
    file, signed = tables["convention"], tables["convention"].rows["statut"].eq(VALID).any()
    yield from _misnumbered(tables["articles"])
    yield from _misnumbered(tables["annexes"])
    unsaid = [part for part in lines(tables["articles"].rows) if signed and not part.texte]
    if unsaid:
        names = ", ".join(str(part.no) for part in unsaid)
        found = f"{UNSAID} : article{'s' * (len(unsaid) > 1)} {names}"
        yield tables["articles"].fault(unsaid[0].Index, "texte", found, "le texte signé")
    for row in lines(file.rows):
        for name in ("signataires", "articles"):
            if tables[name].texts.empty and not tables[name].unread:
                yield tables[name].fault(None, None, "aucune ligne, pour une convention", "une au moins")
        for name in ("validee_le", "preambule", "vu") if signed else ():
            if not getattr(row, name):
                yield file.fault(row.Index, name, UNSAID, "ce qui a été signé")


def _misnumbered(file: TableFile) -> Iterator[Finding]:
    """The parts of a convention, articles or annexes, whose number is not their rank."""
    for part in lines(file.rows):
        rank = file.texts.index.get_loc(part.Index) + 1
        if part.no != rank:
            expected = f"{rank} : à la suite, à partir de 1"
            yield file.fault(part.Index, "no", str(part.no), expected)


def of_info_flashes(tables: Tables) -> Iterator[Finding]:
    """The extracts that may not be quoted, the figures that no indicator gives, too many of them, an unsigned word."""
    file, extracts = tables["info_flash"], tables["extraits"].rows
    kept_back = not_quotable(extracts, PUBLIC).set_index("extrait_id")["motif"].to_dict()
    for issue in lines(file.rows):
        for extract in issue.paroles or ():
            if extract in kept_back:
                expected = f"un extrait de {tables['extraits'].label} que chacun peut lire : {kept_back[extract]}"
                yield file.fault(issue.Index, "paroles", quote(extract), expected)
        for figure in issue.chiffres_cles or ():
            if figure.split(JOIN)[0] not in CATALOGUE:
                yield file.fault(issue.Index, "chiffres_cles", quote(figure), OF_THE_CATALOGUE)
        for column, most in MOST_IN_AN_ISSUE.items():
            if (count := len(getattr(issue, column) or ())) > most:
                yield file.fault(issue.Index, column, str(count), f"{most} au plus")
        if issue.edito_texte and not issue.edito_auteur:
            yield file.fault(issue.Index, "edito_auteur", "une case vide", "l'élu qui signe l'éditorial")


def of_synthesis(file: TableFile) -> Iterator[Finding]:
    """The indicators that are not in the editorial list, those that come too often, what a line lacks."""
    known, seen = {essential.indicator.id for essential in essentials()}, Counter()
    for row in lines(file.rows):
        needed, most = OF_A_PLACE[row.place]
        seen[row.place] += 1
        if seen[row.place] > most:
            yield file.fault(row.Index, "place", f"{row.place} pour la {seen[row.place]}e fois", f"{most} au plus")
        for column in needed:
            if getattr(row, column) is None:
                yield file.fault(row.Index, column, "une case vide", f"ce qui fait la ligne {row.place}")
        if row.indicateur and row.indicateur not in known:
            yield file.fault(
                row.Index, "indicateur", quote(row.indicateur), "un indicateur de data/reference/essentiel.yml"
            )
