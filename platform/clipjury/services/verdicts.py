"""The history of a clip's verdicts, and appeals against the newest."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from clipjury.db.queries import clips as clip_queries
from clipjury.db.queries import disputes as dispute_queries
from clipjury.db.queries import events
from clipjury.db.queries import verdicts as queries
from clipjury.db.queries.verdicts import AppealedVerdictRow, VerdictHistoryRow
from clipjury.domain.adjudication import validate_grounds
from clipjury.domain.dispute import Finding
from clipjury.domain.errors import ConflictError, InvalidError, NotFoundError
from clipjury.domain.events import VerdictAppealed
from clipjury.services import score_views
from clipjury.services.clip_views import Viewer, see_clip
from clipjury.services.disputes import raise_dispute

_NO_VERDICT = "There is no such verdict."


@dataclass(frozen=True)
class Appealed:
    """An appeal as its author is told of it."""

    id: uuid.UUID
    verdict_id: uuid.UUID
    grounds: str
    created_at: datetime


def list_verdicts(session: Session, viewer: Viewer, clip_id: uuid.UUID) -> list[VerdictHistoryRow]:
    """Every verdict of a retired clip, the newest first; none before, or in quarantine. Raises as `see_clip` does.

    A moderator who has this clip's dispute to judge reads outcomes alone. Anybody else who reads a decision's
    rationale here knows the case, and that is noted: they cannot take an appeal against it.
    """
    view = see_clip(session, viewer, clip_id)
    if not view.shows_outcome or view.clip.is_quarantined:
        return []
    rows = queries.list_verdicts(session, clip_id, viewer.id)
    if score_views.withholds(session, viewer, view.clip.group_id):
        return [_veil(row) for row in rows]
    score_views.note(session, viewer.id, [view.clip.group_id])
    read = [row.dispute_id for row in rows if row.dispute_id is not None]
    dispute_queries.note_views(session, viewer.id, read)
    return rows


def _veil(row: VerdictHistoryRow) -> VerdictHistoryRow:
    return replace(
        row, p_full=None, p_low=None, p_high=None, reason_codes=None, rationale=None, is_blind=None
    )


def appeal_verdict(session: Session, viewer: Viewer, verdict_id: uuid.UUID, grounds: str) -> Appealed:
    """Ask moderators who have not seen the case to judge it again.

    Raises NotFoundError, InvalidError, and ConflictError (verdict_superseded, already_appealed, lease_open).
    """
    verdict = _get_verdict(session, viewer, verdict_id)
    faults = validate_grounds(grounds)
    if faults:
        raise InvalidError("The appeal needs another look; nothing was sent.", faults)
    clip_queries.lock_clip(session, verdict.clip_id)  # so that no decision comes between
    if not _get_verdict(session, viewer, verdict_id).is_newest:
        raise ConflictError(
            "verdict_superseded", "A later verdict stands above this one. Appeal against the newest."
        )
    raised, happened = raise_dispute(
        session, verdict.clip_id, [Finding("appeal", {"sequence": verdict.sequence})]
    )
    made = queries.insert_appeal(
        session,
        verdict_id=verdict.id,
        dispute_id=raised.id,
        appellant_id=viewer.id,
        grounds=grounds.strip(),
    )
    if made is None:
        raise ConflictError("already_appealed", "You have appealed against this verdict; moderators have it.")
    appealed = VerdictAppealed(
        appeal_id=str(made[0]), dispute_id=str(raised.id), clip_id=str(verdict.clip_id)
    )
    events.emit(session, [*happened, appealed], subject=f"clip:{verdict.clip_id}", actor_id=viewer.id)
    return Appealed(made[0], verdict_id, grounds.strip(), made[1])


def _get_verdict(session: Session, viewer: Viewer, verdict_id: uuid.UUID) -> AppealedVerdictRow:
    verdict = queries.find_verdict(session, verdict_id)
    if verdict is None:
        raise NotFoundError(_NO_VERDICT)
    view = see_clip(session, viewer, verdict.clip_id)
    if not view.shows_outcome or view.clip.is_quarantined:
        raise NotFoundError(_NO_VERDICT)
    return verdict
