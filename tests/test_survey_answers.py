"""Exports of survey tools, read as they are downloaded into the answers of the questionnaire."""

import csv
import io
import re

import pandas as pd
import pytest
import xlsxwriter
from material_files import modes

from ctg_analysis.demarche.answers import joined, read_answers, take_in
from ctg_analysis.demarche.material_files import read_material
from ctg_analysis.demarche.restricted_files import read_restricted, wrong_in_restricted
from ctg_analysis.demarche.survey import open_survey
from ctg_analysis.model.errors import IN_UTF8, InputError
from ctg_analysis.model.settings import DataRoot

QUESTIONNAIRE = pd.DataFrame(
    [
        ("enfant", "Avez-vous un enfant de moins de 3 ans ?", "unique", "oui=Oui|non=Non", "", "non"),
        ("sexe", "Vous êtes", "unique", "f=une femme|h=un homme", "", "non"),
        (
            "garde",
            "Quels modes d’accueil utilisez-vous ?",
            "multiple",
            "SQ001=Crèche|SQ002=Assistante maternelle, à domicile|autre=Autre",
            "enfant=oui",
            "non",
        ),
        ("avis", "L'offre vous convient", "échelle", "1=pas du tout|2=un peu|3=tout à fait", "", "non"),
        ("trajet", "Minutes de trajet", "numérique", "", "", "non"),
        ("handicap", "Un enfant est en situation de handicap", "unique", "oui=Oui|non=Non", "", "oui"),
        ("mots", "Que souhaitez-vous ajouter ?", "ouverte", "", "", "non"),
    ],
    columns=["q_id", "libelle", "type", "modalites", "filtre", "sensible"],
)
LIMESURVEY = """\
"id","submitdate","lastpage","startlanguage","seed","ipaddr","enfant","sexe","garde[SQ001]","garde[SQ002]",\
"garde[other]","avis","trajet","handicap","consentement","mots","interviewtime"
"3","2023-02-10 18:03:11","4","fr","123","192.0.2.7","oui","f","Y","","une voisine","3","12,5","oui","Y","Plus, c'est \
mieux","88"
"5","2023-02-11 09:00:00","4","fr","124","192.0.2.8","N","h","","","","nsp","","non","","","90"
"6","","1","fr","125","192.0.2.9","oui","","","","","","","","","",""
"9","","3","fr","126","192.0.2.4","oui","f","N","Y","","1","20","","","",""
"""
FRAMAFORMS = """\
Familles;;;;;;;;;;;;
Détails de la soumission;;;;;;Quels modes d'accueil utilisez-vous ?;;;;;;
Série;SID;Date;Adresse IP;Avez-vous un enfant de moins de 3 ans ?;Vous êtes;Crèche;"Assistante maternelle, à domicile";\
Autre;L'offre vous convient;Minutes de trajet;Un enfant est en situation de handicap;Que souhaitez-vous ajouter ?
1;71;10/02/2023 - 18:03;192.0.2.7;Oui;une femme;X;;une voisine;tout à fait;12,5;Oui;"Plus; mieux
et vite"
2;72;11/02/2023 - 09:00;192.0.2.8;Non;un homme;;;;Ne sait pas;;Non;
"""


def written(folder, text, encoding="utf-8-sig"):
    path = folder / "export.csv"
    path.write_bytes(text.encode(encoding))
    return path


def findings(folder, text, questionnaire=QUESTIONNAIRE, encoding="utf-8-sig"):
    with pytest.raises(InputError) as raised:
        read_answers(written(folder, text, encoding), questionnaire)
    return [str(finding).split("export.csv")[1] for finding in raised.value.findings]


