"""Open data of the Caf: benefits rounded to 5, quotient familial, childcare coverage and places."""

from pathlib import Path

import numpy as np
import pandas as pd

from generator.places import COMMUNES, DEPARTEMENTS, EPCIS, NEIGHBOURS, Commune, Writer, leaning

YEARS = range(2020, 2025)
# Column → base, share of it.
BENEFITS = {
    "indfoy_ndur": ("all", 0.21),
    "indnbp_ndur": ("all", 0.48),
    "indfoy_ndurpaje": ("0_2", 0.7),
    "indfoy_ndurej": ("0_17", 0.42),
    "indfoy_cmg": ("0_2", 0.3),
    "indfoy_prepare": ("0_2", 0.08),
    "indfoy_af": ("0_17", 0.34),
    "indfoy_ars": ("0_17", 0.22),
    "indfoy_asf": ("0_17", 0.05),
    "indfoy_ndural": ("all", 0.075),
    "indfoy_rsa": ("all", 0.018),
    "indfoy_ppa": ("all", 0.06),
}
DISABILITY = {
    "indfoy_aah": ("all", 0.012),
    "indfoy_aeeh": ("0_17", 0.02),
    "indben_aah": ("all", 0.0125),
    "indben_aeeh": ("0_17", 0.022),
}
BRACKETS = {
    "Moins de 400 euros": 0.13,
    "Entre 400 et 799 euros": 0.25,
    "Entre 800 et 1199 euros": 0.24,
    "Entre 1200 et 1599 euros": 0.16,
    "Entre 1600 et 1999 euros": 0.09,
    "Entre 2000 et 3999 euros": 0.1,
    "4000 euros ou plus": 0.01,
    "Inconnu": 0.02,
}


def rounded(number: float) -> int:
    """Return a number rounded to the nearest multiple of 5."""
    return int(5 * np.floor(number / 5 + 0.5))


def _bases(communes: list[Commune], people: dict[str, np.ndarray], year: int) -> dict[str, float]:
    growth = 1 + 0.01 * (year - 2024)
    tables = [people[commune.code] for commune in communes]
    ages = sum(tables, start=np.zeros((2, 101)))
    return {"all": ages.sum() * growth, "0_2": ages[:, :3].sum() * growth, "0_17": ages[:, :18].sum() * growth}


def _counts(measures: dict, communes: list[Commune], people: dict[str, np.ndarray], year: int) -> list[float]:
    bases = [_bases([commune], people, year) for commune in communes]
    return [
        sum(known[base] * share * leaning(commune, name) for commune, known in zip(communes, bases, strict=True))
        for name, (base, share) in measures.items()
    ]


def benefits(raw: Path, people: dict[str, np.ndarray]) -> None:
    """Write households on each benefit: by commune and EPCI rounded, by département and country exact."""
    rows = []
    for year in YEARS:
        for commune in COMMUNES:
            counts = [rounded(number) for number in _counts(BENEFITS, [commune], people, year)]
            rows.append((f"{year}-12", commune.code, commune.name, *counts))
        rows.append((f"{year}-12", "XX", "Non localisé", *[5] * len(BENEFITS)))
    writer = Writer(raw, "caf_s_ben_com_f", "Foyers allocataires par commune", "décembre 2020 à 2024")
    writer.write("s_ben_com_f.csv", pd.DataFrame(rows, columns=["dtreffre", "numcomdo", "nomcom", *BENEFITS]))
    writer.certify()

    everything = BENEFITS | DISABILITY
    rows = []
    for year in YEARS:
        for epci, (name, _) in EPCIS.items():
            members = [commune for commune in COMMUNES if commune.epci == epci]
            rows.append((f"{year}-12", epci, name, *map(rounded, _counts(everything, members, people, year))))
    writer = Writer(raw, "caf_s_ben_epci_f", "Foyers allocataires par EPCI", "décembre 2020 à 2024")
    writer.write("s_ben_epci_f.csv", pd.DataFrame(rows, columns=["dtreffre", "numepci", "nomepci", *everything]))
    writer.certify()

    rows = []
    for year in YEARS:
        for month in (6, 12):
            for code in DEPARTEMENTS:
                members = [commune for commune in COMMUNES if commune.departement == code]
                counts = [round(number) for number in _counts(everything, members, people, year)]
                rows.append((f"{year}-{month:02d}-01", code, *counts))
                if month == 12 and code == "99":  # a technical row of one household, as the real file has
                    rows.append((f"{year}-{month:02d}-01", code, *[1] * len(everything)))
    writer = Writer(raw, "caf_s_ben_dep", "Foyers allocataires par département", "2020 à 2024")
    writer.write("s_ben_dep.csv", pd.DataFrame(rows, columns=["dtreffre", "numdep", *everything]))
    rows = [
        (f"{year}-12-01", *(round(number) for number in _counts(everything, COMMUNES, people, year))) for year in YEARS
    ]
    writer.write("s_ben_nat.csv", pd.DataFrame(rows, columns=["dtreffre", *everything]))
    writer.certify()


