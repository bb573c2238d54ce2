"""Lineage: which snapshots and which detector versions a reviewer's votes, or a clip, went into."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from clipjury.db.queries import clips, exposures, users
from clipjury.db.queries import lineage as queries
from clipjury.db.queries.lineage import TracedSnapshotRow, TracedVersionRow
from clipjury.domain.errors import ConflictError, NotFoundError
from clipjury.domain.snapshot_rows import pseudonym
from clipjury.services.clip_views import LEASE_OPEN


@dataclass(frozen=True)
class Lineage:
    """Snapshots in the order in which they were frozen, versions in that in which they were registered."""

    snapshots: list[TracedSnapshotRow]
    versions: list[TracedVersionRow]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "snapshots": [vars(row) for row in self.snapshots],
            "versions": [vars(row) for row in self.versions],
        }


def trace_reviewers(session: Session, reviewers: Sequence[int]) -> Lineage:
    """Where the votes of any of these accounts went; counts alone, no clip is named. Raises NotFoundError."""
    for reviewer_id in reviewers:
        if users.find_user(session, reviewer_id) is None:
            raise NotFoundError(f"There is no account {reviewer_id}.")
    found = [
        queries.find_of_reviewers(
            session,
            release.id,
            reviewers,
            [pseudonym(release.release_key, reviewer_id) for reviewer_id in reviewers],
        )
        for release in queries.list_releases(session, reviewers)
    ]
    return _with_versions(session, [row for row in found if row is not None])


def trace_clip(session: Session, clip_id: uuid.UUID, reader_id: int | None) -> Lineage:
    """Where a clip went. To be in a snapshot says that it was closed, and how: a reader is exposed to its group.

    Raises NotFoundError, or ConflictError (lease_open) while the reader holds a near-duplicate for review.
    """
    clip = clips.find_clip(session, clip_id)
    if clip is None or clip.is_safeguarded:
        raise NotFoundError("There is no such clip.")
    if reader_id is not None:
        if exposures.find_held_group(session, reader_id) == clip.group_id:
            raise ConflictError("lease_open", LEASE_OPEN)
        exposures.expose_many(session, reader_id, [clip.group_id])
    return _with_versions(session, queries.list_of_clip(session, clip_id))


def _with_versions(session: Session, snapshots: list[TracedSnapshotRow]) -> Lineage:
    """A version learns from training and validation clips alone: a snapshot that holds it in the test split only
    taught nothing."""
    taught = [row.snapshot_id for row in snapshots if row.learned_from]
    return Lineage(snapshots, queries.list_versions(session, taught) if taught else [])
