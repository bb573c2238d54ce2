"""The record of posteriors and verdicts, and clips that wait for a decision."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.prepared import Prepared
from clipjury.db.queries.rows import row_as

_RECORD = Prepared(
    "record_posterior",
    """
WITH moved AS (
  UPDATE clips SET p_people = :p_people, p_full = :p_full, p_low = :p_low, p_high = :p_high,
    n_effective = :n_effective, reliability_version = :reliability_version, policy_version = :policy_version,
    votes_count = :n_votes, live_leases = live_leases - :leases_ended,
    queue_bucket = :queue_bucket,
    queue_priority = CASE WHEN :n_votes > 0 AND queue_priority = 1 THEN 0 ELSE queue_priority END,
    state = :state, state_changed_at = CASE WHEN state = :state THEN state_changed_at ELSE clock_timestamp() END,
    outcome = :outcome, retirement_reason = :reason,
    retired_at = CASE WHEN :state = 'retired' THEN clock_timestamp() END
  WHERE id = :clip_id)
INSERT INTO posteriors (clip_id, cause, p_people, p_full, p_low, p_high, n_votes, n_effective, votes_hash,
  scores, reliability_version, policy_version, engine_version, created_at)
VALUES (:clip_id, :cause, :p_people, :p_full, :p_low, :p_high, :n_votes, :n_effective, :votes_hash,
  :scores, :reliability_version, :policy_version, :engine_version, clock_timestamp())
RETURNING id""",
    clip_id="uuid",
    cause="text",
    p_people="double precision",
    p_full="double precision",
    p_low="double precision",
    p_high="double precision",
    n_votes="integer",
    n_effective="double precision",
    votes_hash="text",
    scores="jsonb",
    reliability_version="integer",
    policy_version="integer",
    engine_version="text",
    state="text",
    outcome="text",
    reason="text",
    leases_ended="integer",
    queue_bucket="integer",
)

_VERDICT = text(
    """
INSERT INTO verdicts (clip_id, sequence, outcome, reason, posterior_id)
SELECT :clip_id, COALESCE(max(sequence), 0) + 1, :outcome, :reason, :posterior_id
FROM verdicts WHERE clip_id = :clip_id RETURNING id"""
)

_HISTORY = text(
    """
SELECT id, cause, p_people, p_full, p_low, p_high, n_votes, n_effective, reliability_version, policy_version,
  engine_version, created_at
FROM posteriors WHERE clip_id = :clip_id ORDER BY id"""
)

_VERDICTS = text(
    """
SELECT sequence, outcome, reason, posterior_id, created_at FROM verdicts WHERE clip_id = :clip_id
ORDER BY sequence DESC LIMIT 1"""
)

# A retired clip's posterior follows a new version too; its state, its outcome and its verdicts stay as they are.
_RECORD_RETIRED = text(
    """
WITH moved AS (
  UPDATE clips SET p_people = :p_people, p_full = :p_full, p_low = :p_low, p_high = :p_high,
    n_effective = :n_effective, reliability_version = :reliability_version, policy_version = :policy_version
  WHERE id = :clip_id AND state = 'retired')
INSERT INTO posteriors (clip_id, cause, p_people, p_full, p_low, p_high, n_votes, n_effective, votes_hash,
  scores, reliability_version, policy_version, engine_version, created_at)
VALUES (:clip_id, :cause, :p_people, :p_full, :p_low, :p_high, :n_votes, :n_effective, :votes_hash,
  CAST(:scores AS jsonb), :reliability_version, :policy_version, :engine_version, clock_timestamp())
RETURNING id"""
)

_NEWEST = text(
    """
SELECT p_people, p_full, p_low, p_high, n_votes, n_effective, votes_hash, reliability_version, policy_version,
  engine_version
FROM posteriors WHERE clip_id = :clip_id ORDER BY id DESC LIMIT 1"""
)

_STAMP = text("UPDATE clips SET reliability_version = :version, policy_version = :policy WHERE id = :clip_id")

# Clips whose posterior rests on another version of reliabilities, or whose decision on another policy, than is in
# force; those that collect votes first. Ranges instead of <>, so that an index finds them among a million that are
# up to date.
_OUTDATED = text(
    """
WITH active AS (
  SELECT (SELECT version FROM reliability_versions WHERE is_active) AS version, max(version) AS policy FROM policies)
