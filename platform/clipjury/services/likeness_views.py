"""What looks like a clip, as the person who asks may see it; and their say about it."""

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from clipjury.db.queries import near_duplicates as queries
from clipjury.db.queries.near_duplicates import NearDuplicateRow
from clipjury.domain.errors import ClipJuryError
from clipjury.domain.exposure import is_staff
from clipjury.services import near_duplicates
from clipjury.services.clip_views import ClipView, Viewer, see_clip


@dataclass(frozen=True)
class LikenessView:
    """A pair seen from one of its clips; `other` is as the viewer may see it."""

    pair: NearDuplicateRow
    of_clip_id: uuid.UUID
    other: ClipView
    is_staff: bool


@dataclass(frozen=True)
class LikenessList:
    """What looks like a clip. `hidden` counts clips that the viewer may not see."""

    items: list[LikenessView]
    hidden: int
    may_decide: bool


def list_near_duplicates(session: Session, viewer: Viewer, clip_id: uuid.UUID) -> LikenessList:
    """Raises as `see_clip` does. Each clip shown is an exposure; rejected pairs are shown to staff alone."""
    see_clip(session, viewer, clip_id)
    staff = is_staff(viewer.roles)
    pairs = [pair for pair in queries.list_of_clip(session, clip_id) if staff or pair.state != "rejected"]
    seen = [(pair, _find_seen(session, viewer, pair.other_than(clip_id))) for pair in pairs]
    items = [LikenessView(pair, clip_id, other, staff) for pair, other in seen if other is not None]
    return LikenessList(items, hidden=len(seen) - len(items), may_decide=staff)


def _find_seen(session: Session, viewer: Viewer, clip_id: uuid.UUID) -> ClipView | None:
    try:
        return see_clip(session, viewer, clip_id)
    except ClipJuryError:  # not this viewer's to see, withheld, or under a live lease of theirs
        return None


def decide_near_duplicate(
    session: Session, viewer: Viewer, pair_id: uuid.UUID, *, is_confirmed: bool, note: str
) -> LikenessView:
    """Confirm or reject a pair whose clips the viewer may both see; raises as `see_clip` and the decision do."""
    pair = near_duplicates.get_pair(session, pair_id)
    see_clip(session, viewer, pair.clip_a_id)
    see_clip(session, viewer, pair.clip_b_id)
    decide = near_duplicates.confirm_near_duplicate if is_confirmed else near_duplicates.reject_near_duplicate
    decided = decide(session, pair_id, viewer.id, note)
    other = see_clip(session, viewer, pair.clip_b_id)
    return LikenessView(decided, pair.clip_a_id, other, is_staff=True)
