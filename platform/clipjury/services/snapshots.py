"""Snapshots: asked for, built by a job, frozen in one commit, read under the exposure rule."""

import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from clipjury.db.queries import datasets, events
from clipjury.db.queries import snapshot_changes as change_queries
from clipjury.db.queries import snapshots as queries
from clipjury.db.queries.snapshot_changes import ChangeRow
from clipjury.db.queries.snapshots import Frozen, MediaRow, SnapshotFileRow, SnapshotRow
from clipjury.domain.datasets import parse_filters
from clipjury.domain.errors import ConflictError, NotFoundError
from clipjury.services import jobs
from clipjury.services.datasets import is_empty

FREEZE = "freeze_snapshot"
EMPTY = "No clip fits the filters, so there is nothing to freeze. Widen them, or wait until clips retire."
MOST_CHANGES = 500


@dataclass(frozen=True)
class Difference:
    """What changed from one snapshot to another; `changes` holds the first of them."""

    counts: dict[str, int]
    changes: list[ChangeRow]


def request_freeze(session: Session, dataset_id: uuid.UUID, actor_id: int) -> SnapshotRow:
    """Number the dataset's next snapshot and queue its build, with the filters as they stand.

    Raises NotFoundError, ConflictError (dataset_empty, freeze_running).
    """
    dataset = datasets.lock_dataset(session, dataset_id)
    if dataset is None:
        raise NotFoundError("There is no such dataset.")
    if any(row.state == "building" for row in queries.list_snapshots(session, dataset_id)):
        raise ConflictError("freeze_running", "A snapshot of this dataset is being built. Wait for its end.")
    if is_empty(session, parse_filters(dataset.filters)):
        raise ConflictError("dataset_empty", EMPTY)
    snapshot_id = queries.insert_snapshot(
        session,
        dataset_id=dataset_id,
        filters=dataset.filters,
        release_key=secrets.token_bytes(32),
        created_by=actor_id,
    )
    arguments = {"snapshot_id": str(snapshot_id)}
    job_id = jobs.request_job(
        session, FREEZE, subject=f"snapshot:{snapshot_id}", arguments=arguments, requested_by=actor_id
    )
    queries.set_job(session, snapshot_id, job_id)
    return get_snapshot(session, snapshot_id)


def get_snapshot(session: Session, snapshot_id: uuid.UUID) -> SnapshotRow:
    """The snapshot, in whatever state; raises NotFoundError."""
    snapshot = queries.find_snapshot(session, snapshot_id)
    if snapshot is None:
        raise NotFoundError("There is no such snapshot.")
    return snapshot


def get_frozen(session: Session, snapshot_id: uuid.UUID) -> SnapshotRow:
    """The snapshot once it is frozen; raises NotFoundError, ConflictError (not_frozen)."""
    snapshot = get_snapshot(session, snapshot_id)
    if snapshot.state != "frozen":
        raise ConflictError("not_frozen", "This snapshot is not frozen (yet), so there is nothing to read.")
    return snapshot


def freeze(
    session: Session,
    snapshot_id: uuid.UUID,
    rows: Iterable[dict[str, Any]],
    files: Sequence[SnapshotFileRow],
    frozen: Frozen,
) -> bool:
    """Write rows and files and freeze, all in this commit; False for a snapshot that is frozen already."""
    if not queries.lock_build(session, snapshot_id):
        return False
    queries.insert_items(session, snapshot_id, rows)
    queries.insert_files(session, files)
    queries.freeze(session, snapshot_id, frozen)
    events.record_audit(
        session,
        "snapshot_frozen",
        subject=f"snapshot:{snapshot_id}",
        actor_id=None,
        detail={"content_sha256": frozen.content_sha256, "clips": frozen.clips_count},
    )
    return True


def read_snapshot(session: Session, snapshot_id: uuid.UUID, user_id: int) -> SnapshotRow:
    """A frozen snapshot for somebody who is about to read its rows: they are exposed to every group in it.

    Raises as `get_frozen` does, and ConflictError (lease_open) while they hold a near-duplicate for review.
    """
    snapshot = get_frozen(session, snapshot_id)
    if change_queries.holds_group_of(session, user_id, snapshot_id):
        raise ConflictError(
            "lease_open",
            "You hold a near-duplicate of one of these clips for review. Vote or skip first, then read them.",
        )
    change_queries.expose_reader(session, user_id, snapshot_id)
    return snapshot


def get_file(session: Session, snapshot_id: uuid.UUID, form: str) -> SnapshotFileRow:
    """Where the snapshot's file of that format is; raises NotFoundError."""
    for file in queries.list_files(session, snapshot_id):
        if file.format == form:
            return file
    raise NotFoundError(f"This snapshot has no {form} file.")


def list_files(session: Session, snapshot_id: uuid.UUID) -> list[SnapshotFileRow]:
    """The snapshot's files; none before it is frozen."""
    return queries.list_files(session, snapshot_id)


def list_withheld(session: Session, snapshot_id: uuid.UUID) -> list[uuid.UUID]:
    """Its clips that are in quarantine at this moment: no download holds them."""
    return queries.list_withheld(session, snapshot_id)


def list_media(session: Session, snapshot_id: uuid.UUID, after: uuid.UUID, limit: int) -> list[MediaRow]:
    """Its clips that are not in quarantine, in the order of ids, `after` one of them."""
    return queries.list_media(session, snapshot_id, after, limit)


def is_publishable(session: Session, clip_id: uuid.UUID) -> bool:
    """Whether the clip is out of quarantine and its uploader agreed to publication, at this moment."""
    return queries.is_publishable(session, clip_id)


def compare(session: Session, before: uuid.UUID, after: uuid.UUID, user_id: int | None) -> Difference:
    """What changed from `before` to `after`; a user who reads it is exposed to both. Raises as reading does."""
    for snapshot_id in (before, after):
        if user_id is None:
            get_frozen(session, snapshot_id)
        else:
            read_snapshot(session, snapshot_id, user_id)
    counts = change_queries.count_changes(session, before, after)
    return Difference(counts, change_queries.list_changes(session, before, after, MOST_CHANGES))
