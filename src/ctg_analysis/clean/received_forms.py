"""The forms of all EPCIs: read, brought to the reference geography, held to the open data."""

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ctg_analysis.clean.partner_files import Agreement, clean_form, read_agreements
from ctg_analysis.clean.perimeter import Perimeter, to_reference, with_inhabitants
from ctg_analysis.clean.social_spaces import SPACES, clean_spaces, evidence, spaces, spaces_of, words_in
from ctg_analysis.model.errors import Finding, InputError, in_order
from ctg_analysis.model.facts import COLUMNS, Facts, coded
from ctg_analysis.model.form import PERSONS
from ctg_analysis.model.habits import SheetPlace, quote
from ctg_analysis.model.indicator import MISSING, OK
from ctg_analysis.model.settings import MATERIAL, DataRoot, project_path
from ctg_analysis.model.source import SOURCES, SecrecyRule, Source, Totals
from ctg_analysis.model.territories import codes_by_name
from ctg_analysis.raw.files import FilledTables, is_workbook, place_of, unread_file, workbooks_in
from ctg_analysis.raw.folders import Unread, is_note, where
from ctg_analysis.raw.form_workbooks import AGREEMENTS, headings
from ctg_analysis.raw.tables import tables_in

FORMS = {source.id: source for source in SOURCES.values() if source.form}
LEAST = {name: source.secrecy.threshold for name, source in FORMS.items()}
BESIDE_THE_FORMS = {f"{AGREEMENTS.name}.csv", AGREEMENTS.sheet}
WORKBOOKS = {source.form_workbook for source in FORMS.values()}
MSA, BOTH_REGIMES = "msa_familles", "caf_et_msa"
IN_A_ZONE = "covered_by_social_space"
WITHOUT_CHILDCARE, AT_WORK = "communes_without_childcare", "active_childminders"
FEW_CHILDMINDERS = 5
IN_CENTRES = ["multi_care_places", "micro_psu_places", "micro_paje_places", "family_nursery_places"]


class Private(NamedTuple):
    """What the files of partners say, but for what cannot be trusted.

    facts: of each form. agreements: by source (the strictest of several). words, spaces: see `words`. findings: what is
    wrong, by EPCI. unread: what is left out of each of these, see `raw.folders`.
    """

    facts: list[tuple[str, pd.DataFrame]]
    agreements: dict[str, Agreement]
    words: pd.DataFrame
    spaces: pd.DataFrame
    findings: dict[str, list[Finding]]
    unread: dict[str, Unread]


@dataclasses.dataclass
class _Folder:
    """The files of an EPCI: what each form says, by source; what is wrong, what is left out."""

    agreed: dict[str, Agreement]
    findings: list[Finding]
    facts: dict[str, pd.DataFrame] = dataclasses.field(default_factory=dict)
    words: list[pd.DataFrame] = dataclasses.field(default_factory=list)
    spaces: list[pd.DataFrame] = dataclasses.field(default_factory=list)
    unread: Unread = dataclasses.field(default_factory=dict)


def read_private(
    root: DataRoot,
    places: pd.DataFrame,
    sources: Collection[str] = frozenset(FORMS),
    epcis: Collection[str] | None = None,
) -> Private:
    """Return what the forms of every EPCI say; one that has a fault is left out whole, and told with every finding.

    sources: those to read, all of them by default; epcis: those whose files are read, all of them by default.
    """
    read = {
        folder.name: _read_folder(folder, places, sources)
        for folder in homes(root)
        if epcis is None or folder.name in epcis
    }
    return Private(
        list(_joined_facts(root, read).items()),
        _strictest_agreements(read.values()),
        evidence([table for one in read.values() for table in one.words]),
        spaces([table for one in read.values() for table in one.spaces]),
        {epci: one.findings for epci, one in read.items() if one.findings},
        {epci: one.unread or {"": ""} for epci, one in read.items() if one.findings},
    )


