"""One launch from start to stop: database, migrations, worker, web, and then keeping them up."""

from __future__ import annotations

import dataclasses
import http.client
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from clipjury.launch.embedded_postgres import EmbeddedPostgres
from clipjury.launch.first_admin import FirstAdmin, is_first_admin_known, remember_first_admin
from clipjury.launch.installation import Installation, ProcessTable
from clipjury.launch.processes import Child, ChildSpec, Supervisor, read_log_end
from clipjury.launch.progress import say
from clipjury.launch.state_folder import LaunchError

_READY_WITHIN_S = 120.0
_TICK_S = 0.2


class StopRequestedError(Exception):
    """Ctrl-C or SIGTERM came while something was still being started."""


class DatabasePart:
    """The embedded PostgreSQL as something that the supervisor keeps up."""

    name = "PostgreSQL"

    def __init__(self, postgres: EmbeddedPostgres, give_up: Callable[[], bool]) -> None:
        """`give_up` is asked while a start takes long (recovery after a crash)."""
        self._postgres, self._give_up = postgres, give_up

    @property
    def pid(self) -> int | None:
        return self._postgres.pid

    def start(self) -> None:
        self._postgres.start(self._give_up)

    def stop(self) -> None:
        self._postgres.stop()

    def describe_end(self) -> str:
        return f"{self.name} ended.\n{read_log_end(self._postgres.log_path)}"


class StopFlag:
    """Set by SIGINT, SIGTERM and SIGHUP; the launch looks at it between small steps."""

    def __init__(self) -> None:
        self.is_set = False

    def _set(self, _number: int, _frame: FrameType | None) -> None:
        self.is_set = True

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Listen for the signals inside the block, and put back what was there before."""
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = [signal.signal(number, self._set) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)


def answers_ready(port: int) -> bool:
    """Whether the web process says that it and what it needs are ready."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)  # urllib would ask a proxy
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class Launch:
    """Starts the parts of one installation in order and keeps them up until it is told to stop."""

    def __init__(
        self, installation: Installation, table: ProcessTable, postgres: EmbeddedPostgres | None
    ) -> None:
        """`postgres` is None where DATABASE_URL names a server that somebody else keeps."""
        self._installation, self._table, self._postgres = installation, table, postgres
        self._stop = StopFlag()
        self._supervisor = Supervisor(installation.state_dir / "children.json", self._complain)

    def run(self, *, demo: bool, admin: FirstAdmin | None) -> int:
        """Everything up to the exit status; returns after Ctrl-C with nothing left running."""
        with self._stop.on_signals():
            try:
                self._start(admin)
                self._announce()
                if demo:
                    self._fill_demo()
                while not self._stop.is_set:
                    self._tick()
            except StopRequestedError:
                pass
            except LaunchError:
                if not self._stop.is_set:  # else it failed because it was told to stop
                    raise
            finally:
                say("\nStopping …")
                self._supervisor.stop()
        say("Stopped. The next start finds everything as it is now.")
        return 0

    def _start(self, admin: FirstAdmin | None) -> None:
        if self._postgres is not None:
            say("==> Starting PostgreSQL")
            self._supervisor.start(DatabasePart(self._postgres, lambda: self._stop.is_set))
            self._stop_if_asked()
            self._postgres.ensure_database()
        say("==> Bringing the database up to date")
        self._run_once(self._table.migrate)
        if admin is not None:
            self._create_admin(admin)
        say("==> Starting " + " and ".join(spec.name for spec in self._table.kept_up))
        children = [Child(spec) for spec in self._table.kept_up]
        for child in children:
            self._supervisor.start(child)
        self._wait_until_ready(children)

    def _tick(self) -> None:
        self._supervisor.tick()
        time.sleep(_TICK_S)

    def _complain(self, text: str) -> None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def _wait_until_ready(self, children: list[Child]) -> None:
        deadline = time.monotonic() + _READY_WITHIN_S
        while not answers_ready(self._installation.port):
            self._stop_if_asked()
            for child in children:
                if child.pid is None:
                    raise LaunchError(child.describe_end())
            if time.monotonic() > deadline:
                logs = self._installation.state_dir / "logs"
                raise LaunchError(
                    f"{self._installation.address} is not ready after {_READY_WITHIN_S:.0f} s; see {logs}."
                )
            time.sleep(_TICK_S)

    def _stop_if_asked(self) -> None:
        if self._stop.is_set:
            raise StopRequestedError

    def _run_once(self, spec: ChildSpec, *, stdin: str | None = None, show: bool = False) -> None:
        """Run a command to its end while the rest is kept up. Raises LaunchError when it fails."""
        child = Child(spec)
        child.start(
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            output=sys.stdout.fileno() if show else None,
        )
        try:
            if stdin is not None:
                child.feed(stdin)
            while child.pid is not None:
                self._stop_if_asked()
                self._tick()
        finally:
            child.stop()
        if child.exit_status != 0:
            raise LaunchError(f"{spec.name} failed." if show else child.describe_end())

    def _create_admin(self, admin: FirstAdmin) -> None:
        say(f"==> Making the first admin, {admin.email}")
        spec = self._table.create_admin
        spec = dataclasses.replace(spec, command=(*spec.command, "--email", admin.email))
        self._run_once(spec, stdin=f"{admin.password}\n")
        remember_first_admin(self._installation.state_dir, admin)

    def _announce(self) -> None:
        place = self._installation.write_environment_file()
        say(
            f"\nClipJury is at {self._installation.address}   (Ctrl-C stops it; the second start keeps everything)"
        )
        say(f"For `.venv/bin/clipjury …` in another terminal:  set -a; . '{place}'; set +a\n")

    def _fill_demo(self) -> None:
        """Fill the demo workspace; a failure is said, and what runs goes on running."""
        try:
            self._run_once(self._table.fill_demo, show=True)
        except LaunchError as error:
            self._complain(f"{error} What is there so far can be looked at; the next start goes on.")


def say_how_to_add_an_admin(installation: Installation) -> None:
    """For a first start that had nobody to ask."""
    if not is_first_admin_known(installation.state_dir):
        say(
            "No admin was made: set CLIPJURY_ADMIN_EMAIL and CLIPJURY_ADMIN_PASSWORD, or run\n"
            "  .venv/bin/clipjury users create --email you@example.org --role admin --password-stdin"
        )
