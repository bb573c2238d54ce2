"""Migrations are numbered, linear, equal to the models, and can be taken back."""

from __future__ import annotations

import re
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect
from tests.conftest import Database, administer, sqlalchemy_url

from clipjury.db import migrate
from clipjury.db.models.registry import metadata
from clipjury.launch.embedded_postgres import EmbeddedPostgres


def test_migrations_are_numbered_and_linear() -> None:
    script = ScriptDirectory.from_config(migrate.alembic_config(""))
    revisions = [revision.revision for revision in script.walk_revisions()][::-1]
    assert revisions == [f"{number:04d}" for number in range(1, len(revisions) + 1)]
    assert len(script.get_heads()) == 1
    for path in Path(migrate.MIGRATIONS, "versions").glob("*.py"):
        assert re.fullmatch(r"\d{4}_[a-z]+(_[a-z]+)+\.py", path.name)


def test_migrated_tables_equal_the_models(database: Database) -> None:
    engine = create_engine(database.owner_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata()) == []
        assert migrate.current_revision(connection) == migrate.head_revision()
    engine.dispose()


def test_every_migration_goes_down_and_up_again(postgres: EmbeddedPostgres) -> None:
    postgres.ensure_database("migrations_up_and_down", "clipjury_owner", "clipjury_app")
    url = sqlalchemy_url(postgres.dsn("migrations_up_and_down", "clipjury_owner"))
    try:
        for _ in range(2):
            migrate.upgrade(url)
            migrate.downgrade(url, "base")
        engine = create_engine(url)
        assert inspect(engine).get_table_names() == ["alembic_version"]
        engine.dispose()
    finally:
        administer(postgres, "DROP DATABASE migrations_up_and_down WITH (FORCE)")


def test_the_application_role_cannot_change_the_schema(database: Database) -> None:
    import pytest
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    for statement in (
        "CREATE TABLE mine (id int)",
        "ALTER TABLE votes ADD COLUMN mine int",
        "DROP TABLE votes",
    ):
        with pytest.raises(DBAPIError), database.engine.begin() as connection:
            connection.execute(text(statement))
