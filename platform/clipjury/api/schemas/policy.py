"""Policies: what is in force, what was, and what a change would do."""

import uuid
from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from clipjury.api.schemas.base import AnswerModel, PlainText, QueryModel, RequestModel
from clipjury.domain.policies import FIELDS
from clipjury.services.policies import Policy as PolicyView


class PoliciesQuery(QueryModel):
    """`cursor` is the `next_cursor` of the page before."""

    cursor: int | None = Field(default=None, ge=0, le=2**62)
    limit: int = Field(default=50, ge=1, le=100)


class PolicyField(AnswerModel):
    """One threshold. `reach`: open clips follow a change, or only clips that come in after it."""

    name: str
    title: str
    help: str
    kind: Literal["probability", "count", "factor"]
    low: float
    high: float
    reach: Literal["open_clips", "new_clips"]


class Policy(AnswerModel):
    """One version; `values` by the fields' names. `created_by` is null for what the installation began with."""

    version: int
    values: dict[str, float]
    created_at: datetime
    created_by: str | None
    reason: str | None


class PolicyPage(AnswerModel):
    """Newest first: the first of the first page is in force."""

    fields: list[PolicyField]
    items: list[Policy]
    next_cursor: int | None


class PolicyChange(RequestModel):
    """The fields to change, by their names, beside each other; the others stay."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, float] = Field(init=False)

    @property
    def changes(self) -> dict[str, float]:
        """The fields given."""
        return dict(self.__pydantic_extra__)


class PolicySave(PolicyChange):
    """The fields to change, the version they were looked at beside, and why."""

    based_on: int = Field(ge=0, le=2**31 - 1)
    reason: PlainText = Field(max_length=1000)


class PolicyPreview(AnswerModel):
    """What a change would do, in counts. `clips`, `published`: how many were looked at. `retire`: would close at
    once, by outcome; `wait`: would only wait for the reviewers who hold them; `reopen`: would be offered again;
    `dispute`: would come before moderators.
    `other`, `not_yet`: published verdicts whose votes would have given another outcome, or would not have sufficed
    yet; they stay."""

    clips: int
    published: int
    retire: dict[str, int]
    wait: int
    reopen: int
    dispute: int
    other: int
    not_yet: int


class PolicyPreviewAnswer(AnswerModel):
    """The preview, or the job whose result it will be."""

    job_id: uuid.UUID | None
    preview: PolicyPreview | None


def policy_body(policy: PolicyView) -> dict[str, Any]:
    """`Policy`."""
    return {
        "version": policy.version,
        "values": policy.values,
        "created_at": policy.row.created_at,
        "created_by": policy.row.created_by_name,
        "reason": policy.row.reason,
    }


def policies_body(policies: list[PolicyView], limit: int) -> dict[str, Any]:
    """`PolicyPage`."""
    return {
        "fields": [{name: getattr(field, name) for name in PolicyField.model_fields} for field in FIELDS],
        "items": [policy_body(policy) for policy in policies],
        "next_cursor": policies[-1].version if len(policies) == limit else None,
    }
