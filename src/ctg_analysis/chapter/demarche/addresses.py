"""Where the parts of a démarche stand in the pages: constats, enjeux, actions lead to each other."""

CONSULTATION, INTERVIEWS, BILAN = "11_consultation.html", "12_entretiens.html", "13_bilan.html"
ENJEUX, STRATEGY, FOLLOWUP = "14_enjeux.html", "15_strategie.html", "16_suivi.html"


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
