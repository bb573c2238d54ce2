"""Clips and their renditions: inserting, moving through their states, listing."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.prepared import Prepared
from clipjury.db.queries.rows import row_as

_COLUMNS = """
  c.id, c.sha256, c.size_bytes, c.container, c.original_name, c.source, c.licence, c.uploader_id, c.group_id,
  c.is_simulated, c.importance, c.created_at, c.kind, c.duration_s, c.width_px, c.height_px, c.frames, c.fps,
  c.has_audio, c.quarantined_at, c.is_safeguarded,
  c.state, c.failure_code, c.failure_detail, c.votes_count, c.live_leases, c.votes_cap, c.p_people, c.p_full,
  c.p_low, c.p_high, c.n_effective, c.reliability_version, c.policy_version, c.outcome, c.retirement_reason,
  c.retired_at,
  ARRAY(SELECT r.name FROM renditions r WHERE r.clip_id = c.id ORDER BY r.name) AS rendition_names,
  EXISTS (SELECT FROM scores s WHERE s.clip_id = c.id) AS is_scored,
  EXISTS (SELECT FROM near_duplicates n WHERE c.id IN (n.clip_a_id, n.clip_b_id) AND n.state <> 'rejected'
    ) AS has_near_duplicates"""

_INSERT = text(
    """
WITH fresh AS (SELECT gen_random_uuid() AS id)
INSERT INTO clips (id, sha256, size_bytes, container, original_name, source, licence, uploader_id, group_id,
  base_group_id, is_simulated, media_consent, votes_cap, parallel_leases)
SELECT f.id, :sha256, :size_bytes, :container, :original_name, :source, :licence, :uploader_id,
  COALESCE(joined.group_id, CAST(:group_id AS uuid), f.id), CAST(:group_id AS uuid), :is_simulated, :media_consent,
  p.cap, p.parallel_leases
FROM fresh f CROSS JOIN (SELECT * FROM policies ORDER BY version DESC LIMIT 1) p
LEFT JOIN LATERAL (  -- the named group may have been joined with another meanwhile
  SELECT group_id FROM clips WHERE base_group_id = :group_id LIMIT 1) joined ON true
ON CONFLICT (sha256) DO NOTHING RETURNING id"""
)

_GET = text(f"SELECT {_COLUMNS} FROM clips c WHERE c.id = :clip_id")
_GET_BY_SHA256 = text(f"SELECT {_COLUMNS} FROM clips c WHERE c.sha256 = :sha256")
_LOCK = text(f"SELECT {_COLUMNS} FROM clips c WHERE c.id = :clip_id FOR UPDATE OF c")

_LIST = text(
    f"""
SELECT {_COLUMNS} FROM clips c
WHERE c.quarantined_at IS NULL AND (CAST(:state AS text) IS NULL OR c.state = :state)
  AND (:all_states OR c.state = 'retired' OR c.uploader_id = :viewer_id)
  AND (NOT :mine OR c.uploader_id = :viewer_id)
  AND c.group_id IS DISTINCT FROM CAST(:held_group AS uuid)
  AND NOT (COALESCE(:state, '') = 'closing' AND c.group_id = ANY(CAST(:withheld AS uuid[])))
  AND (CAST(:before AS timestamptz) IS NULL OR (c.created_at, c.id) < (:before, CAST(:before_id AS uuid)))
ORDER BY c.created_at DESC, c.id DESC LIMIT :limit"""
)

_SET_PROBED = text(
    """
UPDATE clips SET state = 'processing', state_changed_at = clock_timestamp(), kind = :kind,
  duration_s = :duration_s, width_px = :width_px, height_px = :height_px, frames = :frames, fps = :fps,
  has_audio = :has_audio, probe = CAST(:probe AS jsonb)
WHERE id = :clip_id AND state = 'received' RETURNING id"""
)

_SET_STATE = text(
    """
