"""Conventions filled on the spot, their text as it is read, and a label that would break a document."""

import dataclasses
import re

from ctg_analysis.publishing.word import convention
from ctg_analysis.publishing.word.filling import fill
from ctg_analysis.publishing.word.paths import CONVENTION, models
from ctg_analysis.publishing.word.reference import read_reference

DATE = "2026-11-24"
HOSTILE = '<w:br/>&amp;{{ 7*7 }}{% x %}{{p x }} =HYPERLINK("http://x") \x0b ]]> </w:t>'  # a label


def filled(one) -> bytes:
    context = convention.context(one, read_reference())
    return fill(models() / CONVENTION, context, title="Convention", date=DATE)


def plain(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", text).replace("’", "'")


def as_project(one, **changed):
    return dataclasses.replace(one, convention=one.convention.model_copy(update={"statut": "projet", **changed}))
