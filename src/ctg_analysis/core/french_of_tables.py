"""The French of what is said of the tables and forms that people fill, as phrases for `core.findings_in_french`."""

OF_TABLES = {
    "{found}, and as much in {n} other lines": "{found}, et autant dans {n} autres lignes",
    "{found} (and in {n} other lines)": "{found} (et dans {n} autres lignes)",
    # what is found
    "a blank cell": "une case vide",
    "no value": "aucune valeur",
    "no value of {indicator} in {place}, {period}": "aucune valeur de {indicator} pour {place} en {period}",
    "nothing": "rien",
    "the day of an answer at least": "le jour d'une réponse au moins",
    "the day of an answer at least: export the dates too": "le jour d'une réponse au moins : exporter aussi les dates",
    "no date": "aucune date",
    "no such file": "aucun fichier de ce nom",
    "no such column": "pas de colonne de ce nom",
    "this column again": "cette colonne une seconde fois",
    "a column without a code": "une colonne sans code",
    "a column that is not in this table": "une colonne qui n'est pas de cette table",
    "a column that is not in the form": "une colonne qui n'est pas du formulaire",
    "a column that is none of its questions": "une colonne qui n'est aucune de ses questions",
    "a form that is not known": "un formulaire qui n'est pas connu",
    "a form without valid agreement": "un formulaire sans accord valable",
    "a file that nothing reads": "un fichier que rien ne lit",
    "a folder that nothing reads": "un dossier que rien ne lit",
    "a sheet that nothing reads": "une feuille que rien ne lit",
    "no row of headings": "aucune ligne de titres",
    "parts of more than {n} MB": "des parties de plus de {n} Mo",
    "a template": "un modèle",
    "a file that Word would not open": "un fichier que Word n'ouvrirait pas",
    "a .docx template": "un modèle .docx",
    "a tag that says: {message}": "une balise qui ne va pas ({message})",
    "the tags that data/reference/convention/LISEZMOI.md describes": (
        "les balises que décrit data/reference/convention/LISEZMOI.md"
    ),
    "no style {name}": "aucun style {name}",
    "all the styles of the template that it replaces": "tous les styles du modèle qu'il remplace",
    "a file of Excel 97": "un fichier d'Excel 97",
    "a workbook saved as {kind}": "un classeur enregistré en {kind}",
    "a text in UTF-16": "un texte en UTF-16",
    "a text in UTF-8: save the file again (in Excel, « CSV UTF-8 »)": (
        "un texte en UTF-8 : enregistrer de nouveau le fichier (dans Excel, « CSV UTF-8 »)"
    ),
    "a header that cannot be read": "une ligne de titres illisible",
    "a file saved as « CSV UTF-8 »": "un fichier enregistré en « CSV UTF-8 »",
    "a truncated or foreign file": "un fichier coupé, ou d'une autre sorte",
    "a workbook with a password": "un classeur protégé par un mot de passe",
    "a cell in error": "une case en erreur (#DIV/0!, #REF!, #N/A…)",
    "a formula without its value": "une formule sans sa valeur",
    "a formula": "une formule",
    "a bidirectional control character": "un caractère invisible qui retourne le texte",
    "a table that {place} gives too": "une table que donne aussi {place}",
    "a text of {n} characters": "un texte de {n} caractères",
    "{n} characters": "{n} caractères",
    "{n} letters": "{n} lettres",
    "{n} bytes once unpacked": "{n} octets une fois décompressé",
    "{n} bytes": "{n} octets",
    "{n} cells": "{n} cases",
    "more than {n} rows": "plus de {n} lignes",
    "a cell at {place}": "une case remplie en {place}",
    "{found}, at the character {n}": "{found}, au caractère {n}",
    "an e-mail address": "un courriel",
    "a telephone number": "un numéro de téléphone",
    "a street address": "une adresse",
    "the name of a person": "le nom d'une personne",
    "a social security number": "un numéro de sécurité sociale",
    "a bank account": "un compte bancaire",
    "a date of birth": "une date de naissance",
    "a number plate": "une plaque d'immatriculation",
    "a number of one person": "un nombre d'une seule personne",
    "a recording of no interview": "un enregistrement d'aucun entretien",
    "a decision without it": "une décision qui ne le dit pas",
    "modalities": "des modalités",
    "two figures of {code} in {period}": "deux chiffres de {code} en {period}",
    "{n}, {sum} with other communes": "{n}, {sum} avec d'autres communes",
    "{name} retained without action": "{name}, retenu sans action",
    "{name} without result indicator": "{name}, sans indicateur de résultat",
    "{name} without financer": "{name}, sans financeur",
    "{name} without budget": "{name}, sans budget",
    "{ind} of {name} without it": "{ind} de {name}, qui ne le dit pas",
    "{name} without it": "{name}, qui ne le dit pas",
    "{name} rated {mark} with {n} kind of proof": "{name}, noté {mark} avec {n} sorte de preuve",
    "{name} rated {mark} on one interview": "{name}, noté {mark} sur un seul entretien",
    "a file due for deletion since {day}": "un fichier à supprimer depuis le {day}",
    "{n} lines due for deletion since {day}": "{n} lignes à supprimer depuis le {day}",
    "{n} line due for deletion since {day}": "{n} ligne à supprimer depuis le {day}",
    "the name of an author in the properties": "le nom d'un auteur dans les propriétés du fichier",
    "{value} again": "{value} une seconde fois",
    # what is expected
    "oui, or a blank cell": "oui, ou une case vide",
    "at most {most}, for {place} has {high} in {year} ({what}): correct it, or write oui in confirme on this line": (
        "au plus {most}, car {place} en compte {high} en {year} ({what}) : corriger ou, si le partenaire le confirme, "
        "écrire oui sur cette ligne dans la colonne confirme"
    ),
    "a value": "une valeur",
    "a date": "une date",
    "files only": "des fichiers seulement",
    "each column once": "chaque colonne une fois",
    "this column in the header": "cette colonne parmi les titres",
    "a code in the row of codes, or no cell below": "un code dans la ligne des codes, ou rien en dessous",
    "the codes of the columns, as `ctg new` writes them": "les codes des colonnes, tels que `ctg new` les écrit",
    "the columns of `ctg new` only": "les seules colonnes de `ctg new`",
    "only {names}": "seulement {names}",
    "a whole workbook (.xlsx or .ods)": "un classeur entier (.xlsx ou .ods)",
    "a workbook that opens without one": "un classeur qui s'ouvre sans mot de passe",
    "a value: correct the formula": "une valeur : corriger la formule",
    "a value: open the workbook in a spreadsheet, and save it again": (
        "une valeur : ouvrir le classeur dans un tableur et l'enregistrer de nouveau"
    ),
    "this table in one file: empty one of the two": "cette table dans un seul fichier : vider l'un des deux",
    "a text that does not begin with {signs}": "un texte qui ne commence pas par {signs}",
    "plain text: type the words again": "un texte simple : taper de nouveau les mots",
    "a key that comes once: give this line another, or delete it": (
        "une clé qui ne vient qu'une fois : en donner une autre à cette ligne, ou la supprimer"
    ),
    "a key that comes once": "une clé qui ne vient qu'une fois",
    "a date, such as 2023-01-19": "une date, telle que 19/01/2023",
    "a day that exists, such as {day}": "un jour qui existe, tel que {day}",
    "a day, a month or a year, such as 2023-01-19, 2023-01 or 2023": (
        "un jour, un mois ou une année, tels que 19/01/2023, 01/2023 ou 2023"
    ),
    "a day or a month that exists, such as 2023-01-19 or 2023-01": (
        "un jour ou un mois qui existe, tels que 19/01/2023 ou 01/2023"
    ),
    "a number, such as 1234 or 12,5": "un nombre, tel que 1 234 ou 12,5",
    "a number of 0 or more": "un nombre, 0 ou plus",
    "a count of 0 or more": "un nombre, 0 ou plus",
    "a whole number from {low} to {high}, or a blank cell where nothing was assessed": (
        "un nombre entier de {low} à {high}, ou une case vide si rien n'a été évalué"
    ),
    "a whole number from {low} to {high}": "un nombre entier de {low} à {high}",
    "a whole number": "un nombre entier",
    "a number of two decimals at most, such as 1234 or 12,5": (
        "un nombre de deux décimales au plus, tel que 1234 ou 12,5"
    ),
    "a number, or one of {names}": "un nombre, ou l'une de ces valeurs : {names}",
    "a number; a blank cell when it is not known, « s » or « <5 » when it may not be told": (
        "un nombre ; une case vide s'il n'est pas connu, « s » ou « <5 » s'il ne peut être dit"
    ),
    "a number": "un nombre",
    "1, 2 or 3": "1, 2 ou 3",
    "0 or 1": "oui ou non",
    "a year of four digits": "une année de quatre chiffres",
    "a year, or a December such as 2024-12": "une année, ou un mois de décembre tel que 12/2024",
    "a December, such as 2024-12": "un mois de décembre, tel que 12/2024",
    "an id of letters, digits, - _ and . only": "un identifiant fait de lettres sans accent, de chiffres, de - _ et .",
    "a commune code or the SIREN of the EPCI": "le code d'une commune, ou le SIREN de l'EPCI",
    "an address https://… or the name of a file": "une adresse https://… ou le nom d'un fichier",
    "code=texte, several of them separated by |": "code=texte, séparés par |",
    "each code once": "chaque code une fois",
    "one at least": "un au moins",
    "the code of the EPCI or of one of its communes": "le code de l'EPCI ou de l'une de ses communes",
    "the EPCI, one of its communes or its département": "l'EPCI, l'une de ses communes ou son département",
    "a commune, an EPCI or a département": "le code d'une commune, de l'EPCI ou du département",
    "a commune of the EPCI, where the structure has its address": (
        "une commune de l'EPCI, celle où la structure a son adresse"
    ),
    "a commune code of 5 characters, such as 01001 or 2A004": "un code de commune de 5 caractères, tel que 01001",
    "the name of an organisation, such as {name}": "le nom d'un organisme, tel que {name}",
    "the name of an organisation": "le nom d'un organisme",
    "a score for each criterion, or for none of them": "une note pour chaque critère, ou pour aucun",
    "a day after {column}, {day}": "un jour après {column}, {day}",
    "a date after {day}, of {column}": "une date après {day}, de {column}",
    "a period before the form was received, on {day}": "une période d'avant la réception du formulaire, le {day}",
    "{year} in every row, or {month} in every row": "{year} à chaque ligne, ou {month} à chaque ligne",
    "at least {n}, which its communes have together": "au moins {n}, ce que ses communes ont ensemble",
    "at most {n}": "au plus {n}",
    "{n} at most": "{n} au plus",
    "{part} at most {whole}": "{part} au plus égal à {whole}",
    "{n} at least, the answers of {file}": "{n} au moins, les réponses de {file}",
    "a blank cell, for this column is filled commune by commune": (
        "une case vide : cette colonne se remplit commune par commune"
    ),
    "words that name nobody: what was done, not who did it": (
        "des mots qui ne nomment personne : ce qui a été fait, non qui l'a fait"
    ),
    "an entry {source} in {file}, with recu_le and convention": (
        "une entrée {source} dans {file}, avec recu_le et convention ; ôter les # s'il y en a devant"
    ),
    "la feuille {one} or la feuille {other}": "la feuille {one} ou la feuille {other}",
    "{one}.csv or {other}.csv": "{one}.csv ou {other}.csv",
    "an id of {files}: correct it or add it there": "un identifiant de {files} : le corriger ou l'y ajouter",
    "a text that names nobody: write a function, a place, or nothing; names of places go in noms_admis.txt": (
        "un texte qui ne nomme personne : écrire une fonction, un lieu ou rien ; les noms de lieux vont dans "
        "noms_admis.txt"
    ),
    "who re-read the extract, before it leaves the team": "qui a relu l'extrait, avant qu'il ne sorte de l'équipe",
    "none: in Excel, File, Info, Inspect Document, remove them": (
        "aucun : dans Excel, Fichier, Informations, Inspecter le document, les supprimer"
    ),
    "oui or non": "oui ou non",
    "oui: without explicit consent, delete the line": "oui : sans consentement explicite, supprimer la ligne",
    "the day when {name} is deleted, such as {example}": (
        "le jour où {name} est supprimé, tel que {example} ; ôter le # devant"
    ),
    "a recording that a line of entretiens.csv names": "un enregistrement que nomme une ligne de la table entretiens",
    "a file of {folder}/, or a blank cell": "un fichier de {folder}/, ou une case vide",
    "an indicator of `ctg list indicators`": "un indicateur de `ctg list indicators`",
    "an indicator of type {types}: this one is of type {type}": (
        "un indicateur de type {types} : celui-ci est de type {type}"
    ),
    "an indicator of {name} in {file}": "un indicateur de {name} dans {file}",
    "an indicator of type résultat of {file}": "un indicateur de type résultat de {file}",
    "an indicator of {name}: this one is of {other}": "un indicateur de {name} : celui-ci est de {other}",
    "indicateur+territoire+periode, such as {example}": "indicateur+territoire+periode, tel que {example}",
    "what the figure is held to show, so that the next edition can tell": (
        "ce que le chiffre doit montrer, pour que l'édition suivante puisse le dire"
    ),
    "a blank cell, but for an indicator": "une case vide, sauf pour un indicateur",
    "a blank cell for a question {type}": "une case vide pour une question {type}",
    "{form} for a question {type}": "{form} pour une question {type}",
    "{axis}, the axis of the objective {name}": "{axis}, l'axe de l'objectif {name}",
    "other codes than {names}, which every question has": "d'autres codes que {names}, qu'a toute question",
    "question=code, of a question and of one of its modalities": (
        "question=code, d'une question et de l'un de ses codes"
    ),
    "a question of {file}, or {word}": "une question de {file}, ou {word}",
    "a code of {name} in {file}": "un code de {name} dans {file}",
    "a column for this question, or no such question in {file}": (
        "une colonne pour cette question, ou pas de question de ce nom dans {file}"
    ),
    "a question of {file}: was it renamed or removed after the first answers?": (
        "une question de {file} : a-t-elle été renommée ou retirée après les premières réponses ?"
    ),
    "an action in actions.csv that names it, or an objective that does": (
        "une action de la table actions qui le nomme, ou un objectif qui le fait"
    ),
    "why and when the COPIL decided": "pourquoi et quand le COPIL a décidé",
    "one function that leads the action": "une fonction, qui pilote l'action",
    "when it begins, such as {month}": "quand elle commence, tel que {month}",
    "when it ends, such as {month}": "quand elle finit, tel que {month}",
    "a budget in euros, 0 when it costs nothing more": "un budget en euros, 0 si elle ne coûte rien de plus",
    "a line for each financer and year in {file}": "une ligne par financeur et par année dans {file}",
    "its baseline, its target, their dates and who collects it": (
        "sa valeur de départ, sa valeur visée, leurs dates et qui le recueille"
    ),
    "{n}, what the financers of {name} bring in {file}": "{n}, ce qu'apportent les financeurs de {name} dans {file}",
    "{n} at least in preuves.csv, or a lower rating": "{n} au moins dans la table preuves, ou une note plus basse",
    "1, or another proof": "1, ou une autre preuve",
    "{n}, the sum of presents_par_type": "{n}, la somme de presents_par_type",
    "within the convention, {begin} to {end}": "dans les années de la convention, {begin} à {end}",
    "a baseline of {day} at the latest, when the convention was validated": (
        "une valeur de départ du {day} au plus tard, quand la convention a été validée"
    ),
    "a workbook (.xlsx, .ods), or a CSV named as {file} says": (
        "un classeur (.xlsx, .ods), ou un CSV du nom que dit {file}"
    ),
    "one of {names}": "l'une de ces valeurs : {names}",
    "{part} of {whole}": "{part} pour {whole}",
    "its deletion: run `ctg purge EPCI --delete`": "sa suppression : lancer `ctg purge EPCI --delete`",
}
