"""A snapshot's values as cells of a CSV file, and back: every row survives the way there and back unchanged."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from clipjury.domain.snapshot_rows import FILE_COLUMNS, canonical_json

# A spreadsheet runs a cell that begins with one of these as a formula (OWASP: CSV injection). It gets an
# apostrophe in front; so does text that begins with an apostrophe itself, so that reading can take one off.
_GUARDED: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
_TYPES: Final = {column.name: column.type for column in FILE_COLUMNS}


class CellError(ValueError):
    """A cell cannot be what its column says; the message names both."""


def to_cells(row: Mapping[str, Any]) -> list[str]:
    """The row's cells, in the order of FILE_COLUMNS."""
    return [_to_cell(row[column.name]) for column in FILE_COLUMNS]


def _to_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_GUARDED) else value
    return canonical_json(value).decode()


def from_cells(names: Sequence[str], cells: Sequence[str]) -> dict[str, Any]:
    """The row of these cells under these column names. Raises CellError."""
    if len(cells) != len(names):
        raise CellError(f"{len(cells)} cells stand under {len(names)} columns")
    return {name: _from_cell(name, cell) for name, cell in zip(names, cells, strict=True)}


def _from_cell(name: str, cell: str) -> Any:
    kind = _TYPES[name]
    if cell == "":
        return None
    if kind in ("text", "time"):
        return cell[1:] if cell.startswith("'") else cell
    if kind == "true or false" and cell in ("true", "false"):
        return cell == "true"
    try:
        if kind == "whole number":
            return int(cell)
        if kind == "number":
            return float(cell)
        if kind == "list of votes":
            return json.loads(cell)
    except ValueError as error:
        raise CellError(f"{name} holds {cell[:40]!r}, which is no {kind}") from error
    raise CellError(f"{name} holds {cell[:40]!r}, which is no {kind}")
