"""Leases: a reviewer is given a clip, and never chooses one."""

import uuid

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clipjury.db.queries import assignments as queries
from clipjury.db.queries import clips as clip_queries
from clipjury.db.queries import events, exposures
from clipjury.db.queries.assignments import LeasedClipRow, LockedLease, TakenLease
from clipjury.db.queries.clips import RenditionRow
from clipjury.db.queries.picking import Turn
from clipjury.domain.assignment import (
    LEASE_BASE_S,
    LEASE_CAP_S,
    LEASE_PER_CLIP_SECOND,
    can_renew,
    is_random_turn,
    lease_s,
    start_rank,
)
from clipjury.domain.errors import ConflictError, FieldError, InvalidError, NotFoundError
from clipjury.domain.gold import is_gold_turn
from clipjury.domain.matching import Asking
from clipjury.domain.vocabulary import SKIP_REASON_IDS
from clipjury.domain.voting import LEASE_WITHDRAWN
from clipjury_ml.consensus import online

_LEASE_OVER = "Your time for this clip ran out, so it went back to the queue. Ask for the next clip."


def lease_next_clip(
    session: Session, reviewer_id: int, *, start: float, gold_draw: float = 0.5, value_draw: float = 0.5
) -> tuple[LeasedClipRow, bool] | None:
    """The reviewer's live lease, or a new one on a clip from the random place `start` in [0, 1) on.

    `gold_draw` and `value_draw`, fresh random numbers in [0, 1), decide whether gold's turn has come, and
    otherwise whether the clip is drawn by what a vote is worth or from the whole queue. The second value
    tells whether the lease is new; None when nothing is left for this reviewer. Raises ConflictError
    (lease_race) when the same reviewer asked twice at once: the caller asks again.
    """
    turn: Turn = "random" if is_random_turn(value_draw) else "value"
    asking = _asking(session, reviewer_id)
    if is_gold_turn(asking.leases, asking.gold_leases, gold_draw):
        turn = "gold"
    taken = _lease(session, reviewer_id, asking, start, turn)
    if taken is not None and taken.is_expired:
        _end(session, taken.id, "expired")
        taken = _lease(session, reviewer_id, asking, start, turn)
    if taken is None:
        # Everything near was barred for this reviewer, or every place is held: give back what ran out, look at all.
        expire_leases(session, limit=100)
        taken = _lease(session, reviewer_id, asking, start, turn, anywhere=True)
    if taken is None:
        return None
    return get_lease(session, taken.id, reviewer_id), taken.is_new


def _asking(session: Session, reviewer_id: int) -> Asking:
    row = queries.get_asking(session, reviewer_id)
    unknown = online.DEFAULT_RELIABILITY
    return Asking(
        row.leases,
        row.gold_leases,
        row.sensitivity or unknown.sensitivity,
        row.specificity or unknown.specificity,
        row.theta,
        row.cap,
    )


def _lease(
    session: Session, reviewer_id: int, asking: Asking, start: float, turn: Turn, *, anywhere: bool = False
) -> TakenLease | None:
    try:
        return queries.lease_next(
            session,
            reviewer_id,
            asking,
            start=start_rank(start),
            base_s=LEASE_BASE_S,
            per_clip_s=LEASE_PER_CLIP_SECOND,
            cap_s=LEASE_CAP_S,
            turn=turn,
            anywhere=anywhere,
        )
    except IntegrityError as error:
        raise ConflictError("lease_race", "You asked for a clip twice at once; ask again.") from error


def get_lease(session: Session, assignment_id: uuid.UUID, reviewer_id: int) -> LeasedClipRow:
    """The live lease and what its holder may know of the clip.

    Raises NotFoundError (lease_not_found) for a foreign or unknown one, ConflictError (lease_expired,
    lease_skipped, vote_sealed) for one that has ended.
    """
    row = queries.find_leased_clip(session, assignment_id, reviewer_id)
    if row is None:
        raise NotFoundError("There is no such assignment of yours.", code="lease_not_found")
    _check_live(row.state, row.is_expired, row.is_withheld)
    return row