def test_an_export_goes_beside_the_answers_that_are_there(tmp_path):
    root = DataRoot(tmp_path)
    folder, private = root.material("999999999"), root.restricted_material("999999999")
    folder.mkdir(parents=True)
    columns = ["q_id", "libelle", "type", "modalites", "filtre", "champ", "obligatoire", "sensible"]
    asked = QUESTIONNAIRE.assign(champ="", obligatoire="non")[columns]
    asked.to_csv(folder / "questionnaire.csv", sep=";", index=False)
    export = written(tmp_path, LIMESURVEY.replace("Plus, c'est", "=1+1 Plus, c'est"))
    first_told = take_in(root, "999999999", export)
    first = pd.read_csv(private / "reponses.csv", sep=";", dtype=str, keep_default_na=False)
    on_paper = first.iloc[:1].assign(rep_id="papier1", mode="papier", secteur="Nord")
    pd.concat([first, on_paper]).to_csv(private / "reponses.csv", sep=";", index=False)
    told = take_in(root, "999999999", export)
    again = pd.read_csv(private / "reponses.csv", sep=";", dtype=str, keep_default_na=False)
    assert sorted(again["rep_id"]) == sorted([*first["rep_id"], "papier1"]) and again["rep_id"].is_unique
    assert "3 réponses gardées (4 réponses commencées, 2 terminées)" in first_told[0] and "2 terminées" in first_told[1]
    assert len(told) == 1
    assert "rien n'a changé, les 3 réponses de cet export y sont déjà (4 réponses commencées, 2 terminées)" in told[0]
    assert modes(root.private) == ({"0o700"}, {"0o600"})
    opened = (private / "reponses_ouvertes.csv").read_text(encoding="utf-8")
    assert "'=1+1 Plus" in opened and "192.0.2" not in opened + (private / "reponses.csv").read_text(encoding="utf-8")
    before = {path: path.read_bytes() for path in private.iterdir()}
    with pytest.raises(InputError):
        take_in(root, "999999999", written(tmp_path, LIMESURVEY.replace('"f"', '"x"')))
    assert {path: path.read_bytes() for path in private.iterdir()} == before


def test_an_export_that_does_not_say_where_people_live_is_counted_without_it(tmp_path):
    """A tool has no column `secteur` unless it was asked; some answers on paper may have it."""
    root = DataRoot(tmp_path)
    asked = QUESTIONNAIRE.assign(champ="petite enfance", obligatoire="non")
    folder, private = root.material("999999999"), root.restricted_material("999999999")
    folder.mkdir(parents=True)
    columns = ["q_id", "libelle", "type", "modalites", "filtre", "champ", "obligatoire", "sensible"]
    asked[columns].to_csv(folder / "questionnaire.csv", sep=";", index=False)
    take_in(root, "999999999", written(tmp_path, LIMESURVEY))
    kept = "".join(f"{name};2099-01-01\n" for name in ("reponses", "reponses_sensibles", "reponses_ouvertes"))
    (private / "conservation.csv").write_text(f"fichier;supprimer_le\n{kept}", encoding="utf-8")

    def survey():
        restricted = read_restricted(root, "999999999")
        assert [str(one) for one in restricted.tables["reponses"].findings] == []
        return open_survey(read_material(folder), {name: table.rows for name, table in restricted.tables.items()})

    assert survey().answers["date"].isna().sum() == 1 and survey().period == "2023"
    assert "secteur" not in set(survey().questionnaire["q_id"])
    table = pd.read_csv(private / "reponses.csv", sep=";", dtype=str, keep_default_na=False)
    table.loc[0, ["secteur", "date"]] = "Nord", ""
    table.to_csv(private / "reponses.csv", sep=";", index=False)
    told = survey()
    assert told.questionnaire.set_index("q_id").at["secteur", "modalites"] == (("Nord", "Nord"),)
    assert sorted(told.answers["secteur"]) == ["Nord", "SR", "SR"]
    table.assign(date="").to_csv(private / "reponses.csv", sep=";", index=False)
    lines = [str(one) for one in wrong_in_restricted(read_restricted(root, "999999999"), read_material(folder))]
    assert [line.split("demarche/")[1] for line in lines] == [
        "reponses.csv, colonne date : trouvé aucune date, attendu le jour d'une réponse au moins"
    ]
    undated = LIMESURVEY.replace("2023-02-10 18:03:11", "1980-01-01").replace("2023-02-11 09:00:00", "1980-01-01")
    with pytest.raises(
        InputError, match="trouvé aucune date, attendu le jour d'une réponse au moins : exporter aussi les dates"
    ):
        take_in(root, "999999999", written(tmp_path, undated))


