"""The launcher with real processes: killed, interrupted, started twice."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest
from tests.integration.launch_stage import (
    NOBODY,
    RunningLaunch,
    Stage,
    find_free_port,
    listens,
    nobody_stage,
    own_stage,
    start_launch,
    still_running,
    wait_for,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder outside pytest's own 0700 ones, so that the database's account can pass."""
    folder = Path(tempfile.mkdtemp(prefix="clipjury-launch-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def launches() -> Iterator[list[RunningLaunch]]:
    """What a test starts goes in here, and is stopped whatever happens."""
    started: list[RunningLaunch] = []
    yield started
    for each in started:
        each.stop()


@pytest.fixture(scope="module")
def nobody() -> Iterator[Stage]:
    """The stage of an ordinary user, copied once."""
    folder = Path(tempfile.mkdtemp(prefix="clipjury-stage-"))
    try:
        yield nobody_stage(folder)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(params=["this user", "nobody"])
def stage(request: pytest.FixtureRequest) -> Stage:
    """Every test of the launcher runs as this user (root in CI) and as an ordinary one."""
    if request.param == "this user":
        return own_stage()
    found: Stage = request.getfixturevalue("nobody")
    return found


@pytest.fixture
def state_dir(stage: Stage, home: Path) -> Path:
    """For nobody: below a home of its own with mode 0700, on a path of more than 100 characters."""
    if not stage.account:
        return home / "state"
    private = home / "private-home"
    private.mkdir()
    os.chown(private, NOBODY, NOBODY)
    private.chmod(0o700)
    return private / ("a-rather-long-name-" * 5) / "state folder"


def ask(port: int, method: str = "GET") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, "/readyz")
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def answers(port: int) -> bool:
    try:
        return ask(port)[0] == 200
    except OSError:
        return False


def begin(stage: Stage, state_dir: Path, launches: list[RunningLaunch], **variables: str) -> RunningLaunch:
    running = start_launch(stage, state_dir, **variables)
    launches.append(running)
    running.wait_until_ready()
    return running


def socket_folder(state_dir: Path) -> Path:
    """Where the database listens, from the file that the launcher writes for other terminals."""
    lines = (state_dir / "environment").read_text().splitlines()
    url = next(line for line in lines if line.startswith("DATABASE_URL=")).partition("=")[2].strip("'")
    return Path(parse_qs(urlsplit(url).query)["host"][0])


def test_ctrl_c_leaves_no_process_no_port_and_no_socket(
    stage: Stage, state_dir: Path, launches: list[RunningLaunch]
) -> None:
    running = begin(stage, state_dir, launches)
    sockets = socket_folder(state_dir)
    assert sockets.stat().st_mode & 0o777 == 0o700
    assert len(str(sockets / ".s.PGSQL.5432.lock")) < 100
    family = running.family()
    assert len(family) > 5
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(20) == 0
    assert still_running(family) == []
    assert not listens(running.port)
    assert not sockets.exists()
    assert not (state_dir / "children.json").exists()


def test_kill_9_of_the_launcher_leaves_no_process_and_no_port_after_5_s(
    stage: Stage, state_dir: Path, launches: list[RunningLaunch]
) -> None:
    running = begin(stage, state_dir, launches)
    family = running.family()
    assert ask(running.port, "POST")[0] == 200
    os.kill(family[0].pid, signal.SIGKILL)
    wait_for(lambda: still_running(family) == [], 5, f"all of them ended, left: {still_running(family)}")
    assert not listens(running.port)
    again = begin(stage, state_dir, launches)
    assert ask(again.port) == (200, "1")


def test_kill_9_of_the_postmaster_restarts_it_with_every_acknowledged_row(
    stage: Stage, state_dir: Path, launches: list[RunningLaunch]
) -> None:
    running = begin(stage, state_dir, launches)
    acknowledged = [ask(running.port, "POST")[0] for _ in range(50)].count(200)
    assert acknowledged == 50
    postmaster = running.find("pginstall/bin/postgres")
    os.kill(postmaster.pid, signal.SIGKILL)
    wait_for(lambda: not answers(running.port), 5, "the web notices")
    wait_for(lambda: answers(running.port), 30, "the database answers again")
    assert running.find("pginstall/bin/postgres").pid != postmaster.pid
    assert ask(running.port) == (200, "50")


def test_second_start_finds_everything(stage: Stage, state_dir: Path, launches: list[RunningLaunch]) -> None:
    first = begin(stage, state_dir, launches)
    ask(first.port, "POST")
    key = (state_dir / "secret-key").read_text()
    first.stop()
    second = begin(stage, state_dir, launches)
    assert ask(second.port) == (200, "1")
    assert (state_dir / "secret-key").read_text() == key
    assert (state_dir / "secret-key").stat().st_mode & 0o777 == 0o600


def test_crashed_child_is_started_again(home: Path, launches: list[RunningLaunch]) -> None:
    running = begin(own_stage(), home / "state", launches)
    worker = running.find("watch_parent")
    grandchildren = worker.children()
    assert len(grandchildren) == 1
    worker.kill()
    wait_for(lambda: still_running([worker, *grandchildren]) == [], 5, "the dead worker's child ends too")
    wait_for(lambda: has_child(running, "watch_parent"), 10, "a new worker")
    assert running.process.poll() is None


def has_child(running: RunningLaunch, word: str) -> bool:
    return any(
        word in part for child in psutil.Process(running.process.pid).children() for part in child.cmdline()
    )


def test_second_launcher_on_the_same_folder_is_told_so(home: Path, launches: list[RunningLaunch]) -> None:
    first = begin(own_stage(), home / "state", launches)
    second = start_launch(own_stage(), home / "state")
    output = second.process.communicate(timeout=20)[0]
    assert second.process.returncode == 2
    assert "already runs" in output and str(first.process.pid) in output
    assert answers(first.port)


def test_busy_port_is_refused_before_anything_starts(home: Path) -> None:
    stage, port = own_stage(), find_free_port()
    holder = stage.start(["-m", "http.server", "--bind", "127.0.0.1", str(port)])
    try:
        wait_for(lambda: listens(port), 10, "the holder listens")
        launcher = stage.start(
            ["-m", "clipjury.launch.main", "up", "--port", str(port), "--state-dir", str(home / "s")]
        )
        output = launcher.communicate(timeout=20)[0]
        assert launcher.returncode == 2
        assert f"Port {port} is in use" in output and "Traceback" not in output
        assert not (home / "s" / "postgres").exists()
    finally:
        holder.kill()
        holder.communicate()


def test_state_folder_made_by_root_is_refused_for_an_ordinary_user_with_a_clear_message(
    home: Path, nobody: Stage, launches: list[RunningLaunch]
) -> None:
    begin(own_stage(), home / "state", launches).stop()
    refused = start_launch(nobody, home / "state")
    output = refused.process.communicate(timeout=20)[0]
    assert refused.process.returncode == 2
    assert "belongs to root, and you are nobody" in output and "--state-dir" in output
    assert "Traceback" not in output


def test_root_below_a_private_folder_keeps_its_database_where_its_account_can_reach_it(
    home: Path, launches: list[RunningLaunch]
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root hands the database to another account")
    private = home / "private"
    private.mkdir(mode=0o700)
    first = begin(own_stage(), private / "state", launches)
    ask(first.port, "POST")
    first.stop()
    assert private.stat().st_mode & 0o777 == 0o700
    place = outside_cluster(private / "state")
    try:
        assert place.is_relative_to("/var/lib/clipjury") and place.is_dir()
        assert ask(begin(own_stage(), private / "state", launches).port) == (200, "1")
    finally:
        for each in launches:
            each.stop()
        shutil.rmtree(place.parent)


def outside_cluster(state_dir: Path) -> Path:
    return Path(json.loads((state_dir / "postgres" / "location.json").read_text())["cluster"])


def test_first_admin_comes_from_the_environment_once_and_no_child_sees_the_password(
    home: Path, launches: list[RunningLaunch]
) -> None:
    variables = {"CLIPJURY_ADMIN_EMAIL": "a@example.org", "CLIPJURY_ADMIN_PASSWORD": "correct horse"}
    for _ in range(2):
        begin(own_stage(), home / "state", launches, **variables).stop()
    created = (home / "state" / "created").read_text().splitlines()
    assert created == ["['--email', 'a@example.org'] correct horse False"]


def test_demo_prints_what_the_filling_prints_on_every_start(
    home: Path, launches: list[RunningLaunch]
) -> None:
    for _ in range(2):
        running = start_launch(own_stage(), home / "state", "demo")
        launches.append(running)
        running.wait_until_ready()
        assert running.process.stdout is not None
        assert any("log in as somebody" in line for line in iter(running.process.stdout.readline, "\n\n"))
        running.stop()