SELECT id FROM (
  (SELECT c.id, 0 AS tier FROM clips c, active a
    WHERE c.state IN ('open', 'closing') AND c.reliability_version < a.version
      AND c.quarantined_at IS NULL LIMIT :limit)
  UNION ALL (SELECT c.id, 0 FROM clips c, active a
    WHERE c.state IN ('open', 'closing') AND c.reliability_version > a.version
      AND c.quarantined_at IS NULL LIMIT :limit)
  UNION ALL (SELECT c.id, 0 FROM clips c, active a
    WHERE c.state IN ('open', 'closing') AND c.policy_version < a.policy
      AND c.quarantined_at IS NULL LIMIT :limit)
  UNION ALL (SELECT c.id, 1 FROM clips c, active a
    WHERE c.state = 'retired' AND c.reliability_version < a.version
      AND c.quarantined_at IS NULL LIMIT :limit)
  UNION ALL (SELECT c.id, 1 FROM clips c, active a
    WHERE c.state = 'retired' AND c.reliability_version > a.version
      AND c.quarantined_at IS NULL LIMIT :limit)) o
GROUP BY id ORDER BY min(tier), id LIMIT :limit"""
)

# A clip in `closing` whose last lease ended without a vote.
_SETTLEABLE = text(
    "SELECT id FROM clips WHERE state = 'closing' AND live_leases = 0 AND quarantined_at IS NULL "
    "ORDER BY id LIMIT :limit"
)


@dataclass(frozen=True)
class PosteriorHistoryRow:
    """A clip's posterior at one moment, with what caused it. What detectors moved is None where it is withheld."""

    id: int
    cause: str
    p_people: float
    p_full: float | None
    p_low: float | None
    p_high: float | None
    n_votes: int
    n_effective: float
    reliability_version: int
    policy_version: int
    engine_version: str
    created_at: datetime


@dataclass(frozen=True)
class VerdictRow:
    """The newest verdict of a clip."""

    sequence: int
    outcome: str
    reason: str
    posterior_id: int
    created_at: datetime


@dataclass(frozen=True)
class PosteriorNumbers:
    """A posterior with everything that it rests on."""

    p_people: float
    p_full: float
    p_low: float
    p_high: float
    n_votes: int
    n_effective: float
    votes_hash: str
    reliability_version: int
    policy_version: int
    engine_version: str


@dataclass(frozen=True)
class PosteriorRecord:
    """A posterior and the clip's state that follows from it, ready to be written. scores: JSON."""

    clip_id: uuid.UUID
    cause: str
    p_people: float
    p_full: float
    p_low: float
    p_high: float
    n_votes: int
    n_effective: float
    votes_hash: str
    scores: str
    reliability_version: int
    policy_version: int
    engine_version: str
    state: str
    outcome: str | None
    reason: str | None
    leases_ended: int
    queue_bucket: int


def record_posterior(session: Session, record: PosteriorRecord) -> int:
    """Move the clip (its row is locked by the caller) and append to its history; the new row's id."""
    return int(_RECORD.one(session, vars(record))[0])


def record_retired(session: Session, record: PosteriorRecord) -> int:
    """Append to a retired clip's history, and move its posterior alone; the new row's id."""
    return int(session.execute(_RECORD_RETIRED, vars(record)).scalar_one())


def find_newest(session: Session, clip_id: uuid.UUID) -> PosteriorNumbers | None:
    """The posterior that was recorded last."""
    return row_as(PosteriorNumbers, session.execute(_NEWEST, {"clip_id": clip_id}).one_or_none())


def stamp_basis(session: Session, clip_id: uuid.UUID, version: int, policy: int) -> None:
    """Note that posterior and decision are the same under these (the clip's row is locked by the caller)."""
    session.execute(_STAMP, {"clip_id": clip_id, "version": version, "policy": policy})


def insert_verdict(session: Session, clip_id: uuid.UUID, outcome: str, reason: str, posterior_id: int) -> int:
    """Publish a verdict; the clip's row is locked, so the sequence cannot fork. Its id."""
    parameters = {"clip_id": clip_id, "outcome": outcome, "reason": reason, "posterior_id": posterior_id}
    return int(session.execute(_VERDICT, parameters).scalar_one())


def list_history(session: Session, clip_id: uuid.UUID) -> list[PosteriorHistoryRow]:
    """The clip's posteriors, oldest first."""
    return [row_as(PosteriorHistoryRow, row) for row in session.execute(_HISTORY, {"clip_id": clip_id})]


def find_verdict(session: Session, clip_id: uuid.UUID) -> VerdictRow | None:
    """The newest verdict."""
    return row_as(VerdictRow, session.execute(_VERDICTS, {"clip_id": clip_id}).one_or_none())


def list_outdated(session: Session, limit: int) -> list[uuid.UUID]:
    """Clips judged under reliabilities or a policy that are no longer in force."""
    return list(session.execute(_OUTDATED, {"limit": limit}).scalars())


def list_settleable(session: Session, limit: int) -> list[uuid.UUID]:
    """Closing clips that wait for nobody any more."""
    return list(session.execute(_SETTLEABLE, {"limit": limit}).scalars())
