"""Sends a snapshot's rows as they were stored, or a copy without the clips that are in quarantine now."""

import csv
import hashlib
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Response

from clipjury.adapters.storage import Storage
from clipjury.api.media import send_object, send_path
from clipjury.db.queries.snapshots import SnapshotFileRow, SnapshotRow
from clipjury.deps import Deps

MEDIA_TYPES = {
    "csv": "text/csv",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}
_LINE_START = b'{"clip_id":"'
_ID_LENGTH = 36
_LONGEST_COPY_S = 600


def send_rows(
    deps: Deps, snapshot: SnapshotRow, file: SnapshotFileRow, withheld: Collection[object]
) -> Response:
    """The file, or what is left of it, with the hashes in the headers."""
    media_type = MEDIA_TYPES[file.format]
    if withheld:
        # Another ETag, so that a download that was cut off before is not gone on with from this file.
        with rows_without(deps, file, withheld) as path:
            answer = send_path(path, media_type, _etag_without(file, withheld))
    else:
        answer = send_object(deps.storage, file.storage_key, media_type, file.sha256)
    answer.headers["X-Content-SHA256"] = str(snapshot.content_sha256)
    answer.headers["X-File-SHA256"] = file.sha256
    answer.headers["X-Rows-Withheld"] = str(len(withheld))
    answer.headers.set("Content-Disposition", "attachment", filename=file_name(snapshot, file.format))
    return answer


def _etag_without(file: SnapshotFileRow, withheld: Collection[object]) -> str:
    ids = ",".join(sorted(map(str, withheld)))
    return hashlib.sha256(f"{file.sha256} without {ids}".encode()).hexdigest()


def file_name(snapshot: SnapshotRow, extension: str) -> str:
    """The attachment's name: the dataset's, in plain letters, and the snapshot's number."""
    letters = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in snapshot.dataset_name)
    slug = "-".join(part for part in letters.lower().split("-") if part)[:60]
    return f"{slug or 'dataset'}-snapshot-{snapshot.sequence}.{extension}"


@contextmanager
def rows_without(deps: Deps, file: SnapshotFileRow, withheld: Collection[object]) -> Iterator[Path]:
    """A copy of the file without these clips, gone at the end; whoever has opened it by then can read it on.

    Made anew for every download, in constant memory: a copy that is kept could miss the clip of a moment ago.
    """
    ids = {str(clip_id) for clip_id in withheld}
    with (
        _local(deps.storage, file.storage_key, deps.incoming_dir) as source,
        _place(deps.incoming_dir) as target,
    ):
        if file.format == "jsonl":
            _copy_lines(source, target, ids)
        elif file.format == "csv":
            _copy_cells(source, target, ids)
        else:
            _copy_parquet(source, target, ids)
        yield target


@contextmanager
def _place(folder: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(dir=folder, prefix="upload-")
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def _local(storage: Storage, key: str, folder: Path) -> Iterator[Path]:
    path = storage.local_path(key)
    if path is not None:
        yield path
        return
    with _place(folder) as copy:
        storage.download(key, copy)
        yield copy


def _copy_lines(source: Path, target: Path, ids: Collection[str]) -> None:
    start = len(_LINE_START)
    with source.open("rb") as lines, target.open("wb") as kept:
        for line in lines:
            assert line.startswith(_LINE_START)
            if line[start : start + _ID_LENGTH].decode() not in ids:
                kept.write(line)


def _copy_cells(source: Path, target: Path, ids: Collection[str]) -> None:
    csv.field_size_limit(sys.maxsize)  # all votes of a clip stand in one cell
    with source.open("rb") as raw, target.open("wb") as kept:
        reader = csv.reader(io.TextIOWrapper(raw, "utf-8", "surrogatepass", newline=""))
        text = io.TextIOWrapper(kept, "utf-8", "surrogatepass", newline="")
        writer = csv.writer(text)
        for cells in reader:
            if cells[0] not in ids:
                writer.writerow(cells)
        text.flush()


def _copy_parquet(source: Path, target: Path, ids: Collection[str]) -> None:
    """In a process of its own: pyarrow is never loaded here."""
    command = [sys.executable, "-m", "clipjury.jobs.snapshot_parquet", str(source), str(target)]
    subprocess.run(command, input="\n".join(ids), text=True, check=True, timeout=_LONGEST_COPY_S)
