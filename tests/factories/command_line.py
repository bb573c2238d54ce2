"""Runs `clipjury …` in this process, on a test's settings."""

from __future__ import annotations

from click.testing import CliRunner, Result

from clipjury.cli.main import cli
from clipjury.settings import Settings


def run_cli(settings: Settings | None, *arguments: object, stdin: str | None = None) -> Result:
    """The result of `clipjury ARGUMENTS`; anything but a clean exit raises as it is."""
    environment = (
        dict.fromkeys(("DATABASE_URL", "CLIPJURY_SECRET_KEY", "CLIPJURY_STATE_DIR"))
        if settings is None
        else {
            "DATABASE_URL": settings.database_url,
            "CLIPJURY_OWNER_DATABASE_URL": settings.owner_database_url,
            "CLIPJURY_STATE_DIR": str(settings.state_dir),
            "CLIPJURY_SECRET_KEY": settings.secret_key,
            "CLIPJURY_UPLOAD_LIMIT_MB": str(settings.upload_limit_bytes // (1024 * 1024)),
        }
    )
    texts = [str(argument) for argument in arguments]
    return CliRunner().invoke(cli, texts, input=stdin, env=environment, catch_exceptions=False)
