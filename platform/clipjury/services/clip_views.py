"""Who sees what of a clip. Whatever could sway a vote is preceded by a row in `exposures`."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from clipjury.db.queries import clips as queries
from clipjury.db.queries import consensus as consensus_queries
from clipjury.db.queries import detectors as detector_queries
from clipjury.db.queries import disputes as dispute_queries
from clipjury.db.queries import exposures, statistics
from clipjury.db.queries import votes as vote_queries
from clipjury.db.queries.clips import ClipRow, RenditionRow
from clipjury.db.queries.consensus import PosteriorHistoryRow, VerdictRow
from clipjury.db.queries.detectors import ScoreRow
from clipjury.db.queries.statistics import PublicStatsRow
from clipjury.db.queries.votes import ClipVoteRow
from clipjury.domain.errors import ConflictError, ForbiddenError, NotFoundError
from clipjury.domain.exposure import SeeDecision, is_staff, may_see_clip, may_see_consensus
from clipjury.services import score_views
from clipjury.services.clips import get_clip
from clipjury.services.marks import ClipMarks, get_marks
from clipjury.services.quarantine import check_shown

LEASE_OPEN = (
    "You hold this clip for review. Vote or skip first: nobody sees a clip's facts and votes on it too."
)
_NOT_READY = (
    "This clip is still being judged. Scores and votes are shown once it has retired, to sway nobody."
)


@dataclass(frozen=True)
class Viewer:
    """Who asks."""

    id: int
    roles: frozenset[str]


@dataclass(frozen=True)
class ClipView:
    """A clip as this viewer may see it. `dispute_id`: its newest dispute, told to moderators."""

    clip: ClipRow
    is_mine: bool
    shows_outcome: bool
    may_see_consensus: bool
    dispute_id: uuid.UUID | None = None


@dataclass(frozen=True)
class ClipConsensus:
    """Everything that led to a clip's posterior. `segment_times_s` gives frames their seconds.

    `withholds_scores`: what detectors said and moved is left out, until this moderator has sealed a verdict.
    """

    clip: ClipRow
    history: Sequence[PosteriorHistoryRow]
    scores: Sequence[ScoreRow]
    votes: Sequence[ClipVoteRow]
    verdict: VerdictRow | None
    segment_times_s: dict[int, float]
    marks: ClipMarks
    withholds_scores: bool = False


def see_clip(session: Session, viewer: Viewer, clip_id: uuid.UUID) -> ClipView:
    """The clip for this viewer. Raises NotFoundError, or ConflictError (lease_open) for a live lease's holder."""
    clip = get_clip(session, clip_id)
    _answer(session, viewer, clip, _clip_decision(session, viewer, clip))
    if "moderator" not in viewer.roles:
        return _view(viewer, clip)
    if score_views.withholds(session, viewer, clip.group_id):
        clip = score_views.veil(clip)
    return replace(_view(viewer, clip), dispute_id=dispute_queries.find_newest(session, clip_id))


def _clip_decision(session: Session, viewer: Viewer, clip: ClipRow) -> SeeDecision:
    ties = exposures.get_viewer_ties(session, viewer.id, clip.group_id)
    is_uploader = clip.uploader_id == viewer.id
    return may_see_clip(viewer.roles, is_uploader, clip.state, ties.live)  # type: ignore[arg-type]


def _answer(session: Session, viewer: Viewer, clip: ClipRow, decision: SeeDecision) -> None:
    if decision.answer == "not_found":
        raise NotFoundError("There is no such clip, or it is still being judged.")
    if decision.answer == "lease_open":
        raise ConflictError("lease_open", LEASE_OPEN)
    if decision.answer == "not_ready":
        raise ForbiddenError(_NOT_READY, code="not_ready")
    check_shown(clip.quarantined_at)
    if decision.writes_exposure:
        exposures.expose(session, viewer.id, clip.group_id, "read")


