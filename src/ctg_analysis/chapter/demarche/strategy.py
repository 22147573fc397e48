"""Chapter 15: axes, objectives, actions; their money, their pilotes, their governance; what is due."""

import datetime
import re
from collections.abc import Sequence
from typing import Annotated

import pandas as pd
from markupsafe import Markup
from pydantic import BaseModel, BeforeValidator

from ctg_analysis.chapter import known
from ctg_analysis.chapter.demarche import pieces
from ctg_analysis.chapter.demarche.pieces import DemarcheChapter, needing
from ctg_analysis.chapter.territory import PEOPLE, Territory
from ctg_analysis.demarche import plan
from ctg_analysis.demarche.columns import DROPPED
from ctg_analysis.demarche.consistency import active
from ctg_analysis.demarche.plan import enjeux_by_action
from ctg_analysis.display import markup, texts
from ctg_analysis.display.markup import Html, Table, cited_with
from ctg_analysis.display.quantities import counted, euros, number, quantity, thousands
from ctg_analysis.display.tables import Listing
from ctg_analysis.display.texts import date_text, span_text
from ctg_analysis.display.words import Words
from ctg_analysis.indicators.childcare import DUTIES, Threshold, read_thresholds
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import OK
from ctg_analysis.model.settings import data_root, settings
from ctg_analysis.model.yaml_files import load_yaml
from ctg_analysis.show import plan_charts

Facts = list[tuple[str, pieces.Cell]]
STATES = {"projet": "fiche en projet", "validée": "fiche validée", "abandonnée": "action abandonnée"}
UNSAID = "non renseigné"


def sheet(chapter: DemarcheChapter, row, *, agrees: bool) -> dict[str, object]:
    """What the sheet of an action tells, as its template takes it.

    row: of demarche.plan.in_order. agrees: its financers bring its budget.
    """
    enjeux = chapter.table("enjeux").set_index("enjeu_id")["titre"]
    constats = chapter.table("constats").set_index("constat_id")["enonce"]
    served = enjeux_by_action(chapter.table("actions"), chapter.table("objectifs"))[row.action_id]
    why: Facts = [
        *_if_written("Contexte", row.contexte),
        ("Enjeux", _links(served, enjeux, pieces.to_enjeu)),
        ("Constats", _links(row.constat_ids or (), constats, pieces.to_constat)),
    ]
    staff, steps = row.moyens_humains_etp, row.etapes or ()
    return dict(
        id=row.action_id,
        title=row.titre,
        state=_state(row),
        place=Markup("{} › {}").format(
            pieces.link(row.axe, pieces.to_axis(row.axe_id)), pieces.link(row.objectif, pieces.to_axis(row.obj_id))
        ),
        why=why,
        what=[
            ("Description", _written(row.description)),
            ("Public", _written(row.public_cible)),
            ("Territoire", _written(row.territoire)),
            ("Calendrier", _written(span_text(row.calendrier_debut, row.calendrier_fin) or None)),
            *([] if set(row.jalons or ()) <= set(steps) else _if_written("Jalons", row.jalons)),
        ],
        steps=steps,
        who=[
            ("Pilote", _written(row.pilote)),
            *_if_written("Copilotes", row.copilotes),
            ("Partenaires", _written(row.partenaires)),
            ("Pilote à la Caf", _written(row.pilote_caf)),
        ],
        means=[
            ("Équivalents temps plein", quantity(staff) if pd.notna(staff) else UNSAID),
            *_if_written("Dispositifs de la Caf", row.dispositifs_caf),
            *_if_written("Liens", links(row)),
        ],
        money=_money(chapter, row, agrees),
        indicators=_indicators(chapter, row.action_id),
        after=[("Évaluation", _written(row.modalites_evaluation)), *_if_written("Risques", row.risques)],
        followup=_followup(chapter, row.action_id),
    )


def links(row) -> str:
    """The programmes that an action belongs to besides the convention."""
    named = [("PEDT", row.lien_pedt), ("service public de la petite enfance", row.lien_sppe)]
    return ", ".join(name for name, cell in named if pd.notna(cell) and cell)


def _written(cell: object) -> str:
    return pieces.text_of(cell) or UNSAID


def _if_written(label: str, cell: object) -> Facts:
    return [(label, _written(cell))] if pieces.text_of(cell) else []


