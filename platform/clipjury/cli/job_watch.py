"""Waits for a tracked job and shows how far it is."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from clipjury.cli.main import Refusal
from clipjury.cli.progress import progress

if TYPE_CHECKING:
    from clipjury.db.queries.jobs import JobRow

_POLL_S = 0.5
_PARTS = 100


def watch_job(job_id: uuid.UUID, label: str) -> dict[str, Any]:
    """The job's result once it is done; raises Refusal with its own words where it fails or is cancelled."""
    with progress(label, _PARTS) as shown:
        while True:
            job = _read(job_id)
            shown.move_to(round(_PARTS * job.progress), job.message)
            if job.state not in ("queued", "running"):
                break
            time.sleep(_POLL_S)
    if job.state != "done":
        raise Refusal(job.error or "The job was cancelled.")
    return job.result or {}


def _read(job_id: uuid.UUID) -> JobRow:
    from clipjury.db.transaction import transaction
    from clipjury.services import jobs

    with transaction() as session:
        return jobs.get_job(session, job_id)