def _strictest_agreements(folders: Iterable[_Folder]) -> dict[str, Agreement]:
    """The agreement on each source: of several, the first of the highest threshold."""
    agreements: dict[str, Agreement] = {}
    for one in folders:
        for source, agreement in one.agreed.items():
            known = agreements.setdefault(source, agreement)
            if agreement.seuil > known.seuil:
                agreements[source] = agreement
    return agreements


def _joined_facts(root: DataRoot, read: dict[str, _Folder]) -> dict[str, pd.DataFrame]:
    """The facts of each source, of all folders. read: by EPCI, told of what contradicts another."""
    tables: dict[str, list[pd.DataFrame]] = {}
    for one in read.values():
        for source, facts in one.facts.items():
            tables.setdefault(source, []).append(facts)
    joined = {}
    for source, several in tables.items():
        facts = pd.concat(several, ignore_index=True).drop_duplicates()
        joined[source] = _without_contradictions(root, source, facts, read)
        Facts.validate(coded(joined[source]))
    return joined


def _read_folder(folder: Path, places: pd.DataFrame, sources: Collection[str]) -> _Folder:
    """What the files of an EPCI say. places, sources: see `read_private`."""
    one = _Folder(*read_agreements(folder, LEAST))
    unread_agreements = bool(one.findings) and not one.agreed
    is_epci = (places["level"].eq("epci") & places["code"].eq(folder.name)).any()
    if not is_epci:
        path = project_path(folder)
        one.findings.append(Finding(path, None, None, quote(folder.name), "le SIREN d'un EPCI"))
    own, names = codes_of(places, folder.name), codes_by_name(places, folder.name)
    held, allowed = forms_in(folder), tuple(places["name"].dropna())
    one.findings += [*_strays(folder), *held.findings]
    for name in sorted(held.tables.keys() & set(sources)):
        form = held.tables[name]
        source, agreement = FORMS[name], one.agreed.get(name)
        cut = held.unread.get(name)  # of the sheet itself, or of a workbook that may hold one
        faults = [cut] if cut and isinstance(cut.path, SheetPlace) else []
        day = agreement.recu_le if agreement else None
        clean = partial(cleaner(source), source, form, own, day, names=names)
        read, wrong = _read_parts(clean, partial(words_in, source, form, allowed, names=names))
        one.findings += wrong
        faults += wrong
        if not faults and read[0].empty:
            continue
        if agreement is None:
            expected = f"une ligne {name} dans la feuille « {AGREEMENTS.sheet} », avec recu_le et convention"
            faults.append(Finding(place_of(form), None, None, "un formulaire sans accord valable", expected))
            if not unread_agreements:  # else it only follows from the fault of that file, which is told
                one.findings.append(faults[-1])
        if faults:
            one.unread[name] = where(in_order(faults)[0], {*BESIDE_THE_FORMS, *source.form_names})
        elif is_epci:
            facts, words = read
            one.facts[name] = facts
            one.words.append(words)
            if name == SPACES:
                one.spaces.append(spaces_of(source, form, names))
    one.unread |= _lost(held, one)
    return one


def _read_parts(
    *parts: Callable[[], pd.DataFrame],
) -> tuple[list[pd.DataFrame], list[Finding]]:
    """The parts of a form that can be read, in their order; what is wrong with the others."""
    read, wrong = [], []
    for part in parts:
        try:
            read.append(part())
        except InputError as error:
            wrong += error.findings
    return read, wrong


def _lost(held: FilledTables, one: _Folder) -> Unread:
    """Return the forms that nothing else gives, of the sheets and workbooks that cannot be read."""
    cut = {Path(one.path).name: one for one in held.findings if is_workbook(Path(one.path))}
    lost: Unread = {}
    for name, finding in held.unread.items():
        source = FORMS[name]
        why = finding if isinstance(finding.path, SheetPlace) else cut.get(source.form_workbook)
        if why and name not in {*one.facts, *one.unread}:
            lost[name] = where(why, source.form_names)
    unknown = [where(finding, ()) for name, finding in cut.items() if name not in WORKBOOKS]
    return lost | ({"": unknown[0]} if unknown else {})


