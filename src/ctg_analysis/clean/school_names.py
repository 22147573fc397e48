"""Names of schools and neighbourhoods as French writes them: case, accents; which of them say nothing of their own."""

import re

import pandas as pd

# The common words of names; others are proper names. Where an article stands after a particle it has no capital.
COMMON = "au aux d de des du en et sous sur agricole annexe application collège école élémentaire enseignement général "
COMMON += "groupe intercommunale lycée maternelle métiers mixte polyvalent primaire privé privée professionnel public "
COMMON += "publique régional scolaire technologique institut médico éducatif thérapeutique pédagogique établissement"
PLAIN = str.maketrans("àâäéèêëîïôöùûüç", "aaaeeeeiioouuuc")
WORDS = {word.translate(PLAIN): word for word in COMMON.split()} | {"rpi": "RPI"}
ARTICLES, AFTER = {"la", "le", "les", "l"}, {"de", "sur", "sous", "en", "et"}
IN_PARIS = {"E": "ELEMENTAIRE", "M": "MATERNELLE", "P": "PRIMAIRE", "A": "D'APPLICATION"}
IN_PARIS |= {"PU": "PUBLIQUE", "PR": "PRIVEE"}
INITIALS = re.compile(r"^E[ .]([EMP])[ .](?:(A)[ .])?(PU|PR)\b")  # of « école élémentaire d'application publique »
ACUTE = {"ecole", "ecoles", "elementaire", "etablissement", "emile", "edouard", "etienne", "eluard", "etoile", "eglise"}
ACUTE |= {"education", "eveil"}
ACRONYMS = {"IME", "ITEP", "DITEP", "IEM", "IES", "INJS", "APEI", "ADAPEI", "UNAPEI", "SEGPA", "EREA", "ULIS", "CIO"}
ACRONYMS |= {"RPI", "CMPP", "CAMSP", "SESSAD", "EEAP", "APAJH", "ADPEP", "PEP", "MFR", "MFREO", "LEAP", "IMPRO"}
ACRONYMS |= {"ESAT", "LP", "HC", "CLG", "IRJS"}
SPOILT = {"Ime", "Itep", "Ditep", "Sessad", "Segpa", "Cmpp"}  # as some names write them
ROMAN = re.compile(r"[IVX]{2,}")
CAPITALS = 4  # letters of a word in capitals that is no set of initials
LETTERS = re.compile(r"[^\W\d_]+|[\W\d_]+")
GENERIC = {*WORDS, "adapte", "avec", "centre", "cio", "domicile", "education", "enseignant", "ime", "information"}
GENERIC |= {"itep", "orientation", "pour", "secteur", "section", "service", "site", "soins", "speciale", "un"}
USUAL, AT_LEAST = 0.8, 3  # of the spellings of a word, and how many there are, for one to be taken


def spellings(names: pd.Series) -> dict[str, str]:
    """Return how the names that are not in capitals mostly write each word, by the word without accents nor capitals.

    >>> spellings(pd.Series(["Collège Jean Jaurès", "Ecole Jean Jaurès", "Lycée Jean Jaurès", "ECOLE JEAN JAURES"]))
    {'jean': 'Jean', 'jaures': 'Jaurès'}
    """
    words = names[names.ne(names.str.upper())].str.findall(r"[^\W\d_]{2,}").explode().dropna()
    counts = words[words.ne(words.str.upper())].value_counts().rename_axis("word").reset_index()
    counts["small"] = counts["word"].str.lower()
    counts["plain"] = counts["small"].str.translate(PLAIN)
    accented = counts.groupby("small")["count"].transform("sum")
    counts = counts[accented.ge(AT_LEAST) & accented.ge(USUAL * counts.groupby("plain")["count"].transform("sum"))]
    return dict(counts.drop_duplicates("plain")[["plain", "word"]].to_numpy())


