"""What a command needs before it can work: settings, a database that answers, the store."""

from sqlalchemy.exc import DBAPIError

from clipjury.cli.main import Refusal
from clipjury.db.migrate import current_revision, head_revision
from clipjury.db.transaction import autocommit, bind, make_engine
from clipjury.deps import Deps, build_deps
from clipjury.settings import Settings


def open_deps() -> Deps:
    """Settings from the environment, the engine bound, the store open.

    Raises SettingsError, or Refusal when the database does not answer or is at another revision.
    """
    settings = Settings.from_env()
    bind(make_engine(settings.database_url, pool_size=5))
    try:
        with autocommit() as connection:
            revision = current_revision(connection)
    except DBAPIError as error:
        raise Refusal(f"The database does not answer: {str(error.orig).strip()}") from error
    if revision != head_revision():
        raise Refusal(
            f"The database is at revision {revision or 'none'}, this version needs {head_revision()}. "
            "Run: clipjury migrate"
        )
    return build_deps(settings)
