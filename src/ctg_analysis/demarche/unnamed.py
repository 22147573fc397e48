"""What the BPE counts in each commune and no open register names: crèches, relays, social centres."""

from dataclasses import dataclass

import pandas as pd

from ctg_analysis.indicators.observations import read_observations
from ctg_analysis.model.indicator import OK
from ctg_analysis.model.settings import DataRoot

TO_NAME = "À nommer"  # the first words of the name of a structure that a team has not named yet


@dataclass(frozen=True)
class Unnamed:
    """A kind of the sheet « Structures » that is only counted. noun: what one is called; feminine or not."""

    kind: str
    chapter: str
    indicator: str
    noun: str
    plural: str
    feminine: bool = False

    def sentence(self, count: int, named: int, year: str) -> str:
        """« 12 crèches d'après la BPE de 2025, dont 3 sont nommées ici. »

        >>> UNNAMED[0].sentence(12, 3, "2025")
        "12 crèches d'après la BPE de 2025, dont 3 sont nommées ici."
        >>> UNNAMED[5].sentence(1, 0, "2024")
        "1 bibliothèque d'après la BPE de 2024, qui n'est pas nommée ici."
        """
        e, noun = "e" * self.feminine, self.noun if count < 2 else self.plural
        if count == 1:
            told = f"qui n'est pas nommé{e} ici"
        elif named == 0:
            told = f"dont aucun{e} n'est nommé{e} ici"
        else:
            told = f"dont {named} {'sont' if named > 1 else 'est'} nommé{e}{'s' * (named > 1)} ici"
        return f"{count} {noun} d'après la BPE de {year}, {told}."


UNNAMED = (
    Unnamed("EAJE", "04", "eaje_facilities_count", "crèche", "crèches", feminine=True),
    Unnamed("RPE", "04", "childminder_hubs_count", "relais petite enfance", "relais petite enfance"),
    Unnamed("accueil de loisirs", "05", "leisure_centres_count", "accueil de loisirs", "accueils de loisirs"),
    Unnamed(
        "LAEP", "07", "parent_child_places_count", "lieu d'accueil enfants-parents", "lieux d'accueil enfants-parents"
    ),
    Unnamed("centre social", "09", "social_centres_count", "centre social", "centres sociaux"),
    Unnamed("bibliothèque", "09", "libraries_count", "bibliothèque", "bibliothèques", feminine=True),
)


def to_name(root: DataRoot, epci: str, communes: dict[str, str]) -> pd.DataFrame:
    """Return a row for each structure that the BPE counts in an EPCI, in the columns of `clean.structures.COLUMNS`.

    Its id tells the kind, the commune and a rank, the same from one year to the next; its name begins with TO_NAME.

    communes: names by code.
    """
    kinds = {one.indicator: one for one in UNNAMED}
    rows = read_observations(root.processed, [*communes], epci)
    rows = rows[rows["level"].eq("commune") & rows["status"].eq(OK) & rows["indicator"].isin(kinds)]
    rows = rows.astype({"period": str}).sort_values("period", kind="stable")
    rows = rows.drop_duplicates(["indicator", "territory"], keep="last")
    lines = []
    for row in rows.itertuples():
        kind = kinds[row.indicator]
        for rank in range(1, int(row.value) + 1):
            called = f"{TO_NAME} : {kind.noun} {rank} ({communes[row.territory]})"
            name = f"BPE-{row.territory}-{kind.indicator.removesuffix('_count')}-{rank}"
            lines.append((name, kind.kind, called, row.territory, kind.chapter, row.source, row.period))
    columns = ["id", "kind", "name", "commune", "chapter", "source", "period"]
    return pd.DataFrame(lines, columns=columns, dtype=str).sort_values(["commune", "id"], ignore_index=True)
