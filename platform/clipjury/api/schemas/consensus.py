"""Everything that led to a clip's posterior."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from clipjury.api.schemas.base import AnswerModel
from clipjury.api.schemas.marks import AgreedRegion, AgreedSegment, marks_body
from clipjury.api.schemas.vote import Segment, segment_body
from clipjury.api.schemas.words import ClipState, Kind, Outcome, ResponseLabel, RetirementReason
from clipjury.db.queries.clips import ClipRow
from clipjury.db.queries.consensus import PosteriorHistoryRow, VerdictRow
from clipjury.db.queries.detectors import ScoreRow
from clipjury.db.queries.votes import ClipVoteRow
from clipjury.domain.snapshot_rows import pseudonym
from clipjury.services.clip_views import ClipConsensus


class HistoryPoint(AnswerModel):
    """The posterior at one moment; what detectors moved is null where it is withheld."""

    at: datetime
    n_votes: int
    p_manipulated: float | None
    p_manipulated_people: float
    low: float | None
    high: float | None


class Finding(AnswerModel):
    """Something that a detector saw, in words; by itself it says neither manipulated nor authentic.

    `strength`: `fact` is written in the file, and as easily changed; else how clearly a statistic stands out.
    Frames are inclusive; all four ends are null for the clip as a whole. `basis`: the statistic and its source.
    """

    kind: str
    words: str
    strength: Literal["fact", "weak", "moderate", "strong"]
    basis: str
    start_frame: int | None
    end_frame: int | None
    start_s: float | None
    end_s: float | None


class Score(AnswerModel):
    """A detector version's answer; null where it abstained (`abstention` says why) or failed.

    `current`: its version is in force. The scores of versions that were in force before stay here and move nothing.
    """

    detector: str
    version: str
    current: bool
    p_manipulated: float | None
    in_domain: bool
    calibrated: bool
    abstention: str | None
    error: str | None
    frames_used: int
    faces: int
    findings: list[Finding]


class Verdict(AnswerModel):
    """The published outcome with its basis; a later one supersedes it, none is changed."""

    outcome: Outcome
    reason: RetirementReason
    at: datetime


class ClipVote(AnswerModel):
    """A sealed vote under a pseudonym that holds for this clip only."""

    reviewer: str
    label: ResponseLabel
    confidence: float | None
    kinds: list[Kind]
    segments: list[Segment]
    rationale: str
    cast_at: datetime
    simulated: bool


class Consensus(AnswerModel):
    """P(manipulated) with detectors and by the people alone, and what they rest on. No probability is
    calibrated yet (`calibrated`); null before the first posterior. `scores_withheld`: a dispute of the clip is
    open, and this moderator has not sealed a provisional verdict yet. `segments`, `regions`, `kinds` and `cues` are
    what votes for `manipulated` agree on, given that the clip is; `kinds` and `cues` are empty where none was
    named."""

    state: ClipState
    p_manipulated: float | None
    p_manipulated_people: float | None
    interval: tuple[float, float] | None
    n_votes: int
    n_effective: float
    version: int | None
    basis: Literal["none", "detectors", "votes", "votes and detectors"]
    policy_version: str | None
    calibrated: Literal[False]
    history: list[HistoryPoint]
    scores: list[Score]
    scores_withheld: bool
    verdict: Verdict | None
    votes: list[ClipVote]
    segments: list[AgreedSegment]
    regions: list[AgreedRegion]
    kinds: dict[Kind, float]
    cues: dict[str, float]


def consensus_body(consensus: ClipConsensus, alias_key: bytes) -> dict[str, Any]:
    """`Consensus`; `alias_key` is the clip's own key for its reviewers' pseudonyms."""
    clip, verdict = consensus.clip, consensus.verdict
    return {
        "state": clip.state,
        "p_manipulated": clip.p_full,
        "p_manipulated_people": clip.p_people,
        "interval": interval_of(clip),
        "n_votes": clip.votes_count,
        "n_effective": clip.n_effective or 0.0,
        "version": clip.reliability_version,
        "basis": _basis(consensus),
        "policy_version": f"retirement-{clip.policy_version}" if clip.policy_version else None,
        "calibrated": False,
        "history": [_history_point(row) for row in consensus.history],
        "scores": [score_body(row) for row in consensus.scores],
        "scores_withheld": consensus.withholds_scores,
        "verdict": _verdict(verdict) if verdict else None,
        "votes": [_vote(row, consensus.segment_times_s, alias_key) for row in consensus.votes],
        **marks_body(consensus.marks),
    }


def interval_of(clip: ClipRow) -> tuple[float, float] | None:
    """The 95 % interval of P(manipulated); None before the first posterior."""
    return None if clip.p_low is None or clip.p_high is None else (clip.p_low, clip.p_high)


def _basis(consensus: ClipConsensus) -> str:
    """Which kinds of evidence moved the posterior; a detector that abstained is none."""
    scored = any(
        row.is_current and row.p_manipulated is not None and row.is_in_domain for row in consensus.scores
    )
    if consensus.votes:
        return "votes and detectors" if scored else "votes"
    return "detectors" if scored else "none"


def _verdict(row: VerdictRow) -> dict[str, Any]:
    return {"outcome": row.outcome, "reason": row.reason, "at": row.created_at}


def _history_point(row: PosteriorHistoryRow) -> dict[str, Any]:
    return {
        "at": row.created_at,
        "n_votes": row.n_votes,
        "p_manipulated": row.p_full,
        "p_manipulated_people": row.p_people,
        "low": row.p_low,
        "high": row.p_high,
    }


def score_body(row: ScoreRow) -> dict[str, Any]:
    """`Score`."""
    return {
        "detector": row.detector,
        "version": row.version,
        "current": row.is_current,
        "p_manipulated": row.p_manipulated,
        "in_domain": row.is_in_domain,
        "calibrated": row.is_calibrated,
        "abstention": row.abstention,
        "error": row.error,
        "frames_used": row.frames_used,
        "faces": row.faces,
        "findings": [{name: found.get(name) for name in Finding.model_fields} for found in row.findings],
    }


def _vote(row: ClipVoteRow, times_s: Mapping[int, float], alias_key: bytes) -> dict[str, Any]:
    return {
        "reviewer": pseudonym(alias_key, row.reviewer_id),
        "label": row.label,
        "confidence": row.confidence,
        "kinds": row.kinds,
        "segments": [segment_body(segment, times_s) for segment in row.segments],
        "rationale": row.rationale,
        "cast_at": row.cast_at,
        "simulated": row.is_simulated,
    }
