"""What no open file holds: forms that the partners of the démarche fill, or surveys of local suppliers.

They are restricted files: counts of persons under 5 are withheld unless the agreement says otherwise (rule R1).
"""

from ctg_analysis.core.model import Source
from ctg_analysis.sources.declared import partner_childcare, partner_childhood, partner_families, partner_inclusion
from ctg_analysis.sources.declared.partner_form import RULE

SOURCES = (
    *partner_families.FORMS,
    *partner_childcare.FORMS,
    *partner_childhood.FORMS,
    *partner_inclusion.FORMS,
    Source(
        id="caf_et_msa",
        label="Foyers et personnes allocataires, Caf et MSA",
        producer="Cnaf et MSA",
        secrecy=RULE,
        sums={
            "households_on_benefit": ("caf_households", "msa_households"),
            "persons_on_benefit": ("caf_persons", "msa_persons"),
            "paje_households": ("caf_paje_households", "msa_paje_households"),
            "rsa_households": ("caf_rsa_households", "msa_rsa_households"),
            "aeeh_beneficiaries": ("caf_aeeh_beneficiaries", "msa_aeeh_beneficiaries"),
        },
        hides="msa_familles",
        additive=False,
        rounding=5,
        geography="EPCI au 1er janvier de l'année suivante",
        licence="fichier restreint, hors du dépôt",
        how_to_get="formulaire msa_familles.csv à faire remplir par la MSA",
        note="Somme d'un nombre de la Caf, arrondi à 5, et d'un nombre exact de la MSA, à la même date.",
    ),
)
