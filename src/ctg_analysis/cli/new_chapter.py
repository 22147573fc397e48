"""The notebook that a chapter of one's own begins with: it runs at once, for any EPCI."""

import re
from pathlib import Path

import nbformat

from ctg_analysis.display.texts import alphabetical
from ctg_analysis.model.errors import UserError
from ctg_analysis.model.settings import DEFAULT_EPCI, notebooks, project_path, settings

NUMBER, NOT_IN_NAME = re.compile(r"\d\d"), re.compile(r"[^a-z0-9]+")
MARKDOWN, PARAMETERS, SETUP, CODE = "markdown", "parameters", "setup", "code"
QUESTION = "À quelle question ce chapitre répond-il ?"
CELLS = (
    (PARAMETERS, f'epci = "{DEFAULT_EPCI}"  # SIREN du territoire : `ctg list epci NOM` donne celui du vôtre'),
    (SETUP, "import seaborn as sns\n\nfrom ctg_analysis.chapter import open_chapter\n\nchapter = open_chapter(epci)"),
    (MARKDOWN, "## Le profil"),
    (
        CODE,
        '# chapter.find("un mot") donne d\'autres indicateurs ; Tab, entre les guillemets, complète leur identifiant.\n'
        'chapter.profile("population_count", "population_change_rate", "age_65_plus_share")',
    ),
    (MARKDOWN, "## Un graphique"),
    (
        CODE,
        """\
people = chapter.data("population_count").query("level == 'epci'")
axes = sns.barplot(people, x="year", y="value", color="steelblue", errorbar=None)
chapter.figure(axes, people, title="Habitants du territoire, année par année")""",
    ),
    (MARKDOWN, "## Un tableau"),
    (
        CODE,
        """\
peers = chapter.peers_table()
year = peers.attrs["periods"]["population"]  # la même pour tous, pas toujours la dernière
peers = peers[["name", "distance", "population"]].set_axis(["EPCI", "Écart", f"Habitants en {year}"], axis=1)
chapter.framed(peers, title="Le territoire et ses EPCI comparables", source="population_count")""",
    ),
)


def write_new_chapter(number: str, title: str) -> Path:
    """Write notebooks/<number>_<title>.ipynb; never over what is there.

    Raises:
        UserError: no number of two digits, one that a notebook bears, a title without a letter.
    """
    name = NOT_IN_NAME.sub("_", alphabetical(title).replace("œ", "oe")).strip("_")
    if not NUMBER.fullmatch(number):
        raise UserError(f"chapter {number!r}: expected a number of two digits, such as 18")
    if not name or "\n" in title:
        raise UserError(f'title {title!r}: expected words on one line, such as "Mobilité"')
    if same := [one.path for one in notebooks() if one.number == number]:
        raise UserError(f"chapter {number}: {project_path(same[0])} bears this number: expected another")
    cells = [nbformat.v4.new_markdown_cell(f"# {title.strip()}\n\n{QUESTION}", id="0")]
    for rank, (kind, source) in enumerate(CELLS, 1):
        if kind == MARKDOWN:
            cells.append(nbformat.v4.new_markdown_cell(source, id=str(rank)))
        else:
            tags = {} if kind == CODE else {"tags": [kind]}
            cells.append(nbformat.v4.new_code_cell(source, id=str(rank), metadata=tags))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = nbformat.v4.new_notebook(
        cells=cells,
        metadata={"ctg": {"chapter": number}, "kernelspec": kernel, "language_info": {"name": "python"}},
    )
    path = settings().root / "notebooks" / f"{number}_{name}.ipynb"
    with path.open("x", encoding="utf-8") as file:
        nbformat.write(made, file)
    return path
