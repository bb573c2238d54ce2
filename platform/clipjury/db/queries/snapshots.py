"""Snapshots: numbered, built by a job, frozen once, read ever after."""

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

# A build whose job has ended without freezing it has failed, whatever ended the job.
_COLUMNS = """s.id, s.dataset_id, d.name AS dataset_name, d.description AS dataset_description, s.sequence,
  CASE WHEN s.state = 'building' AND j.state IN ('failed', 'cancelled') THEN 'failed' ELSE s.state END AS state,
  s.filters, s.reliability_version, s.policy_version, s.vote_watermark, s.clips_count, s.votes_count, s.counts,
  s.content_sha256, s.job_id, j.error, s.created_by, s.created_at, s.frozen_at"""
_FROM = "FROM snapshots s JOIN datasets d ON d.id = s.dataset_id LEFT JOIN jobs j ON j.id = s.job_id"

_INSERT = text(
    """
INSERT INTO snapshots (dataset_id, sequence, filters, release_key, created_by)
SELECT :dataset_id, COALESCE(max(sequence), 0) + 1, CAST(:filters AS jsonb), :release_key, :created_by
FROM snapshots WHERE dataset_id = :dataset_id RETURNING id"""
)

_SET_JOB = text("UPDATE snapshots SET job_id = :job_id WHERE id = :id")
_FIND = text(f"SELECT {_COLUMNS} {_FROM} WHERE s.id = :id")
_LIST = text(f"SELECT {_COLUMNS} {_FROM} WHERE s.dataset_id = :dataset_id ORDER BY s.sequence DESC")
_LOCK_BUILD = text("SELECT release_key, state FROM snapshots WHERE id = :id FOR UPDATE")
_VERSIONS = text(
    """
SELECT (SELECT version FROM reliability_versions WHERE is_active) AS reliability_version,
  (SELECT max(version) FROM policies) AS policy_version, (SELECT COALESCE(max(id), 0) FROM votes) AS vote_watermark"""
)
_GET_RELEASE_KEY = text("SELECT release_key FROM snapshots WHERE id = :id")

_INSERT_ITEMS = text(
    """
INSERT INTO snapshot_items (snapshot_id, position, clip_id, group_id, split, hard_label, soft_label, row)
SELECT :id, :first + n - 1, CAST(r ->> 'clip_id' AS uuid), CAST(r ->> 'group_id' AS uuid), r ->> 'split',
  r ->> 'hard_label', CAST(r ->> 'soft_label' AS float8), r
FROM jsonb_array_elements(CAST(:rows AS jsonb)) WITH ORDINALITY AS e(r, n)"""
)

_INSERT_FILE = text(
    """
INSERT INTO snapshot_files (snapshot_id, format, storage_key, sha256, size_bytes)
VALUES (:snapshot_id, :format, :storage_key, :sha256, :size_bytes)"""
)

_FREEZE = text(
    """
UPDATE snapshots SET state = 'frozen', frozen_at = :frozen_at, content_sha256 = :content_sha256,
  clips_count = :clips_count, votes_count = :votes_count, counts = CAST(:counts AS jsonb),
  reliability_version = :reliability_version, policy_version = :policy_version, vote_watermark = :vote_watermark
WHERE id = :id"""
)

_FILES = text(
    """
SELECT snapshot_id, format, storage_key, sha256, size_bytes FROM snapshot_files WHERE snapshot_id = :id
ORDER BY format"""
)

_WITHHELD = text(
    """
SELECT c.id FROM clips c WHERE c.quarantined_at IS NOT NULL
  AND EXISTS (SELECT FROM snapshot_items i WHERE i.snapshot_id = :id AND i.clip_id = c.id)"""
)

_MEDIA = text(
    """
SELECT c.id AS clip_id, c.sha256, c.container, c.size_bytes, c.licence, c.media_consent
FROM snapshot_items i JOIN clips c ON c.id = i.clip_id
WHERE i.snapshot_id = :id AND c.quarantined_at IS NULL AND c.id > CAST(:after AS uuid) ORDER BY c.id LIMIT :limit"""
)

_IS_PUBLISHABLE = text("SELECT quarantined_at IS NULL AND media_consent FROM clips WHERE id = :id")


@dataclass(frozen=True)
class SnapshotRow:
    """A snapshot with its dataset's name; `error` is its job's, where that failed."""

    id: uuid.UUID
    dataset_id: uuid.UUID
    dataset_name: str
    dataset_description: str
    sequence: int
    state: str
    filters: dict[str, Any]
    reliability_version: int | None
    policy_version: int | None
    vote_watermark: int | None
    clips_count: int | None
    votes_count: int | None
    counts: dict[str, Any] | None
    content_sha256: str | None
    job_id: uuid.UUID | None
    error: str | None
    created_by: int
    created_at: datetime
    frozen_at: datetime | None


