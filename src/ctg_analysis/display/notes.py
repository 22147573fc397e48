"""What a page says of itself: definitions, sources, method, dated texts; its terms, and words that find them."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from markupsafe import escape

from ctg_analysis.display import texts
from ctg_analysis.display.markup import TEAM
from ctg_analysis.display.texts import alphabetical, short_date, typography
from ctg_analysis.model.catalogue import TITLES
from ctg_analysis.model.indicator import PLACES, Indicator, Rate
from ctg_analysis.model.settings import DataRoot, settings
from ctg_analysis.model.source import SOURCES, Source
from ctg_analysis.model.yaml_files import load_yaml, read_yaml

CONVENTIONS = "conventions.yml"
METHOD, METHOD_TEXTS = "Méthode de tout le diagnostic", Path(__file__).with_name("method.yml")

WORD = re.compile(r"\d+|[a-z]{3,}")
SHORT_NAME = re.compile(r".*\((\w+)\).*")
OF_A_LABEL = re.compile(r",| :| \(")  # after what a source is of, its detail
LEFT_ALONE = "svg|details|pre|code|a|button|label|dt|h1"  # drawn, folded, does something already, defined, the title
NOT_IN_ID = re.compile("[^A-Za-z]")
OPENING, CLOSING = '<button type="button" class="term"', "</button>"
KINDS = ("CA", "CC", "CU")  # what follows one of these is a name: « CA CAP Excellence »
# No line may part a term from these; it may a button.
BEFORE, AFTER = "(’", ".,)"
OPENED = re.compile(rf"{OPENING}[^<]*{CLOSING}[{AFTER}]*")
APART = re.compile(r"[\s'.,;:()«»-]+")
ENDING = re.compile(r"(?:(?<=l)l|(?<=n)n|(?<=t)t)?e?[sx]?$")  # of plurals and feminines


def definition(indicator: Indicator, *others: Indicator) -> dict:
    """Return the entry of an indicator: names, label with its unit, definition, caveats; or that of a family.

    The ages of a pyramid all read alike: the first stands for them.
    """
    label, meaning = indicator.label, indicator.definition
    mixed = any(other.unit != indicator.unit for other in others)
    if others and indicator.family in TITLES:
        label = TITLES[indicator.family]
        meaning = _of_each((indicator, *others))
    return {
        "names": [one.id for one in (indicator, *others)],
        "label": texts.typography(label if mixed else texts.with_unit(label, indicator.unit)),
        "definition": texts.typography(meaning),
        "caveats": texts.typography(indicator.caveats),
    }


def _of_each(members: Sequence[Indicator]) -> str:
    """Return the definitions of members, one after the other; one that its label tells, after the first, is not said.

    A label tells a definition that differs from the first by words of the label alone, or by a number that the label
    has another of: « Écoles d'indice de 90 à moins de 105 » after those under 90, the second decile after the first.
    """
    first, *others = members
    told = [member for member in others if not _is_told(member, first)]
    alike = [texts.uncapitalised(member.label) for member in others if member not in told]
    said = [f"{member.label} : {texts.uncapitalised(member.definition)}" for member in (first, *told)]
    said.insert(1, f"De même : {', '.join(alike)}." if alike else "")
    return " ".join(filter(None, said))


def _is_told(member: Indicator, first: Indicator) -> bool:
    own, of_first = _stems(member.definition), _stems(first.definition)
    return _tells(first.label, of_first - own) and _tells(member.label, own - of_first)


def _tells(label: str, words: set[str]) -> bool:
    known = _stems(label)
    return all(word in known or (word.isdigit() and any(map(str.isdigit, known))) for word in words)


def _stems(text: str) -> set[str]:
    """Return the words of a text by their first letters, which plurals share; its numbers whole."""
    return {word[:5] for word in WORD.findall(texts.alphabetical(text))}


def definitions(indicators: Iterable[Indicator]) -> list[dict]:
    """Return the entries of indicators in their order, one for all that are of a family."""
    families: dict[str, list[Indicator]] = {}
    for indicator in indicators:
        families.setdefault(indicator.family or indicator.id, []).append(indicator)
    return [definition(*family) for family in families.values()]


def whole_source(source: Source, day: str) -> str:
    """Return a source as notes name it: in whole, with the day when it was had and what is said of it."""
    return texts.typography(f"{source_text(source)}. Extraction du {short_date(day)}. {source.note}".strip())


def method(indicators: Iterable[Indicator], year: int, peers: str) -> list[dict[str, str]]:
    """Return the entries of a methodological note: perimeter, secrecy, rounding, sampling, tests, peers, coverage.

    peers: how the comparable EPCIs were chosen (see `known.peers_told`).
    """
    used = list(indicators)
    sources = [SOURCES[name] for name in dict.fromkeys(name for indicator in used for name in indicator.sources)]
    secret = [source for source in sources if source.secrecy.threshold]
    reasons = dict.fromkeys(f"{source_text(source)} : {source.secrecy.reason}." for source in secret)
    rounded = [source_text(source) for source in sources if source.precision.rounding]
    stand = {
        "perimeter": True,
        "secrecy": secret,
        "rounding": rounded,
        "sampling": any(source.precision.sampled for source in sources),
        "events": any(isinstance(indicator.value, Rate) and indicator.value.of != PLACES for indicator in used),
        "floor": any(indicator.floor is not None for indicator in used),
        "comparison": True,
        "trends": True,
        "peers": True,
        "caf": any("caf" in source.id for source in sources),
    }
    before = {"peers": [peers]}
    after = {"secrecy": reasons, "rounding": [f"Sources : {' ; '.join(rounded)}."]}
    entries = []
    for name, entry in load_yaml(METHOD_TEXTS, dict[str, dict[str, str]]).value.items():
        if stand[name]:
            text = " ".join([*before.get(name, []), entry["text"].format(year=year), *after.get(name, [])])
            told = {"label": texts.typography(entry["label"]), "definition": texts.typography(text), "caveats": ""}
            entries.append(told)
    return entries


def geography(sources: list[Source], year: int) -> str:
    """Return which geography a series is in: at a constant perimeter, when it is (R16)."""
    if all(source.totals.additive for source in sources):
        return f"À périmètre constant, géographie au 01/01/{year}"
    published = " ; ".join(dict.fromkeys(source.geography.words for source in sources if source.geography.words))
    return f"Valeurs publiées par le producteur ({published})"


def source_text(source: Source) -> str:
    """Return a source as a reader sees it under a chart."""
    return f"{source.producer}, {texts.uncapitalised(source.label)}"


def short_sources(sources: Iterable[Source]) -> str:
    """Return sources as they are named beside figures, on a short line: producers, and what of where that holds there.

    >>> short_sources(SOURCES[name] for name in ("insee_rp_population", "insee_etat_civil", "insee_rp_logement"))
    'Insee, recensement de la population 2023, état civil'
    >>> short_sources(SOURCES[name] for name in ("insee_rp_population", "sdes_rpls", "france_services"))
    'Insee, SDES, ANCT'
    """
    used, told = list(sources), {}
    for source in used:
        head = OF_A_LABEL.split(source.label)[0]
        label = head if " " in head else source.label
        told.setdefault(producers([source]), {})[texts.uncapitalised(label)] = None
    whole = " ; ".join(", ".join([producer, *labels]) for producer, labels in told.items())
    return whole if len(whole) <= texts.LINE else producers(used)


def producers(sources: Iterable[Source]) -> str:
    """Return the producers of sources, each once, by the short name that the long one ends with.

    >>> producers(SOURCES[name] for name in ("insee_rp_population", "insee_etat_civil", "france_services"))
    'Insee, ANCT'
    """
    names = (SHORT_NAME.sub(r"\1", source.producer).partition(",")[0] for source in sources)
    return ", ".join(dict.fromkeys(one for name in names for one in name.split(" et ")))


def read_reference(name: str) -> list[dict[str, str]]:
    """Return the dated texts of data/reference/<name>.yml, with their typography: texte, source, date, a_verifier."""
    return [{key: _written(value) for key, value in entry.items()} for entry in _entries(name)]


def read_norms(name: str) -> list[tuple[str, float, str]]:
    """Return what data/reference/<name>.yml sets a most for: id of the indicator, the most, whom it is about."""
    stated = [entry for entry in _entries(name) if "norme" in entry and "a_verifier" not in entry]
    return [(entry["indicateur"], float(entry["norme"]), entry["public"]) for entry in stated]


def _entries(name: str) -> list[dict[str, str]]:
    return load_yaml(settings().reference / f"{name}.yml", list[dict[str, str]]).value


def _written(text: str) -> str:
    return short_date(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else texts.typography(text)


def convention(root: DataRoot, epci: str) -> tuple[int, int] | None:
    """Return the first and last year of the territory's convention, when data/reference/conventions.yml knows it."""
    known = (read_yaml(root.reference / CONVENTIONS, dict[str, dict[str, str]]).value or {}).get(epci)
    return (int(known["debut"]), int(known["fin"])) if known else None


