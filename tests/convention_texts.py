"""Conventions filled on the spot, their text as it is read, and a label that would break a document."""

import dataclasses
import re

from ctg_analysis.publish import convention
from ctg_analysis.publish.convention import read_reference
from ctg_analysis.publish.word import CONVENTION, fill, models

DATE = "2026-11-24"
HOSTILE = '<w:br/>&amp;{{ 7*7 }}{% x %}{{p x }} =HYPERLINK("http://x") \x0b ]]> </w:t>'  # a label


def filled(one) -> bytes:
    context = convention.convention_context(one, read_reference())
    return fill(models() / CONVENTION, context, title="Convention", date=DATE)


def plain(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", text).replace("’", "'")


def as_project(one, **changed):
    return dataclasses.replace(one, convention=one.convention._replace(statut="projet", **changed))
