"""Where the parts of a démarche stand in the pages: constats, enjeux, actions lead to each other."""

from ctg_analysis.model.settings import OF_DEMARCHE

CONSULTATION, INTERVIEWS, BILAN, ENJEUX, STRATEGY, FOLLOWUP = OF_DEMARCHE

# The addresses of a constat, of an enjeu, of an axis or an objective in the tree of the strategy, of the fiche of an
# action, of its follow-up: each takes an id.
to_constat, to_enjeu = f"{ENJEUX}#constat-{{}}".format, f"{ENJEUX}#enjeu-{{}}".format
to_axis, to_action = f"{STRATEGY}#but-{{}}".format, f"{STRATEGY}#action-{{}}".format
to_followup = f"{FOLLOWUP}#suivi-{{}}".format
