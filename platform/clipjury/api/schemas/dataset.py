"""Datasets: their filters, live counts, sample rows and snapshots."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import AwareDatetime, ConfigDict, Field
from typing_extensions import TypeAliasType

from clipjury.api.schemas.base import AnswerModel, PlainText, RequestModel
from clipjury.api.schemas.snapshot import Snapshot, snapshot_body
from clipjury.api.schemas.words import Kind, Label, MediaKind, Outcome, ResponseLabel
from clipjury.db.queries.datasets import ListedDatasetRow
from clipjury.db.queries.snapshots import SnapshotFileRow
from clipjury.domain.datasets import DESCRIPTION_LENGTH
from clipjury.services.datasets import DatasetView

Basis = TypeAliasType("Basis", Literal["evidence", "cap", "adjudication"])
SplitName = TypeAliasType("SplitName", Literal["train", "validation", "test"])


def _without_null_defaults(schema: dict[str, Any]) -> None:
    """Say of fields that may be left out no more than that: clients take `default: null` for always there."""
    for described in schema["properties"].values():
        described.pop("default", None)


class _OmittingModel(RequestModel):
    model_config = ConfigDict(json_schema_extra=_without_null_defaults)


class DatasetFilters(_OmittingModel):
    """What a clip must be to be taken; what is left out asks nothing. `p_people_*` bound the people fit's
    P(manipulated). `*_since` is included, `*_until` is not. Gold, its near-duplicates and clips in quarantine are
    never taken. `without_reviewers`: accounts whose votes are taken out, in the counts as in a snapshot."""

    outcomes: list[Outcome] | None = None
    bases: list[Basis] | None = None
    p_people_min: float | None = None
    p_people_max: float | None = None
    kinds: list[Kind] | None = None
    min_votes: int | None = None
    min_effective_votes: float | None = None
    media: list[MediaKind] | None = None
    containers: list[PlainText] | None = None
    codecs: list[PlainText] | None = None
    has_licence: bool | None = None
    licences: list[PlainText] | None = None
    sources: list[PlainText] | None = None
    uploaded_since: AwareDatetime | None = None
    uploaded_until: AwareDatetime | None = None
    retired_since: AwareDatetime | None = None
    retired_until: AwareDatetime | None = None
    include_simulated: bool | None = None
    without_reviewers: list[int] | None = None

    def given(self) -> dict[str, Any]:
        """The filters that were given."""
        return self.model_dump(exclude_none=True)


class NewDataset(_OmittingModel):
    """A dataset to be made."""

    name: PlainText
    description: PlainText = Field(default="", max_length=DESCRIPTION_LENGTH)
    filters: DatasetFilters = Field(default_factory=DatasetFilters)


class DatasetChange(_OmittingModel):
    """What to change; what is left out stays. Snapshots stay as they were frozen."""

    name: PlainText | None = None
    description: PlainText | None = Field(default=None, max_length=DESCRIPTION_LENGTH)
    filters: DatasetFilters | None = None


class PreviewQuestion(_OmittingModel):
    """Filters that are being edited; `dataset_id` tells whose splits they would fall into."""

    filters: DatasetFilters
    dataset_id: uuid.UUID | None = None


class SplitCounts(AnswerModel):
    """One split: clips, groups of near-duplicates, and labels."""

    split: SplitName
    clips: int
    groups: int
    manipulated: int
    authentic: int
    unlabelled: int


class SplitRule(AnswerModel):
    """By what splits are made, in a sentence too; by near-duplicate group where sources cannot be kept apart."""

    by: Literal["source", "group"]
    salt: int | None
    sources: int
    clips_without_source: int
    sentence: str


class LicenceCount(AnswerModel):
    """Clips under one licence as given at upload; null where none was."""

    licence: str | None
    clips: int
    is_open: bool


class DatasetCounts(AnswerModel):
    """What the filters take now. `share_manipulated` is over the clips with a hard label."""

    clips: int
    votes: int
    groups: int
    by_outcome: dict[str, int]
    by_basis: dict[str, int]
    by_label: dict[str, int]
    share_manipulated: float | None
    by_split: list[SplitCounts] | None
    split_rule: SplitRule | None = None  # snapshots of earlier releases have none: theirs went by group
    licences: list[LicenceCount]


class SampleVote(AnswerModel):
    """What one reviewer said."""

    label: ResponseLabel
    confidence: float | None


class SampleRow(AnswerModel):
    """A clip that the filters take, as a snapshot would hold it now."""

    clip_id: uuid.UUID
    group_id: uuid.UUID
    split: SplitName | None
    kind: MediaKind | None
    duration_s: float | None
    source: str | None
    licence: str | None
    is_simulated: bool
    retired_at: datetime
    outcome: Outcome
    basis: Basis
    adjudication: Literal["blind", "open"] | None
    hard_label: Label | None
    soft_label: float
    p_people: float
    n_votes: int
    n_effective: float
    votes: list[SampleVote]


class DatasetPreview(AnswerModel):
    """Live counts and the newest clips of filters that are being edited."""

    counts: DatasetCounts
    sample: list[SampleRow]


class ListedDataset(AnswerModel):
    """A dataset in the list, with its newest snapshot's clips and time."""

    id: uuid.UUID
    name: str
    description: str
    created_at: datetime
    snapshots: int
    clips_count: int | None
    frozen_at: datetime | None


class DatasetList(AnswerModel):
    """Newest first."""

    items: list[ListedDataset]


class Dataset(AnswerModel):
    """A dataset with what its filters take now, and its snapshots, newest first."""

    id: uuid.UUID
    name: str
    description: str
    filters: DatasetFilters
    created_at: datetime
    counts: DatasetCounts
    snapshots: list[Snapshot]


class DatasetChoices(AnswerModel):
    """What retired clips hold, so that a filter can be picked instead of typed."""

    containers: list[str]
    codecs: list[str]
    licences: list[str]
    sources: list[str]


def listed_body(row: ListedDatasetRow) -> dict[str, Any]:
    """`ListedDataset`."""
    return {name: getattr(row, name) for name in ListedDataset.model_fields}


def dataset_body(
    view: DatasetView, files: Mapping[uuid.UUID, list[SnapshotFileRow]], withheld: Mapping[uuid.UUID, int]
) -> dict[str, Any]:
    """`Dataset`; files and rows withheld by snapshot."""
    dataset = view.dataset
    return {
        "id": dataset.id,
        "name": dataset.name,
        "description": dataset.description,
        "filters": dataset.filters,
        "created_at": dataset.created_at,
        "counts": view.counts.to_json(),
        "snapshots": [snapshot_body(row, files[row.id], withheld[row.id]) for row in view.snapshots],
    }
