"""Chapters 13 to 16 as a reader gets them: drawings to scale, words, a chain of links (scenarios 11, 12, 14)."""

import copy
import re

import numpy as np
import pandas as pd
import pytest
import seaborn as sns

from ctg_analysis.chapter.demarche import pieces
from ctg_analysis.chapter.demarche.bilan import Bilan
from ctg_analysis.chapter.demarche.enjeux import Enjeux
from ctg_analysis.chapter.demarche.followup import Followup
from ctg_analysis.chapter.demarche.pieces import DemarcheChapter, place_of
from ctg_analysis.chapter.demarche.strategy import Strategy
from ctg_analysis.demarche.voices import CRITERIA, decisions, divergences
from ctg_analysis.demarche.voices import priorities as ranked
from ctg_analysis.display.quantities import euros, number, short_euros
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI
from ctg_analysis.show import charts

CELL = '<div class="cell"'
ENJEUX, STRATEGY, FOLLOWUP = "14_enjeux.html", "15_strategie.html", "16_suivi.html"


def page_of(chapter, told):
    """Return what a page shows of a verb of a chapter: its piece, or a drawing of its rows."""
    if not isinstance(told, pd.DataFrame):
        return told.html
    columns = [name for name in ("statut", "année", "argent") if name in told]
    drawing = charts.cells(told, x=columns[0], y="label") if columns else sns.barplot(told, x="value", y="label")
    return chapter.figure(drawing, told).html


def test_the_rule_of_the_ranks_stands_where_they_are_read(shown):
    """A rank that has fewer points than the next is not an error: points only part equal marks."""
    enjeux = Enjeux(shown.territory)
    assert not enjeux.ranking.sort_values("rank")["points"].is_monotonic_decreasing
    assert "Le rang suit la note moyenne des trois critères" in page_of(enjeux, enjeux.ranks())
    votes = re.findall(r"Rang (\d+) sur 10, [^;]*; note moyenne (\d,\d\d)", enjeux.chain().html)
    by_rank = [mark for _, mark in sorted(votes, key=lambda vote: int(vote[0]))]
    assert len(votes) == 10 and by_rank == sorted(by_rank, reverse=True)


def test_an_amount_is_rounded_in_the_title_of_a_chart_as_in_its_cells(shown):
    given = pd.DataFrame({"financeur": ["Caf", "MSA"], "montant": [752_500.0, 38_300]})
    given = given.assign(action_id="F01", annee=2024, nature="fonctionnement")
    strategy = Strategy(with_tables(shown, financements=given))
    html = page_of(strategy, strategy.budget())
    assert f"{euros(752_500)} sur {euros(790_800)}" in html and ">752,5<" in html
    assert [short_euros(752_500), short_euros(753_499)] == [euros(753_000)] * 2


@pytest.fixture(scope="module")
def shown(example):
    return DemarcheChapter.open(EXAMPLE_EPCI)


def with_tables(shown, **tables):
    """Return the observations beside other tables."""
    seen, demarche = copy.copy(shown.territory), copy.copy(shown.demarche)
    demarche.table = lambda name: tables[name] if name in tables else shown.table(name)
    seen.demarche = demarche
    return seen


def test_what_a_person_wrote_never_becomes_markup(shown):
    hostile = '<img src=x onerror="alert(1)">'
    actions = shown.table("actions").copy()
    actions.loc[0, ["titre", "description", "pilote"]] = hostile
    enjeux = shown.table("enjeux").copy()
    enjeux.loc[0, ["titre", "motif"]] = hostile
    other = with_tables(shown, actions=actions, enjeux=enjeux)
    strategy = Strategy(other)
    ranks, followup = Enjeux(other), Followup(other)
    told = {
        strategy: [strategy.tree, strategy.sheets, strategy.gantt, strategy.load],
        ranks: [ranks.chain],
        followup: [followup.dashboard, followup.one_by_one],
    }
    for html in (page_of(chapter, verb()) for chapter, verbs in told.items() for verb in verbs):
        assert "<img" not in html and "&lt;img" in html
    assert pieces.link("<b>", '"x').startswith('<a href="&#34;x">&lt;b&gt;')


# Chapter 14


