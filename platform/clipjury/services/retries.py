"""Another try for clips that failed through no fault of their file."""

import uuid

from sqlalchemy.orm import Session

from clipjury.db.queries import clip_progress, events
from clipjury.db.queries import clips as queries
from clipjury.domain.clip_states import can_move
from clipjury.domain.errors import ConflictError, NotFoundError
from clipjury.domain.events import ClipReceived


def retry_failed(session: Session, failure_code: str, limit: int, actor_id: int | None = None) -> int:
    """Take up to `limit` clips that failed with this code back to `received`; how many.

    What was made of them before is kept: the jobs make only what is missing.
    """
    assert can_move("failed", "received")
    found = clip_progress.lock_failed(session, failure_code, limit)
    for clip_id in found:
        _take_back(session, clip_id, actor_id)
    return len(found)


def retry_clip(session: Session, clip_id: uuid.UUID, actor_id: int) -> None:
    """Take one failed clip back to `received`. Raises NotFoundError, ConflictError (clip_not_failed)."""
    clip = queries.lock_clip(session, clip_id)
    if clip is None:
        raise NotFoundError("There is no such clip.")
    if clip.state != "failed":
        raise ConflictError("clip_not_failed", "Only a clip that failed can be tried again.")
    _take_back(session, clip_id, actor_id)


def _take_back(session: Session, clip_id: uuid.UUID, actor_id: int | None) -> None:
    queries.set_state(session, clip_id, "received", ("failed",))
    events.emit(session, [ClipReceived(clip_id=str(clip_id))], subject=f"clip:{clip_id}", actor_id=actor_id)
