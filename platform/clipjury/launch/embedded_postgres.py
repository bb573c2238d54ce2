"""PostgreSQL from a wheel, owned by whoever starts it: one postmaster, a Unix socket, no TCP port."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg2

from clipjury.launch.database_roles import prepare_database
from clipjury.launch.parent_death import end_with_parent
from clipjury.launch.postgres_account import (
    Account,
    choose_account,
    find_programs,
    place_cluster,
    recall_cluster,
)
from clipjury.launch.process_identity import identify, read_command_line
from clipjury.launch.state_folder import (
    FolderLock,
    LaunchError,
    account_name,
    make_private_folder,
    open_state_folder,
)

_SUPERUSER = "postgres"
_READY_WITHIN_S = 300.0  # crash recovery replays the log before it answers
_STOP_WITHIN_S = 30.0
_SOCKET_PATH_MAX = 100  # sun_path holds 108 bytes, some systems 104

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "idle_in_transaction_session_timeout": "10s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_checkpoints": "off",
}
_WITHOUT_FSYNC = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class EmbeddedPostgres:
    """One cluster in a state folder, and the server on it.

    Start it from the main thread: the kernel ends the server when that thread's process dies.
    """

    def __init__(self, state_dir: Path, *, fsync: bool = True) -> None:
        """`fsync=False` trades the safety of the rows for speed: tests only."""
        self._state_dir = open_state_folder(state_dir)
        self._fsync = fsync
        self._dir = self._state_dir / "postgres"
        self._lock = FolderLock(
            self._state_dir / "postgres.lock",
            f"The database in {self._state_dir} is already running (started by process {{pid}}).",
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._account: Account | None = None
        self._cluster: Path | None = None
        self._programs: Path | None = None

    @property
    def pid(self) -> int | None:
        """The postmaster's process id; None while none of ours runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def log_path(self) -> Path:
        """The server's log, appended to by every start."""
        return self._state_dir / "logs" / "postgres.log"

    @property
    def cluster_dir(self) -> Path:
        """Where the rows are; known once started."""
        assert self._cluster is not None, "start() first"
        return self._cluster

    @property
    def programs_dir(self) -> Path:
        """The folder of `pg_dump`, `pg_restore` and the rest; known once started."""
        assert self._programs is not None, "start() first"
        return self._programs

    @property
    def socket_dir(self) -> Path:
        """A short folder, the same for every start on this state folder by this user."""
        uid = os.geteuid()
        digest = hashlib.sha256(os.fsencode(self._state_dir.resolve())).hexdigest()[:12]
        if uid == 0 and os.access("/run", os.W_OK):
            return Path("/run") / f"clipjury-{digest}"
        parent = Path(tempfile.gettempdir())
        if len(str(parent)) > _SOCKET_PATH_MAX - 60:
            parent = Path("/tmp")  # noqa: S108 - the folder below it is 0700 and its owner is checked
        return parent / f"clipjury-{uid}-{digest}"

    def dsn(self, database: str = "clipjury", role: str = "clipjury_app") -> str:
        """A libpq URL over the socket, also good for SQLAlchemy: `postgresql:///db?host=…&user=…`."""
        host = quote(str(self.socket_dir), safe="/")
        return f"postgresql:///{quote(database)}?host={host}&user={quote(role)}"

    def start(self, give_up: Callable[[], bool] = lambda: False) -> None:
        """Start the server, making the cluster on the first start, and return once it answers.

        Safe after a crash of server, launcher or machine. `give_up` is asked while waiting.
        Raises LaunchError with what to do.
        """
        if self.pid is not None:
            return
        self._lock.acquire()
        try:
            self._prepare()
            self._sweep()
            self._launch_until_ready(give_up)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Shut down fast but cleanly (SIGINT): clients are cut off, committed rows are on disk."""
        if not self._lock.is_held:
            return  # never started here: a socket of that name is another launcher's
        if self._process is not None:
            _end(self._process)
            self._process = None
        shutil.rmtree(self.socket_dir, ignore_errors=True)
        self._lock.release()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def ensure_database(
        self, name: str = "clipjury", owner_role: str = "clipjury_owner", app_role: str = "clipjury_app"
    ) -> None:
        """Make the two roles and the database where they are missing; harmless to repeat.

        The owner may change the schema; the app role may read and write rows of what the owner makes
        from then on, in any schema, and nothing else.
        """
        prepare_database(lambda database: self.dsn(database, _SUPERUSER), name, owner_role, app_role)

    def _prepare(self) -> None:
        for folder in (self._dir, self.log_path.parent):
            folder.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            self._dir.chmod(0o711)
        self._cluster = recall_cluster(self._dir)
        self._account = choose_account(self._cluster)
        if self._cluster is None:
            self._cluster = place_cluster(self._dir, self._account)
        self._programs = find_programs(self._account)
        if (self._dir / "making").exists() or _is_empty(self._cluster):
            self._make_cluster()
        make_private_folder(self.socket_dir, self._account.uid, self._account.gid)

    def _make_cluster(self) -> None:
        """Run initdb; the marker file has a start after a crash in the middle of it begin again."""
        assert self._account is not None and self._cluster is not None
        marker = self._dir / "making"
        marker.touch()
        shutil.rmtree(self._cluster, ignore_errors=True)
        make_private_folder(self._cluster, self._account.uid, self._account.gid)
        command = ["initdb", "-D", str(self._cluster), "-U", _SUPERUSER, "--encoding=UTF8",
                   "--auth-local=trust", "--auth-host=reject", "--locale=C", "--locale-provider=builtin",
                   "--builtin-locale=C.UTF-8"]  # fmt: skip
        process = self._spawn([*command, *([] if self._fsync else ["--no-sync"])])
        if process.wait() != 0:
            raise LaunchError(f"PostgreSQL could not make its database:\n{self._log_tail()}")
        marker.unlink()

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        assert self._account is not None and self._programs is not None
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        with self.log_path.open("ab") as log:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                [str(self._programs / command[0]), *command[1:]],
                cwd="/",
                env={**environment, "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the launcher, which stops the server last
                preexec_fn=end_with_parent(signal.SIGINT),
                **self._account.popen_arguments(),  # type: ignore[call-overload]
            )
        return process

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = _SETTINGS | {"unix_socket_directories": str(self.socket_dir)}
        if not self._fsync:
            settings |= _WITHOUT_FSYNC
        options = [f"--{name}={value}" for name, value in settings.items()]
        return self._spawn(["postgres", "-D", str(self._cluster), *options])

    def _launch_until_ready(self, give_up: Callable[[], bool]) -> None:
        """Launch, again while the processes of a postmaster that was killed still hold its memory."""
        deadline = time.monotonic() + _READY_WITHIN_S
        retry_until = time.monotonic() + 20.0
        while True:
            self._process = self._launch()
            if self._answers(lambda: give_up() or time.monotonic() > deadline):
                return
            if give_up():
                raise LaunchError("PostgreSQL was told to stop before it was ready.")
            tail = self._log_tail()
            if "shared memory block" not in tail or time.monotonic() > retry_until:
                raise LaunchError(f"PostgreSQL did not start; the end of {self.log_path}:\n{tail}")
            time.sleep(0.3)

    def _answers(self, give_up: Callable[[], bool]) -> bool:
        """Wait until the server takes a query; False when it ended, or nobody waits any longer."""
        while self.pid is not None and not give_up():
            with contextlib.suppress(psycopg2.OperationalError):
                psycopg2.connect(self.dsn("postgres", _SUPERUSER), connect_timeout=5).close()
                return True
            time.sleep(0.03)
        return False

    def _log_tail(self, lines: int = 12) -> str:
        with contextlib.suppress(OSError):
            return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-lines:])
        return ""

    def _sweep(self) -> None:
        """Clear what a killed launcher left: a server still shutting down, or the file of a dead one.

        PostgreSQL itself ignores a stale postmaster.pid, except where its pid now is another process
        of the same user; only then is the file removed here.
        """
        pid_file = self.cluster_dir / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().splitlines()[0])
        except (OSError, IndexError, ValueError):
            return
        found = identify(pid)
        if found is None:
            return
        if str(self.cluster_dir) not in read_command_line(pid):
            pid_file.unlink()
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + _STOP_WITHIN_S
        while identify(pid) == found:
            if time.monotonic() > deadline:
                owner = account_name(self.cluster_dir.stat().st_uid)
                raise LaunchError(f"A server left over from before (process {pid}, {owner}) does not stop.")
            time.sleep(0.05)


def _is_empty(folder: Path) -> bool:
    return not folder.exists() or not any(folder.iterdir())


def _end(process: subprocess.Popen[bytes]) -> None:
    """SIGINT, and SIGQUIT when that hangs: both leave a cluster that recovers. Never SIGKILL."""
    for stop_signal in (signal.SIGINT, signal.SIGQUIT):
        if process.poll() is not None:
            return
        process.send_signal(stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_WITHIN_S)
            return
