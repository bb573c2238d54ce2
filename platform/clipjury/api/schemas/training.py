"""Training runs on their way in, and as they go."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from clipjury.api.schemas.base import AnswerModel, PlainText, RequestModel
from clipjury.api.schemas.job import Job, JobState
from clipjury.api.schemas.words import VersionState
from clipjury.db.queries.training_runs import TrainableSnapshotRow, TrainingRunRow


class TrainingParameters(RequestModel):
    """What may be chosen; what is left out is chosen by the size of the snapshot."""

    steps: int | None = None
    batch: int | None = None
    learning_rate: float | None = None
    frames: int | None = None
    evaluate_every: int | None = None
    patience: int | None = None
    budget_minutes: float | None = None


class TrainingRunIn(RequestModel):
    """A run on a frozen snapshot; without a base version it starts from the version in force."""

    snapshot_id: uuid.UUID
    detector: PlainText = Field(max_length=100)
    seed: int = Field(default=1, ge=0, le=2**31 - 1)
    base_version_id: int | None = None
    parameters: TrainingParameters = TrainingParameters()


class TrainingPoint(AnswerModel):
    """One evaluation during a run; losses in nats, AUC of the validation split (null: it lacks a label)."""

    step: int
    seconds: float
    loss: float
    validation_loss: float | None
    validation_auc: float | None


class TrainingFacts(AnswerModel):
    """What a finished run rests on. `left_out` counts clips by reason."""

    clips: int
    validation_clips: int
    steps: int
    best_step: int
    validation_auc: float | None
    quarantined: int
    left_out: dict[str, int]


class TrainingRun(AnswerModel):
    """One run: what it trains on, how far it is, and the version that came of it."""

    id: uuid.UUID
    snapshot_id: uuid.UUID
    dataset: str
    snapshot_sequence: int
    detector: str
    base_version_id: int
    base_version: str
    version: str
    version_id: int | None
    version_state: VersionState | None
    seed: int
    parameters: dict[str, float]
    state: JobState
    progress: float
    message: str
    error: str | None
    phase: str | None
    step: int | None
    steps: int | None
    eta_s: float | None
    history: list[TrainingPoint]
    facts: TrainingFacts | None
    job_id: uuid.UUID | None
    started_by: str | None
    created_at: datetime
    finished_at: datetime | None


class TrainingRunStarted(AnswerModel):
    """The run that was queued, and its job."""

    run: TrainingRun
    job: Job


class TrainableSnapshot(AnswerModel):
    """A frozen snapshot with the clips of its training split, by the label that people lean to."""

    id: uuid.UUID
    dataset: str
    sequence: int
    clips: int
    manipulated: int
    authentic: int
    frozen_at: datetime


class TrainingRuns(AnswerModel):
    """The newest runs, and the snapshots that another could start from."""

    items: list[TrainingRun]
    snapshots: list[TrainableSnapshot]


_AS_THEY_ARE = (
    "id", "snapshot_id", "snapshot_sequence", "detector", "base_version_id", "base_version", "version", "version_id",
    "version_state", "seed", "parameters", "state", "progress", "message", "error", "job_id", "created_at",
    "finished_at",
)  # fmt: skip


def training_run_body(row: TrainingRunRow) -> dict[str, Any]:
    """`TrainingRun`."""
    live: Mapping[str, Any] = row.live
    is_training = live.get("phase") == "training"
    return {
        **{name: getattr(row, name) for name in _AS_THEY_ARE},
        "dataset": row.dataset_name,
        "phase": live.get("phase") if row.state == "running" else None,
        "step": live.get("done") if is_training else None,
        "steps": live.get("total") if is_training else None,
        "eta_s": live.get("eta_s") if row.state == "running" else None,
        "history": live.get("history", []),
        "facts": None if row.facts is None else _facts(row.facts),
        "started_by": row.created_by_name,
    }


def _facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in TrainingFacts.model_fields}


def snapshot_body(row: TrainableSnapshotRow) -> dict[str, Any]:
    """`TrainableSnapshot`."""
    return {
        "id": row.id,
        "dataset": row.dataset_name,
        "sequence": row.sequence,
        "clips": row.clips_count,
        "manipulated": row.manipulated,
        "authentic": row.authentic,
        "frozen_at": row.frozen_at,
    }
