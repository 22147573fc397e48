"""Nobody is named in what is spread or committed; what is due is deleted, and nothing else (RGPD)."""

import csv
import datetime
import shutil
import subprocess
from types import SimpleNamespace

import pytest
import xlsxwriter
import yaml
from environment import environment
from material_files import TODAY, add, change, copy_of, line_of, modes, said
from raw_files import told_cases
from typer.testing import CliRunner

from ctg_analysis.cli import app
from ctg_analysis.demarche import commit_check, empty_forms
from ctg_analysis.demarche.empty_forms import write_tables
from ctg_analysis.demarche.restricted_files import due, left, purge, read_restricted, readable, without
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import InputError
from ctg_analysis.model.scratch import for_owner_alone
from ctg_analysis.model.settings import EXAMPLE_EPCI, settings
from ctg_analysis.raw.personal_data import signs

CASES = told_cases("personal")


def test_nothing_that_the_product_writes_itself_is_taken_for_a_person():
    texts = [text for one in CATALOGUE.values() for text in (one.label, one.definition, one.reading, one.caveats)]
    assert [text for text in texts if signs(text)] == []


@pytest.fixture
def root(tmp_path, example):
    return copy_of(example, tmp_path)


def test_messages_about_private_files_show_no_cell(root, private):
    change(private / "entretiens.csv", 3, "mode", "chez Nathalie Durand")
    change(private / "reponses.csv", 4, "connait_evs", "oui, par ma voisine Nathalie")
    add(private / "acteurs.csv", acteur_id="P01", organisation="x", type="élu", consentement="oui")
    lines = said(root)
    assert len(lines) == 3 and not any("Nathalie" in line or "P01" in line for line in lines), lines
    assert any("entretiens.csv, ligne 3, colonne mode : trouvé un texte de 20 caractères" in line for line in lines)


CONTACTS = {  # of an info flash: what is found there, at which character
    "Julie au 06 12 34 56 78": ["le nom d'une personne, au caractère 1", "un numéro de téléphone, au caractère 10"],
    "Maison France services, 06 12 34 56 78": ["un numéro de téléphone, au caractère 25"],
    "Maison France services, ０７\u200b12345678": ["un numéro de téléphone, au caractère 25"],
    "Maison France services, wa.me/33612345678": ["un numéro de téléphone, au caractère 25"],
    "05 36 49 12 34, Julie": ["le nom d'une personne, au caractère 17"],
    "Julie, service enfance": ["le nom d'une personne, au caractère 1"],
    "julie.garrigues@exemple.fr": ["le nom d'une personne, au caractère 1"],
    "Maison France services, 05 36 49 12 34, 2 rue du Four": [],
    "Service enfance, +33 5 36 49 12 34, ctg@exemple.fr, facebook.com/exemple": [],
    "": [],
}


@pytest.mark.parametrize("contact", CONTACTS)
def test_the_contact_of_an_info_flash_reaches_a_service_and_no_person(root, public, contact):
    change(public / "info_flash.csv", 2, "contact", contact)
    lines = [line.partition("colonne contact : trouvé ")[2] for line in said(root)]
    assert [line.partition(", attendu ")[0] for line in lines] == CONTACTS[contact]
    assert not any("Julie" in line or "12 34" in line for line in lines)


def test_a_doubt_is_lifted_by_an_admitted_name_and_a_number_by_none(root, public):
    """A mobile is refused: the name of no place covers it. A first name may be that of a house."""
    change(public / "info_flash.csv", 2, "contact", "Maison Julie, 06 12 34 56 78")
    names = "nom\nMaison Julie\n06 12 34 56 78\nMaison Julie, 06 12 34 56 78\n"
    (public / "noms_admis.csv").write_text(names, encoding="utf-8")
    (line,) = said(root)
    assert "un numéro de téléphone" in line and "« Noms admis » ne le couvre pas" in line
    change(public / "info_flash.csv", 2, "contact", "Maison Julie, 05 36 49 12 34")
    assert said(root) == []


