"""Fixtures that every test folder may use: a real PostgreSQL, and a fresh migrated database a test."""

from __future__ import annotations

import ctypes
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Engine

from clipjury.db import migrate, transaction
from clipjury.deps import Deps, build_deps
from clipjury.launch.embedded_postgres import EmbeddedPostgres
from clipjury.settings import Settings

_numbers = itertools.count(1)
PR_CAPBSET_DROP, CAP_SYS_NICE = 24, 23  # linux/prctl.h, linux/capability.h
CAPABILITY_VERSION = 0x20080522  # capget(2): the third
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-quic", "--mute-audio"]

# How long an example takes says how busy the machine is, not whether the rule holds.
hypothesis_settings.register_profile("clipjury", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("clipjury")


@dataclass(frozen=True)
class Database:
    """A migrated database of one test. `app_url` has no right to change the schema or sealed rows."""

    name: str
    app_url: str
    owner_url: str
    engine: Engine


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A real server without fsync, one a pytest process (so one an xdist worker), gone afterwards."""
    state_dir = Path(tempfile.mkdtemp(prefix="clipjury-test-"))
    state_dir.chmod(0o711)  # pytest's own folders are 0700: the database's account could not enter
    try:
        with EmbeddedPostgres(state_dir, fsync=False) as server:
            server.ensure_database("clipjury", "clipjury_owner", "clipjury_app")
            yield server
    finally:
        shutil.rmtree(state_dir, ignore_errors=True)


def sqlalchemy_url(dsn: str) -> str:
    """The DSN with SQLAlchemy's driver named."""
    return dsn.replace("postgresql://", "postgresql+psycopg2://", 1)


def administer(server: EmbeddedPostgres, statement: str) -> None:
    """Run one statement as the superuser outside a transaction."""
    connection = psycopg2.connect(server.dsn("postgres", "postgres"))
    connection.autocommit = True
    try:
        connection.cursor().execute(statement)
    finally:
        connection.close()


@pytest.fixture(scope="session")
def template_database(postgres: EmbeddedPostgres) -> str:
    """A migrated database that the tests' databases are copied from."""
    postgres.ensure_database("template_clipjury", "clipjury_owner", "clipjury_app")
    migrate.upgrade(sqlalchemy_url(postgres.dsn("template_clipjury", "clipjury_owner")))
    return "template_clipjury"


@pytest.fixture
def database(postgres: EmbeddedPostgres, template_database: str) -> Iterator[Database]:
    """A fresh migrated database; `transaction()` is bound to it, as the application's role."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    administer(postgres, f"CREATE DATABASE {name} TEMPLATE {template_database} OWNER clipjury_owner")
    app_url = sqlalchemy_url(postgres.dsn(name, "clipjury_app"))
    engine = transaction.make_engine(app_url)
    transaction.bind(engine)
    try:
        yield Database(name, app_url, sqlalchemy_url(postgres.dsn(name, "clipjury_owner")), engine)
    finally:
        engine.dispose()
        administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """Settings on the test's database and a state folder of its own."""
    return Settings.from_env(
        {
            "DATABASE_URL": database.app_url,
            "CLIPJURY_OWNER_DATABASE_URL": database.owner_url,
            "CLIPJURY_STATE_DIR": str(tmp_path / "state"),
            "CLIPJURY_SECRET_KEY": "only-for-tests-" + "x" * 32,
        }
    )


@pytest.fixture
def deps(settings: Settings) -> Deps:
    """The composition root on the test's settings."""
    return build_deps(settings)


def find_chromium() -> str | None:
    """A Chromium of this machine."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CLIPJURY_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def give_up_priority() -> None:
    """Let neither this process nor any that it starts raise its priority.

    As root SVT-AV1 puts the thread that encodes into real time, where it stays, and every process that a test starts
    afterwards is born there; Chromium does so with its sound threads. One of them that spins starves the machine.
    """
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0), (ctypes.c_uint32 * 6)()
    failed = libc.capget(header, sets)
    for place in range(3):  # effective, permitted, inheritable
        sets[place] &= ~(1 << CAP_SYS_NICE)
    failed = failed or libc.capset(header, sets) or libc.prctl(PR_CAPBSET_DROP, CAP_SYS_NICE, 0, 0, 0)
    if failed:
        raise OSError(ctypes.get_errno(), "the right to raise priorities could not be given up")


give_up_priority()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium; missing ones fail in CI and skip loudly elsewhere.

    One a process: a second Playwright beside the first cannot start, and leaves both spinning.
    """
    program = find_chromium()
    if program is None:
        message = "No Chromium was found: install Debian's `chromium`, or set CLIPJURY_CHROMIUM to one."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()
