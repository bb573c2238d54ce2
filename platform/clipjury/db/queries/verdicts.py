"""The history of a clip's verdicts, and appeals against them."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_VERDICTS = text(
    """
SELECT v.public_id, v.sequence, v.outcome, v.reason, v.created_at, p.p_people, p.p_full, p.p_low, p.p_high, p.n_votes,
  p.n_effective, p.reliability_version, p.policy_version, x.dispute_id, x.round, x.reason_codes, x.rationale,
  x.is_blind,
  (SELECT count(*) FROM appeals a WHERE a.verdict_id = v.id) AS appeals,
  EXISTS (SELECT FROM appeals a WHERE a.verdict_id = v.id AND a.appellant_id = :user_id) AS is_appealed_by_me
FROM verdicts v JOIN posteriors p ON p.id = v.posterior_id LEFT JOIN decisions x ON x.verdict_id = v.id
WHERE v.clip_id = :clip_id ORDER BY v.sequence DESC"""
)

_VERDICT = text(
    """
SELECT v.id, v.clip_id, v.sequence,
  v.sequence = (SELECT max(n.sequence) FROM verdicts n WHERE n.clip_id = v.clip_id) AS is_newest
FROM verdicts v WHERE v.public_id = :public_id"""
)

_APPEAL = text(
    """
INSERT INTO appeals (verdict_id, dispute_id, appellant_id, grounds, created_at)
VALUES (:verdict_id, :dispute_id, :appellant_id, :grounds, clock_timestamp())
ON CONFLICT (verdict_id, appellant_id) DO NOTHING RETURNING id, created_at"""
)

_APPEALS = text(
    """
SELECT a.grounds, a.created_at, v.sequence FROM appeals a JOIN verdicts v ON v.id = a.verdict_id
WHERE a.dispute_id = :dispute_id ORDER BY a.created_at, a.id"""
)


@dataclass(frozen=True)
class VerdictHistoryRow:
    """A verdict with the posterior it rests on, and the decision that gave it (null without one)."""

    public_id: uuid.UUID
    sequence: int
    outcome: str
    reason: str
    created_at: datetime
    p_people: float
    p_full: float | None
    p_low: float | None
    p_high: float | None
    n_votes: int
    n_effective: float
    reliability_version: int
    policy_version: int
    dispute_id: uuid.UUID | None
    round: int | None
    reason_codes: list[str] | None
    rationale: str | None
    is_blind: bool | None
    appeals: int
    is_appealed_by_me: bool


@dataclass(frozen=True)
class AppealedVerdictRow:
    """A verdict that somebody wants to appeal against."""

    id: int
    clip_id: uuid.UUID
    sequence: int
    is_newest: bool


@dataclass(frozen=True)
class AppealRow:
    """The grounds of an appeal; whose they are is not told."""

    grounds: str
    created_at: datetime
    sequence: int


def list_verdicts(session: Session, clip_id: uuid.UUID, user_id: int) -> list[VerdictHistoryRow]:
    """All verdicts of a clip, the newest first."""
    parameters = {"clip_id": clip_id, "user_id": user_id}
    return [row_as(VerdictHistoryRow, row) for row in session.execute(_VERDICTS, parameters)]


def find_verdict(session: Session, public_id: uuid.UUID) -> AppealedVerdictRow | None:
    """The verdict, and whether a later one stands above it."""
    return row_as(AppealedVerdictRow, session.execute(_VERDICT, {"public_id": public_id}).one_or_none())


def insert_appeal(
    session: Session, *, verdict_id: int, dispute_id: uuid.UUID, appellant_id: int, grounds: str
) -> tuple[uuid.UUID, datetime] | None:
    """The appeal's id and time; None if this person has appealed against this verdict before."""
    parameters = {
        "verdict_id": verdict_id,
        "dispute_id": dispute_id,
        "appellant_id": appellant_id,
        "grounds": grounds,
    }
    row = session.execute(_APPEAL, parameters).one_or_none()
    return (row.id, row.created_at) if row else None


def list_appeals(session: Session, dispute_id: uuid.UUID) -> list[AppealRow]:
    """The appeals that this dispute answers, in the order they came."""
    return [row_as(AppealRow, row) for row in session.execute(_APPEALS, {"dispute_id": dispute_id})]
