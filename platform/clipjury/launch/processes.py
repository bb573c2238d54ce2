"""Child processes that are kept up: started, watched, started again with back-off, stopped in order."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from clipjury.launch.parent_death import end_with_parent
from clipjury.launch.process_identity import ProcessIdentity, identify, is_alive
from clipjury.launch.state_folder import LaunchError

_STEADY_AFTER_S = 30.0
_LONGEST_DELAY_S = 30.0
_LOG_MAX_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """How to start and stop one child. The environment is the whole of it."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log_path: Path
    cwd: Path
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGTERM  # from the kernel, when the launcher dies
    stop_within_s: float = 10.0


class Part(Protocol):
    """Anything the supervisor keeps up: a child, or the database."""

    @property
    def name(self) -> str: ...
    @property
    def pid(self) -> int | None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def describe_end(self) -> str: ...


def _open_log(path: Path) -> int:
    """Append to a log; one that has grown large is put aside first (one old one is kept)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LOG_MAX_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def read_log_end(path: Path, lines: int = 15) -> str:
    """The last lines of a log, for a person who has to find out why something ended."""
    with contextlib.suppress(OSError):
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    return ""


def end_group(
    group_id: int, stop_signal: signal.Signals, within_s: float, is_gone: Callable[[], bool]
) -> None:
    """Signal a process group and, when its leader takes too long, kill it; then whatever it left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group_id, stop_signal)
    deadline = time.monotonic() + within_s
    while not is_gone() and time.monotonic() < deadline:
        time.sleep(0.03)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group_id, signal.SIGKILL)


class Child:
    """One child process, the leader of a group of its own so that Ctrl-C reaches the launcher only."""

    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        """What messages and the log call it."""
        return self.spec.name

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def exit_status(self) -> int | None:
        """How it ended (negative: by that signal); None while it runs or before."""
        return None if self._process is None else self._process.poll()

    def start(self, *, stdin: int = subprocess.DEVNULL, output: int | None = None) -> None:
        """Start it; call from the main thread (see end_with_parent). Raises LaunchError when it cannot be."""
        log = _open_log(self.spec.log_path) if output is None else output
        try:
            self._process = subprocess.Popen(
                list(self.spec.command),
                cwd=self.spec.cwd,
                env=dict(self.spec.environment),
                stdin=stdin,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent(self.spec.orphan_signal),
            )
        except OSError as error:
            raise LaunchError(f"{self.name} cannot be started: {error}") from None
        finally:
            if output is None:
                os.close(log)

    def feed(self, text: str) -> None:
        """Write to the standard input of a child started with `stdin=PIPE`, and close it."""
        assert self._process is not None and self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(text.encode())
            self._process.stdin.close()

    def ask_to_stop(self) -> None:
        """Send its stop signal and return; `stop` waits."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, self.spec.stop_signal)

    def stop(self) -> None:
        """Stop it and everything it has started; returns when all of it is gone."""
        process = self._process
        if process is None:
            return
        end_group(
            process.pid, self.spec.stop_signal, self.spec.stop_within_s, lambda: process.poll() is not None
        )
        process.wait()

    def describe_end(self) -> str:
        """How it ended and the end of its log."""
        return f"{self.name} ended (exit status {self.exit_status}).\n{read_log_end(self.spec.log_path)}"


def decide_delay_s(crashes: int) -> float:
    """How long to wait before the start that follows that many crashes in a row."""
    return float(min(_LONGEST_DELAY_S, 0.5 * 2.0 ** max(0, crashes - 1)))


@dataclass(slots=True)
class _Watched:
    part: Part
    started_at_s: float = 0.0
    crashes: int = 0
    due_at_s: float | None = None


class Supervisor:
    """Keeps parts up in the order they were added, and stops them in reverse."""

    def __init__(self, record_path: Path, say: Callable[[str], None]) -> None:
        """`record_path`: where the children's identities are kept for the sweep of a later start."""
        self._record_path = record_path
        self._say = say
        self._watched: list[_Watched] = []

    def start(self, part: Part) -> None:
        """Start one part and keep it up from then on; raises LaunchError when it cannot start."""
        part.start()
        self._watched.append(_Watched(part, started_at_s=time.monotonic()))
        self._record()

    def tick(self) -> None:
        """Look after every part once: note crashes, start what is due."""
        now = time.monotonic()
        for watched in self._watched:
            if watched.due_at_s is not None:
                if now >= watched.due_at_s:
                    self._restart(watched)
            elif watched.part.pid is None:
                self._note_crash(watched, watched.part.describe_end().splitlines()[0])

    def _note_crash(self, watched: _Watched, reason: str) -> None:
        now = time.monotonic()
        if now - watched.started_at_s > _STEADY_AFTER_S:
            watched.crashes = 0
        watched.crashes += 1
        delay_s = decide_delay_s(watched.crashes)
        watched.due_at_s = now + delay_s
        self._say(f"{reason} Starting it again in {delay_s:g} s.")

    def _restart(self, watched: _Watched) -> None:
        watched.due_at_s, watched.started_at_s = None, time.monotonic()
        try:
            watched.part.stop()  # what the dead one has left of its group
            watched.part.start()
        except LaunchError as error:
            self._note_crash(watched, str(error).splitlines()[0])
            return
        self._record()

    def stop(self) -> None:
        """Stop everything: the children at once, then wait for each; the database, started first, ends last."""
        for child in self._children():
            child.ask_to_stop()
        for watched in reversed(self._watched):
            watched.part.stop()
        self._watched.clear()
        self._record_path.unlink(missing_ok=True)

    def _record(self) -> None:
        found = [identify(part.pid) for part in self._children() if part.pid is not None]
        rows = [[identity.pid, identity.started] for identity in found if identity is not None]
        making = self._record_path.with_name(f"{self._record_path.name}.new")
        making.write_text(json.dumps(rows))
        making.rename(self._record_path)

    def _children(self) -> list[Child]:
        return [watched.part for watched in self._watched if isinstance(watched.part, Child)]


def sweep_orphans(record_path: Path, within_s: float = 5.0) -> int:
    """End children of an earlier launcher that was killed, by pid *and* start time; how many there were."""
    try:
        rows = json.loads(record_path.read_text())
    except (OSError, ValueError):
        return 0
    orphans = [ProcessIdentity(int(pid), str(started)) for pid, started in rows]
    alive = [identity for identity in orphans if is_alive(identity)]
    for identity in alive:
        end_group(identity.pid, signal.SIGTERM, within_s, lambda one=identity: not is_alive(one))  # type: ignore[misc]
    record_path.unlink(missing_ok=True)
    return len(alive)
