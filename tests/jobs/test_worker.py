"""The worker process as it runs in an installation: killed, stopped, and without its database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.factories.detectors import write_detector
from tests.jobs.conftest import ReceiveFile, read_all, read_clip

from clipjury.db.transaction import bind, bound_engine, make_engine
from clipjury.deps import Deps
from clipjury.jobs import scoring, supervisor
from clipjury.jobs.supervisor import Supervisor, WorkerError, wait_for_database
from clipjury.launch.embedded_postgres import EmbeddedPostgres
from clipjury.settings import Settings
from clipjury_ml.detection.manifest import DetectorError

ROOT = Path(__file__).resolve().parents[2]

StartWorker = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def detector_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worker-detector")
    write_detector(folder)
    return folder


def environment_of(settings: Settings) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "DATABASE_URL": settings.database_url,
        "CLIPJURY_STATE_DIR": str(settings.state_dir),
        "CLIPJURY_SECRET_KEY": settings.secret_key,
    }


@pytest.fixture
def start_worker(deps: Deps, detector_dir: Path) -> Iterator[StartWorker]:
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.worker_process", str(detector_dir)],
            cwd=ROOT,
            env=environment_of(deps.settings),
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_until(condition: Callable[[], bool], within_s: float) -> float:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within_s, "it did not happen in time"
        time.sleep(0.1)
    return time.monotonic() - began


def test_a_video_goes_through_the_worker_and_sigterm_ends_it_cleanly(
    deps: Deps, receive_file: ReceiveFile, good_video: Path, start_worker: StartWorker
) -> None:
    clip_id = receive_file(good_video)
    process = start_worker()
    wait_until(lambda: read_clip(clip_id).state == "open", 180)
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=20)
    assert process.returncode == 0, log
    assert "has stopped" in log
    assert "Traceback" not in log
    assert read_all("SELECT * FROM dramatiq.queue") == []
    assert read_all("SELECT * FROM dramatiq.worker") == []
    assert read_clip(clip_id).rendition_names == ["frames", "poster", "preview", "thumbnails"]
    assert len(read_all("SELECT * FROM scores")) == 1


@pytest.mark.slow
def test_a_job_whose_worker_is_killed_is_given_to_another(
    deps: Deps, receive_file: ReceiveFile, good_video: Path, start_worker: StartWorker
) -> None:
    state_dir = deps.settings.state_dir
    (state_dir / "slow").touch()
    clip_id = receive_file(good_video)
    first = start_worker()
    wait_until((state_dir / "probing").exists, 180)
    first.kill()
    first.wait()
    (state_dir / "slow").unlink()
    assert read_all("SELECT CAST(state AS text) FROM dramatiq.queue") == [("consumed",)]
    start_worker()
    wait_until(lambda: read_clip(clip_id).state == "open", 180)
    assert read_all("SELECT * FROM dramatiq.queue") == []
    assert len(read_all("SELECT * FROM outbox WHERE event = 'clip_probed'")) == 1


@pytest.mark.slow
def test_a_stopping_worker_gives_a_job_it_cannot_finish_to_the_next_at_once(
    deps: Deps, receive_file: ReceiveFile, good_video: Path, start_worker: StartWorker
) -> None:
    state_dir = deps.settings.state_dir
    (state_dir / "slow").touch()
    clip_id = receive_file(good_video)
    first = start_worker()
    wait_until((state_dir / "probing").exists, 180)
    first.send_signal(signal.SIGTERM)
    first.wait(15)
    assert first.returncode == 0
    assert read_all("SELECT CAST(state AS text) FROM dramatiq.queue") == [("queued",)]
    assert list((state_dir / "worker" / "attempts").iterdir()) == [], "stopping is not held against the clip"
    (state_dir / "slow").unlink()
    start_worker()
    wait_until(lambda: read_clip(clip_id).state == "open", 180)


def test_a_worker_does_not_start_on_a_database_that_was_not_migrated(
    settings: Settings, postgres: EmbeddedPostgres, database: object
) -> None:
    bind(make_engine(f"postgresql+psycopg2{postgres.dsn('clipjury', 'clipjury_owner')[len('postgresql') :]}"))
    with pytest.raises(WorkerError, match="clipjury migrate"):
        wait_for_database()
    bound_engine().dispose()


def test_a_worker_whose_database_never_answers_says_so(database: object) -> None:
    bind(make_engine("postgresql+psycopg2:///nothing?host=/nowhere/at/all&user=nobody"))
    with pytest.raises(WorkerError, match="does not answer"):
        wait_for_database(within_s=0.6)


def test_a_worker_whose_database_stays_away_ends_with_an_error(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = supervisor.open_broker(deps.settings)
    attempts = supervisor.declare(broker, deps)
    running = Supervisor(deps, broker, attempts, threads=1)
    running.start()
    monkeypatch.setattr(supervisor, "DATABASE_AWAY_S", -1.0)
    with pytest.raises(WorkerError, match="has not answered"):
        running.watch()
    assert running.stop()
    supervisor.close_broker(broker)


def test_a_worker_without_a_detector_does_not_start_on_clips_that_it_could_only_fail(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise DetectorError("there is no detector 'face-swap-lite0'; there are: none")

    monkeypatch.setattr(scoring, "check_detector", refuse)
    with pytest.raises(WorkerError, match="no detector 'face-swap-lite0'"):
        supervisor.run_worker(settings)
