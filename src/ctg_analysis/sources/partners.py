"""What no open file holds: files that the partners of the démarche send, or surveys of local suppliers.

They are tables that we build from restricted files: counts under 5 are withheld unless the agreement says
otherwise (rule R1).
"""

from ctg_analysis.model import SecrecyRule, Source

_RULE = SecrecyRule(threshold=5, reason="moins de 5 personnes (convention d'échange de données)")

SOURCES = (
    Source(
        id="pmi_assistants_maternels",
        label="Agréments des assistants maternels",
        producer="Département, service de protection maternelle et infantile (PMI)",
        secrecy=_RULE,
        how_to_get="fichier à demander au service de PMI du Département",
    ),
    Source(
        id="caf_partenaire_petite_enfance",
        label="Activité des EAJE et du relais petite enfance",
        producer="Caf, fichier transmis au titre de la convention",
        secrecy=_RULE,
        how_to_get="fichier à demander à la Caf, au titre de la convention d'échange de données",
    ),
    Source(
        id="enquete_locale_petite_enfance",
        label="Demandes d'accueil et missions du service public de la petite enfance",
        producer="Intercommunalité, relevé auprès des structures et des communes",
        secrecy=_RULE,
        how_to_get="relevé à faire auprès des structures d'accueil et des communes",
    ),
)
