"""What a clip's posterior rests on, read in one statement: active version, policy, scores and ballots.

Scores are those of detector versions in force; others stay in the history and move nothing. One that gold has shown to
say nothing (exactly one half once calibrated) is left out like an abstention: in the mean of several detectors it would
dilute those that do. The reasons for which the clip has been disputed come along, so that a vote that disputes nothing
asks nothing more.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from clipjury.db.prepared import Prepared
from clipjury.db.queries.rows import row_as

_EVIDENCE = """
WITH basis AS (
  SELECT (SELECT version FROM reliability_versions WHERE is_active) AS reliability_version,
    p.version AS policy_version, p.theta, p.hysteresis, p.min_votes, p.cap, p.gold_cap, p.parallel_leases,
    p.min_anchored, p.strong_odds, p.detector_gap, p.guard_gap, p.audit_share,
    ARRAY(SELECT DISTINCT r.reason FROM disputes d JOIN dispute_reasons r ON r.dispute_id = d.id
      WHERE d.clip_id = :clip_id) AS disputed_for,
    COALESCE((SELECT jsonb_agg(jsonb_build_object('p', COALESCE(s.p_calibrated, s.p_manipulated),
        'in_domain', s.is_in_domain AND s.p_calibrated IS DISTINCT FROM 0.5,
        'calibrated', s.p_calibrated IS NOT NULL) ORDER BY s.detector_version_id)
      FROM scores s JOIN detector_versions d ON d.id = s.detector_version_id
      WHERE s.clip_id = :clip_id AND d.state = 'active'), '[]') AS scores
  FROM policies p ORDER BY p.version DESC LIMIT 1)
SELECT basis.*, b.id AS vote_id, b.label, r.sensitivity, r.specificity, r.sensitivity_sd, r.specificity_sd,
  r.gold_answers, r.is_anchored
FROM basis LEFT JOIN ({ballots}) b ON true
LEFT JOIN reliabilities r ON r.user_id = b.reviewer_id AND r.version = basis.reliability_version
ORDER BY b.id"""

_STORED = "SELECT id, reviewer_id, label FROM votes WHERE clip_id = :clip_id"
# The vote about to be sealed takes its id here, so that the posterior can name the votes it rests on.
_STORED_AND_NEW = (
    _STORED
    + " UNION ALL SELECT nextval(pg_get_serial_sequence('votes', 'id')), CAST(:reviewer_id AS bigint), :label"
)

_OF_CLIP = Prepared(
    "evidence_of_clip",
    _EVIDENCE.format(ballots=_STORED),
    clip_id="uuid",
)
_WITH_NEW = Prepared(
    "evidence_with_new",
    _EVIDENCE.format(ballots=_STORED_AND_NEW),
    clip_id="uuid",
    reviewer_id="bigint",
    label="text",
)


@dataclass(frozen=True)
class BasisRow:
    """What a clip's posterior is computed under: the active version, the policy in force, the scores."""

    reliability_version: int
    policy_version: int
    theta: float
    hysteresis: float
    min_votes: int
    cap: int
    gold_cap: int
    parallel_leases: int
    min_anchored: int
    strong_odds: float
    detector_gap: float
    guard_gap: float
    audit_share: float
    disputed_for: list[str]
    scores: list[dict[str, Any]]


@dataclass(frozen=True)
class BallotRow:
    """A vote's label with its reviewer's reliability in the active version (null: none known)."""

    vote_id: int
    label: str
    sensitivity: float | None
    specificity: float | None
    sensitivity_sd: float | None
    specificity_sd: float | None
    gold_answers: int | None
    is_anchored: bool | None


@dataclass(frozen=True)
class Evidence:
    """The basis, and the clip's votes in the order they were cast."""

    basis: BasisRow
    ballots: tuple[BallotRow, ...]


def get_evidence(session: Session, clip_id: uuid.UUID) -> Evidence:
    """The clip's evidence as it stands. Read it after the clip's row is locked."""
    return _evidence(_OF_CLIP.rows(session, {"clip_id": clip_id}))


def get_evidence_with_new(session: Session, clip_id: uuid.UUID, reviewer_id: int, label: str) -> Evidence:
    """The same with, last, the vote about to be sealed, which has taken its id."""
    parameters = {"clip_id": clip_id, "reviewer_id": reviewer_id, "label": label}
    return _evidence(_WITH_NEW.rows(session, parameters))


def _evidence(rows: Sequence[Row[Any]]) -> Evidence:
    ballots = tuple(row_as(BallotRow, row) for row in rows if row.vote_id is not None)
    return Evidence(row_as(BasisRow, rows[0]), ballots)
