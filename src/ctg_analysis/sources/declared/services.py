"""Access to rights and services, social life, job seekers, digital networks, policy zones, local finance."""

from ctg_analysis.core.layouts import QUARTER, Guess, Register, Table, Tally
from ctg_analysis.core.model import Download, Source

DATA_GOUV = "https://www.data.gouv.fr/api/1/datasets/"


def _data_gouv(name: str, dataset: str, resource: str, *, seen: bool = False) -> Download:
    """Return the latest resource of a dataset of data.gouv.fr whose file is named so."""
    return Download(name, f"{DATA_GOUV}{dataset}/", resource=resource, seen=seen)


def _job_seekers(measure: str, category: str, age: str = "Total") -> Table:
    return Table(
        "dares_defm_communales-brutes*.csv",
        code="code_commune",
        level="commune",
        period="date",
        written=QUARTER,
        outside="Total",
        measures={"nombre_de_demandeurs_d_emploi": measure},
        where={"sexe": "Total", "tranche_d_age": age, "categorie": category},
    )


def _local_service(kind: str) -> Tally:
    """Return the counters of a kind, named in a JSON text of the directory."""
    return Tally({"pivot": Guess(f'.*"{kind}".*')})


SOURCES = (
    Source(
        id="france_services",
        label="Structures labellisées France services",
        producer="Agence nationale de la cohésion des territoires (ANCT)",
        absent="zero",
        cog=2026,
        geography="communes au 1er janvier 2025",
        layouts=(Register("liste*.csv", code="insee_com", measures={"france_services": Tally()}),),
        downloads=(
            _data_gouv("liste_france_services.csv", "liste-des-structures-labellisees-france-services", "*.csv"),
        ),
        note="Les permanences itinérantes ne sont comptées que dans la commune de leur structure.",
    ),
    Source(
        id="annuaire_service_public",
        label="Annuaire de l'administration, services locaux",
        producer="Direction de l'information légale et administrative (DILA)",
        loose=True,
        absent="zero",
        cog=2026,
        geography="communes de l'annuaire",
        layouts=(
            Register(
                "api-lannuaire-administration*.csv",
                code="code_insee_commune",
                outside=r"\s*",
                measures={
                    "caf_counters": _local_service("caf"),
                    "msa_counters": _local_service("msa"),
                    "health_insurance_counters": _local_service("cpam"),
                    "job_centre_counters": _local_service("france_travail"),
                    "youth_job_centres": _local_service("mission_locale"),
                },
            ),
        ),
        downloads=(
            Download(
                "api-lannuaire-administration.csv",
                "https://api-lannuaire.service-public.fr/api/explore/v2.1/catalog/datasets/"
                "api-lannuaire-administration/exports/csv?delimiter=%3B&select=code_insee_commune%2Cpivot",
                seen=False,
            ),
        ),
    ),
    Source(
        id="rna",
        label="Répertoire national des associations",
        producer="Ministère de l'Intérieur",
        loose=True,
        absent="zero",
        cog=2026,
        geography="commune du siège",
        layouts=(
            Register(
                "waldec*.csv",
                code="adrs_codeinsee",
                outside=r".{0,4}|.{6,}|.*[^\dAB].*|(?:00|96).*",
                measures={"associations": Tally({"position": "A"})},
            ),
        ),
        downloads=(Download("waldec.csv", "https://data-pipeline-open.s3.sbg.io.cloud.ovh.net/rna/waldec.csv"),),
        note="Une association déclarée n'est pas toujours active ; celles d'Alsace-Moselle ne sont pas au répertoire.",
    ),
    Source(
        id="dares_demandeurs_emploi",
        label="Demandeurs d'emploi inscrits, données communales brutes",
        producer="Dares et France Travail",
        rounding=5,
        cog=2025,
        geography="communes au 1er janvier 2025",
        layouts=(
            _job_seekers("job_seekers_a", "A"),
            _job_seekers("job_seekers_abc", "ABC"),
            _job_seekers("job_seekers_abc_under_25", "ABC", "Moins de 25 ans"),
        ),
        downloads=(
            Download(
                "dares_defm_communales-brutes.csv",
                "https://data.dares.travail-emploi.gouv.fr/api/explore/v2.1/catalog/datasets/"
                "dares_defm_communales-brutes/exports/csv?delimiter=%3B",
            ),
        ),
        note="Nombres arrondis au multiple de 5 : une somme de communes est donnée avec son intervalle.",
    ),
    Source(
        id="anct_fibre",
        label="Déploiement de la fibre optique",
        producer="Arcep, diffusé par l'ANCT",
        cog=2026,
        geography="communes",
        layouts=(
            Table(
                "ftth-cu*.csv",
                code="insee_com",
                level="commune",
                measures={"locaux_arcep": "premises", "locaux_ftth": "fibre_premises"},
            ),
        ),
        downloads=(
            _data_gouv(
                "ftth-cu.csv",
                "indicateur-france-tres-haut-debit-etat-des-deploiements-de-la-fibre-optique-et-decommissionnement-du-cuivre",
                "*ftth-cu.csv",
            ),
        ),
    ),
    Source(
        id="anct_zonages",
        label="Programmes et zonages d'aménagement du territoire",
        producer="ANCT",
        absent="zero",
        cog=2026,
        geography="communes",
        layouts=(
            Table(
                "zonages*.csv",
                code="insee_com",
                level="commune",
                measures={
                    "pvd": "small_towns_programme",
                    "va": "villages_programme",
                    "nb_qpv_2024": "priority_neighbourhoods",
                },
            ),
        ),
        how_to_get="listes de l'ANCT sur data.gouv.fr, à croiser par commune",
    ),
    Source(
        id="insee_qpv",
        label="Quartiers prioritaires de la politique de la ville",
        producer="INSEE et ANCT",
        absent="zero",
        cog=2025,
        geography="communes au 1er janvier 2025",
        layouts=(
            Register(
                "TAG_QPV2024*.csv", code="LIST_COM_2025", several=True, measures={"priority_neighbourhoods": Tally()}
            ),
        ),
        downloads=(
            Download(
                "TAG_QPV2024_2025.csv",
                "https://www.insee.fr/fr/statistiques/fichier/8186239/TAG_QPV2024_2025_csv.zip",
                member="TAG_QPV*.csv",
            ),
        ),
        note="Un quartier qui s'étend sur plusieurs communes compte dans chacune.",
    ),
    Source(
        id="dgcl_frr",
        label="Communes classées France ruralités revitalisation (FRR)",
        producer="Direction générale des collectivités locales (DGCL)",
        absent="zero",
        cog=2025,
        geography="communes au 1er janvier 2025",
        layouts=(
            Table(
                "*[Ff][Rr][Rr]*",
                code="CODGEO",
                level="commune",
                aliases={"Code_insee": "CODGEO"},
                measures={"Classement FRR et FRR+ au 10 juillet 2025": "revitalisation_zone"},
                flags={"Classement FRR et FRR+ au 10 juillet 2025": ".*FRR.*"},
            ),
        ),
        how_to_get="classeur du zonage FRR, sur collectivites-locales.gouv.fr",
        note="Une commune classée en partie compte comme classée.",
    ),
    Source(
        id="ofgl_ccas",
        label="Comptes des CCAS et des CIAS",
        producer="Observatoire des finances et de la gestion publique locales (OFGL)",
        cog=2026,
        geography="siège du CCAS",
        downloads=(
            Download(
                "ofgl-base-ccas-cias.csv",
                "https://data.ofgl.fr/api/explore/v2.1/catalog/datasets/ofgl-base-ccas-cias/exports/csv?delimiter=%3B",
            ),
            Download(
                "rattachement_siren_commune.csv",
                "https://public.opendatasoft.com/api/explore/v2.1/catalog/datasets/economicref-france-sirene-v3/"
                "exports/csv?delimiter=%3B&select=siren%2Ccodecommuneetablissement%2Cetatadministratifetablissement"
                "&where=categoriejuridiqueunitelegale+in+%28%227361%22%2C%227367%22%29+and+etablissementsiege%3D%22oui%22",
            ),
        ),
        note="Une commune sans compte propre peut aider ses habitants sur son propre budget.",
    ),
)
