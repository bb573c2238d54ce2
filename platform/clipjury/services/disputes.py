"""Opens disputes: in the transaction of the vote that makes one, by a sweep, by an appeal; and lists them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from clipjury.db.queries import clips as clip_queries
from clipjury.db.queries import disputes as queries
from clipjury.db.queries import events, exposures
from clipjury.db.queries.disputes import QueuedRow, QueuePlace, RaisedRow, TiesRow
from clipjury.db.queries.evidence import BasisRow
from clipjury.domain import dispute as rules
from clipjury.domain.dispute import VEILED, Conflict, Finding
from clipjury.domain.errors import ConflictError, NotFoundError
from clipjury.domain.events import DisputeJoined, DisputeOpened, Event
from clipjury_ml.consensus import online

_JUDGED = ("open", "closing", "retired")


def find_reasons(
    ballots: Sequence[online.Ballot],
    p_people: float,
    basis: BasisRow,
    *,
    is_served_gold: bool,
    retires: bool,
    lot: float,
) -> list[Finding]:
    """Why the clip is disputed as it now stands; pure in its arguments."""
    policy = rules.DisputePolicy(
        strong_odds=basis.strong_odds,
        detector_gap=basis.detector_gap,
        guard_gap=basis.guard_gap,
        audit_share=basis.audit_share,
        min_votes=basis.min_votes,
    )
    answers = [
        rules.DetectorAnswer(score["p"], score["in_domain"], score["calibrated"]) for score in basis.scores
    ]
    return rules.find_reasons(
        [_weigh(ballot) for ballot in ballots],
        p_people,
        answers,
        policy,
        is_served_gold=is_served_gold,
        retires=retires,
        lot=lot,
        already=basis.disputed_for,
    )


def _weigh(ballot: online.Ballot) -> rules.WeighedVote:
    r = ballot.reliability
    odds = {
        "manipulated": r.sensitivity / (1.0 - r.specificity),
        "authentic": r.specificity / (1.0 - r.sensitivity),
    }
    return rules.WeighedVote(ballot.response, odds.get(ballot.response, 1.0), r.anchored)


def raise_dispute(
    session: Session, clip_id: uuid.UUID, findings: Sequence[Finding]
) -> tuple[RaisedRow, list[Event]]:
    """Open a dispute, or add the reasons to the open one; the caller holds the clip's row and emits the events."""
    reasons = [
        {"reason": each.reason, "detail": each.detail, "sampling_weight": each.sampling_weight}
        for each in findings
    ]
    raised = queries.raise_dispute(session, clip_id, reasons)
    named = {"dispute_id": str(raised.id), "clip_id": str(clip_id)}
    if raised.is_new:
        return raised, [DisputeOpened(**named, round=raised.round)]
    return raised, [DisputeJoined(**named)] if raised.noted else []


def open_dispute(
    session: Session, clip_id: uuid.UUID, reasons: Sequence[rules.Reason], detail: Mapping[str, Any]
) -> uuid.UUID:
    """Dispute a clip for these reasons, with the figures they rest on; the dispute that now stands.

    Asked again with the same reasons it changes nothing. Raises NotFoundError for a clip that is not here, and
    ConflictError (clip_not_judged) for one that never was in the queue.
    """
    clip = clip_queries.lock_clip(session, clip_id)
    if clip is None:
        raise NotFoundError("There is no such clip.")
    if clip.state not in _JUDGED:
        raise ConflictError(
            "clip_not_judged", "This clip is not being judged, so there is nothing to dispute."
        )
    raised, happened = raise_dispute(session, clip_id, [Finding(each, dict(detail)) for each in reasons])
    if happened:
        events.emit(session, happened, subject=f"clip:{clip_id}", actor_id=None)
    return raised.id


def open_valuable(session: Session, start: datetime, end: datetime) -> int:
    """Dispute the most valuable of the clips that retired at their cap in [start, end); how many are new."""
    limit = queries.get_disputes_per_day(session) - queries.count_chosen(session, start, end)
    chosen = rules.choose_valuable(queries.list_capped(session, start, end), limit)
    for clip_id in chosen:
        open_dispute(session, clip_id, ["valuable_cap"], {"day": start.date().isoformat()})
    return len(chosen)


@dataclass(frozen=True)
class QueueEntry:
    """A line of the queue as this moderator may read it, and what keeps them from judging it."""

    row: QueuedRow
    reasons: list[str]
    conflict: Conflict | None


def list_queue(
    session: Session,
    user_id: int,
    *,
    state: str,
    reason: str | None,
    limit: int,
    before: QueuePlace | None,
) -> list[QueueEntry]:
    """Disputes in the order of their expected value. Every clip listed is an exposure; one on lease is left out."""
    rows = queries.list_queue(
        session,
        user_id=user_id,
        is_decided=state == "decided",
        reason=reason,
        veiled=sorted(VEILED),
        held_group=exposures.find_held_group(session, user_id),
        limit=limit,
        before=before,
    )
    exposures.expose_many(session, user_id, [row.group_id for row in rows])
    return [
        QueueEntry(
            row,
            rules.shown_reasons(row.reasons, has_sealed=row.has_sealed or row.decided_at is not None),
            conflict_of(row),
        )
        for row in rows
    ]


def conflict_of(ties: TiesRow) -> Conflict | None:
    """What keeps this moderator from judging the case."""
    return rules.find_conflict(
        holds_live_lease=ties.holds_live_lease,
        is_uploader=ties.is_uploader,
        has_voted=ties.has_voted,
        has_appealed=ties.has_appealed,
        has_seen_earlier_round=ties.has_seen_earlier_round,
    )
