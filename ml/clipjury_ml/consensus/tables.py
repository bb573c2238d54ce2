"""Reading a table: CSV, TSV or Parquet, its text columns as codes into names, with the place of every row."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from clipjury_ml.consensus.sorting import Codes

Floats = NDArray[np.float64]

PARQUET = {".parquet", ".pq"}
TABS = {".tsv", ".tab"}


class TableError(ValueError):
    """A file that cannot be read as the table it should be."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used. line: of the file, from 1 (in Parquet: the row, from 1)."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: values[codes[row]] is what row says; empty text where it says nothing."""

    codes: Codes
    values: list[str]

    def text(self, row: int) -> str:
        """What a row says."""
        return self.values[int(self.codes[row])]

    def is_blank(self) -> NDArray[np.bool_]:
        """Which rows say nothing."""
        return np.array([not value.strip() for value in self.values] or [False], bool)[self.codes]

    def numbers(self) -> tuple[Floats, NDArray[np.bool_]]:
        """Each row's number, NaN where it says nothing; and which rows say something that is no number."""
        parsed = [_number(value) for value in self.values] or [None]
        numbers = np.array([np.nan if p is None else p for p in parsed], np.float64)
        wrong = np.array(
            [p is None and bool(v.strip()) for p, v in zip(parsed, self.values, strict=False)], bool
        )
        return numbers[self.codes], (wrong if wrong.size else np.zeros(1, bool))[self.codes]


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) and "_" not in text else None


@dataclass
class Table:
    """The columns that were asked for and are there. malformed: rows with too few or too many fields."""

    path: Path
    columns: dict[str, Column]
    n_rows: int
    names: list[str]
    malformed: list[tuple[int, str]] = field(default_factory=list)
    is_text: bool = True

    def bad_rows(self, rows: Iterable[tuple[int, str]]) -> list[BadRow]:
        """(row, reason) pairs with their lines, malformed rows among them, in the order of the file."""
        skipped = sorted(number for number, _ in self.malformed)
        records = list(self.malformed)
        for row, reason in rows:
            number = row + (2 if self.is_text else 1)
            for gone in skipped:
                number += gone <= number
            records.append((number, reason))
        lines = _lines(self.path, {n for n, _ in records}) if self.is_text and records else {}
        return [BadRow(str(self.path), lines.get(n, n), reason) for n, reason in sorted(records)]


def _lines(path: Path, records: set[int]) -> dict[int, int]:
    """The line on which each record begins; records are counted from 1, blank lines are none."""
    found: dict[int, int] = {}
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=_delimiter(path))
        number, before = 0, 0
        for record in reader:
            if record:
                number += 1
                if number in records:
                    found[number] = before + 1
            before = reader.line_num
    return found


def _delimiter(path: Path) -> str:
    if path.suffix.lower() in TABS:
        return "\t"
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        header = file.readline()
    return "\t" if "\t" in header and "," not in header else ","


def read_table(path: Path, required: Sequence[str], optional: Sequence[str] | None = ()) -> Table:
    """Read some columns, by name; optional None: all. Raises TableError for a file that is no such table."""
    try:
        if path.suffix.lower() in PARQUET:
            read, malformed = pyarrow.parquet.read_table(path), list[tuple[int, str]]()
        else:
            read, malformed = _read_text(path)
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise TableError(
            f"{path}: {str(error).splitlines()[0] if str(error) else 'cannot be read'}"
        ) from error
    names = [name.strip() for name in read.column_names]
    twice = sorted(
        {name for name in names if names.count(name) > 1 and (optional is None or name in required)}
    )
    missing = [name for name in required if name not in names]
    if missing or twice:
        fault = f"has no column {', '.join(missing)}" if missing else f"has column {', '.join(twice)} twice"
        raise TableError(f"{path}:1: {fault} (columns: {', '.join(names) or 'none'})")
    wanted = [n for n in names if optional is None or n in required or n in optional]
    columns = {name: _column(read.column(names.index(name))) for name in wanted}
    return Table(path, columns, read.num_rows, names, malformed, path.suffix.lower() not in PARQUET)


def _read_text(path: Path) -> tuple[pa.Table, list[tuple[int, str]]]:
    malformed: list[tuple[int, str]] = []

    def note(row: pyarrow.csv.InvalidRow) -> str:
        malformed.append((row.number, f"{row.actual_columns} fields in place of {row.expected_columns}"))
        return "skip"

    with path.open("rb") as file:
        if not file.read(4).removeprefix(b"\xef\xbb\xbf").strip():
            raise TableError(f"{path}:1: the file is empty, its first line must name the columns")
    parse = pyarrow.csv.ParseOptions(
        delimiter=_delimiter(path), newlines_in_values=True, invalid_row_handler=note
    )
    options = pyarrow.csv.ReadOptions(use_threads=False)  # with threads, rows have no numbers
    with pyarrow.csv.open_csv(path, read_options=options, parse_options=parse) as head:
        names = head.schema.names
    malformed.clear()
    text = pa.dictionary(pa.int32(), pa.string())
    convert = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, text), strings_can_be_null=False)
    return pyarrow.csv.read_csv(path, options, parse, convert), malformed


def _column(chunked: pa.ChunkedArray) -> Column:
    if not pa.types.is_dictionary(chunked.type) or chunked.null_count:
        chunked = chunked.cast(pa.string()).fill_null("").dictionary_encode()
    whole = chunked.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0) if whole.num_chunks else pa.array([], pa.string()).dictionary_encode()
    codes = np.asarray(whole.indices.to_numpy(zero_copy_only=False), np.int32)
    return Column(codes, [str(v) for v in whole.dictionary.to_pylist()])


def missing(table: Table, names: Sequence[str]) -> list[tuple[NDArray[np.bool_], str]]:
    """The faults of rows that say nothing in these columns."""
    return [(table.columns[name].is_blank(), f"{name} is missing") for name in names]


def sift(
    table: Table, faults: Sequence[tuple[NDArray[np.bool_], str]]
) -> tuple[NDArray[np.bool_], list[BadRow]]:
    """Which rows are good, and the bad ones by line, each with its first fault."""
    good = np.ones(table.n_rows, bool)
    found: list[tuple[int, str]] = []
    for wrong, reason in faults:
        found += [(int(row), reason) for row in np.flatnonzero(wrong & good)]
        good &= ~wrong
    return good, table.bad_rows(found)


def beyond(table: Table, rows: Sequence[tuple[int, str]]) -> list[BadRow]:
    """Further bad rows, without the malformed ones that were told already."""
    told = set(table.bad_rows(()))
    return [bad for bad in table.bad_rows(rows) if bad not in told] if rows else []
