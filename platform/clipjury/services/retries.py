"""Another try for clips that failed through no fault of their file."""

from sqlalchemy.orm import Session

from clipjury.db.queries import clip_progress, events
from clipjury.db.queries import clips as queries
from clipjury.domain.clip_states import can_move
from clipjury.domain.events import ClipReceived


def retry_failed(session: Session, failure_code: str, limit: int) -> int:
    """Take up to `limit` clips that failed with this code back to `received`; how many.

    What was made of them before is kept: the jobs make only what is missing.
    """
    assert can_move("failed", "received")
    found = clip_progress.lock_failed(session, failure_code, limit)
    for clip_id in found:
        queries.set_state(session, clip_id, "received", ("failed",))
        events.emit(session, [ClipReceived(clip_id=str(clip_id))], subject=f"clip:{clip_id}", actor_id=None)
    return len(found)
