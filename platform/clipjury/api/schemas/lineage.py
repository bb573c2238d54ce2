"""Which snapshots and detector versions a reviewer's votes, or a clip, went into."""

import uuid
from datetime import datetime

from clipjury.api.schemas.base import AnswerModel
from clipjury.api.schemas.words import VersionState


class LineageSnapshot(AnswerModel):
    """A frozen snapshot: clips in it that are meant, those of them that a model learns from (training and
    validation), and those decided blind, whose label rests on no vote."""

    dataset_id: uuid.UUID
    dataset_name: str
    snapshot_id: uuid.UUID
    sequence: int
    frozen_at: datetime
    clips: int
    learned_from: int
    decided: int


class LineageVersion(AnswerModel):
    """A version that was trained on one of the snapshots (`generation` 0), or from a version that was (1 and more)."""

    id: int
    detector: str
    version: str
    state: VersionState
    created_at: datetime
    generation: int
    snapshot_ids: list[uuid.UUID]


class Lineage(AnswerModel):
    """Snapshots in the order in which they were frozen, versions in that in which they were registered."""

    snapshots: list[LineageSnapshot]
    versions: list[LineageVersion]
