"""The convention, the fiches-action and the letters, as Word files that people edit."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from ctg_analysis.chapter.missing import Request
from ctg_analysis.chapter.synthesis import MessageText, messages
from ctg_analysis.chapter.territory import Territory, open_territory
from ctg_analysis.demarche.columns import ACTIVE, FIELDS, Id, Row, Whole, first_day, last_day, lines
from ctg_analysis.demarche.consistency import active
from ctg_analysis.demarche.declared_tables import TABLES
from ctg_analysis.demarche.material_files import MaterialFiles, no_convention, open_material
from ctg_analysis.demarche.plan import enjeux_by_action, in_order, of_the_plan
from ctg_analysis.demarche.proof_checks import breaks
from ctg_analysis.display.quantities import amount, counted
from ctg_analysis.display.texts import capitalised, date_text, listed, span_phrase
from ctg_analysis.model.errors import InputError, extra
from ctg_analysis.model.scratch import alone, scratch
from ctg_analysis.model.settings import DataRoot, project_path
from ctg_analysis.model.source import SOURCES
from ctg_analysis.model.yaml_files import load_yaml
from ctg_analysis.pipeline.checks import proofs_of_few_answers
from ctg_analysis.pipeline.faults import must_be_sound
from ctg_analysis.pipeline.run import ensure
from ctg_analysis.publish import word
from ctg_analysis.publish.flash import issue_page

VALIDATED, VALIDATED_CONSTAT, DRAFT = "validée", "validé", "projet"
NONE, TOTAL, RESULT = "–", "Total", "résultat"
ORDER = [value for name in ("financeur", "nature") for value in TABLES["financements"].columns[name].kind.choices]
BY_WHOM = {
    "commune": "les communes",
    "EPCI": "l'intercommunalité",
    "syndicat": "un syndicat",
    "association": "une association",
}


@dataclass(frozen=True)
class Dossier:
    """The field material of a territory, the names of its places by code, and what the diagnosis says of it.

    convention: its row. messages: those of the synthèse, in the words of the report. date: of the newest data, ISO.
    """

    material: MaterialFiles
    convention: Any
    names: Mapping[str, str]
    messages: tuple[MessageText, ...]
    date: str
    fictional: bool

    @property
    def territory(self) -> str:
        """Return the name of the EPCI."""
        return self.names[self.material.epci]

    @property
    def since_signature(self) -> datetime.date | None:
        """Return the day the convention was validated, when its lists and annexes are of a later one."""
        signed = self.convention.validee_le if self.convention.statut == VALIDATED else None
        return signed if signed and f"{signed:%Y-%m-%d}" < self.date else None

    @property
    def actions(self) -> pd.DataFrame:
        """Return the actions that were not given up, see `plan.in_order`."""
        return in_order(active(self.material["actions"]), self.material["axes"], self.material["objectifs"])

    @property
    def years(self) -> list[int]:
        """Return the years of the convention."""
        return list(range(first_day(self.convention.debut).year, last_day(self.convention.fin).year + 1))


def lists(dossier: Dossier) -> dict[str, object]:
    """Return what the articles and the annexes of a convention list: what the field material says, no more, no less."""
    material, enjeux, followed = dossier.material, dossier.material["enjeux"], dossier.material["indicateurs_suivi"]
    actions = [sheet(row, dossier) for row in lines(dossier.actions)]
    budgets = of_the_plan(material["financements"], material["actions"])
    results = followed["type"].eq(RESULT) & followed["action_id"].isin(dossier.actions["action_id"])
    constats = material["constats"][material["constats"]["statut"].eq(VALIDATED_CONSTAT)]
    columns = [*map(str, dossier.years), TOTAL]
    unpaid = {"colonnes": columns, "lignes": [], "total": {"nom": TOTAL, "montants": [NONE] * len(columns)}}
    return {
        "champs": FIELDS,
        "enjeux": lines(enjeux[enjeux["retenu"].eq(True).fillna(False)]),
        "axes": [_axis(axis, dossier, actions) for axis in lines(material["axes"].sort_values("ordre", kind="stable"))],
        "services": _services(dossier),
        "competences": _competences(dossier),
        "actions": actions,
        "financements": funding(budgets, dossier.years, ["financeur"]) or unpaid,
        "natures": funding(budgets, dossier.years, ["nature"]) or unpaid,
        "instances": lines(material["instances"]),
        "resultats": lines(followed[results]),
        "calendrier": lines(material["calendrier"]),
        "messages": dossier.messages,
        "constats": [{"champ": champ, "lignes": lines(kept)} for champ, kept in constats.groupby("champ", sort=False)],
    }


def sheet(row, dossier: Dossier) -> dict[str, object]:
    """Return an action with all that its fiche says. row: of `Dossier.actions`, see `lines`."""
    material = dossier.material
    served = enjeux_by_action(dossier.actions, material["objectifs"])[row.action_id]
    own, followed = material["financements"], material["indicateurs_suivi"]
    return {
        "action": row,
        "projet": row.statut == DRAFT,
        "pilotes": tuple(filter(None, (row.pilote, *(row.copilotes or ())))),
        "enjeux": list(material["enjeux"].set_index("enjeu_id")["titre"][served]),
        "constats": list(material["constats"].set_index("constat_id")["enonce"][list(row.constat_ids or ())]),
        "financement": funding(own[own["action_id"].eq(row.action_id)], dossier.years, ["financeur", "nature"]),
        "indicateurs": lines(followed[followed["action_id"].eq(row.action_id)]),
    }


def funding(budgets: pd.DataFrame, years: list[int], by: list[str]) -> dict[str, object]:
    """Return what financers bring by year, with the totals of lines and years, and of all; nothing where there is none.

    budgets: columns financeur, annee, nature, montant (euros). by: the columns whose values name a line, in the order
    of the declared values.
    """
    if budgets.empty:
        return {}
    sums = budgets.pivot_table(index=by, columns="annee", values="montant", aggfunc="sum", fill_value=0.0)
    sums = sums.reindex(columns=years, fill_value=0.0)
    sums = sums.sort_index(level=by[::-1], key=lambda names: names.map(ORDER.index))
    names = [capitalised(", ".join(line if isinstance(line, tuple) else (line,))) for line in sums.index]
    written = [
        {"nom": name, "montants": [amount(euros) if euros else NONE for euros in (*line, line.sum())]}
        for name, line in zip([*names, TOTAL], [*sums.to_numpy(), sums.sum().to_numpy()], strict=True)
    ]
    return {"colonnes": [*map(str, years), TOTAL], "lignes": written[:-1], "total": written[-1]}


def _axis(axis, dossier: Dossier, sheets: list[dict]) -> dict[str, object]:
    """Return an axis with its objectives, its actions and what these are measured by. sheets: of all actions."""
    objectives, followed = dossier.material["objectifs"], dossier.material["indicateurs_suivi"]
    actions = [one for one in sheets if one["action"].axe_id == axis.axe_id]
    return {
        "numero": axis.ordre,
        "titre": axis.titre,
        "objectifs": list(objectives.loc[objectives["axe_id"].eq(axis.axe_id), "titre"]),
        "actions": actions,
        "indicateurs": lines(followed[followed["action_id"].isin([one["action"].action_id for one in actions])]),
    }


def _services(dossier: Dossier) -> dict[str, object]:
    """Return the services in service by field, with their means: a sum that lacks a part is not known."""
    table = dossier.material["equipements_services"]
    kept = table[table["statut"].eq(ACTIVE)].fillna({"gestionnaire": NONE})
    kept = kept.assign(rank=kept["champ"].map(FIELDS.index), lieu=kept["commune"].map(dossier.names))
    kept = kept.sort_values(["rank", "commune", "service_id"], kind="stable")

    def means(rows: pd.DataFrame) -> dict[str, object]:
        sums = rows[["soutien_collectivite_eur", "ps_caf_eur"]].sum(skipna=False)
        return {"lignes": lines(rows), "collectivites": sums.iloc[0], "caf": sums.iloc[1]}

    fields = [{"champ": champ} | means(rows) for champ, rows in kept.groupby("champ", sort=False)]
    return {"champs": fields} | means(kept)


def _competences(dossier: Dossier) -> list[dict[str, str]]:
    """Return who exercises each competence, and where when it is not the same everywhere."""
    rows = dossier.material["competences"]
    if rows.empty:
        return [{"competence": "À compléter", "par": NONE, "ou": NONE}]
    rows = rows.sort_values("competence", key=lambda names: names.map(list(names.unique()).index), kind="stable")
    exercised = []
    for (competence, who), places in rows.groupby(["competence", "exercee_par"], sort=False)["territoire"]:
        everywhere = places.eq(dossier.material.epci).any()
        where = "tout le territoire" if everywhere else listed([dossier.names[code] for code in places])
        exercised.append({"competence": competence, "par": BY_WHOM[who], "ou": where})
    return exercised


class ReferenceArticle(Row):
    """An article of reference."""

    no: Whole
    titre: str
    texte_md: str


class Reference(Row):
    """The texts of reference. a_verifier: what is still to be checked before anyone signs them."""

    version: Id
    a_verifier: str
    preambule: str
    vu: tuple[str, ...] = Field(min_length=1)
    articles: tuple[ReferenceArticle, ...] = Field(min_length=1)

    def text(self, number: int) -> str:
        """Return the text of an article; nothing when there is none of that number."""
        return next((article.texte_md for article in self.articles if article.no == number), "")


def read_reference() -> Reference:
    """Return the texts of reference of data/reference/convention."""
    return load_yaml(word.models() / word.REFERENCE, Reference).value


PROJECT = "projet"
FICTIONAL = "Territoire fictif. Tout est inventé : ce document montre ce que l'outil sait faire."


def convention_context(dossier: Dossier, reference: Reference) -> dict[str, object]:
    """Return what the tags of the template of the convention stand for."""
    convention = dossier.convention
    doubt = f"{reference.a_verifier} Version {reference.version}." if convention.statut == PROJECT else ""
    signed, parties = dossier.since_signature, lines(dossier.material["signataires"])
    return (
        common(dossier)
        | lists(dossier)
        | {
            "periode": span_phrase(first_day(convention.debut), last_day(convention.fin)),
            "parties": [_party(party) for party in parties],
            "vu": convention.vu or reference.vu,
            "vu_doute": "" if convention.vu else doubt,
            "preambule": word.paragraphs(convention.preambule or reference.preambule),
            "preambule_doute": "" if convention.preambule else doubt,
            "articles": [
                {
                    "titre": article.titre,
                    "texte": word.paragraphs(article.texte or reference.text(article.no)),
                    "doute": "" if article.texte else doubt,
                    "listes": article.listes or (),
                }
                for article in lines(dossier.material["articles"])
            ],
            "signataires": parties,
            "annexes": lines(dossier.material["annexes"]),
            "donnees_du": date_text(dossier.date),
            "signee_le": date_text(signed) if signed else "",
        }
    )


def common(dossier: Dossier) -> dict[str, object]:
    """Return what the tags of every template stand for."""
    convention = dossier.convention
    project = convention.statut == PROJECT
    approved = f", validée le {date_text(convention.validee_le)}" if convention.validee_le else ", validée"
    return {
        "intitule": convention.intitule,
        "territoire": dossier.territory,
        "version": convention.version,
        "projet": project,
        "statut": f"Projet, version {convention.version}" if project else f"Version {convention.version}{approved}",
        "fictif": FICTIONAL if dossier.fictional else "",
    }


def _party(party: Any) -> str:
    who = party.representant or (f"sa {party.qualite}" if party.qualite else "")
    by = f", représentée par {who}" if who else ""
    role = f", {party.qualite}" if party.representant and party.qualite else ""
    number, day = party.deliberation_no, date_text(party.deliberation_date)
    allowed = f", autorisée par la délibération n° {number}{f' du {day}' if day else ''}" if number else ""
    return f"{party.nom}{by}{role}{allowed} ;"


def contexts(dossier: Dossier) -> dict[str, dict[str, object]]:
    """Return, by action, what the tags of the template of a fiche-action stand for."""
    return {
        row.action_id: common(dossier) | sheet(row, dossier) | {"numero": row.action_id, "version": row.version}
        for row in lines(dossier.actions)
    }


def letters(seen: Territory, asked: Mapping[str, Sequence[Request]], date: str) -> dict[str, bytes]:
    """The letters to partners, by partner. asked: of their figures, each with a form. date: ISO, of the files."""
    fillings = [_letter(seen, partner, requests, date) for partner, requests in asked.items()]
    return dict(zip(asked, word.fill_each(fillings), strict=True))


def _letter(seen: Territory, partner: str, requests: Sequence[Request], date: str) -> word.Filling:
    figures = {figure.label for request in requests for figure in request.figures}
    secrets = dict.fromkeys(SOURCES[request.source].secrecy.reason.removeprefix("arrondi ") for request in requests)
    context = {
        "territoire": seen.row["name"],
        "fictif": FICTIONAL if seen.root.fictional else "",
        "partenaire": partner,
        "nombre": counted(len(figures), "chiffre"),
        "demandes": requests,
        "arrondi": " ou ".join(secrets),
    }
    template = word.template(word.LETTER, seen.root, seen.epci)
    return word.Filling(template, context, f"Demande de données, {partner}", date)


SHEETS = "fiches_action"


def write_convention(epci: str, root: DataRoot, out: Path) -> tuple[list[Path], str]:
    """Write the convention and the fiches-action; return their places, and a warning."""
    dossier = read_dossier(epci, root)
    paths = word.write(out, epci, convention_documents(dossier, root), alone_in=SHEETS)
    if not (signed := dossier.since_signature):
        return paths, ""
    of_now = f"ses chiffres, ses listes et ses annexes sont du {date_text(dossier.date)} : garder le texte signé"
    return paths, f"{project_path(paths[0])} : validée le {date_text(signed)}, {of_now}"


def write_issue(epci: str, root: DataRoot, number: int | None, out: Path, today: str = "") -> Iterator[Path]:
    """Write an issue of the info flash as a page, then as a PDF, and yield each when it is there.

    today: the day from which it is read, ISO; by default the date of the issue.
    """
    with extra("documents"):
        from ctg_analysis.publish.pdf import write_pdf
    issue, html = issue_page(epci, root, number, today)
    name, home, lock = f"info_flash_{issue.numero}", word.place(out, epci).parent, f"flash{epci}"
    yield from word.write(out, epci, {f"{name}.html": html.encode("utf-8")})
    with alone(home, lock, f"{epci} : info flash imprimé"), scratch(home, lock) as folder:
        pdf = folder / f"{name}.pdf"
        write_pdf(html, pdf, last_day(today or issue.date).isoformat())
        yield from word.write(out, epci, {pdf.name: pdf.read_bytes()})


def convention_documents(dossier: Dossier, root: DataRoot) -> dict[str, bytes]:
    """Return the convention and the fiches-action, by the names of their files."""
    reference = read_reference()
    made = {word.CONVENTION: (word.CONVENTION, convention_context(dossier, reference), dossier.convention.intitule)}
    made |= {
        f"{SHEETS}/{action}.docx": (word.ACTION_SHEET, context, f"Fiche-action {action}")
        for action, context in contexts(dossier).items()
    }
    models = {model: word.template(model, root, dossier.material.epci) for model, *_ in made.values()}
    fillings = [word.Filling(models[model], context, title, dossier.date) for model, context, title in made.values()]
    return dict(zip(made, word.fill_each(fillings), strict=True))


def read_dossier(epci: str, root: DataRoot) -> Dossier:
    """Return what the convention is made of.

    Raises:
        InputError: forms or material that cannot be trusted, or whose chain does not hold; no convention yet.
    """
    ensure(root)
    must_be_sound(root, epci)
    seen = open_territory(epci, root)
    material = open_material(root, epci, seen.territories)
    breaks_of_chain = breaks(material.tables, seen.observations, seen.territories, epci)
    if findings := [*breaks_of_chain, *proofs_of_few_answers(root, material)]:
        raise InputError(findings)
    if material.convention is None:
        raise InputError([no_convention(material)])
    places = seen.territories[seen.territories["level"].isin(["epci", "commune"])]
    names, date = places.set_index("code")["name"].to_dict(), max(seen.received.values())
    return Dossier(material, material.convention, names, tuple(messages(seen)), date, root.fictional)
