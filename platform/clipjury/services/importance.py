"""How much harm a wrong verdict on a clip would do, as staff see it."""

import uuid

from sqlalchemy.orm import Session

from clipjury.db.queries import clips as clip_queries
from clipjury.db.queries import events
from clipjury.db.queries.evidence import get_evidence
from clipjury.domain.assignment import queue_bucket
from clipjury.domain.errors import NotFoundError
from clipjury.services.thresholds import policy_of


def set_importance(session: Session, clip_id: uuid.UUID, importance: int, actor_id: int) -> None:
    """Say how much harm a wrong verdict would do, 1 to 5, and move the clip in the queue; raises NotFoundError."""
    row = clip_queries.lock_clip(session, clip_id)
    if row is None:
        raise NotFoundError("There is no such clip.")
    basis = get_evidence(session, clip_id).basis
    bucket = queue_bucket(
        row.votes_count,
        0.5 if row.p_full is None else row.p_full,
        importance,
        row.created_at,
        policy_of(basis, row.votes_cap),
    )
    clip_queries.set_importance(session, clip_id, importance, bucket)
    events.record_audit(
        session,
        "importance_set",
        subject=f"clip:{clip_id}",
        actor_id=actor_id,
        detail={"importance": importance},
    )
