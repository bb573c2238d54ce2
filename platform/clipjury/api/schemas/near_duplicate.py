"""Clips that look alike."""

import uuid
from datetime import datetime
from typing import Any

from pydantic import Field

from clipjury.api.schemas.base import AnswerModel, PlainText, RequestModel
from clipjury.api.schemas.clip import clip_body
from clipjury.api.schemas.words import ClipState, LikenessState, MediaKind, Outcome
from clipjury.services.likeness_views import LikenessList, LikenessView


class LikeClip(AnswerModel):
    """The other clip, as far as one may see it."""

    id: uuid.UUID
    original_name: str | None
    kind: MediaKind | None
    duration_s: float | None
    state: ClipState
    outcome: Outcome | None
    poster_url: str | None
    is_mine: bool


class NearDuplicate(AnswerModel):
    """A pair: `distance` is the median in bits of 256 over the frames that match, `share` the part of this clip's
    frames found in the other one. A candidate, never a verdict: a manipulated clip looks like its original."""

    id: uuid.UUID
    state: LikenessState
    distance: int
    share: float
    share_other: float
    mirrored: bool
    in_one_group: bool
    hindrance: str | None
    decided_at: datetime | None
    note: str | None
    clip: LikeClip


class NearDuplicates(AnswerModel):
    """What looks like a clip; `hidden` counts clips one may not see (yet)."""

    items: list[NearDuplicate]
    hidden: int
    may_decide: bool


class LikenessDecisionIn(RequestModel):
    """Why, in a sentence, for those who come after."""

    note: PlainText = Field(default="", max_length=500)


def likeness_body(view: LikenessView) -> dict[str, Any]:
    """`NearDuplicate`. The hindrance has to do with what reviewers must not know; staff alone read it."""
    pair = view.pair
    is_a = pair.clip_a_id == view.of_clip_id
    share, share_other = (pair.share_a, pair.share_b) if is_a else (pair.share_b, pair.share_a)
    clip = clip_body(view.other)
    return {
        "id": pair.id,
        "state": pair.state,
        "distance": pair.distance,
        "share": share,
        "share_other": share_other,
        "mirrored": pair.is_mirrored,
        "in_one_group": pair.state in ("linked", "confirmed"),
        "hindrance": pair.hindrance if view.is_staff else None,
        "decided_at": pair.decided_at,
        "note": pair.note if view.is_staff else None,
        "clip": {name: clip[name] for name in LikeClip.model_fields},
    }


def likeness_list_body(found: LikenessList) -> dict[str, Any]:
    """`NearDuplicates`."""
    return {
        "items": [likeness_body(view) for view in found.items],
        "hidden": found.hidden,
        "may_decide": found.may_decide,
    }
