"""What a page says of the law is read in its text or with who publishes it, with its date; the rest is the team's."""

import datetime
import re

import pytest
import yaml

from ctg_analysis.display import markup, notes
from ctg_analysis.display.markup import for_readers
from ctg_analysis.model.settings import settings

LAWS = ("encadrement", "evs", "pedt", "seuils")
PUBLISHERS = r"(?:legifrance|solidarites|education|jeunes|collectivites-locales|moselle)\.gouv\.fr"
PUBLISHERS += r"|service-public\.fr|caf\.fr|injep\.fr|ac-[a-z-]+\.fr"
RELAYS = r"scribd|juriblio|fdocuments|lexbase|doctrine\.fr|weka|maire-info|associatheque|ash\.tm|banquedesterr|maires\d"
CITED = r"\barticles?\b|\bdécret\b|\bcirculaire\b|\binstruction\b|\bCaf\b|\bministère\b|Choix de ce diagnostic|Même"


def entries(name):
    return yaml.safe_load((settings().reference / f"{name}.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", LAWS)
def test_the_law_is_cited_from_its_text_or_its_publisher(name):
    for entry in entries(name):
        hosts = re.findall(r"https?://([^/\s)]+)", entry["source"])
        strangers = [host for host in hosts if not re.search(rf"(?:^|\.)(?:{PUBLISHERS})$", host)]
        assert not strangers and not re.search(RELAYS, str(entry)), entry["source"]
        if "a_verifier" not in entry:
            assert re.search(CITED, entry["source"], re.IGNORECASE), entry["source"]
            assert datetime.date.fromisoformat(str(entry["date"]))


def test_what_is_due_is_read_with_its_publisher_or_said_to_be_unread():
    for entry in entries("obligations"):
        hosts = re.findall(r"https?://([^/\s)]+)", entry["source"])
        assert "a_verifier" in entry or (
            hosts and all(re.search(rf"(?:^|\.)(?:{PUBLISHERS})$", host) for host in hosts)
        )


def test_no_source_of_law_of_the_repository_is_a_relay():
    texts = [path.read_text(encoding="utf-8") for path in settings().reference.glob("*.yml")]
    assert [word for text in texts for word in re.findall(RELAYS, text)] == []


@pytest.mark.parametrize("name", LAWS)
def test_what_is_still_to_be_checked_is_the_teams(name):
    to_check = sum("a_verifier" in entry for entry in entries(name))
    html = markup.references(notes.read_reference(name)).html
    seen = for_readers(html)
    assert seen.count('class="text"') == len(entries(name)) - to_check > 0
    assert "À vérifier" not in seen and html.count("À vérifier") == to_check
