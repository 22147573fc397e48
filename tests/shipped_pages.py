"""The names of the pages of the shipped reports: the démarche of the real territory tells nothing yet."""

from ctg_analysis.model.settings import DEFAULT_EPCI, EXAMPLE_EPCI, all_chapters
from ctg_analysis.publish.tasks import CHAPTERS as OF_THE_DEMARCHE

CHAPTERS = [chapter.page for chapter in all_chapters()]
BESIDE = ["index.html", "recherche.html", "guide.html", "accessibilite.html", "manques.html", "definitions.html"]
SHIPPED = [*BESIDE, *CHAPTERS]
PAGES_OF = {EXAMPLE_EPCI: SHIPPED, DEFAULT_EPCI: [page for page in SHIPPED if page not in OF_THE_DEMARCHE]}
