"""The basis of a posterior, its record, reliabilities by version, and verdicts."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
    queue_priority = CASE WHEN :n_votes > 0 THEN 0 ELSE queue_priority END,
    state = :state, state_changed_at = CASE WHEN state = :state THEN state_changed_at ELSE clock_timestamp() END,
    outcome = :outcome, retirement_reason = :reason,
    retired_at = CASE WHEN :state = 'retired' THEN clock_timestamp() END
  WHERE id = :clip_id)
INSERT INTO posteriors (clip_id, cause, p_people, p_full, p_low, p_high, n_votes, n_effective, votes_hash,
  reliability_version, policy_version, engine_version, created_at)
VALUES (:clip_id, :cause, :p_people, :p_full, :p_low, :p_high, :n_votes, :n_effective, :votes_hash,
  :reliability_version, :policy_version, :engine_version, clock_timestamp())
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
    reliability_version="integer",
    policy_version="integer",
    engine_version="text",
    state="text",
    outcome="text",
    reason="text",
    leases_ended="integer",
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

_GOLD_TALLY = text(
    """
SELECT v.reviewer_id AS user_id,
  count(*) FILTER (WHERE g.label = 'manipulated') AS n_manipulated,
  count(*) FILTER (WHERE g.label = 'manipulated' AND v.label = 'manipulated') AS hits_manipulated,
  count(*) FILTER (WHERE g.label = 'authentic') AS n_authentic,
  count(*) FILTER (WHERE g.label = 'authentic' AND v.label = 'authentic') AS hits_authentic
FROM votes v JOIN gold_labels g ON g.clip_id = v.clip_id AND g.role = 'serve'
WHERE v.label <> 'unsure' AND v.id <= :watermark
GROUP BY v.reviewer_id ORDER BY v.reviewer_id"""
)

_GOLD_PROGRESS = text(
    """
SELECT COALESCE(max(v.id), 0) AS watermark, count(v.id) AS gold_answers,
  (SELECT gold_answers FROM reliability_versions WHERE is_active) AS gold_answers_active
FROM votes v JOIN gold_labels g ON g.clip_id = v.clip_id AND g.role = 'serve' WHERE v.label <> 'unsure'"""
)

_NEW_VERSION = text(
    """
INSERT INTO reliability_versions (engine_version, gold_answers, gold_watermark, parameters)
VALUES (:engine_version, :gold_answers, :watermark, CAST(:parameters AS jsonb)) RETURNING version"""
)

_INSERT_RELIABILITIES = text(
    """
INSERT INTO reliabilities (version, user_id, sensitivity, specificity, sensitivity_sd, specificity_sd, gold_answers,
  is_anchored)
VALUES (:version, :user_id, :sensitivity, :specificity, :sensitivity_sd, :specificity_sd, :gold_answers,
  :is_anchored)"""
)

_RELIABILITY = text(
    """
SELECT r.sensitivity, r.specificity, r.sensitivity_sd, r.specificity_sd, r.gold_answers, r.is_anchored
FROM reliabilities r JOIN reliability_versions v ON v.version = r.version AND v.is_active
WHERE r.user_id = :user_id"""
)

# Clips judged under another version of reliabilities, or another policy, than is in force; the sweep recomputes them
# one by one.
_OUTDATED = text(
    """
SELECT c.id FROM clips c
WHERE c.state IN ('open', 'closing') AND c.votes_count > 0
  AND (c.reliability_version IS DISTINCT FROM (SELECT version FROM reliability_versions WHERE is_active)
    OR c.policy_version IS DISTINCT FROM (SELECT max(version) FROM policies))
ORDER BY c.id LIMIT :limit"""
)

# A clip in `closing` whose last lease ended without a vote.
_SETTLEABLE = text(
    "SELECT id FROM clips WHERE state = 'closing' AND live_leases = 0 ORDER BY id LIMIT :limit"
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
class GoldTallyRow:
    """A reviewer's answers on gold, by true label."""

    user_id: int
    n_manipulated: int
    hits_manipulated: int
    n_authentic: int
    hits_authentic: int


@dataclass(frozen=True)
class GoldProgressRow:
    """How many gold answers stand, up to which vote, and how many the active version rests on."""

    watermark: int
    gold_answers: int
    gold_answers_active: int


@dataclass(frozen=True)
class ReliabilityRow:
    """A reviewer's reliability in the active version."""

    sensitivity: float
    specificity: float
    sensitivity_sd: float
    specificity_sd: float
    gold_answers: int
    is_anchored: bool


@dataclass(frozen=True)
class PosteriorRecord:
    """A posterior and the clip's state that follows from it, ready to be written."""

    clip_id: uuid.UUID
    cause: str
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
    state: str
    outcome: str | None
    reason: str | None
    leases_ended: int


def record_posterior(session: Session, record: PosteriorRecord) -> int:
    """Move the clip (its row is locked by the caller) and append to its history; the new row's id."""
    return int(_RECORD.one(session, vars(record))[0])


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


def get_gold_progress(session: Session) -> GoldProgressRow:
    """How far the answers on gold have come since the active version."""
    return row_as(GoldProgressRow, session.execute(_GOLD_PROGRESS).one())


def list_gold_tallies(session: Session, watermark: int) -> list[GoldTallyRow]:
    """Every reviewer's tally on gold over the votes up to `watermark`."""
    return [row_as(GoldTallyRow, row) for row in session.execute(_GOLD_TALLY, {"watermark": watermark})]


def insert_version(
    session: Session, *, engine_version: str, gold_answers: int, watermark: int, parameters: str
) -> int:
    """A new, inactive version of reliabilities; its number."""
    return int(
        session.execute(
            _NEW_VERSION,
            {
                "engine_version": engine_version,
                "gold_answers": gold_answers,
                "watermark": watermark,
                "parameters": parameters,
            },
        ).scalar_one()
    )


def insert_reliabilities(session: Session, rows: list[dict[str, Any]]) -> None:
    """The reliabilities of a version that is not active yet."""
    if rows:
        session.execute(_INSERT_RELIABILITIES, rows)


def activate_version(session: Session, version: int) -> None:
    """Put `version` in force instead of the one before."""
    session.execute(text("UPDATE reliability_versions SET is_active = false WHERE is_active"))
    session.execute(
        text("UPDATE reliability_versions SET is_active = true WHERE version = :v"), {"v": version}
    )


def find_reliability(session: Session, user_id: int) -> ReliabilityRow | None:
    """The reviewer's reliability in the active version; None while nothing is known."""
    return row_as(ReliabilityRow, session.execute(_RELIABILITY, {"user_id": user_id}).one_or_none())


def list_outdated(session: Session, limit: int) -> list[uuid.UUID]:
    """Clips judged under reliabilities or a policy that are no longer in force."""
    return list(session.execute(_OUTDATED, {"limit": limit}).scalars())


def list_settleable(session: Session, limit: int) -> list[uuid.UUID]:
    """Closing clips that wait for nobody any more."""
    return list(session.execute(_SETTLEABLE, {"limit": limit}).scalars())