def ballots(levels, voters=40, spread=1.0):
    generator = np.random.default_rng(1)
    kinds = ["élu", "Caf", "association", "gestionnaire", "habitant"]
    marks = CRITERIA.values()
    rows = [
        ("w", f"b{voter}", kinds[voter % 5], f"e{rank}", 1, *generator.normal(level, spread, 3).round().clip(1, 5))
        for voter in range(voters)
        for rank, level in enumerate(levels, start=1)
    ]
    return pd.DataFrame(rows, columns=["atelier_id", "bulletin", "type_votant", "objet_id", "points", *marks])


def enjeux(count, **columns):
    ids = [f"e{rank}" for rank in range(1, count + 1)]
    table = pd.DataFrame({"enjeu_id": ids, "titre": ids, "constats": [("c",)] * count})
    return table.assign(retenu=None, motif=None, decide_le=pd.NaT).assign(**columns)


def test_a_ranking_that_is_not_stable_says_so(shown):
    """Scenario 11."""
    for levels, stable in (((4.8, 3, 1.2), True), ((3.0, 3.05, 3.1, 2.95, 3.0, 3.02), False)):
        chapter = Enjeux(with_tables(shown, priorities=ranked(ballots(levels), enjeux(len(levels)))))
        html = page_of(chapter, chapter.ranks())
        assert ("Le classement n’est pas sûr" in html) is not stable
        assert (f"un rang stable à {len(levels)} enjeux sur {len(levels)}" in html) is stable
        assert ("<td>rang incertain</td>" in html) is not stable


def test_the_decision_of_the_copil_stands_beside_the_rank_with_its_reason_and_its_date(shown):
    """Scenario 11: it overrides the vote, and no rank changes it."""
    ranking = ranked(ballots((4.8, 3, 1.2)), enjeux(3))
    decided = enjeux(3, retenu=[False, None, True], motif=["ailleurs", None, None])
    decided["decide_le"] = pd.to_datetime(["2024-06-27", None, "2024-06-27"])
    told = decisions(ranking, decided.astype({"retenu": "boolean"}))
    html = Enjeux(with_tables(shown, decisions=told)).decisions().html
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr><th scope=.row.>.*?</tr>", html)]
    assert rows == [
        ["1", "non retenu", "ailleurs", "27 juin 2024", "écarté malgré son rang"],
        ["2", "pas encore décidé", "\u2014", "\u2014", "pas encore décidé"],
        ["3", "retenu", "sans motif", "27 juin 2024", "retenu malgré son rang, sans motif"],
    ]
    assert "1 enjeu attend sa décision." in html
    undated = Enjeux(with_tables(shown, decisions=told.assign(decide_le=pd.NaT))).decisions().html
    assert "Le COPIL a décidé\u00a0: 1 retenu, 1 non retenu." in undated and "Date</th>" not in undated
    one_day = Enjeux(with_tables(shown, decisions=told[told["retenu"].notna()])).decisions().html
    assert "Le COPIL a décidé le 27 juin 2024\u00a0: 1 retenu, 1 non retenu." in one_day


def test_actors_who_differ_are_named(shown):
    cast = ballots((3, 3), spread=0.1)
    apart = cast["type_votant"].eq("élu") & cast["objet_id"].eq("e1")
    cast.loc[apart, "importance_1_5"] = 5
    titled = enjeux(2, titre=["Un", "Deux"])
    html = Enjeux(with_tables(shown, enjeux=titled, divergences=divergences(cast, titled))).divergences().html
    assert html.count('<tr><th scope="row">') == 1 and ">e1 Un</a>" in html and "<td>les élus</td>" in html
    alike = divergences(ballots((3, 3), spread=0.1), titled)
    html = Enjeux(with_tables(shown, divergences=alike)).divergences().html
    assert "<table" not in html and "Aucun enjeu ne sépare" in html


@pytest.mark.nightly
def test_a_proof_that_no_longer_holds_is_to_be_read_again(shown):
    proofs = shown.table("preuves").copy()
    assert "À relire" not in Enjeux(shown.territory).constats().html
    figure = proofs.index[proofs["type"].eq("indicateur") & proofs["lecture"].eq("plus élevé que")][0]
    proofs.loc[figure, "lecture"] = "plus faible que"
    html = Enjeux(with_tables(shown, preuves=proofs)).constats().html
    assert html.count("À relire") == 1 and "ce que dit la preuve n’est plus vrai aujourd’hui" in html
    proofs.loc[figure, "ref"] = proofs.loc[figure, "ref"][:-4] + "1990"
    assert "valeur qui n’est plus dans le diagnostic" in Enjeux(with_tables(shown, preuves=proofs)).constats().html