def brackets(raw: Path, people: dict[str, np.ndarray]) -> None:
    """Write households by quotient familial, and those on RSA by type."""
    rows, kinds = [], []
    for year in YEARS:
        for commune in COMMUNES:
            households = _bases([commune], people, year)["all"] * 0.21
            for label, share in BRACKETS.items():
                count = rounded(households * share)
                rows.append((f"{year}-12", commune.code, label, count, rounded(2.3 * count)))
            on_rsa = _bases([commune], people, year)["all"] * 0.018
            for label, share in (("RSA non majoré", 0.82), ("RSA majoré", 0.18)):
                kinds.append((f"{year}12", commune.code, commune.name, label, rounded(on_rsa * share)))
    writer = Writer(raw, "caf_quotient_familial", "Foyers par quotient familial", "décembre 2020 à 2024")
    columns = ["dtreffre", "numcomdo", "qf_400", "indfoy_ndur", "indnbp_ndur"]
    writer.write("ndur_s_qf_400_com_f.csv", pd.DataFrame(rows, columns=columns))
    writer.certify()
    families(raw, people)
    writer = Writer(raw, "caf_rsa_type", "Foyers bénéficiaires du RSA par type", "décembre 2020 à 2024")
    columns = ["dtreffre", "numcomdo", "nomcom", "rsa_type", "indfoy_rsa"]
    writer.write("rsa_s_type_com_f.csv", pd.DataFrame(kinds, columns=columns))
    writer.certify()


def families(raw: Path, people: dict[str, np.ndarray]) -> None:
    """Write what the extracts alone have: single parents on Paje, households under 30 and on low incomes."""
    shares = {"ndurpaje": ("0_2", 0.7), "ndurpajemono": ("0_2", 0.09), "all30_2024": ("all", 0.035)}
    members = {epci: [one for one in COMMUNES if one.epci == epci] for epci in EPCIS}
    rows = [(2024, epci, *map(rounded, _counts(shares, some, people, 2024))) for epci, some in members.items()]
    writer = Writer(raw, "caf_familles", "Paje selon la situation familiale, moins de 30 ans", "décembre 2024")
    writer.write("caf_familles_epci_2024_exemple.csv", pd.DataFrame(rows, columns=["annee", "code", *shares]))
    inside = {code: [one for one in COMMUNES if one.departement == code] for code in DEPARTEMENTS}
    rows = [(2024, code, *map(round, _counts(shares, some, people, 2024))) for code, some in inside.items()]
    writer.write("caf_familles_dep_2024_exemple.csv", pd.DataFrame(rows, columns=["annee", "code", *shares]))
    writer.certify()
    low = {"bas_revenus": ("all", 0.06)}
    rows = [
        (year, epci, *map(round, _counts(low, some, people, year)))
        for year in range(2016, 2020)
        for epci, some in members.items()
    ]
    writer = Writer(raw, "caf_bas_revenus", "Foyers allocataires à bas revenus", "décembre 2016 à 2019")
    writer.write("caf_bas_revenus_epci_exemple.csv", pd.DataFrame(rows, columns=["annee", "numepci", *low]))
    writer.certify()


def _near(rank: int) -> tuple[float, ...]:
    """Return the rates of a neighbour: its parts differ from one to the next, and add up."""
    parts = (
        12.5 + rank * 7 % 11 * 1.7,
        29.0 + rank * 5 % 11 * 2.3,
        1.1 + rank * 3 % 11 * 0.2,
        0.6 + rank * 2 % 11 * 0.1,
    )
    parts = tuple(round(part, 1) for part in parts)
    return (round(sum(parts), 1), *parts)


