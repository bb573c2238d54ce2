"""One runner at a time for one piece of work, across processes and machines, with no transaction open."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

_TRY = text("SELECT pg_try_advisory_lock(hashtextextended('sole-run:' || :name, 0))")
_RELEASE = text("SELECT pg_advisory_unlock(hashtextextended('sole-run:' || :name, 0))")


@contextmanager
def sole_run(engine: Engine, name: str) -> Iterator[bool]:
    """True for the one caller at the work `name` while the block runs; False for all others, who do not wait.

    An advisory lock: PostgreSQL frees it with the connection, so a killed process leaves nothing behind. The
    connection is in autocommit: slow work under the lock keeps no transaction open.
    """
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        is_sole = bool(connection.execute(_TRY, {"name": name}).scalar())
        try:
            yield is_sole
        finally:
            if is_sole:
                try:
                    connection.execute(_RELEASE, {"name": name})
                except DBAPIError:
                    connection.invalidate()  # the server was gone meanwhile, and the lock with it
