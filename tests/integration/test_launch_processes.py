"""The pieces below the launcher: identities, back-off, sweeping, and noticing a dead parent."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.integration.launch_stage import REPOSITORY, find_free_port, listens, still_running, wait_for

from clipjury.launch.first_admin import FirstAdmin, find_first_admin, remember_first_admin
from clipjury.launch.installation import Installation, build_process_table, make_secret_key
from clipjury.launch.process_identity import ProcessIdentity, identify, is_alive, read_command_line
from clipjury.launch.processes import (
    Child,
    ChildSpec,
    Supervisor,
    decide_delay_s,
    read_log_end,
    sweep_orphans,
)
from clipjury.launch.state_folder import FolderLock, LaunchError, make_private_folder, open_state_folder


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def spec(tmp_path: Path, code: str) -> ChildSpec:
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY / "platform")}
    return ChildSpec(
        "child", (sys.executable, "-c", code), variables, tmp_path / "logs" / "child.log", tmp_path
    )


def test_identity_tells_a_process_from_a_later_one_with_its_pid(sleeper: subprocess.Popen[bytes]) -> None:
    identity = identify(sleeper.pid)
    assert identity is not None and is_alive(identity)
    assert not is_alive(ProcessIdentity(sleeper.pid, "another boot:1"))
    assert read_command_line(sleeper.pid) == ["sleep", "60"]
    sleeper.kill()
    wait_for(lambda: not is_alive(identity), 5, "a zombie is not alive")
    assert read_command_line(sleeper.pid) == []


def test_sweep_ends_recorded_children_and_never_a_stranger_with_a_reused_pid(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    record = tmp_path / "children.json"
    record.write_text(json.dumps([[sleeper.pid, "another boot:1"]]))
    assert sweep_orphans(record) == 0
    assert sleeper.poll() is None
    identity = identify(sleeper.pid)
    assert identity is not None
    record.write_text(json.dumps([[identity.pid, identity.started]]))
    assert sweep_orphans(record) == 1
    assert sleeper.wait(5) == -signal.SIGTERM
    assert not record.exists()


def test_unreadable_record_sweeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "children.json").write_text("{not json")
    assert sweep_orphans(tmp_path / "children.json") == 0
    assert sweep_orphans(tmp_path / "missing.json") == 0


def test_delay_doubles_from_half_a_second_to_half_a_minute() -> None:
    assert [decide_delay_s(crashes) for crashes in range(1, 9)] == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_child_that_cannot_stay_up_is_started_again_ever_more_slowly(tmp_path: Path) -> None:
    messages: list[str] = []
    supervisor = Supervisor(tmp_path / "children.json", messages.append)
    supervisor.start(Child(spec(tmp_path, "raise SystemExit(7)")))

    def is_third_crash_noted() -> bool:
        supervisor.tick()
        return len(messages) == 3

    wait_for(is_third_crash_noted, 15, "three crashes")
    supervisor.stop()
    assert "exit status 7" in messages[0]
    assert [message.rpartition("again in ")[2] for message in messages] == ["0.5 s.", "1 s.", "2 s."]


def test_program_that_is_missing_is_said_plainly(tmp_path: Path) -> None:
    missing = ChildSpec("worker", ("/nowhere/clipjury",), {}, tmp_path / "log", tmp_path)
    with pytest.raises(LaunchError, match=r"worker cannot be started.*nowhere"):
        Child(missing).start()


def test_stopping_ends_a_child_that_ignores_the_signal_and_all_it_started(tmp_path: Path) -> None:
    code = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "os.fork()\n"
        "print('deaf', flush=True)\n"
        "time.sleep(60)\n"
    )
    deaf = spec(tmp_path, code)
    child = Child(
        ChildSpec(deaf.name, deaf.command, deaf.environment, deaf.log_path, deaf.cwd, stop_within_s=0.3)
    )
    child.start()
    assert child.pid is not None
    wait_for(lambda: read_log_end(deaf.log_path).count("deaf") == 2, 10, "both listen to nothing")
    family = [psutil.Process(child.pid), *psutil.Process(child.pid).children()]
    child.stop()
    wait_for(lambda: still_running(family) == [], 3, "both are gone")
    assert child.exit_status == -signal.SIGKILL


def test_large_log_is_put_aside_when_a_child_starts(tmp_path: Path) -> None:
    logging = spec(tmp_path, "print('new')")
    logging.log_path.parent.mkdir()
    logging.log_path.write_bytes(b"x" * 10_000_001)
    child = Child(logging)
    child.start()
    wait_for(lambda: child.exit_status == 0, 10, "it ends")
    assert logging.log_path.read_text() == "new\n"
    assert logging.log_path.with_name("child.log.1").stat().st_size == 10_000_001


def test_grandchild_that_ignores_sigterm_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, signal, time\n"
        "from clipjury.launch.parent_watch import watch_parent\n"
        "parent = os.getpid()\n"
        "if os.fork() == 0:\n"
        "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "    watch_parent(parent, poll_s=0.1, grace_s=0.3)\n"
        "    print('watching', flush=True)\n"
        "time.sleep(60)\n"
    )
    child = Child(spec(tmp_path, code))
    child.start()
    assert child.pid is not None
    wait_for(lambda: "watching" in read_log_end(child.spec.log_path), 10, "the grandchild watches")
    grandchildren = psutil.Process(child.pid).children()
    assert len(grandchildren) == 1
    os.kill(child.pid, signal.SIGKILL)
    wait_for(lambda: still_running(grandchildren) == [], 3, "the grandchild is gone")
    child.stop()


def test_web_processes_end_when_gunicorn_itself_is_killed(tmp_path: Path) -> None:
    (tmp_path / "small.py").write_text(
        "def app(environ, start_response):\n    start_response('200 OK', [])\n    return [b'here']\n"
    )
    port = find_free_port()
    configuration = REPOSITORY / "platform" / "clipjury" / "launch" / "gunicorn_conf.py"
    variables = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{tmp_path}:{REPOSITORY / 'platform'}",
        "CLIPJURY_PORT": str(port),
        "HOME": str(tmp_path),
    }
    command = (sys.executable, "-m", "gunicorn", "small:app", "-c", str(configuration))
    child = Child(ChildSpec("web", command, variables, tmp_path / "web.log", tmp_path))
    child.start()
    try:
        wait_for(lambda: listens(port), 20, "gunicorn listens")
        assert child.pid is not None
        gunicorn = psutil.Process(child.pid)
        wait_for(lambda: len(gunicorn.children()) == 2, 10, "two web processes")
        processes = gunicorn.children()
        assert not list(tmp_path.rglob("*.ctl"))
        os.kill(child.pid, signal.SIGKILL)
        wait_for(lambda: still_running(processes) == [], 5, "the web processes are gone")
        assert not listens(port)
    finally:
        child.stop()


def test_folder_lock_is_one_launchers_and_names_it(tmp_path: Path) -> None:
    first, second = (FolderLock(tmp_path / "lock", "held by {pid}") for _ in range(2))
    first.acquire()
    first.acquire()
    with pytest.raises(LaunchError, match=f"held by {os.getpid()}"):
        second.acquire()
    first.release()
    second.acquire()
    second.release()


def test_state_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    for place in (tmp_path / "state", tmp_path / "state" / "below"):
        with pytest.raises(LaunchError, match="file"):
            open_state_folder(place)


def test_socket_folder_that_somebody_prepared_as_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "sockets").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LaunchError, match="in the way"):
        make_private_folder(tmp_path / "sockets", os.geteuid(), os.getegid())


def test_secret_key_is_made_once_for_its_owners_eyes(tmp_path: Path) -> None:
    path = make_secret_key(tmp_path)
    key = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600 and len(key.strip()) == 64
    assert make_secret_key(tmp_path).read_text() == key


def test_children_get_the_settings_and_never_the_first_admins_password(tmp_path: Path) -> None:
    inherited = {
        "CLIPJURY_ADMIN_EMAIL": "a@example.org",
        "CLIPJURY_ADMIN_PASSWORD": "secret",
        "CLIPJURY_BROKER_URL": "redis://127.0.0.1",
        "CLIPJURY_STORAGE_URL": "s3://clips",
    }
    installation = Installation(tmp_path, 8123, "postgresql:///a", "postgresql:///b", inherited)
    table = build_process_table(installation)
    for each in (table.migrate, table.create_admin, table.fill_demo, *table.kept_up):
        assert "CLIPJURY_ADMIN_PASSWORD" not in each.environment
        assert each.environment["CLIPJURY_BROKER_URL"] == "redis://127.0.0.1"
        assert each.environment["CLIPJURY_STORAGE_URL"] == "s3://clips"
        assert each.environment["DATABASE_URL"] == "postgresql:///a"
        assert each.environment["CLIPJURY_OWNER_DATABASE_URL"] == "postgresql:///b"
        assert each.environment["CLIPJURY_PORT"] == "8123"


def test_environment_file_can_be_read_by_a_shell_whatever_the_path(tmp_path: Path) -> None:
    state_dir = tmp_path / "it's a folder"
    state_dir.mkdir()
    installation = Installation(state_dir, 8123, "postgresql:///a?host=/x&user=y", "postgresql:///b", {})
    place = installation.write_environment_file()
    script = 'set -a; . "$1"; printf "%s\\n" "$DATABASE_URL" "$CLIPJURY_STATE_DIR"'
    shown = subprocess.run(["sh", "-c", script, "sh", str(place)], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines() == ["postgresql:///a?host=/x&user=y", str(state_dir)]
    assert place.stat().st_mode & 0o777 == 0o600


def test_first_admin_is_taken_from_the_environment_until_one_was_made(tmp_path: Path) -> None:
    variables = {"CLIPJURY_ADMIN_EMAIL": "a@example.org", "CLIPJURY_ADMIN_PASSWORD": "secret"}
    admin = find_first_admin(tmp_path, variables, terminal=False)
    assert admin == FirstAdmin("a@example.org", "secret")
    assert "secret" not in repr(admin)
    assert find_first_admin(tmp_path, {}, terminal=False) is None
    with pytest.raises(LaunchError, match="both"):
        find_first_admin(tmp_path, {"CLIPJURY_ADMIN_EMAIL": "a@example.org"}, terminal=False)
    assert admin is not None
    remember_first_admin(tmp_path, admin)
    assert find_first_admin(tmp_path, variables, terminal=True) is None