RATES = {  # at the end of 2023: total, EAJE, assistants maternels, école à 2 ans, garde à domicile
    "999999999": (63.1, 16.0, 44.2, 1.9, 1.1),
    "999999998": (61.2, 30.4, 26.0, 2.6, 2.2),
    "999999997": (104.5, 41.0, 60.2, 3.3, None),
    "999999996": (57.9, 28.8, 24.1, 2.4, 2.6),
} | {siren: _near(rank) for rank, (siren, *_) in enumerate(NEIGHBOURS)}
OTHER_RATES = {"99": (62.0, 29.6, 27.9, 2.5, 2.0), "98": (96.1, 38.2, 54.0, 3.1, 0.8)}
REGION_RATES = {"99": (70.6, 31.8, 34.5, 2.7, 1.7), "98": (55.8, 26.2, 24.5, 2.4, 2.7)}
COUNTRY = ("Pays d'Exemple", (60.3, 27.9, 27.5, 2.5, 2.4))
STEMS = ["txcouv", "txcouv_eaje", "txcouv_am_ind", "txcouv_prescol", "txcouv_gad_ind"]
PLACE_STEMS = ("tot_offre", "pl_eaje", "pl_psu_col", "pl_hors_psu_col", "pl_am_ind", "pl_prescol", "pl_gad_ind")
PSU = 0.92  # of the places in EAJE: one micro-crèche in twelve places is paid otherwise


def _earlier(rates: tuple, years: int) -> tuple:
    """Return the rates some years before: fewer places in EAJE, more at assistants maternels."""
    total, eaje, childminders, school, home = rates
    fewer, more = 0.9 * years, 1.3 * years
    parts = (round(eaje - fewer, 1), round(childminders + more, 1))
    return (round(total - fewer + more, 1), *parts, school, home)


def coverage(raw: Path, people: dict[str, np.ndarray]) -> None:
    """Write coverage since 2017 by EPCI, département, région and country; one rate is above 100, one part is blank."""
    writer = Writer(raw, "caf_txcouv_pe", "Taux de couverture de l'accueil du jeune enfant", "2017 à 2023")
    header = ["annee", "numepci", *(f"{stem}_epci" for stem in STEMS)]
    recent = [(year, code, *_earlier(rates, 2023 - year)) for year in (2022, 2023) for code, rates in RATES.items()]
    recent.append((2023, "XX", 195.8, 90.0, 100.0, 3.0, 2.8))
    writer.write("txcouv_pe_epci.csv", pd.DataFrame(recent, columns=header))
    former = [
        (year, code, *_earlier(rates, 2023 - year)) for year in range(2017, 2022) for code, rates in RATES.items()
    ]
    writer.write("txcouv_pe_epci_hist.csv", pd.DataFrame(former, columns=header))
    for level, column, known in (("dep", "numdep", OTHER_RATES), ("reg", "numregi", REGION_RATES)):
        rows = [
            (year, code, *_earlier(rates, 2023 - year)) for year in range(2017, 2024) for code, rates in known.items()
        ]
        table = pd.DataFrame(rows, columns=["annee", column, *(f"{stem}_{level}" for stem in STEMS)])
        writer.write(f"txcouv_pe_{level}.csv", table)
    rows = [(year, COUNTRY[0], *_earlier(COUNTRY[1], 2023 - year)) for year in range(2017, 2024)]
    writer.write(
        "txcouv_pe_nat.csv", pd.DataFrame(rows, columns=["annee", "national", *(f"{stem}_nat" for stem in STEMS)])
    )
    writer.certify()

    writer = Writer(raw, "caf_nbpla_pe", "Places offertes aux enfants de moins de 3 ans", "2017 à 2023")
    for level, column, known in (("epci", "numepci", RATES), ("dep", "numdep", OTHER_RATES)):
        rows = [
            (year, code, *_places(_earlier(rates, 2023 - year), _under_3(people, level, code)))
            for year in range(2017, 2024)
            for code, rates in known.items()
        ]
        header = ["annee", column, *(f"{stem}_{level}" for stem in PLACE_STEMS)]
        writer.write(f"nbpla_pe_{level}.csv", pd.DataFrame(rows, columns=header))
    writer.certify()


def _under_3(people: dict[str, np.ndarray], level: str, code: str) -> float:
    own = [people[one.code] for one in COMMUNES if code == (one.epci if level == "epci" else one.departement)]
    return float(sum(table[:, :3].sum() for table in own))


def _places(rates: tuple, children: float) -> tuple[int, ...]:
    """Return the places that make these rates: all, EAJE, of which PSU or not, childminders, school, at home."""
    eaje, childminders, school, home = (round((rate or 0.0) * children / 100) for rate in rates[1:])
    psu = round(eaje * PSU)
    return eaje + childminders + school + home, eaje, psu, eaje - psu, childminders, school, home


def write(raw: Path, people: dict[str, np.ndarray]) -> None:
    """Write all that the Caf publishes."""
    benefits(raw, people)
    brackets(raw, people)
    coverage(raw, people)
