"""Training runs, and the clips of a snapshot as a run takes them."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_RUN = """
SELECT r.id, r.snapshot_id, d.name AS dataset_name, s.sequence AS snapshot_sequence, r.detector, r.base_version_id,
  b.version AS base_version, r.version, r.seed, r.parameters, r.live, r.facts, r.job_id,
  COALESCE(j.state, 'queued') AS state, COALESCE(j.progress, 0) AS progress, COALESCE(j.message, '') AS message,
  j.error, v.id AS version_id, v.state AS version_state, r.created_by, u.display_name AS created_by_name,
  r.created_at, r.finished_at
FROM training_runs r JOIN snapshots s ON s.id = r.snapshot_id JOIN datasets d ON d.id = s.dataset_id
JOIN detector_versions b ON b.id = r.base_version_id LEFT JOIN jobs j ON j.id = r.job_id
LEFT JOIN detector_versions v ON v.training_run_id = r.id LEFT JOIN users u ON u.id = r.created_by"""

_INSERT = text(
    """
INSERT INTO training_runs (id, snapshot_id, detector, base_version_id, version, seed, parameters, created_by)
VALUES (:id, :snapshot_id, :detector, :base_version_id, :version, :seed, CAST(:parameters AS jsonb), :created_by)"""
)

_SET_JOB = text("UPDATE training_runs SET job_id = :job_id WHERE id = :id")
_FIND = text(f"{_RUN} WHERE r.id = :id")
_LIST = text(f"{_RUN} ORDER BY r.created_at DESC, r.id LIMIT :limit")
_SET_LIVE = text("UPDATE training_runs SET live = CAST(:live AS jsonb) WHERE id = :id")
_FINISH = text(
    """
UPDATE training_runs SET facts = CAST(:facts AS jsonb), live = CAST(:live AS jsonb),
  finished_at = clock_timestamp() WHERE id = :id"""
)

_ITEMS = text(
    """
SELECT i.clip_id, i.group_id, i.split, i.hard_label, i.soft_label, c.sha256, c.kind, c.source, c.licence,
  c.quarantined_at IS NOT NULL AS is_quarantined,
  ARRAY(SELECT DISTINCT vote ->> 'reviewer' FROM jsonb_array_elements(
    CASE jsonb_typeof(i.row -> 'votes') WHEN 'array' THEN i.row -> 'votes' ELSE '[]' END) vote
    WHERE vote ->> 'reviewer' IS NOT NULL ORDER BY 1) AS reviewers
FROM snapshot_items i JOIN clips c ON c.id = i.clip_id
WHERE i.snapshot_id = :snapshot_id ORDER BY i.position"""
)

# By the clip, by its group in the snapshot and by its group now: what joined a gold clip's group since is gold too.
_GOLD = text(
    """
WITH gold AS (SELECT g.clip_id, c.group_id, g.role FROM gold_labels g JOIN clips c ON c.id = g.clip_id)
SELECT i.clip_id FROM snapshot_items i JOIN clips c ON c.id = i.clip_id
WHERE i.snapshot_id = :snapshot_id AND EXISTS (SELECT FROM gold
  WHERE gold.clip_id = i.clip_id OR gold.group_id IN (i.group_id, c.group_id))
ORDER BY i.position"""
)

_TRAINABLE = text(
    """
SELECT s.id, d.name AS dataset_name, s.sequence, COALESCE(s.clips_count, 0) AS clips_count, s.frozen_at,
  (SELECT count(*) FROM snapshot_items i WHERE i.snapshot_id = s.id AND i.split = 'train'
    AND i.soft_label > 0.5) AS manipulated,
  (SELECT count(*) FROM snapshot_items i WHERE i.snapshot_id = s.id AND i.split = 'train'
    AND i.soft_label < 0.5) AS authentic
