"""The demo's training run: a short one on the demo's snapshot, by the worker's own job."""

import click

from clipjury.cli.demo_datasets import NAME
from clipjury.cli.job_watch import watch_job
from clipjury.cli.main import Refusal
from clipjury.db.queries import datasets as dataset_queries
from clipjury.db.queries import snapshots as snapshot_queries
from clipjury.db.transaction import transaction
from clipjury.domain.errors import ClipJuryError
from clipjury.services import training_runs
from clipjury.services.training_runs import Request

DETECTOR = "face-swap-lite0"
SEED = 7
_SHORT = {"steps": 24, "batch": 8, "frames": 3, "evaluate_every": 6, "budget_minutes": 2}


def train_on_demo_labels(curator_id: int) -> None:
    """Train once on the demo's snapshot, unless a run before this one has. A run that cannot be done is said, no more.

    A handful of drawn clips makes no better detector; it shows the way from labels to a candidate.
    """
    try:
        with transaction() as session:
            dataset = dataset_queries.find_by_name(session, NAME)
            found = snapshot_queries.list_snapshots(session, dataset.id) if dataset else []
            frozen = [row for row in found if row.state == "frozen"]
            if not frozen:
                click.echo("    Nothing is frozen yet, so there is nothing to train on.")
                return
            runs = [run for run in training_runs.list_runs(session, 50) if run.snapshot_id == frozen[0].id]
            run = runs[0] if runs else None
            if run is None:
                wanted = Request(frozen[0].id, DETECTOR, SEED, None, _SHORT)
                run = training_runs.request_run(session, wanted, curator_id)
        if run.state == "done":
            click.echo(f"    {run.detector} {run.version} is trained already.")
            return
        assert run.job_id is not None
        result = watch_job(run.job_id, "training")
    except (ClipJuryError, Refusal) as error:
        click.echo(f"    {error}")
        return
    click.echo(f"    {DETECTOR} {result['version']} is a candidate; the gate has not let it judge.")