@cache
def terms() -> dict[str, str]:
    """Return the meaning of each term of data/reference/glossaire.yml."""
    path = settings().reference / "glossaire.yml"
    return {term: typography(meaning) for term, meaning in load_yaml(path, dict[str, str]).value.items()}


def terms_in(texts: Iterable[str]) -> list[str]:
    """Return the terms that stand in texts, in alphabetical order."""
    words = {word[0] for text in texts for word in re.finditer(_any_term(), text)}
    return _by_letter(words)


def with_meanings(body: str) -> str:
    """Return the content of a page with a button that opens its meaning in the place of each term, at its first use
    under each heading of second or third level; the meanings follow the content.

    The sources of each chart name the same producers: a term opens there where it is met first in the page.
    """
    here: set[str] = set()
    used: set[str] = set()
    in_source = False

    def opened(piece: re.Match) -> str:
        nonlocal in_source
        if piece[0].startswith("<"):
            if piece["heading"]:
                here.clear()
            in_source = bool(piece["source"]) or (in_source and not piece["end"])
            return piece[0]
        term, start = piece[0], piece.start()
        in_tag = body.rfind("<", 0, start) > body.rfind(">", 0, start)  # a value of an attribute
        if term in (used if in_source else here) or in_tag:
            return term
        here.add(term)
        used.add(term)
        return f'{OPENING} popovertarget="{name_of(term)}">{term}{CLOSING}'

    whole = _unbroken(_pieces().sub(opened, body))
    for term in _by_letter(used):
        text = f"<strong>{term}</strong>\u00a0: {escape(terms()[term])}"
        whole += f'\n<div popover class="meaning" id="{name_of(term)}" role="note">{text}</div>'
    return whole