def homes(root: DataRoot) -> list[Path]:
    """Return the folders of the partners' files, one per EPCI."""
    return sorted(path for path in root.private.iterdir() if path.is_dir()) if root.private.is_dir() else []


def forms_in(folder: Path) -> FilledTables:
    """Return the forms of an EPCI, by source: CSV files, or sheets of workbooks under any name."""
    return tables_in(folder, [headings(source) for source in FORMS.values()])


def _strays(folder: Path) -> list[Finding]:
    """Return what is said of the files that are no form, no workbook and nothing that lies beside them, and of the
    folders where someone may have put some.
    """
    known = {source.form_file for source in FORMS.values()} | BESIDE_THE_FORMS
    beside = {*known, *(path.name for path in workbooks_in(folder)), MATERIAL}
    expected = "un classeur (.xlsx, .ods), ou un CSV du nom que donne `ctg new --csv`"
    return [
        Finding(project_path(path), None, None, "un dossier que rien ne lit", "des fichiers seulement")
        if path.is_dir()
        else unread_file(path, expected)
        for path in sorted(folder.iterdir())
        if not is_note(path) and path.name not in beside
    ]


def cleaner(source: Source) -> Callable[..., pd.DataFrame]:
    """Return the function that reads a form: one row per structure in the Caf's list, per place in the others."""
    return clean_spaces if source.id == SPACES else clean_form


def _without_contradictions(root: DataRoot, source: str, facts: pd.DataFrame, read: dict[str, _Folder]) -> pd.DataFrame:
    """Return facts without those of a place that the forms of several EPCIs tell otherwise, their département."""
    by_year = facts.assign(period=facts["period"].str[:4])
    known = by_year[facts["status"].eq(OK)]
    again = known.loc[known.duplicated(["code", "level", "period", "measure"]), ["code", "period"]].drop_duplicates()
    folder, form = project_path(root.private), SOURCES[source].form_file
    for code, period in again.itertuples(index=False):
        expected = f"les mêmes chiffres dans chaque {form}"
        finding = Finding(folder, None, form, f"deux chiffres de {code} en {period}", expected)
        for one in read.values():
            if source in one.facts and one.facts[source]["code"].eq(code).any():
                one.findings.append(finding)
    keys = ["code", "period"]
    return facts[~pd.MultiIndex.from_frame(by_year[keys]).isin(pd.MultiIndex.from_frame(again))]


def codes_of(places: pd.DataFrame, epci: str) -> set[str]:
    """Return the EPCI, its communes and its départements."""
    members = places[places["level"].eq("commune") & places["epci"].eq(epci)]
    return {epci} | set(members["code"]) | set(members["departement"])


def blanks(forms: list[tuple[str, pd.DataFrame]], places: pd.DataFrame) -> pd.DataFrame:
    """Return the communes of which a form does not say what it says of others of their EPCI, at the same period.

    forms: as `read_private` returns them. Columns: source, period, measure, territory (the commune).
    """
    communes = places.loc[places["level"].eq("commune"), ["code", "epci"]]
    every = [facts[facts["level"].eq("commune")].merge(communes, on="code") for _, facts in forms]
    if not every:
        return pd.DataFrame(columns=["source", "period", "measure", "territory"], dtype=str)
    answered = pd.concat(every)
    answered = answered[answered["status"].ne(MISSING)]
    key = ["source", "period", "measure", "epci"]
    expected = answered[key].drop_duplicates().merge(communes, on="epci")
    there = pd.MultiIndex.from_frame(expected[[*key, "code"]]).isin(pd.MultiIndex.from_frame(answered[[*key, "code"]]))
    rows = expected[~there].rename(columns={"code": "territory"})
    return rows[["source", "period", "measure", "territory"]].astype(str).reset_index(drop=True)


