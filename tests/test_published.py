"""What earlier editions published of restricted figures is known to the gate when it makes the next one."""

import json
import shutil

import pandas as pd
import pytest
from raw_files import keep

from ctg_analysis import derivation, published, staleness
from ctg_analysis.build import Built, build, lines_of
from ctg_analysis.chapters import chosen_chapters
from ctg_analysis.processing import exposure, read_notes
from ctg_analysis.raw_data import read_root
from ctg_analysis.secrecy import EXPOSED
from ctg_analysis.settings import DataRoot
from ctg_analysis.staleness import NOTES


def test_the_gate_knows_what_earlier_editions_published(tmp_path, monkeypatch, example):
    """A data root that is no invented one, with an earlier edition of its report: `ctg data` hands it to the gate."""
    root = DataRoot(tmp_path / "data")
    shutil.copytree(example.path, root.path, ignore=shutil.ignore_patterns("processed"))
    keep(root, {"etalab_decoupage", "contours"})
    (built,) = build(["999999999"], chosen_chapters(["08"]), tmp_path / "trial")
    for number in ("1", "2"):  # the second repeats the figures of the first
        shutil.copytree(built.place, tmp_path / "reports" / ".editions" / "999999999" / number)
    for module in (derivation, staleness):
        monkeypatch.setattr(module, "reports", lambda: tmp_path / "reports")
    heard = []

    def listen(observations, indicators, sources, membership, published=()):
        heard.extend(published)
        raise InterruptedError

    monkeypatch.setattr(derivation, "withhold", listen)
    with pytest.raises(InterruptedError):
        derivation.derive(root, read_root(root))
    (edition,) = heard
    known = edition.observations
    assert {"msa_familles", "mission_locale"} <= set(known["source"]) and known["status"].eq("ok").any()
    assert set(known.loc[known["level"].ne("commune"), "territory"]) <= set(edition.membership["territory"])
    assert [name for name in staleness.inputs(root) if name.startswith("published/")] != []
    assert published.editions_with_restricted(example, tmp_path / "reports") == {}  # the invented one starts anew


def test_a_build_says_in_one_line_what_earlier_editions_gave_away_of_its_territory_alone(tmp_path):
    places = pd.DataFrame({"code": ["99001", "99002", "98001"], "level": "commune", "epci": ["A", "A", "B"]})
    rows = [("pmi", "all", "", "2022", "99001|99002"), ("pmi", "all", "under_6", "2022", "99002")]
    table = derivation.notes("how the Caf rounds", pd.DataFrame(rows, columns=EXPOSED), places)
    root = DataRoot(tmp_path)
    root.processed.mkdir()
    (root.processed / NOTES).write_text(json.dumps(table.to_dict("records")), encoding="utf-8")
    assert read_notes(root)[0] == "how the Caf rounds" and len(read_notes(root)) == 3
    assert exposure(root, "B") == ""
    told = exposure(root, "A")
    assert told.startswith("A: earlier editions give away 2 groups of persons withheld now") and "ctg data" in told
    built = Built("A", tmp_path / "reports" / "A", exposure=told)
    assert lines_of(built)[1:] == [told] and built.exit_code == 0
