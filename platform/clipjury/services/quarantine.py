"""Withholds a clip at once from leases, media, lists, training and export, and puts it back where it was."""

import uuid

from sqlalchemy.orm import Session

from clipjury.db.queries import clips as clip_queries
from clipjury.db.queries import events
from clipjury.db.queries import quarantine as queries
from clipjury.db.queries.quarantine import NewStep
from clipjury.domain.errors import ClipJuryError, ConflictError
from clipjury.domain.events import ClipQuarantined, ClipReleased, Event
from clipjury.domain.quarantine import Standing, stand
from clipjury.domain.reports import Desk

WITHHELD = "This clip is withheld. It was reported, and is being looked at or has been taken out."


def check_shown(quarantined_at: object) -> None:
    """Raise ClipJuryError (withheld) for a clip that is in quarantine. Ask after who may see it at all."""
    if quarantined_at is not None:
        raise ClipJuryError("withheld", WITHHELD)


def get_standing(session: Session, clip_id: uuid.UUID) -> Standing:
    """Where the clip stands, by its history."""
    return stand(row.step for row in queries.list_steps(session, clip_id))


def quarantine_clip(
    session: Session,
    clip_id: uuid.UUID,
    *,
    desk: Desk,
    reason: str,
    actor_id: int | None,
    report_id: uuid.UUID | None = None,
    note: str = "",
) -> Standing:
    """Withhold the clip, or note one more reason while it is; live leases end. Where it stands afterwards.

    desk `moderators`: moderators still see it; `safeguarding`: the safeguarding officer alone does.
    """
    step = NewStep(clip_id, "quarantined", desk, reason, note, report_id=report_id, actor_id=actor_id)
    return _take(session, step, ClipQuarantined(clip_id=str(clip_id), desk=desk))


def release_clip(session: Session, clip_id: uuid.UUID, *, desk: Desk, actor_id: int, note: str) -> Standing:
    """Give up what this desk holds; the clip is back once no desk holds it. Where it stands afterwards.

    Raises ConflictError: blocked_for_ever, not_quarantined where this desk holds nothing.
    """
    leases = queries.lock_with_leases(session, clip_id)
    before = get_standing(session, clip_id)
    if before.is_blocked and desk == "safeguarding":
        raise ConflictError("blocked_for_ever", "This clip is kept for the authorities and is not released.")
    if desk not in before.held_by:
        raise ConflictError("not_quarantined", "This clip is not withheld by your desk; look at it again.")
    step = NewStep(clip_id, "released", desk, "released", note, actor_id=actor_id)
    return _take(session, step, ClipReleased(clip_id=str(clip_id), desk=desk), leases)


def block_clip(session: Session, clip_id: uuid.UUID, *, actor_id: int, reference: str, note: str) -> Standing:
    """Withhold the clip for ever and keep it for the authorities under their reference number."""
    step = NewStep(clip_id, "blocked", "safeguarding", "minor", note, reference=reference, actor_id=actor_id)
    return _take(session, step, ClipQuarantined(clip_id=str(clip_id), desk="safeguarding"))


def quarantine_likeness(session: Session, clip_id: uuid.UUID, other_id: uuid.UUID) -> None:
    """Withhold a new clip that is a close copy of one the safeguarding officer holds, or the other way round."""
    for held_id, copy_id in ((other_id, clip_id), (clip_id, other_id)):
        held = clip_queries.find_clip(session, held_id)
        copy = clip_queries.find_clip(session, copy_id)
        if held and copy and held.is_safeguarded and not copy.is_safeguarded:
            quarantine_clip(
                session,
                copy_id,
                desk="safeguarding",
                reason="minor",
                actor_id=None,
                note=f"A close copy of clip {held_id}, which is withheld.",
            )


def _take(session: Session, step: NewStep, event: Event, leases: list[uuid.UUID] | None = None) -> Standing:
    if leases is None:
        leases = queries.lock_with_leases(session, step.clip_id)
    queries.insert_step(session, step)
    standing = get_standing(session, step.clip_id)
    queries.mark_clip(session, step.clip_id, standing)
    if standing.is_quarantined:
        queries.withdraw_leases(session, step.clip_id, leases)
    events.emit(session, [event], subject=f"clip:{step.clip_id}", actor_id=step.actor_id)
    return standing
