"""`clipjury migrate`."""

import click
from sqlalchemy.exc import DBAPIError

from clipjury.cli.main import Refusal
from clipjury.db.migrate import head_revision, upgrade
from clipjury.settings import Settings


@click.command()
def migrate() -> None:
    """Bring the database up to date.

    Uses CLIPJURY_OWNER_DATABASE_URL where it is set, else DATABASE_URL. Harmless to repeat, and two at once
    wait for each other.
    """
    settings = Settings.from_env()
    try:
        upgrade(settings.owner_database_url)
    except DBAPIError as error:
        raise Refusal(f"The database was not brought up to date: {str(error.orig).strip()}") from error
    click.echo(f"The database is at revision {head_revision()}.")
