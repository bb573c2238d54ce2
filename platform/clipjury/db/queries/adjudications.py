"""Provisional verdicts and decisions, the rounds of a case, and the labels that blind decisions give."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_PROVISIONAL = text(
    """
SELECT id, dispute_id, moderator_id, verdict, is_blind, sealed_at FROM provisionals
WHERE dispute_id = :dispute_id AND moderator_id = :moderator_id"""
)

_SEAL = text(
    """
INSERT INTO provisionals (dispute_id, moderator_id, verdict, is_blind, sealed_at)
VALUES (:dispute_id, :moderator_id, :verdict, NOT EXISTS (SELECT FROM score_views
  WHERE user_id = :moderator_id AND group_id = :group_id), clock_timestamp())
RETURNING id, dispute_id, moderator_id, verdict, is_blind, sealed_at"""
)

_DECIDE = text(
    """
INSERT INTO decisions (dispute_id, clip_id, round, moderator_id, verdict, reason_codes, vocabulary_version, rationale,
  is_blind, verdict_id, created_at)
VALUES (:dispute_id, :clip_id, :round, :moderator_id, :verdict, CAST(:reason_codes AS text[]), :vocabulary_version,
  :rationale, :is_blind, :verdict_id, clock_timestamp())"""
)

# A clip that still collects votes retires; a retired one keeps the time at which it did.
_SETTLE = text(
    """
UPDATE clips SET state = 'retired', outcome = :outcome, retirement_reason = 'adjudication',
  state_changed_at = CASE WHEN state = 'retired' THEN state_changed_at ELSE clock_timestamp() END,
  retired_at = COALESCE(retired_at, clock_timestamp())
WHERE id = :clip_id"""
)

_ROUNDS = text(
    """
SELECT d.id, d.round, d.opened_at,
  ARRAY(SELECT r.reason FROM dispute_reasons r WHERE r.dispute_id = d.id ORDER BY r.id) AS reasons,
  ARRAY(SELECT p.sealed_at FROM provisionals p WHERE p.dispute_id = d.id ORDER BY p.id) AS sealed_at,
  x.verdict, x.reason_codes, x.rationale, x.is_blind, x.created_at AS decided_at
FROM disputes d LEFT JOIN decisions x ON x.dispute_id = d.id
WHERE d.clip_id = :clip_id ORDER BY d.round"""
)

_LAST_POSTERIOR = text("SELECT max(id) FROM posteriors WHERE clip_id = :clip_id")

_RELIABILITIES = text(
    """
SELECT r.user_id, r.sensitivity, r.specificity, r.sensitivity_sd, r.specificity_sd, r.gold_answers, r.is_anchored
FROM votes v JOIN reliability_versions n ON n.is_active
  JOIN reliabilities r ON r.version = n.version AND r.user_id = v.reviewer_id
WHERE v.clip_id = :clip_id"""
)

# The newest decision of a clip alone counts: a later one that was not blind takes the label back.
_BLIND_LABELS = text(
    """
SELECT x.clip_id, x.verdict, x.created_at,
  (SELECT max(r.sampling_weight) FROM dispute_reasons r WHERE r.dispute_id = x.dispute_id) AS sampling_weight
FROM decisions x JOIN clips c ON c.id = x.clip_id
WHERE x.is_blind AND c.quarantined_at IS NULL AND x.verdict <> 'inconclusive'
  AND NOT EXISTS (SELECT FROM decisions n WHERE n.clip_id = x.clip_id AND n.round > x.round)
ORDER BY x.clip_id"""
)


@dataclass(frozen=True)
class ProvisionalRow:
    """A sealed provisional verdict."""

    id: int
    dispute_id: uuid.UUID
    moderator_id: int
    verdict: str
    is_blind: bool
    sealed_at: datetime


@dataclass(frozen=True)
class NewDecision:
    """A decision ready to be written."""

    dispute_id: uuid.UUID
    clip_id: uuid.UUID
    round: int
    moderator_id: int
    verdict: str
    reason_codes: list[str]
    vocabulary_version: int
    rationale: str
    is_blind: bool
    verdict_id: int


@dataclass(frozen=True)
class RoundRow:
    """One round of a case: why it was opened, when moderators sealed, and its decision (null while open)."""

    id: uuid.UUID
    round: int
    opened_at: datetime
    reasons: list[str]
    sealed_at: list[datetime]
    verdict: str | None
    reason_codes: list[str] | None
    rationale: str | None
    is_blind: bool | None
    decided_at: datetime | None


@dataclass(frozen=True)
class VoterReliabilityRow:
    """The reliability in the active version of somebody who voted on the clip."""

    user_id: int
    sensitivity: float
    specificity: float
    sensitivity_sd: float
    specificity_sd: float
    gold_answers: int
    is_anchored: bool


@dataclass(frozen=True)
class BlindLabelRow:
    """A decision that may become gold or a training label. `sampling_weight`: of an audit, else null."""

    clip_id: uuid.UUID
    verdict: str
    created_at: datetime
    sampling_weight: float | None


def find_provisional(session: Session, dispute_id: uuid.UUID, moderator_id: int) -> ProvisionalRow | None:
    """What this moderator sealed on this dispute."""
    parameters = {"dispute_id": dispute_id, "moderator_id": moderator_id}
    return row_as(ProvisionalRow, session.execute(_PROVISIONAL, parameters).one_or_none())


def seal_provisional(
    session: Session, *, dispute_id: uuid.UUID, group_id: uuid.UUID, moderator_id: int, verdict: str
) -> ProvisionalRow:
    """Seal it; blind unless figures of the group had been shown to this moderator before."""
    parameters = {
        "dispute_id": dispute_id,
        "group_id": group_id,
        "moderator_id": moderator_id,
        "verdict": verdict,
    }
    return row_as(ProvisionalRow, session.execute(_SEAL, parameters).one())


def insert_decision(session: Session, decision: NewDecision) -> None:
    """Close the dispute; a second decision breaks a unique constraint."""
    session.execute(_DECIDE, vars(decision))


def settle_clip(session: Session, clip_id: uuid.UUID, outcome: str) -> None:
    """Give the clip this outcome, and retire it if it still collects votes. Its row is locked by the caller."""
    session.execute(_SETTLE, {"clip_id": clip_id, "outcome": outcome})


def list_rounds(session: Session, clip_id: uuid.UUID) -> list[RoundRow]:
    """All rounds of a clip's disputes, the first one first."""
    return [row_as(RoundRow, row) for row in session.execute(_ROUNDS, {"clip_id": clip_id})]


def find_last_posterior(session: Session, clip_id: uuid.UUID) -> int | None:
    """The id of the clip's newest posterior."""
    return session.execute(_LAST_POSTERIOR, {"clip_id": clip_id}).scalar()


def list_reliabilities(session: Session, clip_id: uuid.UUID) -> Sequence[VoterReliabilityRow]:
    """Reliabilities of those who voted on the clip; nobody of whom nothing is known."""
    return [row_as(VoterReliabilityRow, row) for row in session.execute(_RELIABILITIES, {"clip_id": clip_id})]


def list_blind_labels(session: Session) -> list[BlindLabelRow]:
    """Every clip whose newest decision was sealed before any detector figure was seen, and says which it is."""
    return [row_as(BlindLabelRow, row) for row in session.execute(_BLIND_LABELS)]
