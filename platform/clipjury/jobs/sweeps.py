"""Finds forgotten work: what a lost message, a killed worker or a reviewer who left has left behind."""

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Final

from dramatiq.broker import Broker
from sqlalchemy.orm import Session

from clipjury.db.queries import clips as clip_queries
from clipjury.db.queries import detector_versions, fingerprints
from clipjury.db.queries import events as event_queries
from clipjury.db.queries import jobs as job_queries
from clipjury.db.queries import reports as report_queries
from clipjury.db.queries.clips import ClipRow
from clipjury.db.sole_run import sole_run
from clipjury.db.transaction import bound_engine, transaction
from clipjury.deps import Deps
from clipjury.jobs.consensus import recompute_outdated, refit_reliabilities, settle_closing
from clipjury.jobs.disputes import choose_valuable
from clipjury.jobs.originals import purge_leftovers
from clipjury.jobs.relay import send
from clipjury.jobs.training import purge_runs
from clipjury.services import assignments, clips, drift

EVERY_S = 5.0
STALLED_AFTER_S = 120.0
LONGEST_RESEND_S = 3600.0
KEEP_SENT_DAYS = 7
KEEP_RUN_FOLDERS_S = 24 * 3600.0  # a run that works touches its folder every second
_LEASES_AT_ONCE = 200
_STALLED_AT_ONCE = 200
_OUTDATED_AT_ONCE = 500
_UNHASHED_AT_ONCE = 100

log = logging.getLogger(__name__)


@dataclass
class Resends:
    """When each stalled clip may be sent again: a queue that is merely long must not grow by its own sweep."""

    first_s: float = STALLED_AFTER_S
    _next: dict[uuid.UUID, tuple[float, float]] = field(default_factory=dict)

    def is_due(self, clip_id: uuid.UUID, now_s: float) -> bool:
        """Whether to send it now; each time the wait doubles, up to an hour."""
        due_s, wait_s = self._next.get(clip_id, (now_s, self.first_s))
        if now_s < due_s:
            return False
        self._next[clip_id] = (now_s + wait_s, min(LONGEST_RESEND_S, wait_s * 2))
        return True

    def keep(self, stalled: set[uuid.UUID]) -> None:
        """Forget clips that are stalled no more."""
        self._next = {clip_id: when for clip_id, when in self._next.items() if clip_id in stalled}


def expire_leases() -> int:
    """Give back the places of leases that ran out; how many."""
    total = 0
    while True:
        with transaction() as session:
            ended = assignments.expire_leases(session, _LEASES_AT_ONCE)
        total += ended
        if ended < _LEASES_AT_ONCE:
            return total


def missing_steps(session: Session, clip: ClipRow) -> tuple[str, ...]:
    """The jobs that a clip in the making still waits for; none when only its opening was missed."""
    if clip.state == "received":
        return ("probe_clip",)
    steps = []
    if not set(clips.PREVIEW_NAMES) <= set(clip.rendition_names):
        steps.append("make_preview")
    if not clip.is_scored or detector_versions.list_unanswered(session, clip.id):
        steps.append("score_clip")
    return tuple(steps)


def resend_stalled(broker: Broker, resends: Resends, older_s: float = STALLED_AFTER_S) -> int:
    """Send the missing steps of clips that have not moved for `older_s`, or open them; how many clips."""
    with transaction() as session:
        found = [clip_id for clip_id, _ in clip_queries.list_stalled(session, older_s, _STALLED_AT_ONCE)]
    resends.keep(set(found))
    now_s = time.monotonic()
    due = [clip_id for clip_id in found if resends.is_due(clip_id, now_s)]
    for clip_id in due:
        with transaction() as session:
            clip = clips.get_clip(session, clip_id)
            steps = missing_steps(session, clip)
            if not steps:
                clips.open_if_ready(session, clip_id)
        for step in steps:
            send(broker, step, [str(clip_id)], key=f"sweep-{clip_id}")
        log.info("clip %s had stalled in %s: %s", clip_id, clip.state, ", ".join(steps) or "opened")
    return len(due)


def resend_jobs(broker: Broker, resends: Resends, older_s: float = STALLED_AFTER_S) -> int:
    """Send tracked jobs again of which nothing has been heard for `older_s`; how many. One that runs is left alone."""
    with transaction() as session:
        found = job_queries.list_lost(session, older_s, _STALLED_AT_ONCE)
    resends.keep(set(found))
    now_s = time.monotonic()
    due = [job_id for job_id in found if resends.is_due(job_id, now_s)]
    for job_id in due:
        send(broker, "run_tracked_job", [str(job_id)], key=f"sweep-{job_id}")
    return len(due)


