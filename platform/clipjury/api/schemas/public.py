"""What anybody may see."""

import uuid
from datetime import datetime
from typing import Any

from clipjury.api.schemas.base import AnswerModel
from clipjury.api.schemas.consensus import interval_of
from clipjury.api.schemas.words import MediaKind, Outcome
from clipjury.db.queries.clips import ClipRow
from clipjury.db.queries.statistics import PublicStatsRow


class PublicStats(AnswerModel):
    """Counts for the home page; `simulated_share` is the part of the votes cast by simulated reviewers."""

    clips_open: int
    clips_retired: int
    votes: int
    reviewers: int
    outcomes: dict[str, int]
    simulated_share: float


class PublicClip(AnswerModel):
    """A retired clip."""

    id: uuid.UUID
    outcome: Outcome
    p_manipulated: float | None
    interval: tuple[float, float] | None
    n_votes: int
    n_effective: float
    retired_at: datetime
    kind: MediaKind
    duration_s: float | None
    simulated: bool


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


def public_clip_body(clip: ClipRow) -> dict[str, Any]:
    """`PublicClip`."""
    return {
        "id": clip.id,
        "outcome": clip.outcome,
        "p_manipulated": clip.p_full,
        "interval": interval_of(clip),
        "n_votes": clip.votes_count,
        "n_effective": clip.n_effective or 0.0,
        "retired_at": clip.retired_at,
        "kind": clip.kind,
        "duration_s": clip.duration_s,
        "simulated": clip.is_simulated,
    }
