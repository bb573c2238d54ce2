"""Writes labels as CSV or JSON lines.

A file is written whole before its first byte is sent, in constant memory: a reader on a slow line would
otherwise keep the transaction open until the database ends it, and be left with half a file.
"""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Literal

from flask import Response
from pydantic_core import to_json

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
_CHUNK_BYTES = 256 * 1024

COLUMNS = (
    "clip_id",
    "sha256",
    "group_id",
    "kind",
    "duration_s",
    "frames",
    "width_px",
    "height_px",
    "source",
    "licence",
    "is_simulated",
    "outcome",
    "hard_label",
    "soft_label",
    "p_people",
    "p_full",
    "p_low",
    "p_high",
    "n_effective",
    "votes_count",
    "retirement_reason",
    "retired_at",
    "reliability_version",
    "policy_version",
    "votes",
)
# A spreadsheet runs a cell that begins with one of these as a formula (OWASP: CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_labels(rows: Iterable[Mapping[str, Any]], form: Literal["csv", "jsonl"], folder: Path) -> IO[bytes]:
    """The rows as a file that has no name and is gone once closed, rewound to its start."""
    file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed when it has been sent
    try:
        if form == "csv":
            _write_csv(rows, file)
        else:
            for row in rows:
                file.write(to_json(row) + b"\n")
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _write_csv(rows: Iterable[Mapping[str, Any]], file: IO[bytes]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in COLUMNS])
    text.detach()  # flushes, and leaves the file open


def _cell(given: Any) -> Any:
    """Lists as JSON; text that a spreadsheet would run gets an apostrophe in front. Numbers stay numbers."""
    if given is None or isinstance(given, int | float):
        return given
    if isinstance(given, str):
        return f"'{given}" if given.startswith(_FORMULA_STARTS) else given
    return to_json(given).decode().strip('"') if not isinstance(given, list) else to_json(given).decode()


def send_and_close(file: IO[bytes], media_type: str) -> Response:
    """The file's bytes as an answer that closes it at the end, or when the reader goes away."""

    def chunks() -> Iterator[bytes]:
        with file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk

    answer = Response(chunks(), content_type=media_type)
    answer.content_length = file.seek(0, io.SEEK_END)
    file.seek(0)
    answer.call_on_close(file.close)
    return answer