def hash_uncompared(broker: Broker, resends: Resends) -> int:
    """Send clips to be hashed that have come past it: those from before there were hashes; how many."""
    with transaction() as session:
        found = fingerprints.list_uncompared(session, _UNHASHED_AT_ONCE)
    resends.keep(set(found))
    now_s = time.monotonic()
    due = [clip_id for clip_id in found if resends.is_due(clip_id, now_s)]
    for clip_id in due:
        send(broker, "hash_clip", [str(clip_id)], key=f"sweep-{clip_id}")
    return len(due)


def look_for_drift(broker: Broker) -> int:
    """Have the versions in force looked at whose drift report is due; how many."""
    with transaction() as session:
        due = drift.list_due(session)
    if due:
        send(broker, "report_drift", [], key="sweep-drift")
    return len(due)


def forget_addresses() -> int:
    """Drop the addresses of people who reported while logged out; they served to limit how often. How many."""
    with transaction() as session:
        return report_queries.forget_addresses(session)


def purge_outbox() -> int:
    """Drop events that were sent long ago; how many."""
    with transaction() as session:
        return event_queries.purge_sent(session, KEEP_SENT_DAYS)


@dataclass
class Sweep:
    """One sweep, how often it runs, and when it runs next."""

    name: str
    every_s: float
    run: Callable[[], object]
    due_s: float = 0.0


def plan_sweeps(broker: Broker, deps: Deps) -> list[Sweep]:
    """All sweeps of a worker."""
    resends, job_resends, hash_resends = Resends(), Resends(), Resends(first_s=LONGEST_RESEND_S)
    return [
        Sweep("leases", EVERY_S, expire_leases),
        Sweep("closing clips", EVERY_S, settle_closing),
        Sweep("outdated clips", EVERY_S, lambda: recompute_outdated(_OUTDATED_AT_ONCE)),
        Sweep("stalled clips", 2 * EVERY_S, lambda: resend_stalled(broker, resends)),
        Sweep("tracked jobs", 2 * EVERY_S, lambda: resend_jobs(broker, job_resends)),
        Sweep("valuable clips", 600.0, choose_valuable),
        Sweep("clips without hashes", 6 * EVERY_S, lambda: hash_uncompared(broker, hash_resends)),
        Sweep("reliabilities", 60.0, lambda: refit_reliabilities(deps)),
        Sweep("drift", 600.0, lambda: look_for_drift(broker)),
        Sweep("addresses of reports", 3600.0, forget_addresses),
        Sweep("outbox", 3600.0, purge_outbox),
        Sweep("leftovers", 3600.0, lambda: purge_leftovers(deps)),
        Sweep("training folders", 3600.0, lambda: purge_runs(deps, KEEP_RUN_FOLDERS_S)),
    ]


LOCK: Final = "sweeps"


class Sweeper(Thread):
    """Runs the sweeps; one sweeper is at work among all workers (advisory lock)."""

    def __init__(self, sweeps: list[Sweep], every_s: float = EVERY_S) -> None:
        super().__init__(name="sweeps", daemon=True)
        self._sweeps = sweeps
        self._every_s = every_s
        self._stopping = Event()

    def stop(self) -> None:
        """Ask it to end after the sweep in hand."""
        self._stopping.set()

    def run(self) -> None:
        """Sweep until stopped; a sweep that fails is logged and tried again at its next turn."""
        while not self._stopping.is_set():
            try:
                with sole_run(bound_engine(), LOCK) as is_sole:
                    if is_sole:
                        self.sweep_due()
            except Exception as error:  # noqa: BLE001  # the database is away: the supervisor decides how long
                log.warning("sweeps cannot run: %s", str(error).partition("\n")[0])
            self._stopping.wait(self._every_s)

    def sweep_due(self) -> None:
        """Run every sweep that is due, each whether or not the one before failed."""
        for sweep in self._sweeps:
            now_s = time.monotonic()
            if now_s < sweep.due_s or self._stopping.is_set():
                continue
            sweep.due_s = now_s + sweep.every_s
            try:
                sweep.run()
            except Exception:
                log.exception("the sweep of %s failed", sweep.name)