def _links(ids, titles: pd.Series, address) -> pieces.Cell:
    return Markup("<br>").join(pieces.link(f"{name} {titles[name]}", address(name)) for name in ids) or UNSAID


def _state(row) -> str:
    words = [STATES[row.statut], f"version {row.version}", f"priorité {row.priorite}"]
    if row.statut != DROPPED and not pd.isna(row.valide_le):
        words[0] += f" le {date_text(row.valide_le)}"
    return " · ".join(words)


def _money(chapter: DemarcheChapter, row, agrees: bool) -> Markup:
    own = chapter.table("financements")
    own = own[own["action_id"].eq(row.action_id)]
    planned = {"fonctionnement": row.budget_fonct, "investissement": row.budget_invest}
    budget_text = ", ".join(f"{word} {euros(amount)}" for word, amount in planned.items() if pd.notna(amount))
    note = f"Budget : {budget_text or UNSAID}."
    if own.empty:
        return Markup("<p>{}</p>").format(texts.typography(f"{note} Aucun financement n'est inscrit."))
    header, lines = amounts(plan.by_financer(own))
    note += "" if agrees else " Les apports des financeurs ne font pas ce budget."
    return inner_table("Financement, en euros", header, lines, note, last_apart=True)


def _indicators(chapter: DemarcheChapter, action: str) -> Markup:
    rows = chapter.table("indicateurs_suivi")
    rows = rows[rows["action_id"].eq(action)]
    if rows.empty:
        return Markup("<p>{}</p>").format(texts.typography("Aucun indicateur n'est inscrit."))
    told = {
        "Indicateur": [_measured(chapter, row) for row in rows.itertuples(index=False)],
        "Sorte": rows["type"],
        "Départ": map(dated, rows["valeur_reference"], rows["date_reference"]),
        "Cible": map(dated, rows["cible"], rows["cible_date"]),
        "Recueilli par": rows["collecteur"].map(pieces.text_of).replace("", UNSAID),
    }
    return inner_table("Indicateurs", *pieces.by_column(told))


def _measured(chapter: DemarcheChapter, row) -> pieces.Cell:
    label = f"{row.libelle} ({row.unite})"
    indicator = CATALOGUE.get(row.indicateur) if isinstance(row.indicateur, str) else None
    return pieces.link(label, chapter.figure_of(indicator)) if indicator else label


def dated(value: float, moment: object) -> str:
    """A value and its date: « 44 (2023) »."""
    return f"{quantity(value)} ({date_text(moment)})" if isinstance(moment, str) else quantity(value)


def _followup(chapter: DemarcheChapter, action: str) -> Markup:
    last = plan.latest(chapter.table("suivi"))
    own = last[last["action_id"].eq(action)].itertuples()
    return Markup().join(pieces.link(f"Suivi {row.annee} : {row.statut}", pieces.to_followup(action)) for row in own)


def inner_table(
    caption: str, header: list[str], lines: list[list[pieces.Cell]], note: str = "", *, last_apart: bool = False
) -> Markup:
    """A table that stands within a sheet. last_apart: its last row is a total; the others are words."""
    marked = frozenset({len(lines) - 1} if last_apart else ())
    return Markup(markup.table(Table(caption, header, lines, note, marked, words=not last_apart)).html)