def _view(viewer: Viewer, clip: ClipRow) -> ClipView:
    retired = clip.state == "retired"
    return ClipView(
        clip=clip,
        is_mine=clip.uploader_id == viewer.id,
        shows_outcome=retired,
        may_see_consensus=retired or is_staff(viewer.roles),
    )


def list_clips(
    session: Session,
    viewer: Viewer,
    *,
    state: str | None,
    mine: bool,
    limit: int,
    before: tuple[datetime, uuid.UUID] | None,
) -> list[ClipView]:
    """Newest first: staff see all, others their uploads and what is retired. Every clip shown is an exposure,
    but for one's own uploads that are not retired; a clip under a live lease of the viewer is left out."""
    withheld = score_views.list_withheld(session, viewer)
    clips = queries.list_clips(
        session,
        viewer_id=viewer.id,
        all_states=is_staff(viewer.roles),
        mine=mine,
        state=state,
        limit=limit,
        before=before,
        held_group=exposures.find_held_group(session, viewer.id),
        withheld=withheld,
    )
    exposures.expose_many(
        session, viewer.id, [clip.group_id for clip in clips if clip.uploader_id != viewer.id]
    )
    veiled = frozenset(withheld)
    return [_view(viewer, score_views.veil(clip) if clip.group_id in veiled else clip) for clip in clips]


def see_consensus(session: Session, viewer: Viewer, clip_id: uuid.UUID) -> ClipConsensus:
    """Posterior, history, scores and votes. Raises ForbiddenError (not_ready) while others may still vote."""
    clip = get_clip(session, clip_id)
    ties = exposures.get_viewer_ties(session, viewer.id, clip.group_id)
    is_uploader = clip.uploader_id == viewer.id
    _answer(session, viewer, clip, _clip_decision(session, viewer, clip))
    decision = may_see_consensus(viewer.roles, is_uploader, ties.voted, clip.state, ties.live)  # type: ignore[arg-type]
    _answer(session, viewer, clip, decision)
    votes = vote_queries.list_of_clip(session, clip_id)
    consensus = ClipConsensus(
        clip=clip,
        history=consensus_queries.list_history(session, clip_id),
        scores=detector_queries.list_scores(session, clip_id),
        votes=votes,
        verdict=consensus_queries.find_verdict(session, clip_id),
        segment_times_s=get_segment_times(session, clip_id, votes),
        marks=get_marks(session, clip_id, clip.frames),
    )
    if score_views.withholds(session, viewer, clip.group_id):
        return _veil(consensus)
    score_views.note(session, viewer.id, [clip.group_id])
    return consensus


def get_segment_times(session: Session, clip_id: uuid.UUID, votes: Sequence[ClipVoteRow]) -> dict[int, float]:
    """Seconds at which the frames are shown that the votes' time ranges begin and end with."""
    frames = sorted({segment[end] for vote in votes for segment in vote.segments for end in segment})
    return queries.get_frame_times(session, clip_id, frames) if frames else {}


def _veil(consensus: ClipConsensus) -> ClipConsensus:
    """What the people alone say: without scores, and without the posteriors that scores moved."""
    history = [
        replace(row, p_full=None, p_low=None, p_high=None)
        for row in consensus.history
        if row.cause != "score"
    ]
    return replace(
        consensus,
        clip=score_views.veil(consensus.clip),
        history=history,
        scores=(),
        withholds_scores=True,
    )


def get_rendition_for(session: Session, viewer: Viewer, clip_id: uuid.UUID, name: str) -> RenditionRow:
    """A rendition for someone who may see the clip; raises as `see_clip` does."""
    see_clip(session, viewer, clip_id)
    rendition = queries.find_rendition(session, clip_id, name)
    if rendition is None:
        raise NotFoundError(f"This clip has no {name} (yet).")
    return rendition


def get_public_stats(session: Session) -> PublicStatsRow:
    """Counts for the home page."""
    return statistics.get_public_stats(session)
