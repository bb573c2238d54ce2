"""Writes a snapshot's rows as JSON lines, CSV and Parquet at once, a row at a time, in constant memory."""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from clipjury.domain.snapshot_cells import to_cells
from clipjury.domain.snapshot_rows import FILE_COLUMNS
from clipjury.jobs.snapshot_parquet import ParquetFile

ROW_FORMATS = ("csv", "jsonl", "parquet")


class SnapshotWriter:
    """Files `labels.jsonl`, `.csv` and `.parquet` in a folder; whole once the block has ended."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open = ExitStack()

    def path(self, form: str) -> Path:
        """Where the rows are in that format."""
        return self.folder / f"labels.{form}"

    def __enter__(self) -> "SnapshotWriter":
        self._jsonl = self._text("jsonl")
        self._csv = csv.writer(
            self._text("csv")
        )  # lines end as in RFC 4180: a cell with either sign alone is quoted
        self._csv.writerow([column.name for column in FILE_COLUMNS])
        self._parquet = self._open.enter_context(ParquetFile(self.path("parquet")))
        return self

    def _text(self, form: str) -> IO[str]:
        opened = self.path(form).open("w", encoding="utf-8", errors="surrogatepass", newline="")
        return self._open.enter_context(opened)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def write(self, row: Mapping[str, Any]) -> None:
        """One row to every file. `clip_id` begins the JSON line, so that lines can be told without parsing."""
        ordered = {column.name: row[column.name] for column in FILE_COLUMNS}
        json.dump(ordered, self._jsonl, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        self._jsonl.write("\n")
        self._csv.writerow(to_cells(row))
        self._parquet.write(ordered)


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON lines."""
    with path.open(encoding="utf-8", errors="surrogatepass", newline="\n") as lines:
        for line in lines:
            yield json.loads(line)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
