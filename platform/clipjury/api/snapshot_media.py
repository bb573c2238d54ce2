"""A tar of a snapshot's rows with those originals that anybody may pass on. It is never whole before it is sent."""

import json
import tarfile
import uuid
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Response

from clipjury.adapters.storage import CHUNK_BYTES, StorageError, original_key
from clipjury.api.schemas.snapshot import withheld_body
from clipjury.api.snapshot_exports import file_name, rows_without
from clipjury.db.queries.snapshots import MediaRow, SnapshotFileRow, SnapshotRow
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.domain.licences import why_withheld
from clipjury.services import snapshots

TAR = "application/x-tar"
_PAGE = 200


def send_media(
    deps: Deps,
    snapshot: SnapshotRow,
    file: SnapshotFileRow,
    manifest: SnapshotFileRow,
    withheld: Collection[uuid.UUID],
) -> Response:
    """`labels.<format>`, `media/<sha256>.<container>` for each original that may go, and `manifest.json` last, since
    only then is it known what went along."""
    answer = Response(_Tar(deps, snapshot).members(file, manifest, withheld), mimetype=TAR)
    answer.headers["X-Content-SHA256"] = str(snapshot.content_sha256)
    answer.headers["X-Rows-Withheld"] = str(len(withheld))
    answer.headers.set("Content-Disposition", "attachment", filename=file_name(snapshot, "tar"))
    return answer


class _Tar:
    def __init__(self, deps: Deps, snapshot: SnapshotRow) -> None:
        self._deps = deps
        self._snapshot = snapshot
        self._included: list[dict[str, str]] = []
        self._left_out: list[dict[str, str]] = []

    def members(
        self, file: SnapshotFileRow, manifest: SnapshotFileRow, withheld: Collection[uuid.UUID]
    ) -> Iterator[bytes]:
        yield from self._rows(file, withheld)
        for row in self._candidates():
            yield from self._original(row)
        stored = json.loads(b"".join(self._deps.storage.open_stream(manifest.storage_key)))
        text = json.dumps({**stored, **self._facts(len(withheld))}, indent=1, ensure_ascii=False)
        yield from self._member("manifest.json", len(text.encode()), iter([text.encode()]))
        yield b"\0" * (2 * tarfile.BLOCKSIZE)

    def _facts(self, rows_withheld: int) -> dict[str, Any]:
        withheld = withheld_body(rows_withheld)
        return {
            "withheld": {**withheld, "as_of": withheld["as_of"].isoformat()},
            "media_in_this_file": {
                "included": self._included,
                "left_out": self._left_out,
                "left_out_by_reason": dict(Counter(entry["reason"] for entry in self._left_out)),
            },
        }

    def _rows(self, file: SnapshotFileRow, withheld: Collection[uuid.UUID]) -> Iterator[bytes]:
        name = f"labels.{file.format}"
        if withheld:
            with rows_without(self._deps, file, withheld) as path:
                yield from self._member(name, path.stat().st_size, _chunks(path))
        else:
            yield from self._member(name, file.size_bytes, self._deps.storage.open_stream(file.storage_key))

    def _candidates(self) -> Iterator[MediaRow]:
        after = uuid.UUID(int=0)
        while True:
            with transaction() as session:
                page = snapshots.list_media(session, self._snapshot.id, after, _PAGE)
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1].clip_id

    def _original(self, row: MediaRow) -> Iterator[bytes]:
        reason: str | None = why_withheld(row.licence, has_consent=row.media_consent)
        key = original_key(row.sha256)
        if reason is None and not self._is_publishable(row.clip_id):
            return  # quarantined since this page was read: not even named
        if reason is None and not self._deps.storage.exists(key):
            reason = "file_missing"
        if reason is not None:
            self._left_out.append({"clip_id": str(row.clip_id), "sha256": row.sha256, "reason": reason})
            return
        name = f"media/{row.sha256}.{row.container}"
        self._included.append({"clip_id": str(row.clip_id), "sha256": row.sha256, "name": name})
        yield from self._member(name, row.size_bytes, self._deps.storage.open_stream(key))

    def _is_publishable(self, clip_id: uuid.UUID) -> bool:
        with transaction() as session:
            return snapshots.is_publishable(session, clip_id)

    def _member(self, name: str, size_bytes: int, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Header, content, and zeros up to the next block."""
        about = tarfile.TarInfo(f"{Path(file_name(self._snapshot, 'tar')).stem}/{name}")
        about.size = size_bytes
        about.mtime = int((self._snapshot.frozen_at or datetime.now(UTC)).timestamp())
        yield about.tobuf(tarfile.GNU_FORMAT)
        sent = 0
        for chunk in chunks:
            sent += len(chunk)
            yield chunk
        if sent != size_bytes:
            raise StorageError(f"{name} has {sent} bytes in the store, not {size_bytes}")
        yield b"\0" * (-size_bytes % tarfile.BLOCKSIZE)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while chunk := source.read(CHUNK_BYTES):
            yield chunk
