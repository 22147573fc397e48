"""The latest value of each indicator of a territory, in a few words."""

from ctg_analysis.chapter.territory import Territory
from ctg_analysis.display.sentences import value_text
from ctg_analysis.display.texts import date_text, typography
from ctg_analysis.display.titles import counted
from ctg_analysis.model.catalogue import CATALOGUE
from ctg_analysis.model.indicator import CENSORED, OK


def latest_values(territory: Territory) -> dict[str, str]:
    """The latest value of the territory, with its period, by indicator; of what is known of communes alone, that."""
    rows = territory.named
    known = rows[rows["status"].isin([OK, CENSORED]) & rows["indicator"].isin(list(CATALOGUE))]
    known = known.sort_values("period", kind="stable")
    own = known[known["level"].eq("epci")].drop_duplicates("indicator", keep="last")
    communes = known[known["level"].eq("commune")].drop_duplicates("indicator", keep="last")
    told = {row["indicator"]: f"par commune, {date_text(row['period'])}" for _, row in communes.iterrows()}
    for _, row in own.iterrows():
        indicator = CATALOGUE[row["indicator"]]
        row["text"] = value_text(indicator, row)
        told[indicator.id] = f"{counted(indicator, row)} ({date_text(row['period'])})"
    return {name: typography(text) for name, text in told.items()}