FROM snapshots s JOIN datasets d ON d.id = s.dataset_id
WHERE s.state = 'frozen' ORDER BY s.frozen_at DESC LIMIT :limit"""
)


@dataclass(frozen=True)
class TrainingRunRow:
    """A run with what it started from, its job's state, and the version that came of it."""

    id: uuid.UUID
    snapshot_id: uuid.UUID
    dataset_name: str
    snapshot_sequence: int
    detector: str
    base_version_id: int
    base_version: str
    version: str
    seed: int
    parameters: dict[str, Any]
    live: dict[str, Any]
    facts: dict[str, Any] | None
    job_id: uuid.UUID | None
    state: str
    progress: float
    message: str
    error: str | None
    version_id: int | None
    version_state: str | None
    created_by: int | None
    created_by_name: str | None
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class TrainingItemRow:
    """A clip of a snapshot as a run takes it; `is_quarantined` is read at the moment of use.

    reviewers: the snapshot's pseudonyms of those who voted on it.
    """

    clip_id: uuid.UUID
    group_id: uuid.UUID
    split: str
    hard_label: str | None
    soft_label: float | None
    sha256: str
    kind: str | None
    source: str | None
    licence: str | None
    is_quarantined: bool
    reviewers: list[str]


@dataclass(frozen=True)
class TrainableSnapshotRow:
    """A frozen snapshot with the clips of its training split, by the label that the people lean to."""

    id: uuid.UUID
    dataset_name: str
    sequence: int
    clips_count: int
    frozen_at: datetime
    manipulated: int
    authentic: int


@dataclass(frozen=True)
class NewTrainingRun:
    """A run that somebody asks for."""

    id: uuid.UUID
    snapshot_id: uuid.UUID
    detector: str
    base_version_id: int
    version: str
    seed: int
    parameters: Mapping[str, Any]
    created_by: int | None


def insert_run(session: Session, new: NewTrainingRun) -> None:
    """A run that waits for its job."""
    session.execute(_INSERT, {**vars(new), "parameters": json.dumps(dict(new.parameters))})


def set_job(session: Session, run_id: uuid.UUID, job_id: uuid.UUID) -> None:
    """Name the job that does it."""
    session.execute(_SET_JOB, {"id": run_id, "job_id": job_id})


def find_run(session: Session, run_id: uuid.UUID) -> TrainingRunRow | None:
    """The run."""
    return row_as(TrainingRunRow, session.execute(_FIND, {"id": run_id}).one_or_none())


def list_runs(session: Session, limit: int) -> list[TrainingRunRow]:
    """The newest runs."""
    return [row_as(TrainingRunRow, row) for row in session.execute(_LIST, {"limit": limit})]


def set_live(session: Session, run_id: uuid.UUID, live: Mapping[str, Any]) -> None:
    """Note how far the run is."""
    session.execute(_SET_LIVE, {"id": run_id, "live": json.dumps(dict(live))})


def finish_run(
    session: Session, run_id: uuid.UUID, facts: Mapping[str, Any], live: Mapping[str, Any]
) -> None:
    """Note what came out of it."""
    values = {"id": run_id, "facts": json.dumps(dict(facts)), "live": json.dumps(dict(live))}
    session.execute(_FINISH, values)


def list_items(session: Session, snapshot_id: uuid.UUID) -> list[TrainingItemRow]:
    """The snapshot's clips in their order, those under quarantine marked."""
    return [row_as(TrainingItemRow, row) for row in session.execute(_ITEMS, {"snapshot_id": snapshot_id})]


def list_gold(session: Session, snapshot_id: uuid.UUID) -> list[uuid.UUID]:
    """Clips of the snapshot that are gold, or near-duplicates of gold, of whatever role."""
    return list(session.execute(_GOLD, {"snapshot_id": snapshot_id}).scalars())


def list_trainable(session: Session, limit: int) -> list[TrainableSnapshotRow]:
    """The newest frozen snapshots."""
    return [row_as(TrainableSnapshotRow, row) for row in session.execute(_TRAINABLE, {"limit": limit})]
