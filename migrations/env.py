"""Alembic environment: migrations run as the owner role, on the URL that the caller hands over."""

from alembic import context
from sqlalchemy import create_engine, pool, text

from clipjury.db.models.registry import metadata

LOCK_TIMEOUT_MS = 4000  # a migration that cannot get its lock gives up instead of queueing everyone behind it


def run_online() -> None:
    """Apply migrations in one transaction each, under an advisory lock so that two starts do not race."""
    url = context.config.attributes.get("url") or context.config.get_main_option("sqlalchemy.url")
    if not url:
        raise SystemExit("No database is named. Use `clipjury migrate`.")
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(7214001)"))
        connection.execute(text(f"SET lock_timeout = {LOCK_TIMEOUT_MS}"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=metadata(),
            transaction_per_migration=True,
            include_name=lambda name, type_, _parents: (
                not (type_ == "schema" and name not in (None, "public"))
            ),
        )
        with context.begin_transaction():
            context.run_migrations()


run_online()
