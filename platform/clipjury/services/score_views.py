"""Keeps detectors' figures from moderators until they have sealed, and notes whoever is shown any.

Every answer that carries a score, or a posterior that detectors moved, asks `withholds` first and, where it shows
the figures, calls `note` before it leaves. By that a provisional verdict is known to have been sealed blind.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from clipjury.db.queries import score_views as queries
from clipjury.db.queries.clips import ClipRow

if TYPE_CHECKING:
    from clipjury.services.clip_views import Viewer

MODERATOR = "moderator"


def withholds(session: Session, viewer: "Viewer", group_id: uuid.UUID) -> bool:
    """Whether figures of this group are kept from this viewer: a moderator who has an open dispute of it to judge.

    Near-duplicates have near-equal scores, so the whole group is meant.
    """
    return MODERATOR in viewer.roles and queries.is_withheld(session, viewer.id, group_id)


def list_withheld(session: Session, viewer: "Viewer") -> list[uuid.UUID]:
    """All groups whose figures are kept from this viewer."""
    return queries.list_withheld(session, viewer.id) if MODERATOR in viewer.roles else []


def note(session: Session, viewer_id: int, group_ids: Sequence[uuid.UUID]) -> None:
    """Note that this viewer is shown figures of these groups."""
    queries.note(session, viewer_id, group_ids)


def note_retired(
    session: Session, viewer_id: int, since: datetime | None, withheld: Sequence[uuid.UUID]
) -> None:
    """Note that this viewer is shown figures of all clips that retired at `since` or later, but for `withheld`."""
    queries.note_retired(session, viewer_id, since, withheld)


def veil(clip: ClipRow) -> ClipRow:
    """The clip without what detectors moved; `closing` may have come from them, so it reads `open`."""
    state = "open" if clip.state == "closing" else clip.state
    return replace(clip, state=state, p_full=None, p_low=None, p_high=None)