def test_what_may_not_be_quoted_is_not(shown):
    html = Enjeux(shown.territory).constats().html
    assert "propos qui ne peuvent pas être cités ici" in html
    hidden = shown.table("extraits").iloc[:0]
    assert "» (association)" not in Enjeux(with_tables(shown, extraits=hidden)).constats().html


# Chapter 15


def test_the_budget_says_whether_it_reconciles(shown):
    strategy = Strategy(shown.territory)
    html = strategy.balance().html
    total = number(strategy.funding["montant"].sum())
    assert "Le budget est équilibré" in html and f"apports des financeurs\u00a0: {total}\u00a0€" in html
    assert f"<td>{total}</td></tr>" in page_of(strategy, strategy.budget())
    money = shown.table("financements").copy()
    money.loc[money["action_id"].eq("F03").idxmax(), "montant"] += 1000
    unbalanced = Strategy(with_tables(shown, financements=money))
    html = unbalanced.balance().html
    assert "n’est pas équilibré pour 1 action sur 18" in html and "<td>1\u202f000\u00a0€</td>" in html
    sheets = Strategy(with_tables(shown, financements=money)).sheets().html
    assert sheets.count("ne font pas ce budget") == 1


def test_an_enjeu_without_action_and_an_action_without_pilote_are_named(shown):
    """Scenario 12, on the page; `ctg check` names them too."""
    whole = Strategy(shown.territory).coverage().html
    assert "Chaque enjeu retenu a une action au moins." in whole and "<table" not in whole
    actions = shown.table("actions").copy()
    actions.loc[actions["obj_id"].eq("O42"), "statut"] = "abandonnée"
    actions.loc[actions["action_id"].eq("F01"), "pilote"] = None
    html = Strategy(with_tables(shown, actions=actions)).coverage().html
    assert "1 enjeu retenu n’a pas d’action\u00a0: E08." in html and "1 action est incomplète sur 16." in html
    assert re.findall(r'href="[^"]*#action-(\w+)"', html) == ["F01"]


# Chapter 16


def test_an_indicator_of_the_diagnosis_is_recomputed_with_the_figure_of_the_report(shown):
    followup = Followup(shown.territory)
    html = followup.bullets().html
    one = shown.table("indicateurs_suivi").set_index("ind_id").loc["F04-T2"]
    own = shown.territory.own(CATALOGUE[one["indicateur"]]).iloc[-1]
    row = re.search(r"F04 Demandes sans réponse favorable</th>(.*?)</tr>", html)[1]
    figure = own["text"].replace("\u202f%", "")  # its unit stands in another cell
    assert f"<td>{figure} ({own['period']})</td>" in row and "recalculé du diagnostic" in row
    assert "série rompue" in html


# Without material


@pytest.mark.parametrize("opened", [Bilan, Enjeux, Strategy, Followup])
def test_a_territory_without_material_is_told_how_to_begin(opened, france):
    chapter = opened.open(DEFAULT_EPCI)
    of_bilan = {"statuses": ["former_actions", "former_actions_count"], "competences": ["competences"]}
    of_bilan = of_bilan if opened is Bilan else {}
    needed = of_bilan | {"then_and_now": ["births_count"], "by_year": ["plan_funding"], "pedt": ["pedt_end_year"]}
    for name in [name for name, verb in vars(opened).items() if name[0].islower() and callable(verb)]:
        html = page_of(chapter, getattr(chapter, name)(*needed.get(name, [])))
        assert "<figure" not in html and "<article" not in html, name


# In a built report


@pytest.fixture(scope="module")
def pages(shipped):
    return {path.name: path.read_text(encoding="utf-8") for path in (shipped / EXAMPLE_EPCI).glob("[01]*.html")}


def part(html, name, end="</article>"):
    """Return the part of a page that an id stands on, to its end."""
    return html[html.index(f'id="{name}"') :].partition(end)[0]