def test_an_export_of_limesurvey_is_read_as_it_is(tmp_path):
    answers = read_answers(written(tmp_path, LIMESURVEY), QUESTIONNAIRE)
    table = answers.closed.sort_values(["date", "sexe"]).drop(columns=["rep_id", "canal", "secteur"])
    assert table.to_csv(index=False, lineterminator="\n") == (
        "date,mode,enfant,sexe,garde,avis,trajet\n"
        ",web,oui,f,SQ002,1,20\n"
        "2023-02-10,web,oui,f,SQ001|autre,3,12.5\n"
        "2023-02-11,web,non,h,NC,NSP,SR\n"
    )
    assert (answers.started, answers.complete) == (4, 2)  # the third was left after two answers: it is not kept
    assert answers.sensitive[["consentement", "handicap"]].to_numpy().tolist() == [["oui", "oui"]]
    assert answers.opened[["q_id", "texte"]].to_numpy().tolist() == [["mots", "Plus, c'est mieux"]]
    assert answers.opened["rep_id"].isin(answers.closed["rep_id"]).all()


FULL_TEXT = {
    '"id","submitdate","lastpage","startlanguage","seed","ipaddr"': '"ID de la réponse","Date de soumission",'
    '"Dernière page","Langue de départ","Tête de série","Adresse IP"',
    '"enfant","sexe"': '"Avez-vous un enfant de moins de 3 ans ?","Vous êtes"',
    '"garde[SQ001]","garde[SQ002]","garde[other]"': '"Quels modes d’accueil utilisez-vous ? [Crèche]",'
    '"Quels modes d’accueil utilisez-vous ? [Assistante maternelle, à domicile]",'
    '"Quels modes d’accueil utilisez-vous ? [Autre]"',
    '"avis","trajet","handicap"': '"L\'offre vous convient","Minutes de trajet",'
    '"Un enfant est en situation de handicap"',
    '"mots","interviewtime"': '"Que souhaitez-vous ajouter ?","Temps total"',
}


def test_headings_of_code_and_text_give_the_same_answers(tmp_path):
    """LimeSurvey writes « garde[SQ001]. Quels modes… ? [Crèche] » where both are asked for."""
    codes, (head, rows) = read_answers(written(tmp_path, LIMESURVEY), QUESTIONNAIRE), LIMESURVEY.split("\n", 1)
    both = re.sub(r'"(\w+)(\[\w+])?"', r'"\1\2. Votre choix ? C\'est-à-dire\2"', head)
    answers = read_answers(written(tmp_path, f"{both}\n{rows}"), QUESTIONNAIRE)
    for before, after in zip(codes[:3], answers[:3], strict=True):
        pd.testing.assert_frame_equal(before, after)
    assert answers[3:] == codes[3:]


def test_headings_in_full_text_and_workbooks_give_the_same_answers(tmp_path):
    codes, full = read_answers(written(tmp_path, LIMESURVEY), QUESTIONNAIRE), LIMESURVEY
    for code, words in FULL_TEXT.items():
        assert code in full
        full = full.replace(code, words)
    path = tmp_path / "export.xlsx"
    rows = list(csv.reader(io.StringIO(full)))
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("résultats")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    for other in (written(tmp_path, full), path):
        answers = read_answers(other, QUESTIONNAIRE)
        for before, after in zip(codes[:3], answers[:3], strict=True):
            pd.testing.assert_frame_equal(before, after)
        assert answers[3:] == codes[3:]


def test_what_tells_who_answered_is_dropped_and_told(tmp_path):
    answers = read_answers(written(tmp_path, LIMESURVEY), QUESTIONNAIRE)
    told = ["id", "submitdate", "lastpage", "startlanguage", "seed", "ipaddr", "interviewtime"]
    assert answers.dropped == told
    shown = "".join(table.to_csv() for table in answers[:3])
    assert "192.0.2" not in shown and "18:03" not in shown and "voisine" not in shown
    assert answers.closed["rep_id"].is_monotonic_increasing and not answers.closed["rep_id"].isin(["3", "5", "9"]).any()


