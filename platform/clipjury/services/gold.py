"""Makes clips gold, with one role a group for life, and says how much gold of which kind there is."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from clipjury.db.queries import adjudications, events, exposures
from clipjury.db.queries import gold as queries
from clipjury.db.queries.gold import CandidateRow, GoldCountRow, GoldItemRow, HeldOutRow
from clipjury.domain.errors import ConflictError, NotFoundError
from clipjury.domain.gold import GoldCandidate, GoldOrigin, GoldRefusal, GoldRole, refuse_gold


@dataclass(frozen=True)
class NewGold:
    """What a clip is to be gold of; source: who or what vouches for the label."""

    label: str
    role: GoldRole
    source: str
    origin: GoldOrigin = "import"


@dataclass(frozen=True)
class BlindDecision:
    """A moderator's decision, sealed before any detector's figure was shown, that may become gold."""

    clip_id: uuid.UUID
    label: str
    source: str


@dataclass(frozen=True)
class Promotion:
    """What became of decisions that were to become gold: the clips, and refusals by their code."""

    promoted: tuple[uuid.UUID, ...]
    refused: dict[str, int]


def make_gold(session: Session, clip_id: uuid.UUID, new: NewGold, actor_id: int | None) -> None:
    """Make a clip gold for life. Raises NotFoundError, ConflictError with the code of domain/gold.py's refusal."""
    candidate = queries.lock_candidate(session, clip_id)
    if candidate is None:
        raise NotFoundError("There is no such clip.")
    refusal = _refuse(candidate, new)
    if refusal is not None:
        raise ConflictError(refusal.code, refusal.detail)
    queries.insert_gold(
        session,
        clip_id,
        label=new.label,
        role=new.role,
        origin=new.origin,
        source=new.source,
        created_by=actor_id,
    )
    events.record_audit(
        session,
        "gold_made",
        subject=f"clip:{clip_id}",
        actor_id=actor_id,
        detail={"role": new.role, "origin": new.origin, "source": new.source},
    )


def _refuse(candidate: CandidateRow, new: NewGold) -> GoldRefusal | None:
    # Served gold changes nothing for its near-duplicates; a role that is never served withholds the whole group.
    of_group = new.role != "serve"
    return refuse_gold(
        GoldCandidate(
            state=candidate.state,  # type: ignore[arg-type]  # held by the column's check
            label=candidate.label,
            group_role=candidate.group_role,  # type: ignore[arg-type]
            votes=candidate.group_votes if of_group else candidate.votes,
            live_leases=candidate.group_live_leases if of_group else candidate.live_leases,
            is_quarantined=candidate.is_quarantined,
        ),
        new.role,
        new.origin,
    )


def mark_gold(session: Session, user_id: int, clip_id: uuid.UUID, new: NewGold) -> None:
    """Make a clip gold on behalf of a person, who knows its label from then on and is never assigned it.

    Raises as `make_gold` does, and ConflictError (lease_open) for whoever holds the clip for review.
    """
    candidate = queries.lock_candidate(session, clip_id)
    if candidate is None:
        raise NotFoundError("There is no such clip.")
    if exposures.get_viewer_ties(session, user_id, candidate.group_id).live:
        raise ConflictError("lease_open", "You hold this clip for review. Vote or skip first.")
    make_gold(session, clip_id, new, user_id)
    exposures.expose(session, user_id, candidate.group_id, "read")


def promote_adjudications(
    session: Session, decisions: Sequence[BlindDecision], role: GoldRole, actor_id: int
) -> Promotion:
    """Turn blind decisions into gold of this role, each by itself: one that cannot be is counted, not an error."""
    promoted: list[uuid.UUID] = []
    refused: dict[str, int] = {}
    for decision in decisions:
        new = NewGold(decision.label, role, decision.source, "adjudication")
        try:
            make_gold(session, decision.clip_id, new, actor_id)
        except ConflictError as error:
            refused[error.code] = refused.get(error.code, 0) + 1
        else:
            promoted.append(decision.clip_id)
    return Promotion(tuple(promoted), refused)


def promote_blind_decisions(session: Session, role: GoldRole, actor_id: int) -> Promotion:
    """Turn every blind decision that is not gold yet into gold of this role.

    `manipulated` and `authentic` alone: that a moderator found no manipulation does not make a clip's truth known.
    """
    decisions = [
        BlindDecision(row.clip_id, row.verdict, f"Blind adjudication of {row.created_at:%Y-%m-%d}")
        for row in adjudications.list_blind_labels(session)
        if row.verdict in ("manipulated", "authentic") and queries.find_gold(session, row.clip_id) is None
    ]
    return promote_adjudications(session, decisions, role, actor_id)


def list_gold(
    session: Session,
    user_id: int,
    *,
    role: str | None,
    label: str | None,
    limit: int,
    before: tuple[datetime, uuid.UUID] | None,
) -> list[GoldItemRow]:
    """Gold clips, the newest first. Each one shown is an exposure; a clip that the reader holds is left out."""
    held_group = exposures.find_held_group(session, user_id)
    items = queries.list_items(
        session, role=role, label=label, limit=limit, before=before, held_group=held_group
    )
    exposures.expose_many(session, user_id, [item.group_id for item in items])
    return items


def count_gold(session: Session) -> list[GoldCountRow]:
    """Gold by role and label."""
    return queries.list_counts(session)


def list_gate_items(session: Session) -> list[HeldOutRow]:
    """Gold that decides on a detector's promotion: never served, never fitted, never in a dataset."""
    return queries.list_held_out(session, "gate")


def list_calibration_items(session: Session) -> list[HeldOutRow]:
    """Gold that detectors are calibrated on: never served, never in a dataset."""
    return queries.list_held_out(session, "calibrate")
