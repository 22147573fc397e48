"""Where the parts of a démarche stand in the pages: constats, enjeux, actions lead to each other."""

from ctg_analysis.core.notebooks import OF_DEMARCHE

CONSULTATION, INTERVIEWS, BILAN, ENJEUX, STRATEGY, FOLLOWUP = OF_DEMARCHE


def to_constat(name: str) -> str:
    """The address of a constat."""
    return f"{ENJEUX}#constat-{name}"


def to_enjeu(name: str) -> str:
    """The address of an enjeu."""
    return f"{ENJEUX}#enjeu-{name}"


def to_axis(name: str) -> str:
    """The address of an axis or of an objective in the tree of the strategy."""
    return f"{STRATEGY}#but-{name}"


def to_action(name: str) -> str:
    """The address of the fiche of an action."""
    return f"{STRATEGY}#action-{name}"


def to_followup(name: str) -> str:
    """The address of the follow-up of an action."""
    return f"{FOLLOWUP}#suivi-{name}"
