"""The embedded PostgreSQL: real servers, killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import psycopg2.errors
import pytest
from tests.integration.launch_stage import wait_for

from clipjury.launch.embedded_postgres import EmbeddedPostgres
from clipjury.launch.process_identity import identify
from clipjury.launch.state_folder import LaunchError


@pytest.fixture
def state_dir() -> Iterator[Path]:
    """Outside pytest's own 0700 folders, so that the database's account can pass."""
    folder = Path(tempfile.mkdtemp(prefix="clipjury-pg-"))
    folder.chmod(0o711)
    yield folder / "state"
    shutil.rmtree(folder, ignore_errors=True)


def run_sql(dsn: str, statement: str) -> list[tuple[object, ...]]:
    with closing(psycopg2.connect(dsn)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def pid_of(server: EmbeddedPostgres) -> int:
    assert server.pid is not None
    return server.pid


def test_owner_changes_the_schema_and_the_app_role_only_works_with_rows(postgres: EmbeddedPostgres) -> None:
    postgres.ensure_database("roles", "clipjury_owner", "clipjury_app")
    owner, app = postgres.dsn("roles", "clipjury_owner"), postgres.dsn("roles", "clipjury_app")
    run_sql(owner, "CREATE TABLE entries (id serial PRIMARY KEY)")
    run_sql(owner, "CREATE SCHEMA queue; CREATE TABLE queue.sent (id int)")
    run_sql(
        app, "INSERT INTO entries DEFAULT VALUES; INSERT INTO queue.sent VALUES (1); DELETE FROM queue.sent"
    )
    assert run_sql(app, "SELECT count(*) FROM entries") == [(1,)]
    for forbidden in (
        "CREATE TABLE own (id int)",
        "DROP TABLE entries",
        "TRUNCATE entries",
        "CREATE SCHEMA own",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            run_sql(app, forbidden)


def test_what_a_migration_revoked_stays_revoked_when_the_roles_are_prepared_again(
    postgres: EmbeddedPostgres,
) -> None:
    postgres.ensure_database("sealed", "clipjury_owner", "clipjury_app")
    run_sql(
        postgres.dsn("sealed", "clipjury_owner"),
        "CREATE TABLE log (id int); REVOKE DELETE ON log FROM clipjury_app",
    )
    postgres.ensure_database("sealed", "clipjury_owner", "clipjury_app")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        run_sql(postgres.dsn("sealed", "clipjury_app"), "DELETE FROM log")


def test_server_listens_on_a_private_socket_only(postgres: EmbeddedPostgres) -> None:
    dsn = postgres.dsn("postgres", "postgres")
    assert run_sql(dsn, "SHOW listen_addresses") == [("",)]
    assert run_sql(dsn, "SHOW idle_in_transaction_session_timeout") == [("10s",)]
    assert run_sql(dsn, "SHOW server_encoding") == [("UTF8",)]
    assert postgres.socket_dir.stat().st_mode & 0o777 == 0o700
    assert postgres.cluster_dir.stat().st_mode & 0o777 == 0o700


def test_root_hands_the_server_to_an_account_without_a_log_in(postgres: EmbeddedPostgres) -> None:
    if os.geteuid() != 0:
        pytest.skip("an ordinary user runs the server itself")
    status = Path(f"/proc/{postgres.pid}/status").read_text()
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert "0" not in fields["Uid"].split()
    assert "0" not in fields["Gid"].split()
    assert fields["Groups"].strip() == ""


def test_acknowledged_rows_survive_a_killed_postmaster(state_dir: Path) -> None:
    with EmbeddedPostgres(state_dir) as server:
        dsn = server.dsn("postgres", "postgres")
        run_sql(dsn, "CREATE TABLE kept (id serial)")
        for _ in range(20):
            run_sql(dsn, "INSERT INTO kept DEFAULT VALUES")
        killed = pid_of(server)
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: server.pid is None, 5, "the server is gone")
        server.start()
        assert server.pid != killed
        assert run_sql(dsn, "SELECT count(*) FROM kept") == [(20,)]


def test_server_left_by_a_killed_launcher_is_ended_and_its_rows_are_there(state_dir: Path) -> None:
    """The worst case: no parent-death signal, so the whole server outlives its launcher."""
    code = (
        "import clipjury.launch.embedded_postgres as e, os, pathlib, sys\n"
        "e.end_with_parent = lambda signal_number: None\n"
        "server = e.EmbeddedPostgres(pathlib.Path(sys.argv[1]), fsync=False)\n"
        "server.start()\n"
        "connection = e.psycopg2.connect(server.dsn('postgres', 'postgres'))\n"
        "connection.cursor().execute('CREATE TABLE kept AS SELECT 1 AS id')\n"
        "connection.commit()\n"
        "print(server.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(state_dir)], capture_output=True, text=True, check=False
    )
    orphan = identify(int(ended.stdout))
    assert orphan is not None
    with EmbeddedPostgres(state_dir, fsync=False) as server:
        assert identify(orphan.pid) != orphan
        assert run_sql(server.dsn("postgres", "postgres"), "SELECT id FROM kept") == [(1,)]


def test_stale_pid_file_whose_pid_is_now_another_process_is_no_obstacle(state_dir: Path) -> None:
    with EmbeddedPostgres(state_dir, fsync=False) as server:
        owner = server.cluster_dir.stat()
    account = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    stranger = subprocess.Popen(["sleep", "60"], **account)  # type: ignore[call-overload]
    try:
        (server.cluster_dir / "postmaster.pid").write_text(f"{stranger.pid}\n{server.cluster_dir}\n")
        os.chown(server.cluster_dir / "postmaster.pid", owner.st_uid, owner.st_gid)
        with server:
            assert run_sql(server.dsn("postgres", "postgres"), "SELECT 1") == [(1,)]
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_first_start_interrupted_while_making_the_cluster_begins_again(state_dir: Path) -> None:
    with EmbeddedPostgres(state_dir, fsync=False) as server:
        (server.cluster_dir / "PG_VERSION").unlink()
        (state_dir / "postgres" / "making").touch()
    with server:
        assert run_sql(server.dsn("postgres", "postgres"), "SELECT 1") == [(1,)]


def test_cluster_that_lost_a_file_is_never_made_anew_over_its_rows(state_dir: Path) -> None:
    with EmbeddedPostgres(state_dir, fsync=False) as server:
        pass
    (server.cluster_dir / "PG_VERSION").unlink()
    with pytest.raises(LaunchError, match="PG_VERSION"):
        server.start()
    assert (server.cluster_dir / "base").is_dir()


def test_second_server_on_the_same_folder_is_refused(state_dir: Path) -> None:
    with (
        EmbeddedPostgres(state_dir, fsync=False) as first,
        pytest.raises(LaunchError, match=f"already running.*{os.getpid()}"),
    ):
        EmbeddedPostgres(state_dir, fsync=False).start()
    assert first.pid is None


def test_refused_second_server_leaves_the_first_ones_socket(state_dir: Path) -> None:
    with EmbeddedPostgres(state_dir, fsync=False) as first:
        with pytest.raises(LaunchError):
            EmbeddedPostgres(state_dir, fsync=False).start()
        EmbeddedPostgres(state_dir, fsync=False).stop()
        assert run_sql(first.dsn("postgres", "postgres"), "SELECT 1") == [(1,)]


def test_stopping_cuts_off_open_connections_and_removes_the_socket(state_dir: Path) -> None:
    server = EmbeddedPostgres(state_dir, fsync=False)
    server.start()
    idle = psycopg2.connect(server.dsn("postgres", "postgres"))
    stopper = threading.Thread(target=server.stop)
    stopper.start()
    stopper.join(10)
    assert not stopper.is_alive() and server.pid is None
    assert not server.socket_dir.exists()
    idle.close()
