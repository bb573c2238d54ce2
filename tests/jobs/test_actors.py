"""Running a job: once at a time, retried, given up with a message, never for ever."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from dramatiq.broker import Broker
from dramatiq.worker import Worker
from tests.factories.command_line import run_cli
from tests.jobs.conftest import ReceiveFile, queued, read_all, read_clip

from clipjury.db.sole_run import sole_run
from clipjury.db.transaction import bound_engine
from clipjury.deps import Deps
from clipjury.jobs import actors
from clipjury.jobs.actors import GIVE_UP, JOBS, Job, declare, run_job
from clipjury.jobs.attempts import MOST_LOST_RUNS, Attempts, LostRunsError
from clipjury.jobs.broker import close_broker, open_broker
from clipjury.jobs.relay import relay_batch, send
from clipjury.jobs.routing import ROUTES


@contextmanager
def running_worker(deps: Deps) -> Iterator[Broker]:
    """A worker in this process whose retries hardly wait."""
    broker = open_broker(deps.settings, min_backoff_ms=50)
    declare(broker, deps)
    worker = Worker(broker, worker_threads=2, worker_timeout=100)
    worker.start()
    try:
        yield broker
    finally:
        worker.stop(timeout=5000)
        close_broker(broker)


def wait_until(condition: Callable[[], bool], within_s: float = 30.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_every_route_leads_to_an_actor() -> None:
    assert {route.actor for routes in ROUTES.values() for route in routes} <= set(JOBS)


def test_a_job_that_keeps_failing_is_tried_four_times_and_then_fails_its_clip_in_plain_words(
    deps: Deps, receive_file: ReceiveFile, good_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip_id = receive_file(good_video)
    tries: list[str] = []

    def explode(_deps: Deps, given: str) -> None:
        tries.append(given)
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setitem(JOBS, "probe_clip", Job(explode, "light", 0, of_clip=True))
    with running_worker(deps) as broker:
        relay_batch(broker)
        wait_until(lambda: read_clip(clip_id).state == "failed")
    clip = read_clip(clip_id)
    assert tries == [str(clip_id)] * 4
    assert clip.failure_code == "processing_failed"
    assert "ZeroDivisionError" not in str(clip.failure_detail)


def test_a_job_that_fails_once_is_tried_again_and_succeeds(
    deps: Deps, receive_file: ReceiveFile, good_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip_id = receive_file(good_video)
    probe = JOBS["probe_clip"].run
    tries: list[str] = []

    def fail_at_first(deps: Deps, given: str) -> None:
        tries.append(given)
        if len(tries) == 1:
            raise ConnectionError("the store was away")
        probe(deps, given)

    monkeypatch.setitem(JOBS, "probe_clip", Job(fail_at_first, "light", 0, of_clip=True))
    with running_worker(deps) as broker:
        relay_batch(broker)
        wait_until(lambda: read_clip(clip_id).state == "processing")
    assert len(tries) == 2
    assert queued() == []


def test_two_deliveries_at_once_run_the_job_once(deps: Deps, tmp_path: Path, broker: Broker) -> None:
    runs: list[str] = []
    release = threading.Event()

    def wait(_deps: Deps, given: str) -> None:
        runs.append(given)
        release.wait(10)

    job = Job(wait, "light", 0, of_clip=True)
    attempts = Attempts(tmp_path / "attempts")
    first = threading.Thread(target=run_job, args=("wait", job, deps, attempts, ("a",)))
    first.start()
    wait_until(lambda: runs == ["a"])
    run_job("wait", job, deps, attempts, ("a",))
    run_job("other", Job(lambda *_: runs.append("b"), "light", 0, of_clip=True), deps, attempts, ("a",))
    release.set()
    first.join()
    assert runs == ["a", "b"]


def test_the_lock_of_a_run_is_free_again_afterwards_even_after_an_error(deps: Deps) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), sole_run(bound_engine(), "a piece of work") as is_sole:
            assert is_sole
            raise ZeroDivisionError
    with (
        sole_run(bound_engine(), "a piece of work") as first,
        sole_run(bound_engine(), "a piece of work") as second,
    ):
        assert (first, second) == (True, False)


def test_a_clip_whose_job_took_its_process_down_three_times_fails(
    deps: Deps, receive_file: ReceiveFile, good_video: Path
) -> None:
    clip_id = receive_file(good_video)
    attempts = Attempts(deps.settings.state_dir / "worker" / "attempts")
    runs: list[str] = []
    job = Job(lambda _deps, given: runs.append(given), "light", 0, of_clip=True)
    note = deps.settings.state_dir / "worker" / "attempts" / f"probe_clip-{clip_id}"
    note.write_text(str(MOST_LOST_RUNS))  # as the third killed process leaves it
    run_job("probe_clip", job, deps, attempts, (str(clip_id),))
    assert runs == []
    assert read_clip(clip_id).failure_code == "processing_failed"
    assert not note.exists()


def test_lost_runs_are_counted_and_ended_runs_are_not(tmp_path: Path) -> None:
    attempts = Attempts(tmp_path / "attempts")
    for _ in range(10):
        with attempts.run("job"):
            assert (tmp_path / "attempts" / "job").read_text() == "1"
    for _ in range(10):
        with pytest.raises(ZeroDivisionError), attempts.run("job"):
            raise ZeroDivisionError
    for lost in range(MOST_LOST_RUNS):
        (tmp_path / "attempts" / "job").write_text(str(lost))
        with attempts.run("job"):
            assert (tmp_path / "attempts" / "job").read_text() == str(lost + 1)
    (tmp_path / "attempts" / "job").write_text(str(MOST_LOST_RUNS))
    with pytest.raises(LostRunsError), attempts.run("job"):
        pytest.fail("it ran")
    with attempts.run("job"):  # the count begins anew
        attempts.forget()
    assert list((tmp_path / "attempts").iterdir()) == []


def test_giving_up_leaves_a_clip_alone_that_made_it_meanwhile(
    deps: Deps, receive_file: ReceiveFile, good_video: Path
) -> None:
    clip_id = receive_file(good_video)
    for name in ("probe_clip", "make_preview", "score_clip"):
        JOBS[name].run(deps, str(clip_id))
    actors.give_up_clip({"args": [str(clip_id)]}, {})
    assert read_clip(clip_id).state == "open"
    actors.give_up_clip({"args": [str(uuid.uuid4())]}, {})


def test_sending_with_the_same_key_keeps_one_message_in_the_queue(broker: Broker) -> None:
    for _ in range(3):
        send(broker, "probe_clip", ["a"], key="sweep-a")
    send(broker, "make_preview", ["a"], key="sweep-a")
    assert queued() == [("probe_clip", ["a"]), ("make_preview", ["a"])]
    assert GIVE_UP in broker.actors


def test_a_clip_that_failed_through_no_fault_of_its_own_gets_another_try_and_keeps_what_was_made(
    deps: Deps, receive_file: ReceiveFile, good_video: Path
) -> None:
    clip_id = receive_file(good_video)
    for name in ("probe_clip", "score_clip"):
        JOBS[name].run(deps, str(clip_id))
    actors.fail_processing(str(clip_id))
    assert run_cli(deps.settings, "clips", "retry", "--code", "truncated").stdout.startswith("0 clips")
    assert run_cli(deps.settings, "clips", "retry").stdout.startswith("1 clips")
    assert read_clip(clip_id).state == "received"
    with running_worker(deps) as broker:
        relay_batch(broker)
        wait_until(lambda: read_clip(clip_id).state == "processing")
        relay_batch(broker)
        wait_until(lambda: read_clip(clip_id).state == "open")
    assert read_clip(clip_id).failure_code is None
    assert len(read_all("SELECT * FROM scores")) == 1
    assert run_cli(deps.settings, "clips", "retry").stdout.startswith("0 clips")
