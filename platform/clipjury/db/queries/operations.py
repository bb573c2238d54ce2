"""How the installation is doing: queue, outbox, worker, clips in the making, and what its people still lack."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.outbox import LEADER_KEY
from clipjury.db.queries.rows import row_as

# The active relay holds its lock as long as it lives; the embedded broker's workers note a heartbeat besides.
_OPERATIONS = text(
    """
SELECT now() AS now,
  EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
    WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = :leader_key) AS worker_alive,
  (SELECT max(heartbeat_at) FROM dramatiq.worker) AS worker_seen_at,
  (SELECT count(*) FROM dramatiq.queue WHERE state = 'queued') AS queue_waiting,
  (SELECT count(*) FROM dramatiq.queue WHERE state = 'consumed') AS queue_running,
  (SELECT count(*) FROM outbox WHERE sent_at IS NULL) AS outbox_waiting,
  COALESCE((SELECT EXTRACT(epoch FROM now() - min(created_at)) FROM outbox WHERE sent_at IS NULL), 0)
    AS outbox_lag_s,
  (SELECT count(*) FROM clips WHERE state IN ('received', 'processing')) AS clips_in_processing,
  (SELECT COALESCE(jsonb_object_agg(failure_code, n), '{}') FROM (
    SELECT failure_code, count(*) AS n FROM clips WHERE state = 'failed' GROUP BY failure_code) f) AS clips_failed,
  (SELECT COALESCE(jsonb_object_agg(state, n), '{}') FROM (
    SELECT state, count(*) AS n FROM jobs GROUP BY state) j) AS jobs"""
)

_HOUSE = text(
    """
SELECT
  (SELECT COALESCE(jsonb_object_agg(role, n), '{}') FROM (
    SELECT role, count(*) AS n FROM users, unnest(roles) AS role
    WHERE is_active AND NOT (is_simulated AND password_hash IS NULL)
    GROUP BY role) r) AS people,
  (SELECT count(*) FROM users WHERE is_simulated AND password_hash IS NULL) AS simulated_users,
  (SELECT count(*) FROM invitations WHERE used_at IS NULL AND revoked_at IS NULL AND expires_at > now())
    AS invitations_open,
  (SELECT count(*) FROM clips) AS clips,
  (SELECT count(*) FROM clips WHERE leasable) AS clips_waiting,
  (SELECT count(*) FROM clips WHERE state = 'retired') AS clips_retired,
  (SELECT count(*) FROM gold_labels WHERE role = 'serve') AS gold,
  (SELECT count(DISTINCT label) FROM gold_labels WHERE role = 'serve') AS gold_labels,
  (SELECT count(*) FROM disputes d WHERE NOT EXISTS (SELECT FROM decisions x WHERE x.dispute_id = d.id))
    AS disputes_waiting,
  (SELECT count(*) FROM reliability_versions WHERE guard_state = 'frozen') AS refits_frozen,
  (SELECT count(*) FROM detector_versions v WHERE v.state = 'active' AND (
    SELECT r.state FROM detector_drift_reports r WHERE r.detector_version_id = v.id ORDER BY r.id DESC LIMIT 1
    ) = 'alert') AS detectors_drifted,
  EXISTS (SELECT FROM votes) AS has_votes,
  EXISTS (SELECT FROM detector_versions) AS has_detector,
  EXISTS (SELECT FROM reliabilities r JOIN reliability_versions v ON v.version = r.version AND v.is_active
    WHERE r.is_anchored) AS has_anchored"""
)


@dataclass(frozen=True)
class OperationsRow:
    """`worker_seen_at` and the queue's counts are the embedded broker's."""

    now: datetime
    worker_alive: bool
    worker_seen_at: datetime | None
    queue_waiting: int
    queue_running: int
    outbox_waiting: int
    outbox_lag_s: float
    clips_in_processing: int
    clips_failed: dict[str, int]
    jobs: dict[str, int]


@dataclass(frozen=True)
class HouseRow:
    """Who works here and what there is to work on. `people` counts active accounts by role, without the simulated
    reviewers that nobody can log in as."""

    people: dict[str, int]
    simulated_users: int
    invitations_open: int
    clips: int
    clips_waiting: int
    clips_retired: int
    gold: int
    gold_labels: int
    disputes_waiting: int
    refits_frozen: int
    detectors_drifted: int
    has_votes: bool
    has_detector: bool
    has_anchored: bool


def get_operations(session: Session) -> OperationsRow:
    """How work gets on at this moment."""
    return row_as(OperationsRow, session.execute(_OPERATIONS, {"leader_key": LEADER_KEY}).one())


def get_house(session: Session) -> HouseRow:
    """Who and what there is."""
    return row_as(HouseRow, session.execute(_HOUSE).one())
