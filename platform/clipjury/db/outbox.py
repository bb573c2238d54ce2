"""The relay's ear on the database: one connection that listens and holds the right to relay."""

import select
from types import TracebackType

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, connection
from sqlalchemy import Engine

LEADER_KEY = 7214002  # beside the migrations' 7214001
_CHANNEL = "outbox"


class OutboxListener:
    """LISTEN on the outbox's channel, and the advisory lock that makes one relay the active one."""

    def __init__(self, engine: Engine) -> None:
        dialect = engine.dialect
        arguments, options = dialect.create_connect_args(engine.url)
        self._connection: connection = psycopg2.connect(
            *arguments, **options, connect_timeout=5, application_name="clipjury-relay"
        )
        self._connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        self._leads = False
        with self._connection.cursor() as cursor:
            cursor.execute(f"LISTEN {_CHANNEL}")

    def __enter__(self) -> "OutboxListener":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._connection.close()

    def leads(self) -> bool:
        """Whether this connection is the active relay's; tries to become it. Raises psycopg2.Error when cut off."""
        with self._connection.cursor() as cursor:
            if self._leads:
                cursor.execute(
                    "SELECT 1"
                )  # a lost connection has lost the lock too, and must not go unnoticed
            else:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", (LEADER_KEY,))
                row = cursor.fetchone()
                self._leads = bool(row and row[0])
        return self._leads

    def wait(self, timeout_s: float) -> None:
        """Return once something was written to the outbox, or after `timeout_s`."""
        if not self._connection.notifies:
            select.select([self._connection], [], [], timeout_s)
        self._connection.poll()
        self._connection.notifies.clear()