def prepare(private):
    """Two interviews due, one with its recording; open answers and an export due."""
    for line, day in ((3, "2026-11-23"), (5, "2025-01-01")):
        change(private / "entretiens.csv", line, "suppression_prevue_le", day)
    change(private / "entretiens.csv", 5, "enregistrement", "e04.mp3")
    change(
        private / "entretiens.csv", 4, "enqueteur", 'chargée\nd"études'
    )  # a cell of two lines, with a quotation mark
    for folder, name in (("enregistrements", "e04.mp3"), ("exports", "limesurvey.csv")):
        (private / folder).mkdir()
        (private / folder / name).write_bytes(b"x")
    kept = private / "conservation.csv"
    change(kept, line_of(kept, "fichier", "reponses_ouvertes"), "supprimer_le", "2026-11-24")
    add(kept, fichier="exports", supprimer_le="2026-01-01")


def test_what_a_killed_command_left_of_a_table_goes_with_a_purge(root, private):
    prepare(private)
    left = private / ".reponses_ouvertes.csv.part"
    left.write_text("rep_id;texte\nR1;Mme Dupont", encoding="utf-8")
    purge(readable(read_restricted(root, EXAMPLE_EPCI)), TODAY)
    assert not left.exists()


@pytest.mark.nightly
def test_what_is_due_is_told_until_it_is_deleted(root, private):
    prepare(private)
    told = "2 lignes à supprimer depuis le 01/01/2025, attendu sa suppression : lancer `ctg purge EPCI --delete`"
    assert any(told in line for line in said(root))
    purge(readable(read_restricted(root, EXAMPLE_EPCI)), TODAY)
    assert said(root) == []


def test_what_is_due_is_deleted_nothing_else_and_is_noted_without_what_it_held(root, private):
    prepare(private)
    before = {path: path.read_bytes() for path in root.path.rglob("*") if path.is_file()}
    kept = readable(read_restricted(root, EXAMPLE_EPCI))
    assert len(due(kept, TODAY)) == 4 and {path: path.read_bytes() for path in before} == before
    deleted = purge(kept, TODAY)
    after = {path: path.read_bytes() for path in root.path.rglob("*") if path.is_file()}
    gone = {path.name for path in set(before) - set(after)}
    assert gone == {"reponses_ouvertes.csv", "limesurvey.csv", "e04.mp3"} and len(deleted) == 4
    changed = {path.name for path in before if path in after and after[path] != before[path]}
    assert changed == {"entretiens.csv"}
    rows = list(csv.reader((private / "entretiens.csv").open(encoding="utf-8", newline=""), delimiter=";"))
    assert [row[1] for row in rows] == ["ent_pseudo", "E01", "E03", *(f"E{rank:02d}" for rank in range(5, 21))]
    old = before[private / "entretiens.csv"]
    assert (
        b'"charg\xc3\xa9e\nd""\xc3\xa9tudes"' in (private / "entretiens.csv").read_bytes()
        and len(old.splitlines()) == 22
    )
    note = (private / "suppressions.csv").read_text(encoding="utf-8")
    assert (
        note.splitlines()[0] == "date;fichier;lignes;motif"
        and "2026-11-24;entretiens.csv;2;échéance du 2025-01-01" in note
    )
    assert not any(pseudo in note for pseudo in ("E02", "E04", "N7"))
    assert due(read_restricted(root, EXAMPLE_EPCI), TODAY) == []


COPIES = (  # of all kinds, that no date of deletion reaches
    "reponses.csv.bak", "reponses (copie).csv", "acteurs - Copie.csv", "notes.md", "photo.jpg", "LISEZMOI.txt",
    "conservation.yml.converti", ".~lock.entretiens.csv#", "~$personnes.xlsx", "anciens/acteurs.csv",
    "exports/2025/limesurvey.csv", "enregistrements/stray.mp3", "enregistrements/anciens/e01.mp3", "liste.xlsm",
)  # fmt: skip


def test_copies_of_all_kinds_are_told_and_left(root, private):
    prepare(private)
    (private / "enregistrements" / "e02.mp3").write_bytes(b"of two")
    change(private / "entretiens.csv", 3, "enregistrement", "e02.mp3")
    change(private / "entretiens.csv", 6, "enregistrement", "e02.mp3")
    for name in (*COPIES, "Thumbs.db"):
        (private / name).parent.mkdir(exist_ok=True)
        (private / name).write_text("Mme Dupont", encoding="utf-8")
    with xlsxwriter.Workbook(private / "autre.xlsx") as book:
        book.add_worksheet("Notes").write(0, 0, "Mme Dupont")
    before = {path: path.read_bytes() for path in private.rglob("*") if path.is_file()}
    files = readable(read_restricted(root, EXAMPLE_EPCI))
    purge(files, TODAY)
    after = {path: path.read_bytes() for path in private.rglob("*") if path.is_file()}
    assert {path.name for path in {*before} - {*after}} == {"reponses_ouvertes.csv", "limesurvey.csv", "e04.mp3"}
    assert (private / "exports" / "2025" / "limesurvey.csv") in after
    assert {path.name for path in before if path in after and after[path] != before[path]} == {"entretiens.csv"}
    told = [str(finding) for finding in left(files, TODAY)]
    tops = {name.rpartition("/")[0] if name.count("/") and "stray" not in name else name for name in COPIES}
    for name in tops:
        assert any(f"/{name} : trouvé" in line for line in told), (name, told)
    assert any("autre.xlsx, feuille « Notes » : trouvé une feuille que rien ne lit" in line for line in told)
    assert len(told) == len(tops) + 1 and not any("Dupont" in line for line in told), told


