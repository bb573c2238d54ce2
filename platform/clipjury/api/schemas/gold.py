"""Gold as curators work with it."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import Field

from clipjury.api.schemas.base import AnswerModel, PlainText, QueryModel, RequestModel
from clipjury.api.schemas.cursor import encode_place
from clipjury.api.schemas.words import ClipState, GoldOrigin, GoldRole, Label, MediaKind
from clipjury.db.queries.gold import GoldCountRow, GoldItemRow
from clipjury.domain.gold import CALIBRATE_IN_ALL, FIRST_GOLD, FIRST_LEASES, GATE_PER_CLASS


class GoldIn(RequestModel):
    """A clip that is here, its label, what it is to be for, and who or what vouches for the label."""

    clip_id: str = Field(pattern="^[0-9a-fA-F-]{36}$")
    label: Label
    role: GoldRole
    source: PlainText = Field(min_length=1, max_length=500)


class GoldFields(QueryModel):
    """What a form says about the file that it brings."""

    label: Label
    role: GoldRole
    source: str = Field(min_length=1, max_length=500)


class GoldUpload(GoldFields):
    """The file itself, its label, its role, who vouches for the label, and under which licence it comes."""

    file: bytes
    licence: str | None = None


class GenerationIn(RequestModel):
    """How many clips to draw, half of each label, and what they are for."""

    count: int = Field(ge=1, le=1000)
    role: GoldRole


class GoldPromotionIn(RequestModel):
    """What blind decisions are to be for, for life."""

    role: GoldRole


class GoldPromotion(AnswerModel):
    """How many decisions became gold, and how many could not, by the code that says why."""

    promoted: int
    refused: dict[str, int]


class GoldQuery(QueryModel):
    """Which gold; `cursor` is the `next_cursor` of the page before."""

    role: GoldRole | None = None
    label: Label | None = None
    cursor: str | None = Field(default=None, max_length=200)
    limit: int = Field(default=50, ge=1, le=200)


class GoldMade(AnswerModel):
    """A clip that is gold now, for life."""

    clip_id: uuid.UUID
    label: Label
    role: GoldRole


class GoldCount(AnswerModel):
    """Gold of one role and label; `synthetic` of them drawn, `servable` could be given to somebody now."""

    role: GoldRole
    label: Label
    clips: int
    synthetic: int
    servable: int


class GoldNeeds(AnswerModel):
    """How much is needed: of a reviewer's `first_leases`, `first_gold` are gold."""

    first_leases: int
    first_gold: int
    gate_per_label: int
    calibrate_in_all: int


class GoldItem(AnswerModel):
    """A gold clip: how often it was served, how many answered, and how many of them rightly."""

    clip_id: uuid.UUID
    name: str
    kind: MediaKind | None
    duration_s: float | None
    state: ClipState
    label: Label
    role: GoldRole
    origin: GoldOrigin
    source: str
    made_at: datetime
    served: int
    answered: int
    answered_right: int


class GoldPage(AnswerModel):
    """Gold, the newest first, and how much there is of each role and label."""

    counts: list[GoldCount]
    needs: GoldNeeds
    items: list[GoldItem]
    next_cursor: str | None


def gold_page(
    counts: Sequence[GoldCountRow], items: Sequence[GoldItemRow], *, is_full: bool
) -> dict[str, Any]:
    """`GoldPage`."""
    return {
        "counts": [vars(row) for row in counts],
        "needs": {
            "first_leases": FIRST_LEASES,
            "first_gold": FIRST_GOLD,
            "gate_per_label": GATE_PER_CLASS,
            "calibrate_in_all": CALIBRATE_IN_ALL,
        },
        "items": [_item(row) for row in items],
        "next_cursor": encode_place(items[-1].created_at, items[-1].id) if is_full else None,
    }


def _item(row: GoldItemRow) -> dict[str, Any]:
    named = {"clip_id": row.id, "name": row.original_name, "made_at": row.created_at}
    return {name: named[name] if name in named else getattr(row, name) for name in GoldItem.model_fields}
