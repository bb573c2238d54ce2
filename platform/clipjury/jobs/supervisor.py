"""The worker process: dramatiq's threads, the relay and the sweeps, started and stopped together."""

import logging
import os
import signal
import sys
import threading
import time
from types import FrameType
from typing import Protocol

from dramatiq.broker import Broker
from dramatiq.worker import Worker
from sqlalchemy.exc import DBAPIError

from clipjury.db.migrate import current_revision, head_revision
from clipjury.db.transaction import autocommit, bind, make_engine
from clipjury.deps import Deps, build_deps
from clipjury.domain.errors import ClipJuryError
from clipjury.jobs import scoring
from clipjury.jobs.actors import declare
from clipjury.jobs.attempts import Attempts
from clipjury.jobs.broker import close_broker, open_broker, release_claims
from clipjury.jobs.detector_store import ensure_bundled
from clipjury.jobs.relay import Relay
from clipjury.jobs.sweeps import Sweeper, plan_sweeps
from clipjury.settings import Settings
from clipjury_ml.detection.manifest import DetectorError

DATABASE_AWAY_S = 60.0
FINISH_WITHIN_S = 8.0  # the launcher kills after 10
_IDLE_POLL_MS = 1000

log = logging.getLogger(__name__)


class WorkerError(RuntimeError):
    """The worker cannot run; the message says what to do."""


class _Stoppable(Protocol):
    def stop(self) -> None: ...
    def join(self, timeout: float | None = None) -> None: ...


class Supervisor:
    """Everything that one worker process runs."""

    def __init__(self, deps: Deps, broker: Broker, attempts: Attempts, threads: int) -> None:
        self._broker = broker
        self._attempts = attempts
        self._worker = Worker(broker, worker_threads=threads, worker_timeout=_IDLE_POLL_MS)
        self._relay = Relay(broker)
        self._sweeper = Sweeper(plan_sweeps(broker, deps))
        self.stopping = threading.Event()

    def start(self) -> None:
        """Start all threads."""
        self._worker.start()
        self._relay.start()
        self._sweeper.start()

    def watch(self) -> None:
        """Return when asked to stop. Raises WorkerError when the database stays away or a thread has died."""
        while not self.stopping.wait(1.0):
            away_s = time.monotonic() - self._relay.last_contact_at_s
            if away_s > DATABASE_AWAY_S:
                raise WorkerError(f"The database has not answered for {away_s:.0f} s.")
            for thread in (self._relay, self._sweeper, *self._worker.workers):
                if not thread.is_alive():
                    raise WorkerError(f"The thread {thread.name} has died; see the log above.")

    def stop(self, within_s: float = FINISH_WITHIN_S) -> bool:
        """Let jobs in hand finish for `within_s`, give the others back to the queue; whether all finished."""
        parts: list[_Stoppable] = [self._relay, self._sweeper]
        for part in parts:
            part.stop()
        self._worker.stop(timeout=round(within_s * 1000))
        for part in parts:
            part.join(2.0)
        finished = not any(thread.is_alive() for thread in self._worker.workers)
        released = release_claims(self._broker)
        if released:
            log.info("%d unfinished jobs given back to the queue", released)
        self._attempts.forget()
        return finished


def wait_for_database(within_s: float = DATABASE_AWAY_S) -> None:
    """Return once the database answers at the newest revision; raises WorkerError when it does not."""
    deadline = time.monotonic() + within_s
    while True:
        try:
            with autocommit() as connection:
                revision = current_revision(connection)
            break
        except DBAPIError as error:
            if time.monotonic() > deadline:
                raise WorkerError(f"The database does not answer: {str(error.orig).strip()}") from error
            time.sleep(0.5)
    if revision != head_revision():
        raise WorkerError(
            f"The database is at revision {revision or 'none'}, this version needs {head_revision()}. "
            "Run: clipjury migrate"
        )


def run_worker(settings: Settings, threads: int | None = None) -> int:
    """Run until SIGTERM or SIGINT; the exit status. Call from the main thread."""
    scoring.quieten_threads()
    try:
        scoring.check_detector()
    except DetectorError as error:
        raise WorkerError(f"The detector cannot be used: {error}") from error
    bind(make_engine(settings.database_url))
    wait_for_database()
    deps = build_deps(settings)
    try:
        ensure_bundled(deps)
    except (DetectorError, ClipJuryError) as error:
        raise WorkerError(f"The detector cannot be registered: {error}") from error
    broker = open_broker(settings)
    supervisor = Supervisor(deps, broker, declare(broker, deps), threads or settings.worker_threads)
    _stop_on_signals(supervisor.stopping)
    supervisor.start()
    log.info("worker %d is ready", os.getpid())
    status = 0
    try:
        supervisor.watch()
    except WorkerError as error:
        log.critical("%s", error)  # a sentence for the operator; the trace says nothing more
        status = 1
    finished = _stop(supervisor)
    if not finished:
        # A thread still in native code would hold up the interpreter's end; its job is back in the queue.
        sys.stderr.flush()
        os._exit(status)
    close_broker(broker)
    log.info("worker %d has stopped", os.getpid())
    return status


def _stop(supervisor: Supervisor) -> bool:
    try:
        return supervisor.stop()
    except Exception as error:  # noqa: BLE001  # the database is away: what was claimed is given out again later
        log.warning("the worker could not put everything down: %s", str(error).partition("\n")[0])
        return False


def _stop_on_signals(stopping: threading.Event) -> None:
    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if stopping.is_set():
            os._exit(1)  # asked twice
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
