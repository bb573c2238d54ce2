"""Checks and compares exported snapshot files, with nothing but the files."""

import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clipjury.cli.main import Refusal
from clipjury.domain.snapshot_cells import CellError, from_cells
from clipjury.domain.snapshot_rows import FILE_COLUMNS, FORMAT, ContentHash, row_hash

_NAMES = {column.name for column in FILE_COLUMNS}
_SUFFIXES = (".jsonl", ".csv", ".parquet")
_FAULTS_SHOWN = 20


@dataclass
class Found:
    """What a check found out: remarks for whoever asked, and faults, which mean that something was changed."""

    remarks: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def check(path: Path, manifest: Path | None) -> Found:
    """Check a file, or every file of a folder, against its manifest. Raises Refusal for what is no snapshot."""
    files = [path]
    if path.is_dir():
        files = sorted(entry for entry in path.iterdir() if entry.suffix in _SUFFIXES)
        if not files:
            raise Refusal(f"{path} holds no .jsonl, .csv or .parquet file.")
    about = _read_manifest(manifest or (path if path.is_dir() else path.parent) / "manifest.json")
    found = Found()
    for file in files:
        _check_file(file, about, found)
    return found


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        about = json.loads(path.read_text())
    except OSError as error:
        raise Refusal(f"{path} cannot be read; name the manifest with --manifest.") from error
    except ValueError as error:
        raise Refusal(f"{path} is no JSON, so no manifest.") from error
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise Refusal(f"{path} is no manifest of the format {FORMAT}.")
    return about


def _check_file(path: Path, about: dict[str, Any], found: Found) -> None:
    content, rows, before = ContentHash(), 0, len(found.faults)
    shown = 0
    try:
        for place, row in read_file(path):
            rows += 1
            fault = _row_fault(row, content)
            if fault:
                shown += 1
                if shown <= _FAULTS_SHOWN:
                    found.faults.append(f"{place}: {fault}")
    except UnreadableError as error:
        found.faults.append(str(error))
        return
    if shown > _FAULTS_SHOWN:
        found.faults.append(f"{path}: … and {shown - _FAULTS_SHOWN} more rows")
    withheld = int(about.get("withheld", {}).get("rows", 0))
    expected = int(about["counts"]["clips"]) - withheld
    if rows != expected:
        found.faults.append(f"{path}: {rows} rows, where the manifest says {expected}")
    if withheld and len(found.faults) == before:
        found.remarks.append(
            f"{path}: {rows} rows, each unchanged. {withheld} were withheld, so the content hash cannot be recomputed."
        )
    elif not withheld and content.hexdigest() != about["content_sha256"]:
        found.faults.append(
            f"{path}: the content hash is {content.hexdigest()}, the manifest says {about['content_sha256']}"
        )
    elif len(found.faults) == before:
        found.remarks.append(f"{path}: {rows} rows, content hash {content.hexdigest()} as in the manifest")


def _row_fault(row: dict[str, Any], content: ContentHash) -> str | None:
    try:
        intact = row["row_sha256"] == row_hash(row)
        content.update(row)
    except (KeyError, TypeError, ValueError) as error:
        return f"clip {row.get('clip_id')} is no row of a snapshot: {error}"
    return None if intact else f"clip {row['clip_id']} was changed"


class UnreadableError(ValueError):
    """A file breaks off, or is not of its format; the message names it."""


def read_file(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a file with their places (`FILE:LINE`). Raises Refusal, UnreadableError."""
    if path.suffix not in _SUFFIXES:
        raise Refusal(f"{path} is no .jsonl, .csv or .parquet file.")
    readers = {".jsonl": _read_jsonl, ".csv": _read_csv, ".parquet": _read_parquet}
    return readers[path.suffix](path)


def _read_jsonl(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
            except ValueError as error:
                raise UnreadableError(f"{path}:{number}: this line is no JSON") from error
            if not isinstance(row, dict):
                raise UnreadableError(f"{path}:{number}: this line is no object")
            yield f"{path}:{number}", row


def _read_csv(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    csv.field_size_limit(sys.maxsize)
    with path.open(newline="", encoding="utf-8", errors="surrogatepass") as source:
        rows = csv.reader(source)
        try:
            names = next(rows, [])
            if set(names) != _NAMES:
                raise UnreadableError(f"{path}:1: these are not the columns of a snapshot")
            for cells in rows:
                yield f"{path}:{rows.line_num}", from_cells(names, cells)
        except (csv.Error, CellError, UnicodeDecodeError) as error:
            raise UnreadableError(f"{path}:{rows.line_num}: {error}") from error


def _read_parquet(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    import pyarrow as pa

    from clipjury.jobs.snapshot_parquet import read_parquet

    try:
        for number, row in enumerate(read_parquet(path), start=1):
            yield f"{path}, row {number}", row
    except (pa.ArrowInvalid, OSError) as error:
        raise UnreadableError(f"{path} is no whole Parquet file: {error}") from error


def compare_files(before: Path, after: Path) -> tuple[dict[str, int], list[str]]:
    """Clips added, removed, and hard labels flipped from one file or folder to the other."""
    old, new = _labels(before), _labels(after)
    lines = [
        *(f"added    {clip}  - → {new[clip] or '-'}" for clip in sorted(new.keys() - old.keys())),
        *(
            f"flipped  {clip}  {old[clip] or '-'} → {new[clip] or '-'}"
            for clip in sorted(old.keys() & new.keys())
            if old[clip] != new[clip]
        ),
        *(f"removed  {clip}  {old[clip] or '-'} → -" for clip in sorted(old.keys() - new.keys())),
    ]
    changes = [line.split(maxsplit=1)[0] for line in lines]
    return {change: changes.count(change) for change in ("added", "removed", "flipped")}, lines


def _labels(path: Path) -> dict[str, str | None]:
    if path.is_dir():
        path = next((path / f"labels{end}" for end in _SUFFIXES if (path / f"labels{end}").exists()), path)
    try:
        return {row["clip_id"]: row["hard_label"] for _, row in read_file(path)}
    except (UnreadableError, KeyError) as error:
        raise Refusal(f"{path} cannot be compared: {error}") from error
