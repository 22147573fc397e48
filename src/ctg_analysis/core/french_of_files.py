"""The French of what is said of other files, for `core.findings_in_french`: official files, YAML, the record."""

OF_FILES = {
    # convention, info flash, synthèse
    "{n}: in order, from 1": "{n} : à la suite, à partir de 1",
    "no convention yet": "aucune convention encore",
    "its parties and its articles: `ctg new {epci}` writes the file to fill": (
        "ses parties et ses articles : `ctg new {epci}` écrit le fichier à remplir, dont ôter les #"
    ),
    "nothing in a validated convention": "rien, dans une convention validée",
    "the text that was signed": "le texte signé",
    "a number once": "un numéro une seule fois",
    "an extract of extraits.csv that everyone may read: {reason}": (
        "un extrait de la table extraits que chacun peut lire : {reason}"
    ),
    "an extract of extraits.csv that everyone may read": "un extrait de la table extraits que chacun peut lire",
    "an indicator of data/reference/essentiel.yml": "un indicateur de data/reference/essentiel.yml",
    "an indicator of data/reference/essentiel.yml with a value here that may be written": (
        "un indicateur de data/reference/essentiel.yml dont la valeur est connue ici et peut être écrite"
    ),
    "a .png, .jpg or .svg of {n} kB at most in the folder of info_flash.yml": (
        "un .png, .jpg ou .svg de {n} Ko au plus dans le dossier de info_flash.yml"
    ),
    "a figure that `ctg observations {epci}` has": "un chiffre que donne `ctg observations {epci}`",
    "an indicator once": "un indicateur une seule fois",
    "{n} at most, as {name} says": "{n} au plus, comme le dit {name}",
    "the open answers in reponses_ouvertes.csv": "les réponses ouvertes dans reponses_ouvertes.csv",
    "the answers to this question in {file}": "les réponses à cette question dans {file}",
    # YAML
    "an empty item": "un élément vide",
    "a key of several parts": "une clé en plusieurs parties",
    "a name": "un nom",
    "this key again": "cette clé une seconde fois",
    "each key once": "chaque clé une fois",
    "no such key": "aucune clé de ce nom",
    "another document (---)": "un autre document (---)",
    "one": "un seul",
    "an alias (*)": "un renvoi (*)",
    "the text itself": "le texte lui-même",
    "parts inside of parts": "des parties dans des parties",
    "{n} levels at most": "{n} niveaux au plus",
    "text that is not YAML": "un texte qui n'est pas du YAML",
    "text that is not YAML: {why}": "un texte qui n'est pas du YAML : {why}",
    "a YAML file": "un fichier YAML",
    "a valid date": "une date qui existe",
    "a valid string": "un texte",
    "a valid list": "une liste",
    "a valid tuple": "une liste",
    "a valid dictionary": "des clés et leurs valeurs",
    "a valid dictionary or instance of {model}": "des clés et leurs valeurs",
    "Tuple should have at most {most} items after validation, not {n}": "{most} au plus",
    # agreements of partners
    "this entry again": "cette entrée une seconde fois",
    "one entry by file": "une entrée par fichier",
    "no entry under this name": "aucune entrée sous ce nom",
    "no entry by file": "aucune entrée par fichier",
    "this field again": "ce champ une seconde fois",
    "each field once": "chaque champ une fois",
    "the name of a file, then {keys}": "le nom d'un fichier, puis {keys}",
    "recu_le, convention and seuil": "recu_le, convention et seuil",
    "{keys} only": "{keys} seulement",
    "a date, such as 02/03/2026": "une date, telle que 02/03/2026",
    "the title of the agreement": "le titre de l'accord",
    "a whole number, {n} or more": "un nombre entier, {n} ou plus",
    "the same figures in every {file}": "les mêmes chiffres dans chaque {file}",
    "the SIREN of an EPCI: `ctg list epci WORD`": "le SIREN d'un EPCI : `ctg list epci MOT`",
    "the SIREN of an EPCI": "le SIREN d'un EPCI",
    # files as they are written
    "text in UTF-8: this looks like Windows-1252, save the file again as UTF-8 (in Excel, « CSV UTF-8 »)": (
        "un texte en UTF-8 : celui-ci semble en Windows-1252, enregistrer de nouveau (dans Excel, « CSV UTF-8 »)"
    ),
    "the byte {code}": "l'octet {code}",
    "{n} cells, as in the header": "{n} cases, comme dans l'en-tête",
    "{n}, as in the header": "{n}, comme dans l'en-tête",
    "an empty file": "un fichier vide",
    "a header and rows": "un en-tête et des lignes",
    "a header of {n} characters or more": "un en-tête de {n} caractères ou plus",
    "the names of columns": "les noms des colonnes",
    "{n} columns": "{n} colonnes",
    "lines that cannot be read": "des lignes illisibles",
    "a CSV file": "un fichier CSV",
    "a whole Parquet file": "un fichier Parquet entier",
    "a whole workbook": "un classeur entier",
    "no sheet with the columns": "aucune feuille avec les colonnes",
    "a sheet with them in its first lines": "une feuille qui les a dans ses premières lignes",
    # official files and their certificates
    "no file": "aucun fichier",
    "a file": "un fichier",
    "a folder": "un dossier",
    "a pipe or a device": "un tube ou un périphérique",
    "a link to nothing": "un lien vers rien",
    "no file that is known": "aucun fichier connu",
    "no column that is known": "aucune colonne connue",
    "no such folder": "aucun dossier de ce nom",
    "no certificate": "aucun certificat",
    "a source.yml beside the files": "un source.yml à côté des fichiers",
    "a folder raw/ with the sources": "un dossier raw/ avec les sources",
    "a folder of no known source": "un dossier d'aucune source connue",
    "the id of a source, as `ctg list sources` says them": (
        "l'identifiant d'une source, tel que `ctg list sources` le dit"
    ),
    "a file beside the source folders": "un fichier à côté des dossiers des sources",
    "a file in the folder of its source, with an entry in its {file}": (
        "un fichier dans le dossier de sa source, avec une entrée dans son {file}"
    ),
    "a file without certificate": "un fichier sans certificat",
    "a folder without certificate": "un dossier sans certificat",
    "an entry in {file}": "une entrée dans {file}",
    "the folder's name, {name}": "le nom du dossier, {name}",
    "the file that {file} lists": "le fichier que nomme {file}",
    "{what}, as in {file}": "{what}, comme dans {file}",
    "this source: without it no commune is known": "cette source : sans elle, aucune commune n'est connue",
    "{n} rows": "{n} lignes",
    "{n} communes, in départements {codes}": "{n} communes, des départements {codes}",
    "the full file, with communes of about {n} départements: is this an extract?": (
        "le fichier complet, avec des communes d'environ {n} départements : est-ce un extrait ?"
    ),
    "a département code, such as 01, 2A or 974": "un code de département, tel que 01, 2A ou 974",
    "a SIREN of 9 digits": "un SIREN de 9 chiffres",
    "a commune code": "un code de commune",
    "no row with {what}": "aucune ligne avec {what}",
    "one row at least": "une ligne au moins",
    "{place}: correct the file, the year {where}, or run ctg fetch {source} for communes of an earlier year": (
        "{place} : corriger le fichier, l'année {where}, ou ctg fetch {source} pour les communes d'une année antérieure"
    ),
    "communes of the year of the file": "des communes de l'année du fichier",
    "communes of {year}": "des communes de {year}",
    "a facility type, such as {code}": "un type d'équipement, tel que {code}",
    "a place code: commune, département, région, EPCI, F or FM": (
        "le code d'un lieu : commune, département, région, EPCI, F ou FM"
    ),
    "an age code, such as Y0, Y0T4 or Y_GE95": "le code d'un âge, tel que Y0, Y0T4 ou Y_GE95",
    "a school year, such as 2022-2023, or the year it begins in": (
        "une année scolaire, telle que 2022-2023, ou l'année où elle commence"
    ),
    "a school year, such as 2022-2023": "une année scolaire, telle que 2022-2023",
    "their rows, with code_commune, in a file *annuaire*.csv": (
        "leurs lignes, avec code_commune, dans un fichier *annuaire*.csv"
    ),
    "{n} schools without commune, left out: {names}": "{n} écoles sans commune, laissées de côté : {names}",
    "each figure in one file: remove the file that is not wanted": (
        "chaque chiffre dans un seul fichier : retirer celui dont on ne veut pas"
    ),
    "commune codes separated by |": "des codes de communes séparés par |",
    "no row that is known": "aucune ligne connue",
    "some measure": "une mesure",
    "none of the codes": "aucun des codes",
    "the code of {what}": "le code de {what}",
    "{expected}; {guess} is a guess so far: correct {place}": (
        "{expected} ; {guess} n'est encore qu'une supposition : corriger {place}"
    ),
    "a private file": "un fichier privé",
    "nothing of data/private in git: `git restore --staged` the file": (
        "rien de data/private dans git : `git restore --staged` ce fichier"
    ),
    # exports of a survey
    "a column that the questionnaire does not have": "une colonne que le questionnaire n'a pas",
    "a question of the questionnaire, or one of its options": (
        "une question du questionnaire, ou l'une de ses modalités"
    ),
    "no such question": "aucune question de ce nom",
    "a column of it": "une colonne de celle-ci",
    "an id that comes once": "un identifiant qui ne vient qu'une fois",
    "{found} and {n} times more": "{found}, et {n} fois de plus",
    "Y, X, Oui or nothing": "Y, X, Oui ou rien",
    "questions that the answers have": "des questions que les réponses ont",
    "{n} in all for {name}": "{n} en tout pour {name}",
    "a population": "une population",
    "no modality {name}": "aucune modalité {name}",
    "a margin for each modality of the answers": "une marge pour chaque modalité des réponses",
    # the record of what was published
}
