"""One installation on this machine: its state folder, its environment, its table of processes."""

from __future__ import annotations

import os
import secrets
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from clipjury.launch.parent_watch import LAUNCHER_VARIABLE, launcher_mark
from clipjury.launch.processes import ChildSpec

REPOSITORY = Path(__file__).resolve().parents[3]
_NOT_FOR_CHILDREN = {"CLIPJURY_ADMIN_EMAIL", "CLIPJURY_ADMIN_PASSWORD"}


def make_secret_key(state_dir: Path) -> Path:
    """The file with the key that signs sessions, made on the first start, for its owner's eyes only."""
    path = state_dir / "secret-key"
    if not path.exists():
        making = path.with_name("secret-key.new")
        making.unlink(missing_ok=True)
        descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{secrets.token_hex(32)}\n")
        making.rename(path)
    return path


@dataclass(frozen=True, slots=True)
class Installation:
    """What every process of one installation needs to know; addresses are libpq URLs."""

    state_dir: Path
    port: int
    database_url: str
    owner_database_url: str
    inherited: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://127.0.0.1:{self.port}"

    def settings(self) -> dict[str, str]:
        """The variables that say where everything is."""
        return {
            "DATABASE_URL": self.database_url,
            "CLIPJURY_OWNER_DATABASE_URL": self.owner_database_url,
            "CLIPJURY_STATE_DIR": str(self.state_dir),
            "CLIPJURY_SECRET_KEY_FILE": str(make_secret_key(self.state_dir)),
            "CLIPJURY_PORT": str(self.port),
        }

    def environment(self) -> dict[str, str]:
        """The whole environment of a child; CLIPJURY_BROKER_URL and CLIPJURY_STORAGE_URL pass through."""
        kept = {name: value for name, value in self.inherited.items() if name not in _NOT_FOR_CHILDREN}
        return {**kept, **self.settings(), LAUNCHER_VARIABLE: launcher_mark(), "PYTHONUNBUFFERED": "1"}

    def write_environment_file(self) -> Path:
        """Settings for `clipjury …` in another terminal: `set -a; . .state/environment`."""
        path = self.state_dir / "environment"
        making = path.with_name("environment.new")
        descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            for name, value in self.settings().items():
                quoted = value.replace("'", "'\\''")
                file.write(f"{name}='{quoted}'\n")
        making.rename(path)
        return path

    def command(self, name: str, *arguments: str, log: str | None = None) -> ChildSpec:
        """A child that runs `clipjury …`, logging to logs/NAME.log of the state folder."""
        program = str(Path(sys.executable).with_name("clipjury"))
        return ChildSpec(
            name=name,
            command=(program, *arguments),
            environment=self.environment(),
            log_path=self.state_dir / "logs" / f"{log or name}.log",
            cwd=REPOSITORY,
        )


@dataclass(frozen=True, slots=True)
class ProcessTable:
    """Everything that a launch runs: one-shot commands, and the children that are kept up."""

    migrate: ChildSpec
    kept_up: tuple[ChildSpec, ...]
    fill_demo: ChildSpec
    create_admin: ChildSpec


def build_process_table(installation: Installation) -> ProcessTable:
    """The product's own processes; tests bring tables with small ones."""
    gunicorn = (sys.executable, "-m", "gunicorn", "wsgi:app")
    configuration = str(Path(__file__).with_name("gunicorn_conf.py"))
    web = ChildSpec(
        name="web",
        command=(*gunicorn, "-c", configuration),
        environment=installation.environment(),
        log_path=installation.state_dir / "logs" / "web.log",
        cwd=REPOSITORY,
        orphan_signal=signal.SIGQUIT,  # gunicorn's quick stop: SIGTERM would wait for open requests
    )
    return ProcessTable(
        migrate=installation.command("migrate", "migrate"),
        kept_up=(installation.command("worker", "worker"), web),
        fill_demo=installation.command("demo", "demo", "fill"),
        create_admin=installation.command("users", "users", "create", "--role", "admin", "--password-stdin"),
    )
