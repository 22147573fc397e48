"""What docs take from the declarations: what each source lets us assume, what the fields of forms say of each other."""

from ctg_analysis.layouts import PERSONS, guesses
from ctg_analysis.model import Source
from ctg_analysis.settings import settings
from ctg_analysis.sources import SOURCES

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
    rounding = f"to {source.rounding}, {source.rule}" if source.rounding else "–"
    totals = "sums of communes" if source.additive else "published only"
    if source.outside:
        totals += f", without {', '.join(source.outside)}"
    if source.also_in_epcis:
        totals += "; changes without communes of no EPCI where these lack a date"
    if source.above:
        totals += f"; communes of more than {source.above} inhabitants only"
    absent = ABSENT[source.absent]
    unseen = sorted({name for layout in source.layouts for name in guesses(layout)})
    unseen += [f"address of {one.name}" for one in source.downloads if not one.seen]
    cells = [
        source.id,
        source.geography or "–",
        secrecy,
        rounding,
        totals,
        absent,
        ", ".join(f"`{name}`" for name in unseen),
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") or "–" for cell in cells) + " |"


def links() -> str:
    """Return what the other fields of each form say of each of its counts of persons, in Markdown."""
    lines = [
        "| form | persons | what other fields say of them | fields that say nothing of them |",
        "| --- | --- | --- | --- |",
    ]
    for source in (source for source in SOURCES.values() if source.form):
        form = source.form
        for persons in (field.measure for field in form.numbers if field.kind == PERSONS):
            known = [link for link in (*form.wholes, *form.links) if persons in link.terms]
            told = [link.words for link in known] + [
                f"told by {one}" for one, of in form.tells.items() if of == persons
            ]
            near = {measure for link in known for measure in link.terms} | {one for one, of in form.tells.items() if of}
            others = [field.measure for field in form.numbers if field.measure not in near | {persons}]
            cells = source.id, persons, " ; ".join(dict.fromkeys(told)), ", ".join(dict.fromkeys(others))
            lines.append("| " + " | ".join(cell or "–" for cell in cells) + " |")
    return "\n".join(lines)


TABLES = {"assumptions.md": generated, "security.md": links}


def rewrite() -> None:
    """Write the tables again in docs/."""
    for name, table in TABLES.items():
        path = settings().root / "docs" / name
        before, rest = path.read_text(encoding="utf-8").split(START)
        _, after = rest.split(END)
        path.write_text(f"{before}{START}\n\n{table()}\n\n{END}{after}", encoding="utf-8")
