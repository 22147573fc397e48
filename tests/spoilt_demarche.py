"""Copies of the invented démarche, each spoilt in ways of one sort, and what `ctg check` says of them."""

from pathlib import Path

from material_files import add, change, copy_of, found_in, line_of

from ctg_analysis.demarche.declared_tables import PUBLIC
from ctg_analysis.model.settings import EXAMPLE_EPCI, DataRoot


def told_of_each(example: DataRoot, folder: Path) -> list[str]:
    """Return a line for each sort of faults, then one for each finding, in French as the command says it."""
    lines = []
    for number, spoil in enumerate((files_and_cells, documents, references, survey, chain, dates, persons)):
        root = copy_of(example, folder / str(number))
        spoil(root.material(EXAMPLE_EPCI), root.restricted_material(EXAMPLE_EPCI))
        said = [str(finding).replace(f"{root.path}/", "") for finding in found_in(root)]
        lines += [f"# {spoil.__doc__}", *said, ""]
    return lines[:-1]


def change_of(path: Path, key: str, value: str, **cells: str) -> None:
    """Write values in some cells of the line whose key has a value."""
    line = line_of(path, key, value)
    for column, text in cells.items():
        change(path, line, column, text)


def files_and_cells(public: Path, private: Path) -> None:
    """Files that nothing reads or that cannot be read, columns that are lacking, cells of another sort."""
    lines = (public / "axes.csv").read_text(encoding="utf-8").splitlines()
    (public / "axes.csv").write_bytes("\n".join([*lines[:2], "A9;Parentalité;2", *lines[2:]]).encode("windows-1252"))
    again = {"constat_id": "C01", "champ": "handicap", "enonce": "Encore", "type": "atout", "force_preuve": "1"}
    add(public / "constats.csv", **again, statut="proposé")
    add(public / "codebook.csv", code="LECTURE")  # begins as a foot of table does
    change(public / "extraits.csv", 4, "code", "PE_INCONNU")
    change(public / "reunions.csv", 5, "date", "01/19/2025")
    change(public / "suivi.csv", 2, "statut", "en retard")
    change(public / "instances.csv", 1, "role", "mission")
    change(public / "documents.csv", 3, "titre", "=HYPERLINK(1)")
    change(public / "enjeux.csv", 2, "transversal", "peut-être")
    change(public / "actions.csv", 3, "priorite", "9")  # one fault: what names the line is not told besides
    (public / "actions_v2.csv").write_text("action_id\n", encoding="utf-8")
    (public / "actions.xls").write_bytes(b"x")


def documents(public: Path, private: Path) -> None:
    """What the team writes itself: values that are none, totals that contradict each other, what is lacking."""
    change(public / "info_flash.csv", 2, "chiffres_cles", "births_count+2023|inconnu_count+999999999+2023")
    change(public / "info_flash.csv", 3, "chiffres_cles", "inconnu_count+999999999+2023")
    change(public / "info_flash.csv", 4, "edito_texte", "Merci à tous.")
    change(public / "info_flash_dates.csv", 2, "numero", "9")
    change(public / "convention.csv", 2, "statut", "signée")
    change(public / "convention.csv", 2, "fin", "31/13/2027")
    change(public / "articles.csv", 3, "listes", "champs|tout")
    change(public / "consultation.csv", 2, "envoyes", "400")
    change(public / "consultation.csv", 2, "commences", "500")
    change(public / "consultation.csv", 2, "termines", "650")
    add(public / "synthese.csv", place="mot", texte="Un mot.")
    add(public / "synthese.csv", place="atout", indicateur="births_count")
    (public / "synthese.yml").write_text("atouts: [&a poverty_rate, *a]\n", encoding="utf-8")


def references(public: Path, private: Path) -> None:
    """An id that no table has, in each column that names one, and proofs that name nothing."""
    for kind, ref in (
        ("enquête", "question_absente"),
        ("entretien", "X999"),
        ("document", "D99+3"),
        ("atelier", "K99"),
        ("indicateur", f"births_count+{EXAMPLE_EPCI}"),
        ("indicateur", f"unknown_count+{EXAMPLE_EPCI}+2023"),
    ):
        read = {"lecture": "au moins", "repere": "1"} if kind == "indicateur" else {}
        add(public / "preuves.csv", constat_id="C01", type=kind, ref=ref, sens="nuance", **read)
    add(public / "votes.csv", atelier_id="SEM2", bulletin="B99", objet_id="E77", type_votant="élu", points="5")
    for table in PUBLIC.values():
        for column in (name for name, declared in table.columns.items() if declared.of):
            change(public / table.file, 2, column, "ZZZ9")


