"""Priorities as a page shows them: marks with their spread, ranks and how sure they are, who differs, what was decided.

ranking, sensitivity, divergences, points, overlooked, decided: those of `tables.outputs`. titles: enjeu_id → title.
"""

from collections.abc import Callable

import pandas as pd
from markupsafe import Markup

from ctg_analysis.demarche.tables.actors import OTHERS
from ctg_analysis.demarche.tables.codes import LIST
from ctg_analysis.demarche.voices.priorities import FOLLOWED, OVERLOOKED, RANKED, STABLE
from ctg_analysis.display.demarche import actor_names, pieces
from ctg_analysis.display.drawings import votes
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.pieces.charts import Listing
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.display.words.quantities import counted, number, quantity

CRITERIA = {"importance": "Importance", "urgence": "Urgence", "faisabilite": "Faisabilité"}
SPREAD = "Disque : note médiane, de 1 à 5 ; bande : la moitié centrale des notes."
DRAWN = (
    "Trait : rangs obtenus dans 95 des 100 tirages où l'on refait le vote avec autant de bulletins, tirés au hasard "
    "parmi ceux de chaque rencontre et de chaque sorte d'acteurs. Un rang est dit stable quand ce trait couvre deux "
    "rangs voisins au plus ; la part des tirages est celle où le rang change d'un rang au plus."
)
MOVED = 3  # ranks
Address = Callable[[str], str]


def criteria(ranking: pd.DataFrame, origin: pieces.Origin) -> Html:
    """The median marks of each enjeu and their spread."""
    voted = ranking[ranking["voters"].gt(0)]
    labels = [f"{row.enjeu_id} {row.titre}" for row in voted.itertuples(index=False)]
    header = ["Enjeu", *(f"{title} : médiane (quartiles)" for title in CRITERIA.values()), "Bulletins"]
    lines = [
        [label, *(_marks(row, name) for name in CRITERIA), number(row["voters"])]
        for label, row in zip(labels, voted.to_dict("records"), strict=True)
    ]
    return pieces.chart(
        votes.criteria(voted.assign(label=labels), CRITERIA),
        Listing(header, lines),
        origin,
        message=_foremost(voted),
        what="Notes données aux enjeux, de 1 à 5",
        note=f"{SPREAD} {_ballots(voted)}",
    )


def _foremost(voted: pd.DataFrame) -> str:
    """Which enjeux have the highest median importance, and the highest urgency too when some have both."""
    important = voted[voted["importance"].eq(voted["importance"].max())]
    both = important[important["urgence"].eq(voted["urgence"].max())]
    first = both if len(both) else important
    single, many = ("le plus important et le plus urgent", "les plus importants et les plus urgents")
    if both.empty:
        single, many = "le plus important", "les plus importants"
    if len(first) == 1:
        return f"L'enjeu jugé {single} : {texts.uncapitalised(first['titre'].iloc[0])}"
    return f"{len(first)} enjeux sur {len(voted)} sont jugés {many}"


def _marks(row: dict, name: str) -> str:
    if pd.isna(row[name]):
        return pieces.UNKNOWN
    return f"{quantity(row[name])} ({quantity(row[f'{name}_q1'])} à {quantity(row[f'{name}_q3'])})"


def _ballots(voted: pd.DataFrame) -> str:
    least, most = int(voted["voters"].min()), int(voted["voters"].max())
    return f"{least} bulletins." if least == most else f"De {least} à {most} bulletins selon l'enjeu."


def matrix(ranking: pd.DataFrame, address: Address, source: Citation) -> Html:
    """The enjeux where their importance and their urgence cross; each leads to its chain."""
    voted = ranking.dropna(subset=["importance", "urgence"])
    across, down = (sorted(voted[name].unique(), reverse=name == "urgence") for name in ("importance", "urgence"))
    lines = []
    for urgency in down:
        cells = []
        for importance in across:
            here = voted[voted["importance"].eq(importance) & voted["urgence"].eq(urgency)]
            cells.append(pieces.listed(_in_cell(row, address) for row in here.itertuples(index=False)))
        lines.append([quantity(urgency), *cells])
    header = ["Urgence", *(f"Importance {quantity(importance)}" for importance in across)]
    note = "Notes médianes, de 1 à 5 ; entre parenthèses, la faisabilité."
    return pieces.table("Importance et urgence des enjeux", header, lines, source, note, words=False)


