"""Training runs: asked for on a frozen snapshot, done by a job, ended with a candidate."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from clipjury.db.queries import detector_versions as versions
from clipjury.db.queries import events
from clipjury.db.queries import training_runs as queries
from clipjury.db.queries.detector_versions import NewVersion, VersionRow
from clipjury.db.queries.training_runs import (
    NewTrainingRun,
    TrainableSnapshotRow,
    TrainingItemRow,
    TrainingRunRow,
)
from clipjury.domain.errors import ConflictError, InvalidError, NotFoundError
from clipjury.domain.training import gold_refusal, parameter_faults, version_name
from clipjury.services import jobs
from clipjury.services.detectors import get_version, register_version
from clipjury.services.snapshots import get_frozen

TRAIN = "train_detector"


@dataclass(frozen=True)
class Request:
    """What somebody wants trained; without a base version, from the one in force."""

    snapshot_id: uuid.UUID
    detector: str
    seed: int
    base_version_id: int | None
    parameters: Mapping[str, Any]


def request_run(session: Session, wanted: Request, actor_id: int | None) -> TrainingRunRow:
    """Queue a run. Raises NotFoundError, ConflictError (not_frozen, not_trainable, gold_in_training), InvalidError."""
    faults = parameter_faults(wanted.parameters)
    if faults:
        raise InvalidError("The run's parameters cannot be used.", faults)
    base = _find_base(session, wanted)
    if not base.card.get("trainable") or base.storage_key is None:
        raise ConflictError("not_trainable", f"{base.detector} {base.version} cannot be trained here.")
    get_frozen(session, wanted.snapshot_id)
    refuse_gold(session, wanted.snapshot_id)
    run_id = uuid.uuid4()
    new = NewTrainingRun(
        id=run_id,
        snapshot_id=wanted.snapshot_id,
        detector=wanted.detector,
        base_version_id=base.id,
        version=version_name(datetime.now(UTC), run_id),
        seed=wanted.seed,
        parameters=wanted.parameters,
        created_by=actor_id,
    )
    queries.insert_run(session, new)
    job_id = jobs.request_job(
        session,
        TRAIN,
        subject=f"training_run:{run_id}",
        arguments={"training_run_id": str(run_id)},
        requested_by=actor_id,
    )
    queries.set_job(session, run_id, job_id)
    return get_run(session, run_id)


def _find_base(session: Session, wanted: Request) -> VersionRow:
    if wanted.base_version_id is not None:
        base = get_version(session, wanted.base_version_id)
        if base.detector != wanted.detector:
            raise ConflictError("other_detector", f"Version {base.version} is one of {base.detector}.")
        return base
    active = versions.find_active(session, wanted.detector)
    if active is None:
        raise NotFoundError(f"There is no detector {wanted.detector!r} with a version in force.")
    return active


def refuse_gold(session: Session, snapshot_id: uuid.UUID) -> None:
    """Raise ConflictError (gold_in_training) where the snapshot holds gold or near-duplicates of gold."""
    refusal = gold_refusal(queries.list_gold(session, snapshot_id))
    if refusal is not None:
        raise ConflictError("gold_in_training", f"This snapshot cannot be trained on: {refusal}")


def get_run(session: Session, run_id: uuid.UUID) -> TrainingRunRow:
    """The run; raises NotFoundError."""
    run = queries.find_run(session, run_id)
    if run is None:
        raise NotFoundError("There is no such training run.")
    return run


def list_runs(session: Session, limit: int) -> list[TrainingRunRow]:
    """The newest runs."""
    return queries.list_runs(session, limit)


def list_trainable(session: Session, limit: int) -> list[TrainableSnapshotRow]:
    """Frozen snapshots that a run can start from, newest first."""
    return queries.list_trainable(session, limit)


def list_usable(session: Session, run: TrainingRunRow) -> tuple[list[TrainingItemRow], int]:
    """The run's clips at the moment of use, and how many stand under quarantine and are left out.

    Raises ConflictError (gold_in_training): a clip may have become gold since the run was asked for.
    """
    refuse_gold(session, run.snapshot_id)
    items = queries.list_items(session, run.snapshot_id)
    usable = [item for item in items if not item.is_quarantined]
    return usable, len(items) - len(usable)


def note_live(session: Session, run_id: uuid.UUID, live: Mapping[str, Any]) -> None:
    """Note how far the run is."""
    queries.set_live(session, run_id, live)


def finish_run(
    session: Session, run: TrainingRunRow, new: NewVersion, facts: Mapping[str, Any], live: Mapping[str, Any]
) -> VersionRow:
    """Register what came out of the run as a candidate. Safe to call twice."""
    lineage = replace(new, parent_id=run.base_version_id, training_run_id=run.id)
    row = register_version(session, lineage, run.created_by)
    queries.finish_run(session, run.id, facts, live)
    events.record_audit(
        session,
        "training_finished",
        subject=f"training_run:{run.id}",
        actor_id=run.created_by,
        detail={"version_id": row.id, "sha256": row.sha256, "snapshot_id": str(run.snapshot_id)},
    )
    return row
