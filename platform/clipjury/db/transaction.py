"""The entry point owns the transaction: `with transaction() as session` in api, jobs and cli."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.orm import Session

_open: ContextVar[bool] = ContextVar("transaction_open", default=False)
# What is read is worked on between two fetches, on a busy machine for longer than a server lets others idle.
_UNHURRIED = text("SET LOCAL idle_in_transaction_session_timeout = '15min'")
_engine: Engine | None = None
_reader: Engine | None = None

# Connections kept for single reads. They are never switched between modes: psycopg2 would send SET statements.
READER_POOL_SIZE = 4


def make_engine(url: str, *, pool_size: int = 20) -> Engine:
    """An engine for `url`. No ping before use: the first error after a restart of the database empties the pool."""
    return create_engine(url, **engine_options(pool_size))


def engine_options(pool_size: int = 20) -> dict[str, object]:
    """Pool settings shared by the web process and the jobs."""
    return {
        "pool_size": pool_size,
        "max_overflow": 10,
        "pool_timeout": 10,
        "pool_recycle": 1800,
        "connect_args": {"connect_timeout": 5, "application_name": "clipjury"},
    }


def bind(engine: Engine) -> None:
    """Name the engine that transactions of this process use; nothing connects yet."""
    global _engine, _reader
    if _reader is not None:
        _reader.dispose()
    _engine = engine
    _reader = create_engine(engine.url, isolation_level="AUTOCOMMIT", **engine_options(READER_POOL_SIZE))


def bound_engine() -> Engine:
    """The engine named by `bind`; RuntimeError before that."""
    if _engine is None:
        raise RuntimeError("no database is bound: call clipjury.db.transaction.bind(engine) first")
    return _engine


@contextmanager
def transaction() -> Iterator[Session]:
    """A new session that commits at the end or rolls back on any error. Nesting raises RuntimeError."""
    if _open.get():
        raise RuntimeError("a transaction is already open here: pass its session on instead of nesting")
    token = _open.set(True)
    try:
        with Session(bound_engine(), expire_on_commit=False) as session, session.begin():
            yield session
    finally:
        _open.reset(token)


@contextmanager
def frozen_view() -> Iterator[Session]:
    """A session that reads the database as it stands now, however long it takes, and cannot write.

    It keeps a connection of its own, so `transaction()` may be used meanwhile to report progress.
    """
    connection = (
        bound_engine()
        .connect()
        .execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    )
    with connection, Session(connection) as session, session.begin():
        session.execute(_UNHURRIED)
        yield session


@contextmanager
def autocommit() -> Iterator[Connection]:
    """A connection for one read that needs no transaction, so that none is begun and rolled back."""
    if _reader is None:
        raise RuntimeError("no database is bound: call clipjury.db.transaction.bind(engine) first")
    with _reader.connect() as connection:
        yield connection