def _in_cell(row, address: Address) -> Markup:
    return Markup("{} ({})").format(pieces.link(row.enjeu_id, address(row.enjeu_id)), quantity(row.faisabilite))


def ranks(ranking: pd.DataFrame, origin: pieces.Origin) -> Html:
    """The rank of each enjeu by the votes, and how sure it is."""
    known = ranking.dropna(subset=["rank"])
    texts_ = [_rank_text(row) for row in known.itertuples(index=False)]
    labels = [f"{row.enjeu_id} {row.titre}" for row in known.itertuples(index=False)]
    stable = int(known["words"].eq(STABLE).sum())
    lines = [
        [label, text, row.words, number(100 * row.stability) + " %", number(row.score, 2), number(row.points)]
        for label, text, row in zip(labels, texts_, known.itertuples(index=False), strict=True)
    ]
    header = ["Enjeu", "Rang (dans 95 tirages sur 100)", "Dit", "Part des tirages", "Note moyenne", "Points"]
    doubt = "Le classement n'est pas sûr : deux rangs voisins ne se départagent pas toujours."
    return pieces.chart(
        votes.ranks(known.assign(label=labels, text=texts_)),
        Listing(header, lines),
        origin,
        message=_stability(stable, len(known)),
        what="Rang des enjeux selon les votes",
        note=" ".join([RANKED, *([] if stable == len(known) else [doubt]), DRAWN]),
    )


def _stability(stable: int, known: int) -> str:
    """How many enjeux have a rank that the vote makes stable."""
    if stable == known:
        return f"Le vote donne un rang stable à {counted(known, 'enjeu', 'enjeux')} sur {known}"
    if not stable:
        return f"Le vote ne donne de rang stable à aucun enjeu sur {known}"
    left = known - stable
    others = "celui de l'autre" if left == 1 else f"celui des {left} autres"
    return f"Le vote donne un rang stable à {counted(stable, 'enjeu', 'enjeux')} sur {known} ; {others} est incertain"


def _rank_text(row) -> str:
    low, high = int(row.rank_low), int(row.rank_high)
    return f"{row.rank:.0f}" if low == high else f"{row.rank:.0f} ({low} à {high})"


def ways_of_counting(sensitivity: pd.DataFrame, address: Address, source: Citation) -> Html:
    """The rank of each enjeu under other ways of counting."""
    wide = sensitivity.pivot(index="scheme", columns="enjeu_id", values="rank")
    wide = wide.loc[list(dict.fromkeys(sensitivity["scheme"]))].sort_values(
        sensitivity["scheme"].iloc[0], axis=1, kind="stable"
    )
    moved = int((wide.max() - wide.min()).ge(MOVED).sum())
    lines = pieces.lines_of(wide.rename(index=texts.capitalised))
    lines.append(["Du meilleur au moins bon", *(f"{wide[name].min()} à {wide[name].max()}" for name in wide)])
    header = ["Façon de compter", *(pieces.link(name, address(name)) for name in wide)]
    many = counted(moved, "enjeu change", "enjeux changent")
    caption = "Rang des enjeux selon la façon de compter"
    return pieces.together(
        pieces.phrase(f"Selon la façon de compter, {many} de trois rangs ou plus."),
        pieces.table(caption, header, lines, source, marked={len(lines) - 1}, words=False),
    )


def voters(points: pd.DataFrame, address: Address, source: Citation) -> Html:
    """The points that each kind of actors gave."""
    wide = points.pivot(index="type_votant", columns="enjeu_id", values="points").fillna(0).astype(int)
    wide = wide.loc[sorted(wide.index, key=lambda name: (name == OTHERS, -wide.loc[name].sum(), name))]
    wide.index = [actor_names.several(name) for name in wide.index]
    wide.loc["Ensemble"] = wide.sum()
    wide = wide[wide.loc["Ensemble"].sort_values(ascending=False, kind="stable").index]
    lines = pieces.lines_of(wide.rename(index=texts.capitalised))
    note = "Une sorte d'acteurs dont moins de trois personnes ont voté n'est pas nommée."
    header = ["Sorte d'acteurs", *(pieces.link(name, address(name)) for name in wide)]
    caption = "Points donnés aux enjeux par chaque sorte d'acteurs"
    return pieces.table(caption, header, lines, source, note, marked={len(lines) - 1}, words=False)