def test_a_recording_of_two_interviews_is_kept_until_the_later_date(root, private):
    prepare(private)
    change(private / "entretiens.csv", 7, "enregistrement", "e04.mp3")
    change(private / "entretiens.csv", 7, "suppression_prevue_le", "2026-12-31")
    purge(readable(read_restricted(root, EXAMPLE_EPCI)), TODAY)
    assert (private / "enregistrements" / "e04.mp3").is_file()
    purge(readable(read_restricted(root, EXAMPLE_EPCI)), datetime.date(2026, 12, 31))
    assert not (private / "enregistrements" / "e04.mp3").exists()


def test_a_date_that_cannot_be_read_stops_the_deletion_before_it_begins(root, private):
    prepare(private)
    change(private / "entretiens.csv", 7, "suppression_prevue_le", "fin 2026")
    with pytest.raises(InputError, match=r"ligne 7, colonne suppression_prevue_le"):
        readable(read_restricted(root, EXAMPLE_EPCI))


def test_the_bytes_of_the_other_records_are_kept():
    content = '\ufeffa;b\r\n1;"x\r\ny"\r\n2;"q;""r"\n\n3;z'.encode()
    assert without(content, frozenset({2}), ";") == '\ufeffa;b\r\n2;"q;""r"\n\n3;z'.encode()
    assert without(content, frozenset({3, 5}), ";") == '\ufeffa;b\r\n1;"x\r\ny"\r\n\n'.encode()
    assert without(content, frozenset(), ";") == content


def test_the_command_says_what_is_due_and_deletes_only_when_told(tmp_path, example):
    root = copy_of(example, tmp_path / "data")
    (tmp_path / "data" / "reference").symlink_to(settings().reference)
    private = root.restricted_material(EXAMPLE_EPCI)
    change(private / "entretiens.csv", 3, "suppression_prevue_le", "2025-01-01")
    before = (private / "entretiens.csv").read_bytes()

    def run(*options, epci=EXAMPLE_EPCI):
        with environment(CTG_ROOT=tmp_path):
            return CliRunner().invoke(app, ["purge", epci, *options])

    answer = run()
    assert answer.exit_code == 1 and (private / "entretiens.csv").read_bytes() == before
    assert "entretiens.csv : 1 ligne à supprimer depuis le 01/01/2025" in answer.stdout
    assert "--delete" in f"{answer.exception}"
    answer = run("--delete")
    assert answer.exit_code == 0 and "suppressions.csv" in answer.stderr, answer.stderr
    assert (private / "entretiens.csv").read_bytes() != before
    answer = run()
    assert answer.exit_code == 0 and "rien n'est à supprimer" in answer.stderr
    (private / "reponses.csv.bak").write_text("Mme Dupont", encoding="utf-8")
    for options in ((), ("--delete",)):
        answer = run(*options)
        assert answer.exit_code == 1 and "reponses.csv.bak : trouvé un fichier qu'aucune date" in answer.stdout
    answer = run("--delete", epci="999999970")
    assert answer.exit_code == 1 and "999999970/demarche : aucun dossier" in str(answer.exception)


def test_the_dates_of_the_example_are_far_away(example):
    far = datetime.date(2090, 1, 1)
    assert due(read_restricted(example, EXAMPLE_EPCI), far) == []


@pytest.mark.nightly
def test_what_is_shipped_names_nobody(monkeypatch, root):
    monkeypatch.setattr(commit_check, "settings", lambda: SimpleNamespace(root=root.path.parent))
    shipped = [path for path in root.path.rglob("*") if path.is_file() and path.suffix in (".csv", ".yml")]
    assert len(shipped) > 30 and [finding for path in shipped for finding in commit_check.found_in(path)] == []


