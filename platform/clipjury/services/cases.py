"""A disputed clip as a moderator reads it: the people's side first, scores once a provisional verdict is sealed."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from clipjury.db.queries import adjudications as queries
from clipjury.db.queries import detectors as detector_queries
from clipjury.db.queries import disputes as dispute_queries
from clipjury.db.queries import exposures, verdicts
from clipjury.db.queries import votes as vote_queries
from clipjury.db.queries.adjudications import ProvisionalRow, RoundRow, VoterReliabilityRow
from clipjury.db.queries.clips import ClipRow
from clipjury.db.queries.detectors import ScoreRow
from clipjury.db.queries.disputes import DisputeRow
from clipjury.db.queries.verdicts import AppealRow
from clipjury.db.queries.votes import ClipVoteRow
from clipjury.domain.dispute import Conflict, shown_reasons
from clipjury.domain.errors import ConflictError
from clipjury.services import score_views
from clipjury.services.adjudications import get_dispute
from clipjury.services.clip_views import Viewer, get_segment_times
from clipjury.services.clips import get_clip
from clipjury.services.disputes import conflict_of
from clipjury_ml.consensus import online

_LEASE_OPEN = "You hold this clip for review. Vote or skip first: nobody sees a case and votes on it too."


@dataclass(frozen=True)
class CaseVote:
    """A vote with what is known of its reviewer."""

    vote: ClipVoteRow
    reliability: online.Reliability
    skill: online.Skill


@dataclass(frozen=True)
class Case:
    """Everything of a case that this moderator may see now. `scores` None: withheld until they have sealed."""

    dispute: DisputeRow
    clip: ClipRow
    reasons: Sequence[str]
    conflict: Conflict | None
    provisional: ProvisionalRow | None
    votes: Sequence[CaseVote]
    segment_times_s: Mapping[int, float]
    scores: Sequence[ScoreRow] | None
    rounds: Sequence[RoundRow]
    appeals: Sequence[AppealRow]


def see_case(session: Session, viewer: Viewer, dispute_id: uuid.UUID) -> Case:
    """The case for this moderator, noted as seen. Raises NotFoundError, or ConflictError (lease_open)."""
    dispute = get_dispute(session, dispute_id)
    ties = dispute_queries.get_ties(session, dispute_id, viewer.id)
    if ties.holds_live_lease:
        raise ConflictError("lease_open", _LEASE_OPEN)
    exposures.expose(session, viewer.id, dispute.group_id, "read")
    dispute_queries.note_views(session, viewer.id, [dispute_id])
    provisional = queries.find_provisional(session, dispute_id, viewer.id)
    has_sealed = provisional is not None or dispute.decided_at is not None
    clip, scores = _evidence(session, viewer, dispute)
    votes = vote_queries.list_of_clip(session, dispute.clip_id)
    return Case(
        dispute=dispute,
        clip=clip,
        reasons=shown_reasons(dispute.reasons, has_sealed=has_sealed),
        conflict=conflict_of(ties),
        provisional=provisional,
        votes=_with_reliability(votes, queries.list_reliabilities(session, dispute.clip_id)),
        segment_times_s=get_segment_times(session, dispute.clip_id, votes),
        scores=scores,
        rounds=_rounds(session, dispute, has_sealed=has_sealed),
        appeals=verdicts.list_appeals(session, dispute_id),
    )


def _evidence(
    session: Session, viewer: Viewer, dispute: DisputeRow
) -> tuple[ClipRow, Sequence[ScoreRow] | None]:
    clip = get_clip(session, dispute.clip_id)
    if score_views.withholds(session, viewer, dispute.group_id):
        return score_views.veil(clip), None
    score_views.note(session, viewer.id, [dispute.group_id])
    return clip, detector_queries.list_scores(session, dispute.clip_id)


def _with_reliability(votes: Sequence[ClipVoteRow], known: Sequence[VoterReliabilityRow]) -> list[CaseVote]:
    by_user = {
        row.user_id: online.Reliability(
            row.sensitivity,
            row.specificity,
            row.sensitivity_sd,
            row.specificity_sd,
            row.gold_answers,
            row.is_anchored,
        )
        for row in known
    }
    found = [(vote, by_user.get(vote.reviewer_id, online.DEFAULT_RELIABILITY)) for vote in votes]
    return [CaseVote(vote, reliability, online.skill_of(reliability)) for vote, reliability in found]


def _rounds(session: Session, dispute: DisputeRow, *, has_sealed: bool) -> list[RoundRow]:
    """The rounds up to this one. Whoever has not sealed reads what was decided before, and not yet why."""
    rounds = [row for row in queries.list_rounds(session, dispute.clip_id) if row.round <= dispute.round]
    if has_sealed:
        return rounds
    return [
        replace(
            row,
            reasons=shown_reasons(row.reasons, has_sealed=False),
            reason_codes=None,
            rationale=None,
            is_blind=None,
        )
        for row in rounds
    ]