def _unbroken(body: str) -> str:
    """Return the content with what no line may part around each button of a term."""
    kept, last = [], 0
    for button in OPENED.finditer(body):
        before = body[max(button.start() - 1, 0) : button.start()]
        start, end = button.start() - (len(before) if before in BEFORE else 0), button.end()
        if start < button.start() or body[end - 1] in AFTER:
            kept += [body[last:start], '<span class="unbroken">', body[start:end], "</span>"]
            last = end
    return "".join([*kept, body[last:]])


def _by_letter(words: set[str]) -> list[str]:
    """Return terms in alphabetical order, Ulis and ULIS always in the same."""
    return sorted(words, key=lambda word: (word.casefold(), word))


def name_of(term: str) -> str:
    """Return the id of the meaning of a term in a page."""
    return f"terme-{NOT_IN_ID.sub('-', term)}"


@cache
def _pieces() -> re.Pattern:
    """Return the pattern of what is passed over, of what opens terms again, and of the terms between."""
    alone = rf"(?P<alone>{LEFT_ALONE})\b[^<]*(?:<(?!/(?P=alone)>)[^<]*)*</(?P=alone)>"
    team = rf"{TEAM[0].removeprefix('<')}[\s\S]*?{TEAM[1]}"  # readers would miss what opened there
    return re.compile(
        rf'<(?:{team}|{alone}|(?P<heading>h[23]\b)|(?P<source>p class="source">)|(?P<end>/p>))|{_any_term()}'
    )


@cache
def _any_term() -> str:
    """Return the pattern of a term, the longest first."""
    named = "".join(rf"(?<!\b{kind}[ \u00a0])" for kind in KINDS)
    return rf"\b{named}(?:{'|'.join(map(re.escape, sorted(terms(), key=len, reverse=True)))})\b"


@cache
def synonyms() -> dict[str, list[str]]:
    """Return data/reference/synonymes.yml: a word of readers → those of the pages that answer it."""
    return load_yaml(settings().reference / "synonymes.yml", dict[str, list[str]]).value


def stems(text: str) -> list[str]:
    """Return the words of a text without accents, plural and feminine.

    >>> stems("Crèches municipales"), stems("assistantes maternelles"), stems("l'hôpital")
    (['crech', 'municipal'], ['assistant', 'maternel'], ['l', 'hopital'])
    """
    return [ENDING.sub("", word) for word in APART.split(alphabetical(text).replace("œ", "oe")) if word]


def meanings(words: str) -> list[list[str]]:
    """Return the stems that some words ask for: their own, then with each synonym in the place of what it means.

    >>> meanings("nounous")
    [['nounou'], ['assistant', 'maternel']]
    """
    asked = stems(words)
    others = [
        [*(word for word in asked if word not in said), *stems(other)]
        for said, answers in ((stems(word), answers) for word, answers in synonyms().items())
        if set(said) <= set(asked)
        for other in answers
    ]
    return [asked, *others] if asked else []