def divergences(rows: pd.DataFrame, titles: dict[str, str], address: Address, source: Citation) -> Html:
    """The enjeux on which the kinds of actors differ."""
    apart = rows[rows["diverges"].astype(bool)]
    if apart.empty:
        return pieces.plain("Aucun enjeu ne sépare les sortes d'acteurs de deux notes ou plus sur son importance.")
    lines = [
        [
            pieces.link(f"{row.enjeu_id} {titles[row.enjeu_id]}", address(row.enjeu_id)),
            quantity(row.spread),
            actor_names.the(row.above.split(LIST)),
            actor_names.the(row.below.split(LIST)),
        ]
        for row in apart.itertuples(index=False)
    ]
    header = ["Enjeu", "Écart entre médianes", "Plus important pour", "Moins important pour"]
    divided = counted(len(apart), "enjeu divise", "enjeux divisent")
    sentence = f"{divided} les acteurs : deux notes ou plus entre leurs médianes d'importance."
    return pieces.together(
        pieces.phrase(sentence), pieces.table("Là où les acteurs ne sont pas d'accord", header, lines, source)
    )


def overlooked(rows: pd.DataFrame, address: Address, to_constat: Address, source: Citation) -> Html:
    """The enjeux that are little voted but well proved."""
    if rows.empty:
        return pieces.plain("Aucun enjeu étayé n'est dans le dernier tiers des votes.", OVERLOOKED)
    lines = [
        [
            pieces.link(f"{row.enjeu_id} {row.titre}", address(row.enjeu_id)),
            pieces.UNKNOWN if pd.isna(row.rank) else quantity(row.rank),
            quantity(row.points),
            pieces.listed(pieces.link(name, to_constat(name)) for name in row.constats.split(LIST)),
            str(row.kinds),
        ]
        for row in rows.itertuples(index=False)
    ]
    header = ["Enjeu", "Rang du vote", "Points", "Constats à preuve forte", "Sortes de preuves"]
    sentence = f"{counted(len(rows), 'enjeu est peu voté mais étayé', 'enjeux sont peu votés mais étayés')}."
    return pieces.together(
        pieces.phrase(sentence, OVERLOOKED), pieces.table("Peu votés mais étayés", header, lines, source)
    )


def decision_text(retained: object) -> str:
    """What the COPIL decided."""
    return "pas encore décidé" if pd.isna(retained) else "retenu" if retained else "non retenu"


def decisions(rows: pd.DataFrame, address: Address, source: Citation) -> Html:
    """What the COPIL decided, with its reason and its date, beside the votes that change nothing in it."""
    counts = rows["retenu"].map(decision_text, na_action=None).value_counts()
    decided = ", ".join(
        f"{counts[word]} {word}{'s' if counts[word] > 1 else ''}" for word in ("retenu", "non retenu") if word in counts
    )
    waiting = int(counts.get("pas encore décidé", 0))
    days, apart = [date_text(day) for day in rows["decide_le"]], not rows["against"].eq(FOLLOWED).all()
    dated = len({*days}) > 1
    when = "" if dated or not any(days) else f" le {days[0]}"
    as_voted = "" if apart else ", selon le rang du vote"
    sentence = f"Le COPIL a décidé{when} : {decided}{as_voted}." if decided else "Le COPIL n'a encore rien décidé."
    beside = f"{counted(waiting, 'enjeu attend', 'enjeux attendent')} sa décision." if waiting and decided else ""
    lines = [
        [
            pieces.link(f"{row.enjeu_id} {row.titre}", address(row.enjeu_id)),
            pieces.UNKNOWN if pd.isna(row.rank) else quantity(row.rank),
            decision_text(row.retenu),
            pieces.text_of(row.motif) or ("sans motif" if not pd.isna(row.retenu) else pieces.NOTHING),
            *([date_text(row.decide_le) or pieces.NOTHING] if dated else []),
            *([f"{row.against}, sans motif" if row.unexplained else row.against] if apart else []),
        ]
        for row in rows.itertuples(index=False)
    ]
    header = ["Enjeu", "Rang du vote", "Décision", "Motif", *(["Date"] if dated else [])]
    header += ["Par rapport au vote"] if apart else []
    return pieces.together(
        pieces.phrase(sentence, beside), pieces.table("La décision du COPIL, à part du vote", header, lines, source)
    )
