"""What a replay of one version reads: the version, and each posterior under it with the votes it rests on."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.evidence import BallotRow
from clipjury.db.queries.rows import row_as

_STREAM = {"stream_results": True, "yield_per": 5_000}

_VERSION = text(
    """
SELECT version, engine_version, gold_answers, vote_watermark AS watermark, input_hash, votes_missing
FROM reliability_versions WHERE version = :version"""
)

_CLIPS = text("SELECT count(DISTINCT clip_id) FROM posteriors WHERE reliability_version = :version")

# A clip named is asked for alone; none named means all.
_POSTERIORS = text(
    """
SELECT q.clip_id, q.id, q.p_people, q.p_full, q.p_low, q.p_high, q.n_votes, q.n_effective, q.votes_hash, q.scores,
  q.engine_version, d.outcome, d.reason, c.votes_cap,
  EXISTS (SELECT FROM gold_labels g WHERE g.clip_id = c.id AND g.role = 'serve') AS is_gold,
  p.version AS policy_version, p.theta, p.hysteresis, p.min_votes, p.parallel_leases, p.min_anchored
FROM posteriors q JOIN clips c ON c.id = q.clip_id JOIN policies p ON p.version = q.policy_version
LEFT JOIN verdicts d ON d.posterior_id = q.id AND d.reason <> 'adjudication'
WHERE q.reliability_version = :version AND (CAST(:clip_id AS uuid) IS NULL OR q.clip_id = :clip_id)
ORDER BY q.clip_id, q.id"""
)

_BALLOTS = text(
    """
SELECT v.clip_id, v.id AS vote_id, v.label, r.sensitivity, r.specificity, r.sensitivity_sd, r.specificity_sd,
  r.gold_answers, r.is_anchored
FROM votes v LEFT JOIN reliabilities r ON r.user_id = v.reviewer_id AND r.version = :version
WHERE v.clip_id IN (SELECT clip_id FROM posteriors WHERE reliability_version = :version)
  AND (CAST(:clip_id AS uuid) IS NULL OR v.clip_id = :clip_id)
ORDER BY v.clip_id, v.id"""
)


@dataclass(frozen=True)
class ReplayedVersion:
    """A version and what its fit rested on; None where that was not kept yet."""

    version: int
    engine_version: str
    gold_answers: int
    watermark: int
    input_hash: str | None
    votes_missing: list[int] | None


@dataclass(frozen=True)
class StoredPosterior:
    """A posterior as it was recorded, the policy it was recorded under, and the verdict that followed, if one did."""

    clip_id: uuid.UUID
    id: int
    p_people: float
    p_full: float
    p_low: float
    p_high: float
    n_votes: int
    n_effective: float
    votes_hash: str
    scores: list[dict[str, Any]] | None
    engine_version: str
    outcome: str | None
    reason: str | None
    votes_cap: int
    is_gold: bool
    policy_version: int
    theta: float
    hysteresis: float
    min_votes: int
    parallel_leases: int
    min_anchored: int


def find_replayed(session: Session, version: int) -> ReplayedVersion | None:
    """The version with what its fit rested on."""
    return row_as(ReplayedVersion, session.execute(_VERSION, {"version": version}).one_or_none())


def count_clips(session: Session, version: int) -> int:
    """How many clips have a posterior under this version."""
    return int(session.execute(_CLIPS, {"version": version}).scalar_one())


def stream_posteriors(session: Session, version: int, clip_id: uuid.UUID | None) -> Iterator[StoredPosterior]:
    """Every posterior recorded under this version, clip by clip, oldest first, from a server-side cursor."""
    parameters = {"version": version, "clip_id": clip_id}
    for row in session.execute(_POSTERIORS, parameters, execution_options=_STREAM):
        yield row_as(StoredPosterior, row)


def stream_votes(
    session: Session, version: int, clip_id: uuid.UUID | None
) -> Iterator[tuple[uuid.UUID, Sequence[BallotRow]]]:
    """The votes of these clips with the version's reliabilities, in the same order of clips, one clip at a time."""
    held: list[BallotRow] = []
    of: uuid.UUID | None = None
    parameters = {"version": version, "clip_id": clip_id}
    for row in session.execute(_BALLOTS, parameters, execution_options=_STREAM):
        if of is not None and row.clip_id != of:
            yield of, held
            held = []
        of = row.clip_id
        held.append(row_as(BallotRow, row))
    if of is not None:
        yield of, held