def form_to_reference(facts: pd.DataFrame, source: Source, perimeter: Perimeter) -> pd.DataFrame:
    """Return the facts of a form with the totals of its secteurs and its EPCI.

    No total for what does not add up, nor above the EPCI. A blank cell of an EPCI leaves its total to its communes.
    """
    facts = facts[facts["level"].eq("commune") | facts["status"].ne(MISSING)]
    moved = to_reference(facts, dataclasses.replace(source, totals=Totals(alone=source.form.alone)), perimeter)
    place = ["level", "code"]
    given = pd.MultiIndex.from_frame(moved[place]).isin(pd.MultiIndex.from_frame(facts[place]))
    given |= moved["level"].isin(["commune", "secteur", "epci"])
    return moved[given].reset_index(drop=True)


def with_population_covered(facts: pd.DataFrame, populations: pd.DataFrame) -> pd.DataFrame:
    """Return the facts of a form, where it says 1 or 0 of the zone d'intervention, with the inhabitants it speaks of.

    Measures: population_in_social_space, the inhabitants of the communes said to be in a zone; population_of_form,
    those of all the communes of which the form says it. A commune without answer or population is `nd` in both.

    populations: one reference population by commune and year (see `perimeter.with_inhabitants`).
    """
    answers = facts[facts["measure"].eq(IN_A_ZONE) & facts["level"].eq("commune")]
    if answers.empty:
        return facts
    rows = with_inhabitants(answers, populations[populations["level"].eq("commune")])
    whole = rows["inhabitants"].where(rows["status"].eq(OK))
    measures = {"population_in_social_space": rows["value"] * whole, "population_of_form": whole}
    return pd.concat([facts, *(rows.assign(measure=name, value=value)[COLUMNS] for name, value in measures.items())])


def with_communes_without_childcare(facts: pd.DataFrame, base: int) -> pd.DataFrame:
    """The facts of a form, where it counts childminders, with the communes that have no place in a crèche and fewer
    than five childminders at work: 1 or 0, `nd` where what is published of these counts leaves both possible.

    It is decided on the interval in which the childminders are published, of `base` counts (rule R1), never on their
    number. Under an agreement that rounds to 10, « moins de cinq » is not known of fewer than ten.
    """
    communes = facts[facts["level"].eq("commune")]
    at_work = communes[communes["measure"].eq(AT_WORK)]
    if at_work.empty or not facts["measure"].isin(IN_CENTRES).any():
        return facts
    known = communes[communes["status"].eq(OK) & communes["measure"].isin([AT_WORK, *IN_CENTRES])]
    counts = known.pivot(index=["code", "period"], columns="measure", values="value")
    counts = counts.reindex(columns=[AT_WORK, *IN_CENTRES])
    least = counts[AT_WORK] // base * base
    nobody = least.add(base).le(FEW_CHILDMINDERS) & counts[IN_CENTRES].eq(0).all(axis=1)
    somebody = least.ge(FEW_CHILDMINDERS) | counts[IN_CENTRES].gt(0).any(axis=1)
    decided = nobody.astype(float).where(nobody | somebody).rename("decided")
    rows = at_work.merge(decided, on=["code", "period"], how="left")
    status = rows["decided"].notna().map({True: OK, False: MISSING})
    rows = rows.assign(measure=WITHOUT_CHILDCARE, value=rows["decided"], status=status)
    return pd.concat([facts, rows[COLUMNS]], ignore_index=True)


def with_thresholds(sources: dict[str, Source], agreements: dict[str, Agreement]) -> dict[str, Source]:
    """Return the sources with the secrecy rules of the agreements; both regimes together follow that of the MSA."""
    rules = {}
    for source, agreement in agreements.items():
        rule = SecrecyRule(agreement.seuil)
        rules[source] = dataclasses.replace(rule, reason=f"arrondi à {rule.base} ({agreement.convention})")
    if MSA in rules:
        rules[BOTH_REGIMES] = rules[MSA]
    return sources | {name: dataclasses.replace(sources[name], secrecy=rule) for name, rule in rules.items()}


