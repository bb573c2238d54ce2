"""A whole installation for the browser tests: PostgreSQL, web, worker, and a real Chromium."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.conftest import administer, sqlalchemy_url

from clipjury.db import migrate
from clipjury.launch.embedded_postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = ROOT / "test-artefacts" / "screens"
PASSWORD = "a long enough phrase 7"


@dataclass
class Installation:
    """A running ClipJury and how to reach it."""

    url: str
    environment: dict[str, str]
    people: dict[str, str] = field(default_factory=dict)

    def command(self, *arguments: str, stdin: str = "", status: int = 0) -> str:
        """Run `clipjury …` on it, which must end with this status; its output."""
        program = Path(sys.executable).with_name("clipjury")
        done = subprocess.run(
            [str(program), *arguments], env=self.environment, input=stdin, capture_output=True, text=True,
            check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def person(self, name: str, *roles: str) -> str:
        """Make an account (once); its e-mail."""
        email = f"{name}@example.org"
        if name not in self.people:
            flags = [flag for role in roles for flag in ("--role", role)]
            self.command(
                "users", "create", "--email", email, "--name", name.title(), *flags, "--password-stdin",
                stdin=PASSWORD + "\n",
            )  # fmt: skip
            self.people[name] = email
        return email

    def api(self, name: str) -> Script:
        """A script that acts for this person with a bearer token."""
        token = self.command("tokens", "create", "--email", self.people[name], "--label", "test").split()[-1]
        return Script(self.url, token)


@dataclass
class Script:
    """Calls the HTTP interface as a script does."""

    url: str
    token: str

    def call(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, object]]:
        """Status and parsed body."""
        request = urllib.request.Request(
            f"{self.url}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else {}
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, "the web process ended"
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the web process did not become ready within a minute")


@pytest.fixture(scope="module")
def installation(postgres: EmbeddedPostgres) -> Iterator[Installation]:
    """PostgreSQL, web and worker of one module of tests, with nothing in it; every test brings its own people."""
    if not (ROOT / "frontend" / "dist" / "index.html").is_file():
        pytest.fail("The front end is not built: run ./run frontend (./run test does it for you).")
    postgres.ensure_database("e2e", "clipjury_owner", "clipjury_app")
    owner = sqlalchemy_url(postgres.dsn("e2e", "clipjury_owner"))
    migrate.upgrade(owner)
    state_dir = Path(tempfile.mkdtemp(prefix="clipjury-e2e-"))
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": sqlalchemy_url(postgres.dsn("e2e", "clipjury_app")),
        "CLIPJURY_OWNER_DATABASE_URL": owner,
        "CLIPJURY_STATE_DIR": str(state_dir),
        "CLIPJURY_SECRET_KEY": "only-for-tests-" + "e" * 32,
        "CLIPJURY_PORT": str(port),
    }
    programs = Path(sys.executable).parent
    web = subprocess.Popen(
        [str(programs / "gunicorn"), "wsgi:app", "-k", "gthread", "--workers", "1", "--threads", "16",
         "--bind", f"127.0.0.1:{port}", "--log-level", "warning"],
        cwd=ROOT, env=environment,
    )  # fmt: skip
    worker = subprocess.Popen([str(programs / "clipjury"), "worker"], cwd=ROOT, env=environment)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(url, web)
        yield Installation(url, environment)
    finally:
        for process in (worker, web):
            process.terminate()
        for process in (worker, web):
            process.wait(timeout=60)
        administer(postgres, "DROP DATABASE e2e WITH (FORCE)")
        shutil.rmtree(state_dir, ignore_errors=True)
