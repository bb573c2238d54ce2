"""Two roles on one database: the owner changes the schema, the app role only works with rows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

_ON_DATABASE = [
    "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
    "GRANT CONNECT ON DATABASE {database} TO {app}",
    "ALTER SCHEMA public OWNER TO {owner}",
    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE ON SCHEMA public TO {app}",
    # Without IN SCHEMA these hold for every schema that the owner makes, the queue's own too.
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE ON SCHEMAS TO {app}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {app}",
]


def _run(dsn: str, statements: list[sql.Composable]) -> None:
    with closing(psycopg2.connect(dsn)) as connection:
        connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)  # CREATE DATABASE allows no transaction
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def _exists(dsn: str, query: str, name: str) -> bool:
    with closing(psycopg2.connect(dsn)) as connection, connection.cursor() as cursor:
        cursor.execute(query, (name,))
        return cursor.fetchone() is not None


def prepare_database(superuser_dsn: Callable[[str], str], name: str, owner_role: str, app_role: str) -> None:
    """Make roles, database and default privileges where they are missing; harmless to repeat.

    `superuser_dsn` gives the superuser's DSN of a database. What a migration has revoked stays revoked:
    default privileges touch only what is made later.
    """
    cluster = superuser_dsn("postgres")
    for role in (owner_role, app_role):
        if not _exists(cluster, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
            _run(cluster, [sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role))])
    words = {
        "database": sql.Identifier(name),
        "owner": sql.Identifier(owner_role),
        "app": sql.Identifier(app_role),
    }
    if not _exists(cluster, "SELECT 1 FROM pg_database WHERE datname = %s", name):
        _run(cluster, [sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**words)])
    _run(superuser_dsn(name), [sql.SQL(statement).format(**words) for statement in _ON_DATABASE])
