"""The words of a drawing: its title, its unit and date, what it says to who does not see it, its source, its data."""

from dataclasses import dataclass

from ctg_analysis.display import texts
from ctg_analysis.display.markup import Table
from ctg_analysis.display.tables import Listing, signs
from ctg_analysis.model.indicator import Indicator


@dataclass(frozen=True)
class Words:
    """What a page says of a drawing, which knows nothing of it.

    title: what is found, else what it is about. alt: what who does not see it reads. data: the values behind it.
    file: the CSV file of its values, empty when they are those of others.
    """

    title: str
    subtitle: str
    alt: str
    source: str
    data: Table
    note: str = ""
    file: str = ""


def words_of(
    indicator: Indicator,
    data: Listing,
    *,
    when: str,
    source: str,
    note: str = "",
    title: str = "",
    message: str = "",
) -> Words:
    """The words of the drawing of an indicator.

    message: what the drawing shows, which is then its title. title: what it is about, the label unless given; it
    stands below the message where this does not begin with it.
    """
    title = title or indicator.label
    about = texts.with_unit(title, indicator.unit)
    named = not message or message.startswith(texts.headed(title))
    subtitle = f"{texts.unit_text(indicator.unit) if named else about}, {when}"
    apart = [" : " if str(line[0])[-1:].isdigit() else " " for line in data.lines]  # a year and a number are two
    says = " ; ".join(f"{line[0]}{between}{line[1]}" for between, line in zip(apart, data.lines, strict=True))
    return Words(
        title=message or title,
        subtitle=subtitle,
        alt=f"{message + '. ' if message else ''}{title}, {when} : {says}.",
        source=source,
        data=Table(f"{about}, {when}", data.header, data.lines, signs(data.lines)),
        note=" ".join(text for text in (note, indicator.caveats) if text),
        file=indicator.file_name,
    )
