"""Training runs: asked for on a frozen snapshot, watched until they end."""

import uuid

from flask import Blueprint, Response

from clipjury.api.access import requires
from clipjury.api.answers import json_answer
from clipjury.api.auth import get_user
from clipjury.api.contract import describes
from clipjury.api.schemas.job import job_body
from clipjury.api.schemas.training import (
    TrainingRun,
    TrainingRunIn,
    TrainingRuns,
    TrainingRunStarted,
    snapshot_body,
    training_run_body,
)
from clipjury.db.transaction import transaction
from clipjury.services import jobs, training_runs

blueprint = Blueprint("training_runs", __name__)

_LISTED = 50


@blueprint.post("/training-runs")
@requires("curator", "admin")
@describes("training", {202: TrainingRunStarted})
def start_training_run(json: TrainingRunIn) -> Response:
    """Queue a run. 409 not_frozen, not_trainable, or gold_in_training: gold is never trained on."""
    wanted = training_runs.Request(
        snapshot_id=json.snapshot_id,
        detector=json.detector,
        seed=json.seed,
        base_version_id=json.base_version_id,
        parameters=json.parameters.model_dump(exclude_none=True),
    )
    with transaction() as session:
        run = training_runs.request_run(session, wanted, get_user().id)
        assert run.job_id is not None
        job = jobs.get_job(session, run.job_id)
    return json_answer({"run": training_run_body(run), "job": job_body(job)}, 202)


@blueprint.get("/training-runs")
@requires("curator", "admin")
@describes("training", {200: TrainingRuns})
def list_training_runs() -> Response:
    """The newest runs, and the frozen snapshots that another could start from."""
    with transaction() as session:
        runs = training_runs.list_runs(session, _LISTED)
        snapshots = training_runs.list_trainable(session, _LISTED)
    items = [training_run_body(row) for row in runs]
    return json_answer({"items": items, "snapshots": [snapshot_body(row) for row in snapshots]})


@blueprint.get("/training-runs/<uuid:id>")
@requires("curator", "admin")
@describes("training", {200: TrainingRun})
def get_training_run(id: uuid.UUID) -> Response:
    """One run: phase, step, loss and validation AUC while it goes, and what came of it."""
    with transaction() as session:
        run = training_runs.get_run(session, id)
    return json_answer(training_run_body(run))