UPDATE clips SET state = :state, state_changed_at = clock_timestamp(), failure_code = :failure_code,
  failure_detail = :failure_detail
WHERE id = :clip_id AND state = ANY(:from_states) RETURNING id"""
)

_SET_IMPORTANCE = text(
    "UPDATE clips SET importance = :importance, queue_bucket = :queue_bucket WHERE id = :clip_id"
)

_UPSERT_RENDITION = text(
    """
INSERT INTO renditions (clip_id, name, storage_key, media_type, size_bytes, sha256, facts)
VALUES (:clip_id, :name, :storage_key, :media_type, :size_bytes, :sha256, CAST(:facts AS jsonb))
ON CONFLICT (clip_id, name) DO UPDATE SET storage_key = excluded.storage_key, media_type = excluded.media_type,
  size_bytes = excluded.size_bytes, sha256 = excluded.sha256, facts = excluded.facts"""
)

_RENDITION = text(
    """
SELECT clip_id, name, storage_key, media_type, size_bytes, sha256, facts FROM renditions
WHERE clip_id = :clip_id AND name = :name"""
)

_FRAME_TIMES = Prepared(
    "frame_times",
    """
SELECT f.frame, CAST(r.facts -> 'times_s' ->> f.frame AS double precision) AS time_s
FROM renditions r, unnest(CAST(:frames AS integer[])) AS f(frame)
WHERE r.clip_id = :clip_id AND r.name = 'frames'""",
    clip_id="uuid",
    frames="integer[]",
)

# Work that a lost message left behind: a clip that has not moved for a while.
_STALLED = text(
    """
