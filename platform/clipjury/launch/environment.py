"""The virtual environment in .venv: made, filled with the pinned packages, kept. Standard library only."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clipjury.launch.progress import StepError, run_step, say
from clipjury.launch.stamps import Stamp, digest_of
from clipjury.launch.torch_wheel import install_torch

SUPPORTED = {(3, 11), (3, 12), (3, 13)}
_PIP = ("-m", "pip", "--no-input", "--disable-pip-version-check", "--no-color")


class Environment:
    """The repository's .venv; `python` is its interpreter."""

    def __init__(self, repository: Path) -> None:
        self.repository = repository
        self.folder = repository / ".venv"
        self.python = self.folder / "bin" / "python"
        self.log = self.folder / "setup.log"

    def ensure(self, *, development: bool = False) -> None:
        """Make it whole for the present requirements; quick when it already is. Raises StepError."""
        with self._one_at_a_time():
            version = self._ensure_venv()
            self._ensure_runtime(version)
            if development:
                self._ensure_development(version)

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        """Hold a lock on requirements.txt, so that two terminals do not install at once."""
        with (self.repository / "requirements.txt").open() as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                say("Another ./run is installing here; waiting for it …")
                fcntl.flock(held, fcntl.LOCK_EX)
            yield

    def _ensure_venv(self) -> str:
        """Make .venv unless it is good; the version of its Python."""
        place = Stamp(self.folder / ".stamps" / "place")
        version = read_version(self.python)
        moved = (self.folder / ".stamps").exists() and not place.matches(str(self.folder))
        if version in SUPPORTED and not moved:
            if not place.matches(str(self.folder)):
                place.write(str(self.folder))
            return str(version)
        ensure_ensurepip(self.repository)
        if self.folder.exists() and not (self.folder / "pyvenv.cfg").exists() and any(self.folder.iterdir()):
            raise StepError(
                f"{self.folder} is there but is no virtual environment. Move it away and start again."
            )
        shutil.rmtree(self.folder, ignore_errors=True)
        command = [sys.executable, "-m", "venv", str(self.folder)]
        say(f"==> Making .venv with Python {sys.version.split()[0]}")
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise StepError(f"Python could not make {self.folder}:\n{made.stdout}{made.stderr}")
        place.write(str(self.folder))
        return str(sys.version_info[:2])

    def _ensure_runtime(self, version: str) -> None:
        pins = self.repository / "requirements.txt"
        project = self.repository / "pyproject.toml"
        digest = digest_of([str(self.folder), version], [pins, project])
        stamp = Stamp(self.folder / ".stamps" / "runtime")
        if stamp.matches(digest):
            return
        stamp.clear()
        torch_pin = read_pin(pins, "torch")
        if self._installed("torch") != torch_pin.partition("==")[2]:
            install_torch(self.python, torch_pin, self._pip_install)
        count = count_pins(pins)
        self._pip_install(f"Installing {count} pinned packages (at first about 270 MB)", ["-r", str(pins)])
        self._pip_install(
            "Installing ClipJury itself", ["--no-deps", "--no-build-isolation", "-e", str(self.repository)]
        )
        stamp.write(digest)

    def _ensure_development(self, version: str) -> None:
        pins = self.repository / "requirements-dev.txt"
        digest = digest_of([version], [self.repository / "requirements.txt", pins])
        stamp = Stamp(self.folder / ".stamps" / "development")
        if stamp.matches(digest):
            return
        stamp.clear()
        title = f"Installing {count_pins(pins)} packages for tests and checks (at first about 90 MB)"
        self._pip_install(title, ["-r", str(pins), "-c", str(self.repository / "requirements.txt")])
        stamp.write(digest)

    def _installed(self, package: str) -> str:
        """The installed version without its local part (2.13.0 for 2.13.0+cpu); empty when missing."""
        code = (
            "import importlib.metadata as m, sys\n"
            "try: print(m.version(sys.argv[1]))\n"
            "except m.PackageNotFoundError: pass"
        )
        asked = subprocess.run(
            [str(self.python), "-c", code, package], capture_output=True, text=True, check=False
        )
        return asked.stdout.strip().partition("+")[0]

    def _pip_install(self, title: str, arguments: list[str]) -> None:
        command = [str(self.python), *_PIP, "install", "--progress-bar", "off", *arguments]
        run_step(title, command, self.log, cwd=self.repository)


def read_version(python: Path) -> tuple[int, int] | None:
    """The major and minor version of an interpreter that has pip; None where it does not work."""
    if not python.exists():
        return None
    code = "import pip, sys; print(*sys.version_info[:2])"
    asked = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)
    if asked.returncode != 0:
        return None
    major, minor = asked.stdout.split()
    return int(major), int(minor)


def _pin_lines(pins: Path) -> list[str]:
    lines = (line.partition("#")[0].strip() for line in pins.read_text().splitlines())
    return [line for line in lines if line]


def count_pins(pins: Path) -> int:
    """How many packages a requirements file names."""
    return len(_pin_lines(pins))


def read_pin(pins: Path, package: str) -> str:
    """The line `package==version` of a requirements file. Raises StepError when there is none."""
    for line in _pin_lines(pins):
        if line.startswith(f"{package}=="):
            return line
    raise StepError(f"{pins} has no exact pin for {package}.")


def ensurepip_package() -> str:
    """The Debian package that brings this Python's ensurepip."""
    return f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"


def ensure_ensurepip(repository: Path) -> None:
    """Have a Python that can make virtual environments: root installs what is missing, others are told.

    Raises StepError with the apt line.
    """
    if importlib.util.find_spec("ensurepip") is not None:
        return
    line = f"apt-get install -y {ensurepip_package()}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise StepError(
            f"This Python cannot make virtual environments (it has no ensurepip). On Debian or Ubuntu:\n"
            f"    sudo {line}\nthen start again."
        )
    log = repository / ".state" / "logs" / "apt.log"
    install_debian_package(ensurepip_package(), log, cwd=repository)
    importlib.invalidate_caches()
    if importlib.util.find_spec("ensurepip") is None:
        raise StepError(f"`{line}` ran, but this Python still has no ensurepip.")


def install_debian_package(package: str, log: Path, *, cwd: Path) -> None:
    """apt-get install, as root, with no questions asked. Raises StepError."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run_step(
        "Refreshing Debian's package lists", ["apt-get", "update"], log, cwd=cwd, environment=environment
    )
    command = ["apt-get", "install", "-y", "--no-install-recommends", package]
    run_step(f"Installing Debian's {package}", command, log, cwd=cwd, environment=environment)
