"""Runs the jobs that somebody waits for, and reports how far they are.

A kind of work is a function in WORK. It reads its own state and is safe to run twice: a worker that is killed
leaves the job `running`, and the broker or the sweep hands it out again.
"""

import logging
import time
import uuid
from collections.abc import Callable, MutableMapping
from typing import Any, Final

from sqlalchemy.exc import InterfaceError, OperationalError

from clipjury.db.queries import jobs as queries
from clipjury.db.queries.jobs import JobRow
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.domain.errors import ClipJuryError
from clipjury.jobs.calibrating import calibrate_detector
from clipjury.jobs.comparing import compare_detectors
from clipjury.jobs.freezing import freeze_snapshot
from clipjury.jobs.gold_generation import generate_gold
from clipjury.jobs.policies import preview_policy
from clipjury.jobs.rescoring import rescore_clips
from clipjury.jobs.training import train_detector
from clipjury.services.calibrations import CALIBRATE
from clipjury.services.detectors import RESCORE
from clipjury.services.policies import PREVIEW_KIND
from clipjury.services.promotions import COMPARE
from clipjury.services.snapshots import FREEZE
from clipjury.services.training_runs import TRAIN

REPORT_EVERY_S = 0.5
UNFORESEEN = (
    "Something went wrong that nobody foresaw; the worker's log has it. Try again, or tell the admin."
)
LOST = "The worker died under this job each time it was tried; the machine may be short of memory."

log = logging.getLogger(__name__)


class JobCancelledError(Exception):
    """The job was cancelled while it ran: stop, and leave nothing half done."""


class Report:
    """How far the job is, written at most twice a second; raises JobCancelledError once it is cancelled."""

    def __init__(self, job_id: uuid.UUID) -> None:
        self._job_id = job_id
        self._next_s = 0.0

    def __call__(self, progress: float, message: str) -> None:
        """`progress` from 0 to 1, and what is being done in a few words. Call with no transaction open."""
        now_s = time.monotonic()
        if now_s < self._next_s:
            return
        self._next_s = now_s + REPORT_EVERY_S
        with transaction() as session:
            is_running = queries.report_progress(session, self._job_id, min(1.0, max(0.0, progress)), message)
        if not is_running:
            raise JobCancelledError


Work = Callable[[Deps, JobRow, Report], dict[str, Any] | None]

# kind → what does it; the answer is the job's result, shown to whoever asked.
WORK: Final[MutableMapping[str, Work]] = {
    FREEZE: freeze_snapshot,
    "generate_gold": generate_gold,
    PREVIEW_KIND: preview_policy,
    TRAIN: train_detector,
    CALIBRATE: calibrate_detector,
    COMPARE: compare_detectors,
    RESCORE: rescore_clips,
}


def run_tracked_job(deps: Deps, job_id: str) -> None:
    """Run the job to its end. Failures are noted on it in plain words; a database that is away is tried again."""
    key = uuid.UUID(job_id)
    with transaction() as session:
        job = queries.start_job(session, key)
    if job is None:
        return
    try:
        result = WORK[job.kind](deps, job, Report(key))
    except JobCancelledError:
        return
    except (OperationalError, InterfaceError):
        raise
    except ClipJuryError as error:
        fail_job(key, error.detail)
        return
    except Exception:
        log.exception("job %s (%s) failed", job_id, job.kind)
        fail_job(key, UNFORESEEN)
        return
    with transaction() as session:
        queries.end_job(session, key, "done", result=result)


def fail_job(job_id: uuid.UUID, error: str) -> None:
    """End the job as failed, with a sentence for whoever asked."""
    with transaction() as session:
        queries.end_job(session, job_id, "failed", error=error)
