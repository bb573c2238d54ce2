"""Rows of a snapshot as Parquet, votes as nested lists. Loads pyarrow, so jobs and commands alone import it.

Run as a program it copies a file without the clips named on its standard input: the web process, which never
loads pyarrow, has that done outside itself when clips were quarantined after the freeze.
"""

import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clipjury.domain.snapshot_rows import FILE_COLUMNS

_ROWS_IN_GROUP = 1000

_SEGMENT = pa.struct(
    [
        ("start_frame", pa.int32()),
        ("end_frame", pa.int32()),
        ("start_s", pa.float64()),
        ("end_s", pa.float64()),
    ]
)
_REGION = pa.struct(
    [("frame", pa.int32()), *((side, pa.float64()) for side in ("x", "y", "width", "height"))]
)
_VOTE = pa.struct(
    [
        ("reviewer", pa.string()),
        ("label", pa.string()),
        ("confidence", pa.float64()),
        ("lean", pa.string()),
        ("kinds", pa.list_(pa.string())),
        ("segments", pa.list_(_SEGMENT)),
        ("regions", pa.list_(_REGION)),
        ("cues", pa.list_(pa.string())),
        ("rationale", pa.string()),
        ("cast_at", pa.string()),
        ("is_simulated", pa.bool_()),
    ]
)
_TYPES = {
    "text": pa.string(),
    "time": pa.string(),
    "whole number": pa.int64(),
    "number": pa.float64(),
    "true or false": pa.bool_(),
    "list of votes": pa.list_(_VOTE),
}
ARROW_SCHEMA = pa.schema([(column.name, _TYPES[column.type]) for column in FILE_COLUMNS])


class ParquetFile:
    """A Parquet file under way; a thousand rows are in memory at most."""

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(path, ARROW_SCHEMA, compression="zstd")
        self._waiting: list[Mapping[str, Any]] = []

    def __enter__(self) -> "ParquetFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._flush()
        self._writer.close()

    def write(self, row: Mapping[str, Any]) -> None:
        """Add a row."""
        self._waiting.append(row)
        if len(self._waiting) >= _ROWS_IN_GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.Table.from_pylist(self._waiting, schema=ARROW_SCHEMA))
            self._waiting = []


def read_parquet(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file, a thousand in memory at a time. Raises pyarrow.ArrowInvalid for what is no Parquet."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=_ROWS_IN_GROUP):
            yield from batch.to_pylist()


def copy_without(source: Path, target: Path, clip_ids: Collection[str]) -> None:
    """Copy the file, leaving out these clips."""
    withheld = pa.array(sorted(clip_ids), type=pa.string())
    with (
        pq.ParquetFile(source) as file,
        pq.ParquetWriter(target, ARROW_SCHEMA, compression="zstd") as writer,
    ):
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            writer.write_table(table.filter(pc.invert(pc.is_in(table["clip_id"], value_set=withheld))))


if __name__ == "__main__":
    copy_without(Path(sys.argv[1]), Path(sys.argv[2]), set(sys.stdin.read().split()))
