"""Fixtures that every test folder may use."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from clipjury.launch.embedded_postgres import EmbeddedPostgres


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
