"""Flows from home to work: who leaves their EPCI, worked by hand."""

import pandas as pd
from raw_files import received, said, values

from ctg_analysis.clean.official import clean_flows

FILE = "base-flux-mobilite-domicile-lieu-travail-2022.csv"
HEADER = "CODGEO;LIBGEO;DCLT;L_DCLT;NBFLUX_C22_ACTOCC15P\n"
ROWS = (
    "01001;Haut;01001;Haut;40,5\n"  # in the commune
    "01001;Haut;01002;Bas;20\n"  # another of the EPCI
    "01001;Haut;01009;Ancienne;9,5\n"  # a former commune, which Bas holds
    "01001;Haut;01003;Ailleurs;25\n"
    "01001;Haut;BE001;Bruxelles;5\n"  # abroad
    "75101;Paris 1er;75102;Paris 2e;100\n"  # two arrondissements of one commune
    "75101;Paris 1er;01003;Ailleurs;10\n"
    "01004;Île;01004;Île;30\n"  # without EPCI: a unit of its own
    "01004;Île;01003;Ailleurs;6\n"
)
COMMUNES = pd.DataFrame(
    [
        ("01001", "commune-actuelle", "A", None, None),
        ("01002", "commune-actuelle", "A", None, "01009"),
        ("01003", "commune-actuelle", "B", None, None),
        ("01004", "commune-actuelle", None, None, None),
        ("75056", "commune-actuelle", "P", None, None),
        ("75101", "arrondissement-municipal", None, "75056", None),
        ("75102", "arrondissement-municipal", None, "75056", None),
    ],
    columns=["code", "kind", "epci", "parent", "former_codes"],
    dtype=object,
)


def test_who_works_outside_their_epci(tmp_path):
    facts = values(clean_flows(received(tmp_path, {FILE: HEADER + ROWS}), COMMUNES))
    assert facts[("01001", "2022", "workers_in_flows")] == 100
    assert facts[("01001", "2022", "workers_outside_epci")] == 30  # 25 elsewhere and 5 abroad
    assert facts[("75101", "2022", "workers_outside_epci")] == 10
    assert facts[("01004", "2022", "workers_outside_epci")] == 6 and facts[("01004", "2022", "workers_in_flows")] == 36


def test_without_the_communes_only_the_workers_are_known(tmp_path):
    measures = {measure for _, _, measure in values(clean_flows(received(tmp_path, {FILE: HEADER + ROWS})))}
    assert measures == {"workers_in_flows"}


def test_a_file_without_its_flows_is_one_line(tmp_path):
    texts = {FILE: HEADER.replace("NBFLUX_C22_ACTOCC15P", "NB") + "01001;Haut;01001;Haut;40\n"}
    (line,) = said(clean_flows, received(tmp_path, texts))
    assert "_ACTOCC15P : trouvé pas de colonne de ce nom" in line
