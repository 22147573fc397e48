"""The names of the pages of a shipped report."""

from ctg_analysis.core.notebooks import all_chapters

CHAPTERS = [chapter.page for chapter in all_chapters()]
BESIDE = ["index.html", "recherche.html", "guide.html", "accessibilite.html", "changements.html"]
SHIPPED = [*BESIDE, *CHAPTERS]
