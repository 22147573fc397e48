"""The synthèse: twelve figures, what is a strength, an alert or a trait, chosen by rule; the team may reorder them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ctg_analysis.chapter.essential import findings_of, printed, sides_of
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche.declared_tables import SynthesisEdition
from ctg_analysis.demarche.material_files import SYNTHESIS
from ctg_analysis.indicators.findings import ALERT, STRENGTH, TRAIT
from ctg_analysis.model.catalogue import CATALOGUE, Essential, themes
from ctg_analysis.model.errors import Finding, InputError
from ctg_analysis.model.indicator import OK, Indicator
from ctg_analysis.model.settings import DEMARCHE, project_path
from ctg_analysis.model.yaml_files import Place

FIGURES, ALERTS, STRENGTHS, TRAITS, IN_ALL = 12, 4, 3, 3, 8  # at most
NO_LINES: Mapping[Place, int] = MappingProxyType({})
BESIDE = ("departement", "france")  # of the figures, besides the peers
QUOTAS = {"01": 3, "02": 2, "03": 3, "04": 2, "05": 1, "10": 1}  # of the twelve figures, by chapter; the others then
RULE = (
    "Choisis par une règle, jamais à la main : ce qui place le territoire dans un des dixièmes extrêmes des EPCI, "
    "l'éloigne de la France plus que les deux tiers d'entre eux, n'atteint pas une norme là où vit un habitant sur "
    "trois au moins, ou évolue sûrement ; un constat par thème, huit en tout au plus. Alerte : dans le sens "
    "défavorable aux familles. Atout : dans le sens favorable, sans commune sous la norme ni total plus faible qu'en "
    "France. Les EPCI comparables nuancent, sans rien taire."
)


@dataclass(frozen=True)
class Synthesis:
    """What the synthèse shows, in its order. by_team: the indicators that the team has put where the rule had not."""

    figures: tuple[Indicator, ...]
    strengths: tuple[Indicator, ...]
    alerts: tuple[Indicator, ...]
    traits: tuple[Indicator, ...]
    by_team: frozenset[str] = frozenset()


def synthesis(territory: Territory) -> Synthesis:
    """The synthèse of a territory: what the team names first, then what the rule adds.

    Raises:
        InputError: the team names indicators of which nothing can be written here.
    """
    territory.read.add(DEMARCHE)
    edition = territory.demarche.synthesis
    found = findings_of(territory)
    found = found.assign(side=sides_of(territory, found))
    of_rule = {side: list(found.loc[found["side"].eq(side), "indicator"]) for side in (STRENGTH, ALERT, TRAIT)}
    named = [*edition.atouts, *edition.alertes]
    known = printed(territory)
    if findings := unwritten(territory, edition):
        raise InputError(findings)
    strengths = _first(edition.atouts, of_rule[STRENGTH], named, STRENGTHS)
    alerts = _first(edition.alertes, of_rule[ALERT], named, ALERTS)
    left = min(TRAITS, IN_ALL - len(strengths) - len(alerts))
    traits = tuple(CATALOGUE[name] for name in of_rule[TRAIT] if name not in named)[:left]
    moved = {*edition.atouts} - {*of_rule[STRENGTH]} | {*edition.alertes} - {*of_rule[ALERT]}
    figures = _figures(territory, edition.chiffres, list(found["indicator"]), known)
    return Synthesis(figures, strengths, alerts, traits, frozenset(moved))


def _first(named: Sequence[str], of_rule: Sequence[str], taken: Sequence[str], most: int) -> tuple[Indicator, ...]:
    """What the team names, then what the rule adds, so many in all. taken: what the team has put somewhere."""
    names = [*named, *(name for name in of_rule if name not in taken)]
    return tuple(CATALOGUE[name] for name in names[:most])


def unwritten(territory: Territory, edition: SynthesisEdition, lines: Mapping[Place, int] = NO_LINES) -> list[Finding]:
    """What the team puts in the synthèse of which nothing can be written here. lines: where each part is written."""
    written = {essential.indicator.id for essential in printed(territory)}
    path = project_path(territory.root.material(territory.epci) / SYNTHESIS)
    expected = "un indicateur de data/reference/essentiel.yml dont la valeur est connue ici et peut être écrite"
    return [
        Finding(path, lines.get((key, rank)), f"{key}.{rank}", repr(name), expected)
        for key in ("chiffres", "atouts", "alertes")
        for rank, name in enumerate(getattr(edition, key))
        if name not in written
    ]


def _figures(
    territory: Territory, named: Sequence[str], found: Sequence[str], known: Sequence[Essential]
) -> tuple[Indicator, ...]:
    """Twelve indicators at most, one a theme: those that the team names, then findings first, so many a chapter."""
    theme = themes()
    compared = [one.indicator.id for one in known if territory.against(one.indicator)["status"].eq(OK).sum() > 1]
    candidates = [*found, *compared]
    beyond = sorted(candidates, key=lambda name: CATALOGUE[name].chapter in QUOTAS)  # the other chapters first
    chosen: dict[str, str] = {theme[name]: name for name in reversed(named)}
    for names, quotas in ((candidates, QUOTAS), (beyond, {})):
        for name in names:
            chapter = CATALOGUE[name].chapter
            of_chapter = sum(CATALOGUE[other].chapter == chapter for other in chosen.values())
            if len(chosen) < FIGURES and of_chapter < (quotas.get(chapter, 0) if quotas else FIGURES):
                chosen.setdefault(theme[name], name)
    order = [*named, *theme]
    return tuple(CATALOGUE[name] for name in sorted(chosen.values(), key=order.index))