SELECT id, state FROM clips WHERE state IN ('received', 'processing')
  AND state_changed_at < clock_timestamp() - make_interval(secs => :older_s) ORDER BY created_at LIMIT :limit"""
)


@dataclass(frozen=True)
class ClipRow:
    """A clip with what has been made of it so far."""

    id: uuid.UUID
    sha256: str
    size_bytes: int
    container: str
    original_name: str
    source: str | None
    licence: str | None
    uploader_id: int
    group_id: uuid.UUID
    is_simulated: bool
    importance: int
    created_at: datetime
    kind: str | None
    duration_s: float | None
    width_px: int | None
    height_px: int | None
    frames: int | None
    fps: float | None
    has_audio: bool | None
    quarantined_at: datetime | None
    is_safeguarded: bool
    state: str
    failure_code: str | None
    failure_detail: str | None
    votes_count: int
    live_leases: int
    votes_cap: int
    p_people: float | None
    p_full: float | None
    p_low: float | None
    p_high: float | None
    n_effective: float | None
    reliability_version: int | None
    policy_version: int | None
    outcome: str | None
    retirement_reason: str | None
    retired_at: datetime | None
    rendition_names: list[str]
    is_scored: bool
    has_near_duplicates: bool

    @property
    def is_quarantined(self) -> bool:
        """Whether it is withheld."""
        return self.quarantined_at is not None


@dataclass(frozen=True)
class RenditionRow:
    """Where a rendition is stored, and its facts (size, frame times, thumbnails' grid)."""

    clip_id: uuid.UUID
    name: str
    storage_key: str
    media_type: str
    size_bytes: int
    sha256: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class NewClip:
    """An original that has just been stored."""

    sha256: str
    size_bytes: int
    container: str
    original_name: str
    uploader_id: int
    source: str | None = None
    licence: str | None = None
    group_id: uuid.UUID | None = None
    is_simulated: bool = False
    media_consent: bool = False


def insert_clip(session: Session, clip: NewClip) -> uuid.UUID | None:
    """Insert under the policy in force; None if the same bytes are there already."""
    return session.execute(_INSERT, vars(clip)).scalar()


def find_clip(session: Session, clip_id: uuid.UUID) -> ClipRow | None:
    """The clip."""
    return row_as(ClipRow, session.execute(_GET, {"clip_id": clip_id}).one_or_none())


def find_by_sha256(session: Session, sha256: str) -> ClipRow | None:
    """The clip with these bytes."""
    return row_as(ClipRow, session.execute(_GET_BY_SHA256, {"sha256": sha256}).one_or_none())


def lock_clip(session: Session, clip_id: uuid.UUID) -> ClipRow | None:
    """The clip, locked until the transaction ends."""
    return row_as(ClipRow, session.execute(_LOCK, {"clip_id": clip_id}).one_or_none())


def list_clips(
    session: Session,
    *,
    viewer_id: int,
    all_states: bool,
    mine: bool,
    state: str | None,
    limit: int,
    before: tuple[datetime, uuid.UUID] | None,
    held_group: uuid.UUID | None,
    withheld: list[uuid.UUID],
) -> list[ClipRow]:
    """Newest first, without `held_group`. Without `all_states` only retired clips and the viewer's own uploads.

    `withheld` groups are never listed as `closing`: detectors may have closed them.
    """
    parameters = {
        "viewer_id": viewer_id,
        "all_states": all_states,
        "mine": mine,
        "state": state,
        "limit": limit,
        "before": before[0] if before else None,
        "before_id": before[1] if before else None,
        "held_group": held_group,
        "withheld": withheld,
    }
    return [row_as(ClipRow, row) for row in session.execute(_LIST, parameters)]


def set_probed(session: Session, clip_id: uuid.UUID, facts: dict[str, Any], probe: dict[str, Any]) -> bool:
    """Move `received` → `processing` with the probe's facts; False if it had moved already."""
    parameters = {"clip_id": clip_id, "probe": json.dumps(probe), **facts}
    return session.execute(_SET_PROBED, parameters).scalar() is not None


def set_state(
    session: Session,
    clip_id: uuid.UUID,
    state: str,
    from_states: tuple[str, ...],
    failure: tuple[str, str] | None = None,
) -> bool:
    """Move the clip if it is in one of `from_states`; False if not. `failure` is code and detail."""
    parameters = {
        "clip_id": clip_id,
        "state": state,
        "from_states": list(from_states),
        "failure_code": failure[0] if failure else None,
        "failure_detail": failure[1] if failure else None,
    }
    return session.execute(_SET_STATE, parameters).scalar() is not None


def set_importance(session: Session, clip_id: uuid.UUID, importance: int, queue_bucket: int) -> None:
    """How much harm a wrong verdict would do, 1 to 5, and the clip's place in the queue; its row is locked."""
    parameters = {"clip_id": clip_id, "importance": importance, "queue_bucket": queue_bucket}
    session.execute(_SET_IMPORTANCE, parameters)


def upsert_rendition(session: Session, rendition: RenditionRow) -> None:
    """Store where a rendition is; making it again replaces the row."""
    session.execute(_UPSERT_RENDITION, {**vars(rendition), "facts": json.dumps(rendition.facts)})


def find_rendition(session: Session, clip_id: uuid.UUID, name: str) -> RenditionRow | None:
    """The rendition `name` of the clip."""
    row = session.execute(_RENDITION, {"clip_id": clip_id, "name": name}).one_or_none()
    return row_as(RenditionRow, row)


def get_frame_times(session: Session, clip_id: uuid.UUID, frames: list[int]) -> dict[int, float]:
    """Presentation times in seconds of these frames of the preview; frames out of range are left out."""
    rows = _FRAME_TIMES.rows(session, {"clip_id": clip_id, "frames": frames})
    return {row.frame: row.time_s for row in rows if row.time_s is not None}


def list_stalled(session: Session, older_s: float, limit: int) -> list[tuple[uuid.UUID, str]]:
    """Clips in the making that have not moved for `older_s` seconds."""
    return [(row.id, row.state) for row in session.execute(_STALLED, {"older_s": older_s, "limit": limit})]