def test_an_export_of_framaforms_is_read_as_it_is(tmp_path):
    answers = read_answers(written(tmp_path, FRAMAFORMS), QUESTIONNAIRE)
    table = answers.closed.sort_values("date")[["date", "enfant", "sexe", "garde", "avis", "trajet"]]
    assert table.to_numpy().tolist() == [
        ["2023-02-10", "oui", "f", "SQ001|autre", "3", "12.5"],
        ["2023-02-11", "non", "h", "NC", "NSP", "SR"],
    ]
    assert answers.opened["texte"].tolist() == ["Plus; mieux\net vite"]
    assert answers.sensitive.empty  # no consent was asked for
    assert answers.dropped == [
        f"Détails de la soumission[{name}]" for name in ("Série", "SID", "Date", "Adresse IP")
    ] + ["handicap"]


def test_separators_marks_and_line_ends_make_no_difference(tmp_path):
    expected = read_answers(written(tmp_path, LIMESURVEY), QUESTIONNAIRE)
    for text in (LIMESURVEY.replace('","', '";"'), LIMESURVEY.replace("\n", "\r\n"), LIMESURVEY.replace('","', '"\t"')):
        for encoding in ("utf-8", "utf-8-sig"):
            answers = read_answers(written(tmp_path, text, encoding), QUESTIONNAIRE)
            pd.testing.assert_frame_equal(answers.closed, expected.closed)
    webform = read_answers(written(tmp_path, FRAMAFORMS), QUESTIONNAIRE).closed
    compact = FRAMAFORMS.replace("Assistante maternelle, à domicile", "SQ002").replace(";", ",").replace("12,5", "12.5")
    pd.testing.assert_frame_equal(
        read_answers(written(tmp_path, compact), QUESTIONNAIRE).closed, webform, obj="the same with commas"
    )


def test_the_same_answer_keeps_its_id_in_a_later_export(tmp_path):
    before = read_answers(written(tmp_path, LIMESURVEY), QUESTIONNAIRE).closed["rep_id"]
    later = LIMESURVEY + LIMESURVEY.splitlines()[2].replace('"5"', '"12"') + "\n"
    after = read_answers(written(tmp_path, later), QUESTIONNAIRE).closed["rep_id"]
    assert set(before) < set(after)


def test_bad_answers_are_told_one_line_each(tmp_path):
    wrong = LIMESURVEY.replace('"5","2023', '"3","2023').replace('"3","12,5"', '"7","12,5"').replace('"20"', '"vingt"')
    assert findings(tmp_path, wrong) == [
        ", ligne 2, colonne avis : trouvé « 7 », attendu l'une de ces valeurs : 1, 2, 3, NSP, NC, SR",
        ", ligne 3, colonne id : trouvé « 3 » une seconde fois, attendu un identifiant qui ne vient qu'une "
        "fois : un seul export, tel qu'il a été téléchargé",
        ", ligne 5, colonne trajet : trouvé « vingt », attendu un nombre",
    ]


def test_a_code_that_comes_again_is_told_once_and_words_of_a_respondent_are_not_quoted(tmp_path):
    expected = "attendu l'une de ces valeurs : f, h, NSP, NC, SR"
    again = LIMESURVEY.replace('"f"', '"femme"')
    assert findings(tmp_path, again) == [f", ligne 2, colonne sexe : trouvé « femme », et 1 fois de plus, {expected}"]
    words = LIMESURVEY.replace('"f","Y"', '"Mme Untel, du bourg","Y"')
    assert findings(tmp_path, words) == [f", ligne 2, colonne sexe : trouvé un texte de 19 caractères, {expected}"]


