"""Charts with all that a reader needs around the drawing: title, unit, year, source, alternative, data."""

from dataclasses import dataclass

import pandas as pd

from ctg_analysis.display import texts
from ctg_analysis.display.markup import Citation, Html, Table, figure, folded
from ctg_analysis.display.texts import date_text
from ctg_analysis.indicators.peers import MEDIAN_LABEL
from ctg_analysis.model.indicator import MISSING, NOT_APPLICABLE, Indicator


@dataclass(frozen=True)
class Listing:
    """The table behind a chart: a header and lines of texts."""

    header: list[str]
    lines: list[list[str]]

    def beside(self, label: str, cells: list[str]) -> "Listing":
        """Return the listing with one more column."""
        lines = [[*line, cell] for line, cell in zip(self.lines, cells, strict=True)]
        return Listing([*self.header, label], lines)


def listing(
    indicator: Indicator, rows: pd.DataFrame, *, over_years: bool, parts: pd.DataFrame | None = None
) -> Listing:
    """Return the table of a chart: one line per territory or per period, with interval and parts if any.

    rows: readable observations (see chapter). parts: the same with a column `part`, the label of each.
    """
    key = "period" if over_years else "territory"
    heads = [date_text(period) for period in rows["period"]] if over_years else list(rows["name"])
    lines = [[head, text] for head, text in zip(heads, rows["text"], strict=True)]
    table = Listing(["Période" if over_years else "Territoire", indicator.label], lines)
    if rows["interval"].ne("").any():
        table = table.beside("Intervalle", list(rows["interval"]))
    if "estimate_text" in rows and rows["estimate_text"].ne("").any():
        pointless = texts.SIGNS[NOT_APPLICABLE]
        table = table.beside("Estimation lissée", [text or pointless for text in rows["estimate_text"]])
    if parts is not None:
        for label, group in parts.groupby("part", sort=False):
            cells = dict(zip(group[key], group["text"], strict=True))
            table = table.beside(label, [cells.get(place, "nd") for place in rows[key]])
    return table


def family_listing(known: list[Indicator], compared: dict[str, pd.DataFrame], own: str) -> Listing:
    """Return the table of a family: one line per member, one column per territory that has a value of one."""
    rows = {member.id: compared[member.id] for member in known}
    beside = {name: table[table["status"].ne(MISSING)].iloc[1:] for name, table in rows.items()}
    named = {name: table["name"].mask(table["level"].eq("peers"), MEDIAN_LABEL) for name, table in beside.items()}
    places = list(dict.fromkeys(name for member in known for name in named[member.id]))
    lines = []
    for member in known:
        texts_of = dict(zip(named[member.id], beside[member.id]["text"], strict=True))
        lines.append(
            [member.label, compared[member.id]["text"].iloc[0], *(texts_of.get(place, "nd") for place in places)]
        )
    return Listing(["Indicateur", own, *places], lines)


def signs(lines: list[list[str]]) -> str:
    """Return what the signs that stand in a table mean."""
    cells = {text for line in lines for text in line[1:]}
    cells |= {"≈" for cell in cells if cell.startswith("≈")}
    words = [f"{sign} = {word}" for sign, word in texts.SIGN_WORDS.items() if sign in cells]
    return " ; ".join(words) + ("." if words else "")


def chart(
    indicator: Indicator,
    drawing: str,
    data: Listing,
    *,
    when: str,
    source: Citation,
    kind: str = "chart",
    note: str = "",
    title: str = "",
    message: str = "",
    file: str = "",
) -> Html:
    """Return a drawing of an indicator with its words.

    message: what the drawing shows, which is then its title. title: what it is about, the label unless given; it
    stands below the message where this does not begin with it. file: the CSV file of its values, that of the indicator
    unless given.
    """
    title = title or indicator.label
    about = texts.with_unit(title, indicator.unit)
    named = not message or message.startswith(texts.headed(title))
    subtitle = f"{texts.unit_text(indicator.unit) if named else about}, {when}"
    apart = [" : " if str(line[0])[-1:].isdigit() else " " for line in data.lines]  # a year and a number are two
    says = " ; ".join(f"{line[0]}{between}{line[1]}" for between, line in zip(apart, data.lines, strict=True))
    return figure(
        drawing,
        file=file or indicator.file_name,
        kind=kind,
        title=message or title,
        subtitle=subtitle,
        alt=f"{message + '. ' if message else ''}{title}, {when} : {says}.",
        source=source,
        note=" ".join(text for text in (note, indicator.caveats) if text),
        data=_table(f"{about}, {when}", data),
    )


def listed_only(indicator: Indicator, data: Listing, summary: str, *, when: str, source: Citation) -> Html:
    """Return the table of an indicator, folded, where a drawing would show nothing that is not known."""
    about = texts.with_unit(indicator.label, indicator.unit)
    data = _table(f"{about}, {when}", data)
    return folded(summary, data, file=indicator.file_name, source=source, note=indicator.caveats)


def _table(caption: str, data: Listing) -> Table:
    return Table(caption, data.header, data.lines, signs(data.lines))
