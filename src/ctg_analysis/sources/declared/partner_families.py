"""Forms about families: the Caf's and the MSA's households, benefits, incomes."""

from ctg_analysis.core.layouts import MONTH, PERSONS, Field
from ctg_analysis.sources.declared.partner_form import CAF, children, form

FORMS = (
    form(
        "caf_partenaire_familles",
        CAF,
        "Foyers allocataires : quotient familial, bas revenus, dépendance aux prestations, enfants et adultes couverts",
        Field("foyers_qf_0_400", "caf_p_qf_0_400", "foyers au quotient familial de 0 à 400 €", PERSONS),
        Field("foyers_qf_401_700", "caf_p_qf_401_700", "foyers au quotient familial de 401 à 700 €", PERSONS),
        Field("foyers_qf_701_1000", "caf_p_qf_701_1000", "foyers au quotient familial de 701 à 1 000 €", PERSONS),
        Field("foyers_qf_1001_1500", "caf_p_qf_1001_1500", "foyers au quotient familial de 1 001 à 1 500 €", PERSONS),
        Field("foyers_qf_1501_plus", "caf_p_qf_1501_plus", "foyers au quotient familial de plus de 1 500 €", PERSONS),
        Field("foyers_qf_connu", "caf_p_qf_known", "foyers dont le quotient familial est connu", PERSONS),
        Field("foyers_reference", "caf_p_reference", "foyers de référence pour les ressources", PERSONS),
        Field("foyers_bas_revenus", "caf_p_low_income", "dont foyers à bas revenus", PERSONS, "foyers_reference"),
        Field(
            "foyers_dependance_50",
            "caf_p_dependent_50",
            "dont prestations : 50 % des ressources ou plus",
            PERSONS,
            "foyers_reference",
        ),
        Field(
            "foyers_dependance_100",
            "caf_p_dependent_100",
            "dont prestations : 100 % des ressources",
            PERSONS,
            "foyers_dependance_50",
        ),
        Field("foyers_avec_enfants", "caf_p_with_children", "foyers avec enfant à charge", PERSONS),
        Field(
            "foyers_monoparentaux", "caf_p_single_parents", "dont foyers monoparentaux", PERSONS, "foyers_avec_enfants"
        ),
        children("enfants_0_2", "caf_p_children_0_2", "enfants couverts de 0 à 2 ans"),
        children("enfants_3_5", "caf_p_children_3_5", "enfants couverts de 3 à 5 ans"),
        children("enfants_6_11", "caf_p_children_6_11", "enfants couverts de 6 à 11 ans"),
        children("enfants_12_15", "caf_p_children_12_15", "enfants couverts de 12 à 15 ans"),
        children("enfants_16_17", "caf_p_children_16_17", "enfants couverts de 16 et 17 ans"),
        children("enfants_18_20", "caf_p_children_18_20", "enfants couverts de 18 à 20 ans"),
        Field("personnes_rsa", "caf_p_rsa_persons", "personnes de 15 à 64 ans couvertes par le RSA", PERSONS),
        Field(
            "personnes_prime_activite",
            "caf_p_activity_bonus_persons",
            "personnes de 15 à 64 ans couvertes par la prime d'activité",
            PERSONS,
        ),
        breakdowns={
            "caf_p_qf_known": tuple(
                f"caf_p_qf_{bracket}" for bracket in ("0_400", "401_700", "701_1000", "1001_1500", "1501_plus")
            )
        },
    ),
    form(
        "msa_familles",
        "Mutualité sociale agricole (MSA), fichier transmis au titre de la convention",
        "Familles du régime agricole : foyers, enfants, prestations, en décembre, avec la définition de la Caf",
        Field("personnes_couvertes", "msa_persons", "personnes couvertes par les foyers allocataires", PERSONS),
        Field(
            "foyers_allocataires",
            "msa_households",
            "foyers qui ont droit à une prestation en décembre",
            PERSONS,
            "personnes_couvertes",
        ),
        Field("foyers_paje", "msa_paje_households", "foyers bénéficiaires de la Paje", PERSONS, "foyers_allocataires"),
        Field("foyers_rsa", "msa_rsa_households", "foyers bénéficiaires du RSA", PERSONS, "foyers_allocataires"),
        Field("beneficiaires_aeeh", "msa_aeeh_beneficiaries", "enfants bénéficiaires de l'AEEH", PERSONS),
        written=MONTH,
    ),
)