def test_no_private_file_nor_personal_text_enters_git(monkeypatch, tmp_path, example):
    monkeypatch.setattr(commit_check, "settings", lambda: SimpleNamespace(root=tmp_path))
    root = copy_of(example, tmp_path / "data")
    contributions = root.material(EXAMPLE_EPCI) / "contributions.csv"
    actors = root.restricted_material(EXAMPLE_EPCI) / "acteurs.csv"
    assert [*commit_check.found_in(contributions), *commit_check.found_in(actors)] == []
    hidden = tmp_path / "data" / "private" / "200067171" / "x.csv"
    hidden.parent.mkdir(parents=True)
    hidden.write_text("a\n", encoding="utf-8")
    change(contributions, 2, "texte", "Voir Nathalie Durand")
    add(actors, contact="nathalie.durand@exemple.fr")
    notebook = tmp_path / "notebooks" / "x.ipynb"
    notebook.parent.mkdir()
    notebook.write_text(
        '{"cells": [{"source": ["# écrire à a.b@exemple.fr"]}, {"source": ["# vu avec Nathalie Durand"]}]}',
        encoding="utf-8",
    )
    told = [str(one) for path in (hidden, notebook, contributions, actors) for one in commit_check.found_in(path)]
    assert len(told) == 5 and not any("nathalie" in line.lower() for line in told), told
    assert "un fichier privé, attendu rien de data/private dans git : `git restore --staged` ce fichier" in told[0]
    assert "colonne cell 1 : trouvé un courriel" in told[1]
    assert "colonne cell 2 : trouvé le nom d'une personne" in told[2]
    assert commit_check.main([str(hidden)]) == 1


def test_every_text_file_of_a_demarche_is_read_before_a_commit(monkeypatch, tmp_path):
    monkeypatch.setattr(commit_check, "settings", lambda: SimpleNamespace(root=tmp_path))
    found = {}
    for name, (text, _, *encoding) in CASES["texts"].items():
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(*encoding))
        found[name] = sorted({finding.line for finding in commit_check.found_in(path)})
    assert found == {name: lines for name, (_, lines, *_) in CASES["texts"].items()}
    broken = tmp_path / "notebooks" / "x.ipynb"
    broken.parent.mkdir()
    broken.write_text('{"cells": [\n"Mme Durand"', encoding="utf-8")
    assert [finding.line for finding in commit_check.found_in(broken)] == [2]


def test_git_ignores_an_export_at_the_root_and_nothing_that_is_committed(tmp_path):
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    shutil.copy(settings().root / ".gitignore", tmp_path)
    command = ["git", "-c", "core.quotepath=off", "check-ignore", "--stdin"]
    asked = "\n".join([*CASES["exports"], *CASES["committed"]])
    answer = subprocess.run(command, cwd=tmp_path, input=asked, capture_output=True, text=True)
    assert answer.stdout.splitlines() == CASES["exports"]


def test_the_commit_hook_runs_it():
    hooks = yaml.safe_load((settings().root / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0][
        "hooks"
    ]
    hook = next(one for one in hooks if one["id"] == "personal-data")
    assert hook["entry"].endswith("python -P -m ctg_analysis.demarche.commit_check") and "data/" in hook["files"]
    assert "/data/private" not in hook.get("exclude", "")


def test_what_writes_in_the_private_folder_closes_it_to_others(root, private, public):
    prepare(private)
    home = root.private / EXAMPLE_EPCI
    kept = readable(read_restricted(root, EXAMPLE_EPCI))
    writers = {
        "ctg new, forms": lambda: empty_forms.write_forms(EXAMPLE_EPCI, "x", home),
        "ctg new, tables": lambda: write_tables(root, EXAMPLE_EPCI, "x"),
        "ctg purge": lambda: purge(kept, TODAY),
    }
    wrong = {}
    for name, write in writers.items():
        for path in (root.private, *root.private.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        write()
        if modes(root.private) != ({"0o700"}, {"0o600"}):
            wrong[name] = modes(root.private)
    assert wrong == {}
    with pytest.raises(ValueError, match="not in a folder private"), for_owner_alone(root.private / ".."):
        raise AssertionError
    assert (public / "actions.csv").stat().st_mode & 0o044 == 0o044  # what may be read by all can be
