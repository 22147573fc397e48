"""What docs take from the declarations: what each source lets us assume, what the fields of forms say of each other."""

from ctg_analysis.model.settings import settings
from ctg_analysis.model.source import SOURCES, Source

START, END = "<!-- from the declarations: make docs -->", "<!-- end -->"
HEADER = (
    "| source | geography | secrecy | rounding | totals | a commune without a row | still to be seen in a real file |"
)

ABSENT = {"": "unknown", "secret": "withheld", "zero": "has none", "uninhabited": "has none where nobody lives"}


def generated() -> str:
    """Return the table of the sources, in Markdown."""
    lines = [HEADER, "| --- | --- | --- | --- | --- | --- | --- |"]
    return "\n".join([*lines, *(_line(source) for source in SOURCES.values())])


def _line(source: Source) -> str:
    secrecy = f"under {source.secrecy.threshold} persons" if source.secrecy.threshold else "the producer's"
    rounding = f"to {source.precision.rounding}, {source.precision.rule}" if source.precision.rounding else "–"
    totals = "sums of communes" if source.totals.additive else "published only"
    if source.totals.listed:
        totals = "sums of the communes that have a value"
    if source.totals.outside:
        totals += f", without {', '.join(source.totals.outside)}"
    for measure, outside in source.totals.outside_of.items():
        totals += f", {measure} {'without ' + ', '.join(outside) if outside else 'everywhere'}"
    for period, lost in source.totals.lost:
        totals += f"; those of its département, its région and France in {period} without {lost.replace(' ', ', ')}"
    if source.coverage.above:
        totals += f"; communes of more than {source.coverage.above} inhabitants only"
    absent = ABSENT[source.coverage.absent]
    if source.coverage.in_each_departement:
        absent += "; unknown in a département without any"
    if source.coverage.leaves_out:
        absent += "; an index of none is unknown"
    unseen = sorted(source.guesses)
    unseen += [f"address of {download.name}" for download in source.downloads if not download.seen]
    cells = [
        source.id,
        source.geography.words or "–",
        secrecy,
        rounding,
        totals,
        absent,
        ", ".join(f"`{name}`" for name in unseen),
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") or "–" for cell in cells) + " |"


TABLES = {"assumptions.md": generated}


def rewrite() -> None:
    """Write the tables again in docs/."""
    for name, table in TABLES.items():
        path = settings().root / "docs" / name
        before, rest = path.read_text(encoding="utf-8").split(START)
        _, after = rest.split(END)
        path.write_text(f"{before}{START}\n\n{table()}\n\n{END}{after}", encoding="utf-8")
