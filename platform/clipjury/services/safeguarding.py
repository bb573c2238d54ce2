"""The safeguarding officer's desk: reports of suspected child abuse, which nobody else sees."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from clipjury.db.queries import clips as clip_queries
from clipjury.db.queries import events, exposures, users
from clipjury.db.queries import quarantine as quarantine_queries
from clipjury.db.queries import reports as queries
from clipjury.db.queries.clips import ClipRow, RenditionRow
from clipjury.db.queries.quarantine import QuarantineRow
from clipjury.db.queries.reports import ReportRow, SafeguardedRow
from clipjury.db.queries.users import UserRow
from clipjury.domain.errors import ConflictError, ForbiddenError, NotFoundError
from clipjury.services.quarantine import block_clip, get_standing, release_clip

REVEAL_S = 600
_MOST_CASES = 200


@dataclass(frozen=True)
class SafeguardingCase:
    """What is known of the clip without looking at it."""

    clip: ClipRow
    uploader: UserRow | None
    reports: Sequence[ReportRow]
    history: Sequence[QuarantineRow]
    is_blocked: bool
    is_revealed: bool


def list_cases(session: Session) -> list[SafeguardedRow]:
    """What waits for the officer first, what is blocked for ever last."""
    return queries.list_safeguarded(session, _MOST_CASES)


def get_case(session: Session, user_id: int, clip_id: uuid.UUID) -> SafeguardingCase:
    """One case: facts, hash, uploader, notes; the picture is not part of it. Raises NotFoundError."""
    clip = clip_queries.find_clip(session, clip_id)
    if clip is None or not queries.concerns_safeguarding(session, clip_id):
        raise NotFoundError("There is no such case.")
    if exposures.get_viewer_ties(session, user_id, clip.group_id).live:
        raise ConflictError("lease_open", "You hold this clip for review. Skip or report it there first.")
    exposures.expose(session, user_id, clip.group_id, "read")
    return SafeguardingCase(
        clip=clip,
        uploader=users.find_user(session, clip.uploader_id),
        reports=queries.list_of_clip(session, clip_id, "safeguarding"),
        history=quarantine_queries.list_steps(session, clip_id),
        is_blocked=get_standing(session, clip_id).is_blocked,
        is_revealed=quarantine_queries.is_revealed(session, clip_id, user_id, REVEAL_S),
    )


def block(session: Session, user_id: int, clip_id: uuid.UUID, reference: str, note: str) -> SafeguardingCase:
    """Keep the clip for the authorities, withheld for ever. Raises NotFoundError, ConflictError (blocked_for_ever)."""
    get_case(session, user_id, clip_id)
    quarantine_queries.lock_with_leases(session, clip_id)
    if get_standing(session, clip_id).is_blocked:
        raise ConflictError(
            "blocked_for_ever", "This clip is blocked for ever already, under its reference number."
        )
    block_clip(session, clip_id, actor_id=user_id, reference=reference, note=note)
    queries.close_reports(
        session, clip_id, "safeguarding", state="upheld", actor_id=user_id, note=note, answer=None
    )
    return get_case(session, user_id, clip_id)


def release(session: Session, user_id: int, clip_id: uuid.UUID, note: str) -> SafeguardingCase:
    """Put the clip back where it was before. Raises NotFoundError, ConflictError (blocked_for_ever)."""
    get_case(session, user_id, clip_id)
    quarantine_queries.lock_with_leases(session, clip_id)
    standing = get_standing(session, clip_id)
    if standing.is_safeguarded:
        release_clip(session, clip_id, desk="safeguarding", actor_id=user_id, note=note)
    queries.close_reports(
        session, clip_id, "safeguarding", state="dismissed", actor_id=user_id, note=note, answer=None
    )
    return get_case(session, user_id, clip_id)


def reveal(session: Session, user_id: int, clip_id: uuid.UUID, *, is_allowed: bool) -> SafeguardingCase:
    """Let the officer look for some minutes, and note it. Raises NotFoundError, ForbiddenError (reveal_off)."""
    get_case(session, user_id, clip_id)
    _check_allowed(is_allowed)
    quarantine_queries.note_reveal(session, clip_id, user_id)
    events.record_audit(session, "media_revealed", subject=f"clip:{clip_id}", actor_id=user_id)
    return get_case(session, user_id, clip_id)


def get_revealed_rendition(
    session: Session, user_id: int, clip_id: uuid.UUID, name: str, *, is_allowed: bool
) -> RenditionRow:
    """A rendition, within some minutes of the officer's own wish to look.

    Raises NotFoundError, ForbiddenError (reveal_off, not_revealed).
    """
    case = get_case(session, user_id, clip_id)
    _check_allowed(is_allowed)
    if not case.is_revealed:
        raise ForbiddenError("Nothing is shown before you choose to look.", code="not_revealed")
    rendition = clip_queries.find_rendition(session, clip_id, name)
    if rendition is None:
        raise NotFoundError(f"This clip has no {name}.")
    return rendition


def _check_allowed(is_allowed: bool) -> None:
    if not is_allowed:
        raise ForbiddenError(
            "Looking at withheld clips is switched off on this installation (CLIPJURY_SAFEGUARDING_REVEAL).",
            code="reveal_off",
        )
