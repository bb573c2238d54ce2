"""The actors: which function runs under which name, on which queue, and what happens when it cannot.

Each takes ids only and is safe to run twice: it reads the state, leaves when its work is done already, and
checks the state again in the transaction that writes.
"""

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import dramatiq
from dramatiq.broker import Broker

from clipjury.db.sole_run import sole_run
from clipjury.db.transaction import bound_engine, transaction
from clipjury.deps import Deps
from clipjury.jobs.attempts import Attempts, LostRunsError
from clipjury.jobs.consensus import recompute_clips, refit_reliabilities
from clipjury.jobs.drifting import report_drift
from clipjury.jobs.hashing import hash_clip
from clipjury.jobs.probing import probe_clip
from clipjury.jobs.rendering import make_preview
from clipjury.jobs.scoring import score_clip
from clipjury.jobs.tracked import LOST, fail_job, run_tracked_job
from clipjury.services import clips

LIGHT, HEAVY = "light", "heavy"
LONGEST_RUN_MS = 45 * 60 * 1000  # above the sandbox's own limit, which gives the better message
LONGEST_TRACKED_RUN_MS = 12 * 3600 * 1000  # a training run without a GPU
GIVE_UP = "give_up_clip"
TRACKED = "run_tracked_job"
PROCESSING_FAILED = "processing_failed"
PROCESSING_FAILED_DETAIL = (
    "The file could not be processed, although nothing was found wrong with it. Convert it to MP4 (H.264) and "
    "upload that; if it fails again, tell the people who run this installation."
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """A function of `deps` and ids. A lower priority number runs first; `of_clip`: its first id is a clip's."""

    run: Callable[..., object]
    queue: str
    priority: int
    of_clip: bool
    longest_ms: int = LONGEST_RUN_MS


JOBS: Final[dict[str, Job]] = {
    "probe_clip": Job(probe_clip, LIGHT, 0, of_clip=True),
    "refit_reliabilities": Job(refit_reliabilities, LIGHT, 5, of_clip=False),
    "recompute_clips": Job(recompute_clips, LIGHT, 5, of_clip=False),
    "report_drift": Job(report_drift, LIGHT, 8, of_clip=False),
    TRACKED: Job(run_tracked_job, HEAVY, 30, of_clip=False, longest_ms=LONGEST_TRACKED_RUN_MS),
    "make_preview": Job(make_preview, HEAVY, 10, of_clip=True),
    "score_clip": Job(score_clip, HEAVY, 20, of_clip=True),
    "hash_clip": Job(hash_clip, HEAVY, 25, of_clip=False),
}


def declare(broker: Broker, deps: Deps) -> Attempts:
    """Register every actor with the broker; the notes of runs in hand, for the supervisor to clear."""
    attempts = Attempts(deps.settings.state_dir / "worker" / "attempts")
    for name, job in JOBS.items():
        options: dict[str, Any] = {"on_retry_exhausted": GIVE_UP} if job.of_clip else {}
        declared = dramatiq.actor(
            broker=broker,
            actor_name=name,
            queue_name=job.queue,
            priority=job.priority,
            time_limit=job.longest_ms,
            **options,
        )
        declared(_bind(name, job, deps, attempts))
    dramatiq.actor(broker=broker, actor_name=GIVE_UP, queue_name=LIGHT, priority=0)(give_up_clip)
    return attempts


def _bind(name: str, job: Job, deps: Deps, attempts: Attempts) -> Callable[..., None]:
    def run(*ids: str) -> None:
        run_job(name, job, deps, attempts, ids)

    return run


def run_job(name: str, job: Job, deps: Deps, attempts: Attempts, ids: tuple[str, ...]) -> None:
    """Run the job unless it runs elsewhere at this moment; a clip that keeps killing its worker fails."""
    title = "-".join((name, *ids))
    level = logging.INFO if job.of_clip else logging.DEBUG  # refits are looked at after every vote on gold
    with sole_run(bound_engine(), title) as is_sole:
        if not is_sole:
            log.log(level, "%s runs already; this delivery is dropped", title)
            return
        began = time.monotonic()
        try:
            with attempts.run(title):
                job.run(deps, *ids)
        except LostRunsError as error:
            if not job.of_clip and name != TRACKED:
                raise
            log.error("%s", error)  # the message is all there is
            if name == TRACKED:
                fail_job(uuid.UUID(ids[0]), LOST)
            else:
                fail_processing(ids[0])
            return
    log.log(level, "%s took %.2f s", title, time.monotonic() - began)


def give_up_clip(message: dict[str, Any], _retries: dict[str, Any]) -> None:
    """The last try of a clip's job has failed: say so on the clip, so that nobody waits for it."""
    fail_processing(message["args"][0])


def fail_processing(clip_id: str) -> None:
    """Fail the clip with a plain message; what went wrong stands in the worker's log."""
    with transaction() as session:
        clips.fail_clip(session, uuid.UUID(clip_id), PROCESSING_FAILED, PROCESSING_FAILED_DETAIL)
