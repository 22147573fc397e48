"""What a page says of itself: definitions, sources, method, dated texts; its terms, and words that find them."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from lxml.html import HtmlElement
from markupsafe import escape

from ctg_analysis.display import html_tree, texts
from ctg_analysis.display.texts import NARROW, alphabetical, short_date, typography
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
# What is drawn, folded, does something already, is defined; the title.
LEFT_ALONE = frozenset({"svg", "details", "pre", "code", "a", "button", "label", "dt", "h1"})
NOT_IN_ID = re.compile("[^A-Za-z]")
KINDS = ("CA", "CC", "CU")  # what follows one of these is a name: « CA CAP Excellence »
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


SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Ý«])")
LONG = 10  # words: a longer sentence is not said again
SAME = "Même définition que plus haut."


def is_long(sentence: str) -> bool:
    """Whether a sentence is of more than ten words, a number being one."""
    return len(re.findall(r"\w+", sentence.replace(NARROW, ""))) > LONG


def said_once(entries: Iterable[dict]) -> list[dict]:
    """The entries of a list of definitions, each without the long sentences of those before.

    >>> base = "Les ménages du recensement, dont les questionnaires sont exploités en entier."
    >>> entries = [{"definition": f"Part. {base}", "caveats": ""}, {"definition": "Nombre.", "caveats": base}]
    >>> [entry["caveats"] for entry in said_once(entries)]
    ['', '']
    """
    said: set[str] = set()
    kept = []
    for entry in entries:
        written = {}
        for name in ("definition", "caveats"):
            sentences = SENTENCE.split(entry[name].strip())
            new = [one for one in sentences if not is_long(one) or one not in said]
            is_known = name == "definition" and sentences[0] not in new
            written[name] = " ".join([SAME] * is_known + new)
            said.update(sentences)
        kept.append({**entry, **written})
    return kept


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
    rounded = [source_text(source) for source in sources if source.precision.rounding]
    before = {"peers": [peers]}
    after = {
        "secrecy": dict.fromkeys(f"{source_text(one)} : {one.secrecy.reason}." for one in secret),
        "rounding": [f"Sources : {' ; '.join(rounded)}."],
    }
    concerned = _method_subjects(used, sources)
    entries = []
    for name, entry in load_yaml(METHOD_TEXTS, dict[str, dict[str, str]]).value.items():
        if not concerned[name]:
            continue
        text = entry["text"].format(year=year)
        text = " ".join([*before.get(name, []), text, *after.get(name, [])])
        label = texts.typography(entry["label"])
        entries.append({"label": label, "definition": texts.typography(text), "caveats": ""})
    return entries


def _method_subjects(indicators: Sequence[Indicator], sources: Sequence[Source]) -> dict[str, bool]:
    """The subjects of a methodological note, each with whether these indicators are concerned.

    Keys: those of `method.yml`. sources: those of the indicators.
    """
    rates = [one.value for one in indicators if isinstance(one.value, Rate)]
    return {
        "perimeter": True,
        "secrecy": any(source.secrecy.threshold for source in sources),
        "rounding": any(source.precision.rounding for source in sources),
        "sampling": any(source.precision.sampled for source in sources),
        "events": any(rate.of != PLACES for rate in rates),
        "floor": any(indicator.floor is not None for indicator in indicators),
        "comparison": True,
        "trends": True,
        "peers": True,
        "caf": any("caf" in source.id for source in sources),
    }


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
    words = {found["term"] for text in texts for found in _any_term().finditer(text)}
    return _by_letter(words)


def with_meanings(body: str) -> str:
    """Return the content of a page with a button that opens its meaning in the place of each term, at its first use
    under each heading of second or third level; the meanings follow the content.

    The sources of each chart name the same producers: a term opens there where it is met first in the page.
    """
    whole = html_tree.tree(body)
    here: set[str] = set()
    used: set[str] = set()
    for holder, where, text in list(html_tree.texts(whole, LEFT_ALONE)):
        if where == "text" and holder.tag in ("h2", "h3"):
            here = set()
        opened = []
        for found in _any_term().finditer(text):
            around = holder if where == "text" else holder.getparent()
            in_source = any("source" in one.classes for one in (around, *around.iterancestors("p")))
            if found["term"] not in (used if in_source else here):
                opened.append(found)
                here.add(found["term"])
                used.add(found["term"])
        if opened:
            _open(holder, where, text, opened)
    written = html_tree.content(whole)
    for term in _by_letter(used):
        told = f"<strong>{term}</strong>\u00a0: {escape(terms()[term])}"
        written += f'\n<div popover class="meaning" id="{name_of(term)}" role="note">{told}</div>'
    return written


def _open(holder: HtmlElement, where: str, text: str, found: Sequence[re.Match[str]]) -> None:
    """Put a button in the place of each term that was found in a text, with what no line may part from it."""
    buttons = [_button(one["before"], one["term"], one["after"]) for one in found]
    ends = [one.start() for one in found[1:]] + [len(text)]
    for button, one, end in zip(buttons, found, ends, strict=True):
        button.tail = text[one.end() : end]
    first = text[: found[0].start()]
    if where == "text":
        holder.text = first
        holder[:0] = buttons
    else:
        parent, rank = holder.getparent(), holder.getparent().index(holder) + 1
        holder.tail = first
        parent[rank:rank] = buttons


def _button(before: str, term: str, after: str) -> HtmlElement:
    button = html_tree.element("button", {"type": "button", "class": "term", "popovertarget": name_of(term)}, term)
    if not before and not after:
        return button
    unbroken = html_tree.element("span", {"class": "unbroken"}, before)
    unbroken.append(button)
    button.tail = after
    return unbroken


def _by_letter(words: set[str]) -> list[str]:
    """Return terms in alphabetical order, Ulis and ULIS always in the same."""
    return sorted(words, key=lambda word: (word.casefold(), word))


def name_of(term: str) -> str:
    """Return the id of the meaning of a term in a page."""
    return f"terme-{NOT_IN_ID.sub('-', term)}"


@cache
def _any_term() -> re.Pattern[str]:
    """Return the pattern of a term, the longest first, between what no line may part from it."""
    named = "".join(rf"(?<!\b{kind}[ \u00a0])" for kind in KINDS)
    longest = "|".join(map(re.escape, sorted(terms(), key=len, reverse=True)))
    return re.compile(rf"(?P<before>[(’]?)(?P<term>\b{named}(?:{longest})\b)(?P<after>[.,)]*)")


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
