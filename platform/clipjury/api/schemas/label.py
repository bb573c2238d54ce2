"""Labels for curators."""

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime

from clipjury.api.schemas.base import AnswerModel, QueryModel


class LabelsQuery(QueryModel):
    """Which form, and only clips that retired at `since` (with a time zone) or later."""

    format: Literal["csv", "jsonl"] = "jsonl"
    since: AwareDatetime | None = None


class LabelsSummary(AnswerModel):
    """What a download holds now."""

    clips_retired: int
    votes: int
    by_outcome: dict[str, int]


def file_name(query: LabelsQuery, now: datetime) -> str:
    """The attachment's name, with the day it was made."""
    return f"clipjury-labels-{now:%Y-%m-%d}.{query.format}"
