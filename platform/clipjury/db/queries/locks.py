"""Advisory locks: whoever wants the same thing waits, where no row exists yet that could be locked."""

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

_LOCK_FOR_TRANSACTION = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(CAST(:names AS text[])) AS name"
)
_SHARE_FOR_TRANSACTION = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:name, 0))")
_LOCK = text("SELECT pg_advisory_lock(hashtextextended(:name, 0))")
_UNLOCK = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")


def lock_names(session: Session, names: list[str]) -> None:
    """Hold these names until the transaction ends; taken in one order, so that two cannot wait for each other."""
    session.execute(_LOCK_FOR_TRANSACTION, {"names": sorted(names)})


def share_name(session: Session, name: str) -> None:
    """Hold the name beside others who share it until the transaction ends; whoever locks it waits for all of them."""
    session.execute(_SHARE_FOR_TRANSACTION, {"name": name})


def lock_name(connection: Connection, name: str) -> None:
    """Hold the name until `unlock_name`, or until the connection breaks, with no transaction open meanwhile."""
    connection.execute(_LOCK, {"name": name})


def unlock_name(connection: Connection, name: str) -> None:
    """Give the name back."""
    connection.execute(_UNLOCK, {"name": name})