@pytest.mark.slow
def test_the_chain_is_clickable_both_ways(pages, shown):
    """Scenario 11: from a proof to its constat, its enjeu, its actions, and back."""
    proofs, constats, table = shown.table("preuves"), shown.table("constats"), shown.table("enjeux")
    for row in proofs[proofs["type"].eq("indicateur")].itertuples():
        name = row.ref.split("+")[0]
        link = re.search(rf'href="([\w.]+)#{name}"', part(pages[ENJEUX], f"constat-{row.constat_id}"))
        assert f'href="{ENJEUX}#constat-{row.constat_id}"' in part(pages[link[1]], name, CELL), name
    quoted = proofs["type"].isin(["enquête", "atelier"]) | proofs["ref"].isin(shown.table("extraits")["extrait_id"])
    for row in proofs[quoted].itertuples():
        place = place_of(row.type, row.ref)
        link = re.search(rf'href="([\w.]+)#{place}"', part(pages[ENJEUX], f"constat-{row.constat_id}"))
        there = pages[link[1]][pages[link[1]].index(f'id="{place}"') :]
        back = re.search(r'href="14_enjeux.html#constat-(\w+)"', there)
        assert back[1] in set(proofs.loc[proofs["ref"].eq(row.ref), "constat_id"]), place
    for row in table.itertuples():
        for constat in row.constats:
            assert f'href="{ENJEUX}#constat-{constat}"' in part(pages[ENJEUX], f"enjeu-{row.enjeu_id}")
            assert f'href="{ENJEUX}#enjeu-{row.enjeu_id}"' in part(pages[ENJEUX], f"constat-{constat}")
    served = {}
    for action in shown.table("actions").itertuples():
        fiche = part(pages[STRATEGY], f"action-{action.action_id}")
        for enjeu in action.enjeu_ids:
            served.setdefault(enjeu, []).append(action.action_id)
            assert f'href="{ENJEUX}#enjeu-{enjeu}"' in fiche
            back = part(pages[ENJEUX], f"enjeu-{enjeu}")
            assert f'href="{STRATEGY}#action-{action.action_id}"' in back
            assert f'href="{STRATEGY}#but-{action.obj_id}"' in back
        for constat in action.constat_ids:
            assert f'href="{ENJEUX}#constat-{constat}"' in fiche
            assert f'href="{STRATEGY}#action-{action.action_id}"' in part(pages[ENJEUX], f"constat-{constat}")
        assert f'href="{FOLLOWUP}#suivi-{action.action_id}"' in fiche
        assert f'href="{STRATEGY}#action-{action.action_id}"' in part(
            pages[FOLLOWUP], f"suivi-{action.action_id}", "</tr>"
        )
    retained = set(table.loc[table["retenu"], "enjeu_id"])
    assert retained <= set(served) and len(constats) == pages[ENJEUX].count('class="constat"')


@pytest.mark.slow
@pytest.mark.nightly
def test_each_fiche_fits_one_sheet_of_paper(shipped, browser):
    width, height = 176, 260  # mm, within the margins of the style sheet
    page = browser.new_page(viewport={"width": round(width * 96 / 25.4), "height": 900})
    page.goto((shipped / EXAMPLE_EPCI / STRATEGY).resolve().as_uri())
    page.emulate_media(media="print")
    heights = page.evaluate("[...document.querySelectorAll('.action')].map(one => one.offsetHeight)")
    assert len(heights) == 19 and max(heights) <= height * 96 / 25.4


def test_a_decision_of_the_copil_on_an_action_stands_with_the_decisions_and_not_with_the_gaps(shown):
    """In a démarche whose meetings tell no decision, those of the yearly follow-up are the decisions."""
    meetings = shown.territory.demarche.table("reunions").iloc[:0]
    followed = shown.territory.demarche.table("suivi")
    decided = followed["decision_copil"].dropna()
    chapter = Followup(with_tables(shown, reunions=meetings))
    html = chapter.decisions().html
    assert len(decided) and all(pieces.typography(text) in html for text in decided)
    assert "Aucune décision" not in html and not any(text in chapter.one_by_one().html for text in decided)
    silent = Followup(with_tables(shown, reunions=meetings, suivi=followed.assign(decision_copil=None)))
    assert "Aucune décision" in silent.decisions().html