@dataclass(frozen=True)
class SnapshotFileRow:
    """A file of a snapshot, in the store."""

    snapshot_id: uuid.UUID
    format: str
    storage_key: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class MediaRow:
    """What decides whether a clip's original may be handed out."""

    clip_id: uuid.UUID
    sha256: str
    container: str
    size_bytes: int
    licence: str | None
    media_consent: bool


@dataclass(frozen=True)
class VersionsRow:
    """What was in force, and the newest vote, at one moment."""

    reliability_version: int
    policy_version: int
    vote_watermark: int


@dataclass(frozen=True)
class Frozen:
    """What a build found, to be written once."""

    frozen_at: datetime
    content_sha256: str
    clips_count: int
    votes_count: int
    counts: dict[str, Any]
    versions: VersionsRow


def insert_snapshot(
    session: Session, *, dataset_id: uuid.UUID, filters: dict[str, Any], release_key: bytes, created_by: int
) -> uuid.UUID:
    """The dataset's next snapshot, to be built; the dataset's row is locked by the caller."""
    parameters = {"dataset_id": dataset_id, "release_key": release_key, "created_by": created_by}
    snapshot_id = session.execute(_INSERT, {**parameters, "filters": json.dumps(filters)}).scalar_one()
    return uuid.UUID(str(snapshot_id))


def set_job(session: Session, snapshot_id: uuid.UUID, job_id: uuid.UUID) -> None:
    """Name the job that builds it."""
    session.execute(_SET_JOB, {"id": snapshot_id, "job_id": job_id})


def find_snapshot(session: Session, snapshot_id: uuid.UUID) -> SnapshotRow | None:
    """The snapshot."""
    return row_as(SnapshotRow, session.execute(_FIND, {"id": snapshot_id}).one_or_none())


def list_snapshots(session: Session, dataset_id: uuid.UUID) -> list[SnapshotRow]:
    """The dataset's snapshots, newest first."""
    return [row_as(SnapshotRow, row) for row in session.execute(_LIST, {"dataset_id": dataset_id})]


def get_release_key(session: Session, snapshot_id: uuid.UUID) -> bytes:
    """The key of the release's pseudonyms; for the build alone."""
    return bytes(session.execute(_GET_RELEASE_KEY, {"id": snapshot_id}).scalar_one())


def get_versions(session: Session) -> VersionsRow:
    """The versions in force and the newest vote."""
    return row_as(VersionsRow, session.execute(_VERSIONS).one())


def lock_build(session: Session, snapshot_id: uuid.UUID) -> bool:
    """Lock the snapshot for freezing; False for one that is frozen already."""
    row = session.execute(_LOCK_BUILD, {"id": snapshot_id}).one()
    return bool(row.state != "frozen")


def insert_items(
    session: Session, snapshot_id: uuid.UUID, rows: Iterable[dict[str, Any]], batch: int = 500
) -> None:
    """The snapshot's rows in their order, from position 0 on."""
    waiting: Iterator[dict[str, Any]] = iter(rows)
    first = 0
    while taken := list(islice(waiting, batch)):
        session.execute(_INSERT_ITEMS, {"id": snapshot_id, "first": first, "rows": json.dumps(taken)})
        first += len(taken)


def insert_files(session: Session, files: Sequence[SnapshotFileRow]) -> None:
    """The snapshot's files, which are in the store already."""
    session.execute(_INSERT_FILE, [vars(file) for file in files])


def freeze(session: Session, snapshot_id: uuid.UUID, frozen: Frozen) -> None:
    """The last change that the snapshot's row takes."""
    values = {**vars(frozen), **vars(frozen.versions), "counts": json.dumps(frozen.counts)}
    session.execute(_FREEZE, {**values, "id": snapshot_id})


def list_files(session: Session, snapshot_id: uuid.UUID) -> list[SnapshotFileRow]:
    """The snapshot's files."""
    return [row_as(SnapshotFileRow, row) for row in session.execute(_FILES, {"id": snapshot_id})]


def list_withheld(session: Session, snapshot_id: uuid.UUID) -> list[uuid.UUID]:
    """The snapshot's clips that are in quarantine now."""
    return list(session.execute(_WITHHELD, {"id": snapshot_id}).scalars())


def list_media(session: Session, snapshot_id: uuid.UUID, after: uuid.UUID, limit: int) -> list[MediaRow]:
    """The snapshot's clips that are not in quarantine, in the order of ids, `after` one of them."""
    parameters = {"id": snapshot_id, "after": after, "limit": limit}
    return [row_as(MediaRow, row) for row in session.execute(_MEDIA, parameters)]


def is_publishable(session: Session, clip_id: uuid.UUID) -> bool:
    """Whether the clip is out of quarantine and its uploader agreed to publication, at this moment."""
    return bool(session.execute(_IS_PUBLISHABLE, {"id": clip_id}).scalar())
