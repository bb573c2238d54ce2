"""Waits for a snapshot that was asked for, showing how far its job is."""

import time

import click

from clipjury.cli.main import Refusal
from clipjury.cli.progress import progress
from clipjury.db.queries.snapshots import SnapshotRow
from clipjury.db.transaction import transaction
from clipjury.services import jobs, snapshots

_POLL_S = 0.3
_SILENCE_S = 30.0


def wait_for_snapshot(asked: SnapshotRow) -> SnapshotRow:
    """The snapshot once it is frozen. Raises Refusal with the job's own words where it fails."""
    assert asked.job_id is not None
    began_s = time.monotonic()
    with progress("freezing", 100) as shown:
        while True:
            with transaction() as session:
                job = jobs.get_job(session, asked.job_id)
                snapshot = snapshots.get_snapshot(session, asked.id)
            shown.move_to(int(100 * job.progress), job.message if job.state == "running" else "")
            if snapshot.state == "frozen":
                return snapshot
            if snapshot.state == "failed":
                raise Refusal(job.error or "The job was cancelled.")
            if job.state == "queued" and time.monotonic() - began_s > _SILENCE_S:
                click.echo("    Nothing moves. Is a worker running? (clipjury worker)", err=True)
                began_s = time.monotonic()
            time.sleep(_POLL_S)
