"""Chapters that keep their page of a former edition: their notebook is refused, or has failed."""

import filecmp
import re
import shutil

from ctg_analysis.core.notebooks import ChapterNotebook
from ctg_analysis.display.words.dates import date_text
from ctg_analysis.publishing.build_result import Report
from ctg_analysis.sources.folders import sha256

DATA_FILE = re.compile(r'href="(donnees/[^"]+)"')


def stays(refused: ChapterNotebook, entry: dict | None) -> bool:
    """Tell whether a chapter whose notebook is refused keeps its page: not when there is none, nor when it was made of
    that very notebook for whatever territory this one names itself.
    """
    return entry is not None and (refused.takes_epci or not is_made_of(refused, entry))


def is_made_of(chapter: ChapterNotebook, entry: dict) -> bool:
    """Tell whether the page of a chapter was made of its notebook as it is. entry: the record of the chapter."""
    return (entry.get("key") or {}).get("notebook") == sha256(chapter.path)


def with_own_data(html: str, report: Report, since: str) -> str:
    """Return a page of the former edition with links to the data files of its charts, kept where those now differ.

    since: ISO, the date of the edition that the page is of.
    """
    for linked in sorted(set(DATA_FILE.findall(html))):
        own, now = report.latest / linked, report.fresh / linked
        if now.exists() and filecmp.cmp(own, now, shallow=False):
            continue
        kept = f"donnees/{since}/{own.name}"
        (report.fresh / kept).parent.mkdir(exist_ok=True)
        shutil.copyfile(own, report.fresh / kept)
        html = html.replace(f'href="{linked}"', f'href="{kept}"')
    return html


def note(entry: dict) -> str:
    """Return what the index says of a chapter that is not of this edition; nothing of the others."""
    if entry.get("missing"):
        return "Ce chapitre n’a pas pu être établi."
    return f"Chapitre daté\u00a0: édition du {date_text(entry['dated'])}." if entry.get("dated") else ""
