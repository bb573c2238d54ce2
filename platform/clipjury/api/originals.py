"""Puts an original into the store and its row into the table: both, or neither."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from clipjury.adapters.storage import Storage, StorageError, original_key
from clipjury.db.queries import clips as queries
from clipjury.db.queries import locks
from clipjury.db.queries.clips import ClipRow, NewClip
from clipjury.db.transaction import autocommit, transaction
from clipjury.services.clips import receive_clip
from clipjury.services.gold import NewGold


def keep_original(
    storage: Storage, path: Path, new: NewClip, gold: NewGold | None = None
) -> tuple[ClipRow, bool]:
    """Store the file at `path` under its hash, then insert its clip; False for bytes that were here already.

    The file goes first and outside any transaction: it may take long, and a row whose file is missing is worse
    than a file without a row. Uploads of the same bytes wait for each other, so that one that fails and clears
    up cannot take the file from one that succeeds.
    """
    key = original_key(new.sha256)
    with _one_at_a_time(new.sha256):
        try:
            if not storage.exists(key):
                storage.put_file(key, path)
            with transaction() as session:
                return receive_clip(session, new, gold)
        except BaseException:
            _drop_unless_named(storage, key, new.sha256)
            raise


@contextmanager
def _one_at_a_time(sha256: str) -> Iterator[None]:
    name = f"original:{sha256}"
    with autocommit() as connection:
        locks.lock_name(connection, name)
        try:
            yield
        finally:
            with suppress(SQLAlchemyError):  # a broken connection has given the lock back by itself
                locks.unlock_name(connection, name)


def _drop_unless_named(storage: Storage, key: str, sha256: str) -> None:
    """Remove the file if no clip names it. Where that cannot be asked, a whole file under its hash may stay: the
    next upload of the same bytes takes it up."""
    with suppress(SQLAlchemyError, StorageError, OSError):
        with transaction() as session:
            is_named = queries.find_by_sha256(session, sha256) is not None
        if not is_named:
            storage.delete(key)
