"""What the declaration of a column says of it: its type in a table, and the marks that it bears."""

import datetime
from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

DTYPES = {bool: "boolean", int: "Int64", float: "float64", datetime.date: "datetime64[s]", str: "str"}


def marks(field: FieldInfo, kind: type) -> list[Any]:
    """Return the marks of a kind (Reference, FreeText, Place) that a column bears, or that its cells' parts bear."""
    return [mark for mark in [*field.metadata, *_inside(field.annotation)] if isinstance(mark, kind)]


def _inside(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        inner, *said = get_args(annotation)
        yield from said
        yield from _inside(inner)
    elif get_origin(annotation) is not Literal:
        for part in get_args(annotation):
            yield from _inside(part)


def dtype(field: FieldInfo) -> str:
    """Return the pandas dtype of a column: lists and pairs are tuples, kept as objects."""
    annotation = _plain(field.annotation)
    if get_origin(annotation) is tuple:
        return "object"
    return "str" if get_origin(annotation) is Literal else DTYPES[annotation]


def choices(field: FieldInfo) -> tuple[str, ...]:
    """Return the closed list of texts that a column, or a part of its cells, may hold; none when it is open."""
    return _choices(field.annotation)


def _choices(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    found = [_choices(part) for part in get_args(annotation) if part is not Ellipsis]
    return next((values for values in found if values), ())


def _plain(annotation: Any) -> Any:
    """Return an annotation without its marks and without None."""
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    parts = get_args(annotation)
    if type(None) in parts:
        return _plain(next(part for part in parts if part is not type(None)))
    return annotation
