"""Seals a vote and moves its clip, in one transaction."""

import uuid
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy.orm import Session

from clipjury.db.queries import assignments as assignment_queries
from clipjury.db.queries import clips as clip_queries
from clipjury.db.queries import events
from clipjury.db.queries import votes as queries
from clipjury.db.queries.assignments import LockedLease
from clipjury.db.queries.evidence import get_evidence_with_new
from clipjury.db.queries.votes import BallotBody, VoteRow
from clipjury.domain.dispute import NOT_DRAWN
from clipjury.domain.errors import ConflictError, InvalidError, NotFoundError
from clipjury.domain.events import VoteCast
from clipjury.domain.voting import LeaseState, VoteDecision, body_hash, decide_vote, validate_ballot
from clipjury.services.consensus import LockedClip, write_judgement

_LEASE_STATES: dict[str, LeaseState] = {
    "leased": "live",
    "voted": "voted",
    "expired": "expired",
    "skipped": "skipped",
    "withdrawn": "withdrawn",
}


@dataclass(frozen=True)
class CastVote:
    """The sealed vote; `created` is False when the same ballot had been sealed before."""

    vote: VoteRow
    created: bool


def cast_vote(
    session: Session,
    assignment_id: uuid.UUID,
    reviewer_id: int,
    body: BallotBody,
    *,
    lot: float = NOT_DRAWN,
) -> CastVote:
    """Seal this ballot under this lease, move the clip's posterior, retire or dispute it where the rules say so.

    `lot`, uniform in [0, 1), decides whether a clip that retires undisputed is audited.
    The same ballot again returns the stored vote. Raises NotFoundError (lease_not_found), ConflictError
    (vote_sealed, lease_expired, lease_skipped), InvalidError with the fields that are wrong.
    """
    lease = assignment_queries.lock_lease(session, assignment_id)
    digest = hash_ballot(body)
    stored = queries.find_by_assignment(session, assignment_id) if lease and lease.state == "voted" else None
    decision = _decide(lease, reviewer_id, stored, digest)
    if decision.action == "refuse" or lease is None:
        raise _refusal(decision)
    if decision.action == "return_stored" and stored is not None:
        return CastVote(stored, created=False)
    _check_ballot(lease, body)
    return CastVote(_seal(session, lease, reviewer_id, body, digest, lot), created=True)


def get_segment_times(session: Session, vote: VoteRow) -> dict[int, float]:
    """Seconds at which the frames are shown that the vote's time ranges begin and end with."""
    frames = sorted({frame for segment in vote.segments for frame in segment.values()})
    return clip_queries.get_frame_times(session, vote.clip_id, frames) if frames else {}


def hash_ballot(body: BallotBody) -> str:
    """One hash for ballots that mean the same."""
    return body_hash(**_ballot_fields(body))


def _ballot_fields(body: BallotBody) -> dict[str, Any]:
    return asdict(body)


def _decide(lease: LockedLease | None, reviewer_id: int, stored: VoteRow | None, digest: str) -> VoteDecision:
    return decide_vote(
        lease_state=_LEASE_STATES[lease.state] if lease else None,
        lease_expired=bool(lease and lease.is_expired),
        holder_matches=bool(lease and lease.reviewer_id == reviewer_id),
        existing_body_hash=stored.body_hash if stored else None,
        body_hash=digest,
        clip_state=lease.clip_state if lease else "open",  # type: ignore[arg-type]  # held by the column's check
        exposed=bool(lease and lease.is_exposed),
        withheld=bool(lease and lease.is_withheld),
    )


def _refusal(decision: VoteDecision) -> ConflictError | NotFoundError:
    code = decision.code or "lease_not_found"
    if code == "lease_not_found":
        return NotFoundError(decision.detail, code=code)
    return ConflictError(code, decision.detail)


def _check_ballot(lease: LockedLease, body: BallotBody) -> None:
    kind: Literal["video", "image"] = "image" if lease.kind == "image" else "video"
    errors = validate_ballot(**_ballot_fields(body), frames=lease.frames, kind_of_clip=kind)
    if errors:
        raise InvalidError("The ballot needs another look; nothing was sealed.", errors)


def _seal(
    session: Session, lease: LockedLease, reviewer_id: int, body: BallotBody, digest: str, lot: float
) -> VoteRow:
    evidence = get_evidence_with_new(session, lease.clip_id, reviewer_id, body.label)
    vote_id = max(row.vote_id for row in evidence.ballots)
    cast_at = queries.seal_vote(
        session,
        vote_id=vote_id,
        assignment_id=lease.id,
        clip_id=lease.clip_id,
        group_id=lease.group_id,
        reviewer_id=reviewer_id,
        body=body,
        body_hash=digest,
        happened=VoteCast(clip_id=str(lease.clip_id), vote_id=vote_id, gold=lease.is_gold),
    )
    if cast_at is None:
        raise ConflictError("lease_expired", "Your lease on this clip has ended; ask for the next clip.")
    clip = LockedClip(
        clip_id=lease.clip_id,
        state=lease.clip_state,
        live_leases=lease.live_leases - 1,
        votes_cap=lease.votes_cap,
        is_gold=lease.is_gold,
        importance=lease.importance,
        received_at=lease.received_at,
    )
    followed = write_judgement(session, clip, evidence, cause="vote", leases_ended=1, lot=lot)
    if followed:
        events.emit(session, followed, subject=f"clip:{lease.clip_id}", actor_id=reviewer_id)
    return VoteRow(
        id=vote_id,
        assignment_id=lease.id,
        clip_id=lease.clip_id,
        reviewer_id=reviewer_id,
        label=body.label,
        confidence=body.confidence,
        lean=body.lean,
        kinds=list(body.kinds),
        segments=[dict(segment) for segment in body.segments],
        regions=[dict(region) for region in body.regions],
        cues=list(body.cues),
        rationale=body.rationale,
        body_hash=digest,
        cast_at=cast_at,
    )