def in_french_case(name: str, usual: dict[str, str] | None = None) -> str:
    """Return a name as French writes it: its common words without capitals, its capitals with their accents.

    A word in capitals is written as `usual` has it (see `spellings`), else with one capital. Of a name that is not in
    capitals, the common words that come first are written small, what follows as it is but for its words in capitals.

    >>> in_french_case("ECOLE PRIMAIRE PRIVEE SAINT MATTHIEU"), in_french_case("COLLEGE DE L AUBRAC")
    ('École primaire privée Saint Matthieu', "Collège de l'Aubrac")
    >>> in_french_case("ECOLE PRIMAIRE PUBLIQUE LA VITARELLE"), in_french_case("E E A PU RICHOMME")
    ('École primaire publique La Vitarelle', "École élémentaire d'application publique Richomme")
    >>> in_french_case("DAME du Mûrier"), in_french_case("ECOLE PRIVEE NOTRE DAME")  # a service, a patron
    ('DAME du Mûrier', 'École privée Notre Dame')
    >>> in_french_case("Ecole Elémentaire JAURES", {"jaures": "Jaurès"}), in_french_case("Ecole primaire Emile Zola")
    ('École élémentaire Jaurès', 'École primaire Émile Zola')
    """
    name = name.strip()
    name = INITIALS.sub(lambda found: " ".join(["ECOLE", *(IN_PARIS[one] for one in found.groups() if one)]), name)
    capitals = name == name.upper()
    words, before, leading = [], "", True
    for word in LETTERS.findall(name):
        if word[0].isalpha():
            plain = word.lower().translate(PLAIN)
            leading = leading and plain in WORDS
            words.append(_in_case(word, before, usual or {}, capitals=capitals, leading=leading))
            before = plain
        else:
            words.append(word)
    text = re.sub(r"(?<=[ -])D'(?=\w)", "d'", "".join(words))
    text = re.sub(r"\b([dDlL]) (?=[AEIOUYHaeiouyéÉ])", r"\1'", text) if capitals else text
    return text[:1].upper() + text[1:]


def _in_case(word: str, before: str, usual: dict[str, str], *, capitals: bool, leading: bool) -> str:
    """Return a word of a name in its case. before: the word before it. leading: common words alone came so far."""
    plain = word.lower().translate(PLAIN)
    is_word = capitals or len(word) >= CAPITALS or (len(word) > 1 and plain in {*WORDS, *ARTICLES, *usual})
    shouted = word == word.upper() and is_word
    if _is_in_capitals(word, before):
        return word.upper()
    if shouted and plain in ARTICLES:
        return plain if before in AFTER else plain.capitalize()
    if plain in WORDS and (shouted or leading):
        return WORDS[plain]
    word = usual.get(plain, word.capitalize()) if shouted else word
    return {"E": "É", "e": "é"}.get(word[0], word[0]) + word[1:] if plain in ACUTE else word


def _is_in_capitals(word: str, before: str) -> bool:
    """Whether a word is of capitals: an acronym, a Roman number. before: the word before it."""
    if word in SPOILT or word in ACRONYMS or (word == "DAME" and not before):
        return True
    return word == word.upper() and bool(ROMAN.fullmatch(word))


def is_generic(name: str) -> bool:
    """Tell whether all the words of a name are common ones: it says nothing of its own.

    >>> is_generic("École primaire publique"), is_generic("École primaire publique La Vitarelle")
    (True, False)
    """
    words = re.findall(r"[^\W\d_]{2,}", name)
    return all(word.lower().translate(PLAIN) in GENERIC for word in words)


PARTICLES = re.compile(r"(?<=[^\W\d_] )(?:(?:De|Des|Du|Et|Au|Aux|En|Sur|Sous)(?= )|D'|(?<=[Dd]e )(?:La |Les |L'))")


def with_small_particles(name: str) -> str:
    """Return a name with its particles as French writes them, but for the first word.

    >>> with_small_particles("Les Courbes De L'Albarine"), with_small_particles("La Conte - Les Fourches")
    ("Les Courbes de l'Albarine", 'La Conte - Les Fourches')
    """
    return PARTICLES.sub(lambda found: found[0].lower(), name)
