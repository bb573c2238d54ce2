"""A case as a moderator may read it now."""

import uuid
from datetime import datetime
from typing import Any

from clipjury.api.schemas.base import AnswerModel
from clipjury.api.schemas.consensus import Score, interval_of, score_body
from clipjury.api.schemas.dispute import DisputeState, Provisional, provisional_body
from clipjury.api.schemas.vote import Region, Segment, segment_body
from clipjury.api.schemas.words import (
    ClipState,
    Conflict,
    Kind,
    Label,
    MediaKind,
    Outcome,
    ResponseLabel,
    ShownReason,
)
from clipjury.db.queries.adjudications import RoundRow
from clipjury.domain.snapshot_rows import pseudonym
from clipjury.services.cases import Case, CaseVote


class CaseClip(AnswerModel):
    """The disputed clip; `outcome` is the published one, null while votes are collected."""

    id: uuid.UUID
    state: ClipState
    kind: MediaKind | None
    duration_s: float | None
    width: int | None
    height: int | None
    frames: int | None
    fps: float | None
    has_audio: bool | None
    source: str | None
    licence: str | None
    importance: int
    simulated: bool
    media_url: str | None
    poster_url: str | None
    outcome: Outcome | None


class ReviewerReliability(AnswerModel):
    """What gold has shown of a reviewer: one number with its interval for people, both sides beside it."""

    skill: float
    low: float
    high: float
    sensitivity: float
    specificity: float
    gold_answers: int
    is_anchored: bool


class DisputedVote(AnswerModel):
    """A sealed vote under a pseudonym that holds for this case only."""

    reviewer: str
    label: ResponseLabel
    confidence: float | None
    lean: Label | None
    kinds: list[Kind]
    segments: list[Segment]
    regions: list[Region]
    cues: list[str]
    rationale: str
    cast_at: datetime
    simulated: bool
    reliability: ReviewerReliability


class CaseEvidence(AnswerModel):
    """What detectors said, and the posterior with them."""

    p_manipulated: float | None
    interval: tuple[float, float] | None
    scores: list[Score]


class CaseDecision(AnswerModel):
    """How a round ended; its reasons are null until this moderator has sealed."""

    verdict: Outcome
    reason_codes: list[str] | None
    rationale: str | None
    is_blind: bool | None
    decided_at: datetime


class CaseRound(AnswerModel):
    """One round: why it was opened, how many moderators have sealed, and its decision."""

    round: int
    opened_at: datetime
    reasons: list[ShownReason]
    provisionals: int
    decision: CaseDecision | None


class CaseAppeal(AnswerModel):
    """Grounds against a verdict, named by its place in the history."""

    grounds: str
    at: datetime
    sequence: int


class DisputeCase(AnswerModel):
    """A disputed clip. `evidence` is null until this moderator has sealed a provisional verdict."""

    id: uuid.UUID
    round: int
    state: DisputeState
    opened_at: datetime
    reasons: list[ShownReason]
    conflict: Conflict | None
    provisional: Provisional | None
    clip: CaseClip
    p_manipulated_people: float | None
    n_effective: float
    votes: list[DisputedVote]
    evidence: CaseEvidence | None
    rounds: list[CaseRound]
    appeals: list[CaseAppeal]


def case_body(case: Case, alias_key: bytes) -> dict[str, Any]:
    """`DisputeCase`; `alias_key` is the case's own key for its reviewers' pseudonyms."""
    dispute, clip = case.dispute, case.clip
    return {
        "id": dispute.id,
        "round": dispute.round,
        "state": "open" if dispute.decided_at is None else "decided",
        "opened_at": dispute.opened_at,
        "reasons": case.reasons,
        "conflict": case.conflict,
        "provisional": provisional_body(case.provisional) if case.provisional else None,
        "clip": _clip(case),
        "p_manipulated_people": clip.p_people,
        "n_effective": clip.n_effective or 0.0,
        "votes": [_vote(vote, case, alias_key) for vote in case.votes],
        "evidence": (
            None
            if case.scores is None
            else {
                "p_manipulated": clip.p_full,
                "interval": interval_of(clip),
                "scores": [score_body(row) for row in case.scores],
            }
        ),
        "rounds": [_round(row) for row in case.rounds],
        "appeals": [
            {"grounds": row.grounds, "at": row.created_at, "sequence": row.sequence} for row in case.appeals
        ],
    }


def _clip(case: Case) -> dict[str, Any]:
    clip = case.clip
    at = f"/api/v1/clips/{clip.id}/media"
    return {
        "id": clip.id,
        "state": clip.state,
        "kind": clip.kind,
        "duration_s": clip.duration_s,
        "width": clip.width_px,
        "height": clip.height_px,
        "frames": clip.frames,
        "fps": clip.fps,
        "has_audio": clip.has_audio,
        "source": clip.source,
        "licence": clip.licence,
        "importance": clip.importance,
        "simulated": clip.is_simulated,
        "media_url": f"{at}/preview" if "preview" in clip.rendition_names else None,
        "poster_url": f"{at}/poster" if "poster" in clip.rendition_names else None,
        "outcome": clip.outcome,
    }


def _vote(case_vote: CaseVote, case: Case, alias_key: bytes) -> dict[str, Any]:
    vote, known = case_vote.vote, case_vote.reliability
    return {
        "reviewer": pseudonym(alias_key, vote.reviewer_id),
        "label": vote.label,
        "confidence": vote.confidence,
        "lean": vote.lean,
        "kinds": vote.kinds,
        "segments": [segment_body(segment, case.segment_times_s) for segment in vote.segments],
        "regions": vote.regions,
        "cues": vote.cues,
        "rationale": vote.rationale,
        "cast_at": vote.cast_at,
        "simulated": vote.is_simulated,
        "reliability": {
            "skill": case_vote.skill.value,
            "low": case_vote.skill.low,
            "high": case_vote.skill.high,
            "sensitivity": known.sensitivity,
            "specificity": known.specificity,
            "gold_answers": known.gold_answers,
            "is_anchored": known.anchored,
        },
    }


def _round(row: RoundRow) -> dict[str, Any]:
    decision = None
    if row.verdict is not None:
        decision = {
            "verdict": row.verdict,
            "reason_codes": row.reason_codes,
            "rationale": row.rationale,
            "is_blind": row.is_blind,
            "decided_at": row.decided_at,
        }
    return {
        "round": row.round,
        "opened_at": row.opened_at,
        "reasons": row.reasons,
        "provisionals": len(row.sealed_at),
        "decision": decision,
    }
