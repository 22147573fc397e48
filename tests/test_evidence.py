"""What scores rest on: words that are published, and so name nobody."""

import pytest

from ctg_analysis.chapter.tables import norms
from ctg_analysis.chapter.territory import open_territory
from ctg_analysis.clean.social_spaces import LONGEST, words_in
from ctg_analysis.display.notes import read_norms
from ctg_analysis.display.texts import UNSURE
from ctg_analysis.model.errors import InputError
from ctg_analysis.model.settings import EXAMPLE_EPCI
from ctg_analysis.model.source import SOURCES

PLACES = ("Saint-Martin", "Rue Jeanne")
SOURCE = SOURCES["agrements_vie_sociale"]


def written(tmp_path, **words):
    folder = tmp_path / "private" / EXAMPLE_EPCI
    folder.mkdir(parents=True, exist_ok=True)
    columns = ["territoire", "periode", *(field.column for field in SOURCE.form.fields)]
    row = {"territoire": "99002", "periode": "2024", "structure": "Centre social"} | words
    text = ";".join(columns) + "\n" + ";".join(row.get(name, "") for name in columns) + "\n"
    (folder / SOURCE.form_file).write_text(text, encoding="utf-8")
    return folder / SOURCE.form_file


def test_the_words_are_read_with_the_score_that_they_support_and_a_blank_is_no_row(tmp_path):
    form = written(tmp_path, preuve_projet="Projet voté en 2022, à Saint-Martin.", preuve_ouverture=" ")
    (row,) = words_in(SOURCE, form, PLACES).itertuples(index=False)
    assert tuple(row) == (
        "99002",
        "commune",
        "2024",
        "Centre social",
        "criterion_project",
        "Projet voté en 2022, à Saint-Martin.",
    )


@pytest.mark.parametrize(
    "words, found",
    [
        ("Mme Durand tient l'accueil.", "le nom d'une personne"),
        ("Écrire à accueil@exemple.fr.", "un courriel"),
        ("Appeler le 05 65 00 00 00.", "un numéro de téléphone"),
        ("x" * (LONGEST + 1), f"trouvé {LONGEST + 1} lettres, attendu au plus {LONGEST}"),
    ],
)
def test_words_that_name_someone_or_go_on_are_one_line(tmp_path, words, found):
    with pytest.raises(InputError) as error:
        words_in(SOURCE, written(tmp_path, preuve_personnel=words), PLACES)
    (line,) = map(str, error.value.findings)
    assert "agrements_vie_sociale.csv, ligne 2, colonne preuve_personnel : " in line and found in line
    assert words not in line


def test_the_staffing_is_held_to_a_norm_that_has_its_text(example):
    assert [(name, most) for name, most, _ in read_norms("encadrement")] == [
        ("leisure_children_per_staff_under_6_ratio", 8),
        ("leisure_children_per_staff_6_plus_ratio", 12),
    ]
    rows = norms(open_territory(EXAMPLE_EPCI, example), "encadrement")
    assert set(rows["En moyenne"]) == {UNSURE}, "from 4.4 to 8.8 for 8, from 9.4 to 17.8 for 12"
    assert list(rows["Au plus, d'après les textes"]) == [8, 12]
