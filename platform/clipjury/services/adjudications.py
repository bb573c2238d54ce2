"""Moderators judge a case: first a provisional verdict, sealed before any score, then a reasoned decision."""

import uuid
from collections.abc import Sequence
from typing import NoReturn

from sqlalchemy.orm import Session

from clipjury.db.queries import adjudications as queries
from clipjury.db.queries import consensus as consensus_queries
from clipjury.db.queries import disputes as dispute_queries
from clipjury.db.queries import events, exposures
from clipjury.db.queries.adjudications import BlindLabelRow, NewDecision, ProvisionalRow
from clipjury.db.queries.disputes import DisputeRow
from clipjury.domain.adjudication import validate_decision
from clipjury.domain.clip_states import Outcome, collects_votes
from clipjury.domain.dispute import Conflict, is_blind_decision
from clipjury.domain.errors import ConflictError, InvalidError, NotFoundError
from clipjury.domain.events import ClipRetired, DisputeDecided, Event, ProvisionalSealed
from clipjury.domain.vocabulary import VOCABULARY_VERSION
from clipjury.services.consensus import recompute_clip
from clipjury.services.disputes import conflict_of

_NO_DISPUTE = "There is no such dispute."
_CONFLICTS: dict[Conflict, str] = {
    "lease_open": "You hold a clip of this case for review. Vote or skip first, or leave the case to others.",
    "own_upload": "You uploaded this clip or a near-duplicate of it, so another moderator judges the case.",
    "voted_on_group": "You voted on this clip or a near-duplicate of it, so another moderator judges the case.",
    "own_appeal": "You appealed against this verdict, so another moderator judges the case.",
    "case_seen": "You know this case from an earlier round; an appeal needs somebody who has not seen it.",
}


def get_dispute(session: Session, dispute_id: uuid.UUID) -> DisputeRow:
    """The dispute; raises NotFoundError, also for one whose clip is in quarantine."""
    return _present(dispute_queries.find_dispute(session, dispute_id))


def _present(dispute: DisputeRow | None) -> DisputeRow:
    if dispute is None or dispute.is_quarantined:
        raise NotFoundError(_NO_DISPUTE)
    return dispute


def seal_provisional(
    session: Session, moderator_id: int, dispute_id: uuid.UUID, verdict: Outcome
) -> tuple[ProvisionalRow, bool]:
    """Seal this verdict before any score is shown; False with the stored one when it was sealed before.

    Raises NotFoundError, ConflictError (provisional_sealed for another verdict, dispute_decided, and what keeps
    this moderator from judging: lease_open, own_upload, voted_on_group, own_appeal, case_seen).
    """
    dispute = _present(dispute_queries.lock_dispute(session, dispute_id))
    stored = queries.find_provisional(session, dispute_id, moderator_id)
    if stored is not None:
        if stored.verdict != verdict:
            raise ConflictError("provisional_sealed", "You sealed another verdict on this case; it stays.")
        return stored, False
    _check_open(session, dispute)
    _check_conflict(session, dispute, moderator_id)
    exposures.expose(session, moderator_id, dispute.group_id, "read")
    dispute_queries.note_views(session, moderator_id, [dispute_id])
    sealed = queries.seal_provisional(
        session,
        dispute_id=dispute_id,
        group_id=dispute.group_id,
        moderator_id=moderator_id,
        verdict=verdict,
    )
    happened = ProvisionalSealed(
        dispute_id=str(dispute_id), clip_id=str(dispute.clip_id), is_blind=sealed.is_blind
    )
    events.emit(session, [happened], subject=f"clip:{dispute.clip_id}", actor_id=moderator_id)
    return sealed, True


def decide_dispute(
    session: Session,
    moderator_id: int,
    dispute_id: uuid.UUID,
    *,
    verdict: Outcome,
    reason_codes: Sequence[str],
    rationale: str,
) -> None:
    """End the dispute with a verdict that stands above the one before; an open clip retires with it.

    Raises as `seal_provisional` does, ConflictError (provisional_missing) too, and InvalidError with its fields.
    """
    dispute = _present(dispute_queries.lock_dispute(session, dispute_id))
    faults = validate_decision(reason_codes, rationale)
    if faults:
        raise InvalidError("The decision needs another look; nothing was written.", faults)
    _check_open(session, dispute)
    _check_conflict(session, dispute, moderator_id)
    provisional = queries.find_provisional(session, dispute_id, moderator_id)
    if provisional is None:
        raise ConflictError("provisional_missing", "Seal your provisional verdict first; then decide.")
    is_blind = is_blind_decision(
        provisional.verdict,  # type: ignore[arg-type]  # held by the column's check
        provisional.is_blind,
        verdict,
    )
    posterior_id = _last_posterior(session, dispute.clip_id)
    verdict_id = consensus_queries.insert_verdict(
        session, dispute.clip_id, verdict, "adjudication", posterior_id
    )
    decision = NewDecision(
        dispute_id=dispute_id,
        clip_id=dispute.clip_id,
        round=dispute.round,
        moderator_id=moderator_id,
        verdict=verdict,
        reason_codes=sorted(set(reason_codes)),
        vocabulary_version=VOCABULARY_VERSION,
        rationale=rationale.strip(),
        is_blind=is_blind,
        verdict_id=verdict_id,
    )
    queries.insert_decision(session, decision)
    _settle(session, dispute, decision)


def _settle(session: Session, dispute: DisputeRow, decision: NewDecision) -> None:
    queries.settle_clip(session, dispute.clip_id, decision.verdict)
    clip_id = str(dispute.clip_id)
    happened: list[Event] = [
        DisputeDecided(
            dispute_id=str(dispute.id),
            clip_id=clip_id,
            outcome=decision.verdict,
            is_blind=decision.is_blind,
        )
    ]
    if collects_votes(dispute.clip_state):  # type: ignore[arg-type]  # the column's check constraint holds it
        happened.append(ClipRetired(clip_id=clip_id, outcome=decision.verdict, reason="adjudication"))
    events.emit(session, happened, subject=f"clip:{clip_id}", actor_id=decision.moderator_id)


def _last_posterior(session: Session, clip_id: uuid.UUID) -> int:
    """The posterior that stands beside the decision; a clip disputed before its first vote is given one."""
    found = queries.find_last_posterior(session, clip_id)
    if found is None:
        recompute_clip(session, clip_id, "dispute")
        found = queries.find_last_posterior(session, clip_id)
    if found is None:
        raise RuntimeError(f"clip {clip_id} has no posterior to decide on")
    return found


def _check_open(session: Session, dispute: DisputeRow) -> None:
    if dispute.decided_at is not None or dispute_queries.is_decided(session, dispute.id):
        raise ConflictError("dispute_decided", "Another moderator has decided this case; read the decision.")


def _check_conflict(session: Session, dispute: DisputeRow, moderator_id: int) -> None:
    conflict = conflict_of(dispute_queries.get_ties(session, dispute.id, moderator_id))
    if conflict is not None:
        _refuse(conflict)


def _refuse(conflict: Conflict) -> NoReturn:
    raise ConflictError(conflict, _CONFLICTS[conflict])


def list_blind_labels(session: Session) -> list[BlindLabelRow]:
    """Decisions that may become gold or training labels: sealed before any detector figure was seen."""
    return queries.list_blind_labels(session)
