"""What anybody may see."""

import uuid
from datetime import datetime
from typing import Any

from pydantic import Field

from clipjury.api.schemas.base import AnswerModel, QueryModel
from clipjury.api.schemas.cursor import encode_place
from clipjury.api.schemas.marks import AgreedSegment, agreed_segment_body
from clipjury.api.schemas.words import Kind, MediaKind, Outcome
from clipjury.db.queries.public_clips import PublicRow
from clipjury.db.queries.statistics import PublicStatsRow
from clipjury.domain.ladder import LIMITS, VerdictWords
from clipjury.services.public_clips import LatestVerdict, PublicCase


class PublicStats(AnswerModel):
    """Counts for the home page; `simulated_share` is the part of the votes cast by simulated reviewers."""

    clips_open: int
    clips_retired: int
    votes: int
    reviewers: int
    outcomes: dict[str, int]
    simulated_share: float


class LatestQuery(QueryModel):
    """`cursor` is the `next_cursor` of the page before."""

    cursor: str | None = Field(default=None, max_length=200)
    limit: int = Field(default=12, ge=1, le=50)


class PublishedClip(AnswerModel):
    """A published verdict in one line; `headline` and `explanation` come from a fixed ladder."""

    id: uuid.UUID
    outcome: Outcome
    headline: str
    explanation: str
    p_manipulated: float | None
    interval: tuple[float, float] | None
    n_votes: int
    n_effective: float
    retired_at: datetime
    kind: MediaKind
    duration_s: float | None
    simulated: bool


class PublishedClips(AnswerModel):
    """Published verdicts, the latest first."""

    items: list[PublishedClip]
    next_cursor: str | None


class PublicAnswers(AnswerModel):
    """How many people answered what; `simulated` of them are programs of the demonstration."""

    manipulated: int
    authentic: int
    unsure: int
    simulated: int


class PublicDetectors(AnswerModel):
    """How many detectors were asked, and how many answers counted; the others abstained."""

    asked: int
    counted: int


class PublicKind(AnswerModel):
    """What kind of manipulation people named, and how many did."""

    kind: Kind
    people: int


class PublicVerdict(AnswerModel):
    """One verdict of the clip's history; a later one supersedes it."""

    sequence: int
    outcome: Outcome
    reason: str
    at: datetime


class PublicClip(PublishedClip):
    """A published verdict with what it rests on. `sha256` is of the bytes that were judged; `detectors` is null for
    a moderator who has to judge the case blind."""

    sha256: str
    policy_version: int | None
    answers: PublicAnswers
    detectors: PublicDetectors | None
    kinds: list[PublicKind]
    marks: list[AgreedSegment]
    verdicts: list[PublicVerdict]
    limits: list[str]


def stats_body(stats: PublicStatsRow) -> dict[str, Any]:
    """`PublicStats`."""
    return {
        "clips_open": stats.clips_open,
        "clips_retired": stats.clips_retired,
        "votes": stats.votes,
        "reviewers": stats.reviewers,
        "outcomes": stats.outcomes,
        "simulated_share": stats.simulated_votes / stats.votes if stats.votes else 0.0,
    }


def published_body(clip: PublicRow, words: VerdictWords) -> dict[str, Any]:
    """`PublishedClip`."""
    has_interval = clip.p_low is not None and clip.p_high is not None
    return {
        "id": clip.id,
        "outcome": clip.outcome,
        "headline": words.headline,
        "explanation": words.explanation,
        "p_manipulated": clip.p_full,
        "interval": (clip.p_low, clip.p_high) if has_interval else None,
        "n_votes": clip.votes_count,
        "n_effective": clip.n_effective or 0.0,
        "retired_at": clip.retired_at,
        "kind": clip.kind,
        "duration_s": clip.duration_s,
        "simulated": clip.is_simulated,
    }


def latest_body(found: list[LatestVerdict], limit: int) -> dict[str, Any]:
    """`PublishedClips`."""
    last = found[-1].clip if len(found) == limit else None
    return {
        "items": [published_body(verdict.clip, verdict.words) for verdict in found],
        "next_cursor": encode_place(last.retired_at, last.id) if last and last.retired_at else None,
    }


def public_clip_body(case: PublicCase) -> dict[str, Any]:
    """`PublicClip`."""
    labels = ("manipulated", "authentic", "unsure")
    return {
        **published_body(case.clip, case.words),
        "sha256": case.clip.sha256,
        "policy_version": case.clip.policy_version,
        "answers": {
            **{label: case.answers.get(label, 0) for label in labels},
            "simulated": case.simulated_answers,
        },
        "detectors": None if case.detectors is None else vars(case.detectors),
        "kinds": [{"kind": kind, "people": people} for kind, people in case.kinds],
        "marks": [agreed_segment_body(mark, case.times_s) for mark in case.marks],
        "verdicts": [
            {"sequence": row.sequence, "outcome": row.outcome, "reason": row.reason, "at": row.created_at}
            for row in case.verdicts
        ],
        "limits": list(LIMITS),
    }
