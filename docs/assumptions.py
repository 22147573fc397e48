"""What each source lets us assume, from its declaration: `make docs` writes the table again in assumptions.md."""

from pathlib import Path

from ctg_analysis.model.source import SOURCES, Source

PAGE = Path(__file__).with_suffix(".md")
START, END = "<!-- from the declarations: make docs -->", "<!-- end -->"
HEADER = (
    "| source | geography | secrecy | rounding | totals | a commune without a row | still to be seen in a real file |"
)
ABSENT = {"": "unknown", "secret": "withheld", "zero": "has none", "uninhabited": "has none where nobody lives"}


def line(source: Source) -> str:
    """Return the row of a source."""
    totals, coverage, precision = source.totals, source.coverage, source.precision
    several = "sums of communes" if totals.additive else "published only"
    if totals.listed:
        several = "sums of the communes that have a value"
    if totals.outside:
        several += f", without {', '.join(totals.outside)}"
    for measure, outside in totals.outside_of.items():
        several += f", {measure} {'without ' + ', '.join(outside) if outside else 'everywhere'}"
    for period, lost in totals.lost:
        several += f"; those of its département, its région and France in {period} without {lost.replace(' ', ', ')}"
    if totals.none_lost:
        several += f", but of {', '.join(sorted(totals.none_lost))}"
    if coverage.above:
        several += f"; communes of more than {coverage.above} inhabitants only"
    absent = ABSENT[coverage.absent]
    absent += "; unknown in a département without any" * coverage.in_each_departement
    absent += "; an index of none is unknown" * coverage.leaves_out
    unseen = [*sorted(source.guesses), *(f"address of {one.name}" for one in source.downloads if not one.seen)]
    cells = [
        source.id,
        source.geography.words,
        f"under {source.secrecy.threshold} persons" if source.secrecy.threshold else "the producer's",
        f"to {precision.rounding}, {precision.rule}" if precision.rounding else "",
        several,
        absent,
        ", ".join(f"`{name}`" for name in unseen),
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") or "–" for cell in cells) + " |"


TABLE = "\n".join([HEADER, "| --- | --- | --- | --- | --- | --- | --- |", *map(line, SOURCES.values())])

if __name__ == "__main__":
    before, rest = PAGE.read_text(encoding="utf-8").split(START)
    PAGE.write_text(f"{before}{START}\n\n{TABLE}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")