def amounts(by_financer: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """The header and the lines of a table of euros by financer and year. by_financer: see demarche.plan.by_financer."""
    lines = pieces.lines_of(by_financer, lambda value: number(value) if value else pieces.NOTHING)
    return ["Financeur", *map(str, by_financer.columns)], lines


ACTIONS, FUNDING = "demarche_actions.csv", "demarche_financements.csv"
APART = "Fonctionnement et investissement sont comparés à part : un écart nul peut en cacher deux qui se compensent."
COMPLETE = "Un indicateur de résultat est complet avec sa valeur de départ, sa cible, leurs dates et qui le recueille."
Marks = Sequence[tuple[float, str]]


class Strategy(DemarcheChapter):
    """The axes, the actions and their governance, with the verbs of chapter 15."""

    ANSWERS_FROM = ("axes", "actions")
    BEGINS_WITH = ("axes", "objectifs", "actions", "financements", "indicateurs_suivi", "instances", "reunions")

    def __init__(self, territory: Territory):
        super().__init__(territory)
        self.actions = plan.in_order(self.table("actions"), self.table("axes"), self.table("objectifs"))
        self.funding = plan.of_the_plan(self.table("financements"), self.actions)
        self._links = pieces.titled(self.actions["action_id"], self.actions["titre"], pieces.to_action)

    def _told(self) -> str:
        """How many axes, objectives and actions there are."""
        kept = len(active(self.actions))
        dropped = len(self.actions) - kept
        given_up = f", et {counted(dropped, 'action abandonnée', 'actions abandonnées')}" if dropped else ""
        axes, objectives = (counted(len(self.table(f"{name}s")), name) for name in ("axe", "objectif"))
        return f"{axes}, {objectives}, {counted(kept, 'action')}{given_up}"

    @needing("Axes, objectifs et actions", "axes", "objectifs", "actions")
    def tree(self) -> Html:
        """The axes, their objectives, their actions."""
        axes = self.table("axes").sort_values("ordre", kind="stable")
        branches = [self._axis(row) for row in axes.itertuples(index=False)]
        source = markup.source(self.source("axes", "objectifs", "actions"))
        return pieces.together(markup.piece("tree.html.j2", branches=branches), source)

    @needing("Fiches-action", "actions")
    def sheets(self) -> Html:
        """One fiche for each action, which prints on one page."""
        agreed = plan.reconciliation(self.actions, self.funding).set_index("action_id")["agrees"]
        rows = self.actions.itertuples(index=False)
        made = [sheet(self, row, agrees=agreed.get(row.action_id, True)) for row in rows]
        source = self.source("actions", "financements", "indicateurs_suivi")
        return pieces.together(markup.piece("actions.html.j2", actions=made), markup.source(source))

    @needing("Calendrier des actions", "actions")
    def gantt(self) -> Html:
        """The actions over the years of the convention."""
        return self._drawn(self.actions, (), "Calendrier des actions", by_axis=True)

    @needing("Actions liées au PEDT", "actions")
    def pedt(self, end: str) -> Html:
        """The actions of the PEDT beside the years in which PEDTs end. end: the indicator of these years."""
        rows = known.by_commune(self.territory, CATALOGUE[end])
        rows = rows[rows["status"].eq(OK)]
        marks = [
            (year + 0.5, f"{year:.0f} : fin du PEDT de {counted(len(names), 'commune')} ({texts.listed(list(names))})")
            for year, names in rows.groupby("value")["name"]
        ]
        tied = self.actions[self.actions["lien_pedt"].fillna(False).astype(bool)]
        sources = [known.source(self.territory, rows)] if len(rows) else []
        return self._drawn(tied, marks, "Actions liées au PEDT", *sources)

    @needing("Actions liées au service public de la petite enfance", "actions")
    def sppe(self) -> Html:
        """The actions of the service public de la petite enfance beside the dates of the law."""
        thresholds = read_thresholds(data_root().reference / "seuils.yml").values()
        duties = pd.Series({one.obligation: one.date for one in thresholds if one.obligation in DUTIES})
        dated = duties.groupby(duties)
        marks = [(plan.as_year(day), f"{date_text(day)} : {', '.join(own.index)}") for day, own in dated]
        tied = self.actions[self.actions["lien_sppe"].fillna(False).astype(bool)]
        law = "Dates de la loi : voir les textes de référence du chapitre « Petite enfance »."
        what = "Actions liées au service public de la petite enfance"
        return self._drawn(tied, marks, what, texts.typography(law))

    def obligations(self) -> Html:
        """What is due here by the law, the branch and the convention, the first first; what could not be read in its
        text is said below.
        """
        reference, territory = settings().reference, self.territory
        dated = load_yaml(reference / "obligations.yml", list[Obligation]).value
        lines = [(one.pour, f"{one.quoi} ({one.tous_les})", one.qui, one.texte) for one in dated]
        of_data = known.by_commune(territory, CATALOGUE[PEOPLE]).set_index("territory")["value"]
        people = territory.communes.set_index("code")["total_population"].fillna(of_data)  # none where it is invented
        lines += [
            (duty.date, DONE[duty.obligation], asked_of(duty, people), ARTICLE.match(duty.source)[0])
            for duty in read_thresholds(reference / "seuils.yml").values()
            if duty.obligation in DONE
        ]
        if years := territory.years_of_convention:
            lines.append((datetime.date(years[1], 12, 31), *OF_CONVENTION))
        today = pd.Timestamp(max(territory.received.values())).date()  # of the data: a page is the same on all days
        rows = [[f"{'depuis le ' * (day <= today)}{date_text(day)}", *told] for day, *told in sorted(lines)]
        unread = " ".join(f"{one.quoi} : {one.a_verifier}" for one in dated if one.a_verifier)
        return pieces.table(DUE, DUE_HEADER, rows, "les textes cités.", f"À vérifier. {unread}")

    def budget(self) -> pd.DataFrame:
        """The money of the plan by financer and year, with its sums. Columns: label, année, value (euros), text."""
        if box := self.missing("Financement des actions", "actions", "financements"):
            return pieces.nothing(box)
        rows = pieces.by_cell(plan.by_financer(self.funding).rename(columns=str), "année", thousands)
        return pieces.result(rows.assign(text=rows["text"].where(rows["value"].ne(0), pieces.NOTHING)), budget_words)

    @needing("Équilibre du budget", "actions", "financements")
    def balance(self) -> Html:
        """Whether what the financers bring makes the budget of each action."""
        rows = plan.reconciliation(self.actions, self.table("financements"))
        apart = rows[~rows["agrees"]]
        planned, brought = euros(rows["budget"].sum()), euros(rows["brought"].sum())
        totals = f"Budgets des actions : {planned} ; apports des financeurs : {brought}."
        if apart.empty:
            return markup.reading(
                "Le budget est équilibré : pour chaque action, les apports des financeurs font son budget.", totals
            )
        sentence = f"Le budget n'est pas équilibré pour {counted(len(apart), 'action')} sur {len(rows)}."
        told = {
            "Action": apart["action_id"].map(self._links),
            "Budget": apart["budget"].map(euros),
            "Apports des financeurs": apart["brought"].map(euros),
            "Écart": (apart["brought"] - apart["budget"]).map(euros),
        }
        source = self.source("actions", "financements")
        made = pieces.table("Les budgets à revoir", *pieces.by_column(told), source, APART)
        return pieces.together(markup.reading(sentence, totals), made)

    def load(self) -> pd.DataFrame:
        """What each pilote leads. Columns: label, value (actions), text, then those of `plan.load`."""
        if box := self.missing("Charge des pilotes", "actions"):
            return pieces.nothing(box)
        rows = plan.load(self.actions, self.funding)
        named = [texts.typography(texts.capitalised(text)) for text in rows["pilote"]]
        return pieces.result(rows.assign(label=named, value=rows["count"], text=rows["count"].map(str)), load_words)

    @needing("Instances de la gouvernance", "instances")
    def bodies(self) -> Html:
        """The bodies of the governance."""
        rows = self.table("instances")
        named = rows["instance"].where(rows["instance"].eq(rows["type"]), rows["instance"] + " (" + rows["type"] + ")")
        told = {
            "Instance": map(pieces.anchored, named, "instance-" + rows["instance"]),
            "Rôle": rows["role"],
            "Composition": rows["composition"].map(pieces.written),
            "Présidence": rows["presidence"].map(pieces.written),
            "Fréquence": rows["frequence"].map(pieces.written),
            "Secrétariat": rows["secretariat"].map(pieces.written),
        }
        return pieces.table("Les instances", *pieces.by_column(told), self.source("instances"))

    @needing("Réunions des instances", "instances", "reunions")
    def meetings(self) -> Html:
        """The meetings held and planned, with their attendance."""
        rows = self.table("reunions")
        held = rows["presents"].notna()
        told = {
            "Instance": rows["instance"],
            "Date": rows["date"].map(date_text),
            "Réunion": held.map({True: "tenue", False: "prévue"}),
            "Présents sur invités": [
                pieces.attended(*row, pieces.NOTHING) for row in rows[["presents", "invites"]].itertuples(index=False)
            ],
        }
        planned = int((~held).sum())
        sentence = f"{counted(int(held.sum()), 'réunion tenue', 'réunions tenues')}"
        sentence += f", {counted(planned, 'prévue', 'prévues')}." if planned else "."
        made = pieces.table("Réunions des instances", *pieces.by_column(told), self.source("reunions"))
        return pieces.together(markup.reading(sentence), made)

    @needing("Décisions des instances", "reunions")
    def decisions(self) -> Html:
        """The decisions of the bodies, the newest first."""
        return self.decided_since(datetime.MINYEAR)

    @needing("Couverture des enjeux", "enjeux", "actions")
    def coverage(self) -> Html:
        """Whether each retained enjeu has an action, and each action what it needs."""
        rows = plan.coverage(self.table("enjeux"), self.actions, self.table("objectifs"))
        needs = plan.completeness(self.actions, self.table("financements"), self.table("indicateurs_suivi"))
        cited = self.source("enjeux", "actions", "financements", "indicateurs_suivi")
        bare = list(rows.loc[~rows["covered"], "enjeu_id"])
        how_many = counted(len(bare), "enjeu retenu n’a", "enjeux retenus n’ont")
        every = "Chaque enjeu retenu a une action au moins."
        served = f"{how_many} pas d'action : {texts.listed(bare)}." if bare else every
        lacking = needs[~needs[list(plan.NEEDS)].all(axis=1)]
        if lacking.empty:
            whole = "a un pilote, un calendrier, un budget, ses financeurs et un indicateur de résultat complet"
            return pieces.together(markup.reading(f"{served} Chaque action {whole}."), markup.source(cited))
        incomplete = counted(len(lacking), "action est incomplète", "actions sont incomplètes")
        told = {"Action": lacking["action_id"].map(self._links)}
        told |= {title: lacking[name].map({True: pieces.YES, False: pieces.NO}) for name, title in plan.NEEDS.items()}
        made = pieces.table("Ce que chaque action doit avoir", *pieces.by_column(told), cited, COMPLETE)
        return pieces.together(markup.reading(f"{served} {incomplete} sur {len(needs)}."), made)

    @property
    def years(self) -> str:
        """The years of the plan, « 2025-2028 »."""
        first, last = self.span
        return f"{first}-{last}"

    def _axis(self, row) -> dict[str, object]:
        objectives = self.table("objectifs")
        own = objectives[objectives["axe_id"].eq(row.axe_id)]
        grown = [self._objective(objective) for objective in own.itertuples(index=False)]
        return {"id": f"but-{row.axe_id}", "kind": f"Axe {row.ordre}", "title": row.titre, "branches": grown}

    def _objective(self, row) -> dict[str, object]:
        until = f"\u202f; échéance {row.echeance}" if isinstance(row.echeance, str) else ""
        enjeux = pieces.links(row.enjeux, pieces.to_enjeu)
        beside = Markup(' <span class="marks">(enjeux\u00a0: {}{})</span>').format(enjeux, until)
        own = self.actions[self.actions["obj_id"].eq(row.obj_id)]
        grown = [{"beside": self._leaf(action)} for action in own.itertuples(index=False)]
        named = {"id": f"but-{row.obj_id}", "kind": "Objectif", "title": row.titre}
        return {**named, "beside": beside, "branches": grown}

    def _leaf(self, row) -> Markup:
        labels = [text for text in ("abandonnée" if row.statut == DROPPED else "", links(row)) if text]
        beside = Markup(' <span class="marks">({})</span>').format(", ".join(labels)) if labels else Markup("")
        return self._links[row.action_id] + beside

    def _drawn(self, actions: pd.DataFrame, marks: Marks, what: str, *sources: str, by_axis: bool = False) -> Html:
        rows = plan.in_time(actions)
        without = list(actions.loc[~actions["action_id"].isin(rows["action_id"]), "action_id"])
        note = "Bande claire : durée de la convention."
        note += f" Sans calendrier : {texts.listed(without)}." if without else ""
        if rows.empty:
            return pieces.plain(f"{what} : aucune.", note if without else "")
        rows = rows.assign(
            label=rows["action_id"] + " " + rows["titre"],
            group=rows["axe"] if by_axis else "",
            dropped=rows["statut"].eq(DROPPED),
        )
        told = {
            "Action": rows["label"],
            "Calendrier": map(span_text, rows["calendrier_debut"], rows["calendrier_fin"]),
            "État": rows["statut"].where(rows["dropped"], "active"),
            "Axe": rows["axe"],
        }
        said = pieces.words(
            Listing(*pieces.by_column(told)),
            pieces.Origin(cited_with(self.source("actions"), *sources), self.years, ACTIONS),
            title=_beginnings(rows.loc[~rows["dropped"], "begin"].astype(int)),
            what=what,
            note=note,
        )
        return pieces.drawn(plan_charts.gantt(rows, self.span, marks), rows, said)


open_strategy = Strategy.open


def budget_words(chapter: Strategy, rows: pd.DataFrame) -> Words:
    """Who brings the most. rows: of `budget`."""
    table = pieces.by_name(rows, "année", "value")
    header, lines = amounts(table)
    return pieces.words(
        Listing([f"{header[0]}, en euros", *header[1:]], lines),
        pieces.Origin(chapter.source("financements"), chapter.years, FUNDING),
        title=pieces.first_financer(table),
        what="Financement des actions, par financeur et par année (milliers d'euros)",
    )


def load_words(chapter: Strategy, rows: pd.DataFrame) -> Words:
    """Who leads the most actions. rows: of `load`."""
    top = rows.loc[rows["value"].idxmax()]
    told = {
        "Pilote": rows["label"],
        "Actions": rows["text"] + " (" + rows["actions"].map(", ".join) + ")",
        "Dont priorité 1": rows["first"].map(str),
        "Équivalents temps plein": [pieces.UNKNOWN if pd.isna(full) else number(full, 1) for full in rows["etp"]],
        "Financements": rows["budget"].map(euros),
    }
    return pieces.words(
        Listing(*pieces.by_column(told)),
        pieces.Origin(chapter.source("actions"), chapter.years, ACTIONS),
        title=f"{counted(top['value'], 'action')} pour le pilote le plus chargé : {top['pilote']}",
        what="Actions par pilote (nombre)",
    )


def _beginnings(years: pd.Series) -> str:
    """How many actions there are and when the first ones begin. years: that of the beginning of each."""
    count = counted(len(years), "action")
    first = years.eq(years.min()).sum()
    if first == len(years):
        return f"{count} dès {years.min()}" if len(years) else count
    return f"{count}, dont {first} {'commence' if first == 1 else 'commencent'} en {years.min()}"


DUE = "Ce qui est dû, par date"
DUE_HEADER = ["Pour le", "Quoi", "Qui", "Texte"]
ARTICLE = re.compile(r".*?(?= ;| \(|$)")  # of a source that goes on with who cites it
DONE = {
    "deux missions": "Recenser les besoins et les modes d'accueil du jeune enfant, informer les familles",
    "quatre missions": "Planifier l'accueil du jeune enfant, en soutenir la qualité",
    "schéma pluriannuel": "Schéma pluriannuel de l'offre d'accueil du jeune enfant",
    "relais petite enfance": "Relais petite enfance",
}
OF_CONVENTION = "Fin de la convention territoriale globale", "Caf et collectivités signataires", "La convention"


class Obligation(BaseModel, frozen=True, extra="forbid"):
    """Something due: what, by whom, its next last day, how often, its text, where it was read, what could not be."""

    quoi: str
    qui: str
    pour: Annotated[datetime.date, BeforeValidator(datetime.date.fromisoformat)]
    tous_les: str
    texte: str
    source: str
    a_verifier: str = ""


def asked_of(duty: Threshold, people: pd.Series) -> str:
    """Of whom a duty of the service public de la petite enfance is asked here. people: of the communes.

    >>> hub = Threshold(obligation="relais petite enfance", seuil=10000, texte="", source="", date="2026-01-01")
    >>> asked_of(hub, pd.Series([1500.0, 9000])).replace("\\u202f", " ")
    "aucune commune ; l'intercommunalité (10 500 habitants) si toutes lui confient la compétence"
    >>> asked_of(hub, pd.Series([1500.0, 12000])).partition(" ;")[0]
    '1 des 2 communes'
    """
    if duty.seuil is None:
        return "chaque commune, ou l'intercommunalité à qui elle l'a confié"
    bound, whole = people.gt(duty.seuil).sum(), people.sum()
    here = f"{bound} des {len(people)} communes" if bound else "aucune commune"
    if whole <= duty.seuil:
        return here
    return f"{here} ; l'intercommunalité ({number(whole)} habitants) si toutes lui confient la compétence"
