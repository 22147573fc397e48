"""What laws, institutes and usages set: each number is cited and applied, a file that cannot be trusted refused."""

import re
from dataclasses import replace

import pytest
from test_architecture import modules

from ctg_analysis.indicators.peers import SIZES
from ctg_analysis.model import norms as module
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import InputError
from ctg_analysis.model.norms import norms
from ctg_analysis.model.settings import NORMS, settings


def test_every_norm_is_applied_and_says_where_it_was_read():
    texts = [path.read_text(encoding="utf-8") for path in modules().values()]
    called = [words for text in texts for words in re.findall(r"norm\(([^)]*)\)", text)]
    applied = {name for words in called for name in re.findall(r"[\"']([a-z_]+)[\"']", words)}
    of_maps = {one.norm for one in CATALOGUE.values() if one.norm}
    assert applied | set(SIZES) | of_maps == norms().keys()
    assert [name for name, norm in norms().items() if not (norm.texte.endswith(".") and norm.source)] == []


@pytest.mark.parametrize(
    "written, fault",
    [
        ("few_events: {valeur: 20, texte: Un taux.}", "ligne 1, colonne few_events.source : trouvé rien"),
        ("few_events: {valeur: vingt, texte: Un taux., source: Usage}", "colonne few_events.valeur : trouvé « vingt »"),
        ("few_events: {valeur: 20, texte: Un taux., source: Usage, taux: 1}", "few_events.taux"),
        ("", "trouvé rien, attendu un fichier YAML"),
    ],
    ids=["no source", "no number", "another key", "empty"],
)
def test_norms_that_cannot_be_trusted_are_refused_in_one_line(tmp_path, monkeypatch, written, fault):
    path = tmp_path / "data" / "reference" / NORMS
    path.parent.mkdir(parents=True)
    path.write_text(written, encoding="utf-8")
    monkeypatch.setattr(module, "settings", lambda: replace(settings(), root=tmp_path))
    with pytest.raises(InputError, match=re.escape(fault)):
        norms.__wrapped__()