def survey(public: Path, private: Path) -> None:
    """Answers that the questionnaire does not expect, margins of other codes."""
    questions, answers = public / "questionnaire.csv", private / "reponses.csv"
    change(answers, 1, "satisfaction", "satisfaction_2023")
    change(answers, 9, "connait_evs", "peut-etre")
    change(answers, 12, "connait_evs", "peut-etre")
    change_of(answers, "horaires_atypiques", "parfois", temps_travail="une heure")
    change_of(questions, "q_id", "isolement", sensible="oui")
    change_of(questions, "q_id", "sexe", modalites="F=une femme")
    change(public / "marges.csv", 2, "modalite", "X")
    change_of(public / "enquete_precedente.csv", "modalite", "va", q_id="connait_le_centre")


def chain(public: Path, private: Path) -> None:
    """A chain that does not hold: what no one leads, pays, measures or proves."""
    actions = public / "actions.csv"
    change_of(actions, "action_id", "F04", pilote="", calendrier_debut="", calendrier_fin="", indicateurs_resultat="")
    change_of(actions, "action_id", "F04", budget_fonct="99000", budget_invest="")
    for action in ("F06", "F07"):
        change_of(actions, "action_id", action, statut="abandonnée")
    lines = (public / "financements.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("F13;")]
    (public / "financements.csv").write_text("\n".join([*kept, ""]), encoding="utf-8")
    lacking = dict.fromkeys(("valeur_reference", "date_reference", "cible", "cible_date", "collecteur"), "")
    change_of(public / "indicateurs_suivi.csv", "ind_id", "F08-T2", **lacking)
    change_of(public / "enjeux.csv", "enjeu_id", "E02", motif="", decide_le="")
    change_of(public / "constats.csv", "constat_id", "C11", force_preuve="2")
    change_of(public / "constats.csv", "constat_id", "C16", force_preuve="3")
    change_of(public / "preuves.csv", "constat_id", "C08", sens="contredit")
    change(public / "ateliers.csv", 2, "presents", "30")
    for line in (3, 5):
        change(public / "articles.csv", line, "texte", "")
    for line in range(2, 9):
        change(private / "reponses_sensibles.csv", line, "handicap_obstacles", "NC")  # 19 answers are left


def dates(public: Path, private: Path) -> None:
    """What is before, after or outside the convention, or ends before it begins; a payment that is no number."""
    change(public / "financements.csv", 3, "montant", "mille")  # and no budget is said not to be paid besides
    change_of(public / "actions.csv", "action_id", "F04", calendrier_debut="2023-12", calendrier_fin="2028")
    followed, paid = public / "indicateurs_suivi.csv", public / "financements.csv"
    change_of(followed, "ind_id", "F04-T2", cible_date="2035", date_reference="2025-06")
    change_of(followed, "ind_id", "F08-T2", cible_date="2023", date_reference="2023")
    change_of(paid, "annee", "2027", annee="2029")
    change_of(public / "calendrier.csv", "etape", "Groupes de travail", fin="2024-04")


def persons(public: Path, private: Path) -> None:
    """Persons named, texts that nobody has read again, personal data that no date would delete or that are due."""
    change(public / "extraits.csv", 6, "texte_anonymise", "Il faut voir avec Nathalie Durand, au 06 12 34 56 78.")
    change(public / "extraits.csv", 2, "relu_par", "")
    change(public / "actions.csv", 2, "partenaires", "Caf|Mme Durand")
    change(public / "ateliers.csv", 2, "lieu", "Les Camille")
    # Who signs is named; an answer that may not be quoted, and a place of the list, are told to nobody.
    change(public / "signataires.csv", 2, "representant", "Nathalie Durand")
    change(public / "articles.csv", 3, "texte", "Selon Mme Durand, la Caf intervient.")
    for line, quoted in ((2, "non"), (3, "oui")):
        change(private / "ouvertes_codees.csv", line, "extrait_nettoye", "Merci à Nathalie.")
        change(private / "ouvertes_codees.csv", line, "publiable", quoted)
    change(public / "ateliers.csv", 3, "lieu", "Les Nathalie")
    (public / "noms_admis.csv").write_text("nom\nLes Nathalie\n", encoding="utf-8")
    change(private / "entretiens.csv", 3, "suppression_prevue_le", "2025-01-01")
    change(private / "entretiens.csv", 4, "enregistrement", "e03.mp3")
    (private / "conservation.csv").write_text(
        "fichier;supprimer_le\nreponses;31/12/2099\nacteurs;bientôt\n", encoding="utf-8"
    )
    (private / "enregistrements").mkdir()
    (private / "enregistrements" / "e01.mp3").write_bytes(b"0")
    (private / "copie.xlsx").write_bytes(b"0")
