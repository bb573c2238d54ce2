"""Turns result rows into frozen dataclasses."""

from dataclasses import fields
from functools import cache
from typing import Any, TypeVar, cast, overload

from sqlalchemy import Row

T = TypeVar("T")


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@overload
def row_as(kind: type[T], row: None) -> None: ...
@overload
def row_as(kind: type[T], row: Row[Any]) -> T: ...
@overload
def row_as(kind: type[T], row: Row[Any] | None) -> T | None: ...
def row_as(kind: type[T], row: Row[Any] | None) -> T | None:
    """`row` as the dataclass `kind`, by column names; None stays None."""
    if row is None:
        return None
    mapping = row._mapping
    return kind(**{name: mapping[name] for name in _names(cast(Any, kind))})
