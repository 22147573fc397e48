"""What may be quoted of interviews, and to whom.

extracts: columns ent_pseudo, type_acteur, texte_anonymise, niveau_diffusion, relu_par. The words of an actor type
of which fewer than three were heard are not quoted.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

from ctg_analysis.demarche.tables.actors import OTHERS, SPEAKERS, named_types

PUBLIC, COPIL = "public", "copil"
READERS = {PUBLIC: {PUBLIC}, COPIL: {PUBLIC, COPIL}}  # readers → niveau_diffusion of what they may read
RESERVED, UNREAD, FEW, NAMING = (
    "diffusion réservée",
    "non relu",
    f"moins de {SPEAKERS} personnes entendues de ce type",
    "quelqu'un peut y être reconnu",
)


def quotable(extracts: pd.DataFrame, readers: str, naming: Collection[str] = ()) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The extracts that may be quoted to some readers, and why the others may not.

    readers: PUBLIC or COPIL. naming: extrait_id of those in which a name, an address or a number was found.
    Quotable: columns type_acteur, champ, code, tonalite, texte_anonymise, in no telling order. Others: extrait_id,
    motif; never their words.
    """
    named = names_of_types(extracts)
    reasons = np.select(
        [
            ~extracts["niveau_diffusion"].isin(READERS[readers]),
            extracts["relu_par"].fillna("").eq(""),
            extracts["type_acteur"].map(named).eq(OTHERS),
            extracts["extrait_id"].isin([*naming]),
        ],
        [RESERVED, UNREAD, FEW, NAMING],
        "",
    )
    columns = ["type_acteur", "champ", "code", "tonalite", "texte_anonymise"]
    may = extracts.loc[reasons == "", columns].sort_values(columns[1:], ignore_index=True)
    return may, extracts.loc[reasons != "", ["extrait_id"]].assign(motif=reasons[reasons != ""]).reset_index(drop=True)


def names_of_types(extracts: pd.DataFrame) -> pd.Series:
    """Type of actor → the name it is shown under, see `named_types`."""
    return named_types(extracts.groupby("type_acteur")["ent_pseudo"].nunique())