# What partners count, held to what is openly counted of the same children, households or places (rule R27).

HELD_TO = {measure: several for source in FORMS.values() for measure, several in source.form.held_to.items()}
KINDS = {field.measure: field.kind for source in FORMS.values() for field in source.form.fields}
AND = " + "
OPEN = sorted({name for several in HELD_TO.values() for one in several for name in one.split(AND)})
OLDEST = 5  # years between the two counts, at most
OF_PERSONS, OF_PLACES, MORE = 1.5, 2.0, 20  # how many times the open count, and how many more, a count may be
KEY = ["code", "level", "period", "measure"]
FOUND = [*KEY, "low", "whole", "together", "held_to", "year", "high", "most"]


def implausible(told: pd.DataFrame, opened: pd.DataFrame, epci_of: pd.Series) -> pd.DataFrame:
    """Return the counts of partners that cannot be: those of which the least is more than open counts allow.

    A commune is held to its own open count and to that of its EPCI; an EPCI to its own, and so are its communes
    together: where these cannot be, none of them is taken. What is not openly counted holds nothing.

    Parameters:
        told: KEY and low, the least that each count is.
        opened: code, level, period, indicator, and high, the most that each open count is.
        epci_of: the EPCI of each commune.

    Returns:
        Rows of told, columns FOUND. whole: the place that was held to an open count; together: what it has at least;
        held_to, year, high: the open count; most: what that allows.
    """
    known = defaultdict(dict)
    for row in opened.itertuples(index=False):
        known[row.level, row.code, row.indicator][int(row.period[:4])] = row.high
    told = told[told["measure"].isin(HELD_TO)].astype({"level": str})
    told = told.assign(epci=told["code"].map(epci_of).where(told["level"].eq("commune")))
    alone = _beyond(told.assign(whole=told["code"], together=told["low"]), known)
    communes = told[told["epci"].notna()].drop(alone.index, errors="ignore")
    group = ["epci", "period", "measure"]
    sums = communes.groupby(group, as_index=False)["low"].sum()
    sums = sums.assign(code=sums["epci"], level="epci", whole=sums["epci"], together=sums["low"], epci=None)
    wrong = _beyond(sums, known).drop(columns=["low", "level", "epci"]).rename(columns={"code": "epci"})
    return pd.concat([alone[FOUND], communes.merge(wrong, on=group)[FOUND]], ignore_index=True)


def _beyond(told: pd.DataFrame, known: dict) -> pd.DataFrame:
    found = [_ceiling(row, known) for row in told.itertuples(index=False)]
    limits = pd.DataFrame(found, columns=["most", "place", "held_to", "year", "high"], index=told.index)
    rows = told.join(limits)
    return rows[rows["low"].gt(rows["most"])].assign(whole=lambda table: table["place"])


def _ceiling(row: tuple, known: dict) -> tuple:
    """Return the least that the open counts of a place and of its EPCI allow, and what it comes from."""
    year, times = int(row.period[:4]), OF_PERSONS if KINDS[row.measure] == PERSONS else OF_PLACES
    places = [(row.level, row.code), *([("epci", row.epci)] if pd.notna(row.epci) else [])]
    limits = []
    for place in places:
        for names in HELD_TO[row.measure]:
            counts = [known.get((*place, name), {}) for name in names.split(AND)]
            years = [one for one in set.intersection(*map(set, counts)) if abs(one - year) <= OLDEST]
            if years:
                then = min(years, key=lambda one: (abs(one - year), one))
                high = sum(count[then] for count in counts)
                limits.append((times * high + MORE, place[1], names, then, high))
                break
    return min(limits, default=(float("inf"), "", "", 0, 0.0))
