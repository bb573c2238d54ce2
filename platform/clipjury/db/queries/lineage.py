"""Which frozen snapshots hold a reviewer's votes or a clip, and which versions were trained on them."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_FROZEN = text(
    """
SELECT s.id, s.release_key FROM snapshots s WHERE s.state = 'frozen' AND EXISTS (
  SELECT FROM votes v
  WHERE v.reviewer_id = ANY(CAST(:reviewers AS bigint[])) AND v.id <= COALESCE(s.vote_watermark, v.id))
ORDER BY s.frozen_at"""
)

_COUNTS = """count(*) AS clips, count(*) FILTER (WHERE i.split <> 'test') AS learned_from,
  count(*) FILTER (WHERE i.row ->> 'adjudication' = 'blind') AS decided"""
_NAMED = """
SELECT d.id AS dataset_id, d.name AS dataset_name, s.id AS snapshot_id, s.sequence, s.frozen_at, n.clips,
  n.learned_from, n.decided
FROM snapshots s JOIN datasets d ON d.id = s.dataset_id"""

# A snapshot's rows name reviewers by the pseudonyms of its release: only those votes count that are in it.
_OF_REVIEWERS = text(
    f"""
{_NAMED} JOIN LATERAL (
  SELECT {_COUNTS} FROM snapshot_items i
  WHERE i.snapshot_id = s.id
    AND i.clip_id IN (SELECT v.clip_id FROM votes v WHERE v.reviewer_id = ANY(CAST(:reviewers AS bigint[])))
    AND (SELECT bool_or(i.row @> w) FROM jsonb_array_elements(CAST(:marks AS jsonb)) AS w)) n ON n.clips > 0
WHERE s.id = :snapshot_id"""
)

_OF_CLIP = text(
    f"""
{_NAMED} JOIN LATERAL (
  SELECT {_COUNTS} FROM snapshot_items i WHERE i.snapshot_id = s.id AND i.clip_id = :clip_id) n ON n.clips > 0
WHERE s.state = 'frozen' AND s.id IN (SELECT i.snapshot_id FROM snapshot_items i WHERE i.clip_id = :clip_id)
ORDER BY s.frozen_at"""
)

# Trained on one of them, or from a version that was: its weights carry what that one learned.
_VERSIONS = text(
    """
WITH RECURSIVE trained AS (
  SELECT v.id, r.snapshot_id FROM training_runs r JOIN detector_versions v ON v.training_run_id = r.id
  WHERE r.snapshot_id = ANY(CAST(:snapshots AS uuid[]))),
heirs AS (
  SELECT id, 0 AS generation FROM trained
  UNION ALL SELECT v.id, h.generation + 1 FROM heirs h JOIN detector_versions v ON v.parent_id = h.id)
SELECT v.id, v.detector, v.version, v.state, v.created_at, min(h.generation) AS generation,
  ARRAY(SELECT DISTINCT t.snapshot_id FROM trained t WHERE t.id = v.id) AS snapshot_ids
FROM heirs h JOIN detector_versions v ON v.id = h.id GROUP BY v.id ORDER BY v.id"""
)


@dataclass(frozen=True)
class ReleaseRow:
    """A frozen snapshot, and the key of its pseudonyms, which never leaves the services."""

    id: uuid.UUID
    release_key: bytes


@dataclass(frozen=True)
class TracedSnapshotRow:
    """A snapshot that holds what is traced: in how many clips, how many of them a model learns from (training and
    validation), and how many were decided blind, so that their label rests on no vote."""

    dataset_id: uuid.UUID
    dataset_name: str
    snapshot_id: uuid.UUID
    sequence: int
    frozen_at: datetime
    clips: int
    learned_from: int
    decided: int


@dataclass(frozen=True)
class TracedVersionRow:
    """A version trained on such a snapshot (generation 0), or from a version that was."""

    id: int
    detector: str
    version: str
    state: str
    created_at: datetime
    generation: int
    snapshot_ids: list[uuid.UUID]


def list_releases(session: Session, reviewers: Sequence[int]) -> list[ReleaseRow]:
    """Frozen snapshots that were made after one of them had voted."""
    rows = session.execute(_FROZEN, {"reviewers": list(reviewers)})
    return [ReleaseRow(row.id, bytes(row.release_key)) for row in rows]


def find_of_reviewers(
    session: Session, snapshot_id: uuid.UUID, reviewers: Sequence[int], pseudonyms: Sequence[str]
) -> TracedSnapshotRow | None:
    """What the snapshot holds of these reviewers' votes, under its own pseudonyms."""
    marks = json.dumps([{"votes": [{"reviewer": name}]} for name in pseudonyms])
    values = {"snapshot_id": snapshot_id, "reviewers": list(reviewers), "marks": marks}
    return row_as(TracedSnapshotRow, session.execute(_OF_REVIEWERS, values).one_or_none())


def list_of_clip(session: Session, clip_id: uuid.UUID) -> list[TracedSnapshotRow]:
    """The frozen snapshots that hold the clip."""
    return [row_as(TracedSnapshotRow, row) for row in session.execute(_OF_CLIP, {"clip_id": clip_id})]


def list_versions(session: Session, snapshots: Sequence[uuid.UUID]) -> list[TracedVersionRow]:
    """The versions that were trained on one of these snapshots, and those that were trained from them."""
    rows = session.execute(_VERSIONS, {"snapshots": list(snapshots)})
    return [row_as(TracedVersionRow, row) for row in rows]