def _check_live(state: str, is_expired: bool, is_withheld: bool) -> None:
    if state == "voted":
        raise ConflictError("vote_sealed", "Your vote on this clip is sealed. Ask for the next clip.")
    if state == "skipped":
        raise ConflictError("lease_skipped", "You skipped this clip. Ask for the next one.")
    if state == "withdrawn" or (state == "leased" and is_withheld):
        raise ConflictError("lease_withdrawn", LEASE_WITHDRAWN)
    if state == "expired" or is_expired:
        raise ConflictError("lease_expired", _LEASE_OVER)


def _lock_own(session: Session, assignment_id: uuid.UUID, reviewer_id: int) -> LockedLease:
    lease = queries.lock_lease(session, assignment_id)
    if lease is None or lease.reviewer_id != reviewer_id:
        raise NotFoundError("There is no such assignment of yours.", code="lease_not_found")
    _check_live(lease.state, lease.is_expired, lease.is_withheld)
    return lease


def renew_lease(session: Session, assignment_id: uuid.UUID, reviewer_id: int) -> LeasedClipRow:
    """Let the lease run its full time again, a limited number of times; raises as `get_lease` does."""
    lease = _lock_own(session, assignment_id, reviewer_id)
    if not can_renew(lease.renewals):
        raise ConflictError(
            "renewals_spent",
            "This lease has been renewed as often as it can be. Vote before it runs out, or skip.",
        )
    queries.renew_lease(session, assignment_id, lease_s(lease.duration_s))
    return get_lease(session, assignment_id, reviewer_id)


def skip_clip(
    session: Session, assignment_id: uuid.UUID, reviewer_id: int, reason: str, note: str | None
) -> None:
    """Give the clip back; it is not offered to this reviewer again. Raises as `get_lease` does."""
    if reason not in SKIP_REASON_IDS:
        known = ", ".join(sorted(SKIP_REASON_IDS))
        raise InvalidError("The reason is not known.", [FieldError("reason", f"Use one of: {known}.")])
    lease = _lock_own(session, assignment_id, reviewer_id)
    exposures.expose(session, reviewer_id, lease.group_id, "skipped")
    _end(session, assignment_id, "skipped", reason, note)
    events.record_audit(
        session,
        "clip_skipped",
        subject=f"clip:{lease.clip_id}",
        actor_id=reviewer_id,
        detail={"reason": reason, "note": note},
    )


def expire_leases(session: Session, limit: int) -> int:
    """End leases that ran out by the database's clock and give their places back; how many."""
    expired = queries.lock_expired(session, limit)
    for assignment_id, _clip_id in expired:
        _end(session, assignment_id, "expired")
    return len(expired)


def return_leases(session: Session, reviewer_id: int) -> int:
    """Give back at once what this reviewer holds; how many leases."""
    held = queries.lock_leases_of(session, reviewer_id)
    for assignment_id in held:
        _end(session, assignment_id, "expired")
    return len(held)


def _end(
    session: Session,
    assignment_id: uuid.UUID,
    state: str,
    reason: str | None = None,
    note: str | None = None,
) -> None:
    """A clip in `closing` that this leaves with no live lease is settled by the sweep."""
    queries.end_lease(session, assignment_id, state, reason, note)


def get_leased_rendition(
    session: Session, assignment_id: uuid.UUID, reviewer_id: int, name: str
) -> RenditionRow:
    """A rendition for the holder of a live lease; raises as `get_lease` does."""
    lease = get_lease(session, assignment_id, reviewer_id)
    rendition = clip_queries.find_rendition(session, lease.clip_id, name)
    if rendition is None:
        raise NotFoundError(f"This clip has no {name}.")
    return rendition