def test_a_questionnaire_changed_halfway_is_told_one_line_for_each_question(tmp_path):
    renamed = LIMESURVEY.replace('"trajet"', '"distance"')
    absent = (
        ", attendu l'export de toutes les questions, ou la feuille « Questionnaire » sans celles qui n'ont pas été "
    )
    absent += "posées"
    assert findings(tmp_path, renamed) == [
        f", ligne 1 : trouvé aucune colonne pour la question trajet{absent}",
        ", ligne 1, colonne distance : trouvé une colonne que le questionnaire n'a pas, "
        "attendu une question du questionnaire, ou l'une de ses modalités",
    ]
    option = LIMESURVEY.replace("garde[SQ002]", "garde[SQ003]")
    assert [line.split(",")[2] for line in findings(tmp_path, option)] == [
        " colonne garde[SQ002] : trouvé aucune colonne pour cette réponse",
        " colonne garde[SQ003] : trouvé une colonne que le questionnaire n'a pas",
    ]
    webform = FRAMAFORMS.replace("Minutes de trajet", "Distance").replace("Vous êtes", "Genre")
    lines = findings(tmp_path, webform)
    assert lines[0] == f", ligne 1 : trouvé aucune colonne pour les questions sexe, trajet{absent}"
    assert [line.split(" : ")[0].split("colonne ")[1] for line in lines[1:]] == [
        "Genre",
        "Quels modes d'accueil utilisez-vous ?[Distance]",
    ]


def test_an_option_without_its_column_is_refused_for_nobody_would_have_ticked_it(tmp_path):
    """A sub-column that was deleted would be told « moins de 5 », and the base would fall."""
    rows = list(csv.reader(io.StringIO(LIMESURVEY)))
    lost = rows[0].index("garde[SQ001]")
    text = "".join(",".join(f'"{cell}"' for at, cell in enumerate(row) if at != lost) + "\n" for row in rows)
    assert findings(tmp_path, text) == [
        ", ligne 1, colonne garde[SQ001] : trouvé aucune colonne pour cette réponse, attendu une colonne pour chaque "
        "réponse de garde : reprendre l'export sans rien en retirer"
    ]


def test_an_export_pasted_twice_is_one_line(tmp_path):
    head, rows = LIMESURVEY.split("\n", 1)
    assert findings(tmp_path, f"{head}\n{rows}{rows}") == [
        ", ligne 6, colonne id : trouvé « 3 » une seconde fois, et 3 autres de même, attendu un identifiant qui ne "
        "vient qu'une fois : un seul export, tel qu'il a été téléchargé"
    ]


def test_a_cross_in_a_box_is_a_yes(tmp_path):
    answers = read_answers(written(tmp_path, LIMESURVEY.replace('"oui","f","Y"', '"x","f","x"')), QUESTIONNAIRE)
    row = answers.closed.set_index("date").loc["2023-02-10"]
    assert (row["enfant"], row["garde"]) == ("oui", "SQ001|autre")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝"])
def test_an_open_answer_is_never_run_by_a_spreadsheet(tmp_path, start):
    rows = pd.DataFrame({"rep_id": ["r1"], "texte": [f"{start}1+1"]})
    assert joined(tmp_path / "absent.csv", rows)["texte"].tolist() == [f"'{start}1+1"]
    blank = pd.DataFrame({"rep_id": ["r1", "r2"], "texte": ["\r=1", "\n=1"]})
    assert joined(tmp_path / "absent.csv", blank)["texte"].tolist() == ["'\r=1", "'\n=1"]


@pytest.mark.parametrize(
    "text, said",
    [
        ("", ", ligne 1 : trouvé un fichier vide, attendu un export de LimeSurvey"),
        ("nom;prénom\nA;B\n", ", ligne 1 : trouvé « nom », attendu un export de LimeSurvey"),
        (LIMESURVEY + '"11","2023"\n', ", ligne 6 : trouvé 2 cases, attendu 17, comme dans l'en-tête"),
    ],
    ids=["empty", "another table", "cut short"],
)
def test_what_is_no_whole_export_is_refused(tmp_path, text, said):
    (line,) = findings(tmp_path, text)
    assert line.startswith(said)


def test_windows_1252_is_refused_in_one_line(tmp_path):
    accented = LIMESURVEY.replace("mieux", "été")
    assert findings(tmp_path, accented, encoding="cp1252") == [f", ligne 2 : trouvé l'octet 0xe9, attendu {IN_UTF8}"]
