"""A clip on its way into the queue: received, probed, rendered, scored, opened; or failed with a reason."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from clipjury.db.queries import clips as queries
from clipjury.db.queries import detector_versions as versions
from clipjury.db.queries import events, exposures
from clipjury.db.queries import gold as gold_queries
from clipjury.db.queries.clips import ClipRow, NewClip, RenditionRow
from clipjury.domain.errors import ClipJuryError, ConflictError, NotFoundError
from clipjury.domain.events import ClipFailed, ClipOpened, ClipProbed, ClipReceived, PreviewMade
from clipjury.services.gold import NewGold, make_gold

PREVIEW_NAMES = ("preview", "poster", "frames")


def receive_clip(session: Session, new: NewClip, gold: NewGold | None = None) -> tuple[ClipRow, bool]:
    """Insert the clip whose original has just been stored; False when the same bytes are there already.

    The uploader is exposed to the clip's group and never assigned it. With `gold` the clip is gold from its first
    moment; for bytes that are there already as something else it is refused (ConflictError clip_exists), and so is
    a role that the clip's group does not have (gold_role_fixed).
    """
    clip_id = queries.insert_clip(session, new)
    if clip_id is None:
        return _receive_again(session, new, gold), False
    if gold:
        make_gold(session, clip_id, gold, new.uploader_id)
    clip = get_clip(session, clip_id)
    exposures.expose(session, new.uploader_id, clip.group_id, "uploaded")
    received = ClipReceived(clip_id=str(clip_id))
    events.emit(session, [received], subject=f"clip:{clip_id}", actor_id=new.uploader_id)
    return clip, True


def _receive_again(session: Session, new: NewClip, gold: NewGold | None) -> ClipRow:
    existing = queries.find_by_sha256(session, new.sha256)
    if existing is None:
        raise ConflictError("clip_busy", "The same file is being added at this moment; try again.")
    if existing.quarantined_at is not None:
        raise ClipJuryError("withheld", "This file is withheld here and cannot be added.")
    known = gold_queries.find_gold(session, existing.id) if gold else None
    if gold and (known is None or (known.label, known.role) != (gold.label, gold.role)):
        raise ConflictError(
            "clip_exists",
            f"{new.original_name} is here already. Make it gold by its id, if nobody has voted on it.",
        )
    # Whoever brings the same bytes is an uploader like the first.
    exposures.expose(session, new.uploader_id, existing.group_id, "uploaded")
    return existing


def get_clip(session: Session, clip_id: uuid.UUID) -> ClipRow:
    """The clip; raises NotFoundError."""
    clip = queries.find_clip(session, clip_id)
    if clip is None:
        raise NotFoundError("There is no such clip.")
    return clip


def record_probe(
    session: Session,
    clip_id: uuid.UUID,
    *,
    kind: str,
    duration_s: float | None,
    width_px: int,
    height_px: int,
    frames: int,
    fps: float | None,
    has_audio: bool,
    probe: dict[str, Any],
) -> bool:
    """Note what the file is: `received` → `processing`. False when somebody had noted it already."""
    facts = {
        "kind": kind,
        "duration_s": duration_s,
        "width_px": width_px,
        "height_px": height_px,
        "frames": frames,
        "fps": fps,
        "has_audio": has_audio,
    }
    if not queries.set_probed(session, clip_id, facts, probe):
        return False
    probed = ClipProbed(clip_id=str(clip_id))
    events.emit(session, [probed], subject=f"clip:{clip_id}", actor_id=None)
    return True


def fail_clip(session: Session, clip_id: uuid.UUID, code: str, detail: str) -> bool:
    """The file cannot be judged, and `detail` tells the uploader why. False once it is in the queue."""
    if not queries.set_state(session, clip_id, "failed", ("received", "processing"), failure=(code, detail)):
        return False
    failed = ClipFailed(clip_id=str(clip_id), failure_code=code)
    events.emit(session, [failed], subject=f"clip:{clip_id}", actor_id=None)
    return True


def record_renditions(session: Session, clip_id: uuid.UUID, renditions: list[RenditionRow]) -> bool:
    """Store the renditions made, and open the clip if its score is there; True if it opened."""
    for rendition in renditions:
        queries.upsert_rendition(session, rendition)
    made = PreviewMade(clip_id=str(clip_id))
    events.emit(session, [made], subject=f"clip:{clip_id}", actor_id=None)
    return open_if_ready(session, clip_id)


def open_if_ready(session: Session, clip_id: uuid.UUID) -> bool:
    """Put the clip into the queue once it can be watched and every version in force has answered or abstained."""
    clip = queries.lock_clip(session, clip_id)
    if clip is None or clip.state != "processing" or not clip.is_scored:
        return False
    if not set(PREVIEW_NAMES) <= set(clip.rendition_names):
        return False
    versions.hold_versions(session)
    if versions.list_unanswered(session, clip_id):
        return False
    queries.set_state(session, clip_id, "open", ("processing",))
    events.emit(session, [ClipOpened(clip_id=str(clip_id))], subject=f"clip:{clip_id}", actor_id=None)
    return True
