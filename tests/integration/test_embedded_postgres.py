"""The embedded PostgreSQL: real servers, killed and started again."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import psycopg2.errors
import pytest

from clipjury.launch.embedded_postgres import EmbeddedPostgres
from clipjury.launch.state_folder import LaunchError


def _run(dsn: str, statement: str) -> list[tuple[object, ...]]:
    with closing(psycopg2.connect(dsn)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def test_owner_changes_the_schema_and_the_app_role_only_works_with_rows(postgres: EmbeddedPostgres) -> None:
    postgres.ensure_database("roles", "clipjury_owner", "clipjury_app")
    owner, app = postgres.dsn("roles", "clipjury_owner"), postgres.dsn("roles", "clipjury_app")
    _run(owner, "CREATE TABLE entries (id serial PRIMARY KEY); CREATE SCHEMA queue; CREATE TABLE queue.sent (id int)")
    _run(app, "INSERT INTO entries DEFAULT VALUES; INSERT INTO queue.sent VALUES (1); DELETE FROM queue.sent")
    assert _run(app, "SELECT count(*) FROM entries") == [(1,)]
    for forbidden in ("CREATE TABLE own (id int)", "DROP TABLE entries", "TRUNCATE entries", "CREATE TEMP TABLE t ()"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            _run(app, forbidden)
