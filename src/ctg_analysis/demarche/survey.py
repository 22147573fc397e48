"""The consultation of the residents, from the answers to what may be shown of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from ctg_analysis.demarche import columns, questions
from ctg_analysis.demarche.columns import CROSSED, LIST, NO_ANSWER, OUTSIDE
from ctg_analysis.demarche.declared_tables import OBSERVATIONS, RESTRICTED
from ctg_analysis.demarche.material_files import MaterialFiles
from ctg_analysis.demarche.questions import MIDDLE, STEP, STRENGTHS, Bounds, least, overlapping, rounded, whole
from ctg_analysis.demarche.table_files import SECTEUR
from ctg_analysis.indicators.uncertainty import Z
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.errors import Finding, InputError
from ctg_analysis.model.habits import quote

PROBABILITY, VOLUNTEERS = "probabiliste", "volontaires"

BOUNDS = (0.3, 3.0)  # of a weight, the mean being 1 (rule R21)
FEWEST = 10  # answers of a category of a margin: with fewer, it is put together with its neighbour
ROUNDS, NEAR = 1000, 1e-9  # of the raking: how many at most, and the gap (part of the whole) that ends it

MODES = RESTRICTED["reponses"].columns["mode"].one_of
OTHERS = "autres"  # the channels of fewer than 5 answers, together
UNDER, OVER, CLOSE = "sous-représenté", "surreprésenté", "proche"
MARGINS = "feuille « Marges du recensement », ou marges.csv"


def half_width(answers: float, deff: float = 1) -> float:
    """The 95 % margin of error of a share of 50 %, the widest, from 0 to 1 (rule R20).

    Legitimate for a probability sample alone, see `interval_words`.

    Parameters:
        deff: what the weights multiply the variance by, see `design_effect`.

    >>> round(half_width(100), 3), round(half_width(100, deff=4), 3)  # 1.96 × √(0.25 / 100), and twice as much
    (0.098, 0.196)
    """
    return Z * float(np.sqrt(0.25 / answers * deff))


def interval_words(sample: str) -> str:
    """What the interval of a sample may be called: only a probability sample has a margin of error (rule R20).

    sample: PROBABILITY, « quotas » or VOLUNTEERS. Source: American Association for Public Opinion Research, 2016.

    >>> interval_words(VOLUNTEERS)
    'intervalle indicatif'
    """
    return "marge d'erreur à 95 %" if sample == PROBABILITY else "intervalle indicatif"


def rake(answers: pd.DataFrame, margins: pd.DataFrame, bounds: tuple[float, float] = BOUNDS) -> pd.Series:
    """The weights, of mean 1, that give the answers the margins of the census (rule R21).

    A category with fewer than 10 answers, or with nobody in the census, is put together with the neighbour, in the
    order of the margins, that has fewer answers. Those who do not say keep their part.

    Parameters:
        answers: a column for each variable of the margins.
        margins: columns variable, modalite, effectif; the variable `a+b` crosses two columns. Margins count by their
            shares: those of households and of persons go together.
        bounds: of a weight, the mean being 1.

    Raises:
        InputError: a variable that no column holds, a modality that its margin lacks, a margin of 0.

    As many men as women in the census, 10 of 40 answers: 20 / 10 each, 20 / 30 a woman.

    >>> answers = pd.DataFrame({"sexe": ["f"] * 30 + ["h"] * 10})
    >>> margins = pd.DataFrame({"variable": "sexe", "modalite": ["f", "h"], "effectif": [500, 500]})
    >>> rake(answers, margins).iloc[[0, -1]].round(3).tolist()
    [0.667, 2.0]
    """
    used = [_margin(cells, census_of(margins, name)) for name, cells in margin_cells(answers, margins).items()]
    numbers, parts = zip(*used, strict=True)
    profiles, in_profile, counts = np.unique(np.column_stack(numbers), axis=0, return_inverse=True, return_counts=True)
    return pd.Series(bounded_raking(list(profiles.T), parts, counts, bounds)[in_profile], index=answers.index)


def census_of(margins: pd.DataFrame, variable: str) -> pd.Series:
    """Modality → people in the census, in the order of the margin."""
    return margins[margins["variable"].eq(variable)].set_index("modalite")["effectif"].astype(float)


def bounded_raking(
    categories: list[np.ndarray], parts: list[np.ndarray], counts: np.ndarray, bounds: tuple[float, float]
) -> np.ndarray:
    """The weight of each profile: the nearest to 1, within the bounds, that give every category its part.

    Each margin in turn multiplies what its categories lack, the weights being cut at the bounds: where they are not,
    this is the raking of Deming and Stephan (1940); where they are, its truncated form (Deville and Särndal 1992,
    JASA 87), which meets margins and bounds together whenever that can be.

    Parameters:
        categories: for each margin, the number of the category of each profile.
        parts: for each margin, the part of each category.
        counts: answers of each profile.

    >>> margin, parts = [np.array([0, 1])], [np.array([0.5, 0.5])]
    >>> bounded_raking(margin, parts, np.array([30, 10]), bounds=(0.3, 3)).round(3).tolist()  # 20 / 30 and 20 / 10
    [0.667, 2.0]
    >>> bounded_raking(margin, parts, np.array([36, 4]), bounds=(0.3, 3)).round(3).tolist()  # 20 / 4 is cut at 3
    [0.556, 3.0]
    """
    free, total = np.ones(len(counts)), counts.sum()
    for _ in range(ROUNDS):
        largest = 0.0
        for numbers, part in zip(categories, parts, strict=True):
            reached = np.bincount(numbers, counts * free.clip(*bounds), minlength=len(part)) / total
            largest = max(largest, np.abs(reached - part).max())
            free = (free * (part / reached)[numbers]).clip(NEAR, 1 / NEAR)
        if largest < NEAR:
            break
    return free.clip(*bounds)


def margin_cells(answers: pd.DataFrame, margins: pd.DataFrame) -> dict[str, pd.Series]:
    """Variable → modality of each answer; SR for those who do not say.

    Raises:
        InputError: see `rake`.
    """
    cells, findings = {}, []
    for variable, rows in margins.groupby("variable", sort=False):
        columns = variable.split(CROSSED)
        absent = [name for name in columns if name not in answers]
        if absent:
            findings.append(Finding(MARGINS, None, "variable", variable, "des questions que les réponses ont"))
            continue
        if rows["effectif"].sum() <= 0:
            findings.append(Finding(MARGINS, None, "effectif", f"0 en tout pour {variable}", "une population"))
        silent = answers[columns].isin([*OUTSIDE, ""]).any(axis=1) | answers[columns].isna().any(axis=1)
        answered = (
            answers[columns[0]].str.cat([answers[name] for name in columns[1:]], sep=CROSSED).mask(silent, NO_ANSWER)
        )
        for modality in sorted({*answered} - {NO_ANSWER, *rows["modalite"]}):
            expected = "une marge pour chaque modalité des réponses"
            findings.append(Finding(MARGINS, None, variable, f"aucune modalité {quote(modality)}", expected))
        cells[variable] = answered
    if findings:
        raise InputError(findings)
    return cells


def _margin(cells: pd.Series, census: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """The number of the category of each answer, and the part of all the answers that each category must have, small
    ones put together, those who do not say keeping their part.
    """
    answered = cells.ne(NO_ANSWER)
    categories = merged(cells[answered].value_counts().reindex(census.index, fill_value=0), census)
    parts = census.groupby(categories, sort=False).sum() / census.sum() * answered.mean()
    if not answered.all():
        parts[NO_ANSWER] = 1 - answered.mean()
    numbers = parts.index.get_indexer(cells.map(categories).where(answered, NO_ANSWER))
    return numbers, parts.to_numpy()


def merged(counts: pd.Series, census: pd.Series) -> pd.Series:
    """Modality → category: modalities with too few answers, or nobody in the census, join a neighbour.

    counts: answers by modality, in the order of the margin. The category that has fewest goes first, and joins the
    neighbour that has fewer. census: people by modality.

    >>> ages = ["15-29", "30-59", "60+"]
    >>> merged(pd.Series([12, 4, 8], index=ages), pd.Series(1000, index=ages)).tolist()
    ['15-29', '30-59|60+', '30-59|60+']
    """
    groups = [[modality] for modality in counts.index]

    def size(group: list[str]) -> int:
        return int(counts[group].sum()) if census[group].sum() > 0 else 0

    while len(groups) > 1 and min(map(size, groups)) < FEWEST:
        place = min(range(len(groups)), key=lambda number: size(groups[number]))
        beside = [number for number in (place - 1, place + 1) if 0 <= number < len(groups)]
        neighbour = min(beside, key=lambda number: size(groups[number]))
        first, second = sorted((place, neighbour))
        groups[first : second + 1] = [groups[first] + groups[second]]
    return pd.Series({modality: LIST.join(group) for group in groups for modality in group})


def profile_words(counts: pd.Series, census: pd.Series) -> pd.Series:
    """Who is under-represented among those who say: beyond the 95 % interval of their share (rules R14, R22).

    >>> profile_words(pd.Series([30, 10]), pd.Series([0.5, 0.5])).tolist()  # 75 % is 60 to 86 %, 25 % is 14 to 40 %
    ['surreprésenté', 'sous-représenté']
    """
    known = counts.where(census.notna())
    bounds = proportion_confint(known, pd.Series(known.sum() or np.nan, index=counts.index), method="wilson")
    low, high = (bound.round(9) for bound in bounds)  # of none 0, of all 1
    words = pd.Series(CLOSE, index=counts.index).mask(high.lt(census), UNDER).mask(low.gt(census), OVER)
    return words.where(census.notna(), "")


SECTEUR_LABEL = "Secteur d'habitation"


@dataclass(frozen=True)
class Survey:
    """Answers ready for counting. questionnaire: with the secteur as a question, if it was asked. answers: none blank.
    margins: those that the weights follow, see `rake`. note: the row of « Consultation », of volunteers by default.
    """

    questionnaire: pd.DataFrame
    answers: pd.DataFrame
    weights: pd.Series
    margins: pd.DataFrame
    note: Any

    @property
    def period(self) -> str:
        """The year of the last answer."""
        return str(self.answers["date"].max().year)


def open_survey(material: MaterialFiles, restricted: Mapping[str, pd.DataFrame]) -> Survey | None:
    """The answers with their weights, 1 without margins; None when there are none."""
    answers = restricted["reponses"].reset_index(drop=True)
    if answers.empty:
        return None
    questionnaire = _with_secteur(material["questionnaire"], answers)
    sensitive = restricted["reponses_sensibles"].drop(columns="consentement")
    answers = columns.with_blanks_filled(
        answers.merge(sensitive, on="rep_id", how="left", validate="1:1"), questionnaire
    )
    for q_id in sensitive.columns.drop("rep_id"):  # who gave no consent was not asked
        answers[q_id] = answers[q_id].mask(~answers["rep_id"].isin(sensitive["rep_id"]), columns.NOT_CONCERNED)
    margins = material["marges"]
    weights = rake(answers, margins) if len(margins) else pd.Series(1.0, index=answers.index)
    note = material["consultation"]
    note = note if len(note) else pd.DataFrame({"plan": [VOLUNTEERS]}).reindex(columns=note.columns)
    return Survey(questionnaire, answers, weights, margins, columns.lines(note)[0])


def _with_secteur(questionnaire: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    names = sorted(set(answers[SECTEUR].dropna()) - {""})
    if not names:
        return questionnaire
    row = {"q_id": SECTEUR, "libelle": SECTEUR_LABEL, "type": columns.CHOICE, "obligatoire": False, "sensible": False}
    row["modalites"] = tuple((name, name) for name in names)
    asked = pd.DataFrame([row], columns=questionnaire.columns).astype(questionnaire.dtypes)
    return pd.concat([questionnaire, asked], ignore_index=True)


MOST_GROUPS = 6  # modalities of a question of the profile that others are crossed with
Tables = dict[str, pd.DataFrame]
# What a reader uses of a figure
DIGITS = {"chi2": 0, "v": 2, "p": 3, "p_adjusted": 3, "deff": 2, "half_width": 3}
DIGITS |= dict.fromkeys(["share", "low", "high", "citations", "nonresponse", "before", "after"], 2)


def groups_of(questionnaire: pd.DataFrame, answers: pd.DataFrame) -> list[str]:
    """The questions of the profile that others are crossed with: of one answer among six or less."""
    profile = questionnaire[questionnaire["champ"].isna() & questionnaire["type"].eq(columns.CHOICE)]
    return [
        row.q_id
        for row in profile.itertuples()
        if row.q_id in answers
        and not columns.is_yes(row.sensible)
        and 1 < len(columns.labels(row.modalites)) <= MOST_GROUPS
    ]


def of_survey(survey: Survey, restricted: Mapping[str, pd.DataFrame], territory: str) -> Tables:
    """What may be shown of a consultation: see `declared_tables.RESULTS`; OBSERVATIONS: of the answers alone."""
    weights, asked = survey.weights, survey.questionnaire
    coded, note = restricted["ouvertes_codees"], survey.note
    opened = restricted["reponses_ouvertes"] if len(restricted["reponses_ouvertes"]) else coded
    answers = questions.with_texts_filled(survey.answers, asked, opened)
    asked = asked[asked["q_id"].isin(answers.columns)]
    closed = asked.loc[asked["type"].isin(columns.CLOSED), "q_id"]
    deff = design_effect(margin_sizes(answers, weights, survey.margins))
    distributions = pd.concat([questions.distribution(answers, weights, asked, q_id, deff) for q_id in closed])
    measures = questions.asked_of(CATALOGUE.values(), asked, answers)
    groups, tests = _of_groups(survey, deff)
    themes = questions.open_themes(coded)
    modes = answers["mode"].value_counts().reindex(MODES, fill_value=0)
    usable = whole(modes)
    tables = {
        "consultation": _about(survey, modes, deff),
        "participation": participation(note.commences, note.termines, usable, note.envoyes),
        "channels": channels(modes, answers["canal"].value_counts()),
        "profile": profile(answers, weights, survey.margins, asked),
        "completion": questions.completion(answers, asked, usable),
        "distribution": distributions,
        "crossings": tests,
        "by_group": groups,
        "wishes": questions.wishes(answers, weights, asked, deff),
        "open_themes": themes,
        "open_quotes": questions.quotable_answers(coded, themes),
    }
    return {name: table.round(DIGITS) for name, table in tables.items()} | {
        OBSERVATIONS: questions.survey_observations(distributions, measures, territory, survey.period)
    }


def _of_groups(survey: Survey, deff: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    answers, asked = survey.answers, survey.questionnaire
    about = asked[asked["champ"].notna() & asked["type"].isin(columns.CLOSED) & asked["q_id"].isin(answers.columns)]
    about = [row.q_id for row in about.itertuples() if not columns.is_yes(row.sensible)]
    pairs = [(q_id, group) for group in groups_of(asked, answers) for q_id in about]
    if not pairs:
        return pd.DataFrame(), pd.DataFrame()
    tables = {pair: questions.by_group(answers, survey.weights, asked, *pair, deff) for pair in pairs}
    tests = questions.crossings(pd.concat(tables.values()), asked)
    linked = tests.loc[tests["strength"].isin(STRENGTHS), ["q_id", "group"]].drop_duplicates()
    shown = [tables[pair] for pair in linked.itertuples(index=False, name=None)]
    return pd.concat(shown) if shown else pd.DataFrame(), tests


def _about(survey: Survey, modes: pd.Series, deff: float) -> pd.DataFrame:
    """One row: how the residents were asked, when, how many answered, what the weights cost.

    modes: answers by mode; those of fewer than 5 are not named.
    """
    usable = whole(modes)
    row = {
        "plan": survey.note.plan,
        "diffusion": survey.note.diffusion or "",
        "modes": LIST.join(modes.index[modes.ge(STEP)]),
        "start": survey.answers["date"].min(),
        "end": survey.answers["date"].max(),
        "usable_least": usable.least,
        "usable_most": usable.most,
        "weighted": len(survey.margins) > 0,
        "n_eff": usable.middle / deff // STEP * STEP,
        "deff": deff,
        "half_width": half_width(usable.middle, deff),
        "interval": interval_words(survey.note.plan),
    }
    return pd.DataFrame([row])


def participation(started: int | None, complete: int | None, usable: Bounds, sent: int | None = None) -> pd.DataFrame:
    """How many were asked, began, finished and are kept, by fives, then in parts (0 to 1).

    Those who finished are kept, see `totals_wrong`: their number is told as that of a whole whose parts overlap.

    Parameters:
        usable: those who are kept.
        sent: how many questionnaires were sent or handed out; None for an open link, which has no response rate.
            What is not known is None too.

    Returns:
        Columns step, least, most, of_sent, of_started: of the middles, 1 at most.

    >>> table = participation(started=402, complete=300, usable=Bounds(320, 332), sent=1000)
    >>> table[["least", "most"]].to_numpy().tolist()
    [[1000.0, 1004.0], [400.0, 404.0], [300.0, 304.0], [320.0, 332.0]]
    >>> table["of_sent"].tolist(), table["of_started"].tolist()
    ([1.0, 0.4, 0.3, 0.33], [nan, 1.0, 0.75, 0.81])
    """
    nothing = Bounds(np.nan, np.nan)
    steps = {
        "envoyés": nothing if sent is None else rounded(sent),
        "commencés": nothing if started is None else rounded(started),
        "terminés": nothing if complete is None else overlapping(complete, usable),
        "exploitables": usable,
    }
    table = pd.DataFrame([*steps.values()], dtype=float).assign(step=[*steps])
    middle = (table["least"] + table["most"]) / 2
    parts = pd.DataFrame({"of_sent": middle / middle[0], "of_started": middle / middle[1]}).clip(upper=1).round(2)
    return table.assign(of_sent=parts["of_sent"], of_started=parts["of_started"].where(table.index > 0))


def channels(modes: pd.Series, canals: pd.Series) -> pd.DataFrame:
    """By which way the answers came: columns kind, label, count (rounded down to a multiple of 5), the largest first.

    Every mode has its row, be it of nobody. The channels, which nothing declares, are named from 5 answers on; those of
    fewer are one row together, which is always there.

    Parameters:
        modes, canals: answers by mode, by channel.

    >>> modes = pd.Series({"web": 64, "papier": 9, "face-à-face": 0})
    >>> channels(modes, pd.Series({"école": 70, "marché": 3})).to_numpy().tolist()  # doctest: +NORMALIZE_WHITESPACE
    [['mode', 'web', 60.0], ['mode', 'papier', 5.0], ['mode', 'face-à-face', 0.0],
     ['canal', 'école', 70.0], ['canal', 'autres', 0.0]]
    """
    few = canals.lt(STEP)
    named = pd.concat([canals[~few], pd.Series({OTHERS: canals[few].sum()})])
    counts = {kind: least(sizes).rename_axis("label") for kind, sizes in (("mode", modes), ("canal", named))}
    table = pd.concat(counts, names=["kind"]).rename("count").reset_index()
    table, order = table.assign(last=table["label"].eq(OTHERS)), [False, True, False, True]
    table = table.sort_values(["kind", "last", "count", "label"], ascending=order, ignore_index=True)
    return table.drop(columns="last")


def margin_sizes(answers: pd.DataFrame, weights: pd.Series, margins: pd.DataFrame) -> pd.DataFrame:
    """The respondents of each modality of each margin, then those who do not say, as they are told.

    Returns:
        Columns variable, modalite; few: fewer than 5; count, weight: rounded down to a multiple of 5, 0 of few, before
        and after weights; before, after: their parts, from 0 to 1, even of few; census: people.
    """
    tables = []
    for variable, cells in margin_cells(answers, margins).items() if len(margins) else ():
        census = census_of(margins, variable)
        sizes = pd.DataFrame({"count": cells.value_counts(), "weight": weights.groupby(cells).sum()})
        sizes = sizes.reindex([*census.index, columns.NO_ANSWER], fill_value=0).rename_axis("modalite")
        few = sizes["count"].lt(STEP)
        sizes = sizes.mask(few, 0).apply(least)
        parts = (sizes + MIDDLE) / (sizes + MIDDLE).sum()
        table = sizes.assign(before=parts["count"], after=parts["weight"], few=few, census=census, variable=variable)
        tables.append(table.reset_index())
    names = ["variable", "modalite", "few", "count", "weight", "before", "after", "census"]
    return pd.concat(tables, ignore_index=True)[names] if tables else pd.DataFrame(columns=names)


def design_effect(sizes: pd.DataFrame) -> float:
    """What the weights multiply the variance of a share by (Kish 1965), as far as the rounded margins tell it.

    It is n Σw² / (Σw)²: the sum of after² / before for one margin. That of several is their product, as if each was
    answered whatever the others; one that a crossed margin holds counts once. The weights themselves, which depend on
    the exact number of each profile, are not in it. 1 without margins.

    Parameters:
        sizes: those of `margin_sizes`.

    >>> sizes = pd.DataFrame({"variable": "sexe", "before": [0.75, 0.25], "after": [0.5, 0.5]})
    >>> round(design_effect(sizes), 2)  # 0.25 / 0.75 + 0.25 / 0.25
    1.33
    """
    if sizes.empty:
        return 1.0
    asked = {variable: {*variable.split(CROSSED)} for variable in sizes["variable"].unique()}
    outer = [one for one in asked if not any(asked[one] < other for other in asked.values())]
    costs = (sizes["after"] ** 2 / sizes["before"]).groupby(sizes["variable"]).sum()
    return max(1.0, float(costs[outer].prod()))


def profile(
    answers: pd.DataFrame, weights: pd.Series, margins: pd.DataFrame, questionnaire: pd.DataFrame
) -> pd.DataFrame:
    """The profile of the respondents before and after weights, beside the census (rule R22).

    Returns:
        One row for each modality of each margin, then for 5 or more who do not say (without census): variable, libelle,
        modalite, modalite_libelle; count: respondents (multiple of 5); before, after, census: shares from 0 to 1, the
        first two of 5 respondents or more; represented: before any weight, see `profile_words`.

    >>> margins = pd.DataFrame({"variable": "sexe", "modalite": ["f", "h"], "effectif": [500, 500]})
    >>> asked = pd.DataFrame({"q_id": ["sexe"], "libelle": "Vous êtes", "modalites": "f=Femme|h=Homme"})
    >>> answers = pd.DataFrame({"sexe": ["f"] * 30 + ["h"] * 10})
    >>> table = profile(answers, rake(answers, margins), margins, asked)
    >>> table[["count", "before", "after", "census"]].round(2).to_numpy().tolist()  # 32, 12 and 2 silent; 22, 22 and 2
    [[30.0, 0.7, 0.48, 0.5], [10.0, 0.26, 0.48, 0.5]]
    """
    known, tables = questionnaire.set_index("q_id"), []
    for variable, sizes in margin_sizes(answers, weights, margins).groupby("variable", sort=False):
        few, census = sizes["few"], sizes["census"] / sizes["census"].sum()
        words = columns.OUTSIDE | (columns.labels(known["modalites"][variable]) if variable in known.index else {})
        table = sizes.assign(
            before=sizes["before"].mask(few),
            after=sizes["after"].mask(few),
            census=census,
            libelle=known["libelle"].get(variable, variable),
            modalite_libelle=[words.get(code, code) for code in sizes["modalite"]],
            represented=profile_words(sizes["count"] + MIDDLE, census),
        )
        tables.append(table[~few | census.notna()])
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
