"""Versions of reliabilities as those who watch over them see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from clipjury.api.schemas.base import AnswerModel, PlainText, QueryModel, RequestModel
from clipjury.db.queries.reliabilities import VersionRow

ReliabilityVersionState = TypeAliasType(
    "ReliabilityVersionState", Literal["active", "pending", "frozen", "discarded", "superseded"]
)


class VersionsQuery(QueryModel):
    """How many versions, the newest."""

    limit: int = Field(default=50, ge=1, le=500)


class ReasonIn(RequestModel):
    """Why; it is recorded with the decision."""

    reason: PlainText = Field(min_length=10, max_length=1000)


class GuardResult(AnswerModel):
    """What moved, over all clips with votes, from the version in force then to this one. `reason`: why it froze."""

    clips: int
    flipped: int
    flipped_share: float
    furthest: float
    mean_shift: float
    reason: str | None


class Decision(AnswerModel):
    """What somebody decided about the version, and why."""

    by: str
    at: datetime
    reason: str


class ReliabilityVersion(AnswerModel):
    """One fit of all reviewers. `guard` is null for the first one, with which nothing was compared."""

    version: int
    state: ReliabilityVersionState
    created_at: datetime
    engine_version: str
    gold_answers: int
    reviewers: int
    anchored: int
    guard: GuardResult | None
    decision: Decision | None


class ReliabilityVersions(AnswerModel):
    """Versions, newest first; `clips_to_follow`: still on another version than the active one."""

    items: list[ReliabilityVersion]
    clips_to_follow: int


def versions_body(rows: Sequence[VersionRow], clips_to_follow: int) -> dict[str, Any]:
    """`ReliabilityVersions`."""
    return {"items": [version_body(row) for row in rows], "clips_to_follow": clips_to_follow}


def version_body(row: VersionRow) -> dict[str, Any]:
    """`ReliabilityVersion`."""
    return {
        "version": row.version,
        "state": _state(row),
        "created_at": row.created_at,
        "engine_version": row.engine_version,
        "gold_answers": row.gold_answers,
        "reviewers": row.reviewers,
        "anchored": row.anchored,
        "guard": {name: row.guard[name] for name in GuardResult.model_fields} if row.guard else None,
        "decision": (
            {"by": row.decided_by, "at": row.decided_at, "reason": row.decision_reason}
            if row.decided_by and row.decided_at
            else None
        ),
    }


def _state(row: VersionRow) -> str:
    if row.is_active:
        return "active"
    return "superseded" if row.guard_state in ("passed", "overruled") else row.guard_state
